"""What the whole of a book, or of a security, tells of lines that may be sums: a printed total, weights of 100 %, holdings by account."""

from __future__ import annotations

import numpy as np
import pandas as pd

from impact.holdings.distinct import distinct_rows
from impact.holdings.sums import PRINTED, allowed_rounding
from impact.holdings.weight_units import PrintedWeight
from impact.typing_ import BoolArray, FloatArray

__all__ = ["told_by_wholes", "totals_of_securities"]

_SECURITY = ("name", "ticker", "isin", "cusip", "sedol", "figi", "instrument", "put_call", "currency")
_HELD_BY = ("isin", "cusip", "sedol", "figi", "name", "ticker")


def told_by_wholes(
    rows: pd.DataFrame, total: BoolArray, doubtful: BoolArray, taken: BoolArray, printed: BoolArray, weight: PrintedWeight
) -> tuple[BoolArray, BoolArray]:
    """Totals and doubtful lines after the printed total of the book and the sum of its weights have told which of them are counted.

    Parameters
    ----------
    rows : DataFrame
        In the order of the file, with values and weights as printed.
    total, doubtful : (n,) bool
        Lines known to be totals; positions whose figures are sums.
    taken, printed : (n,) bool
        Totals that only their figures and the beginning of their name tell; totals that are called so and nothing else.
    weight : PrintedWeight
    """
    one_money = rows.loc[~total, "currency"].nunique() <= 1
    one_account = rows.loc[~total, "account"].nunique() <= 1  # the weights of several accounts sum to several books
    for name, unit, whole, summable in (("market_value", 0.01, 0.0, one_money), ("weight", weight.unit, weight.whole, one_account)):
        amount = rows[name].to_numpy(dtype=np.float64)
        kept = ~total & np.isfinite(amount)
        asked = doubtful & kept
        back = taken & total & np.isfinite(amount)
        if not summable or not (asked | back).any():
            continue
        held, without, restored = (float(amount[part].sum()) for part in (kept, kept & ~asked, kept | back))
        goals = amount[printed & np.isfinite(amount) & (amount != 0.0)].tolist()[-1:] + ([whole] if whole else [])
        for goal in goals:
            near = allowed_rounding(unit, int(kept.sum()), goal) + (PRINTED if name == "market_value" else 0.0)
            if abs(held - goal) <= near:
                return total, np.zeros(len(rows), dtype=bool)
            if abs(restored - goal) <= near and back.any():
                return total & ~back, np.zeros(len(rows), dtype=bool)
            twin = np.abs(amount[kept & ~asked] - (held - without)) <= near  # one line as large could be the sum just as well
            if abs(without - goal) <= near and abs(held - without) > 2 * near and not twin.any():
                return total | asked, doubtful & ~asked
        if name == "weight" and bool((kept | total).all()) and held <= whole:
            return total, np.zeros(len(rows), dtype=bool)  # a part of the book counts no line twice
    return total, doubtful


def totals_of_securities(rows: pd.DataFrame, labelled: BoolArray) -> BoolArray:
    """Of the lines of a security that are labelled those that sum up its lines which are not, above or below, (n,) bool.

    Parameters
    ----------
    rows : DataFrame
        In the order of the file.
    labelled : (n,) bool
        Lines whose account, or another cell that names no security, is called a total.
    """
    total = np.zeros(len(rows), dtype=bool)
    named = np.logical_or.reduce([(rows[name] != "").to_numpy(dtype=bool) for name in _HELD_BY])
    asked = np.flatnonzero(labelled & named)
    if not len(asked):
        return total
    member = distinct_rows([rows[name] for name in _SECURITY])[1]
    quantity, value = (rows[name].to_numpy(dtype=np.float64) for name in ("quantity", "market_value"))
    for row in asked.tolist():
        others = np.flatnonzero((member == member[row]) & ~labelled)
        before = asked[(asked < row) & (member[asked] == member[row])]
        since = others[(others > before[-1]) & (others < row)] if len(before) else others[others < row]
        total[row] = any(len(part) and _sums_all(quantity, value, row, part) for part in (others, since))
    return total


def _sums_all(quantity: FloatArray, value: FloatArray, row: int, part: np.ndarray) -> bool:
    """Whether the quantity, and the value, of a row that it has are the sums of a part of the others, and it has one of them."""
    told = [amount for amount in (quantity, value) if np.isfinite(amount[row]) and amount[row] != 0.0]
    near = [abs(amount[part].sum() - amount[row]) <= allowed_rounding(0.01, len(part), float(amount[row])) + PRINTED for amount in told]
    return bool(near) and all(near)
