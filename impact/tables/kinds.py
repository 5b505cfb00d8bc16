"""The kinds of a column: one record each, with how a number of that kind is written and the unit in which it is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from impact.tables import prose

__all__ = ["KINDS", "Kind"]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How the cells of a column are shown.

    Attributes
    ----------
    name : str
    write : callable
        A finite number as text; text, dates and booleans are shown alike in every kind.
    unit : str
        Unit of the stored value.
    numeric : bool
        Whether cells are numbers, right-aligned.
    sheet : str
        Number format of a cell of a workbook.
    """

    name: str
    write: Callable[[float], str]
    unit: str = ""
    numeric: bool = True
    sheet: str = "General"


def _number(value: float) -> str:
    return prose.count(value) if float(value).is_integer() and abs(value) < 1e15 else prose.significant(value, 4)


def _integer(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else prose.significant(value, 6)


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind(name="text", write=_number, numeric=False),
            Kind(name="date", write=_integer, unit="session or day", numeric=False),
            Kind(name="instant", write=_integer, unit="zoned instant", numeric=False),
            Kind(name="flag", write=_number, unit="yes or no", numeric=False),
            Kind(name="code", write=_integer, numeric=False),
            Kind(name="integer", write=_integer),
            Kind(name="number", write=_number),
            Kind(name="by_row", write=_number),
            Kind(name="count", write=prose.count, unit="count", sheet="#,##0"),
            Kind(name="sessions", write=_number, unit="sessions"),
            Kind(name="days", write=_number, unit="calendar days"),
            Kind(name="return", write=lambda value: prose.signed_percent(value, 2), unit="decimal return", sheet="+0.00%;-0.00%"),
            Kind(name="return_size", write=lambda value: prose.percent(value, 2), unit="decimal return", sheet="0.00%"),
            Kind(name="log_points", write=lambda value: prose.signed_decimal(value, 3), unit="log points", sheet="+0.000;-0.000"),
            Kind(name="log_points_size", write=lambda value: prose.decimal(value, 3), unit="log points", sheet="0.000"),
            Kind(name="share", write=lambda value: prose.percent(value, 2), unit="share of one", sheet="0.00%"),
            Kind(name="bps", write=prose.basis_points, unit="basis points", sheet="#,##0.0"),
            Kind(name="p", write=prose.p_value, unit="probability", sheet="0.0000"),
            Kind(name="statistic", write=prose.statistic, sheet="0.000"),
            Kind(name="multiple", write=prose.statistic, unit="multiple", sheet="0.000"),
            Kind(name="price", write=lambda value: prose.decimal(value, 2), unit="money a share", sheet="#,##0.00"),
            Kind(name="amount", write=prose.amount, sheet="#,##0"),
            Kind(name="shares", write=prose.amount, unit="shares", sheet="#,##0"),
            Kind(name="money", write=prose.amount, unit="money", sheet="#,##0"),
        )
    }
)
