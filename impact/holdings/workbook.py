"""Rows of an XLSX workbook, read without trusting it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from impact.errors import InputError

__all__ = ["LARGEST_WORKBOOK_BYTES", "sheet_rows", "sheet_without_values"]

LARGEST_WORKBOOK_BYTES = 1 << 30
"""A workbook that unpacks to more than this is refused: a zip bomb, or a table that belongs in Parquet."""


def _openpyxl():
    try:
        import openpyxl
    except ImportError as error:
        raise InputError(
            "reading an XLSX workbook needs openpyxl: install the extra with `pip install 'index-exclusion-impact[excel]'`, or save as CSV."
        ) from error
    return openpyxl


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise InputError(f"path={str(path)!r} is a damaged workbook ({error}); save it again.") from error
    unpacked = sum(member.file_size for member in members)
    if unpacked > LARGEST_WORKBOOK_BYTES:
        raise InputError(
            f"path={str(path)!r} unpacks to {unpacked:,} bytes, more than the {LARGEST_WORKBOOK_BYTES:,} that a workbook may: "
            "save it as CSV or Parquet."
        )
    if any(member.flag_bits & 1 for member in members):
        raise InputError(f"path={str(path)!r} is locked with a password; save it without one.")
    if not any(member.filename == "xl/workbook.xml" for member in members):
        raise InputError(f"path={str(path)!r} is a ZIP archive and not a workbook; unpack it and give the table inside.")


def sheet_rows(path: Path, sheet: str | None = None, *, formulas: bool = False) -> Iterator[tuple[object, ...]]:
    """The rows of one sheet as tuples of stored values.

    Parameters
    ----------
    sheet : str, optional
        Name of the sheet; the first one that is not empty by default.
    formulas : bool
        Yield the formulas instead of the values stored beside them.

    Raises
    ------
    InputError
        If openpyxl is absent, the workbook is damaged, locked or too large, or has no such sheet.
    """
    openpyxl = _openpyxl()
    _check_archive(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=not formulas)
    except Exception as error:  # openpyxl raises a dozen kinds on a damaged part, none of them common to all
        raise InputError(f"path={str(path)!r} is a damaged workbook ({type(error).__name__}: {error}); save it again.") from error
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise InputError(f"sheet={sheet!r} is not in {str(path)!r}; choose one of: {', '.join(book.sheetnames)}.")
        for name in [sheet] if sheet else book.sheetnames:
            page = book[name]
            if not hasattr(page, "reset_dimensions"):
                continue  # a chart sheet holds no rows
            page.reset_dimensions()
            blank: list[tuple[object, ...]] = []
            filled = False
            for row in page.iter_rows(values_only=True):
                if all(cell is None for cell in row):
                    blank.append(row)
                    continue
                yield from blank
                yield row
                blank.clear()
                filled = True
            if filled:
                return
    finally:
        book.close()


def sheet_without_values(path: Path, sheet: str | None = None) -> dict[tuple[int, int], str]:
    """Formulas of a sheet by (1-based row, 0-based column): cells whose value exists only if a spreadsheet stored it."""
    return {
        (number, column): cell
        for number, row in enumerate(sheet_rows(path, sheet, formulas=True), start=1)
        for column, cell in enumerate(row)
        if isinstance(cell, str) and cell.startswith("=")
    }
