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
    """The line of a listing by its code at `moment`: the former one to the last day on record of it."""
    former, last_on = _former_codes().get(fact_id, (line, ""))
    return former if last_on and f"{moment.tz_convert(EASTERN):%Y-%m-%d}" <= last_on else line


@cache
def _former_codes() -> Mapping[str, tuple[str, str]]:
    lines = read_bundled("designation_lines").query("relation == 'former'")
    pairs = zip(lines["designation_id"], lines["line"], lines["to_on"], strict=True)
    return {fact_id: (line, last_on) for fact_id, line, last_on in pairs}


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
