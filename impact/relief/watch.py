"""Who may be listed next: how often names with the same disclosed criteria were listed, on a table of the reader's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import gammaincinv

from impact.errors import InputError
from impact.intake.given_frames import frame_with
from impact.relief.base_rates import clopper_pearson
from impact.relief.schemas import CRITERIA, LIST_CALIBRATION, LIST_DROPPED, LIST_HAZARD, LIST_SCORES, LIST_WATCH
from impact.results import Result, Summary, declared
from impact.tables.prose import decimal, interval, percent

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["ListRisk", "list_risk", "poisson_rate_interval"]

DAYS_A_YEAR = 365.25
WIDEST_TOLD = 0.5
"""An interval of a probability wider than this is called "cannot tell"."""
TRUE_WORDS, FALSE_WORDS = frozenset({"true", "yes", "1", "1.0", "y"}), frozenset({"false", "no", "0", "0.0", "n"})


def poisson_rate_interval(events: int, exposure: float, *, confidence: float = 0.95) -> tuple[float, float]:
    """Exact interval of a rate from a count of events over an exposure.

    References
    ----------
    Garwood (1936), doi:10.1093/biomet/28.3-4.437.

    Examples
    --------
    >>> low, high = poisson_rate_interval(0, 10.0)
    >>> low, round(high, 4)
    (0.0, 0.3689)
    """
    if events < 0 or not exposure > 0:
        raise InputError(f"events={events} must not be negative and exposure={exposure!r} must be positive.")
    tail = (1.0 - confidence) / 2.0
    low = 0.0 if events == 0 else float(gammaincinv(events, tail)) / exposure
    return low, float(gammaincinv(events + 1, 1.0 - tail)) / exposure


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ListRisk(Result):
    """Listing by disclosed criteria, with exact small-sample intervals.

    Attributes
    ----------
    watch : DataFrame
        One row a name not listed: name, n_criteria met, criteria (which), n_alike (other names with as many), n_alike_listed,
        listed_share with its exact interval, verdict (``cannot tell`` when the interval is wider than a half).
    scores : DataFrame
        n_criteria, n_names, n_listed, listed_share with its exact interval.
    criteria : DataFrame
        criterion, met (bool), n_names, n_listed, listed_share with its exact interval.
    hazard : DataFrame
        n_criteria, n_listed, exposure_years, listings_per_year with its exact interval; empty without an observed span.
    calibration : DataFrame
        n_criteria, n_names, mean_forecast_probability (leave one out), listed_share: forecasts and what happened.
    brier, reference_brier : float
        Mean squared error of the leave-one-out forecasts, and of the overall share left one out. A score without skill is
        not below the reference.
    dropped : DataFrame
        name, reason.
    """

    schemas = declared(
        watch=LIST_WATCH,
        scores=LIST_SCORES,
        criteria=CRITERIA,
        hazard=LIST_HAZARD,
        calibration=LIST_CALIBRATION,
        dropped=LIST_DROPPED,
        to_frame=LIST_WATCH,
    )

    watch: pd.DataFrame
    scores: pd.DataFrame
    criteria: pd.DataFrame
    hazard: pd.DataFrame
    calibration: pd.DataFrame
    brier: float
    reference_brier: float
    n_names: int
    n_listed: int
    confidence: float
    dropped: pd.DataFrame
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The names not listed."""
        return self.watch.copy()

    def summary(self) -> Summary:
        """The watch list, the shares behind it, and whether the criteria forecast anything."""
        skill = "better than" if self.brier < self.reference_brier else "no better than"
        tables = (
            ("Not listed", self.with_schema("watch")),
            ("By number of criteria met", self.with_schema("scores")),
            ("By criterion", self.with_schema("criteria")),
            ("Listings a year", self.with_schema("hazard")),
            ("Leave-one-out forecasts against what happened", self.with_schema("calibration")),
            ("Left out", self.with_schema("dropped")),
        )
        return Summary(
            title=(
                f"List risk from {self.n_names} names, {self.n_listed} listed; leave-one-out Brier score {decimal(self.brier, 3)}, "
                f"{skill} the overall share ({decimal(self.reference_brier, 3)})"
            ),
            tables=tuple((caption, table) for caption, table in tables if len(table)),
            notes=self.assumptions,
        )

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Share listed by number of criteria met, with n."""
        from impact.plots.relief import plot_list_risk

        return plot_list_risk(self.scores, confidence=self.confidence, ax=ax)


def list_risk(
    names: pd.DataFrame,
    *,
    criteria: list[str],
    observed: tuple[str, str] | None = None,
    confidence: float = 0.95,
) -> ListRisk:
    """How often names with as many disclosed criteria were listed, and what that says of the others.

    Parameters
    ----------
    names : DataFrame
        One row a name: name, listed (yes or no), one yes-or-no column a criterion, and listed_on (ISO date, needed for a
        listed name when `observed` is given). A cell that is neither yes nor no puts the row into `dropped`.
    criteria : list of str
        Columns of disclosed criteria, chosen before the listings are looked at; all weigh the same.
    observed : (first, last), optional
        ISO dates between which the names were watched, for the rate of listing a year.
    confidence : float

    Raises
    ------
    InputError
        If a column is missing, a name stands twice, `criteria` is empty or no row can be used.

    Notes
    -----
    A name's probability is the share listed among the *other* names with as many criteria, with the exact binomial
    interval. Leave-one-out forecasts are ``(k + 1/2) / (n + 1)`` of the other names with as many criteria. The hazard is
    listings over name-years watched until listed, with the exact Poisson interval. Names on the table were chosen by
    someone, and those that were never thought of are not on it: the share is of names like these, not of all firms.
    """
    if not 0 < confidence < 1:
        raise InputError(f"confidence={confidence!r} must lie between 0 and 1, for example 0.95.")
    used, dropped = _checked(names, criteria, observed)
    used = used.assign(n_criteria=used[criteria].sum(axis=1).astype(int))
    listed = used["listed"]
    scores = _shares(used, ["n_criteria"], confidence)
    by_criterion = pd.concat(
        [_shares(used.assign(criterion=name, met=used[name]), ["criterion", "met"], confidence) for name in criteria], ignore_index=True
    )
    forecasts = _left_out(used)
    overall = ((listed.sum() - listed) + 0.5) / len(used)
    calibration = used.assign(forecast=forecasts).groupby("n_criteria", as_index=False).agg(
        n_names=("listed", "size"), mean_forecast_probability=("forecast", "mean"), listed_share=("listed", "mean")
    )  # fmt: skip
    return ListRisk(
        watch=_watch(used, criteria, confidence),
        scores=scores,
        criteria=by_criterion,
        hazard=_hazard(used, observed, confidence),
        calibration=calibration,
        brier=float(((forecasts - listed) ** 2).mean()),
        reference_brier=float(((overall - listed) ** 2).mean()),
        n_names=len(used),
        n_listed=int(listed.sum()),
        confidence=confidence,
        dropped=dropped,
        assumptions=(
            f"{len(criteria)} criteria of equal weight, taken from the table given: {', '.join(criteria)}.",
            "The share is of names like those on the table; names that nobody thought of are not on it.",
            f"Intervals are exact at {percent(confidence, 0)}; one wider than {percent(WIDEST_TOLD, 0)} is called 'cannot tell'.",
        ),
    )


def _truth(value: Any) -> bool | None:
    """Yes, no, or None for anything else."""
    word = str(value).strip().lower()
    return True if word in TRUE_WORDS else False if word in FALSE_WORDS else None


def _checked(names: pd.DataFrame, criteria: list[str], observed: tuple[str, str] | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    needed = ["name", "listed", *criteria, *(["listed_on"] if observed else [])]
    names = frame_with(names, needed, "names")
    if not criteria:
        raise InputError("criteria is empty; a score needs at least one criterion: name a column of yes and no.")
    repeated = names["name"].duplicated()
    if repeated.any():
        raise InputError(
            f"names['name'] repeats {int(repeated.sum())} values (first {names.loc[repeated, 'name'].iloc[0]!r}); give each name one row."
        )
    span = _span(observed)
    kept, dropped = [], []
    for row in names[needed].to_dict("records"):
        truths = {column: _truth(row[column]) for column in ("listed", *criteria)}
        unknown = [column for column, value in truths.items() if value is None]
        on = pd.to_datetime(row["listed_on"], errors="coerce") if observed else pd.NaT
        if unknown:
            dropped.append((row["name"], f"{unknown[0]} is {row[unknown[0]]!r}, neither yes nor no"))
        elif observed and span and truths["listed"] and not (pd.notna(on) and span[0] <= on <= span[1]):
            dropped.append((row["name"], f"listed_on is {row['listed_on']!r}, not a date within {observed[0]} to {observed[1]}"))
        else:
            kept.append({"name": row["name"], "listed_on": on, **truths})
    if not kept:
        raise InputError(
            f"names: none of the {len(names)} rows can be used (first: {dropped[0][1] if dropped else 'the table is empty'}); mend them."
        )
    return pd.DataFrame(kept).astype(dict.fromkeys(("listed", *criteria), bool)), pd.DataFrame(dropped, columns=["name", "reason"])


def _span(observed: tuple[str, str] | None) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    if observed is None:
        return None
    first, last = (pd.to_datetime(day, errors="coerce") for day in observed)
    if pd.isna(first) or pd.isna(last) or not first < last:
        raise InputError(f"observed={observed!r} must be two ISO dates, the first before the last.")
    return first, last


def _shares(used: pd.DataFrame, by: list[str], confidence: float) -> pd.DataFrame:
    table = used.groupby(by, as_index=False).agg(n_names=("listed", "size"), n_listed=("listed", "sum"))
    table["listed_share"] = table["n_listed"] / table["n_names"]
    ends = [clopper_pearson(int(k), int(n), confidence=confidence) for k, n in zip(table["n_listed"], table["n_names"], strict=True)]
    return table.assign(listed_share_low=[low for low, _ in ends], listed_share_high=[high for _, high in ends])


def _left_out(used: pd.DataFrame) -> pd.Series:
    """Forecast of every name from the other names with as many criteria: (k + 1/2) / (n + 1)."""
    alike = used.groupby("n_criteria")["listed"]
    return (alike.transform("sum") - used["listed"] + 0.5) / alike.transform("size")


def _watch(used: pd.DataFrame, criteria: list[str], confidence: float) -> pd.DataFrame:
    rows = []
    for row in used[~used["listed"]].to_dict("records"):
        alike = used[(used["n_criteria"] == row["n_criteria"]) & (used["name"] != row["name"])]
        k, n = int(alike["listed"].sum()), len(alike)
        low, high = clopper_pearson(k, n, confidence=confidence) if n else (0.0, 1.0)
        verdict = "cannot tell" if high - low > WIDEST_TOLD else interval(low, high, percent, 0)
        met = ", ".join(name for name in criteria if row[name])
        rows.append((row["name"], row["n_criteria"], met, n, k, k / n if n else np.nan, low, high, verdict))
    columns = [
        "name",
        "n_criteria",
        "criteria",
        "n_alike",
        "n_alike_listed",
        "listed_share",
        "listed_share_low",
        "listed_share_high",
        "verdict",
    ]
    return pd.DataFrame(rows, columns=columns).sort_values("n_criteria", ascending=False, kind="stable", ignore_index=True)


def _hazard(used: pd.DataFrame, observed: tuple[str, str] | None, confidence: float) -> pd.DataFrame:
    columns = ["n_criteria", "n_listed", "exposure_years", "listings_per_year", "listings_per_year_low", "listings_per_year_high"]
    span = _span(observed)
    if span is None:
        return pd.DataFrame(columns=columns)
    years = (used["listed_on"].fillna(span[1]) - span[0]).dt.days / DAYS_A_YEAR
    rows = []
    for score, group in used.assign(years=years).groupby("n_criteria"):
        events, exposure = int(group["listed"].sum()), float(group["years"].sum())
        known = exposure > 0
        low, high = poisson_rate_interval(events, exposure, confidence=confidence) if known else (np.nan, np.nan)
        rows.append((score, events, exposure, events / exposure if known else np.nan, low, high))
    return pd.DataFrame(rows, columns=columns)
