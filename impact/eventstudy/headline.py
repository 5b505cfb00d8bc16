"""Which test leads, which are refused and which mislead, given how the events are spread over firms and dates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from impact.eventstudy.sample import EventSample
from impact.kernels.dependence import ResidualDependence, variance_inflation
from impact.kernels.outcome import Outcome, inapplicable
from impact.kernels.power import bmp_size_under_correlation, patell_size_under_correlation, patell_size_under_event_variance
from impact.kernels.variance_change import SpreadChange, spread_change

__all__ = ["BATCH_TESTS", "SERIES_TESTS", "TEST_NAMES", "Clustering", "EventLayout", "choose_headline", "clustering", "refused", "warned"]

EventLayout: TypeAlias = Literal["none", "single", "same_date", "multi_date"]

SERIES_TESTS = ("t", "sq", "block_placebo", "conformal", "placebo_space")
BATCH_TESTS = (
    "cross_sectional",
    "brown_warner",
    "patell",
    "bmp",
    "kp_patell",
    "kp_bmp",
    "corrado",
    "corrado_zivney",
    "grank_t",
    "grank_z",
    "sign",
    "generalized_sign",
    "wilcoxon",
    "skewness_adjusted",
    "wild_cluster",
    "portfolio",
    "calendar_time",
)
TEST_NAMES = SERIES_TESTS + BATCH_TESTS

FEWEST_FOR_SPREAD = 5
"""Events below which a cross-sectional variance is noise."""
FEWEST_FOR_GRANK = 20
"""Clustered events below which the generalised rank t rejects 8 to 10 % at 5 %."""
GRANK_SECOND = 30
"""Events from which the generalised rank t is a full second opinion."""
FEWEST_DATES = 12
"""Dates below which a wild cluster bootstrap is coarse."""

# The variance of the mean is understated by common shocks; for the second group the spread across events shrinks as well.
_IGNORES_CORRELATION = frozenset({"patell", "grank_z", "sign", "generalized_sign"})
_SPREAD_IGNORES_CORRELATION = frozenset({"cross_sectional", "bmp", "wilcoxon", "skewness_adjusted"})
_IGNORES_EVENT_VARIANCE = frozenset(
    {"patell", "kp_patell", "brown_warner", "portfolio", "corrado", "corrado_zivney", "sq", "block_placebo", "conformal"}
)
# These line events up in event time, where days that two windows share on the calendar stand at different offsets.
_BLIND_TO_PARTIAL_OVERLAP = frozenset({"brown_warner", "corrado", "corrado_zivney", "grank_t"})


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
    n_events, n_dates : int
    dependence : ResidualDependence or None
        None when it was not needed.
    spread : SpreadChange
        Spread of the standardised CARs across events against what the estimation windows lead to expect.
    """

    layout: EventLayout
    overlapping: bool
    dates_overlap: bool
    n_events: int
    n_dates: int
    dependence: ResidualDependence | None
    spread: SpreadChange

    @property
    def r_bar(self) -> float:
        """Overlap-weighted mean correlation; 0 when no windows overlap, NaN when it was not computed or has no meaning."""
        return self.dependence.r_bar if self.dependence is not None else float("nan")

    @property
    def inflation(self) -> float:
        """1 + (N - 1) r_bar."""
        return variance_inflation(self.r_bar, self.n_events) if np.isfinite(self.r_bar) else float("nan")


def clustering(sample: EventSample, dependence: ResidualDependence | None) -> Clustering:
    """Describe how the sample's events are spread over dates."""
    n = sample.n_events
    days = np.unique(sample.day0)
    layout: EventLayout = "none" if n == 0 else "single" if n == 1 else "same_date" if days.size == 1 else "multi_date"
    dates_overlap = bool((np.diff(days) < sample.length).any())
    return Clustering(
        layout=layout,
        overlapping=n > days.size or dates_overlap,
        dates_overlap=dates_overlap,
        n_events=n,
        n_dates=days.size,
        dependence=dependence,
        spread=spread_change(sample.scar, sample.df, dependence.r_bar if dependence is not None else 0.0),
    )


def _refusal(name: str, found: Clustering) -> str:
    """Why test `name` has no meaning for these events; empty when it has."""
    layout = found.layout
    if layout == "none":
        return "no event has an abnormal return on every day of the window"
    if layout == "single":
        if name in SERIES_TESTS:
            return ""
        if name == "portfolio":
            return "one event is its own portfolio: see t"
        return "needs several events: with one there is no cross-section (see sq, conformal)"
    if name == "t":
        return "one event only; car() gives the t of each event"
    if name == "placebo_space":
        return "one treated event only; run it for each event"
    if layout == "multi_date" and name in ("sq", "block_placebo", "conformal"):
        return "one event, or several on one date taken as a portfolio; the dates here differ"
    if layout == "multi_date" and name == "portfolio":
        return "one portfolio needs one date; the dates here differ (see calendar_time)"
    if layout == "same_date" and name == "wild_cluster":
        return "all events share one date: a single cluster has no variance between clusters (see portfolio)"
    if layout == "same_date" and name == "calendar_time":
        return "all events share one date: the calendar-time portfolio is the batch portfolio (see portfolio)"
    return ""


def refused(name: str, found: Clustering) -> Outcome | None:
    """The refusal of test `name` as an outcome; None when it may run."""
    reason = _refusal(name, found)
    return inapplicable(reason, found.n_events) if reason else None


def choose_headline(sample: EventSample, found: Clustering, *, has_design: bool) -> tuple[str, str, tuple[str, ...]]:
    """The test that leads, why, and the tests to read beside it.

    Parameters
    ----------
    sample : EventSample
    found : Clustering
    has_design : bool
        Whether the fit shows its regression, which the conformal test fits again.
    """
    n = found.n_events
    if found.layout == "none":
        return "", "no event can be tested", ()
    if found.layout == "single":
        if sample.length == 1:
            return "sq", "one event, one day: its rank among quiet days needs no law of returns", ("t", "conformal", "placebo_space")
        if has_design:
            why = "one event, several days: cyclic shifts of the refitted residuals allow for any law of returns"
            return "conformal", why, ("t", "block_placebo", "placebo_space")
        return "block_placebo", "one event, several days, and no regression to fit again", ("t", "placebo_space")
    if n < FEWEST_FOR_SPREAD:
        if found.layout == "same_date":
            return "portfolio", f"{n} events on one date: too few for a cross-sectional variance, so one portfolio", ("sq", "conformal")
        return "kp_patell", f"{n} events: too few for a cross-sectional variance", ("wild_cluster",)
    why = "allows for common shocks and for a rise of the variance at the event"
    if found.layout == "same_date":
        seconds = ("portfolio", "sq" if sample.length == 1 else "conformal") + (("grank_t",) if n >= GRANK_SECOND else ())
        return "kp_bmp", f"{n} events on one date: {why}", seconds
    spread = f"{n} events on {found.n_dates} dates, windows {'overlapping' if found.overlapping else 'apart'}: {why}"
    if found.dates_overlap:
        return "kp_bmp", spread, ("calendar_time",)
    return "kp_bmp", spread, (("grank_t",) if n >= GRANK_SECOND else ()) + ("wild_cluster", "calendar_time", "generalized_sign")


def warned(name: str, outcome: Outcome, found: Clustering) -> Outcome:
    """The outcome with a warning where the layout or the data make its p-value misleading."""
    if outcome.reason:
        return outcome
    notes = (outcome.warning, _correlation_note(name, found), _variance_note(name, found), _small_note(name, found))
    return replace(outcome, warning="; ".join(note for note in notes if note))


def _correlation_note(name: str, found: Clustering) -> str:
    dependence = found.dependence
    if name in ("kp_patell", "kp_bmp") and dependence is not None and dependence.coverage < 1.0:
        return f"{1 - dependence.coverage:.1%} of the overlapping pairs have under 30 common sessions and count as uncorrelated"
    if name == "wild_cluster" and found.dates_overlap:
        return "clusters are dates, and windows of different dates overlap"
    if name in _BLIND_TO_PARTIAL_OVERLAP and found.dates_overlap:
        return "lines events up in event time and does not see that windows of different dates overlap; it rejects too often"
    if not found.overlapping or name not in _IGNORES_CORRELATION | _SPREAD_IGNORES_CORRELATION:
        return ""
    rho = max(found.r_bar, 0.0) if np.isfinite(found.r_bar) else float("nan")
    if not np.isfinite(rho):
        return "takes events as independent, and some of them share sessions"
    size = patell_size_under_correlation if name in _IGNORES_CORRELATION else bmp_size_under_correlation
    true_size = float(size(min(rho, 0.999), found.n_events))
    if found.layout == "multi_date" and true_size < 0.06:
        return ""
    return f"takes events as independent; with a mean correlation of {rho:.3f} a nominal 5 % test rejects {true_size:.0%} of true nulls"


def _variance_note(name: str, found: Clustering) -> str:
    if name not in _IGNORES_EVENT_VARIANCE or not found.spread.p_value < 0.05:
        return ""
    rise = f"the event multiplies the variance by about {found.spread.ratio:.1f}"
    if name in ("patell", "kp_patell"):
        true_size = float(patell_size_under_event_variance(found.spread.ratio))
        return f"{rise}; a nominal 5 % test rejects {true_size:.0%} of true nulls"
    return f"{rise}, which this test does not allow for"


def _small_note(name: str, found: Clustering) -> str:
    n = found.n_events
    if name == "grank_t" and found.overlapping and n < FEWEST_FOR_GRANK:
        return f"with {n} clustered events it rejects 8 to 10 % of true nulls; prefer kp_bmp"
    if name == "wild_cluster" and found.n_dates < FEWEST_DATES:
        return f"only {found.n_dates} dates; p cannot fall below {2.0 / 2**found.n_dates:.3g}"
    return ""
