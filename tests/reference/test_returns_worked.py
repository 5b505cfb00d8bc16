"""Returns against the worked examples A15 (trade to trade), A17 (ex-date) and A18 (log and simple)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from impact.market import to_returns, trade_to_trade_returns

DAYS = pd.bdate_range("2021-01-04", periods=6)


def series(values, name):
    return pd.DataFrame({name: np.array(values, dtype=float)}, index=DAYS[: len(values)])


def test_a17_total_return_across_an_ex_date(worked):
    example = worked["examples"]["A17"]
    given, expected, rtol = example["inputs"], example["expected"], example["rtol"]
    prices = series([given["P_prev"], given["P"]], "X")
    cash, ratio = series([0.0, given["div"]], "X"), series([1.0, given["split_factor"]], "X")
    np.testing.assert_allclose(to_returns(prices)["X"].iloc[1], expected["price_return"], rtol=rtol)
    np.testing.assert_allclose(to_returns(prices, dividends=cash, splits=ratio)["X"].iloc[1], expected["total_return"], rtol=rtol)
    np.testing.assert_allclose(to_returns(prices, "log", dividends=cash)["X"].iloc[1], expected["log_total_return"], rtol=rtol)


def test_a18_log_and_simple_of_a_jump(worked):
    example = worked["examples"]["A18"]
    expected, rtol = example["expected"], example["rtol"]
    prices = series(100 * np.cumprod([1.0, *(1 + np.array(example["inputs"]["r_simple"]))]), "X")
    simple, log = to_returns(prices)["X"].iloc[1:], to_returns(prices, "log")["X"].iloc[1:]
    np.testing.assert_allclose(log, expected["log"], rtol=rtol)
    np.testing.assert_allclose(simple.sum(), expected["sum_simple"], rtol=rtol)
    np.testing.assert_allclose((1 + simple).prod() - 1, expected["compounded"], rtol=rtol)
    np.testing.assert_allclose(np.exp(log.sum()) - 1, expected["exp_sum_log_minus_1"], rtol=rtol)


def test_a15_trade_to_trade_through_a_halt(worked):
    example = worked["examples"]["A15"]
    given, expected, rtol = example["inputs"], example["expected"], example["rtol"]
    pair = trade_to_trade_returns(series(given["price"], "X"), series(given["market"], "M"))
    traded = pair.returns["X"].notna()
    np.testing.assert_allclose(pair.n_sessions.loc[traded, "X"], expected["gaps_n"], rtol=rtol)
    np.testing.assert_allclose(pair.returns.loc[traded, "X"], expected["r_stock"], rtol=rtol)
    np.testing.assert_allclose(pair.market.loc[traded, "X"], expected["r_market"], rtol=rtol)
