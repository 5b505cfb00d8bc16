"""The file formats that can be read: one record each, found by content and never by the ending of a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from impact.intake.columnar import is_arrow, is_json, is_parquet, read_arrow, read_json, read_parquet
from impact.intake.delimited import read_delimited
from impact.intake.encoding import decode, opening_text
from impact.intake.limits import ReadOptions
from impact.intake.markup import (
    is_html,
    is_single_file_page,
    is_spreadsheet_xml,
    is_xml,
    read_html,
    read_single_file_page,
    read_spreadsheet_xml,
    read_xml_records,
)
from impact.intake.records import RawSheet
from impact.intake.workbook import is_locked, is_workbook, read_workbook

__all__ = ["FORMATS", "NO_TABLES", "FileFormat", "NoTable", "format_of"]


@dataclass(frozen=True, kw_only=True)
class FileFormat:
    """One file format.

    Attributes
    ----------
    name, about : str
    recognises : callable of bytes
        Whether unpacked content is of this format; the first format of the registry that says yes reads it.
    read : callable of (bytes, ReadOptions)
        Gives the sheets in the order of the file.
    """

    name: str
    about: str
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes, ReadOptions], tuple[RawSheet, ...]]


@dataclass(frozen=True, kw_only=True)
class NoTable:
    """Content that holds no table: how it is known, and what the caller should do."""

    name: str
    recognises: Callable[[bytes], bool]
    advice: str


def _is_text(content: bytes) -> bool:
    """Neither empty nor binary: the last resort of the registry."""
    sample = content[: 1 << 16]
    text, encoding = decode(sample)
    odd = sum(letter < " " and letter not in "\t\n\r\x0b\x0c\x01\x1c\x1d\x1e\x1f" for letter in text[:4096])
    wide = encoding.startswith(("utf-16", "utf-32"))
    return bool(text.strip()) and odd * 20 <= min(len(text), 4096) and (wide or b"\x00" not in sample)


FORMATS: tuple[FileFormat, ...] = (
    FileFormat(name="parquet", about="Apache Parquet", recognises=is_parquet, read=read_parquet),
    FileFormat(name="arrow", about="an Arrow file (Feather)", recognises=is_arrow, read=read_arrow),
    FileFormat(name="workbook", about="XLSX, XLSM, XLSB, XLS or ODS", recognises=is_workbook, read=read_workbook),
    FileFormat(name="spreadsheet xml", about="XML Spreadsheet 2003", recognises=is_spreadsheet_xml, read=read_spreadsheet_xml),
    FileFormat(name="html", about="tables of a web page", recognises=is_html, read=read_html),
    FileFormat(name="mht", about="a web page in one file", recognises=is_single_file_page, read=read_single_file_page),
    FileFormat(name="xml", about="XML of one element a record, such as a Flex statement", recognises=is_xml, read=read_xml_records),
    FileFormat(name="json", about="JSON, or one JSON record a line", recognises=is_json, read=read_json),
    FileFormat(name="text", about="delimited text of any separator and encoding", recognises=_is_text, read=read_delimited),
)
"""In the order in which they are asked."""

NO_TABLES: tuple[NoTable, ...] = (
    NoTable(name="empty", recognises=lambda content: not opening_text(content), advice="is empty; export the table again"),
    NoTable(name="pdf", recognises=lambda content: content.startswith(b"%PDF"), advice="is a PDF; export the table as CSV or XLSX"),
    NoTable(name="locked", recognises=is_locked, advice="is locked with a password; save it without one"),
    NoTable(
        name="ole",
        recognises=lambda content: content.startswith(b"\xd0\xcf\x11\xe0") and not is_workbook(content),
        advice="is an old Office file without a workbook inside, or one locked with a password; save it without one, as .xlsx or CSV",
    ),
    NoTable(
        name="ofx",
        recognises=lambda content: b"OFXHEADER" in content[:1024] or b"<OFX>" in content[:4096],
        advice="is an OFX (QFX) statement, not a table; export the positions as CSV or XLSX",
    ),
    NoTable(
        name="swift",
        recognises=lambda content: b":16R:" in content[:4096] and b":20C:" in content[:4096],
        advice="is a SWIFT message (such as an MT535), not a table; have the custodian send the statement as CSV or XLSX",
    ),
    NoTable(
        name="archive",
        recognises=lambda content: content.startswith((b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ")),
        advice="is a packed archive; unpack it and give the table inside",
    ),
)
"""Asked before the formats."""


def format_of(content: bytes) -> FileFormat | NoTable | None:
    """The record that recognises `content`; None when it is binary and of no known kind."""
    for no_table in NO_TABLES:
        if no_table.recognises(content):
            return no_table
    return next((known for known in FORMATS if known.recognises(content)), None)
