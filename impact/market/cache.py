"""A local store of fetched prices: one SQLite file, safe with several processes and with a kill in the middle of a write."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from impact.errors import InputError, SourceUnusable
from impact.market.histories import HISTORY_COLUMNS, SecurityHistory

__all__ = ["PriceCache", "default_cache_folder"]

SCHEMA_VERSION = 1
BUSY_SECONDS = 30.0  # how long one writer waits for another before it gives up
RETRIES = 5

SCHEMA = """
CREATE TABLE IF NOT EXISTS prices (
    provider TEXT NOT NULL, symbol TEXT NOT NULL, session TEXT NOT NULL,
    close REAL, volume REAL, dividend REAL, split REAL,
    retrieved_at TEXT NOT NULL, provider_version TEXT NOT NULL,
    PRIMARY KEY (provider, symbol, session)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS coverage (
    provider TEXT NOT NULL, symbol TEXT NOT NULL,
    first_session TEXT NOT NULL, last_session TEXT NOT NULL, n_rows INTEGER NOT NULL, currency TEXT NOT NULL,
    retrieved_at TEXT NOT NULL, provider_version TEXT NOT NULL,
    PRIMARY KEY (provider, symbol)
) WITHOUT ROWID;
"""

T = TypeVar("T")


def default_cache_folder() -> Path:
    """Where the cache lives: ``IMPACT_CACHE_DIR`` when set, else the platform's folder for caches of the user."""
    stated = os.environ.get("IMPACT_CACHE_DIR")
    if stated:
        return Path(stated)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "impact"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "impact" / "Cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "impact"


@dataclass(frozen=True, eq=False, kw_only=True)
class PriceCache:
    """Fetched prices, keyed by provider, symbol and session, with the range that was asked for.

    Parameters
    ----------
    path : path, optional
        The file; ``prices.sqlite`` in :func:`default_cache_folder` when None. It is made on the first write.
    sleep : callable, optional
        How to wait between tries when another process holds the file.

    Notes
    -----
    One symbol is one transaction: it is replaced whole or not at all, so a reader never sees half of it, and closes
    fetched before and after a split never mix. Write-ahead logging lets readers go on while one process writes.
    """

    path: str | Path | None = None
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    @property
    def file(self) -> Path:
        """The cache file."""
        return default_cache_folder() / "prices.sqlite" if self.path is None else Path(self.path)

    def read(self, provider: str, symbol: str, start: pd.Timestamp, end: pd.Timestamp) -> SecurityHistory | None:
        """The figures of one symbol from `start` to `end`, or None when that range was never fetched whole."""
        if not self.file.exists():
            return None
        return self._with_retries(lambda: self._read(provider, symbol, start, end))

    def covered(self, provider: str, symbol: str) -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """First and last session of the range that was fetched for a symbol, or None."""
        if not self.file.exists():
            return None
        rows = self._with_retries(
            lambda: self._rows("SELECT first_session, last_session FROM coverage WHERE provider = ? AND symbol = ?", provider, symbol)
        )
        return (pd.Timestamp(rows[0][0]), pd.Timestamp(rows[0][1])) if rows else None

    def write(self, provider: str, history: SecurityHistory) -> None:
        """Replace what is kept of one symbol by `history`, in one transaction."""
        self._with_retries(lambda: self._write(provider, history))

    def contents(self) -> pd.DataFrame:
        """One row a symbol kept: provider, symbol, first_on, last_on (the range asked for), n_rows, currency, retrieved_at, version."""
        columns = ["provider", "symbol", "first_on", "last_on", "n_rows", "currency", "retrieved_at", "provider_version"]
        rows: list[Any] = []
        if self.file.exists():
            names = "provider, symbol, first_session, last_session, n_rows, currency, retrieved_at, provider_version"
            rows = self._with_retries(lambda: self._rows(f"SELECT {names} FROM coverage ORDER BY provider, symbol"))
        return pd.DataFrame(rows, columns=columns)

    def clear(self, symbols: Sequence[str] | None = None) -> int:
        """Remove the symbols given, or everything, and say how many were removed."""
        if not self.file.exists():
            return 0
        return self._with_retries(lambda: self._clear(symbols))

    def _read(self, provider: str, symbol: str, start: pd.Timestamp, end: pd.Timestamp) -> SecurityHistory | None:
        with self._connection() as connection:
            connection.execute("BEGIN")  # both selects see the same state
            kept = connection.execute(
                "SELECT currency, retrieved_at, provider_version FROM coverage"
                " WHERE provider = ? AND symbol = ? AND first_session <= ? AND last_session >= ?",
                (provider, symbol, _text(start), _text(end)),
            ).fetchone()
            if kept is None:
                return None
            rows = connection.execute(
                "SELECT session, close, volume, dividend, split FROM prices"
                " WHERE provider = ? AND symbol = ? AND session BETWEEN ? AND ? ORDER BY session",
                (provider, symbol, _text(start), _text(end)),
            ).fetchall()
        figures = pd.DataFrame(rows, columns=["session", *HISTORY_COLUMNS]).set_index("session").astype("float64")
        figures.index = pd.DatetimeIndex(pd.to_datetime(figures.index), name="session").as_unit("ns")
        currency, retrieved_at, version = kept
        return SecurityHistory(
            symbol=symbol, figures=figures, first=start, last=end, currency=currency, retrieved_at=retrieved_at, provider_version=version
        )

    def _write(self, provider: str, history: SecurityHistory) -> None:
        key = (provider, history.symbol)
        stamp = (history.retrieved_at, history.provider_version)
        figures = history.figures[list(HISTORY_COLUMNS)].astype(object).where(history.figures[list(HISTORY_COLUMNS)].notna(), None)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self._connection(writing=True) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DELETE FROM prices WHERE provider = ? AND symbol = ?", key)
            connection.executemany(
                "INSERT INTO prices (provider, symbol, session, close, volume, dividend, split, retrieved_at, provider_version)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                ((*key, _text(session), *row, *stamp) for session, row in zip(figures.index, figures.to_numpy().tolist(), strict=True)),
            )
            connection.execute(
                "INSERT INTO coverage (provider, symbol, first_session, last_session, n_rows, currency, retrieved_at, provider_version)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (provider, symbol) DO UPDATE SET first_session = excluded.first_session,"
                " last_session = excluded.last_session, n_rows = excluded.n_rows, currency = excluded.currency,"
                " retrieved_at = excluded.retrieved_at, provider_version = excluded.provider_version",
                (*key, _text(history.first), _text(history.last), len(figures), history.currency, *stamp),
            )
            connection.execute("COMMIT")

    def _clear(self, symbols: Sequence[str] | None) -> int:
        with self._connection(writing=True) as connection:
            connection.execute("BEGIN IMMEDIATE")
            if symbols is None:
                removed = connection.execute("DELETE FROM coverage").rowcount
                connection.execute("DELETE FROM prices")
            else:
                removed = sum(connection.execute("DELETE FROM coverage WHERE symbol = ?", (symbol,)).rowcount for symbol in symbols)
                connection.executemany("DELETE FROM prices WHERE symbol = ?", ((symbol,) for symbol in symbols))
            connection.execute("COMMIT")
        return removed

    def _rows(self, query: str, *values: Any) -> list[Any]:
        with self._connection() as connection:
            return connection.execute(query, values).fetchall()

    @contextlib.contextmanager
    def _connection(self, *, writing: bool = False) -> Iterator[sqlite3.Connection]:
        """A connection of its own for each task, so that processes and threads never share one."""
        with contextlib.closing(sqlite3.connect(self.file, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, SCHEMA_VERSION):
                raise SourceUnusable(
                    f"cache {self.file.name} has layout {version}, this version reads {SCHEMA_VERSION}; delete it or name another."
                )
            if writing or version == 0:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.executescript(SCHEMA)
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            yield connection

    def _with_retries(self, task: Callable[[], T]) -> T:
        for attempt in range(RETRIES):
            try:
                return task()
            except sqlite3.OperationalError as error:
                busy = "locked" in str(error) or "busy" in str(error)
                if not busy:
                    raise InputError(
                        f"cache={str(self.file)!r} cannot be used ({error}); name a file in a folder you may write."
                    ) from error
                if attempt == RETRIES - 1:
                    raise SourceUnusable(
                        f"cache {self.file.name} is held by another process ({error}); try again when it has ended."
                    ) from error
                self.sleep(0.1 * 2**attempt)
            except sqlite3.DatabaseError as error:
                raise SourceUnusable(f"cache {self.file.name} is damaged ({error}); delete the file and fetch again.") from error
            except OSError as error:
                raise InputError(
                    f"cache={str(self.file)!r} cannot be used ({error.strerror}); name a file in a folder you may write."
                ) from error
        raise AssertionError("unreachable: every attempt returns or raises")


def _text(session: pd.Timestamp) -> str:
    return f"{session:%Y-%m-%d}"
