"""Values of debt that prints none: prices of bonds are per hundred of nominal, not of one unit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from impact.holdings.cell_report import CellReport
from impact.typing_ import FloatArray

__all__ = ["per_hundred_of_nominal", "value_by_percent"]

_PER_HUNDRED = (20.0, 200.0)
"""Prices that are per hundred of nominal; below, a bond in distress and one quoted as a share of its nominal look alike."""
_LEAST_NOMINAL = 1000.0
"""A smaller quantity may be a number of pieces: hardly a bond is issued in less."""


def per_hundred_of_nominal(rows: pd.DataFrame) -> FloatArray:
    """(n,) quantity times price over a hundred; NaN where quantity and price do not look like a nominal and a price per hundred of it.

    Parameters
    ----------
    rows : DataFrame
        With quantity and price.

    Examples
    --------
    >>> per_hundred_of_nominal(pd.DataFrame({"quantity": [1e5, 100.0, 1e5], "price": [98.5, 985.0, 1.5]})).tolist()
    [98500.0, nan, nan]
    """
    quantity, price = (rows[name].to_numpy(dtype=np.float64) for name in ("quantity", "price"))
    low, high = _PER_HUNDRED
    told = (price >= low) & (price <= high) & (np.abs(quantity) >= _LEAST_NOMINAL)
    return np.where(told, quantity * price / 100.0, np.nan)


def value_by_percent(rows: pd.DataFrame, printed: pd.Series | None, report: CellReport) -> pd.DataFrame:
    """The rows with a value where a price is printed in percent and no value is: it is of the nominal, whatever the line is called.

    Parameters
    ----------
    rows : DataFrame
        With quantity, price, market_value, currency and price_currency.
    printed : (n,) Series, optional
        The cells of the prices.
    report : CellReport
    """
    if printed is None or printed.dtype.kind in "iuf":
        return rows
    marked = printed.astype("str").str.contains("%", regex=False) & rows["market_value"].isna()
    marked &= rows["quantity"].notna() & rows["price"].notna()
    if not marked.any():
        return rows
    report.add(
        marked.to_numpy(dtype=bool), "price", printed, "a price in percent of the nominal, and no value beside it",
        "value taken as nominal times price",
    )  # fmt: skip
    quoted = rows["price_currency"].where(rows["price_currency"] != "", rows["currency"])
    return rows.assign(
        market_value=rows["market_value"].where(~marked, rows["quantity"] * rows["price"] / 100.0),
        currency=rows["currency"].where(~marked, quoted),
    )
