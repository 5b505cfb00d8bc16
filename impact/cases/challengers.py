"""The firms that precedents are made of: who challenged a listing, and who was listed on the day of the first that won."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import pandas as pd

from impact.cases.case_law import list_of_programme, lists_of_firms
from impact.cases.definition import AsOf
from impact.facts import known_table
from impact.relief.challenges import Challenges
from impact.supply.regimes import regime_named

__all__ = ["NEWS_OF_LEADER", "Firm", "firms_of_record", "plaintiff"]

NEWS_OF_LEADER = {"enjoined": "injunction of", "relief": "end of the listing of"}
"""Steps of the first challenge on a list that won, which those listed on the same day may have followed."""
NONE_ON_RECORD = "none on record"


Suit: TypeAlias = dict[Any, Any]
"""One row of the table of suits, by column."""


@dataclass(frozen=True, kw_only=True)
class Firm:
    """One firm on one list: what it is called, its line, its listing, its suit with the outcome, and whose suit led those of its day."""

    name: str
    programme: str
    security: str
    known_at: pd.Timestamp | None
    precision: str
    suit: str
    challenge: str
    leader: str = ""


def plaintiff(suit: str) -> str:
    """Who sued: the name before the v. of a case."""
    return suit.split(" v. ")[0]


def _binding_lists(as_of: AsOf) -> frozenset[str]:
    """Lists that some programme makes bind those who hold a listed name."""
    programmes = known_table("programmes", as_of)
    regimes = zip(programmes["programme_id"], programmes["regime"], strict=True)
    return frozenset(list_of_programme(name) for name, regime in regimes if not regime_named(regime).leaves_holders_alone)


def firms_of_record(challenges: Challenges, programmes: tuple[str, ...] | None, as_of: AsOf) -> list[Firm]:
    """List by list: those listed on the day of the first challenge that won, where the list binds holders, then the other challengers."""
    listed, binding = known_table("designations", as_of), _binding_lists(as_of)
    on_record = set(challenges.cases["programme_id"])
    rows: list[Firm] = []
    for programme in [name for name in lists_of_firms() if name in on_record and (programmes is None or name in programmes)]:
        own = listed[listed["programme_id"] == programme]
        suits = challenges.cases[challenges.cases["programme_id"] == programme].to_dict("records")
        homes = {suit["case"]: _listing_of_suit(suit, own) for suit in suits}
        leader = _leader(challenges, homes) if programme in binding else ""
        day = own["announced_on"].loc[homes[leader]] if leader else None
        together = own.index[own["announced_on"] == day] if leader else own.index[:0]
        suit_at = {at: suit for suit in suits if (at := homes[suit["case"]]) is not None}
        rows += [_firm_of(own.loc[at], suit_at.get(at), leader) for at in together]
        alone = [(suit, at) for suit in suits if (at := homes[suit["case"]]) not in together]
        rows += [_firm_by_suit(suit) if at is None else _firm_of(own.loc[at], suit, "") for suit, at in alone]
    return rows


def _listing_of_suit(suit: Suit, listed: pd.DataFrame) -> Any:
    """Index of the listing that a suit challenges: by a line of the firm, else by the first word of its name; None where neither is on the list."""
    lines = [security for security in suit["securities"].split(";") if security]
    by_line = listed.index[listed["security"].isin(lines)]
    if len(by_line):
        return by_line[0]
    first = suit["case"].split()[0]
    by_name = listed.index[(listed["security"] == "") & (listed["entity"].str.split().str[0] == first)] if not lines else listed.index[:0]
    return by_name[0] if len(by_name) else None


def _leader(challenges: Challenges, homes: dict[str, Any]) -> str:
    """The challenge whose injunction or relief came first; before any, the one that was filed first. Empty without a suit."""
    steps = challenges.steps[challenges.steps["case"].isin([case for case, at in homes.items() if at is not None])]
    won = steps[steps["step"].isin(NEWS_OF_LEADER)]
    first = won if len(won) else steps
    return str(first.sort_values("known_at", kind="stable")["case"].iloc[0]) if len(first) else ""


def _firm_by_suit(suit: Suit) -> Firm:
    """A firm that is on no list by line or name: what its suit says."""
    return Firm(
        name=plaintiff(suit["case"]), programme=suit["programme_id"], security="", known_at=None, precision="",
        suit=suit["case"], challenge=suit["outcome"],
    )  # fmt: skip


def _firm_of(listing: pd.Series, suit: Suit | None, leader: str) -> Firm:
    """One firm with its listing and its suit."""
    challenged = {"suit": suit["case"], "challenge": suit["outcome"]} if suit else {"suit": "", "challenge": NONE_ON_RECORD}
    return Firm(
        name=listing["entity"],
        programme=listing["programme_id"],
        security=listing["security"],
        known_at=listing["known_at"],
        precision=listing["known_at_precision"],
        leader=leader,
        **challenged,
    )
