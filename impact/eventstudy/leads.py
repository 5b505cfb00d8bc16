"""Which test leads under which layout of the events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from impact.eventstudy.layout import FEW_EVENTS, Clustering, EventLayout

if TYPE_CHECKING:
    from impact.eventstudy.hypotheses import TestName

__all__ = ["BATCH", "SERIES", "Lead", "block_placebo", "conformal", "kp_bmp", "never", "placebo_bmp", "sq", "stated_variance", "t"]

GRANK_SECOND = 30
"""Events from which the generalised rank t is a full second opinion."""

SERIES: frozenset[EventLayout] = frozenset({"single", "same_date"})
BATCH: frozenset[EventLayout] = frozenset({"same_date", "multi_date"})


@dataclass(frozen=True, kw_only=True)
class Lead:
    """That a test would lead here.

    Attributes
    ----------
    order : int
        Of several that would, the smallest leads.
    why : str
    beside : tuple of test names
        To be read as second opinions.
    """

    order: int
    why: str
    beside: tuple[TestName, ...] = ()


def never(_: Clustering) -> None:
    """The test never leads."""


def _single(layout: Clustering) -> bool:
    return layout.layout == "single"


def stated_variance(layout: Clustering) -> Lead | None:
    """Events whose variance of day 0 is known beforehand."""
    if not layout.stated:
        return None
    n = layout.n_events
    who = "one event" if n == 1 else f"{n} events"
    one: TestName = "sq" if layout.n_days == 1 else "conformal"
    return Lead(
        order=0,
        why=f"{who}: the variance of day 0 is known beforehand, as stated in column event_sd, so it need not be that of quiet days",
        beside=(one, "placebo_space") if n == 1 else ("kp_bmp",),
    )


def sq(layout: Clustering) -> Lead | None:
    """One event on one day."""
    if not _single(layout) or layout.n_days > 1:
        return None
    return Lead(
        order=1,
        why="one event, one day: its rank among quiet days needs no law of returns",
        beside=("t", "conformal", "placebo_space"),
    )


def conformal(layout: Clustering) -> Lead | None:
    """One event whose regression can be fitted again."""
    if not _single(layout) or not layout.refittable:
        return None
    days = "one day, and few rows" if layout.n_days == 1 else "several days"
    why = f"one event, {days}: cyclic shifts of the refitted residuals allow for any law of returns"
    return Lead(order=2, why=why, beside=("t", "block_placebo", "placebo_space"))


def block_placebo(layout: Clustering) -> Lead | None:
    """One event whose model shows no regression."""
    if not _single(layout):
        return None
    return Lead(order=3, why="one event, and no regression to fit again", beside=("t", "placebo_space"))


def t(layout: Clustering) -> Lead | None:
    """One event without quiet days to compare."""
    if not _single(layout):
        return None
    return Lead(
        order=4, why="one event, and no quiet days that could be compared: the forecast error and a Student law", beside=("placebo_space",)
    )


def kp_bmp(layout: Clustering) -> Lead | None:
    """Several events on one date or on many."""
    n = layout.n_events
    if layout.layout not in BATCH:
        return None
    why = "allows for common shocks and for a rise of the variance at the event"
    ranks: tuple[TestName, ...] = ("grank_t",) if n >= GRANK_SECOND else ()
    if layout.layout == "same_date":
        one_day: TestName = "sq" if layout.n_days == 1 else "conformal"
        return Lead(order=1, why=f"{n} events on one date: {why}", beside=("portfolio", one_day, *ranks))
    spread = f"{n} events on {layout.n_dates} dates, windows {'overlapping' if layout.overlapping else 'apart'}: {why}"
    if layout.dates_overlap:
        return Lead(order=1, why=spread, beside=("calendar_time",))
    return Lead(order=1, why=spread, beside=(*ranks, "wild_cluster", "calendar_time", "generalized_sign"))


def placebo_bmp(layout: Clustering) -> Lead | None:
    """Two events to a few: the quiet days of the same events are their own law."""
    n = layout.n_events
    if layout.layout not in BATCH or n >= FEW_EVENTS:
        return None
    why = f"{n} events: the same statistic on their quiet days knows their correlation, skewness and serial dependence"
    return Lead(order=2, why=why, beside=("kp_bmp", "portfolio") if layout.layout == "same_date" else ("kp_bmp", "wild_cluster"))
