"""How the events of a sample are spread over firms and dates, and how they move together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from impact.eventstudy.sample import EventSample
from impact.kernels.dependence import ResidualDependence, variance_inflation
from impact.kernels.skewness import skewness
from impact.kernels.variance_change import SpreadChange, spread_change

__all__ = ["Clustering", "EventLayout", "clustering"]

FEW_EVENTS = 50
"""Events from which the shape of their residuals no longer bears on the law of a mean."""

EventLayout: TypeAlias = Literal["none", "single", "same_date", "multi_date"]


@dataclass(frozen=True, kw_only=True)
class Clustering:
    """How the events of a sample are spread over dates, and how they move together.

    Attributes
    ----------
    layout : {"none", "single", "same_date", "multi_date"}
    overlapping : bool
        Some pair of events shares a session of the tested window.
    dates_overlap : bool
        Some pair of events of different dates does.
    n_events, n_dates, n_days : int
        Events, distinct dates, and sessions of the tested window.
    refittable : bool
        The fit shows its regression, so that a test may fit it again.
    dependence : ResidualDependence or None
        None when it was not needed.
    spread : SpreadChange
        Spread of the standardised CARs across events against what the estimation windows lead to expect.
    skewness : float
        Of the standardised estimation residuals of all events together; 0 where there are too many events for it to matter.
    persistence : float
        Variance of the mean residual over as many days as are tested, over that of independent days, less one, in standard
        errors: stale prices and other serial dependence make it large. 0 for one day.
    stated : bool
        The window holds day 0, and its variance is stated for every event.
    stated_ratio : float
        Mean over the events of Var(CAR) as stated over that of quiet days; NaN where it is not stated for every event.
    """

    layout: EventLayout
    overlapping: bool
    dates_overlap: bool
    n_events: int
    n_dates: int
    n_days: int
    refittable: bool
    dependence: ResidualDependence | None
    spread: SpreadChange
    skewness: float = 0.0
    persistence: float = 0.0
    stated: bool = False
    stated_ratio: float = float("nan")

    @property
    def r_bar(self) -> float:
        """Overlap-weighted mean correlation; 0 when no windows overlap, NaN when it was not computed or has no meaning."""
        return self.dependence.r_bar if self.dependence is not None else float("nan")

    @property
    def inflation(self) -> float:
        """1 + (N - 1) r_bar."""
        return variance_inflation(self.r_bar, self.n_events) if np.isfinite(self.r_bar) else float("nan")


def _residual_shape(sample: EventSample) -> tuple[float, float]:
    """Skewness and persistence of the estimation residuals."""
    if not 2 <= sample.n_events < FEW_EVENTS:
        return 0.0, 0.0
    scaled = sample.residuals / sample.sigma[:, None]
    known = scaled[np.isfinite(scaled)]
    session = (sample.day0 - sample.day0.min())[:, None] + np.arange(scaled.shape[1])
    count = np.bincount(session[np.isfinite(scaled)])
    mean = np.bincount(session[np.isfinite(scaled)], weights=known) / np.maximum(count, 1)
    mean = mean[count > 0]
    days, length = sample.length, mean.size
    persistence = 0.0
    if days > 1 and length > 4 * days:
        runs = np.lib.stride_tricks.sliding_window_view(mean, days).sum(axis=1)
        ratio = runs.var() / (days * mean.var())
        persistence = (ratio - 1.0) / np.sqrt(2.0 * (2 * days - 1) * (days - 1) / (3.0 * days * length))
    return skewness(known) if known.size > 2 and np.ptp(known) > 0 else 0.0, float(persistence)


def clustering(sample: EventSample, dependence: ResidualDependence | None) -> Clustering:
    """Describe how the sample's events are spread over dates."""
    n = sample.n_events
    days = np.unique(sample.day0)
    layout: EventLayout = "none" if n == 0 else "single" if n == 1 else "same_date" if days.size == 1 else "multi_date"
    skewed, persistent = _residual_shape(sample)
    stated = sample.stated_variance
    known = stated is not None and bool(np.isfinite(stated).all())
    dates_overlap = bool((np.diff(days) < sample.length).any())
    return Clustering(
        layout=layout,
        overlapping=n > days.size or dates_overlap,
        dates_overlap=dates_overlap,
        n_events=n,
        n_dates=days.size,
        n_days=sample.length,
        refittable=sample.fit.design is not None,
        dependence=dependence,
        spread=spread_change(sample.scar, sample.df, dependence.r_bar if dependence is not None and np.isfinite(dependence.r_bar) else 0.0),
        skewness=skewed,
        persistence=persistent,
        stated=known,
        stated_ratio=float((stated / (sample.sigma**2 * sample.variance_factor)).mean()) if stated is not None and known else float("nan"),
    )
