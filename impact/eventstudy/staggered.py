"""Units treated at different dates: the effect on an outcome by periods since the treatment, without comparing treated with treated."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from impact.errors import InfeasibleDesign, InputError
from impact.eventstudy.alignment import factor_table
from impact.eventstudy.causal_schemas import HORIZONS, UNITS_OUT
from impact.results import Result, Summary, declared
from impact.tables import prose
from impact.typing_ import Day, FloatArray, IntArray, TableLike

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
    n_never, n_treated : int
        Units not treated by the last period, and treated units that enter.
    clustered_by : {"unit", "period"}
    dropped : DataFrame
        Units that were not used, with the reason.
    """

    schemas = declared(effects=HORIZONS, dropped=UNITS_OUT)

    effects: pd.DataFrame
    n_never: int
    n_treated: int
    clustered_by: Cluster
    dropped: pd.DataFrame
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The effects, one row a horizon."""
        return self.effects.reset_index()

    def summary(self) -> Summary:
        """The mean effect, the table of horizons, and what the comparison rests on."""
        whole = self.to_frame().iloc[0]
        tables = [("By periods since the treatment", self.with_schema("effects"))]
        if len(self.dropped):
            tables.append(("Units left out", self.with_schema("dropped")))
        title = f"Staggered difference-in-differences: mean effect {prose.significant(whole['estimate'], 4)}, p {prose.p_value(whole['p'])}"
        return Summary(title=title, tables=tuple(tables), notes=self.assumptions)


def staggered_did(
    outcomes: TableLike,
    starts: Mapping[Hashable, Day] | pd.Series,
    *,
    last: int | None = None,
    cluster: Cluster = "unit",
    level: float = 0.95,
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

    Raises
    ------
    InputError
        If a name is no column, or an option breaks its rule.
    InfeasibleDesign
        If no treated unit has an untreated period and untreated units beside it, or pyfixest is not installed.

    Notes
    -----
    The outcome without treatment, ``unit + period``, is fitted on untreated observations alone (units never treated, and those not yet
    treated); effects are the means of what is left on treated ones. That is the imputation estimator of Borusyak, Jaravel and Spiess; the
    covariance allows for the first stage (Gardner), by ``pyfixest.did2s``, Student with clusters less one degrees of freedom. One regression
    on a dummy of treatment compares late with early treated units and may have the wrong sign where effects grow.

    There is no standard error below 20 clusters, or 8 that are treated, nor for a horizon with fewer than 8 treated units. Parallel
    movement without the treatment is assumed and not tested.

    References
    ----------
    Gardner (2022), Two-stage differences in differences, arXiv 2207.05943.
    Borusyak, Jaravel and Spiess (2024), Review of Economic Studies 91.
    """
    if cluster not in ("unit", "period"):
        raise InputError(f"cluster={cluster!r} is unknown; choose unit or period.")
    if not 0.0 < level < 1.0:
        raise InputError(f"level={level} must lie strictly between 0 and 1; 0.95 is usual.")
    if last is not None and last < 0:
        raise InputError(f"last={last} is before the treatment; give 0 or more periods since it.")
    periods, values, names = factor_table(outcomes, "outcomes")
    start = _first_treated(starts, names, periods)
    panel, dropped, n_lost = _long(values, start, names)
    if last is not None:
        panel = panel.loc[panel["horizon"] <= last]
    if not panel["treated"].any():
        first = f" (first {dropped['unit'].iloc[0]!r}: {dropped['reason'].iloc[0]})" if len(dropped) else ""
        raise InfeasibleDesign(f"no treated observation has both untreated periods of its unit and untreated units beside it{first}.")
    effects = _effects(panel, cluster, level)
    n_never = int((start == len(periods)).sum())
    return StaggeredDifference(
        effects=effects,
        n_never=n_never,
        n_treated=int(panel.loc[panel["treated"], "unit"].nunique()),
        clustered_by=cluster,
        dropped=dropped,
        assumptions=_said(panel, n_never, n_lost, cluster),
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
    try:
        dates = pd.DatetimeIndex(pd.to_datetime(pd.Series([given.get(name) for name in names], dtype=object)))
    except (ValueError, TypeError):
        raise InputError("starts holds what is no date; give one date a treated unit, year first, like 2021-02-24.") from None
    return np.where(pd.isna(dates), len(periods), periods.searchsorted(dates))


def _long(values: FloatArray, start: IntArray, names: tuple[str, ...]) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Observations whose outcome without treatment can be told, the units left out, and how many observations went for want of controls."""
    rows, units = np.nonzero(np.isfinite(values))
    panel = pd.DataFrame({"unit": units, "period": rows, "outcome": values[rows, units], "treated": rows >= start[units]})
    panel["horizon"] = np.where(panel["treated"], rows - start[units], -1)
    before = panel.loc[~panel["treated"]].groupby("unit").size().reindex(range(len(names)), fill_value=0).to_numpy()
    count = np.isfinite(values).sum(axis=0)
    lost = np.flatnonzero(before == 0)
    reasons = ["no untreated period with a figure" if count[i] else "no figure" for i in lost]
    dropped = pd.DataFrame({"unit": np.array(names)[lost], "reason": reasons})
    panel = panel.loc[~panel["unit"].isin(lost)]
    beside = np.isin(panel["period"], panel.loc[~panel["treated"], "period"].unique())
    return panel.loc[beside].reset_index(drop=True), dropped, int((~beside).sum())


def _two_stages(panel: pd.DataFrame, second: str, cluster: Cluster) -> tuple[FloatArray, FloatArray]:
    """Estimates and standard errors of the second stage."""
    try:
        import pyfixest
    except ImportError:
        raise InfeasibleDesign(
            "staggered_did needs the package pyfixest; install it with pip install 'index-exclusion-impact[did]'."
        ) from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyfixest calls pandas by names that later versions drop
        fit = pyfixest.did2s(
            panel, yname="outcome", first_stage="~0|unit+period", second_stage=second, treatment="treated", cluster=cluster
        )
        return fit.coef().to_numpy(), fit.se().to_numpy()


def _effects(panel: pd.DataFrame, cluster: Cluster, level: float) -> pd.DataFrame:
    treated = panel.loc[panel["treated"]]
    horizons = np.sort(treated["horizon"].unique())
    mean, mean_error = _two_stages(panel, "~i(treated)", cluster)
    by, errors = _two_stages(panel, "~i(horizon, ref=-1)", cluster)
    groups = [treated, *(treated.loc[treated["horizon"] == horizon] for horizon in horizons)]
    table = pd.DataFrame(
        {
            "estimate": np.append(mean, by),
            "se": np.append(mean_error, errors),
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


def _said(panel: pd.DataFrame, n_never: int, n_lost: int, cluster: Cluster) -> tuple[str, ...]:
    n = panel[cluster].nunique()
    lines = [
        f"{n_never} units are not treated by the last period; before their own date the treated serve as controls too",
        f"errors clustered by {cluster}, {n} of them" + (": few, so they are somewhat too small" if n < FEW_CLUSTERS else ""),
        "without the treatment all units would have moved in parallel; nobody acted ahead of the date",
    ]
    if n_lost:
        lines.append(f"{n_lost} observations lie in periods in which every unit is treated: no control is left, and they are out")
    return tuple(lines)
