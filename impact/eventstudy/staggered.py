"""Units treated at different dates: the effect on an outcome by periods since the treatment, without comparing treated with treated."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from impact.errors import InfeasibleDesign, InputError
from impact.eventstudy.alignment import factor_table
from impact.eventstudy.causal_schemas import HORIZONS, PRE_TREND, UNITS_OUT
from impact.eventstudy.pre_trends import said_of_leads, staggered_pre_trend
from impact.kernels.imputation import imputed_means, tied_sets
from impact.market.given_days import faults_of_days
from impact.results import Result, Summary, declared
from impact.tables import prose
from impact.typing_ import Day, FloatArray, IntArray, TableLike

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["StaggeredDifference", "staggered_did"]

Cluster: TypeAlias = Literal["unit", "period"]
FEWEST_CLUSTERS = 20
"""Clusters below which there is no standard error. Source: Cameron and Miller (2015), from memory."""
FEWEST_TREATED = 8
"""Treated clusters below which there is none: few treated among many make clustered errors far too small (MacKinnon and Webb 2017, from memory)."""
FEW_CLUSTERS = 40
"""Clusters below which the errors are said to be optimistic."""
ALL = "all"


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class StaggeredDifference(Result):
    """Effects by periods since the treatment, and over all of them.

    Attributes
    ----------
    effects : DataFrame
        Index horizon: 0 is the first treated period; `all` the mean over every treated unit and period that enters.
    leads : DataFrame
        Index horizon, -1 the last period before the treatment: how far treated units lie from ``unit + period`` there, against the periods
        before all leads; estimated on untreated observations alone.
    pre_trend : DataFrame
        One row: the joint test that all leads are zero (F), its p, degrees of freedom and counts, or the reason why there is none.
    n_never, n_treated : int
        Units not treated by the last period, and treated units that enter.
    clustered_by : {"unit", "period"}
    dropped : DataFrame
        Units that were not used, with the reason.
    level : float
        Coverage of the intervals.
    """

    schemas = declared(effects=HORIZONS, leads=HORIZONS, pre_trend=PRE_TREND, dropped=UNITS_OUT)

    effects: pd.DataFrame
    leads: pd.DataFrame
    pre_trend: pd.DataFrame
    n_never: int
    n_treated: int
    clustered_by: Cluster
    dropped: pd.DataFrame
    assumptions: tuple[str, ...] = ()
    level: float = 0.95

    def to_frame(self) -> pd.DataFrame:
        """The effects, one row a horizon."""
        return self.effects.reset_index()

    def summary(self) -> Summary:
        """The mean effect, the table of horizons, and what the comparison rests on."""
        whole = self.to_frame().iloc[0]
        tables = [("By periods since the treatment", self.with_schema("effects"))]
        if len(self.leads):
            tables.append(("Before the treatment", self.with_schema("leads")))
        tables.append(("Joint test of the leads", self.with_schema("pre_trend")))
        if len(self.dropped):
            tables.append(("Units left out", self.with_schema("dropped")))
        title = f"Staggered difference-in-differences: mean effect {prose.significant(whole['estimate'], 4)}, p {prose.p_value(whole['p'])}"
        return Summary(title=title, tables=tuple(tables), notes=self.assumptions)

    def plot(self, *, ax: Axes | None = None, title: str | None = None) -> Axes:
        """Leads and effects by periods since the treatment, each with its interval, and the mean effect with its own."""
        from impact.plots.controls import plot_event_time

        path = pd.concat([self.leads, self.effects.drop(index=ALL)]).rename_axis("horizon").reset_index()
        headline = self.effects.loc[[ALL]].iloc[0]
        row = self.pre_trend.iloc[0]
        told = f"N = {self.n_treated} treated" + ("" if row["reason"] else f", leads: p {prose.p_value(row['p_value'])}")
        return plot_event_time(path, headline, level=self.level, title=told if title is None else title, ax=ax)


def staggered_did(
    outcomes: TableLike,
    starts: Mapping[Hashable, Day] | pd.Series,
    *,
    last: int | None = None,
    cluster: Cluster = "unit",
    level: float = 0.95,
    leads: int | None = None,
) -> StaggeredDifference:
    """What a treatment that reached units at different dates did to an outcome, by Gardner's two stages.

    Parameters
    ----------
    outcomes : DataFrame (T, units)
        One column a unit, one row a period: turnover, a spread, a share held; logarithms where effects are proportional. NaN is a period
        without a figure.
    starts : mapping of column name to date, or Series
        First treated period of each treated unit; a unit without a date is never treated.
    last : int, optional
        Last horizon, in periods since the treatment; all that there are when None.
    cluster : {"unit", "period"}
        Within what the errors may be correlated.
    level : float
        Coverage of the intervals.
    leads : int, optional
        Periods before the treatment that are tested for an early move; three, or as many as can be, when None, and 0 for none.

    Raises
    ------
    InputError
        If a name is no column, or an option breaks its rule.
    InfeasibleDesign
        If no treated unit has an untreated period and untreated units beside it.

    Notes
    -----
    The outcome without treatment, ``unit + period``, is fitted on untreated observations alone (units never treated, and those not yet
    treated); effects are the means of what is left on treated ones. That is the imputation estimator of Borusyak, Jaravel and Spiess; the
    covariance allows for the first stage (Gardner), Student with clusters less one degrees of freedom. One regression
    on a dummy of treatment compares late with early treated units and may have the wrong sign where effects grow.

    There is no standard error below 20 clusters, or 8 that are treated, nor for a horizon with fewer than 8 treated units.

    Parallel movement without the treatment is assumed. `pre_trend` tests it before the treatment: least squares of untreated outcomes on
    ``unit + period`` and a dummy of each lead, all leads zero by Hotelling's F of the treated clusters. It is not correlated with the effects when it is true, and a test of
    few units that does not reject shows little (Roth 2022).

    References
    ----------
    Gardner (2022), Two-stage differences in differences, arXiv 2207.05943.
    Borusyak, Jaravel and Spiess (2024), Review of Economic Studies 91.
    Roth (2022), American Economic Review: Insights 4.
    """
    if cluster not in ("unit", "period"):
        raise InputError(f"cluster={cluster!r} is unknown; choose unit or period.")
    if not 0.0 < level < 1.0:
        raise InputError(f"level={level} must lie strictly between 0 and 1; 0.95 is usual.")
    if last is not None and last < 0:
        raise InputError(f"last={last} is before the treatment; give 0 or more periods since it.")
    if leads is not None and leads < 0:
        raise InputError(f"leads={leads} is negative; give how many periods before the treatment are tested, 0 for none.")
    periods, values, names = factor_table(outcomes, "outcomes")
    start = _first_treated(starts, names, periods)
    entered = _observations(values, start, names, last)
    panel = entered.rows
    if not panel["treated"].any():
        raise InfeasibleDesign(_no_comparison(entered))
    effects = _effects(panel, cluster, level)
    before = staggered_pre_trend(panel, start, len(periods), cluster, level, leads)
    n_never = int((start[panel["unit"].unique()] == len(periods)).sum())
    return StaggeredDifference(
        effects=effects,
        leads=before.leads,
        pre_trend=before.test,
        n_never=n_never,
        n_treated=int(panel.loc[panel["treated"], "unit"].nunique()),
        clustered_by=cluster,
        dropped=entered.dropped,
        assumptions=(*_said(entered, n_never, cluster), said_of_leads(before.test)),
        level=level,
    )


def _first_treated(starts: Mapping[Hashable, Day] | pd.Series, names: tuple[str, ...], periods: pd.DatetimeIndex) -> IntArray:
    """(units,) row of the first treated period; T for a unit that is not treated within the table."""
    if len(set(names)) < len(names):
        repeated = pd.Index(names)[pd.Index(names).duplicated()]
        raise InputError(f"outcomes repeats {len(repeated)} column(s) (first {repeated[0]!r}); a unit has one column: keep one of each.")
    if not isinstance(starts, (Mapping, pd.Series)):
        raise InputError(f"starts is a {type(starts).__name__}; give a mapping of unit to its first treated date, or a Series of them.")
    pairs = [(str(name), date) for name, date in starts.items()]
    given = dict(pairs)
    if len(given) < len(pairs):
        raise InputError(
            f"starts dates {len(pairs) - len(given)} unit(s) twice; a unit has one first treated date: keep the first of each."
        )
    absent = [name for name in given if name not in names]
    if absent:
        raise InputError(f"starts names {len(absent)} unit(s) that are no column of outcomes (first {absent[0]!r}); mend the names.")
    dates, faults = faults_of_days([given.get(name) for name in names])
    bad = [place for place, fault in enumerate(faults) if fault]
    if bad:
        first = f"{names[bad[0]]!r}: {given[names[bad[0]]]!r} {faults[bad[0]]}"
        raise InputError(
            f"starts has {len(bad)} value(s) that are no single date (first {first}); "
            "give one date a treated unit, without time or zone and year first, like 2021-02-24."
        )
    return np.where(pd.isna(dates), len(periods), periods.searchsorted(dates))


@dataclass(frozen=True, eq=False, kw_only=True)
class _Panel:
    """What enters the estimation, and what does not.

    Attributes
    ----------
    rows : DataFrame
        unit, period, outcome, treated, horizon of each observation that enters.
    dropped : DataFrame
        Units left out, with the reason.
    n_alone, n_apart : int
        Treated observations that are out: no untreated unit in their period, or only such as no chain of untreated observations ties
        to their unit.
    """

    rows: pd.DataFrame
    dropped: pd.DataFrame
    n_alone: int
    n_apart: int


def _observations(values: FloatArray, start: IntArray, names: tuple[str, ...], last: int | None) -> _Panel:
    """Observations whose outcome without treatment can be told, the units left out, and the treated observations that are out.

    Without treatment the outcome is ``unit + period``: it can be told where untreated observations tie the unit to the period, each
    sharing a unit or a period with the next.
    """
    rows, units = np.nonzero(np.isfinite(values))
    panel = pd.DataFrame({"unit": units, "period": rows, "outcome": values[rows, units], "treated": rows >= start[units]})
    panel["horizon"] = np.where(panel["treated"], rows - start[units], -1)
    if last is not None:
        panel = panel.loc[panel["horizon"] <= last]
    free = panel.loc[~panel["treated"]]
    n_periods, n_units = values.shape
    of_unit, of_period = tied_sets(free["unit"].to_numpy(), free["period"].to_numpy(), n_units, n_periods)
    tie_of_unit = of_unit[panel["unit"]]
    tied = tie_of_unit == of_period[panel["period"]]
    compared = np.unique(tie_of_unit[tied & panel["treated"]])
    has_figure, has_free = np.isfinite(values).any(axis=0), np.isin(np.arange(len(names)), free["unit"])
    enters, treated = np.isin(of_unit, compared) & has_free, panel["treated"].to_numpy()
    reason = np.select(
        [~has_figure, ~has_free, ~enters & np.isin(np.arange(len(names)), panel["unit"][treated]), ~enters],
        [
            "no figure",
            "no untreated period with a figure",
            "no untreated unit ties its own untreated periods to a treated one",
            "no treated unit beside it",
        ],
        "",
    )
    alone = treated & ~np.isin(panel["period"], free["period"])
    lost = treated & has_free[panel["unit"]] & ~tied
    return _Panel(
        rows=panel.loc[tied & enters[panel["unit"]]].reset_index(drop=True),
        dropped=pd.DataFrame({"unit": np.array(names)[reason != ""], "reason": reason[reason != ""]}),
        n_alone=int((lost & alone).sum()),
        n_apart=int((lost & ~alone).sum()),
    )


def _effects(panel: pd.DataFrame, cluster: Cluster, level: float) -> pd.DataFrame:
    treated = panel.loc[panel["treated"]]
    horizons = np.sort(treated["horizon"].unique())
    outcome, unit, period = (panel[column].to_numpy() for column in ("outcome", "unit", "period"))
    of_all = np.where(panel["treated"], 0, -1)
    of_horizon = np.where(panel["treated"], np.searchsorted(horizons, panel["horizon"]), -1)
    whole = imputed_means(outcome, unit, period, of_all, panel[cluster].to_numpy(), 1)
    by = imputed_means(outcome, unit, period, of_horizon, panel[cluster].to_numpy(), len(horizons))
    groups = [treated, *(treated.loc[treated["horizon"] == horizon] for horizon in horizons)]
    table = pd.DataFrame(
        {
            "estimate": np.append(whole.estimate, by.estimate),
            "se": np.append(whole.se, by.se),
            "n_treated": [group["unit"].nunique() for group in groups],
            "n_periods": [group["period"].nunique() for group in groups],
            "n_obs": [len(group) for group in groups],
        },
        index=pd.Index([ALL, *horizons.tolist()], name="horizon", dtype=object),
    )
    n, n_treated = panel[cluster].nunique(), np.array([group[cluster].nunique() for group in groups])
    few = np.where(n_treated < FEWEST_TREATED, f"fewer than {FEWEST_TREATED} treated {cluster}s: no standard error", "")
    reason = np.full(len(table), f"{n} {cluster}s, {FEWEST_CLUSTERS} are needed: no standard error") if n < FEWEST_CLUSTERS else few
    table["se"] = table["se"].where(reason == "")
    half = float(stdtrit(n - 1, (1.0 + level) / 2.0)) * table["se"]
    p = 2.0 * stdtr(n - 1, -np.abs(table["estimate"] / table["se"]))
    return table.assign(ci_low=table["estimate"] - half, ci_high=table["estimate"] + half, p=p, reason=reason)


def _no_comparison(entered: _Panel) -> str:
    """Why there is no treated observation left."""
    if entered.n_apart:
        return (
            f"no control spans the date: {entered.n_apart} treated observation(s) stand beside untreated units that share no period with the "
            "untreated periods of theirs, nor through other units; give controls with figures before and after."
        )
    lost = entered.dropped.loc[entered.dropped["reason"] != "no treated unit beside it"]
    first = f" (first {lost['unit'].tolist()[0]!r}: {lost['reason'].iloc[0]})" if len(lost) else ""
    return f"no treated observation has both untreated periods of its unit and untreated units beside it{first}."


def _said(entered: _Panel, n_never: int, cluster: Cluster) -> tuple[str, ...]:
    n = entered.rows[cluster].nunique()
    lines = [
        f"{n_never} units are not treated by the last period; before their own date the treated serve as controls too",
        f"errors clustered by {cluster}, {n} of them" + (": few, so they are somewhat too small" if n < FEW_CLUSTERS else ""),
        "without the treatment all units would have moved in parallel; nobody acted ahead of the date",
    ]
    if entered.n_alone:
        lines.append(f"{entered.n_alone} observations lie in periods in which every unit is treated: no control is left, and they are out")
    if entered.n_apart:
        lines.append(
            f"{entered.n_apart} treated observations stand beside units that no untreated figures tie to their own past: no control spans "
            "the date, and they are out"
        )
    return tuple(lines)
