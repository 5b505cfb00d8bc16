"""What a heading of a holdings file may mean, by the table of headings (`data/headings.csv`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from impact.bundled import read_bundled
from impact.intake.headings import (
    heading_ends,
    heading_halves,
    heading_key,
    heading_readings,
    heading_spellings,
    held_in_brackets,
    may_be_heading,
)

__all__ = ["BY_CELLS", "Reading", "is_bare_total", "is_by_end", "readings_of"]

Reading = tuple[str, int]
_BY_END = 1 << 15
"""Rank of what the end of a heading tells and the whole of it does not: behind every heading that is known whole."""
BY_CELLS = 1 << 16
"""Rank of what the cells of a column tell and its heading does not: behind every heading that is known."""
_CODES = frozenset(("isin", "cusip", "sedol", "figi", "identifier", "symbol_or_code"))
"""Fields that the cells confirm by their form."""

_PARTS = frozenset(["permille", "promille", "bps", "bp"])
_IN = frozenset(["in", "en", "em", "per", "w", "à"])


@lru_cache(maxsize=1)
def _vocabulary() -> Mapping[str, tuple[Reading, ...]]:
    """Key of a heading -> its readings, as field and rank; the earlier row of the table is the better reading."""
    table = read_bundled("headings")
    known: dict[str, list[Reading]] = {}
    for rank, (name, heading) in enumerate(zip(table["field"], table["heading"], strict=True)):
        for spelling in heading_spellings(heading):
            readings = known.setdefault(heading_key(spelling), [])
            if name not in {field for field, _ in readings}:
                readings.append((name, rank))
    return {key: tuple(readings) for key, readings in known.items()}


@lru_cache(maxsize=1 << 14)
def readings_of(heading: str) -> tuple[Reading, ...]:
    """The fields that a heading may name, each with its rank, the likeliest first."""
    if heading.isascii() and "%" not in heading and not may_be_heading(heading):
        return ()  # most cells asked are those of the lines below a header
    known = _vocabulary()
    told = next((known[reading] for reading in heading_readings(heading) if reading in known), None)
    if told is None and (share := _without_parts(heading)):
        return tuple(reading for reading in readings_of(share) if reading[0] == "weight")
    return told if told is not None else _by_end(heading)


def _by_end(heading: str) -> tuple[Reading, ...]:
    """What the end of a heading tells whose whole is not known, behind all that whole headings tell."""
    known = _vocabulary()
    ends = (reading for end in heading_ends(heading) for reading in heading_readings(end))
    told = next((known[reading] for reading in ends if reading in known), ())
    if not told:
        coded = (known.get(heading_key(held), ()) for held in held_in_brackets(heading))
        told = next((readings for readings in coded if readings and readings[0][0] in _CODES), ())
    return tuple((name, rank + _BY_END) for name, rank in told or _of_halves(heading_halves(heading)))


def _of_halves(halves: Sequence[str]) -> Sequence[Reading]:
    """The readings that all halves of a heading have (``Menge | Quantity``): a half alone may say of what the other is."""
    told = [readings_of(half) for half in halves]
    return [reading for reading in told[0] if all(reading[0] in dict(other) for other in told)] if told else ()


def is_by_end(reading: Reading) -> bool:
    """Whether the end of a heading tells a reading, and not the whole of it."""
    return _BY_END <= reading[1] < BY_CELLS


def _without_parts(heading: str) -> str:
    """A heading without the parts of a whole that it ends on (``Gewicht in ‰``); empty where it ends on none."""
    words = heading.split()
    if not words or heading_key(words[-1].replace("‰", "permille").replace("‱", "bps")) not in _PARTS:
        return ""
    return " ".join(words[: -2 if len(words) > 2 and words[-2].lower() in _IN else -1])


def is_bare_total(heading: str) -> bool:
    """Whether a heading says nothing but ``Total`` (beside a currency): it may be of gains, of costs or of shares as well as of values."""
    known = _vocabulary()
    return next((reading for reading in heading_readings(heading) if reading in known), "") == "total"
