"""Correlation of series with gaps by compiled loops, against the pairs formed in numpy and one by one."""

from __future__ import annotations

import numpy as np
import pytest

from impact.kernels.dated_pairs import add_dated_pairs, overlapping_pairs
from impact.kernels.dependence import FEWEST_COMMON, USUAL_COMMON, overlap_dependence
from impact.kernels.ols import fit_events
from impact.kernels.records import Regression

FEWEST = (USUAL_COMMON, FEWEST_COMMON)


@pytest.fixture(autouse=True)
def compiled(monkeypatch):
    monkeypatch.setattr("impact.kernels.acceleration.WORTH_COMPILING", 1)


def series(n=160, length=70, share=0.02, seed=3):
    """Correlated series: some without values, constant, constant on a part, with gaps that several share, or late listed."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, length)) + rng.normal(size=length) / 2
    rows[rng.random(rows.shape) < share] = np.nan
    rows[:20, 10:15] = np.nan
    rows[20:30] = np.where(np.arange(length) < 60, np.nan, rows[20:30])
    rows[30] = np.nan
    rows[31] = 0.3
    rows[32, 5:] = 0.1
    rows[33, :-1] *= 1e-2
    return rows


@pytest.mark.parametrize("window_length", [1, 3, 11, 90])
@pytest.mark.parametrize(("share", "dates"), [(0.0, 4), (0.02, 1), (0.02, 9), (0.3, 5), (0.8, 3)])
def test_compiled_pairs_are_those_of_numpy(share, dates, window_length, monkeypatch):
    rows = series(share=share)
    day0 = 40 + 2 * np.random.default_rng(1).integers(0, dates, len(rows))
    monkeypatch.setattr("impact.kernels.dated_pairs.EVENTS_AT_ONCE", 50)
    found = add_dated_pairs(lambda chosen: rows[chosen], day0, window_length, FEWEST)
    for k, fewest in enumerate(FEWEST):
        slow = overlap_dependence(lambda chosen: rows[chosen], day0, window_length, min_common=fewest)
        assert found.weighted[k] / slow.n_pairs == pytest.approx(slow.r_bar, rel=1e-11, abs=1e-15)
        assert found.covered[k] == round(slow.coverage * slow.n_overlapping_pairs)
        assert found.covered_weight[k] / found.weight == pytest.approx(slow.covered_weight, rel=1e-12)
        assert overlapping_pairs(day0, window_length) == slow.n_overlapping_pairs
    np.testing.assert_allclose(found.mean, np.nanmean(rows, axis=0), atol=1e-14)


@pytest.mark.parametrize("share", [0.01, 0.2])
def test_dates_of_more_series_than_one_block_holds(share):
    rows = series(n=700, share=share)
    day0 = 40 + (np.arange(len(rows)) > 330)
    found = add_dated_pairs(lambda chosen: rows[chosen], day0, 3, FEWEST)
    slow = overlap_dependence(lambda chosen: rows[chosen], day0, 3)
    assert found.weighted[0] / slow.n_pairs == pytest.approx(slow.r_bar, rel=1e-12)
    assert found.covered[0] == round(slow.coverage * slow.n_overlapping_pairs)


@pytest.mark.parametrize("length", [30, 250, 5000])
def test_a_matrix_product_of_two_blocks_stays_on_one_thread(length):
    from impact.kernels.compiled_single_pairs import ON_ONE_THREAD, widest

    assert widest(length) >= 8 and widest(length) ** 2 * length <= ON_ONE_THREAD


def test_one_date_by_hand():
    rows = series(n=40, share=0.1)[[0, 1, 2, 31, 35, 36, 37, 38, 39]]
    total = 0.0
    for i in range(len(rows)):
        for j in range(i + 1, len(rows)):
            both = np.isfinite(rows[i]) & np.isfinite(rows[j])
            if both.sum() >= USUAL_COMMON and 3 not in (i, j):  # the fourth is constant
                total += np.corrcoef(rows[i, both], rows[j, both])[0, 1]
    found = add_dated_pairs(lambda chosen: rows[chosen], np.full(len(rows), 80), 1, FEWEST)
    assert found.weighted[0] == pytest.approx(total, rel=1e-12)


def test_without_compiled_loops_nothing_is_summed(monkeypatch):
    monkeypatch.setattr("impact.kernels.acceleration.find_spec", lambda name: None)
    monkeypatch.setattr("impact.kernels.acceleration._loops", lambda name: None)
    assert add_dated_pairs(lambda chosen: series()[chosen], np.full(160, 80), 1, FEWEST) is None


@pytest.mark.parametrize("kind", ["one gap", "some gaps", "every security late", "own", "fixed", "no constant"])
@pytest.mark.parametrize("window_length", [1, 5])
def test_sums_of_a_fit_with_gaps_are_those_of_formed_residuals(kind, window_length):
    rng = np.random.default_rng(11)
    market = rng.normal(0, 0.01, (300, 1))
    returns = rng.normal(0, 0.02, (300, 30)) + market + rng.normal(0, 0.01, (300, 1))
    if kind == "one gap":
        returns[40, 3] = np.nan
    elif kind == "every security late":
        returns[:60] = np.nan
    else:
        returns[rng.random(returns.shape) < 0.02] = np.nan
    regressors = np.repeat(market[:, None], 30, axis=1) + rng.normal(0, 0.001, (300, 30, 1)) if kind == "own" else market
    regression = Regression(returns=returns, regressors=regressors, constant=kind != "no constant", fixed=kind == "fixed")
    day0 = rng.integers(85, 290, 600)
    events = fit_events(regression, day0, rng.integers(0, 30, 600), (-80, -11), (-5, 5)).events
    chosen = np.flatnonzero(np.isfinite(events.sigma))[3:]
    found = events.residual_sums(chosen, window_length)
    slow = overlap_dependence(lambda rows: events.residuals(chosen[rows]), day0[chosen], window_length)
    assert found.dependence.r_bar == pytest.approx(slow.r_bar, rel=1e-9)
    assert found.dependence.coverage == pytest.approx(slow.coverage, rel=1e-12)
    assert found.dependence.covered_weight == pytest.approx(slow.covered_weight, rel=1e-12)
    assert found.dependence.n_overlapping_pairs == slow.n_overlapping_pairs
    np.testing.assert_allclose(found.mean_residual, np.nanmean(events.residuals(chosen), axis=0), atol=1e-15)


@pytest.mark.parametrize("level", [1.0, 1e3, 1e6])
def test_series_far_from_zero_keep_their_digits(level):
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(12, 120)) + level
    rows[rng.random(rows.shape) < 0.1] = np.nan
    pairs = []
    for i in range(12):
        for j in range(i):
            both = np.isfinite(rows[i]) & np.isfinite(rows[j])
            pairs.append(np.corrcoef(rows[i, both] - level, rows[j, both] - level)[0, 1])
    slow = overlap_dependence(lambda chosen: rows[chosen], np.zeros(12, dtype=int), 1)
    assert slow.r_bar == pytest.approx(np.mean(pairs), abs=1e-12)
    found = add_dated_pairs(lambda chosen: rows[chosen], np.zeros(12, dtype=int), 1, (USUAL_COMMON, FEWEST_COMMON), of=10**6)
    assert found is not None
    assert found.weighted[0] / found.covered[0] == pytest.approx(np.mean(pairs), abs=1e-12)
    assert found.mean == pytest.approx(np.nanmean(rows, axis=0), rel=1e-12)
