"""A file made to break a reader ends at once in a sentence that names it."""

import gzip
import io
import json
import zipfile

import pytest

from impact.errors import InputError
from impact.intake import LIMITS, read_tables
from tests.intake.samples import TABLE, xlsx, zipped

HEAD = b"Name,ISIN,Shares\n"
GOOD = b"Xiaomi,KYG9830T1067,10\n"
SS = 'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'


def far_cell():
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(xlsx(("A", TABLE))))
    book.active["XFD1048576"] = 1
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def many_rows():
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(("A", TABLE)))) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b"</sheetData>", b"<row/>" * 2_000_000 + b"</sheetData>")
            new.writestr(name, content)
    return stream.getvalue()


MERGED = '<ss:Row><ss:Cell ss:MergeAcross="16000"><ss:Data ss:Type="String">a</ss:Data></ss:Cell></ss:Row>'

BOMBS = {
    "a stray cell far away": (far_cell, "spans 1,048,576 rows by 16,384 columns and holds 13 cells"),
    "more rows than a sheet has": (many_rows, "more than the 1,048,576 rows"),
    "gzip": (lambda: gzip.compress(b"a" * 80_000_000), "unpacks to more than"),
    "cut gzip": (lambda: gzip.compress(bytes(range(256)) * 9)[:-20], "damaged gzip file"),
    "broken gzip": (lambda: gzip.compress(HEAD + GOOD)[:20] + b"\0" * 90, "damaged gzip file"),
    "archive": (lambda: zipped(**{f"{n}.csv": b"0" * 9_000_000 for n in range(9)}), "unpacks to 81,000,000 bytes in 9 files"),
    "blank lines": (lambda: HEAD + GOOD + b"\n" * (LIMITS.lines + 1), "lines, more than"),
    "document type in UTF-16": (
        lambda: '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY x "lol">]><a><b x="1" y="&x;"/></a>'.encode("utf-16"),
        "declares a document type",
    ),
    "document type": (lambda: b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><b x="1">&x;</b></a>', "declares a document type"),
    "deep XML": (lambda: b"<a>" * 100_000, "not well-formed XML"),
    "deep JSON": (lambda: b"[" * 100_000, "not well-formed JSON"),
    "a page of wide cells": (
        lambda: b"<table>" + b"<tr><td colspan=1000 rowspan=60000>a</td></tr>" * 400 + b"</table>",
        "spans more than 16,384 columns",
    ),
    "rows of wide cells": (
        lambda: b"<table>" + (b"<tr>" + b"<td colspan=1000>a</td>" * 16 + b"</tr>") * 1300 + b"</table>",
        "spans more than 20,000,000 empty cells",
    ),
    "tables of wide cells": (
        lambda: (b"<table>" + (b"<tr>" + b"<td colspan=1000>a</td>" * 16 + b"</tr>") * 20 + b"</table>") * 80,
        "spans more than 20,000,000 empty cells",
    ),
    "a long row above short ones": (lambda: b"a," * 16_000 + b"\n" + b"1,2\n" * 1300, "spans more than 20,000,000 empty cells"),
    "records of other keys": (
        lambda: json.dumps([{f"k{n}": 1} for n in range(4600)]).encode(),
        "spans more than 20,000,000 empty cells",
    ),
    "elements of other keys": (
        lambda: b"<a>" + b"".join(b'<b k%d="1" z="2"/>' % n for n in range(4600)) + b"</a>",
        "spans more than 20,000,000 empty cells",
    ),
    "merged cells": (
        f'<ss:Workbook {SS}><ss:Worksheet ss:Name="a">{MERGED * 1300}</ss:Worksheet></ss:Workbook>'.encode,
        "spans more than 20,000,000 empty cells",
    ),
    "a row of wide cells": (lambda: b"<table><tr>" + b"<td colspan=1000>" * 90_000 + b"</tr></table>", "spans more than 16,384 columns"),
    "an index far away": (
        f'<ss:Workbook {SS}><ss:Worksheet ss:Name="a"><ss:Row ss:Index="900000000"/></ss:Worksheet></ss:Workbook>'.encode,
        "points to row or column 900,000,000",
    ),
    "a picture": (lambda: bytes(range(256)) * 100, "is binary"),
    "a log-in page": (lambda: b"<!DOCTYPE html><html><form>please log in</form></html>", "is a web page, not a table"),
    "a picture of a table": (lambda: b"%PDF-1.7", "is a PDF"),
    "nothing": (lambda: b"\xef\xbb\xbf \r\n", "is empty"),
    "a password": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
}


@pytest.mark.parametrize(("make", "says"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_in_one_sentence(make, says):
    with pytest.raises(InputError, match=says) as caught:
        read_tables(make())
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


@pytest.mark.parametrize("bad", [b"x" * 200_000 + b",a,1\n", b'"' + b"x" * 200_000 + b'",a,1\n'], ids=["bare", "quoted"])
def test_a_cell_beyond_the_limit_costs_its_row_alone(bad):
    sheet = read_tables(HEAD + GOOD + bad + GOOD).sheets[0]
    assert len(sheet) == 3 and [(row.line, row.code) for row in sheet.refused] == [(3, "long_cell")]
    assert sheet.refused[0].reason == "a cell is longer than 131,072 characters" and len(sheet.refused[0].text) == 80


def test_an_open_quotation_mark_costs_its_line_alone():
    sheet = read_tables(HEAD + (GOOD + b'"open,x,1\n') * 20).sheets[0]
    assert len(sheet) == 21 and {row.code for row in sheet.refused} == {"open_quotation"} and len(sheet.refused) == 20
    whole = read_tables(HEAD + b'"Xiaomi\nCorp",KYG9830T1067,10\n' + GOOD).sheets[0]
    assert whole.head(2)[1][0] == "Xiaomi\nCorp" and (whole.n_continued, whole.n_lines, whole.line.tolist()) == (1, 4, [1, 2, 4])


@pytest.mark.parametrize("name", ["klingon", "ascii"])
def test_a_declared_encoding_that_is_none_or_does_not_fit_is_found_from_the_bytes(name):
    file = read_tables(f'<?xml version="1.0" encoding="{name}"?><a><b x="é" y="2"/></a>'.encode())
    assert file.sheets[0].head(1) == [["é", "2"]]


@pytest.mark.parametrize("separator", [";", "\t", "|", ",", "^", "~", "¦", "\x1f"])
def test_any_separator_is_found(separator):
    rows = [["Name", "Shares", "Weight"], ["A, B", "1,5", "2"], ["C", "3,25", "4"]]
    text = "\n".join(separator.join(f'"{cell}"' if separator in cell else cell for cell in row) for row in rows)
    assert read_tables(text.encode()).sheets[0].head(3) == rows


def test_a_first_line_may_settle_the_separator():
    sheet = read_tables(b"sep=;\nName;Shares\nA;1\n").sheets[0]
    assert sheet.separator == ";" and sheet.head(3)[1:] == [["Name", "Shares"], ["A", "1"]]
