"""The standardised cross-section of the event days among those of quiet days of the same events."""

from __future__ import annotations

import numpy as np

from impact.kernels.outcome import Outcome, inapplicable
from impact.typing_ import FloatArray

__all__ = ["FEWEST_BLOCKS", "cross_section_placebo", "cross_section_t", "quiet_cross_sections", "studentised_bounds"]

FEWEST_BLOCKS = 10
"""Runs of quiet days that do not overlap below which their law is a guess."""


def cross_section_t(values: FloatArray) -> FloatArray:
    """Mean over its standard error, down the first axis of (n, ...); NaN without spread."""
    n = values.shape[0]
    spread = values.std(axis=0, ddof=1)
    t: FloatArray = np.divide(
        values.mean(axis=0) * np.sqrt(n), spread, out=np.full(values.shape[1:], np.nan), where=np.ptp(values, axis=0) > 0
    )
    return t


def quiet_cross_sections(residuals: FloatArray, sigma: FloatArray, n_days: int) -> FloatArray:
    """(B,) the statistic of every run of `n_days` estimation days on which all events have a residual.

    Parameters
    ----------
    residuals : (n, L) float
        Estimation residuals of the n events, the days of one row the same number of sessions before each event.
    sigma : (n,) float
    n_days : int

    Notes
    -----
    All events are moved by the same number of sessions, so that days which two windows share on the calendar stay shared.
    """
    if residuals.shape[1] < n_days:
        return np.empty(0)
    runs = np.lib.stride_tricks.sliding_window_view(residuals / sigma[:, None], n_days, axis=1).sum(axis=-1)
    statistics = cross_section_t(runs[:, np.isfinite(runs).all(axis=0)])
    return statistics[np.isfinite(statistics)]


def cross_section_placebo(scar: FloatArray, residuals: FloatArray, sigma: FloatArray, n_days: int) -> Outcome:
    """Rank of the standardised cross-sectional t of the event among those of quiet days.

    Parameters
    ----------
    scar : (n,) float
        Standardised CARs over `n_days` days; no NaN.
    residuals, sigma
        As in :func:`quiet_cross_sections`.

    Notes
    -----
    ``T = sqrt(n) mean / sd`` is divided by its own spread, so that a rise of the variance at the event cancels; its law is
    that of the same statistic on quiet days of the same events, with their correlation, skewness and serial dependence.
    ``p = (1 + #{|T_quiet| >= |T|}) / (B + 1)``. Two to four events suffice, at little power.

    References
    ----------
    Boehmer, Musumeci and Poulsen (1991) for the statistic; Chernozhukov, Wuthrich and Zhu (2021) for ranks among quiet days.
    """
    n = scar.size
    if n < 2:
        return inapplicable("a cross-section needs at least 2 events", n)
    statistic = float(cross_section_t(scar[:, None])[0])
    quiet = quiet_cross_sections(residuals, sigma, n_days)
    apart = (quiet.size + n_days - 1) // n_days
    if not np.isfinite(statistic):
        return inapplicable("the events show no spread, so a cross-sectional variance does not exist", n)
    if quiet.size < 19 or apart < FEWEST_BLOCKS:
        return inapplicable(
            f"{quiet.size} runs of quiet days have a residual of every event, {apart} of them apart; {FEWEST_BLOCKS} are needed", n
        )
    p = (1.0 + np.count_nonzero(np.abs(quiet) >= abs(statistic))) / (quiet.size + 1.0)
    law = f"rank among {quiet.size} cross-sections of quiet days"
    return Outcome(statistic=statistic, p_value=float(p), distribution=law, n_events=n, smallest_p=1.0 / (quiet.size + 1.0))


def studentised_bounds(scar: FloatArray, precision: FloatArray, bound: float) -> tuple[float, float]:
    """Effects c common to all events for which the t of ``scar - c * precision`` lies within plus and minus `bound`.

    Parameters
    ----------
    scar : (n,) float
        Standardised CARs.
    precision : (n,) float
        One over the standard error of each CAR.
    bound : float

    Returns
    -------
    low, high : float
        Infinite where no effect, however large, is rejected.
    """
    n = scar.size
    covariance = np.cov(scar, precision)
    a = n * precision.mean() ** 2 - bound**2 * covariance[1, 1]
    b = n * scar.mean() * precision.mean() - bound**2 * covariance[0, 1]
    c = n * scar.mean() ** 2 - bound**2 * covariance[0, 0]
    if not a > 0:
        return -np.inf, np.inf
    half = np.sqrt(max(b * b - a * c, 0.0))
    return float((b - half) / a), float((b + half) / a)
