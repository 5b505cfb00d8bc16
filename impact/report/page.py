"""A self-contained HTML page: text, tables and inline figures, with the numbers behind each embedded as JSON.

The page needs no server and asks nothing of the network: styles and the few lines of script are inlined, figures are
SVG, and every table can be saved as CSV from the page itself.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from impact import tables
from impact.errors import InputError
from impact.tables import neutralise, neutralise_formula
from impact.typing_ import named_rows
from impact.whole_files import write_whole

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["Figure", "Page", "Section", "Table", "Text", "render", "write"]

PROSE_LENGTH = 28
"""Characters from which a text column is prose."""


@dataclass(frozen=True, kw_only=True)
class Text:
    """Paragraphs, or a bulleted list when `bullets` is true; plain text, escaped when rendered."""

    lines: tuple[str, ...]
    bullets: bool = False
    tone: str = ""
    kind: str = field(default="text", init=False)


@dataclass(frozen=True, eq=False, kw_only=True)
class Table:
    """One table of unrounded values with its schema; `folded` hides it until asked for, `mark` names the column of rows to mark."""

    id: str
    title: str
    table: tables.Table
    caption: str = ""
    mark: str = ""
    folded: bool = False
    kind: str = field(default="table", init=False)

    @property
    def frame(self) -> pd.DataFrame:
        """The unrounded values."""
        return self.table.frame

    def shown(self) -> tables.Table:
        """The table as a reader sees it: without sparse columns that hold nothing, and without figures that are missing in every row."""
        return self._shown

    @cached_property
    def _shown(self) -> tables.Table:
        read = self.table.for_readers()
        empty = [name for name in read.frame.columns if read.frame[name].isna().all() and len(read.frame)]
        return read.of(read.frame.drop(columns=empty))

    def rows(self) -> list[dict[str, Any]]:
        """Cells as shown, row by row, each with the class of its column."""
        shown = tables.display(self.shown())
        marked = self.frame[self.mark].astype(bool).tolist() if self.mark else [False] * len(self.frame)
        heads = self.header()
        return [
            {
                "marked": is_marked,
                "cells": [{"text": str(text), "css": head["css"], "label": head["text"]} for text, head in zip(row, heads, strict=True)],
            }
            for is_marked, row in zip(marked, named_rows(shown, index=False), strict=True)
        ]

    def header(self) -> list[dict[str, Any]]:
        """Column headings in the reader's words, each with what the column says."""
        return self._header

    @cached_property
    def _header(self) -> list[dict[str, Any]]:
        read = self.shown()
        columns = [read.schema.column(name) for name in read.frame.columns]
        return [
            {"text": column.short, "about": column.about, "css": _column_class(read, i), "column": str(read.frame.columns[i])}
            for i, column in enumerate(columns)
        ]


def _column_class(table: tables.Table, position: int) -> str:
    """``number`` is right-aligned, ``date`` like it never broken, ``prose`` gets room, the rest is short text."""
    column = table.frame.iloc[:, position]
    if table.schema.is_numeric(table.frame.columns[position], column):
        return "number"
    if column.dtype.kind in "Mm":
        return "date"
    longest = max((len(str(value)) for value in column), default=0)
    return "prose" if longest > PROSE_LENGTH else "short"


@dataclass(frozen=True, eq=False, kw_only=True)
class Figure:
    """One inline SVG with a caption, a text alternative inside the SVG, and the numbers it was drawn from."""

    id: str
    title: str
    svg: str
    caption: str = ""
    frame: pd.DataFrame | None = None
    kind: str = field(default="figure", init=False)


@dataclass(frozen=True, kw_only=True)
class Section:
    """A headed part of the page; its id is its address in the table of contents."""

    id: str
    title: str
    blocks: tuple[Text | Table | Figure, ...]
    lead: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A whole page: the answer in one sentence first, the questions of a reader answered, then sections, then what it rests on."""

    title: str
    headline: str
    subtitle: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    key_figures: tuple[tuple[str, str, str], ...] = ()
    sections: tuple[Section, ...] = ()
    footer: str = ""


def _records(frame: pd.DataFrame) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if value is None or value is pd.NaT or value is pd.NA:
            return None
        if isinstance(value, pd.Timestamp):
            return value.isoformat()
        if isinstance(value, bool):
            return value
        if hasattr(value, "item"):
            value = value.item()
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        return value if isinstance(value, (int, str)) else str(value)

    rows = [[neutralise_formula(plain(value)) for value in row] for row in frame.itertuples(index=False, name=None)]
    return {"columns": [str(name) for name in frame.columns], "rows": rows}


def embedded_tables(page: Page) -> dict[str, Any]:
    """The numbers of every table and figure, by block id."""
    return {
        block.id: _records(block.frame)
        for section in page.sections
        for block in section.blocks
        if isinstance(block, (Table, Figure)) and block.frame is not None
    }


def _text_of(name: str) -> str:
    return resources.files("impact.report").joinpath(name).read_text(encoding="utf-8")


def _inert(value: object) -> object:
    """Text of the page with what cannot be seen made visible; Jinja escapes its markup. What is markup already stays."""
    return neutralise(value, "plain") if isinstance(value, str) and not hasattr(value, "__html__") else value


def _policy(script: str) -> str:
    """Content security policy: nothing from the network, no script but the one of the page, by its hash."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        loader=FunctionLoader(_text_of),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_inert,
    )


def render(page: Page) -> str:
    """The page as one HTML document.

    Raises
    ------
    InputError
        If two blocks share an id: links and downloads would then point to the wrong one.
    """
    from markupsafe import Markup

    ids = [block.id for section in page.sections for block in section.blocks if isinstance(block, (Table, Figure))]
    ids += [section.id for section in page.sections]
    repeated = sorted({name for name in ids if ids.count(name) > 1})
    if repeated:
        raise InputError(f"page ids repeat {len(repeated)} values (first {repeated[0]!r}); ids must be unique: rename one of the blocks.")
    # Without "<" nothing in the numbers can end the script element early ("</script") or swallow its end ("<!--<script").
    numbers = neutralise(json.dumps(embedded_tables(page), ensure_ascii=False, allow_nan=False), "json").replace("<", "\\u003c")
    script = _text_of("page.js")
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            page=page,
            css=Markup(_text_of("page.css")),
            script=Markup(script),
            policy=_policy(script),
            numbers=Markup(numbers),
            svg=Markup,
        )
    )


def write(page: Page, path: str | Path) -> Path:
    """Write the page to `path` and return it.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    return write_whole(path, render(page), parameter="html")
