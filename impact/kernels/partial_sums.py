"""Sums over events that add up: what a part of a study leaves behind, and the tests that follow from the whole."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from impact.kernels.outcome import Outcome, inapplicable, student_outcome
from impact.kernels.parametric import Moments, bmp_of_moments, cross_sectional_of_moments, patell_of_sums, standardised
from impact.kernels.records import FittedEvents
from impact.kernels.signs import sign_of_counts
from impact.typing_ import FloatArray, IntArray

__all__ = ["PartialSums", "WindowTests", "bin_edges", "nothing_summed", "partial_sums", "window_tests"]

NO_SPREAD_SHARE = 1e-13
"""Variance over mean square below which equal values differ by rounding alone."""
BIN_WIDTH, BIN_REACH = 0.02, 20.0
"""Width of the bins of standardised CARs, and where the outermost begin."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PartialSums:
    """Sums over the events of one part; those of two parts add up field by field.

    Attributes
    ----------
    n_events : () int
    days : (W,) int
        Events with an abnormal return on each offset.
    abnormal : (W,) float
        Sum of abnormal returns on each offset.
    counts : (V,) int
        Events with a return on every day of each of V windows.
    car, car_squared, scar, scar_squared : (V,) float
    scar_variance : (V,) float
        Sum of d / (d - 2), the variance of a standardised CAR under normal errors.
    least_df : (V,) float
        Fewest degrees of freedom among the events; infinite without one. Of two parts the smaller counts.
    positive : (V,) int
        CARs above zero.
    date_car, date_counts : (V, T) float
        Sums by calendar position of day 0.
    histogram : (V, B) int
        Standardised CARs by bins of ``BIN_WIDTH``, the first and last open-ended.
    """

    n_events: IntArray
    days: IntArray
    abnormal: FloatArray
    counts: IntArray
    car: FloatArray
    car_squared: FloatArray
    scar: FloatArray
    scar_squared: FloatArray
    scar_variance: FloatArray
    least_df: FloatArray
    positive: IntArray
    date_car: FloatArray
    date_counts: FloatArray
    histogram: IntArray

    def __add__(self, other: PartialSums) -> PartialSums:
        return PartialSums(
            **{
                field.name: (np.minimum if field.name == "least_df" else np.add)(getattr(self, field.name), getattr(other, field.name))
                for field in fields(self)
            }
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class WindowTests:
    """Tests of the mean CAR of one window.

    Attributes
    ----------
    n_events, n_dates : int
    mean_car, se_clustered : float
        `se_clustered` allows for any correlation within a date; NaN where it does not exist.
    outcomes : dict of test name to Outcome
        ``cross_sectional``, ``patell``, ``bmp``, ``sign`` as those of a study whose events are in one place, and
        ``date_clustered``.
    """

    n_events: int
    n_dates: int
    mean_car: float
    se_clustered: float
    outcomes: dict[str, Outcome]


def bin_edges() -> FloatArray:
    """Inner edges of the histogram of standardised CARs."""
    return np.arange(-BIN_REACH, BIN_REACH + BIN_WIDTH / 2, BIN_WIDTH)


def partial_sums(
    events: FittedEvents, usable: IntArray, windows: tuple[tuple[int, int], ...], n_sessions: int, *, whole_only: bool = True
) -> PartialSums:
    """Sums over the events at the positions `usable`.

    Parameters
    ----------
    events : FittedEvents
    usable : (n,) int
    windows : V inclusive windows
    n_sessions : int
        T, length of the calendar.
    whole_only : bool
        Whether only events with an abnormal return on every day of a window enter it, or all with at least one.
    """
    everything = usable.size == events.n_events
    abnormal = events.abnormal if everything else events.abnormal[usable]
    day0 = events.day0[usable]
    days, total = np.full(abnormal.shape[1], usable.size), abnormal.sum(axis=0)
    if np.isnan(total).any():
        known = ~np.isnan(abnormal)
        days, total = known.sum(axis=0), np.where(known, abnormal, 0.0).sum(axis=0)
    last_bin = bin_edges().size
    rows: dict[str, list[Any]] = {name: [] for name in _BY_WINDOW}
    for a, b in windows:
        sums = events.window(a, b)
        every = standardised(sums.car, events.sigma, sums.variance_factor)
        whole = (sums.n_days[usable] >= (b - a + 1 if whole_only else 1)) & np.isfinite(every[usable])
        chosen = usable[whole]
        car, scar = sums.car[chosen], every[chosen]
        df = events.df[chosen].astype(float)
        rows["counts"].append(chosen.size)
        rows["car"].append(car.sum())
        rows["car_squared"].append((car * car).sum())
        rows["scar"].append(scar.sum())
        rows["scar_squared"].append((scar * scar).sum())
        rows["scar_variance"].append(np.where(df > 2, df / np.maximum(df - 2, 1), np.nan).sum())
        rows["least_df"].append(df.min() if df.size else np.inf)
        rows["positive"].append(np.count_nonzero(car > 0))
        rows["date_car"].append(np.bincount(day0[whole], weights=car, minlength=n_sessions))
        rows["date_counts"].append(np.bincount(day0[whole], minlength=n_sessions).astype(float))
        rows["histogram"].append(np.bincount(_bins(scar, last_bin), minlength=last_bin + 1))
    return PartialSums(
        n_events=np.array(usable.size),
        days=days,
        abnormal=total,
        **{name: np.array(values) for name, values in rows.items()},
    )


def nothing_summed(windows: tuple[tuple[int, int], ...], window: tuple[int, int], n_sessions: int) -> PartialSums:
    """The sums of no event."""
    v, width = len(windows), window[1] - window[0] + 1
    zero: dict[str, Any] = dict.fromkeys(_BY_WINDOW, np.zeros(v))
    zero |= {name: np.zeros(v, dtype=np.int64) for name in ("counts", "positive")}
    zero |= {name: np.zeros((v, n_sessions)) for name in ("date_car", "date_counts")}
    zero |= {"least_df": np.full(v, np.inf), "histogram": np.zeros((v, bin_edges().size + 1), dtype=np.int64)}
    return PartialSums(n_events=np.array(0), days=np.zeros(width, dtype=np.int64), abnormal=np.zeros(width), **zero)


def _bins(scar: FloatArray, last: int) -> IntArray:
    """Bin of each value: 0 below the first edge, `last` at or above the last."""
    result: IntArray = np.clip(np.floor((scar + BIN_REACH) / BIN_WIDTH) + 1, 0, last).astype(np.intp)
    return result


_BY_WINDOW = (
    "counts",
    "car",
    "car_squared",
    "scar",
    "scar_squared",
    "scar_variance",
    "least_df",
    "positive",
    "date_car",
    "date_counts",
    "histogram",
)


def window_tests(sums: PartialSums, number: int) -> WindowTests:
    """Tests of the window at position `number`.

    Notes
    -----
    ``cross_sectional``, ``patell``, ``bmp`` and ``sign`` take events as independent; ``date_clustered`` is the mean CAR over
    its CR1 error by date, Student with dates less one degrees of freedom.
    """
    n = int(sums.counts[number])
    by_date, per_date = sums.date_car[number], sums.date_counts[number]
    dates = int(np.count_nonzero(per_date))
    car = _moments_of_sums(n, sums.car[number], sums.car_squared[number])
    clustered = np.nan
    if dates > 1:
        clustered = float(np.sqrt(((by_date - per_date * car.mean) ** 2).sum() * dates / (dates - 1)) / n)
    by_clusters = inapplicable(f"a variance between dates needs at least 2 dates, there {'is' if dates == 1 else 'are'} {dates}", n)
    if clustered > 0:
        by_clusters = student_outcome(car.mean / clustered, dates - 1, n)
    return WindowTests(
        n_events=n,
        n_dates=dates,
        mean_car=car.mean,
        se_clustered=clustered,
        outcomes={
            "cross_sectional": cross_sectional_of_moments(car),
            "patell": patell_of_sums(float(sums.scar[number]), float(sums.scar_variance[number]), float(sums.least_df[number]), n),
            "bmp": bmp_of_moments(_moments_of_sums(n, sums.scar[number], sums.scar_squared[number])),
            "sign": sign_of_counts(int(sums.positive[number]), n),
            "date_clustered": by_clusters,
        },
    )


def _moments_of_sums(n: int, total: float, squares: float) -> Moments:
    """Moments from sums; a spread that is rounding of the squares is none."""
    mean = float(total) / n if n else np.nan
    if n < 2:
        return Moments(n=n, mean=mean, deviation=np.nan)
    variance = (float(squares) - n * mean**2) / (n - 1)
    return Moments(n=n, mean=mean, deviation=float(np.sqrt(variance)) if variance > NO_SPREAD_SHARE * float(squares) / n else 0.0)
