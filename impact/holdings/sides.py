"""Which way a line stands, where a column says so in words and its figures carry no sign."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impact.intake.headings import heading_key
from impact.typing_ import BoolArray, IntArray

__all__ = ["Sides", "may_be_side", "read_sides", "says_sides", "short_below_titles"]

_SHORT = frozenset(
    heading_key(word)
    for word in (
        "short", "sht", "shrt", "shorts", "sell", "sold", "sold short", "sell short", "short sale", "short position", "short stock",
        "short equity", "written", "leerverkauf", "leer", "verkauf", "vente", "vente à découvert", "court", "corto", "scoperto",
        "空", "空头", "空頭", "做空", "卖", "売建", "売り", "매도",
    )
)  # fmt: skip
_LONG = frozenset(
    heading_key(word)
    for word in (
        "long", "lng", "longs", "buy", "bought", "long position", "long stock", "long equity", "held", "kauf", "achat", "lang", "largo",
        "lungo", "多", "多头", "多頭", "买", "買建", "買い", "매수",
    )
)  # fmt: skip
_LETTERS = {"l": False, "b": False, "s": True}
"""Letters that say a side only where a column holds no other words: S is a kind of share elsewhere."""
_TRADES = frozenset(
    heading_key(word)
    for word in (
        "sell", "sold", "buy", "bought", "held", "written", "leer", "court", "lang", "largo", "lungo", "corto", "verkauf", "kauf", "vente",
        "achat", "卖", "买", "売り", "買い", "매도", "매수",
    )
)  # fmt: skip
"""Words that say a side only where a heading calls for one: they stand for trades, lengths and states elsewhere."""
_OF_SIDES = frozenset(
    ["positions", "position", "holdings", "book", "securities", "equity", "equities", "stocks", "sales", "investments", "side"]
)
"""Words beside short in the title of a section."""
_OF_TIME = tuple(
    heading_key(word)
    for word in (
        "term", "period", "tax", "gain", "duration", "maturity", "laufzeit", "dauer", "frist", "horizon", "tenor", "bucket", "curve", "time",
        "zeit", "segment", "échéance", "durée", "plazo", "vencimiento", "scadenza", "durata", "looptijd", "期限", "久期", "期間",
    )
)  # fmt: skip
"""Keys of headings below which long and short are lengths of time."""
_GAINS, _GAIN_BELOW = ("swap", "future", "fx"), 0.5
_OF_GAIN = ("market_value", "weight")
_SIGNED = ("quantity", "market_value", "notional_value", "weight")


@dataclass(frozen=True, eq=False, kw_only=True)
class Sides:
    """(n,) bool each: lines called short, and lines whose word says neither side."""

    short: BoolArray
    unread: BoolArray

    def signed(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows with the amounts of short lines below zero, whatever sign they were printed with.

        The value of a swap or forward far below what it is written on is its gain, and keeps its sign: a short one may stand in profit.
        """
        gain = rows["instrument"].isin(_GAINS) & (rows["market_value"].abs() < _GAIN_BELOW * rows["notional_value"].abs())
        turned = {name: self.short & ~(gain & (name in _OF_GAIN)).to_numpy(dtype=bool) for name in _SIGNED if self.short.any()}
        return rows.assign(**{name: rows[name].where(~where, -rows[name].abs()) for name, where in turned.items()})


def says_sides(cells: Iterable[str]) -> bool:
    """Whether cells hold nothing but long and short, so that the column is one of sides whatever its heading.

    Examples
    --------
    >>> says_sides(["Long", "Short"]), says_sides(["L", "S"]), says_sides(["S"]), says_sides(["Sold", "Held"]), says_sides(["Cash", "Short"])
    (True, True, False, False, False)
    """
    words = {heading_key(cell) for cell in cells} - {""}
    if words == {"l", "s"}:
        return True
    return bool(words - _TRADES) and bool(words & _SHORT) and words <= _SHORT | _LONG


def may_be_side(heading: str) -> bool:
    """Whether long and short below a heading may be sides: not where it speaks of a term or a tax."""
    return not any(word in heading_key(heading) for word in _OF_TIME)


def short_below_titles(lines: IntArray, titles: Iterable[tuple[int, str]]) -> BoolArray:
    """(n,) bool: lines below a title that calls them short, up to the next title.

    Parameters
    ----------
    lines : (n,) int
        Lines of the file, ascending.
    titles : iterable of (line, text)

    Examples
    --------
    >>> short_below_titles(np.array([3, 4, 6, 8]), [(2, "Long positions"), (5, "SHORT POSITIONS"), (7, "Cash")]).tolist()
    [False, False, True, False]
    """
    told = sorted(titles)
    last = np.searchsorted([line for line, _ in told], lines) - 1
    short = np.array([_is_short_title(text) for _, text in told] + [False], dtype=bool)
    return short[last]


def _is_short_title(text: str) -> bool:
    words = [key for word in text.split() if (key := heading_key(word))]
    return heading_key(text) in _SHORT - _TRADES or (bool(words) and words[0] in _SHORT - _TRADES and set(words[1:]) <= _OF_SIDES)


def read_sides(side: pd.Series) -> Sides:
    """What a column of sides says, line by line.

    Examples
    --------
    >>> read_sides(pd.Series(["Long", "SHORT", "Hedge", ""])).short.tolist(), read_sides(pd.Series(["Stock", "S"])).unread.tolist()
    ([False, True, False, False], [True, True])
    """
    words = side.map(heading_key)
    lettered = bool(words.isin({*_SHORT, *_LONG, *_LETTERS, ""}).all())
    short = words.isin(_SHORT) | (lettered & words.map(_LETTERS).eq(True))
    told = short | words.isin(_LONG) | (lettered & words.isin(set(_LETTERS))) | (words == "")
    return Sides(short=short.to_numpy(dtype=bool), unread=~told.to_numpy(dtype=bool))
