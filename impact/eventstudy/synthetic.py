"""One event against a synthetic control that can be read: its weights, its fit, and every donor as a placebo."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.anchors import AnchorPolicy
from impact.errors import InfeasibleDesign, InputError
from impact.eventstudy.alignment import ReturnTable, read_returns
from impact.eventstudy.causal_schemas import CONTROL, CONTROL_PATH, DONORS_OUT, LEFT_OUT_DONOR, PLACEBO_DONORS, WEIGHTS
from impact.eventstudy.column_labels import as_columns, named_as_columns
from impact.eventstudy.comparison import donor_columns
from impact.eventstudy.design import StudyDesign
from impact.eventstudy.drops import nothing_left
from impact.eventstudy.event_tables import checked_events, clock_notes
from impact.eventstudy.placing import completed_table, place_events, stated_venues
from impact.eventstudy.scale import check_returns, looked_at
from impact.eventstudy.synthetic_fit import ControlFit, gap_figures
from impact.kernels.single_event import PlaceboTest
from impact.market.closed_days import venues_of
from impact.results import Result, Summary, declared
from impact.tables import prose
from impact.typing_ import IntArray, ReturnKind, TableLike, Window

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["SyntheticControl", "synthetic_control"]

FEWEST_DONORS = 3
"""Donors below which no placebo can be made: each needs two others."""
KNOWN_SHARE = 0.95
"""Share of the estimation window on which a donor must have a return; one that lacks more would take the rows from all."""
WORSE_THAN_MOST = 0.8
"""Share of placebos fitted better from which there is no headline. At one half, half of all lines drawn at random would have none."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class SyntheticControl(Result):
    """A treated line less a convex combination of donors, ranked among the same gap of every donor.

    Attributes
    ----------
    event_id, security : label
    day0 : Timestamp
    design : StudyDesign
    weights : DataFrame
        Every donor used, the largest weight first.
    path : DataFrame
        Per session of the event window.
    placebos : DataFrame
        Per donor; NaN where the others reproduce it to the last digit or its weights could not be found.
    placebo_paths : DataFrame (W, J)
        Cumulative gap of each donor times the fit error of the treated line over its own.
    leave_one_out : DataFrame
        Per donor with weight: CAR and fit error of the control made without it.
    effect : DataFrame
        One row: the CAR with its interval, both p-values, the fit and the counts.
    refusal : str
        Why the CAR is no headline; empty where it is.
    dropped : DataFrame
        Donors that were not used, with the reason.
    """

    schemas = declared(
        weights=WEIGHTS, path=CONTROL_PATH, placebos=PLACEBO_DONORS, leave_one_out=LEFT_OUT_DONOR, dropped=DONORS_OUT, to_frame=CONTROL
    )

    event_id: Hashable
    security: Hashable
    day0: pd.Timestamp
    design: StudyDesign
    weights: pd.DataFrame
    path: pd.DataFrame
    placebos: pd.DataFrame
    placebo_paths: pd.DataFrame
    leave_one_out: pd.DataFrame
    effect: pd.DataFrame
    refusal: str
    dropped: pd.DataFrame
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row: effect, interval, p-values, fit and counts, unrounded."""
        return self.effect.copy()

    def summary(self) -> Summary:
        """The effect or why there is none to quote, the weights, the control without each donor, and the fit."""
        row = self.effect.iloc[0]
        car = f"CAR{self.design.window} {prose.signed_percent(row['car'], 2)}"
        led = f"no headline ({self.refusal})" if self.refusal else f"{car}, p {prose.p_value(row['statistic_p'])} among donors"
        tables = (
            ("Effect", self.with_schema("to_frame", ["car", "ci_low", "ci_high", "statistic_p", "ratio_p", "smallest_p"])),
            ("Weights, and the CAR and fit error of the control made without each donor", self.with_schema("leave_one_out")),
        )
        left = self.dropped
        lost = (f"{len(left)} donors left out (first {left['donor'].iloc[0]}: {left['reason'].iloc[0]}); see dropped",) if len(left) else ()
        title = f"Synthetic control of {self.event_id}: {led}"
        return Summary(title=title, tables=tables, notes=(_fit_note(row), *self.assumptions, *lost))

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """The path of the CAR above those of the placebos, each scaled to the fit error of the treated line."""
        from impact.plots.eventstudy import plot_against_placebos

        return plot_against_placebos(self.path, self.placebo_paths, str(self.event_id), ax=ax)


def _fit_note(row: pd.Series) -> str:
    better = row["worse_fit_share"]
    said = "a poor fit" if better > 0.5 else "no worse than that of most placebos"
    return (
        f"fit error before the event {prose.percent(row['rmspe'], 2)} a session on {prose.count(row['n_obs'])} sessions; "
        f"{prose.percent(better, 0)} of {prose.count(row['n_placebos'])} placebos are fitted better: {said}"
    )


def synthetic_control(
    returns: TableLike,
    events: TableLike,
    event_id: Hashable | None = None,
    *,
    donors: Sequence[Hashable] | None = None,
    estimation: Window = (-260, -11),
    window: Window = (0, 10),
    kind: ReturnKind = "simple",
    anchor: AnchorPolicy = "next",
    level: float = 0.95,
) -> SyntheticControl:
    """What one event did to its line beyond a convex combination of lines that it did not touch.

    Parameters
    ----------
    returns : DataFrame (T, S)
        Decimal returns, sessions x securities; :func:`impact.to_returns` makes them from prices.
    events : DataFrame
        As for :func:`impact.event_study`. No line that it names is a donor.
    event_id : label, optional
        Which event; needed when there are several.
    donors : list of columns, optional
        Lines that the event did not touch; all columns of `returns` without an event when None.
    estimation, window : (first, last)
        Inclusive session offsets from day 0: where the weights are fitted, and the sessions of the effect.
    kind, anchor
        As for :func:`impact.event_study`.
    level : float
        Coverage of the interval.

    Raises
    ------
    InputError
        If an argument breaks its rule, a donor is treated, or the table holds prices or percent.
    InfeasibleDesign
        If the event cannot be placed, a session of its window has no return, or fewer than three donors are left.

    Notes
    -----
    The weights are those of ``event_study(..., model="synthetic_control", market=donors)``. With gap ``g_t`` and the fit error
    ``s = sqrt(mean g_t^2)`` of the estimation window, the statistic is ``CAR / (s sqrt(W))``. Every donor gets a control of the
    other donors on the same sessions; ``p = (1 + #{placebos at least as large}) / (J + 1)``, so no p-value is below 1 / (J + 1). The
    interval holds the effects that this test does not reject; it is unbounded where J is too small for its level.

    The p-value is exact if the event might as well have struck any donor. It is no cure for a shock to the industry of the
    treated line alone, nor for a rise of its variance, which enters neither fit error nor placebos.

    References
    ----------
    Abadie, Diamond and Hainmueller (2010), Journal of the American Statistical Association 105.
    Abadie (2021), Journal of Economic Literature 59.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> days = pd.bdate_range("2020-01-01", periods=300)
    >>> table = pd.DataFrame(rng.normal(0, 0.01, (300, 1)) + rng.normal(0, 0.01, (300, 25)), days, [f"F{i}" for i in range(25)])
    >>> table.loc[days[280], "F0"] -= 0.10
    >>> event = {"event_id": ["listing"], "security": ["F0"], "date": [days[280]]}
    >>> one = synthetic_control(table, event, window=(0, 1)).to_frame().iloc[0]
    >>> round(float(one["statistic_p"]), 3), int(one["n_placebos"])
    (0.04, 24)
    """
    design = StudyDesign(model="synthetic_control", estimation=estimation, window=window, kind=kind, anchor=anchor, level=level)
    table = read_returns(returns)
    event, treated = _one_event(named_as_columns(checked_events(events), table.securities), event_id)
    donors = None if donors is None else as_columns(pd.Series(list(donors), dtype=object), table.securities).tolist()
    table = completed_table(table, event)
    group = place_events(table, event, anchor, donors, None, kind)[0]
    if not group.aligned.day0.size:
        raise nothing_left(group.aligned.dropped)
    own, column, at = group.calendar.table, int(group.aligned.security[0]), int(group.aligned.day0[0])
    known = own.securities.get_indexer(pd.Index(treated))
    pool = donor_columns(own, np.append(known[known >= 0], column), donors, "donors")
    lines = np.append(pool, column)
    check_returns(looked_at(own.values, lines), own.securities[lines].tolist(), kind, own.extremes[0], lines)
    rows = _rows(design, at, own, column)
    pool, dropped = _usable_donors(own, pool, column, rows, design.length)
    notes = (*_notes(own, pool, column, stated_venues(event), kind), *group.inputs.session_notes, *clock_notes(group.aligned.table))
    fitted = ControlFit(
        returns=own.values[np.ix_(rows, np.append(column, pool))],
        n_before=design.length,
        names=own.securities[pool],
        level=level,
        required=design.required_rows(),
    )
    return _result(fitted, design, event.iloc[0], own.sessions[rows[design.length :]], own.sessions[at], dropped, notes)


def _one_event(events: pd.DataFrame, event_id: Hashable | None) -> tuple[pd.DataFrame, list[Hashable]]:
    """The event asked for as a table of one row, and the lines that have any event."""
    if event_id is None and len(events) > 1:
        raise InputError(f"events holds {len(events)} events; a synthetic control is of one: name it by event_id.")
    chosen = events if event_id is None else events.loc[events["event_id"] == event_id]
    if chosen.empty:
        raise InputError(f"event_id={event_id!r} is none of the {len(events)} events (first {events['event_id'].tolist()[0]!r}); name one.")
    return chosen.reset_index(drop=True), events["security"].unique().tolist()


def _rows(design: StudyDesign, at: int, own: ReturnTable, column: int) -> IntArray:
    """Rows of the estimation window, then of the event window; refused where the table does not hold them."""
    before = at + np.arange(design.estimation[0], design.estimation[1] + 1)
    after = at + np.arange(design.window[0], design.window[1] + 1)
    if before[0] < 0 or after[-1] >= len(own.sessions):
        raise InfeasibleDesign(
            f"the event has {at} sessions before day 0 and {len(own.sessions) - 1 - at} after it; estimation={design.estimation} and "
            f"window={design.window} reach beyond them: shorten the windows or give more sessions."
        )
    missing = int(np.isnan(own.values[after, column]).sum())
    if missing:
        raise InfeasibleDesign(
            f"the treated line has no return on {missing} of {after.size} sessions of window={design.window} (a halt, or a gap in the table); "
            "choose a window that it traded throughout."
        )
    return np.concatenate([before, after])


def _usable_donors(own: ReturnTable, pool: IntArray, column: int, rows: IntArray, n_before: int) -> tuple[IntArray, pd.DataFrame]:
    """Donors that can enter the control, and the others with the reason."""
    values = own.values[np.ix_(rows, pool)]
    known = np.isfinite(values)
    reasons = np.full(pool.size, "", dtype=object)
    seen = {own.values[rows, column].tobytes(): own.securities[column]}
    for i, name in enumerate(own.securities[pool]):
        lacking, gone = n_before - int(known[:n_before, i].sum()), int((~known[n_before:, i]).sum())
        if lacking > (1 - KNOWN_SHARE) * n_before:
            reasons[i] = f"no return on {lacking} of {n_before} sessions of the estimation window"
        elif gone:
            reasons[i] = f"no return on {gone} sessions of the event window"
        elif np.nanstd(values[:n_before, i]) == 0.0:
            reasons[i] = "does not move in the estimation window"
        elif (twin := seen.setdefault(values[:, i].tobytes(), name)) != name:
            reasons[i] = f"has the returns of {twin} to the last digit"
    kept = pool[reasons == ""]
    dropped = pd.DataFrame({"donor": own.securities[pool], "reason": reasons}).loc[reasons != ""].reset_index(drop=True)
    if kept.size < FEWEST_DONORS:
        first = f" (first: {dropped['donor'].tolist()[0]!r} {dropped['reason'].iloc[0]})" if len(dropped) else ""
        raise InfeasibleDesign(
            f"{kept.size} of {pool.size} donors can be used{first}; a synthetic control with placebos needs at least {FEWEST_DONORS}: name more."
        )
    return kept, dropped


def _result(
    fitted: ControlFit,
    design: StudyDesign,
    event: pd.Series,
    sessions: pd.DatetimeIndex,
    day0: pd.Timestamp,
    dropped: pd.DataFrame,
    notes: tuple[str, ...],
) -> SyntheticControl:
    weights, gap = fitted.treated()
    n = fitted.n_before
    figures, (placebos, paths) = gap_figures(gap, n), fitted.placebos()
    sure = placebos.dropna()
    test = PlaceboTest(statistic=figures["statistic"], placebo=sure["statistic"].to_numpy())
    beyond = PlaceboTest(statistic=figures["rmspe_ratio"], placebo=sure["rmspe_ratio"].to_numpy())
    largest = PlaceboTest(statistic=0.0, placebo=np.abs(test.placebo)).critical(1.0 - fitted.level, "upper")
    half = np.inf if np.isnan(largest) else largest * figures["rmspe"] * np.sqrt(gap.size - n)
    better = float((sure["rmspe"] < figures["rmspe"]).mean()) if len(sure) else np.nan
    row = {"event_id": event["event_id"], "security": event["security"], "day0": day0, "window": str(design.window)} | figures
    row |= {"ci_low": figures["car"] - half, "ci_high": figures["car"] + half, "statistic_p": test.p(), "ratio_p": beyond.p("upper")}
    row |= {"smallest_p": test.smallest_p, "worse_fit_share": better, "n_donors": weights.size, "n_placebos": len(sure)}
    row |= {"n_obs": int(np.isfinite(gap[:n]).sum()), "reason": _refusal(better, len(sure))}
    actual = fitted.returns[n:, 0]
    path = {"offset": np.arange(design.window[0], design.window[1] + 1), "session": sessions, "actual": actual}
    path |= {"synthetic": actual - gap[n:], "gap": gap[n:], "car": np.cumsum(gap[n:])}
    left = [
        {"donor": fitted.names[i], "weight": weights[i]} | _without(fitted, i)
        for i in np.argsort(-weights, kind="stable")
        if weights[i] > 0
    ]
    table = pd.DataFrame({"donor": fitted.names, "weight": weights}).sort_values(
        "weight", ascending=False, kind="stable", ignore_index=True
    )
    smallest = f"{len(sure)} placebos: no p-value is below {prose.p_value(test.smallest_p)}"
    if not np.isfinite(half):
        smallest += f", so there is no bounded interval of {prose.percent(fitted.level, 0)}"
    return SyntheticControl(
        event_id=event["event_id"],
        security=event["security"],
        day0=day0,
        design=design,
        weights=table,
        path=pd.DataFrame(path),
        placebos=placebos,
        placebo_paths=(paths * figures["rmspe"]).set_index(np.arange(design.window[0], design.window[1] + 1)).rename_axis("offset"),
        leave_one_out=pd.DataFrame(left),
        effect=pd.DataFrame([row])[[column.name for column in CONTROL.columns]],
        refusal=str(row["reason"]),
        dropped=dropped,
        assumptions=(smallest, *notes),
    )


def _without(fitted: ControlFit, donor: int) -> dict[str, float]:
    _, gap = fitted.without(donor)
    figures = gap_figures(gap, fitted.n_before)
    return {name: figures[name] for name in ("car", "rmspe")}


def _refusal(better: float, n_placebos: int) -> str:
    if not n_placebos:
        return "no placebo could be fitted"
    if better >= WORSE_THAN_MOST:
        return f"{prose.percent(better, 0)} of the placebos are fitted better before the event: these donors do not make this line"
    return ""


def _notes(own: ReturnTable, pool: IntArray, column: int, stated: dict[str, str], kind: ReturnKind) -> tuple[str, ...]:
    venues = venues_of(pd.Index([str(name) for name in own.securities[np.append(column, pool)]], dtype=object), stated).to_numpy()
    away = np.flatnonzero((venues[1:] != venues[0]) & (venues[1:] != "") & (venues[0] != ""))
    lines = [f"{pool.size} donors, not touched by the event, nor by what else struck the treated line that day"]
    if away.size:
        lines.append(
            f"{away.size} donors trade on another venue (first {own.securities[pool[away[0]]]!r}): their closes are at another hour, which "
            "lowers the fit and may move news to the next session"
        )
    if kind == "log":
        lines.append("log returns: the weighted sum of log returns is the return of no portfolio, and the CAR a log return")
    return tuple(lines)
