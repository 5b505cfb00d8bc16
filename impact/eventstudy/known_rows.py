"""On which rows of a table somebody has a return: what the calendars of its lines are told from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from impact.typing_ import BoolArray, FloatArray, IntArray

__all__ = ["FEW_COLUMNS", "KnownRows", "known_of", "rows_with_any"]

FEW_COLUMNS = 0.25
"""Share of the columns of a table up to which taking them out costs less than passing over all of it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class KnownRows:
    """On which rows of a table somebody has a return: any line of a venue, and any line that states the venue.

    Attributes
    ----------
    somebody : mapping of venue to (T,) bool
        The venue may be empty, where it is not known.
    stated : mapping of venue to (T,) bool
        Only venues that some line states.
    """

    somebody: Mapping[str, BoolArray]
    stated: Mapping[str, BoolArray]

    def __or__(self, other: KnownRows) -> KnownRows:
        """Of two tables on the same rows together."""
        return KnownRows(somebody=_either(self.somebody, other.somebody), stated=_either(self.stated, other.stated))


def _either(one: Mapping[str, BoolArray], other: Mapping[str, BoolArray]) -> dict[str, BoolArray]:
    both = dict(one)
    for venue, rows in other.items():
        both[venue] = both[venue] | rows if venue in both else rows
    return both


def known_of(values: FloatArray, columns: IntArray) -> BoolArray:
    """(T, s) where some columns of a table have a figure."""
    if len(columns) <= FEW_COLUMNS * values.shape[1]:
        return np.isfinite(values[:, columns])
    known = np.isfinite(values)
    return known if len(columns) == values.shape[1] else known[:, columns]


def rows_with_any(values: FloatArray, columns: IntArray) -> BoolArray:
    """(T,) rows on which one of the columns has a figure; columns are looked at only for the rows that those before them leave open."""
    known = np.zeros(len(values), dtype=bool)
    first, more = 0, 1
    while first < len(columns) and not known.all():
        rest = np.flatnonzero(~known)
        known[rest] = np.isfinite(values[np.ix_(rest, columns[first : first + more])]).any(axis=1)
        first, more = first + more, 2 * more
    return known
