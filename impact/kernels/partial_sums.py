"""Sums over events that add up: what a part of a study leaves behind, and the tests that follow from the whole."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from scipy.special import ndtr, stdtr

from impact.kernels.records import FittedEvents
from impact.typing_ import FloatArray, IntArray

__all__ = ["PartialSums", "WindowTests", "partial_sums", "window_tests"]

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
    positive: IntArray
    date_car: FloatArray
    date_counts: FloatArray
    histogram: IntArray

    def __add__(self, other: PartialSums) -> PartialSums:
        return PartialSums(**{field.name: getattr(self, field.name) + getattr(other, field.name) for field in fields(self)})


@dataclass(frozen=True, eq=False, kw_only=True)
class WindowTests:
    """Tests of the mean CAR of one window: each statistic with its two-sided p; NaN where it does not exist.

    Attributes
    ----------
    n_events, n_dates : int
    mean_car, se_clustered : float
        `se_clustered` allows for any correlation within a date.
    cross_sectional, patell, bmp, sign, date_clustered : (statistic, p)
    """

    n_events: int
    n_dates: int
    mean_car: float
    se_clustered: float
    cross_sectional: tuple[float, float]
    patell: tuple[float, float]
    bmp: tuple[float, float]
    sign: tuple[float, float]
    date_clustered: tuple[float, float]


def bin_edges() -> FloatArray:
    """Inner edges of the histogram of standardised CARs."""
    return np.arange(-BIN_REACH, BIN_REACH + BIN_WIDTH / 2, BIN_WIDTH)


def partial_sums(events: FittedEvents, usable: IntArray, windows: tuple[tuple[int, int], ...], n_sessions: int) -> PartialSums:
    """Sums over the events at the positions `usable`.

    Parameters
    ----------
    events : FittedEvents
    usable : (n,) int
    windows : V inclusive windows
    n_sessions : int
        T, length of the calendar.
    """
    everything = usable.size == events.n_events
    abnormal = events.abnormal if everything else events.abnormal[usable]
    day0 = events.day0[usable]
    days, total = np.full(abnormal.shape[1], usable.size), abnormal.sum(axis=0)
    if np.isnan(total).any():
        known = ~np.isnan(abnormal)
        days, total = known.sum(axis=0), np.where(known, abnormal, 0.0).sum(axis=0)
    last_bin = bin_edges().size
    rows: dict[str, list] = {name: [] for name in _BY_WINDOW}
    for a, b in windows:
        sums = events.window(a, b)
        whole = sums.n_days[usable] == b - a + 1
        chosen = usable[whole]
        car = sums.car[chosen]
        scar = car / (events.sigma[chosen] * np.sqrt(sums.variance_factor[chosen]))
        df = events.df[chosen].astype(float)
        rows["counts"].append(chosen.size)
        rows["car"].append(car.sum())
        rows["car_squared"].append((car * car).sum())
        rows["scar"].append(scar.sum())
        rows["scar_squared"].append((scar * scar).sum())
        rows["scar_variance"].append(np.where(df > 2, df / np.maximum(df - 2, 1), np.nan).sum())
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


def _bins(scar: FloatArray, last: int) -> IntArray:
    """Bin of each value: 0 below the first edge, `last` at or above the last."""
    return np.clip(np.floor((scar + BIN_REACH) / BIN_WIDTH) + 1, 0, last).astype(np.intp)


_BY_WINDOW = (
    "counts",
    "car",
    "car_squared",
    "scar",
    "scar_squared",
    "scar_variance",
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
    none = (np.nan, np.nan)
    if n < 2:
        mean = float(sums.car[number]) if n else np.nan
        return WindowTests(
            n_events=n,
            n_dates=dates,
            mean_car=mean,
            se_clustered=np.nan,
            cross_sectional=none,
            patell=none,
            bmp=none,
            sign=none,
            date_clustered=none,
        )
    mean, mean_scar = sums.car[number] / n, sums.scar[number] / n
    spread = np.sqrt((sums.car_squared[number] - n * mean**2) / (n - 1))
    spread_scar = np.sqrt((sums.scar_squared[number] - n * mean_scar**2) / (n - 1))
    clustered = np.sqrt(((by_date - per_date * mean) ** 2).sum() * dates / (dates - 1)) / n if dates > 1 else np.nan
    sign = (sums.positive[number] - 0.5 * n) / np.sqrt(0.25 * n)
    patell = sums.scar[number] / np.sqrt(sums.scar_variance[number])
    return WindowTests(
        n_events=n,
        n_dates=dates,
        mean_car=float(mean),
        se_clustered=float(clustered),
        cross_sectional=_student(mean / (spread / np.sqrt(n)), n - 1),
        patell=(float(patell), 2.0 * float(ndtr(-abs(patell)))),
        bmp=_student(mean_scar / (spread_scar / np.sqrt(n)), n - 1),
        sign=(float(sign), 2.0 * float(ndtr(-abs(sign)))),
        date_clustered=_student(mean / clustered, dates - 1) if dates > 1 else none,
    )


def _student(statistic: float, df: int) -> tuple[float, float]:
    return float(statistic), 2.0 * float(stdtr(df, -abs(statistic)))
