"""What a row of the fact base is cited by."""

from __future__ import annotations

import pandas as pd

from impact.cases.definition import AsOf
from impact.provenance import Source

__all__ = ["fact_source"]


def fact_source(row: pd.Series, as_of: AsOf) -> Source:
    """The documents that a row names; as of an instant also the day, in New York, on which its fact was public, as they may be later.

    Parameters
    ----------
    row : Series
        With source and known_at, and confidence where it is graded.
    """
    known_on = "" if as_of is None else f"{pd.Timestamp(row['known_at']).tz_convert('America/New_York'):%Y-%m-%d}"
    return Source(title=str(row["source"]), basis="facts", confidence=str(row.get("confidence", "")), known_on=known_on)
