"""Acts known to the day have both readings, projected sessions are said, and procurement dates are no clocks."""

from __future__ import annotations

import pandas as pd
import pytest
from click.testing import CliRunner

from impact.cli import cli
from impact.errors import InputError
from impact.holdings import Designation
from impact.holdings.what_if import designated_tables
from impact.reaction_readings import reaction_readings
from impact.rules import deadlines, permitted

NOW = "2026-11-20T10:00-05:00"


@pytest.mark.parametrize(
    ("instant", "precision", "venue", "earliest", "latest"),
    [
        # TCEHY fell on 6 January 2025, 0700.HK on the 7th
        ("2025-01-06T23:59:59-05:00", "day", "OTCM", "2025-01-06", "2025-01-07"),
        ("2025-01-06T23:59:59-05:00", "day", "XHKG", "2025-01-07", "2025-01-07"),
        ("2021-06-03T23:59:59-04:00", "day", "XNYS", "2021-06-03", "2021-06-04"),
        ("2021-06-03T23:59:59-04:00", "day", "XHKG", "2021-06-04", "2021-06-04"),  # summer: 06:00 in New York is 18:00 in Hong Kong
        ("2021-01-09T23:59:59-05:00", "day", "XNYS", "2021-01-11", "2021-01-11"),  # a Saturday
        ("2021-01-14T16:00:00-05:00", "session", "XNYS", "2021-01-15", "2021-01-15"),
        ("2021-01-08T16:00:00-05:00", "hour", "XNYS", "2021-01-08", "2021-01-11"),  # about the close
        ("2021-03-12T16:59:00-05:00", "minute", "XHKG", "2021-03-15", "2021-03-15"),
    ],
)
def test_both_readings_of_the_first_session(instant, precision, venue, earliest, latest):
    readings = reaction_readings(instant, precision, venue)
    assert readings.earliest is not None
    assert [f"{reading.session:%Y-%m-%d}" for reading in (readings.earliest, readings.latest)] == [earliest, latest]
    assert readings.differ == (earliest != latest)


def test_a_span_has_no_first_day_and_an_unknown_word_is_refused():
    readings = reaction_readings("1997-12-31T23:59:59-05:00", "span", "XNYS")
    assert readings.earliest is None and readings.differ
    with pytest.raises(InputError, match="precision"):
        reaction_readings("1997-12-31T23:59:59-05:00", "about", "XNYS")


def test_deadlines_say_which_sessions_a_listing_of_a_day_may_have_met():
    (note,) = [note for note in deadlines("CHL", "2021-01-30T12:00-05:00").notes if "hour of the listing" in note]
    assert "CHL 2021-01-08 or 2021-01-11" in note and "0941.HK 2021-01-11" in note
    assert not [note for note in deadlines("1810.HK", "2021-01-30T12:00-05:00").notes if "hour of the listing" in note]


@pytest.mark.parametrize(("line", "projected"), [("300750.SZ", True), ("3750.HK", False)])
def test_a_clock_beyond_the_record_of_holidays_says_so(line, projected):
    move = Designation(security="300750.SZ", at=NOW, programme="ns-cmic")
    clocks = deadlines(line, NOW, tables=designated_tables((move,), pd.Timestamp(NOW))).clocks
    told = clocks.loc[clocks["line"] == line, "limited_by"]
    assert len(told) == 2 and told.str.contains("projected").all() == projected


def test_procurement_dates_are_told_and_bar_nothing():
    answer = deadlines("0700.HK", NOW)
    dates = answer.procurement.set_index("clock")
    assert dates.loc["direct_procurement", "from_on"] == pd.Timestamp("2026-06-30")
    assert dates.loc["indirect_procurement", "from_on"] == pd.Timestamp("2027-06-30")
    assert dates.loc["list_of_concern", "from_on"] == pd.Timestamp("2026-12-18")
    assert pd.isna(dates.loc["procurement_of_concern", "from_on"]) and "look up" in dates.loc["procurement_of_concern", "rule"]
    assert (dates["citation"] != "").all() and answer.clocks.empty
    assert permitted("buy", "0700.HK", NOW, "dod_contractor").status == "allowed"


def test_procurement_dates_are_of_names_that_stand_as_known():
    assert "biosecure" not in set(deadlines("0700.HK", "2025-03-01T12:00-05:00").procurement["programme_id"])
    assert deadlines("0700.HK", "2024-12-01T12:00-05:00").procurement.empty
    assert deadlines("688012.SS", NOW).procurement.empty  # AMEC left the list in December 2024
    assert deadlines("0005.HK", NOW).procurement.empty


@pytest.mark.parametrize(("named", "code"), [([], 0), (["prohibited"], 1), (["unknown"], 0), (["unknown", "prohibited"], 1)])
def test_permitted_fails_on_the_answers_named(named, code):
    asked = ["permitted", "buy", "0981.HK", "--at", "2023-03-01T10:00-05:00"]
    assert CliRunner().invoke(cli, [*asked, *(word for name in named for word in ("--fail-on", name))]).exit_code == code
