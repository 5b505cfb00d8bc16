"""How one cell of the fact base becomes a typed one: confidence marks, tickers, numbers, slugs."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

__all__ = ["COVERED_LATER", "add_ids", "grade", "number_cells", "slug", "tickers"]

TICKER = r"\d{4,6}\.(?:HK|SS|SZ)|[A-Z]{2,5}\.[A-Z]{1,2}|[A-Z]{2,5}"
NUMBER = r"[+-]?\d[\d,]*(?:\.\d+)?"
QUALIFIERS = ("about", "over", "more than", "nearly", "up to", "at least")

# What a cell of a programme says that was not so on its first day: told with its note.
COVERED_LATER = "; since 2024-10-12 every security held at NSD"


def grade(text: str) -> str:
    """The lowest confidence mark named in `text` (C is lower than B, B than A); empty when it names none."""
    marks = re.findall(r"\b[ABC]\b", text)
    return max(marks) if marks else ""


def tickers(text: str) -> list[str]:
    """Tickers of a cell that holds nothing but tickers, in order; an empty list for anything else."""
    parts = [part.removesuffix(" (GDR)").removesuffix(" (NYSE listed, as named)") for part in re.split(r"\s*[;/]\s*", text.strip()) if part]
    return parts if parts and all(re.fullmatch(TICKER, part) for part in parts) else []


def slug(*parts: str) -> str:
    """Lower-case words joined by hyphens: a stable, readable part of an identifier."""
    return "-".join(filter(None, (re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in parts)))


def add_ids(frame: pd.DataFrame, ids: Iterable[str]) -> pd.DataFrame:
    """`frame` with a first column ``fact_id``; a repeated slug gets ``-2``, ``-3`` in row order."""
    seen: dict[str, int] = {}
    unique = []
    for name in ids:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    frame = frame.copy()
    frame.insert(0, "fact_id", unique)
    return frame


def number_cells(value_text: str, unit_text: str) -> dict[str, str]:
    """The figure of a cell such as ``29.30 (-10.3)`` with unit ``HKD (pct)``.

    Returns ``value``, ``value_low``, ``value_high``, ``qualifier``, ``unit``, ``second_value``, ``second_unit``. Only a cell
    that holds one figure (with an optional qualifier, a second figure in brackets, or a signed range) is read; the figures of
    a list such as ``-7.3; -3.5`` stay in the text, since one row cannot hold them without a choice.
    """
    units = re.fullmatch(r"(\w+(?: \w+)?)(?: \((\w+)\))?", unit_text)
    unit, second_unit = (units[1], units[2] or "") if units else (unit_text, "")
    cells = dict.fromkeys(("value", "value_low", "value_high", "qualifier", "second_value"), "")
    cells |= {"unit": unit, "second_unit": second_unit}
    qualifiers = "|".join(QUALIFIERS)
    bracket = r"(?: \((?P<bracket>[^()]*)\))?"
    if match := re.fullmatch(rf"(?:(?P<qualifier>{qualifiers}) )?(?P<value>{NUMBER}){bracket}", value_text):
        cells |= {"value": _plain(match["value"]), "qualifier": match["qualifier"] or ""}
    elif match := re.fullmatch(rf"(?P<low>[+-]\d[\d.]*) to (?P<high>[+-]\d[\d.]*){bracket}", value_text):
        cells |= {"value_low": _plain(match["low"]), "value_high": _plain(match["high"])}
    else:
        return cells
    if second_unit and match["bracket"] and (second := re.match(NUMBER, match["bracket"])):
        cells["second_value"] = _plain(second[0])
    return cells


def _plain(number: str) -> str:
    return number.replace(",", "").lstrip("+")
