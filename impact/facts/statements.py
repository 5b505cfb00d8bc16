"""The bundled tables as single statements, each with its own instant."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import pandas as pd

from impact.bundled import read_bundled
from impact.facts.fact import FIELDS
from impact.facts.tables import BUILT_AT

__all__ = ["BUNDLED_TABLES", "bundled_statements", "typed_statements"]

HINDSIGHT = "hindsight"
KNOWN = "known_at"
SLUG_SIGNS = frozenset(string.ascii_lowercase + string.digits)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How the rows of one table become statements.

    Attributes
    ----------
    subjects : callable
        Row -> the things it speaks of; one statement each.
    prefix : callable
        Row -> what stands before the property in the predicate, with its slash.
    columns : mapping of str to (str, str)
        Column that holds the value -> (property, column of the instant, or ``HINDSIGHT``).
    valid_from, valid_to, ended_known_at, unit : str
        Columns of the first and the last day of validity, of the instant from which the last one is known, and of the
        unit; empty: none.
    replaceable : frozenset of str
        Columns whose statement gives way when the row is superseded.
    """

    subjects: Callable[[Mapping[str, str]], list[str]]
    prefix: Callable[[Mapping[str, str]], str]
    columns: Mapping[str, tuple[str, str]]
    valid_from: str = ""
    valid_to: str = ""
    ended_known_at: str = ""
    unit: str = ""
    replaceable: frozenset[str] = frozenset()


def _slug(text: str) -> str:
    """Letters and digits of a text in small type, with one dash for whatever stands between them."""
    return "-".join("".join(sign if sign in SLUG_SIGNS else " " for sign in text.lower()).split())


def _lines(row: Mapping[str, str]) -> list[str]:
    """Every trading line of the row, else the company it names."""
    held = [line for line in row.get("securities", row["security"]).split(";") if line]
    return held or [row.get("company") or row.get("entity") or row["case"]]


def _ownership_prefix(row: Mapping[str, str]) -> str:
    holder = _slug(row["holder_or_index"])
    return f"ownership/{_slug(row['metric'])}" + (f"/{holder}" if holder else "") + f"/{row['observed_text']}"


BUNDLED_TABLES: Mapping[str, Reading] = MappingProxyType(
    {
        "programmes": Reading(
            subjects=lambda row: [row["programme_id"]],
            prefix=lambda row: "",
            columns={
                "in_force_from_on": ("in_force_from_on", KNOWN),
                "in_force_to_on": ("in_force_to_on", "ended_known_at"),
                "possession_ban": ("possession_ban", "possession_ban_known_at"),
                "securities_covered": ("securities_covered", KNOWN),
                "prohibits": ("prohibits", HINDSIGHT),
                "purchase_ban_rule": ("purchase_ban_rule", HINDSIGHT),
                "divestment_rule": ("divestment_rule", HINDSIGHT),
                "exemptions_and_licences": ("exemptions_and_licences", HINDSIGHT),
            },
            valid_from="in_force_from_on",
            valid_to="in_force_to_on",
            ended_known_at="ended_known_at",
        ),
        "designations": Reading(
            subjects=_lines,
            prefix=lambda row: f"{row['programme_id']}/",
            columns={
                "announced_on": ("listed_on", KNOWN),
                "relisted_on": ("relisted_on", "relisted_known_at"),
                "purchase_ban_on": ("purchase_ban_on", "purchase_ban_known_at"),
                "divestment_on": ("divestment_on", "divestment_known_at"),
                "removed_text": ("removed_on", "removed_known_at"),
                "removal_reason": ("removal_reason", HINDSIGHT),
                "legal_forced_flow": ("legal_forced_flow", HINDSIGHT),
            },
            valid_from="announced_on",
            valid_to="removed_on",
            ended_known_at="removed_known_at",
        ),
        "index_actions": Reading(
            subjects=_lines,
            prefix=lambda row: f"index/{_slug(row['provider'])}/",
            columns={
                "action_kind": ("action", KNOWN),
                "last_close_on": ("last_close_on", KNOWN),
                "last_close_second_on": ("last_close_second_on", KNOWN),
                "effective_open_on": ("effective_open_on", KNOWN),
                "effective_open_second_on": ("effective_open_second_on", KNOWN),
                "cancelled_on": ("cancelled_on", "cancelled_known_at"),
                "index_family": ("index_family", KNOWN),
            },
            valid_from="effective_open_on",
            replaceable=frozenset({"action_kind"}),
        ),
        "exchange_actions": Reading(
            subjects=_lines,
            prefix=lambda row: f"exchange/{_slug(row['exchange'])}/",
            columns={"action_kind": ("action", KNOWN), "effective_on": ("effective_on", KNOWN), "last_trade_on": ("last_trade_on", KNOWN)},
            valid_from="effective_on",
            replaceable=frozenset({"action_kind", "effective_on"}),
        ),
        "litigation": Reading(
            subjects=_lines,
            prefix=lambda row: "court/",
            columns={"event": ("event", KNOWN), "outcome": ("outcome", HINDSIGHT)},
            valid_from="event_on",
        ),
        "ownership": Reading(
            subjects=_lines, prefix=_ownership_prefix, columns={"value_text": ("", KNOWN)}, valid_from="observed_on", unit="unit"
        ),
        "reported_figures": Reading(
            subjects=_lines,
            prefix=lambda row: f"figure/{_slug(row['figure'])}/{row['observed_text']}",
            columns={"value_text": ("", KNOWN)},
            valid_from="observed_on",
            unit="unit_text",
        ),
        "literature": Reading(
            subjects=lambda row: [f"{row['authors']} ({row['year_text']})"],
            prefix=lambda row: "literature/",
            columns={"effect": ("effect", KNOWN), "sign_and_reversal": ("sign_and_reversal", KNOWN)},
        ),
        "conflicts": Reading(
            subjects=lambda row: [row["subject"]], prefix=lambda row: row["predicate"], columns={"value": ("", KNOWN)}, unit="unit"
        ),
    }
)


def _statements(name: str) -> Iterator[dict[str, str]]:
    reading = BUNDLED_TABLES[name]
    for cells in read_bundled(name).to_dict("records"):
        row = {str(column): str(cell) for column, cell in cells.items()}
        subjects = reading.subjects(row)
        for column, (name_of_property, clock) in reading.columns.items():
            if not row[column]:
                continue
            for subject in subjects:
                yield {
                    "fact_id": f"{row['fact_id']}#{column}" + (f"@{subject}" if len(subjects) > 1 else ""),
                    "subject": subject,
                    "predicate": reading.prefix(row) + name_of_property,
                    "value": row[column],
                    "unit": row[reading.unit] if reading.unit else "",
                    "valid_from": row[reading.valid_from] if reading.valid_from else "",
                    "valid_to": row[reading.valid_to] if reading.valid_to else "",
                    "ended_known_at": row[reading.ended_known_at] if reading.ended_known_at and row[reading.valid_to] else "",
                    "known_at": BUILT_AT.isoformat() if clock == HINDSIGHT else row[clock] or row[KNOWN],
                    "precision": "day" if clock == HINDSIGHT else row.get("known_at_precision", "day"),
                    "source": row["source"],
                    "confidence": row["confidence"],
                    "preferred": row.get("preferred", ""),
                    "superseded_by": row.get("superseded_by", "") if column in reading.replaceable else "",
                    "table": name,
                    "row": row["fact_id"],
                }


def typed_statements(rows: list[dict[str, str]]) -> pd.DataFrame:
    """Statements as a frame: instants in UTC, validity as days, `preferred` nullable, the rest text."""
    frame = pd.DataFrame(rows, columns=list(FIELDS), dtype="str")
    for column in ("valid_from", "valid_to"):
        frame[column] = pd.to_datetime(frame[column].where(frame[column] != ""), format="%Y-%m-%d").astype("datetime64[ns]")
    for column in ("known_at", "ended_known_at"):
        cells = frame[column].where(frame[column] != "")
        frame[column] = pd.to_datetime(cells, utc=True, format="ISO8601").astype("datetime64[ns, UTC]")
    frame["preferred"] = frame["preferred"].map({"true": True, "false": False}).astype("boolean")
    return frame


@cache
def bundled_statements() -> pd.DataFrame:
    """Every statement of the bundled tables, in the order of the tables; read once a process."""
    frame = typed_statements([statement for name in BUNDLED_TABLES for statement in _statements(name)])
    # A row's successor becomes the statement of that row about the same subject and the same column, where it has one.
    column = frame["fact_id"].str.extract(r"#([a-z_]+)")[0]
    by_key = dict(zip(zip(frame["row"], column, frame["subject"], strict=True), frame["fact_id"], strict=True))
    keys = zip(frame["superseded_by"], column, frame["subject"], strict=True)
    return frame.assign(superseded_by=pd.Series([by_key.get(key, "") for key in keys], index=frame.index, dtype="str"))
