"""The sessions of a venue as `data/sessions.csv` states them: days and hours of trade, without the package that they come from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from impact.bundled import read_bundled

__all__ = ["SessionRecord", "session_record"]


@dataclass(frozen=True, eq=False, kw_only=True)
class SessionRecord:
    """What is on record of one calendar.

    Attributes
    ----------
    schedule : DataFrame
        open, close (UTC), by session.
    early : DatetimeIndex
        Sessions that close early.
    recorded_to : Timestamp
        Last day whose holidays are on record.
    """

    schedule: pd.DataFrame
    early: pd.DatetimeIndex
    recorded_to: pd.Timestamp


@cache
def _table() -> pd.DataFrame:
    return read_bundled("sessions").set_index("calendar")


def _days(rows: pd.DataFrame) -> pd.DatetimeIndex:
    """The days of some rows, each written as month and day of the row's year."""
    texts = [f"{year}-{day[:2]}-{day[2:]}" for year, days in zip(rows["year"], rows["days"], strict=True) for day in days.split()]
    return pd.DatetimeIndex(np.array(texts, dtype="datetime64[D]")).as_unit("ns")


def session_record(calendar: str, zone: str) -> SessionRecord:
    """The record of one calendar, hours read in the venue's zone.

    Raises
    ------
    KeyError
        If the table has no such calendar.
    """
    rows = _table().loc[[calendar]]
    by_kind = {str(kind): own for kind, own in rows.groupby("kind", sort=False)}
    empty = rows.iloc[:0]
    first, last, recorded_to = by_kind["span"]["days"].iloc[0].split()
    days = pd.bdate_range(first, last).as_unit("ns").difference(_days(by_kind["closed"])).union(_days(by_kind.get("weekend", empty)))
    usual = by_kind["usual"].assign(year=lambda table: table["year"].astype(int)).set_index("year")
    clock = {name: usual[name].astype(float).loc[days.year].to_numpy(copy=True) for name in ("opens", "closes")}
    other = by_kind.get("hours", empty)
    for year, written, opens, closes in zip(other["year"], other["days"], other["opens"], other["closes"], strict=True):
        place = days.get_indexer(_days(pd.DataFrame({"year": [year], "days": [written]})))
        clock["opens"][place], clock["closes"][place] = float(opens), float(closes)
    schedule = {
        name: (days + pd.to_timedelta(clock[column], unit="min")).tz_localize(zone).tz_convert("UTC").as_unit("ns")
        for name, column in (("open", "opens"), ("close", "closes"))
    }
    return SessionRecord(
        schedule=pd.DataFrame(schedule, index=days), early=_days(by_kind.get("early", empty)), recorded_to=pd.Timestamp(recorded_to)
    )
