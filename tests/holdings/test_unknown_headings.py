"""Headings of nine more languages, and figures under a heading that no vocabulary knows: asked for, never left in silence."""

from __future__ import annotations

import json

import pytest

from impact.holdings import read_holdings
from impact.intake.headings import heading_key

HEADERS = (
    ("tr", "Ad;Adet;Fiyat;Değer"),
    ("TR", "AD;ADET;FİYAT;DEĞER"),
    ("tr fund", "Menkul Kıymet Adı;Nominal Değer;Birim Fiyat;Toplam Değer"),
    ("pt", "Título;Quantidade;Cotação;Valor de mercado"),
    ("pl", "Nazwa spółki;Liczba akcji;Kurs;Wartość w PLN"),
    ("pl plain", "Nazwa spolki;Ilosc;Cena;Wartosc rynkowa"),
    ("sv", "Aktie;Antal;Kurs;Värde i SEK"),
    ("da", "Navn;Antal;Kurs;Kursværdi DKK"),
    ("no", "Verdipapir;Antall;Kurs;Markedsverdi i NOK"),
    ("cs", "Název cenného papíru;Počet kusů;Tržní cena;Tržní hodnota CZK"),
    ("hu", "Értékpapír neve;Darabszám;Árfolyam;Piaci érték"),
    ("ru", "Наименование ценной бумаги;Количество, шт;Текущая цена;Рыночная стоимость"),
)


@pytest.mark.parametrize(("language", "header"), HEADERS, ids=[language for language, _ in HEADERS])
def test_a_book_is_read_in_that_language(read, language, header):
    rows = read(header, "Xiaomi;100;10,00;1000,00", "Tencent;10;50,00;500,00").rows
    assert rows[["name", "quantity", "price", "market_value"]].values.tolist() == [["Xiaomi", 100, 10, 1000], ["Tencent", 10, 50, 500]]


@pytest.mark.parametrize(("heading", "plain"), [("AĞIRLIK", "ağırlık"), ("Wartosc spolki", "wartość spółki")])
def test_a_heading_in_capitals_or_without_strokes_is_the_same(heading, plain):
    assert heading_key(heading) == heading_key(plain)


@pytest.mark.parametrize(
    ("header", "lines", "field"),
    [
        ("Name;ISIN;Quantity;Qwert", ("Xiaomi;KYG9830T1067;10;100,00", "Tencent;KYG875721634;5;50,50", "Apple;US0378331005;5;90,20"), "market_value"),
        ("Name;ISIN;Quantity;Qwert", ("Xiaomi;KYG9830T1067;10;60,5", "Tencent;KYG875721634;5;29,5", "Apple;US0378331005;5;10"), "weight"),
        ("Name;ISIN;Value;Price;Qwert", ("Xiaomi;KYG9830T1067;600;6;100", "Tencent;KYG875721634;500;5;100", "Apple;US0378331005;100;5;20"), "quantity"),
        ("Name;ISIN;Value;Qwert", ("Xiaomi;KYG9830T1067;600;1000", "Tencent;KYG875721634;500;120"), "quantity"),
    ],
)  # fmt: skip
def test_figures_under_an_unknown_heading_are_asked_for(read, header, lines, field):
    file = read(header, *lines)
    said = file.issues.query("value == 'Qwert'")
    assert said["column"].tolist() == [field] and f"map {field}=Qwert" in said["action"].iloc[0]
    assert read(header, *lines, columns={field: "Qwert"}).rows[field].notna().all()


@pytest.mark.parametrize(
    ("header", "lines"),
    [
        ("Name;ISIN;Quantity;Price;Qwert", ("Xiaomi;KYG9830T1067;10;6;100", "Tencent;KYG875721634;5;5;120")),
        ("Name;ISIN;Quantity;Coupon;Rank", ("Xiaomi;KYG9830T1067;10;6;1", "Tencent;KYG875721634;5;5;2")),
        ("Name;ISIN;Value;Qwert", ("Xiaomi;KYG9830T1067;600;1", "Tencent;KYG875721634;500;2")),
        ("Name;ISIN;Value;Founded in", ("Xiaomi;KYG9830T1067;600;2010", "Tencent;KYG875721634;500;1998")),
    ],
)
def test_figures_that_are_like_nothing_the_table_lacks_are_not_asked_for(read, header, lines):
    assert read(header, *lines).issues.empty


@pytest.mark.parametrize(
    ("column", "cells"), [("Type", ("Buy", "Buy")), ("Description", ("BUY XIAOMI", "SELL XIAOMI"))], ids=["a kind", "the first word"]
)
def test_bookings_of_one_day_are_said(read, column, cells):
    header, (one, other) = f"Date,Symbol,Quantity,Price,{column}", cells
    file = read(header, f"2021-01-05,XIACY,100,1,{one}", f"2021-01-05,TCEHY,5,1,{other}")
    assert "a list of transactions?" in file.issues["problem"].iloc[0]


def test_bookings_of_several_days_told_by_their_first_word_are_refused(read):
    with pytest.raises(ValueError, match="list of transactions"):
        read("Date,Symbol,Quantity,Price,Description", "2021-01-05,XIACY,100,1,BUY XIAOMI", "2021-01-06,XIACY,100,1,SELL XIAOMI")


@pytest.mark.parametrize("day", [[("XIACY", 100, 1000), ("TCEHY", 10, 500)], [("XIACY", 100, 1000), ("TCEHY", -3, -150)]])
def test_the_net_and_the_day_view_of_an_answer_are_one_book(tmp_path, day):
    net = [("XIACY", 100, 1000), ("TCEHY", 10, 500)]
    views = {
        name: [{"tradingsymbol": symbol, "quantity": held, "value": value} for symbol, held, value in lines]
        for name, lines in {"day": day, "net": net}.items()
    }
    path = tmp_path / "positions.json"
    path.write_text(json.dumps({"status": "success", "data": views}), encoding="utf-8")
    file = read_holdings(path)
    assert file.rows["market_value"].tolist() == [1000, 500]
    assert file.dropped["reason"].unique().tolist() == ["the same book in another view: counted is data.net"]
    assert file.issues["problem"].str.contains("two views of one book").any()


@pytest.mark.parametrize(
    ("heading", "figures", "said"), [("t1_quantity", "5,0", 1), ("t1_quantity", "0,0", 0), ("Qty in transit", "5,0", 1)]
)
def test_what_is_not_settled_beside_a_plain_quantity_is_said(tmp_path, heading, figures, said):
    first, second = figures.split(",")
    path = tmp_path / "book.csv"
    path.write_text(f"ISIN,Quantity,{heading},Last price\nINE062A01020,10,{first},760\nINE721Z01010,1,{second},352\n", encoding="utf-8")
    book = read_holdings(path)
    told = book.issues["problem"].str.startswith("nothing tells whether it holds what is not settled")
    assert book.rows["quantity"].tolist() == [10.0, 1.0] and told.sum() == said
