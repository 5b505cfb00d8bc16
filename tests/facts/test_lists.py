"""Readers of official lists: hand-made rows in every known quirk, and what is refused."""

from __future__ import annotations

import http.server
import threading

import pandas as pd
import pytest

from impact.errors import DataUnavailable, InputError, SourceUnusable
from impact.facts.csl import split_ids
from impact.facts.list_formats import LIST_FORMATS, list_format
from impact.facts.list_records import read_day, split_records
from impact.facts.ofac import read_ofac
from impact.facts.official_lists import diff_lists, fetch_list, read_official_list
from impact.facts.plain_list import PLAIN_COLUMNS, read_plain_list
from impact.facts.remarks import split_remarks

NULL = "-0- "
DATES = "Effective Date (CMIC) 02 Aug 2021; Purchase/Sales For Divestment Date (CMIC) 03 Jun 2022; Listing Date (CMIC) 03 Jun 2021"


def primary_row(number, name, remarks, *, programs="CMIC-EO13959", kind=NULL):
    return f'{number},"{name}",{kind},"{programs}",' + ",".join([NULL] * 7) + f',"{remarks}"'


def written(tmp_path, name, *lines, encoding="cp1252", mark=b"\x1a"):
    path = tmp_path / name
    path.write_bytes("".join(line + "\r\n" for line in lines).encode(encoding) + mark)
    return path


def test_one_row_gives_each_fact_its_table(tmp_path):
    remarks = f"Equity Ticker 0999 HK; alt. Equity Ticker XTC US; Issuer Name Example Corp; ISIN HK0000000007; {DATES}; "
    remarks += (
        "Unified Social Credit Code (USCC) 911100 (China); a.k.a. 'EXC'; Target Type Public Company; Linked To: EXAMPLE GROUP CO., LTD."
    )
    official = read_ofac(written(tmp_path, "prim.csv", primary_row(7, "EXAMPLE CORP", remarks, programs="A-1] [B-2")), version="v1")
    assert official.entries[["entry", "name", "kind", "programs"]].values.tolist() == [["7", "EXAMPLE CORP", "entity", "A-1; B-2"]]
    assert official.identifiers[["kind", "value", "written", "country"]].values.tolist() == [
        ["ticker", "999 HK", "0999 HK", ""],
        ["ticker", "XTC US", "XTC US", ""],
        ["isin", "HK0000000007", "HK0000000007", ""],
        ["uscc", "911100", "911100", "China"],
    ]
    assert official.names[["kind", "name"]].values.tolist() == [["primary", "EXAMPLE CORP"], ["issuer", "Example Corp"], ["aka", "EXC"]]
    assert dict(zip(official.dates["kind"], official.dates["date"].dt.strftime("%Y-%m-%d"), strict=True)) == {
        "effective": "2021-08-02",
        "divestment": "2022-06-03",
        "listing": "2021-06-03",
    }
    assert official.dates["date"].dtype == "datetime64[ns]"
    assert official.relations["name"].tolist() == ["EXAMPLE GROUP CO., LTD."]
    assert official.attributes[["key", "value"]].values.tolist() == [["Target Type", "Public Company"]]
    assert official.rows.values.tolist() == [["prim.csv", 2, 1, 1]]
    assert official.dropped["reason"].tolist() == ["end-of-file mark"]
    assert official.errors.empty
    frame = official.to_frame().iloc[0]
    assert (
        frame["listing_on"] == pd.Timestamp("2021-06-03")
        and frame["ticker"] == "999 HK; XTC US"
        and frame["other_names"] == "Example Corp; EXC"
    )
    assert "1 entries, 0 values in error" in str(official)


def test_a_remark_cut_at_a_thousand_characters_goes_on_in_the_comments_file(tmp_path):
    whole = (
        "Target Type Public Company; "
        + "; ".join(f"alt. Issuer Name Example Number {n:03d}" for n in range(40))
        + f"; ISIN HK0000000007; {DATES}."
    )
    cut, rest = whole[:1000], whole[1000:]
    primary = written(tmp_path, "prim.csv", primary_row(7, "EXAMPLE CORP", cut))
    comments = written(tmp_path, "comments.csv", f'7,"{rest}"', '99,"orphan"')
    joined = read_ofac(primary, comments=comments)
    direct = read_ofac(written(tmp_path, "whole.csv", primary_row(7, "EXAMPLE CORP", whole[:999])))
    assert joined.names["name"].tolist()[1:] == [f"Example Number {n:03d}" for n in range(40)]
    assert joined.identifiers["value"].tolist() == ["HK0000000007"]
    assert len(joined.dates) == 3 and len(direct.dates) < 3
    assert joined.dropped.set_index("file").loc["comments.csv", "reason"].tolist() == [
        "end-of-file mark",
        "entity number 99 is not in the primary file",
    ]
    assert joined.rows.set_index("file").loc["comments.csv"].tolist() == [3, 1, 2]


def test_a_cut_remark_without_comments_is_reported(tmp_path):
    official = read_ofac(written(tmp_path, "prim.csv", primary_row(7, "EXAMPLE CORP", "x" * 1000)))
    assert official.errors["reason"].str.contains("cut at 1,000 characters").tolist() == [True]


def test_bad_rows_are_refused_one_by_one_with_a_reason(tmp_path):
    lines = [
        primary_row(1, "GOOD ONE", DATES),
        '2,"QUOTES NEVER CLOSED,-0- ,"X"',
        primary_row(3, "GOOD TWO", DATES),
        "4,TOO,FEW",
        primary_row("five", "NO NUMBER", DATES),
        primary_row(1, "SAME NUMBER", DATES),
        primary_row(6, "", DATES),
        "",
        primary_row(7, "CAFÉ “QUOTED” LTD", "POB Zürich."),
    ]
    official = read_ofac(written(tmp_path, "prim.csv", *lines))
    assert official.entries["name"].tolist() == ["GOOD ONE", "GOOD TWO", "CAFÉ “QUOTED” LTD"]
    assert official.dropped["row"].tolist() == [2, 4, 8, 10, 5, 6, 7]
    assert official.dropped["reason"].tolist() == [
        "quotes are not closed",
        "has 3 columns, not 12",
        "blank line",
        "end-of-file mark",
        "entity number 'five' is not a number",
        "entity number repeats that of row 1",
        "has no name",
    ]
    assert official.rows.iloc[0, 1:].tolist() == [10, 3, 7]


def test_values_that_do_not_hold_are_kept_and_reported(tmp_path):
    remarks = "ISIN BRC1EODR004; alt. ISIN HK0883013259; alt. ISIN HK0883013259; Equity Ticker 12 QQ; Listing Date (CMIC) 31 Feb 2021"
    official = read_ofac(written(tmp_path, "prim.csv", primary_row(7, "EXAMPLE CORP", remarks)))
    assert official.identifiers[["value", "valid"]].values.tolist() == [
        ["BRC1EODR004", False],
        ["HK0883013259", True],
        ["HK0883013259", True],
        ["12 QQ", False],
    ]
    assert official.errors["field"].tolist() == ["ISIN", "ISIN", "Equity Ticker", "Listing Date (CMIC)"]
    assert official.dates.empty
    assert pd.isna(official.to_frame()["listing_on"].iloc[0])


def test_alternates_need_the_number_of_an_entry(tmp_path):
    primary = written(tmp_path, "prim.csv", primary_row(7, "EXAMPLE CORP", DATES))
    alternates = written(
        tmp_path, "alt.csv", f'7,1,"fka","OLD NAME",{NULL}', f'8,2,"aka","STRAY",{NULL}', f'7,3,"zzz","ODD KIND",{NULL}', f"7,4,aka,,{NULL}"
    )
    official = read_ofac(primary, alternates=alternates)
    assert official.names[["kind", "name"]].values.tolist() == [["primary", "EXAMPLE CORP"], ["fka", "OLD NAME"], ["aka", "ODD KIND"]]
    assert official.rows.set_index("file").loc["alt.csv"].tolist() == [5, 2, 3]
    assert official.errors["field"].tolist() == ["alternate type"]


def test_the_final_stop_stays_only_on_an_abbreviation():
    assert split_remarks("a.k.a. 'X'.") == ["a.k.a. 'X'"]
    assert split_remarks("Linked To: Y CO., LTD.") == ["Linked To: Y CO., LTD."]
    assert split_remarks("") == []


@pytest.mark.parametrize(
    ("text", "day"),
    [("03 Jun 2021", "2021-06-03"), ("2021-06-03", "2021-06-03"), ("06/03/2021", "2021-06-03"), ("3 June 2021", "2021-06-03")],
)
def test_days_read_without_a_locale(text, day):
    assert read_day(text) == pd.Timestamp(day)


@pytest.mark.parametrize("text", ["31 Feb 2021", "03 Jux 2021", "2021-13-01", "soon", ""])
def test_what_is_no_day(text):
    assert read_day(text) is None


def test_a_quoted_line_break_joins_but_an_open_quote_does_not_swallow():
    lines = ['1,"two', 'lines"', '2,"open', "3,next", "4,last"]
    records = split_records(lines, 2)
    assert [record.cells for record in records if record.cells] == [("1", "two\nlines"), ("3", "next"), ("4", "last")]
    assert [(record.row, record.reason) for record in records if record.reason] == [(3, "quotes are not closed")]


@pytest.mark.parametrize(
    ("cell", "facts"),
    [
        ("Listing Date (CMIC), 03 Jun 2021", [("Listing Date (CMIC)", "03 Jun 2021", "")]),
        ("03 Jun 2021, Listing Date (CMIC)", [("Listing Date (CMIC)", "03 Jun 2021", "")]),
        ("Issuer Name, Example Telecom Corp, Ltd", [("Issuer Name", "Example Telecom Corp, Ltd", "")]),
        ("Example Telecom Corp, Ltd, Issuer Name", [("Issuer Name", "Example Telecom Corp, Ltd", "")]),
        ("Unified Social Credit Code (USCC), 9111, CN", [("Unified Social Credit Code (USCC)", "9111", "CN")]),
        ("something else", [("", "something else", "")]),
        ("", []),
    ],
)
def test_ids_are_read_whichever_side_the_type_stands_on(cell, facts):
    assert split_ids(cell) == facts


def test_a_plain_list_reads_its_own_columns(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(
        "name,program,listed_on,isin,ticker,aka,linked_to,note\n"
        "Example Corp,P-1; P-2,2021-06-03,HK0000000007; US0000000002,999 HK,EXC; Old Example,Example Group,seen\n"
        ",P-1,,,,,,\n",
        encoding="utf-8",
    )
    official = read_plain_list(path, version="2024")
    assert official.entries[["entry", "name", "programs"]].values.tolist() == [["row 2", "Example Corp", "P-1; P-2"]]
    assert official.identifiers["value"].tolist() == ["HK0000000007", "US0000000002", "999 HK"]
    assert official.names["name"].tolist() == ["Example Corp", "EXC", "Old Example"]
    assert official.dropped["reason"].tolist() == ["has no name"]
    assert official.under("P-2").entries["name"].tolist() == ["Example Corp"]
    assert official.under("P").entries.empty


def test_a_misspelt_column_of_a_plain_list_is_refused(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("name,isn\nA,1\n", encoding="utf-8")
    with pytest.raises(SourceUnusable, match="'isn' is not known"):
        read_plain_list(path)
    assert "isin" in PLAIN_COLUMNS


def test_a_source_that_cannot_be_used_is_told_from_a_bad_row(tmp_path):
    empty, junk = tmp_path / "empty.csv", tmp_path / "junk.csv"
    empty.write_bytes(b"  \n")
    junk.write_bytes(b"<html>\n<body>Request refused</body>\n</html>\n")
    with pytest.raises(SourceUnusable, match="is empty"):
        read_official_list(empty)
    with pytest.raises(SourceUnusable, match="no usable row"):
        read_official_list(junk)
    with pytest.raises(SourceUnusable, match="cannot be read"):
        read_official_list(tmp_path / "absent.csv")


def test_formats_are_recognised_and_checked(tmp_path, samples_dir):
    assert list_format(samples_dir / "csl_consolidated.csv").name == "csl"
    assert list_format(samples_dir / "ofac_cons_prim.csv").name == "ofac"
    own = tmp_path / "own.csv"
    own.write_text("name,isin\nA,HK0000000007\n", encoding="utf-8")
    assert list_format(own).name == "plain"
    with pytest.raises(InputError, match="choose one of: ofac, csl, plain"):
        read_official_list(own, format="xml")
    with pytest.raises(InputError, match="belong to the OFAC list"):
        read_official_list(own, alternates=own)


def test_the_two_orders_of_ids_give_the_same_list(samples_dir):
    first = read_official_list(samples_dir / "csl_consolidated.csv", version="type first")
    second = read_official_list(samples_dir / "csl_consolidated_ids_value_first.csv", version="value first")
    assert diff_lists(first, second).changes.empty
    assert first.identifiers["value"].tolist() == ["US0000000002", "HK0000000007", "XTC US"]
    assert first.entries["entry"].tolist() == ["CMIC 90001"]
    assert first.relations["name"].tolist() == ["EXAMPLE HOLDING GROUP CO., LTD."]
    assert first.names["name"].tolist() == [
        "EXAMPLE TELECOM CORPORATION LIMITED",
        "EXAMPLE TELECOM CO., LTD",
        "OLD EXAMPLE TELECOM",
        "Example Telecom Corp Ltd",
    ]
    assert len(first.dates) == 3 and first.errors.empty


def test_an_older_header_without_its_first_column_reads_alike(samples_dir, tmp_path):
    text = (samples_dir / "csl_consolidated.csv").read_text(encoding="utf-8")
    older = tmp_path / "older.csv"
    older.write_text("\n".join(line.split(",", 1)[1] for line in text.strip().splitlines()) + "\n", encoding="utf-8")
    assert diff_lists(read_official_list(samples_dir / "csl_consolidated.csv"), read_official_list(older)).changes.empty


def test_a_difference_names_what_was_added_removed_and_changed(tmp_path):
    before = read_ofac(written(tmp_path, "a.csv", primary_row(1, "STAYS", DATES), primary_row(2, "GOES", DATES)), version="a")
    later = DATES.replace("03 Jun 2022", "03 Jul 2022") + "; ISIN HK0000000007"
    after = read_ofac(written(tmp_path, "b.csv", primary_row(3, "COMES", DATES), primary_row(1, "STAYS", later)), version="b")
    changes = diff_lists(before, after).changes
    assert changes.values.tolist() == [
        ["removed", "2", "GOES", "", "GOES", ""],
        ["added", "3", "COMES", "", "", "COMES"],
        ["changed", "1", "STAYS", "ISIN", "", "HK0000000007"],
        ["changed", "1", "STAYS", "Purchase/Sales For Divestment Date (CMIC)", "2022-06-03", "2022-07-03"],
    ]
    assert "1 added, 1 removed, 1 changed" in str(diff_lists(before, after))
    assert diff_lists(before, before).changes.empty


def test_without_numbers_entries_are_paired_by_name(tmp_path):
    lost = primary_row(1, "STAYS", DATES).split(",", 1)[1]
    bare = read_ofac(written(tmp_path, "bare.csv", lost), version="bare")
    full = read_ofac(written(tmp_path, "full.csv", primary_row(1, "STAYS", DATES)), version="full")
    difference = diff_lists(bare, full)
    assert difference.changes.empty
    assert "paired by name" in difference.assumptions[0]


@pytest.fixture
def service():
    """A list service on this machine that refuses a request without a proper User-Agent."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            agent = self.headers.get("User-Agent", "")
            found = self.path == "/list.csv"
            self.send_response(403 if "Python-urllib" in agent or not agent else 200 if found else 404)
            self.end_headers()
            self.wfile.write(b"name\nExample Corp\n" if found else b"")

        def log_message(self, *words):
            return None

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_list_is_fetched_with_a_name_of_ones_own(service, tmp_path):
    [path] = fetch_list("csl", tmp_path, addresses={"list.csv": f"{service}/list.csv"})
    assert read_official_list(path).entries["name"].tolist() == ["Example Corp"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["list.csv"]


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_refused_or_unreachable_service_is_data_unavailable(service, tmp_path):
    with pytest.raises(DataUnavailable, match="answered 404"):
        fetch_list("csl", tmp_path, addresses={"x": f"{service}/absent"})
    with pytest.raises(DataUnavailable, match="answered 403"):
        fetch_list("csl", tmp_path, addresses={"x": f"{service}/list.csv"}, user_agent="Python-urllib/3")
    with pytest.raises(DataUnavailable, match="cannot be reached"):
        fetch_list("csl", tmp_path, addresses={"x": "http://127.0.0.1:1/list.csv"}, timeout_seconds=2)
    assert list(tmp_path.iterdir()) == []


def test_fetching_needs_a_known_list_and_a_folder(tmp_path):
    with pytest.raises(InputError, match="choose one of: ofac, csl"):
        fetch_list("eu", tmp_path)
    with pytest.raises(InputError, match="is not a folder"):
        fetch_list("csl", tmp_path / "absent")


SAMPLES = {
    "ofac": '91001,"SAMPLE A CO., LTD.",-0- ,"CMIC-EO13959",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"Equity Ticker 0999 HK; ISIN HK0000000007."\n',
    "csl": "_id,source,entity_number,type,programs,name,ids\n1,A list (CMIC),91001,Entity,CMIC-EO13959,SAMPLE A CO.,ISIN HK0000000007\n",
    "plain": "name,isin\nSAMPLE A CO.,HK0000000007\n",
}


@pytest.mark.parametrize("name", LIST_FORMATS)
def test_every_list_format_is_recognised_read_and_accounts_for_its_rows(name, tmp_path):
    known = LIST_FORMATS[name]
    path = tmp_path / "list.csv"
    path.write_text(SAMPLES[name], encoding="utf-8")
    assert known.name == name and known.title and list_format(path) is known
    official = read_official_list(path, version="v1")
    assert official.version == "v1" and official.entries["name"].str.startswith("SAMPLE A CO").all() and len(official.entries) == 1
    account = official.rows.iloc[0]
    assert account["n_read"] == account["n_kept"] + account["n_dropped"]
    if not known.companions:
        with pytest.raises(InputError, match="leave them out"):
            read_official_list(path, comments=path)
    for file, address in known.addresses.items():
        assert address.startswith("https://") and address.endswith(file)


def test_quotes_inside_a_remark_need_not_be_doubled(tmp_path):
    """Number and name are plain and the last cell is the remark: the row is neither lost nor shortened (moov-io/watchman issue 248)."""
    head = ',"SAMPLE CO., LTD.",-0- ,"CMIC-EO13959",' + "-0- ," * 7
    rows = (
        f'1{head}"Issuer Name "Sample Orient", Limited; ISIN HK0000000007."',
        f'2{head}"a.k.a. "first name"; Target Type Public Company."',
        f'3{head}"a.k.a. ""doubled name""; Target Type Public Company."',
        f'4{head}"cut at an odd quote "here; ISIN HK0000000007."',
        f'5{head}"whole."',
    )
    path = tmp_path / "cons_prim.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    official = read_official_list(path)
    assert official.entries["entry"].tolist() == ["1", "2", "3", "4", "5"]
    remarks = official.entries.set_index("entry")["remarks"]
    assert remarks["1"] == 'Issuer Name "Sample Orient", Limited; ISIN HK0000000007.'
    assert remarks["3"] == 'a.k.a. "doubled name"; Target Type Public Company.'
    held = official.identifiers.set_index("entry")["value"]
    assert held["1"] == "HK0000000007" and held["4"] == "HK0000000007"
