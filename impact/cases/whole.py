"""A case: the facts, the market data and the results of one designation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import pandas as pd

from impact.calendars import parse_instant
from impact.cases.benchmarks import yahoo_symbol
from impact.cases.case_file import StatedCase, define_stated
from impact.cases.case_law import law_of, rule_tables
from impact.cases.definition import Book, CaseDefinition
from impact.cases.doubtful_inputs import case_doubts
from impact.cases.panel import known_prices, load_case_prices
from impact.cases.sentence import sentence_without_study
from impact.cases.shipped import case_definition
from impact.cases.study import CaseStudy, study_case
from impact.cases.timeline import Timeline, build_timeline
from impact.errors import DataUnavailable, InfeasibleDesign, InputError
from impact.market import MarketPanel
from impact.market.sources import is_service
from impact.provenance import Source
from impact.tables import Table

if TYPE_CHECKING:
    from impact.cases.answers import CaseAnswers
    from impact.cases.narrowing import Narrowing
    from impact.cases.precedents import Precedents
    from impact.cases.price_narrowing import PriceNarrowing
    from impact.cases.pricing import CasePricing
    from impact.cases.relief_assessment import ReliefAssessment
    from impact.cases.supply import SupplyInputs
    from impact.holdings import ExposureReport
    from impact.pricing import PriceEffect
    from impact.pricing.announcement import AnnouncementShock
    from impact.pricing.comparison import PredictedRealised
    from impact.pricing.liquidation import LiquidationCost
    from impact.relief import Spillover
    from impact.rules import Deadlines
    from impact.rules.standing import Standing
    from impact.supply import ForcedSupply

__all__ = ["Case", "case"]

SHORT_CLOCKS = ["clock", "programme_id", "state", "line", "first_prohibited_et", "first_prohibited_local", "last_session_on", "limited_by"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Case:
    """One designation, ready to be asked.

    Attributes
    ----------
    definition : CaseDefinition
        Fixed choices: security, benchmark, peers.
    panel : MarketPanel or None
        Prices up to the last close known at `as_of`; None where a case that its user states has none.
    as_of : str or None
        Instant whose knowledge the answers use; None is everything on record.
    no_prices : str
        Why there is no panel; empty where there is one.
    """

    definition: CaseDefinition
    panel: MarketPanel | None
    as_of: str | None = None
    no_prices: str = ""

    def with_book(self, holdings: str | Path | pd.DataFrame, investor: str = "us_person", funds: str | Path | None = None) -> Case:
        """The same case read against positions."""
        return replace(self, definition=replace(self.definition, book=Book(holdings=holdings, investor=investor, funds=funds)))

    def prices(self) -> MarketPanel:
        """The panel.

        Raises
        ------
        DataUnavailable
            If the case has no prices: what rests on them is unknown.
        """
        if self.panel is None:
            raise DataUnavailable(self.no_prices)
        return self.panel

    def timeline(self) -> Timeline:
        """The dated events on the sessions that could first react to them."""
        return self._timeline

    def event_study(self) -> CaseStudy:
        """Abnormal returns around each event, with intervals, tests, benchmarks and volume."""
        return self._study

    def designated_at(self) -> pd.Timestamp:
        """Instant at which the designation became public."""
        return self.timeline().designation()["known_at"]

    def studied(self) -> CaseStudy | None:
        """The event study, or None while no session that could react to the designation has closed."""
        try:
            return self.event_study()
        except (DataUnavailable, InfeasibleDesign):
            return None

    def no_study(self) -> str:
        """Why there is no event study; empty where there is one."""
        try:
            self.event_study()
        except (DataUnavailable, InfeasibleDesign) as error:
            return str(error).removeprefix(f"case={self.definition.case!r}: ").rstrip(".")
        return ""

    def headline(self) -> str:
        """The answer in one sentence; before any session could react, what is known and when it can."""
        reason = self.no_study()
        return sentence_without_study(self.definition, self.timeline().designation(), reason) if reason else self.event_study().headline()

    def tables(self) -> dict[str, Table]:
        """What the terminal prints: the effects of the study, or, before any session could react, the clocks and the events."""
        study = self.studied()
        if study is None:
            pending = self.timeline().with_schema("pending", ["event_id", "label", "known_at", "reaction_on", "anchoring"])
            return {"pending_events": pending, "deadlines": self.deadlines().with_schema("clocks", SHORT_CLOCKS)}
        return {
            "reaction_session": study.with_schema("day_zero"),
            "wider_windows": study.with_schema("wider_windows"),
            "overlapping_windows": study.with_schema("joint_effects"),
            "benchmarks": study.with_schema("by_benchmark"),
            "confounders": study.with_schema("confounders"),
            **({"both_readings": study.with_schema("readings")} if len(study.readings) else {}),
        }

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the tables rest on."""
        study = self.studied()
        rest = self.timeline().assumptions if study is None else study.assumptions
        remarks = () if self.panel is None else self.panel.remarks()
        return (*rest, *(f"Prices: {note}" for note in remarks), *(f"Unknown: {text}" for text in self.definition.unknowns_at(self.as_of)))

    def doubts(self) -> tuple[str, ...]:
        """What to doubt in the figures that the case states, and in the prices of the line, its benchmark and its peers."""
        return case_doubts(self)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where the figures of the tables come from."""
        study = self.studied()
        return self.timeline().sources if study is None else study.sources

    def read_at(self) -> str:
        """Instant of the answers that need one: `as_of`; without one the day after the designation."""
        return self.as_of or (self.designated_at() + pd.Timedelta(days=1)).isoformat()

    def deadlines(self) -> Deadlines:
        """Every legal clock of the security, as known at `as_of`; without one, as known the day after the designation."""
        return self._deadlines

    def law(self) -> Standing:
        """What the law says of buying, selling and holding at `as_of`; without one, at the last instant on record."""
        return self._law

    def exposure(self, holdings: str | Path | pd.DataFrame | None = None) -> ExposureReport:
        """What a book holds that the designation reaches, and until when it can act.

        Parameters
        ----------
        holdings : path or DataFrame, optional
            The book of the case when None.

        Raises
        ------
        DataUnavailable
            If no positions are given and the case states none: none are assumed.
        """
        from impact.cases.held import exposure_of

        return exposure_of(self, holdings)

    def cost(self, shares: float | None = None) -> LiquidationCost:
        """What it costs to sell a position in the line over several horizons, alone and with the crowd.

        Parameters
        ----------
        shares : float, optional
            The position; what the book of the case holds of the line directly when None.

        Raises
        ------
        DataUnavailable
            If there is no position, or the forced supply is unknown.
        """
        from impact.cases.held import held_shares
        from impact.pricing.liquidation import liquidation_cost

        held = held_shares(self) if shares is None else shares
        return liquidation_cost(held, self.supply(), self.price_effect())

    def conflicts(self) -> pd.DataFrame:
        """Where the sources about the security contradict each other, as known at `as_of`."""
        from impact.facts import load_ledger

        ledger = load_ledger() if self.as_of is None else load_ledger().as_of(self.as_of)
        return ledger.facts_about(self.definition.line_on_record).conflicts()

    def answers(self) -> CaseAnswers:
        """What a holder asks first, each answered in one sentence: page, terminal and JSON share them."""
        return self._answers

    def supply(self) -> ForcedSupply:
        """Who must sell how much by when, as known at `as_of`."""
        return self.supply_inputs.supply

    def narrowing(self) -> Narrowing:
        """What would narrow the answer most, with the size of the effect of each missing input."""
        return self._narrowing

    def price_narrowing(self, effect: PriceEffect | None = None) -> PriceNarrowing:
        """What would narrow the range of the price effect (`effect`; its own when None) most, with the size of each missing input."""
        from impact.cases.price_narrowing import price_narrowing_of

        return price_narrowing_of(self, self._pricing.effect if effect is None else effect)

    def price_effect(self) -> PriceEffect:
        """What the forced supply should do to the price, law by law, with an interval."""
        if self._pricing.effect is None:
            raise DataUnavailable(self._pricing.flow_unknown)
        return self._pricing.effect

    def announcement(self) -> AnnouncementShock:
        """What the news alone should do to the price, from the event library."""
        return self._pricing.announcement

    def predicted_against_realised(self) -> PredictedRealised:
        """The predicted return of each session with an event beside its abnormal return in the event study."""
        if self._pricing.comparison is None:
            raise DataUnavailable(self._pricing.flow_unknown)
        return self._pricing.comparison

    def pricing(self, **options: Any) -> CasePricing:
        """Effect, comparison and the cost of a position; `options` as in :func:`impact.cases.pricing_of_case`."""
        return self._priced(options) if options else self._pricing

    def _priced(self, options: Mapping[str, Any]) -> CasePricing:
        from impact.cases.pricing import pricing_of_case

        study = self.studied()
        realised = pd.DataFrame(columns=["event_id", "label", "session", "abnormal_return", "se"]) if study is None else study.realised()
        return pricing_of_case(self.definition, realised, self.as_of, supply=self.supply(), **options)

    def relief(self) -> ReliefAssessment:
        """What the law may still do: probability as a band, base rates, recovery, decomposition, sell or wait."""
        return self._relief

    def spillover(self) -> Spillover:
        """What the court events of the case did to its peers and to the other designated names."""
        from impact.cases.spillover import spillover_of_case

        return spillover_of_case(self.definition, self.prices(), self.timeline(), self.event_study(), as_of=self.as_of)

    def precedents(self) -> Precedents:
        """Who challenged a listing on the same list before, with what outcome, and what prices did."""
        from impact.cases.case_law import list_of_programme
        from impact.cases.precedents import precedents_on_record

        return precedents_on_record(self.prices(), programmes=(list_of_programme(self.definition.programme_id),), as_of=self.as_of)

    def report(self, path: str | Path) -> Path:
        """Write the whole case as one self-contained HTML page; where it cannot be written is said before it is drawn."""
        from impact.cases.pages.page import case_page
        from impact.report.page import write
        from impact.whole_files import checked_path

        checked_path(path, "html")
        return write(case_page(self), path)

    @cached_property
    def _timeline(self) -> Timeline:
        return build_timeline(self.definition, self.panel, as_of=self.as_of)

    @cached_property
    def _study(self) -> CaseStudy:
        return study_case(self.definition, self.prices(), self.timeline(), as_of=self.as_of)

    @cached_property
    def _deadlines(self) -> Deadlines:
        from impact.rules import deadlines

        return deadlines(self.definition.security, as_of=self.read_at(), tables=rule_tables(self.definition, self.as_of))

    @cached_property
    def _law(self) -> Standing:
        return law_of(self.definition, self.as_of)

    @cached_property
    def _answers(self) -> CaseAnswers:
        from impact.cases.answers import answers_of

        return answers_of(self)

    @cached_property
    def supply_inputs(self) -> SupplyInputs:
        """Everything that the supply is computed from."""
        from impact.cases.supply import supply_inputs

        return supply_inputs(self.definition, self.as_of, panel=self.panel)

    @cached_property
    def _narrowing(self) -> Narrowing:
        from impact.cases.narrowing import narrowing_of

        return narrowing_of(self)

    @cached_property
    def _pricing(self) -> CasePricing:
        return self._priced({})

    @cached_property
    def _relief(self) -> ReliefAssessment:
        from impact.cases.relief import assess_case

        try:
            effect = self.price_effect()
        except (DataUnavailable, InputError):  # no facts on the holders: the parts of the drop do without the forced flow
            effect = None
        return assess_case(
            self.definition,
            self.panel,
            self.timeline(),
            self.studied(),
            as_of=self.as_of,
            price_effect=effect,
            no_study=self.no_study(),
        )


def case(
    name: str | Path | None = None,
    source: str | Path | MarketPanel | None = None,
    as_of: str | None = None,
    *,
    offline: bool = False,
    **stated: Unpack[StatedCase],
) -> Case:
    """Open a case: one that ships, one in a file, or one stated in the call.

    Parameters
    ----------
    name : str or path, optional
        Name of a case that ships (``impact.cases.case_names()``), a case file, or a folder that holds ``case.toml``.
    source : {"bundled", "yahoo", "twelvedata"}, path or MarketPanel, optional
        Where prices come from: the tables that ship, a service, a file or folder of files; what the case states when None.
    as_of : str, optional
        Zoned instant: only facts announced and sessions closed by then are used.
    offline : bool
        With a service: use the cache only.
    **stated
        A case without a name: security, programme and public_at, and whatever else is known, as fields of a case file
        (:class:`impact.cases.case_file.StatedCase`). What is missing is unknown.

    Raises
    ------
    InputError
        If the case or the source is unknown, a field is wrong, or `as_of` has no zone.
    DataUnavailable
        If the prices of the security or its benchmark cannot be had from the source.

    Examples
    --------
    >>> events = case("xiaomi").timeline().to_frame().set_index("event_id")
    >>> events.loc[["E0", "E4", "E6"], "reaction_on"].dt.strftime("%Y-%m-%d").tolist()
    ['2021-01-15', '2021-03-15', '2021-05-12']
    >>> own = case(security="0700.HK", programme="ns-cmic", public_at="2026-11-28T16:05-05:00", hypothetical=True)
    >>> own.deadlines().clocks.set_index("clock").loc["purchase_ban", "first_prohibited_et"].iloc[0]
    '2027-01-27T00:01-05:00'
    """
    if as_of is not None:
        parse_instant(as_of)
    definition = define_stated(stated) if name is None else case_definition(name, stated)
    chosen = definition.prices if source is None else source
    if is_service(chosen):
        definition = replace(definition, market=yahoo_symbol(definition.market))
    try:
        panel = known_prices(load_case_prices(definition, chosen, offline=offline), definition.security, as_of)
    except DataUnavailable as error:
        if source is not None:
            raise
        return Case(definition=definition, panel=None, as_of=as_of, no_prices=str(error))
    return Case(definition=definition, panel=panel, as_of=as_of)
