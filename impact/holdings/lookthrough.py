"""What each fund holds of every designated issuer, nested funds included, as ranges; and what its file cannot show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.holdings.fund_files import FundFiles
from impact.holdings.status import BOUND_STATUSES
from impact.kernels.lookthrough import ReachedFunds, interval_product, through_funds
from impact.tables.prose import percent
from impact.typing_ import BoolArray, FloatArray, IntArray

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
    fund_of = files.find(instruments)
    traits = _Traits.of(instruments)
    own = [_own_lines(files, number, traits, members[number], fund_of, currency, rates) for number in range(len(files))]
    edges = [lines.nested for lines in own]
    parent = np.repeat(np.arange(len(own)), [edge[0].size for edge in edges])
    child, low, high = (np.concatenate([edge[k] for edge in edges] or [np.empty(0)]) for k in range(3))
    reached = through_funds(len(own), parent, child.astype(np.int64), low, high)
    blind = np.array([lines.unseen for lines in own])
    most = np.maximum(np.abs(reached.low), np.abs(reached.high)) * blind[reached.inner]
    unseen = np.minimum(1.0, np.bincount(reached.outer, most, minlength=len(own)))
    return FundContents(leaves=_leaves(files, own, reached), unseen=unseen, reasons=tuple(lines.reason for lines in own))


@dataclass(frozen=True, eq=False, kw_only=True)
class _Traits:
    """What the lines of funds are asked, once for every instrument (n,)."""

    named: BoolArray
    bound: BoolArray
    unknown: BoolArray
    is_fund: BoolArray

    @classmethod
    def of(cls, instruments: pd.DataFrame) -> _Traits:
        status = instruments["status"]
        return cls(
            named=(instruments["tier"] != "").to_numpy(dtype=bool),
            bound=status.isin(BOUND_STATUSES).to_numpy(dtype=bool),
            unknown=(status == "unknown").to_numpy(dtype=bool),
            is_fund=(instruments["instrument"] == "fund").to_numpy(dtype=bool),
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class _OwnLines:
    """What stands in one fund's own file.

    Attributes
    ----------
    instrument : (k,) int
        Its lines that are not clear.
    ranges : (4, k) float
        share_low, share_high, shares_low, shares_high of each.
    nested : (child, low, high), each (m,)
        The funds it holds whose files are at hand.
    unseen : float
        Share of it that is unknown, and why in `reason`.
    """

    instrument: IntArray
    ranges: FloatArray
    nested: tuple[IntArray, FloatArray, FloatArray]
    unseen: float
    reason: str


def _own_lines(
    files: FundFiles, number: int, traits: _Traits, member: IntArray, fund_of: IntArray, currency: str, rates: Mapping[str, float]
) -> _OwnLines:
    fund = files.funds[number]
    nested = np.where(fund_of[member] == number, -1, fund_of[member])
    named, is_fund = traits.named[member], traits.is_fund[member]
    lines = np.flatnonzero((named | traits.bound[member]) & (nested < 0))
    inner = np.flatnonzero((nested >= 0) & np.isfinite(fund.low))
    rate = 1.0 if fund.currency == currency else rates.get(fund.currency, np.nan)
    per_unit = 1.0 / rate if fund.currency and currency else np.nan
    size = np.maximum(np.abs(fund.low), np.abs(fund.high))
    causes = {
        "lines its file does not show": fund.unseen,
        "lines that cannot be identified": float(np.nansum(size[traits.unknown[member] & ~named & (nested < 0) & ~is_fund])),
        "funds without a file": float(np.nansum(size[is_fund & (nested < 0)])),
    }
    return _OwnLines(
        instrument=member[lines],
        ranges=np.stack([fund.low[lines], fund.high[lines], fund.shares_low[lines] * per_unit, fund.shares_high[lines] * per_unit]),
        nested=(nested[inner], fund.low[inner], fund.high[inner]),
        unseen=min(1.0, sum(causes.values())),
        reason="; ".join(f"{cause}: up to {percent(share, 2)}" for cause, share in causes.items() if share > 0),
    )


def _leaves(files: FundFiles, own: list[_OwnLines], reached: ReachedFunds) -> pd.DataFrame:
    """The lines of every fund reached, for every fund that reaches it."""
    pairs = np.flatnonzero((reached.low != 0) | (reached.high != 0))
    sizes = np.array([lines.instrument.size for lines in own], dtype=np.int64)
    pairs = pairs[sizes[reached.inner[pairs]] > 0]
    if not pairs.size:
        return pd.DataFrame({name: pd.Series(dtype="float64") for name in LEAF_COLUMNS})
    counts = sizes[reached.inner[pairs]]
    pair = np.repeat(np.arange(pairs.size), counts)
    outer, inner = reached.outer[pairs], reached.inner[pairs]
    starts = np.cumsum(sizes) - sizes
    line = starts[inner][pair] + np.arange(pair.size) - (np.cumsum(counts) - counts)[pair]
    ranges = np.concatenate([lines.ranges for lines in own], axis=1)[:, line]
    low, high = reached.low[pairs][pair], reached.high[pairs][pair]
    keys = [fund.key for fund in files.funds]
    passed = pd.Series([keys[a] if a == b else f"{keys[a]} > {keys[b]}" for a, b in zip(outer, inner, strict=True)], dtype="str")
    days = pd.DatetimeIndex([fund.file.as_of if fund.file.as_of is not None else pd.NaT for fund in files.funds])
    share, shares = interval_product(ranges[0], ranges[1], low, high), interval_product(ranges[2], ranges[3], low, high)
    return pd.DataFrame(
        {
            "fund": outer[pair],
            "through": passed.take(pair).reset_index(drop=True),
            "instrument": np.concatenate([lines.instrument for lines in own])[line],
            "share_low": share[0],
            "share_high": share[1],
            "shares_low": shares[0],
            "shares_high": shares[1],
            "as_of": days[inner[pair]],
            "age_days": np.array([fund.age_days for fund in files.funds])[inner[pair]],
        }
    )
