"""One interface for every origin of prices, and the one function that loads a panel from any of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import pandas as pd

from impact.errors import DataUnavailable, InputError
from impact.market.panel import MarketPanel

__all__ = ["FAILURE_KINDS", "FetchResult", "PriceSource", "failure_rows", "load_panel", "refusal", "yahoo_source"]

FAILURE_KINDS: Mapping[str, str] = {
    "network": "check the connection and try again, or use another source",
    "rate_limit": "wait some minutes and run it again: what was fetched is kept",
    "unknown_symbol": "check the symbol as the provider spells it; it may never have been, or no longer be, served",
    "no_rows_in_range": "choose dates on which it traded, or use another source",
    "not_cached": "fetch it once with a connection: `impact data fetch SYMBOL --start DATE --end DATE`",
    "partial": "the rows there are were kept; compare with another source",
}
"""Each way in which a provider can fail a symbol, and what a reader can do. An empty answer never means delisted."""

FAILURE_COLUMNS = ["symbol", "kind", "message"]


def failure_rows(rows: Iterable[tuple[str, str, str]] = ()) -> pd.DataFrame:
    """A table of failures: symbol, kind (one of ``FAILURE_KINDS``), message."""
    return pd.DataFrame(list(rows), columns=FAILURE_COLUMNS, dtype="object")


@dataclass(frozen=True, eq=False, kw_only=True)
class FetchResult:
    """What a source could give: a panel of the securities that were had, and a row for each trouble met.

    Attributes
    ----------
    panel : MarketPanel or None
        None when not one security was had.
    failures : DataFrame
        symbol, kind, message. ``partial`` rows are in the panel all the same.
    """

    panel: MarketPanel | None
    failures: pd.DataFrame = field(default_factory=failure_rows)


@runtime_checkable
class PriceSource(Protocol):
    """Anything that can give prices: the bundled tables, files, a provider on the network, a cache before it."""

    name: str

    def fetch(self, securities: Sequence[str] | None, start: Any, end: Any) -> FetchResult:
        """Prices of `securities` (None: all it has) from `start` to `end`, both included (None: all it has)."""
        ...


def load_panel(
    source: str | Path | PriceSource = "bundled",
    securities: str | Sequence[str] | None = None,
    start: Any = None,
    end: Any = None,
    *,
    offline: bool = False,
    cache: str | Path | None = None,
    columns: Mapping[str, str] | None = None,
    currency: str | Mapping[str, str] | None = None,
    basis: str | Mapping[str, str] | None = None,
    sort: bool = False,
    decimal: str | None = None,
    date_format: str | None = None,
) -> MarketPanel:
    """Prices from the bundled tables, Yahoo, or your own files, as one checked panel.

    Parameters
    ----------
    source : {"bundled", "yahoo"}, path or PriceSource
        A path is a CSV or Parquet file (wide or long), or a folder of one file a security.
    securities : str or sequence of str, optional
        Which ones, in this order; all that the source has when None (not for Yahoo).
    start, end : date, optional
        First and last session, both included; all there is when None (not for Yahoo).
    offline : bool
        For Yahoo: use only what the cache holds.
    cache : path, optional
        For Yahoo: the cache file; the user's cache folder when None.
    columns : mapping, optional
        For files: our name to the file's, such as ``{"date": "Datum", "close": "Last Price"}``.
    currency, basis : str or mapping of security to str, optional
        For files, which rarely say: the currency, and what the closes are (``as_traded``, ``total_return``).
    sort : bool
        For files: accept rows that are not sorted by date, and sort them.
    decimal, date_format : str, optional
        For files: settle what the figures leave open, such as ``","`` and ``"%d/%m/%Y"``.

    Raises
    ------
    InputError
        If the source is unknown, a security is absent from it, or its figures break a rule of the panel.
    DataUnavailable
        If the data cannot be had; the message says which symbols, why, and what to do.

    Examples
    --------
    >>> panel = load_panel("bundled", ["HSI", "1810.HK"], "2021-01-14", "2021-01-15")
    >>> panel.returns()["1810.HK"].round(4).tolist()
    [nan, -0.1026]
    """
    names = [securities] if isinstance(securities, str) else None if securities is None else list(securities)
    stated = {"columns": columns, "currency": currency, "basis": basis, "sort": sort, "decimal": decimal, "date_format": date_format}
    chosen = _source(source, offline=offline, cache=cache, **stated)
    result = chosen.fetch(names, start, end)
    fatal = result.failures[result.failures["kind"] != "partial"]
    if result.panel is None or len(fatal):
        raise DataUnavailable(refusal(chosen.name, fatal, asked=len(names) if names else len(fatal)))
    return result.panel


def yahoo_source(*, offline: bool = False, cache: str | Path | None = None) -> PriceSource:
    """Yahoo behind the cache; with `offline`, the cache alone."""
    from impact.market.cache import PriceCache
    from impact.market.fetching import FetchedSource
    from impact.market.yahoo import YahooProvider

    return FetchedSource(provider=YahooProvider(), cache=PriceCache(path=cache), offline=offline)


def _source(source: str | Path | PriceSource, *, offline: bool, cache: str | Path | None, **file_options: Any) -> PriceSource:
    if source == "bundled":
        from impact.market.bundled import BundledSource

        return BundledSource()
    if source == "yahoo":
        return yahoo_source(offline=offline, cache=cache)
    if isinstance(source, (str, Path)):
        if not Path(source).exists():
            raise InputError(f"source={str(source)!r} is neither 'bundled' nor 'yahoo' nor a file or folder that exists; check the path.")
        from impact.market.files import FileSource

        return FileSource(path=Path(source), **file_options)
    if isinstance(source, PriceSource):
        return source
    raise InputError(
        f"source is a {type(source).__name__}; give 'bundled', 'yahoo', a path, or an object with fetch(securities, start, end)."
    )


def refusal(name: str, failures: pd.DataFrame, asked: int) -> str:
    """One line that says how many of the symbols asked for failed, of what, and what to do about the first."""
    if failures.empty:
        return f"source={name!r} gave no prices; name securities and dates it has."
    counts = failures["kind"].value_counts(sort=False)
    kinds = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    first = failures.iloc[0]
    return (
        f"source={name!r} could not give {len(failures)} of {asked} securities ({kinds}); "
        f"first {first['symbol']!r}: {first['message']}; {FAILURE_KINDS[first['kind']]}."
    )
