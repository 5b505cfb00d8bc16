"""Figures of designs with controls: effects on an outcome by periods since the treatment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from impact.plots.style import PALETTE, new_axes
from impact.tables import prose

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_event_time"]

HALF_PERIOD = 0.5
MOST_TICKS = 14


def plot_event_time(
    path: pd.DataFrame,
    headline: pd.Series,
    *,
    unit: str = "units of the outcome",
    before: str = "before (leads)",
    level: float = 0.95,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Effect by periods since the treatment with its interval, the periods before it apart, and the mean effect with its own interval.

    Parameters
    ----------
    path : DataFrame
        Columns horizon (0: the first treated period), estimate, ci_low, ci_high, in units of the outcome; a horizon without an interval
        is drawn open.
    headline : Series
        estimate, ci_low and ci_high of the mean effect, drawn over the treated periods; NaN bounds draw no band.
    unit : str
        Of the outcome, on the vertical axis.
    before : str
        What the periods before the treatment are called in the legend.
    level : float
        Coverage of the intervals, named in the legend.
    title : str, optional
    ax : Axes, optional
    """
    ax = new_axes(ax)
    horizon = path["horizon"].to_numpy(dtype=float)
    ax.axhline(0.0, color=PALETTE["grey"], linewidth=0.8)
    ax.axvline(-HALF_PERIOD, color=PALETTE["vermilion"], linewidth=1.0, linestyle="--", label="treatment")
    _mean_effect(ax, headline, horizon[horizon >= 0], level)
    for chosen, colour, name in ((horizon < 0, "grey", before), (horizon >= 0, "blue", "effect")):
        if chosen.any():
            _points(ax, path.loc[chosen], PALETTE[colour], f"{name}, {prose.percent(level, 0)} interval")
    ax.set_xlabel("periods since the treatment (0: first treated)")
    ax.set_ylabel(f"effect ({unit})")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=MOST_TICKS))
    if title:
        ax.set_title(title)
    ax.legend(loc="best")
    return ax


def _mean_effect(ax: Axes, headline: pd.Series, treated: np.ndarray, level: float) -> None:
    if not treated.size:
        return
    span = [treated.min() - HALF_PERIOD, treated.max() + HALF_PERIOD]
    if np.isfinite([headline["ci_low"], headline["ci_high"]]).all():
        ax.fill_between(span, headline["ci_low"], headline["ci_high"], color=PALETTE["sky"], alpha=0.25, linewidth=0)
        name = f"mean effect, {prose.percent(level, 0)} interval"
    else:
        name = "mean effect, no interval"
    ax.plot(span, [headline["estimate"]] * 2, color=PALETTE["sky"], linewidth=1.5, label=name)


def _points(ax: Axes, rows: pd.DataFrame, colour: str, name: str) -> None:
    """Points with bars, open where there is no interval."""
    x, y = rows["horizon"].to_numpy(dtype=float), rows["estimate"].to_numpy(dtype=float)
    low, high = rows["ci_low"].to_numpy(dtype=float), rows["ci_high"].to_numpy(dtype=float)
    known = np.isfinite(low) & np.isfinite(high)
    if known.any():
        size = np.vstack((y - low, high - y))[:, known]
        ax.errorbar(x[known], y[known], yerr=size, color=colour, fmt="o", markersize=4, capsize=3, linewidth=1.2, label=name)
    if (~known).any():
        label = f"{name.partition(',')[0]}, no interval"
        ax.plot(x[~known], y[~known], linestyle="none", marker="o", markersize=5, markerfacecolor="none", color=colour, label=label)
