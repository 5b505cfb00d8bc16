"""Every legal clock of a security, and the last session in which each of its lines can still be used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import pandas as pd

from impact.calendars import (
    VENUES,
    first_session_to_react,
    is_projected,
    parse_instant,
    session_close,
    session_open,
    sessions,
    venue_of,
)
from impact.errors import DataUnavailable, InputError
from impact.provenance import Source, unique_sources
from impact.results import Result, Summary, declared
from impact.rules.book import RuleBook, rule_book
from impact.rules.clock_states import clock_state, lifting, other_dates
from impact.rules.exchange_lines import LineStop, line_stop
from impact.rules.first_sessions import first_public_sessions
from impact.rules.legal_clocks import clocks_of
from impact.rules.procurement import procurement_dates
from impact.rules.records import ClockRule, Listing, Programme
from impact.rules.schemas import CLOCKS, LIFTED, LINES_LEFT_OUT, PROCUREMENT
from impact.rules.standing import LicensedSale, blocked_listings, given_anew, licensed_sales, standing
from impact.rules.vocabulary import line_key
from impact.typing_ import Instant

__all__ = ["Deadlines", "deadlines", "last_usable_session"]

Clock: TypeAlias = dict[str, Any]
"""One row of the table of clocks, a value a column."""
EASTERN = "America/New_York"
LINE = r"[A-Z0-9\-]{1,6}\.[A-Z]{1,2}"
# Lines looked at besides the one asked for; the others trade too little to plan a sale on.
MAIN_VENUES = ("XHKG", "XSHG", "XSHE", "XNYS")
# Sessions from trade to settlement, with the first trade date of each rule. Hong Kong and the US before 28 May 2024: T+2;
# the US since (SEC Rule 15c6-1, as amended): T+1; mainland A shares: cash on T+1. Checked 2026-11-22, own knowledge.
SETTLEMENT = {
    "XHKG": (("1995-01-01", 2),),
    "XNYS": (("2017-09-05", 2), ("2024-05-28", 1)),
    "XSHG": (("1995-01-01", 1),),
    "XSHE": (("1995-01-01", 1),),
}
COLUMNS = [
    "programme_id", "entity", "clock", "state", "first_prohibited_utc", "first_prohibited_et", "line", "venue", "first_prohibited_local",
    "last_session_on", "whole_session", "usable_until_utc", "limited_by", "sessions_left", "settles_on", "last_settled_session_on",
    "citation", "source", "confidence", "conflict",
]  # fmt: skip
ASSUMPTIONS = (
    "A reading of public texts, not legal advice.",
    "A session is usable when it opens before the first prohibited instant; when it closes after it, only the part before counts.",
    "The trade date counts, not settlement (OFAC FAQ 864); settlement columns are for those who must be out by then.",
    "A fact of which only the day is known acts from the last second of that day where it was announced.",
    "Clocks bind US persons, or whom a stated programme binds; public funds of some states have clocks of their own, which are not on record.",
)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Deadlines(Result):
    """Every clock of a security as known at an instant.

    Attributes
    ----------
    clocks : pandas.DataFrame
        One row a clock and trading line. `state` is ``running``, ``enjoined``, ``vacated``, ``removed``, ``licensed`` or
        ``superseded``; `last_session_on` the last usable session of the line (NaT when the venue's calendar does not
        reach it), `whole_session` whether all of it is usable, `usable_until_utc` the end of its usable part, `limited_by`
        what comes first (the clock, or the exchange), `sessions_left` sessions from `as_of` on (NaN without `as_of`).
        A row whose clock is ``trading_stop`` is the exchange's own, not the law's.
    relief : pandas.DataFrame
        What lifts the clocks, in order: kind (``injunction``, ``vacatur``, ``removal``, ``superseded``, a licence), from_utc,
        from_et, programme_id, citation.
    dropped : pandas.DataFrame
        Lines left out, with the reason.
    procurement : pandas.DataFrame
        Dates of procurement laws for the names that stand: programme_id, entity, clock, from_on (NaT where none is on record), binds,
        rule, citation, source, confidence. They bar no dealing in securities, so they are no clocks.
    first_public : tuple of str
        Of each listing known to the day only: the first session of each line that may have reacted, in both readings.
    beside : tuple of str
        What lists say of firms that the line is related to; whose line a code was that is another issuer's now.
    without_clock : tuple of str
        Of what bars without a clock: since when each name is blocked and until when a licence on record lets a US person sell, or that
        none does; then every act with its status at `as_of`, or at the last instant on record.
    """

    schemas = declared(clocks=CLOCKS, relief=LIFTED, dropped=LINES_LEFT_OUT, procurement=PROCUREMENT, to_frame=CLOCKS)

    security: str
    as_of: pd.Timestamp | None
    clocks: pd.DataFrame
    relief: pd.DataFrame
    dropped: pd.DataFrame
    procurement: pd.DataFrame
    first_public: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    without_clock: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ASSUMPTIONS

    def to_frame(self) -> pd.DataFrame:
        """The clocks, one row a clock and line."""
        return self.clocks.copy()

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must not miss: what bars without a clock, dates in print that differ, or that nothing names the security."""
        named = self.without_clock or not self.clocks.empty
        unnamed = () if named else ("No programme with a clock names this security as known; that is no clearance.",)
        conflicts = (f"Conflict: {text}" for text in dict.fromkeys(self.clocks["conflict"]) if text)
        return (*unnamed, *self.without_clock, *conflicts, *self.first_public, *self.beside)

    def summary(self) -> Summary:
        """Each clock with its instant in New York and where the line trades, and the last usable session."""
        shown = [
            "clock",
            "programme_id",
            "state",
            "first_prohibited_et",
            "line",
            "first_prohibited_local",
            "last_session_on",
            "whole_session",
            "limited_by",
        ]
        when = f"as of {self.as_of.tz_convert(EASTERN):%Y-%m-%d %H:%M} ET" if self.as_of is not None else "with all that is recorded"
        tables = [("Clocks", self.with_schema("clocks", shown))]
        if not self.relief.empty:
            tables.append(("What lifts them", self.with_schema("relief", ["kind", "from_et", "programme_id", "citation"])))
        if not self.procurement.empty:
            tables.append(("Procurement", self.with_schema("procurement", ["clock", "from_on", "programme_id", "binds", "rule"])))
        if not self.dropped.empty:
            tables.append(("Lines left out", self.with_schema("dropped")))
        return Summary(
            title=f"Deadlines of {self.security} {when}", tables=tuple(tables), notes=(*self.notes, *self.assumptions), sources=self.sources
        )


def deadlines(security: str, as_of: Instant | None = None, *, tables: Mapping[str, pd.DataFrame] | None = None) -> Deadlines:
    """Every legal clock of a security: the first prohibited instant and the last usable session of each of its lines.

    Parameters
    ----------
    security : str
        A trading line (``1810.HK``, ``CHL``), an ISIN, or the name of a listed entity.
    as_of : str, datetime or Timestamp, optional
        Use only what was known then (a zoned instant); None uses everything recorded.
    tables : mapping of name to DataFrame, optional
        Replaces tables of the fact base (:data:`impact.rules.TABLES`).

    Returns
    -------
    Deadlines

    Raises
    ------
    InputError
        If `as_of` has no zone or `security` is empty.

    Notes
    -----
    ``first prohibited = fixed day or listing + days, at the hour of the order in New York``. A suspension or delisting of a
    line that comes first shortens its last usable session. Only the newest version of a programme is shown for a list.

    Examples
    --------
    >>> clocks = deadlines("1810.HK", as_of="2021-01-14T18:00-05:00").clocks.set_index(["clock", "line"])
    >>> str(clocks.loc[("purchase_ban", "1810.HK"), "last_session_on"].date())
    '2021-03-15'
    """
    if not isinstance(security, str) or not security.strip():
        raise InputError(f"security={security!r} names nothing; give a line such as 1810.HK, an ISIN or an entity.")
    known = None if as_of is None else parse_instant(as_of).tz_convert("UTC")
    book = rule_book(known, tables)
    law = standing(book, security)
    told = _clocks(book, security, law.sales)
    return Deadlines(
        security=security.strip(),
        as_of=known,
        clocks=clock_frame(told.rows),
        relief=lifting(book, told.bound, told.keys),
        dropped=pd.DataFrame(told.dropped, columns=["line", "reason"]),
        procurement=procurement_dates(told.listings, known),
        first_public=first_public_sessions((listing for _, listing in (*told.bound, *law.blocked)), told.lines),
        beside=(*law.related, *given_anew(security, None, known)),
        without_clock=law.notes(frozenset(rule.programme_id for rule in book.clocks)),
        sources=unique_sources(
            Source(title=f"{row['citation']} ({row['source']})", basis="facts", confidence=row["confidence"]) for row in told.rows
        ),
    )


def clocks_alone(book: RuleBook, security: str) -> tuple[Clock, ...]:
    """The clocks of a security as the rows that :func:`deadlines` tells, without what stands beside them: a book asks for those of many."""
    keys, listings = book.issuer(security)
    return _clocks(book, security, licensed_sales(book, keys, blocked_listings(book, listings))).rows


def clock_frame(clocks: Iterable[Clock]) -> pd.DataFrame:
    """Clocks as the table of :class:`Deadlines`, one row a clock and line."""
    return pd.DataFrame(list(clocks), columns=COLUMNS)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Clocks:
    """The clocks of a security and what they rest on."""

    rows: tuple[Clock, ...]
    lines: list[str]
    dropped: list[tuple[str, str]]
    bound: list[tuple[Programme, Listing]]
    listings: tuple[Listing, ...]
    keys: frozenset[str]


def _clocks(book: RuleBook, security: str, sales: tuple[LicensedSale, ...]) -> _Clocks:
    known = book.as_of
    keys, every = book.issuer(security)
    silent = {listing.conflict_id: listing for listing in every if listing.passes_over(keys)}
    listings = tuple(listing for listing in every if not listing.passes_over(keys))
    lines, dropped = _lines(listings, keys, line_key(security), book.exchange_actions)
    stops = {line: line_stop(book.exchange_actions, line) for line in lines}
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
    return _Clocks(rows=tuple(rows), lines=lines, dropped=dropped, bound=bound, listings=listings, keys=keys)


@lru_cache(maxsize=1 << 12)
def last_usable_session(venue: str, first_prohibited: pd.Timestamp) -> tuple[pd.Timestamp, bool]:
    """The last session of `venue` that opens before an instant (UTC), and whether it also closes by then."""
    day = first_prohibited.tz_convert(VENUES[venue].zone).tz_localize(None).normalize()
    for session in reversed(sessions(venue, day - pd.Timedelta(days=20), day)):
        if session_open(session, venue) < first_prohibited:
            return session, bool(session_close(session, venue) <= first_prohibited)
    raise DataUnavailable(f"no session of {venue} opens in the 20 days before {first_prohibited.isoformat()}; check the instant.")


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
        **_use_of_line(stop.line, stop.stops_at, None, as_of),
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
        **_use_of_line(line, instant, stop, as_of),
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
        **_use_of_line(line, sale.ends_at, stop, as_of),
        "citation": licence.citation,
        "source": licence.source,
        "confidence": max(licence.confidence, sale.listing.confidence),
        "conflict": "",
    }


def _use_of_line(line: str, instant: pd.Timestamp, stop: LineStop | None, as_of: pd.Timestamp | None) -> Clock:
    cells: dict[str, Any] = dict.fromkeys(COLUMNS[6:16])
    cells |= {"line": line, "venue": "", "first_prohibited_local": "", "limited_by": "no trading line", "sessions_left": float("nan")}
    cells |= dict.fromkeys(("last_session_on", "usable_until_utc", "settles_on", "last_settled_session_on"), pd.NaT)
    if not line:
        return cells
    venue = venue_of(line)
    cells |= {
        "venue": venue,
        "first_prohibited_local": instant.tz_convert(VENUES[venue].zone).isoformat(timespec="minutes"),
        "limited_by": "the clock",
    }
    end = instant
    if stop is not None and stop.stops_at < instant:
        end = stop.stops_at
        cells["limited_by"] = (
            f"{stop.exchange} stop of {stop.stops_at.tz_convert(EASTERN):%Y-%m-%d %H:%M} ET, announced {stop.announced_on}"
        )
    try:
        session, whole = last_usable_session(venue, end)
        cells |= {"last_session_on": session, "whole_session": whole, "usable_until_utc": min(session_close(session, venue), end)}
        if is_projected(session, venue):
            cells["limited_by"] += f"; its session is projected: the holidays of {venue} are not on record that far"
        cells["sessions_left"] = _sessions_left(as_of, session, venue)
        cells |= _settlement(venue, session)
    except DataUnavailable as error:
        cells["limited_by"] = (
            str(error) if VENUES[venue].calendar else f"{VENUES[venue].name} has no calendar here: its sessions are unknown"
        )
    return cells


def _sessions_left(as_of: pd.Timestamp | None, last: pd.Timestamp, venue: str) -> float:
    if as_of is None:
        return float("nan")
    first = _first_to_react(as_of, venue)
    return float(len(sessions(venue, first, last))) if first <= last else 0.0


@lru_cache(maxsize=1 << 8)
def _first_to_react(as_of: pd.Timestamp, venue: str) -> pd.Timestamp:
    return first_session_to_react(as_of, venue).session


@lru_cache(maxsize=1 << 12)
def _settlement(venue: str, session: pd.Timestamp) -> Mapping[str, pd.Timestamp]:
    """When a trade of the last usable session settles, and the last session whose trades settle by then."""
    lags = [days for since, days in SETTLEMENT.get(venue, ()) if session >= pd.Timestamp(since)]
    if not lags:
        return {}
    after = sessions(venue, session, session + pd.Timedelta(days=20))
    before = sessions(venue, session - pd.Timedelta(days=20), session)
    return {"settles_on": after[lags[-1]], "last_settled_session_on": before[-1 - lags[-1]]}
