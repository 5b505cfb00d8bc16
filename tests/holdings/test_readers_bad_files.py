"""A file that cannot be used is one clear sentence; a row that cannot be used is a row of the report."""

import pandas as pd
import pytest

from impact.errors import InputError
from impact.holdings import read_holdings

HEADER = "Name,ISIN,Shares,Market Value\n"
GOOD = "Xiaomi,KYG9830T1067,1000,29300\n"


def written(tmp_path, body, name="book.csv"):
    path = tmp_path / name
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    return path


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n \r\n", "is empty"),
        (HEADER, "no position below it"),
        (b"\x00\x01\x02\x03" * 100, "is binary"),
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"\x1f\x8b\x08\x00", "damaged gzip file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512, "locked with a password"),
        (b"PK\x03\x04 not really", "damaged workbook"),
        (b"PAR1 not really", "damaged Parquet"),
        ("<!DOCTYPE html><html>please log in</html>", "is a web page"),
        (HEADER.replace(",", ":") + GOOD.replace(",", ":"), "has no header"),
        ("just words\nand more words\n", "has no header"),
        ("Name,Sector\nXiaomi,Tech\n", "has no header"),
        ("x" * 1_000_000, "has no header"),
        (HEADER + "Total,,,5\n", "most often: a total"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 and "\n" not in value else "",
)
def test_an_unusable_file_is_one_sentence(tmp_path, body, says):
    with pytest.raises(InputError, match=says) as caught:
        read_holdings(written(tmp_path, body))
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 700


def test_an_absent_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_holdings(tmp_path / "absent.csv")
    with pytest.raises(InputError, match="is a folder"):
        read_holdings(tmp_path)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("only one cell\n", "one cell of text"),
        ("Total,,5,5\n", "a total, not a position"),
        ("Grand Total:,,,5\n", "a total, not a position"),
        (",,5,5\n", "nothing names the security"),
        ("Xiaomi,KYG9830T1067,,\n", "no quantity, value or weight"),
        ("Xiaomi,KYG9830T1067,=C1*2,pending\n", "cannot be read as numbers"),
        ("Xiaomi, Corp,KYG9830T1067,5,5\n", "a separator inside a cell"),
        (HEADER, "the header again"),
        ('"never closed,KYG9830T1067,5,5\n', "a quotation mark opens"),
        ("x" * 1_000_000 + ",KYG9830T1067,5,5\n", "longer than"),
    ],
)
def test_an_unusable_row_is_reported_with_its_line_and_reason(tmp_path, line, reason):
    file = read_holdings(written(tmp_path, HEADER + GOOD + line + GOOD))
    assert len(file.rows) == 2 and file.n_rows == 3
    assert file.dropped["row"].tolist() == [3] and reason in file.dropped["reason"].iloc[0]
    assert len(file.dropped["text"].iloc[0]) <= 80


def test_the_look_through_that_a_sponsor_appends_is_not_counted_twice(tmp_path):
    second = 'Fund Holdings as of,"Dec 31, 2020"\nName,ISIN,Shares,Market Value\n' + GOOD
    file = read_holdings(written(tmp_path, HEADER + GOOD + second))
    assert len(file.rows) == 1 and file.dropped["row"].tolist() == [3, 4, 5]
    assert "second view of the same fund" in file.dropped["reason"].iloc[2]


def test_a_further_table_of_other_headings_and_a_second_account_are_read(tmp_path):
    other = read_holdings(written(tmp_path, HEADER + GOOD + "Ticker,Weight,Shares,Price\n700,1,2,3\n"))
    assert other.rows[["row", "ticker", "quantity"]].values.tolist() == [[2, "", 1000.0], [4, "700", 2.0]]
    assert other.dropped["reason"].tolist() == ["the header of a further table"]
    second = read_holdings(written(tmp_path, "Account: A\n" + HEADER + GOOD + "\nAccount: B\n" + HEADER + GOOD))
    assert second.rows["account"].tolist() == ["A", "B"] and second.n_blank == 1
    trades = "Name,ISIN,Trade Date,Settle Date,Quantity,Proceeds\nXiaomi,KYG9830T1067,2021-01-04,2021-01-06,5,6\n"
    assert len(read_holdings(written(tmp_path, HEADER + GOOD + trades)).rows) == 1
    with pytest.raises(InputError, match="list of transactions"):
        read_holdings(written(tmp_path, trades))


def test_identical_rows_are_kept_and_said(tmp_path):
    file = read_holdings(written(tmp_path, HEADER + GOOD + GOOD))
    assert len(file.rows) == 2 and file.issues["problem"].tolist() == ["every cell that is read repeats an earlier row"]


def test_encodings_and_line_ends(tmp_path):
    row = "Société Générale;FR0000130809;1\u00a0000;17,5\r\n"
    for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
        file = read_holdings(written(tmp_path, ("Name;ISIN;Shares;Price\r\n" + row).encode(encoding)))
        assert file.rows["name"].tolist() == ["Société Générale"] and file.rows["quantity"].tolist() == [1000.0]
        assert file.rows["price"].tolist() == [17.5]
    assert len(read_holdings(written(tmp_path, (HEADER + GOOD).encode() + b"\x1a")).rows) == 1
    assert len(read_holdings(written(tmp_path, (HEADER + GOOD + GOOD).replace("\n", "\r"))).rows) == 2


def test_formulas_of_a_workbook_without_stored_values_are_named(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    for row in (
        ["Name", "ISIN", "Shares", "Market Value"],
        ["Xiaomi", "KYG9830T1067", "=2*500", 29300],
        ["=HYPERLINK(1)", "HK0941009539", 5, 6],
    ):
        book.active.append(row)
    path = tmp_path / "book.xlsx"
    book.save(path)
    file = read_holdings(path)
    assert pd.isna(file.rows["quantity"].iloc[0]) and file.rows["market_value"].iloc[0] == 29300
    assert ("quantity", "=2*500") in list(zip(file.issues["column"], file.issues["value"], strict=True))


def test_a_cell_over_two_lines_is_one_row_and_an_open_quotation_mark_swallows_none(tmp_path):
    file = read_holdings(written(tmp_path, HEADER + '"Xiaomi\nCorp",KYG9830T1067,5,6\n' + GOOD))
    assert file.rows["name"].tolist() == ["Xiaomi\nCorp", "Xiaomi"] and (file.n_rows, file.n_continued, file.n_lines) == (2, 1, 4)
    late = read_holdings(written(tmp_path, HEADER + GOOD + 'Xiaomi,KYG9830T1067,5,"\n' + GOOD + GOOD))
    assert len(late.rows) == 3 and late.dropped["row"].tolist() == [3] and "quotation mark" in late.dropped["reason"].iloc[0]
