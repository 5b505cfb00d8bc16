"""A whole list moved to another programme, as a pending bill would: what the law would say of every name then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from impact.bundled import read_bundled
from impact.errors import InputError
from impact.facts import list_edition
from impact.holdings.what_if import EASTERN, list_of
from impact.instants import parse_instant
from impact.rules.book import RuleBook, rule_book

__all__ = ["Escalation", "escalated_tables", "escalation_notes"]


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """Every name that stands on one list, designated under another programme at one instant.

    Parameters
    ----------
    from_list : str
        A list of the fact base (``ndaa-1260h``): the names that stand on it at `at`, as known then.
    to_programme : str
        A programme in force then (``ns-cmic``), or the list it reads.
    at : zoned instant
        When the move becomes public; the clocks of every name count from that day in New York.

    Raises
    ------
    InputError
        If a list or programme is not known or not in force, both are the same, or no name stands on the first.
    """

    from_list: str
    to_programme: str
    at: pd.Timestamp
    to_list: str = field(init=False, default="")
    moved: tuple[str, ...] = field(init=False, default=())
    already: tuple[str, ...] = field(init=False, default=())
    printed: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", parse_instant(self.at, parameter="at"))
        book = rule_book(self.at.tz_convert("UTC"), None)
        object.__setattr__(self, "to_list", list_of(self.to_programme, book, self.at))
        if self.from_list == self.to_list:
            raise InputError(f"escalate={self.from_list}:{self.to_programme} moves a list onto itself; name another programme.")
        edition = list_edition(self.from_list, self.at)
        if edition.names.empty:
            raise InputError(f"from_list={self.from_list!r} holds no name at {self.at.isoformat()}; take a later instant.")
        standing = edition.names["fact_id"].tolist()
        already = {fact_id for fact_id in standing if self._stands(book, fact_id)}
        object.__setattr__(self, "printed", edition.title)
        object.__setattr__(self, "moved", tuple(fact_id for fact_id in standing if fact_id not in already))
        object.__setattr__(self, "already", tuple(fact_id for fact_id in standing if fact_id in already))

    def _stands(self, book: RuleBook, fact_id: str) -> bool:
        """Whether the issuer of a listing stands on the list it would move to already: its clocks run, and no new ones begin."""
        listing = next((listing for listing in book.listings if listing.fact_id == fact_id), None)
        if listing is None:
            return False
        at = self.at.tz_convert("UTC")
        keys = (*listing.lines[:1], listing.entity)
        return any(
            other.list_id == self.to_list and other.kind == "listed" and (other.removed_at is None or at < other.removed_at)
            for key in keys
            for other in book.issuer(key)[1]
        )


def escalated_tables(
    escalations: Iterable[Escalation], instant: pd.Timestamp, tables: Mapping[str, pd.DataFrame] | None
) -> Mapping[str, pd.DataFrame] | None:
    """Tables of facts for the rules with every move in them, each name a row ``escalated-`` and the id of its listing.

    Raises
    ------
    InputError
        If a move lies after `instant`: nobody knows it yet.
    """
    tables = dict(tables or {})
    for move in escalations:
        if move.at > instant:
            raise InputError(
                f"at={move.at.isoformat()} lies after as_of={instant.isoformat()}, when nobody knows it yet; ask as of that instant or later."
            )
        base = tables.get("designations", read_bundled("designations"))
        tables["designations"] = pd.concat([base, _moved_rows(base, move)], ignore_index=True).fillna("")
        # A move joins the listing it came from, so that what the record relates to the one it relates to the other.
        links = tables.get("programme_successions", read_bundled("programme_successions"))
        new = pd.DataFrame({"fact_id": [*move.moved], "successor_fact_id": [f"escalated-{fact_id}" for fact_id in move.moved]})
        new = new.assign(known_at=move.at.isoformat(), source="hypothetical, by the caller", confidence="")
        tables["programme_successions"] = pd.concat([links, new], ignore_index=True)
    return tables or None


def _moved_rows(base: pd.DataFrame, move: Escalation) -> pd.DataFrame:
    kept = ["entity", "reading", "listed_vehicle", "is_listed", "security", "other_lines", "isin", "other_isins", "conflict_id"]
    rows = base.loc[base["fact_id"].isin(move.moved), ["fact_id", "conflict_from_on", *kept]]
    disputed = rows["conflict_id"] != ""
    return rows.assign(
        fact_id="escalated-" + rows["fact_id"],
        conflict_id=rows["conflict_id"].where(~disputed, "escalated-" + rows["conflict_id"]),
        programme_id=move.to_list,
        batch="hypothetical",
        announced_on=f"{move.at.tz_convert(EASTERN):%Y-%m-%d}",
        known_at=move.at.isoformat(),
        known_at_precision="minute",
        source="hypothetical, by the caller",
    ).reindex(columns=base.columns, fill_value="")


def escalation_notes(escalations: Iterable[Escalation]) -> tuple[str, ...]:
    """What is hypothetical in a report: how many names move, and how many stand there already."""
    return tuple(
        f"HYPOTHETICAL: {len(move.moved)} names of {move.from_list} designated under {move.to_programme} at {move.at.isoformat()};"
        f" {len(move.already)} stand there already ({move.printed})."
        for move in escalations
    )
