"""Which column of a holdings file feeds which field, by a vocabulary of headings in nineteen languages (`data/headings.csv`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from impact.errors import InputError
from impact.holdings.column_doubts import (
    KIND_REASONS,
    NUMERIC_KINDS,
    OF_PORTFOLIO,
    WORD_KINDS,
    Doubt,
    column_doubts,
    day_in,
    is_barred,
)
from impact.holdings.fields import AMOUNT_FIELDS, FIELDS, IDENTITY_FIELDS, NUMBER_FIELDS
from impact.holdings.heading_vocabulary import BY_CELLS, Reading, is_by_end, readings_of
from impact.holdings.histories import trade_headings
from impact.holdings.quantity_parts import is_available_part, quantity_parts, short_column
from impact.holdings.sides import may_be_side
from impact.intake.currencies import currency_in
from impact.intake.headings import heading_key
from impact.intake.units import StatedUnit, unit_in

__all__ = ["ColumnPlan", "may_be_amount", "plan_columns", "with_other_column"]

_NAMING = frozenset({"name", "ticker", "isin", "cusip", "sedol", "figi"})


@dataclass(frozen=True, kw_only=True)
class ColumnPlan:
    """Which column of a file feeds which field.

    Attributes
    ----------
    position : mapping of field to column number
        Only the fields that the table has.
    headings : tuple of str
        The headings as printed, in file order.
    value_currency, price_currency : str
        Currency that the heading of the market value, or of the price, names (``Mkt Value (USD)``, ``Price (GBp)``), in its own letter
        case; empty when it names none.
    value_in_base : bool
        The heading of the market value says that it is in the currency of the book (``MKT_VALUE_BASE``), and the column of currencies
        does not say that it is that one.
    units : mapping of field to StatedUnit
        Scales that headings state (``Value (EUR m)``, ``Shares (000)``).
    weight_unit : {"", "percent", "permille", "bps"}
        What the heading of the weight says that weights are in.
    unused : tuple of (heading, reason)
        Columns that feed no field, each with the reason; none is ignored silently.
    absent : tuple of (field, heading)
        What the caller's map names and this table has not.
    decided : tuple of (field, heading, problem, action)
        Columns that are not read as their heading says first, because of their cells or of the other columns.
    quantity_parts : tuple of int
        Columns of further parts of a quantity (pledged, locked) where that which is read is the part that is available.
    short : mapping of field to column number
        Columns of what is held short beside those that the field takes from what is held long.
    is_transactions : bool
        The headings are those of trades (trade date, proceeds, side), not of positions.
    names_by_cells : bool
        The heading of the names is not known: they name lines with neither code nor ticker alone, as one beside any words would tell whose it is, and
        tell no kind.
    """

    position: Mapping[str, int]
    headings: tuple[str, ...]
    value_currency: str = ""
    price_currency: str = ""
    value_in_base: bool = False
    units: Mapping[str, StatedUnit] = field(default_factory=dict)
    weight_unit: str = ""
    unused: tuple[tuple[str, str], ...] = ()
    absent: tuple[tuple[str, str], ...] = ()
    decided: tuple[tuple[str, str, str, str], ...] = ()
    quantity_parts: tuple[int, ...] = ()
    short: Mapping[str, int] = field(default_factory=dict)
    is_transactions: bool = False
    names_by_cells: bool = False

    @property
    def is_usable(self) -> bool:
        """Something names the security and something says how much."""
        return _is_usable(self.position)

    @property
    def used(self) -> frozenset[int]:
        """Columns whose cells are read, those of further parts and of the short side among them."""
        return frozenset((*self.position.values(), *self.quantity_parts, *self.short.values()))

    @property
    def n_known(self) -> int:
        """Columns that feed a field."""
        return len(self.position)


def may_be_amount(heading: str) -> bool:
    """Whether a column of that heading may hold quantities, values or weights."""
    return any(name in AMOUNT_FIELDS for name, _ in readings_of(heading))


_OF_LINES = ("local", "trad", "quot", "pric", "issu", "risk", "hedge", "fund", "account", "report", "denominat", "lokal", "handel", "kurs")
"""Keys in the headings of currencies that need not be those of the values."""


def _fitting(heading: str, kind: str) -> list[Reading]:
    """The readings of a heading that its cells allow, the likeliest first.

    Where a heading may be a quantity and, after that, a value (``Holding``), it is a value only if it or its cells name a currency.
    """
    readings = readings_of(heading)
    fit = [(name, rank) for name, rank in readings if not is_barred(name, kind)]
    if kind == "side" and may_be_side(heading):
        return [*fit, ("side", BY_CELLS)]
    if kind == "currency" and not readings and not any(word in heading_key(heading) for word in (*_BASE, *_OF_LINES)):
        return [("currency", BY_CELLS)]
    if kind in ("code", "isin", "cusip"):
        fit.sort(key=lambda reading: reading[0] != "identifier")
    order = [name for name, _ in fit]
    if "market_value" in order and kind in NUMERIC_KINDS and currency_in(heading):
        return [reading for reading in fit if reading[0] == "market_value"]  # a code has no currency
    if "quantity" in order and "market_value" in order[order.index("quantity") :]:
        value = fit[order.index("market_value")]
        others = [reading for reading in fit if reading is not value]
        return [value, *others] if kind == "money" or (currency_in(heading) and kind not in WORD_KINDS) else others
    return fit


def plan_columns(
    headings: Sequence[object], columns: Mapping[str, str] | None = None, *, kinds: Sequence[str] = (), same: Sequence[bool] = ()
) -> ColumnPlan:
    """Decide which column feeds which field.

    Parameters
    ----------
    headings : sequence
        One printed heading a column.
    columns : mapping of field to heading, optional
        The caller's own map (``{"isin": "Asset ID"}``); it wins over the vocabulary. What it names and the table has not is in
        `absent`, and does not switch off the column that the vocabulary knows.
    kinds : sequence of {"number", "money", "code", "isin", "cusip", "currency", "side", "text", "repeated", "unconfirmed", ""}, optional
        What the cells of each column are: numbers name no security, and words are no amount. Empty where nothing is known; of an unconfirmed
        one nothing is read.

    same : sequence of bool, optional
        Columns in which every line says the same: what names a security is another column of that meaning, where there is one (the ticker
        of the fund beside that of its securities).

    Notes
    -----
    Headings of one meaning come first, the better rank before the other. A heading of several meanings (``Holding``, ``Position``,
    ``Titres``) takes the first that its cells allow and no other column gives; what it was not read as first is in `decided`.

    Raises
    ------
    InputError
        If `columns` names a field that does not exist.
    """
    printed = tuple("" if heading is None else " ".join(str(heading).split()).strip("\ufeff") for heading in headings)
    wanted = _checked_map(columns)
    by_key = {heading_key(heading): number for number, heading in reversed(list(enumerate(printed)))}
    position = {name: by_key[key] for name, (key, _) in wanted.items() if key in by_key}
    mapped = set(position.values())
    known = [*kinds, *[""] * (len(printed) - len(kinds))]
    fitting = {number: _fitting(heading, known[number]) for number, heading in enumerate(printed) if heading and number not in mapped}
    position = _claimed(position, _in_order(printed, fitting, same))
    for code in ("isin", "cusip"):  # known by its form, whatever its heading
        unknown = [n for n, heading in enumerate(printed) if known[n] == code and heading and n not in mapped and not readings_of(heading)]
        if unknown and not {code, "identifier"} & set(position):
            position[code] = unknown[0]
    if kinds and not any(name in position for name in IDENTITY_FIELDS):
        _claim_as_code(position, printed, known)
    return ColumnPlan(
        position=position,
        headings=printed,
        unused=_unused(printed, position, known),
        absent=tuple((name, heading) for name, (key, heading) in wanted.items() if key not in by_key),
        decided=column_doubts(printed, position, mapped, known, fitting),
        is_transactions=trade_headings(printed) >= 2,
        **_of_headings(printed, position, mapped),
    )


def _of_headings(printed: Sequence[str], position: Mapping[str, int], mapped: Set[int]) -> dict[str, Any]:
    """What the headings of the columns read say of their cells: currencies, units, and the columns that belong to them."""
    return {
        "value_currency": _currency_of(position, printed, "market_value"),
        "price_currency": _currency_of(position, printed, "price"),
        "value_in_base": _says_base(position, printed, "market_value") and not _says_base(position, printed, "currency"),
        "units": {name: unit for name in NUMBER_FIELDS if name in position and (unit := unit_in(printed[position[name]])) is not None},
        "weight_unit": _weight_unit(printed[position["weight"]]) if "weight" in position else "",
        "quantity_parts": quantity_parts(printed, position["quantity"]) if position.get("quantity", -1) not in {-1, *mapped} else (),
        "short": _beside_long(printed, position, mapped),
    }


def with_other_column(plan: ColumnPlan, name: str, number: int, said: Doubt, mapped: Set[int]) -> ColumnPlan:
    """The plan with a field read from another column that means it as well, and all that the headings of its columns then say.

    Parameters
    ----------
    plan : ColumnPlan
    name : str
        The field.
    number : int
        The column that gives it.
    said : (field, heading, problem, action)
        Why, for `decided`.
    mapped : set of int
        Columns that the caller named.
    """
    left, taken = plan.headings[plan.position[name]], plan.headings[number]
    position = {**plan.position, name: number}
    unused = (*(pair for pair in plan.unused if pair[0] != taken), (left, f"another column already gives {name}"))
    of_headings = _of_headings(plan.headings, position, mapped)
    return replace(plan, position=position, unused=unused, decided=(*plan.decided, said), **of_headings)


def _beside_long(printed: Sequence[str], position: Mapping[str, int], mapped: Set[int]) -> dict[str, int]:
    """Amount -> the column of its short part, where the caller did not name the column of the amount."""
    longs = {name: position[name] for name in AMOUNT_FIELDS if position.get(name, -1) not in {-1, *mapped}}
    return {name: short for name, long in longs.items() if (short := short_column(printed, long)) is not None}


def _in_order(printed: Sequence[str], fitting: Mapping[int, Sequence[Reading]], same: Sequence[bool]) -> Mapping[int, Sequence[Reading]]:
    """Of columns of one meaning, that whose heading names a currency before the others: it holds for lines of any currency; then the latest day.

    A column that says the same of every line names no security where another one of its meaning does, and a third, such as the name,
    tells that the lines are of several.
    """

    varies = {number: not (number < len(same) and same[number]) for number in fitting}

    def names_none(number: int) -> bool:
        named = {name for name, _ in fitting[number] if name in _NAMING}
        told = [{name for name, _ in fitting[other]} for other in fitting if varies[other]]
        elsewhere = any(set(IDENTITY_FIELDS) & names and not named & names for names in told)  # the lines are of several securities
        return not varies[number] and elsewhere and any(named & names for names in told)

    kept = {number: readings for number, readings in fitting.items() if not names_none(number)} if any(same) else fitting
    kept = {number: _of_whole_column(printed[number], readings) for number, readings in kept.items()}
    return dict(sorted(kept.items(), key=lambda column: (not currency_in(printed[column[0]]), -day_in(printed[column[0]]))))


_OF_PART = 1 << 14
"""Rank of a quantity that is the part which is available: behind every heading of a whole one."""


def _of_whole_column(heading: str, readings: Sequence[Reading]) -> Sequence[Reading]:
    """The readings of a heading; that of a value in one stated currency, or in that of the book, is better than that of any other value, and
    that of a part of the quantity worse than that of any other quantity.
    """
    if readings and readings[0][0] == "quantity" and is_available_part(heading):
        return [(name, rank + _OF_PART) for name, rank in readings]
    told = [name for name, _ in readings] == ["market_value"] and (currency_in(heading) or _in_base(heading))
    return [("market_value", -1)] if told and not is_by_end(readings[0]) else readings


def _weight_unit(heading: str) -> str:
    key = heading_key(heading.replace("‰", "permille").replace("‱", "bps"))
    told = {"percent": "percent", "basispoint": "bps", "permille": "permille", "promille": "permille"}
    return next((unit for word, unit in told.items() if word in key), "bps" if key.endswith(("bp", "bps")) else "")


def _currency_of(position: Mapping[str, int], printed: Sequence[str], name: str) -> str:
    if name not in position:
        return ""
    unit = unit_in(printed[position[name]])
    return (unit.currency if unit else "") or currency_in(printed[position[name]])


_BASE = (
    "base", "reportingcurrency", "portfoliocurrency", "fundcurrency", "bookcurrency", "bookccy", "portfolioccy", "reportingccy", "basisvaluta",
)  # fmt: skip


def _says_base(position: Mapping[str, int], printed: Sequence[str], name: str) -> bool:
    """Whether a heading says that its column is in the currency of the book."""
    return name in position and _in_base(printed[position[name]])


def _in_base(heading: str) -> bool:
    key = heading_key(heading)
    return key in OF_PORTFOLIO or any(word in key for word in _BASE)


def _claimed(mapped: Mapping[str, int], fitting: Mapping[int, Sequence[Reading]]) -> dict[str, int]:
    """Which column gives each field: headings of one meaning by rank, then the others, each the first meaning that is still open; whole ones first.

    Where that names no security or no amount, another meaning of one heading is tried.
    """
    position = _claim(mapped, fitting)
    if _is_usable(position):
        return position
    choices = [(number, name) for number, readings in fitting.items() for name, _ in readings[1:] if name not in mapped]
    trials = (
        _claim({**mapped, name: number}, {other: readings for other, readings in fitting.items() if other != number})
        for number, name in choices
    )
    return next((trial for trial in trials if _is_usable(trial)), position)


def _claim(mapped: Mapping[str, int], fitting: Mapping[int, Sequence[Reading]]) -> dict[str, int]:
    position = dict(mapped)
    ranked = sorted(
        (is_by_end(readings[0]), readings[0][1] >= _OF_PART, len(readings) > 1, readings[0][1], order, number)
        for order, (number, readings) in enumerate(fitting.items())
        if readings
    )
    for *_, number in ranked:
        name = next((name for name, _ in fitting[number] if name not in position), None)
        if name is not None:
            position[name] = number
    return position


def _is_usable(position: Mapping[str, int]) -> bool:
    return any(name in position for name in IDENTITY_FIELDS) and any(name in position for name in AMOUNT_FIELDS)


def _claim_as_code(position: dict[str, int], printed: Sequence[str], kinds: Sequence[str]) -> None:
    """Numbers under the heading of a name are codes of securities where nothing else names them."""
    used = set(position.values())
    for number, heading in enumerate(printed):
        readings = readings_of(heading) if heading and number not in used else ()
        if kinds[number] in NUMERIC_KINDS and readings and readings[0][0] == "name":
            position["symbol_or_code"] = number
            return


def _checked_map(columns: Mapping[str, str] | None) -> dict[str, tuple[str, str]]:
    """Field -> key and wording of the caller's heading."""
    unknown = sorted(set(columns or {}) - set(FIELDS))
    if unknown:
        raise InputError(
            f"columns names {len(unknown)} unknown field(s) (first {unknown[0]!r}); the fields are: {', '.join(sorted(FIELDS))}."
        )
    return {name: (heading_key(heading), str(heading)) for name, heading in (columns or {}).items()}


def _unused(printed: tuple[str, ...], position: Mapping[str, int], kinds: Sequence[str]) -> tuple[tuple[str, str], ...]:
    used = set(position.values())
    rows = []
    for number, heading in enumerate(printed):
        if number in used or not heading:
            continue
        known = [name for name, _ in readings_of(heading)]
        taken = next((name for name in known if name in position), "")
        barred = bool(known) and is_barred(known[0], kinds[number])
        reason = KIND_REASONS[kinds[number]] if barred else f"another column already gives {taken}" if taken else "no field of that meaning"
        rows.append((heading, reason))
    return tuple(rows)
