"""The fact base as typed tables: one function a table, rows in = rows out, original wording kept in ``*_text``."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from impact.data.action_tables import exchange_actions, index_actions
from impact.data.cells import COVERED_LATER, add_ids, number_cells, slug
from impact.data.clock_readings import HONG_KONG, NEW_YORK, SHANGHAI, end_of_day, read_known
from impact.data.columns import ISO_DAY, known_columns, read_facts, single_ticker, source_columns, span_of
from impact.data.court_tables import litigation
from impact.data.designation_tables import designation_lines, designation_names, designations, listing_periods
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
    "listing_periods": ("designations", listing_periods),
    "designation_lines": ("designations", designation_lines),
    "designation_names": ("designations", designation_names),
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
