"""A batch of events on one date taken as one equal-weight portfolio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.kernels.outcome import Outcome, inapplicable, student_outcome
from impact.typing_ import FloatArray

__all__ = ["BatchPortfolio", "batch_portfolio", "portfolio_t"]


@dataclass(frozen=True, eq=False, kw_only=True)
class BatchPortfolio:
    """The portfolio of a batch: its own residuals, abnormal returns and degrees of freedom.

    Attributes
    ----------
    residuals : (L,) float
        Mean estimation residual over the events valid on the row; NaN where none is.
    abnormal : (W,) float
        Mean abnormal return over the events valid on the day.
    sigma : float
        Residual standard deviation of the portfolio, denominator `df`.
    df : int
        Estimation rows less the parameters of the model.
    """

    residuals: FloatArray
    abnormal: FloatArray
    sigma: float
    df: int


def batch_portfolio(mean_residuals: FloatArray, abnormal: FloatArray, n_parameters: int, *, demeaned: bool = False) -> BatchPortfolio:
    """Average the events of one date into one portfolio.

    Parameters
    ----------
    mean_residuals : (L,) float
        Mean over events of the estimation residuals.
    abnormal : (N, W) float
        Abnormal returns of the events.
    n_parameters : int
        K of the model of each event; 1 when only a mean is taken out of the residuals.
    demeaned : bool
        True when the residuals still hold their mean (market-adjusted returns).

    Notes
    -----
    With one common design and no gaps, the mean residual is exactly the residual of the portfolio's own regression
    (least squares is linear in the returns), so its variance carries every correlation between the events.
    """
    seen = np.isfinite(mean_residuals)
    rows = mean_residuals[seen]
    df = int(rows.size - n_parameters)
    squares = float(((rows - (rows.mean() if demeaned and rows.size else 0.0)) ** 2).sum())
    valid = np.isfinite(abnormal)
    count = valid.sum(axis=0)
    mean = np.divide(np.where(valid, abnormal, 0.0).sum(axis=0), count, out=np.full(count.shape, np.nan), where=count > 0)
    return BatchPortfolio(residuals=mean_residuals, abnormal=mean, sigma=float(np.sqrt(squares / df)) if df > 0 else float("nan"), df=df)


def portfolio_t(car: float, sigma: float, variance_factor: float, df: int, n_events: int) -> Outcome:
    """Student t of the portfolio's CAR with its forecast error.

    Parameters
    ----------
    car : float
        Mean CAR of the events.
    sigma : float
        Residual standard deviation of the portfolio.
    variance_factor : float
        Var(CAR) / sigma**2 of the common design.
    df : int
        Degrees of freedom of the portfolio's own residual variance.

    Notes
    -----
    Equals the clustered form ``CAAR / sqrt(c * w' Sigma w)`` of seemingly unrelated regressions.

    References
    ----------
    Gibbons (1980); Schipper and Thompson (1983).
    """
    if df < 1:
        return inapplicable(f"the portfolio has {df} degrees of freedom", n_events)
    error = sigma * np.sqrt(variance_factor)
    if not error > 0:
        return inapplicable("the portfolio has no residual variance", n_events)
    return student_outcome(car / error, df, n_events)
