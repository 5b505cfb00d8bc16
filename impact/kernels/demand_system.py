"""Logit demand of many investors and the prices at which it clears, before and after some of them are banned.

Investor i puts ``w_i(n) = exp(u) / (1 + sum exp(u))`` of its assets into stock n, with ``u = beta_i m(n) + taste_i(n)`` and
m the log of market equity. The investor x stock table is sparse: a pair that is not stored is outside the investor's universe.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, gmres

from impact.errors import InfeasibleDesign, InputError
from impact.tables.prose import significant
from impact.typing_ import BoolArray, FloatArray1D, FloatArray2D, IntArray

__all__ = ["DemandSystem", "MarketClearing", "clear_market", "elasticity_matrix", "first_order_change", "log_demand", "portfolio_weights"]

DENSE_STOCKS = 300
MAX_STEPS = 500
ACCEPTED_GAP = 1e-10


@dataclass(frozen=True, eq=False, kw_only=True)
class DemandSystem:
    """Investors, stocks and tastes of a logit demand system.

    Parameters
    ----------
    assets : (I,) array
        Assets under management of each investor, in currency.
    sensitivity : (I,) array
        beta_i, the response of utility to log market equity; every one below 1, so that clearing prices are unique.
    investor, stock : (P,) int arrays
        The pairs that may be held, sorted by investor, each pair once.
    taste : (P,) array
        Everything else in utility: characteristics and log latent demand.
    shares : (S,) array
        Shares in supply of each stock.
    """

    assets: FloatArray1D
    sensitivity: FloatArray1D
    investor: IntArray
    stock: IntArray
    taste: FloatArray1D
    shares: FloatArray1D

    def __post_init__(self) -> None:
        if np.any(~(self.sensitivity < 1)):
            worst = float(np.max(self.sensitivity))
            raise InputError(
                f"sensitivity reaches {significant(worst, 4)}; every investor's must be below 1 for unique prices: cap it below 1."
            )
        for name, values in (("assets", self.assets), ("shares", self.shares)):
            wrong = int(np.sum(~(values > 0)))
            if wrong:
                raise InputError(f"{name} has {wrong} values that are not positive; all must be: drop those rows first.")
        pair = np.asarray(self.investor, dtype=np.int64) * self.n_stocks + self.stock
        if np.any(np.diff(pair) <= 0):
            raise InputError("investor and stock must be sorted by investor, then stock, each pair once: sort them first.")
        unheld = self.n_stocks - np.unique(self.stock).size
        if unheld:
            raise InputError(f"stock leaves {unheld} stocks that no investor may hold; they have no price: drop them first.")

    @classmethod
    def from_table(cls, *, assets: FloatArray1D, sensitivity: FloatArray1D, taste: FloatArray2D, shares: FloatArray1D) -> DemandSystem:
        """The system of an (I, S) table of tastes; NaN marks a pair outside the investor's universe."""
        table = np.asarray(taste, dtype=float)
        investor, stock = np.nonzero(~np.isnan(table))
        return cls(
            assets=np.asarray(assets, dtype=float),
            sensitivity=np.asarray(sensitivity, dtype=float),
            investor=investor,
            stock=stock,
            taste=table[investor, stock],
            shares=np.asarray(shares, dtype=float),
        )

    @property
    def n_investors(self) -> int:
        """I."""
        return self.assets.size

    @property
    def n_stocks(self) -> int:
        """S."""
        return self.shares.size


@dataclass(frozen=True, eq=False, kw_only=True)
class MarketClearing:
    """Prices at which demand meets supply.

    Attributes
    ----------
    prices : (S,) float, currency per share.
    weights : (P,) float, portfolio weight of each stored pair.
    assets : (I,) float, assets at these prices (those given, unless marked to market).
    residual : largest |log demand - log supply| over stocks.
    n_steps : Newton and diagonal steps taken.
    """

    prices: FloatArray1D
    weights: FloatArray1D
    assets: FloatArray1D
    residual: float
    n_steps: int


def portfolio_weights(system: DemandSystem, log_equity: FloatArray1D, *, banned: BoolArray | None = None) -> FloatArray1D:
    """Weight of each stored pair at given log market equity (S,); a banned pair (P,) gets exactly 0.

    Notes
    -----
    The outside asset has utility 0, which takes part in the log-sum-exp shift, so that no utility overflows.
    """
    utility = system.sensitivity[system.investor] * log_equity[system.stock] + system.taste
    if banned is not None:
        utility = np.where(banned, -np.inf, utility)
    shift = np.zeros(system.n_investors)
    if utility.size:
        first = np.flatnonzero(np.r_[True, np.diff(system.investor) > 0])
        shift[system.investor[first]] = np.maximum(np.maximum.reduceat(utility, first), 0.0)
    scaled = np.exp(utility - shift[system.investor])
    total = np.exp(-shift) + np.bincount(system.investor, weights=scaled, minlength=system.n_investors)
    return scaled / total[system.investor]


def log_demand(system: DemandSystem, weights: FloatArray1D, assets: FloatArray1D | None = None) -> FloatArray1D:
    """Log of the value demanded of each stock (S,), ``log sum_i A_i w_i(n)``; -inf where nobody may hold it."""
    held = (system.assets if assets is None else assets)[system.investor] * weights
    with np.errstate(divide="ignore"):
        return np.log(np.bincount(system.stock, weights=held, minlength=system.n_stocks))


@dataclass(frozen=True, eq=False)
class _Wealth:
    """Assets as a function of prices: fixed, or cash plus stored shares at the going price."""

    system: DemandSystem
    held_shares: FloatArray1D | None

    def cash(self, prices: FloatArray1D) -> FloatArray1D:
        system = self.system
        if self.held_shares is None:
            return system.assets
        value = self.held_shares * prices[system.stock]
        return system.assets - np.bincount(system.investor, weights=value, minlength=system.n_investors)

    def assets(self, cash: FloatArray1D, log_equity: FloatArray1D) -> tuple[FloatArray1D, FloatArray1D | None]:
        system = self.system
        if self.held_shares is None:
            return system.assets, None
        value = self.held_shares * (np.exp(log_equity) / system.shares)[system.stock]
        return cash + np.bincount(system.investor, weights=value, minlength=system.n_investors), value


Product: TypeAlias = Callable[[FloatArray1D], FloatArray1D]
"""A matrix as what it does to a vector."""


def _slope(
    system: DemandSystem, weights: FloatArray1D, assets: FloatArray1D, marked_value: FloatArray1D | None
) -> tuple[Product, FloatArray1D]:
    """J = d log demand / d log equity as a product with a vector, its diagonal, and dense when that is small."""
    shape = (system.n_investors, system.n_stocks)
    indptr = np.searchsorted(system.investor, np.arange(system.n_investors + 1))
    table = sparse.csr_array((weights, system.stock, indptr), shape=shape)
    tilt = system.sensitivity * assets
    demand: FloatArray1D = np.asarray(table.T @ assets)
    own: FloatArray1D = np.asarray(table.T @ tilt)
    marked = None if marked_value is None else sparse.csr_array((marked_value, system.stock, indptr), shape=shape)
    transposed = table.T.tocsr()

    def product(vector: FloatArray1D) -> FloatArray1D:
        spread = tilt * np.asarray(table @ vector)
        if marked is not None:
            spread = spread - np.asarray(marked @ vector)
        moved: FloatArray1D = (own * vector - np.asarray(transposed @ spread)) / demand
        return moved

    squares = np.bincount(system.stock, weights=tilt[system.investor] * weights**2, minlength=system.n_stocks)
    return product, (own - squares) / demand


def _newton_step(product: Product, n_stocks: int, gap: FloatArray1D) -> FloatArray1D:
    """Solve (I - J) step = gap: dense for few stocks, else by GMRES on the sparse product."""
    if n_stocks <= DENSE_STOCKS:
        identity = np.eye(n_stocks)
        slope = np.column_stack([product(column) for column in identity])
        dense: FloatArray1D = np.asarray(np.linalg.solve(identity - slope, gap), dtype=np.float64)
        return dense
    operator = LinearOperator((n_stocks, n_stocks), matvec=lambda vector: vector - product(vector), dtype=float)
    step, _failed = gmres(operator, gap, rtol=1e-8, atol=0.0, restart=60, maxiter=5)
    return step


@dataclass(frozen=True, eq=False)
class _State:
    """Demand at one guess of log market equity, and how far it is from supply."""

    log_equity: FloatArray1D
    weights: FloatArray1D
    assets: FloatArray1D
    marked_value: FloatArray1D | None
    gap: FloatArray1D

    @property
    def size(self) -> float:
        """Largest gap; infinite when demand is not a number."""
        return float(np.max(np.abs(self.gap))) if np.all(np.isfinite(self.gap)) else np.inf


def _descend(system: DemandSystem, state: Callable[[FloatArray1D], _State], now: _State, tolerance: float) -> tuple[_State, int]:
    """Newton steps, else diagonal ones, each only if it shrinks the gap."""
    unheld = int(np.sum(~np.isfinite(now.gap)))
    if unheld:
        raise InfeasibleDesign(f"{unheld} stocks have no investor left who may hold them; no price clears: leave one holder unbanned.")
    steps = 0
    while now.size > tolerance and steps < MAX_STEPS:
        product, diagonal = _slope(system, now.weights, now.assets, now.marked_value)
        newton = _newton_step(product, system.n_stocks, now.gap)
        for step in (newton, now.gap / (1 - np.minimum(diagonal, 0.0)), now.gap / 4, now.gap / 16, now.gap / 64):
            trial = state(now.log_equity + step)
            if trial.size < now.size:
                break
        else:
            break
        now, steps = trial, steps + 1
    return now, steps


def clear_market(
    system: DemandSystem,
    *,
    prices: FloatArray1D | None = None,
    banned: BoolArray | None = None,
    held_shares: FloatArray1D | None = None,
    tolerance: float = 1e-12,
) -> MarketClearing:
    """Prices at which every stock's demand equals its supply.

    Parameters
    ----------
    system : DemandSystem
    prices : (S,) array, optional
        Where to start, and, with `held_shares`, the prices at which `system.assets` were measured.
    banned : (P,) bool array, optional
        Pairs that may no longer be held; their utility is minus infinity and the money goes to what is left.
    held_shares : (P,) array, optional
        Shares held before: assets are then marked to market, with the rest of the assets fixed in currency. Default:
        assets fixed, the better choice for a shock to one name, since real holders are diversified.
    tolerance : float
        Largest |log demand - log supply| accepted.

    Raises
    ------
    InfeasibleDesign
        If no investor is left to hold some stock, or the steps do not reach the tolerance.

    Notes
    -----
    Newton steps on ``f(m) - m = 0``; where a Newton step does not shrink the gap, the diagonal step of Koijen and Yogo,
    ``(f - m) / (1 - min(J_nn, 0))``, halved until the gap shrinks.

    References
    ----------
    Koijen and Yogo (2019), Journal of Political Economy 127, equations 10 to 16 and appendix C.
    """
    start = np.ones(system.n_stocks) if prices is None else np.asarray(prices, dtype=float)
    if held_shares is not None and prices is None:
        raise InputError("prices=None with held_shares; marking to market needs the prices at which assets were measured: give prices.")
    wealth = _Wealth(system, held_shares)
    cash = wealth.cash(start)

    def state(log_equity: FloatArray1D) -> _State:
        weights = portfolio_weights(system, log_equity, banned=banned)
        assets, value = wealth.assets(cash, log_equity)
        return _State(log_equity, weights, assets, value, log_demand(system, weights, assets) - log_equity)

    cleared, steps = _descend(system, state, state(np.log(start * system.shares)), tolerance)
    if cleared.size > max(tolerance, ACCEPTED_GAP):
        raise InfeasibleDesign(
            f"clearing stopped at a gap of {significant(cleared.size)} after {steps} steps; no equilibrium was found: check assets and sensitivity."
        )
    return MarketClearing(
        prices=np.exp(cleared.log_equity) / system.shares,
        weights=cleared.weights,
        assets=cleared.assets,
        residual=cleared.size,
        n_steps=steps,
    )


def elasticity_matrix(system: DemandSystem, clearing: MarketClearing) -> FloatArray2D:
    """Aggregate elasticity ``-d log Q / d log p'`` (S, S) at fixed assets; its inverse is the price multiplier.

    Dense: meant for a few hundred stocks.
    """
    product, _diagonal = _slope(system, clearing.weights, clearing.assets, None)
    identity = np.eye(system.n_stocks)
    result: FloatArray2D = identity - np.column_stack([product(column) for column in identity])
    return result


def first_order_change(system: DemandSystem, clearing: MarketClearing, banned: BoolArray) -> FloatArray1D:
    """Log price change (S,) that the elasticity matrix alone predicts for a ban; poor when the ban is not small.

    Notes
    -----
    The matrix inverse times ``log(1 - f)``, f the fraction of each stock held by the banned. It leaves out that the
    freed money is spent on other stocks; above a few percent solve the whole system with :func:`clear_market`.
    """
    held = clearing.assets[system.investor] * clearing.weights
    total = np.bincount(system.stock, weights=held, minlength=system.n_stocks)
    lost = np.bincount(system.stock, weights=np.where(banned, held, 0.0), minlength=system.n_stocks) / total
    if np.any(lost >= 1):
        raise InfeasibleDesign(
            f"{int(np.sum(lost >= 1))} stocks are held by the banned alone; no price clears: leave at least one holder unbanned."
        )
    product, _diagonal = _slope(system, clearing.weights, clearing.assets, None)
    return _newton_step(product, system.n_stocks, np.log1p(-lost))
