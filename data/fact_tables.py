"""The fact base as typed tables: one function a table, rows in = rows out, original wording kept in ``*_text``."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from impact.data.action_tables import exchange_actions, index_actions
from impact.data.cells import add_ids, number_cells, slug, tickers
from impact.data.clock_readings import HONG_KONG, NEW_YORK, SHANGHAI, Known, days_of, end_of_day, read_known
from impact.data.columns import ISO_DAY, known_columns, read_facts, single_ticker, source_columns, span_of, zoned_instant

__all__ = ["FACT_TABLES"]

# Orders silent on holding what was bought before; an FAQ of that day answered.
POSSESSION_ANSWERED = {"ns-cmic": "2022-06-01", "russia-newinv": "2022-06-06"}
TICKER_PLACES = (("HK", HONG_KONG), ("SS", SHANGHAI), ("SZ", SHANGHAI), ("AS", "Europe/Amsterdam"))

# Wording of the fact base that speaks of how it was compiled; the table says what was found.
COURT_REWORDED = {"Named in the brief; nothing found": "Named as a litigant; nothing found in public copies"}

# Rows (first words of the event) that name something later than their own date: known only from that later day on.
COURT_KNOWN = {
    "Suit reported in May 2021; moot after EO 14032": "2021-06-03",
    "DoD listed correct spelling": "2021-03-10",
}


def programmes(folder: Path) -> pd.DataFrame:
    """Legal programmes: what each prohibits, on which clock, from when to when."""
    raw = read_facts(folder, "programs")
    start, end = raw["in_force_from"].map(_first_date), raw["in_force_to"].map(span_of)
    # A list of names bites no investor before it is public; every other programme is known from its first day.
    public = start.mask(raw["id"] == "ndaa-1237-ccmc", "2020-06-24")
    known = [read_known(day, "", NEW_YORK) for day in public]
    frame = pd.DataFrame(
        {
            "programme_id": raw["id"],
            **{column: raw[column] for column in ("name", "authority", "agency")},
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
            **{column: raw[column] for column in ("securities_covered", "exemptions_and_licences", "model_note")},
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
    relisted = raw["announcement_date"].str.extract(rf"relisted ({ISO_DAY})")[0].fillna("")
    removed = raw["removal_date"].map(span_of)
    listed_known = pd.Series([item.known_at for item in known])
    # The first names were listed before any order: their dates were set by EO 13959 on the day it was signed. The reset
    # dates of a corrected listing were public with the letter of the day after it.
    order_known = listed_known.mask(raw["batch"].isin(["1237 tranche 1", "1237 tranche 2-3"]), end_of_day("2020-11-12", NEW_YORK))
    clock_known = order_known.mask(relisted != "", end_of_day("2021-03-10", NEW_YORK))
    frame = pd.DataFrame(
        {
            "programme_id": raw["program_id"],
            **{column: raw[column] for column in ("batch", "entity", "listed_vehicle")},
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
            **{column: raw[column] for column in ("legal_forced_flow", "note")},
            **source_columns(raw),
        }
    )
    return add_ids(frame, (f"designation-{slug(p, e)}" for p, e in zip(raw["program_id"], raw["entity"], strict=True)))


def _removal_known(entity: str, text: str) -> str:
    if not text:
        return ""
    if entity == "Xiaomi Corporation":
        return "2021-05-25T16:09:00-04:00"  # the hour of the final order, as the litigation table has it
    return read_known(text, "", NEW_YORK).known_at


def litigation(folder: Path) -> pd.DataFrame:
    """What courts and parties did, with the instant from which it was public."""
    raw = read_facts(folder, "litigation")
    known = [read_known(day, hour, NEW_YORK) for day, hour in zip(raw["event_date"], raw["event_time_local"], strict=True)]
    columns = known_columns(known)
    for position, event in enumerate(raw["event"]):
        for opening, day in COURT_KNOWN.items():
            if event.startswith(opening):
                columns["known_at"][position] = end_of_day(day, NEW_YORK)
                columns["known_at_precision"][position] = columns["known_at_rule"][position] = "day"
    frame = pd.DataFrame(
        {
            "case": raw["case"],
            "court_docket": raw["court_docket"],
            "judge": raw["judge"],
            "programme_id": raw["program"],
            "security": raw["company_ticker"].map(single_ticker),
            "securities": raw["company_ticker"].map(lambda text: ";".join(tickers(text))),
            "ticker_text": raw["company_ticker"],
            "event_on": [item.first_on for item in known],
            "event_last_on": [item.last_on for item in known],
            "event_text": raw["event_date"],
            "event_time_text": raw["event_time_local"],
            **columns,
            "event": raw["event"].replace(COURT_REWORDED),
            **{column: raw[column] for column in ("first_market_session", "outcome")},
            **source_columns(raw),
        }
    )
    return add_ids(frame, (f"court-{slug(case)}-{day or 'undated'}" for case, day in zip(raw["case"], frame["event_on"], strict=True)))


def ownership(folder: Path) -> pd.DataFrame:
    """Holders, weights, assets and flows; a holding counts as known when its source was published, not on its own date."""
    raw = read_facts(folder, "ownership_and_weights")
    known = [_published(day, source) for day, source in zip(raw["as_of"], raw["source"], strict=True)]
    numbers = pd.DataFrame([number_cells(value, unit) for value, unit in zip(raw["value"], raw["unit"], strict=True)])
    frame = pd.DataFrame(
        {
            "observed_on": [item.first_on for item in known],
            "observed_last_on": [item.last_on for item in known],
            "observed_text": raw["as_of"],
            "company": raw["company"],
            "security": raw["ticker"].map(single_ticker),
            "ticker_text": raw["ticker"],
            "metric": raw["metric"],
            "holder_or_index": raw["holder_or_index"],
            **{column: numbers[column] for column in ("value", "qualifier", "unit")},
            "value_text": raw["value"],
            "note": raw["note"],
            **known_columns(known),
            **source_columns(raw),
        }
    )
    keys = zip(raw["company"], raw["metric"], frame["observed_on"], strict=True)
    return add_ids(frame, (f"ownership-{slug(company, metric)}-{day}" for company, metric, day in keys))


def _published(day_text: str, source: str) -> Known:
    own = read_known(day_text, "", NEW_YORK)
    dated = [days_of(text) for text in re.findall(r"\d{4}-\d\d(?:-\d\d)?", source)]
    last = max([own.last_on, *(span[1] for span in dated if span)])
    rule = own.rule if last == own.last_on else "published"
    return Known(first_on=own.first_on, last_on=own.last_on, known_at=end_of_day(last, NEW_YORK), precision=own.precision, rule=rule)


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
    "reported_figures": ("reported_market_figures", reported_figures),
    "literature": ("literature_results", literature),
}
