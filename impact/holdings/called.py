"""What the lines of a table are called: a total, one of a group, of the money held, a group, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Set
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.holdings.book_words import OF_ACCOUNTS, OF_FUNDS
from impact.holdings.total_words import begins_as_total, is_carried_forward, is_made_of_total_words, total_kind, what_is_summed
from impact.intake.headings import heading_key, is_group_label, is_total_label, word_keys
from impact.typing_ import BoolArray

__all__ = [
    "Called", "are_called_funds", "but_net_assets", "called_lines", "is_called_sum", "is_no_symbol", "labelled_parts", "labelled_totals", "net_assets_stated",
    "says", "totals_among_codes",
]  # fmt: skip

_LABELS = ("name", "account", "ticker")
_LONGEST_SYMBOL = 4
"""Letters of words of totals that are symbols of shares as well (ALL, SUM): in a column of tickers the figures must say it too."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Called:
    """What lines are called, (n,) bool each.

    `total` is a total and nothing else; `spoken` is one by each word, of which `plain` is one of positions by words that call no firms,
    and `weak` one by words that do; the rest are totals of money. `begun` is one by the first or last word; `group` is the name of a
    group, or none.
    """

    total: BoolArray
    spoken: BoolArray
    plain: BoolArray
    weak: BoolArray
    begun: BoolArray
    group: BoolArray

    @property
    def label(self) -> BoolArray:
        return self.total | self.spoken | self.group


def called_lines(rows: pd.DataFrame, loose: BoolArray, given: Set[str], labels: pd.Series) -> Called:
    """What the lines are called in the columns that name them; a line with a name of its own is called by that alone.

    Parameters
    ----------
    rows : DataFrame
    loose : (n,) bool
        Lines asked for: those without a code.
    given : set of str
        Columns that hold text.
    labels : (n,) Series of str
        Words of totals that stood in a column of identifiers, empty elsewhere.
    """
    total, spoken, plain, weak = (np.zeros(len(rows), dtype=bool) for _ in range(4))
    nameless = loose & _no_other_name(rows)
    for name in ("name", "account", "ticker", ""):
        if name and name not in given:
            continue
        cells = rows[name] if name else labels
        asked = (loose if name == "name" else nameless) & (cells != "").to_numpy(dtype=bool)
        exact, words = says(cells, asked, _says_total), says(cells, asked, is_made_of_total_words)
        symbol = says(cells, asked, _is_symbol) if name == "ticker" else np.zeros(len(rows), dtype=bool)
        total |= exact & ~symbol
        spoken |= words & (exact | ~symbol)
        plain |= says(cells, words & ~symbol, lambda text: total_kind(text) == "total")
        weak |= says(cells, words, lambda text: total_kind(text) in ("weak", "amount"))
        if name == "ticker":  # beside another name it is a total if the figures say so
            spoken |= says(cells, (loose & ~nameless & _unsized(rows)) & (cells != "").to_numpy(dtype=bool), _is_total_symbol)
    summed = _sums_named_above(rows, loose)
    spoken, plain = spoken | summed, plain | summed
    label = rows["name"].where(rows["name"] != "", rows["ticker"])
    worded = (label != "").to_numpy(dtype=bool)
    group = nameless & ~worded & (labels == "").to_numpy(dtype=bool) | says(label, loose & worded, is_group_label)
    begun = says(label, loose & worded, begins_as_total)
    return Called(total=total, spoken=spoken, plain=plain, weak=weak, begun=begun, group=group)


def _sums_named_above(rows: pd.DataFrame, loose: BoolArray) -> BoolArray:
    """Lines called the total of a name with which that of the line right above begins."""
    told = np.zeros(len(rows), dtype=bool)
    asked = says(rows["name"], loose, lambda text: what_is_summed(text) != "")
    for row in np.flatnonzero(asked[1:] & ~asked[:-1]).tolist():
        told[row + 1] = f"{rows['name'].iat[row]} ".casefold().startswith(f"{what_is_summed(rows['name'].iat[row + 1])} ".casefold())
    return told


def is_called_sum(text: str) -> bool:
    """Whether the name of a line says that it is a total or a group, or says nothing."""
    return text == "" or is_made_of_total_words(text) or begins_as_total(text) or is_group_label(text)


def _says_total(text: str) -> bool:
    """Whether a cell says that its line is a total, or what a page carries forward, and says nothing else."""
    return is_total_label(text) or is_carried_forward(text)


def _is_symbol(text: str) -> bool:
    return len(text) <= _LONGEST_SYMBOL and text.isascii() and text.isalpha() and text.isupper()


def _is_total_symbol(text: str) -> bool:
    """Whether a cell of the column of tickers says that its line is a total, and is no symbol of a share."""
    return _says_total(text) and not _is_symbol(text)


def _unsized(rows: pd.DataFrame) -> BoolArray:
    quantity = rows["quantity"].to_numpy(dtype=np.float64)
    return np.isnan(quantity) | (quantity == 0.0)


def is_no_symbol(text: str) -> bool:
    """Whether a cell of the column of tickers holds the words of a total, which are no symbol as well."""
    return is_made_of_total_words(text) and not _is_symbol(text)


def _no_other_name(rows: pd.DataFrame) -> BoolArray:
    """Lines without a name, or whose name is that of a total or a group."""
    named = (rows["name"] != "").to_numpy(dtype=bool)
    return ~named | says(rows["name"], named, lambda text: is_made_of_total_words(text) or is_group_label(text))


def labelled_parts(rows: pd.DataFrame, labels: pd.Series) -> BoolArray:
    """Lines of a security whose account, ticker or further code calls them a total."""
    labelled = (labels != "").to_numpy(dtype=bool, copy=True)
    for name in ("account", "ticker"):
        labelled |= says(rows[name], (rows[name] != "").to_numpy(dtype=bool), is_made_of_total_words)
    return labelled


def are_called_funds(rows: pd.DataFrame, asked: BoolArray) -> BoolArray:
    """Of the lines asked for those called a fund, (n,) bool."""
    label = rows["name"].where(rows["name"] != "", rows["ticker"])
    return says(label, asked & (label != "").to_numpy(), lambda name: not (OF_FUNDS | OF_ACCOUNTS).isdisjoint(word_keys(name)))


def says(cells: pd.Series, asked: BoolArray, tells: Callable[[str], bool]) -> BoolArray:
    """Cells of the lines asked for of which something holds."""
    told = np.zeros(len(cells), dtype=bool)
    if asked.any():
        codes, distinct = pd.factorize(cells[asked])
        told[asked] = np.array([tells(text) for text in distinct.tolist()], dtype=bool)[codes]
    return told


def totals_among_codes(text: dict[str, pd.Series], columns: Collection[str], n: int) -> pd.Series:
    """The words of totals in columns of identifiers, (n,), which are taken out of them and name a line that has no name."""
    label = pd.Series([""] * n, dtype="str")
    for name in columns:
        if name in text:
            told = says(text[name], (text[name] != "").to_numpy(dtype=bool), is_no_symbol)
            label, text[name] = text[name].where(told & (label == "").to_numpy(dtype=bool), label), text[name].where(~told, "")
    if (label != "").any():
        names = text.get("name", pd.Series([""] * n, dtype="str"))
        text["name"] = names.where(names != "", label)
    return label


def labelled_totals(rows: pd.DataFrame) -> BoolArray:
    """Lines of which a cell that names them says nothing but that they are a total."""
    return np.logical_or.reduce([says(rows[name], (rows[name] != "").to_numpy(dtype=bool), _says_total) for name in _LABELS])


_NET_ASSET_KEYS = frozenset(
    heading_key(text)
    for text in ("net assets", "total net assets", "nettofondsvermögen", "actif net", "patrimonio netto", "純資産総額", "资产净值")
)


def but_net_assets(rows: pd.DataFrame, called: BoolArray) -> BoolArray:
    """Lines called totals, but for net assets, which hold what is owed and what is no position."""
    left = called.copy()
    for row in np.flatnonzero(called).tolist():
        left[row] = not any(heading_key(rows[name].iat[row]) in _NET_ASSET_KEYS for name in _LABELS)
    return left


def net_assets_stated(rows: pd.DataFrame, totals: np.ndarray) -> float:
    """The value of the last total line that is called net assets; NaN when there is none."""
    named = [row for row in totals.tolist() if {heading_key(rows[name].iat[row]) for name in _LABELS} & _NET_ASSET_KEYS]
    return float(rows["market_value"].to_numpy(dtype=np.float64)[named[-1]]) if named else float("nan")
