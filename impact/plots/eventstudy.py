"""Figures of an event study."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from impact.plots.style import PALETTE, new_axes, percent_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_car_path"]


def plot_car_path(path: pd.DataFrame, *, model: str = "", level: float = 0.95, title: str | None = None, ax: Axes | None = None) -> Axes:
    """Cumulative abnormal return by event day, with its interval.

    Parameters
    ----------
    path : DataFrame
        Index offset (sessions from day 0); columns car, ci_low, ci_high (decimal), n_events.
    model : str
        Named in the title.
    level : float
        Confidence level of the interval, named in the legend.
    title : str, optional
        Replaces the title.
    ax : Axes, optional
        Drawn on when given, else on a new figure.
    """
    ax = new_axes(ax)
    offsets = path.index.to_numpy()
    n = int(path["n_events"].max())
    ax.axhline(0.0, color=PALETTE["grey"], linewidth=0.8)
    if offsets[0] <= 0 <= offsets[-1]:
        ax.axvline(0.0, color=PALETTE["vermilion"], linewidth=1.0, linestyle="--", label="event day")
    ax.fill_between(offsets, path["ci_low"], path["ci_high"], color=PALETTE["blue"], alpha=0.18, linewidth=0, label=f"{level:.0%} interval")
    name = "cumulative abnormal return" if n == 1 else "mean cumulative abnormal return"
    ax.plot(offsets, path["car"], color=PALETTE["blue"], marker="o", markersize=3, label=name)
    percent_axis(ax.yaxis)
    ax.set_xlabel("sessions from the event day")
    ax.set_ylabel(f"{name[0].upper()}{name[1:]} (%)")
    ax.set_title(title if title is not None else f"N = {n} event{'s' * (n != 1)}" + (f", {model} model" if model else ""))
    ax.legend(loc="best")
    return ax
