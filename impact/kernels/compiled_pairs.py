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
TALL, WIDE = 128, 64
"""Series a side of one tile of pairs: what it needs fits in the cache, and its product stays on one thread."""
KEPT = 0.05
"""Share of a sum of squares that must be left once sessions are taken off; below it the pair is summed afresh."""
SHAKY = 1e-9
"""Share of a mean square below which a variance is computed afresh, about the mean."""
NO_VARIATION = 1e-13
"""As in :mod:`impact.kernels.dependence`."""


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
    values, across, squares, present, starts, gaps = laid
    whole = _totals(across, squares, present, 0, rows.shape[0])
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
            _summed_pairs(values, across, present, spans[later], spans[earlier], shift, fewest, added)
            a, b, odd_a, odd_b = edges[later], edges[earlier], n_odd[later], n_odd[earlier]
            if odd_a > 0:
                _single_pairs(laid, whole, (a, a + odd_a), (b, b + m), shift, fewest, added)
            if odd_b > 0 and shift > 0:
                _single_pairs(laid, whole, (a + odd_a, a + n), (b, b + odd_b), shift, fewest, added)
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
    """Values with 0 in the gaps, row by row and session by session, their squares, 1 where there is one, and each row's gaps."""
    m, length = rows.shape
    values, across, squares, present = np.empty((m, length)), np.empty((length, m)), np.empty((length, m)), np.ones((length, m))
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
                    present[t, i] = 0.0
                    position += 1
    for begin in range(0, m, 8):
        for t in range(length):
            for i in range(begin, min(begin + 8, m)):
                across[t, i] = values[i, t]
                squares[t, i] = values[i, t] * values[i, t]
    return values, across, squares, present, starts, gaps


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
def _summed_pairs(values, across, present, later, earlier, shift, fewest, added):  # type: ignore[no-untyped-def]
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


@njit(cache=True, nogil=True, error_model="numpy")
def _without_edge(totals, across, squares, present, begin, first, last):  # type: ignore[no-untyped-def]
    """The totals of the series from `begin` on without the sessions [first, last)."""
    result = totals.copy()
    for t in range(first, last):
        for i in range(totals.shape[1]):
            result[0, i] -= present[t, begin + i]
            result[1, i] -= across[t, begin + i]
            result[2, i] -= squares[t, begin + i]
    return result


@njit(cache=True, nogil=True, error_model="numpy")
def _lost_to_gaps(across, squares, starts, gaps, begin, end, other, shift, lost, across_lost):  # type: ignore[no-untyped-def]
    """Sum and squares of the series [begin, end) over the gaps of the later-laid series `other`: (2, n, m), by way of (2, m, n)."""
    n, m = end - begin, other[1] - other[0]
    for j in range(m):
        sums, sizes = across_lost[0, j, :n], across_lost[1, j, :n]
        sums[:] = 0.0
        sizes[:] = 0.0
        missing = gaps[starts[other[0] + j] : starts[other[0] + j + 1]]
        start = np.searchsorted(missing, shift)
        last = start + (missing.size - start) // 4 * 4
        for first in range(start, last, 4):
            t, u, v, w = missing[first] - shift, missing[first + 1] - shift, missing[first + 2] - shift, missing[first + 3] - shift
            _subtract_four(sums, across[t, begin:end], across[u, begin:end], across[v, begin:end], across[w, begin:end])
            _subtract_four(sizes, squares[t, begin:end], squares[u, begin:end], squares[v, begin:end], squares[w, begin:end])
        for position in range(last, missing.size):
            one, two = across[missing[position] - shift, begin:end], squares[missing[position] - shift, begin:end]
            for i in range(n):
                sums[i] -= one[i]
                sizes[i] -= two[i]
    for k in range(2):
        for first in range(0, m, 8):
            for i in range(n):
                for j in range(first, min(first + 8, m)):
                    lost[k, i, j] = -across_lost[k, j, i]


@njit(cache=True, nogil=True, error_model="numpy")
def _afresh(x, y, present, i, j, shift):  # type: ignore[no-untyped-def]
    """The correlation of two series about their means over the sessions both have; NaN where one does not vary."""
    n, mean_x, mean_y = 0, 0.0, 0.0
    for t in range(x.size):
        if present[t, i] > 0.0 and present[t + shift, j] > 0.0:
            n += 1
            mean_x += x[t]
            mean_y += y[t]
    mean_x, mean_y = mean_x / n, mean_y / n
    xx, yy, xy, size_x, size_y = 0.0, 0.0, 0.0, 0.0, 0.0
    for t in range(x.size):
        if present[t, i] > 0.0 and present[t + shift, j] > 0.0:
            xx += (x[t] - mean_x) ** 2
            yy += (y[t] - mean_y) ** 2
            xy += (x[t] - mean_x) * (y[t] - mean_y)
            size_x += x[t] ** 2
            size_y += y[t] ** 2
    if not (xx > NO_VARIATION * size_x and yy > NO_VARIATION * size_y):
        return np.nan
    return xy / np.sqrt(xx * yy)


@njit(cache=True, nogil=True, error_model="numpy")
def _take_off(count, sums, sizes, laid, missing, shift, begin, end):  # type: ignore[no-untyped-def]
    """Take the sessions `missing` + `shift` of the series [begin, end) off their counts, sums and squares, four at a time."""
    across, squares, present = laid[1], laid[2], laid[3]
    stop = np.searchsorted(missing, across.shape[0] - shift)
    for first in range(0, stop - stop % 4, 4):
        t, u, v, w = missing[first] + shift, missing[first + 1] + shift, missing[first + 2] + shift, missing[first + 3] + shift
        _subtract_four(count, present[t, begin:end], present[u, begin:end], present[v, begin:end], present[w, begin:end])
        _subtract_four(sums, across[t, begin:end], across[u, begin:end], across[v, begin:end], across[w, begin:end])
        _subtract_four(sizes, squares[t, begin:end], squares[u, begin:end], squares[v, begin:end], squares[w, begin:end])
    for position in range(stop - stop % 4, stop):
        t = missing[position] + shift
        known, one, two = present[t, begin:end], across[t, begin:end], squares[t, begin:end]
        for j in range(count.size):
            count[j] -= known[j]
            sums[j] -= one[j]
            sizes[j] -= two[j]


@njit(cache=True, nogil=True, error_model="numpy")
def _subtract_four(total, one, two, three, four):  # type: ignore[no-untyped-def]
    for j in range(total.size):
        total[j] -= (one[j] + two[j]) + (three[j] + four[j])


@njit(cache=True, nogil=True, error_model="numpy")
def _most_gaps(starts, begin, end):  # type: ignore[no-untyped-def]
    most = 0
    for row in range(begin, end):
        most = max(most, starts[row + 1] - starts[row])
    return most


@njit(cache=True, nogil=True, error_model="numpy")
def _single_pairs(laid, whole, rows, others, shift, fewest, added):  # type: ignore[no-untyped-def]
    """Pairs of the series [rows) with those of [others), each by itself; within one date only those that come later.

    `laid` is what :func:`_laid_out` gives, `whole` the totals of all series.
    """
    values, across, squares, present, starts, gaps = laid
    length = values.shape[1]
    width = length - shift
    x = _without_edge(whole[:, rows[0] : rows[1]], across, squares, present, rows[0], width, length)
    y = _without_edge(whole[:, others[0] : others[1]], across, squares, present, others[0], 0, shift)
    tall, wide = min(TALL, rows[1] - rows[0]), min(WIDE, others[1] - others[0])
    left, right = np.empty((tall, width)), np.empty((wide, width))
    lost, across_lost = np.empty((2, tall, wide)), np.empty((2, wide, tall))
    work, found = np.empty((4, wide)), np.empty((4, wide))
    for i0 in range(rows[0], rows[1], TALL):
        i1 = min(i0 + TALL, rows[1])
        left[: i1 - i0] = values[i0:i1, :width]
        most = _most_gaps(starts, i0, i1)
        first = others[0]
        if shift == 0:
            first += max(0, i0 - others[0]) // WIDE * WIDE
        for j0 in range(first, others[1], WIDE):
            j1 = min(j0 + WIDE, others[1])
            n, m = i1 - i0, j1 - j0
            right[:m] = values[j0:j1, shift:]
            product = np.dot(left[:n], right[:m].T)
            _lost_to_gaps(across, squares, starts, gaps, i0, i1, (j0, j1), shift, lost, across_lost)
            sure = width - most - _most_gaps(starts, j0, j1) >= max(fewest.max(), 2)
            found[:] = 0.0
            for i in range(n):
                begin = max(0, i + i0 - j0 + 1) if shift == 0 else 0
                if begin >= m:
                    continue
                at, here = j0 + begin, j0 + begin - others[0]
                count, sums, sizes, marks = work[0, begin:m], work[1, begin:m], work[2, begin:m], work[3, begin:m]
                for j in range(count.size):
                    count[j], sums[j], sizes[j] = y[0, here + j], y[1, here + j], y[2, here + j]
                _take_off(count, sums, sizes, laid, gaps[starts[i0 + i] : starts[i0 + i + 1]], shift, at, j1)
                totals = (x[1, i0 - rows[0] + i], x[2, i0 - rows[0] + i], whole[2, i0 + i])
                lost_here = (lost[0, i, begin:m], lost[1, i, begin:m])
                if _row_of_pairs(product[i, begin:m], lost_here, totals, (count, sums, sizes, marks), whole[2, at:j1]) > 0:
                    _doubtful_pairs(left[i], right[begin:m], present, (i0 + i, at), shift, fewest, count, marks, found[:, begin:m])
                for k in range(2):
                    if sure:
                        _add_all(sums, marks, found[2 * k, begin:m], found[2 * k + 1, begin:m])
                    else:
                        _add_covered(sums, marks, count, max(fewest[k], 2), found[2 * k, begin:m], found[2 * k + 1, begin:m])
            for k in range(2):
                added[k, 0] += found[2 * k, :m].sum()
                added[k, 1] += found[2 * k + 1, :m].sum()


@njit(cache=True, nogil=True, error_model="numpy")
def _row_of_pairs(product, lost, totals, others, wholes):  # type: ignore[no-untyped-def]
    """The correlations of one series with m others, in place of the sums of these; how many are in doubt, which the marks say.

    `lost` holds sum and squares of the series over the gaps of the others, `totals` the same over all sessions and its squares
    over its whole length; `others` count, sums and squares of the others over the common sessions, and the marks; `wholes` their
    squares over their whole lengths.
    """
    sum_x, square_x, least_x = totals[0], totals[1], KEPT * totals[2]
    lost_sum, lost_size = lost
    count, sums, squares, marks = others
    doubts = 0.0
    for j in range(sums.size):
        inverse = 1.0 / max(count[j], 1.0)
        a, b = sum_x - lost_sum[j], sums[j]
        aa, bb = square_x - lost_size[j], squares[j]
        vary_x, vary_y = aa - a * a * inverse, bb - b * b * inverse
        shaky = (aa < least_x) | (bb < KEPT * wholes[j]) | (vary_x <= SHAKY * aa) | (vary_y <= SHAKY * bb)
        marks[j] = 1.0 if shaky else 0.0
        sums[j] = (0.0 if shaky else product[j] - a * b * inverse) / np.sqrt(1.0 if shaky else vary_x * vary_y)
    for j in range(sums.size):
        doubts = max(doubts, marks[j])
    return doubts


@njit(cache=True, nogil=True, error_model="numpy")
def _add_all(rho, marks, total, pairs):  # type: ignore[no-untyped-def]
    """Add the correlations of a row that are in no doubt."""
    for j in range(rho.size):
        total[j] += rho[j]
        pairs[j] += 1.0 - marks[j]


@njit(cache=True, nogil=True, error_model="numpy")
def _add_covered(rho, marks, count, enough, total, pairs):  # type: ignore[no-untyped-def]
    """Add those of them that rest on enough common sessions."""
    for j in range(rho.size):
        known = (1.0 - marks[j]) * (1.0 if count[j] >= enough else 0.0)
        total[j] += rho[j] * known
        pairs[j] += known


@njit(cache=True, nogil=True, error_model="numpy")
def _doubtful_pairs(x, right, present, at, shift, fewest, count, marks, found):  # type: ignore[no-untyped-def]
    """Add the pairs of one series that are marked, each summed afresh."""
    for j in range(marks.size):
        if marks[j] == 0.0 or count[j] < max(fewest.min(), 2):
            continue
        rho = _afresh(x, right[j], present, at[0], at[1] + j, shift)
        if rho != rho:
            continue
        for k in range(2):
            if count[j] >= max(fewest[k], 2):
                found[2 * k, j] += rho
                found[2 * k + 1, j] += 1.0
