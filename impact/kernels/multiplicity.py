"""Adjusted p-values when several hypotheses are tested at once."""

from __future__ import annotations

import numpy as np

from impact.typing_ import FloatArray

__all__ = ["benjamini_hochberg", "benjamini_yekutieli", "holm", "romano_wolf"]


def _stepwise(p: FloatArray, factors: FloatArray, *, down: bool) -> FloatArray:
    """Multiply the sorted p-values by `factors` and make them monotone; NaN stays NaN and does not count."""
    known = np.isfinite(p)
    order = np.argsort(p[known], kind="stable")
    scaled = p[known][order] * factors
    monotone = np.maximum.accumulate(scaled) if down else np.minimum.accumulate(scaled[::-1])[::-1]
    adjusted = np.full(p.shape, np.nan)
    inner = np.empty(order.size)
    inner[order] = np.minimum(monotone, 1.0)
    adjusted[known] = inner
    return adjusted


def holm(p: FloatArray) -> FloatArray:
    """Holm's step-down p-values: the chance of any false rejection stays below alpha, whatever the dependence.

    Parameters
    ----------
    p : (m,) float
        NaN is a test that was refused; it stays NaN and does not count among the m.

    References
    ----------
    Holm (1979).

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03]))
    array([0.03, 0.06, 0.06])
    """
    p = np.asarray(p, dtype=float)
    m = int(np.isfinite(p).sum())
    return _stepwise(p, np.arange(m, 0, -1, dtype=float), down=True)


def benjamini_hochberg(p: FloatArray) -> FloatArray:
    """Benjamini-Hochberg p-values: the expected share of false rejections stays below alpha under positive dependence.

    References
    ----------
    Benjamini and Hochberg (1995).
    """
    p = np.asarray(p, dtype=float)
    m = int(np.isfinite(p).sum())
    return _stepwise(p, m / np.arange(1.0, m + 1.0), down=False)


def benjamini_yekutieli(p: FloatArray) -> FloatArray:
    """Benjamini-Yekutieli p-values: as :func:`benjamini_hochberg`, whatever the dependence.

    References
    ----------
    Benjamini and Yekutieli (2001).
    """
    p = np.asarray(p, dtype=float)
    m = int(np.isfinite(p).sum())
    return _stepwise(p, (1.0 / np.arange(1.0, m + 1.0)).sum() * m / np.arange(1.0, m + 1.0), down=False)


def romano_wolf(statistics: FloatArray, draws: FloatArray) -> FloatArray:
    """Step-down p-values that use the joint law of the statistics, so that correlated tests cost less than Holm asks.

    Parameters
    ----------
    statistics : (m,) float
        Observed statistics, larger in absolute value is more extreme.
    draws : (B, m) float
        The same statistics on placebo draws, under which every null is true; one row keeps their dependence.

    Returns
    -------
    (m,) float
        ``(1 + #{max over the hypotheses not yet rejected >= |statistic|}) / (B + 1)``, made monotone.

    References
    ----------
    Romano and Wolf (2005).
    """
    size = np.abs(np.asarray(statistics, dtype=float))
    placebo = np.abs(np.asarray(draws, dtype=float))
    order = np.argsort(-size, kind="stable")
    # Largest placebo statistic among the hypotheses from each step on.
    remaining = np.maximum.accumulate(placebo[:, order[::-1]], axis=1)[:, ::-1]
    p = (1.0 + (remaining >= size[order]).sum(axis=0)) / (len(placebo) + 1.0)
    adjusted = np.empty(size.shape)
    adjusted[order] = np.maximum.accumulate(p)
    return adjusted
