"""Tables that have one row a field of a position (``field``, ``value``) instead of one row a position: refused, with what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from impact.errors import InputError
from impact.holdings.fields import AMOUNT_FIELDS, IDENTITY_FIELDS, NUMBER_FIELDS
from impact.holdings.heading_vocabulary import readings_of
from impact.holdings.raw_tables import RawTable, SheetTables
from impact.intake.records import BLANK
from impact.typing_ import BoolArray

__all__ = ["with_long_tables_told"]

_MOST_FIELDS = 30


def with_long_tables_told(split: Sequence[SheetTables], where: str) -> list[SheetTables]:
    """The tables, each of which may be one with one row a field said to be so.

    Raises
    ------
    InputError
        If a table is one by its words: quantities and values in one column would be added.
    """
    for table in (table for page in split for table in page.tables):
        if told := _column_of_fields(table):
            heading, words = told
            raise InputError(
                f"{where} has one row a field: its column {heading!r} says whether a figure is {' or '.join(map(repr, words[:3]))}; "
                "turn it so that each has a column of its own (pivot), one row a position."
            )
    return [replace(page, tables=tuple(map(_with_doubt, page.tables))) for page in split]


def _with_doubt(table: RawTable) -> RawTable:
    """A table with what is said of a column under an unknown heading of which each security has each word on a line of its own."""
    amounts = [name for name in AMOUNT_FIELDS if name in table.plan.position]
    named = [name for name in IDENTITY_FIELDS if name in table.plan.position]
    if len(amounts) != 1 or not named or len(table.places) < 4:
        return table
    cells = table.sheet.cells.iloc[table.places]
    n_held = int(cells[table.plan.position[named[0]] + table.shift].nunique())
    for number, heading in enumerate(table.plan.headings):
        if not heading or number in table.plan.used or n_held < 2 or len(cells) % n_held or len(cells) == n_held:
            continue
        column = cells[number + table.shift].astype("str").str.strip(BLANK)
        words = [word for word in column.unique().tolist() if word] if column.head(2 * _MOST_FIELDS).nunique() <= _MOST_FIELDS else []
        if len(words) * n_held != len(cells) or not any(map(str.isalpha, "".join(words))):
            continue
        if not pd.DataFrame({"held": _securities(table, cells, number).to_numpy(), "word": column.to_numpy()}).duplicated().any():
            problem = f"each security has a line for each of {', '.join(map(repr, words[:3]))}: fields of one position, or accounts?"
            doubt = (amounts[0], heading, problem, "each line counted as a position: turn the table if they are fields, one column each")
            return replace(table, plan=replace(table.plan, decided=(*table.plan.decided, doubt)))
    return table


def _column_of_fields(table: RawTable) -> tuple[str, list[str]] | None:
    """The heading of a column whose cells name the fields of the one amount, and these; None where there is none."""
    amounts = [name for name in AMOUNT_FIELDS if name in table.plan.position]
    if len(amounts) != 1 or len(table.places) < 2:
        return None
    cells = table.sheet.cells.iloc[table.places]
    for number, heading in enumerate(table.plan.headings):
        if number == table.plan.position[amounts[0]]:
            continue
        column = cells[number + table.shift].astype("str").str.strip(BLANK)
        words = column.unique().tolist() if column.head(2 * _MOST_FIELDS).nunique() <= _MOST_FIELDS else []
        told = {word: readings[0][0] for word in words if (readings := readings_of(word))}
        figures = [word for word, name in told.items() if name in NUMBER_FIELDS]
        if len(words) < 2 or not figures:
            continue
        held = _securities(table, cells, number)
        several = len({told[word] for word in figures}) > 1 and bool(held.duplicated().any())
        if several or any(len(readings_of(word)) == 1 and _is_of_each(held, column.eq(word).to_numpy()) for word in figures):
            return heading, [*figures, *(word for word in words if word not in figures)]
    return None


def _securities(table: RawTable, cells: pd.DataFrame, apart: int) -> pd.Series:
    """What each line is of, by its codes or else by its name, and in which account; empty where nothing but the column `apart` says."""
    places = {name: number for name, number in table.plan.position.items() if number != apart}
    names = [name for name in IDENTITY_FIELDS if name != "name" and name in places] or [name for name in ("name",) if name in places]
    columns = [cells[places[name] + table.shift].astype("str") for name in (*names, *(("account",) if "account" in places else ()))]
    return pd.Series(["\t".join(row) for row in zip(*columns, strict=True)] if names else [], dtype="str")


def _is_of_each(held: pd.Series, figure: BoolArray) -> bool:
    """Whether each security has one line of a figure, and one of them others besides."""
    return bool(held.duplicated().any()) and not held[figure].duplicated().any() and held[figure].nunique() == held.nunique()
