"""Records that hold lists of further records: accounts or funds around their positions, and positions around their lots."""

from __future__ import annotations

from dataclasses import replace

from impact.holdings.columns import ColumnPlan
from impact.intake.records import RawSheet

__all__ = ["are_around_positions", "said_of_lists", "with_lists_told"]

_OF_POSITIONS = frozenset({"isin", "cusip", "sedol", "figi", "identifier", "symbol_or_code", "ticker", "quantity"})
"""Fields that positions have; an account or a fund around them has a name and a value alone."""


def are_around_positions(sheet: RawSheet, plan: ColumnPlan) -> bool:
    """Whether the positions may stand in the lists that the records of a sheet hold: none of these has a code or a quantity."""
    return bool(sheet.lists) and _OF_POSITIONS.isdisjoint(plan.position)


def said_of_lists(sheet: RawSheet) -> str:
    """What is wrong with records around positions."""
    return f"each record holds a list of further ones ({', '.join(sheet.lists)}), which is not read; give that list, one record a position"


def with_lists_told(sheet: RawSheet, plan: ColumnPlan) -> ColumnPlan:
    """The plan with the lists that records of positions hold among what feeds no field."""
    return replace(plan, unused=(*plan.unused, *((path, "it holds further records") for path in sheet.lists)))
