"""The fit of a block of securities with gaps as machine code; needs numba (extra ``fast``).

The twin of the numpy code of :mod:`impact.kernels.blocks`, security by security. Import this module only through
:func:`impact.kernels.acceleration.compiled_loops`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["abnormal_rows", "window_sums"]


@njit(cache=True, nogil=True, error_model="numpy")
def window_sums(returns, regressors, local, bounds, sums, tail, n_missing, missing):  # type: ignore[no-untyped-def]
    """Sums over the estimation window of each event, whose securities `local` ascend; writes the last four arguments.

    `returns` is (s, T); `regressors` holds usable (T,), scaled values (k, T), cross terms (T, c), both zero where unusable, and whether there is a
    constant; `bounds` (2, n) are half-open. `sums` (k + 2, n) gets y, z y and y*y about a centre; `tail` (2, n) the prefix sum of y*y and that
    centre, the mean of the security from its first window to its last; `n_missing` (n,) and `missing` (n, c) the usable sessions without a
    return and their terms.
    """
    usable, scaled, terms, constant = regressors
    (k, n_sessions), width = scaled.shape, terms.shape[1]
    prefix, gaps, lost = np.zeros((n_sessions + 1, k + 2)), np.empty(n_sessions + 1, dtype=np.int64), np.zeros((n_sessions + 1, width))
    after = 0
    for s in range(returns.shape[0]):
        before = after
        begin, end = n_sessions, 0
        while after < local.size and local[after] == s:
            begin, end = min(begin, bounds[0, after]), max(end, bounds[1, after])
            after += 1
        row = returns[s]
        total, count, n_gaps = 0.0, 0, 0
        for t in range(begin, end):
            known = np.isfinite(row[t])
            total += row[t] if known and usable[t] else 0.0
            count += known and usable[t]
            gaps[n_gaps] = t
            n_gaps += usable[t] and not known
        centre = total / max(count, 1) if constant else 0.0
        for g in range(n_gaps):
            for j in range(width):
                lost[g + 1, j] = lost[g, j] + terms[gaps[g], j]
        prefix[begin] = 0.0
        for t in range(begin, end):
            y = row[t] - centre if np.isfinite(row[t]) and usable[t] else 0.0
            prefix[t + 1, 0] = prefix[t, 0] + y
            for j in range(k):
                prefix[t + 1, j + 1] = prefix[t, j + 1] + y * scaled[j, t]
            prefix[t + 1, k + 1] = prefix[t, k + 1] + y * y
        for e in range(before, after):
            start, stop = bounds[0, e], bounds[1, e]
            for j in range(k + 2):
                sums[j, e] = prefix[stop, j] - prefix[start, j]
            tail[0, e], tail[1, e] = prefix[stop, k + 1], centre
            first, last = np.searchsorted(gaps[:n_gaps], start), np.searchsorted(gaps[:n_gaps], stop)
            n_missing[e] = last - first
            for j in range(width):
                missing[e, j] = lost[last, j] - lost[first, j]


@njit(cache=True, nogil=True, error_model="numpy")
def abnormal_rows(returns, local, first, alpha, beta, regressors, kind, abnormal):  # type: ignore[no-untyped-def]
    """Returns of the event window of each event, from session `first` on, less what its coefficients predict; NaN outside the calendar.

    `regressors` are raw (k, T); `kind` says whether there is a constant and whether returns are abnormal already; writes `abnormal` (n, W).
    """
    constant, fixed = kind
    n_sessions, k = returns.shape[1], regressors.shape[0]
    for e in range(local.size):
        for w in range(abnormal.shape[1]):
            t = first[e] + w
            if not 0 <= t < n_sessions:
                abnormal[e, w] = np.nan
                continue
            value = returns[local[e], t]
            if not fixed:
                if constant:
                    value -= alpha[e]
                for j in range(k):
                    value -= beta[e, j] * regressors[j, t]
            abnormal[e, w] = value
