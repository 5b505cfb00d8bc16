"""The record of a nested file that is of the security itself, where its name is none that is known (``contract.symbol``)."""

from __future__ import annotations

from collections.abc import Sequence

from impact.holdings.heading_vocabulary import readings_of
from impact.intake.headings import record_words, says_something_else

__all__ = ["under_security"]

_CODES = frozenset(("ticker", "isin", "cusip", "sedol", "figi"))
_SECURITY = "security"
_OF_ANOTHER = frozenset(
    ("fund", "funds", "etf", "tracker", "trust", "portfolio", "account", "client", "depot", "sector", "industry", "group", "category", "class", "theme", "index",
     "indices", "issuer", "ultimate", "obligor", "guarantor", "debtor", "borrower", "lender", "owner", "holder", "manager", "advisor", "adviser", "agent",
     "trustee", "sponsor", "registrar", "depositary", "depository", "subsidiary", "affiliate", "affiliates", "related", "peer", "peers", "competitor", "partner",
     "company", "entity", "bank", "pledge", "pledged", "margin", "loan", "lending", "repo", "hedge", "hedged", "derivative", "deliverable", "delivery", "leg", "legs",
     "swap", "option", "future", "warrant", "right", "rights", "conversion", "converted", "convertible", "into", "basket", "strategy", "reference", "ref", "proxy",
     "old", "former", "next", "new", "replacement", "replaced", "substitute", "successor", "predecessor", "merger", "acquirer", "spin", "spinoff", "exchange",
     "market", "venue", "country", "currency", "cash", "sweep", "order", "trade", "transaction", "quote", "rating", "region", "team", "user", "vendor", "source",
     "suggested", "recommended", "watch", "watchlist", "alert", "comparison", "similar", "alternative", "parentage", "settlement")
)  # fmt: skip
"""Words of records that hold the code of another than what is held."""


def under_security(headings: Sequence[str]) -> list[str]:
    """Headings with the one record that has codes, where nothing else names a security, under a name that is known; as they are where it is none.

    Examples
    --------
    >>> under_security(["contract.symbol", "contract.currency", "position"])
    ['security.symbol', 'security.currency', 'position']
    >>> under_security(["parent.symbol", "position"]), under_security(["contract.symbol", "isin"])
    (['parent.symbol', 'position'], ['contract.symbol', 'isin'])
    """
    given = list(headings)
    told = [readings_of(heading)[:1] for heading in given]
    if any(readings and readings[0][0] in (*_CODES, "name", "identifier", "symbol_or_code") for readings in told):
        return given
    paths = [heading.rpartition(".")[::2] for heading in given]
    records = {
        record
        for (record, last), readings in zip(paths, told, strict=True)
        if record and not readings and not any(map(str.isspace, record)) and [name for name, _ in readings_of(last)[:1] if name in _CODES]
    }
    record = records.pop() if len(records) == 1 else ""
    words = record_words(record)
    if not record or says_something_else(" ".join(words)) or not _OF_ANOTHER.isdisjoint(words):
        return given
    return [f"{_SECURITY}{heading[len(record) :]}" if heading.startswith(f"{record}.") else heading for heading in given]
