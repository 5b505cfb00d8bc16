"""The standardised cross-section among those of quiet days, against loops."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from impact.kernels.quiet_cross_sections import cross_section_placebo, cross_section_t, quiet_cross_sections, studentised_bounds


@pytest.fixture
def quiet():
    rng = np.random.default_rng(3)
    return rng.normal(0, 0.02, (6, 80)), rng.uniform(0.01, 0.03, 6), rng.normal(0.4, 1.0, 6)


@pytest.mark.parametrize("days", [1, 4])
def test_every_run_of_quiet_days_is_a_t_across_events(quiet, days):
    residuals, sigma, _ = quiet
    by_hand = [stats.ttest_1samp((residuals[:, k : k + days] / sigma[:, None]).sum(axis=1), 0).statistic for k in range(81 - days)]
    np.testing.assert_allclose(quiet_cross_sections(residuals, sigma, days), by_hand, rtol=1e-12)


def test_p_counts_and_days_with_a_gap_are_passed_over(quiet):
    residuals, sigma, scar = quiet
    residuals[2, 10] = np.nan
    law = quiet_cross_sections(residuals, sigma, 2)
    assert law.size == 79 - 2
    found = cross_section_placebo(scar, residuals, sigma, 2)
    t = stats.ttest_1samp(scar, 0).statistic
    assert found.statistic == pytest.approx(t, rel=1e-12) and found.p_value == (1 + (np.abs(law) >= abs(t)).sum()) / 78
    assert found.smallest_p == 1 / 78


def test_a_rise_of_the_variance_cancels(quiet):
    residuals, sigma, scar = quiet
    assert cross_section_placebo(3 * scar, residuals, sigma, 1).p_value == cross_section_placebo(scar, residuals, sigma, 1).p_value


def test_refusals_say_why(quiet):
    residuals, sigma, scar = quiet
    assert "at least 2 events" in cross_section_placebo(scar[:1], residuals[:1], sigma[:1], 1).reason
    assert "no spread" in cross_section_placebo(np.ones(6), residuals, sigma, 1).reason
    assert "10 are needed" in cross_section_placebo(scar, residuals, sigma, 12).reason


def test_bounds_are_where_the_t_reaches_its_bound(quiet):
    _, _, scar = quiet
    precision = np.random.default_rng(1).uniform(20, 60, 6)
    low, high = studentised_bounds(scar, precision, 2.5)
    for end in (low, high):
        assert abs(stats.ttest_1samp(scar - end * precision, 0).statistic) == pytest.approx(2.5, rel=1e-9)
    assert abs(stats.ttest_1samp(scar - (low + high) / 2 * precision, 0).statistic) < 2.5
    assert studentised_bounds(scar, np.array([1.0, 9.0, 1.0, 9.0, 1.0, 9.0]), 12.7) == (-np.inf, np.inf)


def test_equal_values_have_no_t():
    columns = np.array([[0.1, 0.1], [0.1, 0.2], [0.1, 0.3]])  # the mean of three times 0.1 is not 0.1 to the last digit
    t = cross_section_t(columns)
    assert np.isnan(t[0]) and t[1] == pytest.approx(0.2 * np.sqrt(3) / 0.1)
