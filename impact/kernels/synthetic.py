"""Synthetic controls: convex combinations of donors fitted before the event, many events at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from impact.typing_ import BoolArray, FloatArray

__all__ = ["PlaceboGaps", "SimplexFit", "gaps_of_donors", "rmspe_ratio", "simplex_of_one", "simplex_weights"]

TOLERANCE = 1e-9
"""Largest violation of the optimality conditions, relative to the size of the gradient, that counts as none."""
MAX_STEPS = 400
CHUNK_VALUES = 1 << 22
"""Values of donor tables held at once."""
SUM_WEIGHT = 1e5
"""Weight of the row that makes the weights sum to one when single problems are solved by non-negative least squares."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SimplexFit:
    """Weights of n synthetic controls.

    Attributes
    ----------
    weights : (n, J) float
        Non-negative, summing to one.
    sse : (n,) float
        Sum of squared gaps in the fitting window.
    violation : (n,) float
        Largest violation of the optimality conditions relative to the size of the gradient.
    """

    weights: FloatArray
    sse: FloatArray
    violation: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class PlaceboGaps:
    """Every donor less its own synthetic control, which the other donors make.

    Attributes
    ----------
    gaps : (J, R) float
        NaN on a row where a donor has no figure.
    violation : (J,) float
        As in :class:`SimplexFit`.
    """

    gaps: FloatArray
    violation: FloatArray


def gaps_of_donors(donors: FloatArray, n_before: int) -> PlaceboGaps:
    """Placebos in space: the gap of each of J donors (R, J) to the others, fitted on the first `n_before` rows.

    References
    ----------
    Abadie, Diamond and Hainmueller (2010), Journal of the American Statistical Association 105, section 3.4.
    """
    rows, j = donors.shape
    gaps, violation = np.empty((j, rows)), np.empty(j)
    others = np.array([np.delete(np.arange(j), i) for i in range(j)])
    chunk = max(1, CHUNK_VALUES // (rows * j))
    for first in range(0, j, chunk):
        part = slice(first, first + chunk)
        target, pool = donors[:, part].T, donors[:, others[part]].transpose(1, 0, 2)
        fit = simplex_weights(target[:, :n_before], pool[:, :n_before])
        gaps[part] = target - np.einsum("nrj,nj->nr", pool, fit.weights)
        violation[part] = fit.violation
    return PlaceboGaps(gaps=gaps, violation=violation)


def simplex_weights(target: FloatArray, donors: FloatArray) -> SimplexFit:
    """Weights on the simplex that bring donors closest to each target.

    Parameters
    ----------
    target : (n, L) float
    donors : (n, L, J) float
        A row with NaN in either does not enter.

    Notes
    -----
    ``min ||y - X w||^2`` subject to ``w >= 0, sum w = 1``. Accelerated projected gradients find the support, an active-set
    step solves for it exactly, and the conditions are checked: with ``g = 2 X'(Xw - y)`` every donor with weight has the
    same g and no other has a smaller one. What fails the check is solved again one by one.

    References
    ----------
    Abadie, Diamond and Hainmueller (2010), Journal of the American Statistical Association 105.
    """
    known = np.isfinite(target) & np.isfinite(donors).all(axis=-1)
    y, x = np.where(known, target, 0.0), np.where(known[..., None], donors, 0.0)
    gram, cross = x.transpose(0, 2, 1) @ x, np.einsum("nlj,nl->nj", x, y)
    weights = _projected_gradient(gram, cross)
    weights = _polish(gram, cross, weights)
    violation = _violation(gram, cross, weights)
    for i in np.flatnonzero(~(violation < TOLERANCE)):
        again = _polish(gram[i : i + 1], cross[i : i + 1], simplex_of_one(x[i], y[i])[None])
        remaining = _violation(gram[i : i + 1], cross[i : i + 1], again)[0]
        if not violation[i] <= remaining:
            weights[i], violation[i] = again[0], remaining
    gap = y - np.einsum("nlj,nj->nl", x, weights)
    return SimplexFit(weights=weights, sse=(gap**2).sum(axis=1), violation=violation)


def _onto_simplex(points: FloatArray) -> FloatArray:
    """Euclidean projection of each row on the simplex."""
    ordered = -np.sort(-points, axis=1)
    excess = (np.cumsum(ordered, axis=1) - 1.0) / np.arange(1, points.shape[1] + 1)
    last = (ordered > excess).sum(axis=1) - 1
    result: FloatArray = np.maximum(points - excess[np.arange(points.shape[0]), last][:, None], 0.0)
    return result


def _projected_gradient(gram: FloatArray, cross: FloatArray) -> FloatArray:
    """Accelerated projected gradient descent from equal weights."""
    n, j = cross.shape
    step = 1.0 / np.maximum(np.linalg.norm(gram, axis=(1, 2)), np.finfo(float).tiny)[:, None]
    weights = np.full((n, j), 1.0 / j)
    ahead, momentum = weights, 1.0
    for _ in range(MAX_STEPS):
        moved = _onto_simplex(ahead - step * (np.einsum("nij,nj->ni", gram, ahead) - cross))
        faster = 0.5 * (1.0 + np.sqrt(1.0 + 4.0 * momentum**2))
        ahead, momentum = moved + (momentum - 1.0) / faster * (moved - weights), faster
        weights = moved
    return weights


def _on_support(gram: FloatArray, cross: FloatArray, support: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Least squares on a support with weights summing to one: weights (0 off support) and half gradients less the multiplier."""
    n, j = cross.shape
    size = np.trace(gram, axis1=1, axis2=2)[:, None] / j
    system = np.zeros((n, j + 1, j + 1))
    both = support[:, :, None] & support[:, None, :]
    system[:, :j, :j] = np.where(both, gram / size[:, :, None], 0.0)
    system[:, range(j), range(j)] += ~support
    system[:, :j, j] = system[:, j, :j] = support
    right = np.concatenate((np.where(support, cross / size, 0.0), np.ones((n, 1))), axis=1)
    solved = np.linalg.pinv(system, hermitian=True) @ right[..., None]
    weights = np.where(support, solved[:, :j, 0], 0.0)
    half = np.einsum("nij,nj->ni", gram, weights) - cross
    return weights, half + solved[:, j, 0, None] * size


def _polish(gram: FloatArray, cross: FloatArray, start: FloatArray) -> FloatArray:
    """Exact weights by active sets from a good guess of the support; a row that does not settle keeps its start."""
    best = start.copy()
    support = start > 1e-6
    settled = np.zeros(start.shape[0], dtype=bool)
    for _ in range(2 * start.shape[1] + 5):
        rows = np.flatnonzero(~settled)
        if not rows.size:
            break
        weights, slack = _on_support(gram[rows], cross[rows], support[rows])
        floor = -TOLERANCE * np.abs(cross[rows]).max(axis=1, keepdims=True)
        drop, add = support[rows] & (weights < 0.0), ~support[rows] & (slack < floor)
        fine = ~(drop.any(axis=1) | add.any(axis=1))
        best[rows[fine]], settled[rows[fine]] = weights[fine], True
        worst = np.zeros_like(add)
        worst[np.arange(rows.size), np.where(add, slack, np.inf).argmin(axis=1)] = True
        support[rows] = (support[rows] & ~drop) | (add & worst & ~drop.any(axis=1, keepdims=True))
    return best


def _violation(gram: FloatArray, cross: FloatArray, weights: FloatArray) -> FloatArray:
    gradient = np.einsum("nij,nj->ni", gram, weights) - cross
    held = weights > 0.0
    level = np.where(held, gradient, 0.0).sum(axis=1) / np.maximum(held.sum(axis=1), 1)
    away = np.where(held, np.abs(gradient - level[:, None]), np.maximum(level[:, None] - gradient, 0.0)).max(axis=1)
    scale = np.maximum(np.abs(cross).max(axis=1), np.finfo(float).tiny)
    result: FloatArray = away / scale + np.abs(weights.sum(axis=1) - 1.0)
    return result


def simplex_of_one(x: FloatArray, y: FloatArray) -> FloatArray:
    """One problem by non-negative least squares with a heavy row for the sum."""
    heavy = SUM_WEIGHT * np.sqrt(max(float((x**2).sum()), np.finfo(float).tiny))
    weights, _ = nnls(np.vstack((x, np.full(x.shape[1], heavy))), np.append(y, heavy))
    total = weights.sum()
    return weights / total if total > 0 else np.full(x.shape[1], 1.0 / x.shape[1])


def rmspe_ratio(before: FloatArray, after: FloatArray) -> FloatArray:
    """Root mean squared gap after the event over that before it, along the last axis; the statistic of placebos in space."""
    result: FloatArray = np.sqrt(np.nanmean(after**2, axis=-1) / np.nanmean(before**2, axis=-1))
    return result
