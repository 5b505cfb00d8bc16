"""Did the event raise the variance? Patell's test on squared standardised abnormal returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, fdtrc, ndtr

from impact.kernels.outcome import Outcome, inapplicable
from impact.tables.prose import decimal
from impact.typing_ import FloatArray, IntArray

__all__ = ["SpreadChange", "event_variance", "spread_change", "variance_ratio_p"]


@dataclass(frozen=True, kw_only=True)
class SpreadChange:
    """Variance of the standardised abnormal returns about their mean, over what the estimation windows lead to expect.

    Attributes
    ----------
    ratio : float
        1 when the event leaves the variance alone; NaN below 3 events.
    p_value : float
        Upper tail of the chi-squared law on N - 1 degrees of freedom; NaN below 3 events.
    """

    ratio: float
    p_value: float


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
        return inapplicable(f"an event has only {decimal(d.min(), 0)} degrees of freedom; the variance of its square needs 5", n)
    z = ((d - 2.0) / d * scar[kept] ** 2 - 1.0).sum() / np.sqrt((2.0 * (d - 1.0) / (d - 4.0)).sum())
    return Outcome(statistic=float(z), p_value=float(ndtr(-z)), distribution="normal, upper tail", n_events=n)


def spread_change(scar: FloatArray, df: FloatArray | IntArray, r_bar: float = 0.0) -> SpreadChange:
    """How much the event widens the spread across events, whatever its mean effect.

    Parameters
    ----------
    scar : (N,) float
        No NaN.
    df : (N,) int
        M - K; each must exceed 2.
    r_bar : float
        Mean correlation of the events, which narrows the spread to 1 - r_bar of the variance.

    Notes
    -----
    ``ratio = var(SCAR) / ((1 - r_bar) * mean(d / (d - 2)))`` and ``(N - 1) * ratio ~ chi2(N - 1)`` for normal returns.
    """
    n = scar.size
    if n < 3 or np.min(df) <= 2 or r_bar >= 1.0:
        return SpreadChange(ratio=float("nan"), p_value=float("nan"))
    freedom = np.asarray(df, dtype=float)
    ratio = float(scar.var(ddof=1) / ((1.0 - r_bar) * np.mean(freedom / (freedom - 2.0))))
    return SpreadChange(ratio=ratio, p_value=float(chdtrc(n - 1, (n - 1) * ratio)))
