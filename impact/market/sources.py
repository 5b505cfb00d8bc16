"""One interface for every origin of prices, and the one function that loads a panel from any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import pandas as pd

from impact.errors import DataUnavailable, InputError
from impact.market.panel import MarketPanel
from impact.typing_ import Day

__all__ = [
    "FAILURE_KINDS",
    "NOT_FATAL",
    "SOURCE_KINDS",
    "FetchResult",
    "PriceSource",
    "SourceKind",
    "SourceOptions",
    "failure_rows",
    "is_service",
    "load_panel",
    "named_sources",
    "open_source",
    "refusal",
]

if TYPE_CHECKING:
    from impact.market.histories import HistoryProvider

FAILURE_KINDS: Mapping[str, str] = {
    "network": "check the connection and try again, or use another source",
    "rate_limit": "wait some minutes and run it again: what was fetched is kept",
    "not_allowed": "check the key of the service, and what its plan covers",
    "unknown_symbol": "check the symbol as the provider spells it; it may never have been, or no longer be, served",
    "no_rows_in_range": "choose dates on which it traded, or use another source",
    "not_cached": "fetch it once with a connection: `impact data fetch SYMBOL --start DATE --end DATE`",
    "unreadable": "its answer has another layout than it documents: update the library that reads it, or use another source",
    "damaged": "fetch it again with a connection: the stored figures do not match their checksum and are not used",
    "partial": "the rows there are were kept; compare with another source",
    "not_stored": "the figures are used and not kept; name a cache file in a folder you may write",
}
"""Each way in which a provider can fail a symbol, and what a reader can do. An empty answer never means delisted."""

NOT_FATAL = frozenset(["partial", "not_stored"])
"""Kinds under which the figures were had all the same."""

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
        symbol, kind, message. Rows of a kind in ``NOT_FATAL`` are in the panel all the same.
    """

    panel: MarketPanel | None
    failures: pd.DataFrame = field(default_factory=failure_rows)


@runtime_checkable
class PriceSource(Protocol):
    """Anything that can give prices: the bundled tables, files, a provider on the network, a cache before it."""

    @property
    def name(self) -> str:
        """How it is called in messages."""
        ...

    def fetch(self, securities: Sequence[str] | None, start: Day | None, end: Day | None) -> FetchResult:
        """Prices of `securities` (None: all it has) from `start` to `end`, both included (None: all it has)."""
        ...


def load_panel(
    source: str | Path | Mapping[str, str | Path] | PriceSource = "bundled",
    securities: str | Sequence[str] | None = None,
    start: Day | None = None,
    end: Day | None = None,
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
    source : {"bundled", "yahoo", "twelvedata"}, path, mapping of security to path, address or PriceSource
        A path is a file (wide or long) or a folder of one file a security; an address holds ``{symbol}``, and ``{first}`` and
        ``{last}`` where the vendor takes a range, and answers with a table. See ``SOURCE_KINDS``.
    securities : str or sequence of str, optional
        Which ones, in this order; all that the source has when None (not for a service).
    start, end : date, optional
        First and last session, both included; all there is when None (not for a service).
    offline : bool
        For a service: use only what the cache holds.
    cache : path, optional
        For a service: the cache file; the user's cache folder when None.
    columns : mapping, optional
        For files: our name to the file's, such as ``{"date": "Datum", "close": "Last Price"}``.
    currency, basis : str or mapping of security to str, optional
        For files, which rarely say: the currency, and what the closes are (``as_traded``, ``total_return``).
    sort : bool
        For files: accept rows that are not sorted by date, and sort them.
    decimal, date_format : str, optional
        For files: settle what a file leaves open, such as ``","`` and ``"%d/%m/%Y"``; one that tells itself is read as it tells, which
        the panel then says.

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
    chosen = open_source(source, SourceOptions(offline=offline, cache=cache, files=stated))
    result = chosen.fetch(names, start, end)
    fatal = result.failures[~result.failures["kind"].isin(NOT_FATAL)]
    if result.panel is None or len(fatal):
        raise DataUnavailable(refusal(chosen.name, fatal, asked=len(names) if names else len(fatal)))
    return result.panel


@dataclass(frozen=True, kw_only=True)
class SourceKind:
    """One origin of prices that :func:`load_panel` knows.

    Attributes
    ----------
    name : str
        How it is called: the word to pass, or a description of what is passed.
    about : str
    takes : callable
        Whether a source given by a user is one of this kind.
    open : callable
        The source, from what was given and the options of :func:`load_panel`.
    network : bool
        Whether it asks a service, so that securities and dates must be named.
    """

    name: str
    about: str
    takes: Callable[[Any], bool]
    open: Callable[[Any, SourceOptions], PriceSource]
    network: bool = False


@dataclass(frozen=True, kw_only=True)
class SourceOptions:
    """What :func:`load_panel` passes to the source it opens: whether the network may be asked, the cache, how to read files."""

    offline: bool = False
    cache: str | Path | None = None
    files: Mapping[str, Any] = field(default_factory=dict)


def _open_bundled(_given: Any, _options: SourceOptions) -> PriceSource:
    from impact.market.bundled import BundledSource

    return BundledSource()


def _open_yahoo(_given: Any, options: SourceOptions) -> PriceSource:
    from impact.market.yahoo import YahooProvider

    return _fetched(YahooProvider(), options)


def _open_twelve_data(_given: Any, options: SourceOptions) -> PriceSource:
    from impact.market.twelve_data import TwelveDataProvider

    return _fetched(TwelveDataProvider(), options)


def _open_vendor(given: Any, options: SourceOptions) -> PriceSource:
    from impact.market.vendor import VendorProvider

    return _fetched(VendorProvider(address=str(given)), options)


def _open_files(given: Any, options: SourceOptions) -> PriceSource:
    from impact.market.files import FileSource

    return FileSource(path=Path(given), **options.files)


def _open_named(given: Any, options: SourceOptions) -> PriceSource:
    from impact.market.files import FileSource

    paths = {security: Path(path) for security, path in given.items()}
    absent = [str(path) for path in paths.values() if not path.is_file()]
    if absent:
        raise InputError(f"source={absent[0]!r} is not a file that exists ({len(absent)} of {len(paths)}); check the path.")
    return FileSource(path=next(iter(paths.values())), named=paths, **options.files)


def _open_object(given: Any, _options: SourceOptions) -> PriceSource:
    source: PriceSource = given
    return source


def _fetched(provider: HistoryProvider, options: SourceOptions) -> PriceSource:
    from impact.market.cache import PriceCache
    from impact.market.fetching import FetchedSource

    return FetchedSource(provider=provider, cache=PriceCache(path=options.cache), offline=options.offline)


def _is_address(given: Any) -> bool:
    return isinstance(given, str) and given.lower().startswith(("http://", "https://"))


SOURCE_KINDS: tuple[SourceKind, ...] = (
    SourceKind(name="bundled", about="the tables that ship", takes=lambda given: given == "bundled", open=_open_bundled),
    SourceKind(
        name="yahoo", about="Yahoo through yfinance, behind a cache", takes=lambda given: given == "yahoo", open=_open_yahoo, network=True
    ),
    SourceKind(
        name="twelvedata",
        about="Twelve Data through its library and a key of your own, behind a cache",
        takes=lambda given: given == "twelvedata",
        open=_open_twelve_data,
        network=True,
    ),
    SourceKind(
        name="address with {symbol}",
        about="a vendor's own address, behind a cache",
        takes=_is_address,
        open=_open_vendor,
        network=True,
    ),
    SourceKind(
        name="file or folder",
        about="your own files",
        takes=lambda given: isinstance(given, str | Path) and Path(given).exists(),
        open=_open_files,
    ),
    SourceKind(
        name="mapping of security to file",
        about="your own files of one security each, whatever they are called",
        takes=lambda given: isinstance(given, Mapping) and len(given) > 0,
        open=_open_named,
    ),
    SourceKind(
        name="object",
        about="anything with fetch(securities, start, end)",
        takes=lambda given: isinstance(given, PriceSource),
        open=_open_object,
    ),
)
"""Every origin of prices, in the order in which one is looked for."""


def is_service(source: object) -> bool:
    """Whether a source is asked over the network, so that securities and dates must be named."""
    return any(kind.network and kind.takes(source) for kind in SOURCE_KINDS)


def named_sources() -> tuple[str, ...]:
    """The words that stand for a source: ``bundled``, and each service that is known by its name."""
    return tuple(kind.name for kind in SOURCE_KINDS if kind.takes(kind.name))


def open_source(source: object, options: SourceOptions | None = None) -> PriceSource:
    """The source that a user's word, address, path or object stands for.

    Raises
    ------
    InputError
        If it is none of ``SOURCE_KINDS``.
    """
    for kind in SOURCE_KINDS:
        if kind.takes(source):
            return kind.open(source, options or SourceOptions())
    if isinstance(source, str | Path):
        raise InputError(
            f"source={str(source)!r} is none of {', '.join(map(repr, named_sources()))}, nor a file or folder that exists, nor an address with "
            "{symbol}; check the path."
        )
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
