"""The consolidated (non-SDN) list of the Office of Foreign Assets Control, as its CSV files carry it.

The files have no header; null is the unquoted token ``-0- ``; a remark longer than 1,000 characters goes on in the
comments file; a byte 0x1A may end each file.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from impact.facts.list_records import ListTables, OfficialList, Record, read_lines, split_records
from impact.facts.remarks import file_remarks
from impact.provenance import Source

__all__ = ["read_ofac"]

TITLE = "OFAC consolidated list"
PRIMARY = ("number", "name", "type", "programs", "title", "call_sign", "vessel_type", "tonnage", "grt", "flag", "owner", "remarks")
_REMARK_LIMIT = 1000
_HEADER_CELLS = frozenset({"ent_num", "entity_num", "sdn_name", "sdn_type", "alt_num", "alt_type", "alt_name", "remarks_extended"})
_NAME_KINDS = {"aka": "aka", "fka": "fka", "nka": "nka", "a.k.a.": "aka", "f.k.a.": "fka", "n.k.a.": "nka"}
_NO_NUMBERS = "The primary file carries no entity numbers: names of the alternate file cannot be tied to entries."


def read_ofac(
    primary: str | Path, *, alternates: str | Path | None = None, comments: str | Path | None = None, version: str = ""
) -> OfficialList:
    """Read the consolidated list from its primary file, with alternate names and long remarks where they are given.

    Parameters
    ----------
    primary : path
        ``CONS_PRIM.CSV``: 12 columns without header. A copy that lost the entity numbers (11 columns) or that gained a header is
        read too; without numbers an entry is known by its row.
    alternates : path, optional
        ``CONS_ALT.CSV``: entity number, number, aka | fka | nka, name, remarks.
    comments : path, optional
        ``CONS_COMMENTS.CSV``: entity number and the rest of a remark cut at 1,000 characters, joined before remarks are parsed.
    version : str, optional
        Which version this is, for example the date of publication.

    Returns
    -------
    OfficialList
        For each file, rows read = rows kept + rows of `dropped`.

    Raises
    ------
    SourceUnusable
        If a file cannot be opened, or no row of the primary file can be used.

    References
    ----------
    OFAC, "Consolidated Sanctions List Data Files", data specification (legacy CSV).
    """
    tables = ListTables(file=Path(primary).name)
    records = _records(tables, primary, widths=(12, 11))
    rest = _comments(tables, comments) if comments is not None else {}
    n_comments = len(rest)
    numbered = _primary(tables, records, rest, has_comments=comments is not None)
    if alternates is not None:
        _alternates(tables, alternates, numbered)
    if comments is not None:
        tables.kept[Path(comments).name] = n_comments - len(rest)
        for number, (row, text) in rest.items():
            tables.drop(Path(comments).name, row, f"entity number {number} is not in the primary file", text)
    return tables.finish(
        title=TITLE,
        version=version,
        source=Source(title=f"{TITLE}, {Path(primary).name}", retrieved=version, basis="US government work"),
        assumptions=() if numbered else (_NO_NUMBERS,),
    )


def _records(tables: ListTables, path: str | Path, widths: tuple[int, ...]) -> list[Record]:
    """Rows of one file, at the width most of its rows have; blank and broken ones are dropped."""
    file, lines = Path(path).name, read_lines(path)
    counts = Counter({width: sum(bool(record.cells) for record in split_records(lines, width)) for width in widths})
    width = counts.most_common(1)[0][0]
    records = [_free_remark(record, width) for record in split_records(lines, width)]
    tables.read[file] = len(records)
    kept = []
    for record in records:
        if record.reason:
            tables.drop(file, record.row, record.reason, record.text)
        elif record.row <= 2 and _HEADER_CELLS & {cell.strip().lower() for cell in record.cells}:
            tables.drop(file, record.row, "header, which the list has not of its own", record.text)
        else:
            kept.append(record)
    return kept


# A cell before the last one: quoted with its inner quotes doubled, or plain.
_CELL = re.compile(r'("(?:[^"]|"")*"|[^",]*),')


def _free_remark(record: Record, width: int) -> Record:
    """The row with its last cell read as the free text it is: quotes inside a remark are not always doubled.

    Number, name and the like are plain, so the last cell is all that follows them; a row that has a further quoted cell is
    left as it is.
    """
    position, cells = 0, []
    for _ in range(width - 1):
        match = _CELL.match(record.text, position)
        if match is None:
            return record
        cells.append(_unquoted(match[1]))
        position = match.end()
    last = record.text[position:].rstrip("\x1a")
    inner = last[1:-1] if len(last) > 1 and last[0] == last[-1] == '"' else None
    if inner is None or '"' not in inner.replace('""', "") or '","' in inner:
        return record
    return Record(row=record.row, text=record.text, cells=(*cells, inner.replace('""', '"')))


def _unquoted(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell


def _value(cell: str) -> str:
    text = cell.strip(" \x1a\t\n")
    return "" if text == "-0-" else text


def _number(cell: str) -> str:
    match = re.fullmatch(r"(\d{1,9})(?:\.0+)?", _value(cell))
    return match[1] if match else ""


def _primary(tables: ListTables, records: list[Record], rest: dict[str, tuple[int, str]], *, has_comments: bool) -> set[str]:
    """File every primary row; the entity numbers met (none when the file carries none)."""
    numbers: dict[str, int] = {}
    for record in records:
        has_number = len(record.cells) == len(PRIMARY)
        cells = dict(zip(PRIMARY if has_number else PRIMARY[1:], record.cells, strict=True))
        number = _number(cells.get("number", ""))
        entry = number or f"row {record.row}"
        name = _value(cells["name"])
        reason = ""
        if has_number and not number:
            reason = f"entity number {cells['number'][:20]!r} is not a number"
        elif number in numbers and number:
            reason = f"entity number repeats that of row {numbers[number]}"
        elif not name:
            reason = "has no name"
        if reason:
            tables.drop(tables.file, record.row, reason, record.text)
            continue
        if number:
            numbers[number] = record.row
        _, more = rest.pop(number, (0, ""))
        _entry(tables, record.row, entry, name, cells, more, has_comments=has_comments)
    return set(numbers)


def _entry(tables: ListTables, row: int, entry: str, name: str, cells: dict[str, str], more: str, *, has_comments: bool) -> None:
    remarks = cells["remarks"].strip("\x1a\t\n")
    remarks = "" if remarks.strip() == "-0-" else remarks
    if len(remarks) >= _REMARK_LIMIT and not more:
        where = "the comments file has no more of it" if has_comments else "no comments file was given"
        reason = f"cut at {_REMARK_LIMIT:,} characters and {where}: facts after the cut are unknown"
        tables.error(row, entry, "remarks", remarks[-60:], reason)
    if more:
        # The cut falls inside a word or at a blank that the file keeps; only a shorter remark lost its blank on the way.
        remarks += more if len(remarks) >= _REMARK_LIMIT or remarks.endswith(" ") else " " + more
    programs = "; ".join(part.strip() for part in _value(cells["programs"]).split("] [") if part.strip())
    kind = _value(cells["type"]).lower() or "entity"
    tables.kept[tables.file] += 1
    tables.rows["entries"].append((entry, TITLE, name, kind, programs, _value(cells["title"]), remarks.strip(), tables.file, row))
    tables.rows["names"].append((entry, "primary", name))
    for column in ("call_sign", "vessel_type", "tonnage", "grt", "flag", "owner"):
        if _value(cells[column]):
            tables.rows["attributes"].append((entry, column.replace("_", " "), _value(cells[column])))
    file_remarks(tables, row, entry, remarks)


def _alternates(tables: ListTables, path: str | Path, numbers: set[str]) -> None:
    file = Path(path).name
    for record in _records(tables, path, widths=(5,)):
        number, kind, name = _number(record.cells[0]), _value(record.cells[2]).lower(), _value(record.cells[3])
        reason = ""
        if not number:
            reason = f"entity number {record.cells[0][:20]!r} is not a number"
        elif not numbers:
            reason = "the primary file carries no entity numbers to tie this name to"
        elif number not in numbers:
            reason = f"entity number {number} is not in the primary file"
        elif not name:
            reason = "has no name"
        if reason:
            tables.drop(file, record.row, reason, record.text)
            continue
        if kind not in _NAME_KINDS:
            tables.error(record.row, number, "alternate type", kind, "not one of aka, fka, nka; kept as aka", file=file)
        tables.kept[file] += 1
        tables.rows["names"].append((number, _NAME_KINDS.get(kind, "aka"), name))
        if _value(record.cells[4]):
            tables.rows["attributes"].append((number, f"remark on {name}", _value(record.cells[4])))


def _comments(tables: ListTables, path: str | Path) -> dict[str, tuple[int, str]]:
    """Entity number -> (row, rest of its remark)."""
    file, rest = Path(path).name, {}
    for record in _records(tables, path, widths=(2,)):
        number = _number(record.cells[0])
        if not number or number in rest:
            reason = f"entity number {number} is repeated" if number else f"entity number {record.cells[0][:20]!r} is not a number"
            tables.drop(file, record.row, reason, record.text)
            continue
        rest[number] = (record.row, record.cells[1].strip("\x1a\t\n"))
    return rest
