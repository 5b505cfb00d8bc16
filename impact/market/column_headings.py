"""What one heading of a table of prices says beside its security: the figure (``KO Volume``, ``Close_KO``) and the currency (``KO (EUR)``)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from impact.intake.currencies import CURRENCIES, HUNDREDTHS

__all__ = ["figures_in_headings", "without_currency"]

_BRACKETED = re.compile(r"^(.*\S)\s*[(\[]\s*([A-Za-z]{3})\s*[)\]]$")
_PAIR = re.compile(r"^\(\s*'([^']+)'\s*,\s*'([^']+)'\s*\)$")
_BEFORE = re.compile(r"^(.+?)[ _|:/-]([A-Z0-9.^=&-]+)$")
"""A figure before a ticker: a name in small letters behind it (``Close Brothers``) is the rest of a name."""


def without_currency(heading: str) -> tuple[str, str]:
    """A heading without the currency that it states in brackets, and that currency; empty when it states none.

    Examples
    --------
    >>> without_currency("KO (EUR)"), without_currency("Close [GBp]"), without_currency("Berkshire (B)")
    (('KO', 'EUR'), ('Close', 'GBp'), ('Berkshire (B)', ''))
    """
    match = _BRACKETED.match(heading.strip())
    if match is None or (match[2] not in CURRENCIES and match[2] not in HUNDREDTHS):
        return heading.strip(), ""
    return match[1].strip(), match[2]


def figures_in_headings(headings: Iterable[str], figures: Collection[str]) -> dict[str, tuple[str, str]]:
    """Heading -> (figure, security), for tables whose two levels of columns were written into one; empty where no heading names a figure.

    Parameters
    ----------
    headings : iterable of str
        Without that of the dates.
    figures : collection of str
        Names of figures, in lower case (``close``, ``adj close``, ``volume``, ``open``).

    Notes
    -----
    A heading without a figure beside others with one is that of a column of closes. Where a figure would be given twice for one
    security, the headings are taken as they are.

    Examples
    --------
    >>> figures_in_headings(["KO", "KO Volume", "Adj Close_PEP"], {"close", "adj close", "volume"})
    {'KO': ('close', 'KO'), 'KO Volume': ('Volume', 'KO'), 'Adj Close_PEP': ('Adj Close', 'PEP')}
    >>> figures_in_headings(["Close Brothers", "Volume 1"], {"close", "volume"})
    {}
    """
    by_length = sorted(figures, key=len, reverse=True)
    told = {heading: _figure_and_security(heading, by_length) for heading in headings}
    if not any(told.values()):
        return {}
    whole = {heading: pair or ("close", heading.strip()) for heading, pair in told.items()}
    distinct = {(figure.lower(), security) for figure, security in whole.values()}
    return whole if len(distinct) == len(whole) else {}


def _figure_and_security(heading: str, figures: Sequence[str]) -> tuple[str, str] | None:
    text = heading.strip()
    pair = _PAIR.match(text)
    if pair is not None:
        first, second = pair[1].strip(), pair[2].strip()
        return (first, second) if first.lower() in figures else (second, first) if second.lower() in figures else None
    for figure in figures:
        size = len(figure)
        if text[-size:].lower() == figure and re.search(r"[^\s_|:/-][\s_|:/-]+$", text[:-size]):
            return text[-size:], re.sub(r"[\s_|:/-]+$", "", text[:-size])
        before = _BEFORE.match(text)
        if text[:size].lower() == figure and before is not None and before[1].lower() == figure and not before[2].isdigit():
            return before[1], before[2]
    return None
