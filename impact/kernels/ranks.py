"""Rank tests: where the event days fall among all days of each event, averaged over events."""

from __future__ import annotations

import numpy as np

from impact.kernels.outcome import Outcome, inapplicable, normal_outcome, student_outcome
from impact.kernels.rank_sums import GrankSums, RankSums, ranks_within_rows
from impact.typing_ import FloatArray, IntArray

__all__ = ["corrado", "corrado_zivney", "grank_t", "grank_z", "standardise_event_days", "wilcoxon"]

EXACT_WILCOXON_EVENTS = 50
ROUNDING = 1e-12
"""Spread of values, over the largest of them (of ranks, by itself), up to which they are one value."""
TOO_FEW_FOR_RANKS = "every event has a single value, so ranks carry nothing"


def standardise_event_days(abnormal: FloatArray, leverage: FloatArray, sigma: FloatArray) -> FloatArray:
    """Event-day abnormal returns on the scale they would have had without an event-induced rise of the variance.

    Parameters
    ----------
    abnormal, leverage : (N, W) float
    sigma : (N,) float

    Returns
    -------
    (N, W) float
        ``SAR / sd(SAR of that day) * sigma``; days with fewer than 2 events, or on which they agree but for rounding, keep their SAR.

    Notes
    -----
    The adjustment of Corrado and Zivney for event variance. With few events its spread is noise: at N = 9 and correlation
    0.15 it rejects 8.6 % at 5 %.

    References
    ----------
    Corrado and Zivney (1992).
    """
    scaled = abnormal / (sigma[:, None] * np.sqrt(1.0 + leverage))
    n_valid = np.isfinite(scaled).sum(axis=0)
    filled = np.where(np.isfinite(scaled), scaled, 0.0)
    mean = filled.sum(axis=0) / np.maximum(n_valid, 1)
    squares = np.where(np.isfinite(scaled), (scaled - mean) ** 2, 0.0).sum(axis=0)
    spread = np.sqrt(squares / np.maximum(n_valid - 1, 1))
    size = np.abs(filled).max(axis=0, initial=0.0)
    differs = spread > ROUNDING * size  # of values that agree but for rounding, the spread is rounding too
    return scaled / np.where((n_valid > 1) & differs, spread, 1.0) * sigma[:, None]


def corrado(sums: RankSums, days: slice, n_events: int) -> Outcome:
    """Mean centred rank of the tested days against its spread over all days.

    Parameters
    ----------
    sums : RankSums
    days : slice
        The tested days among the T days.
    n_events : int

    Notes
    -----
    ``sum(Kbar over the window) / (sqrt(days) * S)`` with ``S**2`` the mean over all T days of the squared daily mean, each
    daily mean over the events valid that day. Robust to clustering, partly to event variance.

    References
    ----------
    Corrado (1989); Cowan (1992) and Campbell and Wasley (1993) for several days.
    """
    return _day_mean_over_spread(sums.centred_rank, sums.n_valid, 1.0, days, n_events)


def corrado_zivney(sums: RankSums, days: slice, n_events: int) -> Outcome:
    """The rank test on ranks scaled by each event's own number of days, for events with gaps.

    Notes
    -----
    ``U = K / (1 + n) - 1/2``; the day statistic is ``sum(U) / sqrt(N_t)``. Equals :func:`corrado` without gaps.

    References
    ----------
    Corrado and Zivney (1992).
    """
    return _day_mean_over_spread(sums.scaled_rank, sums.n_valid, 0.5, days, n_events)


def _day_mean_over_spread(day_sum: FloatArray, n_valid: IntArray, exponent: float, days: slice, n_events: int) -> Outcome:
    if n_events == 0:
        return inapplicable("no event has an abnormal return on every day of the window", 0)
    seen = n_valid > 0
    daily = day_sum / np.maximum(n_valid, 1) ** exponent
    spread = np.sqrt(np.mean(daily[seen] ** 2))
    if not spread > ROUNDING:
        return inapplicable(TOO_FEW_FOR_RANKS, n_events)
    tested = daily[days]
    return normal_outcome(tested.sum() / (np.sqrt(tested.size) * spread), n_events)


def _grank_parts(sums: GrankSums) -> tuple[float, float, int]:
    """Mean scaled rank of the event day, its spread over days, number of days."""
    seen = sums.n_valid > 0
    n = sums.n_valid[-1]
    daily = sums.scaled_rank / np.maximum(sums.n_valid, 1)
    n_days = int(seen.sum())
    spread = np.sqrt(np.sum(sums.n_valid[seen] / n * daily[seen] ** 2) / n_days)
    return float(daily[-1]), float(spread), n_days


def grank_t(sums: GrankSums, n_events: int) -> Outcome:
    """Generalised rank test: the whole window as one day among the estimation days.

    Notes
    -----
    With T = L + 1, ``Z = Ubar_0 / S``, ``S**2 = mean over days of (n_t / n) * Ubar_t**2`` and
    ``t = Z * sqrt((T - 2) / (T - 1 - Z**2))``, Student t on T - 2 degrees of freedom. Robust to event variance and, from about
    30 events on, to common shocks; with 9 events of correlation 0.15 it rejects 8 to 10 % at 5 %. Estimation days rank by
    e / s, not by e / (s * sqrt(1 - h)).

    References
    ----------
    Kolari and Pynnonen (2011).
    """
    if n_events < 2:
        return inapplicable(f"the cross-sectional variance needs at least 2 events, there are {n_events}", n_events)
    mean, spread, n_days = _grank_parts(sums)
    if not spread > ROUNDING or n_days < 3:
        return inapplicable(TOO_FEW_FOR_RANKS, n_events)
    z = mean / spread
    if z * z >= n_days - 1:
        return inapplicable("the ranks of the estimation days all average out exactly, so they have no spread", n_events)
    return student_outcome(z * np.sqrt((n_days - 2) / (n_days - 1 - z * z)), n_days - 2, n_events)


def grank_z(sums: GrankSums, n_events: int) -> Outcome:
    """The generalised rank of the window against its exact variance when events are independent.

    Notes
    -----
    ``sqrt(12 * n * (T + 1) / (T - 1)) * Ubar_0``. Do not use it when events share a date.

    References
    ----------
    Kolari and Pynnonen (2011).
    """
    if n_events < 2:
        return inapplicable(f"the cross-sectional variance needs at least 2 events, there are {n_events}", n_events)
    mean, _, n_days = _grank_parts(sums)
    if n_days < 3:
        return inapplicable(TOO_FEW_FOR_RANKS, n_events)
    return normal_outcome(np.sqrt(12.0 * n_events * (n_days + 1) / (n_days - 1)) * mean, n_events)


def wilcoxon(car: FloatArray) -> Outcome:
    """Signed ranks of the CARs: are they symmetric about zero?

    Parameters
    ----------
    car : (N,) float
        NaN is out; exact zeros are dropped.

    Notes
    -----
    ``z = (W+ - n(n+1)/4) / sqrt(n(n+1)(2n+1)/24 - ties)``. The p-value is exact up to 50 events without ties. Do not use it
    when events share a date.

    References
    ----------
    Wilcoxon (1945).
    """
    values = car[np.isfinite(car) & (car != 0)]
    n = values.size
    if n < 2:
        return inapplicable(f"signed ranks need at least 2 non-zero CARs, there {'is' if n == 1 else 'are'} {n}", n)
    ranks = ranks_within_rows(np.abs(values)[None, :])[0][0]
    positive = float(ranks[values > 0].sum())
    _, repeats = np.unique(np.abs(values), return_counts=True)
    ties = float((repeats.astype(float) ** 3 - repeats).sum())
    z = (positive - n * (n + 1) / 4.0) / np.sqrt(n * (n + 1) * (2 * n + 1) / 24.0 - ties / 48.0)
    if ties == 0 and n <= EXACT_WILCOXON_EVENTS:
        p = _signed_rank_p(positive, n)
        return Outcome(statistic=z, p_value=p, distribution="exact signed rank", n_events=n, smallest_p=min(1.0, 2.0 ** (1 - n)))
    return normal_outcome(z, n)


def _signed_rank_p(positive: float, n: int) -> float:
    """Two-sided exact p of the sum of positive ranks."""
    ways = np.zeros(n * (n + 1) // 2 + 1)
    ways[0] = 1.0
    for rank in range(1, n + 1):
        ways[rank:] += ways[:-rank].copy()
    lower = ways[: int(positive) + 1].sum()
    upper = ways[int(positive) :].sum()
    return float(min(1.0, 2.0 * min(lower, upper) / 2.0**n))
