"""Sums over events of estimation residuals, without forming the residuals of any event.

For events whose estimation windows are complete and share their regressors, a weighted sum of residuals is the weighted sum
of returns less its fitted part. One small matrix product a date gives the mean residual and all that the mean correlation
of overlapping events needs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from impact.kernels.cumulate import EventWindows
from impact.kernels.dependence import NO_VARIATION, ResidualDependence
from impact.typing_ import FloatArray, IntArray

__all__ = ["ResidualSums", "sum_residuals"]

EVENTS_AT_ONCE = 1 << 14
"""Events whose weights are prepared together."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ResidualSums:
    """What the residuals of n events sum to.

    Attributes
    ----------
    mean_residual : (L,) float
        Mean over the events on each estimation row.
    dependence : ResidualDependence
        Overlap-weighted mean correlation of all pairs.
    """

    mean_residual: FloatArray
    dependence: ResidualDependence


@dataclass(frozen=True, eq=False, kw_only=True)
class _Cuts:
    """For each cut of the estimation rows: the weight of each event's series, and by date what to take off the sums.

    `weights` is (cuts, n); `offsets` (cuts, D), `slopes` (cuts, k, D) and `known` (cuts, D) are sums over each date's events.
    """

    weights: FloatArray
    offsets: FloatArray
    slopes: FloatArray
    known: IntArray


def sum_residuals(
    windows: EventWindows, sse: FloatArray, chosen: IntArray, window_length: int, *, min_common: int = 30
) -> ResidualSums | None:
    """Mean residual and mean correlation of the events `chosen`; None when their windows are not all complete and shared.

    Parameters
    ----------
    windows : EventWindows
    sse : (N,) float
        Sum of squared residuals of every event.
    chosen : (n,) int
    window_length : int
        Sessions of the tested window: events further apart do not overlap.
    min_common : int
        Fewest common rows for a pair to have a correlation.

    Notes
    -----
    With complete rows and a constant, ``sum_t e_t = 0``, so the mean and variance of a series without its first or last s
    rows follow from those s residuals. The sum over pairs of two dates is the product of their summed standardised series.

    References
    ----------
    Kolari, Pape and Pynnonen (2018), Event study testing with cross-sectional correlation due to partially overlapping
    event windows.
    """
    if chosen.size < 2 or not windows.complete_and_shared(chosen):
        return None
    order = chosen[np.argsort(windows.day0[chosen], kind="stable")]
    days, starts = np.unique(windows.day0[order], return_index=True)
    stops = np.append(starts[1:], order.size)
    length = windows.estimation[1] - windows.estimation[0] + 1
    most = min(window_length, length - 1, int(days[-1] - days[0]) + 1)
    pairs = _PairSum(window_length=window_length, length=length, shifts=most, min_common=min_common)
    total = np.zeros(length)
    first = 0
    while first < days.size:
        last = max(first + 1, int(np.searchsorted(stops, starts[first] + EVENTS_AT_ONCE, side="right")))
        events = order[starts[first] : stops[last - 1]]
        bounds = starts[first:last] - starts[first]
        cuts = _cuts(windows, sse, events, most, bounds)
        for number, (position, series) in enumerate(zip(range(first, last), _series(windows, cuts, events, bounds), strict=True)):
            total += series[-1]
            pairs.add(int(days[position]), series[:-1], cuts.known[:-1, number], int(stops[position] - starts[position]))
        first = last
    return ResidualSums(mean_residual=total / chosen.size, dependence=pairs.dependence(chosen.size))


def _cuts(windows: EventWindows, sse: FloatArray, events: IntArray, most: int, bounds: IntArray) -> _Cuts:
    """Cuts in the order: whole, without the last 1 .. most-1 rows, without the first 1 .. most-1 rows, and the plain sum."""
    first, last = windows.estimation
    length, edge = last - first + 1, most - 1
    nothing = np.empty((events.size, 0))
    head = windows.residuals(events, (first, first + edge - 1)) if edge else nothing
    tail = windows.residuals(events, (last - edge + 1, last)) if edge else nothing
    outside, squares = np.zeros((2 * edge + 1, events.size)), np.zeros((2 * edge + 1, events.size))
    for j in range(edge):
        for start, values in ((0, tail[:, edge - 1 - j]), (edge, head[:, j])):
            previous = 0 if j == 0 else start + j
            outside[start + j + 1] = outside[previous] + values
            squares[start + j + 1] = squares[previous] + values * values
    count = length - np.concatenate((np.arange(most), np.arange(1, most)))[:, None]
    mean = -outside / count
    variance = (sse[events] - squares) / count - mean * mean
    weights = np.ones((2 * edge + 2, events.size))
    weights[:-1] = 0.0
    np.divide(1.0, np.sqrt(np.maximum(variance, 0.0)), out=weights[:-1], where=variance > NO_VARIATION * sse[events] / length)
    coefficients = windows.coefficients[events]
    offsets = weights * coefficients[:, 0]
    offsets[:-1] += weights[:-1] * mean
    slopes = weights[:, None, :] * coefficients[:, 1:].T
    by_date = [np.add.reduceat(values, bounds, axis=-1) for values in (offsets, slopes, (weights > 0).astype(np.int64))]
    return _Cuts(weights=weights, offsets=by_date[0], slopes=by_date[1], known=by_date[2])


def _series(windows: EventWindows, cuts: _Cuts, events: IntArray, bounds: IntArray) -> Iterator[FloatArray]:
    """For each date the (cuts, L) weighted sums of the residuals of its events."""
    returns, regressors = windows.estimation_runs
    start = windows.day0[events] + windows.estimation[0]
    runs = windows.security[events] * windows.regression.returns.shape[0] + start
    for number, (begin, end) in enumerate(zip(bounds, [*bounds[1:], events.size], strict=True)):
        series = cuts.weights[:, begin:end] @ returns[runs[begin:end]]
        series -= cuts.slopes[:, :, number] @ regressors[:, start[begin]] + cuts.offsets[:, number, None]
        yield series


class _PairSum:
    """Running sum of the weighted correlations of overlapping pairs, dates ascending."""

    def __init__(self, *, window_length: int, length: int, shifts: int, min_common: int) -> None:
        self.window_length, self.length, self.shifts, self.min_common = window_length, length, shifts, min_common
        self.recent: deque[tuple[int, FloatArray, IntArray, int]] = deque()
        self.weighted, self.covered, self.overlapping = 0.0, 0, 0

    def add(self, day: int, series: FloatArray, known: IntArray, n_events: int) -> None:
        """Pairs of this date with itself and with the dates before it within one window."""
        while self.recent and day - self.recent[0][0] >= self.window_length:
            self.recent.popleft()
        n = int(known[0])
        self.overlapping += n_events * (n_events - 1) // 2
        if self.length >= self.min_common:
            self.covered += n * (n - 1) // 2
            self.weighted += (float(series[0] @ series[0]) / self.length - n) / 2.0
        for other, earlier, earlier_known, earlier_events in self.recent:
            shift = day - other
            common = self.length - shift
            self.overlapping += n_events * earlier_events
            if common < max(self.min_common, 2):
                continue
            head, tail = shift, self.shifts - 1 + shift
            self.covered += int(known[head]) * int(earlier_known[tail])
            product = float(series[head, :common] @ earlier[tail, shift:]) / common
            self.weighted += product * (self.window_length - shift) / self.window_length
        self.recent.append((day, series, known, n_events))

    def dependence(self, n: int) -> ResidualDependence:
        """The mean over all pairs of n events."""
        pairs = n * (n - 1) // 2
        coverage = self.covered / self.overlapping if self.overlapping else float("nan")
        return ResidualDependence(r_bar=self.weighted / pairs, coverage=coverage, n_overlapping_pairs=self.overlapping, n_pairs=pairs)
