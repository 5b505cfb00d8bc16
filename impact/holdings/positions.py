"""From cells to positions: numbers, dates, identifiers and kinds, with a reason for every row that is none."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.holdings.amounts import MISSING_TEXT, decimal_mark, parse_date, parse_numbers
from impact.holdings.coded import CODED, checked_codes, sorted_codes
from impact.holdings.columns import AMOUNT_FIELDS, NUMBER_FIELDS, TEXT_FIELDS
from impact.holdings.distinct import per_distinct
from impact.holdings.instruments import classify_instruments
from impact.holdings.raw_table import RawTable
from impact.tables import prose

__all__ = ["NO_POSITION", "POSITION_COLUMNS", "Positions", "interpret"]

POSITION_COLUMNS = (
    "row", "account", "investor", "name", "ticker", "exchange", "country", "isin", "cusip", "sedol", "figi", "instrument", "put_call",
    "underlying", "quantity", "market_value", "notional_value", "weight", "price", "fx", "currency", "price_currency", "as_of",
)  # fmt: skip

_TOTAL = (
    r"^(?:grand |sub|net )?-?(?:total|subtotal|summe|gesamt|totale|sum)s?\b[^a-z]*"
    r"(?:assets|value|portfolio|fund|equit\w*|positions)?[^a-z]*$"
)
_TERMINAL_TICKER = r"^\S+(?: \S+)* (?:Equity|Index|Curncy|Comdty|Corp|Govt|Mtge|Pfd)$"


NO_POSITION = ("a total", "one cell of text", "the header again", "begins a second table", "belongs to a second table", "nothing names")
"""How the reasons begin that refuse a row which holds no position, whatever its numbers; any other refused row may hold one."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Positions:
    """Interpreted rows; see :class:`~impact.holdings.readers.HoldingsFile` for the meaning of the tables."""

    rows: pd.DataFrame
    dropped: pd.DataFrame
    issues: pd.DataFrame
    decimal: str
    weight_unit: str
    notes: tuple[str, ...] = ()


@dataclass(eq=False, kw_only=True)
class _Report:
    """Cells that needed care, gathered while a table is interpreted."""

    line: np.ndarray
    parts: list[pd.DataFrame] = field(default_factory=list)

    def add(self, where: np.ndarray, column: str, values: object, problem: object, action: object) -> None:
        if np.any(where):
            picked = {
                name: np.asarray(cells, dtype=object)[where] if np.ndim(cells) else cells
                for name, cells in (("value", values), ("problem", problem), ("action", action))
            }
            self.parts.append(pd.DataFrame({"row": self.line[where], "column": column, **picked}))

    def frame(self) -> pd.DataFrame:
        if not self.parts:
            return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _ISSUE_DTYPES.items()})
        return pd.concat(self.parts, ignore_index=True).sort_values("row", kind="stable", ignore_index=True)


_ISSUE_DTYPES = {"row": "int64", "column": "str", "value": "object", "problem": "str", "action": "str"}


def interpret(raw: RawTable, *, decimal: str | None, weight_unit: str | None, as_of: pd.Timestamp | None, dayfirst: bool) -> Positions:
    """Positions from the cells of one table.

    Parameters
    ----------
    raw : RawTable
    decimal : {".", ",", None}
        Decimal mark; found from the cells when None.
    weight_unit : {"percent", "fraction", None}
        Unit of the weights; found from heading, cells or sum when None.
    as_of : Timestamp, optional
        Date for rows whose own column gives none.
    dayfirst : bool
        How to read ``03/04/2021`` in a date column.
    """
    report = _Report(line=raw.line)
    text = {name: _stripped(raw.cells[name]) for name in TEXT_FIELDS if name in raw.cells}
    for name in ("name", "identifier"):
        if name in text:
            _move_terminal_tickers(text, name)
    mark = decimal or _file_decimal(raw)
    numbers, percent = _numbers(raw, mark, decimal is not None, report)
    identifiers = _identifiers(text, report)
    stated = np.isfinite(numbers["weight"]) if "weight" in numbers else np.zeros(len(raw.cells), dtype=bool)
    unit, notes = _weight_unit(numbers, percent, raw, weight_unit)
    if "weight" in numbers:
        numbers["weight"] = numbers["weight"] * {"percent": 0.01, "fraction": 1.0, "": np.nan}[unit]
    n = len(raw.cells)
    blank = pd.Series([""] * n, dtype="str")
    rows = pd.DataFrame({"row": raw.line})
    for name in POSITION_COLUMNS[1:-1]:
        if name in NUMBER_FIELDS:
            rows[name] = numbers.get(name, np.full(n, np.nan))
        elif name == "instrument":
            rows[name] = classify_instruments({**text, "ticker": text.get("ticker", blank)}) if n else blank
        else:
            rows[name] = identifiers.get(name, text.get(name, blank))
    if raw.header.plan.value_currency:
        rows["currency"] = rows["currency"].where(rows["currency"] != "", raw.header.plan.value_currency)
    rows["currency"] = rows["currency"].str.upper()
    rows["as_of"] = _dates(raw, as_of, dayfirst, report)
    given = {name for name in (*text, *identifiers) if name in rows}
    code = _refusals(rows, given, text.get("identifier"), stated, report)
    return _sorted_out(rows, code, given, raw, report, (mark, unit, notes))


def _stripped(column: pd.Series) -> pd.Series:
    def strip(values: pd.Series) -> pd.Series:
        trimmed = values.astype("str").str.strip(" \t\r\n\xa0\ufeff\u202f")
        return trimmed.where(~trimmed.str.lower().isin(MISSING_TEXT - {"na"}), "").astype("str")

    return per_distinct(column, strip)


def _move_terminal_tickers(text: dict[str, pd.Series], source: str) -> None:
    """Terminal exports put ``941 HK Equity`` where others put the name: it is the ticker."""
    coded = per_distinct(text[source], lambda values: values.str.contains(_TERMINAL_TICKER, regex=True))
    if coded.any():
        present = text.get("ticker", pd.Series([""] * len(coded), dtype="str"))
        text["ticker"] = present.where(~coded | (present != ""), text[source])
        if source == "identifier":
            text[source] = text[source].where(~coded, "")


def _file_decimal(raw: RawTable) -> str:
    votes = [decimal_mark(raw.cells[name]) for name in NUMBER_FIELDS if name in raw.cells and raw.cells[name].dtype.kind not in "iuf"]
    comma, point = votes.count(","), votes.count(".")
    if comma == point:
        return "," if raw.header.separator == ";" and comma else "."
    return "," if comma > point else "."


def _numbers(raw: RawTable, mark: str, settled: bool, report: _Report) -> tuple[dict[str, np.ndarray], np.ndarray]:
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
        own = "" if settled else decimal_mark(column)
        parsed = parse_numbers(column, decimal=own or mark)
        numbers[name] = parsed.values
        formula = column.str.startswith("=").to_numpy(dtype=bool) & parsed.unreadable
        report.add(formula, name, column, "a formula, not its value", "left empty")
        report.add(parsed.unreadable & ~formula, name, column, "not a number", "left empty")
        percent = parsed.percent if name == "weight" else percent
    return numbers, percent


def _identifiers(text: Mapping[str, pd.Series], report: _Report) -> dict[str, pd.Series]:
    """Codes by kind, from their own columns and from a mixed one; a column of its own wins."""
    found = {}
    for kind in CODED:
        if kind in text:
            checked = checked_codes(text[kind], kind)
            found[kind] = checked.code
            report.add((checked.problem != "").to_numpy(), kind, text[kind], checked.problem, checked.action)
    if "identifier" in text:
        mixed = text["identifier"]
        by_kind, damaged = sorted_codes(mixed)
        by_kind["cusip"] = by_kind["cusip"].where(damaged.code == "", damaged.code)
        for kind, codes in by_kind.items():
            found[kind] = found[kind].where(found[kind] != "", codes) if kind in found else codes
        report.add((damaged.problem != "").to_numpy(), "identifier", mixed, damaged.problem, damaged.action)
    return found


def _weight_unit(numbers: Mapping[str, np.ndarray], percent: np.ndarray, raw: RawTable, told: str | None) -> tuple[str, tuple[str, ...]]:
    if "weight" not in numbers or not np.isfinite(numbers["weight"]).any():
        return told or "", ()
    total = float(np.nansum(numbers["weight"]))
    if told:
        unit, basis = told, "as told"
    elif raw.header.plan.weight_in_percent or percent.any():
        unit, basis = "percent", "percent sign"
    elif total > 1.05:
        unit, basis = "percent", "as fractions they would exceed the book"
    elif total >= 0.95:
        unit, basis = "fraction", "they sum to about 1"
    elif _exceeds_book(numbers):
        unit, basis = "percent", "as fractions the values would exceed the book"
    else:
        return "", (
            f"Weights sum to {prose.significant(total, 4)}: their unit is unclear and they are not used; say weight_unit='percent' or 'fraction'.",
        )
    share = total / (100.0 if unit == "percent" else 1.0)
    if 0.95 <= share <= 1.05:
        return unit, (f"Weights are in {unit} ({basis}).",)
    return unit, (
        f"Weights are in {unit} ({basis}) and sum to {prose.percent(share, 2)}, not 100 %: rows are missing, or the file shows a part.",
    )


def _exceeds_book(numbers: Mapping[str, np.ndarray]) -> bool:
    """Whether the book that values and weights imply, were the weights fractions, is smaller than its own rows."""
    values, weights = numbers.get("market_value"), numbers["weight"]
    if values is None:
        return False
    both = np.isfinite(values) & np.isfinite(weights) & (np.abs(weights) > 0)
    return bool(both.any() and np.median(np.abs(values[both] / weights[both])) < 0.999 * np.abs(values[both]).sum())


def _dates(raw: RawTable, as_of: pd.Timestamp | None, dayfirst: bool, report: _Report) -> pd.Series:
    day = pd.Series(as_of if as_of is not None else pd.NaT, index=range(len(raw.cells)), dtype="datetime64[ns]")
    if "as_of" not in raw.cells:
        return day
    column = raw.cells["as_of"]
    if column.dtype.kind == "M":
        return column.dt.tz_localize(None).astype("datetime64[ns]").fillna(day)
    codes, distinct = pd.factorize(column.astype("str"))
    parsed = pd.Series([parse_date(value, dayfirst=dayfirst) for value in distinct] + [None], dtype="datetime64[ns]")
    own = parsed.iloc[codes].reset_index(drop=True)
    unread = (own.isna() & ~column.astype("str").str.lower().isin(MISSING_TEXT)).to_numpy()
    report.add(unread, "as_of", column, "not a date", "the date of the file is used")
    return own.fillna(day)


def _refusals(rows: pd.DataFrame, given: Set[str], mixed: pd.Series | None, weighted: np.ndarray, report: _Report) -> np.ndarray:
    """(n,) position in ``_REASONS`` of why each row is no position, 0 where it is one; `given` names the columns that hold text."""
    n = len(rows)

    def filled(name: str) -> np.ndarray:
        return (rows[name] != "").to_numpy(dtype=bool) if name in given else np.zeros(n, dtype=bool)

    coded = np.logical_or.reduce([filled(name) for name in CODED])
    identified = (
        coded | filled("ticker") | filled("name") | (np.zeros(n, dtype=bool) if mixed is None else (mixed != "").to_numpy(dtype=bool))
    )
    sized = rows["quantity"].notna().to_numpy() | rows["market_value"].notna().to_numpy() | weighted
    code = np.zeros(n, dtype=np.int64)
    bare = ~sized
    if bare.any():
        cells = report.frame()
        unread = np.isin(report.line, cells.loc[cells["column"].isin(AMOUNT_FIELDS), "row"])
        code[bare] = np.where(unread[bare], 4, 3)
    code[~identified] = 2
    loose = np.flatnonzero(~coded & ~filled("ticker"))
    if len(loose):
        label = rows["name"].where(rows["name"] != "", rows["account"]).take(loose)
        code[loose[per_distinct(label, lambda values: values.str.lower().str.contains(_TOTAL, regex=True)).to_numpy(dtype=bool)]] = 1
    return code


_REASONS = (
    "",
    "a total, not a position",
    "nothing names the security",
    "no quantity, value or weight",
    "quantity, value and weight cannot be read as numbers",
)


def _sorted_out(
    rows: pd.DataFrame, code: np.ndarray, given: Set[str], raw: RawTable, report: _Report, found: tuple[str, str, tuple[str, ...]]
) -> Positions:
    refused = code != 0
    labels = rows.loc[refused, ["account", "name", "ticker", "isin", "cusip"]].itertuples(index=False)
    shown = [" ".join(cell for cell in cells if cell)[:80] for cells in labels]
    dropped = pd.DataFrame(
        {
            "row": np.concatenate([raw.line[refused], np.array([line for line, _, _ in raw.refused], dtype=np.int64)]).astype(np.int64),
            "reason": pd.Series([*(_REASONS[why] for why in code[refused]), *(why for _, why, _ in raw.refused)], dtype="str"),
            "text": pd.Series([*shown, *(text for _, _, text in raw.refused)], dtype="str"),
        }
    ).sort_values("row", kind="stable", ignore_index=True)
    kept = rows[~refused].reset_index(drop=True) if refused.any() else rows
    if not len(kept):
        reasons = dropped["reason"].value_counts()
        why = f"; {len(dropped)} row(s) refused, most often: {reasons.index[0]}" if len(dropped) else ""
        raise InputError(
            f"the table has a header on line {raw.header.line} and no position below it{why}; export the positions again, as values."
        )
    mark, unit, notes = found
    issues = pd.concat([part for part in (report.frame(), _repeats(kept, given)) if len(part)] or [report.frame()], ignore_index=True)
    return Positions(rows=kept, dropped=dropped, issues=issues, decimal=mark, weight_unit=unit, notes=notes)


def _repeats(kept: pd.DataFrame, given: Set[str]) -> pd.DataFrame:
    """Rows every cell of which repeats an earlier row."""
    columns = [name for name in kept if name in given or (name in NUMBER_FIELDS and kept[name].notna().any()) or name == "as_of"]
    same = kept.duplicated(columns, keep="first").to_numpy()
    cells = {"row": kept.loc[same, "row"], "column": "", "value": kept.loc[same, "name"]}
    return pd.DataFrame({**cells, "problem": "every cell repeats an earlier row", "action": "counted again"})
