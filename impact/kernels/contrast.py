"""Linear combinations of abnormal returns of one fit, with their exact forecast covariance, and ratios of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from impact.kernels.records import EventDesign
from impact.typing_ import FloatArray

__all__ = ["ContrastEstimates", "FiellerInterval", "contrasts", "fieller_interval"]


@dataclass(frozen=True, eq=False, kw_only=True)
class ContrastEstimates:
    """C linear combinations of the abnormal returns of one event.

    Attributes
    ----------
    estimate : (C,) float
    covariance : (C, C) float
        Forecast covariance, estimation error of the normal return included.
    df : int
        Degrees of freedom of the residual variance.
    """

    estimate: FloatArray
    covariance: FloatArray
    df: int

    def interval(self, *, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """Student interval of each combination."""
        half = stdtrit(self.df, 0.5 + level / 2.0) * np.sqrt(np.diag(self.covariance))
        return self.estimate - half, self.estimate + half

    def p_values(self) -> FloatArray:
        """Two-sided Student p of each combination being zero."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return 2.0 * stdtr(self.df, -np.abs(self.estimate / np.sqrt(np.diag(self.covariance))))


@dataclass(frozen=True, kw_only=True)
class FiellerInterval:
    """Values r for which numerator - r * denominator cannot be told from zero.

    Attributes
    ----------
    ratio, low, high : float
    bounded : bool
        False when the denominator itself cannot be told from zero: then no finite interval exists.
    """

    ratio: float
    low: float
    high: float
    bounded: bool


def contrasts(design: EventDesign, abnormal: FloatArray, weights: FloatArray) -> ContrastEstimates:
    """Estimate ``weights @ abnormal`` and its covariance from the regression of one event.

    Parameters
    ----------
    design : EventDesign
        L estimation and W event rows.
    abnormal : (W,) float
        Abnormal returns; a missing day may only carry zero weight.
    weights : (C, W) float

    Notes
    -----
    ``Cov = s^2 [w w' + (w X*) (X'X)^-1 (w X*)']`` with the estimation rows X and the event rows X*.

    Raises
    ------
    ValueError
        If a missing day carries weight.
    """
    needed = (weights != 0.0).any(axis=0)
    if np.isnan(abnormal[needed]).any():
        raise ValueError("a day without an abnormal return carries weight")
    usable = np.isfinite(design.estimation_returns)
    y, x = design.estimation_returns[usable], design.estimation_regressors[usable]
    k = x.shape[1]
    if k == 0:
        df = y.size - int(design.demeaned)
        sse = float(((y - y.mean() * design.demeaned) ** 2).sum())
        spread = np.zeros((weights.shape[0], weights.shape[0]))
    else:
        df = y.size - k
        scale = np.sqrt((x**2).mean(axis=0))
        q, r = np.linalg.qr(x / scale)
        residual = y - q @ (q.T @ y)
        sse = float(residual @ residual)
        exposed = (weights @ np.where(needed[:, None], design.event_regressors, 0.0)) / scale
        half = np.linalg.solve(r.T, exposed.T)
        spread = half.T @ half
    covariance = sse / df * (weights @ weights.T + spread)
    return ContrastEstimates(estimate=weights @ np.where(needed, abnormal, 0.0), covariance=covariance, df=df)


def fieller_interval(estimate: FloatArray, covariance: FloatArray, df: int, *, level: float = 0.95) -> FiellerInterval:
    """Interval for estimate[0] / estimate[1].

    Notes
    -----
    The set of r with ``(a - r b)^2 <= t^2 (v_aa - 2 r v_ab + r^2 v_bb)``.

    References
    ----------
    Fieller (1954), Some problems in interval estimation, JRSS B 16.

    Examples
    --------
    >>> fieller = fieller_interval(np.array([2.0, 4.0]), np.diag([0.04, 0.0]), 1000)
    >>> round(fieller.ratio, 3), round(fieller.low, 3), fieller.bounded
    (0.5, 0.402, True)
    """
    t2 = float(stdtrit(df, 0.5 + level / 2.0)) ** 2
    a, b = float(estimate[0]), float(estimate[1])
    quadratic = b**2 - t2 * covariance[1, 1]
    linear = a * b - t2 * covariance[0, 1]
    constant = a**2 - t2 * covariance[0, 0]
    root = linear**2 - quadratic * constant
    ratio = a / b if b else np.nan
    if quadratic <= 0.0 or root < 0.0:
        return FiellerInterval(ratio=ratio, low=-np.inf, high=np.inf, bounded=False)
    half = np.sqrt(root)
    return FiellerInterval(ratio=ratio, low=float((linear - half) / quadratic), high=float((linear + half) / quadratic), bounded=True)
