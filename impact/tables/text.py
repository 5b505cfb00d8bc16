"""Text that comes from outside, made inert for the place where it is shown: one function, one record an output.

A name in a user's file may hold an escape sequence of a terminal, a command of LaTeX, markup, a formula of a spreadsheet
or a mark that turns the direction of writing. Every output passes text through :func:`neutralise` before it writes.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType

__all__ = ["OUTPUTS", "neutralise"]

# Cc: control characters, C1 among them; Cf: format characters (direction, zero width, soft hyphen); Cs: lone surrogates;
# Zl, Zp: separators that some readers take for a line end.
_INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
_FORMULA = "=+-@＝＋－＠"  # a spreadsheet takes the full-width forms as well
_LATEX = MappingProxyType(
    {
        "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "#": r"\#", "$": r"\$", "_": r"\_",
        "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
        '"': r"\symbol{34}", "`": r"\textasciigrave{}", "–": "--", "∞": r"$\infty$",
    }
)  # fmt: skip


def _visible(text: str) -> str:
    """Every character that a reader cannot see written as its code point: ``\\u202e``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_code(character) if unicodedata.category(character) in _INVISIBLE else character for character in text)


def _code(character: str) -> str:
    point = ord(character)
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def _one_line(text: str) -> str:
    return _visible(_BREAKS.sub(" ", text))


def _latex(text: str) -> str:
    """A cell that opens with a bracket or a star would be read as an argument of the row's end before it: an empty group parts them."""
    apart = "{}" if text.lstrip()[:1] in ("[", "*") else ""
    return apart + "".join(_LATEX.get(character, character) for character in _one_line(text))


def _sheet(text: str) -> str:
    risky = text.lstrip()[:1] in tuple(_FORMULA) or text[:1] in ("\t", "\r", "\n")
    return "'" + _one_line(text) if risky else _one_line(text)


def _json(document: str) -> str:
    """A whole JSON document: what cannot be seen as an escape of JSON, which reads back as it was."""
    if document.isascii():
        return document
    return "".join(json.dumps(c)[1:-1] if unicodedata.category(c) in _INVISIBLE and c not in "\n\r\t" else c for c in document)


OUTPUTS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "terminal": _one_line,
        "html": lambda text: html.escape(_one_line(text)),
        "plain": _one_line,
        "latex": _latex,
        "sheet": _sheet,
        "json": _json,
    }
)


def neutralise(text: str, output: str) -> str:
    """`text` as it may be written to `output`, a key of ``OUTPUTS``.

    ``terminal`` and ``plain`` show what cannot be seen as a code point and keep one line; ``html`` and ``latex`` escape
    their markup as well; ``sheet`` puts an apostrophe before what a spreadsheet would run; ``json`` takes a whole document.

    Examples
    --------
    >>> neutralise("red \\x1b[31m", "terminal"), neutralise("a_b^^5c", "latex"), neutralise("=1+1", "sheet")
    ('red \\\\x1b[31m', 'a\\\\_b\\\\textasciicircum{}\\\\textasciicircum{}5c', "'=1+1")
    """
    return OUTPUTS[output](text)
