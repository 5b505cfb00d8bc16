"""What else happened inside an event's windows: other events, and named confounders."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from impact.anchors import AnchorPolicy
from impact.calendars import anchor_dates
from impact.eventstudy.alignment import AlignedEvents, Market, read_returns
from impact.eventstudy.design import checked_windows
from impact.eventstudy.placing import complete_and_place
from impact.intake.given_frames import frame_with
from impact.tables.stacking import stacked
from impact.typing_ import Window

__all__ = ["overlap_report"]

COLUMNS = ["event_id", "other", "relation", "shared_sessions", "sessions_apart", "detail"]


def overlap_report(
    returns: pd.DataFrame,
    events: pd.DataFrame,
    *,
    estimation: Window = (-260, -11),
    window: Window = (-1, 1),
    confounders: pd.DataFrame | None = None,
    anchor: AnchorPolicy = "next",
    market: Market | None = None,
) -> pd.DataFrame:
    """Every reason to doubt that an event's window holds that event alone.

    Parameters
    ----------
    returns : DataFrame (T, S)
        Gives the sessions: each line counts those of its own market, as :func:`impact.event_study` does.
    events : DataFrame
        event_id, security, date as in :func:`impact.event_study`.
    estimation, window : (first, last)
        Inclusive session offsets.
    confounders : DataFrame, optional
        Columns date, title, and optionally security (empty: touches every security).
    anchor : {"next", "previous", "raise"}
    market : column name, list of column names or Series, optional
        Benchmark of the study. It tells the sessions of lines whose market is not known or has no calendar.

    Returns
    -------
    DataFrame
        One row per finding: event_id, other (event or title), relation (``same day``, ``windows overlap``, ``inside
        estimation window``, ``confounder``), shared_sessions, sessions_apart (from the event's day 0 to the other's), detail.
        Events are compared within a security. Empty when nothing was found.

    Raises
    ------
    InputError
        If a table lacks a column.
    """
    estimation, window = checked_windows(estimation, window)
    parts = []
    for group in complete_and_place(read_returns(returns), events, anchor, market, None, None)[1]:
        parts.append(_between_events(group.aligned, estimation, window))
        if confounders is not None:
            own = group.calendar.table.sessions
            parts.append(_confounders(frame_with(confounders, ("date", "title"), "confounders"), group.aligned, own, window, anchor))
    overlapping = stacked((pd.DataFrame(columns=COLUMNS), *parts))
    return overlapping.sort_values(["event_id", "relation", "sessions_apart"], kind="stable", ignore_index=True)[COLUMNS]


def _between_events(aligned: AlignedEvents, estimation: Window, window: Window) -> pd.DataFrame:
    """Pairs of events of one security; the later one's estimation window is the one that can hold the earlier event."""
    order = np.lexsort((aligned.day0, aligned.security))
    day0, security = aligned.day0[order], aligned.security[order]
    ids = aligned.table["event_id"].to_numpy()[order]
    length = window[1] - window[0] + 1
    reach = max(length - 1, window[1] - estimation[0])
    rows = []
    for step in range(1, order.size):
        same = np.flatnonzero(security[step:] == security[:-step])
        apart = day0[same + step] - day0[same]
        near = apart <= reach
        if not near.any():
            break
        early, late, apart = same[near], same[near] + step, apart[near]
        shared = np.maximum(length - apart, 0)
        relation = np.where(apart == 0, "same day", "windows overlap")
        touching = shared > 0
        rows.append(_rows(ids[early], ids[late], relation, shared, apart)[touching])
        rows.append(_rows(ids[late], ids[early], relation, shared, -apart)[touching])
        inside = np.minimum(estimation[1], window[1] - apart) - np.maximum(estimation[0], window[0] - apart) + 1
        rows.append(_rows(ids[late], ids[early], "inside estimation window", inside, -apart)[inside > 0])
    return stacked((pd.DataFrame(columns=COLUMNS), *rows))


def _rows(event: Any, other: Any, relation: Any, shared: Any, apart: Any, detail: Any = "") -> pd.DataFrame:
    values = {"event_id": event, "other": other, "relation": relation, "shared_sessions": shared, "sessions_apart": apart, "detail": detail}
    return pd.DataFrame(values)


def _confounders(
    confounders: pd.DataFrame, aligned: AlignedEvents, sessions: pd.DatetimeIndex, window: Window, anchor: AnchorPolicy
) -> pd.DataFrame:
    placed = anchor_dates(confounders["date"], sessions, policy=anchor)["position"].to_numpy()
    everyone = (
        confounders["security"].isna() | (confounders["security"] == "")
        if "security" in confounders
        else np.ones(len(confounders), dtype=bool)
    )
    security = (
        confounders["security"].to_numpy(dtype=object) if "security" in confounders else np.full(len(confounders), None, dtype=object)
    )
    own = aligned.table["security"].to_numpy(dtype=object)
    rows = []
    for position, name, title, general in zip(placed, security, confounders["title"], np.asarray(everyone), strict=True):
        apart = position - aligned.day0
        hit = (apart >= window[0]) & (apart <= window[1]) & (position >= 0) & (general | (own == name))
        if hit.any():
            scope = "touches every security" if general else f"touches {name}"
            rows.append(_rows(aligned.table["event_id"].to_numpy()[hit], title, "confounder", 1, apart[hit], scope))
    return stacked((pd.DataFrame(columns=COLUMNS), *rows))
