"""Amounts in several columns: the part that is available and those that are not, and long beside short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from impact.holdings.cell_report import CellReport
from impact.intake.headings import heading_key, record_words
from impact.intake.numbers import parse_numbers
from impact.typing_ import BoolArray, FloatArray

__all__ = [
    "is_available_part",
    "is_of_quantity",
    "is_part_of_quantity",
    "less_short",
    "quantity_parts",
    "says_held_apart",
    "says_not_settled",
    "short_column",
    "whole_quantities",
]

_AVAILABLE = tuple(
    map(
        heading_key,
        ("avail", "free", "frei", "verfügbar", "disponib", "disponív", "beschikba", "tillgänglig", "tilgængelig", "tilgjengelig", "dostęp", "dostup", "可用", "可卖"),
    )
)  # fmt: skip
"""How words for what can be sold begin, whatever their gender and number."""
_BESIDE_AVAILABLE = tuple(
    map(
        heading_key,
        ("pledg", "pldg", "lock", "block", "frozen", "lien", "encumb", "earmark", "unavail", "gesperr", "verpfänd", "bloqu", "blocc", "geblok", "blok", "zablok",
         "nanti", "gagé", "impegn", "pignor", "penhor", "pignorad", "embarg", "congel", "spärr", "pantsat", "pantsatt", "zastaw", "verpand", "bevroren", "冻结"),
    )
)  # fmt: skip
"""How words begin for what is held and cannot be sold: never within the available part."""
_LENT = tuple(
    map(
        heading_key,
        ("lent", "loan", "lend", "verlieh", "leihe", "prêt", "prestad", "prestat", "emprestad", "uitgele", "utlån", "udlån", "wypożycz", "借出", "融出", "貸株", "貸出",
         "대여"),
    )
)  # fmt: skip
"""How words begin for what is lent to others, which some count within what they hold, and others beside it."""
_PERHAPS_WITHIN = frozenset(
    {"margin", "collateral", "unsettled", "t1", "t2", "transit", "lent", "loaned", "restricted", "reserved", "pending"}
)
"""Words for parts that some count within the available part, and others beside it."""
_NOT_SETTLED = frozenset({"unsettled", "pending", "transit", "t1", "t2"})
_CERTAINLY_NOT_SETTLED = frozenset({"unsettled"})
"""Said of what is not within the settled part."""
_NEAR = 1e-3
"""A value over its price gives the quantity to a thousandth."""
_BESIDES = frozenset(
    map(
        heading_key,
        ("quantity", "qty", "units", "unit", "shares", "balance", "bal", "stock", "in", "on", "for", "under", "as", "loan", "nos", "no", "position", "holding",
         "holdings", "stück", "stücke", "bestand", "anzahl", "menge", "quantité", "titres", "nombre", "cantidad", "títulos", "acciones", "quantità", "quantidade",
         "ações", "titoli", "azioni", "aantal", "antal", "antall", "liczba", "ilość", "akcji", "sztuk", "de", "of", "di", "数量", "余额", "股份", "股数"),
    )
)  # fmt: skip


_SMALL = frozenset(("in", "on", "for", "under", "as", "no", "nos", "de", "of", "di"))


def _begins(heading: str, stems: tuple[str, ...]) -> bool:
    """Whether a word of a heading begins so."""
    return any(word.startswith(stems) for word in _tokens(heading))


def _tokens(heading: str) -> frozenset[str]:
    return frozenset(record_words(heading.replace("+", "")))


def is_part_of_quantity(heading: str) -> bool:
    """Whether a column of that heading holds a part of the quantity, be it the available one or another."""
    return _begins(heading, _AVAILABLE + _BESIDE_AVAILABLE) or not _PERHAPS_WITHIN.isdisjoint(_tokens(heading))


def says_held_apart(text: str) -> bool:
    """Whether words say of a part how it is held (*blocked*, *on loan*) and nothing else but that it is a quantity.

    Examples
    --------
    >>> [says_held_apart(text) for text in ("lent", "shares on loan", "Blocked", "Class B")]
    [True, True, True, False]
    """
    words = _tokens(text)
    told = {word for word in words if word in _PERHAPS_WITHIN or word.startswith(_BESIDE_AVAILABLE + _LENT)}
    return bool(told) and words <= told | _BESIDES


def is_of_quantity(heading: str) -> bool:
    """Whether a heading has a word for quantities or what they are of (``Beneficiary Bal``)."""
    return not (_BESIDES - _SMALL).isdisjoint(_tokens(heading))


def is_available_part(heading: str) -> bool:
    """Whether a column of that heading holds what can be sold, which need not be all that is held."""
    return _begins(heading, _AVAILABLE)


def says_not_settled(heading: str) -> bool:
    """Whether a column of that heading holds a quantity that is not settled yet.

    Examples
    --------
    >>> [says_not_settled(heading) for heading in ("t1_quantity", "Qty in transit", "T1", "Settled quantity", "Pending orders")]
    [True, True, True, False, False]
    """
    words = _tokens(heading)
    return bool(words & _NOT_SETTLED) and words <= _NOT_SETTLED | _BESIDES


def quantity_parts(headings: Sequence[str], quantity: int) -> tuple[int, ...]:
    """Columns of further parts, where the column of the quantity is that of the available part.

    Examples
    --------
    >>> quantity_parts(["Symbol", "Quantity Available", "Quantity Pledged (Margin)", "Collateral Value"], 1)
    (2,)
    """
    stems = _BESIDE_AVAILABLE if is_available_part(headings[quantity]) else ()
    parts = _PERHAPS_WITHIN if stems else frozenset()
    parts |= _NOT_SETTLED if "settled" in _tokens(headings[quantity]) else frozenset()

    def is_part(heading: str) -> bool:
        words = _tokens(heading)
        told = {word for word in words if word in parts or (stems and word.startswith(stems))}
        return "%" not in heading and bool(told) and words <= told | _BESIDES

    return tuple(number for number, heading in enumerate(headings) if number != quantity and is_part(heading))


def short_column(headings: Sequence[str], long: int) -> int | None:
    """The column of what is held short, where the heading of an amount says long and another differs from it by that word alone.

    Examples
    --------
    >>> short_column(["Symbol", "Long Qty", "Short Qty"], 1), short_column(["Symbol", "Quantity Long Term", "Short Qty"], 1)
    (2, None)
    """
    own = _tokens(headings[long])
    if "long" not in own or not own - {"long"}:
        return None
    wanted = (own - {"long"}) | {"short"}
    return next((number for number, heading in enumerate(headings) if number != long and _tokens(heading) == wanted), None)


def less_short(long: FloatArray, cells: pd.Series, name: str, heading: str, mark: str, report: CellReport) -> FloatArray:
    """Long amounts less the size of short ones beside them; NaN where neither is there, or the short one cannot be read."""
    parsed = parse_numbers(cells, decimal=mark)
    short = np.abs(parsed.values)
    both = (np.where(np.isfinite(long), long, 0.0) != 0.0) & (np.where(np.isfinite(short), short, 0.0) != 0.0)
    report.add(both, name, cells, f"{heading} beside a long one on the same line", "read as the net of both")
    report.add(parsed.unreadable, name, cells, "not a number", "left empty")
    net = np.where(np.isfinite(long), long, 0.0) - np.where(np.isfinite(short), short, 0.0)
    return np.where((np.isnan(long) & np.isnan(short)) | parsed.unreadable, np.nan, net)


def whole_quantities(
    available: FloatArray, parts: Mapping[str, pd.Series], own: str, valued: FloatArray, mark: str, report: CellReport
) -> FloatArray:
    """The available part with what stands beside it; NaN where it cannot be told whether another part is within it.

    Parameters
    ----------
    available : (n,) float
    parts : mapping of heading to (n,) Series of str
        The cells of the other parts.
    own : str
        The heading of the available part.
    valued : (n,) float
        Value over price; NaN where one of them is not there.
    mark : str
        Decimal mark.
    report : CellReport

    Notes
    -----
    What is pledged or locked stands beside what is available, and what is not settled beside what is. Of any other part the value of the
    line tells, where that is the product of the price with or without it.
    """
    whole = available.copy()
    for heading, cells in parts.items():
        parsed = parse_numbers(cells, decimal=mark)
        size = np.where(np.isfinite(parsed.values), parsed.values, 0.0)
        within, beside = _as_valued(whole, valued), _as_valued(whole + size, valued)
        if _stands_beside(heading, own):
            unknown = parsed.unreadable
            beside = np.ones(len(size), dtype=bool)
        else:
            unknown = parsed.unreadable | ((size != 0.0) & ~(within ^ beside))
        added = beside & ~unknown & (size != 0.0)
        report.add(added, "quantity", cells, f"{heading} stands beside the quantity in {own}", "added to it")
        whole = whole + np.where(added, size, 0.0)
        said = f"nothing tells whether {heading} is within the quantity in {own}"
        report.add(unknown, "quantity", cells, said, "quantity left empty: map the column of the whole quantity")
        whole[unknown] = np.nan
    return whole


def _stands_beside(heading: str, own: str) -> bool:
    words = _tokens(heading)
    settled = "settled" in _tokens(own) and not _CERTAINLY_NOT_SETTLED.isdisjoint(words)
    return settled or _begins(heading, _BESIDE_AVAILABLE)


def _as_valued(quantity: FloatArray, valued: FloatArray) -> BoolArray:
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(valued - quantity) <= _NEAR * np.abs(valued))
