"""Predict every past designation and index deletion from the other dates, and write what came out beside this file.

Run as ``python -m tests.reference.backtest.run FOLDER`` where FOLDER holds one price file a security.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from impact.market import load_panel
from impact.pricing.backtest import BacktestResult, leave_one_out
from tests.reference.backtest.past_events import abnormal_returns_of, calibration_table, designation_sample, index_sample

HERE = Path(__file__).parent
MARKET = {"XHKG": "HSI", "XSHG": "HSI", "XSHE": "HSI", "XNYS": "SPY", "XNAS": "SPY"}
SEED = 20210114


def measured_events(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Abnormal returns of every event with prices in `folder`, and the events without."""
    panel = load_panel(folder)
    index = index_sample()
    parts = (
        (designation_sample(), (0, 1)),
        (index[index["kind"] == "index_announcement"], (0, 1)),
        (index[index["kind"] == "index_execution"], (0, 0)),
    )
    found = [abnormal_returns_of(events, panel, market=MARKET, days=days) for events, days in parts]
    return tuple(pd.concat([pair[k] for pair in found], ignore_index=True) for k in (0, 1))


def backtest(folder: Path) -> tuple[pd.DataFrame, BacktestResult]:
    """Events with their abnormal returns, and the backtest on them."""
    events, dropped = measured_events(folder)
    return events, leave_one_out(events, rng=np.random.default_rng(SEED), dropped=dropped)


def main(folder: str) -> None:
    """Write events, calibration, scores, skill and the refused events as CSV."""
    events, result = backtest(Path(folder))
    tables = {
        "events": events,
        "calibration": calibration_table(events),
        "forecasts": result.forecasts,
        "scores": result.scores,
        "skill": result.skill,
        "dropped": result.dropped,
    }
    for name, table in tables.items():
        table.to_csv(HERE / f"{name}.csv", index=False, float_format="%.8g", lineterminator="\n")


if __name__ == "__main__":
    main(sys.argv[1])
