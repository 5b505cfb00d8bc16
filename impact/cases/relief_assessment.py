"""Everything the relief room can say of one case, as one result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from impact.cases.schemas import ANCHORS, COURT_STEPS, LEFT_OUT, PROBABILITY_OR_RATES, RECOVERY_GRID, SCENARIOS
from impact.errors import DataUnavailable
from impact.pricing.announcement import AnnouncementShock
from impact.provenance import Source
from impact.relief.base_rates import BaseRates
from impact.relief.decomposition import Decomposition
from impact.relief.forecasts import Forecast
from impact.relief.probability import ReliefProbability
from impact.relief.recovery import Recovery
from impact.relief.scenarios import ScenarioTree
from impact.relief.sensitivity import AnchorSensitivity
from impact.relief.waiting import WaitingExample
from impact.results import Result, Summary, declared
from impact.tables import Table
from impact.tables.prose import decimal, interval, long_date, percent

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["ReliefAssessment"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ReliefAssessment(Result):
    """Relief of one case; a part that cannot be had is None and `dropped` says why.

    Attributes
    ----------
    case : str
    as_of : str or None
    eve : Timestamp or None
        Last session with a close before the first relief, or of those known when none has come: the session whose band,
        tornado, scenarios and plan are shown. None without prices.
    steps : DataFrame
        The case's own court steps on the sessions that could react: event_id, step, reaction_on, label.
    base_rates, injunction_rates : BaseRates
        By statute, never pooled.
    anchors : DataFrame
        What speaks about the clear and the banned value, used or not.
    probability : ReliefProbability or None
    sensitivity : AnchorSensitivity or None
    tree : ScenarioTree
    scenarios : DataFrame
        Outcome by outcome: probability range, price range, return range, profit range of an example position of 1,000,000
        shares bought on the eve; empty without anchors.
    waiting : WaitingExample or None
    recovery : Recovery or None
    recovery_grid : DataFrame
        The same question for every window, benchmark and treatment of the drift.
    decomposition : Decomposition or None
    relief_jump : AnnouncementShock or None
        What relief would do on its first two sessions, forecast from dates before the eve.
    dropped : DataFrame
        part, reason.
    """

    schemas = declared(
        steps=COURT_STEPS,
        anchors=ANCHORS,
        scenarios=SCENARIOS,
        recovery_grid=RECOVERY_GRID,
        dropped=LEFT_OUT,
        to_frame=PROBABILITY_OR_RATES,
    )

    case: str
    as_of: str | None
    eve: pd.Timestamp | None
    steps: pd.DataFrame
    base_rates: BaseRates
    injunction_rates: BaseRates
    anchors: pd.DataFrame
    probability: ReliefProbability | None
    sensitivity: AnchorSensitivity | None
    tree: ScenarioTree
    scenarios: pd.DataFrame
    waiting: WaitingExample | None
    recovery: Recovery | None
    recovery_grid: pd.DataFrame
    decomposition: Decomposition | None
    relief_jump: AnnouncementShock | None
    dropped: pd.DataFrame
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def on_eve(self) -> pd.Series | None:
        """The row of the probability band on the eve; None without a band."""
        if self.probability is None:
            return None
        path = self.probability.path
        return path[path["session"] == self.eve].iloc[0]

    def headline(self) -> str:
        """The answer in one sentence, "cannot tell" where that is the answer."""
        band = self.on_eve()
        if band is None or self.probability is None:
            price = f"no probability can be read from the price ({self._reason('probability')})"
        elif band["band"] == "outside":
            below = f"the banned value lies more than {percent(self.probability.discount[1], 0)} below the clear value, or other news"
            above = "the clear value is set too low, or other news"
            price = (
                f"on {long_date(self.eve)} the price contradicts the anchors ({_span(band, 'probability')} unclipped), "
                f"so no probability can be read from it: either {below if band['probability_high'] < 0 else above} moved the price"
            )
        else:
            inside, raw = _span(band, "inside_probability"), _span(band, "probability")
            price = f"on {long_date(self.eve)} the price allows a probability of relief of {inside} ({raw} unclipped)"
        if self.recovery is None:
            undone = f"recovery: {self._reason('recovery')}"
        else:
            undone = f"whether relief undid the drop: {self.recovery.verdict}"
        return f"{price}; {undone}."

    def advice(self) -> tuple[str, ...]:
        """What sell or wait comes to, in words; nothing where it cannot be weighed."""
        return () if self.waiting is None else (f"{self.waiting.sentence()}.",)

    def _reason(self, part: str) -> str:
        reasons = self.dropped.loc[self.dropped["part"] == part, "reason"]
        return str(reasons.iloc[0]).rstrip(".") if len(reasons) else "the price contradicts the anchors"

    def to_frame(self) -> pd.DataFrame:
        """The band of the probability by session; the base rates where there is no band."""
        return self.base_rates.to_frame() if self.probability is None else self.probability.to_frame()

    def tables(self) -> dict[str, Table]:
        """Every table by name, the main one first."""
        optional: Mapping[str, Any] = {
            "probability": self.probability and self.probability.with_schema("to_frame"),
            "ruling_days": self.probability and self.probability.with_schema("ruling_check"),
            "sensitivity": self.sensitivity and self.sensitivity.with_schema("to_frame"),
            "anchors": self.with_schema("anchors"),
            "base_rates": self.base_rates.with_schema("to_frame"),
            "injunction_rates": self.injunction_rates.with_schema("to_frame"),
            "challenges": self.base_rates.with_schema("cases"),
            "states": self.tree.with_schema("to_frame"),
            "scenarios": self.with_schema("scenarios"),
            "sell_or_wait": self.waiting and self.waiting.with_schema("to_frame"),
            "break_even": self.waiting and self.waiting.with_schema("break_even_frame"),
            "recovery": self.recovery and self.recovery.with_schema("to_frame"),
            "recovery_grid": self.with_schema("recovery_grid"),
            "parts_of_the_drop": self.decomposition and self.decomposition.with_schema("to_frame"),
            "relief_jump": self.relief_jump and self.relief_jump.with_schema("to_frame"),
            "court_steps": self.with_schema("steps"),
            "left_out": self.with_schema("dropped"),
        }
        return {name: table for name, table in optional.items() if table is not None}

    def short_tables(self) -> dict[str, Table]:
        """The tables that have rows; of the band only the eve and the sessions of court steps."""
        tables = self.tables()
        if self.probability is not None:
            path = self.probability.path
            around = path[path["session"].isin([self.eve, *self.steps["reaction_on"]])].reset_index(drop=True)
            tables["probability"] = tables["probability"].of(around)
        return {name: table for name, table in tables.items() if len(table)}

    def summary(self) -> Summary:
        """The sentence, then every table; of the band only the sessions around rulings."""
        shown = tuple((name.replace("_", " "), table) for name, table in self.short_tables().items())
        return Summary(title=self.headline(), tables=shown, notes=(*self.advice(), *self.assumptions), sources=self.sources)

    def plot(self, *, ax: Axes | None = None, **options: Any) -> Axes:
        """Band of the probability with the rulings; the base rates where there is no band."""
        return self.base_rates.plot(ax=ax, **options) if self.probability is None else self.probability.plot(ax=ax, **options)

    def forecast(self, *, made_at: str) -> Forecast:
        """The band on the eve as a forecast for the log: its middle, with its ends.

        Raises
        ------
        DataUnavailable
            If the price allows no probability.
        """
        band = self.on_eve()
        if band is None or not np.isfinite(band["inside_probability_low"]):
            raise DataUnavailable(
                f"case={self.case!r} has no probability{'' if self.eve is None else f' on {self.eve:%Y-%m-%d}'} to log ({self._reason('probability')}); "
                "log a forecast of your own with log_forecast()."
            )
        low, high = float(band["inside_probability_low"]), float(band["inside_probability_high"])
        return Forecast(
            made_at=made_at,
            question=f"{self.case}: does the listing end by court order or removal?",
            probability=(low + high) / 2,
            low=low,
            high=high,
            basis=f"price of {self.eve:%Y-%m-%d} between its clear and its banned value; middle of the band within [0, 1]",
        )


def _span(row: pd.Series, name: str) -> str:
    return interval(row[f"{name}_low"], row[f"{name}_high"], decimal)
