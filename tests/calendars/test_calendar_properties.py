"""Properties of the clocks over every clock-change week and holiday of two decades."""

import numpy as np
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from impact.calendars import VENUES, anchor_dates, first_session_to_react, reactions, session_close, session_open, sessions

MICS = ("XHKG", "XNYS", "XSHE", "XLON", "XASX")
START, END = pd.Timestamp("2003-01-06", tz="UTC"), pd.Timestamp("2025-12-19", tz="UTC")
instants = st.integers(0, int((END - START).total_seconds())).map(lambda seconds: START + pd.Timedelta(seconds=seconds))


@settings(deadline=None, max_examples=150)
@given(instant=instants, mic=st.sampled_from(MICS))
@example(instant=pd.Timestamp("2021-03-14T07:00Z"), mic="XNYS")
@example(instant=pd.Timestamp("2021-10-31T01:30Z"), mic="XLON")
@example(instant=pd.Timestamp("2023-09-01T02:00Z"), mic="XHKG")
def test_first_session_is_the_first_that_closes_after_the_instant(instant, mic):
    reaction = first_session_to_react(instant, mic)
    around = sessions(mic, (instant - pd.Timedelta(days=15)).date(), (instant + pd.Timedelta(days=15)).date())
    still_open = [day for day in around if session_close(day, mic) > instant]
    assert reaction.session == still_open[0]
    assert reaction.intraday == (session_open(still_open[0], mic) <= instant)
    previous = first_session_to_react(instant, mic, policy="previous")
    if reaction.rolled:
        assert previous.session == [day for day in around if session_close(day, mic) <= instant][-1]
    else:
        assert previous.session == reaction.session


@settings(deadline=None, max_examples=100)
@given(instant=instants, wait=st.integers(0, 40 * 86400), mic=st.sampled_from(MICS))
def test_later_news_never_reacts_earlier(instant, wait, mic):
    frame = reactions(pd.DatetimeIndex([instant, instant + pd.Timedelta(seconds=wait)]), mic)
    assert frame["session"].is_monotonic_increasing


def test_every_clock_change_week_keeps_local_hours():
    for mic in ("XNYS", "XLON", "XASX"):
        zone = VENUES[mic].zone
        hours = pd.date_range("2003-01-01", "2025-12-31", freq="D", tz=zone)
        offsets = np.array([stamp.utcoffset() for stamp in hours])
        changes = hours[1:][offsets[1:] != offsets[:-1]]
        assert len(changes) == 46
        for change in changes:
            day = change.tz_localize(None).normalize()
            for session in sessions(mic, day - pd.Timedelta(days=7), day + pd.Timedelta(days=7)):
                opened = session_open(session, mic).tz_convert(zone)
                expected = {"XNYS": "09:30", "XLON": "08:00", "XASX": "10:00"}[mic]
                assert f"{opened:%Y-%m-%d %H:%M}" == f"{session:%Y-%m-%d} {expected}"


def test_every_weekday_holiday_rolls_forward_and_is_recorded():
    for mic in ("XHKG", "XNYS", "XSHE"):
        weekdays = pd.bdate_range("2003-01-06", "2025-12-19")
        holidays = weekdays.difference(sessions(mic, "2003-01-06", "2025-12-19"))
        noon = (holidays + pd.Timedelta(hours=12)).tz_localize(VENUES[mic].zone)
        frame = reactions(noon, mic)
        assert (frame["reason"] == "no session").all()
        assert (frame["rolled_sessions"] == 1).all()
        assert (frame["rolled_days"] >= 1).all()
        assert not frame["intraday"].any()


day_numbers = st.integers(18000, 18200)


@settings(deadline=None, max_examples=100)
@given(
    rows=st.sets(day_numbers, min_size=1, max_size=60),
    wanted=st.lists(day_numbers, max_size=40),
    policy=st.sampled_from(["next", "previous"]),
)
def test_anchor_dates_equals_a_plain_search(rows, wanted, policy):
    index = pd.DatetimeIndex(np.array(sorted(rows), dtype="datetime64[D]"))
    frame = anchor_dates(np.array(wanted, dtype="datetime64[D]").astype("datetime64[ns]"), index, policy=policy)
    ordered = sorted(rows)
    expected = []
    for day in wanted:
        if not ordered[0] <= day <= ordered[-1]:
            expected.append(-1)
        elif policy == "next":
            expected.append(min(i for i, row in enumerate(ordered) if row >= day))
        else:
            expected.append(max(i for i, row in enumerate(ordered) if row <= day))
    assert frame["position"].tolist() == expected
    assert ((frame["reason"] == "") == (frame["position"] >= 0)).all()
