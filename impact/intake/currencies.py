"""Currencies as files write them: codes, marks, and the parts of them in which some lines are quoted."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

import pandas as pd

from impact.errors import InputError
from impact.intake.currency_table import CURRENCY_TABLE
from impact.tables.prose import significant

__all__ = [
    "BESIDE_FIGURES",
    "CURRENCIES",
    "CURRENCY_PARTS",
    "MAJOR_CURRENCIES",
    "MARKS",
    "PART_CODES",
    "PART_WORDS",
    "SIGNS",
    "any_of",
    "currencies_named",
    "currency_in",
    "currency_of",
    "normal_currencies",
    "passed_span",
    "rate_span",
    "rates_of_whole_units",
    "spaced_currency",
]  # fmt: skip

_MEANT: Mapping[str, str] = {name: one.code for one in CURRENCY_TABLE.values() for name in (one.code, *one.also)}
CURRENCIES = frozenset(_MEANT)
"""ISO 4217 codes in use, with CNH (offshore renminbi) and RMB, as files write them."""
CURRENCY_PARTS: Mapping[str, str] = {name: one.code for one in CURRENCY_TABLE.values() for name in one.parts}
"""Names of hundredths and thousandths, in the letter case that tells them from the currency itself, and the currency."""
PART_WORDS: Mapping[float, str] = {0.01: "hundredth", 0.001: "thousandth"}
"""What a part of a currency is called, by its worth."""
_WORTH: Mapping[str, float] = {name: worth for one in CURRENCY_TABLE.values() for name, worth in one.parts.items()}
MARKS: Mapping[str, str] = {mark: one.code for one in CURRENCY_TABLE.values() for mark in one.marks}
"""Marks that stand for a currency, and the code of it."""
MAJOR_CURRENCIES = frozenset(one.code.lower() for one in CURRENCY_TABLE.values() if one.small_letters)
"""Codes that are told in small letters too."""
PART_CODES = tuple(name for name in CURRENCY_PARTS if len(name) == 3 and name[:2].isupper() and not name.isupper())
"""Codes of parts that their last letter tells: ``GBp``."""
SIGNS = tuple(mark for mark in MARKS if len(mark) == 1 and not mark.isalpha())
"""Marks of one sign: ``€``."""
BESIDE_FIGURES = (
    *(mark[:-1] for mark in MARKS if mark.endswith("$") and mark != "$"),
    *(name for one in CURRENCY_TABLE.values() for name in one.letters),
    *(mark for mark in MARKS if mark[0].isalpha() and mark.isalpha() and mark[0] < "\u3000"),
)
"""Letters that stand before or behind a figure and are no part of it: ``HK`` of ``HK$``, ``kr``."""

_MARGIN = 2.0
"""Times the width of what a currency was from 2016 to 2026 at which its rate is doubted."""


def any_of(names: Iterable[str]) -> str:
    """A pattern that any of the names fits, the longest first."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_ASCII_MARK = re.compile(any_of(mark for mark in MARKS if mark.isascii()))
_CODE = re.compile(rf"(?<![A-Za-z])([A-Z]{{3}}|{any_of(PART_CODES)})(?![A-Za-z])")
_NAMED = re.compile(rf"{any_of(MARKS)}|[^\W\d_]+")
_OF_PAIR = 6
"""Letters of two codes written as one."""


def currency_of(text: object) -> tuple[str, float]:
    """The ISO code that a cell of a currency column means, and what one unit of the cell is worth in it (1, 0.01 or 0.001).

    Letter case decides only where it must: ``GBp`` is a hundredth of ``GBP``. What is no known currency stays as it is, in
    capitals.

    Examples
    --------
    >>> currency_of("GBp"), currency_of("gbp"), currency_of("KWF"), currency_of("US$"), currency_of("USD-US Dollar")
    (('GBP', 0.01), ('GBP', 1.0), ('KWD', 0.001), ('USD', 1.0), ('USD', 1.0))
    """
    written = str(text).strip()
    if written in CURRENCY_PARTS:
        return CURRENCY_PARTS[written], _WORTH[written]
    if len(written) > 4 and written.lower() in CURRENCY_PARTS:  # words, in any case
        return CURRENCY_PARTS[written.lower()], _WORTH[written.lower()]
    code = written.upper()
    if code in _MEANT:
        return _MEANT[code], 1.0
    if written in MARKS:
        return MARKS[written], 1.0
    coded = _CODE.search(written)
    if coded and coded[1] in CURRENCIES:
        return _MEANT[coded[1]], 1.0
    return code, 1.0


def currencies_named(text: str) -> tuple[str, ...]:
    """The codes of all currencies that a text names, each once: a pair names two.

    Examples
    --------
    >>> currencies_named("GBPUSD=X"), currencies_named("usd per GBp"), currencies_named("USD-US Dollar"), currencies_named("POUND")
    (('GBP', 'USD'), ('USD', 'GBP'), ('USD',), ())
    """
    words = _NAMED.findall(text)
    words += [part for word in words if len(word) == _OF_PAIR for part in (word[:3], word[3:])]
    return tuple(dict.fromkeys(code for code, _ in map(currency_of, words) if code in CURRENCIES))


def rates_of_whole_units(rates: Mapping[str, float]) -> dict[str, float]:
    """Rates by the ISO code of the whole currency: that of a hundredth, told by its letter case, is multiplied by a hundred.

    Raises
    ------
    InputError
        If two of them are of one currency and differ, or one is that of a pair.

    Examples
    --------
    >>> rates_of_whole_units({"GBp": 0.0127, "usd": 2.0})
    {'GBP': 1.27, 'USD': 2.0}
    """
    known: dict[str, float] = {}
    for written, rate in rates.items():
        name, worth = currency_of(written)
        if len(pair := currencies_named(written)) > 1:
            of, to = pair[:2]
            raise InputError(
                f"rates: {written!r} names a pair, and a rate is the price of one currency in that of the book, or of the line of a case; if "
                f"{significant(rate, 6)} is the price of one {of} in {to}, write {of} = {significant(rate, 6)} where that is {to}, or "
                f"{to} = {significant(1 / rate, 6)} where it is {of}."
            )
        if abs(known.setdefault(name, rate / worth) - rate / worth) > 1e-6 * known[name]:
            raise InputError(
                f"rates gives two rates for {name} ({significant(known[name], 6)} and {significant(rate / worth, 6)} by {written!r}); leave one out."
            )
    return known


def rate_span(of: str, to: str) -> tuple[float, float] | None:
    """Least and most units of a currency that one unit of another was worth from 2016 to 2026; None where that is not on record.

    Parameters
    ----------
    of, to : str
        Codes, or names of hundredths.

    Examples
    --------
    >>> rate_span("USD", "GBp"), rate_span("XXX", "USD")
    ((68.0, 95.0), None)
    """
    known = [(*_per_dollar(code), worth) for code, worth in map(currency_of, (of, to))]
    if any(low != low for low, _, _ in known):
        return None
    (least, most, unit), (low, high, worth) = known
    return low / most * unit / worth, high / least * unit / worth


def passed_span(rate: float, of: str, to: str) -> tuple[float, float] | None:
    """The span of :func:`rate_span` where a rate lies at more than twice or less than half of it, so that it is doubted; else None.

    Examples
    --------
    >>> passed_span(0.0079, "USD", "GBP"), passed_span(0.79, "USD", "GBP")
    ((0.68, 0.95), None)
    """
    span = rate_span(of, to)
    return None if span is None or span[0] / _MARGIN <= rate <= span[1] * _MARGIN else span


def _per_dollar(code: str) -> tuple[float, float]:
    """Units a US dollar, NaN where that is not on record."""
    known = CURRENCY_TABLE.get(code)
    return (1.0, 1.0) if code == "USD" else known.per_dollar if known and known.per_dollar else (math.nan, math.nan)


def normal_currencies(column: pd.Series) -> tuple[pd.Series, pd.Series]:
    """A column of currencies as ISO codes, and the worth of one unit of each cell in its currency."""
    codes, distinct = pd.factorize(column)
    known = [currency_of(text) for text in distinct]
    names = pd.Series([name for name, _ in known], dtype="str").take(codes)
    worth = pd.Series([unit for _, unit in known], dtype="float64").take(codes)
    return names.set_axis(column.index), worth.set_axis(column.index)


_MAJOR = any_of(sorted(MAJOR_CURRENCIES))
_CAMEL = any_of(sorted(code.capitalize() for code in MAJOR_CURRENCIES))
_LOW_CODE = re.compile(rf"(?<=_)({_MAJOR})(?=_|$)|(?<=[a-z])({_CAMEL})$", re.ASCII)


def spaced_currency(heading: str) -> str:
    """A heading whose snake_case or camelCase currency stands apart in capitals: ``market_value_usd`` as ``market_value USD``."""
    return _LOW_CODE.sub(lambda code: " " + code[0].upper(), heading)


def currency_in(heading: str) -> str:
    """The currency that a heading states (``Mkt Val (USD)``, ``MV_USD``, ``Market Value in US$``), with its letter case; else empty.

    Examples
    --------
    >>> currency_in("MV_USD"), currency_in("市值(港元)"), currency_in("Price (GBp)"), currency_in("¥500元"), currency_in("Market Value")
    ('USD', 'HKD', 'GBp', 'CNY', '')
    """
    if heading.rstrip().endswith(("(p)", "(pence)")):
        return "GBp"
    for coded in _CODE.finditer(spaced_currency(heading).replace("_", " ")):
        if coded[1] in CURRENCIES or coded[1] in CURRENCY_PARTS:
            return _MEANT.get(coded[1], coded[1])
    mark = _ASCII_MARK.search(heading)
    if mark:
        return MARKS.get(mark[0], "USD")
    signs = sorted((sign for sign in MARKS if not sign.isascii() and sign in heading), key=lambda sign: (len(sign), sign.isalpha()))
    return MARKS[signs[-1]] if signs else ""
