"""The two hot loops of the engine as machine code; needs numba (extra ``fast``).

Each repeats the arithmetic of its numpy twin in the same order where that order is fixed, so that a fit has the same digits
with and without it. Import this module only through :func:`impact.kernels.acceleration.compiled_loops`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["across", "fit_complete", "residual_rows", "sum_series"]


@njit(cache=True, nogil=True)
def across(panel):  # type: ignore[no-untyped-def]  # numba reads the types from the call
    """(S, T) the transpose of a panel (T, S) as an array of its own, eight columns at a time."""
    n_sessions, n_securities = panel.shape
    result = np.empty((n_securities, n_sessions))
    for first in range(0, n_securities, 8):
        for t in range(n_sessions):
            for s in range(first, min(first + 8, n_securities)):
                result[s, t] = panel[t, s]
    return result


@njit(cache=True, nogil=True)
def fit_complete(panel, placed, designs, event_window, kind, fits, abnormal):  # type: ignore[no-untyped-def]  # numba reads the types
    """Least squares and abnormal returns of events on securities without gaps; writes the last two arguments by event.

    `panel` holds returns (S, T), finite wherever usable (T,), the centres (S,) and scaled regressors (k, T), zero where unusable.
    `placed` holds columns and edges, and events, days and groups: the events of ``columns[c]`` are
    ``events[edges[c]:edges[c + 1]]`` with day 0 `days` and design `groups`; their windows lie inside the calendar.
    `designs` holds the first offset and length of the estimation window, and rows, means and inverses of the designs with centre
    and scale of the regressors; `event_window` the raw regressors (k, T), its first offset and width; `kind` says whether there is a
    constant and whether returns are abnormal already. A row of `fits` is alpha, sse, total, prefix sum of y*y, then the slopes.
    """
    returns, usable, centre, scaled = panel
    columns, edges, events, days, groups = placed
    first, length, n_rows, mean, inverse, centre_x, scale_x = designs
    event_x, first_day, width = event_window
    constant, fixed = kind
    n_sessions, k = returns.shape[1], scaled.shape[0]
    prefix = np.zeros((n_sessions + 1, k + 2))
    sums = np.empty(k + 2)
    cross = np.empty(k)
    for c in range(columns.size):
        row = returns[columns[c]]
        middle = centre[columns[c]]
        begin, end = n_sessions, 0
        for position in range(edges[c], edges[c + 1]):
            begin, end = min(begin, days[position] + first), max(end, days[position] + first + length)
        prefix[max(0, begin)] = 0.0
        for t in range(max(0, begin), end):
            y = row[t] - middle
            if not usable[t]:
                y = 0.0
            prefix[t + 1, 0] = prefix[t, 0] + y
            for j in range(k):
                prefix[t + 1, j + 1] = prefix[t, j + 1] + y * scaled[j, t]
            prefix[t + 1, k + 1] = prefix[t, k + 1] + y * y
        for position in range(edges[c], edges[c + 1]):
            g = groups[position]
            start = days[position] + first
            for j in range(k + 2):
                sums[j] = prefix[start + length, j] - prefix[start, j]
            rows = n_rows[g]
            mean_y = sums[0] / rows if constant else 0.0
            total = sums[k + 1] - rows * (mean_y * mean_y)
            for j in range(k):
                cross[j] = sums[j + 1] - rows * mean_y * mean[g, j]
            answer = fits[events[position]]
            explained, shift = 0.0, 0.0
            for i in range(k):
                slope = 0.0
                for j in range(k):
                    slope += inverse[g, i, j] * cross[j]
                explained += slope * cross[i]
                answer[4 + i] = slope / scale_x[i]
                shift += answer[4 + i] * (centre_x[i] + scale_x[i] * mean[g, i])
            alpha = middle + mean_y - shift if constant else 0.0
            answer[0], answer[1], answer[2], answer[3] = alpha, total - explained, total, prefix[start + length, k + 1]
            begin = days[position] + first_day
            values = row[begin : begin + width]
            target = abnormal[events[position]]
            for w in range(width):
                target[w] = values[w]
            if fixed:
                continue
            if constant:
                for w in range(width):
                    target[w] -= alpha
            for j in range(k):
                x = event_x[j, begin : begin + width]
                for w in range(width):
                    target[w] -= answer[4 + j] * x[w]


@njit(cache=True, nogil=True)
def residual_rows(flat, runs, starts, coefficients, constant, regressors, rows):  # type: ignore[no-untyped-def]
    """Residuals of events in place: row e of `rows` from ``flat[runs[e]:]`` less what its coefficients predict from ``starts[e]`` on."""
    length, k = rows.shape[1], regressors.shape[0]
    for e in range(rows.shape[0]):
        row, values = rows[e], flat[runs[e] : runs[e] + length]
        alpha = coefficients[e, 0] if constant else 0.0
        for t in range(length):
            row[t] = values[t] - alpha
        for j in range(k):
            slope, x = coefficients[e, constant + j], regressors[j, starts[e] : starts[e] + length]
            for t in range(length):
                row[t] -= slope * x[t]


@njit(cache=True, nogil=True)
def sum_series(  # type: ignore[no-untyped-def]  # numba reads the types from the call
    flat, runs, starts, bounds, alpha, beta, sse, regressors, most, smallest, series, known
):  # fmt: skip
    """Weighted sums of residuals by date; writes `series` (D, cuts, L) and `known` (D, cuts - 1), both zero before.

    The events of date d are ``bounds[d] <= e < bounds[d + 1]``; their returns are ``flat[runs[e]:runs[e] + L]`` and their
    regressors ``regressors[:, starts[e]:]``. Cuts: whole, without the last 1 .. most-1 rows, without the first 1 .. most-1
    rows (standardised each), and the plain sum. A series whose variance is below `smallest` of its mean square has no weight.
    """
    length, k, edge = series.shape[2], regressors.shape[0], most - 1
    cuts = 2 * edge + 2
    weights = np.empty(cuts)
    slopes = np.empty((cuts, k))
    offsets = np.empty(cuts)
    for d in range(bounds.size - 1):
        slopes[:] = 0.0
        offsets[:] = 0.0
        for e in range(bounds[d], bounds[d + 1]):
            values = flat[runs[e] : runs[e] + length]
            for side in range(2):
                outside, squares = 0.0, 0.0
                for s in range(most):
                    if s > 0:
                        t = length - s if side == 0 else s - 1
                        residual = values[t] - alpha[e]
                        for j in range(k):
                            residual -= beta[e, j] * regressors[j, starts[e] + t]
                        outside += residual
                        squares += residual * residual
                    elif side == 1:
                        continue
                    cut = side * edge + s
                    count = length - s
                    mean = -outside / count
                    variance = (sse[e] - squares) / count - mean * mean
                    weights[cut] = 1.0 / np.sqrt(variance) if variance > smallest * sse[e] / length else 0.0
                    if weights[cut] > 0.0:
                        known[d, cut] += 1
                    offsets[cut] += weights[cut] * (alpha[e] + mean)
            weights[cuts - 1] = 1.0
            offsets[cuts - 1] += alpha[e]
            for c in range(cuts):
                weight = weights[c]
                for j in range(k):
                    slopes[c, j] += weight * beta[e, j]
                target = series[d, c]
                for t in range(length):
                    target[t] += weight * values[t]
        for c in range(cuts):
            target = series[d, c]
            for t in range(length):
                target[t] -= offsets[c]
            for j in range(k):
                x = regressors[j, starts[bounds[d]] : starts[bounds[d]] + length]
                for t in range(length):
                    target[t] -= slopes[c, j] * x[t]
