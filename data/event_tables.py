"""Write the event library anew: ``python -m impact.data.event_tables FOLDER``.

FOLDER holds designation_events.csv, event_returns.csv, index_events.csv and index_returns.csv. The rows pass the checks of
:mod:`impact.pricing.event_schema`, as a user's own rows do, or nothing is written. No clock, no network, no random number.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from impact.data.manifest import FOLDER, describe, refresh
from impact.pricing.event_schema import EVENT_TABLES, check_designations, check_index_changes, check_partners, checked

__all__ = ["WHAT", "event_tables", "write"]

RETRIEVED = "2026-11-27"
BASIS = "facts; compiled from public copies named per row"
COMPUTED = "numbers computed by this project; no price series"
LISTS = "official lists and notices, or press copies of them; each row names its own"
COPIES = "public copies of end-of-day quotes; price_source names the copy of each row"
WHAT = {
    "designation_events": ("list events of traded lines, 2018 to 2026, one row an event and line", LISTS, BASIS),
    "event_returns": ("abnormal returns and volumes around designation_events.csv", COPIES, COMPUTED),
    "index_events": ("index additions and deletions, 2001 to 2026, one row an index, line and action", LISTS, BASIS),
    "index_returns": ("abnormal returns and volumes around index_events.csv", COPIES, COMPUTED),
}


def event_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The four tables as text frames, by name, every check passed.

    Raises
    ------
    InputError
        If a cell cannot be read or two columns contradict each other.
    """
    raw = {name: pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False) for name in WHAT}
    raw["index_events"] = _months_noted(raw["index_events"])
    tables = {name: checked(name, table)[[column.name for column in EVENT_TABLES[name].schema]] for name, table in raw.items()}
    check_partners("designation_events", "event_returns", tables["designation_events"], tables["event_returns"])
    check_partners("index_events", "index_returns", tables["index_events"], tables["index_returns"])
    check_designations(tables["designation_events"], tables["event_returns"])
    check_index_changes(tables["index_events"], tables["index_returns"])
    return tables


def _months_noted(table: pd.DataFrame) -> pd.DataFrame:
    """A notice known to the month alone has no day: its day stays empty and the note names the month."""
    month = table["announced_on"].str.fullmatch(r"\d{4}-\d\d")
    noted = table["note"].where(~month, table["note"] + "; announced in " + table["announced_on"]).str.removeprefix("; ")
    return table.assign(announced_on=table["announced_on"].where(~month, ""), note=noted)


def write(folder: Path, target: Path = FOLDER) -> list[str]:
    """Write every table and its MANIFEST row to `target`; returns the CSV files there that have no row."""
    for name, table in event_tables(folder).items():
        table.to_csv(target / f"{name}.csv", index=False, lineterminator="\n")
    describe(((f"{name}.csv", what, source, RETRIEVED, basis) for name, (what, source, basis) in WHAT.items()), target)
    return refresh(target)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m impact.data.event_tables FOLDER (the folder that holds the four CSV files)")
    for unlisted in write(Path(sys.argv[1])):
        sys.stderr.write(f"warning: {unlisted} has no row in MANIFEST.csv.\n")
