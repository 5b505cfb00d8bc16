"""The event table of a user, checked once: its columns, ids, dates as written, and the clock of each event."""

from __future__ import annotations

import datetime as dt
import warnings

import numpy as np
import pandas as pd

from impact.anchors import read_days
from impact.errors import ImpactWarning, InputError
from impact.instants import parse_instant
from impact.intake.given_frames import as_frame
from impact.market.closed_days import is_stated, venues_of
from impact.market.written_days import read_dates, refuse_day_before_month, refuse_wrong_weekday
from impact.tables.prose import quoted
from impact.typing_ import BoolArray, TableLike

__all__ = ["checked_events", "clock_notes", "clocked_rows", "faulty_instant", "rolled_notes"]

REQUIRED = ("event_id", "security", "date")
FAR_APART = pd.Timedelta(days=10)
"""Between the date of an event and the session that its instant gave: a long holiday is shorter."""


LETTERS_OF_DAY = len("2021-02-10")


def checked_events(events: TableLike) -> pd.DataFrame:
    """A copy of the event table, its columns and ids checked, rows numbered from 0.

    A row with an instant and no venue has that which its ticker states (``1810.HK``, ``1810 HK``, ``SAP.DE``); letters after a space alone,
    as in ``SAP GR``, may be part of a name and state none.
    """
    frame = _with_venues(as_frame(events, "events"))
    missing = [column for column in REQUIRED if column not in frame.columns]
    if "date" in missing and {"known_at", "venue"} <= set(frame.columns):
        missing.remove("date")
        frame = frame.assign(date=pd.Series(pd.NaT, index=frame.index))
    if missing:
        raise InputError(
            f"events lacks {len(missing)} column(s) ({', '.join(missing)}); it needs event_id, security and date: add or rename them."
        )
    frame = frame.assign(date=_readable(frame["date"]))
    if frame.empty:
        raise InputError("events is empty (0 rows); give at least one row with event_id, security and date.")
    repeated = frame["event_id"].duplicated()
    if repeated.any():
        values = frame.loc[repeated, "event_id"]
        raise InputError(
            f"events['event_id'] repeats {values.nunique()} value(s) (first {values.tolist()[0]!r}); "
            "ids must be unique: add a suffix per event."
        )
    if frame["event_id"].isna().any():
        raise InputError(
            f"events['event_id'] is missing in {int(frame['event_id'].isna().sum())} row(s); every event needs an id: fill them in."
        )
    return frame.reset_index(drop=True)


def _with_venues(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with the venue of each line that has an instant and states its venue in its ticker alone."""
    if not {"known_at", "security"} <= set(frame.columns):
        return frame
    given = frame["venue"].astype(object) if "venue" in frame.columns else pd.Series(None, index=frame.index, dtype=object)
    lacking = (frame["known_at"].notna() & given.isna()).to_numpy()
    if not lacking.any():
        return frame
    names = pd.Index([str(name) for name in frame["security"]], dtype=object)
    told = np.where(lacking & is_stated(names), venues_of(names), "")
    return frame.assign(venue=given.where(told == "", told)) if (told != "").any() else frame


def clocked_rows(events: pd.DataFrame) -> BoolArray:
    """(N,) events whose session `known_at` decides: they have one, and a venue stated or in their ticker."""
    if not {"known_at", "venue"} <= set(events.columns):
        return np.zeros(len(events), dtype=bool)
    return (events["known_at"].notna() & events["venue"].notna()).to_numpy()


def faulty_instant(events: pd.DataFrame) -> InputError | None:
    """What is wrong with the first instant of clocked events that cannot be read; None where all can."""
    faults = []
    for name, value in zip(events["event_id"], events["known_at"], strict=True):
        try:
            parse_instant(value)
        except InputError as error:
            faults.append((name, value, str(error).partition("; ")[0].partition("as_of=")[2].removeprefix(repr(value)).strip()))
    if not faults:
        return None
    name, value, rule = faults[0]
    return InputError(
        f"events['known_at'] of event {quoted(name)} is {value!r}, which {rule} ({len(faults)} such): write date, time and offset, such as "
        "2021-01-14T18:00-05:00, or leave the cell empty, and the column date decides."
    )


def clock_notes(events: pd.DataFrame) -> tuple[str, ...]:
    """How many events an instant placed, and off the dates given; instants not used, since no venue is known; dates far from their instant.

    Parameters
    ----------
    events : DataFrame
        As :func:`checked_events` gave it, with `day0` where the events are placed.

    Warns
    -----
    ImpactWarning
        Where instants are not used.
    """
    if "known_at" not in events.columns:
        return ()
    timed, clocked = events["known_at"].notna(), pd.Series(clocked_rows(events), index=events.index)
    dates = _dates_given(events["date"])
    notes = list(_decided(events, clocked, dates))
    unused = timed & ~clocked
    if unused.any():
        notes.append(
            f"known_at of {int(unused.sum())} of {len(events)} events is not used (first {events.loc[unused, 'event_id'].tolist()[0]!r}): their venue is "
            "not known, so the column date decides; add a column venue with market identifier codes such as XHKG"
        )
        warnings.warn(f"events: {notes[-1]}.", ImpactWarning, stacklevel=5)
    far = clocked & ((_day0(events) - dates).abs() > FAR_APART)
    if far.any():
        first = events[far].iloc[0]
        notes.append(
            f"date and known_at of {int(far.sum())} of {len(events)} events lie more than {FAR_APART.days} days apart (first {quoted(first['event_id'])}: "
            f"{pd.Timestamp(dates[far].iloc[0]):%Y-%m-%d}, {first['known_at']}); known_at decides: check which is meant"
        )
    return tuple(notes)


def rolled_notes(events: pd.DataFrame) -> tuple[str, ...]:
    """How many of the events that their date places are dated on a day that is no session, and where the first of them went.

    Parameters
    ----------
    events : DataFrame
        With `day0` and `rolled_days`.
    """
    moved = events[(events["rolled_days"] != 0).to_numpy() & ~clocked_rows(events)]
    if moved.empty:
        return ()
    first, is_one = moved.iloc[0], len(moved) == 1
    day0 = pd.Timestamp(first["day0"])
    dated = day0 - pd.Timedelta(days=int(first["rolled_days"]))
    return (
        f"{len(moved)} of {len(events)} events {'is' if is_one else 'are'} dated on a day that is no session of {'its' if is_one else 'their'} line and "
        f"{'stands' if is_one else 'stand'} on the session {'before' if dated > day0 else 'after'} it (first {quoted(first['event_id'])}: {dated:%A %Y-%m-%d}, "
        f"day 0 {day0:%Y-%m-%d})",
    )


def _day0(events: pd.DataFrame) -> pd.Series:
    return events["day0"] if "day0" in events.columns else pd.Series(pd.NaT, index=events.index, dtype="datetime64[ns]")


def _dates_given(dates: pd.Series) -> pd.Series:
    """The days that a column of dates names, in the zone that they are written in."""
    if isinstance(dates.dtype, pd.DatetimeTZDtype):
        return pd.Series(dates.dt.tz_localize(None).dt.normalize())
    return pd.Series(read_days(dates.map(_without_clock)).dt.normalize())


def _without_clock(value: object) -> object:
    if isinstance(value, str):
        return value[:LETTERS_OF_DAY]
    return value.replace(tzinfo=None) if isinstance(value, dt.datetime) else value


def _decided(events: pd.DataFrame, clocked: pd.Series, dates: pd.Series) -> tuple[str, ...]:
    """How many of the events that have a date too are placed by their instant, on how many days that is another, and how many dates name no day."""
    both = clocked & _written(events["date"])
    if not both.any():
        return ()
    other = both & (_day0(events) - dates != pd.Timedelta(0)) & _day0(events).notna() & dates.notna()
    told = ""
    if other.any():
        first = events[other].iloc[0]
        told = (
            f": on {int(other.sum())} it is another day than date says (first {quoted(first['event_id'])}: date {first['date']!s:.10}, known_at "
            f"{first['known_at']}, day 0 {first['day0']:%Y-%m-%d})"
        )
    unread = both & dates.isna()
    if unread.any():
        first = events[unread].iloc[0]
        told += f"; the date of {int(unread.sum())} names no day that can be read (first {quoted(first['event_id'])}: {first['date']!r})"
    return (
        f"known_at, and not date, decides day 0 of {int(both.sum())} of {len(events)} events, by the hours of the venue stated or in the ticker{told}",
    )


def _written(column: pd.Series) -> pd.Series:
    """(N,) whether a cell holds something."""
    return column.notna() & (column.astype(str).str.strip() != "")


def _readable(dates: pd.Series) -> pd.Series:
    """Dates in another written form than ISO as dates; one order of day and month for the whole column."""
    if not (pd.api.types.is_object_dtype(dates.dtype) or pd.api.types.is_string_dtype(dates.dtype)):
        return dates
    distinct = [value for value in dates.unique() if isinstance(value, str)]
    refuse_day_before_month(pd.Series(distinct, dtype=object), "events['date']")
    odd = [text for text in distinct if not text[:4].isdigit() and any(letter.isdigit() for letter in text)]
    if not odd:
        return dates
    lettered = [text for text in odd if any(letter.isalpha() for letter in text)]  # a month with its name reads one way only
    in_figures = [text for text in odd if text not in lettered]
    try:
        read = [*_written_out(pd.Series(lettered, dtype=object)), *(read_dates(pd.Series(in_figures), "date") if in_figures else ())]
    except InputError:
        raise InputError(
            f"events['date'] can be read in two ways, or in none (first {in_figures[0]!r}); write the dates year first, like 2021-02-24."
        ) from None
    refuse_wrong_weekday(pd.Series(lettered, dtype=object), pd.Series(pd.DatetimeIndex(read[: len(lettered)])), "events['date']")
    known = {text: date for text, date in zip([*lettered, *in_figures], read, strict=True) if pd.notna(date)}
    return dates.map(lambda value: known.get(value, value) if isinstance(value, str) else value)


def _written_out(texts: pd.Series) -> pd.Series:
    """Dates with the month in letters; NaT where day or year is not told: pandas takes "Apr 2025" for its first day."""
    read = pd.to_datetime(texts, format="mixed", errors="coerce")
    whole = (texts.str.count(r"[0-9]+") > 1) & read.between(pd.Timestamp("1700-01-01"), pd.Timestamp("2200-12-31"))
    return read.where(whole)
