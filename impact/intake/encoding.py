"""Text from bytes: byte-order marks, UTF-16 without one, UTF-8, and the legacy encodings of brokers in Europe and East Asia."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from impact.bundled import read_bundled
from impact.intake.letters import fit_of_words, tells_cyrillic, words_beyond_ascii

__all__ = ["LEGACY", "decode", "misread_words", "opening_text"]

LEGACY = ("cp1252", "cp932", "gb18030", "cp949", "cp950", "euc_jp", "cp1254", "cp1250", "cp1251", "iso8859_2")
"""Encodings that a file which is not Unicode may have: Western, Japanese, Chinese, Korean, Taiwanese, Japanese (Unix), Turkish, Central European, Cyrillic,
Central European (Unix)."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HALF = 0.5
_SAMPLE = 1 << 16
_EVIDENCE = 1 << 15
_BETWEEN_LETTERS = re.compile(r"[^\W\d_].[^\W\d_]")
_RUN = re.compile("[A-Za-z\x80-\U0010ffff]+")
_PUNCTUATION = re.compile("[’‘–—\xa0·/|]")
_SIGNS = "€£¥¤’‘‚“”„«»‹›–—…®©™°§·•\xa0\xad½¼¾¹²³ªº±×†‡¡¿"
"""Signs that stand before and behind words, or alone."""
_CYRILLIC_SIGNS = "№«»„“”’‘–—…®™§\xa0€"
_NOT_ASCII = re.compile(rb"[^\n]*[\x80-\xff][^\n]*")


def decode(content: bytes, *, encoding: str | None = None) -> tuple[str, str]:
    """The text of `content` and the encoding it has.

    Parameters
    ----------
    content : bytes
    encoding : str, optional
        Settles it; bytes that do not fit become U+FFFD.

    Notes
    -----
    UTF-8 is taken when every byte fits it. Else a detector ranks ``LEGACY`` by the lines that hold something beyond ASCII; the
    end-of-file mark of old systems (0x1A) and NULs are taken out.
    """
    named = encoding or _marked(content) or _utf16_without_mark(content[:_SAMPLE])
    if named is None:
        try:
            text = content.decode("utf-8")
            if text.isascii() or not _within_latin_words(text):
                return _clean(text), "utf-8"
            cut = False
        except UnicodeDecodeError as error:
            cut = error.start > len(content) - 4 and "end of data" in error.reason
        named = "utf-8" if cut else _legacy(content)
    return _clean(content.decode(named, errors="replace")), named


def misread_words(text: str, encoding: str) -> list[str]:
    """Words beyond ASCII that no language writes so which an encoding is for, where one holds a sign that is no letter or they are half of all.

    Parameters
    ----------
    text : str
        As decoded.
    encoding : str
        What :func:`decode` found; nothing is said of those that are not single bytes.

    Examples
    --------
    >>> misread_words("ÅèíéêŞ ÔñÜğåæá;1", "cp1254"), misread_words("Crédit Suisse – “Fonds”", "cp1252")
    (['ÅèíéêŞ', 'ÔñÜğåæá'], [])
    """
    if encoding in _NARROW:
        return _misread_characters(text, encoding)
    if encoding not in _LETTERS:
        return []
    words = {part for run in _RUN.findall(text) for part in _PUNCTUATION.split(run.strip(_SIGNS)) if len(part) > 1 and not part.isascii()}
    broken = {word for word in words if not word.isalpha()}
    odd = sorted(broken | {word for word in words - broken if not fit_of_words([word], encoding)})
    if encoding == "cp1251" and not any(map(tells_cyrillic, words)):
        return sorted(words)
    return odd if broken or 2 * len(odd) >= len(words) else []


def _misread_characters(text: str, encoding: str) -> list[str]:
    """Words of characters of East Asia most of which are rare, or all of which are a few Cyrillic capitals as well."""
    words = sorted(words_beyond_ascii(_HALFWIDTH.sub("", text)))
    if not words:
        return []
    cyrillic = _cyrillic_words("\n".join(words).encode(encoding, errors="replace"))
    of_capitals = bool(cyrillic) and all("А" <= letter <= "Я" for letter in "".join(cyrillic))
    return words if of_capitals or _in_common_use("".join(words), encoding) < _HALF else []


def opening_text(content: bytes, n: int = 4096) -> str:
    """The first characters in lower case, without leading blanks: enough to tell markup and JSON from a table."""
    opening = content[:n]
    named = _marked(opening) or _utf16_without_mark(opening) or "utf-8"
    return opening.decode(named, errors="replace").lstrip("\ufeff \t\r\n\x00").lower()


def _within_latin_words(text: str) -> bool:
    """Whether all that is beyond ASCII is letters of other scripts within words of plain ones: two letters of another table (``SPÓŁKA``)."""
    places = (place for place, letter in enumerate(text) if letter > "\x7f")
    return all(
        text[place].isalpha()
        and not unicodedata.name(text[place], "LATIN").startswith("LATIN")
        and bool(_BETWEEN_LETTERS.fullmatch(text[max(place - 1, 0) : place + 2]))
        for place in places
    )


def _marked(content: bytes) -> str | None:
    return next((name for mark, name in _MARKS if content.startswith(mark)), None)


def _utf16_without_mark(sample: bytes) -> str | None:
    """UTF-16 by where its zeros stand: separators and line ends are ASCII, whatever the script of the words."""
    pairs = len(sample) // 2
    if pairs < 2 or b"\x00" not in sample:
        return None
    first, second = sample[: 2 * pairs : 2], sample[1 : 2 * pairs : 2]
    zeros = (first.count(0) / pairs, second.count(0) / pairs)
    for name, mine, other in (("utf-16-le", zeros[1], zeros[0]), ("utf-16-be", zeros[0], zeros[1])):
        if mine > 0.2 and other < 0.02:
            try:
                sample[: 2 * pairs].decode(name)
            except UnicodeDecodeError as error:
                if error.start < 2 * pairs - 4:
                    continue
            text = sample[: 2 * pairs].decode(name, errors="replace")
            controls = sum(letter < " " and letter not in "\t\r\n" for letter in text)
            return name if controls * 20 <= len(text) else None
    return None


def _legacy(content: bytes) -> str:
    evidence, size = [], 0
    for line in _NOT_ASCII.finditer(content):
        evidence.append(line[0][:2000])
        size += len(evidence[-1]) + 1
        if size > _EVIDENCE:
            break
    sample = _ORDINAL.sub(rb"\1", b"\n".join(evidence))
    if sample.isascii():
        return "cp1252"
    of_latin = _is_of_latin_words(sample)
    if not of_latin and _is_of_cyrillic_words(sample):
        return "cp1251"
    alone = _single_byte(sample, content[:_EVIDENCE])
    if (of_latin and not _WITHOUT_LATIN.search(sample)) or (
        _stand_alone(sample) and not misread_words(sample.decode(alone, errors="replace"), alone)
    ):
        return alone
    from charset_normalizer import from_bytes

    ranked = [match.encoding for match in from_bytes(sample, cp_isolation=list(LEGACY), language_threshold=0.05)]
    best = next((name for name in ranked if name in LEGACY), "cp1252")
    coherent = [name for name in dict.fromkeys((*ranked, *_NARROW)) if name in _NARROW and _coherent(sample, name)]
    if not coherent and (of_latin or best in _LETTERS or _within_words(sample.decode(best, errors="replace"))):
        return alone
    decoded = [name for name in _NARROW if _decodes(sample, name)]
    likely = coherent or (decoded if len(decoded) == 1 else [best])
    texts = {name: sample.decode(_NARROW[name], errors="replace") for name in likely}
    return max(likely, key=lambda name: (len(_headings() & _words_between(texts[name])), _in_common_use(texts[name], name)))


_ORDINAL = re.compile(rb"((?<![A-Za-z])[Nn]\.?|\d\.?)[\xaa\xba](?=[\s;,/)\"-]|$)")
"""An ordinal sign behind an N or a figure, whose byte is a letter in the tables of other languages."""
_WITHOUT_LATIN = re.compile(rb"(?<![A-Za-z\x80-\xff])[\x80-\xff]+(?![A-Za-z\x80-\xff])")
_WITHIN = re.compile(
    r"(?<=[a-z])[\u3100-\u9fff](?![\u3040-\ud7ff])|(?<![\u3040-\ud7ff])[\u3100-\u9fff](?=[a-z])|(?<=[A-Z])[\u3100-\u9fff](?=[A-Z])"
)
_HALFWIDTH = re.compile("[\uff61-\uff9f]")
_KANA = re.compile(r"[\u3000-\u30ff\uff01-\uff5e]")
_EAST_ASIAN = re.compile(r"[\u3040-\ud7ff]+")


def _within_words(text: str) -> bool:
    """Whether most characters of East Asia stand alone beside a small Latin letter or between large ones: two accents, or one and the letter behind it."""
    return 2 * len(_WITHIN.findall(text)) > len(_EAST_ASIAN.findall(text))


def _is_of_latin_words(sample: bytes) -> bool:
    """Whether all that is beyond ASCII is letters of words as a language writes them whose letters are Latin."""
    for name in _LATIN_TABLES:
        text = sample.decode(name, errors="replace")
        words = words_beyond_ascii(text)
        if all(letter.isalpha() for letter in text if letter > "\x7f") and all(fit_of_words([word], name) for word in words):
            return True
    return False


def _cyrillic_words(sample: bytes) -> list[str]:
    """The words beyond ASCII where two of three are as a language writes them whose letters are Cyrillic; initials are not asked."""
    text = sample.decode("cp1251", errors="replace")
    words = [word for word in words_beyond_ascii(text) if len(word) > 1]
    fitting = [word for word in words if fit_of_words([word], "cp1251")]
    strange = any(sign > "\x7f" and not sign.isalpha() and sign not in _CYRILLIC_SIGNS for sign in text)
    return [] if strange or 3 * len(fitting) < 2 * len(words) else fitting


def _is_of_cyrillic_words(sample: bytes) -> bool:
    """Whether a sample is of Cyrillic words, and of no characters of East Asia in common use; capitals of a word that is spoken tell by themselves."""
    words = _cyrillic_words(sample)
    if any(word.isupper() and tells_cyrillic(word) for word in words):
        return True
    return max(map(len, words), default=0) > 2 and not any(_is_common(sample, name) for name in _NARROW)


def _is_common(sample: bytes, name: str) -> bool:
    """Whether all of a sample is characters in common use under a double-byte encoding."""
    return _decodes(sample, name) and _in_common_use(sample.decode(_NARROW[name]), name) == 1.0


_NARROW = {"cp932": "shift_jis", "gb18030": "gb2312", "cp949": "euc_kr", "cp950": "big5", "euc_jp": "euc_jp"}
"""The older and smaller table behind each double-byte encoding, which holds the characters in common use."""


def _decodes(sample: bytes, name: str) -> bool:
    """Whether all of the sample is in the smaller table of an encoding, in characters that are not halfwidth: those fit any bytes."""
    try:
        text = sample.decode(_NARROW[name])
    except UnicodeDecodeError:
        return False
    return not any("\uff61" <= letter <= "\uff9f" for letter in text)


_COMMON = {"cp932": (0x88, 0x98), "gb18030": (0xB0, 0xD7), "cp949": (0xB0, 0xC8), "cp950": (0xA4, 0xC6), "euc_jp": (0xB0, 0xCF)}
"""First bytes of the characters in common use, which each of these tables holds before the rare ones."""


def _in_common_use(text: str, name: str) -> float:
    """The share of the signs of a text that are in common use: kana and marks of East Asia, and what stands first in its table."""
    signs = [sign for sign in text if sign > "\x7f"]
    low, high = _COMMON[name]
    common = (
        low <= sign.encode(_NARROW[name], errors="replace")[0] <= high if "\u3400" <= sign <= "\ud7a3" else bool(_KANA.match(sign))
        for sign in signs
    )
    return sum(common) / len(signs)


def _coherent(sample: bytes, name: str) -> bool:
    """Whether the sample uses characters in common use only, and of the script that the encoding is for."""
    try:
        text = sample.decode(_NARROW[name])
    except UnicodeDecodeError:
        return False
    if _within_words(text):
        return False
    letters = [letter for letter in text if letter > "\x7f" and letter.isalpha()]
    hangul = sum("가" <= letter <= "힣" for letter in letters)
    kana = sum("ぁ" <= letter <= "ヺ" or letter == "ー" for letter in letters)
    halfwidth = sum("\uff61" <= letter <= "\uff9f" for letter in letters)
    if name == "cp949":
        return hangul >= 0.8 * len(letters)
    if name in ("cp932", "euc_jp"):
        return kana > 0.15 * len(letters) and halfwidth < 0.3 * len(letters)
    return bool(letters) and not hangul and kana <= 0.1 * len(letters)


_WESTERN = "àáâãäåæçèéêëìíîïñòóôõöøœùúûüýþðÿ"
_CENTRAL = "ąćęłńóśźżčďěňřšťůžáéíúýőűăâîôşţäĺľŕöüđçë"
_RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїє"
_LETTERS = {
    "cp1252": frozenset(_WESTERN + _WESTERN.upper() + "ß"),
    "cp1250": frozenset(_CENTRAL + _CENTRAL.upper() + "ß"),
    "cp1251": frozenset(_RUSSIAN + _RUSSIAN.upper()),
    "iso8859_2": frozenset(_CENTRAL + _CENTRAL.upper() + "ß"),
    "cp1254": frozenset(_WESTERN + _WESTERN.upper() + "ß").difference("ýþðÝÞÐ").union("ışğİŞĞ"),
}
"""Letters that the languages of each single-byte encoding use, the likelier encoding first; the others of its table are rare in names."""
_LATIN_TABLES = ("cp1252", "cp1250", "cp1254")
_LANGUAGES = {"cp1254": ("tr",), "cp1250": ("cs", "hu", "pl"), "cp1251": ("ru",)}
"""Languages of the table of headings that each encoding is for; the Western one is for the others but English, which stands in every file."""
_COUNTRIES = {
    "cp1252": ("IS", "FO", "FR", "BE", "DE", "AT", "CH", "NL", "ES", "PT", "BR", "IT", "DK", "NO", "SE", "FI", "EE"),
    "cp1254": ("TR",),
    "cp1250": ("CZ", "SK", "PL", "HU", "RO", "HR", "SI"),
    "cp1251": ("RU", "BG"),
}
"""Prefixes of ISINs of the countries whose languages each encoding is for."""
_PER_ISIN = 0.5
_AS = {"iso8859_2": "cp1250"}
"""Encodings that are for the languages of another one."""
_LEGAL_FORMS = {
    "cp1252": frozenset(("hf", "ehf", "ohf")),
    "cp1250": frozenset(("dd", "doo", "sro", "zrt", "nyrt", "kft")),
}
"""What companies of those countries bear behind their names, without dots."""
_CYRILLIC = _LETTERS["cp1251"]
_LATIN = re.compile("[A-Za-z]")
_WORD = re.compile(r"[^\W\d_]{3,}")
_ISIN = re.compile(r"\b[A-Z]{2}[A-Z0-9]{9}\d\b")


def _single_byte(sample: bytes, opening: bytes) -> str:
    """The single-byte encoding under which most letters beyond ASCII are ordinary ones.

    Where several read alike, the lines that they read otherwise tell: by their words as languages write them, by the words of headings
    that the languages of no other encoding have, and by the countries of their ISINs. What is still as good in Turkish is Turkish: the
    few words of other languages whose letters follow its harmony of vowels are rare.
    """
    texts = {name: sample.decode(name, errors="replace") for name in _LETTERS}
    scores = {name: _ordinary(text, _LETTERS[name]) for name, text in texts.items()}
    tied = [name for name, score in scores.items() if score > max(scores.values()) - 1e-9]
    lines = zip(*(texts[name].split("\n") for name in tied), strict=True)
    apart = [readings for readings in lines if len(set(readings)) > 1]
    if not apart:
        return tied[0]
    headings = _heading_words()
    worth = {}
    for name, own in zip(tied, zip(*apart, strict=True), strict=True):
        text = "\n".join(own)
        isins = _ISIN.findall(text) or _ISIN.findall(opening.decode(name, errors="replace"))
        of_countries = sum(isin[:2] in _COUNTRIES[_AS.get(name, name)] for isin in isins)
        n_forms = len(
            _LEGAL_FORMS.get(_AS.get(name, name), frozenset()).intersection(text.lower().replace(".", "").replace(";", " ").split())
        )
        n_headings = len(
            headings[_AS.get(name, name)] & _words_in(*_without_figures(opening.decode(name, errors="replace")), *_without_figures(text))
        )
        worth[name] = fit_of_words(words_beyond_ascii(text), name) + n_headings + n_forms + _PER_ISIN * of_countries
    best = [name for name in tied if worth[name] > max(worth.values()) - 1e-9]
    return "cp1254" if "cp1254" in best and texts["cp1254"] != texts[best[0]] else best[0]


def _words_between(text: str) -> set[str]:
    """What stands between marks of any kind."""
    return set("".join(letter if letter.isalnum() else " " for letter in text).split())


@lru_cache(maxsize=1)
def _headings() -> frozenset[str]:
    return frozenset(read_bundled("headings")["heading"])


def _without_figures(text: str) -> list[str]:
    """The lines of a text that hold no figure: headings, and not the names of lines held."""
    return [line for line in text.split("\n") if not any(map(str.isdigit, line))]


def _words_in(*texts: str) -> set[str]:
    return {word for text in texts for word in _WORD.findall(text.lower())}


@lru_cache(maxsize=1)
def _heading_words() -> Mapping[str, set[str]]:
    """The words of headings that the languages of one encoding have alone."""
    encoding_of = {language: name for name, languages in _LANGUAGES.items() for language in languages}
    words: dict[str, set[str]] = {name: set() for name in (*_COUNTRIES, "any")}
    table = read_bundled("headings")
    for language, heading in zip(table["language"], table["heading"], strict=True):
        words["any" if language == "en" else encoding_of.get(language, "cp1252")] |= _words_in(heading)
    return {name: own.difference(*(others for other, others in words.items() if other != name)) for name, own in words.items()}


def _ordinary(text: str, letters: frozenset[str]) -> float:
    worth = 0.0
    for place, letter in enumerate(text):
        around = text[max(place - 1, 0) : place + 2]
        if letter in _CYRILLIC and _LATIN.search(around):
            continue  # within a Latin word it is an accent of another table
        if letter in letters or letter in "’‘“”–—…®©" or (letter in "€£" and not _BETWEEN_LETTERS.fullmatch(around)):
            worth += 1.0
        elif letter > "\x7f" and letter.isalpha():
            worth += 0.2
        elif letter > "\x7f" and letter != "\ufffd" and not text[max(place - 1, 0) : place].isalpha():
            worth += 0.8
    return worth


def _stand_alone(sample: bytes) -> bool:
    """Whether bytes beyond ASCII stand alone between Latin letters, as accents do; a double-byte script writes them in pairs."""
    runs = re.findall(rb"[\x80-\xff]+", sample)
    alone = re.findall(rb"(?<=[A-Za-z' ])[\x80-\xff](?=[a-z]|\b)|(?<=[a-z])[\x80-\xff]|(?<=[A-Z])[\x80-\xff](?=[\x00-\x2f:-?]|$)", sample)
    return len(alone) > 0.5 * len(runs)


def _clean(text: str) -> str:
    text = text.removeprefix("\ufeff")
    return text.translate({0x1A: None, 0x00: None}) if "\x1a" in text or "\x00" in text else text
