"""Speed ratios, taken in one run and written to RESULTS.md.

Usage: python -m tests.bench.report [--large] [--eventstudy-python PYTHON]

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
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import impact
from impact.kernels.ols import fit_events
from impact.kernels.records import Regression
from tests.bench.made_up import ESTIMATION, PARAMETRIC, RANKS_AND_SIGNS, event_table, factor_table, gather_windows, return_table

HERE = Path(__file__).resolve().parent
ROUNDS = 7
Row = tuple[str, str, str, str]


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


def whole_study(returns, market, events, tests=PARAMETRIC, executor=None) -> None:
    """Data frames in, results out: abnormal returns, CARs with standard errors, tests."""
    result = impact.event_study(returns, events, market=market, executor=executor)
    assert len(result.abnormal) == len(result.car(-1, 1)) == len(events)
    result.tests(-1, 1, tests=tests, executor=executor)


def against_gathering(n: int = 100_000) -> list[Row]:
    """The whole study against copying its windows once."""
    returns, market = return_table()
    events, twice = event_table(returns, n), event_table(returns, 2 * n)
    factors, every = factor_table(market), (*PARAMETRIC, *RANKS_AND_SIGNS)
    with ThreadPoolExecutor(2) as pool:
        best = interleaved(
            gather=lambda: gather_windows(returns, events),
            study=lambda: whole_study(returns, market, events),
            threads=lambda: whole_study(returns, market, events, executor=pool),
            twice=lambda: whole_study(returns, market, twice),
            fit=lambda: impact.event_study(returns, events, market=market),
            five=lambda: impact.event_study(returns, events, factors=factors, model="ff5"),
            ranks=lambda: whole_study(returns, market, events, tests=every),
        )
    # In a fresh process the yardstick may find larger pages of memory; the smaller of the two times is the one to beat.
    best["gather"] = min(best["gather"], run_json([sys.executable, "-m", "tests.bench.gathering", str(n), str(ROUNDS)])["seconds"])
    name = f"{n:,} events (250 + 21 sessions), AR, CAR, standard errors, parametric tests"
    return [
        (f"gathering the 271-session windows of {n:,} events once by fancy indexing", seconds(best["gather"]), "1", ""),
        (name, seconds(best["study"]), f"{best['study'] / best['gather']:.2f} x gathering", "at most 1, aim 0.4"),
        ("the same with two threads", seconds(best["threads"]), f"{best['threads'] / best['gather']:.2f} x gathering", ""),
        ("fit, AR and standard errors alone", seconds(best["fit"]), f"{best['fit'] / best['gather']:.2f} x gathering", ""),
        (f"{2 * n:,} events, all of it", seconds(best["twice"]), f"{best['twice'] / best['study']:.2f} x half as many", "at most 2.1"),
        ("five factors, fit alone", seconds(best["five"]), f"{best['five'] / best['fit']:.2f} x the market model", "at most 3"),
        (
            "with all rank and sign tests",
            seconds(best["ranks"]),
            f"{n / best['ranks']:,.0f} events a second",
            "at least 100,000",
        ),
    ]


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
    done = subprocess.run(words, capture_output=True, text=True, cwd=HERE.parents[1], check=True)
    return json.loads(done.stdout[done.stdout.index("{") :])


def seconds(value: float) -> str:
    """A duration as text."""
    return f"{value:.2f} s" if value >= 1 else f"{1e3 * value:.0f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description="Write speed ratios to RESULTS.md.")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--eventstudy-python", metavar="PYTHON")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore", impact.ImpactWarning)
    rows = [*against_gathering(), one_case(), million_events(), *against_package(chosen.eventstudy_python)]
    if chosen.large:
        rows.append(large_panel())
    compiled = "with compiled loops (numba)" if find_spec("numba") else "numpy only"
    lines = [
        "# Speed of the event study",
        "",
        f"Taken in one run by `python -m tests.bench.report`: best of {ROUNDS} rounds, the functions of a group in turns. "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}, pandas {pd.__version__}, {compiled}. "
        "Panel of 2,500 sessions x 1,000 securities unless said otherwise. Read the ratios; the times are this machine's.",
        "",
        "| what | time | ratio | asked for |",
        "|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    (HERE / "RESULTS.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
