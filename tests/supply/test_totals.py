"""The range of what all classes must sell: against a linear programme, and never narrower for knowing less."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from impact.supply import Identity, LineState, WindDown, forced_supply
from impact.supply.holder_classes import US_CLASSES
from impact.supply.regimes import regimes
from impact.supply.totals import extreme_sale

LINE = LineState(
    security="X", currency="USD", price=20.0, usd_per_unit=1.0, adv_shares=1e6, sigma=0.02, float_shares=60e6, shares_outstanding=100e6
)
DAYS = pd.bdate_range("2021-01-15", periods=60)
# A cost below 1e-7 is nothing to the solver of scipy (HiGHS, dual tolerance): a share is nothing, or well above it.
SHARE = st.just(0.0) | st.floats(1e-3, 1)
BOUNDS = st.lists(st.tuples(st.floats(0, 5e6), st.floats(0, 5e6)), min_size=4, max_size=4)


def supply(table, identities=(), regime="possession_ban"):
    window = WindDown(sessions=DAYS, last_before_ban_on=DAYS[39], regime=regime)
    return forced_supply(table, line=LINE, wind_down=window, identities=identities)


@settings(deadline=None, max_examples=60)
@given(BOUNDS, st.lists(SHARE, min_size=4, max_size=4), st.floats(0, 1), st.booleans())
def test_the_extreme_over_every_split_is_that_of_a_linear_programme(ranges, shares, position, most):
    low, high = np.array([min(pair) for pair in ranges]), np.array([max(pair) for pair in ranges])
    total = low.sum() + position * (high - low).sum()
    share = np.array(shares)
    solved = linprog(-share if most else share, A_eq=[np.ones(4)], b_eq=[total], bounds=list(zip(low, high, strict=True)))
    assert extreme_sale(low, high, share, total, most=most) == pytest.approx(share @ solved.x, abs=1e-3)


@settings(deadline=None, max_examples=25)
@given(BOUNDS, st.integers(0, 3), st.sampled_from(["possession_ban", "lock_in", "blocking", "unknown"]))
def test_forgetting_a_class_never_narrows(ranges, forgotten, regime):
    table = pd.DataFrame(
        {"holder_class": list(US_CLASSES), "shares_low": [min(pair) for pair in ranges], "shares_high": [max(pair) for pair in ranges]}
    )
    full = supply(table, regime=regime).total_shares
    table.loc[forgotten, ["shares_low", "shares_high"]] = np.nan
    less = supply(table, regime=regime).total_shares
    assert not less["low"] > full["low"] + 1e-6 and not less["high"] < full["high"] - 1e-6


def test_forgetting_a_total_makes_the_supply_unknown():
    nothing = pd.DataFrame({"holder_class": list(US_CLASSES), "shares_low": np.nan, "shares_high": np.nan})
    held = Identity(name="US holders", members=US_CLASSES, low=10e6, high=12e6, source="a letter")
    assert supply(nothing, (held,)).total_shares == {"low": 10e6, "mid": 11e6, "high": 12e6}
    assert np.isnan(supply(nothing).total_shares["high"])


def test_under_a_lock_in_a_total_may_be_all_individuals_or_all_institutions():
    nothing = pd.DataFrame({"holder_class": list(US_CLASSES), "shares_low": np.nan, "shares_high": np.nan})
    held = Identity(name="US holders", members=US_CLASSES, low=10e6, high=12e6)
    assert supply(nothing, (held,), regime="lock_in").total_shares == {"low": 0.0, "mid": 6e6, "high": 12e6}


def test_no_number_of_a_class_is_shown_without_its_own_source():
    nothing = pd.DataFrame({"holder_class": list(US_CLASSES), "shares_low": np.nan, "shares_high": np.nan})
    held = Identity(name="US holders", members=US_CLASSES, low=10e6, high=12e6, source="a letter")
    found = supply(nothing, (held,))
    assert found.classes["forced_shares_mid"].isna().all() and (found.classes["forced_shares_low"] == 0).all()
    assert found.sellers["seller"].tolist() == ["US holders"] and found.sellers["source"].tolist() == ["a letter"]
    assert list(found.book.columns) == ["US holders", "unknown_buyer"] and set(found.stranded["holder_class"]) == {"US holders"}
    last = found.ladder.iloc[-1]  # what the cap left unsold still waits
    waiting = [last[f"cumulative_shares_{end}"] + last[f"backlog_shares_{end}"] for end in ("low", "high")]
    np.testing.assert_allclose(waiting, [10e6, 12e6])


@pytest.mark.parametrize("name", list(regimes()))
def test_every_regime_says_what_becomes_of_unsold_shares(name):
    rule = regimes()[name]
    assert rule.fate and rule.about
    assert rule.leaves_holders_alone <= (rule.fate == "not restricted")


def test_blocked_shares_are_never_called_tradable():
    assert "frozen" in regimes()["blocking"].fate and not regimes()["blocking"].leaves_holders_alone
    assert regimes()["unknown"].fate == "not known" and not regimes()["unknown"].leaves_holders_alone
