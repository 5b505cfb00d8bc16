"""Sums over events of estimation residuals, without forming the residuals of events that have no gap.

For events whose estimation windows are complete and share their regressors, a weighted sum of residuals is the weighted sum
of returns less its fitted part. One small matrix product a date gives the mean residual and all that the mean correlation
of overlapping events needs. Events with gaps, and those near them, are left to :mod:`impact.kernels.dated_pairs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import numpy as np

from impact.kernels.acceleration import compiled_loops
from impact.kernels.cumulate import EventWindows
from impact.kernels.dated_pairs import DatedPairs, add_dated_pairs, overlapping_pairs
from impact.kernels.dependence import FEWEST_COMMON, NO_VARIATION, USUAL_COMMON, ResidualDependence
from impact.kernels.windows import stable_order
from impact.typing_ import BoolArray, FloatArray, IntArray

__all__ = ["ResidualSums", "sum_residuals"]

EVENTS_AT_ONCE = 1 << 14
"""Events whose weights are prepared together."""
FEW_NEAR_GAPS = 0.3
"""Share of the events near one with gaps up to which the others are summed without forming their residuals."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ResidualSums:
    """What the residuals of n events sum to.

    Attributes
    ----------
    mean_residual : (L,) float
        Mean over the events on each estimation row.
    dependence : ResidualDependence
        Overlap-weighted mean correlation of all pairs.
    thin : ResidualDependence or None
        The same with fewer common sessions asked of a pair; None where no event has a gap.
    """

    mean_residual: FloatArray
    dependence: ResidualDependence
    thin: ResidualDependence | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class _Cuts:
    """For each cut of the estimation rows: the weight of each event's series, and by date what to take off the sums.

    `weights` is (cuts, n); `offsets` (cuts, D), `slopes` (cuts, k, D) and `known` (cuts, D) are sums over each date's events.
    """

    weights: FloatArray
    offsets: FloatArray
    slopes: FloatArray
    known: IntArray


def sum_residuals(windows: EventWindows, sse: FloatArray, chosen: IntArray, window_length: int) -> ResidualSums | None:
    """Mean residual and mean correlation of the events `chosen`; None when some have gaps and compiled loops are not at hand.

    Parameters
    ----------
    windows : EventWindows
    sse : (N,) float
        Sum of squared residuals of every event.
    chosen : (n,) int
    window_length : int
        Sessions of the tested window: events further apart do not overlap.

    Notes
    -----
    With complete rows and a constant, ``sum_t e_t = 0``, so the mean and variance of a series without its first or last s
    rows follow from those s residuals. The sum over pairs of two dates is the product of their summed standardised series.

    References
    ----------
    Kolari, Pape and Pynnonen (2018), Event study testing with cross-sectional correlation due to partially overlapping
    event windows.
    """
    if chosen.size < 2:
        return None
    whole = windows.complete_and_shared(chosen)
    if whole.all():
        total, pairs = _whole_sums(windows, sse, chosen, window_length)
        return ResidualSums(mean_residual=total / chosen.size, dependence=pairs.dependence(chosen.size))
    near = _near(windows.day0[chosen], ~whole, window_length)
    most = min(window_length, int(np.ptp(windows.day0[chosen])) + 1)
    if near.mean() <= FEW_NEAR_GAPS and windows.estimation[1] - windows.estimation[0] + 1 - most >= USUAL_COMMON:
        return _some_with_gaps(windows, sse, chosen, window_length, whole, near)
    every = _formed(windows, chosen, window_length)
    if every is None:
        return None
    return _together(every.mean, windows.day0[chosen], window_length, [(every, 1)], None)


def _near(day0: IntArray, odd: BoolArray, window_length: int) -> BoolArray:
    """Events whose window overlaps that of an event marked `odd`."""
    days = np.unique(day0[odd])
    after = np.searchsorted(days, day0 - window_length, side="right")
    return np.asarray(after < np.searchsorted(days, day0 + window_length, side="left"))


def _formed(windows: EventWindows, chosen: IntArray, window_length: int, of: int = 0) -> DatedPairs | None:
    """Sums over the pairs of `chosen`, some `of` so many events, from their residuals."""
    fewest = (USUAL_COMMON, FEWEST_COMMON)
    return add_dated_pairs(lambda rows: windows.residuals(chosen[rows]), windows.day0[chosen], window_length, fewest, of=of)


def _some_with_gaps(
    windows: EventWindows, sse: FloatArray, chosen: IntArray, window_length: int, whole: BoolArray, near: BoolArray
) -> ResidualSums | None:
    """Few events have gaps: what they add are the pairs of those near them less the pairs without gaps among these."""
    odd, both, without = chosen[~whole], chosen[near], chosen[near & whole]
    n = chosen.size
    parts = [(_formed(windows, both, window_length, n), 1)]
    if without.size:
        parts.append((_formed(windows, without, window_length, n), -1))
    present = [(part, sign) for part, sign in parts if part is not None]
    if len(present) < len(parts):
        return None
    total, pairs = _whole_sums(windows, sse, chosen[whole], window_length)
    rows = windows.residuals(odd)
    seen = np.isfinite(rows)
    mean = (total + np.where(seen, rows, 0.0).sum(axis=0)) / (int(whole.sum()) + seen.sum(axis=0))
    return _together(mean, windows.day0[chosen], window_length, present, pairs)


def _together(
    mean: FloatArray, day0: IntArray, window_length: int, parts: list[tuple[DatedPairs, int]], pairs: _PairSum | None
) -> ResidualSums:
    """The mean correlation of all pairs from sums over some of them, each added or taken off, and those without gaps."""
    n = day0.size
    n_pairs, overlapping = n * (n - 1) // 2, overlapping_pairs(day0, window_length)
    usual, thin = (
        _dependence(
            sum(sign * part.weighted[k] for part, sign in parts) + (pairs.weighted if pairs else 0.0),
            sum(sign * part.covered[k] for part, sign in parts) + (pairs.covered if pairs else 0),
            sum(sign * part.covered_weight[k] for part, sign in parts) + (pairs.covered_weight if pairs else 0.0),
            sum(sign * part.weight for part, sign in parts) + (pairs.weight if pairs else 0.0),
            (overlapping, n_pairs),
        )
        for k in (0, 1)
    )
    return ResidualSums(mean_residual=mean, dependence=usual, thin=thin)


def _dependence(weighted: float, covered: float, covered_weight: float, weight: float, counts: tuple[int, int]) -> ResidualDependence:
    overlapping, n_pairs = counts
    return ResidualDependence(
        r_bar=float(weighted) / n_pairs,
        coverage=float(covered) / overlapping if overlapping else float("nan"),
        n_overlapping_pairs=overlapping,
        n_pairs=n_pairs,
        covered_weight=float(covered_weight / weight) if weight else 1.0,
    )


def _whole_sums(windows: EventWindows, sse: FloatArray, chosen: IntArray, window_length: int) -> tuple[FloatArray, _PairSum]:
    """Sum of the residuals on each estimation row, and the pairs, of events without gaps that share their regressors."""
    order = chosen[stable_order(windows.day0[chosen], windows.regression.returns.shape[0])]
    days, starts = np.unique(windows.day0[order], return_index=True)
    stops = np.append(starts[1:], order.size)
    length = windows.estimation[1] - windows.estimation[0] + 1
    most = min(window_length, length - 1, int(days[-1] - days[0]) + 1)
    pairs = _PairSum(window_length=window_length, length=length, most=most, min_common=USUAL_COMMON)
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
    return total, pairs


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
        self.covered_weight, self.weight = 0.0, 0.0

    def add(self, days: IntArray, series: FloatArray, known: IntArray, counts: IntArray) -> None:
        """Pairs within each date, and of each date with those before it within one window."""
        n = known[:, 0]
        self._count(counts * (counts - 1) // 2, n * (n - 1) // 2 if self.length >= self.min_common else n[:0], 0)
        if self.length >= self.min_common:
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
        common = self.length - shift
        head, tail = shift, self.most - 1 + shift
        enough = common >= max(self.min_common, 2)
        known = self.known[later, head] * self.known[earlier, tail] if enough else later[:0]
        self._count(self.counts[later] * self.counts[earlier], known, shift)
        if not enough or not later.size:
            return
        product = np.einsum("dl,dl->", self.series[later, head, :common], self.series[earlier, tail, shift:])
        self.weighted += float(product) / common * (self.window_length - shift) / self.window_length

    def _count(self, pairs: IntArray, covered: IntArray, shift: int) -> None:
        overlap = (self.window_length - shift) / self.window_length
        all_pairs, with_one = int(pairs.sum()), int(covered.sum())
        self.overlapping += all_pairs
        self.covered += with_one
        self.weight += all_pairs * overlap
        self.covered_weight += with_one * overlap

    def dependence(self, n: int) -> ResidualDependence:
        """The mean over all pairs of n events."""
        counts = (self.overlapping, n * (n - 1) // 2)
        return _dependence(self.weighted, self.covered, self.covered_weight, self.weight, counts)
