"""Screening at the size of a custodian: one million identifiers, ten thousand names, against the one-by-one way."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from impact.facts.matching import match_table
from impact.facts.screening import screening_targets
from impact.identifiers import is_valid, valid_identifiers

LISTED = "HK0941009539"


@pytest.fixture(scope="module")
def targets():
    return screening_targets()


@pytest.fixture(scope="module")
def million():
    letters = np.array(list("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    drawn = np.random.default_rng(7).choice(letters, (1_000_000, 10))
    isins = ["US" + "".join(row) for row in drawn]
    isins[::1000] = [LISTED] * len(isins[::1000])
    return pd.DataFrame({"isin": pd.Series(isins, dtype=object)})


@pytest.mark.benchmark(group="screen identifiers")
def test_a_million_identifiers(benchmark, million, targets):
    found = benchmark.pedantic(match_table, (million, targets), rounds=3)
    assert found["row"].nunique() == 1000


@pytest.mark.benchmark(group="check identifiers, 20,000")
def test_check_digits_in_arrays(benchmark, million):
    assert benchmark(valid_identifiers, million["isin"].iloc[:20_000], "isin").any()


@pytest.mark.benchmark(group="check identifiers, 20,000")
def test_check_digits_one_by_one(benchmark, million):
    texts = million["isin"].iloc[:20_000].tolist()
    assert any(benchmark.pedantic(lambda: [is_valid(text, "isin") for text in texts], rounds=2))


@pytest.mark.benchmark(group="screen names")
def test_ten_thousand_names(benchmark, targets):
    known = targets.names["name"].tolist()
    names = pd.DataFrame({"name": [f"{known[n % len(known)]} {n}" if n % 7 else known[n % len(known)] for n in range(10_000)]})
    found = benchmark.pedantic(match_table, (names, targets), rounds=3)
    assert found["row"].nunique() >= 1000
