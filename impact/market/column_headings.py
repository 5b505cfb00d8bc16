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
from impact.market.column_names import NOT_PRICES, STANDS_BACK
from impact.market.heading_units import is_unit_word, is_value_traded, with_unit, without_currency
from impact.market.written_numbers import read_numbers
from impact.venues import is_terminal_code, named_venue

__all__ = ["HeadingFigures", "cells_fit", "figures_in_headings"]

Level: TypeAlias = tuple[str, str]
"""A figure, as written with its unit, and its security."""
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
_PAIR = re.compile(r"^\(\s*'([^']+)'\s*,\s*'([^']+)'\s*\)$")
_WRAPPED = re.compile(r"^(.*\S)\s*[(\[]\s*(\S.*?)\s*[)\]]$")
_SEPARATED = re.compile(r"^(.*[^\s_|/:-])([\s_|/:-]+|\.)$")
_BEFORE = re.compile(r"^(.+?)(?:[ _|/-]|: ?)([A-Z0-9.^=&-]+(?: [A-Z]{2})? (?:Equity|Index|Corp|Govt|Curncy|Comdty)|[A-Z0-9.^=&-]+)$")
"""A figure before a ticker: a name in small letters behind it (``Close Brothers``) is the rest of a name."""


@dataclass(frozen=True, kw_only=True)
class _Told:
    """The figure that a heading names, by its known name, as written with its unit in brackets, and its security."""

    name: str
    written: str
    security: str
    sure: bool = False


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
    told = {heading: _figure_and_security(heading, by_length, figures) for heading in headings}
    pairs = _figures_named(told, figures, fits)
    field_of = {heading: figures[pair.name] for heading, pair in pairs.items()}
    closes = {pair.security for heading, pair in pairs.items() if field_of[heading] == "close"}
    halves = {heading: both for heading in told if heading not in pairs and any(both := _beside_a_close(heading, closes))}
    beside = {heading: security for heading, (security, _) in halves.items()}
    bare = _bare_securities([heading for heading in told if heading not in pairs and heading not in beside])
    of_security: dict[str, Counter[str]] = {}
    for heading, pair in pairs.items():
        of_security.setdefault(pair.security, Counter())[field_of[heading]] += pair.name not in STANDS_BACK or field_of[heading] != "close"
    for security in beside.values():
        of_security[security]["other"] += 1
    alike = not bare and len(pairs) > 1 and len(set(field_of.values())) == 1

    def is_figure(heading: str) -> bool:
        field, security = field_of[heading], pairs[heading].security
        if field in SURE:
            return True
        if field == "close":
            once = of_security[security]["close"] < 2
            return security not in bare.values() and (len(of_security[security]) > 1 or (once and not bare))
        return alike or security in bare.values() or len(of_security[security]) > 1

    levels = {heading: (pairs[heading].written, pairs[heading].security) for heading in pairs if is_figure(heading)}
    doubtful = tuple(heading for heading, pair in told.items() if pair is not None and heading not in levels)
    if not levels:
        return HeadingFigures(levels={}, unpriced={}, doubtful=doubtful)
    _refuse_repeated(levels, field_of)
    figured = {security for heading, (_, security) in levels.items() if field_of[heading] == "close"}
    with_volume = {security for heading, (_, security) in levels.items() if field_of[heading] == "volume"} & figured
    worth = {heading: (rest, security) for heading, (security, rest) in halves.items() if security in with_volume and is_value_traded(rest)}
    unread = [
        heading
        for heading, (figure, of) in levels.items()
        if field_of[heading] in NOT_PRICES and not (of in with_volume and is_value_traded(figure))
    ]
    unread += [heading for heading in beside if beside[heading] in figured and heading not in worth]
    whole = {
        heading: levels.get(heading, _close_alone(heading, bare)) for heading in told if heading in levels or heading not in unread
    } | worth
    priced = {
        security for heading, (_, security) in whole.items() if heading not in (levels.keys() | worth) or field_of.get(heading) in PRICES
    }
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


def _bare_securities(headings: Sequence[str]) -> dict[str, str]:
    """The security of each heading that names no figure: without its currency, unless two currencies tell two of them apart."""
    bare = {heading: without_currency(heading)[0] for heading in headings}
    repeated = Counter(bare.values())
    return {heading: security if repeated[security] == 1 else heading.strip() for heading, security in bare.items()}


def _close_alone(heading: str, bare: Mapping[str, str]) -> Level:
    """The close that a heading without a figure is, with the currency that it states."""
    security = bare.get(heading, heading.strip())
    return f"close{heading.strip()[len(security) :]}", security


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


def _figures_named(told: Mapping[str, _Told | None], figures: Mapping[str, str], fits: Callable[[str, str], bool]) -> dict[str, _Told]:
    """Figure and security of the headings that hold the word of one, but for a heading that another has as its security."""
    meant = {
        heading: pair
        for heading, pair in told.items()
        if pair is not None and (pair.sure or pair.name not in AMBIGUOUS or fits(heading, figures[pair.name]))
    }
    securities = {pair.security for pair in meant.values()}
    return {heading: pair for heading, pair in meant.items() if heading.strip() not in securities}


def _beside_a_close(heading: str, closes: Set[str]) -> tuple[str, str]:
    """The security whose close another heading names, where this one holds its name and more, and that; empty where there is none.

    Examples
    --------
    >>> _beside_a_close("KO Sentiment", {"KO"}), _beside_a_close("Sentiment (KO)", {"KO"}), _beside_a_close("KOSPI", {"KO"})
    (('KO', 'Sentiment'), ('KO', 'Sentiment'), ('', ''))
    """
    text = heading.strip()
    wrapped = _WRAPPED.match(text)
    pairs = [(wrapped[1].strip(), wrapped[2].strip())] if wrapped else []
    pairs += [(text[: gap.start()], text[gap.end() :]) for gap in _APART.finditer(text)]
    either = [pair for first, second in pairs for pair in ((first, second), (second, first))]
    return next((pair for pair in sorted(either, key=lambda pair: len(pair[0]), reverse=True) if pair[0] in closes), ("", ""))


def _refuse_repeated(levels: Mapping[str, Level], field_of: Mapping[str, str]) -> None:
    given: dict[tuple[str, str], list[str]] = {}
    for heading, (_, security) in levels.items():
        if field_of[heading] in SURE:
            given.setdefault((field_of[heading], security), []).append(heading)
    for (field, security), repeated in given.items():
        if len(repeated) > 1:
            listed = ", ".join(repr(heading) for heading in repeated)
            raise InputError(f"{len(repeated)} columns are the {field.replace('_', ' ')} of {security!r} ({listed}); keep one of them")


def _figure_and_security(heading: str, by_length: Sequence[str], figures: Mapping[str, str]) -> _Told | None:
    """The figure and the security of a heading, whole or without a currency or unit at its end; None where it names no figure."""
    pair = _pair(heading.strip(), by_length)
    if pair is not None:
        return pair
    for name, unit in with_unit(heading):
        pair = _pair(name, by_length)
        counts = pair is not None and figures[pair.name] in ("volume", *NOT_PRICES)
        if pair is not None and (counts or is_unit_word(unit.strip(" ()"))):
            return _Told(name=pair.name, written=pair.written + unit, security=pair.security, sure=is_unit_word(unit.strip(" ()")))
    return None


def _name_of(written: str, by_length: Sequence[str]) -> str:
    """The known name of a figure, written alone or with a currency or unit behind it; empty for any other text."""
    if written.lower() in by_length:
        return written.lower()
    return next((name.lower() for name, unit in with_unit(written) if name.lower() in by_length and is_unit_word(unit.strip(" ()"))), "")


def _pair(text: str, by_length: Sequence[str]) -> _Told | None:
    halves = _PAIR.match(text) or _WRAPPED.match(text)
    if halves is not None:
        first, second = halves[1].strip(), halves[2].strip()
        for written, security in ((first, second), (second, first)):
            name = _name_of(written, by_length)
            if name:
                return None if is_unit_word(security) else _Told(name=name, written=written, security=security)
    lowered, before = text.lower(), _BEFORE.match(text)
    if before is not None and (before[2].isdigit() or is_terminal_code(before[2])):
        before = None
    named_before = _name_of(before[1], by_length) if before is not None else ""
    for figure in by_length:
        written = text[-len(figure) :]
        behind = _SEPARATED.match(text[: -len(figure)]) if lowered.endswith(figure) else None
        if behind is not None and not (":" in behind[2] and written.isupper() and named_venue(behind[1])):
            return _Told(name=figure, written=written, security=behind[1])
        if before is not None and named_before == figure:
            return None if is_unit_word(before[2]) else _Told(name=figure, written=before[1], security=before[2])
    return None
