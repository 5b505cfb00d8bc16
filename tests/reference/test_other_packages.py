"""The worked panel by implementations not written here: statsmodels and arch, and the R package estudy2."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import impact
from impact.kernels import parametric, rank_sums, ranks, signs
from impact.kernels.calendar_time import calendar_time_alpha
from impact.kernels.garch import GarchParameters, garch_variance
from tests.reference.brute_fit import panel6_fit

HERE = Path(__file__).parent
SAME_NUMBERS = 1e-9  # two least-squares codes on 40 rows of six digits
R = pd.read_csv(HERE / "r" / "estudy2_panel6.csv").set_index(["statistic", "days"])["value"]


@pytest.mark.parametrize("model", ["mean", "market", "capm", "ff3", "carhart", "ff5"])
def test_every_regression_is_that_of_statsmodels(worked, model):
    panel, days = worked["panel6"], pd.bdate_range("2020-01-01", periods=45)
    returns = pd.DataFrame(panel["R"], index=days, columns=panel["firms"]).assign(M=panel["market"])
    factors = pd.DataFrame(panel["factors"], index=days, columns=panel["factor_names"]).assign(RF=panel["rf"])
    events = pd.DataFrame({"event_id": panel["firms"], "security": panel["firms"], "date": days[40]})
    study = impact.event_study(returns, events, market="M", factors=factors, model=model, estimation=(-40, -1), window=(0, 4))
    theirs = pd.read_csv(HERE / "statsmodels" / "regressions.csv").query("model == @model").set_index("firm")
    assert len(theirs) == 6
    ours = study.car(0, 4)
    for column in ("car", "se", "t", "df"):
        assert_allclose(ours[column], theirs[column], rtol=SAME_NUMBERS, err_msg=column)
    assert_allclose(study.estimates[["alpha", "sigma"]], theirs[["alpha", "sigma"]], rtol=SAME_NUMBERS, atol=1e-15)
    if model != "mean":
        assert_allclose(study.estimates["r_squared"], theirs["r_squared"], rtol=SAME_NUMBERS)


def test_calendar_time_has_the_covariances_of_statsmodels(worked):
    given = {name: np.array(value) for name, value in worked["examples"]["A19"]["inputs"].items()}
    plain = calendar_time_alpha(given["portfolio_excess"], given["mkt_excess"])
    weighted = calendar_time_alpha(given["portfolio_excess"], given["mkt_excess"], given["n_t"])
    theirs = pd.read_csv(HERE / "statsmodels" / "calendar_time.csv").set_index("covariance")
    assert_allclose([plain.se, plain.se_hc1, plain.se_newey_west, weighted.se], theirs["se"], rtol=SAME_NUMBERS)
    assert_allclose([plain.alpha] * 3 + [weighted.alpha], theirs["alpha"], rtol=SAME_NUMBERS)


def test_conditional_variances_are_those_of_arch(worked):
    given = worked["examples"]["A11"]["inputs"]
    parameters = GarchParameters(omega=given["omega"], alpha=given["alpha"], beta=given["beta"])
    theirs = pd.read_csv(HERE / "statsmodels" / "garch.csv")["variance"]
    residuals = panel6_fit(worked["panel6"]).residuals(slice(0, 1))[0]
    assert_allclose(garch_variance(residuals, parameters), theirs, rtol=SAME_NUMBERS)


def test_statistics_of_the_panel_are_those_of_estudy2(worked):
    fit = panel6_fit(worked["panel6"])
    day, five, residuals = fit.window(0, 0), fit.window(0, 4), fit.residuals(slice(None))
    mean, days = residuals.mean(axis=0), np.column_stack([residuals, fit.abnormal])
    scaled = parametric.standardised(day.car, fit.sigma, day.variance_factor)
    median_signs, valid = signs.median_sign_sums(days)
    sums = rank_sums.rank_sums(days)
    ours = {
        ("brown_warner_independent", 1): parametric.brown_warner_independent(fit.abnormal[:, 0], residuals.std(axis=1, ddof=1)),
        ("brown_warner", 1): parametric.brown_warner(mean, day.car.mean(), 1, 6),
        ("cross_sectional", 1): parametric.cross_sectional(day.car),
        ("bmp", 1): parametric.bmp(scaled),
        ("lamb", 1): parametric.lamb(mean, day.car.mean(), 1 + fit.leverage[0, 0], 6),
        ("sign", 1): signs.sign(day.car),
        ("generalized_sign", 1): signs.generalized_sign(day.car, signs.positive_shares(residuals)),
        ("corrado_zivney_sign", 1): signs.corrado_zivney_sign(median_signs, valid, slice(40, 41), 6),
        ("corrado", 1): ranks.corrado(sums, slice(40, 41), 6),
        ("brown_warner", 5): parametric.brown_warner(mean, five.car.mean(), 5, 6),
        ("corrado", 5): ranks.corrado(sums, slice(40, 45), 6),
    }
    statistics = {key: outcome.statistic for key, outcome in ours.items()}
    # estudy2 standardises with M - 1 degrees of freedom where Patell (1976) has M - 2.
    statistics["patell_df_39", 1] = parametric.patell(scaled, fit.df).statistic * np.sqrt(39 / 38)
    assert set(statistics) == set(R.index)
    for key, value in statistics.items():
        assert value == pytest.approx(R[key], abs=5e-7 if key[0] == "patell_df_39" else 1e-9), key
