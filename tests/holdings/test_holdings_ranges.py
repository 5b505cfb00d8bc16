"""Books whose truth is known: the lowest value never exceeds it, the highest never falls short of it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.errors import InputError
from impact.holdings.fund_files import Staleness, as_fund_files
from impact.holdings.lookthrough import fund_contents
from impact.holdings.readers import read_holdings
from impact.kernels.index_weights import exclusion_tracking_error, reweight_without
from impact.kernels.lookthrough import half_printed_unit, interval_product, staleness_band, through_funds, weight_range

ON = pd.Timestamp("2021-03-31")
N_NAMES, N_BARRED = 6, 3
INSTRUMENTS = pd.DataFrame(
    {
        "ticker": [f"S{k}" for k in range(N_NAMES)] + ["INNER"],
        "name": "",
        "isin": "",
        "cusip": "",
        "sedol": "",
        "own_line": [f"S{k}" for k in range(N_NAMES)] + ["INNER"],
        "instrument": ["equity"] * N_NAMES + ["fund"],
        "status": ["barred"] * N_BARRED + ["clear"] * (N_NAMES - N_BARRED + 1),
        "tier": ["identifier"] * N_BARRED + [""] * (N_NAMES - N_BARRED + 1),
    }
)
shares_of_one = st.lists(st.floats(0.01, 1.0), min_size=N_NAMES, max_size=N_NAMES).map(lambda x: np.array(x) / sum(x))


@st.composite
def fund_with_truth(draw, inner: bool, age: int):
    """A fund's true weights today, and a file that may be old, partial and rounded, true to the stated assumption."""
    printed = draw(shares_of_one)
    if inner:
        into = draw(st.floats(0.05, 0.9))
        printed = np.append(printed * (1 - into), into)
    band = min(1.0, 0.05 * np.sqrt(age))
    moved = printed * (1 + band * np.array(draw(st.lists(st.floats(-1, 1), min_size=len(printed), max_size=len(printed)))))
    true = moved if moved.sum() <= 1 else printed * (1 - band * draw(st.floats(0, 1)))
    shown = np.array(draw(st.lists(st.booleans(), min_size=len(printed), max_size=len(printed))))
    shown[0] = True
    digits = draw(st.sampled_from([1, 2, 4]))
    return true, printed, shown, digits, age


def file_of(tickers, printed, shown, digits, age, values):
    columns = {"Ticker": tickers, "Weight (%)": [f"{100 * w:.{digits}f}" for w in printed], "Shares": ["1000"] * len(printed)}
    if values and shown.all():
        columns |= {"Market Value (USD)": [repr(float(1e9 * w)) for w in printed]}
    return read_holdings(pd.DataFrame(columns)[shown].reset_index(drop=True), as_of=ON - pd.Timedelta(days=age))


@settings(deadline=None, max_examples=30)
@given(st.sampled_from([0, 1, 9, 30, 200]), st.booleans(), st.data())
def test_truth_lies_within_the_range_through_nested_stale_partial_rounded_files(age, values, data):
    outer, inner = (data.draw(fund_with_truth(inner=is_outer, age=age)) for is_outer in (True, False))
    names = [f"S{k}" for k in range(N_NAMES)]
    # Lines shown shrink by at most the band, so at most that much can have gone into lines not shown.
    staleness = Staleness(turnover_per_year=365 / age * min(1.0, 0.05 * np.sqrt(age)) if age else 0.0)
    files = as_fund_files(
        {"OUTER": file_of([*names, "INNER"], *outer[1:], values), "INNER": file_of(names, *inner[1:], values)}, on=ON, staleness=staleness
    )
    members = tuple(
        np.array([INSTRUMENTS.index[INSTRUMENTS["ticker"] == ticker][0] for ticker in fund.file.rows["ticker"]]) for fund in files.funds
    )
    contents = fund_contents(files, INSTRUMENTS, members, currency="USD", rates={})
    into = outer[0][-1]
    truth = {0: outer[0][:-1] + into * inner[0], 1: inner[0]}
    unlisted = {1: 1 - inner[0].sum()}
    unlisted[0] = 1 - outer[0].sum() + into * unlisted[1]
    for fund in (0, 1):
        leaves = contents.leaves[contents.leaves["fund"] == fund]
        direct = outer[2][:-1] if fund == 0 else inner[2]
        for name in range(N_BARRED):
            mine = leaves[leaves["instrument"] == name]
            low, high = mine["share_low"].sum(), mine["share_high"].sum()
            assert low <= truth[fund][name] + 1e-9
            if direct[name] and (fund == 1 or (outer[2][-1] and inner[2][name])):
                assert truth[fund][name] <= high + 1e-9
        barred = truth[fund][:N_BARRED].sum()
        assert leaves["share_low"].sum() <= barred + 1e-9
        assert barred + unlisted[fund] <= leaves["share_high"].sum() + contents.unseen[fund] + 1e-9
        assert (leaves["share_low"] <= leaves["share_high"]).all()


def test_a_hand_worked_fund_of_funds():
    """OUTER: 60 % A (barred), 40 % INNER; INNER: 25 % A, 75 % B; both complete and of today: A is 0.6 + 0.4 * 0.25 = 70 %."""
    outer = pd.DataFrame({"Ticker": ["S0", "INNER"], "Market Value (USD)": [60.0, 40.0], "Shares": [30.0, 8.0]})
    inner = pd.DataFrame({"Ticker": ["S0", "S5"], "Market Value (USD)": [50.0, 150.0], "Shares": [25.0, 10.0]})
    files = as_fund_files(
        {name: read_holdings(book, as_of=ON) for name, book in (("OUTER", outer), ("INNER", inner))}, on=ON, staleness=Staleness()
    )
    contents = fund_contents(files, INSTRUMENTS, (np.array([0, 6]), np.array([0, 5])), currency="USD", rates={})
    mine = contents.leaves[contents.leaves["fund"] == 0].set_index("through")
    assert mine["share_low"].to_dict() == pytest.approx({"OUTER": 0.6, "OUTER > INNER": 0.1})
    assert mine["share_high"].tolist() == pytest.approx([0.6, 0.1])
    # One unit of money in OUTER: 30/100 shares of A directly, 0.4 * 25/200 through INNER.
    assert mine["shares_low"].tolist() == pytest.approx([0.3, 0.05])
    assert contents.unseen.tolist() == [0.0, 0.0]


def test_what_a_file_cannot_show_is_counted():
    """A fund without a file inside a fund, an unidentified line and a remainder each enter the unknown share."""
    table = pd.concat([INSTRUMENTS, INSTRUMENTS.iloc[[6]].assign(ticker="OTHER", own_line="OTHER", status="unknown")], ignore_index=True)
    table = pd.concat([table, table.iloc[[4]].assign(ticker="??", own_line="", status="unknown")], ignore_index=True)
    outer = pd.DataFrame({"Ticker": ["S0", "OTHER", "??"], "Weight (%)": ["50.00", "20.00", "10.00"]})
    files = as_fund_files({"OUTER": read_holdings(outer, as_of=ON)}, on=ON, staleness=Staleness())
    contents = fund_contents(files, table, (np.array([0, 7, 8]),), currency="USD", rates={})
    # Printed in whole percent: half of one either way, of each of the three lines shown and so of what is not shown.
    assert contents.unseen[0] == pytest.approx((0.2 + 3 * 0.005) + (0.2 + 0.005) + (0.1 + 0.005))
    assert "funds without a file" in contents.reasons[0] and "cannot be identified" in contents.reasons[0]
    undated = as_fund_files({"OUTER": read_holdings(outer)}, on=ON, staleness=Staleness())
    assert fund_contents(undated, table, (np.array([0, 7, 8]),), currency="USD", rates={}).unseen[0] == 1.0


def test_what_lines_lose_by_rounding_may_stand_in_lines_not_shown():
    """Printed 50.0, 20.0 and 10.1 %; truly 50.00, 19.95 and 10.05 %: 20.0 % are not shown, and not the 19.9 % that the print leaves."""
    outer = pd.DataFrame({"Ticker": ["S0", "S4", "S5"], "Weight (%)": ["50.0", "20.0", "10.1"]})
    files = as_fund_files({"OUTER": read_holdings(outer, as_of=ON)}, on=ON, staleness=Staleness())
    contents = fund_contents(files, INSTRUMENTS, (np.array([0, 4, 5]),), currency="USD", rates={})
    barred, unlisted = 0.5, 1 - 0.5 - 0.1995 - 0.1005
    assert barred + unlisted <= contents.leaves["share_high"].sum() + contents.unseen[0] + 1e-12
    assert contents.unseen[0] == pytest.approx(1 - 0.801 + 3 * 0.0005)


def test_funds_that_hold_each_other_are_refused():
    with pytest.raises(InputError, match="in a circle"):
        through_funds(2, np.array([0, 1]), np.array([1, 0]), np.array([0.1, 0.1]), np.array([0.1, 0.1]))


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_reach_equals_the_sum_over_paths(n_funds, seed):
    rng = np.random.default_rng(seed)
    weights = np.triu(rng.random((n_funds, n_funds)) * (rng.random((n_funds, n_funds)) < 0.6), 1) / n_funds
    parent, child = np.nonzero(weights)
    reached = through_funds(n_funds, parent, child, weights[parent, child], weights[parent, child])
    low, high = np.zeros((n_funds, n_funds)), np.zeros((n_funds, n_funds))
    low[reached.outer, reached.inner], high[reached.outer, reached.inner] = reached.low, reached.high
    brute = sum(np.linalg.matrix_power(weights, power) for power in range(n_funds + 1))
    np.testing.assert_allclose(low, brute, atol=1e-12)
    np.testing.assert_allclose(high, brute, atol=1e-12)


@settings(deadline=None, max_examples=80)
@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 0.01), st.floats(-1, 1), st.floats(-1, 1))
def test_a_weight_range_holds_every_weight_the_assumption_allows(weight, band, half, moved, rounded):
    low, high = weight_range(np.array([weight]), np.array([band]), half)
    true = weight + rounded * half
    if (true >= 0) == (weight >= 0):  # rounding does not turn a long line short
        assert low[0] - 1e-12 <= true * (1 + moved * band) <= high[0] + 1e-12
    assert low[0] <= high[0]


@settings(deadline=None, max_examples=80)
@given(*(st.floats(-10, 10) for _ in range(4)), st.floats(0, 1), st.floats(0, 1))
def test_a_product_of_ranges_holds_every_product(a, b, c, d, s, t):
    (low, high), (other_low, other_high) = sorted((a, b)), sorted((c, d))
    found = interval_product(*(np.array([x]) for x in (low, high, other_low, other_high)))
    value = (low + s * (high - low)) * (other_low + t * (other_high - other_low))
    assert found[0][0] - 1e-9 <= value <= found[1][0] + 1e-9


def test_age_widens_and_an_unknown_age_says_nothing():
    band = staleness_band(np.array([0.0, 4.0, -4.0, 1e6, np.nan]), 0.05)
    assert band.tolist() == pytest.approx([0.0, 0.1, 0.1, 1.0, 1.0])
    assert half_printed_unit(np.array([0.0123, 0.05, np.nan])) == pytest.approx(0.00005)
    assert half_printed_unit(np.array([1 / 3])) == 0.0


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 8), st.integers(0, 2**32 - 1))
def test_reweighting_keeps_the_ratios_of_what_stays(n, seed):
    rng = np.random.default_rng(seed)
    cap, free_float = rng.uniform(1, 100, n), rng.uniform(0.05, 1, n)
    removed = np.arange(n) == rng.integers(n)
    found = reweight_without(cap, free_float, removed)
    assert found.after.sum() == pytest.approx(1.0) and found.after[removed].sum() == 0
    stays = ~removed
    np.testing.assert_allclose(found.after[stays] * found.divisor_ratio, found.before[stays])
    # Simulated: the active return of the portfolio without the name is -w / (1 - w) times the name's own.
    active = rng.normal(size=(500, n))
    active -= (active @ found.before)[:, None]
    simulated = np.std(active @ found.after, ddof=1)
    covariance = np.atleast_2d(np.cov(active[:, removed], rowvar=False))
    assert exclusion_tracking_error(found.before[removed], covariance) == pytest.approx(simulated, rel=1e-9)
