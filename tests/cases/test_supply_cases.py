"""The Xiaomi case from the bundled facts: legal sessions, supply, index flow, price effect, commands, and what was known when."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import impact
from impact.cases.index_flow import index_actions_of, index_deletion_of_case
from impact.cases.pricing import price_effect_of_case
from impact.cases.shares import share_counts
from impact.cases.shipped import define_case
from impact.cases.supply import supply_inputs, supply_of_case
from impact.errors import DataUnavailable, InputError
from impact.market import load_panel
from impact.pricing.comparison import compare_with_realised
from impact.pricing.effect import EffectSetting


@pytest.fixture(scope="module")
def supply():
    return supply_of_case("xiaomi")


@pytest.fixture(scope="module")
def effect(supply):
    return price_effect_of_case("xiaomi", supply=supply, n_draws=2048)


def test_legal_sessions_are_those_of_hong_kong(supply):
    wind_down = supply.wind_down
    assert wind_down.rule.name == "possession_ban"
    assert wind_down.sessions[0] == pd.Timestamp("2021-01-15")
    # The ban began at 21:30 in Hong Kong on 15 March, after that session; the deadline of 365 days is 14 January 2022.
    assert wind_down.last_before_ban_on == pd.Timestamp("2021-03-15")
    assert wind_down.sessions[-1] == pd.Timestamp("2022-01-14")
    assert pd.Timestamp("2021-02-12") not in wind_down.sessions


def test_shares_follow_from_the_printed_figures(supply):
    line = supply.line
    assert 25.0e9 < line.shares_outstanding < 25.8e9
    assert_allclose(line.float_shares, 0.65 * line.shares_outstanding)
    total = supply.total_shares
    counts = share_counts(
        define_case("xiaomi"), impact.case("xiaomi").panel.close["1810.HK"], line.usd_per_unit, pd.Timestamp("2021-01-15")
    )
    # "15 %, third-largest by geography" prints no denominator: of reported holders, of whom the insiders are a part, to all shares.
    assert_allclose([total["low"], total["high"]], [0.145 * 0.345 * counts.outstanding[0], 0.155 * counts.outstanding[1]])
    assert 5 < total["low"] / line.adv_shares < total["high"] / line.adv_shares < 25


def test_volume_before_the_event_only(supply):
    assert 1.5e8 < supply.line.adv_shares < 2.2e8  # a 60-day median before the event; the volume of 15 January was 1.15e9


def test_the_split_of_the_total_is_unknown_and_never_invented(supply):
    bounds = supply.classes.set_index("holder_class")
    assert bounds.loc["us_active", "shares_low"] == 0
    assert_allclose(bounds.loc["us_active", "shares_high"], supply.total_shares["high"])
    assert np.isnan(bounds.loc["non_us_with_us_parent", "forced_shares_mid"])


def test_every_session_of_the_book_sums_to_zero_and_most_buyers_are_unknown(supply):
    assert_allclose(supply.book.sum(axis=1), 0, atol=1e-3)
    assert supply.book["unknown_buyer"].sum() > 0.9 * supply.total_shares["mid"]


def test_providers_acted_on_their_own_dates_and_msci_not_at_all():
    flow = index_deletion_of_case(supply_inputs(define_case("xiaomi")))
    rows = flow.flows[flow.flows["action"] != "add"].set_index(["provider", "action"]).sort_index()
    assert rows.loc[("FTSE Russell", "delete"), "execution_on"] == pd.Timestamp("2021-03-11")
    assert rows.loc[("S&P DJI", "delete"), "execution_on"] == pd.Timestamp("2021-03-12")
    assert rows.loc[("MSCI", "retain"), "sold_usd_high"] == 0
    assert flow.flows.loc[flow.flows["action"] == "delete", "sold_usd_low"].isna().all()
    assert set(flow.dropped["reason"]) == {"not a trade: re_add_proposed", "not a trade: eligible"}


def test_realised_volume_at_the_closes():
    check = index_deletion_of_case(supply_inputs(define_case("xiaomi"))).check.set_index("execution_on")
    assert_allclose(check.loc["2021-03-11", "volume_shares"], 730_428_783)
    assert 3.1 < check.loc["2021-03-11", "volume_ratio"] < 3.4
    assert 2.6 < check.loc["2021-06-04", "volume_ratio"] < 2.8
    assert 3.8 < check.loc["2021-06-18", "volume_ratio"] < 4.0
    assert_allclose(check.loc["2021-03-11", "close_return"], 21.85 / 21.80 - 1, atol=1e-4)


def test_flow_at_the_closes_lies_beside_the_volume_there(supply):
    closes = supply.tracker_closes()
    assert closes["provider"].tolist() == ["FTSE Russell", "S&P DJI"]
    assert (closes["tracker_shares_low"] == 0).all()
    assert_allclose(closes["tracker_shares_high"], supply.total_shares["high"] / 2)
    assert_allclose(closes["excess_shares"], index_deletion_of_case(supply_inputs(define_case("xiaomi"))).check["excess_shares"].iloc[:2])


def test_what_became_of_the_listing_is_said_once_known(supply):
    assert any("ended on 2021-05-25" in text for text in supply.assumptions)
    assert not any("ended on" in text for text in supply_of_case("xiaomi", "2021-03-10T12:00+08:00").assumptions)


def test_round_trip_of_a_tracker():
    total = index_deletion_of_case(supply_inputs(define_case("xiaomi"))).ledger.totals.iloc[0]
    assert total["provider"] == "FTSE Russell" and total["sold_at"] == 21.85
    assert_allclose(total["position_cost_return"], 0.335, atol=0.001)
    assert np.isnan(total["index_cost_bps"])


def test_a_later_fact_changes_no_earlier_answer():
    eve = "2021-03-10T12:00+08:00"
    known = supply_of_case("xiaomi", eve)
    assert (known.index_flow.flows["provider"] == "FTSE Russell").any()
    assert known.index_flow.flows["action"].tolist().count("add") == 0
    assert known.index_flow.ledger is None
    assert np.isnan(known.line.float_shares)
    assert known.index_flow.check.empty or known.index_flow.check["execution_on"].max() < pd.Timestamp("2021-03-11")


def test_on_the_evening_of_the_listing_the_holding_was_not_public():
    evening = "2021-01-14T18:00-05:00"
    found = supply_of_case("xiaomi", evening)
    assert np.isnan(found.total_shares["high"])
    with pytest.raises(DataUnavailable, match="sold_shares"):
        price_effect_of_case("xiaomi", evening)
    with pytest.raises(DataUnavailable, match="not known"):
        supply_inputs(define_case("xiaomi"), "2021-01-13T12:00-05:00")
    with pytest.raises(InputError, match="not known"):
        supply_of_case("huawei")


def test_two_tranches_are_two_halves():
    actions, _dropped = index_actions_of(define_case("xiaomi"))
    added = actions[actions["action"] == "add"]
    assert added["tranche_share"].tolist() == [0.5, 0.5]
    assert added["execution_on"].tolist() == [pd.Timestamp("2021-06-04"), pd.Timestamp("2021-06-18")]


def test_prediction_beside_outcome_on_the_listing_session(effect, opened):
    found = compare_with_realised(effect, opened("xiaomi").event_study().realised())
    listed = found.table[found.table["event_id"] == "E0"].set_index("law")
    first = listed.loc["all_laws"]
    assert first["predicted_return_low"] < -0.05 and abs(first["predicted_return_mid"]) < 0.01  # no effect is the default
    # The fall is outside the 90 % range of no effect, and inside that of the class: one date of some forty.
    assert -0.12 < first["realised_ar"] < -0.05 and not first["inside_90"] and listed.loc["class_scenario", "inside_90"]
    assert {"E2", "B1+E3", "E4+K1", "E9", "E9b"} <= set(found.table["event_id"])


def test_realised_returns_are_those_of_the_event_study(opened):
    table = opened("xiaomi").event_study().realised().set_index("event_id")
    assert table["session"].is_monotonic_increasing and table["session"].is_unique
    assert_allclose(table["se"], table["se"].iloc[0], rtol=0.05)
    assert table.loc["E4+K1", "abnormal_return"] > 0.05


def test_effect_says_that_laws_are_stretched_and_disagree(effect):
    laws = effect.laws.set_index("law")
    literature = laws.drop(index=["library", "class_scenario", "all_laws"])
    assert literature["extrapolated"].all() and literature["refused"].all() and laws.loc["all_laws", "extrapolated"]
    assert effect.variance_shares.set_index("law").loc["all_laws", "announcement_share"] > 0.5
    asked = price_effect_of_case("xiaomi", setting=EffectSetting(beyond_range=True))
    assert asked.disagreement > 3 and not asked.laws["refused"].any()


def test_the_headline_of_a_case_is_reached_on_its_path_and_says_what_is_not_known(effect):
    pooled, path = effect.laws.set_index("law").loc["all_laws"], effect.path()
    deepest = path.loc[path["return_q50"].idxmin()]
    assert deepest["return_q50"] == pooled["peak_return_mid"] and deepest["session_number"] == pooled["peak_session"]
    assert "cannot tell from no effect" in effect.summary().title
    assert "events on" in effect.verdicts[0] and "skill" in effect.verdicts[0]


def test_supply_command(run_cli):
    code, out, err = run_cli("supply", "xiaomi", "--format", "json")
    body = json.loads(out)
    assert code == 0 and err == ""
    assert body["schema"] == "impact.supply/1" and body["inputs"]["regime"] == "possession_ban"
    assert len(body["ladder"]) == 248 and body["index_flow"][0]["sold_usd_low"] is None
    code, out, _err = run_cli("supply", "xiaomi", "--format", "csv", "--table", "ladder")
    assert code == 0 and out.startswith("session,phase,")
    code, _out, err = run_cli("supply", "nobody")
    assert code == 2 and "nobody" in err


def test_price_command(run_cli):
    code, out, err = run_cli("price", "xiaomi", "--position", "2e7", "--draws", "512", "--format", "json")
    body = json.loads(out)
    assert code == 0 and err == ""
    assert [row["law"] for row in body["laws"]][-1] == "all_laws"
    assert {"predicted_realised", "cost", "variance_shares", "path", "priors"} <= body.keys()
    again = run_cli("price", "xiaomi", "--position", "2e7", "--draws", "512", "--format", "json")[1]
    assert again == out
    code, out, _err = run_cli("price", "xiaomi", "--as-of", "2021-01-14T18:00-05:00")
    assert code == 0 and "what forced sales would add is unknown" in out
    assert run_cli("price", "xiaomi", "--as-of", "2021-01-14T18:00-05:00", "--position", "1e6")[0] == 3  # the crowd is unknown


def test_a_case_without_prices_before_its_day_says_so():
    told = " ".join(supply_of_case("sensetime").assumptions)
    assert (
        "2021-12-30 to 2025-10-30) do not cover 2021-12-13, the first" in told and "give prices of at least 20 sessions before it" in told
    )
    without = supply_of_case("tencent", panel=load_panel("bundled", ["HSI"]))
    assert without.line.unknown == ("price", "adv_shares", "sigma") and any("give a panel" in text for text in without.assumptions)


@pytest.mark.parametrize("name", ["smic", "china-mobile", "china-unicom", "china-telecom", "tencent", "luokung", "hesai", "hikvision"])
def test_a_case_without_holders_has_unknown_supply(name):
    found = supply_of_case(name)
    assert np.isnan(found.total_shares["high"]) and found.ladder["sold_shares_mid"].isna().all()
    assert "unknown" in found.summary().title


def test_a_printed_share_and_a_count_of_shares_bound_the_supply_of_cnooc():
    found = supply_of_case("cnooc").total_shares
    # 16.5 % of 44.6 bn shares at most; of what at least is not printed, and no insider is on record.
    assert found["low"] == 0 and 7.4e9 < found["high"] < 7.9e9


def test_price_command_with_an_assumed_supply(run_cli):
    words = ("price", "xiaomi", "--as-of", "2021-01-14T18:00-05:00", "--draws", "512", "--format", "json")
    code, out, _err = run_cli(*words, "--sold", "1e9:2e9", "--position", "1e6")
    body = json.loads(out)
    assert code == 0
    assert any("assumed, not known" in text for text in body["assumptions"])
    assert body["predicted_realised"] == []  # no session had closed after the notice
    told = [row for row in body["cost"] if row["alone_bps_mid"] is not None]
    # With the crowd the news and its flow are in the range; of the flow's sign two execution dates known then tell nothing.
    assert told and all(row["crowd_bps_low"] < row["alone_bps_low"] and row["crowd_bps_high"] > row["alone_bps_high"] for row in told)
    code, _out, err = run_cli(*words, "--sold", "much")
    assert code == 2 and "LOW:HIGH" in err


@pytest.mark.parametrize("name", ["byd", "wuxi-apptec", "yandex-nebius", "sensetime"])
def test_without_a_price_the_supply_says_what_is_known(name, opened):
    supply = opened(name).supply()
    assert np.isnan(supply.line.adv_shares) and "adv_shares" in supply.line.unknown
    assert any("on the eve are unknown" in text for text in supply.assumptions)
    assert len(supply.ladder) > 200 and supply.ladder["cumulative_shares_high"].isna().all()
    priced = opened(name).pricing()
    assert priced.effect is None and "unknown" in priced.headline() and list(priced.tables(full=True)) == ["announcement"]


@pytest.mark.parametrize("name", ["alibaba", "baidu"])
def test_closes_tell_price_and_volatility_where_volumes_are_missing(name, opened):
    """The spread of the news is that of the line, measured on its closes; what counts in usual volumes stays unknown."""
    supply, closes = opened(name).supply(), opened(name).panel.close[define_case(name).security]
    before = closes[closes.index < opened(name).timeline().designation()["reaction_on"]].tail(61)
    assert supply.line.unknown == ("adv_shares",) and supply.line.price == before.iloc[-1]
    assert supply.line.sigma == pytest.approx(np.log(before).diff().std(), rel=1e-12)
    assert any("Usual volume is unknown: 9 of these sessions have a volume" in text for text in supply.assumptions)
    assert supply.ladder["cumulative_shares_high"].isna().all() and opened(name).pricing().effect is None
    missing = set(opened(name).narrowing().to_frame()["missing"])
    assert "volumes of the line up to the designation" in missing and not any("closes and volumes" in title for title in missing)
    noise = opened(name).pricing().announcement.noise
    assert noise == pytest.approx(supply.line.sigma * np.sqrt(2.0), rel=1e-12)  # of two sessions


def test_shares_are_told_where_only_the_volume_is_missing():
    own = impact.case(
        security="7203.T",
        programme="ns-cmic",
        public_at="2026-11-02T16:05-05:00",
        outstanding=1.6e10,
        holders=pd.DataFrame({"holder_class": ["us_active"], "shares_low": [1e8], "shares_high": [2e8], "source": ["letter"]}),
    )
    supply = own.supply()
    assert supply.total_shares["low"] == pytest.approx(0.9e8)  # institutions under a lock-in sell nine tenths to all
    assert supply.totals()["forced_adv"].isna().all() and "shares, in multiples of a volume" in supply.summary().title


def test_a_programme_without_dates_shows_none():
    supply = impact.case("amec").supply()
    assert supply.milestones()["by"].tolist() == ["1 session", "5 sessions", "20 sessions", "end of the ladder"]
    assert supply.stranded.empty  # it bars nobody; what funds abroad sell for their index, no law keeps them from holding
