"""Currencies as files write them: codes, marks, and the hundredths in which some lines are quoted."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

__all__ = ["CURRENCIES", "HUNDREDTHS", "MAJOR_CURRENCIES", "MARKS", "currency_in", "currency_of", "normal_currencies", "spaced_currency"]

CURRENCIES = frozenset(
    {"AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF", "BMD", "BND",
     "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNH", "CNY", "COP", "CRC", "CUP", "CVE", "CZK",
     "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD",
     "HKD", "HNL", "HRK", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF",
     "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP",
     "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP",
     "PKR", "PLN", "PYG", "QAR", "RMB", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS",
     "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD",
     "UYU", "UZS", "VES", "VND", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWL"}
)  # fmt: skip
"""ISO 4217 codes in use, with CNH (offshore renminbi) and RMB, as files write them."""

HUNDREDTHS: Mapping[str, str] = {
    "GBp": "GBP",
    "GBX": "GBP",
    "GBx": "GBP",
    "gbx": "GBP",
    "GBPX": "GBP",
    "p": "GBP",
    "ZAc": "ZAR",
    "ZAC": "ZAR",
    "ILA": "ILS",
    "ILa": "ILS",
    "ILX": "ILS",
}
"""Codes of hundredths, in the letter case that tells them from the currency itself, and the currency."""

MARKS: Mapping[str, str] = {
    "US$": "USD", "U$S": "USD", "HK$": "HKD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "S$": "SGD", "SG$": "SGD", "NT$": "TWD", "NZ$": "NZD",
    "R$": "BRL", "MX$": "MXN", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "￥": "CNY", "₩": "KRW", "₹": "INR", "₽": "RUB", "₪": "ILS", "₺": "TRY",
    "zł": "PLN", "Kč": "CZK", "円": "JPY", "元": "CNY", "원": "KRW", "人民币": "CNY", "人民幣": "CNY", "港元": "HKD", "港币": "HKD", "美元": "USD", "米ドル": "USD",
}  # fmt: skip
"""Marks that stand for a currency, and the code of it."""
_ASCII_MARK = re.compile(r"(?:US|HK|AU?|CA?|SG?|NT|NZ|R|MX)?\$|U\$S")
_CODE = re.compile(r"(?<![A-Za-z])([A-Z]{3}|GBp|GBx|ZAc|ILa)(?![A-Za-z])")
_WORDS = re.compile(r"[^\W\d_]+", re.UNICODE)


def currency_of(text: object) -> tuple[str, float]:
    """The ISO code that a cell of a currency column means, and what one unit of the cell is worth in it (1 or 0.01).

    Letter case decides only where it must: ``GBp`` is a hundredth of ``GBP``. What is no known currency stays as it is, in
    capitals.

    Examples
    --------
    >>> currency_of("GBp"), currency_of("gbp"), currency_of("US$"), currency_of("USD-US Dollar")
    (('GBP', 0.01), ('GBP', 1.0), ('USD', 1.0), ('USD', 1.0))
    """
    written = str(text).strip()
    if written in HUNDREDTHS:
        return HUNDREDTHS[written], 0.01
    if written.lower() in ("pence", "penny sterling", "pence sterling"):
        return "GBP", 0.01
    code = written.upper()
    if code in CURRENCIES:
        return "CNY" if code == "RMB" else code, 1.0
    if written in MARKS:
        return MARKS[written], 1.0
    coded = _CODE.search(written)
    if coded and coded[1] in CURRENCIES:
        return coded[1], 1.0
    return code, 1.0


def normal_currencies(column: pd.Series) -> tuple[pd.Series, pd.Series]:
    """A column of currencies as ISO codes, and the worth of one unit of each cell in its currency."""
    codes, distinct = pd.factorize(column)
    known = [currency_of(text) for text in distinct]
    names = pd.Series([name for name, _ in known], dtype="str").take(codes)
    worth = pd.Series([unit for _, unit in known], dtype="float64").take(codes)
    return names.set_axis(column.index), worth.set_axis(column.index)


_MAJOR = "usd|eur|gbp|hkd|jpy|cny|cnh|chf|cad|aud|sgd|krw|inr|twd|sek|nok|dkk|zar|brl|mxn|pln"
MAJOR_CURRENCIES = frozenset(_MAJOR.split("|"))
"""Codes that are told in small letters too."""
_CAMEL = "|".join(code.capitalize() for code in _MAJOR.split("|"))
_LOW_CODE = re.compile(rf"(?<=_)({_MAJOR})(?=_|$)|(?<=[a-z])({_CAMEL})$", re.ASCII)


def spaced_currency(heading: str) -> str:
    """A heading whose snake_case or camelCase currency stands apart in capitals: ``market_value_usd`` as ``market_value USD``."""
    return _LOW_CODE.sub(lambda code: " " + code[0].upper(), heading)


def currency_in(heading: str) -> str:
    """The currency that a heading states (``Mkt Val (USD)``, ``MV_USD``, ``Market Value in US$``), with its letter case; else empty.

    Examples
    --------
    >>> currency_in("MV_USD"), currency_in("市值(港元)"), currency_in("Price (GBp)"), currency_in("Market Value")
    ('USD', 'HKD', 'GBp', '')
    """
    for coded in _CODE.finditer(spaced_currency(heading).replace("_", " ")):
        if coded[1] in CURRENCIES or coded[1] in HUNDREDTHS:
            return "CNY" if coded[1] == "RMB" else coded[1]
    mark = _ASCII_MARK.search(heading)
    if mark:
        return MARKS.get(mark[0], "USD")
    signs = sorted((sign for sign in MARKS if not sign.isascii() and sign in heading), key=len)
    return MARKS[signs[-1]] if signs else ""
