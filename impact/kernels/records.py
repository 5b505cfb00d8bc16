"""Frozen records that pass between kernels; every field says its shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from impact.typing_ import FloatArray, IntArray

__all__ = ["FittedEvents", "WindowSums"]


@dataclass(frozen=True, eq=False, kw_only=True)
class WindowSums:
    """Cumulative abnormal returns over one tested window.

    Attributes
    ----------
    car : (N,) float, decimal return
        Sum of the abnormal returns over the available days of the window; NaN when there is none.
    variance_factor : (N,) float
        Var(CAR) = sigma**2 * variance_factor, the forecast error of the normal return included, over the same days.
    n_days : (N,) int
        Days of the window with an abnormal return.
    """

    car: FloatArray
    variance_factor: FloatArray
    n_days: IntArray


@dataclass(frozen=True, eq=False, kw_only=True)
class FittedEvents:
    """One batched fit of N events: all that inference needs, nothing about how it was computed.

    Attributes
    ----------
    offsets : (W,) int
        Event-window sessions relative to day 0, ascending.
    abnormal : (N, W) float
        Abnormal returns; NaN is a day without trade.
    leverage : (N, W) float
        h* of each event day, so that Var(AR) = sigma**2 * (1 + h*); NaN where `abnormal` is.
    sigma : (N,) float
        Residual standard deviation, denominator `df`.
    n_obs, df : (N,) int
        Usable estimation rows M and degrees of freedom M - K.
    day0 : (N,) int
        Position of day 0 on the return calendar (0 .. T-1).
    security : (N,) int
        Column of the security in the return table.
    estimation : (first, last)
        Inclusive offsets of the estimation window; L = last - first + 1.
    window : callable (a, b) -> WindowSums
        CAR over the inclusive offsets [a, b].
    residuals : callable (slice) -> (n, L) float
        Estimation-window residuals of a slice of events on their nominal L sessions; NaN where a row was not usable.
    """

    offsets: IntArray
    abnormal: FloatArray
    leverage: FloatArray
    sigma: FloatArray
    n_obs: IntArray
    df: IntArray
    day0: IntArray
    security: IntArray
    estimation: tuple[int, int]
    window: Callable[[int, int], WindowSums]
    residuals: Callable[[slice], FloatArray]

    @property
    def n_events(self) -> int:
        """N."""
        return self.abnormal.shape[0]
