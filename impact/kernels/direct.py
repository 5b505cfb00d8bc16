"""Row-by-row refit of the few windows for which prefix sums may lose digits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.kernels.records import Regression
from impact.typing_ import BoolArray, FloatArray, IntArray, Window

__all__ = ["DirectFit", "event_rows", "refit_directly"]

CHUNK_VALUES = 1 << 22
"""Gathered values held at once."""


@dataclass(frozen=True, eq=False, kw_only=True)
class DirectFit:
    """Estimates of n windows in raw units: shapes (n,), (n, k), (n, k, k), (n, W)."""

    alpha: FloatArray
    beta: FloatArray
    n_rows: FloatArray
    centre: FloatArray
    inverse: FloatArray
    sse: FloatArray
    total: FloatArray
    abnormal: FloatArray
    singular: BoolArray


def event_rows(regression: Regression, day0: IntArray, security: IntArray, window: tuple[int, int]) -> tuple[FloatArray, FloatArray]:
    """Returns (n, w) and regressors (n, w, k) on inclusive offsets around `day0`; NaN outside the calendar."""
    n_sessions = regression.returns.shape[0]
    position = day0[:, None] + np.arange(window[0], window[1] + 1)
    inside = (position >= 0) & (position < n_sessions)
    position = np.where(inside, position, 0)
    returns = np.where(inside, regression.returns[position, security[:, None]], np.nan)
    regressors = regression.regressors[position, security[:, None]] if regression.own else regression.regressors[position]
    return returns, np.where(inside[..., None], regressors, np.nan)


def refit_directly(
    regression: Regression, day0: IntArray, security: IntArray, estimation: tuple[int, int], window: tuple[int, int]
) -> DirectFit:
    """Least squares of each window by the singular values of its own centred, scaled design.

    Regressors that are collinear to working precision are reported as `singular`; their estimates are NaN.
    """
    length = estimation[1] - estimation[0] + 1
    chunk = max(1, CHUNK_VALUES // (length * (regression.regressors.shape[-1] + 2)))
    parts = [_refit(regression, day0[i : i + chunk], security[i : i + chunk], estimation, window) for i in range(0, day0.size, chunk)]
    return DirectFit(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in DirectFit.__dataclass_fields__})


def _refit(regression: Regression, day0: IntArray, security: IntArray, estimation: Window, window: Window) -> DirectFit:
    constant = regression.constant or regression.fixed
    y, x = event_rows(regression, day0, security, estimation)
    usable = np.isfinite(y) & np.isfinite(x).all(axis=-1)
    n_rows = usable.sum(axis=1).astype(float)
    y, x = np.where(usable, y, 0.0), np.where(usable[..., None], x, 0.0)
    mean_y = y.sum(axis=1) / n_rows if constant else np.zeros(n_rows.size)
    centre = x.sum(axis=1) / n_rows[:, None] if constant else np.zeros((n_rows.size, x.shape[-1]))
    y = np.where(usable, y - mean_y[:, None], 0.0)
    x = np.where(usable[..., None], x - centre[:, None, :], 0.0)
    size = np.sqrt((x**2).sum(axis=1))
    level = np.sqrt(n_rows)[:, None] * np.abs(centre)
    flat = size <= np.finfo(float).eps * n_rows[:, None] * np.maximum(level, np.finfo(float).tiny)
    size = np.where(flat, 1.0, size)
    u, s, vt = np.linalg.svd(x / size[:, None, :], full_matrices=False)
    if x.shape[-1]:
        singular = flat.any(axis=1) | (s[:, -1] <= s[:, 0] * np.finfo(float).eps * x.shape[1])
    else:
        singular = np.zeros(n_rows.size, dtype=bool)
    s = np.where(singular[:, None], np.nan, s)
    root = vt.transpose(0, 2, 1) / s[:, None, :] / size[:, :, None]
    beta = np.einsum("nij,nj->ni", root, np.einsum("nlj,nl->nj", u, y))
    residual = np.where(usable, y - np.einsum("nlj,nj->nl", x, beta), 0.0)
    alpha = mean_y - np.einsum("nj,nj->n", centre, beta) if constant else np.zeros(n_rows.size)
    event_y, event_x = event_rows(regression, day0, security, window)
    predicted = 0.0 if regression.fixed else alpha[:, None] + np.einsum("nwj,nj->nw", event_x, beta)
    return DirectFit(
        alpha=alpha,
        beta=beta,
        n_rows=n_rows,
        centre=centre,
        inverse=root @ root.transpose(0, 2, 1),
        sse=(residual**2).sum(axis=1),
        total=(y**2).sum(axis=1),
        abnormal=event_y - predicted,
        singular=singular,
    )
