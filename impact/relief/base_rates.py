"""How often challenges to a listing have won, statute by statute, with exact small-sample intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from scipy.special import betaincinv

from impact.errors import InputError
from impact.intake.given_frames import frame_with
from impact.provenance import Source
from impact.relief.schemas import BASE_RATES, CHALLENGES
from impact.results import Result, Summary, declared
from impact.tables.prose import percent

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["BaseRates", "base_rates", "clopper_pearson"]


def clopper_pearson(successes: int, trials: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Exact binomial interval for a proportion.

    References
    ----------
    Clopper and Pearson (1934), doi:10.1093/biomet/26.4.404.

    Examples
    --------
    >>> low, high = clopper_pearson(2, 2)
    >>> round(low, 4), high
    (0.1581, 1.0)
    """
    if not 0 <= successes <= trials:
        raise InputError(f"successes={successes} must lie between 0 and trials={trials}.")
    tail = (1.0 - confidence) / 2.0
    low = 0.0 if successes == 0 else float(betaincinv(successes, trials - successes + 1, tail))
    high = 1.0 if successes == trials else float(betaincinv(successes + 1, trials - successes, 1.0 - tail))
    return low, high


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class BaseRates(Result):
    """Challenges and their outcomes per statute; statutes are never pooled.

    Attributes
    ----------
    cases : DataFrame
        One row a challenge: case, programme_id, outcome (``relief``, ``lost``, ``open``, ``unknown``), decided_on, source.
    confidence : float
        Level of the intervals.
    """

    schemas = declared(cases=CHALLENGES, to_frame=BASE_RATES)

    cases: pd.DataFrame
    confidence: float = 0.95
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = (
        "Statutes are not pooled: the grounds, the deference and the remedy differ.",
        "Firms choose whether to sue, so the rate is that of challenges brought, not of all listings.",
        "Open and unknown cases are counted apart and enter no rate.",
    )

    def to_frame(self) -> pd.DataFrame:
        """One row a statute: programme_id, n_decided, n_relief, n_open (or unknown), relief_share with its exact interval.

        The share is NaN, and the interval all of [0, 1], when nothing is decided.
        """
        rows = []
        for programme, group in self.cases.groupby("programme_id", sort=True):
            decided = group["outcome"].isin(["relief", "lost"])
            wins, n = int((group["outcome"] == "relief").sum()), int(decided.sum())
            low, high = clopper_pearson(wins, n, confidence=self.confidence) if n else (0.0, 1.0)
            rows.append((programme, n, wins, int((~decided).sum()), wins / n if n else float("nan"), low, high))
        columns = ["programme_id", "n_decided", "n_relief", "n_open", "relief_share", "relief_share_low", "relief_share_high"]
        return pd.DataFrame(rows, columns=columns)

    def summary(self) -> Summary:
        """The table with tiny n printed."""
        return Summary(
            title=f"Relief in {len(self.cases)} challenges, by statute (exact {percent(self.confidence, 0)} intervals)",
            tables=(("Base rates", self.with_schema("to_frame")), ("Cases", self.with_schema("cases"))),
            notes=self.assumptions,
            sources=self.sources,
        )

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Share of relief by statute with its exact interval and n."""
        from impact.plots.relief import plot_base_rates

        return plot_base_rates(self.to_frame(), confidence=self.confidence, ax=ax)


def base_rates(cases: pd.DataFrame, *, confidence: float = 0.95, sources: tuple[Source, ...] = ()) -> BaseRates:
    """Base rates of relief by statute from a table of challenges.

    Raises
    ------
    InputError
        If a column is missing, an outcome is outside the vocabulary, or a case stands twice.
    """
    cases = frame_with(cases, ("case", "programme_id", "outcome"), "cases")
    strange = sorted(set(cases["outcome"]) - {"relief", "lost", "open", "unknown"})
    if strange:
        raise InputError(
            f"cases['outcome'] has {len(strange)} values outside the vocabulary (first {strange[0]!r}); use relief, lost, open or unknown."
        )
    if not 0 < confidence < 1:
        raise InputError(f"confidence={confidence!r} must lie between 0 and 1, for example 0.95.")
    repeated = cases["case"].duplicated()
    if repeated.any():
        raise InputError(
            f"cases['case'] repeats {int(repeated.sum())} values (first {cases.loc[repeated, 'case'].iloc[0]!r}); "
            "count each challenge once."
        )
    return BaseRates(cases=cases.reset_index(drop=True), confidence=confidence, sources=sources)
