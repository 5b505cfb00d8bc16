"""What every reader of an official list returns: entries, identifiers, names, dates, and a report of all that went wrong."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from impact.errors import SourceUnusable
from impact.facts.schemas import (
    LIST_ATTRIBUTES,
    LIST_DATES,
    LIST_DROPPED,
    LIST_ENTRIES,
    LIST_ERRORS,
    LIST_IDENTIFIERS,
    LIST_NAMES,
    LIST_PROGRAMMES,
    LIST_RELATIONS,
    LIST_ROWS,
)
from impact.identifiers import is_valid, normalise_ticker
from impact.provenance import Source
from impact.results import Result, Summary, declared

__all__ = ["TABLES", "ListTables", "OfficialList", "Record", "instrument_of", "read_day", "read_lines", "split_records"]

TABLES = {
    "entries": ("entry", "list", "name", "kind", "programs", "title", "remarks", "file", "row"),
    "identifiers": ("entry", "kind", "label", "value", "written", "country", "instrument", "valid"),
    "names": ("entry", "kind", "name"),
    "dates": ("entry", "kind", "label", "date"),
    "relations": ("entry", "kind", "name"),
    "attributes": ("entry", "key", "value"),
    "dropped": ("file", "row", "reason", "content"),
    "errors": ("file", "row", "entry", "field", "value", "reason"),
}

EMPTY_ROWS = ("blank line", "end-of-file mark", "every cell is empty")
"""Reasons of rows that hold nothing."""
DATE_COLUMNS = ("listing", "effective", "divestment")
_CHECKED = ("isin", "cusip", "sedol", "figi", "lei")
_DAY = re.compile(r"(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4})|(\d{4})-(\d{2})-(\d{2})|(\d{2})/(\d{2})/(\d{4})")
_MONTHS = {"JAN": 1, "FEB": 2, "MAR": 3, "APR": 4, "MAY": 5, "JUN": 6, "JUL": 7, "AUG": 8, "SEP": 9, "OCT": 10, "NOV": 11, "DEC": 12}


def read_day(text: str) -> pd.Timestamp | None:
    """A day written ``03 Jun 2021``, ``2021-06-03`` or ``06/03/2021`` (month first), whatever the locale; None otherwise."""
    match = _DAY.fullmatch(text.strip())
    if match is None:
        return None
    if match[1]:
        year, month, day = int(match[3]), _MONTHS.get(match[2].upper(), 0), int(match[1])
    elif match[4]:
        year, month, day = int(match[4]), int(match[5]), int(match[6])
    else:
        year, month, day = int(match[9]), int(match[7]), int(match[8])
    try:
        return pd.Timestamp(year=year, month=month, day=day).as_unit("ns")
    except ValueError:
        return None


def read_lines(path: str | Path) -> list[str]:
    """The physical lines of a list file: UTF-8 with or without mark, else the Windows encoding; no line end left.

    Raises
    ------
    SourceUnusable
        If the file cannot be opened or is empty.
    """
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise SourceUnusable(f"{path} cannot be read ({error.strerror or error}); give the path of a list file.") from error
    if not raw.strip():
        raise SourceUnusable(f"{path} is empty; download the list again.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    lines = re.split(r"\r\n|\n|\r", text)
    return lines[:-1] if lines[-1] == "" else lines


@dataclass(frozen=True, kw_only=True)
class Record:
    """One row of a list file: its first line (from 1), its text, and its cells, or the reason why it has none."""

    row: int
    text: str
    cells: tuple[str, ...] = ()
    reason: str = ""


def split_records(lines: list[str], width: int, *, longest: int = 25) -> list[Record]:
    """The rows of a comma-separated file that should have `width` columns; a broken row never swallows the next.

    A row whose quotes stay open is joined with the lines after it only when that closes them within `longest` lines and
    gives `width` columns; otherwise the line alone is the broken row. Blank lines and the end-of-file mark 0x1A are rows
    with a reason, so that every line of the file is accounted for.
    """
    records, position = [], 0
    while position < len(lines):
        taken, record = _record_at(lines, position, width, longest)
        records.append(record)
        position += taken
    return records


def _record_at(lines: list[str], position: int, width: int, longest: int) -> tuple[int, Record]:
    text = lines[position]
    if not text.strip():
        return 1, Record(row=position + 1, text=text, reason=EMPTY_ROWS[0])
    if text[0] == "\x1a":
        return 1, Record(row=position + 1, text=text, reason=EMPTY_ROWS[1])
    cells, reason = _cells(text)
    if cells is not None and len(cells) == width and text.count('"') % 2 == 0:
        return 1, _filled(position, text, cells)
    if text.count('"') % 2:
        joined = text
        for extra in range(1, min(longest, len(lines) - position)):
            joined += "\n" + lines[position + extra]
            if joined.count('"') % 2 == 0:
                whole, _ = _cells(joined)
                if whole is not None and len(whole) == width:
                    return extra + 1, _filled(position, joined, whole)
                break
        reason = "quotes are not closed"
    n_cells = 0 if cells is None else len(cells)
    return 1, Record(row=position + 1, text=text, reason=reason or f"has {n_cells} columns, not {width}")


def _filled(position: int, text: str, cells: list[str]) -> Record:
    if not any(cell.strip(" \x1a") for cell in cells):
        return Record(row=position + 1, text=text, reason=EMPTY_ROWS[2])
    return Record(row=position + 1, text=text, cells=tuple(cells))


def _cells(text: str) -> tuple[list[str] | None, str]:
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        return None, f"is not comma-separated text ({error})"
    return (rows[0], "") if len(rows) == 1 else (None, "holds more than one row")


def instrument_of(isin: str) -> str:
    """What an ISIN says about its instrument: ``bond`` for XS and for the mainland bond codes CND, ``equity`` for CNE, else empty."""
    if isin.startswith(("XS", "CND")):
        return "bond"
    return "equity" if isin.startswith("CNE") else ""


@dataclass(eq=False, kw_only=True)
class ListTables:
    """Rows collected while a list is read; every reader fills one and turns it into an :class:`OfficialList`."""

    file: str
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: {name: [] for name in TABLES})
    read: dict[str, int] = field(default_factory=dict)
    kept: Counter[str] = field(default_factory=Counter)
    _seen: set[tuple[str, str, str]] = field(default_factory=set)

    def drop(self, file: str, row: int, reason: str, content: str) -> None:
        """Refuse one row of a file, with the reason."""
        self.rows["dropped"].append((file, row, reason, content[:200]))

    def error(self, row: int, entry: str, field_name: str, value: str, reason: str, *, file: str = "") -> None:
        """Note a value that could not be read, or does not hold, in a row that is kept."""
        self.rows["errors"].append((file or self.file, row, entry, field_name, value, reason))

    def add_identifier(self, row: int, entry: str, kind: str, label: str, written: str, country: str = "") -> None:
        """Keep one identifier, in its normal form, and note it when its check digit does not hold or it is repeated."""
        value, valid = written.strip(), None
        if kind in _CHECKED:
            value = "".join(written.upper().split())
            valid = is_valid(value, kind)
            if not valid:
                self.error(row, entry, label, written, f"check digit or form of the {kind.upper()} does not hold")
        elif kind == "ticker":
            line = normalise_ticker(written)
            valid = line is not None and bool(line.country)
            value = str(line) if line is not None else value
            if not valid:
                self.error(row, entry, label, written, "the ticker names no venue that is known")
        instrument = instrument_of(value) if kind == "isin" else ""
        if (entry, kind, value) in self._seen:
            self.error(row, entry, label, written, "repeats an identifier of the same entry")
        self._seen.add((entry, kind, value))
        self.rows["identifiers"].append((entry, kind, label, value, written, country, instrument, valid))

    def add_date(self, row: int, entry: str, kind: str, label: str, written: str) -> None:
        """Keep one date, or note that it cannot be read."""
        day = read_day(written)
        if day is None:
            self.error(row, entry, label, written, "not a date of the form 03 Jun 2021, 2021-06-03 or 06/03/2021")
            return
        self.rows["dates"].append((entry, kind, label, day))

    def finish(self, *, title: str, version: str, source: Source, assumptions: tuple[str, ...] = ()) -> OfficialList:
        """The list as a result.

        Raises
        ------
        SourceUnusable
            If no row could be used: then the whole file is not what it should be.
        """
        frames = {name: pd.DataFrame(self.rows[name], columns=list(columns)) for name, columns in TABLES.items()}
        frames["dates"]["date"] = pd.to_datetime(frames["dates"]["date"]).astype("datetime64[ns]")
        frames["identifiers"]["valid"] = frames["identifiers"]["valid"].astype("boolean")
        if frames["entries"].empty:
            reasons = frames["dropped"]["reason"].value_counts()
            first = f"; most often: {reasons.index[0]} ({reasons.iloc[0]} rows)" if len(reasons) else ""
            raise SourceUnusable(f"{self.file} holds no usable row of {self.read.get(self.file, 0)}{first}; check that it is a {title}.")
        dropped = Counter(row[0] for row in self.rows["dropped"])
        rows = [(file, n_read, self.kept[file], dropped[file]) for file, n_read in self.read.items()]
        frames["rows"] = pd.DataFrame(rows, columns=["file", "n_read", "n_kept", "n_dropped"])
        return OfficialList(title=title, version=version, sources=(source,), assumptions=assumptions, **frames)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class OfficialList(Result):
    """One version of an official list, read whole.

    Attributes
    ----------
    title, version : str
        What list it is, and which version (a date or a file name, as the caller said).
    entries : DataFrame
        entry (identity inside the list), list, name, kind (entity, individual, vessel, aircraft), programs (``; `` between),
        title, remarks (whole, as written), file, row.
    identifiers : DataFrame
        entry, kind (isin, ticker, lei, ...), label (as the list calls it), value (normal form), written, country, instrument
        (bond, equity, empty when not told), valid (check digit or form holds; missing where there is no check).
    names : DataFrame
        entry, kind (primary, aka, fka, nka, issuer; part: one between commas of another), name.
    dates : DataFrame
        entry, kind (listing, effective, divestment, start, end), label, date (datetime64[ns]).
    relations : DataFrame
        entry, kind (``linked to``), name of the other party.
    attributes : DataFrame
        entry, key, value: all else that the list says; key ``note`` where it says it without a key.
    dropped : DataFrame
        file, row, reason, content: rows that are not part of the list above.
    errors : DataFrame
        file, row, entry, field, value, reason: values that do not hold in rows that were kept.
    rows : DataFrame
        file, n_read, n_kept, n_dropped: for each file, rows read = rows kept + rows dropped.
    """

    schemas = declared(
        entries=LIST_ENTRIES,
        identifiers=LIST_IDENTIFIERS,
        names=LIST_NAMES,
        dates=LIST_DATES,
        relations=LIST_RELATIONS,
        attributes=LIST_ATTRIBUTES,
        dropped=LIST_DROPPED,
        errors=LIST_ERRORS,
        rows=LIST_ROWS,
        to_frame=LIST_ENTRIES,
    )

    title: str
    version: str
    entries: pd.DataFrame
    identifiers: pd.DataFrame
    names: pd.DataFrame
    dates: pd.DataFrame
    relations: pd.DataFrame
    attributes: pd.DataFrame
    dropped: pd.DataFrame
    errors: pd.DataFrame
    rows: pd.DataFrame
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    def unread(self) -> tuple[str, ...]:
        """What of the list was not read or does not hold, one sentence a file: rows with something in them, and values of kept rows."""
        said = []
        for file in dict.fromkeys([*self.dropped["file"], *self.errors["file"]]):
            rows = self.dropped[(self.dropped["file"] == file) & ~self.dropped["reason"].isin(EMPTY_ROWS)]
            errors = self.errors[self.errors["file"] == file]
            if len(rows):
                first = f"first row {rows['row'].iat[0]}: {rows['reason'].iat[0]}"
                said.append(f"{file}: {len(rows)} row(s) of the list are not read ({first}); whom they name is not asked about.")
            if len(errors):
                row, field_name, value, reason = errors[["row", "field", "value", "reason"]].iloc[0]
                said.append(f"{file}: {len(errors)} value(s) of the list do not hold (first row {row}, {field_name} {value!r}: {reason}).")
        return tuple(said)

    def under(self, program: str) -> OfficialList:
        """The part of the list that stands under one programme tag, for example ``CMIC-EO13959``."""
        keep = self.entries["programs"].str.split("; ").map(lambda tags: program in tags).astype(bool)
        return self._only(self.entries.loc[keep, "entry"])

    def _only(self, wanted: pd.Series) -> OfficialList:
        names = ("entries", "identifiers", "names", "dates", "relations", "attributes", "errors")
        kept = {name: getattr(self, name)[getattr(self, name)["entry"].isin(wanted)].reset_index(drop=True) for name in names}
        return dataclasses.replace(self, **kept)

    def to_frame(self) -> pd.DataFrame:
        """One row an entry: entry, list, name, kind, programs, one column a kind of date, isin, ticker, lei, other_names.

        A date column holds the earliest such date of the entry, NaT where the list gives none; texts have ``; `` between.
        """
        frame = self.entries[["entry", "list", "name", "kind", "programs"]].copy()
        for kind in dict.fromkeys([*DATE_COLUMNS, *self.dates["kind"]]):
            days = self.dates[self.dates["kind"] == kind].groupby("entry")["date"].min()
            frame[f"{kind}_on"] = days.reindex(frame["entry"]).astype("datetime64[ns]").to_numpy()
        for kind in ("isin", "ticker", "lei"):
            frame[kind] = _joined(self.identifiers[self.identifiers["kind"] == kind], "value", frame["entry"])
        other = self.names[~self.names["kind"].isin(["primary", "part"])]
        frame["other_names"] = _joined(other, "name", frame["entry"])
        return frame

    def summary(self) -> Summary:
        """How many rows were read, kept and dropped, and every value that does not hold."""
        by_program = self.entries["programs"].value_counts().rename_axis("programs").reset_index(name="n_entries")
        reasons = self.dropped.groupby(["file", "reason"], as_index=False).size().rename(columns={"size": "n_rows"})
        return Summary(
            title=f"{self.title}, version {self.version or 'not stated'}: {len(self.entries)} entries, {len(self.errors)} values in error",
            tables=(
                ("Rows", self.with_schema("rows")),
                ("Programmes", LIST_PROGRAMMES.table(by_program)),
                ("Dropped rows", LIST_DROPPED.table(reasons)),
                ("Values in error", self.with_schema("errors")),
            ),
            notes=self.assumptions,
            sources=self.sources,
        )


def _joined(table: pd.DataFrame, column: str, entries: pd.Series) -> list[str]:
    """For each entry its distinct values of a column, in the order of the list, with ``; `` between."""
    values: dict[str, dict[str, None]] = {}
    for entry, value in zip(table["entry"], table[column], strict=True):
        values.setdefault(entry, {})[value] = None
    return ["; ".join(values.get(entry, ())) for entry in entries]
