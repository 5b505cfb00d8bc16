"""Yahoo through yfinance: the only module that imports it. Every failure is classified; none is called a delisting."""

from __future__ import annotations

import contextlib
import logging
import re
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from impact.errors import DataUnavailable, InputError
from impact.market.histories import FetchFailure, SecurityHistory

__all__ = ["YahooProvider"]

BACKOFF_SECONDS = (30.0, 120.0, 600.0)  # waits after a rate limit; the limits are not published
TIMEOUT_SECONDS = 20.0


def _utc_now() -> pd.Timestamp:
    return pd.Timestamp.now("UTC")


@dataclass(frozen=True, eq=False, kw_only=True)
class YahooProvider:
    """Daily closes, volumes, dividends and splits from Yahoo, one request a symbol.

    Parameters
    ----------
    session : requests.Session or curl_cffi Session, optional
        How to reach the network; the choice of yfinance when None.
    sleep : callable
        How to wait after a rate limit.
    clock : callable
        The present instant, zoned; decides which session has not ended yet and is left out.
    backoff : tuple of float
        Seconds to wait before each further try after a rate limit.
    control_symbol : str
        A symbol that surely exists, to tell a silent network failure from an unknown symbol.

    Notes
    -----
    Yahoo does not tell a zero volume from a missing one. A zero volume on a day whose close moved, or of a symbol that
    never has any (currencies, some indices), is taken as unknown; a zero volume with an unmoved close as no trade.
    """

    session: Any = None
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)
    clock: Callable[[], pd.Timestamp] = field(default=_utc_now, repr=False)
    backoff: tuple[float, ...] = BACKOFF_SECONDS
    control_symbol: str = "SPY"
    name: str = "yahoo"

    def fetch_history(self, symbol: str, first: pd.Timestamp, last: pd.Timestamp) -> SecurityHistory:
        """The figures of one symbol from `first` to `last`, both included.

        Raises
        ------
        FetchFailure
            network, rate_limit, unknown_symbol or no_rows_in_range.
        InputError
            If `symbol` is an ISIN, which Yahoo would look up on the network before anything else.
        """
        if re.fullmatch(r"[A-Z]{2}[A-Z0-9]{9}[0-9]", symbol):
            raise InputError(f"securities={symbol!r} is an ISIN; Yahoo needs its own symbol, such as '1810.HK'.")
        for wait in (*self.backoff, None):
            try:
                rows, metadata, version = self._ask(symbol, first, last)
                break
            except FetchFailure as failure:
                if failure.kind != "rate_limit" or wait is None:
                    raise
                self.sleep(wait)
        retrieved = self.clock()
        figures = _figures(rows)
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
        )

    def _ask(self, symbol: str, first: pd.Timestamp, last: pd.Timestamp) -> tuple[pd.DataFrame, dict[str, Any], str]:
        import yfinance
        from yfinance.exceptions import YFException, YFPricesMissingError, YFRateLimitError, YFTzMissingError

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
                metadata = {key: ticker.history_metadata.get(key) for key in ("currency", "exchangeTimezoneName")}
        except YFRateLimitError as error:
            raise FetchFailure("rate_limit", "Yahoo asks to slow down (HTTP 429)") from error
        except YFTzMissingError as error:
            raise FetchFailure("unknown_symbol", f"Yahoo knows no symbol {symbol!r}") from error
        except YFPricesMissingError as error:
            raise FetchFailure("no_rows_in_range", f"Yahoo has no prices from {reach}") from error
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, YFException) as error:
            yfinance.data.YfData.cache_get.cache_clear()  # it keeps a failed answer and would repeat it
            raise FetchFailure("network", _network_message(error)) from error
        if rows.empty:
            raise FetchFailure("no_rows_in_range", f"Yahoo has no prices from {reach}")
        return rows, metadata, f"yfinance {yfinance.__version__}"

    def _last_ended(self, symbol: str, metadata: dict[str, Any], now: pd.Timestamp, last: pd.Timestamp) -> pd.Timestamp:
        """`last`, or the last day whose session had ended at `now` when that is earlier."""
        from impact.calendars import session_close, venue_of

        zone = metadata.get("exchangeTimezoneName") or "UTC"
        today = now.tz_convert(zone).tz_localize(None).normalize()
        try:
            finished = now >= session_close(today, venue_of(symbol))
        except (InputError, DataUnavailable):  # no session today, or a venue without calendar: today does not count
            finished = False
        return min(last, today if finished else today - pd.Timedelta(days=1))


def _figures(rows: pd.DataFrame) -> pd.DataFrame:
    """Yahoo's frame as close, volume, dividend, split on naive sessions (ns)."""
    index = pd.DatetimeIndex(pd.to_datetime(rows.index))
    sessions = index.tz_localize(None) if index.tz is not None else index
    close = rows["Close"].to_numpy(dtype=np.float64, na_value=np.nan)
    volume = rows["Volume"].to_numpy(dtype=np.float64, na_value=np.nan)
    moved = np.append(True, close[1:] != close[:-1]) if len(close) else np.zeros(0, dtype=bool)
    silent = not (volume > 0).any()
    figures = pd.DataFrame(
        {
            "close": close,
            "volume": np.where((volume == 0) & (moved | silent), np.nan, volume),
            "dividend": rows["Dividends"].to_numpy(dtype=np.float64, na_value=0.0),
            "split": rows["Stock Splits"].to_numpy(dtype=np.float64, na_value=0.0),
        },
        index=sessions.normalize().as_unit("ns").rename("session"),
    )
    return figures[~figures.index.duplicated(keep="last")].sort_index()


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
