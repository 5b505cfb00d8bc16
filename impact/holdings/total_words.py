"""What a cell says of its line by the words it is made of: that it is a total, that it may be one, or nothing."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from impact.bundled import read_bundled
from impact.intake.currencies import CURRENCIES
from impact.intake.headings import heading_key, is_group_label, is_total_label

__all__ = ["begins_as_total", "is_carried_forward", "is_made_of_total_words"]

_UNSPACED = (("\u0e00", "\u0e7f"), ("\u3040", "\u30ff"), ("\u3400", "\u9fff"), ("\uac00", "\ud7af"))
"""First and last letters of scripts that write labels without blanks."""
_WHOLE_PARTS, _SUM_ENDINGS = ("gesamt", "zwischensumme", "endsumme"), ("vermogen", "summe")
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
    """Keys of the words that labels of totals are made of, and the kind of each: total, amount, measure or between."""
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


def _kind(word: str) -> str:
    key = heading_key(word)
    if (known := _kind_by_word().get(key)) is not None:
        return known
    if len(key) > 6 and any(part in key for part in _WHOLE_PARTS):
        return "total"
    if len(key) > 8 and key.endswith(_SUM_ENDINGS):
        return "amount"
    return "between" if key.isdigit() or len(key) == 1 or word in CURRENCIES else ""


def _split(text: str) -> list[str]:
    """Words of a label; one of a script without blanks is taken apart from both ends."""
    words: list[str] = []
    for word in "".join(letter if letter.isalnum() or unicodedata.combining(letter) else " " for letter in text).split():
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
    return words


@lru_cache(maxsize=1 << 16)
def is_made_of_total_words(text: str) -> bool:
    """Whether a label is one of a total by each of its words, with the name of a group or without; the figures must say so as well.

    Examples
    --------
    >>> [is_made_of_total_words(text) for text in ("Total Fixed Income", "Ending balance", "Totals for account 123", "株式合計")]
    [True, True, True, True]
    >>> [is_made_of_total_words(text) for text in ("Total Energies", "Total Capital International", "Balance Labs", "Cash balance")]
    [False, False, False, False]
    """
    if is_total_label(text) or _carry_kind(text):
        return True
    words = _split(text)
    kinds = [_kind(word) for word in words]
    if not words or not any(kind in ("total", "amount") for kind in kinds):
        return False
    open_words = [place for place, kind in enumerate(kinds) if not kind]
    summed = "total" in kinds
    if not open_words:
        return summed or ("amount" in kinds and len(kinds) - kinds.count("between") > 1)
    group = " ".join(words[open_words[0] : open_words[-1] + 1])
    return summed and (is_group_label(group) or heading_key(group) == "cash")


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
    return "total" in (_kind(words[0]), _kind(words[-1]))
