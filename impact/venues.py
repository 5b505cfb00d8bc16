"""Where a line trades: venues, their zones, and the ticker endings that name them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from impact.errors import InputError

__all__ = ["VENUES", "Venue", "known_venue", "venue_of"]


@dataclass(frozen=True, kw_only=True)
class Venue:
    """A place where a line trades: market identifier code, IANA zone, name, and whose calendar it follows."""

    mic: str
    zone: str
    name: str
    calendar: str


def _venue(mic: str, zone: str, name: str, calendar: str | None = None) -> Venue:
    return Venue(mic=mic, zone=zone, name=name, calendar=calendar or mic)


VENUES: Mapping[str, Venue] = {
    venue.mic: venue
    for venue in (
        _venue("XNYS", "America/New_York", "New York Stock Exchange"),
        _venue("XNAS", "America/New_York", "Nasdaq", "XNYS"),
        _venue("ARCX", "America/New_York", "NYSE Arca", "XNYS"),
        _venue("OTCM", "America/New_York", "US over the counter", "XNYS"),
        _venue("XHKG", "Asia/Hong_Kong", "Hong Kong Exchanges"),
        _venue("XSHG", "Asia/Shanghai", "Shanghai Stock Exchange"),
        # exchange_calendars has no Shenzhen; both mainland exchanges keep the same sessions and hours.
        _venue("XSHE", "Asia/Shanghai", "Shenzhen Stock Exchange", "XSHG"),
        _venue("XTAI", "Asia/Taipei", "Taiwan Stock Exchange"),
        _venue("XSES", "Asia/Singapore", "Singapore Exchange"),
        _venue("XKRX", "Asia/Seoul", "Korea Exchange"),
        _venue("XTKS", "Asia/Tokyo", "Tokyo Stock Exchange"),
        _venue("XLON", "Europe/London", "London Stock Exchange"),
        _venue("XETR", "Europe/Berlin", "Xetra"),
        _venue("XFRA", "Europe/Berlin", "Frankfurt Stock Exchange"),
        _venue("XAMS", "Europe/Amsterdam", "Euronext Amsterdam"),
        _venue("XPAR", "Europe/Paris", "Euronext Paris"),
        _venue("XSWX", "Europe/Zurich", "SIX Swiss Exchange"),
        _venue("XTSE", "America/Toronto", "Toronto Stock Exchange"),
        _venue("XASX", "Australia/Sydney", "Australian Securities Exchange"),
        _venue("XBOM", "Asia/Kolkata", "Bombay Stock Exchange"),
        _venue("XNSE", "Asia/Kolkata", "National Stock Exchange of India", "XBOM"),
        _venue("XMOS", "Europe/Moscow", "Moscow Exchange"),
    )
}

_SUFFIXES: Mapping[str, str] = {
    "HK": "XHKG",
    "SS": "XSHG",
    "SH": "XSHG",
    "SZ": "XSHE",
    "US": "XNYS",
    "TW": "XTAI",
    "SI": "XSES",
    "KS": "XKRX",
    "T": "XTKS",
    "L": "XLON",
    "DE": "XETR",
    "F": "XFRA",
    "AS": "XAMS",
    "PA": "XPAR",
    "SW": "XSWX",
    "TO": "XTSE",
    "AX": "XASX",
    "BO": "XBOM",
    "NS": "XNSE",
    "ME": "XMOS",
}
_INDEX_VENUES: Mapping[str, str] = {"HSI": "XHKG", "HSTECH": "XHKG", "HSCE": "XHKG", "HSCEI": "XHKG", "HSCCI": "XHKG"}


def venue_of(security: str) -> str:
    """Market identifier code of the venue on which a line trades, from the ending of its ticker.

    ``1810.HK`` and ``1810 HK`` trade in Hong Kong, ``600941.SS`` in Shanghai, ``002415.SZ`` in Shenzhen (which keeps
    Shanghai's calendar); a ticker without ending is a US line; ``HSI`` and its sisters follow Hong Kong.

    Raises
    ------
    InputError
        If the ending is unknown, or a bare number could belong to several venues.
    """
    text = str(security).strip().upper().removesuffix(" EQUITY").strip()
    if text.lstrip("^") in _INDEX_VENUES:
        return _INDEX_VENUES[text.lstrip("^")]
    body, separator, ending = text.rpartition("." if "." in text else " ")
    if separator and body.strip() and ending in _SUFFIXES:
        return _SUFFIXES[ending]
    if not separator and re.fullmatch(r"\^?[A-Z][A-Z0-9\-]*", text):
        return "XNYS"
    endings = ", ".join(f".{ending}" for ending in _SUFFIXES)
    raise InputError(f"security={security!r} does not say where it trades; end the ticker with one of {endings} (no ending: a US line).")


def known_venue(venue: str) -> Venue:
    """The venue of that market identifier code; InputError when there is none."""
    if venue not in VENUES:
        raise InputError(f"venue={venue!r} is unknown; choose one of: {', '.join(VENUES)}.")
    return VENUES[venue]
