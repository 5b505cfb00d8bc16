"""The scenario tree of one case: what is known is certain, what is not has the exact interval of its statute's base rate."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from impact.cases.listing import CaseListing
from impact.relief.base_rates import clopper_pearson
from impact.relief.challenges import Challenges
from impact.relief.scenarios import ScenarioTree, challenge_tree, judgment_tree

__all__ = ["outcome_values", "tree_of_case"]

CERTAIN, EXCLUDED, OPEN = (1.0, 1.0), (0.0, 0.0), (0.0, 1.0)
CLEARED = frozenset({"off the list", "settled", "relief at judgment", "regime replaced", "judgment for the firm", "reversed on appeal"})
"""Outcomes after which the clear value holds. Under a ban "reversed on appeal" names the injunction and is not among them."""


def tree_of_case(steps: pd.DataFrame, challenges: Challenges, listing: CaseListing) -> ScenarioTree:
    """Scenario tree of a case as its facts stand.

    Under a programme that bars something, the tree runs over a preliminary injunction; under a list that bars nothing by
    itself (s.1260H), over judgment and removal. A step on record has probability one. A step of which the statute has no
    decided case has the whole of [0, 1]: nothing is borrowed from another statute.
    """
    programme = listing.list_id
    seen = set(steps["step"])
    own = challenges.cases[challenges.cases["programme_id"] == programme]
    relisted = _interval(*challenges.relisting(programme))
    when = _dates(steps, listing)
    notes = (f"Steps on record are certain; the others have exact 95 % intervals from the {len(own)} challenges under {programme} alone.",)
    complaint = CERTAIN if "filed" in seen else OPEN
    if programme == "ndaa-1260h":
        decided = own["outcome"].isin(["relief", "lost"])
        n, removed = int(decided.sum()), int((own["relief_by"] == "removal").sum())
        lost = "lost" in seen
        return judgment_tree(
            complaint=complaint,
            removed_while_pending=EXCLUDED if lost else CERTAIN if "relief" in seen else _interval(removed, n),
            judgment_for_firm=EXCLUDED if lost or "relief" in seen else _interval(int((own["relief_by"] == "order").sum()), n),
            reversed_on_appeal=OPEN,
            relisted_after_relief=relisted,
            dates=when,
            assumptions=notes,
        )
    asked = own["enjoined"]
    injunction = CERTAIN if "enjoined" in seen else _interval(int(asked.sum()), int(asked.sum())) if asked.any() else OPEN
    final = "relief" in seen
    return challenge_tree(
        complaint=complaint,
        injunction=injunction,
        vacated_after_injunction=CERTAIN if final else OPEN,
        settled_after_injunction=EXCLUDED if final else OPEN,
        relisted_after_relief=relisted,
        relief_after_denial=OPEN,
        regime_replaced=OPEN,
        dates=when,
        assumptions=notes,
    )


def _interval(successes: int, trials: int) -> tuple[float, float]:
    return clopper_pearson(successes, trials) if trials else OPEN


def _dates(steps: pd.DataFrame, listing: CaseListing) -> dict[str, str]:
    """ISO dates of states: those that came on the session that reacted; an injunction, before the ban begins."""
    names = {
        "filed": "complaint",
        "enjoined": "injunction granted",
        "settled": "settled",
        "relief": "vacated",
        "lost": "judgment for the department",
    }
    placed = steps[steps["step"].isin(names) & steps["reaction_on"].notna()]
    when = {names[step]: f"{day:%Y-%m-%d}" for step, day in zip(placed["step"], placed["reaction_on"], strict=True)}
    if "relief" in set(placed["step"]):
        when["removed while pending"] = when["vacated"]
    if listing.purchase_ban_on is not None:
        when.setdefault("injunction granted", f"{listing.purchase_ban_on:%Y-%m-%d}")
        when.setdefault("injunction denied", f"{listing.purchase_ban_on:%Y-%m-%d}")
    return when


def outcome_values(tree: ScenarioTree, *, clear: tuple[float, float], banned: tuple[float, float]) -> Mapping[str, tuple[float, float]]:
    """Range of the price after each outcome of a tree: the clear value where the listing goes, else the banned value."""
    frame = tree.to_frame()
    injunction = (frame["state"] == "injunction granted").any()
    cleared = CLEARED - {"reversed on appeal"} if injunction else CLEARED
    return {state: clear if state in cleared else banned for state in frame.loc[frame["is_outcome"], "state"]}
