"""Leads of a staggered design and the fit before one date: by hand, against pyfixest, size and power, the figure."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy.stats import f as f_law

import impact
from impact.eventstudy import staggered_did, synthetic_did
from impact.kernels.synthetic_did import difference_penalty, weighted_difference
from tests.eventstudy.test_staggered import MONTHS, STARTS, long, panel


def drifting(slope, n=40, seed=1):
    """Treated units that run away by `slope` a period in the three periods before the treatment, and nothing else."""
    table = panel(n, seed=seed)
    for name, start in STARTS.items():
        since = np.arange(len(MONTHS)) - MONTHS.get_loc(start)
        table[name] += slope * np.clip(since + 4, 0, 3) * (since < 0)
    return table


def untreated(table):
    """Outcome, dummies of units and periods, three leads and unit of the untreated observations."""
    rows, effects = long(table)
    free = (rows["since"] < 0).to_numpy()
    leads = np.column_stack([(rows["since"] == lead).to_numpy(dtype=float) for lead in (-3, -2, -1)])
    return rows["y"].to_numpy()[free], effects[free], leads[free], pd.factorize(rows["unit"])[0][free], rows[free]


def test_leads_and_their_test_are_least_squares_by_hand_with_gaps():
    table = panel(40)
    table.loc[MONTHS[3], "U4"] = table.loc[MONTHS[9], "U20"] = np.nan
    y, effects, leads, unit, rows = untreated(table)
    x = np.column_stack((leads, effects))
    beta, *_ = np.linalg.lstsq(x, y, rcond=None)
    bread = np.linalg.inv(x.T @ x)
    scores = np.array([x[unit == one].T @ (y - x @ beta)[unit == one] for one in range(40)])
    n, k = len(y), 3 + 40 + len(MONTHS) - 1 - 39  # effects of units lie within their cluster
    covariance = (bread @ scores.T @ scores @ bread)[:3, :3] * 40 / 39 * (n - 1) / (n - k)
    result = staggered_did(table, STARTS)
    np.testing.assert_allclose(result.leads["estimate"].astype(float), beta[:3], atol=1e-10)
    np.testing.assert_allclose(result.leads["se"].astype(float), np.sqrt(np.diag(covariance)), rtol=1e-9)
    statistic = beta[:3] @ np.linalg.solve(covariance, beta[:3]) / 3 * 12 / 14  # Hotelling, 15 treated units
    row = result.pre_trend.iloc[0]
    assert row["statistic"] == pytest.approx(statistic, rel=1e-8) and row["p_value"] == pytest.approx(f_law.sf(statistic, 3, 12), rel=1e-8)
    assert (row["n_leads"], row["df"], row["n_obs"], row["n_treated"]) == (3, 12, n, 15)
    assert result.leads.index.tolist() == [-3, -2, -1] and result.leads["n_obs"].tolist() == [
        int((rows["since"] == lead).sum()) for lead in (-3, -2, -1)
    ]


@pytest.mark.parametrize("cluster", ["unit", "period"])
@pytest.mark.filterwarnings("ignore")  # pyfixest calls pandas by names that later versions drop
def test_leads_are_those_of_pyfixest_but_for_the_factor_of_few_observations(cluster):
    from pyfixest import feols, ssc

    days = pd.date_range("2018-01-31", periods=26, freq="ME")
    rng = np.random.default_rng(2)
    table = pd.DataFrame(rng.normal(size=(26, 40)), days, [f"U{i}" for i in range(40)])
    starts = {f"U{i}": days[14 + i % 10] for i in range(30)}
    result = staggered_did(table, starts, cluster=cluster)
    rows = table.rename_axis(index="t", columns="unit").stack().rename("y").reset_index()
    rows["t"] = days.get_indexer(rows["t"])
    since = rows["t"] - rows["unit"].map({name: days.get_loc(day) for name, day in starts.items()})
    rows = rows.assign(**{f"lead{k}": (since == -k).astype(float) for k in (3, 2, 1)})[~(since >= 0)]
    way = "t" if cluster == "period" else cluster
    fit = feols("y ~ lead3 + lead2 + lead1 | unit + t", rows, {"CRV1": way}, ssc=ssc(k_adj=False, G_adj=True))
    other = rows["unit" if cluster == "period" else "t"].nunique()
    factor = (len(rows) - 1) / (len(rows) - 3 - other)
    np.testing.assert_allclose(result.leads["estimate"].astype(float), fit.coef(), rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(result.leads["se"].astype(float), fit.se() * np.sqrt(factor), rtol=1e-5)


def test_a_run_up_is_found_and_said_and_effects_are_as_without_the_test():
    table = drifting(1.0)
    result = staggered_did(table, STARTS)
    row = result.pre_trend.iloc[0]
    assert row["p_value"] < 1e-4 and "already moved apart in the 3 periods before the treatment (F(3, 12)" in str(result.summary())
    assert result.leads.loc[-1, "estimate"] > result.leads.loc[-3, "estimate"] > 0
    without = staggered_did(table, STARTS, leads=0)
    pd.testing.assert_frame_equal(without.effects, result.effects)
    assert without.leads.empty and without.pre_trend["reason"].iloc[0] == "no lead was asked for"
    quiet = staggered_did(panel(40), STARTS)
    assert quiet.pre_trend["p_value"].iloc[0] > 0.05 and "does not show that they would not have after it" in str(quiet.summary())


def test_treatment_effects_do_not_enter_the_leads():
    calm, strong = (staggered_did(panel(40, growth), STARTS) for growth in (0.0, 5.0))
    pd.testing.assert_frame_equal(calm.leads, strong.leads)
    pd.testing.assert_frame_equal(calm.pre_trend, strong.pre_trend)


def test_as_many_leads_as_can_be_told_and_the_reason_where_there_is_none():
    table = panel(40)
    early = staggered_did(table, {f"U{i}": MONTHS[2] for i in range(15)})  # two periods before: one lead and one to compare
    assert early.pre_trend["n_leads"].iloc[0] == 1 and early.leads.index.tolist() == [-1]
    asked = staggered_did(table, {f"U{i}": MONTHS[2] for i in range(15)}, leads=3)
    assert "has a figure of 0 treated units, 8 are needed" in asked.pre_trend["reason"].iloc[0] and asked.leads.empty
    few = staggered_did(table, dict(list(STARTS.items())[:5]))
    assert few.pre_trend["reason"].iloc[0] == "lead -1 has a figure of 5 treated units, 8 are needed"
    assert "is not tested: lead -1 has a figure of 5 treated units" in str(few.summary())
    with pytest.raises(impact.InputError, match="leads=-1 is negative"):
        staggered_did(table, STARTS, leads=-1)


def test_leads_that_unit_and_period_effects_absorb_are_refused_not_invented():
    days = pd.date_range("2018-01-31", periods=12, freq="ME")
    rng = np.random.default_rng(4)
    table = pd.DataFrame(rng.normal(size=(12, 24)), days, [f"U{i}" for i in range(24)])
    table.iloc[3:6, 12:] = np.nan  # no untreated unit has a figure in the three periods before the treatment of the others
    result = staggered_did(table, {f"U{i}": days[6] for i in range(12)}, leads=3)
    assert "without variation of their own" in result.pre_trend["reason"].iloc[0]
    assert np.isfinite(result.effects.loc["all", "p"])


def test_the_fit_before_one_date_is_ranked_among_the_controls():
    rng = np.random.default_rng(7)
    months = pd.date_range("2019-01-31", periods=24, freq="ME")
    units = pd.DataFrame(rng.normal(0, 1, (24, 25)).cumsum(axis=0), months, [f"F{i}" for i in range(25)])
    result = synthetic_did(units, "F0", months[18])
    values = units.to_numpy()
    penalty = difference_penalty(values[:, 1:], 18, 1)

    def gap(one, others):
        fit = weighted_difference(values[:, [one]], values[:, others], 18, penalty)
        own = values[:, one] - values[:, others] @ fit.unit_weights
        return own - fit.period_weights @ own[:18]

    mine = gap(0, list(range(1, 25)))
    others = [gap(one, [other for other in range(1, 25) if other != one]) for one in range(1, 25)]
    np.testing.assert_allclose(result.path["estimate"], mine, atol=1e-10)
    assert result.path.loc[result.path["horizon"] >= 0, "estimate"].mean() == pytest.approx(result.effect["estimate"].iloc[0], rel=1e-9)
    spread = [other[:18].std() for other in others]
    row = result.pre_trend.iloc[0]
    assert row["statistic"] == pytest.approx(mine[:18].std(), rel=1e-9) == pytest.approx(result.effect["fit_error"].iloc[0], rel=1e-9)
    assert row["p_value"] == pytest.approx((1 + sum(value >= mine[:18].std() for value in spread)) / 25)
    half = result.path["ci_high"] - result.path["estimate"]
    whole = (result.effect["ci_high"] - result.effect["estimate"]).iloc[0]
    scale = whole / result.effect["se"].iloc[0]
    np.testing.assert_allclose(half, scale * np.std(others, axis=0), rtol=1e-9)


def test_a_unit_that_nothing_follows_is_said():
    rng = np.random.default_rng(8)
    months = pd.date_range("2019-01-31", periods=30, freq="ME")
    units = pd.DataFrame(rng.normal(0, 1, (30, 1)).cumsum(axis=0) + rng.normal(0, 0.1, (30, 24)), months, [f"F{i}" for i in range(24)])
    units["F0"] += np.r_[np.tile([3.0, -3.0], 15)]
    odd = synthetic_did(units, "F0", months[24])
    assert odd.pre_trend["p_value"].iloc[0] == pytest.approx(1 / 24) and "parallel movement is in doubt" in str(odd.summary())
    few = synthetic_did(units.iloc[:, :12], "F0", months[24])
    assert "11 placebos are too few to show" in str(few.summary())


@pytest.mark.parametrize("design", ["staggered", "synthetic"])
def test_the_figure_holds_the_interval_of_the_headline_and_of_each_period(design):
    import matplotlib.pyplot as plt

    if design == "staggered":
        result = staggered_did(panel(40, 0.3), STARTS)
        whole, times = result.effects.loc["all"], pd.concat([result.leads, result.effects.drop(index="all")])
    else:
        rng = np.random.default_rng(1)
        months = pd.date_range("2019-01-31", periods=24, freq="ME")
        result = synthetic_did(pd.DataFrame(rng.normal(size=(24, 21)), months, [f"F{i}" for i in range(21)]), "F0", months[18])
        whole, times = result.effect.iloc[0], result.path.set_index("horizon")
    result = pickle.loads(pickle.dumps(result))
    ax = result.plot()
    band = next(artist for artist in ax.collections if hasattr(artist, "get_paths") and len(artist.get_paths()[0].vertices) >= 4)
    heights = band.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == pytest.approx((whole["ci_low"], whole["ci_high"]))
    known = times.loc[times["ci_low"].notna().to_numpy()]
    drawn = np.concatenate([bar.get_segments() for group in ax.containers for bar in group.lines[2]])
    drawn = drawn[np.argsort(drawn[:, 0, 0])]
    np.testing.assert_allclose(drawn[:, :, 1], known[["ci_low", "ci_high"]].astype(float).to_numpy())
    np.testing.assert_allclose(drawn[:, 0, 0], known.index.astype(float))
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert "mean effect, 95 % interval" in labels and "units of the outcome" in ax.get_ylabel() and ax.get_title().startswith("N = ")
    assert ("effect, no interval" in labels) == bool(times["ci_low"].isna().any())
    plt.close(ax.figure)
