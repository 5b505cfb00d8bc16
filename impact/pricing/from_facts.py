"""The price effect of a case and its realised abnormal returns, from the bundled facts and prices."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from impact.bundled import read_bundled
from impact.errors import DataUnavailable, Extrapolation
from impact.eventstudy import event_study
from impact.facts import known_table
from impact.market import MarketPanel, load_panel
from impact.pricing.comparison import PredictedRealised, compare_with_realised
from impact.pricing.effect import PriceEffect, price_effect
from impact.supply.forced import ForcedSupply
from impact.supply.from_facts import case_facts, supply_of_case

__all__ = ["comparison_of_case", "price_effect_of_case", "realised_of_case"]

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
    prices = load_panel("bundled") if panel is None else panel
    events = known_table("case_events", as_of)
    events = events[events["case"] == name]
    placed = pd.DatetimeIndex(pd.to_datetime(events["reaction_session_on"])).as_unit("ns")
    days = prices.sessions
    day0 = int(days.searchsorted(facts.reaction_on))
    offsets = days.get_indexer(placed) - day0
    last = int(max(offsets.max(), 1))
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
