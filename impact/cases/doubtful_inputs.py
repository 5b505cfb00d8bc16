"""What to doubt in the figures that a case states: a rate turned round, shares in thousands, the currency of another venue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from impact.calendars import venue_of
from impact.cases.benchmarks import venue_currency
from impact.cases.definition import CaseDefinition
from impact.errors import DataUnavailable, InputError
from impact.intake.currencies import PART_WORDS, currency_of, passed_span
from impact.market.plausibility import doubt_notes
from impact.supply.line import LineState
from impact.tables.prose import interval, significant

if TYPE_CHECKING:
    from impact.cases.whole import Case

__all__ = ["case_doubts", "input_doubts"]

MOST_VALUE_USD = 1e13
"""Twice what the largest company was worth by 2026, US dollars."""
LEAST_TURNOVER = 1e-5
"""Share of all shares that trades on a usual day below which the count is doubted: a listed line trades a hundred times as much."""


def case_doubts(case: Case) -> tuple[str, ...]:
    """What to doubt in the figures that a case states, and in the prices of its line, its benchmark and its peers."""
    definition = case.definition
    try:
        told = tuple(input_doubts(definition, case.supply_inputs.line)) if definition.is_stated else ()
    except (DataUnavailable, InputError):  # a designation that cannot be placed: the answers say so
        told = ()
    if case.panel is None:
        return told
    named = (definition.security, definition.market, *definition.peers, *definition.technology_peers)
    held = [name for name in dict.fromkeys(named) if name in case.panel.securities]
    return (*told, *(f"prices: {note}" for note in doubt_notes(case.panel.select(held).doubts())))


def input_doubts(definition: CaseDefinition, line: LineState) -> Iterator[str]:
    """A sentence for each figure of the case that does not go with the others; it is used as it stands."""
    yield from _rate_doubts(definition, line.currency)
    yield from _currency_doubts(definition, line.currency)
    if definition.shares_outstanding is None:
        return
    low, high = definition.shares_outstanding
    told = interval(low, high, significant, 4) if low != high else significant(high, 4)
    if high < line.adv_shares:
        yield f"outstanding {told} is less than a usual day trades ({significant(line.adv_shares, 4)} shares); are these thousands or millions?"
    elif line.adv_shares < LEAST_TURNOVER * low:
        yield f"outstanding {told} is more than a hundred thousand usual days ({significant(line.adv_shares, 4)} shares); is this a value, or another class?"
    if low * line.price_usd > MOST_VALUE_USD:
        yield (
            f"outstanding {told} at {significant(line.price_usd, 4)} US dollars a share is worth USD {significant(low * line.price_usd / 1e12, 4)} trillion, "
            "more than any company was; compare the count, the currency of the closes and the rate."
        )


def _currency_doubts(definition: CaseDefinition, currency: str) -> Iterator[str]:
    venue = venue_of(definition.security)
    usual = venue_currency(venue)
    if not usual or not currency or currency_of(currency)[0] == currency_of(usual)[0]:
        return
    if definition.currency:
        yield (
            f"currency {definition.currency} is stated, and lines of {venue} are quoted in {usual}; "
            "values are wrong by the rate unless the closes are in what is stated."
        )
    else:
        yield (
            f"the closes are in {currency}, as their file says, and lines of {venue} are quoted in {usual}; a benchmark in {usual} leaves the "
            "move of the exchange rate in the return net of the market."
        )


def _rate_doubts(definition: CaseDefinition, currency: str) -> Iterator[str]:
    code, worth = currency_of(currency)
    for of, rate in definition.rates.items():
        if code == "USD" and of == "USD" and rate != 1 / worth:
            yield f"rates = {{ USD = {significant(rate, 6)} }} is not used: the closes are in {currency}, as their file or the case says."
            continue
        span = passed_span(rate, of, currency)
        if span is None:
            continue
        part = f"; the closes are in {currency}, a {PART_WORDS[worth]}" if worth in PART_WORDS else ""
        one = "US dollar" if of == "USD" else of
        yield (
            f"rates = {{ {of} = {significant(rate, 6)} }} is the price of one {one} in {currency}, which was {interval(*span, significant, 4)} "
            f"from 2016 to 2026{part}; is it turned round?"
        )
