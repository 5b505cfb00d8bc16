"""Tables in, positions out: returns as an array, and each event as a session and a column of it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias, cast

import numpy as np
import pandas as pd

from impact.anchors import AnchorPolicy
from impact.errors import InputError
from impact.eventstudy.column_labels import as_columns, named_as_columns
from impact.eventstudy.event_tables import checked_events, clocked_rows, faulty_instant
from impact.instants import parse_instant
from impact.intake.given_frames import as_frame
from impact.market.frames import checked_sessions, dated_frame, refuse_where
from impact.tables.prose import quoted
from impact.typing_ import FloatArray, IntArray, TableLike

__all__ = [
    "AlignedEvents",
    "Market",
    "ReturnTable",
    "align_checked",
    "align_events",
    "column_of_returns",
    "factor_table",
    "read_factors",
    "read_market",
    "read_returns",
]

Market: TypeAlias = Hashable | Sequence[Hashable] | pd.Series | pd.DataFrame
"""A benchmark: a column of the returns, several of them as an equal-weighted basket, or a series of its own."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ReturnTable:
    """Returns as the engine wants them.

    Attributes
    ----------
    values : (T, S) float
        Decimal returns; NaN is a session without trade.
    sessions : DatetimeIndex, length T
    securities : Index, length S
    absent : mapping of venue to DatetimeIndex
        Sessions of a venue for which the returns given have no row, added as rows without a return.
    added : DatetimeIndex
        All rows that were added to those given: sessions of a venue, and rows of a benchmark given apart.
    """

    values: FloatArray
    sessions: pd.DatetimeIndex
    securities: pd.Index
    absent: Mapping[str, pd.DatetimeIndex] = field(default_factory=dict)
    added: pd.DatetimeIndex = field(default_factory=lambda: pd.DatetimeIndex([]))

    @cached_property
    def extremes(self) -> tuple[FloatArray, FloatArray]:
        """(S,) least and largest return of each security; NaN where it has none."""
        return np.fmin.reduce(self.values, axis=0), np.fmax.reduce(self.values, axis=0)


@dataclass(frozen=True, eq=False, kw_only=True)
class AlignedEvents:
    """The events that can be placed on the return calendar, and those that cannot.

    Attributes
    ----------
    table : DataFrame, n rows
        The event table as given, row order kept, with columns `day0` (session), `rolled_days` (calendar days moved) and,
        where instants are given, `intraday` (the news fell inside the session, so day 0 holds only part of the reaction).
    day0, security : (n,) int
        Positions on the calendar and in the columns.
    dropped : DataFrame
        event_id, security, date, status, reason.
    own_day0 : (n,) int or None
        Positions among the sessions of each event's own line, where `day0` counts those of several markets together.
    """

    table: pd.DataFrame
    day0: IntArray
    security: IntArray
    dropped: pd.DataFrame
    own_day0: IntArray | None = None

    @property
    def own_positions(self) -> IntArray:
        """(n,) positions among the sessions of each event's own line: what tells how far two events of a line are apart."""
        return self.day0 if self.own_day0 is None else self.own_day0


def read_returns(returns: TableLike) -> ReturnTable:
    """Check a table of returns, sessions x securities, without changing it.

    Raises
    ------
    InputError
        If it is empty, its sessions repeat, are unsorted or are no dates, a column repeats, or a value is text or infinite.
    """
    frame = as_frame(returns, "returns")
    if len(frame):
        frame = dated_frame(frame, "returns")
    if frame.empty:
        raise InputError(
            f"returns is empty ({frame.shape[0]} sessions x {frame.shape[1]} securities); give at least one column of returns."
        )
    if not frame.columns.is_unique:
        repeated = frame.columns[frame.columns.duplicated()]
        raise InputError(f"returns repeats {len(repeated)} column(s) (first {repeated[0]!r}); a security has one column: keep one of each.")
    sessions = checked_sessions(frame.index, "returns")
    values = _numbers(frame, "returns")
    table = ReturnTable(values=values, sessions=sessions, securities=frame.columns)
    if np.isinf(table.extremes).any():
        rule = "infinite; a return must be finite: mend the price of that day or leave it empty"
        refuse_where(np.isinf(values), values, sessions, frame.columns, "returns", rule)
    return table


def _numbers(frame: pd.DataFrame, parameter: str) -> FloatArray:
    try:
        return frame.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        bad = {name: cell for name, column in frame.items() for cell in reversed(column.dropna().tolist()) if not _is_number(cell)}
        first = next(iter(bad))
        raise InputError(
            f"{parameter} has {len(bad)} column(s) that are not numbers (first {quoted(first)}: {bad[first]!r}); "
            "give decimal returns, NaN for a day without trade."
        ) from None


def _is_number(cell: Any) -> bool:
    try:
        float(cell)
    except (TypeError, ValueError):
        return False
    return True


def read_market(market: Market | None, securities: pd.Index) -> Market | None:
    """The benchmark as names of columns, or as a pandas series or frame with its dates in the index.

    Names are those of `securities`, the columns of the returns, that they are written like.

    Raises
    ------
    InputError
        If it is figures without dates.
    """
    if isinstance(market, pd.Series) or market is None:
        return market
    if isinstance(market, (list, tuple)):
        return type(market)(as_columns(pd.Series(market, dtype=object), securities))
    if isinstance(market, (dict, pd.DataFrame)) or hasattr(market, "columns"):
        return dated_frame(as_frame(cast("TableLike", market), "market"), "market")
    if not isinstance(market, Hashable) or hasattr(market, "to_numpy"):
        raise InputError(
            f"market is a {type(market).__name__}, which has no dates; name a column of returns, or give a Series or a table with its sessions."
        )
    return cast("Market", as_columns(pd.Series([market], dtype=object), securities).iloc[0])


def column_of_returns(market: Market | None, returns: ReturnTable) -> FloatArray:
    """(T,) benchmark returns from a column name or a Series; sessions it lacks are NaN.

    Raises
    ------
    InputError
        If the name is no column or several, or the Series shares no session with the returns.
    """
    if isinstance(market, list):
        raise InputError(
            f"market names {len(market)} columns, a basket, where one benchmark is asked for; name one column, or give their mean: "
            "market=returns[[...]].mean(axis=1)."
        )
    if not isinstance(market, (pd.Series, pd.DataFrame)):
        position = returns.securities.get_indexer(pd.Index([market]))[0]
        if position < 0:
            raise InputError(
                f"market={market!r} is not a column of returns ({len(returns.securities)} columns); name one, or give a Series."
            )
        return returns.values[:, position]
    if isinstance(market, pd.DataFrame):
        if market.shape[1] != 1:
            raise InputError(f"market has {market.shape[1]} columns; it must be one series: choose the column.")
        market = market.iloc[:, 0]
    sessions, values, _ = factor_table(market.to_frame("market"), "market")
    return _reindexed(sessions, values, "market", returns)[:, 0]


def factor_table(factors: TableLike, parameter: str = "factors") -> tuple[pd.DatetimeIndex, FloatArray, tuple[str, ...]]:
    """Sessions, (F, k) values and names of a table of factor returns, checked."""
    frame = dated_frame(as_frame(factors, parameter), parameter)
    sessions = checked_sessions(frame.index, parameter)
    values = _numbers(frame, parameter)
    rule = "infinite; a return must be finite: mend it or leave it empty"
    refuse_where(np.isinf(values), values, sessions, frame.columns, parameter, rule)
    return sessions, values, tuple(str(column) for column in frame.columns)


def read_factors(factors: TableLike, returns: ReturnTable) -> tuple[FloatArray, tuple[str, ...]]:
    """(T, F) factor returns on the sessions of `returns`, with their names; sessions they lack are NaN."""
    sessions, values, names = factor_table(factors)
    return _reindexed(sessions, values, "factors", returns), names


def _reindexed(sessions: pd.DatetimeIndex, values: FloatArray, parameter: str, returns: ReturnTable) -> FloatArray:
    position = sessions.get_indexer(returns.sessions)
    if (position < 0).all():
        raise InputError(
            f"{parameter} shares no session with returns ({sessions[0]:%Y-%m-%d} to {sessions[-1]:%Y-%m-%d} against "
            f"{returns.sessions[0]:%Y-%m-%d} to {returns.sessions[-1]:%Y-%m-%d}); give it for the same dates."
        )
    return np.where((position >= 0)[:, None], values[position], np.nan)


def align_events(events: pd.DataFrame, returns: ReturnTable, anchor: AnchorPolicy = "next") -> AlignedEvents:
    """Place every event on a session and a column, or say why not.

    A row with a zoned `known_at` and a `venue`, stated or in its ticker, goes to the first session of that venue that can react; the
    others go by their `date`. Sessions are those of the return table.

    Raises
    ------
    InputError
        If the table is empty, lacks a column, or repeats an `event_id`; or under ``anchor="raise"`` if a date is no session.
    """
    return align_checked(named_as_columns(checked_events(events), returns.securities), returns, anchor)


def align_checked(events: pd.DataFrame, returns: ReturnTable, anchor: AnchorPolicy = "next") -> AlignedEvents:
    """:func:`align_events` of a table that :func:`checked_events` gave, which is left as it is."""
    table = events.copy(deep=False)
    security = _columns_of(table["security"], returns.securities)
    position, rolled, reason, intraday = _positions(table, returns, anchor)
    if (security < 0).any():
        reason = np.where(security < 0, "security is not a column of returns", reason)
    placed = (position >= 0) & (security >= 0)
    everything = bool(placed.all())
    sessions = returns.sessions.take(np.where(placed, position, 0))
    table["day0"] = sessions if everything else sessions.where(placed)
    table["rolled_days"] = rolled
    if intraday is not None:
        table["intraday"] = intraday
    lost = table.loc[~placed, ["event_id", "security", "date"]] if not everything else table.iloc[:0][["event_id", "security", "date"]]
    lost = lost.assign(status="dropped", reason=reason[~placed])
    kept = slice(None) if everything else placed
    return AlignedEvents(
        table=table if everything else table.loc[placed].reset_index(drop=True),
        day0=position[kept].astype(np.intp),
        security=security[kept].astype(np.intp),
        dropped=lost.reset_index(drop=True),
    )


def _columns_of(names: pd.Series, securities: pd.Index) -> IntArray:
    """Column of each name, -1 where there is none; every name is looked up once, however many events it has."""
    codes, distinct = pd.factorize(names)
    columns = np.append(securities.get_indexer(distinct), -1)
    return columns[codes]


def _positions(
    table: pd.DataFrame, returns: ReturnTable, anchor: AnchorPolicy
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]:
    """Position on the calendar, calendar days moved, reason where not placed, and whether the instant fell inside a session."""
    from impact.calendars import anchor_dates

    clocked = clocked_rows(table)
    if not clocked.any():
        codes, distinct = pd.factorize(table["date"], use_na_sentinel=False)
        position, rolled, reason = _by_date(anchor_dates(distinct, returns.sessions, policy=anchor))
        return position[codes], rolled[codes], reason[codes], None
    position = np.full(len(table), -1)
    rolled = np.zeros(len(table), dtype=np.int64)
    reason = np.full(len(table), "", dtype=object)
    intraday = np.zeros(len(table), dtype=bool)
    if not clocked.all():
        position[~clocked], rolled[~clocked], reason[~clocked] = _by_date(
            anchor_dates(table.loc[~clocked, "date"], returns.sessions, policy=anchor)
        )
    for venue, rows in table.loc[clocked].groupby("venue", sort=False):
        at = rows.index.to_numpy()
        try:
            position[at], rolled[at], reason[at], intraday[at] = _by_clock(rows["known_at"], str(venue), returns, anchor)
        except InputError as error:
            raise faulty_instant(rows) or error from None
    return position, rolled, reason, intraday


def _by_date(placed: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    reason = placed["reason"].to_numpy(dtype=object)
    return placed["position"].to_numpy(), placed["rolled_days"].to_numpy(), reason


def _by_clock(known_at: pd.Series, venue: str, returns: ReturnTable, anchor: AnchorPolicy) -> tuple[np.ndarray, ...]:
    """First session that can react: by the calendar of the venue, and by the rows given where they hold a session that it lacks."""
    from impact.calendars import VENUES, anchor_dates, reactions

    if venue in VENUES and not VENUES[venue].calendar:
        return _by_usual_hours(known_at, venue, returns, anchor)
    reacting = reactions(known_at, venue, policy="next" if anchor == "raise" else anchor)
    if anchor == "raise":
        _refuse_waiting(reacting["reason"].isin(["after close", "no session"]).to_numpy(), reacting["instant"], venue)
    if anchor == "next":
        reacting = _on_rows_off_calendar(reacting, venue, returns.sessions)
    placed = anchor_dates(reacting["session"], returns.sessions, policy=anchor)
    position, moved, reason = _by_date(placed)
    reason = np.where(reacting["session"].isna(), f"instant is outside the calendar of {venue}", reason)
    return position, moved + reacting["rolled_days"].to_numpy(), reason, reacting["intraday"].to_numpy()


def _refuse_waiting(waits: np.ndarray, known_at: pd.Series, venue: str) -> None:
    """Refuse instants that meet no open session on their own date."""
    if waits.any():
        raise InputError(
            f"events['known_at']: {int(waits.sum())} of {len(known_at)} meet no open session of {venue} on their own date (first "
            f'{parse_instant(known_at.iloc[np.flatnonzero(waits)[0]]).isoformat()}); choose anchor="next" or anchor="previous".'
        )


def _on_rows_off_calendar(reacting: pd.DataFrame, venue: str, sessions: pd.DatetimeIndex) -> pd.DataFrame:
    """Reactions moved to a row of the table that is no session of the calendar, where that one closes before their session and after the news."""
    from impact.calendars import trading_hours
    from impact.market.closed_days import not_in_session

    away = not_in_session(venue, sessions)
    if away is None or not away.any():
        return reacting
    hours = trading_hours(sessions[away], venue)
    moments = pd.DatetimeIndex(reacting["instant"]).as_unit("ns")
    at = np.searchsorted(pd.DatetimeIndex(hours["close"]).as_unit("ns").asi8, moments.asi8, side="right")
    row = hours.index.append(pd.DatetimeIndex([pd.NaT])).take(at)
    earlier = np.asarray(row < pd.DatetimeIndex(reacting["session"]))
    opens = pd.DatetimeIndex(hours["open"]).append(pd.DatetimeIndex([pd.NaT], tz="UTC")).take(at)
    local = pd.DatetimeIndex(reacting["session"]) - pd.to_timedelta(reacting["rolled_days"].to_numpy(), unit="D")
    return reacting.assign(
        session=np.where(earlier, row, reacting["session"]),
        intraday=np.where(earlier, opens <= moments, reacting["intraday"]),
        rolled_days=np.where(earlier, (row - local).days, reacting["rolled_days"]),
    )


def _by_usual_hours(known_at: pd.Series, venue: str, returns: ReturnTable, anchor: AnchorPolicy) -> tuple[np.ndarray, ...]:
    """First row of the table that closes after the news, at the usual hours of a venue without a calendar."""
    from impact.calendars import VENUES, anchor_dates, trading_hours

    own = returns.sessions
    hours = trading_hours(own, venue)
    moments = pd.DatetimeIndex([parse_instant(value, parameter="known_at").tz_convert("UTC") for value in known_at]).as_unit("ns")
    local = moments.tz_convert(VENUES[venue].zone).tz_localize(None).normalize()
    following = np.searchsorted(pd.DatetimeIndex(hours["close"]).as_unit("ns").asi8, moments.asi8, side="right")
    inside = (following < len(own)) & np.asarray(local >= own[0])
    first = own.take(np.minimum(following, len(own) - 1))
    waits = inside & np.asarray(first != local)
    if anchor == "raise":
        _refuse_waiting(waits, known_at, venue)
    aimed = own.take(np.maximum(following - 1, 0)) if anchor == "previous" else first
    beyond = np.where(following < len(own), local, local + pd.Timedelta(days=1))
    placed = anchor_dates(pd.DatetimeIndex(np.where(waits, aimed, beyond)), own, policy="next")
    position, _, reason = _by_date(placed)
    at = np.maximum(position, 0)
    intraday = (position >= 0) & ~waits & np.asarray(pd.DatetimeIndex(hours["open"]).take(at) <= moments)
    return position, np.where(position >= 0, (own.take(at) - local).days, 0), reason, intraday
