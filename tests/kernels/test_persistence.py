"""First autocorrelation of residuals and the variance of sums of days, against loops and the definition."""

from __future__ import annotations

import numpy as np
import pytest

from impact.kernels.persistence import lag_one, sum_variance_ratio, t_size_under_persistence


@pytest.mark.parametrize("phi", [-0.3, 0.0, 0.2, 0.7])
@pytest.mark.parametrize("n_days", [1, 2, 5, 41])
def test_variance_of_a_sum_is_that_of_the_covariance_matrix(phi, n_days):
    lags = np.abs(np.subtract.outer(np.arange(n_days), np.arange(n_days)))
    assert float(sum_variance_ratio(np.array(phi), np.array(n_days))) == pytest.approx((phi**lags).sum() / n_days, rel=1e-12)


def test_autocorrelation_leaves_out_pairs_with_a_gap():
    residuals = np.array([[1.0, 2.0, np.nan, -1.0, 3.0], [0.0, 0.0, 0.0, 0.0, 0.0], [np.nan, 1.0, np.nan, 1.0, np.nan]])
    phi, pairs = lag_one(residuals)
    assert pairs.tolist() == [2, 4, 0]
    assert phi[0] == pytest.approx(((1 * 2 - 1 * 3) / 2) / ((1 + 4 + 1 + 9) / 4), rel=1e-12)
    assert np.isnan(phi[1:]).all()


def test_size_is_nominal_without_persistence_and_rises_with_it():
    size = t_size_under_persistence(np.array([-0.2, 0.0, 0.2]), np.array(41))
    assert size[1] == pytest.approx(0.05, abs=1e-12) and size[0] < 0.05 < 0.10 < size[2]
