"""How large a file may be before it is taken for an attack, or for a table that belongs in a columnar file."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LIMITS", "Limits", "ReadOptions"]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds that keep any file within seconds and about a gigabyte.

    Attributes
    ----------
    unpacked_bytes : int
        A file, or the parts of a workbook, that unpack to more are refused.
    ratio : int
        A packed file that grows by more than this factor, beyond `small_bytes`, is a bomb.
    small_bytes : int
        Below this no ratio is suspicious.
    lines : int
        Lines of a text file or rows of a sheet, blank ones included.
    cells : int
        Cells of the rectangle that a sheet spans, its empty ones included.
    empty_cells : int
        Those of them that nothing states: of shorter rows, of records without a key, and what cells of XML and HTML span, in all tables
        of the file together; a few bytes can ask for many.
    cell_characters : int
        A row with a longer cell is refused; the rest of the table is read.
    columns : int
        Columns of one table.
    """

    unpacked_bytes: int = 512 << 20
    ratio: int = 300
    small_bytes: int = 32 << 20
    lines: int = 3_000_000
    cells: int = 40_000_000
    empty_cells: int = 20_000_000
    cell_characters: int = 131_072
    columns: int = 16_384


LIMITS = Limits()


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """What a caller settles about a file.

    Attributes
    ----------
    where : str
        The file as messages name it.
    sheet : str, optional
        Read this sheet only, of formats that have sheets.
    separator, encoding : str, optional
        Of text; found by default.
    limits : Limits
    """

    where: str = "the content"
    sheet: str | None = None
    separator: str | None = None
    encoding: str | None = None
    limits: Limits = LIMITS
