"""The public event study: alignment, refusals, results, and what it prints."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import impact
from impact.errors import DroppedEvents, ImpactWarning, InfeasibleDesign, InputError

DAYS = pd.bdate_range("2019-01-01", periods=420, name="session")


@pytest.fixture
def returns():
    rng = np.random.default_rng(2)
    market = rng.normal(0, 0.01, len(DAYS))
    firms = rng.normal(0, 0.02, (len(DAYS), 4)) + np.array([0.8, 1.0, 1.2, 0.5]) * market[:, None]
    return pd.DataFrame(firms, index=DAYS, columns=list("ABCD")).assign(index=market)


def events_on(*dates, security="A", **columns):
    return pd.DataFrame({"event_id": [f"e{i}" for i in range(len(dates))], "security": security, "date": list(dates), **columns})


def quiet(*args, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedEvents)
        return impact.event_study(*args, **options)


def test_one_event_by_hand(returns):
    result = impact.event_study(returns, events_on(DAYS[300]), market="index")
    x, y = returns["index"].to_numpy(), returns["A"].to_numpy()
    rows = slice(40, 290)
    slope = stats.linregress(x[rows], y[rows])
    sigma = np.sqrt(((y[rows] - slope.intercept - slope.slope * x[rows]) ** 2).sum() / 248)
    row = result.estimates.loc["e0"]
    assert row["n_obs"] == 250 and row["df"] == 248
    assert row["sigma"] == pytest.approx(sigma, rel=1e-12)
    assert row["r_squared"] == pytest.approx(slope.rvalue**2, rel=1e-12)
    car = result.car(-1, 1).loc["e0"]
    assert car["car"] == pytest.approx((y - slope.intercept - slope.slope * x)[299:302].sum(), rel=1e-12)
    assert car["p"] == pytest.approx(2 * stats.t.sf(abs(car["t"]), 248), rel=1e-12)
    low, high = stats.t.interval(0.95, 248, loc=car["car"], scale=car["se"])
    assert (car["ci_low"], car["ci_high"]) == pytest.approx((low, high), rel=1e-12)


def test_statsmodels_forecast_error_agrees(returns):
    from statsmodels import api

    result = impact.event_study(returns, events_on(DAYS[300]), market="index")
    design = api.add_constant(returns["index"].to_numpy())
    fit = api.OLS(returns["A"].to_numpy()[40:290], design[40:290]).fit()
    forecast = fit.get_prediction(design[290:311])
    np.testing.assert_allclose(
        result.abnormal.loc["e0"], returns["A"].to_numpy()[290:311] - forecast.predicted_mean, rtol=1e-10, atol=1e-15
    )
    np.testing.assert_allclose(result.standard_errors.loc["e0"], forecast.se_obs, rtol=1e-12)


def test_dates_roll_and_the_roll_is_recorded(returns):
    saturday = pd.Timestamp("2020-03-07")
    result = impact.event_study(returns, events_on(saturday), market="index")
    assert result.events.loc[0, "day0"] == pd.Timestamp("2020-03-09") and result.events.loc[0, "rolled_days"] == 2
    before = impact.event_study(returns, events_on(saturday), market="index", anchor="previous")
    assert before.events.loc[0, "day0"] == pd.Timestamp("2020-03-06") and before.events.loc[0, "rolled_days"] == -1
    with pytest.raises(InputError, match="not sessions"):
        impact.event_study(returns, events_on(saturday), market="index", anchor="raise")


def test_an_instant_goes_to_the_session_that_can_react(returns):
    sessions = pd.date_range("2020-01-01", "2021-04-30", freq="B", name="session")
    table = pd.DataFrame(np.random.default_rng(1).normal(0, 0.01, (len(sessions), 2)), index=sessions, columns=["A", "index"])
    events = events_on("2021-03-12", known_at=["2021-03-12T16:59-05:00"], venue="XHKG")
    result = impact.event_study(table, events, market="index", window=(-5, 5))
    assert result.events.loc[0, "day0"] == pd.Timestamp("2021-03-15") and not result.events.loc[0, "intraday"]
    inside = events_on("2021-05-12", "2021-03-12", known_at=["2021-03-15T14:00+08:00", None], venue="XHKG")
    both = impact.event_study(table, inside, market="index", window=(-5, 5))
    assert both.events["day0"].tolist() == [pd.Timestamp("2021-03-15"), pd.Timestamp("2021-03-12")]
    assert both.events["intraday"].tolist() == [True, False]


def test_events_that_cannot_be_used_are_reported(returns):
    returns = returns.copy()
    returns.loc[DAYS[:280], "B"] = np.nan
    events = pd.DataFrame(
        {
            "event_id": ["fine", "absent", "late", "early", "listed_late", "undated"],
            "security": ["A", "Z", "A", "A", "B", "A"],
            "date": [DAYS[300], DAYS[300], "2035-01-01", "1999-01-01", DAYS[300], None],
        }
    )
    with pytest.warns(DroppedEvents, match="5 of 6 events"):
        result = impact.event_study(returns, events, market="index")
    dropped = result.dropped.set_index("event_id")
    assert len(result.events) + len(dropped) == len(events)
    assert dropped.loc["listed_late", "status"] == "short_estimation"
    assert "10 usable estimation rows, 100 needed" in dropped.loc["listed_late", "reason"]
    assert set(dropped.loc[["absent", "late", "early", "undated"], "status"]) == {"dropped"}
    assert dropped["reason"].str.len().gt(0).all()


def test_status_tells_a_missing_day_from_a_halt(returns):
    returns = returns.copy()
    returns.loc[DAYS[300], "A"] = np.nan
    returns.loc[DAYS[290:311], "B"] = np.nan
    events = pd.DataFrame({"event_id": ["gap", "halt", "ok"], "security": ["A", "B", "C"], "date": DAYS[300]})
    result = impact.event_study(returns, events, market="index")
    assert result.events["status"].tolist() == ["missing_day0", "halted", "ok"]
    cars = result.car(0, 0)
    assert cars["car"].isna().tolist() == [True, True, False] and cars["n_days"].tolist() == [0, 0, 1]
    # The rest of the window is the return of the days around, not of the event; a design may ask for it all the same.
    around = result.car(-1, 1).loc["gap"]
    assert around["n_days"] == 2 and around[["car", "se", "t", "p", "ci_low", "ci_high"]].isna().all()
    available = impact.event_study(returns, events, market="index", incomplete="available")
    assert available.car(-1, 1).loc["gap", "car"] == pytest.approx(result.abnormal.loc["gap", [-1, 1]].sum(), rel=1e-12)
    assert result.car(1, 2).loc["gap", "n_days"] == 2 and np.isfinite(result.car(1, 2).loc["gap", "car"])


def test_a_security_that_repeats_its_benchmark_is_refused(returns):
    with pytest.raises(InfeasibleDesign, match="no residual variation"):
        impact.event_study(returns, events_on(DAYS[300], security="index"), market="index")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"events": pd.DataFrame()}, "lacks 3 column"),
        ({"events": events_on(DAYS[300]).drop(columns="security")}, "lacks 1 column.*security"),
        ({"events": events_on(DAYS[300]).iloc[:0]}, "empty"),
        ({"events": events_on(DAYS[300], DAYS[310]).assign(event_id="E7")}, "repeats 1 value.*E7"),
        ({"market": "nowhere"}, "not a column"),
        ({"market": None}, "needs a market"),
        ({"model": "arma"}, "model='arma' is unknown"),
        ({"estimation": (-600, -11)}, "returns hold 420"),
        ({"estimation": (-260, 0)}, "must end before"),
        ({"estimation": (-11, -260)}, "first not after"),
        ({"estimation": "last year"}, "not a window"),
        ({"estimation": (-20.5, -11)}, "whole offsets"),
        ({"estimation": (-30, -11)}, "holds 20 sessions, fewer than the 30"),
        ({"min_observations": 2}, "must exceed the 2 parameters"),
        ({"kind": "continuous"}, "kind='continuous' is unknown"),
        ({"exclude_weight": 3.0}, "outside"),
        ({"exclude_weight": 0.03, "model": "mean"}, "applies to"),
        ({"model": "ff3"}, "needs factors"),
        ({"level": 95}, "strictly between 0 and 1"),
        ({"model": "mean", "zero_alpha": True}, "no meaning"),
        ({"lags": -1}, "0 or more"),
    ],
)
def test_bad_arguments_name_the_rule(returns, change, message):
    arguments = {"events": events_on(DAYS[300]), "market": "index"} | change
    with pytest.raises(InputError, match=message) as stop:
        impact.event_study(returns, **arguments)
    assert "\n" not in str(stop.value)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda r: r.iloc[::-1], "not sorted"),
        (lambda r: pd.concat([r, r.iloc[-1:]]), "repeats 1 dates"),
        (lambda r: r.reset_index(drop=True), "date"),
        (lambda r: r.assign(A=r["A"].where(r.index != DAYS[5], np.inf)), "infinite"),
        (lambda r: r.assign(A="text"), "not numbers"),
        (lambda r: r.iloc[:0], "empty"),
        (lambda r: pd.concat([r, r["A"]], axis=1), "repeats 1 column"),
    ],
)
def test_bad_returns_name_the_rule(returns, spoil, message):
    with pytest.raises(InputError, match=message):
        impact.event_study(spoil(returns), events_on(DAYS[300]), market="index")


def test_one_missing_value_costs_one_row_and_an_all_missing_column_is_dropped(returns):
    one = returns.copy()
    one.loc[DAYS[100], "A"] = np.nan
    assert impact.event_study(one, events_on(DAYS[300]), market="index").estimates.loc["e0", "n_obs"] == 249
    with pytest.raises(InfeasibleDesign, match="0 usable"):
        impact.event_study(returns.assign(A=np.nan), events_on(DAYS[300]), market="index")


def test_the_smallest_estimation_window_has_one_degree_of_freedom(returns):
    result = impact.event_study(returns, events_on(DAYS[300]), market="index", estimation=(-13, -11), min_observations=3)
    assert result.estimates.loc["e0", "df"] == 1 and np.isfinite(result.car(0, 0).loc["e0", "p"])


def test_inputs_are_left_alone(returns):
    before, events = returns.copy(), events_on(DAYS[300])
    table = events.copy()
    impact.event_study(returns, events, market="index")
    pd.testing.assert_frame_equal(returns, before)
    pd.testing.assert_frame_equal(events, table)


def test_benchmark_without_the_target(returns):
    weight = 0.04
    result = impact.event_study(returns, events_on(DAYS[300]), market="index", exclude_weight=weight)
    other = returns.assign(ex=(returns["index"] - weight * returns["A"]) / (1 - weight))
    by_hand = impact.event_study(other, events_on(DAYS[300]), market="ex")
    np.testing.assert_allclose(result.abnormal, by_hand.abnormal, rtol=1e-10, atol=1e-14)
    by_name = impact.event_study(returns, events_on(DAYS[300]), market="index", exclude_weight={"A": weight})
    np.testing.assert_array_equal(result.abnormal, by_name.abnormal)
    logs = np.log1p(returns)
    in_logs = impact.event_study(logs, events_on(DAYS[300]), market="index", exclude_weight=weight, kind="log")
    log_by_hand = impact.event_study(np.log1p(other), events_on(DAYS[300]), market="ex", kind="log")
    np.testing.assert_allclose(in_logs.abnormal, log_by_hand.abnormal, rtol=1e-9, atol=1e-13)


def test_a_basket_leaves_the_security_out_of_its_own_benchmark(returns):
    result = impact.event_study(returns, events_on(DAYS[300]), market=["A", "B", "C"])
    by_hand = impact.event_study(returns.assign(rest=returns[["B", "C"]].mean(axis=1)), events_on(DAYS[300]), market="rest")
    np.testing.assert_allclose(result.abnormal, by_hand.abnormal, rtol=1e-10, atol=1e-14)
    outside = impact.event_study(returns, events_on(DAYS[300], security="D"), market=["B", "C"])
    by_hand = impact.event_study(returns.assign(rest=returns[["B", "C"]].mean(axis=1)), events_on(DAYS[300], security="D"), market="rest")
    np.testing.assert_allclose(outside.abnormal, by_hand.abnormal, rtol=1e-10, atol=1e-14)


def test_peers_named_by_event(returns):
    events = events_on(DAYS[300], DAYS[310]).assign(peer=["B", "C"])
    result = impact.event_study(returns, events, model="peer")
    gap = (returns["A"] - returns["C"]).to_numpy()
    np.testing.assert_allclose(result.abnormal.loc["e1"], gap[300:321], atol=1e-16)
    assert result.estimates.loc["e1", "sigma"] == pytest.approx(gap[50:300].std(ddof=1), rel=1e-12)


def test_zero_alpha_is_a_regression_through_the_origin(returns):
    result = impact.event_study(returns, events_on(DAYS[300]), market="index", zero_alpha=True)
    x, y = returns["index"].to_numpy()[40:290], returns["A"].to_numpy()[40:290]
    assert list(result.estimates.columns[:1]) == ["beta"]
    assert result.estimates.loc["e0", "beta"] == pytest.approx(x @ y / (x @ x), rel=1e-12)
    assert result.estimates.loc["e0", "df"] == 249


def test_drift_that_moves_the_car_is_called_out(returns):
    drifting = returns.assign(A=returns["A"] + 0.01)
    result = impact.event_study(drifting, events_on(DAYS[300]), market="index")
    with pytest.warns(ImpactWarning, match="alpha alone moves CAR"):
        result.car(-10, 10)


def test_kind_is_recorded_and_market_may_be_a_series_with_holes(returns):
    series = returns["index"].drop(DAYS[[100, 305]])
    result = impact.event_study(returns, events_on(DAYS[300]), market=series, kind="log")
    assert result.estimates.loc["e0", "n_obs"] == 249 and np.isnan(result.abnormal.loc["e0", 5])
    assert any("log returns" in line for line in result.assumptions)
    with pytest.raises(InputError, match="shares no session"):
        impact.event_study(returns, events_on(DAYS[300]), market=series.set_axis(series.index + pd.Timedelta(days=9999)))


def test_two_events_of_one_firm_and_a_group(returns):
    events = events_on(DAYS[290], DAYS[300], DAYS[310]).assign(security=["A", "A", "B"], group=["x", "x", "y"])
    result = impact.event_study(returns, events, market="index")
    alone = impact.event_study(returns, events.iloc[[1]], market="index")
    np.testing.assert_array_equal(result.abnormal.loc["e1"], alone.abnormal.loc["e1"])
    part = result.take((result.events["group"] == "x").to_numpy())
    assert part.n_events == 2 and part.event_ids.tolist() == ["e0", "e1"]
    with pytest.raises(InputError, match="selects none"):
        result.take(np.zeros(3, dtype=bool))


def test_dimson_matches_least_squares_on_shifted_markets(returns):
    result = impact.event_study(returns, events_on(DAYS[300]), market="index", model="dimson", lags=2, leads=1)
    x = returns["index"]
    design = np.column_stack((np.ones(420), *(x.shift(-k) for k in range(-2, 2))))
    beta = np.linalg.lstsq(design[40:289], returns["A"].to_numpy()[40:289], rcond=None)[0]
    np.testing.assert_allclose(result.fit.coefficients[0], beta, rtol=1e-9)
    np.testing.assert_allclose(result.abnormal.loc["e0"], returns["A"].to_numpy()[290:311] - design[290:311] @ beta, atol=1e-14)


def test_garch_standard_errors_come_from_before_the_event():
    rng = np.random.default_rng(4)
    n = 900
    shock, variance = np.empty(n), 4e-4
    for t in range(n):
        shock[t] = np.sqrt(variance) * rng.normal()
        variance = 2e-5 + 0.15 * shock[t] ** 2 + 0.80 * variance
    market = rng.normal(0, 0.01, n)
    days = pd.bdate_range("2016-01-01", periods=n)
    table = pd.DataFrame({"A": 0.9 * market + shock, "index": market}, index=days)
    options = {"market": "index", "model": "garch", "estimation": (-800, -11)}
    result = impact.event_study(table, events_on(days[850]), **options)
    estimates = result.estimates.loc["e0"]
    assert 0.02 < estimates["garch_alpha"] < 0.35 and 0.5 < estimates["garch_beta"] < 0.97
    table.loc[days[850], "A"] -= 0.42
    shaken = impact.event_study(table, events_on(days[850]), **options)
    np.testing.assert_allclose(shaken.standard_errors, result.standard_errors, rtol=1e-12)
    np.testing.assert_allclose(result.car(-1, 1)["se"] ** 2, (result.standard_errors[[-1, 0, 1]] ** 2).sum(axis=1), rtol=1e-12)
    kept = result.take([0])
    np.testing.assert_allclose(kept.car(-1, 1)["se"], result.car(-1, 1)["se"], rtol=0)


def test_results_print_plot_and_tidy(returns):
    events = events_on(DAYS[300], DAYS[310])
    result = impact.event_study(returns, events, market="index")
    frame = result.to_frame()
    assert len(frame) == 42 and frame["session"].iloc[10] == DAYS[300]
    text = str(result)
    assert "2 events, model market" in text and "market model by ordinary least squares" in text
    assert "<table" in result._repr_html_()
    ax = result.plot()
    assert "N = 2 events" in ax.get_title(loc="left") + ax.get_title() and "%" in ax.get_ylabel() and "sessions" in ax.get_xlabel()
    with pytest.raises(InputError, match="not inside the event window"):
        result.car(-20, 0)
    with pytest.raises(ValueError, match="read-only"):
        result.fitted.abnormal[0, 0] = 1.0


def test_the_path_ends_at_the_car_of_the_window(returns):
    result = impact.event_study(returns, events_on(DAYS[300]), market="index")
    last, whole = result.path().iloc[-1], result.inference(-10, 10)
    assert last["car"] == pytest.approx(result.car(-10, 10).loc["e0", "car"], rel=1e-12)
    assert (last["ci_low"], last["ci_high"], last["p_value"], last["test"]) == (whole.ci_low, whole.ci_high, whole.p_value, whole.headline)


def test_an_estimation_window_that_reaches_into_the_event_window_is_cut_and_said(returns):
    with pytest.warns(ImpactWarning, match=r"estimation=\(-260, -5\) reaches into window=\(-10, 10\); it ends at -11 instead"):
        cut = impact.event_study(returns, events_on(DAYS[300]), market="index", estimation=(-260, -5))
    assert cut.design.estimation == (-260, -11)


def test_an_event_at_the_edge_of_the_record_has_the_days_there_are(returns):
    result = impact.event_study(returns, events_on(DAYS[418]), market="index")
    assert np.isfinite(result.abnormal.loc["e0"]).sum() == 12 and result.car(-10, 10).loc["e0", "n_days"] == 12
    assert result.to_frame()["session"].isna().sum() == 9


def test_the_whole_panel_stays_available_for_placebos(returns):
    from impact.eventstudy.placebo import placebo_windows

    result = impact.event_study(returns, events_on(DAYS[300]), market="index")
    placebo = placebo_windows(result.fit, 0, -1, 1)
    # The index is among the other columns; it repeats itself and has no standardised CAR worth counting.
    assert {1, 2, 3} <= set(placebo.security[~placebo.own].tolist()) and placebo.own.any()


def test_result_offers_the_interval_the_day_path_and_the_family_of_windows(returns):
    events = pd.DataFrame({"event_id": ["a"], "security": ["A"], "date": [returns.index[-30]]})
    result = impact.event_study(returns, events, market="index")
    interval = result.conformal(0, 1)
    assert interval.low < interval.high and interval.coverage == 0.95
    assert 0 <= result.joint_path(0, 4)["p_value"].iloc[0] <= 1
    family = result.over_windows([(0, 0), (0, 1)], method="holm")
    assert (family["p_adjusted"] >= family["p_value"]).all()
    with pytest.raises(InputError, match="event window"):
        result.conformal(0, 99)


def test_one_day_of_one_security_under_several_ids_is_said():
    rng = np.random.default_rng(3)
    days = pd.bdate_range("2020-01-01", periods=200)
    table = pd.DataFrame(rng.normal(0, 0.01, (200, 3)), index=days, columns=["A", "B", "M"])
    events = pd.DataFrame({"event_id": ["a", "b", "c"], "security": ["A", "A", "B"], "date": [days[180]] * 3})
    said = [
        note for note in impact.event_study(table, events, market="M", estimation=(-120, -11)).assumptions if "no further evidence" in note
    ]
    assert len(said) == 1 and said[0].startswith("1 event repeats the security and day 0 of another (first 'b': 'a')")
