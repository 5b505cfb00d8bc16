"""What a cell says of its line by the words it is made of: that it is a total, that it may be one, or nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from impact.bundled import read_bundled
from impact.holdings.quantity_parts import says_held_apart
from impact.intake.currencies import CURRENCIES
from impact.intake.headings import heading_key, is_group_label, is_total_label

__all__ = [
    "begins_as_total", "is_carried_forward", "is_made_of_total_words", "is_of_money", "is_printed_again", "is_remainder", "total_kind", "what_is_summed",
]  # fmt: skip

_UNSPACED = (("\u0e00", "\u0e7f"), ("\u3040", "\u30ff"), ("\u3400", "\u9fff"), ("\uac00", "\ud7af"))
"""First and last letters of scripts that write labels without blanks."""
_WHOLE_PARTS, _SUM_ENDINGS = ("gesamt", "zwischensumme", "endsumme"), ("vermogen", "summe")
_BLANKS = str.maketrans({chr(code): " " for code in range(128) if not chr(code).isalnum()})
_LEGAL_FORMS = frozenset(
    [
        "se",
        "ag",
        "inc",
        "ltd",
        "limited",
        "corp",
        "corporation",
        "plc",
        "sa",
        "sas",
        "gmbh",
        "nv",
        "bv",
        "spa",
        "srl",
        "co",
        "company",
        "llc",
        "lp",
        "asa",
        "ab",
        "oyj",
        "kk",
        "pte",
        "bhd",
    ]
)


@lru_cache(maxsize=1)
def _kind_by_word() -> dict[str, str]:
    """Keys of the words that labels of totals are made of, and the kind of each: total, all, part, amount, measure, of, money, rest, between or with."""
    rows = read_bundled("total_words")
    return {heading_key(word): kind for kind, word in zip(rows["kind"], rows["word"], strict=True)}


@lru_cache(maxsize=1)
def _carry_labels() -> dict[str, str]:
    """Keys of what a page carries forward is called, and what else is called so: nothing (total), or firms and kinds of business (name)."""
    rows = read_bundled("carry_labels")
    return {heading_key(label): kind for kind, label in zip(rows["kind"], rows["label"], strict=True)}


def _carry_kind(text: str) -> str:
    key = heading_key(text)
    return _carry_labels().get(key, "") if len(key) > 2 or not key.isascii() or "/" in text else ""  # CF and BF are symbols of shares


def is_carried_forward(text: str) -> bool:
    """Whether a cell says nothing but that its line is what a page carries forward to the next one.

    Examples
    --------
    >>> [is_carried_forward(text) for text in ("Carried forward", "Balance b/f", "Übertrag", "前頁より", "Transport", "Report")]
    [True, True, True, True, False, False]
    """
    return _carry_kind(text) == "total"


def _is_unspaced(word: str) -> bool:
    return any(first <= letter <= last for letter in word for first, last in _UNSPACED)


@lru_cache(maxsize=1)
def _unspaced_words() -> tuple[str, ...]:
    """Words of scripts without blanks, the longest first."""
    return tuple(sorted((word for word in _kind_by_word() if _is_unspaced(word)), key=len, reverse=True))


@lru_cache(maxsize=1 << 16)
def _kind(word: str) -> str:
    key = heading_key(word)
    if (known := _kind_by_word().get(key)) is not None:
        return known
    if len(key) > 6 and any(part in key for part in _WHOLE_PARTS):
        return "total"
    if len(key) > 8 and key.endswith(_SUM_ENDINGS):
        return "amount"
    return "between" if key.isdigit() or len(key) == 1 or word in CURRENCIES else ""


@lru_cache(maxsize=1 << 16)
def _split(text: str) -> tuple[str, ...]:
    """Words of a label; one of a script without blanks is taken apart from both ends."""
    if text.isascii():
        return tuple(" ".join(text.translate(_BLANKS).split()).replace(" i alt", " ialt").split())
    words: list[str] = []
    spaced = "".join(letter if letter.isalnum() or unicodedata.combining(letter) else " " for letter in text).split()
    for word in " ".join(spaced).replace(" i alt", " ialt").split():
        before: list[str] = []
        after: list[str] = []
        while _is_unspaced(word) and len(word) > 1:
            first = next((known for known in _unspaced_words() if word.startswith(known)), "")
            last = next((known for known in _unspaced_words() if word.endswith(known)), "")
            if not first and not last:
                break
            before, after = ([*before, first], after) if first else (before, [last, *after])
            word = word[len(first) :] if first else word[: -len(last)]
        words += [part for part in (*before, word, *after) if part]
    return tuple(words)


def _is_made_of_groups(words: Sequence[str], kinds: Sequence[str]) -> bool:
    """Whether the words without a kind, with those between them, are names of groups one after the other."""
    place = 0
    while place < len(words):
        ends = (end for end in range(len(words), place, -1) if is_group_label(" ".join(words[place:end])))
        if (end := next(ends, 0)) == 0 and not kinds[place]:
            return False
        place = end or place + 1
    return True


def _is_held_apart(words: Sequence[str], kinds: Sequence[str]) -> bool:
    """Whether the words without a kind say how a part is held (*blocked*, *gesperrt*); a name such as Freeport has a capital letter."""
    told = [word for word, kind in zip(words, kinds, strict=True) if not kind]
    return bool(told) and all(word[0].islower() or _is_unspaced(word) for word in told) and says_held_apart(" ".join(told))


def _without_additions(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words of a label without what it says to be in it (*incl. accrued interest*, *coupon couru inclus*), and their kinds."""
    kinds = [_kind(word) for word in words]
    if len(words) > 1 and kinds[-1] == "with":
        left = [place for place, kind in enumerate(kinds) if kind not in ("money", "with")]
        return [words[place] for place in left], [kinds[place] for place in left]
    told = next((place for place, kind in enumerate(kinds) if kind == "with" and place), len(words))
    return list(words[:told]), kinds[:told]


_OF_WHOLES = frozenset({"total", "all", "amount", "part"})
"""Kinds of words of which a label of a total has one."""


@lru_cache(maxsize=1 << 16)
def total_kind(text: str) -> str:
    """What a label is that is one of a total by each of its words, with the names of groups or without; empty where it is none.

    ``total`` is a total of positions; ``money`` one of cash, or of what is owed, which may stand for the money held; ``weak`` is made of
    words that firms and funds are called by as well, and ``amount`` of words for what is held at some time. What follows a word such as
    *including* is not read. A part that is printed again (*of which Hong Kong*, *of which blocked*) is a total, too.

    Examples
    --------
    >>> [total_kind(text) for text in ("Total Equities Hong Kong", "Total cash", "Total Market Fund", "Total Energies", "All others")]
    ['total', 'money', 'weak', '', '']
    """
    if is_total_label(text):
        return "total"
    if carried := _carry_kind(text):
        return "total" if carried == "total" else "weak"
    if not any(_kind(word) in _OF_WHOLES for word in _split(text)):
        return ""
    words, kinds = _without_additions(_split(text))
    if next((kind for kind in kinds if kind != "between"), "") == "part":
        return "total" if len(words) > 1 and (_is_made_of_groups(words, kinds) or _is_held_apart(words, kinds)) else ""
    if not {"total", "all"} & set(kinds):
        counted = len(kinds) - kinds.count("between")
        return "amount" if "amount" in kinds and counted > 1 and set(kinds) <= {"amount", "measure", "between"} else ""
    if not _is_made_of_groups(words, kinds) or ("rest" in kinds and "total" not in kinds):
        return ""
    if "money" in kinds and not {"", "rest"} & set(kinds):
        return "money"
    if _is_called_fund(words):
        return "weak"
    return "total" if "total" in kinds or (words[0].lower() == "sum" and "" in kinds) else "weak"


_ONE_FUND = frozenset(map(heading_key, ("fund", "fonds", "fondo", "fundo", "fond", "fondet", "fundusz", "fon", "基金", "ファンド", "펀드")))


def _is_called_fund(words: Sequence[str]) -> bool:
    """Whether a label names one fund by more than the words total and fund: *Total Market Fund* is held, *Total Fund* is a whole."""
    return len(words) > 2 and heading_key(words[-1]) in _ONE_FUND


@lru_cache(maxsize=1 << 16)
def what_is_summed(text: str) -> str:
    """The name between the words of totals that a label begins or ends with, empty where it has no such words or no name.

    Examples
    --------
    >>> [what_is_summed(text) for text in ("Total Xiaomi", "Subtotal for China Mobile", "Smith Family total", "Total", "Xiaomi")]
    ['Xiaomi', 'China Mobile', 'Smith Family', '', '']
    """
    words = _split(text)
    kinds = [_kind(word) for word in words]
    open_words = [place for place, kind in enumerate(kinds) if not kind]
    if not open_words or not {"total", "all"} & {*kinds[: open_words[0]], *kinds[open_words[-1] + 1 :]}:
        return ""
    return " ".join(words[open_words[0] : open_words[-1] + 1])


def is_remainder(text: str) -> bool:
    """Whether a label names what is left of a book: others, sonstige, その他."""
    kinds = {_kind(word) for word in _split(text)}
    return "rest" in kinds and kinds <= {"rest", "amount", "measure", "between", "all"}


def is_of_money(text: str) -> bool:
    """Whether a word of a label is one of cash or of what is owed."""
    return any(_kind(word) == "money" for word in _split(text))


def is_printed_again(text: str) -> bool:
    """Whether a label says that its line is a part of one above, by what it belongs to or how it is held.

    Examples
    --------
    >>> [is_printed_again(text) for text in ("of which Hong Kong", "davon gesperrt", "Total blocked", "of which Freeport")]
    [True, True, False, False]
    """
    return total_kind(text) == "total" and next((kind for kind in map(_kind, _split(text)) if kind != "between"), "") == "part"


def is_made_of_total_words(text: str) -> bool:
    """Whether a label is one of a total by each of its words, with the name of a group or without; the figures must say so as well.

    Examples
    --------
    >>> [is_made_of_total_words(text) for text in ("Total Fixed Income", "Ending balance", "Totals for account 123", "株式合計")]
    [True, True, True, True]
    >>> [is_made_of_total_words(text) for text in ("Total Energies", "Total Capital International", "Balance Labs", "Cash balance")]
    [False, False, False, False]
    """
    return total_kind(text) != ""


@lru_cache(maxsize=1 << 16)
def begins_as_total(text: str) -> bool:
    """Whether the first or the last word of a label is one of totals and the label ends in no legal form: firms are called so too.

    Examples
    --------
    >>> [begins_as_total(text) for text in ("Total Smith Family", "Mandate A total", "Total SE", "TotalEnergies", "Xiaomi")]
    [True, True, False, False, False]
    """
    words = _split(text)
    if len(words) < 2 or heading_key(words[-1]) in _LEGAL_FORMS:
        return False
    return not {"total", "all"}.isdisjoint((_kind(words[0]), _kind(words[-1])))
