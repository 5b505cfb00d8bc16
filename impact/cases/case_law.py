"""The law as a case asks it: the lists of firms, the lines of its issuer, what its user states, and the rules with that in them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from impact.bundled import read_bundled
from impact.calendars import parse_instant
from impact.cases.definition import AsOf, CaseDefinition
from impact.holdings.what_if import Designation, designated_tables
from impact.identifiers import lines_of_issuer, security_lines
from impact.provenance import Source
from impact.rules.book import rule_book
from impact.rules.standing import Standing, standing

__all__ = [
    "issuer_lines",
    "law_of",
    "list_of_programme",
    "lists_of_firms",
    "rule_tables",
    "stated_designation",
    "stated_source",
]

EASTERN = "America/New_York"


def list_of_programme(programme: str) -> str:
    """The list that a programme acts on: an order such as EO 13974 acts on the s.1237 list."""
    rules = read_bundled("programme_rules").set_index("programme_id")["list_id"]
    return str(rules.get(programme, programme))


def lists_of_firms() -> tuple[str, ...]:
    """Lists of issuers by name, which a firm can go to court to be taken off; a matter about anything else is no challenge."""
    rules = read_bundled("programme_rules")
    return tuple(dict.fromkeys(rules.loc[rules["names_firms"] == "yes", "list_id"]))


def issuer_lines(definition: CaseDefinition) -> tuple[str, ...]:
    """Every trading line of the issuer that the fact base knows, the line of the case first."""
    known = lines_of_issuer(definition.security, definition.public_at)["issuer"]
    every = security_lines()
    recorded = every.loc[every["issuer"].isin(known), "security"]
    return tuple(dict.fromkeys([definition.line_on_record, *definition.other_lines, *(line for line in recorded if line)]))


def stated_source(definition: CaseDefinition) -> Source:
    """The case itself as the origin of what its user states."""
    return Source(title=f"stated in case {definition.case!r}", basis="user file")


def stated_designation(definition: CaseDefinition) -> Designation:
    """The designation that the user states, for the rules and the check of a portfolio."""
    return Designation(
        security=definition.security,
        at=definition.stated_at,
        programme=definition.programme_id,
        name=definition.issuer,
        other_lines=definition.other_lines,
        isins=definition.isins,
        own_programme=definition.own_programme,
        removed_at=definition.ended_at,
        is_supposed=definition.hypothetical,
    )


def rule_tables(definition: CaseDefinition, as_of: AsOf) -> Mapping[str, pd.DataFrame] | None:
    """Tables for the rules: the fact base, with the stated designation in it, or the hour at which the case tells its own; None where it stands alone."""
    if not definition.is_stated:
        return _told_at(definition)
    instant = definition.stated_at if as_of is None else parse_instant(as_of)
    return designated_tables((stated_designation(definition),), instant)


def _told_at(definition: CaseDefinition) -> Mapping[str, pd.DataFrame] | None:
    """The listing of the case, and the programme that came with it, public by the instant that the case tells; None where that is the one on record.

    Where only the day is on record it stays so: from its first moment to that instant what the law says is not known.
    """
    base, told = read_bundled("designations"), definition.record_told_at
    own = base["fact_id"] == definition.record
    if told is None or not own.any() or parse_instant(base.loc[own, "known_at"].iloc[0]) == told:
        return None
    programmes = read_bundled("programmes")
    with_it = (programmes["programme_id"] == definition.programme_id) & (programmes["known_at"] == base.loc[own, "known_at"].iloc[0])
    hour = told.tz_convert(EASTERN).isoformat()
    return {
        name: table.assign(known_at=table["known_at"].mask(rows, hour))
        for name, table, rows in (("designations", base, own), ("programmes", programmes, with_it))
    }


def law_of(definition: CaseDefinition, as_of: AsOf = None) -> Standing:
    """What the law says of buying, selling and holding the line of a case at `as_of`; without one, at the last instant on record."""
    known = None if as_of is None else parse_instant(as_of).tz_convert("UTC")
    own, book = definition.own_programme, definition.book
    bound = "us_person" if own is None or own.binds is None or own.binds_us else own.binds[0]
    investor = bound if book is None else book.investor
    return standing(rule_book(known, rule_tables(definition, as_of)), definition.security, investor=investor)
