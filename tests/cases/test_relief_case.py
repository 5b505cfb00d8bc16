"""One case assessed whole on the bundled facts and prices."""

import json

import numpy as np
import pandas as pd
import pytest

from impact.cases import assess_case, spillover_groups
from impact.cases.anchors import listing_falls, price_anchors
from impact.cases.timeline import build_timeline
from impact.errors import DataUnavailable, InfeasibleDesign
from impact.pricing import event_library

EVE = "2021-03-12T16:00-05:00"


@pytest.fixture
def xiaomi(opened):
    return opened("xiaomi")


@pytest.fixture
def whole(xiaomi):
    return xiaomi.relief()


@pytest.fixture(scope="module")
def before(opened):
    return opened("xiaomi", as_of=EVE).relief()


def test_the_eve_is_the_last_session_before_the_first_relief(whole):
    assert whole.eve == pd.Timestamp("2021-03-12")
    assert whole.steps["step"].tolist() == ["filed", "enjoined", "settled", "relief"]
    assert whole.steps["reaction_on"].dt.strftime("%m-%d").tolist() == ["02-01", "03-15", "05-12", "05-26"]


def test_a_price_below_every_anchor_is_said_and_not_clipped(whole):
    row = whole.on_eve()
    assert row["band"] == "outside" and row["probability_high"] < 0 and np.isnan(row["inside_probability_low"])
    assert "contradicts the anchors" in whole.headline() and "banned value lies more than 25 % below" in whole.headline()
    with pytest.raises(DataUnavailable, match="contradicts the anchors"):
        whole.forecast(made_at=EVE)


def test_no_fall_after_the_eve_is_an_anchor_of_it(whole, before):
    """Listings of 2022 to 2025 fell by up to 31 %: nobody knew on 12 March 2021."""
    discounts = [found.anchors[found.anchors["anchor"] == "discount"].reset_index(drop=True) for found in (whole, before)]
    pd.testing.assert_frame_equal(*discounts)
    assert discounts[0].loc[discounts[0]["used"], "upper_end"].max() == 0.25


def test_a_deeper_discount_gives_a_band_and_a_forecast(xiaomi):
    deep = assess_case(xiaomi.definition, xiaomi.panel, xiaomi.timeline(), xiaomi.event_study(), discount=(0.3, 0.6))
    band = deep.on_eve()
    assert band["band"] == "partly outside" and 0 == band["inside_probability_low"] < band["inside_probability_high"] < 0.6
    forecast = deep.forecast(made_at=EVE)
    assert forecast.low <= forecast.probability <= forecast.high == pytest.approx(band["inside_probability_high"])
    used = deep.anchors[(deep.anchors["anchor"] == "discount") & deep.anchors["used"]]
    assert used["basis"].tolist() == ["given by the caller"]


def test_own_fall_bounds_the_discount_from_below(whole):
    evidence = whole.anchors.set_index("basis")
    own = evidence.loc["own fall on the first session, net of the market: a lower bound", "lower_end"]
    assert 0.08 < own < 0.10 and whole.probability.discount == pytest.approx((own, 0.25))
    first = whole.probability.path.iloc[0]
    assert first["probability_low"] < 0.25 < first["probability_high"]  # h at its own fall puts the first session near zero


def test_the_headline_recovery_is_fixed_and_its_grid_is_shown(whole):
    grid = whole.recovery_grid
    assert grid["headline"].sum() == 1 and len(grid) == 18
    leading = grid[grid["headline"]].iloc[0]
    assert (leading["window"], leading["benchmark"], leading["drift"]) == ("0:1", "HSI", "zero")
    assert leading["undone_share"] == pytest.approx(whole.recovery.share)
    assert whole.recovery.verdict == "at least partly undone" and whole.recovery.share_low > 0
    assert {"undone", "not undone"}.isdisjoint(grid["verdict"])


def test_the_eve_knows_nothing_of_what_came(before):
    assert before.recovery is None and before.base_rates.to_frame().set_index("programme_id").loc["ndaa-1237-ccmc", "n_decided"] == 0
    assert set(before.steps["step"]) == {"filed"} and before.eve == pd.Timestamp("2021-03-12")
    assert listing_falls(EVE)["observed_on"].max() <= pd.Timestamp("2021-03-12")
    injunction = before.tree.to_frame().set_index("state").loc["injunction granted"]
    assert (injunction["probability_low"], injunction["probability_high"]) == (0.0, 1.0)  # n = 0 under the statute: cannot tell
    assert "no relief on record" in before.headline()


def test_a_step_on_record_on_the_eve_is_certain_and_no_later_one_is(whole):
    """The report of what happened weighs what could be weighed: the suit was filed, no court had ruled."""
    tree = whole.tree.to_frame().set_index("state")
    assert tree.loc["complaint", ["probability_low", "probability_high"]].tolist() == [1.0, 1.0]
    assert tree.loc["no challenge", "probability_high"] == 0.0
    assert tree.loc["vacated", ["probability_low", "probability_high"]].tolist() == [0.0, 1.0]


def test_no_base_rate_holds_the_outcome_that_it_is_to_foretell(whole):
    rates = whole.base_rates.to_frame().set_index("programme_id")
    assert rates.loc["ndaa-1237-ccmc", ["n_decided", "n_relief", "n_open"]].tolist() == [0, 0, 2]
    assert set(whole.base_rates.cases["outcome"]) == {"open"}
    assert any("as known at the close of 2021-03-12" in text for text in whole.assumptions)


def test_what_breaks_even_is_unknown_where_the_price_contradicts_its_ends(whole):
    assert whole.on_eve()["band"] == "outside" and np.isnan(whole.waiting.break_even).all()
    assert whole.advice()[0].startswith("The chance of relief at which waiting breaks even is unknown")


def test_no_scenario_pays_for_a_lost_case_more_than_the_price_allows(whole):
    price = whole.on_eve()["price"]
    lost = whole.scenarios.set_index("state").loc[["re-listed", "listing stands", "no challenge"]]
    won = whole.scenarios.set_index("state").loc["off the list"]
    assert (lost["price_high"] <= price).all() and won["price_low"] >= price


def test_sell_or_wait_spans_the_chance_of_relief(whole, before):
    table = before.waiting.to_frame()
    assert table["relief_probability"].tolist() == [0.0, 0.5, 1.0]
    assert table["first_session_share"].is_monotonic_decreasing
    assert (table[["even_regret_value", "at_once_regret_value", "last_session_regret_value"]] >= -1e-6).all(axis=None)
    assert table.loc[2, "last_session_regret_value"] == pytest.approx(0.0)  # certain relief: waiting costs nothing
    assert before.waiting.sessions == 209  # 15 March 2021 to 14 January 2022: 220 weekdays, 10 holidays, the typhoon of 13 October
    assert any("what-if, not a forecast" in note for note in whole.assumptions)


def test_parts_of_the_drop_are_bounds(whole, xiaomi):
    parts = whole.decomposition.to_frame().set_index("part")
    # Of the lines that a list named without a bar fourteen of forty rose, so news alone may have done nothing.
    assert parts.loc["information and politics", ["low", "identified"]].tolist() == [0.0, "bounded"]
    told = whole.decomposition.evidence.set_index("evidence").loc["no_ban_drop"]
    falls = -event_library().announcement_sample().query("event_class == 'no_bar_first_offshore'")["car_0_1"]
    assert told.tolist() == pytest.approx(falls.quantile([0.05, 0.95]).tolist())
    assert any("40 events on 14 dates, 14 rose" in note for note in whole.assumptions)

    class Effect:
        def between(self, first, last):
            assert (first, last) == (1, 2)
            return {"return_q05": -0.20, "return_q95": -0.05}

    priced = assess_case(xiaomi.definition, xiaomi.panel, xiaomi.timeline(), xiaomi.event_study(), price_effect=Effect())
    assert priced.decomposition.to_frame().set_index("part").loc["forced flow", "low"] == pytest.approx(0.05)


def test_the_jump_on_relief_is_forecast_from_dates_before_the_eve(whole):
    rows = event_library().designations
    known = rows[rows["action"].isin(["removal", "injunction", "vacatur"]) & (rows["status"] == "ok") & (rows["line"] == "offshore")]
    known = known[known["public_on"] < whole.eve - pd.Timedelta(days=2)]
    assert (whole.relief_jump.n_events, whole.relief_jump.n_dates) == (len(known), known["public_on"].nunique()) == (7, 4)
    assert whole.relief_jump.cell == "relief_offshore" and "described, not scored" in whole.relief_jump.verdict
    assert any(note.startswith("If relief comes: relief, offshore line: 7 events on 4 dates; 50 % range") for note in whole.assumptions)


def test_what_is_weighed_on_the_eve_was_known_on_the_eve(whole):
    assert any("as known at its close, n = 0" in note for note in whole.assumptions)
    assert whole.waiting.to_frame()["relief_probability"].tolist() == [0.0, 0.5, 1.0]


def test_a_case_without_a_suit_states_no_probability(opened):
    found = opened("smic").relief()
    assert found.probability is None and "no challenge on record" in found.headline()
    assert found.to_frame().equals(found.base_rates.to_frame())
    assert found.plot().get_title(loc="left") == "Base rates by statute, never pooled"


def test_every_figure_carries_its_unit(whole):
    assert whole.plot().get_ylabel() == "probability of relief"
    tornado = whole.sensitivity.plot()
    assert tornado.get_yticklabels()[0].get_text().startswith("discount") and "unclipped" in tornado.get_xlabel()
    assert "at least partly undone" in whole.recovery.plot().get_title(loc="left").lower()
    rates = whole.base_rates.plot()
    assert "0 of 0 decided, 2 open" in rates.get_yticklabels()[0].get_text()


def test_the_summary_is_printed_with_all_tables(whole):
    text = str(whole.summary())
    for part in ("sensitivity", "anchors", "base rates", "recovery grid", "parts of the drop", "sell or wait", "left out"):
        assert part in text


def test_spillover_excludes_the_target_and_measures_against_clean_peers(xiaomi):
    found = xiaomi.spillover()
    assert found.target == "1810.HK" and set(found.groups["event_id"]) == {"E0", "E4", "E6", "E8"}
    groups = spillover_groups(xiaomi.definition)
    assert "1810.HK" not in {name for members in groups.values() for name in members}
    assert set(groups["suppliers and substitutes"]) == {"0285.HK", "0992.HK", "2382.HK"}
    assert set(found.members["security"]) & set(xiaomi.definition.peers) == set()
    missing = found.dropped[found.dropped["event_id"] == ""]
    assert "LKCO" in set(missing["security"]) and (missing["reason"] == "no prices").all()
    listed = found.groups[(found.groups["group"] == "other listed names") & (found.groups["event_id"] == "E4")].iloc[0]
    assert listed["verdict"] == "cannot tell" and listed["n"] == 8


def test_a_price_that_did_not_fall_bounds_no_discount(xiaomi):
    panel = xiaomi.panel
    close = panel.close.copy()
    day0 = pd.Timestamp("2021-01-15")
    close.loc[close.index >= day0, "1810.HK"] *= 1.3
    lifted = type(panel)(close=close, currency=panel.currency, basis=panel.basis)
    with pytest.raises(InfeasibleDesign, match="did not fall net of"):
        price_anchors(xiaomi.definition, lifted, xiaomi.event_study(), until="2021-03-12")


def test_the_command_prints_every_table(run_cli, tmp_path):
    code, out, _ = run_cli("relief", "xiaomi", "--format", "json", "--discount", "0.3", "0.6", "--horizon", "20")
    body = json.loads(out)
    assert code == 0 and body["schema"] == "impact.relief/1" and body["inputs"]["horizon_sessions"] == 20
    assert {"probability", "sensitivity", "base_rates", "scenarios", "sell_or_wait", "recovery", "recovery_grid", "left_out"} <= set(body)
    log = tmp_path / "log.jsonl"
    code, _, err = run_cli("relief", "xiaomi", "--as-of", EVE, "--discount", "0.3", "0.6", "--log", str(log), "--table", "base_rates")
    assert code == 0 and "logged" in err and json.loads(log.read_text())["made_at"] == EVE
    assert run_cli("relief", "xiaomi", "--log", str(log))[0] == 2
    assert run_cli("relief", "nobody")[0] == 2


def test_what_needs_no_price_is_told_before_any_session_could_react(opened):
    """The eve of the first session: base rates, states and what relief would do stand; what the price would tell is left out."""
    hesai = opened("hesai", as_of="2024-02-01T12:00-05:00").relief()
    assert hesai.eve == pd.Timestamp("2024-01-31") and hesai.probability is None and hesai.recovery is None
    assert hesai.base_rates.to_frame().set_index("programme_id").loc["ndaa-1237-ccmc", "n_decided"] == 2
    assert len(hesai.tree.to_frame()) and hesai.relief_jump.n_events > 0
    assert {"anchors", "probability", "recovery", "parts_of_the_drop"} <= set(hesai.dropped["part"])
    assert hesai.headline().count("the prices of HSAI run from") == 1


def test_a_line_without_a_single_close_has_no_eve_and_the_same_rest(opened):
    sensetime = opened("sensetime", as_of="2021-12-13T12:00+08:00").relief()
    assert sensetime.eve is None and sensetime.on_eve() is None and sensetime.probability is None
    assert len(sensetime.base_rates.to_frame()) and len(sensetime.short_tables()["states"])
    assert sensetime.relief_jump.default_events < opened("sensetime").relief().relief_jump.default_events
    with pytest.raises(DataUnavailable, match="case='sensetime' has no probability to log"):
        sensetime.forecast(made_at="2021-12-13T12:00+08:00")


def test_the_eve_is_a_session_with_a_close(opened):
    """The copy has no closes of Hong Kong for the half day of 11 February 2021, and one of its index."""
    holiday = opened("xiaomi", as_of="2021-02-15T12:00-05:00")
    assert np.isnan(holiday.prices().close.loc["2021-02-11", "1810.HK"])
    assessed = holiday.relief()
    assert assessed.eve == pd.Timestamp("2021-02-10") and np.isfinite(assessed.on_eve()["price"])
    assert "unknown to unknown" not in assessed.headline()
    assert not assessed.dropped["reason"].str.contains("Timestamp|nan").any()


def test_a_step_of_which_the_session_has_no_price_is_known_all_the_same(xiaomi):
    bare = assess_case(xiaomi.definition, None, build_timeline(xiaomi.definition, None, as_of=EVE), None, EVE, no_study="no prices")
    tree = bare.tree.to_frame().set_index("state")
    assert bare.steps["step"].tolist() == ["filed"] and tree.loc["complaint", "probability_low"] == 1.0
    assert bare.headline() == "no probability can be read from the price (no prices); recovery: no relief on record."
