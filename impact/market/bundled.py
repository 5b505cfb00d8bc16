"""The bundled daily figures of Hong Kong lines and the Hang Seng Index, 2020-01-02 to 2021-06-30, as a price source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from impact.bundled import bundled_source, read_bundled
from impact.market.panel import MarketPanel, dropped_rows
from impact.market.sources import FetchResult

__all__ = ["BundledSource"]

ASSUMPTIONS = (
    "Closes of basis total_return are adjusted for dividends, so their changes are total returns; those of basis as_traded paid none.",
    "HSI is a price index without dividends and holds Xiaomi (1810.HK) at about 3 %.",
    "A missing volume is unknown, not zero: half days keep their close; halted sessions have none.",
)


class BundledSource:
    """The tables ``closes``, ``volumes``, ``dividends``, ``securities`` and ``placeholders`` that ship with the package."""

    name = "bundled"

    def fetch(self, securities: Sequence[str] | None = None, start: Any = None, end: Any = None) -> FetchResult:
        """The bundled panel, or a part of it.

        Raises
        ------
        InputError
            If a security is not bundled.
        DataUnavailable
            If there is no session in the range.
        """
        return FetchResult(panel=_whole_panel().select(securities, start, end))


def _whole_panel() -> MarketPanel:
    closes, volumes = _wide("closes"), _wide("volumes")
    lines = read_bundled("securities").set_index("security")
    stands_for_nothing = read_bundled("placeholders")
    halts = stands_for_nothing[stands_for_nothing["field"] == "close"]
    dividends = read_bundled("dividends", dtype={"security": "str", "ex_date": "str", "currency": "str"})
    return MarketPanel(
        close=_without(closes, halts),
        volume=_without(volumes, stands_for_nothing[stands_for_nothing["field"] == "volume"]),
        dividends=dividends.pivot(index="ex_date", columns="security", values="amount"),
        currency=lines["currency"],
        basis=lines["adjustment"],
        sources=tuple(bundled_source(name) for name in ("closes", "volumes", "dividends")),
        assumptions=ASSUMPTIONS,
        dropped=dropped_rows(
            (row.security, row.session_on, f"{row.reason}: the source repeats the last close", "closes.csv")
            for row in halts.itertuples(index=False)
        ),
    )


def _wide(name: str) -> pd.DataFrame:
    return read_bundled(name, dtype={"date": "str"}).set_index("date")


def _without(table: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """The table with the named cells empty."""
    stated = pd.DataFrame(False, index=table.index, columns=table.columns)
    for row in cells.itertuples(index=False):
        stated.loc[row.session_on, row.security] = True
    return table.mask(stated)
