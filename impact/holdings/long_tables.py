"""Tables that have one row a field of a position (``field``, ``value``) instead of one row a position: refused, with what to do."""

from __future__ import annotations

from collections.abc import Sequence

from impact.errors import InputError
from impact.holdings.fields import AMOUNT_FIELDS, IDENTITY_FIELDS, NUMBER_FIELDS
from impact.holdings.heading_vocabulary import readings_of
from impact.holdings.raw_tables import RawTable, SheetTables
from impact.intake.records import BLANK

__all__ = ["refuse_long_tables"]

_MOST_FIELDS = 30


def refuse_long_tables(split: Sequence[SheetTables], where: str) -> None:
    """Refuse a source of which a table has one row a field: quantities and values in one column would be added.

    Raises
    ------
    InputError
    """
    for table in (table for page in split for table in page.tables):
        if told := _column_of_fields(table):
            heading, words = told
            raise InputError(
                f"{where} has one row a field: its column {heading!r} says whether a figure is {' or '.join(map(repr, words[:3]))}; "
                "turn it so that each has a column of its own (pivot), one row a position."
            )


def _column_of_fields(table: RawTable) -> tuple[str, list[str]] | None:
    """The heading of a column whose cells name the fields of the one amount, and these; None where there is none."""
    amounts = [name for name in AMOUNT_FIELDS if name in table.plan.position]
    if len(amounts) != 1 or len(table.places) < 2:
        return None
    cells = table.sheet.cells.iloc[table.places]
    codes = [
        cells[number + table.shift] for name in IDENTITY_FIELDS if name != "name" and (number := table.plan.position.get(name)) is not None
    ]
    for number, heading in enumerate(table.plan.headings):
        if number == table.plan.position[amounts[0]]:
            continue
        column = cells[number + table.shift].astype("str").str.strip(BLANK)
        words = column.unique().tolist() if column.head(2 * _MOST_FIELDS).nunique() <= _MOST_FIELDS else []
        fields = [readings[0][0] if (readings := readings_of(word)) else "" for word in words]
        if not all(fields) or len(set(fields) & set(NUMBER_FIELDS)) < 2:
            continue
        named = ["\t".join(map(str, row)) for row in zip(*codes, strict=True)] if codes else []
        if len(set(named)) < len(named):
            return heading, words
    return None
