"""Correlations of pairs of series whose gaps are their own, as machine code; needs numba (extra ``fast``).

One matrix product a tile of pairs, and the sums over the few sessions that either of the two lacks.
"""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["NO_VARIATION", "SHAKY", "add_single_pairs"]

TALL, WIDE = 128, 64
"""Series a side of one tile of pairs: what it needs fits in the cache, and its product stays on one thread."""
KEPT = 0.05
"""Share of a sum of squares that must be left once sessions are taken off; below it the pair is summed afresh."""
SHAKY = 1e-9
"""Share of a mean square below which a variance is computed afresh, about the mean."""
NO_VARIATION = 1e-13
"""As in :mod:`impact.kernels.dependence`."""


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
def _afresh(x, y, present, level, i, j, shift):  # type: ignore[no-untyped-def]
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
            size_x += (x[t] + level[i]) ** 2
            size_y += (y[t] + level[j]) ** 2
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
def add_single_pairs(laid, whole, rows, others, shift, fewest, added):  # type: ignore[no-untyped-def]
    """Pairs of the series [rows) with those of [others), each by itself; within one date only those that come later.

    `laid` is what :func:`_laid_out` gives, `whole` the totals of all series.
    """
    values, across, squares, present, starts, gaps, level = laid
    length = values.shape[1]
    width = length - shift
    x = _without_edge(whole[:, rows[0] : rows[1]], across, squares, present, rows[0], width, length)
    y = _without_edge(whole[:, others[0] : others[1]], across, squares, present, others[0], 0, shift)
    tall, wide = min(TALL, rows[1] - rows[0]), min(WIDE, others[1] - others[0])
    left, right = np.empty((tall, width)), np.empty((wide, width))
    lost, across_lost = np.empty((2, tall, wide)), np.empty((2, wide, tall))
    work, afresh = np.empty((4, wide)), np.empty((4, wide))
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
            afresh[:] = 0.0
            for i in range(n):
                begin = max(0, i + i0 - j0 + 1) if shift == 0 else 0
                if begin >= m:
                    continue
                at, here = j0 + begin, j0 + begin - others[0]
                count, sums, sizes, marks = work[0, begin:m], work[1, begin:m], work[2, begin:m], work[3, begin:m]
                for j in range(count.size):
                    count[j], sums[j], sizes[j] = y[0, here + j], y[1, here + j], y[2, here + j]
                _take_off(count, sums, sizes, laid, gaps[starts[i0 + i] : starts[i0 + i + 1]], shift, at, j1)
                totals = (x[1, i0 - rows[0] + i], x[2, i0 - rows[0] + i], whole[2, i0 + i], level[i0 + i])
                lost_here = (lost[0, i, begin:m], lost[1, i, begin:m])
                if _row_of_pairs(product[i, begin:m], lost_here, totals, (count, sums, sizes, marks), whole[2, at:j1], level[at:j1]) > 0:
                    _pairs_afresh(left[i], right[begin:m], present, level, (i0 + i, at), shift, fewest, count, marks, afresh[:, begin:m])
                for k in range(2):
                    if sure:
                        _add_all(sums, marks, afresh[2 * k, begin:m], afresh[2 * k + 1, begin:m])
                    else:
                        _add_covered(sums, marks, count, max(fewest[k], 2), afresh[2 * k, begin:m], afresh[2 * k + 1, begin:m])
            for k in range(2):
                added[k, 0] += afresh[2 * k, :m].sum()
                added[k, 1] += afresh[2 * k + 1, :m].sum()


@njit(cache=True, nogil=True, error_model="numpy")
def _row_of_pairs(product, lost, totals, others, wholes, levels):  # type: ignore[no-untyped-def]
    """The correlations of one series with m others, in place of the sums of these; how many are in doubt, which the marks say.

    `lost` holds sum and squares of the series over the gaps of the others, `totals` the same over all sessions and its squares
    over its whole length, and its mean; `others` count, sums and squares of the others over the common sessions, and the marks; `wholes`
    their squares over their whole lengths, `levels` their means, which were taken off all of these.
    """
    sum_x, square_x, least_x, level_x = totals[0], totals[1], KEPT * totals[2], totals[3] * totals[3]
    lost_sum, lost_size = lost
    count, sums, squares, marks = others
    doubts = 0.0
    for j in range(sums.size):
        inverse = 1.0 / max(count[j], 1.0)
        a, b = sum_x - lost_sum[j], sums[j]
        aa, bb = square_x - lost_size[j], squares[j]
        vary_x, vary_y = aa - a * a * inverse, bb - b * b * inverse
        flat_x, flat_y = SHAKY * (aa + count[j] * level_x), SHAKY * (bb + count[j] * levels[j] * levels[j])
        shaky = (aa < least_x) | (bb < KEPT * wholes[j]) | (vary_x <= flat_x) | (vary_y <= flat_y)
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
def _pairs_afresh(x, right, present, level, at, shift, fewest, count, marks, afresh):  # type: ignore[no-untyped-def]
    """Add the pairs of one series that are marked, each summed afresh."""
    for j in range(marks.size):
        if marks[j] == 0.0 or count[j] < max(fewest.min(), 2):
            continue
        rho = _afresh(x, right[j], present, level, at[0], at[1] + j, shift)
        if rho != rho:
            continue
        for k in range(2):
            if count[j] >= max(fewest[k], 2):
                afresh[2 * k, j] += rho
                afresh[2 * k + 1, j] += 1.0
