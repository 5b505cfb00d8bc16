"""Who holds the line, in classes that the law treats differently, and what each must do under a regime."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.intake.given_frames import frame_with
from impact.supply.regimes import Regime, regime_named
from impact.tables.prose import interval, significant
from impact.typing_ import FloatArray1D

__all__ = [
    "CLASS_TITLES",
    "HOLDER_CLASSES",
    "US_CLASSES",
    "HolderClass",
    "Identity",
    "check_holders",
    "is_bound",
    "obligation",
    "reconcile",
    "scenario_holdings",
]

HolderClass: TypeAlias = Literal[
    "us_passive_deleting",
    "us_passive_keeping",
    "us_active",
    "us_retail",
    "non_us_with_us_parent",
    "non_us_passive_deleting",
    "insiders",
    "non_us",
]
HOLDER_CLASSES: tuple[HolderClass, ...] = get_args(HolderClass)
US_CLASSES: tuple[HolderClass, ...] = HOLDER_CLASSES[:4]

CLASS_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "us_passive_deleting": "US funds tracking an index that deletes",
        "us_passive_keeping": "US funds tracking an index that keeps",
        "us_active": "US active managers",
        "us_retail": "US individuals",
        "non_us_with_us_parent": "non-US managers with a US parent",
        "non_us_passive_deleting": "non-US funds tracking an index that deletes",
        "insiders": "insiders",
        "non_us": "other non-US holders",
    }
)

# Part of a class's barred holding that is sold by the deadline, low and high. Institutions under a lock-in: BlackRock
# went from 6.1 to 0.2 % of China Telecom and Vanguard to nothing within weeks (P&I, January 2021, seen); individuals
# and managers with a US parent: unknown, so the whole range.
INSTITUTIONS = ("us_passive_deleting", "us_passive_keeping", "us_active")
_UNKNOWN = (0.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A known total: these classes together hold between `low` and `high` shares."""

    name: str
    members: tuple[HolderClass, ...]
    low: float
    high: float
    source: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high:
            raise InputError(
                f"identity {self.name!r} has low={self.low!r}, high={self.high!r}; 0 <= low <= high is needed: correct the range."
            )
        unknown = [name for name in self.members if name not in HOLDER_CLASSES]
        if unknown:
            raise InputError(f"identity {self.name!r} names unknown holder classes {unknown}; choose among: {', '.join(HOLDER_CLASSES)}.")


def obligation(holder_class: str, regime: str | Regime, stated: bool = False) -> tuple[float, float, str]:
    """Least and most of its holding that a class sells under a regime, and how certain that is.

    A fund outside the United States whose index deletes the line sells whatever the regime says. So does one inside where the regime
    leaves holders alone, if an index is known to delete: by the regime, or because what such funds hold is `stated`. Under a regime
    of which nothing is known a class that it might bind may sell nothing or all.

    Returns
    -------
    low, high : float
        Share of the holding sold by the deadline.
    certainty : {"forced", "likely", "possible", "none", "stranded"}
        Stranded: it may not sell, because no session was left to do so.
    """
    rule = regime_named(regime)
    if holder_class == "non_us_passive_deleting":
        return 1.0, 1.0, "forced"
    if rule.leaves_holders_alone:
        sells = holder_class == "us_passive_deleting" and (rule.deletes or stated)
        return (1.0, 1.0, "forced") if sells else (0.0, 0.0, "none")
    if holder_class in US_CLASSES and rule.binds_us is False:
        return (1.0, 1.0, "forced") if holder_class == "us_passive_deleting" else (0.0, 0.0, "none")
    if holder_class in ("insiders", "non_us"):
        return (0.0, 0.0, "none") if rule.binds_others is False else (*_UNKNOWN, "possible")
    if holder_class == "non_us_with_us_parent" or rule.binds_us is None:
        return *_UNKNOWN, "possible"
    if rule.strands:
        return 0.0, 0.0, "stranded"
    if rule.must_sell == "yes" and rule.freezes_part:
        return *_UNKNOWN, "likely"
    if rule.must_sell == "yes":
        return 1.0, 1.0, "forced"
    if rule.locks_in and not rule.freezes_part and holder_class in INSTITUTIONS:
        return 0.9, 1.0, "likely"
    return *_UNKNOWN, "possible"


def is_bound(holder_class: str, regime: str | Regime) -> bool | None:
    """Whether a regime binds a class by law, whatever its index makes it do; None: not known."""
    rule = regime_named(regime)
    if holder_class in US_CLASSES:
        return rule.binds_us
    if holder_class == "non_us_with_us_parent" and rule.binds_us is not False:
        return None
    return rule.binds_others


def check_holders(holders: pd.DataFrame) -> pd.DataFrame:
    """Holder table with one row a class, all optional columns present, bounds checked.

    Raises
    ------
    InputError
        If a column is missing, a class is unknown or repeated, or a bound is negative or out of order.
    """
    holders = frame_with(holders, ("holder_class", "shares_low", "shares_high"), "holders")
    unknown = [str(name) for name in holders["holder_class"] if name not in HOLDER_CLASSES]
    if unknown:
        raise InputError(
            f"holders['holder_class'] has {len(unknown)} unknown classes (first {unknown[0]!r}); choose among: {', '.join(HOLDER_CLASSES)}."
        )
    repeated = holders.loc[holders["holder_class"].duplicated(), "holder_class"]
    if len(repeated):
        raise InputError(
            f"holders['holder_class'] repeats {len(repeated)} values (first {repeated.iloc[0]!r});"
            " classes must be unique: add them up first."
        )
    table = holders.reset_index(drop=True)
    for name, default in (("exempt_share", 0.0), ("source", ""), ("note", "")):
        if name not in table.columns:
            table[name] = default
    low, high = (table[name].to_numpy(dtype=float) for name in ("shares_low", "shares_high"))
    wrong = (low < 0) | (high < 0) | (low > high)
    if wrong.any():
        first = table.loc[wrong].iloc[0]
        raise InputError(
            f"holders['shares_low'] to ['shares_high'] is not a range 0 <= low <= high in {int(wrong.sum())} rows"
            f" (first {first['holder_class']!r}: {first['shares_low']}, {first['shares_high']});"
            " correct them, or leave both empty when unknown."
        )
    exempt = table["exempt_share"].to_numpy(dtype=float)
    if np.any(~((exempt >= 0) & (exempt <= 1))):
        raise InputError(
            "holders['exempt_share'] has values outside [0, 1]; it is the part a licence or carve-out spares: give a fraction."
        )
    return table


def reconcile(
    classes: tuple[str, ...], low: FloatArray1D, high: FloatArray1D, identities: tuple[Identity, ...]
) -> tuple[FloatArray1D, FloatArray1D]:
    """Tighten the range of each class with what is known about totals, so that nothing is counted twice.

    Parameters
    ----------
    classes : names, one an entry of `low` and `high`.
    low, high : (G,) arrays of shares; NaN is unknown.

    Returns
    -------
    low, high : (G,) arrays
        ``low_g >= T_low - sum of the others' high`` and ``high_g <= T_high - sum of the others' low``, applied until
        nothing moves; high is infinite where nothing bounds a class.

    Raises
    ------
    InputError
        If the ranges and a total contradict each other.
    """
    least = np.nan_to_num(np.asarray(low, dtype=float), nan=0.0)
    most = np.nan_to_num(np.asarray(high, dtype=float), nan=np.inf, posinf=np.inf)
    for _ in range(100):
        before = least.copy(), most.copy()
        for known in identities:
            inside = np.flatnonzero([name in known.members for name in classes])
            complete = inside.size == len(known.members)
            for g in inside:
                others = inside[inside != g]
                most[g] = min(most[g], known.high - least[others].sum())
                if complete:
                    least[g] = max(least[g], known.low - most[others].sum())
                if least[g] > most[g] * (1 + 1e-9) + 1e-6:
                    raise InputError(
                        f"holders and identity {known.name!r} ({interval(known.low, known.high, significant, 6)} shares) contradict each other"
                        f" at {classes[g]!r}; the parts do not sum to the whole: correct one of them."
                    )
                most[g] = max(most[g], least[g])
        if np.array_equal(before[0], least) and np.array_equal(before[1], most):
            break
    return least, most


def scenario_holdings(
    classes: tuple[str, ...], low: FloatArray1D, high: FloatArray1D, identities: tuple[Identity, ...], position: float
) -> FloatArray1D:
    """One consistent set of holdings (G,) inside the reconciled ranges: 0 is the low end, 1 the high end, 0.5 the middle.

    Where a total is known, the class lows are raised towards their highs in proportion to the room of each, until they
    sum to the total at that position. A class that nothing bounds is NaN.
    """
    held = low + position * np.where(np.isfinite(high), high - low, np.nan)
    settled: set[int] = set()
    for known in identities:
        inside = np.array([g for g, name in enumerate(classes) if name in known.members and g not in settled], dtype=int)
        taken = sum(held[g] for g, name in enumerate(classes) if name in known.members and g in settled)
        if inside.size == 0 or not np.all(np.isfinite(high[inside])):
            continue
        floor, ceiling = low[inside].sum(), high[inside].sum()
        total = np.clip(known.low + position * (known.high - known.low) - taken, floor, ceiling)
        share = (total - floor) / (ceiling - floor) if ceiling > floor else 0.0
        held[inside] = low[inside] + share * (high[inside] - low[inside])
        settled.update(inside.tolist())
    return held
