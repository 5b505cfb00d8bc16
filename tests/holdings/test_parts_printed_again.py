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


@pytest.mark.parametrize("code", ["KYG9830T1067", ""])
@pytest.mark.parametrize("name", ["of which blocked", "XIAOMI CORP, of which blocked", "davon gesperrt"])
@pytest.mark.parametrize("figures", ["40,166", "40,", ",166"])
def test_a_part_under_the_code_of_its_line_or_without_a_value_is_counted_once(tmp_path, code, name, figures):
    path = tmp_path / "book.csv"
    path.write_text(
        f'ISIN,Security,Quantity,Value USD\nKYG9830T1067,XIAOMI CORP,100,415\n{code},"{name}",{figures}\nUS0378331005,APPLE INC,10,1300\n',
        encoding="utf-8",
    )
    book = read_holdings(path)
    assert book.rows[["quantity", "market_value"]].values.tolist() == [[100.0, 415.0], [10.0, 1300.0]] and book.dropped["row"].tolist() == [
        3
    ]


@pytest.mark.parametrize("figures", ["200,830", "40,415"])
def test_a_part_under_a_code_that_is_none_by_its_figures_is_kept_and_said(tmp_path, figures):
    path = tmp_path / "book.csv"
    path.write_text(
        f"ISIN,Security,Quantity,Value USD\nKYG9830T1067,XIAOMI CORP,100,415\nKYG9830T1067,of which blocked,{figures}\n", encoding="utf-8"
    )
    book = read_holdings(path)
    assert len(book.rows) == 2 and book.issues.loc[book.issues["row"] == 3, "problem"].str.contains("a total").any()


def test_what_is_said_to_be_a_part_of_another_security_is_a_position(tmp_path):
    path = tmp_path / "book.csv"
    path.write_text(
        "ISIN,Security,Quantity,Value USD\nKYG9830T1067,XIAOMI CORP,100,415\nUS0378331005,of which blocked,40,166\n", encoding="utf-8"
    )
    assert read_holdings(path).rows["quantity"].tolist() == [100.0, 40.0]
