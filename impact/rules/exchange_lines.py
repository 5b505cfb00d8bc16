"""What exchanges did with each trading line: notice, reversal, suspension, delisting, as known at an instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from impact.calendars import parse_instant, session_open, sessions, venue_of
from impact.errors import InputError
from impact.rules.book import rule_book
from impact.rules.vocabulary import line_key, lines_of
from impact.typing_ import Instant

__all__ = ["LineStop", "exchange_path", "line_stop"]

# What an action makes of a line. A request for review changes nothing, unless the exchange let trading go on for it (then
# its row carries an effective day).
STATE_AFTER = {
    "delisting_announced": "delisting announced",
    "delisting_cancelled": "trading",
    "delisting_reinstated": "delisting announced",
    "suspended": "suspended",
    "halted": "trading",
    "resumed": "trading",
    "delisting_cancelled_halt_stays": "suspended",
    "review_requested": None,
    "delisted": "delisted",
    "trading_continued": "trading",
    "listing_postponed": "not yet listed",
    "purchases_stopped": None,
    "purchases_resumed": None,
}
COLUMNS = ["exchange", "line", "known_at", "action", "state", "stops_at", "certainty", "source", "confidence"]


@dataclass(frozen=True, kw_only=True)
class LineStop:
    """The instant (UTC) from which a line does not trade, on whose word, as known."""

    line: str
    exchange: str
    stops_at: pd.Timestamp
    announced_on: str
    certainty: str
    source: str
    confidence: str


def exchange_path(security: str, as_of: Instant | None = None, *, tables: Mapping[str, pd.DataFrame] | None = None) -> pd.DataFrame:
    """Every exchange action on one trading line in the order it became known, with the state it left the line in.

    Parameters
    ----------
    security : str
        One trading line (``CHL``, not its issuer: the Hong Kong line of the same issuer has a path of its own).
    as_of : str, datetime or Timestamp, optional
        Use only what was known then; None uses everything recorded.
    tables : mapping of name to DataFrame, optional
        Replaces tables of the fact base.

    Returns
    -------
    pandas.DataFrame
        exchange, line, known_at (UTC), action, state, stops_at (UTC instant from which the line does not trade as then
        planned, NaT when trading), certainty, source, confidence. Empty when no action is recorded.
    """
    if not isinstance(security, str) or not security.strip():
        raise InputError(f"security={security!r} names no line; give one such as CHL or 0941.HK.")
    known = None if as_of is None else parse_instant(as_of).tz_convert("UTC")
    return pd.DataFrame(_steps(rule_book(known, tables).exchange_actions, line_key(security)), columns=COLUMNS)


def line_stop(actions: tuple[Mapping[str, str], ...], line: str) -> LineStop | None:
    """When `line` stops trading by the last word of its exchange among `actions`; None while it trades on."""
    steps = _steps(actions, line)
    if not steps or steps[-1]["stops_at"] is None:
        return None
    traded = [position for position, step in enumerate(steps) if step["stops_at"] is None]
    notice = steps[traded[-1] + 1 if traded else 0]
    return LineStop(
        line=line,
        exchange=notice["exchange"],
        stops_at=steps[-1]["stops_at"],
        announced_on=notice["announced_on"],
        certainty=notice["certainty"],
        source=notice["source"],
        confidence=notice["confidence"],
    )


def _steps(actions: tuple[Mapping[str, str], ...], line: str) -> list[dict[str, Any]]:
    rows = sorted((row for row in actions if line in lines_of(row["securities"])), key=lambda row: pd.Timestamp(row["known_at"]))
    steps: list[dict[str, Any]] = []
    state, stops_at = "trading", None
    for row in rows:
        kind = row["action_kind"]
        after = STATE_AFTER[kind]
        if kind == "review_requested" and row["effective_on"]:
            after = "trading"
        dated = _stop_instant(row, line) if after in ("delisting announced", "suspended", "delisted") else None
        if after == "trading":
            stops_at = None
        elif dated is not None and (stops_at is None or after == "delisting announced"):
            stops_at = dated
        state = after or state
        steps.append(
            {
                "exchange": row["exchange"],
                "line": line,
                "known_at": pd.Timestamp(row["known_at"]).tz_convert("UTC"),
                "action": kind,
                "state": state,
                "stops_at": stops_at,
                "certainty": row["effective_certainty"],
                "source": row["source"],
                "confidence": row["confidence"],
                "announced_on": row["announced_on"],
            }
        )
    return steps


def _stop_instant(row: Mapping[str, str], line: str) -> pd.Timestamp | None:
    """The hour the exchange named; else the open of the day it named (or of the next session)."""
    if row["effective_at"]:
        return pd.Timestamp(row["effective_at"]).tz_convert("UTC")
    if not row["effective_on"]:
        return None
    venue, day = venue_of(line), pd.Timestamp(row["effective_on"])
    following = sessions(venue, day, day + pd.Timedelta(days=14))
    return session_open(following[0], venue)
