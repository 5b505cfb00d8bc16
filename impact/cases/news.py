"""What the news of a listing alone does to the line of a case: its class, from the event library or from what is on record, and the forecast."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from impact.calendars import first_session_to_react, venue_of
from impact.cases.case_law import EASTERN, issuer_lines, list_of_programme
from impact.cases.definition import AsOf, CaseDefinition
from impact.facts import known_table
from impact.market.closed_days import lacks_calendar
from impact.pricing.announcement import AnnouncementShock, announcement_shock
from impact.pricing.announcement_fit import shipped_library
from impact.pricing.library import ADVERSE, CHAIN, EVENT_CLASSES, RUMOUR, class_of, line_of_security
from impact.supply.forced import ForcedSupply
from impact.supply.regimes import Regime
from impact.typing_ import named_rows

__all__ = ["EarlierListings", "announcement_of", "earlier_listings"]

TRADING_BAN = "trading_ban"
OTHER_ACT = "other"
"""The library's name for acts that are on no list, such as an order against one firm."""
OF_ISSUER = ("named", "former", "unit", "listed_parent")
"""Relations of a line to a listed name under which the listing counts as one of its issuer."""


@dataclass(frozen=True, kw_only=True)
class EarlierListings:
    """Of an issuer before an instant: the first listing on any list, and the first that barred US persons from its securities; empty: none."""

    listed: str
    barred: str


@dataclass(frozen=True, kw_only=True)
class _Listing:
    """A listing that the library holds: its class, its first public day, and whether the press had it before."""

    event_class: str
    public_on: pd.Timestamp
    is_leaked: bool


def _in_library(security: str, reacted_on: pd.Timestamp, lists: Collection[str]) -> _Listing | None:
    """The listing of a line that the library holds at the first session that could react to it; None where it holds none.

    Parameters
    ----------
    security : str
        Line, such as ``1810.HK``.
    reacted_on : session
        Zone-free day.
    lists : collection of str
        Programme and list of the listing: an event of another list on that day is other news. ``sdn-eo14024`` is of the library's ``sdn``.
    """
    rows = shipped_library().designations
    # A line that was halted reacted later, and one without prices on no day on record.
    possible = rows["first_possible"].fillna(rows["public_on"])
    met = (abs(rows["first_session"] - reacted_on) <= CHAIN) | (abs(possible - reacted_on) <= CHAIN)
    of_list = rows["list_id"].map(lambda name: any(own == name or own.startswith(f"{name}-") for own in lists))
    near = (rows["security"] == security) & rows["action"].isin(ADVERSE) & met & of_list.astype(bool)
    if not near.any():
        return None
    event = rows[near].sort_values(["first_bar", "first_for_issuer"], ascending=False).iloc[0]
    return _Listing(event_class=str(event["event_class"]), public_on=event["public_on"], is_leaked=bool(event["leak_at"]))


def announcement_of(definition: CaseDefinition, supply: ForcedSupply, as_of: AsOf = None) -> AnnouncementShock:
    """What the news alone does to the line of a case: it needs no holder, no volume and no flow.

    Notes
    -----
    A listing that the event library holds has the class that it has there. That of another follows from its programme and from the
    earlier listings of its issuer, by the rules of the specification; where these do not tell it, it is unknown and there is no scenario.
    """
    line, reacted_on = supply.line.security, supply.wind_down.sessions[0]
    sigma = None if np.isnan(supply.line.sigma) else supply.line.sigma
    lists = {definition.programme_id, list_of_programme(definition.programme_id), *(() if definition.is_stated else (OTHER_ACT,))}
    held = _in_library(line, reacted_on, lists)
    if held is not None:
        return announcement_shock(held.event_class, sigma=sigma, date=held.public_on, after_leak=held.is_leaked, as_of=as_of)
    event_class, why = _derived_class(definition, supply.wind_down.rule)
    leaked = event_class is not None and _reacted_to_leak(definition, reacted_on)
    shock = announcement_shock(event_class, line=line_of_security(line), sigma=sigma, date=reacted_on, after_leak=leaked, as_of=as_of)
    told = (
        ("The press had the listing before: the scenario is that of formal days after a leak, and the day of the leak is not in it.",)
        if leaked
        else ()
    )
    return replace(shock, assumptions=(*shock.assumptions, why, *told))


def _reacted_to_leak(definition: CaseDefinition, reacted_on: pd.Timestamp) -> bool:
    """Whether a session could react to a leak that the case states before one could react to the listing."""
    if definition.leaked_at is None:
        return False
    venue = venue_of(definition.security)
    if lacks_calendar(venue):
        return _day(definition.leaked_at) < _day(definition.stated_at)
    return first_session_to_react(definition.leaked_at, venue).session < reacted_on


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
    own = library[library["security"].isin(lines)]
    named = own[own["action"].isin(ADVERSE) & (own["action"] != RUMOUR)]
    # What came off a list had been on it. Of lists that bar every listing is on record: what ended without one was a rumour.
    ended = own[~own["action"].isin(ADVERSE) & ~own["bars_holding"]]
    acts = [(row.public_on, row.batch.removesuffix(f" {row.public_on:%Y-%m-%d}"), row.bars_holding) for row in named_rows(named)]
    listed, barred = [(day, name) for day, name, _ in acts], [(day, name) for day, name, bars in acts if bars]
    listed += [(row.public_on, f"off {row.list_id}") for row in named_rows(ended)]
    relations, designations = known_table("designation_lines"), known_table("designations")
    of_issuer = relations.loc[relations["line"].isin(lines) & relations["relation"].isin(OF_ISSUER), "designation_id"]
    for row in named_rows(designations[designations["fact_id"].isin(of_issuer)]):
        listed.append((_day(row.known_at), row.programme_id))
        if pd.notna(row.purchase_ban_known_at):
            barred.append((max(_day(row.known_at), _day(row.purchase_ban_known_at)), row.programme_id))
    return EarlierListings(listed=_first(listed, public_on), barred=_first(barred, public_on))


def _first(acts: list[tuple[pd.Timestamp, str]], public_on: pd.Timestamp) -> str:
    """The first act before a day and its date cluster, in words; empty where there is none."""
    before = sorted((day, name) for day, name in acts if day < public_on - CHAIN)
    return f"{before[0][1]} on {before[0][0]:%Y-%m-%d}" if before else ""
