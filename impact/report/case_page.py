"""The page of a case: the answer in one sentence, the timeline, what happened, what it rests on, what nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from impact.report.page import Figure, Page, Section, Table, Text
from impact.tables import format_value

if TYPE_CHECKING:
    from impact.cases import Case, CaseStudy, Timeline

__all__ = ["case_page"]

DISCLAIMER = "Estimates from public figures for study and review; never legal or investment advice."

UNKNOWNS = (
    "Who sold: holdings of US persons in the Hong Kong line are not public by day; ownership facts are dated snapshots with their own confidence mark.",
    "The assets that track each index are known as ranges at best; flows are stated per unit of tracked assets where they are not.",
    "What each investor knew before the public instant of an event.",
    "How much of a session's return belongs to each of two events that reach the same session.",
)


def case_page(case: Case) -> Page:
    """Compose the page from the results of a case."""
    timeline, study = case.timeline(), case.event_study()
    sections = [_timeline_section(timeline), _effects_section(study), _path_section(study), _ground_section(case)]
    known = f"As known at {case.as_of}. " if case.as_of else ""
    return Page(
        title=f"{case.definition.title} ({case.definition.security})",
        headline=study.headline(),
        subtitle=f"{known}Prices {case.panel.sessions[0]:%Y-%m-%d} to {case.panel.sessions[-1]:%Y-%m-%d}. {DISCLAIMER}",
        key_figures=_key_figures(study),
        sections=tuple(sections),
        footer=DISCLAIMER,
    )


def _key_figures(study: CaseStudy) -> tuple[tuple[str, str, str], ...]:
    first = study.row_of(study.definition.designation_event)
    court = study.events.loc[study.events["kind"].str.contains("court"), "event_id"]
    rows = [first, *(row for row in (study.row_of(event.split("+")[0]) for event in court) if row["low"] > 0 or row["high"] < 0)]
    cards = [
        (
            f"{row['label']} ({row['reaction_on']:%d %b %Y})",
            format_value(row["ar"], "return"),
            f"abnormal; {format_value(row['low'], 'return')} to {format_value(row['high'], 'return')}, n = 1, p {format_value(row['p_sq'], 'p')}",
        )
        for row in rows[:3]
    ]
    cards.append(("Smallest effect the design could show", format_value(first["mde"], "share"), "80 % power, two-sided 5 %, one session"))
    return tuple(cards)


def _figure(identity: str, title: str, axes, alternative: str, caption: str, frame: pd.DataFrame) -> Figure:
    from impact.plots.style import svg_text

    return Figure(id=identity, title=title, svg=svg_text(axes.figure, alternative=alternative), caption=caption, frame=frame)


def _timeline_section(timeline: Timeline) -> Section:
    events = timeline.events
    prices = timeline.prices.rename("close").rename_axis("session").reset_index()
    shown = events[["event_id", "reaction_on", "label", "kind", "known_at", "intraday", "close_return", "market_return", "confidence"]]
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
    labels = {
        "event_id": "event", "reaction_on": "reaction session", "close_return": "close to close", "ar": "abnormal return", "low": "low", "high": "high",
        "p_t": "p, t test", "p_sq": "p, rank of residuals", "smallest_p": "smallest attainable p", "mde": "minimum detectable effect",
        "ar_zero_alpha": "alpha set to zero", "volume_multiple": "volume / median", "volume_p": "p, volume rank", "alone_car": "CAR alone", "joint_car": "CAR jointly",
        "p": "p, t test", "p_test": "p of the test named", "car": "CAR", "car_zero_alpha": "alpha set to zero",
    }  # fmt: skip
    return Section(
        id="effects",
        title="Effect of each event",
        lead="One fit before the designation serves every event; two events on one session share one number.",
        blocks=(
            Table(id="day-zero", title="Reaction session", frame=day, labels=labels, caption="Low and high: 95 % interval with forecast error."),
            _figure(
                "benchmark-figure",
                "The same session on other benchmarks",
                plot_benchmarks(study.benchmarks),
                "Abnormal return of each event with its interval, one mark a benchmark.",
                "The answer moves with the benchmark; one that holds the target or its neighbours shrinks it.",
                study.benchmarks,
            ),
            Table(id="windows", title="Wider windows", frame=study.wider_windows(), labels=labels),
            Table(
                id="joint",
                title="Overlapping windows, alone and jointly",
                frame=study.joint_effects(),
                labels=labels,
                caption="Windows of the reaction session and the next. The joint estimate gives every window its own dummy in one regression, so that days shared by two windows are not counted twice.",
            ),
            Table(id="confounders", title="What else reached each session", frame=study.confounders(), labels=labels),
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
