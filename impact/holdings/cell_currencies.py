"""Currencies that cells print beside their figures: ``HK$2,640.00``, ``295,00 €``, ``EUR 200``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from impact.holdings.cell_report import CellReport
from impact.holdings.distinct import per_distinct
from impact.holdings.raw_tables import RawTable
from impact.intake.currencies import HUNDREDTHS, currency_in, normal_currencies

__all__ = ["settle_cell_currencies"]

_OF_SEVERAL = ("$", "¥", "￥")
"""Signs that stand for several currencies where nothing stands beside them."""
_FIGURES = r"[\d.,'’\s()+\-−–%]+"
_NO_FIGURE = r"[^\d.,\-\s()%]"


def settle_cell_currencies(rows: pd.DataFrame, raw: RawTable, report: CellReport) -> None:
    """Take values, and prices, in the currency that their cells print: it says more than a heading or a column of currencies.

    A dollar or yen sign alone tells the currency only beside cells of another one: where every cell bears it, it may be any.
    """
    for name, of in (("market_value", "currency"), ("price", "price_currency")):
        column = raw.cells.get(name)
        if column is None or column.dtype.kind in "iufMmb":
            continue
        marks = _marks(column)
        told = per_distinct(marks, lambda values: values.map(currency_in))
        codes, worth = normal_currencies(told)
        alone, held = marks.isin(_OF_SEVERAL).to_numpy(dtype=bool), (rows[name].notna() & (codes != "")).to_numpy(dtype=bool)
        known = held & ~alone
        if known.any() or codes[held].nunique() > 1:
            known |= held & (rows[of] == "").to_numpy(dtype=bool)
        if not known.any():
            continue
        report.add(known & alone, name, column, "the sign alone may stand for any dollar, or any yen or yuan", "taken as " + codes)
        _take(rows, of, codes, known, column, report)
        hundredths = known & (worth < 1.0).to_numpy(dtype=bool) & ~_in_hundredths(raw)
        report.add(hundredths, name, column, "in hundredths of the currency", "divided by 100")
        rows[name] = rows[name].where(~hundredths, rows[name] / 100.0)


def _take(rows: pd.DataFrame, of: str, codes: pd.Series, known: np.ndarray, column: pd.Series, report: CellReport) -> None:
    """The currency of the cells in place of that of their line or heading, which is that of the price where it is of another."""
    before = rows[of].copy()
    differs = known & ((before != "") & (before != codes)).to_numpy(dtype=bool)
    if of == "currency":
        said = "the cell is in " + codes + ", and its line or heading names " + before
        report.add(differs, "market_value", column, said, "taken in that of the cell")
        rows["price_currency"] = rows["price_currency"].where(~differs | (rows["price_currency"] != ""), before)
    rows[of] = codes.where(known, before)


def _in_hundredths(raw: RawTable) -> np.ndarray:
    """(n,) bool: lines whose column of currencies, or a heading, says hundredths already."""
    told = np.full(len(raw.cells), not {raw.plan.value_currency, raw.plan.price_currency}.isdisjoint(HUNDREDTHS))
    for name in ("currency", "price_currency"):
        if name in raw.cells:
            told |= (normal_currencies(raw.cells[name].astype("str").str.strip())[1] < 1.0).to_numpy(dtype=bool)
    return told


def _marks(column: pd.Series) -> pd.Series:
    """What each cell holds beside its figure."""
    odd = column.str.contains(_NO_FIGURE, regex=True).to_numpy(dtype=bool)
    marks = pd.Series("", index=column.index, dtype="str")
    if odd.any():
        marks[odd] = column[odd].str.replace(_FIGURES, " ", regex=True).str.strip().astype("str")
    return marks
