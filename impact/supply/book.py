"""The other side: who is known to buy, and a book in which every session's trades sum to zero."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.intake.given_frames import frame_with
from impact.typing_ import FloatArray1D, FloatArray2D, named_rows

__all__ = ["BUYERS", "UNKNOWN_BUYER", "Buyer", "buying_capacity", "check_buyers", "two_sided_book"]

Buyer: TypeAlias = Literal["southbound", "buyback", "short_covering", "non_us_discretionary"]
BUYERS: tuple[Buyer, ...] = get_args(Buyer)
UNKNOWN_BUYER = "unknown_buyer"


def check_buyers(buyers: pd.DataFrame | None) -> pd.DataFrame:
    """Buyer table with all columns; an empty one when nothing is known.

    Columns: buyer, shares_low, shares_high (total over its dates; NaN is unknown), first_on, last_on (session labels;
    empty means the whole wind-down), source.

    Raises
    ------
    InputError
        If a buyer is not in the vocabulary or a range is not one.
    """
    columns = ["buyer", "shares_low", "shares_high", "first_on", "last_on", "source"]
    if buyers is None:
        return pd.DataFrame({name: pd.Series(dtype=float if "shares" in name else object) for name in columns})
    buyers = frame_with(buyers, columns[:3], "buyers")
    unknown = [str(name) for name in buyers["buyer"] if name not in BUYERS]
    if unknown:
        raise InputError(f"buyers['buyer'] has {len(unknown)} unknown names (first {unknown[0]!r}); choose among: {', '.join(BUYERS)}.")
    table = buyers.reset_index(drop=True)
    for name in columns[3:]:
        if name not in table.columns:
            table[name] = pd.NaT if name.endswith("_on") else ""
    low, high = (table[name].to_numpy(dtype=float) for name in ("shares_low", "shares_high"))
    wrong = int(((low < 0) | (low > high)).sum())
    if wrong:
        raise InputError(
            f"buyers['shares_low'] to ['shares_high'] is not a range in {wrong} rows; 0 <= low <= high: correct them or leave both empty."
        )
    return table[columns]


def buying_capacity(buyers: pd.DataFrame, sessions: pd.DatetimeIndex, position: float) -> FloatArray2D:
    """Shares (B, T) each known buyer takes each session: its total at `position` of its range, even over its dates."""
    capacity = np.zeros((len(buyers), len(sessions)))
    for row, buyer in enumerate(named_rows(buyers, index=False)):
        first = sessions[0] if pd.isna(buyer.first_on) else pd.Timestamp(buyer.first_on)
        last = sessions[-1] if pd.isna(buyer.last_on) else pd.Timestamp(buyer.last_on)
        active = (sessions >= first) & (sessions <= last)
        total = buyer.shares_low + position * (buyer.shares_high - buyer.shares_low)
        if active.any() and np.isfinite(total):
            capacity[row, active] = total / active.sum()
    return capacity


def two_sided_book(
    sessions: pd.DatetimeIndex, sales: FloatArray2D, sellers: tuple[str, ...], capacity: FloatArray2D, buyers: tuple[str, ...]
) -> pd.DataFrame:
    """Signed shares by session and party: sellers negative, buyers positive, each session summing to zero.

    Parameters
    ----------
    sales : (G, T) array
        Shares sold by each class.
    capacity : (B, T) array
        Shares each known buyer would take; scaled down in proportion where they want more than is sold.

    Returns
    -------
    DataFrame
        Index session; one column a seller and a buyer, and ``unknown_buyer``, who takes what nobody known does.
    """
    sold = sales.sum(axis=0)
    wanted = capacity.sum(axis=0)
    taken = capacity * _ratio(np.minimum(sold, wanted), wanted)
    book = pd.DataFrame(-sales.T, index=sessions, columns=list(sellers))
    for name in dict.fromkeys(buyers):
        book[name] = taken[[other == name for other in buyers]].sum(axis=0)
    book[UNKNOWN_BUYER] = -book.sum(axis=1)
    book.index.name = "session"
    return book


def _ratio(part: FloatArray1D, whole: FloatArray1D) -> FloatArray1D:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
