"""Dates as files write them; the order of day and month is decided once a column, or asked for."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.intake.numbers import MISSING_TEXT
from impact.typing_ import BoolArray

__all__ = ["ParsedDates", "is_bare_date", "parse_date", "parse_dates"]

# Beginnings of month names in English, German, French, Dutch, Spanish, Italian and Portuguese, without accents; longest first.
_MONTHS = {
    "juin": 6, "juil": 7, "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12, "mai": 5, "okt": 10, "dez": 12, "mrz": 3, "gen": 1, "mag": 5, "giu": 6, "lug": 7, "ago": 8, "set": 9, "ott": 10, "dic": 12,
    "fev": 2, "avr": 4, "aou": 8, "ene": 1, "abr": 4, "mrt": 3, "mei": 5, "out": 10, "maj": 5,
}  # fmt: skip
_WORD = r"[^\W\d_]{3,}"
_PATTERNS = (
    ("ymd", re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")),
    ("ymd", re.compile(r"(?<!\d)(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일]")),
    ("ymd", re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")),
    ("dMy", re.compile(rf"(?<!\d)(\d{{1,2}})(?:[-/. ]{{1,2}}| de | d')({_WORD})\.?(?:[-/., ]{{1,2}}| de )(\d{{4}}|\d{{2}})(?!\d)")),
    ("Mdy", re.compile(rf"(?<![^\W\d_])({_WORD})\.?[ -]+(\d{{1,2}}),?[ -]+(\d{{4}})(?!\d)")),
    ("xxy", re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")),
)
_TIME_OF_DAY = re.compile(r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?(?: ?Z| ?UTC| ?[+-]\d{2}:?\d{2})?)?")


def parse_date(text: object, *, dayfirst: bool | None = None) -> pd.Timestamp | None:
    """The first date in `text`, whatever its spelling; None when there is none, or its day and month cannot be told apart.

    Parameters
    ----------
    dayfirst : bool, optional
        How to read ``03/04/2021``; dotted dates are always day first, and a number above 12 settles itself.

    Examples
    --------
    >>> parse_date("Fund Holdings as of Dec 31, 2020"), parse_date("31/Dez/2020") == parse_date("20201231")
    (Timestamp('2020-12-31 00:00:00'), True)
    >>> parse_date("03/04/2021"), parse_date("03/04/2021", dayfirst=True)
    (None, Timestamp('2021-04-03 00:00:00'))
    """
    if isinstance(text, pd.Timestamp):
        return _within_range(text)
    if hasattr(text, "isoformat"):
        return _within_range(pd.Timestamp(text.isoformat()).normalize())
    for order, pattern in _PATTERNS:
        matched = pattern.search(str(text))
        parts = matched and _date_parts(order, matched.groups(), dayfirst)
        if parts:
            try:
                return _within_range(pd.Timestamp(year=parts[0], month=parts[1], day=parts[2]))
            except ValueError:
                continue
    return None


def is_bare_date(text: str) -> bool:
    """Whether a text is one date, perhaps with a time of day, and nothing else.

    Examples
    --------
    >>> [is_bare_date(text) for text in ("2020-06-25T00:00:00Z", "25 Jun 2020", "2020-06-25 (again 2021-01-01)", "until 2020-06-25")]
    [True, True, False, False]
    """
    written = text.strip()
    matched = (pattern.match(written) for _, pattern in _PATTERNS)
    return any(_TIME_OF_DAY.fullmatch(written, match.end()) for match in matched if match)


def _date_parts(order: str, groups: tuple[str, ...], dayfirst: bool | None) -> tuple[int, int, int] | None:
    if order == "ymd":
        return int(groups[0]), int(groups[1]), int(groups[2])
    if order in ("dMy", "Mdy"):
        day, month = (groups[0], groups[1]) if order == "dMy" else (groups[1], groups[0])
        number = _month(month)
        return (_year(groups[2]), number, int(day)) if number else None
    first, mark, second, year = int(groups[0]), groups[1], int(groups[2]), _year(groups[3])
    day_leads = dayfirst
    if first > 12 or (mark == "." and second <= 12):
        day_leads = True
    elif second > 12 or first == second:
        day_leads = False
    if day_leads is None:
        return None
    return (year, second, first) if day_leads else (year, first, second)


def _month(word: str) -> int | None:
    plain = unicodedata.normalize("NFKD", word.casefold()).encode("ascii", "ignore").decode()
    return next((number for beginning, number in _MONTHS.items() if plain.startswith(beginning)), None)


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 70 else 1900)


@dataclass(frozen=True, eq=False, kw_only=True)
class ParsedDates:
    """One column of dates.

    Attributes
    ----------
    values : (n,) Series of datetime64[ns]
        NaT where the cell is blank or cannot be read.
    unreadable : (n,) bool
        The cell holds something, and it is no date of the column's order.
    dayfirst : bool or None
        The order of the column; None when no cell of it needed one, or none tells (`undecided`).
    undecided : bool
        Day and month could be exchanged in every cell that has both as numbers.
    """

    values: pd.Series
    unreadable: BoolArray
    dayfirst: bool | None
    undecided: bool


def _within_range(day: pd.Timestamp) -> pd.Timestamp | None:
    """None for days that no position or filing has and that nanoseconds cannot hold, such as 0001-01-01 and 9999-12-31."""
    return day if pd.isna(day) or 1700 <= day.year <= 2200 else None


def parse_dates(text: pd.Series, *, dayfirst: bool | None = None) -> ParsedDates:
    """Dates of a column, all read in one order of day and month.

    The order is that of the cells that tell it by a number above 12; where cells contradict each other, the more frequent one,
    and the others are unreadable. Where none tells, nothing is guessed.
    """
    codes, distinct = pd.factorize(text.astype("str"))
    order, undecided = (dayfirst, False) if dayfirst is not None else _order(distinct)
    read = [_in_order(value, order) for value in distinct]
    values = pd.Series([*read, None], dtype="datetime64[ns]").take(codes).reset_index(drop=True)
    filled = ~pd.Series(distinct).str.strip().str.lower().isin(MISSING_TEXT).to_numpy(dtype=bool)
    bad = np.array([day is None for day in read], dtype=bool) & filled
    return ParsedDates(values=values, unreadable=bad[codes], dayfirst=order, undecided=undecided)


def _order(distinct: pd.Index) -> tuple[bool | None, bool]:
    votes = {True: 0, False: 0}
    open_cells = 0
    for value in distinct:
        numeric = _PATTERNS[-1][1].search(str(value))
        if numeric is None or any(pattern.search(str(value)) for _, pattern in _PATTERNS[:-1]):
            continue
        first, second = int(numeric[1]), int(numeric[3])
        if first > 12 or numeric[2] == ".":
            votes[True] += 1
        elif second > 12:
            votes[False] += 1
        elif first != second:
            open_cells += 1
    if votes[True] == votes[False]:
        return None, open_cells > 0
    return votes[True] > votes[False], False


def _in_order(value: object, order: bool | None) -> pd.Timestamp | None:
    """A date read in the order of its column; one that can only be read in the other order is none."""
    numeric = _PATTERNS[-1][1].search(str(value))
    if order is not None and numeric is not None and numeric[2] != ".":
        first, second = int(numeric[1]), int(numeric[3])
        if (order and second > 12) or (not order and first > 12):
            return None
    return parse_date(value, dayfirst=order)
