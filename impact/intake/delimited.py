"""Delimited text of any separator, record by record, so that an open quotation mark swallows nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.intake.encoding import decode
from impact.intake.limits import Limits, ReadOptions
from impact.intake.records import BLANK, RawSheet, RefusedRow, sheet_of_rows

__all__ = ["SEPARATORS", "find_separator", "read_delimited"]

SEPARATORS = (";", "\t", "|", ",", "^", "~", "¦", "§", "\x01", "\x1f")
"""In the order of preference where several explain the lines alike: a comma may also be a decimal mark."""

_SAMPLE_LINES = 400
_FEW_LINES = 2000
"""Up to here record by record; longer text is read by columns where every line is a record."""
_HINT = "sep="
_AS_TEXT = '="'
"""How a cell begins that a spreadsheet is to take for text (``="002415"``), lest it lose its zeros."""


def read_delimited(content: bytes, options: ReadOptions) -> tuple[RawSheet, ...]:
    """The rows of delimited text.

    Parameters
    ----------
    content : bytes
    options : ReadOptions
        Encoding and separator are found where they are not told; a first line ``sep=;`` settles the separator too.

    Raises
    ------
    InputError
        If the text has more lines than the limit.
    """
    text, encoding = decode(content, encoding=options.encoding)
    limits = options.limits
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    n_lines = text.count("\n") + (not text.endswith("\n") and bool(text))
    if n_lines > limits.lines:
        raise InputError(
            f"{options.where} has {n_lines:,} lines, more than the {limits.lines:,} that are read; remove blank lines or save it as Parquet."
        )
    lines = text.split("\n")[:n_lines]
    hint = lines[0].strip(BLANK + '"') if lines else ""
    hinted = hint[len(_HINT)] if hint.lower().startswith(_HINT) and len(hint) == len(_HINT) + 1 else None
    mark = options.separator or hinted or find_separator(lines)
    if _AS_TEXT in text:
        text = f"\n{text}".replace(f"\n{_AS_TEXT}", '\n"').replace(mark + _AS_TEXT, mark + '"')[1:]
        lines = text.split("\n")[:n_lines]
    as_text = _AS_TEXT in text.replace('""', '"')
    if n_lines > _FEW_LINES and not as_text and (regular := _regular(text, lines, mark, encoding, limits)) is not None:
        return (regular,)
    rows: list[Sequence[str]] = []
    first_line: list[int] = []
    refused: list[RefusedRow] = []
    n_continued = 0
    for first, last, cells in _records(lines, mark, limits):
        if isinstance(cells, RefusedRow):
            refused.append(cells)
            continue
        if any(cell.strip(BLANK) for cell in cells):
            rows.append([_plain(cell) for cell in cells] if as_text else cells)
            first_line.append(first)
            n_continued += last - first
    sheet = sheet_of_rows(rows, first_line, separator=mark, encoding=encoding, refused=refused, n_lines=n_lines, n_continued=n_continued)
    return (sheet,)


def _plain(cell: str) -> str:
    """What a cell holds that was quoted once more around the sign of a text (with its quotation marks doubled)."""
    bare = cell.strip(BLANK)
    return bare[len(_AS_TEXT) : -1] if bare.startswith(_AS_TEXT) and bare.endswith('"') and bare.count('"') == 2 else cell


def _regular(text: str, lines: Sequence[str], mark: str, encoding: str, limits: Limits) -> RawSheet | None:
    """The sheet of text every line of which is one record of at most the usual width, read by columns; None when some line is not."""
    if max(map(len, lines)) > limits.cell_characters:
        return None
    width = max(map(len, csv.reader(lines[:_SAMPLE_LINES], delimiter=mark)))
    spanned, stated = len(lines) * width, text.count(mark) + len(lines)
    if width > limits.columns or spanned > limits.cells or spanned - stated > limits.empty_cells:
        return None
    if '"' in text and any(line.count('"') % 2 for line in lines):
        return None
    try:
        cells = pd.read_csv(
            io.StringIO(text),
            sep=mark,
            header=None,
            names=range(width + 1),  # a line with more cells than the widest above makes the last column filled, or ends in an error
            index_col=False,
            dtype="str",
            na_filter=False,
            skip_blank_lines=False,
            low_memory=False,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError):
        return None
    if len(cells) != len(lines) or cells.iloc[:, width].ne("").any():
        return None
    cells = cells.iloc[:, :width]
    filled = np.zeros(len(cells), dtype=bool)
    for column in cells:
        if filled.all():
            break
        filled |= cells[column].str.strip(BLANK).ne("").to_numpy(dtype=bool)
    return RawSheet(
        cells=cells if filled.all() else cells[filled].reset_index(drop=True),
        line=np.flatnonzero(filled) + 1,
        separator=mark,
        encoding=encoding,
        n_lines=len(lines),
        n_blank=int((~filled).sum()),
    )


def find_separator(lines: Sequence[str]) -> str:
    """The separator that cuts most lines into as many cells as a neighbour has; a comma when none cuts any.

    Lines are compared with their neighbours and not with all, because a statement has sections of several widths.
    """
    sample = [line for line in lines[:_SAMPLE_LINES] if line.strip(BLANK)]
    scores = {mark: _agreement(sample, mark) for mark in SEPARATORS if any(mark in line for line in sample)}
    best = max(scores.values(), default=0.0)
    return next((mark for mark in SEPARATORS if mark in scores and scores[mark] >= 0.9 * best), ",") if best else _commonest(scores)


def _agreement(sample: Sequence[str], mark: str) -> float:
    try:
        widths = [len(cells) for cells in csv.reader(sample, delimiter=mark)]
    except csv.Error:
        widths = [line.count(mark) + 1 for line in sample]
    alike = [one > 1 and one == other for one, other in pairwise(widths)]
    return float(sum(before or after for before, after in zip([False, *alike], [*alike, False], strict=True)))


def _commonest(scores: dict[str, float]) -> str:
    return next(iter(scores), ",") if len(scores) == 1 else ","


def _records(lines: list[str], mark: str, limits: Limits) -> Iterator[tuple[int, int, list[str] | RefusedRow]]:
    """(first line, last line, cells) of each record, in file order."""
    position = 0
    pending: list[str] = []

    def fed() -> Iterator[str]:
        nonlocal position
        while position < len(lines):
            pending.append(lines[position])
            position += 1
            yield pending[-1] + "\n"

    reader = csv.reader(fed(), delimiter=mark)
    width = 0
    while True:
        first = position + 1
        try:
            cells: list[str] | None = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = None
        if cells is not None and _closed(cells, pending, mark, width):
            width = len(cells) if len(cells) > 1 else width
            yield first, position, cells
        else:  # a quotation mark that never closes swallows lines: read each of them alone
            yield from _apart(first, pending, mark, limits)
        pending.clear()


def _closed(cells: Sequence[str], taken: Sequence[str], mark: str, width: int) -> bool:
    """Whether a record ends where its last cell closes; one over several lines is as wide as the record before."""
    if len(taken) == 1:
        return not (cells and cells[-1].endswith("\n"))
    if sum(line.count('"') for line in taken) % 2 or len(cells) != (width or len(cells)):
        return False
    try:
        return len(list(csv.reader([line + "\n" for line in taken], delimiter=mark, strict=True))) == 1
    except csv.Error:
        return False


def _apart(first: int, taken: Sequence[str], mark: str, limits: Limits) -> Iterator[tuple[int, int, list[str] | RefusedRow]]:
    for number, line in enumerate(taken, start=first):
        try:
            yield number, number, next(csv.reader([line], delimiter=mark, strict=True), [])
        except csv.Error:
            code = "long_cell" if len(line) > limits.cell_characters else "open_quotation"
            yield number, number, RefusedRow(line=number, code=code, text=line[:80])
