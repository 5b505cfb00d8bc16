"""Ranks of event days among all days, summed over events: what the rank tests need, in memory that does not grow with N.

One sort of the L + W days of an event gives the ranks among all days and, less the event days that stand below, the ranks
among estimation days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np

from impact.typing_ import BoolArray, FloatArray, IntArray

__all__ = ["GrankSums", "RankSums", "combine", "grank_sums", "joint_sums", "rank_sums", "ranks_within_rows"]

Sums = TypeVar("Sums", "RankSums", "GrankSums")


@dataclass(frozen=True, eq=False, kw_only=True)
class RankSums:
    """Sums over events, for each of the T = L + W days, of centred ranks.

    Attributes
    ----------
    centred_rank : (T,) float
        Sum of K - (n + 1) / 2, with n the valid days of the event.
    scaled_rank : (T,) float
        Sum of K / (1 + n) - 1/2.
    n_valid : (T,) int
        Events with a return that day.
    """

    centred_rank: FloatArray
    scaled_rank: FloatArray
    n_valid: IntArray


@dataclass(frozen=True, eq=False, kw_only=True)
class GrankSums:
    """Sums over events of the centred scaled ranks of the L estimation days and the one cumulated event day (last).

    Attributes
    ----------
    scaled_rank : (L + 1,) float
        Sum of rank / (n + 1) - 1/2.
    n_valid : (L + 1,) int
        Events with a value that day.
    """

    scaled_rank: FloatArray
    n_valid: IntArray


def combine(parts: Iterable[Sums]) -> Sums:
    """Add the sums of several chunks of events; the order of the chunks fixes the rounding."""
    parts = list(parts)
    return type(parts[0])(**{field.name: np.sum([getattr(part, field.name) for part in parts], axis=0) for field in fields(parts[0])})


@dataclass(frozen=True, eq=False, kw_only=True)
class _Sorted:
    """Rows in ascending order, NaN last: `order` (n, T), values per row `counts` (n,), rows with equal values `tied` (n,)."""

    order: IntArray
    counts: IntArray
    tied: BoolArray
    in_order: FloatArray

    @property
    def complete(self) -> bool:
        return bool(self.counts.size == 0 or self.counts.min() == self.order.shape[1])


def _sorted_rows(values: FloatArray) -> _Sorted:
    in_order = np.sort(values, axis=1)
    counts = np.full(len(values), values.shape[1])
    ragged = np.isnan(in_order[:, -1])
    counts[ragged] -= np.isnan(in_order[ragged]).sum(axis=1)
    tied = (in_order[:, 1:] == in_order[:, :-1]).any(axis=1)
    return _Sorted(order=np.argsort(values, axis=1), counts=counts, tied=tied, in_order=in_order)


def ranks_within_rows(values: FloatArray) -> tuple[FloatArray, IntArray]:
    """Rank of each value within its row, ties sharing their average, and the number of values of each row.

    Parameters
    ----------
    values : (n, T) float
        NaN is no value.

    Returns
    -------
    ranks : (n, T) float
        From 1 to the number of values of the row; NaN where `values` is.
    counts : (n,) int
    """
    rows = _sorted_rows(values)
    ranks = np.empty(values.shape)
    np.put_along_axis(ranks, rows.order, np.broadcast_to(np.arange(1.0, values.shape[1] + 1.0), values.shape), axis=1)
    if not rows.complete:
        ranks[np.isnan(values)] = np.nan
    tied = np.flatnonzero(rows.tied)
    if tied.size:
        ranks[tied[:, None], rows.order[tied]] = _average_ties(rows.in_order[tied])
    return ranks, rows.counts


def _average_ties(in_order: FloatArray) -> FloatArray:
    """Average ranks of sorted rows; NaN, which come last, stay NaN."""
    n_rows, n_columns = in_order.shape
    starts = np.ones(in_order.shape, dtype=bool)
    starts[:, 1:] = in_order[:, 1:] != in_order[:, :-1]
    run = np.cumsum(starts.ravel()) - 1
    first = np.flatnonzero(starts.ravel())
    length = np.diff(np.append(first, starts.size))
    average = (first % n_columns) + (length + 1) / 2.0
    return np.where(np.isnan(in_order), np.nan, average[run].reshape(n_rows, n_columns))


def _day_sums(order: IntArray, weights: FloatArray, n_days: int) -> FloatArray:
    """Sum over rows of the weight of each day, the weights given in sorted order."""
    return np.bincount(order.ravel(), weights=np.broadcast_to(weights, order.shape).ravel(), minlength=n_days)


def rank_sums(values: FloatArray) -> RankSums:
    """Day sums of the ranks of one chunk of events.

    Parameters
    ----------
    values : (n, T) float
        Estimation residuals followed by the abnormal returns of the whole event window; NaN is no return.
    """
    return _rank_sums(_sorted_rows(values), values)


def _rank_sums(rows: _Sorted, values: FloatArray) -> RankSums:
    n_rows, n_days = values.shape
    position = np.arange(1.0, n_days + 1.0)
    if rows.complete:
        ranks = position - (n_days + 1) / 2.0
        if rows.tied.any():
            ranks = np.tile(ranks, (n_rows, 1))
            ranks[rows.tied] = _average_ties(rows.in_order[rows.tied]) - (n_days + 1) / 2.0
        total = _day_sums(rows.order, ranks, n_days)
        return RankSums(centred_rank=total, scaled_rank=total / (n_days + 1.0), n_valid=np.full(n_days, n_rows))
    middle = ((rows.counts + 1) / 2.0)[:, None]
    ranks = position - middle
    if rows.tied.any():
        ranks[rows.tied] = _average_ties(rows.in_order[rows.tied]) - middle[rows.tied]
    ranks[position > rows.counts[:, None]] = 0.0
    return RankSums(
        centred_rank=_day_sums(rows.order, ranks, n_days),
        scaled_rank=_day_sums(rows.order, ranks / (1.0 + rows.counts)[:, None], n_days),
        n_valid=np.isfinite(values).sum(axis=0),
    )


def grank_sums(residuals: FloatArray, sigma: FloatArray, event: FloatArray) -> GrankSums:
    """Day sums of the generalised ranks of one chunk of events.

    Parameters
    ----------
    residuals : (n, L) float
        Estimation residuals e; NaN is no return.
    sigma : (n,) float
        Residual standard deviation s: estimation days rank by e / s.
    event : (n,) float
        Cumulated standardised abnormal return divided by its cross-sectional standard deviation; finite.
    """
    sums = rank_sums(np.column_stack([residuals, event * sigma]))
    return GrankSums(scaled_rank=sums.scaled_rank, n_valid=sums.n_valid)


def joint_sums(residuals: FloatArray, abnormal: FloatArray, sigma: FloatArray, event: FloatArray) -> tuple[RankSums, GrankSums]:
    """:func:`rank_sums` and :func:`grank_sums` of one chunk of events from a single sort.

    Parameters
    ----------
    residuals : (n, L) float
    abnormal : (n, W) float
        Abnormal returns of the whole event window.
    sigma, event : (n,) float
        As in :func:`grank_sums`.
    """
    values = np.concatenate([residuals, abnormal], axis=1)
    rows = _sorted_rows(values)
    ranks = _rank_sums(rows, values)
    length = residuals.shape[1]
    threshold = event * sigma
    below = (residuals < threshold[:, None]).sum(axis=1)
    awkward = rows.tied | (residuals == threshold[:, None]).any(axis=1)
    plain = ~awkward
    chosen = slice(None) if plain.all() else plain
    order, counts, below = rows.order[chosen], rows.counts[chosen], below[chosen]
    is_event = order >= length
    place = np.arange(1.0, values.shape[1] + 1.0) - np.cumsum(is_event, axis=1)
    known = place[np.arange(len(order)), counts - 1] if len(order) else np.empty(0)
    place += place > below[:, None]
    place -= (known / 2.0 + 1.0)[:, None]
    place /= (known + 2.0)[:, None]
    place[is_event] = 0.0
    if not rows.complete:
        place[np.arange(values.shape[1]) >= counts[:, None]] = 0.0
    days = _day_sums(order, place, values.shape[1])[:length]
    own = float(((below + 1.0) / (known + 2.0) - 0.5).sum())
    n_valid = np.isfinite(residuals[chosen]).sum(axis=0)
    grank = GrankSums(scaled_rank=np.append(days, own), n_valid=np.append(n_valid, len(order)))
    if awkward.any():
        grank = combine([grank, grank_sums(residuals[awkward], sigma[awkward], event[awkward])])
    return ranks, grank
