"""How good a probabilistic forecast was: CRPS, interval and quantile scores, coverage tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import bdtrc, chdtrc, ndtr, ndtri, stdtrit, xlogy

from impact.errors import InputError
from impact.typing_ import FloatArray, FloatLike

__all__ = [
    "LikelihoodRatio",
    "binomial_miss_probability",
    "christoffersen_independence",
    "crps_ensemble",
    "crps_gaussian",
    "interval_score",
    "kupiec_test",
    "pinball_loss",
    "skill_score",
    "student_interval",
    "wilson_interval",
]


@dataclass(frozen=True, kw_only=True)
class LikelihoodRatio:
    """A likelihood-ratio statistic, chi-squared with one degree of freedom under the null, and its p-value."""

    statistic: float
    p_value: float


def crps_gaussian(observed: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
    """Continuous ranked probability score of a normal forecast, in the unit of the outcome; smaller is better.

    References
    ----------
    Gneiting and Raftery (2007), Journal of the American Statistical Association 102, equation 20.
    """
    z = (np.asarray(observed, dtype=float) - mean) / sd
    result: FloatArray = np.asarray(sd) * (z * (2 * ndtr(z) - 1) + 2 * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) - 1 / np.sqrt(np.pi))
    return result


def crps_ensemble(observed: FloatArray, draws: FloatArray, *, fair: bool = False) -> FloatArray:
    """CRPS of a forecast given as draws (..., m): mean |x - y| less half the mean |x - x'|.

    Parameters
    ----------
    fair : bool
        Divide the second term by m (m - 1), which makes ensembles of different size comparable.
    """
    ordered = np.sort(np.asarray(draws, dtype=float), axis=-1)
    m = ordered.shape[-1]
    distance = np.mean(np.abs(ordered - np.asarray(observed, dtype=float)[..., None]), axis=-1)
    spread = 2 * np.sum((2 * np.arange(m) - m + 1) * ordered, axis=-1)
    result: FloatArray = distance - spread / (2 * m * (m - 1 if fair else m))
    return result


def interval_score(observed: FloatArray, low: FloatArray, high: FloatArray, *, alpha: float) -> FloatArray:
    """Width of a central 1 - alpha interval plus ``2 / alpha`` times the distance by which it was missed.

    References
    ----------
    Gneiting and Raftery (2007), equation 43.
    """
    value, lower, upper = (np.asarray(part, dtype=float) for part in (observed, low, high))
    result: FloatArray = (upper - lower) + 2 / alpha * (np.maximum(lower - value, 0.0) + np.maximum(value - upper, 0.0))
    return result


def pinball_loss(observed: FloatArray, quantile: FloatArray, *, level: float | FloatArray) -> FloatArray:
    """Quantile loss of forecasting `quantile` at probability `level`; its mean is least at the true quantile."""
    gap = np.asarray(observed, dtype=float) - quantile
    return np.maximum(np.asarray(level) * gap, (np.asarray(level) - 1) * gap)


def skill_score(score: FloatArray, reference: FloatArray) -> float:
    """One minus the ratio of mean scores: 1 is perfect, 0 no better than the reference, negative worse."""
    return 1.0 - float(np.mean(score)) / float(np.mean(reference))


def kupiec_test(n_exceptions: int, n_obs: int, *, expected: float) -> LikelihoodRatio:
    """Whether the share of misses differs from `expected`.

    References
    ----------
    Kupiec (1995), Journal of Derivatives 3.
    """
    if not 0 <= n_exceptions <= n_obs or n_obs == 0:
        raise InputError(f"n_exceptions={n_exceptions!r} must lie in 0 .. n_obs={n_obs!r} with n_obs > 0; count the misses again.")
    hits, rate = n_obs - n_exceptions, n_exceptions / n_obs
    free = xlogy(hits, 1 - rate) + xlogy(n_exceptions, rate)
    null = xlogy(hits, 1 - expected) + xlogy(n_exceptions, expected)
    statistic = max(float(-2 * (null - free)), 0.0)
    return LikelihoodRatio(statistic=statistic, p_value=float(chdtrc(1, statistic)))


def christoffersen_independence(n00: int, n01: int, n10: int, n11: int) -> LikelihoodRatio:
    """Whether a miss makes the next miss more likely; `n01` counts a hit followed by a miss.

    References
    ----------
    Christoffersen (1998), International Economic Review 39.
    """
    after_hit, after_miss = n00 + n01, n10 + n11
    if min(n00, n01, n10, n11) < 0 or after_hit + after_miss == 0:
        raise InputError(f"transitions {n00, n01, n10, n11} must be counts with a positive sum: count pairs of neighbouring forecasts.")
    total_rate = (n01 + n11) / (after_hit + after_miss)
    hit_rate = n01 / after_hit if after_hit else 0.0
    miss_rate = n11 / after_miss if after_miss else 0.0
    null = xlogy(n00 + n10, 1 - total_rate) + xlogy(n01 + n11, total_rate)
    free = xlogy(n00, 1 - hit_rate) + xlogy(n01, hit_rate) + xlogy(n10, 1 - miss_rate) + xlogy(n11, miss_rate)
    statistic = max(float(-2 * (null - free)), 0.0)
    return LikelihoodRatio(statistic=statistic, p_value=float(chdtrc(1, statistic)))


def wilson_interval(successes: int, n_obs: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Interval for a proportion that behaves at the ends.

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22.
    """
    if n_obs <= 0:
        raise InputError(f"n_obs={n_obs!r} must be positive; a proportion of nothing has no interval: count at least one forecast.")
    z = float(ndtri(0.5 + confidence / 2))
    rate = successes / n_obs
    centre = (rate + z**2 / (2 * n_obs)) / (1 + z**2 / n_obs)
    half = z / (1 + z**2 / n_obs) * float(np.sqrt(rate * (1 - rate) / n_obs + z**2 / (4 * n_obs**2)))
    return centre - half, centre + half


def binomial_miss_probability(n_misses: int, n_obs: int, *, expected: float) -> float:
    """Chance of at least `n_misses` misses in `n_obs` independent forecasts when each misses with `expected`.

    Examples
    --------
    >>> [round(binomial_miss_probability(k, 5, expected=0.05), 4) for k in (1, 2)]
    [0.2262, 0.0226]
    """
    return float(bdtrc(n_misses - 1, n_obs, expected)) if n_misses > 0 else 1.0


def student_interval(estimate: FloatLike, variance: FloatLike, df: FloatLike, *, confidence: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Estimate plus and minus the Student quantile times the standard error; the variance carries the forecast error."""
    half: FloatArray = np.asarray(stdtrit(df, 0.5 + confidence / 2) * np.sqrt(variance), dtype=np.float64)
    return estimate - half, estimate + half
