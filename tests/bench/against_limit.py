"""Whole studies against the compiled limit: panels complete, with one gap, with 1 % and 20 % of days missing; few events and many.

Usage: python -m tests.bench.against_limit     prints JSON, one row a measurement. CPU seconds of one thread, best of several, the
limit and the study in turns.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

import impact
from tests.bench.compiled_limit import arrays_of, compiled_limit
from tests.bench.made_up import ESTIMATION, PARAMETRIC, WINDOW, event_table, return_table

PANELS = {"complete": 0.0, "one gap": -1.0, "1 % missing": 0.01, "20 % missing": 0.2}
SIZES = (1_000, 12_500, 25_000, 50_000, 100_000)


def in_turns(rounds: int, **functions: Callable[[], Any]) -> dict[str, float]:
    """Least CPU seconds of each function, run in turns after one call that loads what it needs."""
    for function in functions.values():
        function()
    best = dict.fromkeys(functions, float("inf"))
    for _ in range(rounds):
        for name, function in functions.items():
            start = time.process_time()
            function()
            best[name] = min(best[name], time.process_time() - start)
    return best


def panel_with_gaps(share: float) -> tuple[pd.DataFrame, pd.Series]:
    """The panel of the bench; a negative share is one single gap."""
    returns, market = return_table()
    if share < 0:
        returns.iloc[700, 3] = np.nan
    elif share > 0:
        returns = returns.mask(np.random.default_rng(1).random(returns.shape) < share)
    return returns, market


def study(returns: pd.DataFrame, market: pd.Series, events: pd.DataFrame, tests: tuple[str, ...] | None) -> None:
    """Frames in, the table of tests out; all tests that run by default where none are named."""
    impact.event_study(returns, events, market=market).tests(-1, 1, tests=tests)


def measured(panel: str, n: int, rounds: int) -> dict[str, Any]:
    """CPU seconds of the limit (on the complete panel), of the parametric tests and of the default ones."""
    returns, market = panel_with_gaps(PANELS[panel])
    complete, _ = return_table()
    events = event_table(returns, n)
    arrays = arrays_of(complete, market, events)
    first, length, width = ESTIMATION[0], ESTIMATION[1] - ESTIMATION[0] + 1, WINDOW[1] - WINDOW[0] + 1
    best = in_turns(
        rounds,
        limit=lambda: compiled_limit(*arrays, first, length, WINDOW[0], width),
        parametric=lambda: study(returns, market, events, PARAMETRIC),
        default=lambda: study(returns, market, events, None),
    )
    return {"panel": panel, "n": n, **best}


def one_date(n_firms: int, rounds: int = 2) -> dict[str, Any]:
    """Firms that share one date, 1 % of their days missing."""
    returns, market = return_table(300, n_firms)
    returns = returns.mask(np.random.default_rng(1).random(returns.shape) < 0.01)
    events = pd.DataFrame({"event_id": np.arange(n_firms), "security": returns.columns, "date": returns.index[280]})
    return {
        "panel": "one date, 1 % missing",
        "n": n_firms,
        **in_turns(rounds, parametric=lambda: study(returns, market, events, PARAMETRIC)),
    }


def main() -> None:
    warnings.simplefilter("ignore", impact.ImpactWarning)
    start = time.process_time()
    returns, market = return_table()
    events = event_table(returns, 100_000)
    start = time.process_time()
    study(returns, market, events, PARAMETRIC)
    rows = [{"panel": "complete, first study of a process", "n": 100_000, "parametric": time.process_time() - start}]
    rows += [measured("complete", n, 3) for n in SIZES]
    rows += [measured(panel, n, 2) for panel in PANELS if panel != "complete" for n in (1_000, 50_000, 100_000)]
    rows += [one_date(n) for n in (2_000, 4_000, 8_000)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump({"rows": rows, "peak_mb": peak}, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
