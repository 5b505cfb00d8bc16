"""Designations, programmes, exchange paths and provider paths as known at an instant."""

import itertools

import pandas as pd
import pytest

from impact.errors import InputError
from impact.rules import ACTIONS, INVESTORS, PROVIDER_STATES, designations, exchange_path, programmes, provider_path
from impact.rules.book import rule_book
from impact.rules.exchange_lines import STATE_AFTER


def test_designations_as_known():
    assert designations("1810.HK", "2021-01-14T15:59-05:00").empty
    (row,) = designations("1810.HK", "2021-01-14T16:30-05:00").to_dict("records")
    assert (row["list_id"], row["listed_on"]) == ("ndaa-1237-ccmc", pd.Timestamp("2021-01-14"))
    assert row["removed_at"] is pd.NaT
    (later,) = designations("1810.HK").to_dict("records")
    assert later["removed_at"] == pd.Timestamp("2021-05-25T20:09Z")
    everything = designations()
    assert (everything["kind"] == "listed").sum() == 361
    assert everything["listed_at"].notna().all()


def test_programmes_as_known():
    early = programmes("2021-01-10T12:00-05:00").set_index("programme_id")
    assert "eo13974-amend" not in early.index
    assert early.loc["eo13959-orig", "ended_at"] is pd.NaT
    late = programmes().set_index("programme_id")
    assert late.loc["eo13974-amend", "ended_at"] == late.loc["ns-cmic", "in_force_at"]


def test_new_york_took_three_positions_in_a_week():
    path = exchange_path("CHL")
    assert path["state"].tolist()[:4] == ["delisting announced", "trading", "delisting announced", "suspended"]
    assert path["stops_at"].isna().tolist()[:3] == [False, True, False]
    assert exchange_path("CHL", "2021-01-05T12:00-05:00")["state"].tolist() == ["delisting announced", "trading"]
    assert exchange_path("0941.HK").empty  # the Hong Kong line has a path of its own
    assert exchange_path("LKCO")["state"].tolist() == ["delisting announced", "trading", "delisting announced", "trading"]


def test_providers_went_separate_ways_on_xiaomi():
    path = provider_path("1810.HK")
    assert path.providers == ("FTSE Russell", "S&P DJI", "MSCI", "Hang Seng Indexes")
    ftse = path.steps[path.steps["provider"] == "FTSE Russell"]
    assert ftse["state"].tolist() == [
        "deletion announced",
        "deleted",
        "re-admission proposed",
        "re-admission announced",
        "partly re-admitted",
        "re-admitted",
    ]
    executed = ftse[ftse["step"] == "executed"]
    assert [f"{day:%Y-%m-%d}" for day in executed["close_of"]] == ["2021-03-11", "2021-06-04", "2021-06-18"]
    assert executed["share"].tolist() == [1.0, 0.5, 1.0]
    assert "deleted" not in set(path.steps.loc[path.steps["provider"] == "MSCI", "state"])
    assert path.steps["expected"].all()
    for at, states in {
        "2021-03-11T07:59Z": ("deletion announced", "deletion announced", "member"),
        "2021-03-11T08:00Z": ("deleted", "deletion announced", "member"),
        "2021-03-15T00:00Z": ("deleted", "deleted", "retained"),
        "2021-06-05T00:00Z": ("partly re-admitted", "eligible again", "retained"),
    }.items():
        assert tuple(path.state(name, at) for name in ("FTSE Russell", "S&P DJI", "MSCI")) == states


def test_a_step_ahead_has_not_happened():
    path = provider_path("1810.HK", "2021-03-10T00:00Z")
    assert path.steps["happened"].tolist() == [True, False, True]
    assert "S&P DJI" not in path.providers  # day of the notice not stated: known by the eve of its execution


def test_a_cancelled_deletion_is_not_executed():
    path = provider_path("0941.HK", provider="S&P DJI").steps
    assert path["state"].tolist() == ["deletion announced", "deletion cancelled", "deletion announced", "deleted"]
    assert path["close_of"].iloc[-1] == pd.Timestamp("2021-01-11")  # local lines one session after the receipts
    before = provider_path("0941.HK", "2021-01-05T12:00-05:00", provider="S&P DJI").steps
    assert before["state"].tolist() == ["deletion announced", "deleted"]
    assert before["happened"].tolist() == [True, False]


def test_conditional_deletion_is_announced_only():
    assert provider_path("1816.HK", provider="MSCI").steps["state"].tolist() == ["deletion conditional"]


def test_bond_index_by_identifier():
    path = provider_path("XS1233275194").steps
    assert path["state"].tolist() == ["deletion announced", "deleted"]
    assert path["close_of"].iloc[1] == pd.Timestamp("2021-07-29")


def test_provider_input():
    with pytest.raises(InputError, match="no recorded step"):
        provider_path("1810.HK").state("JPMorgan", "2021-03-15T00:00Z")
    with pytest.raises(InputError, match="names no line"):
        provider_path("")
    assert provider_path("AAPL").steps.empty
    assert "FTSE Russell" in str(provider_path("1810.HK"))


def test_every_kind_of_action_has_a_state():
    from impact.bundled import read_bundled

    assert set(read_bundled("index_actions")["action_kind"]) <= set(PROVIDER_STATES)
    assert set(read_bundled("exchange_actions")["action_kind"]) <= set(STATE_AFTER)


def test_every_provider_path_is_a_sequence_of_expected_steps():
    from impact.bundled import read_bundled

    lines = {line for text in read_bundled("index_actions")["securities"] for line in text.split(";") if line}
    for line in sorted(lines):
        steps = provider_path(line).steps
        assert steps["expected"].all(), steps.loc[~steps["expected"], ["provider", "line", "state"]].to_string()
        assert steps.groupby("provider")["at"].apply(lambda at: at.is_monotonic_increasing).all()


def test_relief_and_close_names_point_at_rows_that_exist():
    from impact.bundled import read_bundled

    assert set(read_bundled("programme_relief")["court_fact_id"]) <= set(read_bundled("litigation")["fact_id"])
    assert set(read_bundled("programme_name_matches")["parent_fact_id"]) <= set(read_bundled("designations")["fact_id"])
    assert set(read_bundled("programme_rules")["programme_id"]) <= set(read_bundled("programmes")["programme_id"])


@pytest.mark.parametrize("as_of", [None, "2018-06-01T12:00-04:00", "2021-02-01T12:00-05:00"])
def test_what_a_book_keeps_of_its_cells_is_what_the_cells_say(as_of):
    book = rule_book(None if as_of is None else pd.Timestamp(as_of).tz_convert("UTC"))
    cells = {cell for several in book.cells.values() for cell in several}
    assert cells
    for investor, programme in itertools.product(INVESTORS, {cell.programme_id for cell in cells}):
        own = [cell for (of, _, _, who), several in book.cells.items() for cell in several if (of, who) == (programme, investor)]
        assert book.bars(programme, investor) == any(cell.status == "prohibited" for cell in own)
    for action in ACTIONS:
        ends = {at for cell in cells if action in cell.actions for at in (cell.valid_from_at, cell.valid_to_at)}
        assert book.instants_of_cells(action) == ends - {None}
