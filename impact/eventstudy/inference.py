"""Hypothesis tests of an event study: all of them, the one that leads, and why the others must not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.eventstudy.design import IncompletePolicy
from impact.eventstudy.evidence import Draws, gather
from impact.eventstudy.headline import choose_headline, refused, warned
from impact.eventstudy.hypotheses import TESTS, HypothesisTest, TestName
from impact.eventstudy.layout import Clustering, clustering
from impact.eventstudy.sample import EventSample, event_sample, residual_dependence
from impact.eventstudy.schemas import INFERENCE, LAYOUT
from impact.kernels.mapping import Executor
from impact.kernels.outcome import Outcome, inapplicable
from impact.kernels.power import minimum_detectable_effect, patell_size_under_event_variance
from impact.kernels.records import FittedEvents
from impact.kernels.skewness import excess_kurtosis
from impact.results import Result, Summary, declared
from impact.typing_ import IntArray

NOMINAL_SIZE = 0.05
ONE_DATE = (
    "one date: a shock that struck all these firms that day for another reason, such as one to their industry, cannot be told from "
    "the event; compare placebo dates of like volatility, or add an industry factor"
)

__all__ = ["InferenceDesign", "describe_inference", "outcomes", "run_tests"]

COLUMNS = ("statistic", "p_value", "df", "distribution", "n_events", "null", "headline", "reason", "warning", "smallest_p")


def outcomes(
    sample: EventSample,
    layout: Clustering,
    wanted: Collection[str],
    *,
    peers: FittedEvents | None = None,
    draws: Draws | None = None,
    adjust_event_variance: bool = False,
    executor: Executor | None = None,
) -> dict[str, Outcome]:
    """Outcomes of the wanted tests by name; the record form of :func:`run_tests`, whose parameters it shares.

    Parameters
    ----------
    sample : EventSample
    layout : Clustering
        With the dependence when a test that needs it is wanted.
    wanted : collection of test names
    draws : Draws, optional
    """
    records = [TESTS[name] for name in wanted]
    refusals = {test.name: outcome for test in records if (outcome := refused(test, layout)) is not None}
    running = [test for test in records if test.name not in refusals]
    draws = draws or Draws()
    evidence = gather(
        sample,
        layout,
        frozenset().union(*(test.needs for test in running)),
        peers=peers,
        streams=draws.streams(sum(test.stream is not None for test in TESTS.values())),
        draws=draws.n,
        adjust_event_variance=adjust_event_variance,
        executor=executor,
    )
    computed = {test.name: warned(test, test.run(evidence), layout) for test in running}
    return {test.name: refusals.get(test.name) or computed[test.name] for test in records}


def run_tests(
    fit: FittedEvents,
    a: int,
    b: int,
    *,
    incomplete: IncompletePolicy = "complete",
    tests: Collection[TestName] | TestName | None = None,
    peers: FittedEvents | None = None,
    rng: np.random.Generator | None = None,
    draws: int = 999,
    adjust_event_variance: bool = False,
    executor: Executor | None = None,
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
    random = Draws(rng=rng, n=draws)
    sample = event_sample(fit, a, b, incomplete)
    layout = clustering(sample, residual_dependence(sample) if sample.n_events > 1 else None)
    run = partial(outcomes, sample, layout, peers=peers, draws=random, adjust_event_variance=adjust_event_variance, executor=executor)
    results = run(names)

    def outcome(name: str) -> Outcome:
        return results.get(name) or run([name])[name]

    return _table(results, choose_headline(layout, outcome)[0])


def _table(results: Mapping[str, Outcome], headline: str) -> pd.DataFrame:
    names = list(results)
    columns = {key: [getattr(results[name], key) for name in names] for key in COLUMNS if key not in ("null", "headline")}
    columns |= {"null": [TESTS[name].null for name in names], "headline": [name == headline for name in names]}
    return pd.DataFrame({key: columns[key] for key in COLUMNS}, index=pd.Index(names, name="test"))


def _checked_names(tests: Collection[str] | str | None) -> list[str]:
    if tests is None:
        return list(TESTS)
    if isinstance(tests, str):
        tests = [tests]
    unknown = [name for name in tests if name not in TESTS]
    if unknown or not tests:
        first = f"{len(unknown)} unknown name(s) (first {unknown[0]!r})" if unknown else "no name"
        raise InputError(f"tests holds {first}; choose from: {', '.join(TESTS)}.")
    return [name for name in TESTS if name in tests]


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
    estimate : float, decimal return
        Mean CAR of the events that enter; of one event its CAR.
    ci_low, ci_high : float
        Effects, common to all events, that the leading test does not reject; infinite where it rejects none, NaN where none
        leads.
    statistic, p_value : float
        Of the leading test; NaN where none leads.
    level : float
        Coverage of the interval.
    size_if_variance_doubles : float
        Share of true nulls that the leading test would reject at 5 % if the event doubled the variance.
    events : (n_events,) int
        Positions of the events that enter among those of the study.
    quantity : str
        What is abnormal: ``return``, or a logarithm.
    caveats : tuple of str
        What no test of these events can tell, and what the leading test takes from the reader's own figures.
    """

    schemas = declared(to_frame=INFERENCE)

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
    estimate: float
    ci_low: float
    ci_high: float
    statistic: float
    p_value: float
    level: float
    size_if_variance_doubles: float
    events: IntArray
    quantity: str = "return"
    caveats: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row: every attribute, unrounded."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in ("assumptions", "events", "quantity")}
        fields["window"] = f"({self.window[0]}, {self.window[1]})"
        fields["second_opinions"] = ", ".join(self.second_opinions)
        fields["caveats"] = "; ".join(self.caveats)
        return pd.DataFrame([fields])

    def summary(self) -> Summary:
        """The layout of the events and the leading test, in words and one table."""
        a, b = self.window
        title = f"Inference over ({a}, {b}): {self.headline or 'no test'} leads"
        shown = (
            self.to_frame()
            .drop(columns=["window", "why", "second_opinions", "headline", "caveats"])
            .T.set_axis(["value"], axis=1)
            .rename_axis("property")
        )
        notes = [self.why, *self.caveats]
        if self.second_opinions:
            notes.append("read beside it: " + ", ".join(self.second_opinions))
        if self.n_excluded:
            notes.append(f"{self.n_excluded} event(s) lack an abnormal return in the window and are left out")
        return Summary(title=title, tables=(("Layout of the events", self.measured(LAYOUT).table(shown)),), notes=tuple(notes))


def _caveats(layout: Clustering, test: HypothesisTest | None) -> tuple[str, ...]:
    """What no test of these events can tell, and what the leading one takes from the reader."""
    dated = (ONE_DATE,) if layout.layout == "same_date" else ()
    return (*dated, test.premise) if test is not None and test.premise else dated


def describe_inference(
    fit: FittedEvents,
    a: int,
    b: int,
    *,
    incomplete: IncompletePolicy = "complete",
    level: float = 0.95,
) -> InferenceDesign:
    """Say which inference the layout of the events allows over [a, b], before any p-value is read.

    Parameters
    ----------
    fit : FittedEvents
    a, b : int
        Inclusive session offsets inside the event window.
    incomplete : {"complete", "available"}
        As in :func:`run_tests`.
    level : float
        Coverage of the interval.

    Notes
    -----
    Choice: events that all state the variance of day 0 ``stated_variance``; one event, one day ``sq``; one event, several days ``conformal``; several events ``kp_bmp``, and below five events,
    or where their quiet days are skewed or hang together, ``placebo_bmp``. A test that warns of itself does not lead.
    """
    sample = event_sample(fit, a, b, incomplete)
    dependence = residual_dependence(sample) if sample.n_events > 1 else None
    layout = clustering(sample, dependence)
    computed: dict[str, Outcome] = {}

    def outcome(name: str) -> Outcome:
        computed[name] = outcomes(sample, layout, [name])[name]
        return computed[name]

    headline, lead = choose_headline(layout, outcome)
    n, inflation = layout.n_events, layout.inflation if layout.n_events > 1 else 1.0
    kurtosis, interval = float("nan"), (float("nan"), float("nan"))
    test, leading = TESTS.get(headline), computed.get(headline) or inapplicable(lead.why, n)
    variance = test.variance(sample) if test is not None and test.variance is not None else sample.sigma**2 * sample.variance_factor
    error = np.sqrt(inflation * variance.sum()) / n if n else np.nan
    if layout.layout in ("single", "same_date"):
        series = gather(sample, layout, {"series"}).series
        kurtosis = excess_kurtosis(series.residuals[np.isfinite(series.residuals)])
    if test is not None and test.interval is not None:
        interval = test.interval(gather(sample, layout, test.needs), level)
    doubled = float("nan")
    if test is not None:
        doubled = NOMINAL_SIZE if test.any_event_variance else float(patell_size_under_event_variance(2.0))
    return InferenceDesign(
        window=(a, b),
        design=layout.layout,
        overlapping=layout.overlapping,
        n_events=n,
        n_excluded=fit.n_events - n,
        n_dates=layout.n_dates,
        r_bar=layout.r_bar,
        coverage=dependence.coverage if dependence is not None else float("nan"),
        variance_inflation=float(inflation),
        n_effective=n / inflation if n else 0.0,
        variance_ratio=layout.spread.ratio,
        variance_p=layout.spread.p_value,
        headline=headline,
        why=lead.why,
        second_opinions=lead.beside,
        smallest_p=leading.smallest_p,
        mde=float(minimum_detectable_effect(error, 1.0)),
        residual_kurtosis=kurtosis,
        estimate=float(sample.car.mean()) if n else float("nan"),
        ci_low=interval[0],
        ci_high=interval[1],
        statistic=leading.statistic,
        p_value=leading.p_value,
        level=level,
        size_if_variance_doubles=doubled,
        events=sample.index,
        caveats=_caveats(layout, test),
    )
