"""Series with gaps taken date after date through compiled loops: their mean, and the correlation of all overlapping pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from impact.kernels.acceleration import compiled_loops
from impact.typing_ import FloatArray, IntArray

__all__ = ["DatedPairs", "add_dated_pairs", "overlapping_pairs"]

EVENTS_AT_ONCE = 1 << 9
"""Series laid out together; a date with more is taken whole."""
PAIRS_AN_EVENT = 100
"""Pairs that take as long as one event of a study: what makes few events on one date worth compiled loops."""


@dataclass(frozen=True, eq=False, kw_only=True)
class DatedPairs:
    """Sums over the overlapping pairs of n series, for each number of common sessions asked for.

    Attributes
    ----------
    weighted : (2,) float
        Overlap-weighted correlations of the covered pairs.
    covered_weight, covered : (2,) float
        Their overlap weights, and how many they are.
    weight : float
        Overlap weights of all overlapping pairs.
    mean : (L,) float
        Mean of the series on each session; NaN where none has a value.
    """

    weighted: FloatArray
    covered_weight: FloatArray
    covered: FloatArray
    weight: float
    mean: FloatArray


def overlapping_pairs(day0: IntArray, window_length: int) -> int:
    """Pairs of events whose windows of `window_length` sessions from `day0` share a session."""
    days = np.sort(day0)
    before = np.searchsorted(days, days - window_length, side="right")
    return int((np.arange(days.size) - before).sum())


def add_dated_pairs(
    residuals: Callable[[IntArray], FloatArray], day0: IntArray, window_length: int, fewest: tuple[int, int], *, of: int = 0
) -> DatedPairs | None:
    """The sums over all pairs of n events, by compiled loops; None where those are not at hand or not worth it.

    Parameters
    ----------
    residuals : callable (index array) -> (n, L) float
        As in :func:`impact.kernels.dependence.overlap_dependence`.
    day0 : (n,) int
    window_length : int
    fewest : (int, int)
        Fewest common sessions for a pair to have a correlation; the sums are taken for both.
    of : int
        Events of the study that these are some of.
    """
    loops = compiled_loops(max(of, day0.size, overlapping_pairs(day0, window_length) // PAIRS_AN_EVENT), "compiled_pairs")
    if loops is None:
        return None
    order = np.argsort(day0, kind="stable")
    days, starts = np.unique(day0[order], return_index=True)
    stops = np.append(starts[1:], order.size)
    sums, first, fresh, mean, rows = np.zeros((2, 4)), 0, 0, np.empty((2, 0)), np.empty((0, 0))
    while fresh < days.size:
        last = max(fresh + 1, int(np.searchsorted(stops, starts[fresh] + EVENTS_AT_ONCE, side="right")))
        more = residuals(order[starts[fresh] : stops[last - 1]])
        rows = np.concatenate((rows, more)) if len(rows) else np.ascontiguousarray(more)
        mean = mean if mean.size else np.zeros((2, rows.shape[1]))
        edges = np.append(starts[first:last], stops[last - 1]) - starts[first]
        loops.add_dated_pairs(rows, days[first:last], edges, fresh - first, window_length, np.array(fewest), sums, mean)
        near = int(np.searchsorted(days[:last], days[last] - window_length, side="right")) if last < days.size else last
        first, fresh, rows = near, last, rows[edges[near - first] :]
    return DatedPairs(
        weighted=sums[:, 0],
        covered_weight=sums[:, 1],
        covered=sums[:, 2],
        weight=float(sums[0, 3]),
        mean=np.divide(mean[0], mean[1], out=np.full(mean.shape[1], np.nan), where=mean[1] > 0),
    )
