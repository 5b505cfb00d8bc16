"""Every format of the registry gives the same table, whatever the name of the file says."""

import pytest

from impact.errors import InputError
from impact.intake import FORMATS, read_tables
from impact.intake.formats import format_of
from tests.intake.samples import FRAME, HEADINGS, ROWS, TABLE, packed, written, xlsx, zipped


def rows_of(sheet):
    return [list(sheet.headings), *sheet.head(99)] if sheet.headings else sheet.head(99)


def attempt(content):
    """The file and no words, or None and the words of the refusal."""
    try:
        return read_tables(content), ""
    except InputError as error:
        return None, str(error)


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_each_format_reads_the_table_by_its_content(known, tmp_path):
    content = written(known.name)
    assert format_of(content) is known, "another format took it"
    for name in ("book.csv", "book.xls", "book"):
        path = tmp_path / name
        path.write_bytes(content)
        file = read_tables(path)
        assert (file.kind, len(file.sheets)) == (known.name, 1)
        assert rows_of(file.sheets[0]) == TABLE
        assert file.path == str(path)
    assert known.about and known.name == known.name.lower()


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_each_format_says_what_is_wrong_with_a_cut_file(known):
    """Cut anywhere, a file gives a table with every line accounted for, or one sentence."""
    content = written(known.name)
    for cut in range(1, len(content), max(1, len(content) // 25)):
        file, refusal = attempt(content[:cut])
        assert "\n" not in refusal and len(refusal) < 500
        for sheet in file.sheets if file else ():
            assert sheet.n_lines == len(sheet) + len(sheet.refused) + sheet.n_blank + sheet.n_continued


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_each_format_is_read_out_of_gzip_and_of_an_archive(known):
    content = written(known.name)
    assert rows_of(read_tables(packed(content)).sheets[0]) == TABLE
    file = read_tables(zipped(**{"a/book.xls": content, "note.pdf": b"%PDF-1.7"}))
    assert rows_of(file.sheets[0]) == TABLE and file.sheets[0].name.startswith("a/book.xls")
    assert any("note.pdf" in note for note in file.notes)


def test_frames_of_every_library_and_plain_python_give_the_same_table():
    import polars
    import pyarrow

    records = FRAME.to_dict("records")
    for source in (FRAME, polars.from_pandas(FRAME), pyarrow.Table.from_pandas(FRAME), FRAME.to_dict("list"), records):
        sheet = read_tables(source).sheets[0]
        assert list(sheet.headings) == HEADINGS and sheet.head(9) == ROWS
        assert sheet.line.tolist() == [1, 2]


@pytest.mark.parametrize(
    "source",
    [[], [1, 2], "", 5, object(), {"a": [1], "b": [1, 2]}],
    ids=["nothing", "numbers", "a name", "a number", "an object", "columns of two lengths"],
)
def test_what_is_no_table_is_refused_in_one_sentence(source):
    with pytest.raises(InputError) as caught:
        read_tables(source)
    assert "\n" not in str(caught.value)


def test_all_sheets_come_in_order_with_their_own_row_numbers():
    content = xlsx(("Cover", [["Monthly report"]]), ("Empty", []), ("A", [[], [], HEADINGS, [], ["x", None, 1.5, 2]]))
    file = read_tables(content)
    assert [sheet.name for sheet in file.sheets] == ["Cover", "A"] and file.notes == ("Sheet 'Empty' is empty.",)
    page = file.sheets[1]
    assert (page.line.tolist(), page.n_lines, page.n_blank) == ([3, 5], 5, 3)
    assert page.head(9) == [HEADINGS, ["x", "", "1.5", "2"]]
    assert page.numeric.tolist() == [[False] * 4, [False, False, True, True]]
    assert [sheet.name for sheet in read_tables(content, sheet="A").sheets] == ["A"]
    with pytest.raises(InputError, match="sheet='B' is not in"):
        read_tables(content, sheet="B")


def test_a_formula_without_a_stored_value_comes_as_the_formula():
    sheet = read_tables(xlsx(("A", [["a", "b"], ["x", "=2*500"]]))).sheets[0]
    assert sheet.head(2)[1] == ["x", "=2*500"] and not sheet.numeric[1, 1]


def test_cells_of_a_page_that_span_rows_and_columns_keep_their_place():
    page = "<table><tr><th rowspan=2>Fund</th><th colspan=2>Held</th></tr><tr><th>Qty</th><th>Val</th></tr><tr><td>A</td><td>1</td><td>2</td></tr></table>"
    assert read_tables(page.encode()).sheets[0].head(9) == [["Fund", "Held", ""], ["Fund", "Qty", "Val"], ["A", "1", "2"]]


HEAD = "<tr><th>Name</th><th>ISIN</th><th>Currency</th></tr>"


@pytest.mark.parametrize(
    ("rows", "read"),
    [
        (  # a row that ends early is covered too
            "<tr><td>Xiaomi</td><td>K</td><td rowspan=3>HKD</td></tr><tr><td>Technology</tr><tr><td>Meituan</td><td>M</td></tr>"
            "<tr><td>Apple</td><td>U</td><td>USD</td></tr>",
            [["Xiaomi", "K", "HKD"], ["Technology", "", "HKD"], ["Meituan", "M", "HKD"], ["Apple", "U", "USD"]],
        ),
        (
            "<tbody><tr><td>Xiaomi</td><td>K</td><td rowspan=9>HKD</td></tr></tbody><tbody><tr><td>Apple</td><td>U</td></tr></tbody>",
            [["Xiaomi", "K", "HKD"], ["Apple", "U", ""]],
        ),
        (
            "<tbody><tr><td>Xiaomi</td><td>K</td><td rowspan=0>HKD</td></tr><tr><td>Meituan</td><td>M</td></tr></tbody>"
            "<tbody><tr><td>Apple</td><td>U</td><td>USD</td></tr></tbody>",
            [["Xiaomi", "K", "HKD"], ["Meituan", "M", "HKD"], ["Apple", "U", "USD"]],
        ),
    ],
)
def test_a_cell_of_a_page_covers_the_rows_that_the_standard_says(rows, read):
    assert read_tables(f"<table>{HEAD}{rows}</table>".encode()).sheets[0].head(9)[1:] == read


def test_a_broker_page_keeps_the_zeros_of_codes():
    page = b"<html xmlns:x='urn:schemas-microsoft-com:office:excel'><table><tr><td>Code</td><td>Qty</td></tr><tr><td>000973</td><td>10</td></tr></table></html>"
    assert read_tables(page).sheets[0].head(2)[1] == ["000973", "10"]


def test_nested_json_and_record_lines():
    nested = (
        b'{"account": {"id": 7, "positions": [{"symbol": {"isin": "KYG9830T1067"}, "qty": 5}], "cash": [{"ccy": "USD", "amount": 1.5}]}}'
    )
    file = read_tables(nested)
    assert [(sheet.name, sheet.headings) for sheet in file.sheets] == [
        ("account.positions", ("symbol.isin", "qty")),
        ("account.cash", ("ccy", "amount")),
    ]
    lines = read_tables(b'{"isin": "KYG9830T1067", "qty": 5}\n{"isin": "US0378331005", "qty": 1}\n').sheets[0]
    assert lines.headings == ("isin", "qty") and len(lines) == 2
    split = read_tables(b'{"columns": ["isin", "qty"], "data": [["KYG9830T1067", 5]]}').sheets[0]
    assert split.headings == ("isin", "qty") and split.head(1) == [["KYG9830T1067", "5"]]


@pytest.mark.parametrize("n", [1, 3000])
@pytest.mark.parametrize(
    ("mark", "row"),
    [
        ("\t", '="002415"\t海康\t="1,000"'),
        (",", '="002415",海康,="1,000"'),
        (",", '"=""002415""",海康,"=""1,000"""'),
        (";", '"002415";="海康";1,000'),
    ],
)
def test_a_cell_that_a_spreadsheet_is_to_take_for_text_is_that_text(mark, row, n):
    """Each was kept with its signs, or cut at its comma, so that the figures of the line stood one column on."""
    text = f'="代码"{mark}名称{mark}数量\n' + f"{row}\n" * n
    sheet = read_tables(text.encode()).sheets[0]
    assert sheet.head(2) == [["代码", "名称", "数量"], ["002415", "海康", "1,000"]]
    assert len(sheet) == n + 1 and sheet.width == 3
