"""Text from bytes: byte-order marks, UTF-16 without one, UTF-8, and the legacy encodings of brokers in Europe and East Asia."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from functools import lru_cache

from impact.bundled import read_bundled

__all__ = ["LEGACY", "decode", "opening_text"]

LEGACY = ("cp1252", "cp932", "gb18030", "cp949", "cp950", "euc_jp", "cp1254", "cp1250", "cp1251")
"""Encodings that a file which is not Unicode may have: Western, Japanese, Chinese, Korean, Taiwanese, Japanese (Unix), Turkish, Central European, Cyrillic."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 1 << 16
_EVIDENCE = 1 << 15
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
            return _clean(content.decode("utf-8")), "utf-8"
        except UnicodeDecodeError as error:
            cut = error.start > len(content) - 4 and "end of data" in error.reason
        named = "utf-8" if cut else _legacy(content)
    return _clean(content.decode(named, errors="replace")), named


def opening_text(content: bytes, n: int = 4096) -> str:
    """The first characters in lower case, without leading blanks: enough to tell markup and JSON from a table."""
    opening = content[:n]
    named = _marked(opening) or _utf16_without_mark(opening) or "utf-8"
    return opening.decode(named, errors="replace").lstrip("\ufeff \t\r\n\x00").lower()


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
    if _stand_alone(sample):
        return _single_byte(sample, content[:_EVIDENCE])
    from charset_normalizer import from_bytes

    ranked = [match.encoding for match in from_bytes(sample, cp_isolation=list(LEGACY), language_threshold=0.05)]
    best = next((name for name in ranked if name in LEGACY), "cp1252")
    if best in _LETTERS:
        return _single_byte(sample, content[:_EVIDENCE])
    coherent = [name for name in (*ranked, *_NARROW) if name in _NARROW and _coherent(sample, name)]
    if not coherent and (_within_words(sample.decode(best, errors="replace")) or _is_western(sample)):
        return _single_byte(sample, content[:_EVIDENCE])
    alone = [name for name in _NARROW if _decodes(sample, name)]
    likely = coherent or (alone if len(alone) == 1 else [best])
    return max(likely, key=lambda name: len(_headings() & _words_between(sample.decode(_NARROW[name], errors="replace"))))


_ORDINAL = re.compile(rb"((?<![A-Za-z])[Nn]\.?|\d\.?)[\xaa\xba](?=[\s;,/)\"-]|$)")
"""An ordinal sign behind an N or a figure, whose byte is a letter in the tables of other languages."""
_WITHIN = re.compile(r"(?<=[a-z])[\u3100-\u9fff](?![\u3040-\ud7ff])|(?<![\u3040-\ud7ff])[\u3100-\u9fff](?=[a-z])")
_EAST_ASIAN = re.compile(r"[\u3040-\ud7ff]+")


def _within_words(text: str) -> bool:
    """Whether most characters of East Asia stand alone beside a small Latin letter: two accents, or one and the letter behind it."""
    return 2 * len(_WITHIN.findall(text)) > len(_EAST_ASIAN.findall(text))


def _is_western(sample: bytes) -> bool:
    """Whether all that is beyond ASCII is letters of one Western language."""
    letters = [letter for letter in sample.decode("cp1252", errors="replace").lower() if letter > "\x7f"]
    return any(set(letters) <= set(alphabet) for alphabet in _ALPHABETS["cp1252"])


_NARROW = {"cp932": "shift_jis", "gb18030": "gb2312", "cp949": "euc_kr", "cp950": "big5", "euc_jp": "euc_jp"}
"""The older and smaller table behind each double-byte encoding, which holds the characters in common use."""


def _decodes(sample: bytes, name: str) -> bool:
    """Whether all of the sample is in the smaller table of an encoding, in characters that are not halfwidth: those fit any bytes."""
    try:
        text = sample.decode(_NARROW[name])
    except UnicodeDecodeError:
        return False
    return not any("\uff61" <= letter <= "\uff9f" for letter in text)


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


_LETTERS = {
    "cp1252": frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüßÀÁÂÄÅÆÇÈÉÊÍÓÖØÚÜÑ"),
    "cp1254": frozenset("çıöşüâîûğÇİÖŞÜ"),
    "cp1250": frozenset("ąćęłńóśźżčďěňřšťůžáéíúýőűăâîşţäöüßđŁŚŻŹĆČŠŽŘÁÉÓÖÜÄĐ"),
    "cp1251": frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЭЮЯ"),
}
"""Letters that the languages of each single-byte encoding use; the others of its table are rare in company names."""
_ICELANDIC = frozenset("áéíóúýþæöðÁÉÍÓÚÝÞÆÖÐ")
"""Letters of the one Western language that has those whose bytes are the Turkish ı, ş and ğ."""
_ALPHABETS = {
    "cp1252": ("áéíóúýþæöð", "àâæçéèêëîïôœùûüÿ", "äöüß", "áéíóúñüç", "àéèìíîòóùú", "áâãàçéêíóôõúü", "åäöæøé"),
    "cp1254": ("âçğıîöşüû",),
    "cp1250": ("áčďéěíňóřšťúůýžäĺľôŕ", "ąćęłńóśźż", "áéíóöőúüű", "ăâîşţ", "čćđšž", "äöüß"),
    "cp1251": ("абвгдеёжзийклмнопрстуфхцчшщъыьэюя",),
}
"""Letters beyond ASCII of the languages that each encoding is for, one language together."""
_LANGUAGES = {"cp1254": ("tr",), "cp1250": ("cs", "hu", "pl"), "cp1251": ("ru",)}
"""Languages of the table of headings that each encoding is for; the Western one is for the others but English, which stands in every file."""
_COUNTRIES = {"cp1252": ("IS",), "cp1254": ("TR",), "cp1250": ("CZ", "SK", "PL", "HU", "RO", "HR", "SI"), "cp1251": ("RU", "BG")}
"""Prefixes of ISINs of the countries of those languages that share bytes."""
_TURKISH = frozenset("ışğ")
_CYRILLIC = _LETTERS["cp1251"]
_VOWELS = frozenset("aeıioöuüAEIİOÖUÜ")
_LATIN = re.compile("[A-Za-z]")
_WORD = re.compile(r"[^\W\d_]{3,}")
_ISIN = re.compile(r"\b[A-Z]{2}[A-Z0-9]{9}\d\b")


def _single_byte(sample: bytes, opening: bytes) -> str:
    """The single-byte encoding under which most letters beyond ASCII are ordinary ones.

    Where several read alike, the one that has fewest letters beyond the alphabet of one language; then that whose languages have most of
    the words in headings that no others have, and most ISINs; then Turkish where two of its own letters stand, whose bytes are ý, þ and ð
    elsewhere, or else the first of the others.
    """
    texts = {name: sample.decode(name, errors="replace") for name in _LETTERS}
    scores = {name: _ordinary(text, _LETTERS[name]) for name, text in texts.items()}
    scores["cp1252"] = max(scores["cp1252"], _ordinary(texts["cp1252"], _ICELANDIC))
    tied = [name for name, score in scores.items() if score > max(scores.values()) - 1e-9]
    for speaks_for in (_in_one_alphabet, _words_of_headings, _isins_of_countries):
        if len(tied) > 1:
            votes = {name: speaks_for(name, texts[name], opening.decode(name, errors="replace")) for name in tied}
            tied = [name for name in tied if votes[name] == max(votes.values())]
    if len(tied) > 1 and "cp1254" in tied:
        if len(_TURKISH.intersection(texts["cp1254"].replace("İ", "ı").lower())) > 1:
            return "cp1254"
        tied.remove("cp1254")
    return tied[0]


def _in_one_alphabet(name: str, text: str, _: str) -> int:
    letters = [letter for letter in text.replace("İ", "ı").lower() if letter > "\x7f" and letter.isalpha()]
    return -min(sum(letter not in alphabet for letter in letters) for alphabet in _ALPHABETS[name])


def _words_of_headings(name: str, text: str, opening: str) -> int:
    return len(_heading_words()[name] & _words_in(opening, text))


def _isins_of_countries(name: str, _: str, opening: str) -> int:
    return sum(isin[:2] in _COUNTRIES[name] for isin in _ISIN.findall(opening))


def _words_between(text: str) -> set[str]:
    """What stands between marks of any kind."""
    return set("".join(letter if letter.isalnum() else " " for letter in text).split())


@lru_cache(maxsize=1)
def _headings() -> frozenset[str]:
    return frozenset(read_bundled("headings")["heading"])


def _words_in(*texts: str) -> set[str]:
    return {word for text in texts for word in _WORD.findall(text.lower())}


@lru_cache(maxsize=1)
def _heading_words() -> Mapping[str, set[str]]:
    """The words of headings that the languages of one encoding have alone."""
    encoding_of = {language: name for name, languages in _LANGUAGES.items() for language in languages}
    words: dict[str, set[str]] = {name: set() for name in (*_LETTERS, "any")}
    table = read_bundled("headings")
    for language, heading in zip(table["language"], table["heading"], strict=True):
        words["any" if language == "en" else encoding_of.get(language, "cp1252")] |= _words_in(heading)
    return {name: own.difference(*(others for other, others in words.items() if other != name)) for name, own in words.items()}


def _ordinary(text: str, letters: frozenset[str]) -> float:
    worth = 0.0
    for place, letter in enumerate(text):
        if letter in _CYRILLIC and _LATIN.search(text[max(place - 1, 0) : place + 2]):
            continue  # within a Latin word it is an accent of another table
        before = text[max(place - 1, 0) : place]
        if (
            (letter in "þÞ" and before.isalpha())
            or (letter in "ğðĞÐ" and not before.isalpha())
            or (letter == "ğ" and before not in _VOWELS)
        ):
            worth += 0.2  # no word of the language has it there
            continue
        if letter in letters or letter in "€£’‘“”–—…®©":
            worth += 1.0
        elif letter > "\x7f" and letter.isalpha():
            worth += 0.2
        elif letter > "\x7f" and letter != "\ufffd" and not before.isalpha():
            worth += 0.8
    return worth


def _stand_alone(sample: bytes) -> bool:
    """Whether bytes beyond ASCII stand alone between Latin letters, as accents do; a double-byte script writes them in pairs."""
    runs = re.findall(rb"[\x80-\xff]+", sample)
    alone = re.findall(rb"(?<=[A-Za-z' ])[\x80-\xff](?=[a-z]|\b)|(?<=[a-z])[\x80-\xff]", sample)
    return len(alone) > 0.5 * len(runs)


def _clean(text: str) -> str:
    text = text.removeprefix("\ufeff")
    return text.translate({0x1A: None, 0x00: None}) if "\x1a" in text or "\x00" in text else text
