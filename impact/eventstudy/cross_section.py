"""Why some events moved prices more than others: CAR on characteristics, and one group against another."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from numbers import Number
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from impact.errors import InfeasibleDesign, InputError
from impact.eventstudy.results import EventStudyResult
from impact.eventstudy.schemas import COEFFICIENTS, DROPPED, DROPPED_COUNTS
from impact.kernels.clustered import ClusteredFit, bias_reduced_errors, clustered_least_squares, two_way_clustered
from impact.provenance import Source
from impact.results import Result, Summary, declared
from impact.tables import prose
from impact.typing_ import FloatArray, IntArray

__all__ = ["CrossSectionResult", "car_regression", "group_contrast"]

FEW_CLUSTERS = 12
"""Clusters below which cluster-robust errors are known to be too small. Source: Cameron and Miller (2015), from memory."""
FEW_EFFECTIVE = 8
"""Degrees of freedom of a bias-reduced variance below which CR1 on clusters less one rejects 8 % or more of true nulls at 5 %."""
FEWEST_TWO_WAY = 6
"""Clusters of either kind below which errors clustered two ways are refused: one in twenty has no variance at all."""
FEW_TWO_WAY = 40
"""The same below which a nominal 5 % test rejects about 8 to 12 % of true nulls: tests/simulation/TWO_WAY_CLUSTERS.md."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class CrossSectionResult(Result):
    """A regression of CARs on characteristics.

    Attributes
    ----------
    coefficients : DataFrame
        Per regressor: estimate, se, t, p, ci_low, ci_high; NaN errors when there is one cluster, where one alone tells the
        coefficient, and where a two-way variance is not above zero.
    window : (first, last)
    n_events, n_clusters, df : int
        Of two ways, the clusters of the one with fewer.
    r_squared : float
    clustered_by : str
        One column, or two with "and" between.
    cluster_counts : tuple of int
        Clusters of each column.
    dropped : DataFrame
        Events without a CAR or a characteristic, with the reason.
    quantity : str
        What is explained: the ``return``, or a logarithm.
    sources, assumptions : tuple
    """

    schemas = declared(coefficients=COEFFICIENTS, dropped=DROPPED, to_frame=COEFFICIENTS)

    coefficients: pd.DataFrame
    window: tuple[int, int]
    n_events: int
    n_clusters: int
    df: int
    r_squared: float
    clustered_by: str
    dropped: pd.DataFrame
    cluster_counts: tuple[int, ...] = ()
    quantity: str = "return"
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The coefficients, one row per regressor."""
        return self.coefficients.reset_index()

    def summary(self) -> Summary:
        """Coefficients with their intervals, how many events and clusters, and what was left out."""
        tables = [(f"CAR{self.window} on characteristics", self.with_schema("coefficients"))]
        if len(self.dropped):
            tables.append(("Events left out", DROPPED_COUNTS.table(self.dropped.groupby("reason").size().rename("n_events").reset_index())))
        counts = " and ".join(prose.count(count) for count in self.cluster_counts)
        title = (
            f"Cross-section: {self.n_events} events, {counts} clusters by {self.clustered_by}, R-squared {prose.statistic(self.r_squared)}"
        )
        return Summary(title=title, tables=tuple(tables), notes=self.assumptions, sources=self.sources)


def car_regression(
    study: EventStudyResult,
    characteristics: pd.DataFrame | Sequence[str],
    a: int,
    b: int,
    *,
    cluster: str | Sequence[str] = "day0",
    weights: Literal["equal", "precision"] = "equal",
) -> CrossSectionResult:
    """Regress the CAR over [a, b] on characteristics of the events, with errors clustered by date, or by two kinds of cluster.

    Parameters
    ----------
    study : EventStudyResult
    characteristics : DataFrame indexed by event_id, or names of columns of ``study.events``
        Numbers, or text that becomes 0/1 columns against its first level; a constant is added.
    a, b : int
        Inclusive offsets; only events with a return on every day enter.
    cluster : str, or two of them
        Column of ``study.events`` whose equal values may be correlated: ``day0``, ``security`` or another. Two, such as
        ``("security", "day0")``: events are correlated if they share either.
    weights : {"equal", "precision"}
        ``precision`` weights by 1 / Var(CAR).

    Raises
    ------
    InputError
        If a column is absent or not numeric, or more than two clusters or one twice are named.
    InfeasibleDesign
        If fewer events than coefficients remain, the characteristics are collinear, or errors are clustered two ways with fewer than
        six clusters of a kind.

    Notes
    -----
    CR1 covariance with Student critical values, clusters less one degrees of freedom, or events less coefficients where these are fewer. With one cluster there is no
    standard error: use :func:`group_contrast`; nor for a coefficient that one cluster alone tells, such as a dummy of one event,
    whose own residual is zero whatever its noise. One that few clusters carry is named. Two ways: ``V_first + V_second - V_both``, Student with the clusters of the kind
    that has fewer, less one.

    References
    ----------
    Cameron, Gelbach and Miller (2011), Journal of Business & Economic Statistics 29.
    """
    table = _characteristics(study, characteristics)
    ways = _cluster_columns(study, cluster)
    if weights not in ("equal", "precision"):
        raise InputError(f"weights={weights!r} is unknown; choose 'equal' or 'precision'.")
    cars = study.car(a, b)
    whole = (cars["n_days"] == b - a + 1).to_numpy()
    known = table.notna().all(axis=1).to_numpy()
    placed = study.events[ways].notna().all(axis=1).to_numpy()
    used = whole & known & placed
    reason = np.select([~whole, ~known], [f"no return on every day of ({a}, {b})", "a characteristic is missing"], "its cluster is missing")
    dropped = study.events.loc[~used, ["event_id", "security", "date"]].assign(reason=reason[~used]).reset_index(drop=True)
    x = np.column_stack((np.ones(used.sum()), table.to_numpy(dtype=float)[used]))
    names = ["constant", *table.columns]
    if used.sum() <= x.shape[1]:
        raise InfeasibleDesign(f"{int(used.sum())} events for {x.shape[1]} coefficients; give more events or fewer characteristics.")
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise InfeasibleDesign(f"characteristics {', '.join(names[1:])} are collinear with each other or the constant; drop one.")
    labels = [pd.factorize(study.events[way].to_numpy()[used])[0] for way in ways]
    weight = 1.0 / cars["se"].to_numpy()[used] ** 2 if weights == "precision" else None
    fit = _clustered(cars["car"].to_numpy()[used], x, labels, weight, ways)
    clustered_by = " and ".join(ways)
    return CrossSectionResult(
        coefficients=_coefficient_table(fit, names, study.design.level),
        window=(a, b),
        n_events=fit.n_obs,
        n_clusters=fit.n_clusters,
        df=fit.df,
        r_squared=fit.r_squared,
        clustered_by=clustered_by,
        cluster_counts=fit.counts,
        quantity=study.quantity,
        dropped=dropped,
        sources=study.sources,
        assumptions=(*_assumptions(fit, ways, names, weights), *_carried_by_few(fit, x, labels, names)),
    )


def _cluster_columns(study: EventStudyResult, cluster: str | Sequence[str]) -> list[str]:
    ways = [cluster] if isinstance(cluster, str) else list(cluster)
    if len(ways) not in (1, 2) or len(set(ways)) < len(ways):
        raise InputError(f"cluster={cluster!r} names {len(ways)} column(s), {len(set(ways))} distinct; name one, or two different ones.")
    absent = [way for way in ways if way not in study.events.columns]
    if absent:
        raise InputError(f"cluster={absent[0]!r} is not a column of the events ({', '.join(map(str, study.events.columns))}); name one.")
    return ways


def _clustered(y: FloatArray, x: FloatArray, labels: list[IntArray], weight: FloatArray | None, ways: list[str]) -> ClusteredFit:
    if len(labels) == 1:
        return clustered_least_squares(y, x, labels[0], weight)
    counts = [np.unique(label).size for label in labels]
    if min(counts) < FEWEST_TWO_WAY:
        told = " and ".join(f"{count} clusters by {way}" for count, way in zip(counts, ways, strict=True))
        raise InfeasibleDesign(
            f"{told}; errors clustered two ways need at least {FEWEST_TWO_WAY} of each: cluster by the one with more, or give more events."
        )
    return two_way_clustered(y, x, labels[0], labels[1], weight)


def _characteristics(study: EventStudyResult, given: pd.DataFrame | Sequence[str]) -> pd.DataFrame:
    if isinstance(given, pd.DataFrame):
        if given.index.has_duplicates:
            twice = given.index[given.index.duplicated()]
            raise InputError(f"characteristics repeats {len(twice)} event(s) in its index (first {twice[0]!r}); keep one row of each.")
        table = given.reindex(study.event_ids)
        if len(study.event_ids) and not given.index.isin(study.event_ids).any():
            raise InputError(
                f"characteristics has none of the {study.n_events} events in its index (it starts {given.index[:1].tolist()}); put event_id there."
            )
    else:
        names = [given] if isinstance(given, str) else list(given)
        absent = [name for name in names if name not in study.events.columns]
        if absent:
            raise InputError(
                f"characteristics names {len(absent)} column(s) the events lack ({', '.join(map(str, absent))}); "
                "add them to the event table."
            )
        table = study.events[names]
    if table.shape[1] == 0:
        raise InputError("characteristics is empty; name at least one column, or test the mean CAR with study.tests(a, b).")
    parts: list[pd.Series[float] | pd.DataFrame] = []
    for name in table.columns:
        column = table[name]
        held = column.dropna()
        if pd.api.types.is_object_dtype(column) and len(held) and all(isinstance(value, Number) for value in held):
            column = column.astype(float)  # figures beside None
        if pd.api.types.is_numeric_dtype(column):
            parts.append(column.astype(float))
            if np.isinf(parts[-1].to_numpy()).any():
                raise InputError(f"characteristics[{name!r}] has infinite values; a characteristic must be finite: mend or leave it empty.")
        else:
            levels = pd.get_dummies(column, prefix=name, drop_first=True, dtype=float)
            parts.append(levels.mask(column.isna()))
    return pd.concat(parts, axis=1)


def _coefficient_table(fit: ClusteredFit, names: Sequence[str], level: float) -> pd.DataFrame:
    se = np.sqrt(np.diag(fit.covariance))
    t = fit.coefficients / se
    half = (stdtrit(fit.df, (1.0 + level) / 2.0) if fit.df > 0 else np.nan) * se
    p = 2.0 * stdtr(fit.df, -np.abs(t)) if fit.df > 0 else np.full(t.size, np.nan)
    values = {"estimate": fit.coefficients, "se": se, "t": t, "p": p, "ci_low": fit.coefficients - half, "ci_high": fit.coefficients + half}
    return pd.DataFrame(values, index=pd.Index(names, name="regressor"))


def _assumptions(fit: ClusteredFit, ways: list[str], names: Sequence[str], weights: str) -> tuple[str, ...]:
    if len(ways) == 2:
        return _two_way_assumptions(fit, ways, names, weights)
    lines = [f"CARs may be correlated within one {ways[0]}, not across; {weights} weights; Student with {fit.df} degrees of freedom"]
    if fit.n_clusters == 1:
        lines.append("one cluster: no standard error can be given; use group_contrast, which reads correlation from the estimation window")
    elif fit.n_clusters < FEW_CLUSTERS:
        lines.append(f"{fit.n_clusters} clusters are few: errors are likely too small; read the wild cluster bootstrap beside it")
    return tuple(lines)


def _carried_by_few(fit: ClusteredFit, x: FloatArray, labels: list[IntArray], names: Sequence[str]) -> tuple[str, ...]:
    """Coefficients that one cluster alone tells, and those whose errors rest on few."""
    if fit.n_clusters < 2:
        return ()
    lines = []
    lone = [name for name, alone in zip(names, fit.alone, strict=True) if alone]
    if lone:
        lines.append(f"no error for {', '.join(lone)}: one cluster alone tells it, and fits its own residual away")
    df = np.min([bias_reduced_errors(fit.residuals, x, label).df for label in labels], axis=0)
    few = [f"{name} (about {prose.decimal(own)})" for name, own in zip(names, df, strict=True) if own < FEW_EFFECTIVE]
    if few and fit.n_clusters >= FEW_CLUSTERS:
        lines.append(
            f"few clusters carry {', '.join(few)}, in degrees of freedom: a nominal 5 % test rejects more true nulls; for two groups use "
            "group_contrast, which allows for it"
        )
    return tuple(lines)


def _two_way_assumptions(fit: ClusteredFit, ways: list[str], names: Sequence[str], weights: str) -> tuple[str, ...]:
    lines = [
        f"CARs may be correlated within one {ways[0]} and within one {ways[1]}, not where they share neither; {weights} weights; Student "
        f"with {fit.df} degrees of freedom, the clusters of the kind that has fewer less one"
    ]
    if fit.n_clusters < FEW_TWO_WAY:
        lines.append(f"{fit.n_clusters} clusters are few for two ways: a nominal 5 % test rejects about 8 to 12 % of true nulls")
    if fit.repaired:
        none = [name for name, variance in zip(names, np.diag(fit.covariance), strict=True) if np.isnan(variance)]
        without = f"; no variance above zero, so no error, for {', '.join(none)}: cluster by one column" if none else ""
        lines.append(f"the two-way covariance had negative eigenvalues, which were set to zero{without}")
    return tuple(lines)


def group_contrast(study: EventStudyResult, a: int, b: int, *, column: str = "group", exposed: Hashable, peers: Hashable) -> pd.DataFrame:
    """Mean CAR of exposed events less that of peers, allowing for correlation on the day.

    Parameters
    ----------
    study : EventStudyResult
    a, b : int
        Inclusive offsets; events with a return on every day enter.
    column : str
        Column of ``study.events`` that holds the groups.
    exposed, peers : label
        Values of `column`.

    Returns
    -------
    DataFrame
        One row: difference, se, t, p, df, ci_low, ci_high, n_exposed, n_peers, n_dates, method. On one date the standard
        error is that of the difference portfolio in the estimation window (forecast error included); on several dates it
        is clustered by date, bias-reduced (CR2): the error of Welch's test where each event has its own date, with the degrees of freedom
        that it has when both groups are as variable (Welch estimates them). There is none, and `method` says so, where all events of a group fall on one date that no event of the other shares.

    Raises
    ------
    InputError
        If a label is absent.
    InfeasibleDesign
        If a group is empty after events without returns are left out.
    """
    if column not in study.events.columns:
        raise InputError(f"column={column!r} is not a column of the events; add it to the event table.")
    labels = study.events[column].to_numpy()
    sums = study.fitted.window(a, b)
    whole = sums.n_days == b - a + 1
    masks = [(labels == label) & whole for label in (exposed, peers)]
    for label, mask in zip((exposed, peers), masks, strict=True):
        if not mask.any():
            raise InfeasibleDesign(
                f"group {label!r} of column {column!r} has no event with a return on every day of ({a}, {b}); check the label."
            )
    days = study.fitted.day0[masks[0] | masks[1]]
    difference = float(sums.car[masks[0]].mean() - sums.car[masks[1]].mean())
    n_dates = int(np.unique(days).size)
    if n_dates == 1:
        se, df = _one_date(study, masks, sums.variance_factor)
        method = "difference portfolio, one date"
    else:
        se, df, method = _by_date(sums.car, masks, study.fitted.day0)
    t = difference / se
    half = float(stdtrit(df, (1.0 + study.design.level) / 2.0)) * se
    row = {
        "difference": difference,
        "se": se,
        "t": t,
        "p": 2.0 * float(stdtr(df, -abs(t))),
        "df": df,
        "ci_low": difference - half,
        "ci_high": difference + half,
    }
    counts = {"n_exposed": int(masks[0].sum()), "n_peers": int(masks[1].sum()), "n_dates": n_dates, "method": method}
    return pd.DataFrame([row | counts])


def _by_date(car: FloatArray, masks: list[np.ndarray], day0: IntArray) -> tuple[float, float, str]:
    """Standard error of a difference of means, its degrees of freedom and what it is."""
    both = masks[0] | masks[1]
    x = np.column_stack((np.ones(both.sum()), masks[0][both].astype(float)))
    errors = bias_reduced_errors(car[both], x, day0[both])
    if np.isnan(errors.variance[1]):
        return np.nan, np.nan, "no error: one date alone holds all events of a group, so their spread over dates is not seen"
    return float(np.sqrt(errors.variance[1])), float(errors.df[1]), "clustered by date"


def _one_date(study: EventStudyResult, masks: list[np.ndarray], variance_factor: FloatArray) -> tuple[float, float]:
    """Standard error of a difference of portfolios from their own residuals before the event."""
    means = [np.nanmean(np.concatenate([study.fitted.residuals(slice(i, i + 1)) for i in np.flatnonzero(mask)]), axis=0) for mask in masks]
    gap = means[0] - means[1]
    gap = gap[np.isfinite(gap)]
    if not study.coefficient_names:
        gap = gap - gap.mean()
    both = masks[0] | masks[1]
    df = int(study.fitted.df[both].min())
    used = int(study.fitted.n_obs[both].min()) - df
    sigma = np.sqrt(gap @ gap / (gap.size - used))
    return float(sigma * np.sqrt(np.median(variance_factor[both]))), gap.size - used
