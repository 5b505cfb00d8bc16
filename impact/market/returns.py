"""Returns from traded closes: a day without a trade is missing, never zero and never filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.market.absent_rows import absent_before
from impact.market.closed_days import closed_cells
from impact.market.frames import session_frame
from impact.typing_ import BoolArray, FloatArray, IntArray, ReturnKind, TableLike

__all__ = ["GapRule", "TradeToTradeReturns", "to_returns", "trade_to_trade_returns"]

GapRule = Literal["missing", "trade_to_trade"]
"""What the first session after a gap gets: nothing, or the return over the whole gap."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TradeToTradeReturns:
    """Returns between consecutive trades, with the benchmark compounded over the same sessions.

    Attributes
    ----------
    returns : DataFrame (T, S), decimal
        Return from the last traded close before; NaN on a day without a trade and on the first trade.
    market : DataFrame (T, S), decimal
        Benchmark return over the same gap; NaN where `returns` is, or where the benchmark has no close at either end.
    n_sessions : DataFrame (T, S), float
        Sessions the return spans: 1 without a gap; NaN where `returns` is.
    """

    returns: pd.DataFrame
    market: pd.DataFrame
    n_sessions: pd.DataFrame


def to_returns(
    prices: TableLike,
    kind: ReturnKind = "simple",
    *,
    volume: TableLike | None = None,
    dividends: TableLike | None = None,
    splits: TableLike | None = None,
    gaps: GapRule = "missing",
    venues: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Daily returns of each security, in decimals, (T, S); the first session is NaN.

    Parameters
    ----------
    prices : DataFrame, Series, mapping or polars frame, (T, S)
        Closes, sessions x securities; NaN is a day without a trade.
    kind : {"simple", "log"}
        Simple returns aggregate across securities, log returns across time.
    volume : same shape as `prices`, optional
        Shares traded. Zero means no trade, so that the close of that day is not used; NaN is unknown, the close stands.
    dividends : same shape as `prices`, optional
        Cash a share on its ex-date; NaN or zero where there is none. Leave it out when `prices` are adjusted already.
    splits : same shape as `prices`, optional
        New shares for one old share on the ex-date; NaN or 1 where there is none. Leave it out when `prices` are
        split-adjusted already.
    gaps : {"missing", "trade_to_trade"}
        The first session that trades after one or more that did not: NaN, or the return since the last traded close.
    venues : mapping of security to market identifier code, optional
        Where each line trades; read from the ticker when not given. A table of two markets has days on which one of them
        is closed: an empty cell on a day that is no session of the line's own venue is no gap, nor, of a line whose venue is not
        known, one at week-ends that it never holds or on a holiday that it shares with another such line. Where the rows keep the
        calendar of a line's venue, a session without a row is one.

    Raises
    ------
    InputError
        If `prices` is not a clean table of positive figures, or an option is not in its vocabulary.

    Notes
    -----
    ``R_t = (P_t * a_t + D_t) / P_(t-1) - 1`` with split ratio ``a_t`` and dividend ``D_t`` per old share;
    ``r_t = ln(1 + R_t)``.

    References
    ----------
    Campbell, Lo and MacKinlay (1997), section 1.4; Maynes and Rumsey (1993), Journal of Banking and Finance 17.

    Examples
    --------
    >>> import pandas as pd
    >>> closes = pd.DataFrame({"1810.HK": [32.65, 29.30]}, index=["2021-01-14", "2021-01-15"])
    >>> to_returns(closes)["1810.HK"].round(4).tolist()
    [nan, -0.1026]
    """
    _choose("kind", kind, get_args(ReturnKind))
    _choose("gaps", gaps, get_args(GapRule))
    closes = session_frame(prices, "prices")
    traded = traded_cells(closes, None if volume is None else alongside(volume, closes, "volume", "amount"))
    closed = closed_cells(closes, venues)
    absent = absent_before(closes, venues)
    growth, _ = _growth(
        closes.to_numpy(),
        traded,
        np.cumsum(~closed, axis=0) + absent,
        _previous_trade(traded, closed, absent, through_gaps=gaps == "trade_to_trade"),
        None if dividends is None else alongside(dividends, closes, "dividends", "amount").fillna(0.0).to_numpy(),
        None if splits is None else alongside(splits, closes, "splits", "ratio").fillna(1.0).to_numpy(),
    )
    return pd.DataFrame(_as_kind(growth, kind), index=closes.index, columns=closes.columns)


def trade_to_trade_returns(
    prices: TableLike,
    market: TableLike,
    kind: ReturnKind = "log",
    *,
    volume: TableLike | None = None,
    venues: Mapping[str, str] | None = None,
) -> TradeToTradeReturns:
    """Returns from trade to trade, the benchmark's over the same gap, and how many sessions each spans.

    Use them for thin or halted stocks with weights ``1 / sqrt(n)``: the variance of a return over ``n`` sessions is
    ``n`` times that of one. A halt of several days is one observation, on the day trading resumes; it is not spread.

    Parameters
    ----------
    prices : table (T, S)
        Closes; NaN is a day without a trade.
    market : Series or one-column table (T,)
        Closes of the benchmark on the same sessions.
    kind : {"log", "simple"}
    volume : table (T, S), optional
        Zero means no trade.
    venues : mapping of security to market identifier code, optional
        As for :func:`to_returns`; a day on which a line's own venue was closed is not counted as a session.

    Raises
    ------
    InputError
        If `prices` is not clean, or `market` is not one column covering the sessions of `prices`.

    References
    ----------
    Maynes and Rumsey (1993), Journal of Banking and Finance 17, 145-157.

    Examples
    --------
    >>> days = ["2021-01-04", "2021-01-05", "2021-01-06", "2021-01-07"]
    >>> pair = trade_to_trade_returns({"date": days, "X": [10, None, None, 11]}, {"date": days, "M": [100, 101, 102, 104]}, "simple")
    >>> pair.returns["X"].iloc[-1].round(4), pair.market["X"].iloc[-1].round(4), pair.n_sessions["X"].iloc[-1]
    (np.float64(0.1), np.float64(0.04), np.float64(3.0))
    """
    _choose("kind", kind, get_args(ReturnKind))
    closes = session_frame(prices, "prices")
    benchmark = session_frame(market, "market")
    if benchmark.shape[1] != 1:
        raise InputError(f"market has {benchmark.shape[1]} columns; the benchmark is one series: choose one column.")
    absent = closes.index.difference(benchmark.index)
    if len(absent):
        raise InputError(
            f"market lacks {len(absent)} sessions of prices (first {absent[0]:%Y-%m-%d}); give the benchmark on the same sessions."
        )
    traded = traded_cells(closes, None if volume is None else alongside(volume, closes, "volume", "amount"))
    closed = closed_cells(closes, venues)
    without_row = absent_before(closes, venues)
    counted = np.cumsum(~closed, axis=0) + without_row
    previous = _previous_trade(traded, closed, without_row, through_gaps=True)
    growth, n_sessions = _growth(closes.to_numpy(), traded, counted, previous)
    level = np.broadcast_to(benchmark.reindex(closes.index).to_numpy(), closes.shape)
    market_growth, _ = _growth(level, traded, counted, previous)

    def frame(values: FloatArray) -> pd.DataFrame:
        return pd.DataFrame(values, index=closes.index, columns=closes.columns)

    return TradeToTradeReturns(
        returns=frame(_as_kind(growth, kind)), market=frame(_as_kind(market_growth, kind)), n_sessions=frame(n_sessions)
    )


def traded_cells(closes: pd.DataFrame, volume: pd.DataFrame | None) -> BoolArray:
    """(T, S) bool: there is a close, and the volume is not zero (an unknown volume does not speak against the close)."""
    traded = closes.notna().to_numpy()
    return traded if volume is None else traded & (volume.to_numpy() != 0)


def _previous_trade(traded: BoolArray, closed: BoolArray, absent: IntArray, *, through_gaps: bool) -> IntArray:
    """(T, S) row of the close each return starts from, -1 where there is none; days on which the market was closed are passed over.

    `absent` counts the sessions that have no row: without `through_gaps` no return spans one.
    """
    rows = np.arange(traded.shape[0])[:, None]
    last_trade = np.maximum.accumulate(np.where(traded, rows, -1), axis=0)
    if not through_gaps:
        last_session = np.maximum.accumulate(np.where(closed, -1, rows), axis=0)
        last_trade = np.where(last_trade == last_session, last_trade, -1)
    previous: IntArray = np.vstack([np.full((1, traded.shape[1]), -1), last_trade[:-1]])[: traded.shape[0]]
    if not through_gaps and absent.any():
        spanned = absent - np.take_along_axis(absent, np.maximum(previous, 0), axis=0)
        previous = np.where(spanned > 0, -1, previous)
    return previous


def _growth(
    closes: FloatArray,
    traded: BoolArray,
    counted: IntArray,
    previous: IntArray,
    dividends: FloatArray | None = None,
    splits: FloatArray | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Value now of one unit of money at the close each return starts from, and the sessions between; NaN where there is no return.

    `counted` is the number of the line's sessions up to each row.
    """
    usable = traded & (previous >= 0)
    start = np.where(usable, previous, 0)
    base = np.take_along_axis(closes, start, axis=0)
    value = closes
    if splits is not None or dividends is not None:
        shares = np.ones_like(closes) if splits is None else np.cumprod(splits, axis=0)
        shares_before = np.take_along_axis(shares, start, axis=0)
        value = closes * (shares / shares_before)
        if dividends is not None:
            held = np.vstack([np.ones((1, closes.shape[1])), shares[:-1]])
            paid = np.cumsum(dividends * held, axis=0)
            value = value + (paid - np.take_along_axis(paid, start, axis=0)) / shares_before
    growth = np.divide(value, base, out=np.full(closes.shape, np.nan), where=usable)
    n_sessions = np.where(usable, counted - np.take_along_axis(counted, start, axis=0), np.nan)
    return growth, n_sessions


def _as_kind(growth: FloatArray, kind: ReturnKind) -> FloatArray:
    return np.log(growth) if kind == "log" else growth - 1.0


def alongside(table: TableLike, closes: pd.DataFrame, parameter: str, kind: str) -> pd.DataFrame:
    """A companion table on the sessions and securities of `closes`: what it lacks is NaN, other securities are left out.

    Raises
    ------
    InputError
        If it shares no security with `closes`, or pays or splits on a day that is no session of `closes`.
    """
    frame = session_frame(table, parameter, kind)
    if closes.shape[1] and not frame.columns.intersection(closes.columns).size:
        raise InputError(
            f"{parameter} has none of the {closes.shape[1]} securities of the closes (it has {frame.columns[:1].tolist()}); "
            "name its columns as the closes do."
        )
    frame = frame.reindex(columns=closes.columns)
    stray = frame.loc[frame.index.difference(closes.index)]
    neutral = 1.0 if kind == "ratio" else 0.0
    lost = stray.index[((stray != neutral) & stray.notna()).any(axis=1)] if parameter != "volume" else stray.index[:0]
    if len(lost):
        raise InputError(
            f"{parameter} falls on {len(lost)} days that are no session of the closes (first {lost[0]:%Y-%m-%d}); "
            "move each to its ex-date session."
        )
    return frame.reindex(index=closes.index)


def _choose(parameter: str, value: Any, vocabulary: tuple[Any, ...]) -> None:
    if value not in vocabulary:
        raise InputError(f"{parameter}={value!r} is not known; choose one of: {', '.join(map(repr, vocabulary))}.")
