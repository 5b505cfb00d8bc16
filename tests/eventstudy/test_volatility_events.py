"""Is the variance of the event window raised: by brute force, what it is blind to, what it refuses."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

import impact
from impact.eventstudy import volatility_change
from impact.eventstudy.sample import event_sample
from impact.kernels.variance_change import event_variance

DAYS = pd.bdate_range("2019-01-01", periods=420)
EVENT = 380
WINDOWS = {"estimation": (-260, -11), "window": (-5, 20)}


def study(n=6, factor=1.0, effect=0.0, seed=2, gaps=0.0, apart=0):
    """Firms of unlike variance on one date (or `apart` sessions from each other), the five days from day 0 `factor` times as wide."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0, 0.01, len(DAYS))
    error = rng.standard_t(5, (len(DAYS), n)) * np.linspace(0.01, 0.03, n)
    day0 = EVENT - apart * np.arange(n)
    for i, day in enumerate(day0):
        error[day : day + 5, i] *= factor
        error[day, i] += effect
    returns = pd.DataFrame(market[:, None] + error, DAYS, [f"F{i}" for i in range(n)])
    returns = returns.mask(rng.random(returns.shape) < gaps).assign(MKT=market)
    events = pd.DataFrame({"event_id": [f"E{i}" for i in range(n)], "security": [f"F{i}" for i in range(n)], "date": DAYS[day0]})
    return impact.event_study(returns, events, market="MKT", **WINDOWS)


def brute(made, a, b, centred):
    """Ratio and p with loops: each run over the variance of the days outside it."""
    fit, n, days = made.fitted, made.n_events, b - a + 1
    columns = range(a - int(fit.offsets[0]), b - int(fit.offsets[0]) + 1)
    residuals = fit.residuals(slice(None))

    def variance(values, scale):
        known = np.isfinite(values)
        r, v = values[known], scale[known] ** 2
        if known.sum() < max(n / 2, 2 if centred else 1):
            return np.nan
        common = (r / v).sum() / (1 / v).sum() if centred else 0.0
        return ((r - common) ** 2 / v).sum() / (known.sum() - (1 if centred else 0))

    event = np.mean([variance(fit.abnormal[:, t], fit.sigma * np.sqrt(1 + fit.leverage[:, t])) for t in columns])
    runs = []
    for start in range(residuals.shape[1] - days + 1):
        inside = np.arange(start, start + days)
        outside = np.delete(residuals, inside, axis=1)
        scale = np.sqrt(np.nanmean(outside**2, axis=1))
        runs.append(np.mean([variance(residuals[:, t], scale) for t in inside]))
    runs = np.array([run for run in runs if np.isfinite(run)])
    return event / runs.mean(), (1 + (runs >= event).sum()) / (runs.size + 1), runs.size


@pytest.mark.parametrize(("n", "gaps", "apart"), [(1, 0.0, 0), (2, 0.0, 0), (6, 0.0, 0), (6, 0.03, 2), (9, 0.1, 7)])
@pytest.mark.parametrize("window", [(0, 0), (0, 4)])
def test_it_is_the_rank_of_the_window_among_quiet_runs(n, gaps, apart, window):
    made = study(n, factor=1.5, gaps=gaps, apart=apart)
    made = made.take(event_sample(made.fitted, *window).index)
    result = made.volatility(*window)
    ratio, p, n_runs = brute(made, *window, centred=made.n_events >= 3)
    row = result.tests.loc["quiet_runs"]
    assert result.ratio == row["statistic"] == pytest.approx(ratio, rel=1e-10)
    assert row["p_value"] == pytest.approx(p, rel=1e-10) and row["smallest_p"] == pytest.approx(1 / (n_runs + 1))
    assert result.centred == (made.n_events >= 3) and result.n_excluded == 0
    for i, event_id in enumerate(result.events.index):
        alone = brute(made.take([i]), *window, centred=False)
        told = result.events.loc[event_id]
        if alone[2] < 40 * (window[1] - window[0] + 1) - window[1]:  # too few runs that do not overlap
            assert "40 are needed" in told["reason"] and np.isnan(told["p_value"])
        else:
            assert (told["ratio"], told["p_value"], told["n_windows"]) == pytest.approx(alone, rel=1e-10)


def test_the_second_opinion_is_the_test_of_patell():
    made = study(6)
    sample = event_sample(made.fitted, 0, 4)
    row, known = made.volatility(0, 4).tests.loc["patell"], event_variance(sample.scar, sample.df)
    assert (row["statistic"], row["p_value"]) == (known.statistic, known.p_value)


def test_a_wide_window_is_found_and_a_common_effect_is_no_variance():
    assert study(12, factor=3.0).volatility(0, 4).tests.loc["quiet_runs", "p_value"] < 0.01
    quiet, moved = study(12), study(12, effect=-0.08)
    assert moved.volatility(0, 0).ratio == pytest.approx(quiet.volatility(0, 0).ratio, rel=1e-9)
    assert moved.volatility(0, 0).tests.loc["patell", "p_value"] < 1e-6
    one = study(1, effect=-0.08).volatility(0, 0)
    assert one.ratio > 5 and "cannot be told apart" in str(one.summary())


def test_one_call_says_what_it_did_and_travels():
    made = study(6, factor=2.0)
    result = pickle.loads(pickle.dumps(volatility_change(made, 0, 4)))
    pd.testing.assert_frame_equal(result.tests, made.volatility(0, 4).tests)
    text = str(result.summary())
    assert (
        "times that of quiet days, p " in text
        and "Each event among its own quiet days" in text
        and "effects that differ between events" in text
    )
    assert result.to_frame()["test"].tolist() == ["quiet_runs", "patell"]


def test_long_windows_short_records_and_lost_events_are_refused_or_said():
    made = study(6)
    row = made.volatility(0, 20).tests.loc["quiet_runs"]
    assert np.isnan(row["p_value"]) and row["reason"].startswith("230 runs of 21 quiet days, 11 of them apart; 40 are needed")
    assert "no test" in str(made.volatility(0, 20).summary())
    returns = pd.DataFrame(np.random.default_rng(1).normal(0, 0.02, (len(DAYS), 3)), DAYS, ["F0", "F1", "MKT"])
    returns.iloc[EVENT, 0] = np.nan
    events = pd.DataFrame({"event_id": ["a", "b"], "security": ["F0", "F1"], "date": DAYS[EVENT]})
    lost = impact.event_study(returns, events, market="MKT", **WINDOWS).volatility(0, 0)
    assert (lost.n_events, lost.n_excluded) == (1, 1) and "1 of 2 events lack a return" in str(lost.summary())
    none = impact.event_study(returns, events.iloc[:1], market="MKT", **WINDOWS).volatility(0, 0)
    assert none.n_events == 0 and none.tests["reason"].str.contains("no event has an abnormal return").all() and none.events.empty
    with pytest.raises(impact.InputError, match="not inside the event window"):
        made.volatility(0, 30)


def test_units_of_returns_do_not_matter():
    rng = np.random.default_rng(5)
    values = rng.normal(0, 0.01, (len(DAYS), 4))
    events = pd.DataFrame({"event_id": list("abc"), "security": ["F0", "F1", "F2"], "date": DAYS[EVENT]})

    def ratio(scale):
        table = pd.DataFrame(values * scale, DAYS, ["F0", "F1", "F2", "MKT"])
        return impact.event_study(table, events, market="MKT", **WINDOWS).volatility(0, 2).ratio

    assert ratio(0.1) == pytest.approx(ratio(1.0), rel=1e-9)
