"""Prediction beside outcome: what the laws said for each session, and what the session did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.intake.given_frames import frame_with
from impact.pricing.effect import ALL_LAWS, PriceEffect
from impact.pricing.levels import OUTER_LEVELS
from impact.pricing.schemas import PREDICTED, PREDICTED_DROPPED
from impact.provenance import Source, unique_sources
from impact.results import Result, Summary, declared
from impact.typing_ import FloatArray1D

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["PredictedRealised", "compare_with_realised"]

COLUMNS = [
    "event_id", "label", "session", "law", "predicted_return_low", "predicted_return_mid", "predicted_return_high", "realised_ar", "ar_se", "inside_90",
]  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class PredictedRealised(Result):
    """Predicted and realised abnormal return of each session, law by law.

    Attributes
    ----------
    table : DataFrame
        One row a session and law: event_id, label, session, law, predicted_return_low/mid/high (5, 50, 95 %),
        realised_ar, ar_se, inside_90 (whether the outcome lies in the band widened by its own standard error).
    """

    schemas = declared(table=PREDICTED, dropped=PREDICTED_DROPPED, to_frame=PREDICTED)

    table: pd.DataFrame
    dropped: pd.DataFrame
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a session and law."""
        return self.table.copy()

    def summary(self) -> Summary:
        """The rows of all laws together, then every law at the first event."""
        pooled = self.table[self.table["law"] == ALL_LAWS].drop(columns="law")
        first = self.table[self.table["session"] == self.table["session"].min()].drop(columns=["event_id", "label", "session"])
        inside = int(pooled["inside_90"].sum())
        return Summary(
            title=f"Predicted against realised: {inside} of {len(pooled)} sessions inside the 90 % band",
            tables=(
                ("All laws together, by session", PREDICTED.table(pooled)),
                ("Law by law on the first session", PREDICTED.table(first)),
            ),
            notes=self.assumptions,
            sources=self.sources,
        )

    def plot(self, *, ax: Axes | None = None, law: str = ALL_LAWS, **options: str) -> Axes:
        """Predicted 90 % intervals and the realised abnormal returns with their own."""
        from impact.plots.pricing import plot_predicted_realised

        return plot_predicted_realised(self.table[self.table["law"] == law], title=f"Predicted and realised, {law}", ax=ax, **options)


def compare_with_realised(effect: PriceEffect, realised: pd.DataFrame, *, sources: tuple[Source, ...] = ()) -> PredictedRealised:
    """Lay the predicted return of each session beside its abnormal return.

    Parameters
    ----------
    effect : PriceEffect
        With sessions, as priced from a ForcedSupply.
    realised : DataFrame
        event_id, session, abnormal_return (decimal), se and, if wanted, label.

    Raises
    ------
    InputError
        If the effect has no sessions or a column is missing.
    """
    if effect.sessions is None:
        raise InputError("effect has no sessions; price a ForcedSupply, whose wind-down has them.")
    realised = frame_with(realised, ("event_id", "session", "abnormal_return", "se"), "realised")
    placed: list[tuple[dict[str, Any], int]] = []
    dropped = []
    for event in realised.to_dict("records"):
        number = int(effect.sessions.searchsorted(event["session"])) + 1
        if number > effect.pace.size or effect.sessions[number - 1] != event["session"]:
            dropped.append({"event_id": event["event_id"], "session": event["session"], "reason": "outside the sessions of the wind-down"})
            continue
        if not np.isfinite(event["abnormal_return"]):
            dropped.append({"event_id": event["event_id"], "session": event["session"], "reason": "no abnormal return on that session"})
            continue
        placed.append(({str(name): value for name, value in event.items()}, number))
    moves = _moves(effect, [number for _, number in placed])
    rows = [_row(event, law, moves[law][number]) for event, number in placed for law in effect.paths]
    return PredictedRealised(
        table=pd.DataFrame(rows, columns=COLUMNS),
        dropped=pd.DataFrame(dropped, columns=["event_id", "session", "reason"]),
        sources=unique_sources(sources, effect.sources),
        assumptions=(
            "The laws know of one notice and of the selling that follows;"
            " they predict nothing new for court rulings, buybacks or market news.",
            "After an order that ends the selling, the prediction is what selling on would have done.",
            "The band is compared after adding the standard error of the abnormal return in quadrature to each half.",
            "A realised return inside a wide band does not show that selling caused it.",
        ),
    )


def _moves(effect: PriceEffect, numbers: list[int]) -> dict[str, dict[int, FloatArray1D]]:
    """5, 50 and 95 % points of the return of each session by law; a path that several laws share is laid out once."""
    known: dict[int, dict[int, FloatArray1D]] = {}
    for path in effect.paths.values():
        if numbers and id(path) not in known:
            moves = np.expm1(path.moved(*((number, number) for number in numbers)))
            known[id(path)] = {number: np.quantile(move, OUTER_LEVELS) for number, move in zip(numbers, moves, strict=True)}
    return {law: known.get(id(path), {}) for law, path in effect.paths.items()}


def _row(event: dict[str, Any], law: str, points: FloatArray1D) -> dict[str, Any]:
    low, middle, high = (float(value) for value in points)
    margin = 1.645 * float(event["se"])
    value = float(event["abnormal_return"])
    below, above = np.hypot(middle - low, margin), np.hypot(high - middle, margin)
    return {
        "event_id": event["event_id"],
        "label": event.get("label", ""),
        "session": event["session"],
        "law": law,
        "predicted_return_low": low,
        "predicted_return_mid": middle,
        "predicted_return_high": high,
        "realised_ar": value,
        "ar_se": float(event["se"]),
        "inside_90": bool(middle - below <= value <= middle + above),
    }
