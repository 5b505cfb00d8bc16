"""The log range as a measure of volatility: by hand, in every layout, what it refuses and what it says."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

import impact
from impact.eventstudy import abnormal_range
from impact.kernels.persistence import past_mean
from impact.kernels.price_range import log_range_volatility

DAYS = pd.bdate_range("2019-01-01", periods=420, name="Date")
EVENT = 380
LINES = ["A", "B", "M"]
EVENTS = pd.DataFrame({"event_id": ["a", "b"], "security": ["A", "B"], "date": DAYS[EVENT]})
ONE = EVENTS.iloc[:1]


def bars(seed=3, factor=1.0):
    """Open, high, low and close of three lines whose volatility has a common part that persists; day 0 of A `factor` times as volatile."""
    rng = np.random.default_rng(seed)
    level, common = np.empty(len(DAYS)), 0.0
    for t in range(len(DAYS)):
        common = 0.95 * common + 0.1 * rng.standard_normal()
        level[t] = common
    sigma = 0.01 * np.exp(level[:, None] + 0.1 * rng.standard_normal((len(DAYS), 3)))
    sigma[EVENT, 0] *= factor
    path = np.cumsum(rng.standard_normal((40, len(DAYS), 3)) / np.sqrt(40), axis=0) * sigma
    opened = 50 * np.exp(np.cumsum(0.005 * rng.standard_normal((len(DAYS), 3)), axis=0))
    parts = {"Open": 0 * path[-1], "High": np.maximum(path.max(axis=0), 0), "Low": np.minimum(path.min(axis=0), 0), "Close": path[-1]}
    return {name: pd.DataFrame(opened * np.exp(part), DAYS, LINES) for name, part in parts.items()}


def least_squares(prices, line, market=None, days=5, estimator="parkinson"):
    """Abnormal log volatility of days 0 to `days` - 1 with loops and lstsq, and its forecast standard error on day 0."""
    h, low, o, c = (np.log(prices[name][line].to_numpy()) for name in ("High", "Low", "Open", "Close"))
    if estimator == "parkinson":
        y = 0.5 * np.log((h - low) ** 2 / (4 * np.log(2)))
    else:
        y = 0.5 * np.log(0.5 * (h - low) ** 2 - (2 * np.log(2) - 1) * (c - o) ** 2)

    def row(t):
        x = [1.0, y[t - days - 4 : t - days + 1].mean(), y[t - days - 21 : t - days + 1].mean()]
        if market:
            x.append(0.5 * np.log(np.log(prices["High"][market].iloc[t] / prices["Low"][market].iloc[t]) ** 2 / (4 * np.log(2))))
        return np.array(x)

    rows = range(EVENT - 260, EVENT - 10)
    x = np.array([row(t) for t in rows])
    b, sse, *_ = np.linalg.lstsq(x, y[list(rows)], rcond=None)
    inside = np.array([row(t) for t in range(EVENT, EVENT + days)])
    sigma = np.sqrt(sse[0] / (len(x) - x.shape[1]))
    return y[EVENT : EVENT + days] - inside @ b, sigma * np.sqrt(1 + inside[0] @ np.linalg.solve(x.T @ x, inside[0]))


def test_the_formulas_by_hand():
    # in decimals of 30 digits: ln(12/10) = 0.18232156; its square over 4 ln 2 is 0.011989211, whose root is 0.10949525
    assert np.exp(log_range_volatility(np.array([12.0]), np.array([10.0])))[0] == pytest.approx(0.10949525, rel=1e-7)
    # half the square less (2 ln 2 - 1) ln(11/10.5)^2 is 0.015784591, whose root is 0.12563674
    told = np.exp(log_range_volatility(np.array([12.0]), np.array([10.0]), np.array([10.5]), np.array([11.0])))[0]
    assert told == pytest.approx(0.12563674, rel=1e-7)


def test_unit_days_have_the_moments_of_the_literature():
    # Alizadeh, Brandt and Diebold (2002): a standard deviation of 0.29 about the log volatility; squared returns have 1.11
    rng = np.random.default_rng(1)
    path = np.cumsum(rng.standard_normal((4000, 2000)) / np.sqrt(2000), axis=1)
    logs = log_range_volatility(np.exp(np.maximum(path.max(axis=1), 0)), np.exp(np.minimum(path.min(axis=1), 0)))
    assert logs.std() == pytest.approx(0.29, abs=0.015) and np.log(np.abs(path[:, -1])).std() == pytest.approx(1.11, abs=0.05)
    assert (np.exp(logs) ** 2).mean() == pytest.approx(1.0, abs=0.06)  # seen at 2,000 prices a day


@pytest.mark.parametrize("estimator", ["parkinson", "garman_klass"])
def test_it_is_least_squares_on_the_week_and_month_before(estimator):
    prices = bars(factor=2.0)
    study = abnormal_range(prices, EVENTS, estimator=estimator)
    for event_id, line in (("a", "A"), ("b", "B")):
        expected, se = least_squares(prices, line, estimator=estimator)
        np.testing.assert_allclose(study.abnormal.loc[event_id], expected, rtol=1e-9)
        assert study.standard_errors.loc[event_id, 0] == pytest.approx(se, rel=1e-9)
    assert study.quantity == "log range" and study.abnormal.loc["a", 0] > 0.3


def test_with_a_market_and_one_day():
    prices = bars()
    study = abnormal_range(prices, EVENTS, market="M", window=(0, 0))
    expected, se = least_squares(prices, "A", "M", days=1)
    assert study.abnormal.loc["a", 0] == pytest.approx(expected[0], rel=1e-9)
    assert study.standard_errors.loc["a", 0] == pytest.approx(se, rel=1e-9)
    assert study.coefficient_names == ("alpha", "mean_of_5", "mean_of_22", "beta")


def test_every_layout_is_the_same_study():
    import polars

    prices = bars()
    expected = abnormal_range(prices, EVENTS)
    wide = pd.concat(prices, axis=1)
    long = wide.stack(level=1, future_stack=True).rename_axis(["Date", "Ticker"])
    zoned = wide.set_axis(DAYS.tz_localize("America/New_York"))
    layouts = [
        wide,
        wide.swaplevel(axis=1).sort_index(axis=1),
        {name.lower(): frame for name, frame in prices.items()},
        long.reset_index(),
        polars.from_pandas(long.reset_index()),
        long,
        zoned,
        {name: frame * 7.8 for name, frame in prices.items()},
    ]
    for layout in layouts:
        np.testing.assert_allclose(abnormal_range(layout, EVENTS).abnormal, expected.abnormal, rtol=1e-9)
    alone = pd.DataFrame({name: frame["A"] for name, frame in prices.items()})
    np.testing.assert_allclose(abnormal_range(alone, ONE).abnormal, expected.abnormal.iloc[:1], rtol=1e-9)


def test_locked_days_are_missing_and_said():
    prices = bars()
    prices["Low"].iloc[[300, EVENT], 0] = prices["High"].iloc[[300, EVENT], 0]
    study = abnormal_range({name: prices[name] for name in ("High", "Low")}, EVENTS)
    assert study.events["status"].tolist() == ["missing_day0", "ok"]
    assert any("2 days of lines with events have a high that is their low (first 2020-02-25)" in line for line in study.assumptions)
    assert any("a jump between two sessions is in no range" in line for line in study.assumptions)


def test_what_cannot_be_read_is_refused_with_what_to_do():
    prices = bars()
    crossed = {**prices, "High": prices["High"].copy()}
    crossed["High"].iloc[7, 1] = 1.0
    with pytest.raises(impact.InputError, match=r"high has 1 value that is below the low of the day \(first B on 2019-01-10: 1\); mend"):
        abnormal_range(crossed, EVENTS)
    outside = {**prices, "Close": prices["High"] * 1.01}
    with pytest.raises(impact.InputError, match=r"close has 1,?260 values that are above the high of the day"):
        abnormal_range(outside, EVENTS, estimator="garman_klass")
    with pytest.raises(impact.InputError, match="prices has no low .it has: close, high, open"):
        abnormal_range({name: prices[name] for name in ("Open", "High", "Close")}, EVENTS)
    with pytest.raises(impact.InputError, match="prices has no high and no low"):
        abnormal_range(prices["Close"], EVENTS)
    with pytest.raises(impact.InputError, match="estimator='yang_zhang' is not known; choose one of: 'parkinson', 'garman_klass'"):
        abnormal_range(prices, EVENTS, estimator="yang_zhang")
    with pytest.raises(impact.InputError, match="does not say of which"):
        abnormal_range(pd.DataFrame({name: frame["A"] for name, frame in prices.items()}), EVENTS)
    long = pd.concat(prices, axis=1).stack(level=1, future_stack=True).rename_axis(["Date", "Ticker"]).reset_index()
    with pytest.raises(impact.InputError, match="gives 1 rows? twice .first A on 2019-01-01"):
        abnormal_range(pd.concat([long, long.iloc[:1]]), EVENTS)
    with pytest.raises(impact.InputError, match="high has 420 sessions x 3 securities and low 419 x 3"):
        abnormal_range({**prices, "Low": prices["Low"].iloc[1:]}, EVENTS)


def test_it_shows_in_log_points_and_travels():
    study = abnormal_range(bars(factor=2.0), EVENTS)
    sent = pickle.loads(pickle.dumps(study))
    assert str(sent.summary()) == str(study.summary()) and "abnormal log range" in str(study.summary())
    assert study.plot().get_ylabel() == "Mean cumulative abnormal log range (log points)"


def test_the_mean_of_a_past_with_gaps():
    values = np.arange(20.0)[:, None] + np.array([0.0, 1e6])
    values[[10, 11, 12], 0] = np.nan
    told = past_mean(values, 5, 2)
    assert np.isnan(told[:6]).all() and told[6].tolist() == [2.0, 1e6 + 2.0]
    assert told[13, 0] == np.mean([7, 8, 9]) and np.isnan(told[14, 0]) and told[19, 1] == pytest.approx(1e6 + 15.0, rel=1e-12)
