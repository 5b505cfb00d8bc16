"""Days on which a line's own market was closed, which a table of two markets has for the other one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from impact.errors import DataUnavailable, InputError
from impact.typing_ import BoolArray, IntArray

__all__ = [
    "ClosuresHeld",
    "absences_of_two",
    "calendar_believed",
    "closed_cells",
    "closures_held",
    "is_daily",
    "is_stated",
    "lacks_calendar",
    "not_in_session",
    "not_in_usual_session",
    "rows_of_any_market",
    "same_calendar",
    "shared_absences",
    "venues_of",
]

HELD_OF_CLOSURES = 0.1
"""Share of a venue's closures that rows may hold (a stray date) and still be said to keep its calendar: made-up business days hold all."""
MOST_DAYS = 2.0
"""Days between two rows, as a rule, up to which they are daily."""
LEAST_CLOSURES = 3
"""Weekdays without a session that rows must have left out before a venue that is only supposed is believed."""
WEEKENDS = ((5, 6), (4, 5), (5,), (6,))
"""Days off in a week, Monday being 0, that a line without a known calendar may keep; the first that it keeps is its own."""
LONGEST_HOLIDAY = 12
"""Days from the first to the last of a holiday, weekends in it included: a longer absence of several lines is no closure."""
LONGEST_OF_TWO = 3
"""Weekdays in a row that two lines alone may be absent from and still tell a holiday."""
MOST_EMPTY = 0.15
"""Share of its weekdays on which a line may have no close and still tell a holiday; no market shuts on so many."""


def venues_of(securities: pd.Index, venues: Mapping[str, str] | pd.Series | None = None) -> pd.Series:
    """Market identifier code of each security: as stated, else as the ending of its ticker says; empty where neither does."""
    stated = {} if venues is None else {str(name): str(code) for name, code in venues.items() if isinstance(code, str) and code}
    codes = [stated.get(name) or _supposed_venue(name) for name in securities.tolist()]
    return pd.Series(codes, index=securities, dtype="object", name="venue")


@lru_cache(maxsize=1 << 16)
def _supposed_venue(security: str) -> str:
    from impact.calendars import venue_of

    try:
        return venue_of(security)
    except InputError:
        return ""


def closed_cells(closes: pd.DataFrame, venues: Mapping[str, str] | pd.Series | None = None) -> BoolArray:
    """(T, S) bool: there is no close, and the day is no session of the line's own venue.

    Parameters
    ----------
    closes : DataFrame (T, S)
    venues : mapping of security to market identifier code, optional
        What is not stated is read from the ticker. A ticker without ending is only supposed to trade in New York, and is
        believed where its closes keep that calendar; where they are too few to tell, a day counts as closed when some other
        line has a close on it and none of the supposed ones.

    Notes
    -----
    A closed market is no halt: the next session's return starts from the close before. Where a venue has no calendar here, the
    days on which one of its lines has a close are its sessions. A line whose venue is not known, or that does not keep the calendar
    of the one supposed, is closed on the days of the week-end where it never has a close, and on :func:`shared_absences`; each
    other empty cell counts as a day without a trade.
    """
    empty = closes.isna().to_numpy()
    closed = np.zeros(closes.shape, dtype=bool)
    inside = empty & np.maximum.accumulate(~empty, axis=0) & np.maximum.accumulate(~empty[::-1], axis=0)[::-1]
    if not inside.any():
        return closed
    of_line = venues_of(closes.columns, venues)
    sure = is_stated(closes.columns, venues)
    for venue in dict.fromkeys(of_line[np.asarray(inside.any(axis=0))]):
        columns = np.flatnonzero((of_line == venue).to_numpy())
        days = pd.DatetimeIndex(closes.index)
        away = not_in_usual_session(venue, days)
        if away is None:
            if lacks_calendar(venue):
                closed[:, columns] = np.asarray(empty[:, columns].all(axis=1))[:, None]
            else:
                closed[:, columns] = _weekends_off(days, empty[:, columns], inside[:, columns])
            continue
        if not away.any():
            continue
        closed[:, columns] = empty[:, columns] & away[:, None]
        supposed = columns[~sure[columns]]
        if supposed.size:
            priced = ~empty[:, supposed] & away[:, None]
            elsewhere = np.asarray(~priced.any(axis=1) & ~empty.all(axis=1))
            believed = calendar_believed(venue, days, ~empty[:, supposed])
            closed[:, supposed] &= believed | (~priced.any(axis=0) & elsewhere[:, None])
            doubted = supposed[~believed]
            closed[:, doubted] |= _weekends_off(days, empty[:, doubted], inside[:, doubted])
    return closed | shared_absences(closes, venues)


def _weekends_off(days: pd.DatetimeIndex, empty: BoolArray, inside: BoolArray) -> BoolArray:
    """(T, s) days of the week-end of lines that never have a close on them, three or more lying `inside` their record."""
    weekday = np.asarray(days.day_of_week)
    sundays = ~empty[weekday == 6].all(axis=0)
    off, told = np.zeros(empty.shape, dtype=bool), np.zeros(empty.shape[1], dtype=bool)
    for weekend in WEEKENDS:
        rows = np.isin(weekday, weekend)
        kept = ~told & empty[rows].all(axis=0) & (inside[rows].sum(axis=0) >= LEAST_CLOSURES) & (sundays | (4 not in weekend))
        off[:, kept] = rows[:, None]
        told |= kept
    return off


def shared_absences(closes: pd.DataFrame, venues: Mapping[str, str] | pd.Series | None = None) -> BoolArray:
    """(T, S) bool: weekdays on which no line without a known venue has a close, two of them or more being listed, and another line has.

    Notes
    -----
    Lines of one market that nobody names are empty together on its holidays; a line alone may be halted. An absence longer than a
    holiday is none, nor one of two lines beyond ``LONGEST_OF_TWO`` rows, which may be halted together as two classes of one issuer are.
    A line that is empty on many days tells nothing.
    """
    shared = np.zeros(closes.shape, dtype=bool)
    for row, columns, _ in _absences(closes, venues):
        shared[row, columns] = True
    return shared


def absences_of_two(closes: pd.DataFrame, venues: Mapping[str, str] | pd.Series | None = None) -> tuple[str, ...]:
    """Weekdays that count as closed because two lines alone are empty together, which a halt of both would look like, in words."""
    told = [(closes.index[row], by) for row, _, by in _absences(closes, venues) if by.size == 2 and closes.index[row].day_of_week < 5]
    if not told:
        return ()
    one, other = closes.columns[told[0][1]]
    return (
        f"{len(told)} weekday{'s' * (len(told) > 1)} without a close of {one!r} and {other!r}, the only lines that can tell, count as closed days of their "
        f"market (first {told[0][0]:%Y-%m-%d}): the return of the day after spans them; if both were halted, state their venues",
    )


def _absences(closes: pd.DataFrame, venues: Mapping[str, str] | pd.Series | None) -> Iterator[tuple[int, IntArray, IntArray]]:
    """Each row of a shared absence, the columns that are listed then, and those of them by which it is told."""
    columns = np.flatnonzero((venues_of(closes.columns, venues) == "").to_numpy())
    if columns.size in (0, closes.shape[1]):
        return
    empty = closes.isna().to_numpy()
    own = empty[:, columns]
    listed = np.maximum.accumulate(~own, axis=0) & np.maximum.accumulate(~own[::-1], axis=0)[::-1]
    weekday = np.asarray(pd.DatetimeIndex(closes.index).day_of_week < 5)
    thin = (own & listed)[weekday].sum(axis=0) > MOST_EMPTY * listed[weekday].sum(axis=0)
    told_by = (listed & ~thin).sum(axis=1)
    gone = np.asarray(own.all(axis=1)) & (told_by > 1)
    days = closes.index.to_numpy()
    starts, ends = (
        np.flatnonzero(np.diff(gone.astype(np.int8), prepend=0) == 1),
        np.flatnonzero(np.diff(gone.astype(np.int8), append=0) == -1),
    )
    for first, last in zip(starts, ends, strict=True):
        by_two = told_by[first : last + 1].min() == 2 and weekday[first : last + 1].sum() > LONGEST_OF_TWO
        if not by_two and (days[last] - days[first]) / np.timedelta64(1, "D") < LONGEST_HOLIDAY:
            for row in range(first, last + 1):
                if not empty[row].all():
                    yield row, columns[listed[row]], columns[listed[row] & ~thin]


def lacks_calendar(venue: str) -> bool:
    """Whether a venue is known, and its calendar is not."""
    from impact.calendars import VENUES

    return venue in VENUES and not VENUES[venue].calendar


def not_in_session(venue: str, days: pd.DatetimeIndex) -> BoolArray | None:
    """Which of the days are no session of the venue; None when that is not known."""
    from impact.calendars import sessions

    if not venue:
        return None
    try:
        return ~days.isin(sessions(venue, days[0], days[-1]))
    except (InputError, DataUnavailable):
        return None


def not_in_usual_session(venue: str, days: pd.DatetimeIndex) -> BoolArray | None:
    """Which of the days are no session of the venue, or a special one that many records leave out; None when that is not known."""
    from impact.calendars import VENUES
    from impact.venue_hours import special_sessions

    away = not_in_session(venue, days)
    return None if away is None else away | np.asarray(days.isin(special_sessions(VENUES[venue])))


def is_stated(securities: pd.Index, venues: Mapping[str, str] | pd.Series | None = None) -> BoolArray:
    """(S,) lines whose venue is stated or in the ending of the ticker; of others it is only supposed: plain letters, a word after a space."""
    names = [str(name) for name in securities.tolist()]
    told = venues if venues is not None else ()
    return np.array([name in told or "." in name or (" " in name and any(map(str.isdigit, name))) for name in names], dtype=bool)


def is_daily(days: pd.DatetimeIndex) -> bool:
    """Whether rows follow each other by the day, and not by weeks or months."""
    gaps = np.diff(days.to_numpy()) / np.timedelta64(1, "D")
    return bool(len(gaps) == 0 or np.median(gaps) <= MOST_DAYS)


@dataclass(frozen=True, eq=False, kw_only=True)
class ClosuresHeld:
    """How some lines keep the calendar of a venue, each between its first and its last figure.

    Attributes
    ----------
    n_held : (S,) int
        Days with a figure that are no session.
    n_closures : (S,) int
        Weekdays without a session.
    """

    n_held: IntArray
    n_closures: IntArray

    @property
    def kept(self) -> BoolArray:
        """(S,) lines that hold no more than a stray closure."""
        return self.n_held <= HELD_OF_CLOSURES * self.n_closures

    @property
    def left_out_enough(self) -> BoolArray:
        """(S,) lines that have left out closures enough for a supposed venue to be believed."""
        return self.n_closures - self.n_held >= LEAST_CLOSURES


@lru_cache(maxsize=256)
def _weekdays_shut(venue: str, first: pd.Timestamp, last: pd.Timestamp) -> np.ndarray:
    """Weekdays of a span on which a venue is closed."""
    from impact.calendars import sessions

    return pd.bdate_range(first, last).difference(sessions(venue, first, last)).to_numpy()


def closures_held(venue: str, days: pd.DatetimeIndex, known: BoolArray) -> ClosuresHeld | None:
    """How lines with figures on some of the days, (T, S), keep the calendar of a venue; None where it is not known there."""
    away = not_in_session(venue, days)
    if away is None:
        return None
    shut = _weekdays_shut(venue, days[0], days[-1])
    some = known.any(axis=0)
    first, last = known.argmax(axis=0), len(days) - 1 - known[::-1].argmax(axis=0)
    labels = days.to_numpy()
    passed = np.searchsorted(shut, labels[last], side="right") - np.searchsorted(shut, labels[first], side="left")
    return ClosuresHeld(n_held=known[away].sum(axis=0), n_closures=np.where(some, passed, 0))


def calendar_believed(venue: str, days: pd.DatetimeIndex, known: BoolArray) -> BoolArray:
    """(S,) lines of a venue that is only supposed whose figures, (T, S), keep its calendar and have left out closures enough."""
    held = closures_held(venue, days, known)
    return np.zeros(known.shape[1], dtype=bool) if held is None else held.kept & held.left_out_enough


def same_calendar(one: str, other: str) -> bool:
    """Whether two venues keep the same sessions: one venue, one calendar, or one country where there is no calendar."""
    from impact.calendars import VENUES

    if one == other or one not in VENUES or other not in VENUES:
        return one == other
    a, b = VENUES[one], VENUES[other]
    return a.calendar == b.calendar if a.calendar or b.calendar else a.country == b.country


def rows_of_any_market(closes: pd.DataFrame, venues: Mapping[str, str] | pd.Series | None) -> BoolArray:
    """(T,) bool: the day is a session of at least one of the lines, or has a close."""
    empty = closes.isna().to_numpy()
    if not empty.all(axis=1).any():
        return np.ones(len(closes), dtype=bool)
    codes = list(dict.fromkeys(venues_of(closes.columns, venues)))
    away = [days for code in codes if (days := not_in_session(code, pd.DatetimeIndex(closes.index))) is not None]
    if len(away) < len(codes):
        return np.ones(len(closes), dtype=bool)
    return ~np.logical_and.reduce(away) | ~empty.all(axis=1)
