"""Prices from the user's own files: CSV or Parquet, wide or long, one file or a folder of one file a security."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.market.column_headings import cells_fit, figures_in_headings, sign_in, without_currency
from impact.market.column_names import COLUMN_NAMES, NOT_PRICES, OTHER_FIGURES
from impact.market.dropped import dropped_rows
from impact.market.figure_columns import FigureColumns, figure_columns
from impact.market.panel import MarketPanel
from impact.market.plausibility import doubt_notes
from impact.market.sniffing import DELIMITED, PARQUET, WORKBOOKS, RawTable, read_sheets
from impact.market.sources import FetchResult
from impact.market.stated_currencies import currencies_of_column, currencies_said, sign_beside
from impact.market.written_days import read_days
from impact.market.written_numbers import read_numbers
from impact.provenance import Source
from impact.typing_ import Day

__all__ = ["FileSource"]

FIGURES = ("close", "adjusted_close", "volume", "dividends")
_KNOWN_FIGURES = {name: figure for figure in FIGURES for name in COLUMN_NAMES[figure]} | {name: name for name in OTHER_FIGURES | NOT_PRICES}
# A folder may hold one wide table a figure instead of one file a security; the file name says which.
FOLDER_FIGURES = (("volume", "volume"), ("dividend", "dividends"), ("adj", "adjusted_close"), ("close", "close"), ("price", "close"))

Refused = tuple[str, Any, str, str]


@dataclass(frozen=True, eq=False, kw_only=True)
class Figures:
    """What tables hold: a frame (sessions x securities) a figure, currencies, signs beside figures, rows refused, what was assumed, how they were read."""

    frames: Mapping[str, pd.DataFrame]
    currency: Mapping[str, str] = field(default_factory=dict)
    signs: Mapping[str, str] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    read_as: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class FileSource:
    """A price source that reads a file or a folder.

    Parameters
    ----------
    path : Path
        A table in any format that :mod:`impact.intake` reads (CSV, also gzipped, Parquet, a workbook): *wide* (a date column, one column of closes a security), *long* (a date, a
        security and a close column), or of *one security* (a date and a close column; the file name names it). Or a
        folder of one file a security, or of one wide file a figure (``closes.csv``, ``volumes.csv``, ...).
    columns : mapping, optional
        Our name to the file's; keys are those of ``COLUMN_NAMES``.
    currency, basis : str or mapping, optional
        What the files do not say.
    sort : bool
        Sort rows by date instead of refusing a file that is not sorted.
    decimal, date_format : str, optional
        Settle what a file leaves open; one that tells itself is read as it tells, and a contradiction is said.
    named : mapping of security to path, optional
        Files of one security each, whatever they are called, in place of `path`.
    """

    path: Path
    columns: Mapping[str, str] | None = None
    currency: str | Mapping[str, str] | None = None
    basis: str | Mapping[str, str] | None = None
    sort: bool = False
    decimal: str | None = None
    date_format: str | None = None
    named: Mapping[str, Path] | None = None

    def __post_init__(self) -> None:
        unknown = sorted(set(self.columns or {}) - set(COLUMN_NAMES))
        if unknown:
            raise InputError(
                f"columns has {len(unknown)} keys that are not known (first {unknown[0]!r}); choose from: {', '.join(COLUMN_NAMES)}."
            )

    @property
    def name(self) -> str:
        """The file or folder name."""
        return self.path.name

    def fetch(self, securities: Sequence[str] | None = None, start: Day | None = None, end: Day | None = None) -> FetchResult:
        """The panel in the file or folder, or a part of it.

        Every row is in the panel or in its `dropped` table, with the reason, file and line.

        Raises
        ------
        InputError
            If a column is missing, dates are repeated or unsorted, a figure breaks a rule of the panel, or a security is
            absent.
        SourceUnusable
            If a file cannot be read at all.
        DataUnavailable
            If there is no session in the range.
        """
        if self.named is not None:
            read = _together([self._file_of(security, path) for security, path in self.named.items()])
        else:
            read = self._folder(securities) if self.path.is_dir() else self._one_file(self.path)
        panel = self._panel(read).select(securities, start, end)
        return FetchResult(panel=replace(panel, assumptions=(*panel.assumptions, *doubt_notes(panel.doubts()))))

    def _one_file(self, path: Path, figure: str = "close") -> Figures:
        sheets = read_sheets(path, date_column=(self.columns or {}).get("date"), decimal=self.decimal)
        if len(sheets) == 1:
            return self._one_table(next(iter(sheets.values())), _stem(path), figure)
        several = [name for name, table in sheets.items() if table.levels or not _is_of_one_security(table, self.columns or {})]
        if several:
            raise InputError(
                f"{path.name} holds prices on {len(sheets)} sheets ({', '.join(repr(name) for name in list(sheets)[:5])}), and {several[0]!r} is "
                "not a table of one security; give each sheet one security, or save the one to read as a file of its own."
            )
        return _together([self._one_table(table, name, figure) for name, table in sheets.items()])  # as a folder of one file a security

    def _file_of(self, security: str, path: Path) -> Figures:
        """The figures of one security from its file: its own column, or the one security that the file holds."""
        read = self._one_file(path)
        held = list(dict.fromkeys(column for frame in read.frames.values() for column in frame.columns))
        own = security if security in held else held[0] if len(held) == 1 else None
        if own is None:
            raise InputError(
                f"{path.name} holds {len(held)} securities ({', '.join(held[:5])}), none of them {security!r}; give a file of {security} "
                "alone, or, where these are its figures, head its columns Date, Close and Volume."
            )
        frames = {name: frame[[own]].rename(columns={own: security}) for name, frame in read.frames.items() if own in frame}
        currency, signs = ({security: told[own]} if own in told else {} for told in (read.currency, read.signs))
        return replace(read, frames=frames, currency=currency, signs=signs)

    def _one_table(self, table: RawTable, stem: str, figure: str) -> Figures:
        if table.levels:
            return self._levels(table, table.columns.columns[0])
        own = figure_columns(table, self.columns or {})
        if "security" in own.named or any(name in own.named for name in FIGURES):
            return self._long(table, own, stem=stem)
        date = own.named["date"]
        headings = [column for column in table.columns.columns if column != date]
        try:
            told = figures_in_headings(
                headings, _KNOWN_FIGURES, lambda heading, figure: cells_fit(table.columns[heading], table.decimal, figure)
            )
        except InputError as error:
            raise InputError(f"{table.name}: {error}.") from error
        read = self._levels(replace(table, levels=told.levels), date) if told.levels else self._wide(table, date, figure)
        unpriced = [(security, pd.NaT, f"{name} of a security without a close", table.name) for name, security in told.unpriced.values()]
        return replace(read, refused=[*read.refused, *unpriced], notes=told.notes(table.name))

    def _levels(self, table: RawTable, date: str) -> Figures:
        """A table with two levels of columns: a wide table of each figure that is known."""
        parts: list[Figures] = []
        for figure in FIGURES:
            own = {
                column: _with_currency_of(column, security)
                for column, (written, security) in table.levels.items()
                if written.strip().lower() in COLUMN_NAMES[figure]
            }
            if own:
                cells = table.columns[[date, *own]].rename(columns=own)
                parts.append(self._wide(replace(table, columns=cells, refused=() if parts else table.refused), date, figure))
        if not parts:
            listed = ", ".join(dict.fromkeys(figure for figure, _ in table.levels.values()))
            raise InputError(f"{table.name} has no close column; it has: {listed}.")
        return _together(parts)

    def _folder(self, securities: Sequence[str] | None) -> Figures:
        files = {_stem(path): path for path in sorted(self.path.iterdir()) if _is_data_file(path)}
        if not files:
            raise InputError(f"{self.name} holds no file ending in {', '.join(DELIMITED + PARQUET)}; put one file a security there.")
        figures = {stem: next((name for part, name in FOLDER_FIGURES if part in stem.lower()), "") for stem in files}
        if all(figures.values()) and len(set(figures.values())) == len(files):
            return _together([self._one_file(path, figures[stem]) for stem, path in files.items()])
        if securities is not None:
            absent = [security for security in securities if security not in files]
            if absent:
                near = difflib.get_close_matches(absent[0], files, n=3, cutoff=0.5)
                hint = f"did you mean {', '.join(near)}?" if near else f"it has {', '.join(list(files)[:5])}."
                raise InputError(
                    f"securities={absent[0]!r} is not among the {len(files)} files of {self.name} ({len(absent)} absent); {hint}"
                )
            files = {security: files[security] for security in securities}
        return _together([self._one_file(path) for path in files.values()])

    def _long(self, table: RawTable, own: FigureColumns, stem: str) -> Figures:
        """Rows of a long table, or of a table of one security called `stem`."""
        cells, named = table.columns, own.named
        days = read_days(cells[named["date"]], table.name, self.date_format)
        rows = pd.DataFrame({"session": days.dates})
        rows["security"] = cells[named["security"]].astype(str).str.strip() if "security" in named else stem
        reason, unread = pd.Series("", index=rows.index, dtype="object"), pd.Series(dtype="object")
        for figure in [name for name in FIGURES if name in named]:
            held = cells[named[figure]]
            rows[figure], bad = own.shares(held, table.decimal) if figure == "volume" else read_numbers(held, table.decimal)
            told = figure + " is not a number: " + cells[named[figure]].astype(str)
            if figure == "volume":
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
        order = list(dict.fromkeys(good["security"]))
        keyed = good.set_index(["session", "security"])
        frames = {name: keyed[name].unstack("security").reindex(columns=order) for name in FIGURES if name in named}
        currency = dict.fromkeys(order, own.close_currency) if own.close_currency else {}
        if "currency" in named:
            currency = currencies_of_column(table.name, good["security"], cells.loc[good.index, named["currency"]], own.close_currency)
        priced = [cells.loc[good.index, named[name]].astype(str) for name in ("close", "adjusted_close") if name in named]
        by_line = pd.concat(priced).groupby(pd.concat([good["security"]] * len(priced)).to_numpy(), sort=False) if priced else ()
        sign = sign_in(named.get("close", ""))
        borne = {str(line): "".join(sorted({*sign, *sign_beside(held)})) for line, held in by_line}
        read_as = (*table.notes, *days.notes, *own.notes(table.name))
        return Figures(frames=frames, currency=currency, signs=borne, refused=refused, read_as=read_as)

    def _wide(self, table: RawTable, date: str, figure: str) -> Figures:
        """Rows of a table with one column a security."""
        cells = table.columns
        days = read_days(cells[date], table.name, self.date_format)
        written = [column for column in cells.columns if column != date]
        bare = [without_currency(column) for column in written]
        if len({security for security, _ in bare}) < len(bare):  # one security in two currencies: the heading tells them apart
            bare = [(column, currency) for column, (_, currency) in zip(written, bare, strict=True)]
        securities = [security for security, _ in bare]
        values, bad = np.empty((len(cells), len(securities))), np.zeros((len(cells), len(securities)), dtype=bool)
        for position, column in enumerate(written):
            values[:, position], bad[:, position] = read_numbers(cells[column], table.decimal, counts=figure == "volume")
        wordy = np.asarray(bad.any(axis=0) & np.isnan(values).all(axis=0))
        words = [(securities[at], cells[written[at]][bad[:, at]].iloc[0]) for at in np.flatnonzero(wordy)] if not wordy.all() else []
        if words:  # a column of names or days is no security
            written, securities = ([name for name, no in zip(names, wordy, strict=True) if not no] for names in (written, securities))
            values, bad = values[:, ~wordy], bad[:, ~wordy]
        reason = pd.Series("", index=days.dates.index, dtype="object")
        reason = reason.mask(np.asarray(np.isnan(values).all(axis=1) & ~bad.any(axis=1)), "no figure")
        reason = reason.mask(days.dates.isna(), "date cannot be read: " + cells[date].astype(str))
        kept = (reason == "").to_numpy()
        _, refused = self._checked(table, pd.DataFrame({"session": days.dates, "security": ""}), reason, "")
        refused += [
            (securities[column], days.dates.iloc[row], f"{figure} is not a number: {cells[written[column]].iloc[row]}", _line(table, row))
            for row, column in np.argwhere(bad & kept[:, None])
        ]
        refused += [(name, pd.NaT, f"no row of it holds a number (first {cell})", table.name) for name, cell in words]
        frame = pd.DataFrame(values[kept], index=pd.DatetimeIndex(days.dates[kept]), columns=securities)
        currency = {security: code for security, code in bare if code and security in securities}
        borne: dict[str, str] = {}
        if figure != "volume":
            borne = {name: "".join(sorted({*sign_in(at), *sign_beside(cells[at])})) for name, at in zip(securities, written, strict=True)}
        frames = {figure: frame.sort_index()}
        return Figures(frames=frames, currency=currency, signs=borne, refused=refused, read_as=(*table.notes, *days.notes))

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

    def _panel(self, read: Figures) -> MarketPanel:
        """The checked panel of all figures read."""
        priced = [frame for name, frame in read.frames.items() if name in ("close", "adjusted_close") and not frame.empty]
        if not priced:
            reasons = ", ".join(dict.fromkeys(why for _, _, why, _ in read.refused)) or "it has no rows"
            raise InputError(f"{self.name} gives no prices ({reasons}); check its columns, or name them with columns={{...}}.")
        sessions = priced[0].index.union(priced[-1].index)
        order = list(dict.fromkeys(column for frame in priced for column in frame.columns))
        empty = pd.DataFrame(np.nan, index=sessions, columns=order)
        close = read.frames.get("close", empty).reindex(index=sessions, columns=order)
        adjusted = read.frames.get("adjusted_close", empty).reindex(index=sessions, columns=order)
        only_adjusted = close.isna().all() & adjusted.notna().any()
        volume = read.frames.get("volume")
        unpriced = [] if volume is None else [("", day, "volume without a price", self.name) for day in volume.index.difference(sessions)]
        try:
            return MarketPanel(
                close=close.mask(np.broadcast_to(only_adjusted.to_numpy(), close.shape), adjusted),
                adjusted_close=adjusted if "adjusted_close" in read.frames else None,
                dividends=read.frames.get("dividends"),
                volume=volume,
                currency=currencies_said(read.signs, read.currency if self.currency is None else self.currency, order),
                basis=self._basis(only_adjusted, adjusted.notna().any()),
                sources=(Source(title=f"user file {self.name}", basis="user file"),),
                assumptions=(*_only_adjusted_note(only_adjusted.index[only_adjusted].tolist()), *read.notes),
                read_as=read.read_as,
                dropped=dropped_rows(read.refused + unpriced),
            )
        except InputError as error:
            raise InputError(f"{self.name}: {error}") from error

    def _basis(self, only_adjusted: pd.Series, has_adjusted: pd.Series) -> dict[str, str]:
        """What the closes of each security are: as the columns imply, else as the caller states, else unknown."""
        stated = {} if self.basis is None else self.basis
        basis = {}
        for security in only_adjusted.index:
            told = stated if isinstance(stated, str) else stated.get(security, "unknown")
            basis[security] = "total_return" if only_adjusted[security] else "as_traded" if has_adjusted[security] else told
        return basis


def _with_currency_of(heading: str, security: str) -> str:
    """A security with the currency that a heading of one of its figures states, as headings of securities state it."""
    code = without_currency(heading)[1]
    return f"{security} ({code})" if code and not without_currency(security)[1] else security


def _only_adjusted_note(securities: list[str]) -> tuple[str, ...]:
    if not securities:
        return ()
    listed = ", ".join(securities[:10]) + (" ..." if len(securities) > 10 else "")
    return (f"{len(securities)} securities have adjusted closes only, which are taken as their closes: {listed}.",)


def _line(table: RawTable, row: int) -> str:
    return f"{table.name} line {table.columns.index[row]}"


def _is_of_one_security(table: RawTable, stated: Mapping[str, str]) -> bool:
    named = figure_columns(table, stated).named
    return "security" not in named and "close" in named


def _together(parts: list[Figures]) -> Figures:
    """Figures of several tables as one: one file a security, or one file a figure."""
    frames = {}
    for name in FIGURES:
        frames_of_figure = [part.frames[name] for part in parts if name in part.frames]
        if frames_of_figure:
            frames[name] = pd.concat(frames_of_figure, axis=1, sort=True)
    _refuse_repeated(frames)
    currency = {security: code for part in parts for security, code in part.currency.items()}
    signs = {security: sign for part in parts for security, sign in part.signs.items() if sign}
    refused, notes = ([row for part in parts for row in part.refused], tuple(note for part in parts for note in part.notes))
    read_as = tuple(dict.fromkeys(note for part in parts for note in part.read_as))
    return Figures(frames=frames, currency=currency, signs=signs, refused=refused, notes=notes, read_as=read_as)


def _refuse_repeated(frames: Mapping[str, pd.DataFrame]) -> None:
    repeated = [str(name) for frame in frames.values() for name in frame.columns[frame.columns.duplicated()]]
    if repeated:
        raise InputError(
            f"{len(set(repeated))} securities stand in several files of the folder (first {repeated[0]!r}); put all rows of one into one file."
        )


def _stem(path: Path) -> str:
    name = path.name
    for ending in (".gz", *DELIMITED, *PARQUET, *WORKBOOKS):
        if name.lower().endswith(ending):
            name = name[: -len(ending)]
    return name


def _is_data_file(path: Path) -> bool:
    return (
        path.is_file() and not path.name.startswith(".") and path.name.lower().removesuffix(".gz").endswith(DELIMITED + PARQUET + WORKBOOKS)
    )
