"""The words that questions about the law are asked in, and how a security is named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

import pandas as pd

from impact.errors import InputError
from impact.identifiers import is_valid
from impact.screening.spellings import spelled_venue
from impact.tickers import normalise_ticker
from impact.venues import VENUES, venue_of

__all__ = [
    "ABROAD",
    "ACTIONS",
    "COUNTRY_WIDE",
    "INSTRUMENTS",
    "INVESTORS",
    "INVESTOR_TITLES",
    "LAW_NOT_ON_RECORD",
    "PHASES",
    "READ_AS",
    "STATUSES",
    "US_INVESTORS",
    "checked_word",
    "country_of",
    "day_start",
    "fits",
    "is_pattern",
    "line_key",
    "lines_of",
    "with_readers",
]

ACTIONS = ("buy", "sell", "sell_to_divest", "hold", "reinvest_dividend", "receive_dividend", "convert_adr", "clear_for_non_us", "exercise")
"""What one may want to do. ``sell`` is any sale, ``sell_to_divest`` one made solely to shed what was held when a ban began."""

READ_AS = {"state_pension_fund": "us_person", "dod_contractor": "us_person", "eu_person": "non_us_person", "uk_person": "non_us_person"}
"""Investors that the texts of another bind, beside duties of their own (``investor_duties.csv``) or a law of their own."""

INVESTORS = ("us_person", "us_intermediary", "us_exchange", "us_employee_abroad", "non_us_person", *READ_AS)
"""Who acts. ``us_intermediary``: broker, custodian or market maker; ``us_employee_abroad``: US person employed by a non-US firm;
``state_pension_fund``: public fund of a US state; ``dod_contractor``: US firm that sells to the Department of Defense;
``eu_person``, ``uk_person``: bound by lists of the European Union or the United Kingdom, of which none is on record."""

ABROAD = ("non_us_person", *(name for name, read_as in READ_AS.items() if read_as == "non_us_person"))
"""Investors outside the United States."""

INVESTOR_TITLES = {
    "us_person": "US persons",
    "us_intermediary": "US intermediaries",
    "us_exchange": "US exchanges",
    "us_employee_abroad": "US persons employed abroad",
    "non_us_person": "non-US persons",
    "state_pension_fund": "public funds of US states",
    "dod_contractor": "contractors of the Department of Defense",
    "eu_person": "EU persons",
    "uk_person": "UK persons",
}
"""What each class of investor is called in a sentence."""

US_INVESTORS = tuple(name for name in INVESTORS if name not in ABROAD)

LAW_NOT_ON_RECORD = {"eu_person": "the European Union", "uk_person": "the United Kingdom"}
"""Investors whom lists of an authority bind that the fact base does not hold."""

INSTRUMENTS = ("equity", "bond", "adr", "gdr", "warrant", "option", "future", "swap", "etf", "index_fund", "mutual_fund")
"""What is traded: the line itself or an instrument with exposure to it."""

STATUSES = ("allowed", "prohibited", "unknown", "not_listed")
"""``not_listed``: no programme on record names or reaches the issuer; that is no permission under any other list."""

PHASES = ("unlisted", "before_ban", "window", "after_window", "removed", "listed", "depository", "licensed")
"""Where an instant falls on the clock of a name. Programmes without a clock know ``listed``, and ``depository`` for what is
held at a blocked depository. ``unlisted``: on a list of the same orders at another time, not on this one. ``licensed``: what a licence
frees and may yet not reach."""

COUNTRY_WIDE = ("*.ME", "RU[0-9A-Z]?????????")
"""Lines and identifiers of a country whose issuers are under programmes by where they are: the line does not tell whose it is."""


def country_of(key: str) -> str:
    """Country of a line by its venue, or of an ISIN by its beginning; empty for anything else.

    Examples
    --------
    >>> country_of("0941.HK"), country_of("CNE1000041W8"), country_of("XIAOMI CORPORATION")
    ('HK', 'CN', '')
    """
    if is_valid(key, "isin"):
        return key[:2]
    try:
        return VENUES[venue_of(key)].country if "." in key else ""
    except InputError:
        return ""


def day_start(text: str) -> pd.Timestamp | None:
    """First instant of a day in New York, in UTC; None for an empty cell."""
    return pd.Timestamp(text, tz="America/New_York").tz_convert("UTC").as_unit("ns") if text else None


def with_readers(investors: Iterable[str]) -> frozenset[str]:
    """These investors, and those that are read as one of them."""
    named = frozenset(investors)
    return named | {reader for reader, read_as in READ_AS.items() if read_as in named}


def checked_word(value: str, words: Sequence[str], parameter: str) -> str:
    """`value` when it is one of `words`; InputError that lists them otherwise."""
    if value not in words:
        raise InputError(f"{parameter}={value!r} is unknown; choose one of: {', '.join(words)}.")
    return value


def line_key(text: str) -> str:
    """One spelling for a trading line or an identifier: ``941 HK``, ``HKG:0941`` and ``00941.HK`` all give ``0941.HK``."""
    return _line_key(" ".join(str(text).upper().split()))


@lru_cache(maxsize=1 << 16)
def _line_key(words: str) -> str:
    line = normalise_ticker(words)
    if line is None or not line.yahoo:
        code, venue = spelled_venue(words)
        line = normalise_ticker(code, exchange=venue)
    return line.yahoo if line is not None and line.yahoo else words


def is_pattern(text: str) -> bool:
    """Whether a key stands for many lines or identifiers, such as ``*.ME``."""
    return "*" in text or "?" in text


def fits(key: str, pattern: str) -> bool:
    """Whether a line or an identifier falls under a pattern: ``*`` stands for any run of signs, ``?`` for one."""
    return fnmatchcase(key, pattern)


def lines_of(text: str) -> tuple[str, ...]:
    """Trading lines of a cell that holds lines joined by semicolons, such as ``CHL;0941.HK``, each once in one spelling."""
    return tuple(dict.fromkeys(line_key(part) for part in text.split(";") if part.strip()))
