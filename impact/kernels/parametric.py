"""Parametric tests of a zero mean abnormal return; arrays in, one outcome out.

Every function takes one number an event; NaN marks an event that is out. METHODS of each: sections C.1 to C.6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.kernels.outcome import Outcome, inapplicable, normal_outcome, student_outcome, student_p
from impact.typing_ import FloatArray, IntArray

__all__ = [
    "Moments",
    "bmp",
    "bmp_of_moments",
    "brown_warner",
    "brown_warner_independent",
    "cross_sectional",
    "cross_sectional_of_moments",
    "j1",
    "lamb",
    "patell",
    "patell_of_sums",
    "single_t",
    "standardised",
]

NO_SPREAD = "the events show no spread, so a cross-sectional variance does not exist"


def standardised(car: FloatArray, sigma: FloatArray, variance_factor: FloatArray) -> FloatArray:
    """SCAR of each event: CAR over its standard error, forecast error included.

    Parameters
    ----------
    car, sigma, variance_factor : (N,) float
        Cumulative abnormal return, residual standard deviation, Var(CAR) / sigma**2.

    Returns
    -------
    (N,) float
        NaN where an input is NaN or the standard error is zero.
    """
    error = sigma * np.sqrt(variance_factor)
    result: FloatArray = np.divide(car, error, out=np.full(np.shape(car), np.nan), where=error > 0)
    return result


def single_t(scar: FloatArray, df: FloatArray | IntArray) -> FloatArray:
    """Two-sided Student p-value of each event's SCAR.

    Parameters
    ----------
    scar : (N,) float
    df : (N,) int
        M - K.

    Returns
    -------
    (N,) float
        NaN where `scar` is.

    References
    ----------
    MacKinlay (1997).
    """
    return np.asarray(student_p(scar, df))


def cross_sectional(car: FloatArray) -> Outcome:
    """Student t of the mean CAR with the spread across events as its variance.

    Notes
    -----
    ``mean / (sd / sqrt(N))`` with N - 1 degrees of freedom. Do not use it when events share a date: common shocks
    move all events together and leave the spread unchanged.

    References
    ----------
    Brown and Warner (1980).
    """
    kept = car[np.isfinite(car)]
    return cross_sectional_of_moments(_moments(kept))


def bmp(scar: FloatArray) -> Outcome:
    """Student t of the mean standardised CAR with the spread across events as its variance.

    Notes
    -----
    ``mean(SCAR) / (sd(SCAR) / sqrt(N))``, N - 1 degrees of freedom. Holds when the event raises the variance; does not
    hold when events are correlated.

    References
    ----------
    Boehmer, Musumeci and Poulsen (1991).
    """
    return bmp_of_moments(_moments(scar[np.isfinite(scar)]))


@dataclass(frozen=True, kw_only=True)
class Moments:
    """Number, mean and standard deviation (ddof 1) of the values of a cross-section; the last is 0 without spread.

    Attributes
    ----------
    n : int
    mean, deviation : float
        NaN where they do not exist.
    """

    n: int
    mean: float
    deviation: float


def _moments(values: FloatArray) -> Moments:
    n = values.size
    if n < 2:
        return Moments(n=n, mean=float(values.mean()) if n else np.nan, deviation=np.nan)
    return Moments(n=n, mean=float(values.mean()), deviation=float(values.std(ddof=1)) if np.ptp(values) > 0 else 0.0)


def cross_sectional_of_moments(car: Moments) -> Outcome:
    """:func:`cross_sectional` from the moments of the CARs."""
    return _mean_over_spread(car, "cross-sectional")


def bmp_of_moments(scar: Moments) -> Outcome:
    """:func:`bmp` from the moments of the standardised CARs."""
    outcome = _mean_over_spread(scar, "standardised cross-sectional")
    if not outcome.reason and scar.n < 5:
        warning = f"only {scar.n} events; the spread across fewer than 5 is noise"
        return student_outcome(outcome.statistic, outcome.df, scar.n, warning)
    return outcome


def _mean_over_spread(values: Moments, name: str) -> Outcome:
    n = values.n
    if n < 2:
        return inapplicable(f"the {name} variance needs at least 2 events, there {'is' if n == 1 else 'are'} {n}", n)
    if not values.deviation > 0:
        return inapplicable(NO_SPREAD, n)
    return student_outcome(values.mean / (values.deviation / np.sqrt(n)), n - 1, n)


def patell(scar: FloatArray, df: FloatArray | IntArray) -> Outcome:
    """Standardised abnormal returns summed over events, against the variance each has under no event effect.

    Parameters
    ----------
    scar : (N,) float
        SAR of one day, or exact SCAR of a window; NaN is out.
    df : (N,) int
        Degrees of freedom M - K of each event's fit; each must exceed 2.

    Notes
    -----
    ``sum(SCAR) / sqrt(sum(d / (d - 2)))``. Rejects too often when events are correlated or when the event raises the variance.

    References
    ----------
    Patell (1976); Mikkelson and Partch (1988) for the exact SCAR.
    """
    kept = np.isfinite(scar)
    n = int(kept.sum())
    if n == 0:
        return inapplicable("no event has an abnormal return on every day of the window", 0)
    freedom = np.broadcast_to(np.asarray(df, dtype=float), scar.shape)[kept]
    least = float(freedom.min())
    variance = float((freedom / (freedom - 2.0)).sum()) if least > 2 else np.nan
    return patell_of_sums(float(scar[kept].sum()), variance, least, n)


def patell_of_sums(scar: float, variance: float, least_df: float, n_events: int) -> Outcome:
    """:func:`patell` from the sum of the SCARs, of their variances d / (d - 2), and the least d among the events."""
    if n_events == 0:
        return inapplicable("no event has an abnormal return on every day of the window", 0)
    if not least_df > 2:
        return inapplicable(f"an event has only {int(least_df)} degrees of freedom; its SCAR has no variance below 3", n_events)
    return normal_outcome(scar / np.sqrt(variance), n_events)


def j1(car: FloatArray, variance: FloatArray) -> Outcome:
    """Mean CAR over its standard error, events taken as independent and their variances as known.

    Parameters
    ----------
    car, variance : (N,) float
        CAR and Var(CAR), forecast error included.

    References
    ----------
    Campbell, Lo and MacKinlay (1997), J1.
    """
    kept = np.isfinite(car) & np.isfinite(variance)
    n = int(kept.sum())
    total = variance[kept].sum()
    if n == 0 or not total > 0:
        return inapplicable("no event has a CAR with a positive variance", n)
    return normal_outcome(car[kept].sum() / np.sqrt(total), n)


def brown_warner(
    mean_residuals: FloatArray,
    caar: float,
    n_days: int,
    n_events: int,
    *,
    ddof: int = 1,
) -> Outcome:
    """Mean abnormal return over the spread, through time, of the mean estimation residual.

    Parameters
    ----------
    mean_residuals : (L,) float
        Mean over events of the residual of each estimation row; NaN where no event has one.
    caar : float
        Mean CAR of the tested window.
    n_days : int
        Days in the window.
    n_events : int
    ddof : int
        1, as in the papers; K for the residual-degrees-of-freedom variant.

    Notes
    -----
    ``caar / (S * sqrt(n_days))``, Student t with rows - ddof degrees of freedom. The mean over events carries their
    correlation, so the test stands with clustered dates; it falls when the event raises the variance.

    References
    ----------
    Brown and Warner (1980, 1985), eqs. 5 to 7.
    """
    rows = mean_residuals[np.isfinite(mean_residuals)]
    if n_events == 0:
        return inapplicable("no event has an abnormal return on every day of the window", 0)
    if rows.size <= ddof + 1:
        return inapplicable(f"only {rows.size} estimation rows carry a residual", n_events)
    if np.ptp(rows) == 0:
        return inapplicable("the mean estimation residual never varies", n_events)
    return student_outcome(caar / (rows.std(ddof=ddof) * np.sqrt(n_days)), rows.size - ddof, n_events)


def brown_warner_independent(abnormal: FloatArray, residual_spread: FloatArray) -> Outcome:
    """Mean abnormal return of one day with the events' own time-series variances summed.

    Parameters
    ----------
    abnormal : (N,) float
    residual_spread : (N,) float
        Standard deviation of each event's estimation residuals, ddof 1 whatever the model.

    Notes
    -----
    ``mean(AR) / (sqrt(sum(residual_spread**2)) / N)``: no adjustment for dependence, no forecast error.

    References
    ----------
    Brown and Warner (1980), no dependence adjustment.
    """
    kept = np.isfinite(abnormal) & np.isfinite(residual_spread)
    return j1(abnormal[kept], residual_spread[kept] ** 2)


def lamb(mean_residuals: FloatArray, aar: float, forecast_factor: float, n_events: int) -> Outcome:
    """Brown-Warner portfolio statistic of one day with the forecast error of the normal return.

    Parameters
    ----------
    mean_residuals : (L,) float
    aar : float
    forecast_factor : float
        C = 1 + h* of the day.

    Notes
    -----
    ``aar / (S * sqrt(C))``, compared with the normal.

    References
    ----------
    Lamb (1995), as implemented in the R package estudy2.
    """
    plain = brown_warner(mean_residuals, aar, 1, n_events)
    if plain.reason:
        return plain
    return normal_outcome(plain.statistic / np.sqrt(forecast_factor), n_events)
