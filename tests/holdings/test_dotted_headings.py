"""Headings that dots divide, as R and nested records write them: read whole, and by their end only behind words that say nothing."""

from __future__ import annotations

import json

import pytest

from impact.holdings import check_portfolio, read_holdings
from impact.holdings.heading_vocabulary import readings_of

AS_OF = "2021-01-20T18:00-05:00"
ON_NO_RECORD = "KYG9999T1064"


def first_reading(heading):
    return next((name for name, _ in readings_of(heading)), "")


@pytest.mark.parametrize(
    "heading",
    ["custodian.name", "Sector.Name", "Book.Value", "Cost.Value", "Unrealized.Value", "collateral.value", "dividend.amount", "Avg.Price",
     "Purchase.Price", "Prior.Quantity", "Sold.Quantity", "Benchmark.Weight", "active.weight", "parent.isin", "benchmark.isin", "fund.isin",
     "benchmark.security.isin", "custodian.security.name", "Sector.Code", "Shares.Value", "Average.Price.Value", "custodian.account.number"],
)  # fmt: skip
def test_the_last_word_alone_names_no_field_of_something_else(heading):
    assert readings_of(heading) == ()


@pytest.mark.parametrize(
    "heading",
    ["Custodian (Name)", "Name (Custodian)", "Benchmark (ISIN)", "ISIN (Benchmark)", "Value (Book)", "Book (Value)", "Price (Purchase)",
     "Market Value (Prior)", "Weight (Benchmark)", "Quantity (Sold)", "Unrealised (Market Value)", "Custodian | Name", "Benchmark | Weight", "Dépositaire (Name)", "Größe (Price)"],
)  # fmt: skip
def test_brackets_and_bars_name_no_field_of_something_else(heading):
    assert readings_of(heading) == ()


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("instrument.identifiers.isin", "isin"),
        ("account.positions.security.isin", "isin"),
        ("securityDetails.name", "name"),
        ("holdings.0.quantity", "quantity"),
        ("symbol.symbol.currency.code", "currency"),
        ("underlying.isin", "underlying"),
        ("market_value.value", "market_value"),
        ("position.marketValue.amount", "market_value"),
        ("marketValue.currency", "currency"),
        ("last.price.value", "price"),
        ("Market.Value", "market_value"),
        ("Market.Value..HKD.", "market_value"),
        ("Price..USD.", "price"),
        ("Wert.in.EUR", "market_value"),
        ("Last.Price..Local.", "price"),
        ("Quantity..Settled.Units.", "quantity"),
        ("Weight..Benchmark.", ""),
        ("Value..Book.", ""),
        ("Market.Value.2021.01.20", "market_value"),
        ("No..of.Shares", "quantity"),
        ("Security ID (ISIN)", "isin"),
        ("ISIN (Underlying)", "underlying"),
        ("Name (Issuer)", "name"),
        ("Name | 名称", "name"),
        ("Menge | Quantity", "quantity"),
        ("Kennung (Bezeichnung)", "identifier"),
    ],
)
def test_whole_headings_and_ends_behind_neutral_records_are_read(heading, name):
    assert first_reading(heading) == name


def test_r_writes_the_currency_and_the_unit_of_a_heading_behind_dots(tmp_path):
    path = tmp_path / "book.csv"
    path.write_text("Security.Name,ISIN,No..of.Shares,Price..HKD.,Market.Value..USD.k.\nXiaomi,KYG9830T1067,1000,26.4,3.25\n")
    file = read_holdings(path)
    assert file.rows[["name", "quantity", "price", "price_currency", "market_value", "currency"]].values.tolist() == [
        ["Xiaomi", 1000, 26.4, "HKD", 3250, "USD"]
    ]


def test_a_whole_heading_is_read_before_the_end_of_another_whatever_their_order(tmp_path):
    path = tmp_path / "book.csv"
    path.write_text("security.isin,Benchmark.Weight,Portfolio.Weight,position.quantity,Position\nKYG9830T1067,0.5,40,7,1000\n")
    file = read_holdings(path)
    assert file.rows[["isin", "weight", "quantity"]].values.tolist() == [["KYG9830T1067", 0.4, 1000]]
    said = file.issues.loc[file.issues["column"] == "isin", ["value", "problem", "action"]].values.tolist()
    assert said == [["security.isin", "the whole heading is not known, and the end of it means isin", "read as isin"]]


@pytest.mark.parametrize("key", ["custodian", "sector", "broker", "issuer_group"])
def test_the_name_of_something_else_in_a_record_clears_no_code(tmp_path, key):
    path = tmp_path / "book.json"
    rows = [
        {"isin": ON_NO_RECORD, key: {"name": "Alpha Bank"}, "quantity": 5, "marketValue": 100.0},
        {"isin": "US0378331005", "quantity": 1},
    ]
    path.write_text(json.dumps(rows), encoding="utf-8")
    report = check_portfolio(path, as_of=AS_OF)
    assert report.positions.loc[report.positions["isin"] == ON_NO_RECORD, "status"].tolist() == ["unknown"]


def test_the_weight_of_the_portfolio_is_read_beside_that_of_the_benchmark(tmp_path):
    for header in ("Benchmark.Weight,Portfolio.Weight", "Weight (Benchmark),Weight (Portfolio)", "active.weight,security.weight"):
        path = tmp_path / "book.csv"
        path.write_text(f"ISIN,{header}\nKYG9830T1067,10%,40%\nUS0378331005,90%,60%\n")
        assert read_holdings(path).rows["weight"].tolist() == [0.4, 0.6]
