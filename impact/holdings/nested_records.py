"""Records that hold lists of further records: accounts or funds around their positions, and positions around their lots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from impact.holdings.columns import ColumnPlan, plan_columns
from impact.holdings.heading_vocabulary import readings_of
from impact.intake.columnar import records_sheet
from impact.intake.records import RawSheet, cell_text

__all__ = ["are_around_positions", "said_of_lists", "with_lists_opened", "with_lists_told"]

_OF_POSITIONS = frozenset({"isin", "cusip", "sedol", "figi", "identifier", "symbol_or_code", "ticker", "quantity", "weight"})
"""Fields that positions have; an account around them has a name and a value alone, and a fund within a book a weight."""
_CALLED = ("account", "name")
"""Fields by which an account is called where the end of no heading is that of one."""
_ACCOUNT = "account"


def are_around_positions(sheet: RawSheet, plan: ColumnPlan) -> bool:
    """Whether the positions may stand in the lists that the records of a sheet hold: these have no code and no quantity, or not both."""
    return bool(sheet.lists) and (_OF_POSITIONS.isdisjoint(plan.position) or not plan.is_usable)


def with_lists_opened(sheet: RawSheet, columns: Mapping[str, str] | None) -> Iterator[RawSheet]:
    """The sheet, and where it holds accounts the lists of further records in them, each record with the account that it is of."""
    yield sheet
    plan = plan_columns(sheet.headings, columns) if sheet.lists else None
    if plan is not None and are_around_positions(sheet, plan):
        names = _called(sheet, plan)
        for inner in sheet.lists:
            called = [names.get(place + 1, "") for place in inner.within.tolist()]
            records = [
                record if _ACCOUNT in record or not name else {_ACCOUNT: name, **record}
                for record, name in zip(inner.records, called, strict=True)
            ]
            path = f"{sheet.name}.{inner.name}" if sheet.name else inner.name
            yield from with_lists_opened(records_sheet(records, name=path), columns)


def _called(sheet: RawSheet, plan: ColumnPlan) -> dict[int, str]:
    """Line -> what the account on it is called, where something says."""
    ends = [heading.rpartition(".")[2] for heading in sheet.headings]
    told = [number for number, end in enumerate(ends) if _ACCOUNT in dict(readings_of(end))]
    told += [plan.position[name] for name in _CALLED if name in plan.position]
    told += [number for number, end in enumerate(ends) if end.lower() in ("id", "number")]
    return dict(zip(sheet.line.tolist(), map(cell_text, sheet.cells[told[0]]), strict=True)) if told else {}


def said_of_lists(sheet: RawSheet) -> str:
    """What records around positions are."""
    return f"each record holds a list of further ones ({', '.join(inner.name for inner in sheet.lists)}), and is no position itself"


def with_lists_told(sheet: RawSheet, plan: ColumnPlan) -> ColumnPlan:
    """The plan with the lists that records of positions hold among what feeds no field."""
    return replace(plan, unused=(*plan.unused, *((inner.name, "it holds further records") for inner in sheet.lists)))
