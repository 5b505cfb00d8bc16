"""Cells of a table as they stand in the file, every line of which is accounted for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.holdings.columns import AMOUNT_FIELDS, plan_columns
from impact.holdings.sniff import HEAD_LINES, LONGEST_CELL, Header, Preamble, find_header, read_preamble, text_encoding, text_lines
from impact.holdings.workbook import sheet_rows
from impact.typing_ import IntArray

__all__ = ["RawTable", "frame_table", "text_table", "workbook_table"]

CHUNK_ROWS = 100_000
_HOLDS_NUMBER = r"^[^A-Za-z=]*\d"
_NO_DIGITS = dict.fromkeys(map(ord, "0123456789"))


@dataclass(frozen=True, eq=False, kw_only=True)
class RawTable:
    """One table, not yet interpreted.

    Attributes
    ----------
    cells : DataFrame
        One column a field of the plan; text, or numbers and dates where the file types its cells.
    line : (n,) int
        1-based line of the file (row of the sheet) from which each row comes.
    refused : list of (line, reason, text)
        Rows that are no positions whatever their content: footers, repeated headers, broken lines.
    header, preamble : what stands above the rows
    encoding : str
        Empty for files that type their cells.
    n_lines, n_blank, n_continued : int
        Lines of the file; blank ones below the header; those that continue the cell of a row on a line before them.
        Lines = preamble + header + blank + continued + rows + refused rows.
    """

    cells: pd.DataFrame
    line: IntArray
    refused: list[tuple[int, str, str]]
    header: Header
    preamble: Preamble = field(default_factory=Preamble)
    encoding: str = ""
    n_lines: int
    n_blank: int = 0
    n_continued: int = 0


def _text(cell: object) -> str:
    """One cell of a workbook as text; a whole float loses its point, a date becomes ISO."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if hasattr(cell, "isoformat"):
        return cell.isoformat()[:10]
    return str(cell)


def text_table(path: Path, columns: dict[str, str] | None, *, separator: str | None = None, dayfirst: bool = False) -> RawTable:
    """Read a delimited text file."""
    encoding = text_encoding(path)
    lines = text_lines(path, encoding)
    head = list(islice(lines, HEAD_LINES))
    header = find_header(head, columns, where=str(path), separator=separator)
    body = _Body(header)
    body.read_text(chain(head[header.line :], lines))
    return body.table(read_preamble(head, header, dayfirst=dayfirst), encoding)


def workbook_table(path: Path, columns: dict[str, str] | None, *, sheet: str | None = None, dayfirst: bool = False) -> RawTable:
    """Read one sheet of a workbook."""
    rows = sheet_rows(path, sheet)
    head = list(islice(rows, HEAD_LINES))
    header = find_header(head, columns, where=str(path))
    body = _Body(header)
    numbered = enumerate(chain(head[header.line :], rows), start=header.line + 1)
    body.read((number, number, [_text(cell) for cell in row]) for number, row in numbered)
    return body.table(read_preamble(head, header, dayfirst=dayfirst), "")


def frame_table(frame: pd.DataFrame, columns: dict[str, str] | None, *, where: str) -> RawTable:
    """Take the columns of a DataFrame (or of a Parquet file) as they are typed."""
    plan = plan_columns([str(column) for column in frame.columns], columns)
    if not plan.is_usable:
        raise InputError(
            f"{where} has no usable columns among {', '.join(map(str, frame.columns))[:200]!r}: it needs one that names the security "
            "(name, ticker, ISIN, CUSIP, SEDOL) and one with an amount (quantity, market value, weight): "
            'name yours, such as columns={"isin": "Asset ID"}.'
        )
    cells = {name: frame.iloc[:, number].reset_index(drop=True) for name, number in plan.position.items()}
    for name, column in cells.items():
        if column.dtype.kind not in "iufMb":
            filled = column.astype(object)
            cells[name] = (
                filled.where(filled.notna(), "").map(_text).astype("str") if not _is_text(column) else column.fillna("").astype("str")
            )
    line = np.arange(1, len(frame) + 1)
    return RawTable(cells=pd.DataFrame(cells), line=line, refused=[], header=Header(line=0, separator="", plan=plan), n_lines=len(frame))


def _is_text(column: pd.Series) -> bool:
    return isinstance(column.dtype, pd.StringDtype) or pd.api.types.infer_dtype(column, skipna=True) == "string"


def _records(lines: Iterable[str], first_line: int, header: Header) -> Iterator[tuple[int, int, list[str] | str]]:
    """(first line, last line, cells) of each record, in file order; text in place of cells where a line cannot be split."""
    recent: list[str] = []

    def remembered() -> Iterator[str]:
        for line in lines:
            recent.append(line)
            yield line

    reader = csv.reader(remembered(), delimiter=header.separator)
    last = first_line - 1
    width = len(header.plan.headings)
    while True:
        first = last + 1
        try:
            cells: list[str] | None = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = None
        last += len(recent)
        closed = len(recent) == 1 or (len(cells or ()) == width and sum(line.count('"') for line in recent) % 2 == 0)
        if cells is not None and closed:
            yield first, last, cells
        else:  # a quotation mark that never closes swallows lines: read each of them alone
            yield from _apart(first, recent, header.separator)
        recent.clear()


def _apart(first: int, lines: Sequence[str], separator: str) -> Iterator[tuple[int, int, list[str] | str]]:
    for number, line in enumerate(lines, start=first):
        try:
            cells = next(csv.reader([line.rstrip("\r\n")], delimiter=separator, strict=True), [])
        except csv.Error:
            cells = line
        yield number, number, cells


class _Body:
    """Collects the rows below a header, refusing those that are no positions."""

    def __init__(self, header: Header) -> None:
        self.header = header
        self.width = len(header.plan.headings)
        self.names = list(header.plan.position)
        self.places = [header.plan.position[name] for name in self.names]
        self.amount = next(name for name in AMOUNT_FIELDS if name in header.plan.position)
        self.place = header.plan.position[self.amount]
        self.refused: list[tuple[int, str, str]] = []
        self.kept: list[list[str]] = []
        self.kept_lines: list[int] = []
        self.parts: list[pd.DataFrame] = []
        self.lines: list[np.ndarray] = []
        self.n_blank = 0
        self.n_continued = 0
        self.last = header.line
        self.second_table = 0

    def read_text(self, lines: Iterator[str]) -> None:
        """Lines of text: whole blocks at once while every line is one record of the header's width, else record by record."""
        while block := list(islice(lines, CHUNK_ROWS)):
            cells = self._block(block)
            if cells is None:
                self.read(_records(chain(block, lines), self.last + 1, self.header))
                return
            number = np.arange(self.last + 1, self.last + 1 + len(block))
            self.last += len(block)
            plain = cells.pop("beyond").eq("") & cells[self.amount].str.contains(_HOLDS_NUMBER, regex=True)
            plain = plain.to_numpy(dtype=bool, copy=True)
            for odd in np.flatnonzero(~plain).tolist():
                line = int(number[odd])
                self._inspect(line, line, next(csv.reader([block[odd]], delimiter=self.header.separator), []))
            if self.second_table:
                beyond = plain & (number > self.second_table)
                reason = f"belongs to a second table that begins on line {self.second_table}"
                self.refused += [(int(number[row]), reason, block[row].strip()[:80]) for row in np.flatnonzero(beyond).tolist()]
                plain &= ~beyond
            self.parts.append(cells[plain])
            self.lines.append(number[plain])
            self._flush()

    def _block(self, block: list[str]) -> pd.DataFrame | None:
        """The cells of the fields, one row a line; None when some line is not one record of its own."""
        if any(line.count('"') % 2 or len(line) > LONGEST_CELL for line in block):
            return None
        widest = self.header.separator * self.width + "\n"  # tells the parser how many columns there may be
        try:
            cells = pd.read_csv(
                io.StringIO("".join([widest, *block])),
                sep=self.header.separator,
                header=None,
                names=range(self.width + 1),
                usecols=[*sorted(self.places), self.width],
                index_col=False,
                dtype=str,
                na_filter=False,
                skip_blank_lines=False,
                low_memory=False,
            )
        except (pd.errors.ParserError, pd.errors.EmptyDataError, IndexError):
            return None
        cells = cells.iloc[1:]
        if len(cells) != len(block):
            return None
        return pd.DataFrame(
            {**{name: cells[place] for name, place in zip(self.names, self.places, strict=True)}, "beyond": cells[self.width]}
        )

    def read(self, records: Iterable[tuple[int, int, list[str] | str]]) -> None:
        """Records one by one."""
        for first, last, cells in records:
            self.last = last
            plain = type(cells) is list and len(cells) == self.width and not self.second_table
            if plain and cells[self.place][:1].isdigit():
                self.kept.append(cells)
                self.kept_lines.append(first)
                self.n_continued += last - first
            else:
                self._inspect(first, last, cells)
            if len(self.kept) >= CHUNK_ROWS:
                self._flush()
        self._flush()

    def _inspect(self, first: int, last: int, cells: list[str] | str) -> None:
        if isinstance(cells, str):
            reason = (
                f"a cell is longer than {LONGEST_CELL:,} characters"
                if len(cells) > LONGEST_CELL
                else "a quotation mark opens and does not close"
            )
            self.refused.append((first, reason, cells[:80]))
            return
        filled = [cell for cell in cells if cell.strip(" \xa0\ufeff\r\n\t")]
        if not filled:
            self.n_blank += last - first + 1
            return
        self.n_continued += last - first
        reason = self._reason(first, cells, filled)
        if reason:
            self.refused.append((first, reason, (self.header.separator or " ").join(filled)[:80]))
            return
        self.kept.append((cells + [""] * self.width)[: self.width])
        self.kept_lines.append(first)

    def _reason(self, first: int, cells: list[str], filled: list[str]) -> str:
        if self.second_table:
            return f"belongs to a second table that begins on line {self.second_table}"
        words = [cell.strip() for cell in cells]
        if words[: self.width] == list(self.header.plan.headings):
            return "the header again"
        opens = len(filled) <= 3 and "holdings as of" in " ".join(filled).casefold()
        if not opens and len(filled) >= 3 and not any(cell.translate(_NO_DIGITS) != cell for cell in filled):
            again = plan_columns(words)
            opens = again.is_usable and again.n_known >= 3
        if opens:
            self.second_table = first
            return f"begins a second table on line {first}: only the first is read"
        if len(filled) == 1:
            return "one cell of text, no position"
        if any(cell.strip() for cell in cells[self.width :]):
            return f"{len(cells)} cells where the header has {self.width}: a separator inside a cell without quotation marks?"
        return ""

    def _flush(self) -> None:
        if not self.kept:
            return
        turned = list(zip(*self.kept, strict=True))
        self.parts.append(
            pd.DataFrame({name: pd.Series(turned[place], dtype="str") for name, place in zip(self.names, self.places, strict=True)})
        )
        self.lines.append(np.array(self.kept_lines, dtype=np.int64))
        self.kept, self.kept_lines = [], []

    def table(self, preamble: Preamble, encoding: str) -> RawTable:
        """What was collected, in the order of the file."""
        cells = (
            pd.concat(self.parts, ignore_index=True) if self.parts else pd.DataFrame({name: pd.Series(dtype="str") for name in self.names})
        )
        line = np.concatenate(self.lines) if self.lines else np.zeros(0, dtype=np.int64)
        if np.any(np.diff(line) < 0):
            order = np.argsort(line, kind="stable")
            cells, line = cells.take(order).reset_index(drop=True), line[order]
        return RawTable(
            cells=cells,
            line=line,
            refused=self.refused,
            header=self.header,
            preamble=preamble,
            encoding=encoding,
            n_lines=self.last,
            n_blank=self.n_blank,
            n_continued=self.n_continued,
        )
