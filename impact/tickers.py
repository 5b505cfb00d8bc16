"""Ticker lines: one spelling for the many ways in which terminals, lists and fund files write an exchange code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.errors import InputError

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


# Country of the two letters after a space, as Bloomberg and OFAC write them (a six-digit "CN" or "CH" code is Chinese).
_SPACED: Mapping[str, str] = {
    **{code: code for code in ("HK", "US", "CA", "DE", "RU", "SG", "BR", "AR", "AU", "FR", "KR", "TW", "MX", "NL", "IT")},
    **dict.fromkeys(("CN", "CT"), "CA"),
    **dict.fromkeys(("CH", "SW", "VX"), "CH"),
    **dict.fromkeys(("C1", "C2", "CG", "CS"), "CN"),
    **dict.fromkeys(("UN", "UW", "UQ", "UR", "UA", "UP", "UV", "PQ"), "US"),
    **dict.fromkeys(("GR", "GY", "GF", "GS"), "DE"),
    **dict.fromkeys(("LN", "LI"), "GB"),
    **dict.fromkeys(("JP", "JT"), "JP"),
    **dict.fromkeys(("KS", "KP", "KQ"), "KR"),
    **dict.fromkeys(("TT", "TE"), "TW"),
    **dict.fromkeys(("IN", "IS", "IB"), "IN"),
    **dict.fromkeys(("AN", "AT"), "AU"),
    **dict.fromkeys(("BZ", "BS"), "BR"),
    **dict.fromkeys(("RM", "RX"), "RU"),
    **dict.fromkeys(("FP",), "FR"),
    **dict.fromkeys(("NA",), "NL"),
    **dict.fromkeys(("IM",), "IT"),
    **dict.fromkeys(("SP",), "SG"),
    **dict.fromkeys(("SS",), "SE"),
    **dict.fromkeys(("SM", "SQ"), "ES"),
    **dict.fromkeys(("SJ",), "ZA"),
    **dict.fromkeys(("MM", "MF"), "MX"),
    **dict.fromkeys(("MK",), "MY"),
    **dict.fromkeys(("TB",), "TH"),
    **dict.fromkeys(("IJ",), "ID"),
}
# Country of the letters after a dot, as Yahoo and Reuters write them.
_DOTTED: Mapping[str, str] = {
    "HK": "HK",
    "SS": "CN",
    "SH": "CN",
    "SZ": "CN",
    "BJ": "CN",
    "TO": "CA",
    "V": "CA",
    "DE": "DE",
    "F": "DE",
    "L": "GB",
    "T": "JP",
    "KS": "KR",
    "KQ": "KR",
    "TW": "TW",
    "TWO": "TW",
    "NS": "IN",
    "BO": "IN",
    "AX": "AU",
    "SA": "BR",
    "ME": "RU",
    "PA": "FR",
    "AS": "NL",
    "MI": "IT",
    "SI": "SG",
    "ST": "SE",
    "MC": "ES",
    "JO": "ZA",
    "MX": "MX",
    "KL": "MY",
    "BK": "TH",
    "JK": "ID",
    "SW": "CH",
    "BA": "AR",
    "N": "US",
    "O": "US",
    "OQ": "US",
    "K": "US",
    "PK": "US",
}
_YAHOO_SUFFIX: Mapping[str, str] = {
    "HK": ".HK",
    "US": "",
    "CA": ".TO",
    "DE": ".DE",
    "GB": ".L",
    "JP": ".T",
    "KR": ".KS",
    "TW": ".TW",
    "IN": ".NS",
    "AU": ".AX",
    "BR": ".SA",
    "RU": ".ME",
    "FR": ".PA",
    "NL": ".AS",
    "IT": ".MI",
    "SG": ".SI",
    "SE": ".ST",
    "ES": ".MC",
    "ZA": ".JO",
    "MX": ".MX",
    "MY": ".KL",
    "TH": ".BK",
    "ID": ".JK",
    "CH": ".SW",
    "AR": ".BA",
}
# First digit of a mainland code: Shanghai 5, 6, 9; Shenzhen 0, 1, 2, 3; Beijing 4, 8.
_MAINLAND_SUFFIX: Mapping[str, str] = {**dict.fromkeys("569", ".SS"), **dict.fromkeys("0123", ".SZ"), **dict.fromkeys("48", ".BJ")}
_EXCHANGE_COUNTRY: tuple[tuple[str, str], ...] = (
    (r"HONG KONG|\bHKEX\b|\bXHKG\b|\bSEHK\b", "HK"),
    (r"SHANGHAI|SHENZHEN|BEIJING STOCK|\bXSHG\b|\bXSHE\b|\bSSE\b|\bSZSE\b", "CN"),
    (r"NEW YORK|\bNYSE\b|\bXNYS\b|\bNASDAQ$|NASDAQ (GLOBAL|NATIONAL|CAPITAL|NMS|STOCK)|\bXNAS\b|CBOE BZX|\bARCX?\b", "US"),
    (r"NNQS|NON-NMS|OTC", "US"),
    (r"LONDON|\bXLON\b", "GB"),
    (r"KOREA|KOSDAQ|\bXKRX\b", "KR"),
    (r"TAIWAN|GRETAI|\bXTAI\b", "TW"),
    (r"INDIA|^BSE LTD$|\bXNSE\b", "IN"),
    (r"XBSP|SAO PAULO|\bBVMF\b", "BR"),
    (r"THAILAND|\bXBKK\b", "TH"),
    (r"MALAYSIA|\bXKLS\b", "MY"),
    (r"INDONESIA|\bXIDX\b", "ID"),
    (r"JOHANNESBURG|\bXJSE\b", "ZA"),
    (r"MEXICANA|\bXMEX\b", "MX"),
    (r"STANDARD-CLASSICA|MOSCOW|\bMISX\b", "RU"),
    (r"SINGAPORE|\bXSES\b", "SG"),
    (r"XETRA|FRANKFURT|\bXETR\b", "DE"),
    (r"TORONTO|\bXTSE\b", "CA"),
    (r"TOKYO|JAPAN|\bXTKS\b", "JP"),
)
_NOT_SHARES = re.compile(r" (CURNCY|INDEX|COMDTY|CORP|GOVT|MTGE|MUNI|M-MKT)$")
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
        Name or MIC of the exchange, read only when the ticker does not carry a country.
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
    >>> normalise_ticker("2415", exchange="Shenzhen Stock Exchange").yahoo
    '002415.SZ'
    """
    words = " ".join(str(text).upper().split())
    words = re.sub(r" (EQUITY|PFD)$", "", words)
    if words in _NOT_A_TICKER or _NOT_SHARES.search(words):
        return None
    code, country = _split_country(re.sub(r"^(\d+)\.0+$", r"\1", words))
    if not country:
        country = _country_of_exchange(exchange) or _country_of_location(code, location)
    return _line(code, country)


def _split_country(words: str) -> tuple[str, str]:
    dotted = re.fullmatch(r"([A-Z0-9]+)\.([A-Z]{1,3})", words)
    if dotted and dotted[2] in _DOTTED and not (len(dotted[2]) == 1 and dotted[1].isdigit() and dotted[2] not in "LTFV"):
        return dotted[1], _DOTTED[dotted[2]]
    spaced = re.fullmatch(r"(.+) ([A-Z][A-Z0-9])", words) or re.fullmatch(r"(\d{4,6})(HK|CN|CH)", words)
    if spaced:
        code, suffix = spaced[1], spaced[2]
        if suffix in ("CN", "CH") and code.isdigit():
            return code, "CN"
        if suffix in _SPACED:
            return code, _SPACED[suffix]
    return words, ""


def _country_of_exchange(exchange: str) -> str:
    name = " ".join(str(exchange).upper().split())
    return next((country for pattern, country in _EXCHANGE_COUNTRY if re.search(pattern, name)), "")


def _country_of_location(code: str, location: str) -> str:
    place = str(location).strip().upper()
    if not code.isdigit() or place not in ("CHINA", "HONG KONG", "CN", "HK"):
        return ""
    if len(code) <= 5:
        return "HK"
    return "CN" if len(code) == 6 and place in ("CHINA", "CN") else ""


def _line(code: str, country: str) -> TickerLine | None:
    if country == "HK" and code.isdigit():
        number = int(code)
        return TickerLine(code=str(number), country="HK", yahoo=f"{number:04d}.HK") if number else None
    if country == "CN" and code.isdigit() and len(code) <= 6:
        padded = code.zfill(6)
        return TickerLine(code=padded, country="CN", yahoo=padded + _MAINLAND_SUFFIX.get(padded[0], ""))
    if country == "KR" and code.isdigit():
        code = code.zfill(6)
    yahoo = ""
    if country in _YAHOO_SUFFIX and country not in ("HK", "CN") and " " not in code:
        yahoo = code.replace("/", "-").replace(".", "-") + _YAHOO_SUFFIX[country]
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
