"""The bundled daily figures of 79 lines and indices, 2017 to 2026, as a price source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import pandas as pd

from impact.bundled import bundled_source, read_bundled
from impact.errors import DataUnavailable
from impact.instants import parse_day
from impact.market.dropped import dropped_rows
from impact.market.panel import MarketPanel
from impact.market.sources import FetchResult
from impact.typing_ import Day, named_rows

__all__ = ["BundledSource", "exchange_rates", "usd_per_unit"]

ASSUMPTIONS = (
    "Closes of basis total_return are adjusted for dividends: their changes are total returns, their levels depend on the day of the copy"
    " and are no traded prices, so never multiply them by shares.",
    "HSI is a price index without dividends and holds Xiaomi (1810.HK) at about 3 %.",
    "A missing volume is unknown, not zero; a halted session has no close.",
)
HALF_DAY_NOTE = (
    "Every public copy prints the first quote of a Hong Kong stock on a half day, not its close ({count} cells, such as {first}): the"
    " close of that day is unknown, so its return and the next one are missing; returns from trade to trade span both. Indices are right."
)
REASONS = {
    "half_day": "half_day: the copies print the first quote of the day, the close is unknown",
    "halted": "halted: the source repeats the last close",
}


class BundledSource:
    """The tables ``closes``, ``volumes``, ``dividends``, ``securities`` and ``placeholders`` that ship with the package."""

    name = "bundled"

    def fetch(self, securities: Sequence[str] | None = None, start: Day | None = None, end: Day | None = None) -> FetchResult:
        """The bundled panel, or a part of it.

        Sessions run from the first to the last close of the lines asked for, and are those of their venues: a panel of two
        venues has days on which one of them is closed, which is no halt (see :func:`impact.market.to_returns`).

        Raises
        ------
        InputError
            If a security is not bundled.
        DataUnavailable
            If there is no session in the range.
        """
        whole = _whole_panel()
        panel = whole if securities is None and start is None and end is None else whole.select(securities, start, end)
        held = panel.close.notna().any(axis=1)
        spanned = panel.select(start=held.index[held][0], end=held.index[held][-1]) if held.any() else panel
        return FetchResult(panel=_with_half_day_note(spanned.without_closed_days()))


def exchange_rates() -> pd.DataFrame:
    """Units of a currency for one US dollar by day: index of days, columns ``HKD``, ``CNY``, ``RUB``, ``INR``; NaN where unknown.

    The rouble is an indicative quote from March 2022 on, when it could not be traded freely.
    """
    table = read_bundled("exchange_rates", dtype={"date": "str"}).set_index("date")
    table.index = pd.DatetimeIndex(table.index, name="date").as_unit("ns")
    return table.rename(columns=lambda pair: pair.removeprefix("USD")).astype("float64")


def usd_per_unit(currency: str, on: Day) -> float:
    """US dollars for one unit of a currency, at the last rate of the table within a week before or on a day.

    Raises
    ------
    DataUnavailable
        If the table has no such rate.
    """
    if currency == "USD":
        return 1.0
    day = parse_day(on, parameter="on")
    rates = exchange_rates()
    known = rates[currency].loc[day - pd.Timedelta(days=7) : day].dropna() if currency in rates else pd.Series(dtype="float64")
    if known.empty:
        raise DataUnavailable(
            f"no rate of {currency or 'an unknown currency'} to the US dollar is bundled for {day:%Y-%m-%d}; "
            f"there are rates of {', '.join(map(str, rates.columns))} between {rates.index[0]:%Y-%m-%d} and {rates.index[-1]:%Y-%m-%d}."
        )
    return 1.0 / float(known.iloc[-1])


@lru_cache(maxsize=1)
def _whole_panel() -> MarketPanel:
    """Every bundled line; only panels that are made from it are given out."""
    closes, volumes = _wide("closes"), _wide("volumes")
    lines = read_bundled("securities").set_index("security")
    stands_for_nothing = read_bundled("placeholders")
    no_close = stands_for_nothing[stands_for_nothing["field"] == "close"]
    dividends = read_bundled("dividends", dtype={"security": "str", "ex_date": "str", "currency": "str"})
    return MarketPanel(
        close=_without(closes, no_close),
        volume=volumes,
        dividends=dividends.pivot(index="ex_date", columns="security", values="amount"),
        currency=lines["currency"],
        basis=lines["adjustment"],
        venue=lines["venue"],
        sources=tuple(bundled_source(name) for name in ("closes", "volumes", "dividends")),
        assumptions=ASSUMPTIONS,
        dropped=dropped_rows(
            (row.security, row.session_on, REASONS[row.reason], "closes.csv") for row in named_rows(no_close, index=False)
        ),
    )


def _with_half_day_note(panel: MarketPanel) -> MarketPanel:
    """The panel with a note on the half days in it, where it has any."""
    half_days = panel.dropped[panel.dropped["reason"] == REASONS["half_day"]]
    if half_days.empty:
        return panel
    first = half_days.iloc[0]
    note = HALF_DAY_NOTE.format(count=len(half_days), first=f"{first['security']} on {first['session']:%Y-%m-%d}")
    return replace(panel, assumptions=(*panel.assumptions, note))


def _wide(name: str) -> pd.DataFrame:
    return read_bundled(name, dtype={"date": "str"}).set_index("date")


def _without(table: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """The table with the named cells empty."""
    rows, columns = table.index.get_indexer(pd.Index(cells["session_on"])), table.columns.get_indexer(pd.Index(cells["security"]))
    values = table.to_numpy(copy=True)
    values[rows, columns] = float("nan")
    return pd.DataFrame(values, index=table.index, columns=table.columns)
