"""Read a delimited or Parquet file into named columns, whatever its encoding, separator, decimal sign and date format."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from impact.errors import InputError, SourceUnusable
from impact.market.frames import DATE_NAMES

__all__ = ["RawTable", "read_dates", "read_numbers", "read_table"]

DELIMITED = (".csv", ".tsv", ".txt")
PARQUET = (".parquet", ".pq")
SEPARATORS = (";", "\t", "|", ",")  # a comma can also be a decimal sign, so it is tried last
PREAMBLE_LINES = 40
MISSING = frozenset(["", "-", "--", ".", "n/a", "na", "nan", "null", "none", "nil", "#n/a", "#n/a n/a", "#na", "<na>"])

# What a date may look like, and how to read it. The month and day of the last pattern are told apart by their values.
DATE_FORMATS = (
    (re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]00:00(?::00(?:\.0+)?)?(?:[+-]\d{2}:?\d{2}|Z)?)?"), "%Y-%m-%d"),
    (re.compile(r"\d{8}"), "%Y%m%d"),
    (re.compile(r"\d{4}/\d{1,2}/\d{1,2}"), "%Y/%m/%d"),
    (re.compile(r"\d{1,2}-[A-Za-z]{3}-\d{4}"), "%d-%b-%Y"),
    (re.compile(r"\d{1,2} [A-Za-z]{3} \d{4}"), "%d %b %Y"),
    (re.compile(r"[A-Za-z]{3} \d{1,2}, \d{4}"), "%b %d, %Y"),
    (re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}"), "%d.%m.%Y"),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{4}"), ""),
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
    """

    name: str
    columns: pd.DataFrame
    decimal: str
    refused: tuple[tuple[int, str], ...] = ()


def read_table(path: Path, *, date_column: str | None = None, decimal: str | None = None) -> RawTable:
    """A CSV (also gzipped) or Parquet file as named columns.

    Parameters
    ----------
    path : Path
    date_column : str, optional
        The file's name for its dates, when it is none of the usual ones.
    decimal : {".", ","}, optional
        Decimal sign; found from the figures when None.

    Raises
    ------
    SourceUnusable
        If the file cannot be opened, is empty, or is not text.
    InputError
        If there is no header row with a date column, a column name repeats, or the decimal sign cannot be told.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in PARQUET:
        return _read_parquet(path, date_column)
    if not any(suffix in DELIMITED for suffix in suffixes[-2:]):
        raise InputError(f"{path.name} does not end in {', '.join(DELIMITED + PARQUET)} (or .gz); save it as CSV or Parquet.")
    lines = _text(path).splitlines()
    separator = _separator(lines)
    rows = [(number, row) for number, row in _rows(lines, separator) if any(cell.strip() for cell in row)]
    if not rows:
        raise SourceUnusable(f"{path.name} is empty; give a file with a header row and one row a session.")
    position = _header_position(path.name, rows, date_column)
    header = [cell.strip() for cell in rows[position][1]]
    while header and not header[-1]:
        header.pop()  # a separator at the end of each line
    header[0] = header[0] or "date"
    _check_header(path.name, header)
    body, refused = [], []
    for number, row in rows[position + 1 :]:
        cells = [cell.strip() for cell in row]
        if len(cells) < len(header) or any(cells[len(header) :]):
            refused.append((number, f"has {len(cells)} cells where the header has {len(header)}"))
        else:
            body.append((number, cells[: len(header)]))
    columns = pd.DataFrame([cells for _, cells in body], columns=header, index=[number for number, _ in body], dtype="object")
    return RawTable(name=path.name, columns=columns, decimal=decimal or _decimal_sign(path.name, columns), refused=tuple(refused))


def read_dates(cells: pd.Series, name: str, date_format: str | None = None) -> pd.Series:
    """Dates at midnight (datetime64[ns]); NaT where a cell does not have the format of the others.

    Raises
    ------
    InputError
        If no cell is a date, or day and month cannot be told apart and `date_format` is not given.
    """
    if pd.api.types.is_datetime64_any_dtype(cells):
        zone_free = cells.dt.tz_localize(None) if isinstance(cells.dtype, pd.DatetimeTZDtype) else cells
        return zone_free.astype("datetime64[ns]")
    text = cells.astype(str).str.strip()
    if date_format is None and len(text):
        date_format, text = _date_format(text, name)
    dates = pd.to_datetime(text, format=date_format, errors="coerce").astype("datetime64[ns]")
    if len(dates) and dates.isna().all():
        raise InputError(f"{name}: no date can be read as {date_format!r} (first {text.iloc[0]!r}); name the format with date_format.")
    return dates


def read_numbers(cells: pd.Series, decimal: str) -> tuple[np.ndarray, np.ndarray]:
    """Figures as float, NaN where the cell is empty, and a mask of the cells that hold something else than a number."""
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        return cells.to_numpy(dtype=np.float64, na_value=np.nan), np.zeros(len(cells), dtype=bool)
    numbers = np.full(len(cells), np.nan)
    if decimal == ".":
        numbers = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
    bad = np.isnan(numbers)
    left = np.flatnonzero(bad)
    texts = ["" if cell is None or cell != cell else str(cell) for cell in cells.iloc[left]]
    empty = np.array([text.strip().lower() in MISSING for text in texts], dtype=bool)
    plain = pd.Series([_plain_number(text, decimal) for text in texts], dtype="object")
    numbers[left] = np.where(empty, np.nan, pd.to_numeric(plain, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan))
    bad[left] = np.isnan(numbers[left]) & ~empty
    return numbers, bad


def _plain_number(text: str, decimal: str) -> str:
    text = text.strip().replace("\u00a0", "").replace("\u202f", "").replace("'", "").replace("\u2019", "").replace(" ", "")
    if decimal == ",":
        return text.replace(".", "").replace(",", ".")
    return text.replace(",", "")


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
        if path.suffix.lower() == ".gz":
            raw = gzip.decompress(raw)
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceUnusable(f"{path.name} cannot be read ({reason}); check that it is a file you may open.") from error
    raw = raw.replace(b"\x1a", b"")
    if b"\x00" in raw[:4096]:
        raise SourceUnusable(f"{path.name} is not text (it holds NUL bytes); save it as CSV in UTF-8, or as Parquet with that ending.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _rows(lines: list[str], separator: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=separator)
    return [(reader.line_num, row) for row in reader]


def _separator(lines: list[str]) -> str:
    """The first candidate that cuts most lines into the same number of cells, more than one."""
    sample = [line for line in lines if line.strip()][: 2 * PREAMBLE_LINES]
    best, best_share = ",", 0.0
    for separator in SEPARATORS:
        widths = Counter(len(row) for row in csv.reader(sample, delimiter=separator))
        width, count = max(((w, n) for w, n in widths.items() if w > 1), key=lambda pair: pair[1], default=(0, 0))
        share = count / len(sample) if sample else 0.0
        if width and share > best_share + 0.2:
            best, best_share = separator, share
    return best


def _header_position(name: str, rows: list[tuple[int, list[str]]], date_column: str | None) -> int:
    wanted = DATE_NAMES | {"ex_date", "ex date"} if date_column is None else {date_column.strip().lower()}
    for position, (_, row) in enumerate(rows[:PREAMBLE_LINES]):
        if len(row) > 1 and any(cell.strip().lower() in wanted for cell in row):
            return position
    first = [cell.strip() for cell in rows[0][1]]
    if date_column is not None:
        raise InputError(f"columns['date']={date_column!r} is not a column of {name}; it starts: {', '.join(first[:8])}.")
    if len(rows) > 1 and len(first) > 1 and not _looks_like_date(first[0]) and _looks_like_date(rows[1][1][0].strip()):
        return 0
    what = "no header row" if _looks_like_date(first[0]) else "no date column"
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


def _looks_like_date(text: str) -> bool:
    return any(pattern.fullmatch(text) for pattern, _ in DATE_FORMATS)


def _date_format(text: pd.Series, name: str) -> tuple[str, pd.Series]:
    """The format of most cells, and the cells cut to what it reads."""
    for pattern, date_format in sorted(DATE_FORMATS, key=lambda pair: -int(text.str.fullmatch(pair[0]).sum())):
        if not text.str.fullmatch(pattern).any():
            break
        if date_format == "%Y-%m-%d":
            return date_format, text.where(text.str.fullmatch(pattern), "").str[:10]
        return date_format or _day_or_month_first(text[text.str.fullmatch(pattern)], name), text
    first = text.iloc[0] if len(text) else ""
    raise InputError(f"{name}: no date can be read (first {first!r}); write dates as YYYY-MM-DD, or name the format with date_format.")


def _day_or_month_first(text: pd.Series, name: str) -> str:
    parts = text.str.split("/", expand=True)
    first, second = parts[0].astype(int).max(), parts[1].astype(int).max()
    if first > 12 and second <= 12:
        return "%d/%m/%Y"
    if second > 12 and first <= 12:
        return "%m/%d/%Y"
    raise InputError(
        f"{name}: day and month cannot be told apart (first {text.iloc[0]!r}); say which with date_format='%d/%m/%Y' or '%m/%d/%Y'."
    )


def _decimal_sign(name: str, columns: pd.DataFrame) -> str:
    """The sign that some figure can only use as a decimal sign: not followed by three digits, or the last of two kinds."""
    sample = [cell for column in columns.columns for cell in columns[column].iloc[:200]]
    sure = dict.fromkeys(".,", False)
    doubtful = ""
    for cell in sample:
        match = re.fullmatch(r"[-+]?\d[\d.,]*?([.,])(\d+)", cell)
        if not match or _looks_like_date(cell):
            continue
        sign, decimals = match.groups()
        other = "," if sign == "." else "."
        if len(decimals) != 3 or other in cell or cell.lstrip("+-").startswith("0"):
            sure[sign] |= cell.count(sign) == 1
        elif sign == "," and cell.count(",") == 1:
            doubtful = cell
    if sure["."] and sure[","]:
        raise InputError(f"{name} uses both '.' and ',' as decimal sign; write all figures with one, or say which with decimal.")
    if not sure["."] and not sure[","] and doubtful:
        raise InputError(f"{name}: {doubtful!r} may be thousands or decimals; say which with decimal='.' or decimal=','.")
    return "," if sure[","] else "."


def _read_parquet(path: Path, date_column: str | None) -> RawTable:
    try:
        frame = pd.read_parquet(path)
    except ImportError as error:
        raise InputError(
            f"{path.name} needs pyarrow to be read: install it with `pip install 'index-exclusion-impact[parquet]'`."
        ) from error
    except (OSError, ValueError) as error:
        raise SourceUnusable(f"{path.name} cannot be read as Parquet ({str(error).splitlines()[0]}); check the file.") from error
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index(names=frame.index.name or "date") if frame.index.nlevels == 1 else frame.reset_index()
    frame.columns = [str(column) for column in frame.columns]
    wanted = DATE_NAMES if date_column is None else {date_column.strip().lower()}
    if not any(column.lower() in wanted for column in frame.columns):
        listed = ", ".join(frame.columns[:8])
        raise InputError(f"{path.name} has no date column (it has: {listed}); add one, or name it with columns={{'date': ...}}.")
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return RawTable(name=path.name, columns=frame, decimal=".")
