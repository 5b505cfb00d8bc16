"""What an exclusion does to a benchmark: new weights, turnover, divisor, tracking error of those who must leave names out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.errors import InputError
from impact.tables.prose import significant
from impact.typing_ import BoolArray, FloatArray1D, FloatArray2D

__all__ = ["ReweightedIndex", "exclusion_tracking_error", "reweight_without"]


@dataclass(frozen=True, eq=False, kw_only=True)
class ReweightedIndex:
    """A float-weighted index before and after names leave it.

    Attributes
    ----------
    before, after : (S,) float, decimal
        Weights; `after` is 0 for the names that left.
    turnover_one_way : float
        Share of a tracker's assets sold, and bought elsewhere.
    divisor_ratio : float
        New divisor over old, which keeps the level of the index unchanged at the close of the deletion.
    """

    before: FloatArray1D
    after: FloatArray1D
    turnover_one_way: float
    divisor_ratio: float


def reweight_without(market_cap: FloatArray1D, free_float: FloatArray1D, removed: BoolArray) -> ReweightedIndex:
    """Take names out of a float-weighted index and spread their weight over the rest in proportion.

    Parameters
    ----------
    market_cap : (S,) float, any one currency
    free_float : (S,) float in [0, 1]
        The provider's own inclusion factor.
    removed : (S,) bool

    Raises
    ------
    InputError
        If a capitalisation or a float factor is out of range, or every name would leave.

    Notes
    -----
    w_j' = w_j / (1 - w_d), w_d the weight removed; one-way turnover w_d; divisor ratio 1 - w_d.
    """
    if np.any(~(market_cap > 0)) or np.any(~((free_float >= 0) & (free_float <= 1))):
        raise InputError("market_cap must be positive and free_float within [0, 1] for every name; drop or mend the others first.")
    floated = market_cap * free_float
    before = floated / floated.sum()
    leaving = float(before[removed].sum())
    if not leaving < 1.0:
        raise InputError("removed takes the whole index away; keep at least one name.")
    after = np.where(removed, 0.0, before) / (1.0 - leaving)
    return ReweightedIndex(before=before, after=after, turnover_one_way=leaving, divisor_ratio=1.0 - leaving)


def exclusion_tracking_error(weights: FloatArray1D, active_covariance: FloatArray2D) -> float:
    """Tracking error of a portfolio that follows a benchmark but must leave names out.

    Parameters
    ----------
    weights : (S,) float, decimal
        Benchmark weights of the names left out.
    active_covariance : (S, S) float
        Covariance of their returns in excess of the benchmark, in the period in which the tracking error is wanted.

    Returns
    -------
    float, decimal, same period

    Raises
    ------
    InputError
        If the weights sum to 1 or more, or the shapes do not meet.

    Notes
    -----
    With w the weights left out, the portfolio's return differs from the benchmark's by -w'(r - r_b) / (1 - sum w), so
    TE = sqrt(w' Omega w) / (1 - sum w). For one name: w / (1 - w) * sigma.
    """
    if active_covariance.shape != (len(weights), len(weights)):
        raise InputError(
            f"active_covariance has shape {active_covariance.shape}, which must be ({len(weights)}, {len(weights)}), one row a name."
        )
    total = float(weights.sum())
    if np.any(~(weights >= 0)) or not total < 1.0:
        raise InputError(f"weights must not be negative and must sum to less than 1; they sum to {significant(total, 6)}.")
    return float(np.sqrt(weights @ active_covariance @ weights)) / (1.0 - total)
