"""Sums of residuals without residuals, against residuals formed one by one."""

from __future__ import annotations

import numpy as np
import pytest

from impact.kernels.dependence import overlap_dependence
from impact.kernels.ols import fit_events
from impact.kernels.records import Regression

ESTIMATION, WINDOW = (-60, -6), (-5, 5)


def study(n_events=400, k=1, gaps=0.0, same_day=False, constant=True):
    rng = np.random.default_rng(k)
    regressors = rng.normal(0, 0.01, (130, k))
    returns = rng.normal(0, 0.02, (130, 20)) + regressors[:, :1] + rng.normal(0, 0.01, (130, 1))
    returns[rng.random(returns.shape) < gaps] = np.nan
    day0 = np.full(n_events, 90) if same_day else rng.integers(62, 110, n_events)
    return fit_events(
        Regression(returns=returns, regressors=regressors, constant=constant), day0, rng.integers(0, 20, n_events), ESTIMATION, WINDOW
    ).events


@pytest.mark.parametrize("window_length", [1, 3, 11, 80])
@pytest.mark.parametrize("k", [1, 3])
def test_sums_equal_those_of_formed_residuals(window_length, k):
    events = study(k=k)
    chosen = np.random.default_rng(5).permutation(400)[:300]
    found = events.residual_sums(chosen, window_length)
    np.testing.assert_allclose(found.mean_residual, events.residuals(slice(0, 400))[chosen].mean(axis=0), atol=1e-15)
    slow = overlap_dependence(lambda rows: events.residuals(chosen[rows]), events.day0[chosen], window_length)
    assert found.dependence.r_bar == pytest.approx(slow.r_bar, rel=1e-9)
    assert found.dependence.coverage == pytest.approx(slow.coverage, rel=1e-12)
    assert (found.dependence.n_overlapping_pairs, found.dependence.n_pairs) == (slow.n_overlapping_pairs, slow.n_pairs)


def test_one_date_gives_the_plain_mean_correlation():
    events = study(n_events=60, same_day=True)
    rho = np.corrcoef(events.residuals(slice(0, 60)))
    found = events.residual_sums(np.arange(60), 1).dependence
    assert found.r_bar == pytest.approx(rho[np.triu_indices(60, 1)].mean(), rel=1e-10) and found.coverage == 1.0


@pytest.mark.parametrize("options", [{"gaps": 0.02}, {"constant": False}])
def test_windows_with_gaps_or_without_constant_are_left_to_formed_residuals(options, monkeypatch):
    monkeypatch.setattr("impact.kernels.acceleration.WORTH_USING", 20_000)
    events = study(**options)
    assert events.residual_sums(np.arange(400), 3) is None


def test_one_event_has_no_correlation():
    assert study().residual_sums(np.array([3]), 3) is None


@pytest.mark.parametrize("k", [1, 3])
def test_compiled_sums_agree_with_numpy(monkeypatch, k):
    events = study(k=k)
    chosen = np.arange(400)
    plain = events.residual_sums(chosen, 11)
    monkeypatch.setattr("impact.kernels.acceleration.WORTH_COMPILING", 1)
    compiled = events.residual_sums(chosen, 11)
    np.testing.assert_allclose(compiled.mean_residual, plain.mean_residual, atol=1e-16)
    assert compiled.dependence.r_bar == pytest.approx(plain.dependence.r_bar, rel=1e-11)
    assert compiled.dependence.coverage == plain.dependence.coverage
