"""What is said of lines whose figures, or whose words, are those of a sum of others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from impact.holdings.cell_report import CellReport
from impact.holdings.lots import Lots
from impact.holdings.totals import TotalLines
from impact.typing_ import BoolArray

__all__ = ["say_sums"]


def say_sums(rows: pd.DataFrame, value: pd.Series, held: BoolArray, lines: TotalLines, lots: Lots, report: CellReport) -> None:
    """Say of positions that they may be totals, of totals that they may be positions or are no sums, and of lines that may sum up lots.

    Parameters
    ----------
    rows : DataFrame
    value : (n,) Series
        Market values as printed.
    held : (n,) bool
        Lines that are positions.
    lines : TotalLines
    lots : Lots
    report : CellReport
    """
    summary = np.append(False, lots.lot[:-1]) & ~lots.lot  # below lots a sum of lines above is no doubt
    report.add(
        lines.doubtful & ~summary, "quantity", rows["quantity"], "the figures are the sum of lines above: a total?", "kept: it has a ticker"
    )
    report.add(
        lines.unnamed & held, "market_value", rows["market_value"], "the figures are the sum of lines beside it: a total?",
        "kept: nothing calls it a total or a group",
    )  # fmt: skip
    report.add(
        lines.worded & held, "market_value", rows["market_value"], "called a total or a group, and no sum of the lines beside it: a total?",
        "kept: if it is one, leave it out",
    )  # fmt: skip
    report.add(
        lines.perhaps & held, "quantity", rows["quantity"], "called as the line above and how it is held: is it within that line?",
        "counted as well: if it is, leave it out",
    )  # fmt: skip
    report.add(
        lines.unmet, "market_value", value, "called a total, and no sum of the lines above", "not a position; look for lines left out"
    )
    report.add(
        lines.ambiguous, "market_value", value, "the sum of the lines above, and called as a fund or a firm may be as well: a total?",
        "not a position: see dropped; if it is one, add it",
    )  # fmt: skip
    report.add(
        lots.doubtful & held, "quantity", rows["quantity"], "the sum of the lines of the same security beside it: a summary of them?",
        "all kept as positions: if it is one, leave it or them out",
    )  # fmt: skip
