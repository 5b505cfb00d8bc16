"""Tables of positions cut out of a sheet, not yet interpreted, with an account of every other line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from impact.holdings.columns import ColumnPlan
from impact.holdings.preamble import Preamble
from impact.intake.records import RawSheet
from impact.intake.units import StatedUnit
from impact.typing_ import BoolArray, IntArray

__all__ = ["RawTable", "Refused", "SheetTables"]

Refused = tuple[int, str, str]


@dataclass(frozen=True, eq=False, kw_only=True)
class RawTable:
    """One table of positions, not yet interpreted.

    Attributes
    ----------
    cells : DataFrame
        One column a field of the plan; text, or numbers and dates where the file types its columns.
    line : (n,) int
        1-based line of the file (row of the sheet) from which each row comes.
    numeric : mapping of field to (n,) bool
        Cells that the file stores as numbers.
    plan : ColumnPlan
    header_line : int
        0 where the file keeps its headings apart.
    separator : str
    preamble : Preamble
    title : str
        Of the section, where a sheet holds several.
    sheet : RawSheet
        From which the table is cut.
    places : (n,) int
        Position in the sheet of each row.
    shift : int
        Column of the sheet of the first heading.
    """

    cells: pd.DataFrame
    line: IntArray
    plan: ColumnPlan
    header_line: int
    sheet: RawSheet
    places: IntArray
    shift: int = 0
    numeric: Mapping[str, BoolArray] = field(default_factory=dict)
    separator: str = ""
    preamble: Preamble = field(default_factory=Preamble)
    title: str = ""

    def printed(self, rows: IntArray, columns: Sequence[int]) -> pd.DataFrame:
        """The cells of some rows, in the columns of those headings, as text; a heading without a column is left out."""
        there = [number for number in columns if number + self.shift < self.sheet.width]
        cells = {number: self.sheet.cells[number + self.shift].take(self.places[rows]) for number in there}
        return pd.DataFrame(
            {number: column.astype("str").where(column.notna(), "").reset_index(drop=True) for number, column in cells.items()}
        )

    def words(self, rows: IntArray) -> list[str]:
        """All cells of some rows, each row as one text."""
        cells = self.sheet.cells.take(self.places[rows]).astype("str").itertuples(index=False, name=None) if len(rows) else ()
        return [" ".join(row) for row in cells]

    def parts_of_quantity(self) -> dict[str, pd.Series]:
        """Heading -> cells of the columns that hold further parts of the quantity."""
        cells = self.printed(np.arange(len(self.cells)), self.plan.quantity_parts)
        return {self.plan.headings[number]: cells[number] for number in self.plan.quantity_parts if number in cells}


@dataclass(frozen=True, eq=False, kw_only=True)
class SheetTables:
    """The tables of one sheet.

    Attributes
    ----------
    tables : tuple of RawTable
        Empty when no line of the sheet reads as a header of positions.
    refused : list of (line, reason, text)
        Every other line below the first header, and all lines of a sheet without a header.
    seen : tuple of str
        The headings that come closest, for the error message.
    unit : StatedUnit or None
        The scale that lines of the sheet outside its tables state.
    """

    sheet: RawSheet
    tables: tuple[RawTable, ...]
    refused: list[Refused]
    seen: tuple[str, ...] = ()
    unit: StatedUnit | None = None
