"""A line that no table knows, and that may be another class of a listed issuer, is a proposal and never clear."""

import pandas as pd
import pytest

from impact.holdings import Designation, check_portfolio
from impact.holdings.what_if import designated_tables
from impact.rules import permitted

PUBLIC, LATER = pd.Timestamp("2026-03-02T16:05-05:00"), "2026-06-02T12:00-04:00"
SAMSUNG = Designation(security="005930.KS", at=PUBLIC, programme="ns-cmic", name="Samsung Electronics Co., Ltd.")
NAMELESS = Designation(security="VOLV-A.ST", at=PUBLIC, programme="ns-cmic")


def status(designation, **cells):
    book = pd.DataFrame(
        {**{column: [cell] for column, cell in cells.items()}, "Quantity": [1], "Market Value": [100.0], "Currency": ["USD"]}
    )
    return check_portfolio(book, as_of=LATER, designations=[designation]).positions["status"].tolist()


@pytest.mark.parametrize(
    "cells",
    [
        {"Ticker": "005935.KS"},
        {"Ticker": "005935.KS", "Name": "Samsung Electronics Pref"},
        {"ISIN": "KR7005931001", "Name": "Samsung Electronics Pref"},
        {"Ticker": "005935 KS", "ISIN": "KR7005931001", "Name": "SAMSUNG ELECTR-PRF"},
    ],
)
def test_another_class_of_a_stated_issuer_is_unknown(cells):
    assert status(SAMSUNG, **cells) == ["unknown"]


@pytest.mark.parametrize("cells", [{"Ticker": "000660.KS", "Name": "SK Hynix"}, {"Ticker": "AAPL US", "Name": "Apple Inc"}])
def test_a_line_of_another_issuer_stays_clear(cells):
    assert status(SAMSUNG, **cells) == ["clear"]


def test_a_share_class_behind_a_hyphen_is_unknown():
    assert status(NAMELESS, Ticker="VOLV-B.ST") == ["unknown"] and status(NAMELESS, Ticker="VOLCAR-B.ST") == ["clear"]


@pytest.mark.parametrize(
    ("designation", "line", "answer"),
    [(SAMSUNG, "005935.KS", "unknown"), (SAMSUNG, "000660.KS", "not_listed"), (NAMELESS, "VOLV-B.ST", "unknown")],
)
def test_permitted_says_so_too(designation, line, answer):
    tables = designated_tables((designation,), PUBLIC)
    assert permitted("buy", line, LATER, tables=tables).status == answer
    assert permitted("buy", line, LATER).status == "not_listed"


@pytest.mark.parametrize("line", ["VLVLY US", "VOL1 GR", "8306 JP"])
def test_a_nameless_line_elsewhere_may_be_one_of_an_issuer_whose_lines_no_table_knows(line):
    assert status(NAMELESS, Ticker=line) == ["unknown"]


@pytest.mark.parametrize("cells", [{"Ticker": "8306 JP", "Name": "Mitsubishi UFJ"}, {"Ticker": "700 HK"}, {"Ticker": "ERIC-B.ST"}])
def test_a_name_a_table_or_the_same_venue_tell_that_it_is_another(cells):
    assert status(NAMELESS, **cells) == ["clear"]


def test_permitted_doubts_a_line_elsewhere_beside_a_stated_issuer():
    tables = designated_tables((NAMELESS,), PUBLIC)
    answer = permitted("buy", "8306.T", LATER, tables=tables)
    assert answer.status == "unknown" and "designation is stated" in answer.rule
    assert permitted("buy", "ERIC-B.ST", LATER, tables=tables).status == "not_listed"
    known = designated_tables((Designation(security="0700.HK", at=PUBLIC, programme="ns-cmic"),), PUBLIC)
    assert permitted("buy", "8306.T", LATER, tables=known).status == "not_listed"
