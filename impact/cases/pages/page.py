"""The page of a case: the answer in one sentence, the timeline, what happened, what it rests on, what nobody knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.cases.pages.exposed import (
    cost_section,
    holdings_section,
    law_section,
    narrowing_section,
    news_section,
    price_section,
    supply_section,
)
from impact.cases.pages.happened import effects_section, path_section, timeline_section
from impact.cases.pages.relief import precedents_section, recovery_section, relief_section, spillover_section
from impact.cases.schemas import SOURCES
from impact.cases.sentence import simple_figures
from impact.errors import DataUnavailable, InfeasibleDesign, InputError
from impact.facts.schemas import CONFLICTS
from impact.report.page import Page, Section, Table, Text
from impact.tables import format_value
from impact.typing_ import named_rows

if TYPE_CHECKING:
    from impact.cases import Case, CaseStudy
    from impact.holdings import ExposureReport

__all__ = ["case_page"]

DISCLAIMER = "Estimates from public figures for study and review; never legal or investment advice."

UNKNOWNS = (
    "Who sold: holdings of US persons in the line are not public by day; ownership facts are dated snapshots with their own confidence mark.",
    "The assets that track each index are known as ranges at best; flows are stated per unit of tracked assets where they are not.",
    "What each investor knew before the public instant of an event.",
    "How much of a session's return belongs to each of two events that reach the same session.",
)


def case_page(case: Case) -> Page:
    """Compose the page of a case; a part whose figures cannot be had says so in its place."""
    study = case.studied()
    sections = (
        _or_missing("timeline", "Timeline", lambda: timeline_section(case.timeline())),
        _or_missing("effects", "Effect of each event", lambda: effects_section(case.event_study())),
        _or_missing("path", "From the designation on", lambda: path_section(case.event_study())),
        _or_missing("holdings", "What do I hold", lambda: holdings_section(case, _exposure(case))),
        _or_missing("law", "Until when", lambda: law_section(case.deadlines())),
        _or_missing("supply", "Who else sells", lambda: supply_section(case.supply())),
        _or_missing("missing", "What would narrow this most", lambda: narrowing_section(case.narrowing())),
        _or_missing(
            "price",
            "What the forced supply should do to the price",
            lambda: _priced(case),
        ),
        *([] if case.definition.book is None else [_or_missing("cost", "What will it cost", lambda: cost_section(case.cost()))]),
        _or_missing("relief", "Relief", lambda: relief_section(case.relief())),
        _or_missing("precedents", "Precedents", lambda: precedents_section(case.precedents())),
        _or_missing("recovery", "Did relief undo the drop", lambda: recovery_section(case.relief())),
        _or_missing("spillover", "Who else moved", lambda: spillover_section(case.spillover())),
        _ground_section(case),
    )
    known = f"As known at {case.as_of}. " if case.as_of else ""
    supposed = "HYPOTHETICAL: nobody has announced this designation. " if case.definition.hypothetical else ""
    priced = "No prices. " if case.panel is None else f"Prices {case.panel.sessions[0]:%Y-%m-%d} to {case.panel.sessions[-1]:%Y-%m-%d}. "
    return Page(
        title=f"{case.definition.title} ({case.definition.security})",
        headline=case.headline(),
        subtitle=f"{supposed}{known}{priced}{DISCLAIMER}",
        key_figures=() if study is None else _key_figures(study),
        sections=sections,
        footer=DISCLAIMER,
    )


def _priced(case: Case) -> Section:
    """News and flow together; where the flow is unknown, the news alone and why."""
    priced = case.pricing()
    if priced.effect is None or priced.comparison is None:
        return news_section(priced)
    return price_section(priced.effect, priced.comparison)


def _exposure(case: Case) -> ExposureReport | None:
    """What the book of the case holds; None where it has none."""
    return None if case.definition.book is None else case.exposure()


def _or_missing(identity: str, title: str, build: Callable[[], Section]) -> Section:
    try:
        return build()
    except (DataUnavailable, InfeasibleDesign, InputError) as error:
        return Section(id=identity, title=title, blocks=(Text(lines=(f"Not available: {error}",), tone="warning"),))


def _key_figures(study: CaseStudy) -> tuple[tuple[str, str, str], ...]:
    """The designation and the orders of the court that moved the price; what could not be measured is no figure."""
    court = study.events.loc[study.events["kind"].str.contains("court"), "event_id"]
    first, *others = (study.row_of(event.split("+")[0]) for event in (study.definition.designation_event, *court))
    rows = [row for row in others if row is not None and (row["low"] > 0 or row["high"] < 0)]
    if first is not None and np.isfinite(first["ar"]):
        rows.insert(0, first)
    cards = []
    for row in rows[:3]:
        ar, low, high = simple_figures(row)
        title = f"{row['label']} ({row['reaction_on']:%d %b %Y})"
        cards.append((title, ar, f"net of the market; {low} to {high}, n = 1, p {format_value(row['p_sq'], 'p')}"))
    if first is not None and np.isfinite(first["mde"]):
        cards.append(
            ("Smallest effect the design could show", format_value(first["mde"], "share"), "80 % power, two-sided 5 %, one session")
        )
    return tuple(cards)


def _ground_section(case: Case) -> Section:
    study, timeline = case.studied(), case.timeline()
    estimates = timeline if study is None else study
    sources = [str(source) for source in estimates.sources] + [
        f"{event.event_id}: {event.source} [{event.confidence}]" for event in named_rows(timeline.events)
    ]
    blocks: list[Text | Table] = [
        Text(lines=tuple(dict.fromkeys((*estimates.assumptions, *timeline.assumptions))), bullets=True),
        Text(lines=("What nobody outside knows",), tone="lead"),
        Text(lines=(*case.definition.unknowns, *UNKNOWNS), bullets=True),
        Table(
            id="sources",
            folded=True,
            title="Sources",
            table=SOURCES.table(pd.DataFrame({"source": sources})),
            caption="A: seen in a public copy; B: own knowledge, sure; C: unsure.",
        ),
    ]
    conflicts = case.conflicts()
    if len(conflicts):
        blocks.insert(
            1,
            Table(
                id="conflicts",
                title="Where the sources disagree",
                table=CONFLICTS.table(conflicts).select(["predicate", "value", "preferred", "why", "confidence", "sources"]),
            ),
        )
    return Section(id="ground", title="Assumptions, unknowns, sources", blocks=tuple(blocks))
