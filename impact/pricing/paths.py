"""How an effect of a given size unfolds: at the notice, while the shares are sold, and as its temporary part fades."""

from __future__ import annotations

import numpy as np

from impact.typing_ import FloatArray1D, FloatArray2D

__all__ = ["LEVELS", "band", "unit_paths"]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


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
    return ordered[..., positions].T
