"""The small, sourced tables that ship with the package (`data/`, installed as `impact.data`)."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

import pandas as pd

from impact.errors import InputError
from impact.provenance import Source

__all__ = ["bundled_names", "bundled_source", "manifest", "read_bundled", "verify_bundled"]

MANIFEST = "MANIFEST.csv"


def _bytes(name: str) -> bytes:
    return resources.files("impact.data").joinpath(name).read_bytes()


def manifest() -> pd.DataFrame:
    """One row per bundled file: file, what, source, retrieved, basis, sha256."""
    return pd.read_csv(io.BytesIO(_bytes(MANIFEST)), dtype=str, keep_default_na=False)


_manifest = lru_cache(maxsize=1)(manifest)  # read once, never changed


def bundled_names() -> list[str]:
    """Names of the bundled tables, without their ending."""
    return sorted(name.removesuffix(".csv") for name in _manifest()["file"] if name.endswith(".csv"))


def read_bundled(name: str, *, dtype: Mapping[str, str] | str = "str") -> pd.DataFrame:
    """One bundled table. Empty cells stay empty text unless `dtype` says otherwise for their column.

    Raises
    ------
    InputError
        If there is no bundled table of that name.
    """
    if name not in bundled_names():
        raise InputError(f"name={name!r} is not a bundled table; choose one of: {', '.join(bundled_names())}.")
    return _parsed(name, dtype if isinstance(dtype, str) else tuple(dtype.items())).copy()


@lru_cache(maxsize=128)
def _parsed(name: str, dtype: str | tuple[tuple[str, str], ...]) -> pd.DataFrame:
    text = dtype == "str"
    types: Any = dtype if isinstance(dtype, str) else dict(dtype)
    return pd.read_csv(io.BytesIO(_bytes(f"{name}.csv")), dtype=types, keep_default_na=not text, na_filter=not text)


def bundled_source(name: str) -> Source:
    """Where a bundled table comes from, as MANIFEST.csv says."""
    rows = _manifest()
    row = rows.loc[rows["file"] == f"{name}.csv"].iloc[0]
    return Source(title=f"{row['source']} (bundled {row['file']})", retrieved=row["retrieved"], basis=row["basis"])


def verify_bundled() -> pd.DataFrame:
    """Check every file of MANIFEST.csv: columns file, status (``ok``, ``changed``, ``missing``, ``unlisted``), sha256."""
    rows = manifest()
    checked = []
    for file, expected in zip(rows["file"], rows["sha256"], strict=True):
        try:
            digest = hashlib.sha256(_bytes(file)).hexdigest()
        except FileNotFoundError:
            checked.append((file, "missing", ""))
            continue
        checked.append((file, "ok" if digest == expected else "changed", digest))
    listed = {*rows["file"], MANIFEST}
    folder = resources.files("impact.data")
    for prefix, ending in (("", ".csv"), ("cases/", ".toml")):
        for entry in folder.joinpath(prefix).iterdir():
            name = f"{prefix}{entry.name}"
            if name.endswith(ending) and name not in listed:
                checked.append((name, "unlisted", hashlib.sha256(entry.read_bytes()).hexdigest()))
    return pd.DataFrame(checked, columns=["file", "status", "sha256"])
