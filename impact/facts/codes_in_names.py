"""Codes and days that stand in the name of an issuer, where no heading says what they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from impact.facts.names import STOP_WORDS
from impact.identifiers import IdentifierKind, identifier_kind
from impact.intake.dates import is_bare_date

__all__ = ["code_behind_mark", "codes_within"]

_CUTS = (";", "\t", "|")
"""What may divide the columns of a table, beside a comma."""
_BREAKS = (" - ", " – ", " — ", "(", ")", "[", "]", "（", "）")
_AROUND = "()[]{}<>:;,.'\"\u2018\u2019\u201c\u201d"
_FEWEST = 4


def code_behind_mark(name: str) -> str:
    """The first part of a name behind a mark that may divide columns and of the form of a code, a ticker or a day; empty where there is none.

    Examples
    --------
    >>> [code_behind_mark(name) for name in ("Qorvex Holdings,KYG9999T1064", "Qorvex Holdings, Ltd.", "Qorvex;9999 HK", "Qorvex, 3M")]
    ['KYG9999T1064', '', '9999 HK', '']
    """
    return next((part for part in _divided(name, _CUTS)[1:] if _is_code(part)), "")


def codes_within(name: str) -> Iterator[str]:
    """The words of a name whose form and check digit are those of an ISIN, LEI, FIGI or CUSIP, and its parts that are tickers of a venue.

    Examples
    --------
    >>> list(codes_within("Qorvex (KYG9999T1064)")), list(codes_within("Qorvex - 9999 HK")), list(codes_within("Qorvex (3M)"))
    (['KYG9999T1064'], ['9999 HK'], [])
    """
    for part in _divided(name, _BREAKS):
        if any(map(str.isdigit, part)) and identifier_kind(part) == IdentifierKind.TICKER:
            yield part
    for word in name.split():
        bare = word.strip(_AROUND)
        if len(bare) > _FEWEST and any(map(str.isdigit, bare)) and identifier_kind(bare).value in ("isin", "lei", "figi", "cusip"):
            yield bare


def _divided(name: str, marks: Sequence[str]) -> list[str]:
    for mark in marks:
        name = name.replace(mark, ",")
    return [part.strip() for part in name.split(",")]


def _is_code(part: str) -> bool:
    if is_bare_date(part):
        return True
    if any(map(str.isdigit, part)):
        is_token = part.isalnum() and part.isascii() and part == part.upper() and len(part) >= _FEWEST
        return is_token or identifier_kind(part) != IdentifierKind.UNKNOWN
    first = part.replace(".", " ").split()[:1]
    spelt = part == part.upper() and len("".join(first)) > 1 and first[0] not in STOP_WORDS
    return spelt and identifier_kind(part) == IdentifierKind.TICKER
