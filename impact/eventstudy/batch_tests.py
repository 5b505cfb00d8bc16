"""Tests for several events."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from impact.eventstudy.sample import EventSample, ResidualEvidence
from impact.kernels.calendar_time import calendar_time_alpha
from impact.kernels.dependence import kp_bmp, kp_patell
from impact.kernels.outcome import Outcome, inapplicable, student_outcome
from impact.kernels.parametric import bmp, brown_warner, cross_sectional, patell
from impact.kernels.ranks import corrado, corrado_zivney, grank_t, grank_z, wilcoxon
from impact.kernels.resample import wild_cluster
from impact.kernels.signs import generalized_sign, sign
from impact.kernels.skewness import skewness_adjusted
from impact.typing_ import FloatArray, IntArray

__all__ = ["NEED_GRANK", "NEED_RANKS", "NEED_RESIDUALS", "batch_tests", "calendar_time", "calendar_time_portfolio"]

NEED_RANKS = frozenset({"corrado", "corrado_zivney"})
NEED_GRANK = frozenset({"grank_t", "grank_z"})
NEED_RESIDUALS = NEED_RANKS | NEED_GRANK | {"brown_warner", "generalized_sign"}

FEWEST_MEMBERS = 3
"""Events a session needs to enter the calendar-time portfolio; below, its variance is that of single firms."""

FEWEST_SESSIONS = 20
"""Sessions a calendar-time mean needs: with fewer its robust variance is too small too often."""


def batch_tests(
    sample: EventSample,
    evidence: ResidualEvidence | None,
    r_bar: float,
    wanted: Collection[str],
    *,
    rng: np.random.Generator | None,
    draws: int,
) -> dict[str, Outcome]:
    """Outcomes of the tests that need a cross-section of at least two events.

    Parameters
    ----------
    sample : EventSample
    evidence : ResidualEvidence or None
        None when no wanted test needs the estimation residuals.
    r_bar : float
        Overlap-weighted mean correlation of the residuals.
    wanted : collection of test names
    rng : Generator or None
        For the two bootstrap tests.
    draws : int
    """
    n, first = sample.n_events, int(sample.fit.estimation[1] - sample.fit.estimation[0] + 1)
    days = slice(first + sample.days.start, first + sample.days.stop)
    wild_rng, skew_rng = rng.spawn(2) if rng is not None else (None, None)
    plain_patell, plain_bmp = patell(sample.scar, sample.df), bmp(sample.scar)
    compute = {
        "cross_sectional": lambda: cross_sectional(sample.car),
        "brown_warner": lambda: brown_warner(_seen(evidence).mean_residual, float(sample.car.mean()), sample.length, n),
        "patell": lambda: plain_patell,
        "bmp": lambda: plain_bmp,
        "kp_patell": lambda: kp_patell(plain_patell, r_bar),
        "kp_bmp": lambda: kp_bmp(plain_bmp, r_bar),
        "corrado": lambda: corrado(_seen(evidence).ranks, days, n),
        "corrado_zivney": lambda: corrado_zivney(_seen(evidence).ranks, days, n),
        "grank_t": lambda: _grank(evidence, n, grank_t),
        "grank_z": lambda: _grank(evidence, n, grank_z),
        "sign": lambda: sign(sample.car),
        "generalized_sign": lambda: generalized_sign(sample.car, _seen(evidence).positive_share),
        "wilcoxon": lambda: wilcoxon(sample.car),
        "skewness_adjusted": lambda: skewness_adjusted(sample.car, rng=skew_rng, draws=draws),
        "wild_cluster": lambda: wild_cluster(sample.car, sample.day0, rng=wild_rng, draws=draws),
        "calendar_time": lambda: calendar_time(sample),
    }
    return {name: function() for name, function in compute.items() if name in wanted}


def _seen(evidence: ResidualEvidence | None) -> Any:
    assert evidence is not None  # the caller gathers it whenever a wanted test needs it
    return evidence


def _grank(evidence: ResidualEvidence | None, n_events: int, test: Any) -> Outcome:
    sums = _seen(evidence).grank
    if sums is None:
        return inapplicable("the standardised CARs show no spread, so a cross-sectional variance does not exist", n_events)
    return test(sums, n_events)


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
    found = calendar_time_alpha(portfolio[kept], np.empty((sessions, 0)), n_members[kept].astype(float), lags=0)
    if not found.se_hc1 > 0:
        return inapplicable("the calendar-time portfolio never varies", sample.n_events)
    return student_outcome(found.alpha / found.se_hc1, found.df, sample.n_events)
