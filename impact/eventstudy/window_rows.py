"""What a study shows of the inference over each of several windows: one row each, and what its reader has to know in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from impact.eventstudy.inference import NOMINAL_SIZE, InferenceDesign
from impact.tables import prose

__all__ = ["remarks_over", "row_of"]

TOLERATED = 1.2
"""Size under a doubled variance, over the nominal one, up to which nothing is said."""


def row_of(inference: InferenceDesign) -> dict[str, Any]:
    """window, n_events, car, ci_low, ci_high, p_value and the test that leads."""
    a, b = inference.window
    return {
        "window": f"({a}, {b})",
        "n_events": inference.n_events,
        "car": inference.estimate,
        "ci_low": inference.ci_low,
        "ci_high": inference.ci_high,
        "p_value": inference.p_value,
        "test": inference.headline,
    }


def remarks_over(inferences: Iterable[InferenceDesign]) -> tuple[str, ...]:
    """What is to be known beside the p-values of some windows, each remark once with the windows it holds for.

    Which windows have no headline, or fewer events than the study, and why; how often a test that takes the variance from
    before the event would reject if the event doubled it; intervals without an end; what no test of these events can tell.
    """
    said: dict[str, list[str]] = {}
    for inference in inferences:
        a, b = inference.window
        for remark in _remarks(inference):
            said.setdefault(remark, []).append(f"({a}, {b})")
    return tuple(f"{', '.join(windows)}: {remark}" for remark, windows in said.items())


def _remarks(inference: InferenceDesign) -> list[str]:
    excluded, n = inference.n_excluded, inference.n_events
    remarks = []
    if excluded:
        told = f"{excluded} of {excluded + n} event{'s' * (excluded + n != 1)} lack{'s' * (excluded == 1)} an abnormal return there"
        remarks.append(f"{told} and {'is' if excluded == 1 else 'are'} left out")
    if not inference.headline:
        return [*remarks, f"no test leads, so there is no p-value to quote: {inference.why}"] if n else remarks
    size = inference.size_if_variance_doubles
    if size > TOLERATED * NOMINAL_SIZE:
        remarks.append(
            f"the test takes the variance from before the event; if the event doubled it, a nominal "
            f"{prose.percent(NOMINAL_SIZE, 0)} test would reject {prose.percent(size, 0)} of true nulls"
        )
    if np.isinf(inference.ci_low) or np.isinf(inference.ci_high):
        remarks.append(f"{inference.headline} of {n} events rejects no effect of some sign, so the interval has no end there")
    return [*remarks, *inference.caveats]
