"""Figures of price files as they are written: their decimal sign, what groups their digits, signs around and letters behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.market.written_days import looks_like_date

__all__ = ["CURRENCY_SIGNS", "MISSING", "decimal_sign", "read_numbers"]

MISSING = frozenset(["", "-", "--", ".", "n/a", "na", "nan", "null", "none", "nil", "#n/a", "#n/a n/a", "#na", "<na>"])
THOUSANDS: Mapping[str, float] = {"k": 1e3, "m": 1e6, "mn": 1e6, "b": 1e9, "bn": 1e9, "t": 1e12}
"""What a letter after a count of shares multiplies it by, as market pages print volumes."""
CURRENCY_SIGNS = "$€£¥₩"  # around a figure; which currency it is, the caller says
_GROUPED = {
    group: re.compile(rf"[-+]?\d+(?:{re.escape(group)}\d{{2,3}})*{re.escape(group)}\d{{3}}(?:{re.escape(point)}\d*)?")
    for group, point in (".,", ",.")
}
"""A figure whose digits are grouped, the last three of them at least; Indian figures have pairs before them."""
_POINTED_DAY = re.compile(r"\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})")


def read_numbers(cells: pd.Series, decimal: str, *, counts: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Figures as float, NaN where the cell is empty, and a mask of the cells that hold something else than a number.

    With `counts`, a letter may follow the figure: ``12.34M`` and ``950.10K`` shares.
    """
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        return cells.to_numpy(dtype=np.float64, na_value=np.nan), np.zeros(len(cells), dtype=bool)
    if pd.api.types.is_datetime64_any_dtype(cells):
        cells = cells.astype(str)
    numbers = _nearest_floats(cells) if decimal == "." else np.full(len(cells), np.nan)
    bad = np.isnan(numbers)
    left = np.flatnonzero(bad)
    texts = ["" if cell is None or cell != cell else str(cell) for cell in cells.iloc[left]]
    empty = np.array([text.strip().lower() in MISSING for text in texts], dtype=bool)
    scale = np.ones(len(texts))
    if counts:
        cut = [_without_letter(text) for text in texts]
        texts, scale = [text for text, _ in cut], np.array([factor for _, factor in cut], dtype=np.float64)
    plain = pd.Series([_plain_number(text, decimal) for text in texts], dtype="object")
    read = _nearest_floats(plain)
    numbers[left] = np.where(empty, np.nan, np.where(scale == 1, read, np.round(read * scale)))
    bad[left] = np.isnan(numbers[left]) & ~empty
    return numbers, bad


def _nearest_floats(cells: pd.Series) -> np.ndarray:
    """The float nearest to each figure, NaN where there is none; pandas before 3.1 may miss it by the last digit."""
    numbers = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
    figures = np.isfinite(numbers)
    numbers[figures] = cells.to_numpy(dtype=object)[figures].astype(np.float64)
    return numbers


def _without_letter(text: str) -> tuple[str, float]:
    """A count without the letter behind it, and what that multiplies it by."""
    match = re.fullmatch(r"\s*([-+]?[\d.,'\u2019\u00a0\u202f ]*\d)\s*([A-Za-z]{1,2})\s*", text)
    factor = THOUSANDS.get(match[2].lower()) if match else None
    return (match[1], factor) if match and factor else (text, 1.0)


def _bare_figure(text: str) -> str:
    """A figure without the currency signs around it and without what groups its digits but points and commas."""
    for mark in (" ", "\u00a0", "\u202f", "'", "\u2019"):
        text = text.replace(mark, "")
    return text.strip().strip(CURRENCY_SIGNS)


def _plain_number(text: str, decimal: str) -> str:
    """A figure with a point and nothing else; empty where what would group its digits does not stand before three of them."""
    text = _bare_figure(text)
    group = "." if decimal == "," else ","
    if group in text and not _GROUPED[group].fullmatch(text):
        return ""
    return text.replace(group, "").replace(decimal, ".")


def decimal_sign(name: str, columns: pd.DataFrame, stated: str | None) -> tuple[str, tuple[str, ...]]:
    """The sign that some figure can only use for decimals (not before three digits, or the last of two kinds; twice in one it groups).

    Where the figures leave it open it is the one stated; one that they contradict is said.
    """
    sample = [cell for column in columns.columns for cell in columns[column].iloc[:200]]
    sure, groups, doubtful = _signs_used(sample)
    if sure["."] and sure[","] and not stated:
        raise InputError(f"{name} uses both '.' and ',' as decimal sign; write all figures with one, or say which with decimal.")
    told, by = _told_by(sure, groups)
    if not told and not any(sure.values()):  # rates and counts of shares have a sign too: 0.73%, 1.30M
        told, by = _told_by(*_signs_used([_without_letter(cell.strip().removesuffix("%"))[0] for cell in sample])[:2])
    if not told and not stated and doubtful:
        raise InputError(f"{name}: {doubtful!r} may be thousands or decimals; say which with decimal='.' or decimal=','.")
    if told and stated and told != stated:
        return told, (
            f"{name}: the stated decimal sign {stated!r} is not used for it: its figures, such as {by}, tell that it is {told!r}.",
        )
    return told or stated or ".", ()


def _signs_used(cells: Sequence[str]) -> tuple[dict[str, str], dict[str, str], str]:
    """A cell in which each sign can only be that of decimals, one in which it can only group, and one that is either; empty without any.

    A point before three digits is either beside days with points, as German files write both.
    """
    sure, groups, doubtful = dict.fromkeys(".,", ""), dict.fromkeys(".,", ""), ""
    pointed, pointed_days = "", False
    for written in cells:
        cell = _bare_figure(written)
        pointed_days = pointed_days or bool(_POINTED_DAY.fullmatch(cell))
        match = re.fullmatch(r"[-+]?\d[\d.,]*?([.,])(\d+)", cell)
        if not match or looks_like_date(written):
            continue
        sign, decimals = match.groups()
        other = "," if sign == "." else "."
        if len(decimals) == 3 and cell.count(sign) > 1 and other not in cell:
            groups[sign] = groups[sign] or written
        if len(decimals) != 3 or other in cell or cell.lstrip("+-").startswith("0"):
            sure[sign] = sure[sign] or (written if cell.count(sign) == 1 else "")
        elif sign == "," and cell.count(",") == 1:
            doubtful = cell
        elif cell.count(".") == 1:
            pointed = cell
    return sure, groups, doubtful or (pointed if pointed_days else "")


def _told_by(sure: Mapping[str, str], groups: Mapping[str, str]) -> tuple[str, str]:
    """The decimal sign that figures tell, and the one that does; empty where none does or they disagree."""
    for sign in ".,":
        other = "," if sign == "." else "."
        if sure[sign]:
            return ("", "") if sure[other] else (sign, sure[sign])
    for sign in ".,":
        other = "," if sign == "." else "."
        if groups[other] and not groups[sign]:
            return sign, groups[other]
    return "", ""
