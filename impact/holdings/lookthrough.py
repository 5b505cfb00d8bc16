"""What each fund holds of every designated issuer, nested funds included, as ranges; and what its file cannot show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.holdings.fund_files import FundFiles
from impact.holdings.status import BOUND_STATUSES
from impact.kernels.lookthrough import interval_product, through_funds
from impact.tables.prose import percent
from impact.typing_ import FloatArray, IntArray

__all__ = ["FundContents", "fund_contents"]


@dataclass(frozen=True, eq=False, kw_only=True)
class FundContents:
    """One unit of money in each fund, taken apart.

    Attributes
    ----------
    leaves : DataFrame
        fund (number of the fund owned), through (keys of the funds passed, joined by `` > ``), instrument (number in the table of
        identified instruments), share_low, share_high (decimal of the money in `fund`), shares_low, shares_high (units of the
        instrument per unit of the book's currency; NaN when the file does not tell), as_of (date of the file in which it stands),
        age_days. Only instruments that match a designated entity, whatever the law says of them now.
    unseen : (n_funds,) float, decimal
        Largest share of each fund whose content is not known: not in its file, not identifiable, in a fund without a file.
    reasons : tuple of str
        Per fund, what makes up `unseen`.
    """

    leaves: pd.DataFrame
    unseen: FloatArray
    reasons: tuple[str, ...]


LEAF_COLUMNS = ("fund", "through", "instrument", "share_low", "share_high", "shares_low", "shares_high", "as_of", "age_days")


def fund_contents(
    files: FundFiles,
    instruments: pd.DataFrame,
    members: tuple[IntArray, ...],
    *,
    currency: str,
    rates: Mapping[str, float],
) -> FundContents:
    """Take every fund apart.

    Parameters
    ----------
    files : FundFiles
    instruments : DataFrame
        The identified instruments of book and funds (:class:`~impact.holdings.identify.Identified`).
    members : tuple of (n,) int arrays
        For each fund, which instrument each of its rows is.
    currency : str
        Currency of the book.
    rates : mapping of currency to float
        Units of the book's currency per unit.

    Notes
    -----
    Range of a line reached through several funds = product of the ranges of the weights on the way. The ranges of two paths add.
    """
    n_funds = len(files)
    nested = [np.where((found := files.find(instruments.iloc[member])) == number, -1, found) for number, member in enumerate(members)]
    edges = [
        (number, int(child), fund.low[row], fund.high[row])
        for number, fund in enumerate(files.funds)
        for row, child in enumerate(nested[number])
        if child >= 0 and np.isfinite(fund.low[row])
    ]
    parent, child = (np.array([edge[k] for edge in edges], dtype=np.int64) for k in (0, 1))
    low, high = (np.array([edge[k] for edge in edges], dtype=np.float64) for k in (2, 3))
    reach_low, reach_high = through_funds(n_funds, parent, child, low, high)
    own = [_own_lines(files, number, instruments, members[number], nested[number], currency, rates) for number in range(n_funds)]
    parts = [
        _reached(own[inner][0], outer, inner, reach_low[outer, inner], reach_high[outer, inner], files)
        for outer in range(n_funds)
        for inner in range(n_funds)
        if reach_high[outer, inner] != 0 or reach_low[outer, inner] != 0
    ]
    filled = [part for part in parts if len(part)]
    leaves = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame({name: pd.Series(dtype="float64") for name in LEAF_COLUMNS})
    blind = np.array([share for _, share, _ in own])
    unseen = np.minimum(1.0, np.maximum(np.abs(reach_low), np.abs(reach_high)) @ blind) if n_funds else np.zeros(0)
    return FundContents(leaves=leaves, unseen=unseen, reasons=tuple(reason for _, _, reason in own))


def _own_lines(
    files: FundFiles, number: int, instruments: pd.DataFrame, member: IntArray, nested: IntArray, currency: str, rates: Mapping[str, float]
) -> tuple[pd.DataFrame, float, str]:
    """Lines of one fund that are not clear, the share of it that is unknown, and why."""
    fund = files.funds[number]
    held = instruments.iloc[member]
    status, is_fund = held["status"].to_numpy(dtype=object), (held["instrument"] == "fund").to_numpy()
    named = (held["tier"] != "").to_numpy()
    lines = np.flatnonzero((named | np.isin(status, BOUND_STATUSES)) & (nested < 0))
    rate = 1.0 if fund.currency == currency else rates.get(fund.currency, np.nan)
    per_unit = 1.0 / rate if fund.currency and currency else np.nan
    table = pd.DataFrame(
        {
            "instrument": member[lines],
            "share_low": fund.low[lines],
            "share_high": fund.high[lines],
            "shares_low": fund.shares_low[lines] * per_unit,
            "shares_high": fund.shares_high[lines] * per_unit,
        }
    )
    unidentified = (status == "unknown") & ~named & (nested < 0) & ~is_fund
    missing = is_fund & (nested < 0)
    size = np.maximum(np.abs(fund.low), np.abs(fund.high))
    causes = {
        "lines its file does not show": fund.unseen,
        "lines that cannot be identified": float(np.nansum(size[unidentified])),
        "funds without a file": float(np.nansum(size[missing])),
    }
    reason = "; ".join(f"{cause}: up to {percent(share, 2)}" for cause, share in causes.items() if share > 0)
    return table, min(1.0, sum(causes.values())), reason


def _reached(lines: pd.DataFrame, outer: int, inner: int, low: float, high: float, files: FundFiles) -> pd.DataFrame:
    if lines.empty:
        return lines
    n = len(lines)
    share = interval_product(lines["share_low"].to_numpy(), lines["share_high"].to_numpy(), np.full(n, low), np.full(n, high))
    shares = interval_product(lines["shares_low"].to_numpy(), lines["shares_high"].to_numpy(), np.full(n, low), np.full(n, high))
    keys = [files.funds[outer].key] if outer == inner else [files.funds[outer].key, files.funds[inner].key]
    return pd.DataFrame(
        {
            "fund": outer,
            "through": " > ".join(keys),
            "instrument": lines["instrument"].to_numpy(),
            "share_low": share[0],
            "share_high": share[1],
            "shares_low": shares[0],
            "shares_high": shares[1],
            "as_of": files.funds[inner].file.as_of if files.funds[inner].file.as_of is not None else pd.NaT,
            "age_days": files.funds[inner].age_days,
        }
    )
