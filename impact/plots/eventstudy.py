"""Figures of an event study."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pandas as pd

from impact.errors import InputError
from impact.plots.style import PALETTE, figure_of, house_style, new_axes, percent_axis
from impact.tables import prose
from impact.whole_files import write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_car_path", "plot_chained_effects", "save_figure"]


def plot_car_path(
    path: pd.DataFrame,
    *,
    model: str = "",
    quantity: str = "return",
    level: float = 0.95,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Cumulative abnormal return by event day, with its interval.

    Parameters
    ----------
    path : DataFrame
        Index offset (sessions from day 0); columns car, ci_low, ci_high (decimal), n_events.
    model : str
        Named in the title.
    quantity : {"return", "log volume"}
        What is abnormal; returns are drawn in percent, volume in log points.
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
    ax.fill_between(
        offsets,
        path["ci_low"],
        path["ci_high"],
        color=PALETTE["blue"],
        alpha=0.18,
        linewidth=0,
        label=f"{prose.percent(level, 0)} interval",
    )
    name = f"{'mean ' if n > 1 else ''}cumulative abnormal {quantity}"
    ax.plot(offsets, path["car"], color=PALETTE["blue"], marker="o", markersize=3, label=name)
    if quantity == "return":
        percent_axis(ax.yaxis)
    ax.set_xlabel("sessions from the event day")
    ax.set_ylabel(f"{name[0].upper()}{name[1:]} ({'%' if quantity == 'return' else 'log points'})")
    ax.set_title(title if title is not None else f"N = {n} event{'s' * (n != 1)}" + (f", {model} model" if model else ""))
    ax.legend(loc="best")
    return ax


def plot_chained_effects(effects: pd.DataFrame, *, level: float = 0.95, title: str | None = None, ax: Axes | None = None) -> Axes:
    """Each event's effect alone (open) and estimated jointly with the others (filled, with its interval).

    Parameters
    ----------
    effects : DataFrame
        Index event_id; columns day0, first, last, alone_car, joint_car, ci_low, ci_high (decimal).
    level : float
        Confidence level of the interval, named in the legend.
    title : str, optional
    ax : Axes, optional
    """
    ax = new_axes(ax, figsize=(8.0, 1.2 + 0.5 * len(effects)))
    row = range(len(effects))
    ax.axvline(0.0, color=PALETTE["grey"], linewidth=0.8)
    ax.hlines(
        row,
        effects["ci_low"],
        effects["ci_high"],
        color=PALETTE["blue"],
        linewidth=3,
        alpha=0.35,
        label=f"{prose.percent(level, 0)} interval, joint",
    )
    ax.scatter(effects["joint_car"], row, color=PALETTE["blue"], zorder=3, label="joint")
    ax.scatter(effects["alone_car"], row, facecolors="none", edgecolors=PALETTE["vermilion"], s=80, zorder=2, label="alone")
    windows = zip(effects.index, effects["day0"], effects["first"], effects["last"], strict=True)
    ax.set_yticks(list(row), [f"{name}  {day:%Y-%m-%d} ({first:+d}, {last:+d})" for name, day, first, last in windows])
    ax.invert_yaxis()
    percent_axis(ax.xaxis)
    ax.set_xlabel("cumulative abnormal return over the event's window (%)")
    ax.set_title(title if title is not None else f"{len(effects)} events on one firm")
    ax.legend(loc="best")
    return ax


def save_figure(ax: Axes, path: str) -> None:
    """Write the figure of `ax` to a file whose ending names the format, and close it.

    Raises
    ------
    InputError
        If the ending names no format, or the file cannot be written.
    """
    import matplotlib.pyplot as plt

    figure = figure_of(ax)
    known = figure.canvas.get_supported_filetypes()
    ending = path.rpartition(".")[2].lower()
    if ending not in known:
        raise InputError(f"plot={path!r} ends in no known format; use one of: {', '.join(sorted(known))}.")
    drawn = io.BytesIO()
    try:
        with house_style():
            figure.savefig(drawn, format=ending, metadata={"Date": None} if ending == "svg" else None)
    finally:
        plt.close(figure)
    write_whole(path, drawn.getvalue(), parameter="plot")
