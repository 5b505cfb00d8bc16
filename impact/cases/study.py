"""The event study of a case: one clean estimation window before the designation, every event read off the same fit."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from impact.cases.benchmarks import benchmark_names, benchmarks_of
from impact.cases.definition import AsOf, CaseDefinition
from impact.cases.effects import benchmark_effects, calendar_notes, effects_of_readings, path_of_effects, reasons_of_events, window_effects
from impact.cases.schemas import (
    BENCHMARKS,
    BY_BENCHMARK,
    CONFOUNDERS,
    EFFECTS,
    EVENTS,
    JOINT,
    PATH,
    REACTION_SESSION,
    READINGS,
    VOLUME,
    VOLUME_EFFECTS,
)
from impact.cases.sentence import sentence_of
from impact.cases.timeline import Timeline
from impact.errors import DataUnavailable, ImpactWarning, InfeasibleDesign
from impact.eventstudy import ChainedEventsResult, EventStudyResult, abnormal_volume, chained_events, long_fit
from impact.facts import known_table
from impact.market import MarketPanel
from impact.provenance import Source, unique_sources
from impact.results import Result, Summary, declared
from impact.tables.prose import decimal, interval, percent, signed_percent

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["CaseStudy", "study_case"]

VOLUME_SESSIONS = 60
"""Sessions before an event whose median volume is the yardstick of that event's volume."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class CaseStudy(Result):
    """What happened to the price around each event of a case.

    Attributes
    ----------
    fit : EventStudyResult
        The headline fit: market model on the index, log returns, estimated before the designation.
    effects : DataFrame
        One row an event and window: event_id, window, n_days, car, low, high, t, p, test, p_test, smallest_p, mde,
        car_zero_alpha, reason (why it has no estimate, or which price of it to doubt).
        Events that reach the same session share one row, their ids joined by +.
    benchmarks : DataFrame
        event_id, benchmark, ar, low, high on the reaction session, the same model on each benchmark.
    path : DataFrame
        session, car, low, high with alpha set to zero, and car_with_alpha; from the designation on.
    chained : ChainedEventsResult
        Windows (0, 1) of all events, alone and jointly in one regression with a dummy for each window.
    volume : DataFrame
        session, volume_shares, multiple_of_median (of the prior 60 sessions; NaN where unknown).
    volume_effects : DataFrame
        event_id, abnormal_log_volume, p (rank of the estimation days), on the reaction session; empty without volumes.
    readings : DataFrame
        event_id, label, reading, reaction_on, close_return, ar, low, high, p_sq: of an event whose hour is not on record and which two
        sessions may have reacted to first, both; NaN where a session is outside the prices.
    """

    schemas = declared(
        effects=EFFECTS,
        benchmarks=BENCHMARKS,
        path=PATH,
        volume=VOLUME,
        volume_effects=VOLUME_EFFECTS,
        events=EVENTS,
        readings=READINGS,
        day_zero=REACTION_SESSION,
        wider_windows=EFFECTS,
        joint_effects=JOINT,
        by_benchmark=BY_BENCHMARK,
        confounders=CONFOUNDERS,
        to_frame=EFFECTS,
    )

    definition: CaseDefinition
    fit: EventStudyResult
    effects: pd.DataFrame
    benchmarks: pd.DataFrame
    path: pd.DataFrame
    chained: ChainedEventsResult
    volume: pd.DataFrame
    volume_effects: pd.DataFrame
    events: pd.DataFrame
    readings: pd.DataFrame
    confidence: float
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row an event and window."""
        return self.effects.copy()

    def day_zero(self) -> pd.DataFrame:
        """One row an event: return, abnormal return on the reaction session with its interval and tests, volume, reason."""
        first = self.effects[self.effects["window"] == "0:0"].set_index("event_id")
        table = self.events[["event_id", "reaction_on", "label", "close_return"]].copy()
        for column in ("car", "low", "high", "p", "p_test", "smallest_p", "mde", "car_zero_alpha"):
            table[column] = first[column].reindex(table["event_id"]).to_numpy()
        multiples = self.volume.set_index("session")["multiple_of_median"]
        table["volume_multiple"] = multiples.reindex(table["reaction_on"]).to_numpy()
        table["volume_p"] = self.volume_effects.set_index("event_id")["p"].reindex(table["event_id"]).to_numpy(dtype=float)
        table["reason"] = first["reason"].reindex(table["event_id"]).to_numpy()
        return table.rename(columns={"car": "ar", "p": "p_t", "p_test": "p_sq", "car_zero_alpha": "ar_zero_alpha"})

    def wider_windows(self) -> pd.DataFrame:
        """The windows of more than one session, long."""
        return self.effects[self.effects["window"] != "0:0"].drop(columns=["smallest_p", "se"]).reset_index(drop=True)

    def realised(self) -> pd.DataFrame:
        """Abnormal return of each reaction session with its standard error: event_id, label, session, abnormal_return, se."""
        first = self.effects[self.effects["window"] == "0:0"][["event_id", "car", "se"]]
        table = self.events[["event_id", "label", "reaction_on"]].merge(first, on="event_id")
        return table.rename(columns={"reaction_on": "session", "car": "abnormal_return"})

    def by_benchmark(self) -> pd.DataFrame:
        """Abnormal return on the reaction session: one row an event, one column a benchmark (suffix ``_ar``)."""
        wide = self.benchmarks.pivot(index="event_id", columns="benchmark", values="ar")
        wide = wide.loc[list(dict.fromkeys(self.benchmarks["event_id"])), list(dict.fromkeys(self.benchmarks["benchmark"]))]
        wide.columns = [f"{name.replace(' ', '_')}_ar" for name in wide.columns]
        return wide.reset_index()

    def joint_effects(self) -> pd.DataFrame:
        """Windows (0, 1): each event alone and its part when all are estimated together; NaN with a reason where it has none."""
        columns = ["chain", "overlaps_with", "alone_car", "joint_car", "ci_low", "ci_high", "joint_p", "reason"]
        return self.chained.effects[columns].reset_index().rename(columns={"ci_low": "low", "ci_high": "high", "joint_p": "p"})

    def confounders(self) -> pd.DataFrame:
        """What else reached each session: event_id, reaction_on, confounders; empty text where none is on record."""
        return self.events[["event_id", "reaction_on", "confounders"]].copy()

    def row_of(self, event: str) -> pd.Series | None:
        """The day-0 row of the session that an event reached, alone or with others; None when it is not in the study."""
        table = self.day_zero()
        rows = table[[event in ids.split("+") for ids in table["event_id"]]]
        return None if rows.empty else rows.iloc[0]

    def headline(self) -> str:
        """The answer in one sentence, in simple returns: the designation day with its interval and test, the largest relief since."""
        return sentence_of(self)

    def summary(self) -> Summary:
        """Day 0 of each event, the wider windows, the benchmarks."""
        return Summary(
            title=f"{self.definition.title}: abnormal returns on {len(self.events)} sessions with events",
            tables=(
                ("Estimation", self.fit.with_schema("estimates")),
                ("Reaction session", self.with_schema("day_zero")),
                ("Wider windows", self.with_schema("wider_windows")),
                ("Overlapping windows (0, 1), alone and jointly", self.with_schema("joint_effects")),
                ("Benchmarks side by side, reaction session", self.with_schema("by_benchmark")),
                ("Confounders", self.with_schema("confounders")),
            ),
            notes=self.assumptions,
            sources=self.sources,
        )

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Path of the cumulative abnormal return from the designation on."""
        from impact.plots.case import plot_path

        note = f"{self.definition.security} against {self.definition.market}, 1 firm, {int(self.fit.estimates['n_obs'].iloc[0])} estimation sessions"
        return plot_path(self.path, self.events, confidence=self.confidence, note=note, ax=ax)


def study_case(
    definition: CaseDefinition, panel: MarketPanel, timeline: Timeline, *, as_of: AsOf = None, confidence: float = 0.95
) -> CaseStudy:
    """Estimate the case on its index, on the index without the target and on its peers.

    Raises
    ------
    DataUnavailable
        If the prices do not hold the benchmark.
    InfeasibleDesign
        If the designation is not on the timeline, or there are too few sessions before it.
    """
    returns = panel.returns("log")
    if definition.market not in returns.columns:
        raise DataUnavailable(
            f"case={definition.case!r}: the prices do not hold its benchmark {definition.market or '(none stated)'}; add it, or state another in [market]."
        )
    day0 = _day0(definition, timeline, panel)
    start = int(returns.index.searchsorted(day0))
    events = _by_session(timeline.events[timeline.events["reaction_on"] >= day0])
    offsets = pd.Series(returns.index.get_indexer(pd.DatetimeIndex(events["reaction_on"])) - start, index=events["event_id"])
    last = len(returns) - 1 - start
    weight, weight_note = _index_weight(definition, as_of)
    benchmarks: dict[str, dict[str, Any]] = {}
    for name, members in benchmarks_of(definition, returns.columns).items():
        benchmarks[name] = {"market": members if isinstance(members, str) else list(members)}
        if name == definition.market and weight is not None:
            benchmarks[f"{name} without the target"] = {"market": name, "exclude_weight": weight}
    fits = {name: _fit(returns, definition, day0, last, confidence, **options) for name, options in benchmarks.items()}
    headline = fits[definition.market]
    flat = _fit(returns, definition, day0, last, confidence, market=definition.market, zero_alpha=True)
    notes = calendar_notes(returns, definition, day0)
    reasons = reasons_of_events(panel, definition, events, headline, lagged=bool(notes))
    return CaseStudy(
        definition=definition,
        fit=headline,
        effects=window_effects(events, offsets, headline, flat, reasons),
        benchmarks=benchmark_effects(events, offsets, fits),
        path=path_of_effects(pd.DatetimeIndex(returns.index[start:]), headline, flat, confidence),
        chained=_chained(returns, events, definition, headline),
        volume=_volume(panel, definition.security, day0),
        volume_effects=_volume_effects(panel, events, offsets, definition, headline),
        events=events,
        readings=effects_of_readings(timeline.earliest, panel.returns("simple")[definition.security], headline),
        confidence=confidence,
        sources=unique_sources(panel.sources, headline.sources),
        assumptions=(*_assumptions(headline, last), *_two_readings(timeline), *notes, *weight_note, *filter(None, (definition.note,))),
    )


def _by_session(events: pd.DataFrame) -> pd.DataFrame:
    """One row a reaction session: events that reach the same session share one number, so their ids are joined by +."""

    def joined(separator: str):
        return lambda column: separator.join(dict.fromkeys(text for text in column if text))

    parts = {"event_id": joined("+"), "kind": joined("+"), "label": joined("; "), "confounders": joined("; ")}
    grouped = events.groupby("reaction_on", sort=True).agg(parts | {"intraday": "any", "close_return": "first"})
    return grouped.reset_index()


def _day0(definition: CaseDefinition, timeline: Timeline, panel: MarketPanel) -> pd.Timestamp:
    reacted_on = timeline.events.loc[timeline.events["event_id"] == definition.designation_event, "reaction_on"]
    if reacted_on.empty:
        closes = panel.close[definition.security].dropna().index
        span = f"run from {closes[0]:%Y-%m-%d} to {closes[-1]:%Y-%m-%d}" if len(closes) else "hold no close"
        raise InfeasibleDesign(
            f"case={definition.case!r}: the prices of {definition.security} {span}; choose a later --as-of, or give prices that cover "
            f"{timeline.designation()['reaction_on']:%Y-%m-%d}."
        )
    return reacted_on.iloc[0]


def _fit(
    returns: pd.DataFrame, definition: CaseDefinition, day0: pd.Timestamp, last: int, confidence: float, *, market: Any, **options: Any
) -> EventStudyResult:
    """One long event window from the designation on, so that every later event is read off the same clean estimation."""
    before = int(returns.index.searchsorted(day0))
    if before < 30:
        raise InfeasibleDesign(
            f"case={definition.case!r}: the prices hold {before} sessions before {day0:%Y-%m-%d}; give prices that begin at least 100 sessions before."
        )
    result = long_fit(
        returns, definition.security, market, day0, (-10, last), event_ids=[definition.designation_event], level=confidence, **options
    )
    if len(result.dropped):
        raise InfeasibleDesign(
            f"case={definition.case!r}: {result.dropped['reason'].iloc[0]}; give prices that begin at least 100 sessions before {day0:%Y-%m-%d}."
        )
    return result


def _index_weight(definition: CaseDefinition, as_of: AsOf) -> tuple[float | None, tuple[str, ...]]:
    """Middle of the weights that the facts give the security in the index, as a decimal; None when unknown."""
    table = known_table("ownership", as_of)
    rows = table[
        (table["security"] == definition.line_on_record)
        & (table["metric"] == "weight")
        & table["holder_or_index"].isin(benchmark_names(definition.market))
    ]
    values = rows["value"].dropna() / 100.0
    if values.empty:
        return None, (f"The weight of {definition.security} in {definition.market} is not known; the index is used as it is.",)
    middle = float((values.min() + values.max()) / 2)
    return middle, (
        f"{definition.security} is {interval(values.min(), values.max())} of {definition.market} ({'; '.join(rows['source'])}); the index without it takes {percent(middle, 2)}.",
    )


def _chained(returns: pd.DataFrame, events: pd.DataFrame, definition: CaseDefinition, headline: EventStudyResult) -> ChainedEventsResult:
    """All events in one regression with the estimation window of the headline fit; doubts of the prices are those that the panel tells."""
    last = returns.index[-1]
    table = pd.DataFrame({"event_id": events["event_id"], "security": definition.security, "date": events["reaction_on"]})
    table["first"], table["last"] = 0, np.where(table["date"] == last, 0, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImpactWarning)
        return chained_events(
            returns, table, market=definition.market, estimation=headline.design.estimation, kind="log", level=headline.design.level
        )


def _volume_effects(
    panel: MarketPanel, events: pd.DataFrame, offsets: pd.Series, definition: CaseDefinition, headline: EventStudyResult
) -> pd.DataFrame:
    """Log volume of each reaction session against its mean before the designation, tested by rank; unknown volumes stay out."""
    empty = pd.DataFrame(columns=["event_id", "abnormal_log_volume", "p"])
    if panel.volume is None or panel.volume[definition.security].notna().sum() < headline.design.required_rows():
        return empty
    day0 = events["reaction_on"].iloc[0]
    event = pd.DataFrame({"event_id": ["volume"], "security": [definition.security], "date": [day0]})
    design = headline.design
    try:
        fit = abnormal_volume(panel.volume[[definition.security]], event, estimation=design.estimation, window=design.window)
    except InfeasibleDesign:  # a volume that never varies, or is not there: the returns are told without it
        return empty
    abnormal = fit.abnormal.iloc[0]
    rows = [
        (event_id, abnormal[offset], fit.tests(int(offset), int(offset), tests=("sq",))["p_value"].iloc[0])
        for event_id, offset in offsets.items()
    ]
    return pd.DataFrame(rows, columns=empty.columns)


def _volume(panel: MarketPanel, security: str, day0: pd.Timestamp) -> pd.DataFrame:
    """Volume from the designation on, against the median of the 60 sessions before each day; unknown stays unknown."""
    if panel.volume is None:
        return pd.DataFrame({"session": panel.sessions, "volume_shares": np.nan, "multiple_of_median": np.nan}).query("session >= @day0")
    shares = panel.volume[security]
    usual = shares.rolling(VOLUME_SESSIONS, min_periods=VOLUME_SESSIONS // 2).median().shift(1)
    frame = pd.DataFrame({"session": shares.index, "volume_shares": shares.to_numpy(), "multiple_of_median": (shares / usual).to_numpy()})
    return frame[frame["session"] >= day0].reset_index(drop=True)


def _two_readings(timeline: Timeline) -> tuple[str, ...]:
    unsure = len(timeline.earliest)
    return (
        (
            f"The hour of {unsure} events is not on record and two sessions may have been the first to react; the tables take the later, both stand side by side.",
        )
        if unsure
        else ()
    )


def _assumptions(headline: EventStudyResult, last: int) -> tuple[str, ...]:
    estimate = headline.estimates.iloc[0]
    n, alpha = int(estimate["n_obs"]), estimate["alpha"]
    return (
        f"Abnormal returns are log returns in the tables, simple ones in the headline; market model on {n} sessions that end 11 sessions before the designation; later events use the same fit, so that none is inside its own estimation window.",
        f"The estimated alpha is {signed_percent(alpha, 2)} a session, the drift of the estimation window: it lowers the abnormal return by that much a session, {signed_percent(alpha * (last + 1), 0)} over the whole path. The path sets alpha to zero and refits; tables show both.",
        f"beta {decimal(estimate['beta'])}, residual standard deviation {percent(estimate['sigma'], 2)} a session.",
        "Test, p and interval of a row come from one procedure: the rank of the estimation residuals (day) or conformal shifts (window); "
        "t and its p are Student's, with the forecast error of the normal return, and stand beside.",
    )
