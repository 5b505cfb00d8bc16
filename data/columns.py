"""Columns that several tables of the fact base share: when known, who says so, and a few typed readings."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from impact.data.cells import grade, tickers
from impact.data.clock_readings import NEW_YORK, Known, days_of

__all__ = ["ISO_DAY", "known_columns", "read_facts", "single_ticker", "source_columns", "span_of", "zoned_instant"]

ISO_DAY = r"\d{4}-\d\d-\d\d"


def read_facts(folder: Path, name: str) -> pd.DataFrame:
    """One table of the fact base as text, every cell as written."""
    return pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)


def span_of(text: str) -> tuple[str, str]:
    """First and last ISO day that `text` allows; two empty texts when it holds no date."""
    return days_of(text) or ("", "")


def known_columns(known: list[Known]) -> dict[str, list[str]]:
    """``known_at``, ``known_at_precision`` and ``known_at_rule``, one entry a row."""
    return {
        "known_at": [item.known_at for item in known],
        "known_at_precision": [item.precision for item in known],
        "known_at_rule": [item.rule for item in known],
    }


def source_columns(raw: pd.DataFrame) -> dict[str, pd.Series]:
    """``source``, the lowest ``confidence`` mark and the marks as written."""
    return {"source": raw["source"], "confidence": raw["confidence"].map(grade), "confidence_text": raw["confidence"]}


def single_ticker(text: str) -> str:
    """The ticker of a cell that holds exactly one and nothing else, else empty."""
    found = tickers(text)
    return found[0] if len(found) == 1 else ""


def zoned_instant(text: str) -> str:
    """``2021-03-15 09:30 EDT`` as an instant; ET takes the offset of New York on that day; empty when no hour is given."""
    match = re.match(rf"({ISO_DAY}) (\d\d:\d\d) (EST|EDT|ET)\b", text)
    return pd.Timestamp(f"{match[1]} {match[2]}", tz=NEW_YORK).isoformat() if match else ""
