"""Event studies on returns that span several sessions: one observation a trade, its variance in proportion to its length."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from impact.kernels.cumulate import EventWindows
from impact.kernels.direct import event_rows
from impact.kernels.ols import BatchFit, fit_events
from impact.kernels.records import Regression, WindowSums
from impact.typing_ import FloatArray, IntArray

__all__ = ["SpannedWindows", "fit_spanned_events"]


@dataclass(frozen=True, eq=False, kw_only=True)
class SpannedWindows(EventWindows):
    """Event windows of a regression that was divided by the root of each return's number of sessions.

    Attributes
    ----------
    root : (T, S) float
        Square root of the sessions each return spans; NaN where there is none.
    """

    root: FloatArray

    def _roots(self, window: tuple[int, int]) -> FloatArray:
        spans = Regression(returns=self.root, regressors=np.empty((self.root.shape[0], 0)))
        return event_rows(spans, self.day0, self.security, window)[0]

    def sums(self, a: int, b: int) -> WindowSums:
        """CAR over [a, b] with variance ``sigma^2 [sum n + G'(X'X)^-1 G]``, G the totals of ``[n, r_m]``."""
        first = int(self.offsets[0])
        part = self.abnormal[:, a - first : b - first + 1]
        known = ~np.isnan(part)
        roots = np.where(known, self._roots((a, b)), 0.0)
        _, x = event_rows(self.regression, self.day0, self.security, (a, b))
        totals = np.einsum("nw,nwk->nk", roots, np.where(known[..., None], x, 0.0))
        some = known.any(axis=1)
        factor = (roots**2).sum(axis=1) + np.einsum("ni,nij,nj->n", totals, self.inverse[self.group], totals)
        car = np.where(known, part, 0.0).sum(axis=1)
        return WindowSums(car=np.where(some, car, np.nan), variance_factor=np.where(some, factor, np.nan), n_days=known.sum(axis=1))

    def leverage(self) -> FloatArray:
        """(N, W) variance of each abnormal return over sigma squared, less one; NaN where there is none."""
        days = [self.sums(int(offset), int(offset)).variance_factor - 1.0 for offset in self.offsets]
        return np.column_stack(days)


def fit_spanned_events(
    returns: FloatArray,
    market: FloatArray,
    n_sessions: FloatArray,
    day0: IntArray,
    security: IntArray,
    estimation: tuple[int, int],
    window: tuple[int, int],
) -> BatchFit:
    """Market model on trade-to-trade returns.

    Parameters
    ----------
    returns, market, n_sessions : (T, S) float
        Return since the last trade, the market's over the same sessions, and how many they are; NaN without a trade.
    day0, security : (N,) int
    estimation, window : (first, last)

    Returns
    -------
    BatchFit
        Coefficients alpha (per session) and beta; `sigma` of one session. The return after a halt stands on the day trading
        resumes. Residuals are divided by the root of their sessions, so that they share one variance.

    Notes
    -----
    ``r = alpha n + beta r_m + e`` with ``Var(e) = n sigma^2``.

    References
    ----------
    Maynes and Rumsey (1993), Journal of Banking and Finance 17.
    """
    root = np.sqrt(n_sessions)
    scaled = Regression(returns=returns / root, regressors=np.stack((root, market / root), axis=-1), constant=False)
    fit = fit_events(scaled, day0, security, estimation, window)
    parts = {field.name: getattr(fit.windows, field.name) for field in fields(EventWindows)}
    blank = SpannedWindows(**(parts | {"root": root}))
    windows = replace(blank, abnormal=fit.windows.abnormal * blank._roots(window))
    events = replace(
        fit.events,
        abnormal=windows.abnormal,
        leverage=windows.leverage(),
        window=windows.sums,
        residuals=windows.residuals,
        design=None,
        residual_sums=None,
    )
    return replace(fit, events=events, windows=windows)
