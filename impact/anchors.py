"""Placing bare dates on the sessions of supplied prices, every move recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from impact.errors import InputError

__all__ = ["AnchorPolicy", "anchor_dates", "check_policy", "read_days"]

AnchorPolicy: TypeAlias = Literal["next", "previous", "raise"]
"""Where a date or an instant goes that no session of its own can take."""

WHOLE_DATES = (10_000_101, 99_991_231)
"""Whole numbers that may be a date, year first."""
LEAST_TEXT = 8
"""Characters of the shortest text that names a day: 20210224, not 2021-02."""


def check_policy(policy: str) -> None:
    """InputError unless `policy` is one of next, previous, raise."""
    if policy not in get_args(AnchorPolicy):
        raise InputError(f"policy={policy!r} is unknown; choose one of: {', '.join(get_args(AnchorPolicy))}.")


def anchor_dates(dates: Iterable[Any], index: pd.DatetimeIndex, *, policy: AnchorPolicy = "next") -> pd.DataFrame:
    """Place bare dates on the sessions of the supplied prices, when those sessions are the calendar.

    Parameters
    ----------
    dates : iterable of dates, length N
        Naive dates or ISO text. For instants with a clock use :func:`impact.calendars.reactions` first.
    index : pandas.DatetimeIndex, length T
        Naive, sorted, unique sessions.
    policy : {"next", "previous", "raise"}
        Where a date that is no session goes.

    Returns
    -------
    pandas.DataFrame
        N rows in the order given: date, position (row of `index`, -1 where not placed), session (NaT where not placed),
        rolled_sessions (-1, 0, +1), rolled_days (calendar days moved), reason (empty where placed).

    Raises
    ------
    InputError
        If `index` is empty, zoned, unsorted or repeats a session; if the dates carry a zone; or under ``policy="raise"``
        if a date within the record is not a session.
    """
    check_policy(policy)
    rows = _session_index(index)
    wanted, unreadable, clocked, far = _bare_dates(dates)
    missing = np.isnat(wanted) & ~unreadable & (far == 0)
    early, late = (wanted < rows[0]) | (far < 0), (wanted > rows[-1]) | (far > 0)
    placeable = ~(np.isnat(wanted) | clocked | early | late)
    forward = np.where(placeable, np.searchsorted(rows, wanted, side="left"), 0)
    exact = placeable & (rows[forward] == wanted)
    moved = placeable & ~exact
    if policy == "raise" and moved.any():
        first = pd.Timestamp(wanted[np.flatnonzero(moved)[0]])
        raise InputError(
            f"dates: {int(moved.sum())} of {len(wanted)} are not sessions of the index (first {first:%Y-%m-%d}); "
            'choose policy="next" or policy="previous".'
        )
    position = np.where(placeable, forward - (moved & (policy == "previous")), -1)
    session = np.where(placeable, rows[position], np.datetime64("NaT", "ns"))
    moved_days = np.where(placeable, (session - wanted) / np.timedelta64(1, "D"), 0).astype(np.int64)
    first_on, last_on = (f"{pd.Timestamp(row):%Y-%m-%d}" for row in (rows[0], rows[-1]))
    reasons = ["not a date", "date is missing", "carries a clock without zone", f"before the first session {first_on}"]
    reason = np.select([unreadable, missing, clocked, early, late], [*reasons, f"after the last session {last_on}"], "")
    return pd.DataFrame(
        {
            "date": pd.DatetimeIndex(wanted),
            "position": position.astype(np.int64),
            "session": pd.DatetimeIndex(session),
            "rolled_sessions": np.sign(moved_days),
            "rolled_days": moved_days,
            "reason": reason,
        }
    )


def _session_index(index: pd.DatetimeIndex) -> np.ndarray:
    if not isinstance(index, pd.DatetimeIndex) or index.tz is not None or len(index) == 0:
        raise InputError("index must be a non-empty DatetimeIndex of naive session dates; build it with pd.DatetimeIndex(dates).")
    if index.hasnans or not (index.is_monotonic_increasing and index.is_unique):
        raise InputError(f"index of {len(index)} sessions must be sorted, without gaps (NaT) or repeats; sort it and drop repeated dates.")
    return index.as_unit("ns").to_numpy()


def _bare_dates(dates: Iterable[Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Dates as datetime64[ns], with masks of the unreadable ones and of those that carry a time of day.

    The last tells those that nanoseconds cannot hold, which are left out of the dates: -1 before the year 1678, 1 after 2261.
    """
    raw = pd.Series(dates if isinstance(dates, (pd.Series, pd.Index, np.ndarray)) else list(dates)).reset_index(drop=True)
    zoned = _zoned(raw)
    if zoned.any():
        first = raw[zoned].iloc[0]
        raise InputError(
            f"dates carry a zone ({int(zoned.sum())} of {len(raw)}, first {str(first)!r}); map instants to sessions with "
            "impact.calendars.reactions(instants, venue) first, or give an event table the columns known_at and venue."
        )
    read = read_days(raw)
    far: np.ndarray = (read > pd.Timestamp.max).to_numpy(dtype=np.int8) - (read < pd.Timestamp.min).to_numpy(dtype=np.int8)
    wanted = read.mask(far != 0).astype("datetime64[ns]").to_numpy()
    unreadable = read.isna().to_numpy() & raw.notna().to_numpy()
    return wanted, unreadable, ~np.isnat(wanted) & (wanted != wanted.astype("datetime64[D]")), far


def read_days(raw: pd.Series) -> pd.Series:
    """Dates without a zone as stamps, also where they are whole numbers of eight digits; NaT where they name no day."""
    return raw if raw.dtype.kind == "M" else pd.to_datetime(_whole_dates(raw), errors="coerce", format="ISO8601")


def _whole_dates(raw: pd.Series) -> pd.Series:
    """Whole numbers of eight digits as the text of a date; a shorter text or number, or a longer period, names no day, so it is left out."""
    return raw.map(_whole_date)


def _whole_date(value: Any) -> Any:
    if isinstance(value, pd.Period):
        return value.start_time if value.start_time.normalize() == value.end_time.normalize() else None
    if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool):
        return str(int(value)) if WHOLE_DATES[0] <= value <= WHOLE_DATES[1] and value == int(value) else None
    return None if isinstance(value, str) and len(value.strip()) < LEAST_TEXT else value


def _zoned(raw: pd.Series) -> np.ndarray:
    """(N,) whether a value is an instant of a zone, as a stamp or as text."""
    if isinstance(raw.dtype, pd.DatetimeTZDtype):
        return raw.notna().to_numpy()
    if raw.dtype.kind == "M":
        return np.zeros(len(raw), dtype=bool)
    return np.array([_is_zoned(value) for value in raw], dtype=bool)


def _is_zoned(value: Any) -> bool:
    if not isinstance(value, str):
        return getattr(value, "tzinfo", None) is not None
    if len(value.strip()) <= len("2021-02-10"):  # no room for a clock
        return False
    try:
        return pd.Timestamp(value).tzinfo is not None
    except ValueError:
        return False
