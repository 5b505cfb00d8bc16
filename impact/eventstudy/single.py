"""What a single event allows beyond a p-value: an interval without a law of returns, and a joint test of its days."""

from __future__ import annotations

import numpy as np
import pandas as pd

from impact.errors import InfeasibleDesign, InputError
from impact.eventstudy.sample import event_sample, gather_evidence, one_series
from impact.kernels.records import FittedEvents
from impact.kernels.single_event import ConformalInterval, conformal_interval, day_path_f, path_covariance

__all__ = ["conformal_effect", "joint_path"]


def conformal_effect(fit: FittedEvents, a: int, b: int, *, level: float = 0.95) -> ConformalInterval:
    """Interval for the cumulative effect over [a, b] of one event, or of the portfolio of a batch on one date.

    Parameters
    ----------
    fit : FittedEvents
        One event, or several with one day 0.
    a, b : int
        Inclusive session offsets inside the event window.
    level : float
        Coverage.

    Raises
    ------
    InputError
        If `level` is not between 0 and 1, or [a, b] is outside the event window.
    InfeasibleDesign
        If no event, or events of several dates, enter, or the fit shows no regression to fit again.

    Notes
    -----
    The effects that the conformal test does not reject, the effect spread evenly over the window. Exact for exchangeable
    residuals, approximate for stationary ones; needs about 20 rows for 95 %.

    References
    ----------
    Chernozhukov, Wuthrich and Zhu (2021).
    """
    if not 0.0 < level < 1.0:
        raise InputError(f"level={level} must lie strictly between 0 and 1; 0.95 is usual.")
    sample = event_sample(fit, a, b)
    dates = np.unique(sample.day0).size
    if dates != 1:
        raise InfeasibleDesign(f"{sample.n_events} events on {dates} dates enter ({a}, {b}); the interval is for one date: select one.")
    series = one_series(sample, gather_evidence(sample, ranks=False, grank=False).mean_residual)
    if series.regressors is None or series.event_regressors is None:
        raise InfeasibleDesign("the fit shows no common regression that could be fitted again; use the forecast interval of car() instead.")
    return conformal_interval(series.residuals, series.abnormal, series.regressors, series.event_regressors, alpha=1.0 - level)


def joint_path(fit: FittedEvents, a: int, b: int) -> pd.DataFrame:
    """Test of each event that every day of [a, b] has a zero abnormal return, which a CAR of zero may hide.

    Parameters
    ----------
    fit : FittedEvents
    a, b : int
        Inclusive session offsets inside the event window.

    Returns
    -------
    DataFrame
        One row an event, in the order of the fit: statistic (F), p_value, df_days, df. NaN for an event without a day.

    References
    ----------
    Chow (1960).
    """
    sample = event_sample(fit, a, b, "available")
    covariance = path_covariance(fit.window, a, b)
    rows = np.full((fit.n_events, 4), np.nan)
    for i in sample.index:
        test = day_path_f(fit.abnormal[i, sample.days], covariance[i], float(fit.sigma[i]), int(fit.df[i]))
        rows[i] = test.statistic, test.p_value, *test.df
    return pd.DataFrame(rows, columns=["statistic", "p_value", "df_days", "df"])
