"""Designations as typed tables: the listings, their periods, and the lines and names they are known by."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pandas as pd

from impact.data.cells import add_ids, slug
from impact.data.clock_readings import BUILT_ON, NEW_YORK, Known, end_of_day, read_known
from impact.data.columns import ISO_DAY, known_columns, read_facts, single_ticker, source_columns, span_of, zoned_instant
from impact.data.group_units import unit_rows
from impact.data.manifest import FOLDER
from impact.tickers import normalise_ticker

__all__ = ["FLOWS", "LINE_RELATIONS", "designation_lines", "designation_names", "designations", "listing_periods"]

# Edition that first printed the new names of firms listed under former ones (their note begins "listed <day> as <name>").
RENAMED_ON = "2026-06-08"
# How a row says that a name, or a code, was borne to some time after its listing.
BORNE_UNTIL = re.compile(r" until \d{4}$")
# Batch of names that another list prints than that of the programme which binds them: its own list.
LISTS_OF_BATCHES: Mapping[str, str] = {"OFAC NS-CCMC subsidiaries": "ns-ccmc"}
# A batch says that its row is an entry as a later amendment left it: nobody could read it before.
AMENDED_ON = re.compile(rf", entry as amended ({ISO_DAY})")
# How a row says that a name may have been renamed rather than dropped, and under which group's name its list prints it.
RENAMED_OR_DROPPED = "Not on the next list (renamed or dropped, not verified)"
UNDER = "listed under "
# How a name or a batch says which of two readings its row takes.
READINGS = (" (reading 2", ", entry as amended", " as first printed")
BUILT = end_of_day(BUILT_ON, "UTC")
# First day on which the two readings of a listing answer differently.
CONFLICT_FROM = {"sensetime-cmic": "2021-12-10", "cnooc-1260h": "2025-01-07", "cnooc-entity-list": "2021-01-14"}

FLOWS: Mapping[str, str] = {
    "no": "none",
    "yes": "forced",
    "yes (buy ban; sale only inside window)": "forced",
    "yes until 2021-06-03": "forced",
    "yes until enjoined": "forced",
    "from 2020-11-12 only": "forced_from_order",
    "yes: frozen, no exit after the licence": "frozen",
    "yes: divest to non-US persons under GL 13": "divest_under_licence",
    "disputed: yes (buy ban; sale only inside window)": "forced",
    "no by the text (no 50 percent rule, FAQ 857/905)": "none",
}
"""Cell `legal_forced_flow` -> code. Two rows of one conflict_id carry one reading each."""

LINE_RELATIONS = ("named", "former", "counter", "unit", "listed_parent", "unverified")
"""``named``: a line of the named issuer; ``former``: its code until it was recoded; ``counter``: a second counter of the line;
``unit``: a listed unit of the name, not itself named; ``listed_parent``: the listed parent of a named unit, not itself named;
``unverified``: whether the name is that issuer's was not verified."""

# Lines that the law is read for; a counter that opened years later stands in `designation_lines` alone, with its first day.
OWN_RELATIONS = frozenset({"named", "former"})

# Cells of `other_tickers` that are more than tickers: line, relation, from, to (the last day that is certain / the last that is possible).
LINES_IN_WORDS: Mapping[str, tuple[tuple[str, str, str, str], ...]] = {
    "(81810.HK RMB counter only since 2023-06)": (("81810.HK", "counter", "2023-06-01", ""),),
    "NEEQ-type listing not verified": (),
    "parent of Air China 0753.HK/601111.SS": (("0753.HK", "unit", "", ""), ("601111.SS", "unit", "", "")),
    "300114.SZ (code until 2025)": (("300114.SZ", "former", "", "2024-12-31/2025-12-31"),),
    "1816.HK is the listed unit, not itself named": (("1816.HK", "unit", "", ""),),
    "2525.HK (since 2025-09)": (("2525.HK", "named", "2025-09-01", ""),),
    "600900.SS is the listed unit, not itself named": (("600900.SS", "unit", "", ""),),
    "3750.HK (since 2025-05-20)": (("3750.HK", "named", "2025-05-20", ""),),
    "1919.HK and 601919.SS are the listed unit, not itself named": (("1919.HK", "unit", "", ""), ("601919.SS", "unit", "", "")),
    "600050.SS is China United Network Communications Limited: exact name not verified": (("600050.SS", "unverified", "", ""),),
    "2507.HK is the listed parent Cirrus Aircraft Ltd, not itself named": (("2507.HK", "listed_parent", "", ""),),
    "0232.HK is the listed parent, not itself named": (("0232.HK", "listed_parent", "", ""),),
    "600320.SS/900947.SS is the listed parent ZPMC, not itself named": (
        ("600320.SS", "listed_parent", "", ""),
        ("900947.SS", "listed_parent", "", ""),
    ),
    "603260.SS is the listed parent": (("603260.SS", "listed_parent", "", ""),),
    "DQ (parent, NYSE)": (("DQ", "listed_parent", "", ""),),
    "688256.SS is the listed parent": (("688256.SS", "listed_parent", "", ""),),
}
PLAIN_LINE = re.compile(r"([A-Z0-9]{1,6}(?:\.[A-Z]{1,2}|\s{1,2}[A-Z]{2})?|\d{6}CN)(?: \((?:NYSE|GDR)\))?")
VEHICLE_LINE = re.compile(r"\b\d{4,5}\.HK\b|\b\d{6}(?:\.S[SZ])?\b|(?<=/ )[A-Z]{2,4}\b")
# Brackets of an entity cell that hold a short name rather than a part of the name.
SHORT_NAME = re.compile(
    r"\(((?!BVI)[A-Z]{2,6}|Sugon|Norinco|ChemChina|Westone|Meiya Pico|ChangXin Memory|Hangzhou Yushu|Kingsemi|Dahua Technology)\)"
)
REMARK = re.compile(
    r" ?\((?:group|Limited|unit of [^)]*|former group name|a subsidiary of [^)]*|first spelled [^)]*|CNOOC parent|China Mobile Ltd named"
    r"|China Unicom HK named|Huada Jiutian)\)"
)
FIRST_SPELLED = re.compile(r'first spelled "(\w+)"')


def designations(folder: Path) -> pd.DataFrame:
    """Who was put on which list, when, with the legal dates as the fact base states them."""
    raw = read_facts(folder, "designations")
    known = [_amended(read_known(text, "", NEW_YORK), batch) for text, batch in zip(raw["announcement_date"], raw["batch"], strict=True)]
    lists = raw["batch"].map(LISTS_OF_BATCHES).fillna("")
    corrected = raw["announcement_date"].str.extract(rf"relisted ({ISO_DAY})")[0].fillna("")
    relisted = corrected.mask(corrected == "", raw["relisted_date"])
    removed = raw["removal_date"].map(span_of)
    entities = [_name_and_reading(text) for text in raw["entity"]]
    batches = [_name_and_reading(text) for text in raw["batch"]]
    if unread := sorted(set(raw["conflict_id"]) - {"", *CONFLICT_FROM}):
        raise ValueError(f"conflict_id {unread[0]!r} has no day from which its readings differ: add it to CONFLICT_FROM.")
    if unread := sorted(set(raw["legal_forced_flow"]) - set(FLOWS)):
        raise ValueError(f"legal_forced_flow {unread[0]!r} is not a listed wording: add it to FLOWS.")
    frame = pd.DataFrame(
        {
            "programme_id": raw["program_id"],
            "own_list_id": lists,
            "batch": [batch for batch, _ in batches],
            "entity": [entity for entity, _ in entities],
            "reading": [
                "; ".join(filter(None, (of_name, of_batch))) for (_, of_name), (_, of_batch) in zip(entities, batches, strict=True)
            ],
            "listed_vehicle": raw["listed_vehicle"],
            "is_listed": raw["is_listed"].map({"y": "true", "n": "false"}),
            "security": raw["primary_ticker"].map(single_ticker),
            "primary_ticker_text": raw["primary_ticker"],
            "other_lines": [_other_lines(row) for row in raw.to_dict("records")],
            **{column: raw[column] for column in ("other_tickers", "isin", "other_isins")},
            "announced_on": [item.first_on for item in known],
            "announced_text": raw["announcement_date"],
            **known_columns(known),
            "relisted_on": relisted,
            "relisted_known_at": [end_of_day(day, NEW_YORK) if day else "" for day in relisted],
            **_legal_dates(raw, known, corrected),
            "removed_on": [span[0] if span[0] == span[1] else "" for span in removed],
            "removed_last_on": [span[1] for span in removed],
            "removed_text": raw["removal_date"],
            "removed_known_at": [
                _removal_known(own or programme, text)
                for own, programme, text in zip(lists, raw["program_id"], raw["removal_date"], strict=True)
            ],
            "removal_reason": raw["removal_or_end_reason"],
            "removal_is_open": raw["removal_or_end_reason"].map({RENAMED_OR_DROPPED: "true"}).fillna(""),
            "listed_under": [note.split(";")[0].removeprefix(UNDER) if note.startswith(UNDER) else "" for note in raw["note"]],
            "flow": raw["legal_forced_flow"].map(FLOWS),
            **{column: raw[column] for column in ("legal_forced_flow", "note", "former_names", "conflict_id")},
            "conflict_from_on": raw["conflict_id"].map(CONFLICT_FROM).fillna(""),
            **source_columns(raw),
        }
    )
    return add_ids(frame, (f"designation-{slug(p, e)}" for p, e in zip(raw["program_id"], frame["entity"], strict=True)))


def _legal_dates(raw: pd.DataFrame, known: list, corrected: pd.Series) -> dict[str, pd.Series]:
    """Purchase ban and end of divestment as stated, with the instant from which each date was known."""
    listed_known = pd.Series([item.known_at for item in known])
    # The first names were listed before any order: their dates were set by EO 13959 on the day it was signed. The reset
    # dates of a corrected listing were public with the letter of the day after it.
    order_known = listed_known.mask(raw["batch"].isin(["1237 tranche 1", "1237 tranche 2-3"]), end_of_day("2020-11-12", NEW_YORK))
    clock_known = order_known.mask(corrected != "", end_of_day("2021-03-10", NEW_YORK))
    columns = {}
    for name, source in (("purchase_ban", "purchase_ban_date"), ("divestment", "divestment_deadline")):
        columns[f"{name}_on"] = raw[source].map(lambda text: span_of(text)[0] if text != "none" else "")
        columns[f"{name}_at"] = raw[source].map(zoned_instant)
        columns[f"{name}_text"] = raw[source]
        columns[f"{name}_known_at"] = clock_known.where(raw[source] != "none", "")
    return columns


def _other_lines(text: Mapping[str, str]) -> str:
    """Further lines of the named issuer itself, joined by semicolons."""
    lines = [line for line, relation, _, _ in _lines(text, "named" if text["is_listed"] == "y" else "unit") if relation in OWN_RELATIONS]
    return ";".join(line for line in dict.fromkeys(lines) if line != single_ticker(text["primary_ticker"]))


def _name_and_reading(text: str) -> tuple[str, str]:
    """A name without the remark on how a row of two readings takes it, and that remark (told with hindsight)."""
    for opening in READINGS:
        if opening in text:
            name, _, reading = text.partition(opening)
            return name, (opening + reading).strip(" ,()")
    return text, ""


def _amended(known: Known, batch: str) -> Known:
    """When the row of a batch became known: an entry as amended, with the amendment."""
    match = AMENDED_ON.search(batch)
    return known if match is None else dataclasses.replace(known, known_at=end_of_day(match[1], NEW_YORK))


def _removal_known(list_id: str, text: str) -> str:
    """When a removal was public: with the edition of its day, so that what one edition adds and drops changes at one instant."""
    if not text:
        return ""
    known = read_known(text, "", NEW_YORK)
    return _editions_known().get((list_id, known.first_on), known.known_at)


@cache
def _editions_known() -> Mapping[tuple[str, str], str]:
    """List and day of each edition on record -> when it was public."""
    table = pd.read_csv(FOLDER / "editions.csv", dtype=str, keep_default_na=False)
    return dict(zip(zip(table["list_id"], table["edition_on"], strict=True), table["known_at"], strict=True))


def listing_periods(folder: Path) -> pd.DataFrame:
    """The spans in which each name stood on its list; a name listed again after a removal has a second span.

    ``began`` is ``listed``, ``relisted`` (after a removal) or ``corrected`` (the list first printed another name: a new day
    for the clocks, no gap); ``ended`` is ``removed``, ``corrected`` or empty. A removal notice and a new listing of one day
    are two spans that touch.
    """
    rows = []
    for row in designations(folder).to_dict("records"):
        kept = {name: row[name] for name in ("programme_id", "entity", "security", "source", "confidence")}
        kept["list_id"] = row["own_list_id"] or row["programme_id"]
        first = {"fact_id": row["fact_id"], "period": "1", "began": "listed", "listed_on": row["announced_on"], "known_at": row["known_at"]}
        last = {
            "removed_on": row["removed_on"],
            "removed_known_at": row["removed_known_at"],
            "ended": "removed" if row["removed_on"] else "",
        }
        if not row["relisted_on"]:
            rows.append(first | last | kept)
            continue
        again = "corrected" if "relisted" in row["announced_text"] else "relisted"
        ended = {"removed_on": row["relisted_on"], "removed_known_at": row["relisted_known_at"]}
        rows.append(first | ended | {"ended": "corrected" if again == "corrected" else "removed"} | kept)
        second = {"fact_id": row["fact_id"], "period": "2", "began": again, "listed_on": row["relisted_on"]}
        rows.append(second | {"known_at": row["relisted_known_at"]} | last | kept)
    order = [
        "programme_id",
        "list_id",
        "entity",
        "security",
        "period",
        "listed_on",
        "began",
        "removed_on",
        "ended",
        "removed_known_at",
        "known_at",
    ]
    frame = pd.DataFrame(rows).rename(columns={"fact_id": "designation_id"})
    frame = frame[["designation_id", *order, "source", "confidence"]]
    frame.insert(0, "fact_id", frame["designation_id"] + "-p" + frame["period"])
    return frame


def designation_lines(folder: Path) -> pd.DataFrame:
    """Every trading line that a designation names or speaks of, one spelling each, and how it stands to the name."""
    raw, built = read_facts(folder, "designations"), designations(folder)
    rows = []
    for text, row in zip(raw.to_dict("records"), built.to_dict("records"), strict=True):
        own = "named" if row["is_listed"] == "true" else "unit"
        lines: dict[str, tuple[str, str, str]] = {}
        for line, relation, first, last in _lines(text, own):
            lines.setdefault(line, (relation, first, last))
        for line, (relation, first, last) in lines.items():
            kept = {name: row[name] for name in ("programme_id", "source", "confidence")}
            later = end_of_day(first, NEW_YORK) if first else row["known_at"]
            kept["known_at"] = max(row["known_at"], later, key=pd.Timestamp)
            certain, _, possible = last.partition("/")
            days = {"from_on": first, "to_on": certain, "to_last_on": possible or certain}
            rows.append({"designation_id": row["fact_id"], "line": line, "relation": relation, **days, **kept})
    said = {(row["designation_id"], row["line"]) for row in rows}
    named: dict[tuple[str, str], str] = {}
    for line_row in rows:
        if line_row["relation"] in OWN_RELATIONS:
            named.setdefault((line_row["programme_id"], line_row["line"]), line_row["known_at"])
    rows += [row for row in unit_rows(built.to_dict("records"), named) if (row["designation_id"], row["line"]) not in said]
    frame = pd.DataFrame(rows)
    return add_ids(frame, (f"line-{slug(row['designation_id'].removeprefix('designation-'), row['line'])}" for row in rows))


def _lines(text: Mapping[str, str], own: str) -> Iterator[tuple[str, str, str, str]]:
    for cell in (text["primary_ticker"], *text["other_tickers"].split(";")):
        cell = cell.strip()
        if cell in LINES_IN_WORDS:
            yield from LINES_IN_WORDS[cell]
        elif cell:
            match = PLAIN_LINE.fullmatch(cell)
            if match is None:
                raise ValueError(f"ticker cell {cell!r} is no ticker and not a listed wording: add it to LINES_IN_WORDS.")
            yield _spelled(match[1]), own, "", ""
    if text["listed_vehicle"] not in ("", "self"):
        below = any(word in text["listed_vehicle"] for word in ("parent", "subsidiary of"))
        relation = "listed_parent" if below else "unit"
        for line in VEHICLE_LINE.findall(text["listed_vehicle"]):
            yield _spelled(line), relation, "", ""


def _spelled(text: str) -> str:
    """One spelling of a line: ``941 HK`` is ``0941.HK``; ``CEO US`` and ``CEO`` are ``CEO``."""
    words = " ".join(text.upper().split())
    line = normalise_ticker(f"{words} CN" if words.isdigit() and len(words) == 6 else words)
    return line.yahoo if line is not None and line.yahoo else words


def designation_names(folder: Path) -> pd.DataFrame:
    """Every name that the row of a designation gives: as listed (``primary``), short names (``aka``), former names (``fka``)."""
    raw, built = read_facts(folder, "designations"), designations(folder)
    rows = []
    for text, row in zip(raw.to_dict("records"), built.to_dict("records"), strict=True):
        names = dict.fromkeys((name, "primary") for name in _primary_names(row["entity"]))
        names |= dict.fromkeys((short, "aka") for short in SHORT_NAME.findall(row["entity"]))
        names |= dict.fromkeys((spelled, "fka") for spelled in FIRST_SPELLED.findall(row["entity"]))
        names |= dict.fromkeys(_renamed(text["former_names"]))
        kept = {name: row[name] for name in ("programme_id", "known_at", "source", "confidence")}
        renamed = text["note"].startswith(f"listed {row['announced_on']} as ") or BORNE_UNTIL.search(text["former_names"])
        until = RENAMED_ON if renamed else ""
        rows += [
            {"designation_id": row["fact_id"], "name": name, "kind": kind, "printed_until_on": until if kind == "fka" else ""}
            | kept
            | ({"known_at": BUILT} if kind == "nka" else {})
            for name, kind in names
        ]
    frame = pd.DataFrame(rows)
    return add_ids(frame, (f"name-{slug(row['designation_id'].removeprefix('designation-'), row['name'])}" for row in rows))


def _primary_names(entity: str) -> list[str]:
    plain = REMARK.sub("", SHORT_NAME.sub("", entity))
    for group in (" group and listed arms", " group", " and units", " units"):
        plain = plain.removesuffix(group)
    return [" ".join(part.split()) for part in plain.split(" / ")]


def _renamed(text: str) -> Iterator[tuple[str, str]]:
    """Former and later names of the cell: ``Old Name (OLD); now New Name``."""
    for part in filter(None, (part.strip() for part in text.split(";"))):
        later = part.startswith("now ")
        name = part.removeprefix("now ").split(", 300114")[0]
        yield SHORT_NAME.sub("", name).strip(), "nka" if later else "fka"
        yield from ((short, "aka") for short in SHORT_NAME.findall(name))
