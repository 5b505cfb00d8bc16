"""Least squares of many events at once, from prefix sums, without a Python loop over events.

Events whose estimation windows hold the same sessions share one design. A window with gaps, or one that is too
ill-conditioned for normal equations, gets a design of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from impact.kernels.cumulate import EventWindows
from impact.kernels.direct import refit_directly
from impact.kernels.records import FittedEvents, Regression, freeze_arrays
from impact.kernels.residual_sums import ResidualSums, sum_residuals
from impact.kernels.windows import column_blocks, cross_terms, gap_sums, padded_rows, prefix_sums, window_bounds
from impact.typing_ import BoolArray, FloatArray, IntArray

__all__ = ["BatchFit", "fit_events"]

MAX_CONDITION = 1e8
"""Condition number of the scaled X'X (1e4 for X) above which a window is refitted row by row."""
MAX_CANCELLATION = 1e5
"""Prefix sum over centred window sum of squares above which a window is refitted row by row: five digits of sixteen."""
MIN_RESIDUAL = 1e-8
"""Residual over total sum of squares below which residuals are recomputed row by row."""


@dataclass(frozen=True, eq=False, kw_only=True)
class BatchFit:
    """The fit of N events.

    Attributes
    ----------
    events : FittedEvents
        Abnormal returns and what inference needs.
    coefficients : (N, K) float
        Constant first when there is one, then the slopes; (N, 0) when the normal return is fixed.
    r_squared : (N,) float
        Explained share of the estimation-window variation (uncentred without a constant); NaN when fixed.
    spread : (N,) float
        Root mean square of the left-hand side in the estimation window, about its mean when there is a constant.
    singular : (N,) bool
        Regressors collinear in the estimation window: every estimate of the event is NaN.
    windows : EventWindows
        What `events` computes its window sums and residuals from.
    """

    events: FittedEvents
    coefficients: FloatArray
    r_squared: FloatArray
    spread: FloatArray
    singular: BoolArray
    windows: EventWindows

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def take(self, kept: IntArray, security: IntArray | None = None) -> BatchFit:
        """The fit of the events at the positions `kept`, in that order.

        `security` (N,), when given, replaces the security labels that `events` shows.
        """
        old = self.events
        if kept.size == old.n_events and np.array_equal(kept, np.arange(kept.size)):
            return self if security is None else replace(self, events=replace(old, security=security))
        windows = self.windows.take(kept)
        label = old.security if security is None else security
        events = replace(
            old,
            abnormal=windows.abnormal,
            leverage=old.leverage[kept],
            sigma=old.sigma[kept],
            n_obs=old.n_obs[kept],
            df=old.df[kept],
            day0=windows.day0,
            security=label[kept],
            window=windows.sums,
            residuals=windows.residuals,
            design=windows.design if old.design is not None else None,
            residual_sums=_summing(windows, old.sigma[kept], old.df[kept]) if old.residual_sums is not None else None,
        )
        return replace(
            self,
            events=events,
            coefficients=self.coefficients[kept],
            r_squared=self.r_squared[kept],
            spread=self.spread[kept],
            singular=self.singular[kept],
            windows=windows,
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class _Scaled:
    """Regressors centred and scaled once: `values` (.., k) with zeros where missing, raw = centre + scale * values."""

    values: FloatArray
    centre: FloatArray
    scale: FloatArray
    usable: BoolArray


@dataclass(frozen=True, eq=False, kw_only=True)
class _Moments:
    """Window sums per design, in scaled units: M, sum of z, centred cross products, and their inverse."""

    n_rows: FloatArray
    mean: FloatArray
    inverse: FloatArray
    doubtful: BoolArray


def _scaled(regressors: FloatArray, constant: bool, usable: BoolArray) -> _Scaled:
    """Centre (with a constant) and scale along the sessions axis, which is the last but one."""
    known = np.where(usable[..., None], regressors, 0.0)
    count = np.maximum(usable.sum(axis=-1), 1)[..., None]
    centre = known.sum(axis=-2) / count if constant else np.zeros(known.shape[:-2] + known.shape[-1:])
    values = np.where(usable[..., None], regressors - centre[..., None, :], 0.0)
    scale = np.sqrt((values**2).sum(axis=-2) / count)
    scale = np.where(scale > 0.0, scale, 1.0)
    return _Scaled(values=values / scale[..., None, :], centre=centre, scale=scale, usable=usable)


def _moments(below: FloatArray, upto: FloatArray, k: int, constant: bool, gaps: FloatArray | float = 0.0) -> _Moments:
    """From prefix sums (U, 1 + k + k*k) of [1, z, zz'] at both ends of a window to the inverse of its centred cross products."""
    totals = upto - below - gaps
    n_rows = totals[:, 0]
    raw = totals[:, 1 + k :].reshape(n_rows.size, k, k)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = totals[:, 1 : 1 + k] / n_rows[:, None] if constant else np.zeros((n_rows.size, k))
    centred = raw - n_rows[:, None, None] * mean[:, :, None] * mean[:, None, :] if constant else raw
    if k == 0:
        return _Moments(n_rows=n_rows, mean=mean, inverse=centred, doubtful=np.zeros(n_rows.size, dtype=bool))
    squares = np.einsum("ujj->uj", centred)
    with np.errstate(invalid="ignore", divide="ignore"):
        flat = ~(upto[:, 1 + k :: k + 1] < MAX_CANCELLATION * squares).all(axis=1)
    flat |= n_rows < k + int(constant)
    unit = np.where(flat[:, None], 1.0, squares) ** -0.5
    correlation = centred * unit[:, :, None] * unit[:, None, :]
    correlation[flat] = np.eye(k)
    inverse, singular = _inverse(correlation)
    size = np.abs(correlation).sum(axis=1).max(axis=1) * np.abs(inverse).sum(axis=1).max(axis=1)
    inverse = inverse * unit[:, :, None] * unit[:, None, :]
    return _Moments(n_rows=n_rows, mean=mean, inverse=inverse, doubtful=flat | singular | ~(size < MAX_CONDITION))


def _inverse(matrices: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Inverses of (U, k, k) with a flag for those that have none (identity returned)."""
    if matrices.shape[-1] == 1:
        return 1.0 / matrices, np.zeros(matrices.shape[0], dtype=bool)
    try:
        return np.linalg.inv(matrices), np.zeros(matrices.shape[0], dtype=bool)
    except np.linalg.LinAlgError:
        singular = np.linalg.matrix_rank(matrices, hermitian=True) < matrices.shape[-1]
        return np.linalg.inv(np.where(singular[:, None, None], np.eye(matrices.shape[-1]), matrices)), singular


class _Batch:
    """Working state of one batched fit: output arrays by event, designs by group."""

    def __init__(self, regression: Regression, day0: IntArray, security: IntArray, estimation, window) -> None:
        n, (t, self.k) = day0.size, (regression.returns.shape[0], regression.regressors.shape[-1])
        self.regression, self.day0, self.security, self.estimation, self.window = regression, day0, security, estimation, window
        self.constant = regression.constant or regression.fixed
        self.n_sessions = t
        self.start, self.stop = window_bounds(day0, estimation, t)
        width = window[1] - window[0] + 1
        self.abnormal = np.empty((n, width))
        self.alpha, self.beta = np.empty(n), np.empty((n, self.k))
        self.n_obs, self.sse, self.total = np.empty(n), np.empty(n), np.empty(n)
        self.group = np.empty(n, dtype=np.intp)
        self.doubtful = np.zeros(n, dtype=bool)
        self.before, self.after = max(0, -window[0]), max(0, window[1])
        self.groups: list[tuple[_Moments, FloatArray, FloatArray, IntArray, IntArray]] = []
        self.n_groups = 0
        if not regression.own:
            self._share_designs()

    def _share_designs(self) -> None:
        """One design for each day 0: what all events without gaps on that day have in common."""
        regressors = self.regression.regressors
        self.common = _scaled(regressors, self.constant, np.isfinite(regressors).all(axis=-1))
        self.terms = cross_terms(self.common.values) * self.common.usable[:, None]
        self.sums = prefix_sums(self.terms.T).T
        days = np.flatnonzero(np.bincount(self.day0, minlength=self.n_sessions))
        self.lookup = np.zeros(self.n_sessions, dtype=np.intp)
        self.lookup[days] = np.arange(days.size)
        start, stop = window_bounds(days, self.estimation, self.n_sessions)
        self.shared = _moments(self.sums[start], self.sums[stop], self.k, self.constant)
        self._keep(self.shared, self.common.centre, self.common.scale, days, np.full(days.size, -1))
        rows = padded_rows(np.ascontiguousarray(regressors.T), self.before, self.after)
        view = np.lib.stride_tricks.sliding_window_view(rows, self.abnormal.shape[1], axis=1)
        self.event_rows = view[:, self.before + self.window[0] :] if self.before + self.window[0] else view

    def _keep(self, moments: _Moments, centre: FloatArray, scale: FloatArray, day0: IntArray, security: IntArray) -> None:
        self.groups.append((moments, np.broadcast_to(centre, moments.mean.shape), np.broadcast_to(scale, moments.mean.shape), day0, security))
        self.n_groups += moments.n_rows.size

    def block(self, columns: IntArray, events: IntArray, local: IntArray) -> None:
        """Fit the events of one block of securities."""
        rows = padded_rows(self.regression.returns[:, columns].T, self.before, self.after)
        returns = rows[:, self.before : self.before + self.n_sessions]
        valid = np.isfinite(returns)
        if self.regression.own:
            moments, sums, centre_y, scaled = self._own_block(columns, events, local, returns, valid)
            centre_x, scale_x = scaled.centre[local], scaled.scale[local]
        else:
            moments, sums, centre_y = self._common_block(events, local, returns, valid)
            centre_x, scale_x = self.common.centre, self.common.scale
        self._solve(events, local, moments, sums, centre_y, centre_x, scale_x)
        self._abnormal(events, local, rows, columns)

    def _common_block(self, events, local, returns, valid):
        scaled = self.common
        complete = bool(valid.all())
        day0, start, stop = self.day0[events], self.start[events], self.stop[events]
        group = self.lookup[day0]
        n_rows, mean, inverse, doubtful = (part[group] for part in _parts(self.shared))
        if not (complete and scaled.usable.all()):
            valid = valid & scaled.usable
        if not complete:
            gaps, born, gone = gap_sums(self.terms, valid, scaled.usable)
            start, stop = np.maximum(start, born[local]), np.minimum(stop, gone[local])
            stop = np.maximum(start, stop)
            first, last = gaps.bounds(local, start, stop)
            special = np.flatnonzero((start > self.start[events]) | (stop < self.stop[events]) | (last > first))
            missing = gaps.between(first[special], last[special])
            own = _moments(self.sums[start[special]], self.sums[stop[special]], self.k, self.constant, missing)
            group[special] = self.n_groups + np.arange(special.size)
            self._keep(own, scaled.centre, scaled.scale, day0[special], self.security[events[special]])
            for whole, part in zip((n_rows, mean, inverse, doubtful), _parts(own), strict=True):
                whole[special] = part
        self.group[events] = group
        sums, centre_y = self._return_sums(local, start, stop, returns, valid, scaled.values.T[None])
        return _Moments(n_rows=n_rows, mean=mean, inverse=inverse, doubtful=doubtful), sums, centre_y

    def _own_block(self, columns, events, local, returns, valid):
        regressors = np.ascontiguousarray(self.regression.regressors[:, columns].transpose(1, 0, 2))
        valid = valid & np.isfinite(regressors).all(axis=-1)
        scaled = _scaled(regressors, self.constant, valid)
        start, stop = self.start[events], self.stop[events]
        prefix = prefix_sums((cross_terms(scaled.values) * valid[..., None]).transpose(0, 2, 1))
        moments = _moments(prefix[local, :, start], prefix[local, :, stop], self.k, self.constant)
        self.group[events] = self.n_groups + np.arange(events.size)
        self._keep(moments, scaled.centre[local], scaled.scale[local], self.day0[events], self.security[events])
        sums, centre_y = self._return_sums(local, start, stop, returns, valid, scaled.values.transpose(0, 2, 1))
        return moments, sums, centre_y, scaled

    def _return_sums(self, local, start, stop, returns, valid, scaled):
        """Window sums (k + 2, n) of y, z y and y*y, y centred by security, the prefix sum of y*y at the end, and the centre."""
        complete = bool(valid.all())
        if self.constant:
            known = returns if complete else np.where(valid, returns, 0.0)
            centre = known.sum(axis=1) / np.maximum(valid.sum(axis=1), 1)
        else:
            centre = np.zeros(returns.shape[0])
        y = returns - centre[:, None]
        if not complete:
            y[~valid] = 0.0
        base = local * (self.n_sessions + 1)
        lower, upper = base + start, base + stop
        sums = np.empty((self.k + 2, local.size))
        for j in range(self.k + 2):
            values = y if j == 0 else y * scaled[:, j - 1] if j <= self.k else y * y
            prefix = prefix_sums(values).ravel()
            high = prefix[upper]
            np.subtract(high, prefix[lower], out=sums[j])
        return (sums, high), centre[local]

    def _solve(self, events, local, moments: _Moments, sums, centre_y, centre_x, scale_x) -> None:
        (sums, high), k = sums, self.k
        n_rows, mean = moments.n_rows, moments.mean
        with np.errstate(invalid="ignore", divide="ignore"):
            mean_y = sums[0] / n_rows if self.constant else np.zeros(n_rows.size)
            cross = sums[1 : 1 + k].T - (n_rows * mean_y)[:, None] * mean
            total = sums[-1] - n_rows * mean_y**2
            slope = np.einsum("nij,nj->ni", moments.inverse, cross)
            sse = total - np.einsum("ni,ni->n", slope, cross)
            beta = slope / scale_x
            alpha = centre_y + mean_y - np.einsum("ni,ni->n", beta, centre_x + scale_x * mean) if self.constant else np.zeros(n_rows.size)
            small = ~(sse > MIN_RESIDUAL * total) | (high > MAX_CANCELLATION * total)
        self.alpha[events], self.beta[events] = alpha, beta
        self.n_obs[events], self.sse[events], self.total[events] = n_rows, sse, total
        self.doubtful[events] = moments.doubtful | small

    def _abnormal(self, events, local, rows, columns) -> None:
        """Event-window returns less what the regression predicts."""
        width, day0 = self.abnormal.shape[1], self.day0[events]
        view = np.lib.stride_tricks.sliding_window_view(rows.ravel(), width)
        found = view[local * rows.shape[1] + self.before + self.window[0] + day0]
        if not self.regression.fixed:
            if self.constant:
                found -= self.alpha[events][:, None]
            for j in range(self.k):
                found -= self.beta[events, j][:, None] * self._event_regressor(j, day0, columns[local])
        self.abnormal[events] = found

    def _event_regressor(self, j: int, day0: IntArray, security: IntArray) -> FloatArray:
        if not self.regression.own:
            return self.event_rows[j][day0]
        offsets = np.arange(self.window[0], self.window[1] + 1)
        position = day0[:, None] + offsets
        inside = (position >= 0) & (position < self.n_sessions)
        return np.where(inside, self.regression.regressors[np.where(inside, position, 0), security[:, None], j], np.nan)


def _parts(moments: _Moments) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray]:
    return moments.n_rows, moments.mean, moments.inverse, moments.doubtful


def fit_events(regression: Regression, day0: IntArray, security: IntArray, estimation: tuple[int, int], window: tuple[int, int]) -> BatchFit:
    """Estimate the normal return of N events and take it from their event-window returns.

    Parameters
    ----------
    regression : Regression
        Left- and right-hand sides on one calendar of T sessions.
    day0, security : (N,) int
        Position of day 0 on the calendar and column of the security, in 0 .. T-1 and 0 .. S-1.
    estimation, window : (first, last)
        Inclusive session offsets. Sessions outside the calendar count as missing.

    Returns
    -------
    BatchFit
        An event whose M usable rows do not exceed K has NaN estimates.

    Notes
    -----
    With window sums of the centred regressors, ``b = S_xx^-1 S_xy``, ``s^2 = (S_yy - b'S_xy) / (M - K)``, and for an
    event day ``h* = 1/M + (x* - xbar)' S_xx^-1 (x* - xbar)``. Rows are dropped pairwise: a row needs the security's own
    return and all regressors. Where the windows outweigh the panel it is laid out security by security. Windows for which
    prefix sums may lose digits are refitted by singular values.

    References
    ----------
    Campbell, Lo and MacKinlay (1997), The Econometrics of Financial Markets, section 4.4.
    """
    day0, security = np.asarray(day0, dtype=np.intp), np.asarray(security, dtype=np.intp)
    if day0.size * (estimation[1] - estimation[0] + 1) > regression.returns.size:
        regression = replace(regression, returns=np.asfortranarray(regression.returns))
    batch = _Batch(regression, day0, security, estimation, window)
    for columns, events, local in column_blocks(security, regression.returns.shape[1], batch.n_sessions):
        batch.block(columns, events, local)
    moments = [part[0] for part in batch.groups]
    n_rows = np.concatenate([m.n_rows for m in moments])
    mean = np.concatenate([m.mean for m in moments])
    inverse = np.concatenate([m.inverse for m in moments])
    centre, scale = (np.concatenate([part[i] for part in batch.groups]) for i in (1, 2))
    centre = centre + scale * mean
    inverse = inverse / (scale[:, :, None] * scale[:, None, :])
    owner, owner_day = (np.concatenate([part[i] for part in batch.groups]) for i in (4, 3))
    singular = np.zeros(day0.size, dtype=bool)
    doubtful = np.flatnonzero(batch.doubtful & (batch.n_obs > regression.n_parameters))
    if doubtful.size:
        again = refit_directly(regression, day0[doubtful], security[doubtful], estimation, window)
        singular[doubtful] = again.singular
        batch.alpha[doubtful], batch.beta[doubtful] = again.alpha, again.beta
        batch.sse[doubtful], batch.total[doubtful] = again.sse, again.total
        batch.abnormal[doubtful] = again.abnormal
        batch.group[doubtful] = n_rows.size + np.arange(doubtful.size)
        n_rows, centre, inverse = (np.concatenate(pair) for pair in ((n_rows, again.n_rows), (centre, again.centre), (inverse, again.inverse)))
        owner, owner_day = np.concatenate((owner, security[doubtful])), np.concatenate((owner_day, day0[doubtful]))
    return _finish(batch, singular, n_rows, centre, inverse, owner_day, owner)


def _finish(batch: _Batch, singular, n_rows, centre, inverse, owner_day, owner) -> BatchFit:
    regression = batch.regression
    n_obs = batch.n_obs.astype(np.int64)
    df = n_obs - regression.n_parameters
    void = (df <= 0) | singular
    with np.errstate(invalid="ignore", divide="ignore"):
        sigma = np.sqrt(np.maximum(batch.sse, 0.0) / df)
        r_squared = 1.0 - batch.sse / batch.total
        spread = np.sqrt(np.maximum(batch.total, 0.0) / n_obs)
    sigma[void] = np.nan
    r_squared[void] = np.nan
    if regression.fixed:
        r_squared[:] = np.nan
        coefficients = np.empty((df.size, 0))
    else:
        coefficients = np.column_stack((batch.alpha, batch.beta)) if regression.constant else batch.beta
        coefficients[void] = np.nan
    if not regression.fixed and void.any():
        batch.abnormal[void] = np.nan
    with np.errstate(divide="ignore"):
        share = 1.0 / np.where(n_rows > 0, n_rows, np.nan) if regression.constant and not regression.fixed else np.zeros(n_rows.size)
    windows = EventWindows(
        regression=regression,
        offsets=np.arange(batch.window[0], batch.window[1] + 1),
        abnormal=batch.abnormal,
        day0=batch.day0,
        security=batch.security,
        group=batch.group,
        share=share,
        centre=centre,
        inverse=inverse,
        group_day0=owner_day,
        group_security=owner,
        coefficients=coefficients,
        estimation=batch.estimation,
    )
    events = FittedEvents(
        offsets=windows.offsets,
        abnormal=batch.abnormal,
        leverage=windows.leverage(),
        sigma=sigma,
        n_obs=n_obs,
        df=df,
        day0=batch.day0,
        security=batch.security,
        estimation=batch.estimation,
        window=windows.sums,
        residuals=windows.residuals,
        design=windows.design,
        residual_sums=_summing(windows, sigma, df),
    )
    return BatchFit(events=events, coefficients=coefficients, r_squared=r_squared, spread=spread, singular=singular, windows=windows)


def _summing(windows: EventWindows, sigma: FloatArray, df: IntArray) -> Callable[[IntArray, int], ResidualSums | None]:
    return lambda chosen, window_length: sum_residuals(windows, sigma**2 * df, chosen, window_length)
