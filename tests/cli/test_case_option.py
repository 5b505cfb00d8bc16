"""``--case`` where a command asks about a security: the designation that a case states is in the facts."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def folder(run_cli, tmp_path):
    words = ("7203.T", "--programme", "ns-cmic", "--at", "2026-11-02T16:05-05:00", "--hypothetical", "-o", str(tmp_path / "toyota"))
    assert run_cli("new", *words)[0] == 0
    return str(tmp_path / "toyota")


def test_permitted_knows_the_stated_designation(run_cli, folder):
    words = ("permitted", "buy", "--case", folder, "--at", "2027-02-01T10:00-05:00", "--format", "json")
    code, out, _ = run_cli(*words)
    assert code == 0 and json.loads(out)["answer"][0]["status"] == "prohibited"
    before = run_cli("permitted", "buy", "--case", folder, "--at", "2026-12-01T10:00-05:00", "--format", "json")[1]
    assert json.loads(before)["answer"][0]["status"] == "allowed"


def test_deadlines_count_from_it(run_cli, folder):
    code, out, _ = run_cli("deadlines", "--case", folder, "--format", "json")
    clocks = {row["clock"]: row["first_prohibited_et"] for row in json.loads(out)["clocks"]}
    assert code == 0 and clocks["purchase_ban"] == "2027-01-01T00:01-05:00"


def test_check_reads_the_book_with_it(run_cli, folder, tmp_path):
    (tmp_path / "book.csv").write_text("Account,Ticker,Name,Quantity,Market Value,Currency\nA1,7203 JP,TOYOTA MOTOR CORP,100,280000,JPY\n")
    words = ("check", str(tmp_path / "book.csv"), "--as-of", "2026-11-03T10:00-05:00", "--format", "json")
    assert json.loads(run_cli(*words)[1])["exposures"] == []
    with_it = json.loads(run_cli(*words, "--case", folder)[1])["exposures"]
    assert [row["security"] for row in with_it] == ["7203.T"]


def test_neither_a_security_nor_a_case_is_a_mistake_in_one_line(run_cli):
    code, _, err = run_cli("deadlines")
    assert code == 2 and "--case" in err and "Traceback" not in err


def test_the_list_of_cases_says_what_each_lacks(run_cli):
    code, out, _ = run_cli("case", "--list", "--format", "json")
    rows = {row["case"]: row["lacks"] for row in json.loads(out)["cases"]}
    assert code == 0 and rows["xiaomi"] == "" and "closes" in rows["byd"] and "volumes on the eve" in rows["alibaba"]
