"""Returns: hand values, the rule for days without a trade, dividends and splits, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from impact.errors import InputError
from impact.market import to_returns, trade_to_trade_returns

DAYS = pd.to_datetime(["2021-01-12", "2021-01-13", "2021-01-14", "2021-01-15", "2021-01-18"])


def one(values, days=DAYS):
    return pd.DataFrame({"X": values}, index=days[: len(values)])


def test_simple_and_log_by_hand():
    prices = one([100.0, 110.0, 99.0])
    np.testing.assert_allclose(to_returns(prices)["X"], [np.nan, 0.1, -0.1], rtol=1e-14)
    np.testing.assert_allclose(to_returns(prices, "log")["X"], [np.nan, np.log(1.1), np.log(0.9)], rtol=1e-14)


def test_a_day_without_trade_costs_two_returns_and_no_zero_appears():
    got = to_returns(one([10.0, np.nan, 11.0, 12.1]))["X"]
    np.testing.assert_allclose(got, [np.nan, np.nan, np.nan, 0.1], rtol=1e-14)


def test_trade_to_trade_gives_the_whole_gap_on_resumption():
    got = to_returns(one([10.0, np.nan, np.nan, 12.0, 9.0]), gaps="trade_to_trade")["X"]
    np.testing.assert_allclose(got, [np.nan, np.nan, np.nan, 0.2, -0.25], rtol=1e-14)


def test_zero_volume_is_no_trade_and_unknown_volume_is_not():
    prices = one([10.0, 10.0, 11.0, 12.1])
    halted = to_returns(prices, volume=one([5.0, 0.0, 5.0, np.nan]))["X"]
    np.testing.assert_allclose(halted, [np.nan, np.nan, np.nan, 0.1], rtol=1e-14)


def test_volume_of_other_securities_is_left_out_but_volume_of_none_is_refused():
    prices = one([10.0, 11.0])
    wider = one([1.0, 1.0]).assign(Y=[0.0, 0.0])
    assert to_returns(prices, volume=wider)["X"].iloc[1] == pytest.approx(0.1)
    with pytest.raises(InputError, match="volume has none of the 1 securities"):
        to_returns(prices, volume=one([1.0, 1.0]).rename(columns={"X": "Y"}))


def test_dividend_is_added_on_its_ex_date_only():
    got = to_returns(one([20.0, 19.4, 19.4]), dividends=one([np.nan, 0.5, np.nan]))["X"]
    np.testing.assert_allclose(got, [np.nan, -0.005, 0.0], atol=1e-15)


def test_dividend_paid_during_a_halt_belongs_to_the_return_over_the_halt():
    prices, cash = one([20.0, np.nan, 19.0, 19.0]), one([0.0, 0.5, 0.0, 0.0])
    got = to_returns(prices, dividends=cash, gaps="trade_to_trade")["X"]
    np.testing.assert_allclose(got, [np.nan, np.nan, -0.025, 0.0], atol=1e-15)


def test_split_keeps_the_value_of_a_holding():
    prices, splits = one([100.0, 50.0, 55.0]), one([1.0, 2.0, np.nan])
    np.testing.assert_allclose(to_returns(prices, splits=splits)["X"], [np.nan, 0.0, 0.1], atol=1e-15)


def test_dividend_on_a_split_day_counts_per_old_share():
    got = to_returns(one([100.0, 49.0]), splits=one([1.0, 2.0]), dividends=one([0.0, 3.0]))["X"]
    assert got.iloc[1] == pytest.approx((49 * 2 + 3) / 100 - 1, rel=1e-14)


def test_dividend_on_a_day_that_is_no_session_is_refused():
    stray = pd.DataFrame({"X": [0.5]}, index=pd.to_datetime(["2021-01-16"]))
    with pytest.raises(InputError, match="dividends falls on 1 days that are no session.*2021-01-16"):
        to_returns(one([1.0, 1.0, 1.0, 1.0, 1.0]), dividends=stray)


def test_inputs_are_not_changed():
    prices, volume = one([10.0, 10.0, 11.0]), one([1.0, 0.0, 1.0])
    before = prices.copy(), volume.copy()
    to_returns(prices, volume=volume)
    pd.testing.assert_frame_equal(prices, before[0])
    pd.testing.assert_frame_equal(volume, before[1])


@pytest.mark.parametrize(
    "index",
    [
        ["2021-01-14", "2021-01-15"],
        pd.to_datetime(["2021-01-14", "2021-01-15"]).as_unit("s"),
        pd.to_datetime(["2021-01-14", "2021-01-15"]).tz_localize("Asia/Hong_Kong"),
        pd.PeriodIndex(["2021-01-14", "2021-01-15"], freq="D"),
        [pd.Timestamp("2021-01-14").date(), pd.Timestamp("2021-01-15").date()],
    ],
)
def test_sessions_come_out_naive_in_nanoseconds(index):
    got = to_returns(pd.DataFrame({"X": [1.0, 2.0]}, index=index))
    assert got.index.dtype == "datetime64[ns]"
    assert got.index.tolist() == [pd.Timestamp("2021-01-14"), pd.Timestamp("2021-01-15")]
    assert got.index.name == "session" and got["X"].iloc[1] == 1.0


def test_a_frame_of_another_library_is_taken_with_its_dates():
    table = {"date": np.array(["2021-01-14", "2021-01-15"], dtype="datetime64[ms]"), "X": [2.0, 1.0]}
    zoned = pl.DataFrame(table).with_columns(pl.col("date").dt.replace_time_zone("Asia/Hong_Kong"))
    for foreign in (pl.DataFrame(table), zoned, pa.table(table)):
        returns = to_returns(foreign)
        assert returns["X"].iloc[1] == -0.5 and returns.index[1] == pd.Timestamp("2021-01-15")


def test_series_and_mapping_are_taken_too():
    series = pd.Series([2.0, 1.0], index=DAYS[:2], name="X")
    assert to_returns(series)["X"].iloc[1] == -0.5
    assert to_returns({"Date": ["2021-01-14", "2021-01-15"], "X": [2, 1]})["X"].iloc[1] == -0.5


@pytest.mark.parametrize(
    ("prices", "message"),
    [
        (pd.DataFrame({"X": [1.0, 2.0]}, index=DAYS[[1, 0]]), "prices is not sorted by date: 1 rows .*2021-01-12, row 2.*sort"),
        (pd.DataFrame({"X": [1.0, 2.0]}, index=DAYS[[0, 0]]), "prices repeats 1 dates .*2021-01-12.*keep one"),
        (pd.DataFrame([[1.0, 2.0]], columns=["X", "X"], index=DAYS[:1]), "prices repeats 1 securities .*'X'.*rename"),
        (one([1.0, 0.0]), "prices has 1 value that is zero or negative .*X on 2021-01-13: 0.*leave the cell empty"),
        (one([1.0, -2.0, -3.0]), "prices has 2 values that are zero or negative .*X on 2021-01-13: -2"),
        (one([1.0, np.inf]), "prices has 1 value that is infinite .*X on 2021-01-13: (?:∞|inf)"),
        (one([1.0, "a"]), "'X'.* 1 values that are not numbers .*'a'"),
        (one([True, False]), "'X'.* holds bool values"),
        (pd.DataFrame({"X": [1.0, 2.0]}), "prices has no dates"),
        (pd.DataFrame({"X": [1.0]}, index=["not a day"]), "prices has a date that cannot be read"),
        (pd.DataFrame({"X": [1.0]}, index=[pd.NaT]), "prices has 1 rows without a date"),
        (pd.DataFrame({"X": [1.0]}, index=pd.to_datetime(["2021-01-15 10:00"])), "1 rows with a time of day .*10:00.*intraday_study"),
        (7, "prices is 7; it must be a table"),
    ],
)
def test_bad_prices_give_one_line_that_names_value_rule_and_next_step(prices, message):
    with pytest.raises(InputError, match=message) as refusal:
        to_returns(prices)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("option", "message"),
    [({"kind": "percent"}, "kind='percent' is not known.*'simple', 'log'"), ({"gaps": "zero"}, "gaps='zero' is not known")],
)
def test_unknown_options_list_the_vocabulary(option, message):
    with pytest.raises(InputError, match=message):
        to_returns(one([1.0, 2.0]), **option)


def test_negative_volume_is_refused():
    with pytest.raises(InputError, match="volume has 1 value that is negative"):
        to_returns(one([1.0, 2.0]), volume=one([1.0, -1.0]))


def test_empty_and_single_session_tables():
    assert to_returns(pd.DataFrame({"X": []}, index=pd.DatetimeIndex([]))).shape == (0, 1)
    assert to_returns(one([1.0])).isna().all().all()
    assert to_returns(one([np.nan, np.nan])).isna().all().all()


def test_trade_to_trade_needs_one_market_on_every_session():
    with pytest.raises(InputError, match="market has 2 columns"):
        trade_to_trade_returns(one([1.0, 2.0]), one([1.0, 2.0]).assign(Y=1.0))
    with pytest.raises(InputError, match="market lacks 1 sessions .*2021-01-13"):
        trade_to_trade_returns(one([1.0, 2.0]), one([1.0]))


def test_trade_to_trade_market_is_missing_where_it_has_no_close_at_an_end():
    pair = trade_to_trade_returns(one([10.0, np.nan, 11.0]), one([np.nan, 5.0, 6.0]))
    assert pair.returns["X"].iloc[2] == pytest.approx(np.log(1.1))
    assert np.isnan(pair.market["X"].iloc[2]) and pair.n_sessions["X"].iloc[2] == 2


def test_a_day_of_another_market_is_no_gap_and_a_halt_stays_one():
    days = pd.to_datetime(["2021-01-14", "2021-01-15", "2021-01-18", "2021-01-19", "2021-01-20"])
    prices = pd.DataFrame({"1810.HK": [10, 11, 12, 13, 14.0], "SPY": [100, 101, np.nan, 102, np.nan]}, index=days)
    returns = to_returns(prices)["SPY"]  # New York was closed on 2021-01-18 and open on the 20th
    np.testing.assert_allclose(returns, [np.nan, 0.01, np.nan, 102 / 101 - 1, np.nan])
    pair = trade_to_trade_returns(prices[["SPY"]], prices["1810.HK"], "simple", venues={"SPY": "XNYS"})
    assert pair.n_sessions["SPY"].iloc[3] == 1 and pair.market["SPY"].iloc[3] == pytest.approx(13 / 11 - 1)


def test_a_name_without_ending_is_only_supposed_to_trade_in_new_york():
    days = pd.to_datetime(["2021-01-14", "2021-01-15", "2021-01-18", "2021-01-19"])
    prices = pd.DataFrame({"A": [10, 11, 12, 13.0], "B": [100, 101, np.nan, 102]}, index=days)
    assert np.isnan(to_returns(prices)["B"].iloc[-1])  # A traded on 2021-01-18, so that day was no holiday of theirs
    assert to_returns(prices, venues={"B": "XNYS"})["B"].iloc[-1] == pytest.approx(102 / 101 - 1)
