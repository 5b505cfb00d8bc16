"""Which lines are totals: by arithmetic in any language, and by what they are called where arithmetic cannot tell."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.holdings.called import Called, are_called_funds, but_net_assets, called_lines, is_no_symbol, labelled_parts, says
from impact.holdings.parts_again import parts_again
from impact.holdings.sums import (
    allowed_rounding,
    gross_totals,
    group_totals,
    near_blocks,
    near_sums,
    sums_of_bare_lines,
    sums_of_lines,
    sums_of_totals,
    totals_above,
)
from impact.holdings.total_words import is_of_money, is_printed_again, is_remainder, total_kind
from impact.holdings.weight_units import PrintedWeight
from impact.holdings.wholes import told_by_wholes, totals_of_securities
from impact.typing_ import BoolArray, FloatArray

__all__ = ["TotalLines", "total_lines", "total_that_differs"]


def total_that_differs(value: FloatArray, totals: BoolArray, called: BoolArray, sums: BoolArray) -> int | None:
    """Row of the printed grand total that is no sum of lines above it; None when there is none.

    It is the last line called a total, with no position below it.
    """
    kept = ~totals & np.isfinite(value)
    printed = np.flatnonzero(called & totals & np.isfinite(value) & (value != 0.0))
    if not len(printed) or not kept.any():
        return None
    row = int(printed[-1])
    held = float(value[kept].sum())
    unit = 1.0 if bool(np.all(value[kept] == np.round(value[kept]))) and abs(held) >= 1000 else 0.01
    agrees = (sums[row] and bool((totals & np.isfinite(value))[:row].any())) or abs(held - value[row]) <= allowed_rounding(
        unit, int(kept.sum()), float(value[row])
    )
    return None if agrees or np.flatnonzero(kept)[-1] > row else row


@dataclass(frozen=True, eq=False, kw_only=True)
class TotalLines:
    """Lines that are totals, and positions whose figures are a sum of others by chance or by mistake, (n,) bool each.

    `doubtful` are lines with a ticker, `unnamed` those that nothing calls a total or a group.

    `unmet` are totals by what they are called that are no sum of lines; `worded` are positions that are called a total, or a group, and
    are none; `perhaps` are called as the line above and how they are held, and may be within it.

    `ambiguous` are totals by their figures that are called as funds and firms are as well, where no printed total tells which.

    `differs` is the row of a printed grand total that is no sum of lines; None when there is none.
    """

    total: BoolArray
    doubtful: BoolArray
    unnamed: BoolArray
    unmet: BoolArray
    worded: BoolArray
    perhaps: BoolArray
    ambiguous: BoolArray
    differs: int | None


@dataclass(frozen=True, eq=False, kw_only=True)
class _Lines:
    """What is known of the lines before their figures are compared, (n,) bool each.

    `loose` have no code, `unsized` no quantity, `traded` a symbol of a share, `bare` none of the three, `named` a name. `alone` tells that
    other lines have what the bare ones have not.
    """

    called: Called
    loose: BoolArray
    unsized: BoolArray
    traded: BoolArray
    named: BoolArray

    @property
    def bare(self) -> BoolArray:
        return self.loose & self.unsized & ~self.traded

    @property
    def alone(self) -> bool:
        return not bool(self.bare.all())

    @property
    def sized_totals(self) -> BoolArray:
        """Lines called a total that have a quantity of their own, as a firm of that name has."""
        return self.loose & (self.called.total | self.called.plain) & ~self.unsized & ~self.traded


def total_lines(rows: pd.DataFrame, coded: np.ndarray, given: Set[str], labels: pd.Series, weight: PrintedWeight) -> TotalLines:
    """Lines that are called a total, or a group, and are sums of others; lines without a name that are; and what the whole of the book tells.

    Parameters
    ----------
    rows : DataFrame
        In the order of the file, with weights as printed.
    coded : (n,) bool
        Lines with an identifier of their own.
    given : set of str
        Columns that hold text.
    labels : (n,) Series of str
        Words of totals that stood in a column of identifiers, empty elsewhere.
    weight : PrintedWeight
        How the weights are printed.

    Notes
    -----
    A line with a name that no word calls a total or a group stays a position whatever its figures sum to, and is said to be doubtful where
    its value is a sum. Only a printed total, or weights of 100 %, that hold without such lines and not with them, tell that they are none;
    where they hold with them there is no doubt. A line that each word calls a total of positions is one without being a sum (it holds what
    is accrued, or is in another currency) where other lines have a code, a symbol or a quantity and it has none.
    """
    value = rows["market_value"].to_numpy(dtype=np.float64)
    lines, size = _known(rows, coded, given, labels), _sizes(rows, weight)
    called, bare = lines.called, lines.bare
    again = parts_again(rows)
    sized = (_sums_with_quantity(rows, lines) | again.part) & ~again.worded
    stated = sized | _stated(lines, size, by_value=bool(np.isfinite(value).any()))
    label = called.label & ~(lines.sized_totals & ~sized)
    lone = _lone_group(lines, value, rows["weight"].to_numpy(dtype=np.float64))
    removable = lines.loose & ~lines.traded & ~lone & (label | _named_as_sums(rows, lines))
    gross = gross_totals(value, bare, stated)
    apart = totals_of_securities(rows, labelled_parts(rows, labels)) | (gross & label) | again.part
    units = {"market_value": None, "weight": weight.unit}
    sums = {name: _summed(rows, name, lines, stated, apart, removable, unit) for name, unit in units.items()}
    summed = (sums["market_value"] | sums["weight"]) & (removable | stated)
    total = stated | apart | summed
    grouped, funds = label & bare, are_called_funds(rows, bare)
    groups = group_totals(size, bare, total, (called.total | called.spoken) & (bare | sized), grouped)
    groups |= totals_above(size, bare, grouped, funds)
    like = called.group & lines.named & grouped
    total |= groups | (like & near_blocks(size, grouped | total, (summed | groups) & like))
    met = {name: sums[name] | groups | apart | sums_of_totals(rows[name].to_numpy(dtype=np.float64), total) for name in units}
    everywhere = np.ones(len(rows), dtype=bool)
    rest, money = (bare & says(rows["name"], bare, tells) for tells in (is_remainder, is_of_money))
    doubtful = sums["market_value"] | sums["weight"] | totals_above(value, bare, everywhere, ~everywhere) | gross
    doubtful = (
        doubtful | (rest & totals_above(size, bare, grouped | rest, funds)) | (money & lines.alone & sums_of_bare_lines(value, bare))
    ) & ~total
    worded = (_worded(rows, lines, sized) | again.worded) & ~total & ~doubtful
    taken = (summed & ~called.total & (~called.spoken | called.weak) & lines.named) | _doubtful_totals(
        lines, size, total, met["market_value"] | met["weight"]
    )
    first_told = total
    perhaps = again.perhaps & ~total & ~doubtful & ~worded
    total, doubts = told_by_wholes(rows, total, doubtful | worded | perhaps, taken, called, weight)
    one_money = rows.loc[~total, "currency"].nunique() <= 1
    differs = total_that_differs(value, total, but_net_assets(rows, called.total), summed | groups) if one_money else None
    return TotalLines(
        total=total,
        doubtful=doubtful & doubts & lines.traded,
        unnamed=doubtful & doubts & ~lines.traded,
        unmet=first_told & _unmet(rows, lines, total, met, one_money=one_money),
        worded=worded & doubts,
        perhaps=perhaps & doubts,
        ambiguous=_ambiguous(rows, lines, total),
        differs=differs,
    )


def _ambiguous(rows: pd.DataFrame, lines: _Lines, total: BoolArray) -> BoolArray:
    """Totals by their figures that funds and firms are called by as well, in a book without a printed total and without weights of 100 %.

    Where other lines have a code, a symbol or a quantity, one that is called a value or a balance is told by having none.
    """
    doubted = ("weak",) if lines.alone else ("weak", "amount")
    asked = total & lines.called.weak & ~lines.called.total & lines.named
    asked = says(rows["name"], asked, lambda text: total_kind(text) in doubted)
    if asked.any():
        held = float(rows.loc[~total, "weight"].sum())
        if bool((lines.called.total & total).any()) or min(abs(held - 1.0), abs(held - 100.0) / 100.0) <= _WHOLE_WEIGHTS:
            return np.zeros(len(rows), dtype=bool)
    return asked


_WHOLE_WEIGHTS = 0.005


def _known(rows: pd.DataFrame, coded: BoolArray, given: Set[str], labels: pd.Series) -> _Lines:
    quantity, value = rows["quantity"].to_numpy(), rows["market_value"].to_numpy()
    loose = ~coded & ((rows["currency"] == "").to_numpy() | np.isfinite(value) | rows["weight"].notna().to_numpy())
    named, ticked = ((rows[name] != "").to_numpy(dtype=bool) for name in ("name", "ticker"))
    traded = ticked & ~says(rows["ticker"], ticked, is_no_symbol) & (named | ~named.any())  # words there name a sum where lines have names
    unsized = np.isnan(quantity) | (quantity == 0)
    return _Lines(called=called_lines(rows, loose, given, labels), loose=loose, unsized=unsized, traded=traded, named=named)


def _sizes(rows: pd.DataFrame, weight: PrintedWeight) -> FloatArray:
    """Values, or where no line has one the weights, with their last decimal as cents."""
    value = rows["market_value"].to_numpy(dtype=np.float64)
    return value if np.isfinite(value).any() else rows["weight"].to_numpy(dtype=np.float64) * (0.01 / weight.unit)


def _stated(lines: _Lines, size: FloatArray, *, by_value: bool) -> BoolArray:
    """Bare lines that are totals by what they are called, whatever their figures.

    Where no line has a code, a symbol or a quantity, nothing but the figures tells a firm that is called so: they must be near a sum.
    """
    called = lines.called
    asked = (called.total | called.spoken) & lines.bare
    plain = lines.alone | near_sums(size, asked, least=1 if by_value else 2)
    return asked & (called.total | (called.plain & plain) | near_sums(size, asked, least=2))


def _sums_with_quantity(rows: pd.DataFrame, lines: _Lines) -> BoolArray:
    """Of the lines called a total that have a quantity those whose value or quantity says so too, of several lines, or both of one.

    One that is called so and nothing else is one without figures that say so where every other line has a code.
    """
    asked = lines.sized_totals
    none = np.zeros(len(rows), dtype=bool)
    if not asked.any():
        return none
    quantity, value = (rows[name].to_numpy(dtype=np.float64) for name in ("quantity", "market_value"))
    stated = lines.called.total & lines.bare
    several = none | sums_of_lines(value, asked, none, stated=stated)
    several |= sums_of_lines(quantity, asked, none, stated=stated) & ~_is_priced(rows)
    about = asked & ~lines.called.total & near_sums(value, asked | stated, least=1)
    several |= about & sums_of_lines(quantity, asked, asked, stated=stated)
    others = ~lines.called.label
    if others.any() and bool((~lines.loose | lines.traded)[others].all()):  # every other line has a code or a symbol
        several |= asked & lines.called.total & ~_is_priced(rows)
    only = np.isnan(value).all()
    return several | sums_of_lines(quantity if only else value, asked, asked, quantity, stated=stated)


def _is_priced(rows: pd.DataFrame) -> BoolArray:
    """Lines whose quantity times price is their value."""
    quantity, price, value = (rows[name].to_numpy(dtype=np.float64) for name in ("quantity", "price", "market_value"))
    with np.errstate(over="ignore"):  # a product beyond all numbers is no value
        return np.isfinite(price) & (np.isnan(value) | (np.abs(quantity * price - value) <= 0.005 * np.abs(value)))


def _named_as_sums(rows: pd.DataFrame, lines: _Lines) -> BoolArray:
    """Lines that begin or end with a word of totals, or are called as the lines beside them begin; none where no line has a quantity."""
    block = _bears_name_of_block(rows, lines.loose & lines.unsized)
    return (lines.called.begun | block) & lines.unsized & ~lines.unsized.all()


def _lone_group(lines: _Lines, *amounts: FloatArray) -> BoolArray:
    """The line called a group below positions, where no other line is called a group or a total: it may be as large as they by chance."""
    called = lines.called
    if (called.label & lines.loose).sum() != 1:
        return np.zeros(len(called.group), dtype=bool)
    held = np.logical_or.reduce([np.isfinite(amount) for amount in amounts]) & ~called.label
    return called.group & ~called.spoken & lines.bare & lines.named & (np.cumsum(held) > 1)


def _summed(
    rows: pd.DataFrame, name: str, lines: _Lines, stated: BoolArray, apart: BoolArray, removable: BoolArray, unit: float | None
) -> BoolArray:
    """Lines whose amount is a sum of others, be they totals or not."""
    quantity = rows["quantity"].to_numpy(dtype=np.float64)
    amount = np.where(apart, np.nan, rows[name].to_numpy(dtype=np.float64))
    asked = lines.loose & (lines.unsized | stated | _may_be_sum(quantity)) & np.isfinite(amount)
    if not asked.any():
        return np.zeros(len(rows), dtype=bool)
    single = lines.alone or name == "market_value"  # of names and weights alone two alike are no sum
    sure = stated | (lines.bare & ((lines.called.plain & single) | (lines.called.spoken & lines.alone)))
    return sums_of_lines(amount, asked, sure, quantity, ~(removable | stated), stated, unit=unit)


def _worded(rows: pd.DataFrame, lines: _Lines, sized: BoolArray) -> BoolArray:
    """Lines that are called a total or a group, and have nothing of their own that tells a position."""
    called = lines.called
    amount = np.isfinite(rows["market_value"].to_numpy(dtype=np.float64)) | rows["weight"].notna().to_numpy()
    told = called.spoken & ~called.weak
    if lines.alone:
        group = called.group & lines.named
        told = called.spoken | called.begun | (group & ~says(rows["name"], group, is_of_money))
    return amount & ((told & lines.bare) | (lines.sized_totals & ~sized & ~_is_priced(rows)))


def _doubtful_totals(lines: _Lines, size: FloatArray, total: BoolArray, met: BoolArray) -> BoolArray:
    """Totals by what they are called that the whole of the book may tell to be positions."""
    held = np.isfinite(size) & ~total
    above_others = np.cumsum(held[::-1])[::-1] > 0
    said = (lines.called.total | lines.called.spoken) & total & lines.loose
    return said & (~met | lines.called.weak | (lines.called.total & above_others & (not lines.alone)))


def _unmet(rows: pd.DataFrame, lines: _Lines, total: BoolArray, met: dict[str, BoolArray], *, one_money: bool) -> BoolArray:
    """Totals by what they are called whose figures are no sum of lines; the last of the book, below all positions, is told apart."""
    called = lines.called
    value, weight = (rows[name].to_numpy(dtype=np.float64) for name in ("market_value", "weight"))
    has_value, has_weight = (np.isfinite(amount) & (amount != 0.0) for amount in (value, weight))
    agrees = np.where(has_value & one_money, met["market_value"], met["market_value"] | met["weight"])
    asked = total & called.label & lines.named & but_net_assets(rows, called.label)
    asked &= lines.unsized | ~says(rows["name"], asked, is_printed_again)  # a part of one line is no sum of several
    last = np.flatnonzero(called.total & total & has_value)[-1:]
    held = np.flatnonzero(~total & (has_value | has_weight))
    asked[last[last > held[-1:].sum()]] = False
    return asked & (has_value | has_weight) & ~agrees & (one_money | ~called.total)


def _bears_name_of_block(rows: pd.DataFrame, asked: BoolArray) -> BoolArray:
    """Of the lines asked for those whose name begins the names of the two lines right above, or right below: a subtotal of one firm's lines."""
    told = np.zeros(len(rows), dtype=bool)
    names = [f"{name} ".casefold() for name in rows["name"]] if asked.any() and not asked.all() else []
    for row in np.flatnonzero(asked).tolist() if names else ():
        blocks = (names[max(row - 2, 0) : row], names[row + 1 : row + 3])
        told[row] = names[row] != " " and any(len(block) == 2 and all(name.startswith(names[row]) for name in block) for block in blocks)
    return told


def _may_be_sum(quantity: FloatArray) -> BoolArray:
    """Quantities as large as those of all other lines together could be."""
    size = np.where(np.isfinite(quantity), np.abs(quantity), 0.0)
    return (size > 0) & (size >= 0.5 * size.sum() / 2) if len(size) > 2 else np.zeros(len(size), dtype=bool)
