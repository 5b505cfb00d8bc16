"""The unit that a heading or a line above a table states: thousands, millions, 万, TEUR, and the currency beside them."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from impact.bundled import read_bundled
from impact.intake.currencies import CURRENCIES, MAJOR_CURRENCIES, MARKS, currency_of

__all__ = ["StatedUnit", "agreed_unit", "is_unit", "stated_unit", "unit_in"]

_LONGEST = 160
"""Characters of the longest text that is asked."""
_SCRIPT = "\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_SIGNS = "|".join(re.escape(mark) for mark in sorted(MARKS, key=len, reverse=True) if not re.search(rf"[{_SCRIPT}]", mark))
_TOKENS = re.compile(
    rf"(?P<mark>{_SIGNS})|(?P<figure>10\^\d|'?\d[\d.,']*(?:'?s(?![a-z]))?|(?<=\s)\d{{1,3}}(?: \d{{3}})+)|(?P<script>[{_SCRIPT}]+)"
    rf"|(?P<word>[^\W\d_{_SCRIPT}]+)|(?P<open>[(\[【])|(?P<close>[)\]】])|(?P<break>[,;|\n–]|\s-\s)"
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_APOSTROPHES = str.maketrans("’‘`´′", "'''''")
_RATES = frozenset({"per", "pro", "je", "par", "por"})
"""Words before a figure that make it part of a price (per 1,000), not a scale."""
_IN_PHRASE = frozenset({"scale", "letter", "unclear", "currency", "connective"})
_IN_STATEMENT = _IN_PHRASE | {"money", "shares", "filler", "except"}


@dataclass(frozen=True, kw_only=True)
class StatedUnit:
    """What a text says one printed unit is.

    Attributes
    ----------
    text : str
        As printed.
    label : str
        The rest of a heading, without its unit.
    factor : float
        Units that one printed unit stands for; NaN where the words can mean several, or say two things.
    currency : str
        ISO code, empty where none is named.
    of : {"", "money", "shares"}
        What is counted so, where the words tell.
    spares_shares : bool
        The text excepts numbers of shares.
    """

    text: str
    factor: float
    label: str = ""
    currency: str = ""
    of: str = ""
    spares_shares: bool = False


class _Token(NamedTuple):
    kind: str
    text: str
    factor: float = 1.0
    currency: str = ""


@lru_cache(maxsize=1)
def _vocabulary() -> Mapping[str, _Token]:
    table = read_bundled("unit_words")
    known: dict[str, _Token] = {}
    for kind, word, factor, currency in zip(table["kind"], table["word"], table["factor"], table["currency"], strict=True):
        known.setdefault(word, _Token(kind, word, float(factor) if factor else math.nan if kind == "unclear" else 1.0, currency))
    return known


@lru_cache(maxsize=1)
def _longest_entry() -> int:
    return max(len(word.split()) for word in _vocabulary())


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).replace("_", " ")
    return _HUMP.sub(" ", plain).replace("U.S.", "US").replace("u.s.", "us")


_DECIMALS = re.compile(r"[.,]\d{1,2}$")
"""A figure with cents is an amount, and no scale: ``£100.00``."""


def _figure(text: str) -> _Token:
    digits = re.sub(r"\D", "", text.replace("10^", "1" + "0" * int(text[-1])) if "^" in text else text)
    digits = "1" + "0" * int(text[-1]) if "^" in text else digits
    if _DECIMALS.search(text):
        return _Token("other", text)
    zeros = len(digits.removeprefix("1"))
    if set(digits.removeprefix("1")) == {"0"} and zeros in (3, 4, 5, 6, 8, 9):
        return _Token("thousands" if digits[0] == "0" else "scale", text, 10.0**zeros)
    return _Token("other", text)


def _word(text: str) -> list[_Token]:
    """One word of letters; a code and a scale written as one (``TEUR``, ``USDmm``) are two."""
    known = _vocabulary().get(text.casefold())
    if text in CURRENCIES or (text.casefold() in MAJOR_CURRENCIES and known is None):
        code = text.upper()
        return [_Token("currency", text, 1.0, currency_of(code)[0])]
    if known is not None:
        return [known]
    for code, rest, behind in ((text[:3], text[3:], True), (text[-3:], text[:-3], False)):
        named = code in CURRENCIES or (text.islower() and code in MAJOR_CURRENCIES)
        scale = _vocabulary().get(rest.casefold()) if named and rest else None
        if scale is not None and scale.kind in ("scale", "letter") and not (behind and scale.text == "t"):
            currency = _Token("currency", code, 1.0, code.upper())
            return [currency, scale] if behind else [scale, currency]
    return [_Token("other", text)]


def _script(text: str) -> list[_Token]:
    """A run of Chinese, Japanese or Korean letters: the longest ending that words of units make up, and what stands before it."""
    known = _vocabulary()
    reached: dict[int, list[_Token]] = {len(text): []}
    for start in range(len(text) - 1, -1, -1):
        for end in range(len(text), start, -1):
            piece = known.get(text[start:end])
            if piece is not None and end in reached:
                reached[start] = [piece, *reached[end]]
                break
    start = min(reached)
    return [_Token("other", text[:start]), *reached[start]] if start else reached[0]


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    for part in _TOKENS.finditer(text):
        kind, piece = str(part.lastgroup), part[0]
        if kind == "mark":
            tokens.append(_Token("currency", piece, 1.0, MARKS[piece]))
        elif kind == "figure":
            tokens.append(_figure(piece))
        elif kind == "script":
            tokens += _script(piece)
        elif kind == "word":
            tokens += _word(piece)
        else:
            tokens.append(_Token(kind, piece))
    return _entries_of_several_words(tokens)


def _entries_of_several_words(tokens: list[_Token]) -> list[_Token]:
    """Neighbouring words that are one entry (``us dollars``, ``mil millones``) as one."""
    known = _vocabulary()
    joined: list[_Token] = []
    place = 0
    while place < len(tokens):
        for n in range(min(_longest_entry(), len(tokens) - place), 1, -1):
            entry = known.get(" ".join(token.text.casefold() for token in tokens[place : place + n]))
            if entry is not None:
                joined.append(entry)
                place += n
                break
        else:
            joined.append(tokens[place])
            place += 1
    return joined


def _read(tokens: Sequence[_Token], *, enclosed: bool) -> tuple[float, str, str, bool] | None:
    """Factor, currency, subject and exception that a phrase states; None where it states no scale."""
    spares = False
    for place, token in enumerate(tokens):
        if token.kind == "except":
            spares = any(other.kind == "shares" for other in tokens[place:])
            tokens = tokens[:place]
            break
    has_currency = any(token.kind == "currency" for token in tokens)
    currencies = {token.currency for token in tokens if token.currency}
    factor, scales = 1.0, 0
    for place, token in enumerate(tokens):
        if token.kind not in ("scale", "thousands", "letter", "unclear"):
            continue
        factor *= token.factor if token.kind != "letter" else _letter(token, tokens, place, has_currency, enclosed)
        scales += 1
    if not scales or (math.isnan(factor) and not has_currency and not enclosed):
        return None
    if scales > 1 and all(token.kind == "thousands" for token in tokens if token.kind in ("scale", "thousands", "letter")):
        factor = math.nan
    money = has_currency or any(token.kind == "money" for token in tokens)
    shares = any(token.kind == "shares" for token in tokens)
    return factor, currencies.pop() if len(currencies) == 1 else "", "money" if money else "shares" if shares else "", spares


def _letter(token: _Token, tokens: Sequence[_Token], place: int, has_currency: bool, enclosed: bool) -> float:
    """What a letter stands for: ``EUR m`` and ``(m)`` are millions; ``(B)`` may be a class of shares, ``EUR t`` two things."""
    if token.text == "t":
        following = tokens[place + 1].kind if place + 1 < len(tokens) else ""
        return token.factor if following == "currency" else math.nan
    if token.text == "mm" or has_currency or (enclosed and token.text in ("k", "m")):
        return token.factor
    return math.nan


_CURRENCY_LABEL = re.compile(r"(?<=currency)[\s_]*\([AB]\)", re.IGNORECASE)
"""How the tripartite template labels its two currencies; the letter is no scale."""


@lru_cache(maxsize=8192)
def unit_in(heading: str) -> StatedUnit | None:
    """The unit that a heading states in brackets, behind its words or before them; None when it states no scale.

    Examples
    --------
    >>> [(unit.factor, unit.currency, unit.label) for unit in map(unit_in, ("Value (EUR m)", "Kurswert in TEUR", "市值万元")) if unit]
    [(1000000.0, 'EUR', 'value'), (1000.0, 'EUR', 'Kurswert'), (10000.0, 'CNY', '市值')]
    >>> unit_in("Market Value (USD)") is None, unit_in("Price per 1,000") is None, unit_in("Russell 1000") is None
    (True, True, True)
    """
    if len(heading) > _LONGEST:
        return None
    tokens = _tokens(_plain(_CURRENCY_LABEL.sub(" ", heading)))
    outside, enclosed = _bracketed(tokens)
    parts = [read for inner in enclosed if (read := _enclosed(inner)) is not None]
    label = outside
    ending = _ending(outside)
    if ending < len(outside) and (read := _read(outside[ending:], enclosed=False)) is not None:
        parts.append(read)
        label = outside[:ending]
    elif not parts:
        beginning = _beginning(outside)
        read = _read(outside[:beginning], enclosed=False) if beginning else None
        parts, label = ([read], outside[beginning:]) if read is not None else ([], outside)
    words = " ".join(token.text for token in label if token.kind != "break")
    return _joined(heading, parts, words) if parts and words else None


def _joined(text: str, parts: Sequence[tuple[float, str, str, bool]], label: str) -> StatedUnit:
    factors = {factor for factor, *_ in parts}
    return StatedUnit(
        text=text,
        factor=factors.pop() if len(factors) == 1 else math.nan,
        label=label,
        currency=next((currency for _, currency, _, _ in parts if currency), ""),
        of=next((of for _, _, of, _ in parts if of), ""),
        spares_shares=any(spares for *_, spares in parts),
    )


def _bracketed(tokens: Sequence[_Token]) -> tuple[list[_Token], list[list[_Token]]]:
    """The tokens outside brackets, and those of each bracket."""
    outside: list[_Token] = []
    enclosed: list[list[_Token]] = []
    depth = 0
    for token in tokens:
        if token.kind in ("open", "close"):
            depth = max(0, depth + (1 if token.kind == "open" else -1))
            if token.kind == "open" and depth == 1:
                enclosed.append([])
        elif depth:
            enclosed[-1].append(token)
        else:
            outside.append(token)
    return outside, enclosed


def _enclosed(tokens: Sequence[_Token]) -> tuple[float, str, str, bool] | None:
    """A bracket of unit words alone, or one that ends in some."""
    said = [token for token in tokens if token.kind != "break"]
    if any(token.text.casefold() in _RATES for token in said[:1]):
        return None
    if all(_is_unit_word(token, _IN_STATEMENT) for token in said):
        return _read(said, enclosed=True)
    ending = _ending(said)
    return _read(said[ending:], enclosed=True) if ending < len(said) else None


def _is_unit_word(token: _Token, kinds: Iterable[str]) -> bool:
    return token.kind in kinds or token.kind == "thousands"


def _ending(tokens: Sequence[_Token]) -> int:
    """Where the unit begins that ends a text; the length of the text where it ends in none."""
    start = len(tokens)
    while start and (_is_unit_word(tokens[start - 1], _IN_PHRASE) or _counts(tokens, start - 1)):
        start -= 1
    kinds = {token.kind for token in tokens[start:]}
    bare = "connective" not in kinds and "currency" not in kinds and tokens[start:] and tokens[start].text[:1] == "1"
    rate = start and tokens[start - 1].text.casefold() in _RATES
    return len(tokens) if bare or rate else start


def _counts(tokens: Sequence[_Token], place: int) -> bool:
    """A word for shares right behind a scale (``万股``)."""
    return tokens[place].kind == "shares" and place > 0 and tokens[place - 1].kind in ("scale", "unclear", "thousands")


def _beginning(tokens: Sequence[_Token]) -> int:
    """Where the unit ends that opens a text."""
    end = 0
    while end < len(tokens) and _is_unit_word(tokens[end], _IN_PHRASE):
        end += 1
    return 0 if tokens and tokens[0].kind in ("connective", "unclear") else end


def is_unit(text: str) -> bool:
    """Whether a cell holds a unit and nothing else: ``(000)``, ``USD m``, ``千円``, ``EUR``."""
    tokens = [token for token in _tokens(_plain(text)) if token.kind not in ("open", "close", "break")] if len(text) <= 40 else []
    enclosed = text.strip().startswith(("(", "（", "["))
    says = [
        token.kind in ("currency", "thousands") or (token.kind == "scale" and token.text[0] != "1") or (token.kind == "letter" and enclosed)
        for token in tokens
    ]
    return any(says) and all(_is_unit_word(token, _IN_PHRASE | {"shares"}) for token in tokens)


def stated_unit(cells: Sequence[str]) -> StatedUnit | None:
    """The unit that a line above or below a table states for all of it; None when the line says something else.

    Parameters
    ----------
    cells : sequence of str
        The filled cells of the line. A unit in the label of a figure (``Fund size (EUR m)``, 3,400) is that figure's own.

    Examples
    --------
    >>> [stated_unit([text]).factor for text in ("Amounts in USD thousands", "单位：万元", "(in Mio. EUR)", "Angaben in TEUR")]
    [1000.0, 10000.0, 1000000.0, 1000.0]
    >>> stated_unit(["iShares Russell 1000 ETF"]) is None, stated_unit(["Fund size (EUR m)", "3,400"]) is None
    (True, True)
    """
    parts = []
    for number, cell in enumerate(cells):
        if len(cell) > _LONGEST:
            continue
        others = [other for place, other in enumerate(cells) if place != number]
        whole = _whole(cell)
        if whole is not None and others and _is_amount(cell):
            continue
        if whole is not None:
            parts.append(whole)
        elif not any(any(letter.isdigit() for letter in other) for other in others):
            parts += _within(cell)
    return _joined(" ".join(cells), parts, "") if parts else None


def _is_amount(cell: str) -> bool:
    """Whether a cell is the sign of a currency and a figure, as the amount that the cells beside it name is: ``£1,000``."""
    kinds = [(token.kind, token.text in MARKS or token.text[:1] == "1") for token in _tokens(_plain(cell))]
    return sorted(kind for kind, _ in kinds) == ["currency", "scale"] and all(plain for _, plain in kinds)


def _whole(cell: str) -> tuple[float, str, str, bool] | None:
    """A cell of unit words alone."""
    tokens = [token for token in _tokens(_plain(cell)) if token.kind not in ("open", "close", "break")]
    spared = next((place for place, token in enumerate(tokens) if token.kind == "except"), len(tokens))
    plain = tokens[:spared]
    if not plain or not all(_is_unit_word(token, _IN_STATEMENT) for token in plain):
        return None
    bare = all(token.kind in ("letter", "unclear") or token.text[:1] == "1" for token in plain)
    return None if bare and not cell.strip().startswith("(") else _read(tokens, enclosed=cell.strip().startswith("("))


def _within(cell: str) -> list[tuple[float, str, str, bool]]:
    """Units in the brackets of a line, or at its end behind a word such as "in"; none where a figure follows a colon."""
    figure = cell.rpartition(":")[2].strip() if ":" in cell else ""
    if any(letter.isdigit() for letter in figure) and _whole(figure) is None:
        return []
    outside, enclosed = _bracketed(_tokens(_plain(cell)))
    parts = [
        _read(said, enclosed=True) for inner in enclosed if (said := _spared(inner)) and all(_is_unit_word(t, _IN_STATEMENT) for t in said)
    ]
    ending = _ending(outside)
    if ending < len(outside) and outside[ending].kind == "connective" and len(outside) > ending + 1:
        parts.append(_read(outside[ending:], enclosed=False))
    return [part for part in parts if part is not None]


def _spared(tokens: Sequence[_Token]) -> list[_Token]:
    """A bracket up to and with what it excepts, without breaks."""
    said = [token for token in tokens if token.kind != "break"]
    place = next((number for number, token in enumerate(said) if token.kind == "except"), None)
    return said if place is None else [*said[: place + 1], *(token for token in said[place + 1 :] if token.kind == "shares")]


def agreed_unit(units: Iterable[StatedUnit | None]) -> StatedUnit | None:
    """The one unit that several lines state; of unknown factor where they differ."""
    known = [unit for unit in units if unit is not None]
    if not known:
        return None
    same = len({unit.factor for unit in known}) == 1
    text = known[0].text if same else " / ".join(dict.fromkeys(unit.text for unit in known))
    return StatedUnit(
        text=text,
        factor=known[0].factor if same else math.nan,
        currency=next((unit.currency for unit in known if unit.currency), ""),
        of=next((unit.of for unit in known if unit.of), ""),
        spares_shares=any(unit.spares_shares for unit in known),
    )
