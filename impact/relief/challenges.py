"""Challenges to a listing: their steps in order, then one outcome a challenge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from impact.errors import InputError
from impact.intake.given_frames import frame_with
from impact.provenance import Source
from impact.relief.base_rates import BaseRates, base_rates

__all__ = ["RELIEF_STEPS", "STEP_COLUMNS", "Challenges", "challenges_from_steps"]

RELIEF_STEPS = ("enjoined", "settled", "relief")
"""Steps of a challenge that took something of the listing away, or said that it will go."""
STEP_COLUMNS = [
    "fact_id", "case", "programme_id", "securities", "step", "event_on", "known_at", "known_at_precision", "event", "source", "confidence",
]  # fmt: skip
CASE_COLUMNS = [
    "case", "programme_id", "securities", "outcome", "enjoined", "relief_by", "relisted", "appeal_open", "decided_on", "source", "confidence",
]  # fmt: skip
OUTCOME_OF_CODE: Mapping[str, str] = MappingProxyType(
    {"open": "open", "enjoined": "open", "relief": "relief", "lost": "lost", "moot": "unknown", "unknown": "unknown"}
)
"""What stands after a step, as one of the four outcomes that base rates count: an injunction decides nothing for good."""
DECISIVE = ("relief", "lost", "relisting_announced", "relisted", "dropped", "unknown")


@dataclass(frozen=True, eq=False, kw_only=True)
class Challenges:
    """Every challenge known at an instant.

    Attributes
    ----------
    steps : DataFrame
        fact_id, case, programme_id, securities, step, event_on, known_at, known_at_precision, event, source, confidence, in
        order of knowledge.
    cases : DataFrame
        One row a challenge: case, programme_id, securities, outcome (``relief``, ``lost``, ``open``, ``unknown``), enjoined (an
        injunction came first), relief_by (``order`` of a court, ``removal`` by the department; empty without relief),
        relisted (at any time), appeal_open, decided_on, source, confidence.
    dropped : DataFrame
        case, reason: what is no challenge to a listing.
    """

    steps: pd.DataFrame
    cases: pd.DataFrame
    dropped: pd.DataFrame
    sources: tuple[Source, ...] = ()

    def of(self, security: str) -> pd.DataFrame:
        """The steps of the challenges of one security."""
        own = self.steps["securities"].str.split(";").map(lambda names: security in names).astype(bool)
        return self.steps[own].reset_index(drop=True)

    def outcome_rates(self) -> BaseRates:
        """Base rates of relief in the end, by statute."""
        return base_rates(self.cases, sources=self.sources)

    def injunction_rates(self) -> BaseRates:
        """Base rates of a preliminary injunction, by statute; a challenge without a ruling on one is ``unknown``."""
        asked = self.cases.assign(outcome=self.cases["enjoined"].map({True: "relief", False: "unknown"}))
        return base_rates(asked, sources=self.sources)

    def relisting(self, programme: str) -> tuple[int, int]:
        """Of the challengers of one programme that came off the list, how many were put back; (put back, came off)."""
        own = self.cases[self.cases["programme_id"] == programme]
        off = own[(own["outcome"] == "relief") | own["relisted"]]
        return int(off["relisted"].sum()), len(off)


def challenges_from_steps(steps: pd.DataFrame, *, lists: tuple[str, ...], sources: tuple[Source, ...] = ()) -> Challenges:
    """One outcome a challenge from its steps.

    Parameters
    ----------
    steps : DataFrame
        One row a step, with the columns of ``STEP_COLUMNS`` and has_suit (bool), outcome_code (a key of ``OUTCOME_OF_CODE``)
        and relief_by (``order``, ``removal`` or empty).
    lists : tuple of str
        Lists of names that can be challenged; a matter about anything else is dropped with that reason.

    Raises
    ------
    InputError
        If a column is missing or an outcome code is not in the vocabulary.

    Notes
    -----
    The last decisive step of a challenge decides: relief, or lost; a re-listing undoes a removal and leaves it open. One
    that lapsed with its regime, or of which nothing is known, is ``unknown``. A loss under appeal counts as lost, with
    `appeal_open`. A removal while a suit was pending counts as relief even where no court ruled: `relief_by` says so.
    """
    steps = frame_with(steps, (*STEP_COLUMNS, "has_suit", "outcome_code", "relief_by"), "steps")
    strange = sorted(set(steps["outcome_code"]) - set(OUTCOME_OF_CODE))
    if strange:
        raise InputError(
            f"steps['outcome_code'] has {len(strange)} values outside the vocabulary (first {strange[0]!r}); use {', '.join(OUTCOME_OF_CODE)}."
        )
    ordered = steps.sort_values("known_at", kind="stable", ignore_index=True)
    kept, dropped = [], []
    for name, rows in ordered.groupby("case", sort=False):
        reason = _no_challenge(rows, lists)
        if reason:
            dropped.append((name, reason))
        else:
            kept.append(_case_row(str(name), rows))
    cases = pd.DataFrame(kept, columns=CASE_COLUMNS).astype({"enjoined": bool, "relisted": bool, "appeal_open": bool})
    cases["decided_on"] = pd.to_datetime(cases["decided_on"]).astype("datetime64[ns]")
    return Challenges(
        steps=ordered.loc[ordered["case"].isin(cases["case"]), STEP_COLUMNS].reset_index(drop=True),
        cases=cases,
        dropped=pd.DataFrame(dropped, columns=["case", "reason"]),
        sources=sources,
    )


def _no_challenge(rows: pd.DataFrame, lists: tuple[str, ...]) -> str:
    programme = rows["programme_id"].iloc[0]
    if programme not in lists:
        return f"not about a listing ({programme})"
    return "" if rows["has_suit"].any() else "no suit was brought"


def _case_row(name: str, rows: pd.DataFrame) -> tuple[object, ...]:
    decisive = rows[rows["step"].isin(DECISIVE)]
    last = decisive.iloc[-1] if len(decisive) else rows.iloc[-1]
    outcome = OUTCOME_OF_CODE[str(last["outcome_code"])]
    steps = set(rows["step"])
    return (
        name, rows["programme_id"].iloc[0], ";".join(sorted({s for text in rows["securities"] for s in text.split(";") if s})), outcome,
        "enjoined" in steps, str(last["relief_by"]) if outcome == "relief" else "", "relisted" in steps, outcome == "lost" and "appeal" in steps,
        last["event_on"] if outcome in ("relief", "lost") else pd.NaT, last["source"], str(rows["confidence"].max()),
    )  # fmt: skip
