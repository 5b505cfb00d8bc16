"""Tables of the SEC structured data sets, streamed: tab-separated files in a folder, its sub-folders, or the ZIP as published."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pandas as pd

from impact.errors import InputError
from impact.intake.dates import parse_date

__all__ = ["ROWS_AT_ONCE", "joined_filings", "sec_dates", "sec_numbers", "sec_table", "stream_sec_table", "verdicts"]

ROWS_AT_ONCE = 50_000
"""Rows of a large table held in memory at a time."""


@contextmanager
def _opened(root: Path, name: str) -> Iterator[IO[bytes]]:
    if root.is_dir():
        paths = sorted(root.rglob(name)) or sorted(path for path in root.rglob("*") if path.name.upper() == name.upper())
        if not paths:
            raise InputError(f"source={str(root)!r} holds no {name}; give the folder into which the data set was unpacked.")
        with paths[0].open("rb") as stream:
            yield stream
        return
    if not zipfile.is_zipfile(root):
        raise InputError(f"source={str(root)!r} is neither a folder nor a ZIP; give the SEC data set as published or unpacked.")
    try:
        with zipfile.ZipFile(root) as archive:
            members = [member for member in archive.namelist() if member.rpartition("/")[2].upper() == name.upper()]
            if not members:
                raise InputError(f"source={str(root)!r} holds no {name}; is it the data set meant?")
            with archive.open(members[0]) as stream:
                yield stream
    except InputError:
        raise
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise InputError(f"source={str(root)!r} is a damaged ZIP ({error}); get the data set again.") from error


def stream_sec_table(
    root: str | Path, name: str, columns: Sequence[str], *, rows_at_once: int = ROWS_AT_ONCE
) -> Iterator[tuple[pd.DataFrame, int]]:
    """Pieces of one table with the number of broken lines between them; memory stays bounded whatever the size of the file.

    Parameters
    ----------
    root : path
        Folder or ZIP.
    name : str
        File name (``INFOTABLE.tsv``).
    columns : sequence of str
        Columns to keep, all text; a missing value is empty text.

    Yields
    ------
    piece : DataFrame
    n_broken : int
        Lines of this piece whose number of cells is not that of the header: left out of the piece, never silently.

    Raises
    ------
    InputError
        If the file or one of the columns is missing.
    """
    with _opened(Path(root), name) as stream:
        lines = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="\n")
        heading = lines.readline().rstrip("\r\n").split("\t")
        missing = [column for column in columns if column not in heading]
        if missing:
            raise InputError(
                f"{name} in {str(root)!r} has no column {missing[0]} ({len(missing)} missing); its columns are: {', '.join(heading)[:200]}."
            )
        repeated = sorted({column for column in heading if heading.count(column) > 1})
        if repeated:
            raise InputError(f"{name} in {str(root)!r} repeats the column {repeated[0]!r}; get the data set again.")
        places = [heading.index(column) for column in columns]
        while block := lines.readlines(rows_at_once * 128):
            yield _piece(block, heading, places, columns)


def _piece(block: list[str], heading: list[str], places: list[int], columns: Sequence[str]) -> tuple[pd.DataFrame, int]:
    whole = [line.rstrip("\r\n") + "\n" for line in block if line.count("\t") == len(heading) - 1 and "\0" not in line]
    n_broken = len(block) - len(whole)
    piece = pd.read_csv(
        io.StringIO("".join(whole)),
        sep="\t",
        header=None,
        names=heading,
        usecols=places,
        dtype=str,
        na_filter=False,
        quoting=csv.QUOTE_NONE,
        lineterminator="\n",
        low_memory=False,
    )
    return piece[list(columns)], n_broken


def sec_table(root: str | Path, name: str, columns: Sequence[str]) -> tuple[pd.DataFrame, int]:
    """A small table whole, with its number of broken lines."""
    pieces = list(stream_sec_table(root, name, columns))
    if not pieces:
        return pd.DataFrame({column: pd.Series(dtype="str") for column in columns}), 0
    return pd.concat([piece for piece, _ in pieces], ignore_index=True), sum(n_broken for _, n_broken in pieces)


def joined_filings(filings: pd.DataFrame, *others: pd.DataFrame) -> pd.DataFrame:
    """Tables with one row a filing side by side, by ACCESSION_NUMBER; the last row counts where one is given twice, empty text where none is."""
    joined = filings.drop_duplicates("ACCESSION_NUMBER", keep="last")
    for other in others:
        joined = joined.merge(other.drop_duplicates("ACCESSION_NUMBER", keep="last"), on="ACCESSION_NUMBER", how="left")
    return joined.astype("object").where(joined.notna(), "").astype("str")


def verdicts(accessions: pd.Series, reasons: Mapping[str, str]) -> pd.Series:
    """Why the rows of a filing do not count: empty text where they do, by the reason of each filing that SUBMISSION has."""
    return pd.Series([reasons.get(one, "its filing is not in SUBMISSION") for one in accessions], index=accessions.index, dtype="str")


def sec_dates(column: pd.Series) -> pd.Series:
    """``31-DEC-2020`` as datetime64[ns] whatever the locale; NaT when empty or no date."""
    codes, distinct = pd.factorize(column)
    days = pd.Series([parse_date(value) if value else None for value in distinct] + [None], dtype="datetime64[ns]")
    return days.take(codes).set_axis(column.index)


def sec_numbers(column: pd.Series) -> pd.Series:
    """Numbers of a data set; NaN when empty or unreadable."""
    return pd.to_numeric(column.where(column != "", None), errors="coerce").astype("float64")
