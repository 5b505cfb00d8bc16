"""How well a word with letters beyond ASCII fits the languages that are written with single bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

__all__ = ["fit_of_words", "tells_cyrillic", "words_beyond_ascii"]

_V = "aeiouyáàâäãåæéèêëěęąăíìîïıİóòôöõőøœúùûüűůý"
_WORD = re.compile(r"[^\W\d_]+")
_HALF = 0.5


@dataclass(frozen=True)
class _Language:
    """What a language writes.

    Attributes
    ----------
    letters : str
        Its letters beyond ASCII, small.
    never : str
        Pattern of what no word of it holds (``V``: a vowel); words are in small letters, but for the dotted capital İ.
    seldom : str
        Pattern of what few words of it hold, most of them borrowed or compound.
    """

    letters: str
    never: str = ""
    seldom: str = ""

    def fit(self, word: str) -> float:
        """1 for a word as the language writes them, 0 for none of it."""
        if any(letter > "\x7f" and letter not in self.letters for letter in word):
            return 0.0
        if self.never and _compiled(self.never).search(word):
            return 0.0
        return _HALF if self.seldom and _compiled(self.seldom).search(word) else 1.0


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("V", _V))


_ONE_ACCENT = "[áàâéèêíìîóòôúù].*[áàâéèêíìîóòôúù]"
_TURKISH = _Language(
    "çğıİöşüâîû",
    # ı stands beside no vowel, ğ only behind one, ş with i before no third vowel; ı begins with the vowels of the back
    never="[V](?<!y)ı|ı[V](?<!y)|(^|[^V]|y)ğ|şi[aeou]",
    seldom="[eiİöüou][^V]*ı|ı[^V]*[eiİoöuü]|([^V]s|c)kı$|^[^V]*ı[^V]*$|^vı|[ouı][^V]*İ|İ[^V]*[oı]|[aıou]ğ.*[eiİöü]|[eiİöü]ğ.*[aıou]|[aı]ğ[^V]*u"
    "|[aıou][^V]*ş[^V]*[eiöü]|[V][^V]+ö|[eiöü]ğ$|[^Vnrlmyk]ş|[^V]ş$|^(?!tr|kr|br)[^V]{2}|[qwxj]|ch",
)
_ICELANDIC = _Language(
    "áéíóúýþæöð",
    never="[cqw]|ýy|yý|[aeiouáéíóú]ý|ý[aeiouáéíóú](?<!a)|^ð|þ(?![Vjrv])|þi[aeiou]",
    seldom="z|^ý|^(?=.{0,6}ý).*[V][^V]*ý|[V][^V]*ý$|[^l]þ|[V][^V]*[eo]$|æ[aeiou]|[aeiou]æ",
)
_FAROESE = _Language(
    "áðíóúýæø",
    never="[cqwxz]|^ð|[aeiouáíóú]ø|ø[eiouáíóú]|[V][^V]*ý.*[^V]ý|[aeiouáíóú]ý",
    seldom="[V][^V]*ý|[V][^V]*[eo]$|æ[aeiou]|[aeiou]æ",
)
_CZECH = _Language(
    "áäčďéěíĺľňóôŕřšťúůýž",
    never="[aeiouyáéíóúůě]ý|ý[aeiouyáéíóúůě]|[cčjyřšž]ý",
    seldom="[qwx]|[V][^V]*ý(?!$|ch$|m$|mi$|ho$)(?<!vý)|(^|[^V])ř([^V]|$)|[V]ř[^V]|ď[^aokus]|(?<!^)[ďť][dtbcp]",
)
_LANGUAGES: Mapping[str, _Language] = {
    "tr": _TURKISH,
    "is": _ICELANDIC,
    "fo": _FAROESE,
    "cs": _CZECH,
    "pl": _Language("ąćęłńóśźż", never="[ćńśź][aąeęioóuy]|[vqx]|^[ąęń]", seldom="[ćśź]r"),
    "hu": _Language("áéíóöőúüű", seldom="[qwx]|[őű].*[aáoóuú]|[aáoóuú].*[őű]|(?<![glnt])y"),
    "ro": _Language("ăâîşţ", never="ţ(?![aăâeiîou]|$)|[kyqw]", seldom="[aău]ţ$|^ţ(?![aăeiî])"),
    "hr": _Language("čćđšž", never="[qwxy]", seldom="ć[^V]|đ[^Vn]"),
    "de": _Language("äöüß"),
    "fr": _Language(
        "àâæçéèêëîïôœùûüÿ",
        never="(?<=.)œ(?!u)|œ(?![uincsd])|^è|ù.|(?<!o)ù|à.|(?<![aoéu])ï|(?<![aoeiué])ë|ç(?![aouâôûéèêî]|$)|[âêîôû][âêîôûç]",
        seldom="[kw]|è[aeiou]|[aeiou]ê|ê[aeioubdfhjksxyz]|[ïë]$|ÿ|æ",
    ),
    "it": _Language("àèéìòóù", never="[àèéìòóù].", seldom="^.$"),
    "es": _Language("áéíóúñü", never=_ONE_ACCENT, seldom="[kw]"),
    "ca": _Language("àçèéíïòóúü", never=f"{_ONE_ACCENT}|[èòà][aeou]|(?<![aeou])ï", seldom="[kw]|^[èò]"),
    "pt": _Language("áâãàçéêíóôõúü", never=rf"{_ONE_ACCENT}|ã(?![oes]|$)|cã|õ(?!e)|ç(?![aouãáóéêõ])|[âê].*ã|ã.*[âê]", seldom="[kwy]|ê[^nmsxr]"),
    "sv": _Language("åäöéü", seldom="^é"),
    "da": _Language("åæøéö", never="[áéíóúë]ø|ø[áéíóúë]", seldom="[æø][aeiouæøå]|[aeiouæøå][æø]|^é"),
    "et": _Language("äöüõšž", never="[cqwxy]|[V][^V]+õ|õ$", seldom="[zf]"),
    "nl": _Language("ëïéèöü", never="(?<![aoeiu])[ëï]", seldom="è"),
}  # fmt: skip
"""Languages by their two letters."""
_SOUNDS = "аеёиоуыэюяіїєъ"
_NO_START = f"^[ьы]|[{_SOUNDS}]ь|(?<![{_SOUNDS}])й(?![аео])"
_RUSSIAN_AND_BULGARIAN = "абвгдежзийклмнопрстуфхцчшщъьюя"
_SOUTHERN = "абвгдежзијклмнопрстуфхцчшљњџ"
_OF_CYRILLIC: tuple[_Language, ...] = (
    _Language(f"{_RUSSIAN_AND_BULGARIAN}ёыэ", never=_NO_START),
    _Language(f"{_RUSSIAN_AND_BULGARIAN}іїєґ", never=f"{_NO_START}|[ъ]"),
    _Language("абвгдеёжзійклмнопрстуўфхцчшыьэюя", never=_NO_START),
    _Language(f"{_SOUTHERN}ђћ"),
    _Language(f"{_SOUTHERN}ѓќѕ"),
)
"""Russian and Bulgarian, Ukrainian, Belarusian, Serbian, Macedonian: й stands beside a vowel, ь behind a consonant, and neither ь nor ы first."""
_ODD_CASE = re.compile(r"(?<![а-џґ])[а-џґ](?=[Ѐ-ЯҐ])|.[Ѐ-ЯҐ][а-џґ]$|[а-џґ][ЬЪЫ]")
"""A small letter alone before or behind capitals: words are ЛУКОЙЛ, Газпром, банк, ФосАгро, КамАЗ."""
_SMALL = re.compile("[а-я].*[а-я]")
_ALONE = frozenset("áàâéèíóőåôşøавикосуяі")
"""Letters that stand alone as a word, or as that of a legal form (``A.Ş.``)."""
_WESTERN = ("de", "fr", "it", "es", "ca", "pt", "sv", "da", "et", "nl")
_CENTRAL = ("cs", "pl", "hu", "ro", "hr")
_BESIDE = {"cp1252": ("is", "fo"), "cp1254": ("tr",), "cp1250": _CENTRAL, "iso8859_2": _CENTRAL}
"""Languages that an encoding is for beside the Western ones, of which each holds some words."""


def words_beyond_ascii(text: str) -> set[str]:
    """The words of a text that hold a letter beyond ASCII."""
    return {word for word in _WORD.findall(text) if not word.isascii()}


def fit_of_words(words: Iterable[str], encoding: str) -> float:
    """How many of the words a language writes so that an encoding is for; a word that few of a language are like counts by half."""
    return sum(_fit(word, encoding) for word in words)


def tells_cyrillic(word: str) -> bool:
    """Whether a Cyrillic word is no characters of East Asia by chance: it has small letters, or five capitals and the vowels of a word that is spoken."""
    if _SMALL.search(word):
        return len(word) > 2
    small = word.lower()
    return (
        word.isupper()
        and len(word) > 4
        and bool(_compiled(f"[{_SOUNDS}]").search(small))
        and not _compiled(f"[^{_SOUNDS}]{{4}}|[{_SOUNDS}]{{3}}").search(small)
    )


@lru_cache(maxsize=1 << 12)
def _fit(word: str, encoding: str) -> float:
    if encoding == "cp1251" and len(word) > 1:
        if any(letter < "Ѐ" for letter in word) or _ODD_CASE.search(word):
            return 0.0
        if len(word) > 2 and not word.isupper() and not _compiled(f"[{_SOUNDS}]").search(word.lower()):
            return 0.0
        return max(language.fit(word.lower()) for language in _OF_CYRILLIC)
    if len(word) == 1:
        return _HALF if word.lower() in _ALONE else 0.0
    if any(after > "\x7f" and after.isupper() and before.islower() for before, after in pairwise(word)):
        return 0.0  # accents within a word are small
    small = word.lower()
    turkish = word.replace("İ", "\0").replace("I", "ı").lower().replace("\0", "İ")
    languages = (*_WESTERN, *_BESIDE[encoding])
    return max(_LANGUAGES[name].fit(turkish if name == "tr" else small) for name in languages)
