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
    assert panel.close.shape == (369, 25) and panel.sessions[0] == pd.Timestamp("2020-01-02")
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
    halts = panel.dropped[panel.dropped["security"] == "2269.HK"]
    assert halts["session"].tolist() == list(pd.to_datetime(["2020-11-16", "2020-11-17"]))


def test_half_days_without_volume_keep_their_close(panel):
    days = pd.to_datetime(["2020-12-24", "2020-12-31", "2021-02-11"])
    assert panel.volume.loc[days, "1810.HK"].isna().all() and panel.traded.loc[days, "1810.HK"].all()
    assert panel.returns()["1810.HK"].loc[days].notna().all()


def test_dividends_are_not_added_to_closes_that_hold_them(panel):
    ex_day = pd.Timestamp("2021-05-24")
    assert panel.dividends.loc[ex_day, "0700.HK"] == 1.6
    by_hand = panel.close["0700.HK"].loc[ex_day] / panel.close["0700.HK"].shift().loc[ex_day] - 1
    assert panel.returns().loc[ex_day, "0700.HK"] == pytest.approx(by_hand, rel=1e-14)


def test_only_the_first_session_and_the_halt_lack_a_return(panel):
    missing = panel.returns().isna().sum()
    assert missing["2269.HK"] == 4 and (missing.drop("2269.HK") == 1).all()


def test_log_and_simple_returns_agree(panel):
    np.testing.assert_allclose(np.log1p(panel.returns()), panel.returns("log"), atol=1e-14)


def test_a_part_and_what_is_not_there():
    part = load_panel(securities="1810.HK", start="2021-01-14", end="2021-01-15")
    assert part.close["1810.HK"].tolist() == [32.65, 29.3]
    with pytest.raises(InputError, match="securities='AAPL' is not in the panel of 79"):
        load_panel(securities=["1810.HK", "AAPL"])
    with pytest.raises(DataUnavailable, match="it runs from 2020-01-02 to 2021-06-30"):
        load_panel(start="2022-01-01")


def test_the_public_face_leads_here():
    assert impact.load_panel is load_panel and impact.MarketPanel is MarketPanel


def test_the_room_loads_no_network_adapter_cache_or_bar():
    heavy = ("yfinance", "sqlite3", "rich", "matplotlib", "requests", "exchange_calendars")
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
