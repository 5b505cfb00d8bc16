"""Numbers as files write them: currency marks of any kind, thousands marks, decimal commas, parentheses, percent, K, M and B."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.intake.currencies import BESIDE_FIGURES, PART_CODES, any_of
from impact.typing_ import BoolArray, FloatArray

__all__ = ["DOUBTFUL_MARK", "MISSING_TEXT", "ParsedNumbers", "decimal_mark", "decimal_of_columns", "money_marked", "parse_numbers"]

MISSING_TEXT = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        "—",
        "–",
        ".",
        "n/a",
        "na",
        "#n/a",
        "#n/a n/a",
        "n.a.",
        "nan",
        "null",
        "none",
        "nil",
        "<na>",
        "#na",
        "nd",
        "n.d.",
        "#value!",
    }
)
"""What stands in a cell that holds nothing, in lower case."""

_CURRENCY_SIGNS = "".join(chr(code) for code in range(0x24, 0xFFE7) if unicodedata.category(chr(code)) == "Sc")
# Spaces of every width, Swiss and typewriter apostrophes, the Arabic thousands mark, currency and percent signs: never part of the number.
_DECORATION = f"[\\s\u00a0\u2009\u202f'’‘`´\u066c%％{re.escape(_CURRENCY_SIGNS)}円元원]"
_DECIMAL_ALONE = "\u066b"
"""The Arabic decimal mark, which is never anything else."""
# Letters of a currency before or behind the figure: a code (USD), what stands before a dollar sign (HK$), a mark in letters (kr, zł, CHF).
_CURRENCY_LETTERS = rf"(?:[A-Z]{{3}}|{any_of((*PART_CODES, *BESIDE_FIGURES))}|股|份|주|株|口)"
_SCALES = {
    "k": 1e3,
    "tsd": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mm": 1e6,
    "mn": 1e6,
    "mio": 1e6,
    "mln": 1e6,
    "million": 1e6,
    "millions": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "mrd": 1e9,
    "mld": 1e9,
    "md": 1e9,
    "billion": 1e9,
    "t": 1e12,
    "tn": 1e12,
    "trn": 1e12,
    "万": 1e4,
    "萬": 1e4,
    "만": 1e4,
    "亿": 1e8,
    "億": 1e8,
    "억": 1e8,
}
_SCALED = re.compile(r"(?<=[\d)])(" + "|".join(sorted(_SCALES, key=len, reverse=True)) + r")\.?$", re.IGNORECASE)
_PLAIN = {
    ".": r"-?\$?(?:\d+|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d+)?",
    ",": r"-?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d+)?",
}
"""Cells that can be read at once: whatever their marks could say by themselves, it is what the decimal mark says."""
_GROUPED = {".": "[$,]", ",": r"\."}
_AROUND = r"^[^\d(.,-]+|[^\d).,-]+$"  # letters of a currency or a scale
_COMMA_IS_DECIMAL = r"^[-(]?0,\d|,\d{1,2}\)?$|,\d{4,}\)?$|\.\d{3},\d|\.\d{3}\.\d{3}|\d{4,},\d"
_POINT_IS_DECIMAL = r"^[-(]?0\.\d|\.\d{1,2}\)?$|\.\d{4,}\)?$|,\d{3}\.\d|,\d{3},\d{3}|\d{4,}\.\d"


_MAY_COUNT = r"[0-9]|[^\x00-\x7F]"
"""What a cell without is no number: a digit, or a letter beyond ASCII, which may be a digit of another script."""


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
    scaled : (n,) bool
        The cell carries a scale of its own (``1.2M``), which is in `values`.
    decimal : {".", ","}
        The decimal mark that the column uses.
    """

    values: FloatArray
    unreadable: BoolArray
    percent: BoolArray
    scaled: BoolArray
    decimal: str


def decimal_mark(text: pd.Series) -> str:
    """The decimal mark that a column of numbers uses: ``"."``, ``","``, or empty when no cell tells.

    Up to 20,000 cells, evenly spaced over the column, are asked.
    """
    asked = text.iloc[:: max(1, len(text) // 20_000)]
    marked = asked[asked.str.contains("[.,]", regex=True)]
    odd = marked.str.contains("[^-0-9.,]", regex=True)
    bare = marked[~odd]
    if odd.any():
        bare = pd.concat([bare, marked[odd].str.replace(_DECORATION, "", regex=True).str.replace(_AROUND, "", regex=True)])
    comma = int(bare.str.contains(_COMMA_IS_DECIMAL, regex=True).sum())
    point = int(bare.str.contains(_POINT_IS_DECIMAL, regex=True).sum())
    if comma == point:
        return ""
    return "," if comma > point else "."


def money_marked(text: pd.Series) -> BoolArray:
    """(n,) bool: cells whose figure carries the sign of a currency, as ``$1,000`` and ``€ 5`` do."""
    return text.str.contains(f"[{re.escape(_CURRENCY_SIGNS)}]", regex=True).to_numpy(dtype=bool)


DOUBTFUL_MARK = {
    ".": "No cell tells the decimal mark: 1,000 is read as a thousand and 1.000 as one; decimal=',' reads it the other way.",
    ",": "No cell tells the decimal mark; the cells are parted by semicolons, so 1.000 is read as a thousand; decimal='.' reads it as one.",
}
"""What a user is told where no cell tells the decimal mark that was taken."""


def _shares_of_a_whole(column: pd.Series) -> bool:
    """Whether a column whose points could group thousands sums to one or to a hundred when they are decimal points."""
    shares = pd.to_numeric(column[column.str.fullmatch(r"\d{1,2}\.\d{3}")], errors="coerce")
    return len(shares) > 1 and len(shares) == int((column != "").sum()) and bool(np.isclose(shares.sum(), [1.0, 100.0], rtol=0.005).any())


def decimal_of_columns(columns: Sequence[pd.Series], separator: str) -> tuple[str, bool, tuple[str, ...]]:
    """The decimal mark that the number columns of a file share, whether a cell tells it, and the mark of each column (empty: not told).

    Where none does (``1.000`` everywhere), cells parted by semicolons belong to a country that writes a decimal comma, so that a
    point groups thousands.
    """
    votes = tuple(decimal_mark(column) for column in columns)
    comma, point = votes.count(","), votes.count(".")
    if comma != point:
        return ("," if comma > point else "."), True, votes
    if any(_shares_of_a_whole(column) for column in columns):
        return ".", True, votes
    grouped = any(column.str.contains(r"^[-(]?\d{1,3}(?:\.\d{3})+\)?$", regex=True).any() for column in columns)
    if separator == ";" and (comma or grouped):
        return ",", bool(comma), votes
    doubtful = grouped or any(column.str.contains(r"^[-(]?\d{1,3},\d{3}\)?$", regex=True).any() for column in columns)
    return ".", bool(point) or not doubtful, votes


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
    ``(1,234)`` and ``1,234-`` are negative; ``1.2M``, ``3 Mrd.`` and ``4億`` are scaled; a currency may stand on either side.
    Infinite values are unreadable.
    """
    if decimal not in (".", ","):
        raise InputError(f"decimal={decimal!r} is not a decimal mark; give '.' or ','.")
    values = np.full(len(text), np.nan)
    empty = np.zeros(len(text), dtype=bool)
    percent = np.zeros(len(text), dtype=bool)
    scaled = np.zeros(len(text), dtype=bool)
    plain = text.str.fullmatch(_PLAIN[decimal]).to_numpy(dtype=bool)
    if plain.any():
        bare = text[plain]
        if bare.str.contains(_GROUPED[decimal], regex=True).any():
            bare = bare.str.replace(_GROUPED[decimal], "", regex=True)
        bare = bare if decimal == "." else bare.str.replace(",", ".", regex=False)
        values[plain] = bare.to_numpy(dtype=object).astype(np.float64)
    if not plain.all():
        stripped = text[~plain].str.strip(" \t\r\n\u00a0\u202f")
        empty[~plain] = stripped.str.lower().isin(MISSING_TEXT).to_numpy()
        percent[~plain] = stripped.str.contains("%", regex=False).to_numpy(dtype=bool)
        may_count = stripped.str.contains(_MAY_COUNT, regex=True).to_numpy(dtype=bool)
        if may_count.any():
            held = np.flatnonzero(~plain)[may_count]
            values[held], scaled[held] = _decorated(stripped[may_count], decimal)
    values[np.isinf(values)] = np.nan
    return ParsedNumbers(values=values, unreadable=~empty & np.isnan(values), percent=percent, scaled=scaled, decimal=decimal)


def _decorated(text: pd.Series, decimal: str) -> tuple[FloatArray, BoolArray]:
    own_mark = text.str.contains(_DECIMAL_ALONE, regex=False).to_numpy(dtype=bool)
    bare = (
        text.str.replace(_DECIMAL_ALONE, ".", regex=False)
        .str.normalize("NFKC")
        .str.replace(_DECORATION, "", regex=True)
        .str.replace("[\u2212\u2010-\u2013]", "-", regex=True)
    )
    bare = bare.str.replace(rf"^([-(+]?){_CURRENCY_LETTERS}([-(.\d].*)$", r"\1\2", regex=True)
    scale: FloatArray = np.ones(len(bare))
    scaled = bare.str.extract(_SCALED)[0]
    if scaled.notna().any():
        scale = np.asarray(scaled.str.lower().map(_SCALES).fillna(1.0), dtype=np.float64)
        bare = bare.str.replace(_SCALED, "", regex=True)
    bare = bare.str.replace(rf"^(.*[\d)]){_CURRENCY_LETTERS}$", r"\1", regex=True)
    bare = bare.str.replace(r"^\((.*)\)$", r"-\1", regex=True).str.replace(r"^([^-].*)-$", r"-\1", regex=True)
    bare = bare.str.replace(r"^(-?)\+", r"\1", regex=True)
    says_comma = bare.str.contains(_COMMA_IS_DECIMAL, regex=True).to_numpy(dtype=bool)
    says_point = bare.str.contains(_POINT_IS_DECIMAL, regex=True).to_numpy(dtype=bool)
    by_comma = np.where(says_comma != says_point, says_comma, decimal == ",") & ~own_mark
    as_comma = bare.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    as_point = bare.str.replace(",", "", regex=False)
    chosen = as_point.where(~by_comma, as_comma)
    readable = chosen.str.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?").to_numpy(dtype=bool)
    numbers = np.full(len(chosen), np.nan)
    numbers[readable] = chosen[readable].to_numpy(dtype=object).astype(np.float64) * scale[readable]
    return numbers, readable & (scale != 1.0)
