"""Values that stand beside the rate of each line to the base: in the currency of the line, or in the base already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.holdings.called import labelled_totals
from impact.holdings.instruments import NOT_PRODUCTS
from impact.intake.currencies import rate_span
from impact.intake.currency_table import CURRENCY_TABLE
from impact.typing_ import BoolArray, FloatArray

__all__ = ["IN_BASE", "OVER", "TIMES", "RatedValues", "is_rate", "rated_values"]

_NEAR, _LEAST_WEIGHT, _MOST = 0.02, 0.005, 2.0 / 3.0
"""Rates differ from one by more than 2 %; weights below half a percent are rounded too far; most of the lines are two thirds."""
_CENT = 0.0101
IN_BASE, TIMES, OVER = "in the base already", "times that rate", "divided by that rate"
_READINGS: Mapping[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    IN_BASE: lambda value, rate: value,
    TIMES: lambda value, rate: value * rate,
    OVER: lambda value, rate: value / rate,
}
"""What brings the values of lines to the base."""


@dataclass(frozen=True, eq=False, kw_only=True)
class RatedValues:
    """How values beside rates are brought to the base.

    Attributes
    ----------
    reading : str
        ``IN_BASE``, ``TIMES`` or ``OVER``; empty where nothing tells which.
    base : str
        The currency whose rate is 1, where it is one alone; else empty.
    told : (n,) bool
        Lines with a rate.
    either : bool
        The inverse could be a rate between the currencies as well (EUR and GBP): the heading alone tells which way it is quoted.
    of_lines : bool
        The values are in the currency of each line for certain; else they may be in the base as well, and `reading` is what they are
        brought to the base by where they are not.
    """

    reading: str
    base: str
    told: BoolArray
    either: bool = False
    of_lines: bool = True


def is_rate(rate: float, of: str, to: str) -> bool | None:
    """Whether one unit of a currency could be worth so many of another from 2016 to 2026; None where that is not on record.

    Examples
    --------
    >>> is_rate(0.129, "HKD", "USD"), is_rate(7.75, "HKD", "USD"), is_rate(2.0, "XXX", "USD")
    (True, False, None)
    """
    span = rate_span(of, to)
    return None if span is None else span[0] * (1 - _NEAR) <= rate <= span[1] * (1 + _NEAR)


def rated_values(rows: pd.DataFrame, printed: FloatArray, own: FloatArray, of_line: BoolArray) -> RatedValues | None:
    """Which reading of the values holds; None where no line has a rate other than 1.

    Parameters
    ----------
    rows : DataFrame
        In the order of the file, prices in whole units.
    printed, own : (n,) float
        Values as printed, and in whole units of the currency of the line.
    of_line : (n,) bool
        Cells that print the currency of their line.

    Notes
    -----
    Printed currencies speak first, then totals, then weights, then quantity times price; a witness that contradicts those before it is not heard. A value
    in the currency of the line is brought to the base by the rate, as its heading says, unless only the inverse can be a rate between
    the two currencies. Where no witness tells whether values are in the base, they are taken in the currency of the line, as the currency
    beside them says.
    """
    rate = rows["fx"].to_numpy(dtype=np.float64)
    told = np.isfinite(rate) & (rate > 0.0)
    named = (rows["currency"] != "").to_numpy()
    if not (told & named & (rate != 1.0)).any():
        return None
    bases = rows.loc[told & named & (rate == 1.0), "currency"].unique()
    base = str(bases[0]) if len(bases) == 1 else ""
    unit = np.where(told, rate, 1.0)
    values = {name: bring(printed if name == IN_BASE else own, unit) for name, bring in _READINGS.items()}
    total = labelled_totals(rows)
    left: Sequence[str] = (TIMES, OVER) if (of_line & told & named & (rate != 1.0)).any() else tuple(_READINGS)
    for fit in (_by_totals(values, total, printed), _by_weights(rows, values, told & ~total, rate), _by_products(rows, printed, own, rate)):
        left = tuple(name for name in left if name in fit) or left
    of_lines, either = IN_BASE not in left, False
    if len(left) > 1:
        ways, either = _by_currencies(rows[told & named & (rate != 1.0)], base)
        left = ways if of_lines or base else ()  # of an unknown base it is not known what values in it are worth
    return RatedValues(reading=left[0] if len(left) == 1 else "", base=base, told=told, either=either, of_lines=of_lines)


def _by_totals(values: Mapping[str, FloatArray], total: BoolArray, printed: FloatArray) -> Sequence[str]:
    """Readings under which the last printed total is the sum of the lines; where one is so to the cent, it alone."""
    rows = np.flatnonzero(total & np.isfinite(printed) & (printed != 0.0))
    if not len(rows):
        return ()
    stated, kept = abs(float(printed[rows[-1]])), ~total
    off = {name: abs(abs(float(np.nansum(value[kept]))) - stated) for name, value in values.items()}
    exact = [name for name, far in off.items() if far <= _CENT * (1 + kept.sum() / 2)]
    return exact or [name for name, far in off.items() if far <= _NEAR * stated]


def _by_weights(rows: pd.DataFrame, values: Mapping[str, FloatArray], asked: BoolArray, rate: FloatArray) -> Sequence[str]:
    """Readings under which value over weight is the same for lines of different rates."""
    weight = rows["weight"].to_numpy(dtype=np.float64)
    asked = asked & np.isfinite(weight) & (np.abs(weight) >= _LEAST_WEIGHT) & np.isfinite(values[IN_BASE])
    if asked.sum() < 2 or len(np.unique(rate[asked])) < 2:
        return ()
    ratios = {name: value[asked] / weight[asked] for name, value in values.items()}
    return [name for name, ratio in ratios.items() if np.all(np.abs(ratio - np.median(ratio)) <= _NEAR * abs(np.median(ratio)))]


def _by_products(rows: pd.DataFrame, printed: FloatArray, own: FloatArray, rate: FloatArray) -> Sequence[str]:
    """Readings that quantity times price tells on lines whose rate is not near 1; nothing where the lines disagree."""
    local = rows["price_currency"].isin([""]).to_numpy() | (rows["price_currency"] == rows["currency"]).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        traded = (rows["quantity"] * rows["price"]).to_numpy(dtype=np.float64)
        of_own, of_printed = np.abs(own / traded), np.abs(printed / traded)
    asked = local & np.isfinite(of_own) & (of_own > 0.0) & np.isfinite(rate) & (np.abs(rate - 1.0) > 2 * _NEAR)
    asked &= ~rows["instrument"].isin(NOT_PRODUCTS).to_numpy()
    if not asked.any():
        return ()
    of_own, of_printed, rate = of_own[asked], of_printed[asked], rate[asked]
    plain = float(np.mean(np.abs(of_own - 1.0) < _NEAR))
    based = float(np.mean((np.abs(of_printed / rate - 1.0) < _NEAR) | (np.abs(of_printed * rate - 1.0) < _NEAR)))
    if plain >= _MOST and not based:
        return (TIMES, OVER)
    return (IN_BASE,) if based >= _MOST and not plain else ()


def _by_currencies(lines: pd.DataFrame, base: str) -> tuple[Sequence[str], bool]:
    """Which way the rates are quoted: as their heading says, unless that can be no rate of those currencies to the base; and whether either can be.

    Where the base is not known any currency on record may be it; then both ways may be possible, and nothing is told.
    """
    pairs = list(lines[["currency", "fx"]].drop_duplicates().itertuples(index=False, name=None))
    bases = [base] if base else [code for code, one in CURRENCY_TABLE.items() if code == "USD" or one.per_dollar is not None]

    def may_be(invert: bool) -> bool | None:
        answers = [[is_rate(1 / rate if invert else rate, of, to) for of, rate in pairs] for to in bases]
        possible = [each for each in answers if False not in each]
        return None if possible and all(None in each for each in possible) else bool(possible)

    times, over = may_be(False), may_be(True)
    if times is False or (times is None and over):
        return ((OVER,) if over else ()), False
    return ((TIMES,) if base or not over else (TIMES, OVER)), bool(over)
