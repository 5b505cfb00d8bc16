"""Whether lines move with the benchmark of another day than their own: dates that are a day off, or markets that close at different hours."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from impact.errors import ImpactWarning
from impact.eventstudy.benchmarks import ModelInputs, measured_against
from impact.eventstudy.design import StudyDesign
from impact.eventstudy.doubtful_returns import FOR_THIN_LINES
from impact.eventstudy.models import MODELS
from impact.eventstudy.placing import PlacedEvents
from impact.tables import prose
from impact.typing_ import FloatArray

__all__ = ["lagged_benchmark"]

FEWEST_DAYS = 60
"""Days from which a correlation is believed here."""
SURE = 5.0
"""Standard errors, ``1 / sqrt(days)``, that the correlation with another day must be away from zero."""
CLEARLY = 2.0
"""Times the correlation with the same day that it must be."""
LOOKED_AT = 25
"""Lines, evenly spread, of which the mean correlation is taken."""


def lagged_benchmark(groups: Sequence[PlacedEvents], design: StudyDesign) -> tuple[str, ...]:
    """A note, and a warning, where lines move with the benchmark of the session before or after, and hardly with that of the same day.

    Warns
    -----
    ImpactWarning
        With the two mean correlations, and on how many days.

    Notes
    -----
    Against a benchmark whose dates are a day off beta is near zero, and the market's own move of the event stays in the abnormal return.
    """
    if design.model in FOR_THIN_LINES:
        return ()
    for group in groups:
        if not group.aligned.day0.size:
            continue
        told = _told(group, design)
        if told:
            warnings.warn(f"{told}.", ImpactWarning, stacklevel=4)
            return (told,)
    return ()


def _told(group: PlacedEvents, design: StudyDesign) -> str:
    security, day0 = group.aligned.security, group.aligned.day0
    used = np.unique(security)
    lines = used[:: max(1, used.size // LOOKED_AT)]
    inputs = ModelInputs(
        returns=group.inputs.returns,
        design=design,
        day0=day0,
        security=lines,
        market=group.inputs.market,
        factors=group.inputs.factors,
    )
    market = measured_against(inputs, MODELS[design.model])
    if market is None:
        return ""
    rows = slice(max(0, int(day0.min()) + design.estimation[0]), max(0, int(day0.max()) + design.estimation[1] + 1))
    own, market = group.inputs.returns.values[rows][:, lines], market[rows]
    before, n_before = _correlation(own[1:], market[:-1])
    same, _ = _correlation(own, market)
    after, n_after = _correlation(own[:-1], market[1:])
    other, days, side = (before, n_before, "before") if abs(before) >= abs(after) else (after, n_after, "after")
    if days < FEWEST_DAYS or abs(other) * np.sqrt(days) < SURE or abs(other) < CLEARLY * abs(same):
        return ""
    closes = "after" if side == "before" else "before"
    return (
        f"the lines with events move with the benchmark of the session {side} (mean correlation {prose.decimal(other)} on {days} days) and hardly with "
        f"that of the same day ({prose.decimal(same)}): the dates of one of the two are a day off, or its market closes {closes} theirs; mend the dates, "
        "name the market of the benchmark by its ticker, or compare model='dimson'"
    )


def _correlation(own: FloatArray, market: FloatArray) -> tuple[float, int]:
    """Mean correlation of lines with their benchmarks, and the days of the one that has the fewest; zero where no line has enough."""
    known = np.isfinite(own) & np.isfinite(market)
    count = known.sum(axis=0)
    enough = count >= FEWEST_DAYS
    if not enough.any():
        return 0.0, 0
    known, count = known[:, enough], count[enough]
    x, y = (np.where(known, values[:, enough], 0.0) for values in (market, own))
    x, y = (np.where(known, values - values.sum(axis=0) / count, 0.0) for values in (x, y))
    spread = np.sqrt((x**2).sum(axis=0) * (y**2).sum(axis=0))
    moved = spread > 0
    return (float(((x * y).sum(axis=0)[moved] / spread[moved]).mean()), int(count.min())) if moved.any() else (0.0, 0)
