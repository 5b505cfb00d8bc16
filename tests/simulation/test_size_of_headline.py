"""The committed table of sizes: inside the bounds that theory and an earlier simulation give, and made again in part."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from impact.kernels.persistence import t_size_under_persistence
from impact.kernels.power import bmp_size_under_correlation, patell_size_under_correlation, patell_size_under_event_variance
from tests.simulation import size_and_power

EARLIER = pd.read_csv(Path(__file__).parents[1] / "reference" / "worked" / "rejection_rates.csv")
SIZES = [design.name for design in size_and_power.MANY if design.effect == 0.0]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    frame = pd.read_csv(size_and_power.HERE / "SIZE_AND_POWER.csv", keep_default_na=False, dtype={"window": str})
    return frame.set_index(["design", "window", "test"]).sort_index()


@pytest.mark.parametrize("window", ["(0, 0)", "(0, 4)"])
@pytest.mark.parametrize("design", SIZES)
def test_the_leading_test_holds_its_size(table, design, window):
    leader = table.loc[(design, window)].query("headline")
    assert len(leader) == 1 and leader["n_replications"].iloc[0] >= 1500
    assert abs(leader["rate_pct"].iloc[0] - 5.0) <= 1.5


@pytest.mark.parametrize("window", ["(0, 0)", "(0, 4)"])
@pytest.mark.parametrize("design", [design.name for design in size_and_power.FEW if design.effect == 0.0] + ["N=9 rho .15 t5"])
def test_the_test_that_leads_study_by_study_holds_its_size(table, design, window):
    chosen = table.loc[(design, window, size_and_power.HEADLINE)]
    lowest = 2.0 if "stale" in design else 3.5  # a day on which many prices stand still rejects less, never more
    assert chosen["n_replications"] >= 1500 and lowest <= chosen["rate_pct"] <= 6.5 + 2 * chosen["se_pct"]


@pytest.mark.parametrize("window", ["(0, 0)", "(0, 4)"])
@pytest.mark.parametrize("design", [design.name for design in size_and_power.STATED if design.stated])
def test_a_stated_deviation_of_day_0_holds_the_size_under_any_event_variance(table, design, window):
    for test in ("stated_variance", size_and_power.HEADLINE):
        row = table.loc[(design, window, test)]
        assert row["n_replications"] >= 1500 and abs(row["rate_pct"] - 5.0) <= 1.5


def test_without_it_one_event_of_four_times_the_variance_rejects_as_often_as_theory_says(table):
    row = table.loc[("N=1 variance x4", "(0, 0)", size_and_power.HEADLINE)]
    assert abs(row["rate_pct"] - 100 * float(patell_size_under_event_variance(4.0))) <= 3 * row["se_pct"]


@pytest.mark.parametrize("design", [design.name for design in size_and_power.LONG])
def test_headlines_of_a_long_window_hold_their_size_where_residuals_hang_together(table, design):
    chosen = table.loc[(design, "(0, 40)", size_and_power.HEADLINE)]
    assert chosen["n_replications"] >= 1500 and abs(chosen["rate_pct"] - 5.0) <= 1.5


def test_the_t_of_a_long_window_rejects_as_often_as_its_warning_says(table):
    row = table.loc[("N=1 autocorrelation .2", "(0, 40)", "t")]
    said = 100 * float(t_size_under_persistence(np.array(size_and_power.AUTOCORRELATION), np.array(41)))
    assert abs(row["rate_pct"] - said) <= 3 * row["se_pct"]


def test_power_does_not_fall_when_a_fifth_firm_is_added(table):
    for window in ("(0, 0)",):
        four, five = (table.loc[(f"power -4 %, N={n} rho .15", window, size_and_power.HEADLINE)] for n in (4, 5))
        assert five["rate_pct"] >= four["rate_pct"] - 2 * five["se_pct"]


@pytest.mark.parametrize("design", ["N=1 normal", "N=1 t4", "N=1 GARCH"])
@pytest.mark.parametrize("test", ["sq 5 %", "CAR5 conformal"])
def test_the_leading_tests_of_one_event_hold_their_size(table, design, test):
    assert abs(table.loc[(design, "", test), "rate_pct"] - 5.0) <= 1.5


def test_every_test_of_the_vocabulary_has_a_size_somewhere(table):
    shown = set(table.index.get_level_values("test"))
    assert set(size_and_power.TESTS) <= shown and "t 5 %" in shown  # t of one day is shown at two levels


@pytest.mark.parametrize("design", EARLIER["design"].unique())
def test_sizes_agree_with_an_earlier_simulation(table, design):
    """Both are simulations of 1,500 replications or more: three and a half standard errors of their difference."""
    for earlier in EARLIER[EARLIER["design"] == design].itertuples():
        row = table.loc[(design, "(0, 0)", earlier.test)]
        rate = earlier.rate_pct / 100
        error = np.hypot(100 * np.sqrt(rate * (1 - rate) / 1500), row["se_pct"])
        assert abs(row["rate_pct"] - earlier.rate_pct) <= 3.5 * error, (earlier.test, row["rate_pct"], earlier.rate_pct)


def test_over_rejection_is_what_theory_says(table):
    for design, rho in (("rho .02", 0.02), ("rho .05", 0.05), ("rho .10", 0.10)):
        patell, bmp = (table.loc[(design, "(0, 4)", name), "rate_pct"] / 100 for name in ("patell", "bmp"))
        assert patell == pytest.approx(float(patell_size_under_correlation(rho, 50)), abs=0.04)
        assert bmp == pytest.approx(float(bmp_size_under_correlation(rho, 50)), abs=0.04)
    doubled = table.loc[("variance x2", "(0, 0)", "patell"), "rate_pct"] / 100
    assert doubled == pytest.approx(float(patell_size_under_event_variance(2.0)), abs=0.03)


def test_power_rises_with_the_effect(table):
    for name in ("kp_bmp", "grank_t", "corrado", "portfolio"):
        rates = [table.loc[(f"power {size} %", "(0, 0)", name), "rate_pct"] for size in ("0.5", "1", "2")]
        assert rates == sorted(rates) and rates[0] > 15 and rates[-1] > 95


@pytest.mark.parametrize("name", ["rho .10", "N=9 rho .15 t5, variance x3", "20 sessions, rho .15, overlapping"])
def test_part_of_the_table_can_be_made_again(table, name):
    """300 fresh studies: the leading test rejects as often as committed, within a 99.9 % binomial band."""
    design = next(design for design in size_and_power.MANY if design.name == name)
    rng, count, windows = np.random.default_rng(7), 300, size_and_power.WINDOWS
    rows = [size_and_power.rejections_of_many(design, rng, ["kp_bmp"], windows) for _ in range(count)]
    for window in windows:
        committed = table.loc[(name, f"{window}", "kp_bmp"), "rate_pct"] / 100
        rejected = sum(row[f"{window}", "kp_bmp"] for row in rows)
        low, high = binom.ppf([0.0005, 0.9995], count, committed)
        assert low <= rejected <= high
