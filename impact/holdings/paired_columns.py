"""Columns that print two figures in a cell: ``Available (Blocked)`` above ``100 (10)`` becomes two columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from impact.intake.records import BLANK, RawSheet

__all__ = ["with_pairs_apart"]

_OF_FIGURES = frozenset("0123456789.,'’ \u00a0\u202f")
_ASKED = 60
"""Rows in which a column of pairs is looked for."""


def with_pairs_apart(sheet: RawSheet) -> RawSheet:
    """The sheet with each column of pairs as two: what stands before the brackets in its place, what they hold behind the last column.

    A column is one of pairs where a heading has two parts and every cell below it is a figure and another in brackets, or empty.
    """
    if sheet.headings:
        return sheet
    apart = {column: pairs for column in range(sheet.width) if (pairs := _pairs(sheet.cells[column]))}
    if not apart:
        return sheet
    cells = sheet.cells.copy()
    for column, pairs in apart.items():
        texts, held = cells[column].tolist(), [""] * len(cells)
        for place, (before, inside) in pairs.items():
            texts[place], held[place] = before, inside
        cells[column] = pd.Series(texts, dtype="str")
        cells[cells.shape[1]] = pd.Series(held, dtype="str")
    marks = None if sheet.numeric is None else np.hstack([sheet.numeric, np.zeros((len(sheet), len(apart)), dtype=bool)])
    return replace(sheet, cells=cells, numeric=marks)


def _pairs(column: pd.Series) -> dict[int, tuple[str, str]]:
    """Place -> the two parts of its cell, the heading and all pairs below it; empty where the column is none of pairs."""
    first = _first_pair([str(cell).strip(BLANK) for cell in column.iloc[:_ASKED].tolist()])
    if first is None:
        return {}
    parts: dict[int, tuple[str, str]] = {}
    for place, cell in enumerate(str(cell).strip(BLANK) for cell in column.iloc[first:].tolist()):
        told = _two_parts(cell, _is_figure if parts else _is_words)
        if told is not None:
            parts[first + place] = told
        elif cell:
            return {}
    return parts


def _first_pair(cells: Sequence[str]) -> int | None:
    """Place of the heading of two parts above the first pair; None where there is none."""
    pair = next((place for place, cell in enumerate(cells) if _two_parts(cell, _is_figure) is not None), 0)
    above = next((place for place in range(pair - 1, -1, -1) if cells[place]), None)
    return above if above is not None and _two_parts(cells[above], _is_words) is not None else None


def _two_parts(cell: str, fits: Callable[[str], bool]) -> tuple[str, str] | None:
    """What stands before brackets at the end of a cell and what they hold, where both fit."""
    before, bracket, inside = cell.removesuffix(")").partition("(")
    parts = (before.strip(BLANK), inside.strip(BLANK))
    return parts if bracket and cell.endswith(")") and all(map(fits, parts)) else None


def _is_figure(text: str) -> bool:
    digits = text.removeprefix("-").removeprefix("+")
    return digits[:1].isdigit() and set(digits) <= _OF_FIGURES


def _is_words(text: str) -> bool:
    return any(map(str.isalpha, text)) and not any(sign.isdigit() or sign in "()" for sign in text)
