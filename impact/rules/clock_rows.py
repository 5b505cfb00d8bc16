"""The clocks of a security, one row a clock and trading line, with what they rest on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import pandas as pd

from impact.calendars import parse_instant, venue_of
from impact.errors import InputError
from impact.rules.book import RuleBook
from impact.rules.clock_states import clock_state, other_dates
from impact.rules.exchange_lines import LineStop, line_stop
from impact.rules.issuer_lines import reissued_from
from impact.rules.legal_clocks import clocks_of
from impact.rules.records import ClockRule, Listing, Programme
from impact.rules.standing import LicensedSale, blocked_listings, licensed_sales
from impact.rules.usable_sessions import USE, use_of_line
from impact.rules.vocabulary import line_key

__all__ = ["Clock", "IssuerClocks", "clock_frame", "clocks_alone", "clocks_of_issuer"]

Clock: TypeAlias = dict[str, Any]
"""One row of the table of clocks, a value a column."""
EASTERN = "America/New_York"
LINE = r"[A-Z0-9\-]{1,6}\.[A-Z]{1,2}"
# Lines looked at besides the one asked for; the others trade too little to plan a sale on.
MAIN_VENUES = ("XHKG", "XSHG", "XSHE", "XNYS")
COLUMNS = [
    "programme_id", "entity", "clock", "state", "first_prohibited_utc", "first_prohibited_et", *USE, "citation", "source", "confidence",
    "conflict",
]  # fmt: skip


def clocks_alone(book: RuleBook, security: str) -> tuple[Clock, ...]:
    """The clocks of a security as the rows that :func:`deadlines` tells, without what stands beside them: a book asks for those of many."""
    keys, listings = book.issuers.issuer_by_now(security)
    return clocks_of_issuer(book, security, licensed_sales(book, keys, blocked_listings(book, listings))).rows


def clock_frame(clocks: Iterable[Clock]) -> pd.DataFrame:
    """Clocks as the table of :class:`~impact.rules.Deadlines`, one row a clock and line."""
    return pd.DataFrame(list(clocks), columns=COLUMNS)


@dataclass(frozen=True, eq=False, kw_only=True)
class IssuerClocks:
    """The clocks of a security and what they rest on."""

    rows: tuple[Clock, ...]
    lines: list[str]
    dropped: list[tuple[str, str]]
    bound: list[tuple[Programme, Listing]]
    listings: tuple[Listing, ...]
    keys: frozenset[str]


def clocks_of_issuer(book: RuleBook, security: str, sales: tuple[LicensedSale, ...]) -> IssuerClocks:
    """Every clock of a security as the book knows it, and of `sales` that a licence allows when it ends."""
    known = book.as_of
    keys, every = book.issuers.issuer_by_now(security)
    since = reissued_from(security, known) if book.issuers.named_anew(security) else None
    actions = tuple(action for action in book.exchange_actions if since is None or parse_instant(action["known_at"]) >= since)
    silent = {listing.conflict_id: listing for listing in every if listing.passes_over(keys)}
    listings = tuple(listing for listing in every if not listing.passes_over(keys))
    lines, dropped = _lines(listings, keys, line_key(security), actions)
    stops = {line: line_stop(actions, line) for line in lines}
    bound = _bound(book, listings)
    rows = [_stop_row(stop, known) for stop in stops.values() if stop is not None]
    rows += [
        _row(book, programme, listing, clock, line, stops.get(line), known, keys, silent.get(listing.conflict_id))
        for programme, listing in bound
        for clock in clocks_of(book, programme.programme_id, listing).values()
        for line in [line for line in lines if line in listing.lines or line == line_key(security)] or [""]
    ]
    rows += [
        _sale_row(sale, line, stops.get(line), known)
        for sale in sales
        if sale.is_verified and sale.ends_at is not None
        for line in [line for line in lines if line in sale.listing.lines or line == line_key(security)] or [""]
    ]
    return IssuerClocks(rows=tuple(rows), lines=lines, dropped=dropped, bound=bound, listings=listings, keys=keys)


def _lines(
    listings: tuple[Listing, ...], keys: frozenset[str], asked: str, actions: tuple[Mapping[str, str], ...]
) -> tuple[list[str], list[tuple[str, str]]]:
    kept, dropped = [], []
    every = dict.fromkeys(line for listing in listings for line in listing.lines if line in keys)
    if asked not in every and (re.fullmatch(LINE, asked) or line_stop(actions, asked) is not None):
        every[asked] = None
    for line in sorted(every, key=lambda item: item != asked):
        try:
            venue = venue_of(line)
        except InputError:
            venue = ""
        if not venue:
            dropped.append((line, "its venue is not known here"))
            continue
        if venue in MAIN_VENUES or line == asked:
            kept.append(line)
        else:
            dropped.append((line, "a secondary line; ask for it by its own ticker"))
    return kept, dropped


def _bound(book: RuleBook, listings: tuple[Listing, ...]) -> list[tuple[Programme, Listing]]:
    """Programme and listing pairs with a clock: the newest version a list, the listing itself before a close name."""
    newest = {
        programme.list_id: programme
        for programme in book.programmes
        if any(rule.programme_id == programme.programme_id for rule in book.clocks)
    }
    listed = []
    for list_id, programme in newest.items():
        own = [listing for listing in listings if listing.list_id == list_id and listing.listed_on is not None]
        named = [listing for listing in own if listing.kind == "listed"]
        listed += [(programme, listing) for listing in named or own]
    return listed


def _stop_row(stop: LineStop, as_of: pd.Timestamp | None) -> Clock:
    return {
        "programme_id": "",
        "entity": stop.exchange,
        "clock": "trading_stop",
        "state": "announced" if as_of is not None and as_of < stop.stops_at else "in force",
        "first_prohibited_utc": stop.stops_at,
        "first_prohibited_et": stop.stops_at.tz_convert(EASTERN).isoformat(timespec="minutes"),
        **use_of_line(stop.line, stop.stops_at, None, as_of),
        "limited_by": f"{stop.exchange}, announced {stop.announced_on}",
        "citation": f"{stop.exchange} notice of {stop.announced_on}",
        "source": stop.source,
        "confidence": stop.confidence,
        "conflict": "",
    }


def _row(
    book: RuleBook,
    programme: Programme,
    listing: Listing,
    clock: tuple[ClockRule, pd.Timestamp],
    line: str,
    stop: LineStop | None,
    as_of: pd.Timestamp | None,
    keys: frozenset[str],
    other: Listing | None,
) -> Clock:
    rule, instant = clock
    printed = other_dates(book, programme, rule, f"{instant.tz_convert(rule.zone):%Y-%m-%d}", keys)
    readings = "" if other is None else f"two readings of the listing: {listing.reading}; or {other.reading}"
    return {
        "programme_id": programme.programme_id,
        "entity": listing.entity,
        "clock": rule.clock,
        "state": clock_state(book, programme, listing, instant, keys),
        "first_prohibited_utc": instant,
        "first_prohibited_et": instant.tz_convert(EASTERN).isoformat(timespec="minutes"),
        **use_of_line(line, instant, stop, as_of),
        "citation": rule.citation + (f"; {listing.basis}" if listing.basis else ""),
        "source": rule.source,
        "confidence": max(rule.confidence, listing.confidence),
        "conflict": "; ".join(filter(None, (printed, readings))),
    }


def _sale_row(sale: LicensedSale, line: str, stop: LineStop | None, as_of: pd.Timestamp | None) -> Clock:
    """The end of a licence to sell what a programme without a clock blocks."""
    assert sale.ends_at is not None
    licence = sale.licence
    return {
        "programme_id": sale.programme.programme_id,
        "entity": sale.listing.entity,
        "clock": "licence_end",
        "state": "removed" if sale.listing.removed_at is not None and sale.listing.removed_at <= sale.ends_at else "running",
        "first_prohibited_utc": sale.ends_at,
        "first_prohibited_et": sale.ends_at.tz_convert(EASTERN).isoformat(timespec="minutes"),
        **use_of_line(line, sale.ends_at, stop, as_of),
        "citation": licence.citation,
        "source": licence.source,
        "confidence": max(licence.confidence, sale.listing.confidence),
        "conflict": "",
    }
