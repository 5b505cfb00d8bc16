"""Assess the relief of one case: facts, prices and event study in, every part of the answer out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from impact.calendars import parse_instant, venue_of
from impact.cases.anchors import Anchors, price_anchors
from impact.cases.court import challenges_on_record, court_steps
from impact.cases.definition import CaseDefinition
from impact.cases.line_sessions import LineSessions
from impact.cases.listing import CaseListing, list_of_programme, listing_of
from impact.cases.recovery import recoveries_of_case, relief_offsets
from impact.cases.relief_assessment import ReliefAssessment
from impact.cases.study import CaseStudy
from impact.cases.timeline import Timeline
from impact.cases.trees import outcome_values, tree_of_case
from impact.errors import DataUnavailable, ImpactError, InfeasibleDesign
from impact.market import MarketPanel
from impact.pricing.announcement import AnnouncementShock, announcement_shock
from impact.pricing.effect import PriceEffect
from impact.pricing.library import line_of_security
from impact.provenance import unique_sources
from impact.relief.challenges import Challenges
from impact.relief.decomposition import Decomposition, decompose_drop
from impact.relief.no_bar_falls import NoBarFalls, no_bar_falls
from impact.relief.probability import ReliefProbability, relief_probability
from impact.relief.recovery import Recovery
from impact.relief.scenarios import ScenarioTree
from impact.relief.sensitivity import AnchorSensitivity, anchor_sensitivity
from impact.relief.waiting import WaitingExample, waiting_example
from impact.supply.regimes import stated_regime
from impact.tables.prose import interval, signed_percent

__all__ = ["assess_case"]

VOLUME_SESSIONS = 60
"""Sessions up to the eve whose median volume is the usual volume."""
EXAMPLE_SHARES = 1_000_000.0
NO_BAN_LIST = "ndaa-1260h"
"""A list that bars nobody from holding: what its names lose on listing is news, not forced flow."""


def _attempt(part: str, dropped: list[tuple[str, str]], make: Callable[[], Any]) -> Any:
    """A part, or None with its reason on record."""
    try:
        return make()
    except ImpactError as error:
        dropped.append((part, str(error)))
        return None


@dataclass(frozen=True, eq=False, kw_only=True)
class _Case:
    """The parts of a case that every step needs."""

    definition: CaseDefinition
    panel: MarketPanel
    study: CaseStudy

    @property
    def close(self) -> pd.Series:
        return self.panel.close[self.definition.security]


def _sessions_of(case: _Case) -> LineSessions:
    return LineSessions.of(case.definition.security, venue_of(case.definition.security), case.panel)


def _close_of(case: _Case, session: pd.Timestamp) -> pd.Timestamp:
    return _sessions_of(case).closes(pd.DatetimeIndex([session]))[0]


def assess_case(
    definition: CaseDefinition,
    panel: MarketPanel,
    timeline: Timeline,
    study: CaseStudy,
    as_of: str | None = None,
    *,
    horizon: int | None = None,
    discount: tuple[float, float] | None = None,
    price_effect: PriceEffect | None = None,
) -> ReliefAssessment:
    """Assess the relief of one case as known at an instant.

    Parameters
    ----------
    definition, panel, timeline, study
        The case: fixed choices, prices (both cut at `as_of` by the caller), dated events, event study whose ``fit`` runs
        from the designation to the last session.
    as_of : zoned instant, optional
        Knowledge that the facts may use.
    horizon : int, optional
        Sessions left to sell; by default those to the divestment date of the programme.
    discount : (low, high), optional
        Fall from the clear to the banned value in place of the range from the facts.
    price_effect : PriceEffect, optional
        What the forced supply should do to the price: its 90 % range over the sessions of the drop bounds the part of the
        forced flow; without it that part is unknown.

    Raises
    ------
    InputError
        If `as_of` has no zone.
    """
    case = _Case(definition=definition, panel=panel, study=study)
    steps = court_steps(timeline)
    reliefs = relief_offsets(steps, study)
    sessions = panel.sessions
    eve = sessions[sessions < reliefs["reaction_on"].iloc[0]][-1] if len(reliefs) else sessions[-1]
    # What is weighed on the eve is what was known at its close: no base rate holds the outcome that it is to foretell.
    known_at = _close_of(case, eve).isoformat() if len(reliefs) else as_of
    challenges = challenges_on_record(known_at)
    listing = listing_of(definition, known_at)
    tree = tree_of_case(steps[steps["reaction_on"] <= eve] if len(reliefs) else steps, challenges, listing)
    dropped: list[tuple[str, str]] = []
    anchors = _attempt("anchors", dropped, lambda: price_anchors(definition, panel, study, until=eve, as_of=known_at, discount=discount))
    if anchors is None:
        dropped.append(("probability", dropped[-1][1]))
    probability = anchors and _attempt("probability", dropped, lambda: _band(case, anchors, steps, reliefs))
    sensitivity = scenarios = waiting = None
    if probability is not None:
        sensitivity = _attempt("sensitivity", dropped, lambda: _tornado(case, anchors, eve))
        scenarios = _attempt("scenarios", dropped, lambda: _scenarios(tree, probability, eve))
        waiting = _attempt("sell_or_wait", dropped, lambda: _waiting(case, probability, listing, eve, horizon))
    recovery, grid = _attempt("recovery", dropped, lambda: recoveries_of_case(definition, panel, study, reliefs)) or (None, pd.DataFrame())
    parts = _attempt("parts_of_the_drop", dropped, lambda: _decomposed(case, recovery, price_effect, as_of, dropped))
    jump = _attempt("relief_jump", dropped, lambda: _relief_jump(case, eve))
    return ReliefAssessment(
        case=definition.case,
        as_of=as_of,
        eve=eve,
        steps=steps,
        base_rates=challenges.outcome_rates(),
        injunction_rates=challenges.injunction_rates(),
        anchors=anchors.evidence if anchors is not None else pd.DataFrame(),
        probability=probability,
        sensitivity=sensitivity,
        tree=tree,
        scenarios=pd.DataFrame() if scenarios is None else scenarios,
        waiting=waiting,
        recovery=recovery,
        recovery_grid=grid,
        decomposition=parts,
        relief_jump=jump,
        dropped=pd.DataFrame([*dropped, *challenges.dropped.itertuples(index=False, name=None)], columns=["part", "reason"]),
        sources=unique_sources(
            *(part.sources for part in (anchors, recovery, parts) if part is not None), challenges.outcome_rates().sources
        ),
        assumptions=(*_assumptions(anchors, challenges, definition, waiting, parts, jump), *_path_note(study, reliefs, eve)),
    )


def _band(case: _Case, anchors: Anchors, steps: pd.DataFrame, reliefs: pd.DataFrame) -> ReliefProbability:
    if steps.empty:
        raise DataUnavailable("no challenge on record: no probability of relief is read from the price")
    benchmark = anchors.benchmarks[anchors.headline]
    final = steps.loc[steps["step"] == "relief", "reaction_on"]
    benchmark = benchmark[benchmark.index <= (final.iloc[0] if len(final) else case.panel.sessions[-1])]
    rulings = tuple(f"{day:%Y-%m-%d}" for day in reliefs["reaction_on"] if day in benchmark.index)
    return relief_probability(
        case.close.reindex(benchmark.index), benchmark, clear=anchors.clear, discount=anchors.discount,
        beta=anchors.betas[anchors.headline], rulings=rulings, sources=anchors.sources,
    )  # fmt: skip


def _tornado(case: _Case, anchors: Anchors, eve: pd.Timestamp) -> AnchorSensitivity:
    price = case.close.reindex(anchors.benchmarks[anchors.headline].index)
    return anchor_sensitivity(
        price,
        anchors.benchmarks,
        clear=anchors.clear,
        discount=anchors.discount,
        betas=anchors.betas,
        headline=anchors.headline,
        session=eve,
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


def _chances(case: _Case, probability: ReliefProbability, eve: pd.Timestamp) -> tuple[tuple[float, float], str]:
    """Range of the chance of relief to weigh: the price's within [0, 1], else the statute's base rate as known on the eve; and which it is."""
    row = _row_of(probability, eve)
    if np.isfinite(row["inside_probability_low"]):
        allowed = (float(row["inside_probability_low"]), float(row["inside_probability_high"]))
        return allowed, "Sell or wait weighs the band that the price allows on the eve."
    programme = list_of_programme(case.definition.programme_id)
    known_at = _close_of(case, eve)
    rates = challenges_on_record(known_at.isoformat()).outcome_rates().to_frame()
    own = rates[rates["programme_id"] == programme]
    rate = own.iloc[0] if len(own) else None
    n = 0 if rate is None else int(rate["n_decided"])
    return (
        (0.0, 1.0) if rate is None else (float(rate["relief_share_low"]), float(rate["relief_share_high"])),
        "The price allows no probability on the eve, so sell or wait weighs the exact interval of the base rate under "
        f"{programme} as known at its close, n = {n}: a what-if, not a forecast.",
    )


def _path_note(study: CaseStudy, reliefs: pd.DataFrame, eve: pd.Timestamp) -> tuple[str, ...]:
    """Whose clock the rates have, and what is left of the listing at the last relief, by the whole path."""
    path = study.path.set_index("session")
    days = [day for day in reliefs["reaction_on"] if day in path.index]
    if not days:
        return ()
    row = path.loc[days[-1]]
    told = "cannot be told from zero" if row["low"] <= 0 <= row["high"] else "can be told from zero"
    return (
        f"Base rates, outcomes, falls of other names, and sell or wait are as known at the close of {eve:%Y-%m-%d}, the eve of the first relief.",
        f"Windows tell what the news days did, the path what was left: from the listing to the close of {days[-1]:%Y-%m-%d} the log "
        f"price moved {signed_percent(row['car'], 0)} ({interval(row['low'], row['high'], signed_percent, 0)}) net of the market, drift set to zero, which {told}.",
    )


def _waiting(case: _Case, probability: ReliefProbability, listing: CaseListing, eve: pd.Timestamp, horizon: int | None) -> WaitingExample:
    (low, high), basis = _chances(case, probability, eve)
    row, clear, banned = _value_ranges(probability, eve)
    if horizon is None:
        if listing.divestment_on is None or listing.divestment_on <= eve:
            raise DataUnavailable("the programme sets no date by which a holder must have sold, or it is past: give horizon")
        horizon = len(_sessions_of(case).between(eve + pd.Timedelta(days=1), listing.divestment_on))
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
    case: _Case, recovery: Recovery | None, price_effect: PriceEffect | None, as_of: str | None, dropped: list[tuple[str, str]]
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
    without = _attempt("no_bar_falls", dropped, lambda: _falls_without_a_bar(definition.security, n_days, as_of)) if banned else None
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


def _relief_jump(case: _Case, eve: pd.Timestamp) -> AnnouncementShock:
    """What relief would do to the line on its first two sessions, by the model of the announcement and what it knew on the eve."""
    return announcement_shock(
        "relief",
        line=line_of_security(case.definition.security),
        date=eve,
        sigma=float(case.study.fit.fitted.sigma[0]),
        training="earlier_dates",
    )


def _forced_fall(price_effect: PriceEffect, n_days: int) -> tuple[float, float]:
    """90 % range of the fall that the forced supply explains over the first sessions, as positive decimals."""
    moved = price_effect.between(1, n_days)
    return max(0.0, -moved["return_q95"]), max(0.0, -moved["return_q05"])


def _assumptions(
    anchors: Anchors | None,
    challenges: Challenges,
    definition: CaseDefinition,
    waiting: WaitingExample | None,
    parts: Decomposition | None,
    jump: AnnouncementShock | None,
) -> tuple[str, ...]:
    programme = list_of_programme(definition.programme_id)
    own = challenges.cases[challenges.cases["programme_id"] == programme]
    decided = int(own["outcome"].isin(["relief", "lost"]).sum())
    first = (
        f"Base rates are by statute and never pooled; under {programme} {decided} of {len(own)} challenges are decided.",
        "A removal while a suit was pending counts as relief though no court ruled; relief_by says which it was.",
        "A probability from prices is risk-neutral, lies between anchors that are ranges, and holds whatever else moved the price.",
    )
    more = (
        ()
        if anchors is None
        else (
            f"Clear and banned value move with {anchors.headline}; the tornado shows the other benchmarks.",
            "The upper end of the discount is the largest fall on record, the extreme of a sample: with fewer names it is lower, not better known.",
            "In scenarios a banned value above the price, or a clear value below it, is refuted by the price, which takes its place.",
        )
    )
    return (
        *first,
        *more,
        *(waiting.assumptions if waiting else ()),
        *(parts.assumptions if parts else ()),
        *((f"If relief comes: {jump.verdict}",) if jump else ()),
    )
