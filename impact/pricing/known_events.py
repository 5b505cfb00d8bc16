"""The event library as it was known at an instant: what had not happened trains nothing."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from impact.calendars import parse_instant, session_close, sessions, venue_of
from impact.errors import DataUnavailable, InputError
from impact.pricing.library import EventLibrary
from impact.typing_ import BoolArray, Instant

__all__ = ["changes_known_at", "events_known_at", "instant_of", "listings_known"]

NO_CALENDAR = pd.Timedelta(days=7)
"""Span after which five sessions of a line without a calendar are taken to be over."""
SESSIONS_OF_RETURN = 1
"""Sessions after the first that the return of a list event takes."""
SESSIONS_OF_REVERSAL = 20
"""Sessions after the execution close over which a move is given back."""
SURELY_OVER = pd.Timedelta(days=120)
"""Span after which those sessions are over on every venue, so that no calendar need be asked."""


def instant_of(as_of: Instant | None) -> pd.Timestamp | None:
    """The instant in UTC; None where everything is known."""
    return None if as_of is None else parse_instant(as_of).tz_convert("UTC")


def listings_known(rows: pd.DataFrame, at: pd.Timestamp) -> BoolArray:
    """Whether the second session of each event, with which its return is known, had closed at an instant; of one without a session that of
    its public day."""
    return _closed(rows["security"], rows["first_session"].fillna(rows["public_on"]), SESSIONS_OF_RETURN, at)


@lru_cache(maxsize=16)
def events_known_at(library: EventLibrary, at: pd.Timestamp | None) -> EventLibrary:
    """The library without the list events that had not happened; the library itself where all had."""
    if at is None:
        return library
    rows = library.designations
    known = listings_known(rows, at)
    return library if known.all() else replace(library, designations=rows[known].reset_index(drop=True))


@lru_cache(maxsize=16)
def changes_known_at(library: EventLibrary, at: pd.Timestamp | None) -> EventLibrary:
    """The library without the index changes whose execution close was still to come, and without returns after it that were.

    Notes
    -----
    A change whose 20 later sessions had not closed keeps its move up to the close; what was given back (``car_p1_p20``) is NaN.
    """
    if at is None:
        return library
    rows = library.index_changes
    days = rows["exec_session"].fillna(rows["execution_close_on"])
    executed, over = (_closed(rows["security"], days, later, at) for later in (0, SESSIONS_OF_REVERSAL))
    if executed.all() and over.all():
        return library
    known = rows.assign(car_p1_p20=rows["car_p1_p20"].where(over))[executed]
    return replace(library, index_changes=known.reset_index(drop=True))


def _closed(lines: pd.Series, days: pd.Series, later: int, at: pd.Timestamp) -> BoolArray:
    """Whether the session `later` sessions after each had closed at an instant."""
    return np.array([_has_closed(str(line), pd.Timestamp(day), later, at) for line, day in zip(lines, days, strict=True)], dtype=bool)


def _has_closed(security: str, session: pd.Timestamp, later: int, at: pd.Timestamp) -> bool:
    if pd.isna(session):  # an index change whose execution is on no record has no return, and trains nothing
        return True
    day = session.tz_localize("UTC")
    if at < day - pd.Timedelta(days=1):
        return False
    return at > day + SURELY_OVER or _close_after(security, session, later) <= at


@lru_cache(maxsize=1 << 11)
def _close_after(security: str, session: pd.Timestamp, later: int) -> pd.Timestamp:
    """Close of the session `later` sessions after one of a line."""
    try:
        venue = venue_of(security)
        return session_close(sessions(venue, session, session + SURELY_OVER)[later], venue)
    except (InputError, DataUnavailable):
        return (session + NO_CALENDAR * (1 + later // 5)).tz_localize("UTC")
