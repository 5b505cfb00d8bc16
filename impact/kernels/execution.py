"""Execution of a large order under a deadline: trade-off of cost against risk, and days at a participation rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from impact.errors import InputError
from impact.tables.prose import significant
from impact.typing_ import FloatArray, FloatArray1D, FloatArray2D, FloatLike

__all__ = [
    "ContinuousExecution",
    "ExecutionProblem",
    "Trajectory",
    "continuous_execution",
    "days_to_liquidate",
    "decay_ratio",
    "efficient_frontier",
    "liquidity_var",
    "optimal_trajectory",
    "required_participation",
    "schedule_cost",
    "trajectory_with_drift",
    "var_optimal_risk_aversion",
]


@dataclass(frozen=True, kw_only=True)
class ExecutionProblem:
    """An order to be worked off by a deadline, in the units of Almgren and Chriss.

    Parameters
    ----------
    shares : float
        X > 0, shares to sell.
    horizon : float
        T > 0, in sessions.
    n_periods : int
        N, equal periods in the horizon.
    volatility : float
        Currency per share per square root of a session.
    half_spread, permanent, temporary : float
        epsilon (currency per share), gamma (currency per share per share) and eta (currency per share per share a session).

    Raises
    ------
    InputError
        If a value breaks its rule, or a period is so long that ``eta - gamma T / (2 N)`` is not positive.
    """

    shares: float
    horizon: float
    n_periods: int
    volatility: float
    half_spread: float = 0.0
    permanent: float = 0.0
    temporary: float

    def __post_init__(self) -> None:
        for name, rule in (("shares", "> 0"), ("horizon", "> 0"), ("n_periods", "> 0"), ("volatility", ">= 0"), ("temporary", "> 0")):
            value = getattr(self, name)
            if not (value > 0 if rule == "> 0" else value >= 0):
                raise InputError(f"{name}={value!r} must be {rule}; an order, a horizon and a temporary cost are needed: correct {name}.")
        if not self.adjusted_temporary > 0:
            raise InputError(
                f"n_periods={self.n_periods!r} gives eta - gamma tau / 2 = {significant(self.adjusted_temporary)};"
                " it must be positive: use more periods."
            )

    @property
    def period(self) -> float:
        """tau, sessions in one period."""
        return self.horizon / self.n_periods

    @property
    def adjusted_temporary(self) -> float:
        """eta less half the permanent impact of one period."""
        return self.temporary - self.permanent * self.period / 2

    def urgency(self, risk_aversion: FloatLike) -> FloatArray:
        """kappa per session at a risk aversion (per currency unit of variance); 0 is an even schedule."""
        squared = np.asarray(risk_aversion, dtype=float) * self.volatility**2 / self.adjusted_temporary
        kappa: FloatArray = np.arccosh(squared * self.period**2 / 2 + 1) / self.period
        return kappa


@dataclass(frozen=True, eq=False, kw_only=True)
class Trajectory:
    """Shares left (N + 1,), shares traded (N,), urgency kappa, expected cost and its variance, in currency."""

    holdings: FloatArray1D
    trades: FloatArray1D
    kappa: float
    expected_cost: float
    variance: float


@dataclass(frozen=True, kw_only=True)
class ContinuousExecution:
    """The continuous-time limit: urgency, variance and the temporary-impact part of the cost."""

    kappa: float
    variance: float
    temporary_cost: float


def decay_ratio(kappa: FloatLike, remaining: FloatArray, horizon: float) -> FloatArray:
    """``sinh(kappa r) / sinh(kappa T)`` without overflow, and its limit r / T as kappa goes to 0."""
    rate, left = np.asarray(kappa, dtype=float), np.asarray(remaining, dtype=float)
    product = rate * horizon
    small = product < 1e-6
    safe = np.where(small, 1.0, rate)
    ratio = np.exp(-safe * (horizon - left)) * np.expm1(-2 * safe * left) / np.expm1(-2 * safe * horizon)
    return np.where(small, left / horizon, ratio)


def schedule_cost(problem: ExecutionProblem, trades: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Expected cost and variance of any schedule of trades (..., N), in currency and its square.

    Notes
    -----
    ``E = gamma X**2 / 2 + epsilon X + (eta_adjusted / tau) sum n**2``; ``V = sigma**2 tau sum x_k**2`` over shares left.
    """
    flow = np.asarray(trades, dtype=float)
    total = flow.sum(axis=-1)
    left = total[..., None] - np.cumsum(flow, axis=-1)
    impact = problem.adjusted_temporary / problem.period * np.sum(flow**2, axis=-1)
    expected = problem.permanent * total**2 / 2 + problem.half_spread * np.sum(np.abs(flow), axis=-1) + impact
    return expected, problem.volatility**2 * problem.period * np.sum(left**2, axis=-1)


def optimal_trajectory(problem: ExecutionProblem, risk_aversion: float) -> Trajectory:
    """The schedule that minimises expected cost plus `risk_aversion` times variance.

    Parameters
    ----------
    problem : ExecutionProblem
    risk_aversion : float
        lambda >= 0, per unit of currency; 0 gives equal trades, a large one sells at once.

    References
    ----------
    Almgren and Chriss (2000), Journal of Risk 3, equations 13 to 22.
    """
    if not risk_aversion >= 0:
        raise InputError(f"risk_aversion={risk_aversion!r} must be >= 0; a negative one rewards risk: give 0 for an even schedule.")
    kappa = float(problem.urgency(risk_aversion))
    remaining: FloatArray = problem.horizon - problem.period * np.arange(problem.n_periods + 1, dtype=np.float64)
    remaining[-1] = 0.0
    holdings = problem.shares * decay_ratio(kappa, remaining, problem.horizon)
    trades = -np.diff(holdings)
    expected, variance = schedule_cost(problem, trades)
    return Trajectory(holdings=holdings, trades=trades, kappa=kappa, expected_cost=float(expected), variance=float(variance))


def efficient_frontier(problem: ExecutionProblem, risk_aversions: FloatArray1D) -> FloatArray2D:
    """Expected cost and standard deviation (R, 2) of the optimal schedule at each risk aversion (R,)."""
    kappa = problem.urgency(np.asarray(risk_aversions, dtype=float))
    remaining: FloatArray = problem.horizon - problem.period * np.arange(problem.n_periods + 1, dtype=np.float64)
    remaining[-1] = 0.0
    holdings = problem.shares * decay_ratio(kappa[:, None], remaining[None, :], problem.horizon)
    expected, variance = schedule_cost(problem, -np.diff(holdings, axis=1))
    return np.column_stack([expected, np.sqrt(variance)])


def liquidity_var(problem: ExecutionProblem, risk_aversion: float, *, confidence: float = 0.95) -> float:
    """Cost that the optimal schedule exceeds with probability 1 - confidence: ``E + z sqrt(V)``."""
    best = optimal_trajectory(problem, risk_aversion)
    return best.expected_cost + float(ndtri(confidence)) * float(np.sqrt(best.variance))


def var_optimal_risk_aversion(problem: ExecutionProblem, *, confidence: float = 0.95) -> tuple[float, float]:
    """The risk aversion that makes :func:`liquidity_var` smallest, and that value-at-risk."""
    from scipy.optimize import minimize_scalar  # a quarter of a second to load, and one question asks for it

    scale = problem.adjusted_temporary / (problem.volatility * problem.horizon) ** 2
    optimum = minimize_scalar(
        lambda exponent: liquidity_var(problem, scale * np.exp(exponent), confidence=confidence),
        bounds=(-15.0, 15.0),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return float(scale * np.exp(optimum.x)), float(optimum.fun)


def continuous_execution(problem: ExecutionProblem, risk_aversion: float) -> ContinuousExecution:
    """Urgency, variance and temporary cost as periods become short; the path is ``X decay_ratio(kappa, T - t, T)``.

    Notes
    -----
    ``kappa = sqrt(lambda sigma**2 / eta)``; with ``c = coth(kappa T)`` and ``q = kappa T / sinh(kappa T)**2``,
    ``V = sigma**2 X**2 (c - q) / (2 kappa)`` and the temporary cost is ``eta kappa X**2 (c + q) / 2``.
    """
    kappa = float(np.sqrt(risk_aversion * problem.volatility**2 / problem.temporary))
    product = kappa * problem.horizon
    size = problem.shares**2
    if product < 1e-6:
        return ContinuousExecution(
            kappa=kappa,
            variance=problem.volatility**2 * size * problem.horizon / 3,
            temporary_cost=problem.temporary * size / problem.horizon,
        )
    fade = float(np.exp(-2 * product))
    hyperbolic = (1 + fade) / (1 - fade)
    squared = product * 4 * fade / (1 - fade) ** 2
    variance = problem.volatility**2 * size * (hyperbolic - squared) / (2 * kappa)
    return ContinuousExecution(kappa=kappa, variance=variance, temporary_cost=problem.temporary * kappa * size * (hyperbolic + squared) / 2)


def days_to_liquidate(shares: FloatLike, adv_shares: FloatLike, participation: FloatLike, *, external_volume: bool = False) -> FloatArray:
    """Sessions needed at a participation rate.

    Parameters
    ----------
    shares, adv_shares : array
        Position and average daily volume, in shares.
    participation : array
        Share of volume taken, in (0, 1).
    external_volume : bool
        Whether ADV is other people's volume only; the seller then trades ``p / (1 - p)`` of it.
    """
    rate, volume = np.asarray(participation, dtype=float), np.asarray(adv_shares, dtype=float)
    if np.any(~((rate > 0) & (rate < 1))):
        raise InputError(f"participation={participation!r} must lie in (0, 1); it is a share of volume: give 0.1 for 10 %.")
    if np.any(~(volume > 0)):
        raise InputError(f"adv_shares={adv_shares!r} must be positive; without volume nothing can be sold: use a line that trades.")
    pace = rate / (1 - rate) if external_volume else rate
    result: FloatArray = np.abs(np.asarray(shares, dtype=float)) / (pace * volume)
    return result


def required_participation(shares: FloatArray, adv_shares: FloatArray, sessions: FloatArray) -> FloatArray:
    """Share of total volume needed to finish in `sessions`; above 1 the order cannot be finished."""
    result: FloatArray = np.abs(np.asarray(shares, dtype=float)) / (np.asarray(adv_shares, dtype=float) * np.asarray(sessions, dtype=float))
    return result


def trajectory_with_drift(problem: ExecutionProblem, risk_aversion: float, concession: FloatArray1D) -> Trajectory:
    """The optimal schedule when others move the price against the order while it trades.

    Parameters
    ----------
    problem : ExecutionProblem
    risk_aversion : float
        As in :func:`optimal_trajectory`.
    concession : (n_periods,) array
        Currency per share by which the price in each period lies below the start because of the others.

    Returns
    -------
    Trajectory
        Its expected cost includes the concession. Trades are kept non-negative: where the unconstrained optimum would
        buy back, it holds instead, and the rest is rescaled to the order.

    Notes
    -----
    Minimises ``(eta_adjusted / tau) sum n**2 + sum c n + lambda sigma**2 tau sum x**2``; the first-order conditions are
    tridiagonal in the shares left.

    References
    ----------
    Almgren and Chriss (2000), section 4.1 (drift).
    """
    from scipy.linalg import solve_banded  # with it comes all of scipy.linalg, and one question asks for it

    steps = problem.n_periods
    extra = np.asarray(concession, dtype=float)
    if extra.shape != (steps,):
        raise InputError(f"concession has shape {extra.shape}; one value a period ({steps}) is needed: resample it.")
    curvature = 2 * problem.adjusted_temporary / problem.period
    bands = np.zeros((3, steps - 1))
    bands[0, 1:] = bands[2, :-1] = -curvature
    bands[1] = 2 * curvature + 2 * risk_aversion * problem.volatility**2 * problem.period
    target = extra[:-1] - extra[1:]
    if steps > 1:
        target[0] += curvature * problem.shares
        inner = solve_banded((1, 1), bands, target)
    else:
        inner = np.empty(0)
    trades = np.maximum(-np.diff(np.r_[problem.shares, inner, 0.0]), 0.0)
    trades *= problem.shares / trades.sum()
    expected, variance = schedule_cost(problem, trades)
    return Trajectory(
        holdings=np.r_[problem.shares, problem.shares - np.cumsum(trades)],
        trades=trades,
        kappa=float(problem.urgency(risk_aversion)),
        expected_cost=float(expected) + float(extra @ trades),
        variance=float(variance),
    )
