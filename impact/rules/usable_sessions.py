"""The last session in which a trading line can still be used before an instant, and when its trades settle."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from impact.calendars import (
    VENUES,
    first_session_to_react,
    is_projected,
    session_close,
    session_open,
    sessions,
    venue_of,
)
from impact.errors import DataUnavailable
from impact.rules.exchange_lines import LineStop

__all__ = ["USE", "last_usable_session", "use_of_line"]

EASTERN = "America/New_York"
# Sessions from trade to settlement, with the first trade date of each rule. Hong Kong and the US before 28 May 2024: T+2;
# the US since (SEC Rule 15c6-1, as amended): T+1; mainland A shares: cash on T+1. Checked 2026-11-22, own knowledge.
SETTLEMENT = {
    "XHKG": (("1995-01-01", 2),),
    "XNYS": (("2017-09-05", 2), ("2024-05-28", 1)),
    "XSHG": (("1995-01-01", 1),),
    "XSHE": (("1995-01-01", 1),),
}
USE = (
    "line", "venue", "first_prohibited_local", "last_session_on", "whole_session", "usable_until_utc", "limited_by", "sessions_left",
    "settles_on", "last_settled_session_on",
)  # fmt: skip
"""Columns of a row of clocks that tell until when its line can be used."""


@lru_cache(maxsize=1 << 12)
def last_usable_session(venue: str, first_prohibited: pd.Timestamp) -> tuple[pd.Timestamp, bool]:
    """The last session of `venue` that opens before an instant (UTC), and whether it also closes by then."""
    day = first_prohibited.tz_convert(VENUES[venue].zone).tz_localize(None).normalize()
    for session in reversed(sessions(venue, day - pd.Timedelta(days=20), day)):
        if session_open(session, venue) < first_prohibited:
            return session, bool(session_close(session, venue) <= first_prohibited)
    raise DataUnavailable(f"no session of {venue} opens in the 20 days before {first_prohibited.isoformat()}; check the instant.")


def use_of_line(line: str, instant: pd.Timestamp, stop: LineStop | None, as_of: pd.Timestamp | None) -> dict[str, Any]:
    """The columns of a row of clocks that tell until when a line can be used; empty ones where it cannot be told."""
    cells: dict[str, Any] = dict.fromkeys(USE)
    cells |= {"line": line, "venue": "", "first_prohibited_local": "", "limited_by": "no trading line", "sessions_left": float("nan")}
    cells |= dict.fromkeys(("last_session_on", "usable_until_utc", "settles_on", "last_settled_session_on"), pd.NaT)
    if not line:
        return cells
    venue = venue_of(line)
    cells |= {
        "venue": venue,
        "first_prohibited_local": instant.tz_convert(VENUES[venue].zone).isoformat(timespec="minutes"),
        "limited_by": "the clock",
    }
    end = instant
    if stop is not None and stop.stops_at < instant:
        end = stop.stops_at
        cells["limited_by"] = (
            f"{stop.exchange} stop of {stop.stops_at.tz_convert(EASTERN):%Y-%m-%d %H:%M} ET, announced {stop.announced_on}"
        )
    try:
        session, whole = last_usable_session(venue, end)
        cells |= {"last_session_on": session, "whole_session": whole, "usable_until_utc": min(session_close(session, venue), end)}
        if is_projected(session, venue):
            cells["limited_by"] += f"; its session is projected: the holidays of {venue} are not on record that far"
        cells["sessions_left"] = _sessions_left(as_of, session, venue)
        cells |= _settlement(venue, session)
    except DataUnavailable as error:
        cells["limited_by"] = (
            str(error) if VENUES[venue].calendar else f"{VENUES[venue].name} has no calendar here: its sessions are unknown"
        )
    return cells


def _sessions_left(as_of: pd.Timestamp | None, last: pd.Timestamp, venue: str) -> float:
    if as_of is None:
        return float("nan")
    first = _first_to_react(as_of, venue)
    return float(len(sessions(venue, first, last))) if first <= last else 0.0


@lru_cache(maxsize=1 << 8)
def _first_to_react(as_of: pd.Timestamp, venue: str) -> pd.Timestamp:
    return first_session_to_react(as_of, venue).session


@lru_cache(maxsize=1 << 12)
def _settlement(venue: str, session: pd.Timestamp) -> Mapping[str, pd.Timestamp]:
    """When a trade of the last usable session settles, and the last session whose trades settle by then."""
    lags = [days for since, days in SETTLEMENT.get(venue, ()) if session >= pd.Timestamp(since)]
    if not lags:
        return {}
    after = sessions(venue, session, session + pd.Timedelta(days=20))
    before = sessions(venue, session - pd.Timedelta(days=20), session)
    return {"settles_on": after[lags[-1]], "last_settled_session_on": before[-1 - lags[-1]]}
