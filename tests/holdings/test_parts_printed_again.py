"""A part of the line above that is printed again below it is counted once."""

import pytest

from impact.holdings import read_holdings


@pytest.mark.parametrize(
    "label",
    [
        "of which blocked",
        "thereof pledged",
        "davon gesperrt",
        "dont nantis",
        "di cui bloccati",
        "de los cuales bloqueados",
        "其中: 冻结",
        "of which on loan",
        "dont prêtées",
        "davon verliehen",
        "di cui prestati",
    ],
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


LENT = ["XIAOMI CORP (lent)", "XIAOMI CORP - blocked", "XIAOMI CORP [Pledged]", "XIAOMI CORP, shares on loan", "XIAOMI CORP – verliehen"]


@pytest.mark.parametrize("code", ["KYG9830T1067", ""])
@pytest.mark.parametrize("name", LENT)
def test_what_is_called_as_the_line_above_and_how_it_is_held_is_said(tmp_path, name, code):
    path = tmp_path / "book.csv"
    path.write_text(f'ISIN,Security,Quantity,Value\nKYG9830T1067,XIAOMI CORP,100,415\n{code},"{name}",40,166\n', encoding="utf-8")
    book = read_holdings(path)
    assert book.rows["quantity"].tolist() == [100.0, 40.0]
    said = book.issues.set_index("row").loc[3]
    assert said["problem"] == "called as the line above and how it is held: is it within that line?"


@pytest.mark.parametrize(("total", "held"), [(1715, [415.0, 1300.0]), (1881, [415.0, 166.0, 1300.0])])
@pytest.mark.parametrize("name", LENT)
def test_the_printed_total_tells_whether_it_is_within_that_line(tmp_path, name, total, held):
    path = tmp_path / "book.csv"
    path.write_text(
        f'ISIN,Security,Quantity,Value\nKYG9830T1067,XIAOMI CORP,100,415\n,"{name}",40,166\nUS0378331005,APPLE INC,10,1300\n,Total,,{total}\n',
        encoding="utf-8",
    )
    book = read_holdings(path)
    assert book.rows["market_value"].tolist() == held and not len(book.issues)


@pytest.mark.parametrize("name", ["XIAOMI CORP (B)", "XIAOMI CORP Lockheed", "XIAOMI CORP - blocked"])
def test_what_is_larger_than_the_line_above_or_of_another_class_is_a_position(tmp_path, name):
    path = tmp_path / "book.csv"
    path.write_text(f"ISIN,Security,Quantity,Value\nKYG9830T1067,XIAOMI CORP,100,415\n,{name},400,1660\n", encoding="utf-8")
    book = read_holdings(path)
    assert book.rows["quantity"].tolist() == [100.0, 400.0] and not book.issues["problem"].str.contains("within that line").any()
