"""What one heading of a table of prices says beside its security: the figure (``KO Volume``, ``Close_KO``) and the currency (``KO (EUR)``)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from impact.intake.currencies import HUNDREDTHS
from impact.venues import VENUES, is_terminal_code

__all__ = ["figures_in_headings", "without_currency"]

_BRACKETED = re.compile(r"^(.*\S)\s*[(\[]\s*([A-Za-z]{3})\s*[)\]]$")
_PAIR = re.compile(r"^\(\s*'([^']+)'\s*,\s*'([^']+)'\s*\)$")
_BEFORE = re.compile(r"^(.+?)[ _|/-]([A-Z0-9.^=&-]+)$")
"""A figure before a ticker: a name in small letters behind it (``Close Brothers``) is the rest of a name."""


def without_currency(heading: str) -> tuple[str, str]:
    """A heading without the currency that it states in brackets, and that currency; empty when it states none.

    It is one in which some venue trades: ``ALL`` and ``TOP`` are words first.

    Examples
    --------
    >>> without_currency("KO (EUR)"), without_currency("Close [GBp]"), without_currency("Berkshire (B)"), without_currency("TRY (TOP)")
    (('KO', 'EUR'), ('Close', 'GBp'), ('Berkshire (B)', ''), ('TRY (TOP)', ''))
    """
    match = _BRACKETED.match(heading.strip())
    if match is None or match[2] not in {venue.currency for venue in VENUES.values()} | HUNDREDTHS.keys():
        return heading.strip(), ""
    return match[1].strip(), match[2]


def figures_in_headings(headings: Iterable[str], figures: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Heading -> (figure, security), for tables whose two levels of columns were written into one; empty where the headings are securities.

    Parameters
    ----------
    headings : iterable of str
        Without that of the dates.
    figures : mapping of str to str
        Names of figures, in lower case, and the figure that each is: ``adj close`` -> ``adjusted_close``, ``high`` -> ``high``.

    Notes
    -----
    A ticker may be a word for a figure (``LOW US``, ``OPEN``), so headings are read so only where each names a figure and one of them is
    a close, or where a security without a figure has its volume beside it. Where a figure would be given twice for one security, the
    headings are taken as they are.

    Examples
    --------
    >>> named = {"close": "close", "adj close": "adjusted_close", "volume": "volume", "low": "low"}
    >>> figures_in_headings(["KO", "KO Volume", "PEP"], named)
    {'KO': ('close', 'KO'), 'KO Volume': ('Volume', 'KO'), 'PEP': ('close', 'PEP')}
    >>> figures_in_headings(["Close Brothers", "KO US", "LOW US"], named), figures_in_headings(["KO", "KO Low"], named)
    ({}, {})
    """
    by_length = sorted(figures, key=len, reverse=True)
    told = {heading: _figure_and_security(heading, by_length) for heading in headings}
    pairs = {heading: pair for heading, pair in told.items() if pair is not None}
    field = {heading: figures[figure.lower()] for heading, (figure, _) in pairs.items()}
    bare = {heading.strip() for heading in told if heading not in pairs}
    if bare:  # "Vol" alone may be a volatility
        readable = bool(pairs) and all(figure.lower() == "volume" and security in bare for figure, security in pairs.values())
    else:
        readable = bool({"close", "adjusted_close"} & set(field.values()))
    whole = {heading: pair or ("close", heading.strip()) for heading, pair in told.items()}
    distinct = {(field.get(heading, "close"), security) for heading, (_, security) in whole.items()}
    return whole if readable and len(distinct) == len(whole) else {}


def _figure_and_security(heading: str, figures: Sequence[str]) -> tuple[str, str] | None:
    text = heading.strip()
    pair = _PAIR.match(text)
    if pair is not None:
        first, second = pair[1].strip(), pair[2].strip()
        return (first, second) if first.lower() in figures else (second, first) if second.lower() in figures else None
    for figure in figures:
        size = len(figure)
        if text[-size:].lower() == figure and re.search(r"[^\s_|/-][\s_|/-]+$", text[:-size]):
            return text[-size:], re.sub(r"[\s_|/-]+$", "", text[:-size])
        before = _BEFORE.match(text)
        if before is not None and before[1].lower() == figure and not before[2].isdigit() and not is_terminal_code(before[2]):
            return before[1], before[2]
    return None
