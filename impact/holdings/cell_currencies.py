"""Currencies that cells print beside their figures: ``HK$2,640.00``, ``295,00 €``, ``EUR 200``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.holdings.cell_report import CellReport
from impact.holdings.distinct import per_distinct
from impact.holdings.raw_tables import RawTable
from impact.intake.currencies import currency_in, normal_currencies
from impact.typing_ import BoolArray, FloatArray

__all__ = ["Printed", "settle_cell_currencies"]

_OF_SEVERAL = ("$", "¥", "￥")
"""Signs that stand for several currencies where nothing stands beside them."""
_FIGURES = r"[\d.,'’\s()+\-−–%]+"
_NO_FIGURE = r"[^\d.,\-\s()%]"


@dataclass(frozen=True, eq=False, kw_only=True)
class Printed:
    """What the cells of a column say of their currency.

    Attributes
    ----------
    known : (n,) bool
        Cells that print one.
    differs : (n,) bool
        Those of them whose line or heading names another one.
    worth : (n,) float
        What one unit of each such cell is worth in its currency (1, 0.01 or 0.001).
    """

    known: BoolArray
    differs: BoolArray
    worth: FloatArray

    def worth_beside(self, worth: pd.Series) -> FloatArray:
        """The worth of one unit of each cell: as it prints itself, else as its line or heading says."""
        return np.where(self.known, self.worth, worth.to_numpy(dtype=np.float64))


def settle_cell_currencies(rows: pd.DataFrame, raw: RawTable, report: CellReport) -> tuple[Printed, Printed]:
    """Take values, and prices, in the currency that their cells print: it says more than a heading or a column of currencies.

    A dollar or yen sign alone tells the currency only beside cells of another one: where every cell bears it, it may be any. Figures are
    left as they are printed, in whole units or in parts.
    """
    answers = []
    for name, of in (("market_value", "currency"), ("price", "price_currency")):
        nothing = np.zeros(len(rows), dtype=bool)
        answers.append(Printed(known=nothing, differs=nothing, worth=np.ones(len(rows))))
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
        differs = _take(rows, of, codes, known, column, report)
        answers[-1] = Printed(known=known, differs=differs, worth=worth.to_numpy(dtype=np.float64))
    return answers[0], answers[1]


def _take(rows: pd.DataFrame, of: str, codes: pd.Series, known: BoolArray, column: pd.Series, report: CellReport) -> BoolArray:
    """Put the currency of the cells in place of that of their line or heading, which is that of the price where it is of another; which differ."""
    before = rows[of].copy()
    differs = known & ((before != "") & (before != codes)).to_numpy(dtype=bool)
    if of == "currency":
        said = "the cell is in " + codes + ", and its line or heading names " + before
        report.add(differs, "market_value", column, said, "taken in that of the cell")
        rows["price_currency"] = rows["price_currency"].where(~differs | (rows["price_currency"] != ""), before)
    rows[of] = codes.where(known, before)
    return np.asarray(differs, dtype=bool)


def _marks(column: pd.Series) -> pd.Series:
    """What each cell holds beside its figure."""
    odd = column.str.contains(_NO_FIGURE, regex=True).to_numpy(dtype=bool)
    marks = pd.Series("", index=column.index, dtype="str")
    if odd.any():
        marks[odd] = column[odd].str.replace(_FIGURES, " ", regex=True).str.strip().astype("str")
    return marks
