"""Prefix sums over a panel, and the sums and rows of any window that follow from them.

A window sum is a difference of two prefix sums, so the cost of an estimation window does not depend on its length.
Values are centred before they are summed: without centring the difference loses the digits of the level.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from impact.typing_ import BoolArray, FloatArray, IntArray

__all__ = [
    "GapSums",
    "column_blocks",
    "cross_terms",
    "gap_sums",
    "padded_rows",
    "prefix_sums",
    "stable_order",
    "window_bounds",
]

BLOCK_VALUES = 1 << 18
"""Values of one array of a block of columns: a few such arrays fit in the cache of one core."""


def prefix_sums(values: FloatArray) -> FloatArray:
    """Cumulative sums along the last axis with a leading zero: (..., T) -> (..., T + 1)."""
    sums = np.empty((*values.shape[:-1], values.shape[-1] + 1))
    sums[..., 0] = 0.0
    np.cumsum(values, axis=-1, out=sums[..., 1:])
    return sums


def stable_order(keys: IntArray, bound: int) -> IntArray:
    """Positions that sort non-negative integer keys below `bound`, ties in their order; short keys sort by radix."""
    return np.argsort(keys.astype(np.uint16) if bound <= 1 << 16 else keys, kind="stable")


def window_bounds(day0: IntArray, window: tuple[int, int], n_sessions: int) -> tuple[IntArray, IntArray]:
    """Half-open positions [start, stop) of inclusive offsets around `day0`, cut to the calendar 0 .. T-1."""
    start = np.clip(day0 + window[0], 0, n_sessions)
    stop = np.clip(day0 + window[1] + 1, 0, n_sessions)
    return start, np.maximum(start, stop)


def padded_rows(values: FloatArray, before: int, after: int) -> FloatArray:
    """(S, T) rows with NaN sessions added on both sides, so that windows may leave the calendar."""
    padded = np.full((values.shape[0], before + values.shape[1] + after), np.nan)
    padded[:, before : before + values.shape[1]] = values
    return padded


def cross_terms(regressors: FloatArray) -> FloatArray:
    """For every row x of (..., k) regressors the terms [1, x, x x'] flattened: (..., 1 + k + k * k)."""
    k = regressors.shape[-1]
    terms = np.empty((*regressors.shape[:-1], 1 + k + k * k))
    terms[..., 0] = 1.0
    terms[..., 1 : 1 + k] = regressors
    outer = regressors[..., :, None] * regressors[..., None, :]
    terms[..., 1 + k :] = outer.reshape(*regressors.shape[:-1], k * k)
    return terms


class GapSums:
    """Sums of the regressor cross terms over the missing sessions of each column, for any range of sessions.

    The cost grows with the number of gaps, not with the size of the panel.

    Parameters
    ----------
    terms : (T, c) float
        Cross terms of every session.
    missing : (S, T) bool
        True where the security has no return on a session that has regressors.
    """

    def __init__(self, terms: FloatArray, missing: BoolArray) -> None:
        columns, sessions = np.nonzero(missing)
        self._n_sessions = missing.shape[1]
        self._keys = columns * self._n_sessions + sessions
        self._sums = np.zeros((self._keys.size + 1, terms.shape[1]))
        np.cumsum(terms[sessions], axis=0, out=self._sums[1:])

    def bounds(self, column: IntArray, start: IntArray, stop: IntArray) -> tuple[IntArray, IntArray]:
        """Positions in the list of gaps of the first gap at or after `start` and of the first at or after `stop`."""
        base = column * self._n_sessions
        return np.searchsorted(self._keys, base + start), np.searchsorted(self._keys, base + stop)

    def between(self, first: IntArray, last: IntArray) -> FloatArray:
        """(n, c) sums of the cross terms over the gaps [first, last) of the list."""
        return self._sums[last] - self._sums[first]


def gap_sums(terms: FloatArray, valid: BoolArray, usable: BoolArray) -> tuple[GapSums, IntArray, IntArray]:
    """Gaps inside each column's life, with the first valid session and the one after the last (0, 0 when none).

    Parameters
    ----------
    terms : (T, c) float
    valid : (S, T) bool
        Sessions with a return and with regressors.
    usable : (T,) bool
        Sessions with regressors.
    """
    n_sessions = valid.shape[1]
    some = valid.any(axis=1)
    born = np.where(some, valid.argmax(axis=1), 0)
    gone = np.where(some, n_sessions - valid[:, ::-1].argmax(axis=1), 0)
    session = np.arange(n_sessions)
    alive = (session >= born[:, None]) & (session < gone[:, None])
    return GapSums(terms, alive & usable & ~valid), born, gone


def column_blocks(security: IntArray, n_securities: int, n_sessions: int) -> Iterator[tuple[IntArray, IntArray, IntArray]]:
    """Events grouped by blocks of securities that fit in cache.

    Yields
    ------
    columns : (s,) int
        Securities of the block that have events, ascending.
    events : (n,) int
        Positions of the block's events, ordered by security.
    local : (n,) int
        For each of them the position of its security in `columns`.
    """
    width = max(1, BLOCK_VALUES // max(1, n_sessions))
    counts = np.bincount(security, minlength=n_securities)
    used = np.flatnonzero(counts)
    order = stable_order(security, n_securities)
    edges = np.concatenate(([0], np.cumsum(counts[used])))
    for begin in range(0, used.size, width):
        columns = used[begin : begin + width]
        end = begin + columns.size
        local = np.repeat(np.arange(columns.size), counts[columns])
        yield columns, order[edges[begin] : edges[end]], local
