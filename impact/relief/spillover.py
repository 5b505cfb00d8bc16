"""What a legal event of one firm did to its peers and to the other designated names."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from impact.errors import ImpactWarning, InfeasibleDesign, InputError
from impact.eventstudy import EventStudyResult, long_fit
from impact.instants import parse_day
from impact.kernels.multiplicity import holm
from impact.kernels.reversal import spillover_slope
from impact.provenance import Source
from impact.relief.schemas import SPILLOVER_DROPPED, SPILLOVER_GROUPS, SPILLOVER_MEMBERS, SPILLOVER_SLOPES
from impact.results import Result, Summary, declared
from impact.typing_ import Day, named_rows

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["Spillover", "spillover"]

GAP = 11
"""Sessions between the end of the estimation window and the first session that may be dirty."""
SPAN = 260


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Spillover(Result):
    """Mean effect of each event on each group, and every member's own.

    Attributes
    ----------
    groups : DataFrame
        One row an event and group: event_id, group, session, n (members with a return on every session of the window),
        target_car, caar, low, high (mean CAR with an interval that carries the correlation), test (the headline of the
        design), statistic, p, p_holm (over all rows), p_placebo (the group as one portfolio among quiet runs of sessions)
        and smallest_p (the least that placebo can give), r_bar, n_effective, spill (caar over target_car),
        with_drift_caar (the same with the drift of the estimation window kept), verdict.
    members : DataFrame
        event_id, group, security, car, low, high, n_obs; largest first within event and group.
    slopes : DataFrame
        group, n_events, slope, slope_low, slope_high: mean CAR of the group on the target's CAR, through the origin, over
        the events. The interval is Student's with n_events - 1 degrees of freedom: with three events it is wide.
    dropped : DataFrame
        group, security, event_id (empty: every event), reason.
    """

    schemas = declared(
        groups=SPILLOVER_GROUPS,
        members=SPILLOVER_MEMBERS,
        slopes=SPILLOVER_SLOPES,
        dropped=SPILLOVER_DROPPED,
        ranking=SPILLOVER_MEMBERS,
        to_frame=SPILLOVER_GROUPS,
    )

    groups: pd.DataFrame
    members: pd.DataFrame
    slopes: pd.DataFrame
    dropped: pd.DataFrame
    target: str
    window: tuple[int, int]
    level: float
    assumptions: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row an event and group."""
        return self.groups.copy()

    def ranking(self) -> pd.DataFrame:
        """Members by the size of their CAR, over all events, the most moved first."""
        return self.members.sort_values("car", key=lambda car: -car.abs(), ignore_index=True)

    def summary(self) -> Summary:
        """Groups, then the members most moved."""
        clear = int((self.groups["verdict"] != "cannot tell").sum())
        together = int(((self.groups["verdict"] != "cannot tell") & (self.groups["p_holm"] < 1 - self.level)).sum())
        return Summary(
            title=f"Spillover of {self.target}: {clear} of {len(self.groups)} group effects can be told from zero one "
            f"by one, {together} when all are taken together",
            tables=(
                ("Groups", self.with_schema("groups")),
                ("Slope on the target's own CAR", self.with_schema("slopes")),
                ("Members most moved", SPILLOVER_MEMBERS.table(self.ranking().head(10))),
                ("Not used", self.with_schema("dropped")),
            ),
            notes=self.assumptions,
            sources=self.sources,
        )

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Members and group means by event, with intervals."""
        from impact.plots.relief import plot_spillover

        return plot_spillover(self.members, self.groups, level=self.level, ax=ax)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Design:
    """What every fit of one study shares."""

    returns: pd.DataFrame
    market: str | list[str]
    clean_before: pd.Timestamp
    last: int
    level: float
    sources: tuple[Source, ...]

    def fit(self, securities: list[str], *, zero_alpha: bool) -> EventStudyResult:
        return long_fit(
            self.returns, securities, self.market, self.clean_before, (-1, self.last),
            estimation=(-SPAN, -GAP), zero_alpha=zero_alpha, level=self.level, sources=self.sources,
        )  # fmt: skip


def spillover(
    returns: pd.DataFrame,
    *,
    target: str,
    sessions: Mapping[str, pd.Timestamp | str],
    groups: Mapping[str, tuple[str, ...]],
    market: str | list[str],
    clean_before: pd.Timestamp | str,
    window: tuple[int, int] = (0, 1),
    excluded: Mapping[str, str] | None = None,
    level: float = 0.95,
    sources: tuple[Source, ...] = (),
) -> Spillover:
    """Abnormal returns of groups of other firms on the events of one firm.

    Parameters
    ----------
    returns : DataFrame (T, S)
        Log returns, sessions x securities; NaN is a day without trade.
    target : str
        The firm whose events they are, a column of `returns`.
    sessions : mapping of event id to session
        Reaction sessions, all on or after `clean_before`.
    groups : mapping of group name to securities
        For example the other designated names and the suppliers. Securities absent from `returns` are dropped with a
        reason; a group of which nothing is left is left out.
    market : column name, list of columns or Series
        Benchmark. A list is a basket and may hold no member of a group and not the target.
    clean_before : session
        Estimation ends 11 sessions before this session for every firm, so that no listing lies inside it.
    window : (first, last)
        Inclusive offsets around each session.
    excluded : mapping of security to reason, optional
        Names that may not serve (treated, rumoured, substitutes): dropped with the reason.

    Raises
    ------
    InputError
        If a session is unknown or before `clean_before`, `groups` is empty, a window leaves the returns, or the basket
        holds a firm that is studied.
    InfeasibleDesign
        If no member can be estimated.

    Notes
    -----
    Abnormal returns have the drift of the estimation window set to zero: a drift estimated over a rally, held for months,
    would pass for an effect. Test, p and interval of the mean CAR are those of the study's inference over that window
    (:meth:`impact.eventstudy.EventStudyResult.inference`), over the events that it uses; where no test leads, the verdict is
    "cannot tell". A verdict needs both the test and the interval.
    """
    design = _checked_design(returns, target, sessions, groups, market, clean_before, window, level, sources)
    start = _position(returns.index, design.clean_before)
    offsets = {name: _position(returns.index, session) - start for name, session in sessions.items()}
    own = design.fit([target], zero_alpha=True)
    rows, members, dropped = [], [], []
    for name, securities in groups.items():
        kept, refused = _usable(securities, returns, target, excluded or {})
        dropped += [(name, security, "", reason) for security, reason in refused]
        if not kept:
            continue
        fit, lost = _estimated(design, kept, zero_alpha=True)
        dropped += [(name, security, "", reason) for security, reason in lost]
        if fit is None:
            continue
        drifting, _ = _estimated(design, list(fit.events["security"]), zero_alpha=False)
        for event, offset in offsets.items():
            span = (offset + window[0], offset + window[1])
            label = {"event_id": event, "group": name, "session": returns.index[start + offset]}
            rows.append(label | _group_row(fit, own, drifting, span, level))
            table, missing = _member_rows(fit, span)
            members.append(table.assign(event_id=event, group=name)[["event_id", "group", *table.columns]])
            dropped += [(name, security, event, reason) for security, reason in missing]
    return _result(rows, members, dropped, target, design, window, sources)


def _checked_design(returns, target, sessions, groups, market, clean_before, window, level, sources) -> _Design:
    day0 = parse_day(clean_before, parameter="clean_before")
    sessions = {name: parse_day(session, parameter=f"sessions[{name!r}]") for name, session in sessions.items()}
    if day0 not in returns.index:
        raise InputError(f"clean_before={day0:%Y-%m-%d} is not a session of returns; choose one of its {len(returns)} sessions.")
    if target not in returns.columns:
        raise InputError(
            f"target={target!r} is not a column of returns; give its returns, or choose one of its {returns.shape[1]} columns."
        )
    bad = [name for name, session in sessions.items() if session not in returns.index or session < day0]
    if bad or not sessions:
        first = f" (first {bad[0]!r}: {sessions[bad[0]]:%Y-%m-%d})" if bad else ""
        raise InputError(
            f"sessions has {len(bad)} of {len(sessions)} entries that are not sessions of returns on or after "
            f"{day0:%Y-%m-%d}{first}; give reaction sessions."
        )
    if not any(groups.values()):
        raise InputError(f"groups names no security in {len(groups)} groups; name at least one.")
    studied = {target, *(security for group in groups.values() for security in group)}
    inside = sorted(studied & set(market)) if isinstance(market, list) else sorted(studied & {market}) if isinstance(market, str) else []
    if inside:
        raise InputError(
            f"market holds {len(inside)} firms that are studied (first {inside[0]!r}); take them out of the benchmark or out of the groups."
        )
    start = _position(returns.index, day0)
    places = [_position(returns.index, session) - start for session in sessions.values()]
    if max(places) + window[1] > len(returns) - 1 - start or min(places) + window[0] < -1 or window[0] > window[1]:
        raise InputError(
            f"window={window} around the sessions leaves the returns, which end on {returns.index[-1]:%Y-%m-%d}; "
            "shorten it or drop the last event."
        )
    return _Design(returns=returns, market=market, clean_before=day0, last=max(places) + window[1], level=level, sources=sources)


def _position(days: pd.Index, session: Day) -> int:
    """Row of a session that is one of the days."""
    return int(np.flatnonzero(days == pd.Timestamp(session))[0])


def _usable(
    securities: tuple[str, ...], returns: pd.DataFrame, target: str, excluded: Mapping[str, str]
) -> tuple[list[str], list[tuple[str, str]]]:
    kept, refused = [], []
    for security in dict.fromkeys(securities):
        reason = "the target itself" if security == target else excluded.get(security, "" if security in returns.columns else "no prices")
        if reason:
            refused.append((security, reason))
        else:
            kept.append(security)
    return kept, refused


def _estimated(design: _Design, securities: list[str], *, zero_alpha: bool) -> tuple[EventStudyResult | None, list[tuple[str, str]]]:
    try:
        fit = design.fit(securities, zero_alpha=zero_alpha)
    except InfeasibleDesign as error:
        return None, [(security, str(error)) for security in securities]
    return fit, list(zip(fit.dropped["security"], fit.dropped["reason"], strict=True))


def _cars(fit: EventStudyResult, span: tuple[int, int]) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImpactWarning)  # the drift is shown beside, in with_drift_caar
        cars = fit.car(*span)
    return cars.assign(security=fit.events["security"].to_numpy(), whole=cars["n_days"] == span[1] - span[0] + 1, n_obs=fit.fitted.n_obs)


def _member_rows(fit: EventStudyResult, span: tuple[int, int]) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    """Members with a return on every session of the window, the most moved first; and those without, with the reason."""
    cars = _cars(fit, span)
    length = span[1] - span[0] + 1
    missing = [(row.security, f"a return on {row.n_days} of {length} sessions of the window") for row in named_rows(cars[~cars["whole"]])]
    table = cars[cars["whole"]].rename(columns={"ci_low": "low", "ci_high": "high"})[["security", "car", "low", "high", "n_obs"]]
    return table.sort_values("car", key=lambda car: -car.abs(), ignore_index=True), missing


def _group_row(
    fit: EventStudyResult, own: EventStudyResult, drifting: EventStudyResult | None, span: tuple[int, int], level: float
) -> dict[str, Any]:
    cars = _cars(fit, span)
    cars = cars[cars["whole"]]
    target = _cars(own, span).iloc[0]
    target_car = float(target["car"]) if target["whole"] else np.nan
    row = {"n": len(cars), "target_car": target_car}
    if cars.empty:
        nothing = dict.fromkeys(
            ("caar", "low", "high", "statistic", "p", "p_placebo", "smallest_p", "r_bar", "n_effective", "spill", "with_drift_caar"), np.nan
        )
        return row | nothing | {"test": "", "verdict": "cannot tell"}
    described = fit.inference(*span, level=level)
    placebo = "sq" if span[0] == span[1] else "block_placebo"
    quiet_runs = fit.tests(*span, tests=[placebo]).loc[placebo]
    mean = float(cars["car"].mean())
    with_drift = np.nan
    if drifting is not None:
        moved = _cars(drifting, span)
        with_drift = float(moved.loc[moved["whole"], "car"].mean())
    certain = described.p_value < 1 - level and (described.ci_low > 0 or described.ci_high < 0)
    return row | {
        "caar": mean, "low": described.ci_low, "high": described.ci_high, "test": described.headline, "statistic": described.statistic,
        "p": described.p_value, "p_placebo": quiet_runs["p_value"], "smallest_p": quiet_runs["smallest_p"], "r_bar": described.r_bar,
        "n_effective": described.n_effective, "spill": mean / target_car if target_car else np.nan, "with_drift_caar": with_drift,
        "verdict": ("rose" if mean > 0 else "fell") if certain else "cannot tell",
    }  # fmt: skip


def _slopes(groups: pd.DataFrame, level: float) -> pd.DataFrame:
    rows = []
    for name, group in groups.groupby("group", sort=False):
        known = group[["target_car", "caar"]].dropna()
        if len(known) < 2:
            continue
        slope = spillover_slope(known["target_car"].to_numpy(), known["caar"].to_numpy())
        half = float(stdtrit(slope.n_obs - 1, 0.5 + level / 2)) * slope.se
        rows.append((name, slope.n_obs, slope.slope, slope.slope - half, slope.slope + half))
    return pd.DataFrame(rows, columns=["group", "n_events", "slope", "slope_low", "slope_high"])


def _result(rows, members, dropped, target, design: _Design, window, sources) -> Spillover:
    if not rows:
        raise InfeasibleDesign(
            f"groups: none of the {len(dropped)} securities can be used (first: {dropped[0][1]!r}, {dropped[0][3]}); "
            "give prices for at least one."
        )
    groups = pd.DataFrame(rows)
    groups.insert(groups.columns.tolist().index("p") + 1, "p_holm", holm(groups["p"].to_numpy(dtype=float)))
    return Spillover(
        groups=groups,
        members=pd.concat(members, ignore_index=True),
        slopes=_slopes(groups, design.level),
        dropped=pd.DataFrame(dropped, columns=["group", "security", "event_id", "reason"]),
        target=target,
        window=window,
        level=design.level,
        sources=sources,
        assumptions=(
            f"Log returns over offsets {window[0]} to {window[1]}; estimation ends {GAP} sessions before "
            f"{design.clean_before:%Y-%m-%d} for every firm, so that no listing of the episode lies inside it.",
            "The drift of the estimation window is set to zero; with_drift_caar keeps it.",
            "Members of one group share the date: test and interval allow for their correlation and for a change of variance on the day.",
            "A verdict other than 'cannot tell' needs the headline test and the interval to exclude zero; p_holm "
            "allows for the number of rows looked at.",
            "What else reached a session moves the members too; a spill is a joint movement, not a proof of cause.",
        ),
    )
