"""What every result can do: print itself, become a tidy frame, be drawn, say what it assumed and where it comes from."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from impact.provenance import Source
from impact.tables import Schema, Table, neutralise, to_html, to_latex, to_text

if TYPE_CHECKING:
    from impact.plots.style import Axes

__all__ = ["Result", "Summary", "declared", "read_only"]


def read_only(array: np.ndarray) -> np.ndarray:
    """The array itself when it already refuses writing, else a view of it that does."""
    view = array.view()
    view.flags.writeable = False
    return view


def declared(**schemas: Schema) -> Mapping[str, Schema]:
    """The schemas of a result by the name of the attribute or method that gives the table."""
    return MappingProxyType(schemas)


def _columns_section(schemas: Mapping[str, Schema]) -> str:
    """The schemas as a section of a numpydoc docstring."""
    lines = ["    Columns", "    -------"]
    for name, schema in schemas.items():
        lines.append(f"    {name}")
        for column in schema:
            said = ", ".join(part for part in (column.unit, column.about) if part)
            lines.append(f"        {column.name}" + (f": {said}" if said else ""))
    return "\n".join(lines) + "\n    "


@dataclass(frozen=True, eq=False, kw_only=True)
class Summary:
    """A printable account of a result: a headline, captioned tables, notes.

    ``print(summary)`` gives text, a notebook shows HTML, :meth:`to_latex` gives LaTeX. Tables stay unrounded in
    `tables`; rounding happens only when they are shown.
    """

    title: str
    tables: tuple[tuple[str, Table], ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()

    def __post_init__(self) -> None:
        plain = [caption for caption, table in self.tables if not isinstance(table, Table)]
        if plain:
            raise TypeError(f"table {plain[0]!r} of a summary has no schema; give SCHEMA.table(frame), or with_schema of its result.")

    def __str__(self) -> str:
        title = neutralise(self.title, "terminal")
        parts = [title, "=" * len(title)]
        for caption, table in self.tables:
            parts += ["", neutralise(caption, "terminal"), to_text(table)]
        if self.notes:
            parts += ["", *(neutralise(f"- {note}", "terminal") for note in self.notes)]
        if self.sources:
            parts += ["", neutralise("Sources: " + "; ".join(str(source) for source in self.sources), "terminal")]
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        parts = [f"<h3>{neutralise(self.title, 'html')}</h3>"]
        parts += [to_html(table, caption=caption) for caption, table in self.tables]
        if self.notes:
            parts.append("<ul>" + "".join(f"<li>{neutralise(note, 'html')}</li>" for note in self.notes) + "</ul>")
        if self.sources:
            parts.append("<p>Sources: " + neutralise("; ".join(str(source) for source in self.sources), "html") + "</p>")
        return "".join(parts)

    def to_latex(self) -> str:
        """All tables as LaTeX, one ``table`` environment each."""
        return "\n\n".join(to_latex(table, caption=caption) for caption, table in self.tables)


class Result:
    """Mix-in for the frozen record that an entry point returns.

    A subclass is a ``@dataclass(frozen=True, eq=False, kw_only=True, repr=False)`` with the fields it needs, among them
    `sources` (tuple of :class:`~impact.provenance.Source`), `assumptions` (tuple of str), `schemas` (the schema of each
    of its tables, by the name of the attribute or method that gives it) and, where rows can be refused, `dropped` (DataFrame with a `reason` column). It implements :meth:`summary` and :meth:`to_frame`;
    :meth:`plot` where there is something to draw.
    """

    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()
    schemas: ClassVar[Mapping[str, Schema]] = MappingProxyType({})

    def __init_subclass__(cls, **options: Any) -> None:
        """Say in the docstring what the columns of each table are, from their schemas."""
        super().__init_subclass__(**options)
        if "schemas" in cls.__dict__ and cls.__doc__:
            cls.__doc__ = cls.__doc__.rstrip() + "\n\n" + _columns_section(cls.schemas)

    def measured(self, schema: Schema) -> Schema:
        """A schema of returns as that of what the result is of: where its `quantity` is no return (log volume, log range), in log points."""
        return schema.measured_in("return" if getattr(self, "quantity", "return") == "return" else "log_points")

    def with_schema(self, name: str, columns: Iterable[str] | None = None) -> Table:
        """One table of the result with the schema that says what its columns are; `columns` picks some of them.

        Parameters
        ----------
        name : str
            Key of `schemas`: an attribute, or a method that takes nothing, which gives the frame.
        """
        value = getattr(self, name)
        whole = self.measured(self.schemas[name]).table(value() if callable(value) else value)
        return whole if columns is None else whole.select(columns)

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                object.__setattr__(self, field.name, read_only(value))

    def summary(self) -> Summary:
        """The result in the reader's terms, with its interval, n, assumptions and sources."""
        raise TypeError(f"{type(self).__name__} has no summary")

    def to_frame(self) -> pd.DataFrame:
        """The main table, tidy and unrounded, units in the column names."""
        raise TypeError(f"{type(self).__name__} has no main table")

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw the result on `ax` (a new figure when None) and return the Axes."""
        raise TypeError(f"{type(self).__name__} has nothing to draw")

    def __str__(self) -> str:
        return str(self.summary())

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.summary().title}>"

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()
