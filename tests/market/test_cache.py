"""The cache: round trip, ranges, several processes, a kill in the middle of a write, damage and refusals."""

from __future__ import annotations

import collections
import contextlib
import multiprocessing
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from impact.errors import ImpactError, InputError, SourceUnusable
from impact.market.cache import PriceCache, default_cache_folder
from impact.market.histories import FetchFailure, SecurityHistory

FIRST, LAST = pd.Timestamp("2020-01-01"), pd.Timestamp("2020-12-31")


def history(symbol="1810.HK", level=10.0, first=FIRST, last=LAST, n=None):
    days = pd.bdate_range(first, last)[:n].as_unit("ns")
    values = np.full(len(days), level)
    figures = pd.DataFrame({"close": values, "volume": values * 100, "dividend": 0.0, "split": 0.0}, index=days.rename("session"))
    figures.iloc[1, :2] = np.nan
    stamp = "2021-02-01T00:00:00+00:00"
    return SecurityHistory(
        symbol=symbol, figures=figures, first=first, last=last, currency="HKD", retrieved_at=stamp, provider_version="yfinance 1.7.0"
    )


@pytest.fixture
def cache(tmp_path):
    return PriceCache(path=tmp_path / "deep" / "prices.sqlite")


def test_a_history_comes_back_as_it_went_in_with_missing_cells(cache):
    cache.write("yahoo", history())
    got = cache.read("yahoo", "1810.HK", FIRST, LAST)
    pd.testing.assert_frame_equal(got.figures, history().figures, check_freq=False)
    assert got.figures.index.dtype == "datetime64[ns]"
    assert (got.currency, got.retrieved_at, got.provider_version) == ("HKD", "2021-02-01T00:00:00+00:00", "yfinance 1.7.0")


def test_a_range_is_answered_only_when_it_was_fetched_whole(cache):
    cache.write("yahoo", history())
    inside = cache.read("yahoo", "1810.HK", pd.Timestamp("2020-03-02"), pd.Timestamp("2020-03-06"))
    assert len(inside.figures) == 5
    assert cache.read("yahoo", "1810.HK", FIRST - pd.Timedelta(days=1), LAST) is None
    assert cache.read("yahoo", "1810.HK", FIRST, LAST + pd.Timedelta(days=1)) is None
    assert cache.read("other", "1810.HK", FIRST, LAST) is None and cache.read("yahoo", "0700.HK", FIRST, LAST) is None
    assert cache.covered("yahoo", "1810.HK") == (FIRST, LAST) and cache.covered("yahoo", "0700.HK") is None


def test_a_second_write_replaces_the_symbol_whole(cache):
    cache.write("yahoo", history(level=10.0))
    cache.write("yahoo", history(level=5.0, first=pd.Timestamp("2020-06-01"), last=LAST))
    assert cache.read("yahoo", "1810.HK", FIRST, LAST) is None
    assert set(cache.read("yahoo", "1810.HK", pd.Timestamp("2020-06-01"), LAST).figures["close"].dropna()) == {5.0}


def test_contents_and_clear(cache):
    assert cache.contents().empty and cache.clear() == 0 and not cache.file.exists()
    for symbol in ("A", "B", "C"):
        cache.write("yahoo", history(symbol))
    assert cache.contents()["symbol"].tolist() == ["A", "B", "C"] and cache.contents()["n_rows"].eq(262).all()
    assert cache.clear(["B", "never"]) == 1 and cache.contents()["symbol"].tolist() == ["A", "C"]
    assert cache.clear() == 2 and cache.contents().empty
    assert cache.read("yahoo", "A", FIRST, LAST) is None


def test_the_folder_is_read_from_the_environment_when_asked(monkeypatch, tmp_path):
    monkeypatch.setenv("IMPACT_CACHE_DIR", str(tmp_path / "one"))
    assert PriceCache().file == tmp_path / "one" / "prices.sqlite"
    monkeypatch.setenv("IMPACT_CACHE_DIR", str(tmp_path / "two"))
    assert PriceCache().file == tmp_path / "two" / "prices.sqlite"


@pytest.mark.parametrize(("platform", "expected"), [
    ("linux", ".cache/impact"), ("darwin", "Library/Caches/impact"), ("win32", "AppData/Local/impact/Cache"),
])  # fmt: skip
def test_the_platforms_own_folder_is_the_default(monkeypatch, tmp_path, platform, expected):
    for name in ("IMPACT_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", classmethod(lambda cls: tmp_path))
    assert default_cache_folder() == tmp_path / expected


WRITER = """
import os, signal, sys
import pandas as pd
from impact.market import cache as module
from impact.market.histories import FetchFailure, SecurityHistory

path, fatal_row = sys.argv[1], int(sys.argv[2])
first, last = pd.Timestamp("2000-01-03"), pd.Timestamp("2020-12-31")
days = pd.bdate_range(first, last).as_unit("ns")

def whole(level):
    figures = pd.DataFrame({name: level for name in ("close", "volume", "dividend", "split")}, index=days)
    return SecurityHistory(symbol="A", figures=figures, first=first, last=last)

module.PriceCache(path=path).write("yahoo", whole(1.0))
as_text, rows = module._text, iter(range(1, 10**9))

def die_at_the_fatal_row(session):
    if next(rows) == fatal_row:
        os.kill(os.getpid(), signal.SIGKILL)
    return as_text(session)

module._text = die_at_the_fatal_row
module.PriceCache(path=path).write("yahoo", whole(2.0))
"""
N_ROWS = len(pd.bdate_range("2000-01-03", "2020-12-31"))


@pytest.mark.parametrize("fatal_row", [1, N_ROWS // 2, N_ROWS, N_ROWS + 2])
def test_a_kill_in_the_middle_of_a_write_leaves_the_old_symbol_whole(tmp_path, fatal_row):
    """The writer is killed after it deleted the old rows: before the first new one, half-way, at the last, before the range."""
    file = tmp_path / "prices.sqlite"
    died = subprocess.run([sys.executable, "-c", WRITER, str(file), str(fatal_row)], capture_output=True, text=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert connection.execute("SELECT DISTINCT close FROM prices").fetchall() == [(1.0,)]
    assert connection.execute("SELECT count(*) FROM prices").fetchone()[0] == N_ROWS
    connection.close()
    cache = PriceCache(path=file)
    assert cache.contents()["n_rows"].tolist() == [N_ROWS]
    cache.write("yahoo", history("A"))  # and the next process goes on
    assert len(cache.read("yahoo", "A", FIRST, LAST).figures) == 262


def _write_many(path, worker):
    cache = PriceCache(path=path)
    for level in range(1, 8):
        cache.write("yahoo", history("shared", level=float(worker * 100 + level)))
        cache.write("yahoo", history(f"own{worker}", level=float(level)))


def test_several_processes_write_and_read_at_once(tmp_path):
    path = tmp_path / "prices.sqlite"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write_many, args=(path, worker)) for worker in range(3)]
    for worker in workers:
        worker.start()
    cache, seen = PriceCache(path=path), 0
    while any(worker.is_alive() for worker in workers):
        shared = cache.read("yahoo", "shared", FIRST, LAST)
        if shared is not None:
            assert shared.figures["close"].nunique() == 1 and len(shared.figures) == 262
            seen += 1
        time.sleep(0.005)
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0] and seen
    assert cache.contents()["symbol"].tolist() == ["own0", "own1", "own2", "shared"]
    for worker in range(3):
        assert set(cache.read("yahoo", f"own{worker}", FIRST, LAST).figures["close"].dropna()) == {7.0}


def test_a_busy_file_is_tried_again(cache, monkeypatch):
    cache.write("yahoo", history())
    waits = []
    patient = PriceCache(path=cache.file, sleep=waits.append)
    real, refusals = PriceCache._write, iter([True, True])

    def busy_twice(self, provider, new):
        if next(refusals, False):
            raise sqlite3.OperationalError("database is locked")
        real(self, provider, new)

    monkeypatch.setattr(PriceCache, "_write", busy_twice)
    patient.write("yahoo", history(level=3.0))
    assert waits == [0.1, 0.2] and patient.read("yahoo", "1810.HK", FIRST, LAST).figures["close"].iloc[0] == 3.0


def test_a_file_that_stays_busy_is_given_up_in_one_line(cache, monkeypatch):
    def busy(*_):
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(PriceCache, "_write", busy)
    with pytest.raises(SourceUnusable, match="held by another process.*try again"):
        PriceCache(path=cache.file, sleep=lambda seconds: None).write("yahoo", history())


def test_a_damaged_file_says_delete_it(tmp_path):
    file = tmp_path / "prices.sqlite"
    file.write_bytes(b"this is no database, whatever its name says" * 50)
    with pytest.raises(SourceUnusable, match="prices.sqlite is damaged .*delete the file"):
        PriceCache(path=file).contents()


def test_a_file_of_another_layout_is_refused(cache):
    cache.write("yahoo", history())
    connection = sqlite3.connect(cache.file)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(SourceUnusable, match="has layout 99, this version reads 2"):
        cache.contents()


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(InputError, match="cannot be used .*a folder you may write"):
        PriceCache(path=tmp_path / "file" / "prices.sqlite").write("yahoo", history())


def _flip(path, place, mask):
    content = bytearray(path.read_bytes())
    content[place] ^= mask
    path.write_bytes(bytes(content))


def test_a_flipped_byte_gives_no_wrong_figure(cache):
    """300 corruptions, one byte each, anywhere in the file: the figures come back as written, or with a named failure."""
    cache.write("yahoo", history("A"))
    cache.write("yahoo", history("B", level=2.0))
    with contextlib.closing(sqlite3.connect(cache.file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    whole = cache.file.read_bytes()
    good = {name: cache.read("yahoo", name, FIRST, LAST) for name in ("A", "B")}
    random = np.random.default_rng(17)
    outcomes = collections.Counter()
    for _ in range(300):
        cache.file.write_bytes(whole)
        _flip(cache.file, int(random.integers(len(whole))), int(random.integers(1, 256)))
        for name, expected in good.items():
            try:
                got = cache.read("yahoo", name, FIRST, LAST)
            except (FetchFailure, ImpactError) as error:
                outcomes[type(error).__name__] += 1
                continue
            if got is None:
                outcomes["not kept"] += 1
                continue
            pd.testing.assert_frame_equal(got.figures, expected.figures)
            assert (got.currency, got.retrieved_at) == (expected.currency, expected.retrieved_at)
            outcomes["whole"] += 1
    assert outcomes["whole"] > 0 and outcomes["FetchFailure"] > 0


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE prices SET close = close * 1.01 WHERE symbol = 'A' AND session = '2020-06-15'",
        "UPDATE prices SET session = '2020-06-20' WHERE symbol = 'A' AND session = '2020-06-15'",
        "DELETE FROM prices WHERE symbol = 'A' AND session = '2020-06-15'",
        "UPDATE prices SET volume = 'many' WHERE symbol = 'A' AND session = '2020-06-15'",
        "UPDATE prices SET symbol = 'C' WHERE symbol = 'A'",
        "UPDATE coverage SET last_session = '2031-01-01' WHERE symbol = 'A'",
        "UPDATE coverage SET first_session = 'never' WHERE symbol = 'A'",
        "UPDATE coverage SET currency = 'USD' WHERE symbol = 'A'",
        "UPDATE coverage SET checksum = '' WHERE symbol = 'A'",
        "INSERT INTO refused VALUES ('yahoo', 'A', 0, '2020-06-15', 'made up')",
    ],
)
def test_a_block_that_does_not_match_its_checksum_is_had_anew_and_never_given_out(cache, harm):
    cache.write("yahoo", history("A"))
    cache.write("yahoo", history("B"))
    with contextlib.closing(sqlite3.connect(cache.file)) as connection, connection:
        connection.execute(harm)
    with pytest.raises(FetchFailure, match="checksum"):
        cache.read("yahoo", "A", FIRST, LAST)
    assert cache.damaged()["symbol"].tolist() == ["A"] and cache.covered("yahoo", "A") is None
    assert len(cache.read("yahoo", "B", FIRST, LAST).figures) == 262
    cache.write("yahoo", history("A"))
    assert cache.damaged().empty


def test_a_store_that_may_only_be_read_is_read(cache, monkeypatch):
    cache.write("yahoo", history("A"))
    opened = []
    connect = sqlite3.connect

    def guarded(target, *args, **options):
        opened.append(str(target))
        if "mode=ro" in str(target):
            connect(target, *args, **options).close()
            raise_on = connect(":memory:")
            raise_on.close()

            class Refusing:
                def execute(self, *_):
                    raise sqlite3.OperationalError("attempt to write a readonly database")

                def close(self):
                    opened.append("closed")

            return Refusing()
        return connect(target, *args, **options)

    with contextlib.closing(connect(cache.file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    monkeypatch.setattr(sqlite3, "connect", guarded)
    assert len(cache.read("yahoo", "A", FIRST, LAST).figures) == 262
    assert any("immutable=1" in target for target in opened) and "closed" in opened


def test_reading_an_empty_file_writes_nothing(tmp_path):
    file = tmp_path / "prices.sqlite"
    file.write_bytes(b"")
    assert PriceCache(path=file).contents().empty and PriceCache(path=file).read("yahoo", "A", FIRST, LAST) is None
    assert file.read_bytes() == b""


def test_what_was_refused_comes_back(cache):
    told = ((pd.Timestamp("2020-06-15"), "a bad tick"), (pd.NaT, "a row without a date"))
    cache.write("yahoo", replace(history("A"), refused=told))
    assert cache.read("yahoo", "A", FIRST, LAST).refused == told
    assert cache.refused().to_numpy().tolist() == [["yahoo", "A", "2020-06-15", "a bad tick"], ["yahoo", "A", "", "a row without a date"]]
    assert cache.clear(["A"]) == 1 and cache.refused().empty
