"""Until which day the fact base was kept."""

from __future__ import annotations

import pandas as pd

from impact.facts.tables import BUILT_AT

__all__ = ["beyond_record"]


def beyond_record(at: pd.Timestamp | None) -> tuple[str, ...]:
    """What an answer at an instant after the fact base was built must say; empty at one before, and where all that is recorded is meant.

    Examples
    --------
    >>> beyond_record(pd.Timestamp("2021-01-14T18:00-05:00"))
    ()
    """
    if at is None or at <= BUILT_AT:
        return ()
    return (f"The record ends on {BUILT_AT:%Y-%m-%d}: what was listed, removed, licensed or decided after that day is not in this answer.",)
