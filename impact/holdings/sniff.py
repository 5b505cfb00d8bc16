"""What kind of file this is: bytes, encoding, separator, where the header stands, what the lines above it say."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from impact.errors import InputError
from impact.holdings.amounts import parse_date
from impact.holdings.columns import ColumnPlan, plan_columns

__all__ = ["HEAD_LINES", "Header", "Preamble", "file_kind", "find_header", "read_preamble", "text_encoding", "text_lines"]

HEAD_LINES = 40
SEPARATORS = (",", ";", "\t", "|")
LONGEST_CELL = csv.field_size_limit()

_MAGIC = (
    (b"PK\x03\x04", "xlsx"),
    (b"PAR1", "parquet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"%PDF", "pdf"),
    (b"\x1f\x8b", "gzip"),
)
_ADVICE = {
    "ole": "is an old .xls workbook or one locked with a password; save it without a password as .xlsx or CSV",
    "pdf": "is a PDF; export the positions as CSV or XLSX",
    "gzip": "is compressed; unpack it first",
    "html": "is a web page, not a table; download the file itself (often a log-in page is saved instead)",
    "binary": "is binary and no known table format; export the positions as CSV, XLSX or Parquet",
    "empty": "is empty; export the positions again",
}


def file_kind(path: Path) -> str:
    """``text``, ``xlsx``, ``parquet`` or ``xml``, from the first bytes and never from the name.

    Raises
    ------
    InputError
        If the file is absent, empty, binary, locked or of another kind; the message says what to do.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(65536)
    except OSError as error:
        raise InputError(f"path={str(path)!r} cannot be read ({error.strerror}); give a file that exists and may be read.") from error
    kind = next((name for magic, name in _MAGIC if head.startswith(magic)), "text")
    opening = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if not opening:
        kind = "empty"
    elif opening.startswith((b"<!doctype html", b"<html")):
        kind = "html"
    elif opening.startswith(b"<"):
        kind = "xml"
    elif kind == "text" and b"\x00" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        kind = "binary"
    if kind in _ADVICE:
        raise InputError(f"path={str(path)!r} {_ADVICE[kind]}.")
    return kind


def text_encoding(path: Path) -> str:
    """``utf-16``, ``utf-8-sig`` when every byte fits it, else ``cp1252``."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return "utf-16"
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                return "cp1252"
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def text_lines(path: Path, encoding: str) -> Iterator[str]:
    """Lines with their ends, the end-of-file mark of old systems (0x1A) and NULs taken out."""
    with path.open("r", encoding=encoding, errors="replace", newline="") as stream:
        for line in stream:
            yield line.translate(_CONTROL) if "\x1a" in line or "\x00" in line else line


_CONTROL = {0x1A: None, 0x00: None}


@dataclass(frozen=True, kw_only=True)
class Header:
    """Where the header stands and how it reads.

    Attributes
    ----------
    line : int
        1-based line of the file.
    separator : str
        Empty for a workbook.
    plan : ColumnPlan
    """

    line: int
    separator: str
    plan: ColumnPlan


def split_line(line: str, separator: str) -> list[str]:
    """The cells of one line; no cell when it cannot be split."""
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def find_header(
    lines: Sequence[str | Sequence[object]], columns: Mapping[str, str] | None, *, where: str, separator: str | None = None
) -> Header:
    """The line among the first 40 that names most fields.

    Parameters
    ----------
    lines : sequence of str or of cells
        Text lines, which are split by the separator that explains them best, or rows of a sheet.
    columns : mapping of field to heading, optional
        The caller's own map.
    where : str
        Name of the file for the error message.
    separator : str, optional
        Settles the separator instead of trying ``, ; tab |``.

    Raises
    ------
    InputError
        If no line names both a security and an amount.
    """
    best: Header | None = None
    seen: tuple[str, ...] = ()
    plan_columns((), columns)  # an unknown field is a mistake of the caller, not of a line
    for number, line in enumerate(lines[:HEAD_LINES], start=1):
        marks = ([separator] if separator else SEPARATORS) if isinstance(line, str) else ("",)
        for mark in marks:
            cells = split_line(line, mark) if isinstance(line, str) else line
            plan = plan_columns(cells, columns)
            if plan.n_known and len([cell for cell in plan.headings if cell]) > len(seen):
                seen = tuple(cell for cell in plan.headings if cell)
            if plan.is_usable and (best is None or plan.n_known > best.plan.n_known):
                best = Header(line=number, separator=mark, plan=plan)
    if best is None:
        closest = f" (closest headings: {', '.join(seen[:8])[:200]})" if seen else ""
        raise InputError(
            f"path={where!r} has no header among its first {min(len(lines), HEAD_LINES)} line(s){closest}; a header names the security "
            '(name, ticker, ISIN, CUSIP, SEDOL) and an amount (quantity, market value, weight): name yours, such as --map isin="Asset ID".'
        )
    return best


@dataclass(frozen=True, kw_only=True)
class Preamble:
    """What the lines above the header say: fund, date; empty text and None when they do not."""

    fund: str = ""
    as_of: pd.Timestamp | None = None


_AS_OF = re.compile(r"as of|as at|stand\b|stichtag|\bper\b|\bdate\b|datum|al\b|données au", re.IGNORECASE)
_NOT_AS_OF = re.compile(r"inception|auflage|launch|accrual", re.IGNORECASE)
_FUND_LABEL = re.compile(r"^(fund name|portfolio|fund|fondsname|account)\s*:?\s*$", re.IGNORECASE)
_LABELLED = re.compile(r"^(fund name|portfolio|fund|fondsname|account)\s*:\s*(\S.*)$", re.IGNORECASE)


def read_preamble(lines: Sequence[str | Sequence[object]], header: Header, *, dayfirst: bool = False) -> Preamble:
    """Fund and date from the lines above the header; an inception date is not a holdings date."""
    fund, as_of = "", None
    for number, line in enumerate(lines[: header.line - 1]):
        cells = split_line(line, header.separator) if isinstance(line, str) else ["" if cell is None else cell for cell in line]
        filled = [cell for cell in cells if str(cell).strip(" \xa0\ufeff\r\n")]
        words = " ".join(str(cell) for cell in filled).strip()
        if as_of is None and _AS_OF.search(words) and not _NOT_AS_OF.search(words):
            dated = next((cell for cell in filled if not isinstance(cell, str) and hasattr(cell, "isoformat")), words)
            as_of = parse_date(dated, dayfirst=dayfirst)
        fund = fund or _fund_named(filled, first=number == 0)
    return Preamble(fund=fund, as_of=as_of)


def _fund_named(filled: Sequence[object], *, first: bool) -> str:
    texts = [str(cell).strip(" \xa0\ufeff\r\n") for cell in filled]
    if len(texts) > 1 and _FUND_LABEL.match(texts[0]):
        return texts[1]
    labelled = texts and _LABELLED.match(texts[0])
    if labelled:
        return labelled[2]
    return texts[0] if first and len(texts) == 1 and not _AS_OF.search(texts[0]) else ""
