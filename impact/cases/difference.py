"""What changed in a case between two instants: facts learned, clocks moved, effects added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from impact.cases.schemas import CLOCKS_MOVED, FACTS_CHANGED, REACTION_SESSION
from impact.errors import InputError
from impact.facts import load_ledger
from impact.provenance import Source
from impact.results import Result, Summary, declared

if TYPE_CHECKING:
    from impact.cases.whole import Case

__all__ = ["CaseDifference", "compare_cases"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class CaseDifference(Result):
    """Two memos of one case, side by side.

    Attributes
    ----------
    facts : DataFrame
        change (learned, superseded, ended), known_at, predicate, value, source, of the security between the instants.
    clocks : DataFrame
        clock, line, state_before, state_after, last_session_before, last_session_after; only rows that differ.
    effects : DataFrame
        event_id, reaction_on, label, ar, low, high, p_sq, reason of sessions that only the later memo knows.
    headline_before, headline_after : str
    """

    schemas = declared(facts=FACTS_CHANGED, clocks=CLOCKS_MOVED, effects=REACTION_SESSION, to_frame=FACTS_CHANGED)

    earlier: str
    later: str
    facts: pd.DataFrame
    clocks: pd.DataFrame
    effects: pd.DataFrame
    headline_before: str
    headline_after: str
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ("Both memos use only facts announced and sessions closed by their instant.",)

    def to_frame(self) -> pd.DataFrame:
        """The facts."""
        return self.facts.copy()

    def summary(self) -> Summary:
        """Both headlines, then what moved."""
        return Summary(
            title=f"{len(self.facts)} facts, {len(self.clocks)} clocks and {len(self.effects)} sessions changed from {self.earlier} to {self.later}",
            tables=(
                ("Facts", self.with_schema("facts")),
                ("Clocks", self.with_schema("clocks")),
                ("Sessions added", self.with_schema("effects")),
            ),
            notes=(f"Before: {self.headline_before}", f"After: {self.headline_after}"),
            sources=self.sources,
        )


def compare_cases(before: Case, after: Case) -> CaseDifference:
    """What the later memo of a case knows that the earlier one did not.

    Raises
    ------
    InputError
        If the cases differ, or one of them has no instant.
    """
    if before.definition.case != after.definition.case:
        raise InputError(f"cases {before.definition.case!r} and {after.definition.case!r} differ; compare two instants of one case.")
    if before.as_of is None or after.as_of is None:
        raise InputError("both cases need as_of; open each with the instant of its memo.")
    security = after.definition.security
    changes = load_ledger().diff(before.as_of, after.as_of)
    changes = changes[changes["subject"] == security].drop(columns=["subject", "fact_id"]).reset_index(drop=True)
    known = set(before.event_study().events["event_id"])
    effects = after.event_study().day_zero()
    added = effects.loc[~effects["event_id"].isin(known), ["event_id", "reaction_on", "label", "ar", "low", "high", "p_sq", "reason"]]
    return CaseDifference(
        earlier=before.as_of,
        later=after.as_of,
        facts=changes,
        clocks=_moved_clocks(before, after),
        effects=added.reset_index(drop=True),
        headline_before=before.event_study().headline(),
        headline_after=after.event_study().headline(),
        sources=after.event_study().sources,
    )


def _moved_clocks(before: Case, after: Case) -> pd.DataFrame:
    keys, columns = ["clock", "line"], ["state", "last_session_on"]
    frames = [case.deadlines().clocks[keys + columns] for case in (before, after)]
    merged = frames[0].merge(frames[1], on=keys, how="outer", suffixes=("_before", "_after"))
    same = (merged["state_before"] == merged["state_after"]) & (merged["last_session_on_before"] == merged["last_session_on_after"])
    return merged[~same].reset_index(drop=True)
