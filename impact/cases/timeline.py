"""The dated events of a case on the sessions that could first react to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.calendars import parse_instant, venue_of
from impact.cases.case_law import stated_source
from impact.cases.definition import AsOf, CaseDefinition
from impact.cases.events import events_of_case
from impact.cases.line_sessions import LineSessions
from impact.cases.panel import special_sessions_left_out
from impact.cases.schemas import EARLIEST, PENDING, TIMELINE
from impact.errors import DataUnavailable
from impact.market import MarketPanel
from impact.market.closed_days import lacks_calendar
from impact.provenance import Source
from impact.reaction_readings import PRECISIONS, reaction_readings
from impact.results import Result, Summary, declared
from impact.typing_ import named_rows

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["Timeline", "build_timeline"]

COLUMNS = [
    "event_id",
    "kind",
    "label",
    "known_at",
    "known_at_precision",
    "reaction_on",
    "intraday",
    "anchoring",
    "confounders",
    "source",
    "confidence",
    "step",
]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Timeline(Result):
    """Events, each with the first session of the line's own venue that could react, and that session's return.

    Attributes
    ----------
    events : DataFrame
        event_id, kind, label, known_at (zoned), known_at_precision, reaction_on (session), intraday (the news came in
        the session, so its return mixes before and after), anchoring (how the session was found), close_return (simple,
        close to close), market_return, confounders, source, confidence, step (of a court event; empty for any other).
    pending : DataFrame
        Known events whose reaction session is not among the prices, with the columns of `events` and a reason.
    earliest : DataFrame
        Events of which two sessions may have been the first to react: event_id, label, earliest_on, reaction_on (the later, which
        `events` takes).
    prices : Series
        Close by session.
    """

    schemas = declared(events=TIMELINE, pending=PENDING, earliest=EARLIEST, to_frame=TIMELINE)

    definition: CaseDefinition
    events: pd.DataFrame
    pending: pd.DataFrame
    prices: pd.Series
    currency: str
    earliest: pd.DataFrame
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The events."""
        return self.events.copy()

    def designation(self) -> pd.Series:
        """The designation itself, placed or pending.

        Raises
        ------
        DataUnavailable
            If it was not known.
        """
        both = pd.concat([self.events, self.pending]) if len(self.events) else self.pending
        designated = both[both["event_id"] == self.definition.designation_event]
        if designated.empty:
            raise DataUnavailable(
                f"the designation ({self.definition.designation_event}) of case={self.definition.case!r} was not known yet; choose a later instant."
            )
        return designated.iloc[0]

    def summary(self) -> Summary:
        """The events in order, with their returns."""
        shown = ["event_id", "reaction_on", "label", "known_at", "intraday", "close_return", "market_return", "confounders"]
        return Summary(
            title=f"{self.definition.title}: {len(self.events)} dated events on {self.definition.security}",
            tables=(
                ("Events and the session that could first react", self.with_schema("events", shown)),
                *((("No price yet", self.with_schema("pending")),) if len(self.pending) else ()),
            ),
            notes=self.assumptions,
            sources=self.sources,
        )

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Closing price with the events."""
        from impact.plots.case import plot_timeline

        return plot_timeline(self.prices, self.events, currency=self.currency, ax=ax)


def _anchored(row: pd.Series, days: LineSessions, left_out: pd.DatetimeIndex) -> tuple[pd.Timestamp, bool, str]:
    """Session, whether the news came inside it, and how it was found; special sessions that the prices leave out are passed over.

    The session is missing, and the reason says why, where it cannot be known.
    """
    try:
        session, intraday, reason = days.first_to_react(parse_instant(row["known_at"], parameter="known_at"))
    except DataUnavailable as error:
        if not lacks_calendar(days.venue):
            raise
        return pd.Timestamp("NaT"), False, str(error)
    if session in left_out:
        following = days.between(session, session + pd.Timedelta(days=14)).difference(left_out)[0]
        return following, False, f"{reason} The prices leave that special session out: the next one is taken."
    if row["anchor"] == "session":
        return session, False, "execution: the session itself, announced before"
    return session, intraday, reason


def build_timeline(definition: CaseDefinition, panel: MarketPanel | None, *, as_of: AsOf = None) -> Timeline:
    """Place the events of a case that were known at `as_of` on the sessions of its own venue.

    Raises
    ------
    InputError
        If `as_of` has no zone.
    DataUnavailable
        If no event of the case was known then. An event whose session is not among the prices is `pending`.
    """
    venue = venue_of(definition.security)
    table = events_of_case(definition, as_of)
    if table.empty:
        raise DataUnavailable(f"no event of case={definition.case!r} was known at as_of={as_of}; choose a later instant.")
    left_out = pd.DatetimeIndex([]) if panel is None else special_sessions_left_out(definition, panel)
    days = LineSessions.of(definition.security, venue, panel)
    placed = [_anchored(row, days, left_out) for _, row in table.iterrows()]
    events = table.assign(
        reaction_on=pd.DatetimeIndex([session for session, _, _ in placed]),
        intraday=[inside for _, inside, _ in placed],
        anchoring=[reason for _, _, reason in placed],
    )[COLUMNS]
    earliest = _earliest(table, events, venue)
    events, pending = _priced(events, definition, panel)
    return Timeline(
        definition=definition,
        events=events,
        pending=pending,
        prices=pd.Series(dtype="float64") if panel is None else panel.close[definition.security],
        currency=definition.currency if panel is None else str(panel.currency[definition.security]),
        earliest=earliest,
        sources=(stated_source(definition),) if panel is None else panel.sources,
        assumptions=(
            f"Day 0 is the first session of {venue} that could react to the public instant; an announcement after its close counts for the next session.",
            "Two events that reach the same session cannot be told apart by that session's return.",
        ),
    )


def _earliest(table: pd.DataFrame, events: pd.DataFrame, venue: str) -> pd.DataFrame:
    """Events of which two sessions may have been the first to react, as their hour is not on record, with the earlier of the two."""
    rows = []
    for known, placed in zip(named_rows(table), named_rows(events), strict=True):
        if known.anchor == "session" or known.known_at_precision not in PRECISIONS or lacks_calendar(venue):
            continue
        read = reaction_readings(known.known_at, known.known_at_precision, venue).earliest
        if read is not None and read.session != placed.reaction_on:
            rows.append((placed.event_id, placed.label, read.session, placed.reaction_on))
    return pd.DataFrame(rows, columns=["event_id", "label", "earliest_on", "reaction_on"])


def _priced(events: pd.DataFrame, definition: CaseDefinition, panel: MarketPanel | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Events with the returns of their sessions, in order, and those whose session has no price, with the reason."""
    if panel is None:
        nothing = events.assign(close_return=np.nan, market_return=np.nan)
        reason = nothing["anchoring"].where(nothing["reaction_on"].isna(), "no prices of the line are given")
        return nothing.iloc[:0], nothing.assign(reason=reason).reset_index(drop=True)
    returns = panel.returns("simple")
    for column, security in (("close_return", definition.security), ("market_return", definition.market)):
        known = security in returns.columns
        events[column] = returns[security].reindex(events["reaction_on"]).to_numpy() if known else np.nan
    events = _across_gaps(events, definition, panel)
    outside = ~events["reaction_on"].isin(returns.index)
    far = f"its reaction session is not among the prices, which end on {returns.index[-1]:%Y-%m-%d}"
    pending = events.loc[outside]
    pending = pending.assign(reason=pending["anchoring"].where(pending["reaction_on"].isna(), far))
    placed = events.loc[~outside].sort_values(["reaction_on", "known_at"], kind="stable")
    return placed.reset_index(drop=True), pending.reset_index(drop=True)


def _across_gaps(events: pd.DataFrame, definition: CaseDefinition, panel: MarketPanel) -> pd.DataFrame:
    """The first session after a halt, or after one without a known close, gets the return since the last close, of the market too."""
    spanning = panel.returns("simple", gaps="trade_to_trade")[definition.security]
    closes = panel.close[definition.security].dropna()
    priced = events["reaction_on"].isin(spanning.dropna().index)
    for position in events.index[priced & events["close_return"].isna()]:
        session = pd.Timestamp(str(events.at[position, "reaction_on"]))
        before = closes.index[closes.index < session]
        if before.empty:
            continue
        events.at[position, "close_return"] = spanning[session]
        told = str(events.at[position, "anchoring"]).rstrip(".")
        events.at[position, "anchoring"] = f"{told}; returns since {before[-1]:%Y-%m-%d}, the last close known before."
        if definition.market in panel.securities:
            market = panel.close[definition.market]
            events.at[position, "market_return"] = market[session] / market[before[-1]] - 1.0
    return events
