"""The effect of one date on an outcome of some units, against a weighted difference of units and periods."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from impact.errors import InfeasibleDesign, InputError
from impact.eventstudy.alignment import factor_table
from impact.eventstudy.causal_schemas import DIFFERENCE, DIFFERENCE_PATH, PERIOD_WEIGHTS, PRE_TREND, UNIT_WEIGHTS, UNITS_OUT
from impact.eventstudy.pre_trends import fit_among_placebos, said_of_fit
from impact.kernels.single_event import PlaceboTest
from impact.kernels.synthetic_did import WeightedDifference, difference_penalty, placebo_gaps, weighted_difference
from impact.market.panel import session_label
from impact.results import Result, Summary, declared
from impact.tables import prose
from impact.typing_ import Day, FloatArray, TableLike

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["SyntheticDifference", "synthetic_did"]

FEWEST_BEFORE = 3
"""Periods before the treatment below which no weights are fitted."""
FEWEST_LEFT = 9
"""Controls left to each placebo below which there is no standard error: so few tell no spread."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class SyntheticDifference(Result):
    """A synthetic difference-in-differences.

    Attributes
    ----------
    effect : DataFrame
        One row: the estimate, its placebo standard error, interval, p-values and counts.
    unit_weights, period_weights : DataFrame
        Of the controls, and of the periods before; the largest first, and in time.
    placebos : (B,) float
        The estimate with controls in the place of the treated.
    path : DataFrame
        Per period: period, horizon (0: the first treated), estimate, ci_low, ci_high: the gap of the treated to the weighted controls.
    pre_trend : DataFrame
        One row: the fit error before the treatment ranked among those of the placebos, or the reason why it is not.
    treated : tuple of str
    start : Timestamp
        First treated period.
    dropped : DataFrame
        Units that were not used, with the reason.
    level : float
        Coverage of the intervals.
    """

    schemas = declared(
        unit_weights=UNIT_WEIGHTS,
        period_weights=PERIOD_WEIGHTS,
        path=DIFFERENCE_PATH,
        pre_trend=PRE_TREND,
        dropped=UNITS_OUT,
        to_frame=DIFFERENCE,
    )

    effect: pd.DataFrame
    unit_weights: pd.DataFrame
    period_weights: pd.DataFrame
    placebos: FloatArray
    path: pd.DataFrame
    pre_trend: pd.DataFrame
    treated: tuple[str, ...]
    start: pd.Timestamp
    dropped: pd.DataFrame
    assumptions: tuple[str, ...] = ()
    level: float = 0.95

    def to_frame(self) -> pd.DataFrame:
        """One row, unrounded."""
        return self.effect.copy()

    def summary(self) -> Summary:
        """The effect with its interval, and the weights above zero."""
        row = self.effect.iloc[0]
        tables = [("Effect", self.with_schema("to_frame"))]
        for caption, schema, weights in (
            ("Controls", UNIT_WEIGHTS, self.unit_weights),
            ("Periods before", PERIOD_WEIGHTS, self.period_weights),
        ):
            tables.append((f"{caption} of a weight above 1 %", schema.table(weights.loc[weights["weight"] > 0.01])))
        tables.append(("Fit before the treatment, among placebos", self.with_schema("pre_trend")))
        if len(self.dropped):
            tables.append(("Units left out", self.with_schema("dropped")))
        who = self.treated[0] if len(self.treated) == 1 else f"{len(self.treated)} units"
        title = (
            f"Synthetic difference-in-differences of {who} from {prose.date(self.start)}: {prose.significant(row['estimate'], 4)}, "
            f"p {prose.p_value(row['p'])}"
        )
        return Summary(title=title, tables=tuple(tables), notes=self.assumptions)

    def plot(self, *, ax: Axes | None = None, title: str | None = None) -> Axes:
        """The gap to the weighted controls by periods since the treatment, each with its interval, and the mean effect with its own."""
        from impact.plots.controls import plot_event_time

        row = self.effect.iloc[0]
        told = f"N = {row['n_treated']} treated, {row['n_controls']} controls, fit before: p {prose.p_value(self.pre_trend['p_value'].iloc[0])}"
        return plot_event_time(self.path, row, before="before (fitted)", level=self.level, title=told if title is None else title, ax=ax)


def synthetic_did(
    outcomes: TableLike,
    treated: Hashable | Sequence[Hashable],
    start: Day,
    *,
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    draws: int = 200,
) -> SyntheticDifference:
    """What began on one date for some units, on an outcome such as turnover, a spread or a share held.

    Parameters
    ----------
    outcomes : DataFrame (T, units)
        One column a unit, one row a period; any unit of measure, logarithms where effects are proportional. Every treated unit needs a
        figure in every period; a control that lacks one is left out.
    treated : column name or list of them
        Units treated from `start` on. All others are controls: leave out what was treated at another date.
    start : date
        First treated period; a date between two rows begins with the later.
    level : float
        Coverage of the interval.
    rng : Generator, optional
        Draws the placebos of several treated units; one treated unit takes every control in turn.
    draws : int
        Placebos of several treated units.

    Raises
    ------
    InputError
        If a unit is no column or repeats, an option breaks its rule, or `rng` is missing where it is needed.
    InfeasibleDesign
        If there are fewer than three periods before, no period after, or no more controls than treated units.

    Notes
    -----
    Weights as in :func:`impact.kernels.synthetic_did.weighted_difference`, found exactly and not by a fixed number of steps. The standard
    error is the spread of the placebos (algorithm 4 of the authors), Student with one degree of freedom fewer than controls. It holds if the
    treated units are no more variable than the controls; there is none where a placebo has fewer than nine controls left.

    References
    ----------
    Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), American Economic Review 111.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> months = pd.date_range("2019-01-31", periods=24, freq="ME")
    >>> spread = pd.DataFrame(rng.normal(0, 0.2, (24, 20)).cumsum(axis=0), months, [f"F{i}" for i in range(20)])
    >>> spread.loc[months[18]:, "F0"] += 3.0
    >>> round(float(synthetic_did(spread, "F0", months[18]).to_frame()["estimate"].iloc[0]), 1)
    2.8
    """
    if not 0.0 < level < 1.0:
        raise InputError(f"level={level} must lie strictly between 0 and 1; 0.95 is usual.")
    periods, values, names = factor_table(outcomes, "outcomes")
    at = _treated_columns(treated, names)
    begins = _date_of(start)
    n_before = int((periods < begins).sum())
    if n_before < FEWEST_BEFORE or n_before == len(periods):
        raise InfeasibleDesign(
            f"start={prose.date(begins)} leaves {n_before} periods before and {len(periods) - n_before} from it on; at least "
            f"{FEWEST_BEFORE} before and 1 after are needed."
        )
    controls, dropped = _whole_controls(values, names, at)
    y, x = values[:, at], values[:, controls]
    penalty = difference_penalty(x, n_before, at.size)
    if penalty.units == 0.0:
        raise InfeasibleDesign(f"none of the {controls.size} controls moves before the treatment, so no weights can be fitted.")
    fit = weighted_difference(y, x, n_before, penalty)
    chosen = _placebo_columns(controls.size, at.size, rng, draws)
    gaps = placebo_gaps(x, n_before, chosen, penalty)
    placebos = gaps[:, n_before:].mean(axis=1)
    row = _effect(fit, placebos, controls.size, at.size, level)
    row |= {"fit_error": float(fit.gap[:n_before].std()), "n_treated": at.size, "n_controls": controls.size}
    row |= {"n_before": n_before, "n_after": len(periods) - n_before}
    fitted = fit_among_placebos(fit.gap[:n_before], gaps[:, :n_before], at.size)
    units = pd.DataFrame({"unit": np.array(names)[controls], "weight": fit.unit_weights})
    return SyntheticDifference(
        effect=pd.DataFrame([row])[[column.name for column in DIFFERENCE.columns]],
        unit_weights=units.sort_values("weight", ascending=False, kind="stable", ignore_index=True),
        period_weights=pd.DataFrame({"period": periods[:n_before], "weight": fit.period_weights}),
        placebos=placebos,
        path=_path(fit, gaps, periods, n_before, level, row),
        pre_trend=fitted,
        treated=tuple(np.array(names)[at].tolist()),
        start=periods[n_before],
        dropped=dropped,
        assumptions=(
            f"{controls.size} controls that the date did not touch, and which would have moved in parallel once weighted",
            "treated units are no more variable than the controls, or the standard error is too small",
            *filter(None, (str(row["reason"]),)),
            said_of_fit(fitted),
        ),
        level=level,
    )


def _date_of(start: Day) -> pd.Timestamp:
    """The first treated period."""
    date = session_label(start, "start")
    if date is None:
        raise InputError("start is not given; it is the date of the first treated period: write YYYY-MM-DD.")
    return date


def _treated_columns(treated: Hashable | Sequence[Hashable], names: tuple[str, ...]) -> np.ndarray:
    if len(set(names)) < len(names):
        repeated = pd.Index(names)[pd.Index(names).duplicated()]
        raise InputError(f"outcomes repeats {len(repeated)} column(s) (first {repeated[0]!r}); a unit has one column: keep one of each.")
    given = [treated] if isinstance(treated, str) or not isinstance(treated, Sequence) else list(treated)
    at = pd.Index(names).get_indexer(pd.Index([str(name) for name in given]))
    if not given or (at < 0).any():
        first = f"first {given[int(np.flatnonzero(at < 0)[0])]!r}" if given else "none is given"
        raise InputError(f"treated names {int((at < 0).sum())} unit(s) that are no column of outcomes ({first}); name columns.")
    return np.unique(at)


def _whole_controls(values: FloatArray, names: tuple[str, ...], treated: np.ndarray) -> tuple[np.ndarray, pd.DataFrame]:
    """Controls with a figure in every period, and the others with the reason."""
    missing = np.isnan(values).sum(axis=0)
    if missing[treated].any():
        first = treated[missing[treated] > 0][0]
        raise InfeasibleDesign(
            f"the treated unit {names[first]!r} has no figure in {missing[first]} of {len(values)} periods; fill or cut them, or leave it out."
        )
    others = np.setdiff1d(np.arange(len(names)), treated)
    lost = others[missing[others] > 0]
    dropped = pd.DataFrame({"unit": np.array(names)[lost], "reason": [f"no figure in {missing[i]} of {len(values)} periods" for i in lost]})
    kept = others[missing[others] == 0]
    if kept.size <= treated.size or kept.size < 3:
        raise InfeasibleDesign(
            f"{kept.size} controls have a figure in every period, for {treated.size} treated; at least 3 and more than the treated are needed."
        )
    return kept, dropped


def _placebo_columns(n_controls: int, n_treated: int, rng: np.random.Generator | None, draws: int) -> np.ndarray:
    """(B, N) controls that stand for the treated in each placebo: every one of them in turn, or drawn."""
    if n_treated == 1:
        return np.arange(n_controls)[:, None]
    if rng is None or draws < 50:
        raise InputError(
            f"rng={rng!r}, draws={draws}: placebos of {n_treated} treated units are drawn, at least 50; give numpy.random.default_rng(1)."
        )
    return np.array([rng.choice(n_controls, n_treated, replace=False) for _ in range(draws)])


def _path(
    fit: WeightedDifference, gaps: FloatArray, periods: pd.DatetimeIndex, n_before: int, level: float, row: Mapping[str, object]
) -> pd.DataFrame:
    """The gap of every period, its interval that of the spread of the placebos in that period, none where the mean has none."""
    known = np.isfinite(np.asarray(row["se"], dtype=float))
    half = float(stdtrit(np.asarray(row["df"], dtype=float), (1.0 + level) / 2.0)) * np.where(known, gaps.std(axis=0), np.nan)
    horizon = np.arange(len(periods)) - n_before
    return pd.DataFrame({"period": periods, "horizon": horizon, "estimate": fit.gap, "ci_low": fit.gap - half, "ci_high": fit.gap + half})


def _effect(fit: WeightedDifference, placebos: FloatArray, n_controls: int, n_treated: int, level: float) -> dict[str, float | str]:
    enough = n_controls - n_treated >= FEWEST_LEFT
    se, df = float(placebos.std()) if enough else np.nan, n_controls - 1
    half = float(stdtrit(df, (1.0 + level) / 2.0)) * se
    rank = PlaceboTest(statistic=fit.estimate, placebo=placebos)
    alone = n_treated == 1
    row: dict[str, float | str] = {"estimate": fit.estimate, "se": se, "ci_low": fit.estimate - half, "ci_high": fit.estimate + half}
    row |= {"p": 2.0 * float(stdtr(df, -abs(fit.estimate) / se)) if se > 0 else np.nan, "df": df}
    row |= {"rank_p": rank.p() if alone else np.nan, "smallest_p": rank.smallest_p if alone else np.nan}
    lacking = f"{n_controls - n_treated} controls are left to each placebo, {FEWEST_LEFT} are needed: no standard error"
    row["reason"] = "" if enough else lacking
    return row
