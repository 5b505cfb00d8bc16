"""Price effect: invariances, limits, bands, priors, parts over time, named refusals."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from impact.errors import Extrapolation, InputError
from impact.pricing import LAWS, Prior, close_or_spread, demand_effect, execution_frontier, liquidation_cost, price_effect
from impact.pricing.comparison import compare_with_realised
from impact.pricing.paths import band, unit_paths
from impact.supply import LineState, WindDown, forced_supply

SESSIONS = pd.bdate_range("2021-01-15", periods=60).as_unit("ns")
LINE = LineState(
    security="X", currency="HKD", price=10.0, usd_per_unit=1 / 8, adv_shares=1e7, sigma=0.03, float_shares=1e9, shares_outstanding=2e9
)


def priced(shares=(4e6, 6e6), **options):
    options.setdefault("n_draws", 1024)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Extrapolation)
        return price_effect(line=LINE, sold_shares=shares, **options)


def supply_of(**ranges):
    table = pd.DataFrame([{"holder_class": name, "shares_low": low, "shares_high": high} for name, (low, high) in ranges.items()])
    wind_down = WindDown(sessions=SESSIONS, last_before_ban_on=SESSIONS[30], regime="possession_ban")
    return forced_supply(table, line=LINE, wind_down=wind_down)


def middle(effect, law="all_laws"):
    return float(effect.laws.set_index("law").loc[law, "peak_return_mid"])


def test_nothing_sold_moves_nothing():
    effect = priced((0.0, 0.0))
    assert (effect.laws[["peak_return_low", "peak_return_high", "permanent_return", "announcement_return"]] == 0).all(axis=None)
    assert (effect.bands == 0).all()
    assert not effect.laws["extrapolated"].any()


@settings(deadline=None, max_examples=12)
@given(st.floats(1e5, 1e7), st.floats(1.01, 8.0))
def test_more_sold_never_moves_the_price_less(shares, times):
    small, large = (priced((shares * m, shares * m), n_draws=256) for m in (1.0, times))
    for law in LAWS:
        assert middle(large, law) <= middle(small, law) <= 0


def test_how_a_class_is_split_changes_nothing():
    one, two = supply_of(us_active=(4e6, 6e6)), supply_of(us_active=(1e6, 1.5e6), us_passive_keeping=(3e6, 4.5e6))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Extrapolation)
        whole, parts = (price_effect(supply, n_draws=512) for supply in (one, two))
    assert_allclose(parts.bands, whole.bands, rtol=1e-9)
    assert_allclose(parts.allotment["peak_return"].sum(), whole.allotment["peak_return"].sum())
    assert_allclose(parts.allotment["share"], [0.25, 0.75])


def test_square_root_collapses_to_its_formula():
    effect = priced((2.5e6, 2.5e6), laws=("square_root",), known={"prefactor": 0.75})
    assert_allclose(middle(effect, "square_root"), np.expm1(-0.75 * 0.03 * 0.5), rtol=1e-9)
    assert_allclose(middle(effect), middle(effect, "square_root"))


def test_elasticity_collapses_to_its_formula():
    effect = priced((5e7, 5e7), laws=("elasticity",), known={"elasticity": 2.0})
    assert_allclose(middle(effect, "elasticity"), 0.95**0.5 - 1, rtol=1e-9)


def test_a_fact_narrows_the_band():
    wide = priced().laws.set_index("law")
    for name, value in (("elasticity", 2.4), ("prefactor", 0.75), ("slope_factor", 1.0), ("sold_shares", 5e6)):
        narrow = priced(known={name: value}).laws.set_index("law")
        for law in LAWS:
            before = wide.loc[law, "peak_return_high"] - wide.loc[law, "peak_return_low"]
            after = narrow.loc[law, "peak_return_high"] - narrow.loc[law, "peak_return_low"]
            assert after <= before * 1.02
    assert narrow.loc["elasticity", "peak_return_high"] < wide.loc["elasticity", "peak_return_high"]


def test_the_same_call_gives_the_same_numbers_and_another_seed_almost():
    first, second = priced(n_draws=4096), priced(n_draws=4096)
    assert np.array_equal(first.bands, second.bands)
    other = priced(n_draws=4096, rng=np.random.default_rng(99))
    assert not np.array_equal(first.bands, other.bands)
    assert_allclose(other.laws["peak_return_mid"].iloc[:-1], first.laws["peak_return_mid"].iloc[:-1], rtol=0.01)


def test_only_known_things_leave_no_variance_to_explain():
    effect = priced((5e6, 5e6), laws=("square_root",), known={"prefactor": 0.7})
    assert (effect.variance_shares.drop(columns="law") == 0).all(axis=None)


def test_variance_shares_name_the_uncertain_input():
    shares = priced(laws=("elasticity",), n_draws=4096).variance_shares.set_index("law").loc["elasticity"]
    assert shares["elasticity_share"] > 0.8 and shares.sum() <= 1.02


def test_use_outside_calibration_is_warned_and_shown():
    with pytest.warns(Extrapolation, match="almgren_2005"):
        effect = price_effect(line=LINE, sold_shares=(3e7, 3e7), n_draws=256)
    assert effect.laws.set_index("law").loc["almgren_2005", "extrapolated"]
    assert any("outside their calibration" in text for text in effect.assumptions)
    with warnings.catch_warnings():
        warnings.simplefilter("error", Extrapolation)
        price_effect(line=LINE, sold_shares=(1e6, 1e6), n_draws=256)


def test_disagreement_above_three_is_said():
    effect = priced((3e7, 3e7))
    assert effect.disagreement > 3
    assert any("quote none of them alone" in text for text in effect.assumptions)
    close = priced(laws=("square_root",))
    assert close.disagreement == 1


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=12).filter(lambda p: sum(p) > 0.1), st.floats(0, 1), st.floats(0, 1), st.floats(1, 100)
)
def test_unit_path_agrees_with_its_definition(pace, stays, early, tau):
    steps = np.array(pace) / sum(pace)
    arrays = {"permanent_share": np.array([stays]), "announcement_share": np.array([early]), "reversal_sessions": np.array([tau])}
    found = unit_paths(steps, **arrays)[:, 0]
    for t in range(steps.size):
        fading = early * np.exp(-t / tau) + (1 - early) * sum(steps[s] * np.exp(-(t - s) / tau) for s in range(t + 1))
        assert_allclose(found[t], stays * (early + (1 - early) * steps[: t + 1].sum()) + (1 - stays) * fading, atol=1e-12)


def test_a_wholly_permanent_effect_announced_at_once_is_a_step():
    effect = priced(pace=np.full(20, 0.05), known={"permanent_share": 1.0, "announcement_share": 1.0})
    assert_allclose(effect.bands, np.repeat(effect.bands[:, :, :1], 20, axis=2), rtol=1e-9)
    assert_allclose(effect.between(2, 20)["return_q50"], 0, atol=1e-12)


def test_band_is_the_order_statistic():
    values = np.random.default_rng(0).permutation(1000).astype(float)[None, :]
    assert band(values)[:, 0].tolist() == [50, 250, 500, 750, 950]


def test_path_and_sample_refuse_what_was_not_priced():
    effect = priced(laws=("square_root",))
    for call in (lambda: effect.path("elasticity"), lambda: effect.sample(1, 1, "elasticity"), lambda: effect.between(0, 1)):
        with pytest.raises(InputError):
            call()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shares": (-1.0, 1.0)}, "sold_shares"),
        ({"shares": (2.0, 1.0)}, "sold_shares"),
        ({"shares": (0.0, np.nan)}, "sold_shares"),
        ({"pace": np.array([0.5, 0.4])}, "sum"),
        ({"pace": np.array([1.5, -0.5])}, "negative"),
        ({"laws": ("gravity",)}, "unknown laws"),
        ({"laws": ()}, "unknown laws"),
        ({"known": {"wind": 1.0}}, "not an assumption"),
        ({"known": {"elasticity": -1.5}}, "elasticity"),
        ({"n_draws": 10}, "n_draws"),
    ],
)
def test_bad_input_is_named(options, message):
    with pytest.raises(InputError, match=message):
        priced(**options)


def test_bad_priors_are_named():
    source = LAWS["square_root"].source
    with pytest.raises(InputError, match="low <= high"):
        Prior(name="prefactor", unit="", shape="uniform", low=1.0, high=0.5, source=source)
    with pytest.raises(InputError, match="log scale"):
        Prior(name="decay", unit="", shape="log_uniform", low=0.0, high=0.5, source=source)
    with pytest.raises(InputError, match="shape"):
        Prior(name="decay", unit="", shape="cauchy", low=0.1, high=0.5, source=source)
    with pytest.raises(InputError, match="both line and sold_shares"):
        price_effect(line=LINE)


def test_a_line_without_shares_outstanding_leaves_laws_out_and_says_so():
    bare = LineState(security="X", currency="USD", price=10.0, usd_per_unit=1.0, adv_shares=1e7, sigma=0.03)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Extrapolation)
        effect = price_effect(line=bare, sold_shares=(1e6, 2e6), n_draws=256)
    assert set(effect.laws["law"]) == {"square_root", "linear", "propagator", "all_laws"}
    assert any("almgren_2005, elasticity" in text for text in effect.assumptions)


@pytest.fixture(scope="module")
def crowd():
    supply = supply_of(us_active=(3e7, 5e7))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Extrapolation)
        return supply, price_effect(supply, n_draws=512)


def test_the_crowd_never_makes_selling_cheaper(crowd):
    costs = liquidation_cost(1e6, *crowd).costs
    for end in ("low", "mid", "high"):
        assert (costs[f"crowd_bps_{end}"] >= costs[f"alone_bps_{end}"]).all()
    assert (costs["crowd_stranded_share"] >= costs["stranded_share"]).all()


def test_more_time_never_costs_more_alone_and_strands_no_more(crowd):
    costs = liquidation_cost(3e7, *crowd, horizons={str(n): n for n in (1, 2, 5, 10, 30, 60)}).costs
    assert costs["stranded_share"].is_monotonic_decreasing
    assert_allclose(costs["stranded_share"].iloc[:2], [1 - 2e6 / 3e7, 1 - 4e6 / 3e7])
    feasible = costs[costs["stranded_share"] == 0]
    assert feasible["alone_bps_mid"].is_monotonic_decreasing


def test_days_at_a_participation_rate(crowd):
    row = liquidation_cost(3e7, *crowd).costs.iloc[0]
    assert_allclose([row["days_at_10pct"], row["days_at_20pct"]], [30, 15])


def test_impossible_positions_and_horizons_are_named(crowd):
    with pytest.raises(InputError, match="position_shares"):
        liquidation_cost(0.0, *crowd)
    with pytest.raises(InputError, match="horizons"):
        liquidation_cost(1.0, *crowd, horizons={"late": 61})
    with pytest.raises(InputError, match="horizon_sessions"):
        execution_frontier(1e6, *crowd, horizon_sessions=99)


def test_the_frontier_falls_in_risk_and_the_crowd_lies_above(crowd):
    frontier = execution_frontier(1e6, *crowd, horizon_sessions=10)
    alone, together = (frontier[frontier["crowd"] == flag] for flag in (False, True))
    assert (together["cost_bps"].to_numpy() > alone["cost_bps"].to_numpy()).all()
    for own in (alone, together):
        assert own["cost_bps"].is_monotonic_increasing and own["risk_bps"].is_monotonic_decreasing


def test_prediction_beside_outcome(crowd):
    _supply, effect = crowd
    outcome = pd.DataFrame(
        {
            "event_id": ["E0", "late", "gap"],
            "session": [SESSIONS[0], pd.Timestamp("2030-01-01"), SESSIONS[1]],
            "abnormal_return": [effect.between(1, 1)["return_q50"], 0.0, np.nan],
            "se": [0.01, 0.01, 0.01],
        }
    )
    found = compare_with_realised(effect, outcome)
    pooled = found.table[found.table["law"] == "all_laws"]
    assert pooled["event_id"].tolist() == ["E0"] and pooled["inside_90"].all()
    assert found.dropped["event_id"].tolist() == ["late", "gap"]
    far = compare_with_realised(effect, outcome.assign(abnormal_return=0.9))
    assert not far.table["inside_90"].any()
    with pytest.raises(InputError, match="no sessions"):
        compare_with_realised(priced(), outcome)
    with pytest.raises(InputError, match="lacks"):
        compare_with_realised(effect, outcome.drop(columns="se"))


def demand_table():
    rng = np.random.default_rng(3)
    rows = [
        (f"i{i}", name, rng.lognormal(0, 1))
        for i in range(15)
        for name in ("outside", "a", "b", "c")
        if i == 0 or name == "outside" or rng.random() < 0.7
    ]
    return pd.DataFrame(rows, columns=["investor", "security", "shares"]), pd.Series({"a": 3.0, "b": 1.0, "c": 7.0})


def test_demand_system_starts_at_the_given_prices_and_nobody_banned_changes_nothing():
    table, prices = demand_table()
    found = demand_effect(table, prices, banned=[], security="a").table
    assert_allclose(found["price_before"], prices, rtol=1e-9)
    assert_allclose(found[["effect_return", "marked_return", "first_order_return"]], 0, atol=1e-9)


def test_a_ban_lowers_the_banned_security_and_splitting_the_banned_changes_nothing():
    table, prices = demand_table()
    banned = [name for name in ("i1", "i2", "i3") if ((table["investor"] == name) & (table["security"] == "a")).any()]
    found = demand_effect(table, prices, banned=banned, security="a")
    effect = found.table.set_index("security")["effect_return"]
    assert effect["a"] < 0 and found.residual < 1e-10
    part = table[table["investor"] == banned[0]].assign(investor="twin")
    split = table.copy()
    split.loc[split["investor"] == banned[0], "shares"] *= 0.4
    split = pd.concat([split, part.assign(shares=part["shares"] * 0.6)], ignore_index=True)
    again = demand_effect(split, prices, banned=[*banned, "twin"], security="a").table.set_index("security")["effect_return"]
    assert_allclose(again, effect, rtol=1e-8)


def test_bad_demand_tables_are_named():
    table, prices = demand_table()
    with pytest.raises(InputError, match="outside"):
        demand_effect(table[table["security"] != "outside"], prices, banned=[], security="a")
    with pytest.raises(InputError, match="prices lacks"):
        demand_effect(table, prices.drop("b"), banned=[], security="a")
    with pytest.raises(InputError, match="not positive"):
        demand_effect(table.assign(shares=-1.0), prices, banned=[], security="a")
    with pytest.raises(InputError, match="banned names"):
        demand_effect(table, prices, banned=["nobody"], security="a")
    with pytest.raises(InputError, match="has no price"):
        demand_effect(table, prices, banned=[], security="z")


def test_figures_name_their_units(crowd):
    import matplotlib.pyplot as plt

    from impact.plots.pricing import plot_frontier, plot_laws, plot_variance_shares

    supply, effect = crowd
    drawn = [
        effect.plot(),
        liquidation_cost(1e6, supply, effect).plot(),
        plot_laws(effect.laws, realised=-0.1),
        plot_variance_shares(effect.variance_shares),
        plot_frontier(execution_frontier(1e6, supply, effect, horizon_sessions=5)),
    ]
    for ax in drawn:
        assert any(unit in ax.get_xlabel() + ax.get_ylabel() for unit in ("%", "bp"))
        assert ax.get_title(loc="left")
        plt.close(ax.figure)


def test_spreading_saves_impact_and_carries_risk():
    table = close_or_spread(2e7, LINE, weight=0.01)
    assert table["cost_bps_mid"].is_monotonic_decreasing and table["tracking_risk_bps"].is_monotonic_increasing
    assert table["needs_cross"].tolist() == [True, False, False, False, False]
    assert table["tracking_risk_bps"].iloc[0] == 0
    assert_allclose(table["fund_risk_bps"], 0.01 * table["tracking_risk_bps"])
    returns = np.random.default_rng(0).normal(0, 0.03, (200_000, 5))
    later = np.cumsum(returns[:, ::-1], axis=1)[:, ::-1]  # return from the close of each session to the last
    miss = (later[:, 1:].sum(axis=1)) / 5
    assert_allclose(table["tracking_risk_bps"].iloc[2] / 1e4, miss.std(), rtol=0.01)
    with pytest.raises(InputError, match="shares"):
        close_or_spread(0.0, LINE)
