"""Tests for one event, or for a batch on one date taken as one portfolio."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from impact.errors import InputError
from impact.eventstudy.sample import EventSample, OneSeries
from impact.kernels.outcome import Outcome, inapplicable
from impact.kernels.parametric import standardised
from impact.kernels.portfolio import portfolio_t
from impact.kernels.records import FittedEvents
from impact.kernels.single_event import PlaceboTest, block_placebo, conformal, placebo_space, sq, studentised_block_placebo
from impact.tables import prose

__all__ = ["FEWEST_PEERS", "against_peers", "block_placebo_of", "conformal_of", "portfolio_of", "sq_of", "t_of"]

FEWEST_PEERS = 19
"""Peers below which a placebo in space cannot reach 5 %."""

ROWS_FOR_RAW_RANKS = 100
"""Estimation rows below which in-sample residuals are visibly smaller than forecasts."""

NO_DESIGN = "the model shows no common regression that could be fitted again"


def portfolio_of(series: OneSeries) -> Outcome:
    """Student t of the portfolio's CAR."""
    return portfolio_t(series.car, series.sigma, series.variance_factor, series.df, series.n_events)


def t_of(series: OneSeries) -> Outcome:
    """:func:`portfolio_of` for one event, with a warning where p lies beyond the days on record."""
    outcome = portfolio_of(series)
    floor = 1.0 / (series.n_rows + 1.0)
    if not outcome.reason and outcome.p_value < floor:
        return replace(
            outcome, warning=f"p lies beyond the {series.n_rows} days on record; say only that it is below {prose.decimal(floor, 4)}"
        )
    return outcome


def _ranked(test: PlaceboTest, n_events: int, among: str, warning: str = "") -> Outcome:
    return Outcome(
        statistic=test.statistic,
        p_value=test.p(),
        distribution=f"rank among {test.placebo.size} {among}",
        n_events=n_events,
        smallest_p=test.smallest_p,
        warning=warning,
    )


def sq_of(series: OneSeries) -> Outcome:
    """Rank of one day among the estimation residuals."""
    if series.abnormal.size > 1:
        return inapplicable("ranks one day only; for a window see block_placebo and conformal", series.n_events)
    warning = ""
    if series.n_rows < ROWS_FOR_RAW_RANKS:
        warning = f"residuals of only {series.n_rows} rows are smaller than forecast errors; compare with the studentised block_placebo"
    return _ranked(sq(series.residuals, float(series.abnormal[0])), series.n_events, "estimation residuals", warning)


def block_placebo_of(series: OneSeries) -> Outcome:
    """Rank of the CAR among runs of quiet days."""
    days = int(np.isfinite(series.abnormal).sum())
    if series.n_rows < days + 1:
        return inapplicable(f"{series.n_rows} estimation rows hold no more than one block of {days} days", series.n_events)
    warning = ""
    if days > series.n_rows / 10:
        warning = f"{days} days are more than a tenth of the {series.n_rows} rows, so few blocks are independent"
    if series.regressors is None:
        test = block_placebo(series.residuals, series.car, days)
        raw = "raw blocks: " + NO_DESIGN + ", and raw blocks vary less than forecasts, so the test rejects too often"
        return _ranked(test, series.n_events, "blocks of residuals", warning or raw)
    test = studentised_block_placebo(series.residuals, series.regressors, series.car, series.variance_factor, days)
    return _ranked(test, series.n_events, "studentised blocks of residuals", warning)


def conformal_of(series: OneSeries) -> Outcome:
    """Rank of the CAR among cyclic shifts of the refitted residuals."""
    if series.regressors is None or series.event_regressors is None:
        return inapplicable(NO_DESIGN, series.n_events)
    test = conformal(series.residuals, series.abnormal, series.regressors, series.event_regressors)
    return _ranked(test, series.n_events, "cyclic shifts")


def against_peers(sample: EventSample, peers: FittedEvents | None) -> Outcome:
    """Placebo in space: the event's SCAR among those of untreated peers on the same date.

    Parameters
    ----------
    sample : EventSample
        One event.
    peers : FittedEvents or None
        The same study of securities that the event left alone, on the same day 0.

    Raises
    ------
    InputError
        If the peers are dated otherwise.
    """
    if peers is None:
        return inapplicable("no peers were given: pass peers, the same study of securities that the event left alone", sample.n_events)
    if not (peers.day0 == sample.day0[0]).all():
        wrong = int((peers.day0 != sample.day0[0]).sum())
        raise InputError(f"peers holds {wrong} event(s) on another day 0 than the tested event; study the peers on its own date.")
    sums = peers.window(sample.a, sample.b)
    scars = standardised(sums.car, peers.sigma, sums.variance_factor)
    scars = scars[sums.n_days == sample.length]
    count = int(np.isfinite(scars).sum())
    if count < FEWEST_PEERS:
        smallest = prose.decimal(1 / (count + 1), 3)
        return inapplicable(f"{count} peers give a smallest p of {smallest}; 5 % needs {FEWEST_PEERS} peers", sample.n_events)
    return _ranked(placebo_space(float(sample.scar[0]), scars), sample.n_events, "untreated peers")
