"""Frames as people have them: dates in a column, polars, plain figures; a line that moves by one figure every day."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

import impact
from impact.errors import ImpactWarning, InfeasibleDesign, InputError
from impact.eventstudy import buy_and_hold, chained_events

DAYS = pd.bdate_range("2019-01-01", periods=400, name="date")
RNG = np.random.default_rng(3)
MARKET = pd.Series(RNG.normal(0, 0.01, 400), index=DAYS, name="mkt")
RETURNS = pd.DataFrame({name: 1.1 * MARKET + RNG.normal(0, 0.015, 400) for name in "ABC"}, index=DAYS)
EVENTS = pd.DataFrame({"event_id": ["x"], "security": ["A"], "date": [DAYS[330]]})


def by_hand() -> float:
    """CAR(-1, 1) by least squares on the 250 sessions that end 11 before the event."""
    estimation, window = np.arange(70, 320), np.arange(329, 332)
    design = np.column_stack((np.ones(250), MARKET.to_numpy()[estimation]))
    alpha, beta = np.linalg.lstsq(design, RETURNS["A"].to_numpy()[estimation], rcond=None)[0]
    return float((RETURNS["A"].to_numpy()[window] - alpha - beta * MARKET.to_numpy()[window]).sum())


@pytest.mark.parametrize(
    ("returns", "events", "market"),
    [
        (RETURNS.reset_index(), EVENTS, MARKET),
        (RETURNS, EVENTS, MARKET.reset_index()),
        (pl.from_pandas(RETURNS.reset_index()), pl.from_pandas(EVENTS), pl.from_pandas(MARKET.reset_index())),
        (RETURNS, {"event_id": ["x"], "security": ["A"], "date": [DAYS[330]]}, MARKET.to_frame()),
        (RETURNS.tz_localize("UTC"), EVENTS, MARKET.tz_localize("UTC")),
    ],
    ids=["dates in a column", "dates of the market in a column", "frames of another library", "a mapping of events", "zoned midnights"],
)
def test_the_same_study_from_any_frame(returns, events, market):
    assert impact.event_study(returns, events, market=market).car(-1, 1)["car"].iloc[0] == pytest.approx(by_hand(), abs=1e-12)


def test_factors_may_have_their_dates_in_a_column():
    factors = MARKET.rename("MKT_RF").to_frame().assign(RF=0.0)
    one, other = (impact.event_study(RETURNS, EVENTS, factors=table, model="capm") for table in (factors, factors.reset_index()))
    assert one.car(-1, 1)["car"].iloc[0] == other.car(-1, 1)["car"].iloc[0] == pytest.approx(by_hand(), abs=1e-12)


@pytest.mark.parametrize("market", [MARKET.to_numpy(), pl.from_pandas(MARKET.to_frame().reset_index(drop=True))])
def test_figures_without_dates_are_no_benchmark(market):
    with pytest.raises(InputError, match="no dates"):
        impact.event_study(RETURNS, EVENTS, market=market)


def test_rows_without_dates_are_no_returns():
    with pytest.raises(InputError, match="returns has no dates"):
        impact.event_study(RETURNS.reset_index(drop=True), EVENTS, market=MARKET)


def test_other_studies_take_the_same_frames():
    two = pd.DataFrame({"event_id": ["x", "y"], "security": ["A", "A"], "date": [DAYS[330], DAYS[345]]})
    wide, market = pl.from_pandas(RETURNS.reset_index()), pl.from_pandas(MARKET.reset_index())
    pd.testing.assert_frame_equal(buy_and_hold(wide, EVENTS, market), buy_and_hold(RETURNS, EVENTS, MARKET))
    one, other = chained_events(wide, two, market=market), chained_events(RETURNS, two, market=MARKET)
    pd.testing.assert_frame_equal(one.to_frame(), other.to_frame())
    with pytest.raises(InputError, match="no dates"):
        buy_and_hold(RETURNS, EVENTS, MARKET.to_numpy())


def test_a_venue_that_nobody_knows_is_said():
    with pytest.warns(ImpactWarning, match="names 1 venue.* not known .first 'HKEX'"):
        impact.event_study(RETURNS, EVENTS.assign(venue="HKEX"), market=MARKET)


def test_a_line_that_moves_by_one_figure_every_day_has_no_residual():
    with pytest.raises(InfeasibleDesign, match="no residual variation"):
        impact.event_study(RETURNS.assign(A=0.001), EVENTS, market=MARKET)


def test_days_written_as_whole_numbers_are_the_days_they_name():
    rng = np.random.default_rng(1)
    days = pd.bdate_range("2023-01-02", periods=320)
    table = pd.DataFrame(rng.normal(0, 0.01, (320, 2)), days, ["firm", "index"])
    numbers = table.set_axis(days.strftime("%Y%m%d").astype(int), axis=0)
    events = pd.DataFrame({"event_id": ["e"], "security": ["firm"], "date": [days[290]]})
    right = impact.event_study(table, events, market="index").car(0, 1)
    pd.testing.assert_frame_equal(impact.event_study(numbers, events, market="index").car(0, 1), right)
    pd.testing.assert_frame_equal(impact.event_study(numbers[["firm"]], events, market=numbers["index"]).car(0, 1), right)
    for wrong in (np.arange(320) + 5, np.arange(320) + 20230101):  # a count, and numbers of which some are no day
        with pytest.raises(InputError, match="returns has no dates"):
            impact.event_study(table.set_axis(wrong, axis=0), events, market="index")
