"""The fit of one block of securities: small enough to stay in cache, self-contained enough to be sent elsewhere."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import ModuleType
from typing import TypeAlias

import numpy as np

from impact.kernels.acceleration import compiled_loops
from impact.kernels.moments import MAX_CANCELLATION, DesignMoments, ScaledRegressors, design_moments, scale_regressors
from impact.kernels.windows import cross_terms, gap_sums, padded_rows, prefix_sums, window_bounds
from impact.typing_ import BoolArray, FloatArray, IntArray

__all__ = ["Block", "BlockFit", "SharedDesigns", "fit_block", "share_designs"]

MIN_RESIDUAL = 1e-8
"""Residual over total sum of squares below which residuals are recomputed row by row."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SharedDesigns:
    """What events of all securities have in common when they share their regressors.

    Attributes
    ----------
    scaled : ScaledRegressors
        (T, k).
    terms : (T, c) float
        Cross terms, zero on sessions without regressors.
    sums : (T + 1, c) float
        Their prefix sums.
    days : (D,) int
        Every day 0, ascending; one design each.
    lookup : (T,) int
        Position of a day in `days`.
    moments : DesignMoments
        Of the D designs.
    event_rows : (k, T, W) float
        Raw regressors on the event window around every session; a view.
    raw : (k, T) float
        Raw regressors.
    """

    scaled: ScaledRegressors
    terms: FloatArray
    sums: FloatArray
    days: IntArray
    lookup: IntArray
    moments: DesignMoments
    event_rows: FloatArray
    raw: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Block:
    """A block of securities and their events.

    Attributes
    ----------
    returns : (s, T) float
    regressors : (s, T, k) float or None
        The securities' own; None when `shared` is given.
    shared : SharedDesigns or None
    day0, local : (n,) int
        Day 0 of each event and the row of its security.
    estimation, window : (first, last)
    constant : bool
        Whether means are taken off in the estimation window.
    fixed : bool
        Returns already are abnormal.
    compiled : bool
        By compiled loops where they are at hand and the regressors shared.
    """

    returns: FloatArray
    regressors: FloatArray | None
    shared: SharedDesigns | None
    day0: IntArray
    local: IntArray
    estimation: tuple[int, int]
    window: tuple[int, int]
    constant: bool
    fixed: bool
    compiled: bool = False

    @property
    def n_sessions(self) -> int:
        """T."""
        result: int = self.returns.shape[1]
        return result


@dataclass(frozen=True, eq=False, kw_only=True)
class BlockFit:
    """Estimates of the n events of a block, in raw units.

    Attributes
    ----------
    alpha, n_obs, sse, total : (n,) float
        `sse` and `total` are the residual and total sums of squares.
    beta : (n, k) float
    abnormal : (n, W) float
    doubtful : (n,) bool
        To be refitted row by row.
    shared_group : (n,) int
        Position of the event's design among the shared ones; -1 when it has its own.
    own : DesignMoments
        Designs of the events with -1, in their order.
    centre, scale : (m, k) float
        Units of those designs.
    """

    alpha: FloatArray
    n_obs: FloatArray
    sse: FloatArray
    total: FloatArray
    beta: FloatArray
    abnormal: FloatArray
    doubtful: BoolArray
    shared_group: IntArray
    own: DesignMoments
    centre: FloatArray
    scale: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class _Sums:
    """Window sums (k + 2, n) of y, z y and y*y with y centred by `centre` (n,), and the prefix sum of y*y at the end."""

    values: FloatArray
    prefix: FloatArray
    centre: FloatArray


_Designs: TypeAlias = tuple[DesignMoments, DesignMoments, IntArray, _Sums, tuple[FloatArray, FloatArray]]
"""Moments of the design of each event, those that are an event's own, the shared group (-1: own), sums, units."""


def share_designs(
    regressors: FloatArray, day0: IntArray, estimation: tuple[int, int], window: tuple[int, int], *, constant: bool
) -> SharedDesigns:
    """One design for each day 0: what all events without gaps on that day have in common."""
    n_sessions, k = regressors.shape
    scaled = scale_regressors(regressors, np.asarray(np.isfinite(regressors).all(axis=-1)), constant=constant)
    terms = cross_terms(scaled.values) * scaled.usable[:, None]
    sums = np.ascontiguousarray(prefix_sums(terms.T).T)
    days = np.flatnonzero(np.bincount(day0, minlength=n_sessions))
    lookup = np.zeros(n_sessions, dtype=np.intp)
    lookup[days] = np.arange(days.size)
    start, stop = window_bounds(days, estimation, n_sessions)
    before, after = max(0, -window[0]), max(0, window[1])
    raw = np.ascontiguousarray(regressors.T)
    rows = padded_rows(raw, before, after)
    view = np.lib.stride_tricks.sliding_window_view(rows, window[1] - window[0] + 1, axis=1)
    return SharedDesigns(
        scaled=scaled,
        terms=terms,
        sums=sums,
        days=days,
        lookup=lookup,
        moments=design_moments(sums[start], sums[stop], k, constant=constant),
        event_rows=view[:, before + window[0] :],
        raw=raw,
    )


def fit_block(block: Block) -> BlockFit:
    """Fit every event of a block by prefix sums."""
    loops = compiled_loops(sys.maxsize, "compiled_blocks") if block.compiled and block.shared is not None else None
    if loops is not None and block.shared is not None:
        return _fit_by_loops(loops, block, block.shared)
    before, after = max(0, -block.window[0]), max(0, block.window[1])
    rows = padded_rows(block.returns, before, after)
    returns = rows[:, before : before + block.n_sessions]
    valid = np.isfinite(returns)
    if block.shared is not None:
        moments, own, group, sums, units = _with_shared(block, block.shared, returns, valid)
    else:
        moments, own, group, sums, units = _with_own(block, _own_regressors(block), returns, valid)
    solved, doubtful = _solve(moments, sums, units, constant=block.constant)
    abnormal = _abnormal(block, rows, before, solved["alpha"], solved["beta"])
    return _block_fit((moments, own, group, sums, units), solved, doubtful, abnormal)


def _block_fit(designs: _Designs, solved: dict[str, FloatArray], doubtful: BoolArray, abnormal: FloatArray) -> BlockFit:
    moments, own, group, _, units = designs
    centre, scale = (np.broadcast_to(unit, moments.mean.shape)[group < 0] for unit in units)
    return BlockFit(
        n_obs=moments.n_rows, abnormal=abnormal, shared_group=group, own=own, centre=centre, scale=scale, doubtful=doubtful, **solved
    )


def _fit_by_loops(loops: ModuleType, block: Block, shared: SharedDesigns) -> BlockFit:
    """:func:`fit_block` by compiled loops: no array of the size of the panel is made beside it."""
    scaled, day0, local, returns = shared.scaled, block.day0, block.local, np.ascontiguousarray(block.returns)
    n, k, width = day0.size, scaled.values.shape[1], block.window[1] - block.window[0] + 1
    bounds, values, tail = np.stack(window_bounds(day0, block.estimation, block.n_sessions)), np.empty((k + 2, n)), np.empty((2, n))
    n_missing, missing = np.zeros(n, dtype=np.int64), np.zeros((n, shared.terms.shape[1]))
    regressors = (scaled.usable, np.ascontiguousarray(scaled.values.T), shared.terms, block.constant)
    loops.window_sums(returns, regressors, local, bounds, values, tail, n_missing, missing)
    group = shared.lookup[day0]
    moments = shared.moments.take(group)
    special = np.flatnonzero(n_missing)
    start, stop = bounds[:, special]
    own = design_moments(shared.sums[start], shared.sums[stop], k, constant=block.constant, gaps=missing[special])
    group[special] = -1
    moments.put(special, own)
    designs = moments, own, group, _Sums(values=values, prefix=tail[0], centre=tail[1]), (scaled.centre, scaled.scale)
    solved, doubtful = _solve(moments, designs[3], designs[4], constant=block.constant)
    abnormal = np.empty((n, width))
    loops.abnormal_rows(
        returns, local, day0 + block.window[0], solved["alpha"], solved["beta"], shared.raw, (block.constant, block.fixed), abnormal
    )
    return _block_fit(designs, solved, doubtful, abnormal)


def _own_regressors(block: Block) -> FloatArray:
    """(s, T, k) regressors of each security, which a block without shared designs has."""
    if block.regressors is None:
        raise LookupError("a block has either shared designs or regressors of its own")
    return block.regressors


def _with_shared(block: Block, shared: SharedDesigns, returns: FloatArray, valid: BoolArray) -> _Designs:
    """Designs by day 0, replaced for the events whose window has gaps."""
    scaled, day0, local, k = shared.scaled, block.day0, block.local, shared.scaled.values.shape[1]
    group = shared.lookup[day0]
    moments = shared.moments.take(group)
    start, stop = first_start, last_stop = window_bounds(day0, block.estimation, block.n_sessions)
    complete = bool(valid.all())
    if not (complete and scaled.usable.all()):
        valid = valid & scaled.usable
    own = shared.moments.take(np.empty(0, dtype=np.intp))
    if not complete:
        gaps, born, gone = gap_sums(shared.terms, valid, scaled.usable)
        start = np.maximum(start, born[local])
        stop = np.maximum(start, np.minimum(stop, gone[local]))
        first, last = gaps.bounds(local, start, stop)
        special = np.flatnonzero((start > first_start) | (stop < last_stop) | (last > first))
        missing = gaps.between(first[special], last[special])
        own = design_moments(shared.sums[start[special]], shared.sums[stop[special]], k, constant=block.constant, gaps=missing)
        group[special] = -1
        moments.put(special, own)
    sums = _return_sums(block, start, stop, returns, valid, scaled.values.T[None])
    return moments, own, group, sums, (scaled.centre, scaled.scale)


def _with_own(block: Block, regressors: FloatArray, returns: FloatArray, valid: BoolArray) -> _Designs:
    """A design for every event, from its security's own regressors."""
    valid = valid & np.isfinite(regressors).all(axis=-1)
    scaled = scale_regressors(regressors, valid, constant=block.constant)
    start, stop = window_bounds(block.day0, block.estimation, block.n_sessions)
    prefix = prefix_sums((cross_terms(scaled.values) * valid[..., None]).transpose(0, 2, 1))
    k = regressors.shape[-1]
    moments = design_moments(prefix[block.local, :, start], prefix[block.local, :, stop], k, constant=block.constant)
    sums = _return_sums(block, start, stop, returns, valid, scaled.values.transpose(0, 2, 1))
    units = scaled.centre[block.local], scaled.scale[block.local]
    return moments, moments, np.full(block.day0.size, -1), sums, units


def _return_sums(block: Block, start: IntArray, stop: IntArray, returns: FloatArray, valid: BoolArray, scaled: FloatArray) -> _Sums:
    complete = bool(valid.all())
    centre = np.zeros(returns.shape[0])
    if block.constant:
        known = returns if complete else np.where(valid, returns, 0.0)
        centre = known.sum(axis=1) / np.maximum(valid.sum(axis=1), 1)
    y = returns - centre[:, None]
    if not complete:
        y[~valid] = 0.0
    base = block.local * (block.n_sessions + 1)
    lower, upper = base + start, base + stop
    k = scaled.shape[1]
    sums = np.empty((k + 2, block.day0.size))
    high = np.empty(block.day0.size)
    for j in range(k + 2):
        values = y if j == 0 else y * scaled[:, j - 1] if j <= k else y * y
        prefix = prefix_sums(values).ravel()
        np.take(prefix, upper, out=high)
        np.subtract(high, prefix[lower], out=sums[j])
    return _Sums(values=sums, prefix=high, centre=centre[block.local])


def _solve(
    moments: DesignMoments, sums: _Sums, units: tuple[FloatArray, FloatArray], *, constant: bool
) -> tuple[dict[str, FloatArray], BoolArray]:
    n_rows, mean = moments.n_rows, moments.mean
    k = mean.shape[1]
    centre, scale = units
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_y = sums.values[0] / n_rows if constant else np.zeros(n_rows.size)
        cross = sums.values[1 : 1 + k].T - (n_rows * mean_y)[:, None] * mean
        total = sums.values[-1] - n_rows * mean_y**2
        slope = moments.inverse[:, :, 0] * cross if k == 1 else np.einsum("nij,nj->ni", moments.inverse, cross)
        sse = total - np.einsum("ni,ni->n", slope, cross)
        beta = slope / scale
        alpha = sums.centre + mean_y - np.einsum("ni,ni->n", beta, centre + scale * mean) if constant else np.zeros(n_rows.size)
        doubtful = moments.doubtful | ~(sse > MIN_RESIDUAL * total) | (sums.prefix > MAX_CANCELLATION * total)
    return {"alpha": alpha, "beta": beta, "sse": sse, "total": total}, doubtful


def _abnormal(block: Block, rows: FloatArray, before: int, alpha: FloatArray, beta: FloatArray) -> FloatArray:
    """Event-window returns less what the regression predicts."""
    width = block.window[1] - block.window[0] + 1
    view = np.lib.stride_tricks.sliding_window_view(rows.ravel(), width)
    abnormal: FloatArray = view[block.local * rows.shape[1] + before + block.window[0] + block.day0]
    if block.fixed:
        return abnormal
    if block.constant:
        abnormal -= alpha[:, None]
    for j in range(beta.shape[1]):
        abnormal -= beta[:, j, None] * _event_regressor(block, j)
    return abnormal


def _event_regressor(block: Block, j: int) -> FloatArray:
    if block.shared is not None:
        result: FloatArray = block.shared.event_rows[j][block.day0]
        return result
    position = block.day0[:, None] + np.arange(block.window[0], block.window[1] + 1)
    inside = (position >= 0) & (position < block.n_sessions)
    return np.where(inside, _own_regressors(block)[block.local[:, None], np.where(inside, position, 0), j], np.nan)
