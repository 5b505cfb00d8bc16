"""Sheets of more columns than a table of positions has: what strays beyond the table is kept by the line, a wider table is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from impact.holdings.raw_tables import Refused
from impact.intake.records import BLANK, RawSheet
from impact.typing_ import IntArray

__all__ = ["MOST_COLUMNS", "columns_of_table", "refused_as_wide", "too_wide", "without_strays"]

MOST_COLUMNS, _TOLD_COLUMNS = 1000, 20


def columns_of_table(sheet: RawSheet) -> IntArray:
    """Columns that two rows or more fill, headings that stand apart counted as one: a stray remark or separator makes no column."""
    if sheet.width <= MOST_COLUMNS:
        return np.arange(sheet.width)
    named = [bool(heading) for heading in (*sheet.headings, *[""] * (sheet.width - len(sheet.headings)))]
    filled = [int(_filled(sheet.cells[number]).sum()) + named[number] for number in range(sheet.width)]
    return np.flatnonzero(np.asarray(filled) >= 2)


def _filled(column: pd.Series) -> pd.Series:
    return column.notna() if column.dtype.kind in "iufMmb" else column.str.strip(BLANK) != ""


def without_strays(sheet: RawSheet) -> RawSheet:
    """A sheet whose table is no wider than one of positions, with what strays beyond its columns in a last one; any other as it is."""
    kept = columns_of_table(sheet)
    if len(kept) == sheet.width or len(kept) > MOST_COLUMNS:
        return sheet
    strays = pd.Series("", index=sheet.cells.index, dtype="str")
    for number in np.setdiff1d(np.arange(sheet.width), kept):
        filled = _filled(sheet.cells[number])
        if filled.any():
            strays[filled] = (strays[filled] + " " + sheet.cells.loc[filled, number].astype("str")).str.strip()
    cells = sheet.cells[list(kept)].assign(strays=strays)
    named = [*(sheet.headings[number] if number < len(sheet.headings) else "" for number in kept), ""] if sheet.headings else ()
    marks = None if sheet.numeric is None else np.hstack([sheet.numeric[:, kept], np.zeros((len(sheet), 1), dtype=bool)])
    return replace(sheet, cells=cells.set_axis(range(cells.shape[1]), axis=1), headings=tuple(named), numeric=marks)


def too_wide(n: int) -> str:
    """What is wrong with a table of more columns than positions have."""
    return f"has {n:,} columns; a table of positions has one row a position and at most {MOST_COLUMNS:,} columns"


def refused_as_wide(sheet: RawSheet, n: int) -> list[Refused]:
    """Every row of a sheet too wide, with that as the reason: any of them may hold positions."""
    named = f"the sheet {sheet.name!r}" if sheet.name else "the sheet"
    told = sheet.cells.iloc[:, :_TOLD_COLUMNS].astype("str").agg(" ".join, axis=1)
    return [(int(line), f"{named} {too_wide(n)}", " ".join(text.split())[:80]) for line, text in zip(sheet.line, told, strict=True)]
