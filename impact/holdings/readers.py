"""Read any holdings file: sponsor, terminal, custodian, plain CSV, XLSX, Parquet or one EDGAR filing, with every row accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.holdings.amounts import parse_date
from impact.holdings.positions import Positions, interpret
from impact.holdings.raw_table import RawTable, frame_table, text_table, workbook_table
from impact.holdings.schemas import DROPPED, DROPPED_COUNTS, FILE_COLUMNS, FILE_COUNTS, FILE_ROWS, ISSUES
from impact.holdings.sniff import file_kind
from impact.holdings.workbook import sheet_without_values
from impact.provenance import Source
from impact.results import Result, Summary, declared

__all__ = ["HoldingsFile", "read_holdings"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class HoldingsFile(Result):
    """The positions of one file, and an account of all that was read.

    Attributes
    ----------
    rows : DataFrame
        One position a row. row (line of the file), account, investor, name, ticker, exchange, country, isin, cusip, sedol, figi,
        instrument, put_call, underlying, currency, price_currency: text, empty when the file does not say. quantity (units, short
        negative), market_value and notional_value (in `currency`), weight (decimal), price, fx: float, NaN when it does not say.
        as_of: datetime64[ns], NaT when unknown.
    dropped : DataFrame
        row, reason, text: rows that are no positions. `n_rows` = kept + dropped, always.
    issues : DataFrame
        row, column, value, problem, action: cells that needed care (spreadsheet damage, failed check digits, formulas).
    columns : DataFrame
        heading, field, note: how each column was used; unused ones say why.
    path, kind, encoding, separator, decimal, weight_unit : str
        What was found about the file; empty when it does not apply.
    header_line, n_lines, n_blank, n_continued, n_rows : int
        n_lines = header_line + n_blank + n_continued + n_rows for text and sheets; a continued line belongs to the cell of a row above.
    fund : str
        Name of the fund or portfolio that the lines above the header give.
    as_of : Timestamp or None
        Date of the holdings when all rows share one.
    as_of_basis : {"given", "rows", "preamble", "file name", "unknown"}
    """

    schemas = declared(rows=FILE_ROWS, dropped=DROPPED, issues=ISSUES, columns=FILE_COLUMNS, to_frame=FILE_ROWS)

    rows: pd.DataFrame
    dropped: pd.DataFrame
    issues: pd.DataFrame
    columns: pd.DataFrame
    path: str
    kind: str
    encoding: str
    separator: str
    decimal: str
    weight_unit: str
    header_line: int
    n_lines: int
    n_blank: int
    n_continued: int
    n_rows: int
    fund: str
    as_of: pd.Timestamp | None
    as_of_basis: str
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The positions (a copy)."""
        return self.rows.copy()

    def summary(self) -> Summary:
        """What was read, what was not used, what was refused."""
        counts = pd.DataFrame(
            {
                "n_lines": [self.n_lines],
                "header_line": [self.header_line],
                "n_blank": [self.n_blank],
                "n_continued": [self.n_continued],
                "n_rows": [self.n_rows],
                "n_kept": [len(self.rows)],
                "n_dropped": [len(self.dropped)],
                "n_issues": [len(self.issues)],
            },
            index=[Path(self.path).name or "table"],
        )
        reasons = self.dropped.groupby("reason", sort=False).agg(n=("row", "size"), first_row=("row", "min"))
        day = f"{self.as_of:%Y-%m-%d} ({self.as_of_basis})" if self.as_of is not None else f"{self.as_of_basis}"
        return Summary(
            title=f"Holdings: {self.fund or Path(self.path).name or 'table'}, as of {day}",
            tables=(
                ("Rows", FILE_COUNTS.table(counts)),
                ("Columns", FILE_COLUMNS.table(self.columns.set_index("heading"))),
                ("Dropped, by reason", DROPPED_COUNTS.table(reasons)),
                ("Cells that needed care", self.with_schema("issues")),
            ),
            notes=self.assumptions,
            sources=self.sources,
        )


def read_holdings(
    source: str | Path | pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    as_of: str | pd.Timestamp | None = None,
    fund: str | None = None,
    sheet: str | None = None,
    separator: str | None = None,
    decimal: str | None = None,
    weight_unit: str | None = None,
    dayfirst: bool = False,
) -> HoldingsFile:
    """Read positions from a file of whatever layout, or from a DataFrame.

    The header is the line among the first 40 that names most fields; the separator, the encoding, decimal commas, thousands marks
    and the unit of weights are found from the file itself.

    Parameters
    ----------
    source : path or DataFrame
        Delimited text, XLSX, Parquet, or the XML of one 13F or N-PORT filing. The kind is told by the bytes, not by the name.
    columns : mapping of field to heading, optional
        For headings that are not known: ``{"isin": "Asset ID"}``.
    as_of : date, optional
        Date of the holdings, for files that do not carry one.
    fund : str, optional
        Name of the fund or portfolio, in place of the one in the file.
    sheet : str, optional
        Sheet of a workbook; the first that holds anything by default.
    separator : str, optional
        ``,`` ``;`` tab or ``|``; found by default.
    decimal : {".", ","}, optional
        Decimal mark; found by default.
    weight_unit : {"percent", "fraction"}, optional
        Found from heading, cells or sum by default; a doubtful unit leaves the weights empty and is said so.
    dayfirst : bool
        How to read a date such as ``03/04/2021``.

    Raises
    ------
    InputError
        If the file is empty, binary, locked, damaged, has no header, or no position below it.

    Examples
    --------
    >>> book = pd.DataFrame({"Asset ID": ["KYG9830T1067"], "Shares": [1000.0]})
    >>> read_holdings(book, columns={"isin": "Asset ID"}).rows[["isin", "quantity"]].values.tolist()
    [['KYG9830T1067', 1000.0]]
    """
    _check_options(decimal, weight_unit)
    if isinstance(source, pd.DataFrame):
        path, kind = Path(""), "frame"
        raw = frame_table(source, dict(columns or {}), where="the table")
    else:
        path = Path(source)
        if path.is_dir():
            raise InputError(
                f"source={str(path)!r} is a folder; give one file, or read a 13F or N-PORT data set with read_13f or read_nport."
            )
        kind = file_kind(path)
        raw = _raw(path, kind, dict(columns or {}), sheet, separator, dayfirst)
    day = _given_day(as_of)
    named = parse_date(path.stem) if path.name else None
    fallback, basis = _first_known((day, "given"), (raw.preamble.as_of, "preamble"), (named, "file name"))
    found = interpret(raw, decimal=decimal, weight_unit=weight_unit, as_of=fallback, dayfirst=dayfirst)
    if day is not None:
        found.rows["as_of"] = pd.Series(day, index=found.rows.index, dtype="datetime64[ns]")
    if kind == "xlsx":
        found = _formulas_reported(found, path, sheet, raw)
    return _accounted(raw, found, path, kind, fund, "rows" if "as_of" in raw.cells and day is None else basis)


def _accounted(raw: RawTable, found: Positions, path: Path, kind: str, fund: str | None, basis: str) -> HoldingsFile:
    """The record of one file: positions with the account of all that was read."""
    days = found.rows["as_of"].unique()
    shared = days[0] if len(days) == 1 and not pd.isna(days[0]) else None
    return HoldingsFile(
        rows=found.rows,
        dropped=found.dropped,
        issues=found.issues,
        columns=_columns_used(raw),
        path=str(path) if path.name else "",
        kind=kind,
        encoding=raw.encoding,
        separator=raw.header.separator,
        decimal=found.decimal,
        weight_unit=found.weight_unit,
        header_line=raw.header.line,
        n_lines=raw.n_lines,
        n_blank=raw.n_blank,
        n_continued=raw.n_continued,
        n_rows=len(raw.cells) + len(raw.refused),
        fund=fund or raw.preamble.fund,
        as_of=None if shared is None else pd.Timestamp(shared),
        as_of_basis=basis,
        sources=(Source(title=path.name or "table given by the caller", basis="user file"),),
        assumptions=found.notes,
    )


def _check_options(decimal: str | None, weight_unit: str | None) -> None:
    if decimal not in (None, ".", ","):
        raise InputError(f"decimal={decimal!r} is not a decimal mark; give '.' or ',', or leave it out to have it found.")
    if weight_unit not in (None, "percent", "fraction"):
        raise InputError(f"weight_unit={weight_unit!r} is unknown; choose 'percent' or 'fraction', or leave it out to have it found.")


def _given_day(as_of: str | pd.Timestamp | None) -> pd.Timestamp | None:
    if as_of is None:
        return None
    day = parse_date(as_of) if isinstance(as_of, str) else pd.Timestamp(as_of)
    if day is None or pd.isna(day):
        raise InputError(f"as_of={as_of!r} is not a date; write it as 2020-12-31.")
    return day.tz_localize(None).normalize().as_unit("ns")


def _first_known(*choices: tuple[pd.Timestamp | None, str]) -> tuple[pd.Timestamp | None, str]:
    return next(((day, basis) for day, basis in choices if day is not None), (None, "unknown"))


def _raw(path: Path, kind: str, columns: dict[str, str], sheet: str | None, separator: str | None, dayfirst: bool) -> RawTable:
    if kind == "xlsx":
        return workbook_table(path, columns, sheet=sheet, dayfirst=dayfirst)
    if kind == "parquet":
        return frame_table(_parquet(path), columns, where=f"path={str(path)!r}")
    if kind == "xml":
        from impact.holdings.edgar_xml import filing_table

        return filing_table(path)
    return text_table(path, columns, separator=separator, dayfirst=dayfirst)


def _parquet(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except ImportError as error:
        raise InputError(
            "reading Parquet needs pyarrow: install the extra with `pip install 'index-exclusion-impact[parquet]'`, or save as CSV."
        ) from error
    except Exception as error:  # pyarrow raises its own kinds; a damaged file is the caller's to mend whatever its kind
        raise InputError(
            f"path={str(path)!r} is a damaged Parquet file ({type(error).__name__}: {str(error)[:120]}); write it again."
        ) from error


def _columns_used(raw: RawTable) -> pd.DataFrame:
    plan = raw.header.plan
    field_of = {position: name for name, position in plan.position.items()}
    notes = dict(plan.unused)
    rows = [
        (heading, field_of.get(number, ""), notes.get(heading, "") if number not in field_of else "")
        for number, heading in enumerate(plan.headings)
    ]
    return pd.DataFrame([row for row in rows if row[0]], columns=["heading", "field", "note"], dtype="str")


def _formulas_reported(found: Positions, path: Path, sheet: str | None, raw: RawTable) -> Positions:
    """Cells that are empty only because no spreadsheet ever stored the value of their formula."""
    numbers = found.rows[["quantity", "market_value", "weight"]].isna().to_numpy()
    if not numbers.any() and found.dropped.empty:
        return found
    field_of = {position: name for name, position in raw.header.plan.position.items()}
    formulas = [
        (row, field_of[column], text)
        for (row, column), text in sheet_without_values(path, sheet).items()
        if column in field_of and row > raw.header.line
    ]
    stored = set(zip(*np.nonzero(raw.cells.astype("str").eq("").to_numpy()), strict=True))
    place = {int(line): number for number, line in enumerate(raw.line)}
    order = {name: number for number, name in enumerate(raw.cells.columns)}
    lost = [(row, name, text) for row, name, text in formulas if (place.get(row, -1), order[name]) in stored]
    if not lost:
        return found
    extra = pd.DataFrame(lost, columns=["row", "column", "value"]).assign(
        problem="a formula without a stored value", action="left empty: open and save the workbook"
    )
    return type(found)(**{**vars(found), "issues": pd.concat([found.issues, extra], ignore_index=True)})
