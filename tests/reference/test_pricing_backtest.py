"""The published backtest follows from the published events, and those from the prices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from impact.pricing.backtest import leave_one_out
from tests.reference.backtest.past_events import calibration_table
from tests.reference.backtest.run import SEED, measured_events

FOLDER = Path(__file__).parent / "backtest"
PRINTED = 1e-5  # events are printed with eight digits; a skill near zero is a difference that loses three of them


def published(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv")


@pytest.fixture(scope="module")
def again():
    return leave_one_out(published("events"), rng=np.random.default_rng(SEED))


@pytest.mark.parametrize("name", ["forecasts", "scores", "skill"])
def test_published_scores_follow_from_the_published_events(again, name):
    assert_frame_equal(getattr(again, name), published(name), rtol=PRINTED, atol=1e-9, check_dtype=False)


def test_published_calibration_follows_from_the_published_events():
    # The spread of index announcements is zero to the precision of the optimiser, hence the absolute tolerance.
    assert_frame_equal(calibration_table(published("events")), published("calibration"), rtol=1e-4, atol=1e-6, check_dtype=False)


def test_the_page_prints_the_published_numbers():
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    for row in published("scores").itertuples():
        counts = f"| {row.kind} | {row.model} | {row.n} | {row.n_groups} |"
        assert f"{counts} {1e4 * row.crps:.0f} | {row.coverage_50:.0%} | {row.coverage_90:.0%} |" in page


@pytest.mark.slow
def test_published_events_follow_from_the_prices(market_dir):
    events, dropped = measured_events(market_dir / "prices")
    kept = published("events")
    assert events["event_id"].tolist() == kept["event_id"].tolist()
    np.testing.assert_allclose(events[["car", "se", "sigma"]], kept[["car", "se", "sigma"]], rtol=PRINTED, atol=1e-9)
    assert dropped["event_id"].tolist() == published("dropped")["event_id"].tolist()
