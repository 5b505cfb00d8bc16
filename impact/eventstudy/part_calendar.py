"""The sessions that a study in parts counts: those that one study of all files would count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.eventstudy.alignment import Market, ReturnTable
from impact.eventstudy.benchmark_records import benchmark_records, rows_lacked
from impact.eventstudy.event_tables import checked_events, clock_notes
from impact.eventstudy.known_rows import KnownRows
from impact.eventstudy.own_calendars import known_rows, sessions_absent
from impact.eventstudy.part_files import dates_of, read_part
from impact.eventstudy.placing import read_inputs, stated_venues
from impact.kernels.mapping import Executor, map_in_order
from impact.market.closed_days import not_in_session, venues_of
from impact.market.frames import checked_sessions

__all__ = ["PartCalendar", "calendar_of_parts", "laid_on", "sessions_of_benchmark"]


@dataclass(frozen=True, eq=False, kw_only=True)
class PartCalendar:
    """What every part is laid on, found out once from all files.

    Attributes
    ----------
    sessions : DatetimeIndex (T,)
        Dates of all files, the sessions of the lines' venues for which they have no row, and rows of the benchmark.
    absent : mapping of venue to DatetimeIndex
        Those sessions.
    added : DatetimeIndex
        All days that are no date of a file.
    clocks : tuple of str
        How many events an instant places.
    """

    sessions: pd.DatetimeIndex
    absent: Mapping[str, pd.DatetimeIndex] = field(default_factory=dict)
    added: pd.DatetimeIndex = field(default_factory=lambda: pd.DatetimeIndex([]))
    clocks: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What places the events, and what sessions have no row, in words."""
        return self.clocks + tuple(
            f"{len(days)} session{'s' * (len(days) > 1)} of {venue} ha{'ve' if len(days) > 1 else 's'} no row in the files (first "
            f"{days[0]:%Y-%m-%d}): a day without a return, as an empty cell is"
            for venue, days in self.absent.items()
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class _Look:
    """What is looked for in one file: on which rows its lines with events have a return."""

    path: Path
    sessions: pd.DatetimeIndex
    with_events: frozenset[str]
    venues: Mapping[str, str]


def calendar_of_parts(
    paths: Sequence[Path],
    names: Sequence[Sequence[str]],
    events: pd.DataFrame,
    market: Market | None,
    factors: pd.DataFrame | None,
    executor: Executor | None,
) -> PartCalendar:
    """The calendar of all files together.

    Raises
    ------
    InputError
        If the files hold no date.

    Notes
    -----
    A session without a row is told by all lines of a venue with events, which may lie in several files. Files are looked through for
    that only where some venue keeps other days than the files have.
    """
    every = list(map_in_order(executor, dates_of, paths))
    sessions = pd.DatetimeIndex(np.unique(np.concatenate(every)), name="session")
    if not len(sessions):
        raise InputError(f"returns holds {len(paths)} file(s) and no date; give files with returns.")
    checked = checked_events(events)
    venues, owners = stated_venues(checked), frozenset(checked["security"].astype(str))
    lines = pd.Index([name for part in names for name in part], dtype=object)
    of_lines = venues_of(lines[lines.isin(owners)], venues)
    nothing = ReturnTable(values=np.empty((len(sessions), 0)), sessions=sessions, securities=pd.Index([], dtype=object))
    lacked = rows_lacked(sessions, benchmark_records(nothing, *read_inputs(market, factors, nothing.securities), venues), of_lines.tolist())
    absent: dict[str, pd.DatetimeIndex] = {}
    if any(_keeps_other_days(venue, sessions) for venue in dict.fromkeys(of_lines) if venue):
        looks = [_Look(path=path, sessions=sessions, with_events=owners, venues=venues) for path in paths]
        absent = sessions_absent(sessions, reduce(_merged, map_in_order(executor, _rows_of_part, looks)))
    added = pd.DatetimeIndex(np.unique(np.concatenate([lacked.to_numpy(), *(days.to_numpy() for days in absent.values())])))
    return PartCalendar(sessions=sessions.union(added).rename("session"), absent=absent, added=added, clocks=clock_notes(checked))


def sessions_of_benchmark(market: pd.Series | None, factors: pd.DataFrame | None) -> PartCalendar:
    """The sessions of the benchmark, or of the factors where there is none."""
    given = market if market is not None else factors
    if given is None:
        raise InputError("market and factors are both missing; give one of them: events are drawn among its sessions.")
    return PartCalendar(sessions=checked_sessions(given.index, "market"))


def laid_on(path: Path, calendar: PartCalendar) -> ReturnTable:
    """The returns of one file on the calendar of all of them."""
    table = read_part(path, calendar.sessions)
    return ReturnTable(
        values=table.values, sessions=table.sessions, securities=table.securities, absent=calendar.absent, added=calendar.added
    )


def _merged(one: KnownRows, other: KnownRows) -> KnownRows:
    return one | other


def _rows_of_part(look: _Look) -> KnownRows:
    """Rows on which the lines of a file that have events have a return."""
    table = read_part(look.path, look.sessions)
    owners = np.flatnonzero([str(name) in look.with_events for name in table.securities.tolist()])
    return known_rows(table, look.venues, owners)


def _keeps_other_days(venue: str, sessions: pd.DatetimeIndex) -> bool:
    from impact.calendars import sessions as sessions_of

    away = not_in_session(venue, sessions)
    return away is not None and (bool(away.any()) or len(sessions_of(venue, sessions[0], sessions[-1])) > len(sessions))
