"""Execution under a deadline: limits of the optimal schedule, optimality, numerical range, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from impact.errors import InputError
from impact.kernels import execution

BASE = {"shares": 1e6, "horizon": 5.0, "n_periods": 5, "volatility": 0.95, "half_spread": 0.0625, "permanent": 2.5e-7, "temporary": 2.5e-6}


def problem(**changes):
    return execution.ExecutionProblem(**{**BASE, **changes})


def test_no_risk_aversion_is_an_even_schedule():
    assert_allclose(execution.optimal_trajectory(problem(), 0.0).trades, 2e5, rtol=1e-12)


def test_great_risk_aversion_sells_at_once():
    best = execution.optimal_trajectory(problem(), 1e6)
    assert_allclose(best.trades, [1e6, 0, 0, 0, 0], atol=1e-3)


def test_no_overflow_when_urgency_is_extreme():
    long = problem(horizon=250.0, n_periods=25_000, permanent=0.0)
    with np.errstate(all="raise", under="ignore"):
        best = execution.optimal_trajectory(long, 2 * long.temporary * (np.cosh(40 * long.period) - 1) / (0.95**2 * long.period**2))
        assert_allclose(best.kappa * long.horizon, 1e4, rtol=1e-6)
        continuous = execution.continuous_execution(long, long.temporary * 40**2 / 0.95**2)
    assert np.all(np.isfinite(best.holdings)) and np.all(np.diff(best.holdings) <= 0) and best.holdings[-1] == 0
    assert_allclose(continuous.kappa * long.horizon, 1e4, rtol=1e-9)
    assert np.isfinite(continuous.variance) and continuous.temporary_cost > 0


@settings(deadline=None, max_examples=30)
@given(st.floats(1e-8, 1e-5), st.integers(0, 10**6))
def test_optimal_schedule_beats_its_neighbours(risk_aversion, seed):
    order = problem()
    best = execution.optimal_trajectory(order, risk_aversion)
    move = np.random.default_rng(seed).normal(size=5)
    other = best.trades + 1e3 * (move - move.mean())
    cost, variance = execution.schedule_cost(order, np.abs(other) * best.trades.sum() / np.abs(other).sum())
    assert cost + risk_aversion * variance >= best.expected_cost + risk_aversion * best.variance - 1e-4


def test_frontier_trades_cost_against_risk():
    frontier = execution.efficient_frontier(problem(), np.geomspace(1e-8, 1e-4, 30))
    assert np.all(np.diff(frontier[:, 0]) > 0) and np.all(np.diff(frontier[:, 1]) < 0)


def test_short_periods_approach_continuous_time():
    fine = problem(n_periods=4000, permanent=0.0, half_spread=0.0)
    discrete = execution.optimal_trajectory(fine, 1e-6)
    limit = execution.continuous_execution(fine, 1e-6)
    assert_allclose(
        [discrete.kappa, discrete.variance, discrete.expected_cost], [limit.kappa, limit.variance, limit.temporary_cost], rtol=2e-3
    )


def test_continuous_limit_without_urgency():
    calm = execution.continuous_execution(problem(), 0.0)
    assert_allclose([calm.variance, calm.temporary_cost], [0.95**2 * 1e12 * 5 / 3, 2.5e-6 * 1e12 / 5])


@pytest.mark.parametrize(("name", "value"), [("shares", 0), ("horizon", -1), ("temporary", 0), ("n_periods", 0), ("volatility", -0.1)])
def test_impossible_orders_are_named(name, value):
    with pytest.raises(InputError, match=name):
        problem(**{name: value})


def test_a_period_too_long_for_its_permanent_impact_is_named():
    with pytest.raises(InputError, match="n_periods"):
        problem(n_periods=1, permanent=1e-5)


def test_participation_limits():
    assert execution.days_to_liquidate(3e6, 1e6, 0.1) == pytest.approx(30)
    for wrong in (0.0, 1.0, -0.1):
        with pytest.raises(InputError, match="participation"):
            execution.days_to_liquidate(3e6, 1e6, wrong)
    with pytest.raises(InputError, match="adv_shares"):
        execution.days_to_liquidate(3e6, 0.0, 0.1)
    with pytest.raises(InputError, match="risk_aversion"):
        execution.optimal_trajectory(problem(), -1.0)
