"""From cells to positions: numbers, dates, identifiers and kinds, with a reason for every row that is none."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from impact.holdings.account_headings import AccountHeadings, account_headings
from impact.holdings.book_currency import settle_book_currency, settle_currencies
from impact.holdings.called import labelled_totals, net_assets_stated, totals_among_codes
from impact.holdings.cell_report import ISSUE_DTYPES, CellReport
from impact.holdings.coded import CODED, checked_codes, sorted_codes
from impact.holdings.columns import ColumnPlan
from impact.holdings.debt_values import value_by_percent
from impact.holdings.decimal_marks import file_decimal
from impact.holdings.fields import AMOUNT_FIELDS, NUMBER_FIELDS
from impact.holdings.instruments import classify_instruments, with_cash_symbols, written_on
from impact.holdings.lots import LOT, lots_of_summaries
from impact.holdings.plausibility import doubts_of_file, repeated_rows
from impact.holdings.printed_totals import TableSum, table_sum
from impact.holdings.quantity_parts import less_short, whole_quantities
from impact.holdings.raw_tables import RawTable, Refused
from impact.holdings.remarks import SENTENCE, is_prose
from impact.holdings.repeated_trades import say_repeated_trades
from impact.holdings.scales import Scale, checked_scales, in_whole_units, scale_issues, shares_of_values, stated_scales
from impact.holdings.sides import Sides, read_sides, short_below_titles
from impact.holdings.sum_doubts import say_sums
from impact.holdings.symbol_columns import text_cells
from impact.holdings.totals import TotalLines, total_lines
from impact.holdings.weight_units import WEIGHT_UNITS, WeightColumn, printed_weight, weight_unit
from impact.identifiers import valid_identifiers
from impact.intake.dates import parse_dates
from impact.intake.numbers import DOUBTFUL_MARK, parse_numbers
from impact.tables.stacking import stacked
from impact.typing_ import named_rows

__all__ = ["NO_POSITION", "POSITION_COLUMNS", "TOTAL_REASON", "Positions", "interpret"]

POSITION_COLUMNS = (
    "row", "account", "investor", "name", "ticker", "exchange", "country", "isin", "cusip", "sedol", "figi", "instrument", "put_call",
    "underlying", "quantity", "market_value", "notional_value", "weight", "price", "fx", "currency", "price_currency", "as_of",
)  # fmt: skip

NO_POSITION = (
    "a part of a position",
    "a total",
    "one cell of text",
    "a line of units",
    SENTENCE,
    "the header again",
    "the header of a further table",
    "the same lines",
    "the same book",
    "nothing names",
)
"""How the reasons begin that refuse a row which holds no position, whatever its numbers; any other refused row may hold one."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Positions:
    """Interpreted rows; see :class:`~impact.holdings.readers.HoldingsFile` for the meaning of the tables.

    `net_assets` is what a line above or below the positions states, NaN when none does; `printed` what their values sum to, as printed.
    """

    rows: pd.DataFrame
    dropped: pd.DataFrame
    issues: pd.DataFrame
    decimal: str
    weight_unit: str
    net_assets: float = float("nan")
    notes: tuple[str, ...] = ()
    printed: TableSum = field(default_factory=TableSum)


def interpret(
    raw: RawTable,
    refused: list[Refused],
    *,
    decimal: str | None,
    told_unit: str | None,
    as_of: pd.Timestamp | None,
    dayfirst: bool | None,
) -> Positions:
    """Positions from the cells of one table.

    Parameters
    ----------
    raw : RawTable
    refused : list of (line, reason, text)
        Rows of the same table that could not be read.
    decimal : {".", ",", None}
        Decimal mark; found from the cells when None.
    told_unit : {"percent", "fraction", None}
        Unit of the weights; found from heading, cells or sum when None.
    as_of : Timestamp, optional
        Date for rows whose own column gives none.
    dayfirst : bool, optional
        How to read ``03/04/2021`` in a date column; the column itself decides when None.
    """
    report = CellReport(line=raw.line)
    text = text_cells(raw.cells)
    n = len(raw.cells)
    labels = totals_among_codes(text, (*CODED, "identifier"), n)
    mark, told, marks = (decimal, True, {}) if decimal else file_decimal(raw)
    numbers, percent, scaled_cells = _numbers(raw, mark, marks, report)
    stated = np.logical_or.reduce(
        [np.zeros(n, dtype=bool), *(np.isfinite(numbers[name]) for name in ("quantity", "weight") if name in numbers)]
    )
    _join_columns(numbers, raw, mark, report)
    scales = stated_scales(raw)
    numbers = in_whole_units(numbers, scales, scaled_cells)
    identifiers = _identifiers(text, report)
    text |= _names_without_code(text, identifiers) if raw.plan.names_by_cells else {}
    weights = _weight_column(raw, percent, told_unit)
    rows = _rows_of(raw.line, text, identifiers, numbers, raw.plan)
    unit, notes = weight_unit(numbers, weights, ~labelled_totals(rows))  # for the currencies; told again by what is held
    rows["weight"] *= WEIGHT_UNITS.get(unit, np.nan)
    rows["underlying"] = rows["underlying"].where(rows["underlying"] != "", written_on(rows))
    settle_currencies(rows, raw, report)
    scales = checked_scales(rows, scales)
    rows["as_of"] = _dates(raw, as_of, dayfirst, report)
    given = {name for name in (*text, *identifiers) if name in rows}
    as_printed = _as_printed(rows, scales, numbers)
    marked = _marked(rows, given, text.get("identifier"))
    of_accounts = account_headings(as_printed, marked)
    as_printed = of_accounts.called_totals(as_printed)
    lines = total_lines(as_printed, marked, given, labels, printed_weight(weights))
    lines = replace(lines, unmet=lines.unmet & ~of_accounts.heading)  # said of an account apart
    code = _refusals(rows, given, text.get("identifier"), stated, report, lines, as_printed["market_value"], raw)
    _name_accounts(rows, code, of_accounts, report)
    net_assets = net_assets_stated(rows, np.flatnonzero(lines.total))
    unit, notes = weight_unit(numbers, weights, code == 0)
    rows["weight"] = numbers.get("weight", rows["weight"]) * WEIGHT_UNITS.get(unit, np.nan)
    settle_book_currency(rows, code == TOTAL_CODE, raw, report)
    rows = value_by_percent(rows, raw.cells.get("price"), report)
    rows = _with_sides(rows, text, code, raw, refused, report)  # totals were told by the figures as they are printed
    held, dropped = _sorted_out(rows, code, raw, refused)
    kept, unscaled = shares_of_values(held, scales)
    say_repeated_trades(rows, code == 0, raw, report)
    doubts = doubts_of_file(kept, one_currency=not raw.plan.value_currency)
    return Positions(
        rows=kept,
        dropped=dropped,
        issues=stacked((report.none(), _of_columns(raw), scale_issues(scales), report.frame(), repeated_rows(kept, given), doubts)),
        decimal=mark,
        weight_unit=unit,
        net_assets=net_assets if np.isfinite(net_assets) else _stated_amount(raw, mark),
        notes=(*notes, *unscaled, *(() if told else (DOUBTFUL_MARK[mark],))),
        printed=table_sum(raw.line, as_printed["market_value"].to_numpy(dtype=np.float64), code == 0, lines.differs),
    )


def _names_without_code(text: Mapping[str, pd.Series], identifiers: Mapping[str, pd.Series]) -> dict[str, pd.Series]:
    """The names of lines with neither code nor ticker; beside one, words under an unknown heading would tell whose it is."""
    names = text["name"]
    for codes in (*identifiers.values(), *(text[name] for name in ("ticker",) if name in text)):
        names = names.where(codes == "", "")
    return {"name": names}


def _join_columns(numbers: dict[str, np.ndarray], raw: RawTable, mark: str, report: CellReport) -> None:
    """Amounts that the file prints in several columns made one: long less short, and a quantity of its parts."""
    for name, column in raw.plan.short.items():
        cells = raw.printed(np.arange(len(raw.cells)), (column,))[column]
        numbers[name] = less_short(numbers[name], cells, name, raw.plan.headings[column], mark, report)
    if raw.plan.quantity_parts:
        own = raw.plan.headings[raw.plan.position["quantity"]]
        unpriced = np.full(len(raw.cells), np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            valued = numbers.get("market_value", unpriced) / numbers.get("price", unpriced)
        numbers["quantity"] = whole_quantities(numbers["quantity"], raw.parts_of_quantity(), own, valued, mark, report)


def _name_accounts(rows: pd.DataFrame, code: np.ndarray, of_accounts: AccountHeadings, report: CellReport) -> None:
    """Mark the lines that head an account as totals, and name the account of those below them."""
    code[of_accounts.heading] = TOTAL_CODE
    report.add(
        of_accounts.differs,
        "market_value",
        rows["market_value"],
        "the value of an account, which is no sum of its lines",
        "not a position; look for lines left out or counted twice",
    )
    rows["account"] = rows["account"].where(rows["account"] != "", of_accounts.account)


def _with_sides(
    rows: pd.DataFrame, text: Mapping[str, pd.Series], code: np.ndarray, raw: RawTable, refused: list[Refused], report: CellReport
) -> pd.DataFrame:
    """The rows with the amounts of short lines below zero, by a column of sides, else by a title above lines that print no sign."""
    if "side" in text:
        sides = read_sides(text["side"])
        report.add(sides.unread & (code == 0), "side", text["side"], "says neither long nor short", "kept with its printed sign")
        return sides.signed(rows)
    above = [raw.title, raw.preamble.fund, raw.sheet.name]
    titles = [(raw.header_line, next((title for title in above if title), ""))]
    titles += [(line, words) for line, reason, words in refused if reason.startswith("one cell of text") and line > raw.header_line]
    short = short_below_titles(raw.line, titles)
    if not short.any() or (rows.loc[short, ["quantity", "market_value"]] < 0.0).any(axis=None):
        return rows
    report.add(short & (code == 0), "side", rows["name"], "stands below a title that says short, with no sign of its own", "read as short")
    return Sides(short=short, unread=~short).signed(rows)


def _rows_of(
    line: np.ndarray,
    text: Mapping[str, pd.Series],
    identifiers: Mapping[str, pd.Series],
    numbers: Mapping[str, np.ndarray],
    plan: ColumnPlan,
) -> pd.DataFrame:
    """The columns of positions that the cells give, with numbers as they are printed, and the kind of each line.

    Words under a heading that is not known tell no kind.
    """
    n = len(line)
    telling = {name: cells for name, cells in text.items() if name != "name" or not plan.names_by_cells}
    blank = pd.Series([""] * n, dtype="str")
    rows = pd.DataFrame({"row": line})
    for name in POSITION_COLUMNS[1:-1]:
        if name in NUMBER_FIELDS:
            rows[name] = numbers.get(name, np.full(n, np.nan))
        elif name == "instrument":
            rows[name] = classify_instruments({**telling, **identifiers, "ticker": text.get("ticker", blank)}) if n else blank
        else:
            rows[name] = identifiers.get(name, text.get(name, blank))
    rows["instrument"] = with_cash_symbols(rows)
    return rows


def _of_columns(raw: RawTable) -> pd.DataFrame:
    """Columns that are not read as their heading says first, as issues of the line of the header."""
    return pd.DataFrame([(raw.header_line, *decided) for decided in raw.plan.decided], columns=[*ISSUE_DTYPES])


def _stated_amount(raw: RawTable, mark: str) -> float:
    """Net assets above the header, in whole units of their currency; NaN where there are none, or their unit cannot be told."""
    text, unit = raw.preamble.net_assets, raw.preamble.net_assets_unit or raw.preamble.unit
    if not text:
        return float("nan")
    parsed = parse_numbers(pd.Series([text], dtype="str"), decimal=mark)
    return float(parsed.values[0]) * (1.0 if unit is None or parsed.scaled[0] else unit.factor)


def _numbers(
    raw: RawTable, mark: str, marks: Mapping[str, str], report: CellReport
) -> tuple[dict[str, np.ndarray], np.ndarray, dict[str, np.ndarray]]:
    """Numbers by field, which weights carry a percent sign, and which cells a scale of their own."""
    scaled: dict[str, np.ndarray] = {}
    numbers: dict[str, np.ndarray] = {}
    percent = np.zeros(len(raw.cells), dtype=bool)
    for name in NUMBER_FIELDS:
        if name not in raw.cells:
            continue
        column = raw.cells[name]
        if column.dtype.kind in "iuf":
            values = column.to_numpy(dtype=np.float64)
            report.add(np.isinf(values), name, values, "not a finite number", "left empty")
            numbers[name] = np.where(np.isinf(values), np.nan, values)
            continue
        stored = raw.numeric.get(name)
        text = column if stored is None else column.where(~stored, "")
        parsed = parse_numbers(text, decimal=marks.get(name) or mark)
        numbers[name], scaled[name] = parsed.values, parsed.scaled
        if stored is not None and stored.any():
            numbers[name][stored] = column[stored].to_numpy(dtype=object).astype(np.float64)
        formula = column.str.startswith("=").to_numpy(dtype=bool) & parsed.unreadable
        report.add(formula, name, column, "a formula, not its value", "left empty")
        report.add(parsed.unreadable & ~formula, name, column, "not a number", "left empty")
        percent = parsed.percent if name == "weight" else percent
    return numbers, percent, scaled


def _identifiers(text: Mapping[str, pd.Series], report: CellReport) -> dict[str, pd.Series]:
    """Codes by kind, from their own columns and from a mixed one; a column of its own wins."""
    codes_by_kind = {}
    for kind in CODED:
        if kind in text:
            checked = checked_codes(text[kind], kind)
            codes_by_kind[kind] = checked.code
            report.add((checked.problem != "").to_numpy(), kind, text[kind], checked.problem, checked.action)
    if "identifier" in text:
        mixed = text["identifier"]
        by_kind, damaged = sorted_codes(mixed)
        by_kind["cusip"] = by_kind["cusip"].where(damaged.code == "", damaged.code)
        for kind, codes in by_kind.items():
            codes_by_kind[kind] = codes_by_kind[kind].where(codes_by_kind[kind] != "", codes) if kind in codes_by_kind else codes
        report.add((damaged.problem != "").to_numpy(), "identifier", mixed, damaged.problem, damaged.action)
    return codes_by_kind


def _dates(raw: RawTable, as_of: pd.Timestamp | None, dayfirst: bool | None, report: CellReport) -> pd.Series:
    day = pd.Series(as_of if as_of is not None else pd.NaT, index=range(len(raw.cells)), dtype="datetime64[ns]")
    if "as_of" not in raw.cells:
        return day
    column = raw.cells["as_of"]
    if column.dtype.kind == "M":
        return column.dt.tz_localize(None).astype("datetime64[ns]").fillna(day)
    parsed = parse_dates(column, dayfirst=dayfirst)
    problem = "day and month cannot be told apart: say dayfirst" if parsed.undecided else "not a date"
    report.add(parsed.unreadable, "as_of", column, problem, "the date of the file is used")
    return parsed.values.fillna(day)


def _weight_column(raw: RawTable, percent: np.ndarray, told: str | None) -> WeightColumn:
    cells = raw.cells.get("weight")
    plain = cells is not None and cells.dtype.kind in "iuf"
    stored = raw.numeric.get("weight", np.full(len(raw.cells), plain))
    return WeightColumn(cells=cells, stored=stored, percent=percent, stated=raw.plan.weight_unit, told=told)


def _as_printed(rows: pd.DataFrame, scales: Mapping[str, Scale], numbers: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """The rows with quantities, values and weights as the file prints them."""
    printed = {
        name: rows[name] / scales[name].factor for name in ("quantity", "market_value") if name in scales and scales[name].factor > 0
    }
    return rows.assign(**printed, **({"weight": numbers["weight"]} if "weight" in numbers else {}))


def _filled(rows: pd.DataFrame, given: Set[str], name: str) -> np.ndarray:
    return (rows[name] != "").to_numpy(dtype=bool) if name in given else np.zeros(len(rows), dtype=bool)


def _marked(rows: pd.DataFrame, given: Set[str], mixed: pd.Series | None) -> np.ndarray:
    """(n,) bool: lines with a code of a security. What stands beside a total in a column of codes is none (a line number of the form)."""
    coded = np.logical_or.reduce([_filled(rows, given, name) for name in CODED])
    valid = np.logical_or.reduce(
        [valid_identifiers(rows[name], name) for name in CODED if name in given] or [np.zeros(len(rows), dtype=bool)]
    )
    marked = valid | (coded & rows["quantity"].notna().to_numpy())
    return marked if mixed is None else marked | (mixed != "").to_numpy(dtype=bool)


def _refusals(
    rows: pd.DataFrame,
    given: Set[str],
    mixed: pd.Series | None,
    weighted: np.ndarray,
    report: CellReport,
    lines: TotalLines,
    value: pd.Series,
    raw: RawTable,
) -> np.ndarray:
    """(n,) position in ``_REASONS`` of why each row is no position, 0 where it is one.

    `given` names the columns that hold text, `value` is as printed.
    """
    n = len(rows)
    identified = np.logical_or.reduce([_filled(rows, given, name) for name in (*CODED, "ticker", "name")])
    identified |= np.zeros(n, dtype=bool) if mixed is None else (mixed != "").to_numpy(dtype=bool)
    sized = rows["quantity"].notna().to_numpy() | rows["market_value"].notna().to_numpy() | weighted
    code = np.zeros(n, dtype=np.int64)
    bare = ~sized
    if bare.any():
        cells = report.frame()
        unread = np.isin(report.line, cells.loc[cells["column"].isin(AMOUNT_FIELDS), "row"])
        code[bare] = np.where(unread[bare], 4, 3)
    code[~identified] = 2
    odd = np.flatnonzero(bare)
    code[odd[[is_prose(words) for words in raw.words(odd)]]] = SENTENCE_CODE
    plain = [number for number in range(len(raw.plan.headings)) if number not in {raw.plan.position.get(name) for name in AMOUNT_FIELDS}]
    lots = lots_of_summaries(rows, code == 0, lambda asked: raw.printed(asked, plain))
    code[lots.lot] = LOT_CODE
    code[lines.total] = TOTAL_CODE
    say_sums(rows, value, code == 0, lines, lots, report)
    return code


TOTAL_CODE, TOTAL_REASON = 1, "a total, not a position"
LOT_CODE, SENTENCE_CODE = 5, 6
_REASONS = (
    "",
    TOTAL_REASON,
    "nothing names the security",
    "no quantity, value or weight",
    "quantity, value and weight cannot be read as numbers",
    LOT,
    SENTENCE,
)


def _sorted_out(rows: pd.DataFrame, code: np.ndarray, raw: RawTable, refused: list[Refused]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows that are positions, and all others with their reason, in the order of the file."""
    bad = code != 0
    labels = named_rows(rows.loc[bad, ["account", "name", "ticker", "isin", "cusip"]], index=False)
    shown = [" ".join(cell for cell in cells if cell)[:80] for cells in labels]
    dropped = pd.DataFrame(
        {
            "row": np.concatenate([raw.line[bad], np.array([line for line, _, _ in refused], dtype=np.int64)]).astype(np.int64),
            "reason": pd.Series([*(_REASONS[why] for why in code[bad]), *(why for _, why, _ in refused)], dtype="str"),
            "text": pd.Series([*shown, *(text for _, _, text in refused)], dtype="str"),
        }
    ).sort_values("row", kind="stable", ignore_index=True)
    return (rows[~bad].reset_index(drop=True) if bad.any() else rows), dropped
