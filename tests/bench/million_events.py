"""One million events with returns, CARs, standard errors and parametric tests; prints seconds and the peak of memory."""

from __future__ import annotations

import json
import resource
import sys
import time

import impact
from tests.bench.made_up import PARAMETRIC, event_table, return_table


def main(n_events: int = 1_000_000) -> None:
    returns, market = return_table()
    events = event_table(returns, n_events)
    start = time.perf_counter()
    result = impact.event_study(returns, events, market=market)
    shape = result.abnormal.shape, result.car(-1, 1).shape, result.tests(-1, 1, tests=PARAMETRIC).shape
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump({"seconds": seconds, "peak_mb": peak, "abnormal": shape[0]}, sys.stdout)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
