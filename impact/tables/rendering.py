"""A table as a reader sees it: cells rounded by the kind of their column, in text, HTML or LaTeX."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from impact.tables.kinds import KINDS
from impact.tables.schema import Column, Schema, Table
from impact.tables.text import neutralise

__all__ = ["as_table", "display", "format_value", "neutralise_formula", "shown_cells", "to_html", "to_latex", "to_text"]

MISSING = "–"

# The first pattern that matches a whole column name decides how a column without a schema is shown.
COLUMN_FORMATS: tuple[tuple[str, str], ...] = (
    (r"p|p_value|p_.*|.*_p|smallest_p|.*_p_value", "p"),
    (r"alpha|(.*_)?(return|ar|car|caar|aar|bhar)(_low|_high|_mid|_zero_alpha|_joint)?", "return"),
    (r"low|high|ci_low|ci_high|lower|upper", "return"),
    (r"sigma|mde|(.*_)?se", "share"),
    (r"(.*_)?(share|fraction|weight|pct_nav|participation|probability|coverage)(_low|_high|_mid)?", "share"),
    (r".*_bps(_low|_high|_mid)?", "bps"),
    (r"t|z|statistic|beta|r_squared|r_bar|.*_adv(_low|_high|_mid)?|.*_statistic|.*_multiple", "statistic"),
    (r"n|n_.*|df|.*_sessions|.*_days", "number"),
    (r"(.*_)?(usd|hkd|shares|value)(_low|_high|_mid)?|quantity.*|market_value.*", "amount"),
)


class _Guessed(Schema):
    """The schema of a frame that came without one."""

    def column(self, name: object) -> Column:
        plain = re.sub(r"_(before|after)$", "", str(name).lower())
        return Column(str(name), next((kind for pattern, kind in COLUMN_FORMATS if re.fullmatch(pattern, plain)), "number"))


UNDECLARED = _Guessed("undeclared", ())


def as_table(table: Table | pd.DataFrame) -> Table:
    """`table` itself, or a frame with the schema that says nothing of its columns."""
    return table if isinstance(table, Table) else Table(table, UNDECLARED)


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


def display(table: Table | pd.DataFrame, schema: Schema | None = None, kinds: Mapping[str, str] | None = None) -> pd.DataFrame:
    """A copy of the frame with every cell as the text a reader should see.

    Parameters
    ----------
    table : Table or DataFrame
        Unrounded values.
    schema : Schema, optional
        What the columns of a DataFrame are.
    """
    shown = Table(table, schema) if isinstance(table, pd.DataFrame) and schema is not None else as_table(table)
    frame, kinds = shown.frame, kinds or {}
    columns = {}
    for position, name in enumerate(frame.columns):
        own = [kinds[str(name)]] * len(frame) if str(name) in kinds else shown.schema.kinds(frame, name)
        columns[position] = [format_value(value, kind) for value, kind in zip(frame.iloc[:, position].tolist(), own, strict=True)]
    cells = pd.DataFrame(columns, index=frame.index, dtype=object)
    cells.columns = frame.columns
    return cells


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


def to_text(table: Table | pd.DataFrame) -> str:
    """The table as fixed-width text for a terminal or a ``print``."""
    shown = as_table(table)
    if shown.frame.empty:
        return "(no rows)"
    return shown_cells(shown).to_string()


def to_html(table: Table | pd.DataFrame, caption: str = "") -> str:
    """The table as an escaped HTML fragment."""
    body = _clean(display(table), "plain").to_html(escape=True, border=0, classes="impact-table")
    if not caption:
        return body
    return body.replace("<thead>", f"<caption>{neutralise(caption, 'html')}</caption><thead>", 1)


def to_latex(table: Table | pd.DataFrame, caption: str = "") -> str:
    """The table as a LaTeX ``tabular`` with rules from booktabs; needs no further package of pandas."""
    shown = display(table)
    index_names = [str(name or "") for name in shown.index.names]
    schema = as_table(table).schema
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
