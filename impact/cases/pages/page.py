"""The page of a case: the answer in one sentence, the timeline, what happened, what it rests on, what nobody knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

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
from impact.cases.pages.names import Names, names_of
from impact.cases.pages.relief import precedents_section, recovery_section, relief_section, spillover_section
from impact.cases.schemas import SOURCES
from impact.errors import DataUnavailable, InfeasibleDesign, InputError
from impact.facts.schemas import CONFLICTS
from impact.report.page import Page, Section, Table, Text
from impact.typing_ import named_rows

if TYPE_CHECKING:
    from impact.cases import Case
    from impact.holdings import ExposureReport

__all__ = ["case_page"]

DISCLAIMER = "Estimates from public figures for study and review; never legal or investment advice."

NOTHING = "nothing is on record."
QUIET = ("readings", "pending")
"""Tables that are empty where all is well."""
UNKNOWNS = (
    "Who sold: holdings of US persons in the line are not public by day; ownership facts are dated snapshots with their own confidence mark.",
    "The assets that track each index are known as ranges at best; flows are stated per unit of tracked assets where they are not.",
    "What each investor knew before the public instant of an event.",
    "How much of a session's return belongs to each of two events that reach the same session.",
)


def case_page(case: Case) -> Page:
    """Compose the page of a case; what cannot be had is no section: it is named, with its reason, under what is not known."""
    sections, missing = _told(case)
    known = f"As known at {case.as_of}. " if case.as_of else ""
    supposed = "HYPOTHETICAL: nobody has announced this designation. " if case.definition.hypothetical else ""
    priced = "No prices. " if case.panel is None else f"Prices {case.panel.sessions[0]:%Y-%m-%d} to {case.panel.sessions[-1]:%Y-%m-%d}. "
    zone = "Sessions are dates where the line trades; hours are those of New York unless they say otherwise. "
    return Page(
        title=f"{case.definition.title} ({case.definition.security})",
        headline=case.headline(),
        subtitle=f"{supposed}{known}{priced}{zone}{DISCLAIMER}",
        answers=case.answers().lines(),
        sections=(*sections, _unknown_section(case, missing), _ground_section(case)),
        footer=DISCLAIMER,
    )


def _sections_of(case: Case, names: Names) -> Iterator[tuple[str, Callable[[], Section]]]:
    """Every part of the page in the order of a holder's questions: its title and how it is made."""
    yield "What do I hold", lambda: holdings_section(_exposure(case))
    yield "Until when", lambda: law_section(case.deadlines(), case.law(), names)
    yield "Who else sells", lambda: supply_section(case.supply(), names)
    if case.definition.book is not None:
        yield "What will it cost", lambda: cost_section(case.cost())
    yield "What would narrow this most", lambda: narrowing_section(case.narrowing(), case.price_narrowing())
    yield "Timeline", lambda: timeline_section(case.timeline(), names)
    yield "Effect of each event", lambda: effects_section(case.event_study(), names)
    yield "From the designation on", lambda: path_section(case.event_study())
    yield "What the forced supply should do to the price", lambda: _priced(case, names)
    yield "Relief", lambda: relief_section(case.relief(), names)
    yield "Precedents", lambda: precedents_section(case.precedents(), names)
    yield "Did relief undo the drop", lambda: recovery_section(case.relief())
    yield "Who else moved", lambda: spillover_section(case.spillover(), names)


def _told(case: Case) -> tuple[list[Section], Mapping[str, list[str]]]:
    """The sections that say something, and of each reason why something is missing, what it is."""
    sections: list[Section] = []
    missing: dict[str, list[str]] = defaultdict(list)
    for title, build in _sections_of(case, names_of(case)):
        try:
            section = build()
        except (DataUnavailable, InfeasibleDesign, InputError) as error:
            missing[str(error).removeprefix(f"case={case.definition.case!r}: ")].append(title)
            continue
        silent = [block for block in section.blocks if isinstance(block, Table) and block.table.says_nothing()]
        missing[NOTHING].extend(block.title for block in silent if block.id not in QUIET)
        kept = tuple(block for block in section.blocks if block not in silent)
        if kept:
            sections.append(replace(section, blocks=kept))
    return sections, missing


def _unknown_section(case: Case, missing: Mapping[str, list[str]]) -> Section:
    """What the page leaves out and why, and what nobody outside knows."""
    left_out = [f"{'; '.join(titles)}: {reason}" for reason, titles in missing.items() if titles]
    return Section(
        id="unknown",
        title="What is not known",
        blocks=(Text(lines=(*left_out, *case.definition.unknowns_at(case.as_of), *UNKNOWNS), bullets=True),),
    )


def _priced(case: Case, names: Names) -> Section:
    """News and flow together; where the flow is unknown, the news alone and why."""
    priced = case.pricing()
    if priced.effect is None or priced.comparison is None:
        return news_section(priced)
    return price_section(priced, priced.effect, priced.comparison, names)


def _exposure(case: Case) -> ExposureReport | None:
    """What the book of the case holds; None where it has none."""
    return None if case.definition.book is None else case.exposure()


def _ground_section(case: Case) -> Section:
    study, timeline = case.studied(), case.timeline()
    estimates = timeline if study is None else study
    sources = [str(source) for source in estimates.sources] + [
        f"{event.event_id}: {event.source} [{event.confidence}]" for event in named_rows(timeline.events)
    ]
    blocks: list[Text | Table] = [
        Text(lines=tuple(dict.fromkeys((*estimates.assumptions, *timeline.assumptions))), bullets=True),
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
                folded=True,
                title="Where the sources disagree",
                table=CONFLICTS.table(conflicts).select(["predicate", "value", "preferred", "why", "confidence", "sources"]),
            ),
        )
    return Section(id="ground", title="Assumptions and sources", blocks=tuple(blocks))
