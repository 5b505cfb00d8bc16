"""The event study against merely gathering its windows; ratios are in RESULTS.md."""

from __future__ import annotations

import numpy as np
import pytest

import impact
from impact.kernels.ols import fit_events
from impact.kernels.records import Regression
from tests.bench.made_up import ESTIMATION, PARAMETRIC, event_table, factor_table, gather_windows, return_table

N_EVENTS = 20_000


@pytest.fixture(scope="module")
def tables():
    returns, market = return_table()
    return returns, market, event_table(returns, N_EVENTS)


def whole_study(returns, market, events):
    result = impact.event_study(returns, events, market=market)
    return result.abnormal, result.car(-1, 1), result.tests(-1, 1, tests=PARAMETRIC)


@pytest.mark.benchmark(group="20,000 events")
def test_gather_windows_only(benchmark, tables):
    returns, _, events = tables
    found = benchmark.pedantic(gather_windows, (returns, events), rounds=3, warmup_rounds=1)
    assert found.shape == (N_EVENTS, 271)


@pytest.mark.benchmark(group="20,000 events")
def test_study_with_parametric_tests(benchmark, tables):
    abnormal, cars, tests = benchmark.pedantic(whole_study, tables, rounds=3, warmup_rounds=1)
    assert abnormal.shape == (N_EVENTS, 21) and np.isfinite(cars["se"]).all() and np.isfinite(tests.loc["kp_bmp", "statistic"])


@pytest.mark.benchmark(group="20,000 events")
def test_five_factors(benchmark, tables):
    returns, market, events = tables
    factors = factor_table(market)
    result = benchmark.pedantic(impact.event_study, (returns, events, None, factors, "ff5"), rounds=3, warmup_rounds=1)
    assert result.estimates.shape == (N_EVENTS, 10)


@pytest.mark.benchmark(group="1,000,000 placebo windows")
def test_placebo_windows(benchmark):
    returns, market = return_table(1260, 1000)
    day0, security = (grid.ravel() for grid in np.meshgrid(np.arange(260, 1250), np.arange(1000), indexing="ij"))
    regression = Regression(returns=returns.to_numpy(), regressors=market.to_numpy()[:, None])

    def one_case():
        events = fit_events(regression, day0, security, ESTIMATION, (-1, 1)).events
        sums = events.window(-1, 1)
        return sums.car / (events.sigma * np.sqrt(sums.variance_factor))

    scar = benchmark.pedantic(one_case, rounds=2, warmup_rounds=1)
    assert scar.size == 990_000 and abs(np.quantile(scar, 0.975) - 1.96) < 0.05
