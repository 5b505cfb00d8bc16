"""The bundled tables of facts as typed frames, whole or as they were known at an instant.

A row of a table holds more than one piece of knowledge: a listing is known on its day, the date of its removal only months
later. Each column therefore has its own clock: the row's ``known_at``, another ``*_known_at`` column, or, for remarks that
were written with hindsight, the day on which the fact base was built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

import pandas as pd

from impact.bundled import read_bundled
from impact.errors import InputError
from impact.instants import parse_instant
from impact.typing_ import Instant

__all__ = ["BUILT_AT", "TABLES", "TableClock", "as_known", "known_table", "typed"]

BUILT_AT = pd.Timestamp("2026-11-27T23:59:59Z")
"""Last second of the day on which the fact base was built: remarks and undated facts count as known from then on."""

NUMBERS = frozenset(
    {
        "value", "value_low", "value_high", "second_value", "year", "year_last", "shares", "float_shares", "percent", "value_usd",
        "assets_usd", "weight_percent", "amount_low", "amount_high",
    }
)  # fmt: skip
TRUTHS = frozenset({"is_listed", "preferred", "possession_ban", "has_suit"})


@dataclass(frozen=True, kw_only=True)
class TableClock:
    """Which columns of a table are known later than the row itself.

    Attributes
    ----------
    later : mapping of str to tuple of str
        A ``*_known_at`` column and the columns that stay empty before it. Where that instant is empty, the columns are
        known with the row.
    hindsight : tuple of str
        Remarks written when the fact base was built: empty before ``BUILT_AT``.
    text_values : bool
        Whether ``value`` holds text rather than numbers.
    """

    later: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    hindsight: tuple[str, ...] = ()
    text_values: bool = False


TABLES: Mapping[str, TableClock] = MappingProxyType(
    {
        "programmes": TableClock(
            later={
                "ended_known_at": ("in_force_to_on", "in_force_to_last_on", "ended_known_at"),
                "possession_ban_known_at": ("possession_ban", "possession_ban_known_at"),
            },
            hindsight=(
                "authority", "in_force_from_text", "in_force_to_text", "prohibits", "purchase_ban_rule", "divestment_rule",
                "possession_ban_text", "exemptions_and_licences", "model_note",
            ),
        ),
        "designations": TableClock(
            later={
                "relisted_known_at": ("relisted_on", "relisted_known_at"),
                "purchase_ban_known_at": ("purchase_ban_on", "purchase_ban_at", "purchase_ban_known_at"),
                "divestment_known_at": ("divestment_on", "divestment_at", "divestment_known_at"),
                "removed_known_at": ("removed_on", "removed_last_on", "removed_text", "removal_is_open", "removed_known_at"),
            },
            hindsight=(
                "listed_vehicle", "other_tickers", "other_lines", "announced_text", "purchase_ban_text", "divestment_text", "removal_reason",
                "legal_forced_flow", "listed_under", "note", "former_names", "reading",
            ),
        ),
        "listing_periods": TableClock(later={"removed_known_at": ("removed_on", "ended", "removed_known_at")}),
        "designation_lines": TableClock(),
        "designation_names": TableClock(hindsight=("printed_until_on",)),
        "index_actions": TableClock(
            later={"cancelled_known_at": ("cancelled_on", "action_text", "cancelled_known_at")},
            hindsight=("effective_open_text", "last_close_text", "detail"),
        ),
        "exchange_actions": TableClock(hindsight=("effective_text", "detail")),
        "litigation": TableClock(hindsight=("first_market_session", "outcome")),
        "ownership": TableClock(hindsight=("note",)),
        "holders": TableClock(hindsight=("note",)),
        "shares_outstanding": TableClock(),
        "tracked_assets": TableClock(),
        "buybacks": TableClock(),
        "reported_figures": TableClock(hindsight=("benchmark_same_day", "session_note")),
        "literature": TableClock(hindsight=("use_in_model",)),
        "conflicts": TableClock(hindsight=("why",), text_values=True),
    }
)  # fmt: skip


def typed(name: str, raw: pd.DataFrame) -> pd.DataFrame:
    """A table of text as typed columns, by the endings of their names.

    ``*_on`` becomes a naive date (``datetime64[ns]``), ``*_at`` an instant in UTC, figures float, yes/no columns nullable
    booleans; everything else stays text, empty where unknown.
    """
    columns: dict[str, pd.Series] = {}
    for column in raw.columns:
        cells = raw[column]
        if column.endswith("_on"):
            columns[column] = pd.to_datetime(cells.where(cells != ""), format="%Y-%m-%d").astype("datetime64[ns]")
        elif column.endswith("_at"):
            columns[column] = pd.to_datetime(cells.where(cells != ""), utc=True, format="ISO8601").astype("datetime64[ns, UTC]")
        elif column in NUMBERS and not (name in TABLES and TABLES[name].text_values):
            columns[column] = pd.to_numeric(cells.where(cells != "")).astype("float64")
        elif column in TRUTHS:
            columns[column] = cells.map({"true": True, "false": False}).astype("boolean")
        else:
            columns[column] = cells
    return pd.DataFrame(columns)


def as_known(name: str, table: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """What a typed table held at an instant: rows known then, with every column that became known later emptied.

    ``superseded_by`` names a row only once that row is known.
    """
    clock = TABLES[name]
    known = table[table["known_at"] <= as_of].reset_index(drop=True)
    for clock_column, columns in clock.later.items():
        later = known[clock_column] > as_of
        known = _emptied(known, columns, later)
    if as_of < BUILT_AT:
        known = _emptied(known, clock.hindsight, pd.Series(True, index=known.index))
    if "superseded_by" in known:
        known = _emptied(known, ("superseded_by",), ~known["superseded_by"].isin(known["fact_id"]))
    return known


def _emptied(table: pd.DataFrame, columns: tuple[str, ...], where: pd.Series) -> pd.DataFrame:
    missing = {column: "" if pd.api.types.is_string_dtype(table[column]) else None for column in columns}
    return table.assign(**{column: table[column].mask(where, value) for column, value in missing.items()})


def known_table(name: str, as_of: Instant | None = None) -> pd.DataFrame:
    """One bundled table of facts, whole or as it was known at an instant.

    Parameters
    ----------
    name : str
        One of ``TABLES``: programmes, designations, listing_periods, designation_lines, designation_names, index_actions, exchange_actions, litigation, ownership, holders,
        shares_outstanding, tracked_assets, buybacks, reported_figures, literature, conflicts.
    as_of : zoned instant, optional
        None gives everything the fact base holds.

    Returns
    -------
    pandas.DataFrame
        Rows in the order of the table. ``*_on`` are naive dates, ``*_at`` instants in UTC (NaT: unknown), figures float
        (NaN: not one figure), text empty where unknown. ``known_at`` is never missing.

    Raises
    ------
    InputError
        If there is no such table or `as_of` has no zone.

    Examples
    --------
    >>> row = known_table("designations", "2021-01-20T12:00Z").set_index("fact_id").loc["designation-ndaa-1237-ccmc-xiaomi-corporation"]
    >>> f"{row['purchase_ban_on']:%Y-%m-%d}", row["removed_on"]
    ('2021-03-15', NaT)
    """
    if name not in TABLES:
        raise InputError(f"name={name!r} is not a table of facts; choose one of: {', '.join(TABLES)}.")
    table = _whole(name)
    return table.copy() if as_of is None else as_known(name, table, parse_instant(as_of))


@cache
def _whole(name: str) -> pd.DataFrame:
    """One typed table, read once a process; callers get copies."""
    return typed(name, read_bundled(name))
