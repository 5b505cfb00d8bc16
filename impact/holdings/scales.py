"""Columns printed in thousands, millions or 万: which, by whose word, and whether quantity times price agrees."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from impact.holdings.raw_tables import RawTable, SheetTables
from impact.intake.units import StatedUnit, agreed_unit
from impact.tables import prose
from impact.typing_ import BoolArray, FloatArray

__all__ = ["Scale", "checked_scales", "in_whole_units", "scale_issues", "shares_of_values", "stated_scales", "with_units"]

_SCALED_FIELDS = ("quantity", "market_value", "notional_value", "price")
_OF_MONEY = ("market_value", "notional_value")
_PRICED_OTHERWISE = ("bond", "option", "future", "swap", "forward", "repo")
"""Instruments whose value is not quantity times price."""
_POSSIBLE = (1.0, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9)
_AGREES, _FEWEST, _MOST = 0.03, 3, 2.0 / 3.0
_DOUBTFUL = "in a unit that cannot be told"


@dataclass(frozen=True, kw_only=True)
class Scale:
    """What one printed unit of a column is worth.

    Attributes
    ----------
    text : str
        The heading, or the line outside the table, that says so.
    line : int
        Where that stands; the line of the header where it stands outside of the table.
    factor : float
        NaN where it cannot be told: the column is then left empty.
    problem, action : str
        For the issue.
    """

    text: str
    line: int
    factor: float
    problem: str = ""
    action: str = ""


def with_units(split: Sequence[SheetTables]) -> list[SheetTables]:
    """The tables of a file, each with the unit that lines outside it state: its own, else those of its sheet, else of other sheets.

    The currency that such a line names is that of the values, as if their heading named it.
    """
    elsewhere = agreed_unit(page.unit for page in split if not page.tables)

    def stated(table: RawTable, page: SheetTables) -> RawTable:
        unit = table.preamble.unit or page.unit or elsewhere
        if unit is None:
            return table
        currency = table.plan.value_currency or ("" if unit.of == "shares" else unit.currency)
        return replace(table, preamble=replace(table.preamble, unit=unit), plan=replace(table.plan, value_currency=currency))

    return [replace(page, tables=tuple(stated(table, page) for table in page.tables)) for page in split]


def stated_scales(raw: RawTable) -> dict[str, Scale]:
    """Scales by field, as the heading of the column states them, else a line outside the table.

    A line "in thousands" speaks of money; of numbers of shares too only if it says so. Where it does not tell, quantities are in
    doubt. Prices are never meant.
    """
    scales: dict[str, Scale] = {}
    outside = raw.preamble.unit
    for name in _SCALED_FIELDS:
        if name not in raw.cells:
            continue
        unit = raw.plan.units.get(name)
        if unit is not None:
            scales[name] = _scale(unit, raw.header_line, "the heading says so")
        elif outside is not None and _is_meant(outside, name):
            scales[name] = _scale(outside, raw.header_line, f"a line outside the table says so: {outside.text[:60]!r}")
        elif outside is not None and name == "quantity" and outside.of == "" and not outside.spares_shares:
            problem = f"whether {outside.text[:60]!r} outside the table speaks of quantities too cannot be told"
            scales[name] = Scale(text=outside.text, line=raw.header_line, factor=math.nan, problem=problem)
    return {name: scale for name, scale in scales.items() if scale.factor != 1.0}


def _is_meant(unit: StatedUnit, name: str) -> bool:
    return (name in _OF_MONEY and unit.of != "shares") or (name == "quantity" and unit.of == "shares")


def _scale(unit: StatedUnit, line: int, who: str) -> Scale:
    if math.isnan(unit.factor):
        return Scale(text=unit.text, line=line, factor=math.nan, problem=f"{_DOUBTFUL}: {unit.text[:60]!r}")
    return Scale(
        text=unit.text,
        line=line,
        factor=unit.factor,
        problem=f"in units of {prose.count(unit.factor)}: {who}",
        action=_multiplied(unit.factor),
    )


def _multiplied(factor: float) -> str:
    return "read as printed" if factor == 1.0 else f"multiplied by {prose.count(factor)}"


def in_whole_units(
    numbers: Mapping[str, FloatArray], scales: Mapping[str, Scale], scaled_cells: Mapping[str, BoolArray]
) -> dict[str, FloatArray]:
    """Columns in whole units; a cell that bears a scale of its own (``4.2M``) stays, and so does a column of unknown scale."""
    whole = dict(numbers)
    for name, scale in scales.items():
        if name in whole and np.isfinite(scale.factor):
            own = scaled_cells.get(name)
            factor = scale.factor if own is None else np.where(own, 1.0, scale.factor)
            whole[name] = whole[name] * factor
    return whole


def checked_scales(rows: pd.DataFrame, scales: Mapping[str, Scale]) -> dict[str, Scale]:
    """The scales once quantity times price has spoken.

    Parameters
    ----------
    rows : DataFrame
        With the stated scales applied; `market_value` and `quantity` of unknown scale as printed. Those that the figures settle are
        multiplied here.

    Notes
    -----
    Figures speak where at least three lines (all, of fewer), no bonds or derivatives, have value and price in one currency, and two
    thirds of them agree within 3 %. They settle a scale of unknown factor; where they
    contradict a stated one, values and quantities are in one unit that nothing tells.
    """
    asked = {name: scale for name, scale in scales.items() if name in ("market_value", "quantity")}
    ratio = _value_over_traded(rows) if asked else np.zeros(0)
    if not len(ratio):
        return dict(scales)
    settled = dict(scales)
    agreed = _agree(ratio, 1.0)
    unknown = [name for name, scale in asked.items() if math.isnan(scale.factor)]
    if len(unknown) == 1:
        name = unknown[0]
        power = -1.0 if name == "market_value" else 1.0
        factor = next((factor for factor in _POSSIBLE if _agree(ratio, factor**power)), math.nan)
        if np.isfinite(factor):
            rows[name] = rows[name] * factor
            settled[name] = replace(
                scales[name], factor=factor, problem=f"{scales[name].problem}; quantity times price tells", action=_multiplied(factor)
            )
    elif not unknown and not agreed:
        for name, scale in asked.items():
            if _agree(ratio, scale.factor if name == "market_value" else 1.0 / scale.factor):
                said = f"{scale.problem}, but quantity times price says that value and quantity are in one unit"
                rows[name] = rows[name] / scale.factor
                settled |= {
                    other: replace(scale, factor=math.nan, problem=said, action="left empty") for other in ("market_value", "quantity")
                }
    return settled


def _value_over_traded(rows: pd.DataFrame) -> FloatArray:
    quantity, price, value = (rows[name].to_numpy(dtype=np.float64) for name in ("quantity", "price", "market_value"))
    known = np.isfinite(quantity) & np.isfinite(price) & np.isfinite(value) & (quantity * price != 0) & (value != 0)
    one_currency = (rows["price_currency"] == "") | (rows["price_currency"] == rows["currency"])
    known &= one_currency.to_numpy() & ~rows["instrument"].isin(_PRICED_OTHERWISE).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(value / (quantity * price))[known]
    return np.asarray(ratio if len(ratio) >= min(_FEWEST, max(1, len(rows))) else ratio[:0], dtype=np.float64)


def _agree(ratio: FloatArray, expected: float) -> bool:
    return bool(np.mean(np.abs(ratio / expected - 1.0) < _AGREES) >= _MOST)


def scale_issues(scales: Mapping[str, Scale]) -> pd.DataFrame:
    """One issue a scaled column, on the line of the header."""
    rows = [(scale.line, name, scale.text, scale.problem, scale.action or "left empty") for name, scale in scales.items()]
    return pd.DataFrame(rows, columns=["row", "column", "value", "problem", "action"])


def shares_of_values(rows: pd.DataFrame, scales: Mapping[str, Scale]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Rows without the columns of unknown scale; where values go, their shares of the sum stay as weights.

    Parameters
    ----------
    rows : DataFrame
        The positions, totals left out.
    """
    unknown = [name for name, scale in scales.items() if math.isnan(scale.factor)]
    notes = [f"The column {name.replace('_', ' ')} is left empty: {scales[name].problem}." for name in unknown]
    if "market_value" in unknown and not rows["weight"].notna().any() and rows["currency"].nunique() <= 1:
        value = rows["market_value"]
        if value.sum() > 0:
            rows = rows.assign(weight=value / value.sum())
            notes.append("Weights are the shares of the values as printed in their sum, which need no unit.")
    return rows.assign(**dict.fromkeys(unknown, np.nan)) if unknown else rows, tuple(notes)
