"""The Consolidated Screening List of the International Trade Administration, CSV form.

One file joins many lists; each row says in `source` which. Cells hold lists with ``; `` between. The `ids` cell was
written ``value, type`` in older files and is written ``type, value[, country]`` now: the type is recognised on either side.
"""

from __future__ import annotations

import re
from pathlib import Path

from impact.errors import SourceUnusable
from impact.facts.list_records import ListTables, OfficialList, read_lines, split_records
from impact.facts.remarks import DATE_KINDS, IDENTIFIER_KINDS, NAME_KINDS, file_remarks, keep_fact
from impact.provenance import Source

__all__ = ["read_csl", "split_ids"]

TITLE = "Consolidated Screening List"
_REQUIRED = ("source", "entity_number", "name")
_PLAIN = (
    "addresses", "federal_register_notice", "standard_order", "license_requirement", "license_policy", "call_sign", "vessel_type",
    "gross_tonnage", "gross_registered_tonnage", "vessel_flag", "vessel_owner", "source_list_url", "citizenships", "dates_of_birth",
    "nationalities", "places_of_birth", "source_information_url",
)  # fmt: skip
_TYPES = (*IDENTIFIER_KINDS, *NAME_KINDS, *DATE_KINDS, "Target Type", "Website", "Email Address", "Gender", "Organization Established Date")
_TYPE_PATTERN = "|".join(re.escape(name) for name in sorted(_TYPES, key=len, reverse=True))
_TYPE = rf"(?:{_TYPE_PATTERN})(?: \([^)]*\))?"
_FIRST = re.compile(rf"({_TYPE}), (.*)", re.DOTALL)
_LAST = re.compile(rf"(.*), ({_TYPE})", re.DOTALL)


def split_ids(cell: str) -> list[tuple[str, str, str]]:
    """The facts of an `ids` cell as (type, value, country), whichever side the type stands on; type empty when none is known.

    Examples
    --------
    >>> split_ids("03 Jun 2021, Listing Date (CMIC); ISIN, HK0000000007")
    [('Listing Date (CMIC)', '03 Jun 2021', ''), ('ISIN', 'HK0000000007', '')]
    """
    facts = []
    for part in (piece.strip() for piece in cell.split("; ")):
        if not part:
            continue
        first, last = _FIRST.fullmatch(part), _LAST.fullmatch(part)
        if first:
            value, country = _without_country(first[2], trailing=True)
            facts.append((first[1], value, country))
        elif last:
            value, country = _without_country(last[1], trailing=False)
            facts.append((last[2], value, country))
        else:
            facts.append(("", part, ""))
    return facts


def _without_country(text: str, *, trailing: bool) -> tuple[str, str]:
    match = re.fullmatch(r"(.+), ([A-Z]{2})", text, re.DOTALL) if trailing else re.fullmatch(r"([A-Z]{2}), (.+)", text, re.DOTALL)
    if match is None:
        return text, ""
    return (match[1], match[2]) if trailing else (match[2], match[1])


def read_csl(path: str | Path, *, version: str = "") -> OfficialList:
    """Read the Consolidated Screening List from its CSV file.

    Parameters
    ----------
    path : path
        ``consolidated.csv`` with its header of 28 or 29 columns (older files lack ``_id``).
    version : str, optional
        Which version this is, for example the day of download: the list has no version of its own.

    Returns
    -------
    OfficialList
        `entries` names in `list` the source each row stands on; an entry is source and entity number, since numbers repeat
        across sources. Rows read = rows kept + rows of `dropped`.

    Raises
    ------
    SourceUnusable
        If the file cannot be opened, has not the columns source, entity_number and name, or holds no usable row.
    """
    file, lines = Path(path).name, read_lines(path)
    header = [name.strip().strip('"').lower() for name in lines[0].split(",")]
    missing = [name for name in _REQUIRED if name not in header]
    if missing:
        raise SourceUnusable(f"{file} has no column {missing[0]!r} in its first row; give the CSV form of the {TITLE}.")
    tables = ListTables(file=file)
    records = split_records(lines, len(header))[1:]
    tables.read[file] = len(records)
    seen: dict[str, int] = {}
    for record in records:
        cells = dict(zip(header, record.cells, strict=False))
        entry = _entry_name(cells, record.row)
        reason = record.reason
        if not reason and not cells["name"].strip():
            reason = "has no name"
        if not reason and entry in seen:
            reason = f"source and entity number repeat those of row {seen[entry]}"
        if reason:
            tables.drop(file, record.row, reason, record.text)
            continue
        seen[entry] = record.row
        _keep(tables, record.row, entry, cells)
    source = Source(title=f"{TITLE}, {file}", retrieved=version, basis="US government work")
    return tables.finish(title=TITLE, version=version, source=source)


def _entry_name(cells: dict[str, str], row: int) -> str:
    acronym = re.search(r"\(([A-Z0-9]{2,8})\)", cells.get("source", ""))
    number = cells.get("entity_number", "").strip().removesuffix(".0")
    return f"{acronym[1] if acronym else cells.get('source', '').strip()[:40]} {number}" if number else f"row {row}"


def _keep(tables: ListTables, row: int, entry: str, cells: dict[str, str]) -> None:
    tables.kept[tables.file] += 1
    name, remarks = cells["name"].strip(), cells.get("remarks", "").strip()
    kind = cells.get("type", "").strip().lower() or "entity"
    programs = "; ".join(part.strip() for part in cells.get("programs", "").split(";") if part.strip())
    source, title = cells["source"].strip(), cells.get("title", "").strip()
    tables.rows["entries"].append((entry, source, name, kind, programs, title, remarks, tables.file, row))
    tables.rows["names"].append((entry, "primary", name))
    for alternate in (part.strip() for part in cells.get("alt_names", "").split("; ")):
        if alternate:
            tables.rows["names"].append((entry, "aka", alternate))
    for column in ("start_date", "end_date"):
        if cells.get(column, "").strip():
            tables.add_date(row, entry, column.removesuffix("_date"), column, cells[column].strip())
    for column in _PLAIN:
        if cells.get(column, "").strip():
            tables.rows["attributes"].append((entry, column, cells[column].strip()))
    for key, value, country in split_ids(cells.get("ids", "")):
        if not key or not keep_fact(tables, row, entry, key, value, country):
            tables.error(row, entry, "ids", value, "its type is none that is known; kept as a note")
            tables.rows["attributes"].append((entry, "ids", value))
    for bracket in re.split(r"(?<=\))\s*(?:;\s*)?(?=\(Linked To:)", remarks):
        file_remarks(tables, row, entry, bracket[1:-1] if bracket.startswith("(Linked To:") and bracket.endswith(")") else bracket)
