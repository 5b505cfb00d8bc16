"""The records that the tables of the law are read into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import pandas as pd

from impact.rules.vocabulary import country_of, is_pattern, line_key

__all__ = ["Cell", "ClockRule", "Conflict", "Duty", "Instant", "Licence", "Listing", "Programme", "Relation", "Relief", "Ruling"]

Instant: TypeAlias = pd.Timestamp | None

EASTERN = "America/New_York"
LAST_SECOND = "23:59:59"
"""Where the end of a listing of which only the day is on record stands (``removed_known_at``)."""


@dataclass(frozen=True, kw_only=True)
class Programme:
    """One version of a legal programme and the span in which it was in force, as far as known.

    `regime` is a row of ``regimes.csv``; `family` names the first order of a chain that each later one replaced; `yields_to`
    is the programme whose names this one's permissions do not reach (empty: none); `is_stated`: the caller states it, it is on no record;
    `precision` says how exactly `in_force_at` is on record.
    """

    programme_id: str
    name: str
    list_id: str
    regime: str
    family: str
    yields_to: str
    bars: str
    changes_with: str
    citation: str
    source: str
    confidence: str
    in_force_at: pd.Timestamp
    ended_at: Instant
    is_stated: bool = False
    precision: str = ""

    @cached_property
    def earliest_at(self) -> pd.Timestamp:
        """First instant at which it may have been in force: the first of its day where only that is on record."""
        return _earliest(self.in_force_at, self.precision)

    def reads(self, listing: Listing) -> bool:
        """Whether it reaches a name by a listing: a list reaches what it prints itself, an order also whom it binds beside its list."""
        return listing.list_id == self.list_id and (self.programme_id != self.list_id or listing.own_list_id == self.list_id)

    @property
    def silent(self) -> str:
        """How a question begins to be answered on which nothing that states the programme speaks."""
        return "The case does not say" if self.is_stated else "No text of the fact base says"


@dataclass(frozen=True, kw_only=True)
class ClockRule:
    """How one date of a programme follows from the day of listing: a fixed day, or so many days after it."""

    programme_id: str
    clock: str
    listed_before_on: Instant
    fixed_on: Instant
    days: int
    hour: str
    zone: str
    what_ends: str
    citation: str
    source: str
    confidence: str


@dataclass(frozen=True, kw_only=True)
class Duty:
    """What binds one kind of investor beside the programmes: towards names of some lists, or of issuers that trade in some countries."""

    investor: str
    programme_id: str
    list_ids: frozenset[str]
    countries: frozenset[str]
    actions: frozenset[str]
    status: str
    rule: str
    citation: str
    known_at: pd.Timestamp
    source: str
    confidence: str

    def reaches(self, keys: Iterable[str], listings: Iterable[Listing], at: pd.Timestamp) -> bool:
        """Whether an issuer of these keys and listings is under it at `at`."""
        listed = any(
            listing.list_id in self.list_ids and listing.listed_at <= at and (listing.removed_at is None or at < listing.removed_at)
            for listing in listings
        )
        return at >= self.known_at and (listed or any(country_of(key) in self.countries for key in keys))


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What a programme says about an action in a phase, with the text that says so."""

    programme_id: str
    phases: frozenset[str]
    actions: frozenset[str]
    investors: frozenset[str]
    instruments: frozenset[str]
    status: str
    rule: str
    citation: str
    source: str
    confidence: str
    valid_from_at: Instant
    valid_to_at: Instant


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One name on one list: since when, on which clock day, until when, with the lines and identifiers it is known by.

    `kind` is ``listed``, ``name_match`` (not listed itself, but a name close to a listed one) or ``subject`` (a programme
    without a table of names). `phase` is the phase of a programme without a clock. `conflict_id` joins the readings of one
    fact (empty: there is one reading); they differ from `conflict_at` on. `reading` says what this row takes. `rolled_into`
    names the listings (fact ids) of a later order that this one was rolled into; an empty id among them: under which name it
    stands there is not on record. `precision` says how exactly `listed_at` is on record. `list_id` is the list of the orders that
    bind the name, `own_list_id` the list that prints it (empty: none does).
    """

    fact_id: str
    list_id: str
    kind: str
    entity: str
    keys: frozenset[str]
    lines: tuple[str, ...]
    listed_on: Instant
    listed_at: pd.Timestamp
    removed_at: Instant
    removal_reason: str
    basis: str
    source: str
    confidence: str
    phase: str = "listed"
    conflict_id: str = ""
    conflict_at: Instant = None
    reading: str = ""
    rolled_into: frozenset[str] = frozenset()
    precision: str = ""
    own_list_id: str = ""

    @property
    def codes(self) -> frozenset[str]:
        """Its lines and identifiers: the keys beside the name."""
        return self.keys - {line_key(self.entity)} | frozenset(self.lines)

    @cached_property
    def earliest_at(self) -> pd.Timestamp:
        """First instant at which it may have been public: the first of its day where only that is on record."""
        return _earliest(self.listed_at, self.precision)

    @cached_property
    def leaving_from_at(self) -> Instant:
        """First instant at which its end may have been public, where only the day of it is on record; None where the hour is."""
        if self.removed_at is None:
            return None
        local = self.removed_at.tz_convert(EASTERN)
        only_the_day = f"{local:%H:%M:%S}" == LAST_SECOND
        return _earliest(self.removed_at, "day") if only_the_day else None

    @property
    def turns_on_custody(self) -> bool:
        """Whether it reaches a security by where it is held, not by whose it is."""
        return self.phase == "depository"

    @property
    def is_stated(self) -> bool:
        """Whether the caller stated it, so that only the lines given are known to be of its issuer."""
        return self.fact_id.startswith("hypothetical-")

    @cached_property
    def names_issuer(self) -> bool:
        """Whether it names whose the security is, by a line, a code or a name, and not only all of a country."""
        return not any(is_pattern(key) for key in self.keys)

    def passes_over(self, keys: frozenset[str]) -> bool:
        """Whether this is the reading of a disputed listing that does not name the issuer of `keys`."""
        return bool(self.conflict_id) and not keys & frozenset(self.lines)


@dataclass(frozen=True, kw_only=True)
class Relation:
    """How a trading line that a listing does not name stands to it, since when (None: ever), and the record that says so."""

    listing: Listing
    words: str
    since: Instant
    source: str
    confidence: str

    def stands_at(self, at: pd.Timestamp) -> bool:
        """Whether the name is listed at `at`, and the line stood to it so by then."""
        is_listed = self.listing.listed_at <= at and (self.listing.removed_at is None or at < self.listing.removed_at)
        return is_listed and (self.since is None or self.since <= at)


@dataclass(frozen=True, kw_only=True)
class Relief:
    """A court decision that lifts a listing from its own instant on."""

    list_id: str
    kind: str
    securities: frozenset[str]
    from_at: pd.Timestamp
    citation: str
    source: str
    confidence: str


@dataclass(frozen=True, kw_only=True)
class Licence:
    """A general licence: whose acts it frees, under which programmes, for which names, from when to when.

    `securities` and `actions` hold ``*`` for all; `certainty` is ``stated``, or ``not_verified`` where the text or its span is
    not on record: what it may free is then unknown.
    """

    licence_id: str
    programme_ids: frozenset[str]
    scope: str
    securities: frozenset[str]
    actions: frozenset[str]
    certainty: str
    investors: frozenset[str]
    listed_after_at: Instant
    from_at: pd.Timestamp
    to_at: Instant
    to_rule_days: int
    to_rule_hour: str
    citation: str
    source: str
    confidence: str

    def covers(self, programme_id: str, listing: Listing, keys: frozenset[str]) -> bool:
        """Whether it is about a listing of a programme, of the issuer of `keys`; what it frees, for whom and when is another matter."""
        if programme_id not in self.programme_ids or listing.kind != self.scope:
            return False
        if self.listed_after_at is not None and listing.listed_at <= self.listed_after_at:
            return False
        return bool(self.securities & {"*", *keys})

    def frees(self, action: str) -> bool:
        """Whether an action is among those that it frees: a sale to divest is a sale."""
        return bool(self.actions & ({"*", action, "sell"} if action == "sell_to_divest" else {"*", action}))

    def ends_at(self, listing: Listing) -> Instant:
        """First instant (UTC) at which it no longer frees acts in what a listing names; None: no end is on record."""
        if self.to_at is not None or not self.to_rule_days or listing.listed_on is None:
            return self.to_at
        hours, minutes = self.to_rule_hour.split(":")
        wall = listing.listed_on + pd.Timedelta(days=self.to_rule_days, hours=int(hours), minutes=int(minutes))
        return wall.tz_localize("America/New_York").tz_convert("UTC").as_unit("ns")


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """A span in which official statements disagree, so that no answer can be given."""

    programme_ids: frozenset[str]
    securities: frozenset[str]
    actions: frozenset[str]
    from_at: pd.Timestamp
    resolved_at: Instant
    statement: str
    citation: str
    source: str
    confidence: str


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """What one programme says: status, the rule in words, the text it rests on, and the phase that decided."""

    programme_id: str
    phase: str
    status: str
    rule: str
    citation: str
    source: str
    confidence: str
    entity: str = ""


def _earliest(at: pd.Timestamp, precision: str) -> pd.Timestamp:
    return at.tz_convert(EASTERN).normalize().tz_convert("UTC") if precision == "day" else at
