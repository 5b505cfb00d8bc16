"""Events whose variance of day 0 is known beforehand, as from the prices of options: the column read, and the test of it."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd

from impact.errors import ImpactWarning, InputError
from impact.eventstudy.evidence import Evidence
from impact.eventstudy.sample import EventSample
from impact.kernels.ols import BatchFit
from impact.kernels.outcome import Outcome, inapplicable
from impact.kernels.stated_variance import stated_bounds, stated_sum
from impact.kernels.variance_change import spread_change
from impact.tables import prose
from impact.typing_ import BoolArray, FloatArray

__all__ = ["COLUMN", "car_variance", "not_used", "of_stated_variance", "stated_interval", "with_event_sd"]

COLUMN = "event_sd"
"""Column of the event table: standard deviation of the abnormal return of day 0, decimal, known before the event."""
LARGEST = 1.0
"""Deviation of one day from which it is no decimal: 100 %."""
OTHER_UNIT = 50.0
"""Times the deviation of quiet days beyond which (or below whose inverse) it is in another unit than the returns."""
ANNUAL = 10.0
"""The same from which it may be that of a year, which is 16 times that of a day."""
QUIETER = 0.5
"""Share of the deviation of quiet days below which the event would calm the price."""
FEWEST_DF = 20.0
"""Degrees of freedom of the estimated share of a variance below which the normal law does not hold."""


def with_event_sd(fit: BatchFit, events: pd.DataFrame) -> tuple[BatchFit, tuple[str, ...]]:
    """The fit with what the column ``event_sd`` states, and what there is to say of it; as it was where there is no such column.

    Parameters
    ----------
    fit : BatchFit
        Of N events.
    events : DataFrame
        N rows in the order of the fit. A missing figure, and one that is not above zero, is unknown.

    Raises
    ------
    InputError
        If a figure is text or infinite, or in another unit than the returns, such as percent.

    Warns
    -----
    ImpactWarning
        If a figure is not above zero, may be that of a year, or is far below that of quiet days.
    """
    if COLUMN not in events.columns:
        return fit, ()
    ids, sigma = events["event_id"].to_numpy(), fit.events.sigma
    given = _numbers(events[COLUMN])
    odd = given <= 0
    if odd.any():
        _warn(odd, ids, given, "not above zero, read as unknown; leave the cell empty where it is not known")
    stated = np.where(given > 0, given, np.nan)
    times = stated / sigma
    _refuse_other_units(stated, times, sigma, ids)
    high, low = times > ANNUAL, times < QUIETER
    if high.any():
        _warn(
            high,
            ids,
            stated,
            "more than 10 times that of quiet days; that of a year is 16 times that of a day: divide it by the root of 252",
        )
    if low.any():
        _warn(low, ids, stated, "less than half that of quiet days, as if the event calmed the price; check that it is of one day")
    return replace(fit, events=replace(fit.events, event_sd=stated)), _notes(stated, times, ids)


def _numbers(column: pd.Series) -> FloatArray:
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    written = column.notna() & (column.astype(str).str.strip() != "")
    bad = (written.to_numpy() & np.isnan(numbers)) | np.isinf(numbers)
    if bad.any():
        raise InputError(
            f"events[{COLUMN!r}] has {int(bad.sum())} value(s) that are no finite numbers (first {str(column[bad].iloc[0])!r}); give decimals such "
            "as 0.045, and leave the cell empty where it is not known."
        )
    return numbers


def _refuse_other_units(stated: FloatArray, times: FloatArray, sigma: FloatArray, ids: np.ndarray) -> None:
    wrong = (stated >= LARGEST) | (times > OTHER_UNIT) | (times < 1.0 / OTHER_UNIT)
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise InputError(
            f"events[{COLUMN!r}] has {int(wrong.sum())} of {stated.size} value(s) in another unit than the returns (first {prose.quoted(ids[first])}: "
            f"{prose.significant(stated[first])}, beside {prose.significant(sigma[first])} on its quiet days); give the standard deviation of one "
            "day as a decimal: divide percent by 100."
        )


def _warn(chosen: BoolArray, ids: np.ndarray, figures: FloatArray, rule: str) -> None:
    first = int(np.flatnonzero(chosen)[0])
    warnings.warn(
        f"events[{COLUMN!r}] has {int(chosen.sum())} of {chosen.size} value(s) that are {rule} (first {prose.quoted(ids[first])}: {prose.significant(figures[first])}).",
        ImpactWarning,
        stacklevel=6,
    )


def _notes(stated: FloatArray, times: FloatArray, ids: np.ndarray) -> tuple[str, ...]:
    known = np.isfinite(stated)
    if not known.any():
        return (f"column {COLUMN} states no deviation above zero for any event, so it is not used",)
    line = (
        f"column {COLUMN} states the deviation of day 0 of {'the event' if known.size == 1 else f'{int(known.sum())} of {known.size} events'} "
        f"({'median: ' * (known.size > 1)}{prose.decimal(float(np.median(times[known])), 1)} times that of quiet days); it enters stated_variance and its interval, not the standard "
        "errors of single events in car"
    )
    lacking = np.flatnonzero(~known)
    return (
        line + (f"; {lacking.size} without it (first {prose.quoted(ids[lacking[0]])}) keep that test from leading" if lacking.size else ""),
    )


def not_used(events: pd.DataFrame, where: str) -> tuple[str, ...]:
    """What to say of the column where a study does not read it; nothing without it."""
    return (f"column {COLUMN} states the deviation of one day's return, and is not used for {where}",) if COLUMN in events.columns else ()


def car_variance(sample: EventSample) -> FloatArray:
    """(n,) variance of each CAR with day 0 as stated; NaN where it is not known."""
    stated = sample.stated_variance
    return np.full(sample.n_events, np.nan) if stated is None else stated


def of_stated_variance(evidence: Evidence) -> Outcome:
    """The test, refused where day 0 is outside the window or an event lacks its deviation."""
    sample, layout = evidence.sample, evidence.layout
    n = sample.n_events
    if sample.fit.event_sd is None:
        return inapplicable(f"no deviation of day 0 is stated: add a column {COLUMN} to the events", n)
    variance = sample.stated_variance
    if variance is None:
        return inapplicable("day 0 is outside the window, and its deviation alone is stated", n)
    lacking = int(np.isnan(variance).sum())
    if lacking:
        who = "the event has" if n == 1 else f"{lacking} of {n} events {'has' if lacking == 1 else 'have'}"
        return inapplicable(f"{who} no stated deviation above zero, or no return on day 0", n)
    return stated_sum(sample.car, variance, layout.r_bar, _doubt(sample, variance, layout.r_bar))


def _doubt(sample: EventSample, variance: FloatArray, r_bar: float) -> str:
    """Why the stated variance may not hold here; empty where nothing speaks against it."""
    estimated = 1.0 - sample.fit.event_sd[sample.index] ** 2 / variance if sample.fit.event_sd is not None else np.ones(variance.size)
    with np.errstate(divide="ignore"):
        freedom = sample.df / estimated**2
    if freedom.min() < FEWEST_DF:
        return f"most of the variance is that of the other days, from {prose.count(int(sample.df.min()))} degrees of freedom: too few for a normal law"
    spread = spread_change(sample.car / np.sqrt(variance), np.minimum(freedom, 1e9), r_bar if np.isfinite(r_bar) else 0.0)
    if spread.p_value < 0.05:
        return f"events spread {prose.decimal(spread.ratio, 1)} times as widely (in variance) as the stated deviations lead to expect"
    return ""


def stated_interval(evidence: Evidence, level: float) -> tuple[float, float]:
    """Effects that the test does not reject."""
    return stated_bounds(evidence.sample.car, car_variance(evidence.sample), evidence.layout.r_bar, level)
