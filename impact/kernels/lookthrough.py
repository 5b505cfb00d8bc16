"""What a book holds through funds, as ranges: stale files widen them, nested funds multiply them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.errors import InputError
from impact.tables.prose import significant
from impact.typing_ import FloatArray, FloatArray1D, IntArray

__all__ = [
    "ReachedFunds",
    "half_printed_unit",
    "held_fraction",
    "interval_product",
    "size_range",
    "staleness_band",
    "through_funds",
    "weight_range",
]


def staleness_band(age_days: FloatArray, per_root_day: float = 0.05) -> FloatArray:
    """By what share a line of a fund may have moved against the fund since the file was written.

    Parameters
    ----------
    age_days : float array, days
        Distance between the date of the file and the date asked, either way; NaN when the file has no date.
    per_root_day : float
        Two standard deviations of a line's daily move against its fund: 0.05 for a line that moves 2.5 % a day.

    Returns
    -------
    float array, decimal in [0, 1]
        0 for a file of the same day, 1 when the age is unknown.

    Notes
    -----
    band = min(1, per_root_day * sqrt(age)). It also bounds the share of the fund that may sit in lines the file does not show.
    """
    age = np.abs(np.asarray(age_days, dtype=np.float64))
    return np.where(np.isnan(age), 1.0, np.minimum(1.0, per_root_day * np.sqrt(np.where(np.isnan(age), 0.0, age))))


def half_printed_unit(weights: FloatArray1D) -> float:
    """Half of the last printed digit of weights in percent, as a decimal: how far a printed weight may lie from the true one.

    Parameters
    ----------
    weights : (n,) float, decimal
        NaN is ignored. Weights with more than six decimals of a percent are taken as exact.
    """
    percent = 100.0 * weights[np.isfinite(weights)]
    for digits in range(7):
        if np.all(np.abs(percent - np.round(percent, digits)) < 1e-9 * np.maximum(1.0, np.abs(percent))):
            return 0.5 * 10.0 ** (-digits - 2)
    return 0.0


def weight_range(weights: FloatArray, band: FloatArray, half_unit: FloatArray | float = 0.0) -> tuple[FloatArray, FloatArray]:
    """Lowest and highest weight of each line, given the weight printed.

    Parameters
    ----------
    weights : (n,) float, decimal
        Short positions negative; NaN stays NaN.
    band : (n,) float
        From :func:`staleness_band`.
    half_unit : float or (n,) float
        From :func:`half_printed_unit`.

    Notes
    -----
    A long line cannot become short, nor a short one long: low = max(0, (w - h)(1 - b)), high = (w + h)(1 + b) for w >= 0.
    """
    size = np.abs(weights)
    least = np.maximum(0.0, size - half_unit) * (1.0 - band)
    most = (size + half_unit) * (1.0 + band)
    short = weights < 0
    return np.where(short, -most, least), np.where(short, -least, most)


def interval_product(low: FloatArray, high: FloatArray, other_low: FloatArray, other_high: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Range of the product of two independent ranges, signs included."""
    products = np.stack(np.broadcast_arrays(low * other_low, low * other_high, high * other_low, high * other_high))
    return products.min(axis=0), products.max(axis=0)


def size_range(low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Range of the size of a value within a range: from 0 where the range spans it.

    Examples
    --------
    >>> least, most = size_range(np.array([1.0, -3.0, -1.0]), np.array([2.0, -2.0, 4.0]))
    >>> least.tolist(), most.tolist()
    ([1.0, 2.0, 0.0], [2.0, 3.0, 4.0])
    """
    return np.maximum(np.maximum(low, -high), 0.0), np.maximum(np.abs(low), np.abs(high))


@dataclass(frozen=True, eq=False, kw_only=True)
class ReachedFunds:
    """What one unit of money in each fund is worth in every fund it reaches; only the pairs that reach each other.

    Attributes
    ----------
    outer, inner : (p,) int
        The fund held and the fund reached, ascending; each fund reaches itself.
    low, high : (p,) float, decimal
        Range of the share.
    """

    outer: IntArray
    inner: IntArray
    low: FloatArray
    high: FloatArray


def through_funds(n_funds: int, parent: IntArray, child: IntArray, low: FloatArray1D, high: FloatArray1D) -> ReachedFunds:
    """What one unit of money in each fund is worth in every fund it holds, directly or through others.

    Parameters
    ----------
    n_funds : int
    parent, child : (m,) int in [0, n_funds)
        Fund `parent` holds fund `child`.
    low, high : (m,) float, decimal
        Range of the weight.

    Raises
    ------
    InputError
        If funds hold each other in a circle.

    Notes
    -----
    Funds are taken from those that hold no fund upwards, so every product is formed once; the range of a sum over
    several paths is the sum of their ranges.
    """
    by_parent, by_child = np.argsort(parent, kind="stable"), np.argsort(child, kind="stable")
    first = np.searchsorted(parent[by_parent], np.arange(n_funds + 1))
    held_from = np.searchsorted(child[by_child], np.arange(n_funds + 1))
    waiting = np.bincount(parent, minlength=n_funds)
    ready = list(np.flatnonzero(waiting == 0))
    rows: list[tuple[IntArray, FloatArray, FloatArray] | None] = [None] * n_funds
    n_done = 0
    while ready:
        fund = int(ready.pop())
        parts = [(np.array([fund]), np.ones(1), np.ones(1))]
        for edge in by_parent[first[fund] : first[fund + 1]]:
            below = rows[child[edge]]
            if below is not None:
                parts.append((below[0], *interval_product(low[edge], high[edge], below[1], below[2])))
        reached, place = np.unique(np.concatenate([part[0] for part in parts]), return_inverse=True)
        least, most = (np.bincount(place, np.concatenate([part[side] for part in parts])).astype(np.float64) for side in (1, 2))
        rows[fund] = (reached, least, most)
        n_done += 1
        for holder in parent[by_child[held_from[fund] : held_from[fund + 1]]]:
            waiting[holder] -= 1
            if waiting[holder] == 0:
                ready.append(holder)
    if n_done < n_funds:
        raise InputError(f"{n_funds - n_done} fund(s) hold each other in a circle; take one of their files out.")
    known = [row for row in rows if row is not None]
    inner, share_low, share_high = (np.concatenate([row[part] for row in known] or [np.empty(0)]) for part in range(3))
    outer = np.repeat(np.arange(n_funds), [row[0].size for row in known])
    return ReachedFunds(outer=outer, inner=inner.astype(np.int64), low=share_low, high=share_high)


def held_fraction(
    *,
    shares_outstanding: float,
    reported_13f: float,
    reported_nport_only: float,
    receipts: float,
    receipt_ratio: float,
    counted_twice: float,
) -> tuple[float, float]:
    """Shares of a company that US holders are known to hold, and their fraction of all shares: a lower bound.

    Parameters
    ----------
    shares_outstanding : float, shares
    reported_13f, reported_nport_only : float, shares
        Ordinary shares in 13F filings, and in N-PORT filings of funds whose manager does not show them in a 13F.
    receipts : float, receipts
        Depositary receipts held.
    receipt_ratio : float
        Ordinary shares in one receipt.
    counted_twice : float, shares
        Shares that appear in more than one of the above.

    Returns
    -------
    shares, fraction : float

    Raises
    ------
    InputError
        If the number of shares outstanding is not positive, or the overlap exceeds what is reported.

    Notes
    -----
    shares = 13F + N-PORT only + receipts * ratio - counted twice.
    """
    if not shares_outstanding > 0:
        raise InputError(f"shares_outstanding={shares_outstanding!r} must be positive.")
    shares = reported_13f + reported_nport_only + receipts * receipt_ratio - counted_twice
    if shares < 0:
        raise InputError(
            f"counted_twice={counted_twice!r} exceeds all the shares reported ({significant(shares + counted_twice, 6)}); check the overlap."
        )
    return shares, shares / shares_outstanding
