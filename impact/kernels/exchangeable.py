"""An effect ranked among days on which it cannot have been: exact where the days are exchangeable, whatever their law."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.typing_ import FloatArray

__all__ = ["RankedEffect", "accepted_effects", "effect_among_days"]


@dataclass(frozen=True, kw_only=True)
class RankedEffect:
    """The effect of the event day, common to all events, and where it falls among the other days.

    Attributes
    ----------
    estimate : float, decimal return
        Least-squares effect; NaN when the regressors of the event day have no like among the other days.
    low, high : float
        Ends of the effects that the rank test does not reject; infinite when none, however large, is.
    p_value, smallest_p : float
    n_days : int
        Days ranked, the event day among them.
    """

    estimate: float
    low: float
    high: float
    p_value: float
    smallest_p: float
    n_days: int


def accepted_effects(level: FloatArray, slope: FloatArray, alpha: float) -> tuple[float, float]:
    """Hull of the effects under which the first of n statistics is not among the `alpha` most extreme.

    Parameters
    ----------
    level, slope : (n,) float
        Under an effect theta the statistics are ``|level - theta * slope|``.
    alpha : float

    Notes
    -----
    The rank changes only where two statistics are equal; all such points are computed, no grid is searched.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        turns = np.concatenate([(level - level[0]) / (slope - slope[0]), (level + level[0]) / (slope + slope[0])])
    turns = np.unique(turns[np.isfinite(turns)])
    if turns.size == 0:
        return -np.inf, np.inf
    beyond = np.array([turns[0] - 1.0, *turns, turns[-1] + 1.0])
    gap = np.abs(level[:, None] - slope[:, None] * beyond)
    scale = np.abs(level).max() + np.abs(slope).max() * np.abs(beyond)
    accepted = beyond[(gap >= gap[0] - 1e-12 * scale).mean(axis=0) > alpha]
    low = -np.inf if accepted[0] == beyond[0] else float(accepted[0])
    high = np.inf if accepted[-1] == beyond[-1] else float(accepted[-1])
    return low, high


def effect_among_days(returns: FloatArray, regressors: FloatArray, *, level: float = 0.95) -> RankedEffect:
    """Rank the event day among other days, each event's normal return fitted on all of them together.

    Parameters
    ----------
    returns : (N, M + 1) float
        The event day of each event first, then its other days, the same place the same number of sessions before it. NaN is a day
        without a return; only places at which every event has one are ranked.
    regressors : (N, M + 1, K) float
    level : float
        Coverage of the interval.

    Notes
    -----
    Each event's residuals come from one fit on all its days, the event day among them, so days are treated alike and the rank of the
    mean residual is exact when they are exchangeable. All events move by the same number of sessions, so what they have in common on
    a day is in every mean.

    References
    ----------
    Vovk, Gammerman and Shafer (2005). Chernozhukov, Wuthrich and Zhu (2021).
    """
    together = np.isfinite(returns).all(axis=0)
    days = np.flatnonzero(together)
    size, slope = np.zeros(days.size), np.zeros(days.size)
    for own, design in zip(returns, regressors, strict=True):
        usable = np.isfinite(own)
        effect = np.zeros(int(usable.sum()))
        effect[0] = 1.0
        left = _left(np.column_stack([own[usable], effect]), design[usable])
        place = np.cumsum(usable)[days] - 1
        size += left[place, 0] / len(returns)
        slope += left[place, 1] / len(returns)
    identified = bool(slope[0] > 1e-9)
    gap = np.abs(size)
    low, high = accepted_effects(size, slope, 1.0 - level) if identified else (-np.inf, np.inf)
    return RankedEffect(
        estimate=float(size[0] / slope[0]) if identified else np.nan,
        low=low,
        high=high,
        p_value=float((gap >= gap[0] - 1e-12 * gap.max()).mean()) if identified else np.nan,
        smallest_p=1.0 / days.size,
        n_days=int(days.size),
    )


def _left(columns: FloatArray, design: FloatArray) -> FloatArray:
    """What is left of `columns` (n, m) after least squares on `design` (n, K), of whatever rank."""
    basis, strength, _ = np.linalg.svd(design, full_matrices=False)
    basis = basis[:, strength > 1e-10 * strength.max()]
    rest: FloatArray = columns - basis @ (basis.T @ columns)
    return rest
