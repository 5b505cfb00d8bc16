"""A heading of several meanings is decided by the cells below it, and the choice is reported."""

import math

import pandas as pd
import pytest

from impact.errors import InputError
from impact.holdings import read_holdings
from impact.holdings.column_kinds import column_kinds
from impact.holdings.columns import plan_columns


def _read(tmp_path, text):
    path = tmp_path / "book.csv"
    path.write_text(text, encoding="utf-8")
    return read_holdings(path)


@pytest.mark.parametrize(
    ("text", "name", "quantity", "value"),
    [
        ("Account,ISIN,Security,Holding,Value (GBP)\n1,US12625GAC87,CNOOC FINANCE 2013 3 05/09/29,1000,5450\n", "CNOOC FINANCE 2013 3 05/09/29", 1000, 5450),
        ("Holdings,Security,ISIN,Market Value\n250,China Mobile,HK0941009539,1800\n", "China Mobile", 250, 1800),
        ("Holdings,Holding,Market Value\nChina Mobile,250,1800\nXiaomi,10,25\n", "China Mobile", 250, 1800),
        ("Security,Holding\nChina Mobile,250\nXiaomi,10\n", "China Mobile", 250, None),
        ("Position;Bestand;Kurswert in EUR\nChina Mobile;1.000;5.450,00\nXiaomi;20;30,50\n", "China Mobile", 1000, 5450),
        ("Position,Market Value\nChina Mobile,1800\nXiaomi,20\n", "China Mobile", None, 1800),
        ("Titre;Titres;Valorisation\nCHINA MOBILE;12;340,5\nXIAOMI;7;11,2\n", "CHINA MOBILE", 12, 340.5),
        ("Libellé;Quantité;Valeur\nCHINA MOBILE;12;340,5\nXIAOMI;7;11,2\n", "CHINA MOBILE", 12, 340.5),
        ("Titoli;Quantità;Controvalore\nCHINA MOBILE;12;340,5\nXIAOMI;7;11,2\n", "CHINA MOBILE", 12, 340.5),
        ("Nombre;Títulos;Valor\nCHINA MOBILE;12;340,5\nXIAOMI;7;11,2\n", "CHINA MOBILE", 12, 340.5),
        ("持仓,数量,市值\n中国移动,12,340.5\n小米集团,7,11.2\n", "中国移动", 12, 340.5),
        ("종목명,잔고,평가금액\n차이나모바일,12,340.5\n샤오미,7,11.2\n", "차이나모바일", 12, 340.5),
        ("Security,Amount,Market Value\nChina Mobile,12,340.5\nXiaomi,7,11.2\n", "China Mobile", 12, 340.5),
        ("Security,ISIN,Holding (GBP)\nChina Mobile,HK0941009539,340.5\n", "China Mobile", None, 340.5),
    ],
)  # fmt: skip
def test_the_cells_decide(tmp_path, text, name, quantity, value):
    row = _read(tmp_path, text).rows.iloc[0]
    assert row["name"] == name
    for field, expected in (("quantity", quantity), ("market_value", value)):
        assert row[field] == expected if expected is not None else math.isnan(row[field]), field


def test_what_was_not_read_as_the_heading_says_first_is_an_issue(tmp_path):
    issues = _read(tmp_path, "Security,Holding,Value\nChina Mobile,1000,5450\n").issues
    assert issues[["row", "column", "value", "action"]].values.tolist() == [[1, "quantity", "Holding", "read as quantity"]]
    issues = _read(tmp_path, "ISIN,Name,Shares,Price\nHK0941009539,17,5,pending settlement\n").issues
    assert issues[["column", "action"]].values.tolist() == [["name", "column not used"], ["price", "column not used"]]


@pytest.mark.parametrize(
    "text",
    ["Security,Shares,Price\nChina Mobile,10,5.5\n", "Name,Position\nXiaomi,3\n", "Holding,Market Value\nXiaomi,3\n"],
)
def test_a_heading_read_as_it_says_first_is_no_issue(tmp_path, text):
    assert _read(tmp_path, text).issues.empty


def test_numbers_under_the_heading_of_a_name_are_codes_where_nothing_else_names_the_line(tmp_path):
    rows = _read(tmp_path, "Security,Shares,Value\n700,10,100\n941,20,30\n").rows
    assert rows["ticker"].tolist() == ["700", "941"] and rows["name"].eq("").all()


def test_numbers_alone_name_nothing(tmp_path):
    with pytest.raises(InputError, match="nothing names the security"):
        _read(tmp_path, "Wert,Stück\n5,1\n6,2\n")


def test_the_map_of_the_caller_wins_over_the_cells(tmp_path):
    path = tmp_path / "book.csv"
    path.write_text("ISIN,Holding,Code\nHK0941009539,17,5\n")
    assert read_holdings(path, columns={"name": "Holding", "quantity": "Code"}).rows["name"].tolist() == ["17"]


def test_kinds_are_those_of_nine_cells_in_ten():
    cells = pd.DataFrame({0: ["Xiaomi"] * 19 + ["3M"], 1: ["1.5"] * 19 + ["soon"], 2: ["1", "two"] * 10, 3: ["=A1*2"] * 20, 4: range(20)})
    assert column_kinds(cells) == ("text", "number", "", "", "number")


def test_cells_that_leave_no_use_for_a_table_do_not_hide_it(tmp_path):
    with pytest.raises(InputError, match="cannot be read as numbers"):
        _read(tmp_path, "ISIN,Shares\nHK0941009539,none yet\n")


def test_headings_alone_keep_their_first_meaning():
    assert plan_columns(("Holding", "Weight")).position == {"name": 0, "weight": 1}
    assert plan_columns(("Name", "Position")).position == {"name": 0, "quantity": 1}


def test_a_gain_in_percent_is_no_weight_and_a_list_of_trades_no_book(tmp_path):
    file = _read(tmp_path, "Symbol,CUSIP #,Quantity,Value ($),Unrealized Gain/Loss (%)\nXYZ,037833100,10,100,12.5\n")
    assert file.rows["weight"].isna().all() and file.weight_unit == ""
    with pytest.raises(InputError, match="list of transactions"):
        _read(tmp_path, "Date,Action,Symbol,Description,Quantity,Price,Fees & Comm,Amount\n01/15/2026,Sell,IEMG,ISHARES,8,71.5,,571\n")


@pytest.mark.parametrize(
    ("heading", "read"),
    [
        ("ETF Weight", True),
        *((f"{word} Weight", False) for word in ("benchmark", "Target", "vanguard", "Voting", "Proposed", "ESG", "Gram")),
    ],
)
def test_a_weight_is_that_of_the_book_where_its_heading_says_so(tmp_path, heading, read):
    path = tmp_path / "book.csv"
    path.write_text(f"ticker,region,{heading},name,shares\n1810.HK,HK,40,Xiaomi,1\nAAPL,US,60,Apple,2\n", encoding="utf-8")
    assert read_holdings(path).rows["weight"].notna().all() == read
