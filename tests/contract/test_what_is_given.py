"""What a caller gives in place of a table or of a result of ours is refused by name, with where the right thing comes from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

import impact
from impact.errors import InputError
from impact.pricing import calibrate, demand_effect, execution_frontier, leave_one_out, liquidation_cost
from impact.relief import base_rates, challenges_from_steps
from impact.supply import LineState, WindDown

LINE = LineState(security="X", currency="USD", price=20.0, usd_per_unit=1.0, adv_shares=1e6, sigma=0.02)
DAYS = pd.bdate_range("2021-01-15", periods=60)
WINDOW = WindDown(sessions=DAYS, last_before_ban_on=DAYS[39], regime="possession_ban")
HOLDERS = {"holder_class": ["us_active"], "shares_low": [4e6], "shares_high": [6e6]}
NOTICE = {"provider": ["P"], "action": ["delete"], "announced_on": ["2021-03-05"], "execution_on": ["2021-03-11"], "weight": [0.002]}
RNG = np.random.default_rng(1)

TAKES_A_TABLE = {
    "holders": lambda given: impact.forced_supply(given, line=LINE, wind_down=WINDOW),
    "actions": lambda given: impact.index_deletion(given, line=LINE),
    "buyers": lambda given: impact.forced_supply(pd.DataFrame(HOLDERS), line=LINE, wind_down=WINDOW, buyers=given),
    "events": calibrate,
    "events of a backtest": lambda given: leave_one_out(given, rng=RNG),
    "holdings": lambda given: demand_effect(given, pd.Series({"X": 1.0}), banned=["a"], security="X"),
    "cases": base_rates,
    "steps": lambda given: challenges_from_steps(given, lists=("ndaa-1237",)),
}
TAKES_A_RESULT = {
    "supply": impact.price_effect,
    "line": lambda given: impact.price_effect(line=given, sold_shares=(1.0, 2.0)),
    "line of a supply": lambda given: impact.forced_supply(pd.DataFrame(HOLDERS), line=given, wind_down=WINDOW),
    "wind_down": lambda given: impact.forced_supply(pd.DataFrame(HOLDERS), line=LINE, wind_down=given),
    "line of a deletion": lambda given: impact.index_deletion(pd.DataFrame(NOTICE), line=given),
    "supply to sell beside": lambda given: liquidation_cost(1e5, given, given),
    "supply of a frontier": lambda given: execution_frontier(1e5, given, given, horizon_sessions=3),
}


@pytest.mark.parametrize("given", ["xiaomi", 3, [1, 2], object()], ids=["text", "number", "list", "object"])
@pytest.mark.parametrize("name", TAKES_A_TABLE)
def test_what_is_no_table_is_named(name, given):
    with pytest.raises(InputError, match=rf"^{name.split()[0]} is .*must be a table: give a pandas"):
        TAKES_A_TABLE[name](given)


@pytest.mark.parametrize("name", TAKES_A_TABLE)
def test_columns_that_a_table_lacks_are_named(name):
    with pytest.raises(InputError, match=rf"^{name.split()[0]} lacks \d+ columns? \(.*; it needs .*: add or rename"):
        TAKES_A_TABLE[name](pd.DataFrame({"colour": ["red"]}))


@pytest.mark.parametrize("given", ["xiaomi", 3, [1, 2], pd.DataFrame()], ids=["text", "number", "list", "frame"])
@pytest.mark.parametrize("name", TAKES_A_RESULT)
def test_what_is_no_result_of_ours_is_named(name, given):
    with pytest.raises(InputError, match=rf"^{name.split()[0]}=.* is no \w+; give what .*\) returns\.$"):
        TAKES_A_RESULT[name](given)


def test_a_mapping_that_makes_no_table_is_named():
    for mapping in ({"case": {1, 2}}, {"case": [1], "programme_id": [1, 2]}):
        with pytest.raises(InputError, match="cases is a mapping that makes no table"):
            base_rates(mapping)


def test_tables_of_other_libraries_and_mappings_serve_as_well():
    for table in (HOLDERS, pl.DataFrame(HOLDERS)):
        assert impact.forced_supply(table, line=LINE, wind_down=WINDOW).total_shares == {"low": 4e6, "mid": 5e6, "high": 6e6}
    for table in (NOTICE, pl.DataFrame(NOTICE)):
        assert impact.index_deletion(table, line=LINE).to_frame()["per_bn_tracked_usd"].tolist() == [2e6]
