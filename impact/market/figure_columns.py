"""Which column of a table of daily figures is which figure, by its heading and the unit or currency in brackets behind it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.market.column_names import (
    ALONE_NAMES,
    COLUMN_NAMES,
    DATE_NAMES,
    NAMES_OF_SECURITIES,
    NOT_PRICES,
    OTHER_FIGURES,
    ROW_NUMBERS,
    STANDS_BACK,
    TICKERS_IN_CAPITALS,
    TURNOVERS,
)
from impact.market.heading_units import (
    bare_text,
    currency_behind,
    is_value_traded,
    price_in_scale,
    sign_in,
    unit_of_shares,
    volume_in_units,
    without_currency,
)
from impact.market.sniffing import RawTable
from impact.market.written_numbers import read_numbers
from impact.typing_ import BoolArray, FloatArray

__all__ = ["FigureColumns", "figure_columns", "is_price", "shares_of", "unknown_figures"]


_KNOWN = frozenset().union(*COLUMN_NAMES.values(), *ALONE_NAMES.values(), OTHER_FIGURES, NOT_PRICES, ROW_NUMBERS, NAMES_OF_SECURITIES)
_SURE_PRICES = frozenset(("close", "last", "price", "settle"))
_TICKER = re.compile(r"[A-Z]{1,5}")
_OF_ONE_SECURITY = _SURE_PRICES.union(*(COLUMN_NAMES[name] for name in ("security", "volume", "dividends", "currency")))
"""Names that stand beside a price, whatever the letters they are written in."""


@dataclass(frozen=True, eq=False, kw_only=True)
class FigureColumns:
    """What the columns of a table are.

    Attributes
    ----------
    named : mapping of str to str
        Our name to the file's, for each column the table has; ``date`` always.
    close_currency : str
        What the heading of the close states, or that of adjusted closes alone; empty where it states none.
    close_sign : str
        A sign of several currencies, or of a part of one, that this heading bears.
    beside : mapping of str to str
        Headings of adjusted closes and dividends beside a close, and the currency or sign that each states.
    volume_factor : float
        Shares that one unit of the volume stands for.
    unread : tuple of str
        Headings of volumes in money or in a unit that is not told.
    unknown : tuple of str
        Headings under which figures stand that are none known here.
    """

    named: Mapping[str, str]
    close_currency: str = ""
    close_sign: str = ""
    beside: Mapping[str, str] = field(default_factory=dict)
    volume_factor: float = 1.0
    unread: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def notes(self, name: str) -> tuple[str, ...]:
        """What was assumed of the file called `name`."""
        said = (
            ("a volume in money or in a unit that is not told in shares", self.unread),
            ("figures under headings that name none known here", self.unknown),
        )
        return tuple(
            f"{name}: not read, {what}: {', '.join(map(repr, headings[:10]))}{' ...' if len(headings) > 10 else ''}."
            for what, headings in said
            if headings
        )


def shares_of(cells: pd.Series, decimal: str, factor: float) -> tuple[FloatArray, BoolArray]:
    """Volumes in shares, and a mask of the cells that are none; a letter behind a figure (``1.5K``) is its unit in place of the heading's."""
    numbers, bad = read_numbers(cells, decimal, counts=True)
    if factor == 1:
        return numbers, bad
    lettered = cells.astype(str).str.strip().str[-1:].str.isalpha().to_numpy(dtype=bool)
    return np.where(lettered, numbers, numbers * factor), bad


@dataclass(frozen=True, kw_only=True)
class _Heading:
    """A heading as written, without what brackets or the end of it add, and what they add."""

    written: str
    bare: str
    currency: str = ""
    factor: float = 1.0

    @property
    def counts(self) -> bool:
        """Whether a volume under it is one in shares."""
        return self.factor == self.factor and not self.currency


def figure_columns(table: RawTable, stated: Mapping[str, str]) -> FigureColumns:
    """The columns of a table; `stated` are those that a caller names.

    A close stands before a last price, and a number of shares before a volume that may be money. ``Amount`` is a dividend in a table of
    dividends alone: beside a price it is what was turned over.

    Raises
    ------
    InputError
        If a stated column is absent, a figure of one security has no close beside it, or two columns are closes alike.
    """
    present = list(table.columns.columns)
    lowered = {column.strip().lower(): column for column in reversed(present)}
    alone = not _is_beside_others(present)
    named: dict[str, str] = {}
    read: dict[str, _Heading] = {}
    unread: list[str] = []
    for name in COLUMN_NAMES:
        if name in stated:
            if stated[name].strip().lower() not in lowered:
                raise InputError(f"columns[{name!r}]={stated[name]!r} is not a column of {table.name}; it has: {', '.join(present[:12])}.")
            named[name] = lowered[stated[name].strip().lower()]
            read[name] = _read(named[name], name)
            if name == "volume":
                _refuse_no_count(table, read[name])
            continue
        fitting = [heading for column in present if (heading := _read(column, name, alone=alone)).bare in COLUMN_NAMES[name]]
        if name == "volume":
            unread = [heading.written for heading in fitting if not heading.counts]
            fitting = [heading for heading in fitting if heading.counts]
        foremost = [heading for heading in fitting if heading.bare not in STANDS_BACK] or fitting
        if name in ("close", "adjusted_close"):
            _refuse_two(table, foremost, name)
        if foremost:
            named[name], read[name] = foremost[0].written, foremost[0]
    if not {"close", "adjusted_close", "volume", "dividends"} & named.keys():
        named |= {name: lowered[alias] for name, aliases in ALONE_NAMES.items() for alias in aliases if alias in lowered}
    named.setdefault("date", present[0])
    _require_a_close(table, named, lowered)
    for name in ("close", "adjusted_close", "dividends"):
        _refuse_scale(table, read.get(name))
    close, volume = read.get("close", read.get("adjusted_close")), read.get("volume")
    others = [read[name] for name in ("adjusted_close", "dividends") if name in read and read[name] is not close]
    others = [one for one in others if one is not read.get("dividends") or _pays(table.columns[one.written], table.decimal)]
    return FigureColumns(
        named=named,
        close_currency=close.currency if close else "",
        close_sign=sign_in(close.written) if close else "",
        beside={other.written: mark for other in others if (mark := other.currency or sign_in(other.written))} if close else {},
        volume_factor=volume.factor if volume else 1.0,
        unread=tuple(unread),
    )


def unknown_figures(table: RawTable, own: FigureColumns, stated: Collection[str]) -> tuple[str, ...]:
    """Headings that are no names of figures, and below which figures stand; `stated` are the figures whose columns a caller names.

    Raises
    ------
    InputError
        If the one price, which no caller states, is headed like a ticker (``SON``), and so are they: the columns may be securities.
    """
    known = {_bare(column) for column in (*own.named.values(), *own.unread)} | _KNOWN
    tells_lots = {"volume", "close"} <= own.named.keys() or {"volume", "adjusted_close"} <= own.named.keys()
    unknown = tuple(
        column
        for column in table.columns.columns
        if _bare(column) not in known
        and not (tells_lots and is_value_traded(column))
        and _holds_figures(table.columns[column], table.decimal)
    )
    price = own.named.get("close", own.named.get("adjusted_close", ""))
    if (
        unknown
        and not stated
        and _TICKER.fullmatch(price)
        and price.lower() not in _SURE_PRICES
        and not _is_beside_others([column for column in table.columns.columns if column not in (own.named["date"], price)])
        and all(map(_TICKER.fullmatch, unknown))
    ):
        listed = ", ".join(map(repr, (price, *unknown)))
        raise InputError(
            f"{table.name} has columns that may be securities ({listed}), and {price!r} is a word for a price as well; say "
            f"columns={{'close': {price!r}}} where it is the price, or rename it where it is a security."
        )
    return unknown


def _is_beside_others(columns: Sequence[str]) -> bool:
    """Whether columns are those of one security or of a long table: a figure or a name of a security among them, or words that are no tickers (one may be
    both: ``VAR``)."""
    told = [column for column in columns if _bare(column) in _KNOWN - DATE_NAMES - ROW_NUMBERS]
    told = [column for column in told if not (column.isupper() and _bare(column) in TICKERS_IN_CAPITALS)]
    return len(told) > 1 or any(_bare(column) in _OF_ONE_SECURITY or not _TICKER.fullmatch(column) for column in told)


def _bare(column: str) -> str:
    """A heading in lower case, without a number before it, and without a currency or unit behind it unless it is known with that."""
    whole = bare_text(column).lower()
    return whole if whole in _KNOWN else without_currency(whole)[0].lower()


def _pays(cells: pd.Series, decimal: str) -> bool:
    """Whether a column of dividends holds anything but zeros, which are the same in every currency."""
    numbers, bad = read_numbers(cells, decimal)
    return bool(bad.any() or (np.isfinite(numbers) & (numbers != 0)).any())


def _holds_figures(cells: pd.Series, decimal: str) -> bool:
    held = cells[~cells.astype(str).str.strip().isin(("", "nan", "None"))]
    if held.empty:
        return False
    numbers, bad = read_numbers(held, decimal)
    return bool((~bad & np.isfinite(numbers)).mean() > 0.5)


def is_price(heading: str) -> bool:
    """Whether a heading is that of a close or an adjusted close."""
    return any(_read(heading, name).bare in COLUMN_NAMES[name] for name in ("close", "adjusted_close"))


@lru_cache(maxsize=1 << 14)
def _read(column: str, name: str, *, alone: bool = True) -> _Heading:
    """A heading as one of the figure `name`: whole where that is one of its names, else without its currency or unit; some are tickers where `alone`."""
    text = bare_text(column)
    lower = text.lower()
    if alone and column.isupper() and lower in TICKERS_IN_CAPITALS:
        return _Heading(written=column, bare=column)
    if lower in COLUMN_NAMES[name]:
        return _Heading(written=column, bare=lower)
    bare, currency = without_currency(text)
    if name in ("close", "adjusted_close", "dividends"):
        if bare.lower() not in COLUMN_NAMES[name]:
            bare, currency = currency_behind(text)
        scaled = price_in_scale(text)
        if scaled.lower() in COLUMN_NAMES[name]:
            return _Heading(written=column, bare=scaled.lower(), factor=np.nan)
    if name == "volume" and not currency:
        shares = unit_of_shares(text)
        if shares:
            return _Heading(written=column, bare="number of shares" if shares.lower() in TURNOVERS | COLUMN_NAMES["volume"] else lower)
        counted, factor = volume_in_units(text)
        return _Heading(written=column, bare=counted.lower(), factor=factor)
    return _Heading(written=column, bare=bare.lower(), currency=currency)


def _refuse_no_count(table: RawTable, heading: _Heading) -> None:
    if not heading.counts:
        raise InputError(
            f"columns['volume']={heading.written!r} of {table.name} is a volume in money, or in a unit that is not told in shares; give it in "
            "shares, or leave it out."
        )


def _refuse_scale(table: RawTable, heading: _Heading | None) -> None:
    if heading is not None and heading.factor != 1:
        raise InputError(
            f"{table.name} heads {heading.written!r}, prices in another unit than a currency; give them in units of a currency."
        )


def _refuse_two(table: RawTable, headings: Sequence[_Heading], name: str) -> None:
    """Refuse columns that are closes alike and do not hold the same figures."""
    if len(headings) < 2 or all(table.columns[one.written].equals(table.columns[headings[0].written]) for one in headings[1:]):
        return
    listed, told = ", ".join(repr(one.written) for one in headings), name.replace("_", " ")
    raise InputError(f"{table.name} has {len(headings)} columns of {told}s ({listed}); say which with columns={{{name!r}: ...}}.")


def _require_a_close(table: RawTable, named: Mapping[str, str], lowered: Mapping[str, str]) -> None:
    """Refuse what only a table of one security, or a long one, has, where no price stands beside it."""
    figures_alone = lowered.keys() - {named["date"].strip().lower()} <= OTHER_FIGURES | NOT_PRICES
    long_only = {"security", "volume"} & named.keys() or OTHER_FIGURES & lowered.keys() or (figures_alone and len(lowered) > 1)
    if long_only and not {"close", "adjusted_close", "dividends"} & named.keys():
        listed = ", ".join(list(table.columns.columns)[:12])
        raise InputError(f"{table.name} has no close column; it has: {listed}; name it with columns={{'close': ...}}.")
