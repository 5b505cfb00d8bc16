"""A vendor that answers an address with a table of one symbol: the second origin of prices on the network."""

from __future__ import annotations

import string
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from impact.errors import DataUnavailable, InputError
from impact.intake import LIMITS
from impact.market.checks import checked_figures, last_ended_day
from impact.market.figure_columns import figure_columns, shares_of
from impact.market.histories import FetchFailure, SecurityHistory, utc_now
from impact.market.sniffing import table_of_bytes
from impact.market.stated_currencies import currencies_of_column, currencies_said, sign_beside
from impact.market.written_days import read_dates
from impact.market.written_numbers import read_numbers

__all__ = ["VendorProvider"]

TIMEOUT_SECONDS = 20.0
FIELDS = frozenset(["symbol", "first", "last"])
TOLD = {"close": "close", "volume": "volume", "dividend": "dividends"}


@dataclass(frozen=True, eq=False, kw_only=True)
class VendorProvider:
    """Daily closes of one symbol from an address, such as ``https://vendor.example/eod/{symbol}.csv?from={first}&to={last}``.

    Parameters
    ----------
    address : str
        With ``{symbol}``; ``{first}`` and ``{last}`` (ISO dates) where the vendor takes a range. The answer is a table that
        :mod:`impact.intake` reads, with a date and a close column; a key that the vendor asks for goes into the address.
    clock : callable
        The present instant, zoned: a session that has not ended is left out.
    headers : mapping
        Sent with each request.
    control_symbol : str
        A symbol that surely exists.

    Notes
    -----
    The name of the source is the host, without path and query, so that a key never stands in a result.
    """

    address: str
    clock: Callable[[], pd.Timestamp] = field(default=utc_now, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    control_symbol: str = "SPY"

    def __post_init__(self) -> None:
        parts = urllib.parse.urlsplit(self.address)
        named = {name for _, name, _, _ in string.Formatter().parse(self.address) if name is not None}
        if parts.scheme not in ("http", "https") or not parts.hostname or "{" in parts.netloc or "symbol" not in named or named - FIELDS:
            raise InputError(
                f"source={parts.scheme}://{parts.hostname} is no address of prices; write it with {{symbol}} (and {{first}}, {{last}}), "
                "such as 'https://vendor.example/{symbol}.csv?from={first}&to={last}'."
            )

    @property
    def name(self) -> str:
        """The host."""
        return str(urllib.parse.urlsplit(self.address).hostname)

    def fetch_history(self, symbol: str, first: pd.Timestamp, last: pd.Timestamp) -> SecurityHistory:
        """The figures of one symbol from `first` to `last`, both included.

        Raises
        ------
        FetchFailure
            network, rate_limit, not_allowed, unknown_symbol, no_rows_in_range or unreadable.
        """
        content = self._answer(symbol, first, last)
        if not content.strip():
            raise FetchFailure("no_rows_in_range", f"{self.name} has no prices from {first:%Y-%m-%d} to {last:%Y-%m-%d}")
        try:
            given, currency = _figures(content, self.name, symbol)
            figures, refused = checked_figures(given)
        except (InputError, DataUnavailable) as error:
            raise FetchFailure("unreadable", f"the answer of {self.name} cannot be read ({error})") from error
        retrieved = self.clock()
        ended = min(last, last_ended_day(symbol, retrieved))
        figures = figures.loc[first:ended]
        if figures["close"].notna().sum() == 0:
            raise FetchFailure("no_rows_in_range", f"{self.name} has no prices from {first:%Y-%m-%d} to {last:%Y-%m-%d}")
        return SecurityHistory(
            symbol=symbol,
            figures=figures,
            first=first,
            last=ended,
            currency=currency,
            retrieved_at=retrieved.isoformat(timespec="seconds"),
            provider_version=self.name,
            refused=tuple(refused),
        )

    def _answer(self, symbol: str, first: pd.Timestamp, last: pd.Timestamp) -> bytes:
        address = self.address.format(symbol=urllib.parse.quote(symbol, safe=""), first=f"{first:%Y-%m-%d}", last=f"{last:%Y-%m-%d}")
        request = urllib.request.Request(address, headers={"User-Agent": "impact", **self.headers})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
                content: bytes = response.read(LIMITS.unpacked_bytes + 1)
        except urllib.error.HTTPError as error:
            kind = {401: "not_allowed", 403: "not_allowed", 404: "unknown_symbol", 429: "rate_limit"}.get(error.code, "network")
            raise FetchFailure(kind, f"{self.name} answers {symbol!r} with HTTP {error.code}") from error
        except (OSError, ValueError) as error:
            raise FetchFailure("network", f"{self.name} cannot be reached ({type(error).__name__})") from error
        if len(content) > LIMITS.unpacked_bytes:
            raise FetchFailure("unreadable", f"the answer of {self.name} is larger than any table of prices")
        return content


def _figures(content: bytes, name: str, symbol: str) -> tuple[pd.DataFrame, str]:
    """Close, volume and dividend of a vendor's table, by date, and the currency that it states: in a column, a heading or by a sign."""
    table = table_of_bytes(content, name)
    cells = table.columns
    try:
        own = figure_columns(table, {})
    except InputError as error:
        raise FetchFailure("unreadable", f"the answer of {name} cannot be read: {error}") from error
    held = {figure: own.named[told] for figure, told in TOLD.items() if told in own.named}
    columns = {
        figure: (
            shares_of(cells[column], table.decimal, own.volume_factor) if figure == "volume" else read_numbers(cells[column], table.decimal)
        )[0]
        for figure, column in held.items()
    }
    if "close" not in columns:
        raise FetchFailure("unreadable", f"the answer of {name} has no closes (it has: {', '.join(list(cells.columns)[:6])})")
    codes = {symbol: own.close_currency} if own.close_currency else {}
    if "currency" in own.named:
        codes = currencies_of_column(name, pd.Series(symbol, index=cells.index), cells[own.named["currency"]], own.close_currency)
    signs = sign_beside(pd.concat([cells[held[figure]] for figure in ("close", "dividend") if figure in held]))
    borne = "".join(sorted({*own.close_sign, *signs}))
    said = currencies_said({symbol: borne}, codes, [symbol], {symbol: own.beside})
    index = pd.DatetimeIndex(read_dates(cells[own.named["date"]], name))
    return pd.DataFrame(columns, index=index), said.get(symbol, "") if isinstance(said, Mapping) else ""
