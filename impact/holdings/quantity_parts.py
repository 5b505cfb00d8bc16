"""Quantities in several columns: the part that is available, and those that are pledged, locked or not settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from impact.holdings.cell_report import CellReport
from impact.intake.numbers import parse_numbers
from impact.typing_ import FloatArray

__all__ = ["is_beside_available", "is_part_of_quantity", "quantity_parts", "whole_quantities"]

_AVAILABLE = frozenset({"available", "avail", "free"})
_BESIDE_AVAILABLE = frozenset({"pledged", "pledge", "locked", "blocked", "frozen", "lien", "encumbered", "earmarked", "unavailable"})
"""Words for what is held and cannot be sold: never within the available part."""
_PERHAPS_WITHIN = frozenset(
    {"margin", "collateral", "unsettled", "t1", "t2", "transit", "lent", "loaned", "restricted", "reserved", "pending"}
)
"""Words for parts that some count within the available part, and others beside it."""
_NOT_SETTLED = frozenset({"unsettled", "pending", "transit", "t1", "t2"})
_BESIDES = frozenset(
    {"quantity", "qty", "units", "unit", "shares", "balance", "bal", "stock", "in", "on", "for", "under", "as", "loan", "nos", "no"}
)


def _tokens(heading: str) -> frozenset[str]:
    return frozenset("".join(sign if sign.isalnum() else " " for sign in heading.lower().replace("+", "")).split())


def is_beside_available(heading: str) -> bool:
    """Whether a column of that heading holds a part of the quantity that is never within the available one."""
    return not _BESIDE_AVAILABLE.isdisjoint(_tokens(heading))


def is_part_of_quantity(heading: str) -> bool:
    """Whether a column of that heading holds a part of the quantity, be it the available one or another."""
    return not (_AVAILABLE | _BESIDE_AVAILABLE | _PERHAPS_WITHIN).isdisjoint(_tokens(heading))


def quantity_parts(headings: Sequence[str], quantity: int) -> tuple[int, ...]:
    """Columns of further parts, where the column of the quantity is that of the available part.

    Examples
    --------
    >>> quantity_parts(["Symbol", "Quantity Available", "Quantity Pledged (Margin)", "Collateral Value"], 1)
    (2,)
    """
    own = _tokens(headings[quantity])
    parts = frozenset() if own.isdisjoint(_AVAILABLE) else _BESIDE_AVAILABLE | _PERHAPS_WITHIN
    parts |= frozenset() if "settled" not in own else _NOT_SETTLED
    of_parts = [
        number
        for number, heading in enumerate(headings)
        if number != quantity and "%" not in heading and parts & (words := _tokens(heading)) and words <= parts | _BESIDES
    ]
    return tuple(of_parts)


def whole_quantities(available: FloatArray, parts: Mapping[str, pd.Series], mark: str, report: CellReport) -> FloatArray:
    """The available part with what stands beside it; NaN where it cannot be told whether another part is within it.

    Parameters
    ----------
    available : (n,) float
    parts : mapping of heading to (n,) Series of str
        The cells of the other parts.
    mark : str
        Decimal mark.
    report : CellReport
    """
    whole = available.copy()
    for heading, cells in parts.items():
        parsed = parse_numbers(cells, decimal=mark)
        size = np.where(np.isfinite(parsed.values), parsed.values, 0.0)
        if is_beside_available(heading):
            report.add(size != 0.0, "quantity", cells, f"{heading} stands beside the quantity that is available", "added to it")
            unknown = parsed.unreadable
            whole = whole + size
        else:
            unknown = parsed.unreadable | (size != 0.0)
        said = f"nothing tells whether {heading} is within the quantity that is available"
        report.add(unknown, "quantity", cells, said, "quantity left empty: map the column of the whole quantity")
        whole[unknown] = np.nan
    return whole
