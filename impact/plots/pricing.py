"""Figures of the price effect: bands over time, cost by horizon, the frontier, forecasts beside outcomes, variance shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impact.plots.style import PALETTE, house_style, new_axes, percent_axis, short_name
from impact.tables.prose import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "plot_announcement",
    "plot_backtest",
    "plot_cost_by_horizon",
    "plot_effect_band",
    "plot_events_by_class",
    "plot_frontier",
    "plot_laws",
    "plot_predicted_realised",
    "plot_variance_shares",
]

CROWD_COLOURS = {False: ("blue", "alone"), True: ("vermilion", "with the crowd")}


@house_style()
def plot_effect_band(path: pd.DataFrame, *, title: str = "Effect of the forced supply", ax: Axes | None = None) -> Axes:
    """Return since the eve after each session: middle, 50 % and 90 % band.

    Parameters
    ----------
    path : DataFrame
        session_number and return_q05, _q25, _q50, _q75, _q95.
    """
    ax = new_axes(ax)
    steps = path["session_number"]
    ax.fill_between(steps, path["return_q05"], path["return_q95"], color=PALETTE["blue"], alpha=0.15, linewidth=0, label="90 % of draws")
    ax.fill_between(steps, path["return_q25"], path["return_q75"], color=PALETTE["blue"], alpha=0.3, linewidth=0, label="50 % of draws")
    ax.plot(steps, path["return_q50"], color=PALETTE["blue"], label="middle")
    ax.axhline(0, color=PALETTE["ink"], linewidth=0.8)
    ax.set_xlabel("session (1 = the one that reacts to the notice)")
    ax.set_ylabel("return since the eve (%)")
    percent_axis(ax.yaxis)
    ax.set_title(title)
    ax.legend(loc="lower right")
    return ax


@house_style()
def plot_laws(laws: pd.DataFrame, *, realised: float | None = None, title: str = "Laws side by side", ax: Axes | None = None) -> Axes:
    """Peak effect of each law, 50 % and 90 % intervals, with the realised return when given.

    Parameters
    ----------
    laws : DataFrame
        law, peak_return_low, _q25, _mid, _q75, _high, extrapolated.
    """
    ax = new_axes(ax, figsize=(8.0, 1.2 + 0.5 * len(laws)))
    lanes = np.arange(len(laws))[::-1]
    ax.hlines(lanes, laws["peak_return_low"], laws["peak_return_high"], color=PALETTE["blue"], linewidth=1.5, label="90 % of draws")
    ax.hlines(lanes, laws["peak_return_q25"], laws["peak_return_q75"], color=PALETTE["blue"], linewidth=5, alpha=0.5, label="50 % of draws")
    ax.plot(laws["peak_return_mid"], lanes, marker="o", linestyle="none", color=PALETTE["blue"])
    if realised is not None:
        ax.axvline(realised, color=PALETTE["vermilion"], label="realised")
    names = [f"{law} *" if outside else law for law, outside in zip(laws["law"], laws["extrapolated"], strict=True)]
    ax.set_yticks(lanes, names)
    ax.set_xlabel("band on the deepest session (%); * outside the range of calibration")
    percent_axis(ax.xaxis)
    ax.set_title(title)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


@house_style()
def plot_cost_by_horizon(costs: pd.DataFrame, *, title: str = "Cost of selling by horizon", ax: Axes | None = None) -> Axes:
    """Cost in basis points against the horizon, alone and with the crowd, low to high.

    Parameters
    ----------
    costs : DataFrame
        horizon_sessions and alone_bps_low, _mid, _high, crowd_bps_low, _mid, _high.
    """
    ax = new_axes(ax)
    ordered = costs.sort_values("horizon_sessions")
    for crowd, (colour, label) in CROWD_COLOURS.items():
        prefix = "crowd_bps" if crowd else "alone_bps"
        ax.fill_between(
            ordered["horizon_sessions"], ordered[f"{prefix}_low"], ordered[f"{prefix}_high"], color=PALETTE[colour], alpha=0.15, linewidth=0
        )
        ax.plot(ordered["horizon_sessions"], ordered[f"{prefix}_mid"], marker="o", color=PALETTE[colour], label=label)
    ax.set_xscale("log")
    ax.set_yscale("symlog", linthresh=10)  # at best the path gains, so a cost may be negative
    ax.set_xticks(ordered["horizon_sessions"], [str(n) for n in ordered["horizon_sessions"]])
    ax.minorticks_off()
    ax.set_xlabel("horizon (sessions, log scale)")
    ax.set_ylabel("cost (bp of the position; log scale beyond 10)")
    ax.set_title(title)
    ax.legend(loc="center right")
    return ax


@house_style()
def plot_frontier(frontier: pd.DataFrame, *, title: str = "Expected cost against risk", ax: Axes | None = None) -> Axes:
    """Best expected cost at each risk, alone and with the crowd.

    Parameters
    ----------
    frontier : DataFrame
        crowd (bool), cost_bps, risk_bps.
    """
    ax = new_axes(ax)
    for crowd, own in frontier.groupby("crowd"):
        colour, label = CROWD_COLOURS[bool(crowd)]
        ordered = own.sort_values("risk_bps")
        ax.plot(ordered["risk_bps"], ordered["cost_bps"], marker=".", color=PALETTE[colour], label=label)
    ax.set_yscale("log")
    ax.set_xlabel("risk (one standard deviation, bp of the position)")
    ax.set_ylabel("expected cost (bp of the position, log scale)")
    ax.set_title(title)
    ax.legend()
    return ax


LEAST_SHARE = 0.01
"""Share of the variance from which an assumption gets a bar of its own."""


@house_style()
def plot_predicted_realised(rows: pd.DataFrame, *, title: str = "Predicted and realised", ax: Axes | None = None) -> Axes:
    """Predicted 90 % interval of each session beside the realised abnormal return with twice its standard error.

    Parameters
    ----------
    rows : DataFrame
        event_id, predicted_return_low, _mid, _high, realised_ar, ar_se, and label where the events have names.
    """
    ax = new_axes(ax, figsize=(8.0, 4.2))
    lanes = np.arange(len(rows))
    ax.vlines(lanes - 0.12, rows["predicted_return_low"], rows["predicted_return_high"], color=PALETTE["blue"], linewidth=5, alpha=0.4)
    ax.plot(
        lanes - 0.12, rows["predicted_return_mid"], marker="_", linestyle="none", color=PALETTE["blue"], label="predicted, 90 % of draws"
    )
    ax.errorbar(
        lanes + 0.12,
        rows["realised_ar"],
        yerr=2 * rows["ar_se"],
        fmt="o",
        color=PALETTE["vermilion"],
        label="realised abnormal return, 2 standard errors",
    )
    ax.axhline(0, color=PALETTE["ink"], linewidth=0.8)
    names = [short_name(str(name)) for name in rows["label" if "label" in rows else "event_id"]]
    ax.set_xticks(lanes, names, rotation=38, ha="right", rotation_mode="anchor", fontsize=7.5)
    ax.set_ylabel("return of the session (%)")
    percent_axis(ax.yaxis)
    ax.set_title(f"{title} (N = {len(rows)} sessions)")
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)
    return ax


@house_style()
def plot_backtest(rows: pd.DataFrame, *, title: str = "Leave one date out", ax: Axes | None = None) -> Axes:
    """Forecast 90 % interval of each event and its abnormal return, in the order of dates.

    Parameters
    ----------
    rows : DataFrame
        event_id, group, low_90, high_90, predicted_return, car.
    """
    ax = new_axes(ax, figsize=(8.0, 1.6 + 0.24 * len(rows)))
    ordered = rows.sort_values(["group", "event_id"])
    lanes = np.arange(len(ordered))[::-1]
    ax.hlines(lanes, ordered["low_90"], ordered["high_90"], color=PALETTE["blue"], linewidth=4, alpha=0.35, label="forecast, 90 %")
    ax.plot(ordered["predicted_return"], lanes, marker="|", linestyle="none", color=PALETTE["blue"])
    inside = ordered["car"].between(ordered["low_90"], ordered["high_90"]).to_numpy()
    for hit, colour, label in ((True, "green", "realised, inside"), (False, "vermilion", "realised, outside")):
        chosen = inside == hit
        ax.plot(ordered["car"].to_numpy()[chosen], lanes[chosen], marker="o", linestyle="none", color=PALETTE[colour], label=label)
    ax.axvline(0, color=PALETTE["ink"], linewidth=0.8)
    ax.set_yticks(lanes, [short_name(str(event)) for event in ordered["event_id"]], fontsize=8)
    ax.set_xlabel("cumulative abnormal return (%)")
    percent_axis(ax.xaxis)
    ax.set_title(f"{title} (N = {len(ordered)}, {ordered['group'].nunique()} dates)")
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


@house_style()
def plot_variance_shares(
    shares: pd.DataFrame, *, law: str = "all_laws", title: str = "Which assumption matters", ax: Axes | None = None
) -> Axes:
    """Share of the variance of the peak effect that each assumption explains alone.

    Parameters
    ----------
    shares : DataFrame
        law and one column ``<assumption>_share`` each.
    """
    row = shares.set_index("law").T[law].astype(float)
    ordered = row[row >= LEAST_SHARE].sort_values()
    others = len(row) - len(ordered)
    ax = new_axes(ax, figsize=(8.0, 1.2 + 0.35 * len(ordered)))
    names = [str(name).removesuffix("_share").replace("_", " ") for name in ordered.index]
    ax.barh(names, ordered.to_numpy(dtype=float), color=PALETTE["blue"])
    rest = max(1 - float(row.sum()), 0.0)
    small = f"; {others} more explain less than {percent(LEAST_SHARE, 0)} each" if others else ""
    ax.set_xlabel(f"share of variance explained alone (%); interactions {percent(rest, 0)}{small}")
    percent_axis(ax.xaxis)
    ax.set_title(f"{title}: {law.replace('_', ' ')}")
    return ax


@house_style()
def plot_events_by_class(events: pd.DataFrame, *, title: str = "List events: first session and the next", ax: Axes | None = None) -> Axes:
    """Every event's abnormal return by class, with the median of the class; a sentence where there is none.

    Parameters
    ----------
    events : DataFrame
        event_class (empty: relief), car_0_1, date_cluster, public_on.
    """
    label = events["event_class"].where(events["event_class"] != "", "relief")
    names = list(dict.fromkeys(sorted(label)))
    ax = new_axes(ax, figsize=(8.0, 1.4 + 0.5 * len(names)))
    ticks = []
    for lane, name in enumerate(names):
        car = events.loc[label == name, "car_0_1"].to_numpy(dtype=float)
        spread = np.linspace(-0.25, 0.25, car.size) if car.size > 1 else np.zeros(1)
        ax.plot(car, lane + spread, marker="o", markersize=3, linestyle="none", color=PALETTE["blue"], alpha=0.5)
        ax.vlines(np.median(car), lane - 0.35, lane + 0.35, color=PALETTE["vermilion"], linewidth=2, label="median" if lane == 0 else "")
        dates = events.loc[label == name, "date_cluster"].fillna(events["public_on"]).nunique()
        ticks.append(f"{name.replace('_', ' ')} (N = {car.size}, {dates} dates)")
    ax.axvline(0, color=PALETTE["ink"], linewidth=0.8)
    ax.set_yticks(range(len(names)), ticks, fontsize=8)
    ax.set_xlabel("abnormal return of the first session and the next (%)")
    percent_axis(ax.xaxis)
    ax.set_title(title)
    if names:
        ax.legend(loc="lower right")
    else:
        ax.set(xticks=[], yticks=[])
        ax.text(0.5, 0.5, "no event with a return stands for a class here", transform=ax.transAxes, ha="center", va="center")
    return ax


@house_style()
def plot_announcement(
    forecasts: pd.DataFrame, *, title: str = "Abnormal return of the first session and the next", ax: Axes | None = None
) -> Axes:
    """Default forecast and scenario, 50 and 90 % ranges.

    Parameters
    ----------
    forecasts : DataFrame
        forecast, return_q05, _q25, _q50, _q75, _q95, n_events, n_dates.
    """
    ax = new_axes(ax, figsize=(8.0, 1.6 + 0.6 * len(forecasts)))
    lanes = np.arange(len(forecasts))[::-1]
    ax.hlines(lanes, forecasts["return_q05"], forecasts["return_q95"], color=PALETTE["blue"], linewidth=1.5, label="90 % range")
    ax.hlines(lanes, forecasts["return_q25"], forecasts["return_q75"], color=PALETTE["blue"], linewidth=6, alpha=0.5, label="50 % range")
    ax.plot(forecasts["return_q50"], lanes, marker="o", linestyle="none", color=PALETTE["blue"], label="middle")
    ax.axvline(0, color=PALETTE["ink"], linewidth=0.8)
    names = [f"{row.forecast}\nN = {row.n_events}, {row.n_dates} dates" for row in forecasts.itertuples()]
    ax.set_yticks(lanes, names, fontsize=8)
    ax.set_xlabel("abnormal return of the first session and the next (%)")
    percent_axis(ax.xaxis)
    ax.set_title(title)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax
