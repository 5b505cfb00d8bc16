"""Impact laws: limits, signs, collapse to known cases, refusals."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import qmc

from impact.errors import InfeasibleDesign, InputError
from impact.kernels import elasticity, holder_overlap, impact_laws, index_flow, reversal, schedules
from impact.kernels.sobol import sobol_uniforms, variance_shares

ratios = st.floats(1e-4, 50.0)
sigmas = st.floats(1e-3, 0.2)


@settings(deadline=None, max_examples=50)
@given(ratios, st.floats(1.0, 10.0), sigmas)
def test_more_flow_never_moves_the_price_less(ratio, times, sigma):
    small = impact_laws.square_root_impact(-ratio, sigma)
    large = impact_laws.square_root_impact(-ratio * times, sigma)
    assert large <= small < 0
    small, large = (impact_laws.almgren_2005(-ratio * m, sigma, 5.0, 200.0) for m in (1.0, times))
    assert large.cost <= small.cost < 0 and large.permanent <= small.permanent


@settings(deadline=None, max_examples=50)
@given(ratios, sigmas, st.floats(0.5, 60.0), st.floats(1.0, 20.0))
def test_more_time_never_costs_more_temporary_impact(ratio, sigma, sessions, times):
    quick, slow = (impact_laws.almgren_2005(-ratio, sigma, sessions * m, 200.0) for m in (1.0, times))
    assert abs(slow.temporary) <= abs(quick.temporary)
    assert slow.permanent == quick.permanent


def test_no_flow_no_effect():
    assert impact_laws.square_root_impact(0.0, 0.03) == 0
    zero = impact_laws.almgren_2005(0.0, 0.03, 5.0, 200.0)
    assert (zero.permanent, zero.temporary, zero.cost) == (0, 0, 0)
    assert elasticity.elasticity_effect(0.0, 1.5) == elasticity.log_elasticity_effect(0.0, 1.5) == 0


def test_kyle_regression_agrees_with_statsmodels():
    rng = np.random.default_rng(5)
    volume = rng.normal(size=60)
    change = 0.4 * volume + rng.normal(size=60)
    ours = impact_laws.kyle_regression(np.r_[change, np.nan], np.r_[volume, 1.0])
    theirs = sm.OLS(change, sm.add_constant(volume)).fit()
    assert ours.n_obs == 60
    assert_allclose([ours.slope, ours.se], [theirs.params[1], theirs.bse[1]], rtol=1e-12)


@pytest.mark.parametrize("volume", [np.ones(10), np.r_[np.ones(2), np.full(8, np.nan)]])
def test_kyle_regression_refuses_what_has_no_slope(volume):
    with pytest.raises(InputError):
        impact_laws.kyle_regression(np.arange(10.0), volume)


def test_amihud_leaves_out_sessions_without_volume():
    found = impact_laws.amihud_illiquidity([0.01, 0.5, np.nan, -0.02], [1e6, 0.0, 1e6, 2e6])
    assert_allclose(found, 1e-8)
    assert np.isnan(impact_laws.amihud_illiquidity([0.01], [0.0]))


def test_propagator_agrees_with_a_double_loop():
    rng = np.random.default_rng(2)
    trades, kernel = rng.normal(size=(3, 40)), impact_laws.power_law_kernel(40, 0.4)
    brute = np.array([[sum(kernel[t - s] * row[s] for s in range(t + 1)) for t in range(40)] for row in trades])
    assert_allclose(impact_laws.propagator_path(trades, kernel), brute, rtol=1e-10, atol=1e-12)


def test_transient_schedule_has_the_least_cost_among_perturbations():
    kernel = impact_laws.power_law_kernel(12, 0.5)
    best = impact_laws.transient_schedule(1.0, kernel)
    matrix = kernel[np.abs(np.subtract.outer(np.arange(12), np.arange(12)))]
    assert_allclose(best.cost, 0.5 * best.trades @ matrix @ best.trades, rtol=1e-10)
    rng = np.random.default_rng(0)
    for _ in range(20):
        other = best.trades + 0.01 * (move := rng.normal(size=12)) - 0.01 * move.mean()
        assert 0.5 * other @ matrix @ other > best.cost


@pytest.mark.parametrize("wrong", [-1.5, 0.0, np.nan])
def test_elasticity_of_the_wrong_sign_is_named(wrong):
    with pytest.raises(InputError, match="elasticity"):
        elasticity.elasticity_effect(0.05, wrong)


def test_log_elasticity_needs_someone_to_buy():
    with pytest.raises(InputError, match="less than 1"):
        elasticity.log_elasticity_effect(0.8, 1.0, absorbing_share=0.7)
    with pytest.raises(InputError, match="absorbing_share"):
        elasticity.elasticity_effect(0.1, 1.0, absorbing_share=0.0)


@settings(deadline=None, max_examples=60)
@given(st.floats(1e-4, 0.3), st.floats(0.1, 10.0))
def test_log_and_linear_elasticity_meet_for_small_sales(fraction, magnitude):
    linear, log = (form(fraction * 1e-4, magnitude) for form in (elasticity.elasticity_effect, elasticity.log_elasticity_effect))
    assert_allclose(log, linear, rtol=1e-3)
    assert -1 < elasticity.log_elasticity_effect(fraction, magnitude) < 0


def test_macro_multiplier_refuses_a_negative_elasticity():
    with pytest.raises(InputError, match="zeta"):
        elasticity.macro_multiplier(1.2, yield_sensitivity=1.0, payout_ratio=0.04)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(0, 100), min_size=1, max_size=30), st.floats(0.1, 60))
def test_capped_schedule_keeps_every_share(desired, cap):
    queue = schedules.capped_schedule(np.array(desired), np.full(len(desired), cap))
    assert np.all(queue.executed <= cap * (1 + 1e-12)) and np.all(queue.executed >= -1e-9)
    assert_allclose(queue.executed.sum() + queue.unsold, sum(desired), rtol=1e-9, atol=1e-9)
    carried = 0.0
    for step, wanted in enumerate(desired):
        sold = min(carried + wanted, cap)
        carried += wanted - sold
        assert_allclose([queue.executed[step], queue.backlog[step]], [sold, carried], rtol=1e-9, atol=1e-7)


def test_capped_schedule_refuses_negative_volume():
    with pytest.raises(InputError, match="below 0"):
        schedules.capped_schedule(np.ones(3), np.array([1.0, -1.0, 1.0]))


@settings(deadline=None, max_examples=60)
@given(st.floats(-0.05, 1.0), st.floats(1, 400))
def test_hazard_schedule_runs_from_nothing_to_everything(hazard, deadline):
    time = np.linspace(0, deadline, 50)
    sold = schedules.truncated_exponential(time, hazard, deadline)
    assert sold[0] == 0 and np.isclose(sold[-1], 1) and np.all(np.diff(sold) >= -1e-12)


def test_hazard_is_recovered_from_the_share_it_gives():
    share = schedules.truncated_exponential(60, 0.02, 365)
    assert_allclose(schedules.exponential_hazard_for(float(share), 60, 365), 0.02, rtol=1e-9)
    assert_allclose(schedules.exponential_median(0.0, 40), 20)
    with pytest.raises(InputError, match="deadline"):
        schedules.truncated_exponential(1.0, 0.1, 0.0)


@settings(deadline=None, max_examples=60)
@given(st.floats(0, 100), st.floats(0, 100))
def test_overlap_bounds_hold_every_possible_overlap(first, second):
    low, high = holder_overlap.overlap_bounds(first, second, 100.0)
    least, most = holder_overlap.union_bounds(np.array([first, second]), 100.0)
    assert 0 <= low <= high + 1e-12
    assert_allclose(first + second - high, least, atol=1e-9)
    assert_allclose(first + second - low, most, atol=1e-9)


def test_tracker_flow_refuses_no_volume():
    with pytest.raises(InputError, match="adv_value"):
        index_flow.tracker_flow([1e9], [0.01], adv_value=0.0, float_value=1e9)


def test_reversal_needs_a_decay():
    with pytest.raises(InfeasibleDesign, match="ratio"):
        reversal.three_point_reversal(np.array([-0.10, -0.12, -0.15]), 10)
    with pytest.raises(InfeasibleDesign):
        reversal.permanent_share(0.0, -0.1, var_event=1, var_total=1, covariance=0)


def test_sobol_points_are_seeded_and_even():
    first, second = (sobol_uniforms(1000, 3, rng=np.random.default_rng(4)) for _ in range(2))
    assert np.array_equal(first, second)
    assert np.all((first > 0) & (first < 1))
    assert_allclose(first.mean(axis=0), 0.5, atol=0.01)


@pytest.mark.parametrize("n_inputs", [1, 2, 17, 24, 25])
@pytest.mark.parametrize("n_draws", [1, 2, 1000, 4096])
def test_sobol_points_are_those_of_scipy(n_draws, n_inputs):
    points = sobol_uniforms(n_draws, n_inputs, rng=np.random.default_rng(3))
    seed = int(np.random.default_rng(3).integers(2**31))
    peer = qmc.Sobol(n_inputs, scramble=True, seed=seed).random_base2(int(np.ceil(np.log2(n_draws))))[:n_draws]
    assert np.array_equal(points, np.clip(peer, np.finfo(float).eps, 1 - np.finfo(float).eps))


def test_variance_shares_of_the_ishigami_function():
    # Known first-order shares for a = 7, b = 0.1 (Ishigami and Homma 1990).
    points = sobol_uniforms(2**14, 3, rng=np.random.default_rng(1))
    x = np.pi * (2 * points - 1)
    outcome = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    assert_allclose(variance_shares(points, outcome), [0.3139, 0.4424, 0.0], atol=0.02)
    assert np.array_equal(variance_shares(points, np.ones(2**14)), np.zeros(3))
