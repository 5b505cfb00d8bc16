"""Several events on one firm: what each did alone, and what each adds when their windows overlap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import pandas as pd
from scipy.special import fdtrc, stdtr, stdtrit

from impact.errors import InfeasibleDesign, InputError
from impact.eventstudy.alignment import Market, read_returns
from impact.eventstudy.design import StudyDesign, StudyOptions
from impact.eventstudy.event_tables import checked_events, clock_notes
from impact.eventstudy.models import ModelName
from impact.eventstudy.placing import complete_and_place
from impact.eventstudy.results import EventStudyResult
from impact.eventstudy.schemas import CHAINED, CHAINS, DROPPED
from impact.eventstudy.stated_variance import COLUMN, not_used
from impact.eventstudy.study import run_study
from impact.market.given_days import faults_of_days
from impact.provenance import Source
from impact.results import Result, Summary, declared
from impact.tables import prose
from impact.typing_ import FloatArray, ReturnKind, Window

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["ChainedEventsResult", "chained_events"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ChainedEventsResult(Result):
    """Effects of several events on one firm, estimated alone and jointly.

    Attributes
    ----------
    effects : DataFrame
        Per event: day0, first, last (its window), n_days; `alone_car`, `alone_se`, `alone_p` (its window by itself);
        `joint_car`, `joint_se`, `joint_p`, `ci_low`, `ci_high` (its part when all are estimated together); `chain`
        (number of its group of overlapping windows), `overlaps_with` and `reason` (why a joint part is NaN, or, without a
        return on the event's own session, every part).
    chains : DataFrame
        Per group of overlapping windows: event_ids, n_days, `car`, `se`, `p`, `ci_low`, `ci_high` over all its days.
    joint_test : dict
        F statistic, its two degrees of freedom and p of the hypothesis that no event had any effect.
    study : EventStudyResult
        The daily abnormal returns behind it, on offsets from the first event.
    dropped : DataFrame
    sources, assumptions : tuple
    """

    schemas = declared(effects=CHAINED, chains=CHAINS, dropped=DROPPED, to_frame=CHAINED)

    effects: pd.DataFrame
    chains: pd.DataFrame
    joint_test: dict[str, float]
    study: EventStudyResult
    dropped: pd.DataFrame
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The effects, one row per event."""
        return self.effects.reset_index()

    def summary(self) -> Summary:
        """Effects alone and jointly, the groups of overlapping windows, and the joint test."""
        security = self.study.events["security"].iloc[0]
        f = self.joint_test
        notes = (
            f"test that no event had an effect: F({prose.count(f['df_effects'])}, {prose.count(f['df'])}) = {prose.decimal(f['statistic'])}, "
            f"p {prose.p_value(f['p_value'])}",
            *self.assumptions,
        )
        tables = (("Effect of each event", self.with_schema("effects")), ("Overlapping events together", self.with_schema("chains")))
        return Summary(title=f"{len(self.effects)} events on {security}", tables=tables, notes=notes, sources=self.sources)

    def plot(self, *, ax: Axes | None = None, title: str | None = None) -> Axes:
        """Alone and joint effects of each event with their intervals."""
        from impact.plots.eventstudy import plot_chained_effects

        return plot_chained_effects(self.effects, level=self.study.design.level, title=title, ax=ax)


def chained_events(
    returns: pd.DataFrame,
    events: pd.DataFrame,
    market: Market | None = None,
    factors: pd.DataFrame | None = None,
    model: ModelName = "market",
    estimation: Window = (-260, -11),
    window: Window = (0, 1),
    *,
    kind: ReturnKind = "simple",
    estimation_dates: tuple[Any, Any] | None = None,
    sources: tuple[Source, ...] = (),
    **options: Unpack[StudyOptions],
) -> ChainedEventsResult:
    """Estimate all events of one firm from one normal return, fitted before the first of them.

    Parameters
    ----------
    returns, market, factors, model
        As in :func:`impact.event_study`; log returns suit large jumps.
    events : DataFrame
        event_id, security (one and the same), date, and optionally first and last (offsets of the event's own window).
    estimation : (first, last)
        Offsets from the first event's day 0.
    window : (first, last)
        Window of events that do not bring their own.
    kind : {"simple", "log"}
        What the returns are.
    estimation_dates : (first, last), optional
        Calendar dates of the estimation window; replaces `estimation`.
    sources : tuple of Source
    **options
        Further options of :class:`impact.eventstudy.design.StudyDesign`.

    Raises
    ------
    InputError
        If the events are not of one security, or an argument breaks its rule.
    InfeasibleDesign
        If no event can be used, or a window starts inside the estimation window.

    Notes
    -----
    With the abnormal returns a of all event days and their exact covariance V (forecast error included), and D the 0/1
    matrix of windows, ``gamma = (D'D)^-1 D'a`` are daily effects and ``CAR_j = n_j gamma_j``; ``Var = P V P'``. Where no
    windows overlap this is each event's own CAR. Events with the same window cannot be told apart: only their group has
    an effect.

    References
    ----------
    Karafiath (1988), Using dummy variables in the event methodology, Financial Review 23.
    Binder (1985), On the use of the multivariate regression model in event studies, Journal of Accounting Research 23.
    """
    base = StudyDesign(model=model, estimation=estimation, window=(estimation[1] + 1, estimation[1] + 1), kind=kind, **options)
    _, groups = complete_and_place(read_returns(returns), events, base.anchor, market, factors, base.kind)
    group = next((one for one in groups if one.aligned.day0.size), groups[0])
    aligned, own = group.aligned, group.inputs
    if not aligned.day0.size:
        raise InfeasibleDesign(
            f"none of the {len(aligned.dropped)} events can be placed (first: {aligned.dropped['reason'].iloc[0]}); mend them."
        )
    named = checked_events(events)["security"].nunique()
    if named > 1:
        raise InputError(f"events name {named} securities; chained_events takes one firm: call it once for each.")
    kept = aligned.table.iloc[np.argsort(aligned.day0, kind="stable")].reset_index(drop=True)
    day0 = np.sort(aligned.day0, kind="stable")
    windows = _own_windows(kept, window) + (day0 - day0[0])[:, None]
    design = _spanning(base, windows, own.returns.sessions, int(day0[0]), estimation_dates)
    first = (
        kept.iloc[[0]]
        .assign(date=kept["day0"].iloc[0])
        .drop(columns=["known_at", "venue", "day0", "rolled_days", "intraday", COLUMN], errors="ignore")
    )
    frame = pd.DataFrame(own.returns.values, index=own.returns.sessions, columns=own.returns.securities)
    study = run_study(frame, first, design, market=own.market, factors=own.factors, sources=sources, met=True)
    told = (*study.assumptions, *own.notes, *clock_notes(kept), *not_used(kept, "windows estimated jointly"))
    study = replace(study, assumptions=told)
    return _estimated(study, kept, windows, aligned.dropped, sources)


def _own_windows(events: pd.DataFrame, default: Window) -> np.ndarray:
    """(m, 2) offsets from each event's own day 0."""
    first = events["first"].to_numpy(dtype=int) if "first" in events else np.full(len(events), default[0])
    last = events["last"].to_numpy(dtype=int) if "last" in events else np.full(len(events), default[1])
    if (first > last).any():
        raise InputError(
            f"events has {int((first > last).sum())} window(s) whose first offset is after the last; mend columns first and last."
        )
    return np.column_stack((first, last))


def _spanning(
    base: StudyDesign, windows: np.ndarray, sessions: pd.DatetimeIndex, anchor: int, dates: tuple[Any, Any] | None
) -> StudyDesign:
    """The design of one study that spans all windows."""
    estimation = base.estimation
    if dates is not None:
        (start, stop), faults = faults_of_days(dates)
        if any(faults) or pd.isna(start) or pd.isna(stop):
            raise InputError(f"estimation_dates={dates} {next(filter(None, faults), 'lacks a date')}; write both as YYYY-MM-DD.")
        positions = np.flatnonzero((sessions >= start) & (sessions <= stop))
        if not positions.size:
            raise InputError(
                f"estimation_dates={dates} hold no session of the returns ({sessions[0]:%Y-%m-%d} to {sessions[-1]:%Y-%m-%d}); mend them."
            )
        estimation = (int(positions[0]) - anchor, int(positions[-1]) - anchor)
    span = int(windows[:, 0].min()), int(windows[:, 1].max())
    if span[0] <= estimation[1]:
        raise InfeasibleDesign(
            f"the first window begins at offset {span[0]}, inside the estimation window {estimation}; "
            "end the estimation earlier or narrow the window."
        )
    return replace(base, estimation=estimation, window=span)


def _estimated(
    study: EventStudyResult, events: pd.DataFrame, windows: np.ndarray, dropped: pd.DataFrame, sources: tuple[Source, ...]
) -> ChainedEventsResult:
    offsets = study.fitted.offsets
    inside = (offsets >= windows[:, :1]) & (offsets <= windows[:, 1:])
    own = _own_offset(study, events)
    lost = np.array([study.without_day0(a, b, session)[0] for (a, b), session in zip(windows.tolist(), own.tolist(), strict=True)])
    inside[lost] = False
    days = np.flatnonzero(inside.any(axis=0) & np.isfinite(study.fitted.abnormal[0]))
    member = inside[:, days].astype(float)
    abnormal = study.fitted.abnormal[0, days]
    covariance = _covariance(study, days)
    df, level = int(study.fitted.df[0]), study.design.level
    joint, reason = _joint_weights(member, events["event_id"].to_numpy())
    reason = ["no return on its event session" if gone else told for gone, told in zip(lost, reason, strict=True)]
    chain = _chains(member)
    columns = {
        "day0": events["day0"].to_numpy(),
        "first": windows[:, 0] - own,
        "last": windows[:, 1] - own,
        "n_days": member.sum(axis=1).astype(int),
        "chain": chain,
        "overlaps_with": [", ".join(str(i) for i in events["event_id"][row]) for row in _shares_days(member)],
    }
    alone = _effects(member, abnormal, covariance, df, level)
    parts = _effects(joint, abnormal, covariance, df, level)
    effects = pd.DataFrame(columns, index=pd.Index(events["event_id"], name="event_id")).assign(
        alone_car=alone["car"].to_numpy(),
        alone_se=alone["se"].to_numpy(),
        alone_p=alone["p"].to_numpy(),
        joint_car=parts["car"].to_numpy(),
        joint_se=parts["se"].to_numpy(),
        joint_p=parts["p"].to_numpy(),
        ci_low=parts["ci_low"].to_numpy(),
        ci_high=parts["ci_high"].to_numpy(),
        reason=reason,
    )
    union = np.stack([member[chain == number].max(axis=0) for number in np.unique(chain)])
    ids = [", ".join(str(i) for i in events["event_id"][chain == number]) for number in np.unique(chain)]
    chains = _effects(union, abnormal, covariance, df, level).assign(event_ids=ids, n_days=union.sum(axis=1).astype(int))
    chains.index = pd.Index(np.unique(chain), name="chain")
    return ChainedEventsResult(
        effects=effects,
        chains=chains[["event_ids", "n_days", "car", "se", "p", "ci_low", "ci_high"]],
        joint_test=_joint_test(joint, abnormal, covariance, df),
        study=study,
        dropped=dropped,
        sources=sources,
        assumptions=(
            *study.assumptions,
            "a joint effect is constant per day of its window; one normal return, fitted before the first event",
        ),
    )


def _own_offset(study: EventStudyResult, events: pd.DataFrame) -> np.ndarray:
    """Sessions between the first event's day 0 and each event's own."""
    return study.sessions.get_indexer(pd.DatetimeIndex(events["day0"])) - int(study.fitted.day0[0])


def _covariance(study: EventStudyResult, days: np.ndarray) -> FloatArray:
    """Exact covariance of the abnormal returns on some event days."""
    design = study.regression()
    used = np.isfinite(design.estimation_returns)
    x, ahead = design.estimation_regressors[used], design.event_regressors[days]
    spread = ahead @ np.linalg.pinv(x.T @ x, hermitian=True) @ ahead.T if x.shape[1] else 0.0
    result: FloatArray = study.fitted.sigma[0] ** 2 * (np.eye(days.size) + spread)
    return result


def _joint_weights(member: FloatArray, ids: np.ndarray) -> tuple[FloatArray, list[str]]:
    """(m, d) weights that turn abnormal returns into each event's joint CAR; NaN rows where it is not identified."""
    counts = member.sum(axis=1)
    reason = ["" if count else "no return in its window" for count in counts]
    weights = np.full(member.shape, np.nan)
    some = np.flatnonzero(counts > 0)
    if some.size:
        solved = np.linalg.pinv(member[some].T)
        resolution = solved @ member[some].T
        identified = np.isclose(np.diag(resolution), 1.0, atol=1e-9)
        weights[some[identified]] = (counts[some, None] * solved)[identified]
        for row in np.flatnonzero(~identified):
            others = ", ".join(str(ids[some[j]]) for j in np.flatnonzero(np.abs(resolution[row]) > 1e-9) if j != row)
            reason[some[row]] = f"cannot be told apart from {others}: see the joint effect of their chain"
    return weights, reason


def _shares_days(member: FloatArray) -> np.ndarray:
    common = member @ member.T > 0
    np.fill_diagonal(common, False)
    return common


def _chains(member: FloatArray) -> np.ndarray:
    """Number of the group of overlapping windows that each event belongs to, from 1."""
    common = _shares_days(member)
    chain = np.zeros(len(member), dtype=int)
    while not chain.all():
        inside = np.arange(len(member)) == np.argmin(chain)  # the first event without a chain, and whatever it reaches
        while not np.array_equal(grown := inside | common[inside].any(axis=0), inside):
            inside = grown
        chain[inside] = chain.max() + 1
    return chain


def _effects(weights: FloatArray, abnormal: FloatArray, covariance: FloatArray, df: int, level: float) -> pd.DataFrame:
    car = weights @ abnormal
    se = np.sqrt(np.einsum("ij,jk,ik->i", weights, covariance, weights))
    empty = ~np.any(np.nan_to_num(weights) != 0.0, axis=1)
    car[empty] = se[empty] = np.nan
    half = stdtrit(df, (1.0 + level) / 2.0) * se
    return pd.DataFrame({"car": car, "se": se, "p": 2.0 * stdtr(df, -np.abs(car / se)), "ci_low": car - half, "ci_high": car + half})


def _joint_test(weights: FloatArray, abnormal: FloatArray, covariance: FloatArray, df: int) -> dict[str, float]:
    usable = np.isfinite(weights).all(axis=1)
    w = weights[usable]
    if not w.size:
        return {"statistic": np.nan, "df_effects": 0.0, "df": float(df), "p_value": np.nan}
    effects = w @ abnormal
    statistic = float(effects @ np.linalg.solve(w @ covariance @ w.T, effects)) / w.shape[0]
    return {"statistic": statistic, "df_effects": float(w.shape[0]), "df": float(df), "p_value": float(fdtrc(w.shape[0], df, statistic))}
