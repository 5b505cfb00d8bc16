"""What one unit of a line's currency is worth in US dollars: as the case states, or as the bundled rates say, with the date."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

import pandas as pd

from impact.bundled import bundled_source
from impact.calendars import venue_of
from impact.cases.benchmarks import venue_currency
from impact.cases.definition import CaseDefinition
from impact.cases.listing import stated_source
from impact.errors import DataUnavailable
from impact.intake.currency_table import CURRENCY_TABLE
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


def book_rates(definition: CaseDefinition) -> BookRates:
    """The rates that a case states, for a book read against it: they are quoted in the currency of its line."""
    line = definition.currency or venue_currency(venue_of(definition.security))
    return BookRates(rates=definition.rates, rates_in=line if definition.rates and line else None)


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
