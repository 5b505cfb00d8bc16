"""Unit and period effects from untreated observations, and the covariance of means of what they leave on treated ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from impact.typing_ import BoolArray, FloatArray, IntArray

__all__ = ["ImputedMeans", "LeadTest", "imputed_means", "lead_test", "tied_sets"]

NO_VARIATION = 1e-8
"""Share of a lead's own variation that unit and period effects leave, below which there is none."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ImputedMeans:
    """Means of the outcome less the one without treatment.

    Attributes
    ----------
    estimate, se : (G,) float
        One a group; the error allows for the estimation of the unit and period effects.
    """

    estimate: FloatArray
    se: FloatArray


def tied_sets(unit: IntArray, period: IntArray, n_units: int, n_periods: int) -> tuple[IntArray, IntArray]:
    """(n_units,) and (n_periods,) number of the set that observations tie together, each sharing a unit or a period with the next.

    An outcome ``unit + period`` can be told for a unit and a period of one set, and for no others.
    """
    size = n_units + n_periods
    edges = csr_array((np.ones(len(unit)), (unit, n_units + period)), shape=(size, size))
    _, number = connected_components(edges, directed=False)
    return number[:n_units], number[n_units:]


def imputed_means(outcome: FloatArray, unit: IntArray, period: IntArray, group: IntArray, cluster: IntArray, n_groups: int) -> ImputedMeans:
    """Mean of ``outcome - unit - period`` over the treated observations of each group.

    Parameters
    ----------
    outcome : (n,) float
    unit, period : (n,) int
        Every treated observation lies in the set of its unit (see :func:`tied_sets`).
    group : (n,) int
        Group of a treated observation; -1 for an untreated one.
    cluster : (n,) int
        Observations whose errors may be correlated.
    n_groups : int
        Each has an observation.

    Notes
    -----
    ``b`` is fitted on untreated rows, ``u = y - X b``, and the mean of a group is ``m = mean(u)``. The covariance is that of two stages
    estimated at once: with ``W_g = X2'(u - m) - X2'X1 (X10'X10)^-1 X10'u`` of cluster ``g``, ``(X2'X2)^-1 (sum W_g W_g') (X2'X2)^-1``.

    References
    ----------
    Gardner (2022), Two-stage differences in differences, arXiv 2207.05943.
    """
    free = group < 0
    n, design = len(outcome), _effects_of(unit, period, free)
    untreated = csc_array(design[free])
    factor = splu(csc_array(untreated.T @ untreated))
    left = outcome - design @ factor.solve(untreated.T @ outcome[free])
    treated = np.flatnonzero(~free)
    count = np.bincount(group[treated], minlength=n_groups)
    mean = np.bincount(group[treated], weights=left[treated], minlength=n_groups) / count
    member = csr_array((np.ones(len(treated)), (treated, group[treated])), shape=(n, n_groups))
    first = factor.solve((member.T @ design).toarray().T)  # (K, G)
    influence = (
        member.toarray() * (left - np.where(free, 0.0, mean[group]))[:, None] - (design @ first) * np.where(free, left, 0.0)[:, None]
    )
    _, place = np.unique(cluster, return_inverse=True)
    sums = csr_array((np.ones(n), (place, np.arange(n))), shape=(place.max() + 1, n)) @ influence
    return ImputedMeans(estimate=mean, se=np.sqrt((sums**2).sum(axis=0)) / count)


def _effects_of(unit: IntArray, period: IntArray, free: BoolArray) -> csr_array:
    """(n, K) dummies of units and periods, without the first period of each set that untreated observations tie: the rest is of full rank."""
    n, n_units, n_periods = len(unit), int(unit.max()) + 1, int(period.max()) + 1
    _, set_of_period = tied_sets(unit[free], period[free], n_units, n_periods)
    used_unit, used_period = np.unique(unit[free]), np.unique(period[free])
    _, base = np.unique(set_of_period[used_period], return_index=True)
    kept = np.concatenate((used_unit, n_units + np.delete(used_period, base)))
    ones, rows = np.ones(2 * n), np.tile(np.arange(n), 2)
    whole = csc_array((ones, (rows, np.concatenate((unit, n_units + period)))), shape=(n, n_units + n_periods))
    return csr_array(whole[:, kept])


@dataclass(frozen=True, eq=False, kw_only=True)
class LeadTest:
    """Whether units that will be treated already move apart from the others in the periods before it.

    Attributes
    ----------
    estimate : (P,) float
        How far the outcome lies from ``unit + period``, one a lead, against the periods before all leads.
    covariance : (P, P) float
    statistic : float
        ``g' V^-1 g / P`` of all leads together.
    df : int
        Clusters less one.
    """

    estimate: FloatArray
    covariance: FloatArray
    statistic: float
    df: int


def lead_test(outcome: FloatArray, unit: IntArray, period: IntArray, lead: IntArray, cluster: IntArray, n_leads: int) -> LeadTest | None:
    """Joint test of leads on untreated observations alone, so that no effect of the treatment is in it.

    Parameters
    ----------
    outcome : (n,) float
        Of untreated observations.
    unit, period : (n,) int
    lead : (n,) int
        0 for the first lead to `n_leads` - 1; -1 for every other observation.
    cluster : (n,) int
        Observations whose errors may be correlated.
    n_leads : int
        P.

    Returns
    -------
    LeadTest or None
        None where unit and period effects leave a lead without variation.

    Notes
    -----
    Least squares of the outcome on unit and period effects and a dummy of each lead. CR1 covariance, effects that lie within a cluster
    not counted among the parameters; ``F = g' V^-1 g / P``.

    References
    ----------
    Borusyak, Jaravel and Spiess (2024), Review of Economic Studies 91, section 4.4.
    """
    n, free = outcome.size, np.ones(outcome.size, dtype=bool)
    design = csc_array(_effects_of(unit, period, free))
    factor = splu(csc_array(design.T @ design))
    dummies = (lead[:, None] == np.arange(n_leads)).astype(float)
    own = dummies - design @ factor.solve(np.ascontiguousarray(design.T @ dummies))
    spread = own.T @ own
    scale = np.sqrt(np.maximum(dummies.sum(axis=0), 1.0))
    if np.linalg.eigvalsh(spread / np.outer(scale, scale))[0] < NO_VARIATION:
        return None
    bread = np.linalg.inv(spread)
    estimate = bread @ (own.T @ outcome)
    left = outcome - design @ factor.solve(design.T @ outcome) - own @ estimate
    labels, place = np.unique(cluster, return_inverse=True)
    sums = np.zeros((labels.size, n_leads))
    np.add.at(sums, place, own * left[:, None])
    parameters = n_leads + design.shape[1] - _nested(unit, place) - _nested(period, place)
    if labels.size < 2 or n <= parameters:
        return None
    factor_of_few = labels.size / (labels.size - 1.0) * (n - 1.0) / (n - parameters)
    covariance = bread @ (sums.T @ sums) @ bread * factor_of_few
    if np.linalg.matrix_rank(covariance) < n_leads:
        return None
    statistic = float(estimate @ np.linalg.solve(covariance, estimate)) / n_leads
    return LeadTest(estimate=estimate, covariance=covariance, statistic=statistic, df=labels.size - 1)


def _nested(effect: IntArray, cluster: IntArray) -> int:
    """Levels of an effect, less the one that the other keeps, where each lies within one cluster; else 0."""
    pairs = np.unique(np.column_stack((effect, cluster)), axis=0)
    levels = np.unique(effect).size
    return levels - 1 if len(pairs) == levels else 0
