"""The committed table of ranges: the leading test holds its size, and made again in part."""

from __future__ import annotations

import numpy as np
import pytest

from tests.simulation import range_events


@pytest.fixture(scope="module")
def table():
    rows = [line.split("|")[1:-1] for line in range_events.RESULTS.read_text(encoding="utf-8").splitlines() if line.startswith("| N=")]
    return {row[0].strip(): (float(row[1]), float(row[4])) for row in rows}


def test_the_leading_test_holds_its_size_and_finds_a_day_of_twice_the_volatility(table):
    assert set(table) == set(range_events.DESIGNS)
    for name, (day, week) in table.items():
        if range_events.DESIGNS[name].factor == 1.0:
            error = 100 * np.sqrt(0.05 * 0.95 / range_events.n_studies_of(name))
            assert abs(day - 5.0) <= 1.5 + 2 * error and abs(week - 5.0) <= 1.5 + 2 * error, name
    assert table["N=1 persistent .9, volatility x2"][0] > 35 and table["N=9 persistent .9, volatility x1.5"][0] > 35


def test_a_part_made_again_agrees(table):
    n, name = 300, "N=1 persistent .9"
    again = range_events.rates(name, n)
    for window, committed in zip(range_events.WINDOWS, table[name], strict=True):
        share = committed / 100
        assert abs(again[window][0] - share) <= 3.5 * np.sqrt(share * (1 - share) / n)
