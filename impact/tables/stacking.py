"""Tables one below the other."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

__all__ = ["stacked"]


def stacked(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The rows of all tables, numbered anew; a table without rows leaves no mark on the kinds of the columns.

    Without any rows it is the first table; without any table a frame without columns.
    """
    given = list(tables)
    full = [table for table in given if len(table)] or given[:1]
    return pd.concat(full, ignore_index=True) if full else pd.DataFrame()
