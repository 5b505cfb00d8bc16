"""A user's own list events: when their line could react, and why one stands outside the sample."""

from __future__ import annotations

import numpy as np
import pandas as pd

from impact.calendars import first_session_to_react, sessions
from impact.errors import DataUnavailable, InputError
from impact.venues import venue_of

__all__ = ["first_possible_day", "outside_sample", "own_note", "with_first_sessions"]

LONGEST_CLOSURE = pd.Timedelta(days=15)


def first_possible_day(first_public_at: str, venue: str) -> pd.Timestamp:
    """First calendar day on which a line of `venue` can react.

    Notes
    -----
    A day without an hour is an act of the United States in its business hours: lines there can react the same day, lines
    in Asia on the next. With an hour the venue's own session decides.
    """
    if len(first_public_at) > 10:
        return first_session_to_react(first_public_at, venue).session
    day = pd.Timestamp(first_public_at)
    return day if venue.startswith(("XNY", "XNAS")) or venue in ("US", "OTC") else day + pd.Timedelta(days=1)


def with_first_sessions(events: pd.DataFrame, returns: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Checked returns, where one of status ok without first_session has the first of its venue that could react; and how many have.

    Raises
    ------
    InputError
        If a first session that is given is none of the venue.
    """
    public = dict(zip(events["event_id"], events["first_public_at"], strict=True))
    columns = (returns[name].astype(str) for name in ("event_id", "security", "status", "first_session"))
    settled, derived = [], 0
    for event_id, security, status, first in zip(*columns, strict=True):
        session = first
        if status == "ok" and first:
            _check_session(event_id, security, first)
        elif status == "ok" and event_id in public:
            session = _first_session(security, public[event_id])
            derived += session != ""
        settled.append(session)
    return returns.assign(first_session=settled), derived


def outside_sample(rows: pd.DataFrame, known: pd.DataFrame, relief: tuple[str, ...]) -> list[str]:
    """Why each row does not train the forecast of listings; empty where it does.

    Parameters
    ----------
    rows : DataFrame
        A user's rows, as the library joins them, with `reason` where returns were computed and there is none.
    known : DataFrame
        Rows of the library so far.
    relief : tuple of str
        Actions that lift a listing.
    """
    shown, frees = rows["status"] == "ok", rows["action"].isin(relief)
    able = shown & (rows["name_level"] != "parent") & (rows["event_class"] != "")
    again = _repeated(known[known["primary_sample"]], rows, able)
    freed = _repeated(known[known["action"].isin(relief) & (known["status"] == "ok")], rows, shown & frees)
    without = np.where(rows["reason"] != "", rows["reason"], "status " + rows["status"] + ": no return")
    reasons = np.select(
        [~shown, freed, frees, rows["event_class"] == "", ~able, again],
        [
            without,
            "the library holds this relief already",
            "relief is described apart",
            "action " + rows["action"] + ": no listing",
            "its parent alone was named",
            "the sample holds this line on this session already",
        ],
        "",
    )
    return [str(reason) for reason in reasons]


def _repeated(known: pd.DataFrame, rows: pd.DataFrame, asked: pd.Series) -> pd.Series:
    """Whether each row asked for is of a line and session that an earlier one is of."""
    keys = ["security", "first_session"]
    twice = pd.concat([known[keys], rows.loc[asked, keys]], ignore_index=True).duplicated().to_numpy()[len(known) :]
    again = pd.Series(False, index=rows.index)
    again[asked] = twice
    return again


def own_note(reasons: pd.Series, n_derived: int) -> str:
    """How many events there are, how many train the forecast of listings, and why the others do not."""
    n, trained = len(reasons), int((reasons == "").sum())
    note = (
        f"{n} event{'s' * (n != 1)} of the user stand{'s' * (n == 1)} beside the shipped ones; "
        f"{trained} train{'s' * (trained == 1)} the forecast of listings"
    )
    left = reasons[reasons != ""].value_counts(sort=False)
    if len(left):
        note += f", {n - trained} not ({'; '.join(f'{count}: {reason}' for reason, count in left.items())})"
    if n_derived:
        note += (
            f". {n_derived} event{'s' * (n_derived != 1)} of the user without a first session take{'s' * (n_derived == 1)} the first of "
            f"{'its' if n_derived == 1 else 'their'} venue that could react"
        )
    return f"{note}."


def _first_session(security: str, first_public_at: str) -> str:
    """First session of its venue that could react; empty where no calendar tells."""
    try:
        venue = venue_of(security)
        possible = first_possible_day(first_public_at, venue)
        days = sessions(venue, possible, possible + LONGEST_CLOSURE)
    except (InputError, DataUnavailable):
        return ""
    return f"{days[0]:%Y-%m-%d}" if len(days) else ""


def _check_session(event_id: str, security: str, session: str) -> None:
    try:
        days = sessions(venue_of(security), session, session)
    except (InputError, DataUnavailable):
        return  # without a calendar the user's word stands
    if not len(days):
        raise InputError(
            f"event_returns: first_session={session!r} of {event_id!r} breaks the rule that first_session is a session of the venue of "
            f"{security}: correct it, or leave it empty for the first that could react."
        )
