"""A line whose venue has no calendar here: the dates of the law are told, and the rows of its own prices are its sessions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import impact
from impact.calendars import VENUES
from impact.cases.line_sessions import LineSessions
from impact.cases.new_case import write_case
from impact.errors import DataUnavailable
from impact.rules import deadlines

PUBLIC = "2026-11-20T16:05:00-05:00"  # 23:05 of a Friday in Tel Aviv
WITHOUT = sorted(mic for mic, venue in VENUES.items() if not venue.calendar and venue.closes)
LINES = {"XTAE": "TEVA.TA", "DSMD": "QNBK.QA", "XDFM": "EMAAR.AE", "XKUW": "KFH.KW", "XCAI": "COMI.CA"}


def test_there_are_such_venues():
    assert set(LINES) <= set(WITHOUT)


@pytest.fixture(scope="module")
def prices(tmp_path_factory):
    """Closes of Tel Aviv, Sunday to Thursday, with a fall on Sunday 22 November 2026."""
    days = pd.date_range("2025-10-01", "2026-11-26")
    days = days[days.day_of_week.isin([6, 0, 1, 2, 3])]
    rng = np.random.default_rng(3)
    close = 60 * np.exp(np.cumsum(rng.normal(0, 0.01, len(days))))
    close[days >= "2026-11-22"] *= 0.9
    folder = tmp_path_factory.mktemp("prices")
    frame = pd.DataFrame({"Date": days, "Close": close.round(3), "Volume": 2_000_000})
    frame.to_csv(folder / "line.csv", index=False)
    frame.assign(Close=100 * np.exp(np.cumsum(rng.normal(0, 0.008, len(days)))).round(4)).to_csv(folder / "index.csv", index=False)
    return folder


@pytest.mark.parametrize("security", LINES.values())
def test_the_law_is_told_and_the_sessions_are_unknown(security, tmp_path):
    case = impact.case(write_case(security, "ns-cmic", PUBLIC, tmp_path / "case", hypothetical=True, outstanding=1e9))
    clocks = case.deadlines().clocks.set_index("clock")
    assert clocks.loc["purchase_ban", "first_prohibited_et"] == "2027-01-19T00:01-05:00"
    assert clocks["last_session_on"].isna().all() and clocks["limited_by"].str.contains("has no calendar here").all()
    listed = case.timeline().designation()
    assert pd.isna(listed["reaction_on"]) and "has no calendar here" in listed["anchoring"]
    answers = dict(case.answers().lines())
    assert "buying barred from 2027-01-19 00:01 in New York, last session unknown" in answers["Until when, and whom it binds"]
    assert answers["How much must be sold"].startswith("Unknown: between none and 1.00 bn shares")
    assert "Monday to Friday are counted" in " ".join(case.supply().assumptions)
    assert "no session is left" not in str(answers)


def test_rows_of_the_own_prices_are_the_sessions(prices, tmp_path):
    case = impact.case(
        write_case(
            "TEVA.TA", "ns-cmic", PUBLIC, tmp_path / "case", prices=prices / "line.csv", benchmark="^TA125.TA",
            benchmark_prices=prices / "index.csv", currency="ILS", rates={"USD": 3.3}, outstanding=1e9,
        )
    )  # fmt: skip
    listed = case.timeline().designation()
    assert listed["reaction_on"] == pd.Timestamp("2026-11-22")  # a Sunday
    assert listed["close_return"] == pytest.approx(-0.1, abs=0.04)
    assert case.studied() is not None
    supply = case.supply()
    days = supply.wind_down.sessions
    assert days[0] == pd.Timestamp("2026-11-22") and set(days.day_of_week) == {6, 0, 1, 2, 3}
    assert "after 2026-11-26, the last row of the prices, are not on record" in " ".join(supply.assumptions)


def test_an_as_of_keeps_the_days_that_had_ended_everywhere(prices, tmp_path):
    folder = write_case(
        "TEVA.TA", "ns-cmic", PUBLIC, tmp_path / "case", prices=prices / "line.csv", benchmark="^TA125.TA",
        benchmark_prices=prices / "index.csv", currency="ILS",
    )  # fmt: skip
    before, after = (impact.case(folder, as_of=at).prices().sessions[-1] for at in ("2026-11-24T17:30+02:00", "2026-11-25T14:30+02:00"))
    assert before < pd.Timestamp("2026-11-24") == after


def test_news_outside_the_prices_has_no_session():
    own = pd.DatetimeIndex(["2026-11-22", "2026-11-23"])
    days = LineSessions(venue="XTAE", own=own)
    for instant in ("2026-11-21T09:00+02:00", "2026-11-23T17:25+02:00"):
        with pytest.raises(DataUnavailable, match="prices run from 2026-11-22 to 2026-11-23"):
            days.first_to_react(pd.Timestamp(instant))
    assert days.first_to_react(pd.Timestamp("2026-11-22T17:25+02:00"))[0] == own[1]
    assert days.first_to_react(pd.Timestamp("2026-11-22T12:00+02:00"))[:2] == (own[0], True)


def test_clocks_on_record_name_a_line_there():
    """EMAAR.AE is on no list: nothing is dropped for want of a calendar, and no clock is made up."""
    asked = deadlines("EMAAR.AE", as_of=PUBLIC)
    assert asked.dropped.empty and asked.clocks.empty
