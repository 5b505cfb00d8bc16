"""Many books at once: one table over all of them, what changed since an earlier report and why, and what could not be read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from impact.errors import InputError
from impact.holdings.exposure import ExposureReport
from impact.holdings.schemas import DESK_BOOKS, DESK_CHANGES, DESK_LINES, DESK_UNREAD
from impact.provenance import Source, unique_sources
from impact.results import Result, Summary, declared

__all__ = ["DeskReport", "books_of", "check_books", "read_report"]

_LINE = (
    "book", "row", "account", "name", "isin", "ticker", "quantity", "market_value", "nav_share", "entity", "tier", "status", "programme",
    "citation", "next_ban_at", "divest_by_at", "evidence",
)  # fmt: skip
_KEY = ("book", "account", "name", "isin", "ticker")
_WHY = ("status", "entity", "programme", "citation", "evidence")


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class DeskReport(Result):
    """All books of a desk at one instant.

    Attributes
    ----------
    as_of : Timestamp
    lines : DataFrame
        One position a row that is anything but clear: book, its line in the file, what it is, status and what that rests on.
    books : DataFrame
        One book a row: n_rows = n_kept + n_dropped, positions by status, net assets, date of the holdings.
    changes : DataFrame
        Lines that are new, gone, or of another status than in the earlier report, with what each rested on.
    unread : DataFrame
        book, reason: files that could not be read; their holdings are unknown.
    """

    schemas = declared(lines=DESK_LINES, books=DESK_BOOKS, changes=DESK_CHANGES, unread=DESK_UNREAD, to_frame=DESK_LINES)

    as_of: pd.Timestamp
    lines: pd.DataFrame
    books: pd.DataFrame
    changes: pd.DataFrame
    unread: pd.DataFrame
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        """The answer in one sentence."""
        counts = self.lines["status"].value_counts()
        told = ", ".join(f"{count:,} {status}" for status, count in counts.items()) or "nothing barred, restricted or unknown"
        unread = f"; {len(self.unread):,} file(s) NOT read: their holdings are unknown" if len(self.unread) else ""
        return f"{len(self.books):,} books, {int(self.books['n_kept'].sum()):,} positions: {told}{unread}"

    def to_frame(self) -> pd.DataFrame:
        """The lines that are not clear (a copy)."""
        return self.lines.copy()

    def summary(self) -> Summary:
        """Lines, books, changes and what was not read."""
        tables = tuple((name.capitalize(), self.with_schema(name)) for name in ("lines", "books", "changes", "unread"))
        return Summary(title=self.headline, tables=tables, notes=self.assumptions, sources=self.sources)


def books_of(folder: str | Path) -> tuple[Path, ...]:
    """The files of a folder and its folders, hidden ones and those of an office program's locks left out, by name.

    Raises
    ------
    InputError
        If there is none.
    """
    root = Path(folder)
    files = sorted(
        path
        for path in root.rglob("*")
        if path.is_file() and not any(part.startswith((".", "~$")) for part in path.relative_to(root).parts)
    )
    if not files:
        raise InputError(f"folder={str(folder)!r} holds no file; give a folder of holdings files.")
    return tuple(files)


def check_books(books: Sequence[Path], check: Callable[[Path], ExposureReport], *, since: pd.DataFrame | None = None) -> DeskReport:
    """Check many books, one question for all.

    Parameters
    ----------
    books : sequence of path
    check : callable
        Gives the report of one book, such as ``partial(check_portfolio, as_of=...)``.
    since : DataFrame, optional
        Lines of an earlier report.

    Raises
    ------
    InputError
        If no book can be read; one of several that cannot is a row of `unread`.
    """
    reports: dict[str, ExposureReport] = {}
    unread = []
    for path, label in zip(books, _labels(books), strict=True):
        try:
            reports[label] = check(path)
        except InputError as error:
            unread.append((label, str(error)))
    if not reports:
        raise InputError(f"none of {len(unread):,} file(s) can be checked; first: {unread[0][1] if unread else 'no file is given'}")
    lines = pd.concat(
        [report.positions[report.positions["status"] != "clear"].assign(book=label) for label, report in reports.items()], ignore_index=True
    )[list(_LINE)]
    return DeskReport(
        as_of=next(iter(reports.values())).as_of,
        lines=lines,
        books=pd.DataFrame([_book(label, report) for label, report in reports.items()], columns=[column.name for column in DESK_BOOKS]),
        changes=_changes(since, lines),
        unread=pd.DataFrame(unread, columns=[column.name for column in DESK_UNREAD]),
        sources=unique_sources(*(report.sources for report in reports.values())),
        assumptions=(*_notes_of_books(reports), *_decisions_said(reports.values())),
    )


def _notes_of_books(reports: Mapping[str, ExposureReport]) -> tuple[str, ...]:
    """What every book says, once; then what some books say, with how many and the first of them."""
    bearing: dict[str, list[str]] = {}
    for label, report in reports.items():
        for note in report.assumptions:
            bearing.setdefault(note, []).append(label)
    shared = [note for note, labels in bearing.items() if len(labels) == len(reports)]
    own = [
        f"{labels[0]}{f' and {len(labels) - 1:,} more' * (len(labels) > 1)}: {note}"
        for note, labels in bearing.items()
        if note not in shared
    ]
    return (*shared, *own)


def _decisions_said(reports: Iterable[ExposureReport]) -> tuple[str, ...]:
    """How many decisions were applied in some book, and those that are void in all."""
    rows = pd.concat([report.issues[report.issues["column"] == "decision"] for report in reports])
    applied = set(rows.loc[rows["row"] > 0, "value"])
    void = sorted(set(rows["value"]) - applied)
    if not len(rows):
        return ()
    said = f"{len(applied):,} decision(s) applied, {len(void):,} void: their line with that proposal is in no book."
    return (said, *(f"Void: {key}" for key in void))


def _labels(paths: Sequence[Path]) -> list[str]:
    """Names of the books: of the file where that tells them apart, else with its folders."""
    names = [path.name for path in paths]
    return names if len(set(names)) == len(names) else [str(path) for path in paths]


def _book(label: str, report: ExposureReport) -> tuple[Any, ...]:
    status = report.positions["status"].value_counts()
    counts = [int(status.get(name, 0)) for name in ("blocked", "barred", "restricted", "enjoined", "unknown", "clear")]
    kept, dropped = len(report.positions), len(report.dropped)
    return (label, kept + dropped, kept, dropped, len(report.issues), *counts, report.nav, report.currency, report.options.portfolio.as_of)


def read_report(path: str | Path) -> pd.DataFrame:
    """The lines of an earlier report that was written as JSON.

    Raises
    ------
    InputError
        If the file is no such report.
    """
    try:
        told = json.loads(Path(path).read_text(encoding="utf-8"))
        lines = pd.DataFrame(told["lines"], columns=list(_LINE))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"since={str(path)!r} is no report of a folder ({type(error).__name__}); write one with impact check FOLDER -o FILE.json."
        ) from error
    return lines


def _changes(since: pd.DataFrame | None, now: pd.DataFrame) -> pd.DataFrame:
    """Lines that came, went, or are of another status; a line that repeats in its book is numbered."""
    if since is None:
        return pd.DataFrame(columns=[column.name for column in DESK_CHANGES])
    sides = []
    for table in (since, now):
        keyed = table[[*_KEY, *_WHY]].copy()
        keyed[list(_KEY)] = keyed[list(_KEY)].fillna("").astype("str")
        keyed["n"] = keyed.groupby(list(_KEY)).cumcount()
        sides.append(keyed.set_index([*_KEY, "n"]))
    joined = sides[0].add_suffix("_before").join(sides[1].add_suffix("_after"), how="outer").fillna("")
    had, has = joined["status_before"] != "", joined["status_after"] != ""
    differs = pd.concat([joined[f"{name}_before"] != joined[f"{name}_after"] for name in ("status", "entity", "programme")], axis=1).any(
        axis=1
    )
    change = pd.Series("", index=joined.index).mask(had & has & differs, "status").mask(had & ~has, "gone or clear").mask(~had & has, "new")
    told = joined.assign(change=change).reset_index().drop(columns="n")
    return told[told["change"] != ""].reset_index(drop=True)[[column.name for column in DESK_CHANGES]]
