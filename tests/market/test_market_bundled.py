"""The bundled panel: known closes and moves, placeholders that hold no figure, and what importing the room costs."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import impact
from impact.errors import DataUnavailable, InputError
from impact.market import MarketPanel, load_panel


@pytest.fixture(scope="module")
def panel() -> MarketPanel:
    return load_panel("bundled")


@pytest.mark.parametrize(
    ("session", "move"), [("2021-01-15", -0.1026), ("2021-03-15", 0.0703), ("2021-05-12", 0.0610), ("2021-03-16", 0.0801)]
)
def test_xiaomi_moves_are_those_the_press_printed(panel, session, move):
    assert round(panel.returns().loc[session, "1810.HK"], 4) == move


def test_span_currency_and_basis(panel):
    assert panel.close.shape == (2497, 79) and panel.sessions[[0, -1]].tolist() == [pd.Timestamp("2017-01-03"), pd.Timestamp("2026-08-03")]
    assert panel.sessions.dtype == "datetime64[ns]"
    assert panel.currency["1810.HK"] == "HKD" and panel.basis[["HSI", "1810.HK", "0700.HK"]].tolist() == [
        "price_index",
        "as_traded",
        "total_return",
    ]
    assert panel.sources and panel.assumptions


def test_a_halt_gives_no_zero_return(panel):
    assert not panel.traded.loc[["2020-11-16", "2020-11-17"], "2269.HK"].any()
    assert panel.returns()["2269.HK"].loc["2020-11-16":"2020-11-18"].isna().all()
    spanned = panel.returns(gaps="trade_to_trade").loc["2020-11-18", "2269.HK"]
    assert spanned == pytest.approx(79.25 / 81.5333 - 1)
    halts = panel.dropped[(panel.dropped["security"] == "2269.HK") & panel.dropped["reason"].str.startswith("halted")]
    assert halts["session"].tolist() == list(pd.to_datetime(["2020-11-16", "2020-11-17"]))


def test_the_close_of_a_half_day_is_unknown_and_the_product_of_both_days_stands(panel):
    days = pd.to_datetime(["2020-12-24", "2020-12-31", "2021-02-11"])
    lines = ["1810.HK", "0941.HK"]
    assert panel.volume.loc[days, "1810.HK"].isna().all() and panel.close.loc[days, lines].isna().all(axis=None)
    assert panel.close.loc[days, "HSI"].notna().all() and panel.returns().loc[days, "HSI"].notna().all()
    stocks = load_panel("bundled", lines)
    assert stocks.returns().loc[["2020-12-31", "2021-01-04"]].isna().all(axis=None)
    spanned = stocks.returns(gaps="trade_to_trade").loc["2021-01-04", "1810.HK"]
    assert spanned == pytest.approx(stocks.close.loc["2021-01-04", "1810.HK"] / stocks.close.loc["2020-12-30", "1810.HK"] - 1)
    refused = stocks.dropped[stocks.dropped["reason"].str.startswith("half_day")]
    assert set(days) <= set(refused["session"]) and any("half day" in text for text in stocks.assumptions)
    assert not any("half day" in text for text in load_panel("bundled", ["SPY"]).assumptions)


def test_a_closed_market_is_no_halt():
    pair = load_panel("bundled", ["1810.HK", "SPY"], "2021-01-04", "2021-02-26")
    alone = load_panel("bundled", ["SPY"], "2021-01-04", "2021-02-26")
    assert "2021-01-18" in pair.sessions and "2021-01-18" not in alone.sessions
    both = pair.returns()["SPY"].dropna()
    pd.testing.assert_series_equal(both, alone.returns()["SPY"].dropna())
    table = pair.summary().tables[0][1].frame.set_index("security")
    assert table.loc["SPY", "n_no_trade"] == 0 and table.loc["1810.HK", "n_no_trade"] == 1  # the half day of 11 February


def test_beside_a_line_stand_those_that_keep_its_sessions(panel):
    hong_kong = panel.beside("1810.HK")
    assert "0700.HK" in hong_kong.securities and not {"SPY", "000300.SS"} & set(hong_kong.securities)
    assert "2021-01-18" in hong_kong.sessions and "2021-02-12" not in hong_kong.sessions
    assert {"CHL", "SPY", "LKCO"} <= set(panel.beside("LKCO").securities)
    assert {"002415.SZ", "600050.SS", "000300.SS"} <= set(panel.beside("002415.SZ").securities)


def test_rates_are_units_for_one_dollar():
    from impact.market.bundled import exchange_rates

    rates = exchange_rates()
    assert list(rates) == ["HKD", "CNY", "RUB", "INR"] and rates["HKD"].dropna().between(7.74, 7.86).all()
    assert rates.loc["2021-01-15", "CNY"] == pytest.approx(6.47, abs=0.02)


def test_dividends_are_not_added_to_closes_that_hold_them(panel):
    ex_day = pd.Timestamp("2021-05-24")
    assert panel.dividends.loc[ex_day, "0700.HK"] == 1.6
    by_hand = panel.close["0700.HK"].loc[ex_day] / panel.close["0700.HK"].shift().loc[ex_day] - 1
    assert panel.returns().loc[ex_day, "0700.HK"] == pytest.approx(by_hand, rel=1e-14)


def test_what_lacks_a_return_is_first_halted_or_next_to_a_half_day(panel):
    spell = panel.select(panel.beside("1810.HK").securities, "2020-01-02", "2021-06-30").without_closed_days()
    whole = spell.close.loc["2020-01-02"].notna()
    missing = spell.returns().isna().sum()[whole[whole].index]
    assert missing.pop("HSI") == 1 and missing.pop("2269.HK") == 10 and (missing == 7).all()


def test_log_and_simple_returns_agree(panel):
    np.testing.assert_allclose(np.log1p(panel.returns()), panel.returns("log"), atol=1e-14)


def test_a_part_and_what_is_not_there():
    part = load_panel(securities="1810.HK", start="2021-01-14", end="2021-01-15")
    assert part.close["1810.HK"].tolist() == [32.65, 29.3]
    with pytest.raises(InputError, match="securities='AAPL' is not in the panel of 79"):
        load_panel(securities=["1810.HK", "AAPL"])
    with pytest.raises(DataUnavailable, match="it runs from 2017-01-03 to 2026-08-03"):
        load_panel(start="2026-09-01")


def test_the_public_face_leads_here():
    assert impact.load_panel is load_panel and impact.MarketPanel is MarketPanel


def test_the_room_loads_no_network_adapter_cache_or_bar():
    heavy = ("yfinance", "sqlite3", "rich", "matplotlib", "requests")
    code = (
        "import sys, impact, impact.market\n"
        "light = [m for m in ('pandas', 'numpy', 'yfinance', 'sqlite3') if m in sys.modules]\n"
        "impact.load_panel(securities=['HSI', '1810.HK']).returns()\n"
        f"print(light, [m for m in {heavy!r} if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[] []"


def test_an_unknown_name_of_the_room_lists_the_names():
    import impact.market

    with pytest.raises(AttributeError, match="no attribute 'prices'; public names: FetchResult, MarketPanel"):
        _ = impact.market.prices
    assert all(getattr(impact.market, name) is not None for name in impact.market.__all__) and dir(impact.market) == impact.market.__all__
