"""The whole attack: ``python -m tests.faults.run [INPUTS]`` writes RESULTS.md beside this file and the input of each fault into corpus/.

INPUTS (default 100,000) are spread over the readers by their weight; fewer of them take fewer kills, corruptions and answers in the same
ratio. Same INPUTS and SEED, same inputs.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import reduce
from pathlib import Path

from tests.faults.answers import answer_badly
from tests.faults.campaign import MEGABYTES, SECONDS, Outcome, attack, keep
from tests.faults.interrupts import interrupt
from tests.faults.pages import inject
from tests.faults.readers import READERS
from tests.faults.store import corrupt, kill

SEED = 20210114
INPUTS, CORRUPTIONS, KILLS, ANSWERS, TEXTS, INTERRUPTS = 100_000, 1_000, 1_000, 200, 300, 200
"""What one run of `make faults` tries."""
PIECE = 250
"""Inputs that one process takes at once."""
RESULTS = Path(__file__).with_name("RESULTS.md")


def _piece(task: tuple[str, int, int]) -> Outcome:
    name, n, seed = task
    return attack(next(reader for reader in READERS if reader.name == name), n, seed)


def shares(n_inputs: int) -> dict[str, int]:
    """Inputs of each reader by its weight; together `n_inputs`, what is left over goes to the first."""
    total = sum(reader.weight for reader in READERS)
    own = {reader.name: n_inputs * reader.weight // total for reader in READERS}
    own[READERS[0].name] += n_inputs - sum(own.values())
    return own


def readers(n_inputs: int, seed: int) -> list[Outcome]:
    """What came of the inputs of each reader."""
    tasks = [
        (name, min(PIECE, n - first), seed + piece)
        for name, n in shares(n_inputs).items()
        for piece, first in enumerate(range(0, n, PIECE))
    ]
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        done = list(pool.map(_piece, tasks))
    return [reduce(Outcome.merged, (one for one in done if one.reader == reader.name), Outcome(reader=reader.name)) for reader in READERS]


def _others(n_inputs: int, seed: int) -> list[tuple[str, Counter[str], list[str]]]:
    told = []
    for name, function, n in (
        ("store: corruptions", corrupt, CORRUPTIONS),
        ("store: writers killed", kill, KILLS),
        ("provider: answers", answer_badly, ANSWERS),
        ("pages: texts that would run", inject, TEXTS),
        ("commands: interrupts", interrupt, INTERRUPTS),
    ):
        with tempfile.TemporaryDirectory() as folder:
            told.append((name, *function(Path(folder), -(-n * n_inputs // INPUTS), seed)))
    return told


def main(n_inputs: int = INPUTS) -> int:
    """Run everything, write the results, and give the number of faults."""
    start = time.perf_counter()
    outcomes, others = readers(n_inputs, SEED), _others(n_inputs, SEED)
    for outcome in outcomes:
        keep(outcome)
    lines = [
        "# Faults",
        "",
        f"By `make faults`: {sum(sum(outcome.counts.values()) for outcome in outcomes):,} mutated inputs, seed {SEED}, {time.perf_counter() - start:,.0f} s "
        f"on {os.cpu_count()} cores. A fault is an exception that is no `ImpactError`, a warning that is an error, a refusal of several lines, rows "
        f"that are lost, a figure that is none, more than {SECONDS} s of the processor or more than {MEGABYTES} MB.",
        "",
        "| reader | inputs | read | refused | faults | slowest |",
        "|---|---|---|---|---|---|",
    ]
    for one in outcomes:
        n = sum(one.counts.values())
        lines.append(
            f"| {one.reader} | {n:,} | {one.counts['read']:,} | {one.counts['refused']:,} | {one.counts['fault']:,} | {one.slowest:.2f} s |"
        )
    lines += ["", "| attack | outcomes | faults |", "|---|---|---|"]
    for name, counts, faults in others:
        lines.append(f"| {name} | {', '.join(f'{count:,} {what}' for what, count in sorted(counts.items()))} | {len(faults)} |")
    told = Counter(fault for one in outcomes for fault, _ in one.faults) + Counter(fault for *_, faults in others for fault in faults)
    lines += ["", *(f"- {count:,} x {fault}" for fault, count in told.most_common())]
    RESULTS.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    print("\n".join(lines))
    return sum(told.values())


if __name__ == "__main__":
    sys.exit(1 if main(*map(int, sys.argv[1:2])) else 0)
