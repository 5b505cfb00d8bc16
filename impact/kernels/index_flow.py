"""Flow of index trackers when a weight changes, and how strongly a stock is held by benchmarked money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.errors import InputError
from impact.typing_ import FloatArray, FloatArray1D

__all__ = ["TrackerFlow", "benchmarking_intensity", "deletion_intensity_change", "tracker_flow"]


@dataclass(frozen=True, eq=False, kw_only=True)
class TrackerFlow:
    """Value that trackers must sell, and the same in multiples of ADV and as a fraction of the float."""

    value: FloatArray
    adv_multiple: FloatArray
    float_fraction: FloatArray


def tracker_flow(assets: FloatArray, weight_change: FloatArray, *, adv_value: float, float_value: float, axis: int = -1) -> TrackerFlow:
    """Value sold when weights fall by `weight_change` (positive) in indexes tracked by `assets`, summed over `axis`.

    Parameters
    ----------
    assets, weight_change : array
        Tracked assets in currency and weight lost, one entry an index; do not list a fund of funds twice.
    adv_value, float_value : float
        Average daily value traded and value of the free float, same currency.
    """
    for name, value in (("adv_value", adv_value), ("float_value", float_value)):
        if not value > 0:
            raise InputError(f"{name}={value!r} must be positive; a flow is measured against it: give the value in currency.")
    value = np.sum(np.asarray(assets, dtype=float) * np.asarray(weight_change, dtype=float), axis=axis)
    return TrackerFlow(value=value, adv_multiple=value / adv_value, float_fraction=value / float_value)


def benchmarking_intensity(assets: FloatArray1D, weights: FloatArray1D, market_cap: float) -> float:
    """Fraction of a stock's capitalisation that money benchmarked to its indexes would hold at index weight.

    Notes
    -----
    ``BMI = sum_j assets_j w_j / cap``.

    References
    ----------
    Pavlova and Sikorskaya (2023), Review of Financial Studies 36, equation 1.
    """
    if not market_cap > 0:
        raise InputError(f"market_cap={market_cap!r} must be positive; intensity is a fraction of it: give the capitalisation in currency.")
    return float(np.asarray(assets, dtype=float) @ np.asarray(weights, dtype=float)) / market_cap


def deletion_intensity_change(assets: FloatArray1D, weights: FloatArray1D, market_cap: float, deleted: FloatArray1D) -> float:
    """Change in :func:`benchmarking_intensity` when the stock leaves the indexes marked True in `deleted`."""
    gone = np.where(np.asarray(deleted, dtype=bool), np.asarray(weights, dtype=float), 0.0)
    return -benchmarking_intensity(assets, gone, market_cap)
