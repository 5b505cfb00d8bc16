"""Ranks of event days among all days, summed over events: what the rank tests need, in memory that does not grow with N.

One sort of the L + W days of an event gives the ranks among all days and, less the event days that stand below, the ranks
among estimation days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from types import ModuleType
from typing import TypeVar

import numpy as np

from impact.typing_ import BoolArray, FloatArray, IntArray

__all__ = [
    "GrankSums",
    "RankSums",
    "ResidualPass",
    "combine",
    "compiled_pass",
    "grank_sums",
    "joint_sums",
    "rank_sums",
    "ranks_within_rows",
]

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
    """Positions in ascending order, missing last: `order` (n, T), values per row `counts` (n,), rows with equal values `tied` (n,)."""

    order: IntArray
    counts: IntArray
    tied: BoolArray

    @property
    def complete(self) -> bool:
        return bool(self.counts.size == 0 or self.counts.min() == self.order.shape[1])


def _sorted_rows(values: FloatArray) -> _Sorted:
    """Sort each row with its positions written into the last bits of its values: one sort of numbers, no argsort.

    Values that agree but for those bits (a relative difference near 1e-13) count as tied, and the caller ranks tied rows from
    the values themselves, so nothing is lost.
    """
    n_days = values.shape[1]
    last_bits = (1 << max(1, (n_days - 1).bit_length())) - 1
    key = values + 0.0
    counts = np.full(len(values), n_days)
    ragged = np.flatnonzero(np.isnan(values @ np.ones(n_days)))
    if ragged.size:
        missing = np.isnan(values[ragged])
        counts[ragged] -= missing.sum(axis=1)
        key[ragged] = np.where(missing, np.finfo(float).max, key[ragged])
    bits = key.view(np.int64)
    bits &= ~last_bits
    bits |= np.arange(n_days)
    key.sort(axis=1)
    close = (key.view(np.uint64)[:, 1:] ^ key.view(np.uint64)[:, :-1]) <= last_bits
    if ragged.size:
        close[ragged] &= np.arange(1, n_days) < counts[ragged, None]
    return _Sorted(order=key.view(np.int64) & last_bits, counts=counts, tied=close.any(axis=1))


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
    order = np.argsort(values, axis=1)
    ranks = np.empty(values.shape)
    np.put_along_axis(ranks, order, _average_ties(np.take_along_axis(values, order, axis=1)), axis=1)
    return ranks, np.isfinite(values).sum(axis=1)


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
    sums: FloatArray = np.bincount(order.ravel(), weights=np.broadcast_to(weights, order.shape).ravel(), minlength=n_days).astype(
        float, copy=False
    )
    return sums


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
    if rows.complete and not rows.tied.any():
        total = _day_sums(rows.order, position - (n_days + 1) / 2.0, n_days)
        return RankSums(centred_rank=total, scaled_rank=total / (n_days + 1.0), n_valid=np.full(n_days, n_rows))
    order, middle = rows.order, ((rows.counts + 1) / 2.0)[:, None]
    ranks = position - middle
    ranks[position > rows.counts[:, None]] = 0.0
    if rows.tied.any():
        tied = values[rows.tied]
        order = order.copy()
        order[rows.tied] = np.argsort(tied, axis=1)
        ranks[rows.tied] = np.nan_to_num(_average_ties(np.sort(tied, axis=1)) - middle[rows.tied])
    return RankSums(
        centred_rank=_day_sums(order, ranks, n_days),
        scaled_rank=_day_sums(order, ranks / (1.0 + rows.counts)[:, None], n_days),
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
    threshold = (event * sigma)[:, None]
    above = residuals > threshold
    n_above = np.count_nonzero(above, axis=1)
    level = residuals == threshold
    plain = ~rows.tied if not level.any() else ~(rows.tied | level.any(axis=1))
    if plain.all() and rows.complete:
        return ranks, _complete_grank(rows.order, ranks, above, n_above)
    grank = _ragged_grank(rows.order[plain], rows.counts[plain], residuals[plain], n_above[plain])
    if not plain.all():
        grank = combine([grank, grank_sums(residuals[~plain], sigma[~plain], event[~plain])])
    return ranks, grank


def _complete_grank(order: IntArray, ranks: RankSums, above: BoolArray, n_above: IntArray) -> GrankSums:
    """Events without gaps or ties: the rank among estimation days is the rank among all less the event days below."""
    (n, n_days), length = order.shape, above.shape[1]
    event_days_below = _day_sums(order, np.cumsum(order >= length, axis=1, dtype=np.int32), n_days)[:length]
    rank_total = ranks.centred_rank[:length] + n * (n_days + 1) / 2.0 - event_days_below + above.sum(axis=0)
    days = rank_total / (length + 2.0) - n / 2.0
    own = (length - n_above + 1.0).sum() / (length + 2.0) - n / 2.0
    return GrankSums(scaled_rank=np.append(days, own), n_valid=np.full(length + 1, n))


def _ragged_grank(order: IntArray, counts: IntArray, residuals: FloatArray, n_above: IntArray) -> GrankSums:
    """Events without ties, each with its own number of estimation days."""
    (n, n_days), length = order.shape, residuals.shape[1]
    valid = np.isfinite(residuals)
    known = valid.sum(axis=1)
    is_event = order >= length
    place = np.arange(1.0, n_days + 1.0) - np.cumsum(is_event, axis=1, dtype=np.int32)
    place += place > (known - n_above)[:, None]
    place = place / (known + 2.0)[:, None] - 0.5
    place[is_event | (np.arange(n_days) >= counts[:, None])] = 0.0
    own = float(((known - n_above + 1.0) / (known + 2.0) - 0.5).sum())
    days = _day_sums(order, place, n_days)[:length]
    return GrankSums(scaled_rank=np.append(days, own), n_valid=np.append(valid.sum(axis=0), n))


@dataclass(frozen=True, eq=False, kw_only=True)
class ResidualPass:
    """What one chunk of n events leaves behind.

    Attributes
    ----------
    total, count : (L,) float
        Sum and number of the residuals on each estimation row.
    positive_share : (n,) float
        Share of positive residuals; NaN without any.
    ranks : RankSums
    grank : GrankSums or None
        None where no cumulated event value was given.
    """

    total: FloatArray
    count: FloatArray
    positive_share: FloatArray
    ranks: RankSums
    grank: GrankSums | None


def compiled_pass(loops: ModuleType, residuals: FloatArray, abnormal: FloatArray, limits: FloatArray | None) -> ResidualPass:
    """:func:`joint_sums`, the sums of the residuals and the share of positive ones, by the compiled loops of the ranks.

    Parameters
    ----------
    loops : module
        :mod:`impact.kernels.compiled_ranks`.
    residuals : (n, L) float
    abnormal : (n, W) float
    limits : (n,) float, optional
        Cumulated standardised abnormal return over its cross-sectional standard deviation, times sigma.
    """
    (n, length), n_days = residuals.shape, residuals.shape[1] + abnormal.shape[1]
    last_bits = (1 << max(1, (n_days - 1).bit_length())) - 1
    keys, counts, positive = np.empty((n, n_days)), np.empty((n, 2), dtype=np.int64), np.empty(n)
    mean, sums, generalised = np.zeros((2, length)), np.zeros((3, n_days)), np.zeros((2, length + 1))
    residuals, abnormal = np.ascontiguousarray(residuals), np.ascontiguousarray(abnormal)
    loops.rank_keys(residuals, abnormal, last_bits, keys, counts, mean, positive)
    keys.sort(axis=1)
    threshold = np.full(n, np.nan) if limits is None else limits
    loops.ranked_sums(keys, residuals, abnormal, threshold, last_bits, counts, sums, generalised)
    grank = None if limits is None else GrankSums(scaled_rank=generalised[0], n_valid=generalised[1].astype(np.int64))
    return ResidualPass(
        total=mean[0],
        count=mean[1],
        positive_share=np.divide(positive, counts[:, 1], out=np.full(n, np.nan), where=counts[:, 1] > 0),
        ranks=RankSums(centred_rank=sums[0], scaled_rank=sums[1], n_valid=sums[2].astype(np.int64)),
        grank=grank,
    )
