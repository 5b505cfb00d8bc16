"""Bounds of the parts of a drop, against a search over the whole simplex."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.errors import InputError
from impact.relief.decomposition import decompose_drop

ranges = st.tuples(st.floats(0, 0.06), st.floats(0, 0.06)).map(lambda pair: (min(pair), min(pair) + pair[1]))


@settings(deadline=None, max_examples=20)
@given(flow=ranges, no_ban=ranges)
def test_bounds_equal_a_search_over_the_simplex(flow, no_ban):
    found = decompose_drop((0.10, 0.10), forced_flow=flow, no_ban_drop=no_ban)
    step = 0.0005
    f, i = np.meshgrid(np.arange(0, 0.1 + step, step), np.arange(0, 0.1 + step, step))
    lost = 0.10 - f - i
    inside = (f >= flow[0] - 1e-12) & (f <= flow[1] + 1e-12) & (i >= no_ban[0] - 1e-12) & (i <= no_ban[1] + 1e-12) & (lost >= -1e-12)
    if not inside.any():
        return
    assert found.feasible
    for part, values in enumerate((f, lost, i)):
        low, high = found.bounds.loc[part, ["low", "high"]]
        assert low - 1e-9 <= values[inside].min() <= low + 2 * step and high - 2 * step <= values[inside].max() <= high + 1e-9


def test_without_evidence_nothing_is_identified():
    found = decompose_drop((0.08, 0.12))
    assert (found.bounds["identified"] == "not identified").all()
    assert found.bounds["share_low"].tolist() == pytest.approx([0, 0, 0]) and found.bounds["share_high"].tolist() == pytest.approx(
        [1, 1, 1]
    )


def test_contradicting_evidence_is_said():
    found = decompose_drop((0.10, 0.12), forced_flow=(0.0, 0.01), restored=(0.0, 0.01), no_ban_drop=(0.0, 0.05))
    assert not found.feasible and (found.bounds["identified"] == "contradiction").all() and "contradicts itself" in str(found.summary())


def test_shares_use_the_drop_of_the_same_point():
    found = decompose_drop((0.05, 0.10), no_ban_drop=(0.04, 0.04)).bounds.set_index("part")
    assert found.loc["information and politics", ["share_low", "share_high"]].tolist() == pytest.approx([0.4, 0.8])


def test_bad_ranges_are_refused():
    with pytest.raises(InputError, match="forced_flow"):
        decompose_drop((0.1, 0.1), forced_flow=(0.05, 0.01))
    with pytest.raises(InputError, match="no fall"):
        decompose_drop((-0.2, -0.1))
