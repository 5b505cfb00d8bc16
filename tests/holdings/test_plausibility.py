"""Figures that cannot all be right are doubted on their line and left as printed; a book without one is silent."""

import pandas as pd
import pytest

from impact.holdings import check_portfolio, read_holdings
from impact.holdings.plausibility import doubts_of_file


def _book(**columns):
    return pd.DataFrame({"Ticker": ["AAA US", "BBB US", "CCC US", "DDD US"], "Name": list("ABCD"), "Currency": "USD", **columns})


QUIET = {"Shares": [10.0, 20, 30, 40], "Price": [5.0, 6, 7, 8], "Market Value": [50.0, 120, 215, 330]}


def _problems(book):
    return read_holdings(book, as_of="2021-01-13").issues


def test_a_quiet_book_stays_quiet():
    assert _problems(_book(**QUIET)).empty
    weights = [value / 715 * 100 for value in QUIET["Market Value"]]
    assert _problems(_book(**QUIET, **{"Weight (%)": weights})).empty
    cash = pd.DataFrame(
        {"Name": ["Cash"] * 3, "Asset Class": "Cash", "Quantity": [1.0, 2, 3], "Market Value": [1.0, 2, 3], "Currency": "USD"}
    )
    assert not _problems(cash)["problem"].str.contains("column of quantities").any()


@pytest.mark.parametrize(
    ("value", "said"),
    [(12000.0, "hundredth of the currency"), (120e3, "another unit"), (480.0, "a split by 4"), (260.0, "2.167 times quantity times price")],
)
def test_a_value_off_from_quantity_times_price(value, said):
    issues = _problems(_book(**{**QUIET, "Market Value": [50.0, value, 215, 330]}))
    assert issues["row"].tolist() == [2] and said in issues["problem"].iloc[0] and issues["action"].iloc[0].startswith("kept as read")


def test_values_in_the_column_of_quantities():
    issues = _problems(_book(Shares=[50.0, 120, 215, 330], **{"Market Value": [50.0, 120, 215, 330]}))
    assert issues["column"].tolist() == ["quantity"] and "column of quantities" in issues["problem"].iloc[0]


def test_printed_weights_that_are_not_the_values():
    issues = _problems(_book(**QUIET, **{"Weight (%)": [7.0, 30.0, 30.0, 33.0]}))
    assert issues["row"].tolist() == [2, 4] and issues["column"].eq("weight").all()
    assert issues["problem"].iloc[0] == "the weight printed is 30.00 %, the value is 16.78 % of the sum"


def test_many_doubts_of_one_kind_are_one():
    n = 60
    rows = read_holdings(
        pd.DataFrame(
            {
                "Ticker": [f"T{i} US" for i in range(n)],
                "Shares": 10.0,
                "Price": 5.0,
                "Market Value": [50.0] * 30 + [5000.0] * 30,
                "Currency": "USD",
            }
        )
    ).rows
    assert len(doubts_of_file(rows)) == 1 and "30 lines" in doubts_of_file(rows)["problem"].iloc[0]


def test_a_date_before_any_book():
    assert "before 1970-01-01" in _problems(_book(**QUIET, **{"As of": ["1900-01-01", *["2021-01-13"] * 3]}))["problem"].iloc[0]


@pytest.mark.parametrize(
    ("price", "currency", "said"),
    [
        (32.5, "HKD", ""), (32.5 / 7.7545, "USD", ""), (3250.0, "HKD", "hundredth of the currency"), (32.5 / 5, "HKD", "split by 5"),
        (32.5, "USD", "times the close of 1810.HK on 2021-01-13"), (32.5, "", ""),
    ],
)  # fmt: skip
def test_prices_against_closes_on_record(price, currency, said):
    book = pd.DataFrame(
        {"Ticker": ["1810 HK"], "Name": ["Xiaomi"], "Shares": [1000.0], "Market Value": [1000.0 * price], "Currency": currency}
    )
    report = check_portfolio(book, as_of="2021-01-14T18:00-05:00", holdings_as_of="2021-01-13")
    assert report.positions["status"].tolist() == ["restricted"] and report.issues["problem"].str.contains("close").any() == bool(said)
    assert not said or said in report.issues["problem"].iloc[-1]


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        ("易方达沪深300ETF联接C", ""),
        ("某某全球优质A(QDII)", ""),
        ("永赢半导体C", "a_share_mf"),
        ("某某成长混合", "基金"),
        ("KODEX 200 펀드", ""),
    ],
)
def test_chinese_and_korean_funds_are_funds_and_not_clear(name, stated):
    book = pd.DataFrame({"Ticker": ["025209"], "Name": [name], "Type": [stated], "Weight": [0.5], "Currency": ["CNY"]})
    report = check_portfolio(read_holdings(book, weight_unit="fraction"), as_of="2021-01-14T18:00-05:00")
    assert report.positions["status"].tolist() == ["unknown"]
