"""The tables of positions in a sheet: where each header stands, what the lines around it say, and every other line with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.holdings.column_kinds import plan_for_cells
from impact.holdings.columns import ColumnPlan, may_be_amount, plan_columns
from impact.holdings.headers import HEAD_ROWS, find_header
from impact.holdings.histories import is_history_name, is_position_name
from impact.holdings.lots import LOT, summed_up
from impact.holdings.nested_records import are_around_positions, said_of_lists, with_lists_opened, with_lists_told
from impact.holdings.paired_columns import with_pairs_apart
from impact.holdings.preamble import Preamble, read_preamble
from impact.holdings.raw_tables import RawTable, Refused, SheetTables
from impact.holdings.remarks import SENTENCE, is_prose
from impact.holdings.wide_sheets import MOST_COLUMNS, columns_of_table, refused_as_wide, too_wide, without_strays
from impact.intake.dates import parse_date
from impact.intake.headings import heading_key
from impact.intake.records import BLANK, RawSheet
from impact.intake.units import StatedUnit, agreed_unit, is_unit, stated_unit, unit_in
from impact.typing_ import IntArray

__all__ = ["check_headers", "file_tables", "sheet_tables"]

_HOLDS_NUMBER = r"^[^A-Za-z=]*\d"
_STATEMENT_MARKS = frozenset({"header", "data", "total", "subtotal", "notes"})
_LOOK_THROUGH = "holdingsasof"


def file_tables(sheets: Sequence[RawSheet], columns: Mapping[str, str] | None, *, dayfirst: bool | None) -> list[SheetTables]:
    """The tables of positions of each sheet; beside records that are called transactions only those that are called positions are any."""
    sheets = [with_pairs_apart(without_strays(inner)) for sheet in sheets for inner in with_lists_opened(sheet, columns)]
    histories = any(sheet.headings and is_history_name(sheet.name) for sheet in sheets)
    return [sheet_tables(sheet, columns, dayfirst=dayfirst, beside_histories=histories) for sheet in sheets]


def sheet_tables(
    sheet: RawSheet, columns: Mapping[str, str] | None, *, dayfirst: bool | None, beside_histories: bool = False
) -> SheetTables:
    """Find the tables of positions in a sheet.

    Parameters
    ----------
    sheet : RawSheet
    columns : mapping of field to heading, optional
        The caller's own map.
    dayfirst : bool, optional
        Order of a date above the header.
    beside_histories : bool
        Other tables of records in the file are called transactions.

    Notes
    -----
    The header is the line among the first 40 that names most fields; another line further down that names a security and an amount
    begins the next table (a second account, another kind of asset). A second table under a line "holdings as of" is the look-through
    view that some sponsors append, and is named, not counted. In a statement whose second column says Header, Data or Total each
    first column is a section.
    """
    unsplit = [(row.line, SENTENCE if is_prose(row.text) else row.reason, row.text) for row in sheet.refused]
    if (width := len(columns_of_table(sheet))) > MOST_COLUMNS:
        return SheetTables(sheet=sheet, tables=(), refused=[*unsplit, *refused_as_wide(sheet, width)], seen=())
    if sheet.headings:
        return _typed_table(sheet, columns, unsplit, beside_histories=beside_histories)
    if _is_statement(sheet):
        return _statement_tables(sheet, columns, unsplit)
    position, plan, seen = find_header(sheet, columns)
    if plan is None:
        reason = f"the sheet {sheet.name!r} has no header of positions" if sheet.name else "no header of positions"
        unit = read_preamble(sheet.head(HEAD_ROWS), dayfirst=dayfirst).unit
        return SheetTables(sheet=sheet, tables=(), refused=[*unsplit, *_named(sheet, range(len(sheet)), reason)], seen=seen, unit=unit)
    body = _Body(sheet, columns, dayfirst)
    body.take(position, plan)
    if not body.tables:
        reason = "nothing names a position: a list of transactions, not of positions"
        return SheetTables(sheet=sheet, tables=(), refused=[*unsplit, *_named(sheet, range(len(sheet)), reason)], seen=seen)
    first = body.tables[0].header_line
    body.refused = [row for row in body.refused if row[0] > first]
    return SheetTables(
        sheet=sheet, tables=tuple(body.tables), refused=sorted([*unsplit, *body.refused]), seen=seen, unit=agreed_unit(body.units)
    )


def check_headers(split: Sequence[SheetTables], where: str) -> None:
    """Refuse a source without any table of positions, and a map that names a heading which no table has.

    Raises
    ------
    InputError
    """
    tables = [table for page in split for table in page.tables]
    if not tables:
        transactions = any(reason.startswith("nothing names a position: ") for page in split for _, reason, _ in page.refused)
        if transactions:
            raise InputError(f"{where} is a list of transactions (trade dates, proceeds), not of positions; export the positions held.")
        widest = max((len(columns_of_table(page.sheet)) for page in split), default=0)
        if widest > MOST_COLUMNS:
            raise InputError(f"{where} {too_wide(widest)}: turn it, or keep the columns that tell name, code and amount.")
        around = next((page.sheet for page in split if page.sheet.lists), None)
        if around is not None:
            raise InputError(f"{where} has no position among its records: {said_of_lists(around)}; give the positions, one record each.")
        seen = max((page.seen for page in split), key=len, default=())
        closest = f" (closest headings: {', '.join(seen[:8])[:200]})" if seen else ""
        what = (
            "has no usable columns" if any(page.sheet.headings for page in split) else f"has no header among its first {HEAD_ROWS} line(s)"
        )
        raise InputError(
            f"{where} {what}{closest}; a header names the security (name, ticker, ISIN, CUSIP, SEDOL) and an amount (quantity, market value, "
            'weight): name yours, such as --map isin="Asset ID".'
        )
    missing = set(tables[0].plan.absent).intersection(*(table.plan.absent for table in tables[1:]))
    if missing:
        name, heading = min(missing)
        present = ", ".join(heading for heading in tables[0].plan.headings if heading)[:200]
        raise InputError(f"columns[{name!r}]={heading!r} is no heading of {where} ({len(missing)} absent); it has: {present}.")


def _named(sheet: RawSheet, positions: Sequence[int], reason: str) -> list[Refused]:
    """Rows that are not read, each with the reason; a row of words alone holds no position."""
    rows = []
    printed = sheet.cells.iloc[list(positions)].itertuples(index=False, name=None)
    for place, row in zip(positions, printed, strict=True):
        cells = [str(cell) for cell in row if str(cell).strip(BLANK)]
        wordy = len(cells) < 2 or not any(any(letter.isdigit() for letter in cell) for cell in cells)
        rows.append((int(sheet.line[place]), f"one cell of text, or words alone: {reason}" if wordy else reason, " ".join(cells)[:80]))
    return rows


def _typed_table(sheet: RawSheet, columns: Mapping[str, str] | None, unsplit: list[Refused], *, beside_histories: bool) -> SheetTables:
    by_headings = plan_columns(sheet.headings, columns)
    rows, lots = summed_up(sheet, np.arange(len(sheet)), sheet.headings)
    plan = plan_for_cells(sheet.cells, rows, by_headings, columns) if by_headings.is_usable else by_headings
    seen = tuple(heading for heading in plan.headings if heading)
    if are_around_positions(sheet, plan):
        reason = f"nothing names a security: {said_of_lists(sheet)}"
        return SheetTables(sheet=sheet, tables=(), refused=[*unsplit, *_named(sheet, range(len(sheet)), reason)], seen=seen)
    history = plan.is_transactions or is_history_name(sheet.name)
    beside = beside_histories and not is_position_name(sheet.name)
    if history or beside or not by_headings.is_usable:
        kind = "holds transactions, not positions" if history else "has no columns of positions"
        kind = "stands beside transactions and is not called positions" if beside and by_headings.is_usable and not history else kind
        reason = f"the table {sheet.name!r} {kind}" if sheet.name else f"the table {kind}"
        prefix = "nothing names a position: " if history else ""
        return SheetTables(sheet=sheet, tables=(), refused=[*unsplit, *_named(sheet, range(len(sheet)), prefix + reason)], seen=seen)
    table = _cut(sheet, rows, with_lists_told(sheet, plan), header_line=0, preamble=Preamble(), title=sheet.name)
    return SheetTables(sheet=sheet, tables=(table,), refused=sorted([*unsplit, *_named(sheet, lots.tolist(), LOT)]), seen=seen)


def _cut(
    sheet: RawSheet, rows: IntArray, plan: ColumnPlan, *, header_line: int, preamble: Preamble, title: str, shift: int = 0
) -> RawTable:
    """The rows of a sheet as a table with one column a field; `shift` is the column of the first heading."""
    cells = {name: sheet.cells[number + shift].take(rows).reset_index(drop=True) for name, number in plan.position.items()}
    marks = {} if sheet.numeric is None else {name: sheet.numeric[rows, number + shift] for name, number in plan.position.items()}
    return RawTable(
        cells=pd.DataFrame(cells),
        line=sheet.line[rows],
        numeric=marks,
        plan=plan,
        header_line=header_line,
        separator=sheet.separator,
        preamble=preamble,
        title=title,
        sheet=sheet,
        places=rows,
        shift=shift,
    )


class _Body:
    """Collects the tables of a sheet from its first header down."""

    def __init__(self, sheet: RawSheet, columns: Mapping[str, str] | None, dayfirst: bool | None) -> None:
        self.sheet = sheet
        self.columns = columns
        self.dayfirst = dayfirst
        self.tables: list[RawTable] = []
        self.refused: list[Refused] = []
        self.units: list[StatedUnit | None] = []

    def take(self, header: int, plan: ColumnPlan) -> None:
        """Read from the header at that position to the end, table after table."""
        above = self.sheet.head(header)
        preamble = read_preamble(above, dayfirst=self.dayfirst)
        start, title, number = header, "", 1
        skipped = "nothing names a position: a list of transactions" if plan.is_transactions else ""
        self.units.append(preamble.unit)
        while True:
            plan, columns, below = self._with_units_below(start, plan)
            end, rows, titles = self._rows(start, plan, number, skipped, below)
            if not skipped:
                line = int(self.sheet.line[start])
                rows, lots = summed_up(self.sheet, rows, plan.headings)
                self.refused += _named(self.sheet, lots.tolist(), LOT)
                plan = plan_for_cells(self.sheet.cells, rows, plan, columns)
                if plan.is_transactions:
                    self._skip(rows, "nothing names a position: a list of transactions")
                else:
                    self.tables.append(_cut(self.sheet, rows, plan, header_line=line, preamble=preamble, title=title))
            if end is None:
                return
            number += 1
            opening = " ".join(titles)
            skipped = ""
            start, plan = end
            if _LOOK_THROUGH in heading_key(opening):
                skipped = f"belongs to a second view of the same fund that begins on line {int(self.sheet.line[start])}: not counted twice"
            elif plan.is_transactions:
                skipped = f"nothing names a position: a list of transactions begins on line {int(self.sheet.line[start])}"
            elif not plan.is_usable:
                skipped = f"below the header on line {int(self.sheet.line[start])}, which names no security, or no amount"
            preamble = read_preamble([[text] for text in titles], dayfirst=self.dayfirst)
            title = preamble.fund or next((text for text in reversed(titles)), "")

    def _with_units_below(self, header: int, plan: ColumnPlan) -> tuple[ColumnPlan, Mapping[str, str] | None, int]:
        """The plan once a line of units right below the header is read with it, the caller's map for it, and how many lines that are."""
        below = [] if header + 1 >= len(self.sheet) else [str(cell).strip(BLANK) for cell in self.sheet.cells.iloc[header + 1]]
        filled = [cell for cell in below if cell]
        if not any(map(is_unit, filled)) or not all(is_unit(cell) or cell.strip("()") == "%" for cell in filled):
            return plan, self.columns, 0
        joined = [
            f"{heading} ({cell.strip('()[]')})" if heading and cell else heading
            for heading, cell in zip(plan.headings, [*below, *[""] * len(plan.headings)], strict=False)
        ]
        renamed = {heading_key(old): new for old, new in zip(plan.headings, joined, strict=True)}
        columns = {name: renamed.get(heading_key(heading), heading) for name, heading in (self.columns or {}).items()}
        self._refuse(header + 1, "a line of units below the header")
        return plan_columns(joined, columns), columns, 1

    def _rows(
        self, start: int, plan: ColumnPlan, number: int, skipped: str, below: int
    ) -> tuple[tuple[int, ColumnPlan] | None, IntArray, list[str]]:
        """Rows of the table below a header and `below` lines of units; where the next one begins; the lines of text right above that."""
        sheet, width = self.sheet, _width(plan)
        first = start + 1 + below
        places = np.arange(first, len(sheet))
        amounts = [number for number, heading in enumerate(plan.headings) if number in plan.position.values() and may_be_amount(heading)]
        plain = np.zeros(len(places), dtype=bool)
        for column in amounts:
            cells = sheet.cells[column].iloc[first:]
            plain |= cells.str.contains(_HOLDS_NUMBER, regex=True).to_numpy(dtype=bool)
        for column in range(width, sheet.width):
            plain &= (sheet.cells[column].iloc[first:] == "").to_numpy(dtype=bool)
        if number > 1:
            self._refuse(start, "the header of a further table")
        kept = plain.copy()
        titles: list[str] = []
        for odd in np.flatnonzero(~plain).tolist():
            place = int(places[odd])
            words = [str(cell) for cell in sheet.cells.iloc[place]]
            again = self._header_at(words, plan)
            if again is not None and again.headings[: len(plan.headings)] != plan.headings:
                self._skip(places[:odd][kept[:odd]], skipped)
                return (place, again), places[:odd][kept[:odd] & (not skipped)], titles
            if again is not None and (titles or skipped):  # the same header under a line of text: another account
                self._skip(places[:odd][kept[:odd]], skipped)
                return (place, again), places[:odd][kept[:odd] & (not skipped)], titles
            reason = "the header again" if again is not None else self._reason(words, width)
            if reason:
                self._refuse(place, reason)
                is_text = reason.startswith("one cell of text")
                self.units.append(stated_unit([word.strip(BLANK) for word in words if word.strip(BLANK)]) if is_text else None)
                titles = [*titles, next(word.strip(BLANK) for word in words if word.strip(BLANK))][-3:] if is_text else titles
            else:
                kept[odd] = True
            following = odd + 1
            if following < len(plain) and plain[following]:
                titles = []
        self._skip(places[kept], skipped)
        return None, places[kept & (not skipped)], titles

    def _header_at(self, cells: Sequence[str], plan: ColumnPlan) -> ColumnPlan | None:
        """The plan of a line that is a header: names a security and an amount in at least three words without a figure."""
        words = [cell.strip(BLANK) for cell in cells]
        filled = [word for word in words if word]
        if [word for word in words if word] == [heading for heading in plan.headings if heading]:
            return plan
        if len(filled) < 3 or any(letter.isdigit() for word in filled for letter in _without_unit(word)):
            return None
        again = plan_columns(words, self.columns)
        return again if (again.is_usable and again.n_known >= 3) or _moves(plan.headings, words) else None

    def _reason(self, cells: Sequence[str], width: int) -> str:
        filled = [cell for cell in cells if cell.strip(BLANK)]
        if len(filled) == 1 or (len(filled) <= 3 and _LOOK_THROUGH in heading_key(" ".join(filled))):
            return "one cell of text, no position"
        beyond = [cell for cell in cells[width:] if cell.strip(BLANK)]
        if beyond and self.sheet.separator:
            if is_prose(" ".join(filled)):
                return SENTENCE
            used = max(place for place, cell in enumerate(cells) if cell.strip(BLANK)) + 1
            return f"{used} cells where the header has {width}: a separator inside a cell without quotation marks?"
        return ""

    def _refuse(self, place: int, reason: str) -> None:
        filled = [str(cell) for cell in self.sheet.cells.iloc[place] if str(cell).strip(BLANK)]
        self.refused.append((int(self.sheet.line[place]), reason, (self.sheet.separator or " ").join(filled)[:80]))

    def _skip(self, places: IntArray, reason: str) -> None:
        if reason:
            for place in places.tolist():
                self._refuse(place, reason)


def _moves(headings: Sequence[str], words: Sequence[str]) -> bool:
    """Whether a line of words repeats three headings or more in other columns: what stands below is another table."""
    place = {heading_key(heading): number for number, heading in enumerate(headings) if heading}
    moved = [number for number, word in enumerate(words) if word and place.get(heading_key(word), number) != number]
    return len(moved) >= 3


def _without_unit(heading: str) -> str:
    unit = unit_in(heading)
    return heading if unit is None else unit.label


def _width(plan: ColumnPlan) -> int:
    return max(number for number, heading in enumerate(plan.headings) if heading) + 1


def _is_statement(sheet: RawSheet) -> bool:
    """A statement of sections: the second column of nearly every line says what the line is."""
    if sheet.width < 4 or len(sheet) < 3:
        return False
    marks = sheet.cells[1].iloc[:HEAD_ROWS].str.strip().str.lower()
    return bool(marks.isin(_STATEMENT_MARKS).mean() > 0.8)


def _statement_tables(sheet: RawSheet, columns: Mapping[str, str] | None, unsplit: list[Refused]) -> SheetTables:
    """Sections of a statement: positions are read, identifiers of the instrument section joined by symbol, the rest named."""
    section, mark = sheet.cells[0].str.strip(), sheet.cells[1].str.strip().str.lower()
    run = ((mark == "header") | (section != section.shift())).cumsum().to_numpy()
    blocks = [np.flatnonzero(run == number) for number in np.unique(run)]
    refused = list(unsplit)
    tables: list[tuple[IntArray, ColumnPlan, int]] = []
    known: dict[str, dict[str, str]] = {}
    as_of, account = None, ""
    for rows in blocks:
        head, name = int(rows[0]), str(section.iloc[rows[0]])
        headings = [str(cell) for cell in sheet.cells.iloc[head, 2:]]
        keys = [heading_key(heading) for heading in headings]
        for place in rows[1:].tolist():
            label, value = str(sheet.cells.iat[place, 2]), str(sheet.cells.iat[place, 3])
            as_of = as_of or (parse_date(value.rpartition(" - ")[2]) if heading_key(label) == "period" else None)
            account = account or (value if heading_key(label) == "account" else "")
        plan = plan_columns(headings, columns)
        held = plan.is_usable and not plan.is_transactions and ("position" in name.lower() or "holding" in name.lower())
        data, lots = summed_up(sheet, rows[(mark.iloc[rows] == "data").to_numpy()], headings, shift=2)
        if "symbol" in keys and any(key in keys for key in ("securityid", "isin", "conid", "cusip")) and not held:
            known |= _instruments(sheet, data, keys)
        if not held:
            refused += _named(sheet, rows.tolist(), f"nothing names a position: section {name!r} holds no positions")
            continue
        refused += [
            (int(sheet.line[place]), "the header again" if mark.iat[place] == "header" else "a total, not a position", name)
            for place in rows.tolist()
            if mark.iat[place] != "data"
        ]
        refused += _named(sheet, lots.tolist(), LOT)
        tables.append((data, plan_for_cells(sheet.cells, data, plan, columns, shift=2), int(sheet.line[head])))
    preamble = Preamble(fund=account, as_of=as_of)
    cut = [_cut(sheet, data, plan, header_line=line, preamble=preamble, title="", shift=2) for data, plan, line in tables]
    if cut and int(cut[0].header_line):  # lines above the first header are no rows
        refused = [row for row in refused if row[0] > cut[0].header_line]
    return SheetTables(sheet=sheet, tables=tuple(_with_codes(table, known) for table in cut), refused=sorted(refused))


def _instruments(sheet: RawSheet, rows: IntArray, keys: Sequence[str]) -> dict[str, dict[str, str]]:
    """Symbol -> name, identifier and exchange of the section that describes the instruments."""
    wanted = {"description": "name", "securityid": "identifier", "isin": "isin", "cusip": "cusip", "listingexch": "exchange"}
    place = keys.index("symbol") + 2
    known: dict[str, dict[str, str]] = {}
    for row in rows.tolist():
        cells = {wanted[key]: str(sheet.cells.iat[row, number + 2]).strip() for number, key in enumerate(keys) if key in wanted}
        for symbol in str(sheet.cells.iat[row, place]).split(","):
            known.setdefault(symbol.strip(), cells)
    return known


def _with_codes(table: RawTable, known: Mapping[str, Mapping[str, str]]) -> RawTable:
    if not known or "ticker" not in table.cells:
        return table
    cells = table.cells.copy()
    for name in ("name", "identifier", "isin", "cusip", "exchange"):
        joined = cells["ticker"].map(lambda symbol, name=name: known.get(str(symbol).strip(), {}).get(name, ""))
        if joined.ne("").any():
            given = cells[name] if name in cells else pd.Series("", index=cells.index, dtype="str")
            cells[name] = given.where(given != "", joined).astype("str")
    return RawTable(**{**vars(table), "cells": cells})
