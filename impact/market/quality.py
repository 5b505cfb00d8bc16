"""What to doubt in prices that are kept or given: doubtful figures, refused ones, blocks that do not match their checksum."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from impact.errors import InputError
from impact.market.cache import PriceCache
from impact.market.histories import FetchFailure
from impact.market.plausibility import DOUBT_COLUMNS, doubtful_figures
from impact.market.schemas import DAMAGED, DOUBTFUL, NOT_USED
from impact.market.sources import is_service, load_panel
from impact.tables import Table
from impact.tables.stacking import stacked

__all__ = ["DataQuality", "quality_of"]


@dataclass(frozen=True, eq=False, kw_only=True)
class DataQuality:
    """Doubts about prices: title, tables ``doubtful``, ``refused`` and ``damaged``, notes, and how many blocks are damaged."""

    title: str
    tables: tuple[tuple[str, Table], ...]
    notes: tuple[str, ...]
    n_damaged: int


def quality_of(prices: str | Path | None = None, *, cache: str | Path | None = None) -> DataQuality:
    """Doubtful figures of the cache, or of the prices given.

    Parameters
    ----------
    prices : {"bundled"}, path, optional
        A source that needs no network; the cache when None.
    cache : path, optional

    Raises
    ------
    InputError
        If `prices` asks a service: fetch them into the cache first.
    """
    if prices is not None:
        if is_service(prices):
            raise InputError(f"prices={str(prices)!r} asks a service; fetch them first, then look at the cache: `impact data quality`.")
        panel = load_panel(prices)
        refused = panel.dropped.rename(columns={"source": "origin"})[["security", "session", "reason", "origin"]]
        return _quality(f"prices of {prices}", panel.doubts(), refused, pd.DataFrame(columns=["provider", "symbol"]), len(panel.securities))
    store = PriceCache(path=cache)
    damaged = store.damaged()
    kept = store.contents()
    whole = kept[~kept["symbol"].isin(damaged["symbol"])]
    doubts = [_doubts(store, *key) for key in zip(*(whole[name] for name in ("provider", "symbol", "first_on", "last_on")), strict=True)]
    refused = store.refused().rename(columns={"symbol": "security", "provider": "origin"})[["security", "session", "reason", "origin"]]
    refused["session"] = pd.to_datetime(refused["session"], errors="coerce")
    table = stacked((pd.DataFrame(columns=DOUBT_COLUMNS), *doubts))
    return _quality(f"cache {store.file.name}", table, refused, damaged, len(kept))


def _doubts(store: PriceCache, provider: str, symbol: str, first: str, last: str) -> pd.DataFrame:
    try:
        history = store.read(provider, symbol, pd.Timestamp(first), pd.Timestamp(last))
    except FetchFailure:
        history = None
    if history is None:
        return pd.DataFrame(columns=DOUBT_COLUMNS)
    figures = history.figures
    splits = figures["split"].where(figures["split"] > 0, 1.0).to_frame(symbol)
    return doubtful_figures(figures["close"].to_frame(symbol), figures["volume"].to_frame(symbol), splits)


def _quality(what: str, doubts: pd.DataFrame, refused: pd.DataFrame, damaged: pd.DataFrame, n_lines: int) -> DataQuality:
    title = f"{len(doubts)} doubtful figures, {len(refused)} refused, {len(damaged)} damaged blocks among {n_lines} lines of the {what}"
    return DataQuality(
        title=title,
        tables=(("doubtful", DOUBTFUL.table(doubts)), ("refused", NOT_USED.table(refused)), ("damaged", DAMAGED.table(damaged))),
        notes=("A doubt is no verdict: it says which figures to compare with another source.",),
        n_damaged=len(damaged),
    )
