"""Which names say who an issuer is, and which hold only words for shares, par values, codes and what stands for a name that is missing."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import numpy as np
import pandas as pd

from impact.facts.name_words import name_words
from impact.facts.names import COMMON_WORDS, SPELLINGS, STOP_WORDS, without_accents
from impact.typing_ import BoolArray

__all__ = ["in_own_script", "name_says_who", "says_who"]


def _word_set(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


_LABELS = _word_set("ISIN CUSIP SEDOL FIGI LEI WKN VALOR VALOREN RIC TICKER SYMBOL CODE ID IDENTIFIER NUMBER NR")
"""Words before a code."""
_CURRENCIES = _word_set(
    "USD HKD CNY CNH RMB YUAN EUR GBP GBX JPY CHF CAD AUD NZD SGD TWD NTD KRW INR IDR THB PHP SEK NOK DKK PLN CZK HUF ZAR BRL MXN RUB",
    "RUR ILS SAR AED",
)
_ABROAD = _word_set(
    "CAYMAN ISLANDS ISLAND BERMUDA BVI BRITISH VIRGIN JERSEY GUERNSEY LUXEMBOURG SINGAPORE NETHERLANDS CYPRUS CURACAO MAURITIUS MACAU",
    "MACAO TAIWAN IRELAND CHINA PRC HONG KONG HK RUSSIA RUSSIAN FEDERATION USA UK",
)
"""Places that a name is followed by: where a firm is registered, and where from it is."""
_ALSO_FIRMS = _word_set("EQUITY UNIT ACTION ACTIONS PREFERRED SECURITY SECURITIES INSTRUMENT INSTRUMENTS RIGHT FUND GLOBAL")
"""Words for shares that firms bear as a name, which a legal form then tells."""
_FORMS = _word_set("COMPANY CORP CORPORATION LTD LIMITED INC INCORPORATED PLC LLC AG SA NV SE SPA HOLDING HOLDINGS HLDG HLDGS GROUP GRP")
_OF_CLASSES = _word_set("CLASS CL SHARE SHARES SHS SH STOCK ORD ORDINARY COMMON COM ADR GDR CDR NVDR")
_BEFORE_SHARES = _word_set("INTERNATIONAL INTL GLOBAL FOREIGN DOMESTIC US EMERGING DEVELOPED MARKET MARKETS EM DM")
_CELL_ERRORS = (
    "#N/A",
    "#NAME",
    "#REF",
    "#VALUE",
    "#NUM",
    "#DIV",
    "#NULL",
    "#CALC",
    "#FIELD",
    "#SPILL",
    "#GETTING",
    "#ERROR",
    "REQUESTING DATA",
)
_BRACKETS = re.compile(r"[(\[（【][^)\]）】]*[)\]）】]?")
_INITIALS = re.compile(r"\b[A-Z](?:\.[A-Z])+\b\.?")
_NO_PAR = re.compile(r"\bO\. ?N\.|\b144A\b")
_CODES = "|".join(sorted(_CURRENCIES))
_AMOUNT = r"\d[\d.,/]*"
_PAR = re.compile(rf"\b(?:{_CODES}|HK|US|NT|AU|CA|SG)?[$€£¥]? ?{_AMOUNT} ?(?:(?:{_CODES}|P|CTS?|PENCE|CENTS?)\b|(?![A-Z]))")
_MARKET_OF_SHARES = re.compile(rf"\b(?:(?:{'|'.join(sorted(_BEFORE_SHARES))}) +)+(?=EQUIT|STOCKS?\b|SHARES?\b)")
_NUMBERED = re.compile(r"\d{2,4}(?:,? [A-Z]|\.COM\b)")
_WORD = re.compile("[A-Z0-9&+]+")
_SEDOL_LENGTH, _VOWELS = 7, frozenset("AEIOU")


@cache
def _of_nobody() -> frozenset[str]:
    return STOP_WORDS | _LABELS | _ABROAD | _CURRENCIES | name_words("share", "security", "item", "missing")


@cache
def _asked() -> frozenset[str]:
    """Words that do not tell a name without a closer look."""
    return _of_nobody() | _BEFORE_SHARES | {"REQUESTING", "DATA"}


@cache
def _classed() -> frozenset[str]:
    """Words beside which one letter, with a number or without, is a class."""
    return _OF_CLASSES | name_words("share", "security", "item")


@cache
def _also_firms() -> frozenset[str]:
    return _ALSO_FIRMS | name_words("item")


def says_who(names: pd.Series) -> BoolArray:
    """(n,) bool: names with a Latin word of their own, beside words for shares and par values, legal forms, places, codes and gaps.

    What brackets hold is no part of it. A name in two scripts says so where the letters of such words outnumber those of the other one:
    Latin names alone are compared with listed ones.

    Examples
    --------
    >>> says_who(pd.Series(["Nestle SA", "ORDINARY SHARES CLASS B", "COMMON STOCK USD0.0001", "Stammaktien", "TBD", "小米集团 (Cayman) Ltd"]))
    array([ True, False, False, False, False, False])
    """
    return np.fromiter(map(name_says_who, names.tolist()), dtype=bool, count=len(names))


def name_says_who(name: str) -> bool:
    """The same of one name."""
    return _has_a_plain_word(name) or _tells(name)


def _has_a_plain_word(name: str) -> bool:
    """Whether it is told without a closer look: most names have a word, before any bracket, that nothing else has."""
    if not name.isascii() or name.startswith("#"):
        return False
    for written in name.partition("(")[0].partition("[")[0].split():
        word = written.strip(",.").upper()
        if len(word) > 2 and word.isalpha() and word not in _asked() and not _is_filler(word):
            return True
    return False


def _tells(name: str) -> bool:
    text = unicodedata.normalize("NFKC", name).upper()
    if not text.strip() or text.lstrip().startswith(_CELL_ERRORS):
        return False
    others = sum(sign.isalpha() and not _is_latin_letter(sign) for sign in text)
    outside = _BRACKETS.sub(" ", text)
    plain = without_accents(outside if any(map(str.isalnum, outside)) else text).strip()
    cut = _MARKET_OF_SHARES.sub(" ", _PAR.sub(" ", _NO_PAR.sub(" ", plain)))
    words = _WORD.findall(_INITIALS.sub(lambda letters: letters[0].replace(".", ""), cut))
    coded = any(map(_is_code, words)) or not _LABELS.isdisjoint(words)  # two letters beside a code are its country
    shortest = 3 if coded else 2 if _classed().intersection(words) else 1
    own = [
        word
        for word in words
        if word not in _of_nobody()
        and len(word) >= shortest
        and not word.isdigit()
        and not _is_filler(word)
        and not (coded and any(map(str.isdigit, word)))
    ]
    if others:
        return sum(len(word) for word in own if SPELLINGS.get(word, word) not in COMMON_WORDS) > others
    return bool(own) or _is_firm(words, plain)


def _is_filler(word: str) -> bool:
    """Whether a word stands for one to come: XXXX."""
    return len(word) > 1 and set(word) in ({"X"}, {"Z"})


def _is_firm(words: list[str], plain: str) -> bool:
    """Whether a legal form tells a word for shares, or a number that begins a name, to be that of a firm: Equity Group, 888 Holdings."""
    numbered = _NUMBERED.match(plain) is not None
    formed = not _FORMS.isdisjoint(words) or plain.partition(".")[2].startswith("COM")
    return formed and name_words("missing").isdisjoint(words) and (numbered or not _also_firms().isdisjoint(words))


def _is_latin_letter(sign: str) -> bool:
    return sign.isascii() or "LATIN" in unicodedata.name(sign, "")


def _is_code(word: str) -> bool:
    """Whether a word has the form of a code of securities: letters after several digits, or a SEDOL, which has no vowels."""
    digits = sum(map(str.isdigit, word))
    among = not word.rstrip("0123456789").isalpha()
    return (len(word) > 5 and digits > 1 and among) or (len(word) == _SEDOL_LENGTH and word[-1].isdigit() and _VOWELS.isdisjoint(word))


_SCRIPTS = {
    "JP": ("CJK", "HIRAGANA", "KATAKANA"), "TW": ("CJK",), "KR": ("HANGUL", "CJK"),
    **dict.fromkeys(("BG", "UA", "BY", "RS", "MK", "KZ", "KG", "MN"), ("CYRILLIC",)),
    **dict.fromkeys(("AE", "SA", "EG", "KW", "QA", "BH", "OM", "JO", "MA", "TN", "LB", "IQ", "PS", "PK", "IR"), ("ARABIC",)),
    **dict.fromkeys(("IN", "NP"), ("DEVANAGARI", "GUJARATI", "TAMIL", "TELUGU", "BENGALI", "KANNADA", "MALAYALAM", "GURMUKHI")),
    "GR": ("GREEK",), "IL": ("HEBREW",), "TH": ("THAI",), "AM": ("ARMENIAN",), "GE": ("GEORGIAN",), "BD": ("BENGALI",),
}  # fmt: skip
"""The scripts of countries by the prefix of their ISINs."""


def in_own_script(name: str, isin: str) -> bool:
    """Whether most letters of a name are of the script of the country that its ISIN is of, other than the Latin one."""
    letters = [sign for sign in unicodedata.normalize("NFKC", name) if sign.isalpha()]
    own = _SCRIPTS.get(isin[:2], ())
    return 2 * sum(unicodedata.name(sign, "").startswith(own) for sign in letters) >= len(letters) > 0 if own else False
