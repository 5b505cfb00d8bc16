"""Which lines are totals: by arithmetic in any language, and by what they are called where arithmetic cannot tell."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.holdings.designated_names import begins_with_designated
from impact.holdings.distinct import per_distinct
from impact.holdings.sums import allowed_rounding, gross_totals, group_totals, sums_of_lines, totals_above
from impact.intake.headings import heading_key, is_group_label, is_total_label
from impact.typing_ import BoolArray, FloatArray

__all__ = ["TotalLines", "labelled_totals", "net_assets_stated", "total_lines", "total_that_differs"]


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
    agrees = sums[row] or abs(held - value[row]) <= allowed_rounding(unit, int(kept.sum()), float(value[row]))
    return None if agrees or np.flatnonzero(kept)[-1] > row else row


_LABELS = ("name", "account", "ticker")


@dataclass(frozen=True, eq=False, kw_only=True)
class TotalLines:
    """Lines that are totals, and positions whose figures are a sum of others by chance or by mistake, (n,) bool each.

    `doubtful` are lines with a ticker, `unnamed` those that nothing calls a total or a group.

    `differs` is the row of a printed grand total that is no sum of lines; None when there is none.
    """

    total: BoolArray
    doubtful: BoolArray
    unnamed: BoolArray
    differs: int | None


def total_lines(rows: pd.DataFrame, coded: np.ndarray, given: Set[str]) -> TotalLines:
    """Lines that are sums of others, or that are called a total and have no quantity.

    Parameters
    ----------
    rows : DataFrame
        In the order of the file.
    coded : (n,) bool
        Lines with an identifier of their own.
    given : set of str
        Columns that hold text.

    Notes
    -----
    A line with a ticker of its own (and a name, where lines have one) is a position if it has a quantity, or if no line of its table has one, and nothing calls it a total:
    that its figures are the sum of lines above makes it doubtful, never a total.
    """
    quantity, value = rows["quantity"].to_numpy(), rows["market_value"].to_numpy()
    loose = ~coded & ((rows["currency"] == "").to_numpy() | np.isfinite(value) | rows["weight"].notna().to_numpy())
    called = np.zeros(len(rows), dtype=bool)
    for name in _LABELS:
        if name in given:
            called |= _labelled_total(rows[name], loose)
    unsized = np.isnan(quantity) | (quantity == 0)
    traded = np.zeros(len(rows), dtype=bool)
    if "ticker" in given:
        ticked = (rows["ticker"] != "").to_numpy()
        traded = ticked & ~_labelled_total(rows["ticker"], ticked)
    named = (rows["name"] != "").to_numpy()
    held = traded & (named | ~named.any()) & ~called & (~unsized | unsized.all())
    eligible = loose & (unsized | called | _may_be_sum(quantity))
    named_total = called & (unsized | ~traded)  # a share may be called Total: one with a ticker and a quantity is a position
    total, doubtful = named_total.copy(), np.zeros(len(rows), dtype=bool)
    summed, unnamed = np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    begun = loose & unsized & ~traded & ~unsized.all() & _begins_as_total(rows["name"])
    for amount in (value, rows["weight"].to_numpy()):
        known = np.isfinite(amount)
        asked = eligible & known & ~(held & unsized) if amount is not value else eligible & known  # weights alone agree by chance
        if asked.any():
            sums = sums_of_lines(amount, asked, called, quantity, held, begun if amount is value else None)
            named_for = sums & ~held & _named_for_designated(rows, sums & ~called & ~held)
            unnamed |= named_for
            sums &= ~named_for
            doubtful |= sums & held
            total |= sums & ~held
            summed |= sums
    # Read by what is left: a line of one group that repeats its only position makes the grand total no sum.
    bare = loose & unsized & ~(traded & (named | ~named.any()))  # words in the column of tickers name a sum where lines have names
    grouped, fund = _called_groups(rows, bare)
    groups = group_totals(value, loose & unsized & ~traded, total, called, grouped)
    everywhere = np.ones(len(rows), dtype=bool)
    above = totals_above(value, bare, everywhere, ~everywhere)
    total |= groups | totals_above(value, bare, grouped, fund)
    gross = gross_totals(value, bare, total)
    total |= gross & grouped
    one_money = rows.loc[~total, "currency"].nunique() <= 1
    differs = total_that_differs(value, total, _but_net_assets(rows, called), summed | groups) if one_money else None
    return TotalLines(total=total, doubtful=doubtful, unnamed=(unnamed | above | gross) & ~total, differs=differs)


def _named_for_designated(rows: pd.DataFrame, asked: BoolArray) -> BoolArray:
    """Of the lines asked for those named for a designated firm, which no line beside them is: a subtotal of its lines would be beside one."""
    named = np.zeros(len(rows), dtype=bool)
    names = rows["name"].tolist() if asked.any() else []
    for row in np.flatnonzero(asked).tolist():
        first = names[row].split()[:1]
        beside = [names[other].split()[:1] for other in (row - 1, row + 1) if 0 <= other < len(names)]
        named[row] = begins_with_designated(names[row]) and first not in beside
    return named


_FUND_WORDS = frozenset({"fund", "funds", "portfolio", "account", "mandate", "composite", "fonds", "portefeuille", "cartera", "depot"})


def _called_groups(rows: pd.DataFrame, asked: BoolArray) -> tuple[BoolArray, BoolArray]:
    """Of the lines asked for those called a group or a total, or nothing, and those called a fund, (n,) bool each."""
    label = rows["name"].where(rows["name"] != "", rows["ticker"]).where(asked, "")
    grouped = (label == "").to_numpy() | per_distinct(label, lambda names: names.map(is_group_label)).to_numpy(dtype=bool)
    fund = per_distinct(label, lambda names: names.map(lambda name: not _FUND_WORDS.isdisjoint(name.lower().split()))).to_numpy(dtype=bool)
    return grouped & asked, fund & asked


def _begins_as_total(names: pd.Series) -> BoolArray:
    """Names whose first words are those of a total: a share may be called so too, so that the figures must say it as well."""
    return per_distinct(names, lambda values: values.map(_first_words_total)).to_numpy(dtype=bool)


def _first_words_total(name: str) -> bool:
    words = name.split()
    return any(is_total_label(" ".join(words[:n])) for n in (1, 2) if len(words) > n)


def _labelled_total(cells: pd.Series, asked: BoolArray) -> BoolArray:
    """Cells that say nothing but that their line is a total, of the lines asked for."""
    labelled = np.zeros(len(cells), dtype=bool)
    labelled[asked] = per_distinct(cells[asked], lambda values: values.map(is_total_label)).to_numpy(dtype=bool)
    return labelled


def labelled_totals(rows: pd.DataFrame) -> BoolArray:
    """Lines of which a cell that names them says nothing but that they are a total."""
    return np.logical_or.reduce([_labelled_total(rows[name], (rows[name] != "").to_numpy(dtype=bool)) for name in _LABELS])


def _but_net_assets(rows: pd.DataFrame, called: BoolArray) -> BoolArray:
    """Lines called totals, but for net assets, which hold what is owed and what is no position."""
    left = called.copy()
    for row in np.flatnonzero(called).tolist():
        left[row] = not any(heading_key(rows[name].iat[row]) in _NET_ASSET_KEYS for name in _LABELS)
    return left


def _may_be_sum(quantity: np.ndarray) -> np.ndarray:
    """Quantities as large as those of all other lines together could be."""
    size = np.where(np.isfinite(quantity), np.abs(quantity), 0.0)
    return (size > 0) & (size >= 0.5 * size.sum() / 2) if len(size) > 2 else np.zeros(len(size), dtype=bool)


_NET_ASSET_KEYS = frozenset(
    heading_key(text)
    for text in ("net assets", "total net assets", "nettofondsvermögen", "actif net", "patrimonio netto", "純資産総額", "资产净值")
)


def net_assets_stated(rows: pd.DataFrame, totals: np.ndarray) -> float:
    """The value of the last total line that is called net assets; NaN when there is none."""
    named = [row for row in totals.tolist() if {heading_key(rows[name].iat[row]) for name in _LABELS} & _NET_ASSET_KEYS]
    return float(rows["market_value"].to_numpy(dtype=np.float64)[named[-1]]) if named else float("nan")
