"""A variance of day 0 that is known beforehand, as from options: the test that takes it, its interval, and the column it is read from."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy.stats import chi2, norm

import impact
from impact.calendars import sessions
from impact.cli import cli
from impact.errors import ImpactWarning, InputError
from impact.eventstudy import abnormal_volume, chained_events, study_partitions
from impact.eventstudy.inference import describe_inference, run_tests
from impact.eventstudy.sample import event_sample, residual_dependence
from impact.kernels.dependence import kp_patell
from impact.kernels.parametric import patell
from tests.eventstudy.test_tests_inference import make_fit

DAYS = pd.bdate_range("2020-01-01", periods=340)
EVENT = 300
WINDOWS = {"estimation": (-260, -11), "window": (-5, 5)}
NAME = "stated_variance"


def panel(seed=3, n=4):
    rng = np.random.default_rng(seed)
    market = rng.normal(0, 0.01, len(DAYS))
    table = pd.DataFrame({f"F{i}": market + rng.normal(0, 0.02, len(DAYS)) for i in range(n)}, DAYS)
    table.iloc[EVENT, :n] -= 0.06
    return table.assign(MKT=market)


def on(*sd, day=EVENT):
    n = len(sd)
    return pd.DataFrame(
        {"event_id": [f"E{i}" for i in range(n)], "security": [f"F{i}" for i in range(n)], "date": DAYS[day], "event_sd": sd}
    )


def study(*sd, returns=None, **options):
    return impact.event_study(panel() if returns is None else returns, on(*sd), market="MKT", **(WINDOWS | options))


def by_hand(returns, name, a, b, sd):
    """CAR and its variance from the normal equations, the variance of day 0 put in place of sigma squared."""
    y, m = returns[name].to_numpy(), returns["MKT"].to_numpy()
    rows = np.arange(EVENT - 260, EVENT - 10)
    x = np.column_stack([np.ones(rows.size), m[rows]])
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y[rows]
    residual = y[rows] - x @ beta
    sigma2 = residual @ residual / (rows.size - 2)
    days = np.arange(EVENT + a, EVENT + b + 1)
    event_x = np.column_stack([np.ones(days.size), m[days]])
    covariance = sigma2 * (np.eye(days.size) + event_x @ inverse @ event_x.T)
    covariance[-a, -a] += sd**2 - sigma2
    return (y[days] - event_x @ beta).sum(), covariance.sum()


@pytest.mark.parametrize("window", [(0, 0), (-2, 3)])
def test_one_event_is_its_car_over_the_stated_deviation(window):
    made = study(0.05)
    car, variance = by_hand(panel(), "F0", *window, 0.05)
    row, shown = made.tests(*window).loc[NAME], made.inference(*window)
    assert row["statistic"] == pytest.approx(car / np.sqrt(variance), rel=1e-12)
    assert row["p_value"] == pytest.approx(2 * norm.sf(abs(car) / np.sqrt(variance)), rel=1e-12)
    assert shown.headline == NAME and row["headline"] and shown.p_value == row["p_value"]
    half = norm.ppf(0.975) * np.sqrt(variance)
    assert (shown.ci_low, shown.ci_high) == pytest.approx((car - half, car + half), rel=1e-12)
    assert shown.mde == pytest.approx((norm.ppf(0.975) + norm.ppf(0.8)) * np.sqrt(variance), rel=1e-12)


def test_several_events_are_their_sum_with_their_correlation():
    made, sd = study(0.05, 0.04, 0.06), (0.05, 0.04, 0.06)
    hand = [by_hand(panel(), f"F{i}", -1, 1, sd[i]) for i in range(3)]
    z = np.array([car / np.sqrt(variance) for car, variance in hand])
    r_bar = residual_dependence(event_sample(made.fitted, -1, 1)).r_bar
    spread = np.sqrt(3 * (1 + 2 * r_bar))
    shown = made.inference(-1, 1)
    assert shown.headline == NAME and shown.statistic == pytest.approx(z.sum() / spread, rel=1e-10)
    for end, sign in ((shown.ci_low, 1), (shown.ci_high, -1)):
        rest = sum((car - end) / np.sqrt(variance) for car, variance in hand)
        assert rest / spread == pytest.approx(sign * norm.ppf(0.975), rel=1e-9)


def test_with_the_variance_of_quiet_days_stated_it_is_kp_patell_without_the_student_correction():
    fit = make_fit(n=12)
    stated = replace(fit, event_sd=fit.sigma)
    sample = event_sample(fit, -1, 2)
    plain = kp_patell(patell(sample.scar, sample.df), residual_dependence(sample).r_bar).statistic
    scale = np.sqrt((sample.df / (sample.df - 2.0)).sum() / 12)
    assert run_tests(stated, -1, 2).loc[NAME, "statistic"] == pytest.approx(plain * scale, rel=1e-12)


def test_it_leads_over_every_window_with_day_0_and_no_other():
    made = study(0.05, 0.04, 0.06)
    path = made.path()
    assert (path.loc[0:, "test"] == NAME).all() and (path.loc[:-1, "test"] != NAME).all()
    over = made.over([(0, 0), (1, 3)])
    assert over["test"].tolist() == [NAME, "placebo_bmp"]
    assert made.tests(1, 3).loc[NAME, "reason"] == "day 0 is outside the window, and its deviation alone is stated"
    assert made.over_windows([(0, 0), (-1, 1)])["test"].tolist() == [NAME, NAME]


def test_every_face_shows_the_same_interval_and_says_where_the_variance_is_from(tmp_path):
    returns, events = panel(), on(0.05)
    made = study(0.05)
    shown = made.inference(0, 0)
    assert "as stated in column event_sd" in shown.why and any("as stated in column event_sd" in line for line in shown.caveats)
    assert "(0, 0)" in str(made.summary()) and "as stated in column event_sd" in str(made.summary())
    assert any("states the deviation of day 0 of the event (2.6 times that of quiet days)" in line for line in made.assumptions)
    returns.rename_axis("date").to_csv(tmp_path / "returns.csv")
    events.to_csv(tmp_path / "events.csv", index=False)
    arguments = ["study", str(tmp_path / "events.csv"), "--returns", str(tmp_path / "returns.csv"), "--market", "MKT"]
    answer = CliRunner().invoke(cli, [*arguments, "--window", "-5:5", "--car", "0:0", "--format", "json"])
    assert answer.exit_code == 0
    told = json.loads(answer.stdout)
    row = told["headline"][0]
    assert row["test"] == NAME and (row["ci_low"], row["ci_high"]) == pytest.approx((shown.ci_low, shown.ci_high), rel=1e-9)
    assert any("as stated in column event_sd" in line for line in told["assumptions"])


@pytest.mark.parametrize("lacking", [np.nan, 0.0, -0.05])
def test_one_event_without_its_deviation_keeps_the_test_from_all(lacking):
    if lacking <= 0:
        with pytest.warns(ImpactWarning, match="that are not above zero, read as unknown"):
            made = study(0.05, 0.05, lacking)
    else:
        made = study(0.05, 0.05, lacking)
    row = made.tests(0, 0).loc[NAME]
    assert np.isnan(row["p_value"]) and row["reason"] == "1 of 3 events has no stated deviation above zero, or no return on day 0"
    assert made.inference(0, 0).headline == "placebo_bmp"
    assert any("1 without it (first 'E2') keep that test from leading" in line for line in made.assumptions)
    assert made.take([0, 1]).inference(0, 0).headline == NAME


def test_a_day_0_without_a_return_has_no_stated_variance():
    returns = panel()
    returns.iloc[EVENT, 0] = np.nan
    made = study(0.05, returns=returns, incomplete="available")
    assert made.tests(-1, 1).loc[NAME, "reason"] == "the event has no stated deviation above zero, or no return on day 0"
    assert made.inference(-1, 1).headline == "conformal"


def test_without_the_column_nothing_changes():
    plain = impact.event_study(panel(), on(0.05).drop(columns="event_sd"), market="MKT", **WINDOWS)
    assert plain.inference(0, 0).headline == "sq" and plain.fitted.event_sd is None
    assert plain.tests(0, 0).loc[NAME, "reason"] == "no deviation of day 0 is stated: add a column event_sd to the events"
    pd.testing.assert_frame_equal(plain.car(-1, 1), study(0.05).car(-1, 1))
    others = [name for name in plain.tests(0, 0).index if name != NAME]
    numbers = ["statistic", "p_value", "df"]
    warned = study(0.05).tests(0, 0)["warning"]
    assert (warned[["t", "sq", "conformal"]].str.contains("column event_sd states a variance of 6.8 times that of quiet days")).all()
    pd.testing.assert_frame_equal(plain.tests(0, 0).loc[others, numbers], study(0.05).tests(0, 0).loc[others, numbers])


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        (
            5.0,
            "1 of 1 value\\(s\\) in another unit than the returns \\(first 'E0': 5, beside 0.0191 on its quiet days\\).*divide percent by 100",
        ),
        (0.0002, "in another unit than the returns"),
        ("5 %", "no finite numbers \\(first '5 %'\\)"),
        (np.inf, "no finite numbers \\(first 'inf'\\)"),
    ],
)
def test_percent_and_text_are_refused(figure, told):
    with pytest.raises(InputError, match=told):
        study(figure)


@pytest.mark.parametrize(("figure", "told"), [(0.4, "divide it by the root of 252"), (0.005, "less than half that of quiet days")])
def test_a_year_and_a_calmer_day_are_doubted(figure, told):
    with pytest.warns(ImpactWarning, match=told):
        assert study(figure).inference(0, 0).headline == NAME


def test_events_that_spread_wider_than_stated_hand_over():
    returns = panel(n=6)
    returns.iloc[EVENT, :6] += [0.3, -0.3, 0.25, -0.2, 0.2, -0.25]
    made = impact.event_study(returns, on(*[0.05] * 6), market="MKT", **WINDOWS)
    sample = event_sample(made.fitted, 0, 0)
    z = sample.car / np.sqrt(sample.stated_variance)
    ratio = z.var(ddof=1) / (1 - made.inference(0, 0).r_bar)
    assert chi2.sf(5 * ratio, 5) < 0.05
    assert made.tests(0, 0).loc[NAME, "warning"].startswith("events spread") and made.inference(0, 0).headline != NAME


def test_few_estimation_rows_under_a_long_window_hand_over():
    fit = make_fit(n=1, length=12, dates=(80,))
    stated = replace(fit, event_sd=fit.sigma)
    assert describe_inference(stated, 0, 0).headline == NAME
    assert "too few for a normal law" in run_tests(stated, -3, 5).loc[NAME, "warning"]
    assert describe_inference(stated, -3, 5).headline != NAME


def test_of_a_conditional_variance_the_forecast_of_day_0_is_what_gives_way():
    rng = np.random.default_rng(4)
    days = pd.bdate_range("2016-01-01", periods=900)
    variance, series = 1.0, np.empty(900)
    for t in range(900):
        series[t] = np.sqrt(variance) * rng.standard_normal()
        variance = 0.02 + 0.1 * series[t] ** 2 + 0.88 * variance
    market = rng.normal(0, 0.01, 900)
    returns = pd.DataFrame({"F0": market + 0.02 * series, "MKT": market}, days)
    table = pd.DataFrame({"event_id": ["E0"], "security": ["F0"], "date": [days[850]], "event_sd": [0.05]})
    made = impact.event_study(returns, table, market="MKT", model="garch", estimation=(-800, -11), window=(-2, 2))
    assert np.isfinite(made.estimates["garch_alpha"].iloc[0])
    day, five = made.car(0, 0)["se"].iloc[0] ** 2, made.car(-2, 2)["se"].iloc[0] ** 2
    assert event_sample(made.fitted, -2, 2).stated_variance[0] == pytest.approx(five - day + 0.05**2, rel=1e-12)


def test_it_survives_pickles_groups_and_markets_of_their_own():
    made = study(0.05, 0.04, 0.06)
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(made)).tests(0, 1), made.tests(0, 1))
    hk, us = sessions("XHKG", "2019-01-02", "2021-03-31"), sessions("XNYS", "2019-01-02", "2021-03-31")
    rng = np.random.default_rng(5)
    parts = [pd.DataFrame({name: rng.normal(0, 0.02, len(days))}, days) for name, days in (("1810.HK", hk), ("BABA", us))]
    returns = pd.concat([part.reindex(hk.union(us)) for part in parts], axis=1)
    market = pd.Series(rng.normal(0, 0.01, len(returns)), returns.index, name="both")
    table = pd.DataFrame({"event_id": ["us", "hk"], "security": ["BABA", "1810.HK"], "date": "2021-01-15", "event_sd": [0.05, 0.03]})
    both = impact.event_study(returns, table, market=market, **WINDOWS)
    for at, name in enumerate(table["event_id"]):
        alone = impact.event_study(returns, table.iloc[[at]], market=market, **WINDOWS)
        assert both.take([at]).inference(-1, 1).p_value == pytest.approx(alone.inference(-1, 1).p_value, rel=1e-12)
        assert alone.inference(-1, 1).headline == NAME, name
    turned = both.take([1, 0])
    assert turned.inference(-1, 1).statistic == pytest.approx(both.inference(-1, 1).statistic, rel=1e-12)


def test_where_it_is_not_used_it_is_refused_or_said(tmp_path):
    returns, events = panel(), on(0.05)
    long = returns.drop(columns="MKT").rename_axis("date").melt(ignore_index=False, var_name="security", value_name="return").reset_index()
    long.to_parquet(tmp_path / "part.parquet")
    with pytest.raises(InputError, match="events has a column event_sd, which a study in parts does not use"):
        study_partitions(tmp_path, events, market=returns["MKT"])
    volume = pd.DataFrame(np.random.default_rng(1).lognormal(10, 0.3, (len(DAYS), 1)), DAYS, ["F0"])
    quiet = abnormal_volume(volume, events, **WINDOWS)
    assert quiet.inference(0, 0).headline == "sq" and any("is not used for volume" in line for line in quiet.assumptions)
    chained = chained_events(returns, pd.concat([on(0.05), on(0.05, day=310).assign(event_id="later")]), market="MKT", window=(0, 3))
    assert any("is not used for windows estimated jointly" in line for line in chained.assumptions)
