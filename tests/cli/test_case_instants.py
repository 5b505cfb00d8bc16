"""``--case`` without an instant: every command answers as of one day after the case tells its designation to have been public."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import impact
from impact.cases.listing import instant_of_case, public_instant
from impact.cases.shipped import case_names, define_case

COMMANDS = {
    "permitted": (("permitted", "buy", "--case"), "at"),
    "deadlines": (("deadlines", "--case"), "as_of"),
}


@pytest.mark.parametrize("name", case_names())
def test_every_command_takes_the_same_instant(run_cli, name):
    definition = define_case(name)
    expected = instant_of_case(definition)
    for words, field in COMMANDS.values():
        code, out, err = run_cli(*words, name, "--format", "json")
        assert code == 0, err
        assert pd.Timestamp(json.loads(out)["inputs"][field]) == expected


@pytest.mark.parametrize("name", case_names())
def test_the_case_itself_reads_its_clocks_and_book_then(name):
    opened = impact.case(name)
    assert pd.Timestamp(opened.read_at()) == instant_of_case(opened.definition)
    assert opened.designated_at() == public_instant(opened.definition)


def test_check_takes_it_too(run_cli, tmp_path):
    book = tmp_path / "book.csv"
    book.write_text("ticker,quantity\n0883.HK,100\n")
    code, out, err = run_cli("check", str(book), "--case", "cnooc", "--format", "json")
    assert code == 0, err
    assert pd.Timestamp(json.loads(out)["inputs"]["as_of"]) == instant_of_case(define_case("cnooc"))
    code, _, err = run_cli("check", str(book))
    assert code == 2 and "--as-of" in err


@pytest.mark.parametrize(
    ("at", "status"),
    [
        ("2018-04-05T23:59-04:00", "not_listed"),
        ("2018-04-06T00:01-04:00", "unknown"),
        ("2018-04-06T11:29-04:00", "unknown"),
        ("2018-04-06T11:31-04:00", "prohibited"),
    ],
)
def test_the_law_is_certain_from_the_hour_that_the_case_tells(run_cli, at, status):
    """The table of listings has the day of Rusal's alone; the case tells by when it was public, since Moscow still traded after it."""
    code, out, err = run_cli("permitted", "buy", "--case", "rusal", "--at", at, "--format", "json")
    assert code == 0, err
    assert json.loads(out)["answer"][0]["status"] == status


def test_without_case_or_instant_it_is_a_mistake_in_one_line(run_cli):
    code, _, err = run_cli("permitted", "buy", "1810.HK")
    assert code == 2 and "--at" in err and "Traceback" not in err
