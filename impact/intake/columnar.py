"""Tables whose columns have types: Parquet, Arrow files, JSON, and frames or records given in memory."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.intake.dates import is_bare_date
from impact.intake.encoding import decode, opening_text
from impact.intake.given_frames import as_frame
from impact.intake.limits import ReadOptions
from impact.intake.records import NestedRecords, RawSheet, cell_text, check_records, sheet_of_rows
from impact.typing_ import TableLike

__all__ = ["frame_sheet", "is_arrow", "is_json", "is_parquet", "read_arrow", "read_json", "read_parquet", "records_sheet"]

DEEPEST = 6


class _Records(tuple[Mapping[str, Any], ...]):
    """A list of further records, which is no cell."""

    __slots__ = ()


def is_parquet(content: bytes) -> bool:
    """Parquet."""
    return content.startswith(b"PAR1")


def is_arrow(content: bytes) -> bool:
    """An Arrow file (Feather)."""
    return content.startswith(b"ARROW1")


def is_json(content: bytes) -> bool:
    """JSON, or one JSON record a line."""
    opening = opening_text(content)
    return opening.startswith(("{", "[{", "[[")) or (opening.startswith("[") and opening[1:].lstrip()[:1] in ("{", "[", "]"))


def _pyarrow():
    try:
        import pyarrow
    except ImportError as error:
        raise InputError(
            "reading Parquet or Arrow needs pyarrow: install the extra with `pip install 'index-exclusion-impact[parquet]'`, or save as CSV."
        ) from error
    return pyarrow


def read_parquet(content: bytes, options: ReadOptions) -> tuple[RawSheet, ...]:
    """The one table of a Parquet file.

    Raises
    ------
    InputError
        If pyarrow is absent, or the file is damaged or too large.
    """
    pyarrow = _pyarrow()
    try:
        from pyarrow.parquet import ParquetFile

        file = ParquetFile(pyarrow.BufferReader(content))
        _check_rows(file.metadata.num_rows, options)
        table = file.read()
        table.validate(full=True)  # text that is no UTF-8 would fail where a cell is looked at
        frame = table.to_pandas()
    except InputError:
        raise
    except Exception as error:  # pyarrow raises its own kinds; a damaged file is the caller's to mend whatever its kind
        raise InputError(
            f"{options.where} is a damaged Parquet file ({type(error).__name__}: {str(error)[:120]}); write it again."
        ) from error
    return (frame_sheet(frame),)


def read_arrow(content: bytes, options: ReadOptions) -> tuple[RawSheet, ...]:
    """The one table of an Arrow file.

    Raises
    ------
    InputError
        If pyarrow is absent, or the file is damaged or too large.
    """
    pyarrow = _pyarrow()
    try:
        table = pyarrow.ipc.open_file(pyarrow.BufferReader(content)).read_all()
        _check_rows(table.num_rows, options)
        table.validate(full=True)
        return (frame_sheet(table.to_pandas()),)
    except InputError:
        raise
    except Exception as error:  # as for Parquet
        raise InputError(
            f"{options.where} is a damaged Arrow file ({type(error).__name__}: {str(error)[:120]}); write it again."
        ) from error


def _check_rows(n: int, options: ReadOptions) -> None:
    if n > options.limits.lines:
        raise InputError(
            f"{options.where} has {n:,} rows, more than the {options.limits.lines:,} that are read; give the part that is asked about."
        )


def frame_sheet(frame: object, *, name: str = "") -> RawSheet:
    """A table in memory, from pandas, polars, Arrow or whatever else narwhals knows, or a mapping of columns.

    Numbers and dates keep their type; all else becomes text. An index that has a name, or is none of pandas' own, is a column.
    A pandas frame with several levels of headings gets them joined by a blank.

    Raises
    ------
    InputError
        If it is no table.
    """
    table = as_frame(_even(frame) if isinstance(frame, Mapping) else cast("TableLike", frame), "source")
    if not isinstance(table.index, pd.RangeIndex) and (any(table.index.names) or table.index.dtype.kind == "M"):
        table = table.reset_index()
    headings = tuple(_heading(column) for column in table.columns)
    columns = {place: _typed(table.iloc[:, place]) for place in range(table.shape[1])}
    cells = pd.DataFrame(columns, index=pd.RangeIndex(len(table)))
    return RawSheet(name=name, cells=cells, line=np.arange(1, len(table) + 1), headings=headings, n_lines=len(table))


def _even(columns: Mapping[Any, Any]) -> dict[Any, Any]:
    """The columns of one length, a bare cell being a column of one row; pandas would fill a shorter Series up in silence."""
    whole = {
        key: column if hasattr(column, "__len__") and not isinstance(column, str | bytes) else [column] for key, column in columns.items()
    }
    lengths = sorted({len(column) for column in whole.values()})
    if len(lengths) > 1:
        raise InputError(f"the mapping of columns has columns of {len(lengths)} lengths ({lengths[:5]}); give all the same length.")
    return whole


def _heading(column: Any) -> str:
    levels = column if isinstance(column, tuple) else (column,)
    return " ".join(cell_text(level) for level in levels if cell_text(level)).strip()


def _typed(column: pd.Series) -> pd.Series:
    plain = column.reset_index(drop=True)
    if isinstance(plain.dtype, pd.DatetimeTZDtype):
        plain = plain.dt.tz_localize(None)
    if plain.dtype.kind == "M":
        return plain.astype("datetime64[ns]")
    if isinstance(plain.dtype, np.dtype) and plain.dtype.kind in "iuf":
        return plain
    if pd.api.types.is_numeric_dtype(plain) and not pd.api.types.is_bool_dtype(plain) and plain.dtype.kind in "iuf":
        return pd.Series(plain.to_numpy(dtype=np.float64, na_value=np.nan))
    if isinstance(plain.dtype, pd.StringDtype):
        return plain.fillna("").astype("str")
    objects = plain.astype(object)
    return objects.where(objects.notna(), "").map(cell_text).astype("str")


def records_sheet(records: Sequence[Mapping[str, Any]], *, name: str = "") -> RawSheet:
    """A list of mappings, one a row; a mapping inside one is flattened with dots, a list of mappings is named and is no cell."""
    flat = [_flattened(record) for record in records]
    lists = tuple(dict.fromkeys(key for record in flat for key, value in record.items() if isinstance(value, _Records)))
    headings = [key for key in dict.fromkeys(key for record in flat for key in record) if key not in lists]
    check_records(flat, headings, name)
    rows = [[cell_text(record.get(key)) for key in headings] for record in flat]
    numeric = [[isinstance(record.get(key), int | float) and not isinstance(record.get(key), bool) for key in headings] for record in flat]
    sheet = sheet_of_rows(rows, range(1, len(rows) + 1), name=name, headings=headings, numeric=numeric, n_lines=len(rows))
    return replace(sheet, lists=tuple(_nested(key, flat) for key in lists))


def _nested(key: str, flat: Sequence[Mapping[str, Any]]) -> NestedRecords:
    held = [record[key] if isinstance(record.get(key), _Records) else () for record in flat]
    within = np.repeat(np.arange(len(flat)), [len(records) for records in held])
    return NestedRecords(name=key, records=tuple(record for records in held for record in records), within=within)


def _flattened(record: Mapping[str, Any], before: str = "", depth: int = 0) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, Mapping) and depth < DEEPEST:
            flat |= _flattened(value, f"{before}{key}.", depth + 1)
        elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
            flat[f"{before}{key}"] = _Records(value)
        elif isinstance(value, list):
            flat[f"{before}{key}"] = "; ".join(cell_text(one) for one in value if not isinstance(one, Mapping | list))
        else:
            flat[f"{before}{key}"] = value
    return flat


def read_json(content: bytes, options: ReadOptions) -> tuple[RawSheet, ...]:
    """Every list of records in a JSON document, each a sheet named by where it stands; one record a line too.

    Raises
    ------
    InputError
        If it is not JSON, or holds no list of records.
    """
    text, _ = decode(content)
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        document = _record_lines(text)
        if document is None:
            raise InputError(f"{options.where} is not well-formed JSON ({str(error)[:120]}); export it again.") from error
    sheets = tuple(_tables_in(document, ""))
    if not sheets:
        raise InputError(f"{options.where} is JSON without a list of records; give a list of objects, one a position.")
    return sheets


def _record_lines(text: str) -> list[Any] | None:
    try:
        return [json.loads(line) for line in io.StringIO(text) if line.strip()]
    except (json.JSONDecodeError, RecursionError):
        return None


def _tables_in(document: Any, name: str, depth: int = 0):
    if isinstance(document, list) and document and all(isinstance(row, Mapping) for row in document):
        yield records_sheet(document, name=name)
    elif isinstance(document, list) and len(document) > 1 and all(isinstance(row, list) for row in document):
        yield sheet_of_rows([[cell_text(cell) for cell in row] for row in document], range(1, len(document) + 1), name=name)
    elif isinstance(document, Mapping):
        columns = document.get("columns", document.get("column_names"))
        if isinstance(columns, list) and isinstance(document.get("data"), list):
            rows = [[cell_text(cell) for cell in row] for row in document["data"] if isinstance(row, list)]
            yield sheet_of_rows(rows, range(1, len(rows) + 1), name=name, headings=[cell_text(column) for column in columns])
        elif len(document) > 1 and all(isinstance(column, list) for column in document.values()) and _plain_columns(document):
            yield frame_sheet(document, name=name)
        elif document and all(isinstance(row, Mapping) and is_bare_date(str(day)) for day, row in document.items()):
            yield records_sheet([{"date": str(day), **row} for day, row in document.items()], name=name)
        elif depth < DEEPEST:
            for key, value in document.items():
                yield from _tables_in(value, f"{name}.{key}" if name else str(key), depth + 1)


def _plain_columns(document: Mapping[str, list]) -> bool:
    return len({len(column) for column in document.values()}) == 1 and not any(
        isinstance(cell, list | Mapping) for column in document.values() for cell in column
    )
