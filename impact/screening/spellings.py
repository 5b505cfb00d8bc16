"""Tickers that carry their venue in a vendor's way: ``SEHK:1810``, ``HK.01810``, ``1810.HKG``, ``XIACY-US``, ``SH600519``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from impact.tickers import normalise_ticker
from impact.venues import VENUES

__all__ = ["spelled_venue"]

# Three letters of a country as vendors end a ticker with them, and what names a mainland venue before a code.
_MORE: Mapping[str, str] = {
    "HKG": "XHKG", "SHH": "XSHG", "SHZ": "XSHE", "SHE": "XSHE", "SHA": "XSHG", "SSE": "XSHG", "SZSE": "XSHE", "TYO": "XTKS", "TSE": "XTKS", "LSE": "XLON", "LON": "XLON",
    "ETR": "XETR", "FRA": "XFRA", "EPA": "XPAR", "AMS": "XAMS", "SWX": "XSWX", "KRX": "XKRX", "TPE": "XTAI", "ASX": "XASX", "TSX": "XTSE",
    "SGX": "XSES", "USA": "XNYS", "OTCMKTS": "OTCM", "NASDAQGS": "XNAS", "NYSEARCA": "ARCX", "NYSEAMERICAN": "XASE", "SEHKNTL": "XSHG", "SEHKSZSE": "XSHE",
}  # fmt: skip
# Behind a hyphen only these countries: the letters of a share class (BRK-B) or a preferred share (BAC-PL) stand there too.
_AFTER_HYPHEN = frozenset({"US", "HK", "CN", "JP", "GB", "KR", "TW", "CA", "DE", "FR", "AU", "SG", "CH", "IN", "HKG", "USA"})


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
    for mark in (":", ".", "-", "/", "@"):
        before, found_mark, behind = text.rpartition(mark)
        if not found_mark or not before or not behind:
            continue
        if mark in ":.@" and before in words and (mark == ":" or before == "US" or behind[:1].isdigit()):
            return behind, words[before]
        if behind in words and (mark in ":.@" or behind in _AFTER_HYPHEN):
            return before, words[behind]
    letters, digits = text[:2], text[2:]
    if letters in ("SH", "SZ", "HK") and digits.isdigit() and 4 <= len(digits) <= 6:
        return digits, words[letters]
    return ticker, ""
