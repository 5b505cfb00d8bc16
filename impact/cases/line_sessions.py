"""The sessions of a line: by the calendar of its venue, or, where there is none, the rows of its own prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.calendars import VENUES, first_session_to_react, last_closed_session, sessions, trading_hours
from impact.errors import DataUnavailable
from impact.market import MarketPanel
from impact.market.closed_days import lacks_calendar

__all__ = ["LineSessions"]

LEAST_OF_WEEKDAY = 0.5
"""Share of the weeks of the prices that must hold a row of a weekday for it to be a day of trade."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LineSessions:
    """Sessions of one line.

    Attributes
    ----------
    venue : str
        Market identifier code.
    own : DatetimeIndex or None
        Days on which the prices have a close of the line, where its venue has no calendar (none without prices); None where it has one.
    """

    venue: str
    own: pd.DatetimeIndex | None = None

    @classmethod
    def of(cls, security: str, venue: str, panel: MarketPanel | None) -> LineSessions:
        """By the calendar of the venue; by the closes of the line in the panel where it has none."""
        if not lacks_calendar(venue):
            return cls(venue=venue)
        priced = panel is not None and security in panel.securities
        return cls(venue=venue, own=pd.DatetimeIndex(panel.close[security].dropna().index if panel is not None and priced else []))

    def first_to_react(self, instant: pd.Timestamp) -> tuple[pd.Timestamp, bool, str]:
        """First session that could react, whether the news came inside it, and how it was found.

        Raises
        ------
        DataUnavailable
            If the venue has no calendar and the prices do not reach from before the news to a close after it.
        """
        if self.own is None:
            reaction = first_session_to_react(instant, self.venue)
            return reaction.session, reaction.intraday, reaction.reason
        hours = trading_hours(self.own, self.venue)
        moment = instant.tz_convert("UTC")
        after = np.flatnonzero(pd.DatetimeIndex(hours["close"]) > moment)
        if not len(after) or (after[0] == 0 and hours["open"].iloc[0] > moment):
            span = (
                f"its prices run from {self.own[0]:%Y-%m-%d} to {self.own[-1]:%Y-%m-%d}" if len(self.own) else "no prices of it are given"
            )
            raise DataUnavailable(
                f"{VENUES[self.venue].name} has no calendar here, so its sessions are those of your own prices, and {span}; "
                "give prices from before the news to the first close after it."
            )
        session, opens = self.own[after[0]], hours["open"].iloc[after[0]]
        told = f"The first row of the prices that closes after the news, at the usual hours of {self.venue}, which has no calendar here."
        return session, bool(opens <= moment), told

    def between(self, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
        """Sessions of a span; after the last row of prices that stand for a calendar, the weekdays on which they have rows."""
        if self.own is None:
            return sessions(self.venue, first, last)
        return pd.DatetimeIndex(self.own.union(self._supposed(first, last)).sort_values()).intersection(pd.date_range(first, last))

    def first_supposed(self, instant: pd.Timestamp) -> pd.Timestamp:
        """The first day that closes after an instant, of those that :meth:`between` takes for sessions."""
        local = instant.tz_convert(VENUES[self.venue].zone).tz_localize(None).normalize()
        days = self.between(local, local + pd.Timedelta(days=28))
        return days[self.closes(days) > instant][0]

    def closes(self, days: pd.DatetimeIndex) -> pd.DatetimeIndex:
        """Closes (UTC) of sessions."""
        return pd.DatetimeIndex(trading_hours(days, self.venue)["close"])

    def last_closed(self, instant: pd.Timestamp) -> pd.Timestamp:
        """The last session that had closed by an instant.

        Raises
        ------
        DataUnavailable
            If none had.
        """
        if self.own is None:
            return last_closed_session(self.venue, instant)
        closed = self.own[self.closes(self.own) <= instant]
        if closed.empty:
            raise DataUnavailable(f"no row of the prices had closed by {instant.isoformat()}; use an instant within them.")
        return closed[-1]

    def supposed_after(self, last: pd.Timestamp) -> str:
        """That sessions up to a day are only supposed; empty where they are not."""
        if self.own is None or (len(self.own) and last <= self.own[-1]):
            return ""
        name = VENUES[self.venue].name
        if self.own.empty:
            return f"{name} has no calendar here: Monday to Friday are counted for its sessions, which it may not keep, nor its holidays."
        return (
            f"The sessions of {name} after {self.own[-1]:%Y-%m-%d}, the last row of the prices, are not on record: the weekdays on which the "
            "prices have rows are taken, and it may be closed on some of them."
        )

    def _supposed(self, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
        assert self.own is not None
        if self.own.empty:
            return pd.bdate_range(first, last)
        if last <= self.own[-1]:
            return self.own[:0]
        recent = self.own[self.own > self.own[-1] - pd.Timedelta(weeks=26)]
        weeks = max((recent[-1] - recent[0]).days / 7, 1.0)
        traded = [day for day in range(7) if int((recent.day_of_week == day).sum()) >= LEAST_OF_WEEKDAY * weeks]
        later = pd.date_range(self.own[-1] + pd.Timedelta(days=1), last)
        return later[later.day_of_week.isin(traded)]
