"""Numbers in a sentence: the only functions that round a figure for prose, each named after what the figure is.

Every function takes an unrounded decimal and gives text. A missing number is the word "unknown", a figure that rounds
to zero carries no minus sign. This module imports neither pandas nor numpy, so that every room may use it.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from typing import SupportsFloat, TypeAlias

__all__ = [
    "amount",
    "basis_points",
    "count",
    "counted",
    "date",
    "decimal",
    "instant",
    "interval",
    "long_date",
    "p_value",
    "percent",
    "quoted",
    "signed_decimal",
    "signed_percent",
    "significant",
    "statistic",
]

Figure: TypeAlias = SupportsFloat | None
"""An unrounded number, None or NaN where it is missing."""
UNKNOWN = "unknown"
SMALLEST_P = 0.0001
_SCALES = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"))


def _written(value: Figure, form: Callable[[float], str]) -> str:
    """`form` of a finite number; "unknown" for a missing one, the sign of infinity for an infinite one."""
    number = float("nan") if value is None else float(value)
    if math.isnan(number):
        return UNKNOWN
    if math.isinf(number):
        return "∞" if number > 0 else "-∞"
    return form(number)


def percent(value: Figure, decimals: int = 1) -> str:
    """A share, a level or a size: ``0.1026`` is ``10.3 %``.

    Examples
    --------
    >>> percent(0.95, 0), percent(0.1026), percent(float("nan"))
    ('95 %', '10.3 %', 'unknown')
    """
    return _written(value, lambda number: f"{100 * number:z,.{decimals}f} %")


def signed_percent(value: Figure, decimals: int = 1) -> str:
    """A return with its sign: ``-0.1026`` is ``-10.3 %``.

    Examples
    --------
    >>> signed_percent(-0.1026), signed_percent(0.00001)
    ('-10.3 %', '+0.0 %')
    """
    return _written(value, lambda number: f"{100 * number:+z,.{decimals}f} %")


def basis_points(value: Figure, decimals: int = 1) -> str:
    """A figure already in basis points: ``100.62`` is ``100.6 bp``."""
    return _written(value, lambda number: f"{number:z,.{decimals}f} bp")


def p_value(value: Figure) -> str:
    """A p-value to four places, never written as zero.

    Examples
    --------
    >>> p_value(0.04321), p_value(0.0)
    ('0.0432', '< 0.0001')
    """
    return _written(value, lambda number: f"< {SMALLEST_P}" if number < SMALLEST_P else f"{number:.4f}")


def statistic(value: Figure) -> str:
    """A test statistic, a coefficient without unit, a multiple: three places."""
    return _written(value, lambda number: f"{number:z.3f}")


def count(value: Figure) -> str:
    """Things that are counted, or shares: no places, thousands parted.

    Examples
    --------
    >>> count(20573492)
    '20,573,492'
    """
    return _written(value, lambda number: f"{number:z,.0f}")


def counted(n: int, noun: str) -> str:
    """So many things, the noun in the singular for one of them.

    Examples
    --------
    >>> counted(1, "event"), counted(163, "event"), counted(0, "date")
    ('1 event', '163 events', '0 dates')
    """
    return f"{count(n)} {noun}{'' if n == 1 else 's'}"


def amount(value: Figure) -> str:
    """Money or many shares, with m, bn or tn.

    Examples
    --------
    >>> amount(2.211e9), amount(12345.6), amount(3.5)
    ('2.21 bn', '12,346', '3.50')
    """

    def form(number: float) -> str:
        size = abs(number)
        for scale, letters in _SCALES:
            if size >= scale:
                return f"{number / scale:,.2f} {letters}"
        return f"{number:,.0f}" if size >= 1000 else f"{number:z,.2f}"

    return _written(value, form)


def decimal(value: Figure, decimals: int = 2) -> str:
    """A plain number with a fixed number of places."""
    return _written(value, lambda number: f"{number:z,.{decimals}f}")


def signed_decimal(value: Figure, decimals: int = 2) -> str:
    """A plain number with its sign and a fixed number of places."""
    return _written(value, lambda number: f"{number:+z,.{decimals}f}")


def significant(value: Figure, digits: int = 3) -> str:
    """A number of no stated size, to so many significant digits, without trailing zeros.

    Examples
    --------
    >>> significant(0.000123456), significant(250.0), significant(1234567.0)
    ('0.000123', '250', '1.23e+06')
    """
    return _written(value, lambda number: f"{number:.{digits}g}")


def interval(low: Figure, high: Figure, form: Callable[..., str] = percent, *options: int) -> str:
    """Two ends in the same form; the unit is written once where it ends both. Ends that differ are told apart by up to two more places.

    Examples
    --------
    >>> interval(-0.144, -0.061, signed_percent), interval(2, 3.5, decimal, 1), interval(0.1, float("nan"))
    ('-14.4 to -6.1 %', '2.0 to 3.5', '10.0 % to unknown')
    >>> interval(0.017, 0.025, percent, 0), interval(0.02, 0.02, percent, 0)
    ('1.7 to 2.5 %', '2 to 2 %')
    """
    first, last = form(low, *options), form(high, *options)
    for more in (1, 2) if options and low != high else ():
        if first != last:
            break
        first, last = (form(end, options[0] + more, *options[1:]) for end in (low, high))
    for unit in (" %", " bp"):
        if first.endswith(unit) and last.endswith(unit):
            first = first.removesuffix(unit)
    return f"{first} to {last}"


def quoted(value: object) -> str:
    """A name or an id as it is written in code: text in quotation marks, a figure without the type that holds it.

    Examples
    --------
    >>> import numpy as np
    >>> quoted("E7"), quoted(np.int64(7))
    ("'E7'", '7')
    """
    bare = getattr(value, "item", None)
    return repr(bare() if callable(bare) else value)


def date(value: datetime.date | None) -> str:
    """A session or day in ISO form; "unknown" for a missing one."""
    return UNKNOWN if value is None or value != value else f"{value:%Y-%m-%d}"


def long_date(value: datetime.date | None) -> str:
    """A day in words, as in ``3 November 2026``; "unknown" for a missing one."""
    return UNKNOWN if value is None or value != value else f"{value.day} {value:%B %Y}"


def instant(value: datetime.datetime | None) -> str:
    """A zoned instant to the minute with its offset; "unknown" for a missing one."""
    return UNKNOWN if value is None or value != value else value.isoformat(sep=" ", timespec="minutes")
