"""The batched engine against one least-squares fit per event, on panels with every kind of hole."""

from __future__ import annotations

import numpy as np
import pytest

from impact.kernels.ols import fit_events
from impact.kernels.records import Regression

T, S = 500, 60
ESTIMATION, WINDOW = (-130, -11), (-10, 10)
TOLERANCE = 1e-10
"""Agreement asked of every figure, relative to its size or to 1."""


@pytest.fixture(scope="module")
def panel():
    """60 firms, 500 days: gaps, late listings, a delisting and a halt on day 0; 200 events, two or more a firm."""
    rng = np.random.default_rng(11)
    market = rng.normal(0, 0.01, T)
    returns = rng.normal(0, 0.02, (T, S)) + rng.uniform(0.5, 1.5, S) * market[:, None]
    returns[rng.random((T, S)) < 0.04] = np.nan
    returns[:210, 3] = np.nan
    returns[405:, 4] = np.nan
    returns[:, 5] = rng.normal(0, 0.02, T)
    day0 = rng.integers(0, T, 200)
    security = rng.integers(0, S, 200)
    day0[:6], security[:6] = (300, 300, 400, 250, 250, 499), (3, 3, 4, 5, 6, 7)
    returns[250, 6] = np.nan
    return returns, market, day0, security


def one_by_one(returns, regressors, constant, day0, security):
    """Coefficients, sigma, M, abnormal returns, leverage, CAR, its variance factor and days, by plain least squares."""
    rows = [t for t in range(day0 + ESTIMATION[0], day0 + ESTIMATION[1] + 1) if 0 <= t < T]
    full = np.column_stack((np.ones(T), regressors)) if constant else regressors
    y, x = returns[rows, security], full[rows]
    used = np.isfinite(y) & np.isfinite(x).all(axis=1)
    y, x = y[used], x[used]
    if x.shape[0] <= x.shape[1]:
        return None
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    sigma = np.sqrt(((y - x @ beta) ** 2).sum() / (x.shape[0] - x.shape[1]))
    inverse = np.linalg.inv(x.T @ x)
    days = np.arange(day0 + WINDOW[0], day0 + WINDOW[1] + 1)
    inside = (days >= 0) & (days < T)
    event_x = np.where(inside[:, None], full[np.where(inside, days, 0)], np.nan)
    abnormal = np.where(inside, returns[np.where(inside, days, 0), security], np.nan) - event_x @ beta
    known = np.isfinite(abnormal)
    total = event_x[known].sum(axis=0)
    leverage = np.where(known, np.einsum("wi,ij,wj->w", event_x, inverse, event_x), np.nan)
    return beta, sigma, len(y), abnormal, leverage, abnormal[known].sum(), known.sum() + total @ inverse @ total, known.sum()


def regressors_of(name, market):
    rng = np.random.default_rng(3)
    table = {
        "mean": np.empty((T, 0)),
        "market": market[:, None],
        "five": np.column_stack((market, rng.normal(0, 0.01, (T, 4)))),
        "offset": market[:, None] + 5.0,
    }[name.removesuffix("_origin")].copy()
    if name in ("market", "five"):
        table[77] = np.nan
    return table


@pytest.mark.parametrize("name", ["mean", "market", "market_origin", "five", "five_origin", "offset"])
def test_batch_equals_one_by_one(panel, name):
    returns, market, day0, security = panel
    regressors, constant = regressors_of(name, market), not name.endswith("_origin")
    fit = fit_events(Regression(returns=returns, regressors=regressors, constant=constant), day0, security, ESTIMATION, WINDOW)
    # With a level of 5 on the market the oracle's own inverse of X'X has a condition number near 1e6.
    assert_same(fit, returns, lambda i: regressors, constant, day0, security, 1e-8 if name == "offset" else TOLERANCE)


def test_own_regressors_equal_one_by_one(panel):
    returns, market, day0, security = panel
    own = (market[:, None] - 0.03 * returns) / 0.97
    fit = fit_events(Regression(returns=returns, regressors=own[..., None]), day0, security, ESTIMATION, WINDOW)
    assert_same(fit, returns, lambda i: own[:, [security[i]]], True, day0, security)


def assert_same(fit, returns, regressors, constant, day0, security, tolerance=TOLERANCE):
    events, whole = fit.events, fit.events.window(*WINDOW)
    compared = 0
    for i in range(day0.size):
        found = one_by_one(returns, regressors(i), constant, day0[i], security[i])
        if found is None:
            assert np.isnan(events.sigma[i]) and np.isnan(events.abnormal[i]).all()
            continue
        beta, sigma, rows, abnormal, leverage, car, factor, days = found
        if rows < 30:
            continue
        compared += 1
        assert (events.n_obs[i], whole.n_days[i]) == (rows, days)
        got = [fit.coefficients[i], events.sigma[i], events.abnormal[i], events.leverage[i], whole.car[i], whole.variance_factor[i]]
        expected = [beta, sigma, abnormal, leverage, car if days else np.nan, factor if days else np.nan]
        for mine, theirs in zip(got, expected, strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=tolerance * 0.01)
    assert compared > 120


def test_sub_windows_use_only_their_available_days(panel):
    returns, market, day0, security = panel
    fit = fit_events(Regression(returns=returns, regressors=market[:, None]), day0, security, ESTIMATION, WINDOW)
    part = fit.events.window(-1, 1)
    np.testing.assert_array_equal(part.n_days, np.isfinite(fit.events.abnormal[:, 9:12]).sum(axis=1))
    np.testing.assert_allclose(part.car, np.where(part.n_days > 0, np.nansum(fit.events.abnormal[:, 9:12], axis=1), np.nan), atol=1e-15)
    halted = np.flatnonzero((security == 6) & (day0 == 250))
    assert part.n_days[halted[0]] < 3 and np.isnan(fit.events.window(0, 0).car[halted[0]])
    with pytest.raises(IndexError, match="inside the event window"):
        fit.events.window(-11, 0)


def test_residuals_and_design_agree_with_the_fit(panel):
    returns, market, day0, security = panel
    fit = fit_events(Regression(returns=returns, regressors=market[:, None]), day0, security, ESTIMATION, WINDOW)
    usable = np.flatnonzero(fit.events.df > 30)
    for i in usable[:20]:
        design = fit.events.design(int(i))
        residual = fit.events.residuals(slice(i, i + 1))[0]
        np.testing.assert_allclose(residual, design.estimation_returns - design.estimation_regressors @ fit.coefficients[i], atol=1e-14)
        assert np.isfinite(residual).sum() == fit.events.n_obs[i]
        assert np.sqrt(np.nansum(residual**2) / fit.events.df[i]) == pytest.approx(fit.events.sigma[i], rel=1e-11)
        abnormal = design.event_returns - design.event_regressors @ fit.coefficients[i]
        np.testing.assert_allclose(fit.events.abnormal[i], abnormal, atol=1e-14)


def test_ill_conditioned_windows_are_refitted(panel):
    returns, market, day0, security = panel
    rng = np.random.default_rng(5)
    nearly = np.column_stack((market, market + 1e-7 * rng.normal(size=T)))
    fit = fit_events(Regression(returns=returns, regressors=nearly), day0, security, ESTIMATION, WINDOW)
    i = int(np.flatnonzero(fit.events.df > 60)[0])
    design = fit.events.design(i)
    used = np.isfinite(design.estimation_returns)
    beta = np.linalg.lstsq(design.estimation_regressors[used], design.estimation_returns[used], rcond=None)[0]
    # Two slopes of size 1e5 that nearly cancel: the condition number 1e5 costs five digits of sixteen.
    np.testing.assert_allclose(fit.coefficients[i], beta, rtol=1e-8)
    np.testing.assert_allclose(fit.events.abnormal[i], design.event_returns - design.event_regressors @ beta, atol=1e-10)


def test_collinear_regressors_are_singular(panel):
    returns, market, day0, security = panel
    fit = fit_events(Regression(returns=returns, regressors=np.column_stack((market, 2 * market))), day0, security, ESTIMATION, WINDOW)
    enough = fit.events.n_obs > 30
    assert fit.singular[enough].all() and np.isnan(fit.coefficients[enough]).all() and np.isnan(fit.events.abnormal[enough]).all()


def test_a_wild_return_does_not_cost_other_windows_their_digits(panel):
    returns, market, _, _ = panel
    wild = returns[:, [5]].copy()
    wild[10] = 1e9
    day0 = np.arange(200, 480)
    none = np.zeros_like(day0)
    regressors = market[:, None]
    with_it = fit_events(Regression(returns=wild, regressors=regressors), day0, none, ESTIMATION, WINDOW)
    without = fit_events(Regression(returns=returns[:, [5]], regressors=regressors), day0, none, ESTIMATION, WINDOW)
    np.testing.assert_allclose(with_it.coefficients, without.coefficients, rtol=1e-9)
    np.testing.assert_allclose(with_it.events.sigma, without.events.sigma, rtol=1e-10)


def test_exact_fit_has_no_residual_variance():
    rng = np.random.default_rng(0)
    market = rng.normal(0, 0.01, 200)
    returns = (0.001 + 1.5 * market)[:, None]
    fit = fit_events(Regression(returns=returns, regressors=market[:, None]), np.array([150]), np.array([0]), (-100, -1), (0, 0))
    assert fit.events.sigma[0] < 1e-15
    np.testing.assert_allclose(fit.coefficients[0], [0.001, 1.5], rtol=1e-12)


def test_taking_some_events_keeps_their_figures(panel):
    returns, market, day0, security = panel
    fit = fit_events(Regression(returns=returns, regressors=market[:, None]), day0, security, ESTIMATION, WINDOW)
    kept = np.array([50, 3, 120])
    few = fit.take(kept)
    np.testing.assert_array_equal(few.events.abnormal, fit.events.abnormal[kept])
    np.testing.assert_array_equal(few.events.window(-1, 1).variance_factor, fit.events.window(-1, 1).variance_factor[kept])
    np.testing.assert_array_equal(few.events.residuals(slice(0, 3)), fit.events.residuals(slice(0, 200))[kept])


def test_workers_do_not_change_a_digit(panel, monkeypatch):
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

    returns, market, day0, security = panel
    monkeypatch.setattr("impact.kernels.windows.BLOCK_VALUES", 5000)
    regression = Regression(returns=returns, regressors=market[:, None])
    alone = fit_events(regression, day0, security, ESTIMATION, WINDOW)
    for pool in (ThreadPoolExecutor(3), ProcessPoolExecutor(2)):
        with pool:
            together = fit_events(regression, day0, security, ESTIMATION, WINDOW, executor=pool)
        np.testing.assert_array_equal(together.events.abnormal, alone.events.abnormal)
        np.testing.assert_array_equal(together.events.sigma, alone.events.sigma)
        np.testing.assert_array_equal(together.events.window(-3, 3).variance_factor, alone.events.window(-3, 3).variance_factor)


@pytest.mark.parametrize("name", ["mean", "market", "market_origin", "five"])
def test_compiled_loops_have_the_digits_of_numpy(panel, monkeypatch, name):
    returns, market, day0, security = panel
    returns = np.asfortranarray(np.where(np.arange(S) < 40, np.nan_to_num(returns), returns))  # most columns without gaps
    regression = Regression(returns=returns, regressors=regressors_of(name, market), constant=not name.endswith("_origin"))
    plain = fit_events(regression, day0, security, ESTIMATION, WINDOW)
    monkeypatch.setattr("impact.kernels.acceleration.WORTH_COMPILING", 1)
    compiled = fit_events(regression, day0, security, ESTIMATION, WINDOW)
    whole = (security < 40) & (day0 + ESTIMATION[0] >= 0) & (day0 + WINDOW[1] < len(returns))
    assert whole.any() and not whole.all()
    for one, other in (
        (plain.coefficients, compiled.coefficients),
        (plain.events.sigma, compiled.events.sigma),
        (plain.events.abnormal, compiled.events.abnormal),
        (plain.events.leverage, compiled.events.leverage),
    ):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-15)  # sums of a security with gaps begin with its first event
        if name != "five":  # sums over five slopes are taken in another order
            np.testing.assert_array_equal(one[whole], other[whole])
