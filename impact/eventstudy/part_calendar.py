"""The sessions that a study in parts counts: those that one study of all files would count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.eventstudy.alignment import Market, ReturnTable, checked_events
from impact.eventstudy.known_rows import KnownRows
from impact.eventstudy.own_calendars import known_rows, known_sessions, sessions_absent
from impact.eventstudy.part_files import dates_of, read_part
from impact.eventstudy.placing import stated_venues
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
        Dates of all files, and the sessions of the lines' venues for which they have no row.
    absent : mapping of venue to DatetimeIndex
        The latter.
    known : KnownRows or None
        Rows on which the lines of all files have a return; None where no calendar depends on it.
    """

    sessions: pd.DatetimeIndex
    absent: Mapping[str, pd.DatetimeIndex] = field(default_factory=dict)
    known: KnownRows | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What sessions have no row, in words."""
        return tuple(
            f"{len(days)} session{'s' * (len(days) > 1)} of {venue} ha{'ve' if len(days) > 1 else 's'} no row in the files (first "
            f"{days[0]:%Y-%m-%d}): a day without a return, as an empty cell is"
            for venue, days in self.absent.items()
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class _Look:
    """What is looked for in one file: on which rows its lines, and those with events, have a return."""

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
    A row of another market, and a session without a row, are told by all lines of a venue, which may lie in several files. Files
    are looked through for that only where some date is no session of a line's venue, a session has no row, or the benchmark
    has no return on some date.
    """
    every = list(map_in_order(executor, dates_of, paths))
    sessions = pd.DatetimeIndex(np.unique(np.concatenate(every)), name="session")
    if not len(sessions):
        raise InputError(f"returns holds {len(paths)} file(s) and no date; give files with returns.")
    checked = checked_events(events)
    venues, owners = stated_venues(checked), frozenset(checked["security"].astype(str))
    if not _differs(sessions, names, venues, market, factors):
        return PartCalendar(sessions=sessions)
    looks = [_Look(path=path, sessions=sessions, with_events=owners, venues=venues) for path in paths]
    answers = list(map_in_order(executor, _rows_of_part, looks))
    known, priced = (reduce(_merged, kind) for kind in zip(*answers, strict=True))
    absent = sessions_absent(sessions, priced)
    if not absent:
        return PartCalendar(sessions=sessions, known=known)
    whole = sessions.union(pd.DatetimeIndex(np.unique(np.concatenate([days.to_numpy() for days in absent.values()]))))
    return PartCalendar(sessions=whole.rename("session"), absent=absent, known=known.on(whole.isin(sessions)))


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
        values=table.values, sessions=table.sessions, securities=table.securities, absent=calendar.absent, known=calendar.known
    )


def _merged(one: KnownRows, other: KnownRows) -> KnownRows:
    return one | other


def _rows_of_part(look: _Look) -> tuple[KnownRows, KnownRows]:
    """Rows on which all lines of a file, and those of them with events, have a return."""
    table = read_part(look.path, look.sessions)
    owners = np.flatnonzero([str(name) in look.with_events for name in table.securities.tolist()])
    return known_rows(table, look.venues), known_rows(table, look.venues, owners)


def _differs(
    sessions: pd.DatetimeIndex,
    names: Sequence[Sequence[str]],
    venues: Mapping[str, str],
    market: Market | None,
    factors: pd.DataFrame | None,
) -> bool:
    """Whether some line may count other sessions than the dates of the files."""
    nothing = ReturnTable(values=np.empty((len(sessions), 0)), sessions=sessions, securities=pd.Index([], dtype=object))
    benchmark = known_sessions(nothing, market, factors)
    if benchmark is not None and not benchmark.all():
        return True
    lines = pd.Index([name for part in names for name in part], dtype=object)
    return any(_keeps_other_days(venue, sessions) for venue in dict.fromkeys(venues_of(lines, venues)) if venue)


def _keeps_other_days(venue: str, sessions: pd.DatetimeIndex) -> bool:
    from impact.calendars import sessions as sessions_of

    away = not_in_session(venue, sessions)
    return away is not None and (bool(away.any()) or len(sessions_of(venue, sessions[0], sessions[-1])) > len(sessions))
