"""Markets that close at other hours: factor returns matched to a stock's sessions by the clock."""

from __future__ import annotations

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.eventstudy.alignment import factor_table
from impact.kernels.thin_trading import compound_between_closes
from impact.market.frames import checked_sessions
from impact.typing_ import TableLike

__all__ = ["align_to_closes"]


def align_to_closes(factors: TableLike, sessions: pd.DatetimeIndex, *, factor_venue: str, venue: str) -> pd.DataFrame:
    """Factor returns as a stock of another venue meets them, on that stock's own sessions.

    Parameters
    ----------
    factors : DataFrame or Series (F, k)
        Simple decimal returns on the factor market's sessions.
    sessions : DatetimeIndex, length T
        Sessions of the stock, for example the index of its returns.
    factor_venue, venue : str
        Market identifier codes that give the closing times, for example ``"XNYS"`` and ``"XHKG"``.

    Returns
    -------
    DataFrame (T, k)
        For each stock session the factor return compounded between the last factor closes at or before its own previous
        and its own close; 0 where the factor market did not close in between, NaN outside the factor's record.

    Raises
    ------
    InputError
        If a date is not a session of its venue.

    Notes
    -----
    Hong Kong closes before New York opens, so the New York return a Hong Kong close can know is that of the date before.

    Examples
    --------
    >>> days = pd.to_datetime(["2021-01-13", "2021-01-14", "2021-01-15"])
    >>> new_york = pd.DataFrame({"SPY": [0.01, -0.02, 0.03]}, index=days)
    >>> align_to_closes(new_york, days, factor_venue="XNYS", venue="XHKG")["SPY"].round(2).tolist()
    [nan, 0.01, -0.02]
    """
    dates, values, names = factor_table(factors)
    own = checked_sessions(sessions, "sessions")
    aligned = compound_between_closes(values, _closes(dates, factor_venue, "factors"), _closes(own, venue, "sessions"))
    return pd.DataFrame(aligned, index=own, columns=list(names))


def _closes(dates: pd.DatetimeIndex, venue: str, parameter: str) -> np.ndarray:
    """Closing instants in nanoseconds UTC."""
    from impact.calendars import session_close, sessions

    known = sessions(venue, dates[0], dates[-1])
    strange = dates.difference(known)
    if len(strange):
        raise InputError(
            f"{parameter} has {len(strange)} date(s) that are no session of {venue} (first {strange[0]:%Y-%m-%d}); "
            "drop them or name another venue."
        )
    return np.array([session_close(date, venue).value for date in dates], dtype=np.int64)
