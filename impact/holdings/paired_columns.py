"""Columns that print two figures in a cell: ``Available (Blocked)`` above ``100 (10)`` becomes two columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from impact.intake.records import BLANK, RawSheet

__all__ = ["with_pairs_apart"]

_PAIR = re.compile(r"([-+]?\d[\d.,'’\s]*?)\s*\(\s*([-+]?\d[\d.,'’\s]*?)\s*\)")
_HEADING = re.compile(r"([^()\d]*[^()\d\W][^()\d]*?)\s*\(\s*([^()\d]*[^()\d\W][^()\d]*?)\s*\)")
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
        told = (_PAIR if parts else _HEADING).fullmatch(cell)
        if told:
            parts[first + place] = (told[1], told[2])
        elif cell:
            return {}
    return parts


def _first_pair(cells: Sequence[str]) -> int | None:
    """Place of the heading of two parts above the first pair; None where there is none."""
    pair = next((place for place, cell in enumerate(cells) if cell.endswith(")") and _PAIR.fullmatch(cell)), 0)
    above = next((place for place in range(pair - 1, -1, -1) if cells[place]), None)
    return above if above is not None and _HEADING.fullmatch(cells[above]) else None
