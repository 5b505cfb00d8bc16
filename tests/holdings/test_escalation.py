"""A whole list moved to another programme: every name at once, clocks from the day of the move, what stands there already untouched."""

from __future__ import annotations

import pandas as pd
import pytest
from click.testing import CliRunner

from impact.cli import cli
from impact.errors import InputError
from impact.facts import list_edition
from impact.holdings import Designation, Escalation, check_portfolio

NOW = "2026-11-20T10:00-05:00"


@pytest.fixture(scope="module")
def move() -> Escalation:
    return Escalation(from_list="ndaa-1260h", to_programme="ns-cmic", at=NOW)


def book(*lines: str) -> pd.DataFrame:
    rows = len(lines)
    return pd.DataFrame({"Ticker": lines, "Quantity": [1.0] * rows, "Market Value": [100.0] * rows, "Currency": ["USD"] * rows})


def test_every_standing_name_moves_or_stands_there_already(move):
    edition = list_edition("ndaa-1260h", NOW)
    assert {*move.moved, *move.already} == set(edition.names["fact_id"]) and not {*move.moved} & {*move.already}
    assert len(move.moved) > 100 and len(move.already) > 30


def test_a_moved_name_is_as_if_designated_alone(move):
    whole = check_portfolio(book("700 HK"), as_of=NOW, designations=[move]).positions.iloc[0]
    alone = Designation(security="0700.HK", at=NOW, programme="ns-cmic")
    one = check_portfolio(book("700 HK"), as_of=NOW, designations=[alone]).positions.iloc[0]
    assert whole[["status", "next_ban_at", "divest_by_at"]].tolist() == one[["status", "next_ban_at", "divest_by_at"]].tolist()
    assert whole["status"] == "restricted" and whole["next_ban_at"] == pd.Timestamp("2027-01-19T00:01-05:00")


def test_what_stands_there_already_keeps_its_clocks_and_what_no_list_names_is_untouched(move):
    lines = book("981 HK", "5 HK", "2357 HK", "SBER RM")
    before = check_portfolio(lines, as_of=NOW).positions["status"].tolist()
    after = check_portfolio(lines, as_of=NOW, designations=[move]).positions["status"].tolist()
    assert before == after == ["barred", "clear", "clear", "blocked"]


def test_names_not_yet_listed_do_not_move_with_an_earlier_edition():
    early = "2024-06-03T12:00-04:00"
    move = Escalation(from_list="ndaa-1260h", to_programme="ns-cmic", at=early)
    assert check_portfolio(book("700 HK"), as_of=early, designations=[move]).positions["status"].tolist() == ["clear"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"from_list": "ndaa-1260h", "to_programme": "nothing"}, "unknown"),
        ({"from_list": "ndaa-1260h", "to_programme": "ndaa-1260h"}, "onto itself"),
        ({"from_list": "no-list", "to_programme": "ns-cmic"}, "no-list"),
        ({"from_list": "ndaa-1260h", "to_programme": "eo13974-amend"}, "not in force"),
    ],
)
def test_a_move_that_cannot_be_is_refused(asked, told):
    with pytest.raises(InputError, match=told):
        Escalation(at=NOW, **asked)


def test_a_move_of_the_future_is_not_known_yet(move):
    with pytest.raises(InputError, match="nobody knows it yet"):
        check_portfolio(book("700 HK"), as_of="2026-11-19T10:00-05:00", designations=[move])


@pytest.mark.parametrize("folder", [False, True])
def test_the_command_escalates_a_book_and_a_folder_and_says_so(tmp_path, folder):
    book("700 HK", "5 HK").to_csv(tmp_path / "a.csv", index=False)
    path = tmp_path if folder else tmp_path / "a.csv"
    result = CliRunner().invoke(cli, ["check", str(path), "--as-of", NOW, "--escalate", "ndaa-1260h:ns-cmic", "--format", "json"])
    assert result.exit_code == 0 and "HYPOTHETICAL: 1" in result.output and "restricted" in result.output


def test_the_command_says_how_a_move_is_written(tmp_path):
    book("700 HK").to_csv(tmp_path / "a.csv", index=False)
    result = CliRunner().invoke(cli, ["check", str(tmp_path / "a.csv"), "--as-of", NOW, "--escalate", "ndaa-1260h"])
    assert isinstance(result.exception, InputError) and "FROM:TO" in str(result.exception)
