"""Columns that no heading chooses: names under a heading that is not known, and the one of several prices that is filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from impact.holdings.column_doubts import NUMERIC_KINDS
from impact.holdings.columns import ColumnPlan, with_other_column
from impact.holdings.heading_vocabulary import readings_of
from impact.intake.headings import heading_key, is_group_label, word_keys
from impact.intake.numbers import MISSING_TEXT, parse_numbers

__all__ = ["with_filled_price", "with_unknown_names"]

_NEARLY_ALL = 0.9
_LONGEST = 80
_OF_NO_NAME = frozenset(
    heading_key(word)
    for word in (
        "note", "notes", "comment", "comments", "remark", "remarks", "sector", "industry", "segment", "group", "category", "class", "type", "kind", "country",
        "region", "city", "state", "domicile", "market", "exchange", "venue", "currency", "account", "portfolio", "fund", "strategy", "manager", "advisor",
        "adviser", "trader", "analyst", "broker", "custodian", "bank", "owner", "client", "investor", "holder", "counterparty", "agent", "rating",
        "status", "action", "side", "direction", "view", "thesis", "reason", "theme", "tag", "tags", "label", "style", "source", "url", "link",
        "website", "date", "day", "time", "maturity", "benchmark", "index", "risk", "esg", "branche", "sektor", "land", "bemerkung", "kommentar",
        "notiz", "secteur", "pays", "remarque", "commentaire", "sectortype", "paese", "settore", "nota", "note", "país", "industria", "sektör", "bransch",
        "行业", "行業", "备注", "備註", "板块", "業種", "備考", "メモ", "업종", "비고",
    )
)  # fmt: skip
"""Keys of words by which headings say that their cells name something else than the security."""


def with_unknown_names(cells: pd.DataFrame, plan: ColumnPlan, kinds: Sequence[str], *, shift: int) -> ColumnPlan:
    """The plan with the names of a table that has no column of that heading: words that differ from line to line, which is said.

    Parameters
    ----------
    cells : DataFrame
        The rows of the table, or some of them.
    plan : ColumnPlan
    kinds : sequence of str
        What the cells of each column are.
    shift : int
        Column of the first heading.
    """
    if "name" in plan.position:
        return plan
    for number, heading in enumerate(plan.headings):
        if (
            not heading
            or number in plan.used
            or kinds[number] != "text"
            or readings_of(heading)
            or not _OF_NO_NAME.isdisjoint(word_keys(heading))
        ):
            continue
        if _are_names(cells[number + shift]):
            problem = "the heading is not known, and its cells are words that differ from line to line"
            said = ("name", heading, problem, f"read as the name of lines without a code or ticker; if all are names, map name={heading}")
            unused = tuple(pair for pair in plan.unused if pair[0] != heading)
            position = {**plan.position, "name": number}
            return replace(plan, position=position, unused=unused, decided=(*plan.decided, said), names_by_cells=True)
    return plan


def _are_names(column: pd.Series) -> bool:
    """Whether nearly every cell is filled, short, like no other, and names no group of positions."""
    words = [cell for cell in (str(cell).strip() for cell in column) if cell.lower() not in MISSING_TEXT]
    if len(words) < _NEARLY_ALL * len(column) or max(map(len, words), default=0) > _LONGEST:
        return False
    distinct = set(words)
    return len(distinct) >= _NEARLY_ALL * len(words) and sum(map(is_group_label, distinct)) * 2 < len(distinct)


def with_filled_price(cells: pd.DataFrame, plan: ColumnPlan, kinds: Sequence[str], mapped: frozenset[int], *, shift: int) -> ColumnPlan:
    """The plan with that of several columns of prices in which more lines have one: a price of zero is none. What is not the first is said."""
    chosen = plan.position["price"]
    others = [
        number
        for number, heading in enumerate(plan.headings)
        if number not in plan.used and kinds[number] in NUMERIC_KINDS and [name for name, _ in readings_of(heading)][:1] == ["price"]
    ]
    if not others:
        return plan
    priced = {number: _n_priced(cells[number + shift]) for number in (chosen, *others)}
    best = max((chosen, *others), key=lambda number: priced[number])
    if priced[best] == priced[chosen]:
        return plan
    first, heading = plan.headings[chosen], plan.headings[best]
    problem = f"{first} means the price as well, and is empty or zero on {len(cells) - priced[chosen]} of {len(cells)} lines"
    said = ("price", heading, problem, f"read as price; for the other map price={first}")
    return with_other_column(plan, "price", best, said, mapped)


def _n_priced(column: pd.Series) -> int:
    """Lines with a number other than zero, by the decimal mark that reads more of them."""
    if column.dtype.kind in "iuf":
        values = column.to_numpy(dtype=np.float64)
        return int((np.isfinite(values) & (values != 0.0)).sum())
    text = column.astype("str")
    read = [parse_numbers(text, decimal=mark).values for mark in (".", ",")]
    return max(int((np.isfinite(values) & (values != 0.0)).sum()) for values in read)
