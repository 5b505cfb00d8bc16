"""Market model with GARCH(1,1) errors: standard errors from the variance forecast before the event."""

from __future__ import annotations

import warnings
from dataclasses import fields, replace

import numpy as np

from impact.errors import InputError
from impact.kernels.cumulate import EventWindows, ForecastWindows
from impact.kernels.direct import event_rows
from impact.kernels.garch import GarchParameters, garch_forecast, garch_variance
from impact.kernels.ols import BatchFit, fit_events
from impact.kernels.records import Regression
from impact.typing_ import FloatArray, IntArray, Window

__all__ = ["GARCH_NAMES", "fit_garch"]

GARCH_NAMES = ("alpha", "beta", "garch_omega", "garch_alpha", "garch_beta")
"""Coefficient names of the fit; the last three are NaN for an event that kept least squares."""
USUAL_ROWS = 500
"""Rows below which GARCH estimates are erratic. Source: common practice, from memory."""
MAX_PERSISTENCE = 0.9999
"""alpha + beta above which the variance has no level to return to and least squares is kept."""
MIN_OMEGA = 1e-6
"""Constant over residual variance below which the optimum sits on its boundary and least squares is kept."""
AT_START = 1e-6
"""Relative distance from the starting values below which the optimiser has not moved, whatever it says."""


def fit_garch(
    regression: Regression, day0: IntArray, security: IntArray, estimation: Window, window: Window
) -> tuple[BatchFit, tuple[str, ...], tuple[str, ...]]:
    """Fit each event's market model by maximum likelihood with GARCH(1,1) errors: the fit, coefficient names and notes.

    An event whose likelihood does not converge to a stationary variance keeps the least-squares fit, with NaN variance
    parameters; the notes count them. Needs the package ``arch``.

    Raises
    ------
    InputError
        If ``arch`` is not installed.

    Notes
    -----
    ``Var(CAR)`` is the sum of the variances forecast at the end of the estimation window. Likelihoods are maximised one
    event at a time, so this model is for few events.

    References
    ----------
    Bollerslev (1986), Journal of Econometrics 31. Savickas (2003), Journal of Financial Research 26.
    """
    base = fit_events(regression, day0, security, estimation, window)
    y, x = event_rows(regression, day0, security, estimation)
    event_y, event_x = event_rows(regression, day0, security, window)
    horizons = np.arange(window[0], window[1] + 1, dtype=np.float64) - estimation[1]
    slopes, variance_parameters = base.coefficients.copy(), np.full((day0.size, 3), np.nan)
    sigma, abnormal = base.events.sigma.copy(), base.events.abnormal.copy()
    relative, quiet_day0 = 1.0 + base.events.leverage, np.ones(day0.size)
    for i in range(day0.size):
        used = np.isfinite(y[i]) & np.isfinite(x[i, :, 0])
        maximum = _maximise(y[i, used], x[i, used, 0]) if base.events.df[i] > 0 else None
        if maximum is None:
            continue
        slopes[i], parameters = maximum
        residual = y[i, used] - slopes[i, 0] - slopes[i, 1] * x[i, used, 0]
        abnormal[i] = event_y[i] - slopes[i, 0] - slopes[i, 1] * event_x[i, :, 0]
        sigma[i] = np.sqrt(residual @ residual / base.events.df[i])
        relative[i] = garch_forecast(garch_variance(residual, parameters)[-1], parameters, horizons) / sigma[i] ** 2
        if window[0] <= 0 <= window[1]:
            quiet_day0[i] = relative[i, -window[0]]
        variance_parameters[i] = (parameters.omega, parameters.alpha, parameters.beta)
    fit = _assembled(base, np.column_stack((slopes, variance_parameters)), abnormal, sigma, relative)
    fit = replace(fit, events=replace(fit.events, quiet_day0=quiet_day0))
    return fit, GARCH_NAMES, _notes(variance_parameters, base)


def _maximise(y: FloatArray, x: FloatArray) -> tuple[FloatArray, GarchParameters] | None:
    """Coefficients (alpha, beta) and variance parameters, or None when there is no stationary optimum.

    The optimiser works on series divided by their own spread, so that its answer does not depend on the unit of the data.
    """
    try:
        from arch.univariate import GARCH, LS
    except ImportError as error:
        raise InputError(
            "model='garch' needs the package arch: install the extra with `pip install 'index-exclusion-impact[garch]'`."
        ) from error
    centred = x - x.mean()
    wide = float(np.sqrt(centred @ centred / x.size))
    if not wide > 0:
        return None
    slope = float(centred @ y) / float(centred @ centred)
    intercept = float(y.mean() - slope * x.mean())
    residual = y - intercept - slope * x
    unit = float(np.sqrt(residual @ residual / y.size))
    if not unit > 0:
        return None
    volatility = GARCH(p=1, q=1)
    start = np.concatenate(([intercept / unit, slope * wide / unit], volatility.starting_values(residual / unit)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = LS(y / unit, x=(x / wide)[:, None], constant=True, volatility=volatility, rescale=False).fit(
            disp="off", show_warning=False, starting_values=start
        )
    estimates = np.asarray(result.params, dtype=float)
    mean, scaled_slope, omega, alpha, beta = estimates
    stuck = np.allclose(estimates[2:], start[2:], rtol=AT_START, atol=0.0)
    if result.convergence_flag != 0 or stuck or not alpha + beta < MAX_PERSISTENCE or not omega > MIN_OMEGA * result.resid.var():
        return None
    return np.array([mean * unit, scaled_slope * unit / wide]), GarchParameters(omega=omega * unit**2, alpha=alpha, beta=beta)


def _assembled(base: BatchFit, coefficients: FloatArray, abnormal: FloatArray, sigma: FloatArray, relative: FloatArray) -> BatchFit:
    parts = {field.name: getattr(base.windows, field.name) for field in fields(EventWindows)}
    windows = ForecastWindows(**(parts | {"abnormal": abnormal, "coefficients": coefficients[:, :2], "relative_variance": relative}))
    events = replace(
        base.events,
        abnormal=abnormal,
        sigma=sigma,
        leverage=windows.leverage(),
        window=windows.sums,
        residuals=windows.residuals,
        design=None,
        residual_sums=None,
    )
    return replace(base, events=events, coefficients=coefficients, windows=windows)


def _notes(variance_parameters: FloatArray, base: BatchFit) -> tuple[str, ...]:
    words = ["standard errors sum the variances forecast before the event, without parameter error"]
    kept = int(np.isnan(variance_parameters[:, 0]).sum())
    if kept:
        words.append(f"{kept} of {variance_parameters.shape[0]} events keep least squares: no stationary optimum of the likelihood")
    if (base.events.n_obs < USUAL_ROWS).any():
        words.append(f"GARCH parameters from fewer than {USUAL_ROWS} rows are erratic (least here: {int(base.events.n_obs.min())})")
    return tuple(words)
