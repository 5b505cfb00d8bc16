"""The fact base as typed tables: one function a table, rows in = rows out, original wording kept in ``*_text``."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from impact.data.action_tables import exchange_actions, index_actions
from impact.data.cells import COVERED_LATER, add_ids, number_cells, slug
from impact.data.clock_readings import HONG_KONG, NEW_YORK, SHANGHAI, end_of_day, read_known
from impact.data.columns import ISO_DAY, known_columns, read_facts, single_ticker, source_columns, span_of, zoned_instant
from impact.data.court_tables import litigation
from impact.data.holding_tables import buybacks, holders, ownership, shares_outstanding, tracked_assets
from impact.data.regimes import REGIME_OF_PROGRAMME

__all__ = ["FACT_TABLES"]

# Orders silent on holding what was bought before; an FAQ of that day answered.
POSSESSION_ANSWERED = {"ns-cmic": "2022-06-01", "russia-newinv": "2022-06-06"}
# Day from which a programme counts as known where that is not its first day in force: a list on the day it was printed, a bill
# or a proposed rule on the day it was brought in.
PUBLIC_ON = {
    "ndaa-1237-ccmc": "2020-06-24",
    "hr7075-bill": "2026-01-14",
    "no-safe-harbor-bill": "2025-05-22",
    "nasdaq-china-rule": "2025-09-04",
}
# How a name or a batch says which of two readings its row takes.
READINGS = (" (reading 2", ", entry as amended", " as first printed")
# First day on which the two readings of a listing answer differently.
CONFLICT_FROM = {"sensetime-cmic": "2021-12-10", "cnooc-1260h": "2025-01-07", "cnooc-entity-list": "2021-01-14"}
TICKER_PLACES = (("HK", HONG_KONG), ("SS", SHANGHAI), ("SZ", SHANGHAI), ("AS", "Europe/Amsterdam"))


def programmes(folder: Path) -> pd.DataFrame:
    """Legal programmes: what each prohibits, on which clock, from when to when."""
    raw = read_facts(folder, "programs")
    start, end = raw["in_force_from"].map(_first_date), raw["in_force_to"].map(span_of)
    # A list of names bites no investor before it is public; every other programme is known from its first day.
    public = raw["id"].map(PUBLIC_ON).fillna(start)
    known = [read_known(day, "", NEW_YORK) for day in public]
    frame = pd.DataFrame(
        {
            "programme_id": raw["id"],
            **{column: raw[column] for column in ("name", "authority", "agency")},
            "regime": raw["id"].map(REGIME_OF_PROGRAMME.__getitem__),
            "in_force_from_on": start.where(start.str.fullmatch(ISO_DAY), ""),
            "in_force_from_last_on": start.map(lambda text: span_of(text)[1]),
            "in_force_from_text": raw["in_force_from"],
            "in_force_to_on": [span[0] if span[0] == span[1] else "" for span in end],
            "in_force_to_last_on": [span[1] for span in end],
            "in_force_to_text": raw["in_force_to"],
            **{column: raw[column] for column in ("prohibits", "purchase_ban_rule", "divestment_rule")},
            "possession_ban": raw["possession_ban"].map(lambda text: {"yes": "true", "no": "false"}[re.split(r"[\s:]", text.lower())[0]]),
            "possession_ban_text": raw["possession_ban"],
            "possession_ban_known_at": [
                end_of_day(POSSESSION_ANSWERED[name], NEW_YORK) if name in POSSESSION_ANSWERED else item.known_at
                for name, item in zip(raw["id"], known, strict=True)
            ],
            **{column: raw[column] for column in ("exemptions_and_licences",)},
            "securities_covered": raw["securities_covered"].str.removesuffix(COVERED_LATER),
            "model_note": raw["model_note"].where(
                ~raw["securities_covered"].str.endswith(COVERED_LATER), raw["model_note"] + COVERED_LATER
            ),
            **known_columns(known),
            "ended_known_at": [end_of_day(span[1], NEW_YORK) if span[1] else "" for span in end],
            "superseded_by": raw["id"].map({"eo13959-orig": "programme-eo13974-amend", "eo13974-amend": "programme-ns-cmic"}).fillna(""),
            **source_columns(raw),
        }
    )
    return add_ids(frame, ("programme-" + name for name in raw["id"]))


def _first_date(text: str) -> str:
    match = re.search(rf"{ISO_DAY}|\d{{4}}-\d\d|\d{{4}}", text)
    return match[0] if match else ""


def designations(folder: Path) -> pd.DataFrame:
    """Who was put on which list, when, with the legal dates as the fact base states them."""
    raw = read_facts(folder, "designations")
    known = [read_known(text, "", NEW_YORK) for text in raw["announcement_date"]]
    corrected = raw["announcement_date"].str.extract(rf"relisted ({ISO_DAY})")[0].fillna("")
    relisted = corrected.mask(corrected == "", raw["relisted_date"])
    removed = raw["removal_date"].map(span_of)
    entities = [_name_and_reading(text) for text in raw["entity"]]
    batches = [_name_and_reading(text) for text in raw["batch"]]
    listed_known = pd.Series([item.known_at for item in known])
    # The first names were listed before any order: their dates were set by EO 13959 on the day it was signed. The reset
    # dates of a corrected listing were public with the letter of the day after it.
    order_known = listed_known.mask(raw["batch"].isin(["1237 tranche 1", "1237 tranche 2-3"]), end_of_day("2020-11-12", NEW_YORK))
    clock_known = order_known.mask(corrected != "", end_of_day("2021-03-10", NEW_YORK))
    frame = pd.DataFrame(
        {
            "programme_id": raw["program_id"],
            "batch": [batch for batch, _ in batches],
            "entity": [entity for entity, _ in entities],
            "reading": [
                "; ".join(filter(None, (of_name, of_batch))) for (_, of_name), (_, of_batch) in zip(entities, batches, strict=True)
            ],
            "listed_vehicle": raw["listed_vehicle"],
            "is_listed": raw["is_listed"].map({"y": "true", "n": "false"}),
            "security": raw["primary_ticker"].map(single_ticker),
            "primary_ticker_text": raw["primary_ticker"],
            **{column: raw[column] for column in ("other_tickers", "isin", "other_isins")},
            "announced_on": [item.first_on for item in known],
            "announced_text": raw["announcement_date"],
            **known_columns(known),
            "relisted_on": relisted,
            "relisted_known_at": [end_of_day(day, NEW_YORK) if day else "" for day in relisted],
            "purchase_ban_on": raw["purchase_ban_date"].map(lambda text: span_of(text)[0] if text != "none" else ""),
            "purchase_ban_at": raw["purchase_ban_date"].map(zoned_instant),
            "purchase_ban_text": raw["purchase_ban_date"],
            "purchase_ban_known_at": clock_known.where(raw["purchase_ban_date"] != "none", ""),
            "divestment_on": raw["divestment_deadline"].map(lambda text: span_of(text)[0] if text != "none" else ""),
            "divestment_at": raw["divestment_deadline"].map(zoned_instant),
            "divestment_text": raw["divestment_deadline"],
            "divestment_known_at": clock_known.where(raw["divestment_deadline"] != "none", ""),
            "removed_on": [span[0] if span[0] == span[1] else "" for span in removed],
            "removed_last_on": [span[1] for span in removed],
            "removed_text": raw["removal_date"],
            "removed_known_at": [_removal_known(entity, text) for entity, text in zip(raw["entity"], raw["removal_date"], strict=True)],
            "removal_reason": raw["removal_or_end_reason"],
            **{column: raw[column] for column in ("legal_forced_flow", "note", "former_names", "conflict_id")},
            "conflict_from_on": raw["conflict_id"].map(CONFLICT_FROM).fillna(""),
            **source_columns(raw),
        }
    )
    if unread := sorted(set(raw["conflict_id"]) - {"", *CONFLICT_FROM}):
        raise ValueError(f"conflict_id {unread[0]!r} has no day from which its readings differ: add it to CONFLICT_FROM.")
    return add_ids(frame, (f"designation-{slug(p, e)}" for p, e in zip(raw["program_id"], frame["entity"], strict=True)))


def _name_and_reading(text: str) -> tuple[str, str]:
    """A name without the remark on how a row of two readings takes it, and that remark (told with hindsight)."""
    for opening in READINGS:
        if opening in text:
            name, _, reading = text.partition(opening)
            return name, (opening + reading).strip(" ,()")
    return text, ""


def _removal_known(entity: str, text: str) -> str:
    if not text:
        return ""
    if entity == "Xiaomi Corporation":
        return "2021-05-25T16:09:00-04:00"  # the hour of the final order, as the litigation table has it
    return read_known(text, "", NEW_YORK).known_at


def reported_figures(folder: Path) -> pd.DataFrame:
    """Prices, moves and volumes as the press or a price file printed them."""
    raw = read_facts(folder, "reported_market_figures")
    known = [read_known(day, "", _place(ticker)) for day, ticker in zip(raw["date"], raw["ticker"], strict=True)]
    numbers = pd.DataFrame([number_cells(value, unit) for value, unit in zip(raw["value"], raw["unit"], strict=True)])
    frame = pd.DataFrame(
        {
            "observed_on": [item.first_on for item in known],
            "observed_last_on": [item.last_on for item in known],
            "observed_text": raw["date"],
            "company": raw["company"],
            "security": raw["ticker"].map(single_ticker),
            "ticker_text": raw["ticker"],
            "figure": raw["figure_type"],
            **{column: numbers[column] for column in numbers},
            "value_text": raw["value"],
            "unit_text": raw["unit"],
            "benchmark_same_day": raw["benchmark_same_day"],
            "session_note": raw["session_note"],
            **known_columns(known),
            **source_columns(raw),
        }
    )
    keys = zip(raw["company"], raw["figure_type"], frame["observed_on"], strict=True)
    return add_ids(frame, (f"figure-{slug(company, figure)}-{day}" for company, figure, day in keys))


def _place(ticker_text: str) -> str:
    return next((zone for ending, zone in TICKER_PLACES if re.search(rf"\.{ending}\b", ticker_text)), NEW_YORK)


def literature(folder: Path) -> pd.DataFrame:
    """Published price effects of index changes, bans and boycotts; a result counts as known at the end of its year."""
    raw = read_facts(folder, "literature_results")
    kept = ("title", "outlet", "sample", "event_or_method", "window", "effect", "sign_and_reversal", "use_in_model")
    known = [read_known(year, "", NEW_YORK) for year in raw["year"]]
    frame = pd.DataFrame(
        {
            "authors": raw["authors"],
            "year": [item.first_on[:4] for item in known],
            "year_last": [item.last_on[:4] for item in known],
            "year_text": raw["year"],
            **{column: raw[column] for column in kept},
            **known_columns(known),
            **source_columns(raw),
        }
    )
    return add_ids(frame, (f"literature-{slug(a, y)}" for a, y in zip(raw["authors"], raw["year"], strict=True)))


FACT_TABLES: dict[str, tuple[str, Callable[[Path], pd.DataFrame]]] = {
    "programmes": ("programs", programmes),
    "designations": ("designations", designations),
    "index_actions": ("index_actions", index_actions),
    "exchange_actions": ("exchange_actions", exchange_actions),
    "litigation": ("litigation", litigation),
    "ownership": ("ownership_and_weights", ownership),
    "holders": ("holders", holders),
    "shares_outstanding": ("shares_outstanding", shares_outstanding),
    "tracked_assets": ("tracked_assets", tracked_assets),
    "buybacks": ("holders", buybacks),
    "reported_figures": ("reported_market_figures", reported_figures),
    "literature": ("literature_results", literature),
}
