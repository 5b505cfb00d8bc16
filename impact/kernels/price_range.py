"""The range of a day as a measure of its volatility, on a scale on which it is nearly normal."""

from __future__ import annotations

import numpy as np

from impact.typing_ import FloatArray

__all__ = ["log_range_volatility"]

PARKINSON = 4.0 * np.log(2.0)
"""Mean square of the log range of a Brownian motion without drift, in variances. Parkinson (1980)."""
GARMAN_KLASS = 2.0 * np.log(2.0) - 1.0
"""Weight of the squared move from open to close. Garman and Klass (1980), their practical estimator."""


def log_range_volatility(
    high: FloatArray, low: FloatArray, opened: FloatArray | None = None, closed: FloatArray | None = None
) -> FloatArray:
    """Log of the standard deviation of a day's return that its range speaks for; with opens and closes, that of Garman and Klass.

    Parameters
    ----------
    high, low : (T, S) or (T,) float, prices
        NaN is unknown and stays NaN; a day whose high is its low has no logarithm and becomes NaN.
    opened, closed : the same, optional
        Both or none.

    Notes
    -----
    ``var = ln(high / low)^2 / (4 ln 2)``; with opens and closes ``var = ln(high / low)^2 / 2 - (2 ln 2 - 1) ln(closed / opened)^2``;
    ``ln(var) / 2`` is returned. Days of trade seen at few prices have smaller ranges, by about the same share every day.

    References
    ----------
    Parkinson (1980), Journal of Business 53. Garman and Klass (1980), same journal 53. Alizadeh, Brandt and Diebold (2002), Journal of
    Finance 57: the log range has a standard deviation of 0.29 about the log volatility and is nearly normal.
    """
    spread = np.log(np.asarray(high, dtype=float) / low)
    spread = np.where(spread > 0.0, spread, np.nan)
    if opened is None or closed is None:
        return np.asarray(np.log(spread) - 0.5 * np.log(PARKINSON))
    return np.asarray(0.5 * np.log(spread**2 / 2.0 - GARMAN_KLASS * np.log(np.asarray(closed, dtype=float) / opened) ** 2))
