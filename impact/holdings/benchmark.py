"""What an exclusion does to a benchmark: weights of what stays, turnover of trackers, tracking error of those who must leave names out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.holdings.exposure import ExposureReport
from impact.holdings.portfolio import NAV_UNITS
from impact.holdings.schemas import BENCHMARK_DROPPED, BENCHMARK_EFFECT, BENCHMARK_WEIGHTS
from impact.holdings.status import BOUND_STATUSES
from impact.kernels.index_weights import exclusion_tracking_error, reweight_without
from impact.provenance import Source
from impact.results import Result, Summary, declared
from impact.tables.prose import percent

__all__ = ["BenchmarkEffect", "benchmark_effect"]

ASKED_STATUSES = (*BOUND_STATUSES, "unknown")


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class BenchmarkEffect(Result):
    """A benchmark with and without the names that an investor may not hold.

    Attributes
    ----------
    weights : DataFrame
        row, name, entity, status, excluded, weight_before, weight_after (decimals over the securities held long).
    excluded_weight : float
        Weight left out, which is also the one-way turnover of a tracker.
    divisor_ratio : float
        New divisor over old at an unchanged level.
    tracking_error, tracking_error_low, tracking_error_high : float
        Per year, with its 95 % interval; NaN when no returns were given.
    n_sessions : int
        Sessions the tracking error rests on.
    dropped : DataFrame
        Positions that are no part of the benchmark's long securities, with the reason.
    """

    schemas = declared(weights=BENCHMARK_WEIGHTS, dropped=BENCHMARK_DROPPED, to_frame=BENCHMARK_WEIGHTS)

    weights: pd.DataFrame
    excluded_weight: float
    divisor_ratio: float
    tracking_error: float
    tracking_error_low: float
    tracking_error_high: float
    n_sessions: int
    dropped: pd.DataFrame
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The weights (a copy)."""
        return self.weights.copy()

    def summary(self) -> Summary:
        """What leaves, what it costs to follow the benchmark without it."""
        figures = pd.DataFrame(
            {
                "excluded_weight": [self.excluded_weight],
                "divisor_ratio": [self.divisor_ratio],
                "tracking_error_return": [self.tracking_error],
                "tracking_error_return_low": [self.tracking_error_low],
                "tracking_error_return_high": [self.tracking_error_high],
                "n_sessions": [self.n_sessions],
            }
        )
        return Summary(
            title=f"Benchmark without {int(self.weights['excluded'].sum())} line(s), {percent(self.excluded_weight, 2)} of its weight",
            tables=(
                ("Effect", BENCHMARK_EFFECT.table(figures)),
                ("Names left out", BENCHMARK_WEIGHTS.table(self.weights[self.weights["excluded"]])),
            ),
            notes=self.assumptions,
            sources=self.sources,
        )


def benchmark_effect(
    report: ExposureReport,
    *,
    statuses: Iterable[str] = ("barred",),
    active_returns: pd.DataFrame | None = None,
    sessions_per_year: float = 252.0,
) -> BenchmarkEffect:
    """The benchmark checked by `report`, with the names of the given statuses left out.

    Parameters
    ----------
    report : ExposureReport
        :func:`check_portfolio` of the benchmark's own holdings, a what-if one as well.
    statuses : iterable of {"blocked", "barred", "restricted", "unknown"}
        Which names to leave out.
    active_returns : DataFrame, optional
        Sessions x securities (columns named by the line of the table of exposures, such as ``1810.HK``): decimal returns in excess of the
        benchmark's. Needed for the tracking error; a name left out and not in it makes the tracking error unknown.
    sessions_per_year : float

    Raises
    ------
    InputError
        If a status is unknown, nothing is left out or nothing stays, or fewer than three sessions are common.

    Notes
    -----
    w' = w / (1 - w_d); divisor ratio 1 - w_d; TE = sqrt(w' Omega w) / (1 - sum w) over the names left out. Its interval is that of a
    variance of n independent normal returns (chi-square, n - 1 degrees of freedom).
    """
    chosen = tuple(statuses)
    wrong = [status for status in chosen if status not in ASKED_STATUSES]
    if wrong or not chosen:
        raise InputError(f"statuses={chosen!r} must name some of: {', '.join(ASKED_STATUSES)}.")
    rows = report.positions
    size = rows["nav_share"] if report.currency == NAV_UNITS else rows["market_value"]
    kept = (size > 0) & ~rows["line"].isin(["cash", "fx", "future", "option", "swap"])
    held = rows[kept].reset_index(drop=True)
    excluded = held["status"].isin(chosen).to_numpy()
    if not excluded.any():
        raise InputError(
            f"no position of the benchmark is {' or '.join(chosen)} as of {report.as_of.isoformat()}; ask another instant, or a what-if."
        )
    index = reweight_without(size[kept].to_numpy(dtype=np.float64), np.ones(len(held)), excluded)
    weights = held[["row", "name", "entity", "status"]].assign(excluded=excluded, weight_before=index.before, weight_after=index.after)
    error, low, high, n_sessions, note = _tracking_error(report, weights, active_returns, sessions_per_year)
    return BenchmarkEffect(
        weights=weights,
        excluded_weight=index.turnover_one_way,
        divisor_ratio=index.divisor_ratio,
        tracking_error=error,
        tracking_error_low=low,
        tracking_error_high=high,
        n_sessions=n_sessions,
        dropped=rows.loc[~kept, ["row", "name", "line", "market_value"]].assign(reason="no long security with a value"),
        sources=report.sources,
        assumptions=("The weight left out is spread over what stays in proportion.", *note),
    )


def _tracking_error(
    report: ExposureReport, weights: pd.DataFrame, active_returns: pd.DataFrame | None, sessions_per_year: float
) -> tuple[float, float, float, int, tuple[str, ...]]:
    unknown = (np.nan, np.nan, np.nan, 0)
    if active_returns is None:
        return *unknown, ("No tracking error: returns in excess of the benchmark were not given.",)
    line_of = report.exposures.loc[report.exposures["via"] == "direct"].drop_duplicates("evidence").set_index("evidence")["security"]
    out = weights[weights["excluded"]]
    securities = report.positions.set_index("row").loc[out["row"], "evidence"].map(line_of).to_numpy()
    missing = [str(security) for security in securities if security not in active_returns]
    if missing:
        return *unknown, (f"No tracking error: no returns for {len(missing)} name(s) left out (first {missing[0]}).",)
    by_line = pd.Series(out["weight_before"].to_numpy(), index=securities).groupby(level=0).sum()
    returns = active_returns[list(by_line.index)].dropna()
    n_sessions = len(returns)
    if n_sessions < 3:
        raise InputError(f"active_returns has {n_sessions} session(s) common to all names left out; a tracking error needs at least 3.")
    covariance = np.atleast_2d(np.cov(returns.to_numpy(dtype=np.float64), rowvar=False)) * sessions_per_year
    error = exclusion_tracking_error(by_line.to_numpy(), covariance)
    from scipy import stats

    low, high = (error * np.sqrt((n_sessions - 1) / stats.chi2.ppf(p, n_sessions - 1)) for p in (0.975, 0.025))
    return error, float(low), float(high), n_sessions, (f"Tracking error from {n_sessions} sessions, taken as independent and normal.",)
