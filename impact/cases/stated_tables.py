"""The tables that a user may bring to a case: their columns, what each means, and one reader for all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from impact.errors import InputError
from impact.instants import parse_instant
from impact.intake.named_columns import read_named_columns
from impact.supply.book import BUYERS
from impact.supply.deletion import ACTIONS
from impact.supply.holder_classes import HOLDER_CLASSES
from impact.tables.prose import significant

__all__ = ["COURT_STEPS", "EVENT_KINDS", "SCHEMAS", "StatedColumn", "TableSchema", "read_stated"]

EVENT_KINDS = ("court", "company", "index", "exchange", "removal", "report", "designation", "order", "licence", "other")
ANCHORS = ("reaction", "session")
FEWEST_SHARES = 100
"""A class that holds no more than this many shares is a percentage in the wrong column."""
PRECISIONS = ("minute", "hour", "session", "day", "month", "year")
COURT_STEPS: Mapping[str, str] = MappingProxyType(
    {
        "filed": "filed",
        "granted": "enjoined",
        "denied": "injunction_denied",
        "settled": "settled",
        "vacated": "relief",
        "removed": "relief",
        "lost": "lost",
        "appealed": "appeal",
        "relisted": "relisted",
    }
)
"""Outcome of a court event as a user writes it, and the step of the table of litigation that it is."""


@dataclass(frozen=True, kw_only=True)
class StatedColumn:
    """One column of a table that a user brings.

    Attributes
    ----------
    name : str
    kind : {"text", "number", "day", "instant", "word"}
    about : str
        What it holds, with its unit.
    required : bool
        Whether every row needs it.
    words : tuple of str
        Vocabulary of a ``word``.
    """

    name: str
    kind: str
    about: str
    required: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TableSchema:
    """One table that a user may bring: its name in the case file, its columns, and pairs of columns that bound a range."""

    name: str
    about: str
    columns: tuple[StatedColumn, ...]
    ranges: tuple[tuple[str, str], ...] = ()

    @property
    def header(self) -> tuple[str, ...]:
        """Names of the columns, in the order of the template."""
        return tuple(column.name for column in self.columns)


_SOURCE = StatedColumn(name="source", kind="text", about="where the row comes from", required=True)
_RANGE = ("shares_low", "shares_high")

SCHEMAS: Mapping[str, TableSchema] = MappingProxyType(
    {
        schema.name: schema
        for schema in (
            TableSchema(
                name="holders",
                about="who holds the line, one row a class; a class that is left out is unknown, not zero",
                columns=(
                    StatedColumn(name="holder_class", kind="word", about="class of holder", required=True, words=HOLDER_CLASSES),
                    StatedColumn(name="shares_low", kind="number", about="least it holds, shares; empty: unknown"),
                    StatedColumn(name="shares_high", kind="number", about="most it holds, shares; empty: unknown"),
                    _SOURCE,
                ),
                ranges=(_RANGE,),
            ),
            TableSchema(
                name="index",
                about="what index providers do with the line",
                columns=(
                    StatedColumn(name="provider", kind="text", about="index provider", required=True),
                    StatedColumn(name="index_family", kind="text", about="index or family"),
                    StatedColumn(name="action", kind="word", about="what it does", required=True, words=ACTIONS),
                    StatedColumn(name="announced_on", kind="day", about="day of the notice", required=True),
                    StatedColumn(name="execution_on", kind="day", about="session at whose close trackers trade; empty: unknown"),
                    StatedColumn(name="effective_on", kind="day", about="first session without (or with) the line"),
                    StatedColumn(name="weight_pct", kind="number", about="weight in the index, percent; empty: unknown"),
                    StatedColumn(name="tracked_assets_usd_low", kind="number", about="least that tracks it, US dollars"),
                    StatedColumn(name="tracked_assets_usd_high", kind="number", about="most that tracks it, US dollars"),
                    _SOURCE,
                ),
                ranges=(("tracked_assets_usd_low", "tracked_assets_usd_high"),),
            ),
            TableSchema(
                name="buyers",
                about="who is known to buy",
                columns=(
                    StatedColumn(name="buyer", kind="word", about="kind of buyer", required=True, words=BUYERS),
                    StatedColumn(name="shares_low", kind="number", about="least it buys in all, shares; empty: unknown"),
                    StatedColumn(name="shares_high", kind="number", about="most it buys in all, shares; empty: unknown"),
                    StatedColumn(name="first_on", kind="day", about="first session; empty: from the start"),
                    StatedColumn(name="last_on", kind="day", about="last session; empty: to the end"),
                    _SOURCE,
                ),
                ranges=(_RANGE, ("first_on", "last_on")),
            ),
            TableSchema(
                name="events",
                about="what became public later",
                columns=(
                    StatedColumn(name="label", kind="text", about="what happened", required=True),
                    StatedColumn(name="kind", kind="word", about="kind of event", required=True, words=EVENT_KINDS),
                    StatedColumn(name="known_at", kind="instant", about="public instant with its zone; empty: as the row named in fact"),
                    StatedColumn(name="outcome", kind="word", about="of a court event: what was decided", words=tuple(COURT_STEPS)),
                    StatedColumn(name="source", kind="text", about="where the row comes from"),
                    StatedColumn(name="id", kind="text", about="id of the event; empty: numbered by kind"),
                    StatedColumn(name="anchor", kind="word", about="session: news announced before, such as an execution", words=ANCHORS),
                    StatedColumn(name="precision", kind="word", about="how exactly known_at is known", words=PRECISIONS),
                    StatedColumn(name="fact", kind="text", about="row of the fact base in whose place the event stands"),
                    StatedColumn(name="confounders", kind="text", about="what else reached the same session"),
                    StatedColumn(
                        name="confounders_known_at", kind="instant", about="when that was known; empty: by the end of the session"
                    ),
                ),
            ),
        )
    }
)


def read_stated(given: str | Path | pd.DataFrame, name: str) -> pd.DataFrame | None:
    """A table of the user's own, checked against its schema and typed; None when it has no row.

    Parameters
    ----------
    given : path or DataFrame
        A table with a header row in a file of any kind, or a frame of the same columns.
    name : str
        A key of ``SCHEMAS``.

    Returns
    -------
    DataFrame or None
        All columns of the schema: numbers float (NaN: unknown), days naive dates, instants in UTC, text empty where unknown.

    Raises
    ------
    InputError
        If the file cannot be read, a column is missing or unknown, or a cell breaks its rule.
    """
    schema, what = SCHEMAS[name], name if isinstance(given, pd.DataFrame) else str(given)
    raw = _as_text(given, name, [column.name for column in schema.columns if column.required])
    unknown = [column for column in raw.columns if column not in schema.header]
    missing = [column.name for column in schema.columns if column.required and column.name not in raw.columns]
    if unknown or missing:
        raise InputError(
            f"{what}: columns missing: {missing or 'none'}, unknown: {unknown or 'none'}; a table of {name} has {', '.join(schema.header)}."
        )
    raw = raw[(raw != "").any(axis=1)]
    if raw.empty:
        return None
    table = pd.DataFrame({column.name: _typed(raw, column, what) for column in schema.columns}).reset_index(drop=True)
    undated = table[table["known_at"].isna() & (table["fact"] == "")] if name == "events" else table.iloc[:0]
    if len(undated):
        raise InputError(
            f"{what}, row {undated.index[0] + 1}, column known_at is empty; give the instant with its zone, or the row of the fact base in column fact."
        )
    for low, high in schema.ranges:
        wrong = table[table[low] > table[high]]
        if len(wrong):
            raise InputError(
                f"{what}, row {wrong.index[0] + 1}: {low}={wrong[low].iloc[0]} is above {high}={wrong[high].iloc[0]} ({len(wrong)} rows); swap or correct them."
            )
    if name == "holders":
        _check_holders(table, what)
    return table


def _as_text(given: str | Path | pd.DataFrame, name: str, needed: Collection[str]) -> pd.DataFrame:
    if isinstance(given, pd.DataFrame):
        return given.astype(object).where(given.notna(), "").map(_cell_text)
    return read_named_columns(given, name, needed).reset_index(drop=True)


def _cell_text(value: object) -> str:
    return value.isoformat() if isinstance(value, pd.Timestamp) else str(value).strip()


def _typed(raw: pd.DataFrame, column: StatedColumn, what: str) -> pd.Series:
    texts = raw[column.name] if column.name in raw else pd.Series("", index=raw.index)
    cells = [_cell(text, column, f"{what}, row {position + 1}, column {column.name}") for position, text in enumerate(texts)]
    if column.kind == "number":
        return pd.Series(cells, index=raw.index, dtype="float64")
    if column.kind == "day":
        return pd.Series(pd.to_datetime(pd.Series(cells, index=raw.index))).astype("datetime64[ns]")
    if column.kind == "instant":
        return pd.Series(pd.to_datetime(pd.Series(cells, index=raw.index), utc=True)).astype("datetime64[ns, UTC]")
    return pd.Series(cells, index=raw.index, dtype=object)


def _without_thousands(text: str) -> str:
    """A number without the commas that part its thousands; as it is where the commas part anything else."""
    first, *groups = text.partition(".")[0].split(",")
    parted = bool(groups) and 0 < len(first.lstrip("-")) <= 3 and all(len(group) == 3 for group in groups)
    return text.replace(",", "") if parted else text


def _cell(text: str, column: StatedColumn, where: str) -> object:
    if not text:
        if column.required:
            raise InputError(f"{where} is empty; it holds {column.about}, in every row.")
        return "" if column.kind in ("text", "word") else None
    if column.kind == "number":
        try:
            number = float(_without_thousands(text))
        except ValueError as error:
            share = "%" in text and column.name.startswith("shares_")
            remedy = ": give counts of shares, the percentage times the shares outstanding" if share else ""
            raise InputError(f"{where}: {text!r} is not a number; it holds {column.about}{remedy}.") from error
        if not 0 <= number < float("inf"):
            raise InputError(f"{where}: {text!r} must be zero or more and finite; it holds {column.about}.")
        return number
    if column.kind == "word" and text not in column.words:
        raise InputError(f"{where}: {text!r} is not in the vocabulary; choose one of: {', '.join(column.words)}.")
    if column.kind == "day":
        try:
            return pd.to_datetime(text[:10], format="%Y-%m-%d")
        except ValueError as error:
            raise InputError(f"{where}: {text!r} is not a day; write it as 2021-03-11.") from error
    return parse_instant(text, parameter=where) if column.kind == "instant" else text


def _check_holders(table: pd.DataFrame, what: str) -> None:
    """One row a class, in shares: a row of a hundred shares or less is a percentage or a fraction taken for a count."""
    repeated = table[table["holder_class"].duplicated()]
    if len(repeated):
        raise InputError(
            f"{what}, row {repeated.index[0] + 1}: holder_class={repeated['holder_class'].iloc[0]!r} stands twice ({len(repeated)} rows); add the rows of a class up."
        )
    most = table[["shares_low", "shares_high"]].max(axis=1)
    small = table[(most > 0) & (most <= FEWEST_SHARES)]
    if len(small):
        raise InputError(
            f"{what}, row {small.index[0] + 1}: {small['holder_class'].iloc[0]} holds at most {significant(most[small.index[0]], 6)} shares ({len(small)} rows), "
            "which reads like a percentage or a fraction; give counts of shares: the percentage times the shares outstanding."
        )
