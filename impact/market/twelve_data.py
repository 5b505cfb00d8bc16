"""Twelve Data through its own library: the only module that imports it. A source of prices that is not Yahoo, with a key of the user's."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from impact.errors import DataUnavailable, InputError
from impact.market.checks import checked_figures, last_ended_day, volume_where_told
from impact.market.histories import FetchFailure, SecurityHistory, utc_now
from impact.venues import VENUES, venue_of

__all__ = ["KEY_VARIABLE", "TwelveDataProvider", "key_of_the_environment"]

KEY_VARIABLE = "TWELVEDATA_API_KEY"
SERVICE = "https://api.twelvedata.com"
YEARS_AT_ONCE = 15  # one answer holds 5,000 rows at most
DAILY: Mapping[str, object] = {"interval": "1day", "adjust": "splits", "dp": 8, "outputsize": 5000}
KINDS: Mapping[int, str] = {400: "no_rows_in_range", 401: "not_allowed", 403: "not_allowed", 404: "unknown_symbol", 429: "rate_limit"}
"""What the service's own codes mean here; any other is trouble on its way."""


def key_of_the_environment() -> str:
    """The user's key, from ``TWELVEDATA_API_KEY``.

    Raises
    ------
    InputError
        If there is none.
    """
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not key:
        raise InputError(f"source='twelvedata' needs a key of the service; set the environment variable {KEY_VARIABLE} to yours.")
    return key


@dataclass(frozen=True, eq=False, kw_only=True)
class TwelveDataProvider:
    """Daily closes adjusted for splits, volumes and dividends from Twelve Data.

    Parameters
    ----------
    key : callable
        Gives the key when the service is asked, and not before: what is kept is read without one.
    service : str
        Address of the service.
    clock : callable
        The present instant, zoned: a session that has not ended is left out.
    control_symbol : str
        A symbol that every plan covers.

    Notes
    -----
    A ticker with an ending of a venue (``1810.HK``) is asked for by its code and the venue's market identifier code, an index
    (``^HSI``) by its name among indices; an answer about another venue is refused. Dividends are part of some plans only: where
    they are not, they are unknown and not zero. The endpoints are called without the library's client, which would ask for the
    list of its indicators before anything else.
    """

    key: Callable[[], str] = field(default=key_of_the_environment, repr=False)
    service: str = SERVICE
    clock: Callable[[], pd.Timestamp] = field(default=utc_now, repr=False)
    control_symbol: str = "AAPL"
    name: str = "twelvedata"

    def fetch_history(self, symbol: str, first: pd.Timestamp, last: pd.Timestamp) -> SecurityHistory:
        """The figures of one symbol from `first` to `last`, both included.

        Raises
        ------
        FetchFailure
            network, rate_limit, not_allowed, unknown_symbol, no_rows_in_range or unreadable.
        InputError
            If there is no key, or the library is not installed.
        """
        asked, key = _asked_for(symbol), self.key()
        rows, currency = self._closes(asked, key, first, last)
        paid = None if symbol.startswith("^") else self._dividends(asked, key, first, last)
        if paid is not None:
            rows = rows.assign(dividend=paid.reindex(rows.index).fillna(0.0).to_numpy())
        figures, refused = checked_figures(rows)
        figures = figures.assign(volume=volume_where_told(figures["close"], figures["volume"]))
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
            provider_version=_version(),
            refused=tuple(refused),
        )

    def _closes(self, asked: Mapping[str, str], key: str, first: pd.Timestamp, last: pd.Timestamp) -> tuple[pd.DataFrame, str]:
        """Close and volume by the label of the day, and the currency; years without an answer are left out while others have one."""
        tables, currencies, empty = list[pd.DataFrame](), list[str](), list[FetchFailure]()
        for start, end in _spans(first, last):
            try:
                answer = self._answer("TimeSeriesEndpoint", key, start, end, {**asked, **DAILY})
            except FetchFailure as failure:
                if failure.kind != "no_rows_in_range":
                    raise
                empty.append(failure)
                continue
            told = answer.get("meta")
            meta = told if isinstance(told, dict) else {}
            self._check_line(asked, meta)
            currencies.append(str(meta.get("currency") or ""))
            tables.append(_table(answer.get("values"), {"close": "close", "volume": "volume"}, "datetime", self.name))
        if not tables:
            raise empty[0]
        return pd.concat(tables), currencies[-1]

    def _dividends(self, asked: Mapping[str, str], key: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.Series | None:
        """Cash a share by the label of its ex-date, or None where the service does not tell."""
        line = {name: value for name, value in asked.items() if name != "type"}
        try:
            answer = self._answer("DividendsEndpoint", key, first, last, line)
            if answer.get("dividends") == []:
                return pd.Series(dtype="float64")
            table = _table(answer.get("dividends"), {"amount": "amount"}, "ex_date", self.name)
        except FetchFailure as failure:
            if failure.kind in ("rate_limit", "network"):
                raise
            return None
        amounts = pd.to_numeric(table["amount"], errors="coerce")
        return None if amounts.isna().any() or (amounts < 0).any() else amounts.groupby(level=0).sum()

    def _answer(self, endpoint: str, key: str, first: pd.Timestamp, last: pd.Timestamp, asked: Mapping[str, object]) -> dict[str, Any]:
        """What the service answers, or a failure in its own code; the key stands in no message."""
        library = _library()
        answers: list[Any] = []
        context = library.context.Context()
        context.apikey, context.base_url = key, self.service
        context.http_client = library.http_client.DefaultHttpClient(self.service)
        context.http_client.session.hooks["response"].append(lambda response, *_args, **_options: answers.append(response))
        reach = {"start_date": f"{first:%Y-%m-%d}", "end_date": f"{last + pd.Timedelta(days=1):%Y-%m-%d}"}  # the end is not included
        try:
            getattr(library.endpoints, endpoint)(context, **reach, **asked).as_raw_json()
            told = answers[-1].json()
        except Exception as error:  # the boundary: whatever a library that reads a service raises
            raise self._failure(str(asked["symbol"]), answers, error) from error
        finally:
            context.http_client.session.close()
        if not isinstance(told, dict):
            raise FetchFailure("unreadable", f"the answer of {self.name} about {asked['symbol']} is a {type(told).__name__} and no table")
        return told

    def _failure(self, symbol: str, answers: list[Any], error: Exception) -> FetchFailure:
        """The failure that the last answer tells; where there was none, or nothing was told, the way to the service failed."""
        if not answers:
            return FetchFailure("network", f"{self.name} cannot be reached ({type(error).__name__})")
        status = int(answers[-1].status_code)
        try:
            body = answers[-1].json()
        except ValueError:
            body = None
        told = body.get("code") if isinstance(body, dict) else None
        code = told if isinstance(told, int) else status
        if code == 200:
            return FetchFailure("unreadable", f"the answer of {self.name} about {symbol} cannot be read ({type(error).__name__})")
        return FetchFailure(KINDS.get(code, "network"), f"{self.name} answers {symbol!r} with code {code}")

    def _check_line(self, asked: Mapping[str, str], meta: Mapping[str, Any]) -> None:
        """That the answer is about the line asked for."""
        for name in ("symbol", "mic_code", "type"):
            told, wanted = str(meta.get(name) or ""), asked.get(name, "")
            if told and wanted and wanted.casefold() not in told.casefold().split():
                raise FetchFailure("unreadable", f"{self.name} answers about another line: {name} {told[:20]!r} for {wanted!r}")


def _asked_for(symbol: str) -> dict[str, str]:
    """The symbol as the service takes it."""
    if symbol.startswith("^"):
        return {"symbol": symbol[1:], "type": "Index"}
    if "." not in symbol:
        return {"symbol": symbol}
    try:
        mic = venue_of(symbol)
    except (InputError, DataUnavailable):
        return {"symbol": symbol}
    code, _, ending = symbol.rpartition(".")
    return {"symbol": code, "mic_code": mic} if ending.upper() in VENUES[mic].endings else {"symbol": symbol}


def _spans(first: pd.Timestamp, last: pd.Timestamp) -> Iterator[tuple[pd.Timestamp, pd.Timestamp]]:
    while first <= last:
        end = min(last, first + pd.DateOffset(years=YEARS_AT_ONCE) - pd.Timedelta(days=1))
        yield first, end
        first = end + pd.Timedelta(days=1)


def _table(rows: object, names: Mapping[str, str], label: str, name: str) -> pd.DataFrame:
    """Rows of an answer as columns by the text of their day; columns that no row has are left out."""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise FetchFailure("unreadable", f"the answer of {name} holds no rows")
    columns = {ours: [row.get(theirs, np.nan) for row in rows] for theirs, ours in names.items() if any(theirs in row for row in rows)}
    table = pd.DataFrame(columns, index=pd.Index([str(row.get(label) or "")[:10] for row in rows], dtype="object"), dtype="object")
    missing = sorted(set(names.values()) - {"volume"} - set(table.columns))
    if missing:
        raise FetchFailure("unreadable", f"the answer of {name} has no {missing[0]}")
    return table


def _library() -> Any:
    try:
        import twelvedata
        import twelvedata.context
        import twelvedata.endpoints
        import twelvedata.http_client
    except ImportError as error:
        raise InputError(
            f"source='twelvedata' needs the library twelvedata ({error}); install it: pip install 'index-exclusion-impact[twelvedata]'."
        ) from error
    return twelvedata


def _version() -> str:
    return f"twelvedata {_library().__version__}"
