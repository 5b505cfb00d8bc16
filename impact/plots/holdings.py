"""Figures of an exposure report: what is held by line and status, and the calendar of its deadlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.plots.style import PALETTE, day_line, house_style, new_axes, percent_axis
from impact.typing_ import named_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_deadlines", "plot_exposure"]

STATUS_COLOURS = {"blocked": "ink", "barred": "vermilion", "restricted": "orange", "enjoined": "yellow", "unknown": "grey", "clear": "sky"}
CLOCK_MARKS = {"purchase_ban": "o", "divestment_end": "s", "possession_ban": "x", "trading_stop": "v"}
MOST_BARS = 15


def plot_exposure(exposures: pd.DataFrame, *, ax: Axes | None = None, most: int = MOST_BARS) -> Axes:
    """Each designated line as a share of NAV: a bar to the lowest value, a line to the highest.

    Parameters
    ----------
    exposures : DataFrame
        Columns entity, security, line, via, status, nav_share_low, nav_share_high (decimals).
    ax : Axes, optional
    most : int
        Bars drawn; the rest are counted in the title.
    """
    columns = ["nav_share_low", "nav_share_high"]
    table = exposures.assign(how=np.where(exposures["via"] == "direct", exposures["line"], "through " + exposures["via"].astype(str)))
    summed = table.groupby(["entity", "security", "how", "status"], sort=False)[columns].sum(min_count=1).reset_index()
    summed = summed.sort_values("nav_share_high", ascending=False, kind="stable", key=np.abs)
    shown = summed.head(most).iloc[::-1]
    with house_style():
        ax = new_axes(ax, figsize=(8.0, 1.4 + 0.34 * max(len(shown), 1)))
        places = np.arange(len(shown))
        for status in [name for name in STATUS_COLOURS if name in set(shown["status"])]:
            mine = (shown["status"] == status).to_numpy()
            colour = PALETTE[STATUS_COLOURS[status]]
            ax.barh(places[mine], shown.loc[mine, "nav_share_low"], height=0.6, color=colour, label=status)
            ax.hlines(places[mine], shown.loc[mine, "nav_share_low"], shown.loc[mine, "nav_share_high"], color=colour, linewidth=2.5)
        names = [_label(row.entity, row.security, row.how) for row in named_rows(shown)]
        ax.set_yticks(places, names, fontsize=8)
        percent_axis(ax.xaxis)
        ax.set_xlabel("share of net assets (bar: lowest, line: highest)")
        ax.set_title("Designated names held" if len(shown) else "No designated name is held")
        if len(shown):
            more = len(summed) - len(shown)
            ax.legend(loc="lower right", title=f"{more} smaller not drawn" if more else None)
        ax.grid(axis="y", visible=False)
    return ax


def _label(entity: str, security: str, how: str) -> str:
    name = entity if len(entity) <= 34 else entity[:33].rstrip() + "…"
    return ", ".join(part for part in (f"{name} {security}".strip(), "" if how == "local" else how) if part)


def plot_deadlines(deadlines: pd.DataFrame, *, as_of: pd.Timestamp, ax: Axes | None = None, most: int = MOST_BARS) -> Axes:
    """The last usable session before each clock strikes, one row an issuer.

    Parameters
    ----------
    deadlines : DataFrame
        Columns issuer, held, clock, state, last_session_on, line.
    as_of : Timestamp
        The instant asked, drawn as a line.
    ax : Axes, optional
    most : int
        Issuers drawn, those with the earliest deadline first.
    """
    from matplotlib.dates import ConciseDateFormatter

    today = as_of.tz_convert("America/New_York").tz_localize(None)
    live = deadlines[
        deadlines["held"].astype(bool) & deadlines["state"].isin(["running", "in force"]) & deadlines["last_session_on"].notna()
    ]
    ahead = live[live["last_session_on"] >= today.normalize()]
    order = ahead.groupby("issuer")["last_session_on"].min().sort_values(kind="stable").head(most).index[::-1]
    with house_style():
        ax = new_axes(ax, figsize=(8.0, 1.6 + 0.34 * max(len(order), 1)))
        colours = dict(zip(CLOCK_MARKS, ("vermilion", "blue", "purple", "orange"), strict=True))
        for clock, mark in CLOCK_MARKS.items():
            mine = ahead[(ahead["clock"] == clock) & ahead["issuer"].isin(order)]
            if len(mine):
                places = order.get_indexer(pd.Index(mine["issuer"]))
                label = clock.replace("_", " ")
                ax.plot(mine["last_session_on"], places, mark, color=PALETTE[colours[clock]], label=label, markersize=7, linestyle="none")
        day_line(ax, today, linewidth=1.0)
        ax.annotate("as of", (today, 1.0), xycoords=("data", "axes fraction"), xytext=(3, -10), textcoords="offset points", fontsize=8)
        ax.set_yticks(np.arange(len(order)), [str(issuer)[:44] for issuer in order], fontsize=8)
        ax.set_ylim(-0.6, max(len(order), 1) - 0.4)
        if len(order):
            ax.xaxis.set_major_formatter(ConciseDateFormatter(ax.xaxis.get_major_locator()))
            ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=4)
        ax.set_xlabel("last usable session on the line's own venue")
        ax.set_title("Until when each name can be used" if len(order) else "No deadline lies ahead")
    return ax
