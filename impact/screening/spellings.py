"""Tickers that carry their venue in a vendor's way: ``SEHK:1810``, ``HK.01810``, ``1810.HKG``, ``XIACY-US``, ``SH600519``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from impact.tickers import normalise_ticker
from impact.venues import MAINLAND_ENDINGS, VENUES

__all__ = ["spelled_venue"]

# Three letters of a country as vendors end a ticker with them, and what names a mainland venue before a code.
_MORE: Mapping[str, str] = {
    "HKG": "XHKG", "SHH": "XSHG", "SHZ": "XSHE", "SHE": "XSHE", "SHA": "XSHG", "SSE": "XSHG", "SZSE": "XSHE", "TYO": "XTKS", "TSE": "XTKS", "LSE": "XLON", "LON": "XLON",
    "ETR": "XETR", "FRA": "XFRA", "EPA": "XPAR", "AMS": "XAMS", "SWX": "XSWX", "KRX": "XKRX", "TPE": "XTAI", "ASX": "XASX", "TSX": "XTSE",
    "SGX": "XSES", "USA": "XNYS", "OTCMKTS": "OTCM", "NASDAQGS": "XNAS", "NYSEARCA": "ARCX", "NYSEAMERICAN": "XASE", "SEHKNTL": "XSHG", "SEHKSZSE": "XSHE",
    "SHSE": "XSHG", "HKSE": "XHKG", "MCX": "XMOS",
}  # fmt: skip
# Words that stand for a venue and for nothing else, so that letters before or behind them are a ticker (``CHL NYSE``).
_ACRONYMS = frozenset({"NYSE", "NASDAQ", "AMEX", "OTCMKTS", "MOEX", "MCX", "LSE", "SEHK", "HKEX", "HKSE"})
_LONGEST_BARE = 6
"""Letters of the longest ticker, and of the longest word for a venue, that stand beside a blank."""


@lru_cache(maxsize=1)
def _after_letters() -> frozenset[str]:
    """What may stand for a venue behind letters and a hyphen: countries alone, whose letters are of no preferred share (``BAC-PL``)."""
    return frozenset({venue.country for venue in VENUES.values() if not venue.country.startswith("P")} | {"HKG", "USA"})


@lru_cache(maxsize=1)
def _venue_of_word() -> Mapping[str, str]:
    words: dict[str, str] = {}
    for mic, venue in VENUES.items():
        for word in (mic, *venue.spellings, venue.yahoo, *venue.endings, *venue.terminal):
            if len(word) > 1:
                words.setdefault(word.upper(), mic)
    for mic, venue in VENUES.items():
        words.setdefault(venue.country, mic)
    return {**{word: mic for word, mic in _MORE.items() if mic in VENUES}, **words}


def spelled_venue(ticker: str) -> tuple[str, str]:
    """The code and the venue (MIC) of a ticker with its venue before or behind; the text as it is and no venue when it has none.

    What :func:`~impact.tickers.normalise_ticker` reads by itself is left to it.

    Examples
    --------
    >>> [spelled_venue(text) for text in ("SEHK:1810", "HK.01810", "1810.HKG", "XIACY-US", "SH600519", "BRK-B", "941 HK")]
    [('1810', 'XHKG'), ('01810', 'XHKG'), ('1810', 'XHKG'), ('XIACY', 'XNYS'), ('600519', 'XSHG'), ('BRK-B', ''), ('941 HK', '')]
    """
    text = " ".join(ticker.upper().split())
    line = normalise_ticker(text)
    if line is not None and line.country and ":" not in text:
        return ticker, ""
    words = _venue_of_word()
    for mark in (":", ".", "-", "/", "@", "_", " "):
        before, found_mark, behind = text.rpartition(mark)
        if not found_mark or not before or not behind:
            continue
        if before in words and _stands_before(mark, before, behind):
            return _read(behind, before)
        if behind in words and _stands_behind(mark, before, behind):
            return _read(before, behind)
    letters, digits = text[:2], text[2:]
    if letters in ("SH", "SZ", "HK") and digits.isdigit() and 4 <= len(digits) <= 6:
        return digits, words[letters]
    return ticker, ""


def _stands_before(mark: str, word: str, code: str) -> bool:
    """Whether a word for a venue before a mark is that of the code behind it."""
    if mark == ":":
        return code not in _after_letters() or word in _after_letters()
    if mark == " ":
        return _is_ticker_beside_a_blank(code, word)
    return code[:1].isdigit() or (mark in ".@" and word == "US")


def _stands_behind(mark: str, code: str, word: str) -> bool:
    """Whether a word for a venue behind a mark is that of the code before it."""
    if mark == " ":
        return _is_ticker_beside_a_blank(code, word)
    return mark in ":.@" or word in _after_letters() or code.isdigit()


def _is_ticker_beside_a_blank(code: str, word: str) -> bool:
    if " " in code or len(code) > _LONGEST_BARE or len(word) > _LONGEST_BARE + 1:
        return False
    return (code.isdigit() and len(code) > 2) or (code.isalpha() and word in _ACRONYMS)


def _read(code: str, word: str) -> tuple[str, str]:
    """A code and the venue of a word; two letters for the mainland before or behind six digits are read as a terminal's."""
    if word in MAINLAND_ENDINGS and code.isdigit() and len(code) == _LONGEST_BARE:
        return f"{code} {word}", ""
    return code, _venue_of_word()[word]
