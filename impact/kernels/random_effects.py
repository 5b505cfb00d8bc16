"""Shrinkage of many estimates with known errors towards their common mean, and how much they differ beyond those errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, stdtrit

from impact.kernels.records import freeze_arrays
from impact.typing_ import FloatArray

__all__ = ["RandomEffects", "paule_mandel", "random_effects"]

STEPS = 200
"""Halvings of the interval that holds tau squared: far below the last digit of a float."""


@dataclass(frozen=True, eq=False, kw_only=True)
class RandomEffects:
    """N effects ``theta_i ~ N(mean, tau^2)`` of which ``y_i ~ N(theta_i, se_i^2)`` are seen.

    Attributes
    ----------
    mean, se, ci_low, ci_high : float
        The common mean; its error and interval allow for the estimate of tau (Hartung and Knapp, 2001).
    tau : float
        Standard deviation of the effects themselves.
    q, df, p_value : float
        Cochran's test that all effects are the same.
    i_squared : float
        Share of the spread that is no estimation error: ``max(0, (Q - df) / Q)``.
    shrunk, shrunk_se : (N,) float
        Mean and standard deviation of each effect given the estimates, the error of the common mean included and tau taken as known:
        ``sqrt(w se_i^2 + (1 - w)^2 se^2)``; NaN where the estimate is.
    weight : (N,) float
        What an estimate keeps of its distance from the mean: ``tau^2 / (tau^2 + se^2)``.
    predicted_low, predicted_high : float
        Interval of the effect of a further event (Higgins, Thompson and Spiegelhalter, 2009); NaN with fewer than three.
    """

    mean: float
    se: float
    ci_low: float
    ci_high: float
    tau: float
    q: float
    df: int
    p_value: float
    i_squared: float
    shrunk: FloatArray
    shrunk_se: FloatArray
    weight: FloatArray
    predicted_low: float
    predicted_high: float

    def __post_init__(self) -> None:
        freeze_arrays(self)


def _generalised_q(y: FloatArray, variance: FloatArray, tau_squared: float) -> float:
    weight = 1.0 / (variance + tau_squared)
    mean = (weight * y).sum() / weight.sum()
    return float((weight * (y - mean) ** 2).sum())


def paule_mandel(estimates: FloatArray, variances: FloatArray) -> float:
    """Variance of the effects at which the weighted spread of the estimates is what it should be, N - 1; 0 where it is less.

    References
    ----------
    Paule and Mandel (1982), Consensus values and weighting factors, Journal of Research of the National Bureau of Standards 87.
    """
    df = estimates.size - 1
    if df < 1 or _generalised_q(estimates, variances, 0.0) <= df:
        return 0.0
    low, high = 0.0, float(((estimates - estimates.mean()) ** 2).sum())
    while _generalised_q(estimates, variances, high) > df:
        high *= 2.0
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _generalised_q(estimates, variances, middle) > df else (low, middle)
    return 0.5 * (low + high)


def random_effects(estimates: FloatArray, errors: FloatArray, level: float = 0.95) -> RandomEffects:
    """Shrink estimates towards their common mean.

    Parameters
    ----------
    estimates, errors : (N,) float
        NaN is an event without an estimate: it is left out and stays NaN. An error is positive.
    level : float
        Coverage of the intervals.

    References
    ----------
    Morris (1983), Parametric empirical Bayes inference, Journal of the American Statistical Association 78.
    Higgins and Thompson (2002), Quantifying heterogeneity in a meta-analysis, Statistics in Medicine 21.
    Hartung and Knapp (2001), Statistics in Medicine 20.
    """
    every, sizes = np.asarray(estimates, dtype=float), np.asarray(errors, dtype=float)
    known = np.isfinite(every) & (sizes > 0)
    y, variance = every[known], sizes[known] ** 2
    df = y.size - 1
    q = _generalised_q(y, variance, 0.0) if y.size else float("nan")
    tau_squared = paule_mandel(y, variance)
    weight = 1.0 / (variance + tau_squared)
    mean = float((weight * y).sum() / weight.sum()) if y.size else float("nan")
    se = half = ahead = float("nan")
    if df >= 1:
        spread = float((weight * (y - mean) ** 2).sum()) / df
        se = float(np.sqrt(max(spread, 1.0) / weight.sum()))  # never below the error under the estimated tau
        half = float(stdtrit(df, (1.0 + level) / 2.0)) * se
    if df >= 2:
        ahead = float(stdtrit(df - 1, (1.0 + level) / 2.0)) * float(np.sqrt(tau_squared + se**2))
    kept = np.full(every.shape, np.nan)
    kept[known] = tau_squared * weight
    shrunk = mean + kept * (every - mean)
    return RandomEffects(
        mean=mean,
        se=se,
        ci_low=mean - half,
        ci_high=mean + half,
        tau=float(np.sqrt(tau_squared)),
        q=q,
        df=df,
        p_value=float(chdtrc(df, q)) if df >= 1 else float("nan"),
        i_squared=max(0.0, (q - df) / q) if df >= 1 and q > 0 else float("nan"),
        shrunk=shrunk,
        shrunk_se=np.sqrt(kept * sizes**2 + (1.0 - kept) ** 2 * se**2),
        weight=kept,
        predicted_low=mean - ahead,
        predicted_high=mean + ahead,
    )
