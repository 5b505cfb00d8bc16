"""Facts of the user's own, from CSV, under the same rules as the bundled ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from impact.errors import InputError
from impact.facts.fact import FIELDS, broken_rule
from impact.facts.statements import typed_statements

__all__ = ["OPTIONAL_COLUMNS", "REQUIRED_COLUMNS", "read_facts"]

REQUIRED_COLUMNS = ("fact_id", "subject", "predicate", "value", "known_at", "source", "confidence")
OPTIONAL_COLUMNS = ("unit", "valid_from", "valid_to", "precision", "zone", "superseded_by")
CHECKED = ("fact_id", "subject", "predicate", "value", "source", "confidence", "precision", "valid_from", "valid_to", "known_at")


def read_facts(path: str | Path) -> pd.DataFrame:
    """Facts of one CSV file (UTF-8, one header row).

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
    path = Path(path)
    try:
        raw = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig", skip_blank_lines=False)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{path}: cannot be read as CSV in UTF-8 ({reason}); give a file that exists with a header row.") from error
    missing = [column for column in REQUIRED_COLUMNS if column not in raw]
    unknown = [column for column in raw if column not in (*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS)]
    if missing or unknown:
        named = ", ".join(REQUIRED_COLUMNS)
        raise InputError(f"{path}: columns missing: {missing or 'none'}, unknown: {unknown or 'none'}; needed are {named}.")
    written = [{str(name): str(cell) for name, cell in row.items()} for row in raw.to_dict("records")]
    broken = [problem for line, row in enumerate(written, 2) for problem in _problems(row, line)]
    repeated = raw.index[raw["fact_id"].duplicated(keep=False) & (raw["fact_id"] != "")]
    broken += [(position + 2, "fact_id", raw["fact_id"][position], "repeats: ids must be unique") for position in repeated]
    if broken:
        line, column, text, rule = min(broken)
        raise InputError(f"{path}, line {line}, column {column}: {text!r} {rule} ({len(broken)} cells break a rule).")
    rows = [_filled(row) | {"table": path.name, "row": str(line)} for line, row in enumerate(written, 2)]
    return typed_statements([dict.fromkeys(FIELDS, "") | row for row in rows])


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
