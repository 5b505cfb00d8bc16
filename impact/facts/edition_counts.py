"""How many names an edition of a list has by the counts on record: printed, or summed from what was added and removed since one was."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from impact.bundled import read_bundled
from impact.facts.tables import known_table, typed

__all__ = ["ListCount", "editions_of", "list_counts"]


@dataclass(frozen=True, kw_only=True)
class ListCount:
    """The counts on record of one edition; every pair is the least and the most that sources say (None: no count is on record).

    `printed` is what the edition printed itself; `total` is that, or the sum from the last one printed (`since_n` on `since_on`) on;
    `removed` falls back to what the totals leave.
    """

    edition: pd.Series = field(repr=False)
    printed: int | None
    total: tuple[int, int] | None
    added: tuple[int, int] | None
    removed: tuple[int, int] | None
    since_on: pd.Timestamp | None
    since_n: int | None

    def told(self, held: int) -> str:
        """The total on record, and by how much it differs from the names held."""
        if self.total is None:
            return "its count is not on record"
        low, high = self.total
        if self.printed is not None:
            told = f"it printed {self.printed}"
        else:
            told = f"{span(self.total)} by the counts on record: {self.since_n} printed on {self.since_on:%Y-%m-%d}, changes since added up"
        return f"{told}{difference((low - held, high - held))}"


def span(pair: tuple[int, int]) -> str:
    """``16`` or ``16 to 17``."""
    low, high = pair
    return f"{low}" if low == high else f"{low} to {high}"


def difference(gap: tuple[int, int]) -> str:
    """How many more or fewer than are held, in words that follow a count; empty where none."""
    low, high = gap
    if low == high == 0:
        return ""
    if low >= 0:
        return f", {span(gap)} more than are held"
    if high <= 0:
        return f", {span((-high, -low))} fewer than are held"
    return f", between {-low} fewer and {high} more than are held"


def editions_of(list_id: str, moment: pd.Timestamp) -> pd.DataFrame:
    """Editions of a list public by `moment`, in order, with those that were withdrawn and listed nobody."""
    table = typed("editions", read_bundled("editions"))
    return table[(table["list_id"] == list_id) & (table["known_at"] <= moment)].sort_values("known_at", kind="stable")


def list_counts(list_id: str, moment: pd.Timestamp) -> tuple[ListCount, ...]:
    """The counts on record of every edition of a list by `moment`, in order, without those withdrawn."""
    counts: list[ListCount] = []
    total: tuple[int, int] | None = None
    since: tuple[pd.Timestamp | None, int | None] = (None, None)
    for _, edition in editions_of(list_id, moment).iterrows():
        if edition["kind"] == "withdrawn":
            continue
        printed = _count(edition["n_printed"])
        added = _additions(list_id, edition, moment)
        removed = _pair(_count(edition["n_removed"]))
        before = total
        if printed is not None:
            total, since = (printed, printed), (edition["edition_on"], printed)
            if removed is None and before is not None and added is not None:
                removed = (max(before[0] + added[0] - printed, 0), max(before[1] + added[1] - printed, 0))
        elif total is not None and added is not None and removed is not None:
            total = (total[0] + added[0] - removed[1], total[1] + added[1] - removed[0])
        else:
            total = None
        counts.append(
            ListCount(edition=edition, printed=printed, total=total, added=added, removed=removed, since_on=since[0], since_n=since[1])
        )
    return tuple(counts)


def _count(text: str) -> int | None:
    return int(text) if text else None


def _pair(count: int | None) -> tuple[int, int] | None:
    return None if count is None else (count, count)


def _additions(list_id: str, edition: pd.Series, moment: pd.Timestamp) -> tuple[int, int] | None:
    """What sources say an edition added: where they differ, what is preferred, and all of it where nothing is."""
    table = known_table("conflicts", moment)
    said = table[(table["subject"] == list_id) & (table["predicate"] == f"additions/{edition['edition_on']:%Y-%m-%d}")]
    preferred = said[said["preferred"].fillna(False).astype(bool)]
    values = [int(value) for value in (preferred if len(preferred) else said)["value"]]
    own = _count(edition["n_added"])
    if not len(preferred) and own is not None:
        values.append(own)
    return (min(values), max(values)) if values else None
