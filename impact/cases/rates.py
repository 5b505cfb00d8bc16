"""What one unit of a line's currency is worth in US dollars: as the case states, or as the bundled rates say, with the date."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from impact.bundled import bundled_source
from impact.cases.definition import CaseDefinition
from impact.cases.listing import stated_source
from impact.errors import DataUnavailable
from impact.market.bundled import usd_per_unit
from impact.provenance import Source
from impact.tables.prose import significant

__all__ = ["DollarRate", "dollar_rate"]

PEG = {"HKD": (7.75, 7.85)}
"""Convertibility undertakings of the Hong Kong Monetary Authority, HKD a US dollar, since 2005-05-18; checked 2026-11-22."""
PEG_SOURCE = Source(
    title="Hong Kong linked exchange rate: HKD 7.75 to 7.85 a US dollar, middle taken (at most 0.7 % off)", basis="facts", confidence="B"
)


@dataclass(frozen=True, kw_only=True)
class DollarRate:
    """US dollars for one unit of a currency (NaN: unknown), said in a sentence, with its source."""

    usd_per_unit: float
    note: str
    sources: tuple[Source, ...] = ()


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
    if currency in PEG:
        return DollarRate(
            usd_per_unit=2 / sum(PEG[currency]), note=f"{currency} at the middle of its band against the US dollar.", sources=(PEG_SOURCE,)
        )
    return DollarRate(
        usd_per_unit=math.nan,
        note=f"The rate of {currency or 'the currency of the prices'} to the US dollar is unknown: values in dollars stay empty; state rates = {{ USD = ... }}.",
    )
