"""What the whole of a book, or of a security, tells of lines that may be sums: a printed total, weights of 100 %, holdings by account."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.holdings.called import Called
from impact.holdings.distinct import distinct_rows
from impact.holdings.sums import PRINTED, allowed_rounding
from impact.holdings.weight_units import PrintedWeight
from impact.typing_ import BoolArray, FloatArray

__all__ = ["told_by_wholes", "totals_of_securities"]

_SECURITY = ("name", "ticker", "isin", "cusip", "sedol", "figi", "instrument", "put_call", "currency")
_HELD_BY = ("isin", "cusip", "sedol", "figi", "name", "ticker")


def told_by_wholes(
    rows: pd.DataFrame,
    total: BoolArray,
    doubtful: BoolArray,
    taken: BoolArray,
    called: Called,
    weight: PrintedWeight,
) -> tuple[BoolArray, BoolArray]:
    """Totals and doubtful lines after the printed total of the book and the sum of its weights have told which of them are counted.

    Parameters
    ----------
    rows : DataFrame
        In the order of the file, with values and weights as printed.
    total, doubtful : (n,) bool
        Lines known to be totals; positions whose figures or names are those of sums.
    taken : (n,) bool
        Totals that may be positions.
    called : Called
        What the lines are called.
    weight : PrintedWeight
    """
    one_money = rows.loc[~total, "currency"].nunique() <= 1
    one_account = rows.loc[~total, "account"].nunique() <= 1  # the weights of several accounts sum to several books
    for name, unit, whole, summable in (("market_value", 0.01, 0.0, one_money), ("weight", weight.unit, weight.whole, one_account)):
        amount = rows[name].to_numpy(dtype=np.float64)
        kept = ~total & np.isfinite(amount)
        if not summable or not kept.any() or not ((doubtful & kept) | (taken & np.isfinite(amount))).any():
            continue
        places = np.flatnonzero(kept)
        stated = [
            row
            for row in np.flatnonzero(called.total & total & np.isfinite(amount) & (amount != 0.0)).tolist()[-1:]
            if not places[0] < row < places[-1]
        ]
        if name == "weight" and not whole and np.abs(amount[kept]).max() > _LARGEST_FRACTION:
            whole = 100.0
        for goal, stands in [(float(amount[row]), row) for row in stated] + ([(whole, -1)] if whole else []):
            near = allowed_rounding(unit, int(kept.sum()), goal) + (PRINTED if name == "market_value" else 0.0)
            told = _told_by(
                goal, near, amount, kept, doubtful & kept, called.spoken, taken & np.isfinite(amount) & (np.arange(len(rows)) != stands)
            )
            if told is not None:
                return (total | told.summed) & ~told.held, np.zeros(len(rows), dtype=bool)
        held = float(amount[kept].sum())
        if name == "weight" and bool((kept | total).all()) and held <= weight.whole:
            doubtful = doubtful & called.label  # a part of the book counts no line twice
    return total, doubtful


@dataclass(frozen=True, eq=False, kw_only=True)
class _Told:
    """Doubtful lines that are sums, and totals that are positions, (n,) bool each."""

    summed: BoolArray
    held: BoolArray


def _told_by(
    goal: float, near: float, amount: FloatArray, kept: BoolArray, asked: BoolArray, spoken: BoolArray, taken: BoolArray
) -> _Told | None:
    """What makes the positions sum to a goal: nothing, all totals that may be positions or one of them, all doubtful lines or one of them."""
    none = np.zeros(len(amount), dtype=bool)
    held = float(amount[kept].sum())
    if abs(held - goal) <= near:
        return _Told(summed=none, held=none)
    for back in (taken, *_ones(taken)):
        if back.any() and abs(held + float(amount[back].sum()) - goal) <= near:
            return _Told(summed=none, held=back)
    for out in (asked, *_ones(asked)):
        gone = float(amount[out].sum())
        twin = (np.abs(amount[kept & ~out] - gone) <= near) & ~spoken[out].all()  # one line as large could be the sum just as well
        if abs(held - gone - goal) <= near and abs(gone) > 2 * near and not twin.any():
            return _Told(summed=out, held=none)
    return None


_LARGEST_FRACTION = 1.5
"""Weights above it are no fractions of a book."""
_MOST_SINGLES = 20


def _ones(lines: BoolArray) -> list[BoolArray]:
    """Each of a few lines alone."""
    places = np.flatnonzero(lines).tolist()
    return [np.arange(len(lines)) == place for place in places] if 1 < len(places) <= _MOST_SINGLES else []


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
