"""Wild cluster bootstrap of a mean by event date."""

from __future__ import annotations

from typing import Literal

import numpy as np

from impact.kernels.outcome import Outcome, inapplicable
from impact.typing_ import FloatArray, IntArray

__all__ = ["cluster_t", "wild_cluster"]

ENUMERATED_CLUSTERS = 12
"""Up to here all 2**G sign patterns (4,096) are used and no random number is needed."""

WEBB = np.array([-np.sqrt(1.5), -1.0, -np.sqrt(0.5), np.sqrt(0.5), 1.0, np.sqrt(1.5)])
"""Six-point weights of Webb (2023): more distinct draws than two signs when clusters are few."""

Weights = Literal["rademacher", "webb"]
LARGEST_T = 1e10
"""A t above it comes from a variance that is zero but for rounding."""
DRAW_ELEMENTS = 4_000_000


def _cluster_sums(car: FloatArray, cluster: IntArray) -> tuple[FloatArray, FloatArray]:
    """Sum of the values and number of events of each cluster."""
    _, label = np.unique(cluster, return_inverse=True)
    sums: FloatArray = np.bincount(label, weights=car).astype(float, copy=False)
    return sums, np.bincount(label).astype(float)


def _t_from_sums(sums: FloatArray, counts: FloatArray) -> FloatArray:
    """(...,) t of the mean from cluster sums (..., G), with the CR1 factor G / (G - 1)."""
    n, g = counts.sum(), counts.size
    mean = sums.sum(axis=-1) / n
    scores = sums - mean[..., None] * counts
    error = np.sqrt(g / (g - 1.0) * (scores * scores).sum(axis=-1)) / n
    result: FloatArray = np.divide(mean, error, out=np.full(np.shape(mean), np.inf), where=error > 0) * np.where(
        error > 0, 1.0, np.sign(mean)
    )
    return result


def cluster_t(car: FloatArray, cluster: IntArray) -> float:
    """t of the mean with a variance clustered by date (CR1, G / (G - 1)).

    Notes
    -----
    ``mean / sqrt(G / (G - 1) * sum_g (sum_i (x_gi - mean))**2 / N**2)``.
    """
    sums, counts = _cluster_sums(car, cluster)
    return float(_t_from_sums(sums, counts))


def wild_cluster(
    car: FloatArray,
    cluster: IntArray,
    *,
    rng: np.random.Generator | None = None,
    draws: int = 9999,
    weights: Weights = "rademacher",
) -> Outcome:
    """Test of a zero mean CAR when events of one date move together.

    Parameters
    ----------
    car : (N,) float
        NaN is out.
    cluster : (N,) int
        Event date of each event, any labels.
    rng : Generator, optional
        Needed above 12 dates, and for Webb weights.
    draws : int
        Bootstrap draws when patterns are not enumerated.
    weights : {"rademacher", "webb"}
        Signs, or the six-point law.

    Notes
    -----
    The null is imposed: draws multiply the CARs of each date by one random weight and the t with CR1 variance is computed
    again. Up to 12 dates all 2**G sign patterns are used, the identity and its mirror among them, so p is at least
    2 / 2**G: five dates can never reach 5 %. Windows of different dates that overlap are not allowed for.

    References
    ----------
    Cameron, Gelbach and Miller (2008); Webb (2023).
    """
    kept = np.isfinite(car)
    sums, counts = _cluster_sums(car[kept], cluster[kept])
    n, g = int(kept.sum()), counts.size
    if g < 2:
        return inapplicable("all events share one date; a single cluster has no variance between clusters (see portfolio)", n)
    statistic = float(_t_from_sums(sums, counts))
    if not abs(statistic) < LARGEST_T:
        return inapplicable("the dates show no spread", n)
    if weights == "rademacher" and g <= ENUMERATED_CLUSTERS:
        signs = 1.0 - 2.0 * ((np.arange(2**g)[:, None] >> np.arange(g)) & 1)
        extreme = _count_extreme(signs * sums, counts, statistic)
        distribution = f"all {2**g} sign patterns of {g} dates"
        return Outcome(
            statistic=statistic, p_value=extreme / 2**g, df=g - 1.0, distribution=distribution, n_events=n, smallest_p=2.0 / 2**g
        )
    if rng is None:
        return inapplicable(f"{g} dates need random draws: give rng, for example numpy.random.default_rng(1)", n)
    extreme = 0
    block = max(1, DRAW_ELEMENTS // g)
    for start in range(0, draws, block):
        shape = (min(block, draws - start), g)
        factor = rng.choice(WEBB, size=shape) if weights == "webb" else rng.integers(0, 2, size=shape, dtype=np.int8) * 2.0 - 1.0
        extreme += _count_extreme(factor * sums, counts, statistic)
    p = (1.0 + extreme) / (draws + 1.0)
    law = f"wild cluster bootstrap, {draws} draws, {g} dates"
    return Outcome(statistic=statistic, p_value=p, df=g - 1.0, distribution=law, n_events=n, smallest_p=1.0 / (draws + 1.0))


def _count_extreme(sums: FloatArray, counts: FloatArray, statistic: float) -> int:
    return int(np.count_nonzero(np.abs(_t_from_sums(sums, counts)) >= abs(statistic) * (1.0 - 1e-12)))
