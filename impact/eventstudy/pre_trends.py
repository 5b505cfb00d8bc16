"""Did the treated move apart before the treatment? Leads on untreated observations, and the fit before one date among placebos."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import fdtrc, stdtr, stdtrit

from impact.eventstudy.causal_schemas import HORIZONS
from impact.kernels.imputation import LeadTest, lead_test
from impact.kernels.single_event import PlaceboTest
from impact.tables import prose
from impact.typing_ import FloatArray, IntArray

__all__ = ["LEADS", "PreTrend", "fit_among_placebos", "said_of_fit", "said_of_leads", "staggered_pre_trend"]

LEADS = 3
"""Periods before the treatment that are tested where nothing else is asked for, fewer where there are not as many."""
FEWEST_TREATED = 8
"""Treated clusters with a figure at a lead below which it is not tested; as for effects."""
FEWEST_CLUSTERS = 20
"""Clusters below which there is no covariance; as for effects."""
FEWEST_RANKED = 19
"""Placebos below which no rank reaches 5 %."""
ROW = ("statistic", "p_value", "n_leads", "df", "distribution", "smallest_p", "n_obs", "n_treated", "reason")


@dataclass(frozen=True, eq=False, kw_only=True)
class PreTrend:
    """Leads, one row each as effects have, and their joint test, one row."""

    leads: pd.DataFrame
    test: pd.DataFrame


def staggered_pre_trend(panel: pd.DataFrame, start: IntArray, n_periods: int, cluster: str, level: float, asked: int | None) -> PreTrend:
    """Leads before the treatment against the periods before them, and their joint test.

    Parameters
    ----------
    panel : DataFrame
        unit, period, outcome, treated of each observation that enters the estimation.
    start : (units,) int
        First treated period of each unit; `n_periods` where there is none.
    n_periods : int
    cluster : {"unit", "period"}
    level : float
        Coverage of the intervals.
    asked : int or None
        Leads; None: three, or as many as can be tested.
    """
    free = panel.loc[~panel["treated"]]
    since = np.where(start[free["unit"]] < n_periods, free["period"].to_numpy() - start[free["unit"]], -n_periods - 1)
    reason = "no lead was asked for" if asked == 0 else ""
    for n_leads in [asked] if asked is not None else range(LEADS, 0, -1):
        if not n_leads:
            break
        fitted = _fitted(free, since, cluster, n_leads)
        if isinstance(fitted, LeadTest):
            return PreTrend(leads=_lead_table(free, since, fitted, n_leads, level), test=_test_row(free, since, fitted, n_leads, cluster))
        reason = fitted
    return PreTrend(leads=_no_leads(), test=pd.DataFrame([dict.fromkeys(ROW) | _blank(reason)], columns=list(ROW)))


def _blank(reason: str) -> dict[str, object]:
    return {
        "statistic": np.nan,
        "p_value": np.nan,
        "n_leads": 0,
        "df": np.nan,
        "distribution": "",
        "smallest_p": np.nan,
        "n_obs": 0,
        "n_treated": 0,
        "reason": reason,
    }


def _fitted(free: pd.DataFrame, since: IntArray, cluster: str, n_leads: int) -> LeadTest | str:
    """The leads, or why they are not tested."""
    lead = np.where(since >= -n_leads, since + n_leads, -1)
    clusters = free[cluster].to_numpy()
    n = np.unique(clusters).size
    if n < FEWEST_CLUSTERS:
        return f"{n} {cluster}s, {FEWEST_CLUSTERS} are needed"
    counts = [np.unique(clusters[lead == one]).size for one in range(n_leads)]
    if min(counts) < max(FEWEST_TREATED, n_leads + 5):
        return f"lead {int(np.argmin(counts)) - n_leads} has a figure of {min(counts)} treated {cluster}s, {max(FEWEST_TREATED, n_leads + 5)} are needed"
    outcome, unit, period = (free[name].to_numpy() for name in ("outcome", "unit", "period"))
    fitted = lead_test(outcome, unit, period, lead, clusters, n_leads)
    return (
        fitted
        if fitted is not None
        else "unit and period effects leave the leads without variation of their own: no unit is untreated beside them"
    )


def _lead_table(free: pd.DataFrame, since: IntArray, fitted: LeadTest, n_leads: int, level: float) -> pd.DataFrame:
    se = np.sqrt(np.diag(fitted.covariance))
    half = float(stdtrit(fitted.df, (1.0 + level) / 2.0)) * se
    groups = [free.loc[since == lead] for lead in range(-n_leads, 0)]
    return pd.DataFrame(
        {
            "estimate": fitted.estimate,
            "se": se,
            "n_treated": [group["unit"].nunique() for group in groups],
            "n_periods": [group["period"].nunique() for group in groups],
            "n_obs": [len(group) for group in groups],
            "ci_low": fitted.estimate - half,
            "ci_high": fitted.estimate + half,
            "p": 2.0 * stdtr(fitted.df, -np.abs(fitted.estimate / se)),
            "reason": "",
        },
        index=pd.Index(range(-n_leads, 0), name="horizon", dtype=object),
    )


def _no_leads() -> pd.DataFrame:
    names = [column.name for column in HORIZONS.columns if column.name != "horizon"]
    return pd.DataFrame(columns=names, index=pd.Index([], name="horizon", dtype=object))


def _test_row(free: pd.DataFrame, since: IntArray, fitted: LeadTest, n_leads: int, cluster: str) -> pd.DataFrame:
    """The joint test; leads are told by the treated clusters alone, and their covariance has no more degrees of freedom (Hotelling 1931)."""
    ahead = free.loc[(since >= -n_leads) & (since < 0)]
    n_treated = ahead[cluster].nunique()
    df = n_treated - n_leads
    statistic = fitted.statistic * df / (n_treated - 1)
    row = {
        "statistic": statistic,
        "p_value": float(fdtrc(n_leads, df, statistic)),
        "n_leads": n_leads,
        "df": float(df),
        "distribution": f"F({n_leads}, {df})",
        "smallest_p": np.nan,
        "n_obs": len(free),
        "n_treated": ahead["unit"].nunique(),
        "reason": "",
    }
    return pd.DataFrame([row], columns=list(ROW))


def said_of_leads(test: pd.DataFrame) -> str:
    """What the joint test of the leads tells, in one sentence."""
    row = test.iloc[0]
    if row["reason"]:
        return f"whether units moved apart before the treatment is not tested: {row['reason']}"
    leads = "the period" if row["n_leads"] == 1 else f"the {row['n_leads']} periods"
    figures = f"{row['distribution']} = {prose.statistic(row['statistic'])}, p {prose.p_value(row['p_value'])}"
    if row["p_value"] < 0.05:
        return f"treated units already moved apart in {leads} before the treatment ({figures}): parallel movement is in doubt, and the effects with it"
    return f"no sign that treated units moved apart in {leads} before the treatment ({figures}); that does not show that they would not have after it"


def fit_among_placebos(gap: FloatArray, placebo_gaps: FloatArray, n_treated: int) -> pd.DataFrame:
    """The gap before the treatment as a whole, ranked among those of controls in the place of the treated; one row.

    Parameters
    ----------
    gap : (P,) float
        Treated less weighted controls before the treatment.
    placebo_gaps : (B, P) float
    n_treated : int

    Notes
    -----
    The statistic is the root mean square of the gap about its mean. The weights are chosen to make it small, so a test of single
    periods against zero would say nothing; that controls are fitted in the same way makes the rank fair.
    """
    rank = PlaceboTest(statistic=float(gap.std()), placebo=placebo_gaps.std(axis=1))
    row = {
        "statistic": rank.statistic,
        "p_value": rank.p("upper"),
        "n_leads": gap.size,
        "df": np.nan,
        "distribution": f"rank among {len(placebo_gaps)} placebos, upper tail",
        "smallest_p": rank.smallest_p,
        "n_obs": gap.size * n_treated,
        "n_treated": n_treated,
        "reason": "",
    }
    return pd.DataFrame([row], columns=list(ROW))


def said_of_fit(test: pd.DataFrame) -> str:
    """What the rank of the fit tells, in one sentence."""
    row = test.iloc[0]
    n_placebos = int(np.rint(1.0 / row["smallest_p"])) - 1
    figures = f"fit error {prose.significant(row['statistic'])} over {row['n_leads']} periods, p {prose.p_value(row['p_value'])}"
    if row["p_value"] < 0.05:
        return f"the treated follow their weighted controls worse before the treatment than nearly all placebos do theirs ({figures}): parallel movement is in doubt"
    if n_placebos < FEWEST_RANKED:
        return (
            f"{n_placebos} placebos are too few to show that the treated follow their weighted controls worse than controls do ({figures})"
        )
    return f"before the treatment the treated follow their weighted controls as placebos do theirs ({figures}, {row['distribution']})"
