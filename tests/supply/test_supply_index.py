"""Index deletion: flows, unknown assets, zero price, round trip, reweighting, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from impact.errors import InputError
from impact.supply import LineState, index_deletion, reweight_index

LINE = LineState(
    security="X", currency="USD", price=20.0, usd_per_unit=1.0, adv_shares=1e6, sigma=0.02, float_shares=1e8, shares_outstanding=2e8
)
DAYS = pd.bdate_range("2021-01-04", periods=120).as_unit("ns")


def actions(**columns):
    base = {"provider": ["P"], "action": ["delete"], "announced_on": [DAYS[70]], "execution_on": [DAYS[75]]}
    return pd.DataFrame(base | columns)


def test_flow_is_weight_times_assets():
    found = index_deletion(actions(weight=[0.002], tracked_usd_low=[1e10], tracked_usd_high=[3e10]), line=LINE)
    row = found.flows.iloc[0]
    assert_allclose([row["sold_usd_low"], row["sold_usd_high"], row["per_bn_tracked_usd"]], [2e7, 6e7, 2e6])
    assert_allclose([row["sold_shares_low"], row["sold_adv_high"], row["float_fraction_high"]], [1e6, 3.0, 0.03])
    assert_allclose(found.intensity_change_high, -6e7 / (2e8 * 20))


def test_unknown_assets_leave_the_flow_unknown_and_per_billion_known():
    row = index_deletion(actions(weight=[0.002]), line=LINE).flows.iloc[0]
    assert np.isnan(row["sold_usd_low"]) and row["per_bn_tracked_usd"] == 2e6
    nothing_known = index_deletion(actions(), line=LINE)
    assert np.isnan(nothing_known.flows.iloc[0]["per_bn_tracked_usd"])
    assert any("unknown for 1 of 1" in text for text in nothing_known.assumptions)
    assert nothing_known.by_close()["sold_usd_low"].isna().all()


def test_a_weight_follows_from_float_and_index_value():
    row = index_deletion(actions(float_factor=[0.5], index_value_usd=[1e12]), line=LINE).flows.iloc[0]
    assert_allclose(row["weight"], 20 * 1e8 * 0.5 / 1e12)


def test_keeping_a_line_moves_nothing():
    row = index_deletion(
        actions(action=["retain"], execution_on=[pd.NaT], weight=[0.01], tracked_usd_low=[1e12], tracked_usd_high=[1e12]), line=LINE
    ).flows.iloc[0]
    assert row["sold_usd_high"] == 0


def test_a_deletion_at_zero_price_sells_nothing_and_loses_the_weight():
    row = index_deletion(
        actions(weight=[0.015], tracked_usd_low=[1e12], tracked_usd_high=[1e12], price_basis=["zero"]), line=LINE
    ).flows.iloc[0]
    assert row["sold_usd_high"] == 0
    assert_allclose(row["loss_at_zero_bps"], 150)


def test_assets_inside_another_index_are_counted_once():
    two = pd.concat([actions(weight=[0.001], tracked_usd_low=[1e10], tracked_usd_high=[1e10])] * 2, ignore_index=True)
    two["counted_in"] = ["", "P"]
    assert_allclose(index_deletion(two, line=LINE).by_close()["sold_usd_high"], 1e7)


def test_round_trip_ledger_by_hand():
    closes = pd.Series(np.linspace(10, 22, 120), index=DAYS, name="X")
    legs = pd.DataFrame(
        {
            "provider": ["P"] * 3,
            "action": ["delete", "add", "add"],
            "announced_on": [DAYS[1], DAYS[80], DAYS[80]],
            "execution_on": [DAYS[10], DAYS[90], DAYS[100]],
            "tranche_share": [1.0, 0.5, 0.5],
            "weight": [0.003] * 3,
        }
    )
    ledger = index_deletion(legs, line=LINE, closes=closes).ledger
    total = ledger.totals.iloc[0]
    cost = (closes.iloc[90] + closes.iloc[100]) / 2 / closes.iloc[10] - 1
    assert_allclose([total["position_cost_return"], total["index_cost_bps"]], [cost, 30 * cost])
    assert_allclose(ledger.legs["position_shares"].sum(), 0)
    assert_allclose(ledger.legs["position_cash"].sum(), -cost * closes.iloc[10])


def test_no_ledger_without_a_return():
    closes = pd.Series(20.0, index=DAYS, name="X")
    assert index_deletion(actions(), line=LINE, closes=closes).ledger is None


def test_volume_check_bounds_the_flow_from_above():
    closes = pd.Series(20.0, index=DAYS, name="X")
    volumes = pd.Series(1e6, index=DAYS)
    volumes.iloc[75] = 4e6
    check = index_deletion(actions(), line=LINE, closes=closes, volumes=volumes).check.iloc[0]
    assert_allclose([check["volume_ratio"], check["excess_shares"], check["excess_usd"]], [4.0, 3e6, 6e7])


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(0.01, 10), min_size=2, max_size=8), st.data())
def test_reweighting_keeps_the_sum_and_the_proportions(sizes, data):
    weights = pd.Series(np.array(sizes) / sum(sizes), index=[f"s{i}" for i in range(len(sizes))])
    gone = data.draw(st.sampled_from(list(weights.index)))
    found = reweight_index(weights, [gone])
    after = found.table.set_index("security")["weight_after"]
    assert_allclose(after.sum(), 1)
    assert after[gone] == 0
    assert_allclose(found.divisor_ratio, 1 - weights[gone])
    kept = weights.drop(gone)
    assert_allclose(after.drop(gone) / kept, after.drop(gone).iloc[0] / kept.iloc[0])


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"action": ["erase"]}, "unknown values"),
        ({"weight": [-0.1]}, "outside"),
        ({"weight": [3.5]}, "percent"),
        ({"price_basis": ["free"]}, "price_basis"),
        ({"tracked_usd_low": [2.0], "tracked_usd_high": [1.0]}, "not a range"),
        ({"execution_on": [DAYS[60]]}, "before announced_on"),
    ],
)
def test_bad_actions_are_named(columns, message):
    with pytest.raises(InputError, match=message):
        index_deletion(actions(**columns), line=LINE)


def test_bad_weights_and_shares_are_named():
    with pytest.raises(InputError, match="sum to"):
        reweight_index(pd.Series({"a": 0.5, "b": 0.4}), ["a"])
    with pytest.raises(InputError, match="sum to"):
        reweight_index(pd.Series({"a": 60.0, "b": 40.0}), ["a"])
    with pytest.raises(InputError, match="not in the index"):
        reweight_index(pd.Series({"a": 0.5, "b": 0.5}), ["c"])
    with pytest.raises(InputError, match="front_running"):
        index_deletion(actions(), line=LINE, front_running=1.2)
    with pytest.raises(InputError, match="lacks"):
        index_deletion(actions().drop(columns="provider"), line=LINE)


def test_lanes_figure_has_one_lane_a_provider():
    import matplotlib.pyplot as plt

    two = pd.concat([actions(), actions(provider=["Q"], action=["retain"], execution_on=[pd.NaT])])
    ax = index_deletion(two, line=LINE).plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Q", "P"]
    plt.close(ax.figure)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"weight": ["0.2%"]}, r"1 values that are no numbers \(first '0.2%'\); give a fraction"),
        (
            {"weight": [0.2], "tracked_usd_low": [5e10], "tracked_usd_high": [6e10]},
            r"comes to 500,000,000 shares of X over 1 deletions.*200,000,000.*20.00 %",
        ),
        ({"weight": [0.002], "announced_on": ["05/03/2021"]}, r"actions\['announced_on'\]='05/03/2021' is not a date written year first"),
        (
            {"tracked_usd_low": ["1,000"], "weight": [0.002]},
            r"tracked_usd_low'\] has 1 values that are no numbers \(first '1,000'\); give plain",
        ),
        ({"weight": [0.002], "tracked_usd_high": [-1e9]}, r"is not a range in 1 rows"),
        ({"float_factor": [0.6], "index_value_usd": [1e6]}, r"that follows from index_value_usd in 1 rows is 120,000.00 % of the index"),
        ({"weight": [0.002], "execution_on": ["2021-05-31"]}, r"no session of XNYS \(first Mon 2021-05-31\).*before it is 2021-05-28"),
    ],
)
def test_what_no_tracker_can_trade_is_refused(given, refusal):
    with pytest.raises(InputError, match=refusal):
        index_deletion(actions(**given), line=LINE)


def test_several_deletions_sell_no_more_than_there_is():
    three = {"action": ["delete"] * 3, "announced_on": [DAYS[70]] * 3, "execution_on": [DAYS[75]] * 3}
    many = three | {"provider": ["P", "Q", "R"], "weight": [0.001] * 3}
    with pytest.raises(InputError, match=r"comes to 225,000,000 shares of X over 3 deletions, of which there are 200,000,000"):
        index_deletion(actions(**many, tracked_usd_low=[1.5e12] * 3, tracked_usd_high=[2e12] * 3), line=LINE)
    wide = index_deletion(actions(**many, tracked_usd_low=[1e9] * 3, tracked_usd_high=[2e12] * 3), line=LINE)
    assert any("trackers would hold 300,000,000 of 200,000,000 shares" in told for told in wide.assumptions)


def test_tranches_are_parts_of_one_action():
    two = {"provider": ["P"] * 2, "action": ["delete"] * 2, "announced_on": [DAYS[70]] * 2, "execution_on": [DAYS[75], DAYS[80]]}
    assets = {"weight": [0.002] * 2, "tracked_usd_low": [1e9] * 2, "tracked_usd_high": [2e9] * 2}
    whole = index_deletion(actions(weight=[0.002], tracked_usd_low=[1e9], tracked_usd_high=[2e9]), line=LINE)
    halves = index_deletion(actions(**two, **assets, tranche_share=[0.5, 0.5]), line=LINE)
    assert_allclose(halves.intensity_change_low, whole.intensity_change_low)
    assert_allclose(halves.flows["sold_usd_high"].sum(), whole.flows["sold_usd_high"].sum())
    for shares in ([0.7, 0.7], [1.0, 1.0]):
        with pytest.raises(InputError, match=r"tranche_share'\] of 1 action\(s\) sums to more than 1 \(first: delete by P"):
            index_deletion(actions(**two, **assets, tranche_share=shares), line=LINE)


def test_a_zoned_notice_is_its_day():
    row = index_deletion(
        actions(weight=[0.002], announced_on=["2021-03-05T16:00-05:00"], execution_on=["2021-03-11"]), line=LINE
    ).flows.iloc[0]
    assert row["announced_on"] == pd.Timestamp("2021-03-05")


def test_the_unit_of_a_weight_is_said():
    assert "The largest weight is read as 20.00 % of its index." in index_deletion(actions(weight=[0.2]), line=LINE).assumptions
