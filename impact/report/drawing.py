"""From Axes to a figure block of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impact.report.page import Figure

if TYPE_CHECKING:
    import pandas as pd

    from impact.plots.style import Axes

__all__ = ["drawn"]


def drawn(identity: str, title: str, axes: Axes, alternative: str, caption: str, frame: pd.DataFrame) -> Figure:
    """The figure that `axes` belongs to as an inline SVG with its text alternative and the numbers behind it."""
    from impact.plots.style import figure_of, svg_text

    axes.set_title("", loc="left")
    return Figure(id=identity, title=title, svg=svg_text(figure_of(axes), alternative=alternative), caption=caption, frame=frame)
