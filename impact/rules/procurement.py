"""Dates of procurement laws for a name of a list: they bind agencies and contractors, and bar no dealing in securities."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from impact.bundled import read_bundled
from impact.rules.records import Listing

__all__ = ["procurement_dates"]

COLUMNS = ["programme_id", "entity", "clock", "from_on", "binds", "rule", "citation", "source", "confidence"]


def procurement_dates(listings: Iterable[Listing], as_of: pd.Timestamp | None) -> pd.DataFrame:
    """One row a date and standing name, as known at `as_of` (UTC; None: all that is recorded); from_on NaT where none is on record."""
    table = read_bundled("procurement_dates")
    if as_of is not None:
        table = table[[pd.Timestamp(text) <= as_of for text in table["known_at"]]]
    standing = [listing for listing in listings if listing.kind == "listed" and listing.removed_at is None]
    rows = [
        {**row, "entity": listing.entity}
        for listing in standing
        for row in table.to_dict("records")
        if listing.list_id in row["list_ids"].split(";")
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS).drop_duplicates().reset_index(drop=True)
    return frame.assign(from_on=pd.to_datetime(frame["from_on"]).astype("datetime64[ns]"))
