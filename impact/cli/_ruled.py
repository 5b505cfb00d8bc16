"""Tables of fixed width for a terminal: columns under a rule, long cells folded.

Drawn here and not by rich, which takes a tenth of a millisecond a cell: a folder of books has a million. Folding stays with rich.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

__all__ = ["ruled_lines"]

_BETWEEN = "   "
_EDGE = " "


def ruled_lines(headings: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool], width: int) -> tuple[list[str], list[str]]:
    """The lines of a table: those of its headings, closed by a rule, and those of its rows.

    Parameters
    ----------
    headings : sequence of str
        One a column, on one line each.
    rows : sequence of sequences of str
        A text a column, on one line each.
    right : sequence of bool
        Whether a column is set to the right.
    width : int
        Characters that a line may take. The widest columns are folded until they fit.
    """
    columns = [[heading, *(row[place] for row in rows)] for place, heading in enumerate(headings)]
    blanks = [(place > 0) + (place < len(headings) - 1) for place in range(len(headings))]  # beside a cell, but not at the edges
    natural = [max(map(_cells, column)) + beside for column, beside in zip(columns, blanks, strict=True)]
    fitted = _fitted(natural, width - 2 * len(_EDGE) - (len(headings) - 1))
    widths = [max(of_column - beside, 1) for of_column, beside in zip(fitted, blanks, strict=True)]
    folds: list[dict[str, list[str]]] = [{} for _ in widths]
    plan = list(zip(widths, right, folds, strict=True))
    blank = " " * (sum(widths) + len(_BETWEEN) * (len(widths) - 1) + 2 * len(_EDGE))
    rule = _EDGE + "─" * (len(blank) - 2 * len(_EDGE)) + _EDGE
    return [blank, *_drawn(headings, plan, bottom=True), rule], [line for row in rows for line in _drawn(row, plan)] + [blank]


def _cells(text: str) -> int:
    """Cells of a terminal that a text takes: two for a character of East Asia."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _fitted(natural: Sequence[int], room: int) -> list[int]:
    """Widths of columns within `room`: the widest give way, to one another's width."""
    widths = [max(width, 1) for width in natural]
    excess = sum(widths) - max(room, len(widths))
    while excess > 0:
        widest = max(widths)
        wide = [place for place, width in enumerate(widths) if width == widest]
        second = max((width for width in widths if width < widest), default=1)
        taken = min(excess, (widest - second) * len(wide))
        excess -= taken
        for order, place in enumerate(wide):
            whole, rest = divmod(taken, len(wide) - order)
            share = whole + (2 * rest + whole % 2 > len(wide) - order)  # the nearest number, the even one of two
            widths[place] -= share
            taken -= share
    return widths


def _drawn(row: Iterable[str], plan: Sequence[tuple[int, bool, dict[str, list[str]]]], *, bottom: bool = False) -> Iterator[str]:
    """The lines of one row; cells of fewer lines stand at its top, or at its `bottom`."""
    cells = [_folded(text, width, to_right, folds) for text, (width, to_right, folds) in zip(row, plan, strict=True)]
    if bottom:
        height = max(map(len, cells))
        cells = [[" " * plan[place][0]] * (height - len(lines)) + lines for place, lines in enumerate(cells)]
    blank = [" " * width for width, _, _ in plan]
    for parts in zip_longest(*cells):
        yield _EDGE + _BETWEEN.join(empty if part is None else part for part, empty in zip(parts, blank, strict=True)) + _EDGE


def _folded(text: str, width: int, to_right: bool, folds: dict[str, list[str]]) -> list[str]:
    """A cell in lines of `width`; what was folded before is in `folds`."""
    lines = folds.get(text)
    if lines is None:
        parts = [text] if _cells(text) <= width else _wrapped(text, width)
        gaps = [" " * (width - _cells(part)) for part in parts]
        lines = folds[text] = [gap + part if to_right else part + gap for part, gap in zip(parts, gaps, strict=True)]
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    from rich.console import Console
    from rich.text import Text

    return [line.plain.rstrip() for line in Text(text).wrap(Console(width=width), width, overflow="fold")]
