"""Price impact of trading, as numbers: square root, Almgren et al., linear, Kyle, Amihud, propagators.

Quantities are signed (a sale is negative) and effects carry their sign. Volumes and volatilities are those of ordinary
sessions before the event; effects are decimal returns unless a name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.errors import InputError
from impact.typing_ import FloatArray, FloatArray1D, FloatLike

__all__ = [
    "AlmgrenImpact",
    "KyleEquilibrium",
    "KyleRegression",
    "ObizhaevaWang",
    "TransientSchedule",
    "almgren_2005",
    "amihud_illiquidity",
    "decay_levels",
    "duration_form",
    "exponential_kernel",
    "kyle_equilibrium",
    "kyle_regression",
    "obizhaeva_wang",
    "power_law_kernel",
    "propagator_path",
    "square_root_cost",
    "square_root_impact",
    "transient_schedule",
]

ALMGREN_GAMMA, ALMGREN_ETA, ALMGREN_BETA, ALMGREN_DELTA = 0.314, 0.142, 0.600, 0.25
SQUARE_ROOT_PREFACTOR = 0.75
AVERAGE_TO_PEAK = 2.0 / 3.0


@dataclass(frozen=True, eq=False, kw_only=True)
class AlmgrenImpact:
    """Effects of one order under Almgren et al. (2005), decimal returns, any shape.

    Attributes
    ----------
    permanent : I, the move that stays after the order.
    temporary : K, the extra concession while it trades.
    cost : J = I / 2 + K, the average cost per share.
    """

    permanent: FloatArray
    temporary: FloatArray
    cost: FloatArray


@dataclass(frozen=True, kw_only=True)
class KyleEquilibrium:
    """The single-auction equilibrium of Kyle (1985): trading intensity, price slope, posterior variance, profit."""

    intensity: float
    slope: float
    posterior_variance: float
    expected_profit: float


@dataclass(frozen=True, kw_only=True)
class KyleRegression:
    """Slope of price changes on signed volume by least squares, with its standard error and number of rows."""

    slope: float
    se: float
    n_obs: int


@dataclass(frozen=True, kw_only=True)
class ObizhaevaWang:
    """Optimal execution in a block-shaped order book: first and last block, trading rate between, expected cost."""

    block: float
    rate: float
    cost: float


@dataclass(frozen=True, eq=False, kw_only=True)
class TransientSchedule:
    """Trades (T,) that minimise the cost of transient impact for a fixed total, and that cost."""

    trades: FloatArray1D
    cost: float


def _signed_power(value: FloatArray, exponent: float) -> FloatArray:
    return np.sign(value) * np.abs(value) ** exponent


def square_root_impact(quantity_adv: FloatArray, sigma: FloatLike, *, prefactor: FloatLike = SQUARE_ROOT_PREFACTOR) -> FloatArray:
    """Peak price effect of a metaorder by the square-root law, in decimals, with the sign of the quantity.

    Parameters
    ----------
    quantity_adv : array
        Signed quantity in multiples of ADV (a sale is negative).
    sigma : array
        Daily volatility, decimal, of sessions before the event.
    prefactor : array
        Y, of order one.

    Notes
    -----
    ``I = Y sigma sqrt(|Q| / V)``: the level at the end of the metaorder. Price the whole order at once: the law is
    concave, so effects of parts do not add up to the effect of the sum.

    References
    ----------
    Tóth et al. (2011), Physical Review X 1, 021006.

    Examples
    --------
    >>> round(float(square_root_impact(-0.2, 0.03)), 6)
    -0.010062
    """
    scale = np.asarray(prefactor, dtype=float) * np.asarray(sigma, dtype=float)
    return np.asarray(scale * _signed_power(np.asarray(quantity_adv, dtype=float), 0.5), dtype=float)


def square_root_cost(quantity_adv: FloatArray, sigma: FloatArray, *, prefactor: FloatLike = SQUARE_ROOT_PREFACTOR) -> FloatArray:
    """Average cost of the metaorder: two thirds of :func:`square_root_impact`, since impact builds as the root of time."""
    return AVERAGE_TO_PEAK * square_root_impact(quantity_adv, sigma, prefactor=prefactor)


def duration_form(
    participation: FloatArray, sigma: FloatArray, sessions: FloatArray, *, prefactor: float = SQUARE_ROOT_PREFACTOR
) -> FloatArray:
    """The square-root law in its duration form, ``Y sigma_T sqrt(pi)`` with ``sigma_T = sigma sqrt(T)``.

    With ``pi = Q / (V T)`` it equals :func:`square_root_impact`: the law does not see how long the order took.
    """
    horizon_sigma = np.asarray(sigma) * np.sqrt(np.asarray(sessions, dtype=float))
    result: FloatArray = prefactor * horizon_sigma * _signed_power(np.asarray(participation, dtype=float), 0.5)
    return result


def almgren_2005(
    quantity_adv: FloatLike,
    sigma: FloatLike,
    sessions: FloatLike,
    shares_outstanding_adv: FloatLike,
    *,
    gamma: FloatLike = ALMGREN_GAMMA,
    eta: FloatLike = ALMGREN_ETA,
    beta: FloatLike = ALMGREN_BETA,
    delta: float = ALMGREN_DELTA,
) -> AlmgrenImpact:
    """Permanent and temporary impact and average cost of an order traded evenly over `sessions`.

    Parameters
    ----------
    quantity_adv : array
        X / V, signed; calibrated up to about one ADV.
    sigma : array
        Daily volatility, decimal.
    sessions : array
        T, sessions over which the order trades evenly; may be a fraction.
    shares_outstanding_adv : array
        Theta / V, shares outstanding in multiples of ADV, at least 1.

    Notes
    -----
    ``I = gamma sigma (X / V) (Theta / V)**delta``, ``K = eta sigma |X / (V T)|**beta``, ``J = I / 2 + K``.

    References
    ----------
    Almgren, Thum, Hauptmann and Li (2005), Risk 18(7): gamma 0.314 +- 0.041, eta 0.142 +- 0.0062, beta 0.600 +- 0.038.
    """
    ratio = np.asarray(quantity_adv, dtype=float)
    turnover = np.asarray(shares_outstanding_adv, dtype=float)
    permanent = np.asarray(gamma) * np.asarray(sigma) * ratio * turnover**delta
    rate = ratio / np.asarray(sessions, dtype=float)
    temporary = np.asarray(eta) * np.asarray(sigma) * np.sign(rate) * np.abs(rate) ** np.asarray(beta)
    return AlmgrenImpact(permanent=permanent, temporary=temporary, cost=permanent / 2 + temporary)


def kyle_equilibrium(value_variance: float, noise_sd: float) -> KyleEquilibrium:
    """Linear equilibrium of a single auction with one informed trader.

    Notes
    -----
    ``beta = sigma_u / sqrt(Sigma0)``, ``lambda = sqrt(Sigma0) / (2 sigma_u)``, posterior ``Sigma0 / 2``.

    References
    ----------
    Kyle (1985), Econometrica 53, theorem 1.
    """
    root = float(np.sqrt(value_variance))
    return KyleEquilibrium(
        intensity=noise_sd / root,
        slope=root / (2 * noise_sd),
        posterior_variance=value_variance / 2,
        expected_profit=noise_sd * root / 2,
    )


def kyle_regression(price_change: FloatArray1D, signed_volume: FloatArray1D, *, constant: bool = True) -> KyleRegression:
    """Price change per unit of signed volume, by least squares over rows where both are known.

    Raises
    ------
    InputError
        If fewer than three usable rows are left, or the signed volume does not vary.
    """
    y, x = np.asarray(price_change, dtype=float), np.asarray(signed_volume, dtype=float)
    usable = np.isfinite(y) & np.isfinite(x)
    y, x = y[usable], x[usable]
    if y.size < 3:
        raise InputError(f"price_change has {y.size} usable rows; a slope needs at least 3: give more sessions.")
    if constant:
        y, x = y - y.mean(), x - x.mean()
    square = float(x @ x)
    if square == 0:
        raise InputError("signed_volume does not vary; a slope needs variation: give signed volume of both signs.")
    slope = float(x @ y) / square
    residual = y - slope * x
    degrees = y.size - 1 - int(constant)
    return KyleRegression(slope=slope, se=float(np.sqrt(residual @ residual / degrees / square)), n_obs=int(y.size))


def amihud_illiquidity(returns: FloatArray, value_traded: FloatArray, *, axis: int = -1) -> FloatArray:
    """Mean absolute return per unit of currency traded; sessions with no volume or a NaN are left out.

    Returns
    -------
    array
        Decimal return per unit of currency; NaN where no session was usable. Multiply by 1e6 for the usual print.

    References
    ----------
    Amihud (2002), Journal of Financial Markets 5, equation 1.
    """
    value = np.asarray(value_traded, dtype=float)
    usable = np.isfinite(value) & (value > 0) & np.isfinite(returns)
    ratio = np.abs(np.where(usable, returns, 0.0)) / np.where(usable, value, 1.0)
    count = usable.sum(axis=axis)
    mean: FloatArray1D = np.where(count > 0, np.where(usable, ratio, 0.0).sum(axis=axis) / np.maximum(count, 1), np.nan)
    return mean


def power_law_kernel(n_lags: int, exponent: float) -> FloatArray1D:
    """G(k) = (1 + k)**-exponent at lags 0 .. n_lags - 1."""
    kernel: FloatArray1D = np.power(1.0 + np.arange(n_lags, dtype=np.float64), -exponent)
    return kernel


def exponential_kernel(n_lags: int, rate: float) -> FloatArray1D:
    """G(k) = exp(-rate k) at lags 0 .. n_lags - 1."""
    result: FloatArray1D = np.exp(-rate * np.arange(n_lags))
    return result


def propagator_path(trades: FloatArray, kernel: FloatArray1D) -> FloatArray:
    """Price effect at each step of past trades that decay by `kernel`: ``p_t = sum_s G(t - s) q_s``.

    Parameters
    ----------
    trades : (..., T) array
        Signed trades, one a step; apply a concave transform before the call for nonlinear instantaneous impact.
    kernel : (T,) array
        G at lags 0 .. T - 1.

    References
    ----------
    Bouchaud et al. (2004), Quantitative Finance 4; Gatheral (2010), Quantitative Finance 10.
    """
    flow = np.asarray(trades, dtype=float)
    steps = flow.shape[-1]
    size = 2 * steps
    product = np.fft.rfft(flow, size, axis=-1) * np.fft.rfft(np.asarray(kernel, dtype=float)[:steps], size)
    return np.fft.irfft(product, size, axis=-1)[..., :steps]


def transient_schedule(quantity: float, kernel: FloatArray1D) -> TransientSchedule:
    """Trades at len(kernel) equal steps that minimise ``x' G x / 2`` subject to ``sum x = quantity``.

    Notes
    -----
    ``x = X G^-1 1 / (1' G^-1 1)`` with G Toeplitz; a kernel that is not positive definite can be manipulated.

    References
    ----------
    Alfonsi, Fruth and Schied (2010), Quantitative Finance 10.
    """
    from scipy.linalg import solve_toeplitz  # with it comes all of scipy.linalg, and one question asks for it

    column = np.asarray(kernel, dtype=float)
    weights = solve_toeplitz(column, np.ones(column.size))
    total = float(weights.sum())
    return TransientSchedule(trades=quantity * weights / total, cost=0.5 * quantity**2 / total)


def obizhaeva_wang(quantity: float, *, resilience: float, horizon: float, temporary: float, permanent: float = 0.0) -> ObizhaevaWang:
    """Optimal blocks and rate in a limit order book that refills at rate `resilience`.

    Parameters
    ----------
    quantity : float
        Shares to trade.
    resilience, horizon : float
        rho and T, so that ``exp(-rho t)`` of the dent remains after a time t.
    temporary, permanent : float
        kappa and lambda, price per share.

    References
    ----------
    Obizhaeva and Wang (2013), Journal of Financial Markets 16, proposition 3.
    """
    parts = resilience * horizon + 2
    cost = permanent * quantity**2 / 2 + temporary * quantity**2 / parts
    return ObizhaevaWang(block=quantity / parts, rate=resilience * quantity / parts, cost=cost)


def decay_levels(peak: FloatArray, *, end_of_day_share: float = 2 / 3, day_50_share: float = 1 / 3) -> tuple[FloatArray, FloatArray]:
    """Where a metaorder's impact has relaxed to at the end of its day and about 50 sessions later.

    References
    ----------
    Bucci, Benzaquen, Lillo and Bouchaud (2018), Market Microstructure and Liquidity 4 (abstract): two thirds, then one third.
    """
    level = np.asarray(peak, dtype=float)
    return end_of_day_share * level, day_50_share * level
