"""Figures of forced supply: the ladder, the lanes of index providers, the round trip of a tracker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib.dates as mdates
import numpy as np
import pandas as pd

from impact.plots.style import PALETTE, day_line, house_style, new_axes, short_name
from impact.tables.prose import decimal, percent
from impact.typing_ import named_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_provider_lanes", "plot_round_trip", "plot_supply_ladder"]

ACTION_COLOURS = {"delete": "vermilion", "add": "green", "retain": "grey"}


def _dates(ax: Axes) -> None:
    locator = mdates.AutoDateLocator(minticks=3, maxticks=8)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))


@house_style()
def plot_supply_ladder(
    ladder: pd.DataFrame, *, marks: Mapping[str, pd.Timestamp], title: str = "Forced supply", ax: Axes | None = None
) -> Axes:
    """Cumulative shares sold in multiples of ADV, low to high, with the dates that the programme sets.

    Parameters
    ----------
    ladder : DataFrame
        session and cumulative_adv_low, _mid, _high.
    marks : mapping of name to Timestamp
        Sessions to mark, such as the last before the purchase ban.
    """
    ax = new_axes(ax)
    days = ladder["session"]
    low, middle, high = (ladder[f"cumulative_adv_{end}"] for end in ("low", "mid", "high"))
    if middle.notna().any():
        ax.fill_between(days, low, high, step="post", color=PALETTE["blue"], alpha=0.2, linewidth=0, label="low to high")
        ax.step(days, middle, where="post", color=PALETTE["blue"], label="middle")
        ax.legend(loc="upper left")
    else:
        ax.text(0.5, 0.5, "the holdings or the usual volume are unknown", transform=ax.transAxes, ha="center", color=PALETTE["grey"])
    for text, day in marks.items():
        day_line(ax, day, linewidth=0.8, linestyle="--")
        ax.annotate(
            text,
            (day, 0.02),
            xycoords=("data", "axes fraction"),
            xytext=(-4, 0),
            textcoords="offset points",
            rotation=90,
            ha="right",
            va="bottom",
            color=PALETTE["ink"],
            fontsize=9,
        )
    ax.set_ylim(bottom=0)
    ax.set_xlabel(f"session ({len(ladder)} sessions)")
    ax.set_ylabel("cumulative shares sold (multiples of ADV)")
    ax.set_title(title)
    _dates(ax)
    return ax


@house_style()
def plot_provider_lanes(flows: pd.DataFrame, *, title: str = "What index providers did", ax: Axes | None = None) -> Axes:
    """One lane a provider: a bar from the notice to the execution close, a mark where it kept the line.

    Parameters
    ----------
    flows : DataFrame
        provider, action, announced_on, execution_on (NaT for none), tranche_share.
    """
    providers = list(dict.fromkeys(flows["provider"]))[::-1]
    ax = new_axes(ax, figsize=(8.0, 1.2 + 0.6 * len(providers)))
    shown = set()
    for number, row in enumerate(named_rows(flows, index=False)):
        lane = providers.index(row.provider)
        colour = PALETTE[ACTION_COLOURS[row.action]]
        label = None if row.action in shown else row.action
        shown.add(row.action)
        if pd.isna(row.execution_on):
            ax.plot(row.announced_on, lane, marker="D", color=colour, linestyle="none", label=label)
            continue
        ax.plot([row.announced_on, row.execution_on], [lane, lane], color=colour, linewidth=5, alpha=0.35, solid_capstyle="butt")
        ax.plot(
            row.execution_on, lane, marker="v" if row.action == "delete" else "^", color=colour, markersize=9, linestyle="none", label=label
        )
        part = f"{percent(row.tranche_share, 0)}, " if row.tranche_share < 1 else ""
        above = number % 2 == 0
        ax.annotate(
            f"{part}{row.execution_on:%d %b}",
            (row.execution_on, lane),
            xytext=(0, 8 if above else -8),
            textcoords="offset points",
            ha="center",
            va="bottom" if above else "top",
            fontsize=8,
        )
    ax.set_yticks(np.arange(len(providers)), [short_name(str(provider)) for provider in providers])
    ax.set_ylim(-0.6, len(providers) - 0.4)
    ax.margins(x=0.08)
    ax.set_xlabel("date (bar: from the notice to the close at which trackers trade)")
    ax.set_title(title)
    if len(flows):
        ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    _dates(ax)
    return ax


@house_style()
def plot_round_trip(legs: pd.DataFrame, *, title: str = "Round trip of a tracker", ax: Axes | None = None) -> Axes:
    """Price at which trackers sold and bought back, joined provider by provider.

    Parameters
    ----------
    legs : DataFrame
        provider, action, execution_on, price.
    """
    ax = new_axes(ax)
    for provider, own in legs.groupby("provider", sort=False):
        ax.plot(own["execution_on"], own["price"], color=PALETTE["grey"], linewidth=1)
        for number, row in enumerate(named_rows(own, index=False)):
            colour = PALETTE[ACTION_COLOURS[row.action]]
            ax.plot(row.execution_on, row.price, marker="v" if row.action == "delete" else "^", color=colour, markersize=9)
            ax.annotate(
                f"{provider} {row.action}\n{row.execution_on:%d %b} at {decimal(row.price)}",
                (row.execution_on, row.price),
                xytext=(0, 8 if number % 2 else -8),
                textcoords="offset points",
                ha="center",
                va="bottom" if number % 2 else "top",
                fontsize=8,
            )
    ax.margins(x=0.2, y=0.25)
    ax.set_xlabel("execution close")
    ax.set_ylabel("close (currency of the line)")
    ax.set_title(title)
    _dates(ax)
    return ax
