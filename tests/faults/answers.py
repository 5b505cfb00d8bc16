"""Answers of a provider that make no sense: each a named failure of that symbol, or figures that were in the answer; none poisons the store."""

from __future__ import annotations

import random
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd

from impact.market.cache import PriceCache
from impact.market.fetching import FetchedSource
from impact.market.histories import FetchFailure
from impact.market.yahoo import YahooProvider

__all__ = ["answer_badly"]

DAYS = pd.bdate_range("2021-01-04", periods=20, tz="Asia/Hong_Kong")
FIRST, LAST = pd.Timestamp("2021-01-04"), pd.Timestamp("2021-01-29")
CLOSES = np.round(30.0 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.02, 20))), 3)
_CELLS: tuple[Any, ...] = (None, np.nan, np.inf, -np.inf, -1.0, 0.0, 1e308, "n/a", "1,000.5", "", [1], b"x", True, pd.NaT, "30.5")


def _whole() -> pd.DataFrame:
    return pd.DataFrame({"Open": CLOSES, "Close": CLOSES, "Volume": 1000, "Dividends": 0.0, "Stock Splits": 0.0}, index=DAYS)


def _cells(frame: pd.DataFrame, rng: random.Random) -> Any:
    changed = frame.astype(object)
    for _ in range(rng.choice((1, 1, 3, 20))):
        changed.iat[rng.randrange(len(changed)), rng.randrange(changed.shape[1])] = rng.choice(_CELLS)
    return changed


def _columns(frame: pd.DataFrame, rng: random.Random) -> Any:
    how = rng.randrange(5)
    if how == 0:
        return frame.drop(columns=rng.choice(list(frame.columns)))
    if how == 1:
        return pd.concat([frame, frame[[rng.choice(list(frame.columns))]]], axis=1)
    if how == 2:
        return frame.iloc[:, rng.sample(range(frame.shape[1]), frame.shape[1])]
    if how == 3:
        return frame.set_axis(pd.MultiIndex.from_product([frame.columns, rng.choice((["1810.HK"], [""], ["Close"]))]), axis=1)
    return frame.rename(columns=rng.choice((str.lower, str.upper, lambda name: f" {name} ")))


def _index(frame: pd.DataFrame, rng: random.Random) -> Any:
    days = frame.index
    if not isinstance(days, pd.DatetimeIndex) or days.tz is None:
        return frame
    return frame.set_axis(
        rng.choice(
            (
                days.tz_convert("UTC"),
                days.tz_localize(None),
                days.strftime("%Y-%m-%d"),
                days.strftime("%d/%m/%Y"),
                days[::-1],
                days.insert(0, days[3])[:20],
                days + pd.Timedelta(days=rng.choice((1, 365, -4000))),
                pd.RangeIndex(20),
                list("abcdefghijklmnopqrst"),
                days.insert(5, pd.NaT)[:20],
                days + pd.Timedelta(hours=rng.randrange(24)),
            )
        ),
        axis=0,
    )


def _other(frame: pd.DataFrame, rng: random.Random) -> Any:
    return rng.choice(
        (None, [], {}, "<html>", 7, frame["Close"], frame.iloc[:0], frame.iloc[:1], frame.to_numpy(), frame.T, pd.DataFrame(), (frame, frame),
         RuntimeError("changed size"), KeyError("chart"), ValueError("bad\nlines"), TimeoutError(), RecursionError(), OSError(5, "io"), AttributeError("x"))
    )  # fmt: skip


_CHANGES: tuple[Callable[[pd.DataFrame, random.Random], Any], ...] = (_cells, _cells, _columns, _index, _other)
_METADATA: tuple[Any, ...] = (
    {"currency": "HKD", "exchangeTimezoneName": "Asia/Hong_Kong"}, None, {}, {"currency": None}, {"currency": 7}, {"exchangeTimezoneName": "Mars/Olympus"},
)  # fmt: skip


class _Ticker:
    """yfinance.Ticker that gives what it is told."""

    def __init__(self, given: Any, metadata: Any) -> None:
        self.given, self.history_metadata = given, metadata

    def history(self, **_options: Any) -> Any:
        if isinstance(self.given, BaseException):
            raise self.given
        return self.given


def answer_badly(folder: Path, n: int, seed: int) -> tuple[Counter[str], list[str]]:
    """`n` answers; each is given to a source with a store, which is then asked offline.

    Returns
    -------
    counts : Counter
        ``kept`` and ``refused``.
    faults : list of str
        Exceptions that are no failure of that symbol, and closes in the store that stood in no cell of the answer.
    """
    rng, counts, faults = random.Random(f"answers {seed}"), Counter[str](), []
    for number in range(n):
        given = _whole()
        for _ in range(rng.choice((1, 1, 2))):
            given = rng.choice(_CHANGES)(given, rng) if isinstance(given, pd.DataFrame) and given.shape == _whole().shape else given
        store = PriceCache(path=folder / f"{number}.sqlite")
        source = FetchedSource(
            provider=YahooProvider(clock=lambda: pd.Timestamp("2022-01-03", tz="UTC"), control_symbol="1810.HK"), cache=store
        )
        ticker = _Ticker(given, rng.choice(_METADATA))
        try:
            with mock.patch("yfinance.Ticker", lambda symbol, session=None, ticker=ticker: ticker), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                source.fetch(["1810.HK"], FIRST, LAST)
        except Exception as error:
            faults.append(f"{type(error).__name__}: {str(error)[:100]}")
            continue
        try:
            kept = store.read("yahoo", "1810.HK", FIRST, LAST)
        except FetchFailure as error:
            faults.append(f"what was stored is refused: {error}")
            continue
        counts["refused" if kept is None else "kept"] += 1
        if kept is not None:
            closes = kept.figures["close"].dropna().to_numpy()
            stood = {
                float(cell)
                for cell in np.ravel(given.to_numpy(dtype=object))
                if isinstance(cell, int | float) or str(cell).replace(".", "").isdigit()
            }
            if not (np.isfinite(closes).all() and (closes > 0).all() and set(closes) <= stood):
                faults.append("a close that the answer does not hold")
    return counts, faults
