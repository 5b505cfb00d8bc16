"""Which column of a holdings file feeds which field, by a vocabulary of headings in nine languages (`data/headings.csv`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from impact.bundled import read_bundled
from impact.errors import InputError
from impact.intake.currencies import currency_in
from impact.intake.headings import heading_key, heading_readings

__all__ = ["AMOUNT_FIELDS", "FIELDS", "IDENTITY_FIELDS", "NUMBER_FIELDS", "TEXT_FIELDS", "ColumnPlan", "plan_columns"]

FIELDS = (
    "account", "investor", "name", "ticker", "exchange", "country", "isin", "cusip", "sedol", "figi", "identifier", "symbol_or_code",
    "quantity", "market_value", "notional_value", "weight", "price", "fx", "currency", "price_currency", "asset_class", "put_call",
    "underlying", "as_of",
)  # fmt: skip
NUMBER_FIELDS = ("quantity", "market_value", "notional_value", "weight", "price", "fx")
TEXT_FIELDS = tuple(name for name in FIELDS if name not in (*NUMBER_FIELDS, "as_of"))
IDENTITY_FIELDS = ("isin", "cusip", "sedol", "figi", "identifier", "symbol_or_code", "ticker", "name")
AMOUNT_FIELDS = ("quantity", "market_value", "weight")

# What only a list of transactions has; such a list holds no positions.
_TRANSACTION_KEYS = frozenset(
    heading_key(text)
    for text in (
        "trade date", "settle date", "settlement date", "transaction date", "transaction type", "buy sell", "side", "action", "proceeds",
        "commission", "comm fee", "t price", "trade price", "trade id", "order id", "order time", "trade time", "run date",
        "handelsdatum", "buchungstag", "date opération", "fecha operación", "約定日", "成交日期", "买卖方向",
    )
)  # fmt: skip


@lru_cache(maxsize=1)
def _vocabulary() -> Mapping[str, tuple[str, int]]:
    """Key of a heading -> field and rank; the earlier row of the table is the better reading."""
    table = read_bundled("headings")
    known: dict[str, tuple[str, int]] = {}
    for rank, (name, heading) in enumerate(zip(table["field"], table["heading"], strict=True)):
        known.setdefault(heading_key(heading), (name, rank))
    return known


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
    weight_in_percent : bool
        The heading of the weight carries a percent sign.
    unused : tuple of (heading, reason)
        Columns that feed no field, each with the reason; none is ignored silently.
    absent : tuple of (field, heading)
        What the caller's map names and this table has not.
    is_transactions : bool
        The headings are those of trades (trade date, proceeds, side), not of positions.
    """

    position: Mapping[str, int]
    headings: tuple[str, ...]
    value_currency: str = ""
    price_currency: str = ""
    weight_in_percent: bool = False
    unused: tuple[tuple[str, str], ...] = ()
    absent: tuple[tuple[str, str], ...] = ()
    is_transactions: bool = False

    @property
    def is_usable(self) -> bool:
        """Something names the security and something says how much."""
        return any(name in self.position for name in IDENTITY_FIELDS) and any(name in self.position for name in AMOUNT_FIELDS)

    @property
    def n_known(self) -> int:
        """Columns that feed a field."""
        return len(self.position)


def _field_of(heading: str) -> tuple[str, int] | None:
    known = _vocabulary()
    return next((known[reading] for reading in heading_readings(heading) if reading in known), None)


def plan_columns(headings: Sequence[object], columns: Mapping[str, str] | None = None) -> ColumnPlan:
    """Decide which column feeds which field.

    Parameters
    ----------
    headings : sequence
        One printed heading a column.
    columns : mapping of field to heading, optional
        The caller's own map (``{"isin": "Asset ID"}``); it wins over the vocabulary. What it names and the table has not is in
        `absent`, and does not switch off the column that the vocabulary knows.

    Raises
    ------
    InputError
        If `columns` names a field that does not exist.
    """
    printed = tuple("" if heading is None else " ".join(str(heading).split()).strip("\ufeff") for heading in headings)
    wanted = _checked_map(columns)
    by_key = {heading_key(heading): number for number, heading in reversed(list(enumerate(printed)))}
    position = {name: by_key[key] for name, (key, _) in wanted.items() if key in by_key}
    taken = set(position.values())
    best: dict[str, tuple[int, int]] = {}
    for number, heading in enumerate(printed):
        known = _field_of(heading) if heading and number not in taken else None
        if known is not None and known[0] not in position:
            name, rank = known
            if name not in best or rank < best[name][0]:
                best[name] = (rank, number)
    position |= {name: number for name, (_rank, number) in best.items()}
    return ColumnPlan(
        position=position,
        headings=printed,
        value_currency=currency_in(printed[position["market_value"]]) if "market_value" in position else "",
        price_currency=currency_in(printed[position["price"]]) if "price" in position else "",
        weight_in_percent="weight" in position and "percent" in heading_key(printed[position["weight"]]),
        unused=_unused(printed, position),
        absent=tuple((name, heading) for name, (key, heading) in wanted.items() if key not in by_key),
        is_transactions=len({heading_key(heading) for heading in printed} & _TRANSACTION_KEYS) >= 2,
    )


def _checked_map(columns: Mapping[str, str] | None) -> dict[str, tuple[str, str]]:
    """Field -> key and wording of the caller's heading."""
    unknown = sorted(set(columns or {}) - set(FIELDS))
    if unknown:
        raise InputError(
            f"columns names {len(unknown)} unknown field(s) (first {unknown[0]!r}); the fields are: {', '.join(sorted(FIELDS))}."
        )
    return {name: (heading_key(heading), str(heading)) for name, heading in (columns or {}).items()}


def _unused(printed: tuple[str, ...], position: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
    used = set(position.values())
    rows = []
    for number, heading in enumerate(printed):
        if number in used or not heading:
            continue
        known = _field_of(heading)
        rows.append((heading, f"another column already gives {known[0]}" if known and known[0] in position else "no field of that meaning"))
    return tuple(rows)
