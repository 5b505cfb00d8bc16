"""Figures of one case: the price with its events, the path of the abnormal return, benchmarks side by side, volume."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.plots.style import PALETTE, house_style, new_axes, percent_axis
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
}
DAYS_BEFORE = 70
"""Calendar days of prices drawn before the first event."""


def _mark_events(ax: Axes, events: pd.DataFrame, *, rows: int = 5) -> None:
    """Event ids on staggered rows above the axes, each with a dotted line down to its session."""
    last_in_row = [pd.Timestamp("1900-01-01")] * rows
    left, right = (pd.Timestamp("1970-01-01") + pd.Timedelta(days=float(edge)) for edge in ax.get_xlim())
    letter = (right - left) * 0.0075
    shared = events.groupby("reaction_on", sort=True).agg({"event_id": "+".join, "kind": "first"}).reset_index()
    for event in named_rows(shared):
        colour = PALETTE[KIND_COLOURS.get(event.kind.split("+")[0], "grey")]
        ax.axvline(event.reaction_on, color=colour, linewidth=0.8, linestyle=":", zorder=1)
        half = letter * (len(event.event_id) + 1)
        row = next((i for i in range(rows) if event.reaction_on - half > last_in_row[i]), rows - 1)
        last_in_row[row] = event.reaction_on + half
        ax.annotate(
            event.event_id, (event.reaction_on, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 4 + 11 * row), textcoords="offset points",
            ha="center", va="bottom", fontsize=8, color=colour, fontweight="bold", annotation_clip=False,
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
        event_id, kind, reaction_on.
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
            ax.legend(handles=handles, loc="upper left", fontsize=8)
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
        ax.legend(loc="lower left", fontsize=8, title=note or None, title_fontsize=8, alignment="left")
    return ax


def plot_benchmarks(effects: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Abnormal return of each event on its reaction session, benchmark by benchmark, with intervals.

    Parameters
    ----------
    effects : DataFrame
        event_id, benchmark, ar, low, high.
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
        ax.set_yticks(range(len(events)), events)
        ax.invert_yaxis()
        percent_axis(ax.xaxis, decimals=0)
        ax.set_xlabel("abnormal log return on the reaction session, with interval")
        ax.legend(fontsize=8, loc="best")
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
