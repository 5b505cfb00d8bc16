"""What a line is measured against: the index of its venue, and the baskets of peers that the prices hold."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from impact.bundled import read_bundled
from impact.calendars import VENUES
from impact.cases.definition import CaseDefinition
from impact.intake.currency_table import CURRENCY_TABLE

__all__ = [
    "FEWEST_IN_BASKET",
    "basket",
    "benchmark_names",
    "benchmarks_of",
    "quoted_currencies",
    "venue_benchmark",
    "venue_currency",
    "yahoo_symbol",
]

FEWEST_IN_BASKET = 3
"""A mean of fewer lines than this says more of its members than of the market."""


def basket(members: Iterable[str], priced: Iterable[str], *, without: Iterable[str] = ()) -> tuple[str, ...]:
    """The members that have prices and are not left out; empty where fewer than three are left."""
    held, refused = set(priced), set(without)
    kept = tuple(name for name in members if name in held and name not in refused)
    return kept if len(kept) >= FEWEST_IN_BASKET else ()


def benchmarks_of(definition: CaseDefinition, priced: Iterable[str]) -> dict[str, str | tuple[str, ...]]:
    """Benchmarks of a case by name, nearest in trade last: the index, then each basket of which three lines have prices."""
    held = list(priced)
    chosen: dict[str, str | tuple[str, ...]] = {definition.market: definition.market}
    for name, members in (("peers", definition.peers), ("technology peers", definition.technology_peers)):
        kept = basket(members, held)
        if kept:
            chosen[f"{len(kept)} {name}"] = kept
    return chosen


def _table() -> pd.DataFrame:
    return read_bundled("benchmarks")


def venue_benchmark(venue: str, priced: Iterable[str] | None = None) -> tuple[str, str]:
    """The benchmark of a venue and what to know about it; of those with prices the first, both empty where none has.

    Parameters
    ----------
    venue : str
        Market identifier code.
    priced : iterable of str, optional
        Securities with prices; None takes the first choice.
    """
    table = _table()
    own = table[table["venue"] == venue]
    if priced is not None:
        held = set(priced)
        own = own[own["security"].isin(held) | own["yahoo"].isin(held)]
        if len(own) and own["security"].iloc[0] not in held:
            return str(own["yahoo"].iloc[0]), str(own["note"].iloc[0])
    return (str(own["security"].iloc[0]), str(own["note"].iloc[0])) if len(own) else ("", "")


def venue_currency(venue: str) -> str:
    """Currency in which the lines of a venue are quoted; empty where prices come in the currency and in a part of it alike."""
    usual, *part = quoted_currencies(venue)
    return "" if part else usual


def quoted_currencies(venue: str) -> tuple[str, ...]:
    """Currency in which the lines of a venue are quoted, and the part of it where prices come in both.

    Examples
    --------
    >>> quoted_currencies("XJSE"), quoted_currencies("XKUW"), quoted_currencies("XHKG")
    (('ZAR', 'ZAc'), ('KWD', 'KWF'), ('HKD',))
    """
    usual = VENUES[venue].currency
    known = CURRENCY_TABLE.get(usual)
    return (usual,) if known is None else (usual, *list(known.parts)[:1])


def benchmark_names(security: str) -> tuple[str, ...]:
    """How providers and facts call a benchmark, whichever of its symbols is given."""
    table = _table()
    return tuple(dict.fromkeys(table.loc[(table["security"] == security) | (table["yahoo"] == security), "name"]))


def yahoo_symbol(security: str) -> str:
    """How Yahoo spells a benchmark; any other line is spelled as it is."""
    table = _table()
    own = table.loc[table["security"] == security, "yahoo"]
    return str(own.iloc[0]) if len(own) else security
