"""Scenario trees: path probabilities and expected values over ranges."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.errors import InputError
from impact.relief.scenarios import Branch, ScenarioTree, challenge_tree


def two_way(low: float, high: float) -> ScenarioTree:
    return ScenarioTree(
        branches=(
            Branch(parent="listed", state="relief", low=low, high=high),
            Branch(parent="listed", state="denied", low=1 - high, high=1 - low),
        )
    )


def test_siblings_narrow_a_range():
    tree = ScenarioTree(branches=(Branch(parent="l", state="a", low=0.0, high=1.0), Branch(parent="l", state="b", low=0.3, high=0.4)))
    assert tree.to_frame().set_index("state").loc["a", ["probability_low", "probability_high"]].tolist() == [0.6, 0.7]


def test_point_probabilities_multiply_along_paths_and_sum_to_one():
    points = {
        "complaint": (0.5, 0.5),
        "injunction": (0.4, 0.4),
        "vacated_after_injunction": (0.6, 0.6),
        "settled_after_injunction": (0.3, 0.3),
    }
    tree = challenge_tree(**points, relisted_after_relief=(0.1, 0.1), relief_after_denial=(0.05, 0.05))
    frame = tree.to_frame().set_index("state")
    assert frame.loc["off the list", "probability_low"] == pytest.approx(0.5 * 0.4 * 0.6 * 0.9)
    outcomes = frame[frame["is_outcome"]]
    assert outcomes["probability_low"].sum() == pytest.approx(1.0)
    assert outcomes["probability_high"].sum() == pytest.approx(1.0)


@settings(deadline=None, max_examples=40)
@given(
    lows=st.lists(st.floats(0, 0.3), min_size=3, max_size=3),
    widths=st.lists(st.floats(0.2, 0.6), min_size=3, max_size=3),
    worth=st.lists(st.floats(-5, 5), min_size=3, max_size=3),
)
def test_expected_value_equals_the_best_corner_of_the_polytope(lows, widths, worth):
    highs = [min(1.0, low + width) for low, width in zip(lows, widths, strict=True)]
    if sum(highs) < 1:
        return
    tree = ScenarioTree(branches=tuple(Branch(parent="l", state=s, low=a, high=b) for s, a, b in zip("abc", lows, highs, strict=True)))
    low, high = tree.expected_value({s: (v, v) for s, v in zip("abc", worth, strict=True)})
    corners = []
    for free in range(3):
        others = [i for i in range(3) if i != free]
        for pick in itertools.product((0, 1), repeat=2):
            p = np.zeros(3)
            for i, choice in zip(others, pick, strict=True):
                p[i] = (lows, highs)[choice][i]
            p[free] = 1 - p.sum()
            if lows[free] - 1e-12 <= p[free] <= highs[free] + 1e-12:
                corners.append(float(p @ np.array(worth)))
    assert low == pytest.approx(min(corners), abs=1e-9) and high == pytest.approx(max(corners), abs=1e-9)


def test_profit_and_loss_by_outcome():
    frame = two_way(0.3, 0.5).profit_and_loss(price=20.0, values={"relief": (24.0, 26.0), "denied": (14.0, 16.0)}, shares=100)
    relief = frame.set_index("state").loc["relief"]
    assert relief["return_low"] == pytest.approx(0.2) and relief["profit_high_value"] == pytest.approx(600.0)


@pytest.mark.parametrize(
    ("branches", "message"),
    [
        ((Branch(parent="l", state="a", low=0, high=0.4), Branch(parent="l", state="b", low=0, high=0.4)), "cannot sum to one"),
        ((Branch(parent="l", state="a", low=1, high=1), Branch(parent="m", state="b", low=1, high=1)), "2 roots"),
        ((Branch(parent="l", state="a", low=1, high=1), Branch(parent="a", state="a", low=1, high=1)), "twice"),
    ],
)
def test_a_tree_that_is_none_is_refused(branches, message):
    with pytest.raises(InputError, match=message):
        ScenarioTree(branches=branches)


def test_probability_range_and_missing_values_are_checked():
    with pytest.raises(InputError, match="0 <= low <= high <= 1"):
        Branch(parent="l", state="a", low=0.6, high=0.5)
    with pytest.raises(InputError, match="lacks 1 outcomes"):
        two_way(0.2, 0.4).expected_value({"relief": (1, 1)})
