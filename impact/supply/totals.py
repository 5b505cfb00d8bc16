"""Least and most that all classes together must sell, over every way in which known totals may split into classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from impact.supply.holder_classes import US_CLASSES, Identity
from impact.supply.line import LineState
from impact.supply.wind_down import SCENARIOS
from impact.typing_ import BoolArray, FloatArray, FloatArray1D, FloatArray2D, IntArray

__all__ = [
    "as_stated",
    "bounded_sale",
    "by_seller",
    "counted_classes",
    "extreme_sale",
    "identity_table",
    "in_line_with",
    "seller_table",
    "total_forced",
    "tracker_sales",
    "unknown_holdings",
    "unsplit_groups",
]


def extreme_sale(low: FloatArray1D, high: FloatArray1D, sold_share: FloatArray1D, total: float, *, most: bool) -> float:
    """Least or most sale of classes that together hold `total`: ``sum(sold_share * held)`` over ``low <= held <= high``.

    A linear programme over a box with one equality, solved exactly by giving what is above the lows to the classes that sell
    the least (or the most) of what they hold first.

    Examples
    --------
    >>> extreme_sale(np.zeros(2), np.full(2, 8.0), np.array([0.0, 1.0]), 10.0, most=False)
    2.0
    """
    held, room = low.copy(), total - low.sum()
    for g in np.argsort(-sold_share if most else sold_share, kind="stable"):
        extra = min(high[g] - low[g], max(room, 0.0))
        held[g] += extra
        room -= extra
    return float(sold_share @ held)


def counted_classes(table: pd.DataFrame) -> BoolArray:
    """Classes (G,) whose sale is in the total: US persons that are forced or likely to sell, or, where the regime forces
    nobody, those that may; and classes elsewhere whose holdings are known, or that a programme binds by itself."""
    american = table["holder_class"].isin(US_CLASSES).to_numpy()
    liable = (table["sold_share_high"] > 0).to_numpy()
    firm = american & liable & table["certainty"].isin(["forced", "likely"]).to_numpy()
    bound_abroad = table["holder_class"].isin(["insiders", "non_us"]).to_numpy()
    abroad = ~american & liable & (bound_abroad | np.isfinite(table["shares_high"].to_numpy(dtype=float)))
    counted: BoolArray = (firm if firm.any() else american & liable) | abroad
    return counted


def total_forced(table: pd.DataFrame, identities: tuple[Identity, ...], line: LineState) -> Mapping[str, float]:
    """Shares that the counted classes must sell: low, mid, high; NaN when of none of them anything is known.

    Parameters
    ----------
    table : DataFrame
        holder_class, reconciled shares_low and shares_high (infinite: nothing bounds it), sold_share_low/high, exempt_share,
        forced_shares_mid, certainty, one row a class.

    Notes
    -----
    Within a known total the split is not known: the low end is the least over every split, the high end the most, and mid lies
    between them; of a class by itself it is the middle of its sale, which is what it sells session by session. A class of which nothing is known adds nothing to the low end; the high end is then the most that holders can have, and NaN where
    that is not known. Less knowledge never narrows the range.
    """
    names = list(table["holder_class"])
    low, high = (table[f"shares_{end}"].to_numpy(dtype=float) for end in ("low", "high"))
    part = 1 - table["exempt_share"].to_numpy(dtype=float)
    least, most = (table[f"sold_share_{end}"].to_numpy(dtype=float) * part for end in ("low", "high"))
    counted = counted_classes(table)
    least, most = np.where(counted, least, 0.0), np.where(counted, most, 0.0)
    own_middle = table["forced_shares_mid"].to_numpy(dtype=float)
    ends, settled, known = [0.0, 0.0], np.zeros(len(names), dtype=bool), False
    for total in identities:
        inside = np.array([name in total.members and not settled[g] for g, name in enumerate(names)])
        if not inside.any() or not np.all(np.isfinite(high[inside])):
            continue
        floor, ceiling = low[inside].sum(), high[inside].sum()
        ends[0] += extreme_sale(low[inside], high[inside], least[inside], float(np.clip(total.low, floor, ceiling)), most=False)
        ends[1] += extreme_sale(low[inside], high[inside], most[inside], float(np.clip(total.high, floor, ceiling)), most=True)
        settled |= inside
        known |= bool((counted & inside).any())
    middle = (ends[0] + ends[1]) / 2
    free = counted & ~settled
    bounded = free & np.isfinite(high)
    known |= bool(bounded.any())
    ends[0] += float((least * low)[free].sum())
    ends[1] += float((most[bounded] * high[bounded]).sum())
    middle += float(own_middle[bounded].sum() + (least * low)[free & ~bounded].sum())
    if (free & ~bounded).any():
        ends[1] = line.ceiling_shares
    if not counted.any() and not (table["sold_share_high"] > 0).any():
        return {"low": 0.0, "mid": 0.0, "high": 0.0}
    return {"low": ends[0], "mid": middle, "high": ends[1]} if known else dict.fromkeys(("low", "mid", "high"), np.nan)


def unknown_holdings(table: pd.DataFrame) -> BoolArray:
    """Classes (G,) that may have to sell, and of whose holdings nothing is known."""
    unbounded: BoolArray = ~np.isfinite(table["shares_high"].to_numpy(dtype=float)) & (table["sold_share_high"] > 0).to_numpy()
    return unbounded


def bounded_sale(table: pd.DataFrame) -> BoolArray:
    """Classes (G,) whose sale the high total bounds."""
    reaching: BoolArray = np.isfinite(table["forced_shares_high"].to_numpy(dtype=float))
    return reaching


def unsplit_groups(table: pd.DataFrame, stated: BoolArray, identities: tuple[Identity, ...]) -> list[str]:
    """The seller that each class is shown under: itself where its own holding is stated, else the known total it is part of."""
    of_total = {name: total.name for total in reversed(identities) for name in total.members}
    return [name if own else of_total.get(name, name) for name, own in zip(table["holder_class"], stated, strict=True)]


def in_line_with(table: pd.DataFrame, total: Mapping[str, float], stated: BoolArray) -> pd.DataFrame:
    """The table with the scenario sales of classes that are not stated scaled so that all of them sum to the total.

    A counted class that nothing bounds sells the least that it has in the low and middle scenarios, and in the high one what is left
    of the high total too, in equal parts where there are several.
    """
    unknown = counted_classes(table) & ~np.isfinite(table["shares_high"].to_numpy(dtype=float))
    least = np.prod([table[name].to_numpy(dtype=float) for name in ("shares_low", "sold_share_low")], axis=0)
    least *= 1 - table["exempt_share"].to_numpy(dtype=float)
    for name in SCENARIOS:
        column = f"forced_shares_{name}"
        shares = table[column].to_numpy(dtype=float).copy()
        if unknown.any() and np.isfinite(total[name]):
            known = np.nansum(shares[counted_classes(table) & ~unknown])
            rest = max(total[name] - known - least[unknown].sum(), 0.0) / unknown.sum() if name == "high" else 0.0
            shares[unknown] = least[unknown] + rest
        own = np.isfinite(shares) & ~stated
        rest = total[name] - np.nansum(shares[stated])
        if own.any() and np.isfinite(rest) and shares[own].sum() > 0:
            shares[own] *= max(rest, 0.0) / shares[own].sum()
        table = table.assign(**{column: shares})
    return table


def as_stated(table: pd.DataFrame, stated: BoolArray, ceiling: float) -> pd.DataFrame:
    """The classes with nothing that no source states: a part of a total keeps its bounds and has no middle.

    No class can hold, or have to sell, more than the `ceiling` of all holders (NaN: unknown).
    """
    shown: dict[str, Any] = {}
    for column in ("shares_high", "possible_shares_high"):
        values = table[column].to_numpy(dtype=float)
        shown[column] = np.where(np.isinf(values), np.inf if np.isnan(ceiling) else ceiling, values)
    table = table.assign(**shown)
    for end in ("low", "high"):
        shown[f"held_shares_{end}"] = np.where(stated, table[f"held_shares_{end}"], table[f"shares_{end}"])
        shown[f"forced_shares_{end}"] = np.where(stated, table[f"forced_shares_{end}"], table[f"possible_shares_{end}"])
    unknown = ~stated & (table["sold_share_high"] > 0).to_numpy()
    for kind in ("held", "forced"):
        shown[f"{kind}_shares_mid"] = np.where(unknown, np.nan, table[f"{kind}_shares_mid"])
    return table.assign(**shown)


def by_seller(sales: FloatArray, groups: list[str]) -> tuple[FloatArray, tuple[str, ...]]:
    """Sales (S, T) of each seller, the classes of one summed, and the sellers."""
    names = tuple(dict.fromkeys(groups))
    return np.stack([sales[[group == name for group in groups]].sum(axis=0) for name in names]), names


def seller_table(table: pd.DataFrame, groups: list[str], identities: tuple[Identity, ...]) -> pd.DataFrame:
    """What each seller must sell in each scenario, with the source of its figure."""
    sources = {total.name: total.source for total in identities} | dict(zip(table["holder_class"], table["source"], strict=True))
    columns = [f"forced_shares_{name}" for name in SCENARIOS]
    summed = table.assign(seller=groups).groupby("seller", sort=False)[columns].sum(min_count=1).reset_index()
    return summed.assign(source=[sources.get(name, "") for name in summed["seller"]])


def identity_table(table: pd.DataFrame, identities: tuple[Identity, ...]) -> pd.DataFrame:
    """Each known total beside what its classes sum to."""
    rows = []
    for known in identities:
        inside = table["holder_class"].isin(known.members)
        sums = {f"sum_shares_{name}": table.loc[inside, f"held_shares_{name}"].sum(skipna=False) for name in SCENARIOS}
        rows.append({"total": known.name, "shares_low": known.low, "shares_high": known.high, **sums, "source": known.source})
    return pd.DataFrame(rows, columns=["total", "shares_low", "shares_high", *(f"sum_shares_{name}" for name in SCENARIOS), "source"])


def tracker_sales(classes: pd.DataFrame, sales: FloatArray2D, at: IntArray) -> dict[str, FloatArray1D]:
    """Shares that trackers sell in the sessions `at`: their bounds, and the middle where how much they hold is stated.

    Parameters
    ----------
    sales : (G, T) array
        Sales of each class in the middle scenario. A class of whose holdings nothing is known is in none of the sums; where that is
        every class that tracks, they are NaN: unknown is not zero.
    """
    sold = sales.sum(axis=1)
    tracks = ((classes["selling"] == "index_close") & (classes["sold_share_high"] > 0)).to_numpy()
    known = tracks & ((sold > 0) | (classes["possible_shares_high"] == 0).to_numpy())
    if not known.any():
        return {f"tracker_shares_{name}": np.full(len(at), np.nan) for name in ("low", "mid", "high")}
    middle, whole = sales[known][:, at], sold[known][:, None]
    part = np.divide(middle, whole, out=np.zeros_like(middle), where=whole > 0)
    bounds = {name: classes.loc[known, f"possible_shares_{name}"].replace(np.inf, np.nan).to_numpy() for name in ("low", "high")}
    told = {f"tracker_shares_{name}": (bound[:, None] * part).sum(axis=0) for name, bound in bounds.items()}
    stated = classes.loc[known, "forced_shares_mid"].notna().all()
    return told | {"tracker_shares_mid": middle.sum(axis=0) if stated else np.full(len(at), np.nan)}
