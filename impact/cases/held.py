"""What a book holds of a case: by the designation that the case states and the rules on record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from impact.cases.case_law import stated_designation
from impact.cases.rates import book_rates
from impact.errors import DataUnavailable

if TYPE_CHECKING:
    from impact.cases.whole import Case
    from impact.holdings import ExposureReport

__all__ = ["exposure_of", "held_shares"]


def exposure_of(case: Case, holdings: str | Path | pd.DataFrame | None = None) -> ExposureReport:
    """What positions, or the book of the case, hold that the designation reaches.

    Raises
    ------
    DataUnavailable
        If no positions are given and the case states none.
    """
    from impact.holdings import check_portfolio

    definition = case.definition
    book = definition.book
    positions = holdings if holdings is not None else book.holdings if book is not None else None
    if positions is None:
        raise DataUnavailable("no positions were given, and none are assumed: give holdings, or [book] holdings in the case file.")
    return check_portfolio(
        positions,
        as_of=case.read_at(),
        investor="us_person" if book is None else book.investor,
        funds=None if book is None else book.funds,
        designations=(stated_designation(definition),) if definition.is_stated else (),
        **book_rates(definition, case.panel),
    )


def held_shares(case: Case) -> float:
    """Shares of the line that the book of the case holds directly.

    Raises
    ------
    DataUnavailable
        If it holds none whose quantity is known.
    """
    security = case.definition.security
    exposures = case.exposure().exposures
    direct = exposures[(exposures["security"] == security) & (exposures["via"] == "direct")]
    held = float(direct["quantity_low"].sum())
    if not held > 0:
        raise DataUnavailable(f"the book holds no {security} directly whose quantity is known; give shares.")
    return held
