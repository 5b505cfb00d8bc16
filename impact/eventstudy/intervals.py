"""The interval that belongs to a test: the effects, common to all events, that it does not reject."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri, stdtrit

from impact.eventstudy.evidence import Evidence
from impact.kernels.dependence import variance_inflation
from impact.kernels.quiet_cross_sections import quiet_cross_sections, studentised_bounds
from impact.kernels.single_event import conformal_interval, sq, studentised_block_placebo

__all__ = ["of_block_placebo", "of_conformal", "of_cross_section", "of_kp_bmp", "of_kp_patell", "of_series_t", "of_sq"]

Interval = tuple[float, float]
EVERYTHING = (-np.inf, np.inf)


def of_series_t(evidence: Evidence, level: float) -> Interval:
    """Student interval of one event, or of the portfolio of a batch."""
    series = evidence.series
    half = float(stdtrit(series.df, 0.5 + level / 2)) * series.sigma * np.sqrt(series.variance_factor)
    return series.car - half, series.car + half


def of_sq(evidence: Evidence, level: float) -> Interval:
    """One day, plus and minus the order statistic of the quiet days."""
    series = evidence.series
    value = float(series.abnormal[0])
    return _around(value, np.abs(sq(series.residuals, value).placebo), 1.0, level)


def of_block_placebo(evidence: Evidence, level: float) -> Interval:
    """The CAR plus and minus the order statistic of runs of quiet days."""
    series = evidence.series
    if series.regressors is None:
        return EVERYTHING
    days = int(np.isfinite(series.abnormal).sum())
    test = studentised_block_placebo(series.residuals, series.regressors, series.car, series.variance_factor, days)
    return _around(series.car, np.abs(test.placebo), float(np.sqrt(series.variance_factor)), level)


def of_conformal(evidence: Evidence, level: float) -> Interval:
    """Effects spread evenly over the window that the refitted test accepts."""
    series = evidence.series
    if series.regressors is None or series.event_regressors is None:
        return EVERYTHING
    interval = conformal_interval(series.residuals, series.abnormal, series.regressors, series.event_regressors, alpha=1.0 - level)
    return interval.low, interval.high


def _around(centre: float, sizes: np.ndarray, unit: float, level: float) -> Interval:
    """`centre` plus and minus the largest size that a rank test of 1 - level does not reject."""
    k = int(np.floor((1.0 - level) * (sizes.size + 1) + 1e-9))
    if k < 1:
        return EVERYTHING
    half = float(np.sort(sizes)[-k]) * unit
    return centre - half, centre + half


def _precision(evidence: Evidence) -> np.ndarray:
    return 1.0 / (evidence.sample.sigma * np.sqrt(evidence.sample.variance_factor))


def of_kp_bmp(evidence: Evidence, level: float) -> Interval:
    """Effects for which the correlated standardised cross-section stays within the Student quantile."""
    n, r_bar = evidence.sample.n_events, evidence.layout.r_bar
    if r_bar >= 1.0:
        return EVERYTHING
    narrowing = np.sqrt((1.0 - r_bar) / variance_inflation(r_bar, n))
    return studentised_bounds(evidence.sample.scar, _precision(evidence), float(stdtrit(n - 1, 0.5 + level / 2)) / narrowing)


def of_kp_patell(evidence: Evidence, level: float) -> Interval:
    """Effects for which the sum of the standardised CARs stays within the normal quantile."""
    sample = evidence.sample
    freedom = sample.df.astype(float)
    spread = np.sqrt((freedom / (freedom - 2.0)).sum() * variance_inflation(evidence.layout.r_bar, sample.n_events))
    precision, half = _precision(evidence), float(ndtri(0.5 + level / 2)) * spread
    total = float(sample.scar.sum())
    return float((total - half) / precision.sum()), float((total + half) / precision.sum())


def of_cross_section(evidence: Evidence, level: float) -> Interval:
    """Effects for which the standardised cross-section stays within that of quiet days."""
    sample = evidence.sample
    quiet = quiet_cross_sections(sample.residuals, sample.sigma, sample.length)
    k = int(np.floor((1.0 - level) * (quiet.size + 1) + 1e-9))
    if k < 1:
        return EVERYTHING
    return studentised_bounds(sample.scar, _precision(evidence), float(np.sort(np.abs(quiet))[-k]))
