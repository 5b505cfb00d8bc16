"""Sessions of a venue for which a table of daily figures has no row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from impact.errors import DataUnavailable, InputError
from impact.market.closed_days import HELD_OF_CLOSURES, closures_held, is_stated, venues_of
from impact.typing_ import BoolArray, IntArray

__all__ = ["absent_before", "absent_notes", "absent_sessions", "lines_by_venue"]


def absent_sessions(venue: str, rows: pd.DatetimeIndex, priced: BoolArray, *, stated: bool) -> pd.DatetimeIndex:
    """Sessions of a venue for which a table has no row, between the first and the last row with a figure of its lines.

    Parameters
    ----------
    venue : str
        Market identifier code.
    rows : DatetimeIndex (T,)
        All days of the table.
    priced : (T,) bool
        Rows on which a line of the venue has a figure.
    stated : bool
        Whether the venue is stated, not only supposed from a ticker without ending.

    Returns
    -------
    DatetimeIndex
        None at all where the rows do not keep the calendar of the venue: they hold its holidays, most of them do not follow
        the session before (weeks, months), or the calendar is not known there. Sessions that are only projected do not count, nor
        special ones (a Saturday, a festival evening), which many records leave out.

    Notes
    -----
    An absent row is an empty cell that nobody wrote: the return of the row after it spans several sessions.
    """
    from impact.calendars import VENUES, is_projected, sessions
    from impact.venue_hours import special_sessions

    none = rows[:0]
    days = rows[priced]
    if not venue or len(days) < 2:
        return none
    try:
        every = sessions(venue, days[0], days[-1])
    except (InputError, DataUnavailable):
        return none
    absent = every.difference(rows)
    if not len(absent):
        return none
    held = closures_held(venue, days, np.ones((len(days), 1), dtype=bool))
    if held is None or not held.kept[0] or not (stated or held.left_out_enough[0]):
        return none
    place = every.get_indexer(rows[rows.isin(every)])
    if np.mean(np.diff(place) == 1) <= 0.5:
        return none
    absent = absent.difference(special_sessions(VENUES[venue]))
    return pd.DatetimeIndex([day for day in absent if not is_projected(day, venue)], dtype=rows.dtype)


def lines_by_venue(securities: pd.Index, venues: Mapping[str, str] | pd.Series | None = None) -> list[tuple[str, bool, IntArray]]:
    """Venue, whether it is stated, and the columns of the lines there."""
    of_line, stated = venues_of(securities, venues).to_numpy(), is_stated(securities, venues)
    groups: dict[tuple[str, bool], list[int]] = {}
    for column, group in enumerate(zip(of_line, stated, strict=True)):
        groups.setdefault((str(group[0]), bool(group[1])), []).append(column)
    return [(venue, sure, np.array(columns, dtype=np.intp)) for (venue, sure), columns in groups.items() if venue]


def _closures_kept(venue: str, rows: pd.DatetimeIndex) -> pd.DatetimeIndex | None:
    """The weekdays between the first and the last row on which a venue is closed; None where the rows do not keep its calendar."""
    from impact.calendars import sessions

    try:
        every = sessions(venue, rows[0], rows[-1])
    except (InputError, DataUnavailable):
        return None
    shut = pd.bdate_range(rows[0], rows[-1]).difference(every)
    return shut if int(rows.isin(shut).sum()) <= HELD_OF_CLOSURES * len(shut) else None


def _absent_by_venue(
    closes: pd.DataFrame, venues: Mapping[str, str] | pd.Series | None
) -> Iterator[tuple[str, pd.DatetimeIndex, IntArray]]:
    """Each venue with sessions for which the table has no row, those sessions, and the columns of its lines.

    Where the rows keep the calendar of another venue of the table, days on which that one is closed have no row by layout: a benchmark
    laid on the sessions of a line moves over the same span as the line.
    """
    rows = pd.DatetimeIndex(closes.index)
    if rows.empty:
        return
    priced = closes.notna().to_numpy()
    groups = lines_by_venue(closes.columns, venues)
    layouts = {venue: shut for venue in dict.fromkeys(name for name, _, _ in groups) if (shut := _closures_kept(venue, rows)) is not None}
    for venue, stated, columns in groups:
        absent = absent_sessions(venue, rows, np.asarray(priced[:, columns].any(axis=1)), stated=stated)
        for other, shut in layouts.items():
            absent = absent if other == venue else absent.difference(shut)
        if len(absent):
            yield venue, absent, columns


def absent_before(closes: pd.DataFrame, venues: Mapping[str, str] | pd.Series | None = None) -> IntArray:
    """(T, S) sessions of each line's venue up to each row for which the table has no row; see :func:`absent_sessions`."""
    counted = np.zeros(closes.shape, dtype=np.intp)
    for _, absent, columns in _absent_by_venue(closes, venues):
        counted[:, columns] = np.searchsorted(absent.to_numpy(), closes.index.to_numpy())[:, None]
    return counted


def absent_notes(closes: pd.DataFrame, venues: Mapping[str, str] | pd.Series | None = None) -> tuple[str, ...]:
    """Of each venue, the sessions for which a table of closes has no row, in words."""
    notes = [
        f"{len(absent)} session{'s' * (len(absent) > 1)} of {venue} ha{'ve' if len(absent) > 1 else 's'} no row (first "
        f"{absent[0]:%Y-%m-%d}): the return after a missing row spans several sessions and is left out"
        for venue, absent, _ in _absent_by_venue(closes, venues)
    ]
    return tuple(dict.fromkeys(notes))
