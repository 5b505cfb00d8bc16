"""Which test leads, and which are refused, read off the records of the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from impact.eventstudy.hypotheses import TESTS, HypothesisTest, Lead
from impact.eventstudy.layout import Clustering
from impact.kernels.outcome import Outcome, inapplicable

__all__ = ["candidates", "choose_headline", "refused", "warned"]

NOTHING = "no event has an abnormal return on every day of the window"


def refused(test: HypothesisTest, layout: Clustering) -> Outcome | None:
    """The refusal of a test under this layout as an outcome; None when it may run."""
    if layout.layout == "none":
        return inapplicable(NOTHING, layout.n_events)
    if layout.layout in test.layouts:
        return None
    return inapplicable(test.elsewhere[layout.layout], layout.n_events)


def candidates(layout: Clustering) -> list[tuple[str, Lead]]:
    """The tests that would lead under this layout, the first in line first."""
    willing = [(name, lead) for name, test in TESTS.items() if (lead := test.leads(layout)) is not None]
    return sorted(willing, key=lambda pair: pair[1].order)


def choose_headline(layout: Clustering, outcome: Callable[[str], Outcome]) -> tuple[str, Lead]:
    """Name of the test that leads, why, and the tests to read beside it; no name when none can.

    Parameters
    ----------
    layout : Clustering
    outcome : callable (name) -> Outcome
        The outcome of a test with its warnings: a test that is refused, or warns of itself, does not lead.
    """
    if layout.layout == "none":
        return "", Lead(order=0, why="no event can be tested")
    passed: list[str] = []
    for name, lead in candidates(layout):
        tested = outcome(name)
        if not tested.reason and not tested.warning:
            if passed:
                return name, replace(lead, why=f"{lead.why}; not {passed[0]}")
            return name, lead
        passed.append(f"{name} ({tested.reason or tested.warning})")
    return "", Lead(order=0, why="no test holds its size here: " + "; ".join(passed))


def warned(test: HypothesisTest, outcome: Outcome, layout: Clustering) -> Outcome:
    """The outcome with a warning where the layout or the data make its p-value misleading."""
    if outcome.reason:
        return outcome
    notes = (outcome.warning, *(caution(layout) for caution in test.cautions))
    return replace(outcome, warning="; ".join(note for note in notes if note))
