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
    """Sums over the estimation window of each event, whose securities `local` ascend; writes the last five arguments.

    `returns` is (s, T); `regressors` holds usable (T,), scaled values (k, T), cross terms (T, c), both zero where unusable, and whether there is a
    constant. `bounds` (2, n), half-open, is cut to the life of the security; `sums` (k + 2, n) gets y, z y and y*y about the mean of the security;
    `tail` (2, n) the prefix sum of y*y and that mean; `n_missing` (n,) and `missing` (n, c) the sessions without a return and their terms.
    """
    usable, scaled, terms, constant = regressors
    (k, n_sessions), width = scaled.shape, terms.shape[1]
    known = np.empty(n_sessions, dtype=np.bool_)
    prefix, gaps, lost = np.zeros((n_sessions + 1, k + 2)), np.empty(n_sessions + 1, dtype=np.int64), np.zeros((n_sessions + 1, width))
    after = 0
    for s in range(returns.shape[0]):
        before = after
        while after < local.size and local[after] == s:
            after += 1
        row = returns[s]
        born, gone, middle = _life(row, usable, known)
        middle = middle if constant else 0.0
        n_gaps = 0
        for t in range(born, gone):
            gaps[n_gaps] = t
            n_gaps += usable[t] and not known[t]
        for g in range(n_gaps):
            for j in range(width):
                lost[g + 1, j] = lost[g, j] + terms[gaps[g], j]
        begin, end = gone, born
        for e in range(before, after):
            bounds[0, e] = max(bounds[0, e], born)
            bounds[1, e] = max(bounds[0, e], min(bounds[1, e], gone))
            begin, end = min(begin, bounds[0, e]), max(end, bounds[1, e])
        prefix[begin] = 0.0
        for t in range(begin, end):
            y = row[t] - middle if known[t] else 0.0
            prefix[t + 1, 0] = prefix[t, 0] + y
            for j in range(k):
                prefix[t + 1, j + 1] = prefix[t, j + 1] + y * scaled[j, t]
            prefix[t + 1, k + 1] = prefix[t, k + 1] + y * y
        for e in range(before, after):
            start, stop = bounds[0, e], bounds[1, e]
            for j in range(k + 2):
                sums[j, e] = prefix[stop, j] - prefix[start, j] if stop > start else 0.0
            tail[0, e], tail[1, e] = prefix[stop, k + 1] if stop > start else 0.0, middle
            first, last = np.searchsorted(gaps[:n_gaps], start), np.searchsorted(gaps[:n_gaps], stop)
            n_missing[e] = last - first
            for j in range(width):
                missing[e, j] = lost[last, j] - lost[first, j]


@njit(cache=True, nogil=True, error_model="numpy")
def _life(row, usable, known):  # type: ignore[no-untyped-def]
    """First session with a return, the one after the last (0, 0 when none), and the mean return; writes where there is one."""
    total, count = 0.0, 0
    for t in range(row.size):
        known[t] = usable[t] and np.isfinite(row[t])
        total += row[t] if known[t] else 0.0
        count += known[t]
    if count == 0:
        return 0, 0, 0.0
    born, gone = 0, row.size
    while not known[born]:
        born += 1
    while not known[gone - 1]:
        gone -= 1
    return born, gone, total / count


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
