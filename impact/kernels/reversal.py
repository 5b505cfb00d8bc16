"""Permanent and temporary parts of a price effect, and how it carries over to peers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.errors import InfeasibleDesign
from impact.tables.prose import significant
from impact.typing_ import FloatArray, FloatArray1D

__all__ = ["PermanentShare", "ReversalFit", "SpilloverSlope", "permanent_share", "reversal_path", "spillover_slope", "three_point_reversal"]


@dataclass(frozen=True, kw_only=True)
class ReversalFit:
    """``CAR(h) = permanent + temporary exp(-h / tau)``: the two parts (decimal returns), tau and the permanent share."""

    permanent: float
    temporary: float
    tau: float
    permanent_share: float


@dataclass(frozen=True, kw_only=True)
class PermanentShare:
    """Part of an event return that stays, with its delta-method standard error."""

    share: float
    se: float


@dataclass(frozen=True, kw_only=True)
class SpilloverSlope:
    """Peer abnormal return per unit of the target's, through the origin, with standard error and number of event days."""

    slope: float
    se: float
    n_obs: int


def reversal_path(permanent: FloatArray, temporary: FloatArray, tau: FloatArray, horizon: FloatArray) -> FloatArray:
    """``permanent + temporary exp(-h / tau)`` at horizons h >= 0 in sessions."""
    return np.asarray(permanent) + np.asarray(temporary) * np.exp(-np.asarray(horizon, dtype=float) / np.asarray(tau))


def three_point_reversal(car: FloatArray1D, spacing: float) -> ReversalFit:
    """Solve for the two parts from three cumulative returns at equal distances `spacing`, the first at the event.

    Raises
    ------
    InfeasibleDesign
        If the three points do not decay towards a level: no exponential passes through them.
    """
    first, second, third = (float(value) for value in car)
    step = second - first
    ratio = (third - second) / step if step else np.nan
    if not 0 < ratio < 1:
        raise InfeasibleDesign(
            f"car={[first, second, third]} gives a ratio of steps {significant(ratio)} outside (0, 1);"
            " no exponential decay fits: use a longer spacing."
        )
    temporary = step / (ratio - 1)
    permanent = first - temporary
    return ReversalFit(permanent=permanent, temporary=temporary, tau=-spacing / float(np.log(ratio)), permanent_share=permanent / first)


def permanent_share(event: float, total: float, *, var_event: float, var_total: float, covariance: float) -> PermanentShare:
    """Share of the event return that is left at the end, ``total / event``, with the delta-method standard error.

    With one event the share is hardly identified: print the interval.
    """
    if event == 0:
        raise InfeasibleDesign("event=0.0; a share of nothing is not defined: use an event with a return.")
    share = total / event
    variance = var_total / event**2 + share**2 * var_event / event**2 - 2 * share * covariance / event**2
    return PermanentShare(share=share, se=float(np.sqrt(max(variance, 0.0))))


def spillover_slope(target: FloatArray1D, peer: FloatArray1D) -> SpilloverSlope:
    """Slope of peer on target abnormal returns through the origin, over the event days where both are known."""
    x, y = np.asarray(target, dtype=float), np.asarray(peer, dtype=float)
    usable = np.isfinite(x) & np.isfinite(y)
    x, y = x[usable], y[usable]
    square = float(x @ x)
    if x.size < 2 or square == 0:
        raise InfeasibleDesign(f"{x.size} usable event days; a spillover slope needs at least 2 with a target return: add event days.")
    slope = float(x @ y) / square
    residual = y - slope * x
    return SpilloverSlope(slope=slope, se=float(np.sqrt(residual @ residual / (x.size - 1) / square)), n_obs=int(x.size))
