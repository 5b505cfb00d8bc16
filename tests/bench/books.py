"""Books, files, funds and start-up: CPU seconds beside a columnar yardstick taken in the same process.

Usage: python -m tests.bench.books NAME     with NAME one of `MEASUREMENTS`; prints one JSON object.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.bench_holdings import LISTED, positions
from tests.bench.desk_books import write_books
from tests.bench.fund_of_funds import book_of_funds, fund_tables

__all__ = ["MEASUREMENTS"]

COMMANDS = {
    "check": ("check", "{book}", "--as-of", "2021-06-14T18:00-05:00"),
    "permitted": ("permitted", "buy", "1810.HK", "--at", "2021-03-15T09:31-04:00"),
    "case": ("case", "xiaomi"),
    "page": ("case", "xiaomi", "--html", "{page}"),
}


def cpu(function: Callable[[], Any]) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    function()
    return time.process_time() - start


def check_of(n_instruments: int, n_positions: int = 1_000_000) -> dict[str, float]:
    """A table of positions checked, beside a join of its instruments to a table of the same names."""
    from impact.holdings import check_portfolio

    book = positions(n_positions, n_instruments)
    listed = book[["ISIN"]].drop_duplicates().assign(listed=True)
    check_portfolio(book.head(100), LISTED)
    return {"limit": cpu(lambda: book.merge(listed, on="ISIN", how="left")), "seconds": cpu(lambda: check_portfolio(book, LISTED))}


def csv_file(n_positions: int = 1_400_000) -> dict[str, float]:
    """A CSV file read and checked, beside the columnar reader."""
    import pyarrow.csv

    from impact.holdings import check_portfolio

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.csv"
        positions(n_positions, 100_000).to_csv(path, index=False)
        size = path.stat().st_size / 1e6
        limit = cpu(lambda: pyarrow.csv.read_csv(path))
        return {"limit": limit, "seconds": cpu(lambda: check_portfolio(path, LISTED)), "mb": size}


def look_through(n_funds: int, n_lines: int = 500) -> dict[str, float]:
    """Nested funds taken apart, their files read beforehand; and all of it with the reading."""
    from impact.holdings import check_portfolio, screened

    tables, inside = fund_tables(n_funds, n_lines), 0.0
    original = screened.fund_contents

    def timed(*given: Any, **options: Any) -> Any:
        nonlocal inside
        start = time.process_time()
        contents = original(*given, **options)
        inside = time.process_time() - start
        return contents

    screened.fund_contents = timed
    whole = cpu(lambda: check_portfolio(book_of_funds(n_funds), LISTED, funds=tables))
    return {"seconds": inside, "with_reading": whole}


def desk(n_books: int) -> dict[str, float]:
    """A folder of books of 500 lines checked with a process a core: seconds by the clock, and CPU seconds of all processes."""
    from impact.holdings.desk import books_of, check_books, worker_pool

    with tempfile.TemporaryDirectory() as folder:
        write_books(Path(folder), n_books)
        books = books_of(folder)
        start, before = time.perf_counter(), os.times()
        with worker_pool(len(books)) as pool:
            check_books(books, {"as_of": LISTED}, executor=pool)
        after = os.times()
        spent = sum(after[:4]) - sum(before[:4])
        return {"seconds": time.perf_counter() - start, "cpu": spent}


def start_up(rounds: int = 3) -> dict[str, float]:
    """Each command in a process of its own, beside the import of pandas, in turns."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "ten.csv"
        positions(10, 10).to_csv(book, index=False)
        words = {"limit": [sys.executable, "-c", "import pandas"]}
        names = {"book": str(book), "page": str(Path(folder) / "page.html")}
        for name, command in COMMANDS.items():
            words[name] = [sys.executable, "-m", "impact", *(word.format(**names) for word in command)]
        best = dict.fromkeys(words, float("inf"))
        for _ in range(rounds):
            for name, command in words.items():
                before = os.times()
                subprocess.run(command, capture_output=True, check=name != "check")  # a check that finds something ends with 1
                after = os.times()
                spent = after.children_user + after.children_system - before.children_user - before.children_system
                best[name] = min(best[name], spent)
        return best


MEASUREMENTS: dict[str, Callable[[], dict[str, float]]] = {
    "check_5k": partial(check_of, 5_000),
    "check_100k": partial(check_of, 100_000),
    "check_600k": partial(check_of, 600_000),
    "csv": csv_file,
    "funds_100": partial(look_through, 100),
    "funds_200": partial(look_through, 200),
    **{f"desk_{n}": partial(desk, n) for n in (50, 100, 200, 1000)},
    "start_up": start_up,
}


def main() -> None:
    """One measurement, with the most memory the process held."""
    warnings.simplefilter("ignore")
    result = MEASUREMENTS[sys.argv[1]]()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump({**result, "peak_mb": peak}, sys.stdout)


if __name__ == "__main__":
    main()
