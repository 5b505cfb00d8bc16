"""How every command prints: one document, six formats, data on stdout, messages on stderr."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impact.cli._written_files import keep_apart, spare_inputs
from impact.errors import InputError
from impact.whole_files import checked_path, write_whole

if TYPE_CHECKING:
    from rich.console import Console

    from impact.provenance import Source
    from impact.tables import Table

__all__ = ["Document", "emit", "output_options", "silence_stdout", "working"]

PIPED_WIDTH, PROSE_WIDTH = 160, 36
FORMATS = ("table", "csv", "json", "jsonl", "parquet", "latex", "xlsx")
ENDINGS = {
    "": "table",
    "txt": "table",
    "csv": "csv",
    "json": "json",
    "jsonl": "jsonl",
    "parquet": "parquet",
    "tex": "latex",
    "xlsx": "xlsx",
}
"""Format of each ending of ``-o FILE``."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Document:
    """What a command has to say: a headline, answers (question and sentence), named tables (the first is the main one), notes, assumptions, sources."""

    command: str
    title: str
    tables: Mapping[str, Table]
    inputs: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()

    @property
    def main_table(self) -> str:
        """Name of the table that CSV and Parquet write."""
        return next(iter(self.tables))


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--format``, ``-o/--output``, ``--table``, ``--force`` and ``--debug`` to a command.

    The format follows the ending of the file, and no file that the command reads is written over, before the command runs.
    """

    @functools.wraps(command)
    def checked(*args: Any, **given: Any) -> Any:
        context = click.get_current_context()
        stated = context.get_parameter_source("format_") is not click.core.ParameterSource.DEFAULT
        given["format_"] = _format_of(given["output"], given["format_"] if stated else None)
        keep_apart(context.params)
        if not given.pop("force"):
            spare_inputs(context.params)
        return command(*args, **given)

    chosen: Callable[..., Any] = checked
    for option in (
        click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error."),
        click.option("--force", is_flag=True, help="Write over a file that the command reads."),
        click.option("--table", "table", metavar="NAME", help="Which table CSV, Parquet and LaTeX write (default: the main one)."),
        click.option("-o", "--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write to FILE, in the format of its ending."),
        click.option("--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True, help="Output format."),
    ):
        chosen = option(chosen)
    return chosen


def _format_of(output: str | None, stated: str | None) -> str:
    """The format to write: the stated one, or that of the ending; an ending that says something else is refused."""
    if output is None or (Path(output).exists() and not Path(output).is_file()):
        return stated or "table"
    checked_path(output, "--output")
    ending = Path(output).suffix.lower().removeprefix(".")
    by_ending = ENDINGS.get(ending)
    if by_ending is None and (stated is None or ending in ("html", "htm", "xls", "pdf")):
        known = ", ".join(f".{name}" for name in ENDINGS if name)
        hint = "; a page is written with --html" if ending.startswith("htm") else ""
        raise InputError(f"--output {output!r} ends in .{ending}, which names no format; use one of {known}{hint}.")
    if stated is not None and by_ending not in (None, "table", stated):
        raise InputError(
            f"--output {output!r} ends in .{ending}, but --format asks for {stated}; leave --format out, or change the ending."
        )
    return stated or str(by_ending)


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
    if format_ in _BINARY:
        if output is None:
            raise InputError(f"--format {format_} writes a binary file: give its name with -o FILE.")
        write_whole(output, _BINARY[format_](document, table), parameter="--output")
        return
    terminal = output is None and sys.stdout is not None and sys.stdout.isatty()
    text = _as_table(document, table, terminal=terminal) if format_ == "table" else _RENDERERS[format_](document, table)
    if output is not None:
        write_whole(output, text, parameter="--output")
        return
    _print(text)


def _print(text: str) -> None:
    """`text` on stdout, whole.

    Raises
    ------
    InputError
        If stdout is closed, full, or cannot write a character of the answer.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
        sys.stdout.write(text)
        sys.stdout.flush()
    except UnicodeEncodeError as error:
        raise InputError(
            f"stdout takes {encoding} only and cannot write {text[error.start]!a}; set PYTHONIOENCODING=utf-8, or write with -o FILE."
        ) from error
    except BrokenPipeError as error:
        silence_stdout()
        raise InputError("stdout was closed by its reader before the whole answer was written; write with -o FILE.") from error
    except (AttributeError, OSError, ValueError) as error:
        silence_stdout()
        reason = getattr(error, "strerror", None) or "it is closed"
        raise InputError(f"stdout cannot be written ({reason}); write with -o FILE.") from error


def silence_stdout() -> None:
    """Let nothing more go to a stdout that failed: Python would try once more when it ends."""
    with contextlib.suppress(AttributeError, OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())


def _selected(document: Document, table: str | None) -> Table:
    return document.tables[table or document.main_table]


def _as_table(document: Document, table: str | None, *, terminal: bool) -> str:
    from rich.console import Console
    from rich.text import Text

    from impact.tables import neutralise

    buffer = io.StringIO()
    names = [table] if table else list(document.tables)
    width = None if terminal else max(PIPED_WIDTH, *(_readable_width(document.tables[name]) for name in names))
    console = Console(file=buffer, width=width, force_terminal=terminal, highlight=False)
    console.print(Text(neutralise(document.title, "terminal"), style="bold"), soft_wrap=not terminal)
    for question, answer in () if table else document.answers:
        console.print()
        console.print(Text(neutralise(question, "terminal"), style="bold"))
        console.print(Text(neutralise(f"  {answer}", "terminal")), soft_wrap=not terminal)
    asked = () if document.tables[document.main_table].frame.empty else (document.main_table,)
    silent = [] if table or len(names) == 1 else [name for name in names if name not in asked and document.tables[name].says_nothing()]
    for name in names:
        if name not in silent:
            console.print()
            _print_table(console, name, document.tables[name])
    if silent:
        console.print()
        console.print(
            Text(f"Without a row, or without a known figure: {', '.join(name.replace('_', ' ') for name in silent)}."),
            soft_wrap=not terminal,
        )
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
        max([len(str(name)) + len(" (log)"), *(len(str(cell)) for cell in column)])
        for name, (_, column) in zip(shown.columns, shown.items(), strict=True)
    ]
    return sum(min(length, PROSE_WIDTH) + 3 for length in longest)


def _print_table(console: Console, name: str, table: Table) -> None:
    from rich.text import Text

    from impact.cli._ruled import ruled_lines
    from impact.tables import shown_cells
    from impact.typing_ import named_rows

    table = table.for_readers()
    shown = shown_cells(table)
    right = [table.schema.is_numeric(column, table.frame.iloc[:, place]) for place, column in enumerate(table.frame.columns)]
    logs = [table.schema.column(column).unit.startswith("log") for column in table.frame.columns]
    # a log return printed in percent says that it is one
    headings = [f"{heading}{' (log)' * is_log}" for heading, is_log in zip(shown.columns, logs, strict=True)]
    rows = [tuple(map(str, row)) for row in named_rows(shown, index=False)]
    head, body = ruled_lines(headings, rows, right, console.width)
    console.print(Text(name.replace("_", " "), style="bold"))
    console.out("\n".join(head), style="bold", highlight=False)
    console.out("\n".join(body), highlight=False)
    if table.frame.empty:
        console.print("(no rows)")


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
    if document.answers:
        body["answers"] = [{"question": question, "answer": answer} for question, answer in document.answers]
    for name, each in document.tables.items():
        body[name] = [{str(key): _plain(value) for key, value in row.items()} for row in each.frame.to_dict("records")]
    body["columns"] = {name: _meanings(each) for name, each in document.tables.items()}
    return neutralise(json.dumps(body, ensure_ascii=False, indent=2, allow_nan=False), "json") + "\n"


def _as_json_lines(document: Document, table: str | None) -> str:
    """One row of the table a line."""
    from impact.tables import neutralise

    rows = _selected(document, table).frame.to_dict("records")
    lines = (json.dumps({str(key): _plain(value) for key, value in row.items()}, ensure_ascii=False, allow_nan=False) for row in rows)
    return "".join(neutralise(line, "json") + "\n" for line in lines)


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


def _as_parquet(document: Document, table: str | None) -> bytes:
    stream = io.BytesIO()
    try:
        _selected(document, table).frame.to_parquet(stream, index=False)
    except ImportError as error:
        raise InputError(
            "--format parquet needs pyarrow: install the extra with `pip install 'index-exclusion-impact[parquet]'`."
        ) from error
    return stream.getvalue()


def _as_workbook(document: Document, table: str | None) -> bytes:
    from impact.tables.workbook import to_workbook

    names = [table] if table else list(document.tables)
    rest = {"Notes": document.notes, "Assumptions": document.assumptions, "Sources": tuple(map(str, document.sources))}
    return to_workbook({name: document.tables[name] for name in names}, title=document.title, texts=rest)


_RENDERERS: Mapping[str, Callable[[Document, str | None], str]] = {
    "csv": _as_csv,
    "json": _as_json,
    "jsonl": _as_json_lines,
    "latex": _as_latex,
}

_BINARY: Mapping[str, Callable[[Document, str | None], bytes]] = {"parquet": _as_parquet, "xlsx": _as_workbook}
