"""Twelve Data through its own library: the only module that imports it. A source of prices that is not Yahoo, with a key of the user's."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from impact.errors import DataUnavailable, InputError
from impact.intake.currencies import currency_of
from impact.market.checks import checked_figures, last_ended_day, volume_where_told
from impact.market.histories import FetchFailure, SecurityHistory, utc_now
from impact.typing_ import FloatArray
from impact.venues import VENUES, Venue, named_venue, venue_of

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
    (``^HSI``) by its name among indices, and a bare ticker is one of the United States; an answer about another venue is refused.
    Dividends are part of some plans only: where they are not, or one has no date, falls on a day without a price or is in another
    currency than the closes, they are unknown and not zero. The endpoints are called without the library's client, which would ask for the
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
        retrieved = self.clock()
        ended = min(last, last_ended_day(symbol, retrieved))
        rows, currency = self._closes(asked, key, first, last)
        untold = ""
        if not symbol.startswith("^"):
            try:
                rows = rows.assign(dividend=self._dividends(asked, key, first, max(first, ended), rows.index, currency))
            except _UntoldDividends as reason:
                untold = str(reason)
        figures, refused = checked_figures(rows)
        figures = figures.assign(volume=volume_where_told(figures["close"], figures["volume"]))
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
            refused=(*refused, *([(pd.NaT, f"dividends are unknown: {untold}")] if untold else [])),
        )

    def _closes(self, asked: Mapping[str, str], key: str, first: pd.Timestamp, last: pd.Timestamp) -> tuple[pd.DataFrame, str]:
        """Close and volume by the label of the day, and the currency; years before the first with prices and after the last are left out.

        A part without prices between parts that have them is refused, and so are parts in several currencies: neither is one series.
        """
        tables, currencies = list[pd.DataFrame](), list[str]()
        empty = list[FetchFailure]()
        unpriced = ""
        for start, end in _spans(first, last):
            try:
                answer = self._answer("TimeSeriesEndpoint", key, start, end, {**asked, **DAILY})
            except FetchFailure as failure:
                if failure.kind != "no_rows_in_range":
                    raise
                empty.append(failure)
                unpriced = f"{start:%Y-%m-%d} to {end:%Y-%m-%d}" if tables else ""
                continue
            if unpriced:
                raise FetchFailure(
                    "unreadable",
                    f"{self.name} has no prices of {asked['symbol']} from {unpriced} and has them before and after; ask for a part",
                )
            meta = _meta_of(answer)
            self._check_line(asked, meta)
            currencies.append(str(meta.get("currency") or "").strip())
            tables.append(_table(answer.get("values"), {"close": "close", "volume": "volume"}, "datetime", self.name))
        if not tables:
            raise empty[0]
        if len(set(filter(None, currencies))) > 1:
            several = " and ".join(dict.fromkeys(filter(None, currencies)))
            raise FetchFailure("unreadable", f"{self.name} gives the closes of {asked['symbol']} in {several}; they are no one series")
        return pd.concat(tables), currencies[0] if len(set(currencies)) == 1 else ""

    def _dividends(
        self, asked: Mapping[str, str], key: str, first: pd.Timestamp, last: pd.Timestamp, days: pd.Index, currency: str
    ) -> FloatArray:
        """Cash a share on each of the days, in the currency of the closes; _UntoldDividends where some of it cannot be told."""
        line = {name: value for name, value in asked.items() if name != "type"}
        try:
            answer = self._answer("DividendsEndpoint", key, first, last, line)
            self._check_line(asked, _meta_of(answer))
            if answer.get("dividends") == []:
                return np.zeros(len(days))
            table = _table(answer.get("dividends"), {"amount": "amount"}, "ex_date", self.name)
        except FetchFailure as failure:
            if failure.kind in ("rate_limit", "network"):
                raise
            raise _UntoldDividends(failure.message) from failure
        ex_dates = pd.to_datetime(table.index, format="%Y-%m-%d", errors="coerce")
        undated = int(np.count_nonzero(ex_dates.isna()))
        if undated:
            raise _UntoldDividends(f"{undated} of them without an ex-date")
        inside = (ex_dates >= first) & (ex_dates <= last)
        paid = table.loc[inside, "amount"]
        amounts = pd.to_numeric(paid.map(_amount), errors="coerce").astype("float64")
        if not (np.isfinite(amounts) & (amounts >= 0)).all():
            raise _UntoldDividends("an amount that is no amount")
        stray = paid.index.difference(days)
        if len(stray):
            raise _UntoldDividends(f"{len(stray)} on days without a price (first {stray[0]})")
        scale = _scale_between(str(_meta_of(answer).get("currency") or "").strip(), currency) if len(paid) else 1.0
        cash = (amounts * scale).groupby(level=0).sum().reindex(days).fillna(0.0)
        return np.asarray(cash, dtype=np.float64)

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
        """That the answer is about the line asked for: its symbol, and its venue by the first of code, exchange and currency that tells one."""
        for name in ("symbol", "mic_code", "type"):
            told, wanted = str(meta.get(name) or ""), asked.get(name, "")
            if told and wanted and wanted.casefold() not in told.casefold().split():
                raise FetchFailure("unreadable", f"{self.name} answers about another line: {name} {told[:20]!r} for {wanted!r}")
        venue = _venue_asked(asked)
        if venue is None:
            return
        for name in () if "type" in asked else ("mic_code", "exchange"):
            told = str(meta.get(name) or "")
            named = named_venue(told)
            if named and _same_place(VENUES[named], venue, bare="mic_code" not in asked):
                return
            if named:
                raise FetchFailure("unreadable", f"{self.name} answers about another line: {name} {told[:20]!r} for one of {venue.name}")
        told = str(meta.get("currency") or "").strip()
        if told and currency_of(told)[0] != venue.currency:
            raise FetchFailure("unreadable", f"{self.name} answers about another line: in {told[:20]!r} for one of {venue.name}")


class _UntoldDividends(Exception):
    """Why the dividends of a line are unknown."""


def _venue_asked(asked: Mapping[str, str]) -> Venue | None:
    """The venue of the line asked for: a bare ticker is one of the United States; None where it is not known."""
    if "mic_code" in asked:
        return VENUES[asked["mic_code"]]
    try:
        return VENUES[venue_of(("^" if "type" in asked else "") + asked["symbol"])]
    except (InputError, DataUnavailable):
        return None


def _same_place(told: Venue, asked: Venue, *, bare: bool) -> bool:
    """Whether a line of one venue is the line asked for; of a bare ticker, any venue of the country is."""
    return told.mic == asked.mic or (bare and told.country == asked.country)


def _meta_of(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an answer tells about its line; empty where that is nothing."""
    told = answer.get("meta")
    return told if isinstance(told, dict) else {}


def _amount(cell: object) -> object:
    """A cell of an amount, without what only looks like a number."""
    return np.nan if isinstance(cell, (bool, list, dict)) else str(cell)


def _scale_between(paid: str, quoted: str) -> float:
    """What one unit of the currency of dividends is in that of the closes: 1, or a hundred or a hundredth of it."""
    (of_paid, paid_unit), (of_quoted, quoted_unit) = currency_of(paid), currency_of(quoted)
    if not paid or not quoted:
        raise _UntoldDividends(f"their currency is {paid or 'not told'} and that of the closes {quoted or 'not told'}")
    if of_paid != of_quoted:
        raise _UntoldDividends(f"they are in {paid[:20]} and the closes in {quoted[:20]}")
    return paid_unit / quoted_unit


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
