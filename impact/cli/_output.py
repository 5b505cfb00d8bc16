"""How every command prints: one document, four formats, data on stdout, messages on stderr."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impact.errors import InputError
from impact.typing_ import named_rows

if TYPE_CHECKING:
    from impact.provenance import Source
    from impact.tables import Table

__all__ = ["Document", "emit", "output_options", "working"]

PIPED_WIDTH, PROSE_WIDTH = 160, 36
FORMATS = ("table", "csv", "json", "parquet", "latex")


@dataclass(frozen=True, eq=False, kw_only=True)
class Document:
    """What a command has to say: a headline, named tables (the first is the main one), notes, assumptions, sources."""

    command: str
    title: str
    tables: Mapping[str, Table]
    inputs: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()

    @property
    def main_table(self) -> str:
        """Name of the table that CSV and Parquet write."""
        return next(iter(self.tables))


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--format``, ``-o/--output``, ``--table`` and ``--debug`` to a command."""
    for option in (
        click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error."),
        click.option("--table", "table", metavar="NAME", help="Which table CSV, Parquet and LaTeX write (default: the main one)."),
        click.option("-o", "--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write to FILE instead of stdout."),
        click.option("--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True, help="Output format."),
    ):
        command = option(command)
    return command


@contextmanager
def working(message: str) -> Iterator[None]:
    """A spinner on stderr while something takes its time and a person watches; nothing when output is piped."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(message):
        yield


def emit(document: Document, *, format_: str = "table", output: str | None = None, table: str | None = None) -> None:
    """Print `document` in `format_` on stdout, or write it to the file `output`."""
    if table is not None and table not in document.tables:
        raise InputError(f"--table {table!r} is not a table of this command; choose one of: {', '.join(document.tables)}.")
    if format_ == "parquet":
        _write_parquet(document, output, table)
        return
    text = _RENDERERS[format_](document, table)
    if output is None:
        sys.stdout.write(text)
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"--output {output!r} cannot be written ({error.strerror}); choose a folder that exists and may be written."
        ) from error


def _selected(document: Document, table: str | None) -> Table:
    return document.tables[table or document.main_table]


def _as_table(document: Document, table: str | None) -> str:
    from rich.console import Console
    from rich.text import Text

    from impact.tables import neutralise

    terminal = sys.stdout.isatty()
    buffer = io.StringIO()
    names = [table] if table else list(document.tables)
    width = None if terminal else max(PIPED_WIDTH, *(_readable_width(document.tables[name]) for name in names))
    console = Console(file=buffer, width=width, force_terminal=terminal, highlight=False)
    console.print(Text(neutralise(document.title, "terminal"), style="bold"), soft_wrap=not terminal)
    for name in names:
        console.print()
        console.print(_rich_table(name, document.tables[name]))
    for heading, lines in (
        ("Notes", document.notes),
        ("Assumptions", document.assumptions),
        ("Sources", tuple(map(str, document.sources))),
    ):
        if lines:
            console.print()
            console.print(Text(heading, style="bold"))
            for line in lines:
                console.print(Text(neutralise(f"  - {line}", "terminal")), soft_wrap=not terminal)
    return buffer.getvalue()


def _readable_width(table: Table) -> int:
    """Characters that the table needs so that no column is cut into single letters; prose may fold at ``PROSE_WIDTH``."""
    from impact.tables import shown_cells

    shown = shown_cells(table)
    longest = [
        max([len(str(name)), *(len(str(cell)) for cell in column)]) for name, (_, column) in zip(shown.columns, shown.items(), strict=True)
    ]
    return sum(min(length, PROSE_WIDTH) + 3 for length in longest)


def _rich_table(name: str, table: Table):
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    from impact.tables import shown_cells

    shown = shown_cells(table)
    numeric = [table.schema.is_numeric(column, table.frame.iloc[:, place]) for place, column in enumerate(table.frame.columns)]
    title = Text(name.replace("_", " "))
    drawn = RichTable(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for column, is_number in zip(shown.columns, numeric, strict=True):
        drawn.add_column(Text(str(column)), justify="right" if is_number else "left", overflow="fold")
    for row in named_rows(shown, index=False):
        drawn.add_row(*(Text(str(cell)) for cell in row))
    if table.frame.empty:
        drawn.caption = "(no rows)"
    return drawn


def _as_csv(document: Document, table: str | None) -> str:
    from impact.tables import neutralise_formula

    frame = _selected(document, table).frame.map(neutralise_formula)
    return frame.rename(columns=neutralise_formula).to_csv(index=False, lineterminator="\n")


def _as_latex(document: Document, table: str | None) -> str:
    from impact.tables import to_latex

    whole = _selected(document, table)
    return to_latex(whole.of(whole.frame.set_index(whole.frame.columns[0])), caption=document.title) + "\n"


def _as_json(document: Document, _table: str | None) -> str:
    from impact.tables import neutralise

    body = {
        "schema": f"impact.{document.command}/1",
        "title": document.title,
        "inputs": _plain(document.inputs),
        "assumptions": list(document.assumptions),
        "sources": [str(source) for source in document.sources],
        "notes": list(document.notes),
    }
    for name, each in document.tables.items():
        body[name] = [{str(key): _plain(value) for key, value in row.items()} for row in each.frame.to_dict("records")]
    body["columns"] = {name: _meanings(each) for name, each in document.tables.items()}
    return neutralise(json.dumps(body, ensure_ascii=False, indent=2, allow_nan=False), "json") + "\n"


def _meanings(table: Table) -> dict[str, dict[str, str]]:
    """What each column is: its kind, and its unit and meaning where they are declared."""
    columns = (table.schema.column(name) for name in table.frame.columns)
    return {
        column.name: {key: said for key, said in (("kind", column.kind), ("unit", column.unit), ("about", column.about)) if said}
        for column in columns
    }


def _plain(value: Any) -> Any:
    """A value as JSON can hold it: ISO dates, null for a missing or infinite number."""
    import math

    import numpy as np
    import pandas as pd

    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, pd.Timestamp):
        midnight = value.tzinfo is None and value == value.normalize()
        return value.strftime("%Y-%m-%d") if midnight else value.isoformat()
    return value if isinstance(value, (str, int)) else str(value)


def _write_parquet(document: Document, output: str | None, table: str | None) -> None:
    if output is None:
        raise InputError("--format parquet writes a binary file: give its name with -o FILE.")
    frame = _selected(document, table).frame
    try:
        frame.to_parquet(output, index=False)
    except ImportError as error:
        raise InputError(
            "--format parquet needs pyarrow: install the extra with `pip install 'index-exclusion-impact[parquet]'`."
        ) from error


_RENDERERS: Mapping[str, Callable[[Document, str | None], str]] = {
    "table": _as_table,
    "csv": _as_csv,
    "json": _as_json,
    "latex": _as_latex,
}
