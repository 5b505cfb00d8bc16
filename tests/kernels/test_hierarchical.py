"""The sampler against closed forms, and many leave-outs at once against each alone."""

import numpy as np
import pytest

from impact.kernels.hierarchical import HierarchicalPriors, HierarchicalSample, predictive_draws, sample_hierarchical


def sample_of(response, *, cell=None, cluster=None, noise=0.02):
    n = len(response)
    cell = np.zeros(n, dtype=int) if cell is None else np.asarray(cell)
    return HierarchicalSample(
        response=np.asarray(response, dtype=float),
        regressor=np.ones(n),
        noise=np.full(n, noise),
        cell=cell,
        cluster=np.arange(n) if cluster is None else np.asarray(cluster),
        kind=np.zeros(n, dtype=int),
        n_cells=max(int(cell.max()) + 1, 0),
        n_kinds=1,
    )


def draw(sample, kept=None, *, seed=1, n_draws=4000, **priors):
    mask = np.ones((1, sample.response.size), dtype=bool) if kept is None else kept
    return sample_hierarchical(sample, mask, priors=HierarchicalPriors(**priors), rng=np.random.default_rng(seed), n_draws=n_draws)


def test_nearly_normal_noise_of_known_size_gives_the_conjugate_mean_and_spread():
    rng = np.random.default_rng(3)
    response = 0.05 + 0.02 * rng.standard_normal(40)
    # df 1e6 is normal; the factor is pinned at one, the date effect and the extra noise at almost nothing.
    draws = draw(
        sample_of(response),
        df=1e6,
        log_factor_mean=0.0,
        log_factor_sd=1e-6,
        extra_sd=0.0,
        cluster_sd=1e-5,
        pool_sd=0.1,
        pool_known=True,
        centre_sd=1e-6,
    )
    precision = 40 / 0.02**2 + 1 / 0.1**2
    mean = draws.cell_mean[:, 0, 0]
    assert mean.mean() == pytest.approx(response.sum() / 0.02**2 / precision, abs=4 / np.sqrt(precision * 4000))
    assert mean.std() == pytest.approx(1 / np.sqrt(precision), rel=0.05)


def test_the_spread_of_dates_is_found():
    rng = np.random.default_rng(4)
    cluster = np.repeat(np.arange(60), 4)
    response = 0.05 * rng.standard_normal(60)[cluster] + 0.01 * rng.standard_t(4, 240)
    draws = draw(sample_of(response, cell=np.full(240, -1), cluster=cluster, noise=0.01))
    assert np.quantile(draws.cluster_sd, 0.05) < 0.05 < np.quantile(draws.cluster_sd, 0.95)
    assert draws.cell_mean.shape == (4000, 1, 0)


def test_a_fit_of_many_agrees_with_the_fit_alone_and_the_order_of_rows_does_not_matter():
    rng = np.random.default_rng(5)
    response = 0.03 * rng.standard_normal(30) - 0.02
    sample = sample_of(response, cell=np.arange(30) % 2, cluster=np.arange(30) // 3)
    kept = np.ones((3, 30), dtype=bool)
    kept[1, :3] = False
    together, alone = draw(sample, kept), draw(sample, kept[1:2], seed=2)
    assert together.cell_mean[:, 1].mean(axis=0) == pytest.approx(alone.cell_mean[:, 0].mean(axis=0), abs=2e-3)
    order = rng.permutation(30)
    shuffled = sample_of(response[order], cell=sample.cell[order], cluster=sample.cluster[order])
    assert draw(shuffled).cell_mean.mean(axis=0) == pytest.approx(draw(sample).cell_mean.mean(axis=0), abs=2e-3)


def test_a_cell_without_rows_is_drawn_from_the_pool_and_one_seed_gives_one_answer():
    sample = sample_of(np.full(12, -0.1), cell=np.zeros(12, dtype=int))
    wider = HierarchicalSample(
        **{**{f: getattr(sample, f) for f in ("response", "regressor", "noise", "cell", "cluster", "kind")}, "n_cells": 2, "n_kinds": 1}
    )
    draws = draw(wider)
    assert draws.cell_mean[:, 0, 1].std() > 2 * draws.cell_mean[:, 0, 0].std()
    assert np.array_equal(draws.cell_mean, draw(wider).cell_mean)


def test_more_noise_is_a_wider_forecast_draw_by_draw():
    draws = draw(sample_of(np.linspace(-0.05, 0.05, 20), cell=np.full(20, -1)))
    narrow, wide = (
        predictive_draws(draws, 0, cell=-1, regressor=1.0, noise=noise, kind=0, rng=np.random.default_rng(0)) for noise in (0.01, 0.03)
    )
    assert np.quantile(wide, 0.95) > np.quantile(narrow, 0.95) and np.quantile(wide, 0.05) < np.quantile(narrow, 0.05)
