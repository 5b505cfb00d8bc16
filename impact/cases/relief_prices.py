"""What the relief of a case reads from its prices: band, tornado, scenarios, sell or wait, recovery, parts of the drop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import pandas as pd

from impact.calendars import parse_instant, venue_of
from impact.cases.anchors import Anchors
from impact.cases.case_law import list_of_programme
from impact.cases.court import challenges_on_record
from impact.cases.definition import CaseDefinition
from impact.cases.line_sessions import LineSessions
from impact.cases.listing import CaseListing
from impact.cases.recovery import recoveries_of_case
from impact.cases.study import CaseStudy
from impact.cases.trees import outcome_values
from impact.errors import DataUnavailable, ImpactError, InfeasibleDesign
from impact.market import MarketPanel
from impact.pricing.effect import PriceEffect
from impact.pricing.library import line_of_security
from impact.provenance import unique_sources
from impact.relief.decomposition import Decomposition, decompose_drop
from impact.relief.no_bar_falls import NoBarFalls, no_bar_falls
from impact.relief.probability import ReliefProbability, relief_probability
from impact.relief.recovery import Recovery
from impact.relief.scenarios import ScenarioTree
from impact.relief.sensitivity import AnchorSensitivity, anchor_sensitivity
from impact.relief.waiting import WaitingExample, waiting_example
from impact.supply.regimes import stated_regime

__all__ = ["PRICED", "PricedCase", "PricedParts", "attempt", "close_of", "read_from_prices"]

Part = TypeVar("Part")
VOLUME_SESSIONS = 60
"""Sessions up to the eve whose median volume is the usual volume."""
EXAMPLE_SHARES = 1_000_000.0
NO_BAN_LIST = "ndaa-1260h"
"""A list that bars nobody from holding: what its names lose on listing is news, not forced flow."""


PRICED = ("anchors", "probability", "parts_of_the_drop")
"""Parts that need the prices and the event study."""


def attempt(part: str, dropped: list[tuple[str, str]], make: Callable[[], Part]) -> Part | None:
    """A part, or None with its reason on record."""
    try:
        return make()
    except ImpactError as error:
        dropped.append((part, str(error)))
        return None


@dataclass(frozen=True, eq=False, kw_only=True)
class PricedCase:
    """The parts of a case that every step needs."""

    definition: CaseDefinition
    panel: MarketPanel
    study: CaseStudy
    steps: pd.DataFrame
    reliefs: pd.DataFrame
    eve: pd.Timestamp
    listing: CaseListing

    @property
    def close(self) -> pd.Series:
        return self.panel.close[self.definition.security]


def _sessions_of(definition: CaseDefinition, panel: MarketPanel | None) -> LineSessions:
    return LineSessions.of(definition.security, venue_of(definition.security), panel)


def close_of(definition: CaseDefinition, panel: MarketPanel | None, session: pd.Timestamp) -> pd.Timestamp:
    """Close (UTC) of a session of the line."""
    return _sessions_of(definition, panel).closes(pd.DatetimeIndex([session]))[0]


@dataclass(frozen=True, eq=False, kw_only=True)
class PricedParts:
    """What is read from the prices; a part that cannot be had is None."""

    anchors: Anchors | None = None
    probability: ReliefProbability | None = None
    sensitivity: AnchorSensitivity | None = None
    scenarios: pd.DataFrame | None = None
    waiting: WaitingExample | None = None
    recovery: Recovery | None = None
    grid: pd.DataFrame = field(default_factory=pd.DataFrame)
    decomposition: Decomposition | None = None


def read_from_prices(
    case: PricedCase,
    anchors: Anchors | None,
    tree: ScenarioTree,
    as_of: str | None,
    horizon: int | None,
    price_effect: PriceEffect | None,
    dropped: list[tuple[str, str]],
) -> PricedParts:
    """Every part that the prices give, each on its own; what is left out has its reason in `dropped`."""
    if anchors is None:
        dropped.append(("probability", dropped[-1][1]))
    probability: ReliefProbability | None = None
    if anchors is not None:
        probability = attempt("probability", dropped, lambda: _band(case, anchors))
    sensitivity = scenarios = waiting = None
    if anchors is not None and probability is not None:
        sensitivity = attempt("sensitivity", dropped, lambda: _tornado(case, anchors))
        scenarios = attempt("scenarios", dropped, lambda: _scenarios(tree, probability, case.eve))
        waiting = attempt("sell_or_wait", dropped, lambda: _waiting(case, probability, horizon))
    measured = attempt("recovery", dropped, lambda: recoveries_of_case(case.definition, case.panel, case.study, case.reliefs))
    recovery, grid = measured or (None, pd.DataFrame())
    parts = attempt("parts_of_the_drop", dropped, lambda: _decomposed(case, recovery, price_effect, as_of, dropped))
    return PricedParts(
        anchors=anchors, probability=probability, sensitivity=sensitivity, scenarios=scenarios, waiting=waiting,
        recovery=recovery, grid=grid, decomposition=parts,
    )  # fmt: skip


def _band(case: PricedCase, anchors: Anchors) -> ReliefProbability:
    steps, reliefs = case.steps, case.reliefs
    if steps.empty:
        raise DataUnavailable("no challenge on record")
    benchmark = anchors.benchmarks[anchors.headline]
    final = steps.loc[steps["step"] == "relief", "reaction_on"]
    benchmark = benchmark[benchmark.index <= (final.iloc[0] if len(final) else case.panel.sessions[-1])]
    rulings = tuple(f"{day:%Y-%m-%d}" for day in reliefs["reaction_on"] if day in benchmark.index)
    return relief_probability(
        case.close.reindex(benchmark.index), benchmark, clear=anchors.clear, discount=anchors.discount,
        beta=anchors.betas[anchors.headline], rulings=rulings, sources=anchors.sources,
    )  # fmt: skip


def _tornado(case: PricedCase, anchors: Anchors) -> AnchorSensitivity:
    price = case.close.reindex(anchors.benchmarks[anchors.headline].index)
    return anchor_sensitivity(
        price,
        anchors.benchmarks,
        clear=anchors.clear,
        discount=anchors.discount,
        betas=anchors.betas,
        headline=anchors.headline,
        session=case.eve,
    )


def _row_of(probability: ReliefProbability, eve: pd.Timestamp) -> pd.Series:
    return probability.path[probability.path["session"] == eve].iloc[0]


def _value_ranges(probability: ReliefProbability, eve: pd.Timestamp) -> tuple[pd.Series, tuple[float, float], tuple[float, float]]:
    """Row of the eve, range of the clear value, range of the banned value; the price itself where it refutes an end."""
    row = _row_of(probability, eve)
    price, h = float(row["price"]), probability.discount
    clear = (float(row["clear_low"]), float(row["clear_high"]))
    banned = ((1 - h[1]) * clear[0], (1 - h[0]) * clear[1])
    return row, (max(clear[0], price), max(clear[1], price)), (min(banned[0], price), min(banned[1], price))


def _scenarios(tree: ScenarioTree, probability: ReliefProbability, eve: pd.Timestamp) -> pd.DataFrame:
    row, clear, banned = _value_ranges(probability, eve)
    return tree.profit_and_loss(price=float(row["price"]), values=outcome_values(tree, clear=clear, banned=banned), shares=EXAMPLE_SHARES)


def _chances(case: PricedCase, probability: ReliefProbability) -> tuple[tuple[float, float], str]:
    """Range of the chance of relief to weigh: the price's within [0, 1], else the statute's base rate as known on the eve; and which it is."""
    row = _row_of(probability, case.eve)
    if np.isfinite(row["inside_probability_low"]):
        allowed = (float(row["inside_probability_low"]), float(row["inside_probability_high"]))
        return allowed, "Sell or wait weighs the band that the price allows on the eve."
    programme = list_of_programme(case.definition.programme_id)
    known_at = close_of(case.definition, case.panel, case.eve)
    rates = challenges_on_record(known_at.isoformat()).outcome_rates().to_frame()
    own = rates[rates["programme_id"] == programme]
    rate = own.iloc[0] if len(own) else None
    n = 0 if rate is None else int(rate["n_decided"])
    return (
        (0.0, 1.0) if rate is None else (float(rate["relief_share_low"]), float(rate["relief_share_high"])),
        "The price allows no probability on the eve, so sell or wait weighs the exact interval of the base rate under "
        f"{programme} as known at its close, n = {n}: a what-if, not a forecast.",
    )


def _waiting(case: PricedCase, probability: ReliefProbability, horizon: int | None) -> WaitingExample:
    listing, eve = case.listing, case.eve
    (low, high), basis = _chances(case, probability)
    row, clear, banned = _value_ranges(probability, eve)
    if horizon is None:
        if listing.divestment_on is None or listing.divestment_on <= eve:
            raise DataUnavailable("the programme sets no date by which a holder must have sold, or it is past: give horizon")
        horizon = len(_sessions_of(case.definition, case.panel).between(eve + pd.Timedelta(days=1), listing.divestment_on))
    if case.panel.volume is None:
        raise DataUnavailable("the prices come without volume, so a sale has no cost to weigh")
    usual = float(case.panel.volume[case.definition.security].loc[:eve].tail(VOLUME_SESSIONS).median())
    return waiting_example(
        shares=usual,
        price=float(row["price"]),
        clear=float(np.mean(clear)),
        banned=float(np.mean(banned)),
        probabilities=(low, (low + high) / 2, high),
        sessions=horizon,
        volatility=float(case.study.fit.fitted.sigma[0]),
        volume_shares=usual,
        possession_barred=bool(listing.possession_barred),
        ends=None if row["band"] == "outside" else (clear, banned),
        assumptions=(basis,),
    )


def _decomposed(
    case: PricedCase, recovery: Recovery | None, price_effect: PriceEffect | None, as_of: str | None, dropped: list[tuple[str, str]]
) -> Decomposition:
    """Bounds of the drop over the recovery's own window, or the reaction session when there is no recovery."""
    definition, study = case.definition, case.study
    restored, n_days = None, 1
    if recovery is not None:
        effects = recovery.effects
        drop, back = (effects[effects["effect"] == name].iloc[0] for name in ("drop", "all relief"))
        n_days = int(drop["n_days"])
        restored = (float(np.expm1(back["low"])), float(np.expm1(back["high"]))) if back["high"] > 0 else None
    else:
        first = study.effects[study.effects["window"] == "0:0"]
        drop = first[[definition.designation_event in ids.split("+") for ids in first["event_id"]]].iloc[0]
    if not np.isfinite([drop["low"], drop["high"]]).all():
        reason = drop.get("reason", "") or "no return is known there"
        raise InfeasibleDesign(f"the fall of {definition.security} on its reaction session is unknown: {reason}; it has no parts.")
    own = definition.own_programme
    banned = list_of_programme(definition.programme_id) != NO_BAN_LIST and not (own and stated_regime(own).leaves_holders_alone)
    without = attempt("no_bar_falls", dropped, lambda: _falls_without_a_bar(definition.security, n_days, as_of)) if banned else None
    parts = decompose_drop(
        (-float(np.expm1(drop["high"])), -float(np.expm1(drop["low"]))),
        forced_flow=None if price_effect is None else _forced_fall(price_effect, n_days),
        restored=restored,
        no_ban_drop=None if without is None else without.most,
        sources=unique_sources(study.fit.sources, () if without is None else without.sources),
    )
    return parts if without is None else replace(parts, assumptions=(*parts.assumptions, without.sentence))


def _falls_without_a_bar(security: str, n_days: int, as_of: str | None) -> NoBarFalls:
    """What news alone did to other lines of that kind over as many sessions, as far as it was known."""
    before = None if as_of is None else parse_instant(as_of).tz_localize(None).normalize()
    return no_bar_falls(line_of_security(security), n_sessions=n_days, without=security, before=before)


def _forced_fall(price_effect: PriceEffect, n_days: int) -> tuple[float, float]:
    """90 % range of the fall that the forced supply explains over the first sessions, as positive decimals."""
    moved = price_effect.between(1, n_days)
    return max(0.0, -moved["return_q95"]), max(0.0, -moved["return_q05"])
