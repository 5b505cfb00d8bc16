"""Lots of a position that stand beside the line which sums them up: told by a column, and by arithmetic where a cell says so too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.holdings.book_words import OF_SEVERAL
from impact.holdings.distinct import distinct_rows, per_distinct
from impact.holdings.fields import IDENTITY_FIELDS
from impact.holdings.heading_vocabulary import readings_of
from impact.intake.dates import parse_date
from impact.intake.headings import heading_key, is_total_label
from impact.intake.numbers import MISSING_TEXT
from impact.intake.records import RawSheet
from impact.typing_ import BoolArray, FloatArray, IntArray

__all__ = ["LOT", "Lots", "lots_of_summaries", "summed_up"]

LOT = "a part of a position that is counted as a whole"
_WHOLE: Mapping[str, frozenset[str]] = {
    "datadiscriminator": frozenset({"summary"}),
    "levelofdetail": frozenset({"summary"}),
    "balancetype": frozenset({"aggr", "aggregate", "aggregate balance"}),
    "typeofbalance": frozenset({"aggr", "aggregate", "aggregate balance"}),
}
"""Headings of columns that say of each line whether it is a whole position, and the words for one."""
_PARTS = frozenset({"lot", "lotno", "taxlot", "parcel"})
"""Keys of the words that say of a line that it is a lot."""
_IDENTITY = ("account", "name", "ticker", "isin", "cusip", "sedol", "figi", "instrument", "put_call", "currency")
_CODES = ("ticker", "isin", "cusip", "sedol", "figi")


def summed_up(sheet: RawSheet, rows: IntArray, headings: Sequence[str], shift: int = 0) -> tuple[IntArray, IntArray]:
    """Rows that are whole positions, and those of their lots, where a column says of each row which it is.

    A lot is named as the whole position that it is a part of; one without such a position stays.
    """
    for number, heading in enumerate(headings):
        if (words := _WHOLE.get(heading_key(heading))) is not None:
            told = sheet.cells[number + shift].take(rows).astype("str").str.strip().str.lower()
            whole = told.isin(words).to_numpy(dtype=bool)
            named = [place + shift for place, other in enumerate(headings) if other and _names(other)]
            keys = list(zip(*(sheet.cells[place].take(rows).astype("str").str.strip() for place in named), strict=True)) or [()] * len(rows)
            held = {key for key, one in zip(keys, whole.tolist(), strict=True) if one}
            lot = ~whole & np.array([key in held for key in keys], dtype=bool)
            return rows[~lot], rows[lot]
    return rows, rows[:0]


def _names(heading: str) -> bool:
    """Whether a column of that heading names the security or the account."""
    return any(name in (*IDENTITY_FIELDS, "account") for name, _ in readings_of(heading)[:1])


@dataclass(frozen=True, eq=False, kw_only=True)
class Lots:
    """Lines that are lots of another, and lines whose figures sum up their neighbours though nothing tells them from positions; (n,) bool each."""

    lot: BoolArray
    doubtful: BoolArray


def lots_of_summaries(rows: pd.DataFrame, kept: BoolArray, printed: Callable[[IntArray], pd.DataFrame]) -> Lots:
    """Lines that are lots of the line of the same security right above or below them, which sums them up.

    Parameters
    ----------
    rows : DataFrame
        In the order of the file.
    kept : (n,) bool
        Lines that are positions otherwise.
    printed : callable
        Gives the cells of some rows as text, in every column of the table but those of amounts.

    Notes
    -----
    Lines without a name of their own, or called a lot, that sum up to the named line right above them are its lots, be it a single one.
    Of three or more neighbouring lines of one named security the first, or the last, is a summary where its quantity, and its value
    where they have one, is the sum of the others, all of one sign, and a column tells it from them by its kind: its cell is blank where
    each of theirs is filled, or is a word for several. Sums alone tell nothing: purchases, custodians and clients sum up by chance,
    so that all are kept and the line is doubtful. Two alike are a summary and its lot only where such a column tells so, which tells a
    summary on the same side of several lots too.
    """
    n = len(rows)
    none = np.zeros(n, dtype=bool)
    quantity, value = (rows[name].to_numpy(dtype=np.float64) for name in ("quantity", "market_value"))
    named = np.logical_or.reduce([(rows[name] != "").to_numpy(dtype=bool) for name in (*_CODES, "name")])
    sized = np.isfinite(quantity) & (quantity != 0.0)
    called = _called_lots(rows, kept, quantity, value)
    asked = np.flatnonzero(kept & named & sized & ~called)
    if len(asked) < 2:
        return Lots(lot=called, doubtful=none)
    member = distinct_rows([rows[name].take(asked) for name in _IDENTITY])[1]
    next_to = (np.diff(member) == 0) & (np.diff(asked) == 1)
    if not next_to.any():
        return Lots(lot=called, doubtful=none)
    runs = [run for run in np.split(asked, np.flatnonzero(~next_to) + 1) if len(run) > 1]
    sums = [(run[0], run[1:]) for run in runs if _sums(quantity, run[0], run[1:])]
    sums += [(run[-1], run[:-1]) for run in runs if _sums(quantity, run[-1], run[:-1])]
    told = _told(sums, quantity, value, printed)
    return Lots(lot=told.lot | called, doubtful=told.doubtful)


def _called_lots(rows: pd.DataFrame, kept: BoolArray, quantity: FloatArray, value: FloatArray) -> BoolArray:
    """Lines that nothing names but as a lot, and whose quantities, and values, sum up to the named line right above them."""
    lot = np.zeros(len(rows), dtype=bool)
    coded = np.logical_or.reduce([(rows[name] != "").to_numpy(dtype=bool) for name in _CODES if name != "ticker"])
    cells = {name: per_distinct(rows[name], lambda texts: texts.map(_is_lot)) for name in ("ticker", "name")}
    blank = {name: (rows[name] == "").to_numpy(dtype=bool) for name in cells}
    worded = {name: cells[name].to_numpy(dtype=bool) for name in cells}
    sized = np.isfinite(quantity) & (quantity != 0.0)
    like = np.logical_and.reduce([blank[name] | worded[name] for name in cells]) & ~coded & sized
    like &= worded["ticker"] | worded["name"] | ~kept  # a further column may name a line that is kept
    if not like.any() or like.all():
        return lot
    rest = np.flatnonzero(~like)
    for start, end in zip(rest.tolist(), [*rest[1:].tolist(), len(rows)], strict=True):
        others = np.arange(start + 1, end)
        alike = len(others) and sized[start] and bool(np.all(np.sign(quantity[others]) == np.sign(quantity[start])))
        if alike and _sums(quantity, start, others) and _sums(value, start, others):
            lot[others] = True
    return lot


def _told(
    sums: Sequence[tuple[int, IntArray]], quantity: FloatArray, value: FloatArray, printed: Callable[[IntArray], pd.DataFrame]
) -> Lots:
    """Which sums are summaries of lots, each given as its row and the rows of the others."""
    lot, doubtful = np.zeros(len(quantity), dtype=bool), np.zeros(len(quantity), dtype=bool)
    if not any(len(others) > 1 for _, others in sums):
        return Lots(lot=lot, doubtful=doubtful)
    asked = np.unique(np.concatenate([[summary, *others] for summary, others in sums]))
    cells = printed(asked)
    telling: set[tuple[bool, object]] = set()
    for several in (True, False):
        for summary, others in sums:
            if (len(others) > 1) is not several or lot[[summary, *others]].any():
                continue
            mine, theirs = (cells.take(np.searchsorted(asked, places)).to_dict("list") for places in ([summary], others))
            told = {(bool(summary < others[0]), name) for name in mine if _differs_in_kind(mine[name][0], theirs[name])}
            whole = _sums(value, summary, others) and bool(np.all(np.sign(quantity[others]) == np.sign(quantity[summary])))
            if whole and told and (several or told & telling):
                lot[others] = True
                telling |= told
            elif several:
                doubtful[summary] = True
    return Lots(lot=lot, doubtful=doubtful & ~lot)


def _is_lot(text: str) -> bool:
    """Whether a line of that name can be a lot of the line above it: the name is the word, with a number or without, or the day of a purchase."""
    return heading_key(text).rstrip("0123456789") in _PARTS or (text[:1].isdigit() and parse_date(text) is not None)


def _is_day_or_number(text: str) -> bool:
    """Whether a cell holds what a lot has of its own; a word (a pledge, a custodian) tells a holding from its neighbour, not a part from a whole."""
    digits = any(letter.isdigit() for letter in text)
    return digits and (not any(letter.isalpha() for letter in text) or _is_lot(text) or parse_date(text) is not None)


def _differs_in_kind(summary: str, lots: Sequence[str]) -> bool:
    """Whether a cell of a line tells that it sums up the lines with the other cells of its column."""
    word = heading_key(summary)
    words = [heading_key(cell) for cell in lots]
    blank = summary.strip().lower() in MISSING_TEXT and all(_is_day_or_number(cell) for cell in lots)
    several = (word in OF_SEVERAL or is_total_label(summary)) and not any(
        other in OF_SEVERAL or is_total_label(cell) for other, cell in zip(words, lots, strict=True)
    )
    return blank or several or (word not in _PARTS and set(words) <= _PARTS)


def _sums(amount: np.ndarray, summary: int, others: IntArray) -> bool:
    """Whether an amount of the summary is the sum of the others, or none of them has one."""
    known = np.isfinite(amount[[summary, *others]])
    if not known.any():
        return True
    return bool(known.all() and abs(amount[others].sum() - amount[summary]) <= 0.0101 + 1e-9 * abs(amount[summary]))
