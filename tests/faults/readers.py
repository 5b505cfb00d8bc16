"""What is attacked: one record a reader, with what must hold of whatever it returns."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import numpy as np

from impact.cases.case_file import read_case
from impact.eventstudy.files import read_events, read_return_file
from impact.facts.official_lists import read_official_list
from impact.facts.user_facts import read_facts
from impact.holdings import read_13f, read_holdings, read_nport
from impact.holdings.decisions import read_decisions
from impact.intake import read_tables
from impact.intake.named_columns import read_named_columns
from impact.market import load_panel
from impact.market.sniffing import read_sheets, read_table

__all__ = ["READERS", "Reader"]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """One reader of files that a user brings.

    Attributes
    ----------
    name : str
        A key of ``seeds_of``.
    weight : int
        Its share of the inputs.
    read : callable
        Takes the path of the file, or of the folder where the seed has several.
    holds : callable
        Takes the result and the path; raises AssertionError where rows are lost or a figure cannot be one.
    """

    name: str
    weight: int
    read: Callable[[Path], Any]
    holds: Callable[[Any, Path], None]


def _book_is_whole(book: Any, _path: Path) -> None:
    assert book.n_rows == len(book.rows) + len(book.dropped), "rows are lost"
    assert (book.dropped["reason"] != "").all(), "a row is dropped without a reason"
    figures = book.rows[["quantity", "market_value", "price"]].to_numpy(dtype=float)
    assert not np.isinf(figures).any(), "a figure is infinite"


def _panel_is_sound(panel: Any, path: Path) -> None:
    """Of a wide table every row is a session, of a long one a figure, or it is named among the dropped ones."""
    figures = [frame for frame in (panel.close, panel.adjusted_close, panel.dividends, panel.volume) if frame is not None]
    tables = read_sheets(path).values()
    n_given = sum(len(table.columns) + len(table.refused) for table in tables)
    n_kept = int(reduce(or_, (frame.reindex_like(panel.close).notna() for frame in figures)).to_numpy().sum())
    n_placed = max(len(panel.close), n_kept) if path.stem.startswith("long") else len(panel.close)
    n_named = panel.dropped["source"].nunique()
    assert n_given <= n_placed + n_named, f"{n_given - n_placed - n_named} of {n_given} rows are lost"
    close = panel.close.to_numpy()
    assert panel.close.index.is_monotonic_increasing and panel.close.index.is_unique, "sessions are not in order"
    assert not np.isinf(close).any() and not (close <= 0).any(), "a close is no price"
    assert (panel.dropped["reason"] != "").all(), "a row is dropped without a reason"


def _filings_are_whole(filings: Any, _path: Path) -> None:
    assert filings.n_rows == len(filings.rows) + int(filings.dropped["n_rows"].sum()), "rows are lost"


def _list_is_whole(official: Any, _path: Path) -> None:
    rows = official.rows
    assert (rows["n_read"] == rows["n_kept"] + rows["n_dropped"]).all(), "rows are lost"


def _each_row_is_there(result: Any, path: Path) -> None:
    """Readers that keep every row or refuse the file: as many rows as the fullest sheet has below its header."""
    n_given = max(len(sheet) - (not sheet.headings) for sheet in read_tables(path).sheets)
    assert len(result) == n_given, f"{n_given - len(result)} of {n_given} rows are lost"


def _decisions_are_whole(decisions: Any, path: Path) -> None:
    assert {one.key for one in decisions} == set(read_named_columns(path, "decisions")["key"]), "decisions are lost"


def _returns_are_whole(returns: Any, path: Path) -> None:
    assert len(returns) == len(read_table(path).columns), "rows are lost"
    assert not np.isinf(returns.to_numpy()).any(), "a return is infinite"


def _is_a_case(case: Any, path: Path) -> None:
    """The security of the file is the security of the case."""
    stated = tomllib.loads(path.read_bytes().decode())["designation"]["security"]
    assert case.security == stated, f"{stated!r} is read as {case.security!r}"


READERS: tuple[Reader, ...] = (
    Reader(name="holdings", weight=8, read=read_holdings, holds=_book_is_whole),
    Reader(name="prices", weight=6, read=load_panel, holds=_panel_is_sound),
    Reader(name="form13f", weight=3, read=read_13f, holds=_filings_are_whole),
    Reader(name="nport", weight=3, read=read_nport, holds=_filings_are_whole),
    Reader(name="official_list", weight=2, read=read_official_list, holds=_list_is_whole),
    Reader(name="events", weight=1, read=read_events, holds=_each_row_is_there),
    Reader(name="returns", weight=1, read=read_return_file, holds=_returns_are_whole),
    Reader(name="facts", weight=1, read=read_facts, holds=_each_row_is_there),
    Reader(name="decisions", weight=1, read=read_decisions, holds=_decisions_are_whole),
    Reader(name="case", weight=2, read=read_case, holds=_is_a_case),
)
