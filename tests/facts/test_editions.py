"""Lists as dated editions: counts that editions printed, statuses from periods, and what one edition changed."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest

from impact.bundled import read_bundled
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


def _held(list_id, at):
    return list_edition(list_id, at).names.set_index("fact_id")["listed_on"]


def _edges():
    """Every instant at which a name of a list comes or goes, by list."""
    periods = known_table("listing_periods")
    edges = [(row.list_id, at) for row in periods.itertuples() for at in (row.known_at, row.removed_known_at) if pd.notna(at)]
    return sorted(set(edges))


def _editions(list_id=None):
    table = read_bundled("editions")
    table = table[(table["kind"] != "withdrawn") & (list_id is None or table["list_id"] == list_id)]
    return [(row.list_id, row.edition_on, pd.Timestamp(row.known_at).tz_convert("UTC")) for row in table.itertuples()]


def test_a_list_with_editions_changes_at_their_instants_alone():
    known = {(list_id, at) for list_id, _, at in _editions()}
    with_editions = {list_id for list_id, _, _ in _editions()}
    assert {edge for edge in _edges() if edge[0] in with_editions} <= known


@pytest.mark.parametrize(("list_id", "day", "at"), _editions())
def test_one_minute_before_and_after_an_edition_the_names_are_of_one_edition(list_id, day, at):
    """All that an edition adds and drops is there at its instant, nothing of it a minute before, and nothing else moves around it."""
    minute = pd.Timedelta(minutes=1)
    before, after = _held(list_id, at - minute), _held(list_id, at + minute)
    periods = known_table("listing_periods")
    own = periods[periods["list_id"] == list_id]
    twins = known_table("designations").set_index("fact_id")["conflict_id"].loc[lambda ids: ids != ""]
    coming = set(own.loc[own["listed_on"] == day, "designation_id"])
    going = set(own.loc[own["removed_on"] == day, "designation_id"])
    moved = set(after.index) - set(before.index)
    assert moved - set(twins.index) == coming - going - set(twins.index)
    assert set(before.index) - set(after.index) == going - coming
    assert (after.reindex(list(coming & going)) == pd.Timestamp(day)).all()
    assert len(_held(list_id, at)) == len(after) and len(_held(list_id, at - pd.Timedelta(seconds=1))) == len(before)


def test_before_its_instant_no_name_of_the_list_of_january_2025_stands_on_it():
    early, late = (set(list_edition("ndaa-1260h", f"2025-01-06T{hour}-05:00").names["entity"]) for hour in ("15:59", "16:00"))
    assert "Beijing Megvii" in early and not any("Tencent" in name for name in early)
    assert "Beijing Megvii" not in late and "China Railway Construction Corp" not in late and any("Tencent" in name for name in late)
    assert (len(early), len(late)) == (65, 128)


def test_a_list_holds_what_its_own_rows_say():
    """The four that Treasury named under the order never stood on the list of the Department of Defense, and have a list of their own."""
    held = set(list_edition("ndaa-1237-ccmc", "2021-02-01").names["entity"])
    four = {"CNOOC Limited", "China Mobile Limited", "China Telecom Corporation Limited", "China Unicom (Hong Kong) Limited"}
    assert len(held) == 44 and not held & four
    assert set(list_edition("ns-ccmc", "2021-02-01").names["entity"]) == four
    assert list_edition("ns-ccmc", "2021-01-07").names.empty


def test_an_entry_as_amended_is_held_from_the_amendment_on():
    early = list_edition("entity-list", "2022-06-29").names.set_index("entity")
    assert "0883.HK" not in set(early["security"])
    assert early.loc["China National Offshore Oil Corporation Ltd. (CNOOC)", "status"] == "listed"
    late = list_edition("entity-list", "2022-07-01").names.set_index("security")
    assert late.loc["0883.HK", "status"] == "disputed"


@pytest.mark.parametrize(
    ("list_id", "at", "told"),
    [
        ("ns-cmic", "2021-07-01", "it printed 59)"),
        ("ndaa-1237-ccmc", "2021-02-01", "44 names held, edition of 2021-01-14 (it printed 44)"),
        ("ndaa-1260h", "2021-07-01", "42 names held, edition of 2021-06-03 (it printed 47, 5 more than are held)"),
        (
            "ndaa-1260h",
            "2022-11-01",
            "(60 by the counts on record: 47 printed on 2021-06-03, changes since added up, 5 more than are held)",
        ),
        ("ndaa-1260h", "2025-01-06", "71 to 72 by the counts"),
        ("ndaa-1260h", "2025-02-01", "128 names held, edition of 2025-01-07 (it printed 134, 6 more than are held)"),
        ("ndaa-1260h", "2026-07-01", "181 names held, edition of 2026-06-08 (it printed 188, 7 more than are held)"),
    ],
)
def test_the_count_on_record_is_said_beside_the_count_held(list_id, at, told):
    at = "2025-01-06T15:00-05:00" if at == "2025-01-06" else at
    assert told in list_edition(list_id, at).title


def test_a_difference_says_where_the_counts_on_record_differ():
    change = edition_difference("ndaa-1260h", "2022-10-06", "2024-02-01")
    row = change.editions.set_index("edition_on").loc["2024-01-31"]
    # Crowell counts 16 additions, Dechert 17; what Dechert printed was known at the end of that year only.
    assert (row["added_low"], row["added_high"], row["added_held"], row["removed_held"]) == (16, 16, 15, 3)
    assert any("16 added by the counts on record, 15 held" in note for note in change.notes)
    later = edition_difference("ndaa-1260h", "2022-10-06", "2025-02-01").editions.set_index("edition_on")
    assert (later.loc["2024-01-31", "added_low"], later.loc["2024-01-31", "added_high"]) == (16, 17)
    last = edition_difference("ndaa-1260h", "2025-02-01", "2026-07-01").editions.set_index("edition_on").loc["2026-06-08"]
    # 134 names and 65 more are 188 where 11 left
    assert (last["n_printed"], last["added_low"], last["added_held"]) == (188, 65, 66)
    assert (last["removed_low"], last["removed_high"], last["removed_held"]) == (11, 11, 13)


def test_a_removal_that_may_be_a_renaming_names_the_candidates():
    """The row of the plant in Beijing says "renamed or dropped, not verified"; under the same parent the next list prints another."""
    change = edition_difference("ndaa-1260h", "2024-02-01", "2025-01-08").changes
    removed = change[change["change"] == "removed"].set_index("entity")
    plant = removed.loc["SMIC Northern Integrated Circuit Manufacturing (Beijing) Co., Ltd"]
    assert plant["perhaps"].startswith("Semiconductor Manufacturing North China (Beijing) Corporation")
    assert "not verified" in plant["reason"] and (removed.drop(plant.name)["perhaps"] == "").all()
    assert removed.loc["AMEC", "reason"] == "Removed after suit"


@pytest.mark.parametrize(("at", "said"), [("2026-02-12", False), ("2026-02-13", True), ("2026-06-07", True), ("2026-06-09", False)])
def test_the_posted_and_withdrawn_edition_is_said_until_the_next_one(at, said):
    assert any("2026-02-13 was posted and withdrawn" in note for note in list_edition("ndaa-1260h", at).notes) is said
    assert len(list_edition("ndaa-1260h", "2026-02-13").names) == 128


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
    assert renamed.loc["002268.SZ", "before"] == "Cheng Du Westone Information Industry" and len(renamed) == 5


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


@pytest.mark.parametrize(
    ("list_id", "at", "name", "line"),
    [
        ("ndaa-1260h", "2021-07-01", "Zhonghang Electronic Measuring Instruments", "300114.SZ"),
        (
            "ndaa-1260h",
            "2025-02-01",
            "Zhonghang Electronic Measuring Instruments",
            "300114.SZ;302132.SZ",
        ),  # recoded in 2025, on a day not on record
        ("ndaa-1260h", "2024-12-31", "Zhonghang Electronic Measuring Instruments", "300114.SZ"),
        ("ndaa-1260h", "2026-06-08T23:59-04:00", "Zhonghang Electronic Measuring Instruments", "302132.SZ"),
        ("ndaa-1260h", "2026-07-01", "AVIC Chengdu Aircraft Co., Ltd.", "302132.SZ"),
        ("ns-cmic", "2021-07-01", "Zhonghang Electronic Measuring Instruments Company Limited", "300114.SZ"),
        ("ns-cmic", "2026-07-01", "Zhonghang Electronic Measuring Instruments Company Limited", "302132.SZ"),
        ("ndaa-1260h", "2025-02-01", "Cheng Du Westone Information Industry", "002268.SZ"),
        ("ndaa-1260h", "2026-07-01", "CETC Cyberspace Security (Westone)", "002268.SZ"),
    ],
)
def test_an_edition_prints_the_names_and_codes_of_its_day(list_id, at, name, line):
    names = list_edition(list_id, at).names
    assert names.loc[names["security"] == line, "entity"].tolist() == [name]


def test_a_firm_renamed_and_recoded_is_neither_added_nor_removed():
    changes = edition_difference("ndaa-1260h", "2025-02-01", "2026-07-01").changes
    [row] = changes[changes["entity"] == "AVIC Chengdu Aircraft Co., Ltd."].to_dict("records")
    assert (row["change"], row["before"], row["security"]) == ("renamed", "Zhonghang Electronic Measuring Instruments", "302132.SZ")


@pytest.mark.parametrize("day", ["1066-01-01", "9999-12-31"])
def test_a_day_beyond_what_an_instant_can_be_is_named(day):
    with pytest.raises(InputError, match=f"at='{day}' is beyond the years 1678 to 2261"):
        list_edition("ndaa-1260h", day)
