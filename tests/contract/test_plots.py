"""Every figure of the plots room keeps the contract of figures, because it is there."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pandas as pd
import pytest

import impact.plots
from impact.plots.style import svg_text

FIGURES = {
    name: function
    for part in pkgutil.iter_modules(impact.plots.__path__)
    for name, function in inspect.getmembers(importlib.import_module(f"impact.plots.{part.name}"), inspect.isfunction)
    if name.startswith("plot_") and function.__module__ == f"impact.plots.{part.name}"
}


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_a_figure_draws_on_given_axes_and_gives_them_back(name):
    signature = inspect.signature(FIGURES[name])
    assert signature.parameters["ax"].default is None
    assert str(signature.return_annotation).startswith("Axes")
    assert (inspect.getdoc(FIGURES[name]) or "").endswith(".") or "\n" in inspect.getdoc(FIGURES[name])


def test_a_long_name_leaves_room_for_the_figure():
    """A line of Luokung's page was named by 95 letters and left no room for the axes."""
    name = "DoD removed designation; joint stipulation of dismissal; firm also absent from the annex of the order"
    effects = pd.DataFrame({"effect": ["drop", name, "x" * 120], "n_days": 2, "car": -0.1, "low": -0.2, "high": 0.0})
    axes = FIGURES["plot_recovery"](effects, verdict="cannot tell")
    assert "DoD removed" in svg_text(axes.figure, alternative="x")  # a figure without room warns, and a warning is an error here
    assert axes.get_position().width > 0.4
