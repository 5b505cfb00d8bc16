"""Each line counts the sessions of its own market, whatever else stands in the table of returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from impact.eventstudy.alignment import Market, ReturnTable
from impact.eventstudy.known_rows import KnownRows, rows_with_any
from impact.market.closed_days import absent_sessions, is_stated, not_in_session, venues_of
from impact.typing_ import BoolArray, FloatArray, IntArray, ReturnKind

__all__ = [
    "OwnCalendar",
    "benchmark_at_closes",
    "known_rows",
    "known_sessions",
    "on_sessions",
    "own_calendars",
    "sessions_absent",
    "with_absent_sessions",
]


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
    absent : DatetimeIndex
        Those of its sessions for which the returns given have no row.
    """

    lines: IntArray
    position: IntArray
    table: ReturnTable
    whole: bool
    venue: str
    absent: pd.DatetimeIndex = field(default_factory=lambda: pd.DatetimeIndex([]))


def with_absent_sessions(table: ReturnTable, lines: IntArray, venues: Mapping[str, str] | None = None) -> ReturnTable:
    """The table with a row without a return for every session of the lines' venues that it lacks.

    Parameters
    ----------
    table : ReturnTable
    lines : (s,) int
        Distinct columns with events.
    venues : mapping of security to market identifier code, optional
        What is not stated is read from the ticker.

    Notes
    -----
    A row that is not there moves every later day of a window, and an event on it to another day. Rows that do not keep the
    calendar of the venue are left as they are; see :func:`impact.market.closed_days.absent_sessions`.
    """
    absent = sessions_absent(table.sessions, known_rows(table, venues, lines))
    if not absent:
        return table
    added = pd.DatetimeIndex(np.unique(np.concatenate([days.to_numpy() for days in absent.values()])))
    sessions = table.sessions.union(added)
    at = table.sessions.get_indexer(sessions)
    values = np.where((at >= 0)[:, None], table.values[at], np.nan)
    return ReturnTable(values=values, sessions=sessions, securities=table.securities, absent=absent)


def known_rows(table: ReturnTable, venues: Mapping[str, str] | None = None, lines: IntArray | None = None) -> KnownRows:
    """The rows on which the lines of a table, or some of them, have a return."""
    chosen = np.arange(len(table.securities)) if lines is None else lines
    names = pd.Index([str(name) for name in table.securities[chosen].tolist()], dtype=object)
    of_line, stated = venues_of(names, venues).to_numpy(), is_stated(names, venues)
    somebody = {str(venue): rows_with_any(table.values, chosen[of_line == venue]) for venue in dict.fromkeys(of_line)}
    sure = {str(venue): rows_with_any(table.values, chosen[(of_line == venue) & stated]) for venue in dict.fromkeys(of_line[stated])}
    anybody = np.logical_or.reduce(list(somebody.values())) if somebody else np.zeros(len(table.sessions), dtype=bool)
    return KnownRows(anybody=anybody, somebody=somebody, stated=sure)


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
    """(T,) rows that were added for other venues only."""
    added = np.zeros(len(table.sessions), dtype=bool)
    for days in table.absent.values():
        added |= table.sessions.isin(days)
    return added & ~table.sessions.isin(table.absent[venue]) if venue in table.absent else added


def own_calendars(
    table: ReturnTable,
    lines: IntArray,
    *,
    venues: Mapping[str, str] | None = None,
    benchmark: BoolArray | None = None,
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
    benchmark : (T,) bool, optional
        Sessions on which the benchmark has a return.
    kind : {"simple", "log"} or None
        How what traded while a line's market was closed is compounded; None leaves it out.

    Notes
    -----
    A row of the table is no session of a line when its venue was closed and no line of that venue has a return, or, where
    the venue is only supposed, when neither the line nor its benchmark has a return and another column has one. A row
    before a line's first return or after its last is left as it is.
    """
    every = venues_of(pd.Index([str(name) for name in table.securities.tolist()]), venues).to_numpy()
    known = table.known if table.known is not None else known_rows(table, venues)
    elsewhere = known.anybody & ~benchmark if benchmark is not None else np.zeros(len(known.anybody), dtype=bool)
    closed: dict[bytes, tuple[list[int], BoolArray, str]] = {}
    stated = is_stated(table.securities[lines], venues)
    for venue in dict.fromkeys(every[lines]):
        of_venue = _closed_venue(table.sessions, known, str(venue))
        if table.absent:
            of_venue = of_venue | _added_for_others(table, venue)
        here = every[lines] == venue
        apart = here & ~stated if venue else here
        if not elsewhere.any():
            apart = np.zeros(len(lines), dtype=bool)
        together = lines[here & ~apart].tolist()
        if together:
            closed.setdefault(of_venue.tobytes(), ([], of_venue, str(venue)))[0].extend(together)
        for line in lines[apart].tolist():
            own = np.isfinite(table.values[:, line])
            away = ~own & elsewhere
            shut = of_venue | (away & _inside(own)) if away.any() else of_venue
            closed.setdefault(shut.tobytes(), ([], shut, str(venue)))[0].append(line)
    return [
        OwnCalendar(
            lines=np.array(sorted(members), dtype=np.intp),
            position=np.flatnonzero(~shut),
            table=on_sessions(table, ~shut, kind),
            whole=not shut.any(),
            venue=venue,
            absent=table.absent.get(venue, pd.DatetimeIndex([])),
        )
        for members, shut, venue in closed.values()
    ]


def _inside(known: BoolArray) -> BoolArray:
    """Rows between the first and the last known one."""
    return np.maximum.accumulate(known) & np.maximum.accumulate(known[::-1])[::-1]


def _closed_venue(sessions: pd.DatetimeIndex, known: KnownRows, venue: str) -> BoolArray:
    """(T,) rows on which the venue was closed and nobody there has a return."""
    somebody = known.somebody[venue]
    nobody = ~somebody & _inside(somebody)
    if not nobody.any():
        return np.zeros(len(nobody), dtype=bool)
    away = not_in_session(venue, sessions)
    if away is None:
        return np.zeros(len(nobody), dtype=bool)
    if venue not in known.stated:
        away = away & known.anybody
    return nobody & away


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


def known_sessions(table: ReturnTable, market: Market | None, factors: pd.DataFrame | None) -> BoolArray | None:
    """(T,) sessions on which the benchmark or a factor has a return; None when there is neither, or it is no clear one."""
    if factors is not None:
        rows = factors.index[factors.notna().any(axis=1)] if isinstance(factors, pd.DataFrame) else None
        return None if not isinstance(rows, pd.DatetimeIndex) else np.asarray(table.sessions.isin(_naive(rows)))
    if market is None:
        return None
    if isinstance(market, (pd.Series, pd.DataFrame)):
        rows = market.dropna(how="all").index if isinstance(market, pd.DataFrame) else market.dropna().index
        return np.asarray(table.sessions.isin(_naive(rows))) if isinstance(rows, pd.DatetimeIndex) else None
    names = list(market) if isinstance(market, (list, tuple)) else [market]
    columns = table.securities.get_indexer(pd.Index(names))
    return None if (columns < 0).any() else np.asarray(np.isfinite(table.values[:, columns]).any(axis=1))


def _naive(rows: pd.DatetimeIndex) -> pd.DatetimeIndex:
    return rows.tz_localize(None).normalize() if rows.tz is not None else rows.normalize()


def benchmark_at_closes(
    market: Market | None, calendar: OwnCalendar, table: ReturnTable, kind: ReturnKind
) -> tuple[Market | None, tuple[str, ...]]:
    """The benchmark as the lines of `calendar` can know it at their close, and what was done, in words.

    A benchmark that opens only after the lines have closed is taken as of its last close before theirs. Its venue is that of
    its ticker; a ticker without ending is believed to be a United States line only where its record keeps that calendar.
    """
    name = market if isinstance(market, str) else getattr(market, "name", None)
    if not isinstance(name, str) or not calendar.venue:
        return market, ()
    venue = venues_of(pd.Index([name])).iloc[0]
    if not venue or venue == calendar.venue:
        return market, ()
    if isinstance(market, pd.Series):
        series = market.dropna()
    else:
        column = table.securities.get_indexer(pd.Index([name]))[0]
        if column < 0:
            return market, ()
        series = pd.Series(table.values[:, column], index=table.sessions, name=name).dropna()
    if not isinstance(series.index, pd.DatetimeIndex) or not len(series) or not _keeps_calendar(series.index, table.sessions, name, venue):
        return market, ()
    own = calendar.table.sessions
    abroad = not_in_session(calendar.venue, own)
    if abroad is None or abroad.any() or not _opens_after(venue, calendar.venue, series.index, own):
        return market, ()
    from impact.eventstudy.asynchronous import align_to_closes

    simple = pd.DataFrame({name: np.expm1(series) if kind == "log" else series})
    met = align_to_closes(simple, own, factor_venue=venue, venue=calendar.venue)[name]
    line = f"{name} opens after {calendar.venue} has closed: each session meets its returns up to the last close before its own (in UTC)"
    return (np.log1p(met) if kind == "log" else met), (line,)


def _keeps_calendar(days: pd.DatetimeIndex, sessions: pd.DatetimeIndex, name: str, venue: str) -> bool:
    """Whether a record has returns on sessions of the venue only; a supposed one must have left out some day for it."""
    away = not_in_session(venue, days)
    if away is None or away.any():
        return False
    if "." in name or " " in name or name.startswith("^"):
        return True
    between = sessions[(sessions >= days[0]) & (sessions <= days[-1])]
    closed = not_in_session(venue, between)
    return closed is not None and bool(closed.any())


def _opens_after(venue: str, own: str, days: pd.DatetimeIndex, sessions: pd.DatetimeIndex) -> bool:
    """Whether the benchmark opens only after the line has closed, on the last date that both have."""
    from impact.calendars import session_close, session_open

    common = days.intersection(sessions)
    return bool(len(common)) and session_open(common[-1], venue) >= session_close(common[-1], own)
