"""What tells a name in letters other than Latin ones: without legal forms and kinds of shares, each Han letter in one form."""

from __future__ import annotations

import unicodedata
from functools import cache

from impact.bundled import read_bundled
from impact.facts.name_words import name_words

__all__ = ["is_same_elsewhere", "telling_letters"]

_LEAST, _LEAST_WHOLE = 3, 2
"""Letters of a name that is met in a longer one, and of one that is met whole."""


def telling_letters(name: object) -> tuple[str, ...]:
    """The parts of a name in other scripts, between Latin letters and marks.

    Examples
    --------
    >>> telling_letters("日本製鉄(株)"), telling_letters("삼성전자우"), telling_letters("ПАО Газпром"), telling_letters("Nippon Steel")
    (('日本製铁',), ('삼성전자',), ('ГАЗПРОМ',), ())
    """
    if not isinstance(name, str) or name.isascii():
        return ()
    text = unicodedata.normalize("NFKC", name).upper()
    parts = "".join(_in_one_form(sign) if _is_other_letter(sign) or sign == " " else ";" for sign in text).split(";")
    told = (_without_words("".join(word for word in part.split() if word not in _forms_and_lines())) for part in parts)
    return tuple(part for part in told if len(part) >= _LEAST_WHOLE)


def is_same_elsewhere(one: str, other: str) -> bool:
    """Whether two names in other scripts are the same, or one holds the other, or is short for it: its Han letters in their order."""
    short, long = sorted((one, other), key=len)
    if short == long:
        return len(short) >= _LEAST_WHOLE
    if len(short) < _LEAST:
        return False
    return short in long or (short[0] == long[0] and _is_han(short) and _is_in_order(short, long))


def _is_in_order(short: str, long: str) -> bool:
    rest = iter(long)
    return all(sign in rest for sign in short)


def _is_han(text: str) -> bool:
    return all(unicodedata.name(sign, "").startswith("CJK") for sign in text)


def _is_other_letter(sign: str) -> bool:
    return sign.isalpha() and not sign.isascii() and "LATIN" not in unicodedata.name(sign, "")


@cache
def _han_letters() -> dict[str, str]:
    rows = read_bundled("han_letters")
    return dict(zip(rows["variant"], rows["letter"], strict=True))


def _in_one_form(sign: str) -> str:
    return _han_letters().get(sign, sign)


@cache
def _forms_and_lines() -> tuple[str, ...]:
    """Legal forms and kinds of shares, the longest first."""
    told = ("".join(map(_in_one_form, word)) for word in name_words("form", "line"))
    return tuple(sorted(told, key=lambda word: (-len(word), word)))


def _without_words(part: str) -> str:
    """A part without the words that it begins or ends with, of scripts without blanks; one that ends as it does by chance keeps three letters."""
    for word in _forms_and_lines():
        left = part.removesuffix(word) if len(word) == 1 else part.removesuffix(word).removeprefix(word)
        if _is_unspaced(word) and len(left) >= (_LEAST if len(word) == 1 else _LEAST_WHOLE):
            part = left
    return part


def _is_unspaced(word: str) -> bool:
    return unicodedata.name(word[-1], "").startswith(("CJK", "HANGUL"))
