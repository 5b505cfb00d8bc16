"""Challenges to a listing as the table of litigation tells them: step by step, then one outcome a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from impact.bundled import bundled_source
from impact.facts import known_table
from impact.relief.base_rates import BaseRates, base_rates

__all__ = ["Challenges", "challenges_of_facts"]

LISTING_PROGRAMMES = ("ndaa-1237-ccmc", "ndaa-1260h", "ns-cmic")
STEP_COLUMNS = [
    "fact_id", "case", "programme_id", "securities", "court_docket", "step", "event_on", "known_at", "known_at_precision", "event",
    "source", "confidence",
]  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class Challenges:
    """Every challenge known at an instant.

    Attributes
    ----------
    steps : DataFrame
        fact_id, case, programme_id, securities, step, event_on, known_at, known_at_precision, event, source, confidence, in
        order of knowledge.
    cases : DataFrame
        One row a case: case, programme_id, securities, outcome (``relief``, ``lost``, ``open``, ``unknown``), enjoined (an
        injunction came first), relief_by (``order`` of a court, ``removal`` by the department; empty without relief),
        relisted (at any time), appeal_open, decided_on, source, confidence.
    dropped : DataFrame
        case, reason: rows of the table that are no challenge to a listing.
    """

    steps: pd.DataFrame
    cases: pd.DataFrame
    dropped: pd.DataFrame

    def of(self, security: str) -> pd.DataFrame:
        """The steps of the challenges of one security."""
        own = self.steps["securities"].str.split(";").map(lambda names: security in names).astype(bool)
        return self.steps[own].reset_index(drop=True)

    def outcome_rates(self) -> BaseRates:
        """Base rates of relief in the end, by statute."""
        return base_rates(self.cases, sources=(bundled_source("litigation"),))

    def injunction_rates(self) -> BaseRates:
        """Base rates of a preliminary injunction, by statute; a challenge without a ruling on one is ``unknown``."""
        asked = self.cases.assign(outcome=self.cases["enjoined"].map({True: "relief", False: "unknown"}))
        return base_rates(asked, sources=(bundled_source("litigation"),))

    def relisting(self, programme: str) -> tuple[int, int]:
        """Of the challengers of one programme that came off the list, how many were put back; (put back, came off)."""
        own = self.cases[self.cases["programme_id"] == programme]
        off = own[(own["outcome"] == "relief") | own["relisted"]]
        return int(off["relisted"].sum()), len(off)


def challenges_of_facts(as_of: Any = None) -> Challenges:
    """The challenges on record at `as_of` (None: all), each with one outcome.

    Notes
    -----
    The last decisive step of a case decides: relief, or lost; a re-listing undoes a removal and leaves the case open. A
    case that lapsed with its regime, or of which nothing is known, is ``unknown``. A loss under appeal counts as lost,
    with `appeal_open`. A removal while a suit was pending counts as relief even where no court ruled: `relief_by` says so.
    """
    table = known_table("litigation", as_of)
    steps = table.assign(case=table["challenge"])[STEP_COLUMNS]
    steps = steps.sort_values("known_at", kind="stable", ignore_index=True)
    kept, dropped = [], []
    for name, rows in steps.groupby("case", sort=False):
        reason = _no_challenge(rows)
        if reason:
            dropped.append((name, reason))
        else:
            kept.append(_case_row(str(name), rows))
    columns = [
        "case",
        "programme_id",
        "securities",
        "outcome",
        "enjoined",
        "relief_by",
        "relisted",
        "appeal_open",
        "decided_on",
        "source",
        "confidence",
    ]
    cases = pd.DataFrame(kept, columns=columns).astype({"enjoined": bool, "relisted": bool, "appeal_open": bool})
    cases["decided_on"] = pd.to_datetime(cases["decided_on"]).astype("datetime64[ns]")
    return Challenges(
        steps=steps[steps["case"].isin(cases["case"])].drop(columns="court_docket").reset_index(drop=True),
        cases=cases,
        dropped=pd.DataFrame(dropped, columns=["case", "reason"]),
    )


def _no_challenge(rows: pd.DataFrame) -> str:
    programme = rows["programme_id"].iloc[0]
    if programme not in LISTING_PROGRAMMES:
        return f"not about a listing ({programme})"
    return "no suit was brought" if (rows["court_docket"] == "no suit").all() else ""


def _case_row(name: str, rows: pd.DataFrame) -> tuple:
    decisive = rows[rows["step"].isin(["relief", "lost", "relisted", "dropped", "unknown"])]
    last = decisive.iloc[-1] if len(decisive) else rows.iloc[-1]
    outcome = {"relief": "relief", "lost": "lost", "dropped": "unknown", "unknown": "unknown"}.get(str(last["step"]), "open")
    relief_by = "" if outcome != "relief" else "order" if "order" in str(last["event"]).lower() else "removal"
    steps = set(rows["step"])
    return (
        name, rows["programme_id"].iloc[0], ";".join(sorted({s for text in rows["securities"] for s in text.split(";") if s})), outcome,
        "enjoined" in steps, relief_by, "relisted" in steps, outcome == "lost" and "appeal" in steps,
        last["event_on"] if outcome in ("relief", "lost") else pd.NaT, last["source"], str(rows["confidence"].max()),
    )  # fmt: skip
