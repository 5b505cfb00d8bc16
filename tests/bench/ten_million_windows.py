"""Placebo windows over a generated panel in Parquet on two Dask workers; prints seconds and each worker's peak of memory.

Usage: python -m tests.bench.ten_million_windows [windows] [securities] [parts]
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

N_SESSIONS = 3100


def write_part(path: str, first: int, count: int) -> None:
    """One file of `count` securities, long: security, date, return."""
    days = pd.bdate_range("2008-01-01", periods=N_SESSIONS)
    market = np.random.default_rng(0).normal(0, 0.01, N_SESSIONS)
    values = np.random.default_rng([1, first]).normal(0, 0.02, (count, N_SESSIONS)) + market
    names = pd.Categorical(np.repeat([f"s{first + i:05}" for i in range(count)], N_SESSIONS))
    pd.DataFrame({"security": names, "date": np.tile(days, count), "return": values.ravel()}).to_parquet(path, index=False)


def peak_mb() -> float:
    """Peak resident memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(windows: int = 10_000_000, securities: int = 10_000, parts: int = 50) -> None:
    from dask.distributed import Client, LocalCluster

    from impact.eventstudy import RandomEvents, study_partitions

    days = pd.bdate_range("2008-01-01", periods=N_SESSIONS)
    market = pd.Series(np.random.default_rng(0).normal(0, 0.01, N_SESSIONS), index=days)
    with tempfile.TemporaryDirectory() as folder:
        share = securities // parts
        for number in range(parts):
            write_part(str(Path(folder) / f"part{number:03}.parquet"), number * share, share)
        with (
            LocalCluster(n_workers=2, threads_per_worker=1, memory_limit="2GiB", dashboard_address=None) as cluster,
            Client(cluster) as client,
        ):
            start = time.perf_counter()
            result = study_partitions(folder, RandomEvents(n=windows, seed=1), market, executor=client)
            seconds = time.perf_counter() - start
            peaks = list(client.run(peak_mb).values())
    json.dump({"seconds": seconds, "peak_mb": peaks, "n_events": result.n_events, "rows": securities * N_SESSIONS}, sys.stdout)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
