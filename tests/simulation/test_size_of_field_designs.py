"""The committed table of designs from the field: a headline holds its size, or there is none, or every summary says why not."""

from __future__ import annotations

import numpy as np
import pytest

from tests.simulation import field_designs


@pytest.fixture(scope="module")
def table():
    rows = [line.split("|")[1:-1] for line in field_designs.RESULTS.read_text(encoding="utf-8").splitlines() if line.startswith("| N=")]
    return {row[0].strip(): [(row[at].strip(), row[at + 1].strip()) for at in (1, 4)] for row in rows}


def test_pairs_without_common_days_have_no_headline(table):
    assert set(table) == set(field_designs.DESIGNS)
    assert all(row == [("–", "`none`")] * 2 for name, row in table.items() if "halves" in name)


@pytest.mark.parametrize("name", [name for name, design in field_designs.DESIGNS.items() if design.shock > 1.0])
def test_a_common_shock_is_told_by_no_test_and_a_part_made_again_agrees(table, name):
    n = 150
    again = field_designs.rates(name, n)
    for (committed, leads), (share, none, test) in zip(table[name], again.values(), strict=True):
        expected = float(committed) / 100
        assert expected > 0.1 and leads == f"`{test}`" and none == 0.0
        assert abs(share - expected) <= 3.5 * np.sqrt(expected * (1 - expected) / n)
