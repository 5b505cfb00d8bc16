"""The calendar-time portfolio of the events inside their tested window."""

from __future__ import annotations

import numpy as np

from impact.eventstudy.sample import EventSample
from impact.kernels.calendar_time import calendar_time_alpha
from impact.kernels.outcome import Outcome, inapplicable, student_outcome
from impact.typing_ import FloatArray, IntArray

__all__ = ["calendar_time", "calendar_time_portfolio"]

FEWEST_MEMBERS = 3
"""Events a session needs to enter the calendar-time portfolio; below, its variance is that of single firms."""

FEWEST_SESSIONS = 20
"""Sessions a calendar-time mean needs: with fewer its robust variance is too small too often."""


def calendar_time_portfolio(sample: EventSample) -> tuple[FloatArray, IntArray]:
    """Mean abnormal return, session by session, of the events inside their tested window.

    Returns
    -------
    portfolio : (sessions,) float
        From the first session of any window to the last; NaN where no event has an abnormal return.
    n_members : (sessions,) int
    """
    abnormal = sample.fit.abnormal[sample.index, sample.days]
    session = sample.day0[:, None] + np.arange(sample.a, sample.b + 1)
    valid = np.isfinite(abnormal)
    position = session[valid] - session.min()
    n_members = np.bincount(position, minlength=int(session.max() - session.min()) + 1)
    total = np.bincount(position, weights=abnormal[valid], minlength=n_members.size)
    return np.divide(total, n_members, out=np.full(n_members.size, np.nan), where=n_members > 0), n_members


def calendar_time(sample: EventSample) -> Outcome:
    """Mean daily abnormal return of the calendar-time portfolio over its heteroskedasticity-robust standard error.

    Notes
    -----
    Sessions with at least three events enter, weighted by their number of events (least squares on a constant, weights
    n_t); the abnormal returns are already net of the model's factors. HC1 standard error, Student t with sessions - 1
    degrees of freedom. Events that share a session share one observation, so clustering does no harm; the estimation error
    of each event's own alpha, common to all its days, is left out.

    References
    ----------
    Jaffe (1974); Mitchell and Stafford (2000).
    """
    portfolio, n_members = calendar_time_portfolio(sample)
    kept = n_members >= FEWEST_MEMBERS
    sessions = int(kept.sum())
    if sessions < FEWEST_SESSIONS:
        reason = f"{sessions} sessions hold {FEWEST_MEMBERS} or more events, {FEWEST_SESSIONS} are needed; a wider window gives more"
        return inapplicable(reason, sample.n_events)
    fit = calendar_time_alpha(portfolio[kept], np.empty((sessions, 0)), n_members[kept].astype(float), lags=0)
    if not fit.se_hc1 > 0:
        return inapplicable("the calendar-time portfolio never varies", sample.n_events)
    return student_outcome(fit.alpha / fit.se_hc1, fit.df, sample.n_events)
