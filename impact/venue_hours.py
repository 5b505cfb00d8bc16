"""Hours of trade: the days on which the record of a calendar is known to be wrong, weekdays beyond its end, usual hours."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from impact.bundled import read_bundled
from impact.session_record import SessionRecord
from impact.venues import Venue

__all__ = ["corrected", "projected", "special_sessions", "usual_hours"]

# A record that ends (Shanghai's and Singapore's holidays are known a year ahead) is continued by weekdays until this day.
PROJECTED_TO = "2031-12-31"

CLOSED, SPECIAL = "closed", "open"
"""States of a day in `data/venue_hours.csv`: no trade, or a session on a day that is none as a rule; on the others the hours differ."""


def corrected(record: SessionRecord, venue: Venue) -> SessionRecord:
    """The record of a calendar with the days put right that `data/venue_hours.csv` states: closed, open, or open at other hours."""
    table = read_bundled("venue_hours")
    own = table[table["calendar"] == venue.calendar]
    if own.empty:
        return record
    days = pd.DatetimeIndex(own["session_on"]).as_unit("ns")
    shut = days[(own["state"] == CLOSED).to_numpy()]
    schedule = record.schedule.loc[~record.schedule.index.isin(shut)]
    added = days.difference(shut).difference(pd.DatetimeIndex(schedule.index))
    zone = schedule["open"].dt.tz
    schedule = schedule.reindex(schedule.index.union(added))
    for name, column in (("open", "opens_at"), ("close", "closes_at")):
        stated = own[column].to_numpy() != ""
        clock = pd.DatetimeIndex(own["session_on"][stated] + " " + own[column][stated]).tz_localize(venue.zone)
        schedule.loc[days[stated], name] = clock.tz_convert(zone).as_unit("ns")
    return SessionRecord(schedule=schedule, early=record.early, recorded_to=record.recorded_to)


@lru_cache(maxsize=256)
def special_sessions(venue: Venue) -> pd.DatetimeIndex:
    """Sessions held on days that are none as a rule (a Saturday, a festival evening): many records of prices leave them out."""
    table = read_bundled("venue_hours")
    own = table[(table["calendar"] == venue.calendar) & (table["state"] == SPECIAL)]
    return pd.DatetimeIndex(own["session_on"]).as_unit("ns")


def usual_hours(venue: Venue, days: pd.DatetimeIndex) -> pd.DataFrame | None:
    """Opens and closes (UTC) of a venue without a calendar at its usual hours on some days; None where those are not on record."""
    if not venue.closes:
        return None
    clock = {"open": venue.opens, "close": venue.closes}
    return pd.DataFrame(
        {
            name: (days + pd.Timedelta(f"{time}:00")).tz_localize(venue.zone, ambiguous=True, nonexistent="shift_forward").tz_convert("UTC")
            for name, time in clock.items()
        },
        index=days,
    )


def projected(schedule: pd.DataFrame, venue: Venue) -> pd.DataFrame:
    """Weekdays after the record ends, with the hours of its last full session: the venue may be closed on some of them."""
    last = schedule.index[-1]
    days = pd.bdate_range(last.normalize() + pd.Timedelta(days=1), PROJECTED_TO)
    days = days[~((days.month == 1) & (days.day == 1))]
    hours = {}
    for name in ("open", "close"):
        clock = schedule[name].iloc[-1].tz_convert(venue.zone)
        own = (days + pd.Timedelta(hours=clock.hour, minutes=clock.minute)).tz_localize(venue.zone)
        hours[name] = own.tz_convert(schedule[name].dt.tz)
    return pd.DataFrame(hours, index=days)
