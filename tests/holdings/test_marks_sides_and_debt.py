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
