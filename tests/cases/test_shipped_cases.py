"""Every case that ships is a file in the format of a user's own, and its events stand where press and notes say."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import impact
from impact.calendars import first_session_to_react, venue_of
from impact.cases import case_names, define_case
from impact.cases.case_file import read_case
from impact.cases.events import events_of_case
from impact.cases.listing import listing_of
from impact.cases.shipped import case_text
from impact.errors import DataUnavailable, InputError

SESSIONS_OF_THE_NOTES = {
    "E0": "2021-01-15", "L1": "2021-02-01", "E1": "2021-03-08", "E2": "2021-03-11", "B1": "2021-03-12", "E3": "2021-03-12", "E4": "2021-03-15",
    "K1": "2021-03-15", "E5": "2021-03-16", "E5b": "2021-03-23", "E6": "2021-05-12", "E7": "2021-05-25", "E8": "2021-05-26", "E9": "2021-06-04",
    "E9b": "2021-06-18",
}  # fmt: skip
"""First session of Hong Kong that could react to each event of Xiaomi, as the notes of the fact base state it."""


def test_xiaomi_events_react_on_the_sessions_of_the_notes():
    events = events_of_case(define_case("xiaomi")).set_index("event_id")
    reacted = {name: f"{first_session_to_react(at, 'XHKG').session:%Y-%m-%d}" for name, at in events["known_at"].items()}
    assert reacted == SESSIONS_OF_THE_NOTES


@pytest.mark.parametrize("name", case_names())
def test_the_file_stands_on_a_row_of_the_fact_base(name):
    definition = define_case(name)
    events = events_of_case(definition)
    assert not definition.is_stated
    assert (events["event_id"] == definition.designation_event).sum() == 1
    assert events["event_id"].is_unique
    listing = listing_of(definition)
    first = events.set_index("event_id").loc[definition.designation_event]
    assert first["source_row"] == definition.record and first["known_at"] == listing.known_at


@pytest.mark.parametrize("name", case_names())
def test_executions_fall_on_their_own_session_and_after_their_notice(name):
    definition = define_case(name)
    events = events_of_case(definition)
    executions = events[events["anchor"] == "session"]
    for _, event in executions.iterrows():
        assert first_session_to_react(event["known_at"], venue_of(definition.security)).intraday is not None
        notices = events[(events["source_row"] == event["source_row"]) & (events["anchor"] == "reaction")]
        assert (notices["known_at"] <= event["known_at"]).all(), event["label"]


@pytest.mark.parametrize("name", case_names())
def test_what_was_known_at_an_instant_never_changes_later(name):
    definition = define_case(name)
    whole = events_of_case(definition).set_index("event_id")
    middle = whole["known_at"].sort_values().iloc[len(whole) // 2]
    early = events_of_case(definition, middle).set_index("event_id")
    assert set(early.index) == set(whole.index[whole["known_at"] <= middle])
    assert (early["known_at"] == whole.loc[early.index, "known_at"]).all()


def test_what_else_moved_the_price_is_not_known_before_its_day():
    definition = define_case("xiaomi")
    after_the_close = events_of_case(definition, "2021-03-08T17:00+08:00").set_index("event_id")
    assert after_the_close.loc["E1", "confounders"] == ""
    assert "technology" in events_of_case(definition, "2021-03-10T17:00+08:00").set_index("event_id").loc["E1", "confounders"]


def test_a_copy_of_a_shipped_file_is_the_same_case(tmp_path):
    from impact.bundled import manifest

    assert [f"cases/{name}.toml" for name in case_names()] == [name for name in manifest()["file"] if name.startswith("cases/")]
    (tmp_path / "smic.toml").write_text(case_text("smic"), encoding="utf-8")
    own, shipped = read_case(tmp_path / "smic.toml"), define_case("smic")
    pd.testing.assert_frame_equal(events_of_case(own), events_of_case(shipped))
    assert listing_of(own) == listing_of(shipped)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("record = ", 'record = "no-such-row" #'), "no row of the fact base"),
        (("record = ", "public_at = 2021-01-14T16:00:00-05:00\nrecord = "), "both given"),
    ],
)
def test_a_row_that_is_not_there_is_refused(tmp_path, change, message):
    (tmp_path / "case.toml").write_text(case_text("smic").replace(*change), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_case(tmp_path)


PRESS = [  # case, event, first session, close to close, source of the figure
    ("xiaomi", "E0", "2021-01-15", -0.1026, "notes of the fact base"),
    ("rusal", "D0", "2018-04-06", -0.1773, "figure-rusal-close-moscow-2018-04-09"),
    ("zte", "V2", "2018-06-13", -0.4156, "figure-zte-close-move-on-resumption-2018-06-13"),
    ("amec", "C2", "2024-12-18", 0.0178, "figure-amec-intraday-move-2024-12-18"),
    ("catl", "D0", "2025-01-07", -0.0284, "figure-catl-close-2025-01-07"),
    ("zijin", "D0", "2025-01-15", -0.0585, "figure-zijin-mining-intraday-move-2025-01-15"),
    ("veon", "D0", "2022-02-28", -0.35, "figure-veon-close-2022-02-28"),
    ("tencent", "D0", "2025-01-07", -0.0728, "notes of the figures"),
    ("hesai", "D0", "2024-02-01", -0.31, "notes of the figures"),
]
"""Moves that the press printed, on the session on which the case must place them."""


@pytest.mark.parametrize(("name", "event_id", "session", "move", "source"), PRESS)
def test_the_move_of_the_session_is_what_the_press_printed(name, event_id, session, move, source, opened):
    row = opened(name).timeline().events.set_index("event_id").loc[event_id]
    assert f"{row['reaction_on']:%Y-%m-%d}" == session, source
    assert row["close_return"] == pytest.approx(move, abs=0.0006 if abs(move) != 0.31 else 0.005), source


def test_a_halted_line_moves_on_its_first_trade_with_the_market_over_the_same_span(opened):
    zte = opened("zte")
    row = zte.timeline().events.set_index("event_id").loc["V2"]
    market = zte.panel.close["HSI"]
    assert "since 2018-04-16" in row["anchoring"]
    assert row["market_return"] == pytest.approx(market["2018-06-13"] / market["2018-04-16"] - 1)


@pytest.mark.parametrize("name", ["sberbank", "gazprom", "lukoil", "rosneft", "vtb"])
def test_the_moscow_lines_had_no_session_when_the_indexes_dropped_them(name, opened):
    events = opened(name).timeline().events.set_index("event_id")
    assert events.loc["D0", "label"].startswith("MSCI: delete at effectively zero price")
    assert events.loc[["D0", "V1"], "close_return"].isna().all()
    assert events[events["reaction_on"] == pd.Timestamp("2022-03-24")]["close_return"].notna().all()


@pytest.mark.parametrize("name", case_names())
def test_what_nobody_could_say_is_said_in_a_sentence(name):
    assert all(text.endswith(".") for text in define_case(name).unknowns_at())


@pytest.mark.parametrize("name", case_names())
def test_no_sentence_tells_of_a_day_that_it_does_not_know(name):
    """A sentence with a date after the designation says from when it is known, and is not told before."""
    definition = define_case(name)
    listed = listing_of(definition).known_at.tz_convert("America/New_York").tz_localize(None).normalize()
    for told in definition.unknowns:
        days = [pd.Timestamp(text) for text in re.findall(r"\d{1,2} [A-Z][a-z]+ 20\d\d", told.text)]
        latest = max((day for day in days if day > listed + pd.Timedelta(days=2)), default=None)
        assert latest is None or (told.known_on is not None and told.known_on >= latest), told.text
    assert len(definition.unknowns_at(f"{listed:%Y-%m-%d}T23:00-05:00")) == sum(told.known_on is None for told in definition.unknowns)


def test_a_case_that_stands_on_an_act_of_an_exchange_has_no_clock():
    listing = listing_of(define_case("veon"))
    assert listing.list_id == "" and listing.divestment_end_at is None and "No list names" in listing.fate


def test_the_hour_that_the_case_tells_is_that_of_the_listing_too():
    rusal = define_case("rusal")
    assert listing_of(rusal).known_at == pd.Timestamp("2018-04-06T18:30+03:00")
    with pytest.raises(DataUnavailable, match="not known"):
        listing_of(rusal, "2018-04-06T18:00+03:00")


def test_the_page_of_a_case_without_flow_tells_the_news_and_what_is_unknown(tmp_path):
    page = impact.case("amec").report(tmp_path / "amec.html").read_text(encoding="utf-8")
    assert "What the news alone should do to the price" in page and "what forced sales would add is unknown" in page
    assert all(text.split("'")[0] in page for text in define_case("amec").unknowns_at())
