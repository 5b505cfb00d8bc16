"""What becomes of a clock: a court, a removal, a licence or a later order may lift it before or after it strikes."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from impact.rules.book import RuleBook
from impact.rules.records import ClockRule, Listing, Programme
from impact.rules.vocabulary import line_key

__all__ = ["clock_state", "lifting", "other_dates"]

EASTERN = "America/New_York"
FIELDS = {"purchase_ban": "purchase_ban_on", "divestment_end": "divestment_on", "possession_ban": "divestment_on"}


def clock_state(book: RuleBook, programme: Programme, listing: Listing, instant: pd.Timestamp, keys: frozenset[str]) -> str:
    """Where a clock that strikes at `instant` stands as known: running, enjoined, vacated, removed, licensed or superseded."""
    decisions = {relief.kind for relief in book.relief if relief.list_id == listing.list_id and relief.securities & keys}
    if "vacatur" in decisions:
        return "vacated"
    if listing.removed_at is not None and (programme.ended_at is None or listing.removed_at < programme.ended_at):
        return "removed"
    if programme.ended_at is not None:
        return "superseded"
    if decisions:
        return "enjoined"
    for licence in book.licences:
        covers = licence.scope == listing.kind == "name_match" and programme.programme_id in licence.programme_ids
        if covers and licence.to_at is not None and licence.from_at <= instant < licence.to_at:
            return "licensed"
    return "running"


def lifting(book: RuleBook, bound: Iterable[tuple[Programme, Listing]], keys: frozenset[str]) -> pd.DataFrame:
    """Everything known that lifts a clock of these listings, in order: kind, from_utc, from_et, programme_id, citation."""
    exits: list[tuple[str, pd.Timestamp, str, str]] = []
    for programme, listing in bound:
        name = programme.programme_id
        exits += [
            (relief.kind, relief.from_at, name, relief.citation)
            for relief in book.relief
            if relief.list_id == listing.list_id and relief.securities & keys
        ]
        if listing.removed_at is not None:
            exits.append(("removal", listing.removed_at, name, f"{listing.removal_reason} ({listing.source})"))
        if programme.ended_at is not None:
            exits.append(("superseded", programme.ended_at, name, "a later order replaces this one"))
        exits += [
            (licence.licence_id, licence.from_at, name, licence.citation)
            for licence in book.licences
            if licence.scope == listing.kind == "name_match" and name in licence.programme_ids
        ]
    rows = [
        (kind, at, at.tz_convert(EASTERN).isoformat(timespec="minutes"), name, citation)
        for kind, at, name, citation in sorted(dict.fromkeys(exits), key=lambda item: item[1])
    ]
    frame = pd.DataFrame(rows, columns=["kind", "from_utc", "from_et", "programme_id", "citation"])
    return frame.assign(from_utc=pd.to_datetime(frame["from_utc"], utc=True).astype("datetime64[ns, UTC]"))


def other_dates(book: RuleBook, programme: Programme, rule: ClockRule, computed_on: str, keys: frozenset[str]) -> str:
    """Dates in print other than `computed_on`, and official statements at odds about this issuer, as known; empty when none."""
    predicate = f"{programme.list_id}/{FIELDS[rule.clock]}"
    printed = [
        f"{row['value']} ({row['source']})"
        for row in book.disagreements
        if row["value"] != computed_on and row["predicate"] == predicate and line_key(row["subject"]) in keys
    ]
    official = [
        conflict.statement
        for conflict in book.conflicts
        if rule.clock == "purchase_ban" and conflict.securities & keys and programme.programme_id in conflict.programme_ids
    ]
    return "; ".join([*printed, *official])
