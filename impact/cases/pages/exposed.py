"""Sections of the page of a case that say what the exclusion should do: law, holders, forced supply, price."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from impact.cases.answers import NEW_YORK
from impact.report.drawing import drawn
from impact.report.page import Figure, Section, Table, Text

if TYPE_CHECKING:
    from impact.cases import CasePricing
    from impact.cases.narrowing import Narrowing
    from impact.cases.pages.names import Names
    from impact.cases.price_narrowing import PriceNarrowing
    from impact.holdings import ExposureReport
    from impact.pricing import PriceEffect
    from impact.pricing.comparison import PredictedRealised
    from impact.pricing.liquidation import LiquidationCost
    from impact.rules import Deadlines
    from impact.rules.standing import Standing
    from impact.supply import ForcedSupply

__all__ = ["cost_section", "holdings_section", "law_section", "narrowing_section", "news_section", "price_section", "supply_section"]


HELD = [
    "account", "security", "line", "via", "status", "quantity_low", "quantity_high", "market_value_low", "market_value_high", "nav_share_low",
    "nav_share_high", "as_of",
]  # fmt: skip


def holdings_section(exposure: ExposureReport | None) -> Section:
    """T1, what is held: nothing is assumed of a reader's own positions."""
    if exposure is None:
        return Section(
            id="holdings",
            title="What do I hold",
            blocks=(
                Text(lines=("No positions were given, and none are assumed; --holdings FILE, or [book] in the case file, reads them.",)),
            ),
        )
    blocks: list[Text | Table | Figure] = [Table(id="held", title="Designated names held", table=exposure.with_schema("exposures", HELD))]
    if len(exposure.unknown):
        blocks.append(Table(id="held-unknown", title="What of the book is not known", table=exposure.with_schema("unknown")))
    return Section(id="holdings", title="What do I hold", lead=exposure.headline, blocks=tuple(blocks))


def cost_section(cost: LiquidationCost) -> Section:
    """T3, what it costs to sell what is held: over several horizons, alone and with everybody else who must."""
    return Section(
        id="cost",
        title="What will it cost",
        lead=cost.summary().title + ".",
        blocks=(
            drawn(
                "cost-figure",
                "Cost by horizon",
                cost.plot(),
                "Cost of selling the position over each horizon, alone and with the crowd, with its range.",
                "A longer horizon costs less by itself; with everybody selling it need not.",
                cost.costs,
            ),
            Table(id="costs", title="Cost by horizon", table=cost.with_schema("costs")),
            Text(lines=cost.assumptions, bullets=True),
        ),
    )


def law_section(clocks: Deadlines, law: Standing, names: Names) -> Section:
    """T2, until when: every clock with its instant here and there, the last session that can still be used, and the law as last known."""
    shown = [
        "clock",
        "programme_id",
        "state",
        "line",
        "first_prohibited_et",
        "first_prohibited_local",
        "last_session_on",
        "whole_session",
        "limited_by",
    ]
    blocks: list[Text | Table | Figure] = [
        Table(
            id="deadlines",
            title=f"Clocks as known at {clocks.as_of.tz_convert(NEW_YORK):%Y-%m-%d %H:%M} in New York" if clocks.as_of else "Clocks",
            table=names.of(clocks.with_schema("clocks", shown)),
            caption="A reading of public texts, not legal advice.",
        )
    ]
    if len(clocks.relief):
        blocks.append(Table(id="relief-law", title="What lifts the clocks", table=names.of(clocks.with_schema("relief"))))
    notes = tuple(note for note in clocks.notes if not law.is_last or note not in clocks.without_clock)
    if law.is_last:
        notes = (*(f"{told[:1].upper()}{told[1:]}." for told in (*law.blockings(), law.sentence())), *notes)
    if notes:
        blocks.append(Text(lines=notes, bullets=True, tone="warning"))
    return Section(id="law", title="Until when", blocks=tuple(blocks))


def supply_section(supply: ForcedSupply, names: Names) -> Section:
    """T4, who else sells: the ladder by session, the classes, the providers, what is left stranded; without a figure, why there is none."""
    from impact.plots.supply import plot_provider_lanes

    flow = supply.index_flow
    blocks = _sold(supply, names)
    if flow is not None and len(flow.flows):
        blocks += [
            drawn(
                "lanes-figure",
                "What each index provider did",
                plot_provider_lanes(flow.flows),
                "One lane a provider: a bar from notice to execution close, a mark where the provider kept the line.",
                "Providers differ; a keeping provider forces no sale.",
                flow.lanes(),
            ),
            Table(id="execution-volume", folded=True, title="Volume at the execution closes", table=flow.with_schema("check")),
        ]
        if flow.ledger is not None:
            blocks.append(Table(id="round-trip", folded=True, title="Deleted and added again", table=flow.ledger.with_schema("to_frame")))
    blocks.append(Text(lines=supply.assumptions, bullets=True))
    return Section(id="supply", title="Who else sells", blocks=tuple(blocks))


def _sold(supply: ForcedSupply, names: Names) -> list[Text | Table | Figure]:
    """What is sold by when and by whom; nothing of what is unknown."""
    blocks: list[Text | Table | Figure] = []
    if np.isfinite(supply.total_shares["high"]):
        blocks.append(
            Table(
                id="milestones",
                title="Shares sold by date, of those that must be",
                table=supply.with_schema("milestones"),
                caption="As fast as the stated paces and the usual volume allow; what is not sold by the last legal sale stands below.",
            )
        )
    if supply.ladder["cumulative_adv_mid"].notna().any():
        blocks.append(
            drawn(
                "ladder-figure",
                "Supply ladder",
                supply.plot(),
                "Cumulative forced sales in multiples of average daily volume, low to high, with the purchase ban and the last legal sale.",
                "Multiples of the average daily volume before the event. A schedule of what the law and the stated speeds imply, not an observation.",
                supply.ladder,
            )
        )
    if np.isfinite(supply.bounds()["possible_shares_high"].to_numpy(dtype=float)).any():
        blocks += [
            Table(
                id="classes",
                title="Who must sell",
                table=supply.with_schema("bounds"),
                caption="Overlap between classes is removed; an infinite or missing end is unknown.",
            ),
            Table(
                id="stranded",
                folded=True,
                title="What may be left after the last legal sale",
                table=names.of(supply.with_schema("stranded")),
            ),
        ]
    return blocks


def narrowing_section(narrowing: Narrowing, priced: PriceNarrowing) -> Section:
    """What is missing, what it widens, and by how much knowing it would narrow the answer."""
    return Section(
        id="missing",
        title="What would narrow this most",
        lead=f"{narrowing.headline()}. {priced.headline()}.",
        blocks=(
            Table(
                id="missing-table",
                title="Missing inputs and the size of their effect",
                table=narrowing.for_readers(),
                caption=" ".join(narrowing.assumptions),
            ),
            *_missing_for_the_price(priced),
        ),
    )


def _missing_for_the_price(priced: PriceNarrowing) -> Iterator[Table]:
    if priced.table["now_high"].notna().any():
        yield Table(
            id="missing-price-table",
            title="What each would do to the range of the price effect",
            table=priced.with_schema("table"),
            caption=" ".join(priced.assumptions),
        )


def news_section(priced: CasePricing) -> Section:
    """T3 where the forced shares or the usual volume are unknown: what the news alone does, and why there is no more."""
    news = priced.announcement
    return Section(
        id="price",
        title="What the news alone should do to the price",
        lead=f"{priced.headline()}.",
        blocks=(
            drawn(
                "news-figure",
                "Forecasts of the first session and the next",
                news.plot(),
                "Two ranges: no effect with fitted spread, and what the class of the event did before.",
                "50 and 90 % ranges; a scenario is shown only where events of its class trained it.",
                news.to_frame(),
            ),
            Table(id="news", title="Forecasts side by side", table=news.with_schema("to_frame")),
            Text(lines=priced.assumptions, bullets=True),
        ),
    )


def price_section(priced: CasePricing, effect: PriceEffect, compared: PredictedRealised, names: Names) -> Section:
    """T3, what it costs: laws side by side, predicted against realised, which assumption matters."""
    from impact.plots.pricing import plot_variance_shares

    short = ["law", "peak_return_low", "peak_return_mid", "peak_return_high", "announcement_return", "end_return", "extrapolated"]
    laws = effect.with_schema("laws", short)
    return Section(
        id="price",
        title="What the forced supply should do to the price",
        lead=f"{priced.headline()}.",
        blocks=(
            Table(
                id="laws",
                title="Forecasts side by side",
                table=names.of(laws.of(laws.frame[laws.frame["peak_return_mid"].notna()])),
                caption="Return since the eve on the session of the lowest middle, 90 % of draws. A law outside its range is refused and not shown.",
            ),
            Text(lines=effect.verdicts, bullets=True),
            *_against_realised(compared, names),
            drawn(
                "variance-figure",
                "Which assumption matters",
                plot_variance_shares(effect.variance_shares),
                "Share of the variance of the peak effect that each assumption explains alone.",
                "First-order shares; what is left is interaction.",
                effect.variance_shares,
            ),
            Table(id="priors", folded=True, title="Priors", table=effect.with_schema("priors")),
            Text(
                lines=tuple(text for text in effect.assumptions if text.startswith(("The laws", "Bands", "Each law", "All laws")))
                + _extrapolation(effect),
                bullets=True,
            ),
        ),
    )


def _against_realised(compared: PredictedRealised, names: Names) -> tuple[Figure | Table | Text, ...]:
    """Predicted beside realised; before any session has reacted there is nothing to set it against."""
    if compared.table.empty:
        return (Text(lines=("No session with an event has closed yet: nothing realised to compare with.",)),)
    from impact.plots.pricing import plot_predicted_realised

    pooled = names.frame(compared.table[compared.table["law"] == "all_laws"]).drop(columns=["law"])
    return (
        drawn(
            "predicted-figure",
            "Predicted and realised, session by session",
            plot_predicted_realised(pooled),
            "Predicted interval and realised abnormal return of each event session.",
            "The laws know one notice and the selling that follows; rulings, buybacks and other news are not in them.",
            pooled,
        ),
        Table(id="predicted", title="Predicted against realised", table=compared.with_schema("table").of(pooled)),
    )


def _extrapolation(effect: PriceEffect) -> tuple[str, ...]:
    return tuple(text for text in effect.assumptions if "outside their calibration" in text)
