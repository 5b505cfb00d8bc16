"""The panel and events that every bench of the event study uses."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["ESTIMATION", "PARAMETRIC", "WINDOW", "event_table", "factor_table", "gather_windows", "return_table"]

ESTIMATION, WINDOW = (-260, -11), (-10, 10)
PARAMETRIC = ("cross_sectional", "brown_warner", "patell", "bmp", "kp_patell", "kp_bmp", "skewness_adjusted", "portfolio", "calendar_time")


def return_table(n_sessions: int = 2500, n_securities: int = 1000) -> tuple[pd.DataFrame, pd.Series]:
    """Returns of securities that follow a market, and the market."""
    rng = np.random.default_rng(2021)
    market = rng.normal(0.0003, 0.01, n_sessions)
    values = rng.normal(0, 0.02, (n_sessions, n_securities)) + market[:, None]
    sessions = pd.bdate_range("2010-01-04", periods=n_sessions, name="session")
    names = [f"s{i:04}" for i in range(n_securities)]
    return pd.DataFrame(values, index=sessions, columns=names), pd.Series(market, index=sessions, name="market")


def event_table(returns: pd.DataFrame, n_events: int) -> pd.DataFrame:
    """Events on random securities and sessions that have whole windows."""
    rng = np.random.default_rng(7)
    position = rng.integers(-ESTIMATION[0], len(returns) - WINDOW[1], n_events)
    security = rng.integers(0, returns.shape[1], n_events)
    return pd.DataFrame({"event_id": np.arange(n_events), "security": returns.columns[security], "date": returns.index[position]})


def factor_table(market: pd.Series) -> pd.DataFrame:
    """Five factors and a riskless rate."""
    rng = np.random.default_rng(5)
    columns = {name: rng.normal(0, 0.006, len(market)) for name in ("SMB", "HML", "RMW", "CMA")}
    return pd.DataFrame({"MKT_RF": market.to_numpy(), **columns, "RF": 0.0}, index=market.index)


def gather_windows(returns: pd.DataFrame, events: pd.DataFrame) -> np.ndarray:
    """The yardstick: copy each event's 271 sessions once by fancy indexing, and do nothing with them."""
    position = returns.index.get_indexer(events["date"])
    security = returns.columns.get_indexer(events["security"])
    return returns.to_numpy()[position[:, None] + np.arange(ESTIMATION[0], WINDOW[1] + 1), security[:, None]]
