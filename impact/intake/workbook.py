"""Every sheet of a workbook: XLSX, XLSM, XLSB, XLS and ODS, measured before it is trusted."""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from impact.errors import InputError
from impact.intake.limits import Limits, ReadOptions
from impact.intake.records import RawSheet, cell_text, check_cells, sheet_of_rows

__all__ = ["is_archive", "is_locked", "is_old_workbook", "is_workbook", "read_workbook"]

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_WORKBOOK_STREAMS = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))
_BLOCK = 1 << 20
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\sr="(\d+)"')
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\sr="([A-Z]{1,4})(\d+)"')
_OPEN_ROW = re.compile(rb"<(?:\w+:)?row\b")
_FORMULA = re.compile(rb'<c\b[^>]*?\sr="([A-Z]{1,3})(\d+)"[^>]*>\s*<f\b[^>]*>([^<]*)</f>\s*(?:<v>\s*</v>|<v\s*/>)?\s*</c>')
_REPEATED = re.compile(rb'number-(rows|columns)-repeated="(\d+)"')
LAST_ROW = 1_048_576


def is_archive(content: bytes) -> bool:
    """A ZIP archive, which a workbook of today is."""
    return content.startswith(b"PK\x03\x04")


def is_old_workbook(content: bytes) -> bool:
    """An .xls workbook, without a password."""
    return content.startswith(OLE) and not is_locked(content) and any(stream in content for stream in _WORKBOOK_STREAMS)


def is_locked(content: bytes) -> bool:
    """A workbook under a password."""
    return content.startswith(OLE) and _LOCKED in content


def is_workbook(content: bytes) -> bool:
    """Any workbook that can be read."""
    if is_old_workbook(content):
        return True
    names = _member_names(content) if is_archive(content) else frozenset()
    return bool({"xl/workbook.xml", "xl/workbook.bin", "content.xml"} & names)


def _member_names(content: bytes) -> frozenset[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return frozenset()


def read_workbook(content: bytes, options: ReadOptions) -> tuple[RawSheet, ...]:
    """The sheets of a workbook in their order, hidden ones too; charts and empty sheets have no rows.

    Parameters
    ----------
    content : bytes
    options : ReadOptions
        With the one sheet to read, if not all.

    Notes
    -----
    Numbers and dates come as text that reads one way only. A formula without a stored value comes as the formula.

    Raises
    ------
    InputError
        If the workbook is damaged, locked, unpacks to too much, holds a stray cell far beyond its table, or has no such sheet.
    """
    import python_calamine

    where, sheet = options.where, options.sheet
    formulas = _measured(content, where, options.limits) if is_archive(content) else {}
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            names = [page.name for page in book.sheets_metadata if page.typ == python_calamine.SheetTypeEnum.WorkSheet]
            if sheet is not None and sheet not in names:
                raise InputError(f"sheet={sheet!r} is not in {where}; choose one of: {', '.join(names)}.")
            chosen = names if sheet is None else [sheet]
            return tuple(_sheet(book.get_sheet_by_name(name), formulas.get(name, {})) for name in chosen)
    except InputError:
        raise
    except python_calamine.PasswordError as error:
        raise InputError(f"{where} is locked with a password; save it without one.") from error
    except Exception as error:  # the reader raises several kinds on a damaged part, some of them outside its own tree
        raise InputError(f"{where} is a damaged workbook ({type(error).__name__}: {str(error)[:120]}); save it again.") from error


def _sheet(page, formulas: dict[tuple[int, int], str]) -> RawSheet:
    height, width = page.total_height, page.total_width
    check_cells(height * width, page.name)
    before = [""] * (page.start or (0, 0))[1]
    rows: dict[int, list[str]] = {}
    stored: dict[int, list[bool]] = {}
    for number, cells in enumerate(page.iter_rows(), start=1):
        if any(cell != "" for cell in cells):
            rows[number] = before + [cell_text(cell) for cell in cells]
            stored[number] = [False] * len(before) + [isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells]
    for (number, column), formula in formulas.items():
        cells = rows.setdefault(number, [])
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = cells[column] or formula
    line = sorted(rows)
    numeric = [stored.get(number, []) for number in line]
    return sheet_of_rows([rows[number] for number in line], line, name=page.name, numeric=numeric, n_lines=max([height, *line], default=0))


def _measured(content: bytes, where: str, limits: Limits) -> dict[str, dict[tuple[int, int], str]]:
    """Formulas without a stored value by sheet, after a look at the size of every part.

    Raises
    ------
    InputError
        If the archive is damaged, unpacks to too much, or a sheet holds a cell far beyond the others.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            grown = unpacked > max(limits.small_bytes, limits.ratio * len(content))
            if unpacked > limits.unpacked_bytes or grown:
                raise InputError(
                    f"{where} unpacks to {unpacked:,} bytes from {len(content):,}, more than a workbook of positions or prices may; "
                    "save the table as CSV or Parquet."
                )
            if any(member.flag_bits & 1 for member in members):
                raise InputError(f"{where} is locked with a password; save it without one.")
            formulas = {}
            for part, name in _sheet_parts(archive):
                formulas[name] = _look_over(archive, part, f"{where}, sheet {name!r},", limits)
            if "content.xml" in archive.namelist():
                _check_repeats(archive, where, limits)
            return formulas
    except InputError:  # a ValueError too
        raise
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, zlib.error) as error:
        raise InputError(f"{where} is a damaged workbook ({error}); save it again.") from error


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(part, sheet name) of an XLSX workbook, in its order."""
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return
    target = {}
    for tag in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", archive.read("xl/_rels/workbook.xml.rels")):
        attributes = dict(re.findall(rb'(\w+)="([^"]*)"', tag))
        target[attributes.get(b"Id", b"")] = attributes.get(b"Target", b"").decode("utf-8", "replace")
    for tag in re.findall(rb"<(?:\w+:)?sheet\b[^>]*>", archive.read("xl/workbook.xml")):
        attributes = dict(re.findall(rb'([\w:]+)="([^"]*)"', tag))
        reference = next((value for key, value in attributes.items() if key.endswith(b":id")), b"")
        part = target.get(reference, "").lstrip("/")
        part = part if part.startswith("xl/") else f"xl/{part}"
        if part in names:
            yield part, html.unescape(attributes.get(b"name", b"").decode("utf-8", "replace"))


def _look_over(archive: zipfile.ZipFile, part: str, where: str, limits: Limits) -> dict[tuple[int, int], str]:
    """Read a sheet's XML once for its outermost cells and its formulas without a value; nothing is kept of it."""
    n_rows = n_cells = last_row = last_column = 0
    formulas: dict[tuple[int, int], str] = {}
    for block in _blocks(archive, part):
        n_rows += len(_OPEN_ROW.findall(block))
        if n_rows > LAST_ROW:
            raise InputError(f"{where} has more than the {LAST_ROW:,} rows that a sheet can have; save the table as CSV.")
        cells = _CELL.findall(block)
        n_cells += len(cells)
        if cells:
            last_column = max(last_column, *map(_column_number, {letters for letters, _ in cells}))
            last_row = max(last_row, *map(int, {digits for _, digits in cells}))
        for letters, digits, formula in _FORMULA.findall(block) if b"<f" in block else ():
            formulas[(int(digits), _column_number(letters) - 1)] = "=" + html.unescape(formula.decode("utf-8", "replace"))
    spanned = last_row * last_column
    if spanned > limits.cells:
        raise InputError(
            f"{where} spans {last_row:,} rows by {last_column:,} columns and holds {n_cells:,} cells: delete what lies far from the table, or save it as CSV."
        )
    return formulas


def _blocks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The XML of a part in blocks that end where a row ends."""
    rest = b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            joined = rest + block
            cut = joined.rfind(b"</row>") + len(b"</row>")
            cut = cut if cut >= len(b"</row>") else max(joined.rfind(b"<"), 0)
            yield joined[:cut]
            rest = joined[cut:]
    yield rest


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _check_repeats(archive: zipfile.ZipFile, where: str, limits: Limits) -> None:
    """Refuse an OpenDocument sheet that repeats a filled cell beyond the limit."""
    for block in _blocks(archive, "content.xml"):
        for tag in re.findall(rb"<table:table-cell\b[^>]*office:value[^>]*>", block):
            repeats = [int(count) for _, count in _REPEATED.findall(tag)]
            if repeats and max(repeats) > limits.columns // 4:
                raise InputError(f"{where} repeats one filled cell {max(repeats):,} times; save the table as CSV.")
