"""Days that are given by text: year first, or asked for."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from impact.calendars import session_close, sessions
from impact.errors import InputError
from impact.identifiers import security_lines
from impact.instants import parse_day
from impact.market.bundled import usd_per_unit
from impact.pricing import event_library

DAY = pd.Timestamp("2020-03-12")


@pytest.mark.parametrize(
    "value", ["2020-03-12", "20200312", " 2020-03-12 ", dt.date(2020, 3, 12), dt.datetime(2020, 3, 12), np.datetime64("2020-03-12"), DAY]
)
def test_a_day_is_read_one_way(value):
    assert parse_day(value, parameter="on") == DAY and parse_day(value, parameter="on").unit == "ns"


@pytest.mark.parametrize(
    "value", ["03/12/2020", "12.3.2020", "12 March 2020", "2020-13-01", "2020-3-12", 20200312, 1.5, None, pd.NaT, "", "0001-01-01"]
)
def test_a_day_that_reads_in_two_ways_or_none_is_asked_for(value):
    with pytest.raises(InputError, match=r"^on=.*write it as 2021-01-15\.$"):
        parse_day(value, parameter="on")


@pytest.mark.parametrize(
    "asked",
    [
        lambda day: sessions("XHKG", day, "2020-12-31"),
        lambda day: sessions("XHKG", "2020-01-02", day),
        lambda day: session_close(day, "XHKG"),
        security_lines,
        lambda day: usd_per_unit("HKD", day),
        lambda day: event_library().select(since=day),
    ],
)
def test_every_caller_asks_for_the_year_first(asked):
    with pytest.raises(InputError, match="'03/12/2020' is not a date written year first"):
        asked("03/12/2020")
