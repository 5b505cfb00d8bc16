"""Read any holdings file of a sponsor, terminal, custodian, broker or regulator, with every row of every sheet accounted for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.holdings.called import is_called_sum
from impact.holdings.long_tables import with_long_tables_told
from impact.holdings.positions import TOTAL_REASON, Positions, interpret
from impact.holdings.printed_totals import totals_that_differ
from impact.holdings.raw_tables import RawTable, SheetTables
from impact.holdings.scales import with_units
from impact.holdings.schemas import DROPPED, DROPPED_COUNTS, FILE_COLUMNS, FILE_COUNTS, FILE_ROWS, ISSUES
from impact.holdings.sections import check_headers, file_tables
from impact.holdings.sums import grand_totals
from impact.holdings.told_twice import told_once
from impact.holdings.weight_units import WEIGHT_UNITS
from impact.intake.dates import parse_date
from impact.intake.reading import read_tables
from impact.intake.records import RawFile
from impact.provenance import Source
from impact.results import Result, Summary, declared
from impact.tables.stacking import stacked

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
        as_of: datetime64[ns], NaT when unknown. sheet: name of the sheet or file inside an archive, empty when there is one.
    dropped : DataFrame
        row, reason, text, sheet: rows that are no positions. `n_rows` = kept + dropped, always.
    issues : DataFrame
        row, column, value, problem, action, sheet: cells that needed care (spreadsheet damage, failed check digits, formulas).
    columns : DataFrame
        heading, field, note: how each column was used; unused ones say why.
    path, kind, encoding, separator, decimal, weight_unit : str
        What was found about the file; empty when it does not apply.
    header_line, n_lines, n_blank, n_continued, n_rows : int
        n_lines = header_line + n_blank + n_continued + n_rows for text and sheets; a continued line belongs to the cell of a row above.
        Of a workbook, header_line is that of the first sheet with positions; lines of its other sheets are all rows or blank.
    net_assets : float
        Net assets that the file states, in the currency of its values; NaN when it states none.
    fund : str
        Name of the fund or portfolio that the lines above the header give.
    as_of : Timestamp or None
        Date of the holdings when all rows share one.
    as_of_basis : {"given", "rows", "preamble", "sheet name", "file name", "unknown"}
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
    net_assets: float = float("nan")
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
    source: object,
    *,
    columns: Mapping[str, str] | None = None,
    as_of: str | pd.Timestamp | None = None,
    fund: str | None = None,
    sheet: str | None = None,
    separator: str | None = None,
    decimal: str | None = None,
    weight_unit: str | None = None,
    dayfirst: bool | None = None,
) -> HoldingsFile:
    """Read positions from a file of whatever layout, or from a table in memory.

    Every sheet and section is read, or named in `dropped`. The header is the line among the first 40 that names most fields;
    separator, encoding, decimal commas, thousands marks, the order of dates, totals and the unit of weights are found from the file.
    Columns in thousands, millions or 万, by their heading or by a line outside the table, are brought to whole units and listed in
    `issues`; a column whose scale cannot be told is left empty.

    Parameters
    ----------
    source : path, frame, mapping of columns, or list of records
        Delimited text, XLSX, XLS, XLSB, ODS, XML Spreadsheet, HTML, Parquet, JSON, a Flex statement, or the XML of one 13F or N-PORT
        filing, also packed; the kind is told by the content, not by the name. Frames of pandas, polars, Arrow and others.
    columns : mapping of field to heading, optional
        For headings that are not known: ``{"isin": "Asset ID"}``.
    as_of : date, optional
        Date of the holdings, for files that do not carry one.
    fund : str, optional
        Name of the fund or portfolio, in place of the one in the file.
    sheet : str, optional
        Read this sheet of a workbook only.
    separator : str, optional
        One character; found by default.
    decimal : {".", ","}, optional
        Decimal mark; found by default.
    weight_unit : {"percent", "fraction", "permille", "bps"}, optional
        Found from heading, cells or sum by default; a doubtful unit leaves the weights empty and is said so.
    dayfirst : bool, optional
        How to read a date such as ``03/04/2021`` where its column does not tell; such a date is left unknown by default.

    Raises
    ------
    InputError
        If the file is empty, binary, locked, damaged, has no header, no position below it, or lacks a heading that `columns` names.

    Examples
    --------
    >>> book = pd.DataFrame({"Asset ID": ["KYG9830T1067"], "Shares": [1000.0]})
    >>> read_holdings(book, columns={"isin": "Asset ID"}).rows[["isin", "quantity"]].values.tolist()
    [['KYG9830T1067', 1000.0]]
    """
    _check_options(decimal, weight_unit)
    if isinstance(source, str | Path) and Path(source).is_dir():
        raise InputError(
            f"source={str(source)!r} is a folder; give one file, or read a 13F or N-PORT data set with read_13f or read_nport."
        )
    path = Path(source) if isinstance(source, str | Path) else Path("")
    file, net_assets = _opened(source, sheet, separator)
    where = f"path={str(path)!r}" if path.name else "the table"
    split = with_units(file_tables(file.sheets, columns, dayfirst=dayfirst))
    check_headers(split, where)
    split = with_long_tables_told(split, where)
    day = _given_day(as_of)
    named = parse_date(path.stem) if path.name else None
    several = sum(len(page.tables) for page in split) > 1
    read: list[Positions] = []
    basis = "unknown"
    for page in split:
        for number, table in enumerate(page.tables):
            above, of_sheet = (table.preamble.as_of, "preamble"), (parse_date(page.sheet.name), "sheet name")
            fallback, basis = _first_known((day, "given"), above, of_sheet, (_preamble_day(split), "preamble"), (named, "file name"))
            refused = page.refused if number == 0 else []
            positions = interpret(table, refused, decimal=decimal, told_unit=weight_unit, as_of=fallback, dayfirst=dayfirst)
            basis = "rows" if "as_of" in table.cells and day is None else basis
            read.append(_labelled(positions, page.sheet.name if len(split) > 1 else "", table, several=several))
        if not page.tables:
            read.append(_unread(page, page.sheet.name if len(split) > 1 else ""))
    whole = _joined(_with_totals_told(told_once(read, split, day)))
    if not len(whole.rows):
        _refuse_without_positions(whole, split, where)
    if day is not None:
        whole.rows["as_of"] = pd.Series(day, index=whole.rows.index, dtype="datetime64[ns]")
    whole = whole if np.isnan(net_assets) else replace(whole, net_assets=net_assets)
    return _accounted(file, split, whole, path, fund, basis)


def _opened(source: object, sheet: str | None, separator: str | None) -> tuple[RawFile, float]:
    """The tables of a source, and the net assets that a filing states."""
    file = read_tables(source, sheet=sheet, separator=separator)
    if file.kind != "xml":
        return file, float("nan")
    from impact.holdings.edgar_xml import filing_tables

    filed = filing_tables(Path(source)) if isinstance(source, str | Path) else None
    return filed or (file, float("nan"))


def _preamble_day(split: Sequence[SheetTables]) -> pd.Timestamp | None:
    """The date above a header that all sheets with one share."""
    days = {table.preamble.as_of for page in split for table in page.tables if table.preamble.as_of is not None}
    return days.pop() if len(days) == 1 else None


def _labelled(positions: Positions, sheet: str, table: RawTable, *, several: bool) -> Positions:
    """Rows, dropped rows and issues with the name of their sheet; rows without an account get that of their section or sheet."""
    rows = positions.rows.assign(sheet=sheet)
    if several:
        account = table.title or table.preamble.fund or sheet
        rows["account"] = rows["account"].where(rows["account"] != "", account).astype("str")
    return replace(positions, rows=rows, dropped=positions.dropped.assign(sheet=sheet), issues=positions.issues.assign(sheet=sheet))


def _unread(page: SheetTables, sheet: str) -> Positions:
    dropped = pd.DataFrame(page.refused, columns=["row", "reason", "text"]).assign(sheet=sheet)
    return Positions(rows=pd.DataFrame(), dropped=dropped, issues=pd.DataFrame(), decimal="", weight_unit="")


def _with_totals_told(read: Sequence[Positions]) -> list[Positions]:
    """The tables, each with what is said of a printed total that sums neither its own lines nor those of several tables."""
    counted = [number for number, positions in enumerate(read) if len(positions.rows)]
    told = list(read)
    for number, said in zip(counted, totals_that_differ([read[number].printed for number in counted]), strict=True):
        if said[0]:
            own = read[number]
            cells = (own.printed.row, "market_value", own.printed.printed, *said, own.rows["sheet"].iat[0])
            doubt = pd.DataFrame([cells], columns=["row", "column", "value", "problem", "action", "sheet"])
            told[number] = replace(own, issues=stacked((own.issues, doubt[list(own.issues.columns)])))
    return told


def _joined(read: Sequence[Positions]) -> Positions:
    """The positions of all tables as one; one table stays as it is."""
    if len(read) == 1:
        return read[0]
    read = _without_grand_totals(read)
    full = [positions for positions in read if len(positions.rows)] or list(read[:1])

    def of_all(name: str) -> pd.DataFrame:
        return stacked([getattr(full[0], name).iloc[:0], *(getattr(positions, name) for positions in read)])

    return Positions(
        rows=of_all("rows"),
        dropped=of_all("dropped"),
        issues=of_all("issues"),
        decimal=full[0].decimal,
        weight_unit=full[0].weight_unit,
        net_assets=float(np.sum([positions.net_assets for positions in full])),
        notes=tuple(dict.fromkeys(note for positions in full for note in positions.notes)),
    )


def _without_grand_totals(read: Sequence[Positions]) -> list[Positions]:
    """The tables without the lines that sum several of them."""
    full = [(number, positions.rows) for number, positions in enumerate(read) if len(positions.rows)]
    if len(full) < 2:
        return list(read)
    table = np.repeat([number for number, _ in full], [len(rows) for _, rows in full])
    total = grand_totals(stacked(rows for _, rows in full), table)
    kept = list(read)
    for number in dict.fromkeys(table[total].tolist()):
        rows, sums = read[number].rows, total[table == number]
        label = rows["name"].where(rows["name"] != "", rows["ticker"])
        summed = sums & label.map(is_called_sum).to_numpy(dtype=bool)
        told = rows.loc[summed, ["row", "sheet"]].assign(text=label[summed], reason=TOTAL_REASON)
        dropped = stacked((read[number].dropped, told[["row", "reason", "text", "sheet"]]))
        action = np.where(summed[sums], "taken for a grand total, not a position: see dropped", "kept: nothing calls it a total or a group")
        doubt = rows.loc[sums, ["row", "sheet"]].assign(
            column="market_value", value=rows.loc[sums, "market_value"], problem="the sum of all lines above it, over several tables",
            action=action,
        )  # fmt: skip
        kept[number] = replace(
            read[number],
            rows=rows[~summed].reset_index(drop=True),
            dropped=dropped.sort_values("row", kind="stable"),
            issues=stacked((read[number].issues, doubt[list(read[number].issues.columns)])),
        )
    return kept


def _refuse_without_positions(whole: Positions, split: Sequence[SheetTables], where: str) -> None:
    reasons = whole.dropped["reason"].value_counts()
    why = f"; {len(whole.dropped)} row(s) refused, most often: {reasons.index[0]}" if len(reasons) else ""
    table = next(table for page in split for table in page.tables)
    step = "export the positions again, as values"
    if not table.plan.is_usable and table.plan.decided:
        field, heading, problem, _ = table.plan.decided[0]
        why, step = f"; {heading!r} is not read: {problem}", f'name the amount, such as --map {field}="{heading}" if it is one'
    raise InputError(f"{where} has a header on line {table.header_line} and no position below it{why}; {step}.")


def _accounted(file: RawFile, split: Sequence[SheetTables], whole: Positions, path: Path, fund: str | None, basis: str) -> HoldingsFile:
    """The record of one file: positions with the account of all that was read."""
    days = whole.rows["as_of"].unique()
    shared = days[0] if len(days) == 1 and not pd.isna(days[0]) else None
    first = next(table for page in split for table in page.tables)
    n_rows = len(whole.rows) + len(whole.dropped)
    n_lines = sum(page.sheet.n_lines for page in split)
    n_continued = sum(page.sheet.n_continued for page in split)
    sheets = [page.sheet for page in split]
    return HoldingsFile(
        rows=whole.rows,
        dropped=whole.dropped,
        issues=whole.issues,
        columns=_columns_used([table for page in split for table in page.tables]),
        path=str(path) if path.name else "",
        kind=file.kind,
        encoding=sheets[0].encoding,
        separator=first.separator,
        decimal=whole.decimal,
        weight_unit=whole.weight_unit,
        header_line=first.header_line,
        n_lines=n_lines,
        n_blank=n_lines - first.header_line - n_continued - n_rows,
        n_continued=n_continued,
        n_rows=n_rows,
        fund=fund or first.preamble.fund,
        as_of=None if shared is None else pd.Timestamp(shared),
        as_of_basis=basis,
        net_assets=whole.net_assets,
        sources=(Source(title=path.name or "table given by the caller", basis="user file"),),
        assumptions=(*whole.notes, *file.notes, *_sheets_said(split)),
    )


def _sheets_said(split: Sequence[SheetTables]) -> tuple[str, ...]:
    """Which of several sheets hold positions, and which were passed over."""
    if len(split) < 2:
        return ()
    read = [page.sheet.name for page in split if page.tables]
    passed = [f"{page.sheet.name} ({len(page.refused):,} rows)" for page in split if not page.tables]
    said = f"Positions were read from {len(read)} of {len(split)} sheets: {', '.join(read)[:200]}."
    return (said, *([f"Sheets without a header of positions: {', '.join(passed)[:200]}."] if passed else []))


def _check_options(decimal: str | None, weight_unit: str | None) -> None:
    if decimal not in (None, ".", ","):
        raise InputError(f"decimal={decimal!r} is not a decimal mark; give '.' or ',', or leave it out to have it found.")
    if weight_unit not in (None, *WEIGHT_UNITS):
        raise InputError(
            f"weight_unit={weight_unit!r} is unknown; choose one of {', '.join(WEIGHT_UNITS)}, or leave it out to have it found."
        )


def _given_day(as_of: str | pd.Timestamp | None) -> pd.Timestamp | None:
    if as_of is None:
        return None
    day = parse_date(as_of) if isinstance(as_of, str) else pd.Timestamp(as_of)
    if day is None or pd.isna(day):
        raise InputError(f"as_of={as_of!r} is not a date; write it as 2020-12-31.")
    return day.tz_localize(None).normalize().as_unit("ns")


def _first_known(*choices: tuple[pd.Timestamp | None, str]) -> tuple[pd.Timestamp | None, str]:
    return next(((day, basis) for day, basis in choices if day is not None), (None, "unknown"))


def _columns_used(tables: Sequence[RawTable]) -> pd.DataFrame:
    rows = []
    for plan in dict.fromkeys(table.plan.headings for table in tables):
        table = next(table for table in tables if table.plan.headings == plan)
        field_of = {position: name for name, position in table.plan.position.items()}
        notes = dict(table.plan.unused)
        rows += [
            (heading, field_of.get(number, ""), notes.get(heading, "") if number not in field_of else "")
            for number, heading in enumerate(plan)
            if heading
        ]
    return pd.DataFrame(list(dict.fromkeys(rows)), columns=["heading", "field", "note"], dtype="str")
