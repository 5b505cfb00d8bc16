"""The answer of a case in one sentence. Its returns are simple, as the close moved; the tables hold the log returns they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.tables import format_value
from impact.tables.prose import long_date, percent

if TYPE_CHECKING:
    from impact.cases.definition import CaseDefinition
    from impact.cases.study import CaseStudy

__all__ = ["raw_move", "sentence_of", "sentence_without_study", "simple_figures"]


def sentence_of(study: CaseStudy) -> str:
    """The designation day with its interval and test, and the largest relief at court since.

    A day without a return has no direction, one whose prices are doubtful says so.
    """
    rows = study.day_zero()
    designated = [study.definition.designation_event in ids.split("+") for ids in rows["event_id"]]
    sentence = _designation(study.definition.issuer, rows[designated].iloc[0])
    relief = rows[study.events["kind"].str.contains("court").to_numpy() & (rows["low"] > 0)]
    if relief.empty:
        return f"{sentence}."
    best = relief.iloc[int(relief["ar"].argmax())]
    return (
        f"{sentence}. Its best day in court since was {long_date(best['reaction_on'])} ({best['label'].split(';')[0]}): "
        f"{_span(best)} net of the market{_doubt(best)}."
    )


def _designation(issuer: str, row: pd.Series) -> str:
    day = f"{long_date(row['reaction_on'])}, the first session that could react"
    if np.isnan(row["close_return"]):
        return f"{issuer} has no return on {day} ({row['reason']}): what the news did is unknown"
    moved = f"{issuer} {_move(row['close_return'])}"
    if np.isnan(row["ar"]):
        return f"{moved} on {day}; net of the market unknown ({row['reason']})"
    return f"{moved} on {day}; net of the market {_span(row)}, p {format_value(row['p_sq'], 'p')}{_doubt(row)}"


def raw_move(issuer: str, event: pd.Series) -> str:
    """What the close did on the reaction session of an event of the timeline; empty where that is not known."""
    change = event.get("close_return", np.nan)
    if not np.isfinite(change):
        return ""
    return f"{issuer} {_move(change)} on {long_date(event['reaction_on'])}, the first session that could react"


def sentence_without_study(definition: CaseDefinition, event: pd.Series, reason: str) -> str:
    """The designation where nothing can be measured against the market: its raw move where the prices show it, else its dates; and why."""
    moved = raw_move(definition.issuer, event)
    if moved:
        return f"{moved}; net of the market unknown: {reason}."
    public = f"{event['label']}: public at {event['known_at'].tz_convert('America/New_York'):%Y-%m-%d %H:%M} ET"
    first = f"the first session of {definition.security} that could react is"
    if pd.isna(event["reaction_on"]):
        return f"{public}; {first} unknown: {event['anchoring'].rstrip('.')}."
    return f"{public}; {first} {long_date(event['reaction_on'])}, of which the prices hold nothing to measure: {reason}."


def _move(change: float) -> str:
    return "did not move" if change == 0 else f"{'fell' if change < 0 else 'rose'} {percent(abs(change))}"


def simple_figures(row: pd.Series) -> tuple[str, str, str]:
    """A log abnormal return and the ends of its interval as simple returns, in words."""
    ar, low, high = (format_value(np.expm1(row[name]), "return") for name in ("ar", "low", "high"))
    return ar, low, high


def _span(row: pd.Series) -> str:
    ar, low, high = simple_figures(row)
    return f"{ar} ({low} to {high})"


def _doubt(row: pd.Series) -> str:
    return f"; doubtful, compare the prices with another source ({row['reason']})" if row["reason"] else ""
