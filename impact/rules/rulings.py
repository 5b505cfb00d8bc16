"""What each programme says about one action at one instant, and all of them together."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import pandas as pd

from impact.rules.asked_programmes import in_force
from impact.rules.book import RuleBook
from impact.rules.closing_day import while_leaving
from impact.rules.investor_law import by_duty, by_law_not_on_record
from impact.rules.legal_clocks import clock_instants
from impact.rules.line_doubts import EVER, doubt_rule
from impact.rules.questions import Question
from impact.rules.records import Cell, Conflict, Licence, Listing, Programme, Relief, Ruling
from impact.rules.vocabulary import ABROAD

__all__ = ["Ruling", "boundaries", "decide", "departures", "disputed_listings", "rulings_at"]

SEVERITY = {"prohibited": 0, "unknown": 1, "allowed": 2, "not_listed": 3}
EASTERN = "America/New_York"
RELIEVED = {"injunction": "enjoined", "vacatur": "vacated"}
UNDECIDED = "A text that decides is not on record"


def rulings_at(book: RuleBook, question: Question, at: pd.Timestamp) -> tuple[Ruling, ...]:
    """The ruling of every programme in force at `at` (UTC) that reaches the issuer, most severe first.

    A programme that does not reach an issuer gives no ruling. It reaches the names of its list, and speaks about a name that
    has stood on a list of the same chain of orders by `at` (its own, or one it replaced), because it binds listed names alone; a
    listing after `at` says nothing. On the day of a blocking whose hour is not on record the answer is unknown. A permission gives way where a programme named in ``yields_to`` holds the issuer.
    """
    question = question.as_named_at(at)
    rulings: list[Ruling] = by_duty(book, question, at)
    for programme in book.programmes:
        opening = _of_opening_day(book, programme, question, at)
        rulings += opening
        if not in_force(programme, at):
            continue
        reached = _reached(programme, question.listings, at)
        if reached:
            rulings += _of_listings(book, programme, reached, question, at)
        elif opening:
            continue
        elif _speaks_of(book, programme, public := [listing for listing in question.listings if listing.listed_at <= at]):
            lost = _lost_in_succession(public)
            unlisted = _by_cell(book, programme, None, "unlisted", question, at)
            rulings.append(_rolled_on(programme, lost) if lost else _after_removal(unlisted, public, at))
        else:
            rulings += _of_relations(book, programme, question, at)
    rulings += by_law_not_on_record(book, question, rulings)
    held = {ruling.programme_id for ruling in rulings if ruling.phase == "listed"}
    yields = {programme.programme_id: programme.yields_to for programme in book.programmes}
    rulings = [ruling for ruling in rulings if ruling.status != "allowed" or yields[ruling.programme_id] not in held]
    rulings = [_of_unnamed(ruling, question, yields.get(ruling.programme_id, "")) for ruling in rulings]
    blocking = {programme.programme_id for programme in book.programmes if programme.regime == "blocking"}
    return tuple(
        sorted(
            rulings,
            key=lambda ruling: (
                SEVERITY[ruling.status],
                ruling.phase == "unlisted",
                ruling.programme_id not in blocking,
                not _has_clock(book, ruling),
            ),
        )
    )


def _of_unnamed(ruling: Ruling, question: Question, yields_to: str) -> Ruling:
    """A ruling that turns on where an issuer is, of an issuer whom the record of the programme does not name, says less.

    A permission that gives way to a blocking programme needs the issuer's standing under that programme; a line alone does not tell
    that its issuer is there.
    """
    if not yields_to or any(listing.names_issuer and listing.list_id in (ruling.programme_id, yields_to) for listing in question.listings):
        return ruling
    if ruling.status == "allowed" and question.investor not in ABROAD:
        rule = (
            f"{ruling.rule} That reaches no blocked issuer, and whether this one is blocked is not on record: look it up on the SDN list."
        )
    elif ruling.status == "prohibited" and question.trades_there_only:
        rule = f"{ruling.rule} Foreign issuers trade there too, and whose line this is is not on record: look up where its issuer is."
    else:
        return ruling
    return dataclasses.replace(ruling, status="unknown", rule=rule)


def _speaks_of(book: RuleBook, programme: Programme, listings: Iterable[Listing]) -> bool:
    """Whether a programme with a clock answers about a name off its list: one that a list of its chain of orders names."""
    lists = {other.list_id for other in book.programmes if other.family == programme.family}
    clocked = any(rule.programme_id == programme.programme_id for rule in book.clocks)
    return clocked and any(listing.list_id in lists for listing in listings)


def _of_relations(book: RuleBook, programme: Programme, question: Question, at: pd.Timestamp) -> list[Ruling]:
    """Unknown where the list names a firm that the line is only related to, and no text says that the line is then free.

    There are two readings: the line is meant with the name, or it is not. Where neither bars, and where a text frees what is not
    listed itself and knows no close names (OFAC FAQ 905), nothing is in doubt.
    """
    near = [relation for relation in question.related if relation.stands_at(at) and programme.reads(relation.listing)]
    if not near:
        return []
    meant = _ruling(book, programme, near[0].listing, question, at)
    bars_later = meant.phase == "before_ban" and question.investor not in ABROAD
    if meant.status == "allowed" and not bars_later:
        return []
    unlisted = _by_cell(book, programme, None, "unlisted", question, at)
    close_names = any(listing.kind == "name_match" and programme.reads(listing) for listing in book.listings)
    if unlisted.status == "allowed" and not close_names:
        return []
    entity = near[0].listing.entity
    rule = f"The list names {entity}; this line is {near[0].words}. {UNDECIDED}: whether it is meant with the name is open."
    rests_on = {"source": f"{meant.source}; {near[0].source}", "confidence": max(meant.confidence, near[0].confidence)}
    return [dataclasses.replace(meant, phase="related", status="unknown", rule=rule, citation="", entity=entity, **rests_on)]


def _of_opening_day(book: RuleBook, programme: Programme, question: Question, at: pd.Timestamp) -> list[Ruling]:
    """Unknown on the day on which a bar without a clock began to reach a name, as long as the hour is not on record."""
    if not book.bars(programme.programme_id, question.investor):
        return []
    for listing in question.listings:
        if not programme.reads(listing) or listing.passes_over(question.keys):
            continue
        certain_at = max(listing.listed_at, programme.in_force_at)
        if not max(listing.earliest_at, programme.earliest_at) <= at < certain_at or clock_instants(book, programme.programme_id, listing):
            continue
        meant = _ruling(book, programme, listing, question, certain_at)
        day = f"{certain_at.tz_convert(EASTERN):%Y-%m-%d}"
        rule = f"{programme.name} reached {listing.entity} on {day}, at an hour that is not on record; from then on: {meant.rule}"
        return [dataclasses.replace(meant, status="unknown", rule=rule)]
    return []


def _lost_in_succession(listings: Iterable[Listing]) -> Listing | None:
    """A listing that was rolled into one of a later order which is not among those of the issuer, so that its absence tells nothing."""
    present = {listing.fact_id for listing in listings}
    return next((listing for listing in listings if listing.rolled_into - present), None)


def _after_removal(ruling: Ruling, listings: Iterable[Listing], at: pd.Timestamp) -> Ruling:
    """A ruling about a name off a list that says, where the issuer stood on a list and left it, when it left and why."""
    left = departures(listings, at)
    return dataclasses.replace(ruling, rule=f"{left[-1]}, and this programme does not name it. {ruling.rule}") if left else ruling


def departures(listings: Iterable[Listing], at: pd.Timestamp) -> tuple[str, ...]:
    """Which lists names of an issuer had left by `at`, when and why, the last one last; a name that is close to one leaves with it."""
    left = [(listing.removed_at, listing) for listing in listings if listing.removed_at is not None and listing.removed_at <= at]
    told = []
    for removed_at, listing in sorted(left, key=lambda pair: pair[0]):
        day = f"{removed_at.tz_convert(EASTERN):%Y-%m-%d}"
        why = f" ({listing.removal_reason})" if listing.removal_reason else ""
        told.append(f"{listing.entity} left the list {listing.own_list_id or listing.list_id} on {day}{why}")
    return tuple(told)


def _rolled_on(programme: Programme, listing: Listing) -> Ruling:
    return Ruling(
        programme_id=programme.programme_id,
        phase="unlisted",
        status="unknown",
        rule=f"The listing of {listing.entity} was rolled into a later order; under which name it stands there is not on record.",
        citation="",
        source=listing.source,
        confidence=listing.confidence,
        entity=listing.entity,
    )


def decide(rulings: tuple[Ruling, ...], *, doubt: str, asked: tuple[str, ...], not_asked: tuple[str, ...]) -> Ruling:
    """The ruling that settles the answer: a prohibition, else what is unknown, else the permission closest to the name.

    Without a ruling the answer is ``not_listed`` for a security of which there is no `doubt` whose it is (none of the programmes
    `asked` names its issuer; of those `not_asked` no name is on record), and unknown otherwise.
    """
    if rulings:
        return rulings[0]
    return Ruling(
        programme_id="",
        phase="",
        status="unknown" if doubt else "not_listed",
        rule=doubt_rule(doubt) if doubt else _named_by_none(asked, not_asked),
        citation="",
        source="",
        confidence="",
    )


def _named_by_none(asked: tuple[str, ...], not_asked: tuple[str, ...]) -> str:
    """That no programme names an issuer, with how many were asked and which could not be."""
    if not asked:
        told = "No programme asked whose names are on record is in force at this instant"
    elif len(asked) == 1:
        told = (
            f"The one programme asked that is in force at this instant and whose names are on record ({asked[0]}) does not name this issuer"
        )
    else:
        told = f"None of the {len(asked)} programmes that are in force at this instant and whose names are on record names this issuer"
    unread = f" In force and not asked, as none of their names is on record: {', '.join(not_asked)}." if not_asked else ""
    return f"{told}; that is no clearance under any other list.{unread}"


def boundaries(book: RuleBook, question: Question) -> list[pd.Timestamp]:
    """Every instant (UTC, sorted) at which an answer to `question` may change."""
    instants: set[pd.Timestamp | None] = set()
    for programme in book.programmes:
        instants |= {programme.in_force_at, programme.earliest_at, programme.ended_at}
        for listing in (*question.listings, *(relation.listing for relation in question.related)):
            if programme.reads(listing):
                instants |= {
                    listing.listed_at,
                    listing.earliest_at,
                    listing.removed_at,
                    listing.leaving_from_at,
                    *clock_instants(book, programme.programme_id, listing).values(),
                }
                own = [licence for licence in book.licences if licence.covers(programme.programme_id, listing, question.keys)]
                instants |= {at for licence in own for at in (licence.from_at, licence.ends_at(listing))}
    instants |= {relation.since for relation in question.related}
    instants |= {doubt.from_at for doubt in question.doubts if doubt.from_at > EVER}
    instants |= {duty.known_at for duty in book.duties if duty.investor == question.investor}
    instants |= {relief.from_at for relief in book.relief if relief.securities & question.keys}
    for conflict in book.conflicts:
        if conflict.securities & question.keys:
            instants |= {conflict.from_at, conflict.resolved_at}
    instants |= book.instants_of_cells(question.action)
    return sorted(instant for instant in instants if instant is not None)


def _has_clock(book: RuleBook, ruling: Ruling) -> bool:
    return any(rule.programme_id == ruling.programme_id for rule in book.clocks)


def _reached(programme: Programme, listings: Iterable[Listing], at: pd.Timestamp) -> list[Listing]:
    """Listings that tie the issuer to the programme at `at`; a close name, or all of a country, counts until the issuer is named itself."""
    own = [listing for listing in listings if programme.reads(listing) and at >= listing.listed_at]
    named = [listing for listing in own if listing.kind != "name_match"] or own
    phases = {listing.phase for listing in named if listing.names_issuer}
    return [listing for listing in named if listing.names_issuer or listing.phase not in phases]


def _of_listings(book: RuleBook, programme: Programme, reached: list[Listing], question: Question, at: pd.Timestamp) -> list[Ruling]:
    """One ruling a listing; of a listing with two readings one ruling, unknown where only one of them bars."""
    silent = {listing.conflict_id: listing for listing in reached if listing.passes_over(question.keys)}
    settled = []
    for listing in reached:
        if listing.passes_over(question.keys):
            continue
        ruling = while_leaving(_ruling(book, programme, listing, question, at), listing, at)
        other = silent.get(listing.conflict_id)
        differ = other is not None and (listing.conflict_at is None or at >= listing.conflict_at)
        settled.append(_undecided(ruling, listing, other) if differ and other and ruling.status == "prohibited" else ruling)
    return settled


def disputed_listings(book: RuleBook, security: str, at: pd.Timestamp) -> frozenset[tuple[str, str]]:
    """Programme and name of each listing of an issuer of which two readings stand at `at`, so that no clock of it binds for sure.

    Another list that bears the same name is not touched: there nobody disputes it.
    """
    keys, listings = book.issuer(security)
    silent = {listing.conflict_id for listing in listings if listing.passes_over(keys)}
    disputed = [
        listing for listing in listings if listing.conflict_id in silent and (listing.conflict_at is None or at >= listing.conflict_at)
    ]
    return frozenset(
        (programme.programme_id, listing.entity) for listing in disputed for programme in book.programmes if programme.reads(listing)
    )


def _undecided(ruling: Ruling, listing: Listing, other: Listing) -> Ruling:
    rule = (
        f"Two readings of the listing of {listing.entity}. One: {listing.reading}; then: {ruling.rule}"
        f" The other: {other.reading}; then nothing bars it. {UNDECIDED}."
    )
    return dataclasses.replace(
        ruling, status="unknown", rule=rule, source=f"{ruling.source}; {listing.source}", confidence=listing.confidence
    )


def _ruling(book: RuleBook, programme: Programme, listing: Listing, question: Question, at: pd.Timestamp) -> Ruling:
    phase = _phase(book, programme, listing, at)
    ruling = _by_cell(book, programme, listing, phase, question, at)
    conflict = _conflict(book, programme, listing, phase, question, at)
    if conflict is not None:
        return _answered(ruling, "unknown", conflict.statement, conflict)
    if phase == "removed" or (question.investor in ABROAD and not programme.is_stated):
        return ruling
    decisions = [
        relief for relief in book.relief if relief.list_id == listing.list_id and relief.securities & question.keys and at >= relief.from_at
    ]
    if decisions and _has_clock(book, ruling):
        last = max(decisions, key=lambda relief: relief.from_at)
        ruling = dataclasses.replace(ruling, phase=RELIEVED[last.kind])
        if ruling.status != "allowed":
            return _answered(ruling, "allowed", f"The listing is lifted by a court ({last.kind}) from its own instant.", last)
    if ruling.status == "allowed":
        return ruling
    for licence in book.licences:
        if _applies(licence, programme, listing, question, at):
            if licence.certainty == "stated":
                if (programme.programme_id, "licensed", question.action, question.investor) in book.cells:
                    held = _by_cell(book, programme, listing, "licensed", question, at)
                    return dataclasses.replace(held, phase=phase)
                return dataclasses.replace(_answered(ruling, "allowed", f"{licence.licence_id} frees it.", licence), phase="licensed")
            rule = f"{licence.licence_id} may free it; look up its text and its span, which are not on record."
            return _answered(ruling, "unknown", rule, licence)
    return ruling


def _phase(book: RuleBook, programme: Programme, listing: Listing, at: pd.Timestamp) -> str:
    if listing.removed_at is not None and at >= listing.removed_at:
        return "removed"
    clocks = clock_instants(book, programme.programme_id, listing)
    if not clocks:
        return listing.phase
    if "divestment_end" in clocks and at >= clocks["divestment_end"]:
        return "after_window"
    return "before_ban" if "purchase_ban" in clocks and at < clocks["purchase_ban"] else "window"


def _by_cell(book: RuleBook, programme: Programme, listing: Listing | None, phase: str, question: Question, at: pd.Timestamp) -> Ruling:
    cells = book.cells.get((programme.programme_id, phase, question.action, question.investor), ())
    fitting = [cell for cell in cells if _fits(cell, question.instrument, at)]
    if not fitting:
        act = f"a {question.investor} {question.action} {question.instrument}"
        return Ruling(
            programme_id=programme.programme_id,
            phase=phase,
            status="unknown",
            rule=f"{programme.silent} whether {programme.name} lets {act}.",
            citation="",
            source="",
            confidence="",
            entity=listing.entity if listing else "",
        )
    cell = min(fitting, key=lambda item: SEVERITY[item.status])
    status, rule = cell.status, cell.rule
    if status == "prohibited" and (programme.programme_id, question.instrument) not in book.covered:
        status, rule = "unknown", f"{programme.silent} whether {programme.name} covers {question.instrument}."
    basis = f"; {listing.basis}" if listing is not None and listing.kind == "name_match" else ""
    return Ruling(
        programme_id=programme.programme_id,
        phase=phase,
        status=status,
        rule=rule,
        citation=cell.citation + basis,
        source=cell.source,
        confidence=max(cell.confidence, listing.confidence if listing else ""),
        entity=listing.entity if listing else "",
    )


def _fits(cell: Cell, instrument: str, at: pd.Timestamp) -> bool:
    if cell.valid_from_at is not None and at < cell.valid_from_at:
        return False
    if cell.valid_to_at is not None and at >= cell.valid_to_at:
        return False
    return "*" in cell.instruments or instrument in cell.instruments


def _conflict(book: RuleBook, programme: Programme, listing: Listing, phase: str, question: Question, at: pd.Timestamp) -> Conflict | None:
    if listing.kind != "listed" or phase != "before_ban" or question.investor in ABROAD:
        return None
    for conflict in book.conflicts:
        inside = at >= conflict.from_at and (conflict.resolved_at is None or at < conflict.resolved_at)
        named = programme.programme_id in conflict.programme_ids and conflict.securities & question.keys
        if inside and named and question.action in conflict.actions:
            return conflict
    return None


def _applies(licence: Licence, programme: Programme, listing: Listing, question: Question, at: pd.Timestamp) -> bool:
    if question.investor not in licence.investors or not licence.covers(programme.programme_id, listing, question.keys):
        return False
    if not licence.frees(question.action):
        return False
    end = licence.ends_at(listing)
    return at >= licence.from_at and (end is None or at < end)


def _answered(ruling: Ruling, status: str, rule: str, by: Conflict | Relief | Licence) -> Ruling:
    return Ruling(
        programme_id=ruling.programme_id,
        phase=ruling.phase,
        status=status,
        rule=rule,
        citation=by.citation,
        source=by.source,
        confidence=by.confidence,
        entity=ruling.entity,
    )
