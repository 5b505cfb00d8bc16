"""`impact check FOLDER` and `impact decide`: one table over all books, what changed and why, exit codes, nothing silently unread."""

import json

import pytest

import impact

AT = "2021-11-30T12:00-05:00"


@pytest.fixture
def books(tmp_path):
    folder = tmp_path / "books"
    folder.mkdir()
    (folder / "a.csv").write_text(
        "Name,ISIN,Shares,Market Value,Currency\nChina Mobile,HK0941009539,10,340,HKD\nApple,US0378331005,10,1300,USD\n"
    )
    (folder / "b.csv").write_text("Name,Shares,Market Value\nHIKVISION DIGITAL TECH,10,100\nCOSTAR GROUP INC,3,70\n")
    return folder


def _report(run_cli, folder, *more):
    code, out, err = run_cli("check", str(folder), "--as-of", AT, "--format", "json", *more)
    return code, json.loads(out), err


def test_one_table_over_all_books(run_cli, books):
    code, told, _ = _report(run_cli, books, "--fail-on", "barred")
    assert code == 1 and told["schema"] == "impact.check.folder/1"
    assert [(row["book"], row["row"], row["status"]) for row in told["lines"]] == [
        ("a.csv", 2, "barred"),
        ("b.csv", 2, "unknown"),
        ("b.csv", 3, "unknown"),
    ]
    assert [(row["book"], row["n_rows"], row["n_kept"], row["n_clear"]) for row in told["books"]] == [
        ("a.csv", 2, 2, 1),
        ("b.csv", 2, 2, 0),
    ]
    assert _report(run_cli, books)[0] == 0


def test_a_file_that_cannot_be_read_is_named_and_fails(run_cli, books):
    (books / "c.csv").write_text("no,header\n1,2\n")
    code, told, _ = _report(run_cli, books)
    assert code == 2 and [row["book"] for row in told["unread"]] == ["c.csv"] and len(told["books"]) == 2


def test_decisions_settle_and_since_says_what_changed(run_cli, books, tmp_path):
    before, decisions = tmp_path / "before.json", tmp_path / "d.csv"
    assert run_cli("check", str(books), "--as-of", AT, "-o", str(before))[0] == 0
    given = ("--as-of", AT, "--by", "amy", "--on", "2021-11-30", "--why", "known", "--decisions", str(decisions))
    assert run_cli("decide", str(books / "b.csv"), "--row", "2", "--same", *given)[0] == 0
    assert run_cli("decide", str(books / "b.csv"), "--row", "3", "--other", *given)[0] == 0
    code, told, _ = _report(run_cli, books, "--decisions", str(decisions), "--since", str(before))
    assert code == 0 and {(row["name"], row["change"], row["status_after"]) for row in told["changes"]} == {
        ("HIKVISION DIGITAL TECH", "status", "barred"),
        ("COSTAR GROUP INC", "clear", ""),
    }
    assert "2 decision(s) applied, 0 void: their line with that proposal is in no book." in told["assumptions"]
    assert _report(run_cli, books, "--decisions", str(decisions))[1]["changes"] == []


def test_what_went_out_of_a_report_is_told_apart(run_cli, books, tmp_path):
    """A position sold, one bought more of, a book that cannot be read and one that is not there are four things, and none is clear."""
    before, listed = tmp_path / "before.json", tmp_path / "listed.csv"
    listed.write_text("Name,Program,ISIN\nApple Inc,MADE-UP,US0378331005\n")
    for name in "cde":
        (books / f"{name}.csv").write_text((books / "a.csv").read_text())
    assert run_cli("check", str(books), "--as-of", AT, "--lists", str(listed), "-o", str(before))[0] == 0
    (books / "a.csv").write_text("Name,ISIN,Shares,Market Value,Currency\nApple,US0378331005,10,1300,USD\n")
    (books / "c.csv").write_text((books / "e.csv").read_text().replace("HK0941009539,10,340", "HK0941009539,20,680"))
    (books / "d.csv").write_text("no,header\n1,2\n")
    (books / "e.csv").unlink()
    code, told, _ = _report(run_cli, books, "--since", str(before))
    changed = {(row["book"], row["name"]): (row["change"], row["quantity_before"], row["quantity_after"]) for row in told["changes"]}
    assert code == 2 and changed == {
        ("a.csv", "China Mobile"): ("gone", 10, None),
        ("a.csv", "Apple"): ("clear", 10, None),
        ("c.csv", "China Mobile"): ("quantity", 10, 20),
        ("c.csv", "Apple"): ("clear", 10, None),
        **{("d.csv", name): ("book not read", 10, None) for name in ("China Mobile", "Apple")},
        **{("e.csv", name): ("book not given", 10, None) for name in ("China Mobile", "Apple")},
    }
    asked = [text for text in told["assumptions"] if text.startswith(f"The earlier report was asked with lists ['{listed} (SHA-256 ")]
    assert len(asked) == 1 and asked[0].endswith(", this one with nothing: a change may come of it.")


def test_lots_are_told_by_their_size_and_values_alone_are_not_compared(run_cli, books, tmp_path):
    before, head = tmp_path / "before.json", "Name,ISIN,Shares,Market Value,Currency\n"
    (books / "a.csv").write_text(head + "China Mobile,HK0941009539,10,340,HKD\nChina Mobile,HK0941009539,30,1020,HKD\n")
    (books / "b.csv").write_text("Name,ISIN,Market Value,Currency\nChina Mobile,HK0941009539,1020,HKD\n")
    assert run_cli("check", str(books), "--as-of", AT, "-o", str(before))[0] == 0
    (books / "a.csv").write_text(head + "China Mobile,HK0941009539,30,1020,HKD\n")
    (books / "b.csv").write_text("Name,ISIN,Market Value,Currency\nChina Mobile,HK0941009539,99020,HKD\n")
    _, told, _ = _report(run_cli, books, "--since", str(before))
    assert [(row["book"], row["change"], row["quantity_before"]) for row in told["changes"]] == [("a.csv", "gone", 10)]
    assert "1 line(s) have no quantity: whether more or less of them is held than before was not compared." in told["assumptions"]


def test_json_lines_carry_one_line_a_row(run_cli, books):
    code, out, _ = run_cli("check", str(books), "--as-of", AT, "--format", "jsonl")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and [row["book"] for row in rows] == ["a.csv", "b.csv", "b.csv"] and rows[1]["nav_share"] == pytest.approx(100 / 170)


def test_mistakes_are_one_line(run_cli, books, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    for words, said in (
        (("check", str(empty), "--as-of", AT), "holds no file"),
        (("check", str(books), "--as-of", AT, "--since", str(books / "a.csv")), "no report of a folder"),
        (("check", str(books / "a.csv"), "--as-of", AT, "--since", "x.json"), "--since compares the books of a folder"),
        (("check", str(books), "--as-of", "noon"), "noon"),
    ):
        code, _, err = run_cli(*words)
        assert code == 2 and said in err and "Traceback" not in err


def test_a_denied_proposal_gives_way_to_the_next_of_its_name(run_cli, tmp_path):
    book, decided = tmp_path / "b.csv", tmp_path / "decisions.csv"
    book.write_text("Name,Quantity,Market Value,Currency\nCNOOC,10,100,USD\n")
    when = ["--as-of", "2021-03-10T12:00-05:00"]
    words = [
        "decide",
        str(book),
        "--row",
        "2",
        *when,
        "--other",
        "--by",
        "me",
        "--on",
        "2021-03-11",
        "--why",
        "no",
        "--decisions",
        str(decided),
    ]
    said = [run_cli(*words)[1].splitlines()[0] for _ in range(2)]
    assert said[0] != said[1] and "CNOOC Limited" in said[1]
    report = impact.check_portfolio(book, as_of=when[1], decisions=decided)
    assert report.positions["status"].tolist() == ["unknown"]


def test_what_only_some_books_say_is_told_with_their_name(run_cli, books):
    (books / "c.csv").write_text("Name;ISIN;Shares;Market Value\nChina Mobile;HK0941009539;10;123.456\n")
    notes = _report(run_cli, books)[1]["assumptions"]
    assert any(note.startswith("c.csv: No cell tells the decimal mark") for note in notes)
