"""A local store of fetched prices: one SQLite file, safe with several processes and with a kill in the middle of a write."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from impact.errors import InputError, SourceUnusable
from impact.market.histories import HISTORY_COLUMNS, FetchFailure, SecurityHistory

__all__ = ["PriceCache", "default_cache_folder"]

SCHEMA_VERSION = 2
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
    retrieved_at TEXT NOT NULL, provider_version TEXT NOT NULL, checksum TEXT NOT NULL,
    PRIMARY KEY (provider, symbol)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refused (
    provider TEXT NOT NULL, symbol TEXT NOT NULL, place INTEGER NOT NULL, session TEXT NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (provider, symbol, place)
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
    fetched before and after a split never mix. Write-ahead logging lets readers go on while one process writes. Each symbol has
    a checksum over its rows, its range and what was refused; figures that do not match it are never given out. A store in a
    place that may not be written is read as it is.
    """

    path: str | Path | None = None
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    @property
    def file(self) -> Path:
        """The cache file."""
        return default_cache_folder() / "prices.sqlite" if self.path is None else Path(self.path)

    def read(self, provider: str, symbol: str, start: pd.Timestamp, end: pd.Timestamp) -> SecurityHistory | None:
        """The figures of one symbol from `start` to `end`, or None when that range was never fetched whole.

        Raises
        ------
        FetchFailure
            ``damaged`` if what is stored does not match its checksum.
        """
        if not self.file.exists():
            return None
        return self._with_retries(lambda: self._read(provider, symbol, start, end))

    def covered(self, provider: str, symbol: str) -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """First and last session of the range that was fetched for a symbol, or None."""
        if not self.file.exists():
            return None
        try:
            whole = self._with_retries(lambda: self._block(provider, symbol))
        except FetchFailure:
            return None
        return None if whole is None else (whole.first, whole.last)

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

    def refused(self) -> pd.DataFrame:
        """Figures that were fetched and not kept: provider, symbol, session, reason."""
        rows: list[Any] = []
        if self.file.exists():
            rows = self._with_retries(
                lambda: self._rows("SELECT provider, symbol, session, reason FROM refused ORDER BY provider, symbol, place")
            )
        return pd.DataFrame(rows, columns=["provider", "symbol", "session", "reason"])

    def damaged(self) -> pd.DataFrame:
        """Symbols whose stored figures do not match their checksum: provider, symbol."""
        kept = self.contents()
        wrong = []
        for provider, symbol in zip(kept["provider"], kept["symbol"], strict=True):
            try:
                self._with_retries(functools.partial(self._block, provider, symbol))
            except FetchFailure:
                wrong.append((provider, symbol))
        return pd.DataFrame(wrong, columns=["provider", "symbol"])

    def _read(self, provider: str, symbol: str, start: pd.Timestamp, end: pd.Timestamp) -> SecurityHistory | None:
        whole = self._block(provider, symbol)
        if whole is None or whole.first > start or whole.last < end:
            return None
        inside = tuple((session, reason) for session, reason in whole.refused if pd.isna(session) or start <= session <= end)
        return replace(whole, figures=whole.figures.loc[start:end], first=start, last=end, refused=inside)

    def _block(self, provider: str, symbol: str) -> SecurityHistory | None:
        """All that is kept of one symbol, checked against its checksum."""
        key = (provider, symbol)
        with self._connection() as connection:
            connection.execute("BEGIN")  # all selects see the same state
            kept = connection.execute(
                "SELECT first_session, last_session, n_rows, currency, retrieved_at, provider_version, checksum FROM coverage"
                " WHERE provider = ? AND symbol = ?",
                key,
            ).fetchone()
            if kept is None:
                return None
            rows = connection.execute(
                "SELECT session, close, volume, dividend, split FROM prices WHERE provider = ? AND symbol = ? ORDER BY session", key
            ).fetchall()
            refused = connection.execute(
                "SELECT session, reason FROM refused WHERE provider = ? AND symbol = ? ORDER BY place", key
            ).fetchall()
        if _checksum(symbol, kept[:-1], rows, refused) != kept[-1]:
            raise FetchFailure("damaged", f"the stored figures of {symbol} do not match their checksum")
        first, last, _, currency, retrieved_at, version, _ = kept
        figures = pd.DataFrame(rows, columns=["session", *HISTORY_COLUMNS]).set_index("session").astype("float64")
        figures.index = pd.DatetimeIndex(pd.to_datetime(figures.index), name="session").as_unit("ns")
        return SecurityHistory(
            symbol=symbol,
            figures=figures,
            first=pd.Timestamp(first),
            last=pd.Timestamp(last),
            currency=currency,
            retrieved_at=retrieved_at,
            provider_version=version,
            refused=tuple((pd.Timestamp(session) if session else pd.NaT, reason) for session, reason in refused),
        )

    def _write(self, provider: str, history: SecurityHistory) -> None:
        key = (provider, history.symbol)
        stamp = (history.retrieved_at, history.provider_version)
        figures = history.figures[list(HISTORY_COLUMNS)].astype(object).where(history.figures[list(HISTORY_COLUMNS)].notna(), None)
        rows = [(_text(session), *row) for session, row in zip(figures.index, figures.to_numpy().tolist(), strict=True)]
        refused = [("" if pd.isna(session) else _text(session), reason) for session, reason in history.refused]
        cover = (_text(history.first), _text(history.last), len(rows), history.currency, *stamp)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self._connection(writing=True) as connection:
            connection.execute("BEGIN IMMEDIATE")
            for table in ("prices", "refused", "coverage"):
                connection.execute(f"DELETE FROM {table} WHERE provider = ? AND symbol = ?", key)
            connection.executemany(
                "INSERT INTO prices (provider, symbol, session, close, volume, dividend, split, retrieved_at, provider_version)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                ((*key, *row, *stamp) for row in rows),
            )
            connection.executemany(
                "INSERT INTO refused (provider, symbol, place, session, reason) VALUES (?, ?, ?, ?, ?)",
                ((*key, place, *row) for place, row in enumerate(refused)),
            )
            connection.execute(
                "INSERT INTO coverage (provider, symbol, first_session, last_session, n_rows, currency, retrieved_at,"
                " provider_version, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*key, *cover, _checksum(history.symbol, cover, rows, refused)),
            )
            connection.execute("COMMIT")

    def _clear(self, symbols: Sequence[str] | None) -> int:
        with self._connection(writing=True) as connection:
            connection.execute("BEGIN IMMEDIATE")
            if symbols is None:
                removed = connection.execute("DELETE FROM coverage").rowcount
                connection.execute("DELETE FROM prices")
                connection.execute("DELETE FROM refused")
            else:
                removed = sum(connection.execute("DELETE FROM coverage WHERE symbol = ?", (symbol,)).rowcount for symbol in symbols)
                for table in ("prices", "refused"):
                    connection.executemany(f"DELETE FROM {table} WHERE symbol = ?", ((symbol,) for symbol in symbols))
            connection.execute("COMMIT")
        return removed

    def _rows(self, query: str, *values: Any) -> list[Any]:
        with self._connection() as connection:
            return connection.execute(query, values).fetchall()

    @contextlib.contextmanager
    def _connection(self, *, writing: bool = False) -> Iterator[sqlite3.Connection]:
        """A connection of its own for each task, so that processes and threads never share one."""
        with contextlib.closing(self._opened(writing=writing)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, SCHEMA_VERSION):
                raise SourceUnusable(
                    f"cache {self.file.name} has layout {version}, this version reads {SCHEMA_VERSION}; delete it or name another."
                )
            if writing:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.executescript(SCHEMA)
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            elif version == 0:
                connection = _empty_store()
            yield connection

    def _opened(self, *, writing: bool) -> sqlite3.Connection:
        """The file opened; one that may only be read, and that nobody writes, is opened as it lies there."""
        if writing:
            return sqlite3.connect(self.file, timeout=BUSY_SECONDS, isolation_level=None)
        uri = self.file.absolute().as_uri()
        connection = sqlite3.connect(f"{uri}?mode=ro", uri=True, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            connection.execute("SELECT name FROM sqlite_master LIMIT 1").fetchall()
        except sqlite3.OperationalError as error:
            connection.close()
            beside = self.file.with_name(self.file.name + "-wal")
            if "locked" in str(error) or (beside.exists() and beside.stat().st_size):
                raise
            connection = sqlite3.connect(f"{uri}?immutable=1", uri=True, isolation_level=None)
        return connection

    def _with_retries(self, task: Callable[[], T]) -> T:
        for attempt in range(RETRIES):
            try:
                return task()
            except sqlite3.OperationalError as error:
                busy = "locked" in str(error) or "busy" in str(error)
                if "decode" in str(error):
                    raise SourceUnusable(f"cache {self.file.name} is damaged ({error}); delete the file and fetch again.") from error
                if not busy:
                    raise InputError(
                        f"cache={str(self.file)!r} cannot be used ({error}); name a file in a folder you may write."
                    ) from error
                if attempt == RETRIES - 1:
                    raise SourceUnusable(
                        f"cache {self.file.name} is held by another process ({error}); try again when it has ended."
                    ) from error
                self.sleep(0.1 * 2**attempt)
            except (sqlite3.DatabaseError, UnicodeDecodeError, OverflowError) as error:
                raise SourceUnusable(f"cache {self.file.name} is damaged ({error}); delete the file and fetch again.") from error
            except OSError as error:
                raise InputError(
                    f"cache={str(self.file)!r} cannot be used ({error.strerror}); name a file in a folder you may write."
                ) from error
        raise AssertionError("unreachable: every attempt returns or raises")


def _empty_store() -> sqlite3.Connection:
    """What a file that holds nothing yet answers."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(SCHEMA)
    return connection


def _checksum(symbol: str, cover: Sequence[Any], rows: Sequence[Sequence[Any]], refused: Sequence[Sequence[Any]]) -> str:
    """SHA-256 over everything that is kept of one symbol."""
    cells = [symbol, *cover, *(cell for row in (*rows, *refused) for cell in row)]
    return hashlib.sha256("\x1f".join(_plain(cell) for cell in cells).encode()).hexdigest()


def _plain(cell: Any) -> str:
    return repr(float(cell)) if isinstance(cell, float | int) else repr(cell)


def _text(session: pd.Timestamp) -> str:
    return f"{session:%Y-%m-%d}"
