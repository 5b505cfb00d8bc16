"""What is attacked: one record a reader, with what must hold of whatever it returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from impact.cases.case_file import read_case
from impact.eventstudy.files import read_events, read_return_file
from impact.facts.official_lists import read_official_list
from impact.facts.user_facts import read_facts
from impact.holdings import read_13f, read_holdings, read_nport
from impact.holdings.decisions import read_decisions
from impact.market import load_panel

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
        Raises AssertionError where rows are lost or a figure cannot be one.
    """

    name: str
    weight: int
    read: Callable[[Path], Any]
    holds: Callable[[Any], None] = lambda result: None


def _book_is_whole(book: Any) -> None:
    assert book.n_rows == len(book.rows) + len(book.dropped), "rows are lost"
    assert (book.dropped["reason"] != "").all(), "a row is dropped without a reason"
    figures = book.rows[["quantity", "market_value", "price"]].to_numpy(dtype=float)
    assert not np.isinf(figures).any(), "a figure is infinite"


def _panel_is_sound(panel: Any) -> None:
    close = panel.close.to_numpy()
    assert panel.close.index.is_monotonic_increasing and panel.close.index.is_unique, "sessions are not in order"
    assert not np.isinf(close).any() and not (close <= 0).any(), "a close is no price"
    assert (panel.dropped["reason"] != "").all(), "a row is dropped without a reason"


def _filings_are_whole(filings: Any) -> None:
    assert filings.n_rows == len(filings.rows) + int(filings.dropped["n_rows"].sum()), "rows are lost"


def _list_is_whole(official: Any) -> None:
    rows = official.rows
    assert (rows["n_read"] == rows["n_kept"] + rows["n_dropped"]).all(), "rows are lost"


READERS: tuple[Reader, ...] = (
    Reader(name="holdings", weight=8, read=read_holdings, holds=_book_is_whole),
    Reader(name="prices", weight=6, read=load_panel, holds=_panel_is_sound),
    Reader(name="form13f", weight=3, read=read_13f, holds=_filings_are_whole),
    Reader(name="nport", weight=3, read=read_nport, holds=_filings_are_whole),
    Reader(name="official_list", weight=2, read=read_official_list, holds=_list_is_whole),
    Reader(name="events", weight=1, read=read_events),
    Reader(name="returns", weight=1, read=read_return_file),
    Reader(name="facts", weight=1, read=read_facts),
    Reader(name="decisions", weight=1, read=read_decisions),
    Reader(name="case", weight=2, read=read_case),
)
