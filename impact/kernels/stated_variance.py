"""A test that takes the variance of the event day as known before the event, and the effects it does not reject."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from impact.kernels.dependence import variance_inflation
from impact.kernels.outcome import Outcome, inapplicable, normal_outcome
from impact.typing_ import FloatArray

__all__ = ["stated_bounds", "stated_car_variance", "stated_sum"]


def stated_car_variance(
    sigma: FloatArray, variance_factor: FloatArray, event_sd: FloatArray, quiet_day0: FloatArray | float = 1.0
) -> FloatArray:
    """Variance of a CAR whose day 0 has a stated standard deviation, the other days that of the estimation window.

    Parameters
    ----------
    sigma : (N,) float
        Residual standard deviation.
    variance_factor : (N,) float
        Var(CAR) / sigma**2 if the event left the variance alone, forecast error included; the window holds day 0.
    event_sd : (N,) float, decimal return
        Standard deviation of the abnormal return of day 0; NaN is unknown.
    quiet_day0 : (N,) float
        Variance of day 0 over sigma**2 if the event left it alone, forecast error aside: 1 where the variance is constant.

    Returns
    -------
    (N,) float
        ``sigma**2 * (F - quiet_day0) + event_sd**2``.

    Examples
    --------
    >>> float(stated_car_variance(np.array([0.02]), np.array([2.0]), np.array([0.04]))[0])
    0.002
    """
    result: FloatArray = sigma**2 * (variance_factor - quiet_day0) + event_sd**2
    return result


def stated_sum(car: FloatArray, variance: FloatArray, r_bar: float, warning: str = "") -> Outcome:
    """Sum of the CARs, each over its standard deviation, against the normal law.

    Parameters
    ----------
    car, variance : (N,) float
        No NaN.
    r_bar : float
        Mean correlation of the events; not read for one event.
    warning : str
        Why the p-value may mislead.

    Notes
    -----
    ``sum z / sqrt(N (1 + (N - 1) r_bar))`` with ``z = CAR / sqrt(Var(CAR))``: the statistic of Patell (1976) as Kolari and
    Pynnonen (2010) correct it, with a variance that is stated and not estimated.
    """
    n = car.size
    if n > 1 and not np.isfinite(r_bar):
        return inapplicable("hardly any pair of events has common sessions, so their correlation is not known", n)
    return normal_outcome(float((car / np.sqrt(variance)).sum()) / _spread(n, r_bar), n, warning)


def stated_bounds(car: FloatArray, variance: FloatArray, r_bar: float, level: float) -> tuple[float, float]:
    """Effects, common to all events, for which :func:`stated_sum` stays within the normal quantile."""
    precision = 1.0 / np.sqrt(variance)
    total, half = float((car * precision).sum()), float(ndtri(0.5 + level / 2)) * _spread(car.size, r_bar)
    return (total - half) / float(precision.sum()), (total + half) / float(precision.sum())


def _spread(n: int, r_bar: float) -> float:
    """Standard deviation of a sum of N standardised CARs."""
    return float(np.sqrt(n * (variance_inflation(r_bar, n) if n > 1 else 1.0)))
