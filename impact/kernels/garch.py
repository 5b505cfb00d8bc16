"""Conditional variances at given parameters: GARCH(1,1) and EGARCH(1,1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.typing_ import FloatArray

__all__ = ["GarchParameters", "egarch_log_variance", "garch_forecast", "garch_variance", "gaussian_log_likelihood"]


@dataclass(frozen=True, kw_only=True)
class GarchParameters:
    """Parameters of the variance equation ``h_t = omega + alpha e_(t-1)^2 + beta h_(t-1)``.

    For EGARCH ``ln h_t = omega + beta ln h_(t-1) + alpha (|z| - sqrt(2/pi)) + gamma z``.
    """

    omega: float
    alpha: float
    beta: float
    gamma: float = 0.0

    @property
    def unconditional(self) -> float:
        """Long-run variance of the GARCH process; infinite when alpha + beta reaches 1."""
        persistence = self.alpha + self.beta
        return self.omega / (1.0 - persistence) if persistence < 1.0 else np.inf


def garch_variance(residuals: FloatArray, parameters: GarchParameters) -> FloatArray:
    """(M + 1,) conditional variances h_1 .. h_(M+1), started at the mean square; the last is the forecast after the sample.

    References
    ----------
    Bollerslev (1986), Journal of Econometrics 31.
    """
    variance = np.empty(residuals.size + 1)
    variance[0] = np.mean(residuals**2)
    shocks = parameters.omega + parameters.alpha * residuals**2
    for t in range(residuals.size):
        variance[t + 1] = shocks[t] + parameters.beta * variance[t]
    return variance


def garch_forecast(next_variance: float, parameters: GarchParameters, horizons: FloatArray) -> FloatArray:
    """Variance `horizons` sessions after the sample (1 is the first), as known at its end.

    Notes
    -----
    ``h_(T+k) = v + (alpha + beta)^(k-1) (h_(T+1) - v)`` with v the long-run variance; a straight line when
    alpha + beta = 1. Event-window shocks never enter, or the event would finance its own denominator.

    References
    ----------
    Savickas (2003), Journal of Financial Research 26.
    """
    persistence = parameters.alpha + parameters.beta
    if persistence >= 1.0:
        return next_variance + parameters.omega * (np.asarray(horizons) - 1.0)
    long_run = parameters.unconditional
    return long_run + persistence ** (np.asarray(horizons) - 1.0) * (next_variance - long_run)


def egarch_log_variance(residuals: FloatArray, parameters: GarchParameters) -> FloatArray:
    """(M,) log conditional variances, started at the log mean square.

    References
    ----------
    Nelson (1991), Econometrica 59.
    """
    log_variance = np.empty(residuals.size)
    log_variance[0] = np.log(np.mean(residuals**2))
    mean_size = np.sqrt(2.0 / np.pi)
    for t in range(1, residuals.size):
        z = residuals[t - 1] / np.exp(0.5 * log_variance[t - 1])
        news = parameters.alpha * (abs(z) - mean_size) + parameters.gamma * z
        log_variance[t] = parameters.omega + parameters.beta * log_variance[t - 1] + news
    return log_variance


def gaussian_log_likelihood(residuals: FloatArray, variance: FloatArray) -> float:
    """``-1/2 sum(ln 2 pi + ln h + e^2 / h)``."""
    return float(-0.5 * np.sum(np.log(2.0 * np.pi) + np.log(variance) + residuals**2 / variance))
