"""Forced supply: totals without double counting, schedules, the cap, the book, and named refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from impact.errors import InputError
from impact.supply import HOLDER_CLASSES, Identity, LineState, SellingSchedule, WindDown, forced_supply, index_deletion, line_state
from impact.supply.book import BUYERS
from impact.supply.holder_classes import US_CLASSES, obligation, reconcile, scenario_holdings
from impact.supply.selling import DEFAULT_SELLING, selling_fractions

SESSIONS = pd.bdate_range("2021-01-15", periods=100).as_unit("ns")


def a_line(**changes):
    values = {
        "security": "X",
        "currency": "HKD",
        "price": 10.0,
        "usd_per_unit": 1 / 8,
        "adv_shares": 1e6,
        "sigma": 0.03,
        "float_shares": 4e8,
        "shares_outstanding": 5e8,
    }
    return LineState(**{**values, **changes})


def a_wind_down(regime="possession_ban", sessions=SESSIONS, to_ban=40):
    return WindDown(sessions=sessions, last_before_ban_on=sessions[to_ban - 1], regime=regime)


def holders(**ranges):
    return pd.DataFrame([{"holder_class": name, "shares_low": low, "shares_high": high} for name, (low, high) in ranges.items()])


def supply_of(table, **options):
    return forced_supply(table, line=options.pop("line", a_line()), wind_down=options.pop("wind_down", a_wind_down()), **options)


@pytest.fixture
def known():
    return holders(us_passive_deleting=(2e6, 2e6), us_active=(3e6, 5e6), us_retail=(1e6, 1e6), insiders=(1e8, 1e8))


def test_a_possession_ban_forces_every_us_share_and_no_other(known):
    found = supply_of(known)
    assert found.total_shares == {"low": 6e6, "mid": 7e6, "high": 8e6}
    sold = found.class_sales.sum(axis=(1, 2))
    assert_allclose(sold, [6e6, 7e6, 8e6])
    assert found.classes.set_index("holder_class").loc["insiders", "forced_shares_high"] == 0


def test_no_restriction_forces_nothing():
    known = holders(us_passive_keeping=(2e6, 2e6), us_active=(3e6, 5e6), us_retail=(1e6, 1e6), insiders=(1e8, 1e8))
    found = supply_of(known, wind_down=a_wind_down("none"))
    assert found.total_shares["high"] == 0
    assert found.ladder["sold_shares_high"].sum() == 0
    assert np.all(found.pace == 0)


def test_a_lock_in_strands_what_is_not_sold_and_says_so(known):
    found = supply_of(known, wind_down=a_wind_down("lock_in"))
    last = found.stranded[found.stranded["at"] == "deadline"].set_index("holder_class")
    assert_allclose(last.loc["us_active", ["unsold_shares_low", "unsold_shares_high"]].astype(float), [0.0, 0.1 * 5e6], atol=1e-3)
    assert_allclose(last.loc["us_retail", "unsold_shares_mid"], 0.5e6)
    assert set(last["fate"]) == {"may be held but not sold after the deadline"}


def test_the_ladder_never_passes_the_total(known):
    """Under a lock-in individuals only may sell: they are shown, and neither the total nor the ladder counts them."""
    found = supply_of(known, wind_down=a_wind_down("lock_in"))
    assert found.classes.set_index("holder_class").loc["us_retail", "certainty"] == "possible"
    for name, total in found.total_shares.items():
        assert found.ladder[f"cumulative_shares_{name}"].iloc[-1] <= total * (1 + 1e-9)
    assert_allclose(found.ladder["cumulative_shares_high"].iloc[-1], found.total_shares["high"])
    sold = found.ladder[[f"cumulative_shares_{name}" for name in ("low", "mid", "high")]].to_numpy()
    assert np.all(np.diff(sold, axis=1) >= -1e-6)


@pytest.mark.parametrize("regime", ["possession_ban", "lock_in", "purchase_ban", "none"])
def test_the_book_sums_to_zero_every_session(known, regime):
    buyers = pd.DataFrame({"buyer": ["buyback", "southbound"], "shares_low": [0.0, np.nan], "shares_high": [2e6, np.nan]})
    book = supply_of(known, wind_down=a_wind_down(regime), buyers=buyers).book
    assert_allclose(book.sum(axis=1), 0, atol=1e-6)
    assert (book["unknown_buyer"] >= -1e-6).all() and (book["southbound"] == 0).all()
    assert {"buyback", "southbound"} <= set(BUYERS)


def test_a_buyer_never_buys_more_than_is_sold(known):
    eager = pd.DataFrame({"buyer": ["buyback"], "shares_low": [9e9], "shares_high": [9e9]})
    book = supply_of(known, buyers=eager).book
    assert_allclose(book["unknown_buyer"], 0, atol=1e-6)
    assert_allclose(book["buyback"].sum(), 7e6)


@settings(deadline=None, max_examples=15)
@given(st.floats(1e3, 5e7), st.floats(0.05, 1.0))
def test_the_cap_holds_and_no_share_is_lost(shares, cap):
    found = supply_of(holders(us_active=(shares, shares)), participation_cap=cap)
    sold = found.ladder["sold_shares_mid"]
    assert (sold <= cap * 1e6 * (1 + 1e-9)).all()
    assert_allclose(sold.sum() + found.ladder["backlog_shares_mid"].iloc[-1], shares, rtol=1e-9)


def test_an_infeasible_volume_is_a_result():
    found = supply_of(holders(us_active=(9e7, 9e7)))
    left = found.stranded[(found.stranded["at"] == "deadline")]["unsold_shares_mid"].iloc[0]
    assert_allclose(left, 9e7 - 100 * 0.2 * 1e6)


def test_trackers_trade_at_their_closes_whatever_the_cap(known):
    actions = pd.DataFrame(
        {"provider": ["P"], "action": ["delete"], "announced_on": [SESSIONS[10]], "execution_on": [SESSIONS[15]], "weight": [0.01]}
    )
    flow = index_deletion(actions, line=a_line())
    found = supply_of(known, index_flow=flow, participation_cap=0.05)
    trackers = found.class_sales[1][list(found.classes["holder_class"]).index("us_passive_deleting")]
    assert_allclose(trackers[15], 2e6)
    assert_allclose(trackers.sum(), 2e6)
    ahead = supply_of(known, index_flow=index_deletion(actions, line=a_line(), front_running=0.4))
    early = ahead.class_sales[1][0]
    assert_allclose([early[15], early[11:15].sum(), early[:11].sum()], [1.2e6, 0.8e6, 0.0])


def test_totals_tighten_the_parts_and_rule_out_double_counting():
    total = Identity(name="US", members=US_CLASSES, low=10e6, high=12e6)
    table = pd.DataFrame(
        {"holder_class": list(US_CLASSES), "shares_low": [6e6, np.nan, np.nan, 0], "shares_high": [20e6, np.nan, np.nan, 1e6]}
    )
    found = supply_of(table, identities=(total,))
    bounds = found.classes.set_index("holder_class")
    assert bounds.loc["us_passive_deleting", "shares_high"] == 12e6
    assert bounds.loc["us_active", "shares_high"] == 6e6
    assert_allclose(list(found.total_shares.values()), [10e6, 11e6, 12e6])


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50)), min_size=4, max_size=4), st.floats(0, 200), st.floats(0, 20), st.floats(0, 1)
)
def test_every_scenario_respects_ranges_and_totals(ranges, low_total, width, position):
    low = np.array([min(pair) for pair in ranges])
    high = np.array([max(pair) for pair in ranges])
    total = Identity(name="US", members=US_CLASSES, low=low_total, high=low_total + width)
    gap = max(total.low - high.sum(), low.sum() - total.high)
    if gap > 1e-5:
        with pytest.raises(InputError, match="contradict"):
            reconcile(US_CLASSES, low, high, (total,))
    if gap > 0:  # up to 1e-6 shares are rounding, and no contradiction
        return
    least, most = reconcile(US_CLASSES, low, high, (total,))
    held = scenario_holdings(US_CLASSES, least, most, (total,), position)
    assert np.all(held >= least - 1e-6) and np.all(held <= most + 1e-6)
    assert total.low - 1e-6 <= held.sum() <= total.high + 1e-6


def test_unknown_holders_stay_unknown():
    table = pd.DataFrame({"holder_class": ["us_active"], "shares_low": [np.nan], "shares_high": [np.nan]})
    found = supply_of(table)
    assert np.isnan(found.total_shares["high"])
    assert found.ladder["sold_shares_mid"].isna().all()
    assert "unknown" in found.summary().title
    partly = supply_of(pd.concat([table, holders(us_retail=(1e6, 1e6))]))
    assert partly.total_shares["mid"] == 1e6
    assert any("nothing to all that is left in the totals: US active managers" in text for text in partly.assumptions)
    last = partly.ladder.iloc[-1]
    assert_allclose(last["cumulative_shares_high"] + last["backlog_shares_high"], partly.total_shares["high"])


def test_what_is_in_no_total_stands_in_the_headline(known):
    of_some = supply_of(pd.concat([known, holders(non_us_passive_deleting=(np.nan, np.nan))]))
    assert of_some.left_out == ("non_us_passive_deleting",) and of_some.total_shares == supply_of(known).total_shares
    assert ", and what is not known of non-US funds tracking an index that deletes" in str(of_some.summary()).splitlines()[0]
    assert supply_of(known).left_out == () and "not known" not in str(supply_of(known).summary()).splitlines()[0]


def test_only_those_bound_by_law_are_stranded(known):
    abroad = holders(non_us_passive_deleting=(1e6, 1e6), non_us_with_us_parent=(1e6, 1e6))
    left = supply_of(pd.concat([known, abroad])).stranded
    fates = left[left["at"] == "deadline"].set_index("holder_class")["fate"].to_dict()
    assert "non_us_passive_deleting" not in fates and fates["us_active"] == "may not be held after the deadline"
    assert fates["non_us_with_us_parent"] == "if it binds them: may not be held after the deadline"


def test_a_licence_spares_its_part(known):
    found = supply_of(known.assign(exempt_share=[0.5, 0, 0, 0]))
    assert found.total_shares["low"] == 5e6


@pytest.mark.parametrize("regime", ["none", "procurement_only", "export_control"])
def test_what_us_trackers_of_an_index_that_deletes_hold_is_sold_whatever_the_law_leaves_alone(known, regime):
    """By its index, as a fund abroad does; the rest of the holders are left alone. Where nothing is stated, no deletion is known."""
    found = supply_of(known, wind_down=a_wind_down(regime))
    assert found.total_shares == {"low": 2e6, "mid": 2e6, "high": 2e6}
    assert found.bounds()["holder_class"].tolist() == ["US funds tracking an index that deletes"]
    unstated = supply_of(holders(us_passive_deleting=(np.nan, np.nan), us_active=(3e6, 5e6)), wind_down=a_wind_down(regime))
    assert unstated.total_shares["high"] == 0


def test_the_middle_of_the_total_is_what_the_classes_sell_session_by_session():
    """By hand: a lock-in sells 90 to 100 % of 2 to 4 and of 3 to 5 million shares, in the middle 95 % of 3 and of 4: 6.65 million."""
    table = holders(us_passive_keeping=(2e6, 4e6), us_active=(3e6, 5e6))
    found = supply_of(table, wind_down=a_wind_down("lock_in"))
    assert_allclose([*found.total_shares.values()], [4.5e6, 6.65e6, 9e6])
    assert_allclose(
        found.milestones().iloc[-1][[f"cumulative_shares_{end}" for end in ("low", "mid", "high")]].tolist(), [4.5e6, 6.65e6, 9e6]
    )


def test_a_class_of_which_the_least_alone_is_known_sells_that_in_every_scenario():
    """At least one million more, by nobody known how much: the middle is not below what is sure, and the path reaches the total."""
    table = holders(us_active=(3e6, 5e6), us_passive_keeping=(1e6, np.nan))
    found = supply_of(table, line=a_line(adv_shares=1e9))
    assert_allclose([*found.total_shares.values()], [4e6, 5e6, 4e8])
    last = found.ladder.iloc[-1]
    assert_allclose([last[f"cumulative_shares_{end}"] for end in ("low", "mid", "high")], [4e6, 5e6, 4e8])


def test_a_range_of_the_float_widens_its_fractions():
    """By hand: 6 to 8 of 60 to 80 million shares are 7.5 to 13.3 % of the float; of 70 million, 8.6 to 11.4 %, which it need not be."""
    line = a_line(float_shares=70e6, least_float_shares=60e6, most_shares=80e6)
    table = holders(us_active=(6e6, 8e6))
    found = supply_of(table, line=line)
    assert_allclose(found.totals()["float_fraction"], [6 / 80, 7 / 70, 8 / 60])
    last = found.ladder.iloc[-1]
    assert_allclose([last[f"cumulative_float_fraction_{end}"] for end in ("low", "mid", "high")], [6 / 80, 7 / 70, 8 / 60])
    point = supply_of(table, line=a_line(float_shares=70e6)).totals()["float_fraction"]
    assert_allclose(point, [6 / 70, 7 / 70, 8 / 70])
    assert supply_of(table, line=a_line(float_shares=np.nan, most_shares=80e6)).totals()["float_fraction"].isna().all()
    assert supply_of(holders(us_active=(6e6, 75e6)), line=line).totals()["float_fraction"].iloc[-1] == 1.0  # never more than all of it


@pytest.mark.parametrize("name", HOLDER_CLASSES)
@pytest.mark.parametrize("regime", ["possession_ban", "lock_in", "purchase_ban", "none"])
def test_obligations_are_ranges_and_nobody_is_forced_without_a_rule(name, regime):
    low, high, certainty = obligation(name, regime)
    assert 0 <= low <= high <= 1
    assert (certainty == "none") == (high == 0)
    if regime == "none" and name != "non_us_passive_deleting":
        assert high == 0


@pytest.mark.parametrize("schedule", DEFAULT_SELLING.values(), ids=DEFAULT_SELLING)
def test_fractions_sum_to_one(schedule):
    for to_ban in (0, 1, 40, 100):
        fractions = selling_fractions(schedule, 100, sessions_to_ban=to_ban, notices=np.array([3]), executions=np.array([9]))
        assert_allclose(fractions.sum(), 1)
        assert (fractions >= 0).all()


def test_an_exponential_schedule_meets_its_share_at_the_ban():
    fractions = selling_fractions(SellingSchedule(kind="exponential", ban_share=0.83), 248, sessions_to_ban=40)
    assert_allclose(fractions[:40].sum(), 0.83, rtol=1e-6)
    assert np.all(np.diff(fractions) <= 0)
    weibull = selling_fractions(SellingSchedule(kind="weibull"), 248, sessions_to_ban=40)
    assert_allclose(weibull.sum(), 1)
    assert weibull[0] > weibull[100]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"holder_class": "us_whales"}, "unknown classes"),
        ({"shares_low": -1.0}, "not a range"),
        ({"shares_low": 9e6, "shares_high": 1e6}, "not a range"),
        ({"exempt_share": 1.5}, "exempt_share"),
        ({"shares_low": 6e8, "shares_high": 6e8}, "shares_outstanding"),
    ],
)
def test_bad_holders_are_named(change, message):
    row = {"holder_class": "us_active", "shares_low": 1e6, "shares_high": 1e6} | change
    with pytest.raises(InputError, match=message):
        supply_of(pd.DataFrame([row]))


def test_bad_dates_lines_and_caps_are_named(known):
    with pytest.raises(InputError, match="deadline lies before the start"):
        WindDown(sessions=SESSIONS[:0], last_before_ban_on=SESSIONS[0], regime="lock_in")
    with pytest.raises(InputError, match="regime"):
        a_wind_down("embargo")
    with pytest.raises(InputError, match="participation_cap"):
        supply_of(known, participation_cap=0.0)
    with pytest.raises(InputError, match="repeats"):
        supply_of(pd.concat([known, known]))
    with pytest.raises(InputError, match="lacks"):
        supply_of(known.drop(columns="shares_low"))
    with pytest.raises(InputError, match="unknown names"):
        supply_of(known, buyers=pd.DataFrame({"buyer": ["santa"], "shares_low": [1.0], "shares_high": [1.0]}))
    for name, value in (("adv_shares", 0.0), ("float_shares", -1.0), ("price", np.inf), ("float_shares", 9e9)):
        with pytest.raises(InputError, match=name):
            a_line(**{name: value})


def test_a_line_is_measured_before_the_event_only():
    days = pd.bdate_range("2020-10-01", periods=80).as_unit("ns")
    closes = pd.Series(np.exp(np.cumsum(np.tile([0.01, -0.01], 40))), index=days, name="X")
    volumes = pd.Series(1e6, index=days)
    volumes.iloc[70:] = 9e9
    spoiled = closes.copy()
    spoiled.iloc[70:] = 1e6
    line = line_state(spoiled, volumes, before=days[70], currency="USD", usd_per_unit=1.0)
    assert line.adv_shares == 1e6
    assert_allclose(line.sigma, np.std(np.tile([0.01, -0.01], 30), ddof=1), rtol=0.02)
    with pytest.raises(InputError, match="at least 20"):
        line_state(closes, volumes, before=days[10], currency="USD", usd_per_unit=1.0)


def test_the_ladder_figure_marks_the_ban(known):
    import matplotlib.pyplot as plt

    ax = supply_of(known).plot()
    assert "multiples of ADV" in ax.get_ylabel()
    assert {text.get_text() for text in ax.texts} == {"purchase ban", "last legal sale"}
    plt.close(ax.figure)


def test_prices_that_end_long_before_the_event_are_refused():
    days = pd.bdate_range("2020-10-01", periods=80).as_unit("ns")
    closes = pd.Series(np.exp(np.cumsum(np.tile([0.01, -0.01], 40))), index=days, name="X")
    with pytest.raises(InputError, match="last close"):
        line_state(closes, pd.Series(1e6, index=days), before="2021-06-01", currency="USD", usd_per_unit=1.0)
