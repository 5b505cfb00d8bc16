"""Hypothesis tests of an event study: all of them, the one that leads, and why the others must not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.eventstudy.batch_tests import NEED_GRANK, NEED_RANKS, NEED_RESIDUALS, batch_tests
from impact.eventstudy.design import IncompletePolicy
from impact.eventstudy.headline import TEST_NAMES, Clustering, choose_headline, clustering, refused, warned
from impact.eventstudy.sample import EventSample, event_sample, gather_evidence, one_series, residual_dependence
from impact.eventstudy.series_tests import against_peers, series_tests
from impact.kernels.dependence import ResidualDependence
from impact.kernels.outcome import Outcome
from impact.kernels.power import minimum_detectable_effect
from impact.kernels.records import FittedEvents
from impact.kernels.skewness import excess_kurtosis
from impact.results import Result, Summary

__all__ = ["NULLS", "InferenceDesign", "describe_inference", "outcomes", "run_tests"]

ON_SERIES = ("t", "portfolio", "sq", "block_placebo", "conformal")
COLUMNS = ("statistic", "p_value", "df", "distribution", "n_events", "null", "headline", "reason", "warning", "smallest_p")
NEED_DEPENDENCE = frozenset({"kp_patell", "kp_bmp"})

NULLS = {
    "t": "the event's CAR is zero; normal returns",
    "sq": "the day's abnormal return is exchangeable with the estimation residuals",
    "block_placebo": "the CAR is one more run of quiet days",
    "conformal": "no day of the window has an abnormal return; residuals are stationary",
    "placebo_space": "the event's standardised CAR is exchangeable with those of untreated peers",
    "cross_sectional": "the mean CAR is zero; independent events",
    "brown_warner": "the mean CAR is zero; variance as before the event",
    "patell": "the mean standardised CAR is zero; independent events, variance as before the event",
    "bmp": "the mean standardised CAR is zero; independent events, any event variance",
    "kp_patell": "the mean standardised CAR is zero; correlated events, variance as before the event",
    "kp_bmp": "the mean standardised CAR is zero; correlated events, any event variance",
    "corrado": "the mean rank of the event days is the middle rank",
    "corrado_zivney": "the mean scaled rank of the event days is the middle rank",
    "grank_t": "the mean generalised rank of the cumulated event day is the middle rank; correlated events, any event variance",
    "grank_z": "the mean generalised rank of the cumulated event day is the middle rank; independent events, any event variance",
    "sign": "a CAR is positive as often as not; independent events",
    "generalized_sign": "a CAR is positive as often as an estimation residual; independent events",
    "wilcoxon": "CARs are symmetric about zero; independent events",
    "skewness_adjusted": "the mean CAR is zero; independent events, skewed returns",
    "wild_cluster": "the mean CAR is zero; events of one date move together",
    "portfolio": "the CAR of the equal-weight portfolio of the events is zero; variance as before the event",
    "calendar_time": "the mean daily abnormal return of the calendar-time portfolio is zero",
}
"""What each test takes as true until shown otherwise, and what it needs besides."""


def outcomes(
    sample: EventSample,
    found: Clustering,
    wanted: Collection[str],
    *,
    peers: FittedEvents | None = None,
    rng: np.random.Generator | None = None,
    draws: int = 999,
    adjust_event_variance: bool = False,
    executor: Any = None,
) -> dict[str, Outcome]:
    """Outcomes of the wanted tests by name; the record form of :func:`run_tests`, whose parameters it shares.

    Parameters
    ----------
    sample : EventSample
    found : Clustering
        With the dependence when a Kolari-Pynnonen test is wanted.
    wanted : collection of test names
    """
    refusals = {name: outcome for name in wanted if (outcome := refused(name, found)) is not None}
    open_names = [name for name in wanted if name not in refusals]
    on_series = found.layout in ("single", "same_date") and any(name in ON_SERIES for name in open_names)
    ranks = any(name in NEED_RANKS for name in open_names)
    grank = any(name in NEED_GRANK for name in open_names)
    evidence = None
    if on_series or any(name in NEED_RESIDUALS for name in open_names):
        signs = "generalized_sign" in open_names
        options = {"adjust_event_variance": adjust_event_variance, "executor": executor}
        evidence = gather_evidence(sample, ranks=ranks, grank=grank, signs=signs, **options)
    computed: dict[str, Outcome] = {}
    if on_series and evidence is not None:
        computed |= series_tests(one_series(sample, evidence.mean_residual), open_names)
    if found.layout in ("same_date", "multi_date"):
        computed |= batch_tests(sample, evidence, found.r_bar, open_names, rng=rng, draws=draws)
    if "placebo_space" in open_names:
        computed["placebo_space"] = against_peers(sample, peers)
    return {name: refusals[name] if name in refusals else warned(name, computed[name], found) for name in wanted}


def run_tests(
    fit: FittedEvents,
    a: int,
    b: int,
    *,
    incomplete: IncompletePolicy = "complete",
    tests: Collection[str] | None = None,
    peers: FittedEvents | None = None,
    rng: np.random.Generator | None = None,
    draws: int = 999,
    adjust_event_variance: bool = False,
    executor: Any = None,
) -> pd.DataFrame:
    """Every hypothesis test over the inclusive offsets [a, b], the leading one marked, each refusal with its reason.

    Parameters
    ----------
    fit : FittedEvents
    a, b : int
        Inclusive session offsets inside the event window.
    incomplete : {"complete", "available"}
        Only events with an abnormal return on every day of [a, b], or all with at least one.
    tests : collection of str, optional
        Names to run; all when None. The leading test is marked only if it is among them.
    peers : FittedEvents, optional
        Untreated securities studied on the event's own date, for the placebo in space; 19 or more.
    rng : numpy.random.Generator, optional
        For the bootstrap tests, `draws` each: without it ``skewness_adjusted`` falls back on the normal law, and
        ``wild_cluster`` above 12 dates is refused.
    adjust_event_variance : bool
        Divide event-day returns by the cross-sectional spread of their standardised values before the Corrado and
        Corrado-Zivney ranks are taken. Right from about 20 events when the event raises the variance, wrong below.
    executor : object with ``map``, optional
        Runs chunks of events side by side; the numbers do not depend on it.

    Returns
    -------
    DataFrame
        Index `test`; columns ``COLUMNS``: p_value is two-sided, reason says why NaN, warning why the p-value may mislead,
        smallest_p is NaN when the law is continuous.

    Raises
    ------
    InputError
        If [a, b] is outside the event window, a test is unknown, or the peers are dated otherwise.

    Notes
    -----
    With one event date, ``sq``, ``block_placebo`` and ``conformal`` take the batch as one equal-weight portfolio.
    """
    names = _checked_names(tests)
    if draws < 99:
        raise InputError(f"draws={draws} is too few for a bootstrap p-value; give at least 99, 999 is usual.")
    sample = event_sample(fit, a, b, incomplete)
    found = clustering(sample, _dependence(sample, names))
    results = outcomes(
        sample, found, names, peers=peers, rng=rng, draws=draws, adjust_event_variance=adjust_event_variance, executor=executor
    )
    headline = choose_headline(sample, found, has_design=fit.design is not None)[0]
    return _table(results, headline)


def _table(results: Mapping[str, Outcome], headline: str) -> pd.DataFrame:
    names = list(results)
    columns = {key: [getattr(results[name], key) for name in names] for key in COLUMNS if key not in ("null", "headline")}
    columns |= {"null": [NULLS[name] for name in names], "headline": [name == headline for name in names]}
    return pd.DataFrame({key: columns[key] for key in COLUMNS}, index=pd.Index(names, name="test"))


def _checked_names(tests: Collection[str] | None) -> list[str]:
    if tests is None:
        return list(TEST_NAMES)
    if isinstance(tests, str):
        tests = [tests]
    unknown = [name for name in tests if name not in TEST_NAMES]
    if unknown or not tests:
        first = f"{len(unknown)} unknown name(s) (first {unknown[0]!r})" if unknown else "no name"
        raise InputError(f"tests holds {first}; choose from: {', '.join(TEST_NAMES)}.")
    return [name for name in TEST_NAMES if name in tests]


def _dependence(sample: EventSample, names: Collection[str]) -> ResidualDependence | None:
    """The residual correlation when a wanted test uses it or its warning quotes it."""
    if sample.n_events < 2 or not any(name in NEED_DEPENDENCE for name in names):
        return None
    return residual_dependence(sample)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class InferenceDesign(Result):
    """How the events are spread over dates, how much they move together, and what follows for inference.

    Attributes
    ----------
    window : (a, b)
    design : {"none", "single", "same_date", "multi_date"}
    overlapping : bool
        Tested windows of some pair share a session.
    n_events, n_excluded, n_dates : int
        Events that enter, events left out for a missing day, and distinct dates.
    r_bar : float
        Mean residual correlation over all pairs, weighted by the overlap of their windows; NaN for one event.
    coverage : float
        Share of the overlapping pairs with at least 30 common sessions.
    variance_inflation : float
        1 + (N - 1) r_bar.
    n_effective : float
        N / (1 + (N - 1) r_bar): as many independent events would tell as much.
    variance_ratio, variance_p : float
        Spread of the standardised CARs over what the estimation windows lead to expect, and the p-value that it rose.
    headline, why : str
        The test that leads, and the reason.
    second_opinions : tuple of str
    smallest_p : float
        Smallest p-value the leading test can give here; NaN when its law is continuous.
    mde : float, decimal return
        Mean CAR that would be found with 80 % power at 5 %, given the correlation.
    residual_kurtosis : float
        Excess kurtosis of the estimation residuals of the event, or of the portfolio of a batch on one date; NaN for
        several dates. Above about 1 the normal law understates small p-values.
    """

    window: tuple[int, int]
    design: str
    overlapping: bool
    n_events: int
    n_excluded: int
    n_dates: int
    r_bar: float
    coverage: float
    variance_inflation: float
    n_effective: float
    variance_ratio: float
    variance_p: float
    headline: str
    why: str
    second_opinions: tuple[str, ...]
    smallest_p: float
    mde: float
    residual_kurtosis: float
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row: every attribute, unrounded."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "assumptions"}
        fields["window"] = f"({self.window[0]}, {self.window[1]})"
        fields["second_opinions"] = ", ".join(self.second_opinions)
        return pd.DataFrame([fields])

    def summary(self) -> Summary:
        """The layout of the events and the leading test, in words and one table."""
        a, b = self.window
        title = f"Inference over ({a}, {b}): {self.headline or 'no test'} leads"
        shown = self.to_frame().drop(columns=["window", "why", "second_opinions", "headline"]).T.set_axis(["value"], axis=1)
        notes = [self.why]
        if self.second_opinions:
            notes.append("read beside it: " + ", ".join(self.second_opinions))
        if self.n_excluded:
            notes.append(f"{self.n_excluded} event(s) lack an abnormal return in the window and are left out")
        return Summary(title=title, tables=(("Layout of the events", shown),), notes=tuple(notes))


def describe_inference(
    fit: FittedEvents,
    a: int,
    b: int,
    *,
    incomplete: IncompletePolicy = "complete",
) -> InferenceDesign:
    """Say which inference the layout of the events allows over [a, b], before any p-value is read.

    Parameters
    ----------
    fit : FittedEvents
    a, b : int
        Inclusive session offsets inside the event window.
    incomplete : {"complete", "available"}
        As in :func:`run_tests`.

    Notes
    -----
    Choice: one event, one day ``sq``; one event, several days ``conformal``; several events ``kp_bmp`` (below five events
    ``portfolio`` on one date, ``kp_patell`` on several).
    """
    sample = event_sample(fit, a, b, incomplete)
    dependence = residual_dependence(sample) if sample.n_events > 1 else None
    found = clustering(sample, dependence)
    headline, why, seconds = choose_headline(sample, found, has_design=fit.design is not None)
    n, inflation = found.n_events, found.inflation if found.n_events > 1 else 1.0
    error = np.sqrt(inflation * (sample.sigma**2 * sample.variance_factor).sum()) / n if n else np.nan
    smallest = kurtosis = float("nan")
    if found.layout in ("single", "same_date"):
        series = one_series(sample, gather_evidence(sample, ranks=False, grank=False).mean_residual)
        kurtosis = excess_kurtosis(series.residuals[np.isfinite(series.residuals)])
        smallest = next((test.smallest_p for test in series_tests(series, [headline]).values()), smallest)
    return InferenceDesign(
        window=(a, b),
        design=found.layout,
        overlapping=found.overlapping,
        n_events=n,
        n_excluded=fit.n_events - n,
        n_dates=found.n_dates,
        r_bar=found.r_bar,
        coverage=dependence.coverage if dependence is not None else float("nan"),
        variance_inflation=float(inflation),
        n_effective=n / inflation if n else 0.0,
        variance_ratio=found.spread.ratio,
        variance_p=found.spread.p_value,
        headline=headline,
        why=why,
        second_opinions=seconds,
        smallest_p=smallest,
        mde=float(minimum_detectable_effect(error, 1.0)),
        residual_kurtosis=kurtosis,
    )
