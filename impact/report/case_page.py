"""The page of a case: the answer in one sentence, the timeline, what happened, what it rests on, what nobody knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from impact.report.page import Figure, Page, Section, Table, Text, write
from impact.tables import format_value

if TYPE_CHECKING:
    from impact.cases import Case, CaseStudy, Timeline

__all__ = ["case_page", "headline_of", "write_case_page"]

DISCLAIMER = "Estimates from public figures for study and review; never legal or investment advice."

UNKNOWNS = (
    "Who sold: holdings of US persons in the Hong Kong line are not public by day; ownership facts are dated snapshots with their own confidence mark.",
    "The assets that track each index are known as ranges at best; flows are stated per unit of tracked assets where they are not.",
    "What each investor knew before the public instant of an event.",
    "How much of a session's return belongs to each of two events that reach the same session.",
)


def write_case_page(case: Case, path: str | Path) -> Path:
    """Write the page of a case to `path`."""
    return write(case_page(case), path)


def headline_of(case: Case) -> str:
    """The answer in one sentence: the designation day with its interval and test, and the largest relief since."""
    study, definition = case.event_study(), case.definition
    first = study.day_zero().set_index("event_id").loc[definition.designation_event]
    sentence = (
        f"{definition.issuer} fell {format_value(-first['close_return'], 'share')} on {first['reaction_on']:%d %B %Y}, the first session that could react to its "
        f"listing; net of the market {format_value(first['ar'], 'return')} ({format_value(first['low'], 'return')} to {format_value(first['high'], 'return')}, p {format_value(first['p_sq'], 'p')})"
    )
    reliefs = study.day_zero().merge(study.events[["event_id", "kind"]], on="event_id")
    reliefs = reliefs[(reliefs["kind"] == "court") & (reliefs["ar"] > 0) & (reliefs["low"] > 0)]
    if reliefs.empty:
        return sentence + "."
    best = reliefs.loc[reliefs["ar"].idxmax()]
    return sentence + f"; on the {best['label']} it rose {format_value(best['ar'], 'return')} net of the market ({best['reaction_on']:%d %B %Y})."


def case_page(case: Case) -> Page:
    """Compose the page from the results of a case."""
    timeline, study = case.timeline(), case.event_study()
    sections = [_timeline_section(timeline), _effects_section(study), _path_section(study), _ground_section(case)]
    known = f"As known at {case.as_of}. " if case.as_of else ""
    return Page(
        title=f"{case.definition.title} ({case.definition.security})",
        headline=headline_of(case),
        subtitle=f"{known}Prices {case.panel.sessions[0]:%Y-%m-%d} to {case.panel.sessions[-1]:%Y-%m-%d}. {DISCLAIMER}",
        key_figures=_key_figures(study),
        sections=tuple(sections),
        footer=DISCLAIMER,
    )


def _key_figures(study: CaseStudy) -> tuple[tuple[str, str, str], ...]:
    table = study.day_zero().set_index("event_id")
    shown = [event for event in (study.definition.designation_event, "E4", "E6") if event in table.index]
    cards = [
        (
            f"{table.loc[event, 'label']} ({table.loc[event, 'reaction_on']:%d %b %Y})",
            format_value(table.loc[event, "ar"], "return"),
            f"abnormal; {format_value(table.loc[event, 'low'], 'return')} to {format_value(table.loc[event, 'high'], 'return')}, n = 1, p {format_value(table.loc[event, 'p_sq'], 'p')}",
        )
        for event in shown
    ]
    first = table.loc[study.definition.designation_event]
    cards.append(("Smallest effect the design could show", format_value(first["mde"], "share"), "80 % power, two-sided 5 %, one session"))
    return tuple(cards)


def _figure(identity: str, title: str, axes, alternative: str, caption: str, frame: pd.DataFrame) -> Figure:
    from impact.plots.style import svg_text

    return Figure(id=identity, title=title, svg=svg_text(axes.figure, alternative=alternative), caption=caption, frame=frame)


def _timeline_section(timeline: Timeline) -> Section:
    events = timeline.events
    prices = timeline.prices.rename("close").rename_axis("session").reset_index()
    shown = events[["event_id", "reaction_on", "label", "kind", "known_at", "intraday", "close_return", "market_return", "confounders", "confidence"]]
    figure = _figure(
        "price-figure",
        "Price and dated events",
        timeline.plot(),
        f"Line of the closing price with {len(events)} events marked on the session that could first react.",
        "Each letter stands on the first session of the line's own venue that could react to the public instant; the table says how it was found.",
        prices,
    )
    table = Table(
        id="timeline-table",
        title="Events and their reaction sessions",
        frame=shown,
        caption="known at: the public instant with its zone. intraday: the news came within the session, whose return then mixes before and after.",
        labels={"event_id": "event", "reaction_on": "reaction session", "close_return": "close to close", "market_return": "market"},
    )
    return Section(id="timeline", title="Timeline", blocks=(figure, table))


def _effects_section(study: CaseStudy) -> Section:
    from impact.plots.case import plot_benchmarks

    day = study.day_zero()
    windows = study.effects.drop(columns="confounders")
    labels = {
        "event_id": "event", "reaction_on": "reaction session", "close_return": "close to close", "ar": "abnormal return", "low": "low", "high": "high",
        "p_t": "p, t test", "p_sq": "p, rank of residuals", "smallest_p": "smallest attainable p", "mde": "minimum detectable effect",
        "ar_zero_alpha": "alpha set to zero", "ar_joint": "joint estimate", "volume_multiple": "volume / median",
        "p_test": "p", "car": "CAR", "car_zero_alpha": "alpha set to zero", "car_joint": "joint estimate",
    }  # fmt: skip
    return Section(
        id="effects",
        title="Effect of each event",
        lead="One fit before the designation serves every event; two events on one session share one number.",
        blocks=(
            Table(id="day-zero", title="Reaction session", frame=day, labels=labels, kinds={"volume_multiple": "statistic"}, caption="Low and high: 95 % interval with forecast error."),
            _figure(
                "benchmark-figure",
                "The same session on other benchmarks",
                plot_benchmarks(study.benchmarks),
                "Abnormal return of each event with its interval, one mark a benchmark.",
                "The answer moves with the benchmark; one that holds the target or its neighbours shrinks it.",
                study.benchmarks,
            ),
            Table(id="windows", title="Wider windows", frame=windows, labels=labels),
        ),
    )


def _path_section(study: CaseStudy) -> Section:
    from impact.plots.case import plot_volume

    return Section(
        id="path",
        title="From the designation on",
        blocks=(
            _figure(
                "path-figure",
                "Cumulative abnormal return",
                study.plot(),
                "Path of the cumulative abnormal return from the designation with its interval; a second path keeps the estimated alpha.",
                "The band widens with the days summed; a path inside it cannot be told from no lasting effect.",
                study.path,
            ),
            _figure(
                "volume-figure",
                "Volume against the median of the 60 sessions before",
                plot_volume(study.volume, study.events),
                "Bars of daily volume as multiples of the prior 60-session median; event sessions are marked.",
                "Half days without a recorded volume are left empty.",
                study.volume,
            ),
        ),
    )


def _ground_section(case: Case) -> Section:
    study, timeline = case.event_study(), case.timeline()
    sources = [str(source) for source in study.sources] + [f"{event.event_id}: {event.source} [{event.confidence}]" for event in timeline.events.itertuples()]
    blocks: list[Text | Table] = [
        Text(lines=(*study.assumptions, *timeline.assumptions), bullets=True),
        Text(lines=("What nobody outside knows",), tone="lead"),
        Text(lines=UNKNOWNS, bullets=True),
        Table(id="sources", title="Sources", frame=pd.DataFrame({"source": sources}), caption="A: seen in a public copy; B: own knowledge, sure; C: unsure."),
    ]
    if len(timeline.dropped):
        blocks.insert(1, Table(id="left-out", title="Events left out", frame=timeline.dropped))
    return Section(id="ground", title="Assumptions, unknowns, sources", blocks=tuple(blocks))
