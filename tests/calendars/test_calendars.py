"""Clocks and sessions against dates anyone can check in an exchange's own notices."""

import datetime as dt
import re
import zoneinfo

import numpy as np
import pandas as pd
import pytest

from impact.calendars import (
    VENUES,
    anchor_dates,
    first_session_to_react,
    is_half_day,
    is_projected,
    last_closed_session,
    parse_instant,
    reactions,
    session_close,
    session_open,
    sessions,
    venue_of,
)
from impact.errors import DataUnavailable, InputError
from impact.venues import named_venue

# Announcement in New York, and the session that can first react on each venue (worked out by hand from the three
# exchanges' holiday lists; EST until 14 March 2021, EDT after).
GOLDEN = [
    ("2020-11-12T13:30-05:00", "2020-11-12", "2020-11-13", "2020-11-13"),
    ("2020-12-31T17:00-05:00", "2021-01-04", "2021-01-04", "2021-01-04"),
    ("2021-01-04T21:15-05:00", "2021-01-05", "2021-01-05", "2021-01-05"),
    ("2021-01-06T09:00-05:00", "2021-01-06", "2021-01-07", "2021-01-07"),
    ("2021-01-14T18:00-05:00", "2021-01-15", "2021-01-15", "2021-01-15"),
    ("2021-02-11T17:00-05:00", "2021-02-12", "2021-02-16", "2021-02-18"),
    ("2021-03-12T16:59-05:00", "2021-03-15", "2021-03-15", "2021-03-15"),
    ("2021-05-25T16:09-04:00", "2021-05-26", "2021-05-26", "2021-05-26"),
    ("2021-06-03T12:00-04:00", "2021-06-03", "2021-06-04", "2021-06-04"),
]


@pytest.mark.parametrize(("instant", "new_york", "hong_kong", "shanghai"), GOLDEN)
def test_first_session_to_react_golden(instant, new_york, hong_kong, shanghai):
    found = [f"{first_session_to_react(instant, venue).session:%Y-%m-%d}" for venue in ("XNYS", "XHKG", "XSHE")]
    assert found == [new_york, hong_kong, shanghai]


@pytest.mark.parametrize(
    ("instant", "session", "intraday"),
    [
        ("2021-01-05T09:29:59+08:00", "2021-01-05", False),
        ("2021-01-05T09:30+08:00", "2021-01-05", True),
        ("2021-01-05T10:15+08:00", "2021-01-05", True),
        ("2021-01-05T12:30+08:00", "2021-01-05", True),  # lunch break
        ("2021-01-05T15:59:59+08:00", "2021-01-05", True),
        ("2021-01-05T16:00+08:00", "2021-01-06", False),
        ("2021-02-11T11:59+08:00", "2021-02-11", True),
        ("2021-02-11T12:00+08:00", "2021-02-16", False),  # half day, then lunar new year
    ],
)
def test_edges_of_a_hong_kong_session(instant, session, intraday):
    reaction = first_session_to_react(instant, "XHKG")
    assert (f"{reaction.session:%Y-%m-%d}", reaction.intraday) == (session, intraday)


def test_us_clock_change_moves_the_close_in_utc():
    assert session_close("2021-03-12", "XNYS") == pd.Timestamp("2021-03-12T21:00Z")
    assert session_close("2021-03-15", "XNYS") == pd.Timestamp("2021-03-15T20:00Z")
    before = first_session_to_react("2021-03-15T13:29Z", "XNYS")
    at_open = first_session_to_react("2021-03-15T13:30Z", "XNYS")
    assert (before.intraday, at_open.intraday) == (False, True)


@pytest.mark.parametrize(
    "day", ["2020-10-13", "2021-10-13", "2023-07-17", "2023-09-01", "2023-09-08", "2021-02-12", "2021-02-15", "2021-05-19"]
)
def test_hong_kong_closed_days(day):
    assert len(sessions("XHKG", day, day)) == 0
    with pytest.raises(InputError, match="nearest are"):
        session_open(day, "XHKG")


def test_hong_kong_half_days():
    halves = [f"{day:%Y-%m-%d}" for day in sessions("XHKG", "2020-12-01", "2021-02-28") if is_half_day(day, "XHKG")]
    assert halves == ["2020-12-24", "2020-12-31", "2021-02-11"]
    assert session_close("2021-02-11", "XHKG") == pd.Timestamp("2021-02-11T04:00Z")
    assert session_open("2021-02-11", "XHKG") == pd.Timestamp("2021-02-11T01:30Z")


def test_lunar_new_year_2021():
    assert sessions("XHKG", "2021-02-08", "2021-02-19").day.tolist() == [8, 9, 10, 11, 16, 17, 18, 19]
    assert sessions("XSHG", "2021-02-08", "2021-02-19").day.tolist() == [8, 9, 10, 18, 19]
    assert sessions("XHKG", "2021-02-08", "2021-02-19").dtype == "datetime64[ns]"


def test_rolls_are_recorded():
    weekend = first_session_to_react("2021-03-12T16:59-05:00", "XHKG")
    assert (weekend.rolled, weekend.rolled_sessions, weekend.rolled_days) == (True, 1, 2)
    assert "Sat 2021-03-13 05:59" in weekend.reason
    before_open = first_session_to_react("2021-01-14T18:00-05:00", "XHKG")
    assert (before_open.rolled, before_open.rolled_sessions, before_open.rolled_days) == (False, 0, 0)


def test_policies():
    evening = "2021-03-05T17:56+08:00"
    assert first_session_to_react(evening, "XHKG").session == pd.Timestamp("2021-03-08")
    previous = first_session_to_react(evening, "XHKG", policy="previous")
    assert (previous.session, previous.intraday, previous.rolled) == (pd.Timestamp("2021-03-05"), False, False)
    saturday = first_session_to_react("2021-03-06T10:00+08:00", "XHKG", policy="previous")
    assert (saturday.session, saturday.rolled_sessions, saturday.rolled_days) == (pd.Timestamp("2021-03-05"), -1, -1)
    with pytest.raises(InputError, match="1 of 1 meet no open session"):
        first_session_to_react(evening, "XHKG", policy="raise")
    assert first_session_to_react("2021-03-05T15:56+08:00", "XHKG", policy="raise").intraday
    with pytest.raises(InputError, match="policy='nearest'"):
        first_session_to_react(evening, "XHKG", policy="nearest")


def test_many_instants_keep_their_order_and_their_count():
    stamps = pd.DatetimeIndex(["2021-03-12T21:59Z", "1980-01-01T00:00Z", "2021-01-05T02:15Z"])
    frame = reactions(stamps, "XHKG")
    assert frame["reason"].tolist() == ["no session", "outside calendar", "intraday"]
    assert frame["session"].isna().tolist() == [False, True, False]
    pd.testing.assert_frame_equal(frame, reactions([stamp.isoformat() for stamp in stamps], "XHKG"))
    with pytest.raises(InputError, match=r"instants\[1\]"):
        reactions(["2021-03-12T21:59Z", "2021-03-12"], "XHKG")


@pytest.mark.parametrize("value", ["2021-01-14T18:00-05:00", "2021-01-14 23:00Z", "2021-01-14T23:00:00+00:00"])
def test_parse_instant_reads_iso(value):
    assert parse_instant(value).tz_convert("UTC") == pd.Timestamp("2021-01-14T23:00Z")
    assert parse_instant(value).unit == "ns"


def test_parse_instant_takes_datetimes_and_keeps_their_zone():
    zone = dt.timezone(dt.timedelta(hours=8))
    assert parse_instant(dt.datetime(2021, 1, 15, 7, tzinfo=zone)).utcoffset() == dt.timedelta(hours=8)
    assert str(parse_instant(pd.Timestamp("2021-01-14 18:00", tz="America/New_York")).tz) == "America/New_York"


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("2021-01-14", "has no zone"),
        ("2021-01-14T18:00", "has no zone"),
        ("14 Jan 2021 18:00 EST", "not an ISO 8601 instant"),
        ("", "not an ISO 8601 instant"),
        ("2021-01-14T17:0030Z", "not an ISO 8601 instant"),
        ("2021-01-14T1700:30Z", "not an ISO 8601 instant"),
        ("2021-13-14T18:00Z", "cannot be read"),
        ("9021-01-14T18:00Z", "cannot be read"),
        (dt.date(2021, 1, 14), "is not an instant"),
        (dt.datetime(2021, 1, 14), "has no zone"),
        (pd.NaT, "is not an instant"),
        (None, "is not an instant"),
        (1610665200, "is not an instant"),
        (np.datetime64("2021-01-14"), "is not an instant"),
    ],
)
def test_parse_instant_refuses(value, rule):
    with pytest.raises(InputError) as caught:
        parse_instant(value, parameter="at")
    message = str(caught.value)
    assert message.startswith("at=")
    assert rule in message
    assert "2021-01-14T18:00-05:00" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("security", "mic"),
    [
        ("1810.HK", "XHKG"),
        ("941 HK", "XHKG"),
        ("941 HK Equity", "XHKG"),
        ("600941.SS", "XSHG"),
        ("002415.SZ", "XSHE"),
        ("CHL", "XNYS"),
        ("CHL US", "XNYS"),
        ("BRK-B", "XNYS"),
        ("^GSPC", "XNYS"),
        ("HSI", "XHKG"),
        ("^HSI", "XHKG"),
        ("2330.TW", "XTAI"),
        ("D05.SI", "XSES"),
        ("005930.KS", "XKRX"),
        ("7203.T", "XTKS"),
    ],
)
def test_venue_of(security, mic):
    assert venue_of(security) == mic


@pytest.mark.parametrize("security", ["1810", "1810.XX", "", ".HK", "CHL XX"])
def test_venue_of_refuses(security):
    with pytest.raises(InputError, match="does not say where it trades"):
        venue_of(security)


def test_every_venue_has_a_calendar_and_its_zone():
    with_calendar = {venue.calendar: venue.mic for venue in VENUES.values() if venue.calendar}
    assert len(with_calendar) > 45
    for mic in set(with_calendar.values()) - {"XKOS", "XKRX"}:  # Seoul takes seconds to build
        day = sessions(mic, "2021-03-01", "2021-03-31")[0]
        opened = session_open(day, mic).tz_convert(VENUES[mic].zone)
        assert opened.tz_localize(None).normalize() == day
        assert 7 <= opened.hour <= 11


def test_every_venue_is_one_whole_record_and_known_by_all_its_names():
    zones = zoneinfo.available_timezones()
    for venue in VENUES.values():
        assert (
            re.fullmatch(r"[A-Z0-9]{4}", venue.mic)
            and re.fullmatch(r"[A-Z]{2}", venue.country)
            and re.fullmatch(r"[A-Z]{3}", venue.currency)
        )
        assert venue.zone in zones and venue.name
        for name in (venue.mic, venue.name, *venue.spellings):
            assert named_venue(name) == venue.mic, name
        if venue.yahoo:
            assert venue_of(f"ABC.{venue.yahoo}") == venue.mic
        for index in venue.indices:
            assert venue_of(f"^{index}") == venue.mic


@pytest.mark.parametrize(
    ("text", "mic"),
    [
        ("Nasdaq Omx Nordic", "XSTO"),
        ("Nasdaq Omx Helsinki Ltd.", "XHEL"),
        ("NASDAQ", "XNAS"),
        ("Asx - All Markets", "XASX"),
        ("Korea Exchange (Kosdaq)", "XKOS"),
        ("Warsaw Stock Exchange/Equities/Main Market", "XWAR"),
        ("XBSP", "BVMF"),
        ("Shenzhen Stock Exchange", "XSHE"),
        ("NO MARKET (E.G. UNLISTED)", ""),
        ("", ""),
    ],
)
def test_a_venue_is_known_as_fund_files_print_it(text, mic):
    assert named_venue(text) == mic


def test_an_index_of_no_known_venue_is_not_put_in_new_york():
    assert venue_of("^N225") == "XTKS" and venue_of("^GSPC") == "XNYS"
    with pytest.raises(InputError, match="index of no known venue"):
        venue_of("^XYZ")


@pytest.mark.parametrize("day", ["2020-08-19", "2021-06-28"])
def test_hong_kong_opened_late_twice(day):
    reaction = first_session_to_react(f"{day}T10:00+08:00", "XHKG")
    assert not reaction.intraday and f"{reaction.opens_at.tz_convert('Asia/Hong_Kong'):%H:%M}" == "13:30"
    assert first_session_to_react(f"{day}T14:00+08:00", "XHKG").intraday


def test_sessions_beyond_the_record_are_weekdays_and_say_so():
    found = first_session_to_react("2026-12-31T10:00-05:00", "XSHE")
    assert found.session == pd.Timestamp("2027-01-04") and found.projected and "on record to 2026-12-31" in found.reason
    assert is_projected("2027-01-04", "XSHG") and not is_projected("2026-12-31", "XSHG")
    assert (session_open("2027-01-04", "XSHG"), session_close("2027-01-04", "XSHG")) == (
        pd.Timestamp("2027-01-04T01:30Z"),
        pd.Timestamp("2027-01-04T07:00Z"),
    )
    assert not first_session_to_react("2027-01-04T10:00-05:00", "XHKG").projected


def test_the_last_closed_session_is_the_one_whose_close_has_struck():
    assert last_closed_session("XNYS", "2021-01-15T16:00-05:00") == pd.Timestamp("2021-01-15")
    assert last_closed_session("XNYS", "2021-01-15T15:59:59-05:00") == pd.Timestamp("2021-01-14")
    assert last_closed_session("XHKG", "2021-02-11T12:05+08:00") == pd.Timestamp("2021-02-11")  # a half day
    with pytest.raises(DataUnavailable, match="before the calendar"):
        last_closed_session("XHKG", "1990-01-01T00:00Z")


def test_outside_the_calendar_says_so():
    with pytest.raises(DataUnavailable, match="1995-01-03 to 2039"):
        first_session_to_react("1980-01-01T12:00Z", "XHKG")
    with pytest.raises(DataUnavailable, match="2031-12-31"):
        session_close("2032-01-05", "XSHG")
    with pytest.raises(DataUnavailable, match="XDFM.*no calendar here"):
        sessions("XDFM", "2021-01-01", "2021-02-01")
    with pytest.raises(InputError, match="venue='XXXX' is unknown"):
        sessions("XXXX", "2021-01-01", "2021-02-01")
    with pytest.raises(InputError, match="swap them"):
        sessions("XHKG", "2021-02-01", "2021-01-01")
    with pytest.raises(InputError, match="bare date"):
        session_close("2021-01-15T10:00Z", "XHKG")


INDEX = pd.DatetimeIndex(["2021-01-14", "2021-01-15", "2021-01-18", "2021-01-19"])


def test_anchor_dates_places_and_refuses():
    dates = ["2021-01-15", "2021-01-16", "2021-01-13", "2021-01-20", None, "soon", "2021-01-18T10:00"]
    frame = anchor_dates(dates, INDEX)
    assert frame["position"].tolist() == [1, 2, -1, -1, -1, -1, -1]
    assert frame["rolled_sessions"].tolist() == [0, 1, 0, 0, 0, 0, 0]
    assert frame["rolled_days"].tolist() == [0, 2, 0, 0, 0, 0, 0]
    assert frame["reason"].tolist() == [
        "",
        "",
        "before the first session 2021-01-14",
        "after the last session 2021-01-19",
        "date is missing",
        "not a date",
        "carries a clock without zone",
    ]
    back = anchor_dates(dates, INDEX, policy="previous")
    assert (back["position"][1], back["rolled_sessions"][1], back["session"][1]) == (1, -1, pd.Timestamp("2021-01-15"))
    with pytest.raises(InputError, match=r"1 of 7 .*first 2021-01-16"):
        anchor_dates(dates, INDEX, policy="raise")


@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_anchor_dates_whatever_the_unit(unit):
    dates = pd.Series(pd.to_datetime(["2021-01-18", "2021-01-17"])).astype(f"datetime64[{unit}]")
    frame = anchor_dates(dates, INDEX.as_unit(unit))
    assert frame["position"].tolist() == [2, 2]
    assert frame["session"].dtype == "datetime64[ns]"


@pytest.mark.parametrize("index", [INDEX[:0], INDEX[::-1], INDEX.append(INDEX[-1:]), INDEX.tz_localize("UTC"), pd.Index([1, 2])])
def test_anchor_dates_refuses_a_bad_index(index):
    with pytest.raises(InputError, match="index"):
        anchor_dates(["2021-01-15"], index)


def test_anchor_dates_refuses_zoned_dates():
    with pytest.raises(InputError, match="carry a zone"):
        anchor_dates(pd.DatetimeIndex(["2021-01-15"], tz="UTC"), INDEX)


@pytest.mark.parametrize(
    ("dates", "count"),
    [
        (["2021-01-15T23:00-05:00"], 1),
        (["2021-01-15T20:00:00Z", "2021-01-18T20:00:00Z"], 2),
        (["2021-01-15", "2021-01-18T23:00-05:00"], 1),
        (["2021-01-15T23:00-05:00", "2021-01-18T23:00+08:00"], 2),
        (["2021-01-15", pd.Timestamp("2021-01-18", tz="UTC")], 1),
    ],
)
def test_anchor_dates_refuses_any_text_with_an_offset(dates, count):
    with pytest.raises(InputError, match=rf"dates carry a zone \({count} of {len(dates)}, first .*known_at and venue"):
        anchor_dates(dates, INDEX)


def test_anchor_dates_of_nothing_is_empty():
    assert len(anchor_dates([], INDEX)) == 0


@pytest.mark.parametrize("kind", ["text", "datetime64[us]", "datetime"])
@pytest.mark.parametrize(
    ("day", "reason"), [("1066-01-01", "before the first session 2021-01-04"), ("9999-12-31", "after the last session 2021-01-08")]
)
def test_a_day_that_nanoseconds_cannot_hold_lies_before_or_after_the_record(day, reason, kind):
    """It ended in an OutOfBoundsDatetime, as text and in a table of the years that pandas 3 reads."""
    given = {"text": [day, "2021-01-05"], "datetime": [dt.datetime.fromisoformat(day), dt.datetime(2021, 1, 5)]}
    dates = given.get(kind, pd.Series(pd.to_datetime(pd.Series([day, "2021-01-05"], dtype="datetime64[us]"))))
    placed = anchor_dates(dates, pd.bdate_range("2021-01-04", periods=5))
    assert placed["reason"].tolist() == [reason, ""] and placed["position"].tolist() == [-1, 1]
