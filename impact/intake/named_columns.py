"""A table with a header row as named columns of text: events, facts, stated tables, whatever the kind of its file."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.intake.reading import read_tables
from impact.intake.records import RawSheet, cell_text

__all__ = ["read_named_columns"]


def read_named_columns(path: str | Path, parameter: str, needed: Collection[str] = ()) -> pd.DataFrame:
    """The one table of a file, each column under its heading, each cell as text.

    Parameters
    ----------
    path : path
        Any kind of file that :func:`impact.intake.read_tables` reads.
    parameter : str
        What the caller calls it, for messages.
    needed : collection of str, optional
        Headings by which the sheet is known where the file has several.

    Returns
    -------
    DataFrame
        (n, columns) str, blanks around cells cut, empty where there is nothing; the index is the line of the file, or the row of the
        sheet, of each row. Columns without heading and cell, such as a trailing comma leaves, are left out.

    Raises
    ------
    InputError
        If the file cannot be read, has several such tables, repeats a heading, or a row does not fit the header.
    """
    try:
        file = read_tables(path)
    except InputError as error:
        raise InputError(f"{parameter}: {error}") from error
    what = f"{parameter}={str(path)!r}"
    sheets = {sheet.name: sheet for sheet in file.sheets if len(sheet) or sheet.headings}
    if not sheets:
        raise InputError(f"{what} is empty; give a table with a header row.")
    if len(sheets) > 1:
        fitting = {name: sheet for name, sheet in sheets.items() if needed and set(needed) <= set(_headings(sheet))}
        if len(fitting) != 1:
            raise InputError(
                f"{what} has {len(sheets)} sheets ({', '.join(map(repr, list(sheets)[:5]))}); give the one meant as a file of its own."
            )
        sheets = fitting
    return _columns(next(iter(sheets.values())), what)


def _headings(sheet: RawSheet) -> list[str]:
    return [heading.strip() for heading in (list(sheet.headings) or sheet.head(1)[0])]


def _columns(sheet: RawSheet, what: str) -> pd.DataFrame:
    if sheet.refused:
        raise InputError(
            f"{what}, line {sheet.refused[0].line}: {sheet.refused[0].reason} ({len(sheet.refused)} such rows); mend the file."
        )
    headings, body = _headings(sheet), slice(0 if sheet.headings else 1, None)
    cells = sheet.cells.iloc[body].map(cell_text).apply(lambda column: column.str.strip()) if sheet.width else sheet.cells.iloc[body]
    lines = np.asarray(sheet.line)[body]
    headings += [""] * (sheet.width - len(headings))
    bare = [number for number, heading in enumerate(headings) if not heading]
    stray = (cells.iloc[:, bare] != "").any(axis=1).to_numpy() if bare else np.zeros(len(cells), dtype=bool)
    if stray.any():
        first = int(np.flatnonzero(stray)[0])
        raise InputError(
            f"{what}, line {lines[first]}: a cell stands under no heading ({int(stray.sum())} such rows); quote cells that hold the separator, "
            "or name the column."
        )
    named = [heading for heading in headings if heading]
    repeated = sorted({heading for heading in named if named.count(heading) > 1})
    if repeated:
        raise InputError(f"{what} has the heading {repeated[0]!r} {named.count(repeated[0])} times; name each column once.")
    table = cells.iloc[:, [number for number, heading in enumerate(headings) if heading]].astype("str")
    return table.set_axis(named, axis=1).set_axis(lines, axis=0)
