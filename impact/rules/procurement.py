"""Dates of procurement laws for a name of a list: they bind agencies and contractors, and bar no dealing in securities."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import pandas as pd

from impact.bundled import read_bundled
from impact.rules.records import Listing

__all__ = ["procurement_dates"]

COLUMNS = ["programme_id", "entity", "clock", "from_on", "binds", "rule", "citation", "source", "confidence"]


@lru_cache(maxsize=1)
def _recorded() -> tuple[Any, ...]:
    table = read_bundled("procurement_dates")
    return tuple(table.assign(known_at=[pd.Timestamp(text) for text in table["known_at"]]).to_dict("records"))


@lru_cache(maxsize=1)
def _none() -> pd.DataFrame:
    return pd.DataFrame(columns=COLUMNS).assign(from_on=pd.Series(dtype="datetime64[ns]"))


def procurement_dates(listings: Iterable[Listing], as_of: pd.Timestamp | None) -> pd.DataFrame:
    """One row a date and standing name, as known at `as_of` (UTC; None: all that is recorded); from_on NaT where none is on record."""
    standing = [listing for listing in listings if listing.kind == "listed" and listing.removed_at is None]
    rows = [
        {**row, "entity": listing.entity}
        for listing in standing
        for row in _recorded()
        if listing.list_id in row["list_ids"].split(";") and (as_of is None or row["known_at"] <= as_of)
    ]
    if not rows:
        return _none().copy()
    frame = pd.DataFrame(rows, columns=COLUMNS).drop_duplicates().reset_index(drop=True)
    return frame.assign(from_on=pd.to_datetime(frame["from_on"]).astype("datetime64[ns]"))
