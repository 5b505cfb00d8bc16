"""Lots of a position that stand beside the line which sums them up: told by a column, or by identity and arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from impact.holdings.columns import IDENTITY_FIELDS
from impact.holdings.distinct import distinct_rows
from impact.holdings.heading_vocabulary import readings_of
from impact.intake.headings import heading_key
from impact.intake.records import RawSheet
from impact.typing_ import BoolArray, IntArray

__all__ = ["LOT", "lots_of_summaries", "summed_up"]

LOT = "a part of a position that is counted as a whole"
_WHOLE: Mapping[str, frozenset[str]] = {
    "datadiscriminator": frozenset({"summary"}),
    "levelofdetail": frozenset({"summary"}),
    "balancetype": frozenset({"aggr", "aggregate", "aggregate balance"}),
    "typeofbalance": frozenset({"aggr", "aggregate", "aggregate balance"}),
}
"""Headings of columns that say of each line whether it is a whole position, and the words for one."""
_IDENTITY = ("account", "name", "ticker", "isin", "cusip", "sedol", "figi", "instrument", "put_call", "currency")
_CODES = ("ticker", "isin", "cusip", "sedol", "figi")


def summed_up(sheet: RawSheet, rows: IntArray, headings: Sequence[str], shift: int = 0) -> tuple[IntArray, IntArray]:
    """Rows that are whole positions, and those of their lots, where a column says of each row which it is.

    A lot is named as the whole position that it is a part of; one without such a position stays.
    """
    for number, heading in enumerate(headings):
        if (words := _WHOLE.get(heading_key(heading))) is not None:
            told = sheet.cells[number + shift].take(rows).astype("str").str.strip().str.lower()
            whole = told.isin(words).to_numpy(dtype=bool)
            named = [place + shift for place, other in enumerate(headings) if other and _names(other)]
            keys = list(zip(*(sheet.cells[place].take(rows).astype("str").str.strip() for place in named), strict=True)) or [()] * len(rows)
            held = {key for key, one in zip(keys, whole.tolist(), strict=True) if one}
            lot = ~whole & np.array([key in held for key in keys], dtype=bool)
            return rows[~lot], rows[lot]
    return rows, rows[:0]


def _names(heading: str) -> bool:
    """Whether a column of that heading names the security or the account."""
    return any(name in (*IDENTITY_FIELDS, "account") for name, _ in readings_of(heading)[:1])


def lots_of_summaries(rows: pd.DataFrame, kept: BoolArray) -> BoolArray:
    """(n,) bool: lines that are lots of the line of the same security right above or below them, which sums them up.

    Parameters
    ----------
    rows : DataFrame
        In the order of the file.
    kept : (n,) bool
        Lines that are positions otherwise.

    Notes
    -----
    Of three or more neighbouring lines of one coded security the first, or the last, is a summary where its quantity, and its value
    where they have one, is the sum of the others. Two alike may be two purchases: one is a lot only where all such summaries of the table
    stand on the same side of theirs.
    """
    lot = np.zeros(len(rows), dtype=bool)
    quantity, value = (rows[name].to_numpy(dtype=np.float64) for name in ("quantity", "market_value"))
    coded = np.logical_or.reduce([(rows[name] != "").to_numpy(dtype=bool) for name in _CODES])
    asked = np.flatnonzero(kept & coded & np.isfinite(quantity) & (quantity != 0.0))
    if len(asked) < 2:
        return lot
    member = distinct_rows([rows[name].take(asked) for name in _IDENTITY])[1]
    next_to = (np.diff(member) == 0) & (np.diff(asked) == 1)
    if not next_to.any():
        return lot
    edges = np.flatnonzero(~next_to) + 1
    pairs: list[IntArray] = []
    sides: set[bool] = set()
    for run in np.split(asked, edges):
        if len(run) == 2:
            pairs.append(run)
        for summary, others in ((run[0], run[1:]), (run[-1], run[:-1])) if len(run) > 2 else ():
            if _sums(quantity, summary, others) and _sums(value, summary, others):
                lot[others] = True
                sides.add(summary == run[0])
                break
    for run in pairs if len(sides) == 1 else ():
        one = run[1] if sides == {True} else run[0]
        lot[one] = _sums(quantity, run[0], run[1:]) and _sums(value, run[0], run[1:])
    return lot


def _sums(amount: np.ndarray, summary: int, others: IntArray) -> bool:
    """Whether an amount of the summary is the sum of the others, or none of them has one."""
    known = np.isfinite(amount[[summary, *others]])
    if not known.any():
        return True
    return bool(known.all() and abs(amount[others].sum() - amount[summary]) <= 0.0101 + 1e-9 * abs(amount[summary]))
