"""What the lines above a header say: fund or account, date, net assets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from impact.intake.dates import parse_date
from impact.intake.headings import heading_key, heading_readings
from impact.intake.records import BLANK
from impact.intake.units import StatedUnit, agreed_unit, stated_unit, unit_in

__all__ = ["Preamble", "read_preamble"]


@dataclass(frozen=True, kw_only=True)
class Preamble:
    """What the lines above a header say; empty text and None when they do not.

    Attributes
    ----------
    fund : str
        Fund, portfolio or account.
    as_of : Timestamp or None
    net_assets : str
        As printed.
    net_assets_unit : StatedUnit or None
        The scale that the label of the net assets states.
    unit : StatedUnit or None
        The scale that a line states for the whole table (``Amounts in USD thousands``); one below the table counts too.
    """

    fund: str = ""
    as_of: pd.Timestamp | None = None
    net_assets: str = ""
    net_assets_unit: StatedUnit | None = None
    unit: StatedUnit | None = None


_AS_OF = re.compile(
    r"as of|as at|asof|stand\b|stichtag|\bper\b|\bdate\b|datum|\bal\b|données au|\bau\b|fecha|\ba fecha|data di|per \d|基準日|日期|截至|기준일",
    re.IGNORECASE,
)
_NOT_AS_OF = re.compile(r"inception|auflage|launch|accrual|print|maturity|création|run date", re.IGNORECASE)
_FUND_LABELS = frozenset(
    heading_key(text)
    for text in (
        "fund name",
        "portfolio",
        "fund",
        "fondsname",
        "account",
        "portfolio name",
        "account name",
        "account number",
        "fonds",
        "depot",
        "口座",
        "基金名称",
    )
)
_NET_ASSETS = frozenset(
    heading_key(text)
    for text in (
        "net assets", "total net assets", "net asset value", "fund net assets", "nav total", "nettofondsvermögen", "nettovermögen", "fondsvermögen",
        "actif net", "actif net total", "patrimonio neto", "patrimonio netto", "nettovermogen", "純資産総額", "純資産", "资产净值", "基金资产净值", "순자산", "순자산총액",
    )
)  # fmt: skip


def read_preamble(rows: Sequence[Sequence[str]], *, dayfirst: bool | None = None) -> Preamble:
    """Fund, date, net assets and unit from the lines above a header; an inception date is not a holdings date."""
    fund, as_of, net_assets, net_assets_unit = "", None, "", None
    units: list[StatedUnit | None] = []
    for number, cells in enumerate(rows):
        filled = [cell.strip(BLANK) for cell in cells if cell.strip(BLANK)]
        words = " ".join(filled)
        if as_of is None and _AS_OF.search(words) and not _NOT_AS_OF.search(words):
            as_of = parse_date(words, dayfirst=dayfirst)
        label, _, behind = filled[0].partition(":") if filled else ("", "", "")
        value = filled[1] if len(filled) > 1 else behind.strip()
        key = heading_key(label)
        units.append(stated_unit(filled))
        if value and not net_assets and _NET_ASSETS.intersection(heading_readings(label)):
            net_assets, net_assets_unit = value, unit_in(label)
        if key in _FUND_LABELS and value and not fund:
            fund = value
        elif not fund and number == 0 and len(filled) == 1 and not _AS_OF.search(filled[0]) and units[-1] is None:
            fund = filled[0]
    return Preamble(fund=fund, as_of=as_of, net_assets=net_assets, net_assets_unit=net_assets_unit, unit=agreed_unit(units))
