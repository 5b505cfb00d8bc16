"""How the lines of a calendar meet a benchmark: by the clock of its closes where its market is known, else by date."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from impact.errors import DataUnavailable, ImpactWarning
from impact.eventstudy.alignment import Market, ReturnTable
from impact.eventstudy.benchmark_records import BenchmarkRecord
from impact.eventstudy.own_calendars import OwnCalendar
from impact.kernels.thin_trading import compound_between_closes
from impact.market.closed_days import (
    HELD_OF_CLOSURES,
    LEAST_CLOSURES,
    closures_held,
    is_daily,
    lacks_calendar,
    not_in_session,
    same_calendar,
)
from impact.typing_ import IntArray, ReturnKind

__all__ = ["MetReturns", "meet_records"]

MOST_OF_A_SESSION = 0.5
"""Share of a benchmark's session before the close of a line from which both closes count as one: Paris ends minutes after Stockholm."""


@dataclass(frozen=True, eq=False, kw_only=True)
class MetReturns:
    """Returns, benchmark and factors on the sessions of one calendar.

    Attributes
    ----------
    returns : ReturnTable
    market, factors
    notes : tuple of str
        How each benchmark is met.
    """

    returns: ReturnTable
    market: Market | None
    factors: pd.DataFrame | None
    notes: tuple[str, ...] = ()


def meet_records(
    calendar: OwnCalendar,
    market: Market | None,
    factors: pd.DataFrame | None,
    records: Sequence[BenchmarkRecord],
    kind: ReturnKind,
) -> MetReturns:
    """What a study reads, with every benchmark as the lines of `calendar` can know it at their close.

    Parameters
    ----------
    calendar : OwnCalendar
    market, factors
        As given.
    records : sequence of BenchmarkRecord
        What they are; a benchmark that is no record is left as it is.
    kind : {"simple", "log"}

    Warns
    -----
    ImpactWarning
        When a benchmark whose market is not known has returns on days on which the lines' market was closed.

    Notes
    -----
    A benchmark of another calendar is compounded between its last closes at or before two consecutive closes of the line, in
    UTC: 0 where it did not close in between. One that is not matched by the clock is matched by date label, what it
    did between two sessions of the line compounded into the later one.
    """
    returns, notes = calendar.table, []
    for record in records:
        frame, note = _met(record, calendar, kind)
        notes += [*note, *_notes_of_lacking(record, calendar)]
        if frame is None:
            continue
        if record.role == "factors":
            factors = frame
        elif isinstance(market, (list, tuple)):
            values = returns.values.copy()
            values[:, returns.securities.get_indexer(pd.Index([record.column], dtype=object))[0]] = frame.to_numpy()[:, 0]
            returns = replace(returns, values=values)
        else:
            name = record.column if record.column is not None else getattr(market, "name", record.values.columns[0])
            market = frame.iloc[:, 0].rename(name)
    return MetReturns(returns=returns, market=market, factors=factors, notes=tuple(dict.fromkeys(notes)))


def _met(record: BenchmarkRecord, calendar: OwnCalendar, kind: ReturnKind) -> tuple[pd.DataFrame | None, list[str]]:
    """A record on the sessions of a calendar, None where the table of the calendar has it so, and how it was met, in words."""
    own = calendar.table.sessions
    if record.values.empty or record.days[-1] < own[0] or record.days[0] > own[-1]:
        return None, []  # the model says that they share no session
    record = _sure_of_its_market(record, calendar)
    notes = _notes_of_unknown(record, calendar)
    if calendar.venue and record.venue and not same_calendar(calendar.venue, record.venue):
        if not (is_daily(own) and is_daily(record.days)):
            notes = [f"{record.name} is matched by date label, not by the time of its close: rows are weeks, months or the like"]
        elif record.laid:
            notes = [
                f"{record.name} has returns on days on which {record.venue} was closed, so it was laid on other sessions before: "
                "it is matched by date label"
            ]
        else:
            try:
                return _by_clock(record, calendar, kind)
            except DataUnavailable as error:
                notes = [f"{record.name} is matched by date label, not by the time of its close: {error}"]
    if record.column is not None:
        return None, notes
    return (_by_date(record, own, kind) if record.on(own).any() else None), notes


def _sure_of_its_market(record: BenchmarkRecord, calendar: OwnCalendar) -> BenchmarkRecord:
    """The record without a market where its rows alone tell it, and all of them are sessions of the lines as well: an inner join."""
    if record.told_by not in ("letters", "rows") or not calendar.venue or same_calendar(calendar.venue, record.venue):
        return record
    own = calendar.table.sessions
    abroad = record.days[(record.days > own[0]) & (record.days < own[-1])].difference(own)
    return record if len(abroad) >= LEAST_CLOSURES else replace(record, venue="", told_by="")


def _notes_of_unknown(record: BenchmarkRecord, calendar: OwnCalendar) -> list[str]:
    """That the market of a benchmark is not known, where that of the line is; a warning where it is another one by its rows."""
    if record.venue or not calendar.venue or not _told(calendar):
        return []
    foreign = _days_of_another_market(record, calendar)
    if len(foreign):
        warnings.warn(
            f"{record.name} has returns on {len(foreign)} days on which {calendar.venue} was closed (first {foreign[0]:%Y-%m-%d}) and lacks days "
            "on which it was open, so it is of another market, and which is not known: it is matched by date label, which may be a day off; "
            "name it by its ticker, such as ^GSPC, or lay it on the sessions of the line with align_to_closes.",
            ImpactWarning,
            stacklevel=2,
        )
    return [
        f"the market of {record.name} is not known: its returns are matched by date label, not by the time of their close; "
        "name it by its ticker, such as ^GSPC, where it is that of another market"
    ]


def _notes_of_lacking(record: BenchmarkRecord, calendar: OwnCalendar) -> list[str]:
    """That a benchmark rests on days on which a line without a known calendar has returns, such as week-ends."""
    if calendar.recorded:
        return []
    own = calendar.table.sessions
    inside = (own > record.days[:1].min()) & (own < record.days[-1:].max()) if len(record.days) else np.zeros(len(own), dtype=bool)
    lacked = np.flatnonzero(inside & ~record.on(own))
    if lacked.size >= LEAST_CLOSURES:
        lacked = lacked[np.isfinite(calendar.table.values[np.ix_(lacked, calendar.lines)]).any(axis=1)]
    if lacked.size < LEAST_CLOSURES:
        return []
    return [
        f"{record.name} has no return on {lacked.size} days on which the line has one (first {own[lacked[0]]:%Y-%m-%d}): they have no abnormal "
        "return, and its return of the day after spans them where that of the line does not; give both on the same days"
    ]


def _days_of_another_market(record: BenchmarkRecord, calendar: OwnCalendar) -> pd.DatetimeIndex:
    """Days of a benchmark on which the lines' market was closed, where it keeps its own closures too; none otherwise."""
    own = calendar.table.sessions
    away = not_in_session(calendar.venue, record.days)
    if away is None:
        return record.days[:0]
    foreign = record.days[away].difference(own[np.asarray(np.isfinite(calendar.table.values[:, calendar.lines]).any(axis=1))])
    held = closures_held(calendar.venue, record.days, np.ones((len(record.days), 1), dtype=bool))
    lacks = int(((own > record.days[0]) & (own < record.days[-1]) & ~own.isin(record.days)).sum())
    many = held is not None and len(foreign) > HELD_OF_CLOSURES * held.n_closures[0]
    return foreign if many and min(len(foreign), lacks) >= LEAST_CLOSURES else foreign[:0]


def _told(calendar: OwnCalendar) -> bool:
    """Whether the market of the lines is stated, or kept by their rows."""
    return calendar.recorded or lacks_calendar(calendar.venue)


def _by_date(record: BenchmarkRecord, sessions: pd.DatetimeIndex, kind: ReturnKind) -> pd.DataFrame:
    """Returns on their dates, those of days between two sessions compounded into the later one."""
    values = record.values.reindex(sessions).to_numpy(dtype=np.float64, copy=True)
    between = record.days.difference(sessions)
    target = np.searchsorted(sessions.to_numpy(), between.to_numpy())
    inside = (target > 0) & (target < len(sessions))
    every = record.values.loc[between[inside]].to_numpy(dtype=np.float64)
    for row, more in zip(target[inside], np.nan_to_num(every), strict=True):
        values[row] = values[row] + more if kind == "log" else (1.0 + values[row]) * (1.0 + more) - 1.0
    return pd.DataFrame(values, index=sessions, columns=record.values.columns)


def _by_clock(record: BenchmarkRecord, calendar: OwnCalendar, kind: ReturnKind) -> tuple[pd.DataFrame, list[str]]:
    """Returns compounded between the last closes of the benchmark at or before those of the line."""
    from impact.calendars import trading_hours

    own = calendar.table.sessions
    laid = _perhaps_laid(record, own)
    record = record.with_missing_sessions(own[-1])
    first = _session_before(calendar.venue, own[0]) if calendar.recorded else own[:0]
    line = trading_hours(pd.DatetimeIndex(first.append(own)), calendar.venue)
    hours = trading_hours(record.days, record.venue)
    closes, own_closes = _instants(hours, "close"), _instants(line, "close")
    counted = _counted_closes(_instants(hours, "open"), closes, own_closes)
    values = record.values.to_numpy(dtype=np.float64)
    met = compound_between_closes(np.expm1(values) if kind == "log" else values, counted, own_closes)[len(first) :]
    frame = pd.DataFrame(np.log1p(met) if kind == "log" else met, index=own, columns=record.values.columns)
    return frame, [_how(record, calendar, hours, line.iloc[len(first) :], counted) + laid]


def _perhaps_laid(record: BenchmarkRecord, own: pd.DatetimeIndex) -> str:
    """That rows which are all sessions of the line, and lack some of their own market, may have been laid on them: nothing tells."""
    inside = record.days[(record.days >= own[0]) & (record.days <= own[-1])]
    whole = record.with_missing_sessions(own[-1]).days
    lacks = whole[(whole >= own[0]) & (whole <= own[-1])].difference(inside)
    if len(inside.difference(own)) or not len(lacks):
        return ""
    return (
        "; all its rows are sessions of the line and some of its own are missing: if it was laid on them before (align_to_closes), it is a "
        "close too late here: give it on its own sessions, or under a name that is no ticker"
    )


def _session_before(venue: str, day: pd.Timestamp) -> pd.DatetimeIndex:
    from impact.calendars import sessions

    try:
        return sessions(venue, day - pd.Timedelta(days=14), day - pd.Timedelta(days=1))[-1:]
    except DataUnavailable:
        return pd.DatetimeIndex([], dtype="datetime64[ns]")


def _instants(hours: pd.DataFrame, name: str) -> IntArray:
    return np.asarray(pd.DatetimeIndex(hours[name]).as_unit("ns").asi8)


def _counted_closes(opens: IntArray, closes: IntArray, own: IntArray) -> IntArray:
    """Closes of a benchmark; one that comes after most of its session has passed at the line's close counts as that close."""
    usual = np.median(closes - opens)
    following = np.searchsorted(own, opens, side="right")
    inside = following < own.size
    meets = own[np.minimum(following, own.size - 1)]
    together = inside & (meets < closes) & (meets - opens >= MOST_OF_A_SESSION * usual)
    return np.where(together, meets, closes)


def _how(record: BenchmarkRecord, calendar: OwnCalendar, hours: pd.DataFrame, line: pd.DataFrame, counted: IntArray) -> str:
    """How a benchmark of another market is met, with the lag that it has as a rule."""
    own = calendar.venue
    both = hours.index.intersection(line.index)
    told = (
        f"{record.name} has returns on sessions of New York and on no other days, so it is taken as of its closes; it"
        if (record.told_by == "rows")
        else record.name
    )
    if len(both) and hours.loc[both[-1], "open"] >= line.loc[both[-1], "close"]:
        relation = f"opens after {own} has closed"
    elif len(both) and counted[hours.index.get_loc(both[-1])] > line.loc[both[-1], "close"].value:
        relation = f"closes after {own}"
    else:
        relation = f"keeps the sessions of {record.venue}, not those of {own}"
    known = np.searchsorted(counted, _instants(line, "close"), side="right") - 1
    days = pd.TimedeltaIndex(line.index[known >= 0] - hours.index[known[known >= 0]]).days
    lag = int(pd.Series(days).mode().iloc[0]) if len(days) else 0
    label = "the same date" if lag == 0 else f"{lag} day{'s' * (lag > 1)} before"
    return f"{told} {relation}: each session meets its returns up to the last close before its own (in UTC), as a rule that of {label}"
