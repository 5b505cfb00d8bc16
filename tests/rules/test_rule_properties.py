"""No later fact reaches an earlier answer; clocks hold over every clock change and holiday."""

import re

import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from impact.bundled import read_bundled
from impact.calendars import session_close, session_open, sessions
from impact.rules import (
    ACTIONS,
    INSTRUMENTS,
    INVESTORS,
    TABLES,
    deadlines,
    designations,
    exchange_path,
    last_usable_session,
    permitted,
    provider_path,
)
from impact.rules.book import rule_book
from impact.rules.legal_clocks import clock_instant

# Each table, and the columns that hold what was learned at the instant in the first of each pair.
LATER = {
    "designations": [("removed_known_at", ("removed_on", "removal_reason")), ("relisted_known_at", ("relisted_on",))],
    "index_actions": [("cancelled_known_at", ("cancelled_on",))],
    "programmes": [("ended_known_at", ("in_force_to_on",))],
    "programme_conflicts": [("resolved_at", ())],
}
DATED = [name for name in TABLES if "known_at" in read_bundled(name)]
BUNDLED = {name: read_bundled(name) for name in TABLES}
START, END = pd.Timestamp("2020-06-01", tz="UTC"), pd.Timestamp("2023-03-01", tz="UTC")
instants = st.integers(0, int((END - START).total_seconds())).map(lambda seconds: START + pd.Timedelta(seconds=seconds))
SECURITIES = ("1810.HK", "0941.HK", "CHL", "LKCO", "0981.HK", "002415.SZ", "1816.HK", "600050.SS", "0883.HK", "0700.HK", "SBER.ME", "AAPL")


def _forgetting(as_of, garble):
    """The tables with every fact learned after `as_of` deleted, or turned into something else."""
    tables = {}
    for name in DATED:
        frame = BUNDLED[name].copy()
        late = _after(frame["known_at"], as_of)
        if garble:
            for column in frame.columns.difference(["known_at", "fact_id"]):
                if not column.endswith("_at"):
                    frame.loc[late, column] = frame.loc[late, column].where(frame.loc[late, column] == "", frame[column].iloc[0])
        else:
            frame = frame[~late].copy()
        for known, columns in LATER.get(name, []):
            late_part = _after(frame[known], as_of)
            if garble:
                frame.loc[late_part, known] = "2029-01-01T00:00:00+00:00"
            else:
                frame.loc[late_part, [known, *columns]] = ""
        tables[name] = frame.reset_index(drop=True)
    return tables


def _after(column, as_of):
    return pd.Series([bool(text) and pd.Timestamp(text) > as_of for text in column], index=column.index, dtype=bool)


def _answers(security, at, as_of, tables):
    yield str(permitted("buy", security, at, as_of=as_of, tables=tables))
    yield str(permitted("hold", security, at, as_of=as_of, tables=tables))
    found = deadlines(security, as_of, tables=tables)
    yield found.to_frame().to_csv() + found.relief.to_csv() + found.dropped.to_csv() + str(found)
    yield designations(security, as_of, tables=tables).to_csv()
    yield exchange_path(security, as_of, tables=tables).to_csv()
    yield provider_path(security, as_of, tables=tables).to_frame().to_csv()


@settings(deadline=None, max_examples=10)
@given(as_of=instants, ahead=st.integers(-400, 800), security=st.sampled_from(SECURITIES), garble=st.booleans())
@example(as_of=pd.Timestamp("2021-01-14T21:30Z"), ahead=70, security="1810.HK", garble=False)
@example(as_of=pd.Timestamp("2021-03-12T21:58Z"), ahead=3, security="1810.HK", garble=True)
@example(as_of=pd.Timestamp("2021-01-05T12:00Z"), ahead=7, security="CHL", garble=False)
@example(as_of=pd.Timestamp("2021-03-08T12:00Z"), ahead=30, security="LKCO", garble=True)
@example(as_of=pd.Timestamp("2021-01-12T12:00Z"), ahead=60, security="0941.HK", garble=False)
def test_a_later_fact_never_changes_an_earlier_answer(as_of, ahead, security, garble):
    at = as_of + pd.Timedelta(days=ahead)
    tables = _forgetting(as_of, garble)
    assert list(_answers(security, at, as_of, tables)) == list(_answers(security, at, as_of, None))


def test_forgetting_is_not_a_test_that_cannot_fail():
    as_of = pd.Timestamp("2021-03-12T21:58Z")
    at = pd.Timestamp("2021-03-16T12:00Z")
    tables = _forgetting(as_of, False)
    assert list(_answers("1810.HK", at, None, tables)) != list(_answers("1810.HK", at, None, None))


@settings(deadline=None, max_examples=150)
@given(
    as_of=instants,
    ahead=st.integers(-200, 600),
    security=st.sampled_from(SECURITIES),
    action=st.sampled_from(ACTIONS),
    investor=st.sampled_from(INVESTORS),
    instrument=st.sampled_from(INSTRUMENTS),
)
def test_no_answer_cites_a_text_of_the_future_and_none_stands_without_one(as_of, ahead, security, action, investor, instrument):
    answer = permitted(action, security, as_of + pd.Timedelta(days=ahead), investor, instrument, as_of)
    days = [pd.Timestamp(day) for day in re.findall(r"\((20\d\d-\d\d-\d\d)\)", answer.citation)]
    assert all(day <= as_of.tz_convert("America/New_York").tz_localize(None) for day in days)
    assert answer.citation or answer.status in ("unknown", "not_listed")
    if answer.since is not None:
        assert answer.since <= answer.at
    if answer.until is not None:
        assert answer.until > answer.at
        assert permitted(action, security, answer.until, investor, instrument, as_of).status != answer.status
        assert permitted(action, security, answer.until - pd.Timedelta(1, "ns"), investor, instrument, as_of).status == answer.status


@settings(deadline=None, max_examples=150)
@given(
    listed=st.dates(pd.Timestamp("2020-12-01").date(), pd.Timestamp("2025-06-30").date()), venue=st.sampled_from(["XHKG", "XNYS", "XSHE"])
)
@example(listed=pd.Timestamp("2021-01-13").date(), venue="XNYS")  # day 60 is the day of the clock change
@example(listed=pd.Timestamp("2021-09-08").date(), venue="XNYS")  # day 60 is the day it changes back
@example(listed=pd.Timestamp("2020-12-14").date(), venue="XHKG")  # day 60 is lunar new year
def test_clocks_keep_their_hour_and_last_sessions_are_last(listed, venue):
    rules = [rule for rule in rule_book(None).clocks if rule.days]
    for rule in rules:
        instant = clock_instant(rule, pd.Timestamp(listed))
        local = instant.tz_convert(rule.zone)
        assert f"{local:%H:%M}" == rule.hour
        assert (local.tz_localize(None).normalize() - pd.Timestamp(listed)).days == rule.days
        session, whole = last_usable_session(venue, instant)
        assert session_open(session, venue) < instant
        assert whole == (session_close(session, venue) <= instant)
        day = session.normalize()
        following = sessions(venue, day + pd.Timedelta(days=1), day + pd.Timedelta(days=20))[0]
        assert session_open(following, venue) >= instant
