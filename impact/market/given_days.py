"""Days that a caller gives, one by one or many: read one way only, and told apart from instants."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from impact.anchors import WHOLE_DATES
from impact.errors import InputError
from impact.intake.dates import parse_date
from impact.market.written_days import read_dates

__all__ = ["NO_DATE", "TIMED", "ZONED", "faults_of_days"]

NO_DATE = "is not a date"
TWO_WAYS = "can be read in two ways, or in none"
ZONED = "carries a zone"
TIMED = "carries a time of day"
_ISO = re.compile(r"\d{4}-?\d{2}-?\d{2}(?!\d).*", re.DOTALL)
_EITHER_FIRST = re.compile(r"\d{1,2}([/-])\d{1,2}\1\d{4}")
_CLOCK = re.compile(r"\d:\d{2}")
_NUMBER = re.compile(r"\d+")


def faults_of_days(values: Iterable[Any]) -> tuple[pd.DatetimeIndex, list[str]]:
    """Days at midnight without a zone, NaT where there is none; and for each value why it is no such day, empty where it is one or missing.

    Parameters
    ----------
    values : iterable
        Text, dates, stamps, or whole numbers like 20210224. Text that is not year first has one order of day and month throughout.

    Examples
    --------
    >>> faults_of_days(["2021-02-24", "03/12/2020", 20210224])[1]
    ['', 'can be read in two ways, or in none', '']
    >>> faults_of_days(["24/02/2021", "03/12/2020", "3 Dec 2020"])[0].strftime("%Y-%m-%d").tolist()
    ['2021-02-24', '2020-12-03', '2020-12-03']
    """
    given = list(values)
    days, faults = [pd.NaT] * len(given), [""] * len(given)
    either: dict[int, str] = {}
    for place, value in enumerate(given):
        if isinstance(value, str) and _EITHER_FIRST.fullmatch(value.strip()):
            either[place] = value.strip().replace("-", "/")
        else:
            days[place], faults[place] = _day_of(value)
    for place, day in zip(either, _one_order(list(either.values())), strict=True):
        days[place], faults[place] = day, (TWO_WAYS if pd.isna(day) else "")
    return pd.DatetimeIndex(days), faults


def _day_of(value: Any) -> tuple[Any, str]:
    """The day of a value that can mean one only, and why there is none."""
    if isinstance(value, str):
        stamp = _stamp_of_text(value.strip())
    elif isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool):
        if np.isnan(value):
            return pd.NaT, ""
        whole = WHOLE_DATES[0] <= value <= WHOLE_DATES[1] and value == int(value)
        stamp = pd.to_datetime(str(int(value)), format="%Y%m%d", errors="coerce") if whole else pd.NaT
    elif value is None or value is pd.NaT or value is pd.NA or (isinstance(value, np.datetime64) and np.isnat(value)):
        return pd.NaT, ""
    elif isinstance(value, (dt.date, np.datetime64)):
        stamp = pd.Timestamp(value)
    else:
        stamp = pd.NaT
    if pd.isna(stamp):
        return pd.NaT, NO_DATE
    if stamp.tzinfo is not None:
        return pd.NaT, ZONED
    return (stamp, "") if stamp == stamp.normalize() else (pd.NaT, TIMED)


def _stamp_of_text(text: str) -> Any:
    """Text that is year first, names its month or has dots; NaT for any other."""
    if _ISO.fullmatch(text):
        return pd.to_datetime(text, format="ISO8601", errors="coerce")
    if _CLOCK.search(text) or len(_NUMBER.findall(text)) > 3:
        return pd.NaT
    day = parse_date(text)
    return pd.NaT if day is None else day


def _one_order(texts: list[str]) -> Iterable[Any]:
    """Dates in figures, of one order of day and month; NaT for all of them where no order is sure."""
    try:
        return read_dates(pd.Series(texts, dtype=object), "date") if texts else []
    except InputError:
        return [pd.NaT] * len(texts)
