"""Kernels for one event: refits by least squares, shifts by np.roll, intervals by a grid."""

from __future__ import annotations

import numpy as np
import pytest

from impact.kernels import single_event
from tests.reference.brute_fit import brute_fit


@pytest.fixture
def rng():
    return np.random.default_rng(1810)


@pytest.fixture
def case(rng):
    """Residuals, abnormal returns and designs of one market-model event with a drop."""
    n, days = 70, 4
    market = rng.standard_normal(n + days)
    x = np.column_stack([np.ones(n + days), market])
    y = 0.1 + 1.2 * market + rng.standard_normal(n + days)
    y[n:] -= 0.8
    beta = np.linalg.lstsq(x[:n], y[:n], rcond=None)[0]
    return y[:n] - x[:n] @ beta, y[n:] - x[n:] @ beta, x[:n], x[n:], y


def _conformal_by_hand(y, x, days, theta):
    path = np.zeros(y.size)
    path[-days:] = theta / days
    u = y - path - x @ np.linalg.lstsq(x, y - path, rcond=None)[0]
    size = [abs(np.roll(u, shift)[-days:].sum()) for shift in range(y.size)]
    return np.mean(np.array(size) >= size[0] - 1e-12)


def test_conformal_equals_refit_and_roll(case):
    residual, abnormal, x, event_x, y = case
    test = single_event.conformal(residual, abnormal, x, event_x)
    assert test.p() == pytest.approx(_conformal_by_hand(y, np.vstack([x, event_x]), 4, 0.0))
    shifted = single_event.conformal(residual, abnormal, x, event_x, effect=-0.6)
    assert shifted.p() == pytest.approx(_conformal_by_hand(y, np.vstack([x, event_x]), 4, -2.4))


@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_conformal_interval_equals_a_fine_grid(case, alpha):
    residual, abnormal, x, event_x, y = case
    interval = single_event.conformal_interval(residual, abnormal, x, event_x, alpha=alpha)
    grid = np.linspace(interval.low - 1.0, interval.high + 1.0, 1501)
    p = np.array([_conformal_by_hand(y, np.vstack([x, event_x]), 4, theta) for theta in grid])
    accepted = grid[p > alpha]
    step = grid[1] - grid[0]
    assert accepted.min() == pytest.approx(interval.low, abs=step)
    assert accepted.max() == pytest.approx(interval.high, abs=step)


def test_conformal_interval_of_one_day_is_centred_on_the_abnormal_return(case):
    residual, abnormal, x, event_x, _ = case
    interval = single_event.conformal_interval(residual, abnormal[:1], x, event_x[:1])
    assert interval.low < abnormal[0] < interval.high
    whole = single_event.conformal_interval(residual, abnormal[:1], x, event_x[:1], alpha=0.001)  # below 1/71: nothing is rejected
    assert (whole.low, whole.high) == (-np.inf, np.inf)


def test_conformal_interval_of_a_profile_moves_the_effect_to_its_day(case):
    residual, abnormal, x, event_x, _ = case
    profile = np.array([1.0, 0.0, 0.0, 0.0])
    interval = single_event.conformal_interval(residual, abnormal, x, event_x, profile=profile, alpha=0.1)
    for theta in (interval.low + 1e-6, interval.high - 1e-6):
        assert single_event.conformal(residual, abnormal, x, event_x, effect=theta * profile).p() > 0.1
    for theta in (interval.low - 1e-6, interval.high + 1e-6):
        assert single_event.conformal(residual, abnormal, x, event_x, effect=theta * profile).p() <= 0.1


def test_conformal_without_parameters_shifts_the_residuals_themselves(rng):
    residual, abnormal = rng.standard_normal(39), np.array([3.5])
    test = single_event.conformal(residual, abnormal, np.empty((39, 0)), np.empty((1, 0)))
    assert test.p() == np.mean(np.abs(np.append(residual, abnormal)) >= 3.5) >= test.smallest_p == 1 / 40


def test_conformal_interval_without_quiet_rows_is_the_whole_line():
    interval = single_event.conformal_interval(np.empty(0), np.array([0.1, 0.2]), np.empty((0, 0)), np.empty((2, 0)))
    assert (interval.low, interval.high, interval.n_shifts) == (-np.inf, np.inf, 2)


def test_missing_rows_and_days_are_left_out(case):
    residual, abnormal, x, event_x, _ = case
    gappy, traded = residual.copy(), abnormal.copy()
    gappy[[3, 9]], traded[1] = np.nan, np.nan
    rows, days = np.isfinite(gappy), np.isfinite(traded)
    test = single_event.conformal(gappy, traded, x, event_x)
    same = single_event.conformal(residual[rows], abnormal[days], x[rows], event_x[days])
    assert (test.statistic, test.p(), test.placebo.size) == (same.statistic, same.p(), 68 + 3)
    assert single_event.sq(gappy, 0.1).placebo.size == 68
    assert single_event.block_placebo(gappy, 0.1, 3).placebo.size == 66


def test_block_sums_of_five_numbers_by_hand():
    np.testing.assert_allclose(single_event.block_sums(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 2), [3, 5, 7, 9])
    assert single_event.block_sums(np.ones(2), 3).size == 0


def test_in_sample_block_scale_is_the_variance_of_the_block(case):
    """1' (I - H) 1 over the block, from the full hat matrix."""
    residual, abnormal, x, _, _ = case
    test = single_event.studentised_block_placebo(residual, x, abnormal.sum(), 4.3, 4)
    maker = np.eye(70) - x @ np.linalg.inv(x.T @ x) @ x.T
    for start in (0, 13, 66):
        block = slice(start, start + 4)
        expected = residual[block].sum() / np.sqrt(maker[block, block].sum())
        assert test.placebo[start] == pytest.approx(expected, rel=1e-10)
    plain = single_event.studentised_block_placebo(residual, np.empty((70, 0)), 1.0, 4.0, 4)
    np.testing.assert_allclose(plain.placebo, single_event.block_sums(residual, 4) / 2)


def test_sq_counts_and_order_statistics():
    test = single_event.sq(np.arange(1.0, 20.0), 0.5)
    assert test.p("lower") == 1 / 20 == test.smallest_p
    assert test.p("upper") == 1.0
    assert test.critical(0.05) == 1.0 and test.critical(0.05, "upper") == 19.0
    assert np.isnan(test.critical(0.01))
    ties = single_event.sq(np.array([-2.0, 2.0, 1.0]), 2.0)
    assert ties.p() == 3 / 4 and ties.p("upper") == 2 / 4


def test_path_covariance_equals_the_design_formula_with_gaps(rng):
    market = rng.standard_normal(90)
    x = np.column_stack([np.ones(90), market])
    y = (0.5 * market + rng.standard_normal(90))[:, None]
    y[[83, 20], 0] = np.nan
    fit = brute_fit(y, x, [0], [80], estimation=(-60, -5), window=(-2, 5))
    covariance = single_event.path_covariance(fit.window, -1, 4)[0]
    rows = np.isfinite(y[20:76, 0])
    inverse = np.linalg.inv(x[20:76][rows].T @ x[20:76][rows])
    traded = np.isfinite(y[79:85, 0])
    expected = np.where(np.outer(traded, traded), np.eye(6) + x[79:85] @ inverse @ x[79:85].T, 0.0)
    np.testing.assert_allclose(covariance, expected, atol=1e-12)


def test_day_path_f_of_one_day_is_the_square_of_t(rng):
    test = single_event.day_path_f(np.array([0.05, np.nan]), np.diag([1.2, 0.0]), 0.02, 40)
    assert test.statistic == pytest.approx((0.05 / (0.02 * 1.2**0.5)) ** 2)
    assert test.df == (1, 40)
    from impact.kernels.outcome import student_p

    assert test.p_value == pytest.approx(student_p(test.statistic**0.5, 40))


def test_placebo_space_leaves_missing_peers_out():
    test = single_event.placebo_space(-3.0, np.array([-4.0, np.nan, 1.0, 2.0]))
    assert test.p("lower") == 2 / 4 and test.p() == 2 / 4
