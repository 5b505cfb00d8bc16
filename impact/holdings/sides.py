"""Which way a line stands, where a column says so in words and its figures carry no sign."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from impact.intake.headings import heading_key
from impact.typing_ import FloatArray

__all__ = ["signed_by_side"]

_SHORT = frozenset(
    heading_key(word)
    for word in (
        "short", "s", "sht", "shrt", "sell", "sold", "sold short", "sell short", "short sale", "short position", "leerverkauf", "leer",
        "vente à découvert", "court", "corto", "scoperto", "空", "空头", "空頭", "做空", "売建", "売り", "매도",
    )
)  # fmt: skip
_SIGNED = ("quantity", "market_value", "notional_value", "weight")


def signed_by_side(numbers: Mapping[str, FloatArray], side: pd.Series) -> dict[str, FloatArray]:
    """Amounts with those of lines called short below zero, whatever sign they were printed with.

    Examples
    --------
    >>> signed_by_side({"quantity": np.array([5.0, 7.0, -2.0])}, pd.Series(["Long", "SHORT", "S"]))["quantity"].tolist()
    [5.0, -7.0, -2.0]
    """
    short = side.map(heading_key).isin(_SHORT).to_numpy(dtype=bool)
    return {name: np.where(short, -np.abs(values), values) if name in _SIGNED else values for name, values in numbers.items()}
