"""What one heading of a table of prices says beside its security: the figure (``KO Volume``, ``Close_KO``) and the currency (``KO (EUR)``)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from impact.errors import InputError
from impact.intake.currencies import HUNDREDTH_CODES, HUNDREDTHS, MARKS, any_of, spaced_currency
from impact.intake.currency_table import CURRENCY_TABLE
from impact.market.column_names import NOT_PRICES
from impact.market.written_numbers import read_numbers
from impact.venues import VENUES, is_terminal_code, named_venue

__all__ = ["HeadingFigures", "cells_fit", "currency_behind", "figures_in_headings", "sign_in", "unit_of_shares", "without_currency"]

Level: TypeAlias = tuple[str, str]
"""A figure, as written, and its security."""
PRICES = frozenset(["close", "adjusted_close"])
SURE = frozenset(["adjusted_close", "volume", "dividends"])
"""Figures whose words stand in the name of no security."""
AMBIGUOUS = frozenset(
    ["vol", "vol.", "dividend", "return", "returns", "total return", "price return", "change", "yield", "rendite", "rendement"]
)
"""Words of figures that do: a volatility, an index of shares that pay, one of total returns."""
LEAST_VOLUME = 100
"""The largest of whole numbers below which they may be volatilities in percent."""

_APART = re.compile(r"[\s_|/:-]+|\.(?=\D)")
_BRACKETED = re.compile(r"^(.*[^\s(\[（【])\s*[(\[（【]([^()\[\]（）【】]+)[)\]）】]$")
_CODE_BEHIND = re.compile(rf"^(.*?\w)(?:[\s,_]+in[\s_]+|[\s,_/-]+)([A-Z]{{3}}|{any_of(HUNDREDTH_CODES)}|[A-Z]{{0,2}}\$|[€£])$")
_PENCE = "GBp"
_SHARED = frozenset(["$", "¥", "￥", "元", "円", *(letters for one in CURRENCY_TABLE.values() for letters in one.letters)])
"""Signs and letters that several currencies share."""
_SHARES = frozenset(
    ["shares", "share", "no. of shares", "units", "pcs", "stück", "stücke", "stuecke", "stk", "stk.", "st", "antal", "adet", "db", "szt", "szt.",
     "titres", "títulos", "titoli", "acciones", "ações", "stuks", "aandelen", "股", "株", "주"]
)  # fmt: skip
"""Words for single shares."""
_PAIR = re.compile(r"^\(\s*'([^']+)'\s*,\s*'([^']+)'\s*\)$")
_WRAPPED = re.compile(r"^(.*\S)\s*[(\[]\s*(\S.*?)\s*[)\]]$")
_SEPARATED = re.compile(r"^(.*[^\s_|/:-])([\s_|/:-]+|\.)$")
_BEFORE = re.compile(r"^(.+?)(?:[ _|/-]|: ?)([A-Z0-9.^=&-]+(?: [A-Z]{2})? (?:Equity|Index|Corp|Govt|Curncy|Comdty)|[A-Z0-9.^=&-]+)$")
"""A figure before a ticker: a name in small letters behind it (``Close Brothers``) is the rest of a name."""


def without_currency(heading: str) -> tuple[str, str]:
    """A heading without the currency that it states in brackets, and that currency; empty when it states none.

    A code is one in which some venue trades: ``ALL`` and ``TOP`` are words first. A sign that several currencies share (``$``, ``¥``, ``元``,
    ``kr``) is taken off and tells none.

    Examples
    --------
    >>> without_currency("KO (EUR)"), without_currency("Close [GBp]"), without_currency("Berkshire (B)"), without_currency("TRY (TOP)")
    (('KO', 'EUR'), ('Close', 'GBp'), ('Berkshire (B)', ''), ('TRY (TOP)', ''))
    >>> without_currency("Close (p)"), without_currency("Close (£)"), without_currency("Close (HK$)"), without_currency("收盘价（元）")
    (('Close', 'GBp'), ('Close', 'GBP'), ('Close', 'HKD'), ('收盘价', ''))
    """
    match = _BRACKETED.match(heading.strip())
    if match is None:
        return heading.strip(), ""
    bare, inside = match[1].strip(), match[2].strip()
    if inside in _SHARED:
        return bare, ""
    if inside.lower() in HUNDREDTHS and len(inside) != 3:  # a code tells a hundredth by its letter case, words do not
        return (bare, _PENCE) if HUNDREDTHS[inside.lower()] == "GBP" and not inside.isupper() else (heading.strip(), "")
    if inside in MARKS:
        return bare, MARKS[inside]
    known = inside in HUNDREDTHS or inside in {venue.currency for venue in VENUES.values()}
    return (bare, inside) if known else (heading.strip(), "")


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
    """A sign of several currencies that a heading bears in brackets, as figures may bear it: ``$`` or ``¥``; empty without one."""
    match = _BRACKETED.match(heading.strip())
    return {"￥": "¥"}.get(match[2].strip(), match[2].strip()) if match and match[2].strip() in ("$", "¥", "￥") else ""


def unit_of_shares(heading: str) -> str:
    """A heading without brackets that say that it counts single shares; empty for any other.

    Examples
    --------
    >>> unit_of_shares("Volume (shares)"), unit_of_shares("Umsatz (Stück)"), unit_of_shares("Volume ('000)")
    ('Volume', 'Umsatz', '')
    """
    match = _BRACKETED.match(heading.strip())
    return match[1].strip() if match and match[2].strip().lower() in _SHARES else ""


@dataclass(frozen=True, kw_only=True)
class HeadingFigures:
    """What the headings of a table say.

    Attributes
    ----------
    levels : mapping of heading to (figure, security)
        Of every heading but those in `unpriced`; empty where all of them are names of securities.
    unpriced : mapping of heading to (figure, security)
        Figures of securities that have no close.
    doubtful : tuple of str
        Headings with the word of a figure that are taken as names of securities.
    unread : tuple of str
        Headings of figures beside a price that are no price, and are read by no one.
    """

    levels: Mapping[str, Level]
    unpriced: Mapping[str, Level]
    doubtful: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def notes(self, name: str) -> tuple[str, ...]:
        """What was assumed of the file called `name`."""
        said = (
            ("taken as names of securities, though they hold the word of a figure", self.doubtful),
            ("not read, figures beside a price that are no price", self.unread),
        )
        return tuple(
            f"{name}: {what}: {', '.join(map(repr, headings[:10]))}{' ...' if len(headings) > 10 else ''}."
            for what, headings in said
            if headings
        )


def figures_in_headings(
    headings: Iterable[str], figures: Mapping[str, str], fits: Callable[[str, str], bool] = lambda heading, field: True
) -> HeadingFigures:
    """Figure and security of each heading, for tables whose two levels of columns were written into one.

    Parameters
    ----------
    headings : iterable of str
        Without that of the dates.
    figures : mapping of str to str
        Names of figures, in lower case, and the figure that each is: ``adj close`` -> ``adjusted_close``, ``high`` -> ``high``.
    fits : callable (heading, figure)
        Whether the cells below a heading may be that figure; asked where its word has another meaning (``Vol`` may be a volatility).

    Raises
    ------
    InputError
        If a figure other than the close is given twice for one security, or figures are given and no close of any security.

    Notes
    -----
    A ticker or a name may hold the word for a figure (``LOW US``, ``OPEN``, ``T. Rowe Price``). Volumes, dividends and adjusted closes are
    figures wherever they stand. A close is one where no heading is a bare security or its security has another figure; an open, high or
    low where its security stands beside it or has another figure, or all headings name the same one.

    Examples
    --------
    >>> named = {"close": "close", "adj close": "adjusted_close", "volume": "volume", "low": "low"}
    >>> figures_in_headings(["KO", "KO Volume", "PEP"], named).levels
    {'KO': ('close', 'KO'), 'KO Volume': ('Volume', 'KO'), 'PEP': ('close', 'PEP')}
    >>> figures_in_headings(["Close Brothers", "KO US", "LOW US"], named).levels
    {}
    >>> figures_in_headings(["PEP", "KO Volume"], named).unpriced, figures_in_headings(["KO", "A_LOW"], named).doubtful
    ({'KO Volume': ('Volume', 'KO')}, ('A_LOW',))
    """
    by_length = sorted(figures, key=len, reverse=True)
    told = {heading: _figure_and_security(heading, by_length) for heading in headings}
    told = {heading: None if pair and _is_money(heading, figures[pair[0].lower()]) else pair for heading, pair in told.items()}
    _refuse_units([heading for heading, pair in told.items() if pair is None], by_length, figures)
    pairs = _figures_named(told, figures, fits)
    written = {heading: figures[figure.lower()] for heading, (figure, _) in pairs.items()}
    closes = {security for heading, (_, security) in pairs.items() if written[heading] == "close"}
    beside = {heading: of for heading in told if heading not in pairs and (of := _beside_a_close(heading, closes))}
    bare = {heading.strip() for heading in told if heading not in pairs and heading not in beside}
    of_security: dict[str, Counter[str]] = {}
    for heading, (_, security) in pairs.items():
        of_security.setdefault(security, Counter())[written[heading]] += 1
    for security in beside.values():
        of_security[security]["other"] += 1
    alike = not bare and len(pairs) > 1 and len(set(written.values())) == 1

    def is_figure(heading: str) -> bool:
        field, security = written[heading], pairs[heading][1]
        if field in SURE:
            return True
        if field == "close":
            once = of_security[security]["close"] == 1 and security not in bare
            return once and (not bare or len(of_security[security]) > 1)
        return alike or security in bare or len(of_security[security]) > 1

    levels = {heading: pairs[heading] for heading in pairs if is_figure(heading)}
    doubtful = tuple(heading for heading, pair in told.items() if pair is not None and heading not in levels)
    if not levels:
        return HeadingFigures(levels={}, unpriced={}, doubtful=doubtful)
    _refuse_repeated(levels, written)
    figured = {security for heading, (_, security) in levels.items() if written[heading] == "close"}
    unread = [heading for heading in levels if written[heading] in NOT_PRICES] + [
        heading for heading in beside if beside[heading] in figured
    ]
    whole = {heading: levels.get(heading, ("close", heading.strip())) for heading in told if heading in levels or heading not in unread}
    priced = {security for heading, (_, security) in whole.items() if heading not in levels or written[heading] in PRICES}
    if not priced:
        named = ", ".join(dict.fromkeys(figure for figure, _ in levels.values()))
        raise InputError(f"its headings name no close column; they name: {named}")
    unpriced = {heading: pair for heading, pair in levels.items() if pair[1] not in priced}
    return HeadingFigures(
        levels={heading: pair for heading, pair in whole.items() if heading not in unpriced},
        unpriced=unpriced,
        doubtful=tuple(heading for heading in doubtful if heading not in unread),
        unread=tuple(heading for heading in unread if heading not in unpriced),
    )


def cells_fit(cells: pd.Series, decimal: str, figure: str) -> bool:
    """Whether cells are counts of shares (whole, some of them large), dividends (half of them zero or empty, or more), or rates.

    A rate is in percent, or not above zero, or below one throughout: a price is none of these.
    """
    if figure not in ("volume", "dividends"):
        texts = cells.astype(str)
        values, _ = read_numbers(texts.str.replace("%", "", regex=False), decimal)
        known = values[~np.isnan(values)]
        return bool(known.size and ((known <= 0).any() or known.max() < 1 or texts.str.contains("%", regex=False).any()))
    values, bad = read_numbers(cells, decimal, counts=figure == "volume")
    numbers = values[~np.isnan(values)]
    if bad.any():
        return False
    if figure == "volume":
        return bool(numbers.size and (numbers == np.round(numbers)).all() and numbers.max() >= LEAST_VOLUME)
    return bool(2 * np.count_nonzero(numbers) <= len(values))


def _figures_named(told: Mapping[str, Level | None], figures: Mapping[str, str], fits: Callable[[str, str], bool]) -> dict[str, Level]:
    """Figure and security of the headings that hold the word of one, but for a heading that another has as its security."""
    meant = {
        heading: pair
        for heading, pair in told.items()
        if pair is not None and (pair[0].lower() not in AMBIGUOUS or fits(heading, figures[pair[0].lower()]))
    }
    securities = {security for _, security in meant.values()}
    return {heading: pair for heading, pair in meant.items() if heading.strip() not in securities}


def _beside_a_close(heading: str, closes: Set[str]) -> str:
    """The security whose close another heading names, where this one holds its name and more; empty where there is none.

    Examples
    --------
    >>> _beside_a_close("KO Sentiment", {"KO"}), _beside_a_close("Sentiment (KO)", {"KO"}), _beside_a_close("KOSPI", {"KO"})
    ('KO', 'KO', '')
    """
    text = heading.strip()
    wrapped = _WRAPPED.match(text)
    halves = [half.strip() for half in wrapped.groups()] if wrapped else []
    halves += [half for gap in _APART.finditer(text) for half in (text[: gap.start()], text[gap.end() :])]
    return next((half for half in sorted(halves, key=len, reverse=True) if half in closes), "")


def _is_money(heading: str, figure: str) -> bool:
    """Whether a heading of a volume counts it in a currency."""
    return figure == "volume" and without_currency(heading)[0] != heading.strip()


def _refuse_units(headings: Iterable[str], by_length: Sequence[str], figures: Mapping[str, str]) -> None:
    for heading in headings:
        unit = _WRAPPED.match(heading.strip())
        counted = unit and _figure_and_security(unit[1], by_length)
        if unit and counted and counted[0].lower() not in AMBIGUOUS and figures[counted[0].lower()] == "volume":
            raise InputError(f"its column {heading!r} gives a volume in ({unit[2]}); give it in single shares, or leave it out")


def _refuse_repeated(levels: Mapping[str, Level], written: Mapping[str, str]) -> None:
    given: dict[tuple[str, str], list[str]] = {}
    for heading, (_, security) in levels.items():
        if written[heading] in SURE:
            given.setdefault((written[heading], security), []).append(heading)
    for (field, security), repeated in given.items():
        if len(repeated) > 1:
            listed = ", ".join(repr(heading) for heading in repeated)
            raise InputError(f"{len(repeated)} columns are the {field.replace('_', ' ')} of {security!r} ({listed}); keep one of them")


def _figure_and_security(heading: str, by_length: Sequence[str]) -> Level | None:
    text = without_currency(heading)[0]
    pair = _PAIR.match(text) or _WRAPPED.match(text)
    if pair is not None:
        first, second = pair[1].strip(), pair[2].strip()
        if first.lower() in by_length or second.lower() in by_length:
            return (first, second) if first.lower() in by_length else (second, first)
    lowered, before = text.lower(), _BEFORE.match(text)
    if before is not None and (before[2].isdigit() or is_terminal_code(before[2])):
        before = None
    for figure in by_length:
        written = text[-len(figure) :]
        behind = _SEPARATED.match(text[: -len(figure)]) if lowered.endswith(figure) else None
        if behind is not None and not (":" in behind[2] and written.isupper() and named_venue(behind[1])):
            return written, behind[1]
        if before is not None and before[1].lower() == figure:
            return before[1], before[2]
    return None
