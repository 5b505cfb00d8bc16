"""A part of the line above that is printed again below it is counted once."""

import pytest

from impact.holdings import read_holdings


@pytest.mark.parametrize(
    "label",
    ["of which blocked", "thereof pledged", "davon gesperrt", "dont nantis", "di cui bloccati", "de los cuales bloqueados", "其中: 冻结"],
)
def test_what_of_a_line_is_held_apart_is_no_position(tmp_path, label):
    path = tmp_path / "book.csv"
    path.write_text(
        f"ISIN,Security,Quantity,Value USD\nKYG9830T1067,XIAOMI CORP,1000,4150\n,{label},200,830\nUS0378331005,APPLE INC,10,1300\n",
        encoding="utf-8",
    )
    book = read_holdings(path)
    assert book.rows[["name", "quantity", "market_value"]].values.tolist() == [["XIAOMI CORP", 1000.0, 4150.0], ["APPLE INC", 10.0, 1300.0]]
    assert book.dropped["row"].tolist() == [3] and not book.issues["row"].eq(3).any()


@pytest.mark.parametrize("figures", ["2000,8300", "200,4150", "200,100"])
def test_a_part_that_is_none_by_its_figures_is_kept_and_said(tmp_path, figures):
    path = tmp_path / "book.csv"
    path.write_text(
        f"ISIN,Security,Quantity,Value USD\nKYG9830T1067,XIAOMI CORP,1000,4150\n,of which blocked,{figures}\n", encoding="utf-8"
    )
    book = read_holdings(path)
    assert len(book.rows) == 2 and book.issues["problem"].str.contains("total").any()


@pytest.mark.parametrize("name", ["of which Freeport", "Lockheed Martin", "Blockchain which"])
def test_a_firm_is_no_part(tmp_path, name):
    path = tmp_path / "book.csv"
    path.write_text(f"ISIN,Security,Quantity,Value USD\nKYG9830T1067,XIAOMI CORP,1000,4150\n,{name},200,830\n", encoding="utf-8")
    assert read_holdings(path).rows["name"].tolist() == ["XIAOMI CORP", name]
