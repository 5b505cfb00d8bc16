"""Printed totals that are no sum of the lines of their table: whether they sum several tables, and what is said where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from impact.holdings.sums import allowed_rounding
from impact.tables import prose
from impact.typing_ import BoolArray, FloatArray, IntArray

__all__ = ["TableSum", "table_sum", "totals_that_differ"]


@dataclass(frozen=True, kw_only=True)
class TableSum:
    """What the positions of one table sum to, in the units of its cells, and the printed total that is no such sum.

    Attributes
    ----------
    held : float
        Sum of the values of the positions.
    n : int
        How many have a value.
    unit : float
        Last place to which they are printed.
    row : int
        Line of the printed total that differs; 0 when there is none.
    printed : float
        Its value; NaN when there is none.
    """

    held: float = 0.0
    n: int = 0
    unit: float = 0.01
    row: int = 0
    printed: float = float("nan")


def table_sum(line: IntArray, value: FloatArray, held: BoolArray, differs: int | None) -> TableSum:
    """The sum of the values `held`, and the total on the row `differs`."""
    kept = value[held & np.isfinite(value)]
    total = float(kept.sum())
    whole = bool(np.all(kept == np.round(kept))) and abs(total) >= 1000
    row, printed = (0, float("nan")) if differs is None else (int(line[differs]), float(value[differs]))
    return TableSum(held=total, n=len(kept), unit=1.0 if whole else 0.01, row=row, printed=printed)


def totals_that_differ(sums: Sequence[TableSum]) -> list[tuple[str, str]]:
    """Of each table the problem of its printed total, and what is done, where that sums neither its own lines nor those of tables above
    with them; else two empty texts.

    Examples
    --------
    >>> tables = [TableSum(held=16620.0, n=2), TableSum(held=18500.0, n=2, row=13, printed=35120.0)]
    >>> totals_that_differ(tables), [problem for problem, _ in totals_that_differ(tables[1:])]
    ([('', ''), ('', '')], ['the printed total is no sum of the lines above: those kept sum to 18,500.00'])
    """
    said = []
    for place, own in enumerate(sums):
        if not own.row or _sums_tables(sums[: place + 1]):
            said.append(("", ""))
            continue
        all_above = float(np.sum([table.held for table in sums[: place + 1]]))
        beside = f", and {prose.decimal(all_above)} with those of the tables above" if all_above != own.held else ""
        problem = f"the printed total is no sum of the lines above: those kept sum to {prose.decimal(own.held)}{beside}"
        said.append((problem, "not a position; look for lines left out or counted twice"))
    return said


def _sums_tables(sums: Sequence[TableSum]) -> bool:
    """Whether the total of the last table is the sum of several up to it."""
    held = np.cumsum([table.held for table in reversed(sums)])[1:]
    n = np.cumsum([table.n for table in reversed(sums)])[1:]
    unit, printed = min(table.unit for table in sums), sums[-1].printed
    return any(abs(total - printed) <= allowed_rounding(unit, int(count), printed) for total, count in zip(held, n, strict=True))
