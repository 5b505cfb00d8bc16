"""Calibration and backtest: hand values, a second implementation, size under no effect, power under one, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from impact.errors import DataUnavailable, InfeasibleDesign, InputError
from impact.market import MarketPanel
from impact.pricing import calibrate, leave_one_out
from impact.pricing.backtest import MODELS
from impact.pricing.calibration import fit_law
from tests.reference.backtest.past_events import KINDS, abnormal_returns_of, calibration_table, designation_sample, index_sample


def events_of(seed=0, *, n_groups=10, per_group=5, effect=0.0, spread=0.0, kind="forced"):
    rng = np.random.default_rng(seed)
    n = n_groups * per_group
    sigma = rng.uniform(0.01, 0.04, n)
    se = sigma * np.sqrt(2)
    car = -effect * sigma + rng.normal(0, np.hypot(se, spread))
    return pd.DataFrame(
        {
            "event_id": [f"{kind} {k}" for k in range(n)],
            "kind": kind,
            "group": np.repeat([f"2021-01-{day + 1:02d}" for day in range(n_groups)], per_group),
            "car": car,
            "se": se,
            "sigma": sigma,
        }
    )


def test_a_clean_law_is_recovered():
    fit = calibrate(events_of(1, n_groups=60, effect=2.0, spread=0.02))
    low, high = fit.interval(0.99)
    assert low < 2.0 < high and fit.coefficient == pytest.approx(2.0, abs=0.3)
    assert fit.spread == pytest.approx(0.02, rel=0.3)
    assert fit.n_groups == 60 and fit.n_events == 300


def test_without_spread_it_is_weighted_least_squares_with_clustered_errors():
    table = events_of(2, effect=3.0)
    car, se, sigma = (table[name].to_numpy() for name in ("car", "se", "sigma"))
    group = table["group"].to_numpy()
    ours = fit_law(car, se, -sigma, group)
    theirs = sm.WLS(car, -sigma, weights=1 / (se**2 + ours.spread**2)).fit(
        cov_type="cluster", cov_kwds={"groups": np.unique(group, return_inverse=True)[1], "use_correction": False}
    )
    assert_allclose(ours.coefficient, theirs.params[0], rtol=1e-9)
    assert_allclose(ours.se, theirs.bse[0] * np.sqrt(10 / 9), rtol=1e-9)


def test_one_date_gives_no_error():
    fit = calibrate(events_of(n_groups=1), "mean")
    assert np.isnan(fit.se) and fit.interval() == (-np.inf, np.inf)


def test_an_interval_of_the_mean_holds_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(5)
    held = 0
    for seed in rng.integers(10**6, size=200):
        shared = np.repeat(np.random.default_rng(seed).normal(0, 0.02, 12), 4)
        table = events_of(seed, n_groups=12, per_group=4)
        low, high = calibrate(table.assign(car=table["car"] + shared - 0.03), "mean").interval(0.90)
        held += low <= 0.03 <= high
    assert 0.82 <= held / 200 <= 0.96  # 0.90 with a binomial error of 0.02 and twelve clusters


@settings(deadline=None, max_examples=15)
@given(st.permutations(range(20)), st.floats(0.1, 10))
def test_order_and_scale_of_returns(order, scale):
    table = events_of(7, n_groups=5, per_group=4, effect=1.0)
    plain = calibrate(table, "mean")
    mixed = calibrate(table.iloc[list(order)].assign(car=lambda t: t["car"] * scale, se=lambda t: t["se"] * scale), "mean")
    assert_allclose([mixed.coefficient, mixed.se], [scale * plain.coefficient, scale * plain.se], rtol=1e-3)


def test_a_strong_law_beats_no_effect_and_no_effect_beats_a_wrong_law():
    strong = leave_one_out(events_of(3, n_groups=12, effect=4.0), rng=np.random.default_rng(0), n_resamples=300)
    skill = strong.skill.set_index(["model", "reference"])
    assert skill.loc[("calibrated_square_root", "zero"), "skill_low"] > 0.3
    quiet = leave_one_out(events_of(4, n_groups=12), rng=np.random.default_rng(0), n_resamples=300)
    skill = quiet.skill.set_index(["model", "reference"])
    assert skill.loc[("plain_square_root", "zero"), "skill_high"] < 0
    assert skill.loc[("calibrated_square_root", "zero"), "skill"] == pytest.approx(0, abs=0.05)


def test_coverage_is_what_it_says_when_the_law_is_true():
    table = events_of(9, n_groups=25, per_group=8, effect=2.0, spread=0.01)
    scores = leave_one_out(table, rng=np.random.default_rng(0), n_resamples=100).scores.set_index("model")
    row = scores.loc["calibrated_square_root"]
    assert row["coverage_90_low"] < 0.9 < row["coverage_90_high"] + 0.02
    assert row["coverage_50"] == pytest.approx(0.5, abs=0.1)
    assert row["n"] == 200 and row["n_groups"] == 25


def test_a_date_is_never_trained_on_itself():
    table = events_of(10, n_groups=6)
    spoiled = table.copy()
    spoiled.loc[spoiled["group"] == "2021-01-01", "car"] = -0.9
    before, after = (
        leave_one_out(part, rng=np.random.default_rng(0), n_resamples=20).forecasts.query("group == '2021-01-01'")
        for part in (table, spoiled)
    )
    assert_allclose(before["predicted_return"], after["predicted_return"])
    assert_allclose(before["predicted_sd"], after["predicted_sd"])


def test_placebos_are_predicted_zero_by_the_laws_of_flow():
    table = pd.concat([events_of(11, effect=3.0), events_of(12, n_groups=2, kind="placebo")])
    rows = leave_one_out(table, rng=np.random.default_rng(0), n_resamples=50).forecasts
    placebo = rows[rows["kind"] == "placebo"]
    assert set(placebo["model"]) == set(MODELS)
    flows = placebo[placebo["model"].str.endswith("square_root") | (placebo["model"] == "zero")]
    assert (flows["predicted_return"] == 0).all()
    assert (placebo.loc[placebo["model"] == "historic_mean", "predicted_return"] < 0).all()


def test_bad_tables_are_named():
    table = events_of()
    with pytest.raises(InputError, match="law"):
        calibrate(table, "gravity")
    with pytest.raises(InputError, match="lacks"):
        calibrate(table.drop(columns="sigma"))
    with pytest.raises(InfeasibleDesign, match="at least 3"):
        calibrate(table.head(2))
    with pytest.raises(InputError, match="lacks"):
        leave_one_out(table.drop(columns="group"), rng=np.random.default_rng(0))
    with pytest.raises(InfeasibleDesign, match="three dates"):
        leave_one_out(events_of(n_groups=2), rng=np.random.default_rng(0))
    assert calibration_table(table.head(2)).empty


@pytest.fixture(scope="module")
def designations():
    return designation_sample()


def test_the_sample_of_designations(designations):
    assert designations["event_id"].is_unique and set(designations["kind"]) == {"forced", "placebo"} < set(KINDS)
    rows = designations.set_index("event_id")
    assert rows.loc["1810.HK 2021-01-15", "kind"] == "forced"
    assert rows.loc["1766.HK 2020-06-26", "kind"] == "placebo"  # before the order a listing barred nothing
    assert rows.loc["1766.HK 2020-11-13", "kind"] == "forced"
    assert rows.loc["0700.HK 2025-01-07", "kind"] == "placebo"
    # On 3 June 2021 the section 1260H list came with the NS-CMIC annex: such names are forced, not placebos.
    assert rows.loc["0981.HK 2021-06-04", "kind"] == "forced"


def test_the_sample_of_deletions_keeps_notice_and_execution_apart():
    rows = index_sample().set_index("event_id")
    assert rows.loc["1810.HK announcement 2021-03-08", "label"] == "FTSE Russell"
    assert rows.loc["1810.HK execution 2021-03-11", "session"] == pd.Timestamp("2021-03-11")
    assert not rows.index.str.startswith("1816.HK").any()  # conditional deletions never verified


def test_returns_of_events_and_the_reasons_of_those_without(designations):
    from impact.calendars import sessions

    days = sessions("XHKG", "2019-12-02", "2021-02-26")
    rng = np.random.default_rng(1)
    market = rng.normal(0, 0.01, len(days))
    firm = 1.1 * market + rng.normal(0, 0.01, len(days))
    hit = days.get_loc(pd.Timestamp("2021-01-15"))
    firm[hit] -= 0.12
    closes = pd.DataFrame({"HSI": 100 * np.cumprod(1 + market), "1810.HK": 10 * np.cumprod(1 + firm)}, index=days)
    panel = MarketPanel(close=closes, currency="HKD", basis="as_traded")
    asked = designations[designations["security"].isin(["1810.HK", "0700.HK", "LKCO"])]
    found, dropped = abnormal_returns_of(asked, panel, market={"XHKG": "HSI"}, days=(0, 0))
    assert found["event_id"].tolist() == ["1810.HK 2021-01-15"]
    assert found["car"].iloc[0] == pytest.approx(-0.12, abs=0.03)
    reasons = dropped.set_index("event_id")["reason"]
    assert "no prices" in reasons["0700.HK 2025-01-07"] and "no benchmark" in reasons["LKCO 2021-01-15"]
    assert len(found) + len(dropped) == len(asked)
    with pytest.raises(DataUnavailable, match="none of"):
        abnormal_returns_of(asked[asked["security"] == "LKCO"], panel, market={"XHKG": "HSI"})


def test_backtest_figure_shows_every_event():
    import matplotlib.pyplot as plt

    ax = leave_one_out(events_of(n_groups=4), rng=np.random.default_rng(0), n_resamples=20).plot()
    assert len(ax.get_yticklabels()) == 20 and "N = 20, 4 dates" in ax.get_title(loc="left")
    plt.close(ax.figure)
