"""Which lines are sums of other lines, by arithmetic in any language; what they are called is told elsewhere."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from impact.typing_ import BoolArray, FloatArray

__all__ = [
    "PRINTED", "allowed_rounding", "grand_totals", "gross_totals", "group_totals", "near_blocks", "near_sums", "sums_of_bare_lines",
    "sums_of_lines", "sums_of_totals", "totals_above",
]  # fmt: skip

_MOST_ASKED, _LAST_LINES = 2000, 5
"""Of a table with more candidates only lines called a total, and the last lines, are asked."""
PRINTED = 0.0101
"""Two rounded cents, and a little for binary fractions."""


def sums_of_lines(
    value: FloatArray,
    eligible: BoolArray,
    sure: BoolArray,
    quantity: FloatArray | None = None,
    held: BoolArray | None = None,
    stated: BoolArray | None = None,
    *,
    unit: float | None = None,
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
    quantity : (n,) float, optional
        A line with a quantity is a total only if that too is the sum of the same lines.
    held : (n,) bool, optional
        Lines that are positions even so: they are marked like the others and stay in later sums.
    stated : (n,) bool, optional
        Lines that are totals even if they sum up nothing: they are in no later sum.
    unit : float, optional
        The unit that amounts are printed in; found from them by default, as whole units or cents of money.

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
    printed = PRINTED if unit is None else 1.01 * unit
    if unit is None:
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
            start = _block_above(prefix, value[row], since, above, unit, printed, lone=bool(sure[row]))
            if start is None and above == 0 and not sure[row]:
                below = sums[n] - sums[row + 1]
                n_below = int(np.isfinite(value[row + 1 :]).sum())
                start = 0 if n_below >= 2 and abs(below - value[row]) <= allowed_rounding(unit, n_below, value[row]) else None
            if start is not None and _quantity_agrees(quantity, row, kept_quantity[start:]):
                total[row] = True
                if held is None or not held[row]:
                    since = above
                    continue
            elif stated is not None and stated[row]:
                since = above
                continue
        kept_value.append(known[row])
        kept_quantity.append(0.0 if quantity is None or not np.isfinite(quantity[row]) else float(quantity[row]))
        running.append(running[-1] + known[row])
    return total


def allowed_rounding(unit: float, n: int, value: float) -> float:
    """How far the sum of n figures, each rounded to `unit`, may lie from their printed total."""
    return 0.5 * unit * (n + 1) + 1e-9 * abs(value)


def _block_above(
    prefix: npt.NDArray[np.float64], value: float, since: int, above: int, unit: float, printed: float, *, lone: bool
) -> int | None:
    """Where the block begins that sums to `value` and ends right above; None when there is none."""
    least = 1 if lone else 2
    for start in (since, 0):
        n = above - start
        if n >= least and abs(prefix[above] - prefix[start] - value) <= min(allowed_rounding(unit, n, value), 0.002 * abs(value) + printed):
            return start
    if above < least:
        return None
    blocks = prefix[above] - prefix[: above - least + 1]
    near = np.flatnonzero(np.abs(blocks - value) <= printed + 1e-12 * abs(value))
    return int(near[-1]) if len(near) else None


def _quantity_agrees(quantity: FloatArray | None, row: int, block: list[float]) -> bool:
    if quantity is None or not np.isfinite(quantity[row]) or quantity[row] == 0:
        return True
    return abs(sum(block) - quantity[row]) <= 0.01 + 1e-9 * abs(quantity[row])


def group_totals(value: FloatArray, bare: BoolArray, total: BoolArray, called: BoolArray, grouped: BoolArray) -> BoolArray:
    """Bare lines whose value is that of exactly the lines of their group, be it a single line.

    Parameters
    ----------
    value : (n,) float
        In the order of the file; NaN where a line has none.
    bare : (n,) bool
        Lines without code, ticker and quantity.
    total, called : (n,) bool
        Lines known to be totals, and those called one.
    grouped : (n,) bool
        Lines called a group or a total, or nothing: without a line called a total others are no totals.

    Notes
    -----
    A group is the lines between two bare lines, with its total below or above. One line that repeats another may be a position, so
    this is only believed where a printed grand total is the sum of the lines that are left, and is not with the group totals in it, or
    where all lines called a group, and more than one, are so.
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
        near = (sizes > 0) & (np.abs(sums - value[edges]) <= PRINTED + 1e-9 * np.abs(value[edges]))
        group = none.copy()
        group[edges[near]] = True
        group &= open_marks
        for row in grand if group.any() else ():
            others = ~(total | called)
            others[row] = False
            believed = group if called[row] else group & grouped
            left = known[others & ~believed].sum()
            if abs(left - value[row]) <= PRINTED + 1e-9 * abs(value[row]) < abs(known[others].sum() - value[row]):
                believed[row] = True
                return believed
        believed = group & grouped
        if believed.sum() > 1 and bool((believed | ~(open_marks & grouped)).all()):
            return believed  # every line called a group is that of its lines to the cent: that is no chance
    return none


_NEAR = 0.1
"""How far what is accrued moves a total from the sum of its lines."""


def near_sums(value: FloatArray, asked: BoolArray, *, least: int) -> BoolArray:
    """Of the lines asked for those whose value is about the sum of at least so many others: of those since the last one asked for, or all above.

    Those below up to the next one are asked as well where none is above, or a single line is enough.
    """
    near = np.zeros(len(value), dtype=bool)
    held = np.isfinite(value) & ~asked
    sums, counts = (np.concatenate([[0.0], np.cumsum(each)]) for each in (np.where(held, value, 0.0), held))
    places = np.flatnonzero(asked & np.isfinite(value)).tolist()
    for before, row, after in zip([0, *places], places, [*places[1:], len(value)], strict=False):
        spans = [(before, row), (0, row)] + ([(row, after)] if least == 1 or counts[row] == 0 else [])
        parts = np.array([sums[end] - sums[start] for start, end in spans if counts[end] - counts[start] >= least])
        single = np.array([counts[end] - counts[start] == 1 for start, end in spans if counts[end] - counts[start] >= least])
        allowed = np.where(single, PRINTED, _NEAR * np.abs(parts))  # two lines may be about as large by chance
        near[row] = bool(np.any((parts != 0.0) & (np.abs(value[row] - parts) <= allowed)))
    return near


def near_blocks(value: FloatArray, marks: BoolArray, known: BoolArray) -> BoolArray:
    """Marks whose value is about that of the lines up to the next mark, on the side where the known totals among them have their lines."""
    near = np.zeros(len(value), dtype=bool)
    edges = np.flatnonzero(marks & np.isfinite(value))
    sums = np.concatenate([[0.0], np.cumsum(np.where(np.isfinite(value) & ~marks, value, 0.0))])
    before, after = np.concatenate([[-1], edges[:-1]]), np.concatenate([edges[1:], [len(value)]])
    for starts, ends in ((before + 1, edges), (edges + 1, after)):
        block = sums[ends] - sums[starts] if len(edges) else np.zeros(0)
        off = np.abs(value[edges] - block)
        if (known[edges] & (block != 0.0) & (off <= PRINTED)).any():
            near[edges] |= (block != 0.0) & (off <= _NEAR * np.abs(block))
    return near


def sums_of_bare_lines(value: FloatArray, bare: BoolArray) -> BoolArray:
    """Bare lines whose value is the sum of two or more of those right below them: cash, and the accounts that it is in."""
    told = np.zeros(len(value), dtype=bool)
    for row in np.flatnonzero(bare & np.isfinite(value) & (value != 0.0)).tolist():
        end = row + 1 + int(np.argmin(np.append(bare[row + 1 :], False)))
        told[row] = bool((np.abs(np.cumsum(value[row + 1 : end])[1:] - value[row]) <= PRINTED).any())
    return told


def sums_of_totals(value: FloatArray, total: BoolArray) -> BoolArray:
    """Totals whose value is that of the totals above, and of the lines that are in none of them."""
    agrees = np.zeros(len(value), dtype=bool)
    closed, open_lines, n = 0.0, 0.0, 0
    for row in np.flatnonzero(np.isfinite(value)).tolist():
        if not total[row]:
            open_lines += float(value[row])
            continue
        agrees[row] = n > 0 and abs(closed + open_lines - value[row]) <= allowed_rounding(0.01, n + 1, float(value[row]))
        closed, n = (float(value[row]), 1) if agrees[row] else (closed + float(value[row]), n + 1)
        open_lines = 0.0
    return agrees


def totals_above(value: FloatArray, bare: BoolArray, grouped: BoolArray, fund: BoolArray) -> BoolArray:
    """Lines whose value is the sum of the positions right below them, down to some other bare line or to the end.

    Parameters
    ----------
    value : (n,) float
        In the order of the file; NaN where a line has none.
    bare : (n,) bool
        Lines without code, ticker and quantity.
    grouped, fund : (n,) bool
        Lines called a group or a total, and those called a fund, which sum up only groups that begin right below.

    Notes
    -----
    Groups may lie in groups (a fund, its sectors). A single position below is enough where some line sums up several.
    """
    known = np.isfinite(value)
    several, lone = (np.zeros(len(value), dtype=bool) for _ in range(2))
    marks = bare & grouped & known & (value != 0.0)
    if not marks.any() or bare.sum() > _MOST_ASKED:
        return several
    for edge in (bare, bare & (grouped | fund)):  # a position without a code ends a group, or belongs to it
        sums, counts = (np.concatenate([[0.0], np.cumsum(each)]) for each in (np.where(~edge & known, value, 0.0), ~edge & known))
        ends = np.append(np.flatnonzero(edge & known & (value != 0.0)), len(value))
        for row in np.flatnonzero(edge & known & (value != 0.0) & (grouped | fund)).tolist():
            later = ends[ends > row]
            n = counts[later] - counts[row]
            near = np.abs(sums[later] - sums[row] - value[row]) <= PRINTED + 1e-9 * abs(value[row])
            several[row] |= (near & (n > 1)).any()
            lone[row] |= (near & (n == 1)).any()
    opens = np.append((several | lone)[1:] & marks[1:], False)
    several, lone = (each & (marks | (fund & opens)) for each in (several, lone))
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
        gross[row] = counts[row] > 1 and abs(sizes[row] - value[row]) <= allowed_rounding(0.01, int(counts[row]), float(value[row]))
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
        near = allowed_rounding(1.0 if whole else 0.01, len(above), float(value[row]))
        total[row] = spans and abs(known[above].sum() - value[row]) <= min(near, 0.002 * abs(float(value[row])) + PRINTED)
    return total
