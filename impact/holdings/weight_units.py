"""The unit that weights are printed in: by what is told, the heading, the cells, or their sum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.tables import prose
from impact.typing_ import BoolArray, FloatArray

__all__ = ["WEIGHT_UNITS", "PrintedWeight", "WeightColumn", "printed_weight", "weight_unit"]

WEIGHT_UNITS = {"percent": 1e-2, "fraction": 1.0, "permille": 1e-3, "bps": 1e-4}
"""Units that weights are printed in, and what one of each is of the book."""


_FINEST = 8
"""Decimals beyond which the digits of a stored number are those of its binary form."""


@dataclass(frozen=True, eq=False, kw_only=True)
class WeightColumn:
    """A column of weights as it is printed.

    Attributes
    ----------
    cells : (n,) Series, optional
        As text or numbers; None where the table has no such column.
    stored, percent : (n,) bool
        Cells that are numbers in the file (one shown as 60 % is stored as 0.6), and cells with a percent sign.
    stated : str
        The unit that the heading states, empty where it states none.
    told : str, optional
        The unit that the caller gives.
    """

    cells: pd.Series | None
    stored: BoolArray
    percent: BoolArray
    stated: str
    told: str | None


@dataclass(frozen=True, kw_only=True)
class PrintedWeight:
    """How weights are printed: the unit of their last decimal, and what the whole book is in them, 0 where a book of 1 or of 100 may be meant."""

    unit: float
    whole: float


def printed_weight(column: WeightColumn) -> PrintedWeight:
    """How the weights of a column are printed: its decimals, and its unit where signs or words tell it."""
    if column.cells is None or not len(column.cells):
        return PrintedWeight(unit=0.01, whole=0.0)
    text = column.cells.astype("str").str.strip(" %‰\xa0()")
    text = text.str.replace(r"0+$", "", regex=True) if column.cells.dtype.kind == "f" else text
    decimals = text.str.extract(r"[.,](\d+)$")[0].str.len().astype("float64").fillna(0.0)
    worded = bool(column.stated) and not bool(column.stored.all())
    known = column.told or (column.stated if column.stated in ("bps", "permille") else "percent" if column.percent.any() or worded else "")
    return PrintedWeight(unit=10.0 ** -min(int(decimals.max()), _FINEST), whole=1.0 / WEIGHT_UNITS[known] if known else 0.0)


def weight_unit(given: Mapping[str, FloatArray], column: WeightColumn, held: BoolArray) -> tuple[str, tuple[str, ...]]:
    """The unit of the weights, empty where it is not known, and what to say about it.

    Parameters
    ----------
    given : mapping of field to (n,) float
        With weights as printed.
    column : WeightColumn
    held : (n,) bool
        Lines that are positions: totals among the weights would say twice what the book is.
    """
    stated, told = column.stated, column.told
    if "weight" not in given or not np.isfinite(given["weight"][held]).any():
        return told or "", ()
    numbers = {name: given[name][held] for name in ("weight", "market_value") if name in given}
    weighed = np.isfinite(numbers["weight"])
    total = float(np.nansum(numbers["weight"]))
    as_one = 0.95 <= total <= 1.05
    if told:
        unit, basis = told, "as told"
    elif stated in ("bps", "permille"):
        unit, basis = stated, "the heading says so"
    elif column.percent[held].any() or (stated and not as_one):
        unit, basis = "percent", "percent sign"
    elif stated and column.stored[held][weighed].all() and abs(total - 1.0) <= 0.01:
        unit, basis = "fraction", "stored numbers that sum to 1, shown as percent"
    elif stated and abs(total - 1.0) <= 0.001 and weighed.sum() > 1:
        return "", _unclear(total)
    elif stated:
        unit, basis = "percent", "percent sign"
    elif total > 1.05:
        unit, basis = "percent", "as fractions they would exceed the book"
    elif as_one:
        unit, basis = "fraction", "they sum to about 1"
    elif _exceeds_book(numbers):
        unit, basis = "percent", "as fractions the values would exceed the book"
    else:
        return "", _unclear(total)
    share = total * WEIGHT_UNITS[unit]
    if 0.95 <= share <= 1.05:
        return unit, (f"Weights are in {unit} ({basis}).",)
    why = "rows are missing, or the file shows a part" if share < 1.0 else "money is borrowed, or lines are counted twice"
    return unit, (f"Weights are in {unit} ({basis}) and sum to {prose.percent(share, 2)}, not 100 %: {why}.",)


def _unclear(total: float) -> tuple[str]:
    return (
        f"Weights sum to {prose.significant(total, 4)}: their unit is unclear and they are not used; say weight_unit='percent' or 'fraction'.",
    )


def _exceeds_book(numbers: Mapping[str, FloatArray]) -> bool:
    """Whether the book that values and weights imply, were the weights fractions, is smaller than its own rows."""
    values, weights = numbers.get("market_value"), numbers["weight"]
    if values is None:
        return False
    both = np.isfinite(values) & np.isfinite(weights) & (np.abs(weights) > 0)
    return bool(both.any() and np.median(np.abs(values[both] / weights[both])) < 0.999 * np.abs(values[both]).sum())
