"""The currency of the values and prices of a table: by its headings, its columns, and by totals and weights that hold in one alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from impact.holdings.cell_currencies import Printed, settle_cell_currencies
from impact.holdings.cell_report import CellReport
from impact.holdings.instruments import NOT_PRODUCTS
from impact.holdings.line_rates import IN_BASE, TIMES, RatedValues, is_rate, rated_values
from impact.holdings.raw_tables import RawTable
from impact.intake.currencies import PART_WORDS, normal_currencies
from impact.intake.headings import heading_key
from impact.tables.prose import significant
from impact.typing_ import BoolArray, FloatArray

__all__ = ["in_one_currency", "settle_book_currency", "settle_currencies"]

_LEAST_WEIGHT, _NEAR = 0.005, 0.02
"""Weights below half a percent are rounded too far to compare; rates of exchange differ from one by more than 2 %."""
_ROUNDED = 0.0101


def in_one_currency(rows: pd.DataFrame, total: BoolArray) -> str | None:
    """The currency of all values, empty where it has no name; None where nothing tells that they are in one.

    Parameters
    ----------
    rows : DataFrame
        In the order of the file, with currency, market_value and weight as printed.
    total : (n,) bool
        Lines that are totals.

    Notes
    -----
    Lines of several currencies are valued in one where a printed total is their plain sum, or where value over weight is the same for
    all of them.
    """
    kept = ~total & rows["market_value"].notna().to_numpy() & (rows["currency"] != "").to_numpy()
    held = rows[kept]
    if held["currency"].nunique() < 2:
        return None
    value = rows["market_value"].to_numpy(dtype=np.float64)
    whole = float(np.nansum(value[~total]))
    sums = total & np.isfinite(value) & (np.abs(value - whole) <= _ROUNDED * (1 + kept.sum() / 2) + 1e-9 * abs(whole))
    if not sums.any() and not _weights_fit(held):
        return None
    named = rows.loc[sums & (rows["currency"] != "").to_numpy(), "currency"].unique()
    return str(named[0]) if len(named) == 1 else ""


def _by_products(rows: pd.DataFrame) -> tuple[bool, str | None]:
    """Whether quantity times price tells the currency of values on lines of several, and that one, where it is one alone.

    Values are in the currency of each line where they are quantity times price on the lines of two; in one currency where they are on
    its lines, and on all those of every other one are the product at one rate that may be one between the two. Of kinds whose value is
    no product nothing is told.
    """
    held = rows[(rows["market_value"].notna() & (rows["currency"] != "")).to_numpy()]
    currencies = held["currency"].unique()
    if len(currencies) < 2:
        return True, None
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs((held["market_value"] / (held["quantity"] * held["price"])).to_numpy(dtype=np.float64))
    asked = np.isfinite(ratio) & (ratio > 0.0) & held["price_currency"].isin(["", *currencies]).to_numpy()
    asked &= ~held["instrument"].isin(NOT_PRODUCTS).to_numpy()
    of = held["currency"].to_numpy()
    ratios = {code: each for code in currencies if len(each := ratio[asked & (of == code)])}
    whole = [code for code, each in ratios.items() if np.all(np.abs(each - 1.0) < _NEAR)]
    others = [code for code in ratios if code not in whole]
    if len(whole) == 1 and others and all(_at_one_rate(ratios[code], code, whole[0]) for code in others):
        return True, str(whole[0])
    return len(whole) > 1, None


def _at_one_rate(ratio: FloatArray, of: str, to: str) -> bool:
    """Whether values over products are one number on all lines, which may be a rate between the two currencies."""
    rate = float(np.median(ratio))
    return bool(np.all(np.abs(ratio / rate - 1.0) < _NEAR)) and is_rate(rate, of, to) is True


def _weights_fit(held: pd.DataFrame) -> bool:
    """Whether value over weight agrees between lines of at least two currencies, three lines in all."""
    weight = held["weight"].to_numpy(dtype=np.float64)
    told = np.isfinite(weight) & (np.abs(weight) >= _LEAST_WEIGHT)
    if told.sum() < 3 or held.loc[told, "currency"].nunique() < 2:
        return False
    ratio = held["market_value"].to_numpy(dtype=np.float64)[told] / weight[told]
    middle = float(np.median(ratio))
    return bool(middle != 0.0 and np.all(np.abs(ratio / middle - 1.0) < _NEAR))


def settle_currencies(rows: pd.DataFrame, raw: RawTable, report: CellReport) -> None:
    """Bring currencies to their codes and parts to whole units; the currency of a heading is that of its column.

    Where the heading of the values names a currency, or says that they are in that of the book, the column of currencies is that of the lines. A cell that prints
    a currency is in that one, and in whole units or hundredths as it says; a rate of its line brings it to the base only where the line names no other. A value
    beside a price in hundredths is in hundredths too, unless quantity and price show that it is not.
    """
    plan = raw.plan
    line_currency = rows["currency"]
    if plan.value_currency or plan.value_in_base:
        rows["price_currency"] = rows["price_currency"].where(rows["price_currency"] != "", line_currency)
        rows["currency"] = plan.value_currency
    quoted = rows["price_currency"].where(rows["price_currency"] != "", line_currency)
    if plan.price_currency:
        quoted = pd.Series(plan.price_currency, index=rows.index, dtype="str")
        rows["price_currency"] = quoted
    rows["currency"], worth = normal_currencies(rows["currency"])
    _, price_worth = normal_currencies(quoted)
    rows["price_currency"], _ = normal_currencies(rows["price_currency"])
    value_cells, price_cells = settle_cell_currencies(rows, raw, report)
    of_price = price_cells.worth_beside(price_worth)
    for of_one, word in PART_WORDS.items():
        in_parts = (of_price == of_one) & rows["price"].notna().to_numpy()
        report.add(in_parts, "price", rows["price"], f"in {word}s of the currency", f"divided by {significant(1 / of_one, 6)}")
    rows["price"] = rows["price"] * of_price
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (rows["market_value"] / (rows["quantity"] * rows["price"])).to_numpy()
    of_line = worth.where(~((worth < 1.0) & (np.abs(ratio - 1.0) < 0.05)), 1.0)
    scales = {"market_value": value_cells.worth_beside(of_line), "notional_value": of_line.to_numpy(dtype=np.float64)}
    rated = _beside_rates(rows, scales["market_value"], raw, value_cells)
    if rated is not None and rated.reading == IN_BASE:
        scales = {name: np.where(rated.told, 1.0, scale) for name, scale in scales.items()}
    for of_one, word in PART_WORDS.items():
        in_parts = (scales["market_value"] == of_one) & rows["market_value"].notna().to_numpy()
        report.add(
            in_parts, "market_value", rows["market_value"], f"in {word}s of the currency", f"divided by {significant(1 / of_one, 6)}"
        )
    for name, scale in scales.items():
        rows[name] = rows[name] * scale
    if rated is not None:
        _bring_to_base(rows, rated, raw, report)


_TO_BASE = frozenset({"fxratetobase", "ratetobase", "fxtobase", "fxratetobasecurrency", "exchangeratetobase"})


def _beside_rates(rows: pd.DataFrame, scale: FloatArray, raw: RawTable, cells: Printed) -> RatedValues | None:
    """How values beside a column of rates to the base are to be read; None where there is none, or their heading tells their currency.

    The rate of a line says nothing of a cell in another currency than that of the line, and none that prints its currency is in the base
    by other lines.
    """
    plan = raw.plan
    heading = plan.headings[plan.position["fx"]] if "fx" in plan.position else ""
    if heading_key(heading) not in _TO_BASE or plan.value_currency or plan.value_in_base:
        return None
    printed = rows["market_value"].to_numpy(dtype=np.float64)
    rated = rated_values(rows.assign(fx=rows["fx"].where(~cells.differs)), printed, printed * scale, cells.known & ~cells.differs)
    if rated is None or rated.reading != IN_BASE:
        return rated
    return replace(rated, told=rated.told & ~cells.known)


def _bring_to_base(rows: pd.DataFrame, rated: RatedValues, raw: RawTable, report: CellReport) -> None:
    """Values brought to the base as :func:`rated_values` found; those of which nothing tells stay, and are said."""
    heading = raw.plan.headings[raw.plan.position["fx"]]
    rate = rows["fx"].to_numpy(dtype=np.float64)
    other = rated.told & (rate != 1.0) & rows["market_value"].notna().to_numpy()
    first = other & (np.cumsum(other) == 1)
    value = rows["market_value"]
    doubted = f"nothing tells whether values beside {heading} are in the currency of the line or in the base"
    if not rated.reading:
        said = (
            f"in the currency of the line, beside {heading}, and nothing tells which way to the base it is quoted"
            if rated.of_lines
            else doubted
        )
        report.add(first, "market_value", value, said, "taken in the currency of each line: name that of the values in their heading")
        return
    if rated.reading == IN_BASE:
        said = f"in the base already, beside {heading}: totals, weights, or quantity times price say so"
        report.add(first, "market_value", value, said, "not multiplied")
    else:
        inverse = ", whose inverse could be a rate too" if rated.either else ""
        said = f"in the currency of the line, beside {heading}" if rated.of_lines else doubted
        action = (
            rated.reading
            if rated.of_lines
            else f"taken in the currency of the line, {rated.reading}: name that of the values in their heading"
        )
        report.add(other, "market_value", value, f"{said}{inverse}", action)
        for name in ("market_value", "notional_value"):
            rows[name] = rows[name].where(~rated.told, rows[name] * rate if rated.reading == TIMES else rows[name] / rate)
    rows["price_currency"] = rows["price_currency"].where(rows["price_currency"] != "", rows["currency"])
    rows["currency"] = rows["currency"].where(~rated.told, rated.base)


def settle_book_currency(rows: pd.DataFrame, total: np.ndarray, raw: RawTable, report: CellReport) -> None:
    """Values that totals or weights show to be in one currency, whatever the lines name, are in that of the book."""
    if "currency" not in raw.cells or raw.plan.value_currency or raw.plan.value_in_base:
        return
    base = in_one_currency(rows, total)
    first = np.arange(len(rows)) == int(np.flatnonzero(~total)[0]) if not total.all() else np.zeros(len(rows), dtype=bool)
    said = "lines name several currencies, and the printed total or weights hold for the values as they stand"
    if base is None:
        told, base = _by_products(rows[~total])
        said = "lines name several currencies, and quantity times price gives the values in one of them alone"
        weighed = rows.loc[~total & rows["weight"].notna().to_numpy(), "currency"].nunique() > 1
        if not told and not weighed and not rows.loc[total, "market_value"].notna().any():  # totals and weights that do not fit tell
            said = "lines name several currencies, and no price, total or weight tells whether values are in them or in that of the account"
            report.add(
                first,
                "currency",
                rows["currency"],
                said,
                "values taken in the currency of each line: name that of the values in their heading",
            )
        if base is None:
            return
    report.add(first, "currency", rows["currency"], said, "values taken in one currency, that of the book; the column is that of the lines")
    rows["price_currency"] = rows["price_currency"].where(rows["price_currency"] != "", rows["currency"])
    rows["currency"] = base
