"""The hypothesis tests: one record each, in one place. A test is added by its kernel, its record and its name in `TestName`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from impact.eventstudy import cautions, intervals, leads
from impact.eventstudy.calendar_portfolio import calendar_time
from impact.eventstudy.cautions import Caution
from impact.eventstudy.evidence import Evidence, Need
from impact.eventstudy.layout import FEW_EVENTS, Clustering, EventLayout
from impact.eventstudy.leads import BATCH, SERIES, Lead
from impact.eventstudy.sample import EventSample
from impact.eventstudy.series_tests import against_peers, block_placebo_of, conformal_of, portfolio_of, sq_of, t_of
from impact.eventstudy.stated_variance import car_variance, of_stated_variance, stated_interval
from impact.kernels.dependence import kp_bmp, kp_patell
from impact.kernels.outcome import Outcome, inapplicable
from impact.kernels.parametric import bmp, brown_warner, cross_sectional, patell
from impact.kernels.quiet_cross_sections import cross_section_placebo
from impact.kernels.ranks import corrado, corrado_zivney, grank_t, grank_z, wilcoxon
from impact.kernels.resample import wild_cluster
from impact.kernels.signs import generalized_sign, sign
from impact.kernels.skewness import skewness_adjusted
from impact.typing_ import FloatArray

__all__ = ["TESTS", "HypothesisTest", "Lead", "TestName"]

TestName: TypeAlias = Literal[
    "t",
    "sq",
    "block_placebo",
    "conformal",
    "placebo_space",
    "cross_sectional",
    "brown_warner",
    "patell",
    "bmp",
    "kp_patell",
    "kp_bmp",
    "placebo_bmp",
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
    "stated_variance",
]

NO_CROSS_SECTION = "needs several events: with one there is no cross-section (see sq, conformal)"
DATES_DIFFER = "one event, or several on one date taken as a portfolio; the dates here differ"


@dataclass(frozen=True, kw_only=True)
class HypothesisTest:
    """One test.

    Attributes
    ----------
    name : str
    null : str
        What it takes as true until shown otherwise, and what it needs besides.
    layouts : set of {"single", "same_date", "multi_date"}
        Spreads of the events over firms and dates that it is for.
    elsewhere : mapping of layout to str
        Why it is refused under every other layout.
    needs : set of Need
        What it reads besides the CARs.
    run : callable (Evidence) -> Outcome
        Its kernel.
    cautions : tuple of callables (Clustering) -> str
        Why its p-value may mislead.
    leads : callable (Clustering) -> Lead or None
        Whether it leads, given the layout.
    interval : callable (Evidence, level) -> (low, high), optional
        Effects that it does not reject; a test that leads has one.
    any_event_variance : bool
        It keeps its size when the event raises the variance.
    variance : callable (EventSample) -> (n,) float, optional
        Var(CAR) as the test takes it; without one, that of the estimation window.
    premise : str
        What it takes from the reader's own figures, said beside its result.
    stream : int or None
        Position of its random stream among the drawing tests.
    """

    name: TestName
    null: str
    layouts: frozenset[EventLayout]
    elsewhere: Mapping[EventLayout, str] = field(default_factory=dict)
    needs: frozenset[Need] = frozenset()
    run: Callable[[Evidence], Outcome]
    cautions: tuple[Caution, ...] = ()
    leads: Callable[[Clustering], Lead | None] = leads.never
    interval: Callable[[Evidence, float], tuple[float, float]] | None = None
    any_event_variance: bool = False
    variance: Callable[[EventSample], FloatArray] | None = None
    premise: str = ""
    stream: int | None = None


def _needs(*names: Need) -> frozenset[Need]:
    return frozenset(names)


def _several(**reasons: str) -> dict[EventLayout, str]:
    """Refusals of a test for several events."""
    return {"single": NO_CROSS_SECTION, **reasons}  # type: ignore[dict-item]  # keyword names are layouts


def _of_quiet_days(evidence: Evidence) -> Outcome:
    sample = evidence.sample
    if sample.n_events >= FEW_EVENTS:
        return inapplicable(f"{sample.n_events} events need no law of their own: see kp_bmp", sample.n_events)
    return cross_section_placebo(sample.scar, sample.residuals, sample.sigma, sample.length)


_RECORDS = (
    HypothesisTest(
        name="t",
        null="the event's CAR is zero; normal returns",
        layouts=frozenset({"single"}),
        elsewhere=dict.fromkeys(("same_date", "multi_date"), "one event only; car() gives the t of each event"),
        needs=_needs("series"),
        run=lambda evidence: t_of(evidence.series),
        cautions=(cautions.ignores_event_variance,),
        leads=leads.t,
        interval=intervals.of_series_t,
    ),
    HypothesisTest(
        name="sq",
        null="the day's abnormal return is exchangeable with the estimation residuals",
        layouts=SERIES,
        elsewhere={"multi_date": DATES_DIFFER},
        needs=_needs("series"),
        run=lambda evidence: sq_of(evidence.series),
        cautions=(cautions.ignores_event_variance,),
        leads=leads.sq,
        interval=intervals.of_sq,
    ),
    HypothesisTest(
        name="block_placebo",
        null="the CAR is one more run of quiet days",
        layouts=SERIES,
        elsewhere={"multi_date": DATES_DIFFER},
        needs=_needs("series"),
        run=lambda evidence: block_placebo_of(evidence.series),
        cautions=(cautions.ignores_event_variance,),
        leads=leads.block_placebo,
        interval=intervals.of_block_placebo,
    ),
    HypothesisTest(
        name="conformal",
        null="no day of the window has an abnormal return; residuals are stationary",
        layouts=SERIES,
        elsewhere={"multi_date": DATES_DIFFER},
        needs=_needs("series"),
        run=lambda evidence: conformal_of(evidence.series),
        cautions=(cautions.ignores_event_variance,),
        leads=leads.conformal,
        interval=intervals.of_conformal,
    ),
    HypothesisTest(
        name="placebo_space",
        null="the event's standardised CAR is exchangeable with those of untreated peers",
        layouts=frozenset({"single"}),
        elsewhere=dict.fromkeys(("same_date", "multi_date"), "one treated event only; run it for each event"),
        needs=_needs("peers"),
        run=lambda evidence: against_peers(evidence.sample, evidence.peers),
    ),
    HypothesisTest(
        name="cross_sectional",
        null="the mean CAR is zero; independent events",
        layouts=BATCH,
        elsewhere=_several(),
        run=lambda evidence: cross_sectional(evidence.sample.car),
        cautions=(cautions.spread_shrinks_under_correlation,),
    ),
    HypothesisTest(
        name="brown_warner",
        null="the mean CAR is zero; variance as before the event",
        layouts=BATCH,
        elsewhere=_several(),
        needs=_needs("residuals"),
        run=lambda evidence: brown_warner(
            evidence.mean_residual, float(evidence.sample.car.mean()), evidence.sample.length, evidence.sample.n_events
        ),
        cautions=(cautions.lines_up_in_event_time, cautions.ignores_event_variance),
    ),
    HypothesisTest(
        name="patell",
        null="the mean standardised CAR is zero; independent events, variance as before the event",
        layouts=BATCH,
        elsewhere=_several(),
        run=lambda evidence: patell(evidence.sample.scar, evidence.sample.df),
        cautions=(cautions.takes_events_as_independent, cautions.patell_under_event_variance),
    ),
    HypothesisTest(
        name="bmp",
        null="the mean standardised CAR is zero; independent events, any event variance",
        layouts=BATCH,
        elsewhere=_several(),
        run=lambda evidence: bmp(evidence.sample.scar),
        cautions=(cautions.spread_shrinks_under_correlation,),
    ),
    HypothesisTest(
        name="kp_patell",
        null="the mean standardised CAR is zero; correlated events, variance as before the event",
        layouts=BATCH,
        elsewhere=_several(),
        needs=_needs("dependence"),
        run=lambda evidence: kp_patell(patell(evidence.sample.scar, evidence.sample.df), evidence.layout.r_bar),
        cautions=(cautions.uncovered_pairs, cautions.patell_under_event_variance),
        interval=intervals.of_kp_patell,
    ),
    HypothesisTest(
        name="kp_bmp",
        null="the mean standardised CAR is zero; correlated events, any event variance",
        layouts=BATCH,
        elsewhere=_several(),
        needs=_needs("dependence"),
        run=lambda evidence: kp_bmp(bmp(evidence.sample.scar), evidence.layout.r_bar),
        cautions=(cautions.uncovered_pairs, cautions.shape_of_residuals),
        leads=leads.kp_bmp,
        interval=intervals.of_kp_bmp,
        any_event_variance=True,
    ),
    HypothesisTest(
        name="placebo_bmp",
        null="the standardised cross-section is one more of quiet days; correlated events, any event variance, any law of returns",
        layouts=BATCH,
        elsewhere=_several(),
        run=_of_quiet_days,
        leads=leads.placebo_bmp,
        interval=intervals.of_cross_section,
        any_event_variance=True,
    ),
    HypothesisTest(
        name="corrado",
        null="the mean rank of the event days is the middle rank",
        layouts=BATCH,
        elsewhere=_several(),
        needs=_needs("ranks"),
        run=lambda evidence: corrado(evidence.ranks, evidence.sample.days_among_ranks, evidence.sample.n_events),
        cautions=(cautions.lines_up_in_event_time, cautions.ignores_event_variance),
    ),
    HypothesisTest(
        name="corrado_zivney",
        null="the mean scaled rank of the event days is the middle rank",
        layouts=BATCH,
        elsewhere=_several(),
        needs=_needs("ranks"),
        run=lambda evidence: corrado_zivney(evidence.ranks, evidence.sample.days_among_ranks, evidence.sample.n_events),
        cautions=(cautions.lines_up_in_event_time, cautions.ignores_event_variance),
    ),
    HypothesisTest(
        name="grank_t",
        null="the mean generalised rank of the cumulated event day is the middle rank; correlated events, any event variance",
        layouts=BATCH,
        elsewhere=_several(),
        needs=_needs("grank"),
        run=lambda evidence: evidence.with_grank(grank_t),
        cautions=(cautions.lines_up_in_event_time, cautions.few_clustered_events),
    ),
    HypothesisTest(
        name="grank_z",
        null="the mean generalised rank of the cumulated event day is the middle rank; independent events, any event variance",
        layouts=BATCH,
        elsewhere=_several(),
        needs=_needs("grank"),
        run=lambda evidence: evidence.with_grank(grank_z),
        cautions=(cautions.takes_events_as_independent,),
    ),
    HypothesisTest(
        name="sign",
        null="a CAR is positive as often as not; independent events",
        layouts=BATCH,
        elsewhere=_several(),
        run=lambda evidence: sign(evidence.sample.car),
        cautions=(cautions.takes_events_as_independent,),
    ),
    HypothesisTest(
        name="generalized_sign",
        null="a CAR is positive as often as an estimation residual; independent events",
        layouts=BATCH,
        elsewhere=_several(),
        needs=_needs("signs"),
        run=lambda evidence: generalized_sign(evidence.sample.car, evidence.positive_share),
        cautions=(cautions.takes_events_as_independent,),
    ),
    HypothesisTest(
        name="wilcoxon",
        null="CARs are symmetric about zero; independent events",
        layouts=BATCH,
        elsewhere=_several(),
        run=lambda evidence: wilcoxon(evidence.sample.car),
        cautions=(cautions.spread_shrinks_under_correlation,),
    ),
    HypothesisTest(
        name="skewness_adjusted",
        null="the mean CAR is zero; independent events, skewed returns",
        layouts=BATCH,
        elsewhere=_several(),
        needs=_needs("draws"),
        run=lambda evidence: skewness_adjusted(evidence.sample.car, rng=evidence.streams[1], draws=evidence.draws),
        cautions=(cautions.spread_shrinks_under_correlation,),
        stream=1,
    ),
    HypothesisTest(
        name="wild_cluster",
        null="the mean CAR is zero; events of one date move together",
        layouts=frozenset({"multi_date"}),
        elsewhere=_several(same_date="all events share one date: a single cluster has no variance between clusters (see portfolio)"),
        needs=_needs("draws"),
        run=lambda evidence: wild_cluster(evidence.sample.car, evidence.sample.day0, rng=evidence.streams[0], draws=evidence.draws),
        cautions=(cautions.overlapping_dates, cautions.few_dates),
        stream=0,
    ),
    HypothesisTest(
        name="portfolio",
        null="the CAR of the equal-weight portfolio of the events is zero; variance as before the event",
        layouts=frozenset({"same_date"}),
        elsewhere={
            "single": "one event is its own portfolio: see t",
            "multi_date": "one portfolio needs one date; the dates here differ (see calendar_time)",
        },
        needs=_needs("series"),
        run=lambda evidence: portfolio_of(evidence.series),
        cautions=(cautions.ignores_event_variance,),
        interval=intervals.of_series_t,
    ),
    HypothesisTest(
        name="calendar_time",
        null="the mean daily abnormal return of the calendar-time portfolio is zero",
        layouts=frozenset({"multi_date"}),
        elsewhere=_several(same_date="all events share one date: the calendar-time portfolio is the batch portfolio (see portfolio)"),
        run=lambda evidence: calendar_time(evidence.sample),
    ),
    HypothesisTest(
        name="stated_variance",
        null="the mean standardised CAR is zero; the variance of day 0 as stated beforehand, normal returns",
        layouts=SERIES | BATCH,
        needs=_needs("dependence"),
        run=of_stated_variance,
        cautions=(cautions.uncovered_pairs,),
        leads=leads.stated_variance,
        interval=stated_interval,
        any_event_variance=True,
        variance=car_variance,
        premise="the variance of day 0 is as stated in column event_sd, not estimated: p and interval are as right as that figure",
    ),
)

TESTS: dict[str, HypothesisTest] = {record.name: record for record in _RECORDS}
"""Every test by its name, in the order in which they are shown."""

assert tuple(TESTS) == get_args(TestName)
