"""What a case is: one designation of one trading line, with what is known of it before any estimate is seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

import pandas as pd

from impact.bundled import read_bundled
from impact.errors import InputError
from impact.market import MarketPanel

__all__ = ["AsOf", "Book", "CaseDefinition", "Span", "StatedTables", "case_names", "define_case"]

AsOf: TypeAlias = str | pd.Timestamp | None
"""Instant whose knowledge is used, with its zone; None is everything on record."""

Span: TypeAlias = tuple[float, float]
"""Least and most of a figure that is known as a range."""


@dataclass(frozen=True, eq=False, kw_only=True)
class StatedTables:
    """Tables that a user brings, checked and typed; None where the fact base answers alone.

    Attributes
    ----------
    events : DataFrame or None
        Later events: label, kind, known_at, outcome, source.
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
    designation_event : str
        Event of the case whose reaction session is day 0 of the whole study.
    peers, technology_peers : tuple of str
        Baskets that stand in for the market without the target; neither holds a listed or rumoured name.
    prices_from, prices_to : str
        ISO dates of the prices to ask a provider for: a year before the designation to after the last event studied;
        empty: all there is.
    note : str
        Why these peers.
    public_at, leaked_at : Timestamp or None
        Instant at which a designation stated by the user became public, and of its first public report; None: on record.
    hypothetical : bool
        Whether the stated designation is a supposition.
    prices : path, "bundled", "yahoo" or MarketPanel
        Where its prices come from.
    currency : str
        Currency of the line's prices; empty: as the prices say, else that of its venue.
    rates : mapping of currency to float
        Price of one unit of a currency in the currency of the line, such as ``{"USD": 1380.0}`` for a line in won.
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
    peers: tuple[str, ...] = ()
    technology_peers: tuple[str, ...] = ()
    prices_from: str = ""
    prices_to: str = ""
    note: str = ""
    public_at: pd.Timestamp | None = None
    leaked_at: pd.Timestamp | None = None
    hypothetical: bool = False
    prices: str | Path | MarketPanel = "bundled"
    currency: str = ""
    rates: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    shares_outstanding: Span | None = None
    free_float: Span | None = None
    tables: StatedTables = field(default_factory=StatedTables)
    book: Book | None = None

    @property
    def is_stated(self) -> bool:
        """Whether the user states the designation, rather than the fact base."""
        return self.public_at is not None


def case_names() -> list[str]:
    """Names of the cases that ship with the package."""
    return sorted(read_bundled("cases")["case"])


def define_case(name: str) -> CaseDefinition:
    """The definition of one case that ships with the package.

    Raises
    ------
    InputError
        If there is no case of that name.
    """
    table = read_bundled("cases").set_index("case", drop=False)
    if name not in table.index:
        raise InputError(
            f"case={name!r} is not known; choose one of: {', '.join(case_names())}; or give a case file, which `impact new` writes."
        )
    row = table.loc[name].to_dict()
    lists = {column: tuple(row[column].split()) for column in ("peers", "technology_peers")}
    return CaseDefinition(**(row | lists))
