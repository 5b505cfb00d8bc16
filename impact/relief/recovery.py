"""Did the relief undo the drop? Equal windows, one model, one interval, and "cannot tell" as an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.eventstudy import EventStudyResult
from impact.kernels.contrast import contrasts, fieller_interval
from impact.provenance import Source
from impact.relief.schemas import RECOVERY
from impact.results import Result, Summary, declared
from impact.tables.prose import interval, percent

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["Recovery", "recovery"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Recovery(Result):
    """The drop, the recovery, what is left of the drop, and the share undone.

    Attributes
    ----------
    effects : DataFrame
        effect (drop, each relief, all relief, net), n_days, car, low, high, p.
    share : float
        -recovery / drop.
    share_low, share_high : float
        Fieller interval; infinite when the drop itself cannot be told from zero.
    verdict : {"undone", "more than undone", "partly undone", "at least partly undone", "not undone", "cannot tell"}
        "at least partly undone": something came back, and the interval allows less than the drop and more.
    """

    schemas = declared(effects=RECOVERY, to_frame=RECOVERY)

    effects: pd.DataFrame
    share: float
    share_low: float
    share_high: float
    verdict: str
    window: tuple[int, int]
    level: float
    assumptions: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The effects."""
        return self.effects.copy()

    def summary(self) -> Summary:
        """The verdict in words, with the numbers that bear it."""
        between = (
            interval(self.share_low, self.share_high, percent, 0) if np.isfinite([self.share_low, self.share_high]).all() else "unbounded"
        )
        title = f"Recovery of the drop: {self.verdict} ({percent(self.share, 0)} undone, {percent(self.level, 0)} interval {between})"
        return Summary(
            title=title, tables=(("Effects over equal windows", self.with_schema("effects")),), notes=self.assumptions, sources=self.sources
        )

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Drop, each relief and their sums, with intervals."""
        from impact.plots.relief import plot_recovery

        return plot_recovery(self.effects, verdict=self.verdict, level=self.level, ax=ax)


def recovery(result: EventStudyResult, *, reliefs: Mapping[str, int], window: tuple[int, int] = (0, 1), margin: float = 0.25) -> Recovery:
    """Set the reliefs of one firm against its drop, all read off one fit.

    Parameters
    ----------
    result : EventStudyResult
        One event, whose day 0 is the drop, with an event window that reaches the reliefs.
    reliefs : mapping of label to offset
        Session offsets of the reliefs from the drop's day 0.
    window : (first, last)
        The same inclusive offsets around the drop and around each relief; windows may not overlap.
    margin : float
        "undone" asks that the interval of the share lies within [1 - margin, 1 + margin].

    Raises
    ------
    InputError
        If the study has more than one event, a window leaves the event window, windows overlap, or a day has no return.

    Notes
    -----
    The drop and the recoveries share the estimation error of one fit; their covariance is in the interval. The verdict
    needs the drop's interval to exclude zero; otherwise nothing can be said about undoing it.
    """
    if result.n_events != 1:
        raise InputError(f"result has {result.n_events} events; recovery is about one firm: use result.take([i]).")
    if not reliefs:
        raise InputError("reliefs is empty; name at least one relief with its session offset from the drop.")
    spans = _weights(result, {"drop": 0, **reliefs}, window)
    drop, each = spans[0], spans[1:]
    combined = np.vstack([drop, *each, each.sum(axis=0), spans.sum(axis=0)])
    estimated = _estimated(result, combined)
    low, high = estimated.interval(level=result.design.level)
    names = ["drop", *reliefs, "all relief", "net of both"]
    effects = pd.DataFrame(
        {
            "effect": names,
            "n_days": (combined != 0).sum(axis=1),
            "car": estimated.estimate,
            "low": low,
            "high": high,
            "p": estimated.p_values(),
        }
    )
    pair, sign = [len(names) - 2, 0], np.array([-1.0, 1.0])
    ratio = fieller_interval(
        estimated.estimate[pair] * sign,
        estimated.covariance[np.ix_(pair, pair)] * np.outer(sign, sign),
        estimated.df,
        level=result.design.level,
    )
    return Recovery(
        effects=effects,
        share=ratio.ratio,
        share_low=ratio.low,
        share_high=ratio.high,
        verdict=_verdict(ratio.low, ratio.high, bool(high[0] < 0 or low[0] > 0), margin),
        window=window,
        level=result.design.level,
        sources=result.sources,
        assumptions=(
            f"Equal windows of {window[1] - window[0] + 1} sessions, one model, one estimation window; the interval of "
            "the share is Fieller's.",
            f"'undone' asks for an interval within {interval(1 - margin, 1 + margin, percent, 0)}; an interval that allows both "
            "nothing and everything is 'cannot tell'.",
        ),
    )


def _weights(result: EventStudyResult, centres: Mapping[str, int], window: tuple[int, int]) -> np.ndarray:
    first, last = result.design.window
    weights = np.zeros((len(centres), last - first + 1))
    for row, (name, centre) in enumerate(centres.items()):
        a, b = centre + window[0], centre + window[1]
        if a < first or b > last:
            raise InputError(
                f"reliefs[{name!r}]={centre} with window={window} leaves the event window ({first}, {last}); choose a "
                "nearer session or a shorter window."
            )
        weights[row, a - first : b - first + 1] = 1.0
    if (weights.sum(axis=0) > 1).any():
        raise InputError(
            f"windows of {window[1] - window[0] + 1} sessions around {', '.join(centres)} overlap; shorten the window or drop a relief."
        )
    return weights


def _estimated(result: EventStudyResult, weights: np.ndarray):
    regression = result.regression()
    try:
        return contrasts(regression, result.fitted.abnormal[0], weights)
    except ValueError as error:
        raise InputError(f"a session in the windows has no return ({error}); choose a window that leaves it out.") from error


def _verdict(low: float, high: float, drop_is_there: bool, margin: float) -> str:
    if not drop_is_there or not np.isfinite([low, high]).all():
        return "cannot tell"
    if low > 1.0:
        return "more than undone"
    if 1 - margin <= low and high <= 1 + margin:
        return "undone"
    if high <= 0.0:
        return "not undone"
    if low > 0.0:
        return "partly undone" if high < 1.0 else "at least partly undone"
    return "cannot tell"
