"""The dated events of a case: as the fact base numbers them, or as it and the user tell of one line."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from impact.calendars import VENUES, session_open, venue_of
from impact.cases.definition import AsOf, CaseDefinition
from impact.cases.listing import issuer_lines, list_of_programme, stated_source
from impact.cases.stated_tables import COURT_STEPS
from impact.errors import InputError
from impact.facts import known_table
from impact.instants import parse_instant
from impact.typing_ import named_rows

__all__ = ["EVENT_COLUMNS", "events_of_case"]

EVENT_COLUMNS = [
    "event_id", "kind", "label", "known_at", "known_at_precision", "anchor", "confounders", "step", "source_row", "source", "confidence",
]  # fmt: skip
LETTERS = {
    "designation": "D", "report": "L", "removal": "R", "index": "N", "execution": "X", "exchange": "V", "court": "C", "company": "B", "other": "Z",
}  # fmt: skip
"""First letter of the event ids of a case that the fact base does not number itself."""
EXECUTED_ACTIONS = ("delete", "re_add")
SAME_LISTING = pd.Timedelta(days=3)
"""A listing on record this near to the stated one, on the same list, is the stated one."""
NEW_YORK = "America/New_York"


def events_of_case(definition: CaseDefinition, as_of: AsOf = None) -> pd.DataFrame:
    """The events of a case that were public at `as_of`, with the columns of ``EVENT_COLUMNS``.

    ``known_at`` is in UTC; ``anchor`` is ``session`` for an execution, whose session was announced before; ``step`` is the
    step of a court event in the vocabulary of the table of litigation, empty for any other.
    """
    if not definition.is_stated:
        table = known_table("case_events", as_of)
        own = table[table["case"] == definition.case]
        steps = _steps(definition, as_of)
        return own.assign(step=[steps.get(row, "") for row in own["source_row"]])[EVENT_COLUMNS].reset_index(drop=True)
    rows = pd.DataFrame([*_stated(definition), *_on_record(definition, as_of)], columns=EVENT_COLUMNS)
    rows["known_at"] = pd.to_datetime(rows["known_at"], utc=True).astype("datetime64[ns, UTC]")
    if as_of is not None:
        rows = rows[rows["known_at"] <= parse_instant(as_of)]
    return _numbered(rows.sort_values("known_at", kind="stable", ignore_index=True))


def _steps(definition: CaseDefinition, as_of: AsOf) -> dict[str, str]:
    """Step by row of the table of litigation, of suits against the case's own list: a suit about anything else is no step of it."""
    court = known_table("litigation", as_of)
    return court[court["programme_id"] == list_of_programme(definition.programme_id)].set_index("fact_id")["step"].to_dict()


def _numbered(rows: pd.DataFrame) -> pd.DataFrame:
    """Ids by letter and order of knowledge, so that a later event never renames an earlier one; D0 is the designation."""
    letters = rows["kind"].map(LETTERS).where(rows["event_id"] == "", rows["event_id"])
    counted = letters + (rows.groupby(letters).cumcount() + 1).astype(str)
    kinds = rows["kind"].replace("execution", "index")
    return rows.assign(event_id=counted.where(rows["event_id"] == "", rows["event_id"]), kind=kinds)


def _row(kind: str, label: str, known_at: pd.Timestamp, **cells: str) -> dict[str, object]:
    empty = dict.fromkeys(EVENT_COLUMNS, "")
    return {**empty, "kind": kind, "label": label, "known_at": known_at, "known_at_precision": "minute", "anchor": "reaction"} | cells


def _stated(definition: CaseDefinition) -> Iterator[dict[str, object]]:
    """What the user states: the designation, its leak, what index providers do, later events."""
    source, tables = str(stated_source(definition)), definition.tables
    supposed = " (hypothetical)" if definition.hypothetical else ""
    label = f"{definition.issuer} listed under {definition.programme_id}{supposed}"
    yield _row("designation", label, definition.public_at, event_id=definition.designation_event, source=source)
    if definition.leaked_at is not None:
        yield _row("report", "first public report of the listing", definition.leaked_at, source=source)
    if tables.index_actions is not None:
        for action in named_rows(tables.index_actions):
            told = _end_of_day(action.announced_on)
            cells = {"known_at_precision": "day", "source": action.source}
            yield _row("index", f"{action.provider}: {action.action}", told, **cells)
            if pd.notna(action.execution_on):
                yield _execution(definition.security, action.provider, action.action, action.execution_on, told, source=action.source)
    if tables.events is not None:
        for event in named_rows(tables.events):
            yield _row(event.kind, event.label, event.known_at, step=COURT_STEPS.get(event.outcome, ""), source=event.source or source)


def _end_of_day(day: pd.Timestamp) -> pd.Timestamp:
    """A fact of which only the day is known counts from its last second, in New York, where the day ends last."""
    return (pd.Timestamp(day) + pd.Timedelta("23:59:59")).tz_localize(NEW_YORK)


def _execution(security: str, provider: str, action: str, close_on: pd.Timestamp, told: pd.Timestamp, **cells: str) -> dict[str, object]:
    """The close at which trackers trade; it was announced before, so it counts from the open of its own session, or from the notice within it."""
    venue = venue_of(security)
    try:
        opens = session_open(close_on, venue)
    except InputError:  # a day without a session on the line's own venue: the first session after it reacts
        opens = (pd.Timestamp(close_on) + pd.Timedelta("09:30:00")).tz_localize(VENUES[venue].zone)
    label = f"{provider}: close before the {action.replace('_', '-')} takes effect"
    return _row("execution", label, max(opens, told), anchor="session", known_at_precision="session", **cells)


def _on_record(definition: CaseDefinition, as_of: AsOf) -> Iterator[dict[str, object]]:
    """What the fact base tells of the issuer's lines: other listings, removals, index and exchange actions, court steps."""
    lines = set(issuer_lines(definition))
    listed = known_table("designations", as_of)
    own = listed["security"].isin(lines)
    apart = (listed["known_at"] - definition.public_at).abs()
    same = own & (listed["programme_id"] == list_of_programme(definition.programme_id)) & (apart <= SAME_LISTING)
    for row in named_rows(listed[own & ~same]):
        cells = {"source_row": row.fact_id, "source": row.source, "confidence": row.confidence}
        yield _row("designation", f"{row.batch}: {row.entity} listed", row.known_at, known_at_precision=row.known_at_precision, **cells)
        if pd.notna(row.removed_on):
            label = f"{row.batch}: {row.entity} off the list"
            yield _row("removal", label, row.removed_known_at, known_at_precision="day", **cells)
    yield from _index_on_record(definition.security, lines, as_of)
    steps = _steps(definition, as_of)
    for name, kind in (("exchange_actions", "exchange"), ("litigation", "court")):
        table = known_table(name, as_of)
        named = table["securities"] if "securities" in table else table["security"]
        for row in named_rows(table[named.map(lambda text: bool(lines & set(text.split(";"))))]):
            label = row.event if kind == "court" else f"{row.exchange}: {row.action_text}"
            cells = {
                "known_at_precision": row.known_at_precision,
                "source_row": row.fact_id,
                "source": row.source,
                "confidence": row.confidence,
            }
            yield _row(kind, label, row.known_at, step=steps.get(row.fact_id, ""), **cells)


def _index_on_record(security: str, lines: set[str], as_of: AsOf) -> Iterator[dict[str, object]]:
    table = known_table("index_actions", as_of)
    for row in named_rows(table[table["securities"].map(lambda text: bool(lines & set(text.split(";"))))]):
        cells = {"source_row": row.fact_id, "source": row.source, "confidence": row.confidence}
        yield _row(
            "index",
            f"{row.provider}: {row.action_text or row.action_kind}",
            row.known_at,
            known_at_precision=row.known_at_precision,
            **cells,
        )
        executed = (
            row.action_kind in EXECUTED_ACTIONS and pd.isna(row.cancelled_on) and row.execution_certainty in ("stated", "not_verified")
        )
        if executed:
            for close_on in (row.last_close_on, row.last_close_second_on):
                if pd.notna(close_on):
                    yield _execution(security, row.provider, row.action_kind, close_on, row.known_at, **cells)
