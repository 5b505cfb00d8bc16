"""Speed ratios, taken in one run and written to RESULTS.md.

Usage: python -m tests.bench.report [--studies] [--large] [--eventstudy-python PYTHON]

``--studies`` takes the rows of the studies alone and leaves the others of RESULTS.md as they stand, and says so.

``--large`` adds ten million windows on two Dask workers (minutes, and half a gigabyte of disk). ``--eventstudy-python`` names
an interpreter that has the package `eventstudy`; without it that comparison is left out unless this one has it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import impact
from impact.kernels.ols import fit_events
from impact.kernels.records import Regression
from tests.bench.made_up import ESTIMATION, event_table, return_table

HERE = Path(__file__).resolve().parent
ROUNDS = 3
Row = tuple[str, str, str, str]
WANTED: dict[object, str] = {
    ("complete", 100_000, "parametric"): "1.6",
    ("complete", 100_000, "default"): "8",
    ("complete", 1_000, "parametric"): "10",
    ("one gap", 100_000, "parametric"): "3",
    ("1 % missing", 100_000, "parametric"): "3",
    ("20 % missing", 100_000, "parametric"): "3",
    "one date, 1 % missing": "under 1 s for 8,000, linear",
}
"""What was asked for, by panel, events and tests."""
BOOKS = {
    "check_5k": ("check of 1,000,000 positions in 5,000 instruments", "3 s"),
    "check_100k": ("the same in 100,000 instruments", "4 s"),
    "check_600k": ("the same in 600,000 instruments", "8 s"),
    "csv": ("a CSV of 1,400,000 positions read and checked", "6 s, 1 GB"),
    "funds_100": ("look-through of 100 nested funds of 500 lines", ""),
    "funds_200": ("the same of 200 funds", "6 s for 1,000"),
    "desk_50": ("a folder of 50 books of 500 lines, CSV and XLSX", ""),
    "desk_100": ("the same of 100 books", ""),
    "desk_200": ("the same of 200 books", ""),
    "desk_1000": ("the same of 1,000 books", "60 s"),
}
"""Measurements of :mod:`tests.bench.books`: what each is, and what was asked for."""
WHY = (
    "Where the wanted figure is not met, by profile:",
    "",
    "- complete panel, parametric tests: fit and sums take as long as the limit; frames in and out take the rest.",
    "- 1 % and 20 % missing: most of the time are the correlations of pairs. Each pair has sessions of its own, so its mean and spread "
    "are its own; no sum over events gives the same number. Series that share their gaps are summed; the others cost a product a pair, "
    "10 to 18 ns for 250 sessions in one thread of this machine whatever is done beside it: 11 million pairs are 0.1 to 0.2 s, which is "
    "the limit itself. On one date pairs grow with the square of the firms, in linear memory: 32 million are 0.3 s at least.",
    "- 1,000 events: a third is pandas in and out, a third the checks of the table, a fifth fit and sums.",
    "- positions and CSV: with many instruments most of the time goes into one name and one identifier after the other, in Python.",
    "- funds: taking them apart is done in milliseconds; reading costs about 0.2 s a file of 500 lines.",
    "- a folder of books: two thirds are reading, some 0.25 s of CPU a book in many small passes over its cells; what is held is matched and "
    "the law asked once a batch of 100. Its seconds are by the clock, on a machine with other work.",
    "- page: a quarter is drawing with matplotlib, the rest the studies, the prices of forced supply and the odds of relief themselves.",
)


def interleaved(**functions: Callable[[], Any]) -> dict[str, float]:
    """Best seconds of each function, run in turns so that a busy moment of the machine hits all alike."""
    best = dict.fromkeys(functions, float("inf"))
    for function in functions.values():
        function()
    for _ in range(ROUNDS):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            best[name] = min(best[name], time.perf_counter() - start)
    return best


def against_limit() -> list[Row]:
    """Studies of the process of :mod:`tests.bench.against_limit` as ratios to the compiled loop."""
    known = run_json([sys.executable, "-m", "tests.bench.against_limit"])
    rows, before = [], 0.0
    for row in known["rows"]:
        name = f"{row['n']:,} events, {row['panel']}"
        if "limit" not in row:
            growth = f"{row['parametric'] / before:.1f} x half as many" if before else ""
            before = row["parametric"] if row["panel"].startswith("one date") else 0.0
            rows.append((f"{name}: parametric tests", seconds(row["parametric"]), growth, WANTED.get(row["panel"], "")))
            continue
        for tests in ("parametric", "default"):
            wanted = WANTED.get((row["panel"], row["n"], tests), "")
            rows.append((f"{name}: {tests} tests", seconds(row[tests]), f"{row[tests] / row['limit']:.1f} x compiled limit", wanted))
    rows.append(("most memory of that process", "", f"{known['peak_mb']:,.0f} MB", ""))
    return rows


def books() -> list[Row]:
    """Books, files, funds and start-up, each in a process of its own."""
    rows = []
    for name, (text, wanted) in BOOKS.items():
        known = run_json([sys.executable, "-m", "tests.bench.books", name])
        if "limit" in known:
            ratio = f"{known['seconds'] / known['limit']:.0f} x columnar"
        else:
            ratio = f"{seconds(known['cpu'])} of CPU" if "cpu" in known else f"{seconds(known['with_reading'])} with reading"
        rows.append((text, seconds(known["seconds"]), f"{ratio}, {known['peak_mb']:,.0f} MB", wanted))
    known = run_json([sys.executable, "-m", "tests.bench.books", "start_up"])
    rows += [
        (f"start: `impact {name}`", seconds(known[name]), f"{known[name] / known['limit']:.1f} x import pandas", wanted)
        for name, wanted in (("check", "1.5"), ("permitted", "0.6"), ("case", "2"), ("page", "5"))
    ]
    return rows


def one_case() -> Row:
    """A million placebo windows for one case: 1,000 securities on 1,000 days."""
    returns, market = return_table(1270, 1000)
    day0, security = (grid.ravel() for grid in np.meshgrid(np.arange(260, 1260), np.arange(1000), indexing="ij"))
    regression = Regression(returns=returns.to_numpy(), regressors=market.to_numpy()[:, None])

    def run() -> None:
        events = fit_events(regression, day0, security, ESTIMATION, (-1, 1)).events
        sums = events.window(-1, 1)
        assert np.isfinite(sums.car / (events.sigma * np.sqrt(sums.variance_factor))).all()

    best = interleaved(placebo=run)["placebo"]
    return f"{day0.size:,} placebo windows for one case", seconds(best), f"{day0.size / best:,.0f} windows a second", "under 1 s"


def million_events() -> Row:
    """Time and peak memory of a million events in a process of its own."""
    found = run_json([sys.executable, "-m", "tests.bench.million_events"])
    return "1,000,000 events, all of it", seconds(found["seconds"]), f"{found['peak_mb']:,.0f} MB at most", "under 1,500 MB"


def against_package(python: str | None, n: int = 300) -> list[Row]:
    """The package `eventstudy` on the same events, AR and CAAR t only."""
    python = python or (sys.executable if find_spec("eventstudy") else None)
    if python is None:
        return []
    returns, market = return_table(2500, 100)
    events = event_table(returns, n)
    with tempfile.TemporaryDirectory() as folder:
        table, list_ = Path(folder) / "returns.csv", Path(folder) / "events.csv"
        returns.assign(market=market).rename_axis("date").to_csv(table)
        events.to_csv(list_, index=False)
        other = run_json([python, str(HERE / "against_eventstudy.py"), str(table), str(list_)])
    many = event_table(returns, 100_000)
    result = impact.event_study(returns, events, market=market)
    mine = interleaved(study=lambda: impact.event_study(returns, many, market=market).tests(-10, 10, tests=["patell"]))["study"] / len(many)
    gap = abs(result.average["caar"].iloc[-1] - other["caar"])
    theirs = other["seconds"] / n
    text = f"package `eventstudy`, {n} events, AR and CAAR t only (CAAR differs by {gap:.0e})"
    return [(text, f"{1e3 * theirs:.2f} ms an event", f"{theirs / mine:,.0f} x ours ({1e6 * mine:.1f} µs an event)", "at least 100")]


def large_panel() -> Row:
    """Ten million windows over 31 million rows in Parquet on two Dask workers."""
    found = run_json([sys.executable, "-m", "tests.bench.ten_million_windows"])
    peaks = " and ".join(f"{peak:,.0f}" for peak in found["peak_mb"])
    name = f"{found['n_events']:,} windows over {found['rows']:,} rows in Parquet, two Dask workers"
    return name, seconds(found["seconds"]), f"{peaks} MB a worker", "under 20 s and 2 GB"


def run_json(words: list[str]) -> dict[str, Any]:
    """What a command prints as JSON."""
    alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(words, capture_output=True, text=True, cwd=HERE.parents[1], check=True, env=alone)
    return json.loads(done.stdout[done.stdout.index("{") :])


def rows_after(name: str) -> list[Row]:
    """The rows of RESULTS.md that stand below the one of that name."""
    table = [line.strip("| ").split(" | ") for line in (HERE / "RESULTS.md").read_text(encoding="utf-8").splitlines() if line[:2] == "| "]
    first = next(number for number, cells in enumerate(table) if cells[0] == name) + 1
    return [(cells[0], *(*cells[1:], "", "", "")[:3]) for cells in table[first:]]


def seconds(value: float) -> str:
    """A duration as text."""
    return f"{value:.2f} s" if value >= 1 else f"{1e3 * value:.0f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description="Write speed ratios to RESULTS.md.")
    parser.add_argument("--studies", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--eventstudy-python", metavar="PYTHON")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore", impact.ImpactWarning)
    before = os.getloadavg()[0]
    studies = against_limit()
    if chosen.studies:
        rows = [*studies, *rows_after(studies[-1][0])]
    else:
        rows = [*studies, *books(), one_case(), million_events(), *against_package(chosen.eventstudy_python)]
    if chosen.large:
        rows.append(large_panel())
    compiled = "with compiled loops (numba)" if find_spec("numba") else "numpy only"
    lines = [
        "# Speed",
        "",
        "Taken in one run by `python -m tests.bench.report`. Studies, books and start-up are CPU seconds of one thread, the study and the "
        "compiled limit (one numba loop of fit, abnormal returns, residual sums and CAR on the complete panel) in turns; "
        f"the last rows are best of {ROUNDS} rounds by the clock. "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}, pandas {pd.__version__}, {compiled}. "
        "Panel of 2,500 sessions x 1,000 securities, 250 + 21 sessions an event. Read the ratios; the times are this machine's.",
        "",
        *WHY,
        "",
        f"Load of the machine over the studies: {before:.1f} to {os.getloadavg()[0]:.1f}."
        + (" The rows below them are of an earlier run." if chosen.studies else ""),
        "",
        "| what | time | ratio | asked for |",
        "|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    (HERE / "RESULTS.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
