"""What intake hands on: every sheet and section of a file as rows of cells, with an account of every line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.intake.limits import LIMITS
from impact.typing_ import BoolArray, IntArray

__all__ = [
    "BLANK",
    "REFUSALS",
    "NestedRecords",
    "RawFile",
    "RawSheet",
    "RefusedRow",
    "SpannedCells",
    "cell_text",
    "check_cells",
    "check_columns",
    "check_records",
    "sheet_of_rows",
]

BLANK = " \t\r\n\xa0\ufeff\u202f\u3000"
"""What a cell may hold and still be blank."""

REFUSALS: Mapping[str, str] = {
    "long_cell": f"a cell is longer than {LIMITS.cell_characters:,} characters",
    "open_quotation": "a quotation mark opens and does not close",
    "wide_row": f"the row has more than {LIMITS.columns:,} cells",
}
"""Why a row cannot be cut into cells, by code."""


@dataclass(frozen=True, kw_only=True)
class RefusedRow:
    """A row that cannot be cut into cells: its line, a code of ``REFUSALS``, and its first 80 characters."""

    line: int
    code: str
    text: str

    @property
    def reason(self) -> str:
        """The code in words."""
        return REFUSALS[self.code]


@dataclass(frozen=True, eq=False, kw_only=True)
class NestedRecords:
    """The further records that one field of the records of a sheet holds.

    Attributes
    ----------
    name : str
        Path of the field.
    records : tuple of mapping
        All of them, in the order of the sheet.
    within : (n,) int
        Position of the row of the sheet that holds each.
    """

    name: str
    records: tuple[Mapping[str, Any], ...]
    within: IntArray


@dataclass(frozen=True, eq=False, kw_only=True)
class RawSheet:
    """One table, sheet or section of a file, as it stands.

    Attributes
    ----------
    name : str
        Of the sheet or section; empty when the file has one table only.
    cells : DataFrame
        (n, width), columns numbered from 0: text, empty where there is nothing; never a wholly blank row. Columns of a
        Parquet file or a frame keep their type where they are numbers or dates.
    line : (n,) int
        1-based line of the file, or row of the sheet, on which each row begins.
    headings : tuple of str
        Names of the columns where the file keeps them apart from its rows (Parquet, frames, records); else empty.
    lists : tuple of NestedRecords
        Fields of records whose cells are lists of further records; they are no columns.
    numeric : (n, width) bool, optional
        Cells that the file stores as numbers: their text has a decimal point whatever the other cells use.
    separator, encoding : str
        Of delimited text; empty otherwise.
    refused : tuple of RefusedRow
    n_cells : (n,) int, optional
        Cells that each row had before the rows were made equally wide.
    n_lines, n_blank, n_continued : int
        Lines of the sheet; blank ones; those that continue a cell of a row above.
        n_lines = rows + refused + n_blank + n_continued.
    """

    name: str = ""
    cells: pd.DataFrame
    line: IntArray
    headings: tuple[str, ...] = ()
    lists: tuple[NestedRecords, ...] = ()
    numeric: BoolArray | None = None
    separator: str = ""
    encoding: str = ""
    refused: tuple[RefusedRow, ...] = ()
    n_cells: IntArray | None = None
    n_lines: int
    n_blank: int = 0
    n_continued: int = 0

    def __len__(self) -> int:
        return len(self.line)

    @property
    def width(self) -> int:
        """Columns."""
        return self.cells.shape[1]

    def head(self, n: int) -> list[list[str]]:
        """The first `n` rows as text."""
        return [[_shown(cell) for cell in row] for row in self.cells.iloc[:n].itertuples(index=False, name=None)]


@dataclass(frozen=True, eq=False, kw_only=True)
class RawFile:
    """All tables of one file.

    Attributes
    ----------
    path : str
        Empty for a table given in memory.
    kind : str
        Name of the file format in :data:`impact.intake.FORMATS`, or ``frame``, ``records``.
    sheets : tuple of RawSheet
        In the order of the file; those without any row are left out and named in `notes`.
    notes : tuple of str
        What the reader should know: a guessed encoding, an empty sheet, a packed file.
    """

    path: str = ""
    kind: str
    sheets: tuple[RawSheet, ...]
    notes: tuple[str, ...] = field(default=())


def _shown(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if cell is None or cell is pd.NaT or cell != cell:
        return ""
    return cell_text(cell)


def cell_text(cell: object) -> str:
    """One typed cell as text: whole floats lose their point, dates are ISO, a time of day is kept only where there is one."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool | np.bool_):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float | np.floating):
        number = float(cell)
        if np.isnan(number):
            return ""
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    if hasattr(cell, "isoformat"):
        text = cell.isoformat()
        return text[:10] if text[10:].strip("T0:.") == "" else text
    return str(cell)


def check_cells(n: int, name: str, *, n_empty: int = 0) -> None:
    """Refuse a table with more cells than the limit, the empty ones of its rectangle included, or with more of those than theirs.

    Raises
    ------
    InputError
    """
    for count, most, kind in ((n, LIMITS.cells, "cells"), (n_empty, LIMITS.empty_cells, "empty cells")):
        if count > most:
            raise InputError(
                f"{_named(name)} spans more than {most:,} {kind}; delete what lies beyond its rows and columns, or save it as Parquet."
            )


def check_columns(n: int, name: str) -> None:
    """Refuse a table with more columns than the limit, those that a cell spans included.

    Raises
    ------
    InputError
    """
    if n > LIMITS.columns:
        raise InputError(f"{_named(name)} spans more than {LIMITS.columns:,} columns; delete what lies beyond its columns.")


def check_records(records: Sequence[Sized], headings: Sized, name: str) -> None:
    """Refuse records that make a table beyond the limits, before their rows are filled up to all `headings`.

    Raises
    ------
    InputError
    """
    check_columns(len(headings), name)
    n = len(records) * len(headings)
    check_cells(n, name, n_empty=n - sum(map(len, records)))


def _named(name: str) -> str:
    return f"table {name!r}" if name else "the table"


@dataclass(kw_only=True)
class SpannedCells:
    """How many cells the tables of one file span so far without stating them."""

    n: int = 0

    def add(self, n: int, name: str) -> None:
        """Count those of one more row of the table of that name.

        Raises
        ------
        InputError
        """
        self.n += n
        check_cells(0, name, n_empty=self.n)


def sheet_of_rows(
    rows: Sequence[Sequence[str]],
    line: Sequence[int],
    *,
    name: str = "",
    headings: Sequence[str] = (),
    numeric: Sequence[Sequence[bool]] | None = None,
    separator: str = "",
    encoding: str = "",
    refused: Sequence[RefusedRow] = (),
    n_lines: int | None = None,
    n_continued: int = 0,
) -> RawSheet:
    """A sheet from rows of unequal length: blank rows are counted and left out, rows with a cell beyond the limit refused.

    Parameters
    ----------
    rows, line : (n,)
        Cells and 1-based line of each row, blank rows included or not.
    n_lines : int, optional
        Lines of the sheet; the last line by default.

    Raises
    ------
    InputError
        If the rows span more cells than the limit.
    """
    kept, kept_line, kept_numeric, beyond = [], [], [], list(refused)
    for position, (number, cells) in enumerate(zip(line, rows, strict=True)):
        if not any(cell.strip(BLANK) for cell in cells):
            continue
        longest = max(map(len, cells))
        if longest > LIMITS.cell_characters or len(cells) > LIMITS.columns:
            code = "long_cell" if longest > LIMITS.cell_characters else "wide_row"
            beyond.append(RefusedRow(line=number, code=code, text=separator.join(cells[:9])[:80]))
            continue
        kept.append(cells)
        kept_line.append(number)
        if numeric is not None:
            kept_numeric.append(numeric[position])
    width = max([len(headings), *map(len, kept)], default=0)
    check_cells(len(kept) * width, name, n_empty=len(kept) * width - sum(map(len, kept)))
    squared = [(*cells, *[""] * (width - len(cells))) for cells in kept]
    turned = zip(*squared, strict=True) if squared else [()] * width
    table = pd.DataFrame({place: pd.Series(list(column), dtype="str") for place, column in enumerate(turned)})
    total = n_lines if n_lines is not None else max([*line, *(row.line for row in beyond)], default=0)
    marks = None
    if numeric is not None and kept:
        marks = np.zeros((len(kept), width), dtype=bool)
        for position, flags in enumerate(kept_numeric):
            marks[position, : len(flags)] = flags
    return RawSheet(
        name=name,
        cells=table,
        line=np.array(kept_line, dtype=np.int64),
        headings=tuple(headings),
        numeric=marks,
        separator=separator,
        encoding=encoding,
        refused=tuple(sorted(beyond, key=lambda row: row.line)),
        n_cells=np.array([len(cells) for cells in kept], dtype=np.int64),
        n_lines=total,
        n_blank=total - len(kept) - len(beyond) - n_continued,
        n_continued=n_continued,
    )
