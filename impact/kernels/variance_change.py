"""Did the event raise the variance? Patell's test on squared standardised abnormal returns."""

from __future__ import annotations

import numpy as np
from scipy.special import fdtrc, ndtr

from impact.kernels.outcome import Outcome, inapplicable
from impact.typing_ import FloatArray, IntArray

__all__ = ["event_variance", "variance_ratio_p"]


def variance_ratio_p(scar: FloatArray, df: FloatArray | IntArray) -> FloatArray:
    """Upper-tail p of each event's U = SCAR**2, which is F(1, d) when the event changes nothing.

    References
    ----------
    Beaver (1968).
    """
    return np.asarray(fdtrc(1.0, np.asarray(df, dtype=float), scar**2))


def event_variance(scar: FloatArray, df: FloatArray | IntArray) -> Outcome:
    """Mean of the squared standardised abnormal returns against one; the p-value is the upper tail.

    Parameters
    ----------
    scar : (N,) float
        SAR of one day or SCAR of a window; NaN is out.
    df : (N,) int
        M - K; each must exceed 4.

    Notes
    -----
    ``sum((d - 2) / d * U - 1) / sqrt(sum(2 * (d - 1) / (d - 4)))`` with ``U = SCAR**2``. A common mean effect also raises
    it, so it is quiet only when there is neither. Fat tails raise its size.

    References
    ----------
    Patell (1976).
    """
    kept = np.isfinite(scar)
    n = int(kept.sum())
    if n == 0:
        return inapplicable("no event has an abnormal return on every day of the window", 0)
    d = np.broadcast_to(np.asarray(df, dtype=float), scar.shape)[kept]
    if d.min() <= 4:
        return inapplicable(f"an event has only {d.min():.0f} degrees of freedom; the variance of its square needs 5", n)
    z = ((d - 2.0) / d * scar[kept] ** 2 - 1.0).sum() / np.sqrt((2.0 * (d - 1.0) / (d - 4.0)).sum())
    return Outcome(statistic=float(z), p_value=float(ndtr(-z)), distribution="normal, upper tail", n_events=n)
