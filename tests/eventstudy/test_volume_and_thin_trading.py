"""Abnormal volume, trade-to-trade studies, markets at other hours, long horizons."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import impact
from impact.errors import DroppedEvents, InfeasibleDesign, InputError
from impact.eventstudy import abnormal_volume, align_to_closes, buy_and_hold, calendar_time_drift, trade_to_trade_study
from impact.market.returns import trade_to_trade_returns

DAYS = pd.bdate_range("2019-01-01", periods=420)


@pytest.fixture
def market_returns():
    return np.random.default_rng(1).normal(0.0002, 0.01, 420)


def one_event(position=300, security="A"):
    return pd.DataFrame({"event_id": ["e"], "security": [security], "date": [DAYS[position]]})


def test_volume_of_the_event_day_against_its_own_mean():
    rng = np.random.default_rng(5)
    shares = np.exp(rng.normal(15, 0.4, 420))
    shares[300] *= 6
    result = abnormal_volume(pd.DataFrame({"A": shares}, index=DAYS), one_event(), shares_outstanding=2e8)
    scale = np.log(100 * shares / 2e8 + 0.000255)
    assert result.abnormal.loc["e", 0] == pytest.approx(scale[300] - scale[40:290].mean(), rel=1e-10)
    se = scale[40:290].std(ddof=1) * np.sqrt(1 + 1 / 250)
    assert result.car(0, 0).loc["e", "se"] == pytest.approx(se, rel=1e-10)
    assert any("log turnover" in line for line in result.assumptions)


def test_market_model_of_volume_takes_out_a_busy_day():
    rng = np.random.default_rng(6)
    busy = rng.normal(0, 0.5, 420)
    table = pd.DataFrame({"A": np.exp(15 + busy + rng.normal(0, 0.1, 420)), "M": np.exp(20 + busy)}, index=DAYS)
    plain = abnormal_volume(table, one_event())
    result = abnormal_volume(table, one_event(), market_volume="M")
    assert result.estimates.loc["e", "beta"] == pytest.approx(1.0, abs=0.05)
    assert result.estimates.loc["e", "sigma"] < 0.3 * plain.estimates.loc["e", "sigma"]
    assert any("shares outstanding not given" in line for line in plain.assumptions)


def test_zero_volume_is_a_day_without_trade():
    table = pd.DataFrame({"A": np.full(420, 1e6) * np.exp(np.random.default_rng(2).normal(0, 0.3, 420))}, index=DAYS)
    table.loc[DAYS[[100, 300]], "A"] = 0.0
    result = abnormal_volume(table, one_event())
    assert result.estimates.loc["e", "n_obs"] == 249 and result.events["status"].tolist() == ["missing_day0"]


def test_volume_refuses_bad_share_counts():
    table = pd.DataFrame({"A": np.full(420, 1e6)}, index=DAYS)
    with pytest.raises(InputError, match="not positive"):
        abnormal_volume(table, one_event(), shares_outstanding=0.0)
    with pytest.raises(InputError, match="lacks 1 securities"):
        abnormal_volume(table, one_event(), shares_outstanding={"B": 1.0})
    with pytest.raises(InputError, match="lacks"):
        abnormal_volume(table, one_event(), market_volume="M")


def test_volume_in_another_unit_than_the_shares_is_told():
    """In millions beside single shares, the constant of the logarithm held the changes down without a word."""
    table = pd.DataFrame({"A": np.exp(np.random.default_rng(2).normal(15, 0.3, 420))}, index=DAYS)
    abnormal_volume(table, one_event(), shares_outstanding=1e9)
    with pytest.warns(impact.ImpactWarning, match=r"next to nothing.*\(first 'A': 3.\d+e-09\), as where one is in thousands"):
        abnormal_volume(table / 1e6, one_event(), shares_outstanding=1e9)
    with pytest.raises(InputError, match="more than all shares on half of the days"):
        abnormal_volume(table, one_event(), shares_outstanding=1e3)


def prices_with_halts(market_returns):
    rng = np.random.default_rng(3)
    market = 100 * np.exp(np.cumsum(market_returns))
    prices = 10 * np.exp(np.cumsum(1.2 * market_returns + rng.normal(0, 0.02, 420)))
    prices[rng.random(420) < 0.15] = np.nan
    prices[299:303] = np.nan
    prices[[298, 303]] = [10.0, 8.0]
    frames = pd.DataFrame({"A": prices}, index=DAYS), pd.Series(market, index=DAYS, name="index")
    return prices, market, trade_to_trade_returns(*frames)


def test_trade_to_trade_study_is_weighted_least_squares(market_returns):
    prices, market, pair = prices_with_halts(market_returns)
    result = trade_to_trade_study(pair, one_event(), window=(-5, 5))
    traded = np.flatnonzero(np.isfinite(prices))
    n = np.diff(traded).astype(float)
    own, index, at = np.diff(np.log(prices[traded])), np.diff(np.log(market[traded])), traded[1:]
    rows = (at >= 40) & (at < 290)
    x = np.column_stack((n, index))
    weight = 1 / np.sqrt(n)
    beta, *_ = np.linalg.lstsq((x * weight[:, None])[rows], (own * weight)[rows], rcond=None)
    residual = ((own - x @ beta) * weight)[rows]
    sigma = np.sqrt(residual @ residual / (rows.sum() - 2))
    np.testing.assert_allclose(result.fit.coefficients[0], beta, rtol=1e-9)
    assert result.estimates.loc["e", "sigma"] == pytest.approx(sigma, rel=1e-10)
    event = (at >= 295) & (at <= 305)
    np.testing.assert_allclose(result.abnormal.loc["e"].dropna(), (own - x @ beta)[event], atol=1e-13)
    total = x[event].sum(axis=0)
    inverse = np.linalg.inv((x * weight[:, None])[rows].T @ (x * weight[:, None])[rows])
    assert result.car(-5, 5).loc["e", "se"] == pytest.approx(sigma * np.sqrt(n[event].sum() + total @ inverse @ total), rel=1e-9)
    resumed = result.abnormal.loc["e", 3]
    assert resumed == pytest.approx(np.log(0.8) - 5 * beta[0] - beta[1] * np.log(market[303] / market[298]), rel=1e-9)
    assert result.standard_errors.loc["e", 3] > 2 * sigma


def test_trade_to_trade_without_halts_is_the_market_model(market_returns):
    rng = np.random.default_rng(4)
    prices = pd.DataFrame({"A": 10 * np.exp(np.cumsum(market_returns + rng.normal(0, 0.02, 420)))}, index=DAYS)
    market = pd.Series(100 * np.exp(np.cumsum(market_returns)), index=DAYS)
    spanned = trade_to_trade_study(trade_to_trade_returns(prices, market), one_event())
    plain = impact.event_study(np.log(prices).diff(), one_event(), market=np.log(market).diff(), kind="log")
    np.testing.assert_allclose(spanned.abnormal, plain.abnormal, atol=1e-13)
    np.testing.assert_allclose(spanned.car(-10, 10), plain.car(-10, 10), rtol=1e-9)
    np.testing.assert_array_equal(spanned.take([0]).abnormal, spanned.abnormal)
    with pytest.raises(InputError, match="do not apply"):
        trade_to_trade_study(trade_to_trade_returns(prices, market), one_event(), model="ff3")


def test_new_york_is_met_in_hong_kong_one_session_later():
    hong_kong = pd.DatetimeIndex(["2021-01-12", "2021-01-13", "2021-01-14", "2021-01-15", "2021-01-18", "2021-01-19"])
    new_york = pd.DataFrame(
        {"SPY": [0.01, 0.02, 0.03, 0.04, 0.05]}, index=["2021-01-12", "2021-01-13", "2021-01-14", "2021-01-15", "2021-01-19"]
    )
    met = align_to_closes(new_york, hong_kong, factor_venue="XNYS", venue="XHKG")["SPY"]
    # Monday 18 January is a holiday in New York: on the 19th Hong Kong has met no close since Friday's.
    np.testing.assert_allclose(met, [np.nan, 0.01, 0.02, 0.03, 0.04, 0.0], atol=1e-12)
    with pytest.raises(InputError, match="no session of XNYS"):
        align_to_closes(pd.DataFrame({"SPY": [0.1, 0.1]}, index=["2021-01-15", "2021-01-18"]), hong_kong, factor_venue="XNYS", venue="XHKG")


def test_hong_kong_is_met_in_new_york_on_the_same_date():
    days = pd.DatetimeIndex(["2021-01-12", "2021-01-13", "2021-01-14"])
    local = pd.DataFrame({"HSI": [0.01, 0.02, 0.03]}, index=days)
    met = align_to_closes(local, days, factor_venue="XHKG", venue="XNYS")["HSI"]
    np.testing.assert_allclose(met, [np.nan, 0.02, 0.03], atol=1e-12)


def test_buy_and_hold_by_hand(market_returns):
    returns = pd.DataFrame({"A": market_returns + 0.001, "index": market_returns}, index=DAYS)
    returns.loc[DAYS[305], "A"] = np.nan
    with pytest.warns(impact.ImpactWarning, match="9 of 10 days"):
        row = buy_and_hold(returns, one_event(), "index", window=(0, 9)).loc["e"]
    kept = [t for t in range(300, 310) if t != 305]
    expected = np.prod(1 + market_returns[kept] + 0.001) - np.prod(1 + market_returns[kept])
    assert row["bhar"] == pytest.approx(expected, rel=1e-10) and row["n_days"] == 9
    assert row["bhar"] == pytest.approx(row["held_return"] - row["benchmark_return"], rel=1e-12)


@pytest.fixture
def drifting(market_returns):
    rng = np.random.default_rng(7)
    firms = market_returns[:, None] + rng.normal(0, 0.02, (420, 30))
    positions = rng.integers(60, 250, 30)
    for i, p in enumerate(positions):
        firms[p + 1 : p + 101, i] -= 0.003
    returns = pd.DataFrame(firms, index=DAYS, columns=[f"f{i}" for i in range(30)]).assign(index=market_returns)
    return returns, pd.DataFrame({"event_id": range(30), "security": returns.columns[:30], "date": DAYS[positions]})


def test_calendar_time_finds_a_planted_drift(drifting):
    returns, events = drifting
    result = calendar_time_drift(returns, events, "index", window=(1, 100))
    assert (result.estimates["ci_low"] < -0.003).all() and (result.estimates["ci_high"] > -0.003).all()
    assert (result.estimates["p"] < 0.001).all()
    day = result.portfolio.index[200]
    held = [i for i, p in enumerate(returns.index.get_indexer(events["date"])) if p + 1 <= 200 <= p + 100]
    assert result.portfolio.loc[day, "n_members"] == len(held)
    assert result.portfolio.loc[day, "portfolio_return"] == pytest.approx(returns.iloc[200, held].mean(), rel=1e-12)
    assert "Calendar-time portfolio" in str(result) and len(result.to_frame()) == 2


def test_a_list_of_benchmarks_is_refused_with_what_to_give(drifting):
    returns, events = drifting
    for call in (buy_and_hold, calendar_time_drift):
        with pytest.raises(InputError, match=r"market names 2 columns, a basket.*mean\(axis=1\)"):
            call(returns, events.iloc[5:], ["f0", "f1"])
    with pytest.raises(InputError, match="market is a mapping that makes no table"):
        buy_and_hold(returns, events, {"a": 1})


def test_calendar_time_with_factors_takes_the_risk_free_rate_off(drifting):
    returns, events = drifting
    factors = pd.DataFrame({"MKT_RF": returns["index"] - 0.0001, "RF": 0.0001}, index=DAYS)
    with_factors = calendar_time_drift(returns, events, factors=factors, window=(1, 100))
    plain = calendar_time_drift(returns.sub(0.0001), events, returns["index"] - 0.0001, window=(1, 100))
    np.testing.assert_allclose(with_factors.estimates, plain.estimates, rtol=1e-9)


def test_calendar_time_refuses_thin_portfolios(drifting):
    returns, events = drifting
    with pytest.raises(InfeasibleDesign, match="hold 3 members or more"):
        calendar_time_drift(returns, events.iloc[:2], "index")
    with pytest.raises(InputError, match="both missing"):
        calendar_time_drift(returns, events)


def test_a_buy_and_hold_return_of_fewer_days_is_told():
    days = pd.bdate_range("2020-01-01", periods=40)
    table = pd.DataFrame({"A": 0.01, "B": 0.01, "C": 0.01, "index": 0.0}, index=days)
    table.loc[days[24] :, "A"] = np.nan  # delisted after four days
    table.loc[days[20], "B"] = np.nan
    events = pd.DataFrame({"event_id": list("abcd"), "security": ["A", "B", "C", "Z"], "date": days[20]})
    with pytest.warns(impact.ImpactWarning, match=r"3 of 4 events have no return .* \(first 'a': 4 of 6 days have both returns\)"):
        held = buy_and_hold(table, events, "index", window=(0, 5))
    assert held.index.tolist() == list("abcd") and held["n_days"].tolist() == [4, 5, 6, 0]
    assert held["reason"].tolist() == [
        "4 of 6 days have both returns", "5 of 6 days have both returns, day 0 not among them", "", "security is not a column of returns",
    ]  # fmt: skip
    np.testing.assert_allclose(held["bhar"], [1.01**4 - 1, 1.01**5 - 1, 1.01**6 - 1, np.nan])


def test_calendar_time_says_which_events_are_lost():
    rng = np.random.default_rng(2)
    days = pd.bdate_range("2020-01-01", periods=80)
    table = pd.DataFrame(rng.normal(0, 0.01, (80, 4)), index=days, columns=["A", "B", "C", "index"])
    events = pd.DataFrame({"event_id": list("abcd"), "security": ["A", "B", "C", "Z"], "date": days[20]})
    with pytest.warns(DroppedEvents, match="1 of 4 events cannot be used .first: 'd', security is not a column"):
        drift = calendar_time_drift(table, events, market="index", window=(1, 40))
    assert drift.dropped["event_id"].tolist() == ["d"] and "Events not used" in str(drift.summary())


def test_a_halt_over_day_0_has_a_headline_where_returns_span_gaps():
    rng = np.random.default_rng(5)
    days = pd.bdate_range("2019-01-01", periods=320)
    market = rng.normal(0, 0.01, 320)
    prices = pd.DataFrame({"A": np.cumsum(market + rng.normal(0, 0.02, 320)), "M": np.cumsum(market)}, index=days).pipe(np.exp)
    prices.loc[days[298:304], "A"] = np.nan
    traded = trade_to_trade_returns(prices[["A"]], prices["M"])
    study = trade_to_trade_study(traded, pd.DataFrame({"event_id": ["e"], "security": ["A"], "date": [days[300]]}), window=(-3, 8))
    inference = study.inference(-3, 8)
    assert inference.n_events == 1 and inference.estimate == study.car(-3, 8)["car"].iloc[0]
    own = np.log(prices.loc[days[308], "A"] / prices.loc[days[296], "A"])  # the whole move from the close before the window
    alpha, beta = study.estimates[["alpha", "beta"]].iloc[0]
    assert inference.estimate == pytest.approx(own - 12 * alpha - beta * market[297:309].sum(), abs=1e-12)
    assert np.isfinite(inference.p_value) and study.inference(0, 1).n_events == 0
