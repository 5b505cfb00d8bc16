"""A table of daily figures from what intake read: its header row, its dates, its decimal sign, its two levels of columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from impact.errors import InputError, SourceUnusable
from impact.intake import RawFile, RawSheet, read_tables
from impact.intake.currencies import CURRENCIES, currency_of
from impact.market.column_names import COLUMN_NAMES, CURRENCY_LINES, DATE_NAMES, NOT_PRICES, OTHER_FIGURES
from impact.market.heading_units import with_unit
from impact.market.written_days import looks_like_date
from impact.market.written_numbers import decimal_sign

__all__ = ["RawTable", "read_sheets", "read_table", "table_of_bytes"]

DELIMITED = (".csv", ".tsv", ".txt")
PARQUET = (".parquet", ".pq")
WORKBOOKS = (".xlsx", ".xlsm", ".xml", ".html", ".htm", ".xls", ".json", ".zip")
PREAMBLE_LINES = 40
LEVEL_NAMES = (("price", "ticker"), ("ticker", "price"))
_FIGURE_NAMES = (
    OTHER_FIGURES | NOT_PRICES | {name for figure in ("close", "adjusted_close", "volume", "dividends") for name in COLUMN_NAMES[figure]}
)


@dataclass(frozen=True, eq=False, kw_only=True)
class RawTable:
    """A file as columns of text (or of numbers, from Parquet), before any meaning is given to them.

    Attributes
    ----------
    name : str
        File name, for messages.
    columns : DataFrame
        One row a data row; its index is the line in the file (the row number, from Parquet), counted from 1.
    decimal : str
        The decimal sign found: ``.`` or ``,``.
    refused : tuple of (line, reason)
        Rows that do not fit the header.
    levels : mapping of column to (figure, security)
        Of a table with two levels of columns, as yfinance writes it; empty otherwise.
    notes : tuple of str
        That the figures contradict a decimal sign that was stated.
    currency : str
        What a line above the header states; empty where none does.
    """

    name: str
    columns: pd.DataFrame
    decimal: str
    refused: tuple[tuple[int, str], ...] = ()
    levels: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    currency: str = ""


def read_table(path: Path, *, date_column: str | None = None, decimal: str | None = None) -> RawTable:
    """A file of daily figures as named columns, whatever its kind, encoding and separator (see :mod:`impact.intake`).

    Parameters
    ----------
    path : Path
    date_column : str, optional
        The file's name for its dates, when it is none of the usual ones.
    decimal : {".", ","}, optional
        Decimal sign where the figures leave it open; those that tell it decide.

    Raises
    ------
    SourceUnusable
        If the file cannot be opened, is damaged, is empty, or holds no table.
    InputError
        If there is no header row with a date column, several sheets have one, a column name repeats, or the decimal sign
        cannot be told.
    """
    return _table_of(_file_of(path), path.name, date_column, decimal)


def read_sheets(path: Path, *, date_column: str | None = None, decimal: str | None = None) -> dict[str, RawTable]:
    """Every sheet of a file that holds daily figures, by its name; a file with one such sheet gives that one under an empty name.

    Parameters and errors as of :func:`read_table`, but that several sheets are no error.
    """
    file = _file_of(path)
    dated = [sheet for sheet in file.sheets if (len(sheet) or sheet.headings) and _has_dates(sheet, date_column)]
    if len(dated) < 2:
        return {"": _table_of(file, path.name, date_column, decimal)}
    return {
        sheet.name.strip(): _table_of_sheet(f"{path.name}, sheet {sheet.name.strip()!r}", sheet, date_column, decimal) for sheet in dated
    }


def _file_of(path: Path) -> RawFile:
    try:
        return read_tables(path)
    except InputError as error:
        raise SourceUnusable(str(error).replace(f"path={str(path)!r}", path.name)) from error


def table_of_bytes(content: bytes, name: str) -> RawTable:
    """A table of daily figures that came over the network; `name` says whence, for messages. Raises as :func:`read_table`."""
    try:
        file = read_tables(content)
    except InputError as error:
        raise SourceUnusable(f"{name}: {error}") from error
    return _table_of(file, name, None, None)


def _table_of(file: RawFile, name: str, date_column: str | None, decimal: str | None) -> RawTable:
    """The one sheet of a file that holds daily figures."""
    sheets = [sheet for sheet in file.sheets if len(sheet) or sheet.headings]
    if not sheets:
        raise SourceUnusable(f"{name} is empty; give a file with a header row and one row a session.")
    if len(sheets) > 1:
        dated = [sheet for sheet in sheets if _has_dates(sheet, date_column)]
        if len(dated) > 1:
            names = ", ".join(repr(sheet.name) for sheet in dated[:5])
            raise InputError(f"{name} holds prices on {len(dated)} sheets ({names}); save the one to read as a file of its own.")
        sheets = dated or sheets
    return _table_of_sheet(name, sheets[0], date_column, decimal)


def _table_of_sheet(name: str, sheet: RawSheet, date_column: str | None, decimal: str | None) -> RawTable:
    if sheet.headings:
        return _typed_table(name, sheet, date_column, decimal)
    return _text_table(name, sheet, date_column, decimal)


def _has_dates(sheet: RawSheet, date_column: str | None) -> bool:
    rows = [list(sheet.headings)] if sheet.headings else _head_of(sheet)
    wanted = _date_names(date_column)
    return any(cell.strip().lower() in wanted for row in rows for cell in row)


def _head_of(sheet: RawSheet) -> list[list[str]]:
    """The first rows with plain blanks, without the angle brackets that MetaStock puts around each heading (``<CLOSE>``)."""
    return [
        [cell[1:-1].strip() if cell[:1] == "<" and cell[-1:] == ">" else cell for cell in (" ".join(text.split()) for text in row)]
        for row in sheet.head(PREAMBLE_LINES)
    ]


def _date_names(date_column: str | None) -> frozenset[str]:
    return COLUMN_NAMES["date"] if date_column is None else frozenset([date_column.strip().lower()])


def _text_table(name: str, sheet: RawSheet, date_column: str | None, decimal: str | None) -> RawTable:
    """A sheet of cells whose header row is one of its own rows."""
    head = _head_of(sheet)
    levels, position = _two_levels(head)
    if levels is None:
        position = _header_position(name, head, date_column)
        header = list(head[position])
    else:
        header = ["date", *(f"{figure} {security}" for figure, security in levels)]
    while header and not header[-1]:
        header.pop()  # a separator at the end of each line
    if header and not header[0]:  # a frame with numbered rows has its dates further on
        header[0] = "#" if any(cell.lower() in _date_names(date_column) for cell in header) else "date"
    _check_header(name, header)
    text = sheet.cells.astype(object).iloc[position + 1 :]
    cells = text.map(lambda cell: "" if cell is None or cell != cell else str(cell).strip())
    lines = np.asarray(sheet.line)[position + 1 :]
    width_of = _row_widths(sheet, cells, position + 1, len(header))
    misfit = width_of != len(header)
    refused = [
        (int(line), f"has {width} cells where the header has {len(header)}")
        for line, width in zip(lines[misfit], width_of[misfit], strict=True)
    ]
    refused += [(row.line, row.reason) for row in sheet.refused]
    body = cells.iloc[:, : len(header)].to_numpy(dtype=object)[~misfit]
    columns = pd.DataFrame(body, columns=header, index=lines[~misfit], dtype="object")
    stored = None if sheet.numeric is None else np.asarray(sheet.numeric)[position + 1 :, : len(header)][~misfit]
    columns, sign, notes = _signed(name, columns, stored, decimal)
    named = {} if levels is None else dict(zip(header[1:], levels, strict=True))
    above = _currency_above(head[:position])
    return RawTable(name=name, columns=columns, decimal=sign, refused=tuple(sorted(refused)), levels=named, notes=notes, currency=above)


def _currency_above(rows: list[list[str]]) -> str:
    """The one currency that lines above the header state, as ``Currency: GBX`` or in a cell of its own; empty where they state none or several."""
    told: dict[tuple[str, float], str] = {}
    for row in rows:
        first, *others = [cell for cell in row if cell] or [""]
        label, _, rest = first.partition(":")
        if label.strip().lower() in CURRENCY_LINES:
            stated = [rest.strip()] if rest.strip() else others
            told |= {currency_of(cell): cell for cell in stated}
    known = [code if worth == 1 else cell for (code, worth), cell in told.items() if code in CURRENCIES]
    return known[0] if len(known) == 1 == len(told) else ""


def _signed(name: str, columns: pd.DataFrame, stored: np.ndarray | None, decimal: str | None) -> tuple[pd.DataFrame, str, tuple[str, ...]]:
    """Columns with one decimal sign throughout, that sign, and what is to be said of one stated: what a file stores as numbers has a point."""
    if stored is None or not stored.any():
        sign, notes = decimal_sign(name, columns, decimal)
        return columns, sign, notes
    sign, notes = decimal_sign(name, columns.mask(stored, ""), decimal)
    if sign == ",":
        columns = columns.mask(stored, columns.map(lambda cell: str(cell).replace(".", ",")))
    return columns, sign, notes


def _row_widths(sheet: RawSheet, cells: pd.DataFrame, first: int, width: int) -> np.ndarray:
    """Cells of each row from `first` on: `width` where it fits, more where a cell stands beyond it, less where the text ends early."""
    filled = (cells != "").to_numpy()
    last = np.where(filled.any(axis=1), filled.shape[1] - np.argmax(filled[:, ::-1], axis=1), 0)
    delimited = bool(sheet.separator) and sheet.n_cells is not None
    stated = np.asarray(sheet.n_cells)[first:] if delimited else np.full(len(last), width)
    return np.where(last > width, last, np.minimum(stated, width))


def _two_levels(head: list[list[str]]) -> tuple[list[tuple[str, str]] | None, int]:
    """Figure and security of each column but the first, where the head has two levels, and the row on which the head ends."""
    for position, row in enumerate(head[:-1]):
        first, second = row[0].lower(), head[position + 1][0].lower()
        upper, lower = row[1:], head[position + 1][1:]
        if (first, second) in LEVEL_NAMES:
            figures, securities = (upper, lower) if first == "price" else (lower, upper)
        elif not first and (second in DATE_NAMES or _names_index(head[position + 1 :])) and _is_level(lower, upper):
            figures, securities = lower, upper
        elif not first and (second in DATE_NAMES or _names_index(head[position + 1 :])) and _is_level(upper, lower):
            figures, securities = upper, lower
        else:
            continue
        width = max((place for place, cell in enumerate(lower, start=1) if cell), default=0)
        pairs = list(zip(_carried(figures[:width]), _carried(securities[:width]), strict=True))
        return pairs, position + 1 + _names_index(head[position + 1 :])
    return None, 0


def _names_index(rows: list[list[str]]) -> bool:
    """Whether below the first row stands one that names the dates and nothing else, as pandas writes it."""
    return len(rows) > 1 and rows[1][0].lower() in DATE_NAMES and not any(rows[1][1:])


def _is_level(figures: list[str], securities: list[str]) -> bool:
    """Whether one line above the data names figures, a close among them, and the other whose they are.

    A single name above figures that do not repeat may be a title.
    """
    named, others = [_figure_of(name) for name in figures if name], [name for name in securities if name]
    if (
        not others
        or not (COLUMN_NAMES["close"] | COLUMN_NAMES["adjusted_close"]) & set(named)
        or not set(named) <= _FIGURE_NAMES
        or _FIGURE_NAMES & {*map(str.lower, others)}
    ):
        return False
    return len(set(named)) < len(named) or len(others) >= len(named)


def _figure_of(heading: str) -> str:
    """A heading in lower case, without the currency or unit behind it where it is no name of a figure as it stands."""
    name = heading.lower()
    return name if name in _FIGURE_NAMES else next((bare.lower() for bare, _ in with_unit(heading)), name)


def _carried(cells: list[str]) -> list[str]:
    """Cells with the blank ones taking the name to their left, as merged headings leave them."""
    carried: list[str] = []
    for cell in cells:
        carried.append(cell or (carried[-1] if carried else ""))
    return carried


def _typed_table(name: str, sheet: RawSheet, date_column: str | None, decimal: str | None) -> RawTable:
    """A sheet whose columns have names and types of their own: Parquet, records, a workbook of one table."""
    frame = sheet.cells.copy()
    header = [heading.strip() for heading in sheet.headings]
    _check_header(name, header)
    frame.columns = pd.Index(header)
    wanted = _date_names(date_column)
    if not any(column.lower() in wanted for column in header):
        dated = [column for column in header if pd.api.types.is_datetime64_any_dtype(frame[column])]
        if not dated:
            listed = ", ".join(header[:8])
            raise InputError(f"{name} has no date column (it has: {listed}); add one, or name it with columns={{'date': ...}}.")
        frame = frame[[dated[0], *(column for column in header if column != dated[0])]].rename(columns={dated[0]: "date"})
    frame.index = pd.Index(np.asarray(sheet.line))
    text = frame.select_dtypes(exclude=["number", "datetime", "datetimetz"])
    sign, notes = decimal_sign(name, text.astype(str), decimal)
    return RawTable(name=name, columns=frame, decimal=sign, notes=notes)


def _header_position(name: str, rows: list[list[str]], date_column: str | None) -> int:
    wanted = _date_names(date_column)
    for position, row in enumerate(rows):
        if len([cell for cell in row if cell]) > 1 and any(cell.lower() in wanted for cell in row):
            return position
    first = rows[0]
    if date_column is not None:
        raise InputError(f"columns['date']={date_column!r} is not a column of {name}; it starts: {', '.join(first[:8])}.")
    if len(rows) > 1 and len(first) > 1 and not looks_like_date(first[0]) and looks_like_date(rows[1][0]):
        return 0
    what = "no header row" if looks_like_date(first[0]) else "no date column"
    raise InputError(f"{name} has {what} (it starts: {', '.join(first[:8])}); add one, or name it with columns={{'date': ...}}.")


def _check_header(name: str, header: list[str]) -> None:
    repeated = [column for column, count in Counter(header).items() if count > 1 and column]
    if repeated:
        raise InputError(
            f"{name} repeats {len(repeated)} column names (first {repeated[0]!r}); columns must be unique: rename or remove one of each."
        )
    if "" in header:
        raise InputError(
            f"{name} has {header.count('')} columns without a name (column {header.index('') + 1}); one header row must name each column."
        )
