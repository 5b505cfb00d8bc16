"""The dated events of a case: as its file tells them, and as the fact base tells of its lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from impact.calendars import VENUES, first_session_to_react, venue_of
from impact.cases.case_law import stated_source
from impact.cases.definition import AsOf, CaseDefinition
from impact.cases.record import EVENT_COLUMNS, court_steps_on_record, end_of_day, event_row, events_on_record, execution_row, fact_row
from impact.cases.stated_tables import COURT_STEPS
from impact.instants import parse_instant
from impact.market.closed_days import lacks_calendar
from impact.typing_ import named_rows

__all__ = ["EVENT_COLUMNS", "events_of_case"]

LETTERS = {
    "designation": "D", "report": "L", "removal": "R", "index": "N", "execution": "X", "exchange": "V", "court": "C", "company": "B", "other": "Z",
    "trade_control": "T", "order": "O", "licence": "G",
}  # fmt: skip
"""First letter of the id of an event that the case file does not number itself."""
KIND_OF = {"execution": "index", "trade_control": "designation"}
"""Kinds that are numbered apart and told as another."""


def events_of_case(definition: CaseDefinition, as_of: AsOf = None) -> pd.DataFrame:
    """The events of a case that were public at `as_of`, with the columns of ``EVENT_COLUMNS``.

    ``known_at`` is in UTC; ``anchor`` is ``session`` for an execution, whose session was announced before; ``step`` is the
    step of a court event in the vocabulary of the table of litigation, empty for any other. An event of the case file that
    names a row of the fact base stands in its place.
    """
    own = definition.tables.events
    told = frozenset() if own is None else frozenset(own["fact"]) - {""}
    rows = pd.DataFrame(
        [*_designated(definition), *_stated(definition, as_of), *events_on_record(definition, as_of, told=told)], columns=EVENT_COLUMNS
    )
    rows["known_at"] = pd.to_datetime(rows["known_at"], utc=True).astype("datetime64[ns, UTC]")
    if as_of is not None:
        rows = rows[rows["known_at"] <= parse_instant(as_of)]
    ranks = rows["kind"].map({kind: position for position, kind in enumerate(sorted(LETTERS, key=LETTERS.__getitem__))})
    return _numbered(rows.assign(rank=ranks).sort_values(["known_at", "rank"], kind="stable", ignore_index=True)[EVENT_COLUMNS])


def _numbered(rows: pd.DataFrame) -> pd.DataFrame:
    """Ids by letter and order of knowledge, so that a later event never renames an earlier one; D0 is the designation."""
    letters = rows["kind"].map(LETTERS).where(rows["event_id"] == "", rows["event_id"])
    counted = letters + (rows.groupby(letters).cumcount() + 1).astype(str)
    return rows.assign(event_id=counted.where(rows["event_id"] == "", rows["event_id"]), kind=rows["kind"].replace(KIND_OF))


def _designated(definition: CaseDefinition) -> Iterator[dict[str, object]]:
    """The designation that the user states, and its leak."""
    if not definition.is_stated:
        return
    source = str(stated_source(definition))
    supposed = " (hypothetical)" if definition.hypothetical else ""
    own = definition.own_programme
    label = f"{definition.issuer} listed under {definition.programme_id if own is None else own.name}{supposed}"
    yield event_row("designation", label, definition.stated_at, event_id=definition.designation_event, source=source)
    if definition.leaked_at is not None:
        yield event_row("report", "first public report of the listing", definition.leaked_at, source=source)


def _stated(definition: CaseDefinition, as_of: AsOf) -> Iterator[dict[str, object]]:
    """What the file states: what index providers do, later events."""
    tables = definition.tables
    if tables.index_actions is not None:
        for action in named_rows(tables.index_actions):
            told = end_of_day(action.announced_on)
            cells = {"known_at_precision": "day", "source": action.source}
            yield event_row("index", f"{action.provider}: {action.action}", told, **cells)
            if pd.notna(action.execution_on):
                yield execution_row(definition.security, action.provider, action.action, action.execution_on, told, source=action.source)
    if tables.events is not None:
        steps = court_steps_on_record(definition, as_of)
        unnamed = {definition.record} - {""}
        for event in named_rows(tables.events):
            row = fact_row(event.fact) if event.fact else None
            own_id = event.id or (definition.designation_event if event.fact in unnamed else "")
            unnamed -= {event.fact}
            step = steps.get(event.fact, "") or COURT_STEPS.get(event.outcome, "")
            yield _told(definition, event, row, as_of) | {"event_id": own_id, "step": step}


def _told(definition: CaseDefinition, event: Any, row: Mapping[str, Any] | None, as_of: AsOf) -> dict[str, object]:
    """One event as the file tells it; what the file leaves open comes from the row of the fact base that it names."""
    known_at = event.known_at if row is None or pd.notna(event.known_at) else row["known_at"]
    cells = {
        "anchor": event.anchor or "reaction",
        "known_at_precision": event.precision or ("minute" if row is None else row["known_at_precision"]),
        "confounders": event.confounders if _is_known(definition, event, known_at, as_of) else "",
        "source_row": event.fact,
        "source": event.source or (str(stated_source(definition)) if row is None else row["source"]),
        "confidence": "" if row is None else row["confidence"],
    }
    return event_row(event.kind, event.label, known_at, **cells)


def _is_known(definition: CaseDefinition, event: Any, known_at: pd.Timestamp, as_of: AsOf) -> bool:
    """Whether what else moved the price was known: by the end of the reaction session, where the file names no later instant."""
    if as_of is None or not event.confounders:
        return True
    venue = venue_of(definition.security)
    until = event.confounders_known_at
    if pd.isna(until):
        zone = VENUES[venue].zone
        local = known_at.tz_convert(zone).tz_localize(None).normalize() + pd.Timedelta(days=1)  # where no calendar tells the session
        session = local if lacks_calendar(venue) else first_session_to_react(known_at, venue).session
        until = (session + pd.Timedelta("23:59:59")).tz_localize(zone)
    return bool(until <= parse_instant(as_of))
