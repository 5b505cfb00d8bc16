"""Names that a user gives as the labels of the columns that they are written like: a number of CRSP is a number in one table and text in another."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd

__all__ = ["as_columns", "named_as_columns"]


def named_as_columns(events: pd.DataFrame, securities: pd.Index) -> pd.DataFrame:
    """The event table with its securities, and its peers, under the labels of the columns that they are written like: 14593 as '14593'."""
    named = {column: as_columns(events[column], securities) for column in ("security", "peer") if column in events.columns}
    changed = {column: names for column, names in named.items() if names is not events[column]}
    return events.assign(**changed) if changed else events


def as_columns(names: pd.Series, securities: pd.Index) -> pd.Series:
    """Names as the labels of columns: one that is no label is the label that is written as it is, where one alone is.

    Examples
    --------
    >>> as_columns(pd.Series([14593, 10107.0]), pd.Index(["14593", "10107"])).tolist()
    ['14593', '10107']
    """
    distinct = pd.unique(names.dropna())
    unknown = [name for name, at in zip(distinct, securities.get_indexer(pd.Index(distinct)), strict=True) if at < 0]
    if not unknown:
        return names
    labels: dict[str, list[Hashable]] = {}
    for label in securities:
        labels.setdefault(_as_written(label), []).append(label)
    meant = {name: labels[_as_written(name)][0] for name in unknown if len(labels.get(_as_written(name), ())) == 1}
    return names.astype(object).map(lambda name: meant.get(name, name)) if meant else names


def _as_written(name: object) -> str:
    """A label as text: a whole number without the point that a column with gaps gives it."""
    return str(int(name)) if isinstance(name, (float, np.floating)) and name == np.floor(name) and np.isfinite(name) else str(name)
