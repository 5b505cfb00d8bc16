"""Yahoo through yfinance: the only module that imports it. Every failure is classified; none is called a delisting."""

from __future__ import annotations

import contextlib
import logging
import re
import warnings
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from impact.errors import DataUnavailable, InputError
from impact.market.checks import checked_figures, parsed_dates, volume_where_told
from impact.market.histories import FetchFailure, Refusal, SecurityHistory, utc_now

__all__ = ["YahooProvider"]

TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True, eq=False, kw_only=True)
class YahooProvider:
    """Daily closes, volumes, dividends and splits from Yahoo, one request a symbol.

    Parameters
    ----------
    session : requests.Session or curl_cffi Session, optional
        How to reach the network; the choice of yfinance when None.
    clock : callable
        The present instant, zoned; decides which session has not ended yet and is left out.
    control_symbol : str
        A symbol that surely exists, to tell a silent network failure from an unknown symbol.

    Notes
    -----
    Yahoo does not tell a zero volume from a missing one. A zero volume on a day whose close moved, or of a symbol that
    never has any (currencies, some indices), is taken as unknown; a zero volume with an unmoved close as no trade.
    """

    session: Any = None
    clock: Callable[[], pd.Timestamp] = field(default=utc_now, repr=False)
    control_symbol: str = "SPY"
    name: str = "yahoo"

    def fetch_history(self, symbol: str, first: pd.Timestamp, last: pd.Timestamp) -> SecurityHistory:
        """The figures of one symbol from `first` to `last`, both included.

        Raises
        ------
        FetchFailure
            network, rate_limit, unknown_symbol, no_rows_in_range or unreadable: whatever yfinance raises or gives.
        InputError
            If `symbol` is an ISIN, which Yahoo would look up on the network before anything else.
        """
        if re.fullmatch(r"[A-Z]{2}[A-Z0-9]{9}[0-9]", symbol):
            raise InputError(f"securities={symbol!r} is an ISIN; Yahoo needs its own symbol, such as '1810.HK'.")
        rows, metadata, version = self._ask(symbol, first, last)
        retrieved = self.clock()
        refused: list[Refusal] = []
        try:
            figures = _figures(rows, metadata, refused)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            raise FetchFailure("unreadable", f"Yahoo's answer cannot be read ({_first_line(error)})") from error
        ended = self._last_ended(symbol, metadata, retrieved, last)
        figures = figures.loc[first:ended]
        if figures["close"].notna().sum() == 0:
            raise FetchFailure("no_rows_in_range", f"Yahoo has no prices from {first:%Y-%m-%d} to {last:%Y-%m-%d}")
        return SecurityHistory(
            symbol=symbol,
            figures=figures,
            first=first,
            last=ended,
            currency=str(metadata.get("currency") or ""),
            retrieved_at=retrieved.isoformat(timespec="seconds"),
            provider_version=version,
            refused=tuple(refused),
        )

    def _ask(self, symbol: str, first: pd.Timestamp, last: pd.Timestamp) -> tuple[pd.DataFrame, dict[str, Any], str]:
        import yfinance
        from yfinance.exceptions import YFPricesMissingError, YFRateLimitError, YFTzMissingError

        reach = f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
        try:
            with _real_exceptions(yfinance):
                ticker = yfinance.Ticker(symbol, session=self.session)
                rows = ticker.history(
                    start=f"{first:%Y-%m-%d}",
                    end=f"{last + pd.Timedelta(days=1):%Y-%m-%d}",  # exclusive
                    auto_adjust=False,
                    actions=True,
                    timeout=TIMEOUT_SECONDS,
                )
                told = ticker.history_metadata or {}
                metadata = {key: told.get(key) for key in ("currency", "exchangeTimezoneName")}
        except YFRateLimitError as error:
            raise FetchFailure("rate_limit", "Yahoo asks to slow down (HTTP 429)") from error
        except YFTzMissingError as error:
            raise FetchFailure("unknown_symbol", f"Yahoo knows no symbol {symbol!r}") from error
        except YFPricesMissingError as error:
            raise FetchFailure("no_rows_in_range", f"Yahoo has no prices from {reach}") from error
        except Exception as error:  # the boundary: whatever a library that reads a service without a contract raises
            yfinance.data.YfData.cache_get.cache_clear()  # it keeps a failed answer and would repeat it
            raise FetchFailure("network", _network_message(error)) from error
        if rows is None or getattr(rows, "empty", False):
            raise FetchFailure("no_rows_in_range", f"Yahoo has no prices from {reach}")
        return rows, metadata, f"yfinance {yfinance.__version__}"

    def _last_ended(self, symbol: str, metadata: dict[str, Any], now: pd.Timestamp, last: pd.Timestamp) -> pd.Timestamp:
        """`last`, or the last day whose session had ended at `now` when that is earlier."""
        from impact.calendars import session_close, venue_of

        today = now.tz_convert(_zone(metadata) or "UTC").tz_localize(None).normalize()
        try:
            finished = now >= session_close(today, venue_of(symbol))
        except (InputError, DataUnavailable):  # no session today, or a venue without calendar: today does not count
            finished = False
        return min(last, today if finished else today - pd.Timedelta(days=1))


COLUMNS = {"close": "close", "volume": "volume", "dividends": "dividend", "stock splits": "split"}


def _named(rows: Any, metadata: Mapping[str, Any]) -> pd.DataFrame:
    """Yahoo's frame in any of its layouts as close, volume, dividend, split on the exchange's own dates."""
    if not isinstance(rows, pd.DataFrame):
        raise FetchFailure("unreadable", f"Yahoo's answer is a {type(rows).__name__} and no table")
    frame = rows
    if frame.columns.nlevels > 1:
        level = next(
            (
                place
                for place in range(frame.columns.nlevels)
                if "close" in {str(name).lower() for name in frame.columns.get_level_values(place)}
            ),
            0,
        )
        frame = frame.set_axis(frame.columns.get_level_values(level), axis=1)
    names = [COLUMNS.get(str(name).strip().lower(), "") for name in frame.columns]
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    if repeated:
        raise FetchFailure("unreadable", f"Yahoo's answer has {len(repeated)} columns twice (first {repeated[0]})")
    if "close" not in names:
        raise FetchFailure("unreadable", f"Yahoo's answer has no closes (it has: {', '.join(map(str, frame.columns[:6]))})")
    frame = frame.loc[:, [bool(name) for name in names]].set_axis([name for name in names if name], axis=1)
    return frame.set_axis(_own_dates(frame.index, _zone(metadata)), axis=0)


def _own_dates(index: pd.Index, zone: str) -> pd.DatetimeIndex:
    """The dates of the exchange: stamps in UTC are taken to its zone first, stamps in its own zone as they are."""
    dates = parsed_dates(index)
    if dates.tz is not None and zone and str(dates.tz) in ("UTC", "utc", "tzutc()"):
        dates = dates.tz_convert(zone)
    return dates.tz_localize(None) if dates.tz is not None else dates


def _zone(metadata: Mapping[str, Any]) -> str:
    """The exchange's zone as Yahoo says, empty where it says none that exists."""
    name = str(metadata.get("exchangeTimezoneName") or "")
    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return ""
    return name


def _figures(rows: Any, metadata: Mapping[str, Any] | None = None, refused: list[Refusal] | None = None) -> pd.DataFrame:
    """Yahoo's frame as close, volume, dividend, split on naive sessions (ns); what is refused is added to `refused`."""
    figures, lost = checked_figures(_named(rows, metadata or {}))
    if refused is not None:
        refused += lost
    return figures.assign(volume=volume_where_told(figures["close"], figures["volume"]))


def _first_line(error: BaseException) -> str:
    text = str(error).strip()
    return f"{type(error).__name__}: {text.splitlines()[0][:120]}" if text else type(error).__name__


def _network_message(error: BaseException) -> str:
    first_line = str(error).splitlines()[0].split(". See http")[0][:160] if str(error) else ""
    if isinstance(error, OSError) and not isinstance(error, ValueError):
        return f"Yahoo cannot be reached ({type(error).__name__}: {first_line})"
    return f"Yahoo's answer cannot be read ({type(error).__name__}: {first_line})"


@contextlib.contextmanager
def _real_exceptions(yfinance: Any) -> Iterator[None]:
    """Make yfinance raise what happened instead of an empty frame; quiet its log and its warnings of pandas deprecations."""
    log = logging.getLogger("yfinance")
    before, level = yfinance.config.debug.hide_exceptions, log.level
    yfinance.config.debug.hide_exceptions = False
    log.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        yfinance.config.debug.hide_exceptions = before
        log.setLevel(level)
