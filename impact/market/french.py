"""Daily factor returns from the files of Kenneth French's data library."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from impact.errors import InputError, SourceUnusable
from impact.tables.prose import significant

__all__ = ["FACTOR_NAMES", "read_french"]

FACTOR_NAMES = {
    "mkt-rf": "mkt_rf",
    "smb": "smb",
    "hml": "hml",
    "rmw": "rmw",
    "cma": "cma",
    "mom": "mom",
    "wml": "mom",
    "umd": "mom",
    "st_rev": "st_rev",
    "lt_rev": "lt_rev",
    "rf": "rf",
}
"""The library's column heads, in lower case, and ours."""

MISSING = (-99.99, -999.0)  # stated in the preamble of the files
LEAST_PERCENT = 0.05
"""Median size of daily factor returns in percent: that of the market is about 0.5, of the quietest factor 0.2; in decimals all are below 0.01."""
FEWEST_ROWS = 20
"""Rows from which a median tells percent from decimals."""
PERIODS = {4: "annual", 6: "monthly", 8: "daily"}


def read_french(path: str | Path, *more: str | Path) -> pd.DataFrame:
    """Daily factor returns and the riskless rate, in decimals, from one or several files of the library.

    Parameters
    ----------
    path, *more : path
        CSV files as published, or the zip that holds one. Several files are joined on the days they share, so that a
        row never lacks a factor for want of a file; give the five-factor file and the momentum file for Carhart.

    Returns
    -------
    DataFrame (T, K)
        Index of US sessions; columns named as in ``FACTOR_NAMES``, the riskless rate ``rf`` last. Factors are long-short
        or already in excess of the riskless rate; only ``rf`` is a level. NaN where the library says missing.

    Raises
    ------
    InputError
        If a file is monthly or annual, holds other data than factors, repeats a day, or a factor stands in two files.
    SourceUnusable
        If a file cannot be read.

    Notes
    -----
    The library is in percent; the file of 1-month bill rates is per day. US factors on US dates: lag them for a market
    that closes before New York opens.

    References
    ----------
    Fama and French (1993), Journal of Financial Economics 33; Fama and French (2015), Journal of Financial Economics 116;
    Carhart (1997), Journal of Finance 52.
    """
    tables = [_read_one(Path(file)) for file in (path, *more)]
    merged = tables[0]
    for file, table in zip(more, tables[1:], strict=True):
        shared = merged.columns.intersection(table.columns)
        if len(shared):
            raise InputError(f"{Path(file).name} gives {', '.join(shared)} again; a factor comes from one file: leave out one of the two.")
        merged = merged.join(table, how="inner")
    if merged.empty:
        raise InputError(f"the {len(tables)} factor files share no day; give files of the same period.")
    return merged[[*[name for name in merged.columns if name != "rf"], *(["rf"] if "rf" in merged.columns else [])]]


def _read_one(path: Path) -> pd.DataFrame:
    lines = [line.strip() for line in _text(path).splitlines()]
    heads = [number for number, line in enumerate(lines) if line.startswith(",")]
    if not heads:
        raise InputError(f"{path.name} has no header line starting with a comma; give a factor file as the data library publishes it.")
    names = [_name(path, head) for head in lines[heads[0]].split(",")[1:] if head.strip()]
    days, values = [], []
    for line in lines[heads[0] + 1 :]:
        cells = [cell.strip() for cell in line.rstrip(",").split(",")]
        if not re.fullmatch(r"\d{4}|\d{6}|\d{8}", cells[0]):
            if line:
                break  # the footer, or the head of a second block
            continue
        if len(cells[0]) != 8:
            raise InputError(
                f"{path.name} has {PERIODS[len(cells[0])]} rows (first {cells[0]}); give the library's daily file of these factors."
            )
        if len(cells) != len(names) + 1:
            raise InputError(
                f"{path.name} has {len(cells) - 1} figures on {cells[0]} where the header names {len(names)}; get the file again."
            )
        days.append(cells[0])
        values.append(cells[1:])
    if not days:
        raise InputError(f"{path.name} has no rows under its header; give a daily factor file of the data library.")
    return _frame(path, names, days, values)


def _frame(path: Path, names: list[str], days: list[str], values: list[list[str]]) -> pd.DataFrame:
    try:
        percent = np.array(values, dtype=np.float64)
        sessions = pd.DatetimeIndex(pd.to_datetime(days, format="%Y%m%d"), name="session").as_unit("ns")
    except ValueError as error:
        raise InputError(
            f"{path.name} has a cell that is no number or no day ({str(error).splitlines()[0]}); get the file again."
        ) from error
    repeated = sessions[sessions.duplicated()]
    if len(repeated):
        raise InputError(f"{path.name} repeats {len(repeated)} days (first {repeated[0]:%Y-%m-%d}); a day has one row: get the file again.")
    percent[np.isin(percent, MISSING)] = np.nan
    sizes = np.abs(percent[:, [name != "rf" for name in names]])
    sizes = sizes[np.isfinite(sizes)]
    if len(days) >= FEWEST_ROWS and sizes.size and np.median(sizes) < LEAST_PERCENT:
        raise InputError(
            f"{path.name} has factor returns of a median size of {significant(float(np.median(sizes)))}, which are decimals already, where the library's "
            "are percent; give the first column a name (date) for it to be read as a table of decimals."
        )
    return pd.DataFrame(percent / 100.0, index=sessions, columns=names).sort_index()


def _name(path: Path, head: str) -> str:
    name = FACTOR_NAMES.get(head.strip().lower())
    if name is None:
        raise InputError(f"{path.name} has a column {head.strip()!r} that is no factor; give a factor file with {', '.join(FACTOR_NAMES)}.")
    return name


def _text(path: Path) -> str:
    try:
        if path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as archive:
                return archive.read(archive.namelist()[0]).decode("cp1252")
        return path.read_bytes().decode("cp1252")
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, IndexError, UnicodeDecodeError) as error:
        raise SourceUnusable(f"{path.name} cannot be read ({getattr(error, 'strerror', None) or error}); check the file.") from error
