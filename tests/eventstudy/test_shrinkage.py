"""Discoveries among many events, and their effects shrunk towards the mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import impact
from impact.errors import ClusteredEvents, InfeasibleDesign
from impact.eventstudy import discoveries, shrunk_effects
from impact.kernels.random_effects import random_effects

DAYS = pd.bdate_range("2019-01-01", periods=420)


def study(n=12, same_day=False, effects=None):
    rng = np.random.default_rng(8)
    market, common = rng.normal(0, 0.01, len(DAYS)), rng.normal(0, 0.02, len(DAYS))
    noise = rng.normal(0, 0.02, (len(DAYS), n)) + common[:, None] * same_day
    table = pd.DataFrame(market[:, None] + noise, DAYS, [f"F{i}" for i in range(n)])
    rows = [300 if same_day else 250 + 11 * i for i in range(n)]
    for line, (row, effect) in enumerate(zip(rows, np.zeros(n) if effects is None else effects, strict=True)):
        table.iloc[row, line] += effect
    events = pd.DataFrame({"event_id": [f"e{i}" for i in range(n)], "security": table.columns, "date": DAYS[rows]})
    return impact.event_study(table.assign(MKT=market), events, market="MKT", estimation=(-200, -11), window=(-3, 3))


def test_discoveries_are_those_of_scipy_and_in_order():
    effects = np.array([0.2, -0.15, 0.1] + [0.0] * 9)
    result = study(effects=effects)
    found = discoveries(result, 0, 0)
    p = result.car(0, 0)["p"]
    assert found["p"].is_monotonic_increasing
    np.testing.assert_allclose(found["p_adjusted"].loc[p.index], stats.false_discovery_control(p, method="by"), rtol=1e-12)
    assert set(found.index[found["discovery"]]) == {"e0", "e1", "e2"}
    less = discoveries(result, 0, 0, method="bh")
    np.testing.assert_allclose(less["p_adjusted"].loc[p.index], stats.false_discovery_control(p), rtol=1e-12)
    with pytest.raises(impact.InputError, match="rate=5"):
        discoveries(result, 0, 0, rate=5)


def test_the_normal_model_by_hand():
    # errors 1: Q = 2 * 9 = 18 on 1 degree; tau^2 solves 18 / (1 + tau^2) = 1, so tau^2 = 17 and an estimate keeps 17 / 18
    pool = random_effects(np.array([-3.0, np.nan, 3.0]), np.ones(3))
    assert (pool.q, pool.df) == (18.0, 1) and pool.tau == pytest.approx(np.sqrt(17), rel=1e-12)
    np.testing.assert_allclose(pool.shrunk, [-3 * 17 / 18, np.nan, 3 * 17 / 18])
    np.testing.assert_allclose(
        pool.shrunk_se, [np.sqrt(17 / 18 + 9 / 324), np.nan, np.sqrt(17 / 18 + 9 / 324)]
    )  # the mean has an error of 3
    assert pool.i_squared == pytest.approx(17 / 18) and np.isnan(pool.predicted_low)
    assert pool.ci_high == pytest.approx(stats.t.ppf(0.975, 1) * 3.0)  # weights alike: se = sd / sqrt(2) = 3


def test_shrunk_effects_are_nearer_than_the_cars():
    truth = np.random.default_rng(3).normal(-0.05, 0.02, 12)
    days = study(n=12, effects=truth)
    result = shrunk_effects(days, 0, 0)
    cars = days.car(0, 0)
    assert ((result.effects["shrunk"] - truth) ** 2).mean() < ((cars["car"] - truth) ** 2).mean()
    pool = result.pooled.iloc[0]
    assert pool["ci_low"] < -0.05 < pool["ci_high"] and pool["n_events"] == 12
    assert "tau" in result.summary().notes[0]


def test_events_that_move_together_are_told_and_too_few_refused():
    with pytest.warns(ClusteredEvents, match="take them as independent"):
        shrunk_effects(study(same_day=True), 0, 0)
    with pytest.raises(InfeasibleDesign, match="at least 3"):
        shrunk_effects(study(n=12).take([0, 1]), 0, 0)
