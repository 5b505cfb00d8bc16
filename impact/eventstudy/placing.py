"""Events placed on the sessions of their own lines, and fitted there."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from impact.anchors import AnchorPolicy
from impact.errors import ImpactWarning
from impact.eventstudy.alignment import AlignedEvents, Market, ReturnTable, align_checked, read_market
from impact.eventstudy.benchmark_records import BenchmarkRecord, benchmark_records, rows_lacked
from impact.eventstudy.benchmarks import ModelInputs
from impact.eventstudy.column_labels import named_as_columns
from impact.eventstudy.design import StudyDesign
from impact.eventstudy.estimate import Estimated, estimate
from impact.eventstudy.event_tables import checked_events
from impact.eventstudy.meeting import meet_records
from impact.eventstudy.own_calendars import OwnCalendar, own_calendars, with_absent_sessions
from impact.eventstudy.scale import check_benchmark, check_returns, doubt_scale, looked_at
from impact.intake.given_frames import as_frame
from impact.kernels.mapping import Executor
from impact.kernels.mixed import CalendarPart, mix_fits
from impact.market.closed_days import lacks_calendar, not_in_session, venues_of
from impact.market.frames import dated_frame
from impact.tables.stacking import stacked
from impact.typing_ import IntArray, ReturnKind
from impact.venue_hours import special_sessions
from impact.venues import VENUES

__all__ = [
    "PlacedEvents",
    "StudyInputs",
    "calendars_of_events",
    "check_scale_of_inputs",
    "complete_and_place",
    "completed_table",
    "estimate_placed",
    "lines_with_events",
    "on_own_calendar",
    "place_events",
    "read_inputs",
    "stated_venues",
    "whole_calendar",
]

_OFF_SESSION: Mapping[AnchorPolicy, str] = {
    "next": "moves to that session",
    "previous": "moves to the session before, which does not hold its return",
    "raise": "is refused",
}
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


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
    session_notes : tuple of str
        Those of them that tell of sessions.
    """

    returns: ReturnTable
    market: Market | None
    factors: pd.DataFrame | None
    notes: tuple[str, ...] = ()
    session_notes: tuple[str, ...] = ()


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


def read_inputs(market: Market | None, factors: pd.DataFrame | None, securities: pd.Index) -> tuple[Market | None, pd.DataFrame | None]:
    """Benchmark and factors with their dates in the index; the benchmark under the label of the column it is."""
    return read_market(market, securities), None if factors is None else dated_frame(as_frame(factors, "factors"), "factors")


def completed_table(
    table: ReturnTable, events: pd.DataFrame, market: Market | None = None, factors: pd.DataFrame | None = None
) -> ReturnTable:
    """The table with the rows it lacks as days without a return: sessions of the venues of the lines with events, and rows of their benchmark."""
    checked = named_as_columns(checked_events(events), table.securities)
    return _completed(table, checked, benchmark_records(table, *read_inputs(market, factors, table.securities), stated_venues(checked)))


def _completed(table: ReturnTable, checked: pd.DataFrame, records: Sequence[BenchmarkRecord]) -> ReturnTable:
    venues = stated_venues(checked)
    unknown = [venue for venue in dict.fromkeys(venues.values()) if venue not in VENUES]
    if unknown:
        warnings.warn(
            f"events['venue'] names {len(unknown)} venue(s) that are not known (first {unknown[0]!r}): their lines count the rows of the table, "
            "and no session of theirs is looked for; write market identifier codes such as XHKG.",
            ImpactWarning,
            stacklevel=5,
        )
    lines = np.unique(table.securities.get_indexer(pd.Index(checked["security"].unique())))
    lines = lines[lines >= 0]
    of_lines = venues_of(pd.Index([str(name) for name in table.securities[lines].tolist()], dtype=object), venues)
    return with_absent_sessions(table, lines, venues, rows_lacked(table.sessions, records, of_lines.tolist()))


def calendars_of_events(
    events: pd.DataFrame, table: ReturnTable, records: Sequence[BenchmarkRecord], kind: ReturnKind | None
) -> list[OwnCalendar]:
    """The calendars of the lines that have events; that of the table where none of them is a column."""
    lines = np.unique(table.securities.get_indexer(pd.Index(events["security"].unique())))
    lines = lines[lines >= 0]
    if not lines.size:
        return [whole_calendar(table, lines)]
    return own_calendars(table, lines, venues=stated_venues(events), records=records, kind=kind)


def whole_calendar(table: ReturnTable, lines: IntArray) -> OwnCalendar:
    """All rows of a table as the sessions of some lines."""
    return OwnCalendar(lines=lines, position=np.arange(len(table.sessions)), table=table, whole=True, venue="")


def on_own_calendar(
    calendar: OwnCalendar,
    table: ReturnTable,
    market: Market | None,
    factors: pd.DataFrame | None,
    records: Sequence[BenchmarkRecord],
    kind: ReturnKind | None,
    anchor: AnchorPolicy,
) -> StudyInputs:
    """Returns, benchmark and factors on the sessions of a calendar."""
    if kind is None:
        return StudyInputs(returns=calendar.table, market=market, factors=factors)
    met = meet_records(calendar, market, factors, records, kind)
    counted = np.isin(np.arange(len(table.sessions)), calendar.position) | table.sessions.isin(table.added.union(calendar.rested))
    left = int((~counted)[_first_row(table) :].sum())
    of_sessions: tuple[str, ...] = ()
    if left:
        where = f" of {calendar.venue}" if calendar.venue else ""
        are = "days on which the market{} was closed are in the table for other lines and are no sessions"
        is_one = "day on which the market{} was closed is in the table for other lines and is no session"
        of_sessions = (f"{left} {(is_one if left == 1 else are).format(where)}",)
    of_sessions = (*of_sessions, *_rested_note(calendar, records, anchor), *_off_calendar_note(calendar), *_absent_note(calendar))
    return StudyInputs(
        returns=met.returns, market=met.market, factors=met.factors, notes=(*met.notes, *of_sessions), session_notes=of_sessions
    )


def _first_row(table: ReturnTable) -> int:
    """The first row with a return: the row of the first prices has none, and is no closed day."""
    return next((row for row in range(len(table.values)) if np.isfinite(table.values[row]).any()), 0)


def _off_calendar_note(calendar: OwnCalendar) -> tuple[str, ...]:
    """What is counted as a session though the calendar of the venue does not say so."""
    venue = calendar.venue
    if lacks_calendar(venue):
        return (
            f"{venue} has no calendar here: its sessions are the rows on which the line, or a benchmark of its market, has a return, so a "
            "halt may pass for a day on which the market was closed",
        )
    away = not_in_session(venue, calendar.table.sessions) if calendar.recorded else None
    if away is None or not away.any():
        return ()
    count = int(away.sum())
    return (
        f"{count} row{'s' * (count > 1)} with a return {'are' if count > 1 else 'is'} no session of the calendar of {venue} (first "
        f"{calendar.table.sessions[away][0]:%Y-%m-%d}) and count{'s' * (count == 1)} as {'sessions' if count > 1 else 'one'} all the same",
    )


def _rested_note(calendar: OwnCalendar, records: Sequence[BenchmarkRecord], anchor: AnchorPolicy) -> tuple[str, ...]:
    """That returns of days on which a benchmark rests are in the next day's: which benchmark, on which days, and where an event then goes."""
    rested = calendar.rested
    if not len(rested):
        return ()
    counts = np.bincount(rested.day_of_week, minlength=7)
    days = np.flatnonzero(counts > counts.max() / 2)
    weekly = np.isin(rested.day_of_week, days)
    resting = [record.name for record in records if len(record.days) and not record.on(rested[weekly]).any()]
    who = " and ".join(resting) + (f", of {len(records)} benchmarks," if len(resting) < len(records) else "")
    holidays = int((~weekly).sum())
    others = f", {holidays} of them holidays of its market" if holidays else ""
    return (
        f"{who} rest{'s' * (len(resting) == 1)} on {' and '.join(f'{DAY_NAMES[day]}s' for day in days)}, on which the line has returns ({len(rested)} "
        f"rows{others}, first {rested[0]:%Y-%m-%d}): what was returned on them is compounded into the next session, so that all span the same "
        f"days, and they are no sessions of a window; an event on one of them {_OFF_SESSION[anchor]}",
    )


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


def place_events(
    table: ReturnTable,
    events: pd.DataFrame,
    anchor: AnchorPolicy,
    market: Market | None,
    factors: pd.DataFrame | None,
    kind: ReturnKind | None,
    *,
    met: bool = False,
) -> list[PlacedEvents]:
    """Every event on a session of its own line's calendar, one group a calendar; events without a column are in the first.

    With `met`, the table and the benchmark are on the sessions of the lines already.
    """
    checked, (market, factors) = named_as_columns(checked_events(events), table.securities), read_inputs(market, factors, table.securities)
    records = () if met else benchmark_records(table, market, factors, stated_venues(checked))
    return _placed(table, checked, anchor, market, factors, kind, records, met=met)


def complete_and_place(
    table: ReturnTable,
    events: pd.DataFrame,
    anchor: AnchorPolicy,
    market: Market | None,
    factors: pd.DataFrame | None,
    kind: ReturnKind | None,
) -> tuple[ReturnTable, list[PlacedEvents]]:
    """:func:`completed_table`, and :func:`place_events` on it: what both look at is read once."""
    checked, (market, factors) = named_as_columns(checked_events(events), table.securities), read_inputs(market, factors, table.securities)
    records = benchmark_records(table, market, factors, stated_venues(checked))
    table = _completed(table, checked, records)
    return table, _placed(table, checked, anchor, market, factors, kind, records)


def _placed(
    table: ReturnTable,
    checked: pd.DataFrame,
    anchor: AnchorPolicy,
    market: Market | None,
    factors: pd.DataFrame | None,
    kind: ReturnKind | None,
    records: Sequence[BenchmarkRecord],
    *,
    met: bool = False,
) -> list[PlacedEvents]:
    calendars = [whole_calendar(table, np.arange(len(table.securities)))] if met else calendars_of_events(checked, table, records, kind)
    column = table.securities.get_indexer(pd.Index(checked["security"])) if len(calendars) > 1 else None
    groups = []
    for number, calendar in enumerate(calendars):
        if column is None:
            rows, own = np.arange(len(checked)), checked
        else:
            rows = np.flatnonzero(np.isin(column, calendar.lines) | ((column < 0) & (number == 0)))
            own = checked.iloc[rows].reset_index(drop=True)
        own = _past_special_sessions(own, calendar) if anchor == "raise" else own
        aligned = align_checked(own, calendar.table, anchor)
        kept = rows[np.isin(own["event_id"].to_numpy(), aligned.table["event_id"].to_numpy())] if len(aligned.dropped) else rows
        inputs = on_own_calendar(calendar, table, market, factors, records, kind, anchor)
        groups.append(PlacedEvents(calendar=calendar, aligned=aligned, rows=kept, inputs=inputs))
    return groups


def _past_special_sessions(events: pd.DataFrame, calendar: OwnCalendar) -> pd.DataFrame:
    """Dates of special sessions that the returns leave out, as many records do, moved to the next session: none is refused for them."""
    own = calendar.table.sessions
    special = special_sessions(VENUES[calendar.venue]).difference(own) if calendar.venue in VENUES else own[:0]
    if not len(special):
        return events
    days = pd.DatetimeIndex(pd.to_datetime(events["date"], errors="coerce").to_numpy())
    following = np.searchsorted(own.to_numpy(), days.to_numpy())
    moved = np.asarray(days.isin(special)) & (following < len(own))
    if not moved.any():
        return events
    return events.assign(date=np.where(moved, own.take(np.minimum(following, len(own) - 1)), days))


def estimate_placed(
    groups: list[PlacedEvents], table: ReturnTable, design: StudyDesign, executor: Executor | None = None
) -> tuple[Estimated, AlignedEvents, pd.DatetimeIndex]:
    """One estimation of all events, with their places in the order of the event table, and its calendar.

    Events of one calendar are fitted on it and nothing else is known of the table; those of several are laid side by side.
    """
    some = [group for group in groups if group.aligned.day0.size]
    dropped = stacked(group.aligned.dropped for group in groups)
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
        own_day0=np.concatenate([group.aligned.day0 for group in some])[order],
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


def lines_with_events(groups: Sequence[PlacedEvents], n_securities: int) -> IntArray:
    """(s,) columns that have events, ascending."""
    every = np.concatenate([group.aligned.security for group in groups])
    return np.flatnonzero(np.bincount(every, minlength=n_securities))


def check_scale_of_inputs(
    table: ReturnTable, groups: list[PlacedEvents], market: Market | None, factors: pd.DataFrame | None, kind: ReturnKind
) -> None:
    """Refuse percent and prices among the lines with events, the benchmark and the factors; doubt what may be percent."""
    lines = lines_with_events(groups, len(table.securities))
    names, looked = table.securities[lines], looked_at(table.values, lines)
    check_returns(looked, names.tolist(), kind, table.extremes[0], lines)
    index = market if isinstance(market, (pd.Series, pd.DataFrame)) else None
    if market is not None and index is None:
        columns = np.unique(table.securities.get_indexer(pd.Index(market if isinstance(market, list) else [market])))
        index = _columns(table, columns[columns >= 0])
    check_benchmark(index, "market", kind)
    doubt_scale(pd.DataFrame(looked, columns=names), index, table.sessions)
    check_benchmark(factors if isinstance(factors, (pd.Series, pd.DataFrame)) else None, "factors", kind)


def _columns(table: ReturnTable, columns: IntArray) -> pd.DataFrame:
    return pd.DataFrame(table.values[:, columns], index=table.sessions, columns=table.securities[columns])
