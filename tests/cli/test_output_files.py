"""What a command writes is whole, in the format of its ending, and never over what it reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import openpyxl
import pandas as pd
import pytest

from impact.errors import InputError
from impact.tables import Column, Schema
from impact.tables.workbook import to_workbook
from impact.whole_files import append_line, write_whole

BOOK = "account,ticker,isin,name,quantity,market value,currency\na,1810.HK,KYG9830T1067,=Xiaomi,100,3000,HKD\n"
CHECK = ("--as-of", "2021-01-14T18:00-05:00")


def impact(*words: str, **options) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "impact", *words]
    return subprocess.run(command, text=True, timeout=120, check=False, stderr=subprocess.PIPE, **options)


@pytest.mark.parametrize(
    ("ending", "opens"),
    [
        ("csv", lambda path: pd.read_csv(path)["table"].size > 3),
        ("json", lambda path: len(json.loads(path.read_text())["counts"]) > 3),
        ("parquet", lambda path: len(pd.read_parquet(path)) > 3),
        ("xlsx", lambda path: openpyxl.load_workbook(path)["counts"].max_row > 3),
        ("tex", lambda path: path.read_text().startswith("\\begin{table}")),
        ("txt", lambda path: "facts" in path.read_text() and "\x1b" not in path.read_text()),
    ],
)
def test_the_format_follows_the_ending(run_cli, tmp_path, ending, opens):
    path = tmp_path / f"facts.{ending}"
    code, out, err = run_cli("facts", "-o", str(path))
    assert (code, out, err) == (0, "", "")
    assert opens(path)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-o", "x.docx"), "ends in .docx, which names no format"),
        (("-o", "x.html"), "a page is written with --html"),
        (("-o", "x.csv", "--format", "json"), "but --format asks for json"),
        (("-o", "https://example.org/x.csv"), "is an address"),
        (("-o", "s3://bucket/x.csv"), "is an address"),
        (("-o", "no/such/x.csv"), "there is no folder"),
        (("--format", "xlsx"), "writes a binary file"),
    ],
)
def test_what_cannot_be_written_is_refused_in_one_line(run_cli, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    code, out, err = run_cli("facts", *words)
    assert code == 2 and out == "" and said in err and err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_read_is_written_over_only_by_force(run_cli, tmp_path):
    book = tmp_path / "book.csv"
    book.write_text(BOOK)
    link = tmp_path / "link.csv"
    link.symlink_to(book)
    for target in (book, link):
        code, _, err = run_cli("check", str(book), *CHECK, "-o", str(target))
        assert code == 2 and "would write over" in err
    assert book.read_text() == BOOK
    code, _, err = run_cli("check", str(book), *CHECK, "-o", str(book), "--force")
    assert code == 0, err
    assert book.read_text() != BOOK


def test_a_page_does_not_replace_the_book_it_is_about(run_cli, tmp_path):
    book = tmp_path / "book.csv"
    book.write_text(BOOK)
    code, _, err = run_cli("check", str(book), *CHECK, "--html", str(book))
    assert code == 2 and "--html" in err and book.read_text() == BOOK


def test_a_file_of_a_folder_that_is_read_is_spared(run_cli, tmp_path):
    (tmp_path / "funds").mkdir()
    fund = tmp_path / "funds" / "own.csv"
    fund.write_text("kept")
    (tmp_path / "book.csv").write_text(BOOK)
    code, _, err = run_cli("check", str(tmp_path / "book.csv"), *CHECK, "--funds", str(tmp_path / "funds"), "-o", str(fund))
    assert code == 2 and "would write over" in err and fund.read_text() == "kept"


def test_a_file_that_a_case_file_names_is_spared(run_cli, tmp_path):
    (tmp_path / "own").mkdir()
    prices = tmp_path / "prices.csv"
    prices.write_text("kept")
    case = tmp_path / "own" / "case.toml"
    case.write_text(
        '[designation]\nsecurity = "0700.HK"\nprogramme = "ns-cmic"\npublic_at = 2026-11-28T16:05:00-05:00\n[market]\nprices = "../prices.csv"\n'
    )
    for named in (case, case.parent):
        code, _, err = run_cli("case", str(named), "-o", str(prices))
        assert code == 2 and "would write over" in err and prices.read_text() == "kept"


def test_two_things_are_not_written_to_one_file(run_cli, tmp_path):
    (tmp_path / "link.csv").symlink_to(tmp_path / "one.csv")
    (tmp_path / "book.csv").write_text(BOOK)
    code, _, err = run_cli(
        "check", str(tmp_path / "book.csv"), *CHECK, "-o", str(tmp_path / "one.csv"), "--html", str(tmp_path / "link.csv")
    )
    assert code == 2 and "--output and --html both name" in err and not (tmp_path / "one.csv").exists()


def test_a_forecast_is_added_to_a_log_only(run_cli, tmp_path):
    prices = tmp_path / "prices.csv"
    prices.write_text("date,close\n2021-01-04,3\n")
    code, out, err = run_cli("relief", "xiaomi", "--as-of", CHECK[1], "--log", str(prices))
    assert code == 2 and out == "" and "--log" in err and "is no log of forecasts" in err
    code, _, err = run_cli("relief", "xiaomi", "--as-of", CHECK[1], "--log", str(tmp_path / "x.csv"), "-o", str(tmp_path / "x.csv"))
    assert code == 2 and "--output and --log both name" in err and [path.name for path in tmp_path.iterdir()] == ["prices.csv"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside(tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    path.write_text("old")

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left on device"):
        write_whole(path, "new")
    assert path.read_text() == "old" and [entry.name for entry in tmp_path.iterdir()] == ["x.csv"]


def test_permissions_and_links_outlive_a_write(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("old")
    path.chmod(0o640)
    (tmp_path / "link").symlink_to(path)
    write_whole(tmp_path / "link", "new")
    assert path.read_text() == "new" and path.stat().st_mode & 0o777 == 0o640 and (tmp_path / "link").is_symlink()


def test_a_line_after_a_torn_one_stands_by_itself(tmp_path):
    path = tmp_path / "log"
    append_line(path, "one\u2028still one")
    with path.open("a") as torn:
        torn.write('{"half')
    append_line(path, "two")
    assert path.read_text(encoding="utf-8").split("\n") == ["one\u2028still one", '{"half', "two", ""]


def test_a_line_that_does_not_fit_leaves_the_log_as_it_was(tmp_path):
    """A disk that fills up takes a part of a write without an error; a limit on the size of files does the same."""
    path = tmp_path / "log.jsonl"
    append_line(path, "first")
    program = (
        "import resource, sys\nfrom impact.whole_files import append_line\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\nappend_line(sys.argv[1], 'x' * 500)"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False)
    assert "InputError" in ended.stderr and "cannot be written" in ended.stderr
    assert path.read_text() == "first\n"


def test_a_line_to_a_device_is_written_or_refused():
    append_line("/dev/null", "x")
    with pytest.raises(InputError, match="No space left"):
        append_line("/dev/full", "x")


def test_a_workbook_holds_unrounded_figures_and_no_formula():
    schema = Schema("t", (Column("name"), Column("car", "return"), Column("on", "date"), Column("at", "instant")))
    at = pd.Timestamp("2021-01-14T18:00", tz="America/New_York")
    frame = pd.DataFrame({"name": ["=1+1", "\x1b[31m"], "car": [-0.123456789, float("nan")], "on": pd.Timestamp("2021-01-15"), "at": at})
    content = to_workbook({"main[1]/x": schema.table(frame), "MAIN_1__x": schema.table(frame)}, title="t")
    assert content == to_workbook({"main[1]/x": schema.table(frame), "MAIN_1__x": schema.table(frame)}, title="t")
    import io

    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["main_1__x", "MAIN_1__x_2", "about"]
    sheet = book["main_1__x"]
    assert sheet["A2"].value == "'=1+1" and sheet["A2"].data_type == "s" and sheet["A3"].value == "\\x1b[31m"
    assert sheet["B2"].value == -0.123456789 and sheet["B2"].number_format == "+0.00%;-0.00%" and sheet["B3"].value is None
    assert sheet["D2"].value == "2021-01-14T18:00:00-05:00"


@pytest.mark.parametrize("words", [("facts",), ("facts", "--all", "--format", "json"), ("--help",)])
def test_a_full_stdout_is_one_line_and_exit_2(words):
    with open("/dev/full", "w") as full:
        done = impact(*words, stdout=full)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "No space left" in done.stderr


def test_a_reader_that_leaves_is_one_line_and_exit_2():
    read, write = os.pipe()
    os.close(read)
    done = impact("facts", "--all", "--format", "json", stdout=write)
    os.close(write)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "closed by its reader" in done.stderr


def test_a_closed_stdout_is_one_line_and_exit_2():
    done = subprocess.run(
        f'"{sys.executable}" -m impact facts >&-', shell=True, text=True, stderr=subprocess.PIPE, timeout=120, check=False
    )
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "it is closed" in done.stderr


def test_a_stdout_of_ascii_says_so():
    done = impact("facts", stdout=subprocess.PIPE, env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stdout) == (2, "") and "stdout takes ascii only" in done.stderr and done.stderr.count("\n") == 1


EVIL = "A\x1b]0;x\x07\x1b[31m\u202eB\u2066\x9b\u2028C"


@pytest.mark.parametrize(
    "words",
    [
        ("data", "quality", "--prices", "prices.json"),
        ("check", f"{EVIL}.csv", *CHECK),
        ("permitted", "buy", EVIL, "--at", CHECK[1]),
        ("facts", "--format", EVIL),
        ("facts", f"--{EVIL}"),
        (EVIL,),
        ("case", "case.toml"),
        (
            "decide",
            "book.json",
            "--decisions",
            "d.csv",
            *CHECK,
            "--row",
            "1",
            "--same",
            "--by",
            "me",
            "--on",
            "2021-01-15",
            "--why",
            "read",
        ),
    ],
    ids=lambda words: words[0][:6].encode("ascii", "replace").decode(),
)
def test_nothing_that_a_terminal_carries_out_reaches_it(run_cli, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prices.json").write_text(json.dumps([{"date": f"2021-01-{day:02d}", EVIL: -1.0} for day in (4, 5, 6)]))
    (tmp_path / "book.json").write_text(json.dumps([{"Name": f"Xiaomi Communications {EVIL}", "Shares": 5, "Market Value": 10}]))
    (tmp_path / "case.toml").write_text(f"[designation]\nsecurity = {json.dumps(EVIL)}\n")
    _, out, err = run_cli(*words)
    assert out + err and all(sign.isprintable() or sign == "\n" for sign in out + err), ascii(out + err)
