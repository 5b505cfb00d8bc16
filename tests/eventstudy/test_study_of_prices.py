"""What a study says of the prices it is made from: sessions without a row, lines in several currencies."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import impact
from impact.calendars import sessions
from impact.eventstudy import buy_and_hold
from impact.eventstudy.files import study_files
from impact.market import trade_to_trade_returns

DAYS = sessions("XNYS", "2023-01-03", "2024-07-31")
HOLE = pd.Timestamp("2024-06-07")
WINDOWS = {"estimation": (-200, -11), "window": (-3, 3)}


def closes(days=DAYS, names=("KO", "SPY")):
    rng = np.random.default_rng(5)
    steps = pd.DataFrame(rng.normal(0, 0.01, (len(days), len(names))), index=days, columns=list(names))
    steps.loc[steps.index >= HOLE, names[0]] -= 0.04 * (steps.index[steps.index >= HOLE] <= pd.Timestamp("2024-06-10"))
    return 100 * (1 + steps).cumprod()


def clocked(security="KO", venue="XNYS"):
    return pd.DataFrame(
        {"event_id": ["e"], "security": [security], "known_at": ["2024-06-07T08:00:00-04:00"], "venue": [venue]},
    )


def written(tmp_path, prices, events):
    prices.to_csv(tmp_path / "prices.csv", index_label="date")
    events.to_csv(tmp_path / "events.csv", index=False)
    return {"events": tmp_path / "events.csv", "prices": tmp_path / "prices.csv", "market": "SPY", **WINDOWS}


@pytest.mark.filterwarnings("ignore::impact.ImpactWarning")
def test_a_missing_row_is_as_an_empty_cell(tmp_path):
    prices = closes()
    lacking = study_files(**written(tmp_path, prices.drop(HOLE), clocked()))
    prices.loc[HOLE, "KO"] = np.nan
    empty = study_files(**written(tmp_path, prices, clocked()))
    assert lacking.events["day0"].tolist() == [HOLE] and lacking.events["status"].tolist() == ["missing_day0"]
    assert lacking.abnormal.loc["e", [0, 1]].isna().all() and lacking.car(0, 1)["car"].isna().all()
    np.testing.assert_allclose(lacking.abnormal, empty.abnormal, atol=1e-15)
    assert any("1 session of XNYS has no row (first 2024-06-07)" in line for line in lacking.assumptions)


def test_the_lack_is_told_at_once(tmp_path):
    with pytest.warns(impact.ImpactWarning, match="1 session of XNYS has no row"):
        study_files(**written(tmp_path, closes().drop(HOLE), clocked()))


def test_returns_without_a_row_say_so_and_keep_their_days():
    returns = closes().pct_change().drop(HOLE)
    study = impact.event_study(returns, clocked(), market="SPY", **WINDOWS)
    assert study.events["day0"].tolist() == [HOLE] and np.isnan(study.abnormal.loc["e", 0])
    assert np.isfinite(study.abnormal.loc["e", 1])
    assert any("no row in the returns (first 2024-06-07)" in line and "1 of the days after" in line for line in study.assumptions)
    with pytest.warns(impact.ImpactWarning, match="2 of 3 days have both returns, day 0 not among them"):
        assert buy_and_hold(returns, clocked(), market="SPY", window=(0, 2))["n_days"].tolist() == [2]


def test_a_hole_of_several_sessions_and_one_before_the_event():
    gone = DAYS[(DAYS >= "2024-05-06") & (DAYS <= "2024-05-08")]
    study = impact.event_study(impact.to_returns(closes().drop(gone), venues={"KO": "XNYS"}), clocked(), market="SPY", **WINDOWS)
    whole = impact.event_study(impact.to_returns(closes()), clocked(), market="SPY", **WINDOWS)
    assert study.fitted.n_obs.tolist() == [whole.fitted.n_obs[0] - 4]
    assert study.to_frame()["session"].tolist() == whole.to_frame()["session"].tolist()
    assert any("3 sessions of XNYS have no row" in line and "of the days after" not in line for line in study.assumptions)


@pytest.mark.parametrize(
    "days", [pd.bdate_range("2023-01-02", "2024-07-31"), DAYS[::5], pd.bdate_range("2023-01-02", "2024-07-31").drop(HOLE)]
)
def test_made_up_days_and_weeks_stay_as_they_are(days):
    prices = closes(days)
    returns = impact.to_returns(prices, venues={"KO": "XNYS"})
    np.testing.assert_allclose(returns, prices.pct_change(fill_method=None), rtol=1e-9, atol=1e-12)
    study = impact.event_study(returns, clocked(), market="SPY", estimation=(-60, -11), window=(-3, 3))
    assert not any("no row" in line for line in study.assumptions)
    assert study.to_frame()["session"].isin(days).all()


def test_an_unknown_venue_and_a_short_panel_of_a_supposed_one_stay_as_they_are():
    short = closes()["2024-05-28":].drop(HOLE)
    assert impact.to_returns(short).iloc[1:].notna().all(axis=None)
    assert impact.to_returns(short.set_axis(["KO", "X.UNKNOWN"], axis=1)).iloc[1:].notna().all(axis=None)
    long = impact.to_returns(closes().drop(HOLE))
    assert long.isna().sum().tolist() == [2, 2] and long.loc["2024-06-10"].isna().all()


def test_each_market_has_its_own_missing_rows():
    hk = sessions("XHKG", "2023-01-03", "2024-07-31")
    both = DAYS.union(hk)
    prices = pd.concat([closes().reindex(both), closes(hk, ("1810.HK", "0700.HK")).reindex(both)], axis=1)
    only_hk = next(day for day in hk if day not in DAYS and day > pd.Timestamp("2024-01-01"))
    returns = impact.to_returns(prices.drop(only_hk), venues={"KO": "XNYS", "SPY": "XNYS"})
    after = both[both.get_loc(only_hk) + 1]
    assert returns.loc[after].isna().tolist() == [False, False, True, True]
    events = pd.DataFrame({"event_id": ["us", "hk"], "security": ["KO", "1810.HK"], "date": [HOLE, HOLE]})
    study = impact.event_study(returns, events, model="mean", **WINDOWS)
    whole = impact.event_study(impact.to_returns(prices), events, model="mean", **WINDOWS)
    assert (whole.fitted.n_obs - study.fitted.n_obs).tolist() == [0, 2]
    np.testing.assert_allclose(study.abnormal.loc["us"], whole.abnormal.loc["us"], rtol=1e-12)


def test_a_return_from_trade_to_trade_counts_the_missing_rows():
    prices = closes().drop(HOLE)
    pair = trade_to_trade_returns(prices[["KO"]], prices["SPY"], venues={"KO": "XNYS"})
    assert pair.n_sessions.loc["2024-06-10", "KO"] == 2 and pair.n_sessions.loc["2024-06-11", "KO"] == 1


def test_a_benchmark_in_another_currency_is_told(tmp_path):
    long = closes().rename_axis("date").melt(ignore_index=False, var_name="security", value_name="close").reset_index()
    given = written(tmp_path, closes(), clocked())
    for code, told in (("EUR", True), ("USD", False)):
        long.assign(currency=long["security"].map({"KO": code, "SPY": "USD"})).to_csv(given["prices"], index=False)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            study = study_files(**given)
        lines = [line for line in study.assumptions if "another currency than the benchmark" in line]
        assert bool(lines) == told and any("another currency" in str(one.message) for one in caught) == told
        assert not told or "first KO in EUR, SPY in USD" in lines[0]
