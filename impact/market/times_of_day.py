"""Times of day behind the days of a price file: whether they make its days those of another zone, told by the lines on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.market.closed_days import not_in_session, venues_of
from impact.market.written_days import DaysRead
from impact.typing_ import BoolArray, IntArray
from impact.venues import VENUES, named_venue

__all__ = ["refuse_shifted"]

FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
OPEN_ON_SUNDAYS: Mapping[str, str] = {
    **dict.fromkeys(("SA", "QA", "KW", "EG"), "9999-12-31"),
    "AE": "2021-12-31",  # announcements of DFM and ADX: Monday to Friday from 2022-01-03
    "IL": "2026-01-04",  # announcement of TASE: Monday to Friday from 2026-01-05
}
"""Countries whose venues trade from Sunday to Thursday, and the last day of that week."""
BESIDE = 5
"""Days from one on a week-end to the weekday that is empty where the days of its week are shifted onto it."""
WEEK = 7


def refuse_shifted(name: str, written: pd.Series, days: DaysRead, lines: Iterable[tuple[str, IntArray]]) -> tuple[str, ...]:
    """Refuse the days of a file if, by their times of day, the weeks of some line are shifted onto week-ends; what is said of other such days.

    Parameters
    ----------
    name : str
        Of the file.
    written : Series
        The days as the file writes them.
    days : DaysRead
    lines : iterable of (security, rows)
        Positions of the rows on which each line has a figure.

    Raises
    ------
    InputError
        For a line that is not quoted all week, on days that are no sessions of its venue as far as that is known.

    Notes
    -----
    A close in New York is one of the next day in Hong Kong, and midnight in Hong Kong one of the day before in London: a week from
    Tuesday to Saturday, or from Sunday to Thursday, is one of Monday to Friday elsewhere. A Saturday in a week that has its Monday, or a
    Sunday before one that has its Friday, is a special session, of which a venue has a few a year.
    """
    if days.timed is None:
        return ()
    weekday, timed = days.dates.dt.day_of_week.to_numpy(), days.timed.to_numpy()
    stray: dict[int, str] = {}
    for security, rows in lines:
        resting = rows[timed[rows] & (weekday[rows] >= SATURDAY)]
        if not resting.size or _all_week(weekday[rows]):
            continue
        resting = resting[_away(security, pd.DatetimeIndex(days.dates.iloc[resting]))]
        if _shifted(pd.DatetimeIndex(days.dates.iloc[resting]), pd.DatetimeIndex(days.dates.iloc[rows])):
            first = resting[0]
            raise InputError(
                f"{name}: its days bear times of day, by which {resting.size} of those of {security!r} fall on a week-end (first {written.iloc[first]!r}, a "
                f"{days.dates.iloc[first]:%A}), as in another zone; write the dates of the sessions as YYYY-MM-DD, or, where its venue trades on that "
                "day, name the security with the ending of its venue, such as 2222.SR."
            )
        stray |= dict.fromkeys(resting.tolist(), security)
    if not stray:
        return ()
    first = min(stray)
    return (
        f"{name}: taken as sessions, rows on a week-end: {len(stray)} (first {written.iloc[first]!r}, a {days.dates.iloc[first]:%A}, of {stray[first]!r}).",
    )


def _away(security: str, days: pd.DatetimeIndex) -> BoolArray:
    """Which days on a week-end are no sessions of the venue of a line, all of them where that is not known."""
    venue = venues_of(pd.Index([security])).iloc[0] or named_venue(security.replace(":", "_").partition("_")[0])
    ordered = days.sort_values()
    away = not_in_session(venue, ordered)
    known = np.ones(len(days), dtype=bool) if away is None else ~days.isin(ordered[~away])
    until = OPEN_ON_SUNDAYS.get(VENUES[venue].country) if venue in VENUES else None
    if until is None:
        return np.asarray(known)
    return np.asarray(known & ~((days.day_of_week == SUNDAY) & (days.strftime("%Y-%m-%d") <= until)))


def _shifted(resting: pd.DatetimeIndex, own: pd.DatetimeIndex) -> bool:
    """Whether days on a week-end stand in the place of a weekday without a figure: week after week, for half of them, or at an end of the record."""
    if not len(resting):
        return False

    def has(days: pd.DatetimeIndex, record: pd.DatetimeIndex) -> BoolArray:
        return np.asarray(days.isin(record) | (days < own.min()) | (days > own.max()))

    ahead = (resting.day_of_week == SUNDAY) | ((own.day_of_week == SUNDAY).sum() > (own.day_of_week == FRIDAY).sum())
    beside = resting + pd.to_timedelta(np.where(ahead, BESIDE, -BESIDE), unit="D")
    lacking = np.asarray(~beside.isin(own))
    again = has(resting - pd.Timedelta(days=WEEK), resting[lacking]) | has(resting + pd.Timedelta(days=WEEK), resting[lacking])
    return bool((lacking & again).any()) or 2 <= int(lacking.sum()) >= len(resting) / 2


def _all_week(weekday: IntArray) -> bool:
    """Whether a line has about as many figures on each day of the week, as a currency of the net has."""
    n_figures = np.bincount(weekday.astype(np.int64), minlength=7)
    return bool(2 * n_figures.min() >= n_figures.max())
