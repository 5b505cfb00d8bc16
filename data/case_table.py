"""Events of the cases the fact base supports: Xiaomi from its notes, the others from the rows of the typed tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from impact.data.cells import add_ids, grade
from impact.data.clock_readings import end_of_day
from impact.data.regimes import REGIME_OF_PROGRAMME
from impact.data.xiaomi_events import CONFOUNDERS_UNTIL, XIAOMI_EVENTS

__all__ = ["CASES", "case_events"]

# case: main line, venue, zone of the venue, every line whose rows belong to the case
CASES: dict[str, tuple[str, str, str, frozenset[str]]] = {
    "xiaomi": ("1810.HK", "XHKG", "Asia/Hong_Kong", frozenset({"1810.HK"})),
    "luokung": ("LKCO", "XNAS", "America/New_York", frozenset({"LKCO"})),
    "smic": ("0981.HK", "XHKG", "Asia/Hong_Kong", frozenset({"0981.HK"})),
    "cnooc": ("0883.HK", "XHKG", "Asia/Hong_Kong", frozenset({"0883.HK", "CEO"})),
    "china-mobile": ("0941.HK", "XHKG", "Asia/Hong_Kong", frozenset({"0941.HK", "CHL"})),
    "china-telecom": ("0728.HK", "XHKG", "Asia/Hong_Kong", frozenset({"0728.HK", "CHA"})),
    "china-unicom": ("0762.HK", "XHKG", "Asia/Hong_Kong", frozenset({"0762.HK", "CHU"})),
    "hikvision": ("002415.SZ", "XSHE", "Asia/Shanghai", frozenset({"002415.SZ"})),
    "sensetime": ("0020.HK", "XHKG", "Asia/Hong_Kong", frozenset({"0020.HK"})),
    "tencent": ("0700.HK", "XHKG", "Asia/Hong_Kong", frozenset({"0700.HK"})),
    "hesai": ("HSAI", "XNAS", "America/New_York", frozenset({"HSAI"})),
}
# The order of November 2020 gave the earlier lists their force: an event of its own for names listed before it.
UNDER_FIRST_ORDER = frozenset({"hikvision", "china-mobile", "china-telecom", "china-unicom"})
EXECUTED_KINDS = frozenset({"delete", "re_add"})
EXECUTED_CERTAINTY = frozenset({"stated", "not_verified"})
LETTERS = {
    "designation": "D",
    "trade_control": "T",
    "order": "O",
    "removal": "R",
    "index": "N",
    "execution": "X",
    "exchange": "V",
    "court": "C",
}
# A listing that bars no dealing in securities and concerns goods alone is numbered apart from the listings a case is about.
TRADE_REGIMES = frozenset({"export_control", "import_ban", "equipment_ban"})
COLUMNS = (
    "case", "event_id", "label", "kind", "anchor", "known_at", "known_at_precision", "announced_at", "security", "venue",
    "reaction_session_on", "reaction_session_text", "confounders", "confounders_known_at", "source_row", "source",
    "confidence", "confidence_text",
)  # fmt: skip


def case_events(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row an event: case, id, label, when known, on which line, what else reached the same session."""
    rows = list(_xiaomi(tables))
    for case in CASES:
        if case != "xiaomi":
            rows += _numbered(case, tables)
    frame = pd.DataFrame(rows).reindex(columns=list(COLUMNS)).fillna("")
    return add_ids(frame, ("event-" + frame["case"] + "-" + frame["event_id"].str.lower()))


def _xiaomi(tables: Mapping[str, pd.DataFrame]) -> Iterator[dict[str, str]]:
    sources = pd.concat([table.set_index("fact_id")["source"] for table in tables.values()])
    line, venue, zone, _ = CASES["xiaomi"]
    for event in XIAOMI_EVENTS:
        told_on = CONFOUNDERS_UNTIL.get(event["event_id"], event["reaction_session_on"])
        known = {
            "confounders_known_at": end_of_day(told_on, zone) if event["confounders"] else "",
            "source": sources[event["source_row"]],
            "confidence": grade(event["confidence_text"]),
        }
        yield {**event, **known, "case": "xiaomi", "security": line, "venue": venue}


def _numbered(case: str, tables: Mapping[str, pd.DataFrame]) -> list[dict[str, str]]:
    line, venue, zone, lines = CASES[case]
    found = [
        *_designated(case, tables, lines),
        *_index(tables["index_actions"], lines, zone),
        *_plain(tables["exchange_actions"], lines, "exchange", ("exchange", "action_text")),
        *_plain(tables["litigation"], lines, "court", ("event",)),
    ]
    found.sort(key=lambda event: (pd.Timestamp(event["known_at"]), LETTERS[event["kind"]]))
    counts: dict[str, int] = {}
    for event in found:
        letter = LETTERS[event["kind"]]
        counts[letter] = counts.get(letter, 0) + 1
        event |= {"case": case, "event_id": f"{letter}{counts[letter]}", "security": line, "venue": venue}
        event["kind"] = {"execution": "index", "trade_control": "designation"}.get(event["kind"], event["kind"])
    return found


def _event(row: pd.Series, kind: str, label: str, **changes: str) -> dict[str, str]:
    return {
        "kind": kind,
        "anchor": "reaction",
        "label": label,
        "known_at": row["known_at"],
        "known_at_precision": row["known_at_precision"],
        "source_row": row["fact_id"],
        "source": row["source"],
        "confidence": row["confidence"],
        "confidence_text": row["confidence_text"],
    } | changes


def _designated(case: str, tables: Mapping[str, pd.DataFrame], lines: frozenset[str]) -> Iterator[dict[str, str]]:
    table = tables["designations"]
    for _, row in table[table["security"].isin(lines)].iterrows():
        kind = "trade_control" if REGIME_OF_PROGRAMME[row["programme_id"]] in TRADE_REGIMES else "designation"
        yield _event(row, kind, f"{row['batch']}: {row['entity']} listed")
        if row["removed_on"]:
            label = f"{row['batch']}: {row['entity']} off the list"
            yield _event(row, "removal", label, known_at=row["removed_known_at"], known_at_precision="day")
    if case in UNDER_FIRST_ORDER:
        order = tables["programmes"].set_index("programme_id", drop=False).loc["eo13959-orig"]
        yield _event(order, "order", "EO 13959 signed: purchases barred from 11 January 2021")


def _index(table: pd.DataFrame, lines: frozenset[str], zone: str) -> Iterator[dict[str, str]]:
    for _, row in table[_holds(table, lines)].iterrows():
        action = row["action_kind"] if row["cancelled_on"] else row["action_text"]
        yield _event(row, "index", f"{row['provider']}: {action}")
        if row["cancelled_on"]:
            yield _event(
                row, "index", f"{row['provider']}: deletion cancelled", known_at=row["cancelled_known_at"], known_at_precision="day"
            )
            continue
        if row["action_kind"] not in EXECUTED_KINDS or row["execution_certainty"] not in EXECUTED_CERTAINTY:
            continue
        # Where the notice gives the ADR and the local lines a date each, the case follows its local line.
        first = "" if row["second_date_is"] == "local_lines" else row["last_close_on"]
        for day in filter(None, (first, row["last_close_second_on"])):
            # A notice that came out during the execution's own session cannot be known at its open.
            opening = max(pd.Timestamp(f"{day} 09:30", tz=zone), pd.Timestamp(row["known_at"]).tz_convert(zone)).isoformat()
            yield _event(
                row,
                "execution",
                f"{row['provider']}: close before the {row['action_kind'].replace('_', '-')} takes effect",
                anchor="session",
                known_at=opening,
                known_at_precision="session",
                announced_at=row["known_at"],
                reaction_session_on=day,
            )


def _plain(table: pd.DataFrame, lines: frozenset[str], kind: str, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    held = _holds(table, lines)
    for _, row in table[held].iterrows():
        yield _event(row, kind, ": ".join(row[column] for column in columns), reaction_session_text=row.get("first_market_session", ""))


def _holds(table: pd.DataFrame, lines: frozenset[str]) -> pd.Series:
    column = "securities" if "securities" in table else "security"
    return table[column].map(lambda text: bool(lines & set(text.split(";"))))
