"""News before a special session: met on it where the prices have it, on the next one where they leave it out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import impact
from impact.calendars import sessions

CASE = """
[designation]
security = "RELIANCE.NS"
programme = "ns-cmic"
public_at = 2025-01-31T12:00:00-05:00
hypothetical = true
[market]
prices = "line.csv"
benchmark_prices = "index.csv"
benchmark = "NSEI"
"""


@pytest.mark.parametrize(("left_out", "session"), [(False, "2025-02-01"), (True, "2025-02-03")])
def test_a_saturday_session_of_mumbai(tmp_path, left_out, session):
    days = sessions("XBOM", "2023-12-01", "2025-04-30").drop(pd.to_datetime(["2024-01-20", "2024-11-01"]))
    days = days.drop(pd.Timestamp("2025-02-01")) if left_out else days
    rng = np.random.default_rng(8)
    index = rng.normal(0, 0.008, len(days))
    line = index + rng.normal(0, 0.01, len(days))
    line[days.get_loc(pd.Timestamp(session))] -= 0.10
    for name, moves in (("line", line), ("index", index)):
        pd.DataFrame({"Date": days, "Close": 100 * np.exp(np.cumsum(moves))}).to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "case.toml").write_text(CASE, encoding="utf-8")
    study = impact.case(tmp_path / "case.toml").event_study()
    first = study.events.iloc[0]
    assert f"{first['reaction_on']:%Y-%m-%d}" == session
    assert first["close_return"] == pytest.approx(np.expm1(line[days.get_loc(pd.Timestamp(session))]), abs=1e-9)
