"""Intraday studies: prices at instants by hand, ranks against a refit on a grid, and what cannot be told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from impact.calendars import session_close, session_open, sessions
from impact.errors import InfeasibleDesign, InputError
from impact.eventstudy import intraday_study
from impact.kernels.exchangeable import effect_among_days

LINE, MARKET = "1810.HK", "2800.HK"
DAYS = sessions("XHKG", "2020-09-01", "2021-03-31")
HALF_DAY = "2020-12-24"
NEWS = "2021-02-03T10:32+08:00"


def stamps(day, venue="XHKG", minutes=5):
    """Starts of the bars of one session, its break left out."""
    opens, closes = session_open(day, venue), session_close(day, venue)
    every = pd.date_range(opens, closes, freq=f"{minutes}min", inclusive="left")
    local = every.tz_convert("Asia/Hong_Kong")
    return every[~((local.hour == 12) & (venue == "XHKG"))]


def panel(seed=0, days=DAYS):
    """Bars of a line that follows its benchmark with a slope of one half, stamped in UTC."""
    rng = np.random.default_rng(seed)
    index = pd.DatetimeIndex(np.concatenate([stamps(day).asi8 for day in days])).tz_localize("UTC")
    market = rng.normal(0, 0.001, len(index))
    own = 0.5 * market + rng.normal(0, 0.002, len(index))
    return pd.DataFrame({LINE: 20 * np.exp(own.cumsum()), MARKET: 30 * np.exp(market.cumsum())}, index=index)


def local_days(bars):
    return bars.index.tz_convert("Asia/Hong_Kong").normalize().tz_localize(None)


def news(*rows, **columns):
    return pd.DataFrame([{"event_id": f"E{number}", "security": LINE, "known_at": row} for number, row in enumerate(rows)]).assign(
        **columns
    )


def only(study, horizon):
    return study.effects.set_index("horizon").loc[horizon]


def close_at(bars, end, column=LINE):
    """Close of the bar of five minutes that ends at a local time."""
    return bars[column].loc[pd.Timestamp(end, tz="Asia/Hong_Kong") - pd.Timedelta("5min")]


def test_a_benchmark_that_is_no_name_is_refused():
    bars = panel()
    with pytest.raises(InputError, match="benchmark is a DataFrame; name one column of bars"):
        intraday_study(bars, news(NEWS), bars[[MARKET]], ["15min"])


def test_prices_are_those_of_the_last_bars_that_had_ended():
    bars = panel()
    study = intraday_study(bars, news(NEWS), MARKET, ["15min", "close"])
    row = only(study, "15min")
    expected = close_at(bars, "2021-02-03 10:45") / close_at(bars, "2021-02-03 10:30") - 1
    assert row["event_return"] == pytest.approx(expected, rel=1e-12) and row["timing"] == "inside"
    assert row["benchmark_return"] == pytest.approx(
        close_at(bars, "2021-02-03 10:45", MARKET) / close_at(bars, "2021-02-03 10:30", MARKET) - 1
    )
    assert (row["from_at"], row["to_at"]) == tuple(pd.DatetimeIndex(["2021-02-03T02:30Z", "2021-02-03T02:45Z"]))
    assert only(study, "close")["event_return"] == pytest.approx(
        close_at(bars, "2021-02-03 16:00") / close_at(bars, "2021-02-03 10:30") - 1
    )


def test_news_between_sessions_counts_from_the_open_after_the_last_price():
    bars = panel()
    study = intraday_study(bars, news("2021-01-14T17:00-05:00"), MARKET, ["30min"])
    row = only(study, "30min")
    assert row["timing"] == "overnight" and row["session"] == pd.Timestamp("2021-01-15")
    assert row["event_return"] == pytest.approx(close_at(bars, "2021-01-15 10:00") / close_at(bars, "2021-01-14 16:00") - 1, rel=1e-12)


def test_p_and_interval_are_those_of_a_refit_on_every_grid_point():
    bars, at = panel(3), news(NEWS)
    row = only(intraday_study(bars, at, MARKET, ["30min"], comparison=40), "30min")
    days = [day for day in DAYS if day <= pd.Timestamp("2021-02-03")][-41:][::-1]
    own, market = (
        np.array([close_at(bars, f"{day:%Y-%m-%d} 11:00", name) / close_at(bars, f"{day:%Y-%m-%d} 10:30", name) - 1 for day in days])
        for name in (LINE, MARKET)
    )
    assert row["n_days"] == 41 and row["smallest_p"] == pytest.approx(1 / 41)
    design = np.column_stack([np.ones(41), market])

    def p(theta):
        shifted = own.copy()
        shifted[0] -= theta
        left = np.abs(shifted - design @ np.linalg.lstsq(design, shifted, rcond=None)[0])
        return (left >= left[0] * (1 - 1e-12)).mean()

    assert row["p_value"] == pytest.approx(p(0.0))
    dummy = np.column_stack([design, np.eye(41)[:, 0]])
    assert row["effect"] == pytest.approx(np.linalg.lstsq(dummy, own, rcond=None)[0][2], rel=1e-9)
    step = 1e-5
    assert p(row["ci_low"] + step) > 0.05 >= p(row["ci_low"] - step)
    assert p(row["ci_high"] - step) > 0.05 >= p(row["ci_high"] + step)


def test_a_jump_is_found_and_measured():
    bars = panel(1)
    bars.loc[bars.index >= pd.Timestamp("2021-02-03T02:35Z"), LINE] *= 0.9
    row = only(intraday_study(bars, news(NEWS), MARKET, ["15min"]), "15min")
    assert -0.11 < row["effect"] < -0.09 and row["ci_high"] < -0.08 and row["p_value"] == pytest.approx(1 / 61)


def test_several_events_move_together_through_the_days():
    bars = panel(2)
    study = intraday_study(bars, news(NEWS, "2021-02-17T14:07+08:00"), MARKET, ["15min"])
    row = study.average.loc["15min"]
    single = study.effects["effect"].to_numpy()
    assert row["n_events"] == 2 and row["n_dates"] == 2 and min(single) <= row["effect"] <= max(single)
    returns = np.array([[0.03, 0.01, -0.02, 0.0], [0.01, -0.01, 0.01, 0.02]])
    ranked = effect_among_days(returns, np.ones((2, 4, 1)))
    left = (returns - returns.mean(axis=1, keepdims=True)).mean(axis=0)
    assert ranked.p_value == (np.abs(left) >= abs(left[0])).mean() and ranked.n_days == 4
    assert ranked.estimate == pytest.approx((returns[:, 0] - returns[:, 1:].mean(axis=1)).mean())


def test_stamps_of_ends_zones_and_frames_say_the_same():
    bars = panel(4)
    known = intraday_study(bars, news(NEWS), MARKET).effects
    ends = bars.set_axis(bars.index + pd.Timedelta("5min"))
    local = bars.tz_convert("Asia/Hong_Kong")
    two_levels = pd.concat({"Close": local, "Volume": local * 0 + 1}, axis=1)
    foreign = pl.from_pandas(bars.rename_axis("datetime").reset_index())
    for other in (
        intraday_study(ends, news(NEWS), MARKET, stamped="end"),
        intraday_study(local, news(NEWS), MARKET),
        intraday_study(local.tz_localize(None), news(NEWS), MARKET, zone="Asia/Hong_Kong"),
        intraday_study(two_levels, news(NEWS), MARKET),
        intraday_study(foreign, news("2021-02-03T02:32Z"), MARKET),
    ):
        pd.testing.assert_frame_equal(other.effects, known)


def test_the_clock_of_the_venue_counts_over_a_change_of_the_hours():
    days = sessions("XNYS", "2021-01-04", "2021-04-30")
    index = pd.DatetimeIndex(np.concatenate([stamps(day, "XNYS").asi8 for day in days])).tz_localize("UTC")
    local = index.tz_convert("America/New_York")
    quiet = np.random.default_rng(0).normal(0, 1e-4, len(index))
    noon = np.where((local.hour == 12) & (local.minute < 30), np.random.default_rng(1).normal(0, 0.01, len(index)), quiet)
    bars = pd.DataFrame({"LKCO": 5 * np.exp(noon.cumsum())}, index=index)  # moves at noon of New York alone
    at = pd.DataFrame({"event_id": ["E"], "security": ["LKCO"], "known_at": ["2021-03-31T13:00-04:00"]})
    row = only(intraday_study(bars, at, None, ["15min"]), "15min")
    assert row["ci_high"] - row["ci_low"] < 0.002  # an hour off, noon would stand among the days compared


@pytest.mark.parametrize(
    ("instant", "horizon", "reason"),
    [
        ("2021-02-03T09:31+08:00", "15min", "the session has no price before the news: it falls within the first bar"),
        ("2021-02-03T15:50+08:00", "30min", "the session ends before the window does"),
        ("2021-02-03T12:05+08:00", "15min", "no bar ends in the window"),
        ("2020-09-02T10:32+08:00", "15min", "1 sessions to compare with, 20 are needed"),
    ],
)
def test_what_cannot_be_told_has_its_reason(instant, horizon, reason):
    row = only(intraday_study(panel(), news(instant), MARKET, [horizon]), horizon)
    assert row["reason"] == reason and np.isnan(row["effect"]) and np.isnan(row["p_value"])


def test_a_half_day_is_left_out_where_the_window_does_not_fit():
    row = only(intraday_study(panel(), news("2021-01-06T14:00+08:00"), MARKET, ["30min"], comparison=30), "30min")
    assert row["n_days"] == 29  # 24 and 31 December ended at noon


def test_a_session_with_another_event_of_the_line_is_not_compared_with():
    alone = only(intraday_study(panel(), news(NEWS), MARKET, ["15min"]), "15min")
    both = intraday_study(panel(), news(NEWS, "2021-01-20T18:00+08:00"), MARKET, ["15min"]).effects.query("event_id == 'E0'").iloc[0]
    assert (alone["n_days"], both["n_days"]) == (61, 60)


def test_news_within_the_window_of_another_event_is_said():
    effects = intraday_study(panel(), news(NEWS, "2021-02-03T11:02+08:00"), MARKET, ["60min"]).effects
    assert effects["reason"].tolist() == ["the news of E1 came within the window too", ""]


@pytest.mark.parametrize(
    ("change", "reason", "beside"),
    [
        (lambda bars: bars[local_days(bars) != "2021-01-15"], "bars lack 2021-01-15", "2021-02-19T10:32+08:00"),
        (lambda bars: bars[:"2021-01-14"], "no bar ends after the news", "2020-12-15T10:32+08:00"),
        (lambda bars: bars["2021-01-15":], "no bar ends before the news", "2021-02-19T10:32+08:00"),
        (lambda bars: bars.rename(columns={LINE: "1.HK"}), "security is not a column of bars", "2021-02-19T10:32+08:00"),
    ],
)
def test_an_event_that_the_bars_do_not_reach_is_dropped_with_its_reason(change, reason, beside):
    other = news(beside).assign(event_id="X", security=MARKET)
    at = pd.concat([news("2021-01-14T17:00-05:00"), other])
    study = intraday_study(change(panel()), at, None, ["30min"], comparison=20, fewest=5)
    assert study.dropped["event_id"].tolist() == ["E0"] and study.dropped["reason"].iloc[0].startswith(reason)
    assert study.effects["event_id"].tolist() == ["X"]


def test_a_hole_in_the_days_is_no_overnight_window():
    bars = panel()
    local = local_days(bars)
    gap = bars[local != "2021-01-13"]
    row = only(intraday_study(gap, news("2021-01-14T17:00-05:00"), MARKET, ["30min"], comparison=30), "30min")
    assert row["n_days"] == 30  # the move from 12 to 14 January is over two sessions
    before = only(intraday_study(bars[local != "2021-01-14"], news("2021-01-14T17:00-05:00"), MARKET, ["30min"]), "30min")
    assert before["reason"] == "bars lack the session before"


def test_a_benchmark_without_bars_in_the_window_gives_no_effect():
    bars = panel()
    bars.loc["2021-02-03T02:25Z":"2021-02-03T03:10Z", MARKET] = np.nan
    row = only(intraday_study(bars, news(NEWS), MARKET, ["30min"]), "30min")
    assert row["reason"] == "the benchmark has no bar in the window" and np.isnan(row["effect"])


@pytest.mark.parametrize(
    ("bars", "options", "says"),
    [
        (lambda: panel().tz_localize(None), {}, "without a zone"),
        (lambda: panel().tz_convert("Asia/Hong_Kong"), {"zone": "Asia/Hong_Kong"}, "carry their own"),
        (lambda: panel().iloc[::-1], {}, "out of order"),
        (lambda: panel() * -1, {}, "positive"),
        (lambda: panel().groupby(panel().index.normalize()).last(), {}, "one bar a day"),
        (panel, {"horizons": ["1min"]}, "shorter than a bar"),
        (panel, {"horizons": ["soon"]}, "duration"),
        (panel, {"horizons": ["5min"], "headline": "close"}, "headline"),
        (panel, {"comparison": 5}, "fewest=20"),
        (panel, {"level": 95}, "level=95"),
        (panel, {"benchmark": "HSI"}, "benchmark='HSI'"),
        (panel, {"stamped": "middle"}, "stamped='middle'"),
    ],
)
def test_misuse_is_refused_in_one_sentence(bars, options, says):
    with pytest.raises(InputError, match=says):
        intraday_study(bars(), news(NEWS), **options)


def test_bars_that_never_stop_are_refused():
    index = pd.date_range("2021-01-01", "2021-02-01", freq="30min", tz="UTC")
    with pytest.raises(InputError, match="run on from day to day"):
        intraday_study(pd.DataFrame({LINE: np.linspace(20, 21, len(index))}, index=index), news("2021-01-20T10:32+08:00"))


@pytest.mark.parametrize("at", ["2021-02-03 10:32", "2021-02-03", None])
def test_an_event_without_an_instant_is_refused(at):
    with pytest.raises(InputError):
        intraday_study(panel(), news(at))
    with pytest.raises(InputError, match="known_at"):
        intraday_study(panel(), pd.DataFrame({"event_id": ["E"], "security": [LINE], "date": ["2021-02-03"]}))


def test_nothing_placed_says_why():
    with pytest.raises(InfeasibleDesign, match="no bar ends after the news"):
        intraday_study(panel(), news("2022-02-03T10:32+08:00"))


def test_the_summary_carries_interval_n_and_assumptions():
    text = str(intraday_study(panel(), news(NEWS, "2021-02-03T15:50+08:00"), MARKET, ["15min", "60min"]))
    assert "N = 1" in text and "1 of 2 events have no such window" in text and "exchangeable" in text and "95 %" in text


@pytest.mark.parametrize("n_events", [1, 4])
def test_size_is_five_percent(n_events):
    rng = np.random.default_rng(7)
    trials, rejected = 2000, 0
    for _ in range(trials):
        common = rng.standard_t(3, (1, 41))
        moves = np.stack([np.ones((n_events, 41)), rng.normal(size=(n_events, 41))], axis=2)
        returns = common + rng.standard_t(3, (n_events, 41))
        rejected += effect_among_days(returns, moves).p_value <= 0.05
    exact = 2 / 41
    assert abs(rejected / trials - exact) < 3.5 * np.sqrt(exact * (1 - exact) / trials)
