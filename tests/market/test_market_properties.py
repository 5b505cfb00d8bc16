"""Properties of returns and panels: order, scale, gaps, telescoping, round trip through a file."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from impact.market import MarketPanel, load_panel, to_returns, trade_to_trade_returns
from impact.market.histories import adjusted_closes

price = st.floats(min_value=0.01, max_value=1e6, allow_nan=False)
cell = st.one_of(price, st.just(float("nan")))
quick = settings(deadline=None, max_examples=60)


@st.composite
def tables(draw, elements=cell, min_rows=1):
    shape = draw(st.integers(min_rows, 12)), draw(st.integers(1, 4))
    values = draw(arrays(np.float64, shape, elements=elements))
    return pd.DataFrame(values, index=pd.bdate_range("2021-01-04", periods=shape[0]), columns=[f"S{i}" for i in range(shape[1])])


@quick
@given(tables())
def test_securities_do_not_know_of_each_other(prices):
    together = to_returns(prices)
    for security in prices:
        pd.testing.assert_series_equal(together[security], to_returns(prices[[security]])[security])
    pd.testing.assert_frame_equal(to_returns(prices[prices.columns[::-1]]), together[together.columns[::-1]])


@quick
@given(tables(), st.floats(min_value=0.01, max_value=100))
def test_the_unit_of_price_does_not_matter(prices, scale):
    np.testing.assert_allclose(to_returns(prices * scale, "log"), to_returns(prices, "log"), atol=1e-12)


@quick
@given(tables())
def test_log_is_log_of_one_plus_simple(prices):
    np.testing.assert_allclose(np.log1p(to_returns(prices)), to_returns(prices, "log"), rtol=1e-9, atol=1e-9)


@quick
@given(tables())
def test_a_return_needs_two_trades_in_a_row_and_is_never_invented(prices):
    got = to_returns(prices).notna().to_numpy()
    traded = prices.notna().to_numpy()
    expected = np.zeros_like(traded)
    expected[1:] = traded[1:] & traded[:-1]
    np.testing.assert_array_equal(got, expected)


@quick
@given(tables())
def test_returns_from_trade_to_trade_add_up_to_the_whole_move(prices):
    sums = to_returns(prices, "log", gaps="trade_to_trade").sum()
    for security in prices:
        traded = prices[security].dropna()
        whole = np.log(traded.iloc[-1] / traded.iloc[0]) if len(traded) else 0.0
        np.testing.assert_allclose(sums[security], whole, atol=1e-9)


@quick
@given(tables())
def test_spans_of_trade_to_trade_returns_add_up_to_the_sessions_between(prices):
    pair = trade_to_trade_returns(prices, prices.iloc[:, [0]].fillna(1.0))
    for security in prices:
        rows = np.flatnonzero(prices[security].notna())
        assert pair.n_sessions[security].sum() == (rows[-1] - rows[0] if len(rows) else 0)


@quick
@given(tables(elements=price))
def test_without_gaps_both_rules_agree(prices):
    pd.testing.assert_frame_equal(to_returns(prices), to_returns(prices, gaps="trade_to_trade"))


@quick
@given(tables(elements=price, min_rows=2), st.floats(min_value=0, max_value=0.5), st.integers(0, 11))
def test_adjusted_closes_give_the_returns_that_dividends_give(prices, share, position):
    close = prices["S0"]
    cash = pd.Series(0.0, index=close.index)
    cash.iloc[position % len(cash)] = share * close.min()
    by_dividends = to_returns(close.to_frame(), dividends=cash.to_frame("S0"))["S0"]
    np.testing.assert_allclose(adjusted_closes(close, cash).pct_change(), by_dividends, rtol=1e-9, atol=1e-9)


@quick
@given(tables(), st.data())
def test_selecting_and_taking_returns_commute(prices, data):
    if prices.notna().to_numpy().any():
        panel = MarketPanel(close=prices)
        names = data.draw(st.lists(st.sampled_from(panel.securities), min_size=1, unique=True))
        pd.testing.assert_frame_equal(panel.select(names).returns(), panel.returns()[names])
        assert len(panel.to_frame()) == prices.notna().to_numpy().sum()


@settings(deadline=None, max_examples=25)
@given(tables(), st.sampled_from([(",", "."), (";", ","), ("\t", "."), (";", ".")]))
def test_a_file_gives_back_what_was_written(tmp_path_factory, prices, dialect):
    path = tmp_path_factory.mktemp("files") / "prices.csv"
    prices.rename_axis("date").to_csv(path, sep=dialect[0], decimal=dialect[1], date_format="%Y-%m-%d")
    kept = prices.dropna(how="all")
    if kept.empty:
        return
    panel = load_panel(path, decimal=dialect[1])
    np.testing.assert_array_equal(panel.close.to_numpy(), kept.dropna(how="all", axis=1).reindex(columns=panel.securities).to_numpy())
    assert panel.sessions.tolist() == kept.index.tolist() and len(panel.sessions) + len(panel.dropped) == len(prices)
