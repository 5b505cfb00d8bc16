"""Figures of an event study."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from impact.errors import InputError
from impact.plots.style import PALETTE, figure_of, house_style, new_axes, percent_axis, short_name
from impact.tables import prose
from impact.whole_files import write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_against_placebos", "plot_car_path", "plot_chained_effects", "plot_group_paths", "save_figure"]

GROUP_LOOKS = (
    ("blue", "-", "o"), ("vermilion", "--", "s"), ("green", "-.", "^"), ("orange", ":", "D"), ("purple", "-", "v"), ("ink", "--", "x"),
)  # fmt: skip
"""Colour, line and marker of each group: told apart in print without colour too."""
BANDS_SHOWN = 2.0
"""Bands are drawn this many times the height of the paths beyond them."""
BAND_SHOWN_ALONE = 5.0
"""The same of one path, whose interval is what it is drawn for."""


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
    quantity : {"return", "log volume", "log range"}
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
    interval = ax.fill_between(offsets, path["ci_low"], path["ci_high"], color=PALETTE["blue"], alpha=0.18, linewidth=0)
    name = f"{'mean ' if n > 1 else ''}cumulative abnormal {quantity}"
    ax.plot(offsets, path["car"], color=PALETTE["blue"], marker="o", markersize=3, label=name)
    if quantity == "return":
        percent_axis(ax.yaxis)
    ax.set_xlabel("sessions from the event day")
    ax.set_ylabel(f"{name[0].upper()}{name[1:]} ({'%' if quantity == 'return' else 'log points'})")
    cut = " (cut)" if _keep_paths_in_view(ax, {"": path}, BAND_SHOWN_ALONE) else ""
    ax.set_title(title if title is not None else f"N = {n} event{'s' * (n != 1)}" + (f", {model} model" if model else ""))
    interval.set_label(f"{prose.percent(level, 0)} interval{cut}")
    ax.legend(loc="best")
    return ax


def plot_group_paths(
    paths: Mapping[str, pd.DataFrame],
    *,
    quantity: str = "return",
    level: float = 0.95,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """The CAR path of several groups of events, each with its interval as a band of its own colour, line and marker.

    Parameters
    ----------
    paths : mapping of group to DataFrame
        Each as for :func:`plot_car_path`.
    quantity : {"return", "log volume", "log range"}
    level : float
        Confidence level of the intervals, named in the title.
    title : str, optional
    ax : Axes, optional

    Raises
    ------
    InputError
        If there is no group, or more than can be told apart.
    """
    if not 1 <= len(paths) <= len(GROUP_LOOKS):
        raise InputError(f"groups: {len(paths)} of them; a figure tells 1 to {len(GROUP_LOOKS)} apart: take fewer.")
    ax = new_axes(ax)
    ax.axhline(0.0, color=PALETTE["grey"], linewidth=0.8)
    for (name, path), (colour, line, marker) in zip(paths.items(), GROUP_LOOKS, strict=False):
        offsets, n = path.index.to_numpy(), int(path["n_events"].max())
        ax.fill_between(offsets, path["ci_low"], path["ci_high"], color=PALETTE[colour], alpha=0.15, linewidth=0)
        ax.plot(offsets, path["car"], color=PALETTE[colour], linestyle=line, marker=marker, markersize=4)
        known = path[["ci_low", "ci_high"]].notna().all(axis=1).any()
        ax.lines[-1].set_label(f"{name} (N = {n}{'' if known else ', no interval'})")
    cut = _keep_paths_in_view(ax, paths)
    first, last = min(path.index[0] for path in paths.values()), max(path.index[-1] for path in paths.values())
    if first <= 0 <= last:
        ax.axvline(0.0, color=PALETTE["ink"], linewidth=0.8, linestyle=":")
    if quantity == "return":
        percent_axis(ax.yaxis)
    ax.set_xlabel("sessions from the event day")
    ax.set_ylabel(f"mean cumulative abnormal {quantity} ({'%' if quantity == 'return' else 'log points'})")
    ax.set_title(title if title is not None else f"{len(paths)} groups, bands: {prose.percent(level, 0)} intervals{' (cut)' * cut}")
    ax.legend(loc="best")
    return ax


def _keep_paths_in_view(ax: Axes, paths: Mapping[str, pd.DataFrame], shown: float = BANDS_SHOWN) -> bool:
    """Cut bands that are many times as wide as the paths, so that these can be read; whether one was cut."""
    cars = pd.concat([path["car"] for path in paths.values()])
    low, high = min(float(cars.min()), 0.0), max(float(cars.max()), 0.0)
    room = shown * (high - low)
    ends = pd.concat([path[["ci_low", "ci_high"]] for path in paths.values()])
    cut = bool((ends["ci_low"] < low - room).any() or (ends["ci_high"] > high + room).any())
    if cut and room > 0:
        bottom, top = ax.get_ylim()
        ax.set_ylim(max(low - room, bottom), min(high + room, top))
    return cut


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
    ax.set_yticks(list(row), [f"{short_name(str(name))}  {day:%Y-%m-%d} ({first:+d}, {last:+d})" for name, day, first, last in windows])
    ax.invert_yaxis()
    percent_axis(ax.xaxis)
    ax.set_xlabel("cumulative abnormal return over the event's window (%)")
    ax.set_title(title if title is not None else f"{len(effects)} events on one firm")
    ax.legend(loc="best")
    return ax


def plot_against_placebos(path: pd.DataFrame, placebo_paths: pd.DataFrame, name: str, *, ax: Axes | None = None) -> Axes:
    """The cumulative gap of one line to its synthetic control, over those of the placebos.

    Parameters
    ----------
    path : DataFrame
        Columns offset (sessions from day 0) and car (decimal).
    placebo_paths : DataFrame (W, J)
        Cumulative gap of each donor in units of the fit error of the treated line, decimal; NaN columns are left out.
    name : str
        Of the event.
    ax : Axes, optional
    """
    ax = new_axes(ax)
    known = placebo_paths.dropna(axis=1)
    ax.axhline(0.0, color=PALETTE["grey"], linewidth=0.8)
    lines = ax.plot(path["offset"], known, color=PALETTE["grey"], linewidth=0.7, alpha=0.5)
    if lines:
        lines[0].set_label(f"{known.shape[1]} donors, scaled to its fit error")
    ax.plot(path["offset"], path["car"], color=PALETTE["blue"], marker="o", markersize=3, linewidth=1.8, label=short_name(name))
    percent_axis(ax.yaxis)
    ax.set_xlabel("sessions from the event day")
    ax.set_ylabel("cumulative gap to the synthetic control (%)")
    ax.set_title(f"{short_name(name)} against {known.shape[1]} placebos")
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
