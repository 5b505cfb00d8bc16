"""Real files of prices and factors, read as they are; they are not part of the project and may be absent."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest

from impact.market import load_panel, read_french


def test_a_folder_of_real_files_is_read_row_for_row(market_dir):
    names = ["HSI", "1810.HK", "SPY", "2357.HK", "CHL", "USDHKD"]
    panel = load_panel(market_dir / "prices", names)
    for name in names:
        with (market_dir / "prices" / f"{name}.csv").open() as file:
            rows = list(csv.DictReader(file))
        figures = panel.to_frame().query("security == @name")
        assert len(figures) + int((panel.dropped["security"] == name).sum()) == len(rows)
        adjusted = panel.adjusted_close[name].dropna()
        np.testing.assert_array_equal(adjusted, [float(row["adj_close"]) for row in rows])
    assert panel.basis["2357.HK"] == "total_return" and panel.basis["1810.HK"] == "as_traded"
    assert panel.volume["USDHKD"].isna().all() and panel.traded["USDHKD"].sum() == 1714


def test_real_and_bundled_closes_agree(market_dir):
    """Two independent copies; the bundled ones are rounded to a hundredth of a dollar or four digits."""
    real = load_panel(market_dir / "prices", ["HSI", "1810.HK", "0981.HK", "3690.HK"], "2020-01-02", "2021-06-30")
    bundled = load_panel("bundled", real.securities, "2020-01-02", "2021-06-30")
    assert real.sessions.equals(bundled.sessions)
    both = real.close.notna() & bundled.close.notna()
    np.testing.assert_allclose(real.close.to_numpy()[both], bundled.close.to_numpy()[both], rtol=5e-4)
    moves = real.returns()["1810.HK"]
    assert moves.loc[["2021-01-15", "2021-03-15", "2021-05-12"]].round(4).tolist() == [-0.1026, 0.0703, 0.0610]


def test_a_large_wide_gzip_is_read(market_dir):
    panel = load_panel(market_dir / "panel" / "hsci503_adjclose_2018_2023.csv.gz", basis="total_return")
    assert panel.close.shape[1] > 400 and panel.sessions.is_monotonic_increasing
    assert panel.dropped.empty or panel.dropped["reason"].ne("").all()


def test_real_factor_files_join(market_dir):
    factors = market_dir / "factors"
    got = read_french(factors / "F-F_Research_Data_5_Factors_2x3_daily.CSV", factors / "F-F_Momentum_Factor_daily.CSV")
    assert list(got.columns) == ["mkt_rf", "smb", "hml", "rmw", "cma", "mom", "rf"]
    assert got.index[0] == pd.Timestamp("2015-01-02") and got.index[-1] == pd.Timestamp("2023-12-29") and got.notna().all().all()
    assert got.loc["2015-01-05", ["mkt_rf", "mom"]].tolist() == pytest.approx([-0.0184, 0.0116])
    assert 0.008 < got["mkt_rf"].std() < 0.015 and got["rf"].between(0, 0.0003).all()  # decimals, not percent
