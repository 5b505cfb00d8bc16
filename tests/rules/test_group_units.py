"""A unit of a group that a list names is in doubt where close names are barred, every one of them, and free where a text says so."""

from __future__ import annotations

import pandas as pd
import pytest

from impact.bundled import read_bundled
from impact.holdings import check_portfolio
from impact.rules import deadlines, permitted

FEBRUARY_2021 = "2021-02-15T12:00-05:00"
DESIGNATIONS = read_bundled("designations")
UNDER = DESIGNATIONS[(DESIGNATIONS["listed_under"] != "") & (DESIGNATIONS["security"] != "")]
GROUPS = read_bundled("listed_groups")
BARRED_GROUPS = set(GROUPS.loc[GROUPS["designation_id"].str.startswith("designation-ndaa-1237-ccmc-"), "group"])
UNITS = sorted({*UNDER.loc[UNDER["listed_under"].isin(BARRED_GROUPS), "security"], *read_bundled("group_units").query("group in @BARRED_GROUPS")["line"]})  # fmt: skip
NAMED_BY_TREASURY = set(DESIGNATIONS.loc[DESIGNATIONS["programme_id"] == "ns-cmic", "security"])


def test_every_line_that_a_list_prints_under_a_group_is_a_unit_on_record():
    assert len(UNITS) >= 30 and {"000768.SZ", "000547.SZ", "3983.HK", "600640.SS", "302132.SZ", "300114.SZ"} <= set(UNITS)
    lines = read_bundled("designation_lines").query("relation == 'unit'")
    for row in UNDER.to_dict("records"):
        listings = GROUPS.loc[GROUPS["group"] == row["listed_under"], "designation_id"]
        assert not listings.empty, row["listed_under"]
        held = set(lines.loc[lines["line"] == row["security"], "designation_id"])
        itself = DESIGNATIONS[DESIGNATIONS["security"] == row["security"]].set_index("programme_id")["known_at"].map(pd.Timestamp)
        for listing in listings:
            group = DESIGNATIONS.set_index("fact_id").loc[listing]
            named_first = group["programme_id"] in itself.index and itself[group["programme_id"]] <= pd.Timestamp(group["known_at"])
            assert named_first or listing in held, (row["security"], listing)


@pytest.mark.parametrize("line", UNITS)
def test_a_unit_is_unknown_while_close_names_are_barred(line):
    """OFAC FAQ 857 frees a subsidiary by ownership, FAQ 858 bars names that closely match: which this is no text says."""
    answer = permitted("buy", line, FEBRUARY_2021)
    assert answer.status == "unknown" and answer.rulings[0].phase == "related"
    assert "this line is a unit of the group named" in answer.rule and "A text that decides is not on record" in answer.rule
    assert permitted("hold", line, FEBRUARY_2021).status in ("not_listed", "allowed"), (
        "possession is barred from the end of the window alone"
    )
    before = permitted("buy", line, "2020-06-30T12:00-04:00", as_of="2020-06-30T12:00-04:00")
    assert before.status in ("not_listed", "allowed"), "no order was signed yet"


@pytest.mark.parametrize("line", sorted(set(UNITS) - {"302132.SZ"}))
def test_who_controlled_a_unit_was_public_when_its_group_was_listed(line):
    assert permitted("buy", line, FEBRUARY_2021, as_of=FEBRUARY_2021).status == "unknown"


@pytest.mark.parametrize("line", UNITS)
def test_under_the_later_order_the_name_decides(line):
    """OFAC FAQ 905 (2021-06-03): only what is listed itself."""
    answer = permitted("buy", line, "2022-02-01T12:00-05:00")
    if line in NAMED_BY_TREASURY or line == "300114.SZ":
        assert answer.status == "prohibited"
    else:
        assert answer.status in ("allowed", "not_listed")
        told = any("ns-cmic names" in change and "a unit of the group named" in change for change in answer.changes)
        assert told != (line == "601117.SS"), "China National Chemical Engineering Group was left off the annex"


@pytest.mark.parametrize(("at", "told"), [("2022-02-01T12:00-05:00", False), ("2024-02-01T12:00-05:00", True)])
def test_a_unit_is_one_from_the_day_on_record(at, told):
    """600720.SS came to China Communications Construction in November 2023."""
    changes = permitted("buy", "600720.SS", at).changes
    assert any("China Communications Construction Group" in change for change in changes) == told


def test_a_book_says_the_same():
    frame = pd.DataFrame({"Ticker": ["000768.SZ", "600760.SS", "0005.HK"], "Quantity": 1, "Market Value": 100.0, "Currency": "USD"})
    report = check_portfolio(frame, as_of=FEBRUARY_2021)
    assert report.positions["status"].tolist() == ["unknown", "unknown", "clear"]
    assert report.positions["rule"].iloc[0] == permitted("buy", "000768.SZ", FEBRUARY_2021, as_of=FEBRUARY_2021).rule


def test_deadlines_say_that_buying_a_unit_is_in_doubt():
    notes = deadlines("000768.SZ", FEBRUARY_2021).notes
    assert any("buying unknown from 2020-11-12" in note and "Aviation Industry Corporation of China" in note for note in notes)
    assert any("this line is a unit of the group named" in note for note in notes)
    later = deadlines("3983.HK").notes
    assert any("No programme with a clock names this security" in note for note in later)
    assert any("ns-cmic names China National Offshore Oil Corporation" in note for note in later)


@pytest.mark.parametrize(("line", "source", "confidence"), [("000768.SZ", "own knowledge", "B"), ("600760.SS", "Hogan Lovells", "A")])
def test_a_doubt_rests_on_who_says_that_the_line_is_a_unit(line, source, confidence):
    [ruling] = [ruling for ruling in permitted("buy", line, FEBRUARY_2021).rulings if ruling.phase == "related"]
    assert source in ruling.source and ruling.confidence == confidence
