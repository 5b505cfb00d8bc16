"""Lists as dated editions: counts that editions printed, statuses from periods, and what one edition changed."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest

from impact.errors import InputError
from impact.facts import edition_difference, known_table, list_edition
from impact.facts.editions import STATUSES


@pytest.mark.parametrize(
    ("list_id", "at", "printed", "held"),
    [
        ("ndaa-1237-ccmc", "2020-07-01", 20, 20),
        ("ndaa-1237-ccmc", "2020-09-01", 31, 31),
        ("ndaa-1237-ccmc", "2020-12-10", 35, 35),
        ("ns-cmic", "2021-07-01", 59, 59),
        ("ns-cmic", "2022-01-01", 68, 68),
    ],
)
def test_whole_editions_are_held_name_by_name(list_id, at, printed, held):
    edition = list_edition(list_id, at)
    assert (edition.n_printed, len(edition.names)) == (printed, held)


@pytest.mark.parametrize(
    ("at", "day", "printed"), [("2021-07-01", "2021-06-03", 47), ("2025-02-01", "2025-01-07", 134), ("2026-07-01", "2026-06-08", 188)]
)
def test_an_edition_that_is_not_held_whole_says_so(at, day, printed):
    edition = list_edition("ndaa-1260h", at)
    assert (edition.printed_on, edition.n_printed) == (pd.Timestamp(day), printed)
    assert 0.85 * printed < len(edition.names) < printed and str(printed) in edition.title and str(len(edition.names)) in edition.title


@pytest.mark.parametrize(
    ("instant", "status", "listed_on"),
    [
        ("2024-02-01T10:00-05:00", "listed", "2024-01-31"),
        ("2024-10-20T10:00-04:00", "listed", "2024-01-31"),
        ("2024-10-24T10:00-04:00", "relisted", "2024-10-23"),
        ("2026-07-01T10:00-04:00", "relisted", "2024-10-23"),
    ],
)
def test_hesai_left_and_came_back_in_october_2024(instant, status, listed_on):
    row = list_edition("ndaa-1260h", instant).names.set_index("security").loc["HSAI"]
    assert (row["status"], f"{row['listed_on']:%Y-%m-%d}") == (status, listed_on)


def test_the_periods_of_hesai_touch_and_those_of_luokung_are_a_correction():
    periods = known_table("listing_periods")
    periods = periods[periods["security"].isin(["HSAI", "LKCO"])].set_index(["security", "period"]).sort_index()
    first, second = periods.loc[("HSAI", "1")], periods.loc[("HSAI", "2")]
    assert first["removed_on"] == second["listed_on"] == pd.Timestamp("2024-10-23") and second["began"] == "relisted"
    assert periods.loc[("LKCO", "2"), "began"] == "corrected" and periods.loc[("LKCO", "1"), "ended"] == "corrected"
    assert periods.loc[("LKCO", "2"), "removed_on"] == pd.Timestamp("2021-06-14")


def test_a_disputed_listing_is_one_row_and_says_so():
    names = list_edition("ndaa-1260h", "2026-07-01").names.set_index("security")
    assert names.loc["0883.HK", "status"] == "disputed"
    assert list_edition("ndaa-1260h", "2024-07-01").names.set_index("security").loc["0883.HK", "status"] == "listed"
    assert list_edition("ns-cmic", "2022-07-01").names.set_index("security").loc["0020.HK", "status"] == "disputed"


def test_a_difference_names_additions_removals_relistings_and_renamings():
    change = edition_difference("ndaa-1260h", "2024-09-01", "2025-02-01").changes
    removed = set(change.loc[change["change"] == "removed", "entity"])
    assert {"AMEC", "IDG Capital", "Beijing Megvii"} <= removed
    assert change.loc[change["change"] == "relisted", "security"].tolist() == ["HSAI"]
    assert "0700.HK" in set(change.loc[change["change"] == "added", "security"])
    named = edition_difference("ndaa-1260h", "2025-02-01", "2026-07-01").changes
    renamed = named[named["change"] == "renamed"].set_index("security")
    assert renamed.loc["002268.SZ", "before"] == "Cheng Du Westone Information Industry" and len(renamed) == 4


def test_the_withdrawn_draft_of_february_2026_listed_nobody():
    assert edition_difference("ndaa-1260h", "2026-02-12", "2026-02-14").changes.empty
    assert list_edition("ndaa-1260h", "2026-02-14").printed_on == pd.Timestamp("2025-01-07")


def test_two_differences_add_up_to_the_whole():
    days = ("2021-07-01", "2024-03-01", "2025-02-01", "2026-07-01")
    for first, last in pairwise(days):
        before, after = list_edition("ndaa-1260h", first), list_edition("ndaa-1260h", last)
        counts = edition_difference("ndaa-1260h", first, last).changes["change"].value_counts()
        assert len(before.names) + counts.get("added", 0) - counts.get("removed", 0) == len(after.names)
        assert set(after.names["status"]) <= set(STATUSES)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: list_edition("sdn"), "list_id='sdn' is not a list"),
        (lambda: list_edition("ns-cmic", "2025-02-01T10:00"), "has no zone"),
        (lambda: edition_difference("ns-cmic", "2025-02-01", "2024-02-01"), "is before earlier"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_command_line(run_cli):
    code, out, err = run_cli("facts", "--list", "ndaa-1260h", "--at", "2025-02-01", "--format", "csv")
    assert (code, err) == (0, "") and "HSAI" in out and "Cheng Du Westone" in out
    code, out, _ = run_cli("facts", "--list", "ns-cmic", "--diff", "2021-12-01", "2021-12-31", "--format", "csv")
    assert code == 0 and out.count("added") == 9
    code, _, err = run_cli("facts", "--at", "2025-02-01")
    assert code == 2 and "--at belongs to --list" in err
    code, out, _ = run_cli("programmes", "--format", "json")
    assert code == 0 and '"ns-cmic"' in out and '"sdn-eo14024"' in out
    code, out, _ = run_cli("programmes", "--as-of", "2021-01-10T12:00-05:00", "--format", "csv")
    assert code == 0 and "eo13974-amend" not in out
