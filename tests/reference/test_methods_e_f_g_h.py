"""Worked examples of impact, elasticity, divestment, relief arithmetic and forecast scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from impact.kernels import (
    demand_system,
    elasticity,
    execution,
    holder_overlap,
    impact_laws,
    index_flow,
    relief,
    reversal,
    schedules,
    scores,
)

PAPERS = Path(__file__).parent / "papers"


@pytest.fixture
def example(worked):
    def find(name: str):
        row = worked["examples"][name]
        return row["inputs"], row["expected"], row["rtol"]

    return find


def assert_agrees(actual, expected, rtol, atol=0.0):
    assert_allclose(np.asarray(actual, dtype=float), np.asarray(expected, dtype=float), rtol=rtol, atol=atol)


def test_square_root_law(example):
    given, expected, rtol = example("E01")
    ratio = given["Q"] / given["V"]
    effect = impact_laws.square_root_impact(ratio, given["sigma_daily"], prefactor=given["Y"])
    assert_agrees(effect, expected["impact"], rtol)
    assert_agrees(impact_laws.square_root_cost(ratio, given["sigma_daily"], prefactor=given["Y"]), expected["average_cost"], rtol)
    assert_agrees(impact_laws.square_root_impact(-ratio, given["sigma_daily"], prefactor=given["Y"]), -expected["impact"], rtol)


@pytest.mark.parametrize("name", ["DRI", "IBM"])
@pytest.mark.parametrize("position", [0, 1, 2])
def test_almgren_2005(example, name, position):
    given, expected, rtol = example(f"E02_{name}")
    days = expected["horizons"][position]
    effect = impact_laws.almgren_2005(
        given["X_over_V"], given["sigma"], days, given["Theta_over_V"], gamma=given["gamma"], eta=given["eta"], beta=given["beta"]
    )
    in_bps = [1e4 * float(part) for part in (effect.permanent, effect.temporary, effect.cost)]
    assert_agrees(in_bps, [expected[key][position] for key in ("I_bp", "K_bp", "J_bp")], rtol)
    printed = pd.read_csv(PAPERS / "almgren_2005_table3.csv").set_index(["stock", "days"]).loc[(name, days)]
    assert [round(value) for value in in_bps] == printed.tolist()


def problem_of(given):
    return execution.ExecutionProblem(
        shares=given["X"],
        horizon=given["T"],
        n_periods=given["N"],
        volatility=given["sigma"],
        half_spread=given["epsilon"],
        permanent=given["gamma"],
        temporary=given["eta"],
    )


@pytest.mark.parametrize("position", [0, 1, 2], ids=["neutral", "averse", "more averse"])
def test_almgren_chriss_trajectory(example, position):
    given, expected, rtol = example("E03")
    row = expected["paths"][position]
    best = execution.optimal_trajectory(problem_of(given), row["risk_aversion"])
    assert_agrees(best.holdings, row["x"], rtol, atol=1e-6)
    assert_agrees(best.trades, row["n"], rtol)
    assert_agrees([best.kappa, best.expected_cost, best.variance], [row["kappa"], row["E"], row["V"]], rtol)
    if "E_closed_form" in row:
        assert_agrees([best.expected_cost, best.variance], [row["E_closed_form"], row["V_closed_form"]], rtol)


def test_almgren_chriss_at_once_and_at_risk(example):
    given, expected, rtol = example("E03")
    problem = problem_of(given)
    at_once = np.array([given["X"], 0, 0, 0, 0])
    cost, variance = execution.schedule_cost(problem, at_once)
    assert_agrees(cost, expected["immediate"]["E"], rtol)
    assert_agrees(variance, expected["immediate"]["V"], rtol, atol=1e-9)
    assert_agrees(execution.liquidity_var(problem, 1e-6, confidence=0.95), expected["liquidity_var_95"], rtol)


def test_almgren_chriss_frontier_and_best_risk_aversion(example):
    given, _expected, _rtol = example("E03")
    _inputs, expected, rtol = example("E04")
    frontier = np.array(expected["frontier"])
    assert_agrees(execution.efficient_frontier(problem_of(given), frontier[:, 0]), frontier[:, 1:], rtol)
    _inputs, expected, rtol = example("E05")
    best, value = execution.var_optimal_risk_aversion(problem_of(given))
    assert_agrees(best, expected["lambda_star"], rtol)
    assert_agrees(value, expected["LVaR"], rtol)


def test_almgren_chriss_continuous(example):
    given, expected, rtol = example("E06")
    problem = execution.ExecutionProblem(
        shares=given["X"], horizon=given["T"], n_periods=1000, volatility=given["sigma"], permanent=given["gamma"], temporary=given["eta"]
    )
    limit = execution.continuous_execution(problem, given["lambda"])
    left = given["X"] * execution.decay_ratio(limit.kappa, given["T"] - 2.5, given["T"])
    assert_agrees(
        [limit.kappa, left, limit.variance, limit.temporary_cost],
        [expected["kappa"], expected["x_half_way"], expected["V"], expected["impact_cost_eta"]],
        rtol,
    )


def test_kyle_and_amihud(example):
    given, expected, rtol = example("E07")
    found = impact_laws.kyle_equilibrium(given["Sigma0"], given["sigma_u"])
    assert_agrees(
        [found.intensity, found.slope, found.posterior_variance, found.expected_profit],
        [expected["beta"], expected["lambda"], expected["posterior_var"], expected["exp_profit"]],
        rtol,
    )
    given, expected, rtol = example("E08")
    assert_agrees(1e6 * impact_laws.amihud_illiquidity(given["r"], given["dollar_volume"]), expected["ILLIQ_1e6"], rtol)
    given, expected, rtol = example("E09")
    assert_agrees(impact_laws.kyle_regression(given["dP"], given["signed_volume"]).slope, expected["lambda_with_const"], rtol)
    assert_agrees(impact_laws.kyle_regression(given["dP"], given["signed_volume"], constant=False).slope, expected["lambda_no_const"], rtol)


def test_transient_impact(example):
    given, expected, rtol = example("E10")
    found = impact_laws.obizhaeva_wang(
        given["X"], resilience=given["rho"], horizon=given["T"], temporary=given["kappa"], permanent=given["lambda_perm"]
    )
    assert_agrees([found.block, found.rate, found.cost], [expected["block"], expected["rate"], expected["cost"]], rtol)
    given, expected, rtol = example("E11")
    step = given["T"] / (given["n_trades"] - 1)
    kernel = given["kappa"] * impact_laws.exponential_kernel(given["n_trades"], given["rho"] * step)
    schedule = impact_laws.transient_schedule(given["X"], kernel)
    assert_agrees(schedule.trades, expected["x"], rtol)
    assert_agrees(schedule.cost, expected["cost"], rtol)
    assert_agrees(schedule.trades[1] / schedule.trades[0], expected["closed_form_ratio_interior_to_end"], rtol)
    given, expected, rtol = example("E12")
    assert_agrees(impact_laws.propagator_path(given["q"], impact_laws.power_law_kernel(6, 0.5)), expected["impact_path"], rtol)


def test_participation_and_even_execution(example):
    given, expected, rtol = example("E13")
    assert_agrees(execution.days_to_liquidate(given["Q"], given["ADV"], given["p"]), expected["days_of_total_volume"], rtol)
    external = execution.days_to_liquidate(given["Q"], given["ADV"], given["p"], external_volume=True)
    assert_agrees(external, expected["days_of_external_volume"], rtol)
    assert_agrees(execution.required_participation(given["Q"], given["ADV"], 42), expected["required_p"], rtol)
    given, expected, rtol = example("E14")
    effect = impact_laws.almgren_2005(given["Q_over_ADV"], given["sigma"], given["D"], given["Theta_over_V"])
    assert_agrees(
        [effect.temporary, effect.permanent, effect.cost], [expected["per_share_temp"], expected["perm_end"], expected["avg_cost"]], rtol
    )


def test_decay_and_duration_form(example):
    given, expected, rtol = example("E15")
    assert_agrees(impact_laws.decay_levels(given["peak"]), [expected["eod"], expected["day50"]], rtol)
    given, expected, rtol = example("E16")
    assert_agrees(impact_laws.square_root_impact(given["Q_over_ADV"], given["sigma"], prefactor=given["Y"]), expected["I"], rtol)
    alternative = impact_laws.duration_form(given["Q_over_ADV"] / given["T"], given["sigma"], given["T"], prefactor=given["Y"])
    assert_agrees(alternative, expected["I_alt"], rtol)


def test_elasticities(example):
    given, expected, rtol = example("F01")
    assert_agrees(elasticity.elasticity_effect(given["f"], given["eps"]), expected["linear"], rtol)
    assert_agrees(elasticity.log_elasticity_effect(given["f"], given["eps"]), expected["log"], rtol)
    wider = elasticity.elasticity_effect(given["f"], given["eps"], absorbing_share=0.7)
    assert_agrees(wider, expected["absorbed_by_seventy_percent"], rtol)
    given, expected, rtol = example("F02")
    assert_agrees(elasticity.index_event_elasticity(given["dQ_over_Q"], given["dP_over_P"]), expected["eps"], rtol)
    given, expected, rtol = example("F05")
    macro = elasticity.macro_multiplier(given["theta"], yield_sensitivity=given["kappa"], payout_ratio=given["delta"])
    assert_agrees(
        [macro.zeta, macro.multiplier, macro.multiplier * given["flow_pct_of_market"]],
        [expected["zeta"], expected["M"], expected["dP"]],
        rtol,
    )
    given, expected, rtol = example("F12")
    implied = elasticity.square_root_elasticity(given["f"], given["v"], given["sigma"], prefactor=given["Y"])
    effect = impact_laws.square_root_impact(given["f"] / given["v"], given["sigma"], prefactor=given["Y"])
    assert_agrees([effect, implied, 1 / implied], [expected["impact"], expected["eps"], expected["multiplier"]], rtol)


def logit_system(given):
    return demand_system.DemandSystem.from_table(
        assets=np.array(given["A"]),
        sensitivity=np.array(given["beta0"]),
        taste=np.array(given["delta_const"]),
        shares=np.array(given["shares"]),
    )


def test_logit_demand_before_and_after_a_ban(example):
    given, expected, rtol = example("F03")
    system = logit_system(given)
    before = demand_system.clear_market(system)
    assert_agrees(before.prices, expected["P_before"], rtol)
    assert_agrees(before.weights.reshape(3, 2), expected["weights_before"], rtol)
    matrix = demand_system.elasticity_matrix(system, before)
    assert_agrees(matrix, expected["elasticity_matrix"], rtol)
    assert_agrees(np.diag(np.linalg.inv(matrix)), expected["price_multiplier_own"], rtol)
    banned = (system.investor == 1) & (system.stock == 0)
    after = demand_system.clear_market(system, prices=before.prices, banned=banned)
    assert_agrees(after.prices, expected["P_after_ban"], rtol)
    assert_agrees(np.log(after.prices / before.prices), expected["log_price_change"], rtol)
    assert_agrees(demand_system.first_order_change(system, before, banned), expected["linear_prediction_of_change"], rtol)
    held = system.assets[1] * before.weights[2] / (before.prices[0] * system.shares[0])
    assert_agrees(held, expected["share_held_by_the_barred"], rtol)


def test_logit_demand_marked_to_market(example):
    given, _expected, _rtol = example("F03")
    _inputs, expected, rtol = example("F04")
    system = logit_system(given)
    before = demand_system.clear_market(system)
    held = system.assets[system.investor] * before.weights / before.prices[system.stock]
    banned = (system.investor == 1) & (system.stock == 0)
    after = demand_system.clear_market(system, prices=before.prices, banned=banned, held_shares=held)
    assert_agrees(after.prices, expected["P_after_ban"], rtol)
    assert_agrees(np.log(after.prices / before.prices), expected["log_price_change"], rtol)


def test_index_flow(example):
    given, expected, rtol = example("F06")
    assert_agrees(index_flow.benchmarking_intensity(given["AUM"], given["w"], given["mktcap"]), expected["BMI"], rtol)
    change = index_flow.deletion_intensity_change(given["AUM"], given["w"], given["mktcap"], [False, True, False])
    assert_agrees(change, expected["dBMI_if_deleted_from_index_2"], rtol)
    given, expected, rtol = example("F09")
    flow = index_flow.tracker_flow(given["AUM"], given["w"], adv_value=given["ADV_usd"], float_value=given["float_cap_usd"])
    assert_agrees(
        [flow.value, flow.adv_multiple, flow.float_fraction], [expected["flow_usd"], expected["days_ADV"], expected["fraction_float"]], rtol
    )


def test_reversal(example):
    given, expected, rtol = example("F10")
    fit = reversal.three_point_reversal([given["CAR_event"], given["CAR_10"], given["CAR_20"]], 10)
    assert_agrees(
        [fit.tau, fit.temporary, fit.permanent, fit.permanent_share],
        [expected["tau"], expected["T"], expected["P"], expected["permanent_share"]],
        rtol,
    )
    assert_agrees(reversal.reversal_path(fit.permanent, fit.temporary, fit.tau, [0, 10, 20]), list(given.values()), rtol)
    given, expected, rtol = example("F11")
    share = reversal.permanent_share(
        given["CAR_event"], given["CAR_total"], var_event=given["var_event"], var_total=given["var_total"], covariance=given["cov"]
    )
    assert_agrees([share.share, share.se], [expected["permanent_share"], expected["se"]], rtol)


def test_implied_probability(example):
    given, expected, rtol = example("G01")
    found = relief.implied_probability(given["P"], given["P_clear"], given["P_ban"], sd_clear=2, sd_banned=3)
    assert_agrees(
        [found.unclipped, found.clipped, found.by_price, found.by_clear, found.by_banned, found.se],
        [
            expected["p"],
            expected["p"],
            *(expected[key] for key in ("dp_dP", "dp_dPclear", "dp_dPban", "se")),
        ],
        rtol,
    )
    outside = relief.implied_probability(35.0, given["P_clear"], given["P_ban"])
    assert outside.unclipped > 1 and outside.clipped == 1
    given, expected, rtol = example("G02")
    clear, path = relief.implied_probability_path(
        given["P"], given["r_bench"], clear_start=given["P_clear0"], beta=given["beta"], banned_share=given["ban_fraction_of_clear"]
    )
    assert_agrees(clear, expected["P_clear"], rtol)
    assert_agrees(path, expected["p"], rtol)


def test_relief_price_and_jump(example):
    given, expected, rtol = example("G03")
    found = relief.relief_pricing(given["q"], given["P_clear"], given["P_ban"], annual_rate=given["annual_r"])
    assert_agrees(
        [found.price, found.jump_if_relief, found.jump_if_denied],
        [expected["P"], expected["jump_if_relief"], expected["jump_if_denied"]],
        rtol,
    )
    given, expected, rtol = example("G10")
    assert_agrees(relief.probability_from_jump(given["J"], given["h"]), expected["q"], rtol)


def test_selling_schedules(example):
    given, expected, rtol = example("G04")
    sold = schedules.truncated_exponential(np.array([60, 180, 365]), given["lambda"], given["D"])
    assert_agrees(sold, [expected["sold_60"], expected["sold_180"], expected["sold_365"]], rtol)
    assert_agrees(schedules.exponential_median(given["lambda"], given["D"]), expected["median_day"], rtol)
    given, expected, rtol = example("G05")
    sold = schedules.truncated_weibull(np.array([60, 180]), given["k"], given["scale"], given["D"])
    assert_agrees(sold, [expected["sold_60"], expected["sold_180"]], rtol)
    assert_agrees(schedules.weibull_hazard(10, given["k"], given["scale"]), expected["hazard_10"], rtol)


def test_held_fraction_and_participation(example):
    given, expected, rtol = example("G06")
    held = holder_overlap.us_held_shares(
        given["us_13f"], given["us_nport_not_in_13f"], given["adr_held"], receipt_ratio=given["adr_ratio"], overlap=given["double_count"]
    )
    assert_agrees([held, held / given["shares_out"]], [expected["us_shares"], expected["fraction"]], rtol)
    given, expected, rtol = example("G07")
    active = given["active"] * schedules.slices(schedules.truncated_exponential(np.arange(1, 41), given["hazard"], 40))
    flow = active.copy()
    flow[30] += given["passive"]
    participation = flow / given["ADV"]
    assert_agrees([flow.sum(), flow[0], flow[30]], [expected["sum"], expected["day1"], expected["day31"]], rtol)
    assert_agrees([participation.max(), participation[0]], [expected["max_participation"], expected["participation_day1"]], rtol)
    assert int((participation > 0.2).sum()) == expected["n_days_over_20pct"]
    whole = impact_laws.square_root_impact(flow.sum() / given["ADV"], given["sigma"], prefactor=given["Y"])
    assert_agrees(whole, expected["sqrt_law_single_metaorder_total"], rtol)


def test_spillover(example):
    given, expected, rtol = example("G08")
    assert_agrees(reversal.spillover_slope(given["AR_target"], given["AR_peer"]).slope, expected["s"], rtol)


def test_forecast_scores(example, worked):
    given, expected, rtol = example("H01")
    assert_agrees(scores.crps_gaussian(given["x"], given["mu"], given["sigma"]), expected["gaussian"], rtol)
    assert_agrees(scores.crps_ensemble(given["x"], given["ensemble"]), expected["ensemble"], rtol)
    assert_agrees(scores.crps_ensemble(given["x"], given["ensemble"], fair=True), expected["ensemble_fair"], rtol)
    given, expected, rtol = example("H02")
    found = scores.interval_score([given["x_inside"], given["x_below"]], given["l"], given["u"], alpha=given["alpha"])
    assert_agrees(found, [expected["inside"], expected["below"]], rtol)
    given, expected, rtol = example("H06")
    assert_agrees(scores.pinball_loss(given["x"], given["q"], level=given["tau"]), expected["loss"], rtol)


def test_coverage_tests(example, worked):
    given, expected, rtol = example("H03")
    found = scores.kupiec_test(given["exceptions"], given["n"], expected=given["p0"])
    assert_agrees([found.statistic, found.p_value], [expected["LR_uc"], expected["p"]], rtol)
    assert_agrees(scores.wilson_interval(given["n"] - given["exceptions"], given["n"]), expected["wilson95"], rtol)
    given, expected, rtol = example("H04")
    found = scores.christoffersen_independence(**given)
    assert_agrees([found.statistic, found.p_value], [expected["LR_ind"], expected["p"]], rtol)
    _given, expected, rtol = example("H05")
    fit = worked["examples"]["A03"]["expected"]
    assert_agrees(scores.student_interval(fit["CAR"], fit["var_CAR"], fit["df"]), [expected["lo"], expected["hi"]], rtol)
