"""Sections of the page of a case on legal relief, recovery and spillover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impact.errors import DataUnavailable
from impact.report.drawing import drawn
from impact.report.page import Figure, Section, Table, Text
from impact.typing_ import named_rows

if TYPE_CHECKING:
    from impact.cases.pages.names import Names
    from impact.cases.precedents import Precedents
    from impact.cases.relief_assessment import ReliefAssessment
    from impact.relief import Spillover

__all__ = ["precedents_section", "recovery_section", "relief_section", "spillover_section"]


def relief_section(relief: ReliefAssessment, names: Names) -> Section:
    """Probability of relief as a band, what moves it, base rates with tiny n, scenarios, sell or wait."""
    blocks: list[Text | Table | Figure] = []
    if relief.probability is not None:
        blocks.append(
            drawn(
                "probability-figure",
                "Implied probability of relief",
                relief.probability.plot(),
                "Band of the probability of relief that the price allows, session by session, with ruling days marked.",
                "Unclipped: outside 0 to 1 the anchors and the price contradict each other. Marks: what the jump of a ruling day says of its eve.",
                relief.probability.path,
            )
        )
    if relief.sensitivity is not None:
        blocks.append(
            drawn(
                "tornado-figure",
                "What the probability hangs on",
                relief.sensitivity.plot(),
                "One bar an anchor: how far the probability moves when that anchor runs over its range.",
                "One anchor moved at a time, the others in the middle of their ranges.",
                relief.sensitivity.to_frame(),
            )
        )
    blocks += [
        Table(
            id="base-rates",
            title="Relief in decided challenges, by statute",
            table=names.of(relief.base_rates.with_schema("to_frame")),
            caption="Exact 95 % intervals; statutes are never pooled.",
        ),
        Table(id="challenges", folded=True, title="Challenges", table=names.of(relief.base_rates.with_schema("cases"))),
        Table(id="anchors", folded=True, title="Anchors", table=relief.with_schema("anchors")),
    ]
    if len(relief.scenarios):
        blocks.append(Table(id="scenarios", title="Outcomes, prices and returns of a holder", table=relief.with_schema("scenarios")))
    if relief.waiting is not None:
        told = " ".join(relief.advice())
        blocks.append(Table(id="sell-or-wait", title="Sell or wait", table=relief.waiting.with_schema("to_frame"), caption=told))
    if len(relief.dropped):
        blocks.append(Table(id="relief-left-out", folded=True, title="Left out", table=relief.with_schema("dropped")))
    blocks.append(Text(lines=relief.assumptions, bullets=True))
    return Section(id="relief", title="Relief", lead=_capital(relief.headline()), blocks=tuple(blocks))


def precedents_section(record: Precedents, names: Names) -> Section:
    """Who challenged a listing on the same list, with what outcome, and what prices did.

    Raises
    ------
    DataUnavailable
        If no firm of the list is on record.
    """
    if record.firms.empty:
        raise DataUnavailable("no firm on a list under this programme is on record.")
    return Section(
        id="precedents",
        title="Precedents",
        lead=record.answer(),
        blocks=(
            Table(id="precedent-firms", title="Firm by firm", table=names.of(record.with_schema("firms"))),
            Table(id="precedent-events", folded=True, title="Events", table=names.of(record.with_schema("effects"))),
            Text(lines=record.assumptions, bullets=True),
        ),
    )


def recovery_section(relief: ReliefAssessment) -> Section:
    """Whether the recovery undid the drop, and what the drop was made of, as bounds."""
    blocks: list[Text | Table | Figure] = []
    if relief.recovery is not None:
        blocks += [
            drawn(
                "recovery-figure",
                "Drop and relief over equal windows",
                relief.recovery.plot(),
                "The drop, each relief, all relief and the net of both, each with its interval.",
                "Equal windows, one model, one estimation; the interval of the share undone is Fieller's.",
                relief.recovery.effects,
            ),
            Table(
                id="recovery-grid",
                folded=True,
                title="The same question, other choices",
                table=relief.with_schema("recovery_grid"),
                mark="headline",
            ),
        ]
    if relief.decomposition is not None:
        blocks.append(
            Table(
                id="decomposition",
                title="Parts of the drop, as bounds",
                table=relief.decomposition.with_schema("bounds"),
                caption="Not identified where the bounds say nothing; never a point.",
            )
        )
    if not blocks:
        blocks.append(Text(lines=tuple(f"Not available: {row.part}: {row.reason}" for row in named_rows(relief.dropped)), tone="warning"))
    lead = relief.recovery.summary().title + "." if relief.recovery is not None else ""
    return Section(id="recovery", title="Did relief undo the drop", lead=lead, blocks=tuple(blocks))


def spillover_section(spill: Spillover, names: Names) -> Section:
    """What the court events did to other listed names and to neighbours."""
    from impact.plots.relief import plot_spillover

    members = names.frame(spill.members)
    return Section(
        id="spillover",
        title="Who else moved",
        lead=spill.summary().title + ".",
        blocks=(
            drawn(
                "spillover-figure",
                "Abnormal returns of the others",
                plot_spillover(members, names.frame(spill.groups)),
                "Cumulative abnormal return of each other firm on each court event, with interval, by group.",
                "Firms share the date; the group test allows for it.",
                members,
            ),
            Table(id="spillover-groups", title="By group", table=names.of(spill.with_schema("groups")), folded=True),
            Table(id="spillover-left-out", folded=True, title="Not used", table=names.of(spill.with_schema("dropped"))),
            Text(lines=spill.assumptions, bullets=True),
        ),
    )


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
