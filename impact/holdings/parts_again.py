"""Lines that print a part of the one above again (*of which blocked*), under no code or under that of the line above."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from impact.holdings.called import says
from impact.holdings.coded import CODED
from impact.holdings.quantity_parts import says_held_apart
from impact.holdings.total_words import is_printed_again
from impact.typing_ import BoolArray, FloatArray

__all__ = ["PartsAgain", "parts_again"]

_NEAR = 0.01
"""How far the value of a part may be from its quantity at the price of the whole."""


class PartsAgain(NamedTuple):
    """Lines that are a part of the one above by name and figures, and those of a code of it that are one by name alone; (n,) bool each.

    `perhaps` are lines called as the one above and how they are held (*Xiaomi (lent)*), which may be within that one or beside it.
    """

    part: BoolArray
    worded: BoolArray
    perhaps: BoolArray


def parts_again(rows: pd.DataFrame) -> PartsAgain:
    """Which lines say to be a part of the last one above that says nothing of the kind, and have its code and symbol, or none.

    A part is no larger than the whole, in quantity or where it has none in value or weight, and at the price of the whole.
    """
    called, apart = _called_parts(rows)
    if not (called | apart).any():
        return PartsAgain(part=called, worded=called, perhaps=apart)
    whole = np.maximum.accumulate(np.where(called | apart, -1, np.arange(len(rows))))
    codes = [rows[name].to_numpy(dtype=object) for name in (*CODED, "ticker")]
    own = np.logical_or.reduce([code != "" for code in codes])
    alike = (whole >= 0) & np.logical_and.reduce([(code == "") | (code == code[whole]) for code in codes])
    called &= alike
    quantity, value, weight = (_share(rows[name].to_numpy(dtype=np.float64), whole) for name in ("quantity", "market_value", "weight"))
    share = np.where(np.isfinite(quantity), quantity, np.where(np.isfinite(value), value, weight))
    with np.errstate(divide="ignore", invalid="ignore"):
        at_its_price = np.isnan(quantity) | np.isnan(value) | (np.abs(value / quantity - 1) <= _NEAR)
    told = (share > 0) & (share <= 1) & at_its_price
    return PartsAgain(part=called & told, worded=called & own & ~told, perhaps=apart & alike & told)


def _share(amount: FloatArray, whole: np.ndarray) -> FloatArray:
    """What part of the amount of its whole each line has."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # a line of nothing has no part
        return np.asarray(amount / np.where(whole >= 0, amount[whole], np.nan), dtype=np.float64)


def _called_parts(rows: pd.DataFrame) -> tuple[BoolArray, BoolArray]:
    """Lines called a part of another, by that alone or behind the name of the line above; and those called as it and how they are held."""
    names = rows["name"]
    called = says(names, (names != "").to_numpy(dtype=bool), is_printed_again)
    apart = np.zeros(len(rows), dtype=bool)
    above = ""
    for row, name in enumerate(names.tolist()):
        if above and not called[row] and name.startswith(above) and name != above:
            rest = name[len(above) :].strip(" ,;:-–—()[]")
            called[row] = is_printed_again(rest)
            apart[row] = not called[row] and says_held_apart(rest)
        above = above if called[row] or apart[row] else name
    return called, apart
