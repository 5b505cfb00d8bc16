"""Days on week-ends: whether the week of a line is shifted onto them, as dates of another zone are, or its market keeps such days."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from impact.market.closed_days import not_in_session
from impact.typing_ import BoolArray
from impact.venues import VENUES

__all__ = ["shifted_days"]

FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
OPEN_ON_SUNDAYS: Mapping[str, str] = {
    **dict.fromkeys(("SA", "QA", "KW", "EG"), "9999-12-31"),
    "AE": "2021-12-31",  # DFM and ADX: Monday to Friday from 2022-01-03 (Gulf News, Zawya 2021-12-08; checked 2026-11-28)
    "IL": "2026-01-04",  # TASE: Monday to Friday from 2026-01-05 (newsru.co.il 2025-12-25, Globes 2026-01-05; checked 2026-11-28)
}
"""Countries whose venues trade from Sunday to Thursday, and the last day of that week."""
BESIDE = 5
"""Days from one on a week-end to the weekday that is empty where the days of its week are shifted onto it."""
WEEK = 7


def shifted_days(days: pd.DatetimeIndex, venue: str, looked_at: BoolArray | None = None) -> tuple[pd.DatetimeIndex, bool]:
    """The days on week-ends that are no sessions of a venue, and whether the weeks of the line are shifted onto them.

    Parameters
    ----------
    days : DatetimeIndex
        On which a line has a figure, in any order.
    venue : str
        Its market identifier code; empty where that is not known: then every day on a week-end is none of its sessions.
    looked_at : (T,) bool, optional
        Which of the days may be shifted; without it all.

    Notes
    -----
    A close in New York is one of the next day in Hong Kong, and midnight in Hong Kong one of the day before in London: a week from
    Tuesday to Saturday, or from Sunday to Thursday, is one of Monday to Friday elsewhere. A Saturday in a week that has its Monday, or a
    Sunday before one that has its Friday, is a special session, of which a venue has a few a year. A line that is quoted all week has none.

    Examples
    --------
    >>> week = pd.bdate_range("2024-01-01", periods=10)
    >>> shifted_days(week - pd.Timedelta(days=1), "")[1], shifted_days(week, "")[1], shifted_days(week - pd.Timedelta(days=1), "XTAE")[1]
    (True, False, False)
    """
    weekday = np.asarray(days.day_of_week)
    resting = days[(weekday >= SATURDAY) & (True if looked_at is None else looked_at)]
    if not len(resting) or _all_week(weekday):
        return resting[:0], False
    resting = resting[_away(venue, resting)]
    return resting, _shifted(resting, days)


def _away(venue: str, days: pd.DatetimeIndex) -> BoolArray:
    """Which days on a week-end are no sessions of a venue, all of them where that is not known."""
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


def _all_week(weekday: np.ndarray) -> bool:
    """Whether a line has about as many figures on each day of the week, as a currency of the net has."""
    n_figures = np.bincount(weekday.astype(np.int64), minlength=7)
    return bool(2 * n_figures.min() >= n_figures.max())
