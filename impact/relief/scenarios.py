"""Scenario tree of a challenge to a designation: dated conditional probabilities, path probabilities, profit and loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.provenance import Source, unique_sources
from impact.relief.schemas import SCENARIO_STATES
from impact.results import Result, Summary, declared

__all__ = ["Branch", "ScenarioTree", "challenge_tree", "judgment_tree"]


@dataclass(frozen=True, kw_only=True)
class Branch:
    """One step of the tree: from `parent` to `state` with a conditional probability known only as a range.

    Parameters
    ----------
    parent, state : str
        States of the tree; the root has no parent in any branch.
    low, high : float
        Range of the conditional probability, 0 <= low <= high <= 1.
    expected_on : str
        ISO date on which the step is decided; empty when unknown.
    source : Source, optional
        Where the range comes from.
    """

    parent: str
    state: str
    low: float
    high: float
    expected_on: str = ""
    source: Source | None = None

    def __post_init__(self) -> None:
        if not 0.0 <= self.low <= self.high <= 1.0:
            raise InputError(
                f"branch {self.parent!r} -> {self.state!r}: low={self.low}, high={self.high} must satisfy 0 <= low <= high <= 1."
            )


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ScenarioTree(Result):
    """A tree of legal outcomes whose conditional probabilities are ranges.

    Raises
    ------
    InputError
        If a state is reached from two parents, the branches do not form one tree, or no point of the ranges at some
        state sums to one.

    Examples
    --------
    >>> tree = ScenarioTree(branches=(
    ...     Branch(parent="listed", state="relief", low=0.3, high=0.5),
    ...     Branch(parent="listed", state="denied", low=0.4, high=0.8)))
    >>> tree.to_frame()[["state", "probability_low", "probability_high"]].values.tolist()
    [['relief', 0.3, 0.5], ['denied', 0.5, 0.7]]
    """

    schemas = declared(to_frame=SCENARIO_STATES)

    branches: tuple[Branch, ...]
    assumptions: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    _children: Mapping[str, tuple[Branch, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        children: dict[str, list[Branch]] = {}
        states = [branch.state for branch in self.branches]
        repeated = sorted({state for state in states if states.count(state) > 1})
        if repeated:
            raise InputError(
                f"branches reach {len(repeated)} states twice (first {repeated[0]!r}); in a tree each state has one "
                "parent: rename one of them."
            )
        for branch in self.branches:
            children.setdefault(branch.parent, []).append(branch)
        roots = [parent for parent in children if parent not in states]
        if len(roots) != 1:
            raise InputError(f"branches have {len(roots)} roots {sorted(roots)}; a scenario tree starts from exactly one state.")
        for parent, steps in children.items():
            if sum(step.low for step in steps) > 1 + 1e-12 or sum(step.high for step in steps) < 1 - 1e-12:
                raise InputError(
                    f"the branches from {parent!r} cannot sum to one within their ranges; widen a range or add the missing outcome."
                )
        object.__setattr__(self, "_children", {parent: tuple(steps) for parent, steps in children.items()})
        object.__setattr__(self, "sources", unique_sources(self.sources, (b.source for b in self.branches if b.source)))

    @property
    def root(self) -> str:
        """The state from which the tree starts."""
        return next(parent for parent in self._children if parent not in {b.state for b in self.branches})

    def _reachable(self, branch: Branch) -> tuple[float, float]:
        """The part of a branch's range that its siblings leave open."""
        others = [step for step in self._children[branch.parent] if step is not branch]
        low = max(branch.low, 1.0 - sum(step.high for step in others))
        high = min(branch.high, 1.0 - sum(step.low for step in others))
        return low, high

    def _walk(self, state: str, low: float, high: float) -> Iterable[tuple[Branch, float, float, bool]]:
        for branch in self._children.get(state, ()):
            step_low, step_high = self._reachable(branch)
            reach = (low * step_low, high * step_high)
            yield branch, *reach, branch.state not in self._children
            yield from self._walk(branch.state, *reach)

    def to_frame(self) -> pd.DataFrame:
        """Every state with the range of the probability of getting there: parent, state, expected_on, is_outcome, bounds."""
        rows = [
            (branch.parent, branch.state, branch.expected_on, last, low, high)
            for branch, low, high, last in self._walk(self.root, 1.0, 1.0)
        ]
        return pd.DataFrame(rows, columns=["parent", "state", "expected_on", "is_outcome", "probability_low", "probability_high"])

    def expected_value(self, values: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
        """Range of the expected value over the tree, when each outcome is worth a (low, high) amount.

        Notes
        -----
        At each state the smallest expectation puts as much probability as the ranges allow on the worst outcomes,
        and the largest on the best: a linear programme over the box with one equality, solved greedily and exactly.

        Raises
        ------
        InputError
            If an outcome has no value.
        """
        outcomes = {branch.state for branch in self.branches if branch.state not in self._children}
        missing = sorted(outcomes - set(values))
        if missing:
            raise InputError(
                f"values lacks {len(missing)} outcomes (first {missing[0]!r}); give a (low, high) amount for each of {sorted(outcomes)}."
            )
        return self._expectation(self.root, values, pick=0), self._expectation(self.root, values, pick=1)

    def _expectation(self, state: str, values: Mapping[str, tuple[float, float]], *, pick: int) -> float:
        if state not in self._children:
            return float(values[state][pick])
        steps = self._children[state]
        worth = np.array([self._expectation(step.state, values, pick=pick) for step in steps])
        weight = np.array([step.low for step in steps])
        room = np.array([step.high - step.low for step in steps])
        free = 1.0 - weight.sum()
        for i in np.argsort(worth if pick == 0 else -worth, kind="stable"):
            extra = min(room[i], free)
            weight[i] += extra
            free -= extra
        return float(weight @ worth)

    def profit_and_loss(self, *, price: float, values: Mapping[str, tuple[float, float]], shares: float) -> pd.DataFrame:
        """Profit and loss of holding `shares` bought at `price`, outcome by outcome, with each outcome's probability range.

        Raises
        ------
        InputError
            If the price is not positive or an outcome has no value.
        """
        if not price > 0:
            raise InputError(f"price={price!r} must be positive.")
        self.expected_value(values)
        frame = self.to_frame()
        frame = frame.loc[frame["is_outcome"], ["state", "expected_on", "probability_low", "probability_high"]].reset_index(drop=True)
        frame["price_low"] = [values[state][0] for state in frame["state"]]
        frame["price_high"] = [values[state][1] for state in frame["state"]]
        frame["return_low"] = frame["price_low"] / price - 1.0
        frame["return_high"] = frame["price_high"] / price - 1.0
        frame["profit_low_value"] = shares * (frame["price_low"] - price)
        frame["profit_high_value"] = shares * (frame["price_high"] - price)
        return frame

    def summary(self) -> Summary:
        """The outcomes with their probability ranges."""
        frame = self.to_frame()
        return Summary(
            title=f"Scenario tree from {self.root!r}: {int(frame['is_outcome'].sum())} outcomes",
            tables=(("Probability of each state (range)", SCENARIO_STATES.table(frame)),),
            notes=self.assumptions,
            sources=self.sources,
        )


def challenge_tree(
    *,
    complaint: tuple[float, float],
    injunction: tuple[float, float],
    vacated_after_injunction: tuple[float, float],
    settled_after_injunction: tuple[float, float],
    relisted_after_relief: tuple[float, float],
    relief_after_denial: tuple[float, float],
    regime_replaced: tuple[float, float] = (0.0, 0.0),
    dates: Mapping[str, str] | None = None,
    assumptions: tuple[str, ...] = (),
) -> ScenarioTree:
    """The stages a designated firm goes through: complaint, injunction granted or denied, vacatur, settlement, re-listing.

    Every argument is the (low, high) conditional probability of one step given the step before; the other branch of
    each fork takes what is left. `regime_replaced` is the probability that the programme itself ends or is replaced while
    the injunction stands denied, without the firm in its successor. `dates` gives ISO dates of states by name.
    """
    when = dates or {}

    def fork(parent: str, state: str, chance: tuple[float, float], otherwise: str) -> tuple[Branch, Branch]:
        low, high = chance
        return (
            Branch(parent=parent, state=state, low=low, high=high, expected_on=when.get(state, "")),
            Branch(parent=parent, state=otherwise, low=1 - high, high=1 - low, expected_on=when.get(otherwise, "")),
        )

    low_v, high_v = vacated_after_injunction
    low_s, high_s = settled_after_injunction
    branches = (
        *fork("listed", "complaint", complaint, "no challenge"),
        *fork("complaint", "injunction granted", injunction, "injunction denied"),
        Branch(parent="injunction granted", state="vacated", low=low_v, high=high_v, expected_on=when.get("vacated", "")),
        Branch(parent="injunction granted", state="settled", low=low_s, high=high_s, expected_on=when.get("settled", "")),
        Branch(
            parent="injunction granted", state="reversed on appeal", low=max(0.0, 1 - high_v - high_s), high=max(0.0, 1 - low_v - low_s)
        ),
        *fork("vacated", "re-listed", relisted_after_relief, "off the list"),
        *_after_denial(relief_after_denial, regime_replaced, when),
    )
    return ScenarioTree(branches=branches, assumptions=assumptions)


def _after_denial(relief: tuple[float, float], replaced: tuple[float, float], when: Mapping[str, str]) -> tuple[Branch, ...]:
    stands = (max(0.0, 1 - relief[1] - replaced[1]), max(0.0, 1 - relief[0] - replaced[0]))
    steps = {"relief at judgment": relief, "regime replaced": replaced, "listing stands": stands}
    return tuple(
        Branch(parent="injunction denied", state=state, low=low, high=high, expected_on=when.get(state, ""))
        for state, (low, high) in steps.items()
        if state != "regime replaced" or high > 0
    )


def judgment_tree(
    *,
    complaint: tuple[float, float],
    removed_while_pending: tuple[float, float],
    judgment_for_firm: tuple[float, float],
    reversed_on_appeal: tuple[float, float],
    relisted_after_relief: tuple[float, float],
    dates: Mapping[str, str] | None = None,
    assumptions: tuple[str, ...] = (),
) -> ScenarioTree:
    """The stages under a list that bars nothing by itself, where no injunction is asked: judgment, appeal, removal.

    Arguments are (low, high) conditional probabilities as in :func:`challenge_tree`; of a pending suit, removal by the
    department and judgment for the firm leave the rest to judgment for the department.
    """
    when = dates or {}

    def step(parent: str, state: str, chance: tuple[float, float]) -> Branch:
        return Branch(parent=parent, state=state, low=max(0.0, chance[0]), high=min(1.0, chance[1]), expected_on=when.get(state, ""))

    def rest(*chances: tuple[float, float]) -> tuple[float, float]:
        return 1 - min(1.0, sum(high for _, high in chances)), 1 - sum(low for low, _ in chances)

    branches = (
        step("listed", "complaint", complaint),
        step("listed", "no challenge", rest(complaint)),
        step("complaint", "removed while pending", removed_while_pending),
        step("complaint", "judgment for the firm", judgment_for_firm),
        step("complaint", "judgment for the department", rest(removed_while_pending, judgment_for_firm)),
        step("removed while pending", "re-listed", relisted_after_relief),
        step("removed while pending", "off the list", rest(relisted_after_relief)),
        step("judgment for the department", "reversed on appeal", reversed_on_appeal),
        step("judgment for the department", "listing stands", rest(reversed_on_appeal)),
    )
    return ScenarioTree(branches=branches, assumptions=assumptions)
