"""Correlations of pairs of series whose gaps are their own, as machine code; needs numba (extra ``fast``).

One matrix product a pair of blocks, and the sums over the few sessions that either of the two series lacks.
"""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["NO_VARIATION", "SHAKY", "add_single_pairs", "widest"]

ON_ONE_THREAD = 1_000_000
"""Multiplications of one matrix product up to which OpenBLAS has no other thread take part: waiting for one costs more than the product."""

KEPT = 0.05
"""Share of a sum of squares that must be left once sessions are taken off; below it the pair is summed afresh."""
SHAKY = 1e-9
"""Share of a mean square below which a variance is computed afresh, about the mean."""
NO_VARIATION = 1e-13
"""As in :mod:`impact.kernels.dependence`."""


@njit(cache=True, nogil=True, error_model="numpy")
def widest(length):  # type: ignore[no-untyped-def]
    """Series of `length` sessions on either side of a matrix product that stays on one thread."""
    return max(8, int(np.sqrt(ON_ONE_THREAD / length)))


@njit(cache=True, nogil=True, error_model="numpy")
def _products(x, y):  # type: ignore[no-untyped-def]
    """(n, m) sums of products of the series of two blocks (L, n) and (L, m)."""
    wide = widest(x.shape[0])
    if x.shape[1] <= wide and y.shape[1] <= wide:
        return np.dot(x.T, y)
    result = np.empty((x.shape[1], y.shape[1]))
    for i in range(0, x.shape[1], wide):
        left = np.ascontiguousarray(x[:, i : i + wide])
        for j in range(0, y.shape[1], wide):
            result[i : i + wide, j : j + wide] = np.dot(left.T, np.ascontiguousarray(y[:, j : j + wide]))
    return result


@njit(cache=True, nogil=True, error_model="numpy")
def add_single_pairs(blocks, gone, series, at, shift, fewest, added):  # type: ignore[no-untyped-def]
    """Pairs of the series of two blocks, each by itself; within one block those of a series with the ones after it.

    `blocks` are two arrays (L, n) and (L, m) of values about their means, 0 in the gaps, which `gone` shows; session t of the first is
    session t + `shift` of the second. `at` are the places of the blocks in the order of the series, of which `series` holds the order, starts and
    gaps by row, and levels and totals by place.
    """
    (x, y), (order, starts, gaps, level, totals) = blocks, series
    length, n = x.shape
    m, width = y.shape[1], length - shift
    within = shift == 0 and at[0] == at[1]
    rho = _products(x[:width], y[shift:])
    of_x = _without_rows(totals[:, at[0] : at[0] + n], x, gone[0], width, length)
    of_y = _without_rows(totals[:, at[1] : at[1] + m], y, gone[1], 0, shift)
    lost, lost_by_y = np.empty((2, n, m)), np.zeros((2, m, n))
    for j in range(m):
        row = order[at[1] + j]
        _add_sessions(x, gaps, starts[row], starts[row + 1], -shift, lost_by_y[0], lost_by_y[1], j)
    for k in range(2):
        for begin in range(0, m, 8):
            for i in range(n):
                for j in range(begin, min(begin + 8, m)):
                    lost[k, i, j] = lost_by_y[k, j, i]
    count, lost_y = np.empty((n, m)), np.zeros((2, n, m))
    for i in range(n):
        row = order[at[0] + i]
        for j in range(m):
            count[i, j] = of_y[0, j]
        _take_off_known(gone[1], gaps, starts[row], starts[row + 1], shift, count, i)
        _add_sessions(y, gaps, starts[row], starts[row + 1], shift, lost_y[0], lost_y[1], i)
    sizes = (totals[2, at[0] : at[0] + n], totals[2, at[1] : at[1] + m])
    levels = (level[at[0] : at[0] + n], level[at[1] : at[1] + m])
    if _correlate(rho, count, (of_x, of_y), (lost, lost_y), sizes, levels) > 0:
        _correlate_afresh(rho, count, blocks, gone, levels, shift, fewest)
    _add_covered(rho, count, within, fewest, added)


@njit(cache=True, nogil=True, error_model="numpy")
def _without_rows(totals, block, gone, first, last):  # type: ignore[no-untyped-def]
    """(3, n) the totals of the series of a block without the sessions [first, last)."""
    result = totals.copy()
    for t in range(first, last):
        for i in range(result.shape[1]):
            result[0, i] -= 1.0 - gone[t, i]
            result[1, i] -= block[t, i]
            result[2, i] -= block[t, i] * block[t, i]
    return result


@njit(cache=True, nogil=True, error_model="numpy")
def _add_sessions(block, gaps, first, stop, shift, sums, squares, at):  # type: ignore[no-untyped-def]
    """Add the sessions ``gaps[first:stop]`` + `shift` of a block, and their squares, to the rows `at` of two sums, four at a time."""
    n = block.shape[1]
    while first < stop and gaps[first] + shift < 0:
        first += 1
    while stop > first and gaps[stop - 1] + shift >= block.shape[0]:
        stop -= 1
    whole = first + (stop - first) // 4 * 4
    for position in range(first, whole, 4):
        t, u, v, w = gaps[position] + shift, gaps[position + 1] + shift, gaps[position + 2] + shift, gaps[position + 3] + shift
        for i in range(n):
            one, two, three, four = block[t, i], block[u, i], block[v, i], block[w, i]
            sums[at, i] += (one + two) + (three + four)
            squares[at, i] += (one * one + two * two) + (three * three + four * four)
    for position in range(whole, stop):
        t = gaps[position] + shift
        for i in range(n):
            sums[at, i] += block[t, i]
            squares[at, i] += block[t, i] * block[t, i]


@njit(cache=True, nogil=True, error_model="numpy")
def _take_off_known(gone, gaps, first, stop, shift, count, at):  # type: ignore[no-untyped-def]
    """Take the sessions ``gaps[first:stop]`` + `shift` that the series of a block have off the row `at` of `count`."""
    for position in range(first, stop):
        t = gaps[position] + shift
        if t >= gone.shape[0]:
            break
        for j in range(gone.shape[1]):
            count[at, j] -= 1.0 - gone[t, j]


@njit(cache=True, nogil=True, error_model="numpy")
def _correlate(rho, count, totals, lost, sizes, levels):  # type: ignore[no-untyped-def]
    """Turn products (n, m) into correlations, NaN where digits may be lost; how many these are.

    `totals` hold count, sums and squares of the series of both sides over the sessions that the other could have, `lost` (2, n, m) sums and
    squares over its gaps, `sizes` the squares over the whole length and `levels` the means, which were taken off all of these.
    """
    (of_x, of_y), (lost_x, lost_y), (size_x, size_y), (level_x, level_y) = totals, lost, sizes, levels
    doubts = 0
    for i in range(rho.shape[0]):
        sum_x, square_x, least_x, mean_x = of_x[1, i], of_x[2, i], KEPT * size_x[i], level_x[i] * level_x[i]
        for j in range(rho.shape[1]):
            n = count[i, j]
            inverse = 1.0 / (n if n > 1.0 else 1.0)
            a, b = sum_x - lost_x[0, i, j], of_y[1, j] - lost_y[0, i, j]
            aa, bb = square_x - lost_x[1, i, j], of_y[2, j] - lost_y[1, i, j]
            vary_x, vary_y = aa - a * a * inverse, bb - b * b * inverse
            flat_x, flat_y = SHAKY * (aa + n * mean_x), SHAKY * (bb + n * level_y[j] * level_y[j])
            shaky = (aa < least_x) | (bb < KEPT * size_y[j]) | (vary_x <= flat_x) | (vary_y <= flat_y)
            rho[i, j] = np.nan if shaky else (rho[i, j] - a * b * inverse) / np.sqrt(vary_x * vary_y)
            doubts += shaky
    return doubts


@njit(cache=True, nogil=True, error_model="numpy")
def _correlate_afresh(rho, count, blocks, gone, levels, shift, fewest):  # type: ignore[no-untyped-def]
    """Sum the pairs that are NaN afresh, where they have common sessions enough."""
    for i in range(rho.shape[0]):
        for j in range(rho.shape[1]):
            if rho[i, j] != rho[i, j] and count[i, j] >= max(fewest.min(), 2):
                one, other = (blocks[0][:, i], gone[0][:, i], levels[0][i]), (blocks[1][:, j], gone[1][:, j], levels[1][j])
                rho[i, j] = _afresh(one, other, shift)


@njit(cache=True, nogil=True, error_model="numpy")
def _afresh(one, other, shift):  # type: ignore[no-untyped-def]
    """The correlation of two series about their means over the sessions both have; NaN where one does not vary."""
    (x, gone_x, level_x), (y, gone_y, level_y) = one, other
    n, mean_x, mean_y = 0, 0.0, 0.0
    for t in range(x.size - shift):
        if gone_x[t] == 0 and gone_y[t + shift] == 0:
            n += 1
            mean_x += x[t]
            mean_y += y[t + shift]
    mean_x, mean_y = mean_x / n, mean_y / n
    xx, yy, xy, size_x, size_y = 0.0, 0.0, 0.0, 0.0, 0.0
    for t in range(x.size - shift):
        if gone_x[t] == 0 and gone_y[t + shift] == 0:
            xx += (x[t] - mean_x) ** 2
            yy += (y[t + shift] - mean_y) ** 2
            xy += (x[t] - mean_x) * (y[t + shift] - mean_y)
            size_x += (x[t] + level_x) ** 2
            size_y += (y[t + shift] + level_y) ** 2
    if not (xx > NO_VARIATION * size_x and yy > NO_VARIATION * size_y):
        return np.nan
    return xy / np.sqrt(xx * yy)


@njit(cache=True, nogil=True, error_model="numpy")
def _add_covered(rho, count, within, fewest, added):  # type: ignore[no-untyped-def]
    """Add the correlations that rest on enough common sessions; within one block those above the diagonal."""
    n, m = rho.shape
    total, pairs = np.empty(m), np.empty(m)
    for k in range(2):
        enough = max(fewest[k], 2)
        total[:], pairs[:] = 0.0, 0.0
        for i in range(n):
            for j in range(i + 1 if within else 0, m):
                covered = (rho[i, j] == rho[i, j]) & (count[i, j] >= enough)
                total[j] += rho[i, j] if covered else 0.0
                pairs[j] += 1.0 if covered else 0.0
        added[k, 0] += total.sum()
        added[k, 1] += pairs.sum()
