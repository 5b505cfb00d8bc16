"""What one unit of a line's currency is worth in US dollars: as the case states, or as the bundled rates say, with the date."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

import pandas as pd

from impact.bundled import bundled_source
from impact.calendars import venue_of
from impact.cases.benchmarks import quoted_currencies
from impact.cases.case_law import stated_source
from impact.cases.definition import CaseDefinition
from impact.cases.panel import currency_of_line, load_case_prices
from impact.errors import DataUnavailable, InputError
from impact.intake.currencies import PART_WORDS, currency_of
from impact.intake.currency_table import CURRENCY_TABLE
from impact.market import MarketPanel
from impact.market.bundled import usd_per_unit
from impact.provenance import Source
from impact.tables.prose import significant

__all__ = ["BookRates", "DollarRate", "book_rates", "dollar_rate"]


class BookRates(TypedDict):
    """Arguments of :func:`impact.check_portfolio`."""

    rates: Mapping[str, float]
    rates_in: str | None


@dataclass(frozen=True, kw_only=True)
class DollarRate:
    """US dollars for one unit of a currency (NaN: unknown), said in a sentence, with its source."""

    usd_per_unit: float
    note: str
    sources: tuple[Source, ...] = ()


def book_rates(definition: CaseDefinition, panel: MarketPanel | None = None) -> BookRates:
    """The rates that a case states, for a book read against it: they are quoted in the currency of its line.

    Parameters
    ----------
    definition : CaseDefinition
    panel : MarketPanel, optional
        The prices of the case; read where they are needed to tell that currency.

    Raises
    ------
    InputError
        If nothing tells that currency: London quotes in pounds and in pence, Johannesburg in rand and in cents.
    """
    if not definition.rates:
        return BookRates(rates={}, rates_in=None)
    line = currency_of_line(definition, panel or _prices_telling(definition))
    if not line:
        stated = ", ".join(f"{code} = {significant(rate, 6)}" for code, rate in definition.rates.items())
        whole, part = quoted_currencies(venue_of(definition.security))
        word = PART_WORDS[currency_of(part)[1]]
        raise InputError(
            f"case={definition.case!r}: rates = {{ {stated} }} are prices in the currency of {definition.security}, which neither the case nor its "
            f"prices tell, and its venue quotes in a currency and its {word} alike; state currency, {whole}, or {part} where closes are in {word}s."
        )
    return BookRates(rates=definition.rates, rates_in=line)


def _prices_telling(definition: CaseDefinition) -> MarketPanel | None:
    """The prices of a case that states no currency; None where it states one or has none."""
    if definition.currency:
        return None
    try:
        return load_case_prices(definition, definition.prices, offline=True)
    except DataUnavailable:
        return None


def dollar_rate(definition: CaseDefinition, currency: str, on: pd.Timestamp) -> DollarRate:
    """The rate of `currency` on a session: stated by the case, else the last bundled one, else the middle of a peg, else unknown."""
    if currency == "USD":
        return DollarRate(usd_per_unit=1.0, note="")
    if "USD" in definition.rates:
        per_dollar = definition.rates["USD"]
        return DollarRate(
            usd_per_unit=1 / per_dollar,
            note=f"{currency} {significant(per_dollar, 6)} a US dollar, as the case states.",
            sources=(stated_source(definition),),
        )
    try:
        rate = usd_per_unit(currency, on)
    except DataUnavailable:
        pass
    else:
        return DollarRate(
            usd_per_unit=rate,
            note=f"{currency} {significant(1 / rate, 5)} a US dollar, the last rate up to {on:%Y-%m-%d}.",
            sources=(bundled_source("exchange_rates"),),
        )
    known = CURRENCY_TABLE.get(currency)
    if known is not None and known.peg is not None:
        return DollarRate(
            usd_per_unit=2 / sum(known.peg),
            note=f"{currency} at the middle of its band against the US dollar.",
            sources=(Source(title=known.peg_source, basis="facts", confidence="B"),),
        )
    return DollarRate(
        usd_per_unit=math.nan,
        note=f"The rate of {currency or 'the currency of the prices'} to the US dollar is unknown: values in dollars stay empty; state rates = {{ USD = ... }}.",
    )
