"""The fits of the announcement against second implementations: direct numerical integration for the t model, statsmodels in the Gaussian limit.

The integration shares nothing with the sampler: a grid over spread of dates, factor, extra noise of each kind of line (and the mean),
the date effect summed out on a grid of its own normal density, Student noise by its formula, no random number. Lines of the two
kinds share no date effect, so their likelihoods multiply. Its answers are posterior quantiles, the predictive distribution
function, and from that the CRPS by its definition as an integral.

Tolerances. The integration is exact to about the third digit (``test_a_finer_grid_moves_nothing``); the other side is the Monte Carlo of
500 thinned, correlated draws, worth about a hundred independent ones, so a posterior quartile errs by about an eighth of the
posterior's standard deviation: ``IN_SPREADS`` allows 0.3 of it. Quantiles and CRPS of the forecast follow the spread of dates, whose committed
draws have a mean 2 % below the exact one (0.0389 for 0.0397), and the factor on the noise, 0.751 for 0.763: ``PREDICTIVE`` allows 4 %. A chain of 40,000 is held
to a third and to a half of these; with it the mean is 0.0398.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.integrate import trapezoid
from scipy.optimize import brentq
from scipy.special import stdtr
from scipy.stats import halfnorm, norm

from impact.kernels.hierarchical import HierarchicalPriors, HierarchicalSample, predictive_draws, sample_hierarchical
from impact.kernels.scores import crps_ensemble
from impact.pricing import EVENT_CLASSES, announcement_shock, event_library
from impact.pricing.announcement_fit import committed_fit, fit_announcement

IN_SPREADS, PREDICTIVE = 0.3, 0.04
LINES = ("offshore", "a_share")
Z = np.linspace(-5, 5, 61)  # the date effect in units of its own spread
AT_Z = norm.pdf(Z) / norm.pdf(Z).sum()


def middles(low, high, n):
    """Middles of n equal cells."""
    return low + (high - low) * (np.arange(n) + 0.5) / n


@dataclass(frozen=True, kw_only=True)
class Integrated:
    """A posterior on a grid: values of each parameter, and the probability of each point, one axis a parameter."""

    values: dict[str, np.ndarray]
    probability: np.ndarray

    def quantile(self, name, level):
        axis = list(self.values).index(name)
        share = self.probability.sum(axis=tuple(i for i in range(self.probability.ndim) if i != axis))
        half = np.diff(self.values[name])[0] / 2
        return float(np.interp(level, np.cumsum(share), self.values[name] + half))

    def sd(self, name):
        return (self.quantile(name, 0.84) - self.quantile(name, 0.16)) / 2

    def cdf(self, y, *, noise, line):
        """Predictive distribution function of a new row of a new date."""
        names = ["mean", "date_sd", "k", f"tau_{line}"]
        share = self.probability.sum(axis=tuple(i for i, name in enumerate(self.values) if name not in names))
        points = [axis.ravel() for axis in np.meshgrid(*(self.values[name] for name in self.values if name in names), indexing="ij")]
        kept = share.ravel() > 1e-6
        mean, date_sd, k, tau = (axis[kept] for axis in points)
        inner = stdtr(4, (y - mean[:, None] - date_sd[:, None] * Z) / np.hypot(k * noise, tau)[:, None]) @ AT_Z
        return float(share.ravel()[kept] @ inner)


def _log_likelihood(line, mean, date_sd, k, tau):
    """Of the rows of one kind of line, on the grid of (mean, date_sd, k, tau)."""
    rows = event_library().announcement_sample()
    rows = rows[rows["line"] == line]
    mean, date_sd, k, tau = np.meshgrid(mean, date_sd, k, tau, indexing="ij")
    total = np.zeros(mean.shape)
    for _, date in rows.groupby("date_cluster"):
        inner = np.zeros((*mean.shape, Z.size))
        for y, se in zip(date["car_0_1"], date["se_0_1"], strict=True):
            scale = np.hypot(k * se, tau)[..., None]
            x = (y - mean[..., None] - date_sd[..., None] * Z) / scale
            inner += np.log(3 / 8) - np.log(scale) - 2.5 * np.log1p(x**2 / 4)
        top = inner.max(axis=-1)
        total += top + np.log(np.exp(inner - top[..., None]) @ AT_Z)
    return total


@lru_cache(maxsize=3)
def integrated(with_mean=False, n=(16, 12, 16)):
    """Posterior of the model with no effect, or with one mean for every row."""
    mean = middles(-0.07, 0.02, 12) if with_mean else np.zeros(1)
    date_sd, k, tau = middles(0.0, 0.10, n[0]), middles(0.25, 1.45, n[1]), middles(0.0, 0.08, n[2])
    if with_mean:  # mean ~ N(0, 0.03^2 + w^2), w ~ half-normal(0.05)
        w = middles(0, 0.25, 400)
        prior_of_mean = norm.pdf(mean[:, None], 0, np.hypot(0.03, w)) @ halfnorm.pdf(w, scale=0.05)
    else:
        prior_of_mean = np.ones(1)
    offshore, a_share = (_log_likelihood(line, mean, date_sd, k, tau) for line in LINES)
    prior_of_k = norm.pdf(np.log(k), np.log(0.8), 0.3) / k
    log_prior = np.log(prior_of_mean)[:, None, None] + halfnorm.logpdf(date_sd, scale=0.03)[None, :, None] + np.log(prior_of_k)
    on_tau = halfnorm.logpdf(tau, scale=0.03)
    log_posterior = log_prior[..., None, None] + (offshore + on_tau)[..., :, None] + (a_share + on_tau)[..., None, :]
    probability = np.exp(log_posterior - log_posterior.max())
    values = {"mean": mean, "date_sd": date_sd, "k": k, "tau_offshore": tau, "tau_a_share": tau}
    return Integrated(values=values, probability=probability / probability.sum())


def _sampled(fit):
    draws = fit.draws
    named = {"date_sd": draws.cluster_sd[:, 0], "k": draws.noise_factor[:, 0]}
    named |= {f"tau_{name}": draws.extra_sd[:, 0, i] for i, name in enumerate(LINES)}
    return named | ({"mean": draws.cell_mean[:, 0, 0]} if draws.cell_mean.size else {})


@pytest.mark.parametrize("name", ["date_sd", "k", "tau_offshore", "tau_a_share"])
def test_the_committed_default_is_the_posterior_by_integration(name):
    exact, ours = integrated(False), _sampled(committed_fit("fitted_zero"))[name]
    for level in (0.25, 0.5, 0.75):
        assert np.quantile(ours, level) == pytest.approx(exact.quantile(name, level), abs=IN_SPREADS * exact.sd(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mean", "date_sd", "k", "tau_offshore", "tau_a_share"])
def test_one_mean_for_all_is_the_posterior_by_integration(name):
    exact = integrated(True)
    ours = _sampled(fit_announcement(event_library(), "one_mean", n_draws=4000))[name]
    for level in (0.25, 0.5, 0.75):
        assert np.quantile(ours, level) == pytest.approx(exact.quantile(name, level), abs=IN_SPREADS * exact.sd(name))


@pytest.mark.slow
def test_a_finer_grid_moves_nothing():
    coarse, fine = integrated(), integrated(n=(24, 18, 24))
    for name in ("date_sd", "k", "tau_offshore", "tau_a_share"):
        for level in (0.25, 0.5, 0.75):
            assert coarse.quantile(name, level) == pytest.approx(fine.quantile(name, level), abs=0.05 * fine.sd(name))


@lru_cache(maxsize=1)
def long_fit():
    return fit_announcement(event_library(), "fitted_zero", n_draws=40_000, seed=7)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["date_sd", "k", "tau_offshore", "tau_a_share"])
def test_a_long_chain_comes_to_the_integration(name):
    exact, ours = integrated(), _sampled(long_fit())[name]
    for level in (0.25, 0.5, 0.75):
        assert np.quantile(ours, level) == pytest.approx(exact.quantile(name, level), abs=IN_SPREADS / 3 * exact.sd(name))


def _agree(sample, *, line, noise, rel):
    """Quantiles of a predictive sample are the roots of the integrated distribution function, and its CRPS is that function's."""
    exact, levels = integrated(), (0.05, 0.25, 0.75, 0.95)
    for level, ours in zip(levels, np.quantile(sample, levels), strict=True):
        wanted = brentq(lambda y, level=level: exact.cdf(y, noise=noise, line=line) - level, -2, 2, xtol=1e-5)
        assert ours == pytest.approx(wanted, rel=rel)
    grid = 0.01 * np.arange(-100, 101)
    probability = np.array([exact.cdf(y, noise=noise, line=line) for y in grid])
    for place in (100, 90, 125):  # the outcome is a point of the grid, so that the jump of the step function falls between two integrals
        observed = float(grid[place])
        by_definition = trapezoid(probability[: place + 1] ** 2, grid[: place + 1]) + trapezoid(
            (1 - probability[place:]) ** 2, grid[place:]
        )
        assert crps_ensemble(np.array([observed]), sample[None, :])[0] == pytest.approx(by_definition, rel=rel)
        yield observed, by_definition


FORECASTS = pytest.mark.parametrize(("line", "noise"), [("offshore", 0.03), ("a_share", 0.03), ("offshore", 0.08)])


@FORECASTS
def test_predictive_quantiles_and_crps_are_those_of_the_integration(line, noise):
    shock = announcement_shock(line=line, noise=noise, n_draws=40_000)
    for observed, by_definition in _agree(shock.sample, line=line, noise=noise, rel=PREDICTIVE):
        assert shock.crps(observed) == pytest.approx(by_definition, rel=PREDICTIVE)


@pytest.mark.slow
@FORECASTS
def test_predictive_quantiles_and_crps_of_a_long_chain_are_those_of_the_integration(line, noise):
    kind, rng = LINES.index(line), np.random.default_rng(1)
    sample = predictive_draws(long_fit().draws, 0, cell=-1, regressor=1.0, noise=noise, kind=kind, rng=rng, repeats=10)
    assert len(list(_agree(sample, line=line, noise=noise, rel=PREDICTIVE / 2))) == 3


def test_in_the_gaussian_limit_class_means_and_date_spread_are_those_of_a_mixed_model():
    """On the 163 rows: normal noise of one size, flat priors; REML of statsmodels has the same means, up to a fifth of a standard error."""
    rows = event_library().announcement_sample()
    cell = rows["event_class"].map({name: i for i, name in enumerate(EVENT_CLASSES)}).to_numpy()
    cluster = (rows["date_cluster"].astype(str) + rows["line"]).to_numpy()
    exog = np.eye(len(EVENT_CLASSES))[cell]
    reml = sm.MixedLM(100 * rows["car_0_1"].to_numpy(), exog, groups=cluster).fit(
        reml=True, method="powell"
    )  # in per cent: decimals end early
    labels = np.unique(cluster, return_inverse=True)[1]
    sample = HierarchicalSample(
        response=rows["car_0_1"].to_numpy(), regressor=np.ones(len(rows)), noise=np.full(len(rows), 0.05), cell=cell, cluster=labels,
        kind=np.zeros(len(rows), dtype=int), n_cells=len(EVENT_CLASSES), n_kinds=1,
    )  # fmt: skip
    flat = HierarchicalPriors(
        centre_sd=1e-3, pool_sd=10.0, pool_known=True, cluster_sd=10.0, extra_sd=0.0, log_factor_mean=0.0, log_factor_sd=10.0, df=1e6
    )
    draws = sample_hierarchical(sample, np.ones((1, len(rows)), dtype=bool), priors=flat, rng=np.random.default_rng(3), n_draws=6000)
    means = draws.cell_mean[:, 0].mean(axis=0)
    assert np.max(np.abs(100 * means - reml.fe_params) / reml.bse_fe) < 0.2
    assert 100 * draws.cell_mean[:, 0].std(axis=0) == pytest.approx(reml.bse_fe, rel=0.15)
    # The posterior of a spread is skewed, so its median lies above the mode that REML gives: by a few per cent with 55 groups.
    assert 100 * np.median(draws.cluster_sd) == pytest.approx(np.sqrt(float(np.asarray(reml.cov_re)[0, 0])), rel=0.15)
    assert 5 * np.median(draws.noise_factor) == pytest.approx(np.sqrt(reml.scale), rel=0.05)
