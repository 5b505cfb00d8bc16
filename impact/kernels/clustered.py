"""Least squares with errors that may be correlated inside clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.typing_ import FloatArray, IntArray

__all__ = ["ClusteredFit", "clustered_least_squares"]


@dataclass(frozen=True, eq=False, kw_only=True)
class ClusteredFit:
    """Coefficients with a cluster-robust covariance.

    Attributes
    ----------
    coefficients : (K,) float
    covariance : (K, K) float
        NaN when there is one cluster.
    residuals : (n,) float
    n_obs, n_clusters, df : int
        `df` is clusters less one.
    r_squared : float
    """

    coefficients: FloatArray
    covariance: FloatArray
    residuals: FloatArray
    n_obs: int
    n_clusters: int
    df: int
    r_squared: float


def clustered_least_squares(y: FloatArray, x: FloatArray, cluster: IntArray, weights: FloatArray | None = None) -> ClusteredFit:
    """Weighted least squares of y (n,) on x (n, K) with the CR1 covariance.

    Notes
    -----
    ``(X'WX)^-1 [sum_g s_g s_g'] (X'WX)^-1 * G/(G-1) * (n-1)/(n-K)`` with cluster scores ``s_g = X_g'W_g e_g``.

    References
    ----------
    Liang and Zeger (1986), Biometrika 73. Cameron and Miller (2015), Journal of Human Resources 50.
    """
    w = np.ones(y.size) if weights is None else weights / weights.mean()
    root = np.sqrt(w)
    basis, triangle = np.linalg.qr(x * root[:, None])
    coefficients = np.linalg.solve(triangle, basis.T @ (y * root))
    residuals = y - x @ coefficients
    inverse = np.linalg.inv(triangle)
    bread = inverse @ inverse.T
    labels, code = np.unique(cluster, return_inverse=True)
    n, k, g = y.size, x.shape[1], labels.size
    scores = np.zeros((g, k))
    np.add.at(scores, code, x * (w * residuals)[:, None])
    covariance = np.full((k, k), np.nan)
    if g > 1 and n > k:
        covariance = bread @ (scores.T @ scores) @ bread * (g / (g - 1.0)) * ((n - 1.0) / (n - k))
    centre = np.average(y, weights=w)
    total = float(w @ (y - centre) ** 2)
    return ClusteredFit(
        coefficients=coefficients,
        covariance=covariance,
        residuals=residuals,
        n_obs=n,
        n_clusters=g,
        df=g - 1,
        r_squared=1.0 - float(w @ residuals**2) / total if total > 0 else np.nan,
    )
