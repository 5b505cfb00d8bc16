"""What a heading of a holdings file may mean, by the table of headings (`data/headings.csv`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from impact.bundled import read_bundled
from impact.intake.headings import heading_key, heading_readings, may_be_heading

__all__ = ["Reading", "is_bare_total", "readings_of"]

Reading = tuple[str, int]

_PARTS = frozenset(["permille", "promille", "bps", "bp"])
_IN = frozenset(["in", "en", "em", "per", "w", "à"])


@lru_cache(maxsize=1)
def _vocabulary() -> Mapping[str, tuple[Reading, ...]]:
    """Key of a heading -> its readings, as field and rank; the earlier row of the table is the better reading."""
    table = read_bundled("headings")
    known: dict[str, list[Reading]] = {}
    for rank, (name, heading) in enumerate(zip(table["field"], table["heading"], strict=True)):
        readings = known.setdefault(heading_key(heading), [])
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
    return told or ()


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
