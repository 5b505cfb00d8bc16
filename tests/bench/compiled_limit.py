"""The fixed yardstick: one compiled loop that fits events on a complete panel and sums what the parametric tests need."""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["arrays_of", "compiled_limit"]


@njit
def compiled_limit(returns, market, day0, security, first, length, begin, width):
    """Alpha and beta, abnormal returns, CAR and its standard error, and the sums of residuals and of their squares by row."""
    n = day0.size
    car, error, abnormal = np.empty(n), np.empty(n), np.empty((n, width))
    sums = np.zeros((2, length))
    for i in range(n):
        row = returns[security[i]]
        start = day0[i] + first
        y, x = row[start : start + length], market[start : start + length]
        mean_y, mean_x = y.mean(), x.mean()
        xx, xy, yy = 0.0, 0.0, 0.0
        for t in range(length):
            a, b = x[t] - mean_x, y[t] - mean_y
            xx += a * a
            xy += a * b
            yy += b * b
        beta = xy / xx
        alpha = mean_y - beta * mean_x
        for t in range(length):
            residual = y[t] - alpha - beta * x[t]
            sums[0, t] += residual
            sums[1, t] += residual * residual
        total, away = 0.0, 0.0
        for w in range(width):
            at = day0[i] + begin + w
            abnormal[i, w] = row[at] - alpha - beta * market[at]
            total += abnormal[i, w]
            away += market[at] - mean_x
        car[i] = total
        error[i] = np.sqrt((yy - beta * xy) / (length - 2) * (width + width * width / length + away * away / xx))
    return car, error, abnormal, sums


def arrays_of(returns, market, events):
    """What the loop takes, made from the frames beforehand: it is asked for its arithmetic alone."""
    day0 = returns.index.get_indexer(events["date"])
    security = returns.columns.get_indexer(events["security"])
    return np.ascontiguousarray(returns.to_numpy().T), market.to_numpy(), day0, security
