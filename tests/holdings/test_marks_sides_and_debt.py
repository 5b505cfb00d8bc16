"""Decimal marks that no cell tells, lines called short, debt known by its code, one holding on two days."""

from __future__ import annotations

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
