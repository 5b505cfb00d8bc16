"""The dynamic programme against brute force, Almgren-Chriss and its own limits."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.kernels.sell_or_wait import WaitingCosts, expected_plan_cost, optimal_policy, planned_sales
from impact.relief.waiting import waiting_example


def costs(**changes) -> WaitingCosts:
    sessions = changes.pop("sessions", 4)
    parts = {
        "lots": 5, "lot_shares": 1.0, "temporary_cost": 0.1, "price_drop": np.zeros(sessions), "relief_hazard": np.zeros(sessions),
        "relief_gain": 0.0, "stranded_loss": np.inf, "risk_charge": 0.0,
    }  # fmt: skip
    return WaitingCosts(**(parts | changes))


def cheapest_fixed_plan(problem: WaitingCosts) -> float:
    sessions = problem.price_drop.size
    plans = (plan for plan in itertools.product(range(problem.lots + 1), repeat=sessions) if sum(plan) <= problem.lots)
    return min(expected_plan_cost(problem, np.array(plan)) for plan in plans)


@settings(deadline=None, max_examples=25)
@given(
    hazard=st.lists(st.floats(0, 1), min_size=4, max_size=4),
    drop=st.lists(st.floats(0, 2), min_size=4, max_size=4),
    gain=st.floats(0, 3),
    stranded=st.floats(0, 5),
    charge=st.floats(0, 0.5),
)
def test_equals_brute_force_on_a_small_grid(hazard, drop, gain, stranded, charge):
    # Before relief the state is known in advance, so the best fixed plan that stops at relief is the best policy.
    problem = costs(relief_hazard=np.array(hazard), price_drop=np.array(drop), relief_gain=gain, stranded_loss=stranded, risk_charge=charge)
    policy = optimal_policy(problem)
    assert policy.expected_cost[0, -1] == pytest.approx(cheapest_fixed_plan(problem), rel=1e-9, abs=1e-9)
    assert expected_plan_cost(problem, planned_sales(policy)) == pytest.approx(policy.expected_cost[0, -1], rel=1e-9, abs=1e-9)


def test_no_hazard_no_risk_is_an_even_schedule():
    assert planned_sales(optimal_policy(costs(lots=8))).tolist() == [2, 2, 2, 2]


def test_no_hazard_equals_almgren_chriss():
    shares, sessions, lots, eta, charge = 1e6, 5, 2000, 2.5e-6, 1e-6 * 0.95**2
    problem = costs(sessions=sessions, lots=lots, lot_shares=shares / lots, temporary_cost=eta, risk_charge=charge)
    kappa = np.arccosh(0.5 * charge / eta + 1)
    left = shares * np.sinh(kappa * (sessions - np.arange(sessions + 1))) / np.sinh(kappa * sessions)
    np.testing.assert_allclose(planned_sales(optimal_policy(problem)) * shares / lots, -np.diff(left), atol=2 * shares / lots)


def test_certain_relief_before_the_deadline_means_no_trade():
    hazard = np.array([0.0, 0.0, 1.0, 0.0])
    assert planned_sales(optimal_policy(costs(relief_hazard=hazard, stranded_loss=9.0)))[:3].sum() == 0


def test_everything_is_sold_when_what_is_stranded_is_lost():
    assert planned_sales(optimal_policy(costs(relief_hazard=np.full(4, 0.05), relief_gain=0.1))).sum() == 5


def test_more_hope_never_sells_more_in_the_first_session():
    first = [
        planned_sales(optimal_policy(costs(lots=40, relief_hazard=np.full(4, h), relief_gain=1.0, stranded_loss=6.0)))[0]
        for h in (0, 0.1, 0.3, 0.6)
    ]
    assert first == sorted(first, reverse=True) and first[0] > first[-1]


def test_a_plan_that_sells_too_much_is_refused():
    with pytest.raises(ValueError, match="between 0 and all lots"):
        expected_plan_cost(costs(), np.array([3, 3, 0, 0]))


def example(**changes):
    """A million shares at 100 with ten sessions left; a usual session is a million shares, so selling all at once costs 2 a share."""
    given = {
        "shares": 1e6, "price": 100.0, "clear": 120.0, "banned": 80.0, "probabilities": (0.0, 0.5, 1.0), "sessions": 10,
        "volatility": 0.02, "volume_shares": 1e6, "possession_barred": True, "ends": ((120.0, 120.0), (80.0, 80.0)),
    }  # fmt: skip
    return waiting_example(**(given | changes))


def test_the_chance_that_breaks_even_by_hand():
    """Evenly 99.8 a share; at the end 120 with relief, 78 without: (99.8 - 78) / (120 - 78)."""
    plan = example()
    assert plan.break_even == pytest.approx((21.8 / 42, 21.8 / 42))
    assert "at a chance of relief of 51.9 %: who puts it higher waits" in plan.sentence()
    low, high = example(ends=((120.0, 140.0), (80.0, 90.0))).break_even
    assert (low, high) == pytest.approx((11.8 / 52, 21.8 / 42))


def test_what_breaks_even_is_said_at_its_ends_and_where_it_is_unknown():
    assert example(ends=((99.0, 99.0), (80.0, 80.0))).sentence().startswith("No chance of relief makes waiting pay")
    assert example(ends=((120.0, 120.0), (103.0, 103.0))).sentence().startswith("Waiting pays at any chance")
    unknown = example(ends=None)
    assert np.isnan(unknown.break_even).all() and "is unknown" in unknown.sentence()


def test_a_wider_range_of_the_values_never_narrows_what_breaks_even():
    low, high = example(ends=((118.0, 122.0), (78.0, 82.0))).break_even
    least, most = example(ends=((115.0, 125.0), (75.0, 85.0))).break_even
    assert least <= low <= high <= most
