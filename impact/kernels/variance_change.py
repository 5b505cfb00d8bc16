"""Did the event raise the variance? Squared standardised abnormal returns against their law, or against quiet days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, fdtrc, ndtr

from impact.kernels.outcome import Outcome, inapplicable
from impact.tables.prose import decimal
from impact.typing_ import FloatArray, IntArray

__all__ = [
    "SpreadChange",
    "event_variance",
    "quiet_run_sums",
    "raised_variance",
    "session_sums",
    "spread_change",
    "variance_of_sums",
    "variance_ratio_p",
]

FEWEST_APART = 40
"""Runs that do not overlap below which a volatility that comes and goes is mistaken for the event: simulated."""


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


def session_sums(returns: FloatArray, variance: FloatArray) -> FloatArray:
    """(4, ...) over the first axis, the events: their number, ``sum r^2 / v``, ``sum r / v`` and ``sum 1 / v``; NaN in `returns` is out."""
    known = np.isfinite(returns)
    r, weight = np.where(known, returns, 0.0), np.where(known, 1.0 / variance, 0.0)
    return np.stack((known.sum(axis=0), (r * r * weight).sum(axis=0), (r * weight).sum(axis=0), weight.sum(axis=0)))


def quiet_run_sums(residuals: FloatArray, days: int) -> FloatArray:
    """(4, R, days) :func:`session_sums` of every run of `days` quiet sessions, each event's variance that of its sessions outside the run.

    Parameters
    ----------
    residuals : (n, L) float
        NaN is a session without trade.
    days : int

    Notes
    -----
    A run over a variance to which it belongs would be kept from being large, which the event's window is not.
    """
    squares = np.where(np.isfinite(residuals), residuals**2, 0.0)
    known = np.isfinite(residuals).astype(float)
    inside, n_inside = (np.lib.stride_tricks.sliding_window_view(part, days, axis=1).sum(axis=-1) for part in (squares, known))
    outside = (squares.sum(axis=1)[:, None] - inside) / np.maximum(known.sum(axis=1)[:, None] - n_inside, 1.0)
    return session_sums(
        np.lib.stride_tricks.sliding_window_view(residuals, days, axis=1), np.where(outside > 0, outside, np.nan)[:, :, None]
    )


def variance_of_sums(sums: FloatArray, n_events: int, *, centred: bool) -> FloatArray:
    """Variance of standardised abnormal returns across events, the mean over the sessions of a window or run.

    Parameters
    ----------
    sums : (4, ..., days) float
        As :func:`session_sums`; those of several batches of events are added.
    n_events : int
    centred : bool
        About the effect common to the events of the session (weighted by precision), so that it is no variance; else about zero.

    Returns
    -------
    (...) float
        NaN where on some session fewer than half of the events (or than two, about their mean) have a figure.
    """
    n, squares, total, weight = sums
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = (squares - total**2 / weight) / (n - 1.0) if centred else squares / n
    result: FloatArray = np.where(n >= max(n_events / 2.0, 2.0 if centred else 1.0), variance, np.nan).mean(axis=-1)
    return result


def raised_variance(event: float, quiet: FloatArray, days: int, n_events: int) -> Outcome:
    """Variance of the event's window over the mean of quiet runs, ranked among them.

    Parameters
    ----------
    event : float
        As :func:`variance_of_sums` of the window.
    quiet : (R,) float
        The same of every run of as many quiet sessions.
    days : int
    n_events : int

    Notes
    -----
    ``p = (1 + #{quiet run >= event}) / (B + 1)``: no law of returns, and quiet runs hang together as the event's sessions do.

    References
    ----------
    Beaver (1968), Landsman and Maydew (2002) for the ratio; Gelbach, Helland and Klick (2013) for ranks among quiet days.
    """
    runs = quiet[np.isfinite(quiet)]
    apart = (runs.size + days - 1) // days
    if not np.isfinite(event):
        return inapplicable("no event has an abnormal return on every day of the window", n_events)
    if apart < FEWEST_APART or not runs.mean() > 0:
        told = f"{runs.size} runs of {days} quiet day{'s' * (days > 1)}, {apart} of them apart; {FEWEST_APART} are needed"
        return inapplicable(f"{told}: shorten the window, or lengthen the estimation", n_events)
    p = (1.0 + np.count_nonzero(runs >= event)) / (runs.size + 1.0)
    law = f"rank among {runs.size} runs of quiet days, upper tail"
    ratio = event / float(runs.mean())
    return Outcome(statistic=ratio, p_value=float(p), distribution=law, n_events=n_events, smallest_p=1.0 / (runs.size + 1.0))
