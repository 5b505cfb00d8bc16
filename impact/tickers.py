"""Ticker lines: one spelling for the many ways in which terminals, lists and fund files write an exchange code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.venues import MAINLAND_ENDINGS, VENUES, is_terminal_code, line_venue, named_venue

__all__ = ["TickerLine", "normalise_ticker", "normalise_tickers"]


@dataclass(frozen=True, kw_only=True, order=True)
class TickerLine:
    """One trading line of a security, in one spelling.

    Parameters
    ----------
    code : str
        Exchange code without padding in Hong Kong (``941``), six digits in mainland China (``002415``), else as traded.
    country : str
        ISO 3166 country of the venue, empty when the text does not say.
    yahoo : str
        The Yahoo symbol (``0941.HK``), empty when the venue is not known.
    """

    code: str
    country: str = ""
    yahoo: str = ""

    def __post_init__(self) -> None:
        if not self.code or self.code != self.code.strip().upper():
            raise InputError(f"code={self.code!r} must be a non-empty upper-case exchange code; pass raw text to normalise_ticker.")

    def __str__(self) -> str:
        return f"{self.code} {self.country}".strip()


_OF_SHARES = re.compile(r" (EQUITY|PFD)$")
_POINT_ZERO = re.compile(r"^(\d+)\.0+$")
_DOTTED = re.compile(r"([A-Z0-9\-]+)\.([A-Z]{1,3})")
_SPACED, _JOINED = re.compile(r"(.+) ([A-Z][A-Z0-9])"), re.compile(r"(\d{4,6})(HK|CN|CH)")
_NOT_SHARES = re.compile(r" (CURNCY|INDEX|COMDTY|CORP|GOVT|MTGE|MUNI|M-MKT)$")
# Where every code is a number: letters before the country are words of a name (UNICOM HK).
_NUMERIC_ONLY = frozenset({"HK", "CN"})
_NOT_A_TICKER = frozenset({"", "-", "--", "N/A", "NAN", "NONE", "NULL", "<NA>"})


def normalise_ticker(text: str, *, exchange: str = "", location: str = "") -> TickerLine | None:
    """One trading line from any common spelling of its ticker; None when the text names no line.

    Understood are terminal tickers (``941 HK``, ``002415 CH Equity``, ``600519 C1 Equity``), the spellings of official lists
    (``0728 HK``, ``00317  HK``, ``601390 CN``, ``603019CN``), Yahoo and Reuters symbols (``0941.HK``, ``600050.SH``),
    and the bare codes of fund files (``941``), which take their country from `exchange`, else from `location`.

    Parameters
    ----------
    text : str
        The ticker. Currencies, indices, futures and bonds (``USD Curncy``) are no lines.
    exchange : str, optional
        Name or MIC of the exchange, or its two letters in terminals (``HK``, ``US``, ``LN``), read only when the ticker does not carry a country.
    location : str, optional
        Country of the issuer, read only when `exchange` is not known, and then only for numeric codes of Hong Kong
        (up to five digits) and mainland China (six digits).

    Notes
    -----
    ``CN`` after a six-digit code is China, after letters it is Canada; ``CH`` after letters is Switzerland.

    Examples
    --------
    >>> str(normalise_ticker("00317  HK")), normalise_ticker("002415 CH Equity").yahoo, str(normalise_ticker("CHL US"))
    ('317 HK', '002415.SZ', 'CHL US')
    >>> normalise_ticker("BP/ LN").yahoo, normalise_ticker("BRK/B US").yahoo
    ('BP.L', 'BRK-B')
    >>> normalise_ticker("2415", exchange="Shenzhen Stock Exchange").yahoo
    '002415.SZ'
    """
    return _normalised(" ".join(str(text).upper().split()), str(exchange), str(location))


@lru_cache(maxsize=1 << 15)
def _normalised(words: str, exchange: str, location: str) -> TickerLine | None:
    words = _OF_SHARES.sub("", words)
    if words in _NOT_A_TICKER or _NOT_SHARES.search(words):
        return None
    code, venue, ending = _split_venue(_POINT_ZERO.sub(r"\1", words))
    if not venue:
        venue = named_venue(exchange) or _venue_by_code(code, exchange) or _venue_of_location(code, location)
    if venue and VENUES[venue].country in _NUMERIC_ONLY and not any(sign.isdigit() for sign in code):
        return _line(words, "", "")
    return _line(code, venue, ending)


def _split_venue(words: str) -> tuple[str, str, str]:
    """Code, venue and Yahoo ending of a ticker that says where it trades; the last two empty where it does not."""
    dotted = _DOTTED.fullmatch(words)
    if dotted and not (len(dotted[2]) == 1 and dotted[1].isdigit() and dotted[2] not in "LTFV"):
        venue = line_venue(dotted[1], dotted[2], dotted=True)
        if venue:
            return dotted[1], venue, VENUES[venue].yahoo
    spaced = _SPACED.fullmatch(words) or _JOINED.fullmatch(words)
    if spaced and (venue := _terminal_venue(spaced[1], spaced[2])):
        return spaced[1], venue, ""
    return words, "", ""


def _terminal_venue(code: str, letters: str) -> str:
    if code.isdigit() and letters in ("CN", "CH"):
        return line_venue(code, letters, dotted=False) or "XSHG"
    return line_venue(code, letters, dotted=False)


def _venue_by_code(code: str, exchange: str) -> str:
    """Venue of the two letters that stand for it in a terminal, given in a column of their own."""
    letters = exchange.strip().upper()
    if letters in MAINLAND_ENDINGS:  # fewer digits are a line of Hong Kong; letters may be of China, Canada or Switzerland
        return _terminal_venue(code, letters) if re.fullmatch(r"\d{6}", code) else ""
    return _terminal_venue(code, letters) if is_terminal_code(letters) else ""


def _venue_of_location(code: str, location: str) -> str:
    place = str(location).strip().upper()
    if not code.isdigit() or place not in ("CHINA", "HONG KONG", "CN", "HK"):
        return ""
    if len(code) <= 5:
        return "XHKG"
    return line_venue(code, "CN", dotted=False) if len(code) == 6 and place in ("CHINA", "CN") else ""


def _line(code: str, venue: str, ending: str) -> TickerLine | None:
    """The line of a code at a venue; an `ending` that the ticker itself had is kept, else the venue's is taken."""
    country = VENUES[venue].country if venue else ""
    if country == "HK" and code.isdigit():
        number = int(code)
        return TickerLine(code=str(number), country="HK", yahoo=f"{number:04d}.HK") if number else None
    if country == "CN" and code.isdigit() and len(code) <= 6:
        padded = code.zfill(6)
        own = line_venue(padded, "CN", dotted=False)
        ending = ending or (VENUES[own].yahoo if own else "")
        return TickerLine(code=padded, country="CN", yahoo=f"{padded}.{ending}" if ending else "")
    if country == "MX":
        code = code.rstrip("* ") or code  # the star of an issuer's only series, which its symbol has not
    code = code.rstrip("/. ") or code  # a stop that London writes behind codes of one or two letters (BP/ LN, BA.)
    if country == "KR" and code.isdigit():
        code = code.zfill(6)
    yahoo = ""
    if country and " " not in code:
        ending = ending or VENUES[venue].yahoo
        yahoo = code.replace("/", "-").replace(".", "-") + (f".{ending}" if ending else "")
    return TickerLine(code=code, country=country, yahoo=yahoo)


def normalise_tickers(
    tickers: Iterable[object], *, exchange: Iterable[object] | None = None, location: Iterable[object] | None = None
) -> pd.DataFrame:
    """A column of tickers as lines; each distinct spelling is parsed once.

    Parameters
    ----------
    tickers : (N,) iterable of text
    exchange, location : (N,) iterable of text, optional
        As for :func:`normalise_ticker`.

    Returns
    -------
    DataFrame
        (N, 3): code, country, yahoo as text, empty when the row names no line or its venue is not known; the index
        of `tickers` when that is a Series.
    """
    column = tickers if isinstance(tickers, pd.Series) else pd.Series(list(tickers), dtype=object)
    group = np.zeros(len(column), dtype=np.int64)
    levels: list[list[str]] = []
    for part in (column, exchange, location):
        values = part if isinstance(part, pd.Series) else pd.Series([""] * len(column) if part is None else list(part), dtype=object)
        if len(values) != len(column):
            raise InputError(f"exchange and location must have one value per ticker; got {len(values)} for {len(column)} tickers.")
        codes, uniques = pd.factorize(values, use_na_sentinel=True)
        group = group * (len(uniques) + 1) + codes + 1
        levels.append(["", *map(str, uniques)])
    _, first, position = np.unique(group, return_index=True, return_inverse=True)
    parts = np.empty((len(first), 3), dtype=object)
    for row, combination in enumerate(group[first].tolist()):
        combination, place = divmod(combination, len(levels[2]))
        ticker, venue = divmod(combination, len(levels[1]))
        line = normalise_ticker(levels[0][ticker], exchange=levels[1][venue], location=levels[2][place])
        parts[row] = (line.code, line.country, line.yahoo) if line else ("", "", "")
    return pd.DataFrame(parts[position], columns=["code", "country", "yahoo"], index=column.index, dtype=object)
