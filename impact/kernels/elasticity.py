"""Price effect of a supply shock through a demand elasticity, micro and macro.

An elasticity is given as a magnitude: 1.5 means that a price 1 % lower raises the quantity demanded by 1.5 %.
A sale of a fraction f is positive here and lowers the price.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.errors import InputError
from impact.tables.prose import significant
from impact.typing_ import FloatArray, FloatLike

__all__ = [
    "MacroMultiplier",
    "elasticity_effect",
    "index_event_elasticity",
    "log_elasticity_effect",
    "macro_multiplier",
    "square_root_elasticity",
]


@dataclass(frozen=True, kw_only=True)
class MacroMultiplier:
    """Aggregate elasticity zeta of a market of mixed funds and its inverse, the price multiplier of a flow."""

    zeta: float
    multiplier: float


def _check(fraction_sold: FloatArray, elasticity: FloatArray, absorbing_share: FloatLike) -> tuple[FloatArray, FloatArray]:
    magnitude = np.asarray(elasticity, dtype=float)
    wrong = int(np.sum(~(magnitude > 0)))
    if wrong:
        raise InputError(
            f"elasticity={elasticity!r} has {wrong} values that are not positive;"
            " it is a magnitude (a falling demand curve of slope -1.5 is 1.5):"
            " give |elasticity|."
        )
    base = np.asarray(absorbing_share, dtype=float)
    if np.any(~((base > 0) & (base <= 1))):
        raise InputError(
            f"absorbing_share={absorbing_share!r} must lie in (0, 1]; it is the part of the denominator that can buy: give 1 for all of it."
        )
    return np.asarray(fraction_sold, dtype=float) / base, magnitude


def elasticity_effect(fraction_sold: FloatArray, elasticity: FloatArray, *, absorbing_share: FloatLike = 1.0) -> FloatArray:
    """Price effect of selling a fraction of the float, linear form, in decimals.

    Parameters
    ----------
    fraction_sold : array
        f, fraction of the stated denominator (float, total shares) that is sold.
    elasticity : array
        |epsilon| > 0.
    absorbing_share : array
        Part of the denominator held by those who can buy, so that f / share is what they must absorb.

    Notes
    -----
    ``dP / P = -(f / share) / |epsilon|``.

    Examples
    --------
    >>> round(float(elasticity_effect(0.06, 1.5)), 4)
    -0.04
    """
    fraction, magnitude = _check(fraction_sold, elasticity, absorbing_share)
    return -fraction / magnitude


def log_elasticity_effect(fraction_sold: FloatArray, elasticity: FloatArray, *, absorbing_share: FloatLike = 1.0) -> FloatArray:
    """Price effect in the log form, ``(1 - f / share)**(1 / |epsilon|) - 1``; it cannot pass -100 %.

    Raises
    ------
    InputError
        If the fraction sold reaches what the absorbers hold: the log form has no price there.
    """
    fraction, magnitude = _check(fraction_sold, elasticity, absorbing_share)
    if np.any(fraction >= 1):
        raise InputError(
            f"fraction_sold / absorbing_share reaches {significant(float(np.max(fraction)))};"
            " the log form needs less than 1: state a wider denominator."
        )
    return np.expm1(np.log1p(-fraction) / magnitude)


def index_event_elasticity(quantity_change: FloatArray, price_change: FloatArray) -> FloatArray:
    """Elasticity from an index event, ``-(dQ / Q) / (dP / P)``; signed, negative when demand slopes down.

    References
    ----------
    Chang, Hong and Liskovich (2015), Review of Financial Studies 28.
    """
    result: FloatArray = -np.asarray(quantity_change, dtype=float) / np.asarray(price_change, dtype=float)
    return result


def square_root_elasticity(
    fraction_sold: FloatArray, adv_to_cap: FloatArray, sigma: FloatArray, *, prefactor: FloatLike = 0.75
) -> FloatArray:
    """The elasticity that the square-root law implies at a fraction sold: a peak, short-horizon magnitude.

    Notes
    -----
    ``epsilon(f) = f / I = sqrt(f v) / (Y sigma)`` with v = ADV / capitalisation. The long-run magnitude is larger by
    one over the permanent share.
    """
    result: FloatArray = np.sqrt(np.asarray(fraction_sold, dtype=float) * np.asarray(adv_to_cap, dtype=float)) / (
        np.asarray(prefactor) * np.asarray(sigma)
    )
    return result


def macro_multiplier(equity_share: float, *, yield_sensitivity: float, payout_ratio: float) -> MacroMultiplier:
    """Multiplier of a flow into a whole market held by funds with a mandated equity share.

    Notes
    -----
    ``zeta = 1 - theta + kappa delta``, ``M = 1 / zeta``: theta the equity share, kappa the sensitivity of demand to the
    dividend yield, delta the dividend yield. A single-name exclusion is a relative shock: use the micro elasticity there.

    References
    ----------
    Gabaix and Koijen (2021), NBER working paper 28967, propositions 1 and 2.
    """
    zeta = 1 - equity_share + yield_sensitivity * payout_ratio
    if not zeta > 0:
        raise InputError(
            f"equity_share={equity_share!r} gives zeta={significant(zeta)}; it must be positive: lower equity_share or raise yield_sensitivity."
        )
    return MacroMultiplier(zeta=zeta, multiplier=1 / zeta)
