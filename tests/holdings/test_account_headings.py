"""Lines that head an account and carry its value are no positions, and name the account of the lines below."""

from __future__ import annotations

import pytest

HEAD = "Symbol,Description,Quantity,Price,Value"
FIRST = ("XIACY,Xiaomi ADR,100,20.00,2000.00", "AAPL,Apple,50,150.00,7500.00")
SECOND = ("AAPL,Apple,20,150.00,3000.00", "CHL,China Mobile ADR,100,30.00,3000.00")


@pytest.mark.parametrize("column", ["{},,,,{}", ",{},,,{}"])
@pytest.mark.parametrize(
    ("one", "other"),
    [("Account 123 - Taxable", "Account 456 - IRA"), ("Roth IRA (XXXX-1234)", "Joint Brokerage"), ("Depot 12", "Konto 13")],
)
def test_an_account_whose_value_is_the_sum_of_its_lines(read, column, one, other):
    file = read(HEAD, column.format(one, "9500.00"), *FIRST, column.format(other, "6000.00"), *SECOND)
    assert file.rows["row"].tolist() == [3, 4, 6, 7] and file.issues.empty
    assert file.rows["account"].tolist() == [one, one, other, other]
    assert file.dropped[["row", "reason"]].to_numpy().tolist() == [[2, "a total, not a position"], [5, "a total, not a position"]]


def test_one_position_in_each_account(read):
    file = read(HEAD, "Account 1,,,,2000.00", FIRST[0], "Account 2,,,,3000.00", SECOND[0])
    assert file.rows["market_value"].tolist() == [2000.0, 3000.0] and file.rows["account"].tolist() == ["Account 1", "Account 2"]


def test_a_value_that_is_no_sum_beside_one_that_is_is_said(read):
    file = read(HEAD, "Account 1,,,,9999.00", *FIRST, "Account 2,,,,6000.00", *SECOND)
    assert file.rows["market_value"].sum() == 15500.0
    assert file.issues[["row", "problem"]].to_numpy().tolist() == [[2, "the value of an account, which is no sum of its lines"]]


@pytest.mark.parametrize("line", ["Konto EUR,,,,5000.00", "Pension Trust Fund,,,,5000.00", "Account 7,,,,5000.00"])
def test_an_account_among_positions_that_sums_up_none_is_held(read, line):
    assert read(HEAD, line, *FIRST).rows["market_value"].tolist() == [5000.0, 2000.0, 7500.0]
    assert read(HEAD, *FIRST, line).rows["market_value"].tolist() == [2000.0, 7500.0, 5000.0]


def test_a_list_of_accounts_alone_is_kept(read):
    assert len(read("Name,Value", "Account 1,2000.00", "Account 2,3000.00", "Account 3,4000.00").rows) == 3


def test_a_total_of_all_accounts_below_is_one(read):
    file = read(HEAD, "Account 1,,,,9500.00", *FIRST, "Account 2,,,,6000.00", *SECOND, "Total,,,,15500.00")
    assert len(file.rows) == 4 and file.issues.empty


def test_totals_of_accounts_below_their_lines_are_in_no_sum(read):
    first, second = (
        ("Account 1,,,,9500.00", *FIRST, "Total Account 1,,,,9500.00"),
        ("Account 2,,,,6000.00", *SECOND, "Account total,,,,6000.00"),
    )
    file = read(HEAD, *first, *second, "Grand total,,,,15500.00")
    assert file.rows["row"].tolist() == [3, 4, 7, 8] and len(file.dropped) == 5


def test_a_kind_of_asset_above_the_lines_of_one_account_is_a_total_too(read):
    file = read(HEAD, "Equities,,,,9500.00", *FIRST, "Depot 12,,,,6000.00", *SECOND)
    assert file.rows["row"].tolist() == [3, 4, 6, 7] and file.issues.empty
