"""What the fact base tells of the lines of a case, row by row, as events: listings, orders, index and exchange actions, court steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import pandas as pd

from impact.calendars import VENUES, session_open, venue_of
from impact.cases.case_law import issuer_lines, list_of_programme
from impact.cases.definition import AsOf, CaseDefinition
from impact.errors import DataUnavailable, InputError
from impact.facts import known_table
from impact.typing_ import named_rows

__all__ = ["EVENT_COLUMNS", "court_steps_on_record", "end_of_day", "event_row", "events_on_record", "execution_row", "fact_row"]

EVENT_COLUMNS = [
    "event_id", "kind", "label", "known_at", "known_at_precision", "anchor", "confounders", "step", "source_row", "source", "confidence",
]  # fmt: skip
EXECUTED_ACTIONS = ("delete", "re_add")
EXECUTED_CERTAINTY = ("stated", "not_verified")
TRADE_REGIMES = ("export_control", "import_ban", "equipment_ban")
"""Regimes that concern goods alone: a listing under them is numbered apart from those that speak to investors."""
SAME_LISTING = pd.Timedelta(days=3)
"""A listing on record this near to the stated one, on the same list, is the stated one."""
NEW_YORK = "America/New_York"
TABLES = ("designations", "programmes", "index_actions", "exchange_actions", "litigation", "reported_figures")
TOLD = ("known_at", "known_at_precision", "source", "confidence")


def fact_row(fact_id: str) -> Mapping[str, Any]:
    """What every table of events tells of the row of that id: known_at, known_at_precision, source, confidence.

    Raises
    ------
    InputError
        If no table of events has such a row.
    """
    rows = _rows_by_id()
    if fact_id not in rows:
        raise InputError(f"fact={fact_id!r} is no row of the fact base; look among the ids of: {', '.join(TABLES)}.")
    return rows[fact_id]


@cache
def _rows_by_id() -> Mapping[str, Mapping[str, Any]]:
    """Rows of the tables of events by their id, read once; an id belongs to the first table that has it."""
    rows: dict[str, Mapping[str, Any]] = {}
    for table in map(known_table, TABLES):
        for fact_id, *cells in zip(*(table[column].tolist() for column in ("fact_id", *TOLD)), strict=True):
            rows.setdefault(fact_id, MappingProxyType(dict(zip(TOLD, cells, strict=True))))
    return rows


def event_row(kind: str, label: str, known_at: pd.Timestamp, **cells: str) -> dict[str, object]:
    """One event with empty text for what is not told of it."""
    empty = dict.fromkeys(EVENT_COLUMNS, "")
    return {**empty, "kind": kind, "label": label, "known_at": known_at, "known_at_precision": "minute", "anchor": "reaction"} | cells


def end_of_day(day: pd.Timestamp) -> pd.Timestamp:
    """A fact of which only the day is known counts from its last second, in New York, where the day ends last."""
    return (pd.Timestamp(day) + pd.Timedelta("23:59:59")).tz_localize(NEW_YORK)


def execution_row(security: str, provider: str, action: str, close_on: pd.Timestamp, told: pd.Timestamp, **cells: str) -> dict[str, object]:
    """The close at which trackers trade; it was announced before, so it counts from the open of its own session, or from the notice within it."""
    venue = venue_of(security)
    try:
        opens = session_open(close_on, venue)
    except (InputError, DataUnavailable):  # no session of the line's own venue, or none on record: the first session after it reacts
        opens = (pd.Timestamp(close_on) + pd.Timedelta("09:30:00")).tz_localize(VENUES[venue].zone)
    label = f"{provider}: close before the {action.replace('_', '-')} takes effect"
    return event_row("execution", label, max(opens, told), anchor="session", known_at_precision="session", **cells)


def court_steps_on_record(definition: CaseDefinition, as_of: AsOf) -> Mapping[str, str]:
    """Step by row of the table of litigation, of suits against the case's own list: a suit about anything else is no step of it."""
    court = known_table("litigation", as_of)
    own = court[court["programme_id"] == list_of_programme(definition.programme_id)]
    return {str(fact_id): str(step) for fact_id, step in zip(own["fact_id"], own["step"], strict=True)}


def events_on_record(definition: CaseDefinition, as_of: AsOf, *, told: frozenset[str] = frozenset()) -> Iterator[dict[str, object]]:
    """Every row of the fact base that names a line of the issuer or that the case names, but those told already or set aside."""
    lines = set(issuer_lines(definition))
    left_out = told | frozenset(definition.without)

    def concerned(table: pd.DataFrame) -> pd.DataFrame:
        names = table["securities"] if "securities" in table else table["security"]
        own = names.map(lambda text: bool(lines & set(text.split(";")))).astype(bool) | table["fact_id"].isin(
            (definition.record, *definition.also)
        )
        return table[own & ~table["fact_id"].isin(left_out)]

    yield from _designated(definition, concerned, as_of)
    yield from _ordered(definition, left_out, as_of)
    yield from _index_acts(definition, concerned(known_table("index_actions", as_of)))
    for row in named_rows(concerned(known_table("exchange_actions", as_of))):
        yield _of_row(definition, row, "exchange", f"{row.exchange}: {row.action_text}")
    steps = court_steps_on_record(definition, as_of)
    for row in named_rows(concerned(known_table("litigation", as_of))):
        yield _of_row(definition, row, "court", row.event, step=steps.get(row.fact_id, ""))


def _cells(row: Any) -> dict[str, str]:
    return {"source_row": row.fact_id, "source": row.source, "confidence": row.confidence}


def _of_row(definition: CaseDefinition, row: Any, kind: str, label: str, **cells: str) -> dict[str, object]:
    """The event of one row; that of the row on which the case stands has the id of its designation."""
    named = {"event_id": definition.designation_event} if row.fact_id == definition.record else {}
    return event_row(kind, label, row.known_at, known_at_precision=row.known_at_precision, **_cells(row), **named, **cells)


def _designated(definition: CaseDefinition, concerned: Callable[[pd.DataFrame], pd.DataFrame], as_of: AsOf) -> Iterator[dict[str, object]]:
    programmes = known_table("programmes", as_of).set_index("programme_id")["regime"]
    for row in named_rows(concerned(known_table("designations", as_of))):
        if definition.is_stated and _is_stated_one(definition, row):
            continue
        goods = programmes.get(row.programme_id) in TRADE_REGIMES and row.fact_id != definition.record
        yield _of_row(definition, row, "trade_control" if goods else "designation", f"{row.batch}: {row.entity} listed")
        if pd.notna(row.removed_on):
            label = f"{row.batch}: {row.entity} off the list"
            yield event_row("removal", label, row.removed_known_at, known_at_precision="day", **_cells(row))


def _is_stated_one(definition: CaseDefinition, row: Any) -> bool:
    near = abs(row.known_at - definition.stated_at) <= SAME_LISTING
    return bool(near and row.programme_id == list_of_programme(definition.programme_id))


def _ordered(definition: CaseDefinition, left_out: frozenset[str], as_of: AsOf) -> Iterator[dict[str, object]]:
    """The order or rule on which the case stands, or that the case names: an event of its own for names listed before it."""
    table = known_table("programmes", as_of)
    named = table["fact_id"].isin((definition.record, *definition.also)) & ~table["fact_id"].isin(left_out)
    for row in named_rows(table[named]):
        yield _of_row(definition, row, "order", f"{row.authority}: {row.name}")


def _index_acts(definition: CaseDefinition, table: pd.DataFrame) -> Iterator[dict[str, object]]:
    foreign = VENUES[venue_of(definition.security)].zone == NEW_YORK
    for row in named_rows(table):
        cancelled = pd.notna(row.cancelled_on)
        act = row.action_kind if cancelled or not row.action_text else row.action_text
        yield _of_row(definition, row, "index", f"{row.provider}: {act}")
        if cancelled:
            label = f"{row.provider}: deletion cancelled"
            yield event_row("index", label, row.cancelled_known_at, known_at_precision="day", **_cells(row))
        elif row.action_kind in EXECUTED_ACTIONS and row.execution_certainty in EXECUTED_CERTAINTY:
            closes = [row.last_close_on, row.last_close_second_on]
            if row.second_date_is == "local_lines":  # the notice gives the receipt and the local line a date each
                closes = closes[:1] if foreign else closes[1:]
            for close_on in filter(pd.notna, closes):
                yield execution_row(definition.security, row.provider, row.action_kind, close_on, row.known_at, **_cells(row))
