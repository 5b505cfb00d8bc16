"""Why an event cannot be used: one rule for every study, and the record it leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.errors import InfeasibleDesign
from impact.kernels.ols import BatchFit
from impact.tables.prose import quoted
from impact.typing_ import BoolArray, FloatArray, IntArray

__all__ = ["FIT_RULES", "DropRule", "broken_rule", "drop_table", "nothing_left"]

ZERO_RESIDUAL = 1e-12
"""Residual over total standard deviation below which a security only repeats its benchmark."""
COLUMNS = ["event_id", "security", "date"]


@dataclass(frozen=True, kw_only=True)
class DropRule:
    """One rule that an estimated event has to keep.

    Attributes
    ----------
    status : str
        Word for the kind of loss in a dropped table.
    broken : callable (BatchFit, needed) -> (N,) bool
    reason : callable (BatchFit, needed, event) -> str
    """

    status: str
    broken: Callable[[BatchFit, int], BoolArray]
    reason: Callable[[BatchFit, int, int], str]


def _level(fit: BatchFit) -> FloatArray:
    """Size of the first coefficient: what a line that moves by the same figure every day amounts to; 0 where nothing is estimated."""
    return np.abs(fit.coefficients[:, 0]) if fit.coefficients.shape[1] else np.zeros(fit.spread.size)


FIT_RULES = (
    DropRule(
        status="short_estimation",
        broken=lambda fit, needed: fit.events.n_obs < needed,
        reason=lambda fit, needed, event: f"{fit.events.n_obs[event]} usable estimation rows, {needed} needed",
    ),
    DropRule(
        status="dropped",
        broken=lambda fit, _: fit.singular,
        reason=lambda *_: "regressors are collinear in the estimation window",
    ),
    DropRule(
        status="dropped",
        broken=lambda fit, _: ~(fit.events.sigma > ZERO_RESIDUAL * np.maximum(fit.spread, _level(fit))),
        reason=lambda *_: "no residual variation in the estimation window",
    ),
    DropRule(
        status="no_benchmark",
        broken=lambda fit, _: np.zeros(fit.events.n_events, dtype=bool) if fit.unmeasured is None else fit.unmeasured,
        reason=lambda *_: "the benchmark has no return on the days of the event window on which the security has one",
    ),
)
"""In the order in which they are asked: an event is dropped by the first that it breaks."""


def broken_rule(fit: BatchFit, needed: int) -> IntArray:
    """(N,) position in `FIT_RULES` of the first rule that each event breaks, -1 where it keeps all."""
    broken = np.full(fit.events.n_events, -1, dtype=np.int8)
    for number, rule in reversed(list(enumerate(FIT_RULES))):
        broken[rule.broken(fit, needed)] = number
    return broken


def drop_table(events: pd.DataFrame, fit: BatchFit, broken: IntArray, needed: int) -> pd.DataFrame:
    """event_id, security, date, status, reason of the events that break a rule."""
    lost = np.flatnonzero(broken >= 0)
    rules = [FIT_RULES[number] for number in broken[lost]]
    return events.iloc[lost][COLUMNS].assign(
        status=[rule.status for rule in rules],
        reason=[rule.reason(fit, needed, int(event)) for rule, event in zip(rules, lost, strict=True)],
    )


def nothing_left(dropped: pd.DataFrame) -> InfeasibleDesign:
    """The error of a study without a usable event."""
    first = dropped.iloc[0]
    return InfeasibleDesign(
        f"none of the {len(dropped)} events can be used (first: {quoted(first['event_id'])}, {first['reason']}); "
        "mend the events, or shorten the estimation window or lower min_observations."
    )
