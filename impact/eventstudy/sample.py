"""The events that enter a test over one window, and the one series that stands for a single event or a batch on one date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from impact.errors import InputError
from impact.eventstudy.design import IncompletePolicy
from impact.kernels.acceleration import compiled_loops
from impact.kernels.dependence import FEWEST_COMMON, USUAL_COMMON, ResidualDependence, overlap_dependence
from impact.kernels.mapping import Executor
from impact.kernels.parametric import standardised
from impact.kernels.portfolio import batch_portfolio
from impact.kernels.rank_sums import GrankSums, RankSums, combine, compiled_pass, grank_sums, joint_sums, rank_sums
from impact.kernels.ranks import standardise_event_days
from impact.kernels.records import FittedEvents
from impact.kernels.residual_sums import ResidualSums
from impact.kernels.signs import positive_shares
from impact.kernels.stated_variance import stated_car_variance
from impact.typing_ import FloatArray, IntArray

__all__ = ["EventSample", "OneSeries", "ResidualEvidence", "event_sample", "gather_evidence", "one_series", "residual_dependence"]

FULL_COVERAGE = 0.5
"""Share of the overlap weight on pairs with 30 common sessions from which those alone are averaged."""

CHUNK_VALUES = 1 << 19
"""Estimation and event days held at once while ranks are built: 4 MB an array, inside the cache of one core."""


@dataclass(frozen=True, eq=False, kw_only=True)
class EventSample:
    """The n events that enter a test over the inclusive offsets [a, b].

    Attributes
    ----------
    fit : FittedEvents
    a, b : int
    index : (n,) int
        Positions of the events among the N of the fit.
    car, variance_factor, scar : (n,) float
        CAR, Var(CAR) / sigma**2 and CAR over its standard error.
    sigma : (n,) float
    df, day0 : (n,) int
    """

    fit: FittedEvents
    a: int
    b: int
    index: IntArray
    car: FloatArray
    variance_factor: FloatArray
    scar: FloatArray
    sigma: FloatArray
    df: IntArray
    day0: IntArray

    @property
    def n_events(self) -> int:
        """Events that enter."""
        return self.index.size

    @cached_property
    def residual_sums(self) -> ResidualSums | None:
        """Mean residual and mean correlation without forming residuals, where the estimation windows allow it."""
        return self.fit.residual_sums(self.index, self.length) if self.fit.residual_sums is not None else None

    @cached_property
    def residuals(self) -> FloatArray:
        """(n, L) estimation residuals of the events; for few events."""
        return self.fit.residuals(self.index)

    @property
    def length(self) -> int:
        """Sessions in the tested window."""
        return self.b - self.a + 1

    @property
    def stated_variance(self) -> FloatArray | None:
        """(n,) variance of each CAR with that of day 0 as stated, NaN where it is not or day 0 has no return; None where none is stated."""
        fit = self.fit
        if fit.event_sd is None or not self.a <= 0 <= self.b:
            return None
        quiet = 1.0 if fit.quiet_day0 is None else fit.quiet_day0[self.index]
        stated = stated_car_variance(self.sigma, self.variance_factor, fit.event_sd[self.index], quiet)
        return np.where(np.isnan(fit.abnormal[self.index, -int(fit.offsets[0])]), np.nan, stated)

    @property
    def days(self) -> slice:
        """The tested days among the W columns of the event window."""
        first = self.a - int(self.fit.offsets[0])
        return slice(first, first + self.length)

    @property
    def days_among_ranks(self) -> slice:
        """The tested days among the estimation and event days laid side by side."""
        first = self.fit.estimation[1] - self.fit.estimation[0] + 1
        return slice(first + self.days.start, first + self.days.stop)


def event_sample(fit: FittedEvents, a: int, b: int, incomplete: IncompletePolicy = "complete") -> EventSample:
    """Select the events for a test over [a, b].

    Parameters
    ----------
    fit : FittedEvents
    a, b : int
        Inclusive session offsets inside the event window.
    incomplete : {"complete", "available"}
        Only events with an abnormal return on every day of [a, b], or every event with at least one, its CAR and variance
        then restricted to its days.

    Raises
    ------
    InputError
        If [a, b] is not inside the event window or `incomplete` is unknown.
    """
    first, last = int(fit.offsets[0]), int(fit.offsets[-1])
    if not first <= a <= b <= last:
        raise InputError(f"window=({a}, {b}) is not inside the event window ({first}, {last}); choose offsets in it, first <= last.")
    if incomplete not in ("complete", "available"):
        raise InputError(f"incomplete={incomplete!r} is unknown; choose 'complete' or 'available'.")
    sums = fit.window(a, b)
    scar = standardised(sums.car, fit.sigma, sums.variance_factor)
    fewest = b - a + 1 if incomplete == "complete" else 1
    index = np.flatnonzero((sums.n_days >= fewest) & np.isfinite(scar))
    pick: Any = slice(None) if index.size == fit.n_events else index
    return EventSample(
        fit=fit,
        a=a,
        b=b,
        index=index,
        car=sums.car[pick],
        variance_factor=sums.variance_factor[pick],
        scar=scar[pick],
        sigma=fit.sigma[pick],
        df=fit.df[pick],
        day0=fit.day0[pick],
    )


def residual_dependence(sample: EventSample) -> ResidualDependence:
    """Overlap-weighted mean correlation of the estimation residuals of the sample's events.

    Pairs with fewer than 30 common sessions count as the others do on average; where those are less than half of all, pairs
    with few common sessions are taken as well. NaN where hardly any pair has common sessions at all.
    """
    sums = sample.residual_sums
    if sums is not None and not sums.dependence.coverage < 1.0:
        return sums.dependence

    def formed(fewest: int) -> ResidualDependence:
        return overlap_dependence(lambda rows: sample.fit.residuals(sample.index[rows]), sample.day0, sample.length, min_common=fewest)

    usual = sums.dependence if sums is not None and sums.thin is not None else formed(USUAL_COMMON)
    if usual.n_overlapping_pairs == 0 or usual.covered_weight == 1.0:
        return usual
    thin = usual
    if usual.covered_weight < FULL_COVERAGE:
        thin = sums.thin if sums is not None and sums.thin is not None else formed(FEWEST_COMMON)
    if not thin.covered_weight > 0:
        return replace(usual, r_bar=float("nan"))
    return replace(usual, r_bar=thin.r_bar / thin.covered_weight, covered_weight=thin.covered_weight)


@dataclass(frozen=True, eq=False, kw_only=True)
class ResidualEvidence:
    """What one pass over the estimation residuals leaves behind.

    Attributes
    ----------
    mean_residual : (L,) float
        Mean over the sample's events, NaN where none has a residual.
    positive_share : (n,) float or None
        Share of positive residuals of each event.
    ranks : RankSums or None
    grank : GrankSums or None
    """

    mean_residual: FloatArray
    positive_share: FloatArray | None
    ranks: RankSums | None
    grank: GrankSums | None


def gather_evidence(
    sample: EventSample,
    *,
    ranks: bool,
    grank: bool,
    signs: bool = False,
    adjust_event_variance: bool = False,
    executor: Executor | None = None,
) -> ResidualEvidence:
    """Pass once over the estimation residuals, a chunk of events at a time.

    Parameters
    ----------
    sample : EventSample
    ranks, grank : bool
        Whether the sums for the rank tests and for the generalised rank tests are wanted; they cost most of the time.
    signs : bool
        Whether the shares of positive residuals are wanted.
    adjust_event_variance : bool
        Divide event-day returns by the cross-sectional spread of their standardised values before ranking.
    executor : object with ``map``, optional
        Runs chunks side by side, for example a ``ThreadPoolExecutor``; sums are added in order, so the result is the same.
    """
    if not (ranks or grank or signs) and sample.residual_sums is not None:
        return ResidualEvidence(mean_residual=sample.residual_sums.mean_residual, positive_share=None, ranks=None, grank=None)
    fit, n = sample.fit, sample.n_events
    event_days = fit.abnormal[sample.index]
    if ranks and adjust_event_variance:
        event_days = standardise_event_days(event_days, fit.leverage[sample.index], sample.sigma)
    event_value = sample.scar / sample.scar.std(ddof=1) if n > 1 and np.ptp(sample.scar) > 0 else None
    length = fit.estimation[1] - fit.estimation[0] + 1
    step = max(1, CHUNK_VALUES // (length + fit.offsets.size))
    contiguous = n == fit.n_events
    loops = compiled_loops(n, "compiled_ranks") if ranks or grank else None
    limits = event_value * sample.sigma if grank and event_value is not None else None

    def pass_over(start: int) -> tuple[FloatArray, FloatArray | IntArray, FloatArray | None, RankSums | None, GrankSums | None]:
        part = slice(start, min(start + step, n))
        residual = fit.residuals(part if contiguous else sample.index[part])
        if loops is not None:
            one = compiled_pass(loops, residual, event_days[part], None if limits is None else limits[part])
            return one.total, one.count, one.positive_share, one.ranks, one.grank if grank else None
        total, count = residual.sum(axis=0), np.full(length, len(residual))
        if np.isnan(total).any():
            valid = np.isfinite(residual)
            total, count = np.where(valid, residual, 0.0).sum(axis=0), valid.sum(axis=0)
        rank_part = grank_part = None
        if ranks and grank and event_value is not None:
            rank_part, grank_part = joint_sums(residual, event_days[part], sample.sigma[part], event_value[part])
        elif ranks:
            rank_part = rank_sums(np.concatenate([residual, event_days[part]], axis=1))
        elif grank and event_value is not None:
            grank_part = grank_sums(residual, sample.sigma[part], event_value[part])
        return total, count, positive_shares(residual) if signs else None, rank_part, grank_part

    mapped: Callable[..., Any] = executor.map if executor is not None else map
    totals, counts, shares, rank_parts, grank_parts = zip(*mapped(pass_over, range(0, n, step)), strict=True)
    count = np.sum(counts, axis=0)
    return ResidualEvidence(
        mean_residual=np.divide(np.sum(totals, axis=0), count, out=np.full(length, np.nan), where=count > 0),
        positive_share=np.concatenate(shares) if signs else None,
        ranks=combine(rank_parts) if ranks else None,
        grank=combine(grank_parts) if grank_parts[0] is not None else None,
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class OneSeries:
    """One event, or a batch on one date taken as one equal-weight portfolio.

    Attributes
    ----------
    residuals : (L,) float
    abnormal : (D,) float
        The tested days.
    car, variance_factor, sigma : float
    df : int
    regressors, event_regressors : (L, K), (D, K) float, or None
        None when the fit shows no design, or the events have different ones.
    n_events : int
    """

    residuals: FloatArray
    abnormal: FloatArray
    car: float
    variance_factor: float
    sigma: float
    df: int
    regressors: FloatArray | None
    event_regressors: FloatArray | None
    n_events: int

    @property
    def n_rows(self) -> int:
        """Usable estimation rows."""
        return int(np.isfinite(self.residuals).sum())


def one_series(sample: EventSample, mean_residual: FloatArray) -> OneSeries:
    """The sample as one series; it must hold one event, or several of one date.

    Parameters
    ----------
    sample : EventSample
    mean_residual : (L,) float
        Mean residual over the sample's events (the residual itself for one event).
    """
    fit = sample.fit
    first = int(sample.index[0])
    parameters = int(fit.n_obs[first] - fit.df[first])
    design, event_design, demeaned = _common_design(sample, mean_residual)
    batch = batch_portfolio(mean_residual, fit.abnormal[sample.index], parameters, demeaned=demeaned)
    single = sample.n_events == 1
    return OneSeries(
        residuals=mean_residual,
        abnormal=batch.abnormal[sample.days],
        car=float(sample.car.mean()),
        variance_factor=float(sample.variance_factor.mean()),
        sigma=float(sample.sigma[0]) if single else batch.sigma,
        df=int(sample.df[0]) if single else batch.df,
        regressors=design,
        event_regressors=event_design,
        n_events=sample.n_events,
    )


def _common_design(sample: EventSample, mean_residual: FloatArray) -> tuple[FloatArray | None, FloatArray | None, bool]:
    """Design rows that all events share, filled from one event after another until every needed row is known."""
    fit = sample.fit
    if fit.design is None:
        return None, None, False
    shown = fit.design(int(sample.index[0]))
    if shown.demeaned:
        return np.empty((mean_residual.size, 0)), np.empty((sample.length, 0)), True
    rows, event_rows = shown.estimation_regressors.copy(), shown.event_regressors[sample.days].copy()
    last = fit.design(int(sample.index[-1]))
    for mine, other in ((rows, last.estimation_regressors), (event_rows, last.event_regressors[sample.days])):
        both = np.isfinite(mine).all(axis=1) & np.isfinite(other).all(axis=1)
        if not np.allclose(mine[both], other[both], rtol=1e-9, atol=0.0):
            return None, None, False
    needed = np.isfinite(mean_residual)
    for position in sample.index[1:]:
        if np.isfinite(rows[needed]).all() and np.isfinite(event_rows).all():
            break
        shown = fit.design(int(position))
        np.copyto(rows, shown.estimation_regressors, where=np.isnan(rows))
        np.copyto(event_rows, shown.event_regressors[sample.days], where=np.isnan(event_rows))
    known = np.isfinite(rows[needed]).all() and np.isfinite(event_rows).all()
    return (rows, event_rows, False) if known else (None, None, False)
