"""Fetch several symbols from a provider, through the cache, one by one; every trouble becomes a row with its kind."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from impact.errors import InputError
from impact.market.cache import PriceCache
from impact.market.histories import FetchFailure, HistoryProvider, SecurityHistory, panel_of_histories
from impact.market.panel import session_label
from impact.market.sources import FetchResult, failure_rows

__all__ = ["FetchedSource"]

NETWORK_FAILURES_IN_A_ROW = 3  # after so many, the network is down and the rest is not tried
SYMBOLS_WORTH_A_BAR = 5


@dataclass(frozen=True, eq=False, kw_only=True)
class FetchedSource:
    """A price source before which a cache stands.

    Parameters
    ----------
    provider : HistoryProvider
    cache : PriceCache, optional
        Each symbol is kept the moment it is had. None: nothing is kept.
    offline : bool
        Use the cache only; a symbol or range it lacks fails as ``not_cached``.
    """

    provider: HistoryProvider
    cache: PriceCache | None = None
    offline: bool = False

    @property
    def name(self) -> str:
        """The provider's name."""
        return self.provider.name

    def fetch(self, securities: Sequence[str] | None, start: Any, end: Any) -> FetchResult:
        """Prices of `securities` from `start` to `end`, both included.

        Raises
        ------
        InputError
            If securities, start or end are not given: a provider on the network has no natural all.
        """
        symbols, first, last = _request(self.name, securities, start, end)
        histories: list[SecurityHistory] = []
        failures: list[tuple[str, str, str]] = []
        in_a_row = 0
        with _progress(len(symbols), f"fetching from {self.name}") as advance:
            for symbol in symbols:
                try:
                    if in_a_row >= NETWORK_FAILURES_IN_A_ROW:
                        raise FetchFailure("network", f"not tried after {in_a_row} network failures in a row")
                    histories.append(self._one(symbol, first, last))
                    in_a_row = 0
                except FetchFailure as failure:
                    in_a_row = in_a_row + 1 if failure.kind == "network" else 0
                    failures.append((symbol, failure.kind, failure.message))
                advance()
        failures = self._doubted(failures, any_fetched=bool(histories), first=first, last=last)
        if not histories:
            return FetchResult(panel=None, failures=failure_rows(failures))
        panel, troubles = panel_of_histories(histories, self.name)
        return FetchResult(panel=panel, failures=failure_rows([*failures, *troubles]))

    def _one(self, symbol: str, first: pd.Timestamp, last: pd.Timestamp) -> SecurityHistory:
        kept = None if self.cache is None else self.cache.read(self.name, symbol, first, last)
        if kept is not None:
            return kept
        if self.offline:
            raise FetchFailure("not_cached", f"the cache does not hold {first:%Y-%m-%d} to {last:%Y-%m-%d}, and offline was asked for")
        covered = None if self.cache is None else self.cache.covered(self.name, symbol)
        wider = (min(first, covered[0]), max(last, covered[1])) if covered else (first, last)
        history = self.provider.fetch_history(symbol, *wider)
        if self.cache is not None:
            self.cache.write(self.name, history)
        inside = history.figures.loc[first:last]
        if inside.empty:
            raise FetchFailure("no_rows_in_range", f"{self.name} has no prices from {first:%Y-%m-%d} to {last:%Y-%m-%d}")
        return SecurityHistory(
            symbol=symbol,
            figures=inside,
            first=first,
            last=min(last, history.last),
            currency=history.currency,
            retrieved_at=history.retrieved_at,
            provider_version=history.provider_version,
        )

    def _doubted(
        self, failures: list[tuple[str, str, str]], *, any_fetched: bool, first: pd.Timestamp, last: pd.Timestamp
    ) -> list[tuple[str, str, str]]:
        """The failures, with empty answers put down to the network when a symbol that surely exists fails as well."""
        empty = {"unknown_symbol", "no_rows_in_range"}
        if any_fetched or self.offline or not any(kind in empty for _, kind, _ in failures):
            return failures
        try:
            self.provider.fetch_history(self.provider.control_symbol, first, last)
        except FetchFailure:
            cause = f"{self.name} gave nothing, nor for {self.provider.control_symbol}, which exists"
            return [(symbol, "network" if kind in empty else kind, cause if kind in empty else text) for symbol, kind, text in failures]
        return failures


def _request(name: str, securities: Sequence[str] | None, start: Any, end: Any) -> tuple[list[str], pd.Timestamp, pd.Timestamp]:
    if not securities:
        raise InputError(f"securities is empty; source={name!r} needs the symbols to fetch, such as ['1810.HK', '^HSI'].")
    first, last = session_label(start, "start"), session_label(end, "end")
    if first is None or last is None:
        missing = "start" if first is None else "end"
        raise InputError(f"{missing} is not given; source={name!r} needs both start and end: write them as YYYY-MM-DD.")
    if first > last:
        raise InputError(f"start={first:%Y-%m-%d} is after end={last:%Y-%m-%d}; swap them.")
    return list(dict.fromkeys(securities)), first, last


@contextlib.contextmanager
def _progress(total: int, label: str) -> Iterator[Callable[[], None]]:
    """A progress bar on stderr when a person watches and there is something to wait for."""
    if total <= SYMBOLS_WORTH_A_BAR or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda: bar.advance(task)
