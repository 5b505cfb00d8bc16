"""Sign tests: do more events than chance rise, or fall?"""

from __future__ import annotations

import numpy as np
from scipy.special import bdtr, bdtrc

from impact.kernels.outcome import Outcome, inapplicable, normal_outcome
from impact.typing_ import FloatArray, IntArray

__all__ = ["corrado_zivney_sign", "generalized_sign", "median_sign_sums", "positive_shares", "sign", "sign_of_counts"]

EXACT_SIGN_EVENTS = 20


def sign(car: FloatArray) -> Outcome:
    """Share of positive CARs against one half.

    Parameters
    ----------
    car : (N,) float
        NaN is out; a CAR of exactly zero counts as not positive.

    Notes
    -----
    The statistic is ``(w - N/2) / sqrt(N/4)``; below 20 events the p-value is the exact two-sided binomial. Do not use it
    when events share a date. Returns are skewed, so one half is the wrong null for many: see :func:`generalized_sign`.

    References
    ----------
    Brown and Warner (1980).
    """
    values = car[np.isfinite(car)]
    return sign_of_counts(int((values > 0).sum()), values.size)


def sign_of_counts(positive: int, n_events: int) -> Outcome:
    """:func:`sign` from the number of positive CARs among `n_events`."""
    n = n_events
    if n == 0:
        return inapplicable("no event has an abnormal return on every day of the window", 0)
    z = (positive - 0.5 * n) / np.sqrt(0.25 * n)
    if n >= EXACT_SIGN_EVENTS:
        return normal_outcome(z, n)
    p = min(1.0, 2.0 * min(bdtr(positive, n, 0.5), bdtrc(positive - 1, n, 0.5) if positive else 1.0))
    return Outcome(statistic=float(z), p_value=float(p), distribution="exact binomial", n_events=n, smallest_p=min(1.0, 2.0 ** (1 - n)))


def positive_shares(residuals: FloatArray) -> FloatArray:
    """(n,) share of positive values among the valid estimation residuals (n, L) of each event; NaN without any."""
    count = np.full(len(residuals), residuals.shape[1])
    ragged = np.flatnonzero(np.isnan(residuals @ np.ones(residuals.shape[1])))
    count[ragged] = np.isfinite(residuals[ragged]).sum(axis=1)
    positive = np.count_nonzero(residuals > 0, axis=1)
    result: FloatArray = np.divide(positive, count, out=np.full(len(residuals), np.nan), where=count > 0)
    return result


def generalized_sign(car: FloatArray, share: FloatArray) -> Outcome:
    """Share of positive CARs against the share of positive residuals in the estimation windows.

    Parameters
    ----------
    car : (N,) float
        NaN is out; zero is not positive.
    share : (N,) float
        Share of positive estimation residuals of each event.

    Notes
    -----
    ``(w - N * p) / sqrt(N * p * (1 - p))`` with p the mean of `share` over the events used. Do not use it when events share
    a date.

    References
    ----------
    Cowan (1992).
    """
    kept = np.isfinite(car) & np.isfinite(share)
    n = int(kept.sum())
    if n == 0:
        return inapplicable("no event has an abnormal return on every day of the window", 0)
    p = float(share[kept].mean())
    if not 0.0 < p < 1.0:
        return inapplicable(f"the estimation residuals are {'all' if p else 'never'} positive, so the sign cannot vary", n)
    return normal_outcome(((car[kept] > 0).sum() - n * p) / np.sqrt(n * p * (1.0 - p)), n)


def median_sign_sums(values: FloatArray) -> tuple[FloatArray, IntArray]:
    """Sum over events, for each day, of the sign of the return about the event's own median, and the events valid that day.

    Parameters
    ----------
    values : (n, T) float
        Estimation residuals followed by the abnormal returns of the whole event window; NaN is no return.
    """
    in_order = np.sort(values, axis=1)
    count = values.shape[1] - np.isnan(in_order).sum(axis=1)
    upper = np.take_along_axis(in_order, np.minimum(count // 2, values.shape[1] - 1)[:, None], axis=1)
    lower = np.take_along_axis(in_order, np.maximum((count - 1) // 2, 0)[:, None], axis=1)
    median = (lower + upper) / 2.0
    balance = (values > median).sum(axis=0) - (values < median).sum(axis=0)
    return balance.astype(float), np.isfinite(values).sum(axis=0)


def corrado_zivney_sign(sign_sums: FloatArray, n_valid: IntArray, days: slice, n_events: int) -> Outcome:
    """Sign test about each event's own median, with its spread taken over all days, so that clustering does no harm.

    Notes
    -----
    ``G = sign(AR - median)``; the day statistic is ``sum(G) / sqrt(N_t)`` and its variance the mean of its square over all days.

    References
    ----------
    Corrado and Zivney (1992).
    """
    if n_events == 0:
        return inapplicable("no event has an abnormal return on every day of the window", 0)
    seen = n_valid > 0
    daily = sign_sums / np.sqrt(np.maximum(n_valid, 1))
    spread = np.sqrt(np.mean(daily[seen] ** 2))
    if not spread > 0:
        return inapplicable("the signs cancel on every day, so they have no spread", n_events)
    tested = daily[days]
    return normal_outcome(tested.sum() / (np.sqrt(tested.size) * spread), n_events)
