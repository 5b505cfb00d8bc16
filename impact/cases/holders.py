"""Who holds the line of a case and who is known to buy: facts and the user's tables, nothing filled in that no source states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.calendars import first_session_to_react, venue_of
from impact.cases.case_law import stated_source
from impact.cases.definition import AsOf, CaseDefinition, Span
from impact.cases.fact_sources import fact_source
from impact.cases.shares import ROUNDING, ShareCounts
from impact.facts import known_table
from impact.provenance import Source
from impact.supply.holder_classes import HOLDER_CLASSES, US_CLASSES, Identity
from impact.tables.prose import significant
from impact.typing_ import named_rows

__all__ = ["Buyers", "Holders", "buyers_of", "holders_of"]

NOT_KNOWN = "not known"
DENOMINATORS = "of reported holders (low, of which the insiders on record are a part), of the float, or of all shares (high)"


@dataclass(frozen=True, eq=False, kw_only=True)
class Holders:
    """Holdings by class (NaN: unknown), known totals of several classes, and what they rest on."""

    classes: pd.DataFrame
    totals: tuple[Identity, ...]
    notes: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Buyers:
    """Known buyers, and what they rest on."""

    table: pd.DataFrame
    sources: tuple[Source, ...]


def holders_of(definition: CaseDefinition, counts: ShareCounts, as_of: AsOf = None) -> Holders:
    """Holdings of the line of a case as known at `as_of`.

    Classes come from the user's table; without one each class is unknown but for the insiders. The share held from the
    United States is the one total on record; where its denominator is not printed, all three that it may have are in its
    range. How it splits into classes is not known and never assumed.
    """
    classes = pd.DataFrame({"holder_class": list(HOLDER_CLASSES), "shares_low": np.nan, "shares_high": np.nan, "source": NOT_KNOWN})
    ruled, ruled_note = _by_index_rule(_with_insiders(classes, counts), definition)
    stated = definition.tables.holders
    if stated is not None:
        kept, keeping_note = _without_keepers(_overlaid(ruled, stated), definition)
        return Holders(
            classes=kept,
            totals=(),
            notes=(
                f"Holders of {len(stated)} classes as the case states them; the others are unknown, not zero.",
                *keeping_note,
                *ruled_note,
            ),
            sources=(stated_source(definition),),
        )
    total, notes, sources = _held_from_the_us(definition, counts, as_of)
    return Holders(classes=ruled, totals=total, notes=(*notes, *ruled_note), sources=sources)


def _with_insiders(classes: pd.DataFrame, counts: ShareCounts) -> pd.DataFrame:
    (low, high), (least, most) = counts.outstanding, counts.insiders
    if np.isnan(high) or most - least >= 1.0:
        return classes
    own = classes["holder_class"] == "insiders"
    bounds = {"shares_low": low * least, "shares_high": high * most, "source": "shares outstanding less the float"}
    return classes.assign(**{name: classes[name].mask(own, value) for name, value in bounds.items()})


def _overlaid(classes: pd.DataFrame, stated: pd.DataFrame) -> pd.DataFrame:
    """The user's rows in place of the unknown ones; a class that the user leaves out stays as it is."""
    own = stated.set_index("holder_class")[["shares_low", "shares_high", "source"]]
    kept = classes.set_index("holder_class")
    kept.loc[own.index] = own
    return kept.reset_index()[classes.columns]


def _without_keepers(classes: pd.DataFrame, definition: CaseDefinition) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """No fund tracks an index that keeps the line where every provider that the user lists deletes it and no row says otherwise."""
    actions = definition.tables.index_actions
    keeping = classes["holder_class"] == "us_passive_keeping"
    if (
        "us_passive_keeping" in _stated_classes(definition)
        or actions is None
        or not (actions["action"] == "delete").any()
        or (actions["action"] == "retain").any()
    ):
        return classes, ()
    empty = {"shares_low": 0.0, "shares_high": 0.0, "source": "every provider that the case lists deletes the line"}
    filled = classes.assign(**{name: classes[name].mask(keeping, value) for name, value in empty.items()})
    return filled, (
        "Every index provider that the case lists deletes the line: no fund is taken to track an index that keeps it; a row of us_passive_keeping says otherwise.",
    )


def _stated_classes(definition: CaseDefinition) -> frozenset[str]:
    """Classes that the case has a row of, also where it states them to be unknown."""
    holders = definition.tables.holders
    return frozenset() if holders is None else frozenset(holders["holder_class"])


def _by_index_rule(classes: pd.DataFrame, definition: CaseDefinition) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """No fund tracks an index that does what the stated programme says no provider does, unless the case has a row of such funds."""
    own = definition.own_programme
    if own is None or own.index_rule is None:
        return classes, ()
    emptied = {"delete": ["us_passive_keeping"], "retain": ["us_passive_deleting", "non_us_passive_deleting"]}[own.index_rule]
    rows = classes["holder_class"].isin(set(emptied) - _stated_classes(definition))
    told = f"Index providers {own.index_rule} the line because of {own.name}, as the case states it"
    empty = {"shares_low": 0.0, "shares_high": 0.0, "source": told}
    filled = classes.assign(**{name: classes[name].mask(rows, value) for name, value in empty.items()})
    return filled, (f"{told}: no fund is taken to track an index that does otherwise; a row of holders says so.",)


def _held_from_the_us(
    definition: CaseDefinition, counts: ShareCounts, as_of: AsOf
) -> tuple[tuple[Identity, ...], tuple[str, ...], tuple[Source, ...]]:
    table = known_table("ownership", as_of)
    held = table[
        (table["security"] == definition.line_on_record)
        & (table["metric_code"] == "us_investors_share")
        & table["value"].notna()
        & (table["unit"] == "pct")
    ]
    if held.empty or np.isnan(counts.outstanding[1]):
        return (), ("No share held from the United States is known for this line: forced shares are unknown, not zero.",), ()
    row = held.iloc[0]
    share = float(row["value"]) / 100
    low, high = _shares_of(share, str(row["denominator"]), counts)
    total = Identity(name="US-based investors", members=US_CLASSES, low=low, high=high, source=str(row["source"]))
    of = DENOMINATORS if row["denominator"] == "not_stated" else f"of {row['denominator'].replace('_', ' ')}"
    notes = (
        f"US-based investors hold {significant(row['value'], 6)} % ({row['source']}), {of}, rounded to whole percent.",
        "How that total splits into index funds, active managers and individuals is unknown: only the total is used.",
        "Managers outside the United States with a US parent, and trackers there, are unknown and not in the totals.",
    )
    return (total,), notes, (fact_source(row, as_of),)


def _shares_of(share: float, denominator: str, counts: ShareCounts) -> Span:
    """Shares that a rounded percentage stands for, over every denominator that it may have.

    Of all shares it is widest. The float and the reported holders are parts of them; the smallest that the reported holders
    can be is the insiders on record, who report by law, and with none on record nothing.
    """
    low, high = counts.outstanding
    least = {"all_shares": 1.0, "not_stated": min(counts.insiders[0], counts.free_float[0])}.get(denominator, counts.insiders[0])
    return max(0.0, share - ROUNDING) * low * least, min(1.0, share + ROUNDING) * high


def buyers_of(definition: CaseDefinition, currency: str, price: float, as_of: AsOf = None) -> Buyers:
    """Buyers that the user or a fact names; without an amount for this line a kind of buyer stays unknown, not zero."""
    if definition.tables.buyers is not None:
        return Buyers(table=definition.tables.buyers, sources=(stated_source(definition),))
    notices = known_table("buybacks", as_of)
    own = notices[(notices["security"] == definition.line_on_record) & (notices["kind"] == "programme") & (notices["currency"] == currency)]
    rows = [
        {
            "buyer": "buyback",
            "shares_low": row.amount_low / price,
            "shares_high": row.amount_high / price,
            "first_on": first_session_to_react(row.known_at, venue_of(definition.security)).session,
            "source": row.source,
        }
        for row in named_rows(own)
    ]
    unknown = [
        {"buyer": buyer, "shares_low": np.nan, "shares_high": np.nan, "first_on": pd.NaT, "source": "no amount known for this line"}
        for buyer in ("southbound", "short_covering", "non_us_discretionary")
    ]
    table = pd.DataFrame([*rows, *unknown])
    table["last_on"] = pd.Series(pd.NaT, index=table.index, dtype="datetime64[ns]")
    table["first_on"] = pd.to_datetime(table["first_on"]).astype("datetime64[ns]")
    sources = tuple(fact_source(row, as_of) for _, row in own.iterrows())
    return Buyers(table=table, sources=sources)
