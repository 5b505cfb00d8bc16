"""Synthetic difference-in-differences: weights of units and of periods, and the difference that they make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.kernels.synthetic import simplex_of_one
from impact.typing_ import FloatArray, IntArray

__all__ = ["Penalty", "WeightedDifference", "difference_penalty", "placebo_gaps", "weighted_difference"]


@dataclass(frozen=True, kw_only=True)
class Penalty:
    """Ridge of the weights, in units of the outcome.

    Attributes
    ----------
    units, periods : float
    """

    units: float
    periods: float


@dataclass(frozen=True, eq=False, kw_only=True)
class WeightedDifference:
    """A synthetic difference-in-differences.

    Attributes
    ----------
    unit_weights : (C,) float
        Of the controls; not negative, sum 1.
    period_weights : (P,) float
        Of the periods before the treatment; not negative, sum 1.
    estimate : float
        Mean effect over treated units and treated periods, in units of the outcome.
    gap : (T,) float
        Mean of the treated less the weighted controls, less its weighted mean before the treatment; its mean after it is `estimate`.
    """

    unit_weights: FloatArray
    period_weights: FloatArray
    estimate: float
    gap: FloatArray


def difference_penalty(controls: FloatArray, n_before: int, n_treated: int) -> Penalty:
    """Ridge that the authors propose, from the controls (T, C) before the treatment.

    Notes
    -----
    ``sigma`` is the standard deviation of the first differences of the controls; ``(n_treated n_after)^(1/4) sigma`` for the units, ``1e-6
    sigma`` for the periods.

    References
    ----------
    Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), American Economic Review 111, equations 2.2 and 2.3.
    """
    spread = float(np.diff(controls[:n_before], axis=0).std(ddof=1))
    n_after = controls.shape[0] - n_before
    return Penalty(units=float((n_treated * n_after) ** 0.25) * spread, periods=1e-6 * spread)


def weighted_difference(treated: FloatArray, controls: FloatArray, n_before: int, penalty: Penalty) -> WeightedDifference:
    """Synthetic difference-in-differences of treated (T, N) against controls (T, C), the treatment beginning at row `n_before`.

    Notes
    -----
    Unit weights bring the controls closest to the mean of the treated before the treatment up to a constant, period weights the periods
    before closest to the mean after it among the controls; then ``(mean after - weighted before)`` of the treated less the same of the
    weighted controls.

    References
    ----------
    Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), American Economic Review 111, algorithm 1.
    """
    mean = treated.mean(axis=1)
    units = _weights(controls[:n_before], mean[:n_before], penalty.units)
    periods = _weights(controls[:n_before].T, controls[n_before:].mean(axis=0), penalty.periods)
    gap = mean - controls @ units
    level = float(periods @ gap[:n_before])
    return WeightedDifference(unit_weights=units, period_weights=periods, estimate=float(gap[n_before:].mean()) - level, gap=gap - level)


def _weights(candidates: FloatArray, target: FloatArray, penalty: float) -> FloatArray:
    """Simplex weights (k,) of the columns of (n, k), up to a constant, with a ridge of ``penalty^2 n``."""
    n, k = candidates.shape
    ridge = penalty * np.sqrt(n)
    x = np.vstack((candidates - candidates.mean(axis=0), ridge * np.eye(k)))
    return simplex_of_one(x, np.append(target - target.mean(), np.zeros(k)))


def placebo_gaps(controls: FloatArray, n_before: int, chosen: IntArray, penalty: Penalty) -> FloatArray:
    """(B, T) gaps of the same design with controls in the place of the treated: row b of `chosen` (B, N) names their columns."""
    return np.array([weighted_difference(controls[:, row], np.delete(controls, row, axis=1), n_before, penalty).gap for row in chosen])
