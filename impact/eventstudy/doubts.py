"""Which events rest on a doubtful price: a split not applied, a stale quote, a bad tick inside one of their windows."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.errors import ImpactWarning
from impact.kernels.mixed import MixedFit
from impact.market.plausibility import named_doubt
from impact.typing_ import IntArray, named_rows

if TYPE_CHECKING:
    from impact.eventstudy.results import EventStudyResult

__all__ = ["DOUBTED", "doubted_over", "doubts_of_events", "reasons_over", "told_of_doubts", "with_doubts"]

DOUBTED = ["event_id", "security", "session", "until", "doubt", "ratio", "n", "about", "window", "first", "last"]
"""Columns of a table of doubts by event."""


def with_doubts(study: EventStudyResult, doubts: pd.DataFrame, benchmarks: Iterable[str] = ()) -> EventStudyResult:
    """The study with the doubtful prices inside the windows of its events.

    Warns
    -----
    ImpactWarning
        Where an event window, or the estimation before it, holds one.
    """
    study = replace(study, doubtful=doubts_of_events(study, doubts, benchmarks))
    if resting := told_of_doubts(doubted_over(study, *study.design.window), study.n_events):
        warnings.warn(f"{resting}; compare its prices with another source.", ImpactWarning, stacklevel=4)
    return study


def doubts_of_events(study: EventStudyResult, doubts: pd.DataFrame, benchmarks: Iterable[str] = ()) -> pd.DataFrame:
    """The doubtful figures of each event's line, or of its benchmark, inside its estimation or event window.

    Parameters
    ----------
    study : EventStudyResult
    doubts : DataFrame
        As :meth:`impact.MarketPanel.doubts` gives them.
    benchmarks : iterable of str
        Lines that every event is measured against.

    Returns
    -------
    DataFrame
        One row an event, a doubt and a window it touches: ``DOUBTED``; first and last are offsets from the event's day 0.
    """
    if doubts.empty:
        return pd.DataFrame(columns=DOUBTED)
    rows = []
    security = study.events["security"].to_numpy()
    shared = set(benchmarks)
    windows = (("estimation", study.design.estimation), ("event", study.design.window))
    for events, day0, calendar in _by_calendar(study):
        for doubt in named_rows(doubts, index=False):
            first = int(calendar.searchsorted(doubt.session))
            last = int(calendar.searchsorted(doubt.until, side="right")) - 1
            own = np.ones(len(events), dtype=bool) if doubt.security in shared else security[events] == doubt.security
            for name, (a, b) in windows:
                touched = own & (first - day0 <= b) & (last - day0 >= a) & (first <= last)
                rows += [
                    (study.event_ids[events[at]], *doubt[:3], doubt.doubt, doubt.ratio, doubt.n, doubt.about, name, first - day0[at], last - day0[at])
                    for at in np.flatnonzero(touched)
                ]  # fmt: skip
    return pd.DataFrame(rows, columns=DOUBTED)


def _by_calendar(study: EventStudyResult) -> Iterator[tuple[IntArray, IntArray, pd.DatetimeIndex]]:
    """Events that share a calendar: their positions, their day 0 on it, and its sessions."""
    if not isinstance(study.fit, MixedFit):
        yield np.arange(study.n_events), study.fitted.day0, study.sessions
        return
    for part in study.fit.parts:
        yield part.events, part.fit.events.day0, study.sessions[part.sessions]


def doubted_over(study: EventStudyResult, a: int, b: int) -> dict[object, str]:
    """The doubts that touch an event's estimation or its days [a, b], in words, by event."""
    doubted = study.doubtful
    if doubted.empty:
        return {}
    inside = (doubted["window"] == "estimation") | ((doubted["first"] <= b) & (doubted["last"] >= a))
    named: dict[object, list[str]] = {}
    for row in named_rows(doubted[inside], index=False):
        where = " in its estimation window" if row.window == "estimation" else ""
        named.setdefault(row.event_id, []).append(f"{named_doubt(row.security, row.doubt, row.session)}{where}")
    return {event: "; ".join(texts) for event, texts in named.items()}


def reasons_over(study: EventStudyResult, a: int, b: int) -> list[str]:
    """Of each event, why it has no figure over [a, b] or what there is to doubt in it; empty where nothing is."""
    doubted = doubted_over(study, a, b)
    lost = study.without_day0(a, b)
    return ["no return on its day 0" if gone else doubted.get(event, "") for event, gone in zip(study.event_ids, lost, strict=True)]


def told_of_doubts(doubted: Mapping[object, str], n_events: int) -> str:
    """How many of the events rest on a doubtful price, and the first of them; empty where none does."""
    if not doubted:
        return ""
    event, doubt = next(iter(doubted.items()))
    rest = "rests" if len(doubted) == 1 else "rest"
    return f"{len(doubted)} of {n_events} event{'s' * (n_events != 1)} {rest} on a doubtful price (first {event!r}: {doubt})"
