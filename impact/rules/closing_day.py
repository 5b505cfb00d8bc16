"""The day on which a name left a list, as long as its hour is not on record."""

from __future__ import annotations

import dataclasses

import pandas as pd

from impact.rules.records import EASTERN, Listing, Ruling

__all__ = ["while_leaving"]


def while_leaving(ruling: Ruling, listing: Listing, at: pd.Timestamp) -> Ruling:
    """What a listing bars on the day on which it ended is unknown, where only the day is on record: it may have ended by then.

    The other way round, and where the hour is known, the ruling stands.
    """
    begins, ends = listing.leaving_from_at, listing.removed_at
    if ruling.status != "prohibited" or begins is None or ends is None or not begins <= at < ends:
        return ruling
    day = f"{ends.tz_convert(EASTERN):%Y-%m-%d}"
    rule = f"{listing.entity} left the list on {day}, at an hour that is not on record; until then: {ruling.rule}"
    return dataclasses.replace(ruling, status="unknown", rule=rule)
