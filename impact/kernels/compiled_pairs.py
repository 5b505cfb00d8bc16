"""The pairwise correlation of series with gaps as machine code; needs numba (extra ``fast``).

Series of one date that share their gaps are summed; every other pair is taken by itself, from one matrix product and from the
sums over the few sessions that either of the two lacks. Import this module only through
:func:`impact.kernels.acceleration.compiled_pairs`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from impact.kernels.compiled_single_pairs import NO_VARIATION, SHAKY, add_single_pairs

__all__ = ["add_dated_pairs"]

CLASS = 6
"""Series with the same gaps from which they are summed."""


@njit(cache=True, nogil=True, error_model="numpy")
def add_dated_pairs(rows, days, edges, fresh, window_length, fewest, sums, mean):  # type: ignore[no-untyped-def]
    """Add the correlations of the pairs of each date from `fresh` on with itself and with those before it.

    `rows` is (m, L), NaN where a session is missing; the series of date d are ``rows[edges[d]:edges[d + 1]]`` on day `days[d]`,
    dates ascending. `fewest` (2,) are the common sessions a pair must have. A row of `sums` (2, 4) is, for each of `fewest`,
    the overlap-weighted correlations, the weight of the covered pairs, their number, and the weight of all pairs; `mean`
    (2, L) gets the sum and the count of the values of the fresh dates on each session.
    """
    length = rows.shape[1]
    order, spans, n_odd = _grouped(rows, edges)
    laid = _laid_out(rows, order)
    values, across, squares, present, starts, gaps, level = laid
    whole = _totals(across, squares, present, 0, rows.shape[0])
    mean[1] += rows.shape[0] - edges[fresh]
    for row in range(edges[fresh], rows.shape[0]):
        for t in range(length):
            mean[0, t] += values[row, t] + level[row]
        for t in gaps[starts[row] : starts[row + 1]]:
            mean[0, t] -= level[row]
            mean[1, t] -= 1.0
    for later in range(fresh, days.size):
        for earlier in range(later, -1, -1):
            shift = days[later] - days[earlier]
            if shift >= window_length:
                break
            n, m = edges[later + 1] - edges[later], edges[earlier + 1] - edges[earlier]
            overlap = (window_length - shift) / window_length
            sums[:, 3] += (n * (n - 1) // 2 if shift == 0 else n * m) * overlap
            if length - shift < max(fewest.min(), 2):
                continue
            added = np.zeros((2, 2))
            _summed_pairs(values, across, present, level, spans[later], spans[earlier], shift, fewest, added)
            a, b, odd_a, odd_b = edges[later], edges[earlier], n_odd[later], n_odd[earlier]
            if odd_a > 0:
                add_single_pairs(laid, whole, (a, a + odd_a), (b, b + m), shift, fewest, added)
            if odd_b > 0 and shift > 0:
                add_single_pairs(laid, whole, (a + odd_a, a + n), (b, b + odd_b), shift, fewest, added)
            for k in range(2):
                sums[k, 0] += added[k, 0] * overlap
                sums[k, 1] += added[k, 1] * overlap
                sums[k, 2] += added[k, 1]


@njit(cache=True, nogil=True, error_model="numpy")
def _pattern(row):  # type: ignore[no-untyped-def]
    """A number that stands for the gaps of a series: 0 without any."""
    missing = 0
    for t in range(row.size):
        missing += row[t] != row[t]
    if missing == 0:
        return np.uint64(0)
    mixed = np.uint64(missing)
    for begin in range(0, row.size, 64):
        word = np.uint64(0)
        for t in range(begin, min(begin + 64, row.size)):
            word = (word << np.uint64(1)) | np.uint64(row[t] != row[t])
        mixed = (mixed ^ word) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed


@njit(cache=True, nogil=True, error_model="numpy")
def _same_gaps(one, other):  # type: ignore[no-untyped-def]
    differ = 0
    for t in range(one.size):
        differ += (one[t] != one[t]) != (other[t] != other[t])
    return differ == 0


@njit(cache=True, nogil=True, error_model="numpy")
def _grouped(rows, edges):  # type: ignore[no-untyped-def]
    """Order of the series, those that stand alone first in each date, then groups with the same gaps.

    Also the groups of each date as an (n, 2) array of bounds in that order, and how many series of it stand alone.
    """
    order = np.empty(rows.shape[0], dtype=np.int64)
    n_odd = np.zeros(edges.size - 1, dtype=np.int64)
    spans = [np.empty((0, 2), dtype=np.int64) for _ in range(0)]
    for d in range(edges.size - 1):
        first, n = edges[d], edges[d + 1] - edges[d]
        keys = np.empty(n, dtype=np.uint64)
        for i in range(n):
            keys[i] = _pattern(rows[first + i])
        by_key = np.argsort(keys, kind="mergesort")
        grouped = np.zeros(n, dtype=np.bool_)
        bounds = np.empty((n // CLASS + 1, 2), dtype=np.int64)
        count, begin = 0, 0
        while begin < n:
            end = begin + 1
            while end < n and keys[by_key[end]] == keys[by_key[begin]]:
                end += 1
            alike = end - begin >= CLASS
            for i in range(begin + 1, end):
                alike = alike and _same_gaps(rows[first + by_key[begin]], rows[first + by_key[i]])
            if alike:
                grouped[begin:end] = True
                bounds[count, 0], bounds[count, 1] = begin, end
                count += 1
            begin = end
        position = first
        for i in range(n):
            if not grouped[i]:
                order[position] = first + by_key[i]
                position += 1
        n_odd[d] = position - first
        for c in range(count):
            start = position
            for i in range(bounds[c, 0], bounds[c, 1]):
                order[position] = first + by_key[i]
                position += 1
            bounds[c, 0], bounds[c, 1] = start, position
        spans.append(bounds[:count].copy())
    return order, spans, n_odd


@njit(cache=True, nogil=True, error_model="numpy")
def _laid_out(rows, order):  # type: ignore[no-untyped-def]
    """Values about the mean of their row, 0 in the gaps, by row and by session, their squares, 1 where there is one; gaps; the means."""
    m, length = rows.shape
    values, across, squares, present = np.empty((m, length)), np.empty((length, m)), np.empty((length, m)), np.ones((length, m))
    starts, level = np.zeros(m + 1, dtype=np.int64), np.zeros(m)
    for i in range(m):
        row = rows[order[i]]
        missing, total = 0, 0.0
        for t in range(length):
            absent = row[t] != row[t]
            missing += absent
            total += 0.0 if absent else row[t]
        level[i] = total / max(length - missing, 1)
        for t in range(length):
            values[i, t] = 0.0 if row[t] != row[t] else row[t] - level[i]
        starts[i + 1] = starts[i] + missing
    gaps = np.empty(starts[m], dtype=np.int64)
    for i in range(m):
        if starts[i + 1] > starts[i]:
            row, position = rows[order[i]], starts[i]
            for t in range(length):
                if row[t] != row[t]:
                    gaps[position] = t
                    present[t, i] = 0.0
                    position += 1
    for begin in range(0, m, 8):
        for t in range(length):
            for i in range(begin, min(begin + 8, m)):
                across[t, i] = values[i, t]
                squares[t, i] = values[i, t] * values[i, t]
    return values, across, squares, present, starts, gaps, level


@njit(cache=True, nogil=True, error_model="numpy")
def _standardised_sum(values, across, level, begin, end, offset, common, series):  # type: ignore[no-untyped-def]
    """Sum of the series [begin, end) standardised over the sessions `common`; the number of them that vary."""
    n, count = end - begin, common.size
    total, squares = np.zeros(n), np.zeros(n)
    for t in common:
        column = across[t + offset, begin:end]
        for i in range(n):
            total[i] += column[i]
            squares[i] += column[i] * column[i]
    series[:] = 0.0
    known, shift = 0, 0.0
    for i in range(n):
        mean = total[i] / count
        variance = squares[i] / count - mean * mean
        size = squares[i] / count + level[begin + i] ** 2
        if variance < SHAKY * size:
            variance = 0.0
            for t in common:
                variance += (values[begin + i, t + offset] - mean) ** 2
            variance /= count
        if variance > NO_VARIATION * size:
            weight = 1.0 / np.sqrt(variance)
            known += 1
            shift += weight * mean
            row = values[begin + i, offset : offset + series.size]
            for t in range(series.size):
                series[t] += weight * row[t]
    for t in range(series.size):
        series[t] -= shift
    return known


@njit(cache=True, nogil=True, error_model="numpy")
def _summed_pairs(values, across, present, level, later, earlier, shift, fewest, added):  # type: ignore[no-untyped-def]
    """Pairs of groups of series that share their gaps."""
    width = values.shape[1] - shift
    left, right = np.empty(width), np.empty(width)
    for p in range(later.shape[0]):
        for q in range(p + 1 if shift == 0 else earlier.shape[0]):
            within = shift == 0 and p == q
            one, other = later[p, 0], earlier[q, 0]
            common = np.empty(width, dtype=np.int64)
            count = 0
            for t in range(width):
                if present[t, one] > 0.0 and present[t + shift, other] > 0.0:
                    common[count] = t
                    count += 1
            common = common[:count]
            if count < max(fewest.min(), 2):
                continue
            n_left = _standardised_sum(values, across, level, one, later[p, 1], 0, common, left)
            n_right = n_left
            if within:
                right[:] = left
            else:
                n_right = _standardised_sum(values, across, level, other, earlier[q, 1], shift, common, right)
            product = 0.0
            for t in common:
                product += left[t] * right[t]
            product /= count
            pairs = n_left * (n_left - 1) / 2.0 if within else float(n_left * n_right)
            for k in range(2):
                if count >= max(fewest[k], 2):
                    added[k, 0] += (product - n_left) / 2.0 if within else product
                    added[k, 1] += pairs


@njit(cache=True, nogil=True, error_model="numpy")
def _totals(across, squares, present, begin, end):  # type: ignore[no-untyped-def]
    """(3, n) count, sum and sum of squares of the series [begin, end)."""
    result = np.zeros((3, end - begin))
    for t in range(across.shape[0]):
        for i in range(end - begin):
            result[0, i] += present[t, begin + i]
            result[1, i] += across[t, begin + i]
            result[2, i] += squares[t, begin + i]
    return result
