"""Which lines are called cash and nothing else, in the languages of the table of labels (`data/cash_labels.csv`)."""

from __future__ import annotations

from functools import lru_cache

from impact.bundled import read_bundled
from impact.intake.currencies import CURRENCIES
from impact.intake.headings import heading_key, word_keys

__all__ = ["is_called_cash"]

_BESIDES = frozenset(
    heading_key(word)
    for word in (
        "in", "en", "em", "w", "auf", "sur", "su", "of", "the", "euro", "euros", "eur", "dollar", "dollars", "dollaro", "dollari", "dólar",
        "dólares", "us", "usa", "hong", "kong", "yen", "pound", "pounds", "sterling", "franc", "francs", "franken", "chf", "krona", "kronor",
        "krone", "kroner", "kr", "złoty", "zł", "рубль", "рубли", "доллар", "доллары", "евро", "юань", "юани",
    )
)  # fmt: skip
"""Keys of the words that name a currency, or lead to one, beside the label."""
_UNSPACED_CURRENCIES = (
    "人民币", "人民幣", "港币", "港幣", "港元", "美元", "美金", "日元", "日圓", "日币", "欧元", "歐元", "英镑", "英鎊", "新台币", "新臺幣", "台币",
    "円", "米ドル", "香港ドル", "ドル", "ユーロ", "ポンド", "원화", "달러", "미국달러", "엔화", "위안화", "홍콩달러", "유로",
)  # fmt: skip
"""Names of currencies in scripts without blanks."""
_LONGEST = 60


@lru_cache(maxsize=1)
def _labels() -> frozenset[str]:
    return frozenset(map(_bare, read_bundled("cash_labels")["label"]))


@lru_cache(maxsize=1)
def _beginnings() -> frozenset[str]:
    """How the words of labels in plain letters begin: a name in plain letters that holds none of them is none."""
    words = (heading_key(word) for label in read_bundled("cash_labels")["label"] for word in label.split())
    return frozenset(word[:4] for word in words if word.isascii() and word not in _BESIDES)


@lru_cache(maxsize=1 << 14)
def is_called_cash(text: str) -> bool:
    """Whether a name says that a line is cash, and nothing else but its currency.

    Examples
    --------
    >>> [is_called_cash(text) for text in ("Liquidités EUR", "現金(米ドル)", "Środki pieniężne PLN", "Saldo en efectivo", "預り金")]
    [True, True, True, True, True]
    >>> [is_called_cash(text) for text in ("Cash Converters", "Kasse AG", "Liquidity Services", "现金宝货币基金", "EUR")]
    [False, False, False, False, False]
    """
    if len(text) > _LONGEST or (text.isascii() and not any(begin in text.lower() for begin in _beginnings())):
        return False
    key = _bare(text)
    for name in map(heading_key, _UNSPACED_CURRENCIES):
        if key not in _labels():
            key = key.removeprefix(name).removesuffix(name)
    return key in _labels()


def _bare(text: str) -> str:
    """The key of a label without the words that name a currency."""
    spelled = "".join(sign if sign.isalnum() else " " for sign in text).split()
    return "".join(
        key for word, key in zip(spelled, word_keys(text), strict=True) if word.upper() not in CURRENCIES and key not in _BESIDES
    )
