"""Chained events on one firm, and the report of what overlaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.sparse.csgraph import connected_components

import impact
from impact.errors import InfeasibleDesign, InputError
from impact.eventstudy import chained_events, overlap_report
from impact.eventstudy.chained import _chains

DAYS = pd.bdate_range("2019-01-01", periods=420, name="session")


@pytest.fixture
def returns():
    rng = np.random.default_rng(8)
    market = rng.normal(0, 0.01, len(DAYS))
    return pd.DataFrame(
        {"A": 1.1 * market + rng.normal(0, 0.015, len(DAYS)), "B": market + rng.normal(0, 0.02, 420), "index": market}, index=DAYS
    )


def events_at(*positions, **columns):
    return pd.DataFrame({"event_id": [f"e{p}" for p in positions], "security": "A", "date": [DAYS[p] for p in positions], **columns})


def test_separate_windows_give_each_event_its_own_car(returns):
    result = chained_events(returns, events_at(300, 320), "index", window=(-1, 1))
    alone = impact.event_study(returns, events_at(300), market="index")
    first = result.effects.loc["e300"]
    assert first["alone_car"] == pytest.approx(alone.car(-1, 1).loc["e300", "car"], rel=1e-12)
    assert first["alone_se"] == pytest.approx(alone.car(-1, 1).loc["e300", "se"], rel=1e-12)
    np.testing.assert_allclose(result.effects["joint_car"], result.effects["alone_car"], rtol=1e-10)
    np.testing.assert_allclose(result.effects["joint_se"], result.effects["alone_se"], rtol=1e-10)
    assert result.chains["event_ids"].tolist() == ["e300", "e320"]


def test_overlapping_windows_match_a_regression_of_abnormal_returns_on_dummies(returns):
    result = chained_events(returns, events_at(300, 302), "index", window=(-1, 2))
    abnormal = result.study.abnormal.iloc[0]
    days = np.arange(-1, 5)
    dummies = np.column_stack(((days >= -1) & (days <= 2), (days >= 1) & (days <= 4))).astype(float)
    gamma = np.linalg.lstsq(dummies, abnormal.loc[days].to_numpy(), rcond=None)[0]
    np.testing.assert_allclose(result.effects["joint_car"], 4 * gamma, rtol=1e-10)
    assert result.effects["overlaps_with"].tolist() == ["e302", "e300"] and len(result.chains) == 1
    assert result.chains["car"].iloc[0] == pytest.approx(abnormal.loc[days].sum(), rel=1e-12)
    assert result.chains["n_days"].iloc[0] == 6


@pytest.mark.parametrize("n_events", [1, 7, 40])
def test_chains_are_the_connected_components_of_shared_days(n_events):
    rng = np.random.default_rng(n_events)
    for _ in range(20):
        member = (rng.random((n_events, 60)) < 0.02).astype(float)
        _, component = connected_components(member @ member.T > 0, directed=False)
        np.testing.assert_array_equal(_chains(member), component + 1)


def test_planted_effects_come_back(returns):
    planted = returns.copy()
    planted.loc[DAYS[300:304], "A"] += 0.20 / 4
    planted.loc[DAYS[302:306], "A"] -= 0.32 / 4
    base = chained_events(returns, events_at(300, 302), "index", window=(0, 3)).effects["joint_car"]
    moved = chained_events(planted, events_at(300, 302), "index", window=(0, 3)).effects["joint_car"]
    np.testing.assert_allclose(moved - base, [0.20, -0.32], atol=1e-10)


def test_daily_dummies_in_one_regression_agree(returns):
    # A regression on the estimation rows and the event days with one dummy a day has the same effects and errors.
    from statsmodels import api

    result = chained_events(returns, events_at(300, 305), "index", window=(0, 0))
    rows = [*range(40, 290), 300, 305]
    design = np.column_stack((np.ones(252), returns["index"].to_numpy()[rows], np.eye(252)[:, 250:]))
    fit = api.OLS(returns["A"].to_numpy()[rows], design).fit()
    np.testing.assert_allclose(result.effects["joint_car"], fit.params[2:], rtol=1e-9)
    np.testing.assert_allclose(result.effects["joint_se"], fit.bse[2:], rtol=1e-9)
    joint = fit.f_test(np.eye(4)[2:])
    assert result.joint_test["statistic"] == pytest.approx(float(joint.fvalue), rel=1e-9)
    assert result.joint_test["p_value"] == pytest.approx(float(joint.pvalue), rel=1e-8)


def test_events_with_the_same_window_have_only_a_joint_effect(returns):
    result = chained_events(returns, events_at(300, 310).assign(date=DAYS[300]), "index")
    assert result.effects["joint_car"].isna().all()
    assert "cannot be told apart from e310" in result.effects.loc["e300", "reason"]
    assert result.chains["car"].iloc[0] == pytest.approx(result.effects["alone_car"].iloc[0])


def test_own_windows_and_calendar_estimation(returns):
    events = events_at(300, 320).assign(first=[0, -2], last=[0, 3])
    result = chained_events(returns, events, "index", estimation_dates=(DAYS[50], DAYS[249]))
    assert result.study.estimates["n_obs"].iloc[0] == 200
    assert result.effects["n_days"].tolist() == [1, 6] and result.effects["first"].tolist() == [0, -2]


def test_chained_events_refuse_what_they_cannot_do(returns):
    with pytest.raises(InputError, match="2 securities"):
        chained_events(returns, events_at(300, 310).assign(security=["A", "B"]), "index")
    with pytest.raises(InfeasibleDesign, match="inside the estimation window"):
        chained_events(returns, events_at(300), "index", window=(-20, 0))
    with pytest.raises(InfeasibleDesign, match="none of the 1 events"):
        chained_events(returns, events_at(300).assign(security="Z"), "index")
    with pytest.raises(InputError, match="hold no session"):
        chained_events(returns, events_at(300), "index", estimation_dates=("1990-01-01", "1990-12-31"))
    with pytest.raises(InputError, match="can be read in two ways, or in none; write both as YYYY-MM-DD"):
        chained_events(returns, events_at(300), "index", estimation_dates=("03/12/2018", "2019-12-31"))
    with pytest.raises(InputError, match="lacks a date"):
        chained_events(returns, events_at(300), "index", estimation_dates=("2018-12-03", None))
    with pytest.raises(InputError, match="first offset is after"):
        chained_events(returns, events_at(300).assign(first=2, last=1), "index")


def test_a_day_without_trade_is_left_out_of_both_windows(returns):
    halted = returns.copy()
    halted.loc[DAYS[302], "A"] = np.nan
    result = chained_events(halted, events_at(300, 301), "index", window=(0, 2))
    assert result.effects["n_days"].tolist() == [2, 2]
    assert np.isfinite(result.effects["alone_car"]).all()


def test_an_event_without_a_return_on_its_own_session_leaves_the_rest_to_the_others(returns):
    halted = returns.copy()
    halted.loc[DAYS[301], "A"] = np.nan
    result = chained_events(halted, events_at(300, 301, 302), "index", window=(0, 1))
    lost = result.effects.loc["e301"]
    assert lost[["alone_car", "alone_se", "joint_car", "ci_low"]].isna().all() and lost["n_days"] == 0
    assert lost["reason"] == "no return on its event session" and lost["overlaps_with"] == ""
    single = chained_events(halted, events_at(300, 302), "index", window=(0, 1)).effects
    np.testing.assert_allclose(result.effects.loc[["e300", "e302"], "joint_car"], single["joint_car"], rtol=1e-10)


def test_chained_result_prints_and_plots(returns):
    result = chained_events(returns, events_at(300, 302), "index", window=(-1, 2))
    assert "no event had an effect: F(2, 248)" in str(result)
    ax = result.plot()
    assert "%" in ax.get_xlabel() and len(ax.get_yticklabels()) == 2
    assert len(result.to_frame()) == 2


def test_overlap_report_finds_every_relation(returns):
    events = pd.concat((events_at(300, 301, 330), events_at(300, security="B", event_id="other")), ignore_index=True)
    confounders = pd.DataFrame(
        {"date": [DAYS[301], DAYS[330], DAYS[10]], "title": ["buyback", "results", "old"], "security": ["A", "", "A"]}
    )
    report = overlap_report(returns, events, window=(-1, 1), confounders=confounders)
    found = {(row.event_id, row.other, row.relation): row for row in report.itertuples()}
    assert found[("e300", "e301", "windows overlap")].shared_sessions == 2
    assert found[("e301", "e300", "windows overlap")].sessions_apart == -1
    assert found[("e330", "e300", "inside estimation window")].shared_sessions == 3
    assert ("e300", "buyback", "confounder") in found and ("e330", "results", "confounder") in found
    assert not report["event_id"].eq("other").any() and not report["other"].eq("old").any()


def test_overlap_report_agrees_with_every_pair(returns):
    rng = np.random.default_rng(0)
    positions = rng.choice(np.arange(280, 400), 25, replace=False)
    events = pd.DataFrame({"event_id": positions, "security": rng.choice(["A", "B"], 25), "date": DAYS[positions]})
    report = overlap_report(returns, events, estimation=(-60, -11), window=(-2, 2))
    expected = set()
    for i, p in enumerate(positions):
        for j, q in enumerate(positions):
            if i == j or events["security"][i] != events["security"][j]:
                continue
            if abs(p - q) <= 4:
                expected.add((p, q, "windows overlap"))
            if q + 2 >= p - 60 and q - 2 <= p - 11 and q < p:
                expected.add((p, q, "inside estimation window"))
    assert set(report[["event_id", "other", "relation"]].itertuples(index=False, name=None)) == expected


def test_overlap_report_of_a_lonely_event_is_empty(returns):
    assert overlap_report(returns, events_at(300)).empty
    with pytest.raises(InputError, match="needs date and title"):
        overlap_report(returns, events_at(300), confounders=pd.DataFrame({"date": [DAYS[300]]}))


def test_a_model_without_a_regression_is_refused_by_name(returns):
    study = impact.event_study(returns, events_at(300), market="index", model="market", estimation=(-120, -11), window=(-1, 1))
    assert study.regression().estimation_returns.size == 110
    clustered = impact.event_study(returns, events_at(300), market="index", model="garch", estimation=(-120, -11), window=(-1, 1))
    with pytest.raises(InputError, match="model='garch' shows no regression"):
        clustered.regression()
