"""Every figure of the plots room keeps the contract of figures, because it is there."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import impact.plots

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
