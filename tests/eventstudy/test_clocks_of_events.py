"""Instants of an event table: with a venue stated, in the ticker alone, or nowhere; and dates that say something else."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import impact
from impact.calendars import sessions
from impact.eventstudy.event_tables import checked_events

DAYS = sessions("XHKG", "2019-01-02", "2020-12-31")
AFTER_CLOSE = "2020-11-12T18:30:00-05:00"  # 07:30 of the 13th in Hong Kong, before the open


def study(security, **columns):
    rng = np.random.default_rng(1)
    returns = pd.DataFrame(rng.normal(0, 0.02, (len(DAYS), 2)), DAYS, [security, "^HSI"])
    return impact.event_study(returns, pd.DataFrame({"event_id": ["e"], "security": [security], **columns}), market="^HSI")


def test_a_ticker_that_states_its_venue_is_enough_for_an_instant():
    """Without a column venue the instant was passed over: the date of Washington, a session before Hong Kong could react, was day 0."""
    for columns in ({"date": ["2020-11-12"]}, {"date": ["2020-11-12"], "venue": [None]}, {}):
        told = study("0941.HK", known_at=[AFTER_CLOSE], **columns)
        assert told.events["day0"].tolist() == [pd.Timestamp("2020-11-13")] and not told.events["intraday"].any()
    stated = study("0941.HK", known_at=[AFTER_CLOSE], date=["2020-11-12"], venue=["XNYS"])
    assert stated.events["day0"].tolist() == [pd.Timestamp("2020-11-13")]


def test_an_instant_without_any_venue_is_said_to_be_unused():
    with pytest.warns(impact.ImpactWarning, match=r"known_at of 1 of 1 events is not used \(first 'e'\): their venue is not known"):
        told = study("China Mobile", known_at=[AFTER_CLOSE], date=["2020-11-12"])
    assert told.events["day0"].tolist() == [pd.Timestamp("2020-11-12")]
    assert any("is not used" in line for line in told.assumptions)


def test_a_date_far_from_its_instant_is_said():
    told = study("0941.HK", known_at=[AFTER_CLOSE], date=["2020-03-12"])
    assert any("lie more than 10 days apart (first 'e': 2020-03-12, 2020-11-12T18:30:00-05:00)" in line for line in told.assumptions)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        near = study("0941.HK", known_at=[AFTER_CLOSE], date=["2020-11-12"])
    assert not any("days apart" in line for line in near.assumptions)


def test_that_instants_decide_and_not_dates_is_said_once_with_counts():
    rng = np.random.default_rng(2)
    returns = pd.DataFrame(rng.normal(0, 0.02, (len(DAYS), 3)), DAYS, ["0941.HK", "0762.HK", "^HSI"])
    events = pd.DataFrame(
        {
            "event_id": ["moved", "same", "no instant"],
            "security": ["0941.HK", "0762.HK", "0762.HK"],
            "date": ["2020-11-12", "2020-11-12", "2020-10-12"],
            "known_at": [AFTER_CLOSE, "2020-11-12T10:30:00+08:00", None],
        }
    )
    study = impact.event_study(returns, events, market="^HSI")
    assert study.events["day0"].astype(str).tolist() == ["2020-11-13", "2020-11-12", "2020-10-12"]
    told = [line for line in study.assumptions if "known_at" in line]
    assert told == [
        "known_at, and not date, decides day 0 of 2 of 3 events, by the hours of the venue stated or in the ticker: on 1 it is another day than "
        "date says (first 'moved': date 2020-11-12, known_at 2020-11-12T18:30:00-05:00, day 0 2020-11-13)"
    ]
    stated = impact.event_study(returns, events.assign(venue="XHKG"), market="^HSI")
    assert [line for line in stated.assumptions if "known_at" in line] == told


def test_instants_on_their_dates_are_said_and_without_dates_there_is_nothing_to_say():
    same = study("0941.HK", known_at=["2020-11-12T10:30:00+08:00"], date=["2020-11-12"])
    assert [line for line in same.assumptions if "known_at" in line] == [
        "known_at, and not date, decides day 0 of 1 of 1 events, by the hours of the venue stated or in the ticker"
    ]
    alone = study("0941.HK", known_at=[AFTER_CLOSE])
    assert not [line for line in alone.assumptions if "known_at" in line]


@pytest.mark.parametrize(
    ("date", "told"),
    [
        (20201113, ": on 0"),
        (20201112, ": on 1 it is another day than date says (first 'e': date 20201112, "),
        (pd.Timestamp("2020-11-12T18:30", tz="America/New_York"), ": on 1 it is another day than date says (first 'e': date 2020-11-12, "),
        (pd.Timestamp("2020-11-13"), ": on 0"),
        ("2020-11-13T07:30:00+08:00", ": on 0"),
        ("no day", "ticker; the date of 1 names no day that can be read (first 'e': 'no day')"),
        ("2020-2-1 10:00", "ticker; the date of 1 names no day that can be read (first 'e': '2020-2-1 10:00')"),
        ("2020-02-31", "ticker; the date of 1 names no day that can be read (first 'e': '2020-02-31')"),
        (43863, "ticker; the date of 1 names no day that can be read (first 'e': 43863)"),
        (" ", None),
    ],
)
def test_dates_beside_instants_are_compared_as_the_days_that_they_name(date, told):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        seen = study("0941.HK", known_at=[AFTER_CLOSE], date=pd.Series([date], dtype=object))
        assert seen.events["day0"].tolist() == [pd.Timestamp("2020-11-13")]
    said = [line for line in seen.assumptions if "known_at" in line]
    assert len(said) == (told is not None)
    assert told is None or (": on" not in said[0] if told == ": on 0" else told in said[0])


def test_an_instant_that_is_used_and_one_that_is_not_are_told_apart():
    rng = np.random.default_rng(4)
    returns = pd.DataFrame(rng.normal(0, 0.02, (len(DAYS), 3)), DAYS, ["0941.HK", "China Mobile", "^HSI"])
    events = pd.DataFrame(
        {"event_id": ["used", "not used"], "security": ["0941.HK", "China Mobile"], "date": "2020-11-12", "known_at": AFTER_CLOSE}
    )
    with pytest.warns(impact.ImpactWarning, match=r"^events: known_at of 1 of 2 events is not used \(first 'not used'\)") as told:
        seen = impact.event_study(returns, events, market="^HSI")
    assert len(told) == 1
    assert [line.partition(" events")[0] for line in seen.assumptions if "known_at" in line] == [
        "known_at, and not date, decides day 0 of 1 of 2",
        "known_at of 1 of 2",
    ]


@pytest.mark.parametrize("security", ["0941.HK", "TEVA.TA"])  # with a calendar, and by usual hours
def test_an_instant_after_the_close_is_refused_in_the_words_of_the_study(security):
    rng = np.random.default_rng(4)
    returns = pd.DataFrame(rng.normal(0, 0.02, (len(DAYS), 2)), DAYS, [security, "^HSI"])
    event = pd.DataFrame({"event_id": ["e"], "security": [security], "known_at": ["2020-11-12T20:00:00+08:00"]})
    if security == "TEVA.TA":
        event["known_at"] = "2020-11-12T20:00:00+02:00"
    with pytest.raises(impact.InputError, match=r"^events\['known_at'\]: 1 of 1 meet no open session of .*choose anchor=\"next\""):
        impact.event_study(returns, event, market="^HSI", anchor="raise")


@pytest.mark.parametrize("design", ["chained", "calendar time", "synthetic control", "in parts"])
def test_every_design_says_that_instants_decide(design, tmp_path):
    rng = np.random.default_rng(3)
    names = ["0941.HK", *(f"{n:04d}.HK" for n in range(1, 14)), "^HSI"]
    returns = pd.DataFrame(rng.normal(0, 0.02, (len(DAYS), len(names))), DAYS, names)
    events = pd.DataFrame({"event_id": ["e"], "security": ["0941.HK"], "date": ["2020-11-12"], "known_at": [AFTER_CLOSE]})
    if design == "chained":
        told = impact.eventstudy.chained_events(returns, events, market="^HSI").study.assumptions
    elif design == "calendar time":
        told = impact.eventstudy.calendar_time_drift(returns, events, window=(0, 25), market="^HSI", min_members=1).assumptions
    elif design == "synthetic control":
        told = impact.eventstudy.synthetic_control(returns, events, donors=names[1:-1]).assumptions
    else:
        returns.rename_axis("date").to_parquet(tmp_path / "part.parquet")
        told = impact.eventstudy.study_partitions(tmp_path, events, market=returns["^HSI"]).assumptions
    assert any("known_at, and not date, decides day 0 of 1 of 1 events" in line for line in told)


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("2020-11-12", "has no zone"),
        ("2020-11-13 07:30", "has no zone"),
        (pd.Timestamp("2020-11-12"), "has no zone"),
        ("12 November", "is not an ISO 8601 instant"),
        (20201112, "is not an instant"),
    ],
)
def test_an_instant_that_is_only_a_day_is_refused_by_column_and_event(value, rule):
    with pytest.raises(impact.InputError) as refusal:
        study("0941.HK", known_at=pd.Series([value], dtype=object), date=["2020-11-12"])
    message = str(refusal.value)
    assert message.startswith(f"events['known_at'] of event 'e' is {value!r}, which {rule} (1 such): write date, time and offset")
    assert "leave the cell empty, and the column date decides" in message


def test_an_example_of_the_docstring_states_its_venue():
    for ticker in ("1810.HK", "1810 HK", "SAP.DE"):
        assert (
            checked_events(pd.DataFrame({"event_id": ["e"], "security": [ticker], "known_at": [AFTER_CLOSE], "date": [None]}))["venue"]
            .notna()
            .all()
        )
    with_name = pd.DataFrame({"event_id": ["e"], "security": ["SAP GR"], "known_at": [AFTER_CLOSE], "date": ["2020-11-12"]})
    assert "venue" not in checked_events(with_name).columns


def test_an_instant_without_a_zone_is_refused_where_its_venue_is_in_the_ticker():
    with pytest.raises(impact.InputError, match=r"events\['known_at'\] of event 'e' .*has no zone"):
        study("0941.HK", known_at=["2020-11-13 07:30"], date=["2020-11-12"])


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        (["12 Nov 2020", "11/25/2020"], ["2020-11-12", "2020-11-25"]),
        (["2020-11-12", "13/11/2020"], ["2020-11-12", "2020-11-13"]),
        (["12 Nov 2020", "03/11/2020"], "can be read in two ways, or in none (first '03/11/2020')"),
        (["Fri 12 Nov 2020", "2020-11-13"], "'Fri 12 Nov 2020' is a Thursday (1 such)"),
        (["Thu 12 Nov 2020", "Friday, 13 November 2020"], ["2020-11-12", "2020-11-13"]),
        (["2020-13-11", "2020-12-11"], "'2020-13-11' has no month of that number, so its days may stand before its months"),
    ],
)
def test_dates_in_letters_and_in_figures_are_read_each_by_itself(dates, days):
    events = pd.DataFrame({"event_id": ["a", "b"], "security": "0941.HK", "date": dates})
    if isinstance(days, str):
        with pytest.raises(impact.InputError) as refusal:
            checked_events(events)
        assert days in str(refusal.value)
    else:
        assert [f"{pd.Timestamp(day):%Y-%m-%d}" for day in checked_events(events)["date"]] == days
