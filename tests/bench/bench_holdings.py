"""Speed of reading and checking positions; figures are per run, on the machine that runs them."""

import numpy as np
import pandas as pd
import pytest

from impact.holdings import check_portfolio, read_holdings

LISTED = "2021-01-14T18:00-05:00"


def positions(n_positions: int, n_instruments: int) -> pd.DataFrame:
    """Positions in made-up instruments, one in a hundred of them designated."""
    rng = np.random.default_rng(11)
    listed = ["KYG9830T1067", "HK0941009539", "HK0883013259", "CNE1000002V2", "CNE100000PM8"]
    isins = np.array([listed[k % 5] if k % 100 == 0 else f"US{k:09d}0" for k in range(n_instruments)], dtype=object)
    names = np.array([f"ISSUER NUMBER {k} INC" for k in range(n_instruments)], dtype=object)
    chosen = rng.integers(0, n_instruments, n_positions)
    accounts = np.array([f"A{k:04d}" for k in range(500)], dtype=object)
    return pd.DataFrame(
        {
            "Account": accounts[rng.integers(0, 500, n_positions)],
            "ISIN": isins[chosen],
            "Name": names[chosen],
            "Shares": rng.integers(1, 10**6, n_positions),
            "Market Value": np.round(rng.random(n_positions) * 1e6, 2),
            "Currency": "USD",
        }
    )


@pytest.mark.parametrize("n_positions", [100_000, 1_000_000])
def test_check_a_table(benchmark, n_positions):
    book = positions(n_positions, 5_000)
    report = benchmark.pedantic(check_portfolio, args=(book, LISTED), rounds=1, iterations=1)
    assert len(report.positions) == n_positions and report.is_exposed


def test_read_a_csv(benchmark, tmp_path):
    path = tmp_path / "book.csv"
    positions(100_000, 5_000).to_csv(path, index=False)
    file = benchmark.pedantic(read_holdings, args=(path,), rounds=1, iterations=1)
    assert len(file.rows) == 100_000
