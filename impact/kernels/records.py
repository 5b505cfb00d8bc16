"""Frozen records that pass between kernels; every field says its shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from impact.typing_ import FloatArray, IntArray

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["EventDesign", "FittedEvents", "Regression", "WindowSums", "freeze_arrays"]


def freeze_arrays(record: DataclassInstance) -> None:
    """Make the arrays of a frozen dataclass refuse writing; the caller's own arrays stay as they are."""
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, np.ndarray):
            view = value.view()
            view.flags.writeable = False
            object.__setattr__(record, field.name, view)


@dataclass(frozen=True, eq=False, kw_only=True)
class Regression:
    """What is explained by what, for every security of a panel.

    Attributes
    ----------
    returns : (T, S) float
        Left-hand side; NaN is a session without trade.
    regressors : (T, k) or (T, S, k) float
        Slope regressors shared by all securities, or one set for each; NaN is a session without them. k may be 0.
    constant : bool
        Whether a constant belongs to the regression.
    fixed : bool
        True when `returns` already are abnormal returns: no parameter is estimated, `sigma` is taken about the mean
        of the estimation window with M - 1 degrees of freedom, and the forecast carries no estimation error.
    """

    returns: FloatArray
    regressors: FloatArray
    constant: bool = True
    fixed: bool = False

    @property
    def n_parameters(self) -> int:
        """K: slopes and constant; 1 for the mean that `sigma` is taken about when `fixed`."""
        result: int = self.regressors.shape[-1] + int(self.constant or self.fixed)
        return result

    @property
    def own(self) -> bool:
        """True when every security has regressors of its own."""
        return self.regressors.ndim == 3


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
class EventDesign:
    """The regression of one event, row by row, for tests that refit or need the whole covariance.

    Attributes
    ----------
    estimation_returns : (L,) float
        Left-hand side on the nominal estimation sessions; NaN where the row was not usable.
    estimation_regressors : (L, K) float
        Right-hand side, constant first when the model has one; K = 0 when no parameter is estimated. NaN rows as above.
    event_returns : (W,) float
        Left-hand side on the event sessions; NaN is a day without trade.
    event_regressors : (W, K) float
        Right-hand side on the event sessions.
    demeaned : bool
        True when no parameter enters the abnormal return but `sigma` is taken about the mean (market-adjusted, peer).
    """

    estimation_returns: FloatArray
    estimation_regressors: FloatArray
    event_returns: FloatArray
    event_regressors: FloatArray
    demeaned: bool = False


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
    residuals : callable (slice or index array) -> (n, L) float
        Estimation-window residuals of some events on their nominal L sessions; NaN where a row was not usable.
        Without estimated parameters (market-adjusted, peer) these are the estimation-window abnormal returns.
    design : callable (i) -> EventDesign, optional
        The regression of event i, row by row; None when the fit is not a regression.
    residual_sums : callable (events, window_length) -> ResidualSums or None, optional
        Mean residual and mean correlation of some events without forming residuals; gives None when their estimation
        windows are not all complete on shared regressors.
    quiet_day0 : (N,) float, optional
        Variance of day 0 over sigma**2 if the event leaves it alone, forecast error aside; None: 1, the variance is constant.
    event_sd : (N,) float, optional
        Standard deviation of the abnormal return of day 0 as it was known before the event, NaN where it was not; None: of none.
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
    residuals: Callable[[slice | IntArray], FloatArray]
    design: Callable[[int], EventDesign] | None = None
    residual_sums: Callable[[IntArray, int], Any] | None = None
    quiet_day0: FloatArray | None = None
    event_sd: FloatArray | None = None

    def __post_init__(self) -> None:
        freeze_arrays(self)

    @property
    def n_events(self) -> int:
        """N."""
        result: int = self.abnormal.shape[0]
        return result
