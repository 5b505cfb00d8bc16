"""What the whole of a book proves outweighs what a line is called; one chance equality proves nothing."""

from __future__ import annotations

import pytest

SHORT = "quantity and value have different signs: long or short?"


@pytest.mark.parametrize("firm", ["Transport", "Report", "Consolidated Energy", "Combined Holdings", "All Asia"])
@pytest.mark.parametrize(("head", "end"), [("Name,Weight (%)", ()), ("Name,Market Value", ("Total,100",))])
def test_a_firm_called_as_totals_are_is_held_where_the_whole_counts_it(read, firm, head, end):
    file = read(head, "Xiaomi,25", "Tencent,15", f"{firm},40", "Apple,20", *end)
    assert file.rows["name"].tolist() == ["Xiaomi", "Tencent", firm, "Apple"] and file.issues.empty


def test_a_subtotal_is_none_where_the_whole_counts_it_not(read):
    file = read("Name,Weight (%)", "Xiaomi,25", "Tencent,15", "Combined Holdings,40", "Apple,60")
    assert file.rows["name"].tolist() == ["Xiaomi", "Tencent", "Apple"]


def test_an_account_as_large_as_one_line_below_makes_no_headings_of_others(read):
    lines = ("Savings account,,,1000", "Xiaomi ADR,XIACY,100,1000", "Current account 2,,,7000", "Tencent ADR,TCEHY,10,500")
    file = read("Name,Ticker,Quantity,Market Value", *lines)
    assert file.rows["market_value"].sum() == 9500


def test_a_short_quantity_beside_a_value_without_its_sign_is_said(read):
    file = read("Name,Long Qty,Short Qty,Market Value", "Xiaomi,100,0,1000", "Tencent,0,50,500")
    assert file.rows["quantity"].tolist() == [100, -50] and file.issues["problem"].tolist() == [SHORT]


def test_names_that_repeat_are_names_and_kinds_of_orders_are_none(read):
    names = read("Product,Ticker,Quantity,Market Value", "Xiaomi Corp ADR,XIACY,100,1000", "Alphabet,GOOG,1,250", "Alphabet,GOOGL,1,250")
    assert names.rows["name"].tolist() == ["Xiaomi Corp ADR", "Alphabet", "Alphabet"]
    kinds = read("Product,Ticker,Quantity,Market Value", "CNC,AARON,1,10", "MIS,SBIN,16,320", "CNC,TCS,2,60")
    assert kinds.rows["name"].tolist() == ["", "", ""]


def test_what_analysts_recommend_was_not_traded(read):
    lines = ("2021-02-08,XIACY,Xiaomi ADR,100,1000,Buy", "2021-02-09,TCEHY,Tencent ADR,10,500,Sell")
    assert len(read("As of,Symbol,Name,Quantity,Market Value,Recommendation", *lines).rows) == 2
