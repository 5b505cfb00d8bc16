"""How an effect unfolds over the sessions: one path from which headline, bands, ladder and cost are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from impact.typing_ import FloatArray1D, FloatArray2D, IntArray

__all__ = ["LEVELS", "BasisPath", "FadingPath", "LogPath", "MixedPath", "band", "execution_basis", "shock_basis", "unit_paths"]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
REVERSAL_SESSIONS = 20  # over which the library measures what is given back


class LogPath(Protocol):
    """Log price since the eve, session by session, over n draws."""

    def log_path(self, last: int) -> FloatArray2D:
        """Path (last, n) of the first `last` sessions."""


@dataclass(frozen=True, eq=False, kw_only=True)
class BasisPath:
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
class FadingPath:
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
class MixedPath:
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
