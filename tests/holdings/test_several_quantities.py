"""Of several columns of quantities, that which with the price makes the value is read; where none does, it is said."""

import pytest

from impact.holdings import read_holdings


def read(tmp_path, text, **options):
    path = tmp_path / "book.csv"
    path.write_text(text, encoding="utf-8")
    return read_holdings(path, **options)


@pytest.mark.parametrize(("value", "kept"), [("32000", 1000.0), ("25600", 800.0)])
@pytest.mark.parametrize("order", ["Traded Quantity,Settled Quantity", "Settled Quantity,Traded Quantity"])
def test_the_price_tells_which_of_two_quantities_is_valued(tmp_path, value, kept, order):
    figures = {"Traded Quantity": "1000", "Settled Quantity": "800"}
    cells = ",".join(figures[heading] for heading in order.split(","))
    book = read(tmp_path, f"Ticker,Name,{order},Price,Market Value,Currency\n1810 HK,Xiaomi,{cells},32,{value},HKD\n")
    assert book.rows["quantity"].tolist() == [kept]
    told = book.issues[book.issues["column"] == "quantity"]["problem"].tolist()
    assert told == (
        [] if kept == 1000.0 else ["Traded Quantity may mean the quantity as well, with other figures, and not with the price the value"]
    )


@pytest.mark.parametrize("order", ["Traded Quantity,Settled Quantity", "Settled Quantity,Traded Quantity"])
def test_without_a_price_what_was_traded_is_read_and_said(tmp_path, order):
    cells = "1000,800" if order.startswith("Traded") else "800,1000"
    book = read(tmp_path, f"Ticker,Name,{order},Market Value,Currency\n1810 HK,Xiaomi,{cells},32000,HKD\n")
    assert book.rows["quantity"].tolist() == [1000.0]
    told = book.issues[book.issues["column"] == "quantity"]
    assert told["problem"].tolist() == [
        "Settled Quantity may mean the quantity as well, with other figures, and nothing in the table tells which"
    ]
    assert told["action"].tolist() == ["read as quantity; for another map quantity=Settled Quantity"]


def test_two_columns_of_one_figure_and_a_map_are_silent(tmp_path):
    text = "Ticker,Name,Traded Quantity,Settled Quantity,Market Value,Currency\n1810 HK,Xiaomi,1000,{},32000,HKD\n"
    assert not len(read(tmp_path, text.format(1000)).issues)
    mapped = read(tmp_path, text.format(800), columns={"quantity": "Settled Quantity"})
    assert mapped.rows["quantity"].tolist() == [800.0] and not len(mapped.issues)


def test_german_figures(tmp_path):
    text = "Ticker;Name;Traded Quantity;Settled Quantity;Kurs;Kurswert;Währung\n1810 HK;Xiaomi;1.000;800;32,50;26.000,00;HKD\n"
    assert read(tmp_path, text).rows["quantity"].tolist() == [800.0]
