"""The pairwise correlation of series with gaps as machine code; needs numba (extra ``fast``).

Series of one date that share their gaps are summed; every other pair is taken by itself, from one matrix product and from the
sums over the few sessions that either of the two lacks. Import this module only through
:func:`impact.kernels.acceleration.compiled_pairs`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["add_dated_pairs"]

CLASS = 6
"""Series with the same gaps from which they are summed."""
TILE = 60
"""Series a side of one tile of pairs: one tile fits in the cache, and its product stays on one thread."""
KEPT = 0.05
"""Share of a sum of squares that must be left once sessions are taken off; below it the pair is summed afresh."""
SHAKY = 1e-9
"""Share of a mean square below which a variance is computed afresh, about the mean."""
NO_VARIATION = 1e-13
"""As in :mod:`impact.kernels.dependence`."""


@njit(cache=True, nogil=True)
def add_dated_pairs(rows, days, edges, fresh, window_length, fewest, sums, mean):  # type: ignore[no-untyped-def]
    """Add the correlations of the pairs of each date from `fresh` on with itself and with those before it.

    `rows` is (m, L), NaN where a session is missing; the series of date d are ``rows[edges[d]:edges[d + 1]]`` on day `days[d]`,
    dates ascending. `fewest` (2,) are the common sessions a pair must have. A row of `sums` (2, 4) is, for each of `fewest`,
    the overlap-weighted correlations, the weight of the covered pairs, their number, and the weight of all pairs; `mean`
    (2, L) gets the sum and the count of the values of the fresh dates on each session.
    """
    length = rows.shape[1]
    order, spans, n_odd = _grouped(rows, edges)
    values, across, gap, starts, gaps = _laid_out(rows, order)
    mean[1] += rows.shape[0] - edges[fresh]
    for row in range(edges[fresh], rows.shape[0]):
        for t in range(length):
            mean[0, t] += values[row, t]
        for t in gaps[starts[row] : starts[row + 1]]:
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
            _summed_pairs(values, across, gap, spans[later], spans[earlier], shift, fewest, added)
            a, b, odd_a, odd_b = edges[later], edges[earlier], n_odd[later], n_odd[earlier]
            if odd_a > 0:
                _single_pairs(values, across, gap, starts, gaps, (a, a + odd_a), (b, b + m), shift, fewest, added)
            if odd_b > 0 and shift > 0:
                _single_pairs(values, across, gap, starts, gaps, (a + odd_a, a + n), (b, b + odd_b), shift, fewest, added)
            for k in range(2):
                sums[k, 0] += added[k, 0] * overlap
                sums[k, 1] += added[k, 1] * overlap
                sums[k, 2] += added[k, 1]


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _same_gaps(one, other):  # type: ignore[no-untyped-def]
    differ = 0
    for t in range(one.size):
        differ += (one[t] != one[t]) != (other[t] != other[t])
    return differ == 0


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _laid_out(rows, order):  # type: ignore[no-untyped-def]
    """Values with 0 in the gaps, row by row and session by session, the gaps as 0 and 1, and the list of each row's gaps."""
    m, length = rows.shape
    values, across, gap = np.empty((m, length)), np.empty((length, m)), np.zeros((length, m))
    starts = np.zeros(m + 1, dtype=np.int64)
    for i in range(m):
        row = rows[order[i]]
        missing = 0
        for t in range(length):
            absent = row[t] != row[t]
            missing += absent
            values[i, t] = 0.0 if absent else row[t]
        starts[i + 1] = starts[i] + missing
    gaps = np.empty(starts[m], dtype=np.int64)
    for i in range(m):
        if starts[i + 1] > starts[i]:
            row, position = rows[order[i]], starts[i]
            for t in range(length):
                if row[t] != row[t]:
                    gaps[position] = t
                    gap[t, i] = 1.0
                    position += 1
    for begin in range(0, m, 8):
        for t in range(length):
            for i in range(begin, min(begin + 8, m)):
                across[t, i] = values[i, t]
    return values, across, gap, starts, gaps


@njit(cache=True, nogil=True)
def _standardised_sum(values, across, begin, end, offset, common, series):  # type: ignore[no-untyped-def]
    """Sum of the series [begin, end) standardised over the sessions `common`; the number of them that vary."""
    n, count = end - begin, common.size
    total, squares = np.zeros(n), np.zeros(n)
    for t in common:
        column = across[t + offset, begin:end]
        for i in range(n):
            total[i] += column[i]
            squares[i] += column[i] * column[i]
    series[:] = 0.0
    known, level = 0, 0.0
    for i in range(n):
        mean = total[i] / count
        variance = squares[i] / count - mean * mean
        if variance < SHAKY * squares[i] / count:
            variance = 0.0
            for t in common:
                variance += (values[begin + i, t + offset] - mean) ** 2
            variance /= count
        if variance > NO_VARIATION * squares[i] / count:
            weight = 1.0 / np.sqrt(variance)
            known += 1
            level += weight * mean
            row = values[begin + i, offset : offset + series.size]
            for t in range(series.size):
                series[t] += weight * row[t]
    for t in range(series.size):
        series[t] -= level
    return known


@njit(cache=True, nogil=True)
def _summed_pairs(values, across, gap, later, earlier, shift, fewest, added):  # type: ignore[no-untyped-def]
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
                if gap[t, one] == 0.0 and gap[t + shift, other] == 0.0:
                    common[count] = t
                    count += 1
            common = common[:count]
            if count < max(fewest.min(), 2):
                continue
            n_left = _standardised_sum(values, across, one, later[p, 1], 0, common, left)
            n_right = n_left
            if within:
                right[:] = left
            else:
                n_right = _standardised_sum(values, across, other, earlier[q, 1], shift, common, right)
            product = 0.0
            for t in common:
                product += left[t] * right[t]
            product /= count
            pairs = n_left * (n_left - 1) / 2.0 if within else float(n_left * n_right)
            for k in range(2):
                if count >= max(fewest[k], 2):
                    added[k, 0] += (product - n_left) / 2.0 if within else product
                    added[k, 1] += pairs


@njit(cache=True, nogil=True)
def _totals(across, gap, begin, end, first, last):  # type: ignore[no-untyped-def]
    """(3, n) count, sum and sum of squares of the series [begin, end) over the sessions [first, last)."""
    result = np.zeros((3, end - begin))
    for t in range(first, last):
        for i in range(end - begin):
            value = across[t, begin + i]
            result[0, i] += 1.0 - gap[t, begin + i]
            result[1, i] += value
            result[2, i] += value * value
    return result


@njit(cache=True, nogil=True)
def _off(across, gap, starts, gaps, begin, end, other, first, last, offset, sums):  # type: ignore[no-untyped-def]
    """Count, sum and squares of the series [begin, end) over the gaps of the series of `other`: `sums` (3, TILE, TILE)."""
    n = end - begin
    for j in range(other[1] - other[0]):
        for k in range(3):
            sums[k, j, :n] = 0.0
        for position in range(starts[other[0] + j], starts[other[0] + j + 1]):
            t = gaps[position] + offset
            if t < first or t >= last:
                continue
            for i in range(n):
                value = across[t, begin + i]
                sums[0, j, i] += 1.0 - gap[t, begin + i]
                sums[1, j, i] += value
                sums[2, j, i] += value * value


@njit(cache=True, nogil=True)
def _afresh(x, y, gap, i, j, shift):  # type: ignore[no-untyped-def]
    """The correlation of two series about their means over the sessions both have; NaN where one does not vary."""
    n, mean_x, mean_y = 0, 0.0, 0.0
    for t in range(x.size):
        if gap[t, i] == 0.0 and gap[t + shift, j] == 0.0:
            n += 1
            mean_x += x[t]
            mean_y += y[t]
    mean_x, mean_y = mean_x / n, mean_y / n
    xx, yy, xy, size_x, size_y = 0.0, 0.0, 0.0, 0.0, 0.0
    for t in range(x.size):
        if gap[t, i] == 0.0 and gap[t + shift, j] == 0.0:
            xx += (x[t] - mean_x) ** 2
            yy += (y[t] - mean_y) ** 2
            xy += (x[t] - mean_x) * (y[t] - mean_y)
            size_x += x[t] ** 2
            size_y += y[t] ** 2
    if not (xx > NO_VARIATION * size_x and yy > NO_VARIATION * size_y):
        return np.nan
    return xy / np.sqrt(xx * yy)


@njit(cache=True, nogil=True)
def _single_pairs(values, across, gap, starts, gaps, rows, others, shift, fewest, added):  # type: ignore[no-untyped-def]
    """Pairs of the series [rows) with those of [others), each by itself; within one date only those that come later."""
    length = values.shape[1]
    width = length - shift
    least = max(fewest.min(), 2)
    x, y = _totals(across, gap, rows[0], rows[1], 0, width), _totals(across, gap, others[0], others[1], shift, length)
    left, right = np.empty((TILE, width)), np.empty((TILE, width))
    x_off, y_off = np.empty((3, TILE, TILE)), np.empty((3, TILE, TILE))
    rho, count, doubt = np.empty((TILE, TILE)), np.empty((TILE, TILE)), np.empty((TILE, TILE), dtype=np.bool_)
    for i0 in range(rows[0], rows[1], TILE):
        i1 = min(i0 + TILE, rows[1])
        left[: i1 - i0] = values[i0:i1, :width]
        first = others[0] + (i0 - others[0]) // TILE * TILE if shift == 0 and i0 > others[0] else others[0]
        for j0 in range(first, others[1], TILE):
            j1 = min(j0 + TILE, others[1])
            n, m = i1 - i0, j1 - j0
            right[:m] = values[j0:j1, shift:]
            product = np.dot(left[:n], right[:m].T)
            _off(across, gap, starts, gaps, i0, i1, (j0, j1), 0, width, -shift, x_off)
            _off(across, gap, starts, gaps, j0, j1, (i0, i1), shift, length, shift, y_off)
            doubts = 0
            for i in range(n):
                p = i0 - rows[0] + i
                n_x, sum_x, square_x = x[0, p], x[1, p], x[2, p]
                for j in range(m):
                    q = j0 - others[0] + j
                    common = n_x - x_off[0, j, i]
                    size = max(common, 1.0)
                    a, b = sum_x - x_off[1, j, i], y[1, q] - y_off[1, i, j]
                    aa, bb = square_x - x_off[2, j, i], y[2, q] - y_off[2, i, j]
                    vary_x, vary_y = aa - a * a / size, bb - b * b / size
                    shaky = (aa < KEPT * square_x) | (bb < KEPT * y[2, q]) | (vary_x <= SHAKY * aa) | (vary_y <= SHAKY * bb)
                    count[i, j] = common
                    doubt[i, j] = shaky
                    doubts += shaky
                    rho[i, j] = (product[i, j] - a * b / size) / np.sqrt(1.0 if shaky else vary_x * vary_y)
            if doubts > 0:
                for i in range(n):
                    for j in range(m):
                        if doubt[i, j] and count[i, j] >= least:
                            rho[i, j] = _afresh(left[i], right[j], gap, i0 + i, j0 + j, shift)
                            if rho[i, j] != rho[i, j]:
                                rho[i, j], count[i, j] = 0.0, 0.0
            _add_tile(rho, count, n, m, i0 - j0 if shift == 0 else -TILE, fewest, added)


@njit(cache=True, nogil=True)
def _add_tile(rho, count, n, m, diagonal, fewest, added):  # type: ignore[no-untyped-def]
    """Add the pairs of a tile that have enough common sessions and whose column lies after row + `diagonal`."""
    for k in range(2):
        enough = max(fewest[k], 2)
        column, pairs = np.zeros(m), np.zeros(m)
        for i in range(n):
            for j in range(max(0, i + diagonal + 1), m):
                known = count[i, j] >= enough
                column[j] += rho[i, j] if known else 0.0
                pairs[j] += 1.0 if known else 0.0
        added[k, 0] += column.sum()
        added[k, 1] += pairs.sum()
