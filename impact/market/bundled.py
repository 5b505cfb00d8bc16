"""The bundled daily figures of Hong Kong lines and the Hang Seng Index, 2020-01-02 to 2021-06-30, as a price source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from impact.bundled import bundled_source, read_bundled
from impact.errors import InputError
from impact.market.panel import MarketPanel, dropped_rows
from impact.market.sources import FetchResult

__all__ = ["BundledSource"]

# The public copies repeat the close of a halted line. Source: note that comes with the figures; checked 2026-11-22.
HALTS = {"2269.HK": ("2020-11-16", "2020-11-17")}
# Its closes are adjusted as well, although no dividend of it is on record. Same source.
ADJUSTED_WITHOUT_RECORD = ("9988.HK",)
CURRENCY = "HKD"  # the index is in points

ASSUMPTIONS = (
    "Closes of basis total_return are adjusted for dividends, so their changes are total returns; those of basis as_traded paid none.",
    "HSI is a price index without dividends and holds Xiaomi (1810.HK) at about 3 %.",
    "A missing volume is unknown, not zero: half days keep their close; halted sessions have none.",
)


class BundledSource:
    """The tables ``closes``, ``volumes``, ``dividends`` and ``securities`` that ship with the package."""

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
        panel = _whole_panel()
        try:
            return FetchResult(panel=panel.select(securities, start, end))
        except InputError as error:
            if "is not in the panel" not in str(error):
                raise
            raise InputError(f"{error} For another security use source='yahoo' or a file.") from error


def _whole_panel() -> MarketPanel:
    closes, volumes = _wide("closes"), _wide("volumes")
    halted = _halted(closes)
    paid = read_bundled("dividends", dtype={"security": "str", "ex_date": "str"})
    basis = {security: "total_return" for security in {*paid["security"], *ADJUSTED_WITHOUT_RECORD}}
    repeated = halted.stack()
    refused = ((security, day, "halted: the close is repeated, not traded", "closes.csv") for day, security in repeated[repeated].index)
    return MarketPanel(
        close=closes.mask(halted),
        volume=volumes,
        dividends=paid.pivot(index="ex_date", columns="security", values="amount"),
        currency=CURRENCY,
        basis={security: basis.get(security, "as_traded") for security in closes.columns},
        sources=tuple(bundled_source(name) for name in ("closes", "volumes", "dividends")),
        assumptions=ASSUMPTIONS,
        dropped=dropped_rows(refused),
    )


def _wide(name: str) -> pd.DataFrame:
    return read_bundled(name, dtype={"date": "str"}).set_index("date")


def _halted(closes: pd.DataFrame) -> pd.DataFrame:
    """Cells that hold the repeated close of a halted line."""
    halted = pd.DataFrame(False, index=closes.index, columns=closes.columns)
    for security, days in HALTS.items():
        halted.loc[[day for day in days if day in closes.index], security] = True
    return halted & closes.notna()
