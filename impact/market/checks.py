"""What a provider gave, checked before it is kept: one bad cell costs that cell, and every refused one is listed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from impact.errors import DataUnavailable, InputError
from impact.market.histories import HISTORY_COLUMNS, FetchFailure, Refusal, SecurityHistory
from impact.market.plausibility import DOUBTS, doubtful_figures
from impact.tables.prose import significant

__all__ = ["checked_figures", "checked_history", "last_ended_day", "parsed_dates", "volume_where_told"]

NEUTRAL = {"dividend": 0.0, "split": 0.0}
"""What an empty cell means; of a column of dividends without a figure, or with one that cannot be read, they are unknown throughout."""


def checked_history(history: SecurityHistory) -> SecurityHistory:
    """The history with figures that can be kept: dates unique and ascending, numbers finite and of the right sign.

    A close that jumps by a unit or a bad tick and is taken back on the next session is quarantined: it becomes unknown.
    Moves that stay are kept, since a line may fall by half in a day; :func:`doubtful_figures` names them.

    Raises
    ------
    FetchFailure
        ``unreadable`` if the figures have no dates.
    """
    figures, refused = checked_figures(history.figures)
    own = figures["close"].to_frame(history.symbol)
    splits = figures["split"].where(figures["split"] > 0, 1.0).to_frame(history.symbol)
    doubts = doubtful_figures(own, splits=splits)
    passing = doubts[(doubts["n"] == 1) & doubts["doubt"].isin(["unit", "spike"])]
    for session, doubt in zip(passing["session"], passing["doubt"], strict=True):
        tick = significant(own[history.symbol][session], 6)
        figures.loc[session, "close"] = np.nan
        refused.append((session, f"close of {tick} quarantined: {DOUBTS[doubt]}"))
    return replace(history, figures=figures, refused=(*history.refused, *refused))


def checked_figures(rows: object) -> tuple[pd.DataFrame, list[Refusal]]:
    """Close, volume, dividend and split as float64 on sorted, unique, naive dates, and what was refused with the reason.

    Of a day that is there twice the later row counts. Dividends that the answer does not tell at all are NaN throughout.
    """
    if not isinstance(rows, pd.DataFrame) or "close" not in rows:
        raise FetchFailure("unreadable", "the answer holds no closes")
    refused: list[Refusal] = []
    dates = parsed_dates(rows.index)
    days = (dates.tz_localize(None) if dates.tz is not None else dates).normalize().as_unit("ns").rename("session")
    if len(days) and days.isna().all():
        raise FetchFailure("unreadable", "the rows of the answer have no dates")
    frame = pd.DataFrame({name: _numbers(rows, name, days, refused) for name in HISTORY_COLUMNS}, index=days)
    refused += [(pd.NaT, "a row without a date")] * int(np.count_nonzero(days.isna()))
    frame = frame[frame.index.notna()]
    again = frame.index.duplicated(keep="last")
    refused += [
        (day, f"the day is there twice: close of {significant(close, 6)} replaced by the later row")
        for day, close in frame["close"][again].items()
    ]
    return frame[~again].sort_index(), refused


def parsed_dates(index: pd.Index) -> pd.DatetimeIndex:
    """Stamps, or ISO text, as dates; NaT where a label is neither. Stamps of several zones are taken to UTC."""
    if isinstance(index, pd.DatetimeIndex):
        return index
    if pd.api.types.is_numeric_dtype(index):  # row numbers are no dates
        return pd.DatetimeIndex([pd.NaT] * len(index))
    text = pd.api.types.is_string_dtype(index)
    read = pd.to_datetime(index, errors="coerce", format="ISO8601" if text else None)
    return pd.DatetimeIndex(read if isinstance(read, pd.DatetimeIndex) else pd.to_datetime(index, errors="coerce", utc=True))


def _numbers(rows: pd.DataFrame, name: str, days: pd.DatetimeIndex, refused: list[Refusal]) -> np.ndarray:
    if name not in rows or (name == "dividend" and rows[name].isna().all()):
        return np.full(len(rows), 0.0 if name == "split" else np.nan)
    cells = rows[name]
    try:
        values = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
    except OverflowError:  # a whole number beyond every float
        values = pd.to_numeric(cells.map(str), errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
    unread = np.isnan(values) & cells.notna().to_numpy()
    wrong = ~np.isnan(values) & (~np.isfinite(values) | (values <= 0 if name == "close" else values < 0))
    for place in np.flatnonzero(unread | wrong):
        refused.append((days[int(place)], f"{name} of {str(cells.iloc[place])[:40]} is no {'price' if name == 'close' else 'amount'}"))
    values[wrong] = np.nan
    if name == "dividend" and (unread | wrong).any():
        return np.full(len(rows), np.nan)
    return np.where(np.isnan(values), NEUTRAL[name], values) if name in NEUTRAL else values


def volume_where_told(close: pd.Series, volume: pd.Series) -> np.ndarray:
    """Volumes of a provider that does not tell zero from missing: a zero is unknown where the close moved, or where there never is any."""
    price, traded = close.to_numpy(), volume.to_numpy()
    moved = np.append(True, price[1:] != price[:-1]) if len(price) else np.zeros(0, dtype=bool)
    return np.where((traded == 0) & (moved | (not (traded > 0).any())), np.nan, traded)


def last_ended_day(symbol: str, now: pd.Timestamp) -> pd.Timestamp:
    """The last day whose session had ended at `now`; of a line whose venue is not known, the day before in every zone."""
    from impact.calendars import last_closed_session, venue_of

    try:
        return last_closed_session(venue_of(symbol), now)
    except (InputError, DataUnavailable):
        return (now.tz_convert("UTC") - pd.Timedelta(hours=12)).tz_localize(None).normalize() - pd.Timedelta(days=1)
