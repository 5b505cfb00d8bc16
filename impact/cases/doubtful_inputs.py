"""What to doubt in the figures that a case states: a rate turned round, shares in thousands, the currency of another venue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from impact.calendars import venue_of
from impact.cases.benchmarks import venue_currency
from impact.cases.definition import CaseDefinition
from impact.intake.currencies import HUNDREDTHS, currency_of
from impact.supply.line import LineState
from impact.tables.prose import interval, significant

__all__ = ["PER_DOLLAR", "input_doubts"]

PER_DOLLAR: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "AED": (3.67, 3.68), "AUD": (1.24, 1.75), "BRL": (3.0, 6.4), "CAD": (1.20, 1.48), "CHF": (0.78, 1.04), "CNY": (6.2, 7.4),
        "DKK": (5.9, 7.7), "EUR": (0.80, 1.05), "GBP": (0.68, 0.95), "HKD": (7.74, 7.86), "IDR": (13000.0, 17000.0),
        "ILS": (3.0, 4.1), "INR": (62.0, 92.0), "JPY": (99.0, 165.0), "KRW": (1050.0, 1500.0), "MXN": (16.0, 25.5),
        "MYR": (3.8, 4.8), "NOK": (7.5, 11.7), "PLN": (3.3, 5.1), "SAR": (3.74, 3.77), "SEK": (7.8, 11.6), "SGD": (1.26, 1.46),
        "THB": (29.0, 38.5), "TWD": (27.0, 35.0), "ZAR": (11.5, 20.0),
    }
)  # fmt: skip
"""Units of a currency a US dollar, least and most from 2016 to 2026, from memory, checked 2026-11-27: they raise a doubt at twice
their width and convert nothing."""
MARGIN = 2.0
MOST_VALUE_USD = 1e13
"""Twice what the largest company was worth by 2026, US dollars."""
LEAST_TURNOVER = 1e-5
"""Share of all shares that trades on a usual day below which the count is doubted: a listed line trades a hundred times as much."""


def input_doubts(definition: CaseDefinition, line: LineState) -> Iterator[str]:
    """A sentence for each figure of the case that does not go with the others; it is used as it stands."""
    yield from _rate_doubts(definition, line.currency)
    usual = venue_currency(venue_of(definition.security))
    if definition.currency and usual and currency_of(definition.currency)[0] != currency_of(usual)[0]:
        yield (
            f"currency {definition.currency} is stated, and lines of {venue_of(definition.security)} are quoted in {usual}; "
            "values are wrong by the rate unless the closes are in what is stated."
        )
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


def _rate_doubts(definition: CaseDefinition, currency: str) -> Iterator[str]:
    per_dollar = definition.rates.get("USD")
    code, worth = currency_of(currency)
    if per_dollar is None or code not in PER_DOLLAR:
        return
    low, high = (bound / worth for bound in PER_DOLLAR[code])
    if low / MARGIN <= per_dollar <= high * MARGIN:
        return
    hundredth = f"; the closes are in {currency}, a hundredth" if currency in HUNDREDTHS else ""
    yield (
        f"rates = {{ USD = {significant(per_dollar, 6)} }} is the price of one US dollar in {currency}, which was {interval(low, high, significant, 4)} "
        f"from 2016 to 2026{hundredth}; is it turned round?"
    )
