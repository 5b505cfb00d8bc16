"""The pairwise correlation of series with gaps as machine code; needs numba (extra ``fast``).

The series of a date are laid out in blocks, session by session: those that share their gaps are summed; every other pair is taken
by itself, from one matrix product a pair of blocks and from the sums over the few sessions that either of the two lacks. Import
this module only through :func:`impact.kernels.acceleration.compiled_loops`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from impact.kernels.compiled_single_pairs import NO_VARIATION, SHAKY, add_single_pairs, widest

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
    for row in range(edges[fresh], rows.shape[0]):
        for t in range(length):
            known = rows[row, t] == rows[row, t]
            mean[0, t] += rows[row, t] if known else 0.0
            mean[1, t] += 1.0 if known else 0.0
    starts, gaps = _gaps(rows)
    order, bounds, first_block, alike = _blocks(starts, gaps, edges, widest(length))
    flat, gone, level, totals = _laid_out(rows, order, bounds)
    series = (order, starts, gaps, level, totals)
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
            for p in range(first_block[later], first_block[later + 1]):
                x, gone_x = _block(flat, bounds, p, length), _block(gone, bounds, p, length)
                for q in range(p if shift == 0 else first_block[earlier], first_block[earlier + 1]):
                    y, gone_y = _block(flat, bounds, q, length), _block(gone, bounds, q, length)
                    at = (bounds[p], bounds[q])
                    if alike[p] and alike[q]:
                        _add_summed_pairs((x, y), (gone_x, gone_y), level, at, shift, fewest, added)
                    else:
                        add_single_pairs((x, y), (gone_x, gone_y), series, at, shift, fewest, added)
            for k in range(2):
                sums[k, 0] += added[k, 0] * overlap
                sums[k, 1] += added[k, 1] * overlap
                sums[k, 2] += added[k, 1]


@njit(cache=True, nogil=True, error_model="numpy")
def _block(flat, bounds, number, length):  # type: ignore[no-untyped-def]
    """(L, n) one block of what is laid out."""
    return flat[bounds[number] * length : bounds[number + 1] * length].reshape(length, bounds[number + 1] - bounds[number])


@njit(cache=True, nogil=True, error_model="numpy")
def _gaps(rows):  # type: ignore[no-untyped-def]
    """Sessions that each series lacks, one after the other: those of row i are ``gaps[starts[i]:starts[i + 1]]``."""
    m, length = rows.shape
    starts = np.zeros(m + 1, dtype=np.int64)
    for i in range(m):
        missing = 0
        for t in range(length):
            missing += rows[i, t] != rows[i, t]
        starts[i + 1] = starts[i] + missing
    gaps = np.empty(starts[m] + 1, dtype=np.int64)  # one more, so that each session can be written before it is known to be one
    for i in range(m):
        if starts[i + 1] > starts[i]:
            position = starts[i]
            for t in range(length):
                gaps[position] = t
                position += rows[i, t] != rows[i, t]
    return starts, gaps


@njit(cache=True, nogil=True, error_model="numpy")
def _blocks(starts, gaps, edges, wide):  # type: ignore[no-untyped-def]
    """Order of the series and the bounds of their blocks in it, the first block of each date, and which hold series with the same gaps.

    Series whose gaps are their own stand in blocks of `wide` or fewer.
    """
    m = starts.size - 1
    order = np.empty(m, dtype=np.int64)
    bounds, first_block = np.zeros(m + 1, dtype=np.int64), np.zeros(edges.size, dtype=np.int64)
    alike = np.zeros(m, dtype=np.bool_)
    count = 0
    for d in range(edges.size - 1):
        first, n = edges[d], edges[d + 1] - edges[d]
        keys = np.empty(n, dtype=np.uint64)
        for i in range(n):
            keys[i] = _pattern(gaps, starts[first + i], starts[first + i + 1])
        by_key = np.argsort(keys, kind="mergesort")
        runs = np.empty((n // CLASS + 1, 2), dtype=np.int64)
        n_runs, begin, position = 0, 0, first
        while begin < n:
            end = begin + 1
            while end < n and keys[by_key[end]] == keys[by_key[begin]]:
                end += 1
            same = end - begin >= CLASS
            for i in range(begin + 1, end):
                same = same and _same_gaps(starts, gaps, first + by_key[begin], first + by_key[i])
            if same:
                runs[n_runs, 0], runs[n_runs, 1] = begin, end
                n_runs += 1
            else:
                for i in range(begin, end):
                    order[position] = first + by_key[i]
                    position += 1
            begin = end
        n_odd = position - first
        pieces = -(-n_odd // wide)
        for piece in range(pieces):
            bounds[count + 1] = first + n_odd * (piece + 1) // pieces
            count += 1
        for run in range(n_runs):
            for i in range(runs[run, 0], runs[run, 1]):
                order[position] = first + by_key[i]
                position += 1
            alike[count] = True
            bounds[count + 1] = position
            count += 1
        first_block[d + 1] = count
    return order, bounds[: count + 1], first_block, alike[:count]


@njit(cache=True, nogil=True, error_model="numpy")
def _pattern(gaps, begin, end):  # type: ignore[no-untyped-def]
    """A number that stands for the gaps of a series: 0 without any."""
    mixed = np.uint64(end - begin)
    for position in range(begin, end):
        mixed = (mixed ^ np.uint64(gaps[position])) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed


@njit(cache=True, nogil=True, error_model="numpy")
def _same_gaps(starts, gaps, one, other):  # type: ignore[no-untyped-def]
    n = starts[one + 1] - starts[one]
    if starts[other + 1] - starts[other] != n:
        return False
    differ = 0
    for k in range(n):
        differ += gaps[starts[one] + k] != gaps[starts[other] + k]
    return differ == 0


@njit(cache=True, nogil=True, error_model="numpy")
def _laid_out(rows, order, bounds):  # type: ignore[no-untyped-def]
    """Values about the mean of their series, 0 in the gaps, block by block and there by session; where the gaps are; the means; totals.

    `totals` (3, m) holds the count, sum and sum of squares of each series about its mean.
    """
    m, length = rows.shape
    flat, gone = np.empty(m * length), np.empty(m * length, dtype=np.uint8)
    level, totals = np.zeros(m), np.zeros((3, m))
    for b in range(bounds.size - 1):
        first, n = bounds[b], bounds[b + 1] - bounds[b]
        block, absent = _block(flat, bounds, b, length), _block(gone, bounds, b, length)
        for begin in range(0, n, 8):
            for t in range(length):
                for i in range(begin, min(begin + 8, n)):
                    value = rows[order[first + i], t]
                    missing = value != value
                    block[t, i] = 0.0 if missing else value
                    absent[t, i] = missing
        count, total, squares, mean = totals[0, first : first + n], totals[1, first : first + n], np.zeros(n), np.zeros(n)
        for t in range(length):
            for i in range(n):
                count[i] += 1.0 - absent[t, i]
                mean[i] += block[t, i]
        for i in range(n):
            mean[i] /= max(count[i], 1.0)
        for t in range(length):
            for i in range(n):
                value = 0.0 if absent[t, i] else block[t, i] - mean[i]
                block[t, i] = value
                total[i] += value
                squares[i] += value * value
        level[first : first + n] = mean
        totals[2, first : first + n] = squares
    return flat, gone, level, totals


@njit(cache=True, nogil=True, error_model="numpy")
def _standardised_sum(block, level, common, series):  # type: ignore[no-untyped-def]
    """Sum of the series of a block (L, n) standardised over the sessions `common`; the number of them that vary."""
    n, count = block.shape[1], common.size
    total, squares, weights = np.zeros(n), np.zeros(n), np.zeros(n)
    for t in common:
        for i in range(n):
            total[i] += block[t, i]
            squares[i] += block[t, i] * block[t, i]
    known, shift = 0, 0.0
    for i in range(n):
        mean = total[i] / count
        variance = squares[i] / count - mean * mean
        size = squares[i] / count + level[i] ** 2
        if variance < SHAKY * size:
            variance = 0.0
            for t in common:
                variance += (block[t, i] - mean) ** 2
            variance /= count
        if variance > NO_VARIATION * size:
            weights[i] = 1.0 / np.sqrt(variance)
            known += 1
            shift += weights[i] * mean
    for position in range(count):
        value = 0.0
        for i in range(n):
            value += weights[i] * block[common[position], i]
        series[position] = value - shift
    return known


@njit(cache=True, nogil=True, error_model="numpy")
def _add_summed_pairs(blocks, gone, level, at, shift, fewest, added):  # type: ignore[no-untyped-def]
    """Pairs of two blocks of series that share their gaps; those within a block once each."""
    (x, y), width = blocks, blocks[0].shape[0] - shift
    within = shift == 0 and at[0] == at[1]
    common = np.empty(width, dtype=np.int64)
    count = 0
    for t in range(width):
        if gone[0][t, 0] == 0 and gone[1][t + shift, 0] == 0:
            common[count] = t
            count += 1
    common = common[:count]
    if count < max(fewest.min(), 2):
        return
    left, right = np.empty(count), np.empty(count)
    n_left = _standardised_sum(x, level[at[0] : at[0] + x.shape[1]], common, left)
    n_right = n_left
    if within:
        right[:] = left
    else:
        n_right = _standardised_sum(y, level[at[1] : at[1] + y.shape[1]], common + shift, right)
    product = 0.0
    for position in range(count):
        product += left[position] * right[position]
    product /= count
    pairs = n_left * (n_left - 1) / 2.0 if within else float(n_left * n_right)
    for k in range(2):
        if count >= max(fewest[k], 2):
            added[k, 0] += (product - n_left) / 2.0 if within else product
            added[k, 1] += pairs
