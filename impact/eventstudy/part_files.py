"""Returns that lie in Parquet files, one part each."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.eventstudy.alignment import ReturnTable
from impact.market.frames import checked_sessions
from impact.typing_ import FloatArray

__all__ = ["dates_of", "part_files", "part_labels", "read_part", "securities_of"]


def part_files(returns: str | Path | Sequence[str | Path]) -> list[Path]:
    """The Parquet files of a folder, or those named.

    Raises
    ------
    InputError
        If there is none, or one is absent.
    """
    if isinstance(returns, (str, Path)):
        folder = Path(returns)
        paths = sorted(folder.rglob("*.parquet")) if folder.is_dir() else [folder]
    else:
        paths = [Path(path) for path in returns]
    missing = [path for path in paths if not path.is_file()]
    if missing or not paths:
        raise InputError(
            f"returns={str(returns)!r} holds {len(paths) - len(missing)} readable Parquet file(s); give a folder or the files themselves."
        )
    return paths


def part_labels(paths: Sequence[Path]) -> list[str]:
    """Each file by its path from the folder that holds them all, so that files of one name in two folders differ."""
    if len(paths) == 1:
        return [paths[0].name]
    root = Path(os.path.commonpath([path.absolute().parent for path in paths]))
    return [path.absolute().relative_to(root).as_posix() for path in paths]


def securities_of(path: Path) -> list[str]:
    """Names of the securities in a file, without reading its figures."""
    import pyarrow.parquet as pq

    schema = pq.read_schema(path)
    if "security" in schema.names:
        column = pq.read_table(path, columns=["security"]).column("security")
        return [str(name) for name in column.unique().to_pylist()]
    return [name for name in schema.names if name not in ("date", "session", "__index_level_0__")]


def dates_of(path: Path) -> np.ndarray:
    """The dates of a file, each once, without reading its figures."""
    import pyarrow.parquet as pq

    name = _date_column(path, pq.read_schema(path).names)
    dates = pd.DatetimeIndex(pq.read_table(path, columns=[name], partitioning=None).column(name).unique().to_pandas())
    return checked_sessions(dates.sort_values(), path.name).to_numpy()


def _date_column(path: Path, names: Sequence[str]) -> str:
    dates = next((name for name in ("date", "session", "__index_level_0__") if name in names), None)
    if dates is None:
        raise InputError(f"{path.name} has no column called date or session; add the sessions.")
    return dates


def read_part(path: Path, sessions: pd.DatetimeIndex) -> ReturnTable:
    """Returns of one file on the calendar, laid out security by security."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(path, partitioning=None)
    dates = _date_column(path, table.schema.names)
    position = sessions.get_indexer(pd.DatetimeIndex(table.column(dates).to_pandas()).as_unit("ns"))
    if "security" not in table.schema.names:
        names = [name for name in table.schema.names if name != dates]
        values = np.full((len(names), len(sessions)), np.nan)
        for row, name in enumerate(names):
            values[row, position[position >= 0]] = table.column(name).to_numpy()[position >= 0]
        return _checked(path, values, sessions, names)
    if "return" not in table.schema.names:
        raise InputError(f"{path.name} has no column called return; a long file needs security, date and return.")
    encoded = table.column("security").combine_chunks()
    encoded = encoded if isinstance(encoded, pa.DictionaryArray) else encoded.dictionary_encode()
    names = [str(name) for name in encoded.dictionary.to_pylist()]
    codes = encoded.indices.to_numpy()
    values = np.full((len(names), len(sessions)), np.nan)
    placed = position >= 0
    cells = codes[placed].astype(np.int64) * len(sessions) + position[placed]
    filled = np.zeros(values.size, dtype=bool)
    filled[cells] = True
    repeated = cells.size - int(np.count_nonzero(filled))
    if repeated:
        raise InputError(f"{path.name} repeats {repeated} pair(s) of security and date; keep one row of each.")
    values.ravel()[cells] = table.column("return").to_numpy()[placed]
    return _checked(path, values, sessions, names)


def _checked(path: Path, values: FloatArray, sessions: pd.DatetimeIndex, names: list[str]) -> ReturnTable:
    infinite = int(np.isinf(values).sum())
    if infinite:
        raise InputError(f"{path.name} has {infinite} infinite return(s); mend them or leave them empty.")
    return ReturnTable(values=values.T, sessions=sessions, securities=pd.Index(names, dtype=object))
