"""Days on which a line's own market was closed: the days that a table of two markets has for the other one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from impact.errors import DataUnavailable, InputError
from impact.typing_ import BoolArray

__all__ = ["closed_cells", "not_in_session", "rows_of_any_market", "venues_of"]


def venues_of(securities: pd.Index, venues: Mapping[str, str] | pd.Series | None = None) -> pd.Series:
    """Market identifier code of each security: as stated, else as the ending of its ticker says; empty where neither does."""
    from impact.calendars import venue_of

    stated = {} if venues is None else {str(name): str(code) for name, code in venues.items() if isinstance(code, str) and code}

    def one(security: str) -> str:
        try:
            return venue_of(security)
        except InputError:
            return ""

    return pd.Series([stated.get(name) or one(name) for name in securities], index=securities, dtype="object", name="venue")


def closed_cells(closes: pd.DataFrame, venues: Mapping[str, str] | pd.Series | None = None) -> BoolArray:
    """(T, S) bool: there is no close, and the day is no session of the line's own venue.

    Parameters
    ----------
    closes : DataFrame (T, S)
    venues : mapping of security to market identifier code, optional
        What is not stated is read from the ticker. A ticker without ending is only supposed to trade in New York: a close of
        one of them on a day on which New York was closed speaks against that, for its line and for that day, and so does a
        day on which no line of the table has a close.

    Notes
    -----
    A closed market is no halt: the next session's return starts from the close before. A line whose venue is not known,
    or whose days lie outside the calendar of its venue, has no closed days, so each empty cell counts as a day without a
    trade.
    """
    empty = closes.isna().to_numpy()
    closed = np.zeros(closes.shape, dtype=bool)
    inside = empty & np.maximum.accumulate(~empty, axis=0) & np.maximum.accumulate(~empty[::-1], axis=0)[::-1]
    if not inside.any():
        return closed
    of_line = venues_of(closes.columns, venues)
    sure = np.array([name in (venues if venues is not None else ()) or "." in name or " " in name for name in closes.columns])
    for venue in dict.fromkeys(of_line[np.asarray(inside.any(axis=0))]):
        columns = np.flatnonzero((of_line == venue).to_numpy())
        away = not_in_session(venue, pd.DatetimeIndex(closes.index))
        if away is None:
            continue
        supposed = columns[~sure[columns]]
        priced = ~empty[:, supposed] & away[:, None]
        closed[:, columns] = empty[:, columns] & away[:, None]
        nobody_traded = np.asarray(~priced.any(axis=1) & ~empty.all(axis=1))
        closed[:, supposed] &= ~priced.any(axis=0) & nobody_traded[:, None]
    return closed


def not_in_session(venue: str, days: pd.DatetimeIndex) -> BoolArray | None:
    """Which of the days are no session of the venue; None when that is not known."""
    from impact.calendars import sessions

    if not venue:
        return None
    try:
        return ~days.isin(sessions(venue, days[0], days[-1]))
    except (InputError, DataUnavailable):
        return None


def rows_of_any_market(closes: pd.DataFrame, venues: Mapping[str, str] | pd.Series | None) -> BoolArray:
    """(T,) bool: the day is a session of at least one of the lines, or has a close."""
    empty = closes.isna().to_numpy()
    if not empty.all(axis=1).any():
        return np.ones(len(closes), dtype=bool)
    codes = list(dict.fromkeys(venues_of(closes.columns, venues)))
    away = [days for code in codes if (days := not_in_session(code, pd.DatetimeIndex(closes.index))) is not None]
    if len(away) < len(codes):
        return np.ones(len(closes), dtype=bool)
    return ~np.logical_and.reduce(away) | ~empty.all(axis=1)
