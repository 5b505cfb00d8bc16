"""The committed table of two-way clusters: what the warnings and the refusal say of it, and made again in part."""

from __future__ import annotations

import re

import numpy as np
import pytest

from impact.eventstudy.cross_section import FEW_TWO_WAY, FEWEST_TWO_WAY
from tests.simulation import two_way_clusters


@pytest.fixture(scope="module")
def table():
    rows = [line for line in two_way_clusters.RESULTS.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d", line)]
    return {tuple(map(int, cells[:3])): tuple(map(float, cells[3:])) for cells in (re.findall(r"[\d.]+", row) for row in rows)}


def test_few_clusters_reject_as_often_as_the_warning_says_and_many_less(table):
    assert set(table) == set(two_way_clusters.DESIGNS)
    for (firms, dates, _), (both, _, none) in table.items():
        assert min(firms, dates) >= FEWEST_TWO_WAY and none <= 5.0
        assert (7.5 <= both <= 12.5) if min(firms, dates) < FEW_TWO_WAY else (both <= 7.5)


@pytest.mark.parametrize("design", [(12, 12, 60), (40, 40, 200)])
def test_a_part_made_again_agrees(table, design):
    n = 600
    both = 100 * two_way_clusters.rates(*design, n)[0]
    share = table[design][0] / 100
    assert abs(both - 100 * share) <= 3.5 * 100 * np.sqrt(share * (1 - share) / n)
