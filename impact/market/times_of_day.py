"""Times of day behind the days of a price file: whether they make its days those of another zone, told by the lines on them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.market.closed_days import not_in_session, venues_of
from impact.market.written_days import DaysRead
from impact.typing_ import IntArray

__all__ = ["refuse_shifted"]

SATURDAY = 5


def refuse_shifted(name: str, written: pd.Series, days: DaysRead, lines: Iterable[tuple[str, IntArray]]) -> None:
    """Refuse the days of a file if, by their times of day, some line has figures at a week-end.

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
    Tuesday to Saturday, or from Sunday to Thursday, is one of Monday to Friday elsewhere.
    """
    if days.timed is None:
        return
    weekday, timed = days.dates.dt.day_of_week.to_numpy(), days.timed.to_numpy()
    for security, rows in lines:
        resting = rows[timed[rows] & (weekday[rows] >= SATURDAY)]
        if not resting.size or _all_week(weekday[rows]):
            continue
        away = not_in_session(venues_of(pd.Index([security])).iloc[0], pd.DatetimeIndex(days.dates.iloc[resting]).sort_values())
        n_away = resting.size if away is None else int(away.sum())
        if n_away:
            first = resting[0]
            raise InputError(
                f"{name}: its days bear times of day, by which {n_away} of those of {security!r} fall on a week-end (first {written.iloc[first]!r}, a "
                f"{days.dates.iloc[first]:%A}), as in another zone; write the dates of the sessions as YYYY-MM-DD."
            )


def _all_week(weekday: IntArray) -> bool:
    """Whether a line has about as many figures on each day of the week, as a currency of the net has."""
    n_figures = np.bincount(weekday.astype(np.int64), minlength=7)
    return bool(2 * n_figures.min() >= n_figures.max())
