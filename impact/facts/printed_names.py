"""The names and codes that a list bore at an instant: a firm renamed or recoded since stands under its former ones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pandas as pd

from impact.bundled import read_bundled

__all__ = ["coded_line", "printed_name"]

EASTERN = "America/New_York"


def printed_name(fact_id: str, entity: str, moment: pd.Timestamp | None) -> str:
    """The name under which a listing was printed at `moment` (None: last): the former one until the edition that renamed it was public.

    Examples
    --------
    >>> listing = "designation-ndaa-1260h-avic-chengdu-aircraft-co-ltd"
    >>> printed_name(listing, "AVIC Chengdu Aircraft Co., Ltd.", pd.Timestamp("2025-02-01T12:00Z"))
    'Zhonghang Electronic Measuring Instruments'
    """
    name, until = _former_names().get(fact_id, (entity, None))
    return name if moment is not None and until is not None and moment < until else entity


def coded_line(fact_id: str, line: str, moment: pd.Timestamp) -> str:
    """The line of a listing by its code at `moment`; where the day of the change is not on record, from the first that is possible to the last both.

    Examples
    --------
    >>> listing = "designation-ndaa-1260h-avic-chengdu-aircraft-co-ltd"
    >>> [coded_line(listing, "302132.SZ", pd.Timestamp(f"{day}T12:00Z")) for day in ("2024-12-31", "2025-02-01", "2026-01-01")]
    ['300114.SZ', '300114.SZ;302132.SZ', '302132.SZ']
    """
    former, certain_on, possible_on = _former_codes().get(fact_id, (line, "", ""))
    day = f"{moment.tz_convert(EASTERN):%Y-%m-%d}"
    if day > possible_on:
        return line
    return former if day <= certain_on else f"{former};{line}"


@cache
def _former_codes() -> Mapping[str, tuple[str, str, str]]:
    """Listing -> its former line, the last day on which it bore that for certain, and the last on which it may have."""
    lines = read_bundled("designation_lines").query("relation == 'former'")
    columns = (lines[name] for name in ("designation_id", "line", "to_on", "to_last_on"))
    return {fact_id: (line, certain_on, possible_on) for fact_id, line, certain_on, possible_on in zip(*columns, strict=True)}


@cache
def _former_names() -> Mapping[str, tuple[str, pd.Timestamp]]:
    names, editions = read_bundled("designation_names"), read_bundled("editions")
    public = {(row["list_id"], row["edition_on"]): pd.Timestamp(row["known_at"]) for row in editions.to_dict("records")}
    told = names[names["printed_until_on"] != ""].to_dict("records")
    return {
        row["designation_id"]: (
            row["name"],
            # Of an edition that is not on record the hour is not known: it counts from the end of its day.
            public.get((row["programme_id"], row["printed_until_on"]), pd.Timestamp(f"{row['printed_until_on']} 23:59:59", tz=EASTERN)),
        )
        for row in told
    }
