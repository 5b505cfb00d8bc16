"""Do the work once per distinct value: a million rows name a few thousand things."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd

from impact.typing_ import IntArray

__all__ = ["distinct_rows", "per_distinct"]


def per_distinct(column: pd.Series, change: Callable[[pd.Series], Iterable[object]]) -> pd.Series:
    """`change` applied to the distinct values of `column` and spread back over its rows.

    Parameters
    ----------
    column : (n,) Series without missing values
    change : callable
        Takes the Series of distinct values, gives one value for each of them.
    """
    codes, distinct = pd.factorize(column)
    given = pd.Series(distinct, dtype=column.dtype)
    changed = pd.Series(change(given))
    if changed.dtype == given.dtype and changed.equals(given):
        return column
    spread = changed.take(codes)
    spread.index = column.index
    return spread


def distinct_rows(columns: Sequence[pd.Series]) -> tuple[IntArray, IntArray]:
    """Which rows of several columns are equal.

    Returns
    -------
    first : (k,) int
        The first row of each distinct combination.
    member : (n,) int
        Which combination each row is.
    """
    codes = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        own, levels = pd.factorize(column)
        if len(levels) > 1 or (own < 0).any():  # a column of one value tells no rows apart
            codes, _ = pd.factorize(codes * (len(levels) + 1) + own + 1)  # kept dense, so that no product of levels can overflow
    first = np.empty(codes.max(initial=-1) + 1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)  # the last to write is the first row
    return first, codes
