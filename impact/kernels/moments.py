"""From window sums of regressors to the inverse of their centred cross products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.typing_ import BoolArray, FloatArray, IntArray

__all__ = ["MAX_CANCELLATION", "DesignMoments", "ScaledRegressors", "design_moments", "scale_regressors"]

MAX_CONDITION = 1e8
"""Condition number of the scaled X'X (1e4 for X) above which a window is refitted row by row."""
MAX_CANCELLATION = 1e5
"""Prefix sum over centred window sum of squares above which a window is refitted row by row: five digits of sixteen."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ScaledRegressors:
    """Regressors centred and scaled once: raw = centre + scale * values.

    Attributes
    ----------
    values : (..., T, k) float
        Zero where missing.
    centre, scale : (..., k) float
    usable : (..., T) bool
    """

    values: FloatArray
    centre: FloatArray
    scale: FloatArray
    usable: BoolArray


@dataclass(frozen=True, eq=False, kw_only=True)
class DesignMoments:
    """Window moments of n designs in scaled units.

    Attributes
    ----------
    n_rows : (n,) float
    mean : (n, k) float
        Zero without a constant.
    inverse : (n, k, k) float
        Of the centred cross products.
    doubtful : (n,) bool
        Too flat or ill-conditioned to be trusted.
    """

    n_rows: FloatArray
    mean: FloatArray
    inverse: FloatArray
    doubtful: BoolArray

    def take(self, rows: IntArray) -> DesignMoments:
        """The designs at the positions `rows`, as arrays of their own."""
        return DesignMoments(n_rows=self.n_rows[rows], mean=self.mean[rows], inverse=self.inverse[rows], doubtful=self.doubtful[rows])

    def put(self, rows: IntArray, other: DesignMoments) -> None:
        """Overwrite the designs at the positions `rows`."""
        for name in ("n_rows", "mean", "inverse", "doubtful"):
            getattr(self, name)[rows] = getattr(other, name)


def scale_regressors(regressors: FloatArray, usable: BoolArray, *, constant: bool) -> ScaledRegressors:
    """Centre (with a constant) and scale along the sessions axis, the last but one."""
    known = np.where(usable[..., None], regressors, 0.0)
    count = np.maximum(usable.sum(axis=-1), 1)[..., None]
    centre = known.sum(axis=-2) / count if constant else np.zeros(known.shape[:-2] + known.shape[-1:])
    values = np.where(usable[..., None], regressors - centre[..., None, :], 0.0)
    scale = np.sqrt((values**2).sum(axis=-2) / count)
    scale = np.where(scale > 0.0, scale, 1.0)
    return ScaledRegressors(values=values / scale[..., None, :], centre=centre, scale=scale, usable=usable)


def design_moments(below: FloatArray, upto: FloatArray, k: int, *, constant: bool, gaps: FloatArray | float = 0.0) -> DesignMoments:
    """Moments of windows from prefix sums of the cross terms [1, z, zz'].

    Parameters
    ----------
    below, upto : (n, 1 + k + k*k) float
        Prefix sums at the two ends of each window.
    k : int
    constant : bool
    gaps : (n, 1 + k + k*k) float
        Sums over the sessions of the window to leave out.
    """
    totals = upto - below - gaps
    n_rows = totals[:, 0]
    raw = totals[:, 1 + k :].reshape(n_rows.size, k, k)
    mean = np.zeros((n_rows.size, k))
    if constant:
        # A window without rows has no mean; dust of rounding over nothing would be infinite.
        mean = np.divide(totals[:, 1 : 1 + k], n_rows[:, None], out=np.full((n_rows.size, k), np.nan), where=n_rows[:, None] > 0)
    centred = raw - n_rows[:, None, None] * mean[:, :, None] * mean[:, None, :] if constant else raw
    if k == 0:
        return DesignMoments(n_rows=n_rows, mean=mean, inverse=centred, doubtful=np.zeros(n_rows.size, dtype=bool))
    squares = np.einsum("ujj->uj", centred)
    with np.errstate(invalid="ignore", divide="ignore"):
        flat = ~(upto[:, 1 + k :: k + 1] < MAX_CANCELLATION * squares).all(axis=1)
    flat |= n_rows < k + int(constant)
    unit = np.where(flat[:, None], 1.0, squares) ** -0.5
    correlation = centred * unit[:, :, None] * unit[:, None, :]
    correlation[flat] = np.eye(k)
    inverse, singular = _inverse(correlation)
    size = np.abs(correlation).sum(axis=1).max(axis=1) * np.abs(inverse).sum(axis=1).max(axis=1)
    inverse = inverse * unit[:, :, None] * unit[:, None, :]
    return DesignMoments(n_rows=n_rows, mean=mean, inverse=inverse, doubtful=flat | singular | ~(size < MAX_CONDITION))


def _inverse(matrices: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Inverses of (n, k, k) with a flag for those that have none (identity returned)."""
    none = np.zeros(matrices.shape[0], dtype=bool)
    if matrices.shape[-1] == 1:
        return 1.0 / matrices, none
    try:
        return np.asarray(np.linalg.inv(matrices), dtype=np.float64), none
    except np.linalg.LinAlgError:
        singular: BoolArray = np.asarray(np.linalg.matrix_rank(matrices, hermitian=True) < matrices.shape[-1])
        regular = np.where(singular[:, None, None], np.eye(matrices.shape[-1]), matrices)
        return np.asarray(np.linalg.inv(regular), dtype=np.float64), singular
