"""Clocks and sessions: zoned instants, trading venues, and the first session that can react to an announcement.

Sessions are naive dates (``datetime64[ns]``) of the venue's own calendar; instants are zoned. The holidays, half days
and opening hours are those of exchange_calendars, kept in `data/sessions.csv`, with `data/venue_hours.csv` for the days it is
known to get wrong (special sessions, closures by weather or election, later hours); beyond the end of its record (Shanghai, Shenzhen and Singapore: 2026) weekdays are projected and marked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pandas as pd

from impact.anchors import AnchorPolicy, anchor_dates, check_policy
from impact.errors import DataUnavailable, InputError
from impact.instants import parse_day, parse_instant
from impact.session_record import session_record
from impact.typing_ import Day, Instant
from impact.venue_hours import corrected, projected, usual_hours
from impact.venues import VENUES, Venue, known_venue, venue_of

__all__ = [
    "VENUES",
    "AnchorPolicy",
    "Reaction",
    "Venue",
    "anchor_dates",
    "first_session_to_react",
    "is_half_day",
    "is_projected",
    "last_closed_session",
    "parse_instant",
    "reactions",
    "session_close",
    "session_open",
    "sessions",
    "trading_hours",
    "venue_of",
]

# Where the record of a venue ends before this day, weekdays go on; dates beyond the holidays a venue has published follow its
# holiday rules as exchange_calendars states them.
CALENDAR_END = "2039-12-31"


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """The first session that can react to an instant on one venue, and how it was found.

    Attributes
    ----------
    session : pandas.Timestamp
        Session label (naive date).
    venue : str
        Market identifier code.
    instant : pandas.Timestamp
        The announcement, in UTC.
    intraday : bool
        The instant lies between the open (included) and the close (excluded) of `session`, so its close-to-close
        return mixes trade before and after the news. A lunch break counts as inside.
    opens_at, closes_at : pandas.Timestamp
        Open and close of `session`, in UTC.
    policy : {"next", "previous", "raise"}
        What was asked for when the instant's own local date cannot react.
    rolled_sessions : int
        0: the session is dated on the instant's local date. +1: moved to the next session. -1: moved to the session before.
    rolled_days : int
        Calendar days from the instant's local date to `session`.
    reason : str
        One sentence for a reader.
    projected : bool
        The venue's holidays are not on record for that day: the session is a weekday on which it may be closed.
    """

    session: pd.Timestamp
    venue: str
    instant: pd.Timestamp
    intraday: bool
    opens_at: pd.Timestamp
    closes_at: pd.Timestamp
    policy: str
    rolled_sessions: int
    rolled_days: int
    reason: str
    projected: bool = False

    @property
    def rolled(self) -> bool:
        """Whether the session is another day than the instant's local date."""
        return self.rolled_sessions != 0


@dataclass(frozen=True, kw_only=True, eq=False)
class _Calendar:
    """Sessions of one venue as arrays: labels (naive), opens and closes (UTC), nanoseconds since 1970."""

    venue: Venue
    labels: np.ndarray
    opens: np.ndarray
    closes: np.ndarray
    half_days: frozenset[int]
    recorded_to: np.datetime64

    @property
    def span(self) -> str:
        return f"{pd.Timestamp(self.labels[0]):%Y-%m-%d} to {pd.Timestamp(self.labels[-1]):%Y-%m-%d}"


@cache
def _calendar(mic: str) -> _Calendar:
    """Read the calendar of one venue and keep it for the process."""
    venue = known_venue(mic)
    if not venue.calendar:
        raise DataUnavailable(
            f"venue={mic!r} ({venue.name}) has no calendar here; place its dates on the sessions of your own prices instead."
        )
    record = corrected(session_record(venue.calendar, venue.zone), venue)
    schedule, early, end = record.schedule, record.early, record.recorded_to
    if end < pd.Timestamp(CALENDAR_END):
        schedule = pd.concat([schedule, projected(schedule, venue)])
    nanoseconds = [pd.DatetimeIndex(schedule[name]).as_unit("ns").asi8 for name in ("open", "close")]
    return _Calendar(
        venue=venue,
        labels=pd.DatetimeIndex(schedule.index).as_unit("ns").to_numpy(),
        opens=nanoseconds[0],
        closes=nanoseconds[1],
        half_days=frozenset(early.as_unit("ns").asi8.tolist()),
        recorded_to=end.to_datetime64(),
    )


def _session_label(value: Any, parameter: str) -> pd.Timestamp:
    label = parse_day(value, parameter=parameter)
    if label.tzinfo is not None or label != label.normalize():
        raise InputError(f"{parameter}={value!r} must be a bare date, the label of a session, such as 2021-01-15.")
    return label


def _position(session: Day, venue: str) -> tuple[_Calendar, int]:
    calendar, label = _calendar(venue), _session_label(session, "session")
    position = int(np.searchsorted(calendar.labels, label.to_datetime64()))
    if position < len(calendar.labels) and calendar.labels[position] == label.to_datetime64():
        return calendar, position
    if not calendar.labels[0] < label.to_datetime64() < calendar.labels[-1]:
        raise DataUnavailable(f"session={label:%Y-%m-%d} is outside the calendar of {venue} ({calendar.span}); use a date within it.")
    before, after = (pd.Timestamp(calendar.labels[i]) for i in (position - 1, position))
    raise InputError(f"session={label:%Y-%m-%d} is not a session of {venue}; the nearest are {before:%Y-%m-%d} and {after:%Y-%m-%d}.")


def sessions(venue: str, start: Day, end: Day) -> pd.DatetimeIndex:
    """Session labels of a venue from `start` to `end`, both included: naive, unit ns.

    Raises
    ------
    InputError
        If the venue is unknown or `start` comes after `end`.
    DataUnavailable
        If the span leaves the venue's calendar.
    """
    calendar, first, last = _calendar(venue), _session_label(start, "start"), _session_label(end, "end")
    if first > last:
        raise InputError(f"start={first:%Y-%m-%d} comes after end={last:%Y-%m-%d}; swap them.")
    for name, label in (("start", first), ("end", last)):
        if not calendar.labels[0] - np.timedelta64(7, "D") <= label.to_datetime64() <= calendar.labels[-1] + np.timedelta64(7, "D"):
            raise DataUnavailable(f"{name}={label:%Y-%m-%d} is outside the calendar of {venue} ({calendar.span}); use a date within it.")
    inside = slice(*np.searchsorted(calendar.labels, [first.to_datetime64(), (last + pd.Timedelta(1, "ns")).to_datetime64()]))
    return pd.DatetimeIndex(calendar.labels[inside])


def session_open(session: Day, venue: str) -> pd.Timestamp:
    """Instant (UTC) at which continuous trade of a session opens."""
    calendar, position = _position(session, venue)
    return pd.Timestamp(calendar.opens[position], unit="ns", tz="UTC")


def session_close(session: Day, venue: str) -> pd.Timestamp:
    """Instant (UTC) at which a session closes, half days included; a closing auction after it is not counted."""
    calendar, position = _position(session, venue)
    return pd.Timestamp(calendar.closes[position], unit="ns", tz="UTC")


def trading_hours(days: pd.DatetimeIndex, venue: str) -> pd.DataFrame:
    """Opens and closes (UTC) of a venue on some days, whether or not its calendar calls them sessions.

    Parameters
    ----------
    days : DatetimeIndex (n,)
        Ascending labels.
    venue : str
        Market identifier code.

    Returns
    -------
    DataFrame (n,)
        open, close, by day. A day that is no session has the hours of the session before; a venue without a calendar its usual
        ones (`data/venues.csv`).

    Raises
    ------
    InputError
        If the venue is unknown.
    DataUnavailable
        If neither its calendar nor its usual hours are on record for those days.
    """
    known, labels = known_venue(venue), pd.DatetimeIndex(days).as_unit("ns")
    if not known.calendar:
        usual = usual_hours(known, labels)
        if usual is None:
            raise DataUnavailable(f"venue={venue!r} ({known.name}) has no calendar and no usual hours here; name another venue.")
        return usual
    calendar = _calendar(venue)
    before = np.searchsorted(calendar.labels, labels.to_numpy(), side="right") - 1
    if len(labels) and (before[0] < 0 or labels[-1].to_datetime64() > calendar.labels[-1]):
        raise DataUnavailable(f"days={labels[0]:%Y-%m-%d} to {labels[-1]:%Y-%m-%d} leave the calendar of {venue} ({calendar.span}).")
    recorded = pd.DatetimeIndex(calendar.labels[before])
    hours = {}
    for name, instants in (("open", calendar.opens), ("close", calendar.closes)):
        clock = pd.DatetimeIndex(pd.to_datetime(instants[before], unit="ns", utc=True)).tz_convert(known.zone).tz_localize(None)
        moved = (labels + (clock - recorded)).tz_localize(known.zone, ambiguous=True, nonexistent="shift_forward")
        hours[name] = moved.tz_convert("UTC").as_unit("ns")
    return pd.DataFrame(hours, index=labels)


def is_half_day(session: Day, venue: str) -> bool:
    """Whether a session closes early."""
    calendar, position = _position(session, venue)
    return int(calendar.labels[position].astype("int64")) in calendar.half_days


def is_projected(session: Day, venue: str) -> bool:
    """Whether a session lies beyond the holidays on record of its venue: a weekday on which it may be closed."""
    calendar, position = _position(session, venue)
    return bool(calendar.labels[position] > calendar.recorded_to)


def last_closed_session(venue: str, instant: Instant) -> pd.Timestamp:
    """The last session of a venue whose close is not after an instant: what an as-of cut of its prices keeps.

    Raises
    ------
    InputError
        If the instant has no zone, or the venue is unknown.
    DataUnavailable
        If no session of the venue's calendar had closed by then.

    Examples
    --------
    >>> [f"{last_closed_session('XHKG', at):%Y-%m-%d}" for at in ("2021-01-15T16:00+08:00", "2021-01-15T15:59+08:00")]
    ['2021-01-15', '2021-01-14']
    """
    calendar, moment = _calendar(venue), parse_instant(instant, parameter="instant")
    count = int(np.searchsorted(calendar.closes, moment.tz_convert("UTC").as_unit("ns").value, side="right"))
    if not count:
        raise DataUnavailable(f"instant={moment.isoformat()} is before the calendar of {venue} ({calendar.span}); use a date within it.")
    return pd.Timestamp(calendar.labels[count - 1])


def _moments(instants: Iterable[Any]) -> pd.DatetimeIndex:
    """Zoned instants as a UTC index of unit ns; a column that is zoned already is taken whole."""
    if isinstance(instants, (pd.Series, pd.DatetimeIndex)) and isinstance(instants.dtype, pd.DatetimeTZDtype) and not instants.hasnans:
        return pd.DatetimeIndex(instants).tz_convert("UTC").as_unit("ns")
    read = [parse_instant(value, parameter=f"instants[{i}]").tz_convert("UTC") for i, value in enumerate(instants)]
    return pd.DatetimeIndex(read, tz="UTC").as_unit("ns")


def reactions(instants: Iterable[Any], venue: str, *, policy: AnchorPolicy = "next") -> pd.DataFrame:
    """The session of one venue that can first react to each of many instants.

    Parameters
    ----------
    instants : iterable of zoned instants, or a zone-aware Series or DatetimeIndex
        Each element as :func:`parse_instant` takes it.
    venue : str
        Market identifier code.
    policy : {"next", "previous", "raise"}
        What to do when the local date of an instant is no session, or its session has closed: take the next session,
        take the last one that had closed (it cannot react: only for loosely dated events), or refuse.

    Returns
    -------
    pandas.DataFrame
        One row per instant, in the order given: instant (UTC), session (NaT where none), intraday, opens_at, closes_at,
        rolled_sessions, rolled_days, reason (``before open``, ``intraday``, ``after close``, ``no session``, or
        ``outside calendar`` where session is NaT).

    Raises
    ------
    InputError
        If an instant has no zone, or under ``policy="raise"`` if one cannot be met on its own date.
    """
    check_policy(policy)
    calendar = _calendar(venue)
    moments = _moments(instants)
    t = moments.asi8
    last = len(calendar.labels) - 1
    local = moments.tz_convert(calendar.venue.zone).tz_localize(None).normalize()
    upcoming = np.searchsorted(calendar.closes, t, side="right")
    own = np.minimum(np.searchsorted(calendar.labels, local.to_numpy()), last)
    has_session = calendar.labels[own] == local.to_numpy()
    waits = ~has_session | (t >= calendar.closes[own])
    outside = (t < calendar.opens[0]) | (upcoming > last)
    if policy == "raise" and (waits & ~outside).any():
        refused = np.flatnonzero(waits & ~outside)
        raise InputError(
            f"instants: {len(refused)} of {len(t)} meet no open session of {venue} on their own date "
            f'(first {moments[refused[0]].isoformat()}); choose policy="next" or policy="previous".'
        )
    position = np.clip(np.where(waits & (policy == "previous"), upcoming - 1, upcoming), 0, last)
    intraday = (t >= calendar.opens[position]) & (t < calendar.closes[position])
    reason = np.select(
        [outside, intraday, ~waits, has_session], ["outside calendar", "intraday", "before open", "after close"], "no session"
    )
    return _reaction_rows(calendar, moments, local, position, reason)


def _reaction_rows(
    calendar: _Calendar, moments: pd.DatetimeIndex, local: pd.DatetimeIndex, position: np.ndarray, reason: np.ndarray
) -> pd.DataFrame:
    """The rows of :func:`reactions` once each instant has its session, blank where it lies outside the calendar."""
    outside = reason == "outside calendar"
    session = pd.DatetimeIndex(calendar.labels[position])
    rolled_days = (session - local).days.to_numpy()
    frame = pd.DataFrame(
        {
            "instant": moments,
            "session": session,
            "intraday": reason == "intraday",
            "opens_at": pd.to_datetime(calendar.opens[position], unit="ns", utc=True),
            "closes_at": pd.to_datetime(calendar.closes[position], unit="ns", utc=True),
            "rolled_sessions": np.where(outside, 0, np.sign(rolled_days)),
            "rolled_days": np.where(outside, 0, rolled_days),
            "reason": reason,
        }
    )
    frame.loc[outside, ["session", "opens_at", "closes_at"]] = pd.NaT
    return frame


def first_session_to_react(instant: Instant, venue: str, *, policy: AnchorPolicy = "next") -> Reaction:
    """The first session of a venue that can react to an announcement.

    Before the open: that session. From the open to just before the close, a lunch break included: that session,
    flagged `intraday`. At the close or later, or on a day without session: what `policy` says (see :func:`reactions`).

    Raises
    ------
    InputError
        If the instant has no zone, the venue is unknown, or ``policy="raise"`` and no session of its own date can react.
    DataUnavailable
        If the instant lies outside the venue's calendar.

    Examples
    --------
    >>> reaction = first_session_to_react("2021-03-12T16:59-05:00", "XHKG")
    >>> f"{reaction.session:%Y-%m-%d}", reaction.intraday, reaction.rolled_days
    ('2021-03-15', False, 2)
    """
    return _first_to_react(parse_instant(instant, parameter="instant"), venue, policy)


@lru_cache(maxsize=16384)
def _first_to_react(moment: pd.Timestamp, venue: str, policy: AnchorPolicy) -> Reaction:
    row = reactions([moment], venue, policy=policy).iloc[0]
    calendar = _calendar(venue)
    if row["session"] is pd.NaT:
        raise DataUnavailable(f"instant={moment.isoformat()} is outside the calendar of {venue} ({calendar.span}); use a date within it.")
    zone = calendar.venue.zone
    local, opens, closes = (stamp.tz_convert(zone) for stamp in (row["instant"], row["opens_at"], row["closes_at"]))
    when = f"{local:%a %Y-%m-%d %H:%M} in {zone}"
    reason = {
        "before open": f"{when} is before the open ({opens:%H:%M}) of its own session.",
        "intraday": f"{when} falls inside the session {opens:%H:%M} to {closes:%H:%M}.",
        "after close": f"{when} is after the close of its own session; policy {policy!r} takes {row['session']:%Y-%m-%d}.",
        "no session": f"{when} is not a session of {venue}; policy {policy!r} takes {row['session']:%Y-%m-%d}.",
    }[row["reason"]]
    projected = is_projected(row["session"], venue)
    if projected:
        reason += f" The holidays of {venue} are on record to {pd.Timestamp(calendar.recorded_to):%Y-%m-%d}: it may be closed that day."
    return Reaction(
        session=row["session"],
        venue=venue,
        instant=row["instant"],
        intraday=bool(row["intraday"]),
        opens_at=row["opens_at"],
        closes_at=row["closes_at"],
        policy=policy,
        rolled_sessions=int(row["rolled_sessions"]),
        rolled_days=int(row["rolled_days"]),
        reason=reason,
        projected=projected,
    )
