"""Which lines are totals: by arithmetic in any language, and by what they are called where arithmetic cannot tell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Set
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.holdings.distinct import per_distinct
from impact.holdings.sums import allowed_rounding, gross_totals, group_totals, sums_of_lines, totals_above
from impact.holdings.total_words import begins_as_total, is_carried_forward, is_made_of_total_words
from impact.holdings.weight_units import PrintedWeight
from impact.holdings.wholes import told_by_wholes, totals_of_securities
from impact.intake.headings import heading_key, is_group_label, is_total_label
from impact.typing_ import BoolArray, FloatArray

__all__ = ["TotalLines", "is_called_sum", "labelled_totals", "net_assets_stated", "total_lines", "total_that_differs", "totals_among_codes"]


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
_LONGEST_SYMBOL = 4
"""Letters of words of totals that are symbols of shares as well (ALL, SUM): in a column of tickers the figures must say it too."""


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


@dataclass(frozen=True, eq=False, kw_only=True)
class _Called:
    """What lines are called, (n,) bool each: a total and nothing else; one by each of its words; one by its first or last word; a group or nothing."""

    total: BoolArray
    spoken: BoolArray
    begun: BoolArray
    group: BoolArray

    @property
    def label(self) -> BoolArray:
        return self.total | self.spoken | self.group


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
    where they hold with them there is no doubt.
    """
    quantity, value = rows["quantity"].to_numpy(), rows["market_value"].to_numpy()
    loose = ~coded & ((rows["currency"] == "").to_numpy() | np.isfinite(value) | rows["weight"].notna().to_numpy())
    unsized = np.isnan(quantity) | (quantity == 0)
    named = (rows["name"] != "").to_numpy()
    called = _called(rows, loose, given, labels)
    ticked = (rows["ticker"] != "").to_numpy() & ~_says(rows["ticker"], (rows["ticker"] != "").to_numpy(), _is_no_symbol)
    traded = ticked & (named | ~named.any())  # words in the column of tickers name a sum where lines have names
    certain = called.total & (unsized | ~traded)  # a share may be called Total: one with a ticker and a quantity is a position
    removable = loose & ~traded & (called.label | ((called.begun | _bears_name_of_block(rows, loose & unsized)) & unsized & ~unsized.all()))
    apart = totals_of_securities(rows, _labelled_parts(rows, labels))
    bare = loose & unsized & ~traded
    gross = gross_totals(value, bare, certain)
    apart |= gross & called.label
    total, summed, doubtful = certain | apart, np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    eligible = loose & (unsized | certain | _may_be_sum(quantity)) & ~apart
    for amount, unit in ((value, None), (rows["weight"].to_numpy(), weight.unit)):
        left = np.where(apart, np.nan, amount)
        if (asked := eligible & np.isfinite(left)).any():
            sure = certain | (called.spoken & bare)
            sums = sums_of_lines(left, asked, sure, quantity, ~(removable | certain), unit=unit)
            summed |= sums & (removable | certain)
            doubtful |= sums & ~(removable | certain)
    total |= summed
    taken = summed & ~certain & ~called.label
    grouped, fund = called.label & bare, _called_funds(rows, bare)
    size = value if np.isfinite(value).any() else rows["weight"].to_numpy() * (0.01 / weight.unit)  # their last decimal as cents
    groups = group_totals(size, bare, total, called.total | called.spoken, grouped)
    everywhere = np.ones(len(rows), dtype=bool)
    above = totals_above(value, bare, everywhere, ~everywhere)
    total |= groups | totals_above(size, bare, grouped, fund)
    doubtful = (doubtful | above | gross) & ~total
    total, doubtful = told_by_wholes(rows, total, doubtful, taken, called.total & total, weight)
    one_money = rows.loc[~total, "currency"].nunique() <= 1
    differs = total_that_differs(value, total, _but_net_assets(rows, called.total), summed | groups) if one_money else None
    return TotalLines(total=total, doubtful=doubtful & traded, unnamed=doubtful & ~traded, differs=differs)


def _called(rows: pd.DataFrame, loose: BoolArray, given: Set[str], labels: pd.Series) -> _Called:
    """What the lines are called in the columns that name them; a line with a name of its own is called by that alone."""
    total, spoken = np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    plain = loose & _no_other_name(rows)
    for name in ("name", "account", "ticker", ""):
        if name and name not in given:
            continue
        cells = rows[name] if name else labels
        asked = (loose if name == "name" else plain) & (cells != "").to_numpy(dtype=bool)
        exact, words = _says(cells, asked, _says_total), _says(cells, asked, is_made_of_total_words)
        symbol = _says(cells, asked, _is_symbol) if name == "ticker" else np.zeros(len(rows), dtype=bool)
        total |= exact & ~symbol
        spoken |= words & (exact | ~symbol)
    label = rows["name"].where(rows["name"] != "", rows["ticker"])
    worded = (label != "").to_numpy(dtype=bool)
    group = plain & ~worded & (labels == "").to_numpy(dtype=bool) | _says(label, loose & worded, is_group_label)
    return _Called(total=total, spoken=spoken, begun=_says(label, loose & worded, begins_as_total), group=group)


def _bears_name_of_block(rows: pd.DataFrame, asked: BoolArray) -> BoolArray:
    """Of the lines asked for those whose name begins the names of the two lines right above, or right below: a subtotal of one firm's lines."""
    told = np.zeros(len(rows), dtype=bool)
    names = [f"{name} ".casefold() for name in rows["name"]] if asked.any() and not asked.all() else []
    for row in np.flatnonzero(asked).tolist() if names else ():
        blocks = (names[max(row - 2, 0) : row], names[row + 1 : row + 3])
        told[row] = names[row] != " " and any(len(block) == 2 and all(name.startswith(names[row]) for name in block) for block in blocks)
    return told


def is_called_sum(text: str) -> bool:
    """Whether the name of a line says that it is a total or a group, or says nothing."""
    return text == "" or is_made_of_total_words(text) or begins_as_total(text) or is_group_label(text)


def _says_total(text: str) -> bool:
    """Whether a cell says that its line is a total, or what a page carries forward, and says nothing else."""
    return is_total_label(text) or is_carried_forward(text)


def _is_symbol(text: str) -> bool:
    return len(text) <= _LONGEST_SYMBOL and text.isascii() and text.isalpha() and text.isupper()


def _is_no_symbol(text: str) -> bool:
    """Whether a cell of the column of tickers holds the words of a total, which are no symbol as well."""
    return is_made_of_total_words(text) and not _is_symbol(text)


def _no_other_name(rows: pd.DataFrame) -> BoolArray:
    """Lines without a name, or whose name is that of a total or a group."""
    named = (rows["name"] != "").to_numpy(dtype=bool)
    return ~named | _says(rows["name"], named, lambda text: is_made_of_total_words(text) or is_group_label(text))


def _labelled_parts(rows: pd.DataFrame, labels: pd.Series) -> BoolArray:
    """Lines of a security whose account, ticker or further code calls them a total."""
    labelled = (labels != "").to_numpy(dtype=bool, copy=True)
    for name in ("account", "ticker"):
        labelled |= _says(rows[name], (rows[name] != "").to_numpy(dtype=bool), is_made_of_total_words)
    return labelled


_FUND_WORDS = frozenset({"fund", "funds", "portfolio", "account", "mandate", "composite", "fonds", "portefeuille", "cartera", "depot"})


def _called_funds(rows: pd.DataFrame, asked: BoolArray) -> BoolArray:
    """Of the lines asked for those called a fund, (n,) bool."""
    label = rows["name"].where(rows["name"] != "", rows["ticker"])
    return _says(label, asked & (label != "").to_numpy(), lambda name: not _FUND_WORDS.isdisjoint(name.lower().split()))


def _says(cells: pd.Series, asked: BoolArray, says: Callable[[str], bool]) -> BoolArray:
    """Cells of the lines asked for of which something holds."""
    told = np.zeros(len(cells), dtype=bool)
    if asked.any():
        told[asked] = per_distinct(cells[asked], lambda values: values.map(says)).to_numpy(dtype=bool)
    return told


def totals_among_codes(text: dict[str, pd.Series], columns: Collection[str], n: int) -> pd.Series:
    """The words of totals in columns of identifiers, (n,), which are taken out of them and name a line that has no name."""
    label = pd.Series([""] * n, dtype="str")
    for name in columns:
        if name in text:
            told = _says(text[name], (text[name] != "").to_numpy(dtype=bool), _is_no_symbol)
            label, text[name] = text[name].where(told & (label == "").to_numpy(dtype=bool), label), text[name].where(~told, "")
    if (label != "").any():
        names = text.get("name", pd.Series([""] * n, dtype="str"))
        text["name"] = names.where(names != "", label)
    return label


def labelled_totals(rows: pd.DataFrame) -> BoolArray:
    """Lines of which a cell that names them says nothing but that they are a total."""
    return np.logical_or.reduce([_says(rows[name], (rows[name] != "").to_numpy(dtype=bool), _says_total) for name in _LABELS])


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
