"""Each line counts the sessions of its own market, whatever else stands in the table of returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from impact.eventstudy.alignment import ReturnTable
from impact.eventstudy.benchmark_records import BenchmarkRecord
from impact.eventstudy.known_rows import KnownRows, known_of, rows_with_any
from impact.market.absent_rows import absent_sessions
from impact.market.closed_days import (
    LEAST_CLOSURES,
    calendar_believed,
    closures_held,
    is_daily,
    is_stated,
    lacks_calendar,
    not_in_session,
    not_in_usual_session,
    same_calendar,
    venues_of,
)
from impact.typing_ import BoolArray, FloatArray, IntArray, ReturnKind

__all__ = ["OwnCalendar", "known_rows", "on_sessions", "own_calendars", "sessions_absent", "with_absent_sessions"]


FEWEST_RESTS = 10
"""Rows of one day of the week, all without a return of the benchmark, from which it rests on that day."""


@dataclass(frozen=True, eq=False, kw_only=True)
class OwnCalendar:
    """The calendar that some lines share.

    Attributes
    ----------
    lines : (s,) int
        Their columns.
    position : (T_own,) int
        Its sessions among those of the whole table.
    table : ReturnTable
        Every column on those sessions; what traded elsewhere in between is compounded into the next one.
    whole : bool
        No session of the table is left out.
    venue : str
        Market identifier code, empty where it is not known.
    recorded : bool
        Its sessions are those of the venue's calendar, and days off it on which a line traded; else the rows with a return.
    absent : DatetimeIndex
        Those of its sessions for which the returns given have no row.
    rested : DatetimeIndex
        Days of the week on which a benchmark never has a return and the lines have one, and closures of its market: compounded into the
        day after.
    """

    lines: IntArray
    position: IntArray
    table: ReturnTable
    whole: bool
    venue: str
    recorded: bool = False
    absent: pd.DatetimeIndex = field(default_factory=lambda: pd.DatetimeIndex([]))
    rested: pd.DatetimeIndex = field(default_factory=lambda: pd.DatetimeIndex([]))


def with_absent_sessions(
    table: ReturnTable, lines: IntArray, venues: Mapping[str, str] | None = None, lacked: pd.DatetimeIndex | None = None
) -> ReturnTable:
    """The table with a row without a return for every session of the lines' venues that it lacks.

    Parameters
    ----------
    table : ReturnTable
    lines : (s,) int
        Distinct columns with events.
    venues : mapping of security to market identifier code, optional
        What is not stated is read from the ticker.
    lacked : DatetimeIndex, optional
        Further rows that it lacks: those of a benchmark given apart.

    Notes
    -----
    A row that is not there moves every later day of a window, and an event on it to another day. Rows that do not keep the
    calendar of the venue are left as they are; see :func:`impact.market.absent_rows.absent_sessions`.
    """
    absent = sessions_absent(table.sessions, known_rows(table, venues, lines))
    more = table.sessions[:0] if lacked is None else lacked
    if not absent and not len(more):
        return table
    added = pd.DatetimeIndex(np.unique(np.concatenate([more.to_numpy(), *(days.to_numpy() for days in absent.values())])))
    sessions = table.sessions.union(added)
    at = table.sessions.get_indexer(sessions)
    values = np.where((at >= 0)[:, None], table.values[at], np.nan)
    return replace(table, values=values, sessions=sessions, absent=absent, added=added)


def known_rows(table: ReturnTable, venues: Mapping[str, str] | None = None, lines: IntArray | None = None) -> KnownRows:
    """The rows on which the lines of a table, or some of them, have a return."""
    chosen = np.arange(len(table.securities)) if lines is None else lines
    names = pd.Index([str(name) for name in table.securities[chosen].tolist()], dtype=object)
    of_line, stated = venues_of(names, venues).to_numpy(), is_stated(names, venues)
    somebody = {str(venue): rows_with_any(table.values, chosen[of_line == venue]) for venue in dict.fromkeys(of_line)}
    sure = {str(venue): rows_with_any(table.values, chosen[(of_line == venue) & stated]) for venue in dict.fromkeys(of_line[stated])}
    return KnownRows(somebody=somebody, stated=sure)


def sessions_absent(sessions: pd.DatetimeIndex, known: KnownRows) -> dict[str, pd.DatetimeIndex]:
    """By venue, its sessions that a table has no row for; where a line states the venue, only such lines are asked."""
    absent = {}
    for venue in filter(None, known.somebody):
        sure = venue in known.stated
        days = absent_sessions(venue, sessions, known.stated[venue] if sure else known.somebody[venue], stated=sure)
        if len(days):
            absent[venue] = days
    return absent


def _added_for_others(table: ReturnTable, venue: str) -> BoolArray:
    """(T,) rows that were added because other venues have a session."""
    added = np.zeros(len(table.sessions), dtype=bool)
    for other, days in table.absent.items():
        if other != venue:
            added |= table.sessions.isin(days)
    return added & ~table.sessions.isin(table.absent[venue]) if venue in table.absent else added


def own_calendars(
    table: ReturnTable,
    lines: IntArray,
    *,
    venues: Mapping[str, str] | None = None,
    records: Sequence[BenchmarkRecord] = (),
    kind: ReturnKind | None = "simple",
) -> list[OwnCalendar]:
    """Group lines by the sessions they count.

    Parameters
    ----------
    table : ReturnTable
    lines : (s,) int
        Distinct columns with events.
    venues : mapping of security to market identifier code, optional
        What is not stated is read from the ticker.
    records : sequence of BenchmarkRecord
        What the lines are set against.
    kind : {"simple", "log"} or None
        How what traded while a line's market was closed is compounded; None leaves it out.

    Notes
    -----
    A row of the table is a session of a line when the calendar of its venue says so, or when the line or a benchmark of the same
    calendar has a return. Where the venue has no calendar, or is only supposed and the line does not keep its calendar, a row is a
    session when the line has a return or a benchmark that may be of its market; without any benchmark, when a line of the
    same venue has one. Other columns have no say. A line of no known venue that is quoted on days of the week on which a benchmark never
    is (week-ends) is compounded over them, as the benchmark is: both then span the same days.
    """
    names = pd.Index([str(name) for name in table.securities.tolist()], dtype=object)
    every, stated = venues_of(names, venues).to_numpy(), is_stated(names, venues)
    groups: dict[tuple[str, str, bool, bytes], tuple[list[int], BoolArray]] = {}
    for venue, sure in dict.fromkeys(zip(every[lines].tolist(), stated[lines].tolist(), strict=True)):
        here = lines[(every[lines] == venue) & (stated[lines] == sure)]
        alike = np.flatnonzero((every == venue) & (stated == sure))
        for told in _shut_rows(table, str(venue), bool(sure), here, alike, records):
            key = (str(venue), told.venue, told.recorded, told.shut.tobytes())
            groups.setdefault(key, ([], told.shut))[0].extend(told.lines.tolist())
    weekly, closures = _days_of_rest(table.sessions, records if kind is not None else ())
    calendars = []
    for (venue, told_venue, recorded, _), (members, closed) in groups.items():
        some = np.array(sorted(members), dtype=np.intp)
        rested = _rested(table, some, weekly & ~closed, closures & ~closed) if not told_venue else np.zeros(0, dtype=np.intp)
        shut = closed.copy()
        shut[rested] = True
        calendars.append(
            OwnCalendar(
                lines=some,
                position=np.flatnonzero(~shut),
                table=on_sessions(table, ~shut, kind),
                whole=not shut.any(),
                venue=told_venue,
                recorded=recorded,
                absent=table.absent.get(venue, pd.DatetimeIndex([])),
                rested=table.sessions[rested],
            )
        )
    return calendars


def _days_of_rest(sessions: pd.DatetimeIndex, records: Sequence[BenchmarkRecord]) -> tuple[BoolArray, BoolArray]:
    """(T,) rows within a daily benchmark on the days of the week on which it never has a return, such as Saturdays; and on closures of its market."""
    weekly, closures = np.zeros(len(sessions), dtype=bool), np.zeros(len(sessions), dtype=bool)
    weekday = np.asarray(sessions.day_of_week)
    for record in records:
        if len(record.days) and is_daily(record.days):
            inside = np.asarray((sessions > record.days[0]) & (sessions < record.days[-1]))
            never = np.setdiff1d(np.arange(7), record.days.day_of_week)
            weekly |= inside & np.isin(weekday, never[np.bincount(weekday[inside], minlength=7)[never] >= FEWEST_RESTS])
            away = None if record.laid else not_in_session(record.venue, sessions)
            closures |= inside & ~record.on(sessions) & (away if away is not None else False)
    return weekly, closures


def _rested(table: ReturnTable, lines: IntArray, weekly: BoolArray, closures: BoolArray) -> IntArray:
    """Positions of the rows of a benchmark's rest; none where the lines have next to no returns on its days of the week."""
    quoted = np.isfinite(table.values[np.ix_(np.flatnonzero(weekly), lines)]).any(axis=1).sum()
    return np.flatnonzero(weekly | closures) if quoted >= FEWEST_RESTS else np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Shut:
    """Some lines, the rows (T,) that are no sessions of theirs, their venue, and whether its calendar tells them."""

    lines: IntArray
    shut: BoolArray
    venue: str
    recorded: bool = False


def _shut_rows(
    table: ReturnTable, venue: str, sure: bool, lines: IntArray, alike: IntArray, records: Sequence[BenchmarkRecord]
) -> list[_Shut]:
    """The rows that are no sessions of some lines of one venue, `alike` being all its columns."""
    others = _added_for_others(table, venue)
    away = not_in_usual_session(venue, table.sessions)
    rows = _rows_of_market(table, alike, records, venue)
    if away is None or (not sure and not away.any() and rows.all()):
        return _by_own_rows(table, lines, venue, rows, records, others)
    believed = np.ones(lines.size, dtype=bool) if sure else calendar_believed(venue, table.sessions, known_of(table.values, lines))
    told: list[_Shut] = []
    if believed.any():
        home = [record.on(table.sessions) for record in records if record.venue and same_calendar(venue, record.venue)]
        shut = away & ~np.logical_or.reduce(home) if home else away
        told += [
            _Shut(lines=some, shut=own | others, venue=venue, recorded=True) for some, own in _without_returns(table, lines[believed], shut)
        ]
    if not believed.all():
        told += _by_own_rows(table, lines[~believed], "", rows, records, others)
    return told


def _rows_of_market(table: ReturnTable, alike: IntArray, records: Sequence[BenchmarkRecord], venue: str) -> BoolArray:
    """(T,) rows that a benchmark of the lines' market, or of one that is not known, shows to be sessions.

    Without a benchmark, rows on which one of the lines has a return; where nothing tells their market, an empty row is a day without trade.
    """
    if not records:
        some = rows_with_any(table.values, alike)
        if some.all() or lacks_calendar(venue):
            return some
        return some | ~rows_with_any(table.values, np.arange(len(table.securities)))
    home = [record.on(table.sessions) for record in records if not record.venue or not _elsewhere(venue, record)]
    return np.logical_or.reduce(home) if home else np.zeros(len(table.sessions), dtype=bool)


def _elsewhere(venue: str, record: BenchmarkRecord) -> bool:
    """Whether a benchmark is known to be of another market than lines of a venue without calendar, or of none that is known."""
    return lacks_calendar(venue) and not same_calendar(venue, record.venue)


def _by_own_rows(
    table: ReturnTable, lines: IntArray, venue: str, rows: BoolArray, records: Sequence[BenchmarkRecord], others: BoolArray
) -> list[_Shut]:
    """Lines whose sessions are their own rows and those of their market's benchmark.

    A line without a known market that has returns on the closures of its benchmark is of another market: only its own rows count.
    """
    known = [record for record in records if record.venue and not _elsewhere(venue, record)]
    foreign = np.zeros(lines.size, dtype=bool)
    if known and not rows.all():
        priced = known_of(table.values, lines)
        for record in known:
            held = closures_held(record.venue, table.sessions, priced)
            if held is not None:
                foreign |= ~held.kept & (held.n_held >= LEAST_CLOSURES)
    told = [_Shut(lines=some, shut=shut | others, venue=venue) for some, shut in _without_returns(table, lines[~foreign], ~rows)]
    unknown = [record.on(table.sessions) for record in records if not record.venue]
    alone = ~np.logical_or.reduce(unknown) if unknown else np.ones(len(table.sessions), dtype=bool)
    return told + [_Shut(lines=some, shut=shut | others, venue=venue) for some, shut in _without_returns(table, lines[foreign], alone)]


def _without_returns(table: ReturnTable, lines: IntArray, rows: BoolArray) -> list[tuple[IntArray, BoolArray]]:
    """Lines grouped by those of some rows on which they have no return."""
    if not lines.size:
        return []
    at = np.flatnonzero(rows)
    priced = np.isfinite(table.values[np.ix_(at, lines)])
    if not priced.any():
        return [(lines, rows)]
    groups: dict[bytes, list[int]] = {}
    packed = np.packbits(priced, axis=0)
    for number in range(lines.size):
        groups.setdefault(packed[:, number].tobytes(), []).append(number)
    told = []
    for members in groups.values():
        shut = rows.copy()
        shut[at[priced[:, members[0]]]] = False
        told.append((lines[members], shut))
    return told


def on_sessions(table: ReturnTable, kept: BoolArray, kind: ReturnKind | None) -> ReturnTable:
    """The table on some of its sessions; returns of the others are compounded into the next one that is kept."""
    if kept.all():
        return table
    values = table.values[kept].copy()
    if kind is not None:
        _carry(table.values, kept, values, kind)
    return ReturnTable(values=values, sessions=table.sessions[kept], securities=table.securities)


def _carry(every: FloatArray, kept: BoolArray, values: FloatArray, kind: ReturnKind) -> None:
    after = np.cumsum(kept)
    for row in np.flatnonzero(~kept):
        target = after[row]
        if target < len(values):
            between = np.where(np.isfinite(every[row]), every[row], 0.0)
            if between.any():
                values[target] = values[target] + between if kind == "log" else (1.0 + values[target]) * (1.0 + between) - 1.0
