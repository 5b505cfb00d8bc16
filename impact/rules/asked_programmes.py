"""Which programmes an answer was asked of: those in force of which names are on record; and which it says nothing about."""

from __future__ import annotations

from functools import cache

import pandas as pd

from impact.bundled import read_bundled
from impact.rules.book import RuleBook
from impact.rules.records import Instant, Programme

__all__ = ["in_force", "programmes_in_force", "programmes_not_asked"]

_NO_LIST = ("proposed", "fund_policy", "foreign")
"""Regimes that name no firm to US investors: bills and reviews, the policy of one fund, the law of another country."""


def in_force(programme: Programme, at: pd.Timestamp) -> bool:
    """Whether a programme is in force at an instant, as far as known."""
    return programme.in_force_at <= at and (programme.ended_at is None or at < programme.ended_at)


def programmes_in_force(book: RuleBook, at: pd.Timestamp) -> tuple[str, ...]:
    """Ids of the programmes in force at `at` of which names are on record by then, as far as known: those that an answer was asked of."""
    read = _lists_read(book, at)
    return tuple(programme.programme_id for programme in book.programmes if in_force(programme, at) and programme.list_id in read)


def programmes_not_asked(book: RuleBook, at: pd.Timestamp) -> tuple[str, ...]:
    """Ids of the programmes in force at `at` of which no name is on record by then, so that an answer says nothing about them."""
    read = _lists_read(book, at)
    ruled = [programme.programme_id for programme in book.programmes if in_force(programme, at) and programme.list_id not in read]
    known = at if book.as_of is None else min(at, book.as_of)
    return (*ruled, *(name for name, since, ended in _without_rules() if since <= known and (ended is None or known < ended)))


def _lists_read(book: RuleBook, at: pd.Timestamp) -> frozenset[str]:
    """Lists of which a name is on record by an instant, as far as known: what a list named before its first name here was not asked."""
    return frozenset(listing.list_id for listing in book.listings if listing.earliest_at <= at)


@cache
def _without_rules() -> tuple[tuple[str, pd.Timestamp, Instant], ...]:
    """Programmes of which neither names nor rules are on record, and the span in which each was in force, as far as known."""
    table, ruled = read_bundled("programmes"), set(read_bundled("programme_rules")["programme_id"])
    table = table[~table["programme_id"].isin(ruled) & ~table["regime"].isin(_NO_LIST)]
    rows = table[["programme_id", "known_at", "ended_known_at"]].itertuples(index=False)
    return tuple((str(name), pd.Timestamp(since), pd.Timestamp(ended) if ended else None) for name, since, ended in rows)
