"""Gibbs sampler of a hierarchical Student-t model, for many leave-outs of one sample at once.

For row i of cell c(i), cluster g(i) and line kind l(i)::

    response_i = mean_c(i) regressor_i + u_g(i) + e_i
    mean_c ~ N(centre, pool_sd^2),  centre ~ N(0, centre_sd^2),  pool_sd ~ half-normal or known
    u_g ~ N(0, cluster_sd^2),  cluster_sd ~ half-normal
    e_i ~ t_df with scale sqrt((noise_factor noise_i)^2 + extra_l(i)^2),  extra_l ~ half-normal,  log noise_factor ~ normal

The t noise is a scale mixture of normals. All F fits share one random stream and run side by side as arrays, so that
leaving out every cluster in turn costs little more than one fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.typing_ import BoolArray, FloatArray, FloatArray1D, FloatArray2D, IntArray

__all__ = ["HierarchicalDraws", "HierarchicalPriors", "HierarchicalSample", "predictive_draws", "sample_hierarchical"]

FloatArray3D = np.ndarray[tuple[int, int, int], np.dtype[np.float64]]
GRID_POINTS = 64
GRID_LOW, GRID_HIGH = 1e-4, 1.0  # of a standard deviation, in the unit of the response
STEP = 0.35  # of the random walk on the log of a noise scale


@dataclass(frozen=True, kw_only=True)
class HierarchicalPriors:
    """Scales of the priors; see the module.

    Attributes
    ----------
    centre_sd : float
        Of the mean of the cell means.
    pool_sd : float
        Scale of the half-normal prior of the spread of cell means; the spread itself where `pool_known`.
    cluster_sd, extra_sd : float
        Scales of half-normal priors; `extra_sd` 0 means no extra noise.
    log_factor_mean, log_factor_sd : float
        Prior of the log of the factor on the stated noise.
    df : float
        Degrees of freedom of the noise.
    """

    centre_sd: float = 0.03
    pool_sd: float = 0.05
    pool_known: bool = False
    cluster_sd: float = 0.03
    extra_sd: float = 0.03
    log_factor_mean: float = float(np.log(0.8))
    log_factor_sd: float = 0.3
    df: float = 4.0


@dataclass(frozen=True, eq=False, kw_only=True)
class HierarchicalSample:
    """N rows of C cells, G clusters and K kinds of line.

    Attributes
    ----------
    response, regressor, noise : (N,) arrays
        Outcome, what a cell mean multiplies, known standard deviation of the row's own noise.
    cell, cluster, kind : (N,) integer arrays
        Labels from 0; `cell` -1 everywhere means that no cell has a mean: a fitted zero.
    n_cells, n_kinds : int
    """

    response: FloatArray1D
    regressor: FloatArray1D
    noise: FloatArray1D
    cell: IntArray
    cluster: IntArray
    kind: IntArray
    n_cells: int
    n_kinds: int


@dataclass(frozen=True, eq=False, kw_only=True)
class HierarchicalDraws:
    """D posterior draws of F fits.

    Attributes
    ----------
    cell_mean : (D, F, C) array
        C is 0 for a fitted zero. A cell without a training row is drawn from the pool.
    centre, pool_sd, cluster_sd, noise_factor : (D, F) arrays
    extra_sd : (D, F, K) array
    df : float
    """

    cell_mean: FloatArray3D
    centre: FloatArray2D
    pool_sd: FloatArray2D
    cluster_sd: FloatArray2D
    noise_factor: FloatArray2D
    extra_sd: FloatArray3D
    df: float


def sample_hierarchical(
    sample: HierarchicalSample,
    kept: BoolArray,
    *,
    priors: HierarchicalPriors,
    rng: np.random.Generator,
    n_draws: int = 1500,
    n_burn: int = 500,
) -> HierarchicalDraws:
    """Posterior draws of every fit.

    Parameters
    ----------
    sample : HierarchicalSample
    kept : (F, N) boolean array
        Rows that train each fit.
    rng : numpy.random.Generator
        One seed gives one set of draws.

    References
    ----------
    Gelman, Carlin, Stern, Dunson, Vehtari and Rubin (2013), Bayesian Data Analysis, chapters 5, 12 and 17.
    """
    chain = _Chain(sample, kept, priors, rng)
    draws = []
    for step in range(n_burn + n_draws):
        chain.advance()
        if step >= n_burn:
            draws.append(chain.state())
    columns = [np.stack(column) for column in zip(*draws, strict=True)]
    return HierarchicalDraws(
        cell_mean=columns[0],
        centre=columns[1],
        pool_sd=columns[2],
        cluster_sd=columns[3],
        noise_factor=columns[4],
        extra_sd=columns[5],
        df=priors.df,
    )


class _Chain:
    """State of F chains that advance together; what a sweep would compute a second time is kept from the last."""

    def __init__(self, sample: HierarchicalSample, kept: BoolArray, priors: HierarchicalPriors, rng: np.random.Generator) -> None:
        self.priors, self.rng = priors, rng
        order = np.argsort(sample.cluster, kind="stable")  # rows of one cluster side by side: sums over clusters are reductions
        self.sample = sample = _rows(sample, order)
        self.weight = kept[:, order].astype(float)
        self.first_of_cluster = np.flatnonzero(np.diff(sample.cluster, prepend=-1))
        self.position = np.cumsum(np.diff(sample.cluster, prepend=-1) != 0) - 1
        n_fits = kept.shape[0]
        self.has_cells = bool(np.all(sample.cell >= 0)) and sample.n_cells > 0
        self.in_kind = np.eye(sample.n_kinds)[sample.kind]
        self.in_cell = np.eye(sample.n_cells)[sample.cell] if self.has_cells else np.empty((sample.response.size, 0))
        self.trained_clusters = self._by_cluster(self.weight) > 0
        self.cell_mean = np.zeros((n_fits, self.in_cell.shape[1]))
        self.fitted = self._fitted()
        self.effect = np.zeros((n_fits, self.first_of_cluster.size))
        self.centre = np.zeros(n_fits)
        self.pool_sd = np.full(n_fits, priors.pool_sd)
        self.cluster_sd = np.full(n_fits, priors.cluster_sd)
        self.log_factor = np.full(n_fits, priors.log_factor_mean)
        self.log_extra = np.full((n_fits, sample.n_kinds), np.log(priors.extra_sd) if priors.extra_sd > 0 else -np.inf)
        self.own, self.extra = self._own_variance(self.log_factor), self._extra_variance(self.log_extra)
        self.factor_prior = self._factor_prior(self.log_factor)
        self.extra_prior = _log_half_normal(self.log_extra, priors.extra_sd) if priors.extra_sd > 0 else np.zeros_like(self.log_extra)
        self.pool_spread = _SpreadGrid(priors.pool_sd, np.full(n_fits, float(self.in_cell.shape[1])))
        self.cluster_spread = _SpreadGrid(priors.cluster_sd, self.trained_clusters.sum(axis=1).astype(float))

    def _by_cluster(self, values: FloatArray2D) -> FloatArray2D:
        return np.add.reduceat(values, self.first_of_cluster, axis=1)

    def _fitted(self) -> FloatArray2D:
        return (self.cell_mean @ self.in_cell.T) * self.sample.regressor

    def state(self) -> tuple[FloatArray, ...]:
        """Copies of what a posterior draw consists of."""
        parts = (self.cell_mean, self.centre, self.pool_sd, self.cluster_sd, np.exp(self.log_factor), np.exp(self.log_extra))
        return tuple(part.copy() for part in parts)

    def advance(self) -> None:
        """One sweep over all unknowns."""
        residual = self.sample.response - self.fitted - self.effect[:, self.position]
        squares = residual**2
        variance = self._noise_scales(squares)
        df = self.priors.df
        mixing = self.rng.standard_gamma((df + 1) / 2, squares.shape) / ((df + squares / variance) / 2)
        precision = self.weight * mixing / variance
        if self.has_cells:
            self._cell_means(precision)
            self.fitted = self._fitted()
        self._cluster_effects(precision, self.sample.response - self.fitted)

    def _noise_scales(self, squares: FloatArray2D) -> FloatArray2D:
        """Random-walk steps of the noise factor and of the extra noise of each kind, the mixing weights integrated out."""
        variance = self.own + self.extra
        density = self._log_density(squares, variance)
        proposal = self.log_factor + STEP * self.rng.standard_normal(self.log_factor.shape)
        moved_own = self._own_variance(proposal)
        moved = moved_own + self.extra
        moved_density = self._log_density(squares, moved)
        moved_prior = self._factor_prior(proposal)
        gain = np.add.reduce(moved_density - density, axis=1) + moved_prior - self.factor_prior
        accept = np.log(self.rng.random(gain.size)) < gain
        self.log_factor = np.where(accept, proposal, self.log_factor)
        self.factor_prior = np.where(accept, moved_prior, self.factor_prior)
        accept = accept[:, None]
        self.own = np.where(accept, moved_own, self.own)
        if self.priors.extra_sd <= 0:
            return np.where(accept, moved, variance)
        density = np.where(accept, moved_density, density)
        wide = self.log_extra + 2 * STEP * self.rng.standard_normal(self.log_extra.shape)
        gain = (self._log_density(squares, self.own + self._extra_variance(wide)) - density) @ self.in_kind
        wide_prior = _log_half_normal(wide, self.priors.extra_sd)
        gain = gain + wide_prior - self.extra_prior
        accept = np.log(self.rng.random(gain.shape)) < gain
        self.log_extra = np.where(accept, wide, self.log_extra)
        self.extra_prior = np.where(accept, wide_prior, self.extra_prior)
        self.extra = self._extra_variance(self.log_extra)
        return self.own + self.extra

    def _own_variance(self, log_factor: FloatArray1D) -> FloatArray2D:
        return (np.exp(log_factor)[:, None] * self.sample.noise) ** 2

    def _extra_variance(self, log_extra: FloatArray2D) -> FloatArray2D:
        return np.exp(2 * log_extra) @ self.in_kind.T

    def _log_density(self, squares: FloatArray2D, variance: FloatArray2D) -> FloatArray2D:
        """Student log density of each trained row, without its constant."""
        df = self.priors.df
        log_density: FloatArray2D = squares / (df * variance)
        np.log1p(log_density, out=log_density)
        log_density *= -(df + 1) / 2
        log_density -= 0.5 * np.log(variance)
        log_density *= self.weight
        return log_density

    def _factor_prior(self, log_factor: FloatArray1D) -> FloatArray1D:
        return -0.5 * ((log_factor - self.priors.log_factor_mean) / self.priors.log_factor_sd) ** 2

    def _cell_means(self, precision: FloatArray2D) -> None:
        """Cell means, their centre and their spread; the cluster effects are integrated out one at a time elsewhere."""
        x, prior = self.sample.regressor, self.priors
        target = self.sample.response - self.effect[:, self.position]
        pool = self.pool_sd**2
        weight = (precision * x**2) @ self.in_cell + 1 / pool[:, None]
        mean = ((precision * x * target) @ self.in_cell + (self.centre / pool)[:, None]) / weight
        self.cell_mean = mean + self.rng.standard_normal(mean.shape) / np.sqrt(weight)
        n_cells = self.cell_mean.shape[1]
        weight = n_cells / pool + 1 / prior.centre_sd**2
        total = np.add.reduce(self.cell_mean, axis=1)
        self.centre = total / pool / weight + self.rng.standard_normal(weight.size) / np.sqrt(weight)
        if not prior.pool_known:
            squares = np.add.reduce((self.cell_mean - self.centre[:, None]) ** 2, axis=1)
            self.pool_sd = self.pool_spread.drawn(squares, self.rng)

    def _cluster_effects(self, precision: FloatArray2D, target: FloatArray2D) -> None:
        weight = self._by_cluster(precision) + 1 / self.cluster_sd[:, None] ** 2
        mean = self._by_cluster(precision * target) / weight
        self.effect = mean + self.rng.standard_normal(mean.shape) / np.sqrt(weight)
        squares = np.add.reduce(np.where(self.trained_clusters, self.effect, 0.0) ** 2, axis=1)
        self.cluster_sd = self.cluster_spread.drawn(squares, self.rng)


class _SpreadGrid:
    """Draws of the standard deviation of n normal effects a fit, with a half-normal prior of one scale, on a grid of its log."""

    def __init__(self, scale: float, count: FloatArray1D) -> None:
        grid = np.geomspace(GRID_LOW, GRID_HIGH, GRID_POINTS)
        self.log_grid = np.log(grid)
        self.twice_square = 2 * grid**2
        self.log_count = -(count[:, None] - 1) * self.log_grid
        self.fits = np.arange(count.size)
        self.log_prior = 0.5 * (grid / scale) ** 2
        self.width = self.log_grid[1] - self.log_grid[0]

    def drawn(self, squares: FloatArray1D, rng: np.random.Generator) -> FloatArray1D:
        """Standard deviation given the sum of squares of the effects of each fit."""
        log_density = self.log_count - squares[:, None] / self.twice_square
        log_density -= self.log_prior
        log_density -= np.maximum.reduce(log_density, axis=1, keepdims=True)
        cumulative = np.add.accumulate(np.exp(log_density, out=log_density), axis=1)
        wanted = rng.random(squares.size) * cumulative[:, -1]
        position = np.minimum(np.add.reduce(cumulative < wanted[:, None], axis=1), GRID_POINTS - 1)
        fits = self.fits
        below = np.where(position > 0, cumulative[fits, position - 1], 0.0)
        inside = (wanted - below) / np.maximum(cumulative[fits, position] - below, 1e-300)
        spread: FloatArray1D = np.exp(self.log_grid[position] + (inside - 0.5) * self.width)
        return spread


def _rows(sample: HierarchicalSample, order: IntArray) -> HierarchicalSample:
    """The same sample with its rows in another order."""
    rows = {name: getattr(sample, name)[order] for name in ("response", "regressor", "noise", "cell", "cluster", "kind")}
    return HierarchicalSample(**rows, n_cells=sample.n_cells, n_kinds=sample.n_kinds)


def _log_half_normal(log_value: FloatArray2D, scale: float) -> FloatArray2D:
    """Log density of the log of a half-normal variable, without its constant."""
    return log_value - 0.5 * np.exp(2 * log_value) / scale**2


def predictive_draws(
    draws: HierarchicalDraws, fit: int, *, cell: int, regressor: float, noise: float, kind: int, rng: np.random.Generator, repeats: int = 1
) -> FloatArray1D:
    """Outcomes (D * repeats,) of a new row of a new cluster, as one of the fits foretells them.

    Parameters
    ----------
    cell : int
        -1: no mean, a fitted zero.
    kind : int
        -1: unknown, the wider of all kinds draw by draw.
    repeats : int
        Outcomes a posterior draw.
    """
    n_draws = draws.cluster_sd.shape[0]
    mean = draws.cell_mean[:, fit, cell] * regressor if cell >= 0 else np.zeros(n_draws)
    extra = draws.extra_sd[:, fit, kind] if kind >= 0 else draws.extra_sd[:, fit].max(axis=1)
    scale = np.hypot(draws.noise_factor[:, fit] * noise, extra)
    shape = (repeats, n_draws)
    cluster = draws.cluster_sd[:, fit] * rng.standard_normal(shape)
    outcomes: FloatArray1D = (mean + cluster + scale * rng.standard_t(draws.df, shape)).ravel()
    return outcomes
