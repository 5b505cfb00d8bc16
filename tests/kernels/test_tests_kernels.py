"""Kernels of the multi-event tests: hand values, brute force, scipy, and the edges."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from impact.kernels import compiled_ranks, dependence, multiplicity, parametric, power, rank_sums, ranks, resample, signs, skewness
from impact.kernels.outcome import inapplicable
from impact.kernels.variance_change import event_variance, spread_change, variance_ratio_p


@pytest.fixture
def rng():
    return np.random.default_rng(20210115)


# --- parametric -------------------------------------------------------------------------------------------------------


def test_cross_sectional_of_three_numbers_by_hand():
    # mean 2, sd 1, t = 2 / (1 / sqrt 3); NaN is out.
    outcome = parametric.cross_sectional(np.array([1.0, 2.0, 3.0, np.nan]))
    assert outcome.statistic == pytest.approx(2 * 3**0.5)
    assert (outcome.df, outcome.n_events) == (2, 3)


@pytest.mark.parametrize("values", [[], [0.01], [0.01, np.nan], [0.02, 0.02, 0.02]])
def test_a_cross_section_without_spread_is_refused_with_a_reason(values):
    for test in (parametric.cross_sectional, parametric.bmp):
        outcome = test(np.array(values))
        assert np.isnan(outcome.statistic) and np.isnan(outcome.p_value) and outcome.reason


def test_bmp_warns_below_five_events(rng):
    assert "fewer than 5" in parametric.bmp(rng.standard_normal(4)).warning
    assert parametric.bmp(rng.standard_normal(5)).warning == ""


def test_patell_refuses_two_degrees_of_freedom_and_uses_each_events_own(rng):
    scar, df = rng.standard_normal(4), np.array([10, 20, 30, 2])
    assert "2 degrees of freedom" in parametric.patell(scar, df).reason
    scar[3] = np.nan
    expected = np.nansum(scar) / np.sqrt(10 / 8 + 20 / 18 + 30 / 28)
    assert parametric.patell(scar, df).statistic == pytest.approx(expected)
    assert parametric.patell(np.full(3, np.nan), 10).n_events == 0


def test_standardised_refuses_a_zero_standard_error():
    scar = parametric.standardised(np.array([0.1, 0.1]), np.array([0.0, 0.05]), np.array([4.0, 4.0]))
    np.testing.assert_allclose(scar, [np.nan, 1.0])


def test_brown_warner_is_refused_without_rows_or_spread():
    assert parametric.brown_warner(np.array([0.1, np.nan]), 0.1, 1, 3).reason
    assert "never varies" in parametric.brown_warner(np.full(10, 0.01), 0.1, 1, 3).reason
    assert parametric.brown_warner(np.arange(9.0), 0.1, 1, 0).reason
    assert parametric.lamb(np.full(10, 0.01), 0.1, 1.1, 3).reason
    assert parametric.j1(np.array([np.nan]), np.array([1.0])).reason


def test_brown_warner_divides_by_the_root_of_the_days(rng):
    rows = rng.standard_normal(30)
    one, four = (parametric.brown_warner(rows, 0.3, days, 5) for days in (1, 4))
    assert one.statistic == pytest.approx(0.3 / rows.std(ddof=1))
    assert four.statistic == pytest.approx(one.statistic / 2)


# --- ranks and signs --------------------------------------------------------------------------------------------------


def compiled_sums(residual, event_days, sigma, event):
    one = rank_sums.compiled_pass(compiled_ranks, residual, event_days, event * sigma)
    np.testing.assert_array_equal(one.count, np.isfinite(residual).sum(axis=0))
    np.testing.assert_allclose(one.total, np.nansum(residual, axis=0), atol=1e-13)
    np.testing.assert_array_equal(one.positive_share, signs.positive_shares(residual))
    only_ranks = rank_sums.compiled_pass(compiled_ranks, residual, event_days, None)
    np.testing.assert_array_equal(only_ranks.ranks.scaled_rank, one.ranks.scaled_rank)
    assert only_ranks.grank is None
    return one.ranks, one.grank


both_joint_sums = pytest.mark.parametrize("joint_sums", [rank_sums.joint_sums, compiled_sums], ids=["numpy", "compiled"])


@both_joint_sums
@pytest.mark.parametrize("kind", ["continuous", "gaps", "ties", "ties and gaps"])
def test_rank_sums_equal_scipy_ranks(rng, kind, joint_sums):
    for _ in range(25):
        n, length, width = rng.integers(1, 9), rng.integers(5, 30), rng.integers(1, 6)
        residual, event_days = rng.standard_normal((n, length)), rng.standard_normal((n, width))
        sigma, event = rng.uniform(0.5, 2.0, n), rng.standard_normal(n)
        if "ties" in kind:
            residual, event_days, event, sigma = residual.round(), event_days.round(), event.round(), np.ones(n)
        if "gaps" in kind:
            residual[rng.random(residual.shape) < 0.2] = np.nan
            event_days[rng.random(event_days.shape) < 0.2] = np.nan
        found, general = joint_sums(residual, event_days, sigma, event)
        joined = np.concatenate([residual, event_days], axis=1)
        _check_sums(found, joined, centred=True)
        _check_sums(general, np.column_stack([residual / sigma[:, None], event]), centred=False)
        alone = rank_sums.grank_sums(residual, sigma, event)
        np.testing.assert_allclose(alone.scaled_rank, general.scaled_rank, atol=1e-13)
        np.testing.assert_array_equal(rank_sums.ranks_within_rows(joined)[0], stats.rankdata(joined, axis=1, nan_policy="omit"))


def _check_sums(found, values, *, centred):
    ranks_here = stats.rankdata(values, axis=1, nan_policy="omit")
    count = np.isfinite(values).sum(axis=1)[:, None]
    np.testing.assert_allclose(found.scaled_rank, np.nansum(ranks_here / (count + 1) - 0.5, axis=0), atol=1e-12)
    np.testing.assert_array_equal(found.n_valid, np.isfinite(values).sum(axis=0))
    if centred:
        np.testing.assert_allclose(found.centred_rank, np.nansum(ranks_here - (count + 1) / 2, axis=0), atol=1e-12)


@both_joint_sums
def test_packed_sort_sees_near_ties_signed_zeros_and_wide_rows(rng, joint_sums):
    values = rng.standard_normal((6, 700))
    values[0, 5] = values[0, 9] * (1 + 1e-15)
    values[1, 3], values[1, 600] = 0.0, -0.0
    values[2, ::7] = np.nan
    values[3, 1], values[3, 2], values[3, 4] = -0.0, 0.0, np.nan
    values[4] = np.nan
    values[4, 17] = 1.0
    values[5] *= 1e-300
    _check_sums(rank_sums.rank_sums(values), values, centred=True)
    residual, event_days = values[[0, 2, 3, 5], :690], values[[0, 2, 3, 5], 690:]
    event, sigma = np.array([values[0, 4], 0.1, 0.0, 1e-301]), np.ones(4)
    found, general = joint_sums(residual, event_days, sigma, event)
    _check_sums(found, values[[0, 2, 3, 5]], centred=True)
    _check_sums(general, np.column_stack([residual, event]), centred=False)


def test_sums_of_chunks_are_the_sums_of_all(rng):
    values = rng.standard_normal((50, 20))
    whole = rank_sums.rank_sums(values)
    parts = rank_sums.combine([rank_sums.rank_sums(values[:17]), rank_sums.rank_sums(values[17:])])
    np.testing.assert_allclose(parts.centred_rank, whole.centred_rank, atol=1e-12)
    np.testing.assert_array_equal(parts.n_valid, whole.n_valid)


def test_rank_tests_are_refused_when_nothing_varies():
    flat = rank_sums.rank_sums(np.zeros((3, 10)))
    assert ranks.corrado(flat, slice(9, 10), 3).reason
    assert ranks.corrado_zivney(flat, slice(9, 10), 0).reason
    general = rank_sums.grank_sums(np.zeros((3, 10)), np.ones(3), np.zeros(3))
    assert ranks.grank_t(general, 3).reason
    assert ranks.grank_t(general, 1).reason and ranks.grank_z(general, 1).reason


def test_event_day_adjustment_gives_every_day_unit_spread(rng):
    abnormal, leverage, sigma = rng.standard_normal((30, 4)) * 0.05, rng.uniform(0, 0.1, (30, 4)), rng.uniform(0.01, 0.03, 30)
    abnormal[3, 2] = np.nan
    scaled = ranks.standardise_event_days(abnormal, leverage, sigma) / sigma[:, None]
    np.testing.assert_allclose(np.nanstd(scaled, axis=0, ddof=1), 1.0)
    assert np.isnan(scaled[3, 2])


@pytest.mark.parametrize("n", [2, 5, 13, 30, 50])
def test_wilcoxon_equals_scipy_exactly(rng, n):
    values = rng.standard_normal(n) + 0.3
    outcome = ranks.wilcoxon(np.append(values, [0.0, np.nan]))
    assert outcome.p_value == pytest.approx(stats.wilcoxon(values, method="exact").pvalue, rel=1e-10)
    assert outcome.n_events == n and outcome.distribution == "exact signed rank"


def test_wilcoxon_with_ties_equals_scipy_normal(rng):
    values = rng.integers(-9, 12, 80).astype(float)
    values = values[values != 0]
    outcome = ranks.wilcoxon(values)
    other = stats.wilcoxon(values, method="approx", correction=False)
    assert outcome.p_value == pytest.approx(other.pvalue, rel=1e-10) and outcome.distribution == "normal"
    assert ranks.wilcoxon(np.array([0.1])).reason


@pytest.mark.parametrize(("n", "positive"), [(1, 0), (1, 1), (5, 5), (9, 3), (19, 12)])
def test_sign_below_twenty_is_the_exact_binomial(n, positive):
    car = np.where(np.arange(n) < positive, 0.01, -0.01)
    assert signs.sign(car).p_value == pytest.approx(stats.binomtest(positive, n).pvalue, rel=1e-12)
    assert signs.sign(car).p_value >= signs.sign(car).smallest_p


def test_zero_counts_as_not_positive_and_twenty_events_use_the_normal():
    car = np.zeros(20)
    car[:7] = 0.01
    outcome = signs.sign(car)
    assert outcome.statistic == pytest.approx((7 - 10) / 5**0.5) and outcome.distribution == "normal"
    assert signs.sign(np.array([np.nan])).reason


def test_generalized_sign_is_refused_when_residuals_have_one_sign():
    assert "all positive" in signs.generalized_sign(np.array([0.1, -0.1]), np.array([1.0, 1.0])).reason
    assert "never positive" in signs.generalized_sign(np.array([0.1, -0.1]), np.array([0.0, 0.0])).reason
    assert signs.generalized_sign(np.array([np.nan]), np.array([0.5])).reason


def test_median_signs_with_gaps_equal_a_loop(rng):
    values = rng.standard_normal((12, 15))
    values[rng.random(values.shape) < 0.25] = np.nan
    sums, valid = signs.median_sign_sums(values)
    loop = np.nansum(np.sign(values - np.nanmedian(values, axis=1, keepdims=True)), axis=0)
    np.testing.assert_array_equal(sums, loop)
    np.testing.assert_array_equal(valid, np.isfinite(values).sum(axis=0))
    outcome = signs.corrado_zivney_sign(sums, valid, slice(13, 15), 12)
    daily = loop / np.sqrt(valid)
    assert outcome.statistic == pytest.approx(daily[13:].sum() / np.sqrt(2 * np.mean(daily**2)))
    assert signs.corrado_zivney_sign(np.zeros(5), np.full(5, 2), slice(4, 5), 2).reason
    assert signs.corrado_zivney_sign(sums, valid, slice(13, 15), 0).reason


# --- dependence -------------------------------------------------------------------------------------------------------


def _loop_over_pairs(rows, day0, window_length, min_common=30):
    """Weighted mean correlation and coverage, pair by pair on calendar sessions."""
    total = covered = overlapping = 0
    for i, j in itertools.combinations(range(len(rows)), 2):
        weight = window_length - abs(day0[i] - day0[j])
        if weight <= 0:
            continue
        overlapping += 1
        late, early = (i, j) if day0[i] >= day0[j] else (j, i)
        shift = day0[late] - day0[early]
        x, y = rows[late, : max(rows.shape[1] - shift, 0)], rows[early, min(shift, rows.shape[1]) :]
        both = np.isfinite(x) & np.isfinite(y)
        if both.sum() < min_common or np.ptp(x[both]) == 0 or np.ptp(y[both]) == 0:
            continue
        covered += 1
        total += weight / window_length * np.corrcoef(x[both], y[both])[0, 1]
    n_pairs = len(rows) * (len(rows) - 1) / 2
    return total / n_pairs, covered / overlapping if overlapping else np.nan, overlapping


@pytest.mark.parametrize("window_length", [1, 3, 21, 80])
@pytest.mark.parametrize("gaps", ["none", "holiday", "few", "many", "one row constant"])
def test_overlap_dependence_equals_a_loop_over_pairs(rng, gaps, window_length):
    n, length = 34, 60
    common = rng.standard_normal(400)
    day0 = rng.integers(100, 112, n)
    rows = np.array([0.6 * common[d - length : d] for d in day0]) + rng.standard_normal((n, length))
    if gaps == "holiday":
        calendar = np.arange(400) % 9 == 0
        rows[np.array([calendar[d - length : d] for d in day0])] = np.nan
    if gaps == "few":
        rows[rng.random(rows.shape) < 0.005] = np.nan
    if gaps == "many":
        rows[rng.random(rows.shape) < 0.3] = np.nan
    if gaps == "one row constant":
        rows[4] = 0.01
    found = dependence.overlap_dependence(lambda index: rows[index], day0, window_length)
    r_bar, coverage, overlapping = _loop_over_pairs(rows, day0, window_length)
    assert found.r_bar == pytest.approx(r_bar, rel=1e-10, abs=1e-15)
    assert found.coverage == pytest.approx(coverage, nan_ok=True)
    assert (found.n_overlapping_pairs, found.n_pairs) == (overlapping, n * (n - 1) // 2)


def test_blocks_of_pairs_change_nothing(rng, monkeypatch):
    rows = rng.standard_normal((23, 50))
    rows[rng.random(rows.shape) < 0.1] = np.nan
    day0 = rng.integers(0, 3, 23)
    whole = dependence.overlap_dependence(lambda index: rows[index], day0, 3)
    monkeypatch.setattr(dependence, "PAIR_BLOCK", 4)
    assert dependence.overlap_dependence(lambda index: rows[index], day0, 3).r_bar == pytest.approx(whole.r_bar, rel=1e-12)


def test_windows_apart_have_no_weight_and_one_event_no_correlation(rng):
    rows = rng.standard_normal((3, 50))
    apart = dependence.overlap_dependence(lambda index: rows[index], np.array([0, 10, 20]), 3)
    assert apart.r_bar == 0.0 and np.isnan(apart.coverage) and apart.n_overlapping_pairs == 0
    assert np.isnan(dependence.overlap_dependence(lambda index: rows[index], np.array([5]), 3).r_bar)


def test_kolari_pynnonen_refuse_and_floor():
    outcome = parametric.patell(np.array([1.0, 2.0]), 20)
    assert dependence.kp_patell(inapplicable("why", 0), 0.1).reason == "why"
    assert dependence.kp_bmp(inapplicable("why", 0), 0.1).reason == "why"
    assert dependence.kp_patell(outcome, np.nan).reason
    assert "floor" in dependence.kp_patell(outcome, -1.0).warning
    assert "one event" in dependence.kp_bmp(parametric.bmp(np.array([1.0, 2.0])), 1.0).reason


def test_without_correlation_the_adjusted_tests_are_the_plain_ones(rng):
    scar = rng.standard_normal(20)
    assert dependence.kp_bmp(parametric.bmp(scar), 0.0).statistic == parametric.bmp(scar).statistic
    assert dependence.kp_patell(parametric.patell(scar, 50), 0.0).statistic == parametric.patell(scar, 50).statistic


# --- resampling, skewness, multiplicity, variance ---------------------------------------------------------------------


def test_wild_cluster_equals_enumeration_by_hand(rng):
    car, cluster = rng.standard_normal(15) + 0.4, rng.integers(0, 7, 15)
    labels = np.unique(cluster)
    observed = abs(resample.cluster_t(car, cluster))
    extreme = 0
    for pattern in itertools.product([-1.0, 1.0], repeat=labels.size):
        flipped = car * np.asarray(pattern)[np.searchsorted(labels, cluster)]
        extreme += abs(resample.cluster_t(flipped, cluster)) >= observed * (1 - 1e-12)
    assert resample.wild_cluster(car, cluster).p_value == extreme / 2**labels.size


def test_cluster_t_equals_statsmodels(rng):
    import statsmodels.api as sm

    car, cluster = rng.standard_normal(30) + 0.2, rng.integers(0, 8, 30)
    fit = sm.OLS(car, np.ones(30)).fit(cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False})
    groups = np.unique(cluster).size
    assert resample.cluster_t(car, cluster) == pytest.approx(fit.tvalues[0] / np.sqrt(groups / (groups - 1)), rel=1e-10)


def test_wild_cluster_draws_agree_with_student_for_many_dates(rng):
    car = rng.standard_normal(400) + 0.08
    cluster = np.arange(400) // 4
    drawn = resample.wild_cluster(car, cluster, rng=rng, draws=4999)
    webb = resample.wild_cluster(car, cluster, rng=rng, draws=4999, weights="webb")
    student = 2 * stats.t.sf(abs(drawn.statistic), 99)
    assert drawn.p_value == pytest.approx(student, abs=0.02)
    assert webb.p_value == pytest.approx(student, abs=0.02)


def test_wild_cluster_refusals(rng):
    assert "one date" in resample.wild_cluster(rng.standard_normal(5), np.zeros(5)).reason
    assert "give rng" in resample.wild_cluster(rng.standard_normal(20), np.arange(20)).reason
    assert "no spread" in resample.wild_cluster(np.full(6, 0.1), np.arange(6)).reason
    assert resample.wild_cluster(rng.standard_normal(8), np.arange(8) % 4).smallest_p == 2 / 16


def test_skewness_adjusted_without_rng_says_so_and_with_it_ranks(rng):
    values = rng.exponential(1.0, 60) - 0.9
    plain, drawn = skewness.skewness_adjusted(values), skewness.skewness_adjusted(values, rng=rng, draws=1999)
    assert "over-rejects" in plain.warning and drawn.warning == ""
    assert plain.statistic == drawn.statistic
    assert 2 / 2000 <= drawn.p_value <= 1
    assert skewness.skewness_adjusted(values[:2]).reason and skewness.skewness_adjusted(np.ones(9)).reason


def test_skewness_bootstrap_holds_its_size_where_the_normal_does_not(rng):
    """Skewed values, N = 50, 400 samples: the normal law rejects too often, the bootstrap does not."""
    rejected = [skewness.skewness_adjusted(rng.exponential(1.0, 50) ** 2 - 2.0, rng=rng, draws=299).p_value < 0.05 for _ in range(400)]
    assert stats.binomtest(sum(rejected), 400, 0.05).pvalue > 1e-3


def test_multiplicity_keeps_refused_tests_out(rng):
    p = np.array([0.01, np.nan, 0.04, 0.03])
    np.testing.assert_allclose(multiplicity.holm(p), [0.03, np.nan, 0.06, 0.06])
    np.testing.assert_allclose(multiplicity.benjamini_hochberg(p), [0.03, np.nan, 0.04, 0.04])
    other = rng.random(20)
    np.testing.assert_allclose(multiplicity.benjamini_hochberg(other), stats.false_discovery_control(other, method="bh"))
    np.testing.assert_allclose(multiplicity.benjamini_yekutieli(other), stats.false_discovery_control(other, method="by"))
    from statsmodels.stats.multitest import multipletests

    np.testing.assert_allclose(multiplicity.holm(other), multipletests(other, method="holm")[1])


def test_romano_wolf_equals_the_step_down_written_out(rng):
    statistics, draws = np.array([0.5, -3.0, 2.2, 1.0]), rng.standard_normal((200, 4))
    order = np.argsort(-np.abs(statistics))
    running, expected = 0.0, np.empty(4)
    for step, k in enumerate(order):
        largest = np.abs(draws[:, order[step:]]).max(axis=1)
        running = max(running, (1 + (largest >= abs(statistics[k])).sum()) / 201)
        expected[k] = running
    np.testing.assert_allclose(multiplicity.romano_wolf(statistics, draws), expected)


def test_romano_wolf_of_identical_tests_costs_nothing(rng):
    column = rng.standard_normal((500, 1))
    adjusted = multiplicity.romano_wolf(np.full(3, 1.7), np.repeat(column, 3, axis=1))
    np.testing.assert_allclose(adjusted, (1 + (np.abs(column) >= 1.7).sum()) / 501)


def test_variance_tests(rng):
    scar = rng.standard_normal(400)
    assert event_variance(scar, 240).p_value > 0.01 and spread_change(scar, np.full(400, 240)).p_value > 0.01
    wide = spread_change(scar * 2**0.5 + 1.0, np.full(400, 240))
    assert wide.ratio == pytest.approx(2.0, rel=0.2) and wide.p_value < 1e-6
    assert np.isnan(spread_change(scar[:2], np.full(2, 240)).ratio)
    assert event_variance(scar, 4).reason and event_variance(np.full(3, np.nan), 9).reason
    np.testing.assert_allclose(variance_ratio_p(scar[:3], 38), stats.f.sf(scar[:3] ** 2, 1, 38), rtol=1e-10)


def test_power_meets_scipy_and_itself():
    assert power.power_student(0.0, 12) == pytest.approx(0.05)
    assert power.power_normal(0.0, 1.0, 7) == pytest.approx(0.05)
    effect = power.minimum_detectable_effect(0.02, 3.0)
    assert power.power_normal(effect, 0.02 * 3**0.5) == pytest.approx(0.8, abs=1e-3)
    assert power.power_normal(-0.01, 0.02, 9, tails=1) == power.power_normal(0.01, 0.02, 9, tails=1)


@pytest.mark.parametrize("factor", [1.0, 3.0, 0.1, 7e-3])
def test_a_resample_of_one_value_alone_is_none_whatever_the_units(factor):
    values = np.array([0.0371, -0.0123, 0.0519]) * factor
    drawn = np.random.default_rng(0).integers(0, 3, size=(999, 3))
    kept = int((drawn != drawn[:, :1]).any(axis=1).sum())
    assert skewness.skewness_adjusted(values, rng=np.random.default_rng(0)).smallest_p == 2.0 / (kept + 1)


def test_event_days_that_agree_but_for_rounding_have_no_spread():
    """Three returns of 10 %, two of them off by the last bit, have a spread of 1e-15: the day used to be blown up by it."""
    abnormal = np.column_stack((np.full(3, 0.1), [0.1, np.nextafter(0.1, 1), np.nextafter(0.1, 0)], [0.1, 0.2, 0.3]))
    scaled = ranks.standardise_event_days(abnormal, np.zeros_like(abnormal), np.full(3, 0.02))
    np.testing.assert_allclose(scaled[:, :2], 0.1, rtol=1e-12)  # SAR times sigma
    np.testing.assert_allclose(scaled[:, 2], [0.02, 0.04, 0.06], rtol=1e-12)  # SAR 5, 10, 15 over their sd of 5, times sigma


def test_ranks_that_cancel_but_for_rounding_carry_nothing():
    """Two events whose ranks mirror each other: every daily mean is zero, so there is nothing to divide by."""
    place = np.random.default_rng(6).permutation(48) + 1.0
    scaled = place / 49 - 0.5 + ((49 - place) / 49 - 0.5)
    assert 0 < np.abs(scaled).max() < 1e-15
    sums = rank_sums.RankSums(centred_rank=np.zeros(48), scaled_rank=scaled, n_valid=np.full(48, 2))
    assert ranks.corrado_zivney(sums, slice(40, 42), 2).reason == ranks.TOO_FEW_FOR_RANKS
