"""Which test leads, and which are refused, read off the records of the tests."""

from __future__ import annotations

from dataclasses import replace

from impact.eventstudy.hypotheses import TESTS, HypothesisTest, Lead
from impact.eventstudy.layout import Clustering
from impact.kernels.outcome import Outcome, inapplicable

__all__ = ["choose_headline", "refused", "warned"]

NOTHING = "no event has an abnormal return on every day of the window"


def refused(test: HypothesisTest, layout: Clustering) -> Outcome | None:
    """The refusal of a test under this layout as an outcome; None when it may run."""
    if layout.layout == "none":
        return inapplicable(NOTHING, layout.n_events)
    if layout.layout in test.layouts:
        return None
    return inapplicable(test.elsewhere[layout.layout], layout.n_events)


def choose_headline(layout: Clustering) -> tuple[str, Lead]:
    """Name of the test that leads, why, and the tests to read beside it; no name when no event can be tested."""
    if layout.layout == "none":
        return "", Lead(order=0, why="no event can be tested")
    willing = [(name, lead) for name, test in TESTS.items() if (lead := test.leads(layout)) is not None]
    return min(willing, key=lambda pair: pair[1].order)


def warned(test: HypothesisTest, outcome: Outcome, layout: Clustering) -> Outcome:
    """The outcome with a warning where the layout or the data make its p-value misleading."""
    if outcome.reason:
        return outcome
    notes = (outcome.warning, *(caution(layout) for caution in test.cautions))
    return replace(outcome, warning="; ".join(note for note in notes if note))
