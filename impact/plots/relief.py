"""Figures of the relief room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.plots.style import PALETTE, amount_axis, house_style, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_probability", "plot_schedule"]


def plot_probability(path: pd.DataFrame, rulings: pd.DataFrame | None = None, *, ax: Axes | None = None, limits: tuple[float, float] = (-1.0, 2.0)) -> Axes:
    """Band of the implied probability of relief by session; nothing is clipped to [0, 1], only the view is limited."""
    ax = new_axes(ax, figsize=(8.0, 3.6))
    with house_style():
        ax.axhspan(0, 1, color=PALETTE["green"], alpha=0.08, label="a probability")
        ax.fill_between(path["session"], path["probability_low"], path["probability_high"], color=PALETTE["blue"], alpha=0.35, linewidth=0, label="compatible with the price")
        for _, ruling in (rulings if rulings is not None else pd.DataFrame()).iterrows():
            ax.axvline(ruling["ruling_on"], color=PALETTE["ink"], linewidth=0.9, linestyle=":")
            middle = 0.5 * (ruling["jump_probability_low"] + ruling["jump_probability_high"])
            spread = 0.5 * (ruling["jump_probability_high"] - ruling["jump_probability_low"])
            ax.errorbar(ruling["ruling_on"], middle, yerr=spread, fmt="D", color=PALETTE["vermilion"], capsize=3, label="from the ruling-day jump")
        low, high = np.nanmin(path["probability_low"]), np.nanmax(path["probability_high"])
        ax.set_ylim(max(limits[0], min(low, -0.05)), min(limits[1], max(high, 1.05)))
        ax.set_ylabel("probability of relief")
        ax.set_title("What the price says about relief")
        handles, labels = ax.get_legend_handles_labels()
        once = dict(zip(labels, handles, strict=True))
        ax.legend(once.values(), once.keys(), loc="best", fontsize=8)
    return ax


def plot_schedule(schedule: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Shares still held by session while relief has not come."""
    ax = new_axes(ax, figsize=(8.0, 3.2))
    with house_style():
        start = schedule["left_shares"].iloc[0] + schedule["sell_shares"].iloc[0]
        ax.step(np.r_[0, schedule["session"]], np.r_[start, schedule["left_shares"]], where="post", color=PALETTE["blue"])
        ax.set_xlabel("session")
        ax.set_ylabel("shares still held")
        ax.set_ylim(bottom=0)
        amount_axis(ax.yaxis)
        ax.set_title("Sell or wait: what is left while relief has not come")
    return ax
