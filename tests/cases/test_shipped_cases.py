"""Every case that ships is a file in the format of a user's own, and its events stand where press and notes say."""

from __future__ import annotations

import pandas as pd
import pytest

from impact.calendars import first_session_to_react, venue_of
from impact.cases import case_names, define_case
from impact.cases.case_file import read_case
from impact.cases.events import events_of_case
from impact.cases.listing import listing_of
from impact.cases.shipped import case_text
from impact.errors import InputError

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
