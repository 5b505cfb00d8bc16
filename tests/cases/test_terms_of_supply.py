"""The terms of supply are the law at the instant asked: blockings, their licences, and what a later order bars."""

from __future__ import annotations

import pandas as pd
import pytest

import impact
from impact.cases import case_names
from impact.cases.case_law import law_of
from impact.cases.listing import listing_of
from impact.cases.shipped import define_case
from impact.cases.supply import supply_inputs, supply_of_case

GL_127 = "GL 127 frees a sale to divest from it until 2025-11-21 00:01 ET"


@pytest.mark.parametrize("name", ["lukoil", "rosneft"])
@pytest.mark.parametrize("as_of", [None, "2025-11-01T12:00-04:00"])
def test_a_later_blocking_and_its_licence_set_the_terms_of_supply(name, as_of):
    supply = supply_of_case(name, as_of)
    window = supply.wind_down
    assert window.rule.name == "blocking" and window.has_deadline
    assert window.sessions[[0, -1]].strftime("%Y-%m-%d").tolist() == ["2025-10-23", "2025-11-20"]
    assert any(GL_127 in text for text in supply.assumptions)
    assert not any("sets no date" in text or "No list names" in text for text in supply.assumptions)


def test_before_it_is_blocked_nothing_of_the_blocking_is_known():
    supply = supply_of_case("lukoil", "2025-10-01T12:00-04:00")
    assert supply.wind_down.rule.name == "purchase_ban" and not any("GL 127" in text for text in supply.assumptions)


@pytest.mark.parametrize("as_of", ["2018-04-10T12:00-04:00", "2018-06-01T12:00-04:00", None])
def test_what_is_blocked_may_be_sold_to_the_end_of_the_licence_on_record(as_of):
    supply = supply_of_case("rusal", as_of)
    assert supply.wind_down.has_deadline and supply.wind_down.sessions[-1] == pd.Timestamp("2018-05-04")  # 7 May ends after 00:01 ET
    assert any("GL 13 frees a sale to divest from it until 2018-05-07 00:01 ET" in text for text in supply.assumptions)
    assert not any("sets no date" in text for text in supply.assumptions)


def test_a_licence_that_is_not_verified_sets_no_deadline():
    window = supply_of_case("sberbank").wind_down
    assert not window.has_deadline and window.sessions[[0, -1]].strftime("%Y-%m-%d").tolist() == ["2022-04-07", "2022-07-29"]


def test_the_end_of_a_listing_is_not_told_on_its_first_evening():
    listing = listing_of(define_case("rusal"), "2018-04-06T20:00-04:00")
    assert listing.ended_on is None and listing.fate == ""


def test_a_case_that_rolled_into_another_order_tells_what_that_bars():
    assert any("(NS-CMIC) ban" in text and "2021-08-02" in text for text in supply_of_case("china-mobile").assumptions)


@pytest.mark.parametrize("as_of", [None, "2021-01-12T12:00-05:00"])
def test_sales_of_trackers_of_whom_nothing_is_known_are_unknown_not_zero(as_of):
    closes = supply_of_case("china-mobile", as_of).tracker_closes()
    assert len(closes) and closes[["tracker_shares_low", "tracker_shares_mid", "tracker_shares_high"]].isna().all(axis=None)


@pytest.mark.parametrize("name", case_names())
def test_the_terms_of_supply_are_the_law_that_the_case_tells(name):
    known = supply_inputs(define_case(name))
    law = law_of(define_case(name))
    stands = [pair for pair in law.blocked if pair[1].removed_at is None]
    assert not stands or known.wind_down.rule.name == "blocking"
    assert all(any(told.lower() in text.lower() for text in known.assumptions) for told in law.blockings())


@pytest.mark.parametrize(("name", "as_of"), [("hesai", "2024-02-05T18:00-05:00"), ("tencent", "2025-01-06T18:00-05:00")])
def test_where_nothing_is_forced_by_law_the_price_says_so_and_not_that_nothing_is_missing(name, as_of):
    case = impact.case(name, as_of=as_of)
    assert "nothing is forced by law" in case.price_narrowing().headline() and "nothing is forced by law" in case.pricing().flow_unknown
