"""Why a line or a code does not tell whose it is, so that its absence from every list says nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

import pandas as pd

from impact.bundled import read_bundled
from impact.errors import InputError
from impact.venues import venue_of

__all__ = ["DOUBTS", "EVER", "FUNDS", "ISSUER_ON_RECORD", "RECEIPTS", "LineDoubt", "code_doubt", "doubt_rule", "instrument_doubt"]

DOUBTS: Mapping[str, str] = {
    "no_table": "give a line with its venue, or a code of the table of lines",
    "script": "it is written in letters in which no name is on record; give the name in Latin letters as a list writes it, a line or an ISIN",
    "country": "a line of Moscow or a Russian code may be of any issuer there; look up its issuer",
    "country_lists": "its issuer is on record, but of the US lists on issuers of its country only some names are; look it up on the SDN and sectoral lists",
    "share_class": "its code differs from that of a listed issuer by the share class or the counter alone; look up its issuer",
    "stated": "it may be another line of the issuer whose designation is stated, of which no table knows the lines; look up its issuer",
    "foreign": "its venue quotes foreign shares under codes of its own, so it may be a line of a listed issuer; give its ISIN or its home line",
    "fund": "its code is of a fund: any share of a listed name in it counts; ask about what it holds",
    "debt": "its code is of debt, which does not tell the issuer; ask by the name of the issuer",
    "structured": "its code is of a warrant or certificate on something else; ask about what stands behind it",
    "reissued": "its line stopped, and its code is now that of another issuer; ask by its ISIN or by the home line of the issuer",
    "fund_holdings": "what the fund holds is not given: any share of a listed name in it counts; ask about its holdings",
    "receipt": "whose shares stand behind this receipt is on no table; ask by the home line of the issuer",
}
"""Code of a doubt -> what to look up."""

ISSUER_ON_RECORD = frozenset({"country_lists"})
"""Doubts that do not lie in whose the line is."""

EVER = pd.Timestamp.min.tz_localize("UTC")
"""From when a doubt holds that rests on no listing."""


@dataclass(frozen=True, kw_only=True)
class LineDoubt:
    """A doubt, as a code of :data:`DOUBTS`, and the instant from which it holds."""

    code: str
    from_at: pd.Timestamp = EVER


FUNDS = frozenset({"etf", "index_fund", "mutual_fund"})
RECEIPTS = frozenset({"adr", "gdr"})


@cache
def _ranges() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Venue -> codes (a glob or a range of numbers) and their kind, in the order of the table."""
    ranges: dict[str, tuple[tuple[str, str], ...]] = {}
    for mic, codes, kind in read_bundled("venue_codes")[["mic", "codes", "kind"]].itertuples(index=False):
        ranges[mic] = (*ranges.get(mic, ()), *((part, kind) for part in codes.split(";")))
    return ranges


def _within(code: str, codes: str) -> bool:
    low, dash, high = codes.partition("-")
    if not (dash and low.isdigit()):
        return fnmatchcase(code, codes)
    return code.isdigit() and len(low) <= len(code) <= len(high) and int(low) <= int(code) <= int(high)


def code_doubt(line: str, *, in_us: bool = False) -> str:
    """Doubt about a line that no table knows, by its venue and code (``venue_codes.csv``); empty where there is none.

    `in_us` says that a line without an ending is one of the United States; else it is a bare word.

    Examples
    --------
    >>> code_doubt("0005.HK"), code_doubt("2800.HK"), code_doubt("510300.SS"), code_doubt("CTM.F"), code_doubt("ACME")
    ('', 'fund', 'fund', 'foreign', 'no_table')
    >>> code_doubt("中芯国际"), code_doubt("ЛУКОЙЛ")
    ('script', 'script')
    >>> code_doubt("ACME", in_us=True), code_doubt("ACMEF", in_us=True)
    ('', 'foreign')
    """
    code, point, _ = line.partition(".")
    try:
        venue = venue_of(line) if point else "XNYS" if in_us else ""
    except InputError:
        venue = ""
    if not venue:
        return "script" if any(letter.isalpha() and not unicodedata.name(letter, "").startswith("LATIN") for letter in line) else "no_table"
    return next((kind for codes, kind in _ranges().get(venue, ()) if _within(code, codes)), "")


def instrument_doubt(instrument: str, *, on_record: bool) -> str:
    """Doubt that lies in the instrument: what a fund holds, and what stands behind a receipt of a line on no table.

    Examples
    --------
    >>> instrument_doubt("etf", on_record=True), instrument_doubt("gdr", on_record=False), instrument_doubt("gdr", on_record=True)
    ('fund_holdings', 'receipt', '')
    """
    if instrument in FUNDS:
        return "fund_holdings"
    return "receipt" if instrument in RECEIPTS and not on_record else ""


def doubt_rule(doubt: str) -> str:
    """Why no list names a security and that says nothing, as a sentence."""
    told = "No programme of the fact base names this security at this instant"
    told += "" if doubt in ISSUER_ON_RECORD else ", and whose it is was not established"
    return f"{told}: {DOUBTS[doubt]}; that is no clearance."
