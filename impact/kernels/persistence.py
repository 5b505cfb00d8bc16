"""Residuals that hang together from day to day: how much, and what it does to the variance of a sum of days."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from impact.typing_ import FloatArray, IntArray

__all__ = ["lag_one", "past_mean", "sum_variance_ratio", "t_size_under_persistence"]


def lag_one(residuals: FloatArray) -> tuple[FloatArray, IntArray]:
    """First autocorrelation of the residuals of each event, and the pairs of neighbouring days it comes from.

    Parameters
    ----------
    residuals : (n, L) float
        NaN where a row was not usable; a pair with one is left out.

    Returns
    -------
    autocorrelation : (n,) float
        NaN without a pair, or where no residual moves.
    n_pairs : (n,) int
    """
    known = np.isfinite(residuals)
    filled = np.where(known, residuals, 0.0)
    n_pairs: IntArray = (known[:, 1:] & known[:, :-1]).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        covariance = np.einsum("nl,nl->n", filled[:, 1:], filled[:, :-1]) / n_pairs
        return covariance / (np.einsum("nl,nl->n", filled, filled) / known.sum(axis=1)), n_pairs


def past_mean(values: FloatArray, days: int, lag: int) -> FloatArray:
    """(T, S) mean over the `days` sessions of each series that end `lag` sessions before; NaN where fewer than half of them are known.

    References
    ----------
    Corsi (2009), A simple approximate long-memory model of realized volatility, Journal of Financial Econometrics 7.
    """
    result = np.full(values.shape, np.nan)
    if len(values) < days + lag:
        return result
    known = np.isfinite(values)
    level = np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)  # about it, sums of a long series keep their digits
    total, count = (
        np.cumsum(np.vstack((np.zeros((1, values.shape[1])), part)), axis=0) for part in (np.where(known, values - level, 0.0), known)
    )
    last = np.arange(days, len(values) - lag + 1)
    n = count[last] - count[last - days]
    mean = np.where(2 * n >= days, (total[last] - total[last - days]) / np.maximum(n, 1), np.nan) + level
    result[last + lag - 1] = mean
    return result


def sum_variance_ratio(autocorrelation: FloatArray, n_days: IntArray) -> FloatArray:
    """Variance of a sum of days under a first-order autoregression over that of as many independent days.

    Notes
    -----
    ``1 + 2 sum_{k < n} (1 - k / n) phi^k = (1 + phi) / (1 - phi) - 2 phi (1 - phi^n) / (n (1 - phi)^2)``.

    References
    ----------
    Campbell, Lo and MacKinlay (1997), The Econometrics of Financial Markets, section 2.4.3.

    Examples
    --------
    >>> round(float(sum_variance_ratio(np.array(0.2), np.array(2))), 4)
    1.2
    """
    phi = autocorrelation
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio: FloatArray = (1.0 + phi) / (1.0 - phi) - 2.0 * phi * (1.0 - phi**n_days) / (n_days * (1.0 - phi) ** 2)
    return ratio


def t_size_under_persistence(autocorrelation: FloatArray, n_days: IntArray, *, alpha: float = 0.05) -> FloatArray:
    """How often the t of a sum of days rejects a true null when it takes the days as independent.

    Examples
    --------
    >>> round(float(t_size_under_persistence(np.array(0.2), np.array(41))), 3)
    0.108
    """
    size: FloatArray = 2.0 * ndtr(ndtri(alpha / 2.0) / np.sqrt(sum_variance_ratio(autocorrelation, n_days)))
    return size
