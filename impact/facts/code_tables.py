"""Identifiers of one kind, sorted once, in which the distinct codes of any table are looked up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.typing_ import IntArray

__all__ = ["CODE_KINDS", "CodeTable", "Hits"]

CODE_KINDS = ("isin", "cusip", "sedol", "figi", "lei")


@dataclass(frozen=True, eq=False, kw_only=True)
class Hits:
    """Pairs of a row and a line of the identifier table (or of a proposal), found in one field."""

    rows: IntArray
    identifiers: IntArray


@dataclass(frozen=True, eq=False, kw_only=True)
class CodeTable:
    """Distinct values (n,), where the identifiers of each begin among `identifiers` and how many they are; one value may name several."""

    values: pd.Index
    start: IntArray
    count: IntArray
    identifiers: IntArray

    @classmethod
    def of(cls, identifiers: pd.DataFrame) -> CodeTable:
        """The identifiers of a table with the column ``value``, by their place in its index."""
        keys = identifiers["value"].to_numpy(dtype=object).astype(str)
        order = np.argsort(keys, kind="stable")
        values, start, count = np.unique(keys[order], return_index=True, return_counts=True)
        return cls(values=pd.Index(values, dtype=object), start=start, count=count, identifiers=identifiers.index.to_numpy()[order])

    def hits(self, values: np.ndarray, codes: IntArray) -> Hits:
        """All pairs of a row and an identifier of the same value; `codes` says which of the distinct `values` a row has (-1: none)."""
        place = np.append(self.values.get_indexer(pd.Index(values, dtype=object)), -1)[codes]
        rows = np.flatnonzero(place >= 0)
        first, many = self.start[place[rows]], self.count[place[rows]]
        inside = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        return Hits(rows=np.repeat(rows, many), identifiers=self.identifiers[np.repeat(first, many) + inside])
