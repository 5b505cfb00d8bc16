"""Keep MANIFEST.csv true: ``python -m impact.data.manifest`` writes the checksum of every file it lists.

Rows are added by hand or by :func:`describe`; a CSV or case file without a row is named on stderr and makes the command end with 1.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

__all__ = ["COLUMNS", "describe", "refresh"]

COLUMNS = ("file", "what", "source", "retrieved", "basis", "sha256")
FOLDER = Path(__file__).resolve().parent


def _read(folder: Path) -> pd.DataFrame:
    path = folder / "MANIFEST.csv"
    if not path.exists():
        return pd.DataFrame(columns=list(COLUMNS), dtype=str)
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _write(rows: pd.DataFrame, folder: Path) -> None:
    ordered = rows.sort_values("file").reset_index(drop=True)[list(COLUMNS)]
    ordered.to_csv(folder / "MANIFEST.csv", index=False, lineterminator="\n")


def describe(entries: Iterable[tuple[str, str, str, str, str]], folder: Path = FOLDER) -> None:
    """Put one row a file into MANIFEST.csv (file, what, source, retrieved, basis); rows of other files stay as they are."""
    new = pd.DataFrame([(*entry, "") for entry in entries], columns=list(COLUMNS))
    rows = _read(folder)
    _write(pd.concat([rows[~rows["file"].isin(new["file"])], new]), folder)


def refresh(folder: Path = FOLDER) -> list[str]:
    """Recompute every checksum of MANIFEST.csv; returns the CSV and case files of `folder` that have no row.

    Raises
    ------
    FileNotFoundError
        If a listed file is absent.
    """
    rows = _read(folder)
    rows["sha256"] = [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in rows["file"]]
    _write(rows, folder)
    listed = {*rows["file"], "MANIFEST.csv"}
    present = [path.relative_to(folder).as_posix() for path in (*folder.glob("*.csv"), *folder.glob("cases/*.toml"))]
    return sorted(name for name in present if name not in listed)


if __name__ == "__main__":
    without_row = refresh()
    for name in without_row:
        sys.stderr.write(f"warning: {name} has no row in MANIFEST.csv: add file, what, source, retrieved, basis.\n")
    sys.exit(1 if without_row else 0)
