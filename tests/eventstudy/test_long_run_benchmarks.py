"""Long horizons set a line against its benchmark as event_study does, and say how."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from impact.eventstudy import buy_and_hold, calendar_time_drift
from tests.eventstudy.test_one_line_one_benchmark import NEW_YORK, met_before, world


def test_a_portfolio_of_two_markets_meets_new_york_as_each_line_does():
    own, _, new_york = world("7203.T")
    home = new_york.to_numpy() * 1.1 + np.random.default_rng(3).normal(0, 0.004, len(new_york))
    table = pd.concat([own, pd.Series(home, NEW_YORK, name="AAPL"), new_york], axis=1, sort=True)
    day = own.index.intersection(NEW_YORK)[-70]
    events = pd.DataFrame({"event_id": ["a", "b"], "security": ["7203.T", "AAPL"], "date": day})
    drift = calendar_time_drift(table, events, "^GSPC", window=(1, 40), min_members=1)
    held = {"7203.T": own.index[own.index > day][:40], "AAPL": NEW_YORK[day < NEW_YORK][:40]}
    met = {"7203.T": met_before(new_york, own.index, "XTKS"), "AAPL": new_york}
    rows = held["7203.T"].union(held["AAPL"])
    sides = [pd.DataFrame({line: series[line].reindex(held[line]) for line in held}).reindex(rows).mean(axis=1) for series in (table, met)]
    alpha = np.linalg.lstsq(np.column_stack((np.ones(len(rows)), sides[1])), sides[0].to_numpy(), rcond=None)[0][0]
    assert drift.estimates.loc["ols", "alpha"] == pytest.approx(alpha, abs=1e-12)
    assert "mean over the members" in " ".join(drift.assumptions) and "opens after XTKS has closed" in " ".join(drift.assumptions)


def test_buy_and_hold_says_how_the_benchmark_is_met():
    own, index, new_york = world("7203.T")
    table = pd.concat([own, index, new_york], axis=1, sort=True)
    events = pd.DataFrame({"event_id": ["e"], "security": ["7203.T"], "date": [own.index[-60]]})
    assert "opens after XTKS has closed" in buy_and_hold(table, events, "^GSPC", (0, 20))["met"].iloc[0]
    assert buy_and_hold(table, events, "^N225", (0, 20))["met"].iloc[0] == ""
