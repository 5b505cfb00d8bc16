"""How an effect unfolds over the sessions: one path from which headline, bands, ladder and cost are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from impact.pricing.levels import LEVELS
from impact.typing_ import FloatArray1D, FloatArray2D, IntArray

__all__ = [
    "BasisPath",
    "EnvelopePath",
    "FadingPath",
    "LogPath",
    "MixedPath",
    "band",
    "execution_basis",
    "shock_basis",
    "unit_paths",
]

REVERSAL_SESSIONS = 20  # over which the library measures what is given back


class LogPath(Protocol):
    """Log price since the eve, session by session, over n draws."""

    def log_path(self, last: int) -> FloatArray2D:
        """Path (last, n) of the first `last` sessions."""
        ...

    def moved(self, *spans: tuple[int, int]) -> FloatArray2D:
        """Log moves (spans, n), each from the close before its first session (from 1) to the close of its last."""
        path = self.log_path(max(last for _, last in spans))
        return np.stack([path[last - 1] - (path[first - 2] if first > 1 else 0.0) for first, last in spans])

    def bands(self, last: int) -> FloatArray2D:
        """Quantiles (levels, last) of the log price since the eve."""
        return band(self.log_path(last))


@dataclass(frozen=True, eq=False, kw_only=True)
class BasisPath(LogPath):
    """Path whose shape is a few fixed curves, drawn with weights.

    Attributes
    ----------
    basis : (T, K) array
    weights : (K, n) array
    """

    basis: FloatArray2D
    weights: FloatArray2D

    def log_path(self, last: int) -> FloatArray2D:
        """Path (last, n) of the first `last` sessions."""
        path: FloatArray2D = self.basis[:last] @ self.weights
        return path


@dataclass(frozen=True, eq=False, kw_only=True)
class FadingPath(LogPath):
    """Path of a law of the literature: a part at the notice, a part with the selling, and a temporary part that fades.

    Attributes
    ----------
    pace : (T,) array
    permanent_share, announcement_share, reversal_sessions, log_effect : (n,) arrays
    """

    pace: FloatArray1D
    permanent_share: FloatArray1D
    announcement_share: FloatArray1D
    reversal_sessions: FloatArray1D
    log_effect: FloatArray1D

    def log_path(self, last: int) -> FloatArray2D:
        """Path (last, n) of the first `last` sessions."""
        unit = unit_paths(
            self.pace[:last],
            permanent_share=self.permanent_share,
            announcement_share=self.announcement_share,
            reversal_sessions=self.reversal_sessions,
        )
        path: FloatArray2D = unit * self.log_effect
        return path


@dataclass(frozen=True, eq=False, kw_only=True)
class MixedPath(LogPath):
    """In each draw the path of one of several parts.

    Attributes
    ----------
    parts : tuple of LogPath
    choice : (n,) integer array
    """

    parts: tuple[LogPath, ...]
    choice: IntArray

    def log_path(self, last: int) -> FloatArray2D:
        """Path (last, n) of the first `last` sessions."""
        used = np.unique(self.choice)
        path = self.parts[int(used[0])].log_path(last)
        for number in used[1:]:
            path = np.where(self.choice == number, self.parts[int(number)].log_path(last), path)
        return path


@dataclass(frozen=True, eq=False, kw_only=True)
class EnvelopePath(LogPath):
    """A path of which one fact is a range: at each quantile the widest of several suppositions, the middle that of one of them.

    Attributes
    ----------
    central : LogPath
        With the fact drawn from its range; its median is the middle.
    ends : tuple of LogPath
        With the fact at an end of its range.

    Notes
    -----
    Below the median a quantile is the least of those of all parts, above it the greatest, so that every part lies within. A draw
    keeps the rank that it has in the central path.
    """

    central: LogPath
    ends: tuple[LogPath, ...]

    def log_path(self, last: int) -> FloatArray2D:
        """Path (last, n) of the first `last` sessions."""
        return _envelope([part.log_path(last) for part in (self.central, *self.ends)])

    def moved(self, *spans: tuple[int, int]) -> FloatArray2D:
        """Log moves (spans, n), each the widest of those of the parts."""
        return _envelope([part.moved(*spans) for part in (self.central, *self.ends)])

    def bands(self, last: int) -> FloatArray2D:
        """Quantiles (levels, last) of the log price since the eve."""
        of_parts = np.stack([part.bands(last) for part in (self.central, *self.ends)])
        level = np.array(LEVELS)[:, None]
        return np.asarray(np.where(level < 0.5, of_parts.min(axis=0), np.where(level > 0.5, of_parts.max(axis=0), of_parts[0])))


def _envelope(parts: list[FloatArray2D]) -> FloatArray2D:
    """Draws (T, n) with the widest quantiles of the parts, in the order and with the median of the first."""
    order = np.argsort(parts[0], axis=-1, kind="stable")
    ordered = [np.sort(part, axis=-1) for part in parts]
    n = order.shape[-1]
    lower, upper = (n - 1) // 2, n // 2 + 1
    values = ordered[0].copy()
    values[:, :lower] = np.minimum.reduce(ordered)[:, :lower]
    values[:, upper:] = np.maximum.reduce(ordered)[:, upper:]
    drawn = np.empty_like(values)
    np.put_along_axis(drawn, order, values, axis=-1)
    return drawn


def shock_basis(n_sessions: int, first: int) -> FloatArray2D:
    """Curves (T, 2) of news that reaches session `first` (from 0): its value on that session, and on the next and after."""
    basis = np.zeros((n_sessions, 2))
    basis[first, 0] = 1.0
    basis[first + 1 :, 1] = 1.0
    return basis


def execution_basis(pace: FloatArray1D) -> FloatArray2D:
    """Curves (T, 2) of a flow that trades at `pace`: the move, and what a reversal of one takes back.

    Notes
    -----
    A square-root effect of which the part F has traded is ``sqrt(F)`` of the whole; each step of it is given back evenly over
    the next 20 sessions, so the path is ``L (A_t - r B_t)``.
    """
    move = np.sqrt(np.minimum(np.cumsum(pace), 1.0))
    steps = np.diff(move, prepend=0.0)
    ramp = np.minimum(np.arange(pace.size) / REVERSAL_SESSIONS, 1.0)
    return np.column_stack([move, np.convolve(steps, ramp)[: pace.size]])


def unit_paths(
    pace: FloatArray1D, *, permanent_share: FloatArray1D, announcement_share: FloatArray1D, reversal_sessions: FloatArray1D
) -> FloatArray2D:
    """Path (T, n) of an effect of size one after each of T sessions, for n draws.

    Parameters
    ----------
    pace : (T,) array
        Share of the supply sold in each session; the first session is the one that reacts to the notice.

    Notes
    -----
    With F the cumulative pace, a the announcement share, p the permanent share and d = exp(-1 / tau),
    ``p (a + (1 - a) F_t) + (1 - p) y_t`` where ``y_t = d y_(t-1) + (1 - a) f_t`` and ``y_0 = a + (1 - a) f_0``.
    """
    fade = np.exp(-1 / reversal_sessions)
    early, late = announcement_share, 1 - announcement_share
    paths = np.empty((pace.size, permanent_share.size))
    temporary = early.copy()
    sold = 0.0
    for step, part in enumerate(pace):
        temporary = temporary * (fade if step else 1.0) + late * part
        sold += part
        paths[step] = permanent_share * (early + late * sold) + (1 - permanent_share) * temporary
    return paths


def band(values: FloatArray2D, levels: tuple[float, ...] = LEVELS) -> FloatArray2D:
    """Quantiles (len(levels), T) over the last axis of (T, n), the nearest draw from below: fast, and exact for ordered laws."""
    n = values.shape[-1]
    positions = [min(int(level * n), n - 1) for level in levels]
    ordered = np.partition(values, positions, axis=-1)
    quantiles: FloatArray2D = ordered[..., positions].T
    return quantiles
