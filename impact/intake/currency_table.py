"""Every currency, one record each, from `data/currencies.csv`: how files write it, and what a US dollar was worth in it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

__all__ = ["CURRENCY_TABLE", "Currency"]


@dataclass(frozen=True, kw_only=True)
class Currency:
    """A currency, and every way in which files name it.

    Attributes
    ----------
    code : str
        ISO 4217, or CNH for the offshore renminbi.
    also : tuple of str
        Codes outside the standard that mean the same (RMB).
    marks : tuple of str
        Signs and words that stand for it alone (``HK$``, ``€``, ``港元``).
    letters : tuple of str
        Letters before or behind a figure that are no part of the number, though other currencies may share them (``kr``).
    hundredths : tuple of str
        Names of its hundredth part, in the letter case that tells them from the currency (``GBp``).
    thousandths : tuple of str
        Names of its thousandth part, in which some venues quote (``KWF``, fils of the Kuwaiti dinar).
    small_letters : bool
        Whether a heading may name it in small letters (``mv_usd``).
    per_dollar : (least, most) or None
        Units a US dollar from 2016 to 2026, rounded outward, from memory (checked 2026-11-27); raises doubts, converts nothing.
    peg : (low, high) or None
        Units a US dollar between which its authority holds it (Hong Kong: convertibility undertakings since 2005-05-18).
    peg_source : str
    """

    code: str
    also: tuple[str, ...]
    marks: tuple[str, ...]
    letters: tuple[str, ...]
    hundredths: tuple[str, ...]
    thousandths: tuple[str, ...]
    small_letters: bool
    per_dollar: tuple[float, float] | None
    peg: tuple[float, float] | None
    peg_source: str

    @property
    def parts(self) -> Mapping[str, float]:
        """Names of its parts, and what one of each is worth in it."""
        return dict.fromkeys(self.hundredths, 0.01) | dict.fromkeys(self.thousandths, 0.001)


def _pair(low: str, high: str) -> tuple[float, float] | None:
    return (float(low), float(high)) if low else None


def _several(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split(";")))


def _table() -> Mapping[str, Currency]:
    text = resources.files("impact.data").joinpath("currencies.csv").read_text(encoding="utf-8")
    return {
        row["code"]: Currency(
            code=row["code"],
            also=_several(row["also"]),
            marks=_several(row["marks"]),
            letters=_several(row["letters"]),
            hundredths=_several(row["hundredths"]),
            thousandths=_several(row["thousandths"]),
            small_letters=row["small_letters"] == "yes",
            per_dollar=_pair(row["least_per_dollar"], row["most_per_dollar"]),
            peg=_pair(row["peg_low"], row["peg_high"]),
            peg_source=row["peg_source"],
        )
        for row in csv.DictReader(text.splitlines())
    }


CURRENCY_TABLE: Mapping[str, Currency] = _table()
"""The currencies by code."""
