"""Why the p-value of a test may mislead, given how the events are spread over firms and dates."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from impact.eventstudy.layout import FEW_EVENTS, Clustering
from impact.kernels.power import bmp_size_under_correlation, patell_size_under_correlation, patell_size_under_event_variance
from impact.tables import prose
from impact.typing_ import FloatArray

__all__ = [
    "Caution",
    "few_clustered_events",
    "few_dates",
    "ignores_event_variance",
    "lines_up_in_event_time",
    "overlapping_dates",
    "patell_under_event_variance",
    "shape_of_residuals",
    "spread_shrinks_under_correlation",
    "takes_events_as_independent",
    "uncovered_pairs",
]

Caution: TypeAlias = Callable[[Clustering], str]
"""A reason to doubt, in words; empty when there is none."""

FEWEST_FOR_GRANK = 20
"""Clustered events below which the generalised rank t rejects 8 to 10 % at 5 %."""
LEAST_COVERED = 0.5
"""Share of the overlap weight that pairs with a correlation must carry."""
SKEWED = 0.75
"""Skewness of residuals from which a t of few events rejects too often; 5-tailed noise stays below it."""
PERSISTENT = 3.0
"""Standard errors of the variance ratio from which days are taken to hang together."""
TOLERATED_RISE = 1.2
"""Stated variance over that of quiet days up to which a test that takes the latter goes without a warning."""
FEWEST_DATES = 12
"""Dates below which a wild cluster bootstrap is coarse."""
TOLERATED_SIZE = 0.06
"""Size of a nominal 5 % test up to which events of several dates go without a warning."""


def takes_events_as_independent(layout: Clustering) -> str:
    """The variance of the mean is understated by common shocks."""
    return _size_under_correlation(layout, patell_size_under_correlation)


def spread_shrinks_under_correlation(layout: Clustering) -> str:
    """Common shocks understate the variance of the mean, and shrink the spread across events as well."""
    return _size_under_correlation(layout, bmp_size_under_correlation)


def _size_under_correlation(layout: Clustering, size: Callable[[float, int], FloatArray | float]) -> str:
    if not layout.overlapping:
        return ""
    rho = max(layout.r_bar, 0.0) if np.isfinite(layout.r_bar) else float("nan")
    if not np.isfinite(rho):
        return "takes events as independent, and some of them share sessions"
    true_size = float(size(min(rho, 0.999), layout.n_events))
    if layout.layout == "multi_date" and true_size < TOLERATED_SIZE:
        return ""
    correlation, rejects = prose.statistic(rho), prose.percent(true_size, 0)
    return f"takes events as independent; with a mean correlation of {correlation} a nominal 5 % test rejects {rejects} of true nulls"


def uncovered_pairs(layout: Clustering) -> str:
    """Most pairs of events have next to no common sessions, so their correlation is not known."""
    if layout.dependence is None or layout.dependence.covered_weight >= LEAST_COVERED or np.isnan(layout.dependence.covered_weight):
        return ""
    share = prose.percent(1 - layout.dependence.covered_weight)
    return f"{share} of the overlapping pairs have too few common sessions for a correlation, and count as the others do"


def shape_of_residuals(layout: Clustering) -> str:
    """Few events whose quiet days are skewed or hang together: a Student law does not hold."""
    if layout.n_events >= FEW_EVENTS or layout.layout not in ("same_date", "multi_date"):
        return ""
    if abs(layout.skewness) > SKEWED:
        return f"quiet days have a skewness of {prose.decimal(layout.skewness, 1)}, and {layout.n_events} events are too few for a mean to forget it"
    if layout.persistence > PERSISTENT:
        return "quiet days hang together over the length of the window (stale prices, or another factor), which a correlation of single days does not see"
    return ""


def overlapping_dates(layout: Clustering) -> str:
    """Clusters are dates, but windows of different dates overlap."""
    return "clusters are dates, and windows of different dates overlap" if layout.dates_overlap else ""


def lines_up_in_event_time(layout: Clustering) -> str:
    """Days that two windows share on the calendar stand at different offsets."""
    if not layout.dates_overlap:
        return ""
    return "lines events up in event time and does not see that windows of different dates overlap; it rejects too often"


def _rise(layout: Clustering) -> str:
    return f"the event multiplies the variance by about {prose.decimal(layout.spread.ratio, 1)}"


def _stated_rise(layout: Clustering) -> str:
    return f"column event_sd states a variance of {prose.decimal(layout.stated_ratio, 1)} times that of quiet days"


def ignores_event_variance(layout: Clustering) -> str:
    """The variance is stated to rise, or the spread across events rose, and the test takes the variance from before."""
    if layout.stated_ratio > TOLERATED_RISE:
        return f"{_stated_rise(layout)}, which this test does not allow for"
    return f"{_rise(layout)}, which this test does not allow for" if layout.spread.p_value < 0.05 else ""


def patell_under_event_variance(layout: Clustering) -> str:
    """As :func:`ignores_event_variance`, with the size that Patell's statistic has then."""
    if layout.stated_ratio > TOLERATED_RISE:
        size = prose.percent(float(patell_size_under_event_variance(layout.stated_ratio)), 0)
        return f"{_stated_rise(layout)}; a nominal 5 % test rejects {size} of true nulls"
    if not layout.spread.p_value < 0.05:
        return ""
    rejects = prose.percent(float(patell_size_under_event_variance(layout.spread.ratio)), 0)
    return f"{_rise(layout)}; a nominal 5 % test rejects {rejects} of true nulls"


def few_clustered_events(layout: Clustering) -> str:
    """The generalised rank t needs more events when they are clustered."""
    if not layout.overlapping or layout.n_events >= FEWEST_FOR_GRANK:
        return ""
    return f"with {layout.n_events} clustered events it rejects 8 to 10 % of true nulls; prefer kp_bmp"


def few_dates(layout: Clustering) -> str:
    """A wild cluster bootstrap over few dates is coarse."""
    if layout.n_dates >= FEWEST_DATES:
        return ""
    return f"only {layout.n_dates} dates; p cannot fall below {prose.significant(2.0 / 2**layout.n_dates)}"
