"""Trading volume on a scale on which its surprises are nearly normal."""

from __future__ import annotations

import numpy as np

from impact.typing_ import FloatArray

__all__ = ["LOG_TURNOVER_OFFSET", "log_turnover"]

LOG_TURNOVER_OFFSET = 0.000255
"""Percent of shares, added so that a small turnover has a logarithm. Source: Cready and Ramanan (1991), from memory."""


def log_turnover(volume: FloatArray, shares_outstanding: FloatArray | float, offset: float = LOG_TURNOVER_OFFSET) -> FloatArray:
    """Log of the percent of shares outstanding that traded.

    Parameters
    ----------
    volume : (T, S) or (T,) float, shares
        NaN is unknown and stays NaN; zero is a day without trade and becomes NaN.
    shares_outstanding : float or array that broadcasts against `volume`
    offset : float, percent
        Constant added before the logarithm.

    Notes
    -----
    ``ln(100 * volume / shares_outstanding + offset)``.

    References
    ----------
    Ajinkya and Jain (1989), Journal of Accounting and Economics 11. Campbell and Wasley (1996), same journal 21.
    """
    traded = np.where(volume > 0.0, volume, np.nan)
    return np.log(100.0 * traded / shares_outstanding + offset)
