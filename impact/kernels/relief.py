"""Probability of legal relief implied by prices, as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.errors import InputError
from impact.typing_ import FloatArray, FloatArray1D, FloatLike

__all__ = [
    "ImpliedProbability",
    "ReliefPrice",
    "implied_probability",
    "implied_probability_path",
    "probability_from_jump",
    "relief_pricing",
]


@dataclass(frozen=True, eq=False, kw_only=True)
class ImpliedProbability:
    """Probability that makes the price a mix of two anchors, with its sensitivities.

    Attributes
    ----------
    unclipped : as it comes out; outside [0, 1] the anchors and the price contradict each other.
    clipped : the same, held inside [0, 1].
    by_price, by_clear, by_banned : change in `unclipped` per unit of the price and of each anchor.
    se : standard error from the anchors' uncertainty, taken as independent.
    """

    unclipped: FloatArray
    clipped: FloatArray
    by_price: FloatArray
    by_clear: FloatArray
    by_banned: FloatArray
    se: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class ReliefPrice:
    """Price before a ruling, and the return on it if relief is granted or denied."""

    price: FloatArray
    jump_if_relief: FloatArray
    jump_if_denied: FloatArray


def implied_probability(
    price: FloatArray, clear: FloatArray, banned: FloatArray, *, sd_clear: FloatLike = 0.0, sd_banned: FloatLike = 0.0
) -> ImpliedProbability:
    """Risk-neutral probability of relief in ``P = q P_clear + (1 - q) P_banned``.

    Raises
    ------
    InputError
        If the clear value is not above the banned value.
    """
    now, high, low = (np.asarray(value, dtype=float) for value in (price, clear, banned))
    gap = high - low
    if np.any(~(gap > 0)):
        raise InputError(
            f"clear={clear!r} must lie above banned={banned!r}; the price cannot say which is nearer otherwise: widen the anchors."
        )
    raw = (now - low) / gap
    by_clear, by_banned = -(now - low) / gap**2, (now - high) / gap**2
    return ImpliedProbability(
        unclipped=raw,
        clipped=np.clip(raw, 0.0, 1.0),
        by_price=1 / gap,
        by_clear=by_clear,
        by_banned=by_banned,
        se=np.sqrt((by_clear * sd_clear) ** 2 + (by_banned * sd_banned) ** 2),
    )


def implied_probability_path(
    prices: FloatArray1D, benchmark_returns: FloatArray1D, *, clear_start: float, beta: float, banned_share: float
) -> tuple[FloatArray1D, FloatArray1D]:
    """Unclipped probability at each session, with anchors that move with a benchmark.

    Parameters
    ----------
    prices, benchmark_returns : (T,) array
        Price and benchmark return of each session.
    clear_start : float
        Value without the ban on the eve of the first session.
    beta : float
        Exposure of that value to the benchmark.
    banned_share : float
        Banned value as a fraction of the clear value, in (0, 1).

    Returns
    -------
    clear, probability : (T,) arrays
    """
    if not 0 < banned_share < 1:
        raise InputError(f"banned_share={banned_share!r} must lie in (0, 1); a ban leaves part of the value: give one minus the discount.")
    growth: FloatArray1D = 1 + beta * np.asarray(benchmark_returns, dtype=np.float64)
    clear: FloatArray1D = np.multiply(clear_start, np.cumprod(growth))
    return clear, implied_probability(prices, clear, banned_share * clear).unclipped


def relief_pricing(
    probability: FloatArray, clear: FloatArray, banned: FloatArray, *, annual_rate: float = 0.0, years: float = 0.0
) -> ReliefPrice:
    """Price of a chance of relief, and the jumps when the ruling comes.

    Notes
    -----
    ``P = q (1 + r)**-t P_clear + (1 - q) P_banned``.
    """
    chance = np.asarray(probability, dtype=float)
    if np.any(~((chance >= 0) & (chance <= 1))):
        raise InputError(f"probability={probability!r} must lie in [0, 1]; clip or correct an implied one first.")
    value = np.asarray(clear, dtype=float) * (1 + annual_rate) ** -years
    price = chance * value + (1 - chance) * np.asarray(banned, dtype=float)
    return ReliefPrice(price=price, jump_if_relief=np.asarray(clear) / price - 1, jump_if_denied=np.asarray(banned) / price - 1)


def probability_from_jump(jump: FloatLike, discount: FloatLike) -> FloatArray:
    """Probability of relief on the eve of a ruling that granted it, from the jump alone.

    Parameters
    ----------
    jump : array
        J, return on the relief, decimal.
    discount : array
        h = 1 - P_banned / P_clear.

    Notes
    -----
    ``q = 1 - J / ((1 + J) h)``.
    """
    move, loss = np.asarray(jump, dtype=float), np.asarray(discount, dtype=float)
    result: FloatArray = 1 - move / ((1 + move) * loss)
    return result
