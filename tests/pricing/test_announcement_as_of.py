"""A forecast of an instant is trained on the events whose returns were known then, and prints their counts and days."""

from __future__ import annotations

import pandas as pd
import pytest

import impact
from impact.errors import DataUnavailable
from impact.pricing import announcement_shock, event_library


def known_by_hand(day):
    """Primary events before a day of which no session around it is an edge: counts by hand from the table of events."""
    rows = event_library().announcement_sample()
    known = rows[rows["public_on"] < pd.Timestamp(day) - pd.Timedelta(days=2)]
    return len(known), known["date_cluster"].nunique()


@pytest.mark.parametrize(("as_of", "events", "dates"), [("2021-01-14T18:00-05:00", 57, 12), ("2024-02-05T18:00-05:00", 144, 34)])
def test_only_events_known_at_the_instant_train(as_of, events, dates):
    shock = announcement_shock(line="offshore", sigma=0.02, as_of=as_of)
    assert (shock.default_events, shock.default_dates) == (events, dates) == known_by_hand(as_of[:10])
    assert f"{events} events on {dates} dates" in shock.verdict and "2019-05-21 to" in shock.sources[0].title
    assert "held for" not in shock.verdict and shock.scores.empty


def test_a_later_event_never_changes_an_earlier_answer():
    asked = {"line": "offshore", "sigma": 0.02, "as_of": "2021-02-15T12:00-05:00"}
    library = event_library()
    early = library.select(until="2021-02-28")
    assert announcement_shock(library=library, **asked).quantiles() == announcement_shock(library=early, **asked).quantiles()


def test_an_event_trains_once_its_second_session_has_closed():
    rows = event_library().announcement_sample()
    xiaomi = rows[(rows["security"] == "1810.HK") & (rows["first_session"] == "2021-01-15")]
    assert len(xiaomi) == 1  # its second session is Monday 18 January, which closed at 16:00 in Hong Kong
    before, after = (announcement_shock(as_of=f"2021-01-18T{hour}+08:00").default_events for hour in ("15:59", "16:15"))
    assert after > before


def test_too_few_known_dates_are_no_forecast():
    with pytest.raises(DataUnavailable, match="later instant"):
        announcement_shock(as_of="2018-04-20T18:00-04:00")


def test_without_an_instant_the_answer_is_that_of_the_whole_library():
    shock, late = announcement_shock(sigma=0.02), announcement_shock(sigma=0.02, as_of="2030-01-02T12:00-05:00")
    assert (shock.default_events, shock.default_dates) == (163, 42)
    assert shock.quantiles() == late.quantiles() and not late.scores.empty


def test_the_price_of_a_case_is_trained_on_what_was_known():
    assert "57 events on 12 dates" in impact.case("xiaomi", as_of="2021-01-14T18:00-05:00").announcement().verdict + str(
        impact.case("xiaomi", as_of="2021-01-14T18:00-05:00").announcement().summary().title
    )
