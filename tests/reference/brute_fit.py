"""An event fit by plain least squares, one event at a time: the yardstick for kernels and for inference."""

from __future__ import annotations

import numpy as np

from impact.kernels.records import EventDesign, FittedEvents, WindowSums

__all__ = ["brute_fit", "panel6_fit", "panel6_market_design"]


def brute_fit(returns, regressors, security, day0, *, estimation, window) -> FittedEvents:
    """Fit each event by ``numpy.linalg.lstsq`` on its own usable rows.

    `returns` is (T, S) with NaN for a day without trade, `regressors` (T, K) with the constant; `security` and `day0` are
    (N,); `estimation` and `window` are inclusive offsets.
    """
    first, last = estimation
    offsets = np.arange(window[0], window[1] + 1)
    n, length, k = len(day0), last - first + 1, regressors.shape[1]
    abnormal = np.full((n, offsets.size), np.nan)
    leverage = np.full((n, offsets.size), np.nan)
    residual = np.full((n, length), np.nan)
    sigma = np.full(n, np.nan)
    n_obs = np.zeros(n, dtype=int)
    hats = np.zeros((n, offsets.size, offsets.size))
    designs = []
    for i, (column, zero) in enumerate(zip(security, day0, strict=True)):
        rows = np.arange(zero + first, zero + last + 1)
        y, x = returns[rows, column], regressors[rows]
        usable = np.isfinite(y) & np.isfinite(x).all(axis=1)
        beta = np.linalg.lstsq(x[usable], y[usable], rcond=None)[0]
        n_obs[i] = usable.sum()
        residual[i, usable] = y[usable] - x[usable] @ beta
        sigma[i] = np.sqrt(np.nansum(residual[i] ** 2) / (n_obs[i] - k))
        inverse = np.linalg.inv(x[usable].T @ x[usable])
        event_y, event_x = returns[zero + offsets, column], regressors[zero + offsets]
        abnormal[i] = event_y - event_x @ beta
        hats[i] = event_x @ inverse @ event_x.T
        leverage[i] = np.where(np.isfinite(abnormal[i]), np.diag(hats[i]), np.nan)
        designs.append(
            EventDesign(
                estimation_returns=np.where(usable, y, np.nan),
                estimation_regressors=np.where(usable[:, None], x, np.nan),
                event_returns=event_y,
                event_regressors=event_x,
            )
        )

    def sums(a, b):
        days = (offsets >= a) & (offsets <= b)
        valid = np.isfinite(abnormal) & days
        count = valid.sum(axis=1)
        car = np.where(count > 0, np.where(valid, abnormal, 0.0).sum(axis=1), np.nan)
        ones = valid.astype(float)
        factor = count + np.einsum("ni,nij,nj->n", ones, hats, ones)
        return WindowSums(car=car, variance_factor=np.where(count > 0, factor, np.nan), n_days=count)

    return FittedEvents(
        offsets=offsets,
        abnormal=abnormal,
        leverage=leverage,
        sigma=sigma,
        n_obs=n_obs,
        df=n_obs - k,
        day0=np.asarray(day0),
        security=np.asarray(security),
        estimation=estimation,
        window=sums,
        residuals=lambda part: residual[part],
        design=designs.__getitem__,
    )


def panel6_market_design(panel6) -> tuple[np.ndarray, np.ndarray]:
    """Returns (45, 6) and market-model regressors (45, 2) of the small worked panel."""
    market = np.asarray(panel6["market"])
    return np.asarray(panel6["R"]), np.column_stack([np.ones(market.size), market])


def panel6_fit(panel6, firms=range(6)) -> FittedEvents:
    """Market model of the small worked panel: 40 estimation rows, 5 event days, one date."""
    returns, regressors = panel6_market_design(panel6)
    firms = np.asarray(list(firms))
    return brute_fit(returns, regressors, firms, np.full(firms.size, 40), estimation=(-40, -1), window=(0, 4))
