"""Funds, accounts of cash and terminal tickers whose words are those of totals, accounts and codes as well."""

from __future__ import annotations

import pandas as pd
import pytest

from impact.holdings import as_portfolio

AMBIGUOUS = "the sum of the lines above, and called as a fund or a firm may be as well: a total?"


@pytest.mark.parametrize("header", ["Name,Quantity,Market Value", "Name,Market Value"])
def test_a_fund_that_is_the_sum_of_a_bare_book_is_said(read, header):
    gap = "," if "Quantity" in header else ""
    file = read(header, f"Xiaomi,{gap}600", f"Apple,{gap}400", f"Total Market Fund,{gap}1000")
    assert file.rows["market_value"].tolist() == [600, 400] and file.dropped["text"].tolist() == ["Total Market Fund"]
    assert file.issues["problem"].tolist() == [AMBIGUOUS]


def test_a_printed_total_tells_a_fund_from_a_sum(read):
    book = ("Name,Market Value", "Xiaomi,600", "Apple,400", "Total Market Fund,1000")
    assert read(*book, "Total,2000").rows["market_value"].sum() == 2000
    whole = read(*book, "Total,1000")
    assert whole.rows["market_value"].sum() == 1000 and whole.issues.empty


@pytest.mark.parametrize("fund", ["Total Bond Fund", "Total World Fund", "Total Market Index Fund", "Total International Equity Fund"])
def test_a_fund_without_a_code_that_is_no_sum_is_held(read, fund):
    file = read("Name,Ticker,Quantity,Market Value", "Xiaomi,XIACY,1,1000", "Tencent,TCEHY,1,500", f"{fund},,,700", "Apple,AAPL,1,50")
    assert fund in file.rows["name"].tolist() and file.rows["market_value"].sum() == 2250


def test_the_whole_of_a_fund_is_still_a_total(read):
    file = read("Name,Ticker,Quantity,Market Value", "Xiaomi,XIACY,1,1000", "Tencent,TCEHY,1,500", "Total Fund,,,1500")
    assert file.rows["market_value"].sum() == 1500 and file.issues.empty


def test_words_before_equity_are_no_ticker(read):
    rows = read("Name,Market Value", "700 HK Equity,40", "BRK/B US Equity,30", "Growth of America Equity,20").rows
    assert rows["ticker"].tolist() == ["700 HK Equity", "BRK/B US Equity", ""]


@pytest.mark.parametrize("account", ["Savings account 5", "Cash account 12", "Account 7 - Deposit"])
def test_an_account_of_cash_heads_no_positions(read, account):
    lines = (
        "Brokerage 1,,,,1500",
        "Xiaomi ADR,XIACY,100,10,1000",
        "Tencent ADR,TCEHY,10,50,500",
        f"{account},,,,9000",
        "Apple,AAPL,5,50,250",
    )
    file = read("Name,Symbol,Quantity,Price,Market Value", *lines)
    assert file.rows["market_value"].sum() == 10750 and file.dropped["text"].tolist() == ["Brokerage 1"]


def test_a_figure_within_a_word_numbers_no_account(read):
    file = read("Name,Market Value", "United Trust 3,1500", "Xiaomi,1000", "Tencent,500", "3i Trust,250", "Apple,240")
    assert file.rows["name"].tolist() == ["Xiaomi", "Tencent", "3i Trust", "Apple"]


def test_what_is_said_of_an_account_is_said_once(read):
    header, lots = "Name,Symbol,Quantity,Price,Market Value", ("Xiaomi,XIACY,100,10,1000", "Tencent,TCEHY,10,50,500")
    whole = read("Name,Market Value", "Joint Trust 1,1500", "Xiaomi,1000", "Tencent,500", "Northern Stars,250", "Roth IRA,99", "Apple,99")
    assert not whole.issues["problem"].str.startswith("called a total").any()
    short = read(header, "Brokerage 1,,,,1500", *lots, "IRA 2,,,,260", "Apple,AAPL,5,50,250")
    assert short.issues["problem"].tolist() == ["the value of an account, which is no sum of its lines"]


def test_values_without_a_rate_are_not_called_missing():
    book = pd.DataFrame({"Name": ["Xiaomi", "Tencent"], "Market Value (HKD)": [600.0, 400.0], "Weight": ["60%", "40%"]})
    said = as_portfolio(book, currency="USD").assumptions
    assert "No value of the file is known in USD: values are weight times net assets." in said
    only = as_portfolio(book.drop(columns="Market Value (HKD)")).assumptions
    assert "The file gives weights and no values: values are weight times net assets." in only
