"""Zoned points in time, read from what a user writes."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import numpy as np
import pandas as pd

from impact.errors import InputError

__all__ = ["parse_day", "parse_instant"]

_ISO_DAY = re.compile(r"\d{4}(-?)\d{2}\1\d{2}(?!\d)")
_ISO_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}(:\d{2}(:\d{2}([.,]\d{1,9})?)?|\d{2}(\d{2}([.,]\d{1,9})?)?)\s?(Z|z|UTC|[+-]\d{2}(:?\d{2})?)"
)


def parse_day(value: object, *, parameter: str) -> pd.Timestamp:
    """A day, year first: ``03/12/2020`` is read in one way here and in the other there, so it is refused.

    Parameters
    ----------
    value : str, datetime.date, datetime.datetime, numpy.datetime64 or pandas.Timestamp
        Text is ISO 8601; a time or a zone behind the day is kept.
    parameter : str
        Name of the argument, for the error message.

    Returns
    -------
    pandas.Timestamp
        Nanosecond unit.

    Raises
    ------
    InputError
        If it is no such day, is missing, or lies beyond the years 1678 to 2261.

    Examples
    --------
    >>> parse_day("2021-01-14", parameter="on").isoformat()
    '2021-01-14T00:00:00'
    """
    written = isinstance(value, str) and _ISO_DAY.match(value.strip())
    if not written and not isinstance(value, (dt.date, np.datetime64)):
        raise InputError(f"{parameter}={value!r} is not a date written year first; write it as 2021-01-15.")
    try:
        day = pd.Timestamp(value.strip() if isinstance(value, str) else value)  # type: ignore[arg-type]  # one of the kinds above
        if not pd.isna(day):
            return day.as_unit("ns")
    except (ValueError, OverflowError) as error:
        raise InputError(f"{parameter}={value!r} is not a date ({error}); write it as 2021-01-15.") from error
    raise InputError(f"{parameter}={value!r} is not a date; write it as 2021-01-15.")


def parse_instant(value: object, *, parameter: str = "as_of") -> pd.Timestamp:
    """A point in time with its zone, from ISO 8601 text, a datetime or a Timestamp.

    Parameters
    ----------
    value : str, datetime.datetime or pandas.Timestamp
        Must carry a zone or an offset. A bare date or a naive time is refused: a legal clock strikes at an hour.
    parameter : str
        Name of the argument, for the error message.

    Returns
    -------
    pandas.Timestamp
        Zone-aware, nanosecond unit; the zone given is kept, so ``tz_convert("UTC")`` always works.

    Raises
    ------
    InputError
        If the value is missing, not ISO 8601, naive, or beyond the years 1678 to 2261.

    Examples
    --------
    >>> parse_instant("2021-01-14T18:00-05:00").tz_convert("UTC").isoformat()
    '2021-01-14T23:00:00+00:00'
    """
    hint = "write date, time and offset, such as 2021-01-14T18:00-05:00."
    if isinstance(value, str):
        text = value.strip()
        if not _ISO_INSTANT.fullmatch(text):
            naive = re.fullmatch(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:?\d{2}(:?\d{2}([.,]\d+)?)?)?", text)
            rule = "has no zone" if naive else "is not an ISO 8601 instant"
            raise InputError(f"{parameter}={value!r} {rule}; an instant needs one: {hint}")
        value_to_read: Any = text
    elif isinstance(value, dt.datetime) and not pd.isna(value):  # a Timestamp is a datetime; a bare date is not
        value_to_read = value
    else:
        raise InputError(f"{parameter}={value!r} is not an instant; {hint}")
    try:
        instant = pd.Timestamp(value_to_read).as_unit("ns")
    except (ValueError, OverflowError) as error:
        raise InputError(f"{parameter}={value!r} cannot be read as an instant ({error}); {hint}") from error
    if instant.tzinfo is None:
        raise InputError(f"{parameter}={value!r} has no zone; an instant needs one: {hint}")
    return instant
