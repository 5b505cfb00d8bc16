"""What a provider gives for one symbol, and how several of them become one checked panel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.market.dropped import dropped_rows
from impact.market.panel import MarketPanel
from impact.market.plausibility import doubt_notes, doubtful_figures
from impact.provenance import Source
from impact.tables.prose import significant
from impact.tables.stacking import stacked

__all__ = [
    "HISTORY_COLUMNS",
    "FetchFailure",
    "HistoryProvider",
    "Refusal",
    "SecurityHistory",
    "adjusted_closes",
    "panel_of_histories",
    "utc_now",
]

HISTORY_COLUMNS = ("close", "volume", "dividend", "split")

Refusal: TypeAlias = tuple[Any, str]
"""A figure of one session (NaT where the row has none) that was not kept, and why."""


class FetchFailure(Exception):
    """A provider could not give one symbol; `kind` is a key of ``FAILURE_KINDS``."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


@dataclass(frozen=True, eq=False, kw_only=True)
class SecurityHistory:
    """Daily figures of one symbol as its provider gave them, and the range they answer for.

    Attributes
    ----------
    symbol : str
    figures : DataFrame
        Index of sessions; ``close`` as traded (split-adjusted as of retrieval), ``volume`` (NaN unknown), ``dividend``
        and ``split`` (zero where none) on their ex-dates; ``dividend`` is NaN throughout where the provider tells none at all.
    first, last : Timestamp
        The range asked for, cut to the last session that had ended on retrieval.
    currency : str
        Currency of the closes; empty where the provider does not say.
    retrieved_at : str
        ISO instant in UTC.
    provider_version : str
    refused : tuple of (session, reason)
        Figures that the provider gave and that were not kept.
    """

    symbol: str
    figures: pd.DataFrame
    first: pd.Timestamp
    last: pd.Timestamp
    currency: str = ""
    retrieved_at: str = ""
    provider_version: str = ""
    refused: tuple[Refusal, ...] = ()


class HistoryProvider(Protocol):
    """A service that gives one symbol at a time."""

    @property
    def name(self) -> str:
        """How it is called in failures, sources and the store."""
        ...

    @property
    def control_symbol(self) -> str:
        """A symbol that surely exists."""
        ...

    def fetch_history(self, symbol: str, first: pd.Timestamp, last: pd.Timestamp) -> SecurityHistory:
        """The figures of one symbol, both ends included; raises :class:`FetchFailure`."""
        ...


def utc_now() -> pd.Timestamp:
    """The present instant: the clock of a provider unless another is given."""
    return pd.Timestamp.now("UTC")


def adjusted_closes(close: pd.Series, dividend: pd.Series) -> pd.Series:
    """Closes whose changes are total returns, equal to `close` on the last session.

    Notes
    -----
    ``A_(t-1) = A_t * P_(t-1) / (P_t + D_t)``, so that ``A_t / A_(t-1) - 1 = (P_t + D_t) / P_(t-1) - 1``. A dividend on a
    day without a close counts on the next session that has one.
    """
    traded = close.notna().to_numpy()
    prices = close.to_numpy()[traded]
    paid = np.diff(np.cumsum(dividend.fillna(0.0).to_numpy())[traded], prepend=0.0)
    kept = prices / (prices + paid)
    adjusted = np.full(len(close), np.nan)
    adjusted[traded] = prices * np.append(np.cumprod(kept[:0:-1])[::-1], 1.0)[: len(prices)]
    return pd.Series(adjusted, index=close.index)


def panel_of_histories(histories: Sequence[SecurityHistory], provider: str) -> tuple[MarketPanel | None, list[tuple[str, str, str]]]:
    """One panel of several histories (None when not one has a close), and a row of trouble for each that lacks sessions.

    Rows on days that are no session of the symbol's venue, and rows without a close, go to `dropped`. A symbol whose
    venue is not known keeps all its days. The trouble is ``partial``, or ``no_rows_in_range`` when no close is left.
    """
    columns: dict[str, dict[str, pd.Series]] = {"close": {}, "adjusted_close": {}, "dividends": {}, "volume": {}}
    untold: list[str] = []
    refused: list[tuple[str, Any, str, str]] = []
    troubles: list[tuple[str, str, str]] = []
    for history in histories:
        figures, rejected, expected = _on_venue_sessions(history)
        refused += [(history.symbol, session, reason, provider) for session, reason in (*history.refused, *rejected)]
        reach = f"{history.first:%Y-%m-%d} to {history.last:%Y-%m-%d}"
        priced = int(figures["close"].notna().sum())
        if not priced:
            troubles.append((history.symbol, "no_rows_in_range", f"{provider} has no close on a session from {reach}"))
            continue
        if priced < expected:
            troubles.append((history.symbol, "partial", f"{priced} of {expected} sessions from {reach}"))
        columns["close"][history.symbol] = figures["close"]
        columns["adjusted_close"][history.symbol] = adjusted_closes(figures["close"], figures["dividend"])
        if figures["dividend"].isna().all() and not history.symbol.startswith("^"):
            untold.append(history.symbol)
        columns["dividends"][history.symbol] = figures["dividend"]
        columns["volume"][history.symbol] = figures["volume"]
    if not columns["close"]:
        return None, troubles
    kept = [history for history in histories if history.symbol in columns["close"]]
    frames: dict[str, Any] = {name: pd.concat(series, axis=1, sort=True) for name, series in columns.items()}
    panel = MarketPanel(
        **frames,
        currency={history.symbol: history.currency for history in kept},
        basis={history.symbol: "price_index" if history.symbol.startswith("^") else "as_traded" for history in kept},
        sources=_sources(kept, provider),
        assumptions=(
            "Closes are split-adjusted as of retrieval; adjusted closes are computed here from closes and dividends.",
            *(f"{symbol}: {message}." for symbol, kind, message in troubles if kind == "partial"),
            *_untold_note(untold, provider),
            *doubt_notes(stacked(_doubts_of(history) for history in kept)),
        ),
        dropped=dropped_rows(refused),
    )
    return panel, troubles


def _untold_note(symbols: Sequence[str], provider: str) -> tuple[str, ...]:
    if not symbols:
        return ()
    listed = ", ".join(symbols[:10]) + (" ..." if len(symbols) > 10 else "")
    return (f"{provider} tells no dividends of {len(symbols)} securities, whose returns leave them out: {listed}.",)


def _doubts_of(history: SecurityHistory) -> pd.DataFrame:
    """Figures of one history to compare with another source."""
    figures = history.figures
    splits = figures["split"].where(figures["split"] > 0, 1.0).to_frame(history.symbol)
    return doubtful_figures(figures["close"].to_frame(history.symbol), figures["volume"].to_frame(history.symbol), splits)


def _on_venue_sessions(history: SecurityHistory) -> tuple[pd.DataFrame, list[tuple[pd.Timestamp, str]], int]:
    """The rows that count, those that do not with a reason, and how many sessions the venue held (0: unknown venue)."""
    from impact.calendars import sessions, venue_of

    figures = history.figures
    rejected: list[tuple[pd.Timestamp, str]] = []
    expected = 0
    try:
        venue = venue_of(history.symbol)
    except InputError:
        venue = ""
    if venue:
        open_days = sessions(venue, history.first, history.last)
        expected = len(open_days)
        stray = figures.index.difference(open_days)
        rejected += [(day, f"not a session of {venue}{_cash_note(figures.loc[day])}") for day in stray]
        figures = figures.loc[figures.index.intersection(open_days)]
    bare = figures["close"].isna() & ~(figures[["dividend", "split"]] > 0).any(axis=1)
    rejected += [(day, "no close") for day in figures.index[bare]]
    return figures[~bare], rejected, expected


def _cash_note(row: pd.Series) -> str:
    return f"; its dividend of {significant(row['dividend'], 6)} is left out" if row["dividend"] > 0 else ""


def _sources(histories: Iterable[SecurityHistory], provider: str) -> tuple[Source, ...]:
    stamps = sorted({history.retrieved_at[:10] for history in histories})
    version = next(iter({history.provider_version for history in histories}), "")
    span = stamps[0] if len(stamps) == 1 else f"{stamps[0]} to {stamps[-1]}"
    return (
        Source(
            title=f"{provider} daily prices ({version})" if version else f"{provider} daily prices",
            retrieved=span,
            basis="user's own fetch",
        ),
    )
