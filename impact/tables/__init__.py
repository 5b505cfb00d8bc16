"""Tables as a reader sees them: a schema says what a column is, and only this package rounds.

:class:`Column`, :class:`Schema` and :class:`Table` describe; :func:`display`, :func:`to_text`, :func:`to_html` and
:func:`to_latex` show; the functions of :mod:`impact.tables.prose` write a number in a sentence; :func:`neutralise` makes
text from outside inert for one output.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from impact.lazy import lazy_names

_HOMES = {
    "Column": "impact.tables.schema",
    "KINDS": "impact.tables.kinds",
    "Schema": "impact.tables.schema",
    "Table": "impact.tables.schema",
    "Vocabulary": "impact.tables.schema",
    "ranged": "impact.tables.schema",
    "display": "impact.tables.rendering",
    "format_value": "impact.tables.rendering",
    "neutralise": "impact.tables.text",
    "neutralise_formula": "impact.tables.rendering",
    "shown_cells": "impact.tables.rendering",
    "to_html": "impact.tables.rendering",
    "to_latex": "impact.tables.rendering",
    "to_text": "impact.tables.rendering",
}

__all__ = [
    "KINDS",
    "Column",
    "Schema",
    "Table",
    "Vocabulary",
    "display",
    "format_value",
    "neutralise",
    "neutralise_formula",
    "ranged",
    "shown_cells",
    "to_html",
    "to_latex",
    "to_text",
]

if TYPE_CHECKING:
    from impact.tables.kinds import KINDS
    from impact.tables.rendering import display, format_value, neutralise_formula, shown_cells, to_html, to_latex, to_text
    from impact.tables.schema import Column, Schema, Table, Vocabulary, ranged
    from impact.tables.text import neutralise

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
