"""Whatever stands in a file: a table with every row accounted for, or one sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.errors import InputError
from impact.holdings import read_holdings

CELLS = st.sampled_from(
    [
        "Xiaomi",
        "KYG9830T1067",
        "1,234",
        "(5)",
        "=A1",
        "-",
        "",
        "Total",
        '"',
        'a"b',
        "a,b",
        "1.2E+30",
        "ISIN",
        "Shares",
        "\xa0",
        "é",
        "\x1a",
        "9" * 40,
    ]
)


@settings(deadline=None, max_examples=120)
@given(
    st.lists(st.lists(CELLS, max_size=6), max_size=12),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
)
def test_no_row_is_lost(tmp_path_factory, rows, separator, end, encoding):
    path = tmp_path_factory.mktemp("fuzz") / "book.csv"
    lines = [separator.join(("Name", "ISIN", "Shares", "Market Value")), *(separator.join(row) for row in rows)]
    path.write_bytes(end.join(lines).encode(encoding, errors="replace"))
    try:
        file = read_holdings(path)
    except InputError as error:
        assert "\n" not in str(error)
        return
    assert file.n_rows == len(file.rows) + len(file.dropped)
    assert file.n_lines == file.header_line + file.n_blank + file.n_continued + file.n_rows
    assert not set(file.rows["row"]) & set(file.dropped["row"])
    assert (file.dropped["reason"] != "").all()


@settings(deadline=None, max_examples=120)
@given(st.binary(max_size=400), st.sampled_from([b"", b"Name,ISIN,Shares\n", b"PK\x03\x04", b"PAR1", b"<a>", b"\xff\xfe"]))
def test_bytes_never_break_it(tmp_path_factory, noise, opening):
    path = tmp_path_factory.mktemp("noise") / "book"
    path.write_bytes(opening + noise)
    try:
        file = read_holdings(path)
    except InputError as error:
        assert str(error).startswith(("path=", "the table"))
        return
    assert file.n_rows == len(file.rows) + len(file.dropped)


def test_the_sentence_names_the_file(tmp_path):
    path = tmp_path / "book.csv"
    path.write_text("nothing")
    with pytest.raises(InputError, match="book.csv"):
        read_holdings(path)
