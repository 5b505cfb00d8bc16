"""Sums of abnormal returns over any part of the event window, with their exact forecast-error variance."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from impact.kernels.acceleration import compiled_loops
from impact.kernels.direct import event_rows
from impact.kernels.records import EventDesign, Regression, WindowSums
from impact.kernels.windows import padded_rows, prefix_sums
from impact.typing_ import BoolArray, FloatArray, IntArray

__all__ = ["EventWindows", "ForecastWindows"]


@dataclass(frozen=True, eq=False, kw_only=True)
class EventWindows:
    """Event windows of N events that share U designs.

    The prediction variance of a sum over n available days with regressor total G is
    ``sigma**2 * (n + share * n**2 + (G - n * centre)' inverse (G - n * centre))``.

    Attributes
    ----------
    regression : Regression
    offsets : (W,) int
    abnormal : (N, W) float
    day0, security, group : (N,) int
        `group` is the row of the event's design in the arrays below.
    share : (U,) float
        1 / M with a constant, else 0.
    centre : (U, k) float
        Estimation-window mean of the regressors (0 without a constant).
    inverse : (U, k, k) float
        Inverse of their centred cross products.
    group_day0, group_security : (U,) int
        Day 0 of the design, and its security when the design is its own (-1 when shared).
    coefficients : (N, K) float
    estimation : (first, last)
    """

    regression: Regression
    offsets: IntArray
    abnormal: FloatArray
    day0: IntArray
    security: IntArray
    group: IntArray
    share: FloatArray
    centre: FloatArray
    inverse: FloatArray
    group_day0: IntArray
    group_security: IntArray
    coefficients: FloatArray
    estimation: tuple[int, int]

    _per_event: ClassVar[tuple[str, ...]] = ("abnormal", "day0", "security", "group", "coefficients")

    def __getstate__(self) -> dict[str, Any]:
        """The fields alone: sums and views that were kept for speed are made again where they are needed."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def take(self, kept: IntArray) -> EventWindows:
        """The events at the positions `kept`, in that order, on the same designs."""
        return replace(self, **{name: getattr(self, name)[kept] for name in self._per_event})

    @cached_property
    def incomplete(self) -> IntArray:
        """Events with a missing day in the whole event window."""
        return np.flatnonzero(np.isnan(np.einsum("nw->n", self.abnormal)))

    @cached_property
    def _regressor_sums(self) -> FloatArray:
        """(k, T + 1 + W edges) prefix sums of the shared regressors over the padded calendar, missing as 0."""
        before, after = max(0, -int(self.offsets[0])), max(0, int(self.offsets[-1]))
        rows = padded_rows(np.ascontiguousarray(self.regression.regressors.T), before, after)
        return prefix_sums(np.where(np.isnan(rows), 0.0, rows))

    def _group_totals(self, a: int, b: int) -> FloatArray:
        """(U, k) regressor totals over the offsets [a, b] of every design, missing days counted as 0."""
        k = self.centre.shape[1]
        if not self.regression.own:
            start = self.group_day0 + a + max(0, -int(self.offsets[0]))
            return (self._regressor_sums[:, start + (b - a + 1)] - self._regressor_sums[:, start]).T
        totals = np.zeros((self.group_day0.size, k))
        for offset in range(a, b + 1):
            _, x = event_rows(self.regression, self.group_day0, self.group_security, (offset, offset))
            totals += np.nan_to_num(x[:, 0])
        return totals

    def _factor(self, n_days: FloatArray | int, totals: FloatArray, group: IntArray | slice) -> FloatArray:
        """Variance factor of sums over `n_days` days with regressor totals (n, k) under the designs `group`."""
        away = totals - np.asarray(n_days, dtype=float)[..., None] * self.centre[group]
        spread = np.einsum("ui,uij,uj->u", away, self.inverse[group], away, optimize=False) if away.shape[1] else 0.0
        return n_days + self.share[group] * np.square(n_days) + spread

    def sums(self, a: int, b: int) -> WindowSums:
        """CAR over the inclusive offsets [a, b], the factor of its variance, and its days.

        Raises
        ------
        IndexError
            If [a, b] is not inside the event window.
        """
        first, last = int(self.offsets[0]), int(self.offsets[-1])
        if not first <= a <= b <= last:
            raise IndexError(f"window=({a}, {b}) must lie inside the event window ({first}, {last})")
        part = self.abnormal[:, a - first : b - first + 1]
        width = b - a + 1
        car = np.einsum("nw->n", part)  # not a BLAS product: its last digit would depend on the number of threads
        factor = self._factor(width, self._group_totals(a, b), slice(None))[self.group]
        n_days = np.full(car.size, width)
        rows = np.flatnonzero(np.isnan(car))
        if rows.size:
            available = ~np.isnan(part[rows])
            count = available.sum(axis=1)
            totals = self._available_totals(rows, available, a)
            some = count > 0
            car[rows] = np.where(some, np.where(available, part[rows], 0.0).sum(axis=1), np.nan)
            factor[rows] = np.where(some, self._factor(count, totals, self.group[rows]), np.nan)
            n_days[rows] = count
        return WindowSums(car=car, variance_factor=factor, n_days=n_days)

    def _available_totals(self, rows: IntArray, available: BoolArray, a: int) -> FloatArray:
        totals = np.zeros((rows.size, self.centre.shape[1]))
        for j in range(available.shape[1]):
            _, x = event_rows(self.regression, self.day0[rows], self.security[rows], (a + j, a + j))
            totals += np.where(available[:, j, None], x[:, 0], 0.0)
        return totals

    def leverage(self) -> FloatArray:
        """(N, W) h* of every event day; NaN where there is no abnormal return."""
        cumulated = self._leverage_of_designs()[self.group]
        if self.incomplete.size:
            rows = cumulated[self.incomplete]
            rows[np.isnan(self.abnormal[self.incomplete])] = np.nan
            cumulated[self.incomplete] = rows
        return cumulated

    def _leverage_of_designs(self) -> FloatArray:
        """(U, W) h* of every day of every design."""
        if not self.regression.own and self.centre.shape[1] == 1:
            first, width = int(self.offsets[0]), self.offsets.size
            rows = padded_rows(np.ascontiguousarray(self.regression.regressors.T), max(0, -first), max(0, int(self.offsets[-1])))[0]
            days = np.lib.stride_tricks.sliding_window_view(np.where(np.isnan(rows), 0.0, rows), width)
            away = days[self.group_day0 + first + max(0, -first)] - self.centre
            away *= away
            away *= self.inverse[:, :, 0]
            away += self.share[:, None]
            return away
        table = np.empty((self.share.size, self.offsets.size))
        for j, offset in enumerate(self.offsets):
            table[:, j] = self._factor(1, self._group_totals(int(offset), int(offset)), slice(None)) - 1.0
        return table

    def residuals(self, events: slice | IntArray, window: tuple[int, int] | None = None) -> FloatArray:
        """(n, L) estimation-window residuals of some events, or those of a part of it; NaN where a row was not usable."""
        day0, security = self.day0[events], self.security[events]
        first, last = window or self.estimation
        loops = None if self.regression.fixed else compiled_loops(day0.size)
        if loops is not None and self._one_run(day0 + first, last - first + 1):
            rows = np.empty((day0.size, last - first + 1))
            runs = security * self.regression.returns.shape[0] + day0 + first
            flat, x = self.regression.returns.ravel(order="F"), np.ascontiguousarray(self.regression.regressors.T)
            coefficients = np.ascontiguousarray(self.coefficients[events])
            loops.residual_rows(flat, runs, day0 + first, coefficients, int(self.regression.constant), x, rows)
            return rows
        y, regressors = self._estimation_rows(day0, security, (first, last))
        if self.regression.fixed:
            return y
        coefficients = self.coefficients[events]
        if self.regression.constant:
            y -= coefficients[:, :1]
            coefficients = coefficients[:, 1:]
        for j, x in enumerate(regressors):
            y -= coefficients[:, j, None] * x
        return y

    def complete_and_shared(self, events: IntArray) -> BoolArray:
        """(n,) whether the estimation windows of some events have every row, share their regressors and hold a constant."""
        if self.regression.own or self.regression.fixed or not self.regression.constant or not self.regression.returns.flags.f_contiguous:
            return np.zeros(events.size, dtype=bool)
        group = self.group[events]
        length = self.estimation[1] - self.estimation[0] + 1
        whole = np.abs(self.share[group] * length - 1.0) < 0.5 / length
        return np.asarray(whole & (self.group_security[group] < 0))

    def _one_run(self, start: IntArray, length: int) -> bool:
        """Whether each window of `length` sessions from `start` is one run of memory, with regressors that all events share."""
        if self.regression.own or not start.size or not self.regression.returns.flags.f_contiguous:
            return False
        return bool(start.min() >= 0 and start.max() + length <= self.regression.returns.shape[0])

    def _estimation_rows(self, day0: IntArray, security: IntArray, window: tuple[int, int]) -> tuple[FloatArray, list[FloatArray]]:
        """A fresh (n, L) array of returns, and each regressor as (n, L), or as (1, L) when all events share one day."""
        n_sessions, k = self.regression.returns.shape[0], self.centre.shape[1]
        start = day0 + self.estimation[0]
        length = self.estimation[1] - self.estimation[0] + 1
        if not self._one_run(start, length):
            y, x = event_rows(self.regression, day0, security, window)
            return y, [x[..., j] for j in range(k)]
        returns, regressors = self.estimation_runs
        if window != self.estimation:
            part = slice(window[0] - self.estimation[0], window[1] - self.estimation[0] + 1)
            return returns[:, part][security * n_sessions + start], [regressors[j][:, part][start] for j in range(k)]
        rows = start[:1] if start.min() == start.max() else start
        return returns[security * n_sessions + start], [regressors[j][rows] for j in range(k)]

    @cached_property
    def estimation_runs(self) -> tuple[FloatArray, FloatArray]:
        """Every run of L sessions as a view: of the returns, security after security, and of the shared regressors (k, .., L)."""
        length = self.estimation[1] - self.estimation[0] + 1
        flat = self.regression.returns.ravel(order="F")
        regressors = np.ascontiguousarray(self.regression.regressors.T)
        sliding = np.lib.stride_tricks.sliding_window_view
        return sliding(flat, length), sliding(regressors, length, axis=1)

    def design(self, event: int) -> EventDesign:
        """The regression of one event, row by row."""
        one = slice(event, event + 1)
        parts = []
        for window in (self.estimation, (int(self.offsets[0]), int(self.offsets[-1]))):
            y, x = event_rows(self.regression, self.day0[one], self.security[one], window)
            y, x = y[0], x[0]
            if self.regression.constant and not self.regression.fixed:
                x = np.column_stack((np.where(np.isfinite(x).all(axis=1), 1.0, np.nan), x))
            y = np.where(np.isfinite(x).all(axis=1), y, np.nan)
            parts += [y, np.where(np.isfinite(y)[:, None], x, np.nan) if window == self.estimation else x]
        return EventDesign(
            estimation_returns=parts[0],
            estimation_regressors=parts[1],
            event_returns=parts[2],
            event_regressors=parts[3],
            demeaned=self.regression.fixed,
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class ForecastWindows(EventWindows):
    """Event windows whose daily variances were forecast before the event, without parameter error.

    Attributes
    ----------
    relative_variance : (N, W) float
        Forecast variance of each event day over sigma squared.
    """

    relative_variance: FloatArray

    _per_event: ClassVar[tuple[str, ...]] = (*EventWindows._per_event, "relative_variance")

    def sums(self, a: int, b: int) -> WindowSums:
        """CAR over [a, b]; its variance is the sum of the forecasts of the available days."""
        first = int(self.offsets[0])
        columns = slice(a - first, b - first + 1)
        known = ~np.isnan(self.abnormal[:, columns])
        n_days = known.sum(axis=1)
        some = n_days > 0
        car = np.where(known, self.abnormal[:, columns], 0.0).sum(axis=1)
        factor = np.where(known, self.relative_variance[:, columns], 0.0).sum(axis=1)
        return WindowSums(car=np.where(some, car, np.nan), variance_factor=np.where(some, factor, np.nan), n_days=n_days)

    def leverage(self) -> FloatArray:
        """(N, W) relative variance less one; NaN where there is no abnormal return."""
        return np.where(np.isnan(self.abnormal), np.nan, self.relative_variance - 1.0)
