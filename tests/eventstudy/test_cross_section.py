"""CAR on characteristics, and one group against another."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import impact
from impact.errors import InfeasibleDesign, InputError
from impact.eventstudy import car_regression, group_contrast

DAYS = pd.bdate_range("2018-01-01", periods=700)


@pytest.fixture(scope="module")
def study():
    rng = np.random.default_rng(3)
    market = rng.normal(0, 0.01, 700)
    firms = market[:, None] + rng.normal(0, 0.02, (700, 40))
    returns = pd.DataFrame(firms, index=DAYS, columns=[f"f{i}" for i in range(40)]).assign(index=market)
    dates = DAYS[rng.choice(np.arange(300, 680), 15, replace=False)]
    events = pd.DataFrame(
        {
            "event_id": [f"e{i}" for i in range(40)],
            "security": [f"f{i}" for i in range(40)],
            "date": rng.choice(dates, 40),
            "weight": rng.uniform(0, 1, 40),
            "group": np.where(np.arange(40) < 18, "listed", "peer"),
        }
    )
    return impact.event_study(returns, events, market="index")


def test_clustered_errors_match_statsmodels(study):
    from statsmodels import api

    result = car_regression(study, ["weight", "group"], -1, 1)
    x = np.column_stack((np.ones(40), study.events["weight"], study.events["group"] == "peer"))
    labels = pd.factorize(study.events["day0"])[0]
    fit = api.OLS(study.car(-1, 1)["car"].to_numpy(), x).fit(
        cov_type="cluster", cov_kwds={"groups": labels, "use_correction": True}, use_t=True
    )
    table = result.coefficients
    np.testing.assert_allclose(table["estimate"], fit.params, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(table["se"], fit.bse, rtol=1e-9)
    np.testing.assert_allclose(table["p"], fit.pvalues, rtol=1e-8)
    assert result.df == result.n_clusters - 1 and result.r_squared == pytest.approx(fit.rsquared, rel=1e-9)


def test_precision_weights_match_statsmodels(study):
    from statsmodels import api

    result = car_regression(study, ["weight"], 0, 0, cluster="event_id", weights="precision")
    cars = study.car(0, 0)
    x = np.column_stack((np.ones(40), study.events["weight"]))
    labels = np.arange(40)
    fit = api.WLS(cars["car"].to_numpy(), x, weights=1 / cars["se"].to_numpy() ** 2).fit(cov_type="cluster", cov_kwds={"groups": labels})
    np.testing.assert_allclose(result.coefficients["estimate"], fit.params, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(result.coefficients["se"], fit.bse, rtol=1e-9)


def test_characteristics_from_a_table_and_missing_ones(study):
    table = pd.DataFrame({"size": np.arange(40.0)}, index=study.event_ids)
    table.iloc[3, 0] = np.nan
    result = car_regression(study, table, -1, 1)
    assert result.n_events == 39 and result.dropped["reason"].tolist() == ["a characteristic is missing"]
    assert "Events left out" in str(result)


def test_contrast_over_several_dates_is_clustered_by_date(study):
    row = group_contrast(study, -1, 1, exposed="listed", peers="peer").iloc[0]
    regression = car_regression(study, ["group"], -1, 1).coefficients.loc["group_peer"]
    assert row["difference"] == pytest.approx(-regression["estimate"], rel=1e-9)
    assert row["se"] == pytest.approx(regression["se"], rel=1e-9)
    assert (row["n_exposed"], row["n_peers"], row["method"]) == (18, 22, "clustered by date")


def test_contrast_on_one_date_is_the_study_of_the_difference_portfolio():
    rng = np.random.default_rng(9)
    market, common = rng.normal(0, 0.01, 400), rng.normal(0, 0.02, 400)
    firms = market[:, None] + common[:, None] + rng.normal(0, 0.01, (400, 8))
    days = DAYS[:400]
    returns = pd.DataFrame(firms, index=days, columns=list("abcdefgh")).assign(index=market)
    events = pd.DataFrame({"event_id": list("abcdefgh"), "security": list("abcdefgh"), "date": days[300], "group": ["x"] * 3 + ["y"] * 5})
    study = impact.event_study(returns, events, market="index")
    row = group_contrast(study, 0, 1, exposed="x", peers="y").iloc[0]
    gap = returns[list("abc")].mean(axis=1) - returns[list("defgh")].mean(axis=1)
    one = pd.DataFrame({"event_id": ["gap"], "security": ["gap"], "date": [days[300]]})
    by_hand = impact.event_study(returns.assign(gap=gap), one, market="index").car(0, 1).loc["gap"]
    for name, twin in (("difference", "car"), ("se", "se"), ("t", "t"), ("p", "p"), ("df", "df"), ("ci_low", "ci_low")):
        assert row[name] == pytest.approx(by_hand[twin], rel=1e-9), name


def test_one_cluster_has_no_standard_error(study):
    one = study.take(np.flatnonzero((study.events["day0"] == study.events["day0"].mode()[0]).to_numpy()))
    result = car_regression(one, ["weight"], 0, 0)
    assert result.n_clusters == 1 and result.coefficients["se"].isna().all()
    assert any("group_contrast" in line for line in result.assumptions)


def test_few_clusters_are_called_out(study):
    few = study.take(study.events["day0"].isin(study.events["day0"].drop_duplicates().iloc[:6]).to_numpy())
    assert any("clusters are few" in line for line in car_regression(few, ["weight"], 0, 0).assumptions)


def test_refusals_name_the_rule(study):
    with pytest.raises(InputError, match="lack"):
        car_regression(study, ["shoe_size"], 0, 0)
    with pytest.raises(InputError, match="not a column of the events"):
        car_regression(study, ["weight"], 0, 0, cluster="moon")
    with pytest.raises(InputError, match="choose 'equal'"):
        car_regression(study, ["weight"], 0, 0, weights="value")
    with pytest.raises(InputError, match="characteristics is empty"):
        car_regression(study, [], 0, 0)
    with pytest.raises(InfeasibleDesign, match="collinear"):
        car_regression(study, pd.DataFrame({"a": 1.0}, index=study.event_ids), 0, 0)
    with pytest.raises(InfeasibleDesign, match="2 events for 2"):
        car_regression(study.take([0, 1]), ["weight"], 0, 0)
    with pytest.raises(InfeasibleDesign, match="no event"):
        group_contrast(study, 0, 0, exposed="nobody", peers="peer")


def test_errors_are_right_under_clustering():
    # 400 samples of 30 dates with 4 events that share a shock: clustered errors reject near 5 %, plain ones far more.
    rng = np.random.default_rng(12)
    from impact.kernels.clustered import clustered_least_squares

    dates = np.repeat(np.arange(30), 4)
    rejected = plain = 0
    for _ in range(400):
        y = rng.normal(size=30)[dates] + rng.normal(size=120)
        x = np.column_stack((np.ones(120), rng.normal(size=30)[dates]))
        fit = clustered_least_squares(y, x, dates)
        t = fit.coefficients[1] / np.sqrt(fit.covariance[1, 1])
        rejected += abs(t) > stats.t.ppf(0.975, fit.df)
        residual_variance = fit.residuals @ fit.residuals / 118
        plain += abs(fit.coefficients[1]) > 1.98 * np.sqrt(residual_variance * np.linalg.inv(x.T @ x)[1, 1])
    assert 0.02 < rejected / 400 < 0.10 < plain / 400
