"""Prices from the user's own files: CSV or Parquet, wide or long, one file or a folder of one file a security."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.market.column_names import COLUMN_NAMES
from impact.market.dropped import dropped_rows
from impact.market.figure_columns import figure_columns
from impact.market.file_figures import Figures, TableReader, together
from impact.market.heading_units import price_in_scale, unit_of_shares, volume_in_units
from impact.market.panel import MarketPanel
from impact.market.plausibility import doubt_notes
from impact.market.sniffing import DELIMITED, PARQUET, WORKBOOKS, RawTable, read_sheets
from impact.market.sources import FetchResult
from impact.market.stated_currencies import currencies_said, stated_over
from impact.provenance import Source
from impact.typing_ import Day

__all__ = ["FileSource"]

# A folder may hold one wide table a figure instead of one file a security; the file name says which.
FOLDER_FIGURES = (("volume", "volume"), ("dividend", "dividends"), ("adj", "adjusted_close"), ("close", "close"), ("price", "close"))


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
            read = together([self._file_of(security, path) for security, path in self.named.items()])
        else:
            read = self._folder(securities) if self.path.is_dir() else self._one_file(self.path)
        panel = self._panel(read).select(securities, start, end)
        return FetchResult(panel=replace(panel, assumptions=(*panel.assumptions, *doubt_notes(panel.doubts()))))

    @property
    def _reader(self) -> TableReader:
        return TableReader(columns=self.columns or {}, sort=self.sort, date_format=self.date_format)

    def _one_file(self, path: Path, figure: str = "close") -> Figures:
        sheets = read_sheets(path, date_column=(self.columns or {}).get("date"), decimal=self.decimal)
        if len(sheets) == 1:
            return self._reader.figures(next(iter(sheets.values())), _stem(path), figure)
        several = [name for name, table in sheets.items() if table.levels or not _is_of_one_security(table, self.columns or {})]
        if several:
            raise InputError(
                f"{path.name} holds prices on {len(sheets)} sheets ({', '.join(repr(name) for name in list(sheets)[:5])}), and {several[0]!r} is "
                "not a table of one security; give each sheet one security, or save the one to read as a file of its own."
            )
        return together([self._reader.figures(table, name, figure) for name, table in sheets.items()])  # as a folder of one file a security

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
        beside = {security: read.beside[own]} if own in read.beside else {}
        return replace(read, frames=frames, currency=currency, signs=signs, beside=beside)

    def _folder(self, securities: Sequence[str] | None) -> Figures:
        files = {_stem(path): path for path in sorted(self.path.iterdir()) if _is_data_file(path)}
        if not files:
            raise InputError(f"{self.name} holds no file ending in {', '.join(DELIMITED + PARQUET)}; put one file a security there.")
        figures = {stem: next((name for part, name in FOLDER_FIGURES if part in stem.lower()), "") for stem in files}
        if all(figures.values()) and len(set(figures.values())) == len(files):
            _refuse_units(figures)
            return together([self._one_file(path, figures[stem]) for stem, path in files.items()])
        if securities is not None:
            absent = [security for security in securities if security not in files]
            if absent:
                near = difflib.get_close_matches(absent[0], files, n=3, cutoff=0.5)
                hint = f"did you mean {', '.join(near)}?" if near else f"it has {', '.join(list(files)[:5])}."
                raise InputError(
                    f"securities={absent[0]!r} is not among the {len(files)} files of {self.name} ({len(absent)} absent); {hint}"
                )
            files = {security: files[security] for security in securities}
        return together([self._one_file(path) for path in files.values()])

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
        currency, told = stated_over(read.currency, self.currency, order, self.name)
        only_adjusted = close.isna().all() & adjusted.notna().any()
        volume = read.frames.get("volume")
        unpriced = [] if volume is None else [("", day, "volume without a price", self.name) for day in volume.index.difference(sessions)]
        try:
            return MarketPanel(
                close=close.mask(np.broadcast_to(only_adjusted.to_numpy(), close.shape), adjusted),
                adjusted_close=adjusted if "adjusted_close" in read.frames else None,
                dividends=read.frames.get("dividends"),
                volume=volume,
                currency=currencies_said(read.signs, currency, order, read.beside),
                basis=self._basis(only_adjusted, adjusted.notna().any()),
                sources=(Source(title=f"user file {self.name}", basis="user file"),),
                assumptions=(*_only_adjusted_note(only_adjusted.index[only_adjusted].tolist()), *read.notes),
                read_as=(*read.read_as, *told),
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


def _only_adjusted_note(securities: list[str]) -> tuple[str, ...]:
    if not securities:
        return ()
    listed = ", ".join(securities[:10]) + (" ..." if len(securities) > 10 else "")
    return (f"{len(securities)} securities have adjusted closes only, which are taken as their closes: {listed}.",)


def _is_of_one_security(table: RawTable, stated: Mapping[str, str]) -> bool:
    named = figure_columns(table, stated).named
    return "security" not in named and "close" in named


def _refuse_units(figures: Mapping[str, str]) -> None:
    """Refuse files of one figure whose names state a unit other than shares or a currency."""
    for stem, figure in figures.items():
        scaled = volume_in_units(stem)[1] != 1 and not unit_of_shares(stem) if figure == "volume" else price_in_scale(stem)
        if scaled:
            raise InputError(
                f"the name of the file {stem!r} states a unit; give {figure.replace('_', ' ')}s in single shares and units of a currency."
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
