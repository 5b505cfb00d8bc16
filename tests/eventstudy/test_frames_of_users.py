"""Frames as people have them: dates in a column, polars, plain figures; a line that moves by one figure every day."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest

import impact
from impact.calendars import sessions
from impact.errors import ImpactWarning, InfeasibleDesign, InputError
from impact.eventstudy import buy_and_hold, chained_events

DAYS = pd.bdate_range("2019-01-01", periods=400, name="date")
RNG = np.random.default_rng(3)
MARKET = pd.Series(RNG.normal(0, 0.01, 400), index=DAYS, name="mkt")
RETURNS = pd.DataFrame({name: 1.1 * MARKET + RNG.normal(0, 0.015, 400) for name in "ABC"}, index=DAYS)
EVENTS = pd.DataFrame({"event_id": ["x"], "security": ["A"], "date": [DAYS[330]]})


def by_hand() -> float:
    """CAR(-1, 1) by least squares on the 250 sessions that end 11 before the event."""
    estimation, window = np.arange(70, 320), np.arange(329, 332)
    design = np.column_stack((np.ones(250), MARKET.to_numpy()[estimation]))
    alpha, beta = np.linalg.lstsq(design, RETURNS["A"].to_numpy()[estimation], rcond=None)[0]
    return float((RETURNS["A"].to_numpy()[window] - alpha - beta * MARKET.to_numpy()[window]).sum())


@pytest.mark.parametrize(
    ("returns", "events", "market"),
    [
        (RETURNS.reset_index(), EVENTS, MARKET),
        (RETURNS, EVENTS, MARKET.reset_index()),
        (pl.from_pandas(RETURNS.reset_index()), pl.from_pandas(EVENTS), pl.from_pandas(MARKET.reset_index())),
        (RETURNS, {"event_id": ["x"], "security": ["A"], "date": [DAYS[330]]}, MARKET.to_frame()),
        (RETURNS.tz_localize("UTC"), EVENTS, MARKET.tz_localize("UTC")),
    ],
    ids=["dates in a column", "dates of the market in a column", "frames of another library", "a mapping of events", "zoned midnights"],
)
def test_the_same_study_from_any_frame(returns, events, market):
    assert impact.event_study(returns, events, market=market).car(-1, 1)["car"].iloc[0] == pytest.approx(by_hand(), abs=1e-12)


def test_factors_may_have_their_dates_in_a_column():
    factors = MARKET.rename("MKT_RF").to_frame().assign(RF=0.0)
    one, other = (impact.event_study(RETURNS, EVENTS, factors=table, model="capm") for table in (factors, factors.reset_index()))
    assert one.car(-1, 1)["car"].iloc[0] == other.car(-1, 1)["car"].iloc[0] == pytest.approx(by_hand(), abs=1e-12)


@pytest.mark.parametrize("market", [MARKET.to_numpy(), pl.from_pandas(MARKET.to_frame().reset_index(drop=True))])
def test_figures_without_dates_are_no_benchmark(market):
    with pytest.raises(InputError, match="no dates"):
        impact.event_study(RETURNS, EVENTS, market=market)


def test_rows_without_dates_are_no_returns():
    with pytest.raises(InputError, match="returns has no dates"):
        impact.event_study(RETURNS.reset_index(drop=True), EVENTS, market=MARKET)


def test_other_studies_take_the_same_frames():
    two = pd.DataFrame({"event_id": ["x", "y"], "security": ["A", "A"], "date": [DAYS[330], DAYS[345]]})
    wide, market = pl.from_pandas(RETURNS.reset_index()), pl.from_pandas(MARKET.reset_index())
    pd.testing.assert_frame_equal(buy_and_hold(wide, EVENTS, market), buy_and_hold(RETURNS, EVENTS, MARKET))
    one, other = chained_events(wide, two, market=market), chained_events(RETURNS, two, market=MARKET)
    pd.testing.assert_frame_equal(one.to_frame(), other.to_frame())
    with pytest.raises(InputError, match="no dates"):
        buy_and_hold(RETURNS, EVENTS, MARKET.to_numpy())


def test_a_venue_that_nobody_knows_is_said():
    with pytest.warns(ImpactWarning, match="names 1 venue.* not known .first 'HKEX'"):
        impact.event_study(RETURNS, EVENTS.assign(venue="HKEX"), market=MARKET)


def test_a_line_that_moves_by_one_figure_every_day_has_no_residual():
    with pytest.raises(InfeasibleDesign, match="no residual variation"):
        impact.event_study(RETURNS.assign(A=0.001), EVENTS, market=MARKET)


def test_days_written_as_whole_numbers_are_the_days_they_name():
    rng = np.random.default_rng(1)
    days = pd.bdate_range("2023-01-02", periods=320)
    table = pd.DataFrame(rng.normal(0, 0.01, (320, 2)), days, ["firm", "index"])
    numbers = table.set_axis(days.strftime("%Y%m%d").astype(int), axis=0)
    events = pd.DataFrame({"event_id": ["e"], "security": ["firm"], "date": [days[290]]})
    right = impact.event_study(table, events, market="index").car(0, 1)
    pd.testing.assert_frame_equal(impact.event_study(numbers, events, market="index").car(0, 1), right)
    pd.testing.assert_frame_equal(impact.event_study(numbers[["firm"]], events, market=numbers["index"]).car(0, 1), right)
    for wrong in (np.arange(320) + 5, np.arange(320) + 20230101):  # a count, and numbers of which some are no day
        with pytest.raises(InputError, match="returns has no dates"):
            impact.event_study(table.set_axis(wrong, axis=0), events, market="index")


def test_days_as_periods_are_the_days_they_name():
    events = EVENTS.assign(date=EVENTS["date"].dt.to_period("D"))
    assert impact.event_study(RETURNS, events, market=MARKET).car(-1, 1)["car"].iloc[0] == pytest.approx(by_hand(), rel=1e-9)
    month = pd.concat([EVENTS.assign(date=EVENTS["date"].dt.to_period("M").astype(object)), EVENTS.assign(event_id="y")])
    with pytest.warns(ImpactWarning, match="not a date"):
        assert impact.event_study(RETURNS, month, market=MARKET).n_events == 1


def test_the_figures_of_one_security_are_no_five_securities():
    """`Ticker.history()` of yfinance: its volumes used to get returns, and its highs could be donors of a control."""
    closes = (1 + RETURNS["A"]).cumprod()
    history = pd.DataFrame({"Open": closes, "High": closes, "Low": closes, "Close": closes, "Volume": 1e6})
    with pytest.raises(impact.InputError, match=r"the figures of one security.*frame\[\['Close'\]\].rename"):
        impact.to_returns(history)
    with pytest.raises(impact.InputError, match="the figures of one security"):
        impact.to_returns(history.rename_axis("Date").reset_index())
    assert impact.to_returns(history[["Close"]]).shape[1] == 1
    assert impact.to_returns(history.rename(columns={"Close": "KO"})[["KO"]]).columns.tolist() == ["KO"]


def study_with_notes(returns, market="mkt", **options):
    """A study of line A, and the warnings it gave."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        study = impact.event_study(returns, EVENTS, market=market, **options)
    return study, [str(warning.message) for warning in told]


def test_a_price_that_was_carried_forward_is_said():
    """Twenty zeros after the line had ended: each used to be an abnormal return of minus the benchmark, without a word."""
    filled = RETURNS.assign(mkt=MARKET)
    filled.iloc[333:, 0] = 0.0
    study, told = study_with_notes(filled)
    assert any("5 or more returns of exactly zero in a row" in line and "reach into its window (first 'x': A)" in line for line in told)
    assert any("exactly zero in a row" in line for line in study.assumptions)
    for n_zeros, moving, said in ((4, True, True), (3, True, True), (2, True, False), (4, False, False), (5, False, True)):
        short = RETURNS.assign(mkt=MARKET)
        short.iloc[331 : 331 + n_zeros, 0] = 0.0
        if not moving:
            short.iloc[100:300:20, 0] = 0.0  # 4 % of its days
        assert any("in a row" in line for line in study_with_notes(short)[1]) == said, (n_zeros, moving)
    before = RETURNS.assign(mkt=MARKET)
    before.iloc[300:320, 0] = 0.0  # ends on the day before the window
    assert not any("in a row" in line for line in study_with_notes(before)[1])
    before.iloc[320, 0] = 0.0
    assert any("in a row" in line for line in study_with_notes(before)[1])


@pytest.fixture(scope="module")
def seven_days():
    """Prices of a firm and an index without a ticker, beside a line quoted every day."""
    every = pd.date_range("2019-01-01", DAYS[-1], name="date")
    daily = pd.Series(np.random.default_rng(8).normal(0, 0.02, len(every)), every)
    prices = pd.DataFrame({"A": (1 + RETURNS["A"]).cumprod(), "Some Index": (1 + MARKET).cumprod()})
    return prices.rename(columns={"A": "Foo Ltd"}).reindex(every).assign(**{"BTC-USD": (1 + daily).cumprod()})


def test_week_ends_of_another_line_do_not_move_the_event(seven_days):
    """The event is on a Monday: its return from Friday used to be lost, and day 0 to be Tuesday."""
    mondays = DAYS[DAYS.day_of_week == 0]
    event = pd.DataFrame({"event_id": ["x"], "security": ["Foo Ltd"], "date": [mondays[mondays.searchsorted(DAYS[330])]]})
    own = seven_days[["Foo Ltd", "Some Index"]].reindex(DAYS)
    right = impact.event_study(impact.to_returns(own), event, market="Some Index")
    study = impact.event_study(impact.to_returns(seven_days), event, market="Some Index")
    assert study.events["day0"].iloc[0] == right.events["day0"].iloc[0] == event["date"].iloc[0]
    assert study.car(0, 1)["car"].iloc[0] == pytest.approx(right.car(0, 1)["car"].iloc[0], rel=1e-9)


def test_returns_made_from_row_to_row_or_filled_over_week_ends_are_said(seven_days):
    event = pd.DataFrame({"event_id": ["x"], "security": ["Foo Ltd"], "date": [DAYS[330]]})
    with pytest.warns(ImpactWarning, match=r"1 line with events has no return on any Monday \(first 'Foo Ltd'\)"):
        impact.event_study(seven_days.pct_change(fill_method=None), event, market="Some Index")
    with pytest.warns(ImpactWarning, match="days of week-ends"):
        impact.event_study(seven_days.ffill().pct_change(), event, market="Some Index")


def test_a_benchmark_that_rests_at_week_ends_and_the_line_span_the_same_days(seven_days):
    """Its Monday spans the week-end, and that of a line quoted every day did not: the fall of a Saturday was in no abnormal return."""
    saturday = DAYS[330] + pd.Timedelta(days=5 - DAYS[330].day_of_week)
    prices = seven_days.copy()
    prices.loc[saturday:, "BTC-USD"] *= 0.8
    event = pd.DataFrame({"event_id": ["x"], "security": ["BTC-USD"], "date": [saturday]})
    study = impact.event_study(impact.to_returns(prices), event, market="Some Index")
    # by hand: closes of business days alone
    r, m = (prices.loc[DAYS, name].pct_change().to_numpy() for name in ("BTC-USD", "Some Index"))
    zero = DAYS.searchsorted(saturday)
    beta, alpha = np.polyfit(m[zero - 260 : zero - 10], r[zero - 260 : zero - 10], 1)
    by_hand = r[zero - 10 : zero + 11] - alpha - beta * m[zero - 10 : zero + 11]
    np.testing.assert_allclose(study.abnormal.loc["x"], by_hand, rtol=1e-9)
    assert study.events["day0"].iloc[0] == saturday + pd.Timedelta(days=2) and study.abnormal.loc["x", 0] < -0.15
    assert any("rests on Saturdays and Sundays, on which the line has returns" in line for line in study.assumptions)
    assert not any("was closed" in line or "has no return on" in line for line in study.assumptions)
    apart = impact.event_study(impact.to_returns(prices[["BTC-USD"]]), event, market=prices["Some Index"].dropna().pct_change())
    np.testing.assert_allclose(apart.abnormal, study.abnormal, rtol=1e-9)
    alone = impact.event_study(impact.to_returns(prices[["BTC-USD"]]), event, model="mean")
    assert alone.events["day0"].iloc[0] == saturday  # nothing rests: the line counts its own days


def test_holidays_of_a_known_benchmark_are_spanned_as_its_week_ends_are():
    every, own = pd.date_range("2018-01-01", "2020-02-28"), sessions("XNYS", "2018-01-02", "2020-02-28")
    rng = np.random.default_rng(5)
    coin, index = (
        pd.Series(rng.normal(0, 0.03, len(every)), every, name="BTC-USD"),
        pd.Series(rng.normal(0, 0.01, len(own)), own, name="^GSPC"),
    )
    event = pd.DataFrame({"event_id": ["x"], "security": ["BTC-USD"], "date": ["2019-09-14"]})  # a Saturday
    study = impact.event_study(coin.to_frame(), event, market=index)
    spanned = (1 + coin).cumprod().reindex(own).pct_change().to_numpy()  # by hand: closes of the sessions of New York alone
    zero, m = own.searchsorted(pd.Timestamp("2019-09-16")), index.to_numpy()
    beta, alpha = np.polyfit(m[zero - 260 : zero - 10], spanned[zero - 260 : zero - 10], 1)
    by_hand = spanned[zero - 10 : zero + 11] - alpha - beta * m[zero - 10 : zero + 11]
    np.testing.assert_allclose(study.abnormal.loc["x"], by_hand, rtol=1e-9)
    closed = len(every[(every >= own[1]) & (every < own[-1]) & (every.day_of_week < 5)].difference(own))
    assert any(
        line.startswith("^GSPC rests on") and f"rows, {closed} of them holidays of its market, first" in line for line in study.assumptions
    )


@pytest.mark.parametrize(
    ("anchor", "day0", "said"),
    [
        ("next", "2024-10-07", "moves to that session"),
        ("previous", "2024-10-04", "moves to the session before, which does not hold its return"),
    ],
)
@pytest.mark.parametrize(
    ("market", "who"),
    [
        ("Some Index", "Some Index rests on"),
        (["Some Index", "Other Coin"], "Some Index, of 2 benchmarks, rests on"),
        (["Some Index", "Other Index", "Other Coin"], "Some Index and Other Index, of 3 benchmarks, rest on"),
        (["Other Index", "Some Index"], "Other Index and Some Index rest on"),
    ],
)
def test_the_note_on_rest_names_who_rests_and_where_an_event_goes(anchor, day0, said, market, who):
    rng = np.random.default_rng(3)
    every, business = pd.date_range("2024-01-01", "2024-12-31"), pd.bdate_range("2024-01-01", "2024-12-31")
    returns = pd.DataFrame(rng.normal(0, 0.02, (len(every), 4)), every, ["Some Coin", "Other Coin", "Some Index", "Other Index"])
    returns.loc[~every.isin(business), ["Some Index", "Other Index"]] = np.nan
    event = pd.DataFrame({"event_id": ["x"], "security": ["Some Coin"], "date": ["2024-10-05"]})  # a Saturday
    study = impact.event_study(returns, event, market=market, estimation=(-120, -11), anchor=anchor)
    assert study.events["day0"].tolist() == [pd.Timestamp(day0)]
    told = [line for line in study.assumptions if "on which the line has returns" in line]
    assert len(told) == 1 and told[0].startswith(f"{who} Saturdays and Sundays") and told[0].endswith(f"an event on one of them {said}")
    assert "(104 rows, first 2024-01-06)" in told[0] and "holidays" not in told[0]
    # by hand: coins compounded over the week-end that ends on Monday, the mean of the benchmarks on the same days
    spanned = ((1 + returns.fillna(0)).cumprod().reindex(business).pct_change()).to_numpy()
    line = spanned[:, 0]
    chosen = [market] if isinstance(market, str) else market
    mean = spanned[:, [returns.columns.get_loc(name) for name in chosen]].mean(axis=1)
    zero = business.searchsorted(pd.Timestamp(day0))
    beta, alpha = np.polyfit(mean[zero - 120 : zero - 10], line[zero - 120 : zero - 10], 1)
    np.testing.assert_allclose(study.abnormal.loc["x", 0], line[zero] - alpha - beta * mean[zero], rtol=1e-9)


def test_the_row_of_the_first_prices_is_no_closed_day():
    prices = (1 + RETURNS.assign(mkt=MARKET)).cumprod()
    study = impact.event_study(impact.to_returns(prices), EVENTS, market="mkt")
    assert not any("was closed" in line for line in study.assumptions)
