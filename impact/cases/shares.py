"""How many shares a line has, how many trade freely, and what insiders hold: each as a range that what is not known widens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.cases.case_law import stated_source
from impact.cases.definition import AsOf, CaseDefinition, Span
from impact.cases.fact_sources import fact_source
from impact.facts import known_table
from impact.provenance import Source, unique_sources
from impact.tables.prose import interval, percent, significant

__all__ = ["ShareCounts", "share_counts"]

UNKNOWN: Span = (np.nan, np.nan)
ROUNDING = 0.005
"""Half a unit of the last digit of a share printed in whole percent, and of a figure printed to three digits."""
DRIFT_A_YEAR = 0.10
"""How far a share count may move in a year, either way: an assumption, wide of what the counts on record did (Tencent -1.7 % a year)."""
WHOLE = ("all", "line")
"""Classes of a share count that cover every share of the issuer."""
BILLION = 1e9


@dataclass(frozen=True, kw_only=True)
class ShareCounts:
    """Ranges of shares; NaN ends are unknown.

    Attributes
    ----------
    outstanding : (low, high)
        All shares.
    insiders : (low, high)
        Share of all shares that insiders hold, decimal.
    free_float : (low, high)
        Share of all shares that trades freely, decimal: one less the insiders'.
    """

    outstanding: Span
    insiders: Span
    free_float: Span
    notes: tuple[str, ...]
    sources: tuple[Source, ...]

    @property
    def most_shares(self) -> float:
        """Most that all holders but insiders can hold; NaN where the count of shares is unknown."""
        return float(self.outstanding[1] * self.free_float[1])

    @property
    def least_float_shares(self) -> float:
        """Lower end of the float; NaN where the count or the float is unknown."""
        least = float(self.outstanding[0] * self.free_float[0])
        return least if self.tells_float and least > 0 else np.nan

    @property
    def tells_float(self) -> bool:
        """Whether the range of the float says something."""
        low, high = self.free_float
        return bool(high - low < 1.0 - 2 * ROUNDING)

    @property
    def middle(self) -> tuple[float, float]:
        """Middle of the count of shares and of the free float; NaN where unknown, the float also where its range says nothing."""
        return float(np.mean(self.outstanding)), float(np.mean(self.free_float)) if self.tells_float else np.nan


def share_counts(definition: CaseDefinition, closes: pd.Series, usd_per_unit: float, on: pd.Timestamp, as_of: AsOf = None) -> ShareCounts:
    """Counts of the line of a case around the day `on`, as known at `as_of`; what the case states stands before the fact base.

    Parameters
    ----------
    closes : Series
        Closes by session, which turn a printed capitalisation into a count.
    usd_per_unit : float
        US dollars for one unit of their currency.

    Notes
    -----
    Every estimate is a range that surely holds the count: a printed count drifts by up to 10 % a year from its day, a
    capitalisation over that day's close carries its rounding and that of the rate. Ranges are intersected, so that a
    further fact can only narrow; where two contradict each other the nearest in time stands and the notes say so.
    """
    outstanding, notes, sources = _outstanding(definition, closes, usd_per_unit, on, as_of)
    insiders, free_float, float_notes, float_sources = _float(definition, as_of)
    return ShareCounts(
        outstanding=outstanding,
        insiders=insiders,
        free_float=free_float,
        notes=(*notes, *float_notes),
        sources=unique_sources(sources, float_sources),
    )


def _outstanding(
    definition: CaseDefinition, closes: pd.Series, usd_per_unit: float, on: pd.Timestamp, as_of: AsOf
) -> tuple[Span, tuple[str, ...], tuple[Source, ...]]:
    if definition.shares_outstanding is not None:
        low, high = definition.shares_outstanding
        return (low, high), (f"Shares outstanding {_billions(low, high)}, as the case states.",), (stated_source(definition),)
    estimates = sorted([*_counted(definition, on, as_of), *_capitalised(definition, closes, usd_per_unit, as_of)], key=lambda item: item[0])
    if not estimates:
        return UNKNOWN, ("Shares outstanding are unknown: no count and no capitalisation of this line is on record.",), ()
    _, (low, high), nearest, origin = estimates[0]
    notes, sources = [nearest], [origin]
    for _, (least, most), told, origin in estimates[1:]:
        if max(low, least) <= min(high, most):
            low, high = max(low, least), min(high, most)
            sources.append(origin)
        else:
            notes.append(f"It contradicts the nearer figure and is not used: {told}")
    return (low, high), (f"Shares outstanding {_billions(low, high)}.", *notes), tuple(sources)


def _billions(low: float, high: float) -> str:
    least, most = significant(low / BILLION, 4), significant(high / BILLION, 4)
    return f"{least} bn" if least == most else f"{least} to {most} bn"


def _counted(definition: CaseDefinition, on: pd.Timestamp, as_of: AsOf) -> Iterator[tuple[float, Span, str, Source]]:
    """Days from `on`, range, sentence and source of each printed count of all shares."""
    table = known_table("shares_outstanding", as_of)
    for _, row in table[(table["security"] == definition.line_on_record) & table["share_class"].isin(WHOLE)].iterrows():
        days = abs((row["observed_last_on"] - on).days)
        loose = 1e-3 + DRIFT_A_YEAR * days / 365.25
        count = float(row["shares"])
        told = f"{significant(count / BILLION, 4)} bn shares counted on {row['observed_last_on']:%Y-%m-%d} ({row['source']})."
        yield days, (count * (1 - loose), count * (1 + loose)), told, fact_source(row, as_of)


def _capitalised(
    definition: CaseDefinition, closes: pd.Series, usd_per_unit: float, as_of: AsOf
) -> Iterator[tuple[float, Span, str, Source]]:
    """The same from each printed capitalisation in US dollars over that day's close."""
    table = known_table("ownership", as_of)
    own = table[
        (table["security"] == definition.line_on_record) & (table["metric_code"] == "market_capitalisation") & (table["unit"] == "USD bn")
    ]
    for _, row in own.iterrows():
        priced = closes.loc[: row["observed_last_on"]].dropna()
        if priced.empty or not np.isfinite(usd_per_unit) or pd.isna(row["value"]):
            continue
        count = float(row["value"]) * BILLION / (float(priced.iloc[-1]) * usd_per_unit)
        loose = 0.5 / float(row["value"]) + 0.007
        told = f"{significant(count / BILLION, 4)} bn shares from a capitalisation of USD {significant(row['value'], 6)} bn over the close of {priced.index[-1]:%Y-%m-%d} ({row['source']})."
        days = abs((priced.index[-1] - row["observed_last_on"]).days) + 365.0
        yield days, (count * (1 - loose), count * (1 + loose)), told, fact_source(row, as_of)


def _float(definition: CaseDefinition, as_of: AsOf) -> tuple[Span, Span, tuple[str, ...], tuple[Source, ...]]:
    """Share of insiders and free float, with what they rest on."""
    table = known_table("holders", as_of)
    own = table[(table["security"] == definition.line_on_record) & (table["holder_class"] == "insiders") & table["percent"].notna()]
    if definition.free_float is not None:
        low, high = definition.free_float
        told = percent(low, 0) if low == high else interval(low, high, percent, 0)
        least, most = (0.0, 1.0) if own.empty else _insiders(own.iloc[-1])
        held = (min(least, 1 - high), min(most, 1 - low))  # what is not float holds the insiders, and may hold others
        return held, (low, high), (f"Free float {told} of all shares, as the case states.",), (stated_source(definition),)
    if own.empty:
        return (
            (0.0, 1.0),
            (0.0, 1.0),
            ("The float is unknown: fractions of it stay empty, and the demand laws use all shares instead.",),
            (),
        )
    row = own.iloc[-1]
    share = float(row["percent"]) / 100
    low, high = _insiders(row)
    note = f"Float {percent(1 - share, 0)} of shares: insiders held {significant(row['percent'], 6)} % in {row['observed_on']:%B %Y}; taken to hold then too."
    return (low, high), (1 - high, 1 - low), (note,), (fact_source(row, as_of),)


def _insiders(row: pd.Series) -> Span:
    """Share of all shares that insiders hold, from a percentage rounded to whole ones."""
    share = float(row["percent"]) / 100
    return max(0.0, share - ROUNDING), min(1.0, share + ROUNDING)
