"""Every legal date from one rule: a fixed day, or so many calendar days after the listing, at the hour the order names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import pandas as pd

from impact.rules.book import RuleBook
from impact.rules.records import ClockRule, Listing

__all__ = ["clock_instant", "clock_instants", "clock_rules", "clocks_of"]


def clock_instant(rule: ClockRule, listed_on: pd.Timestamp) -> pd.Timestamp:
    """First instant (UTC) at which what `rule` ends is no longer permitted, for a name listed on `listed_on`.

    Notes
    -----
    ``day = fixed_on`` or ``listed_on + days`` in calendar days; the hour is local to the zone of the order, so a clock change
    between listing and deadline moves the instant in UTC but not on the wall.

    Examples
    --------
    >>> from impact.rules.book import rule_book
    >>> (ban,) = [r for r in rule_book(None).clocks if (r.programme_id, r.clock, r.days) == ("eo13974-amend", "purchase_ban", 60)]
    >>> clock_instant(ban, pd.Timestamp("2021-01-14")).isoformat()
    '2021-03-15T13:30:00+00:00'
    """
    return _instant(rule.fixed_on if rule.fixed_on is not None else listed_on + pd.Timedelta(days=rule.days), rule.hour, rule.zone)


@lru_cache(maxsize=8192)
def _instant(day: pd.Timestamp, hour: str, zone: str) -> pd.Timestamp:
    hours, minutes = hour.split(":")
    wall = day + pd.Timedelta(hours=int(hours), minutes=int(minutes))
    return wall.tz_localize(zone).tz_convert("UTC").as_unit("ns")


def clock_rules(rules: Iterable[ClockRule], programme_id: str, listed_on: pd.Timestamp) -> dict[str, ClockRule]:
    """The rule of each clock that applies to a name listed on `listed_on`: one for early names goes before the general one."""
    chosen: dict[str, ClockRule] = {}
    for rule in rules:
        if rule.programme_id != programme_id:
            continue
        if rule.listed_before_on is not None and listed_on < rule.listed_before_on:
            chosen[rule.clock] = rule
        elif rule.listed_before_on is None:
            chosen.setdefault(rule.clock, rule)
    return chosen


def clocks_of(book: RuleBook, programme_id: str, listing: Listing) -> dict[str, tuple[ClockRule, pd.Timestamp]]:
    """Rule and first prohibited instant (UTC) of each clock of `programme_id` for a listing; empty without a clock or a day."""
    if listing.listed_on is None:
        return {}
    rules = clock_rules(book.clocks, programme_id, listing.listed_on)
    return {clock: (rule, clock_instant(rule, listing.listed_on)) for clock, rule in rules.items()}


def clock_instants(book: RuleBook, programme_id: str, listing: Listing) -> dict[str, pd.Timestamp]:
    """First prohibited instant (UTC) of each clock of `programme_id` for a listing; empty where the programme has none."""
    return {clock: instant for clock, (_, instant) in clocks_of(book, programme_id, listing).items()}
