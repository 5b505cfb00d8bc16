"""Abnormal volatility from the range of the day: the event study of the log range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeAlias, Unpack, get_args

import pandas as pd

from impact.anchors import AnchorPolicy
from impact.errors import InputError
from impact.eventstudy.design import StudyDesign, StudyOptions
from impact.eventstudy.models import ModelName
from impact.eventstudy.results import EventStudyResult
from impact.eventstudy.stated_variance import not_used
from impact.eventstudy.study import run_study
from impact.kernels.price_range import log_range_volatility
from impact.market.day_figures import figures_of_day
from impact.market.frames import refuse_where
from impact.provenance import Source
from impact.tables import prose
from impact.typing_ import BoolArray, TableLike, Window

__all__ = ["abnormal_range"]

RangeEstimator: TypeAlias = Literal["parkinson", "garman_klass"]
FIGURES = {"parkinson": ("high", "low"), "garman_klass": ("high", "low", "open", "close")}
ROUNDING = 1e-6
"""Share of a price by which adjusted figures may pass each other by rounding."""


def abnormal_range(
    prices: TableLike | Mapping[str, TableLike],
    events: pd.DataFrame,
    market: str | Sequence[str] | None = None,
    estimator: RangeEstimator = "parkinson",
    estimation: Window = (-260, -11),
    window: Window = (0, 4),
    *,
    model: ModelName = "own_past",
    anchor: AnchorPolicy = "next",
    sources: tuple[Source, ...] = (),
    **options: Unpack[StudyOptions],
) -> EventStudyResult:
    """How unusually volatile days were around events, in logs, from the highest and lowest price of each.

    Parameters
    ----------
    prices : DataFrame or mapping of figure to DataFrame
        Highs and lows (for `garman_klass` opens and closes too), in any unit: two levels of columns as yfinance gives them, a mapping
        ``{"high": frame, "low": frame}``, one row a session and security, or the columns of the one line with events. NaN is a day without
        trade.
    events : DataFrame
        event_id, security, date as in :func:`impact.event_study`.
    market : security or list of securities of `prices`, optional
        With it the normal range also follows that of the market on the day (of several: their mean).
    estimator : {"parkinson", "garman_klass"}
        From the range alone, or the range and the move from open to close.
    estimation, window : (first, last)
        A short window is measured better: its normal range is a forecast from before it.
    model, anchor : str
        As in :func:`impact.event_study`.
    sources : tuple of Source
    **options
        Further options of :class:`impact.eventstudy.design.StudyDesign`.

    Returns
    -------
    EventStudyResult
        ``abnormal`` is in log points of the standard deviation of a day: 0.69 is twice the normal volatility.

    Raises
    ------
    InputError
        If a figure is missing, or a high is below a low, an open or a close (a low above).

    Notes
    -----
    The log of a day's range is the log of its volatility and an error of standard deviation 0.29 that is nearly normal, where squared
    returns are skewed and four times as noisy, so a single event can be tested. The range is that of trading hours: what was news between two sessions is a
    jump that is in neither range; :meth:`EventStudyResult.volatility` takes returns, which hold it. A day locked at its price limit has no range and is missing.

    References
    ----------
    Parkinson (1980), Journal of Business 53. Garman and Klass (1980), same journal 53. Alizadeh, Brandt and Diebold (2002), Range-based
    estimation of stochastic volatility models, Journal of Finance 57.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> days, rng = pd.bdate_range("2020-01-01", periods=300), np.random.default_rng(7)
    >>> spread = np.exp(rng.normal(-4.0, 0.3, 300))
    >>> spread[280] *= 3
    >>> prices = pd.DataFrame({"high": 10 * np.exp(spread), "low": 10.0}, index=days)
    >>> result = abnormal_range(prices, pd.DataFrame({"event_id": ["listing"], "security": ["firm"], "date": [days[280]]}))
    >>> round(float(np.exp(result.car(0, 0)["car"].iloc[0])), 1)
    3.1
    """
    if estimator not in get_args(RangeEstimator):
        raise InputError(f"estimator={estimator!r} is not known; choose one of: {', '.join(map(repr, get_args(RangeEstimator)))}.")
    if not (market is None or isinstance(market, (str, list, tuple))):
        raise InputError(f"market is a {type(market).__name__}; name securities of prices, and put the highs and lows of the market there.")
    lines = events["security"].dropna().astype(str).unique().tolist() if "security" in events else []
    figures = figures_of_day(prices, FIGURES[estimator], only=lines[0] if len(lines) == 1 else None)
    _refuse_crossed(figures)
    high, low = figures["high"], figures["low"]
    opened, closed = (figures[name].to_numpy() if name in figures else None for name in ("open", "close"))
    logs = pd.DataFrame(log_range_volatility(high.to_numpy(), low.to_numpy(), opened, closed), index=high.index, columns=high.columns)
    design = StudyDesign(model=model, estimation=estimation, window=window, kind="log", anchor=anchor, **options)
    benchmark: Any = market if market is None or isinstance(market, str) else list(market)
    result = run_study(logs, events, design, market=benchmark, sources=sources, carry=False)
    name = "Parkinson" if estimator == "parkinson" else "Garman and Klass"
    told = (line.replace("log returns", f"log volatility of a day by its range ({name})", 1) for line in result.assumptions)
    return replace(
        result,
        quantity="log range",
        assumptions=(
            *(line.replace("past drift", "past growth of volatility") for line in told),
            *not_used(result.events, "ranges"),
            *_locked(result, (high <= low).to_numpy(), logs),
            "abnormal ranges are in log points of volatility, those of trading hours: a jump between two sessions is in no range",
        ),
    )


def _refuse_crossed(figures: Mapping[str, pd.DataFrame]) -> None:
    """Refuse a low above another price of the day, and a high below one."""
    high, low = figures["high"], figures["low"]
    days = pd.DatetimeIndex(low.index)
    for name, frame in figures.items():
        values, rule = frame.to_numpy(), "mend the cell, or take figures of one adjustment"
        if name != "low":
            refuse_where(values < low.to_numpy() * (1.0 - ROUNDING), values, days, low.columns, name, f"below the low of the day; {rule}")
        if name not in ("low", "high"):
            refuse_where(values > high.to_numpy() * (1.0 + ROUNDING), values, days, low.columns, name, f"above the high of the day; {rule}")


def _locked(result: EventStudyResult, flat: BoolArray, logs: pd.DataFrame) -> tuple[str, ...]:
    """How many days of the lines with events have a high that is their low, in words."""
    lines = logs.columns.get_indexer(pd.Index(result.events["security"].astype(str).unique()))
    locked = logs.index.to_numpy()[flat[:, lines].any(axis=1)]
    if not locked.size:
        return ()
    return (
        f"{prose.count(int(flat[:, lines].sum()))} days of lines with events have a high that is their low (first {pd.Timestamp(locked[0]):%Y-%m-%d}): no "
        "trade, one trade, or a price locked at its limit; they have no logarithm and are missing",
    )
