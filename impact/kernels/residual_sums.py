"""Sums over events of estimation residuals, without forming the residuals of any event.

For events whose estimation windows are complete and share their regressors, a weighted sum of residuals is the weighted sum
of returns less its fitted part. One small matrix product a date gives the mean residual and all that the mean correlation
of overlapping events needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import numpy as np

from impact.kernels.acceleration import compiled_loops
from impact.kernels.cumulate import EventWindows
from impact.kernels.dependence import NO_VARIATION, ResidualDependence
from impact.kernels.windows import stable_order
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
    order = chosen[stable_order(windows.day0[chosen], windows.regression.returns.shape[0])]
    days, starts = np.unique(windows.day0[order], return_index=True)
    stops = np.append(starts[1:], order.size)
    length = windows.estimation[1] - windows.estimation[0] + 1
    most = min(window_length, length - 1, int(days[-1] - days[0]) + 1)
    pairs = _PairSum(window_length=window_length, length=length, most=most, min_common=min_common)
    loops = compiled_loops(chosen.size)
    total = np.zeros(length)
    first = 0
    while first < days.size:
        last = max(first + 1, int(np.searchsorted(stops, starts[first] + EVENTS_AT_ONCE, side="right")))
        events, bounds = order[starts[first] : stops[last - 1]], starts[first:last] - starts[first]
        if loops is not None:
            series, known = _compiled_series(loops, windows, sse, events, bounds, most)
        else:
            cuts = _cuts(windows, sse, events, most, bounds)
            series, known = _series(windows, cuts, events, bounds), cuts.known[:-1].T
        total += series[:, -1].sum(axis=0)
        pairs.add(days[first:last], series[:, :-1], known, stops[first:last] - starts[first:last])
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


def _series(windows: EventWindows, cuts: _Cuts, events: IntArray, bounds: IntArray) -> FloatArray:
    """(D, cuts, L) weighted sums of the residuals of the events of each date."""
    returns, regressors = windows.estimation_runs
    start = windows.day0[events] + windows.estimation[0]
    runs = windows.security[events] * windows.regression.returns.shape[0] + start
    edges = np.append(bounds, events.size)
    series = np.empty((bounds.size, cuts.weights.shape[0], returns.shape[1]))
    for number in range(bounds.size):
        here = slice(edges[number], edges[number + 1])
        np.matmul(cuts.weights[:, here], returns[runs[here]], out=series[number])
    series -= cuts.offsets.T[:, :, None]
    for j in range(regressors.shape[0]):
        series -= cuts.slopes[:, j].T[:, :, None] * regressors[j][start[bounds]][:, None, :]
    return series


def _compiled_series(
    loops: ModuleType, windows: EventWindows, sse: FloatArray, events: IntArray, bounds: IntArray, most: int
) -> tuple[FloatArray, IntArray]:
    """The sums of :func:`_series` and the counts of its weights, by compiled loops."""
    start = windows.day0[events] + windows.estimation[0]
    n_sessions = windows.regression.returns.shape[0]
    series = np.zeros((bounds.size, 2 * most, windows.estimation[1] - windows.estimation[0] + 1))
    known = np.zeros((bounds.size, 2 * most - 1), dtype=np.int64)
    coefficients = windows.coefficients[events]
    loops.sum_series(
        windows.regression.returns.ravel(order="F"),
        windows.security[events] * n_sessions + start,
        start,
        np.append(bounds, events.size),
        np.ascontiguousarray(coefficients[:, 0]),
        np.ascontiguousarray(coefficients[:, 1:]),
        sse[events],
        np.ascontiguousarray(windows.regression.regressors.T),
        most,
        NO_VARIATION,
        series,
        known,
    )
    return series, known


class _PairSum:
    """Running sum of the weighted correlations of overlapping pairs; dates come in ascending chunks."""

    def __init__(self, *, window_length: int, length: int, most: int, min_common: int) -> None:
        self.window_length, self.length, self.most, self.min_common = window_length, length, most, min_common
        self.days = np.empty(0, dtype=np.int64)
        self.series = np.empty((0, 2 * most - 1, length))
        self.known = np.empty((0, 2 * most - 1), dtype=np.int64)
        self.counts = np.empty(0, dtype=np.int64)
        self.weighted, self.covered, self.overlapping = 0.0, 0, 0

    def add(self, days: IntArray, series: FloatArray, known: IntArray, counts: IntArray) -> None:
        """Pairs within each date, and of each date with those before it within one window."""
        n = known[:, 0]
        self.overlapping += int((counts * (counts - 1) // 2).sum())
        if self.length >= self.min_common:
            self.covered += int((n * (n - 1) // 2).sum())
            self.weighted += float(((np.einsum("dl,dl->d", series[:, 0], series[:, 0]) / self.length - n) / 2.0).sum())
        fresh = self.days.size
        self.days = np.concatenate((self.days, days))
        self.series = np.concatenate((self.series, series))
        self.known = np.concatenate((self.known, known))
        self.counts = np.concatenate((self.counts, counts))
        for shift in range(1, self.most):
            self._across(fresh, shift)
        near = self.days > self.days[-1] - self.window_length
        self.days, self.series, self.known, self.counts = (part[near] for part in (self.days, self.series, self.known, self.counts))

    def _across(self, fresh: int, shift: int) -> None:
        """Pairs of dates `shift` sessions apart of which the later one is new."""
        position = np.searchsorted(self.days, self.days[fresh:] - shift)
        later = np.flatnonzero(self.days[position] == self.days[fresh:] - shift) + fresh
        earlier = position[later - fresh]
        self.overlapping += int((self.counts[later] * self.counts[earlier]).sum())
        common = self.length - shift
        if common < max(self.min_common, 2) or not later.size:
            return
        head, tail = shift, self.most - 1 + shift
        self.covered += int((self.known[later, head] * self.known[earlier, tail]).sum())
        product = np.einsum("dl,dl->", self.series[later, head, :common], self.series[earlier, tail, shift:])
        self.weighted += float(product) / common * (self.window_length - shift) / self.window_length

    def dependence(self, n: int) -> ResidualDependence:
        """The mean over all pairs of n events."""
        pairs = n * (n - 1) // 2
        coverage = self.covered / self.overlapping if self.overlapping else float("nan")
        return ResidualDependence(r_bar=self.weighted / pairs, coverage=coverage, n_overlapping_pairs=self.overlapping, n_pairs=pairs)
