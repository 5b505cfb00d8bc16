"""Times of day behind the days of a price file: whether they make its days those of another zone, told by the lines on them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.market.closed_days import venues_of
from impact.market.week_ends import shifted_days
from impact.market.written_days import DaysRead
from impact.typing_ import IntArray
from impact.venues import named_venue

__all__ = ["refuse_shifted"]


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
    """
    if days.timed is None:
        return ()
    timed, on = days.timed.to_numpy(), pd.DatetimeIndex(days.dates)
    stray: dict[int, str] = {}
    for security, rows in lines:
        resting, shifted = shifted_days(on[rows], _venue_of(security), timed[rows])
        at = rows[np.isin(on[rows], resting) & timed[rows]]
        if shifted:
            first = at[0]
            raise InputError(
                f"{name}: its days bear times of day, by which {at.size} of those of {security!r} fall on a week-end (first {written.iloc[first]!r}, a "
                f"{days.dates.iloc[first]:%A}), as in another zone; write the dates of the sessions as YYYY-MM-DD, or, where its venue trades on that "
                "day, name the security with the ending of its venue, such as 2222.SR."
            )
        stray |= dict.fromkeys(at.tolist(), security)
    if not stray:
        return ()
    first = min(stray)
    return (
        f"{name}: taken as sessions, rows on a week-end: {len(stray)} (first {written.iloc[first]!r}, a {days.dates.iloc[first]:%A}, of {stray[first]!r}).",
    )


def _venue_of(security: str) -> str:
    """The venue of a line by its ticker, or by a word before it (``NYSE:KO``); empty where neither tells one."""
    return str(venues_of(pd.Index([security])).iloc[0]) or named_venue(security.replace(":", "_").partition("_")[0])
