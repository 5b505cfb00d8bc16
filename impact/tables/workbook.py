"""Tables as a workbook: a sheet each, figures unrounded and shown by the kind of their column, text that cannot run."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.tables.kinds import KINDS
from impact.tables.schema import Table
from impact.tables.text import neutralise

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["to_workbook", "without_clock"]

_EPOCH = (1980, 1, 1, 0, 0, 0)
_CLOCK = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
LONGEST_NAME = 31
"""Characters of the name of a sheet. Source: limits of Excel, as its documentation states them."""


def to_workbook(tables: Mapping[str, Table], *, title: str = "", texts: Mapping[str, Sequence[str]] | None = None) -> bytes:
    """The tables as an .xlsx file, one sheet each, then a sheet with the title, the columns and what the answer rests on.

    Parameters
    ----------
    tables : mapping of name to Table
    title : str, optional
    texts : mapping of heading to lines, optional
        Notes, assumptions, sources.

    Returns
    -------
    bytes
        The same for the same tables: no clock is stored.

    Raises
    ------
    InputError
        If openpyxl is not installed.
    """
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise InputError("an .xlsx file needs openpyxl: install the extra with `pip install 'index-exclusion-impact[excel]'`.") from error
    book = Workbook()
    book.remove(book.active)
    for name, table in tables.items():
        _fill(book.create_sheet(_sheet_name(name, book.sheetnames)), table)
    about = book.create_sheet(_sheet_name("about", book.sheetnames))
    about.append([neutralise(title, "sheet")])
    for heading, lines in (texts or {}).items():
        for line in lines:
            about.append([heading, neutralise(str(line), "sheet")])
    for name, table in tables.items():
        for column in (table.schema.column(head) for head in table.frame.columns):
            about.append(["Column", f"{name}.{neutralise(column.name, 'sheet')}", column.unit, column.about])
    stream = io.BytesIO()
    book.save(stream)
    return without_clock(stream.getvalue())


def _fill(sheet: Worksheet, table: Table) -> None:
    from openpyxl.styles import Font

    frame, schema = table.frame, table.schema
    sheet.append([neutralise(str(name), "sheet") for name in frame.columns])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    kinds = [schema.kinds(frame, name) for name in frame.columns]
    for place, row in enumerate(frame.itertuples(index=False, name=None)):
        sheet.append([_cell(value) for value in row])
        for cell, own in zip(sheet[place + 2], kinds, strict=True):
            if isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool):
                cell.number_format = KINDS[own[place]].sheet
    sheet.freeze_panes = "A2"


def _cell(value: Any) -> Any:
    """A value as a workbook can hold it; missing and infinite numbers stay empty or text, zoned instants are text."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return None if math.isnan(value) else float(value) if math.isfinite(value) else str(float(value))
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime() if value.tzinfo is None else value.isoformat()
    return neutralise(str(value), "sheet")[:32_767]


def _sheet_name(name: str, taken: Sequence[str]) -> str:
    plain = re.sub(r"[\[\]:*?/\\]", "_", name)[:LONGEST_NAME] or "table"
    number, unique = 2, plain
    while unique.lower() in {other.lower() for other in taken}:
        unique = f"{plain[: LONGEST_NAME - len(str(number)) - 1]}_{number}"
        number += 1
    return unique


def without_clock(content: bytes) -> bytes:
    """The archive with fixed dates, so that two runs write the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = _CLOCK.sub(rb"\g<1>1980-01-01T00:00:00Z", old.read(name)) if name == "docProps/core.xml" else old.read(name)
            new.writestr(zipfile.ZipInfo(name, _EPOCH), part, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
