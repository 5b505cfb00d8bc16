"""One statement of the ledger: who or what, which property, which value, since when known, says who."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from impact.errors import InputError
from impact.instants import parse_instant

__all__ = ["CONFIDENCES", "FIELDS", "PRECISIONS", "Fact", "broken_rule"]

PRECISIONS = ("minute", "hour", "session", "day", "month", "year")
CONFIDENCES = ("A", "B", "C")
FIELDS = (
    "fact_id", "subject", "predicate", "value", "unit", "valid_from", "valid_to", "ended_known_at", "known_at", "precision",
    "source", "confidence", "preferred", "superseded_by", "table", "row",
)  # fmt: skip


def _is_day(text: str) -> bool:
    if not text:
        return True
    try:
        return str(pd.Timestamp(text).as_unit("ns").date()) == text
    except ValueError:  # no such day, or one that nanoseconds do not reach
        return False


def _is_instant(text: str) -> bool:
    try:
        parse_instant(text)
    except InputError:
        return False
    return True


# column -> (test of the text, rule in words)
RULES: Mapping[str, tuple[Callable[[str], bool], str]] = MappingProxyType(
    {
        "fact_id": (bool, "must not be empty"),
        "subject": (bool, "must not be empty"),
        "predicate": (bool, "must not be empty"),
        "value": (bool, "must not be empty: a thing that is not known is left out"),
        "source": (bool, "must not be empty: say where it was seen"),
        "confidence": (CONFIDENCES.__contains__, f"must be one of {', '.join(CONFIDENCES)}"),
        "precision": (PRECISIONS.__contains__, f"must be one of {', '.join(PRECISIONS)}"),
        "valid_from": (_is_day, "must be empty or a day from 1678 to 2261 such as 2021-03-15"),
        "valid_to": (_is_day, "must be empty or a day from 1678 to 2261 such as 2021-03-15"),
        "known_at": (_is_instant, "must be an instant with its offset such as 2021-03-05T09:56+00:00"),
    }
)


def broken_rule(column: str, text: str) -> str:
    """The rule that a cell breaks, in words; empty when it breaks none."""
    if column not in RULES:
        return ""
    passes, rule = RULES[column]
    return "" if passes(text) else rule


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One dated, sourced statement.

    Attributes
    ----------
    fact_id : str
        Unique in its ledger.
    subject, predicate, value, unit : str
        What is said: of whom, which property, which value (text; dates as ISO days), in which unit (empty: none).
    valid_from, valid_to : str
        ISO days between which it holds; empty: not stated.
    ended_known_at : pandas.Timestamp or None
        Zoned instant from which `valid_to` is known; None: with the fact itself.
    known_at : pandas.Timestamp
        Zoned instant from which it counts as known.
    precision : {"minute", "hour", "session", "day", "month", "year"}
        How exactly `known_at` is known. Coarser ones stand at the end of what they name, where it was announced.
    source, confidence : str
        Where it was seen; A seen in a public copy, B own knowledge, C unsure.
    preferred : bool or None
        Among conflicting facts: whether the compiler prefers this one; None where nothing was decided on.
    superseded_by : str
        The fact that replaced it, once that one is known; empty: none.
    table, row : str
        Where it stands: bundled table and row, or file and line of a user.
    """

    fact_id: str
    subject: str
    predicate: str
    value: str
    known_at: pd.Timestamp
    precision: str
    source: str
    confidence: str
    unit: str = ""
    valid_from: str = ""
    valid_to: str = ""
    ended_known_at: pd.Timestamp | None = None
    preferred: bool | None = None
    superseded_by: str = ""
    table: str = ""
    row: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "known_at", parse_instant(self.known_at, parameter="known_at").tz_convert("UTC"))
        for column in RULES:
            if column != "known_at" and (rule := broken_rule(column, getattr(self, column))):
                raise InputError(f"{column}={getattr(self, column)!r} of fact {self.fact_id!r} {rule}.")

    @classmethod
    def of_row(cls, row: Mapping[Any, Any]) -> Fact:
        """The record of one row of a ledger's frame."""
        day = {name: "" if pd.isna(row[name]) else f"{row[name]:%Y-%m-%d}" for name in ("valid_from", "valid_to")}
        preferred = None if pd.isna(row["preferred"]) else bool(row["preferred"])
        ended = None if pd.isna(row["ended_known_at"]) else row["ended_known_at"]
        return cls(**{name: row[name] for name in FIELDS} | day | {"preferred": preferred, "ended_known_at": ended})
