"""A price of an instant rests on the events that had happened by then: what is altered or deleted later changes no digit of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from impact.cases import price_effect_of_case
from impact.errors import DataUnavailable
from impact.pricing import announcement_fit, announcement_training, event_library, execution_flow, flow_fit
from impact.pricing.effect import EffectSetting, price_effect
from impact.pricing.effect_paths import first_session_split
from impact.pricing.flow_fit import reversal_draws
from impact.pricing.known_events import changes_known_at, events_known_at
from impact.supply.line import LineState

AT = "2021-01-14T18:00-05:00"
SALE = {"sold_shares": (1e8, 6e8), "n_draws": 512}
KEPT = (announcement_fit.shipped_library, flow_fit.shipped_flow_rows, announcement_training._fit_without)
"""What a process keeps of the shipped library."""


def altered(library, at):
    """The library with every later return turned and grown threefold, and every other later row deleted."""
    day = pd.Timestamp(at).tz_localize(None).normalize() + pd.Timedelta(days=3)
    events, changes = library.designations, library.index_changes
    later_event = (events["public_on"] > day).to_numpy()
    later_change = (changes["exec_session"] > day).to_numpy()
    turned = {name: events[name].where(~later_event, -3 * events[name]) for name in ("car_0_0", "car_0_1")}
    moved = {name: changes[name].where(~later_change, -3 * changes[name]) for name in ("car_m10_0", "car_p1_p20", "excess_adv")}
    return replace(
        library,
        designations=events.assign(**turned)[~later_event | (np.arange(len(events)) % 2 == 0)].reset_index(drop=True),
        index_changes=changes.assign(**moved)[~later_change | (np.arange(len(changes)) % 2 == 0)].reset_index(drop=True),
    )


@pytest.fixture
def later_altered(monkeypatch):
    """The shipped library as somebody would have it to whom the later events had gone otherwise."""
    other = altered(event_library(), AT)

    def swap():
        for kept in KEPT:
            kept.cache_clear()

    with monkeypatch.context() as patch:
        patch.setattr(announcement_fit, "event_library", lambda: other)
        yield swap
    swap()


@pytest.mark.parametrize("at", [AT, "2024-02-05T18:00-05:00", "2018-04-09T18:00-04:00"])
def test_the_flow_of_an_instant_does_not_know_later_changes(at):
    own, other = execution_flow(5.0, 0.02, as_of=at), execution_flow(5.0, 0.02, as_of=at, library=altered(event_library(), at))
    assert own.to_frame().equals(other.to_frame()) and own.verdict == other.verdict
    assert np.array_equal(own.coefficient, other.coefficient) and own.n_events > 0
    assert "not scored with what was known then" in own.verdict and own.scores.empty


def test_the_price_of_a_case_does_not_know_later_events(later_altered):
    before = price_effect_of_case("xiaomi", AT, **SALE)
    later_altered()
    assert announcement_fit.shipped_library().designations["car_0_1"].sum() != event_library().designations["car_0_1"].sum()
    after = price_effect_of_case("xiaomi", AT, **SALE)
    assert np.array_equal(before.bands, after.bands, equal_nan=True)
    assert before.assumptions == after.assumptions and before.sources == after.sources
    assert price_effect_of_case("xiaomi", **SALE).bands[0].tolist() != before.bands[0].tolist()


def test_the_split_of_the_news_is_that_of_the_events_known():
    rows = event_library().announcement_sample()
    known = rows[rows["public_on"] < "2021-01-12"]
    both, first = known["car_0_1"], known["car_0_0"]
    assert first_session_split(AT)[0] == pytest.approx((both * first).sum() / (both**2).sum(), rel=1e-12)
    assert len(first_session_split(AT)[1]) == len(known) < len(first_session_split()[1])


def test_a_change_counts_from_its_execution_close_and_its_reversal_from_20_sessions_later():
    library = event_library()
    sample = library.flow_sample()
    row = sample[sample["exec_session"] == "2020-12-18"].iloc[0]  # New York closes at 16:00; 20 sessions later is 19 January

    def known(at):
        rows = changes_known_at(library, pd.Timestamp(at)).flow_sample()
        return rows[rows["index_event_id"] == row["index_event_id"]]

    assert known("2020-12-18T02:00-05:00").empty
    assert np.isnan(known("2020-12-22T18:00-05:00")["car_p1_p20"].item())
    assert known("2021-03-22T18:00-04:00")["car_p1_p20"].item() == row["car_p1_p20"]


def test_where_all_is_known_the_library_is_itself():
    library, late = event_library(), pd.Timestamp("2030-01-02T12:00Z")
    assert events_known_at(library, late) is library and changes_known_at(library, late) is library
    assert execution_flow(5.0, 0.02, as_of=late).verdict == execution_flow(5.0, 0.02).verdict


def test_the_era_is_that_of_the_instant():
    assert execution_flow(5.0, 0.02, as_of="2018-04-09T18:00-04:00").cell.name == "2009_18_deletion"
    assert execution_flow(5.0, 0.02, as_of="2008-04-09T18:00-04:00").cell.name == "2001_08_deletion"


def test_few_dates_give_no_narrower_reversal_than_every_deletion_known():
    early = changes_known_at(event_library(), pd.Timestamp(AT))
    spread = [np.ptp(np.quantile(reversal_draws(cell, early), (0.05, 0.95))) for cell in ("since_2019_deletion", "since_2019_sanction")]
    assert spread[0] == spread[1] > 0.5


def test_before_any_change_there_is_no_coefficient():
    with pytest.raises(DataUnavailable, match="later instant"):
        execution_flow(5.0, 0.02, as_of="2001-06-01T12:00-04:00")


def test_a_sale_before_any_sanction_deletion_is_priced():
    line = LineState(security="X", currency="USD", price=20.0, usd_per_unit=1.0, adv_shares=1e6, sigma=0.02)
    setting = EffectSetting(as_of="2018-04-09T18:00-04:00")
    effect = price_effect(line=line, sold_shares=(5e5, 5e6), n_draws=256, setting=setting)
    assert np.isfinite(effect.laws["peak_return_mid"].iloc[-1])
    assert any("deletions 2009 to 2018" in note for note in effect.assumptions)
