"""Fits on different calendars laid side by side on one, so that inference sees one study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from impact.kernels.ols import BatchFit
from impact.kernels.records import EventDesign, FittedEvents, WindowSums
from impact.typing_ import BoolArray, FloatArray, IntArray

__all__ = ["CalendarPart", "MixedFit", "mix_fits", "session_positions"]


@dataclass(frozen=True, eq=False, kw_only=True)
class CalendarPart:
    """The fit of some events on their own calendar.

    Attributes
    ----------
    fit : BatchFit
    events : (n,) int
        Positions of its events among the N of the whole.
    sessions : (T_own,) int
        Position of each session of its calendar on the common one.
    """

    fit: BatchFit
    events: IntArray
    sessions: IntArray


@dataclass(frozen=True, eq=False, kw_only=True)
class MixedFit(BatchFit):
    """A fit whose events count their sessions on different calendars.

    Attributes
    ----------
    parts : tuple of CalendarPart
    """

    parts: tuple[CalendarPart, ...]

    def take(self, kept: IntArray, security: IntArray | None = None) -> BatchFit:
        """The fit of the events at the positions `kept`, in that order."""
        label = self.events.security if security is None else security
        parts = []
        for part in self.parts:
            chosen = np.flatnonzero(np.isin(kept, part.events))
            if chosen.size:
                within = np.searchsorted(part.events, kept[chosen])
                parts.append(replace(part, fit=part.fit.take(within), events=chosen))
        mixed = mix_fits(parts, label[kept])
        stated = self.events.event_sd
        return mixed if stated is None else replace(mixed, events=replace(mixed.events, event_sd=stated[kept]))

    def of_event(self, event: int) -> tuple[BatchFit, int]:
        """The fit on the event's own calendar, and its position there."""
        part = next(part for part in self.parts if event in part.events)
        return part.fit, int(np.searchsorted(part.events, event))


def session_positions(fit: BatchFit) -> IntArray:
    """(N, W) position of every event session on the calendar of the fit; -1 where it lies outside an event's own."""
    if not isinstance(fit, MixedFit):
        return fit.events.day0[:, None] + fit.events.offsets
    out = np.full(fit.events.abnormal.shape, -1)
    for part in fit.parts:
        own = part.fit.events.day0[:, None] + part.fit.events.offsets
        inside = (own >= 0) & (own < part.sessions.size)
        out[part.events] = np.where(inside, part.sessions[np.where(inside, own, 0)], -1)
    return out


def mix_fits(parts: Sequence[CalendarPart], security: IntArray) -> MixedFit:
    """Lay fits on their own calendars side by side on the common one.

    Parameters
    ----------
    parts : sequence of CalendarPart
        Each event in one of them; `events` ascending.
    security : (N,) int
        Column of each event in the common table.

    Notes
    -----
    Offsets of the event window count sessions of each event's own calendar. Estimation residuals are spread over the
    sessions of the common calendar, NaN where an event's own market was closed, so that correlations are taken on the days
    that two events share.
    """
    n = sum(part.events.size for part in parts)
    first = parts[0].fit

    def gathered(name: str, source: str = "events") -> FloatArray:
        pieces = [getattr(getattr(part.fit, source) if source else part.fit, name) for part in parts]
        out = np.empty((n, *pieces[0].shape[1:]), dtype=pieces[0].dtype)
        for part, piece in zip(parts, pieces, strict=True):
            out[part.events] = piece
        return out

    day0 = np.empty(n, dtype=np.intp)
    for part in parts:
        day0[part.events] = part.sessions[part.fit.events.day0]
    quiet = np.ones(n)
    for part in parts:
        if part.fit.events.quiet_day0 is not None:
            quiet[part.events] = part.fit.events.quiet_day0
    frame = tuple(parts)
    estimation = _common_estimation(frame)
    events = FittedEvents(
        offsets=first.events.offsets,
        abnormal=gathered("abnormal"),
        leverage=gathered("leverage"),
        sigma=gathered("sigma"),
        n_obs=np.asarray(gathered("n_obs")),
        df=np.asarray(gathered("df")),
        day0=day0,
        security=security,
        estimation=estimation,
        window=partial(_sums, frame, n),
        residuals=partial(_residuals, frame, n, estimation),
        design=partial(_design, frame, estimation) if all(part.fit.events.design is not None for part in parts) else None,
        quiet_day0=None if all(part.fit.events.quiet_day0 is None for part in parts) else quiet,
    )
    return MixedFit(
        events=events,
        coefficients=gathered("coefficients", ""),
        r_squared=gathered("r_squared", ""),
        spread=gathered("spread", ""),
        singular=np.asarray(gathered("singular", ""), dtype=bool),
        unmeasured=np.asarray(gathered("unmeasured", ""), dtype=bool) if all(part.fit.unmeasured is not None for part in parts) else None,
        windows=first.windows,
        parts=frame,
    )


def _common_estimation(parts: Sequence[CalendarPart]) -> tuple[int, int]:
    """Offsets on the common calendar that hold the estimation window of every event."""
    lows, highs = [], []
    for part in parts:
        day0, size = part.fit.events.day0, part.sessions.size
        start, stop = part.fit.events.estimation
        zero = part.sessions[day0]
        lows.append(int((part.sessions[np.clip(day0 + start, 0, size - 1)] - zero).min()))
        highs.append(int((part.sessions[np.clip(day0 + stop, 0, size - 1)] - zero).max()))
    return min(lows), max(highs)


def _sums(parts: Sequence[CalendarPart], n: int, a: int, b: int) -> WindowSums:
    car, factor, days = np.empty(n), np.empty(n), np.empty(n, dtype=np.int64)
    for part in parts:
        sums = part.fit.events.window(a, b)
        car[part.events], factor[part.events], days[part.events] = sums.car, sums.variance_factor, sums.n_days
    return WindowSums(car=car, variance_factor=factor, n_days=days)


def _rows(part: CalendarPart, within: IntArray, estimation: tuple[int, int]) -> tuple[IntArray, BoolArray]:
    """Row on the common estimation window of each own row of some events, and whether it lies in the record, (n, L) each."""
    day0, own = part.fit.events.day0[within], part.fit.events.estimation
    position = day0[:, None] + np.arange(own[0], own[1] + 1)
    inside = (position >= 0) & (position < part.sessions.size)
    common = part.sessions[np.where(inside, position, 0)] - part.sessions[day0][:, None] - estimation[0]
    return np.where(inside, common, -1), inside


def _residuals(parts: Sequence[CalendarPart], n: int, estimation: tuple[int, int], events: slice | IntArray) -> FloatArray:
    wanted = np.arange(n)[events]
    out = np.full((wanted.size, estimation[1] - estimation[0] + 1), np.nan)
    for part in parts:
        rows = np.flatnonzero(np.isin(wanted, part.events))
        if rows.size:
            within = np.searchsorted(part.events, wanted[rows])
            common, inside = _rows(part, within, estimation)
            values = part.fit.events.residuals(within)
            at = np.broadcast_to(rows[:, None], common.shape)
            out[at[inside], common[inside]] = values[inside]
    return out


def _design(parts: Sequence[CalendarPart], estimation: tuple[int, int], event: int) -> EventDesign:
    part = next(part for part in parts if event in part.events)
    within = int(np.searchsorted(part.events, event))
    show = part.fit.events.design
    if show is None:
        raise LookupError("the fit shows no regression")
    own = show(within)
    common, inside = _rows(part, np.array([within]), estimation)
    length = estimation[1] - estimation[0] + 1
    y, x = np.full(length, np.nan), np.full((length, own.estimation_regressors.shape[1]), np.nan)
    y[common[0][inside[0]]] = own.estimation_returns[inside[0]]
    x[common[0][inside[0]]] = own.estimation_regressors[inside[0]]
    return replace(own, estimation_returns=y, estimation_regressors=x)
