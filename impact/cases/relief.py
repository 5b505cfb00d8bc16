"""Assess the relief of one case: facts, prices and event study in, every part of the answer out."""

from __future__ import annotations

import pandas as pd

from impact.cases.anchors import price_anchors
from impact.cases.case_law import list_of_programme
from impact.cases.court import challenges_on_record, court_steps
from impact.cases.definition import CaseDefinition
from impact.cases.listing import listing_of
from impact.cases.recovery import relief_offsets
from impact.cases.relief_assessment import ReliefAssessment
from impact.cases.relief_prices import PRICED, PricedCase, PricedParts, attempt, close_of, read_from_prices
from impact.cases.study import CaseStudy
from impact.cases.timeline import Timeline
from impact.cases.trees import tree_of_case
from impact.market import MarketPanel
from impact.pricing.announcement import AnnouncementShock, announcement_shock
from impact.pricing.effect import PriceEffect
from impact.pricing.library import line_of_security
from impact.provenance import unique_sources
from impact.relief.challenges import RELIEF_STEPS, Challenges
from impact.tables.prose import interval, signed_percent

__all__ = ["assess_case"]


def assess_case(
    definition: CaseDefinition,
    panel: MarketPanel | None,
    timeline: Timeline,
    study: CaseStudy | None,
    as_of: str | None = None,
    *,
    horizon: int | None = None,
    discount: tuple[float, float] | None = None,
    price_effect: PriceEffect | None = None,
    no_study: str = "the case has no event study",
) -> ReliefAssessment:
    """Assess the relief of one case as known at an instant.

    Parameters
    ----------
    definition, panel, timeline, study
        The case: fixed choices, prices (both cut at `as_of` by the caller), dated events, event study whose ``fit`` runs
        from the designation to the last session. Without prices or study the court steps, base rates, states and what relief
        would do are told, and what rests on the price is left out.
    as_of : zoned instant, optional
        Knowledge that the facts may use.
    horizon : int, optional
        Sessions left to sell; by default those to the divestment date of the programme.
    discount : (low, high), optional
        Fall from the clear to the banned value in place of the range from the facts.
    price_effect : PriceEffect, optional
        What the forced supply should do to the price: its 90 % range over the sessions of the drop bounds the part of the
        forced flow; without it that part is unknown.
    no_study : str
        Why there is no study.

    Raises
    ------
    InputError
        If `as_of` has no zone.
    """
    steps = court_steps(timeline)
    reliefs = steps.iloc[:0] if study is None else relief_offsets(steps, study)
    eve = _eve(definition.security, panel, reliefs)
    # What is weighed on the eve is what was known at its close: no base rate holds the outcome that it is to foretell.
    known_at = as_of if eve is None or reliefs.empty else close_of(definition, panel, eve).isoformat()
    challenges = challenges_on_record(known_at)
    listing = listing_of(definition, known_at)
    tree = tree_of_case(steps[steps["reaction_on"] <= eve] if len(reliefs) else steps, challenges, listing)
    dropped: list[tuple[str, str]] = []
    priced = PricedParts()
    if panel is None or study is None or eve is None:
        dropped += [(part, no_study) for part in PRICED]
        dropped.append(("recovery", no_study if steps["step"].isin(RELIEF_STEPS).any() else "no relief on record"))
    else:
        case = PricedCase(definition=definition, panel=panel, study=study, steps=steps, reliefs=reliefs, eve=eve, listing=listing)
        anchors = attempt("anchors", dropped, lambda: price_anchors(definition, panel, study, until=eve, as_of=known_at, discount=discount))
        priced = read_from_prices(case, anchors, tree, as_of, horizon, price_effect, dropped)
    sigma = None if study is None else float(study.fit.fitted.sigma[0])
    jump = attempt("relief_jump", dropped, lambda: _relief_jump(definition.security, eve, sigma, as_of))
    return ReliefAssessment(
        case=definition.case,
        as_of=as_of,
        eve=eve,
        steps=steps,
        base_rates=challenges.outcome_rates(),
        injunction_rates=challenges.injunction_rates(),
        anchors=pd.DataFrame() if priced.anchors is None else priced.anchors.evidence,
        probability=priced.probability,
        sensitivity=priced.sensitivity,
        tree=tree,
        scenarios=pd.DataFrame() if priced.scenarios is None else priced.scenarios,
        waiting=priced.waiting,
        recovery=priced.recovery,
        recovery_grid=priced.grid,
        decomposition=priced.decomposition,
        relief_jump=jump,
        dropped=pd.DataFrame([*dropped, *challenges.dropped.itertuples(index=False, name=None)], columns=["part", "reason"]),
        sources=unique_sources(
            *(part.sources for part in (priced.anchors, priced.recovery, priced.decomposition) if part is not None),
            challenges.outcome_rates().sources,
        ),
        assumptions=(*_assumptions(priced, challenges, definition, jump), *_path_note(study, reliefs, eve)),
    )


def _eve(security: str, panel: MarketPanel | None, reliefs: pd.DataFrame) -> pd.Timestamp | None:
    """Last session with a close of the line before the first relief, or of all that are known; None without any."""
    if panel is None or security not in panel.securities:
        return None
    priced = panel.close[security].dropna().index
    if len(reliefs):
        priced = priced[priced < reliefs["reaction_on"].iloc[0]]
    return priced[-1] if len(priced) else None


def _path_note(study: CaseStudy | None, reliefs: pd.DataFrame, eve: pd.Timestamp | None) -> tuple[str, ...]:
    """Whose clock the rates have, and what is left of the listing at the last relief, by the whole path."""
    if study is None or eve is None:
        return ()
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


def _relief_jump(security: str, eve: pd.Timestamp | None, sigma: float | None, as_of: str | None) -> AnnouncementShock:
    """What relief would do to the line on its first two sessions, by the model of the announcement and what it knew on the eve;
    without prices, at the instant asked."""
    line = line_of_security(security)
    if eve is None:
        return announcement_shock("relief", line=line, sigma=sigma, training="all_dates", as_of=as_of)
    return announcement_shock("relief", line=line, date=eve, sigma=sigma, training="earlier_dates")


def _assumptions(
    priced: PricedParts, challenges: Challenges, definition: CaseDefinition, jump: AnnouncementShock | None
) -> tuple[str, ...]:
    anchors, waiting, parts = priced.anchors, priced.waiting, priced.decomposition
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
