"""Facts of the user's own, from CSV, under the same rules as the bundled ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from impact.errors import InputError
from impact.facts.fact import FIELDS, broken_rule
from impact.facts.statements import typed_statements
from impact.instants import parse_instant

__all__ = ["OPTIONAL_COLUMNS", "REQUIRED_COLUMNS", "read_facts"]

REQUIRED_COLUMNS = ("fact_id", "subject", "predicate", "value", "known_at", "source", "confidence")
OPTIONAL_COLUMNS = ("unit", "valid_from", "valid_to", "precision", "zone", "superseded_by")
CHECKED = ("fact_id", "subject", "predicate", "value", "source", "confidence", "precision", "valid_from", "valid_to", "known_at")


def read_facts(path: str | Path) -> pd.DataFrame:
    """Facts of one table with a header row, in a file of any kind.

    Parameters
    ----------
    path : str or Path
        Columns fact_id, subject, predicate, value, known_at, source, confidence; optionally unit, valid_from, valid_to,
        precision, zone, superseded_by. ``known_at`` is an instant with its offset, or a bare day with the place in
        ``zone`` (such as Europe/London): the fact then counts as known from the last second of that day there.

    Returns
    -------
    pandas.DataFrame
        As the facts of a :class:`~impact.facts.Ledger`; ``table`` is the file's name, ``row`` its line number.

    Raises
    ------
    InputError
        If the file cannot be read, lacks a column or has an unknown one, or a cell breaks a rule; the message names file,
        line, column and rule.
    """
    from impact.intake.named_columns import read_named_columns  # readers of files are loaded where one is read

    path = Path(path)
    raw = read_named_columns(path, "facts", REQUIRED_COLUMNS)
    missing = [column for column in REQUIRED_COLUMNS if column not in raw]
    unknown = [column for column in raw if column not in (*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS)]
    if missing or unknown:
        named = ", ".join(REQUIRED_COLUMNS)
        raise InputError(f"{path}: columns missing: {missing or 'none'}, unknown: {unknown or 'none'}; needed are {named}.")
    written = [(int(str(line)), {str(name): str(cell) for name, cell in row.items()}) for line, row in raw.to_dict("index").items()]
    broken = [problem for line, row in written for problem in _problems(row, line)]
    repeated = raw["fact_id"][raw["fact_id"].duplicated(keep=False) & (raw["fact_id"] != "")]
    broken += [(int(str(line)), "fact_id", fact, "repeats: ids must be unique") for line, fact in repeated.items()]
    if broken:
        line, column, text, rule = min(broken)
        raise InputError(f"{path}, line {line}, column {column}: {text!r} {rule} ({len(broken)} cells break a rule).")
    rows = [_stated(row) | {"table": path.name, "row": str(line)} for line, row in written]
    return typed_statements([dict.fromkeys(FIELDS, "") | row for row in rows])


def _stated(row: dict[str, str]) -> dict[str, str]:
    """A row that breaks no rule, its instant written the one way that the tables write it."""
    filled = _filled(row)
    return filled | {"known_at": parse_instant(filled["known_at"]).isoformat()}


def _filled(row: dict[str, str]) -> dict[str, str]:
    """The row with its instant and precision worked out; ``zone`` is used up."""
    day = pd.to_datetime(pd.Series([row["known_at"]]), format="%Y-%m-%d", errors="coerce").iloc[0]
    kept = {column: text for column, text in row.items() if column != "zone"}
    if pd.isna(day) or len(row["known_at"]) != 10:
        return kept | {"precision": row.get("precision") or "minute"}
    try:
        zone = ZoneInfo(row.get("zone", ""))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return kept | {"precision": row.get("precision") or "day"}
    last = (day + pd.Timedelta("23:59:59")).tz_localize(zone)
    return kept | {"known_at": last.isoformat(), "precision": row.get("precision") or "day"}


def _problems(row: dict[str, str], line: int) -> Iterator[tuple[int, str, str, str]]:
    filled = _filled(row)
    for column in CHECKED:
        if rule := broken_rule(column, filled.get(column, "")):
            hint = "; a bare day needs a zone such as Europe/London" if column == "known_at" else ""
            yield line, column, filled.get(column, ""), rule + hint
    if row.get("valid_from") and row.get("valid_to") and row["valid_to"] < row["valid_from"]:
        yield line, "valid_to", row["valid_to"], f"must not come before valid_from={row['valid_from']}"
