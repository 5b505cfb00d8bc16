"""Sections C and D of the worked examples: every test statistic on the six-firm panel, and the theory of size and power."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from impact.kernels import dependence, multiplicity, parametric, portfolio, power, rank_sums, ranks, resample, signs, single_event, skewness
from impact.kernels.outcome import normal_outcome
from impact.kernels.variance_change import event_variance
from tests.reference.brute_fit import brute_fit, panel6_fit, panel6_market_design


@pytest.fixture(scope="module")
def fit(worked):
    return panel6_fit(worked["panel6"])


@pytest.fixture(scope="module")
def scars(fit):
    """SAR of day 0 and SCAR of the five days."""
    day, five = fit.window(0, 0), fit.window(0, 4)
    return (
        parametric.standardised(day.car, fit.sigma, day.variance_factor),
        parametric.standardised(five.car, fit.sigma, five.variance_factor),
    )


@pytest.fixture(scope="module")
def residuals(fit):
    return fit.residuals(slice(None))


@pytest.fixture
def check_example(worked):
    """Compare values with the expected ones of an example, within its tolerance."""

    def compare(example: str, **found):
        row = worked["examples"][example]
        for key, value in found.items():
            np.testing.assert_allclose(value, row["expected"][key], rtol=row["rtol"], err_msg=f"{example} {key}")

    return compare


def test_c01_single_event(fit, scars, check_example):
    day, five = scars
    p_day, p_five = parametric.single_t(day, fit.df), parametric.single_t(five, fit.df)
    check_example("C01", t_day0=day[0], p_day0=p_day[0], t_CAR=five[0], p_CAR=p_five[0], df=fit.df[0])


def test_c02_cross_sectional(fit, check_example):
    day, five = parametric.cross_sectional(fit.window(0, 0).car), parametric.cross_sectional(fit.window(0, 4).car)
    check_example("C02", t_AAR0=day.statistic, p_AAR0=day.p_value, t_CAAR=five.statistic, p_CAAR=five.p_value, df=day.df)
    other = stats.ttest_1samp(fit.window(0, 4).car, 0.0)
    assert (five.statistic, five.p_value) == pytest.approx((other.statistic, other.pvalue), rel=1e-12)


def test_c03_c04_c17_brown_warner_family(fit, residuals, check_example):
    mean = residuals.mean(axis=0)
    aar, caar = fit.window(0, 0).car.mean(), fit.window(0, 4).car.mean()
    day, five = parametric.brown_warner(mean, aar, 1, 6), parametric.brown_warner(mean, caar, 5, 6)
    variant = parametric.brown_warner(mean, aar, 1, 6, ddof=2)
    check_example("C03", S_AAR=aar / day.statistic, t_AAR0=day.statistic, t_CAAR=five.statistic, df=day.df)
    check_example("C03", S_AAR_ddof_2=aar / variant.statistic)
    independent = parametric.brown_warner_independent(fit.abnormal[:, 0], residuals.std(axis=1, ddof=1))
    check_example("C04", S=aar / independent.statistic, t_AAR0=independent.statistic)
    lamb = parametric.lamb(mean, aar, 1.0 + fit.leverage[0, 0], 6)
    check_example("C17", z_day0=lamb.statistic, se_day0=aar / lamb.statistic)


def test_c05_patell(fit, scars, check_example):
    day, five = scars
    sars = fit.abnormal / (fit.sigma[:, None] * np.sqrt(1.0 + fit.leverage))
    summed = parametric.patell(sars.sum(axis=1) / np.sqrt(5), fit.df)
    outcome = parametric.patell(day, fit.df)
    check_example("C05", z_AAR0=outcome.statistic, p_AAR0=outcome.p_value, z_CAAR_sumSAR=summed.statistic)
    check_example("C05", z_CAAR_SCAR=parametric.patell(five, fit.df).statistic)


def test_b_aggregates_j1_and_j2(fit, scars):
    """J1 and J2 as written in Campbell, Lo and MacKinlay (1997); values of METHODS section B."""
    five = fit.window(0, 4)
    assert parametric.j1(five.car, fit.sigma**2 * five.variance_factor).statistic == pytest.approx(-5.0841623, rel=1e-8)
    j2 = np.sqrt(6 * (40 - 4) / (40 - 2)) * scars[1].mean()
    assert parametric.patell(scars[1], fit.df).statistic == pytest.approx(j2, rel=1e-12)


def test_c06_bmp(scars, check_example):
    day, five = (parametric.bmp(values) for values in scars)
    check_example("C06", t_AAR0=day.statistic, t_CAAR_SCAR=five.statistic, df=day.df, p_AAR0=day.p_value)


def test_c07_c31_kolari_pynnonen(fit, scars, residuals, check_example):
    r_bar = dependence.overlap_dependence(lambda rows: residuals[rows], fit.day0, 5).r_bar
    correlation = np.corrcoef(residuals)
    check_example("C31", r_bar_direct=correlation[np.triu_indices(6, 1)].mean())
    check_example("C31", r_bar=dependence.mean_correlation(residuals))
    day, five = scars
    check_example(
        "C07",
        r_bar=r_bar,
        adj_patell_AAR0=dependence.kp_patell(parametric.patell(day, fit.df), r_bar).statistic,
        adj_BMP_AAR0=dependence.kp_bmp(parametric.bmp(day), r_bar).statistic,
        adj_BMP_CAAR=dependence.kp_bmp(parametric.bmp(five), r_bar).statistic,
        adj_patell_CAAR_SCAR=dependence.kp_patell(parametric.patell(five, fit.df), r_bar).statistic,
    )


def test_c08_c09_corrado(fit, residuals, check_example):
    days = np.column_stack([residuals, fit.abnormal])
    sums = rank_sums.rank_sums(days)
    day, five = ranks.corrado(sums, slice(40, 41), 6), ranks.corrado(sums, slice(40, 45), 6)
    spread = np.sqrt(np.mean((sums.centred_rank / 6) ** 2))
    check_example("C08", K_day0=rank_sums.ranks_within_rows(days)[0][:, 40], S_K=spread)
    check_example("C08", t_day0=day.statistic, t_five_days=five.statistic)
    check_example("C09", t_day0=ranks.corrado_zivney(sums, slice(40, 41), 6).statistic)
    check_example("C09", S_U=np.sqrt(np.mean((sums.scaled_rank / np.sqrt(6)) ** 2)))


@pytest.mark.parametrize(("example", "which"), [("C11", 0), ("C10", 1)])
def test_c10_c11_grank(fit, scars, residuals, check_example, example, which):
    event = scars[which] / scars[which].std(ddof=1)
    sums = rank_sums.grank_sums(residuals, fit.sigma, event)
    t, z = ranks.grank_t(sums, 6), ranks.grank_z(sums, 6)
    joined = np.column_stack([residuals / fit.sigma[:, None], event])
    check_example(example, U_event=rank_sums.ranks_within_rows(joined)[0][:, -1] / 42 - 0.5, Ubar0=sums.scaled_rank[-1] / 6)
    check_example(example, t_grank=t.statistic, df=t.df, p_t=t.p_value, z_grank=z.statistic, p_z=z.p_value)


def test_c12_grank_on_studentised_residuals(worked, fit, scars, residuals, check_example):
    regressors = panel6_market_design(worked["panel6"])[1][:40]
    basis = np.linalg.qr(regressors)[0]
    inside = np.sqrt(1.0 - np.einsum("ij,ij->i", basis, basis))
    sums = rank_sums.grank_sums(residuals / inside, fit.sigma, scars[1] / scars[1].std(ddof=1))
    check_example("C12", t_grank=ranks.grank_t(sums, 6).statistic, z_grank=ranks.grank_z(sums, 6).statistic)


def test_c13_c14_signs(fit, residuals, check_example):
    day, five = fit.window(0, 0).car, fit.window(0, 4).car
    share = signs.positive_shares(residuals)
    check_example("C13", w_day0=(day > 0).sum(), w_CAR=(five > 0).sum(), p_hat=share.mean())
    check_example("C13", z_sign_day0=signs.sign(day).statistic, binomial_p_day0=signs.sign(day).p_value)
    check_example("C13", z_gsign_day0=signs.generalized_sign(day, share).statistic)
    check_example("C13", z_gsign_CAR=signs.generalized_sign(five, share).statistic)
    sums, valid = signs.median_sign_sums(np.column_stack([residuals, fit.abnormal]))
    check_example("C14", S_G=np.sqrt(np.mean((sums / np.sqrt(valid)) ** 2)))
    check_example("C14", t_day0=signs.corrado_zivney_sign(sums, valid, slice(40, 41), 6).statistic)


def test_c15_wilcoxon(worked, check_example):
    values = np.array(worked["examples"]["C15"]["inputs"]["AR"])
    outcome = ranks.wilcoxon(values)
    check_example("C15", z=outcome.statistic, exact_p_two_sided=outcome.p_value)
    assert outcome.p_value == pytest.approx(stats.wilcoxon(values, method="exact").pvalue, rel=1e-12)


def test_c16_c29_skewness(worked, check_example):
    values = np.array(worked["examples"]["C16"]["inputs"]["CAR"])
    check_example("C16", S=values.mean() / values.std(ddof=1), gamma_LBT=skewness.skewness(values))
    check_example("C16", gamma_unbiased=skewness.skewness(values, unbiased=True), t_johnson_LBT=skewness.skewness_adjusted_t(values))
    check_example("C16", t_hall_LBT=skewness.skewness_adjusted_t(values, transform="hall"))
    check_example("C16", t_hall_unbiased=skewness.skewness_adjusted_t(values, transform="hall", unbiased=True))
    assert skewness.skewness(values, unbiased=True) == pytest.approx(stats.skew(values, bias=False), rel=1e-12)
    check_example("C29", t=skewness.skewness_adjusted_t(np.array(worked["examples"]["C29"]["inputs"]["x"])))


def test_c18_sq(fit, residuals, check_example):
    test = single_event.sq(residuals[0], fit.abnormal[0, 0])
    check_example("C18", AR0=test.statistic, critical_second_smallest=test.critical(0.05))
    check_example("C18", rank_p_lower=test.p("lower"), rank_p_two_sided_abs=test.p())
    check_example("C18", kurtosis_excess_est_resid=skewness.excess_kurtosis(residuals[0]))
    assert test.smallest_p == 1 / 41


def test_c19_c30_block_placebo(worked, fit, residuals, check_example):
    five = fit.window(0, 4)
    raw = single_event.block_placebo(residuals[0], five.car[0], 5)
    check_example("C19", CAR=raw.statistic, n_blocks=raw.placebo.size, p_lower=raw.p("lower"), p_two_sided=raw.p())
    regressors = panel6_market_design(worked["panel6"])[1][:40]
    scaled = single_event.studentised_block_placebo(residuals[0], regressors, five.car[0], five.variance_factor[0], 5)
    check_example("C30", v_in_first3=(raw.placebo / scaled.placebo)[:3] ** 2, v_out=(raw.statistic / scaled.statistic) ** 2)
    check_example("C30", stat_event=scaled.statistic, stat_block_min=scaled.placebo.min(), p_lower=scaled.p("lower"))


def test_c20_conformal(worked, fit, residuals, check_example):
    regressors = panel6_market_design(worked["panel6"])[1]
    design = (regressors[:40], regressors[40:])
    test = single_event.conformal(residuals[0], fit.abnormal[0], *design)
    check_example("C20", S_obs=abs(test.statistic), p_moving_block=test.p())
    on_returns = single_event.conformal(np.asarray(worked["panel6"]["R"])[:40, 0], fit.design(0).event_returns, *design)
    assert on_returns.statistic == pytest.approx(test.statistic, rel=1e-10)


def test_c21_placebo_space(worked, check_example):
    inputs = worked["examples"]["C21"]["inputs"]
    check_example("C21", p_lower=single_event.placebo_space(inputs["treated"], np.array(inputs["controls"])).p("lower"))


def test_c22_wild_cluster(worked, check_example):
    inputs = worked["examples"]["C22"]["inputs"]
    car, cluster = np.array(inputs["CAR"]), np.array(inputs["cluster"])
    outcome = resample.wild_cluster(car, cluster)
    check_example("C22", mean=car.mean(), t_CR1=outcome.statistic, p_enumerated=outcome.p_value)
    check_example("C22", p_student=2 * stats.t.sf(abs(resample.cluster_t(car, cluster)), outcome.df))


def test_c24_event_variance(worked, check_example):
    inputs = worked["examples"]["C24"]["inputs"]
    outcome = event_variance(np.array(inputs["SAR0"]), inputs["d"])
    check_example("C24", Z_U=outcome.statistic, p_upper=outcome.p_value)


def test_c25_day_path(fit, check_example):
    covariance = single_event.path_covariance(fit.window, 0, 4)[0]
    test = single_event.day_path_f(fit.abnormal[0], covariance, fit.sigma[0], fit.df[0])
    check_example("C25", F=test.statistic, df=test.df, p=test.p_value)
    plain = single_event.day_path_f(fit.abnormal[0], np.eye(5), fit.sigma[0], fit.df[0])
    check_example("C25", naive_ratio=plain.statistic)


def test_c26_multiplicity(worked, check_example):
    p = np.array(worked["examples"]["C26"]["inputs"]["p"])
    adjusted = (multiplicity.holm(p), multiplicity.benjamini_hochberg(p), multiplicity.benjamini_yekutieli(p))
    check_example("C26", holm=adjusted[0], bh=adjusted[1], by=adjusted[2])


def test_c27_partial_overlap(worked, check_example):
    inputs = worked["examples"]["C27"]["inputs"]
    starts, tau, rho = np.array(inputs["start_offsets"]), inputs["tau"], inputs["rho"]
    overlap = np.maximum(0, tau - np.abs(starts[:, None] - starts)) / tau
    # Series on the calendar whose every pairwise correlation on common sessions is rho: a factor and orthogonal parts.
    n, length = 4, 60
    waves = np.cos(2 * np.pi * np.outer(np.arange(1, n + 2), np.arange(600)) / 60)
    series = np.sqrt(rho) * waves[0] + np.sqrt(1 - rho) * waves[1:]
    rows = np.stack([series[i, start : start + length] for i, start in enumerate(starts)])
    found = dependence.overlap_dependence(lambda index: rows[index], starts, tau, min_common=30)
    common = {d: np.corrcoef(series[0, d : d + length - d], series[1, d : d + length - d])[0, 1] for d in range(7)}
    expected = np.mean([overlap[i, j] * common[abs(starts[i] - starts[j])] for i in range(n) for j in range(i)])
    check_example("C27", overlap_fraction=overlap)
    check_example("C27", mean_rho=overlap[np.triu_indices(4, 1)].mean() * rho, inflation=dependence.variance_inflation(0.055, n))
    assert found.r_bar == pytest.approx(expected, abs=0.02)
    assert found.n_overlapping_pairs == np.count_nonzero(overlap[np.triu_indices(4, 1)])


def test_c28_b03_portfolio(worked, fit, residuals, check_example):
    batch = portfolio.batch_portfolio(residuals.mean(axis=0), fit.abnormal, 2)
    day, five = fit.window(0, 0), fit.window(0, 4)
    t_day = portfolio.portfolio_t(day.car.mean(), batch.sigma, day.variance_factor[0], batch.df, 6)
    t_five = portfolio.portfolio_t(five.car.mean(), batch.sigma, five.variance_factor[0], batch.df, 6)
    check_example("C28", AAR=batch.abnormal, s2=batch.sigma**2, t_day0=t_day.statistic, t_CAR=t_five.statistic, df=batch.df)
    check_example("C28", rank_p_lower_day0=single_event.sq(batch.residuals, batch.abnormal[0]).p("lower"))
    check_example("C28", block_p_lower_CAR=single_event.block_placebo(batch.residuals, five.car.mean(), 5).p("lower"))
    sigma_matrix = residuals @ residuals.T / 38
    check_example("B03", c=five.variance_factor[0], w_Sigma_w=sigma_matrix.mean(), var_CAAR=five.variance_factor[0] * batch.sigma**2)
    check_example("B03", t=t_five.statistic)
    # The portfolio fitted as if it were a firm.
    returns, regressors = panel6_market_design(worked["panel6"])
    alone = brute_fit(returns.mean(axis=1)[:, None], regressors, [0], [40], estimation=(-40, -1), window=(0, 4))
    assert alone.sigma[0] == pytest.approx(batch.sigma, rel=1e-12)


def test_d_power_and_true_size(worked, check_example):
    rows = worked["examples"]
    for case in rows["D01"]["expected"]["cases"]:
        assert power.power_normal(case["A"], case["sigma"], case["N"]) == pytest.approx(case["value"], rel=rows["D01"]["rtol"])
    assert power.events_required(sigma=0.02, effect=0.005) == rows["D02"]["expected"]["N_ceil"]
    for example, function in (("D03", power.patell_size_under_correlation), ("D04", power.bmp_size_under_correlation)):
        for case in rows[example]["expected"]["cases"]:
            assert function(case["rho"], case["N"]) == pytest.approx(case["value"], rel=rows[example]["rtol"])
    for case in rows["D05"]["expected"]["cases"]:
        assert power.patell_size_under_event_variance(case["theta"]) == pytest.approx(case["value"], rel=rows["D05"]["rtol"])
    single = rows["D07"]["inputs"]
    check_example("D07", MDE=power.minimum_detectable_effect(single["sigma"], single["C"]))
    check_example("D07", MDE_five_days=power.minimum_detectable_effect(single["sigma"], 5.1))
    check_example("D08", power=power.power_student(2.5, 38))
    anchor = rows["D10"]
    for case in anchor["expected"]["cases"]:
        assert power.power_normal(case["A"], 0.029, 50, tails=1) == pytest.approx(case["value"], rel=anchor["rtol"])


def test_h05_interval_of_one_event(fit, scars, check_example):
    five = fit.window(0, 4)
    half = stats.t.ppf(0.975, fit.df[0]) * fit.sigma[0] * np.sqrt(five.variance_factor[0])
    check_example("H05", lo=five.car[0] - half, hi=five.car[0] + half)


def test_normal_p_of_a_textbook_value():
    assert normal_outcome(1.959963984540054, 1).p_value == pytest.approx(0.05, rel=1e-12)
