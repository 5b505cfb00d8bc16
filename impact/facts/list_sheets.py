"""The tables of a list of the reader's own, whatever the kind of its file: where its headings stand, and what separates its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from impact.errors import InputError, SourceUnusable
from impact.intake.delimited import SEPARATORS
from impact.intake.reading import read_tables
from impact.intake.records import BLANK, RawSheet, cell_text

__all__ = ["ListRow", "ListSheet", "read_list_sheets"]

_HEAD_ROWS = 40
"""Rows among which the headings stand, as in a book."""
_NOWHERE = SEPARATORS[-1]
"""A separator that no list has: a column alone is cut nowhere."""


@dataclass(frozen=True, kw_only=True)
class ListRow:
    """One row: its line, cells, text, the cells that it had in the file, and whether it stands above the headings."""

    line: int
    cells: tuple[str, ...]
    text: str
    n_cells: int
    above: bool


@dataclass(frozen=True, kw_only=True)
class ListSheet:
    """One table of a list, and where its headings stand.

    Attributes
    ----------
    sheet : RawSheet
    place : int
        Position of the row of headings; -1 where the file keeps them apart from its rows.
    headings : tuple of str
        As printed, to the last that is not blank; empty where the sheet has no column of names.
    """

    sheet: RawSheet
    place: int
    headings: tuple[str, ...]

    def rows(self) -> Iterator[ListRow]:
        """Every row but that of the headings."""
        cells = self.sheet.cells.map(cell_text).itertuples(index=False, name=None)
        n_cells = self.sheet.n_cells if self.sheet.n_cells is not None else np.full(len(self.sheet), self.sheet.width)
        for number, (line, row, n) in enumerate(zip(self.sheet.line, cells, n_cells, strict=True)):
            if number != self.place:
                text = (self.sheet.separator or " ").join(row[: int(n)])
                yield ListRow(
                    line=int(line), cells=tuple(cell.strip(BLANK) for cell in row), text=text, n_cells=int(n), above=number < self.place
                )


def read_list_sheets(path: str | Path, known: Callable[[str], str]) -> tuple[ListSheet, ...]:
    """The tables of a file, each with its headings.

    Parameters
    ----------
    path : path
        Of any kind that :func:`impact.intake.read_tables` reads.
    known : callable
        The column that a heading names, empty where it names none; ``name`` is the one that headings must have.

    Raises
    ------
    SourceUnusable
        If the file cannot be read.
    """
    try:
        sheets = read_tables(path).sheets
        if mark := _separator_of_headings(sheets, known):
            sheets = read_tables(path, separator=mark).sheets
    except InputError as error:
        raise SourceUnusable(f"{Path(path).name} holds no usable row: {error}") from error
    return tuple(_headed(sheet, known) for sheet in sheets)


def _headed(sheet: RawSheet, known: Callable[[str], str]) -> ListSheet:
    head = [list(sheet.headings)] if sheet.headings else sheet.head(_HEAD_ROWS)
    place = _best(head, known)
    if place is None:
        return ListSheet(sheet=sheet, place=-1, headings=())
    headings = [cell.strip(BLANK) for cell in head[place]]
    while not headings[-1]:
        headings.pop()
    return ListSheet(sheet=sheet, place=-1 if sheet.headings else place, headings=tuple(headings))


def _best(head: Sequence[Sequence[str]], known: Callable[[str], str]) -> int | None:
    """The first of the rows with a column of names that have most known headings, and of those fewest others."""
    worth = {}
    for place, cells in enumerate(head):
        filled = [cell.strip(BLANK) for cell in cells if cell.strip(BLANK)]
        columns = [column for cell in filled if (column := known(cell))]
        if "name" in columns:
            worth[place] = (len(columns), len(columns) - len(filled))
    return max(worth, key=lambda place: worth[place], default=None)


def _separator_of_headings(sheets: Sequence[RawSheet], known: Callable[[str], str]) -> str:
    """The separator by which a line of text has more headings than by the one that most rows show; empty where that is the one.

    A list may have another separator in every cell of a column. One with a single heading has none.
    """
    if len(sheets) != 1 or not sheets[0].separator:
        return ""
    sheet = sheets[0]
    lines = [sheet.separator.join(cells).rstrip(BLANK + sheet.separator) for cells in sheet.head(_HEAD_ROWS)]
    cut = {mark: [[cell.strip(BLANK + '"') for cell in line.split(mark)] for line in lines] for mark in (sheet.separator, *SEPARATORS)}
    n_known = {
        mark: 0 if (place := _best(head, known)) is None else sum(bool(known(cell)) for cell in head[place]) for mark, head in cut.items()
    }
    best = max(n_known, key=lambda mark: n_known[mark])
    if n_known[best] > n_known[sheet.separator]:
        return best
    place = _best(cut[sheet.separator], known)
    alone = place is not None and len(cut[sheet.separator][place]) == 1 and sheet.width > 1
    return _NOWHERE if alone else ""
