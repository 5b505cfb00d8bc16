"""What stands behind a heading of daily figures beside its name: a currency (``Close (EUR)``), a part of one, a scale, a unit of shares."""

from __future__ import annotations

import math
import re
from functools import lru_cache

from impact.intake.currencies import CURRENCY_PARTS, MAJOR_CURRENCIES, MARKS, PART_CODES, any_of, spaced_currency
from impact.intake.currency_table import CURRENCY_TABLE
from impact.intake.units import is_unit, unit_in
from impact.market.column_names import PARTS_OF_CURRENCIES, SINGLE_SHARES, VALUES_TRADED
from impact.venues import VENUES

__all__ = [
    "PART", "bare_text", "currency_behind", "is_unit_word", "is_value_traded", "price_in_scale", "sign_in", "unit_of_shares", "value_in_units", "volume_in_units", "with_unit", "without_currency",
]  # fmt: skip

PART = "¢"
"""Sign of a part of a currency that is not told."""
_BRACKETED = re.compile(r"^(.*[^\s(\[（【])\s*[(\[（【]([^()\[\]（）【】]+)[)\]）】]$")
_CODE_BEHIND = re.compile(rf"^(.*?\w)(?:[\s,_]+in[\s_]+|[\s,_/-]+)([A-Z]{{3}}|{any_of(PART_CODES)}|[A-Z]{{0,2}}\$|[€£])$")
_WORD_BEHIND = re.compile(r"^(.*[^\s_|/:.-])[\s_|/:.-]+(\S+)$")
_PHRASE = re.compile(r"^(?:in[\s_]+)?(.*?)(?:\s*(?:/|per|pro|par|je)\s*(?:share|sh\.?|stk\.?|stück|aktie|action|unit))?$", re.IGNORECASE)
_PENCE, _AGOROT = "GBp", "ILA"
_SHARED = frozenset(["$", "¥", "￥", "元", *(letters for one in CURRENCY_TABLE.values() for letters in one.letters)])
"""Signs and letters that several currencies share."""
_LONGEST_SCALE_OF_CAPITALS, _LONGEST_PART_OF_CAPITALS = 2, 4
"""Letters in capitals up to which a word is a ticker first: ``K``, ``BN``; ``CENT``."""


def bare_text(heading: str) -> str:
    """A heading without the number before it, as ``4. close`` of Alpha Vantage, and without marks of footnotes behind it.

    Examples
    --------
    >>> bare_text("4. close"), bare_text("Close*"), bare_text("No. of shares")
    ('close', 'Close', 'No. of shares')
    """
    number, _, rest = heading.strip().partition(". ")
    return (rest if number.isdigit() else heading.strip()).rstrip("* ")


@lru_cache(maxsize=1 << 16)
def without_currency(heading: str) -> tuple[str, str]:
    """A heading without the currency that it states in brackets, and that currency; empty when it states none.

    A code is one in which some venue trades: ``ALL`` and ``TOP`` are words first. A sign that several currencies share (``$``, ``¥``, ``元``,
    ``kr``), or words for a part of one (``cents``), are taken off and tell none.

    Examples
    --------
    >>> without_currency("KO (EUR)"), without_currency("Close [GBp]"), without_currency("Berkshire (B)"), without_currency("TRY (TOP)")
    (('KO', 'EUR'), ('Close', 'GBp'), ('Berkshire (B)', ''), ('TRY (TOP)', ''))
    >>> without_currency("Close (p)"), without_currency("Close (£)"), without_currency("Close (HK$)"), without_currency("收盘价（元）")
    (('Close', 'GBp'), ('Close', 'GBP'), ('Close', 'HKD'), ('收盘价', ''))
    >>> without_currency("Close (in USD)"), without_currency("Close (euros)"), without_currency("Close (agorot)"), without_currency("Close (c)")
    (('Close', 'USD'), ('Close', 'EUR'), ('Close', 'ILA'), ('Close', ''))
    """
    whole = heading.strip()
    match = _BRACKETED.match(whole)
    if match is None:
        return whole, ""
    bare, inside = match[1].strip(), match[2].strip()
    phrase = _PHRASE.match(inside)
    inside = phrase[1] if phrase and phrase[1] else inside
    if _is_part(inside):
        return bare, _AGOROT if inside.lower().startswith("agor") else ""
    if inside in _SHARED:
        return bare, ""
    if inside.lower() in CURRENCY_PARTS and len(inside) != 3:  # a code tells a hundredth by its letter case, words do not
        return (bare, _PENCE) if CURRENCY_PARTS[inside.lower()] == "GBP" and not inside.isupper() else (whole, "")
    if inside in MARKS:
        return bare, MARKS[inside]
    if inside in CURRENCY_PARTS or inside in {venue.currency for venue in VENUES.values()}:
        return bare, inside
    if inside in MAJOR_CURRENCIES:
        return bare, inside.upper()
    if not inside.isupper() and is_unit(inside):
        unit = unit_in(f"price ({inside} thousand)")  # the reader of units names a currency beside a scale alone
        return (bare, unit.currency) if unit and unit.factor == 1000 else (whole, "")
    return whole, ""


def currency_behind(heading: str) -> tuple[str, str]:
    """A heading without the code of a currency at its end, behind a blank, a line, a comma or ``in``, and that currency; empty when there is none.

    For headings of figures: ``KO EUR`` may be the name of a line.

    Examples
    --------
    >>> currency_behind("Close_EUR"), currency_behind("Closing price in GBp"), currency_behind("Close, US$"), currency_behind("Close")
    (('Close', 'EUR'), ('Closing price', 'GBp'), ('Close', 'USD'), ('Close', ''))
    """
    match = _CODE_BEHIND.match(spaced_currency(heading.strip()))
    bare, currency = without_currency(f"{match[1]} ({match[2]})") if match else (heading.strip(), "")
    return (bare, currency) if currency else (heading.strip(), "")


def sign_in(heading: str) -> str:
    """A sign of several currencies that a heading bears in brackets, as figures may bear it (``$`` or ``¥``), or :data:`PART`; empty without one.

    Examples
    --------
    >>> sign_in("Close ($)"), sign_in("Close (cents)"), sign_in("Close (EUR)")
    ('$', '¢', '')
    """
    match = _BRACKETED.match(heading.strip())
    if match is None:
        return ""
    inside = match[2].strip()
    if _is_part(inside) and not without_currency(heading)[1]:
        return PART
    return {"￥": "¥"}.get(inside, inside) if inside in ("$", "¥", "￥") else ""


def _is_part(inside: str) -> bool:
    """Whether brackets hold a word for a part of a currency."""
    return inside.casefold() in PARTS_OF_CURRENCIES and not (inside.isupper() and len(inside) <= _LONGEST_PART_OF_CAPITALS)


def unit_of_shares(heading: str) -> str:
    """A heading without brackets that say that it counts single shares; empty for any other.

    Examples
    --------
    >>> unit_of_shares("Volume (shares)"), unit_of_shares("Umsatz (Stück)"), unit_of_shares("Volume ('000)")
    ('Volume', 'Umsatz', '')
    """
    match = _BRACKETED.match(heading.strip())
    return match[1].strip() if match and match[2].strip().lower() in SINGLE_SHARES else ""


def price_in_scale(heading: str) -> str:
    """A heading of prices without brackets that say that they are in thousands or more; empty where they say something else.

    Examples
    --------
    >>> price_in_scale("Close (000)"), price_in_scale("Close (USD m)"), price_in_scale("Close (M)"), price_in_scale("Close (600519)")
    ('Close', 'Close', '', '')
    """
    match = _BRACKETED.match(heading.strip())
    if match is None:
        return ""
    bare, inside = match[1].strip(), match[2].strip()
    ticker = inside.isupper() and len(inside) <= _LONGEST_SCALE_OF_CAPITALS
    return bare if not ticker and inside[0] not in "123456789" and unit_in(f"price ({inside})") is not None else ""


def volume_in_units(heading: str) -> tuple[str, float]:
    """A heading of volumes without its unit, and the shares that one unit stands for: NaN where it is not told, 1 where it states none.

    Examples
    --------
    >>> volume_in_units("Volume ('000)"), volume_in_units("Volume_k"), volume_in_units("Volume (100 shares)"), volume_in_units("Volume")
    (('Volume', 1000.0), ('Volume', 1000.0), ('Volume', nan), ('Volume', 1.0))
    """
    text = heading.strip()
    unit = unit_in(text)
    if unit is not None:
        return unit.label.strip(), math.nan if unit.currency else unit.factor
    bracketed = _BRACKETED.match(text)
    if bracketed is not None:
        return bracketed[1].strip(), math.nan
    behind = _WORD_BEHIND.match(text)
    unit = unit_in(f"{behind[1]} ({behind[2]})") if behind and behind[2].islower() else None
    return (unit.label.strip(), unit.factor) if unit is not None else (text, 1.0)


def value_in_units(heading: str) -> tuple[str, float]:
    """A heading of money without its currency and unit, and how many of a currency one unit stands for: 1 where it states none.

    Examples
    --------
    >>> value_in_units("Turnover (CNY)"), value_in_units("成交额（元）"), value_in_units("Turnover (USD m)"), value_in_units("Turnover")
    (('Turnover', 1.0), ('成交额', 1.0), ('Turnover', 1000000.0), ('Turnover', 1.0))
    """
    bare = without_currency(heading)[0]
    bare = bare if bare != heading.strip() else currency_behind(heading)[0]
    unit = unit_in(bare)
    return (unit.label.strip(), unit.factor) if unit is not None else (bare, 1.0)


def is_value_traded(heading: str) -> bool:
    """Whether a heading is that of what was turned over in money, whatever currency and unit it states.

    Examples
    --------
    >>> is_value_traded("Value (CNY)"), is_value_traded("成交额（元）"), is_value_traded("Volume")
    (True, True, False)
    """
    return value_in_units(heading)[0].lower() in VALUES_TRADED


def is_unit_word(inside: str) -> bool:
    """Whether the words of brackets say in what figures are, and can be no security."""
    heading = f"price ({inside.strip()})"
    return without_currency(heading)[0] == "price" or bool(price_in_scale(heading)) or inside.strip().lower() in SINGLE_SHARES


def with_unit(heading: str) -> list[tuple[str, str]]:
    """The ways in which a heading may be a name and a currency or unit behind it: the name, and the rest as brackets.

    Examples
    --------
    >>> with_unit("KO Close (USD)"), with_unit("KO Close EUR"), with_unit("KO Volume thousands"), with_unit("KO Close")
    ([('KO Close', ' (USD)')], [('KO Close', ' (EUR)')], [('KO Volume', ' (thousands)')], [])
    """
    text = heading.strip()
    bracketed = _BRACKETED.match(text)
    if bracketed is not None:
        return [(bracketed[1].strip(), f" ({bracketed[2].strip()})")]
    bare, currency = currency_behind(text)
    if currency:
        return [(bare, f" ({currency})")]
    behind = _WORD_BEHIND.match(text)
    if behind is not None and behind[2].islower() and unit_in(f"volume ({behind[2]})") is not None:
        return [(behind[1], f" ({behind[2]})")]
    return []
