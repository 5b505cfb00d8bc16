"""The fit of events on securities without gaps by compiled loops."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from impact.kernels.acceleration import compiled_loops
from impact.kernels.blocks import MIN_RESIDUAL, SharedDesigns
from impact.kernels.mapping import Executor
from impact.kernels.moments import MAX_CANCELLATION
from impact.kernels.records import Regression
from impact.kernels.windows import stable_order
from impact.typing_ import BoolArray, FloatArray, IntArray

__all__ = ["CompleteFit", "fit_complete_events"]

PIECES = 8
"""Pieces of work for a pool of threads; compiled loops let other threads run."""


@dataclass(frozen=True, eq=False, kw_only=True)
class CompleteFit:
    """The fit of the events that compiled loops can take: `done` (N,) says which; the other arrays are set there only.

    Attributes
    ----------
    done, doubtful : (N,) bool
    alpha, n_obs, sse, total : (N,) float
    beta : (N, k) float
    abnormal : (N, W) float
    group : (N,) int
    """

    done: BoolArray
    doubtful: BoolArray
    alpha: FloatArray
    n_obs: FloatArray
    sse: FloatArray
    total: FloatArray
    beta: FloatArray
    abnormal: FloatArray
    group: IntArray


def fit_complete_events(
    regression: Regression,
    shared: SharedDesigns | None,
    day0: IntArray,
    security: IntArray,
    estimation: tuple[int, int],
    window: tuple[int, int],
    executor: Executor | None = None,
) -> CompleteFit | None:
    """Fit the events whose security has no gap and whose windows lie inside the calendar; None without compiled loops."""
    loops = compiled_loops(day0.size)
    if loops is None or shared is None or not regression.returns.flags.f_contiguous:
        return None
    panel, scaled = regression.returns.T, shared.scaled
    n_sessions = panel.shape[1]
    sums = _sums(panel, scaled.usable, np.flatnonzero(np.bincount(security, minlength=panel.shape[0])))
    whole = np.isfinite(sums)
    inside = (day0 + estimation[0] >= 0) & (day0 + window[0] >= 0) & (day0 + max(estimation[1], window[1]) < n_sessions)
    done = whole[security] & inside
    chosen = np.flatnonzero(done)
    order = chosen[stable_order(security[chosen], panel.shape[0])]
    columns, first = np.unique(security[order], return_index=True)
    edges = np.append(first, order.size)
    constant = regression.constant or regression.fixed
    n, k, width = day0.size, scaled.values.shape[1], window[1] - window[0] + 1
    group = shared.lookup[day0]
    fits, abnormal = np.empty((n, 4 + k)), np.empty((n, width))
    centre = sums / max(1, int(scaled.usable.sum())) if constant else np.zeros(panel.shape[0])
    rows = (panel, scaled.usable, centre, np.ascontiguousarray(scaled.values.T))
    moments = shared.moments
    fitted = (moments.n_rows, moments.mean, moments.inverse, scaled.centre, scaled.scale)
    designs = (estimation[0], estimation[1] - estimation[0] + 1, *fitted)
    event_window = (np.ascontiguousarray(regression.regressors.T), window[0], width)
    days, groups, kind = day0[order], group[order], (constant, regression.fixed)

    def fit_piece(piece: slice) -> None:
        placed = (columns[piece], edges[piece.start : piece.stop + 1], order, days, groups)
        loops.fit_complete(rows, placed, designs, event_window, kind, fits, abnormal)

    threads = executor if isinstance(executor, ThreadPoolExecutor) else None
    pieces = PIECES if threads is not None else 1
    cuts = np.linspace(0, columns.size, pieces + 1).astype(int)
    slices = [slice(a, b) for a, b in itertools.pairwise(cuts) if b > a]
    list(threads.map(fit_piece, slices) if threads is not None else map(fit_piece, slices))
    alpha, sse, total, high = np.ascontiguousarray(fits[:, :4].T)
    with np.errstate(all="ignore"):  # entries of events left to the blocks hold anything
        doubtful = shared.moments.doubtful[group] | ~(sse > MIN_RESIDUAL * total) | (high > MAX_CANCELLATION * total)
    return CompleteFit(
        done=done,
        doubtful=doubtful & done,
        alpha=alpha,
        n_obs=shared.moments.n_rows[group],
        sse=sse,
        total=total,
        beta=np.ascontiguousarray(fits[:, 4:]),
        abnormal=abnormal,
        group=group,
    )


def _sums(panel: FloatArray, usable: BoolArray, columns: IntArray) -> FloatArray:
    """Sum of the returns of some securities over the usable sessions, not finite where one of these has none; NaN for the others."""
    few = 4 * columns.size < panel.shape[0]
    some = panel[columns] if few else panel
    with np.errstate(invalid="ignore"):
        sums = (some if usable.all() else np.where(usable, some, 0.0)).sum(axis=1)
    result = np.full(panel.shape[0], np.nan)
    result[columns] = sums if few else sums[columns]
    return result
