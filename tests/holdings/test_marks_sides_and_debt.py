"""Decimal marks that no cell tells, lines called short, debt known by its code, one holding on two days."""

from __future__ import annotations

import pandas as pd
import pytest

import impact


def read(tmp_path, text):
    path = tmp_path / "book.csv"
    path.write_text(text, encoding="utf-8")
    return impact.read_holdings(path)


@pytest.mark.parametrize(
    ("separator", "cells", "quantity", "value"),
    [
        (";", ("1.000", "2.350"), 1000.0, 2350.0),
        (";", ("1.000", "2,350"), 1000.0, 2.35),  # one country's marks: a point groups, so a comma is decimal
        (";", ("1.000", "2350.25"), 1.0, 2350.25),  # another cell tells
        (",", ("1.000", "2.350"), 1.0, 2.35),
    ],
)
def test_a_mark_that_no_cell_tells_follows_the_separator_and_is_said(tmp_path, separator, cells, quantity, value):
    rows = [("Name", "ISIN", "Stück", "Marktwert (EUR)"), ("SMIC", "KYG8020E1199", *cells)]
    book = read(tmp_path, "\n".join(separator.join(row) for row in rows) + "\n")
    assert book.rows[["quantity", "market_value"]].iloc[0].tolist() == [quantity, value]
    said = any("No cell tells the decimal mark" in note for note in book.assumptions)
    assert said == (cells[1] != "2350.25")


@pytest.mark.parametrize("heading", ["Long/Short", "L/S", "Side", "Position Side"])
@pytest.mark.parametrize("word", ["Short", "S", "SELL SHORT"])
def test_a_line_called_short_is_short(tmp_path, heading, word):
    text = f"Ticker,Name,{heading},Quantity,Market Value,Currency\n981 HK,SMIC,Long,100,300,USD\n941 HK,China Mobile,{word},50,320,USD\n"
    book = read(tmp_path, text)
    assert book.rows["quantity"].tolist() == [100.0, -50.0] and book.rows["market_value"].tolist() == [300.0, -320.0]


def test_debt_is_known_by_its_code(tmp_path):
    text = (
        "ISIN;Name;Quantity;Market Value;Currency\nXS2114413565;SEMICONDUCTOR MANUFACTURING 2.693% 27FEB2025;2;201,00;USD\n"
        "US12634MAB63;CNOOC FINANCE (2014) ULC;2;201,00;USD\nUS0378331005;APPLE INC;1;10,00;USD\n"
    )
    assert read(tmp_path, text).rows["instrument"].tolist() == ["bond", "bond", "unknown"]
    (tmp_path / "book.csv").write_text(text, encoding="utf-8")
    report = impact.check_portfolio(tmp_path / "book.csv", as_of="2021-09-30T12:00-04:00")
    assert "clear" not in report.positions["status"].tolist()[:2] and report.positions["status"].iat[2] == "clear"


def test_a_history_is_doubted_line_by_line(tmp_path):
    lines = "Date,ISIN,Name,Quantity,Market Value,Currency\n2021-01-31,KYG8020E1199,SMIC,100,300,USD\n2021-02-28,KYG8020E1199,SMIC,100,320,USD\n"
    issues = read(tmp_path, lines).issues
    assert issues[["row", "column"]].to_numpy().tolist() == [[2, "as_of"]] and "a later date" in issues["problem"].iat[0]


def test_a_word_of_no_side_is_said_and_s_beside_other_words_is_no_side(tmp_path):
    text = "Security,ISIN,Direction,Shares,Value\nA,KYG8020E1199,Short Equity,10,300\nB,HK0941009539,Hedge,5,100\n"
    book = read(tmp_path, text)
    assert book.rows["quantity"].tolist() == [-10.0, 5.0]
    assert book.issues.loc[book.issues["column"] == "side", "row"].tolist() == [3]
    kinds = "Security,ISIN,Position Type,Shares,Value\nA,KYG8020E1199,S,10,300\nB,HK0941009539,O,5,100\n"
    assert read(tmp_path, kinds).rows["quantity"].tolist() == [10.0, 5.0]


def test_totals_are_told_by_the_figures_as_printed(tmp_path):
    text = (
        "Ticker,Name,Side,Quantity,Market Value\n941 HK,China Mobile,Long,100,1000\nAAPL,Apple,Short,50,400\n,Equities,,150,1400\n"
        "MSFT,Microsoft,Long,10,2000\n"
    )
    book = read(tmp_path, text)
    assert book.rows["name"].tolist() == ["China Mobile", "Apple", "Microsoft"] and book.rows["market_value"].tolist() == [1000, -400, 2000]


@pytest.mark.parametrize("codes", [("606000", "1213853"), ("HK0941009539", "DE0007164600")])
def test_a_swiss_valor_is_a_code_and_no_value(tmp_path, codes):
    text = f"Valor;Name;Stück;Kurs\n{codes[0]};China Mobile;1000;40.10\n{codes[1]};SAP;10;110.20\n"
    book = read(tmp_path, text)
    assert book.rows["market_value"].isna().all() and book.rows["isin"].ne("").all() == codes[0].startswith("HK")
    assert book.rows["name"].tolist() == ["China Mobile", "SAP"]
    spanish = "Nombre;Títulos;Valor\nChina Mobile;1000;40.100,50\nSAP;10;1.102,20\n"
    assert read(tmp_path, spanish).rows["market_value"].tolist() == [40100.5, 1102.2]


@pytest.mark.parametrize(("quantity", "expected"), [("1000", 25.3), ("1", 25300.0)])
def test_quantity_times_price_tells_the_mark(tmp_path, quantity, expected):
    book = read(tmp_path, f"Name;ISIN;Stück;Kurs;Kurswert\nXiaomi;KYG9830T1067;{quantity};25.300;25300\n")
    assert book.rows["price"].iloc[0] == expected
    assert not any("No cell tells" in note for note in book.assumptions)


@pytest.mark.parametrize(
    ("heading", "cells", "name", "said"),
    [
        ("Amount", ("100000", "500"), "market_value", "may mean quantity as well"),
        ("Position", ("100000", "500"), "quantity", "may mean market value as well"),
        ("Holding", ("$12,650.00", "$500.00"), "market_value", "carry a currency sign"),
        ("Amount", ("$12,650.00", "$500.00"), "market_value", ""),
        ("Quantity", ("100000", "500"), "quantity", ""),
    ],
)
def test_an_amount_that_may_be_a_quantity_or_a_value_is_said(tmp_path, heading, cells, name, said):
    rows = "\n".join(f'{ticker} HK,"{cell}",20.5' for ticker, cell in zip(("1810", "700"), cells, strict=True))
    book = read(tmp_path, f"Ticker,{heading},Price\n{rows}\n")
    assert book.rows[name].tolist() == [float(cell.strip("$").replace(",", "")) for cell in cells]
    told = book.issues["problem"].tolist()
    assert [said in problem for problem in told] == ([True] if said else [])


def test_values_without_a_currency_on_lines_of_two_are_said():
    book = {"ticker": ["1810 HK", "AAPL US"], "market value": [100.0, 200.0]}
    instant = "2021-01-20T12:00-05:00"
    said = [note for note in impact.check_portfolio(pd.DataFrame(book), instant).assumptions if "No currency is stated" in note]
    assert len(said) == 1 and "HKD, USD" in said[0]
    told = impact.check_portfolio(pd.DataFrame({**book, "currency": ["USD", "USD"]}), instant).assumptions
    assert not any("No currency is stated" in note for note in told)


@pytest.mark.parametrize(
    ("field", "codes", "traded"),
    [
        ("isin", ["KYG9830T1067", "US16941M1099"], "HKD, USD"),
        ("isin", ["KYG9830T1067", "US0378331005"], "HKD, USD"),
        ("isin", ["DE0007164600", "US0378331005"], "EUR, USD"),
        ("isin", ["US0378331005", "US5949181045"], ""),
        ("sedol", ["BG0ZMJ9", "6073556"], ""),
    ],
)
def test_the_word_on_currencies_does_not_depend_on_how_lines_are_identified(field, codes, traded):
    book = pd.DataFrame({field: codes, "name": ["first", "second"], "units": 1000.0, "market value": [32000.0, 29000.0]})
    told = [note for note in impact.check_portfolio(book, "2021-01-14T18:00-05:00").assumptions if "No currency is stated" in note]
    assert [traded in note for note in told] == ([True] if traded else [])


@pytest.mark.parametrize("heading", ["Value CCY", "Valuation Currency", "MV Currency", "Mkt Val Ccy", "Currency of Value", "Money"])
def test_a_column_of_currencies_is_one_whatever_its_heading(tmp_path, heading):
    text = f"ISIN,Name,Units,Value,{heading}\nKYG9830T1067,XIAOMI CORP,1000,32000,HKD\nUS16941M1099,CHINA MOBILE ADR,1000,29000,USD\n"
    assert read(tmp_path, text).rows["currency"].tolist() == ["HKD", "USD"]


def test_values_in_hundredths_by_the_currency_of_the_value(tmp_path):
    text = "ISIN,Name,Units,Price,Price Ccy,Value,Value Ccy\n"
    text += "KYG9830T1067,XIAOMI,1000,300,GBX,300000,GBX\nGB00BP6MXD84,SHELL,1000,14,GBP,14000,GBP\n"
    assert read(tmp_path, text).rows["market_value"].tolist() == [3000.0, 14000.0]


def test_the_letters_of_a_terminal_name_a_venue_in_a_column_of_their_own():
    book = pd.DataFrame({"ticker": ["700", "AAPL", "600519", "SHOP"], "exchange": ["HK", "US", "CN", "CN"], "market value": 1.0})
    report = impact.check_portfolio(book, "2021-01-20T12:00-05:00")
    assert report.positions["status"].tolist() == ["clear", "clear", "clear", "unknown"]


@pytest.mark.parametrize(
    ("ticker", "exchange", "country", "status"),
    [
        ("941", "CN", "CN", "restricted"),
        ("941", "CN", "China", "restricted"),
        ("941", "CH", "", "unknown"),
        ("SGO", "PA", "", "unknown"),
        ("SAP", "GR", "", "unknown"),
        ("941", "HK", "", "restricted"),
        ("SHEL", "LN", "", "clear"),
    ],
)
def test_letters_that_may_be_a_country_or_another_venue_clear_nothing(ticker, exchange, country, status):
    book = pd.DataFrame({"ticker": [ticker], "name": ["Something Plc"], "exchange": [exchange], "country": [country], "market value": 1.0})
    assert impact.check_portfolio(book, "2021-01-20T12:00-05:00").positions["status"].tolist() == [status]


def test_a_bond_that_is_the_sum_of_the_table_above_is_held_and_a_line_without_kind_is_said(tmp_path):
    head = "Name,Asset Class,Market Value\nTencent,Equity,50000\nEquity fund,Fund,20000\n\nName,Asset Class,Maturity,Market Value\n"
    assert len(read(tmp_path, head + "CNOOC 3 2029,Bond,2029,70000\n").rows) == 3
    summed = read(tmp_path, head + "Alles zusammen,,,70000\n")
    assert len(summed.rows) == 2 and "sum of all lines above" in summed.issues["problem"].str.cat()


def test_figures_of_several_days_say_which_is_read(tmp_path):
    book = read(tmp_path, "Ticker,Market Value 20.01.2021,Market Value 31.03.2021\n0941.HK,50000,90000\n0700.HK,50000,10000\n")
    assert book.rows["market_value"].tolist() == [90000, 10000]
    assert "several days" in book.issues["problem"].iloc[0] and "31.03.2021" in book.issues["action"].iloc[0]


def test_a_book_of_one_security_keeps_its_ticker(tmp_path):
    book = read(tmp_path, "Ticker,Symbol,Quantity,Market Value\n0941.HK,AB-1,1000,50000\n0941.HK,AB-2,1100,55000\n")
    assert book.rows["ticker"].tolist() == ["0941.HK", "0941.HK"]


def test_cash_equity_is_a_class_of_shares():
    book = pd.DataFrame({"name": ["China Mobile Ltd"], "asset class": ["Cash Equity"], "market value": [1.0]})
    assert impact.check_portfolio(book, "2021-01-20T12:00-05:00").positions["status"].tolist() == ["unknown"]
