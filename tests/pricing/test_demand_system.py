"""Logit demand: clearing, adding-up, relabelling, splitting an investor, bans, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from impact.errors import InfeasibleDesign, InputError
from impact.kernels.demand_system import DemandSystem, clear_market, elasticity_matrix, first_order_change, log_demand, portfolio_weights


def random_system(seed, n_investors=12, n_stocks=6, held=0.7):
    rng = np.random.default_rng(seed)
    taste = np.where(rng.random((n_investors, n_stocks)) < held, rng.normal(size=(n_investors, n_stocks)), np.nan)
    taste[0] = rng.normal(size=n_stocks)
    return DemandSystem.from_table(
        assets=rng.lognormal(3, 1, n_investors),
        sensitivity=rng.uniform(-1, 0.95, n_investors),
        taste=taste,
        shares=rng.lognormal(0, 1, n_stocks),
    )


def brute_force_gap(system, clearing, banned=None):
    """Demand less supply in shares, stock by stock, from the definition alone."""
    equity = np.log(clearing.prices * system.shares)
    demand = np.zeros(system.n_stocks)
    for i in range(system.n_investors):
        pairs = [p for p in np.flatnonzero(system.investor == i) if banned is None or not banned[p]]
        scores = [np.exp(system.sensitivity[i] * equity[system.stock[p]] + system.taste[p]) for p in pairs]
        for pair, score in zip(pairs, scores, strict=True):
            demand[system.stock[pair]] += system.assets[i] * score / (1 + sum(scores))
    return demand / clearing.prices - system.shares


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6))
def test_every_share_finds_a_holder(seed):
    system = random_system(seed)
    clearing = clear_market(system)
    assert clearing.residual < 1e-10
    assert_allclose(brute_force_gap(system, clearing), 0.0, atol=1e-9 * system.shares.max())
    banned = (system.stock == 2) & (system.investor % 3 == 1)
    after = clear_market(system, prices=clearing.prices, banned=banned)
    assert after.residual < 1e-10
    assert_allclose(brute_force_gap(system, after, banned), 0.0, atol=1e-9 * system.shares.max())
    assert np.all(after.weights[banned] == 0)
    bought = after.assets[system.investor] * after.weights / after.prices[system.stock]
    sold = clearing.assets[system.investor] * clearing.weights / clearing.prices[system.stock]
    net = np.bincount(system.stock, weights=bought - sold, minlength=system.n_stocks)
    assert_allclose(net, 0.0, atol=1e-9 * system.shares.max())


def test_splitting_an_investor_changes_no_price():
    system = random_system(3)
    own = system.investor == 4
    split = DemandSystem(
        assets=np.r_[np.where(np.arange(12) == 4, 0.3, 1.0) * system.assets, 0.7 * system.assets[4]],
        sensitivity=np.r_[system.sensitivity, system.sensitivity[4]],
        investor=np.r_[system.investor, np.full(own.sum(), 12)],
        stock=np.r_[system.stock, system.stock[own]],
        taste=np.r_[system.taste, system.taste[own]],
        shares=system.shares,
    )
    assert_allclose(clear_market(split).prices, clear_market(system).prices, rtol=1e-10)


def test_relabelling_stocks_only_relabels_prices():
    rng = np.random.default_rng(8)
    taste, order = rng.normal(size=(9, 5)), rng.permutation(5)
    parts = {"assets": rng.lognormal(2, 1, 9), "sensitivity": rng.uniform(-0.5, 0.9, 9)}
    shares = rng.lognormal(0, 1, 5)
    plain = clear_market(DemandSystem.from_table(taste=taste, shares=shares, **parts))
    mixed = clear_market(DemandSystem.from_table(taste=taste[:, order], shares=shares[order], **parts))
    assert_allclose(mixed.prices, plain.prices[order], rtol=1e-10)


def test_one_investor_without_sensitivity_has_a_hand_value():
    # w = e / (1 + e) of assets 10, one share: the price is that value.
    system = DemandSystem.from_table(assets=[10.0], sensitivity=[0.0], taste=[[1.0]], shares=[1.0])
    assert_allclose(clear_market(system).prices, 10 * np.e / (1 + np.e), rtol=1e-12)


def test_no_ban_no_change_and_a_ban_lowers_the_price():
    system = random_system(11)
    before = clear_market(system)
    nobody = np.zeros(system.investor.size, dtype=bool)
    assert_allclose(clear_market(system, prices=before.prices, banned=nobody).prices, before.prices, rtol=1e-10)
    banned = (system.stock == 1) & (system.investor != 0)
    assert clear_market(system, prices=before.prices, banned=banned).prices[1] < before.prices[1]


def test_first_order_is_right_for_a_small_ban_and_the_matrix_for_a_small_shock():
    system = random_system(6)
    before = clear_market(system)
    matrix = elasticity_matrix(system, before)
    bumped = np.log(before.prices * system.shares) + np.eye(6) * 1e-6
    slope = np.column_stack([(log_demand(system, portfolio_weights(system, row)) - row - np.log(1.0)) / 1e-6 for row in bumped])
    flat = np.log(before.prices * system.shares)
    base = (log_demand(system, portfolio_weights(system, flat)) - flat) / 1e-6
    assert_allclose(-(slope - base[:, None]), matrix, atol=1e-5)
    tiny = DemandSystem.from_table(
        assets=np.r_[system.assets, 1e-7],
        sensitivity=np.r_[system.sensitivity, 0.2],
        taste=np.vstack([dense(system), np.zeros(6)]),
        shares=system.shares,
    )
    start = clear_market(tiny)
    banned = (tiny.investor == 12) & (tiny.stock == 0)
    change = np.log(clear_market(tiny, prices=start.prices, banned=banned).prices / start.prices)
    assert_allclose(first_order_change(tiny, start, banned)[0], change[0], rtol=0.2)


def dense(system):
    table = np.full((system.n_investors, system.n_stocks), np.nan)
    table[system.investor, system.stock] = system.taste
    return table


def test_many_stocks_take_the_sparse_solver_to_the_same_prices(monkeypatch):
    system = random_system(21, n_investors=40, n_stocks=20)
    direct = clear_market(system)
    monkeypatch.setattr("impact.kernels.demand_system.DENSE_STOCKS", 5)
    assert_allclose(clear_market(system).prices, direct.prices, rtol=1e-10)


def test_extreme_utilities_do_not_overflow():
    system = DemandSystem.from_table(assets=[1e12, 1e6], sensitivity=[0.9, -3.0], taste=[[800.0, -900.0], [5.0, 5.0]], shares=[1e9, 1.0])
    with np.errstate(over="raise", invalid="raise"):
        assert clear_market(system).residual < 1e-10


def test_impossible_systems_are_named():
    taste = np.zeros((2, 2))
    with pytest.raises(InputError, match="sensitivity"):
        DemandSystem.from_table(assets=[1.0, 1.0], sensitivity=[1.0, 0.0], taste=taste, shares=[1.0, 1.0])
    with pytest.raises(InputError, match="assets"):
        DemandSystem.from_table(assets=[0.0, 1.0], sensitivity=[0.0, 0.0], taste=taste, shares=[1.0, 1.0])
    with pytest.raises(InputError, match="no investor may hold"):
        DemandSystem.from_table(assets=[1.0], sensitivity=[0.0], taste=[[0.0, np.nan]], shares=[1.0, 1.0])
    system = DemandSystem.from_table(assets=[1.0, 1.0], sensitivity=[0.0, 0.0], taste=taste, shares=[1.0, 1.0])
    with pytest.raises(InfeasibleDesign, match="no investor left"):
        clear_market(system, banned=system.stock == 0)
    with pytest.raises(InfeasibleDesign, match="banned alone"):
        first_order_change(system, clear_market(system), system.stock == 0)
    with pytest.raises(InputError, match="held_shares"):
        clear_market(system, held_shares=np.zeros(4))
    with pytest.raises(InputError, match="sorted"):
        DemandSystem(
            assets=np.ones(2),
            sensitivity=np.zeros(2),
            investor=np.array([1, 0]),
            stock=np.array([0, 0]),
            taste=np.zeros(2),
            shares=np.ones(1),
        )
