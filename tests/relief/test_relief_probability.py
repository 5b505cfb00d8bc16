"""The implied probability of relief as a band."""

import numpy as np
import pandas as pd
import pytest

from impact.errors import InputError
from impact.relief import relief_probability
from impact.relief.sell_or_wait import sell_or_wait


def simulated(market_total: float, *, truth: float = 0.5, beta: float = 1.2, h: float = 0.25, sessions: int = 40):
    """A price that is an exact mix of a clear value moving with the market and a banned value (1 - h) of it."""
    days = pd.bdate_range("2021-01-15", periods=sessions)
    market = pd.Series(np.full(sessions, (1 + market_total) ** (1 / sessions) - 1), index=days)
    clear = 30.0 * np.cumprod(1 + beta * market.to_numpy())
    return pd.Series(clear * (1 - (1 - truth) * h), index=days), market


@pytest.mark.parametrize("market_total", [-0.10, 0.0, 0.10])
def test_the_band_covers_the_truth_when_the_market_moves(market_total):
    price, market = simulated(market_total)
    path = relief_probability(price, market, clear=(29.0, 31.0), discount=(0.2, 0.3), beta=(1.0, 1.4)).path
    assert ((path["probability_low"] <= 0.5) & (path["probability_high"] >= 0.5)).all()


@pytest.mark.parametrize("market_total", [-0.10, 0.10])
def test_fixed_anchors_miss_it(market_total):
    # The fixed-anchor formula with the true anchors of the eve, and with the same ranges around them.
    price, _ = simulated(market_total)
    point = (price.iloc[-1] - 22.5) / (30.0 - 22.5)
    assert abs(point - 0.5) > 0.25
    # with a tight, correct band of the anchors the moving version is right where the fixed one is not
    moving = relief_probability(price, simulated(market_total)[1], clear=(29.7, 30.3), discount=(0.24, 0.26), beta=1.2).path.iloc[-1]
    fixed = relief_probability(price, 0 * simulated(market_total)[1], clear=(29.7, 30.3), discount=(0.24, 0.26), beta=1.2).path.iloc[-1]
    assert moving["probability_low"] <= 0.5 <= moving["probability_high"]
    assert not fixed["probability_low"] <= 0.5 <= fixed["probability_high"]


def test_exact_anchors_give_the_truth_and_every_inner_point_lies_in_the_band():
    price, market = simulated(0.05)
    exact = relief_probability(price, market, clear=30.0, discount=0.25, beta=1.2).path
    np.testing.assert_allclose(exact[["probability_low", "probability_high"]], 0.5, atol=1e-12)
    wide = relief_probability(price, market, clear=(28.0, 32.0), discount=(0.15, 0.4), beta=(0.8, 1.6)).path
    rng = np.random.default_rng(7)
    for _ in range(50):
        inner = relief_probability(
            price, market, clear=rng.uniform(28, 32), discount=rng.uniform(0.15, 0.4), beta=rng.uniform(0.8, 1.6)
        ).path
        assert (inner["probability_low"] >= wide["probability_low"] - 1e-9).all()
        assert (inner["probability_high"] <= wide["probability_high"] + 1e-6).all()


def test_values_outside_are_shown_and_flagged():
    price, market = simulated(0.0)
    path = relief_probability(price * 1.5, market, clear=30.0, discount=0.25, beta=1.2).path
    assert (path["probability_low"] > 1).all() and (path["band"] == "outside").all()


def test_ruling_day_jump_over_identifies():
    days = pd.bdate_range("2021-03-10", periods=4)
    eve = 30.0 * (1 - 0.6 * 0.25)
    price = pd.Series([eve, eve, 30.0, 30.0], index=days)
    result = relief_probability(price, pd.Series(0.0, index=days), clear=30.0, discount=0.25, beta=1.0, rulings=("2021-03-12",))
    check = result.ruling_check.iloc[0]
    assert check["jump_probability_low"] == pytest.approx(0.4) and check["eve_probability_high"] == pytest.approx(0.4) and check["agree"]
    assert "Implied probability" in str(result.summary())
    ax = result.plot()
    assert ax.get_ylabel() == "probability of relief" and ax.get_title(loc="left")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"discount": (0.0, 0.3)}, "discount"),
        ({"clear": (31.0, 29.0)}, "clear"),
        ({"rulings": ("2030-01-01",)}, "rulings"),
        ({"benchmark_returns": pd.Series([np.nan])}, "sessions"),
    ],
)
def test_bad_input_names_the_parameter(change, message):
    price, market = simulated(0.0)
    arguments = {"price": price, "benchmark_returns": market, "clear": 30.0, "discount": 0.25, "beta": 1.2} | change
    with pytest.raises(InputError, match=message):
        relief_probability(arguments.pop("price"), arguments.pop("benchmark_returns"), **arguments)


def test_sell_or_wait_reports_regret_and_refuses_bad_numbers():
    plan = sell_or_wait(
        1e6, price=25.0, sessions=10, temporary_cost=2e-6, relief_hazard=0.05, relief_return=0.1, stranded_loss=0.3, crowd_drop=0.005
    )
    assert (plan.plans["regret_value"] >= -1e-6).all()
    assert plan.schedule["sell_shares"].sum() + plan.stranded_shares == pytest.approx(1e6)
    assert plan.plot().get_xlabel() == "session"
    for bad in ({"relief_hazard": 1.5}, {"stranded_loss": -1.0}, {"sessions": 0}, {"crowd_drop": [0.1, 0.2]}):
        with pytest.raises(InputError):
            sell_or_wait(
                1e6,
                **(
                    {
                        "price": 25.0,
                        "sessions": 10,
                        "temporary_cost": 2e-6,
                        "relief_hazard": 0.05,
                        "relief_return": 0.1,
                        "stranded_loss": 0.3,
                    }
                    | bad
                ),
            )


@pytest.mark.parametrize(
    ("percent", "refusal"),
    [
        ([0.3, -0.2, 0.4, 0.05, 0.1, -0.3], "half of its days beyond 10 %: these are percent; divide by 100"),
        ([0.01, -1.2, 0.02, 0.01, 0.0, 0.01], "simple return below -100 %|leaves no clear value"),
    ],
)
def test_percent_returns_of_the_benchmark_are_refused(percent, refusal):
    days = pd.bdate_range("2026-03-02", periods=6)
    price = pd.Series([80.0, 82, 85, 84, 90, 91], days)
    with pytest.raises(InputError, match=refusal):
        relief_probability(price, pd.Series(percent, days), clear=100.0, discount=0.3, beta=1.0)
