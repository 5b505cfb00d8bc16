"""Headings as keys that meet whatever their spelling, and the words that total lines bear."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from impact.bundled import read_bundled
from impact.intake.currencies import CURRENCIES, CURRENCY_PARTS, PART_CODES, SIGNS, any_of, spaced_currency
from impact.intake.units import unit_in

__all__ = [
    "heading_ends",
    "heading_key",
    "heading_readings",
    "heading_spellings",
    "held_in_brackets",
    "is_group_label",
    "is_total_label",
    "may_be_heading",
    "names_text",
    "record_words",
    "word_keys",
]

_BRACKETS = re.compile(r"[(\[（【]([^)\]）】]*)[)\]）】]")
_SIGN = any_of(SIGNS)
_TRAILING_CURRENCY = re.compile(
    rf"(?:\s+(?:in|en|em|à|w|base)\b|[\s_\-/]+|(?<=[a-z]))\s*(?:[A-Z]{{0,2}}\$|{_SIGN}|{any_of(PART_CODES)}|[A-Z]{{3}})\s*\*?$"
)
_DATE = re.compile(r"\b(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2})\b")
_NUMBER_BEFORE = re.compile(r"^\d{1,3}[A-Za-z]?[_.)]\s*(?=[^\W\d])")
_MARKED = re.compile(r"[()\[\]%]")
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_PERCENT = ("%", "％", "﹪")
_WORD_DOT = re.compile(r"\.(?!\d)|(?<!\d)\.")
_BRACKET_OF_DOTS = re.compile(r"\.\.(\w[\w.]*?)\.$")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NEUTRAL = frozenset(
    ("security", "securities", "instrument", "instruments", "contract", "contracts", "asset", "assets", "position", "positions", "holding", "holdings", "item", "items",
     "product", "stock", "share", "equity", "symbol", "ticker", "line", "lines", "row", "rows", "record", "records", "entry", "data", "detail",
     "details", "info", "information", "characteristics", "composition", "constituent", "constituents", "attributes", "properties", "fields", "identifier", "identifiers", "identification", "ids", "node", "wertpapier", "titel",
     "titre", "titres", "titolo", "valor", "activo", "ativo", "papier")
)  # fmt: skip
"""Words of records around a field that say nothing but that it is of the position, or of its security."""
_AROUND = frozenset(("portfolio", "account", "result", "results", "response", "body", "payload", "client", "depot", "fund"))
"""Records that may stand around such a one."""
_FIGURES = frozenset(("value", "amount"))
_MEASURES = frozenset(("value", "price", "quantity", "qty", "volume", "weight", "amount", "percentage", "percent", "nominal", "worth"))
"""Words that a record of a figure ends on, which is then that figure; ``Shares.Value`` is what shares are worth."""
_SOMETHING_ELSE = frozenset(
    ("custodian", "broker", "counterparty", "parent", "benchmark", "bench", "underlying", "collateral", "book", "cost", "purchase", "purchased", "acquisition",
     "bought", "sold", "prior", "previous", "opening", "unrealised", "unrealized", "realised", "realized", "average", "avg", "target", "model", "active",
     "change", "gain", "loss", "dividend", "accrued", "einstand", "kauf", "kaufkurs", "einstandskurs", "verwahrstelle", "achat", "acquisto", "compra")
)  # fmt: skip
"""Words in brackets behind a heading that make it one of something else than what is held."""
_LEADING_CURRENCY = re.compile(rf"^(?:[A-Z]{{3}}|[A-Z]{{0,2}}\$|{_SIGN})[\s_\-]+")


def heading_key(heading: object) -> str:
    """A heading without what spellings differ in: case, accents, punctuation, blanks, underscores; ``%`` is ``percent``.

    Examples
    --------
    >>> heading_key("Weight (%)"), heading_key("market_value") == heading_key("MarketValue"), heading_key("Börse")
    ('weightpercent', True, 'borse')
    """
    return _key("" if heading is None else str(heading))


_STROKES = str.maketrans("ıł", "il")
"""Letters that differ from a plain one by more than an accent, and are written as that one in capitals or without it."""


_BY_TWO = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa"})
"""Letters that systems without accents write by two."""


def heading_spellings(heading: str) -> tuple[str, ...]:
    """A heading of the table as it stands there, and as systems write it that have no letter beyond ASCII.

    Examples
    --------
    >>> heading_spellings("stück"), heading_spellings("menge")
    (('stück', 'stueck'), ('menge',))
    """
    return tuple(dict.fromkeys((heading, heading.translate(_BY_TWO))))


@lru_cache(maxsize=1 << 15)
def _key(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.replace("ß", "ss")).replace("%", " percent ").casefold().translate(_STROKES)
    return "".join(letter for letter in text if letter.isalnum() and not unicodedata.combining(letter))


def word_keys(text: str) -> list[str]:
    """The keys of the words of a text: its runs of letters and figures.

    Examples
    --------
    >>> word_keys("Savings-Konto Nr. 5"), word_keys("assurance_vie")
    (['savings', 'konto', 'nr', '5'], ['assurance', 'vie'])
    """
    return [_key(word) for word in "".join(sign if sign.isalnum() else " " for sign in text).split()]


def record_words(name: str) -> list[str]:
    """The keys of the words of a record, be they joined by humps, dots or dashes.

    Examples
    --------
    >>> record_words("parentCompany.short_name")
    ['parent', 'company', 'short', 'name']
    """
    return word_keys(_HUMP.sub(" ", name))


def heading_readings(heading: object) -> list[str]:
    """Keys of the readings of one heading, the most literal first.

    Whole, without brackets, without a currency, what brackets hold in another script, without the scale that it states, without the number of
    its column or a day. Dots without blanks are blanks: R writes them so. Brackets that name something else (``Weight (Benchmark)``) stay.

    Examples
    --------
    >>> heading_readings("Price..USD."), heading_readings("Weight (Benchmark)"), heading_readings("持仓 (Shares)")[-1]
    (['priceusd', 'price'], ['weightbenchmark', 'benchmarkweight'], 'shares')
    """
    text = _spaced("" if heading is None else str(heading).strip())
    if other := _of_something_else(text):
        return other
    outside = _BRACKETS.sub(" ", text).strip()
    bare = [_without_currency(part) for part in (text, outside)]
    halves = heading_halves(text)
    unit = unit_in(text)
    unscaled = [] if unit is None else [unit.label, _without_currency(unit.label)]
    unnumbered = _NUMBER_BEFORE.sub("", text)
    undated = _DATE.sub(" ", outside)
    inside = [held for held in _BRACKETS.findall(text) if (held.strip() not in _PERCENT or not outside) and _tells_the_same(outside, held)]
    parts = (
        text,
        outside,
        *bare,
        *inside,
        *(halves if any(map(_tells_the_same, halves, halves[1:])) else []),
        *unscaled,
        unnumbered,
        _BRACKETS.sub(" ", unnumbered),
        undated,
        _without_currency(undated.strip()),
    )
    return list(dict.fromkeys(key for part in parts if (key := heading_key(part))))


def _spaced(text: str) -> str:
    """A heading whose words dots divide, with blanks, and with the brackets that R writes as dots."""
    return text if any(map(str.isspace, text)) else " ".join(_WORD_DOT.sub(" ", _BRACKET_OF_DOTS.sub(r" (\1)", text)).split())


def _tells_the_same(one: str, other: str) -> bool:
    """Whether two parts of a heading may be one in two scripts: what brackets hold else says of what the words before them are."""
    letters = [list(filter(str.isalpha, part)) for part in (one, other)]
    latin = [all(unicodedata.name(letter, "").startswith("LATIN") for letter in part) for part in letters]
    return not all(letters) or latin[0] != latin[1]


def _of_something_else(text: str) -> list[str]:
    """The readings of a heading whose brackets name something else than what is held: both parts in either order; none for any other."""
    held = [inside for inside in _BRACKETS.findall(text) if _says_something_else(inside)]
    outside = _BRACKETS.sub(" ", text)
    return list(dict.fromkeys(heading_key(part) for part in (text, f"{held[0]} {outside}"))) if held and heading_key(outside) else []


def _says_something_else(text: str) -> bool:
    """Whether a word of a text says that it is of something else than what is held (a custodian, a parent, a cost)."""
    return not _SOMETHING_ELSE.isdisjoint(word_keys(text))


def held_in_brackets(heading: str) -> list[str]:
    """What brackets of a heading hold, unless a word of it says that it is of something else than what is held."""
    return [] if _says_something_else(heading) else _BRACKETS.findall(heading)


def heading_halves(heading: str) -> list[str]:
    """What bars or breaks of lines divide in a heading; nothing where there are none."""
    return [half for half in re.split(r"\s*[\n|/]\s*", heading) if half] if re.search(r"[\n|]", heading) else []


def heading_ends(heading: str) -> list[str]:
    """The parts of a heading that may name its column where no whole reading does, the longest first.

    What stands behind neutral records (``instrument.identifiers.isin``), and a measure without the record of its figure (``volume.value``).

    Examples
    --------
    >>> heading_ends("symbol.symbol.currency.code"), heading_ends("custodian.name"), heading_ends("position.marketValue.amount")
    (['symbol.currency.code', 'currency.code'], [], ['marketValue.amount', 'position.marketValue', 'marketValue'])
    """
    path = [part for part in heading.split(".") if part] if not any(map(str.isspace, heading)) else []
    ends = _behind_records(path)
    if len(path) > 1 and heading_key(path[-1]) in _FIGURES and record_words(path[-2])[-1] in _MEASURES:
        ends += [".".join(path[:-1]), *_behind_records(path[:-1])]
    return ends


def _behind_records(path: Sequence[str]) -> list[str]:
    """What remains of a path behind records that say nothing of whose the field is."""
    neutral = [all(word in _NEUTRAL or word.isdigit() for word in record_words(part)) for part in path]
    around = [kind or heading_key(part) in _AROUND for kind, part in zip(neutral, path, strict=True)]
    return [".".join(path[n:]) for n in range(1, len(path)) if neutral[n - 1] and all(around[:n])]


_STEM = 4


@lru_cache(maxsize=1)
def _heading_stems() -> tuple[frozenset[str], frozenset[str]]:
    """How the longest word of every heading of holdings begins, and the keys of headings without a word of that length."""
    begin, short = set(), set()
    for heading in (spelling for printed in read_bundled("headings")["heading"] for spelling in heading_spellings(printed)):
        word = max((heading_key(part) for part in re.split(r"[\W_]+", heading)), key=len)
        if len(word) < _STEM:
            short.add(heading_key(heading))
        begin.add(word[:_STEM])
    return frozenset(begin), frozenset(key for key in short if key.isascii())


def may_be_heading(text: str) -> bool:
    """Whether a text in plain letters holds the beginning of the longest word of a heading; what a reading leaves out never splits one."""
    begin, short = _heading_stems()
    key = _NO_LETTER.sub("", text.lower())
    outside = _NO_LETTER.sub("", _BRACKETS.sub(" ", text).lower())
    return any(key[n : n + _STEM] in begin for n in range(len(key) - _STEM + 1)) or any(word in key or word in outside for word in short)


_FIGURE_FIELDS = frozenset(("market_value", "notional_value", "price", "quantity", "weight", "fx"))


@lru_cache(maxsize=1)
def _text_headings() -> frozenset[str]:
    """The keys of headings that name a field of text (a name, a code, a day) and none of figures."""
    table = read_bundled("headings")
    fields: dict[str, set[str]] = {}
    for field, printed in zip(table["field"], table["heading"], strict=True):
        for spelling in heading_spellings(printed):
            fields.setdefault(heading_key(spelling), set()).add(field)
    return frozenset(key for key, named in fields.items() if _FIGURE_FIELDS.isdisjoint(named))


@lru_cache(maxsize=1 << 12)
def names_text(heading: str) -> bool:
    """Whether a heading is known for one of texts: what stands below it is no figure, whatever its form (``1810``, ``3M``).

    Examples
    --------
    >>> [names_text(heading) for heading in ("symbol", "securityName", "marketValue", "size")]
    [True, True, False, False]
    """
    return any(reading in _text_headings() for reading in heading_readings(heading))


def _without_currency(text: str) -> str:
    text = spaced_currency(text)
    ending = _TRAILING_CURRENCY.search(text)
    if ending and ending.start() and _is_currency(ending[0]):
        return text[: ending.start()]
    opening = _LEADING_CURRENCY.search(text)
    return text[opening.end() :] if opening and _is_currency(opening[0]) else text


def _is_currency(text: str) -> bool:
    code = re.sub(r"[^A-Za-z]", "", text)[-3:]
    return not code.isascii() or any(mark in text for mark in SIGNS) or code in CURRENCIES or code in CURRENCY_PARTS


@lru_cache(maxsize=1)
def _total_labels() -> tuple[frozenset[str], tuple[str, ...]]:
    keys = [heading_key(label) for label in read_bundled("total_labels")["label"]]
    return frozenset(keys), tuple(sorted({key for key in keys if not key.isascii()}, key=len, reverse=True))


@lru_cache(maxsize=1)
def _stems() -> re.Pattern[str]:
    """The longest word of every label: a cell of plain letters without any of them is no total, whatever its readings."""
    words = (max(map(heading_key, re.split(r"[\W_]+", label)), key=len) for label in read_bundled("total_labels")["label"])
    return re.compile("|".join(sorted({re.escape(word) for word in words if word.isascii()}, key=len)))


@lru_cache(maxsize=1 << 16)
def is_total_label(text: object) -> bool:
    """Whether a cell says nothing but that its line is a total: ``Grand Total (USD)``, ``Gesamtsumme``, ``合计``.

    Examples
    --------
    >>> [is_total_label(text) for text in ("Sub-total:", "Total général EUR", "合计", "Total SE", "TotalEnergies")]
    [True, True, True, False, False]
    """
    whole, _ = _total_labels()
    plain = str(text)
    if plain.isascii() and not _MARKED.search(plain) and not _stems().search(_NO_LETTER.sub("", plain.lower())):
        return False  # most cells are names; what a reading leaves out never splits a word
    return any(reading in whole for reading in heading_readings(str(text).strip(" :-*.=")))


@lru_cache(maxsize=1)
def _group_labels() -> frozenset[str]:
    return frozenset(heading_key(label) for label in read_bundled("group_labels")["label"])


@lru_cache(maxsize=1 << 12)
def is_group_label(text: str) -> bool:
    """Whether a cell names a group of positions (a sector, a kind of asset, a country) or says that its line is a total, and so no position.

    Examples
    --------
    >>> [is_group_label(text) for text in ("Energy", "Energy (12 %)", "Total", "China", "China Mobile", "Total Energies")]
    [True, True, True, True, False, False]
    """
    whole = {heading_key(text), heading_key(_BRACKETS.sub(" ", text))} & _group_labels()
    return bool(whole) or is_total_label(text)
