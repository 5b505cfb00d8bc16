"""A whole study with compiled loops has the statistics it has without them, whatever is missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import impact


def panel(kind):
    rng = np.random.default_rng(17)
    market = rng.normal(0, 0.01, 420)
    values = rng.normal(0, 0.02, (420, 40)) + market[:, None]
    if kind == "one gap":
        values[150, 7] = np.nan
    elif kind == "ties":
        values = values.round(2)
        values[rng.random(values.shape) < 0.05] = np.nan
    elif kind != "complete":
        values[rng.random(values.shape) < float(kind)] = np.nan
    sessions = pd.bdate_range("2015-01-05", periods=420)
    returns = pd.DataFrame(values, index=sessions, columns=[f"s{i}" for i in range(40)])
    events = pd.DataFrame(
        {
            "event_id": np.arange(600),
            "security": returns.columns[rng.integers(0, 40, 600)],
            "date": sessions[rng.integers(270, 400, 600) // 5 * 5],
        }
    )
    return returns, pd.Series(market, index=sessions), events


@pytest.mark.filterwarnings("ignore::impact.ImpactWarning")
@pytest.mark.parametrize("incomplete", ["complete", "available"])
@pytest.mark.parametrize("kind", ["complete", "one gap", "0.01", "0.2", "0.6", "ties"])
def test_statistics_are_the_same_with_and_without_compiled_loops(kind, incomplete, monkeypatch):
    returns, market, events = panel(kind)
    tables = []
    for events_worth_it in (10**9, 1):
        monkeypatch.setattr("impact.kernels.acceleration.WORTH_COMPILING", events_worth_it)
        monkeypatch.setattr("impact.kernels.acceleration.WORTH_USING", events_worth_it)
        result = impact.event_study(returns, events, market=market, estimation=(-260, -11), window=(-10, 10), incomplete=incomplete)
        tables.append((result.tests(-2, 2), result.car(-2, 2), result.abnormal))
    (plain, plain_car, plain_abnormal), (compiled, compiled_car, compiled_abnormal) = tables
    numbers = ["statistic", "p_value", "df"]
    np.testing.assert_allclose(compiled[numbers].to_numpy(float), plain[numbers].to_numpy(float), rtol=1e-9, atol=1e-12)
    pd.testing.assert_frame_equal(compiled.drop(columns=numbers), plain.drop(columns=numbers))
    pd.testing.assert_frame_equal(compiled_car, plain_car, rtol=1e-11)
    np.testing.assert_allclose(compiled_abnormal, plain_abnormal, rtol=1e-9, atol=1e-15)
