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


def test_events_that_are_clusters_of_their_own_leave_events_less_coefficients(study):
    """HC1: five events with two characteristics leave two degrees of freedom, not the four of five clusters."""
    from statsmodels import api

    days, places = np.unique(study.events["day0"], return_index=True)
    few = study.take(places[:5])
    characteristics = pd.DataFrame({"size": [1.0, 2.0, 3.0, 5.0, 4.0], "dummy": [0.0, 1.0, 0.0, 1.0, 1.0]}, index=few.event_ids)
    result = car_regression(few, characteristics, -1, 1)
    fit = api.OLS(few.car(-1, 1)["car"].to_numpy(), api.add_constant(characteristics.to_numpy())).fit(cov_type="HC1", use_t=True)
    assert result.n_clusters == days[:5].size == 5 and result.df == fit.df_resid == 2
    np.testing.assert_allclose(result.coefficients[["se", "p"]], np.column_stack((fit.bse, fit.pvalues)), rtol=1e-8)


def test_figures_beside_none_are_figures_and_infinite_ones_refused(study):
    """A column of floats and None has the type of text: it used to become a dummy for each of its figures."""
    given = study.events.set_index("event_id")["weight"].astype(object)
    given.iloc[3] = None
    told = car_regression(study, given.to_frame(), -1, 1)
    assert told.coefficients.index.tolist() == ["constant", "weight"] and told.dropped["event_id"].tolist() == [given.index[3]]
    given.iloc[4] = np.inf
    with pytest.raises(InputError, match=r"characteristics\['weight'\] has infinite values"):
        car_regression(study, given.to_frame(), -1, 1)


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
    cars, days = study.car(-1, 1)["car"].to_numpy(), study.events["day0"].to_numpy()
    x = np.column_stack((np.ones(40), (study.events["group"] == "listed").to_numpy(float)))
    bread = np.linalg.inv(x.T @ x)
    hat = x @ bread @ x.T
    residual = cars - hat @ cars
    parts, scores = [], []  # CR2 of Bell and McCaffrey, cluster by cluster
    for day in np.unique(days):
        own = np.flatnonzero(days == day)
        values, vectors = np.linalg.eigh(np.eye(own.size) - hat[np.ix_(own, own)])
        root = vectors @ np.diag(values**-0.5) @ vectors.T
        scores.append(bread[1] @ x[own].T @ root @ residual[own])
        parts.append((np.eye(40) - hat)[:, own] @ root @ x[own] @ bread[1])
    products = np.array(parts) @ np.array(parts).T
    assert row["difference"] == pytest.approx(cars[x[:, 1] == 1].mean() - cars[x[:, 1] == 0].mean(), rel=1e-9)
    assert row["se"] == pytest.approx(np.sqrt(np.sum(np.square(scores))), rel=1e-9)
    assert row["df"] == pytest.approx(np.trace(products) ** 2 / np.sum(products**2), rel=1e-9)
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


@pytest.fixture(scope="module")
def crossed():
    """Ninety events of 18 firms on 20 dates, most firms on several dates."""
    rng = np.random.default_rng(12)
    market = rng.normal(0, 0.01, 700)
    returns = pd.DataFrame(market[:, None] + rng.normal(0, 0.02, (700, 18)), DAYS, [f"f{i}" for i in range(18)]).assign(index=market)
    dates = DAYS[np.sort(rng.choice(np.arange(300, 680), 20, replace=False))]
    pairs = pd.MultiIndex.from_product([range(18), range(20)]).to_frame(index=False).sample(90, random_state=3)
    events = pd.DataFrame({"security": [f"f{i}" for i in pairs[0]], "date": dates[pairs[1]], "size": rng.normal(0, 1000, 90)})
    events = events.assign(event_id=[f"e{i}" for i in range(90)], size_of_firm=pairs[0].to_numpy() ** 1.5)
    return impact.event_study(returns, events, market="index")


@pytest.mark.parametrize("weights", ["equal", "precision"])
def test_two_way_errors_match_statsmodels(crossed, weights):
    from statsmodels import api

    ways = ("security", "day0")
    result = car_regression(crossed, ["size", "size_of_firm"], -1, 1, cluster=ways, weights=weights)
    cars = crossed.car(-1, 1)
    x = np.column_stack((np.ones(90), crossed.events[["size", "size_of_firm"]]))
    groups = np.column_stack([pd.factorize(crossed.events[way])[0] for way in ways])
    weight = np.ones(90) if weights == "equal" else 1 / cars["se"].to_numpy() ** 2
    fit = api.WLS(cars["car"].to_numpy(), x, weights=weight).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    table = result.coefficients
    np.testing.assert_allclose(table["estimate"], fit.params, rtol=1e-9, atol=1e-16)
    np.testing.assert_allclose(table["se"], fit.bse, rtol=1e-9)
    np.testing.assert_allclose(table["p"], fit.pvalues, rtol=1e-9)
    np.testing.assert_allclose(table[["ci_low", "ci_high"]], fit.conf_int(), rtol=1e-8, atol=1e-14)
    assert result.cluster_counts == (18, 20) and result.df == 17 and result.clustered_by == "security and day0"
    assert "18 and 20 clusters by security and day0" in str(result)
    assert any("18 clusters are few for two ways" in line for line in result.assumptions)


@pytest.mark.filterwarnings("ignore")  # what pyfixest says of pandas
def test_two_way_errors_match_pyfixest(crossed):
    from pyfixest import feols, ssc

    cars = crossed.car(-1, 1)["car"].to_numpy()
    table = crossed.events.assign(car=cars, date=crossed.events["day0"].astype(str))
    options = {"ssc": ssc(k_adj=True, G_adj=True, G_df="conventional")}
    fit = feols(
        "car ~ size + size_of_firm", table[["car", "size", "size_of_firm", "security", "date"]], {"CRV1": "security + date"}, **options
    )
    ours = car_regression(crossed, ["size", "size_of_firm"], -1, 1, cluster=("security", "day0")).coefficients
    np.testing.assert_allclose(ours["se"], fit.se(), rtol=1e-9)
    np.testing.assert_allclose(ours["p"], fit.pvalue(), rtol=1e-9)


def test_a_way_nested_in_the_other_adds_nothing(crossed):
    one = car_regression(crossed, ["size"], 0, 0)
    both = car_regression(crossed, ["size"], 0, 0, cluster=["event_id", "day0"])
    np.testing.assert_allclose(both.coefficients, one.coefficients, rtol=1e-9, atol=1e-14)


def negative():
    """Regressions of noise on few clusters, whose two-way covariance often has a negative eigenvalue."""
    rng = np.random.default_rng(0)
    for _ in range(2000):
        first, second = rng.integers(0, 6, 40), rng.integers(0, 6, 40)
        x, y = np.column_stack((np.ones(40), rng.normal(size=40), rng.normal(size=40))), rng.normal(size=40)
        yield y, x, first, second


def test_negative_eigenvalues_are_set_to_zero_and_said_whatever_the_units():
    from impact.kernels.clustered import clustered_least_squares, two_way_clustered

    seen = {"whole": 0, "repaired": 0, "none": 0}
    for y, x, first, second in negative():
        fit = two_way_clustered(y, x, first, second)
        both = first * 6 + second
        plain = sum(sign * clustered_least_squares(y, x, way).covariance for sign, way in ((1, first), (1, second), (-1, both)))
        least = np.linalg.eigvalsh(plain)[0]
        lost = np.isnan(np.diag(fit.covariance))
        assert fit.repaired == (least < 0)
        np.testing.assert_array_equal(lost, np.diag(plain) <= 0)
        if not fit.repaired:
            np.testing.assert_allclose(fit.covariance, plain, rtol=1e-9, atol=1e-15)
        kept = fit.covariance[np.ix_(~lost, ~lost)]
        assert np.linalg.eigvalsh(kept).min(initial=0.0) >= -1e-12 and (np.diag(kept) >= np.diag(plain)[~lost] * (1 - 1e-9)).all()
        units = np.array([1.0, 1e3, 1e-4])
        scaled = two_way_clustered(y, x * units, first, second).covariance * np.outer(units, units)
        np.testing.assert_allclose(scaled, fit.covariance, rtol=1e-6, atol=1e-12)
        seen["none" if lost.any() else "repaired" if fit.repaired else "whole"] += 1
    assert min(seen.values()) > 50


def test_a_coefficient_without_a_two_way_variance_is_unknown_with_the_reason(crossed):
    rng = np.random.default_rng(3)
    names, told = ["a"], []
    for _ in range(400):
        chosen = crossed.take(rng.choice(90, 40, replace=False))
        table = pd.DataFrame(rng.normal(size=(40, 1)), chosen.event_ids, names)
        result = car_regression(chosen, table, 0, 0, cluster=("security", "day0"))
        lost = result.coefficients["se"].isna()
        if lost.any():
            told.append(next(line for line in result.assumptions if "negative eigenvalues" in line))
            assert result.coefficients.loc[lost, ["t", "p", "ci_low", "ci_high"]].isna().all(axis=None)
            assert f"no error, for {', '.join(lost.index[lost])}: cluster by one column" in told[-1]
    assert told


def test_events_without_a_cluster_are_left_out_with_the_reason(crossed):
    from dataclasses import replace

    sector = crossed.events["security"].where(crossed.events["security"] != "f3")
    marked = replace(crossed, events=crossed.events.assign(sector=sector))
    result = car_regression(marked, ["size"], 0, 0, cluster="sector")
    lost = int(sector.isna().sum())
    assert lost and result.n_events == 90 - lost and result.dropped["reason"].tolist() == ["its cluster is missing"] * lost
    assert result.n_clusters == 17


def test_two_way_refusals_name_the_rule(crossed):
    few = crossed.take(crossed.events["security"].isin([f"f{i}" for i in range(5)]).to_numpy())
    with pytest.raises(InfeasibleDesign, match="5 clusters by security and .* need at least 6 of each"):
        car_regression(few, ["size"], 0, 0, cluster=("security", "day0"))
    with pytest.raises(InputError, match="3 column\\(s\\), 3 distinct"):
        car_regression(crossed, ["size"], 0, 0, cluster=("security", "day0", "event_id"))
    with pytest.raises(InputError, match="2 column\\(s\\), 1 distinct"):
        car_regression(crossed, ["size"], 0, 0, cluster=("day0", "day0"))
    with pytest.raises(InputError, match="cluster='moon' is not a column"):
        car_regression(crossed, ["size"], 0, 0, cluster=("day0", "moon"))


@pytest.fixture(scope="module")
def one_a_date():
    """Twenty events of as many firms, each on a date of its own."""
    rng = np.random.default_rng(31)
    market = rng.normal(0, 0.01, 700)
    names = [f"g{i}" for i in range(20)]
    returns = pd.DataFrame(market[:, None] + rng.normal(0, 0.02, (700, 20)), DAYS, names).assign(index=market)
    events = pd.DataFrame({"event_id": names, "security": names, "date": DAYS[300 + 15 * np.arange(20)]})
    return impact.event_study(returns, events.assign(own=np.arange(20), group=["x"] * 5 + ["y"] * 15), market="index")


def test_a_contrast_of_events_on_their_own_dates_is_welchs_test(one_a_date):
    """Clusters less one degrees of freedom, and errors without the fitted share, rejected 14 % of true nulls for 3 events beside 17."""
    row = group_contrast(one_a_date, 0, 1, exposed="x", peers="y").iloc[0]
    car = one_a_date.car(0, 1)["car"].to_numpy()
    assert row["t"] == pytest.approx(stats.ttest_ind(car[:5], car[5:], equal_var=False).statistic, rel=1e-9)
    assert row["df"] == pytest.approx((1 / 5 + 1 / 15) ** 2 / (1 / 25 / 4 + 1 / 225 / 14), rel=1e-9)  # of equal variances


def test_one_event_against_peers_of_other_dates_has_no_error(one_a_date):
    """Its residual is fitted away: the error used to be that of the peers alone, and 41 % of true nulls were rejected."""
    alone = one_a_date.events["own"].eq(3).map({True: "x", False: "y"})
    study = one_a_date.take(np.arange(20))
    study = impact.eventstudy.EventStudyResult(**{**vars(study), "events": study.events.assign(group=alone)})
    row = group_contrast(study, 0, 1, exposed="x", peers="y").iloc[0]
    car = study.car(0, 1)["car"].to_numpy()
    assert row["difference"] == pytest.approx(car[3] - np.delete(car, 3).mean(), rel=1e-9)
    assert row[["se", "t", "p", "df", "ci_low", "ci_high"]].isna().all() and row["method"].startswith("no error: one date alone")
    result = car_regression(study, pd.DataFrame({"one": alone.eq("x").astype(float).to_numpy()}, study.event_ids), 0, 1)
    assert np.isnan(result.coefficients.loc["one", "se"]) and result.coefficients.loc["constant", "se"] > 0
    assert any(line.startswith("no error for one: one cluster alone") for line in result.assumptions)


def test_a_coefficient_that_few_dates_carry_is_named(one_a_date):
    two = pd.DataFrame({"two": (np.arange(20) < 2).astype(float), "all": np.arange(20) % 2.0}, one_a_date.event_ids)
    assert any(line.startswith("few clusters carry two (about ") for line in car_regression(one_a_date, two[["two"]], 0, 1).assumptions)
    assert not any("few clusters carry" in line for line in car_regression(one_a_date, two[["all"]], 0, 1).assumptions)


def test_characteristics_of_other_or_repeated_events_are_refused(one_a_date):
    table = pd.DataFrame({"size": np.arange(20.0)}, one_a_date.event_ids)
    with pytest.raises(InputError, match="none of the 20 events"):
        car_regression(one_a_date, table.reset_index(drop=True), 0, 1)
    with pytest.raises(InputError, match="repeats 1 event"):
        car_regression(one_a_date, pd.concat([table, table.iloc[:1]]), 0, 1)
