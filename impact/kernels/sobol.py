"""Seeded quasi-random draws and the share of an outcome's variance that each input explains alone."""

from __future__ import annotations

import numpy as np

from impact.errors import InputError
from impact.typing_ import FloatArray1D, FloatArray2D

__all__ = ["sobol_uniforms", "variance_shares"]


def sobol_uniforms(n_draws: int, n_inputs: int, *, rng: np.random.Generator) -> FloatArray2D:
    """Scrambled Sobol points (n_draws, n_inputs) strictly inside the unit cube.

    Parameters
    ----------
    n_draws : int
        Any positive number; the sequence is balanced at powers of two, of which the first `n_draws` points are kept.
    n_inputs : int
        Uncertain inputs, one column each.
    rng : numpy.random.Generator
        Sets the scramble, so that the same generator state gives the same points.
    """
    if n_draws < 1 or n_inputs < 1:
        raise InputError(f"n_draws={n_draws!r} and n_inputs={n_inputs!r} must be at least 1: ask for one draw of one input or more.")
    from scipy.stats import qmc  # a second to load, and most commands draw nothing

    exponent = max(int(np.ceil(np.log2(n_draws))), 0)
    seed = int(rng.integers(2**31))
    points = qmc.Sobol(n_inputs, scramble=True, seed=seed).random_base2(exponent)[:n_draws]
    edge = np.finfo(float).eps
    return np.clip(points, edge, 1 - edge)


def variance_shares(uniforms: FloatArray2D, outcome: FloatArray1D, *, n_bins: int = 32) -> FloatArray1D:
    """First-order share of the variance of `outcome` explained by each input alone, from the draws themselves.

    Parameters
    ----------
    uniforms : (n, d) array
        The points behind the draws, one column an input.
    outcome : (n,) array
        What they led to.
    n_bins : int
        Slices of each input within which the outcome is averaged.

    Returns
    -------
    (d,) array
        ``Var(E[y | x_i]) / Var(y)``, in [0, 1]; they sum to 1 when inputs do not interact. Zero when y does not vary.

    Notes
    -----
    The spread of the slice means is reduced by what pure sampling noise inside the slices would add.

    References
    ----------
    Sobol (1993); Plischke, Borgonovo and Smith (2013), European Journal of Operational Research 226.
    """
    values = np.asarray(outcome, dtype=float)
    total = float(np.var(values))
    n = values.size
    if n < 4 * n_bins:
        raise InputError(f"outcome has {n} draws for n_bins={n_bins!r}; each slice needs at least 4: draw more or use fewer bins.")
    if total <= 1e-28 * max(float(np.max(np.abs(values))), 1e-300) ** 2:
        return np.zeros(uniforms.shape[1])
    shares = np.empty(uniforms.shape[1])
    for column in range(uniforms.shape[1]):
        bins = np.minimum((uniforms[:, column] * n_bins).astype(np.intp), n_bins - 1)
        count = np.bincount(bins, minlength=n_bins)
        filled = count > 0
        mean = np.bincount(bins, weights=values, minlength=n_bins)[filled] / count[filled]
        between = float(np.average((mean - values.mean()) ** 2, weights=count[filled]))
        within = total - between
        noise = within * (filled.sum() - 1) / max(n - filled.sum(), 1)
        shares[column] = (between - noise) / total
    return np.clip(shares, 0.0, 1.0)
