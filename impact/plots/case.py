"""Figures of one case: the price with its events, the path of the abnormal return, benchmarks side by side, volume."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.dates import date2num

from impact.plots.style import PALETTE, house_style, new_axes, percent_axis, short_name, spread_out
from impact.tables.prose import percent
from impact.typing_ import named_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_benchmarks", "plot_path", "plot_timeline", "plot_volume"]

KIND_COLOURS = {
    "designation": "vermilion",
    "court": "green",
    "index": "blue",
    "company": "sky",
    "exchange": "orange",
    "order": "purple",
    "removal": "green",
    "licence": "purple",
}
LABEL_STEP = 0.024
"""Least distance of two event names above the axes, as a share of their width."""
DAYS_BEFORE = 70
"""Calendar days of prices drawn before the first event."""


def _mark_events(ax: Axes, events: pd.DataFrame) -> None:
    """Names of the events slanted above the axes, so far apart that none covers another, each with a line down to its session."""
    shared = events.groupby("reaction_on", sort=True).agg({"label": "; ".join, "kind": "first"}).reset_index()
    left, right = ax.get_xlim()
    places = (date2num(shared["reaction_on"]) - left) / (right - left)
    for event, place, slot in zip(named_rows(shared), places, spread_out(places, LABEL_STEP), strict=True):
        colour = PALETTE[KIND_COLOURS.get(event.kind.split("+")[0], "grey")]
        ax.axvline(event.reaction_on, color=colour, linewidth=0.8, linestyle=":", zorder=1)
        ax.plot([place, slot], [1.0, 1.05], transform=ax.transAxes, color=colour, linewidth=0.7, clip_on=False)
        ax.annotate(
            short_name(event.label), (slot, 1.055), xycoords="axes fraction", rotation=38, rotation_mode="anchor",
            ha="left", va="bottom", fontsize=7.5, color=colour, annotation_clip=False,
        )  # fmt: skip


def _dated(ax: Axes) -> None:
    from matplotlib.dates import ConciseDateFormatter

    ax.xaxis.set_major_formatter(ConciseDateFormatter(ax.xaxis.get_major_locator()))


def plot_timeline(prices: pd.Series, events: pd.DataFrame, *, currency: str, ax: Axes | None = None) -> Axes:
    """Closing price with every dated event on the session that could first react to it.

    Parameters
    ----------
    prices : Series
        Close by session.
    events : DataFrame
        label, kind, reaction_on.
    """
    ax = new_axes(ax, figsize=(9.0, 4.0))
    with house_style():
        first = events["reaction_on"].min() if len(events) else prices.index[-1]
        prices = prices[prices.index >= first - pd.Timedelta(days=DAYS_BEFORE)]
        ax.plot(prices.index, prices.to_numpy(), color=PALETTE["ink"], linewidth=1.3)
        ax.set_ylabel(f"close, {currency}" if currency else "close")
        ax.set_xlim(prices.index[0], prices.index[-1])
        _dated(ax)
        _mark_events(ax, events)
        kinds = [kind for kind in KIND_COLOURS if (events["kind"] == kind).any()]
        handles = [ax.plot([], [], color=PALETTE[KIND_COLOURS[kind]], linestyle=":", label=kind)[0] for kind in kinds]
        if handles:
            ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.0, -0.09), ncols=len(handles), fontsize=8)
    return ax


def plot_path(path: pd.DataFrame, events: pd.DataFrame, *, confidence: float = 0.95, note: str = "", ax: Axes | None = None) -> Axes:
    """Cumulative abnormal return from the designation on, with its band; the path with the estimated alpha beside it.

    Parameters
    ----------
    path : DataFrame
        session, car, low, high (alpha set to zero) and car_with_alpha, decimal log returns.
    note : str
        What was estimated on how much; heads the legend.
    """
    ax = new_axes(ax, figsize=(9.0, 4.2))
    with house_style():
        ax.axhline(0, color=PALETTE["grey"], linewidth=0.8)
        ax.fill_between(
            path["session"],
            path["low"],
            path["high"],
            color=PALETTE["blue"],
            alpha=0.18,
            linewidth=0,
            label=f"{percent(confidence, 0)} interval, forecast error included",
        )
        ax.plot(path["session"], path["car"], color=PALETTE["blue"], label="alpha set to zero")
        ax.plot(
            path["session"],
            path["car_with_alpha"],
            color=PALETTE["vermilion"],
            linestyle="--",
            linewidth=1.1,
            label="with the estimated alpha",
        )
        ax.set_xlim(path["session"].iloc[0], path["session"].iloc[-1])
        percent_axis(ax.yaxis, decimals=0)
        ax.set_ylabel("cumulative abnormal log return")
        _dated(ax)
        _mark_events(ax, events)
        ax.legend(
            loc="upper left", bbox_to_anchor=(0.0, -0.09), ncols=3, fontsize=8, title=note or None, title_fontsize=8, alignment="left"
        )
    return ax


def plot_benchmarks(effects: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Abnormal return of each event on its reaction session, benchmark by benchmark, with intervals.

    Parameters
    ----------
    effects : DataFrame
        event_id (an id or a name), benchmark, ar, low, high.
    """
    benchmarks = list(dict.fromkeys(effects["benchmark"]))
    events = list(dict.fromkeys(effects["event_id"]))
    ax = new_axes(ax, figsize=(9.0, 0.46 * len(events) + 1.6))
    colours = [PALETTE[name] for name in ("blue", "sky", "green", "orange", "purple", "grey")]
    with house_style():
        ax.axvline(0, color=PALETTE["grey"], linewidth=0.8)
        for k, benchmark in enumerate(benchmarks):
            rows = effects[effects["benchmark"] == benchmark]
            y = np.array([events.index(event) for event in rows["event_id"]]) + (k - (len(benchmarks) - 1) / 2) * 0.17
            spread = np.abs(rows[["low", "high"]].to_numpy(dtype=float).T - rows["ar"].to_numpy(dtype=float))
            ax.errorbar(
                rows["ar"], y, xerr=spread, fmt="o", markersize=4, capsize=2, linewidth=1, color=colours[k % len(colours)], label=benchmark
            )
        ax.set_yticks(range(len(events)), [short_name(event) for event in events], fontsize=8)
        ax.invert_yaxis()
        percent_axis(ax.xaxis, decimals=0)
        ax.set_xlabel("abnormal log return on the reaction session, with interval")
        ax.legend(fontsize=8, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=len(benchmarks))
    return ax


def plot_volume(volume: pd.DataFrame, events: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Traded shares as multiples of the median session before the designation.

    Parameters
    ----------
    volume : DataFrame
        session, multiple_of_median (NaN where the volume is unknown).
    """
    ax = new_axes(ax, figsize=(9.0, 3.2))
    with house_style():
        on_event = volume["session"].isin(events["reaction_on"])
        ax.bar(volume["session"], volume["multiple_of_median"], width=1.0, color=np.where(on_event, PALETTE["vermilion"], PALETTE["sky"]))
        ax.axhline(1, color=PALETTE["grey"], linewidth=0.8)
        ax.set_ylabel("volume / median")
        ax.set_xlim(volume["session"].iloc[0], volume["session"].iloc[-1])
        _dated(ax)
        _mark_events(ax, events)
    return ax
