"""Days that a caller gives: one reading, or the reason why there is none."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from impact.errors import InputError
from impact.market.given_days import faults_of_days
from impact.market.panel import session_label

TWO_WAYS = "can be read in two ways, or in none"


@pytest.mark.parametrize(
    "value",
    [
        *(
            "2021-02-24",
            " 2021-02-24 ",
            "2021-02-24T00:00",
            "2021/02/24",
            "2021-2-24",
            "20210224",
            "24.02.2021",
            "24/02/2021",
            "02/24/2021",
        ),
        *("24 Feb 2021", "Feb 24, 2021", 20210224, 20210224.0, np.int64(20210224), dt.date(2021, 2, 24), dt.datetime(2021, 2, 24)),
        *(pd.Timestamp("2021-02-24"), np.datetime64("2021-02-24")),
    ],
)
def test_every_way_to_write_a_day_is_that_day(value):
    days, faults = faults_of_days([value])
    assert days[0] == pd.Timestamp("2021-02-24") and faults == [""] and session_label(value, "start") == pd.Timestamp("2021-02-24")


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        *[(value, TWO_WAYS) for value in ("03/12/2020", "3-12-2020", "99/99/2020")],
        *[
            (value, "is not a date")
            for value in ("soon", "now", "", "2021", "2021-02", "2021-13-01", "20211301", 7, True, [], 2e300, np.inf)
        ],
        *[(value, "is not a date") for value in ("2021-02-24 to 2021-03-01", pd.Period("2021-02"))],
        *[(value, "carries a zone") for value in ("2021-02-24T00:00Z", pd.Timestamp("2021-02-24", tz="Asia/Hong_Kong"))],
        *[(value, "carries a time of day") for value in ("2021-02-24 15:00", dt.datetime(2021, 2, 24, 3))],
    ],
)
def test_what_is_no_single_day_says_why(value, fault):
    days, faults = faults_of_days([value])
    assert pd.isna(days[0]) and faults == [fault]
    with pytest.raises(InputError, match=f"start=.* {'is not a session' if fault.startswith('carries') else fault}; .*write .*YYYY-MM-DD"):
        session_label(value, "start")


def test_the_order_of_day_and_month_is_one_for_all():
    days, faults = faults_of_days(["03/12/2020", None, "25/12/2020", np.nan])
    assert (
        days[[0, 2]].tolist() == [pd.Timestamp("2020-12-03"), pd.Timestamp("2020-12-25")]
        and faults == [""] * 4
        and days[[1, 3]].isna().all()
    )
    assert faults_of_days(["25/12/2020", "12/25/2020"])[1] == [TWO_WAYS] * 2
    assert faults_of_days([])[1] == [] and faults_of_days(["1500-01-01", "2021-01-04"])[1][1] == ""
