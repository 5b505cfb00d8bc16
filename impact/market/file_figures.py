"""The figures of one table of a price file: wide, long, of one security, or with two levels of columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.market.closed_days import venues_of
from impact.market.column_headings import cells_fit, figures_in_headings
from impact.market.column_names import (
    CODES_OF_SECURITIES,
    COLUMN_NAMES,
    NAMES_OF_SECURITIES,
    NOT_PRICES,
    OTHER_FIGURES,
    ROW_NUMBERS,
    TICKERS_IN_CAPITALS,
)
from impact.market.figure_columns import FigureColumns, figure_columns, is_price, shares_of, unknown_figures
from impact.market.heading_units import is_value_traded, sign_in, value_in_units, with_unit, without_currency
from impact.market.lots import counts_lots
from impact.market.sniffing import RawTable
from impact.market.stated_currencies import currencies_above, currencies_of_column, sign_beside
from impact.market.times_of_day import refuse_shifted
from impact.market.written_days import read_days
from impact.market.written_numbers import read_numbers
from impact.typing_ import BoolArray

__all__ = ["FIGURES", "Figures", "TableReader", "counts_rows", "together"]

FIGURES = ("close", "adjusted_close", "volume", "dividends")
_KNOWN_FIGURES = {name: figure for figure in FIGURES for name in COLUMN_NAMES[figure]} | {name: name for name in OTHER_FIGURES | NOT_PRICES}

Refused = tuple[str, Any, str, str]


@dataclass(frozen=True, eq=False, kw_only=True)
class Figures:
    """What tables hold: a frame (sessions x securities) a figure, currencies, signs beside closes, what headings beside them state, rows refused, what was
    assumed, how they were read."""

    frames: Mapping[str, pd.DataFrame]
    currency: Mapping[str, str] = field(default_factory=dict)
    signs: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    read_as: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A column of one figure: whose it is, and what its heading states."""

    column: str
    security: str
    currency: str = ""
    sign: str = ""
    factor: float = 1.0


@dataclass(frozen=True, kw_only=True)
class TableReader:
    """Reads tables as a caller says.

    Parameters
    ----------
    columns : mapping
        Our name to the file's.
    sort : bool
        Sort rows by date instead of refusing a table that is not sorted.
    date_format : str, optional
        Of days that leave day and month open.
    """

    columns: Mapping[str, str]
    sort: bool = False
    date_format: str | None = None

    def figures(self, table: RawTable, stem: str, figure: str = "close") -> Figures:
        """The figures of a table; `stem` names the one security that it may be of, `figure` what a wide one holds."""
        read = self._figures(table, stem, figure)
        lines = list(dict.fromkeys(line for frame in read.frames.values() for line in frame.columns))
        return replace(read, currency=currencies_above(table.name, read.currency, lines, table.currency))

    def _figures(self, table: RawTable, stem: str, figure: str) -> Figures:
        if table.levels:
            return self._levels(table, table.columns.columns[0])
        own = figure_columns(table, self.columns)
        if "security" not in own.named and any(name in own.named for name in FIGURES):
            _refuse_several(table, own)
        if "security" in own.named or any(name in own.named for name in FIGURES):
            return self._long(table, replace(own, unknown=unknown_figures(table, own, self.columns)), stem=stem)
        date = own.named["date"]
        headings = [column for column in table.columns.columns if column != date and not counts_rows(column, table.columns[column])]
        try:
            told = figures_in_headings(
                headings, _KNOWN_FIGURES, lambda heading, figure: cells_fit(table.columns[heading], table.decimal, figure)
            )
        except InputError as error:
            raise InputError(f"{table.name}: {error}.") from error
        read = (
            self._levels(replace(table, levels=told.levels), date) if told.levels else self._wide(table, date, figure, _lines_of(headings))
        )
        unpriced = [(security, pd.NaT, f"{name} of a security without a close", table.name) for name, security in told.unpriced.values()]
        notes = (*read.notes, *told.notes(table.name), *_bracket_notes(table.name, headings, told.levels))
        return replace(read, refused=[*read.refused, *unpriced], notes=notes)

    def _levels(self, table: RawTable, date: str) -> Figures:
        """A table with two levels of columns: a wide table of each figure that is known, read by the headings of each security."""
        owned: dict[str, dict[str, str]] = {}
        for column, (named, security) in table.levels.items():
            written = named.lower() if named.lower() in TICKERS_IN_CAPITALS else named
            other = owned.setdefault(security, {}).setdefault(written, column)
            if other != column:
                raise InputError(f"{table.name}: 2 columns are the {written} of {security!r} ({other!r}, {column!r}); keep one of them.")
        lines: dict[str, list[_Line]] = {figure: [] for figure in FIGURES}
        beside, refused, unread = {}, [], []
        of_lots: tuple[str, ...] = ()
        for security, columns in owned.items():
            if not any(map(is_price, columns)):
                refused += [(security, pd.NaT, f"{written} of a security without a close", table.name) for written in columns]
                continue
            cells = table.columns[[date, *columns.values()]].set_axis([date, *columns], axis=1)
            part = replace(table, name=f"{table.name}: {security}", columns=cells)
            own = figure_columns(part, {})
            in_lots, told = _in_lots(part, own, pd.Series(security, index=cells.index))
            own, of_lots = replace(own, named=_without_volume(own.named, in_lots)), (*of_lots, *told)
            beside[security] = own.beside
            unread += [columns[written] for written in own.unread]
            for figure in own.named.keys() & lines.keys():
                of_price = {"currency": own.close_currency, "sign": own.close_sign} if figure in ("close", "adjusted_close") else {}
                factor = own.volume_factor if figure == "volume" else 1.0
                lines[figure].append(_Line(column=columns[own.named[figure]], security=security, factor=factor, **of_price))
        if len(refused) == len(table.levels):
            listed = ", ".join(dict.fromkeys(figure for figure, _ in table.levels.values()))
            raise InputError(f"{table.name} has no close column; it has: {listed}.")
        parts = [self._wide(replace(table, refused=()), date, figure, held) for figure, held in lines.items() if held]
        read = together(parts)
        refused += [("", pd.NaT, why, f"{table.name} line {line}") for line, why in table.refused]
        said = FigureColumns(named={}, unread=tuple(unread)).notes(table.name)
        return replace(read, beside=beside, refused=[*refused, *read.refused], read_as=(*read.read_as, *said, *of_lots))

    def _long(self, table: RawTable, own: FigureColumns, stem: str) -> Figures:
        """Rows of a long table, or of a table of one security called `stem`."""
        cells, named = table.columns, own.named
        days = read_days(cells[named["date"]], table.name, self.date_format)
        rows = pd.DataFrame({"session": days.dates})
        rows["security"], renamed = (
            _named_by_file(table.name, cells[named["security"]], "" if "security" in self.columns else stem)
            if "security" in named
            else (stem, ())
        )
        reason, unread = pd.Series("", index=rows.index, dtype="object"), pd.Series(dtype="object")
        in_lots, of_lots = _in_lots(table, own, rows["security"])
        named = _without_volume(named, in_lots)
        for figure in [name for name in FIGURES if name in named]:
            held = cells[named[figure]]
            rows[figure], bad = (
                shares_of(held, table.decimal, own.volume_factor) if figure == "volume" else read_numbers(held, table.decimal)
            )
            told = figure + " is not a number: " + cells[named[figure]].astype(str)
            if figure == "volume":
                rows[figure] = rows[figure].mask(in_lots)
                unread = told[bad]  # a volume that cannot be read is unknown and takes no close with it
            else:
                reason = reason.mask(bad & (reason == ""), told)
        reason = reason.mask(rows["security"].isin(["", "None", "nan"]), "no security")
        needed = [name for name in FIGURES if name in named and name != "volume"]
        reason = reason.mask(rows[needed].isna().all(axis=1) & (reason == ""), "no price")
        reason = reason.mask(rows["session"].isna(), "date cannot be read: " + cells[named["date"]].astype(str))
        good, refused = self._checked(table, rows, reason, "" if "security" in named else stem)
        spoilt = unread[unread.index.isin(good.index)]
        lines = good.loc[spoilt.index]
        refused += [
            (security, session, f"{why}; its close stays", f"{table.name} line {line}")
            for line, security, session, why in zip(spoilt.index, lines["security"], lines["session"], spoilt, strict=True)
        ]
        kept = rows.index.get_indexer(good.index)
        lines_on = ((str(line), kept[at]) for line, at in good.groupby("security", sort=False).indices.items())
        of_week_ends = refuse_shifted(table.name, cells[named["date"]], days, lines_on)
        order = list(dict.fromkeys(good["security"]))
        keyed = good.set_index(["session", "security"])
        frames = {name: keyed[name].unstack("security").reindex(columns=order) for name in FIGURES if name in named}
        currency = dict.fromkeys(order, own.close_currency) if own.close_currency else {}
        if "currency" in named:
            currency = currencies_of_column(table.name, good["security"], cells.loc[good.index, named["currency"]], own.close_currency)
        priced = [cells.loc[good.index, named[name]].astype(str) for name in ("close", "adjusted_close") if name in named]
        by_line = pd.concat(priced).groupby(pd.concat([good["security"]] * len(priced)).to_numpy(), sort=False) if priced else ()
        borne = {str(line): "".join(sorted({*own.close_sign, *sign_beside(held)})) for line, held in by_line}
        beside = dict.fromkeys(order, own.beside) if own.beside else {}
        read_as = (*table.notes, *days.notes, *of_week_ends, *renamed, *own.notes(table.name), *of_lots)
        return Figures(frames=frames, currency=currency, signs=borne, beside=beside, refused=refused, read_as=read_as)

    def _wide(self, table: RawTable, date: str, figure: str, lines: Sequence[_Line]) -> Figures:
        """Rows of one figure of a table with one column of it a security."""
        cells = table.columns
        days = read_days(cells[date], table.name, self.date_format)
        values, bad = np.empty((len(cells), len(lines))), np.zeros((len(cells), len(lines)), dtype=bool)
        for position, line in enumerate(lines):
            held = cells[line.column]
            volume = figure == "volume"
            values[:, position], bad[:, position] = (
                shares_of(held, table.decimal, line.factor) if volume else read_numbers(held, table.decimal)
            )
        wordy = np.asarray(bad.any(axis=0) & np.isnan(values).all(axis=0))
        words = (
            [(lines[at].security, cells[lines[at].column][bad[:, at]].iloc[0]) for at in np.flatnonzero(wordy).tolist()]
            if not wordy.all()
            else []
        )
        if words:  # a column of names or days is no security
            lines = [line for line, no in zip(lines, wordy, strict=True) if not no]
            values, bad = values[:, ~wordy], bad[:, ~wordy]
        reason = pd.Series("", index=days.dates.index, dtype="object")
        reason = reason.mask(np.asarray(np.isnan(values).all(axis=1) & ~bad.any(axis=1)), "no figure")
        reason = reason.mask(days.dates.isna(), "date cannot be read: " + cells[date].astype(str))
        kept = (reason == "").to_numpy()
        _, refused = self._checked(table, pd.DataFrame({"session": days.dates, "security": ""}), reason, "")
        refused += [
            (
                lines[int(at)].security,
                days.dates.iloc[row],
                f"{figure} is not a number: {cells[lines[int(at)].column].iloc[row]}",
                _line(table, row),
            )
            for row, at in np.argwhere(bad & kept[:, None])
        ]
        refused += [(name, pd.NaT, f"no row of it holds a number (first {cell})", table.name) for name, cell in words]
        figured = ~np.isnan(values) & kept[:, None]
        securities = [line.security for line in lines]
        of_week_ends = refuse_shifted(
            table.name, cells[date], days, ((line, np.flatnonzero(own)) for line, own in zip(securities, figured.T, strict=True))
        )
        frame = pd.DataFrame(values[kept], index=pd.DatetimeIndex(days.dates[kept]), columns=securities).sort_index()
        currency = {line.security: line.currency for line in lines if line.currency}
        borne: dict[str, str] = {}
        if figure in ("close", "adjusted_close"):
            borne = {line.security: "".join(sorted({*line.sign, *sign_beside(cells[line.column])})) for line in lines}
        return Figures(
            frames={figure: frame}, currency=currency, signs=borne, refused=refused, read_as=(*table.notes, *days.notes, *of_week_ends)
        )

    def _checked(self, table: RawTable, rows: pd.DataFrame, reason: pd.Series, security: str) -> tuple[pd.DataFrame, list[Refused]]:
        """The good rows, with unique and ascending dates for each security, and the refused ones with their reason."""
        refused: list[Refused] = [(security, pd.NaT, why, f"{table.name} line {line}") for line, why in table.refused]
        bad = rows[reason != ""]
        refused += [
            (name, session, reason[line], f"{table.name} line {line}")
            for line, name, session in zip(bad.index, bad["security"], bad["session"], strict=True)
        ]
        good = rows[reason == ""]
        repeated = good[good.duplicated(["security", "session"])]
        if len(repeated):
            first = repeated.iloc[0]
            raise InputError(
                f"{table.name} repeats {len(repeated)} dates (first {first['session']:%Y-%m-%d} on line {repeated.index[0]}); "
                "a security has one row a session: keep one row of each."
            )
        steps = good.groupby("security", sort=False)["session"].diff()
        back = steps < pd.Timedelta(0)
        newest_first = not (steps > pd.Timedelta(0)).any()  # as sites export: one order as sure as the other
        if back.any() and not newest_first and not self.sort:
            line = back.index[back][0]
            raise InputError(
                f"{table.name} is not sorted by date: {int(back.sum())} rows are earlier than the row before (first line {line}, "
                f"{good.loc[line, 'session']:%Y-%m-%d}); sort it by date, oldest first, or pass sort=True."
            )
        return good, refused


def _bracket_notes(name: str, headings: Sequence[str], levels: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    """That what stands in brackets alone tells a security: the one of a single close, or one from another."""
    if len(headings) == 1 and levels and headings[0].endswith(")"):
        return (f"{name}: {headings[0]!r} is read as the close of a security called {levels[headings[0]][1]!r}.",)
    bare = {
        heading: with_unit(heading)[0][0] for heading in headings if heading not in levels and heading.endswith(")") and with_unit(heading)
    }
    repeated = Counter(bare.values())
    alike = [heading for heading, first in bare.items() if repeated[first] > 1]
    listed = ", ".join(map(repr, alike[:10])) + (" ..." if len(alike) > 10 else "")
    return (f"{name}: taken as securities of their own, which brackets alone tell apart: {listed}.",) if alike else ()


def _named_by_file(name: str, written: pd.Series, stem: str) -> tuple[pd.Series, tuple[str, ...]]:
    """Whose each row is, and that a bare code, the only one of the file called `stem` before its ending, is the security that this names."""
    held = written.astype(str).str.strip().str.removeprefix("'")  # of text that a spreadsheet should not take for a number
    codes = held[~held.isin(["", "None", "nan"])].unique()
    code, ending = codes[0] if len(codes) == 1 else "", stem.lstrip("0123456789")
    same = code.isdigit() and stem.removesuffix(ending).lstrip("0") == code.lstrip("0") and ending[:1] in (".", " ")
    if not same or not venues_of(pd.Index([stem])).iloc[0]:
        return held, ()
    return held.replace(code, stem), (f"{name}: its one code, {code!r}, is read as {stem!r}, the name of the file, which tells the venue.",)


def _without_volume(named: Mapping[str, str], in_lots: BoolArray) -> Mapping[str, str]:
    """The columns without a volume of which no row is in shares."""
    return {name: column for name, column in named.items() if name != "volume"} if in_lots.size and in_lots.all() else named


def _in_lots(table: RawTable, own: FigureColumns, securities: pd.Series) -> tuple[BoolArray, tuple[str, ...]]:
    """Rows whose security has its volume in lots of a hundred, as what was turned over tells, and that it is not read."""
    lots = np.zeros(len(securities), dtype=bool)
    volume, price = own.named.get("volume"), own.named.get("close", own.named.get("adjusted_close"))
    worth = [(column, value_in_units(column)[1]) for column in table.columns.columns if volume and price and is_value_traded(column)]
    if not worth:
        return lots, ()
    close = read_numbers(table.columns[price], table.decimal)[0]
    counted = shares_of(table.columns[volume], table.decimal, own.volume_factor)[0]
    told: dict[str, list[str]] = {}
    groups = securities.reset_index(drop=True).groupby(securities.to_numpy(), sort=False).indices
    for column, factor in worth:
        money = factor * read_numbers(table.columns[column], table.decimal)[0]
        for security, at in groups.items():
            if not lots[at].any() and counts_lots(close[at], counted[at], money[at]):
                lots[at] = True
                told.setdefault(column, []).append(str(security))
    return lots, tuple(
        f"{table.name}: not read, a volume that {column!r} tells to be in lots of a hundred shares: {volume!r}"
        + ("." if len(names) == len(groups) else f" of {', '.join(map(repr, names[:10]))}{' ...' if len(names) > 10 else ''}.")
        for column, names in told.items()
    )


def _refuse_several(table: RawTable, own: FigureColumns) -> None:
    """Refuse a table of one security in which a column that is not read names several; beside one code on all rows, words may change."""
    held = {column: table.columns[column].replace("", None) for column in table.columns.columns if column not in own.named.values()}
    coded = any(
        _bare_name(column) in CODES_OF_SECURITIES and named.notna().all() and named.nunique() == 1 for column, named in held.items()
    )
    for column, named in held.items():
        if _bare_name(column) in (CODES_OF_SECURITIES if coded else NAMES_OF_SECURITIES) and named.nunique() > 1:
            first, second = named.dropna().drop_duplicates().iloc[:2]
            raise InputError(
                f"{table.name} has no column that is known to name the security, and {column!r} holds {named.nunique()} values (first {first!r}, {second!r}); "
                f"where it does, say so with columns={{'security': {column!r}}}, else rename it."
            )


def _bare_name(heading: str) -> str:
    return heading.strip().lower()


def counts_rows(heading: str, cells: pd.Series) -> bool:
    """Whether a column counts the rows and is no security."""
    if _bare_name(heading) not in ROW_NUMBERS:
        return False
    numbers, bad = read_numbers(cells, ".")
    return not bad.any() and bool((np.abs(np.diff(numbers)) == 1).all())


def _lines_of(headings: Sequence[str]) -> list[_Line]:
    """The lines of a wide table, whose headings are names of securities and the currencies that they state."""
    bare = [without_currency(heading) for heading in headings]
    if len({security for security, _ in bare}) < len(bare):  # one security in two currencies: the heading tells them apart
        bare = [(heading, currency) for heading, (_, currency) in zip(headings, bare, strict=True)]
    return [
        _Line(column=heading, security=security, currency=currency, sign=sign_in(heading))
        for heading, (security, currency) in zip(headings, bare, strict=True)
    ]


def _line(table: RawTable, row: int) -> str:
    return f"{table.name} line {table.columns.index[row]}"


def together(parts: list[Figures]) -> Figures:
    """Figures of several tables as one: one file a security, or one file a figure."""
    frames = {}
    for name in FIGURES:
        frames_of_figure = [part.frames[name] for part in parts if name in part.frames]
        if frames_of_figure:
            frames[name] = pd.concat(frames_of_figure, axis=1, sort=True)
    _refuse_repeated(frames)
    currency = {security: code for part in parts for security, code in part.currency.items()}
    signs: dict[str, str] = {}
    for security, sign in ((security, sign) for part in parts for security, sign in part.signs.items() if sign):
        signs[security] = "".join(sorted({*signs.get(security, ""), *sign}))
    beside = {security: stated for part in parts for security, stated in part.beside.items()}
    refused, notes = ([row for part in parts for row in part.refused], tuple(note for part in parts for note in part.notes))
    read_as = tuple(dict.fromkeys(note for part in parts for note in part.read_as))
    return Figures(frames=frames, currency=currency, signs=signs, beside=beside, refused=refused, notes=notes, read_as=read_as)


def _refuse_repeated(frames: Mapping[str, pd.DataFrame]) -> None:
    repeated = [str(name) for frame in frames.values() for name in frame.columns[frame.columns.duplicated()]]
    if repeated:
        raise InputError(
            f"{len(set(repeated))} securities stand in several files of the folder (first {repeated[0]!r}); put all rows of one into one file."
        )
