"""Least squares of many events at once, from prefix sums, without a Python loop over events.

Events whose estimation windows hold the same sessions share one design. A window with gaps, or one that is too
ill-conditioned for normal equations, gets a design of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from impact.kernels.acceleration import compiled_loops
from impact.kernels.blocks import Block, BlockFit, SharedDesigns, fit_block, share_designs
from impact.kernels.complete_events import CompleteFit, fit_complete_events
from impact.kernels.cumulate import EventWindows
from impact.kernels.direct import refit_directly
from impact.kernels.mapping import Executor, map_in_order
from impact.kernels.records import FittedEvents, Regression, freeze_arrays
from impact.kernels.residual_sums import ResidualSums, sum_residuals
from impact.kernels.windows import column_blocks
from impact.typing_ import BoolArray, FloatArray, IntArray, Window

__all__ = ["BatchFit", "fit_events"]

WORTH_A_COPY = 16
"""Values of a panel for each value of the windows up to which it is laid out security by security, once compiled loops do it."""
BY_EVENT = ("alpha", "n_obs", "sse", "total", "beta", "abnormal", "doubtful")
"""What a part of the work finds for each of its events."""


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
    unmeasured : (N,) bool or None
        The security has a return in the event window, and the benchmark none on any of its days; None where that is not known.
    """

    events: FittedEvents
    coefficients: FloatArray
    r_squared: FloatArray
    spread: FloatArray
    singular: BoolArray
    windows: EventWindows
    unmeasured: BoolArray | None = None

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
            quiet_day0=None if old.quiet_day0 is None else old.quiet_day0[kept],
            event_sd=None if old.event_sd is None else old.event_sd[kept],
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
            unmeasured=None if self.unmeasured is None else self.unmeasured[kept],
            windows=windows,
        )


def fit_events(
    regression: Regression,
    day0: IntArray,
    security: IntArray,
    estimation: tuple[int, int],
    window: tuple[int, int],
    *,
    executor: Executor | None = None,
) -> BatchFit:
    """Estimate the normal return of N events and take it from their event-window returns.

    Parameters
    ----------
    regression : Regression
        Left- and right-hand sides on one calendar of T sessions.
    day0, security : (N,) int
        Position of day 0 on the calendar and column of the security, in 0 .. T-1 and 0 .. S-1.
    estimation, window : (first, last)
        Inclusive session offsets. Sessions outside the calendar count as missing.
    executor : object with ``map``, optional
        Fits blocks of securities side by side; the numbers do not depend on it.

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
    regression = replace(regression, returns=_by_security(regression.returns, day0.size, estimation[1] - estimation[0] + 1))
    constant = regression.constant or regression.fixed
    shared = None if regression.own else share_designs(regression.regressors, day0, estimation, window, constant=constant)
    complete = fit_complete_events(regression, shared, day0, security, estimation, window, executor)
    gathered = _Gathered(day0.size, regression, window, shared, complete)
    rest = np.arange(day0.size) if complete is None else np.flatnonzero(~complete.done)
    parts: list[IntArray] = []
    blocks = _blocks(regression, shared, day0[rest], security[rest], estimation, window, parts) if rest.size else ()
    for number, fit in enumerate(map_in_order(executor, fit_block, blocks)):
        gathered.add(rest[parts[number]], fit, day0, security)
    singular = gathered.refit(regression, day0, security, estimation, window)
    return _finish(gathered, singular, regression, day0, security, estimation, window)


def _by_security(returns: FloatArray, n_events: int, length: int) -> FloatArray:
    """The panel laid out security by security, where that is worth a copy."""
    loops = compiled_loops(n_events)
    if returns.flags.f_contiguous or n_events * length * (1 if loops is None else WORTH_A_COPY) <= returns.size:
        return returns
    return np.asfortranarray(returns) if loops is None else loops.across(returns).T


def _blocks(
    regression: Regression,
    shared: SharedDesigns | None,
    day0: IntArray,
    security: IntArray,
    estimation: tuple[int, int],
    window: tuple[int, int],
    parts: list[IntArray],
) -> Iterator[Block]:
    """Blocks of securities; the events of each are noted in `parts`, in the order the blocks are made."""
    n_sessions, n_securities = regression.returns.shape
    compiled = compiled_loops(day0.size) is not None
    for columns, events, local in column_blocks(security, n_securities, n_sessions):
        parts.append(events)
        own = np.ascontiguousarray(regression.regressors[:, columns].transpose(1, 0, 2)) if regression.own else None
        yield Block(
            returns=regression.returns.T[columns],
            regressors=own,
            shared=shared,
            day0=day0[events],
            local=local,
            estimation=estimation,
            window=window,
            constant=regression.constant or regression.fixed,
            fixed=regression.fixed,
            compiled=compiled,
        )


class _Gathered:
    """The fits of all blocks, put in the order of the events; designs shared first, then each block's own."""

    def __init__(
        self, n: int, regression: Regression, window: tuple[int, int], shared: SharedDesigns | None, complete: CompleteFit | None
    ) -> None:
        k = regression.regressors.shape[-1]
        if complete is not None:
            for name in (*BY_EVENT, "group"):
                setattr(self, name, getattr(complete, name))
        else:
            self.alpha, self.n_obs, self.sse, self.total = (np.empty(n) for _ in range(4))
            self.beta, self.abnormal = np.empty((n, k)), np.empty((n, window[1] - window[0] + 1))
            self.doubtful, self.group = np.zeros(n, dtype=bool), np.empty(n, dtype=np.intp)
        self.n_groups = 0
        self.designs: list[tuple[FloatArray, FloatArray, FloatArray, IntArray, IntArray]] = []
        if shared is not None:
            moments, scaled = shared.moments, shared.scaled
            centre = scaled.centre + scaled.scale * moments.mean
            inverse = moments.inverse / (scaled.scale[:, None] * scaled.scale)
            self._keep(moments.n_rows, centre, inverse, shared.days, np.full(shared.days.size, -1))

    def _keep(self, n_rows: FloatArray, centre: FloatArray, inverse: FloatArray, day0: IntArray, security: IntArray) -> None:
        self.designs.append((n_rows, centre, inverse, day0, security))
        self.n_groups += n_rows.size

    def add(self, events: IntArray, fit: BlockFit, day0: IntArray, security: IntArray) -> None:
        """Take over the fit of one block."""
        for name in BY_EVENT:
            getattr(self, name)[events] = getattr(fit, name)
        own = fit.shared_group < 0
        self.group[events] = np.where(own, self.n_groups - 1 + np.cumsum(own), fit.shared_group)
        if own.any():
            inverse = fit.own.inverse / (fit.scale[:, :, None] * fit.scale[:, None, :])
            self._keep(fit.own.n_rows, fit.centre + fit.scale * fit.own.mean, inverse, day0[events[own]], security[events[own]])

    def refit(self, regression: Regression, day0: IntArray, security: IntArray, estimation: Window, window: Window) -> BoolArray:
        """Fit doubtful events again, row by row; True where their regressors are collinear."""
        singular = np.zeros(day0.size, dtype=bool)
        doubtful = np.flatnonzero(self.doubtful & (self.n_obs > regression.n_parameters))
        if doubtful.size:
            again = refit_directly(regression, day0[doubtful], security[doubtful], estimation, window)
            singular[doubtful] = again.singular
            for name in ("alpha", "beta", "sse", "total", "abnormal"):
                getattr(self, name)[doubtful] = getattr(again, name)
            self.group[doubtful] = self.n_groups + np.arange(doubtful.size)
            self._keep(again.n_rows, again.centre, again.inverse, day0[doubtful], security[doubtful])
        return singular


def _finish(
    gathered: _Gathered, singular: BoolArray, regression: Regression, day0: IntArray, security: IntArray, estimation: Window, window: Window
) -> BatchFit:
    n_obs = gathered.n_obs.astype(np.int64)
    df = n_obs - regression.n_parameters
    void = (df <= 0) | singular
    with np.errstate(invalid="ignore", divide="ignore"):
        sigma = np.sqrt(np.maximum(gathered.sse, 0.0) / df)
        r_squared = 1.0 - gathered.sse / gathered.total
        spread = np.sqrt(np.maximum(gathered.total, 0.0) / n_obs)
    sigma[void] = np.nan
    r_squared[void | regression.fixed] = np.nan
    coefficients = np.empty((df.size, 0))
    if not regression.fixed:
        coefficients = np.column_stack((gathered.alpha, gathered.beta)) if regression.constant else gathered.beta
        coefficients[void] = np.nan
        gathered.abnormal[void] = np.nan
    n_rows, centre, inverse, owner_day, owner = (np.concatenate(part) for part in zip(*gathered.designs, strict=True))
    estimated = regression.constant and not regression.fixed
    windows = EventWindows(
        regression=regression,
        offsets=np.arange(window[0], window[1] + 1),
        abnormal=gathered.abnormal,
        day0=day0,
        security=security,
        group=gathered.group,
        share=1.0 / np.where(n_rows > 0, n_rows, np.nan) if estimated else np.zeros(n_rows.size),
        centre=centre,
        inverse=inverse,
        group_day0=owner_day,
        group_security=owner,
        coefficients=coefficients,
        estimation=estimation,
    )
    events = FittedEvents(
        offsets=windows.offsets,
        abnormal=gathered.abnormal,
        leverage=windows.leverage(),
        sigma=sigma,
        n_obs=n_obs,
        df=df,
        day0=day0,
        security=security,
        estimation=estimation,
        window=windows.sums,
        residuals=windows.residuals,
        design=windows.design,
        residual_sums=_summing(windows, sigma, df),
    )
    return BatchFit(events=events, coefficients=coefficients, r_squared=r_squared, spread=spread, singular=singular, windows=windows)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Summing:
    """``residual_sums`` of a fit, as a record that can be sent to another process.

    Attributes
    ----------
    windows : EventWindows
    squares : (N,) float
        Sum of squared residuals of each event.
    """

    windows: EventWindows
    squares: FloatArray

    def __call__(self, chosen: IntArray, window_length: int) -> ResidualSums | None:
        return sum_residuals(self.windows, self.squares, chosen, window_length)


def _summing(windows: EventWindows, sigma: FloatArray, df: IntArray) -> Callable[[IntArray, int], ResidualSums | None]:
    return _Summing(windows=windows, squares=sigma**2 * df)
