"""The price effect of a case and its realised abnormal returns, from the bundled facts and prices."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from impact.bundled import read_bundled
from impact.calendars import first_session_to_react, venue_of
from impact.errors import DataUnavailable, Extrapolation
from impact.eventstudy import event_study
from impact.facts import known_table
from impact.market import MarketPanel
from impact.pricing.comparison import PredictedRealised, compare_with_realised
from impact.pricing.effect import PriceEffect, price_effect
from impact.pricing.liquidation import LiquidationCost, liquidation_cost
from impact.provenance import Source
from impact.supply.forced import ForcedSupply
from impact.supply.from_facts import case_facts, supply_of_case

__all__ = ["CasePricing", "comparison_of_case", "price_effect_of_case", "pricing_of_case", "realised_of_case"]

ESTIMATION = (-250, -11)


def price_effect_of_case(
    name: str, as_of: Any = None, *, panel: MarketPanel | None = None, supply: ForcedSupply | None = None, **options: Any
) -> PriceEffect:
    """Price effect of the supply that a designation threatens, from the bundled facts as known at `as_of`.

    Parameters
    ----------
    name : str
        A case, such as ``xiaomi``.
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
    found = supply_of_case(name, as_of, panel=panel) if supply is None else supply
    if not np.isfinite(found.total_shares["high"]) and "sold_shares" not in options:
        raise DataUnavailable(
            f"the shares forced in case {name!r} are unknown at as_of={as_of}: no fact gives the holding from the United States;"
            " give sold_shares=(low, high) to price an assumption."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Extrapolation)
        return price_effect(found, **options)


def realised_of_case(name: str, as_of: Any = None, *, panel: MarketPanel | None = None) -> pd.DataFrame:
    """Abnormal return of the case's line on every dated event: event_id, label, session, abnormal_return, se.

    Events that reach one session share a row: its return cannot tell them apart.

    One market model without intercept, estimated on 240 sessions that end ten before the designation, serves all dates:
    later windows would hold earlier events, and the rise before the designation would enter the intercept. The market is
    the case's own basket of peers, technology peers where it names them.
    """
    facts = case_facts(name, as_of, panel=panel)
    case = read_bundled("cases").set_index("case").loc[name]
    basket = (case["technology_peers"] or case["peers"]).split() or [case["market"]]
    prices = facts.panel
    events = known_table("case_events", as_of)
    events = events[events["case"] == name]
    venue = venue_of(facts.line.security)
    placed = pd.DatetimeIndex([first_session_to_react(instant, venue).session for instant in events["known_at"]])
    days = prices.sessions
    if facts.reaction_on > days[-1]:
        return pd.DataFrame({"event_id": [], "label": [], "session": pd.DatetimeIndex([]), "abnormal_return": [], "se": []})
    day0 = int(days.searchsorted(facts.reaction_on))
    offsets = days.get_indexer(placed) - day0
    last = int(min(max(offsets.max(), 1), len(days) - 1 - day0))
    usual = (max(ESTIMATION[0], -day0), ESTIMATION[1])
    study = event_study(
        prices.returns("simple")[[facts.line.security, *basket]],
        pd.DataFrame({"event_id": [name], "security": [facts.line.security], "date": [facts.reaction_on]}),
        market=basket,
        estimation=usual,
        window=(-10, last),
        zero_alpha=True,
    )
    on_record = (placed.isin(days)) & (offsets >= -10)
    row, errors = study.abnormal.iloc[0], study.standard_errors.iloc[0]
    table = pd.DataFrame(
        {
            "event_id": events["event_id"].to_numpy()[on_record],
            "label": events["label"].to_numpy()[on_record],
            "session": placed[on_record],
            "abnormal_return": [float(row[offset]) for offset in offsets[on_record]],
            "se": [float(errors[offset]) for offset in offsets[on_record]],
        }
    )
    joined = {"event_id": "+".join, "label": "; ".join, "abnormal_return": "first", "se": "first"}
    return table.groupby("session", as_index=False).agg(joined)[["event_id", "label", "session", "abnormal_return", "se"]]


def comparison_of_case(
    name: str, as_of: Any = None, *, panel: MarketPanel | None = None, effect: PriceEffect | None = None
) -> PredictedRealised:
    """Predicted against realised abnormal return on every dated event of a case."""
    found = price_effect_of_case(name, as_of, panel=panel) if effect is None else effect
    return compare_with_realised(found, realised_of_case(name, as_of, panel=panel))


@dataclass(frozen=True, eq=False, kw_only=True)
class CasePricing:
    """Effect, comparison with what happened, and the cost of one position, of one case."""

    effect: PriceEffect
    comparison: PredictedRealised
    cost: LiquidationCost | None

    @property
    def assumptions(self) -> tuple[str, ...]:
        """All assumptions, each once."""
        parts = (self.comparison.assumptions, () if self.cost is None else self.cost.assumptions, self.effect.assumptions)
        return tuple(dict.fromkeys(text for part in parts for text in part))

    @property
    def sources(self) -> tuple[Source, ...]:
        """All sources."""
        return self.comparison.sources

    def tables(self, *, full: bool) -> dict[str, pd.DataFrame]:
        """Tables by name; the short form leaves out columns and the long tables."""
        laws, rows = self.effect.laws, self.comparison.table
        short = ["law", "peak_return_low", "peak_return_mid", "peak_return_high", "permanent_return", "announcement_return", "extrapolated"]
        pooled = rows[rows["law"] == "all_laws"].drop(columns=["law", "label"])
        found = {"laws": laws if full else laws[short], "predicted_realised": rows if full else pooled}
        if self.cost is not None:
            found["cost"] = self.cost.to_frame()
        found |= {"variance_shares": self.effect.variance_shares, "allotment": self.effect.allotment, "priors": self.effect.priors}
        if full:
            found["path"] = self.effect.path()
        return found


def _assumed(shares: tuple[float, float], supply: ForcedSupply) -> str:
    low, high = (value / supply.line.adv_shares for value in shares)
    return f"The forced shares are assumed, not known: {low:.1f} to {high:.1f} multiples of ADV."


def pricing_of_case(
    name: str,
    as_of: Any = None,
    *,
    position_shares: float | None = None,
    sold_shares: tuple[float, float] | None = None,
    n_draws: int = 10_000,
    seed: int | None = None,
) -> CasePricing:
    """Everything about the price effect of one case: effect, comparison, and the cost of a position when one is given.

    Parameters
    ----------
    sold_shares : (low, high), optional
        An assumed range of forced shares, in place of what the facts give; needed where they give nothing.
    """
    supply = supply_of_case(name, as_of)
    rng = None if seed is None else np.random.default_rng(seed)
    assumed = {} if sold_shares is None else {"sold_shares": sold_shares, "assumptions": (_assumed(sold_shares, supply),)}
    effect = price_effect_of_case(name, as_of, supply=supply, n_draws=n_draws, rng=rng, **assumed)
    return CasePricing(
        effect=effect,
        comparison=comparison_of_case(name, as_of, effect=effect),
        cost=None if position_shares is None else liquidation_cost(position_shares, supply, effect),
    )
