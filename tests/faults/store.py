"""Harm to the price store: bytes changed, tables changed, writers killed. What is given out afterwards is what was written, or nothing."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
from collections import Counter
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from impact.errors import ImpactError
from impact.market.cache import PriceCache
from impact.market.histories import FetchFailure, SecurityHistory

__all__ = ["corrupt", "kill"]

FIRST, LAST = pd.Timestamp("2020-01-01"), pd.Timestamp("2020-12-31")
_SYMBOLS = ("A", "B")


def _history(symbol: str, level: float) -> SecurityHistory:
    days = pd.bdate_range(FIRST, LAST).as_unit("ns")
    close = level * np.exp(np.cumsum(np.random.default_rng(int(level)).normal(0, 0.01, len(days))))
    figures = pd.DataFrame({"close": close, "volume": 1000.0 * level, "dividend": 0.0, "split": 0.0}, index=days)
    return SecurityHistory(symbol=symbol, figures=figures, first=FIRST, last=LAST, currency="HKD")


def _settled(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")


def _harmed(content: bytes, rng: random.Random) -> bytes:
    """Bytes flipped, a page cut out or overwritten, the end cut off."""
    changed, how = bytearray(content), rng.randrange(4)
    if how == 0:
        for _ in range(rng.choice((1, 2, 16))):
            changed[rng.randrange(len(changed))] ^= rng.randrange(1, 256)
    elif how == 1:
        return bytes(changed[: rng.randrange(len(changed))])
    else:
        pages = len(changed) // 4096
        one, other = rng.randrange(pages) * 4096, rng.randrange(pages) * 4096
        if how == 2:
            changed[one : one + 4096] = changed[other : other + 4096]
        else:
            at = rng.randrange(len(changed))
            changed[at : at + 256] = bytes(rng.randrange(256) for _ in range(256))
    return bytes(changed)


def _edited(file: Path, rng: random.Random) -> None:
    """One figure, day, range or name of the tables changed by another program."""
    day = f"2020-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
    harm = rng.choice(
        (
            "UPDATE prices SET close = close * 1.0001 WHERE symbol = 'A' AND session >= '{day}'",
            "UPDATE prices SET volume = NULL WHERE symbol = 'A' AND session >= '{day}'",
            "UPDATE prices SET dividend = 1 WHERE symbol = 'A' AND session >= '{day}'",
            "DELETE FROM prices WHERE symbol = 'A' AND session >= '{day}'",
            "UPDATE prices SET close = 'x' WHERE symbol = 'A' AND session >= '{day}'",
            "UPDATE coverage SET last_session = '{day}' WHERE symbol = 'A'",
            "UPDATE coverage SET first_session = '{day}' WHERE symbol = 'A'",
            "UPDATE coverage SET currency = 'USD' WHERE symbol = 'A'",
        )
    )
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(harm.format(day=day))


def corrupt(folder: Path, n: int, seed: int) -> tuple[Counter[str], list[str]]:
    """`n` corruptions of a store of two symbols, half of its bytes, half of its tables.

    Returns
    -------
    counts : Counter
        For each symbol read: ``whole``, ``refused`` or ``not kept``.
    faults : list of str
        Figures given out that were never written, and exceptions of any other kind.
    """
    store = PriceCache(path=folder / "prices.sqlite", sleep=lambda seconds: None)
    for level, symbol in enumerate(_SYMBOLS, 1):
        store.write("yahoo", _history(symbol, float(level)))
    _settled(store.file)
    whole, good = store.file.read_bytes(), {symbol: store.read("yahoo", symbol, FIRST, LAST) for symbol in _SYMBOLS}
    rng, counts, faults = random.Random(f"store {seed}"), Counter[str](), []
    for number in range(n):
        for left in folder.glob("prices.sqlite*"):
            left.unlink()
        store.file.write_bytes(whole if number % 2 else _harmed(whole, rng))
        if number % 2:
            _edited(store.file, rng)
        for symbol, expected in good.items():
            try:
                got = store.read("yahoo", symbol, FIRST, LAST)
            except (FetchFailure, ImpactError):
                counts["refused"] += 1
                continue
            except Exception as error:
                faults.append(f"{type(error).__name__}: {str(error)[:80]}")
                continue
            counts["whole" if got is not None else "not kept"] += 1
            if (
                got is not None
                and expected is not None
                and not (got.figures.equals(expected.figures) and got.currency == expected.currency)
            ):
                faults.append(f"wrong figures of {symbol}")
    return counts, faults


def _die_while_writing(file: Path, after: float) -> None:
    signal.signal(signal.SIGALRM, lambda number, frame: os.kill(os.getpid(), signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, after)
    store = PriceCache(path=file)
    for level in range(3, 1000):
        store.write("yahoo", _history("A", float(level)))


def kill(folder: Path, n: int, seed: int) -> tuple[Counter[str], list[str]]:
    """`n` writers killed at some moment of their work; the store holds one whole history of the symbol, and the other as it was."""
    rng, counts, faults = random.Random(f"kill {seed}"), Counter[str](), []
    store = PriceCache(path=folder / "killed.sqlite")
    for level, symbol in enumerate(_SYMBOLS, 1):
        store.write("yahoo", _history(symbol, float(level)))
    context = get_context("fork")
    for _ in range(n):
        writer = context.Process(target=_die_while_writing, args=(store.file, rng.uniform(0.001, 0.08)))
        writer.start()
        writer.join()
        counts["killed" if writer.exitcode == -signal.SIGKILL else "ended"] += 1
        first, second = (store.read("yahoo", symbol, FIRST, LAST) for symbol in _SYMBOLS)
        if first is None or second is None:
            faults.append("a history is lost")
        elif not second.figures.equals(_history("B", 2.0).figures):
            faults.append("another history is changed")
        elif not any(
            first.figures.equals(_history("A", float(level)).figures)
            for level in (1, *range(3, 400))
            if first.figures["volume"].iloc[0] == 1000.0 * level
        ):
            faults.append("a history is half written")
    return counts, faults
