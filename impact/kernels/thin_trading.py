"""Betas and returns of securities that trade thinly or at other hours than their market."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from impact.kernels.direct import event_rows
from impact.kernels.ols import BatchFit, fit_events
from impact.kernels.records import Regression
from impact.typing_ import FloatArray, IntArray

__all__ = [
    "TradeToTrade",
    "compound_between_closes",
    "fowler_rorke_beta",
    "lagged_columns",
    "market_autocorrelation",
    "scholes_williams",
    "trade_to_trade_fit",
    "trade_to_trade_rows",
    "vasicek_beta",
]


def lagged_columns(market: FloatArray, lags: int, leads: int) -> FloatArray:
    """(T, lags + 1 + leads) columns R_m(t - lags) .. R_m(t + leads); NaN where the calendar has no such session."""
    columns = np.full((market.size, lags + 1 + leads), np.nan)
    for column, shift in enumerate(range(-lags, leads + 1)):
        source = market[max(0, shift) : market.size + min(0, shift)]
        columns[max(0, -shift) : max(0, -shift) + source.size, column] = source
    return columns


def market_autocorrelation(market: FloatArray, day0: IntArray, estimation: tuple[int, int]) -> FloatArray:
    """(N,) first-order autocorrelation of the market over each estimation window; a pair needs both sessions.

    ``sum (x_t - xbar)(x_(t-1) - xbar) / sum (x_t - xbar)^2``, the sums over the window's own rows.
    """
    days, inverse = np.unique(day0, return_inverse=True)
    rows = Regression(returns=market[:, None], regressors=np.empty((market.size, 0)))
    x, _ = event_rows(rows, days, np.zeros(days.size, dtype=np.intp), estimation)
    centred = x - np.nanmean(x, axis=1, keepdims=True)
    result: FloatArray = (np.nansum(centred[:, 1:] * centred[:, :-1], axis=1) / np.nansum(centred**2, axis=1))[inverse]
    return result


def scholes_williams(
    returns: FloatArray, market: FloatArray, day0: IntArray, security: IntArray, estimation: tuple[int, int], window: tuple[int, int]
) -> BatchFit:
    """Market model whose slope allows for trades one session away from the market's.

    Parameters
    ----------
    returns : (T, S) float
    market : (T,) float
    day0, security : (N,) int
    estimation, window : (first, last)

    Returns
    -------
    BatchFit
        Coefficients alpha, beta. `sigma` comes from the residuals of the interior rows with M - 2 degrees of freedom.

    Notes
    -----
    ``beta = (b_(-1) + b_0 + b_(+1)) / (1 + 2 rho)`` from three simple regressions on the interior rows of the window;
    ``alpha`` is the mean residual over them. A better measure of exposure; event tests gain little from it.

    References
    ----------
    Scholes and Williams (1977), Journal of Financial Economics 5. Brown and Warner (1985), Journal of Financial Economics 14.
    """
    columns = lagged_columns(market, 1, 1)
    columns[~np.isfinite(columns).all(axis=1)] = np.nan
    interior = (estimation[0] + 1, estimation[1] - 1)
    fits = [fit_events(Regression(returns=returns, regressors=columns[:, [j]]), day0, security, interior, window) for j in range(3)]
    same = fits[1]
    slopes = np.column_stack([fit.coefficients[:, 1] for fit in fits])
    beta = slopes.sum(axis=1) / (1.0 + 2.0 * market_autocorrelation(market, day0, estimation))
    design = same.windows
    centre = design.centre[design.group, 0]
    alpha = same.coefficients[:, 0] + (same.coefficients[:, 1] - beta) * centre
    events = same.events
    with np.errstate(invalid="ignore", divide="ignore"):
        sse = events.sigma**2 * events.df + (beta - slopes[:, 1]) ** 2 / design.inverse[design.group, 0, 0]
        sigma = np.sqrt(sse / events.df)
        r_squared = 1.0 - sse / (same.spread**2 * events.n_obs)
    plain = Regression(returns=returns, regressors=market[:, None])
    y, x = event_rows(plain, day0, security, window)
    abnormal = y - alpha[:, None] - beta[:, None] * x[..., 0]
    coefficients = np.column_stack((alpha, beta))
    windows = replace(design, regression=plain, abnormal=abnormal, coefficients=coefficients, estimation=interior)
    corrected = replace(
        events,
        abnormal=abnormal,
        leverage=windows.leverage(),
        sigma=sigma,
        estimation=interior,
        window=windows.sums,
        residuals=windows.residuals,
        design=windows.design,
        residual_sums=None,
    )
    return replace(same, events=corrected, coefficients=coefficients, r_squared=r_squared, windows=windows)


def fowler_rorke_beta(beta_lag: FloatArray, beta_same: FloatArray, beta_lead: FloatArray, rho: FloatArray) -> FloatArray:
    """Beta from one lead and one lag of a multiple regression, with weights that make it consistent.

    Notes
    -----
    ``beta = b_0 + w (b_(-1) + b_(+1))``, ``w = (1 + rho) / (1 + 2 rho)``, rho the market's first autocorrelation.

    References
    ----------
    Fowler and Rorke (1983), Journal of Financial Economics 12.
    """
    weight = (1.0 + rho) / (1.0 + 2.0 * rho)
    return beta_same + weight * (beta_lag + beta_lead)


def vasicek_beta(beta: FloatArray, standard_error: FloatArray, prior_mean: float, prior_sd: float) -> FloatArray:
    """Betas shrunk towards a prior by their precision: for short estimation windows.

    Notes
    -----
    ``(beta / se^2 + b0 / sd0^2) / (1 / se^2 + 1 / sd0^2)``.

    References
    ----------
    Vasicek (1973), Journal of Finance 28.
    """
    own, prior = 1.0 / np.square(standard_error), 1.0 / prior_sd**2
    return (beta * own + prior_mean * prior) / (own + prior)


def compound_between_closes(factor_returns: FloatArray, factor_close: IntArray, stock_close: IntArray) -> FloatArray:
    """Factor return that a stock trading at other hours could react to since its own last close.

    Parameters
    ----------
    factor_returns : (F,) or (F, k) float
        Simple returns of each factor session; NaN counts as a session without figure and spoils its interval.
    factor_close, stock_close : (F,), (T,) int
        Instants of the closes on one clock, ascending (nanoseconds UTC).

    Returns
    -------
    (T,) or (T, k) float
        Compounded return between the last factor closes at or before two consecutive stock closes: 0 when the factor
        market did not close in between, NaN for the first row, before the factor's record begins and after it ends.

    Notes
    -----
    Alignment goes by the clock, not by date labels: the last New York close that Hong Kong knows is that of the day before.
    """
    growth = np.log1p(factor_returns)
    missing = np.isnan(growth)
    zero = np.zeros((1, *growth.shape[1:]))
    level = np.concatenate((zero, np.cumsum(np.where(missing, 0.0, growth), axis=0)))
    gaps = np.concatenate((zero, np.cumsum(missing, axis=0)))
    known = np.searchsorted(factor_close, stock_close, side="right")
    between_trades = np.full((stock_close.size, *growth.shape[1:]), np.nan)
    between_trades[1:] = np.expm1(level[known[1:]] - level[known[:-1]])
    between_trades[1:][gaps[known[1:]] > gaps[known[:-1]]] = np.nan
    outside = np.zeros(stock_close.size, dtype=bool)
    outside[1:] = (known[:-1] == 0) & (known[1:] != 1)
    between_trades[outside] = np.nan
    if factor_close.size:
        between_trades[_after_end(stock_close, factor_close)] = np.nan
    return between_trades


def _after_end(stock_close: IntArray, factor_close: IntArray) -> IntArray:
    """Stock closes more than four days after the factor's last close: its record has ended."""
    four_days = 4 * 86_400 * 10**9
    return np.flatnonzero(stock_close > factor_close[-1] + four_days)


@dataclass(frozen=True, eq=False, kw_only=True)
class TradeToTrade:
    """Weighted market model on returns between consecutive trades.

    Attributes
    ----------
    alpha, beta : float
        Per session.
    sigma : float
        Residual standard deviation of one session.
    df : int
    inverse : (2, 2) float
        Inverse cross products of the weighted regressors.
    """

    alpha: float
    beta: float
    sigma: float
    df: int
    inverse: FloatArray


def trade_to_trade_rows(prices: FloatArray, market: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Log returns between consecutive trades, the market's over the same sessions, and how many sessions they span.

    Parameters
    ----------
    prices : (T,) float
        Closes; NaN is a session without trade.
    market : (T,) float
        Index level on every session.
    """
    traded = np.flatnonzero(np.isfinite(prices))
    return np.diff(np.log(prices[traded])), np.diff(np.log(market[traded])), np.diff(traded).astype(float)


def trade_to_trade_fit(returns: FloatArray, market: FloatArray, n_sessions: FloatArray) -> TradeToTrade:
    """Market model for returns that span different numbers of sessions.

    Notes
    -----
    ``r = alpha n + beta r_m + e``, ``Var(e) = n sigma^2``, estimated after division by ``sqrt(n)``.

    References
    ----------
    Maynes and Rumsey (1993), Journal of Banking and Finance 17.
    """
    root = np.sqrt(n_sessions)
    x = np.column_stack((n_sessions, market)) / root[:, None]
    y = returns / root
    coefficients, *_ = np.linalg.lstsq(x, y, rcond=None)
    residual = y - x @ coefficients
    df = returns.size - 2
    alpha, beta = coefficients
    inverse: FloatArray = np.asarray(np.linalg.inv(x.T @ x), dtype=np.float64)
    return TradeToTrade(alpha=float(alpha), beta=float(beta), sigma=float(np.sqrt(residual @ residual / df)), df=df, inverse=inverse)
