"""Listed units of groups that a list names: which listings name the group, and from when the unit is on record as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import pandas as pd

from impact.data.manifest import FOLDER

__all__ = ["unit_rows"]

Row = Mapping[str, str]


def unit_rows(designations: Sequence[Row], named: Mapping[tuple[str, str], str]) -> Iterator[dict[str, str]]:
    """One row a listing of a group and a line of a unit of it: the rows of ``group_units.csv``, and the lines of listings that
    stand under a group's name. `named` holds when a list named a line itself: from then on its group says nothing of it.

    Raises
    ------
    ValueError
        If the listings of a group are not on record.
    """
    by_id = {row["fact_id"]: row for row in designations}
    told = {(row["group"], row["line"]): row for row in _table("group_units").to_dict("records")}
    for row in designations:
        lines = [line for line in (row["security"], *row["other_lines"].split(";")) if line] if row["listed_under"] else []
        for line in lines:
            kept = {name: row[name] for name in ("known_at", "source", "confidence")}
            told.setdefault((row["listed_under"], line), {"from_on": "", **kept})
    for (group, line), said in told.items():
        if group not in _listings():
            raise ValueError(f"group {group!r} of {line} has no listing on record: add it to listed_groups.csv.")
        for designation_id in _listings()[group]:
            listed = by_id[designation_id]
            itself = named.get((listed["programme_id"], line))
            if itself is not None and pd.Timestamp(itself) <= pd.Timestamp(listed["known_at"]):
                continue
            yield {
                "designation_id": designation_id,
                "line": line,
                "relation": "unit",
                "from_on": said["from_on"],
                "to_on": "",
                "to_last_on": "",
                "programme_id": listed["programme_id"],
                "source": said["source"],
                "confidence": said["confidence"],
                "known_at": max(said["known_at"], listed["known_at"], key=pd.Timestamp),
            }


@cache
def _listings() -> Mapping[str, tuple[str, ...]]:
    """Group, as a list prints it above its units -> the listings that name it."""
    index: dict[str, tuple[str, ...]] = {}
    for group, designation_id in _table("listed_groups").itertuples(index=False):
        index[group] = (*index.get(group, ()), designation_id)
    return index


def _table(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", dtype=str, keep_default_na=False)
