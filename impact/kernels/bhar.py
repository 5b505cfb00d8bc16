"""Buy-and-hold abnormal returns."""

from __future__ import annotations

import numpy as np

from impact.typing_ import FloatArray

__all__ = ["buy_and_hold_abnormal"]


def buy_and_hold_abnormal(returns: FloatArray, benchmark: FloatArray) -> FloatArray:
    """Compounded return less the compounded benchmark, over the last axis.

    Parameters
    ----------
    returns, benchmark : (..., W) float
        Simple returns. A day on which either is NaN is left out of both; NaN when no day is left.

    Notes
    -----
    ``prod(1 + R) - prod(1 + R_bench)``. Skewed to the right over long horizons: test it with a bootstrap.

    References
    ----------
    Barber and Lyon (1997), Journal of Financial Economics 43.
    """
    known = np.isfinite(returns) & np.isfinite(benchmark)
    held = np.prod(np.where(known, 1.0 + returns, 1.0), axis=-1) - np.prod(np.where(known, 1.0 + benchmark, 1.0), axis=-1)
    return np.where(known.any(axis=-1), held, np.nan)
