"""The Python package `eventstudy` on the events of a file; prints seconds and the CAAR. Run by an interpreter that has it.

Usage: python against_eventstudy.py RETURNS.csv EVENTS.csv
"""

from __future__ import annotations

import csv
import json
import sys
import time


def main(returns: str, events: str) -> None:
    import numpy as np
    from eventstudy import Multiple, Single

    Single.import_returns(returns)
    with open(events, newline="", encoding="utf-8") as file:
        rows = [(row["security"], np.datetime64(row["date"])) for row in csv.DictReader(file)]
    windows = {"event_window": (-10, 10), "estimation_size": 250, "buffer_size": 0}
    start = time.perf_counter()
    sample = [Single.market_model(security, "market", date, **windows) for security, date in rows]
    found = Multiple(sample)
    seconds = time.perf_counter() - start
    json.dump({"seconds": seconds, "n_events": len(rows), "caar": float(found.CAAR[-1]), "t": float(found.tstat[-1])}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:3])
