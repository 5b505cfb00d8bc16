"""Numbers and dates as holdings files write them: thousands marks, decimal commas, parentheses, many date spellings."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.typing_ import BoolArray, FloatArray

__all__ = ["MISSING_TEXT", "ParsedNumbers", "decimal_mark", "parse_date", "parse_numbers"]

MISSING_TEXT = frozenset({"", "-", "--", "—", "–", ".", "n/a", "na", "#n/a", "#n/a n/a", "n.a.", "nan", "null", "none", "nil"})

# Spaces of every width, Swiss and typewriter apostrophes, currency and percent signs: never part of the number itself.
_DECORATION = "[\\s\u00a0\u2009\u202f'’‘`´$€£¥%]"
_COMMA_IS_DECIMAL = r"^[-(]?0,\d|,\d{1,2}\)?$|,\d{4,}\)?$|\.\d{3},\d|\.\d{3}\.\d{3}|\d{4,},\d"
_POINT_IS_DECIMAL = r"^[-(]?0\.\d|\.\d{1,2}\)?$|\.\d{4,}\)?$|,\d{3}\.\d|,\d{3},\d{3}|\d{4,}\.\d"


@dataclass(frozen=True, eq=False, kw_only=True)
class ParsedNumbers:
    """One column of numbers.

    Attributes
    ----------
    values : (n,) float
        NaN where the cell is blank, a dash, or cannot be read.
    unreadable : (n,) bool
        The cell holds something, and it is not a number.
    percent : (n,) bool
        The cell carries a percent sign.
    decimal : {".", ","}
        The decimal mark that the column uses.
    """

    values: FloatArray
    unreadable: BoolArray
    percent: BoolArray
    decimal: str


def decimal_mark(text: pd.Series) -> str:
    """The decimal mark that a column of numbers uses: ``"."``, ``","``, or empty when no cell tells.

    Up to 20,000 cells, evenly spaced over the column, are asked.
    """
    asked = text.iloc[:: max(1, len(text) // 20_000)]
    marked = asked[asked.str.contains("[.,]", regex=True)]
    bare = marked.str.replace(_DECORATION, "", regex=True)
    comma = int(bare.str.contains(_COMMA_IS_DECIMAL, regex=True).sum())
    point = int(bare.str.contains(_POINT_IS_DECIMAL, regex=True).sum())
    if comma == point:
        return ""
    return "," if comma > point else "."


def parse_numbers(text: pd.Series, *, decimal: str = ".") -> ParsedNumbers:
    """Numbers from text; a cell whose own marks are plain wins over `decimal`, which settles the doubtful ones.

    Parameters
    ----------
    text : Series of str
        Empty text is a missing value.
    decimal : {".", ","}
        Decimal mark for a cell such as ``1.234`` that could be read both ways.

    Notes
    -----
    ``(1,234)`` and ``1,234-`` are negative. Infinite values are unreadable.
    """
    if decimal not in (".", ","):
        raise InputError(f"decimal={decimal!r} is not a decimal mark; give '.' or ','.")
    values = np.full(len(text), np.nan)
    empty = np.zeros(len(text), dtype=bool)
    percent = np.zeros(len(text), dtype=bool)
    plain = text.str.fullmatch(r"-?\d+(?:\.\d+)?").to_numpy(dtype=bool) if decimal == "." else empty.copy()
    if plain.any():
        values[plain] = text[plain].to_numpy(dtype=object).astype(np.float64)
    if not plain.all():
        stripped = text[~plain].str.strip(" \t\r\n\u00a0\u202f")
        empty[~plain] = stripped.str.lower().isin(MISSING_TEXT).to_numpy()
        percent[~plain] = stripped.str.contains("%", regex=False).to_numpy(dtype=bool)
        values[~plain] = _decorated(stripped, decimal)
    values[np.isinf(values)] = np.nan
    return ParsedNumbers(values=values, unreadable=~empty & np.isnan(values), percent=percent, decimal=decimal)


def _decorated(text: pd.Series, decimal: str) -> FloatArray:
    bare = text.str.replace(_DECORATION, "", regex=True).str.replace("\u2212", "-", regex=False)
    bare = bare.str.replace(r"^[A-Z]{3}([-(.\d].*)$", r"\1", regex=True).str.replace(r"^(.*[\d)])[A-Z]{3}$", r"\1", regex=True)
    bare = bare.str.replace(r"^\((.*)\)$", r"-\1", regex=True).str.replace(r"^([^-].*)-$", r"-\1", regex=True)
    says_comma = bare.str.contains(_COMMA_IS_DECIMAL, regex=True).to_numpy(dtype=bool)
    says_point = bare.str.contains(_POINT_IS_DECIMAL, regex=True).to_numpy(dtype=bool)
    by_comma = np.where(says_comma != says_point, says_comma, decimal == ",")
    as_comma = bare.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    as_point = bare.str.replace(",", "", regex=False)
    chosen = as_point.where(~by_comma, as_comma)
    readable = chosen.str.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?").to_numpy(dtype=bool)
    numbers = np.full(len(chosen), np.nan)
    numbers[readable] = pd.to_numeric(chosen[readable]).to_numpy(dtype=np.float64)
    return numbers


_MONTHS = {
    name: number
    for number, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1)
}
_MONTHS |= {  # German and Italian
    "mai": 5,
    "okt": 10,
    "dez": 12,
    "mrz": 3,
    "mär": 3,
    "gen": 1,
    "mag": 5,
    "giu": 6,
    "lug": 7,
    "ago": 8,
    "set": 9,
    "ott": 10,
    "dic": 12,
}
_DATE_PATTERNS = (
    ("ymd", re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")),
    ("ymd", re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")),
    ("dMy", re.compile(r"(?<!\d)(\d{1,2})[-/. ]{1,2}([^\W\d_]{3})[^\W\d_]*\.?[-/., ]{1,2}(\d{4}|\d{2})(?!\d)")),
    ("Mdy", re.compile(r"(?<![^\W\d_])([^\W\d_]{3})[^\W\d_]*\.? +(\d{1,2}),? +(\d{4})(?!\d)")),
    ("xxy", re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?!\d)")),
)


def parse_date(text: object, *, dayfirst: bool = False) -> pd.Timestamp | None:
    """The first date in `text`, whatever its spelling; None when there is none.

    Parameters
    ----------
    dayfirst : bool
        How to read ``03/04/2021``; dotted dates are always day first, and a number above 12 settles itself.

    Examples
    --------
    >>> parse_date("Fund Holdings as of Dec 31, 2020"), parse_date("31/Dez/2020") == parse_date("20201231")
    (Timestamp('2020-12-31 00:00:00'), True)
    """
    if isinstance(text, pd.Timestamp):
        return text
    if hasattr(text, "isoformat"):
        return pd.Timestamp(text.isoformat()).normalize()
    for order, pattern in _DATE_PATTERNS:
        found = pattern.search(str(text))
        parts = found and _date_parts(order, found.groups(), dayfirst)
        if parts:
            try:
                return pd.Timestamp(year=parts[0], month=parts[1], day=parts[2])
            except ValueError:
                continue
    return None


def _date_parts(order: str, groups: tuple[str, ...], dayfirst: bool) -> tuple[int, int, int] | None:
    if order == "ymd":
        return int(groups[0]), int(groups[1]), int(groups[2])
    if order in ("dMy", "Mdy"):
        day, month = (groups[0], groups[1]) if order == "dMy" else (groups[1], groups[0])
        number = _MONTHS.get(month.casefold())
        year = int(groups[2])
        return (year + 2000 if year < 70 else year + 1900 if year < 100 else year, number, int(day)) if number else None
    first, mark, second, year = int(groups[0]), groups[1], int(groups[2]), int(groups[3])
    day_leads = first > 12 or (second <= 12 and (dayfirst or mark == "."))
    return (year, second, first) if day_leads else (year, first, second)
