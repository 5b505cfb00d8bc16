"""Many books at once: one table over all of them, what changed since an earlier report and why, and what could not be read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, cast

import pandas as pd

from impact.errors import InputError
from impact.holdings.desk_changes import BooksNow, EarlierReport, changes_since, not_sized, still_held
from impact.holdings.exposure import check_portfolio
from impact.holdings.exposure_tables import with_money_known
from impact.holdings.portfolio import NAV_UNITS, Portfolio, ReadingOptions, read_as_asked
from impact.holdings.schemas import DESK_BOOKS, DESK_CHANGES, DESK_LINES, DESK_UNREAD
from impact.holdings.screened import ScreenedBook, screen_books
from impact.instants import parse_instant
from impact.kernels.mapping import Executor, map_in_order
from impact.provenance import Source, unique_sources
from impact.results import Result, Summary, declared

__all__ = ["DeskReport", "books_of", "check_books", "worker_pool"]

_LINE = (
    "book", "row", "account", "name", "isin", "ticker", "quantity", "market_value", "nav_share", "entity", "tier", "status", "programme",
    "citation", "next_ban_at", "divest_by_at", "evidence",
)  # fmt: skip
_WORTH_A_POOL = 60


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
        Lines that are new, gone, clear, or of another status or size than in the earlier report, with what each rested on.
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


@dataclass(frozen=True, eq=False, kw_only=True)
class _Batch:
    """Books that are read and matched together, as they are sent to a worker."""

    books: tuple[tuple[str, Path], ...]
    question: Mapping[str, Any]
    before: pd.DataFrame | None


@dataclass(frozen=True, eq=False, kw_only=True)
class _Answer:
    """What one batch says: lines and rows of books by label, notes and decisions of each, and what could not be read.

    `clear` holds the clear positions that the earlier report has.
    """

    lines: pd.DataFrame
    clear: pd.DataFrame
    books: tuple[tuple[Any, ...], ...]
    notes: Mapping[str, tuple[str, ...]]
    decided: pd.DataFrame
    unread: tuple[tuple[str, str], ...]
    book_sources: tuple[Source, ...]
    sources: tuple[Source, ...]


def check_books(
    books: Sequence[Path],
    question: Mapping[str, Any],
    *,
    since: EarlierReport | None = None,
    executor: Executor | None = None,
    batch: int = 100,
) -> DeskReport:
    """Check many books, one question for all.

    Parameters
    ----------
    books : sequence of path
    question : mapping
        What :func:`~impact.holdings.exposure.check_portfolio` is asked of each book, by its parameters, without the holdings.
    since : EarlierReport, optional
        What changed since it.
    executor : object with ``map``, optional
        Computes the batches, such as a pool of processes; here by default.
    batch : int
        Books whose distinct instruments are matched together. The rows do not depend on it.

    Raises
    ------
    InputError
        If no book can be read; one of several that cannot is a row of `unread`.
    """
    named = list(zip(_labels(books), books, strict=True))
    before = None if since is None else since.lines
    tasks = [_Batch(books=tuple(named[start : start + batch]), question=question, before=before) for start in range(0, len(named), batch)]
    answers = list(map_in_order(executor, _answer, tasks))
    unread = [row for answer in answers for row in answer.unread]
    full = [answer for answer in answers if answer.books]
    if not full:
        raise InputError(f"none of {len(unread):,} file(s) can be checked; first: {unread[0][1] if unread else 'no file is given'}")
    lines = pd.concat([answer.lines for answer in full], ignore_index=True)
    table = pd.DataFrame([row for answer in full for row in answer.books], columns=[column.name for column in DESK_BOOKS])
    clear = pd.concat([answer.clear for answer in full], ignore_index=True)
    now = BooksNow(lines=lines, clear=clear, read=set(table["book"]), unread={label for label, _ in unread})
    law = {source.title: source for answer in full for source in answer.sources}
    return DeskReport(
        as_of=parse_instant(question["as_of"]),
        lines=lines,
        books=table,
        changes=changes_since(since, now),
        unread=pd.DataFrame(unread, columns=[column.name for column in DESK_UNREAD]),
        sources=unique_sources(*(answer.book_sources for answer in full), tuple(law[title] for title in sorted(law))),
        assumptions=(
            *_notes_of_books({label: notes for answer in full for label, notes in answer.notes.items()}),
            *not_sized(since, lines),
            *_decisions_said(pd.concat([answer.decided for answer in full])),
        ),
    )


def _answer(task: _Batch) -> _Answer:
    """Read the books of a batch, match what they hold in one go, and keep what the table over all books shows."""
    read: dict[str, Portfolio] = {}
    unread = []
    reading = {name: value for name, value in task.question.items() if name in ReadingOptions.__annotations__}
    for label, path in task.books:
        try:
            read[label] = read_as_asked(path, task.question.get("rates"), cast("ReadingOptions", reading))
        except InputError as error:
            unread.append((label, str(error)))
    nothing = pd.DataFrame(columns=list(_LINE))
    if not read:
        return _Answer(lines=nothing, clear=nothing, books=(), notes={}, decided=nothing, unread=tuple(unread), book_sources=(), sources=())
    first = check_portfolio(next(iter(read.values())), **task.question)
    asked, screened = screen_books(list(read.values()), first.options, first.as_of)
    by_label = dict(zip(read, screened, strict=True))
    shown = {label: with_money_known(book.rows.assign(book=label), DESK_LINES, book.portfolio.currency) for label, book in by_label.items()}
    return _Answer(
        lines=pd.concat([rows[rows["status"] != "clear"] for rows in shown.values()], ignore_index=True)[list(_LINE)],
        clear=pd.concat([still_held(rows[rows["status"] == "clear"], task.before) for rows in shown.values()], ignore_index=True)[
            list(_LINE)
        ],
        books=tuple(_book(label, book) for label, book in by_label.items()),
        notes={label: asked.said_of(book) for label, book in by_label.items()},
        decided=pd.concat([book.issues[book.issues["column"] == "decision"] for book in screened]),
        unread=tuple(unread),
        book_sources=unique_sources(*(portfolio.sources for portfolio in read.values())),
        sources=asked.sources,
    )


def _notes_of_books(notes: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """What every book says, once; then what some books say, with how many and the first of them."""
    bearing: dict[str, list[str]] = {}
    for label, said in notes.items():
        for note in said:
            bearing.setdefault(note, []).append(label)
    shared = [note for note, labels in bearing.items() if len(labels) == len(notes)]
    own = [
        f"{labels[0]}{f' and {len(labels) - 1:,} more' * (len(labels) > 1)}: {note}"
        for note, labels in bearing.items()
        if note not in shared
    ]
    return (*shared, *own)


def _decisions_said(rows: pd.DataFrame) -> tuple[str, ...]:
    """How many decisions were applied in some book, and those that are void in all, by the issues of all books."""
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


def _book(label: str, book: ScreenedBook) -> tuple[Any, ...]:
    portfolio, status = book.portfolio, book.rows["status"].value_counts()
    counts = [int(status.get(name, 0)) for name in ("blocked", "barred", "restricted", "enjoined", "unknown", "clear")]
    kept, dropped = len(book.rows), len(portfolio.dropped)
    nav = float("nan") if portfolio.currency == NAV_UNITS else portfolio.nav
    return (label, kept + dropped, kept, dropped, len(book.issues), *counts, nav, portfolio.currency, portfolio.as_of)


@contextmanager
def worker_pool(n_books: int) -> Iterator[Executor | None]:
    """Processes for that many books, one a core; None where starting them takes longer than the books."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if n_books < _WORTH_A_POOL or cores < 2:
        yield None
        return
    with ProcessPoolExecutor(max_workers=cores, mp_context=get_context("spawn")) as pool:
        yield pool
