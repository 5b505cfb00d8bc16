"""A book of funds that hold lines and each other: the made-up files of the look-through bench."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["LISTED", "book_of_funds", "fund_tables"]

LISTED = ("KYG9830T1067", "HK0941009539", "HK0883013259", "CNE1000002V2", "CNE100000PM8")


def fund_tables(n_funds: int, n_lines: int, n_instruments: int = 5000, nested: int = 10) -> dict[str, pd.DataFrame]:
    """Files of funds by key: `n_lines` made-up instruments each, one in a hundred designated, and `nested` funds of later number."""
    rng = np.random.default_rng(23)
    isins = np.array([LISTED[k % 5] if k % 100 == 0 else f"US{k:09d}0" for k in range(n_instruments)], dtype=object)
    names = np.array([f"ISSUER NUMBER {k} INC" for k in range(n_instruments)], dtype=object)
    tables = {}
    for number in range(n_funds):
        chosen = rng.choice(n_instruments, n_lines, replace=False)
        below = rng.integers(number + 1, n_funds, min(nested, n_funds - number - 1))
        tables[f"FND{number:04d}"] = pd.DataFrame(
            {
                "Ticker": ["" for _ in chosen] + [f"FND{k:04d}" for k in below],
                "ISIN": [*isins[chosen], *("" for _ in below)],
                "Name": [*names[chosen], *(f"FUND NUMBER {k} ETF" for k in below)],
                "Market Value": rng.random(n_lines + below.size) * 1e6,
                "Currency": "USD",
            }
        )
    return tables


def book_of_funds(n_funds: int) -> pd.DataFrame:
    """A position in every fund."""
    return pd.DataFrame(
        {
            "Ticker": [f"FND{k:04d}" for k in range(n_funds)],
            "Name": [f"FUND NUMBER {k} ETF" for k in range(n_funds)],
            "Shares": 100.0,
            "Market Value": 1e5,
            "Currency": "USD",
        }
    )
