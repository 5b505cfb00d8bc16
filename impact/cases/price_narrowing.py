"""What would narrow the range of the price effect most: each missing input with what the range would be if it were known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.cases.definition import Span
from impact.cases.narrowing import INPUTS, SUPPOSED, MissingInput
from impact.cases.schemas import PRICE_NARROWING
from impact.cases.supply import supply_from
from impact.errors import DataUnavailable, InfeasibleDesign, InputError
from impact.results import Result, Summary, declared
from impact.tables.prose import percent

if TYPE_CHECKING:
    from impact.cases.whole import Case
    from impact.pricing import PriceEffect
    from impact.supply import ForcedSupply
    from impact.supply.regimes import Regime

__all__ = ["PriceNarrowing", "price_narrowing_of"]

N_DRAWS = 2048
"""Draws of a supposed effect and of the one that it is set beside; the same draws, so that noise is no difference."""
LEAST_SHARE = 0.005
"""Part of the width of a range below which it is said that nothing goes."""
MOVES_THE_PRICE = ("holders", "outstanding", "free_float", "prices", "programme")
"""Inputs that the price effect reads."""
COLUMNS = ["missing", "field", "now_low", "now_high", "left_low", "left_high", "narrowed_share"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class PriceNarrowing(Result):
    """Missing inputs, the one that narrows the range of the price effect most first.

    Attributes
    ----------
    table : DataFrame
        missing, field, now_low, now_high (90 % range of the price effect, decimal; NaN: unknown), left_low, left_high (the widest
        that is left once the input is known; NaN: cannot be said beforehand), narrowed_share (part of the width that goes at
        least; NaN where a width is unknown).
    unknown : str
        Why the effect of a sale is unknown; empty where it is known.
    """

    schemas = declared(table=PRICE_NARROWING, to_frame=PRICE_NARROWING)

    case: str
    table: pd.DataFrame
    unknown: str = ""
    assumptions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The missing inputs."""
        return self.table.copy()

    def headline(self) -> str:
        """The input to look for first, and how much of the range goes with it."""
        if self.table.empty and self.unknown:
            return f"No input of this list would make the effect of a sale known: {self.unknown}"
        if self.table.empty:
            return "Nothing that would narrow the price effect is missing"
        first = self.table.iloc[0]
        part = first["narrowed_share"]
        if part < LEAST_SHARE:
            return "Nothing that is missing is sure to narrow the price effect: what the news does, or the most that may be sold, sets its range"
        told = f"narrower by at least {percent(part, 0)}" if np.isfinite(part) else "how much it narrows it cannot be said beforehand"
        return f"What would narrow the price effect most: {first['missing']} ({first['field']}): {told}"

    def summary(self) -> Summary:
        """The inputs in order."""
        return Summary(
            title=self.headline(),
            tables=(("Missing for the price", self.with_schema("table")),),
            notes=self.assumptions,
            sources=self.sources,
        )


def price_narrowing_of(case: Case, effect: PriceEffect | None) -> PriceNarrowing:
    """Missing inputs of the price effect of a case with the size of the effect of each.

    Notes
    -----
    As for the forced shares: an input is set to the low and to the high end of its own range, everything else left as it is; the
    wider answer is what is left for sure. Both ranges are drawn with the same draws, and what is left lies within what is printed.
    """
    known = case.supply_inputs
    lacking = [item for item in INPUTS.values() if item.code in MOVES_THE_PRICE and item.lacks(case, known)]
    table = pd.DataFrame(_rows(case, lacking, effect), columns=COLUMNS)
    return PriceNarrowing(
        case=case.definition.case,
        table=table.sort_values("narrowed_share", ascending=False, kind="stable", ignore_index=True),
        unknown="" if effect is not None else _unpriced(known.wind_down.rule),
        assumptions=(
            "Ranges are the 90 % ranges of the price effect, news and flow; what the news does is in all of them, whoever holds the line.",
        ),
    )


def _unpriced(rule: Regime) -> str:
    """Why no sale is priced."""
    forced = "nothing is forced by law, and " if rule.leaves_holders_alone else ""
    return f"{forced}what index providers and mandates make funds sell is not on record"


def _rows(case: Case, lacking: list[MissingInput], effect: PriceEffect | None) -> Iterator[dict[str, object]]:
    now = (np.nan, np.nan) if effect is None else _range_of(effect)
    before = None if effect is None else _range_of(_drawn(case, case.supply()))
    for item in lacking:
        left = None if before is None else _widest(case, item)
        told = {"missing": item.title, "field": item.field, "now_low": now[0], "now_high": now[1]}
        if left is None or before is None:
            yield {**told, "left_low": np.nan, "left_high": np.nan, "narrowed_share": np.nan}
            continue
        part = 1 - min((left[1] - left[0]) / (before[1] - before[0]), 1.0)
        yield {**told, "left_low": max(left[0], now[0]), "left_high": min(left[1], now[1]), "narrowed_share": part}


def _widest(case: Case, item: MissingInput) -> Span | None:
    """The widest range of the price effect over the places of an input; None where one of them cannot be priced."""
    if item.suppose is None:
        return None
    known, ranges = case.supply_inputs, []
    for place in SUPPOSED:
        try:
            supposed = supply_from(item.suppose(known, place), index_flow=known.index_flow)
        except (InputError, DataUnavailable, InfeasibleDesign):  # a place that contradicts what else is known is not possible
            continue
        try:
            ranges.append(_range_of(_drawn(case, supposed)))
        except (InputError, DataUnavailable):
            return None
    return max(ranges, key=lambda bounds: bounds[1] - bounds[0]) if ranges else None


def _drawn(case: Case, supply: ForcedSupply) -> PriceEffect:
    from impact.cases.pricing import price_effect_of_case
    from impact.pricing.effect import EffectSetting

    setting = EffectSetting(announcement=case.announcement())
    return price_effect_of_case(case.definition, case.as_of, supply=supply, n_draws=N_DRAWS, setting=setting)


def _range_of(effect: PriceEffect) -> Span:
    pooled = effect.laws.iloc[-1]
    return float(pooled["peak_return_low"]), float(pooled["peak_return_high"])
