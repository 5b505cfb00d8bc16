"""Calendar-time portfolios: the mean daily abnormal return of firms inside their post-event windows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.typing_ import FloatArray, IntArray

__all__ = ["CalendarTimeFit", "calendar_time_alpha", "event_portfolio", "held_portfolio", "jaffe_statistic"]


@dataclass(frozen=True, eq=False, kw_only=True)
class CalendarTimeFit:
    """Regression of a calendar-time portfolio on factors.

    Attributes
    ----------
    alpha : float
        Mean abnormal return a session, decimal.
    se, se_hc1, se_newey_west : float
        Its standard error: plain (of the weighted fit when weighted), robust to changing variance, and also to
        serial correlation.
    slopes : (k,) float
    n_sessions, df : int
    """

    alpha: float
    se: float
    se_hc1: float
    se_newey_west: float
    slopes: FloatArray
    n_sessions: int
    df: int


def event_portfolio(returns: FloatArray, day0: IntArray, security: IntArray, window: tuple[int, int]) -> tuple[FloatArray, IntArray]:
    """Equal-weighted return of the securities that are inside an event window, session by session.

    Parameters
    ----------
    returns : (T, S) float
        NaN is a day without trade; the security does not count on it.
    day0, security : (N,) int
    window : (first, last)
        Sessions after the event during which a security is held. A security with two running windows is held once.

    Returns
    -------
    portfolio : (T,) float
        NaN on sessions without a member.
    n_members : (T,) int
    """
    n_sessions = returns.shape[0]
    start, stop = (np.clip(day0 + offset, 0, n_sessions) for offset in (window[0], window[1] + 1))
    return held_portfolio(returns, start, stop, security)


def held_portfolio(returns: FloatArray, start: IntArray, stop: IntArray, security: IntArray) -> tuple[FloatArray, IntArray]:
    """:func:`event_portfolio` of securities held from the session `start` up to the one before `stop`, (N,) each."""
    change = np.zeros((returns.shape[0] + 1, returns.shape[1]), dtype=np.int64)
    np.add.at(change, (start, security), 1)
    np.add.at(change, (stop, security), -1)
    held = (np.cumsum(change, axis=0)[:-1] > 0) & np.isfinite(returns)
    n_members = held.sum(axis=1)
    with np.errstate(invalid="ignore"):
        portfolio = np.where(held, returns, 0.0).sum(axis=1) / np.where(n_members > 0, n_members, np.nan)
    return portfolio, n_members


def calendar_time_alpha(portfolio: FloatArray, factors: FloatArray, weights: FloatArray | None = None, lags: int = 1) -> CalendarTimeFit:
    """Mean abnormal return of a portfolio after factors.

    Parameters
    ----------
    portfolio : (T,) float
        Excess return of the portfolio; sessions with NaN here or in `factors` do not enter.
    factors : (T,) or (T, k) float
    weights : (T,) float, optional
        Regression weights, for example the number of members, so that well-filled sessions count more.
    lags : int
        Lags of the Newey-West covariance (Bartlett kernel, no small-sample factor).

    References
    ----------
    Jaffe (1974), Journal of Business 47. Fama (1998), Journal of Financial Economics 49.
    Mitchell and Stafford (2000), Journal of Business 73. Newey and West (1987), Econometrica 55.
    """
    design = factors[:, None] if factors.ndim == 1 else factors
    used = np.isfinite(portfolio) & np.isfinite(design).all(axis=1)
    root = np.ones(portfolio.size) if weights is None else np.sqrt(weights.astype(float))
    used &= root > 0
    x = np.column_stack((np.ones(used.sum()), design[used])) * root[used, None]
    y = portfolio[used] * root[used]
    n, k = x.shape
    bread = np.linalg.inv(x.T @ x)
    coefficients = bread @ (x.T @ y)
    residual = y - x @ coefficients
    scores = x * residual[:, None]
    meat = scores.T @ scores
    hc1 = bread @ meat @ bread * n / (n - k)
    for lag in range(1, lags + 1):
        cross = scores[lag:].T @ scores[:-lag]
        meat = meat + (1.0 - lag / (lags + 1.0)) * (cross + cross.T)
    newey_west = bread @ meat @ bread
    return CalendarTimeFit(
        alpha=float(coefficients[0]),
        se=float(np.sqrt(residual @ residual / (n - k) * bread[0, 0])),
        se_hc1=float(np.sqrt(hc1[0, 0])),
        se_newey_west=float(np.sqrt(max(newey_west[0, 0], 0.0))),
        slopes=coefficients[1:],
        n_sessions=n,
        df=n - k,
    )


def jaffe_statistic(portfolio: FloatArray, sigma: FloatArray) -> float:
    """Standardised calendar-time statistic: ``T^-1/2 sum(CTAR_t / sigma_t)``, standard normal without effect.

    Parameters
    ----------
    portfolio : (T,) float
        Abnormal return of the portfolio on each session.
    sigma : (T,) float
        Standard deviation, before the events, of the portfolio with that session's members.
    """
    standard = portfolio / sigma
    standard = standard[np.isfinite(standard)]
    return float(standard.sum() / np.sqrt(standard.size))
