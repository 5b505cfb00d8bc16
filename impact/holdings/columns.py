"""What holdings files call their columns, and the fields we read them into."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from impact.errors import InputError

__all__ = ["AMOUNT_FIELDS", "IDENTITY_FIELDS", "NUMBER_FIELDS", "TEXT_FIELDS", "ColumnPlan", "header_words", "plan_columns"]

# field -> headings as sponsors, terminals and custodians print them, best first. Written as `header_words` leaves them.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "account": (
        "account number", "account id", "account no", "account", "portfolio id", "portfolio code", "portfolio", "fund ticker", "fund",
        "depot", "konto", "account name", "portfolio name", "fund name", "mandate",
    ),
    "investor": ("investor class", "investor", "investor type", "holder class"),
    "name": (
        "name", "security name", "security description", "instrument name", "holding name", "holdings", "holding", "company",
        "issuer name", "issuer", "description", "security", "instrument", "bezeichnung", "emittent", "nameofissuer", "name of issuer",
        "asset name", "titel", "denominazione", "nome",
    ),
    "ticker": (
        "ticker", "issuer ticker", "ticker symbol", "symbol", "holding ticker", "holdings ticker", "local ticker", "bloomberg ticker",
        "bloomberg", "ric", "stock code", "security ticker", "emittententicker",
    ),
    "exchange": ("exchange", "borse", "primary exchange", "mic", "exchange code", "handelsplatz", "borsa", "market", "venue"),
    "country": (
        "location", "country", "standort", "country of risk", "domicile", "land", "issuer country", "investment country",
        "area geografica",
    ),
    "isin": ("isin", "isin code", "isin number", "identifier isin", "asset id isin", "security id isin"),
    "cusip": ("cusip", "cusip number", "cusip cins", "asset id cusip", "issuer cusip", "security id cusip", "cins"),
    "sedol": ("sedol", "sedol code", "asset id sedol", "security id sedol"),
    "figi": ("figi", "composite figi", "share class figi", "openfigi", "bbgid", "figi code"),
    "identifier": (
        "identifier", "security identifier", "security id", "asset id", "asset identifier", "instrument id", "id", "identifier value",
    ),
    "quantity": (
        "quantity", "shares", "shares held", "shares par", "shares par value", "position", "units", "nominal", "nominale",
        "holding quantity", "quantity held", "number of shares", "share count", "par value", "balance", "sshprnamt", "amount held",
        "stuck", "titoli", "shares or principal amount", "qty",
    ),
    "market_value": (
        "market value", "base market value", "market value base", "marketvalue", "mkt value", "mkt val", "market val", "fair value",
        "marktwert", "value", "position value", "valore di mercato", "market value local", "mv",
    ),
    "notional_value": ("notional value", "notional", "nominalwert", "exposure", "valore nozionale"),
    "weight": (
        "weight", "weight percent", "weighting", "percent of fund", "percent of net assets", "percent wgt", "percent weight",
        "gewichtung", "gewichtung percent", "percentage", "percent of nav", "wgt", "ponderazione", "percent of portfolio",
        "percent net assets",
    ),
    "price": ("price", "local price", "kurs", "mkt px", "market price", "close price", "px last", "prezzo"),
    "fx": ("fx rate", "p fx rate", "exchange rate", "fx"),
    "currency": ("base currency", "currency", "currency code", "market value currency", "ccy", "wahrung", "valuta"),
    "price_currency": (
        "market currency", "local currency", "marktwahrung", "trading currency", "price currency", "valuta di mercato",
    ),
    "asset_class": (
        "asset class", "asset category", "asset type", "security type", "instrument type", "anlageklasse", "asset cat",
        "class of shares", "security depositary receipt type", "product type",
    ),
    "put_call": ("put call", "putcall", "call put", "option type"),
    "underlying": ("underlying", "underlying ticker", "underlying security", "underlying isin"),
    "as_of": (
        "as of date", "as of", "date", "position date", "holdings date", "report date", "valuation date", "effective date",
        "stichtag",
    ),
}  # fmt: skip

NUMBER_FIELDS = ("quantity", "market_value", "notional_value", "weight", "price", "fx")
TEXT_FIELDS = tuple(name for name in ALIASES if name not in (*NUMBER_FIELDS, "as_of"))
IDENTITY_FIELDS = ("isin", "cusip", "sedol", "figi", "identifier", "ticker", "name")
AMOUNT_FIELDS = ("quantity", "market_value", "weight")

_FIELD_OF = {alias: (name, rank) for name, aliases in ALIASES.items() for rank, alias in enumerate(aliases)}


def header_words(heading: object) -> str:
    """A heading as plain lower-case words, so that spellings meet: no accents, no punctuation, ``%`` as ``percent``.

    Examples
    --------
    >>> header_words("Weight (%)"), header_words("% of fund*"), header_words("Börse")
    ('weight percent', 'percent of fund', 'borse')
    """
    text = "" if heading is None else str(heading)
    text = unicodedata.normalize("NFKD", text.replace("ß", "ss")).replace("%", " percent ").casefold()
    text = "".join(letter if letter.isalnum() else " " for letter in text if not unicodedata.combining(letter))
    return " ".join(text.split())


@dataclass(frozen=True, kw_only=True)
class ColumnPlan:
    """Which column of a file feeds which field.

    Attributes
    ----------
    position : mapping of field to column number
        Only the fields found.
    headings : tuple of str
        The headings as printed, in file order.
    value_currency : str
        Currency that the heading of the market value names (``Mkt Value (USD)``); empty when it names none.
    weight_in_percent : bool
        The heading of the weight carries a percent sign.
    unused : tuple of (heading, reason)
        Columns that feed no field, each with the reason; none is ignored silently.
    """

    position: Mapping[str, int]
    headings: tuple[str, ...]
    value_currency: str = ""
    weight_in_percent: bool = False
    unused: tuple[tuple[str, str], ...] = field(default=())

    @property
    def is_usable(self) -> bool:
        """Something names the security and something says how much."""
        return any(name in self.position for name in IDENTITY_FIELDS) and any(name in self.position for name in AMOUNT_FIELDS)

    @property
    def n_known(self) -> int:
        """Columns that feed a field."""
        return len(self.position)


def _candidates(heading: str) -> list[str]:
    """Readings of one heading, the most literal first: whole, without parentheses, what the parentheses hold."""
    inside = re.findall(r"[(\[]([^)\]]*)[)\]]", heading)
    outside = re.sub(r"[(\[][^)\]]*[)\]]", " ", heading)
    return [header_words(text) for text in (heading, outside, *inside) if header_words(text)]


def _field_of(heading: str) -> tuple[str, int] | None:
    for reading in _candidates(heading):
        if reading in _FIELD_OF:
            return _FIELD_OF[reading]
    return None


def plan_columns(headings: Sequence[object], columns: Mapping[str, str] | None = None) -> ColumnPlan:
    """Decide which column feeds which field.

    Parameters
    ----------
    headings : sequence
        One printed heading a column.
    columns : mapping of field to heading, optional
        The caller's own map (``{"isin": "Asset ID"}``); it wins over the alias map.

    Raises
    ------
    InputError
        If `columns` names a field that does not exist.
    """
    printed = tuple("" if heading is None else str(heading).strip().strip("\ufeff\xa0") for heading in headings)
    wanted = _check_map(columns)
    by_words = {header_words(heading): number for number, heading in reversed(list(enumerate(printed)))}
    position = {name: by_words[words] for name, words in wanted.items() if words in by_words}
    taken = set(position.values())
    found: dict[str, tuple[int, int]] = {}
    for number, heading in enumerate(printed):
        known = _field_of(heading)
        if number in taken or known is None or known[0] in wanted:
            continue
        name, rank = known
        if name not in found or rank < found[name][0]:
            found[name] = (rank, number)
    position |= {name: number for name, (_rank, number) in found.items()}
    return ColumnPlan(
        position=position,
        headings=printed,
        value_currency=_currency_named(printed, position),
        weight_in_percent="weight" in position and "percent" in header_words(printed[position["weight"]]),
        unused=_unused(printed, position),
    )


def _check_map(columns: Mapping[str, str] | None) -> dict[str, str]:
    unknown = sorted(set(columns or {}) - set(ALIASES))
    if unknown:
        raise InputError(
            f"columns names {len(unknown)} unknown field(s) (first {unknown[0]!r}); the fields are: {', '.join(sorted(ALIASES))}."
        )
    return {name: header_words(heading) for name, heading in (columns or {}).items()}


def _currency_named(printed: tuple[str, ...], position: Mapping[str, int]) -> str:
    if "market_value" not in position:
        return ""
    inside = re.search(r"[(\[]\s*([A-Z]{3}|\$|US\$|€|£)\s*[)\]]", printed[position["market_value"]])
    return {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP"}.get(inside[1], inside[1]) if inside else ""


def _unused(printed: tuple[str, ...], position: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
    used = set(position.values())
    rows = []
    for number, heading in enumerate(printed):
        if number in used or not heading:
            continue
        known = _field_of(heading)
        rows.append((heading, f"another column already gives {known[0]}" if known and known[0] in position else "no field of that meaning"))
    return tuple(rows)
