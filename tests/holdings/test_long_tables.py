"""A table of one row a field is refused, and one that only looks so is read."""

import pandas as pd
import pytest

from impact.errors import InputError
from impact.holdings import read_holdings

XIAOMI, APPLE = "KYG9830T1067", "US0378331005"


@pytest.mark.parametrize("header", ["account,isin,field,value", "account,isin,variable,value", "account,isin,measure,amount"])
@pytest.mark.parametrize("words", [("quantity", "market_value"), ("Shares", "Market Value")])
def test_a_table_of_one_row_a_field_is_refused(tmp_path, header, words):
    path = tmp_path / "book.csv"
    rows = [("KYG9830T1067", 1000, 4150), ("US0378331005", 10, 1300)]
    text = "".join(f"A,{isin},{word},{figure}\n" for isin, *figures in rows for word, figure in zip(words, figures, strict=True))
    path.write_text(f"{header}\n{text}", encoding="utf-8")
    with pytest.raises(InputError, match=rf"has one row a field: its column .* is '{words[0]}' or '{words[1]}'; turn it"):
        read_holdings(path)


def test_kinds_of_assets_are_no_fields(tmp_path):
    path = tmp_path / "book.csv"
    path.write_text("isin,type,value\nKYG9830T1067,Stock,4150\nKYG9830T1067,Position,50\nUS0378331005,Stock,1300\n", encoding="utf-8")
    assert read_holdings(path).rows["market_value"].tolist() == [4150.0, 50.0, 1300.0]


@pytest.mark.parametrize(
    "rows",
    [
        "K,quantity,1000\nK,Bewertungskurs,4150\nU,quantity,10\nU,Bewertungskurs,1300\n",
        "K,quantity,1000\nK,market_value,4150\nK,foo_bar,1\nU,quantity,10\nU,market_value,1300\nU,foo_bar,1\n",
        "K,Qty held,1000\nK,MV (USD),4150\nU,Qty held,10\nU,MV (USD),1300\nU,Duration,3\n",
        "K,quantity,1000\nK,Foo,4150\n",
    ],
)
@pytest.mark.parametrize(
    ("heading", "of"), [("isin", {"K": "KYG9830T1067", "U": "US0378331005"}), ("security name", {"K": "XIAOMI", "U": "APPLE"})]
)
def test_a_field_that_is_not_known_makes_no_position(tmp_path, rows, heading, of):
    path = tmp_path / "book.csv"
    for short, whole in of.items():
        rows = rows.replace(f"{short},", f"{whole},")
    path.write_text(f"{heading},item,value\n{rows}", encoding="utf-8")
    with pytest.raises(InputError, match="has one row a field"):
        read_holdings(path)


def test_parts_of_a_book_are_no_fields(tmp_path):
    path = tmp_path / "book.csv"
    path.write_text("isin,sleeve,value\nKYG9830T1067,Growth,4150\nKYG9830T1067,Income,50\nUS0378331005,Value,1300\n", encoding="utf-8")
    assert read_holdings(path).rows["market_value"].tolist() == [4150.0, 50.0, 1300.0]


@pytest.mark.parametrize("words", [("pos_sz", "mv_loc"), ("Feld A", "Feld B"), ("h", "w", "p")])
def test_a_line_for_each_word_of_a_column_that_is_not_known_is_said(words):
    held = [(isin, word) for isin in (XIAOMI, APPLE) for word in words]
    file = read_holdings(pd.DataFrame({"isin": [isin for isin, _ in held], "metric": [word for _, word in held], "value": 5.0}))
    said = file.issues[file.issues["problem"].str.contains("fields of one position, or accounts")]
    assert said["value"].tolist() == ["metric"] and len(file.rows) == len(held)


@pytest.mark.parametrize(
    "lines", [[(XIAOMI, "a"), (APPLE, "a")], [(XIAOMI, "a"), (XIAOMI, "b"), (APPLE, "a")], [(XIAOMI, "a"), (XIAOMI, "b")]]
)
def test_words_that_not_each_security_has_are_none_of_fields(lines):
    file = read_holdings(pd.DataFrame({"isin": [isin for isin, _ in lines], "sleeve": [word for _, word in lines], "value": 5.0}))
    assert not file.issues["problem"].str.contains("fields of one position").any()
