"""The class of a listing that the event library does not hold follows from its programme and the earlier listings of its issuer."""

from __future__ import annotations

import pandas as pd
import pytest

import impact
from impact.cases.news import earlier_listings
from impact.pricing.announcement_fit import shipped_library

AT = "2026-11-28T16:05-05:00"
EU_LIST = {"name": "An EU list", "binds": ["eu_person"], "buy_barred_from": "2026-12-01T00:01+01:00"}


def news(**stated):
    return impact.case(public_at=AT, hypothetical=True, **stated).pricing().announcement


@pytest.mark.parametrize(
    ("security", "programme", "right", "why"),
    [
        (
            "005930.KS",
            "ns-cmic",
            "first_bar_offshore",
            "ns-cmic bars US persons from the line, and its issuer is on no earlier list on record.",
        ),
        ("005930.KS", "ndaa-1260h", "no_bar_first_offshore", "bars nobody from the line"),
        ("600519.SS", "ndaa-1260h", "no_bar_first_a_share", "is on no earlier list on record"),
        ("0700.HK", "ns-cmic", "first_bar_offshore", "was listed before (WeChat EO on 2020-08-06)"),
        ("0700.HK", "entity-list", "repeat_offshore", "was listed before"),
        ("1810.HK", "ns-cmic", "repeat_offshore", "was barred before (ndaa-1237 on 2021-01-14)"),
        ("005930.KS", "hfcaa", "no_bar_first_offshore", "hfcaa bars nobody"),
        ("PDD", "ndaa-1260h", "repeat_offshore", "was listed before (off hfcaa on 2022-12-15)"),
    ],
)
def test_the_class_of_a_stated_listing(security, programme, right, why):
    shock = news(security=security, programme=programme)
    assert shock.cell == right
    assert shock.scenario.size and shock.n_dates >= 3
    assert any(why in text for text in shock.assumptions), shock.assumptions


def test_an_event_of_another_list_on_that_day_is_other_news():
    """The s.1260H list of 8 June 2026 names both; a bar stated for that day would be their first."""
    for security, programme, right in (("BABA", "ns-cmic", "first_bar_offshore"), ("300308.SZ", "sdn-eo14024", "first_bar_a_share")):
        case = impact.case(security=security, programme=programme, public_at="2026-06-08T16:05-04:00", hypothetical=True)
        assert case.pricing().announcement.cell == right


@pytest.mark.parametrize(
    ("leaked_at", "right"), [("2026-11-26T10:00-05:00", "after_leak"), ("2026-11-28T15:00-05:00", "first_bar_offshore")]
)
def test_a_leak_that_a_session_could_react_to_first_is_said(leaked_at, right):
    """28 November 2026 is a Saturday: Seoul reacts to both instants of that day on Monday."""
    shock = news(security="005930.KS", programme="ns-cmic", leaked_at=leaked_at)
    assert shock.cell == right
    assert any("The press had the listing before" in text for text in shock.assumptions) is (right == "after_leak")


def test_the_default_is_the_same_whatever_the_class():
    ranges = {tuple(news(security="005930.KS", programme=programme).quantiles().values()) for programme in ("ns-cmic", "ndaa-1260h")}
    assert len(ranges) == 1


def test_a_listing_that_binds_nobody_in_the_united_states_has_no_class():
    shock = news(security="005930.KS", own_programme=EU_LIST)
    assert shock.cell == "" and not shock.scenario.size
    assert any("its class is unknown" in text for text in shock.assumptions)


@pytest.mark.parametrize(
    ("case", "right", "derived"),
    [("xiaomi", "first_bar_offshore", False), ("byd", "no_bar_first_offshore", False), ("zte", "no_bar_first_offshore", False),
     ("catl", "no_bar_first_a_share", True), ("amec", "repeat_a_share", True), ("veon", "", False)],
)  # fmt: skip
def test_the_class_of_cases_that_ship(case, right, derived):
    shock = impact.case(case).pricing().announcement
    assert shock.cell == right
    assert any(text.startswith("Class derived") for text in shock.assumptions) is derived


def test_what_is_derived_agrees_with_what_the_library_says():
    """Bars all agree; of 220 listings thirteen differ in being the first: groups and units that the library counts otherwise than the fact base."""
    rows = shipped_library().designations
    listings = rows[rows["action"].isin(["first_listing", "relisting"])]
    lines = rows.groupby("issuer")["security"].agg(set)
    before = [earlier_listings(lines[issuer], day) for issuer, day in zip(listings["issuer"], listings["public_on"], strict=True)]
    first = pd.Series([not told.listed for told in before], index=listings.index)
    barred = pd.Series([not told.barred for told in before], index=listings.index) & listings["bars_holding"]
    assert (barred == listings["first_bar"]).all()
    assert len(listings) == 220 and int((first == listings["first_for_issuer"]).sum()) == 207
