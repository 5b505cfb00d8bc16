"""Parts of an assessment on made-up numbers: tornado, waiting example, judgment tree."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.cases.trees import outcome_values
from impact.errors import InputError
from impact.relief.probability import relief_probability
from impact.relief.scenarios import judgment_tree
from impact.relief.sensitivity import anchor_sensitivity
from impact.relief.waiting import waiting_example

DAYS = pd.bdate_range("2021-01-15", periods=30)
FLAT = pd.Series(0.0, index=DAYS)
FALLING = pd.Series(-0.002, index=DAYS)


def tornado(**changes):
    arguments = {
        "price": pd.Series(26.0, index=DAYS), "benchmarks": {"flat": FLAT, "falling": FALLING}, "clear": (29.0, 31.0),
        "discount": (0.2, 0.3), "betas": {"flat": (0.9, 1.1), "falling": (0.9, 1.1)}, "headline": "flat", "session": DAYS[-1],
    }  # fmt: skip
    return anchor_sensitivity(**(arguments | changes))


def test_each_bar_is_the_probability_with_one_anchor_moved():
    found = tornado()
    swings = found.swings.set_index("anchor")
    assert swings.loc["clear value", ["probability_low", "probability_high"]].tolist() == pytest.approx(
        [1 - (1 - 26 / 31) / 0.25, 1 - (1 - 26 / 29) / 0.25]
    )
    assert swings.loc["beta", "swing"] == pytest.approx(0.0)  # a flat benchmark makes beta idle
    fallen = 30 * 0.998 ** len(DAYS)
    assert swings.loc["benchmark", "probability_high"] == pytest.approx(1 - (1 - 26 / fallen) / 0.25)
    assert found.swings["swing"].is_monotonic_decreasing and "in the middle" in str(found.summary())


def test_every_bar_lies_inside_the_band_of_all_anchors():
    path = relief_probability(pd.Series(26.0, index=DAYS), FALLING, clear=(29.0, 31.0), discount=(0.2, 0.3), beta=(0.5, 1.5)).path.iloc[-1]
    swings = tornado(benchmarks={"falling": FALLING}, betas={"falling": (0.5, 1.5)}, headline="falling").swings
    assert (swings["probability_low"] >= path["probability_low"] - 1e-9).all() and (
        swings["probability_high"] <= path["probability_high"] + 1e-9
    ).all()


def test_bad_tornado_input_is_named():
    with pytest.raises(InputError, match="betas names"):
        tornado(betas={"flat": (0.9, 1.1)})
    with pytest.raises(InputError, match="has no price"):
        tornado(session="2022-01-01")


def example(**changes):
    arguments = {
        "shares": 1e6, "price": 25.0, "clear": 30.0, "banned": 20.0, "probabilities": (0.1, 0.5, 0.9), "sessions": 12, "volatility": 0.03,
        "volume_shares": 2e6, "possession_barred": True,
    }  # fmt: skip
    return waiting_example(**(arguments | changes))


@settings(deadline=None, max_examples=10)
@given(q=st.floats(0.0, 0.95), sessions=st.integers(2, 12))
def test_waiting_gains_nothing_by_itself(q, sessions):
    # Expected gain of what is still held after each session, relief or not, against the fair price: a martingale.
    clear, banned = 30.0, 20.0
    hazard = 1 - (1 - q) ** (1 / sessions)
    left = 1 - (1 - q) ** ((sessions - np.arange(sessions + 1)) / sessions)
    fair = banned + left * (clear - banned)
    np.testing.assert_allclose(hazard * clear + (1 - hazard) * fair[1:], fair[:-1], rtol=1e-12)


def test_without_hope_the_sale_is_even_and_hope_delays_it():
    none = example(probabilities=(0.0,), sessions=10).plan.schedule["sell_shares"]
    assert none.to_numpy() == pytest.approx(np.full(10, 1e5))
    table = example().to_frame()
    assert table["first_session_share"].is_monotonic_decreasing and table["half_sold_sessions"].is_monotonic_increasing
    assert (table[["even_regret_value", "at_once_regret_value", "last_session_regret_value"]] >= -1e-6).all(axis=None)


def test_everything_is_sold_where_possession_is_barred():
    assert example().plan.stranded_shares == 0
    assert "Sell or wait, 12 sessions left" in str(example().summary()) and example().plot().get_xlabel() == "session"


@pytest.mark.parametrize(
    "change", [{"probabilities": (1.2,)}, {"clear": 19.0}, {"volume_shares": 0.0}, {"probabilities": ()}, {"shares": np.inf}]
)
def test_bad_waiting_input_is_named(change):
    with pytest.raises(InputError):
        example(**change)


def test_the_judgment_tree_sums_to_one_and_gives_each_outcome_its_value():
    points = {
        "complaint": (0.8, 0.8),
        "removed_while_pending": (0.3, 0.3),
        "judgment_for_firm": (0.1, 0.1),
        "reversed_on_appeal": (0.2, 0.2),
    }
    tree = judgment_tree(**points, relisted_after_relief=(0.5, 0.5), dates={"complaint": "2024-05-13"})
    frame = tree.to_frame().set_index("state")
    outcomes = frame[frame["is_outcome"]]
    assert outcomes["probability_low"].sum() == pytest.approx(1.0) and outcomes["probability_high"].sum() == pytest.approx(1.0)
    assert frame.loc["off the list", "probability_low"] == pytest.approx(0.8 * 0.3 * 0.5)
    assert (
        frame.loc["listing stands", "probability_low"] == pytest.approx(0.8 * 0.6 * 0.8)
        and frame.loc["complaint", "expected_on"] == "2024-05-13"
    )
    values = outcome_values(tree, clear=(30.0, 31.0), banned=(20.0, 21.0))
    assert values["reversed on appeal"] == (30.0, 31.0) and values["re-listed"] == (20.0, 21.0) and values["no challenge"] == (20.0, 21.0)
