"""Securities that stand on several lines with days of trades of their own: lots of a book, or a history of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from impact.holdings.cell_report import CellReport
from impact.holdings.histories import trade_days
from impact.holdings.raw_tables import RawTable
from impact.typing_ import BoolArray

__all__ = ["say_repeated_trades"]


def say_repeated_trades(rows: pd.DataFrame, kept: BoolArray, raw: RawTable, report: CellReport) -> None:
    """Say on the first such line that its security stands beside other days of trades.

    Parameters
    ----------
    rows : DataFrame
    kept : (n,) bool
        Lines that are positions.
    raw : RawTable
    report : CellReport
    """
    for column in trade_days(raw.plan.headings) if kept.any() else ():
        day = raw.printed(np.flatnonzero(kept), (column,)).get(column)
        if day is None:
            continue
        told = np.zeros(len(rows), dtype=bool)
        told[kept] = _repeated(rows[kept].reset_index(drop=True), day)
        said = f"the same security stands on other lines with another {raw.plan.headings[column]}: lots, or a history of trades?"
        report.add(told & (np.cumsum(told) == 1), "quantity", rows["quantity"], said, "counted as well: of a history keep what is held")


def _repeated(rows: pd.DataFrame, day: pd.Series) -> BoolArray:
    """Lines of a security that stands on other lines with other days of trades, (n,) bool.

    Parameters
    ----------
    rows : DataFrame
        The positions.
    day : (n,) Series of str
        The days of trades as printed.
    """
    code = rows["isin"].where(rows["isin"] != "", rows["ticker"]).where(lambda each: each != "", rows["name"])
    days = day.groupby(code.to_numpy()).transform("nunique").to_numpy()
    return np.asarray((code != "").to_numpy() & (days > 1))
