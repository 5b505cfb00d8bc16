"""`impact check`: one call, every format, exit codes, and nothing from a file that a spreadsheet or browser would run."""

import csv
import io
import json

import pytest

LISTED = "2021-01-14T18:00-05:00"
HEADER = "Name,ISIN,Shares,Market Value,Currency\n"
XIAOMI = "Xiaomi,KYG9830T1067,1000,3780,USD\n"
APPLE = "Apple,US0378331005,10,1300,USD\n"


@pytest.fixture
def book(tmp_path):
    def write(*rows, header=HEADER, name="book.csv"):
        path = tmp_path / name
        path.write_text(header + "".join(rows))
        return str(path)

    return write


def test_a_table_for_the_terminal(run_cli, book):
    code, out, err = run_cli("check", book(XIAOMI, APPLE), "--as-of", LISTED)
    assert code == 0 and err == ""
    assert "restricted 74.41 %" in out and "Xiaomi Corporation" in out and "2021-03-15" in out
    assert max(map(len, out.splitlines())) <= 200


def test_json_and_csv_carry_the_whole_tables(run_cli, book):
    code, out, _ = run_cli("check", book(XIAOMI, APPLE), "--as-of", LISTED, "--format", "json")
    body = json.loads(out)
    assert code == 0 and body["schema"] == "impact.check/1" and body["assumptions"] and body["sources"]
    assert body["exposures"][0]["security"] == "1810.HK" and body["exposures"][0]["next_ban_at"] == "2021-03-15T13:30:00+00:00"
    assert {"totals", "deadlines", "unknown", "dropped", "issues", "positions"} <= set(body)
    _, out, _ = run_cli("check", book(XIAOMI, APPLE), "--as-of", LISTED, "--format", "csv", "--table", "positions")
    assert [row["status"] for row in csv.DictReader(io.StringIO(out))] == ["restricted", "clear"]


def test_exit_codes_tell_a_finding_from_a_mistake(run_cli, book):
    held, clean = book(XIAOMI), book(APPLE, name="clean.csv")
    assert run_cli("check", held, "--as-of", LISTED, "--fail-on", "exposure")[0] == 1
    assert run_cli("check", clean, "--as-of", LISTED, "--fail-on", "exposure", "--fail-on", "unknown")[0] == 0
    unknown = book("Nobody,,5,10,USD\n", name="unknown.csv")
    assert run_cli("check", unknown, "--as-of", LISTED, "--fail-on", "unknown")[0] == 1
    for words in (
        ["absent.csv"],
        [held, "--map", "isin"],
        [held, "--ratio", "CHL=many"],
        [held, "--at", LISTED],
        [held, "--designate", "0700.HK"],
    ):
        code, out, err = run_cli("check", *words, "--as-of", LISTED)
        assert code == 2 and out == "" and err.startswith("error: ") and len(err.strip().splitlines()) == 1
    assert run_cli("check", held)[0] == 2
    assert run_cli("check", held, "--as-of", "2021-01-14")[0] == 2


def test_a_user_map_names_the_columns(run_cli, book):
    path = book("KYG9830T1067,1000\n", header="Asset Key,How Many\n")
    assert run_cli("check", path, "--as-of", LISTED)[0] == 2
    code, out, _ = run_cli("check", path, "--as-of", LISTED, "--map", "isin=Asset Key", "--map", "quantity=How Many")
    assert code == 0 and "Xiaomi Corporation" in out


def test_what_if_explain_and_diff(run_cli, book):
    tencent = book("Tencent,KYG875721634,5,400,USD\n")
    _, out, _ = run_cli("check", tencent, "--as-of", LISTED, "--designate", "0700.HK", "--programme", "eo13974-amend")
    assert "restricted 100.00 %" in out and "HYPOTHETICAL" in out
    held = book(XIAOMI, name="held.csv")
    code, out, _ = run_cli("check", held, "--as-of", LISTED, "--explain", "2")
    assert code == 0 and "Row 2: Xiaomi is restricted" in out
    _, out, _ = run_cli("check", held, "--as-of", LISTED, "--diff", "2021-03-15T10:00-04:00", "--format", "csv")
    row = next(csv.DictReader(io.StringIO(out)))
    assert (row["status_before"], row["status_after"], row["lifted_by_after"]) == ("restricted", "enjoined", "enjoined")


def test_a_folder_of_funds_is_looked_through(run_cli, book, tmp_path):
    folder = tmp_path / "funds"
    folder.mkdir()
    (folder / "FUND_2021-01-14.csv").write_text(
        "Name,ISIN,Shares,Market Value (USD)\nXiaomi,KYG9830T1067,50,100\nApple,US0378331005,5,300\n"
    )
    held = book("Some Fund,FUND US,ETF,6,600,USD\n", header="Name,Ticker,Asset Class,Shares,Market Value,Currency\n")
    code, out, _ = run_cli("check", held, "--as-of", LISTED, "--funds", str(folder), "--format", "csv")
    row = next(csv.DictReader(io.StringIO(out)))
    assert code == 0 and (row["via"], float(row["market_value_high"])) == ("FUND", pytest.approx(150.0))
    assert run_cli("check", held, "--as-of", LISTED, "--funds", str(tmp_path / "absent"))[0] == 2


def test_what_a_file_says_is_never_run(run_cli, book, tmp_path):
    """Formulas and markup in names reach CSV and HTML inert."""
    evil = (
        '"=HYPERLINK(""http://x"",""Xiaomi"")",KYG9830T1067,10,100,USD\n'
        + '"<script>alert(1)</script><img src=x onerror=alert(2)>",,5,10,USD\n'
    )
    page = tmp_path / "memo.html"
    path = book(evil)
    code, out, err = run_cli("check", path, "--as-of", LISTED, "--format", "csv", "--table", "positions", "--html", str(page))
    assert code == 0 and str(page) in err
    names = [row["name"] for row in csv.DictReader(io.StringIO(out))]
    assert names[0].startswith("'=HYPERLINK")
    text = page.read_text(encoding="utf-8")
    assert "<script>alert(1)" not in text and "<img src=x" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_the_memo_says_all_that_the_report_says(run_cli, book, tmp_path):
    page = tmp_path / "memo.html"
    assert run_cli("check", book(XIAOMI, "Nobody,,5,10,USD\n", "Total,,,3790,USD\n"), "--as-of", LISTED, "--html", str(page))[0] == 0
    text = page.read_text(encoding="utf-8")
    for words in (
        "What do I hold",
        "Until when",
        "Unknown",
        "Evidence",
        "Assumptions and sources",
        "never legal",
        "2021-03-15",
        "EO 13959",
        "a total, not a position",
    ):
        assert words in text, words
    assert text.count("<svg") == 2 and "http://" not in text.split("<style")[0] and "https://" not in text.split("<style")[0]
