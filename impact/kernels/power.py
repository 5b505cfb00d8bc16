"""What a test could have found: power, events required, minimum detectable effect, and the true size when assumptions fail."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import nctdtr, ndtr, ndtri, stdtrit

from impact.errors import InputError
from impact.typing_ import FloatArray

__all__ = [
    "bmp_size_under_correlation",
    "clusters_required",
    "events_required",
    "minimum_detectable_effect",
    "patell_size_under_correlation",
    "patell_size_under_event_variance",
    "power_normal",
    "power_student",
]


def power_normal(
    effect: float | FloatArray,
    sigma: float | FloatArray,
    n_events: int | FloatArray = 1,
    *,
    alpha: float = 0.05,
    tails: int = 2,
) -> float | FloatArray:
    """Chance that a test with known variance rejects when the mean abnormal return is `effect`.

    Parameters
    ----------
    effect : float, decimal return
        Total effect over the tested window.
    sigma : float, decimal return
        Standard deviation of one event's abnormal return over the same window.
    n_events : int
        Independent events.
    alpha : float
        Nominal size.
    tails : {1, 2}
        One tail means the tail of the sign of `effect`.

    Notes
    -----
    With ``delta = sqrt(N) * effect / sigma``: two-sided ``Phi(-z - delta) + 1 - Phi(z - delta)``, one-sided
    ``1 - Phi(z - |delta|)``. For an effect spread over L2 days, ``sigma`` is ``sigma_day * sqrt(L2)``.

    References
    ----------
    MacKinlay (1997), Table 2; Campbell, Lo and MacKinlay (1997), Table 4.2.

    Examples
    --------
    >>> round(float(power_normal(0.01, 0.02, 50)), 4)
    0.9424
    """
    delta = np.sqrt(n_events) * np.asarray(effect) / sigma
    z = ndtri(1.0 - alpha / tails)
    power: FloatArray = ndtr(np.abs(delta) - z) if tails == 1 else ndtr(-z - delta) + ndtr(delta - z)
    return power


def power_student(delta: float, df: float, *, alpha: float = 0.05) -> float:
    """Power of a two-sided Student t test whose statistic has non-centrality `delta`.

    Notes
    -----
    ``P(T < -t) + P(T > t)`` with T non-central t on `df` degrees of freedom and t the central critical value.
    """
    critical = stdtrit(df, 1.0 - alpha / 2.0)
    return float(nctdtr(df, delta, -critical) + 1.0 - nctdtr(df, delta, critical))


def events_required(effect: float, sigma: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
    """Fewest independent events that detect `effect` with the power asked for.

    Notes
    -----
    ``N = ceil(((z_{1-alpha/2} + z_power) * sigma / effect)**2)``.

    Examples
    --------
    >>> events_required(0.005, 0.02)
    126
    """
    return math.ceil(((ndtri(1.0 - alpha / 2.0) + ndtri(power)) * sigma / effect) ** 2)


def clusters_required(effect: float, sigma: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
    """Fewest independent clusters, such as dates, whose mean a two-sided Student t test tells from zero with the power asked for.

    Parameters
    ----------
    effect, sigma : float, decimal return
        True mean, which is not zero, and standard deviation of the cluster means; only their ratio counts.

    Raises
    ------
    InputError
        If the effect is zero, which no number of clusters tells from zero.

    Examples
    --------
    >>> clusters_required(0.05, 0.05), clusters_required(0.01, 0.05)
    (10, 199)
    """
    if not effect:
        raise InputError("effect=0 is never told from no effect; give the smallest mean that matters.")
    n = max(2, events_required(effect, sigma, alpha=alpha, power=power))  # the normal law asks for fewer
    while power_student(abs(effect) / sigma * math.sqrt(n), n - 1, alpha=alpha) < power:
        n += 1
    return n


def minimum_detectable_effect(
    sigma: float | FloatArray,
    variance_factor: float | FloatArray,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
) -> float | FloatArray:
    """Smallest true abnormal return that a single event would reveal with the power asked for.

    Parameters
    ----------
    sigma : float or (N,) float, decimal return
        Daily residual standard deviation.
    variance_factor : float or (N,) float
        Var(CAR) / sigma**2 with the forecast error, about 1 for one day and L2 for L2 days.

    Notes
    -----
    ``(z_{1-alpha/2} + z_power) * sigma * sqrt(variance_factor)``. An effect below it may well be there and go unseen.

    Examples
    --------
    >>> round(float(minimum_detectable_effect(0.028, 1.005)), 6)
    0.07864
    """
    return (ndtri(1.0 - alpha / 2.0) + ndtri(power)) * sigma * np.sqrt(variance_factor)


def patell_size_under_correlation(r_bar: float | FloatArray, n_events: int | FloatArray, *, alpha: float = 0.05) -> float | FloatArray:
    """How often a test that takes events as independent rejects a true null when their mean correlation is `r_bar`.

    Notes
    -----
    ``2 * Phi(-z / sqrt(1 + (N - 1) * r_bar))``.

    References
    ----------
    Kolari and Pynnonen (2010).
    """
    return 2.0 * ndtr(-ndtri(1.0 - alpha / 2.0) / np.sqrt(1.0 + (n_events - 1) * np.asarray(r_bar)))


def bmp_size_under_correlation(r_bar: float | FloatArray, n_events: int | FloatArray, *, alpha: float = 0.05) -> float | FloatArray:
    """The same for tests that divide by the cross-sectional spread, which common shocks do not widen.

    Notes
    -----
    ``2 * Phi(-z * sqrt((1 - r_bar) / (1 + (N - 1) * r_bar)))``, for large N.
    """
    rho = np.asarray(r_bar)
    return 2.0 * ndtr(-ndtri(1.0 - alpha / 2.0) * np.sqrt((1.0 - rho) / (1.0 + (n_events - 1) * rho)))


def patell_size_under_event_variance(ratio: float | FloatArray, *, alpha: float = 0.05) -> float | FloatArray:
    """How often a test that takes the variance as unchanged rejects a true null when the event multiplies it by `ratio`.

    Notes
    -----
    ``2 * Phi(-z / sqrt(ratio))``.

    References
    ----------
    Boehmer, Musumeci and Poulsen (1991).
    """
    return 2.0 * ndtr(-ndtri(1.0 - alpha / 2.0) / np.sqrt(ratio))
