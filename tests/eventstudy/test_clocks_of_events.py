"""Instants of an event table: with a venue stated, in the ticker alone, or nowhere; and dates that say something else."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import impact
from impact.calendars import sessions

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


def test_an_instant_without_a_zone_is_refused_where_its_venue_is_in_the_ticker():
    with pytest.raises(impact.InputError, match="has no zone"):
        study("0941.HK", known_at=["2020-11-13 07:30"], date=["2020-11-12"])
