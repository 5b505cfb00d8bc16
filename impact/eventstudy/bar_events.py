"""Events on the bars of their lines: the session that can react first, and the sessions it is compared with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.calendars import reactions
from impact.errors import DataUnavailable, InputError
from impact.eventstudy.bars import LineBars, bars_of, line_zone
from impact.eventstudy.event_tables import checked_events
from impact.instants import parse_instant
from impact.intake.given_frames import as_frame
from impact.typing_ import IntArray, TableLike

__all__ = ["BarEvent", "checked_instants", "place_events"]


@dataclass(frozen=True, eq=False, kw_only=True)
class BarEvent:
    """An event on the bars of its line: its session and the sessions it is compared with, itself first, -1 for one that is left out."""

    event_id: object
    security: str
    known_at: pd.Timestamp
    line: LineBars
    clock: pd.Timedelta | None
    days: IntArray

    @property
    def session(self) -> pd.Timestamp:
        """Label of the session."""
        return pd.Timestamp(self.line.labels[self.days[0]])


def checked_instants(events: TableLike) -> pd.DataFrame:
    """The event table with its ids checked and its instants in UTC.

    Raises
    ------
    InputError
        If a column is missing, an id repeats, or an instant has no zone.
    """
    frame = as_frame(events, "events")
    if "known_at" not in frame.columns:
        raise InputError("events lacks known_at; an intraday study needs the instant of each event, with its zone.")
    table = checked_events(frame.assign(date=pd.Series(pd.NaT, index=frame.index)))
    table["known_at"] = [parse_instant(value, parameter="events['known_at']").tz_convert("UTC") for value in table["known_at"]]
    return table


def place_events(
    closes: pd.DataFrame, table: pd.DataFrame, stamps_zone: str, comparison: int, stamped: str
) -> tuple[list[BarEvent], list[dict[str, object]]]:
    """Events on the bars of their lines, and those that cannot be."""
    placed, dropped = [], []
    lines: dict[tuple[str, str], LineBars] = {}
    for row in table.to_dict("records"):
        security, known_at = str(row["security"]), row["known_at"]
        out = {"event_id": row["event_id"], "security": security, "known_at": known_at}
        if security not in closes.columns:
            dropped.append(out | {"reason": "security is not a column of bars"})
            continue
        stated = row.get("venue")
        zone, venue = line_zone(security, "" if stated is None or pd.isna(stated) else str(stated), stamps_zone)
        if (security, venue) not in lines:
            lines[security, venue] = bars_of(closes[security], zone, venue, stamped=stamped)
        line = lines[security, venue]
        session, clock, reason = _session_of(line, known_at, venue)
        if reason:
            dropped.append(out | {"reason": reason})
            continue
        others = table.loc[(table["security"].astype(str) == security) & (table["event_id"] != row["event_id"]), "known_at"]
        placed.append(
            BarEvent(
                event_id=row["event_id"],
                security=security,
                known_at=known_at,
                line=line,
                clock=clock,
                days=_compared(line, session, others, comparison),
            )
        )
    return placed, dropped


def _session_of(line: LineBars, known_at: pd.Timestamp, venue: str) -> tuple[int, pd.Timedelta | None, str]:
    """The session whose bars can react first, what its windows start from, and why there is none."""
    instant = known_at.as_unit("ns").value
    session = int(np.searchsorted(line.ends[line.last], instant, side="right"))
    if session == len(line.labels):
        return session, None, "no bar ends after the news"
    inside = bool(instant > line.opens[session])
    local = known_at.tz_convert(line.zone).tz_localize(None)
    clock = local - line.labels[session] if inside else None
    if session == 0 and not inside:
        return session, clock, "no bar ends before the news"
    expected = None if inside or not venue else _expected(known_at, venue)
    if expected is not None and line.labels[session] > expected:
        return session, clock, f"bars lack {expected:%Y-%m-%d}, the session that could react first"
    return session, clock, ""


def _expected(known_at: pd.Timestamp, venue: str) -> pd.Timestamp | None:
    """The session of the calendar that could react first; None where the venue has none here, or it does not reach as far."""
    try:
        session = reactions([known_at], venue)["session"].iloc[0]
    except DataUnavailable:
        return None
    return None if pd.isna(session) else session


def _compared(line: LineBars, session: int, others: pd.Series, comparison: int) -> IntArray:
    """The session and the ones before it, latest first, -1 for one with another event of the line since the close before it."""
    days = np.arange(session, max(session - comparison, 0) - 1, -1)
    struck = np.searchsorted(line.ends[line.last], [one.as_unit("ns").value for one in others], side="right")
    return np.where(np.isin(days, struck) & (days != session), -1, days)
