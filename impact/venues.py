"""Where a line trades: venues with their zone, calendar and currency, and the spellings that name them (`data/venues.csv`)."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from impact.errors import InputError

__all__ = ["MAINLAND_ENDINGS", "VENUES", "Venue", "is_index", "is_terminal_code", "known_venue", "line_venue", "named_venue", "venue_of"]


@dataclass(frozen=True, kw_only=True)
class Venue:
    """A place where a line trades.

    Attributes
    ----------
    mic : str
        Market identifier code (ISO 10383).
    zone : str
        IANA zone.
    name : str
    calendar : str
        Whose calendar it follows, as exchange_calendars names it; empty where that has none, so its sessions are not known.
    country : str
        ISO 3166.
    currency : str
        ISO 4217 code in which its lines are quoted as a rule.
    yahoo : str
        Ending of the Yahoo symbols of its lines, without the dot; empty in the United States.
    endings : tuple of str
        Endings after a dot that name it: Yahoo's first, then those of other vendors.
    terminal : tuple of str
        Two letters after a space that name it on terminals and in official lists.
    spellings : tuple of str
        Names in use, in capitals and without signs.
    indices : tuple of str
        Names of its indices, without the caret.
    opens, closes : str
        Usual local hours of trade, such as ``10:00``, of a venue without a calendar; empty for the others, whose calendar has them.
    """

    mic: str
    zone: str
    name: str
    calendar: str
    country: str
    currency: str
    yahoo: str = ""
    endings: tuple[str, ...] = ()
    terminal: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()
    indices: tuple[str, ...] = ()
    opens: str = ""
    closes: str = ""


class _Venues(Mapping[str, Venue]):
    """The venues by market identifier code, read from the table on first use."""

    def __getitem__(self, mic: str) -> Venue:
        return _table()[mic]

    def __iter__(self) -> Iterator[str]:
        return iter(_table())

    def __len__(self) -> int:
        return len(_table())


VENUES: Mapping[str, Venue] = _Venues()

# First digit of a mainland code: Shanghai 5, 6, 9; Shenzhen 0, 1, 2, 3; Beijing 4, 8.
_MAINLAND: Mapping[str, str] = {**dict.fromkeys("569", "XSHG"), **dict.fromkeys("0123", "XSHE"), **dict.fromkeys("48", "BJSE")}
# Endings of a numeric code that name the mainland and not one of its exchanges ("CN" and "CH" after letters are others).
MAINLAND_ENDINGS = frozenset(["CN", "CH", "C1", "C2", "CG", "CS"])


@cache
def _table() -> Mapping[str, Venue]:
    text = resources.files("impact.data").joinpath("venues.csv").read_text(encoding="utf-8")
    venues = {}
    for row in csv.DictReader(text.splitlines()):
        several = {name: tuple(filter(None, row[name].split(";"))) for name in ("other_endings", "terminal", "spellings", "indices")}
        endings = tuple(filter(None, (row["yahoo"], *several["other_endings"])))
        venues[row["mic"]] = Venue(
            mic=row["mic"],
            zone=row["zone"],
            name=row["name"],
            calendar=row["calendar"],
            country=row["country"],
            currency=row["currency"],
            yahoo=row["yahoo"],
            endings=endings,
            terminal=several["terminal"],
            spellings=several["spellings"],
            indices=several["indices"],
            opens=row["opens"],
            closes=row["closes"],
        )
    return venues


def _first_by(names: Callable[[Venue], tuple[str, ...]]) -> dict[str, str]:
    """The first venue of the table that each name belongs to."""
    return {name: venue.mic for venue in reversed(list(VENUES.values())) for name in names(venue)}


@cache
def _by_ending() -> Mapping[str, str]:
    return _first_by(lambda venue: venue.endings)


@cache
def _by_terminal() -> Mapping[str, str]:
    return _first_by(lambda venue: venue.terminal)


@cache
def _by_index() -> Mapping[str, str]:
    return _first_by(lambda venue: venue.indices)


@cache
def _by_spelling() -> Mapping[str, str]:
    return _first_by(lambda venue: (venue.mic, plain_name(venue.name), *venue.spellings))


def is_terminal_code(letters: str) -> bool:
    """Whether two capitals stand for one venue wherever they are met: ``HK`` and ``LN``, and not ``PA`` or ``IT``, which are others elsewhere."""
    mic = _by_terminal().get(letters, "")
    if not mic:
        return False
    elsewhere = letters in {venue.country for venue in VENUES.values()} or letters in _by_ending()
    return VENUES[mic].country == letters or not elsewhere


def plain_name(text: str) -> str:
    """A name in capitals, its signs as single spaces."""
    return " ".join(re.sub(r"[^A-Z0-9]+", " ", text.upper()).split())


@cache
def named_venue(text: str) -> str:
    """Market identifier code of the venue that a name or code speaks of; empty when it names none.

    A whole name counts before a part: of the known names that stand in `text` as whole words, the longest decides.

    Examples
    --------
    >>> named_venue("Nasdaq Omx Nordic"), named_venue("NASDAQ"), named_venue("XKRX"), named_venue("Mars Exchange")
    ('XSTO', 'XNAS', 'XKRX', '')
    """
    name = plain_name(text)
    known = _by_spelling()
    if name in known:
        return known[name]
    padded = f" {name} "
    inside = [spelling for spelling in known if f" {spelling} " in padded]
    return known[max(inside, key=len)] if inside else ""


def line_venue(code: str, ending: str, *, dotted: bool) -> str:
    """Market identifier code of the venue that the ending of a ticker names; empty when it names none.

    Parameters
    ----------
    code : str
        What stands before the ending, in capitals: ``CN``, ``CH`` and ``SS`` mean the mainland after digits only.
    ending : str
    dotted : bool
        Whether a dot separates them (Yahoo, Reuters), else a space (terminals, official lists) or nothing.
    """
    if code.isdigit() and ending in MAINLAND_ENDINGS and not dotted:
        return _MAINLAND.get(code.zfill(6)[0], "")
    if dotted or (code.isdigit() and ending in ("SS", "SH", "SZ")):
        return _by_ending().get(ending, "")
    after_digits = _by_ending().get(ending, "") if len(ending) > 1 and any(sign.isdigit() for sign in code) else ""
    return _by_terminal().get(ending, "") or after_digits  # "MERCK CO", "NESTLE SA": after a space and letters most endings are a firm's


def is_index(name: str) -> bool:
    """Whether a name is that of an index on record, with or without its sign: ``^GSPC``, ``SPX``.

    Examples
    --------
    >>> is_index("^GSPC"), is_index("spx"), is_index("^NEW"), is_index("SPY")
    (True, True, True, False)
    """
    text = str(name).strip().upper()
    return text.startswith("^") or text in _by_index()


def venue_of(security: str) -> str:
    """Market identifier code of the venue on which a line trades, from the ending of its ticker.

    ``1810.HK`` and ``1810 HK`` trade in Hong Kong, ``600941.SS`` in Shanghai, ``002415.SZ`` in Shenzhen (which keeps
    Shanghai's calendar); a ticker without ending is a US line; ``HSI`` and its sisters follow Hong Kong, ``^N225`` Tokyo.

    Raises
    ------
    InputError
        If the ending is unknown, the index is unknown, or a bare number could belong to several venues.
    """
    given = str(security).strip()
    given = given[: -len(" EQUITY")].strip() if given.upper().endswith(" EQUITY") else given
    text = given.upper()
    if text.lstrip("^") in _by_index():
        return _by_index()[text.lstrip("^")]
    dotted = "." in text
    body, separator, ending = text.rpartition("." if dotted else " ")
    spelled = dotted or (" " not in body.strip() and given in (text, given.lower()))  # "Ford Motor Co" is a name
    if separator and body.strip() and spelled and (venue := line_venue(body.strip(), ending, dotted=dotted)):
        return venue
    if not separator and re.fullmatch(r"[A-Z][A-Z0-9\-]*", text):
        return "XNYS"
    if text.startswith("^"):
        raise InputError(f"security={security!r} is an index of no known venue; name one of the venue's lines, or its benchmark.")
    endings = ", ".join(f".{ending}" for ending in _by_ending())
    raise InputError(f"security={security!r} does not say where it trades; end the ticker with one of {endings} (no ending: a US line).")


def known_venue(venue: str) -> Venue:
    """The venue of that market identifier code; InputError when there is none."""
    if venue not in VENUES:
        raise InputError(f"venue={venue!r} is unknown; choose one of: {', '.join(VENUES)}.")
    return VENUES[venue]
