"""Figures under headings that the vocabulary does not know, where they behave like the quantity, value or weight that a table lacks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from impact.holdings.column_doubts import NUMERIC_KINDS, Doubt
from impact.holdings.columns import ColumnPlan
from impact.holdings.heading_vocabulary import readings_of
from impact.holdings.quantity_parts import is_available_part, is_of_quantity, is_part_of_quantity, says_not_settled
from impact.intake.headings import heading_key, word_keys
from impact.intake.numbers import parse_numbers
from impact.typing_ import FloatArray

__all__ = ["unknown_amounts"]

_MOST = 2.0 / 3.0
_NEAR = 5e-3
"""What rounding leaves between a product and its value."""
_WHOLES = (1.0, 100.0, 1000.0, 10_000.0)
"""What weights sum to, as fractions, percent, per mille or basis points."""
_SHORT_OF_WHOLE = 0.02
_LEAST_QUANTITY = 100
"""Whole numbers below it count ranks, ratings, sectors and months as well."""
_YEARS = (1900, 2200)
_NO_AMOUNTS = frozenset(
    heading_key(word)
    for word in (
        "no", "nr", "number", "key", "ref", "reference", "identifier", "rank", "row", "line", "id", "code", "year", "month", "day", "date", "age", "coupon", "yield", "ytm", "duration", "maturity",
        "rating", "score", "return", "change", "chg", "gain", "loss", "pnl", "profit", "cost", "dividend", "beta", "alpha", "ratio", "rate",
        "pe", "pb", "eps", "roe", "high", "low", "open", "low52", "tax", "fee", "esg", "target", "limit", "benchmark", "index", "multiplier",
        "factor", "tenor", "strike", "price", "kurs", "cena", "preço", "prix", "average", "avg", "delta", "vega", "gamma", "theta", "volatility", "spread", "interest", "accrued", "token",
        "gav", "gak", "pru", "einstand", "einstandskurs", "einstandspreis", "einstandswert", "kaufkurs", "kaufwert", "kaufpreis",
        "成本", "成本价", "成本價", "持仓成本", "摊薄成本价", "買價", "買入價", "買付価格", "付出成本", "平均成本", "均價", "손익", "평가손익", "수익률", "取得単価", "取得価額", "取得金額", "평균단가", "매입단가", "매입가", "매입금액",
    )
)  # fmt: skip
"""Words of headings that are known, and feed no field."""


def unknown_amounts(
    cells: pd.DataFrame, plan: ColumnPlan, kinds: Sequence[str], mapped: frozenset[int], *, shift: int = 0
) -> tuple[Doubt, ...]:
    """What is to be said of columns of figures whose heading is not known, where the table gives no quantity, or no value and no weight.

    Parameters
    ----------
    cells : DataFrame
        The rows of the table, or some of them.
    plan : ColumnPlan
    kinds : sequence of str
        What the cells of each column are.
    mapped : frozenset of int
        Columns that the caller named.
    shift : int
        Column of the first heading.

    Notes
    -----
    A table with quantity and price has its values. Figures are those of a value where they are money, or the product of quantity and price;
    a weight where they sum to a whole; a quantity where they are the value over the price, or whole numbers of which one is a hundred or more. Where
    no line could be valued otherwise, any column of figures may be the value, and is asked for.
    """
    open_columns = [
        number
        for number, heading in enumerate(plan.headings)
        if heading
        and number not in mapped
        and kinds[number] in NUMERIC_KINDS
        and number not in plan.used
        and not readings_of(heading)
        and not _is_of_something_else(heading)
    ]
    beside = (*_beside_available(plan, open_columns, mapped), *_not_settled(cells, plan, open_columns, mapped, shift))
    unsized = "quantity" not in plan.position
    valued = not {"market_value", "weight"}.isdisjoint(plan.position) or {"quantity", "price"} <= plan.position.keys()
    if not open_columns or (valued and not unsized):
        return beside
    told = {number: _figures(cells[number + shift]) for number in (*open_columns, *plan.position.values()) if number + shift in cells}
    rows = []
    for number in open_columns:
        if (
            is_part_of_quantity(plan.headings[number])
            or number not in told
            or len(set(told[number][np.isfinite(told[number])].tolist())) < 2
        ):
            continue
        name = _behaves_like(told[number], kinds[number], told, plan, unsized=unsized, valued=valued)
        if name:
            heading, what = plan.headings[number], name.replace("_", " ")
            problem = f"the heading is not known, and the figures may be a {what}, of which the table gives none"
            rows.append((name, heading, problem, f"column not used; if it is the {what}, map {name}={heading}"))
    return (*beside, *rows)


def _beside_available(plan: ColumnPlan, open_columns: Sequence[int], mapped: frozenset[int]) -> tuple[Doubt, ...]:
    """What is to be said where the quantity is the part that can be sold, and figures that are not read may hold a further part."""
    quantity = plan.position.get("quantity", -1)
    heading = plan.headings[quantity] if quantity >= 0 else ""
    asked = [number for number in open_columns if not plan.quantity_parts or is_of_quantity(plan.headings[number])]
    if not asked or quantity in mapped or not is_available_part(heading):
        return ()
    others = ", ".join(plan.headings[number] for number in asked[:4])
    problem = f"it is the part that is available, and of the figures beside it some may be a further part: {others}"
    return (("quantity", heading, problem, "read as the quantity; if one is a further part, map quantity to the column of the whole"),)


def _not_settled(
    cells: pd.DataFrame, plan: ColumnPlan, open_columns: Sequence[int], mapped: frozenset[int], shift: int
) -> tuple[Doubt, ...]:
    """What is to be said of figures of what is not settled yet, beside a quantity of which nothing tells whether it holds them."""
    quantity = plan.position.get("quantity", -1)
    if quantity < 0 or quantity in mapped or plan.quantity_parts or is_available_part(plan.headings[quantity]):
        return ()
    asked = [number for number in open_columns if says_not_settled(plan.headings[number]) and number + shift in cells]
    filled = [plan.headings[number] for number in asked if np.nansum(np.abs(_figures(cells[number + shift]))) > 0]
    if not filled:
        return ()
    problem = f"nothing tells whether it holds what is not settled: {', '.join(filled[:4])}"
    return (("quantity", plan.headings[quantity], problem, "read as the whole quantity; if it is not, add them"),)


def _is_of_something_else(heading: str) -> bool:
    return not _NO_AMOUNTS.isdisjoint(word_keys(heading))


def _figures(column: pd.Series) -> FloatArray:
    """The numbers of a column, by the decimal mark that reads more of them."""
    if column.dtype.kind in "iuf":
        return column.to_numpy(dtype=np.float64)
    if column.dtype.kind in "Mmb":
        return np.full(len(column), np.nan)
    by_mark = [parse_numbers(column.astype("str"), decimal=mark).values for mark in (".", ",")]
    return max(by_mark, key=lambda values: int(np.isfinite(values).sum()))


def _behaves_like(figures: FloatArray, kind: str, told: dict[int, FloatArray], plan: ColumnPlan, *, unsized: bool, valued: bool) -> str:
    """The field that the figures of an unknown column may be; empty where they are like none that the table lacks."""
    by_field = {name: told[number] for name, number in plan.position.items() if number in told}
    held = figures[np.isfinite(figures)]
    if not valued:
        return "weight" if kind != "money" and _sums_to_whole(held) else "market_value"
    if not unsized or kind == "money":
        return ""
    if {"market_value", "price"} <= by_field.keys():
        with np.errstate(divide="ignore", invalid="ignore"):
            of_value = by_field["market_value"] / by_field["price"]
        both = np.isfinite(of_value) & np.isfinite(figures)
        near = np.abs(of_value - figures)[both] <= _NEAR * np.abs(figures)[both]
        if near.size and float(near.mean()) >= _MOST:
            return "quantity"
    whole = bool(np.all(held == np.round(held))) and float(np.abs(held).max()) >= _LEAST_QUANTITY
    years = bool(np.all((held >= _YEARS[0]) & (held <= _YEARS[1])))
    return "quantity" if whole and not years else ""


def _sums_to_whole(figures: FloatArray) -> bool:
    """Whether the figures, or the figures but for a total below them, sum to one, or to a hundred percent."""
    sums = [float(figures.sum()), *([float(figures[:-1].sum())] if len(figures) > 2 else [])]
    return any(abs(one - whole) <= _SHORT_OF_WHOLE * whole for one in sums for whole in _WHOLES)
