"""One look for every figure: a colour-blind palette, axes with units, SVG text that stays text."""

from __future__ import annotations

import html
import io
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import SubFigure
from matplotlib.rcsetup import cycler
from matplotlib.ticker import FuncFormatter, PercentFormatter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from matplotlib.typing import RcKeyType

    from impact.typing_ import FloatArray1D

__all__ = [
    "PALETTE",
    "Axes",
    "amount_axis",
    "day_line",
    "figure_of",
    "house_style",
    "new_axes",
    "percent_axis",
    "short_name",
    "spread_out",
    "svg_text",
]

# Okabe and Ito (2008): told apart with every common form of colour vision.
PALETTE = MappingProxyType(
    {
        "blue": "#0072B2",
        "orange": "#E69F00",
        "green": "#009E73",
        "vermilion": "#D55E00",
        "sky": "#56B4E9",
        "purple": "#CC79A7",
        "yellow": "#F0E442",
        "grey": "#6B7280",
        "ink": "#1F2937",
    }
)

_STYLE: dict[RcKeyType, Any] = {
    "figure.dpi": 110,
    "font.family": ["DejaVu Sans"],
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "impact",
    "axes.prop_cycle": cycler(color=[PALETTE[name] for name in ("blue", "vermilion", "green", "orange", "purple", "sky")]),
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw inside this context to get the house look; the caller's settings come back afterwards."""
    with mpl.rc_context(_STYLE):
        yield
        interactive = mpl.is_interactive()
    mpl.interactive(interactive)  # a notebook's backend switches it on while the first figure is made


def new_axes(ax: Axes | None = None, *, figsize: tuple[float, float] = (8.0, 4.0)) -> Axes:
    """`ax` itself, or the Axes of a new pyplot figure in the house look, which a notebook shows by itself."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    with house_style():
        _figure, drawn = plt.subplots(figsize=figsize, layout="constrained")
    return drawn


def figure_of(ax: Axes) -> Figure:
    """The whole figure that the axes stand in, also when that is by way of a part of it."""
    figure = ax.figure
    return figure.figure if isinstance(figure, SubFigure) else figure


def short_name(name: str, *, width: int = 36) -> str:
    """A name for the margin of a figure: cut between words where it is longer than `width`; the table beside holds all of it.

    Examples
    --------
    >>> short_name("Preliminary injunction granted, stipulation of dismissal"), short_name("x" * 50, width=8)
    ('Preliminary injunction granted, …', 'xxxxxx …')
    """
    cut = textwrap.shorten(name, width, placeholder=" …")
    return cut if cut.strip(" …") or not name.strip() else f"{name.strip()[: width - 2]} …"


def spread_out(places: FloatArray1D, step: float) -> FloatArray1D:
    """Places in ascending order moved apart to at least `step`, each run of them about its own middle.

    Examples
    --------
    >>> spread_out(np.array([0.1, 0.5, 0.5, 0.9]), 0.2).round(3).tolist()
    [0.1, 0.4, 0.6, 0.9]
    """
    runs: list[list[float]] = []  # of each run: its wanted places less their rank in steps
    for place in places:
        runs.append([float(place)])
        while len(runs) > 1 and _start_of(runs[-1], step) < _start_of(runs[-2], step) + step * len(runs[-2]):
            last = runs.pop()
            runs[-1].extend(last)
    return np.concatenate([_start_of(run, step) + step * np.arange(len(run)) for run in runs]) if runs else np.array([])


def _start_of(run: list[float], step: float) -> float:
    return float(np.mean(run)) - step * (len(run) - 1) / 2


def day_line(ax: Axes, day: pd.Timestamp, *, linewidth: float, linestyle: str = "-") -> None:
    """A vertical line at one day of an axis of dates."""
    ax.xaxis_date()
    ax.axvline(float(date2num(day)), color=PALETTE["ink"], linewidth=linewidth, linestyle=linestyle)


def percent_axis(axis, *, decimals: int | None = None) -> None:
    """Label a decimal-return axis (``ax.xaxis`` or ``ax.yaxis``) in percent."""
    axis.set_major_formatter(PercentFormatter(xmax=1.0, decimals=decimals))


def amount_axis(axis) -> None:
    """Label an axis of shares or money with m, bn."""

    def label(value: float, _position: int) -> str:
        for scale, letter in ((1e9, " bn"), (1e6, " m"), (1e3, " k")):
            if abs(value) >= scale:
                return f"{value / scale:g}{letter}"
        return f"{value:g}"

    axis.set_major_formatter(FuncFormatter(label))


def svg_text(figure: Figure, *, alternative: str) -> str:
    """The figure as one inline ``<svg>`` element with a role and an accessible name, without date or id of the run.

    The figure is closed: a page draws many of them.
    """
    import matplotlib.pyplot as plt

    buffer = io.BytesIO()
    with house_style():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    text = buffer.getvalue().decode()
    body = text[text.index("<svg") :]
    return body.replace("<svg", f'<svg role="img" aria-label="{html.escape(alternative, quote=True)}"', 1)
