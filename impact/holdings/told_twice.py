"""Sheets and sections that tell one book twice: the sums of the others, a copy, or the same book on an earlier day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from impact.holdings.book_words import OF_ACCOUNTS, OF_ALL, OF_FUNDS
from impact.holdings.positions import Positions
from impact.holdings.raw_tables import SheetTables
from impact.intake.dates import parse_date
from impact.intake.headings import heading_key, is_total_label
from impact.tables.stacking import stacked

__all__ = ["told_once"]

_CODES = ("isin", "cusip", "sedol", "figi", "ticker", "name")
_AMOUNTS = ("quantity", "market_value", "weight")
_CERTAIN = 3
"""So many lines that are alike to the figure are one book; fewer may be alike by chance."""
_OF_BOOKS = OF_ACCOUNTS | OF_FUNDS | frozenset({"positions", "position", "holdings", "holding", "book", "books"})
_OF_COPIES = frozenset(
    heading_key(word)
    for word in (
        "copy", "of", "kopie", "von", "copie", "de", "copia", "sheet", "tabelle", "feuil", "hoja", "foglio", "table", "data", "daten", "raw", "list",
        "report", "export", "detail", "details", "full", "backup", "working", "top", "副本", "明细",
    )
)  # fmt: skip
"""Words of sheets that say what a sheet is, and not whose."""
_OF_LARGEST = frozenset(
    heading_key(word) for word in ("top", "largest", "biggest", "größte", "principales", "principali", "上位", "前十大")
)
_OF_LINES = frozenset({"position", "positions", "holding", "holdings", "positionen", "posiciones", "posizioni"})
_MONTHS = frozenset(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mai", "okt", "dez"])
_OF_TIMES = frozenset(
    heading_key(word)
    for word in (
        "current", "previous", "prior", "last", "latest", "old", "new", "before", "after", "today", "yesterday", "begin", "end", "opening",
        "closing", "aktuell", "vorher", "alt", "neu", "précédent", "actuel", "anterior", "actual", "precedente", "attuale", "前回", "今回", "上期", "本期",
    )
)  # fmt: skip
"""Words that name a sheet by its time beside another one."""
_TERMS = frozenset(["q", "h", "fy", "cy", "kw", "wee", "w"])
"""How the words begin that name a quarter, a half, a year or a week beside its number."""
_VIEWS = ("net", "overnight", "day", "intraday")
"""How an answer of a broker names the views of one book, the view of what is held first."""
_SLACK = 0.0101


@dataclass(frozen=True, eq=False, kw_only=True)
class _Unit:
    """A sheet, or a section where there is one sheet: its name, the places of its tables, their rows, and sums by security."""

    name: str
    tables: tuple[int, ...]
    rows: pd.DataFrame

    @property
    def sums(self) -> pd.DataFrame:
        """One security a row, NaN where no line of it has the amount."""
        key = self.rows[_CODES[0]].where(self.rows[_CODES[0]] != "", "")
        for code in _CODES[1:]:
            key = key.where(key != "", self.rows[code])
        return self.rows[[*_AMOUNTS]].groupby(key.str.upper()).sum(min_count=1)

    @property
    def is_of_all(self) -> bool:
        """Whether the name says nothing but that all is here: ``Total``, ``All positions``."""
        words = {heading_key(word) for word in _letters(self.name)}
        return is_total_label(self.name) or (bool(words & OF_ALL) and words <= OF_ALL | _OF_BOOKS)


@dataclass(frozen=True, kw_only=True)
class _Verdict:
    """What is said of a unit, and why its rows are dropped; empty where they are kept."""

    unit: str
    problem: str
    action: str
    reason: str = ""


def told_once(read: Sequence[Positions], split: Sequence[SheetTables], day: pd.Timestamp | None) -> list[Positions]:
    """The tables of a file with what one of them tells again taken out, and a doubt where that is not certain.

    Parameters
    ----------
    read : sequence of Positions
        Those of each table, in the order of the sheets; one without rows for a sheet that has no table.
    split : sequence of SheetTables
    day : Timestamp, optional
        Date of the holdings, where the caller gave one: of sheets that are days, that of this day is kept, else the latest.
    """
    names = [name for page in split for name in _names_of(page, several=len(split) > 1)]
    units = _units(read, names)
    told: list[_Verdict] = []
    if len(units) > 1:
        told += _on_days(units, day) or _on_periods(units) or _views(units)
        units = [unit for unit in units if unit.name not in {verdict.unit for verdict in told if verdict.reason}]
        told += _sums_of_others(units)
        units = [unit for unit in units if unit.name not in {verdict.unit for verdict in told if verdict.reason}]
        told += _copies(units)
        told += _extracts([unit for unit in units if unit.name not in {verdict.unit for verdict in told}])
    kept = list(read)
    by_name = {unit.name: unit for unit in _units(read, names)}
    for verdict in told:
        for number, place in enumerate(by_name[verdict.unit].tables):
            kept[place] = _with_verdict(kept[place], verdict, is_first=number == 0)
    return kept


def _letters(name: str) -> list[str]:
    """The words of a name without its figures and signs."""
    return "".join(sign if sign.isalpha() else " " for sign in name).split()


def _figures(name: str) -> list[str]:
    """The numbers in a name."""
    return "".join(sign if sign.isdigit() else " " for sign in name).split()


def _names_of(page: SheetTables, *, several: bool) -> list[str]:
    """The name of each table of a sheet: that of the sheet, or its own title where the file has one sheet."""
    return [page.sheet.name if several else table.title or table.preamble.fund for table in page.tables] or [page.sheet.name]


def _units(read: Sequence[Positions], names: Sequence[str]) -> list[_Unit]:
    places: dict[str, list[int]] = {}
    for place, (positions, name) in enumerate(zip(read, names, strict=True)):
        if len(positions.rows):
            places.setdefault(name or f"the section from line {int(positions.rows['row'].iloc[0])}", []).append(place)
    return [
        _Unit(name=name, tables=tuple(of), rows=pd.concat([read[place].rows for place in of], ignore_index=True))
        for name, of in places.items()
    ]


def _with_verdict(positions: Positions, verdict: _Verdict, *, is_first: bool) -> Positions:
    rows = positions.rows
    told = pd.DataFrame(
        {"row": rows["row"].iloc[:1], "column": "", "value": verdict.unit, "problem": verdict.problem, "action": verdict.action}
    ).assign(sheet=rows["sheet"].iloc[:1])
    issues = stacked((positions.issues, told)) if is_first else positions.issues
    if not verdict.reason:
        return replace(positions, issues=issues)
    label = rows["name"].where(rows["name"] != "", rows["ticker"].where(rows["ticker"] != "", rows["isin"]))
    out = rows[["row", "sheet"]].assign(reason=verdict.reason, text=label)[["row", "reason", "text", "sheet"]]
    dropped = stacked((positions.dropped, out))
    return replace(positions, rows=rows.iloc[:0], dropped=dropped.sort_values("row", kind="stable", ignore_index=True), issues=issues)


def _on_days(units: Sequence[_Unit], day: pd.Timestamp | None) -> list[_Verdict]:
    """Sheets whose names differ in a day alone are one book on several days: that of one day is kept, where they share securities."""
    days = {unit.name: parsed for unit in units if (parsed := _day_of(unit.name)) is not None}
    beside = {frozenset(word for word in _letters(name.lower()) if word[:3] not in _MONTHS) for name in days}
    if len(days) < len(units) or len(set(days.values())) < len(units) or len(beside) > 1:
        return []
    chosen = next((name for name, one in days.items() if one == day), max(days, key=lambda name: days[name]))
    own = {unit.name: set(unit.sums.index) for unit in units}
    told = []
    for name in days:
        if name == chosen:
            continue
        if 2 * len(own[name] & own[chosen]) >= min(len(own[name]), len(own[chosen])):
            problem = f"{name} and {chosen} are one book on two days"
            told.append(_Verdict(
                unit=name, problem=problem, action=f"only {chosen} is counted: for another day read its sheet alone",
                reason=f"the same book on another day: counted is {chosen}",
            ))  # fmt: skip
        else:
            said = f"{name} and {chosen} are named by days and hold other securities: two books, or one on two days?"
            told.append(_Verdict(unit=name, problem=said, action="both counted: read one sheet alone if they are one book"))
    return told


def _views(units: Sequence[_Unit]) -> list[_Verdict]:
    """Units whose names differ in the word of a view alone, and that share most securities: one book, of which what is held is counted."""
    words = {unit.name: [heading_key(word) for word in _letters(unit.name)] for unit in units}
    view = {unit.name: word for unit in units for word in words[unit.name][-1:] if word in _VIEWS}
    if len(view) < len(units) or len(set(view.values())) < len(units) or len({tuple(own[:-1]) for own in words.values()}) > 1:
        return []
    whole, *others = sorted(units, key=lambda unit: _VIEWS.index(view[unit.name]))
    held = set(whole.sums.index)
    return [
        _Verdict(
            unit=unit.name,
            problem=f"{unit.name} and {whole.name} are two views of one book",
            action="counted once: see dropped; for the other view read it alone",
            reason=f"the same book in another view: counted is {whole.name}",
        )
        for unit in others
        if 2 * len(held & set(unit.sums.index)) >= len(unit.sums)
    ]


def _day_of(name: str) -> pd.Timestamp | None:
    """The day that a name tells; one in figures without a sign, or with a year of two figures, may as well be an account."""
    whole_year = any(len(figure) == 4 for figure in _figures(name))
    return parse_date(name) if whole_year or _letters(name) else None


def _on_periods(units: Sequence[_Unit]) -> list[_Verdict]:
    """A doubt where sheets are named by months, quarters or years and share securities: one book at several times?"""
    if not all(_is_period(unit.name) for unit in units):
        return []
    last = units[-1]
    own = {unit.name: set(unit.sums.index) for unit in units}
    return [
        _Verdict(
            unit=unit.name,
            problem=f"{unit.name} and {last.name} are named by periods and hold the same securities: one book at two times?",
            action="both counted: read one sheet alone if it is",
        )
        for unit in units[:-1]
        if 2 * len(own[unit.name] & own[last.name]) >= min(len(own[unit.name]), len(own[last.name]))
    ]


def _is_period(name: str) -> bool:
    """Whether a name is a day, a month, a quarter, a half or a year, and nothing more."""
    words = _letters(name.lower())
    letters = {word[:3] for word in words}
    year = any(len(number) == 4 and number[:2] in ("19", "20") for number in _figures(name))
    if any(heading_key(word) in _OF_TIMES for word in words):
        return True
    return parse_date(name) is not None or (letters <= _MONTHS | _TERMS and (bool(letters) or year))


def _alike(one: pd.DataFrame, other: pd.DataFrame, amount: str) -> bool:
    """Whether all securities of both have the amount, and the same one."""
    left, right = one[amount], other[amount].reindex(one.index)
    return bool(left.notna().all() and right.notna().all() and np.isclose(left, right, rtol=1e-6, atol=_SLACK * len(one)).all())


def _sums_of_others(units: Sequence[_Unit]) -> list[_Verdict]:
    """Units whose lines are, security by security, the sums of all others."""
    told = []
    for unit in units:
        others = [other for other in units if other is not unit]
        if not others or (len(others) == 1 and not unit.is_of_all):
            continue
        own, sums = unit.sums, pd.concat([other.sums for other in others]).groupby(level=0).sum(min_count=1)
        fits = set(own.index) == set(sums.index) and (_alike(own, sums, "quantity") or _alike(own, sums, "market_value"))
        shared = sum(len(other.sums) for other in others) > len(sums)
        listed = ", ".join(other.name for other in others)[:120]
        if fits and (unit.is_of_all or (shared and len(own) >= _CERTAIN)):
            told.append(_Verdict(
                unit=unit.name, problem=f"the lines of {unit.name} are the sums of those of {listed}", action="counted once: see dropped",
                reason=f"a total of the lines of {listed}, not a position",
            ))  # fmt: skip
            return told
        if fits or unit.is_of_all:
            what = "are the sums of those of" if fits else f"are no plain sums of the others, and {unit.name} is named as a total of"
            told.append(_Verdict(
                unit=unit.name, problem=f"the lines of {unit.name} {what} {listed}: one book told twice?",
                action="counted beside them: read one sheet alone if it is",
            ))  # fmt: skip
    return told


def _copies(units: Sequence[_Unit]) -> list[_Verdict]:
    """Units with the lines of an earlier one, by security and amount."""
    told: list[_Verdict] = []
    gone: set[str] = set()
    for number, unit in enumerate(units):
        for earlier in units[:number]:
            if earlier.name in gone or set(unit.sums.index) != set(earlier.sums.index) or _accounts_differ(unit, earlier):
                continue
            own, sums = unit.sums, earlier.sums
            both = [amount for amount in _AMOUNTS if own[amount].notna().any() and sums[amount].notna().any()]
            if not both and len(own) > 1:
                said = f"{unit.name} and {earlier.name} hold the same securities, one with the amounts that the other leaves out: one book told twice?"
                told.append(_Verdict(unit=unit.name, problem=said, action="both counted: read one sheet alone if they are"))
            elif both and all(_alike(own, sums, amount) for amount in both) and both != ["weight"]:
                certain = len(own) >= _CERTAIN and _only_copied(unit.name, earlier.name)
                said = f"{unit.name} and {earlier.name} hold the same lines" + ("" if certain else ": one book told twice?")
                action = "counted once: see dropped" if certain else "both counted: read one sheet alone if they are one book"
                reason = f"the same lines as {earlier.name}: counted once" if certain else ""
                told.append(_Verdict(unit=unit.name, problem=said, action=action, reason=reason))
                gone |= {unit.name} if certain else set()
                break
    return told


def _extracts(units: Sequence[_Unit]) -> list[_Verdict]:
    """Units with some lines of another one, to the figure: the largest positions of a book, where the name says so."""
    told = []
    for unit in units:
        for whole in units:
            own, every = unit.sums, whole.sums
            if len(own) < 2 or not set(own.index) < set(every.index) or _accounts_differ(unit, whole):
                continue
            both = [amount for amount in ("quantity", "market_value") if own[amount].notna().any() and every[amount].notna().any()]
            if both and all(_alike(own, every.loc[own.index], amount) for amount in both):
                words = {heading_key(word) for word in _letters(unit.name)}
                certain = bool(words & _OF_LARGEST) and words <= _OF_LARGEST | _OF_LINES
                told.append(_Verdict(
                    unit=unit.name, problem=f"all lines of {unit.name} stand in {whole.name} too" + ("" if certain else ": one book told twice?"),
                    action="counted once: see dropped" if certain else "both counted: read one sheet alone if they are one book",
                    reason=f"lines of {whole.name} again: counted once" if certain else "",
                ))  # fmt: skip
                break
    return told


def _only_copied(one: str, other: str) -> bool:
    """Whether two names differ in words that tell no owner or account: two people may follow one model.

    ``Book (2)`` is a copy of ``Book``, and ``Sheet2`` of ``Sheet1``; ``Depot 2`` is another depot than ``Depot 1``.
    """
    bare = [_without_count(name) for name in (one, other)]
    words = [{heading_key(word) for word in _letters(name)} for name in bare]
    unnamed = all(bool(own) and own <= _OF_COPIES for own in words)
    return (unnamed or _figures(bare[0]) == _figures(bare[1])) and (words[0] ^ words[1]) <= _OF_COPIES | _OF_BOOKS | OF_ALL


def _without_count(name: str) -> str:
    """A name without the ``(2)`` that a workbook adds where a sheet is copied."""
    bare, _, count = name.rstrip().rpartition(" (")
    return bare if count.endswith(")") and count[:-1].isdigit() and len(count) <= 3 else name


def _accounts_differ(one: _Unit, other: _Unit) -> bool:
    """Whether a column of each names accounts, and not the same ones."""
    stated = [set(unit.rows["account"]) - {unit.name, ""} for unit in (one, other)]
    return all(stated) and stated[0] != stated[1]
