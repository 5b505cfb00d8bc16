"""Every command about the law at sixty instants, with each later fact deleted, changed and added: ``python -m tests.facts.dense_sweep``.

The instants run in processes that share the loaded package, each in turn; what is done is written to ``leak_sweep.csv`` as it comes,
and an instant that stands there already is not run again unless ``--again`` is given. Five minutes on two cores.
"""

from __future__ import annotations

import csv
import multiprocessing
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import pytest

from tests.facts.test_leak_sweep import LAW, WHOLE, holdings_of_every_list, moved_by

RESULTS = Path(__file__).with_name("leak_sweep.csv")
COLUMNS = ("instant", "commands", "answered", "moved")
STEP = 6  # spread over the years from the start, so that a run that is stopped covers them all


def at_instant(instant: str, book: str) -> tuple[str, int, int, int]:
    """Commands asked at an instant, those that answered, and those that a later fact moved."""
    with pytest.MonkeyPatch.context() as patch:
        answered, moved = moved_by(patch, LAW, instant, book)
    return instant, len(LAW), answered, len(moved)


def done() -> dict[str, dict[str, str]]:
    """The rows of the results, by instant."""
    if not RESULTS.exists():
        return {}
    with RESULTS.open(encoding="utf-8", newline="") as file:
        return {row["instant"]: row for row in csv.DictReader(file)}


def swept(instants: list[str]) -> Iterator[tuple[str, int, int, int]]:
    """Each instant as it is done."""
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        book = holdings_of_every_list(Path(folder))
        for one in as_completed([pool.submit(at_instant, instant, book) for instant in instants]):
            yield one.result()


def main(again: bool) -> int:
    rows = {} if again else done()
    left = [instant for start in range(STEP) for instant in WHOLE[start::STEP] if instant not in rows]
    for row in swept(left):
        rows[row[0]] = dict(zip(COLUMNS, map(str, row), strict=True))
        with RESULTS.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows[instant] for instant in sorted(rows))
    return int(any(row["moved"] != "0" for row in rows.values()))


if __name__ == "__main__":
    sys.exit(main("--again" in sys.argv[1:]))
