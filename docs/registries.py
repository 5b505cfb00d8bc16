"""What there is, read from the registries: the page of the reference that no hand keeps."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from impact.bundled import read_bundled

__all__ = ["SECTIONS", "Section", "registries_page"]


@dataclass(frozen=True, kw_only=True)
class Section:
    """One registry: where it stands, and which fields of a record are shown."""

    title: str
    module: str
    name: str
    fields: tuple[str, ...]

    @property
    def records(self) -> tuple[Any, ...]:
        """The records, in the order of the registry."""
        registry = getattr(importlib.import_module(self.module), self.name)
        return tuple(registry.values() if isinstance(registry, Mapping) else registry)


SECTIONS = (
    Section(title="Normal-return models", module="impact.eventstudy.models", name="MODELS", fields=("name", "title")),
    Section(title="Hypothesis tests", module="impact.eventstudy.hypotheses", name="TESTS", fields=("name", "null")),
    Section(title="Impact laws", module="impact.pricing.laws", name="LAWS", fields=("name", "title", "formula")),
    Section(title="List formats", module="impact.facts.list_formats", name="LIST_FORMATS", fields=("name", "title")),
    Section(title="File formats", module="impact.intake.formats", name="FORMATS", fields=("name", "about")),
    Section(title="Kinds of column", module="impact.tables.kinds", name="KINDS", fields=("name", "unit")),
    Section(title="Venues", module="impact.venues", name="VENUES", fields=("mic", "name", "zone", "calendar")),
)


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    heads = tuple(heads)
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return lines + ["| " + " | ".join(str(cell).replace("|", "\\|") or "&nbsp;" for cell in row) + " |" for row in rows]


def _figures() -> list[tuple[str, str]]:
    """Every function of the plots room that draws, with the first line of its docstring."""
    package = importlib.import_module("impact.plots")
    drawn = []
    for part in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"impact.plots.{part.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("plot_") and function.__module__ == module.__name__:
                drawn.append((f"impact.plots.{part.name}.{name}", (inspect.getdoc(function) or "").splitlines()[0]))
    return drawn


def registries_page() -> str:
    """The whole page in Markdown."""
    lines = ["# What there is", "", "Each table is read from its registry; CONTRIBUTING.md says how to add to one.", ""]
    for section in SECTIONS:
        rows = [[getattr(record, field) for field in section.fields] for record in section.records]
        lines += [f"## {section.title}", "", f"`{section.module}.{section.name}`", "", *_table(section.fields, rows), ""]
    providers = read_bundled("index_providers")[["provider", "short_name", "zone", "effective_is"]]
    lines += ["## Index providers", "", "`data/index_providers.csv`", "", *_table(providers.columns, providers.to_numpy().tolist()), ""]
    lines += ["## Figures", "", *_table(("function", "what it draws"), _figures()), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    print(registries_page())
