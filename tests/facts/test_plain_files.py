"""A list of the reader's own is read whatever the kind of its file, and every row of it is kept or dropped with a reason."""

import datetime
import gzip
import io
import json

import pandas as pd
import pytest

from impact.errors import SourceUnusable
from impact.facts.official_lists import read_official_list
from tests.intake.samples import xlsx

HEADINGS = ["Name", "ISIN", "Alias", "Listed on"]
ROWS = [
    ["Société Añil & Cie", "KYG9999T1064", "Añil; Alte Añil", "2020-06-25"],
    ["Foo, Bar Works Ltd", "HK0000000007", "", ""],
    ["Baz AG", "", "Bazwerk | Baz-Werke", "2019-01-31"],
]


def text_of(mark, rows=ROWS):
    quoted = [[f'"{cell}"' if mark in cell else cell for cell in row] for row in [HEADINGS, *rows]]
    return "".join(mark.join(row) + "\n" for row in quoted)


def parquet():
    stream = io.BytesIO()
    pd.DataFrame(ROWS, columns=HEADINGS).to_parquet(stream)
    return stream.getvalue()


HTML = "<html><body><table>{}</table></body></html>".format(
    "".join("<tr>" + "".join(f"<td>{cell.replace('&', '&amp;')}</td>" for cell in row) + "</tr>" for row in [HEADINGS, *ROWS])
)
FILES = {
    "semicolon, cp1252": (text_of(";").encode("cp1252"), 2),
    "tab, UTF-16": (text_of("\t").encode("utf-16"), 2),
    "bar, UTF-8 with mark": (text_of("|").encode("utf-8-sig"), 2),
    "comma, packed": (gzip.compress(text_of(",").encode()), 2),
    "comma, a title above": (b"Restricted list\nas of 2021-01-20\n\n" + text_of(",").encode(), 5),
    "comma, a title with commas as a spreadsheet writes it": (b"Restricted list,,,\n,,,\n" + text_of(",").encode(), 4),
    "sep= in the first line": (b"sep=;\n" + text_of(";").encode(), 3),
    "workbook": (xlsx(("Sheet1", [HEADINGS, *ROWS])), 2),
    "workbook, a title above": (xlsx(("Sheet1", [["Restricted list"], [], HEADINGS, *ROWS])), 4),
    "page saved as a workbook": (HTML.encode(), 2),
    "records": (json.dumps([dict(zip(HEADINGS, row, strict=True)) for row in ROWS]).encode(), 1),
    "Parquet": (parquet(), 1),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_list_is_read_whatever_the_kind_of_its_file(kind, tmp_path):
    content, first = FILES[kind]
    path = tmp_path / "own.xls"
    path.write_bytes(content)
    official = read_official_list(path)
    assert official.entries["name"].tolist() == [row[0] for row in ROWS]
    assert official.entries["row"].tolist() == [first, first + 1, first + 2]
    assert official.identifiers["value"].tolist() == ["KYG9999T1064", "HK0000000007"]
    assert official.names.query("kind == 'aka'")["name"].tolist() == ["Añil", "Alte Añil", "Bazwerk", "Baz-Werke"]
    assert official.dates["date"].dt.strftime("%Y-%m-%d").tolist() == ["2020-06-25", "2019-01-31"]
    n_above = official.dropped["reason"].eq("stands above the headings").sum()
    assert n_above == len(official.dropped) == {"comma, a title above": 2}.get(kind, int("title" in kind or "sep=" in kind))
    assert official.rows[["n_read", "n_kept", "n_dropped"]].values.tolist() == [[3 + n_above, 3, n_above]]
    assert official.errors.empty


def test_days_and_numbers_of_a_workbook_are_read_as_it_keeps_them(tmp_path):
    path = tmp_path / "own.xlsx"
    path.write_bytes(xlsx(("L", [["name", "cusip", "listed_on"], ["Foo", 459200101, datetime.datetime(2020, 5, 6)]])))
    official = read_official_list(path)
    assert official.identifiers["value"].tolist() == ["459200101"]
    assert official.dates["date"].dt.strftime("%Y-%m-%d").tolist() == ["2020-05-06"]


@pytest.mark.parametrize("mark", [",", "\t"])
def test_the_headings_tell_the_separator_where_every_row_has_another_one_too(mark, tmp_path):
    path = tmp_path / "own.csv"
    rows = [["Foo", f"A{n}; B{n}"] for n in range(30)]
    path.write_text("".join(f"{name}{mark}{aka}\n" for name, aka in [["name", "aka"], *rows]), encoding="utf-8")
    official = read_official_list(path)
    assert len(official.entries) == 30 and len(official.names.query("kind == 'aka'")) == 60 and official.dropped.empty


def test_a_column_of_names_alone_is_cut_nowhere(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("name\nFoo, Inc.\nBar, Ltd.\nBaz\n", encoding="utf-8")
    official = read_official_list(path)
    assert official.entries["name"].tolist() == ["Foo, Inc.", "Bar, Ltd.", "Baz"] and official.dropped.empty


@pytest.mark.parametrize("mark", [",", ";", "\t", " | "])
@pytest.mark.parametrize(
    "code", ["KYG9999T1064", "KYG9999T1065", "037833100", "9999 HK", "0941.HK", "BABA US", "BABA.O", "01810", "2020-11-12", "12 Nov 2020"]
)
def test_a_code_behind_a_name_under_its_one_heading_is_no_part_of_the_name(mark, code, tmp_path):
    """Name over 'Qorvex Holdings,KYG9999T1064' made one name of both, and a book that held the code was clear."""
    path = tmp_path / "own.csv"
    path.write_text(f"Name\nQorvex Holdings{mark}{code}\n", encoding="utf-8")
    with pytest.raises(SourceUnusable, match="holds no usable row of 1; most often: its name holds '.*give it a column with a heading"):
        read_official_list(path)
    path.write_text(f"Name\nQorvex Holdings{mark}{code}\nFoo, Inc.\n", encoding="utf-8")
    official = read_official_list(path)
    assert official.entries["name"].tolist() == ["Foo, Inc."] and official.dropped["row"].tolist() == [2]
    assert "1 row(s) of the list are not read" in official.unread()[0]


def test_words_behind_a_comma_are_the_name(tmp_path):
    path = tmp_path / "own.csv"
    names = [
        "Qorvex Holdings, Ltd.",
        "Foo, N.V.",
        "Bar, LTD",
        "Baz, S.A.",
        "Smith, John",
        "A, B & C, LLC",
        "Unit, 3M",
        "Qux, INC US",
        "Zet, Co., The",
    ]
    path.write_text("Name\n" + "\n".join(names) + "\n", encoding="utf-8")
    assert read_official_list(path).entries["name"].tolist() == names


def test_a_code_in_the_brackets_of_a_name_is_said_not_to_be_asked_about(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("Name;Program\nQorvex Holdings (KYG9999T1064);X\nFoo (3M);X\nBar - 9999 HK;X\n---;X\n", encoding="utf-8")
    official = read_official_list(path)
    assert official.errors[["row", "value"]].values.tolist() == [[2, "KYG9999T1064"], [4, "9999 HK"]]
    assert len(official.entries) == 3 and official.dropped["reason"].tolist() == ["has no name"]


def test_a_list_whose_letters_are_not_told_says_so(tmp_path):
    path = tmp_path / "own.csv"
    path.write_bytes("Name;ISIN\nΕθνική Τράπεζα;KYG9999T1064\n".encode("cp1253"))
    assert "The encoding of the text is not told" in read_official_list(path).unread()[0]


def test_every_row_of_a_list_is_kept_or_dropped_with_its_reason(tmp_path):
    path = tmp_path / "own.csv"
    lines = ("Name;ISIN;Note", "Foo;KYG9999T1064;", "", "Name;ISIN;Note", ";HK0000000007;", "Bar;x;y;z", "Baz;HK0000000007", '"open;a;b')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    official = read_official_list(path)
    assert official.entries[["row", "name"]].values.tolist() == [[2, "Foo"], [7, "Baz"]]
    assert official.dropped[["row", "reason"]].values.tolist() == [
        [4, "repeats the headings"],
        [5, "has no name"],
        [6, "has 4 columns, not 3"],
        [8, "a quotation mark opens and does not close"],
    ]
    assert official.errors[["row", "field", "reason"]].values.tolist() == [[7, "row", "has 2 columns, not 3: a part of it may be missing"]]
    assert official.rows[["n_read", "n_kept", "n_dropped"]].values.tolist() == [[6, 2, 4]]


def test_every_sheet_with_a_column_of_names_is_read_and_the_rows_of_others_are_named(tmp_path):
    path = tmp_path / "own.xlsx"
    sheets = [("A", [["name", "isin"], ["Foo", "KYG9999T1064"]]), ("B", [["Company"], ["Bar"]]), ("Notes", [["see A"], ["and B"]])]
    path.write_bytes(xlsx(*sheets))
    official = read_official_list(path)
    assert official.entries["name"].tolist() == ["Foo", "Bar"] and official.entries["entry"].is_unique
    assert official.dropped["reason"].tolist() == ["its sheet has no column of names"] * 2
    assert official.rows[["n_read", "n_kept", "n_dropped"]].values.tolist() == [[1, 1, 0], [1, 1, 0], [2, 0, 2]]
    assert official.rows["file"].tolist() == ["own.xlsx, sheet 'A'", "own.xlsx, sheet 'B'", "own.xlsx, sheet 'Notes'"]


def test_a_cell_under_no_heading_is_said_and_the_row_of_a_sheet_kept(tmp_path):
    path = tmp_path / "own.xlsx"
    path.write_bytes(xlsx(("L", [["name", "isin"], ["Foo", "KYG9999T1064", "see below"], ["Bar", None]])))
    official = read_official_list(path)
    assert official.entries["name"].tolist() == ["Foo", "Bar"]
    assert official.errors[["row", "value", "reason"]].values.tolist() == [[2, "see below", "stands under no heading"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.4\n", "is a PDF; export the table as CSV or XLSX"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x00", "binary and no known table format"),
        (xlsx(("L", [["isin"], ["KYG9999T1064"]])), "heads a list with a column of names"),
        (xlsx(("L", [["name", "isn"], ["Foo", "KYG9999T1064"]])), "column 'isn' is not known"),
        (json.dumps([{"name": "Foo", "aka": [{"v": "Bar"}]}]).encode(), "column 'aka' holds lists of records"),
        ("Enw;ISIN\nAçores Foo;KYG9999T1064\n".encode("cp1252"), "heads a list with a column of names; .*: name, program"),
    ],
)
def test_what_is_no_list_is_refused_in_one_sentence_with_the_next_step(content, said, tmp_path):
    path = tmp_path / "own.csv"
    path.write_bytes(content)
    with pytest.raises(SourceUnusable, match=said) as refusal:
        read_official_list(path)
    assert "\n" not in str(refusal.value) and "own.csv" in str(refusal.value)
