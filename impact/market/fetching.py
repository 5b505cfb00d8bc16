"""Fetch several symbols from a provider, through the cache, one by one; every trouble becomes a row with its kind."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from impact.errors import DataUnavailable, InputError, SourceUnusable
from impact.market.cache import PriceCache
from impact.market.checks import checked_history
from impact.market.histories import FetchFailure, HistoryProvider, SecurityHistory, panel_of_histories
from impact.market.panel import session_label
from impact.market.sources import FetchResult, failure_rows
from impact.typing_ import Day

__all__ = ["FetchedSource"]

NETWORK_FAILURES_IN_A_ROW = 3  # after so many, the network is down and the rest is not tried
SYMBOLS_WORTH_A_BAR = 5


RATE_LIMITS = 3  # after so many refusals in one run nothing more is asked
BACKOFF_SECONDS = (30.0, 120.0)  # waits after a rate limit, for the whole run; the limits are not published
FULL_SHARE = 0.8  # an answer with fewer of its sessions is asked for once more


@dataclass(eq=False, kw_only=True)
class _Run:
    """What one call to a provider has used up."""

    waits: list[float]
    refusals: int = 0
    network_failures: int = 0
    not_stored: list[tuple[str, str, str]] = field(default_factory=list)


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
    backoff : tuple of float
        Seconds to wait after a rate limit, for the whole run and not for each symbol.
    sleep : callable
        How to wait.
    """

    provider: HistoryProvider
    cache: PriceCache | None = None
    offline: bool = False
    backoff: tuple[float, ...] = BACKOFF_SECONDS
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    @property
    def name(self) -> str:
        """The provider's name."""
        return self.provider.name

    def fetch(self, securities: Sequence[str] | None, start: Day | None, end: Day | None) -> FetchResult:
        """Prices of `securities` from `start` to `end`, both included.

        Raises
        ------
        InputError
            If securities, start or end are not given: a provider on the network has no natural all.
        """
        symbols, first, last = _request(self.name, securities, start, end)
        histories: list[SecurityHistory] = []
        failures: list[tuple[str, str, str]] = []
        run = _Run(waits=list(self.backoff))
        with _progress(len(symbols), f"fetching from {self.name}") as advance:
            for symbol in symbols:
                try:
                    histories.append(self._one(symbol, first, last, run))
                except FetchFailure as failure:
                    failures.append((symbol, failure.kind, failure.message))
                    run.network_failures = run.network_failures + 1 if failure.kind == "network" else 0
                else:
                    run.network_failures = 0
                advance()
        failures = self._doubted(failures, any_fetched=bool(histories), first=first, last=last)
        failures += run.not_stored
        if not histories:
            return FetchResult(panel=None, failures=failure_rows(failures))
        panel, troubles = panel_of_histories(histories, self.name)
        return FetchResult(panel=panel, failures=failure_rows([*failures, *troubles]))

    def _one(self, symbol: str, first: pd.Timestamp, last: pd.Timestamp, run: _Run) -> SecurityHistory:
        try:
            kept = None if self.cache is None else self.cache.read(self.name, symbol, first, last)
        except FetchFailure:  # what is stored is damaged: it is had anew, and never given out
            if self.offline:
                raise
            kept = None
        if kept is not None:
            return kept
        if self.offline:
            raise FetchFailure("not_cached", f"the cache does not hold {first:%Y-%m-%d} to {last:%Y-%m-%d}, and offline was asked for")
        covered = None if self.cache is None else self.cache.covered(self.name, symbol)
        wider = (min(first, covered[0]), max(last, covered[1])) if covered else (first, last)
        history = self._asked(symbol, *wider, run)
        if self.cache is not None:
            try:
                self.cache.write(self.name, history)
            except (InputError, SourceUnusable) as error:
                run.not_stored.append((symbol, "not_stored", str(error)))
        inside = history.figures.loc[first:last]
        if inside["close"].notna().sum() == 0:
            raise FetchFailure("no_rows_in_range", f"{self.name} has no prices from {first:%Y-%m-%d} to {last:%Y-%m-%d}")
        refused = tuple((session, reason) for session, reason in history.refused if pd.isna(session) or first <= session <= last)
        return replace(history, figures=inside, first=first, last=min(last, history.last), refused=refused)

    def _asked(self, symbol: str, first: pd.Timestamp, last: pd.Timestamp, run: _Run) -> SecurityHistory:
        """The checked history from the provider; an answer that lacks many sessions is asked for once more."""
        history = self._tried(symbol, first, last, run)
        expected = _expected_sessions(history)
        if expected and history.figures["close"].notna().sum() < FULL_SHARE * expected:
            with contextlib.suppress(FetchFailure):
                again = self._tried(symbol, first, last, run)
                if again.figures["close"].notna().sum() > history.figures["close"].notna().sum():
                    history = again
        return history

    def _tried(self, symbol: str, first: pd.Timestamp, last: pd.Timestamp, run: _Run) -> SecurityHistory:
        """One answer; a rate limit is waited for while the budget of the run lasts, and the run stops asking after it."""
        while True:
            if run.network_failures >= NETWORK_FAILURES_IN_A_ROW:
                raise FetchFailure("network", f"not tried after {NETWORK_FAILURES_IN_A_ROW} network failures in a row")
            if run.refusals >= RATE_LIMITS:
                raise FetchFailure("rate_limit", f"not asked after {RATE_LIMITS} refusals in this run")
            try:
                return checked_history(self.provider.fetch_history(symbol, first, last))
            except FetchFailure as failure:
                if failure.kind != "rate_limit":
                    raise
                run.refusals += 1
                if not run.waits or run.refusals >= RATE_LIMITS:
                    raise
                self.sleep(run.waits.pop(0))

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


def _expected_sessions(history: SecurityHistory) -> int:
    """Sessions of the symbol's venue in the range, from its first row on; 0 where the venue is not known."""
    from impact.calendars import sessions, venue_of

    priced = history.figures["close"].dropna().index
    if priced.empty:
        return 0
    try:
        return len(sessions(venue_of(history.symbol), history.first, history.last))
    except (InputError, DataUnavailable):
        return 0


def _request(
    name: str, securities: Sequence[str] | None, start: Day | None, end: Day | None
) -> tuple[list[str], pd.Timestamp, pd.Timestamp]:
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
