"""One door for every table a user brings."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from impact.errors import InputError
from impact.intake.columnar import frame_sheet, records_sheet
from impact.intake.encoding import LEGACY, misread_words
from impact.intake.formats import NoTable, format_of
from impact.intake.limits import LIMITS, Limits, ReadOptions
from impact.intake.records import RawFile, RawSheet
from impact.intake.workbook import is_archive, is_workbook

__all__ = ["encoding_doubt", "read_tables"]

_GZIP = b"\x1f\x8b"
_BLOCK = 1 << 20
_MOST_MEMBERS = 200
_ASKED = 5000
"""Rows of a sheet whose words are asked whether they are well read."""


def read_tables(
    source: object,
    *,
    sheet: str | None = None,
    separator: str | None = None,
    encoding: str | None = None,
    limits: Limits = LIMITS,
) -> RawFile:
    """Every table of a file, or a table in memory, as rows of cells.

    Parameters
    ----------
    source : path, bytes, frame, mapping of columns, or list of records
        The kind of a file is told by its content; gzip and ZIP are unpacked. Frames are those of pandas, polars, Arrow and of
        whatever else narwhals knows.
    sheet : str, optional
        Read this sheet of a workbook only.
    separator, encoding : str, optional
        Of text; found by default.
    limits : Limits

    Raises
    ------
    InputError
        If the source cannot be read, is no table, is damaged, or is larger than the limits.

    Examples
    --------
    >>> read_tables(b"Name;Stueck\\nXiaomi;10\\n").sheets[0].head(2)
    [['Name', 'Stueck'], ['Xiaomi', '10']]
    """
    if isinstance(source, bytes | bytearray | memoryview):
        path, content = "", bytes(source)
    elif isinstance(source, str | Path):
        path, content = str(source), _content(Path(source), limits)
    elif isinstance(source, Sequence):
        return _records(source)
    else:
        return RawFile(kind="frame", sheets=(frame_sheet(source),))
    where = f"path={path!r}" if path else "the content"
    options = ReadOptions(where=where, sheet=sheet, separator=separator, encoding=encoding, limits=limits)
    if content.startswith(_GZIP):
        content = unpacked(content, where=where, limits=limits)
        return _read(content, path, options, ("The file was packed with gzip.",))
    if is_archive(content) and not is_workbook(content):
        return _archive(content, path, options)
    return _read(content, path, options, ())


def _content(path: Path, limits: Limits) -> bytes:
    try:
        size = path.stat().st_size
        if path.is_file() and size > limits.unpacked_bytes:
            raise InputError(
                f"path={str(path)!r} has {size:,} bytes, more than the {limits.unpacked_bytes:,} that are read at once; "
                "split it, or save it as Parquet."
            )
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"path={str(path)!r} cannot be read ({error.strerror}); give a file that exists and may be read.") from error


def unpacked(content: bytes, *, where: str, limits: Limits = LIMITS) -> bytes:
    """What a gzip file holds.

    Raises
    ------
    InputError
        If it is damaged, or grows beyond the limits.
    """
    most = min(limits.unpacked_bytes, max(limits.small_bytes, limits.ratio * len(content)))
    blocks: list[bytes] = []
    size, rest = 0, content
    try:
        while rest.startswith(_GZIP):
            stream = zlib.decompressobj(wbits=31)
            pending = rest
            while not stream.eof:
                block = stream.decompress(pending, _BLOCK)
                pending = stream.unconsumed_tail
                size += len(block)
                if size > most:
                    raise InputError(
                        f"{where} unpacks to more than {most:,} bytes from {len(content):,}, as no table of positions or prices does; "
                        "unpack it yourself and look at it."
                    )
                if not block and not pending and not stream.eof:
                    raise EOFError("it ends too early")
                blocks.append(block)
            rest = stream.unused_data
    except (zlib.error, EOFError) as error:
        raise InputError(f"{where} is a damaged gzip file ({error}); download it again.") from error
    return b"".join(blocks)


def _records(source: Sequence[object]) -> RawFile:
    odd = next((row for row in source if not isinstance(row, Mapping)), None)
    if odd is not None or not source:
        shown = "an empty list" if not source else f"a list that holds {type(odd).__name__}"
        raise InputError(f"source is {shown}; give a list of records (mappings of heading to value), one a row.")
    return RawFile(kind="records", sheets=(records_sheet([row for row in source if isinstance(row, Mapping)]),))


def _read(content: bytes, path: str, options: ReadOptions, notes: tuple[str, ...]) -> RawFile:
    known = format_of(content)
    if known is None:
        raise InputError(f"{options.where} is binary and no known table format; export the table as CSV, XLSX or Parquet.")
    if isinstance(known, NoTable):
        raise InputError(f"{options.where} {known.advice}.")
    return _with_notes(RawFile(path=path, kind=known.name, sheets=known.read(content, options), notes=notes))


def _with_notes(file: RawFile) -> RawFile:
    """The file without its empty sheets, which are named."""
    full = tuple(sheet for sheet in file.sheets if len(sheet) or sheet.refused or sheet.headings)
    empty = tuple(f"Sheet {sheet.name!r} is empty." for sheet in file.sheets if sheet not in full and sheet.name)
    return RawFile(
        path=file.path,
        kind=file.kind,
        sheets=full or file.sheets[:1],
        notes=(*file.notes, *empty, *filter(None, map(encoding_doubt, full))),
    )


def encoding_doubt(sheet: RawSheet) -> str:
    """What to say of a sheet whose words beyond ASCII no language writes so, of those that the encoding is for which was found; else nothing."""
    if sheet.encoding not in LEGACY:
        return ""
    cells = (cell for row in (sheet.headings or (), *sheet.head(_ASKED)) for cell in row if not cell.isascii())
    odd = misread_words("\n".join(cells), sheet.encoding)
    if not odd:
        return ""
    return (
        f"The encoding of the text is not told: read as {sheet.encoding}, {len(odd)} word(s) (first {odd[0]!r}) are of no language written with it "
        "or fit another encoding as well, so that names may be misread; save the file as UTF-8."
    )


def _archive(content: bytes, path: str, options: ReadOptions) -> RawFile:
    """The tables inside a ZIP archive, each sheet named by its member; members that hold none are named."""
    sheets: list[RawSheet] = []
    kinds: list[str] = []
    notes = []
    for name, member in _members(content, options):
        known = format_of(member)
        if known is None or isinstance(known, NoTable):
            notes.append(f"{name} inside the archive holds no table and was not read.")
            continue
        read = known.read(member, options)
        kinds.append(known.name)
        sheets.extend(replace(sheet, name=f"{name}: {sheet.name}" if sheet.name else name) for sheet in read)
    if not sheets:
        raise InputError(f"{options.where} is a ZIP archive and not a workbook, and holds no table; unpack it and give the table inside.")
    kind = kinds[0] if len(set(kinds)) == 1 else "archive"
    return _with_notes(RawFile(path=path, kind=kind, sheets=tuple(sheets), notes=tuple(notes)))


def _members(content: bytes, options: ReadOptions):
    limits = options.limits
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir() and not member.filename.startswith("__MACOSX")]
            size = sum(member.file_size for member in members)
            if size > min(limits.unpacked_bytes, max(limits.small_bytes, limits.ratio * len(content))) or len(members) > _MOST_MEMBERS:
                raise InputError(
                    f"{options.where} unpacks to {size:,} bytes in {len(members):,} files; unpack it and give the table inside."
                )
            if any(member.flag_bits & 1 for member in members):
                raise InputError(f"{options.where} is locked with a password; unpack it and give the table inside.")
            for member in members:
                yield member.filename, archive.read(member)
    except InputError:
        raise
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, zlib.error) as error:
        raise InputError(f"{options.where} is a damaged workbook or archive ({error}); save it again.") from error
