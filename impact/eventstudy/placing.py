"""Events placed on the sessions of their own lines, and fitted there."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from impact.anchors import AnchorPolicy
from impact.errors import ImpactWarning
from impact.eventstudy.alignment import AlignedEvents, Market, ReturnTable, align_events, checked_events, factor_table, read_market
from impact.eventstudy.benchmarks import ModelInputs
from impact.eventstudy.design import StudyDesign
from impact.eventstudy.estimate import Estimated, estimate
from impact.eventstudy.own_calendars import (
    OwnCalendar,
    benchmark_at_closes,
    known_sessions,
    on_sessions,
    own_calendars,
    with_absent_sessions,
)
from impact.kernels.mapping import Executor
from impact.kernels.mixed import CalendarPart, mix_fits
from impact.market.frames import as_frame, dated_frame
from impact.typing_ import ReturnKind
from impact.venues import VENUES

__all__ = [
    "PlacedEvents",
    "StudyInputs",
    "calendars_of_events",
    "completed_table",
    "estimate_placed",
    "on_own_calendar",
    "place_events",
    "stated_venues",
]


@dataclass(frozen=True, eq=False, kw_only=True)
class StudyInputs:
    """What a study reads, on the sessions of one calendar.

    Attributes
    ----------
    returns : ReturnTable
    market, factors
        On the same sessions.
    notes : tuple of str
        What was done to them.
    """

    returns: ReturnTable
    market: Market | None
    factors: pd.DataFrame | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class PlacedEvents:
    """Events of lines that share a calendar.

    Attributes
    ----------
    calendar : OwnCalendar
    aligned : AlignedEvents
        On that calendar.
    rows : (n,) int
        Row of each event of `aligned` in the event table given.
    inputs : StudyInputs
    """

    calendar: OwnCalendar
    aligned: AlignedEvents
    rows: np.ndarray
    inputs: StudyInputs


def stated_venues(events: pd.DataFrame) -> dict[str, str]:
    """Venue of each security as the event table states it."""
    if "venue" not in events.columns:
        return {}
    known = events[["security", "venue"]].dropna()
    return dict(zip(known["security"].astype(str), known["venue"].astype(str), strict=True))


def completed_table(table: ReturnTable, events: pd.DataFrame) -> ReturnTable:
    """The table with the sessions it lacks of the venues of the lines that have events, as days without a return."""
    checked = checked_events(events)
    venues = stated_venues(checked)
    unknown = [venue for venue in dict.fromkeys(venues.values()) if venue not in VENUES]
    if unknown:
        warnings.warn(
            f"events['venue'] names {len(unknown)} venue(s) that are not known (first {unknown[0]!r}): their lines count the rows of the table, "
            "and no session of theirs is looked for; write market identifier codes such as XHKG.",
            ImpactWarning,
            stacklevel=4,
        )
    lines = np.unique(table.securities.get_indexer(pd.Index(checked["security"].unique())))
    return with_absent_sessions(table, lines[lines >= 0], venues)


def calendars_of_events(
    events: pd.DataFrame, table: ReturnTable, market: Market | None, factors: pd.DataFrame | None, kind: ReturnKind | None
) -> list[OwnCalendar]:
    """The calendars of the lines that have events; that of the table where none of them is a column."""
    lines = np.unique(table.securities.get_indexer(pd.Index(events["security"].unique())))
    lines = lines[lines >= 0]
    if not lines.size:
        return [OwnCalendar(lines=lines, position=np.arange(len(table.sessions)), table=table, whole=True, venue="")]
    benchmark = known_sessions(table, market, factors)
    return own_calendars(table, lines, venues=stated_venues(events), benchmark=benchmark, kind=kind)


def on_own_calendar(
    calendar: OwnCalendar, table: ReturnTable, market: Market | None, factors: pd.DataFrame | None, kind: ReturnKind | None
) -> StudyInputs:
    """Returns, benchmark and factors on the sessions of a calendar."""
    if kind is None:
        return StudyInputs(returns=calendar.table, market=market, factors=factors)
    met, notes = benchmark_at_closes(market, calendar, table, kind)
    if met is market and not calendar.whole and isinstance(market, (pd.Series, pd.DataFrame)):
        met = _carried(market, "market", calendar, table, kind).iloc[:, 0].rename(getattr(market, "name", None))
    carried = factors if factors is None or calendar.whole else _carried(factors, "factors", calendar, table, kind)
    left = len(table.sessions) - calendar.position.size - _n_added_for_others(table, calendar)
    if left:
        where = f" of {calendar.venue}" if calendar.venue else ""
        notes = (*notes, f"{left} days on which the market{where} was closed are in the table for other lines and are no sessions")
    notes = (*notes, *_absent_note(calendar))
    return StudyInputs(returns=calendar.table, market=met, factors=carried, notes=notes)


def _n_added_for_others(table: ReturnTable, calendar: OwnCalendar) -> int:
    """Rows that the returns given lack, and that are sessions of other lines only."""
    return len({day for days in table.absent.values() for day in days} - set(calendar.absent))


def _absent_note(calendar: OwnCalendar) -> tuple[str, ...]:
    """How many sessions the returns have no row for, and whether the day after one still has a return."""
    absent = calendar.absent
    if not len(absent):
        return ()
    sessions = calendar.table.sessions
    following = np.setdiff1d(sessions.get_indexer(absent) + 1, sessions.get_indexer(absent))
    after = following[following < len(sessions)]
    spanning = int(np.isfinite(calendar.table.values[np.ix_(after, calendar.lines)]).any(axis=1).sum())
    still = (
        f"; {spanning} of the days after have a return, which spans more than one session if it was made from the closes of this table"
        if spanning
        else ""
    )
    return (
        f"{len(absent)} session{'s' * (len(absent) > 1)} of {calendar.venue} ha{'ve' if len(absent) > 1 else 's'} no row in the returns "
        f"(first {absent[0]:%Y-%m-%d}): a day without a return, as an empty cell is{still}",
    )


def _carried(values: pd.Series | pd.DataFrame, name: str, calendar: OwnCalendar, table: ReturnTable, kind: ReturnKind) -> pd.DataFrame:
    """A benchmark or factors on the calendar, what came in between compounded into the next session."""
    frame = values.to_frame(name) if isinstance(values, pd.Series) else values
    sessions, numbers, names = factor_table(frame, name)
    at = sessions.get_indexer(table.sessions)
    wide = ReturnTable(
        values=np.where((at >= 0)[:, None], numbers[at], np.nan), sessions=table.sessions, securities=pd.Index(names, dtype=object)
    )
    kept = np.zeros(len(table.sessions), dtype=bool)
    kept[calendar.position] = True
    own = on_sessions(wide, kept, kind)
    return pd.DataFrame(own.values, index=own.sessions, columns=own.securities)


def place_events(
    table: ReturnTable,
    events: pd.DataFrame,
    anchor: AnchorPolicy,
    market: Market | None,
    factors: pd.DataFrame | None,
    kind: ReturnKind | None,
) -> list[PlacedEvents]:
    """Every event on a session of its own line's calendar, one group a calendar; events without a column are in the first."""
    checked, market = checked_events(events), read_market(market)
    factors = None if factors is None else dated_frame(as_frame(factors, "factors"), "factors")
    calendars = calendars_of_events(checked, table, market, factors, kind)
    column = table.securities.get_indexer(pd.Index(checked["security"]))
    groups = []
    for number, calendar in enumerate(calendars):
        rows = np.flatnonzero(np.isin(column, calendar.lines) | ((column < 0) & (number == 0)))
        own = checked if len(calendars) == 1 else checked.iloc[rows].reset_index(drop=True)
        aligned = align_events(own, calendar.table, anchor)
        kept = rows[np.isin(own["event_id"].to_numpy(), aligned.table["event_id"].to_numpy())] if len(aligned.dropped) else rows
        inputs = on_own_calendar(calendar, table, market, factors, kind)
        groups.append(PlacedEvents(calendar=calendar, aligned=aligned, rows=kept, inputs=inputs))
    return groups


def estimate_placed(
    groups: list[PlacedEvents], table: ReturnTable, design: StudyDesign, executor: Executor | None = None
) -> tuple[Estimated, AlignedEvents, pd.DatetimeIndex]:
    """One estimation of all events, with their places in the order of the event table, and its calendar.

    Events of one calendar are fitted on it and nothing else is known of the table; those of several are laid side by side.
    """
    some = [group for group in groups if group.aligned.day0.size]
    dropped = pd.concat([group.aligned.dropped for group in groups], ignore_index=True)
    if len(some) == 1:
        one = some[0]
        estimated = _estimated(one, design, executor)
        return estimated, replace(one.aligned, dropped=dropped), one.calendar.table.sessions
    fits = [_estimated(group, design, executor) for group in some]
    rows = np.concatenate([group.rows for group in some])
    order = np.argsort(rows, kind="stable")
    place = np.empty(rows.size, dtype=np.intp)
    place[order] = np.arange(rows.size)
    ends = np.cumsum([group.rows.size for group in some])
    parts = [
        CalendarPart(fit=estimated.fit, events=place[stop - group.rows.size : stop], sessions=group.calendar.position)
        for group, estimated, stop in zip(some, fits, ends, strict=True)
    ]
    security = np.concatenate([group.aligned.security for group in some])[order]
    whole = mix_fits(parts, security)
    estimated = Estimated(
        fit=whole,
        names=fits[0].names,
        notes=tuple(dict.fromkeys(note for one in fits for note in one.notes)),
        n_parameters=max(one.n_parameters for one in fits),
    )
    aligned = AlignedEvents(
        table=pd.concat([group.aligned.table for group in some], ignore_index=True).iloc[order].reset_index(drop=True),
        day0=whole.events.day0,
        security=security,
        dropped=dropped,
    )
    return estimated, aligned, table.sessions


def _estimated(group: PlacedEvents, design: StudyDesign, executor: Executor | None) -> Estimated:
    aligned, inputs = group.aligned, group.inputs
    estimated = estimate(
        ModelInputs(
            returns=inputs.returns,
            design=design,
            day0=aligned.day0,
            security=aligned.security,
            events=aligned.table,
            market=inputs.market,
            factors=inputs.factors,
            executor=executor,
        )
    )
    return replace(estimated, notes=(*estimated.notes, *inputs.notes))
