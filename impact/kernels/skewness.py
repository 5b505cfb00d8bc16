"""Tests of a mean when the values are skewed, as buy-and-hold returns are, and how far values are from normal."""

from __future__ import annotations

from typing import Literal

import numpy as np

from impact.kernels.outcome import Outcome, inapplicable, normal_outcome
from impact.typing_ import FloatArray

__all__ = ["Transform", "excess_kurtosis", "skewness", "skewness_adjusted", "skewness_adjusted_t"]

Transform = Literal["johnson", "hall"]
FEWEST_FOR_QUARTER = 200
LARGEST_SAMPLE = 2500
DRAW_ELEMENTS = 4_000_000
"""Values resampled at a time; bounds memory to about 100 MB."""


def skewness(values: FloatArray, *, unbiased: bool = False) -> float:
    """Third moment over the cube of the standard deviation (ddof 1); `unbiased` uses the small-sample correction.

    Notes
    -----
    ``sum((x - mean)**3) / (N * sd**3)``, or ``N / ((N - 1) * (N - 2)) * sum(...) / sd**3``.
    """
    n = values.size
    cubes = float((((values - values.mean()) / values.std(ddof=1)) ** 3).sum())
    return cubes * n / ((n - 1) * (n - 2)) if unbiased else cubes / n


def excess_kurtosis(values: FloatArray) -> float:
    """Fourth moment over the squared variance (ddof 0), less the 3 of a normal law; NaN when the values never vary."""
    if values.size == 0 or np.ptp(values) == 0:
        return float("nan")
    squares = (values - values.mean()) ** 2
    return float(np.mean(squares**2) / np.mean(squares) ** 2 - 3.0)


def skewness_adjusted_t(values: FloatArray, *, transform: Transform = "johnson", unbiased: bool = False) -> float:
    """The t of a mean with its first-order bias from skewness removed.

    Notes
    -----
    With ``S = mean / sd`` and g the skewness: Johnson ``sqrt(N) * (S + g * S**2 / 3 + g / (6 * N))``; Hall adds
    ``g**2 * S**3 / 27``, which makes the transform monotone.

    References
    ----------
    Johnson (1978); Hall (1992); Lyon, Barber and Tsai (1999).
    """
    n = values.size
    return float(_adjusted(values.mean() / values.std(ddof=1), skewness(values, unbiased=unbiased), n, transform))


def _adjusted(ratio: FloatArray | float, gamma: FloatArray | float, n: int, transform: Transform) -> FloatArray | float:
    cubic = gamma**2 * ratio**3 / 27.0 if transform == "hall" else 0.0
    result: FloatArray | float = np.sqrt(n) * (ratio + gamma * ratio**2 / 3.0 + cubic + gamma / (6.0 * n))
    return result


def skewness_adjusted(
    values: FloatArray,
    *,
    rng: np.random.Generator | None = None,
    draws: int = 999,
    size: int | None = None,
    transform: Transform = "johnson",
) -> Outcome:
    """Test of a zero mean by the skewness-adjusted t, against its own bootstrap law.

    Parameters
    ----------
    values : (N,) float
        CAR or BHAR of each event; NaN is out.
    rng : Generator, optional
        Without it the normal law is used, which over-rejects, and the outcome says so.
    draws : int
        Bootstrap samples.
    size : int, optional
        Values in each sample; when None N // 4, as Lyon, Barber and Tsai advise for large samples, or N below 200 events,
        where a quarter of them costs power, and never above 2,500, where the law has settled.
    transform : {"johnson", "hall"}

    Notes
    -----
    Each sample's statistic is centred on the mean of `values`; ``p = 2 * min(1 + #{lower}, 1 + #{upper}) / (draws + 1)``.
    Events are resampled one by one, so do not use it when events share a date.

    References
    ----------
    Lyon, Barber and Tsai (1999).
    """
    values = values[np.isfinite(values)]
    n = values.size
    if n < 3:
        return inapplicable(f"a skewness needs at least 3 events, there {'is' if n == 1 else 'are'} {n}", n)
    if np.ptp(values) == 0:
        return inapplicable("the events show no spread, so a cross-sectional variance does not exist", n)
    statistic = skewness_adjusted_t(values, transform=transform)
    if rng is None:
        return normal_outcome(statistic, n, "compared with the normal, which over-rejects; give rng for the bootstrap law")
    law = _bootstrap_law(values, rng, draws, size or (min(n // 4, LARGEST_SAMPLE) if n >= FEWEST_FOR_QUARTER else n), transform)
    tail = min(np.count_nonzero(law <= statistic), np.count_nonzero(law >= statistic))
    p = min(1.0, 2.0 * (1 + tail) / (law.size + 1))
    return Outcome(statistic=statistic, p_value=p, distribution="bootstrap", n_events=n, smallest_p=2.0 / (law.size + 1))


def _bootstrap_law(values: FloatArray, rng: np.random.Generator, draws: int, size: int, transform: Transform) -> FloatArray:
    """Statistics of centred resamples; samples without spread are left out."""
    centred = values - values.mean()
    block = max(1, DRAW_ELEMENTS // size)
    law = []
    for start in range(0, draws, block):
        sample = centred[rng.integers(0, values.size, size=(min(block, draws - start), size))]
        mean = sample.mean(axis=1)
        deviation = sample - mean[:, None]
        squares = deviation * deviation
        spread = np.sqrt(squares.sum(axis=1) / (size - 1))
        kept = np.ptp(sample, axis=1) > 0  # of equal values a standard deviation may be rounding
        gamma = np.einsum("ij,ij->i", squares, deviation)[kept] / (size * spread[kept] ** 3)
        law.append(_adjusted(mean[kept] / spread[kept], gamma, size, transform))
    return np.concatenate(law)
