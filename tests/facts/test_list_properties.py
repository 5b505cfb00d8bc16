"""Whatever a list file holds, reading it ends in a list or a named error, and every row is accounted for."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from impact.errors import SourceUnusable
from impact.facts.list_records import ListTables, split_records
from impact.facts.official_lists import LIST_FORMATS, diff_lists, read_official_list
from impact.facts.remarks import file_remarks, split_remarks

CSL_HEADER = b"source,entity_number,type,programs,name,start_date,remarks,alt_names,ids\n"
PLAIN_HEADER = b"name,program,listed_on,isin,ticker,aka,note\n"
GOOD = b'7,"EXAMPLE CORP",-0- ,"CMIC-EO13959",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"ISIN HK0000000007; Listing Date (CMIC) 03 Jun 2021."\r\n'
PIECES = st.sampled_from(
    [
        b'"',
        b",",
        b"\n",
        b"\r\n",
        b"\r",
        b"-0- ",
        b"\x1a",
        b"\x00",
        b"; ",
        b"ISIN ",
        b"Linked To:",
        b"a.k.a. '",
        b"] [",
        b"\xe9",
        b"\xff",
        b"1",
        GOOD,
    ]
)
NOISE = st.lists(st.one_of(PIECES, st.binary(max_size=12)), max_size=60).map(b"".join)
KEYS = ["ISIN ", "alt. ISIN ", "Equity Ticker ", "Listing Date (CMIC) ", "a.k.a. '", "Linked To: ", "Target Type ", "Unknown Key: ", ""]


def read_bytes(content: bytes, format_: str):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        path.write_bytes(content)
        return read_official_list(path, format=format_)


@settings(deadline=None, max_examples=150)
@given(noise=NOISE, format_=st.sampled_from(tuple(LIST_FORMATS)), with_header=st.booleans())
def test_noise_is_a_list_or_a_named_error_and_no_row_is_lost(noise, format_, with_header):
    header = {"ofac": GOOD, "csl": CSL_HEADER, "plain": PLAIN_HEADER}[format_] if with_header else b""
    try:
        official = read_bytes(header + noise, format_)
    except SourceUnusable as error:
        assert str(error)
        return
    rows = official.rows.iloc[0]
    assert rows["n_read"] == rows["n_kept"] + rows["n_dropped"]
    assert rows["n_kept"] == len(official.entries) and rows["n_dropped"] == len(official.dropped)
    assert official.entries["entry"].is_unique
    assert diff_lists(official, official).changes.empty
    assert str(official) and len(official.to_frame()) == len(official.entries)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.text(st.sampled_from('ab",\n\x1a '), max_size=8), max_size=30), st.integers(1, 4))
def test_every_line_belongs_to_exactly_one_row(lines, width):
    records = split_records(lines, width)
    assert "\n".join(record.text for record in records) == "\n".join(lines)
    assert all((len(record.cells) == width) != bool(record.reason) for record in records)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(st.sampled_from(KEYS), st.text(max_size=15)), max_size=12))
def test_every_fact_of_a_remark_lands_in_a_table(parts):
    text = "; ".join(key + value for key, value in parts)
    tables = ListTables(file="list.csv")
    count = file_remarks(tables, 1, "7", text)
    stored = sum(len(tables.rows[name]) for name in ("identifiers", "names", "dates", "relations", "attributes"))
    refused = [row for row in tables.rows["errors"] if "not a date" in row[-1] or "is empty" in row[-1]]
    assert count == len(split_remarks(text)) == stored + len(refused)


@settings(deadline=None, max_examples=60)
@given(st.permutations(range(5)))
def test_the_order_of_rows_does_not_matter(order):
    rows = [GOOD.replace(b"7,", f"{n},".encode(), 1).replace(b"EXAMPLE", f"EXAMPLE {n}".encode()) for n in range(5)]
    assert diff_lists(read_bytes(b"".join(rows), "ofac"), read_bytes(b"".join(rows[n] for n in order), "ofac")).changes.empty
