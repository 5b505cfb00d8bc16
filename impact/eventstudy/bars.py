"""Bars of a trading day as prices at instants: when each ended, which session it belongs to, and returns between two moments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.calendars import sessions
from impact.errors import DataUnavailable, InputError
from impact.intake.given_frames import as_frame
from impact.market.frames import checked_figures, one_level
from impact.typing_ import BoolArray, FloatArray, IntArray, TableLike
from impact.venues import VENUES, venue_of

__all__ = ["CLOSE", "LineBars", "Spans", "bars_of", "line_zone", "read_bars", "spans"]

DAY = 86_400_000_000_000
STALE = 4 * DAY
"""A price older than this before the moment asked is none: a long weekend is shorter."""
CLOSE = "close"
"""The horizon that ends with the session."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LineBars:
    """The bars of one line, and the sessions they make up.

    Attributes
    ----------
    ends : (B,) int
        Nanoseconds since 1970 (UTC) at which each bar ended.
    closes : (B,) float
    first, last : (S,) int
        Positions of the first and last bar of each session.
    opens : (S,) int
        Start of the first bar.
    labels : DatetimeIndex (S,)
        Local dates.
    follows : (S,) bool
        The session before is that of the calendar of the venue, or the line has no calendar here.
    zone : str
    length : int
        Nanoseconds of a bar.
    """

    ends: IntArray
    closes: FloatArray
    first: IntArray
    last: IntArray
    opens: IntArray
    labels: pd.DatetimeIndex
    follows: BoolArray
    zone: str
    length: int

    def before(self, instants: IntArray) -> IntArray:
        """Position of the last bar that had ended by each instant, -1 where none had within four days."""
        place = np.searchsorted(self.ends, instants, side="right") - 1
        stale = instants - self.ends[np.maximum(place, 0)] > STALE
        return np.where((place < 0) | stale, -1, place)


def read_bars(bars: TableLike, parameter: str, zone: str | None = None) -> pd.DataFrame:
    """Closes of bars, one column a security, under their stamps in UTC.

    Parameters
    ----------
    bars : DataFrame, Series, mapping or polars frame
        Stamps in the index or in a column of its own, with a zone; or two levels of columns as yfinance gives them.
    parameter : str
        Name to use in error messages.
    zone : str, optional
        IANA zone of stamps that carry none.

    Raises
    ------
    InputError
        If stamps have no zone, repeat, are unsorted or are whole days, or a price is no positive number.
    """
    frame = one_level(_stamped(as_frame(bars, parameter), parameter), "close")
    return checked_figures(frame, _in_utc(frame.index, parameter, zone), parameter)


def _stamped(frame: pd.DataFrame, parameter: str) -> pd.DataFrame:
    """The frame with its stamps in the index, wherever they stood."""
    if isinstance(frame.index, pd.DatetimeIndex) or (len(frame) and not pd.api.types.is_numeric_dtype(frame.index)):
        return frame
    for column in frame.columns:
        if pd.api.types.is_datetime64_any_dtype(frame[column]) or str(column).strip().lower() in ("datetime", "timestamp", "date", "time"):
            return frame.set_index(column)
    raise InputError(f"{parameter} has no stamps; give each bar its time, with a zone, in the index.")


def _in_utc(index: pd.Index, parameter: str, zone: str | None) -> pd.DatetimeIndex:
    try:
        stamps = pd.DatetimeIndex(index if isinstance(index, pd.DatetimeIndex) else pd.to_datetime(index))
    except (ValueError, TypeError):
        stamps = pd.DatetimeIndex(pd.to_datetime(index, utc=True, errors="coerce"))
    if not len(stamps) or stamps.isna().any():
        raise InputError(
            f"{parameter} has {int(np.count_nonzero(stamps.isna()))} stamps that cannot be read in {len(stamps)} rows; write them as ISO 8601."
        )
    if stamps.tz is None:
        if zone is None:
            raise InputError(f"{parameter} has stamps without a zone (first {stamps[0]}); say which: zone='Asia/Hong_Kong'.")
        stamps = stamps.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
        if stamps.isna().any():
            raise InputError(f"{parameter} has stamps that the change of the clocks in {zone} leaves open; give them with their offset.")
    elif zone is not None:
        raise InputError(f"zone={zone!r} is given and the stamps of {parameter} carry their own ({stamps.tz}); give one.")
    utc = stamps.tz_convert("UTC").as_unit("ns")
    if not (utc.is_monotonic_increasing and utc.is_unique):
        raise InputError(f"{parameter} has stamps that repeat or are out of order; keep one row a bar, oldest first.")
    return pd.DatetimeIndex(utc)


def line_zone(security: str, venue: str, stamps_zone: str) -> tuple[str, str]:
    """Zone and market identifier code of a line: of the venue given, else of its ticker, else those of the stamps and none."""
    if not venue:
        try:
            venue = venue_of(security)
        except InputError:
            return stamps_zone, ""
    if venue not in VENUES:
        raise InputError(f"events['venue'] holds {venue!r}, which is no venue on record; give its market identifier code, such as XHKG.")
    return VENUES[venue].zone, venue


def bars_of(closes: pd.Series, zone: str, venue: str, *, stamped: str) -> LineBars:
    """The bars of one line.

    Parameters
    ----------
    closes : Series (T,)
        Of :func:`read_bars`; NaN where the line has no bar.
    zone, venue : str
        Of :func:`line_zone`.
    stamped : {"start", "end"}
        What a stamp is of its bar.

    Raises
    ------
    InputError
        If the bars are days, or run on from one day to the next without a stop.
    """
    if stamped not in ("start", "end"):
        raise InputError(f"stamped={stamped!r} must be 'start' or 'end': what a stamp is of its bar.")
    closes = closes.dropna()
    if len(closes) < 3:
        raise InputError(f"bars[{closes.name!r}] has {len(closes)} bars; give some days of them.")
    stamps = pd.DatetimeIndex(closes.index).asi8
    steps, counts = np.unique(np.diff(stamps), return_counts=True)
    length = int(steps[np.argmax(counts)])
    if length >= DAY // 2:
        raise InputError(f"bars[{closes.name!r}] has one bar a day; give bars of the day, or daily prices to event_study.")
    starts = stamps if stamped == "start" else stamps - length
    local = pd.DatetimeIndex(pd.to_datetime(starts, utc=True)).tz_convert(zone).tz_localize(None).normalize()
    first = np.flatnonzero(np.append(True, local.to_numpy()[1:] != local.to_numpy()[:-1]))
    last = np.append(first[1:] - 1, len(starts) - 1)
    if len(first) > 2 and np.median(starts[first[1:]] - starts[last[:-1]]) <= 2 * length:
        raise InputError(f"bars[{closes.name!r}] run on from day to day in {zone}; sessions cannot be told from bars without a stop.")
    labels = pd.DatetimeIndex(local[first]).as_unit("ns")
    return LineBars(
        ends=starts + length,
        closes=closes.to_numpy(dtype=float),
        first=first,
        last=last,
        opens=starts[first],
        labels=labels,
        follows=_follows(labels, venue),
        zone=zone,
        length=length,
    )


def _follows(labels: pd.DatetimeIndex, venue: str) -> BoolArray:
    """Whether each session comes right after the one before it, by the calendar of the venue."""
    every = np.ones(len(labels), dtype=bool)
    if not venue or len(labels) < 2:
        return every
    try:
        calendar = sessions(venue, labels[0], labels[-1])
    except DataUnavailable:
        return every
    place = calendar.get_indexer(labels)
    known = (place[1:] >= 0) & (place[:-1] >= 0)
    every[1:] = ~known | (np.diff(place) == 1)
    return every


@dataclass(frozen=True, eq=False, kw_only=True)
class Spans:
    """Windows from one clock over some sessions: (D,) positions of bars, and why there is none."""

    base: IntArray
    end: IntArray
    until: IntArray
    reason: list[str]


def spans(line: LineBars, clock: pd.Timedelta | None, at: IntArray, horizon: str) -> Spans:
    """Windows of one horizon from the same clock in several sessions.

    Parameters
    ----------
    line : LineBars
    clock : Timedelta or None
        Local time of the day from which windows run; None where they run from the open, with the move since the close before.
    at : (D,) int
        Sessions of the line, by position.
    horizon : str
        Duration such as ``15min``, or ``close``.
    """
    first, last = line.first[at], line.last[at]
    close = line.ends[last]
    if clock is not None:
        local = (line.labels[at] + clock).tz_localize(line.zone, ambiguous="NaT", nonexistent="NaT")
        known = ~np.asarray(local.isna())
        start = np.where(known, local.tz_convert("UTC").as_unit("ns").asi8, 0)
        base = np.searchsorted(line.ends, start, side="right") - 1
        started = known & (base >= first) & (start < close)
        before = "the session has no price before the news: it falls within the first bar"
    else:
        start, base = line.opens[at], first - 1
        started = (base >= 0) & line.follows[at]
        before = "bars lack the session before"
    until = close if horizon == CLOSE else start + pd.Timedelta(horizon).value
    end = np.searchsorted(line.ends, until, side="right") - 1
    reason = np.full(len(at), "", dtype=object)
    reason[end <= base] = "no bar ends in the window"
    reason[until > close] = "the session ends before the window does"
    reason[~started] = before
    return Spans(base=base, end=end, until=np.asarray(until), reason=reason.tolist())
