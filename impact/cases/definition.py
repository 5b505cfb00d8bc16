"""What a case is: one designation of one trading line, with what is known of it before any estimate is seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

import pandas as pd

from impact.errors import InputError
from impact.identifiers import line_on_record
from impact.instants import parse_instant
from impact.market import MarketPanel
from impact.rules.own_programme import OwnProgramme

__all__ = ["AsOf", "Book", "CaseDefinition", "Span", "StatedTables", "StatedUnknown"]

AsOf: TypeAlias = str | pd.Timestamp | None
"""Instant whose knowledge is used, with its zone; None is everything on record."""

Span: TypeAlias = tuple[float, float]
"""Least and most of a figure that is known as a range."""


@dataclass(frozen=True, kw_only=True)
class StatedUnknown:
    """What nobody could say, in a sentence; `known_on` is the day of the latest thing it tells (None: nothing after the designation)."""

    text: str
    known_on: pd.Timestamp | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class StatedTables:
    """Tables that a user brings, checked and typed; None where the fact base answers alone.

    Attributes
    ----------
    events : DataFrame or None
        Later events, with the columns of ``SCHEMAS["events"]``.
    holders : DataFrame or None
        holder_class, shares_low, shares_high, source.
    index_actions : DataFrame or None
        As :func:`impact.supply.index_deletion` wants them.
    buyers : DataFrame or None
        buyer, shares_low, shares_high, first_on, last_on, source.
    """

    events: pd.DataFrame | None = None
    holders: pd.DataFrame | None = None
    index_actions: pd.DataFrame | None = None
    buyers: pd.DataFrame | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Book:
    """Positions that the case is read against, and whose they are."""

    holdings: str | Path | pd.DataFrame
    investor: str = "us_person"
    funds: str | Path | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class CaseDefinition:
    """The fixed choices of one case, made before any estimate is seen.

    Attributes
    ----------
    case, title, issuer : str
        Name on the command line, heading, and issuer.
    security, market : str
        Trading line studied and its benchmark.
    programme_id : str
        Programme under which the issuer was designated.
    own_programme : OwnProgramme or None
        The programme where the case states it, because it is in no table.
    designation_event : str
        Event of the case whose reaction session is day 0 of the whole study.
    record : str
        Row of the fact base that says what became public, and when: a designation, an order, or an act of an index provider
        or an exchange; empty where the user states it.
    also : tuple of str
        Rows of the fact base that are events of the case without naming the line, such as the deletion of a whole country.
    without : tuple of str
        Rows of the fact base that name the line and are no event of the case.
    unknowns : tuple of StatedUnknown
        What nobody could say who wrote the case; :meth:`unknowns_at` tells those of an instant.
    peers, technology_peers : tuple of str
        Baskets that stand in for the market without the target; neither holds a listed or rumoured name.
    other_lines, isins : tuple of str
        Further trading lines and ISINs of the issuer of a stated designation: they are designated with it.
    prices_from, prices_to : str
        ISO dates of the prices to ask a provider for: a year before the designation to after the last event studied;
        empty: all there is.
    note : str
        Why these peers.
    public_at, leaked_at : Timestamp or None
        Instant at which a designation stated by the user became public, and of its first public report; None: on record.
    hypothetical : bool
        Whether the stated designation is a supposition.
    prices : path, "bundled", "yahoo", "twelvedata" or MarketPanel
        Where its prices come from.
    benchmark_prices : path or None
        A file of the benchmark alone, beside a file of the line.
    currency : str
        Currency of the line's prices; empty: as the prices say, else that of its venue.
    rates : mapping of currency to float
        Price of one unit of a currency in the currency of the line, such as ``{"USD": 1380.0}`` for a line in won.
    decimal, date_format : str
        How the files of prices write figures and days (``","``, ``"%d/%m/%Y"``), where these leave it open; empty: as they tell.
    shares_outstanding, free_float : (low, high) or None
        Count of all shares, and the share of them that trades freely, as the user states them.
    tables : StatedTables
    book : Book or None
    """

    case: str
    title: str
    issuer: str
    security: str
    market: str
    programme_id: str
    designation_event: str
    own_programme: OwnProgramme | None = None
    record: str = ""
    also: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    unknowns: tuple[StatedUnknown, ...] = ()
    peers: tuple[str, ...] = ()
    technology_peers: tuple[str, ...] = ()
    other_lines: tuple[str, ...] = ()
    isins: tuple[str, ...] = ()
    prices_from: str = ""
    prices_to: str = ""
    note: str = ""
    public_at: pd.Timestamp | None = None
    leaked_at: pd.Timestamp | None = None
    hypothetical: bool = False
    prices: str | Path | MarketPanel = "bundled"
    benchmark_prices: str | Path | None = None
    currency: str = ""
    rates: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    decimal: str = ""
    date_format: str = ""
    shares_outstanding: Span | None = None
    free_float: Span | None = None
    tables: StatedTables = field(default_factory=StatedTables)
    book: Book | None = None

    def unknowns_at(self, as_of: AsOf = None) -> tuple[str, ...]:
        """What nobody could say, without what tells of a day after the instant; a day counts once it is over in New York."""
        at = None if as_of is None else parse_instant(as_of).tz_convert("America/New_York").tz_localize(None)
        told = (item for item in self.unknowns if at is None or item.known_on is None or item.known_on + pd.Timedelta(days=1) <= at)
        return tuple(item.text for item in told)

    @property
    def is_stated(self) -> bool:
        """Whether the user states the designation, rather than the fact base."""
        return not self.record

    @property
    def stated_at(self) -> pd.Timestamp:
        """Public instant of a designation that the user states.

        Raises
        ------
        InputError
            If the case stands on a row of the fact base, which has its own.
        """
        if self.public_at is None:
            raise InputError(f"case={self.case!r} stands on {self.record}, not on an instant that it states; read its listing.")
        return self.public_at

    @property
    def line_on_record(self) -> str:
        """The line as the fact base bears it: a code given to another issuer before the designation is of none of its rows."""
        return line_on_record(self.security, self.public_at)

    @property
    def ended_at(self) -> pd.Timestamp | None:
        """Instant at which a stated designation ended, by the first event of kind removal; None: not stated."""
        events = self.tables.events
        if events is None or not self.is_stated:
            return None
        gone = events.loc[(events["kind"] == "removal") & events["known_at"].notna(), "known_at"]
        return gone.min() if len(gone) else None

    @property
    def record_told_at(self) -> pd.Timestamp | None:
        """Instant at which the case tells its row of the fact base to have become public; None: as the row says."""
        events = self.tables.events
        if events is None or not self.record:
            return None
        own = events.loc[(events["fact"] == self.record) & events["known_at"].notna(), "known_at"]
        return own.iloc[0] if len(own) else None
