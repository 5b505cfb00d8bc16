"""Figures printed in papers and manuals, from the inputs printed there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.datasets import longley
from statsmodels.stats.meta_analysis import combine_effects

import impact
from impact.kernels.multiplicity import benjamini_hochberg, benjamini_yekutieli
from impact.kernels.parametric import cross_sectional
from impact.kernels.persistence import lag_one
from impact.kernels.random_effects import paule_mandel, random_effects
from impact.kernels.ranks import wilcoxon

PAPERS = Path(__file__).parent / "papers"


def test_false_discoveries_of_benjamini_and_hochberg_1995():
    p = pd.read_csv(PAPERS / "benjamini_hochberg_1995.csv")["p_value"].to_numpy()
    adjusted = benjamini_hochberg(p)
    assert int((adjusted <= 0.05).sum()) == 4 and int((15 * p <= 0.05).sum()) == 3
    assert_allclose(adjusted, stats.false_discovery_control(p), rtol=1e-14)
    assert_allclose(benjamini_yekutieli(p), stats.false_discovery_control(p, method="by"), rtol=1e-14)


def test_the_eight_schools_of_rubin_1981():
    schools = pd.read_csv(PAPERS / "rubin_1981_eight_schools.csv")
    pool = random_effects(schools["effect"].to_numpy(float), schools["standard_error"].to_numpy(float))
    assert round(pool.mean, 1) == 7.7 and round(pool.se, 1) == 4.1
    assert pool.tau == 0.0 and pool.i_squared == 0.0
    assert_allclose(pool.shrunk, pool.mean)
    assert_allclose(pool.shrunk_se, pool.se)  # without spread an effect is known as the mean is, not better


def test_the_bcg_trials_of_colditz_1994():
    trials = pd.read_csv(PAPERS / "colditz_1994_bcg.csv")
    a, b, c, d = (trials[name].to_numpy(float) for name in trials.columns[1:])
    y = np.log(a / (a + b)) - np.log(c / (c + d))
    variance = 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    pool = random_effects(y, np.sqrt(variance))
    assert round(pool.q, 4) == 152.2330 and pool.df == 12 and round(100 * pool.i_squared, 2) == 92.12
    fixed = (y / variance).sum() / (1 / variance).sum()
    assert round(fixed, 4) == -0.4303 and round((1 / variance).sum() ** -0.5, 4) == 0.0405
    theirs = combine_effects(y, variance, method_re="iterated", use_t=False, atol=1e-8)  # finer, and rounding can end its search at 0
    assert_allclose([paule_mandel(y, variance), pool.mean], [theirs.tau2, theirs.mean_effect_re], rtol=1e-9)
    assert_allclose(pool.se, theirs.sd_eff_w_re_hksj, rtol=1e-9)


def test_the_sleep_of_student_1908():
    gained = np.array([1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4])
    test = cross_sectional(gained)
    assert (round(test.statistic, 4), test.df, round(test.p_value, 6)) == (4.0621, 9, 0.002833)


def test_the_depression_scores_of_hollander_and_wolfe_1973():
    before = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
    after = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])
    assert wilcoxon(before - after).p_value == pytest.approx(2 * 0.01953125, rel=1e-12)


def test_longley_1967_as_certified():
    table = longley.load_pandas().data
    days = pd.bdate_range("2020-01-01", periods=18)
    scale = 1e-6  # the table holds thousands of people; a study reads decimal returns
    factors = table.drop(columns="TOTEMP").to_numpy() * scale
    two = np.zeros((2, factors.shape[1]))
    values = np.append(table["TOTEMP"].to_numpy() * scale, [0.0, 0.0])
    study = impact.event_study(
        pd.DataFrame({"A": values}, days), pd.DataFrame({"event_id": ["e"], "security": ["A"], "date": [days[16]]}),
        factors=pd.DataFrame(np.vstack([factors, two]), days, list(table.columns.drop("TOTEMP"))), model="factors",
        estimation=(-16, -1), window=(0, 1), min_observations=16,
    )  # fmt: skip
    certified = [
        -3482258.63459582,
        15.0618722713733,
        -0.0358191792925910,
        -2.02022980381683,
        -1.03322686717359,
        -0.0511041056535807,
        1829.15146461355,
    ]
    ours = study.estimates.iloc[0, :7].to_numpy(float)
    assert_allclose(ours * [1 / scale, 1, 1, 1, 1, 1, 1], certified, rtol=1e-8)
    assert_allclose(study.estimates["sigma"].iloc[0] / scale, 304.854073561965, rtol=1e-8)
    assert_allclose(study.estimates["r_squared"].iloc[0], 0.995479004577296, rtol=1e-10)


def test_numacc3_as_certified():
    values = np.append(1000000.2, np.tile([1000000.1, 1000000.3], 500))
    days = values - values.mean()
    assert days.std(ddof=1) == pytest.approx(0.1, rel=1e-8)
    autocorrelation, pairs = lag_one(days[None, :])
    assert autocorrelation[0] * pairs[0] / days.size == pytest.approx(-0.999, rel=1e-8)  # theirs divides both sums by N
