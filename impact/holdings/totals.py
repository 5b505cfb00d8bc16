"""Which lines are totals: by arithmetic in any language, and by what they are called where arithmetic cannot tell."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from impact.holdings.distinct import per_distinct
from impact.intake.headings import heading_key, is_total_label
from impact.typing_ import BoolArray, FloatArray

__all__ = [
    "TotalLines",
    "grand_totals",
    "gross_totals",
    "group_totals",
    "labelled_totals",
    "net_assets_stated",
    "sums_of_lines",
    "total_lines",
    "total_that_differs",
    "totals_above",
]

_MOST_ASKED, _LAST_LINES = 2000, 5
"""Of a table with more candidates only lines called a total, and the last lines, are asked."""
_PRINTED = 0.0101
"""Two rounded cents, and a little for binary fractions."""


def sums_of_lines(
    value: FloatArray,
    eligible: BoolArray,
    sure: BoolArray,
    quantity: FloatArray | None = None,
    held: BoolArray | None = None,
    named: BoolArray | None = None,
) -> BoolArray:
    """Lines whose value is the sum of lines above them, or of all lines below.

    Parameters
    ----------
    value : (n,) float
        In the order of the file; NaN where a line has none.
    eligible : (n,) bool
        Lines that could be totals: no identifier, and no quantity or one that is a sum as well.
    sure : (n,) bool
        Lines called a total, for which the sum of a single line is enough.
    named : (n,) bool, optional
        Lines whose name begins as that of a total does (``Total Bonds``): there the single line right above is enough, to the cent.
    quantity : (n,) float, optional
        A line with a quantity is a total only if that too is the sum of the same lines.
    held : (n,) bool, optional
        Lines that are positions even so: they are marked like the others and stay in later sums.

    Notes
    -----
    Asked are the block of lines right above, of any length from two, to the cent; and the lines since the last total, all lines
    above, and all lines below, to what rounding each of them to a printed unit allows. A line found to be a total is in no later sum.
    """
    n = len(value)
    if eligible.sum() > _MOST_ASKED:
        eligible = eligible & (sure | (np.arange(n) >= n - _LAST_LINES))
    total = np.zeros(n, dtype=bool)
    known = np.where(np.isfinite(value), value, 0.0)
    whole = bool(np.all(known == np.round(known)))
    unit = 1.0 if whole and np.nanmax(np.abs(known), initial=0.0) >= 1000 else 0.01
    sums = np.concatenate([[0.0], np.cumsum(np.where(eligible & sure, 0.0, known))])
    kept_value: list[float] = []
    kept_quantity: list[float] = []
    since = 0
    last = int(np.flatnonzero(eligible).max(initial=-1))
    running = [0.0]
    for row in range(last + 1):
        if eligible[row] and np.isfinite(value[row]) and value[row] != 0.0:
            above = len(kept_value)
            prefix = np.asarray(running)
            start = _block_above(prefix, value[row], since, above, unit, lone=bool(sure[row]))
            if start is None and above == 0 and not sure[row]:
                below = sums[n] - sums[row + 1]
                n_below = int(np.isfinite(value[row + 1 :]).sum())
                start = 0 if n_below >= 2 and abs(below - value[row]) <= _allowed(unit, n_below, value[row]) else None
            if start is None and named is not None and named[row] and above - since == 1 and abs(kept_value[-1] - value[row]) <= _PRINTED:
                start = since
            if start is not None and _quantity_agrees(quantity, row, kept_quantity[start:]):
                total[row] = True
                if held is None or not held[row]:
                    since = above
                    continue
        kept_value.append(known[row])
        kept_quantity.append(0.0 if quantity is None or not np.isfinite(quantity[row]) else float(quantity[row]))
        running.append(running[-1] + known[row])
    return total


def _allowed(unit: float, n: int, value: float) -> float:
    return 0.5 * unit * (n + 1) + 1e-9 * abs(value)


def _block_above(prefix: npt.NDArray[np.float64], value: float, since: int, above: int, unit: float, *, lone: bool) -> int | None:
    """Where the block begins that sums to `value` and ends right above; None when there is none."""
    least = 1 if lone else 2
    for start in (since, 0):
        n = above - start
        if n >= least and abs(prefix[above] - prefix[start] - value) <= min(_allowed(unit, n, value), 0.002 * abs(value) + _PRINTED):
            return start
    if above < least:
        return None
    blocks = prefix[above] - prefix[: above - least + 1]
    near = np.flatnonzero(np.abs(blocks - value) <= _PRINTED + 1e-12 * abs(value))
    return int(near[-1]) if len(near) else None


def _quantity_agrees(quantity: FloatArray | None, row: int, block: list[float]) -> bool:
    if quantity is None or not np.isfinite(quantity[row]) or quantity[row] == 0:
        return True
    return abs(sum(block) - quantity[row]) <= 0.01 + 1e-9 * abs(quantity[row])


def group_totals(value: FloatArray, bare: BoolArray, total: BoolArray, called: BoolArray) -> BoolArray:
    """Bare lines whose value is that of exactly the lines of their group, be it a single line.

    Parameters
    ----------
    value : (n,) float
        In the order of the file; NaN where a line has none.
    bare : (n,) bool
        Lines without code, ticker and quantity.
    total, called : (n,) bool
        Lines known to be totals, and those called one.

    Notes
    -----
    A group is the lines between two bare lines, with its total below or above. One line that repeats another may be a position, so
    this is only believed where a printed grand total is the sum of the lines that are left, and is not with the group totals in it.
    """
    none = np.zeros(len(value), dtype=bool)
    marks = (bare | total | called) & np.isfinite(value)
    known = np.where(np.isfinite(value), value, 0.0)
    open_marks = bare & marks & ~total & ~called
    if not open_marks.any():
        return none
    grand = [row for row in np.flatnonzero(marks).tolist() if called[row] or row == len(value) - 1]
    for below in (True, False):
        edges = np.flatnonzero(marks)
        starts = np.concatenate([[-1], edges[:-1]]) if below else edges
        ends = edges if below else np.concatenate([edges[1:], [len(value)]])
        sums = np.array([known[start + 1 : end].sum() for start, end in zip(starts, ends, strict=True)])
        sizes = ends - starts - 1
        near = (sizes > 0) & (np.abs(sums - value[edges]) <= _PRINTED + 1e-9 * np.abs(value[edges]))
        group = none.copy()
        group[edges[near]] = True
        group &= open_marks
        for row in grand if group.any() else ():
            others = ~(total | called)
            others[row] = False
            left = known[others & ~group].sum()
            if abs(left - value[row]) <= _PRINTED + 1e-9 * abs(value[row]) < abs(known[others].sum() - value[row]):
                group[row] = True
                return group
    return none


def totals_above(value: FloatArray, bare: BoolArray) -> BoolArray:
    """Bare lines whose value is the sum of the positions right below them, down to some other bare line or to the end.

    Parameters
    ----------
    value : (n,) float
        In the order of the file; NaN where a line has none.
    bare : (n,) bool
        Lines without code, ticker and quantity.

    Notes
    -----
    Groups may lie in groups (a fund, its sectors). A single position below is enough where some line sums up several.
    """
    known = np.isfinite(value)
    leaf = ~bare & known
    sums, counts = (np.concatenate([[0.0], np.cumsum(each)]) for each in (np.where(leaf, value, 0.0), leaf))
    edges = np.flatnonzero(bare & known & (value != 0.0))
    ends = np.append(edges, len(value))
    several, lone = (np.zeros(len(value), dtype=bool) for _ in range(2))
    if len(edges) > _MOST_ASKED:
        return several
    for row in edges.tolist():
        later = ends[ends > row]
        n = counts[later] - counts[row]
        near = np.abs(sums[later] - sums[row] - value[row]) <= _PRINTED + 1e-9 * abs(value[row])
        several[row], lone[row] = (near & (n > 1)).any(), (near & (n == 1)).any()
    return several | lone if several.any() else several


def gross_totals(value: FloatArray, bare: BoolArray, total: BoolArray) -> BoolArray:
    """Bare lines below long and short positions whose value is the sum of their sizes.

    Parameters
    ----------
    value : (n,) float
        In the order of the file; NaN where a line has none.
    bare, total : (n,) bool
        Lines without code, ticker and quantity; lines known to be totals.
    """
    gross = np.zeros(len(value), dtype=bool)
    held = ~bare & ~total & np.isfinite(value)
    if not (value[held] < 0.0).any():
        return gross
    sizes = np.cumsum(np.where(held, np.abs(value), 0.0))
    counts = np.cumsum(held)
    for row in np.flatnonzero(bare & np.isfinite(value) & (value > 0.0)).tolist():
        gross[row] = counts[row] > 1 and abs(sizes[row] - value[row]) <= _allowed(0.01, int(counts[row]), float(value[row]))
    return gross


def grand_totals(rows: pd.DataFrame, table: npt.NDArray[np.int64]) -> BoolArray:
    """(n,) bool: lines without code, ticker, quantity and kind whose value is the sum of all lines of every table down to theirs.

    Parameters
    ----------
    rows : DataFrame
        The positions of all tables, in the order of the file.
    table : (n,) int
        Which table each row is of. The sum over one table is found with that table.
    """
    value = rows["market_value"].to_numpy(dtype=np.float64)
    known = np.where(np.isfinite(value), value, 0.0)
    bare = np.isfinite(value) & (value != 0.0) & rows["quantity"].isna().to_numpy() & (table > table[:1].min(initial=0))
    for name in ("isin", "cusip", "sedol", "figi"):
        bare &= (rows[name] == "").to_numpy()
    bare &= (rows["instrument"] == "unknown").to_numpy()  # a bond or a fund is held, whatever it sums to
    named = (rows["name"] != "").to_numpy()
    bare &= (rows["ticker"] == "").to_numpy() | (~named & named.any())  # words in the column of tickers
    whole = bool(np.all(known == np.round(known)))
    total = np.zeros(len(rows), dtype=bool)
    for row in np.flatnonzero(bare).tolist():
        above = np.flatnonzero(~total[:row] & (known[:row] != 0.0))
        spans = len(above) >= 2 and table[above[0]] != table[row]
        near = _allowed(1.0 if whole else 0.01, len(above), float(value[row]))
        total[row] = spans and abs(known[above].sum() - value[row]) <= min(near, 0.002 * abs(float(value[row])) + _PRINTED)
    return total


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
    agrees = sums[row] or abs(held - value[row]) <= _allowed(unit, int(kept.sum()), float(value[row]))
    return None if agrees or np.flatnonzero(kept)[-1] > row else row


_LABELS = ("name", "account", "ticker")


@dataclass(frozen=True, eq=False, kw_only=True)
class TotalLines:
    """Lines that are totals, and positions whose figures are a sum of others by chance or by mistake, (n,) bool each.

    `differs` is the row of a printed grand total that is no sum of lines; None when there is none.
    """

    total: BoolArray
    doubtful: BoolArray
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
    summed = np.zeros(len(rows), dtype=bool)
    begun = loose & unsized & ~traded & ~unsized.all() & _begins_as_total(rows["name"])
    for amount in (value, rows["weight"].to_numpy()):
        known = np.isfinite(amount)
        asked = eligible & known & ~(held & unsized) if amount is not value else eligible & known  # weights alone agree by chance
        if asked.any():
            sums = sums_of_lines(amount, asked, called, quantity, held, begun if amount is value else None)
            doubtful |= sums & held
            total |= sums & ~held
            summed |= sums
    # Read by what is left: a line of one group that repeats its only position makes the grand total no sum.
    groups = group_totals(value, loose & unsized & ~traded, total, called)
    bare = loose & unsized & ~(traded & (named | ~named.any()))  # words in the column of tickers name a sum where lines have names
    total |= groups | totals_above(value, bare)
    total |= gross_totals(value, bare, total)
    one_money = rows.loc[~total, "currency"].nunique() <= 1
    differs = total_that_differs(value, total, _but_net_assets(rows, called), summed | groups) if one_money else None
    return TotalLines(total=total, doubtful=doubtful, differs=differs)


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
