"""Lines that head the positions of an account and carry its value: no position, and the name of the account of the lines below."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from impact.holdings.book_words import OF_ACCOUNTS
from impact.holdings.sums import PRINTED, allowed_rounding
from impact.holdings.total_words import begins_as_total, is_made_of_total_words
from impact.intake.headings import heading_key, word_keys
from impact.typing_ import BoolArray, FloatArray

__all__ = ["AccountHeadings", "account_headings"]

_KINDS_OF_ACCOUNTS = frozenset(
    heading_key(word)
    for word in (
        "ira", "roth", "401k", "403b", "457b", "hsa", "sep", "brokerage", "joint", "taxable", "individual", "custodial", "isa", "sipp",
        "tfsa", "rrsp", "resp", "pea", "assurance", "pension", "superannuation", "trust", "特定口座", "一般口座", "nisa",
    )
)  # fmt: skip
"""Words that names of accounts hold, and those of funds and firms too: the figures must say so as well."""
_OF_CASH = frozenset(
    heading_key(word)
    for word in (
        "savings", "saving", "checking", "current", "cash", "deposit", "money", "sparkonto", "girokonto", "tagesgeld", "tagesgeldkonto",
        "festgeld", "verrechnungskonto", "livret", "spaarrekening", "betaalrekening", "corriente", "corrente", "ahorro", "普通預金", "活期",
    )
)  # fmt: skip
"""Words of accounts that hold money and head no positions, unless the figures say so."""


@dataclass(frozen=True, eq=False, kw_only=True)
class AccountHeadings:
    """Lines that head an account, those whose value is not the sum of the lines below, (n,) bool each, and (n,) the account of each line."""

    heading: BoolArray
    differs: BoolArray
    account: pd.Series

    def called_totals(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows with headings called a total, so that no sum of other lines counts them."""
        words = {name: rows[name].where(~self.heading | (rows[name] == "").to_numpy(), "Total") for name in ("name", "ticker")}
        return rows.assign(**words) if self.heading.any() else rows


def account_headings(rows: pd.DataFrame, coded: BoolArray) -> AccountHeadings:
    """Which lines head the positions of an account.

    Parameters
    ----------
    rows : DataFrame
        In the order of the file, amounts as printed.
    coded : (n,) bool
        Lines with an identifier of their own.

    Notes
    -----
    Such a line has one name, which holds a word of accounts, no code, quantity or price, and a position right below it; its value is the
    sum of the lines below, down to the next such line. Beside one that is, another that begins with a word for an account, or holds a
    number as a word, heads an account whatever its figures say, but for one of cash: that is a position that stands among others.
    """
    n = len(rows)
    name, ticker = (rows[column].to_numpy(dtype=object) for column in ("name", "ticker"))
    label = np.where(name == "", ticker, name)
    value = rows["market_value"].to_numpy(dtype=np.float64, copy=True)
    bare = ~coded & ((name == "") | (ticker == "")) & (label != "") & np.isfinite(value)
    bare &= (rows["quantity"].isna() | (rows["quantity"] == 0.0)).to_numpy() & rows["price"].isna().to_numpy()
    asked = [row for row in np.flatnonzero(bare).tolist() if _of_account(label[row]) and not _is_summed(label[row])]
    loose = np.flatnonzero(~coded & np.isfinite(value)).tolist() if asked else []
    value[[row for row in loose if _is_summed(label[row])]] = np.nan
    spans = [(start, end) for start, end in pairwise([*asked, n]) if end > start + 1]
    sums = {start for start, end in spans if _is_sum(value[start], value[start + 1 : end])}
    heading, differs = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    account = pd.Series([""] * n, dtype="str")
    proven = len(sums) == len(spans) or any(start in sums and end > start + 2 for start, end in spans)  # one line may be as large by chance
    for start, end in spans if sums and proven else ():
        heading[start] = start in sums or (_is_numbered(label[start]) and _OF_CASH.isdisjoint(word_keys(label[start])))
        differs[start] = heading[start] and start not in sums
        if heading[start]:
            account.iloc[start + 1 : end] = str(label[start])
    return AccountHeadings(heading=heading, differs=differs, account=account)


def _is_sum(value: float, below: FloatArray) -> bool:
    return abs(float(np.nansum(below)) - value) <= allowed_rounding(0.01, len(below), value) + PRINTED


def _is_summed(text: str) -> bool:
    return is_made_of_total_words(text) or begins_as_total(text)


def _of_account(text: str) -> bool:
    """Whether a name holds a word of accounts.

    Examples
    --------
    >>> _of_account("Account 123 - Taxable"), _of_account("Roth IRA"), _of_account("Acme Inc")
    (True, True, False)
    """
    return not (OF_ACCOUNTS | _KINDS_OF_ACCOUNTS).isdisjoint(word_keys(text))


def _is_numbered(text: str) -> bool:
    words = word_keys(text)
    return any(word.isdigit() for word in words) or words[0] in OF_ACCOUNTS
