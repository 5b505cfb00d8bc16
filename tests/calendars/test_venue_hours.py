"""Days on which the record of a calendar is wrong, and the hours of venues that have none."""

from __future__ import annotations

import pandas as pd
import pytest

from impact.bundled import read_bundled
from impact.calendars import first_session_to_react, session_close, session_open, sessions, trading_hours
from impact.errors import DataUnavailable
from impact.venues import VENUES

SPECIAL = [
    ("2025-01-31T12:00-05:00", "XBOM", "2025-02-01", "09:15", "15:30"),  # budget on a Saturday
    ("2024-01-19T18:00+05:30", "XNSE", "2024-01-20", "09:15", "15:30"),
    ("2024-11-01T08:00+05:30", "XBOM", "2024-11-01", "18:00", "19:00"),  # Muhurat evening
    ("2024-11-01T19:30+05:30", "XBOM", "2024-11-04", "09:15", "15:30"),
    ("2024-11-14T09:30+09:00", "XKRX", "2024-11-14", "10:00", "16:30"),  # exam day
    ("2024-11-14T16:00+09:00", "XKRX", "2024-11-14", "10:00", "16:30"),
    ("2026-06-03T08:00+09:00", "XKRX", "2026-06-04", "09:00", "15:30"),
    ("2024-05-29T08:00+02:00", "XJSE", "2024-05-30", "09:00", "17:00"),
    ("2024-10-31T08:00+08:00", "XTAI", "2024-11-01", "09:00", "13:30"),
    ("2025-08-15T18:00+07:00", "XIDX", "2025-08-19", "09:00", "15:50"),
]


@pytest.mark.parametrize(("instant", "venue", "session", "opens", "closes"), SPECIAL)
def test_special_sessions_closures_and_later_hours(instant, venue, session, opens, closes):
    reaction = first_session_to_react(instant, venue)
    zone = VENUES[venue].zone
    assert f"{reaction.session:%Y-%m-%d}" == session
    assert f"{reaction.opens_at.tz_convert(zone):%H:%M}" == opens
    assert f"{reaction.closes_at.tz_convert(zone):%H:%M}" == closes


def test_every_stated_day_is_what_it_is_said_to_be():
    table = read_bundled("venue_hours")
    venues = {venue.calendar: venue for venue in reversed(list(VENUES.values()))}
    assert (table["source"] != "").all()
    for row in table.itertuples():
        venue = venues[row.calendar]
        known = sessions(venue.mic, row.session_on, row.session_on)
        assert len(known) == (row.state != "closed"), row
        for written, instant in ((row.opens_at, session_open), (row.closes_at, session_close)):
            if written:
                assert f"{instant(row.session_on, venue.mic).tz_convert(venue.zone):%H:%M}" == written, row


def test_hours_are_known_on_days_that_are_no_session():
    days = pd.DatetimeIndex(["2025-03-28", "2025-03-29", "2025-03-31"])  # London moves its clocks on the Sunday between
    hours = trading_hours(days, "XLON")
    assert hours["close"].tolist() == [pd.Timestamp(day + "Z") for day in ("2025-03-28 16:30", "2025-03-29 16:30", "2025-03-31 15:30")]
    assert hours["open"].iloc[2] == session_open("2025-03-31", "XLON")


@pytest.mark.parametrize("mic", [mic for mic, venue in VENUES.items() if not venue.calendar])
def test_a_venue_without_a_calendar_has_usual_hours(mic):
    hours = trading_hours(pd.DatetimeIndex(["2025-07-06"]), mic).iloc[0]
    length = (hours["close"] - hours["open"]).total_seconds() / 3600
    assert 3.5 <= length <= 8.5 and f"{hours['close'].tz_convert(VENUES[mic].zone):%H:%M}" == VENUES[mic].closes


def test_days_outside_every_record_are_refused():
    with pytest.raises(DataUnavailable, match="leave the calendar of XHKG"):
        trading_hours(pd.DatetimeIndex(["1950-01-03"]), "XHKG")
