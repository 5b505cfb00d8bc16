"""Windows count the sessions of the event's own market, whatever else stands in the panel."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

import impact
from impact.calendars import sessions
from impact.eventstudy import abnormal_volume, buy_and_hold, calendar_time_drift, chained_events, study_partitions
from impact.eventstudy.placebo import placebo_windows

HK = sessions("XHKG", "2019-01-02", "2021-06-30")
US = sessions("XNYS", "2019-01-02", "2021-06-30")
BOTH = HK.union(US)
WINDOWS = {"estimation": (-260, -11), "window": (-5, 40)}


@pytest.fixture(scope="module")
def closes():
    rng = np.random.default_rng(12)
    hk_market, us_market = rng.normal(0, 0.01, len(HK)), rng.normal(0, 0.01, len(US))
    hk = {"HSI": hk_market, "1810.HK": 1.2 * hk_market + rng.normal(0, 0.02, len(HK)), "0700.HK": hk_market + rng.normal(0, 0.015, len(HK))}
    us = {"SPY": us_market, "BABA": us_market + rng.normal(0, 0.02, len(US)), "CHL": us_market + rng.normal(0, 0.01, len(US))}
    parts = [100 * (1 + pd.DataFrame(own, index=days)).cumprod() for own, days in ((hk, HK), (us, US))]
    return pd.concat([part.reindex(BOTH) for part in parts], axis=1)


def event(*lines, date="2021-01-15"):
    return pd.DataFrame({"event_id": [f"e-{line}" for line in lines], "security": list(lines), "date": date})


def alone(closes, *names):
    return impact.to_returns(closes[list(names)].dropna(how="all"))


def test_other_markets_in_the_panel_change_nothing(closes):
    small = impact.event_study(alone(closes, "1810.HK", "HSI"), event("1810.HK"), market="HSI", **WINDOWS)
    large = impact.event_study(impact.to_returns(closes), event("1810.HK"), market="HSI", **WINDOWS)
    np.testing.assert_allclose(large.abnormal, small.abnormal, rtol=1e-12)
    pd.testing.assert_frame_equal(large.tests(0, 20), small.tests(0, 20))
    assert large.to_frame()["session"].tolist() == small.to_frame()["session"].tolist()
    assert large.fitted.n_obs.tolist() == [250] and not large.abnormal.isna().any(axis=None)
    assert any("closed" in line for line in large.assumptions)


def test_a_study_of_two_markets_is_that_of_each_side_by_side(closes):
    returns = impact.to_returns(closes)
    table = event("BABA", "1810.HK", "CHL", "0700.HK")
    market = returns[["HSI", "SPY"]].mean(axis=1).rename("both")
    mixed = impact.event_study(returns, table, market=market, **WINDOWS)
    assert mixed.events["event_id"].tolist() == table["event_id"].tolist()
    for line in table["security"]:
        own = impact.event_study(returns, event(line), market=market, **WINDOWS)
        np.testing.assert_allclose(mixed.abnormal.loc[f"e-{line}"], own.abnormal.loc[f"e-{line}"], rtol=1e-12)
        np.testing.assert_allclose(mixed.car(0, 30).loc[f"e-{line}"], own.car(0, 30).loc[f"e-{line}"], rtol=1e-12)
        where = mixed.to_frame().query("security == @line")["session"].tolist()
        assert where == own.to_frame()["session"].tolist()
    assert mixed.tests(0, 1)["headline"].sum() == 1 and np.isfinite(mixed.inference(0, 1).r_bar)
    assert pickle.loads(pickle.dumps(mixed)).car(0, 1).equals(mixed.car(0, 1))
    placebo = placebo_windows(mixed.fit, 1, 0, 1)
    assert placebo.statistic == pytest.approx(mixed.car(0, 1)["t"].iloc[1])


def test_residuals_of_two_markets_meet_on_the_days_they_share(closes):
    returns = impact.to_returns(closes)
    mixed = impact.event_study(returns, event("BABA", "1810.HK"), market=returns[["HSI", "SPY"]].mean(axis=1), **WINDOWS)
    rows = mixed.fitted.residuals(slice(None))
    day0 = mixed.sessions.get_loc(pd.Timestamp("2021-01-15"))
    first = mixed.fitted.estimation[0]
    days = BOTH[day0 + first : day0 + mixed.fitted.estimation[1] + 1]
    assert np.isnan(rows[0, ~days.isin(US)]).all() and np.isnan(rows[1, ~days.isin(HK)]).all()
    assert np.isfinite(rows).sum(axis=1).tolist() == mixed.fitted.n_obs.tolist()


def test_an_event_on_a_foreign_holiday_goes_to_the_lines_own_session(closes):
    holiday = next(day for day in US if day not in HK and day > pd.Timestamp("2020-10-01"))
    study = impact.event_study(impact.to_returns(closes), event("1810.HK", date=holiday), market="HSI", **WINDOWS)
    assert study.events["day0"].iloc[0] == HK[holiday < HK][0] and study.events["status"].iloc[0] == "ok"


def test_a_benchmark_that_opens_after_the_close_is_met_a_session_later(closes):
    returns = impact.to_returns(closes)
    study = impact.event_study(returns, event("1810.HK"), market="SPY", **WINDOWS)
    growth = closes["SPY"].ffill()
    before = pd.Series([growth[growth.index < day].iloc[-1] for day in HK[1:]], index=HK[1:])
    met = (before / before.shift() - 1).dropna()
    by_hand = impact.event_study(alone(closes, "1810.HK"), event("1810.HK"), market=met.rename("hand"), **WINDOWS)
    np.testing.assert_allclose(study.abnormal, by_hand.abnormal, atol=1e-12)
    assert any("SPY opens after XHKG has closed" in line for line in study.assumptions)


def test_names_without_a_market_follow_their_benchmark(closes):
    renamed = closes.rename(columns={"1810.HK": "firm one", "HSI": "home index"})
    small = impact.event_study(alone(renamed, "firm one", "home index"), event("firm one"), market="home index", **WINDOWS)
    returns = impact.to_returns(closes).rename(columns={"1810.HK": "firm one", "HSI": "home index"})
    large = impact.event_study(returns, event("firm one"), market="home index", **WINDOWS)
    np.testing.assert_allclose(large.car(0, 30), small.car(0, 30), rtol=1e-9)


def test_a_halt_is_still_a_halt(closes):
    halted = closes.copy()
    halted.loc[halted.index.isin(HK[HK > "2021-01-13"][:4]), "1810.HK"] = np.nan
    study = impact.event_study(impact.to_returns(halted), event("1810.HK"), market="HSI", **WINDOWS)
    assert study.events["status"].iloc[0] == "missing_day0" and study.abnormal.isna().sum(axis=1).iloc[0] == 5


@pytest.mark.filterwarnings("ignore:the residuals of 2 of 2 events:impact.ImpactWarning")  # log volumes that drift like a random walk
def test_long_windows_chains_volume_and_parts_count_the_same_sessions(closes, tmp_path):
    returns = impact.to_returns(closes)
    hk = alone(closes, "1810.HK", "0700.HK", "HSI")
    two = event("1810.HK", "0700.HK")
    pd.testing.assert_frame_equal(buy_and_hold(returns, two, "HSI", (0, 40)), buy_and_hold(hk, two, "HSI", (0, 40)), rtol=1e-12)
    options = {"window": (1, 60), "min_members": 1}
    pd.testing.assert_frame_equal(
        calendar_time_drift(returns, two, "HSI", **options).estimates, calendar_time_drift(hk, two, "HSI", **options).estimates
    )
    later = pd.DataFrame({"event_id": ["a", "b"], "security": "1810.HK", "date": ["2021-01-15", "2021-03-15"]})
    pd.testing.assert_frame_equal(chained_events(returns, later, "HSI").effects, chained_events(hk, later, "HSI").effects)
    volume = np.exp(closes / 100 + 10)
    pd.testing.assert_frame_equal(
        abnormal_volume(volume, two, **WINDOWS).car(0, 20),
        abnormal_volume(volume[["1810.HK", "0700.HK"]].dropna(how="all"), two, **WINDOWS).car(0, 20),
    )
    returns.rename_axis("date").reset_index().to_parquet(tmp_path / "all.parquet")
    parts = study_partitions(tmp_path, event("1810.HK", "BABA"), returns[["HSI", "SPY"]].mean(axis=1), windows=((0, 20),), **WINDOWS)
    whole = impact.event_study(returns, event("1810.HK", "BABA"), market=returns[["HSI", "SPY"]].mean(axis=1), **WINDOWS)
    assert parts.tests.loc[("(0, 20)", "patell"), "statistic"] == pytest.approx(whole.tests(0, 20).loc["patell", "statistic"], rel=1e-9)


def test_a_table_filled_with_zeros_is_told(closes):
    returns = impact.to_returns(closes)
    with pytest.warns(impact.ImpactWarning, match=r"1 line with events has a return of exactly zero .* days on which XHKG was closed"):
        filled = impact.event_study(returns.fillna(0.0), event("1810.HK"), market="HSI", **WINDOWS)
    assert any("filled with zeros" in line for line in filled.assumptions)
    with pytest.warns(impact.ImpactWarning, match=r"\(first 'BABA': .* days on which XNYS was closed\)"):
        impact.event_study(returns.fillna(0.0), event("BABA"), market="SPY", **WINDOWS)
    plain = impact.event_study(returns, event("1810.HK"), market="HSI", **WINDOWS)
    assert not any("filled with zeros" in line for line in plain.assumptions)
