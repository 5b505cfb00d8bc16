"""Nothing of the fact base is dropped: every row and every cell of a source file stands in the table built from it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from impact.data.cells import COVERED_LATER
from impact.data.columns import read_facts
from impact.data.court_tables import REWORDED

__all__ = ["ORIGINS", "lost_cells"]

# bundled table -> file of the fact base, and its columns that are carried over under another name
ORIGINS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "programmes": (
        "programs",
        {
            "id": "programme_id",
            "in_force_from": "in_force_from_text",
            "in_force_to": "in_force_to_text",
            "possession_ban": "possession_ban_text",
            "confidence": "confidence_text",
        },
    ),
    "designations": (
        "designations",
        {
            "program_id": "programme_id",
            "primary_ticker": "primary_ticker_text",
            "announcement_date": "announced_text",
            "purchase_ban_date": "purchase_ban_text",
            "divestment_deadline": "divestment_text",
            "removal_date": "removed_text",
            "removal_or_end_reason": "removal_reason",
            "relisted_date": "relisted_on",
            "confidence": "confidence_text",
        },
    ),
    "index_actions": (
        "index_actions",
        {
            "ticker": "ticker_text",
            "announcement_date": "announced_text",
            "announcement_time": "announced_time_text",
            "effective_open_date": "effective_open_text",
            "last_index_close": "last_close_text",
            "action": "action_text",
            "program_id": "programme_id",
            "confidence": "confidence_text",
        },
    ),
    "exchange_actions": (
        "exchange_actions",
        {
            "ticker": "ticker_text",
            "announcement_date": "announced_text",
            "announcement_time": "announced_time_text",
            "effective": "effective_text",
            "action": "action_text",
            "confidence": "confidence_text",
        },
    ),
    "litigation": (
        "litigation",
        {
            "program": "programme_id",
            "company_ticker": "ticker_text",
            "event_date": "event_text",
            "event_time_local": "event_time_text",
            "confidence": "confidence_text",
        },
    ),
    "ownership": (
        "ownership_and_weights",
        {"as_of": "observed_text", "ticker": "ticker_text", "value": "value_text", "confidence": "confidence_text"},
    ),
    "holders": (
        "holders",
        {"security": "ticker_text", "percent_of_shares": "percent", "confidence": "confidence_text"},
    ),
    "shares_outstanding": (
        "shares_outstanding",
        {"shares_total": "shares", "shares_class": "share_class_text", "float_share": "float_shares", "confidence": "confidence_text"},
    ),
    "tracked_assets": (
        "tracked_assets",
        {"security": "ticker_text", "weight_pct_of_security": "weight_percent", "confidence": "confidence_text"},
    ),
    "reported_figures": (
        "reported_market_figures",
        {
            "date": "observed_text",
            "ticker": "ticker_text",
            "figure_type": "figure",
            "value": "value_text",
            "unit": "unit_text",
            "confidence": "confidence_text",
        },
    ),
    "literature": ("literature_results", {"year": "year_text", "confidence": "confidence_text"}),
}

# Columns that the build reads into words or instants of its own (it stops at a wording it does not know), by table.
READ_INTO_CODES: Mapping[str, frozenset[str]] = {
    "holders": frozenset({"observed_on", "holder_class", "percent_denominator", "known_at"}),
    "shares_outstanding": frozenset({"observed_on", "known_at"}),
    "tracked_assets": frozenset({"observed_on"}),
}
# Cells that another column of the row tells in part, so that nothing is known before its time.
TOLD_ELSEWHERE: Mapping[str, Mapping[str, str]] = {
    "litigation": {"event": "outcome"},
    "designations": {"entity": "reading", "batch": "reading"},
    "programmes": {"securities_covered": "model_note"},
}
# Columns that take over what another cell of their row told too early.
REMARKED = frozenset({"outcome", "model_note"})
PUNCTUATION = str.maketrans("();,", "    ")


def lost_cells(folder: Path, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Where a table lacks a row or a cell of its source file, as ``table: column, row``; an empty list when nothing is lost."""
    lost = []
    for name, (file, renamed) in ORIGINS.items():
        raw, table = read_facts(folder, file), tables[name]
        if name == "shares_outstanding":  # lines that were looked for and not found are rows of `conflicts`
            raw = raw[raw["shares_total"] != ""].reset_index(drop=True)
        if len(raw) != len(table):
            lost.append(f"{name}: {len(raw)} rows in, {len(table)} out")
            continue
        for column in raw.columns.difference(list(READ_INTO_CODES.get(name, ()))):
            kept = table[renamed.get(column, column)]
            rest = TOLD_ELSEWHERE.get(name, {}).get(column)
            for row, (before, after) in enumerate(zip(raw[column], kept, strict=True)):
                told = f"{after} {table[rest].iloc[row]}" if rest else ""
                if not _holds(before, after, told, column):
                    lost.append(f"{name}: {column}, row {row + 2}")
    return lost


def _holds(before: str, after: str, told: str, column: str) -> bool:
    """Whether a cell is kept: as written, retyped, reworded, with a remark added, or told in part by the cells of `told`."""
    if before == after or column == "is_listed" or REWORDED.get(before, ("",))[0] == after:
        return True
    if column in ("source", "relisted_date"):
        return (bool(after) and column == "source") or not before
    if column in REMARKED and after.endswith(tuple(rest for _, rest in REWORDED.values() if rest) + (COVERED_LATER,)):
        return after.startswith(before)
    return bool(told) and all(word in told for word in before.translate(PUNCTUATION).split())
