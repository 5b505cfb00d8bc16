"""What lines did when a list that bars nobody from holding first named their issuer: the returns of the event library, rises included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.errors import DataUnavailable, InputError
from impact.pricing.announcement_fit import shipped_library
from impact.pricing.announcement_training import FEWEST_DATES
from impact.pricing.levels import LEVELS
from impact.pricing.library import EVENT_CLASSES, EventLibrary, Line
from impact.provenance import Source
from impact.tables.prose import count, counted, interval, percent

__all__ = ["NoBarFalls", "no_bar_falls"]

WINDOWS = {1: "car_0_0", 2: "car_0_1"}
KNOWN_AFTER = pd.Timedelta(days=7)
"""Two sessions are over a week later, whatever the venue and its holidays."""


@dataclass(frozen=True, kw_only=True)
class NoBarFalls:
    """Falls (positive decimals; a rise is negative), net of the market, over the same sessions for every event.

    Attributes
    ----------
    title : str
        The class of events.
    n_sessions : int
        Sessions from the first that could react.
    n_events, n_dates, n_rose : int
        Events, their date clusters, and how many of the events rose.
    quantiles : tuple of float
        5, 25, 50, 75 and 95 % points of the events.
    sources : tuple of Source
    """

    title: str
    n_sessions: int
    n_events: int
    n_dates: int
    n_rose: int
    quantiles: tuple[float, ...]
    sources: tuple[Source, ...] = ()

    @property
    def most(self) -> tuple[float, float]:
        """5 to 95 % of the events."""
        return self.quantiles[0], self.quantiles[-1]

    @property
    def sentence(self) -> str:
        """Class, n, m and the distribution."""
        low, half_low, middle, half_high, high = self.quantiles
        return (
            f"Without a bar: {self.title}, {counted(self.n_events, 'event')} on {counted(self.n_dates, 'date')}, {count(self.n_rose)} rose; fall over "
            f"{counted(self.n_sessions, 'session')} net of the market {percent(middle)} in the middle, "
            f"50 % range {interval(half_low, half_high, percent)}, 90 % range {interval(low, high, percent)}; described, not scored."
        )


def no_bar_falls(
    line: Line, *, n_sessions: int = 2, without: str = "", before: pd.Timestamp | None = None, library: EventLibrary | None = None
) -> NoBarFalls:
    """Distribution of the falls on a first listing without a bar.

    Parameters
    ----------
    line : {"offshore", "a_share"}
    n_sessions : {1, 2}
        Window, from the first session that could react.
    without : str
        Line whose own events and their date clusters do not count.
    before : day, optional
        Day on which the falls have to be known; every event when None.
    library : EventLibrary, optional
        The shipped one when None.

    Raises
    ------
    InputError
        If the window is none of the library's.
    DataUnavailable
        If the events lie on fewer than ``FEWEST_DATES`` date clusters.

    Examples
    --------
    >>> falls = no_bar_falls("offshore")
    >>> falls.n_events, falls.n_dates, falls.n_rose
    (40, 14, 14)
    """
    if n_sessions not in WINDOWS:
        raise InputError(f"n_sessions={n_sessions!r} is no window of the event library; choose 1 or 2.")
    used = library or shipped_library()
    rows = used.announcement_sample()
    own = rows.loc[rows["security"] == without, "date_cluster"]
    title = EVENT_CLASSES[f"no_bar_first_{line}"].title
    kept = (rows["event_class"] == f"no_bar_first_{line}") & ~rows["date_cluster"].isin(own)
    if before is not None:
        kept &= rows["first_session"] + KNOWN_AFTER <= before
    events = rows[kept]
    n_dates = events["date_cluster"].nunique()
    if n_dates < FEWEST_DATES:
        raise DataUnavailable(
            f"{title}: {counted(len(events), 'event')} on {counted(n_dates, 'date')} known by then, fewer than {FEWEST_DATES} dates; what news alone does is unknown."
        )
    falls = -events[WINDOWS[n_sessions]].to_numpy(dtype=float)
    return NoBarFalls(
        title=title,
        n_sessions=n_sessions,
        n_events=len(events),
        n_dates=n_dates,
        n_rose=int((falls < 0).sum()),
        quantiles=tuple(float(value) for value in np.quantile(falls, LEVELS)),
        sources=used.sources[:2],
    )
