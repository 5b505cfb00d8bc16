"""A table as a reader sees it: cells rounded by the kind of their column, in text, HTML or LaTeX."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.tables.kinds import KINDS
from impact.tables.schema import Column, Schema, Table
from impact.tables.text import neutralise

__all__ = ["display", "format_value", "neutralise_formula", "shown_cells", "to_html", "to_latex", "to_text"]

MISSING = "–"


def format_value(value: object, kind: str = "number") -> str:
    """One cell as text: `kind` is a key of ``KINDS``; missing values become a dash.

    Examples
    --------
    >>> format_value(-0.1026, "return"), format_value(0.00001, "p"), format_value(float("nan"))
    ('-10.26 %', '< 0.0001', '–')
    """
    if value is None or value is pd.NaT or value is pd.NA:
        return MISSING
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (int, float, np.integer, np.floating)):
        number = float(value)
        if math.isnan(number):
            return MISSING
        return ("∞" if number > 0 else "-∞") if math.isinf(number) else KINDS[kind].write(number)
    if isinstance(value, pd.Timestamp):
        plain = value.tzinfo is None and value == value.normalize()
        return value.strftime("%Y-%m-%d") if plain else value.isoformat(sep=" ", timespec="minutes")
    return str(value)


def display(table: Table | pd.DataFrame, schema: Schema | Mapping[str, str] | None = None) -> pd.DataFrame:
    """A copy of the frame with every cell as the text a reader should see.

    Parameters
    ----------
    table : Table or DataFrame
        Unrounded values: a table of a result, as ``result.with_schema(name)`` gives it, or any frame.
    schema : Schema or mapping of column to kind, optional
        What the columns of a DataFrame are; a column that a mapping leaves out is a plain number or text.

    Raises
    ------
    InputError
        If a DataFrame comes without a schema: nothing is guessed from the name of a column.

    Examples
    --------
    >>> display(pd.DataFrame({"car": [-0.1026], "p": [0.0004]}), {"car": "return", "p": "p"}).to_dict("records")
    [{'car': '-10.26 %', 'p': '0.0004'}]
    """
    if isinstance(table, pd.DataFrame):
        table = _described(table, schema)
    table = table.for_readers()
    frame = table.frame
    columns = {}
    for position, name in enumerate(frame.columns):
        own = table.schema.kinds(frame, name)
        columns[position] = [format_value(value, kind) for value, kind in zip(frame.iloc[:, position].tolist(), own, strict=True)]
    cells = pd.DataFrame(columns, index=frame.index, dtype=object)
    cells.columns = frame.columns
    return cells


def _described(frame: pd.DataFrame, schema: Schema | Mapping[str, str] | None) -> Table:
    if schema is None:
        raise InputError("a DataFrame is shown with a schema: give one, or a mapping of column to kind such as {'car': 'return'}.")
    if isinstance(schema, Schema):
        return schema.table(frame)
    return Schema("given", tuple(Column(str(name), kind) for name, kind in schema.items()), extra=Column("other", "number")).table(frame)


def _clean(cells: pd.DataFrame, output: str) -> pd.DataFrame:
    """Every text of a frame, headings and index included, made inert for `output`."""

    def inert(value: object) -> object:
        return neutralise(value, output) if isinstance(value, str) else value

    clean = cells.map(inert)
    clean.columns = cells.columns.map(inert)
    clean.index = (
        cells.index.map(lambda label: tuple(map(inert, label)) if isinstance(label, tuple) else inert(label)) if len(cells) else cells.index
    )
    clean.index.names = [inert(name) for name in cells.index.names]
    return clean


def shown_cells(table: Table) -> pd.DataFrame:
    """The cells and headings of a table as text for a terminal."""
    return _clean(display(table), "terminal")


def to_text(table: Table) -> str:
    """The table as fixed-width text for a terminal or a ``print``."""
    if table.frame.empty:
        return "(no rows)"
    return shown_cells(table).to_string()


def to_html(table: Table, caption: str = "") -> str:
    """The table as an escaped HTML fragment."""
    body = _clean(display(table), "plain").to_html(escape=True, border=0, classes="impact-table")
    if not caption:
        return body
    return body.replace("<thead>", f"<caption>{neutralise(caption, 'html')}</caption><thead>", 1)


def to_latex(table: Table, caption: str = "") -> str:
    """The table as a LaTeX ``tabular`` with rules from booktabs; names outside the Latin letters need XeLaTeX or LuaLaTeX and a font."""
    shown = display(table)
    index_names = [str(name or "") for name in shown.index.names]
    schema = table.schema
    header = [schema.column(name).short if name in schema else str(name) for name in (*index_names, *shown.columns)]
    lines = [
        r"\begin{table}",
        rf"\caption{{{neutralise(caption, 'latex')}}}" if caption else "",
        rf"\begin{{tabular}}{{{'l' * len(index_names)}{'r' * len(shown.columns)}}}",
        r"\toprule",
        " & ".join(neutralise(cell, "latex") for cell in header) + r" \\",
        r"\midrule",
    ]
    for label, row in zip(shown.index, shown.itertuples(index=False), strict=True):
        labels = label if isinstance(label, tuple) else (label,)
        cells = [format_value(part) for part in labels] + list(row)
        lines.append(" & ".join(neutralise(str(cell), "latex") for cell in cells) + r" \\")
    lines += [r"\bottomrule", r"\end{tabular}", r"\end{table}"]
    return "\n".join(line for line in lines if line)


def neutralise_formula(value: object) -> object:
    """Text that a spreadsheet would run as a formula, made inert with a leading apostrophe.

    Examples
    --------
    >>> neutralise_formula("=1+1"), neutralise_formula(-2.0), neutralise_formula("Xiaomi")
    ("'=1+1", -2.0, 'Xiaomi')
    """
    return neutralise(value, "sheet") if isinstance(value, str) else value
