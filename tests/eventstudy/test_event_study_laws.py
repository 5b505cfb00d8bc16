"""Laws any event study obeys, on random small panels."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.kernels.bhar import buy_and_hold_abnormal
from impact.kernels.ols import fit_events
from impact.kernels.records import Regression
from impact.kernels.synthetic import simplex_weights
from impact.kernels.thin_trading import compound_between_closes, lagged_columns

ESTIMATION, WINDOW = (-45, -6), (-5, 5)
modest = settings(deadline=None, max_examples=25)
seeds = st.integers(0, 2**32 - 1)


def panel(seed, gaps=0.05):
    rng = np.random.default_rng(seed)
    n_sessions, n_securities, n_events = 120, 6, 15
    market = rng.normal(0.0003, 0.01, n_sessions)
    returns = rng.normal(0, 0.02, (n_sessions, n_securities)) + market[:, None]
    returns[rng.random(returns.shape) < gaps] = np.nan
    return returns, market[:, None], rng.integers(50, 112, n_events), rng.integers(0, n_securities, n_events), rng


def fitted(returns, regressors, day0, security, **options):
    return fit_events(Regression(returns=returns, regressors=regressors, **options), day0, security, ESTIMATION, WINDOW)


def assert_same_fit(one, other, **tolerance):
    np.testing.assert_allclose(one.events.abnormal, other.events.abnormal, **tolerance)
    np.testing.assert_allclose(one.events.sigma, other.events.sigma, **tolerance)
    np.testing.assert_allclose(one.events.leverage, other.events.leverage, **tolerance)


@modest
@given(seeds)
def test_the_order_of_events_and_securities_does_not_matter(seed):
    returns, market, day0, security, rng = panel(seed)
    order, columns = rng.permutation(day0.size), rng.permutation(returns.shape[1])
    base = fitted(returns, market, day0, security).take(order)
    moved = fitted(returns[:, columns], market, day0[order], np.argsort(columns)[security[order]])
    assert_same_fit(base, moved, rtol=1e-12, atol=1e-15)


@modest
@given(seeds, st.floats(0.001, 1000.0), st.booleans())
def test_scale_and_sign_carry_through(seed, scale, mirrored):
    returns, market, day0, security, _ = panel(seed)
    factor = -scale if mirrored else scale
    base, moved = fitted(returns, market, day0, security), fitted(factor * returns, factor * market, day0, security)
    np.testing.assert_allclose(moved.events.abnormal, factor * base.events.abnormal, rtol=1e-9, atol=1e-13 * scale)
    np.testing.assert_allclose(moved.events.sigma, scale * base.events.sigma, rtol=1e-10)
    np.testing.assert_allclose(moved.coefficients[:, 1], base.coefficients[:, 1], rtol=1e-9, atol=1e-11)


@modest
@given(seeds, st.integers(-5, 4))
def test_windows_add_up(seed, cut):
    returns, market, day0, security, _ = panel(seed)
    window = fitted(returns, market, day0, security).events.window
    left, right, whole = window(-5, cut), window(cut + 1, 5), window(-5, 5)
    np.testing.assert_array_equal(left.n_days + right.n_days, whole.n_days)
    np.testing.assert_allclose(np.nan_to_num(left.car) + np.nan_to_num(right.car), np.nan_to_num(whole.car), atol=1e-14)


@modest
@given(seeds, st.integers(1, 40))
def test_empty_sessions_around_the_record_change_nothing(seed, extra):
    returns, market, day0, security, _ = panel(seed)
    padded = np.vstack((np.full((extra, returns.shape[1]), np.nan), returns, np.full((extra, returns.shape[1]), np.nan)))
    padded_market = np.vstack((np.full((extra, 1), np.nan), market, np.full((extra, 1), np.nan)))
    assert_same_fit(fitted(returns, market, day0, security), fitted(padded, padded_market, day0 + extra, security), rtol=1e-10, atol=1e-14)


@modest
@given(seeds)
def test_a_return_on_a_day_of_the_window_moves_only_that_day(seed):
    returns, market, day0, security, _ = panel(seed, gaps=0.0)
    one = (day0[:1], security[:1])
    base = fitted(returns, market, *one)
    shocked = returns.copy()
    shocked[day0[0], security[0]] += 0.1
    moved = fitted(shocked, market, *one)
    difference = moved.events.abnormal[0] - base.events.abnormal[0]
    np.testing.assert_allclose(difference, np.where(np.arange(-5, 6) == 0, 0.1, 0.0), atol=1e-12)
    np.testing.assert_allclose(moved.events.sigma, base.events.sigma, rtol=1e-10)


@modest
@given(seeds)
def test_own_regressors_collapse_to_shared_ones(seed):
    returns, market, day0, security, _ = panel(seed)
    own = np.repeat(market[:, None, :], returns.shape[1], axis=1)
    assert_same_fit(fitted(returns, market, day0, security), fitted(returns, own, day0, security), rtol=1e-9, atol=1e-13)


@modest
@given(seeds)
def test_a_constant_alone_is_the_mean_model(seed):
    returns, _, day0, security, _ = panel(seed)
    fit = fitted(returns, np.empty((returns.shape[0], 0)), day0, security)
    for i in range(3):
        rows = returns[day0[i] - 45 : day0[i] - 5, security[i]]
        np.testing.assert_allclose(fit.coefficients[i, 0], np.nanmean(rows), rtol=1e-9, atol=1e-15)
        np.testing.assert_allclose(fit.events.sigma[i], np.nanstd(rows, ddof=1), rtol=1e-11)


@modest
@given(seeds, st.integers(2, 12))
def test_synthetic_weights_are_optimal_on_the_simplex(seed, n_donors):
    rng = np.random.default_rng(seed)
    donors, target = rng.normal(size=(4, 60, n_donors)), rng.normal(size=(4, 60))
    fitted_weights = simplex_weights(target, donors)
    assert (fitted_weights.weights >= 0).all()
    np.testing.assert_allclose(fitted_weights.weights.sum(axis=1), 1.0, rtol=1e-10)
    assert (fitted_weights.violation < 1e-8).all()
    for corner in np.eye(n_donors):
        assert (fitted_weights.sse <= ((target - donors @ corner) ** 2).sum(axis=1) + 1e-9).all()


@modest
@given(seeds)
def test_growth_between_closes_is_conserved(seed):
    rng = np.random.default_rng(seed)
    hour = 3600 * 10**9
    factor_close = np.sort(rng.choice(2000, 60, replace=False)) * hour
    stock_close = np.sort(rng.choice(np.arange(factor_close[0] // hour, factor_close[-1] // hour), 40, replace=False)) * hour
    factor = rng.normal(0, 0.02, 60)
    matched = compound_between_closes(factor, factor_close, stock_close)
    first, last = (np.searchsorted(factor_close, stock_close[i], side="right") for i in (0, -1))
    np.testing.assert_allclose(np.nanprod(1 + matched), np.prod(1 + factor[first:last]), rtol=1e-10)


@modest
@given(seeds)
def test_shifted_columns_undo_each_other(seed):
    market = np.random.default_rng(seed).normal(size=30)
    columns = lagged_columns(market, 2, 3)
    np.testing.assert_array_equal(columns[2:, 0], market[:-2])
    np.testing.assert_array_equal(columns[:-3, 5], market[3:])
    np.testing.assert_array_equal(columns[:, 2], market)


@modest
@given(seeds)
def test_holding_the_benchmark_earns_nothing_abnormal(seed):
    market = np.random.default_rng(seed).normal(0, 0.02, (5, 20))
    np.testing.assert_allclose(buy_and_hold_abnormal(market, market), 0.0, atol=1e-15)
