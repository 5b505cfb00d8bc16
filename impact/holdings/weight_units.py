"""The unit that weights are printed in: by what is told, the heading, the cells, or their sum."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from impact.tables import prose
from impact.typing_ import BoolArray, FloatArray

__all__ = ["WEIGHT_UNITS", "weight_unit"]

WEIGHT_UNITS = {"percent": 1e-2, "fraction": 1.0, "permille": 1e-3, "bps": 1e-4}
"""Units that weights are printed in, and what one of each is of the book."""


def weight_unit(numbers: Mapping[str, FloatArray], percent: BoolArray, stated: str, told: str | None) -> tuple[str, tuple[str, ...]]:
    """The unit of the weights, empty where it is not known, and what to say about it.

    Parameters
    ----------
    numbers : mapping of field to (n,) float
    percent : (n,) bool
        Cells with a percent sign.
    stated : str
        The unit that the heading states, empty where it states none.
    told : str, optional
        The unit that the caller gives.
    """
    if "weight" not in numbers or not np.isfinite(numbers["weight"]).any():
        return told or "", ()
    total = float(np.nansum(numbers["weight"]))
    if told:
        unit, basis = told, "as told"
    elif stated in ("bps", "permille"):
        unit, basis = stated, "the heading says so"
    elif stated or percent.any():
        unit, basis = "percent", "percent sign"
    elif total > 1.05:
        unit, basis = "percent", "as fractions they would exceed the book"
    elif total >= 0.95:
        unit, basis = "fraction", "they sum to about 1"
    elif _exceeds_book(numbers):
        unit, basis = "percent", "as fractions the values would exceed the book"
    else:
        return "", (
            f"Weights sum to {prose.significant(total, 4)}: their unit is unclear and they are not used; say weight_unit='percent' or 'fraction'.",
        )
    share = total * WEIGHT_UNITS[unit]
    if 0.95 <= share <= 1.05:
        return unit, (f"Weights are in {unit} ({basis}).",)
    return unit, (
        f"Weights are in {unit} ({basis}) and sum to {prose.percent(share, 2)}, not 100 %: rows are missing, or the file shows a part.",
    )


def _exceeds_book(numbers: Mapping[str, FloatArray]) -> bool:
    """Whether the book that values and weights imply, were the weights fractions, is smaller than its own rows."""
    values, weights = numbers.get("market_value"), numbers["weight"]
    if values is None:
        return False
    both = np.isfinite(values) & np.isfinite(weights) & (np.abs(weights) > 0)
    return bool(both.any() and np.median(np.abs(values[both] / weights[both])) < 0.999 * np.abs(values[both]).sum())
