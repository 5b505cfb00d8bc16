"""Forecast scores against numerical integration, definitions and exact binomials."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint

from impact.errors import InputError
from impact.kernels import scores


@pytest.mark.parametrize(("observed", "mean", "sd"), [(0.0, 0.0, 1.0), (-0.3, 0.1, 0.05), (2.0, -1.0, 3.0)])
def test_gaussian_crps_is_the_integral_of_its_definition(observed, mean, sd):
    below = quad(lambda x: norm.cdf(x, mean, sd) ** 2, mean - 12 * sd, observed)[0]
    above = quad(lambda x: norm.sf(x, mean, sd) ** 2, observed, max(mean, observed) + 12 * sd)[0]
    assert_allclose(scores.crps_gaussian(observed, mean, sd), below + above, rtol=1e-6)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(-1, 1), min_size=2, max_size=12), st.floats(-2, 2), st.booleans())
def test_ensemble_crps_is_its_double_sum(draws, observed, fair):
    values = np.array(draws)
    m = values.size
    pairs = np.abs(np.subtract.outer(values, values)).sum() / (m * (m - 1) if fair else m * m)
    expected = np.mean(np.abs(values - observed)) - pairs / 2
    assert_allclose(scores.crps_ensemble(np.array(observed), values, fair=fair), expected, atol=1e-12)


def test_large_ensemble_approaches_the_gaussian_score():
    draws = norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    assert_allclose(scores.crps_ensemble(np.array([0.7]), draws[None, :]), scores.crps_gaussian(0.7, 0.0, 1.0), rtol=1e-3)


def test_pinball_is_least_at_the_quantile():
    outcome = np.random.default_rng(0).normal(size=20_000)
    losses = [scores.pinball_loss(outcome, q, level=0.1).mean() for q in (-1.6, np.quantile(outcome, 0.1), -0.9)]
    assert losses[1] < min(losses[0], losses[2])


def test_wilson_agrees_with_statsmodels_and_stays_inside():
    for successes, n_obs in ((230, 250), (0, 5), (5, 5)):
        assert_allclose(scores.wilson_interval(successes, n_obs), proportion_confint(successes, n_obs, method="wilson"), atol=1e-12)


def test_coverage_tests_at_their_edges():
    exact = scores.kupiec_test(5, 100, expected=0.05)
    assert exact.statistic == pytest.approx(0, abs=1e-9) and exact.p_value == pytest.approx(1, abs=1e-4)
    assert scores.kupiec_test(0, 5, expected=0.05).p_value > 0.4
    assert scores.christoffersen_independence(90, 10, 9, 1).statistic == pytest.approx(0, abs=1e-9)
    assert scores.christoffersen_independence(5, 0, 0, 0).statistic == 0
    with pytest.raises(InputError, match="n_exceptions"):
        scores.kupiec_test(6, 5, expected=0.05)
    with pytest.raises(InputError, match="transitions"):
        scores.christoffersen_independence(-1, 0, 0, 0)
    with pytest.raises(InputError, match="n_obs"):
        scores.wilson_interval(0, 0)


def test_a_clean_record_of_five_proves_little():
    assert scores.binomial_miss_probability(1, 5, expected=0.05) == pytest.approx(1 - 0.95**5)
    assert scores.binomial_miss_probability(0, 5, expected=0.05) == 1


def test_skill_is_one_when_perfect_and_zero_at_the_reference():
    assert scores.skill_score(np.zeros(3), np.ones(3)) == 1
    assert scores.skill_score(np.ones(3), np.ones(3)) == 0


def test_interval_score_pays_for_width_and_for_misses():
    narrow = scores.interval_score(0.0, -0.1, 0.1, alpha=0.1)
    assert narrow == pytest.approx(0.2)
    assert scores.interval_score(0.2, -0.1, 0.1, alpha=0.1) == pytest.approx(0.2 + 20 * 0.1)
