"""The yardstick in a process of its own: seconds to gather the windows of some events once, best of several."""

from __future__ import annotations

import json
import sys
import time

from tests.bench.made_up import event_table, gather_windows, return_table


def main(n_events: int = 100_000, rounds: int = 7) -> None:
    returns, _ = return_table()
    events = event_table(returns, n_events)
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        gather_windows(returns, events)
        best = min(best, time.perf_counter() - start)
    json.dump({"seconds": best}, sys.stdout)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
