"""What the news of a listing alone does to the line of a case: its class, from the event library or from what is on record, and the forecast."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from impact.cases.case_law import EASTERN, issuer_lines, list_of_programme
from impact.cases.definition import AsOf, CaseDefinition
from impact.facts import known_table
from impact.pricing.announcement import AnnouncementShock, announcement_shock, listing_in_library
from impact.pricing.announcement_fit import shipped_library
from impact.pricing.library import ADVERSE, CHAIN, EVENT_CLASSES, RUMOUR, class_of, line_of_security
from impact.supply.forced import ForcedSupply
from impact.supply.regimes import Regime
from impact.typing_ import named_rows

__all__ = ["EarlierListings", "announcement_of", "earlier_listings"]

TRADING_BAN = "trading_ban"
OF_ISSUER = ("named", "former", "unit", "listed_parent")
"""Relations of a line to a listed name under which the listing counts as one of its issuer."""


@dataclass(frozen=True, kw_only=True)
class EarlierListings:
    """Of an issuer before an instant: the first listing on any list, and the first that barred US persons from its securities; empty: none."""

    listed: str
    barred: str


def announcement_of(definition: CaseDefinition, supply: ForcedSupply, as_of: AsOf = None) -> AnnouncementShock:
    """What the news alone does to the line of a case: it needs no holder, no volume and no flow.

    Notes
    -----
    A listing that the event library holds has the class that it has there. That of another follows from its programme and from the
    earlier listings of its issuer, by the rules of the specification; where these do not tell it, it is unknown and there is no scenario.
    """
    line, reacted_on = supply.line.security, supply.wind_down.sessions[0]
    sigma = None if np.isnan(supply.line.sigma) else supply.line.sigma
    held = listing_in_library(line, reacted_on)
    if held is not None:
        return announcement_shock(held.event_class, sigma=sigma, date=held.public_on, after_leak=held.is_leaked, as_of=as_of)
    event_class, why = _derived_class(definition, supply.wind_down.rule)
    shock = announcement_shock(event_class, line=line_of_security(line), sigma=sigma, date=reacted_on, as_of=as_of)
    return replace(shock, assumptions=(*shock.assumptions, why))


def _derived_class(definition: CaseDefinition, rule: Regime) -> tuple[str | None, str]:
    """The class of a listing that the library does not hold, and why; None where it does not follow."""
    public_on = _public_on(definition)
    if public_on is None:
        return None, "The case stands on no listing of its issuer, so that it has no class of list events."
    bars = _bars(definition, rule, public_on)
    if bars is None:
        return None, f"Whether the listing bars US persons from the line is not settled ({rule.clause}), so that its class is unknown."
    before = earlier_listings(issuer_lines(definition), public_on)
    name = class_of(
        line=line_of_security(definition.security),
        first_bar=bars and not before.barred,
        bars_holding=bars,
        first_for_issuer=not before.listed,
    )
    told = f"was barred before ({before.barred})" if before.barred else f"was listed before ({before.listed})"
    history = told if before.listed else "is on no earlier list on record"
    effect = "bars US persons from the line" if bars else "bars nobody from the line"
    return (
        name,
        f"Class derived, not from the library: {EVENT_CLASSES[name].title}; {definition.programme_id} {effect}, and its issuer {history}.",
    )


def _public_on(definition: CaseDefinition) -> pd.Timestamp | None:
    """Day in New York on which the listing of a case became public; None where it stands on no listing."""
    if definition.is_stated:
        return _day(definition.stated_at)
    rows = known_table("designations")
    own = rows.loc[rows["fact_id"] == definition.record, "known_at"]
    return None if own.empty else _day(own.iloc[0])


def _day(at: pd.Timestamp) -> pd.Timestamp:
    return at.tz_convert(EASTERN).tz_localize(None).normalize()


def _bars(definition: CaseDefinition, rule: Regime, public_on: pd.Timestamp) -> bool | None:
    """Whether a listing bars US persons from holding or buying the line; None: not known, or the library has not its like."""
    if not rule.binds_us:
        return None
    if rule.leaves_holders_alone:
        return False
    if rule.name == TRADING_BAN:  # what it bars comes years after the listing, which the library holds as barring nothing
        return _flag_of_list(list_of_programme(definition.programme_id), public_on)
    return True if rule.bars_purchase == "yes" else None


def _flag_of_list(list_id: str, public_on: pd.Timestamp) -> bool | None:
    """Whether the last earlier event of a list in the library barred holding; None where it holds none."""
    rows = shipped_library().designations
    own = rows[(rows["list_id"] == list_id) & rows["action"].isin(ADVERSE) & (rows["public_on"] < public_on)].sort_values("public_on")
    return None if own.empty else bool(own["bars_holding"].iloc[-1])


def earlier_listings(lines: Collection[str], public_on: pd.Timestamp) -> EarlierListings:
    """What the event library and the fact base hold of the lines of an issuer before a listing; rumours are no listings.

    Parameters
    ----------
    lines : collection of str
        Every line of the issuer, such as ``0700.HK``.
    public_on : day
        Zone-free first public day of the listing; what became public in the date cluster of that day is the same news.
    """
    library = shipped_library().designations
    told = library[library["security"].isin(lines) & library["action"].isin(ADVERSE) & (library["action"] != RUMOUR)]
    acts = [(row.public_on, row.batch.removesuffix(f" {row.public_on:%Y-%m-%d}"), row.bars_holding) for row in named_rows(told)]
    listed, barred = [(day, name) for day, name, _ in acts], [(day, name) for day, name, bars in acts if bars]
    named, designations = known_table("designation_lines"), known_table("designations")
    own = named.loc[named["line"].isin(lines) & named["relation"].isin(OF_ISSUER), "designation_id"]
    for row in named_rows(designations[designations["fact_id"].isin(own)]):
        listed.append((_day(row.known_at), row.programme_id))
        if pd.notna(row.purchase_ban_known_at):
            barred.append((max(_day(row.known_at), _day(row.purchase_ban_known_at)), row.programme_id))
    return EarlierListings(listed=_first(listed, public_on), barred=_first(barred, public_on))


def _first(acts: list[tuple[pd.Timestamp, str]], public_on: pd.Timestamp) -> str:
    """The first act before a day and its date cluster, in words; empty where there is none."""
    before = sorted((day, name) for day, name in acts if day < public_on - CHAIN)
    return f"{before[0][1]} on {before[0][0]:%Y-%m-%d}" if before else ""
