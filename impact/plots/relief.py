"""Figures of the relief room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.plots.style import PALETTE, amount_axis, house_style, new_axes, percent_axis, short_name
from impact.tables.prose import long_date, percent
from impact.typing_ import named_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_base_rates", "plot_list_risk", "plot_probability", "plot_recovery", "plot_schedule", "plot_spillover", "plot_tornado"]


def plot_probability(
    path: pd.DataFrame, rulings: pd.DataFrame | None = None, *, ax: Axes | None = None, limits: tuple[float, float] = (-1.0, 2.0)
) -> Axes:
    """Band of the implied probability of relief by session; nothing is clipped to [0, 1], only the view is limited."""
    from matplotlib.dates import ConciseDateFormatter

    ax = new_axes(ax, figsize=(8.0, 3.8))
    rows = rulings if rulings is not None else pd.DataFrame()
    with house_style():
        ax.axhspan(0, 1, color=PALETTE["green"], alpha=0.10, linewidth=0, label="a probability")
        ax.fill_between(
            path["session"],
            path["probability_low"],
            path["probability_high"],
            color=PALETTE["blue"],
            alpha=0.30,
            linewidth=0,
            label="compatible with the price and the anchors",
        )
        for _, ruling in rows.iterrows():
            ax.axvline(ruling["ruling_on"], color=PALETTE["ink"], linewidth=0.9, linestyle=":")
            middle = 0.5 * (ruling["jump_probability_low"] + ruling["jump_probability_high"])
            spread = 0.5 * (ruling["jump_probability_high"] - ruling["jump_probability_low"])
            ax.errorbar(
                ruling["ruling_on"],
                middle,
                yerr=spread,
                fmt="D",
                markersize=4,
                color=PALETTE["vermilion"],
                capsize=3,
                label="its eve, from the jump of the ruling day",
            )
        low, high = np.nanmin(path["probability_low"]), np.nanmax(path["probability_high"])
        top = max(high, rows["jump_probability_high"].max()) if len(rows) else high
        ax.set_ylim(max(limits[0], min(low, -0.05)), min(limits[1], max(top, 1.05) + 0.05))
        ax.set_xlim(path["session"].iloc[0], path["session"].iloc[-1] + pd.Timedelta(days=2))
        ax.xaxis.set_major_formatter(ConciseDateFormatter(ax.xaxis.get_major_locator()))
        percent_axis(ax.yaxis, decimals=0)
        ax.set_ylabel("probability of relief")
        ax.set_title("What the price says about relief")
        handles, labels = ax.get_legend_handles_labels()
        once = dict(zip(labels, handles, strict=True))
        cut = " (view cut)" if low < limits[0] or top > limits[1] else ""
        ax.legend(
            once.values(), once.keys(), loc="upper left", bbox_to_anchor=(0.0, -0.09), ncols=3, fontsize=8,
            title=f"unclipped{cut}", title_fontsize=8, alignment="left",
        )  # fmt: skip
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


def plot_tornado(swings: pd.DataFrame, *, labels: Sequence[str], middle: float, session: pd.Timestamp, ax: Axes | None = None) -> Axes:
    """One bar an anchor, the widest on top, around the probability with every anchor in the middle."""
    ax = new_axes(ax, figsize=(8.0, 0.5 * len(swings) + 1.6))
    with house_style():
        ax.axvspan(0, 1, color=PALETTE["green"], alpha=0.10, linewidth=0)
        ax.barh(range(len(swings)), swings["swing"], left=swings["probability_low"], color=PALETTE["blue"], height=0.6)
        ax.axvline(middle, color=PALETTE["ink"], linewidth=1.0)
        ax.set_yticks(range(len(swings)), labels, fontsize=8)
        ax.invert_yaxis()
        ax.grid(axis="y", visible=False)
        percent_axis(ax.xaxis, decimals=0)
        ax.set_xlabel("implied probability of relief, unclipped; green is [0, 1]")
        ax.set_title(f"Which anchor moves it, {long_date(session)}")
    return ax


def plot_recovery(effects: pd.DataFrame, *, verdict: str, level: float = 0.95, ax: Axes | None = None) -> Axes:
    """Drop, each relief and their sums with intervals, on one scale.

    Parameters
    ----------
    effects : DataFrame
        effect, n_days, car, low, high.
    """
    ax = new_axes(ax, figsize=(8.0, 0.42 * len(effects) + 1.5))
    with house_style():
        colours = [
            PALETTE["vermilion"] if name == "drop" else PALETTE["grey"] if name == "net of both" else PALETTE["green"]
            for name in effects["effect"]
        ]
        ax.axvline(0, color=PALETTE["grey"], linewidth=0.8)
        for y, (row, colour) in enumerate(zip(named_rows(effects), colours, strict=True)):
            ax.errorbar(row.car, y, xerr=[[row.car - row.low], [row.high - row.car]], fmt="o", markersize=5, capsize=3, color=colour)
        ax.set_yticks(range(len(effects)), [f"{short_name(str(row.effect))} ({row.n_days} sessions)" for row in named_rows(effects)])
        ax.invert_yaxis()
        percent_axis(ax.xaxis, decimals=0)
        ax.set_xlabel(f"cumulative abnormal log return, {percent(level, 0)} interval")
        ax.set_title(f"Did relief undo the drop? {verdict.capitalize()}")
    return ax


def plot_base_rates(rates: pd.DataFrame, *, confidence: float = 0.95, ax: Axes | None = None) -> Axes:
    """Share of decided challenges that ended in relief, one row a statute, n printed."""
    ax = new_axes(ax, figsize=(8.0, 0.6 * len(rates) + 1.4))
    with house_style():
        for y, row in enumerate(named_rows(rates)):
            ax.plot(
                [row.relief_share_low, row.relief_share_high], [y, y], color=PALETTE["blue"], linewidth=5, alpha=0.35, solid_capstyle="butt"
            )
            ax.plot(row.relief_share, y, "o", color=PALETTE["blue"])
        ax.set_yticks(
            range(len(rates)),
            [f"{row.programme_id}\n{row.n_relief} of {row.n_decided} decided, {row.n_open} open or unknown" for row in named_rows(rates)],
            fontsize=9,
        )
        ax.set_ylim(len(rates) - 0.5, -0.5)
        ax.set_xlim(-0.02, 1.02)
        percent_axis(ax.xaxis, decimals=0)
        ax.set_xlabel(f"share of decided challenges with relief, exact {percent(confidence, 0)} interval")
        ax.set_title("Base rates by statute, never pooled")
    return ax


def plot_spillover(members: pd.DataFrame, groups: pd.DataFrame, *, level: float = 0.95, ax: Axes | None = None) -> Axes:
    """Members (small) and group means (large) by event, ranked within each event.

    Parameters
    ----------
    members : DataFrame
        event_id, group, security, car, low, high.
    groups : DataFrame
        event_id, group, n, caar, low, high.
    """
    names = list(dict.fromkeys(groups["group"]))
    colours = dict(zip(names, (PALETTE[name] for name in ("blue", "orange", "green", "purple", "sky")), strict=False))
    events = list(dict.fromkeys(groups["event_id"]))
    rows = [
        (event, row)
        for event in events
        for row in named_rows(groups[groups["event_id"] == event].sort_values("caar", key=lambda car: -car.abs()))
    ]
    ax = new_axes(ax, figsize=(8.0, 0.42 * len(rows) + 1.7))
    with house_style():
        ax.axvline(0, color=PALETTE["grey"], linewidth=0.8)
        for y, (event, row) in enumerate(rows):
            own = members[(members["event_id"] == event) & (members["group"] == row.group)]
            ax.plot(own["car"], np.full(len(own), y + 0.26), "|", color=colours[row.group], markersize=9)
            ax.errorbar(row.caar, y, xerr=[[row.caar - row.low], [row.high - row.caar]], fmt="o", capsize=3, color=colours[row.group])
        ax.set_yticks(range(len(rows)), [f"{short_name(event)}\n{row.group} (n = {row.n})" for event, row in rows], fontsize=8)
        ax.invert_yaxis()
        percent_axis(ax.xaxis, decimals=0)
        ax.set_xlabel(f"mean cumulative abnormal log return, {percent(level, 0)} interval; ticks are members")
        ax.set_title("Spillover, largest first within each event")
    return ax


def plot_list_risk(scores: pd.DataFrame, *, confidence: float = 0.95, ax: Axes | None = None) -> Axes:
    """Share listed among names with the same number of criteria, exact interval, n printed.

    Parameters
    ----------
    scores : DataFrame
        n_criteria, n_names, n_listed, listed_share, listed_share_low, listed_share_high.
    """
    ax = new_axes(ax, figsize=(8.0, 3.4))
    with house_style():
        for row in named_rows(scores):
            ax.plot(
                [row.n_criteria] * 2,
                [row.listed_share_low, row.listed_share_high],
                color=PALETTE["blue"],
                linewidth=6,
                alpha=0.35,
                solid_capstyle="butt",
            )
            ax.plot(row.n_criteria, row.listed_share, "o", color=PALETTE["blue"])
            ax.annotate(
                f"n = {row.n_names}",
                (row.n_criteria, row.listed_share_high),
                xytext=(0, 4),
                textcoords="offset points",
                ha="center",
                fontsize=8,
            )
        ax.set_xticks(scores["n_criteria"])
        ax.set_ylim(0, 1.12)
        percent_axis(ax.yaxis, decimals=0)
        ax.set_xlabel("disclosed criteria met")
        ax.set_ylabel(f"share listed, exact {percent(confidence, 0)} interval")
        ax.set_title("Listed names by criteria met")
    return ax
