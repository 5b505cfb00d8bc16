"""The price effect of a case from the bundled facts, beside the abnormal returns of its event study."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from impact.cases.definition import AsOf, CaseDefinition
from impact.cases.news import announcement_of
from impact.cases.shipped import define_case
from impact.cases.supply import supply_of_case
from impact.errors import DataUnavailable, Extrapolation
from impact.market import MarketPanel
from impact.pricing.announcement import AnnouncementShock
from impact.pricing.comparison import PredictedRealised, compare_with_realised
from impact.pricing.effect import EffectSetting, PriceEffect, price_effect
from impact.pricing.liquidation import LiquidationCost, liquidation_cost
from impact.provenance import Source
from impact.supply.forced import ForcedSupply
from impact.tables import Table
from impact.tables.prose import decimal, interval
from impact.typing_ import check_kind

MEASURE_NAMES = {"adv_shares": "usual daily volume", "sigma": "daily volatility"}
__all__ = ["CasePricing", "price_effect_of_case", "pricing_of_case"]


def price_effect_of_case(
    case: CaseDefinition | str, as_of: AsOf = None, *, panel: MarketPanel | None = None, supply: ForcedSupply | None = None, **options: Any
) -> PriceEffect:
    """Price effect of the supply that a designation threatens, from the bundled facts as known at `as_of`.

    Parameters
    ----------
    case : CaseDefinition or str
        A definition, or the name of a case that ships.
    as_of : zoned instant, optional
    panel : MarketPanel, optional
        Prices; the bundled ones when None.
    supply : ForcedSupply, optional
        Taken as it is when given.
    options
        Further arguments of :func:`impact.pricing.price_effect`, such as ``known`` or ``n_draws``. Use outside a law's
        calibration is said in the assumptions of the result instead of a warning.

    Raises
    ------
    DataUnavailable
        If nothing is known of the shares that must be sold.
    """
    definition = define_case(case) if isinstance(case, str) else case
    threatened = supply_of_case(definition, as_of, panel=panel) if supply is None else supply
    if not np.isfinite(threatened.total_shares["high"]) and "sold_shares" not in options:
        known = "" if as_of is None else f" at as_of={as_of}"
        rule = threatened.wind_down.rule
        why = (
            f"nothing is forced by law ({rule.clause}), and what index providers and mandates make funds sell is not on record"
            if rule.leaves_holders_alone
            else "no fact gives what those it binds hold"
        )
        raise DataUnavailable(
            f"the shares forced in case {_name(case)!r} are unknown{known}: {why}; give a range of them (sold_shares=(low, high), --sold LOW:HIGH) to price an assumption."
        )
    missing = [name for name in ("adv_shares", "sigma") if name in threatened.line.unknown]
    if missing:
        unknown, figures = (
            " and the ".join(MEASURE_NAMES[name] for name in missing),
            "closes and volumes" if "sigma" in missing else "volumes",
        )
        raise DataUnavailable(
            f"the {unknown} of {threatened.line.security} before the designation {'are' if len(missing) > 1 else 'is'} unknown, so that a sale of any "
            f"size cannot be measured against it; give {figures} of the 60 sessions before it (--source FILE, or [market] prices)."
        )
    setting = options.pop("setting", None)
    given = EffectSetting() if setting is None else setting
    check_kind(given, EffectSetting, "setting", "EffectSetting(...)")
    shock = given.announcement or announcement_of(definition, threatened, as_of)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Extrapolation)
        return price_effect(threatened, setting=replace(given, announcement=shock, as_of=as_of), **options)


def _name(case: CaseDefinition | str) -> str:
    return case if isinstance(case, str) else case.case


@dataclass(frozen=True, eq=False, kw_only=True)
class CasePricing:
    """Effect, comparison with what happened, and the cost of one position, of one case.

    Attributes
    ----------
    announcement : AnnouncementShock
        What the news alone does; all that can be told where the flow is unknown.
    effect, comparison : PriceEffect, PredictedRealised or None
        None where the flow is unknown.
    flow_unknown : str
        Why there is no effect of a flow; empty where there is one.
    """

    announcement: AnnouncementShock
    effect: PriceEffect | None
    comparison: PredictedRealised | None
    cost: LiquidationCost | None
    flow_unknown: str = ""

    def headline(self) -> str:
        """The answer in one sentence."""
        if self.effect is not None:
            return str(self.effect.summary().title)
        return f"{self.announcement.summary().title}; what forced sales would add is unknown"

    @property
    def assumptions(self) -> tuple[str, ...]:
        """All assumptions, each once."""
        if self.effect is None or self.comparison is None:
            return (self.announcement.verdict, f"Unknown: {self.flow_unknown}", *self.announcement.assumptions)
        parts = (self.comparison.assumptions, () if self.cost is None else self.cost.assumptions, self.effect.assumptions)
        return tuple(dict.fromkeys(text for part in parts for text in part))

    @property
    def sources(self) -> tuple[Source, ...]:
        """All sources."""
        return self.announcement.sources if self.comparison is None else self.comparison.sources

    def tables(self, *, full: bool) -> dict[str, Table]:
        """Tables by name; the short form leaves out columns and the long tables."""
        if self.effect is None or self.comparison is None:
            return {"announcement": self.announcement.with_schema("to_frame")}
        laws, rows = self.effect.with_schema("laws"), self.comparison.with_schema("table")
        short = ["law", "peak_return_low", "peak_return_mid", "peak_return_high", "announcement_return", "end_return", "extrapolated"]
        pooled = rows.of(rows.frame[rows.frame["law"] == "all_laws"].drop(columns=["law", "label"]))
        tables = {"laws": laws if full else laws.select(short), "predicted_realised": rows if full else pooled}
        if self.cost is not None:
            tables["cost"] = self.cost.with_schema("to_frame")
        tables |= {name: self.effect.with_schema(name) for name in ("variance_shares", "allotment", "priors")}
        if full:
            tables["path"] = self.effect.with_schema("path")
        return tables


def _assumed(shares: tuple[float, float], supply: ForcedSupply) -> str:
    low, high = (value / supply.line.adv_shares for value in shares)
    return f"The forced shares are assumed, not known: {interval(low, high, decimal, 1)} multiples of ADV."


def pricing_of_case(
    case: CaseDefinition | str,
    realised: pd.DataFrame,
    as_of: AsOf = None,
    *,
    supply: ForcedSupply | None = None,
    position_shares: float | None = None,
    sold_shares: tuple[float, float] | None = None,
    n_draws: int = 10_000,
    seed: int | None = None,
) -> CasePricing:
    """Everything about the price effect of one case: effect, comparison, and the cost of a position when one is given.

    Parameters
    ----------
    case : CaseDefinition or str
        A definition, or the name of a case that ships.
    realised : DataFrame
        event_id, label, session, abnormal_return, se of the case's event study.
    supply : ForcedSupply, optional
        Taken as it is when given.
    sold_shares : (low, high), optional
        An assumed range of forced shares, in place of what the facts give; where they give nothing and none is assumed,
        the news alone is told.
    """
    definition = define_case(case) if isinstance(case, str) else case
    threatened = supply_of_case(definition, as_of) if supply is None else supply
    rng = None if seed is None else np.random.default_rng(seed)
    news = announcement_of(definition, threatened, as_of)
    told = () if sold_shares is None else (_assumed(sold_shares, threatened),)
    assumed: dict[str, Any] = {"setting": EffectSetting(announcement=news, assumptions=told)}
    if sold_shares is not None:
        assumed["sold_shares"] = sold_shares
    try:
        effect = price_effect_of_case(definition, as_of, supply=threatened, n_draws=n_draws, rng=rng, **assumed)
    except DataUnavailable as error:
        if sold_shares is not None or position_shares is not None:
            raise
        return CasePricing(announcement=news, effect=None, comparison=None, cost=None, flow_unknown=str(error))
    return CasePricing(
        announcement=news,
        effect=effect,
        comparison=compare_with_realised(effect, realised),
        cost=None if position_shares is None else liquidation_cost(position_shares, threatened, effect),
    )
