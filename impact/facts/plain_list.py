"""A list in a plain table of the reader's own: one row an entity, headed columns, several values with ``; `` or ``|`` between."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import pandas as pd

from impact.bundled import read_bundled
from impact.errors import SourceUnusable
from impact.facts.codes_in_names import code_behind_mark, codes_within
from impact.facts.list_records import ListTables, OfficialList
from impact.facts.list_sheets import ListRow, ListSheet, read_list_sheets
from impact.facts.names_within import names_within
from impact.intake.dates import is_bare_date, parse_date, parse_dates
from impact.intake.headings import heading_key
from impact.intake.numbers import MISSING_TEXT
from impact.intake.reading import encoding_doubt
from impact.provenance import Source

__all__ = ["PLAIN_COLUMNS", "has_plain_header", "read_plain_list"]

PLAIN_COLUMNS: dict[str, str] = {
    "name": "name of the entity (required)",
    "program": "programmes it stands under",
    "kind": "entity, individual, vessel or aircraft (empty: entity)",
    "listed_on": "ISO day of the listing",
    "effective_on": "ISO day from which purchases are barred",
    "divest_by": "ISO day until which sales are allowed",
    "removed_on": "ISO day of the removal",
    "isin": "ISINs",
    "cusip": "CUSIPs",
    "sedol": "SEDOLs",
    "figi": "FIGIs",
    "lei": "LEIs",
    "ticker": "tickers with their venue: 941 HK, 0941.HK, CHL US",
    "aka": "other names",
    "linked_to": "parents and sister entities",
    "note": "anything else",
}
_FROM_BOOKS = ("name", "isin", "cusip", "sedol", "figi", "ticker")
"""Fields of books that a list has as well, with their headings in all languages."""
_OF_A_VENUE = {
    **dict.fromkeys(("listed", "date listed", "listing date"), "listed_on"),
    **dict.fromkeys(("delisted", "delisted on", "date delisted", "delisting date"), "removed_on"),
}
"""Headings that tables of companies have for the day on which trading began or ended, and what to call the day of a list."""
_BETWEEN = ("|", " / ", "\n", "\r")
"""What stands between values of one cell beside a semicolon."""
_DATES = {"listed_on": "listing", "effective_on": "effective", "divest_by": "divestment", "removed_on": "removal"}


def has_plain_header(path: str | Path) -> bool:
    """Whether a file is a plain table: it can be read as one and has a column of names. What else it has is asked when it is read."""
    try:
        return any(sheet.headings for sheet in read_list_sheets(path, _column_of))
    except SourceUnusable:
        return False


@lru_cache(maxsize=1)
def _vocabulary() -> Mapping[str, str]:
    """Key of a heading -> column; of those that books have as well one that means a single field there."""
    books, lists = read_bundled("headings"), read_bundled("list_headings")
    fields: dict[str, set[str]] = {}
    for field, heading in zip(books["field"], books["heading"], strict=True):
        fields.setdefault(heading_key(heading), set()).add(field)
    shared = {key: named.copy().pop() for key, named in fields.items() if len(named) == 1 and named <= set(_FROM_BOOKS)}
    own = {heading_key(heading): field for field, heading in zip(lists["field"], lists["heading"], strict=True)}
    return {**shared, **own, **{heading_key(name): name for name in PLAIN_COLUMNS}}


def _column_of(heading: str) -> str:
    return _vocabulary().get(heading_key(heading), "")


def _plain(heading: str) -> str:
    return " ".join(heading.replace("_", " ").lower().split())


def read_plain_list(path: str | Path, *, version: str = "") -> OfficialList:
    """Read a list from a table with the columns of ``PLAIN_COLUMNS``, or under other usual words for them (Alias, Unternehmen, 公司名称).

    The file may be of any kind in which a book comes: text of any separator and encoding, a workbook, a page, JSON, Parquet. Titles may
    stand above the headings. Only `name` is required; an unknown column is refused by name, so that a misspelt one is not lost silently.

    Raises
    ------
    SourceUnusable
        If the file cannot be read, lacks `name`, has a column that is not known, or holds no usable row.
    """
    file, sheets = Path(path).name, read_list_sheets(path, _column_of)
    if not any(sheet.headings for sheet in sheets):
        first = " ".join(sheets[0].sheet.headings or sheets[0].sheet.head(1)[0] if len(sheets[0].sheet) else ()).strip()
        raise SourceUnusable(
            f"{file} holds no usable row: no line of it, from the first {first[:80]!r} on, heads a list with a column of names; a table of "
            f"your own begins with the headings of its columns, of: {', '.join(PLAIN_COLUMNS)}."
        )
    tables = ListTables(file=file)
    for sheet in sheets:
        tables.file = f"{file}, sheet {sheet.sheet.name!r}" if len(sheets) > 1 else file
        _read_sheet(tables, sheet, before=f"{sheet.sheet.name}, " if len(sheets) > 1 else "")
    source = Source(title=f"list file {file}", retrieved=version, basis="user file")
    return tables.finish(title="plain list", version=version, source=source)


def _columns(sheet: ListSheet, file: str) -> list[str]:
    """The column that each heading of a sheet names; empty where it is blank."""
    printed = [name.lower() for name in sheet.headings]
    header = [_column_of(name) for name in printed]
    if of_a_venue := [name for name in printed if _plain(name) in _OF_A_VENUE]:
        first = of_a_venue[0]
        raise SourceUnusable(
            f"{file}: column {first!r} ({len(of_a_venue)} such) may be the day of a trading venue; call it {_OF_A_VENUE[_plain(first)]} "
            "if it is that of the list, else leave it out."
        )
    if sheet.sheet.lists:
        raise SourceUnusable(
            f"{file}: column {sheet.sheet.lists[0].name!r} holds lists of records; write its values as one text with '; ' between."
        )
    if unknown := [name for name, column in zip(printed, header, strict=True) if name and not column]:
        raise SourceUnusable(f"{file}: column {unknown[0]!r} is not known ({len(unknown)} unknown); use: {', '.join(PLAIN_COLUMNS)}.")
    if twice := sorted({name for name in header if name and name != "note" and header.count(name) > 1}):
        raise SourceUnusable(
            f"{file}: {len(twice)} column(s) stand twice (first {twice[0]!r}, by this name or another); join them with '; '."
        )
    return header


def _read_sheet(tables: ListTables, sheet: ListSheet, before: str) -> None:
    """Every row of one sheet: an entry, or dropped with its reason."""
    header = _columns(sheet, tables.file)
    if doubt := encoding_doubt(sheet.sheet):
        tables.error(0, "", "", sheet.sheet.encoding, doubt.rstrip("."))
    rows, refused = list(sheet.rows()), sheet.sheet.refused
    tables.read[tables.file] = len(rows) + len(refused)
    reasons = {row.line: reason for row in rows if (reason := _why_not(row, sheet, header))}
    dropped = [(row.line, reasons[row.line], row.text) for row in rows if row.line in reasons]
    for line, reason, text in sorted([*dropped, *((row.line, row.reason, row.text) for row in refused)]):
        tables.drop(tables.file, line, reason, text)
    kept = [row for row in rows if row.line not in reasons]
    table = [_cells(row, sheet, header) for row in kept]
    days = {column: _days([cells.get(column, "") for cells in table]) for column in _DATES}
    for number, (row, cells) in enumerate(zip(kept, table, strict=True)):
        entry = f"{before}row {row.line}"
        _keep(tables, row.line, entry, cells)
        _keep_days(tables, row.line, entry, cells, {column: pd.Timestamp(day.array[number]) for column, day in days.items()})
        if sheet.sheet.separator and row.n_cells < len(header):
            tables.error(row.line, entry, "row", row.text, f"has {row.n_cells} columns, not {len(header)}: a part of it may be missing")
        for code in (code for column in ("name", "aka") for code in codes_within(cells.get(column, ""))):
            tables.error(row.line, entry, "name", code, "stands in a name and is not asked about; give it a column with a heading")
        for cell in _under_no_heading(row, header):
            tables.error(row.line, entry, "", cell, "stands under no heading")


def _cells(row: ListRow, sheet: ListSheet, header: list[str]) -> dict[str, str]:
    """Column -> its cell; country, reason and remark make one note, which says what each of them is."""
    cells = {column: cell for column, cell in zip(header, row.cells, strict=False) if column and column != "note"}
    notes = [(heading, cell) for heading, column, cell in zip(sheet.headings, header, row.cells, strict=False) if column == "note" and cell]
    told = notes if header.count("note") > 1 else [("", cell) for _, cell in notes]
    return {**cells, "note": "; ".join(f"{heading}: {cell}".removeprefix(": ") for heading, cell in told)}


def _under_no_heading(row: ListRow, header: list[str]) -> list[str]:
    return [cell for number, cell in enumerate(row.cells) if cell and (number >= len(header) or not header[number])]


def _why_not(row: ListRow, sheet: ListSheet, header: list[str]) -> str:
    """Why a row is no entry; empty where it is one. A cell too many of text, which may be cut wrongly, makes all of them doubtful."""
    if not header:
        return "its sheet has no column of names"
    if row.above:
        return "stands above the headings"
    if row.cells[: len(header)] == sheet.headings:
        return "repeats the headings"
    if sheet.sheet.separator and _under_no_heading(row, header):
        return f"has {row.n_cells} columns, not {len(header)}"
    name = row.cells[header.index("name")]
    if code := code_behind_mark(name):
        return f"its name holds {code!r}, which has the form of a code, ticker or day; give it a column with a heading"
    return "" if any(map(str.isalnum, name)) else "has no name"


def _days(cells: list[str]) -> pd.Series:
    """The days of a column in one order; a cell with more words than a date has is none: they may say that it is no longer so."""
    return parse_dates(pd.Series([cell if is_bare_date(cell) else "" for cell in cells], dtype="str")).values


def _values(cell: str, *more: str) -> list[str]:
    for mark in (*_BETWEEN, *more):
        cell = cell.replace(mark, ";")
    return [part.strip() for part in cell.split(";") if part.strip()]


def _keep(tables: ListTables, row: int, entry: str, cells: dict[str, str]) -> None:
    name = cells["name"]
    tables.kept[tables.file] += 1
    programs = "; ".join(_values(cells.get("program", "")))
    kind = cells.get("kind", "").strip().lower() or "entity"
    tables.rows["entries"].append((entry, tables.file, name, kind, programs, "", cells.get("note", "").strip(), tables.file, row))
    tables.rows["names"].append((entry, "primary", name))
    others = [*(values if len(values := _values(name)) > 1 else ()), *_values(cells.get("aka", ""))]
    tables.rows["names"].extend((entry, "aka", other) for other in others)
    tables.rows["names"].extend((entry, "part", part) for other in (name, *others) for part in names_within(other))
    tables.rows["relations"].extend((entry, "linked to", other) for other in _values(cells.get("linked_to", "")))
    if cells.get("note", "").strip():
        tables.rows["attributes"].append((entry, "note", cells["note"].strip()))
    for column in ("isin", "cusip", "sedol", "figi", "lei", "ticker"):
        for written in _values(cells.get(column, ""), ","):
            tables.add_identifier(row, entry, column, column, written)


def _keep_days(tables: ListTables, row: int, entry: str, cells: dict[str, str], day_of: dict[str, pd.Timestamp]) -> None:
    """The days of one entry; a cell whose day is not read, and a removal before the listing, are errors."""
    for column, day in day_of.items():
        written = cells.get(column, "").strip()
        if pd.notna(day):
            tables.rows["dates"].append((entry, _DATES[column], column, day))
        elif written.lower() not in MISSING_TEXT:
            either = is_bare_date(written) and parse_date(written, dayfirst=True) is not None
            reason = "day and month may be exchanged" if either else "not a day"
            tables.error(row, entry, column, written, f"{reason}; write 2020-06-05 or 05 Jun 2020")
    if day_of["removed_on"] < day_of["listed_on"]:
        tables.error(row, entry, "removed_on", cells["removed_on"].strip(), "lies before the day of the listing: taken as listed since")
