"""Kinds of investors with duties of their own: state funds, defence contractors, and what a non-US person is warned of."""

from __future__ import annotations

import pandas as pd
import pytest

from impact.holdings import check_portfolio
from impact.rules import permitted
from impact.rules.vocabulary import LAW_NOT_ON_RECORD, READ_AS, country_of

BEFORE, AFTER = "2022-02-10T12:00-05:00", "2025-02-10T12:00-05:00"


@pytest.mark.parametrize(
    ("action", "security", "instant", "status"),
    [
        ("buy", "0005.HK", BEFORE, "not_listed"),
        ("buy", "0005.HK", AFTER, "unknown"),
        ("hold", "0700.HK", AFTER, "unknown"),
        ("buy", "7203.T", AFTER, "not_listed"),
        ("buy", "0941.HK", AFTER, "prohibited"),
    ],
)
def test_a_state_fund_is_bound_by_a_law_that_is_not_on_record(action, security, instant, status):
    answer = permitted(action, security, instant, "state_pension_fund", as_of=instant)
    assert answer.status == status
    assert ("look up the law of its state" in answer.rule) == (status == "unknown")


def test_a_text_is_cited_from_its_own_instant():
    early = permitted("buy", "0005.HK", "2024-06-03T12:00-04:00", "state_pension_fund", as_of="2024-06-03T12:00-04:00")
    assert early.status == "unknown" and "2024-11-21" not in early.citation + early.rule
    assert "Texas SB 667" in permitted("buy", "0005.HK", "2026-02-02T12:00-05:00", "state_pension_fund").citation


def test_a_contractor_may_deal_and_is_told_the_procurement_dates():
    answer = permitted("buy", "0700.HK", AFTER, "dod_contractor", as_of=AFTER)
    assert answer.status == "allowed" and "2026-06-30" in answer.rule and "2027-06-30" in answer.rule
    assert permitted("buy", "0941.HK", AFTER, "dod_contractor").status == "prohibited"
    assert permitted("buy", "0005.HK", AFTER, "dod_contractor").status == "not_listed"


def test_a_non_us_person_is_warned_of_causing_a_violation():
    answer = permitted("buy", "0941.HK", AFTER, "non_us_person")
    assert answer.status == "allowed" and "50 USC 1705(a)" in answer.changes[0]
    assert not any("1705" in line for line in permitted("buy", "0941.HK", AFTER).changes)


def test_check_reads_the_same_duty():
    book = pd.DataFrame({"Ticker": ["5 HK", "7203 JP"], "Quantity": 1, "Market Value": 100.0, "Currency": "USD"})
    for instant, status in ((BEFORE, "clear"), (AFTER, "unknown")):
        positions = check_portfolio(book, as_of=instant, investor="state_pension_fund").positions
        assert positions["status"].tolist() == [status, "clear"]


@pytest.mark.parametrize("investor", [name for name, read_as in READ_AS.items() if read_as == "us_person"])
@pytest.mark.parametrize("security", ["0941.HK", "SBER.ME", "GAZP.ME", "7203.T"])
def test_what_binds_a_us_person_binds_them_too(investor, security):
    assert country_of("7203.T") == "JP"
    mine, base = (permitted("buy", security, AFTER, who).status for who in (investor, READ_AS[investor]))
    assert mine == base


@pytest.mark.parametrize(("investor", "authority"), LAW_NOT_ON_RECORD.items())
@pytest.mark.parametrize("security", ["0941.HK", "SBER.ME", "7203.T"])
def test_an_investor_whose_own_lists_are_not_on_record_is_told_so(investor, authority, security):
    answer = permitted("buy", security, AFTER, investor)
    assert answer.status == "unknown" and any(f"The lists of {authority}" in ruling.rule for ruling in answer.rulings)
