"""Seeded quasi-random draws and the share of an outcome's variance that each input explains alone."""

from __future__ import annotations

import numpy as np

from impact.errors import InputError
from impact.typing_ import FloatArray1D, FloatArray2D

__all__ = ["sobol_uniforms", "variance_shares"]

Bits = np.ndarray[tuple[int, ...], np.dtype[np.uint32]]
N_BITS = 30
DIRECTIONS: tuple[tuple[int, tuple[int, ...]], ...] = (
    (3, (1,)), (7, (1, 3)), (11, (1, 3, 1)), (13, (1, 1, 1)), (19, (1, 1, 3, 3)), (25, (1, 3, 5, 13)), (37, (1, 1, 5, 5, 17)),
    (41, (1, 1, 5, 5, 5)), (47, (1, 1, 7, 11, 19)), (55, (1, 1, 5, 1, 1)), (59, (1, 1, 1, 3, 11)), (61, (1, 3, 5, 5, 31)),
    (67, (1, 3, 3, 9, 7, 49)), (91, (1, 1, 1, 15, 21, 21)), (97, (1, 3, 1, 13, 27, 49)), (103, (1, 1, 1, 15, 7, 5)),
    (109, (1, 3, 1, 15, 13, 25)), (115, (1, 1, 5, 5, 19, 61)), (131, (1, 3, 7, 11, 23, 15, 103)), (137, (1, 3, 7, 13, 13, 15, 69)),
    (143, (1, 1, 3, 13, 7, 35, 63)), (145, (1, 3, 5, 9, 1, 25, 53)), (157, (1, 3, 1, 13, 9, 35, 107)),
)  # fmt: skip
"""Primitive polynomial and first direction numbers of the second input and of those after it: Joe and Kuo (2008), new-joe-kuo-6."""


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

    Notes
    -----
    Left matrix scrambling and a digital shift, point for point those of ``scipy.stats.qmc.Sobol``; its package takes a second
    to load, so it serves only inputs beyond the direction numbers kept here.

    References
    ----------
    Joe and Kuo (2008), SIAM Journal on Scientific Computing 30, 2635-2654; Matousek (1998), Journal of Complexity 14, 527-556.
    """
    if n_draws < 1 or n_inputs < 1:
        raise InputError(f"n_draws={n_draws!r} and n_inputs={n_inputs!r} must be at least 1: ask for one draw of one input or more.")
    exponent = max(int(np.ceil(np.log2(n_draws))), 0)
    seed = int(rng.integers(2**31))
    if n_inputs <= len(DIRECTIONS) + 1:
        points = _scrambled_points(exponent, n_inputs, np.random.default_rng(seed))[:n_draws]
    else:
        from scipy.stats import qmc

        points = qmc.Sobol(n_inputs, scramble=True, seed=seed).random_base2(exponent)[:n_draws]
    edge = np.finfo(float).eps
    return np.clip(points, edge, 1 - edge)


def _scrambled_points(exponent: int, n_inputs: int, rng: np.random.Generator) -> FloatArray2D:
    """The first ``2^exponent`` points (n, d) in the order of the Gray code, in [0, 1)."""
    powers = np.uint32(1) << np.arange(N_BITS, dtype=np.uint32)
    shift = rng.integers(2, size=(n_inputs, N_BITS), dtype=np.uint32) @ powers
    lower = np.tril(rng.integers(2, size=(n_inputs, N_BITS, N_BITS), dtype=np.uint32), -1) + np.eye(N_BITS, dtype=np.uint32)
    rows = lower @ powers[::-1]  # (d, bits): each row of the scrambling matrix as a number
    directions = np.stack([_directions(column) for column in range(n_inputs)])
    common = rows[:, None, :] & directions[:, :, None]
    for half in (16, 8, 4, 2, 1):  # the lowest bit becomes the parity of all
        common ^= common >> np.uint32(half)
    directions = (common & np.uint32(1)) @ powers[::-1]
    points = shift[:, None]
    for bit in range(exponent):  # the second half of a Gray code is the first backwards with one more bit set
        points = np.concatenate([points, points[:, ::-1] ^ directions[:, bit, None]], axis=1)
    return np.ascontiguousarray(points.T) / 2.0**N_BITS


def _directions(column: int) -> Bits:
    """Direction numbers (bits,) of one input, by the recurrence of its primitive polynomial."""
    if column == 0:
        numbers = [1] * N_BITS
    else:
        polynomial, first = DIRECTIONS[column - 1]
        degree, numbers = len(first), list(first)
        for position in range(degree, N_BITS):
            number = numbers[position - degree]
            for k in range(1, degree + 1):
                if polynomial >> (degree - k) & 1:
                    number ^= numbers[position - k] << k
            numbers.append(number)
    return np.array(numbers, dtype=np.uint32) << np.arange(N_BITS - 1, -1, -1, dtype=np.uint32)


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
